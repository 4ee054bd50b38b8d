#include "tests/unit/rules/histories.hpp"

#include <algorithm>
#include <numeric>

namespace brugwacht::testing {
namespace {

Date day(int year, int month, int d) { return Date::from_ymd(year, month, d).value(); }

/// Days on which something turns: what an enrolment, a trajectory and the calendars of the clubs lead to, and what happened already.
std::vector<Date> edges(const History& history, const Agreement& agreement) {
    std::vector<Date> out;
    for (const PlainTrajectory& trajectory : history.trajectories) {
        out.push_back(trajectory.start);
        for (const Definition& definition : agreement.definitions)
            out.push_back(add_months(trajectory.start, definition.decide_after.months).plus_days(definition.decide_after.days));
    }
    for (const PlainEvent& event : history.events) {
        out.push_back(event.date);
        if (event.to) out.push_back(*event.to);
        if (event.type != "enrol") continue;
        for (const Definition& definition : agreement.definitions) {
            if (definition.kind != DefinitionKind::StillParticipating) continue;
            for (const Period& period : {definition.window_from, definition.window_to}) {
                const Date edge = add_months(event.date, period.months).plus_days(period.days);
                out.insert(out.end(), {edge, edge, add_months(edge, -1)});
            }
        }
    }
    for (const PlainClub& club : history.clubs) {
        const ClubType& type = agreement.club_type(club.kind);
        const int first = history.trajectories.front().start.year();
        for (int year = first; year <= first + 2; ++year) {
            out.insert(out.end(), {type.starts(year), type.opens(year), type.decides(year)});
            for (const YearlySpan& span : type.closed) {
                const Date closed = span.to.in(year);
                out.insert(out.end(), {span.from.in(year), closed, add_months(closed, 1)});
            }
            if (type.provisional_floor) out.push_back(type.provisional_floor->in(year));
        }
    }
    for (const PlainEvent& event : history.events)
        if (event.type == "enrol" && event.club >= 0)
            out.push_back(
                event.date.plus_days(agreement.club_type(history.clubs[static_cast<std::size_t>(event.club)].kind).provisional_days));
    return out;
}

Date random_date(const History& history, const Agreement& agreement, Rng& random) {
    const Date start = history.trajectories.front().start;
    if (random.chance(30)) return start.plus_days(random.between(-20, 120));
    if (random.chance(15)) return start.plus_days(random.between(0, 700));
    const std::vector<Date> days = edges(history, agreement);
    return days[random.below(static_cast<std::uint32_t>(days.size()))].plus_days(random.chance(50) ? 0 : random.between(-1, 1));
}

Date random_start(Rng& random) {
    if (random.chance(20)) {
        static const Date kMonthEnds[] = {day(2025, 8, 31), day(2025, 10, 31), day(2025, 12, 31), day(2027, 8, 29), day(2027, 8, 30),
                                          day(2027, 8, 31), day(2027, 12, 31), day(2024, 2, 29),  day(2028, 2, 29)};
        return random.pick(kMonthEnds);
    }
    return (random.chance(70) ? day(2025, 7, 1) : day(2027, 7, 1)).plus_days(random.between(0, 240));
}

PlainEvent random_event(const History& history, const Agreement& agreement, Rng& random, int number) {
    static const char* kTypes[] = {"trial", "trial", "trial",   "attend",  "attend", "attend", "absent", "absent",
                                   "enrol", "enrol", "enrol",   "check",   "check",  "stop",   "stop",   "stop",
                                   "pause", "pause", "support", "support", "lost",   "close",  "list"};
    static const char* kReasons[] = {"", "", "moved", "aged_out", "price", "weather", "deceased"};
    PlainEvent event;
    event.key = "e" + std::to_string(number);
    event.source = random.chance(20) ? "club" : "crm";
    event.type = random.pick(kTypes);
    event.date = random_date(history, agreement, random);
    const int clubs = static_cast<int>(history.clubs.size());
    if (event.type == "list") {
        event.club = random.between(0, clubs - 1);
        if (random.chance(50)) event.year = event.date.year() + random.between(0, 1);
        if (random.chance(15)) event.recorded = event.date.plus_days(random.between(-5, 60));
        return event;
    }
    if (random.chance(15)) {
        event.person = history.trajectories.front().person;
    } else {
        event.trajectory = random.between(0, static_cast<int>(history.trajectories.size()) - 1);
    }
    if (event.type == "check") event.answer = random.chance(40) ? "no" : "yes";
    const bool at_club = event.type != "pause" && event.type != "support" && event.type != "lost" && event.type != "close";
    const unsigned no_club = event.type == "stop" || event.type == "check" ? 30 : event.type == "enrol" ? 1 : 4;
    if (at_club && !random.chance(no_club)) event.club = random.chance(60) ? 0 : random.between(0, clubs - 1);
    if (event.type == "pause" || event.type == "support") {
        if (event.type == "support") event.kind = random.chance(50) ? "vervoer" : "buddy";
        if (!random.chance(15))
            event.to = random.chance(50) ? event.date.plus_days(random.between(0, 120))
                                         : std::max(event.date, random_date(history, agreement, random));
    }
    if (event.type == "enrol") {
        if (random.chance(20)) event.year = event.date.year() + random.between(-1, 1);
        if (random.chance(15)) event.kind = random.chance(50) ? "provisional" : "definitive";
    }
    if (event.type == "stop" || event.type == "close") event.reason = random.pick(kReasons);
    if (random.chance(15)) event.recorded = event.date.plus_days(random.between(-10, 60));
    return event;
}

/// What most children have: trials, an enrolment, some months later a few sessions attended or missed, and a list of the next year.
void add_usual_course(History& history, Rng& random) {
    const auto add = [&](const char* type, Date date, int club) -> PlainEvent& {
        PlainEvent event;
        event.key = "e" + std::to_string(history.events.size());
        event.source = "crm";
        event.type = type;
        event.date = date;
        event.club = club;
        if (event.type != "list") event.trajectory = 0;
        history.events.push_back(event);
        return history.events.back();
    };
    const Date enrolled = history.trajectories.front().start.plus_days(random.between(0, 60));
    const int trials = random.between(0, 3);
    for (int i = 0; i < trials; ++i) add("trial", enrolled.plus_days(-7 * i), 0);
    add("enrol", enrolled, 0);
    const int sessions = random.between(0, 4);
    const char* type = random.chance(65) ? "attend" : "absent";
    for (int i = 0; i < sessions; ++i)
        add(type, add_months(enrolled, random.between(5, 8)).plus_days(random.chance(50) ? random.between(-1, 1) : random.between(0, 30)),
            0);
    if (random.chance(30)) add("support", add_months(enrolled, random.between(4, 8)), -1).to = add_months(enrolled, 7).plus_days(20);
    if (random.chance(15)) {
        const Date listed = add_months(enrolled, 12);
        for (int club = 0; club < static_cast<int>(history.clubs.size()); ++club) add("list", listed, club).year = listed.year();
    }
}

/// An enrolment and a stop of one day at one club.
PlainEvent counterpart_of(const PlainEvent& event, Rng& random, int number) {
    PlainEvent other = event;
    other.key = "e" + std::to_string(number);
    other.type = event.type == "enrol" ? "stop" : "enrol";
    other.kind.clear();
    other.year.reset();
    other.reason = event.type == "enrol" && random.chance(50) ? "moved" : "";
    if (other.type == "stop" && random.chance(25)) other.club = -1;
    return other;
}

/// The same fact again from another source, perhaps without its details.
PlainEvent duplicate_of(const PlainEvent& event, Rng& random, int number) {
    PlainEvent copy = event;
    copy.key = "e" + std::to_string(number);
    copy.source = event.source == "crm" ? "club" : "crm";
    if (random.chance(50)) copy.reason.clear();
    if (random.chance(50)) copy.year.reset();
    return copy;
}

template <typename T>
void shuffle_with(std::vector<T>& items, Rng& random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(static_cast<std::uint32_t>(i))]);
}

std::vector<std::size_t> order_of(std::size_t count, Rng* random) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (random != nullptr) shuffle_with(order, *random);
    return order;
}

/// The number keeps the keys of the two apart.
void append(History& all, const History& one, int number) {
    const int clubs = static_cast<int>(all.clubs.size());
    const int trajectories = static_cast<int>(all.trajectories.size());
    const std::string suffix = "." + std::to_string(number);
    for (PlainClub club : one.clubs) {
        club.key += suffix;
        all.clubs.push_back(club);
    }
    for (PlainTrajectory trajectory : one.trajectories) {
        trajectory.key += suffix;
        trajectory.person = number;
        all.trajectories.push_back(trajectory);
    }
    for (PlainEvent event : one.events) {
        event.key += suffix;
        if (event.club >= 0) event.club += clubs;
        if (event.trajectory >= 0) event.trajectory += trajectories;
        if (event.person >= 0) event.person = number;
        all.events.push_back(event);
    }
}

}  // namespace

std::string describe(const History& history) {
    std::string out;
    for (const PlainClub& club : history.clubs) out += "  club " + club.key + " " + club.kind + "\n";
    for (const PlainTrajectory& trajectory : history.trajectories)
        out += "  trajectory " + trajectory.key + " start=" + trajectory.start.iso() +
               " age=" + (trajectory.age ? std::to_string(*trajectory.age) : "?") + " strategy=" + trajectory.strategy + "\n";
    std::vector<PlainEvent> events = history.events;
    std::stable_sort(events.begin(), events.end(), [](const PlainEvent& a, const PlainEvent& b) { return a.date < b.date; });
    for (const PlainEvent& event : events) {
        out += "  " + event.key + " " + event.date.iso() + " " + event.type + event.answer;
        if (event.club >= 0) out += " " + history.clubs[static_cast<std::size_t>(event.club)].key;
        if (event.year) out += " year=" + std::to_string(*event.year);
        if (!event.reason.empty()) out += " reason=" + event.reason;
        if (!event.kind.empty()) out += " kind=" + event.kind;
        if (event.to) out += " to=" + event.to->iso();
        if (event.recorded) out += " recorded=" + event.recorded->iso();
        out += " of=" + (event.trajectory >= 0 ? history.trajectories[static_cast<std::size_t>(event.trajectory)].key
                                               : std::string(event.person >= 0 ? "person" : "club"));
        out += " source=" + event.source + "\n";
    }
    return out;
}

FactBase fact_base(const History& history, Rng* shuffle) {
    FactBaseBuilder builder;
    std::vector<std::uint32_t> clubs(history.clubs.size());
    for (const std::size_t i : order_of(clubs.size(), shuffle))
        clubs[i] = builder.add_club("crm", history.clubs[i].key, history.clubs[i].kind);
    const auto person = [&](int number) { return builder.add_person("p" + std::to_string(number)); };
    std::vector<std::uint32_t> trajectories(history.trajectories.size());
    for (const std::size_t i : order_of(trajectories.size(), shuffle)) {
        const PlainTrajectory& plain = history.trajectories[i];
        TrajectoryInput input;
        input.id = plain.key;
        input.source = "crm";
        input.key = plain.key;
        input.strategy = plain.strategy;
        if (plain.person >= 0) input.person = person(plain.person);
        input.start = plain.start;
        input.age = plain.age;
        trajectories[i] = builder.add_trajectory(input);
    }
    for (const std::size_t i : order_of(history.events.size(), shuffle)) {
        const PlainEvent& plain = history.events[i];
        EventInput input;
        input.source = plain.source;
        input.key = plain.key;
        input.type = plain.type;
        input.answer = plain.answer;
        input.kind = plain.kind;
        input.reason = plain.reason;
        if (plain.trajectory >= 0) {
            input.trajectory = trajectories[static_cast<std::size_t>(plain.trajectory)];
        } else if (plain.person >= 0) {
            input.person = person(plain.person);
        }
        if (plain.club >= 0) input.club = clubs[static_cast<std::size_t>(plain.club)];
        input.date = plain.date;
        input.to = plain.to;
        input.recorded_on = plain.recorded;
        input.year = plain.year;
        builder.add_event(input);
    }
    return builder.build();
}

History random_history(const Agreement& agreement, Rng& random) {
    static const char* kKinds[] = {
        "jeugdbeweging", "jeugdbeweging", "jeugdbeweging_proefinschrijving", "sportclub", "jeugdhuis", "muziekschool", ""};
    static const char* kStrategies[] = {"", "bottom_up"};
    static const int kEdgeAges[] = {0, 1, 4, 5, 6, 16, 17, 18};
    History history;
    const int clubs = random.between(1, 3);
    for (int i = 0; i < clubs; ++i) history.clubs.push_back({"c" + std::to_string(i), random.pick(kKinds)});
    const int trajectories = random.chance(15) ? 2 : 1;
    for (int i = 0; i < trajectories; ++i) {
        PlainTrajectory trajectory;
        trajectory.key = "T" + std::to_string(i);
        trajectory.start = i == 0 ? random_start(random) : history.trajectories.front().start.plus_days(random.between(1, 200));
        if (!random.chance(5)) trajectory.age = random.chance(85) ? random.between(5, 17) : random.pick(kEdgeAges);
        trajectory.strategy = random.chance(92) ? "individuele_toeleiding" : random.pick(kStrategies);
        history.trajectories.push_back(trajectory);
    }
    if (random.chance(60)) add_usual_course(history, random);
    const int events = random.between(0, 10);
    for (int i = 0; i < events; ++i) {
        const int number = static_cast<int>(history.events.size());
        const PlainEvent* earlier = number == 0 ? nullptr : &history.events[random.below(static_cast<std::uint32_t>(number))];
        if (earlier != nullptr && random.chance(6)) {
            history.events.push_back(duplicate_of(*earlier, random, number));
        } else if (earlier != nullptr && earlier->club >= 0 && (earlier->type == "enrol" || earlier->type == "stop") && random.chance(30)) {
            history.events.push_back(counterpart_of(*earlier, random, number));
        } else {
            history.events.push_back(random_event(history, agreement, random, number));
        }
    }
    return history;
}

Date random_as_of(const History& history, const Agreement& agreement, Rng& random) {
    if (random.chance(25)) return history.trajectories.front().start.plus_days(random.between(0, 900));
    const std::vector<Date> days = edges(history, agreement);
    return days[random.below(static_cast<std::uint32_t>(days.size()))].plus_days(random.chance(50) ? 0 : random.between(-1, 1));
}

History random_histories(const Agreement& agreement, Rng& random, int count) {
    History all;
    for (int i = 0; i < count; ++i) append(all, random_history(agreement, random), i);
    return all;
}

// -------------------------------------------------------------------------------------------------------------- agreements

namespace {

/// Draws keys and writes down what it drew.
class KeyDraw {
  public:
    KeyDraw(Rng& random, std::string& description) : random_(random), description_(description) {}

    /// Leaves the key alone in most agreements, so that keys are tried one by one as well as together.
    template <typename T, std::size_t N>
    void key(const std::string& key_name, T& target, const T (&values)[N], const char* const (&names)[N]) {
        if (!random_.chance(25)) return;
        const std::uint32_t i = random_.below(static_cast<std::uint32_t>(N));
        target = values[i];
        description_ += " " + prefix_ + key_name + "=" + names[i];
    }
    void flag(const std::string& key_name, bool& target) { key(key_name, target, {true, false}, {"true", "false"}); }
    void status(const std::string& key_name, Status& target) {
        key(key_name, target, {Status::NotAchieved, Status::Unknown}, {"not_achieved", "unknown"});
    }
    void prefix(const std::string& text) { prefix_ = text; }

  private:
    Rng& random_;
    std::string& description_;
    std::string prefix_;
};

void draw_d1(Definition& d, KeyDraw& draw) {
    draw.key("min_trials", d.min_trials, {0, 1, 2, 3}, {"0", "1", "2", "3"});
    draw.flag("missing_trials_wait", d.missing_trials_wait);
    draw.key("trial_events", d.trial_events, {{FactType::Trial}, {FactType::Attend}, {FactType::Trial, FactType::Attend}},
             {"trial", "attend", "both"});
    draw.flag("distinct_days", d.distinct_days);
    draw.flag("trial_club_same", d.trial_club_same);
    draw.key("decide_after", d.decide_after, {{6, 0}, {3, 0}, {0, 21}, {1, 0}, {1, 3}}, {"P6M", "P3M", "P21D", "P1M", "P1M3D"});
    draw.flag("late_counts", d.late_counts);
    draw.status("absence_means", d.absence_means);
    draw.status("lost_contact_means", d.lost_contact_means);
}

void draw_d2(Definition& d, KeyDraw& draw) {
    draw.key("window_from", d.window_from, {{6, 0}, {5, 0}, {1, 0}, {0, 0}, {3, 10}}, {"P6M", "P5M", "P1M", "P0D", "P3M10D"});
    draw.key("window_to", d.window_to, {{8, 0}, {7, 0}, {9, 15}, {6, 0}}, {"P8M", "P7M", "P9M15D", "P6M"});
    draw.key("proof_events", d.proof_events, {{FactType::Attend}, {FactType::CheckYes}, {FactType::Attend, FactType::CheckYes}},
             {"attend", "check_yes", "both"});
    draw.key("proof_min", d.proof_min, {1, 2, 3}, {"1", "2", "3"});
    draw.key("min_days_per_month", d.min_days_per_month, {0, 1, 2}, {"0", "1", "2"});
    draw.flag("club_same", d.club_same);
    draw.key("support", d.support, {SupportRule::Any, SupportRule::None, SupportRule::With}, {"any", "none", "with"});
    draw.key("max_gap_days", d.max_gap_days, {0, 30, 60, 90, 150}, {"0", "30", "60", "90", "150"});
    draw.flag("gap_excludes_closed", d.gap_excludes_closed);
    draw.flag("gap_excludes_pause", d.gap_excludes_pause);
    draw.flag("gap_excludes_holidays", d.gap_excludes_holidays);
    draw.key("pause", d.pause, {PauseRule::Ignore, PauseRule::ExtendEnd, PauseRule::Shift}, {"ignore", "extend_end", "shift"});
    draw.key<std::optional<Period>>("closed_at_end", d.closed_at_end, {std::nullopt, Period{1, 0}, Period{0, 14}}, {"none", "P1M", "P2W"});
    draw.flag("later_participation_counts", d.later_participation_counts);
    draw.flag("early_negative", d.early_negative);
    draw.key("absent_registers_min", d.absent_registers_min, {0, 1, 2, 3}, {"0", "1", "2", "3"});
    draw.status("absence_means", d.absence_means);
}

void draw_no_anchor(Definition& d, KeyDraw& draw) {
    draw.key<std::string>("no_anchor", d.no_anchor_inherit, {"D1", ""}, {"inherit:D1", "a status"});
    draw.status("no_anchor_status", d.no_anchor_status);
}

void draw_d3(Definition& d, KeyDraw& draw) {
    draw.flag("club_same", d.club_same);
    draw.flag("late_counts", d.late_counts);
    draw.status("absence_means", d.absence_means);
    draw.status("confirmed_list_absence", d.confirmed_list_absence);
}

Condition random_condition(Rng& random, int depth) {
    using What = Condition::What;
    Condition condition;
    if (depth > 0 && random.chance(60)) {
        condition.what = random.chance(50) ? What::AllOf : What::AnyOf;
        const int parts = random.between(1, 3);
        for (int i = 0; i < parts; ++i) condition.parts.push_back(random_condition(random, depth - 1));
        return condition;
    }
    static const What kWhat[] = {What::Happened, What::Happened, What::Never, What::AtLeast, What::AtLeast};
    static const FactType kEvents[] = {FactType::Attend, FactType::Attend, FactType::Trial,   FactType::Enrol,   FactType::Stop,
                                       FactType::Close,  FactType::Lost,   FactType::Support, FactType::CheckYes};
    static const Period kPeriods[] = {{3, 0}, {6, 0}, {0, 21}, {1, 0}};
    static const Date kDates[] = {day(2025, 9, 1), day(2025, 9, 2), day(2025, 10, 31), day(2026, 1, 31), day(2027, 9, 1)};
    static const char* kClubs[] = {"same", "any", "c0"};
    condition.what = random.pick(kWhat);
    condition.events = {random.pick(kEvents)};
    if (condition.what == What::AtLeast) {
        condition.at_least = random.between(1, 3);
        condition.distinct_days = random.chance(60);
        const FactType second = random.pick(kEvents);
        if (random.chance(30) && second != condition.events.front()) condition.events.push_back(second);
    }
    if (random.chance(35)) condition.within = random.pick(kPeriods);
    if (random.chance(15)) condition.before_period = random.pick(kPeriods);
    if (random.chance(15)) condition.after_period = random.pick(kPeriods);
    if (random.chance(10)) condition.before_date = random.pick(kDates);
    if (random.chance(10)) condition.after_date = random.pick(kDates);
    if (random.chance(15)) condition.club_type = random.chance(50) ? "jeugdbeweging" : "sportclub";
    if (random.chance(25)) condition.club = random.pick(kClubs);
    if (random.chance(10)) condition.reason = "moved";
    if (random.chance(15)) condition.support = random.chance(50) ? SupportRule::None : SupportRule::With;
    if (condition.events.front() == FactType::Support && random.chance(50)) condition.kind = "vervoer";
    return condition;
}

Definition random_composed(Rng& random) {
    static const char* kAnchors[] = {"trajectory_start", "first_effective_enrolment", "first:attend", "first:enrol", "first:trial"};
    static const Period kPeriods[] = {{3, 0}, {6, 0}, {0, 21}};
    Definition d;
    d.id = "J9";
    d.label = "J9";
    d.kind = DefinitionKind::Composed;
    d.anchor = random.pick(kAnchors);
    d.decide_after = random.pick(kPeriods);
    d.absence_means = random.chance(50) ? Status::Unknown : Status::NotAchieved;
    d.achieved = random_condition(random, 2);
    if (random.chance(60)) d.not_achieved = random_condition(random, 1);
    return d;
}

void draw_club_type(ClubType& type, KeyDraw& draw) {
    draw.key("year_start", type.year_start, {{9, 1}, {1, 1}, {7, 1}, {8, 15}}, {"09-01", "01-01", "07-01", "08-15"});
    draw.key("registration_opens", type.registration_opens, {{7, 1}, {12, 1}, {5, 1}, {9, 1}}, {"07-01", "12-01", "05-01", "09-01"});
    draw.key("decision", type.decision, {{10, 31}, {3, 31}, {2, 29}, {9, 1}}, {"10-31", "03-31", "02-29", "09-01"});
    draw.key<std::vector<YearlySpan>>("closed", type.closed,
                                      {{}, {{{7, 1}, {8, 31}}}, {{{12, 15}, {2, 28}}}, {{{4, 1}, {4, 30}}, {{11, 1}, {11, 30}}}},
                                      {"none", "summer", "winter", "two"});
    draw.flag("provisional", type.provisional);
    draw.key("provisional_days", type.provisional_days, {0, 7, 21}, {"0", "7", "21"});
    draw.key<std::optional<MonthDay>>("provisional_floor", type.provisional_floor, {std::nullopt, MonthDay{10, 15}, MonthDay{11, 30}},
                                      {"none", "10-15", "11-30"});
}

void draw_definition(Definition& definition, KeyDraw& draw) {
    switch (definition.kind) {
        case DefinitionKind::Enrolment:
            draw_d1(definition, draw);
            break;
        case DefinitionKind::StillParticipating:
            draw_d2(definition, draw);
            break;
        case DefinitionKind::ReEnrolment:
            draw_d3(definition, draw);
            break;
        case DefinitionKind::Composed:
            break;
    }
}

}  // namespace

DrawnAgreement random_agreement(const Agreement& example, Rng& random) {
    DrawnAgreement drawn{example, {}};
    Agreement& agreement = drawn.agreement;
    agreement.effective_from = day(2000, 1, 1);
    KeyDraw draw(random, drawn.description);
    draw.key<std::vector<std::string>>("strategies", agreement.strategies, {{}, {"individuele_toeleiding"}}, {"all", "one"});
    draw.key<std::optional<int>>("age_min", agreement.age_min, {std::nullopt, 6}, {"none", "6"});
    draw.key<std::optional<int>>("age_max", agreement.age_max, {std::nullopt, 16}, {"none", "16"});
    draw.key("month_rule", agreement.month_rule, {MonthRule::Clamp, MonthRule::NextMonth}, {"clamp", "next_month"});
    draw.key<std::vector<std::string>>("competing", agreement.competing, {{}, {"moved"}, {"moved", "aged_out", "deceased"}},
                                       {"none", "moved", "three"});
    draw.key("treat_as", agreement.competing_as, {Status::Excluded, Status::NotAchieved}, {"excluded", "not_achieved"});
    for (ClubType& type : agreement.club_types) {
        if (!random.chance(25)) continue;
        draw.prefix(type.id + ".");
        draw_club_type(type, draw);
    }
    for (Definition& definition : agreement.definitions) {
        draw.prefix(definition.id + ".");
        draw_definition(definition, draw);
        if (definition.kind != DefinitionKind::Enrolment && definition.kind != DefinitionKind::Composed) draw_no_anchor(definition, draw);
        if (definition.kind == DefinitionKind::Composed || !random.chance(10)) continue;
        Definition own = definition;
        draw.prefix(definition.id + ".by_club_type.jeugdbeweging.");
        draw_definition(own, draw);
        own.decide_after = definition.decide_after;
        definition.by_club_type["jeugdbeweging"] = own;
    }
    agreement.definitions.push_back(random_composed(random));
    return drawn;
}

}  // namespace brugwacht::testing
