// Which rejected rows are still open, where their workbooks are, and all of them in one file to correct.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/run/project.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

struct RejectListRequest {
    std::optional<std::int64_t> run;
    bool all = false;  // also what was settled since
    bool rows = true;  // false: counts and groups only
};

/// Rows with the same fault in the same column. The header itself is not kept; the letter of the column is.
struct RejectGroup {
    std::string code;
    std::uint32_t column = 0;  // from 1; 0 = the row as a whole
    std::uint64_t count = 0;   // open ones
};

struct RejectFile {
    FileRow file;
    std::string name;  // "" when the vault is closed
    std::vector<RejectRow> rows;
    std::vector<RejectGroup> groups;  // open ones, largest first
    std::uint64_t open = 0, resolved = 0, replaced = 0;
    std::optional<std::filesystem::path> workbook;
    /// The name, or the first digits of the file's hash.
    std::string shown() const { return name.empty() ? file.sha256.substr(0, 12) : name; }
};

struct RejectWorkbook {
    std::int64_t run = 0;
    std::filesystem::path path;
};

struct RejectList {
    std::vector<RejectFile> files;          // by run and number; only files with something to tell
    std::vector<RejectWorkbook> workbooks;  // of those runs, in rejected/
    std::uint64_t open = 0;
};

/// Runs that were undone do not count. Needs no key; with one, files have names.
RejectList list_rejects(const Project& project, const RejectListRequest& request, Ports& ports);

/// The open rows in one file (.xlsx or .csv), mode 0600. Throws Error REJ-004 (64), REJ-005 (66), REJ-006 (64), FIL-005 (73).
void write_open_rejects(const Project& project, const RejectList& list, const std::filesystem::path& out, const Texts& texts, Ports& ports);

/// "D" for column 4; "" for 0.
std::string column_letters(std::uint32_t column);

}  // namespace brugwacht
