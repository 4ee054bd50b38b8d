// The register in the words of a language: the sheets of its workbook.
#pragma once

#include "engine/core/texts.hpp"
#include "engine/run/register.hpp"
#include "exporters/local/register.hpp"

namespace brugwacht {

/// `version` is that of the program, for the line about its tests.
RegisterBook register_book(const Register& source, const Texts& texts, const std::string& version);

/// The same for other programs: one JSON object, the same bytes for the same register. Codes, no sentences.
std::string register_json(const Register& source);

}  // namespace brugwacht
