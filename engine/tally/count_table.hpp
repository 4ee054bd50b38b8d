// Exact counts as tables, before any protection: never shown to anybody, never written to disk. The guard (disclosure) turns them into
// tables that may be released. Every number counts distinct persons, trajectories or acts, never rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace brugwacht {

/// What a table tells about people. Outcome (status of a definition, or a secrecy-bound source) has the higher threshold.
enum class TableKind : std::uint8_t { Participation, Outcome };

/// A heading. list "" : value is a text key; "=" : value is printed as it is (label of a definition); "quarter" 2025-3, "half" 2025-2,
/// "year" 2025; otherwise a code of that list.
struct Label {
    std::string list = {};
    std::string value = {};
    friend bool operator==(const Label&, const Label&) = default;
};

/// One count. Equal `population` = the same people or acts, in whatever table or release; the guard treats it as one unknown.
struct CountCell {
    std::string population = {};
    std::int64_t count = 0;
    bool sensitive = false;  // for a reason that the count itself does not show: hours of a few activities
    /// Shown only beside a shown count of this population: a median is no more public than the number of values it rests on.
    std::string follows = {};
};

/// A rectangle of counts with one or two dimensions. When `row_total` the last column is the sum of the others in its row; when
/// `column_total` the last row is the sum of the others in its column.
struct CountTable {
    std::string id = {};     // "status": letters, digits, _
    std::string title = {};  // text keys from here on
    std::string unit = {};
    std::string denominator = {};  // what the whole is, in words
    std::string row_heading = {};
    std::string column_heading = {};  // "" when there is one column of counts
    TableKind kind = TableKind::Participation;
    bool people = true;  // counts persons or trajectories: zeros and "all of them" tell something about each of a small group
    bool row_total = false;
    bool column_total = false;
    bool percentages = false;  // each cell as a share of its row's total
    std::vector<Label> rows = {};
    std::vector<Label> columns = {};
    std::vector<CountCell> cells = {};  // row by row
    Label subject = {};                 // the definition it is about, or empty
    /// Tables of one ladder are alternatives, finest (0) first; the guard releases the first that keeps at least half of its cells.
    std::string ladder = {};
    int rung = 0;
    /// Printed in full or not at all, and never at the price of a cell of another table.
    bool optional = false;

    const CountCell& at(std::size_t row, std::size_t column) const { return cells.at(row * columns.size() + column); }
    CountCell& at(std::size_t row, std::size_t column) { return cells.at(row * columns.size() + column); }
};

/// A sum that anybody could work out across tables. Members that stand in no table are counts nobody prints, but that could be deduced.
struct CountRelation {
    CountCell total = {};
    std::vector<CountCell> parts = {};
    TableKind kind = TableKind::Participation;
    /// Populations whose count follows from the definitions themselves (a stricter variant never has more): known without any table.
    std::vector<std::string> known = {};
    /// Only when this table is released; "" = always.
    std::string table = {};
};

struct CountSet {
    std::vector<CountTable> tables = {};
    std::vector<CountRelation> relations = {};  // beside those inside the tables
};

}  // namespace brugwacht
