// The only maker of ReleasedTable: decides which counts may leave the house, looking at all tables of a release and all earlier releases
// together. Fails closed: what it cannot show to be safe, it withholds; when nothing is left, it refuses.
// The attacker knows everything that was ever released, all sums, that counts are whole and not negative, and (insider) one small count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/tally/count_table.hpp"

namespace brugwacht {

inline constexpr std::int64_t kHardFloor = 5;  // no configuration goes below it
inline constexpr std::int64_t kOutcomeThreshold = 10;
inline constexpr std::int64_t kGroupSize = 20;  // below it zeros and "all of them" are sensitive, and no percentage is given

struct GuardPolicy {
    std::int64_t participation = kHardFloor;  // may only raise: anything lower is ignored
    std::int64_t outcome = kOutcomeThreshold;
    bool secrecy = false;  // a secrecy-bound source took part: every table is treated as an outcome
};

/// What an earlier release showed: population -> count, or nothing where it was withheld.
struct EarlierRelease {
    std::string id = {};
    Date as_of = {};
    std::map<std::string, std::optional<std::int64_t>> cells = {};
    std::vector<std::pair<std::string, std::vector<std::string>>> relations = {};  // total, parts
};

/// A share of 100 with 95 % Wilson limits, rounded as printed: whole percents, one decimal from a denominator of 100.
struct Percentage {
    double value = 0;
    double low = 0;
    double high = 0;
    int decimals = 0;
};

struct ReleasedCell {
    std::optional<std::int64_t> count = {};  // nothing: withheld
    std::optional<Percentage> share = {};
};

/// A table that may be shown to anybody. Only guard() makes one.
class ReleasedTable {
  public:
    const std::string& id() const { return layout_.id; }
    /// Titles, labels and flags; its cells hold no counts.
    const CountTable& layout() const { return layout_; }
    std::size_t rows() const { return layout_.rows.size(); }
    std::size_t columns() const { return layout_.columns.size(); }
    const ReleasedCell& at(std::size_t row, std::size_t column) const { return cells_.at(row * columns() + column); }
    /// No cell of it is shown.
    bool withheld() const;

  private:
    friend class GuardRun;  // in guard.cpp
    ReleasedTable() = default;
    CountTable layout_;
    std::vector<ReleasedCell> cells_;
};

/// For the data officer's log: how much was kept back, without any count.
struct GuardSummary {
    std::size_t cells = 0;
    std::size_t shown = 0;
    std::size_t primary = 0;
    std::size_t secondary = 0;
    std::vector<std::string> withheld_tables = {};
};

struct Release {
    std::vector<ReleasedTable> tables = {};
    GuardSummary summary = {};
    const ReleasedTable* find(std::string_view id) const;
};

/// Throws Error DIS-001 (4) when nothing about people can be released, DIS-002 (70) when the counts contradict their sums.
Release guard(const CountSet& counts, const GuardPolicy& policy, const std::vector<EarlierRelease>& earlier);

/// Canonical JSON of what a release shows, for the ledger; and back, for the comparison with later ones. Throws Error DIS-003 (65).
std::string release_json(const Release& release);
EarlierRelease earlier_release(std::string_view json, const std::string& id, Date as_of);

/// Nothing below a total of 20.
std::optional<Percentage> percentage(std::int64_t count, std::int64_t total);

}  // namespace brugwacht
