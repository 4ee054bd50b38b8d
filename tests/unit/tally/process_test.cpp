// The process side, on facts small enough to count by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "tests/unit/tally/tables.hpp"

namespace brugwacht {
namespace {

using tables::cell;
using tables::counted;
using tables::day;
using tables::table_of;
using Activity = TallyFacts::Activity;

Activity contact(const std::string& date, const std::string& kind, const std::string& code) {
    return {.date = day(date),
            .minutes = 30,
            .strategy = "structureel",
            .criterion = "relaties",
            .counterpart_kind = kind,
            .counterpart = code};
}

Activity act(const std::string& date, const std::string& criterion) {
    return {.date = day(date), .minutes = 60, .strategy = "bottom_up", .criterion = criterion, .counterpart_kind = "gezin"};
}

TEST(Relations, TheNinetiethDayIsActiveAndTheNinetyFirstIsDormant) {
    // Ninety days up to and including 31 December 2025 begin on 3 October.
    TallyFacts facts;
    facts.activities = {contact("2025-10-03", "vrijetijdswerking", "a"), contact("2024-01-01", "vrijetijdswerking", "a"),
                        contact("2025-10-02", "vrijetijdswerking", "b"), contact("2025-10-03", "vrijetijdswerking", "c"),
                        contact("2025-12-31", "lokaal_bestuur", "d"),    contact("2026-01-01", "lokaal_bestuur", "e")};
    const CountTable partners = table_of(counted(facts, "2025-12-31"), "partners");
    EXPECT_EQ(cell(partners, "vrijetijdswerking", "relation_new"), 1);      // c
    EXPECT_EQ(cell(partners, "vrijetijdswerking", "relation_active"), 1);   // a
    EXPECT_EQ(cell(partners, "vrijetijdswerking", "relation_dormant"), 1);  // b
    EXPECT_EQ(cell(partners, "lokaal_bestuur", "relation_new"), 1);         // d; e lies after the as-of date
    EXPECT_EQ(cell(partners, "", ""), 4);
}

TEST(Relations, ACounterpartCountsOnceUnderTheKindOfItsLatestContact) {
    TallyFacts facts;
    facts.activities = {contact("2025-11-01", "tussenpersoon", "a"), contact("2025-11-05", "lokaal_bestuur|collega", "a"),
                        contact("2025-11-09", "", "a"), contact("2025-11-05", "lokaal_bestuur|collega", "a")};
    const CountTable partners = table_of(counted(facts, "2025-12-31"), "partners");
    EXPECT_EQ(cell(partners, "lokaal_bestuur", ""), 1);
    EXPECT_EQ(cell(partners, "", ""), 1);
}

TEST(Relations, FirstContactsFallInTheirQuarterAndEarlierOnesTogether) {
    TallyFacts facts;
    facts.activities = {contact("2024-12-31", "collega", "a"), contact("2025-01-01", "collega", "b"), contact("2025-03-31", "collega", "c"),
                        contact("2025-04-01", "collega", "d"), contact("2025-12-31", "collega", "a"), contact("2025-12-31", "gezin", "e")};
    const CountSet counts = counted(facts, "2025-12-31");
    const CountTable fresh = table_of(counts, "new_partners");
    EXPECT_EQ(cell(fresh, "earlier"), 1);
    EXPECT_EQ(cell(fresh, "2025-1"), 2);
    EXPECT_EQ(cell(fresh, "2025-2"), 1);
    EXPECT_EQ(cell(fresh, "2025-4"), 0);
    EXPECT_EQ(cell(table_of(counts, "new_families"), "2025-4"), 1);
}

TEST(Relations, NamelessContactsAreNoRelations) {
    TallyFacts facts;
    facts.activities = {contact("2025-11-01", "gezin", ""), contact("2025-11-01", "gezin", ""), contact("2025-11-02", "gezin", "a")};
    const CountSet counts = counted(facts, "2025-12-31");
    EXPECT_EQ(cell(table_of(counts, "families"), "", ""), 1);
    EXPECT_EQ(cell(table_of(counts, "named_contacts"), "gezin", "named"), 1);
    EXPECT_EQ(cell(table_of(counts, "named_contacts"), "gezin", "nameless"), 2);
}

TEST(Relations, WhatMayBeAChildIsGuardedAsPeople) {
    TallyFacts facts;
    facts.activities = {contact("2025-11-02", "", "a"), contact("2025-11-02", "unheard_of", "b"), contact("2025-11-02", "kind", "c"),
                        contact("2025-11-02", "collega", "d")};
    const CountSet counts = counted(facts, "2025-12-31");
    EXPECT_TRUE(table_of(counts, "families").people);
    EXPECT_EQ(cell(table_of(counts, "families"), "not_given", ""), 2);
    EXPECT_EQ(cell(table_of(counts, "families"), "", ""), 3);
    EXPECT_FALSE(table_of(counts, "partners").people);
    EXPECT_EQ(cell(table_of(counts, "partners"), "", ""), 1);
}

TEST(Relations, APeriodEndsOnItsOwnLastDay) {
    TallyFacts facts;
    facts.activities = {contact("2025-06-03", "collega", "a"), contact("2025-06-02", "collega", "b"),
                        contact("2025-09-10", "collega", "b")};
    const CountTable partners = table_of(counted(facts, "2025-12-31", std::pair(day("2024-09-01"), day("2025-08-31"))), "partners");
    EXPECT_EQ(cell(partners, "collega", "relation_new"), 1);      // a: 3 June is the ninetieth day before 1 September
    EXPECT_EQ(cell(partners, "collega", "relation_dormant"), 1);  // b: what came after the period is not known to it
}

TEST(Sessions, CountsParticipantsAsWrittenAndDistinctCounterpartsBeside) {
    TallyFacts facts;
    for (const char* date : {"2025-10-01", "2025-11-01", "2025-12-31"}) {
        Activity session = act(date, "bevragen_informeren");
        session.participants = 12;
        session.counterpart = "family";
        facts.activities.push_back(session);
    }
    facts.activities.push_back(act("2025-09-30", "bevragen_informeren|relaties"));  // the quarter before, and nobody counted
    facts.activities.push_back(act("2025-12-01", "relaties|bevragen_informeren"));  // the first code counts
    facts.activities.push_back(act("2024-12-31", "bevragen_informeren"));           // before the four quarters
    const CountSet counts = counted(facts, "2025-12-31");
    const CountTable sessions = table_of(counts, "sessions");
    EXPECT_EQ(cell(sessions, "2025-4", "sessions"), 3);
    EXPECT_EQ(cell(sessions, "2025-4", "participants"), 36);
    EXPECT_EQ(cell(sessions, "2025-3", "sessions"), 1);
    EXPECT_EQ(cell(sessions, "", "sessions"), 4);
    EXPECT_TRUE(sessions.at(3, 1).sensitive);  // the people of three sessions are as telling as the sessions
    EXPECT_EQ(cell(sessions, "", "sessions"), cell(table_of(counts, "criteria"), "bevragen_informeren", ""));
    const CountTable reached = table_of(counts, "reached");
    EXPECT_EQ(reached.at(0, 0).count, 0);
    EXPECT_EQ(reached.at(1, 0).count, 1);
}

TEST(Activities, NoNumberIsTakenThatCannotBeTrue) {
    TallyFacts facts;
    const auto odd = [&](std::int64_t minutes, std::int64_t participants) {
        Activity activity = act("2025-11-01", "bevragen_informeren");
        activity.minutes = minutes;
        activity.participants = participants;
        facts.activities.push_back(activity);
    };
    odd(-60, -4);
    odd(std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max());
    odd(1441, 10'001);
    odd(1440, 10'000);
    odd(0, 0);
    facts.activities.push_back(act("9999-12-31", "relaties"));
    facts.activities.push_back(act("0001-01-01", "relaties"));
    const CountSet counts = counted(facts, "2025-12-31");
    tables::expect_all_sums_hold(counts);
    EXPECT_EQ(cell(table_of(counts, "hours"), ""), 24);
    EXPECT_EQ(cell(table_of(counts, "sessions"), "", "participants"), 10'000);
    EXPECT_EQ(cell(table_of(counts, "criteria"), "", ""), 5);
    const CountTable quality = table_of(counts, "quality");
    EXPECT_EQ(cell(quality, "activity_unusable"), 3);
    EXPECT_EQ(cell(quality, "activity_future"), 1);
}

TEST(Activities, HoursAddUpToTheSameTotalByStrategyAndByCriterion) {
    TallyFacts facts;
    for (const char* criterion : {"relaties", "ondersteunen", "signaleren", "structuur", "ondersteunen"})
        facts.activities.push_back(act("2025-11-01", criterion));
    for (Activity& activity : facts.activities) activity.minutes = 100;  // 500 minutes: 8 hours, 5 of them with a remainder
    const CountSet counts = counted(facts, "2025-12-31");
    const CountTable by_criterion = table_of(counts, "criterion_hours");
    EXPECT_EQ(cell(table_of(counts, "hours"), ""), 8);
    EXPECT_EQ(cell(by_criterion, ""), 8);
    EXPECT_EQ(table_of(counts, "hours").cells.back().population, by_criterion.cells.back().population);
    EXPECT_EQ(cell(by_criterion, "ondersteunen"), 3);  // 200 minutes
    EXPECT_EQ(cell(by_criterion, "relaties"), 2);      // 100 minutes, and the largest remainders are rounded up first
    EXPECT_EQ(cell(by_criterion, "structuur"), 1);
}

TEST(Activities, ExchangesAreAKindOfTheirOwn) {
    TallyFacts facts;
    facts.activities = {act("2025-11-01", "relaties"), act("2025-08-01", "relaties"), act("2025-11-02", "relaties")};
    facts.activities[0].kind = facts.activities[1].kind = "uitwisseling";
    facts.activities[2].kind = "bezoek|uitwisseling";
    const CountTable kinds = table_of(counted(facts, "2025-12-31"), "kinds");
    EXPECT_EQ(cell(kinds, "uitwisseling", "2025-4"), 1);
    EXPECT_EQ(cell(kinds, "uitwisseling", ""), 2);
    EXPECT_EQ(cell(kinds, "bezoek", ""), 1);
}

// Four trajectories that were introduced on 1 March, and one that was not.
struct Introduced : testing::Test {
    TallyFacts facts;
    FactBase base;

    Introduced() {
        FactBaseBuilder builder;
        const std::uint32_t club = builder.add_club("s", "c", "sportclub");
        const auto event = [&](std::uint32_t trajectory, const char* key, const char* type, const char* date) {
            EventInput input;
            input.source = "s";
            input.key = key;
            input.type = type;
            input.trajectory = trajectory;
            input.club = club;
            input.date = day(date);
            builder.add_event(input);
        };
        for (std::int64_t id = 1; id <= 5; ++id) {
            const std::string key = "t" + std::to_string(id);
            const std::uint32_t person = builder.add_person("p" + std::to_string(id));
            const std::uint32_t t = builder.add_trajectory({.id = key,
                                                            .source = "s",
                                                            .key = key,
                                                            .strategy = "individuele_toeleiding",
                                                            .person = person,
                                                            .start = day("2025-02-01"),
                                                            .age = 9});
            facts.trajectories.push_back({"s", key, "school", id});
            if (id == 1) event(t, "1", "trial", "2025-02-20");  // before the introduction: not what followed it
            if (id == 2) event(t, "2", "trial", "2025-03-01");
            if (id >= 3) event(t, (key + "e").c_str(), "enrol", "2025-04-01");
            if (id == 3) event(t, "3", "trial", "2025-03-10");
            if (id == 4) event(t, "4", "trial", "2025-04-02");
            if (id == 5) continue;
            for (int again = 0; again < 2; ++again) {
                Activity introduction = act(again == 0 ? "2025-03-01" : "2025-05-01", "in_contact_brengen");
                introduction.trajectory = id;
                facts.activities.push_back(introduction);
            }
        }
        base = builder.build();
    }
};

TEST_F(Introduced, TheChainCountsEachTrajectoryOnceByWhatFollowedItsFirstIntroduction) {
    const CountSet counts = counted(base, facts, "2025-12-31");
    const CountTable chain = table_of(counts, "introduced");
    EXPECT_EQ(cell(chain, "introduced_only"), 1);      // t1
    EXPECT_EQ(cell(chain, "introduced_trial"), 1);     // t2
    EXPECT_EQ(cell(chain, "introduced_enrolled"), 1);  // t3
    EXPECT_EQ(cell(chain, "introduced_direct"), 1);    // t4: its trial came after the enrolment
    EXPECT_EQ(cell(chain, ""), 4);
    EXPECT_EQ(chain.kind, TableKind::Outcome);
    tables::expect_all_sums_hold(counts);
}

TEST_F(Introduced, WhatIsNotYetKnownOnTheAsOfDateHasNotHappened) {
    const CountTable chain = table_of(counted(base, facts, "2025-03-15"), "introduced");
    EXPECT_EQ(cell(chain, "introduced_only"), 2);  // t1 and t4
    EXPECT_EQ(cell(chain, "introduced_trial"), 2);
    EXPECT_EQ(cell(table_of(counted(base, facts, "2025-02-28"), "introduced"), ""), 0);
}

TEST_F(Introduced, AnIntroductionIsForATrajectoryOrAFirstContact) {
    Activity first = act("2025-12-01", "in_contact_brengen");
    first.first_contact = true;
    facts.activities.push_back(first);
    facts.activities.push_back(act("2025-12-01", "in_contact_brengen"));
    const CountTable made = table_of(counted(base, facts, "2025-12-31"), "introductions");
    EXPECT_EQ(cell(made, "introduction_trajectory", ""), 8);
    EXPECT_EQ(cell(made, "introduction_trajectory", "2025-1"), 4);
    EXPECT_EQ(cell(made, "introduction_first", "2025-4"), 1);
    EXPECT_EQ(cell(made, "no_introduction", "2025-4"), 1);
}

// Two brothers and a child with two trajectories.
TEST(Support, CountsChildrenNotTrajectoriesAndEveryKindOnce) {
    FactBaseBuilder builder;
    const auto supported = [&](const std::string& key, std::uint32_t person, const std::vector<std::string>& kinds) {
        const std::uint32_t t = builder.add_trajectory({.id = key,
                                                        .source = "s",
                                                        .key = key,
                                                        .strategy = "individuele_toeleiding",
                                                        .person = person,
                                                        .start = day(key == "c2" ? "2025-06-01" : "2025-02-01"),
                                                        .age = 9});
        int n = 0;
        for (const std::string& kind : kinds) {
            EventInput event;
            const std::string event_key = key + std::to_string(++n);
            event.source = "s";
            event.key = event_key;
            event.type = "support";
            event.kind = kind;
            event.trajectory = t;
            event.date = day("2025-07-01");
            builder.add_event(event);
        }
    };
    const std::uint32_t c = builder.add_person("c");
    supported("a", builder.add_person("a"), {"vervoer", "vervoer", "buddy"});
    supported("b", builder.add_person("b"), {"vervoer"});
    supported("c1", c, {"materiaal"});
    supported("c2", c, {"materiaal"});
    supported("d", builder.add_person("d"), {});
    supported("e", kNone, {"homework"});  // no such kind
    const CountTable support = table_of(counted(builder.build(), {}, "2025-12-31"), "support");
    EXPECT_EQ(cell(support, "vervoer"), 2);
    EXPECT_EQ(cell(support, "buddy"), 1);
    EXPECT_EQ(cell(support, "materiaal"), 1);
    EXPECT_EQ(cell(support, "not_given"), 1);
    EXPECT_EQ(cell(support, ""), 4);
    EXPECT_EQ(support.unit, "tally.unit.children");
}

TEST(Signals, AreOpenAnsweredOrActedOnAsOfTheDate) {
    TallyFacts facts;
    facts.signals = {{day("2025-01-10"), std::nullopt, "given", "betaalbaarheid"},
                     {day("2025-01-10"), day("2025-02-01"), "given", "betaalbaarheid|bekendheid"},  // an answer says more than the status
                     {day("2025-01-10"), std::nullopt, "answered", "not_in_the_list"},
                     {day("2025-01-10"), day("2025-02-01"), "acted_on", ""},
                     {day("2025-01-10"), day("2026-02-01"), "acted_on", ""},  // not yet
                     {day("2026-01-10"), std::nullopt, "given", ""},          // after the as-of date
                     {std::nullopt, std::nullopt, "given", ""}};
    const CountSet counts = counted(facts, "2025-12-31");
    const CountTable signals = table_of(counts, "signals");
    EXPECT_EQ(cell(signals, "open"), 3);
    EXPECT_EQ(cell(signals, "answered"), 2);
    EXPECT_EQ(cell(signals, "acted_on"), 1);
    EXPECT_EQ(cell(table_of(counts, "signal_themes"), "betaalbaarheid"), 2);
    EXPECT_EQ(cell(table_of(counts, "signal_themes"), "not_given"), 4);
    EXPECT_EQ(cell(table_of(counts, "signal_themes"), ""), 6);
    tables::expect_all_sums_hold(counts);
}

TallyFacts answered_after(const std::vector<int>& days) {
    TallyFacts facts;
    for (const int n : days) facts.signals.push_back({day("2025-01-10"), day("2025-01-10").plus_days(n), "answered", "bekendheid"});
    return facts;
}

TEST(Signals, TheMedianOfTenAnswersIsToldAndThatOfNineIsNot) {
    const CountSet ten = counted(answered_after({7, 90, 14, 14, 20, 25, 31, 60, 8, 10}), "2025-12-31");
    const CountTable days = table_of(ten, "signal_days");
    EXPECT_EQ(days.at(0, 0).count, 10);
    EXPECT_EQ(days.at(1, 0).count, 17);  // between 14 and 20
    EXPECT_FALSE(days.at(1, 0).sensitive);
    const CountTable nine = table_of(counted(answered_after({7, 90, 14, 14, 20, 25, 31, 60, 8}), "2025-12-31"), "signal_days");
    EXPECT_EQ(nine.at(1, 0).count, 20);
    EXPECT_TRUE(nine.at(1, 0).sensitive);
}

TEST(Signals, AnAnswerFromBeforeTheSignalIsReportedAndLeftOutOfTheMedian) {
    TallyFacts facts = answered_after({20, 30});
    facts.signals.push_back({day("2025-03-01"), day("2025-02-01"), "answered", ""});
    const CountSet counts = counted(facts, "2025-12-31");
    EXPECT_EQ(table_of(counts, "signal_days").at(0, 0).count, 2);
    EXPECT_EQ(cell(table_of(counts, "quality"), "signal_backwards"), 1);
    EXPECT_EQ(cell(table_of(counts, "signals"), "answered"), 3);
}

TEST(Results, PlansStandByStatusInsideTheResults) {
    TallyFacts facts;
    facts.results = {{day("2025-01-10"), "tekst_of_plan", "concept"},  {day("2025-01-10"), "tekst_of_plan", "in_force"},
                     {day("2025-01-10"), "tekst_of_plan", "in_force"}, {day("2025-01-10"), "ontmoeting", "agreed"},
                     {day("2026-01-10"), "tekst_of_plan", "in_force"}, {std::nullopt, "tekst_of_plan", ""},
                     {day("2025-01-10"), "drempel_verlaagd", "agreed"}};
    const CountSet counts = counted(facts, "2025-12-31");
    const CountTable structure = table_of(counts, "structure");
    EXPECT_EQ(cell(structure, "concept"), 1);
    EXPECT_EQ(cell(structure, "in_force"), 2);
    EXPECT_EQ(cell(structure, "agreed"), 0);
    EXPECT_EQ(cell(structure, "not_given"), 1);
    EXPECT_EQ(cell(table_of(counts, "result_status"), "agreed"), 2);
    EXPECT_EQ(cell(structure, ""), cell(table_of(counts, "results"), "tekst_of_plan"));
    tables::expect_all_sums_hold(counts);
}

TEST(Supply, AClubOfTwoSourcesCountsOnce) {
    TallyFacts facts;
    const auto club = [&](const char* source, const char* key, const char* name, const char* vcode) -> TallyFacts::Club& {
        facts.clubs.push_back({.source = source, .key = key, .name = name, .vcode = vcode, .kind = "sportclub", .side = "provider"});
        return facts.clubs.back();
    };
    club("a", "1", "FC Voorbeeld", "").engagement_signed_on = day("2025-05-01");
    club("b", "9", "F.C. voorbeeld", "V0100001").engagement_signed_on = day("2025-02-01");
    club("c", "5", "Voetbal Voorbeeld", "V0100001").places = 12;  // another name, the same official code
    club("a", "2", "Judo", "").places = 8;
    club("a", "3", "Judo", "").places = -3;  // twice in one source: two clubs of one name
    club("b", "4", "Judo", "");
    club("a", "6", "Stad", "").side = "government";
    const CountSet counts = counted(facts, "2025-12-31");
    EXPECT_EQ(cell(table_of(counts, "clubs"), "sportclub", "engaged"), 1);
    EXPECT_EQ(cell(table_of(counts, "clubs"), "sportclub", ""), 4);
    EXPECT_EQ(cell(table_of(counts, "engagements"), "2025-1"), 1);  // the earliest statement
    EXPECT_EQ(cell(table_of(counts, "engagements"), ""), 1);
    EXPECT_EQ(cell(table_of(counts, "places"), "sportclub"), 20);
    std::reverse(facts.clubs.begin(), facts.clubs.end());
    EXPECT_EQ(cell(table_of(counted(facts, "2025-12-31"), "clubs"), "", ""), 4);
}

TEST(Supply, AStatementSignedAfterThePeriodIsToldApart) {
    TallyFacts facts;
    for (const char* signed_on : {"2023-01-01", "2025-08-31", "2025-10-15", "2026-06-01"})
        facts.clubs.push_back({.source = "s", .key = signed_on, .kind = "sportclub", .engagement_signed_on = day(signed_on)});
    const CountTable engagements = table_of(counted(facts, "2025-12-31", std::pair(day("2024-09-01"), day("2025-08-31"))), "engagements");
    EXPECT_EQ(cell(engagements, "earlier"), 1);
    EXPECT_EQ(cell(engagements, "2025-3"), 1);
    EXPECT_EQ(cell(engagements, "later"), 1);
    EXPECT_EQ(cell(engagements, ""), 3);
}

TEST(Quality, CountsWhatIsOutsideTheListsOrContradictsItself) {
    FactBaseBuilder builder;
    const std::uint32_t club = builder.add_club("s", "c", "sportclub");
    const std::uint32_t person = builder.add_person("p");
    const std::uint32_t t = builder.add_trajectory({.id = "t",
                                                    .source = "s",
                                                    .key = "t",
                                                    .strategy = "individuele_toeleiding",
                                                    .person = person,
                                                    .start = day("2025-08-01"),
                                                    .age = 9});
    const auto event = [&](const char* key, const char* type, const char* date, const char* reason, bool of_person = false) {
        EventInput input;
        input.source = "s";
        input.key = key;
        input.type = type;
        input.reason = reason;
        (of_person ? input.person : input.trajectory) = of_person ? person : t;
        input.club = club;
        input.date = day(date);
        if (std::string(type) == "pause") input.to = day("2025-01-01");
        builder.add_event(input);
    };
    event("1", "stop", "2025-08-10", "price");     // nothing to stop
    event("2", "enrol", "2025-09-01", "");         // and then
    event("3", "stop", "2025-10-01", "aliens");    // a reason outside the list
    event("4", "close", "2025-11-01", "");         // no reason
    event("5", "pause", "2025-09-10", "");         // ends before it begins
    event("6", "attend", "2024-12-01", "", true);  // before the child's first trajectory
    event("7", "attend", "2026-12-01", "");        // after the as-of date
    TallyFacts facts;
    facts.activities = {act("2025-11-01", "relaties"), act("2025-11-01", ""), act("2025-11-01", "dancing"),
                        act("2025-11-01", "relaties|structuur")};
    const CountTable quality = table_of(counted(builder.build(), facts, "2025-12-31"), "quality");
    EXPECT_EQ(cell(quality, "stop_without_enrolment"), 1);
    EXPECT_EQ(cell(quality, "impossible_date"), 1);
    EXPECT_EQ(cell(quality, "no_trajectory"), 1);
    EXPECT_EQ(cell(quality, "after_as_of"), 1);
    EXPECT_EQ(cell(quality, "cancelled_out"), 0);
    EXPECT_EQ(cell(quality, "stop_without_reason"), 1);
    EXPECT_EQ(cell(quality, "stop_reason_unknown"), 1);
    EXPECT_EQ(cell(quality, "activity_blank"), 1);
    EXPECT_EQ(cell(quality, "activity_unlisted"), 1);
    EXPECT_EQ(cell(quality, "activity_several"), 1);
}

TEST(Process, TheOrderOfTheFactsChangesNothing) {
    TallyFacts facts = answered_after({5, 9, 30, 31, 32, 40, 50, 60, 70, 80, 90});
    for (int i = 0; i < 60; ++i) {
        facts.activities.push_back(
            contact(day("2024-06-01").plus_days(i * 9).iso(), i % 3 == 0 ? "collega" : "gezin", std::to_string(i % 17)));
        facts.results.push_back({day("2025-01-01").plus_days(i), i % 2 == 0 ? "tekst_of_plan" : "ontmoeting", "agreed"});
    }
    const CountSet before = counted(facts, "2025-12-31");
    std::mt19937 random(7);
    std::shuffle(facts.activities.begin(), facts.activities.end(), random);
    std::shuffle(facts.signals.begin(), facts.signals.end(), random);
    std::shuffle(facts.results.begin(), facts.results.end(), random);
    const CountSet after = counted(facts, "2025-12-31");
    ASSERT_EQ(before.tables.size(), after.tables.size());
    for (std::size_t t = 0; t < before.tables.size(); ++t)
        for (std::size_t i = 0; i < before.tables[t].cells.size(); ++i) {
            EXPECT_EQ(before.tables[t].cells[i].population, after.tables[t].cells[i].population);
            EXPECT_EQ(before.tables[t].cells[i].count, after.tables[t].cells[i].count) << before.tables[t].id;
        }
}

}  // namespace
}  // namespace brugwacht
