// A row that a reader puts together itself, of a table whose columns it chose: cells are added from left to right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/row.hpp"

namespace brugwacht {

class MadeRow {
  public:
    void clear() {
        cells_.clear();
        texts_.clear();
    }
    /// Nothing for an empty text.
    void text(std::uint32_t column, std::string_view value) {
        if (value.empty()) return;
        Cell& cell = add(column, CellKind::Text);
        cell.text = value;
        texts_ += value;
    }
    void number(std::uint32_t column, std::int64_t value) { add(column, CellKind::Number).number = static_cast<double>(value); }
    void boolean(std::uint32_t column, bool value) { add(column, CellKind::Boolean).number = value ? 1 : 0; }
    /// The day of a civil time in seconds since 1970.
    void day(std::uint32_t column, std::int64_t civil) {
        add(column, CellKind::DateTime).number = static_cast<double>(civil - of_day(civil));
    }
    /// The time of day of a civil time.
    void clock(std::uint32_t column, std::int64_t civil) { add(column, CellKind::Time).number = static_cast<double>(of_day(civil)); }

    /// Until the next change.
    const std::vector<Cell>& cells() {
        std::size_t at = 0;
        for (Cell& cell : cells_) {
            if (cell.kind != CellKind::Text) continue;
            cell.text = std::string_view(texts_).substr(at, cell.text.size());
            at += cell.text.size();
        }
        return cells_;
    }

  private:
    static std::int64_t of_day(std::int64_t civil) { return ((civil % 86400) + 86400) % 86400; }
    Cell& add(std::uint32_t column, CellKind kind) {
        Cell& cell = cells_.emplace_back();
        cell.column = column;
        cell.kind = kind;
        return cell;
    }
    std::vector<Cell> cells_;
    std::string texts_;
};

}  // namespace brugwacht
