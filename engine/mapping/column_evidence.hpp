// A column is decided as a whole. While rows are read, each column of text dates or decimal numbers counts what its cells say about
// the order of day and month, the decimal sign and two-digit years; at the end the counts settle it: what is declared holds, else what
// the values prove, else what the previous import of the same column used, else day first and decimal comma, and that is said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/mapping/values.hpp"

namespace brugwacht {

enum class Settled : std::uint8_t { Declared, Proven, History, Ambiguous, Sniffed };
/// "declared" and so on.
std::string_view settled_name(Settled how);

enum class ColumnMatter : std::uint8_t { DateOrder, DecimalSign, TwoDigitYears };
/// "date_order", "decimal", "two_digit_years".
std::string_view matter_name(ColumnMatter matter);

/// What a source declares, for all its columns or for one.
struct ColumnRules {
    std::optional<DateOrder> date_order;  // DayFirst or MonthFirst
    std::optional<char> decimal;
    std::optional<int> two_digit_years_to;
};

/// One column of one table: the sheet and the row of its header, and its place.
struct ColumnPlace {
    std::uint32_t tab = 0;
    std::uint64_t header_row = 0;
    std::uint32_t column = 0;  // from 0
    auto operator<=>(const ColumnPlace&) const = default;
};

/// All that is known about columns before a file is read.
struct ColumnKnowledge {
    ColumnRules declared;                                   // by the source, for every column
    std::map<std::string, ColumnRules> declared_by_header;  // folded header; goes before `declared`
    std::map<std::string, std::string> history;             // history_name() -> value of the previous import
    std::map<ColumnPlace, DateOrder> date_orders;           // settled by a first reading of this very file
    std::map<ColumnPlace, char> decimals;
};

struct DateCounts {
    std::uint64_t day_first = 0, month_first = 0, open = 0, same = 0, certain = 0, two_digit_years = 0;
    std::uint64_t cells = 0;  // dates that were none of text
    void add(std::string_view text);
};

struct NumberCounts {
    std::uint64_t comma = 0, point = 0, open = 0;
    void add(std::string_view text);
};

/// What one column said, and how it was read.
struct ColumnEvidence {
    ColumnPlace place;
    std::string header;  // as written
    std::string name;    // sheet of the mapping and column, stable from file to file
    bool dates = false;  // else decimal numbers
    DateRules rules;     // as read
    char decimal = ',';  // as read
    bool declared = false;
    char preset = 0;  // decimal sign without knowledge of this file: of the history, else the default
    DateOrder preset_order = DateOrder::DayFirst;
    bool from_history = false;  // the presets
    DateCounts date_counts;
    NumberCounts number_counts;
};

struct ColumnDecision {
    ColumnPlace place;
    std::string header;
    std::string name;
    ColumnMatter matter = ColumnMatter::DateOrder;
    std::string value;  // "dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd"; "comma", "point"; "1940-2039"
    std::vector<std::pair<std::string_view, std::uint64_t>> evidence;
    Settled how = Settled::Ambiguous;
    std::vector<std::pair<std::string_view, std::uint64_t>> warnings;  // IMP-05x, IMP-073 and how many values
};

struct ColumnDecisions {
    std::vector<ColumnDecision> decisions;  // in the order of sheets and columns
    /// Columns that were read otherwise than was decided: the file must be read again with these.
    std::map<ColumnPlace, DateOrder> date_orders;
    std::map<ColumnPlace, char> decimals;
    bool read_again() const { return !date_orders.empty() || !decimals.empty(); }
};

/// Pure. `knowledge` is what the reading had; its history is compared with what was decided.
ColumnDecisions decide_columns(const std::vector<ColumnEvidence>& evidence, const ColumnKnowledge& knowledge);

/// Under which name a decision is remembered, and what is remembered of it: "" = nothing, a trailing ? = nobody was sure.
std::string history_name(ColumnMatter matter, std::string_view column_name);
std::string history_value(const ColumnDecision& decision);

}  // namespace brugwacht
