// The makers of the parts of `subject`; one file for each right.
#pragma once

#include "cli/subject_part.hpp"

namespace brugwacht {

std::unique_ptr<SubjectPart> make_subject_erase();
std::unique_ptr<SubjectPart> make_subject_returns();
std::unique_ptr<SubjectPart> make_subject_restrict();
std::unique_ptr<SubjectPart> make_subject_object();
std::unique_ptr<SubjectPart> make_subject_access();
std::unique_ptr<SubjectPart> make_subject_export();
std::unique_ptr<SubjectPart> make_subject_rectify();
std::unique_ptr<SubjectPart> make_subject_corrections();
std::unique_ptr<SubjectPart> make_subject_letter();
std::unique_ptr<SubjectPart> make_subject_list();
std::unique_ptr<SubjectPart> make_subject_close();

}  // namespace brugwacht
