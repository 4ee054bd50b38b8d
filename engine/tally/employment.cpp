#include "engine/tally/employment.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/tally/parts.hpp"

namespace brugwacht {

namespace {

constexpr int kQuarters = 8;
constexpr double kLargestScore = 1000;

bool usable(const EmploymentSpan& span) {
    const bool in_order = !span.from || !span.to || *span.from <= *span.to;
    return in_order && std::isfinite(span.percent) && span.percent > 0 && span.percent <= 100;
}

/// Days that a span has in common with other days.
std::int32_t days_within(const EmploymentSpan& span, Date from, Date to) {
    const Date first = span.from ? std::max(*span.from, from) : from;
    const Date last = span.to ? std::min(*span.to, to) : to;
    return std::max(0, last.days() - first.days() + 1);
}

}  // namespace

std::vector<QuarterEmployment> employment_by_quarter(const std::vector<EmploymentSpan>& spans, Date first, Date last) {
    const int last_quarter = tallying::quarter_of(last);
    const int first_quarter = std::max(tallying::quarter_of(first), last_quarter - kQuarters + 1);
    std::vector<QuarterEmployment> out;
    bool any = false;
    for (int q = first_quarter; q <= last_quarter; ++q) {
        const Date from = tallying::last_day_of(q - 1).plus_days(1);
        const Date to = std::min(tallying::last_day_of(q), last);
        double percent = 0;
        for (const EmploymentSpan& span : spans)
            if (usable(span)) percent += span.percent * days_within(span, from, to) / (to.days() - from.days() + 1);
        any = any || percent > 0;
        out.push_back({tallying::quarter_name(q), percent});
    }
    if (!any) out.clear();
    return out;
}

std::vector<FactorScore> latest_factors(std::vector<FactorScore> scores, Date as_of) {
    const auto unusable = [as_of](const FactorScore& score) {
        return score.date > as_of || !std::isfinite(score.score) || std::fabs(score.score) > kLargestScore;
    };
    scores.erase(std::remove_if(scores.begin(), scores.end(), unusable), scores.end());
    std::sort(scores.begin(), scores.end(), [](const FactorScore& a, const FactorScore& b) {
        return std::tie(a.side, a.factor, b.date, a.author, a.score) < std::tie(b.side, b.factor, a.date, b.author, b.score);
    });
    const auto same = [](const FactorScore& a, const FactorScore& b) { return a.side == b.side && a.factor == b.factor; };
    scores.erase(std::unique(scores.begin(), scores.end(), same), scores.end());
    return scores;
}

}  // namespace brugwacht
