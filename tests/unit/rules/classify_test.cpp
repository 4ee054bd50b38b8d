#include "engine/rules/classify.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/hash.hpp"
#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "engine/rules/explain.hpp"
#include "engine/rules/rates.hpp"
#include "tests/unit/rules/case_table.hpp"
#include "tests/unit/rules/histories.hpp"

namespace brugwacht {
namespace {

Date day(int y, int m, int d) { return Date::from_ymd(y, m, d).value(); }

Agreement example(const std::string& variants = "") {
    return parse_agreement(std::string(resource("config/agreements/voorbeeldstad.toml").value()) + variants, "voorbeeldstad.toml");
}

ClassificationSet run(const FactBase& base, const Agreement& agreement, Date as_of, unsigned threads = 1) {
    ClassifyRequest request;
    request.as_of = as_of;
    request.threads = threads;
    const std::vector<Agreement> agreements{agreement};
    return classify(base, agreements, request);
}

const Classification& result_of(const ClassificationSet& set, std::uint32_t trajectory, const std::string& definition) {
    for (const Classification& c : set.results)
        if (c.trajectory == trajectory && set.definition_ids[c.definition] == definition) return c;
    throw std::runtime_error("no result for " + definition);
}

TEST(Rollup, TakesTheBestTrajectoryOfAPerson) {
    testing::History history;
    history.clubs = {{"scouts", "jeugdbeweging"}};
    history.trajectories = {{"T1000", 0, day(2025, 9, 1), 10, "individuele_toeleiding"},
                            {"T1001", 0, day(2026, 1, 1), 10, "individuele_toeleiding"},
                            {"T1002", 1, day(2025, 9, 1), 10, "bottom_up"}};
    const auto event = [&](const char* key, const char* type, int child, Date date) {
        testing::PlainEvent e;
        e.key = key;
        e.source = "crm";
        e.type = type;
        e.trajectory = child;
        e.club = 0;
        e.date = date;
        history.events.push_back(e);
    };
    event("t1", "trial", 1, day(2026, 1, 10));
    event("t2", "trial", 1, day(2026, 1, 17));
    event("e1", "enrol", 1, day(2026, 1, 24));
    const FactBase base = testing::fact_base(history);
    const ClassificationSet set = run(base, example(), day(2026, 4, 1));
    EXPECT_EQ(result_of(set, 0, "D1").status, Status::NotAchieved);
    const std::vector<PersonResult> people = rollup_by_person(base, set);
    ASSERT_EQ(people.size(), 2 * set.definition_ids.size());
    EXPECT_EQ(set.results[people[0].deciding].status, Status::Achieved);
    EXPECT_EQ(people[0].results.size(), 2U);
    const Node json = parse_json(rollup_json(base, set), "");
    const Node& first = json.find("results")->items[0];
    EXPECT_EQ(first.keys, (std::vector<std::string>{"person_id", "persons", "definition", "status", "reason", "deciding", "trajectories"}));
    EXPECT_EQ(first.find("deciding")->text, "T1001");
    EXPECT_EQ(first.find("trajectories")->items.size(), 2U);
    EXPECT_EQ(first.find("person_id")->text, "p0");
    EXPECT_TRUE(first.find("persons")->items.empty());
}

TEST(Rollup, TheFirstOfEqualOnesDecidesAndNobodyIsNobodyElse) {
    testing::History history;
    history.trajectories = {{"T1", 0, day(2025, 9, 1), 10, ""},
                            {"T2", 0, day(2025, 9, 2), 10, ""},
                            {"T3", -1, day(2025, 9, 1), 10, ""},
                            {"T4", -1, day(2025, 9, 1), 10, ""}};
    const FactBase base = testing::fact_base(history);
    const ClassificationSet set = run(base, example(), day(2025, 9, 1));
    const std::size_t definitions = set.definition_ids.size();
    const std::vector<PersonResult> people = rollup_by_person(base, set);
    ASSERT_EQ(people.size(), 3 * definitions);
    for (std::size_t i = 0; i < definitions; ++i) {
        EXPECT_EQ(people[i].definition, i);
        EXPECT_EQ(people[i].deciding, i);
        EXPECT_EQ(people[i].results, (std::vector<std::uint32_t>{people[i].deciding, people[i].deciding + std::uint32_t(definitions)}));
        EXPECT_EQ(people[definitions + i].results.size(), 1U);
        EXPECT_EQ(people[2 * definitions + i].results.size(), 1U);
    }
    // T2 starts after the as-of date: judged, not counted.
    EXPECT_EQ(count_statuses(set)[0].total(Status::Pending), 3U);
}

TEST(Rollup, NobodyIsNobodyElseUnderASingleDefinitionToo) {
    testing::History history;
    history.trajectories = {{"T1", -1, day(2025, 9, 1), 10, ""}, {"T2", -1, day(2025, 9, 1), 10, ""}};
    const FactBase base = testing::fact_base(history);
    ClassifyRequest request;
    request.as_of = day(2025, 9, 1);
    request.definitions = {"D1"};
    const std::vector<Agreement> agreements{example()};
    EXPECT_EQ(rollup_by_person(base, classify(base, agreements, request)).size(), 2U);
}

TEST(Rollup, FollowsTheAgreedOrder) {
    testing::History history;
    history.trajectories = {{"T1", 0, day(2025, 9, 1), 10, ""}, {"T2", 0, day(2025, 9, 1), 10, "bottom_up"}};
    const FactBase base = testing::fact_base(history);
    Agreement agreement = example();
    const auto best = [&] {
        const ClassificationSet set = run(base, agreement, day(2025, 10, 1));
        return set.results[rollup_by_person(base, set).front().deciding].status;
    };
    EXPECT_EQ(best(), Status::Pending);
    std::reverse(agreement.child_rollup.begin(), agreement.child_rollup.end());
    EXPECT_EQ(best(), Status::Excluded);
}

TEST(Rollup, WithoutAnyVersionThereIsNothing) {
    testing::History history;
    history.trajectories = {{"T1", 0, day(2025, 9, 1), 10, ""}};
    const FactBase base = testing::fact_base(history);
    ClassifyRequest request;
    request.as_of = day(2025, 10, 1);
    EXPECT_TRUE(rollup_by_person(base, classify(base, {}, request)).empty());
}

testing::Case story() {
    testing::Case one;
    one.events = {{"t1", "2025-09-14", "trial", "scouts", {}},
                  {"t2", "2025-09-21", "trial", "scouts", {}},
                  {"e1", "2025-09-28", "enrol", "scouts", {}},
                  {"a1", "2025-11-09", "attend", "scouts", {}}};
    return one;
}

TEST(Explanation, SaysWhatTheReferenceSays) {
    const FactBase base = testing::facts_of(story());
    const ClassificationSet set = run(base, example(), day(2026, 1, 1));
    EXPECT_EQ(explanation(base, set, result_of(set, 0, "D2"), load_texts("nl")),
              "Nog niet beslist. Ingeschreven bij Scouts op 28/09/2025 na 2 proefsessies (14/09/2025, 21/09/2025). Deelname moet blijken "
              "tussen 28/03/2026 en "
              "28/05/2026; laatste aanwezigheid 09/11/2025. Opvolgen voor 28/05/2026.");
    EXPECT_EQ(explanation(base, set, result_of(set, 0, "D1"), load_texts("en")),
              "Achieved. Enrolled at Scouts on 28/09/2025 after 2 trial sessions (14/09/2025, 21/09/2025). This counts from 28/09/2025.");
}

TEST(Explanation, OfAProvisionalEnrolmentNamesTheDayItBecomesDefinitive) {
    testing::Case one;
    one.events = {{"e1", "2025-09-28", "enrol", "chiro", {}}};
    const FactBase base = testing::facts_of(one);
    const ClassificationSet set = run(base, example(), day(2025, 10, 1));
    EXPECT_EQ(result_of(set, 0, "D2").definitive_on, day(2025, 10, 19));
    EXPECT_EQ(explanation(base, set, result_of(set, 0, "D2"), load_texts("nl")),
              "Nog niet beslist. De inschrijving is nog voorlopig en wordt definitief op 19/10/2025. Opvolgen voor 19/10/2025.");
}

TEST(Explanation, ExistsForEveryReasonInEveryLanguage) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        std::vector<bool> seen(kReasons);
        for (std::uint64_t i = 0; i < 20; ++i) {
            Rng random(11, i);
            const Agreement agreement = testing::random_agreement(example(), random).agreement;
            const FactBase base = testing::fact_base(testing::random_histories(agreement, random, 60));
            const ClassificationSet set = run(base, agreement, day(2025, 9, 1).plus_days(random.between(0, 900)));
            for (const Classification& c : set.results) {
                seen[static_cast<std::size_t>(c.reason)] = true;
                const std::string text = explanation(base, set, c, texts);
                ASSERT_EQ(text.find("«rules"), std::string::npos) << text;
                ASSERT_EQ(text.find("  "), std::string::npos) << text;
                ASSERT_EQ(reason_text(base, c, texts).find("«"), std::string::npos);
            }
        }
        seen[static_cast<std::size_t>(Reason::NoAgreement)] = true;  // Versions.WithoutOneInForceTheTrajectoryIsExcluded
        EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0) << language;
    }
}

TEST(ClassificationJson, HasTheAgreedMembersInTheAgreedOrder) {
    const FactBase base = testing::facts_of(story());
    const ClassificationSet set = run(base, example(), day(2026, 4, 1));
    const PersonKeys keys = [](std::string_view id) {
        EXPECT_EQ(id, "P");
        return std::vector<std::string>{"crm:b", "club:a"};
    };
    const Node json = parse_json(classification_json(base, set, load_texts("nl"), keys), "");
    EXPECT_EQ(json.keys, (std::vector<std::string>{"as_of", "known_at", "agreement", "rules_hash", "results"}));
    EXPECT_EQ(json.find("as_of")->text, "2026-04-01");
    EXPECT_TRUE(json.find("known_at")->is(Node::Kind::Null));
    EXPECT_EQ(json.find("agreement")->items[0].text, "voorbeeldstad@3");
    ASSERT_EQ(json.find("results")->items.size(), 5U);
    const Node& d2 = json.find("results")->items[1];
    EXPECT_EQ(d2.keys, (std::vector<std::string>{"source",
                                                 "trajectory",
                                                 "trajectory_id",
                                                 "person_id",
                                                 "persons",
                                                 "definition",
                                                 "agreement",
                                                 "rules_hash",
                                                 "as_of",
                                                 "known_at",
                                                 "status",
                                                 "reason",
                                                 "achieved_on",
                                                 "window",
                                                 "decides_on",
                                                 "mature",
                                                 "anchor",
                                                 "evidence",
                                                 "first_failed_rule",
                                                 "near_misses",
                                                 "ignored",
                                                 "support_at_proof",
                                                 "explanation"}));
    EXPECT_EQ(d2.find("definition")->text, "D2");
    EXPECT_EQ(d2.find("window")->items[0].text, "2026-03-28");
    EXPECT_EQ(d2.find("window")->items[1].text, "2026-05-28");
    EXPECT_EQ(d2.find("decides_on")->text, "2026-05-28");
    EXPECT_FALSE(d2.find("mature")->boolean);
    EXPECT_EQ(d2.find("anchor")->find("event")->text, "e1");
    EXPECT_EQ(d2.find("evidence")->items[0].keys, (std::vector<std::string>{"event", "date", "club", "role"}));
    EXPECT_EQ(d2.find("evidence")->items[0].find("club")->text, "scouts");
    EXPECT_TRUE(d2.find("first_failed_rule")->is(Node::Kind::Null));
    EXPECT_EQ(d2.find("near_misses")->items[0].find("why")->text, "before_window");
    EXPECT_EQ(d2.find("persons")->items[0].text, "club:a");
    EXPECT_TRUE(d2.find("achieved_on")->is(Node::Kind::Null));
    EXPECT_TRUE(json.find("results")->items[0].find("window")->is(Node::Kind::Null));
}

Agreement version(int number, const std::string& from, const std::string& by, int supersedes, int min_trials) {
    std::string text(resource("config/agreements/init.toml").value());
    const auto put = [&](const std::string& old, const std::string& fresh) { text.replace(text.find(old), old.size(), fresh); };
    put("version = 1 ", "version = " + std::to_string(number) + " ");
    put("effective_from = 2000-01-01",
        "effective_from = " + from + (supersedes == 0 ? "" : "\nsupersedes = " + std::to_string(supersedes)));
    put("applies_by = \"trajectory_start\"", "applies_by = \"" + by + "\"");
    put("min_trials = 2", "min_trials = " + std::to_string(min_trials));
    return parse_agreement(text, "v.toml");
}

std::string versions_used(const std::string& start, const std::string& by, Date as_of) {
    testing::Case one = story();
    one.start = start;
    const FactBase base = testing::facts_of(one);
    ClassifyRequest request;
    request.as_of = as_of;
    const std::vector<Agreement> agreements{version(2, "2025-09-20", by, 1, 3), version(1, "2025-01-01", by, 0, 1)};
    const ClassificationSet set = classify(base, agreements, request);
    std::string out;
    for (const char* id : {"D1", "D2", "D3"}) {
        const Agreement* agreement = set.agreement_of(result_of(set, 0, id));
        out += agreement == nullptr ? "- " : std::to_string(agreement->version) + " ";
    }
    return out;
}

TEST(Versions, AreChosenByTheAgreedDate) {
    EXPECT_EQ(versions_used("2025-09-19", "trajectory_start", day(2026, 1, 1)), "1 1 1 ");
    EXPECT_EQ(versions_used("2025-09-20", "trajectory_start", day(2026, 1, 1)), "2 2 2 ");
    EXPECT_EQ(versions_used("2025-09-19", "index_event", day(2026, 1, 1)), "1 2 2 ");
    EXPECT_EQ(versions_used("2025-09-19", "report_date", day(2026, 1, 1)), "2 2 2 ");
    EXPECT_EQ(versions_used("2025-09-19", "report_date", day(2025, 9, 19)), "1 1 1 ");
    EXPECT_EQ(versions_used("2024-12-31", "trajectory_start", day(2026, 1, 1)), "- - - ");
}

TEST(Versions, WithoutOneInForceTheTrajectoryIsExcluded) {
    testing::Case one = story();
    one.start = "2024-12-31";
    const FactBase base = testing::facts_of(one);
    const ClassificationSet set = run(base, example(), day(2026, 1, 1));
    const Classification& c = result_of(set, 0, "D1");
    EXPECT_EQ(c.status, Status::Excluded);
    EXPECT_EQ(reason_code(base, c), "no_agreement");
    EXPECT_EQ(c.first_failed_rule(), "S38");
    EXPECT_EQ(set.definition_of(c), nullptr);
    EXPECT_TRUE(run(base, example(), day(2024, 12, 31)).results[0].started);
    EXPECT_FALSE(run(base, example(), day(2024, 12, 30)).results[0].started);
    EXPECT_EQ(explanation(base, set, c, load_texts("nl")),
              "Buiten de afspraak. Geen enkele versie van de afspraak geldt voor dit traject.");
}

TEST(Versions, TheHashIsThatOfTheOneVersionOrOfAllOfThem) {
    const FactBase base = testing::facts_of(story());
    ClassifyRequest request;
    request.as_of = day(2026, 1, 1);
    Agreement earlier = example();
    earlier.version = 2;
    earlier.effective_from = day(2024, 1, 1);
    earlier.effective_to = day(2025, 6, 30);
    const std::vector<Agreement> one{example()}, two{earlier, example()};
    const ClassificationSet of_one = classify(base, one, request);
    EXPECT_EQ(of_one.rules_hash(), example().rules_hash);
    EXPECT_EQ(of_one.definition_of(of_one.results[0])->id, "D1");
    EXPECT_EQ(classify(base, two, request).rules_hash(), to_hex(sha256(earlier.rules_hash + "\n" + example().rules_hash + "\n")));
}

TEST(Versions, AnUnknownDefinitionIsAUsageError) {
    const FactBase base = testing::facts_of(story());
    ClassifyRequest request;
    request.definitions = {"D7"};
    const std::vector<Agreement> agreements{example()};
    try {
        classify(base, agreements, request);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "RUL-001");
        EXPECT_EQ(error.first().args, (TextArgs{{"value", std::string("D7")}, {"known", std::string("D1, D2, D3, J1, D2Z")}}));
        EXPECT_EQ(error.exit(), Exit::Usage);
    }
}

TEST(MonthRule, RejectEndsTheRunWhenADayDoesNotExist) {
    testing::Case one = story();
    one.start = "2025-08-31";
    one.replacements = {{"month_rule = \"clamp\"", "month_rule = \"reject\""}};
    const FactBase base = testing::facts_of(one);
    try {
        run(base, testing::agreement_of(one), day(2026, 1, 1));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "RUL-002");
        EXPECT_EQ(error.exit(), Exit::Data);
    }
}

TEST(ByClubType, TheAnchorsTypeChoosesTheWindow) {
    testing::Case one = story();
    one.replacements = {{"[[definition]]\nid = \"D3\"",
                         "[definition.by_club_type.jeugdbeweging]\nwindow = [\"P1M\", \"P2M\"]\n\n[[definition]]\nid = \"D3\""}};
    const FactBase base = testing::facts_of(one);
    const ClassificationSet set = run(base, testing::agreement_of(one), day(2026, 1, 1));
    EXPECT_EQ(result_of(set, 0, "D2").status, Status::Achieved);
    EXPECT_EQ(result_of(set, 0, "D2").window_from, day(2025, 10, 28));
}

TEST(FactBase, ClubsOfTwoSourcesAreOneByVcodeOrByAnUncontradictedName) {
    FactBaseBuilder builder;
    builder.add_club("a", "1", "jeugdbeweging", "Scouts Sint-Jan", "V0001001");
    builder.add_club("b", "9", "", "scouts sint jan", "");
    builder.add_club("b", "8", "", "Chiro", "");
    builder.add_club("b", "7", "", "Chiro", "");
    builder.add_club("a", "2", "", "Chiro", "");
    builder.add_club("c", "5", "sportclub", "Voetbal", "");
    builder.add_club("a", "3", "jeugdhuis", "Voetbal", "");
    const FactBase base = builder.build();
    EXPECT_EQ(base.clubs().size(), 6U);
    EXPECT_EQ(base.text(base.clubs()[0].key), "1");
    EXPECT_EQ(base.code(base.clubs()[0].kind), "jeugdbeweging");
}

TEST(FactBase, AFactOfAPersonGoesToTheLatestTrajectoryThatHasStarted) {
    testing::History history;
    history.trajectories = {{"T1", 0, day(2025, 9, 1), 10, ""}, {"T2", 0, day(2026, 1, 1), 10, ""}};
    const auto add = [&](const char* key, Date date) {
        testing::PlainEvent e;
        e.key = key;
        e.source = "crm";
        e.type = "attend";
        e.person = 0;
        e.date = date;
        history.events.push_back(e);
    };
    add("early", day(2025, 8, 31));
    add("first", day(2025, 9, 1));
    add("last", day(2025, 12, 31));
    add("second", day(2026, 1, 1));
    const FactBase base = testing::fact_base(history);
    ASSERT_EQ(base.facts(0).size(), 2U);
    EXPECT_EQ(base.text(base.facts(0)[1].key), "last");
    ASSERT_EQ(base.facts(1).size(), 1U);
    ASSERT_EQ(base.unused(0).size(), 1U);
    EXPECT_EQ(base.text(base.unused(0)[0].key), "early");
    EXPECT_TRUE(base.unused(1).empty());
}

TEST(FactBase, WithoutAnythingThereIsNothingToClassify) {
    const FactBase base = FactBaseBuilder().build();
    EXPECT_TRUE(run(base, example(), day(2026, 1, 1)).results.empty());
}

}  // namespace
}  // namespace brugwacht
