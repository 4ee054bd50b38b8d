// The part of the starting point that has dates: how much work there was, and what people thought of supply and demand. No count of
// anybody: it is printed as context, before any figure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/date.hpp"

namespace brugwacht {

struct EmploymentSpan {
    std::optional<Date> from = {}, to = {};  // both included; absent = open
    double percent = 0;                      // of a full-time job
};

struct QuarterEmployment {
    std::string quarter = {};  // "2025-3"
    double percent = 0;        // all together, on average over the days of the quarter up to the last day asked for
};

/// The quarters from the one of `first` to the one of `last`, at most eight, oldest first. A span that ends before it begins, or whose
/// percentage is no number between 0 and 100, counts for nothing. Empty when no span touches any of them.
std::vector<QuarterEmployment> employment_by_quarter(const std::vector<EmploymentSpan>& spans, Date first, Date last);

struct FactorScore {
    std::string side = {}, factor = {};  // codes
    double score = 0;
    Date date = {};
    int author = 0;  // number of the worker who judged, 0 = not noted
};

/// The latest score of each factor and side dated on or before the day, by side and factor. Of several on one day that of the author with
/// the lowest number stands, then the lowest score. Scores that are no plain number within a thousand are left out.
std::vector<FactorScore> latest_factors(std::vector<FactorScore> scores, Date as_of);

}  // namespace brugwacht
