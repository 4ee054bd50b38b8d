// A second evaluation of the success definitions, written from their text alone and for reading, not for speed: one function for each
// rule, days counted one by one. Where the text leaves something open it follows docs/decisions/0003 and the case tables. The engine
// must say the same of every history. The oracle shares no code with the engine but the date type, the parsed agreement, the names of
// the vocabularies and the table of school holidays; even months, working years and closed seasons are counted again here.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/unit/rules/histories.hpp"

namespace brugwacht::testing {

struct OracleVerdict {
    std::string agreement;  // "id@version", "" when none is in force
    std::string definition;
    Status status = Status::Unknown;
    std::string reason;
    int rule = 0;  // the S-rule that decided
    std::optional<Date> achieved_on;
    std::optional<Date> window_from, window_to;
    std::optional<Date> decides_on;
    std::optional<Date> anchor_date;
    bool mature = false;
    bool scope_unknown = false;
    bool started = true;
    bool support_at_proof = false;
    int gap_days = 0;
    std::set<std::string> evidence;  // "role:event"
};

struct OracleTrajectory {
    /// Duplicates are one fact: every key of an event leads to the name under which the evidence lists it.
    std::map<std::string, std::string> name_of_key;
    std::set<std::string> ignored;        // "why:event"
    std::vector<OracleVerdict> verdicts;  // in the order of the definitions
};

/// Judges one trajectory of a history under one agreement, which is taken to be in force on every date.
OracleTrajectory consult_oracle(const History& history, int trajectory, const Agreement& agreement, Date as_of,
                                std::optional<Date> known_at);

}  // namespace brugwacht::testing
