#include "tests/unit/rules/oracle.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <tuple>

namespace brugwacht::testing {
namespace {

// ---------------------------------------------------------------------------------------------------------------- calendar

bool exists(int year, int month, int day) { return Date::from_ymd(year, month, day).has_value(); }

Date last_day_of(int year, int month) {
    int day = 31;
    while (!exists(year, month, day)) --day;
    return *Date::from_ymd(year, month, day);
}

/// S3, and the other month rule of the agreement file.
Date s3_months_later(Date date, int months, MonthRule rule) {
    int year = date.year();
    int month = date.month();
    for (int i = 0; i < months; ++i) {
        ++month;
        if (month == 13) {
            month = 1;
            ++year;
        }
    }
    if (exists(year, month, date.day())) return *Date::from_ymd(year, month, date.day());
    const Date last = last_day_of(year, month);
    return rule == MonthRule::NextMonth ? last.plus_days(1) : last;
}

Date day_in_year(const MonthDay& day, int year) {
    return exists(year, day.month, day.day) ? *Date::from_ymd(year, day.month, day.day) : last_day_of(year, day.month);
}

/// The working year y starts in the calendar year y.
Date year_start(const ClubType& type, int year) { return day_in_year(type.year_start, year); }

/// Registration opens before the working year starts, or on that day.
Date registration_opens(const ClubType& type, int year) {
    const Date same_year = day_in_year(type.registration_opens, year);
    return same_year <= year_start(type, year) ? same_year : day_in_year(type.registration_opens, year - 1);
}

/// The decision falls in the working year: on its start or later.
Date decision_date(const ClubType& type, int year) {
    const Date same_year = day_in_year(type.decision, year);
    return same_year >= year_start(type, year) ? same_year : day_in_year(type.decision, year + 1);
}

/// S5 for an enrolment, or a list, that states no year.
int s5_working_year(const ClubType& type, Date date) {
    for (int year = date.year() - 2; year <= date.year() + 2; ++year)
        if (registration_opens(type, year) <= date && date < registration_opens(type, year + 1)) return year;
    throw std::logic_error("a date without working year");
}

bool in_span(const YearlySpan& span, Date date) {
    for (int year = date.year() - 1; year <= date.year(); ++year) {
        const Date from = day_in_year(span.from, year);
        const Date same_year = day_in_year(span.to, year);
        const Date to = from <= same_year ? same_year : day_in_year(span.to, year + 1);
        if (from <= date && date <= to) return true;
    }
    return false;
}

bool is_closed(const ClubType& type, Date date) {
    return std::any_of(type.closed.begin(), type.closed.end(), [&](const YearlySpan& span) { return in_span(span, date); });
}

/// The last closed day of the season in which a closed day lies.
Date closed_end(const ClubType& type, Date date) {
    while (is_closed(type, date.plus_days(1))) date = date.plus_days(1);
    return date;
}

bool is_holiday(const Agreement& agreement, Date date) {
    std::vector<HolidaySpan> holidays = agreement.holidays;
    if (agreement.holidays_computed) {
        holidays = school_holidays_1991(date.year() - 1);
        const std::vector<HolidaySpan> next = school_holidays_1991(date.year());
        holidays.insert(holidays.end(), next.begin(), next.end());
    }
    return std::any_of(holidays.begin(), holidays.end(), [&](const HolidaySpan& span) { return span.from <= date && date <= span.to; });
}

// ------------------------------------------------------------------------------------------------------------------- facts

struct PlainFact {
    FactType type = FactType::Other;
    Date date;
    int club = -1;
    std::optional<Date> to;
    std::string kind, reason;
    std::optional<int> year;
    std::set<std::string> keys;

    std::string name() const { return *keys.begin(); }
};

FactType type_of(const PlainEvent& event) {
    if (event.type == "check")
        return event.answer == "yes" ? FactType::CheckYes : event.answer == "no" ? FactType::CheckNo : FactType::Other;
    return fact_type_by_name(event.type).value_or(FactType::Other);
}

/// An event of a person counts for the trajectory with the latest start on or before its date.
bool counts_for(const History& history, const PlainEvent& event, int trajectory) {
    if (event.trajectory >= 0) return event.trajectory == trajectory;
    if (event.person < 0) return false;
    int latest = -1;
    for (int i = 0; i < static_cast<int>(history.trajectories.size()); ++i) {
        const PlainTrajectory& other = history.trajectories[static_cast<std::size_t>(i)];
        if (other.person != event.person || other.start > event.date) continue;
        if (latest < 0 || other.start > history.trajectories[static_cast<std::size_t>(latest)].start) latest = i;
    }
    return latest == trajectory;
}

template <typename T>
bool agree(const T& a, const T& b, const T& blank) {
    return a == b || a == blank || b == blank;
}

/// S4: same type, date and club is one fact; a blank detail is filled in by the other source.
bool same_fact(const PlainFact& a, const PlainFact& b) {
    return a.type == b.type && a.date == b.date && a.club == b.club && agree<std::optional<Date>>(a.to, b.to, {}) &&
           agree<std::string>(a.kind, b.kind, {}) && agree<std::string>(a.reason, b.reason, {}) &&
           agree<std::optional<int>>(a.year, b.year, {});
}

void join(PlainFact& fact, const PlainFact& other) {
    if (!fact.to) fact.to = other.to;
    if (fact.kind.empty()) fact.kind = other.kind;
    if (fact.reason.empty()) fact.reason = other.reason;
    if (!fact.year) fact.year = other.year;
    fact.keys.insert(other.keys.begin(), other.keys.end());
}

std::vector<PlainFact> s4_without_duplicates(const std::vector<PlainFact>& facts) {
    std::vector<PlainFact> out;
    for (const PlainFact& fact : facts) {
        const auto known = std::find_if(out.begin(), out.end(), [&](const PlainFact& other) { return same_fact(fact, other); });
        if (known == out.end()) {
            out.push_back(fact);
        } else {
            join(*known, fact);
        }
    }
    return out;
}

// -------------------------------------------------------------------------------------------------------------- enrolments

struct PlainEnrolment {
    std::string name;
    std::set<std::string> keys;  // of all the enrolments that are one (S6)
    int club = -1;
    Date date;
    int year = 0;
    Date effective;
    bool voided = false;
};

class Judge {
  public:
    Judge(const History& history, int trajectory, const Agreement& agreement, Date as_of, std::optional<Date> known_at)
        : history_(history),
          agreement_(agreement),
          child_(history.trajectories.at(static_cast<std::size_t>(trajectory))),
          as_of_(as_of),
          known_at_(known_at) {
        read_facts(trajectory);
        read_lists();
        read_enrolments();
    }

    OracleTrajectory everything() {
        OracleTrajectory out;
        for (const PlainFact& fact : facts_)
            for (const std::string& key : fact.keys) out.name_of_key[key] = fact.name();
        for (const PlainFact& list : lists_)
            for (const std::string& key : list.keys) out.name_of_key[key] = list.name();
        for (const Definition& definition : agreement_.definitions) out.verdicts.push_back(judge(definition));
        out.ignored = ignored_;
        return out;
    }

  private:
    // ---------------------------------------------------------------------------------------------- 8.1 facts and time

    /// S2; false and noted when the fact does not exist for this run.
    bool s2_exists(const PlainEvent& event) {
        if (event.date > as_of_) {
            ignored_.insert("after_as_of:" + event.key);
            return false;
        }
        if (known_at_ && event.recorded.value_or(event.date) > *known_at_) {
            ignored_.insert("after_known_at:" + event.key);
            return false;
        }
        return true;
    }

    static PlainFact fact_of(const PlainEvent& event) {
        return {type_of(event), event.date, event.club, event.to, event.kind, event.reason, event.year, {event.key}};
    }

    void read_facts(int trajectory) {
        std::vector<PlainFact> all;
        for (const PlainEvent& event : history_.events)
            if (counts_for(history_, event, trajectory) && s2_exists(event)) all.push_back(fact_of(event));
        facts_ = s4_without_duplicates(all);
    }

    void read_lists() {
        std::vector<PlainFact> all;
        for (const PlainEvent& event : history_.events) {
            if (event.type != "list" || event.trajectory >= 0 || event.person >= 0 || event.club < 0) continue;
            if (event.date <= as_of_ && (!known_at_ || event.recorded.value_or(event.date) <= *known_at_)) all.push_back(fact_of(event));
        }
        lists_ = s4_without_duplicates(all);
    }

    std::vector<PlainFact> facts(FactType type) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts_)
            if (fact.type == type) out.push_back(fact);
        return out;
    }

    /// Several kinds of facts, in order of date.
    std::vector<PlainFact> facts(const std::vector<FactType>& types) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts_)
            if (std::find(types.begin(), types.end(), fact.type) != types.end()) out.push_back(fact);
        std::sort(out.begin(), out.end(),
                  [](const PlainFact& a, const PlainFact& b) { return std::tuple(a.date, a.name()) < std::tuple(b.date, b.name()); });
        return out;
    }

    Date later(Date date, const Period& period) const {
        return s3_months_later(date, period.months, agreement_.month_rule).plus_days(period.days);
    }

    const ClubType& type_of_club(int club) const {
        static const ClubType kUnnamed;
        if (club < 0) return kUnnamed;
        const std::string& kind = history_.clubs.at(static_cast<std::size_t>(club)).kind;
        for (const ClubType& type : agreement_.club_types)
            if (type.id == kind) return type;
        return kUnnamed;
    }

    static bool covers(const PlainFact& period, Date date) { return period.date <= date && (!period.to || date <= *period.to); }

    bool in_pause(Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Pause && covers(fact, date)) return true;
        return false;
    }

    bool with_support(Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Support && covers(fact, date)) return true;
        return false;
    }

    // --------------------------------------------------------------------------------------------------- 8.2 enrolment

    struct PlainStop {
        std::string name;
        Date date;
        std::string reason;
    };

    bool is_provisional(const PlainFact& enrolment) const {
        if (!enrolment.kind.empty()) return enrolment.kind == "provisional";
        return type_of_club(enrolment.club).provisional;
    }

    /// S7.
    Date s7_effective(const PlainFact& enrolment, int year) const {
        if (!is_provisional(enrolment)) return enrolment.date;
        const ClubType& type = type_of_club(enrolment.club);
        Date date = enrolment.date.plus_days(type.provisional_days);
        if (type.provisional_floor) date = std::max(date, day_in_year(*type.provisional_floor, year));
        return date;
    }

    int s5_year(const PlainFact& fact) const { return fact.year ? *fact.year : s5_working_year(type_of_club(fact.club), fact.date); }

    bool enrolled_before(int club, Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol && fact.club == club && fact.date < date) return true;
        return false;
    }

    bool enrolled_on(int club, Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol && fact.club == club && fact.date == date) return true;
        return false;
    }

    /// S7: a stop on the day of a provisional enrolment, or before it becomes effective, voids it.
    bool voids_on_its_day(int club, Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol && fact.club == club && fact.date == date && s7_effective(fact, s5_year(fact)) > date)
                return true;
        return false;
    }

    enum class StopEffect { Counts, CancelledOut, WithoutEnrolment };

    /// S8 for one club; a stop that names no club is a stop at every club.
    StopEffect s8_effect(const PlainFact& stop, int club) const {
        if (enrolled_before(club, stop.date)) return enrolled_on(club, stop.date) ? StopEffect::CancelledOut : StopEffect::Counts;
        return voids_on_its_day(club, stop.date) ? StopEffect::Counts : StopEffect::WithoutEnrolment;
    }

    std::set<int> clubs_of_enrolments() const {
        std::set<int> clubs;
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol) clubs.insert(fact.club);
        return clubs;
    }

    /// The stops at a club that count.
    std::vector<PlainStop> stops_at(int club) const {
        std::vector<PlainStop> out;
        for (const PlainFact& fact : facts(std::vector<FactType>{FactType::Stop}))
            if ((fact.club == -1 || fact.club == club) && s8_effect(fact, club) == StopEffect::Counts)
                out.push_back({fact.name(), fact.date, fact.reason});
        return out;
    }

    void note_ignored_stops() {
        for (const PlainFact& stop : facts(FactType::Stop)) {
            std::set<StopEffect> effects;
            for (const int club : clubs_of_enrolments())
                if (stop.club == -1 || stop.club == club) effects.insert(s8_effect(stop, club));
            if (effects.contains(StopEffect::Counts)) continue;
            ignored_.insert((effects.contains(StopEffect::CancelledOut) ? "cancelled_out:" : "stop_without_enrolment:") + stop.name());
        }
    }

    /// S6: no stop lies between two enrolments at a club.
    bool stop_between(int club, Date first, Date second) const {
        for (const PlainStop& stop : stops_at(club))
            if (first <= stop.date && stop.date < second) return true;
        return false;
    }

    void read_enrolments() {
        for (const PlainFact& fact : facts(std::vector<FactType>{FactType::Enrol})) {
            const int year = s5_year(fact);
            const auto same = std::find_if(enrolments_.begin(), enrolments_.end(), [&](const PlainEnrolment& other) {
                return other.club == fact.club && other.year == year && !stop_between(fact.club, other.date, fact.date);
            });
            if (same != enrolments_.end()) {
                same->keys.insert(fact.keys.begin(), fact.keys.end());
                continue;
            }
            PlainEnrolment enrolment{fact.name(), fact.keys, fact.club, fact.date, year, s7_effective(fact, year), false};
            for (const PlainStop& stop : stops_at(fact.club))
                if (fact.date <= stop.date && stop.date < enrolment.effective) enrolment.voided = true;
            enrolments_.push_back(enrolment);
        }
        note_ignored_stops();
    }

    bool is_effective(const PlainEnrolment& enrolment) const { return !enrolment.voided && enrolment.effective <= as_of_; }
    bool is_running_provisionally(const PlainEnrolment& enrolment) const { return !enrolment.voided && enrolment.effective > as_of_; }

    /// Effective enrolments in the order in which they became so.
    std::vector<PlainEnrolment> effective_enrolments() const {
        std::vector<PlainEnrolment> out;
        for (const PlainEnrolment& enrolment : enrolments_)
            if (is_effective(enrolment)) out.push_back(enrolment);
        std::sort(out.begin(), out.end(), [](const PlainEnrolment& a, const PlainEnrolment& b) {
            return std::tuple(a.effective, a.date, a.club, a.name) < std::tuple(b.effective, b.date, b.club, b.name);
        });
        return out;
    }

    bool provisional_running() const {
        return std::any_of(enrolments_.begin(), enrolments_.end(), [&](const PlainEnrolment& e) { return is_running_provisionally(e); });
    }

    /// S9.
    std::optional<PlainEnrolment> s9_anchor() const {
        const std::vector<PlainEnrolment> effective = effective_enrolments();
        return effective.empty() ? std::nullopt : std::optional(effective.front());
    }

    // --------------------------------------------------------------------------------------------------- 8.2 placements

    /// The first day on which a placement ends; the day itself still counts as placed.
    std::optional<PlainStop> stop_of(const PlainEnrolment& enrolment) const {
        for (const PlainStop& stop : stops_at(enrolment.club))
            if (stop.date > enrolment.date) return stop;
        return std::nullopt;
    }

    /// Same-club variants look only at the anchor club (S36).
    static bool s36_looks_at(int club, std::optional<int> only_club) { return !only_club || club == *only_club; }

    bool placed_on(Date date, std::optional<int> only_club) const {
        for (const PlainEnrolment& enrolment : enrolments_) {
            if (enrolment.voided || !s36_looks_at(enrolment.club, only_club) || enrolment.date > date) continue;
            const std::optional<PlainStop> stop = stop_of(enrolment);
            if (!stop || date <= stop->date) return true;
        }
        return false;
    }

    bool placed_elsewhere_on(Date date, int club) const {
        for (const int other : clubs_of_enrolments())
            if (other != club && placed_on(date, other)) return true;
        return false;
    }

    bool placed_every_day(Date from, Date to, std::optional<int> only_club) const {
        for (Date date = from; date <= to; date = date.plus_days(1))
            if (!placed_on(date, only_club)) return false;
        return true;
    }

    /// Every placement begun by a day has a stop by that day.
    bool all_stopped_by(Date until, std::optional<int> only_club) const {
        for (const PlainEnrolment& enrolment : enrolments_) {
            if (enrolment.voided || !s36_looks_at(enrolment.club, only_club) || enrolment.date > until) continue;
            const std::optional<PlainStop> stop = stop_of(enrolment);
            if (!stop || stop->date > until) return false;
        }
        return true;
    }

    bool is_competing(const std::string& reason) const {
        return std::find(agreement_.competing.begin(), agreement_.competing.end(), reason) != agreement_.competing.end();
    }

    /// On the last day a competing reason goes before another one, then the order of the alphabet.
    PlainStop last_of(const std::vector<PlainStop>& stops) const {
        return *std::min_element(stops.begin(), stops.end(), [&](const PlainStop& a, const PlainStop& b) {
            return std::tuple(-a.date.days(), !is_competing(a.reason), a.reason, a.name) <
                   std::tuple(-b.date.days(), !is_competing(b.reason), b.reason, b.name);
        });
    }

    PlainStop last_stop_by(Date until, std::optional<int> only_club) const {
        std::vector<PlainStop> stops;
        for (const int club : clubs_of_enrolments())
            if (s36_looks_at(club, only_club))
                for (const PlainStop& stop : stops_at(club))
                    if (stop.date <= until) stops.push_back(stop);
        return last_of(stops);
    }

    // -------------------------------------------------------------------------------------------------------- verdicts

    static OracleVerdict& decide(OracleVerdict& verdict, int rule, Status status, std::string_view reason) {
        verdict.rule = rule;
        verdict.status = status;
        verdict.reason = std::string(reason);
        return verdict;
    }
    static OracleVerdict& decide(OracleVerdict& verdict, int rule, Status status, Reason reason) {
        return decide(verdict, rule, status, name(reason));
    }

    void against(OracleVerdict& verdict, const PlainStop& stop) const {
        verdict.evidence.insert((is_competing(stop.reason) ? "competing:" : "against:") + stop.name);
    }

    /// The end that a stop brings: its own reason when it competes.
    OracleVerdict& decide_by_stop(OracleVerdict& verdict, int rule, const PlainStop& stop, Reason plain) {
        against(verdict, stop);
        if (is_competing(stop.reason)) return decide(verdict, rule, agreement_.competing_as, stop.reason);
        return decide(verdict, rule, Status::NotAchieved, plain);
    }

    /// S10; true when out of scope.
    bool s10_out_of_scope(OracleVerdict& verdict) const {
        const std::vector<std::string>& strategies = agreement_.strategies;
        verdict.scope_unknown = child_.strategy.empty() || !child_.age;
        if (!strategies.empty() && !child_.strategy.empty() &&
            std::find(strategies.begin(), strategies.end(), child_.strategy) == strategies.end()) {
            decide(verdict, 10, Status::Excluded, Reason::StrategyOutOfScope);
            return true;
        }
        if (child_.age &&
            ((agreement_.age_min && *child_.age < *agreement_.age_min) || (agreement_.age_max && *child_.age > *agreement_.age_max))) {
            decide(verdict, 10, Status::Excluded, Reason::AgeOutOfScope);
            return true;
        }
        return false;
    }

    OracleVerdict judge(const Definition& definition) {
        OracleVerdict verdict;
        switch (definition.kind) {
            case DefinitionKind::Enrolment:
                verdict = judge_d1(definition);
                break;
            case DefinitionKind::StillParticipating:
                verdict = judge_d2(definition);
                break;
            case DefinitionKind::ReEnrolment:
                verdict = judge_d3(definition);
                break;
            case DefinitionKind::Composed:
                verdict = judge_composed(definition);
                break;
        }
        verdict.definition = definition.id;
        verdict.agreement = agreement_.name();
        return verdict;
    }

    // ---------------------------------------------------------------------------------------------------------- 8.3 D1

    std::vector<PlainFact> trials_for(const Definition& definition, const PlainEnrolment& enrolment) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts(definition.trial_events))
            if (fact.date <= enrolment.effective && (!definition.trial_club_same || fact.club == enrolment.club)) out.push_back(fact);
        return out;
    }

    static int count(const std::vector<PlainFact>& facts, bool distinct_days) {
        std::set<Date> days;
        for (const PlainFact& fact : facts) days.insert(fact.date);
        return static_cast<int>(distinct_days ? days.size() : facts.size());
    }

    const std::string& kind_of_club(int club) const {
        static const std::string kNoKind;
        return club < 0 ? kNoKind : history_.clubs.at(static_cast<std::size_t>(club)).kind;
    }

    bool s11_achieved(OracleVerdict& verdict, const Definition& base, Date deadline) const {
        for (const PlainEnrolment& enrolment : effective_enrolments()) {
            const Definition& definition = base.for_club_type(kind_of_club(enrolment.club));
            const std::vector<PlainFact> trials = trials_for(definition, enrolment);
            if (count(trials, definition.distinct_days) < definition.min_trials) continue;
            if (!definition.late_counts && enrolment.effective > deadline) continue;
            decide(verdict, 11, Status::Achieved, Reason::EnrolledAfterTrials);
            verdict.achieved_on = enrolment.effective;
            verdict.evidence.insert("anchor:" + enrolment.name);
            for (const PlainFact& trial : trials) verdict.evidence.insert("trial:" + trial.name());
            return true;
        }
        return false;
    }

    bool s12_trials_missing(OracleVerdict& verdict, const Definition& base, Date deadline) const {
        const std::optional<PlainEnrolment> anchor = s9_anchor();
        if (!anchor) return false;
        const Definition& definition = base.for_club_type(kind_of_club(anchor->club));
        if (definition.missing_trials_wait && as_of_ <= deadline) return false;
        decide(verdict, 12, Status::NotAchieved, Reason::TrialsMissing);
        return true;
    }

    bool s13_ended(OracleVerdict& verdict) {
        if (s9_anchor() || provisional_running()) return false;
        std::vector<PlainStop> ends;
        for (const PlainFact& fact : facts(std::vector<FactType>{FactType::Stop, FactType::Close}))
            ends.push_back({fact.name(), fact.date, fact.reason});
        if (ends.empty()) return false;
        decide_by_stop(verdict, 13, last_of(ends), Reason::EndedBeforeEnrolment);
        return true;
    }

    bool s14_pending(OracleVerdict& verdict, Date deadline) const {
        if (provisional_running()) {
            decide(verdict, 14, Status::Pending, Reason::Provisional);
            return true;
        }
        if (as_of_ > deadline) return false;
        decide(verdict, 14, Status::Pending, Reason::BeforeDeadline);
        return true;
    }

    bool s15_lost(OracleVerdict& verdict, const Definition& definition) const {
        if (facts(FactType::Lost).empty()) return false;
        decide(verdict, 15, definition.lost_contact_means, Reason::LostContact);
        return true;
    }

    OracleVerdict judge_d1(const Definition& definition) {
        OracleVerdict verdict;
        const Date deadline = later(child_.start, definition.decide_after);
        verdict.decides_on = deadline;
        verdict.mature = deadline < as_of_;  // S39
        if (s10_out_of_scope(verdict)) return verdict;
        if (s11_achieved(verdict, definition, deadline)) return verdict;
        if (s12_trials_missing(verdict, definition, deadline)) return verdict;
        if (s13_ended(verdict)) return verdict;
        if (s14_pending(verdict, deadline)) return verdict;
        if (s15_lost(verdict, definition)) return verdict;
        return decide(verdict, 16, definition.absence_means, Reason::DeadlinePassed);
    }

    // ---------------------------------------------------------------------------------------------------------- 8.4 D2

    struct Window {
        Date from, to;
    };

    int pause_days(Date from, Date to) const {
        int days = 0;
        for (Date date = from; date <= to; date = date.plus_days(1)) days += in_pause(date) ? 1 : 0;
        return days;
    }

    Window s18_window(const Definition& definition, const PlainEnrolment& anchor) const {
        Window window{later(anchor.effective, definition.window_from), later(anchor.effective, definition.window_to)};
        const int paused = pause_days(anchor.effective, window.to);
        if (definition.pause != PauseRule::Ignore) window.to = window.to.plus_days(paused);
        if (definition.pause == PauseRule::Shift) window.from = window.from.plus_days(paused);
        const ClubType& type = type_of_club(anchor.club);
        if (definition.closed_at_end && is_closed(type, window.to))
            window.to = later(closed_end(type, window.to), *definition.closed_at_end);
        return window;
    }

    std::optional<int> only_club(const Definition& definition, const PlainEnrolment& anchor) const {
        return definition.club_same ? std::optional(anchor.club) : std::nullopt;
    }

    /// S36 for a fact. A check that names no club counts unless the child runs elsewhere then.
    bool s36_counts(const PlainFact& fact, std::optional<int> club) const {
        if (!club || fact.club == *club) return true;
        const bool check = fact.type == FactType::CheckYes || fact.type == FactType::CheckNo;
        return check && fact.club == -1 && !placed_elsewhere_on(fact.date, *club);
    }

    bool support_fits(SupportRule rule, Date date) const {
        return rule == SupportRule::Any || with_support(date) == (rule == SupportRule::With);
    }

    /// Participations from the anchor on, at the club that is looked at.
    std::vector<PlainFact> participations(const Definition& definition, const PlainEnrolment& anchor) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts(definition.proof_events))
            if (fact.date >= anchor.effective && s36_counts(fact, only_club(definition, anchor))) out.push_back(fact);
        return out;
    }

    std::vector<PlainFact> proofs_in(const Definition& definition, const PlainEnrolment& anchor, Date from, Date to,
                                     SupportRule support) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : participations(definition, anchor))
            if (from <= fact.date && fact.date <= to && support_fits(support, fact.date)) out.push_back(fact);
        return out;
    }

    /// S28: the months of the window counted from its start, whole ones.
    std::vector<Window> months_of(const Window& window) const {
        std::vector<Window> months;
        for (int i = 0;; ++i) {
            const Date from = s3_months_later(window.from, i, agreement_.month_rule);
            const Date next = s3_months_later(window.from, i + 1, agreement_.month_rule);
            if (next > window.to) break;
            months.push_back({from, next.plus_days(-1)});
        }
        if (!months.empty()) months.back().to = window.to;
        return months;
    }

    static int days_in(const std::vector<PlainFact>& facts, const Window& window) {
        std::set<Date> days;
        for (const PlainFact& fact : facts)
            if (window.from <= fact.date && fact.date <= window.to) days.insert(fact.date);
        return static_cast<int>(days.size());
    }

    bool s28_months_filled(const Definition& definition, const Window& window, const std::vector<PlainFact>& proofs) const {
        for (const Window& month : months_of(window))
            if (days_in(proofs, month) < definition.min_days_per_month) return false;
        return true;
    }

    /// The proof by which all conditions on the window are met, or nothing.
    std::optional<PlainFact> s19_proof(const Definition& definition, const PlainEnrolment& anchor, const Window& window,
                                       SupportRule support) const {
        std::vector<PlainFact> so_far;
        for (const PlainFact& fact : proofs_in(definition, anchor, window.from, window.to, support)) {
            so_far.push_back(fact);
            if (static_cast<int>(so_far.size()) < definition.proof_min) continue;
            if (definition.min_days_per_month > 0 && !s28_months_filled(definition, window, so_far)) continue;
            return fact;
        }
        return std::nullopt;
    }

    bool check_no_between(Date from, Date to, std::optional<int> club) const {
        for (const PlainFact& fact : facts(FactType::CheckNo))
            if (from <= fact.date && fact.date <= to && s36_counts(fact, club)) return true;
        return false;
    }

    std::optional<PlainFact> s20_later_proof(const Definition& definition, const PlainEnrolment& anchor, const Window& window,
                                             SupportRule support) const {
        if (!definition.later_participation_counts || definition.min_days_per_month > 0) return std::nullopt;
        const std::optional<int> club = only_club(definition, anchor);
        int seen = 0;
        for (const PlainFact& fact : proofs_in(definition, anchor, window.from, as_of_, support)) {
            ++seen;
            if (fact.date <= window.to || seen < definition.proof_min) continue;
            if (!placed_every_day(anchor.effective, fact.date, club) || check_no_between(anchor.effective, fact.date, club))
                return std::nullopt;
            return fact;
        }
        return std::nullopt;
    }

    /// S21: days between two neighbours without closed season and pause days, as far as the agreement leaves those out.
    int s21_gap(const Definition& definition, const PlainEnrolment& anchor, Date first, Date second) const {
        int days = second.days() - first.days();
        for (Date date = first.plus_days(1); date < second; date = date.plus_days(1)) {
            const bool left_out = (definition.gap_excludes_closed && is_closed(type_of_club(anchor.club), date)) ||
                                  (definition.gap_excludes_pause && in_pause(date)) ||
                                  (definition.gap_excludes_holidays && is_holiday(agreement_, date));
            days -= left_out ? 1 : 0;
        }
        return days;
    }

    /// The first gap that is too long between the anchor and the proof, or 0.
    int s21_too_long(const Definition& definition, const PlainEnrolment& anchor, Date proof) const {
        if (definition.max_gap_days == 0) return 0;
        Date previous = anchor.effective;
        for (const PlainFact& fact : participations(definition, anchor)) {
            if (fact.date > proof) break;
            const int gap = s21_gap(definition, anchor, previous, fact.date);
            if (gap > definition.max_gap_days) return gap;
            previous = fact.date;
        }
        return 0;
    }

    bool s19_to_s21(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        std::optional<PlainFact> proof = s19_proof(definition, anchor, window, definition.support);
        const bool in_window = proof.has_value();
        if (!proof) proof = s20_later_proof(definition, anchor, window, definition.support);
        if (!proof) return false;
        verdict.evidence.insert("proof:" + proof->name());
        if (const int gap = s21_too_long(definition, anchor, proof->date); gap > 0) {
            verdict.gap_days = gap;
            decide(verdict, 21, Status::NotAchieved, Reason::Gap);
            return true;
        }
        decide(verdict, in_window ? 19 : 20, Status::Achieved, in_window ? Reason::InWindow : Reason::LaterParticipation);
        verdict.achieved_on = proof->date;
        verdict.support_at_proof = with_support(proof->date);
        return true;
    }

    bool s27_only_with_support(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor,
                               const Window& window) const {
        if (definition.support != SupportRule::None) return false;
        if (!s19_proof(definition, anchor, window, SupportRule::Any) && !s20_later_proof(definition, anchor, window, SupportRule::Any))
            return false;
        if (as_of_ <= window.to) {
            decide(verdict, 27, Status::Pending, Reason::WindowOpen);
        } else {
            decide(verdict, 27, Status::NotAchieved, Reason::OnlyWithSupport);
        }
        return true;
    }

    /// S28, and the same for an agreed number of proofs: some proof, but too little of it by the window end.
    bool s28_too_few(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        if (definition.min_days_per_month == 0 && definition.proof_min <= 1) return false;
        if (proofs_in(definition, anchor, window.from, window.to, definition.support).empty()) return false;
        if (as_of_ <= window.to) {
            decide(verdict, 24, Status::Pending, Reason::WindowOpen);
        } else {
            decide(verdict, 28, Status::NotAchieved, Reason::TooFewSessions);
        }
        return true;
    }

    bool s22_all_stopped(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) {
        if (!definition.early_negative && as_of_ < window.from) return false;
        const Date until = std::min(window.to, as_of_);
        const std::optional<int> club = only_club(definition, anchor);
        if (!all_stopped_by(until, club)) return false;
        decide_by_stop(verdict, 22, last_stop_by(until, club), Reason::Stopped);
        return true;
    }

    bool s23_check_no(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        if (!check_no_between(anchor.effective, std::min(window.to, as_of_), only_club(definition, anchor))) return false;
        decide(verdict, 23, Status::NotAchieved, Reason::CheckNo);
        return true;
    }

    bool s24_window_open(OracleVerdict& verdict, const Window& window) const {
        if (as_of_ > window.to) return false;
        decide(verdict, 24, Status::Pending, Reason::WindowOpen);
        return true;
    }

    bool s25_registered_absent(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor,
                               const Window& window) const {
        if (definition.absent_registers_min == 0) return false;
        std::vector<PlainFact> absences;
        for (const PlainFact& fact : facts(FactType::Absent))
            if (window.from <= fact.date && fact.date <= window.to && s36_counts(fact, only_club(definition, anchor)))
                absences.push_back(fact);
        if (static_cast<int>(absences.size()) < definition.absent_registers_min) return false;
        decide(verdict, 25, Status::NotAchieved, Reason::RegisteredAbsent);
        for (const PlainFact& fact : absences) verdict.evidence.insert("against:" + fact.name());
        return true;
    }

    /// S17 without an anchor.
    OracleVerdict no_anchor(const Definition& definition, OracleVerdict verdict) {
        if (!definition.no_anchor_inherit.empty()) return judge(*agreement_.definition(definition.no_anchor_inherit));
        return decide(verdict, 17, definition.no_anchor_status, Reason::NoInformation);
    }

    OracleVerdict judge_d2(const Definition& base) {
        OracleVerdict verdict;
        if (s10_out_of_scope(verdict)) return verdict;
        const std::optional<PlainEnrolment> anchor = s9_anchor();
        if (!anchor) return no_anchor(base, verdict);
        const Definition& definition = base.for_club_type(kind_of_club(anchor->club));
        const Window window = s18_window(definition, *anchor);
        verdict.anchor_date = anchor->effective;
        verdict.evidence.insert("anchor:" + anchor->name);
        verdict.window_from = window.from;
        verdict.window_to = window.to;
        verdict.decides_on = window.to;
        verdict.mature = window.to < as_of_;  // S39
        if (s19_to_s21(verdict, definition, *anchor, window)) return verdict;
        if (s27_only_with_support(verdict, definition, *anchor, window)) return verdict;
        if (s28_too_few(verdict, definition, *anchor, window)) return verdict;
        if (s22_all_stopped(verdict, definition, *anchor, window)) return verdict;
        if (s23_check_no(verdict, definition, *anchor, window)) return verdict;
        if (s24_window_open(verdict, window)) return verdict;
        if (s25_registered_absent(verdict, definition, *anchor, window)) return verdict;
        return decide(verdict, 26, definition.absence_means, Reason::NoInformation);
    }

    // ---------------------------------------------------------------------------------------------------------- 8.5 D3

    /// S29: the working year of another kind of club in the anchor's calendar.
    int s29_mapped(int club, int year, const PlainEnrolment& anchor) const {
        const Date start = year_start(type_of_club(club), year);
        int nearest = year - 2;
        for (int candidate = year - 2; candidate <= year + 2; ++candidate) {
            const auto distance = [&](int y) { return std::abs(year_start(type_of_club(anchor.club), y).days() - start.days()); };
            if (distance(candidate) < distance(nearest)) nearest = candidate;
        }
        return nearest;
    }

    bool s30_re_enrolled(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, Date decision) const {
        for (const PlainEnrolment& enrolment : effective_enrolments()) {
            if (!s36_looks_at(enrolment.club, only_club(definition, anchor))) continue;
            if (s29_mapped(enrolment.club, enrolment.year, anchor) != anchor.year + 1) continue;
            if (!definition.late_counts && enrolment.effective > decision) continue;
            decide(verdict, 30, Status::Achieved, Reason::ReEnrolled);
            verdict.achieved_on = enrolment.effective;
            verdict.evidence.insert("proof:" + enrolment.name);
            return true;
        }
        return false;
    }

    bool s34_confirmed_absence(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor) const {
        const std::optional<int> only = only_club(definition, anchor);
        std::set<std::string> evidence;
        for (const PlainEnrolment& enrolment : enrolments_) {
            if (enrolment.voided || !s36_looks_at(enrolment.club, only)) continue;
            if (s29_mapped(enrolment.club, enrolment.year, anchor) == anchor.year + 1) return false;  // stands on the list
            bool confirmed = false;
            for (const PlainFact& list : lists_) {
                if (list.club != enrolment.club || s29_mapped(list.club, s5_year(list), anchor) != anchor.year + 1) continue;
                confirmed = true;
                evidence.insert("list:" + list.name());
            }
            if (!confirmed) return false;
        }
        decide(verdict, 34, definition.confirmed_list_absence, Reason::AbsentFromConfirmedList);
        verdict.evidence.insert(evidence.begin(), evidence.end());
        return true;
    }

    OracleVerdict judge_d3(const Definition& base) {
        OracleVerdict verdict;
        if (s10_out_of_scope(verdict)) return verdict;
        const std::optional<PlainEnrolment> anchor = s9_anchor();
        if (!anchor) return no_anchor(base, verdict);
        const Definition& definition = base.for_club_type(kind_of_club(anchor->club));
        const std::optional<int> only = only_club(definition, *anchor);
        const Date decision = decision_date(type_of_club(anchor->club), anchor->year + 1);
        verdict.anchor_date = anchor->effective;
        verdict.evidence.insert("anchor:" + anchor->name);
        verdict.decides_on = decision;
        verdict.mature = decision < as_of_;  // S39
        if (s30_re_enrolled(verdict, definition, *anchor, decision)) return verdict;
        const bool stopped = all_stopped_by(as_of_, only);
        if (stopped && is_competing(last_stop_by(as_of_, only).reason))
            return decide_by_stop(verdict, 31, last_stop_by(as_of_, only), Reason::Stopped);
        if (as_of_ <= decision) return decide(verdict, 32, Status::Pending, Reason::BeforeDecision);
        if (stopped) return decide_by_stop(verdict, 33, last_stop_by(as_of_, only), Reason::Stopped);
        if (s34_confirmed_absence(verdict, definition, *anchor)) return verdict;
        return decide(verdict, 35, definition.absence_means, Reason::NoInformation);
    }

    // ---------------------------------------------------------------------------------------------------- composed

    /// When a condition was met, and by which facts.
    struct Met {
        Date on;
        std::set<std::string> facts;
    };

    bool condition_counts(const Condition& condition, const PlainFact& fact, Date anchor) const {
        if (std::find(condition.events.begin(), condition.events.end(), fact.type) == condition.events.end()) return false;
        if (condition.within && (fact.date < anchor || fact.date > later(anchor, *condition.within))) return false;
        if (condition.before_period && fact.date > later(anchor, *condition.before_period)) return false;
        if (condition.after_period && fact.date < later(anchor, *condition.after_period)) return false;
        if (condition.before_date && fact.date > *condition.before_date) return false;
        if (condition.after_date && fact.date < *condition.after_date) return false;
        if (!condition.club_type.empty() && kind_of_club(fact.club) != condition.club_type) return false;
        if (!condition.club.empty() && (fact.club < 0 || history_.clubs.at(static_cast<std::size_t>(fact.club)).key != condition.club))
            return false;
        if (!condition.kind.empty() && fact.kind != condition.kind) return false;
        if (!condition.reason.empty() && fact.reason != condition.reason) return false;
        return support_fits(condition.support, fact.date);
    }

    std::optional<Met> first_times(const Condition& condition, int times, bool distinct_days, Date anchor) const {
        Met met;
        std::set<Date> days;
        int events = 0;
        for (const PlainFact& fact : facts(condition.events)) {
            if (!condition_counts(condition, fact, anchor)) continue;
            if (distinct_days && !days.insert(fact.date).second) continue;
            met.facts.insert(fact.name());
            met.on = fact.date;
            if (++events == times) return met;
        }
        return std::nullopt;
    }

    std::optional<Met> met(const Condition& condition, Date anchor, Date deadline) const {
        switch (condition.what) {
            case Condition::What::AllOf: {
                Met all{Date::from_days(-700000), {}};
                for (const Condition& part : condition.parts) {
                    const std::optional<Met> one = met(part, anchor, deadline);
                    if (!one) return std::nullopt;
                    all.on = std::max(all.on, one->on);
                    all.facts.insert(one->facts.begin(), one->facts.end());
                }
                return all;
            }
            case Condition::What::AnyOf: {
                std::optional<Met> first;
                for (const Condition& part : condition.parts) {
                    const std::optional<Met> one = met(part, anchor, deadline);
                    if (one && (!first || one->on < first->on)) first = one;
                }
                return first;
            }
            case Condition::What::Happened:
                return first_times(condition, 1, true, anchor);
            case Condition::What::AtLeast:
                return first_times(condition, condition.at_least, condition.distinct_days, anchor);
            case Condition::What::Never: {
                if (first_times(condition, 1, true, anchor) || as_of_ <= deadline) return std::nullopt;
                return Met{deadline.plus_days(1), {}};
            }
        }
        throw std::logic_error("unknown condition");
    }

    std::optional<Date> composed_anchor(const Definition& definition, OracleVerdict& verdict) const {
        if (definition.anchor == "trajectory_start") return child_.start;
        if (definition.anchor == "first_effective_enrolment") {
            const std::optional<PlainEnrolment> anchor = s9_anchor();
            if (!anchor) return std::nullopt;
            verdict.evidence.insert("anchor:" + anchor->name);
            return anchor->effective;
        }
        const std::vector<PlainFact> first = facts(std::vector<FactType>{fact_type_by_name(definition.anchor.substr(6)).value()});
        if (first.empty()) return std::nullopt;
        verdict.evidence.insert("anchor:" + first.front().name());
        return first.front().date;
    }

    OracleVerdict judge_composed(const Definition& definition) {
        OracleVerdict verdict;
        if (s10_out_of_scope(verdict)) return verdict;
        const std::optional<Date> anchor = composed_anchor(definition, verdict);
        if (!anchor) return no_anchor(definition, verdict);
        verdict.anchor_date = anchor;
        const Date deadline = later(*anchor, definition.decide_after);
        verdict.decides_on = deadline;
        verdict.mature = deadline < as_of_;
        if (const std::optional<Met> achieved = met(definition.achieved, *anchor, deadline)) {
            verdict.achieved_on = achieved->on;
            for (const std::string& fact : achieved->facts) verdict.evidence.insert("proof:" + fact);
            return decide(verdict, 0, Status::Achieved, Reason::ConditionMet);
        }
        if (definition.not_achieved) {
            if (const std::optional<Met> excluded = met(*definition.not_achieved, *anchor, deadline)) {
                for (const std::string& fact : excluded->facts) verdict.evidence.insert("against:" + fact);
                return decide(verdict, 0, Status::NotAchieved, Reason::ConditionExcluded);
            }
        }
        if (as_of_ <= deadline) return decide(verdict, 0, Status::Pending, Reason::BeforeDeadline);
        return decide(verdict, 0, definition.absence_means, Reason::NoInformation);
    }

    const History& history_;
    const Agreement& agreement_;
    const PlainTrajectory& child_;
    Date as_of_;
    std::optional<Date> known_at_;
    std::vector<PlainFact> facts_;
    std::vector<PlainFact> lists_;
    std::vector<PlainEnrolment> enrolments_;
    std::set<std::string> ignored_;
};

}  // namespace

OracleTrajectory consult_oracle(const History& history, int trajectory, const Agreement& agreement, Date as_of,
                                std::optional<Date> known_at) {
    return Judge(history, trajectory, agreement, as_of, known_at).everything();
}

}  // namespace brugwacht::testing
