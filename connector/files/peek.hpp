// Shows what a reader sees before any mapping: as CSV (one sheet, complete), as JSON (what the document is) or as a table for a person.
// The shapes are those of the design, section 4.
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "connector/source.hpp"

namespace brugwacht {

enum class PeekFormat { Table, Csv, Json };

struct PeekRequest {
    PeekFormat format = PeekFormat::Table;
    std::optional<std::string> sheet;  // name, or number from 1; a name wins over a number
    std::string file;                  // as the user gave it, repeated in the JSON
};

/// Writes to `out` as it reads; memory does not grow with the sheet. Throws Error FIL-020 (64) for a sheet that is not there, FIL-021
/// (65) when the rectangle from A1 to the last cell holds more cells than can be written.
void write_peek(Document& document, const PeekRequest& request, std::ostream& out);

}  // namespace brugwacht
