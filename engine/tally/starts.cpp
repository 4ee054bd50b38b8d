#include "engine/tally/starts.hpp"

#include <algorithm>

namespace brugwacht::tallying {

namespace {

constexpr int kQuarters = 8;  // earlier ones are taken together

}  // namespace

Starts::Starts(const Scope& scope) : scope_(scope) {
    int first = quarter_of(scope.request.as_of);
    for (std::size_t t = 0; t < scope.included.size(); ++t)
        if (scope.included[t]) first = std::min(first, quarter_of(scope.start(t)));
    const int last = quarter_of(scope.last_day());
    first_ = std::max(first, last - kQuarters + 1);
    last_ = std::max(first_, last);
    earlier_ = first_ > first;
}

std::string Starts::name(int quarter, int quarters) {
    if (quarters == 1) return quarter_name(quarter);
    if (quarters == 2) return std::to_string(quarter / 4) + "-H" + std::to_string(quarter % 4 / 2 + 1);
    return std::to_string(quarter / 4);
}

Dimension Starts::dimension(int quarters) const {
    Dimension out;
    if (earlier_) out.add({"", "tally.label.earlier"}, "start<" + quarter_name(first_));
    for (int q = first_; q <= last_; ++q) {
        const std::string cohort = name(q, quarters);
        if (!out.names.empty() && out.names.back() == "start=" + cohort) continue;
        out.add({quarters == 1 ? "quarter" : quarters == 2 ? "half" : "year", cohort}, "start=" + cohort);
    }
    return out;
}

std::size_t Starts::row(std::size_t trajectory, const Dimension& cohorts, int quarters) const {
    const int q = quarter_of(scope_.start(trajectory));
    return q < first_ ? 0 : cohorts.find("start=" + name(q, quarters));
}

}  // namespace brugwacht::tallying
