// The registration workbook for teams without a CRM: sheets to fill in, with choices from the code lists, that import as they are.
// Its sheet and header names are those of mappings/registratie.toml; it holds no data of anybody.
#pragma once

#include <filesystem>

#include "engine/core/texts.hpp"
#include "engine/lib/code_lists.hpp"

namespace brugwacht {

/// Writes the workbook, replacing a file of that name. Same lists and language, same bytes. Throws Error XLW-xxx or FIL-005 (73).
void write_template(const std::filesystem::path& path, const Texts& texts, const CodeLists& lists = code_lists());

}  // namespace brugwacht
