#include "engine/rules/classify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/node.hpp"
#include "engine/rules/explain.hpp"
#include "tests/unit/rules/case_table.hpp"

namespace brugwacht {
namespace {

Date day(int y, int m, int d) { return Date::from_ymd(y, m, d).value(); }

Agreement example(const std::string& variants = "") {
    return parse_agreement(std::string(resource("config/agreements/voorbeeldstad.toml").value()) + variants, "voorbeeldstad.toml");
}

/// The example and its stricter and looser variants, for the properties of section 8.7.
Agreement with_variants() {
    return example(R"(
[[variant]]
id = "D1any"
of = "D1"
trial_club = "any"
[[variant]]
id = "D1one"
of = "D1"
min_trials = 1
[[variant]]
id = "D1none"
of = "D1"
min_trials = 0
[[variant]]
id = "D1three"
of = "D1"
min_trials = 3
[[variant]]
id = "D2S"
of = "D2"
club = "same"
[[variant]]
id = "D2G"
of = "D2"
max_gap_days = 60
[[variant]]
id = "D2M"
of = "D2"
proof = { events = ["attend", "check_yes"], min = 1, min_days_per_month = 1 }
[[variant]]
id = "D2P"
of = "D2"
proof = { events = ["attend", "check_yes"], min = 2 }
[[variant]]
id = "D2V"
of = "D2"
pause = "shift"
[[variant]]
id = "D3S"
of = "D3"
club = "same"
)");
}

struct Event {
    std::string key, source, type, answer, kind, reason;
    int subject = 0;  // 0.. a trajectory, -1.. a person
    int club = -1;
    Date date;
    std::optional<Date> to, recorded;
    std::optional<int> year;
};

struct Child {
    int person;
    Date start;
    std::optional<int> age;
    std::string strategy;
};

struct World {
    std::vector<Child> children;
    std::vector<Event> events;
};

World random_world(std::mt19937& random, int children) {
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    World world;
    for (int i = 0; i < children; ++i) {
        const int person = i > 0 && pick(4) == 0 ? world.children.back().person : i;
        const char* strategies[] = {"individuele_toeleiding", "individuele_toeleiding", "individuele_toeleiding", "", "bottom_up"};
        world.children.push_back({person, day(2025, 7, 1).plus_days(pick(200)),
                                  pick(10) == 0 ? std::nullopt : std::optional<int>(4 + pick(15)), strategies[pick(5)]});
        const int count = pick(16);
        for (int j = 0; j < count; ++j) {
            static const char* kTypes[] = {"trial", "trial", "attend", "attend",  "attend", "absent", "enrol", "enrol",
                                           "check", "stop",  "pause",  "support", "lost",   "close",  "list"};
            Event event;
            event.key = "e" + std::to_string(i) + "." + std::to_string(j);
            event.source = pick(5) == 0 ? "club" : "crm";
            event.type = kTypes[pick(15)];
            event.answer = event.type == "check" ? (pick(3) == 0 ? "no" : "yes") : "";
            event.subject = pick(6) == 0 ? -1 - person : i;
            event.club = pick(12) == 0 ? -1 : pick(4);
            // Few different days, so that events fall together and on edges.
            event.date = world.children.back().start.plus_days(pick(3) == 0 ? pick(500) : pick(16) * 31);
            if (event.type == "pause" || event.type == "support") {
                event.kind = event.type == "support" ? "vervoer" : "";
                if (pick(3) != 0) event.to = event.date.plus_days(pick(120) - 5);
            }
            if (event.type == "enrol" && pick(4) == 0) event.year = 2025 + pick(3);
            if (event.type == "stop" || event.type == "close") {
                const char* reasons[] = {"", "moved", "price", "aged_out", "weather"};
                event.reason = reasons[pick(5)];
            }
            if (pick(5) == 0) event.recorded = event.date.plus_days(pick(60) - 10);
            world.events.push_back(event);
        }
    }
    return world;
}

FactBase base_of(const World& world, std::mt19937* shuffle = nullptr) {
    FactBaseBuilder builder;
    static const char* kClubs[] = {"scouts", "chiro", "voetbal", "jeugdhuis"};
    static const char* kKinds[] = {"jeugdbeweging", "jeugdbeweging_proefinschrijving", "sportclub", "jeugdhuis"};
    std::vector<int> order{0, 1, 2, 3};
    std::vector<std::size_t> child_order(world.children.size()), event_order(world.events.size());
    for (std::size_t i = 0; i < child_order.size(); ++i) child_order[i] = i;
    for (std::size_t i = 0; i < event_order.size(); ++i) event_order[i] = i;
    if (shuffle != nullptr) {
        std::shuffle(order.begin(), order.end(), *shuffle);
        std::shuffle(child_order.begin(), child_order.end(), *shuffle);
        std::shuffle(event_order.begin(), event_order.end(), *shuffle);
    }
    std::vector<std::uint32_t> clubs(4), trajectories(world.children.size());
    for (const int i : order) clubs[static_cast<std::size_t>(i)] = builder.add_club("crm", kClubs[i], kKinds[i]);
    for (const std::size_t i : child_order) {
        const Child& child = world.children[i];
        TrajectoryInput input;
        const std::string key = "T" + std::to_string(1000 + i);
        input.id = key;
        input.source = "crm";
        input.key = key;
        input.strategy = child.strategy;
        input.person = builder.add_person("p" + std::to_string(child.person));
        input.start = child.start;
        input.age = child.age;
        trajectories[i] = builder.add_trajectory(input);
    }
    for (const std::size_t i : event_order) {
        const Event& event = world.events[i];
        EventInput input;
        input.source = event.source;
        input.key = event.key;
        input.type = event.type;
        input.answer = event.answer;
        input.kind = event.kind;
        input.reason = event.reason;
        if (event.subject >= 0) {
            input.trajectory = trajectories[static_cast<std::size_t>(event.subject)];
        } else {
            input.person = builder.add_person("p" + std::to_string(-1 - event.subject));
        }
        if (event.club >= 0) input.club = clubs[static_cast<std::size_t>(event.club)];
        input.date = event.date;
        input.to = event.to;
        input.recorded_on = event.recorded;
        input.year = event.year;
        builder.add_event(input);
    }
    return builder.build();
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

std::mt19937 random_for_this_test() {
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::seed_seq seed(name.begin(), name.end());
    return std::mt19937(seed);
}

constexpr int kHistories = 10'000;

TEST(Properties, RaisingTheAsOfDateNeverTakesAchievedAway) {
    std::mt19937 random = random_for_this_test();
    const FactBase base = base_of(random_world(random, kHistories));
    const Agreement agreement = with_variants();
    std::vector<Classification> earlier;
    std::size_t achieved = 0;
    for (int step = 0; step < 24; ++step) {
        const ClassificationSet set = run(base, agreement, day(2025, 7, 1).plus_days(step * 37));
        for (std::size_t i = 0; i < earlier.size(); ++i) {
            if (earlier[i].status != Status::Achieved) continue;
            ++achieved;
            ASSERT_EQ(set.results[i].status, Status::Achieved) << base.text(base.trajectories()[earlier[i].trajectory].key) << " "
                                                               << set.definition_ids[earlier[i].definition] << " at " << set.as_of.iso();
            ASSERT_EQ(set.results[i].achieved_on, earlier[i].achieved_on);
        }
        earlier = set.results;
    }
    EXPECT_GT(achieved, 10'000U);  // the histories do succeed often enough to mean something
}

/// Everything of a set but its texts, as one line per result.
std::string fingerprint(const FactBase& base, const ClassificationSet& set) {
    std::string out;
    for (const Classification& c : set.results) {
        out += std::string(base.text(base.trajectories()[c.trajectory].key)) + " " + set.definition_ids[c.definition] + " " +
               std::string(name(c.status)) + " " + std::string(reason_code(base, c)) + " " + c.first_failed_rule() +
               (c.mature ? " mature" : "");
        if (c.has_achieved_on) out += " on " + c.achieved_on.iso();
        if (c.has_window) out += " window " + c.window_from.iso() + c.window_to.iso();
        if (c.has_anchor) out += " anchor " + std::string(base.text(c.anchor_key));
        for (const Evidence& item : set.evidence_of(c)) out += " " + std::string(base.text(item.key)) + ":" + std::string(name(item.role));
        for (const NearMiss& item : set.near_misses_of(c))
            out += " " + std::string(base.text(item.key)) + ":" + std::string(name(item.why));
        for (const Ignored& item : set.ignored_of(c)) out += " " + std::string(base.text(item.key)) + ":" + std::string(name(item.why));
        out += "\n";
    }
    return out;
}

TEST(Properties, TheOrderOfInputAndTheNumberOfThreadsNeverMatter) {
    std::mt19937 random = random_for_this_test();
    const World world = random_world(random, kHistories);
    const Agreement agreement = with_variants();
    const FactBase base = base_of(world);
    const std::string expected = fingerprint(base, run(base, agreement, day(2026, 8, 1)));
    for (const unsigned threads : {1U, 2U, 7U}) {
        const FactBase shuffled = base_of(world, &random);
        ASSERT_TRUE(fingerprint(shuffled, run(shuffled, agreement, day(2026, 8, 1), threads)) == expected) << threads;
    }
}

TEST(Properties, TheJsonIsTheSameByteForByteWhateverTheOrderOfInput) {
    std::mt19937 random = random_for_this_test();
    const World world = random_world(random, 500);
    const Texts texts = load_texts("nl");
    const FactBase base = base_of(world);
    const FactBase shuffled = base_of(world, &random);
    const Agreement agreement = example();
    EXPECT_EQ(classification_json(base, run(base, agreement, day(2026, 8, 1)), texts),
              classification_json(shuffled, run(shuffled, agreement, day(2026, 8, 1)), texts));
}

TEST(Properties, DuplicatesChangeNothing) {
    std::mt19937 random = random_for_this_test();
    World world = random_world(random, kHistories);
    const Agreement agreement = with_variants();
    const FactBase once = base_of(world);
    const std::size_t count = world.events.size();
    for (std::size_t i = 0; i < count; ++i) {
        world.events.push_back(world.events[i]);
        world.events.back().key += "x";
        world.events.back().source = "second";
    }
    const FactBase twice = base_of(world);
    const ClassificationSet a = run(once, agreement, day(2026, 8, 1));
    const ClassificationSet b = run(twice, agreement, day(2026, 8, 1));
    ASSERT_EQ(a.results.size(), b.results.size());
    for (std::size_t i = 0; i < a.results.size(); ++i) {
        ASSERT_EQ(a.results[i].status, b.results[i].status)
            << once.text(once.trajectories()[a.results[i].trajectory].key) << " " << a.definition_ids[a.results[i].definition];
        ASSERT_EQ(a.results[i].reason, b.results[i].reason);
        ASSERT_EQ(a.results[i].achieved_on, b.results[i].achieved_on);
    }
}

TEST(Properties, AStricterDefinitionImpliesTheLooserOne) {
    std::mt19937 random = random_for_this_test();
    const FactBase base = base_of(random_world(random, kHistories));
    const Agreement agreement = with_variants();
    const std::pair<const char*, const char*> implications[] = {{"D1three", "D1"}, {"D1", "D1any"}, {"D1", "D1one"}, {"D1one", "D1none"},
                                                                {"D2S", "D2"},     {"D2Z", "D2"},   {"D2G", "D2"},   {"D2M", "D2"},
                                                                {"D2P", "D2"},     {"D3S", "D3"}};
    std::vector<std::size_t> seen(std::size(implications));
    for (const Date as_of : {day(2025, 12, 1), day(2026, 4, 15), day(2026, 7, 1), day(2027, 3, 1)}) {
        const ClassificationSet set = run(base, agreement, as_of);
        const std::size_t n = set.definition_ids.size();
        const auto at = [&](const char* id) {
            return static_cast<std::size_t>(std::find(set.definition_ids.begin(), set.definition_ids.end(), id) -
                                            set.definition_ids.begin());
        };
        for (std::size_t t = 0; t < base.trajectories().size(); ++t) {
            for (std::size_t i = 0; i < std::size(implications); ++i) {
                if (set.results[t * n + at(implications[i].first)].status != Status::Achieved) continue;
                ++seen[i];
                ASSERT_EQ(set.results[t * n + at(implications[i].second)].status, Status::Achieved)
                    << base.text(base.trajectories()[t].key) << " " << implications[i].first << " at " << as_of.iso();
            }
        }
    }
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_GT(seen[i], 0U) << implications[i].first;
}

TEST(Properties, EveryVerdictIsWholeAndTheStatusesAddUp) {
    std::mt19937 random = random_for_this_test();
    const FactBase base = base_of(random_world(random, kHistories));
    const Agreement agreement = with_variants();
    const ClassificationSet set = run(base, agreement, day(2026, 6, 15));
    ASSERT_EQ(set.results.size(), base.trajectories().size() * agreement.definitions.size());
    for (const Classification& c : set.results) {
        EXPECT_FALSE(reason_code(base, c).empty());
        EXPECT_EQ(c.has_achieved_on, c.status == Status::Achieved);
        if (c.has_achieved_on) {
            EXPECT_LE(c.achieved_on, set.as_of);
        }
        if (c.status == Status::Achieved) {
            EXPECT_GT(c.evidence.count, 0U);
        }
        if (c.status == Status::Pending && c.reason != Reason::Provisional) {
            EXPECT_FALSE(c.mature);
        }
        const auto facts = base.facts(c.trajectory);
        for (const Evidence& item : set.evidence_of(c)) {
            const bool own =
                std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.key == item.key && f.date == item.date.days(); });
            EXPECT_TRUE(own || item.role == Role::List);
            EXPECT_LE(item.date, set.as_of);
        }
    }
}

TEST(Rollup, TakesTheBestTrajectoryOfAPerson) {
    World world;
    world.children = {{0, day(2025, 9, 1), 10, "individuele_toeleiding"},
                      {0, day(2026, 1, 1), 10, "individuele_toeleiding"},
                      {1, day(2025, 9, 1), 10, "bottom_up"}};
    const auto event = [&](const char* key, const char* type, int child, Date date) {
        Event e;
        e.key = key;
        e.source = "crm";
        e.type = type;
        e.subject = child;
        e.club = 0;
        e.date = date;
        world.events.push_back(e);
    };
    event("t1", "trial", 1, day(2026, 1, 10));
    event("t2", "trial", 1, day(2026, 1, 17));
    event("e1", "enrol", 1, day(2026, 1, 24));
    const FactBase base = base_of(world);
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

TEST(Explanation, ExistsForEveryReasonInEveryLanguage) {
    std::mt19937 random = random_for_this_test();
    const FactBase base = base_of(random_world(random, 400));
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        std::vector<bool> seen(kReasons);
        for (const Date as_of : {day(2025, 9, 1), day(2026, 4, 15), day(2027, 3, 1)}) {
            const ClassificationSet set = run(base, with_variants(), as_of);
            for (const Classification& c : set.results) {
                seen[static_cast<std::size_t>(c.reason)] = true;
                const std::string text = explanation(base, set, c, texts);
                ASSERT_EQ(text.find("«rules"), std::string::npos) << text;
                ASSERT_EQ(text.find("  "), std::string::npos) << text;
                ASSERT_EQ(reason_text(base, c, texts).find("«"), std::string::npos);
            }
        }
        EXPECT_GT(std::count(seen.begin(), seen.end(), true), 18) << language;
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
    EXPECT_EQ(explanation(base, set, c, load_texts("nl")),
              "Buiten de afspraak. Geen enkele versie van de afspraak geldt voor dit traject.");
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
    World world;
    world.children = {{0, day(2025, 9, 1), 10, ""}, {0, day(2026, 1, 1), 10, ""}};
    const auto add = [&](const char* key, Date date) {
        Event e;
        e.key = key;
        e.source = "crm";
        e.type = "attend";
        e.subject = -1;
        e.date = date;
        world.events.push_back(e);
    };
    add("early", day(2025, 8, 31));
    add("first", day(2025, 9, 1));
    add("last", day(2025, 12, 31));
    add("second", day(2026, 1, 1));
    const FactBase base = base_of(world);
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
