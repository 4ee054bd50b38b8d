#include "engine/rules/seeded_children.hpp"

#include <algorithm>
#include <map>

namespace brugwacht {
namespace {

constexpr std::string_view kSource = "seed";
constexpr int kYears = 10;  // from the first start to the day on which all is judged

/// The 28th at the latest, so that no month rule has anything to say about a start.
Date early_in_month(Date date) { return Date::from_ymd(date.year(), date.month(), std::min(date.day(), 28)).value_or(date); }

class Seeds {
  public:
    explicit Seeds(const Agreement& agreement) : agreement_(agreement), year_(std::clamp(agreement.effective_from.year(), 1990, 2100)) {}

    SeededChildren make() {
        std::vector<ClubType> types = agreement_.club_types;
        if (types.empty()) types.emplace_back();
        for (const ClubType& type : types) usual_children(type);
        for (const Definition& definition : agreement_.definitions)
            if (definition.kind == DefinitionKind::Composed) children_meeting(definition);
        return {builder_.build(), Date::from_ymd(year_ + kYears, 12, 31).value_or(Date())};
    }

  private:
    std::uint32_t child(Date start) {
        const std::string id = std::to_string(++children_);
        TrajectoryInput input;
        input.id = id;
        input.source = kSource;
        input.key = id;
        if (!agreement_.strategies.empty()) input.strategy = agreement_.strategies.front();
        input.start = start;
        input.age = agreement_.age_min.value_or(agreement_.age_max.value_or(10));
        return builder_.add_trajectory(input);
    }

    /// What happened to a child; the event may still be given details.
    struct Happening {
        FactType type = FactType::Attend;
        std::uint32_t club = kNone;
        Date date;
        std::optional<Date> to = {};
        std::string kind = {}, reason = {};
        std::optional<int> year = {};
    };
    void happen(std::uint32_t child, const Happening& what) {
        const std::string key = std::to_string(++events_);
        EventInput input;
        input.source = kSource;
        input.key = key;
        input.type = name(what.type);
        input.kind = what.kind;
        input.reason = what.reason;
        if (what.type != FactType::List) input.trajectory = child;
        input.club = what.club;
        input.date = what.date;
        input.to = what.to;
        input.year = what.year;
        builder_.add_event(input);
    }
    void attend(std::uint32_t child, std::uint32_t club, Date from, Date to, int step) {
        for (Date day = from; day <= to; day = day.plus_days(step)) happen(child, {FactType::Attend, club, day});
    }

    std::uint32_t club(const std::string& key, const std::string& kind) {
        const auto [at, fresh] = clubs_.try_emplace(key, 0);
        if (fresh) at->second = builder_.add_club(kSource, key, kind);
        return at->second;
    }

    // ---- children as they come

    /// One kind of club and one day on which trajectories start.
    struct Setting {
        const ClubType* type;
        std::uint32_t here, elsewhere;  // two clubs of that kind
        Date start, enrolled, settled;  // settled: the enrolment has taken effect
        int year;                       // working year of that enrolment
        Date later(int months) const { return add_months(settled, months); }
    };

    /// Registration, the start of the working year and its middle: when a trajectory starts decides much.
    void usual_children(const ClubType& type) {
        const std::uint32_t here = club("here." + type.id, type.id);
        const std::uint32_t elsewhere = club("elsewhere." + type.id, type.id);
        for (const Date day :
             {type.opens(year_ + 1).plus_days(20), type.starts(year_ + 1).plus_days(14), type.starts(year_ + 1).plus_days(150)}) {
            const Date start = early_in_month(day);
            const Date enrolled = start.plus_days(14);
            const int year = type.year_of(enrolled);
            const Date settled = type.provisional ? std::max(enrolled, type.provisional_until(enrolled, year)) : enrolled;
            const Setting setting{&type, here, elsewhere, start, enrolled, settled, year};
            never_members(setting);
            members_who_stay(setting);
            members_who_leave(setting);
            members_seen_seldom(setting);
        }
        // The club confirmed its list of the next year: whoever was enrolled there and did not return is absent from it.
        happen(kNone, {FactType::List, here, type.decides(year_ + 2), {}, {}, {}, year_ + 2});
    }

    /// Came to `sessions` trial sessions.
    std::uint32_t tried(const Setting& s, std::uint32_t where, int sessions) {
        const std::uint32_t who = child(s.start);
        for (int i = 0; i < sessions; ++i) happen(who, {FactType::Trial, where, s.start.plus_days(2 + 3 * i)});
        return who;
    }
    /// Enrolled after that.
    std::uint32_t member(const Setting& s, int sessions) {
        const std::uint32_t who = tried(s, s.here, sessions);
        happen(who, {FactType::Enrol, s.here, s.enrolled});
        return who;
    }
    void enrol_again(const Setting& s, std::uint32_t who, std::uint32_t where, Date day) {
        happen(who, {FactType::Enrol, where, day, {}, {}, {}, s.year + 1});
    }

    void never_members(const Setting& s) {
        tried(s, s.here, 0);                                                                // never heard of again
        tried(s, s.here, 2);                                                                // tried, and that was all
        happen(tried(s, s.here, 1), {FactType::Lost, kNone, s.later(2)});                   // contact lost
        happen(tried(s, s.here, 0), {FactType::Close, kNone, s.later(1)});                  // closed
        happen(tried(s, s.here, 2), {FactType::Stop, kNone, s.later(1), {}, {}, "moved"});  // moved
        attend(tried(s, s.here, 0), s.here, s.start, s.later(12), 7);                       // comes every week all the same
    }

    void members_who_stay(const Setting& s) {
        for (const int sessions : {0, 1, 2, 3, 4}) {  // comes every week and returns
            const std::uint32_t who = member(s, sessions);
            attend(who, s.here, s.settled.plus_days(7), s.later(24), 7);
            enrol_again(s, who, s.here, s.type->opens(s.year + 1).plus_days(10));
        }
        const std::uint32_t monthly = member(s, 3);  // comes once a month and returns late
        attend(monthly, s.here, s.settled.plus_days(10), s.later(14), 28);
        enrol_again(s, monthly, s.here, s.type->decides(s.year + 1).plus_days(30));
        const std::uint32_t late = tried(s, s.here, 2);  // enrols after a year
        happen(late, {FactType::Enrol, s.here, s.start.plus_days(365)});
        const std::uint32_t helped = member(s, 2);  // comes only with support
        happen(helped, {FactType::Support, s.here, s.settled, s.later(12), "vervoer"});
        attend(helped, s.here, s.settled.plus_days(7), s.later(12), 7);
    }

    void members_who_leave(const Setting& s) {
        const std::uint32_t changed = member(s, 2);  // for another club
        happen(changed, {FactType::Stop, s.here, s.later(4)});
        happen(changed, {FactType::Enrol, s.elsewhere, s.later(4).plus_days(10)});
        attend(changed, s.elsewhere, s.later(4).plus_days(12), s.later(12), 14);
        enrol_again(s, changed, s.elsewhere, s.type->opens(s.year + 1).plus_days(40));
        const std::uint32_t stopped = member(s, 2);  // after a month
        attend(stopped, s.here, s.settled.plus_days(3), s.later(1), 7);
        happen(stopped, {FactType::Stop, s.here, s.later(1)});
        happen(member(s, 2), {FactType::Stop, kNone, s.later(3), {}, {}, "moved"});
    }

    void members_seen_seldom(const Setting& s) {
        member(s, 2);  // nothing is heard
        happen(member(s, 2), {FactType::CheckYes, s.here, s.later(7)});
        happen(member(s, 2), {FactType::CheckNo, s.here, s.later(7)});
        happen(tried(s, s.elsewhere, 3), {FactType::Enrol, s.here, s.enrolled});
        const std::uint32_t gap = member(s, 2);  // long away, then back
        attend(gap, s.here, s.settled.plus_days(3), s.later(2), 7);
        attend(gap, s.here, s.later(7), s.later(9), 7);
        const std::uint32_t paused = member(s, 2);
        happen(paused, {FactType::Pause, s.here, s.later(3), s.later(5)});
        attend(paused, s.here, s.later(5).plus_days(5), s.later(12), 14);
        const std::uint32_t absent = member(s, 2);
        for (int i = 0; i < 8; ++i) happen(absent, {FactType::Absent, s.here, s.later(6).plus_days(2 + 7 * i)});
    }

    // ---- children who meet the conditions of a composed definition

    void children_meeting(const Definition& definition) {
        std::vector<const Condition*> leaves;
        gather(definition.achieved, leaves);
        if (definition.anchor != "first_effective_enrolment") child_meeting(definition, leaves, false);
        child_meeting(definition, leaves, true);
    }

    static void gather(const Condition& condition, std::vector<const Condition*>& leaves) {
        if (condition.what != Condition::What::Never && condition.parts.empty()) leaves.push_back(&condition);
        for (const Condition& part : condition.parts) gather(part, leaves);
    }

    void child_meeting(const Definition& definition, const std::vector<const Condition*>& leaves, bool enrolled) {
        const Date start = early_in_month(Date::from_ymd(year_, 3, 1).value_or(Date()));
        const std::uint32_t who = child(start);
        const std::string kind = leaves.empty() ? "" : leaves.front()->club_type;
        const std::uint32_t home = club_of(leaves.empty() ? nullptr : leaves.front());
        Date anchor = start;
        if (enrolled) {
            happen(who, {FactType::Enrol, home, start});
            const ClubType& type = agreement_.club_type(kind);
            const Date effective = type.provisional ? type.provisional_until(start, type.year_of(start)) : start;
            if (definition.anchor == "first_effective_enrolment") anchor = effective;
        }
        if (definition.anchor.starts_with("first:"))
            if (const auto type = fact_type_by_name(std::string_view(definition.anchor).substr(6))) happen(who, {*type, home, start});
        for (const Condition* leaf : leaves) meet(*leaf, who, anchor, home);
    }

    std::uint32_t club_of(const Condition* leaf) {
        if (leaf == nullptr) return club("home", "");
        const bool named = !leaf->club.empty() && leaf->club != "same" && leaf->club != "any";
        return club(named ? leaf->club : "home." + leaf->club_type, leaf->club_type);
    }

    /// As many events as the condition asks for, one a day from the first day that counts.
    void meet(const Condition& leaf, std::uint32_t who, Date anchor, std::uint32_t home) {
        if (leaf.events.empty()) return;
        const auto after = [&](const Period& p) { return add_months(anchor, p.months).plus_days(p.days); };
        Date day = anchor;
        if (leaf.after_period) day = std::max(day, after(*leaf.after_period).plus_days(1));
        if (leaf.after_date) day = std::max(day, leaf.after_date->plus_days(1));
        const std::uint32_t where = leaf.club == "same" ? home : club_of(&leaf);
        if (leaf.support == SupportRule::With) happen(who, {FactType::Support, where, day, day.plus_days(366 * kYears)});
        const int count = leaf.what == Condition::What::AtLeast ? leaf.at_least : 1;
        for (int i = 0; i < count; ++i) happen(who, {leaf.events.front(), where, day.plus_days(i), {}, leaf.kind, leaf.reason});
    }

    const Agreement& agreement_;
    int year_;  // in which the first trajectories start
    int children_ = 0;
    int events_ = 0;
    std::map<std::string, std::uint32_t> clubs_;  // by key
    FactBaseBuilder builder_;
};

}  // namespace

SeededChildren seeded_children(const Agreement& agreement) { return Seeds(agreement).make(); }

}  // namespace brugwacht
