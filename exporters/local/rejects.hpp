// The rejected rows of one file, as a workbook to correct and drop back, and the same as CSV. Columns stand where they stood in the source;
// four columns behind them say why, and a last one carries the mark by which the row is known when it comes back.
// What may be shown of a cell is the caller's decision; here everything is written as text, number or date, never as a formula.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/row.hpp"
#include "engine/core/texts.hpp"

namespace brugwacht {

/// Rows of one source file that a workbook holds at most; the rest must be corrected in the source.
inline constexpr std::uint64_t kMostRejectedRows = 50000;

struct RejectedColumn {
    std::uint32_t column = 0;  // from 0, in the source
    std::string category;      // of the header row above, or ""
    std::string header;
    bool mapped = false;
};

enum class RejectLook : std::uint8_t { Plain, Wrong, Withheld /* in the source, but not for this workbook */ };

struct RejectedCell {
    std::uint32_t column = 0;
    CellKind kind = CellKind::Empty;
    bool has_time = false;
    double number = 0;  // as in Cell
    std::string text;   // as in the CSV; for a text cell, the text
    RejectLook look = RejectLook::Plain;
};

struct RejectedRow {
    std::vector<RejectedCell> cells;  // columns rise
    std::string reason, columns, remedy;
    std::string mark;
    std::uint64_t row = 0;  // in the source
};

/// Rows with the same fault in the same column.
struct RejectedGroup {
    std::uint64_t count = 0;
    std::string column, reason, remedy;
};

struct RejectedFile {
    std::string name, source, mapping;
    std::int64_t run = 0;
};

/// Headers of the columns behind those of the source, in order: reason, column, what to do, row, mark.
std::vector<std::string> reject_headers(const Texts& texts);

class RejectWriter {
  public:
    /// Builds in a folder of mode 0700. Memory does not grow with the rows. Unless close() was called, nothing stays there.
    RejectWriter(std::filesystem::path folder, const Texts& texts, RejectedFile file);
    ~RejectWriter();
    RejectWriter(const RejectWriter&) = delete;
    RejectWriter& operator=(const RejectWriter&) = delete;

    /// Begins a sheet. A name that no sheet can have is mended.
    void sheet(std::string_view name, const std::vector<RejectedColumn>& columns);
    /// Columns of the current sheet before ours.
    std::uint32_t width() const;
    void row(const RejectedRow& row);
    /// Throws Error XLW-001 (74). `left_out`: rejected rows that are not in the workbook.
    void close(const std::vector<RejectedGroup>& groups, std::uint64_t left_out);

    const std::filesystem::path& workbook() const;
    /// One for each sheet, in order; mode 0600.
    const std::vector<std::filesystem::path>& csv_files() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A name that a sheet can have: at most 31 characters, none of [ ] : * ? / \, not empty. "taken" are names in the same workbook.
std::string sheet_name(std::string_view wanted, const std::vector<std::string>& taken);

}  // namespace brugwacht
