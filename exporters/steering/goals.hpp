// Goals as agreed, beside the figure of this report when it is released and runs over the same days. A goal is no norm and no rank.
#pragma once

#include <string>

#include "exporters/steering/layout.hpp"

namespace brugwacht::steering {

/// One paragraph: what was agreed, for when, and what this report can put beside it.
std::string goal_sentence(const Book& book, const SteeringReport::Goal& goal);

}  // namespace brugwacht::steering
