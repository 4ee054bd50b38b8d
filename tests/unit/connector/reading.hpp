// Reads bytes as if they were a file, for tests.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "connector/files/cell_text.hpp"
#include "connector/files/peek.hpp"
#include "connector/source.hpp"
#include "engine/core/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {

/// What `peek --format csv` shows of these bytes, or the code of the error.
inline std::string peek_csv(const std::string& bytes, const ReadOptions& options = {}) {
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    std::ostringstream out;
    try {
        const auto document = open_document(folder / "file", options);
        write_peek(*document, {PeekFormat::Csv, {}, "file"}, out);
    } catch (const Error& error) {
        return error.what();
    }
    return out.str();
}

/// Codes of the warnings after a complete reading of the first tab, joined with blanks.
inline std::string warning_codes(const std::string& bytes) {
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    const auto document = open_document(folder / "file");
    const auto source = document->open_tab(1);
    RawRow row;
    while (source->next(row)) {
    }
    std::string codes;
    for (const ReadWarning& warning : document->warnings()) codes += (codes.empty() ? "" : " ") + warning.code;
    return codes;
}

inline DocumentInfo info_of(const std::string& bytes) {
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    return open_document(folder / "file")->info();
}

}  // namespace brugwacht
