// The properties that success-definitions 8.7 asks for, on random histories under agreements drawn from the whole key space.
// BRUGWACHT_HISTORIES gives another number of histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/rates.hpp"
#include "tests/unit/rules/histories.hpp"

namespace brugwacht::testing {
namespace {

constexpr int kTogether = 250;  // histories that are classified at once, under one agreement

Agreement example() { return parse_agreement(resource("config/agreements/voorbeeldstad.toml").value(), "voorbeeldstad.toml"); }

int rounds() {
    const char* asked = std::getenv("BRUGWACHT_HISTORIES");
    return std::max(1, (asked == nullptr ? 100'000 : std::atoi(asked)) / kTogether);
}

ClassificationSet judge(const FactBase& base, const Agreement& agreement, Date as_of, unsigned threads = 1) {
    ClassifyRequest request;
    request.as_of = as_of;
    request.threads = threads;
    const std::vector<Agreement> agreements{agreement};
    return classify(base, agreements, request);
}

std::string describe(const FactBase& base, const ClassificationSet& set, const Classification& c) {
    return std::string(base.text(base.trajectories()[c.trajectory].key)) + " " + set.definition_ids[c.definition] + " at " +
           set.as_of.iso();
}

Date some_day(Rng& random) { return Date::from_ymd(2025, 7, 1).value().plus_days(random.between(0, 1400)); }

TEST(Properties, RaisingTheAsOfDateNeverTakesAchievedAway) {
    const Agreement given = example();
    std::size_t achieved = 0;
    for (int round = 0; round < rounds(); ++round) {
        Rng random(8701, static_cast<std::uint64_t>(round));
        const DrawnAgreement drawn = random_agreement(given, random);
        const FactBase base = fact_base(random_histories(drawn.agreement, random, kTogether));
        std::vector<Date> days;
        for (int i = 0; i < 8; ++i) days.push_back(some_day(random));
        std::sort(days.begin(), days.end());
        std::vector<Classification> earlier;
        for (const Date as_of : days) {
            const ClassificationSet set = judge(base, drawn.agreement, as_of);
            for (std::size_t i = 0; i < earlier.size(); ++i) {
                if (earlier[i].status != Status::Achieved) continue;
                ++achieved;
                ASSERT_EQ(set.results[i].status, Status::Achieved)
                    << round << " " << describe(base, set, set.results[i]) << drawn.description;
                ASSERT_EQ(set.results[i].achieved_on, earlier[i].achieved_on)
                    << round << " " << describe(base, set, set.results[i]) << drawn.description;
            }
            earlier = set.results;
        }
    }
    EXPECT_GT(achieved, static_cast<std::size_t>(rounds() * kTogether));  // the histories do succeed often enough to mean something
}

TEST(Properties, TheJsonIsTheSameByteForByteWhateverTheOrderOfInputAndTheNumberOfThreads) {
    const Agreement given = example();
    const Texts texts = load_texts("nl");
    constexpr int kShared = 2500;  // work is shared out among threads from 2000 trajectories on
    for (int round = 0; round < std::max(1, rounds() * kTogether / kShared); ++round) {
        Rng random(8702, static_cast<std::uint64_t>(round));
        const Agreement agreement = random_agreement(given, random).agreement;
        const History history = random_histories(agreement, random, kShared);
        const Date as_of = some_day(random);
        const FactBase base = fact_base(history);
        const FactBase shuffled = fact_base(history, &random);
        static constexpr unsigned kThreads[] = {2, 3, 7};
        ASSERT_TRUE(classification_json(base, judge(base, agreement, as_of), texts) ==
                    classification_json(shuffled, judge(shuffled, agreement, as_of, random.pick(kThreads)), texts))
            << round;
    }
}

TEST(Properties, DuplicatesChangeNothing) {
    const Agreement given = example();
    for (int round = 0; round < rounds(); ++round) {
        Rng random(8703, static_cast<std::uint64_t>(round));
        const Agreement agreement = random_agreement(given, random).agreement;
        History history = random_histories(agreement, random, kTogether);
        const Date as_of = some_day(random);
        const FactBase once = fact_base(history);
        const std::size_t count = history.events.size();
        for (std::size_t i = 0; i < count; ++i) {
            history.events.push_back(history.events[i]);
            history.events.back().key += "x";
            history.events.back().source = "second";
        }
        const FactBase twice = fact_base(history);
        const ClassificationSet a = judge(once, agreement, as_of);
        const ClassificationSet b = judge(twice, agreement, as_of);
        ASSERT_EQ(a.results.size(), b.results.size());
        for (std::size_t i = 0; i < a.results.size(); ++i) {
            ASSERT_EQ(a.results[i].status, b.results[i].status) << round << " " << describe(once, a, a.results[i]);
            ASSERT_EQ(a.results[i].reason, b.results[i].reason) << round << " " << describe(once, a, a.results[i]);
            ASSERT_EQ(a.results[i].achieved_on, b.results[i].achieved_on) << round << " " << describe(once, a, a.results[i]);
        }
    }
}

/// Looser definitions with the stricter ones that imply them; what the pairs do not change is as drawn.
class Pairs {
  public:
    explicit Pairs(const Agreement& drawn) : agreement_(drawn) {
        const Definition d1 = without_types("D1");
        Definition d2 = without_types("D2");
        Definition d3 = without_types("D3");
        agreement_.definitions.clear();

        Definition any = d1;
        any.min_trials = 0;
        any.trial_club_same = true;
        add(any, "D1 no trials");
        for (int trials = 1; trials <= 3; ++trials) {
            const std::string looser = agreement_.definitions.back().id;
            any.min_trials = trials;
            implies(any, "D1 " + std::to_string(trials) + " trials", looser);
        }
        any.min_trials = 2;
        any.trial_club_same = false;
        add(any, "D1 at any club");
        pairs_.emplace_back("D1 2 trials", any.id);

        d2.club_same = false;
        d2.support = SupportRule::Any;
        d2.max_gap_days = 0;
        d2.min_days_per_month = 0;
        d2.proof_min = 1;
        add(d2, "D2");
        const auto stricter = [&](const char* id, const auto& change) {
            Definition definition = d2;
            change(definition);
            implies(definition, id, "D2");
        };
        stricter("D2 same club", [](Definition& d) { d.club_same = true; });
        stricter("D2 without support", [](Definition& d) { d.support = SupportRule::None; });
        stricter("D2 with support", [](Definition& d) { d.support = SupportRule::With; });
        stricter("D2 gap", [](Definition& d) { d.max_gap_days = 60; });
        stricter("D2 each month", [](Definition& d) { d.min_days_per_month = 1; });
        stricter("D2 two proofs", [](Definition& d) { d.proof_min = 2; });

        d3.club_same = false;
        add(d3, "D3");
        d3.club_same = true;
        implies(d3, "D3 same club", "D3");
    }

    const Agreement& agreement() const { return agreement_; }
    /// Stricter, looser; indices of definitions.
    std::vector<std::pair<std::size_t, std::size_t>> indices() const {
        std::vector<std::pair<std::size_t, std::size_t>> out;
        const auto at = [&](const std::string& id) {
            return static_cast<std::size_t>(agreement_.definition(id) - agreement_.definitions.data());
        };
        for (const auto& [stricter, looser] : pairs_) out.emplace_back(at(stricter), at(looser));
        return out;
    }

  private:
    Definition without_types(const std::string& id) const {
        Definition definition = *agreement_.definition(id);
        definition.by_club_type.clear();
        definition.no_anchor_inherit = "";
        return definition;
    }
    void add(Definition& definition, const std::string& id) {
        definition.id = id;
        agreement_.definitions.push_back(definition);
    }
    void implies(Definition& stricter, const std::string& id, const std::string& looser) {
        add(stricter, id);
        pairs_.emplace_back(id, looser);
    }

    Agreement agreement_;
    std::vector<std::pair<std::string, std::string>> pairs_;
};

TEST(Properties, AStricterDefinitionImpliesTheLooserOne) {
    const Agreement given = example();
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> seen;
    for (int round = 0; round < rounds(); ++round) {
        Rng random(8704, static_cast<std::uint64_t>(round));
        const DrawnAgreement drawn = random_agreement(given, random);
        const Pairs pairs(drawn.agreement);
        const FactBase base = fact_base(random_histories(pairs.agreement(), random, kTogether));
        const ClassificationSet set = judge(base, pairs.agreement(), some_day(random));
        const std::size_t n = set.definition_ids.size();
        for (std::size_t t = 0; t < base.trajectories().size(); ++t) {
            for (const auto& [stricter, looser] : pairs.indices()) {
                const Classification& strict = set.results[t * n + stricter];
                seen[{stricter, looser}] += strict.status == Status::Achieved ? 1U : 0U;
                if (strict.status != Status::Achieved) continue;
                ASSERT_EQ(set.results[t * n + looser].status, Status::Achieved)
                    << round << " " << describe(base, set, strict) << drawn.description;
            }
        }
    }
    for (const auto& [pair, count] : seen) EXPECT_GT(count, 0U) << pair.first << " implies " << pair.second;
}

TEST(Properties, EveryVerdictIsWholeAndTheStatusesAddUp) {
    const Agreement given = example();
    for (int round = 0; round < rounds(); ++round) {
        Rng random(8705, static_cast<std::uint64_t>(round));
        const Agreement agreement = random_agreement(given, random).agreement;
        const History history = random_histories(agreement, random, kTogether);
        std::set<std::pair<std::string, Date>> inputs;
        for (const PlainEvent& event : history.events) inputs.emplace(event.key, event.date);
        const FactBase base = fact_base(history);
        const ClassificationSet set = judge(base, agreement, some_day(random));
        ASSERT_EQ(set.results.size(), base.trajectories().size() * agreement.definitions.size());
        std::size_t started = 0;
        for (const Classification& c : set.results) {
            ASSERT_FALSE(reason_code(base, c).empty());
            ASSERT_EQ(c.has_achieved_on, c.status == Status::Achieved) << describe(base, set, c);
            if (c.has_achieved_on) {
                ASSERT_LE(c.achieved_on, set.as_of) << describe(base, set, c);
            }
            if (c.status == Status::Achieved && agreement.definitions[c.definition].kind != DefinitionKind::Composed) {
                ASSERT_GT(c.evidence.count, 0U) << describe(base, set, c);
            }
            if (c.status == Status::Pending && c.reason != Reason::Provisional) {
                ASSERT_FALSE(c.mature) << describe(base, set, c);
            }
            for (const Evidence& item : set.evidence_of(c)) {
                ASSERT_TRUE(inputs.contains({std::string(base.text(item.key)), item.date})) << describe(base, set, c);
                ASSERT_LE(item.date, set.as_of);
            }
            for (const Ignored& item : set.ignored_of(c)) ASSERT_FALSE(base.text(item.key).empty());
            started += c.started ? 1U : 0U;
        }
        std::uint64_t counted = 0;
        for (const StatusCounts& counts : count_statuses(set)) {
            for (std::size_t status = 0; status < kStatuses; ++status) {
                counted += counts.all[status];
                ASSERT_LE(counts.mature[status], counts.all[status]);
            }
        }
        ASSERT_EQ(counted, started);
    }
}

}  // namespace
}  // namespace brugwacht::testing
