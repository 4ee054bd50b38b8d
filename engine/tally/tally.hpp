// Turns classified trajectories and registered acts into count tables. Knows nothing of files, names or languages.
// Every number is a count of distinct trajectories, persons, acts or hours, never of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/rules/classify.hpp"
#include "engine/tally/count_table.hpp"

namespace brugwacht {

class CodeLists;
class StoreReader;

/// What the store holds beside the facts of trajectories, in any order.
struct TallyFacts {
    struct Trajectory {
        std::string source, key, referrer_kind;
    };
    struct Activity {
        Date date;
        std::int64_t minutes = 0;
        std::string strategy, criterion, counterpart_kind;  // codes, "" = not registered; several joined with |
    };
    struct Result {
        std::optional<Date> date;
        std::string kind;
    };
    struct Signal {
        std::optional<Date> date, answered_on;
        std::string status;
    };
    struct Club {
        std::string kind, side;
        std::optional<Date> engagement_signed_on;
    };
    std::vector<Trajectory> trajectories;
    std::vector<Activity> activities;
    std::vector<Result> results;
    std::vector<Signal> signals;
    std::vector<Club> clubs;
    std::uint64_t rejected_rows = 0;  // of the files that count, undone runs left out
    std::uint64_t waiting_references = 0;
};

TallyFacts load_tally_facts(const StoreReader& reader);

struct TallyRequest {
    Date as_of;
    /// Trajectories started and acts dated in these days, both included; nothing = everything up to the as-of date.
    std::optional<std::pair<Date, Date>> period = {};
};

/// Tables in the order in which they are printed; depends on content only. Rows of code lists stand in the order of `lists`, whatever the
/// counts; an act whose code is blank or not in its list counts as "not given".
CountSet tally(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request);

}  // namespace brugwacht
