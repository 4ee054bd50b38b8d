// The makers of the parts of `subject`; one file for each right.
#pragma once

#include "cli/subject_part.hpp"

namespace brugwacht {

std::unique_ptr<SubjectPart> make_subject_list();
std::unique_ptr<SubjectPart> make_subject_close();
std::unique_ptr<SubjectPart> make_subject_erase();
std::unique_ptr<SubjectPart> make_subject_returns();
std::unique_ptr<SubjectPart> make_subject_restrict();
std::unique_ptr<SubjectPart> make_subject_object();

}  // namespace brugwacht
