#include "engine/rules/curves.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/rules/history.hpp"

namespace brugwacht {
namespace {

/// What happened on one day. events[0] counts those who were watched no longer, events[c] the cause c.
struct DayCount {
    std::int32_t day = 0;
    std::uint64_t at_risk = 0;
    std::vector<std::uint64_t> events;
};

std::vector<DayCount> count_days(std::span<const Spell> spells, std::size_t causes) {
    std::vector<Spell> ending;
    std::vector<std::int32_t> starts;
    for (const Spell& spell : spells) {
        if (spell.cause > causes) throw std::invalid_argument("cause of a spell");
        if (spell.stop <= spell.start) continue;
        ending.push_back(spell);
        starts.push_back(spell.start);
    }
    std::sort(ending.begin(), ending.end(), [](const Spell& a, const Spell& b) { return a.stop < b.stop; });
    std::sort(starts.begin(), starts.end());

    std::vector<DayCount> days;
    std::size_t entered = 0;
    for (std::size_t i = 0; i < ending.size();) {
        const std::size_t left = i;
        DayCount day;
        day.day = ending[i].stop;
        day.events.resize(causes + 1);
        for (; i < ending.size() && ending[i].stop == day.day; ++i) ++day.events[ending[i].cause];
        while (entered < starts.size() && starts[entered] < day.day) ++entered;
        day.at_risk = entered - left;
        days.push_back(std::move(day));
    }
    return days;
}

Interval log_limits(double share, double standard_error) {
    constexpr double z = 1.959963984540054;
    const double spread = std::exp(z * standard_error / share);
    return {share / spread, std::min(1.0, share * spread)};
}

}  // namespace

double SurvivalCurve::share_after(std::int32_t day) const {
    const auto later =
        std::upper_bound(steps.begin(), steps.end(), day, [](std::int32_t wanted, const SurvivalStep& step) { return wanted < step.day; });
    return later == steps.begin() ? 1.0 : std::prev(later)->share;
}

SurvivalCurve kaplan_meier(std::span<const Spell> spells) {
    std::vector<Spell> any_cause(spells.begin(), spells.end());
    for (Spell& spell : any_cause) spell.cause = spell.cause == 0 ? 0 : 1;

    SurvivalCurve curve;
    double share = 1;
    double greenwood = 0;  // sum of d / (n (n - d))
    for (const DayCount& day : count_days(any_cause, 1)) {
        const auto n = static_cast<double>(day.at_risk);
        const auto d = static_cast<double>(day.events[1]);
        share *= (n - d) / n;
        SurvivalStep step{day.day, day.at_risk, day.events[1], day.events[0], share, {}, {}};
        if (share > 0) {
            greenwood += d / (n * (n - d));
            step.standard_error = share * std::sqrt(greenwood);
            step.limits = log_limits(share, *step.standard_error);
        }
        // One half is reached by products such as 2/3 x 3/4, which need not come out as exactly 0.5.
        if (!curve.median && share <= 0.5 + 1e-12) curve.median = day.day;
        curve.steps.push_back(step);
    }
    return curve;
}

std::vector<IncidenceStep> cumulative_incidence(std::span<const Spell> spells, std::uint8_t causes) {
    std::vector<IncidenceStep> steps;
    std::vector<double> states(std::size_t{causes} + 1);
    states[0] = 1;
    for (const DayCount& day : count_days(spells, causes)) {
        const double before = states[0];
        const auto n = static_cast<double>(day.at_risk);
        std::uint64_t ended = 0;
        for (std::size_t cause = 1; cause < states.size(); ++cause) {
            states[cause] += before * static_cast<double>(day.events[cause]) / n;
            ended += day.events[cause];
        }
        states[0] = before * (static_cast<double>(day.at_risk - ended) / n);
        steps.push_back({day.day, day.at_risk, day.events[0], {day.events.begin() + 1, day.events.end()}, states});
    }
    return steps;
}

std::uint64_t number_at_risk(std::span<const Spell> spells, std::int32_t day) {
    return static_cast<std::uint64_t>(
        std::count_if(spells.begin(), spells.end(), [day](const Spell& spell) { return spell.start < day && day <= spell.stop; }));
}

// ---------------------------------------------------------------- participation

namespace {

/// How long participation lasted without a gap, from the anchor on.
struct Course {
    std::int32_t ended = kOpenEnd;     // day of the stop after which no placement runs
    std::int32_t last_known = 0;       // last day on which the child took part or enrolled; asked of a course that has not ended
    std::vector<std::uint32_t> clubs;  // of the placements that make it up
};

/// Placements are joined as long as the next begins no later than the day after the one before has ended. A further enrolment joins on the
/// day it was made, whether or not its trial period is over: the child is there.
Course course_of(const History& history, const Enrolment& anchor) {
    Course course{anchor.ended, anchor.effective, {anchor.club}};
    std::vector<const Enrolment*> others;
    for (const Enrolment& other : history.enrolments())
        if (&other != &anchor && other.state != Enrolment::State::Voided) others.push_back(&other);
    std::sort(others.begin(), others.end(), [](const Enrolment* a, const Enrolment* b) { return a->date < b->date; });
    for (const Enrolment* other : others) {
        if (course.ended != kOpenEnd && other->date > course.ended + 1) break;
        course.last_known = std::max(course.last_known, other->date);
        course.ended = std::max(course.ended, other->ended);
        course.clubs.push_back(other->club);
    }
    for (const Fact& fact : history.facts()) {
        const bool takes_part = fact.type == FactType::Attend || fact.type == FactType::CheckYes;
        if (takes_part) course.last_known = std::max(course.last_known, fact.date);
    }
    return course;
}

/// On one day a competing reason comes before a plain one, as in S22.
bool ended_by_competing(const History& history, const PreparedAgreement& agreement, const Course& course) {
    if (agreement.agreement->competing_as != Status::Excluded) return false;
    return std::any_of(history.stops().begin(), history.stops().end(), [&](const ValidStop& stop) {
        const bool ours = stop.all || std::find(course.clubs.begin(), course.clubs.end(), stop.fact->club) != course.clubs.end();
        return ours && stop.fact->date == course.ended && agreement.competing_by_code[stop.fact->reason] != 0;
    });
}

bool outside_the_agreement(const Classification& result) {
    return result.reason == Reason::StrategyOutOfScope || result.reason == Reason::AgeOutOfScope;
}

/// The definition whose choice of a version counts: one that is measured from the enrolment, as the curve is; else any.
std::optional<std::uint16_t> leading_definition(const ClassificationSet& set) {
    std::optional<std::uint16_t> first;
    for (const Classification& result : set.results) {
        const Definition* definition = set.definition_of(result);
        if (definition == nullptr) continue;
        if (definition->kind == DefinitionKind::StillParticipating) return result.definition;
        if (!first) first = result.definition;
    }
    return first;
}

/// The first day with fewer than `smallest` at risk and everything after it.
void cut(ParticipationCurve& curve) {
    std::vector<SurvivalStep>& steps = curve.taking_part.steps;
    const auto thin = std::find_if(steps.begin(), steps.end(), [&](const SurvivalStep& step) { return step.at_risk < curve.smallest; });
    if (thin == steps.end()) return;
    curve.cut = true;
    curve.causes.resize(static_cast<std::size_t>(thin - steps.begin()));
    if (curve.taking_part.median && *curve.taking_part.median >= thin->day) curve.taking_part.median.reset();
    steps.erase(thin, steps.end());
}

}  // namespace

ParticipationCurve participation_curve(const FactBase& base, const ClassificationSet& set, std::uint16_t version) {
    ParticipationCurve curve;
    const Agreement& agreement = set.agreements.at(version);
    const PreparedAgreement prepared(base, agreement);
    const std::int32_t known_at = set.known_at ? set.known_at->days() : kOpenEnd;
    const std::optional<std::uint16_t> definition = leading_definition(set);
    History history;
    for (const Classification& result : set.results) {
        if (result.definition != definition || result.agreement != version || !result.started || outside_the_agreement(result)) continue;
        history.build(base, prepared, result.trajectory, set.as_of.days(), known_at);
        const Enrolment* anchor = history.anchor();
        if (anchor == nullptr) continue;
        const Course course = course_of(history, *anchor);
        Spell spell;
        const std::int32_t began = base.trajectories()[result.trajectory].start;
        if (began > anchor->effective) spell.start = began - 1 - anchor->effective;
        const bool ended = course.ended != kOpenEnd;
        spell.stop = (ended ? course.ended : course.last_known) - anchor->effective;
        if (ended) spell.cause = ended_by_competing(history, prepared, course) ? kCompeting : kStopped;
        if (spell.stop <= spell.start) {
            ++curve.unwatched;
        } else {
            curve.spells.push_back(spell);
        }
    }
    curve.taking_part = kaplan_meier(curve.spells);
    curve.causes = cumulative_incidence(curve.spells, kCompeting);
    curve.smallest = static_cast<std::uint64_t>(std::max(5, agreement.small_n));
    cut(curve);
    return curve;
}

}  // namespace brugwacht
