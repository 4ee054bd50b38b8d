#include "engine/rules/rates.hpp"

#include <algorithm>
#include <cmath>

namespace brugwacht {

std::optional<Interval> wilson95(std::uint64_t k, std::uint64_t n) {
    if (n == 0 || k > n) return std::nullopt;
    constexpr double z = 1.959963984540054;
    const auto count = static_cast<double>(n);
    const double p = static_cast<double>(k) / count;
    const double z2 = z * z;
    const double middle = p + z2 / (2 * count);
    const double half = z * std::sqrt(p * (1 - p) / count + z2 / (4 * count * count));
    const double scale = 1 + z2 / count;
    Interval interval{std::clamp((middle - half) / scale, 0.0, 1.0), std::clamp((middle + half) / scale, 0.0, 1.0)};
    if (k == 0) interval.low = 0;  // exact, where rounding leaves a speck
    if (k == n) interval.high = 1;
    return interval;
}

std::optional<double> Rate::share() const {
    if (n == 0) return std::nullopt;
    return static_cast<double>(k) / static_cast<double>(n);
}

void StatusCounts::add(const Classification& result) {
    const auto at = static_cast<std::size_t>(result.status);
    ++all[at];
    if (result.mature) ++mature[at];
}

Rates rates(const StatusCounts& counts) {
    const std::uint64_t achieved = counts.mature_of(Status::Achieved);
    const std::uint64_t failed = counts.mature_of(Status::NotAchieved);
    const std::uint64_t unknown = counts.mature_of(Status::Unknown);
    const std::uint64_t judged = achieved + failed + unknown;
    return {{achieved, judged}, {achieved, achieved + failed}, {achieved + unknown, judged}, {achieved + failed, judged}};
}

double Rates::bracket_points() const { return 100 * (optimistic.share().value_or(0) - conservative.share().value_or(0)); }

std::vector<StatusCounts> count_statuses(const ClassificationSet& set) {
    std::vector<StatusCounts> counts(set.definition_ids.size());
    for (const Classification& result : set.results)
        if (result.started) counts[result.definition].add(result);
    return counts;
}

}  // namespace brugwacht
