// Cells of an old sheet while they are gathered: a row, or a portion of a sheet whose rows come in any order.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/core/row.hpp"

namespace brugwacht {

/// Texts that stay where they are until clear().
class TextStore {
  public:
    std::string_view keep(std::string_view text);
    void clear();
    std::size_t size() const { return size_; }

  private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::vector<std::unique_ptr<char[]>> long_texts_;
    std::size_t used_ = 0;  // of the last block
    std::size_t size_ = 0;
};

class BiffCells {
  public:
    /// Room for so many cells, so that gathering never doubles.
    void reserve(std::size_t cells);
    void clear();
    bool empty() const { return placed_.empty(); }
    /// A cell; its text is copied unless it is `lasting`.
    void add(std::uint16_t row, const Cell& cell, bool lasting);
    /// Puts all cells in order of row and column; of two in one place the later one counts.
    void arrange();
    /// After arrange(): the cells of the next row, false when there are no more.
    bool next_row(std::uint16_t& row, std::vector<Cell>& cells);
    /// Whether more is held than one row can reasonably have, even after superseded cells were dropped.
    bool too_large();

  private:
    struct Placed {
        std::uint16_t row = 0;
        bool owns_text = false;
        std::uint32_t order = 0;
        Cell cell;
    };

    std::vector<Placed> placed_;
    TextStore texts_;
    std::size_t given_ = 0;
    std::size_t tidy_cells_ = 1 << 16;  // more than this many are tidied first
    std::size_t kept_texts_ = 0;        // bytes that survived the last tidying
};

}  // namespace brugwacht
