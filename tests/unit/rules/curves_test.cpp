#include "engine/rules/curves.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

#include "engine/core/resources.hpp"

namespace brugwacht {
namespace {

// Data sets of the survival package: times, then what happened. A negative time is one watched no longer from that day on (28+ = -28).
std::vector<Spell> spells_of(const std::vector<int>& times) {
    std::vector<Spell> spells;
    for (const int time : times) spells.push_back({-1, std::abs(time), static_cast<std::uint8_t>(time > 0 ? 1 : 0)});
    return spells;
}

std::vector<Spell> joined(std::vector<Spell> a, const std::vector<Spell>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

const std::vector<Spell> kMaintained = spells_of({9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161});
const std::vector<Spell> kNonmaintained = spells_of({5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45});

struct Expected {
    int day;
    double share;
};

/// The steps with an event, and nothing else, to the last digit given.
void expect_curve(const SurvivalCurve& curve, const std::vector<Expected>& expected, double tolerance) {
    std::vector<Expected> events;
    for (const SurvivalStep& step : curve.steps)
        if (step.events > 0) events.push_back({step.day, step.share});
    ASSERT_EQ(events.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(events[i].day, expected[i].day);
        EXPECT_NEAR(events[i].share, expected[i].share, tolerance) << "day " << expected[i].day;
    }
}

std::vector<std::uint64_t> risk(const SurvivalCurve& curve) {
    std::vector<std::uint64_t> numbers;
    for (const SurvivalStep& step : curve.steps) numbers.push_back(step.at_risk);
    return numbers;
}

const SurvivalStep& step_on(const SurvivalCurve& curve, int day) {
    const auto found = std::find_if(curve.steps.begin(), curve.steps.end(), [day](const SurvivalStep& step) { return step.day == day; });
    if (found == curve.steps.end()) throw std::out_of_range("no step on that day");
    return *found;
}

constexpr double kExact = 1e-12;

TEST(KaplanMeier, FirstReferenceSet) {
    const SurvivalCurve set = kaplan_meier(spells_of({9, 1, -1, 6, 6, -8}));
    expect_curve(set, {{1, 5.0 / 6}, {6, 5.0 / 12}, {9, 0}}, kExact);
    EXPECT_NEAR(step_on(set, 8).share, 5.0 / 12, kExact);
    EXPECT_EQ(risk(set), (std::vector<std::uint64_t>{6, 4, 2, 1}));
    EXPECT_EQ(set.median, 6);
}

TEST(KaplanMeier, DelayedEntryReferenceSet) {
    const std::vector<Spell> spells{{1, 2, 1}, {2, 3, 1}, {5, 6, 1}, {2, 7, 1},  {1, 8, 1},
                                    {7, 9, 1}, {3, 9, 1}, {4, 9, 0}, {8, 14, 0}, {8, 17, 0}};
    const SurvivalCurve curve = kaplan_meier(spells);
    EXPECT_EQ(risk(curve), (std::vector<std::uint64_t>{2, 3, 5, 4, 4, 5, 2, 1}));
    expect_curve(curve, {{2, 1.0 / 2}, {3, 1.0 / 3}, {6, 4.0 / 15}, {7, 1.0 / 5}, {8, 3.0 / 20}, {9, 9.0 / 100}}, kExact);
    EXPECT_EQ(curve.median, 2);
}

TEST(KaplanMeier, MaintainedReferenceSet) {
    const SurvivalCurve curve = kaplan_meier(kMaintained);
    expect_curve(curve,
                 {{9, 10.0 / 11}, {13, 9.0 / 11}, {18, 63.0 / 88}, {23, 27.0 / 44}, {31, 27.0 / 55}, {34, 81.0 / 220}, {48, 81.0 / 440}},
                 kExact);
    EXPECT_EQ(curve.median, 31);
    for (const std::int32_t day : {13, 28, 45, 161}) EXPECT_EQ(step_on(curve, day).censored, 1U) << day;
    EXPECT_EQ(step_on(curve, 13).events, 1U);
    EXPECT_EQ(step_on(curve, 9).censored, 0U);
    const SurvivalStep& at = step_on(curve, 31);
    EXPECT_NEAR(at.standard_error.value(), .1642, 5e-5);
    EXPECT_NEAR(at.limits.value().low, .2549, 5e-5);
    EXPECT_NEAR(at.limits.value().high, .946, 5e-4);
}

TEST(KaplanMeier, NonmaintainedReferenceSet) {
    const SurvivalCurve curve = kaplan_meier(kNonmaintained);
    expect_curve(curve,
                 {{5, 5.0 / 6},
                  {8, 2.0 / 3},
                  {12, 7.0 / 12},
                  {23, 35.0 / 72},
                  {27, 7.0 / 18},
                  {30, 7.0 / 24},
                  {33, 7.0 / 36},
                  {43, 7.0 / 72},
                  {45, 0}},
                 kExact);
    EXPECT_EQ(curve.median, 23);
    EXPECT_FALSE(curve.steps.back().standard_error);
    EXPECT_FALSE(curve.steps.back().limits);
}

TEST(KaplanMeier, PooledReferenceSet) {
    const SurvivalCurve curve = kaplan_meier(joined(kMaintained, kNonmaintained));
    EXPECT_EQ(curve.steps.front().at_risk, 23U);
    const std::vector<Expected> first{{5, .913043},  {8, .826087},  {9, .782609},  {12, .739130},
                                      {13, .695652}, {18, .645963}, {23, .546584}, {27, .496894}};
    for (const Expected& e : first) EXPECT_NEAR(step_on(curve, e.day).share, e.share, 5e-7) << "day " << e.day;
    EXPECT_NEAR(step_on(curve, 48).share, .082816, 5e-7);
}

TEST(KaplanMeier, OvarianReferenceSet) {
    const SurvivalCurve curve =
        kaplan_meier(spells_of({59,   115,  156,  268,  329,  353,  365,  431,  464,   475,   563,   638,   -377,
                                -421, -448, -477, -744, -769, -770, -803, -855, -1040, -1106, -1129, -1206, -1227}));
    expect_curve(curve,
                 {{59, .962},
                  {115, .923},
                  {156, .885},
                  {268, .846},
                  {329, .808},
                  {353, .769},
                  {365, .731},
                  {431, .688},
                  {464, .642},
                  {475, .596},
                  {563, .546},
                  {638, .497}},
                 5e-4);
    EXPECT_EQ(curve.steps.front().at_risk, 26U);
    EXPECT_EQ(curve.median, 638);
}

TEST(CumulativeIncidence, CompetingReferenceSet) {
    const std::vector<Spell> spells{{-1, 1, 0}, {-1, 2, 1}, {-1, 2, 0}, {-1, 3, 2}, {-1, 3, 0}, {-1, 3, 2}, {-1, 5, 0}, {-1, 6, 2}};
    const std::vector<IncidenceStep> steps = cumulative_incidence(spells, 2);
    ASSERT_EQ(steps.size(), 5U);
    std::vector<std::uint64_t> numbers;
    for (const IncidenceStep& step : steps) numbers.push_back(step.at_risk);
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{8, 7, 5, 2, 1}));
    const auto expect = [&](std::size_t at, std::int32_t day, std::array<double, 3> states) {
        EXPECT_EQ(steps[at].day, day);
        for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(steps[at].states[i], states[i], kExact) << "day " << day << " state " << i;
    };
    expect(1, 2, {6.0 / 7, 1.0 / 7, 0});
    expect(2, 3, {18.0 / 35, 1.0 / 7, 12.0 / 35});
    expect(4, 6, {0, 1.0 / 7, 6.0 / 7});
    EXPECT_EQ(steps[2].events, (std::vector<std::uint64_t>{0, 2}));
    EXPECT_EQ(steps[2].censored, 1U);
}

TEST(Curves, NothingGivesNothing) {
    EXPECT_TRUE(kaplan_meier({}).steps.empty());
    EXPECT_FALSE(kaplan_meier({}).median);
    EXPECT_EQ(kaplan_meier({}).share_after(100), 1.0);
    EXPECT_TRUE(cumulative_incidence({}, 2).empty());
    const std::vector<Spell> instant{{4, 4, 1}, {5, 3, 1}};
    EXPECT_TRUE(kaplan_meier(instant).steps.empty());
}

TEST(Curves, AnUnknownCauseIsRefused) {
    const std::vector<Spell> spells{{-1, 4, 3}};
    EXPECT_THROW(cumulative_incidence(spells, 2), std::invalid_argument);
    EXPECT_EQ(kaplan_meier(spells).steps.front().events, 1U);
}

TEST(Curves, TheShareHoldsUntilTheNextStep) {
    const SurvivalCurve curve = kaplan_meier(kMaintained);
    EXPECT_EQ(curve.share_after(8), 1.0);
    EXPECT_NEAR(curve.share_after(9), 10.0 / 11, kExact);
    EXPECT_NEAR(curve.share_after(12), 10.0 / 11, kExact);
    EXPECT_NEAR(curve.share_after(5000), 81.0 / 440, kExact);
    EXPECT_EQ(number_at_risk(kMaintained, 0), 11U);
    EXPECT_EQ(number_at_risk(kMaintained, 13), 10U);
    EXPECT_EQ(number_at_risk(kMaintained, 14), 8U);
}

std::vector<Spell> random_spells(std::mt19937& random, bool delayed) {
    std::uniform_int_distribution<int> size(1, 60), time(0, 40), cause(0, 3), entry(-1, 10);
    std::vector<Spell> spells(static_cast<std::size_t>(size(random)));
    for (Spell& spell : spells) spell = {delayed ? entry(random) : -1, time(random), static_cast<std::uint8_t>(cause(random))};
    return spells;
}

bool same(const SurvivalCurve& a, const SurvivalCurve& b) {
    return a.median == b.median &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), [](const auto& x, const auto& y) {
               return x.day == y.day && x.at_risk == y.at_risk && x.events == y.events && x.share == y.share;
           });
}

TEST(CurveProperties, StatesAddToOneAndOnlyEverMoveOn) {
    std::mt19937 random(20260630);
    for (int round = 0; round < 2000; ++round) {
        const std::vector<Spell> spells = random_spells(random, round % 2 == 1);
        std::vector<double> before{1, 0, 0, 0};
        std::int32_t day = -1;
        for (const IncidenceStep& step : cumulative_incidence(spells, 3)) {
            double sum = 0;
            for (const double state : step.states) sum += state;
            ASSERT_NEAR(sum, 1, kExact);
            ASSERT_LE(step.states[0], before[0]);
            for (std::size_t cause = 1; cause < 4; ++cause) ASSERT_GE(step.states[cause], before[cause]);
            ASSERT_GT(step.day, day);
            ASSERT_EQ(step.at_risk, number_at_risk(spells, step.day));
            before = step.states;
            day = step.day;
        }
    }
}

TEST(CurveProperties, KaplanMeierIsWhatIncidenceLeaves) {
    std::mt19937 random(20250101);
    for (int round = 0; round < 2000; ++round) {
        const std::vector<Spell> spells = random_spells(random, round % 2 == 1);
        const SurvivalCurve curve = kaplan_meier(spells);
        const std::vector<IncidenceStep> steps = cumulative_incidence(spells, 3);
        ASSERT_EQ(curve.steps.size(), steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            ASSERT_NEAR(curve.steps[i].share, steps[i].states[0], kExact);
            if (!curve.steps[i].limits) continue;
            ASSERT_LE(curve.steps[i].limits->low, curve.steps[i].share + kExact);
            ASSERT_GE(curve.steps[i].limits->high, curve.steps[i].share - kExact);
            ASSERT_LE(curve.steps[i].limits->high, 1);
        }
    }
}

TEST(CurveProperties, TreatingCompetingAsWatchedNoLongerOverstates) {
    std::mt19937 random(7);
    for (int round = 0; round < 500; ++round) {
        std::vector<Spell> spells = random_spells(random, false);
        const std::vector<IncidenceStep> honest = cumulative_incidence(spells, 3);
        for (Spell& spell : spells) spell.cause = spell.cause == 1 ? 1 : 0;
        const SurvivalCurve naive = kaplan_meier(spells);
        for (const IncidenceStep& step : honest) ASSERT_GE(1 - naive.share_after(step.day), step.states[1] - kExact);
    }
}

TEST(CurveProperties, TheOrderOfInputIsIrrelevant) {
    std::mt19937 random(99);
    for (int round = 0; round < 300; ++round) {
        std::vector<Spell> spells = random_spells(random, true);
        const SurvivalCurve curve = kaplan_meier(spells);
        std::shuffle(spells.begin(), spells.end(), random);
        ASSERT_TRUE(same(curve, kaplan_meier(spells)));
    }
}

// ---------------------------------------------------------------- participation

Date day(const char* iso) { return Date::parse_iso(iso).value(); }

Agreement example(const std::string& from = "", const std::string& to = "") {
    std::string toml(resource("config/agreements/voorbeeldstad.toml").value());
    if (const auto at = toml.find(from); !from.empty()) toml.replace(at, from.size(), to);
    return parse_agreement(toml, "voorbeeldstad.toml");
}

struct Happening {
    std::string date, type, club, reason;
};

struct Guidance {
    std::string start;
    std::vector<Happening> events;
    std::string strategy = "individuele_toeleiding";
};

/// Clubs are named by their kind; a check is "check" and was answered yes.
FactBase facts_of(const std::vector<Guidance>& all) {
    FactBaseBuilder builder;
    std::map<std::string, std::uint32_t> clubs;
    int number = 0;
    for (const Guidance& one : all) {
        const std::string key = "T" + std::to_string(++number);
        TrajectoryInput input;
        input.id = key;
        input.source = "test";
        input.key = key;
        input.strategy = one.strategy;
        input.person = builder.add_person("P" + std::to_string(number));
        input.start = day(one.start.c_str());
        input.age = 9;
        const std::uint32_t trajectory = builder.add_trajectory(input);
        int events = 0;
        for (const Happening& happening : one.events) {
            const std::string event_key = key + "." + std::to_string(++events);
            EventInput event;
            event.source = "test";
            event.key = event_key;
            event.type = happening.type;
            if (happening.type == "check") event.answer = "yes";
            event.reason = happening.reason;
            event.trajectory = trajectory;
            if (!happening.club.empty()) {
                const auto [at, fresh] = clubs.try_emplace(happening.club, 0U);
                if (fresh) at->second = builder.add_club("test", happening.club, happening.club);
                event.club = at->second;
            }
            event.date = day(happening.date.c_str());
            builder.add_event(event);
        }
    }
    return builder.build();
}

ParticipationCurve curve_of(const std::vector<Guidance>& all, const Agreement& agreement = example(), const char* as_of = "2026-12-31") {
    const FactBase base = facts_of(all);
    ClassifyRequest request;
    request.as_of = day(as_of);
    return participation_curve(base, classify(base, std::span(&agreement, 1), request), 0);
}

/// One child, so that its spell can be looked at.
std::vector<Spell> spells_of(const Guidance& one, const Agreement& agreement = example(), const char* as_of = "2026-12-31") {
    return curve_of({one}, agreement, as_of).spells;
}

std::int32_t days_between(const char* from, const char* to) { return day(to).days() - day(from).days(); }

void expect_spell(const std::vector<Spell>& spells, std::int32_t stop, int cause, std::int32_t start = -1) {
    ASSERT_EQ(spells.size(), 1U);
    EXPECT_EQ(spells[0].start, start);
    EXPECT_EQ(spells[0].stop, stop);
    EXPECT_EQ(int{spells[0].cause}, cause);
}

TEST(Participation, AStopEndsIt) {
    expect_spell(spells_of({"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", "price"}}}),
                 days_between("2025-10-01", "2026-02-01"), kStopped);
}

TEST(Participation, AStopOnTheDayAfterCounts) {
    expect_spell(spells_of({"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2025-10-02", "stop", "sportclub", ""}}}), 1,
                 kStopped);
}

TEST(Participation, AnAgreedReasonCompetes) {
    const Guidance moved{"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", "moved"}}};
    expect_spell(spells_of(moved), days_between("2025-10-01", "2026-02-01"), kCompeting);
    // The same reason is a stop where the partners agreed to count it as one.
    const Agreement strict = example("treat_as = \"excluded\"", "treat_as = \"not_achieved\"");
    expect_spell(spells_of(moved, strict), days_between("2025-10-01", "2026-02-01"), kStopped);
}

TEST(Participation, WithoutAStopItIsWatchedUntilItWasLastKnown) {
    expect_spell(
        spells_of({"2025-09-01",
                   {{"2025-10-01", "enrol", "sportclub", ""}, {"2025-11-12", "attend", "sportclub", ""}, {"2026-03-03", "check", "", ""}}}),
        days_between("2025-10-01", "2026-03-03"), 0);
}

TEST(Participation, NothingKnownAfterTheEnrolmentIsTheFirstDayOnly) {
    expect_spell(spells_of({"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}}}), 0, 0);
}

TEST(Participation, NothingIsKnownAfterTheAsOfDate) {
    const Guidance one{
        "2025-09-01",
        {{"2025-10-01", "enrol", "sportclub", ""}, {"2025-11-12", "attend", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", ""}}};
    expect_spell(spells_of(one, example(), "2026-01-31"), days_between("2025-10-01", "2025-11-12"), 0);
    expect_spell(spells_of(one, example(), "2026-02-01"), days_between("2025-10-01", "2026-02-01"), kStopped);
}

TEST(Participation, GoingOnElsewhereWithoutAGapGoesOn) {
    const auto moves_on = [](const char* again) {
        return Guidance{"2025-09-01",
                        {{"2025-10-01", "enrol", "sportclub", ""},
                         {"2026-02-01", "stop", "sportclub", "distance"},
                         {again, "enrol", "jeugdhuis", ""},
                         {"2026-05-01", "stop", "jeugdhuis", ""}}};
    };
    expect_spell(spells_of(moves_on("2026-01-15")), days_between("2025-10-01", "2026-05-01"), kStopped);
    expect_spell(spells_of(moves_on("2026-02-02")), days_between("2025-10-01", "2026-05-01"), kStopped);
    expect_spell(spells_of(moves_on("2026-02-03")), days_between("2025-10-01", "2026-02-01"), kStopped);  // a day of its own between
}

TEST(Participation, AProvisionalEnrolmentElsewhereGoesOnFromItsOwnDay) {
    expect_spell(spells_of({"2025-09-01",
                            {{"2025-09-10", "enrol", "sportclub", ""},
                             {"2026-09-01", "stop", "sportclub", ""},
                             {"2026-09-02", "enrol", "jeugdbeweging_proefinschrijving", ""},
                             {"2026-11-11", "attend", "jeugdbeweging_proefinschrijving", ""}}}),
                 days_between("2025-09-10", "2026-11-11"), 0);
}

TEST(Participation, WhoWasEnrolledBeforeIsWatchedFromTheGuidanceOn) {
    expect_spell(spells_of({"2025-11-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", ""}}}),
                 days_between("2025-10-01", "2026-02-01"), kStopped, days_between("2025-10-01", "2025-10-31"));
    const ParticipationCurve over =
        curve_of({{"2026-03-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", ""}}}});
    EXPECT_TRUE(over.spells.empty());
    EXPECT_EQ(over.unwatched, 1U);
    // Watched from the day after the stop on is not watched.
    const ParticipationCurve next_day =
        curve_of({{"2026-02-02", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", ""}}}});
    EXPECT_TRUE(next_day.spells.empty());
    EXPECT_EQ(next_day.unwatched, 1U);
}

TEST(Participation, OnlyEnrolledChildrenWithinTheAgreementAreInIt) {
    const std::vector<Happening> enrolled{{"2025-10-01", "enrol", "sportclub", ""}, {"2026-02-01", "stop", "sportclub", ""}};
    EXPECT_TRUE(curve_of({{"2025-09-01", {{"2025-09-12", "trial", "sportclub", ""}}}}).spells.empty());
    EXPECT_TRUE(curve_of({{"2025-09-01", enrolled, "bottom_up"}}).spells.empty());
    EXPECT_TRUE(curve_of({{"2027-01-01", enrolled}}).spells.empty());
}

TEST(Participation, AFurtherEnrolmentIsKnownParticipation) {
    expect_spell(spells_of({"2025-09-01",
                            {{"2025-10-01", "enrol", "sportclub", ""},
                             {"2025-11-12", "attend", "sportclub", ""},
                             {"2026-03-01", "enrol", "jeugdhuis", ""}}}),
                 days_between("2025-10-01", "2026-03-01"), 0);
}

TEST(Participation, ARegisteredAbsenceIsNoKnownParticipation) {
    expect_spell(spells_of({"2025-09-01",
                            {{"2025-10-01", "enrol", "sportclub", ""},
                             {"2025-11-12", "attend", "sportclub", ""},
                             {"2025-12-12", "absent", "sportclub", ""}}}),
                 days_between("2025-10-01", "2025-11-12"), 0);
}

TEST(Participation, AnEnrolmentThatWasVoidedDoesNotGoOn) {
    expect_spell(spells_of({"2025-08-01",
                            {{"2025-09-10", "enrol", "sportclub", ""},
                             {"2026-09-01", "enrol", "jeugdbeweging_proefinschrijving", ""},
                             {"2026-09-05", "stop", "jeugdbeweging_proefinschrijving", ""},
                             {"2026-09-10", "stop", "sportclub", ""}}}),
                 days_between("2025-09-10", "2026-09-10"), kStopped);
}

TEST(Participation, TheLastStopTellsWhetherItCompetes) {
    const Guidance one{"2025-09-01",
                       {{"2025-10-01", "enrol", "sportclub", ""},
                        {"2025-11-15", "enrol", "jeugdhuis", ""},
                        {"2025-12-01", "stop", "sportclub", "moved"},
                        {"2026-02-01", "stop", "jeugdhuis", "price"}}};
    expect_spell(spells_of(one), days_between("2025-10-01", "2026-02-01"), kStopped);
}

TEST(Participation, TheVersionIsTheOneThatJudgesFromTheEnrolment) {
    const Agreement older = example("applies_by = \"trajectory_start\"", "applies_by = \"index_event\"\nto = 2025-12-31");
    Agreement newer = example("applies_by = \"trajectory_start\"", "applies_by = \"index_event\"");
    newer.version = 4;
    newer.effective_from = day("2026-01-01");
    const std::vector<Agreement> versions{older, newer};
    const FactBase base = facts_of({{"2025-11-01", {{"2026-02-01", "enrol", "sportclub", ""}, {"2026-05-01", "stop", "sportclub", ""}}}});
    ClassifyRequest request;
    request.as_of = day("2026-12-31");
    EXPECT_TRUE(participation_curve(base, classify(base, versions, request), 0).spells.empty());  // D1 is judged by the older one
    EXPECT_EQ(participation_curve(base, classify(base, versions, request), 1).spells.size(), 1U);
    request.definitions = {"D1"};  // without one that counts from the enrolment, another leads
    EXPECT_EQ(participation_curve(base, classify(base, versions, request), 0).spells.size(), 1U);
}

/// `stops` of `children` stop on the first days after their enrolment, one a day.
ParticipationCurve thinning(int children, int stops, const Agreement& agreement = example()) {
    std::vector<Guidance> all;
    for (int i = 1; i <= children; ++i) {
        Guidance one{"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}, {"2026-06-01", "attend", "sportclub", ""}}};
        if (i <= stops) one.events[1] = {day("2025-10-01").plus_days(i).iso(), "stop", "sportclub", ""};
        all.push_back(one);
    }
    return curve_of(all, agreement);
}

TEST(Participation, AMedianWhereTooFewRemainIsNotTold) {
    EXPECT_EQ(thinning(8, 4).taking_part.median, 4);             // five at risk on day 4
    EXPECT_EQ(thinning(7, 4).taking_part.median, std::nullopt);  // four on day 4, where the share falls to three sevenths
}

TEST(Participation, FiveIsTheFloorWhateverTheAgreementSays) {
    EXPECT_EQ(thinning(8, 8, example("small_n = 5", "small_n = 0")).smallest, 5U);
    EXPECT_EQ(thinning(8, 8, example("small_n = 5", "small_n = 7")).smallest, 7U);
}

TEST(Participation, TheCurveIsCutWhereFewerThanFiveRemain) {
    std::vector<Guidance> all;
    for (int i = 1; i <= 9; ++i) {
        const std::string stop = Date::parse_iso("2025-10-01")->plus_days(10 * i).iso();
        all.push_back({"2025-09-01", {{"2025-10-01", "enrol", "sportclub", ""}, {stop, "stop", "sportclub", i % 3 == 0 ? "moved" : ""}}});
    }
    const ParticipationCurve curve = curve_of(all);
    EXPECT_EQ(curve.spells.size(), 9U);
    EXPECT_TRUE(curve.cut);
    EXPECT_EQ(curve.smallest, 5U);
    ASSERT_EQ(curve.taking_part.steps.size(), 5U);  // 9, 8, 7, 6, 5 at risk
    EXPECT_EQ(curve.taking_part.steps.back().at_risk, 5U);
    EXPECT_NEAR(curve.taking_part.steps.back().share, 4.0 / 9, kExact);
    ASSERT_EQ(curve.causes.size(), 5U);
    EXPECT_NEAR(curve.causes.back().states[kStopped], 4.0 / 9, kExact);
    EXPECT_NEAR(curve.causes.back().states[kCompeting], 1.0 / 9, kExact);
    EXPECT_EQ(curve.taking_part.median, 50);

    const ParticipationCurve higher = curve_of(all, example("small_n = 5", "small_n = 8"));
    EXPECT_EQ(higher.smallest, 8U);
    EXPECT_EQ(higher.taking_part.steps.size(), 2U);
    EXPECT_FALSE(higher.taking_part.median) << "it lies where the curve is not shown";

    all.resize(4);
    EXPECT_TRUE(curve_of(all).taking_part.steps.empty());
}

}  // namespace
}  // namespace brugwacht
