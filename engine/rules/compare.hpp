// "What if": two agreements tried on the same facts, and exactly which trajectories then have another status and why. Per child: for the
// local operator only, never in a workbook.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/rules/classify.hpp"

namespace brugwacht {

/// What one agreement says of a trajectory.
struct Opinion {
    Status status = Status::Unknown;
    std::string reason;  // stable code
    std::string explanation;
};

struct OutcomeChange {
    std::string source, trajectory, definition;
    Opinion a, b;
    bool status_changed() const { return a.status != b.status; }
};

/// How many trajectories go from one status to another, those that stay included.
struct Transition {
    std::string definition;
    Status a = Status::Unknown;
    Status b = Status::Unknown;
    std::int64_t n = 0;
};

struct Outcomes {
    std::vector<OutcomeChange> changes;   // another status, or another reason for the same one; by source, trajectory, definition
    std::vector<Transition> transitions;  // by definition, then status; no zeros
    std::int64_t statuses_changed() const;
};

/// Each agreement as if it had always been in force, on the definitions that both have, for trajectories started by `as_of`.
/// Throws Error RUL-002 as classify().
Outcomes compare_outcomes(const FactBase& facts, const Agreement& a, const Agreement& b, Date as_of, const Texts& texts);

}  // namespace brugwacht
