// Rows for the tests of the mapping room, written as text; and what came out, as text.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mapping/mapping.hpp"

namespace brugwacht::test {

/// A sheet of text cells; "" is an empty cell. Special cells are set by hand.
class Rows {
  public:
    Rows() = default;
    Rows(const Rows&) = delete;  // cells point into this object
    Rows& operator=(const Rows&) = delete;

    Rows& add(const std::vector<std::string>& texts) {
        std::vector<Cell> cells;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (texts[i].empty()) continue;
            Cell cell;
            cell.column = static_cast<std::uint32_t>(i);
            cell.kind = CellKind::Text;
            cell.text = texts_.emplace_back(texts[i]);
            cells.push_back(cell);
        }
        rows_.push_back(std::move(cells));
        return *this;
    }
    /// Replaces or adds a cell of the last row.
    Rows& cell(std::uint32_t column, CellKind kind, double number, bool has_time = false) {
        std::vector<Cell>& row = rows_.back();
        std::erase_if(row, [&](const Cell& c) { return c.column == column; });
        Cell cell;
        cell.column = column;
        cell.kind = kind;
        cell.number = number;
        cell.has_time = has_time;
        row.push_back(cell);
        std::sort(row.begin(), row.end(), [](const Cell& a, const Cell& b) { return a.column < b.column; });
        return *this;
    }
    RawRow at(std::size_t i) const { return RawRow{1, i + 1, rows_[i]}; }
    std::size_t size() const { return rows_.size(); }

  private:
    std::deque<std::string> texts_;
    std::vector<std::vector<Cell>> rows_;
};

inline std::string show(const Record& record) {
    const EntityDef& def = entity_def(record.entity);
    std::string out(def.name);
    for (std::size_t f = 0; f < def.fields.size(); ++f)
        if (!record.values[f].empty()) out += " " + std::string(def.fields[f].name) + "=" + record.values[f];
    return out;
}

struct Outcome {
    std::vector<std::string> records;
    std::vector<std::string> findings;  // "CODE column field", "!" in front when it rejects
    std::vector<RowOutcome> rows;
    std::vector<ColumnUse> columns;
    std::uint64_t header_row = 0;
};

inline Outcome run(const Mapping& mapping, const Rows& rows, std::string_view tab = "", std::string_view file = "bestand.csv") {
    SheetMapper mapper(mapping, tab, file);
    MappedRow mapped;
    Outcome outcome;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        outcome.rows.push_back(mapper.map(rows.at(i), mapped));
        for (std::size_t r = 0; r < mapped.count; ++r) outcome.records.push_back(show(mapped.records[r]));
        for (const Finding& finding : mapped.findings)
            outcome.findings.push_back((finding.rejects ? "!" : "") + finding.code + " " + finding.column + " " + finding.field);
    }
    mapper.finish();
    outcome.columns = mapper.columns();
    outcome.header_row = mapper.header_row();
    return outcome;
}

inline Mapping mapping(const std::string& text) { return Mapping::parse("proef", "schema = \"mapping/1\"\n" + text, "proef.toml"); }

/// "MAP-005 12:3" for every fault.
inline std::vector<std::string> faults(const std::string& text) {
    try {
        Mapping::parse("proef", text, "proef.toml");
    } catch (const Error& error) {
        std::vector<std::string> out;
        for (const Fault& fault : error.faults()) out.push_back(fault.code + " " + fault.where);
        return out;
    }
    return {};
}

}  // namespace brugwacht::test
