// What a connector hands over: one row of a sheet, file or payload, typed as the source stored it, with no meaning attached.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace brugwacht {

enum class CellKind : std::uint8_t { Empty, Text, Number, Boolean, DateTime, Time, Error };

/// One cell. Empty cells may simply be missing from a row; columns of a row rise strictly.
struct Cell {
    std::uint32_t column = 0;  // from 0
    CellKind kind = CellKind::Empty;
    bool has_time = false;  // DateTime only: the time of day is not midnight
    double number = 0;      // Number: its value; Boolean: 0 or 1; DateTime: seconds since 1970-01-01T00:00:00 civil; Time: seconds
    std::string_view text;  // Text: UTF-8; Error: "#N/A" and the like; Number: the digits as stored, when the source keeps them
};

/// Valid until the next call on the source that gave it.
struct RawRow {
    std::uint32_t tab = 0;  // sheet, from 1; 1 for text files
    std::uint64_t row = 0;  // row as a person counts it in that sheet, from 1; the first line of the record in a text file
    std::span<const Cell> cells;
};

/// Where a record came from. File and sheet stand in the store as numbers; their names are sealed in the vault.
struct Origin {
    std::uint32_t file = 0;  // number of the file within the run
    std::uint32_t tab = 0;
    std::uint64_t row = 0;
};

}  // namespace brugwacht
