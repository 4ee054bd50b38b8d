// A cell as plain text: the forms that peek prints.
#pragma once

#include <string>

#include "engine/core/row.hpp"

namespace brugwacht {

/// Appends the cell: text as it is; numbers in the shortest form that reads back as the same number, without exponent below 1e21; TRUE or
/// FALSE; 2025-09-01, 2025-09-01T10:30:00, 10:30:00 (hours go on beyond 24 for a duration); errors as #N/A; nothing for an empty cell.
void append_cell_text(const Cell& cell, std::string& out);

}  // namespace brugwacht
