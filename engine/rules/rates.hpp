// Rates over mature trajectories, with what brackets the truth, and Wilson limits. Pure arithmetic on counts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/rules/classify.hpp"

namespace brugwacht {

/// A share with its limits, 0..1.
struct Interval {
    double low = 0;
    double high = 1;
};

/// Wilson 95 % limits without continuity correction, clipped to 0..1; nothing when n is 0 or k > n.
/// Source: Wilson 1927; z = 1.959963984540054.
std::optional<Interval> wilson95(std::uint64_t k, std::uint64_t n);

/// k of n. share() is empty when n is 0.
struct Rate {
    std::uint64_t k = 0;
    std::uint64_t n = 0;
    std::optional<double> share() const;
    std::optional<Interval> interval() const { return wilson95(k, n); }
};

/// Counts of one definition. Mature: the window or decision date lies before the as-of date (S39).
struct StatusCounts {
    std::array<std::uint64_t, kStatuses> all{};     // by Status
    std::array<std::uint64_t, kStatuses> mature{};  // by Status

    void add(const Classification& result);
    std::uint64_t total(Status status) const { return all[static_cast<std::size_t>(status)]; }
    std::uint64_t mature_of(Status status) const { return mature[static_cast<std::size_t>(status)]; }
    /// Achieved or not achieved while the window still runs: shown as counts, in no rate.
    std::uint64_t early_achieved() const { return total(Status::Achieved) - mature_of(Status::Achieved); }
    std::uint64_t early_not_achieved() const { return total(Status::NotAchieved) - mature_of(Status::NotAchieved); }
};

/// All over mature trajectories that are neither excluded nor pending.
struct Rates {
    Rate conservative;   // achieved / (achieved + not achieved + unknown): the primary one
    Rate complete_case;  // unknown left out
    Rate optimistic;     // unknown counted as achieved
    Rate follow_up;      // 1 - unknown / mature
    /// Optimistic minus conservative in points of a hundred; above 10 it has to be said first.
    double bracket_points() const;
};
Rates rates(const StatusCounts& counts);

/// One per definition of the set, in its order. Trajectories that start after the as-of date are left out.
std::vector<StatusCounts> count_statuses(const ClassificationSet& set);

}  // namespace brugwacht
