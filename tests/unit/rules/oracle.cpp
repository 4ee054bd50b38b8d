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

/// The first such day from the opening of registrations on (0003).
Date decision_date(const ClubType& type, int year) {
    Date date = registration_opens(type, year);
    while (date != day_in_year(type.decision, date.year())) date = date.plus_days(1);
    return date;
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

bool is_period(FactType type) { return type == FactType::Pause || type == FactType::Support; }
bool ends(FactType type) { return type == FactType::Stop || type == FactType::Close; }

/// S4: same type, date and club is one fact; a blank detail is filled in by the other source. Periods of other length, enrolments of
/// other years and ends for other reasons stay apart: they say different things.
bool same_fact(const PlainFact& a, const PlainFact& b) {
    if (a.type != b.type || a.date != b.date || a.club != b.club || a.type == FactType::Other) return false;
    if (is_period(a.type)) return a.to == b.to && a.kind == b.kind;
    if (ends(a.type)) return agree<std::string>(a.reason, b.reason, {});
    return agree<std::optional<int>>(a.year, b.year, {});
}

void join(PlainFact& fact, const PlainFact& other) {
    if (fact.kind.empty() || other.kind == "definitive") fact.kind = other.kind.empty() ? fact.kind : other.kind;
    if (fact.reason.empty()) fact.reason = other.reason;
    if (!fact.year) fact.year = other.year;
    fact.keys.insert(other.keys.begin(), other.keys.end());
}

std::vector<PlainFact> s4_without_duplicates(std::vector<PlainFact> facts) {
    // Blank details first, so that it never matters which source spoke first.
    std::sort(facts.begin(), facts.end(), [](const PlainFact& a, const PlainFact& b) {
        return std::tuple(a.year.value_or(0), a.reason, a.name()) < std::tuple(b.year.value_or(0), b.reason, b.name());
    });
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
    std::string name;  // of the one that makes it effective
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

    /// A period that ends before it begins is none.
    bool is_possible(const PlainEvent& event) {
        if (!is_period(type_of(event)) || !event.to || *event.to >= event.date) return true;
        ignored_.insert("impossible_date:" + event.key);
        return false;
    }

    /// A fact of the person before any of its trajectories; reported with the first of them.
    bool is_before_everything(const PlainEvent& event, int trajectory) const {
        if (event.trajectory >= 0 || event.person < 0 || event.person != child_.person) return false;
        for (const PlainTrajectory& other : history_.trajectories)
            if (other.person == event.person && (other.start <= event.date || other.start < child_.start)) return false;
        return history_.trajectories.at(static_cast<std::size_t>(trajectory)).start > event.date;
    }

    static PlainFact fact_of(const PlainEvent& event) {
        return {type_of(event), event.date, event.club, event.to, event.kind, event.reason, event.year, {event.key}};
    }

    void read_facts(int trajectory) {
        std::vector<PlainFact> all;
        for (const PlainEvent& event : history_.events)
            if (counts_for(history_, event, trajectory) && s2_exists(event) && is_possible(event)) all.push_back(fact_of(event));
        for (const PlainEvent& event : history_.events)
            if (is_before_everything(event, trajectory) && s2_exists(event)) ignored_.insert("no_trajectory:" + event.key);
        facts_ = s4_without_duplicates(all);
    }

    void read_lists() {
        std::vector<PlainFact> all;
        for (const PlainEvent& event : history_.events) {
            if (event.type != "list" || event.trajectory >= 0 || event.person >= 0 || event.club < 0) continue;
            if (event.date <= as_of_ && (!known_at_ || event.recorded.value_or(event.date) <= *known_at_)) all.push_back(fact_of(event));
        }
        lists_ = s4_without_duplicates(all);
        std::sort(lists_.begin(), lists_.end(), before);
    }

    /// By date; the text does not say which of two facts of one day is named, so: by type, then by club, no club last.
    static bool before(const PlainFact& a, const PlainFact& b) {
        const auto rank = [](const PlainFact& f) {
            const int to = f.to ? f.to->days() : 10'000'000;
            return std::tuple(f.date, f.type, static_cast<unsigned>(f.club), f.year.value_or(0), to, f.reason, f.kind, f.name());
        };
        return rank(a) < rank(b);
    }

    std::vector<PlainFact> facts(FactType type) const { return facts(std::vector<FactType>{type}); }

    /// Several kinds of facts, in order of date.
    std::vector<PlainFact> facts(const std::vector<FactType>& types) const {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts_)
            if (std::find(types.begin(), types.end(), fact.type) != types.end()) out.push_back(fact);
        std::sort(out.begin(), out.end(), before);
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
        int club = -1;
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

    std::set<int> clubs_of_enrolments() const {
        std::set<int> clubs;
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol) clubs.insert(fact.club);
        return clubs;
    }

    /// Whether all enrolments of one year at a club on one day are still provisional after that day.
    bool only_provisional_on(int club, Date date) const {
        std::map<int, Date> effective;  // by year
        for (const PlainFact& fact : facts_) {
            if (fact.type != FactType::Enrol || fact.club != club || fact.date != date) continue;
            const int year = s5_year(fact);
            const auto [at, added] = effective.try_emplace(year, s7_effective(fact, year));
            if (!added) at->second = std::min(at->second, s7_effective(fact, year));
        }
        return std::any_of(effective.begin(), effective.end(), [&](const auto& one) { return one.second > date; });
    }

    /// A stop of everything is about the clubs the child was at already: it is no stop of an enrolment that begins on its day elsewhere.
    bool is_about_another_club(const PlainFact& stop, int club) const {
        if (stop.club != -1) return false;
        for (const int other : clubs_of_enrolments())
            if (other != club && enrolled_before(other, stop.date)) return true;
        return false;
    }

    /// An enrolment at the club has begun before the day and no stop that counts came after it.
    bool runs_before(int club, Date date) const {
        for (const PlainFact& fact : facts_)
            if (fact.type == FactType::Enrol && fact.club == club && fact.date < date && !undone_.contains({club, fact.date}) &&
                !stop_between(club, fact.date, date))
                return true;
        return false;
    }

    /// S8. A stop that names no club is a stop at every club.
    void s8_weigh(const PlainFact& stop) {
        bool counts = false;
        bool cancelled = false;
        bool earlier = false;
        for (const int club : clubs_of_enrolments()) {
            if (stop.club != -1 && stop.club != club) continue;
            const bool begins = enrolled_on(club, stop.date);
            if (enrolled_before(club, stop.date)) {
                earlier = true;
                if (!begins) {
                    counts = true;
                    stops_at_[club].push_back({stop.name(), stop.date, stop.reason, stop.club});
                } else {
                    cancelled = true;
                    (runs_before(club, stop.date) ? cancelled_ : undone_).insert({club, stop.date});
                }
            } else if (begins && only_provisional_on(club, stop.date) && !is_about_another_club(stop, club)) {  // S7
                counts = true;
                stops_at_[club].push_back({stop.name(), stop.date, stop.reason, stop.club});
            }
        }
        if (stop.club == -1 && !earlier) counts = true;  // nothing to end: S13 reads it
        if (counts) {
            ends_.push_back({stop.name(), stop.date, stop.reason, stop.club});
        } else {
            ignored_.insert((cancelled ? "cancelled_out:" : "stop_without_enrolment:") + stop.name());
        }
    }

    std::vector<PlainStop> stops_at(int club) const {
        const auto at = stops_at_.find(club);
        return at == stops_at_.end() ? std::vector<PlainStop>{} : at->second;
    }

    /// S6: a stop that counts lies between two enrolments at a club.
    bool stop_between(int club, Date first, Date second) const {
        for (const PlainStop& stop : stops_at(club))
            if (first <= stop.date && stop.date < second) return true;
        return false;
    }

    /// S6, S7. Enrolments that are one become effective as soon as one of them does.
    void read_enrolments() {
        for (const PlainFact& stop : facts(FactType::Stop)) s8_weigh(stop);
        for (const PlainFact& fact : facts(FactType::Enrol)) {
            const std::pair<int, Date> at{fact.club, fact.date};
            if (undone_.contains(at)) {
                ignored_.insert("cancelled_out:" + fact.name());
                continue;
            }
            const int year = s5_year(fact);
            const Date effective = s7_effective(fact, year);
            const auto same = std::find_if(enrolments_.begin(), enrolments_.end(), [&](const PlainEnrolment& other) {
                return other.club == fact.club && other.year == year && !stop_between(fact.club, other.date, fact.date);
            });
            if (same == enrolments_.end()) {
                enrolments_.push_back({fact.name(), fact.club, fact.date, year, effective, false});
                continue;
            }
            if (cancelled_.contains(at)) ignored_.insert("cancelled_out:" + fact.name());
            if (effective < same->effective) {
                same->effective = effective;
                same->name = fact.name();
            }
        }
        for (PlainEnrolment& enrolment : enrolments_)
            for (const PlainStop& stop : stops_at(enrolment.club))
                if (enrolment.date <= stop.date && stop.date < enrolment.effective) enrolment.voided = true;
    }

    bool is_effective(const PlainEnrolment& enrolment) const { return !enrolment.voided && enrolment.effective <= as_of_; }
    bool is_running_provisionally(const PlainEnrolment& enrolment) const { return !enrolment.voided && enrolment.effective > as_of_; }

    /// Effective enrolments in the order in which they became so.
    std::vector<PlainEnrolment> effective_enrolments() const {
        std::vector<PlainEnrolment> out;
        for (const PlainEnrolment& enrolment : enrolments_)
            if (is_effective(enrolment)) out.push_back(enrolment);
        std::sort(out.begin(), out.end(), [](const PlainEnrolment& a, const PlainEnrolment& b) {
            return std::tuple(a.effective, a.date, static_cast<unsigned>(a.club), a.year) <
                   std::tuple(b.effective, b.date, static_cast<unsigned>(b.club), b.year);
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

    /// A placement runs from the day its enrolment is effective until the first stop; the day of the stop still counts as placed.
    std::optional<PlainStop> stop_of(const PlainEnrolment& enrolment) const {
        for (const PlainStop& stop : stops_at(enrolment.club))
            if (stop.date > enrolment.date) return stop;
        return std::nullopt;
    }

    /// Same-club variants look only at the anchor club (S36).
    static bool s36_looks_at(int club, std::optional<int> only_club) { return !only_club || club == *only_club; }

    bool placed_on(Date date, std::optional<int> only_club) const {
        for (const PlainEnrolment& enrolment : enrolments_) {
            if (!is_effective(enrolment) || !s36_looks_at(enrolment.club, only_club) || enrolment.effective > date) continue;
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
            if (!is_effective(enrolment) || !s36_looks_at(enrolment.club, only_club) || enrolment.effective > until) continue;
            const std::optional<PlainStop> stop = stop_of(enrolment);
            if (!stop || stop->date > until) return false;
        }
        return true;
    }

    bool is_competing(const std::string& reason) const {
        return std::find(agreement_.competing.begin(), agreement_.competing.end(), reason) != agreement_.competing.end();
    }

    /// A competing reason under an agreement that treats it as a failure is a reason like any other.
    bool is_excluding(const std::string& reason) const { return is_competing(reason) && agreement_.competing_as == Status::Excluded; }

    /// On the last day a competing reason goes before another one, then the order of the alphabet.
    PlainStop last_of(const std::vector<PlainStop>& stops) const {
        return *std::min_element(stops.begin(), stops.end(), [&](const PlainStop& a, const PlainStop& b) {
            const auto rank = [&](const PlainStop& s) {
                return std::tuple(-s.date.days(), !is_competing(s.reason), s.reason, static_cast<unsigned>(s.club));
            };
            return rank(a) < rank(b);
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
        verdict.evidence.insert((is_excluding(stop.reason) ? "competing:" : "against:") + stop.name);
    }

    /// The end that a stop brings: its own reason when it competes.
    OracleVerdict& decide_by_stop(OracleVerdict& verdict, int rule, const PlainStop& stop, Reason plain) {
        against(verdict, stop);
        if (is_excluding(stop.reason)) return decide(verdict, rule, Status::Excluded, stop.reason);
        return decide(verdict, rule, Status::NotAchieved, plain);
    }

    /// S10, S17; true when out of scope.
    bool out_of_scope(OracleVerdict& verdict, int rule) const {
        const std::vector<std::string>& strategies = agreement_.strategies;
        verdict.scope_unknown =
            (child_.strategy.empty() && !strategies.empty()) || (!child_.age && (agreement_.age_min || agreement_.age_max));
        if (!strategies.empty() && !child_.strategy.empty() &&
            std::find(strategies.begin(), strategies.end(), child_.strategy) == strategies.end()) {
            decide(verdict, rule, Status::Excluded, Reason::StrategyOutOfScope);
            return true;
        }
        if (child_.age &&
            ((agreement_.age_min && *child_.age < *agreement_.age_min) || (agreement_.age_max && *child_.age > *agreement_.age_max))) {
            decide(verdict, rule, Status::Excluded, Reason::AgeOutOfScope);
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
        if (!verdict.anchor_date)
            if (const std::optional<PlainEnrolment> anchor = s9_anchor()) verdict.anchor_date = anchor->effective;
        verdict.started = child_.start <= as_of_;
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

    static bool in_time(const Definition& definition, const PlainEnrolment& enrolment, Date deadline) {
        return definition.late_counts || enrolment.effective <= deadline;
    }

    /// One trial a day is named when days are counted.
    void name_trials(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& enrolment) const {
        std::set<Date> days;
        for (const PlainFact& trial : trials_for(definition, enrolment))
            if (days.insert(trial.date).second || !definition.distinct_days) verdict.evidence.insert("trial:" + trial.name());
    }

    bool s11_achieved(OracleVerdict& verdict, const Definition& base, Date deadline) const {
        for (const PlainEnrolment& enrolment : effective_enrolments()) {
            const Definition& definition = base.for_club_type(kind_of_club(enrolment.club));
            if (!in_time(definition, enrolment, deadline)) continue;
            if (count(trials_for(definition, enrolment), definition.distinct_days) < definition.min_trials) continue;
            decide(verdict, 11, Status::Achieved, Reason::EnrolledAfterTrials);
            verdict.achieved_on = enrolment.effective;
            verdict.evidence.insert("anchor:" + enrolment.name);
            name_trials(verdict, definition, enrolment);
            return true;
        }
        return false;
    }

    /// An enrolment that is too late to count is no enrolment without trials.
    bool s12_trials_missing(OracleVerdict& verdict, const Definition& base, Date deadline) const {
        for (const PlainEnrolment& enrolment : effective_enrolments()) {
            const Definition& definition = base.for_club_type(kind_of_club(enrolment.club));
            if (!in_time(definition, enrolment, deadline)) continue;
            verdict.evidence.insert("anchor:" + enrolment.name);
            name_trials(verdict, definition, enrolment);
            if (definition.missing_trials_wait && as_of_ <= deadline) {
                decide(verdict, 14, Status::Pending, Reason::BeforeDeadline);
            } else {
                decide(verdict, 12, Status::NotAchieved, Reason::TrialsMissing);
            }
            return true;
        }
        return false;
    }

    bool s13_ended(OracleVerdict& verdict) {
        if (s9_anchor() || provisional_running()) return false;
        std::vector<PlainStop> ends = ends_;  // a stop without enrolment at the club it names is ignored (S8)
        for (const PlainFact& fact : facts(FactType::Close)) ends.push_back({fact.name(), fact.date, fact.reason, -1});
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
        const std::vector<PlainFact> lost = facts(FactType::Lost);
        if (lost.empty()) return false;
        verdict.evidence.insert("against:" + lost.front().name());
        decide(verdict, 15, definition.lost_contact_means, Reason::LostContact);
        return true;
    }

    OracleVerdict judge_d1(const Definition& definition) {
        OracleVerdict verdict;
        const Date deadline = later(child_.start, definition.decide_after);
        if (out_of_scope(verdict, 10)) return verdict;
        verdict.decides_on = deadline;
        verdict.mature = deadline < as_of_;  // S39
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
        // A shift moves each edge by the pause days before it.
        const int before_from = pause_days(anchor.effective, window.from.plus_days(-1));
        if (definition.pause != PauseRule::Ignore) window.to = window.to.plus_days(pause_days(anchor.effective, window.to));
        if (definition.pause == PauseRule::Shift) window.from = window.from.plus_days(before_from);
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

    /// S28: the months of the agreed window counted from its start; what lengthens the window belongs to the last one.
    std::vector<Window> months_of(const Definition& definition, const Window& window) const {
        std::vector<Window> months;
        for (int i = 0; i == 0 || i < definition.window_to.months - definition.window_from.months; ++i)
            months.push_back({s3_months_later(window.from, i, agreement_.month_rule),
                              s3_months_later(window.from, i + 1, agreement_.month_rule).plus_days(-1)});
        months.back().to = window.to;
        return months;
    }

    static int days_in(const std::vector<PlainFact>& facts, const Window& window) {
        std::set<Date> days;
        for (const PlainFact& fact : facts)
            if (window.from <= fact.date && fact.date <= window.to) days.insert(fact.date);
        return static_cast<int>(days.size());
    }

    bool s28_months_filled(const Definition& definition, const Window& window, const std::vector<PlainFact>& proofs) const {
        for (const Window& month : months_of(definition, window))
            if (days_in(proofs, month) < definition.min_days_per_month) return false;
        return true;
    }

    /// One proof a day.
    static std::vector<PlainFact> one_a_day(const std::vector<PlainFact>& facts) {
        std::vector<PlainFact> out;
        for (const PlainFact& fact : facts)
            if (out.empty() || out.back().date != fact.date) out.push_back(fact);
        return out;
    }

    /// The proofs by which all conditions on the window are met, up to the one that decides; empty when they are not.
    std::vector<PlainFact> s19_proofs(const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        std::vector<PlainFact> so_far;
        for (const PlainFact& fact : one_a_day(proofs_in(definition, anchor, window.from, window.to, definition.support))) {
            so_far.push_back(fact);
            if (static_cast<int>(so_far.size()) < definition.proof_min) continue;
            if (definition.min_days_per_month > 0 && !s28_months_filled(definition, window, so_far)) continue;
            return so_far;
        }
        return {};
    }

    /// The last one, or nothing.
    std::optional<PlainFact> check_no_between(Date from, Date to, std::optional<int> club) const {
        std::optional<PlainFact> last;
        for (const PlainFact& fact : facts(FactType::CheckNo))
            if (from <= fact.date && fact.date <= to && s36_counts(fact, club)) last = fact;
        return last;
    }

    /// A "no" at any club stands in the way, in a same-club variant too: else the stricter definition would be reached without the looser.
    std::vector<PlainFact> s20_later_proofs(const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        if (!definition.later_participation_counts || definition.min_days_per_month > 0) return {};
        std::vector<PlainFact> so_far;
        for (const PlainFact& fact : one_a_day(proofs_in(definition, anchor, window.from, as_of_, definition.support))) {
            so_far.push_back(fact);
            if (fact.date <= window.to || static_cast<int>(so_far.size()) < definition.proof_min) continue;
            if (!placed_every_day(anchor.effective, fact.date, only_club(definition, anchor))) return {};
            if (check_no_between(anchor.effective, fact.date, std::nullopt)) return {};
            return so_far;
        }
        return {};
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

    /// True when the first gap that is too long lies between the anchor and the proof.
    bool s21_too_long(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, Date proof) const {
        if (definition.max_gap_days == 0) return false;
        Date previous = anchor.effective;
        std::string previous_name;
        for (const PlainFact& fact : participations(definition, anchor)) {
            if (fact.date > proof) break;
            const int gap = s21_gap(definition, anchor, previous, fact.date);
            if (gap > definition.max_gap_days) {
                verdict.gap_days = gap;
                if (!previous_name.empty()) verdict.evidence.insert("against:" + previous_name);
                verdict.evidence.insert("against:" + fact.name());
                decide(verdict, 21, Status::NotAchieved, Reason::Gap);
                return true;
            }
            previous = fact.date;
            previous_name = fact.name();
        }
        return false;
    }

    /// The proofs that are named: those that each month needs, and those that the agreed number needs.
    std::vector<PlainFact> needed(const Definition& definition, const Window& window, const std::vector<PlainFact>& proofs) const {
        if (definition.min_days_per_month == 0) return proofs;
        std::vector<PlainFact> out;
        int number = 0;
        std::map<Date, int> in_month;  // by the month's start
        for (const PlainFact& fact : proofs) {
            bool wanted = ++number <= definition.proof_min;
            for (const Window& month : months_of(definition, window))
                if (month.from <= fact.date && fact.date <= month.to)
                    wanted = ++in_month[month.from] <= definition.min_days_per_month || wanted;
            if (wanted) out.push_back(fact);
        }
        return out;
    }

    bool s19_to_s21(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        std::vector<PlainFact> proofs = s19_proofs(definition, anchor, window);
        const bool in_window = !proofs.empty();
        if (!in_window) proofs = s20_later_proofs(definition, anchor, window);
        if (proofs.empty()) return false;
        const Date on = proofs.back().date;
        if (s21_too_long(verdict, definition, anchor, on)) return true;
        decide(verdict, in_window ? 19 : 20, Status::Achieved, in_window ? Reason::InWindow : Reason::LaterParticipation);
        for (const PlainFact& proof : needed(definition, window, proofs)) verdict.evidence.insert("proof:" + proof.name());
        verdict.achieved_on = on;
        verdict.support_at_proof = with_support(on);
        return true;
    }

    bool s27_only_with_support(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor,
                               const Window& window) const {
        if (definition.support != SupportRule::None) return false;
        const std::vector<PlainFact> proofs = proofs_in(definition, anchor, window.from, window.to, SupportRule::With);
        if (proofs.empty()) return false;
        if (as_of_ <= window.to) {
            decide(verdict, 27, Status::Pending, Reason::WindowOpen);
        } else {
            decide(verdict, 27, Status::NotAchieved, Reason::OnlyWithSupport);
            for (const PlainFact& fact : proofs) verdict.evidence.insert("against:" + fact.name());
        }
        return true;
    }

    /// S28, and the same for an agreed number of proofs: some proof, but too little of it by the window end.
    bool s28_too_few(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor, const Window& window) const {
        const std::vector<PlainFact> proofs = one_a_day(proofs_in(definition, anchor, window.from, window.to, definition.support));
        if (proofs.empty()) return false;
        if (as_of_ <= window.to) {
            decide(verdict, 24, Status::Pending, Reason::WindowOpen);
        } else {
            decide(verdict, 28, Status::NotAchieved, Reason::TooFewSessions);
            for (const PlainFact& fact : proofs) verdict.evidence.insert("against:" + fact.name());
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
        const std::optional<PlainFact> refusal =
            check_no_between(anchor.effective, std::min(window.to, as_of_), only_club(definition, anchor));
        if (!refusal) return false;
        verdict.evidence.insert("against:" + refusal->name());
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
        const int rule = definition.kind == DefinitionKind::ReEnrolment ? 29 : definition.kind == DefinitionKind::Composed ? 0 : 17;
        return decide(verdict, rule, definition.no_anchor_status, Reason::NoInformation);
    }

    OracleVerdict judge_d2(const Definition& base) {
        OracleVerdict verdict;
        if (out_of_scope(verdict, 17)) return verdict;
        const std::optional<PlainEnrolment> anchor = s9_anchor();
        if (!anchor) return no_anchor(base, verdict);
        const Definition& definition = base.for_club_type(kind_of_club(anchor->club));
        const Window window = s18_window(definition, *anchor);
        verdict.evidence.insert("anchor:" + anchor->name);
        if (const Definition* d1 = agreement_.definition(base.no_anchor_inherit))
            name_trials(verdict, d1->for_club_type(kind_of_club(anchor->club)), *anchor);
        verdict.window_from = window.from;
        verdict.window_to = window.to;
        verdict.decides_on = window.to;
        verdict.mature = window.to < as_of_;  // S39
        if (s19_to_s21(verdict, definition, *anchor, window)) return verdict;
        if (s28_too_few(verdict, definition, *anchor, window)) return verdict;
        if (s27_only_with_support(verdict, definition, *anchor, window)) return verdict;
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

    /// The first list of the club for the year after the anchor's.
    std::optional<PlainFact> confirmed_list(int club, const PlainEnrolment& anchor) const {
        for (const PlainFact& list : lists_)
            if (list.club == club && s29_mapped(club, s5_year(list), anchor) == anchor.year + 1) return list;
        return std::nullopt;
    }

    bool s34_confirmed_absence(OracleVerdict& verdict, const Definition& definition, const PlainEnrolment& anchor) const {
        const std::optional<int> only = only_club(definition, anchor);
        std::set<std::string> evidence;
        for (const PlainEnrolment& enrolment : enrolments_) {
            if (enrolment.voided || !s36_looks_at(enrolment.club, only)) continue;
            if (s29_mapped(enrolment.club, enrolment.year, anchor) == anchor.year + 1) return false;  // stands on the list
            if (!is_effective(enrolment)) continue;                                                   // not yet a club of the child
            const std::optional<PlainFact> list = confirmed_list(enrolment.club, anchor);
            if (!list) return false;
            evidence.insert("list:" + list->name());
        }
        decide(verdict, 34, definition.confirmed_list_absence, Reason::AbsentFromConfirmedList);
        verdict.evidence.insert(evidence.begin(), evidence.end());
        return true;
    }

    OracleVerdict judge_d3(const Definition& base) {
        OracleVerdict verdict;
        if (out_of_scope(verdict, 10)) return verdict;
        const std::optional<PlainEnrolment> anchor = s9_anchor();
        if (!anchor) return no_anchor(base, verdict);
        const Definition& definition = base.for_club_type(kind_of_club(anchor->club));
        const std::optional<int> only = only_club(definition, *anchor);
        const Date decision = decision_date(type_of_club(anchor->club), anchor->year + 1);
        verdict.evidence.insert("anchor:" + anchor->name);
        verdict.decides_on = decision;
        verdict.mature = decision < as_of_;  // S39
        if (s30_re_enrolled(verdict, definition, *anchor, decision)) return verdict;
        const bool stopped = all_stopped_by(as_of_, only);
        if (stopped && is_excluding(last_stop_by(as_of_, only).reason))
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
        std::vector<std::string> facts;
    };

    bool is_at(const Condition& condition, const PlainFact& fact) const {
        if (!condition.club_type.empty() && (fact.club < 0 || kind_of_club(fact.club) != condition.club_type)) return false;
        if (condition.club.empty() || condition.club == "any") return true;
        if (condition.club == "same") return s9_anchor() && s9_anchor()->club == fact.club;
        if (fact.club < 0) return false;
        return history_.clubs.at(static_cast<std::size_t>(fact.club)).key == condition.club;
    }

    /// `within` begins at the anchor and includes both ends; `before` and `after` leave out the day they name.
    bool in_time(const Condition& condition, Date date, Date anchor) const {
        if (condition.within && (date < anchor || date > later(anchor, *condition.within))) return false;
        if (condition.before_period && date >= later(anchor, *condition.before_period)) return false;
        if (condition.after_period && date <= later(anchor, *condition.after_period)) return false;
        if (condition.before_date && date >= *condition.before_date) return false;
        return !condition.after_date || date > *condition.after_date;
    }

    bool condition_counts(const Condition& condition, const PlainFact& fact, Date anchor) const {
        if (!in_time(condition, fact.date, anchor) || !is_at(condition, fact)) return false;
        if (!condition.kind.empty() && fact.kind != condition.kind) return false;
        if (!condition.reason.empty() && fact.reason != condition.reason) return false;
        return support_fits(condition.support, fact.date);
    }

    std::optional<Met> first_times(const Condition& condition, int times, bool distinct_days, Date anchor) const {
        Met met;
        std::set<Date> days;
        for (const PlainFact& fact : facts(condition.events)) {
            if (!condition_counts(condition, fact, anchor)) continue;
            if (!days.insert(fact.date).second && distinct_days) continue;
            met.facts.push_back(fact.name());
            met.on = fact.date;
            if (static_cast<int>(met.facts.size()) == times) return met;
        }
        return std::nullopt;
    }

    /// The last day on which a fact may still break a `never`.
    Date last_day_of_never(const Condition& condition, Date anchor, Date deadline) const {
        std::optional<Date> last;
        const auto at_most = [&](Date date) { last = last ? std::min(*last, date) : date; };
        if (condition.within) at_most(later(anchor, *condition.within));
        if (condition.before_period) at_most(later(anchor, *condition.before_period).plus_days(-1));
        if (condition.before_date) at_most(condition.before_date->plus_days(-1));
        return last.value_or(deadline);
    }

    /// Met once its time has passed; what happens later cannot take it away.
    std::optional<Met> never(const Condition& condition, Date anchor, Date deadline) const {
        const Date last = last_day_of_never(condition, anchor, deadline);
        if (as_of_ < last) return std::nullopt;
        if (condition.club == "same" && !s9_anchor()) return std::nullopt;  // nobody knows yet which club that is
        for (const PlainFact& fact : facts(condition.events))
            if (fact.date <= last && condition_counts(condition, fact, anchor)) return std::nullopt;
        return Met{condition.club == "same" ? std::max(last, s9_anchor()->effective) : last, {}};
    }

    std::optional<Met> met(const Condition& condition, Date anchor, Date deadline) const {
        switch (condition.what) {
            case Condition::What::AllOf: {
                std::optional<Met> all;
                for (const Condition& part : condition.parts) {
                    const std::optional<Met> one = met(part, anchor, deadline);
                    if (!one) return std::nullopt;
                    if (!all) all = Met{one->on, {}};
                    all->on = std::max(all->on, one->on);
                    all->facts.insert(all->facts.end(), one->facts.begin(), one->facts.end());
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
            case Condition::What::Never:
                return never(condition, anchor, deadline);
        }
        throw std::logic_error("unknown condition");
    }

    OracleVerdict judge_composed(const Definition& definition) {
        OracleVerdict verdict;
        if (out_of_scope(verdict, 10)) return verdict;
        Date anchor = child_.start;
        if (definition.anchor == "first_effective_enrolment") {
            const std::optional<PlainEnrolment> first = s9_anchor();
            if (!first) return no_anchor(definition, verdict);
            anchor = first->effective;
        } else if (definition.anchor != "trajectory_start") {
            const std::vector<PlainFact> first = facts(fact_type_by_name(definition.anchor.substr(6)).value());
            if (first.empty()) return judge_conditions(definition, verdict, child_.start, false);
            verdict.evidence.insert("anchor:" + first.front().name());
            verdict.anchor_date = anchor = first.front().date;
        }
        return judge_conditions(definition, verdict, anchor, true);
    }

    OracleVerdict judge_conditions(const Definition& definition, OracleVerdict verdict, Date anchor, bool anchored) const {
        const Date deadline = later(anchor, definition.decide_after);
        verdict.decides_on = deadline;
        verdict.mature = deadline < as_of_;
        if (anchored) {
            if (const std::optional<Met> achieved = met(definition.achieved, anchor, deadline)) {
                verdict.achieved_on = achieved->on;
                for (const std::string& fact : achieved->facts) verdict.evidence.insert("proof:" + fact);
                return decide(verdict, 0, Status::Achieved, Reason::ConditionMet);
            }
            const std::optional<Met> excluded = definition.not_achieved ? met(*definition.not_achieved, anchor, deadline) : std::nullopt;
            if (excluded) {
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
    std::map<int, std::vector<PlainStop>> stops_at_;  // those that count, by club
    std::vector<PlainStop> ends_;                     // stops that count anywhere
    std::set<std::pair<int, Date>> cancelled_;        // club and day of a stop and an enrolment that cancel
    std::set<std::pair<int, Date>> undone_;           // the same where nothing ran: the enrolment is nothing too
    std::set<std::string> ignored_;
};

}  // namespace

OracleTrajectory consult_oracle(const History& history, int trajectory, const Agreement& agreement, Date as_of,
                                std::optional<Date> known_at) {
    return Judge(history, trajectory, agreement, as_of, known_at).everything();
}

}  // namespace brugwacht::testing
