// Histories of children in the plainest form: what a source would say, before anything is sorted, joined or assigned. The oracle reads
// them as they stand; the engine gets them as a fact base.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/rules/facts.hpp"
#include "tests/support/rng.hpp"

namespace brugwacht::testing {

struct PlainClub {
    std::string key, kind;
};

struct PlainTrajectory {
    std::string key;
    int person = 0;  // -1 = nobody known
    Date start;
    std::optional<int> age;
    std::string strategy;
};

/// Belongs to a trajectory, else to a person, else it is a fact of its club. Indices; -1 = none.
struct PlainEvent {
    std::string key, source, type, answer, kind, reason;
    int trajectory = -1;
    int person = -1;
    int club = -1;
    Date date;
    std::optional<Date> to, recorded;
    std::optional<int> year;
};

struct History {
    std::vector<PlainClub> clubs;
    std::vector<PlainTrajectory> trajectories;
    std::vector<PlainEvent> events;
};

/// One event a line, for the message of a failing test.
std::string describe(const History& history);

/// With `shuffle` everything is added in another order.
FactBase fact_base(const History& history, Rng* shuffle = nullptr);

/// One person with one or two trajectories, up to three clubs and up to twenty events, most of them on the edges of what the agreement
/// says: window edges, decision dates, season edges, month ends, days on which something else happened, and one day beside those.
History random_history(const Agreement& agreement, Rng& random);

/// Many of them, as one.
History random_histories(const Agreement& agreement, Rng& random, int count);

/// A date worth judging the history at: one of its own days or edges, or one day beside them.
Date random_as_of(const History& history, const Agreement& agreement, Rng& random);

/// The agreement with keys drawn at random from the whole key space, and what it changed, for the message of a failing test.
struct DrawnAgreement {
    Agreement agreement;
    std::string description;
};
DrawnAgreement random_agreement(const Agreement& example, Rng& random);

}  // namespace brugwacht::testing
