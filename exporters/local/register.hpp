// The register of processing and the file for the impact assessment as a workbook: tables of text that anybody can read and print.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/table.hpp"
#include "engine/core/texts.hpp"

namespace brugwacht {

/// One sheet: its table, and what is said above it.
struct RegisterSheet {
    TextTable table;  // name of the sheet, headers, rows
    std::string title;
    std::vector<std::string> intro;  // a line each
    std::vector<double> widths;      // of the columns, in characters
};

struct RegisterBook {
    std::string title;
    Date made_on;
    std::vector<RegisterSheet> sheets;
};

/// Writes to `path`, in a folder of mode 0700 that the caller owns; mode 0600. Throws Error XLW-001 (74).
void write_register_workbook(const RegisterBook& book, const Texts& texts, const std::filesystem::path& path);

}  // namespace brugwacht
