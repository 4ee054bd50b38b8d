// What all themes of tally share: the trajectories and days that count, dimensions, and tables with their sums.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tally/tally.hpp"

namespace brugwacht::tallying {

inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
inline constexpr int kActQuarters = 4;  // of acts

int quarter_of(Date date);
std::string quarter_name(int quarter);  // "2025-3"
Date last_day_of(int quarter);

/// Codes of a cell in which several stand ("a|b"): the first one counts, so that nothing counts twice.
std::string first_code(const std::string& codes);

/// A dimension: labels, and for each the piece of a population's name.
struct Dimension {
    std::vector<Label> labels = {};
    std::vector<std::string> names = {};
    void add(Label label, std::string name);
    std::size_t size() const { return labels.size(); }
    /// Of a name; kNowhere when it is not there.
    std::size_t find(std::string_view name) const;
};

/// The codes of a list and "not given" behind them. Names are "name=code".
Dimension codes_of(const CodeLists& lists, const std::string& list, const std::string& name);
/// Of a code in codes_of(); a code that is not in the list is "not given".
std::size_t position(const Dimension& codes, const std::string& code);

/// What every theme counts from.
struct Scope {
    const FactBase& base;
    const ClassificationSet& set;
    const TallyFacts& facts;
    const CodeLists& lists;
    const TallyRequest& request;
    std::string prefix = {};           // populations of a period are other people than those of all time
    std::vector<bool> included = {};   // by trajectory: started in the period
    std::int64_t total = 0;            // trajectories included
    std::vector<std::size_t> at = {};  // index in the fact base, by index in facts.trajectories; kNowhere = not there

    bool in_period(Date date) const;
    /// As-of date or end of the period, whichever comes first.
    Date last_day() const;
    Date start(std::size_t trajectory) const { return Date::from_days(base.trajectories()[trajectory].start); }
    /// Equal for trajectories of one child; a trajectory linked to nobody is a child of its own.
    std::uint64_t child(std::size_t trajectory) const;
    /// The fact is dated, and was registered, in time to be known.
    bool exists(const Fact& fact) const;
};

Scope scope_of(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request);

/// The last quarters of acts, oldest first. Names are those of quarters.
Dimension act_quarters(const Scope& scope);
/// "2025-1/2025-4"
std::string act_window(const Scope& scope);
/// Column of the quarter in which an act of that day counts; kNowhere when in none.
std::size_t act_column(const Scope& scope, const Dimension& quarters, Date date);

/// An empty table with its texts; unit and denominator come from the catalogue of indicators.
CountTable head(const std::string& id, TableKind kind, const std::string& row_heading, const std::string& column_heading = {});

using Body = std::vector<std::vector<std::int64_t>>;  // by row and column
/// Name of the population of a row and a column, kNowhere = all of them.
using CellName = std::function<std::string(std::size_t row, std::size_t column)>;

Body body_of(const Dimension& rows, const Dimension& columns);
/// A table with both totals over a body of counts.
CountTable two_way(CountTable table, const Dimension& rows, const Dimension& columns, const Body& body, const CellName& name);
/// The same, every population being named "whole|row|column".
CountTable two_way(CountTable table, const Dimension& rows, const Dimension& columns, const Body& body, const std::string& whole);
/// One column of counts that add up to a total below them.
CountTable one_way(CountTable table, const Dimension& rows, const std::vector<std::int64_t>& counts, const std::string& whole);

/// A part of some things: of all trajectories, of all counterparts.
struct Group {
    std::string population;
    std::vector<bool> members;  // by thing
};
/// States the sums between two groups whose counts may both be told: what they do not share would follow from the difference.
void relate_groups(CountSet& out, const Group& a, const Group& b, TableKind kind, const std::string& table);

}  // namespace brugwacht::tallying
