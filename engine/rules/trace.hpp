// The way a verdict was reached: every rule that was asked, in order, with its answer. The evaluator records it while it judges, so that
// what `explain` shows can never differ from what counted.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/rules/agreement.hpp"

namespace brugwacht {

/// The answer to a rule as people see it: holds, speaks against, time still runs, nobody knows, or only told.
enum class Mark : std::uint8_t { Tick, Cross, Hourglass, Question, Told };

struct ClubIndex {
    std::uint32_t index;  // of FactBase::clubs(), or kNone
};

/// What a step says: numbers, days, clubs, periods, or a code of the fact base, by the name that its text uses.
struct StepArgument {
    const char* name;
    std::variant<std::int64_t, Date, ClubIndex, Period, std::string_view, const Condition*> value;
};

struct RuleStep {
    int rule = 0;  // number of the S-rule; 0 = a condition of a composed definition
    Mark mark = Mark::Told;
    int depth = 0;
    std::string_view what;  // key of the text, below rules.tree
    std::vector<StepArgument> arguments;
    std::vector<std::uint32_t> events;  // FactBase::text of the events it rests on
};

/// Points into the fact base and the agreements of the run: no longer lived than they.
using Trace = std::vector<RuleStep>;

}  // namespace brugwacht
