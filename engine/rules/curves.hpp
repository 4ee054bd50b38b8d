// How long children keep taking part: Kaplan-Meier with delayed entry, and cumulative incidence where more than one thing can end it.
// Time is counted in whole days, shares in 0..1. Source: success-definitions section 3; the methods are those of Kaplan and Meier 1958,
// Greenwood 1926, Aalen and Johansen 1978. What a curve cannot do is repair what nobody knows: keep the bracket of the rates beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/rules/rates.hpp"

namespace brugwacht {

/// A stretch of time in which somebody was watched: (start, stop]. One who is watched from the first day on starts at -1, so that what
/// happens on day 0 counts. A stretch that does not end after it starts tells nothing and is left out.
struct Spell {
    std::int32_t start = -1;
    std::int32_t stop = 0;
    std::uint8_t cause = 0;  // 0 = watched no longer (censored); 1, 2 ... = what happened on day `stop`
};

/// One day on which something happened or somebody was watched no longer. On the same day, what happened comes first.
struct SurvivalStep {
    std::int32_t day = 0;
    std::uint64_t at_risk = 0;  // watched on that day
    std::uint64_t events = 0;
    std::uint64_t censored = 0;
    double share = 1;                      // still there after that day
    std::optional<double> standard_error;  // Greenwood, of the share; nothing where nobody is left
    std::optional<Interval> limits;        // 95 %, on the logarithm of the share, at most 1
};

struct SurvivalCurve {
    std::vector<SurvivalStep> steps;     // days rise
    std::optional<std::int32_t> median;  // first day after which at most one half is still there

    /// After that day; 1 before the first step.
    double share_after(std::int32_t day) const;
};

/// Every cause counts as the event.
SurvivalCurve kaplan_meier(std::span<const Spell> spells);

/// One day of a curve with competing causes.
struct IncidenceStep {
    std::int32_t day = 0;
    std::uint64_t at_risk = 0;
    std::uint64_t censored = 0;
    std::vector<std::uint64_t> events;  // by cause, events[0] for cause 1
    std::vector<double> states;         // states[0] = still there, states[c] = ended by cause c; together 1
};

/// Aalen-Johansen for the causes 1..causes. Spells with a higher cause are a mistake of the caller: throws std::invalid_argument.
std::vector<IncidenceStep> cumulative_incidence(std::span<const Spell> spells, std::uint8_t causes);

/// How many are watched on that day.
std::uint64_t number_at_risk(std::span<const Spell> spells, std::int32_t day);

/// What ended participation, as the cause of a spell.
inline constexpr std::uint8_t kStopped = 1;
inline constexpr std::uint8_t kCompeting = 2;

/// Participation from the effective enrolment on, under one version of the agreement. Days count from the enrolment.
struct ParticipationCurve {
    std::vector<Spell> spells;    // one for each trajectory with an effective enrolment
    std::uint64_t unwatched = 0;  // enrolled, but nothing is known from the start of the guidance on: in no spell
    SurvivalCurve taking_part;
    std::vector<IncidenceStep> causes;  // kStopped, kCompeting; the same days as taking_part
    std::uint64_t smallest = 0;         // the curve ends where fewer are at risk
    bool cut = false;                   // it did
};

/// Of the trajectories of `set` that have started, lie within the agreement and were judged by its version `version` (index in
/// ClassificationSet::agreements), each once. Where definitions choose versions by different dates, one that is measured from the
/// enrolment decides.
///   Start: the effective enrolment (S9); a child that was enrolled before its guidance began is watched from that start on.
///   Event: the stop after which no placement runs. Enrolling elsewhere on or before the day after a stop goes on; coming back later does
///   not. It is competing when the reason is one for which the agreement excludes.
///   End: else the last day on which participation was known (attend, check answered yes, a further enrolment), never after the as-of date.
/// The curve is cut where fewer than `smallest` remain, 5 or the agreement's small_n, whichever is higher.
ParticipationCurve participation_curve(const FactBase& base, const ClassificationSet& set, std::uint16_t version);

}  // namespace brugwacht
