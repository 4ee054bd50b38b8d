// What an ambassador's work gives beside counts of children: a few rows, whatever the number of children.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/synthetic.hpp"

namespace brugwacht {

struct SyntheticResult {
    Date date;
    std::string_view kind, status;
};
struct SyntheticSignal {
    Date date;
    std::string_view theme, addressee, status;
    std::optional<Date> answered_on;
};
struct SyntheticFactor {
    Date date;
    std::string_view side, factor;
    int score = 0;  // 1..5
};
struct SyntheticGoal {
    std::string_view indicator;
    int target = 0;
    std::string period;
    Date agreed_on;
};

struct OtherFacts {
    std::vector<SyntheticResult> results;
    std::vector<SyntheticSignal> signals;
    std::vector<SyntheticFactor> factors;
    std::vector<SyntheticGoal> goals;
};
OtherFacts other_facts(const SyntheticWorld& world);

}  // namespace brugwacht
