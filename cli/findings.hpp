// How what the linter found is told, by every command that looks agreements over.
#pragma once

#include "cli/command.hpp"
#include "engine/lib/json.hpp"
#include "engine/rules/lint.hpp"

namespace brugwacht {

/// An array of {level, code, message, file, where, definition, remedy}.
void write_findings(JsonWriter& json, const std::vector<LintFinding>& findings, const Texts& texts);
/// A finding on one line and what to do on the next, with `indent` before both.
void print_finding(std::ostream& out, const LintFinding& finding, const Texts& texts, const std::string& indent = {});

}  // namespace brugwacht
