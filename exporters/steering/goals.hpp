// Goals as agreed, beside the figure of this report when it is released and runs over the same days. A goal is no norm and no rank.
#pragma once

#include <string>

#include "exporters/steering/layout.hpp"

namespace brugwacht::steering {

/// One paragraph: what was agreed, for when, and what this report can put beside it.
std::string goal_sentence(const Book& book, const SteeringReport::Goal& goal);

/// Goals in numbers whose figure stands beside them: what was planned outlined, what is solid. Gives the row after it; none, no chart.
std::uint32_t goal_chart(Book& book, Sheet& sheet, std::uint32_t row);

}  // namespace brugwacht::steering
