// The makers of the parts of `subject`; one file for each right.
#pragma once

#include "cli/subject_part.hpp"

namespace brugwacht {

std::unique_ptr<SubjectPart> make_subject_list();
std::unique_ptr<SubjectPart> make_subject_close();

}  // namespace brugwacht
