// The answer to a data subject, as a skeleton in Markdown for the data officer to finish: what is decided for each right, whom to ask, and
// where to complain. Without any name of the person: the officer adds it.
#pragma once

#include <string>

#include "engine/core/texts.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

std::string answer_letter(const ProjectSettings& settings, const RequestEntry& entry, Date today, const Texts& texts);

}  // namespace brugwacht
