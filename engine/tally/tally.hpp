// Turns classified trajectories and registered acts into count tables. Knows nothing of files, names or languages.
// Every number is a count of distinct trajectories, persons, counterparts, acts or hours, never of rows.
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

/// What the store holds beside the facts of trajectories, in any order. Codes: "" = not registered; several are joined with |.
struct TallyFacts {
    struct Trajectory {
        std::string source = {}, key = {}, referrer_kind = {};
        std::int64_t id = 0;
    };
    struct Activity {
        Date date = {};
        std::optional<std::int64_t> minutes = {};
        std::string strategy = {}, criterion = {}, counterpart_kind = {}, kind = {};
        std::string counterpart = {};  // equal for the same counterpart, "" = nameless
        std::optional<std::int64_t> participants = {};
        bool first_contact = false;
        std::int64_t trajectory = 0;  // Trajectory::id, 0 = none
    };
    struct Result {
        std::optional<Date> date = {};
        std::string kind = {}, status = {};
    };
    struct Signal {
        std::optional<Date> date = {}, answered_on = {};
        std::string status = {}, theme = {};
    };
    /// As one source knows it.
    struct Club {
        std::string source = {}, key = {}, name = {}, vcode = {}, kind = {}, side = {};
        std::optional<Date> engagement_signed_on = {};
        std::optional<std::int64_t> places = {};
    };
    std::vector<Trajectory> trajectories = {};
    std::vector<Activity> activities = {};
    std::vector<Result> results = {};
    std::vector<Signal> signals = {};
    std::vector<Club> clubs = {};
    std::uint64_t rejected_rows = 0;  // of the files that count, undone runs left out
    std::uint64_t waiting_references = 0;
};

TallyFacts load_tally_facts(const StoreReader& reader);

struct TallyRequest {
    Date as_of = {};
    /// Trajectories started and acts dated in these days, both included; nothing = everything up to the as-of date.
    std::optional<std::pair<Date, Date>> period = {};
};

/// Tables in the order in which they are printed; depends on content only. Rows of code lists stand in the order of `lists`, whatever the
/// counts; an act whose code is blank or not in its list counts as "not given". Every table has its entry in the catalogue of indicators.
CountSet tally(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request);

}  // namespace brugwacht
