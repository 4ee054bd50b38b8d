// The way to a verdict, over every expectation of the case tables.
#include <gtest/gtest.h>

#include <set>

#include "engine/lib/catalogue.hpp"
#include "engine/rules/explain.hpp"
#include "tests/unit/rules/case_table.hpp"

namespace brugwacht {
namespace {

using testing::Case;

struct Judged {
    FactBase base;
    ClassificationSet set;
    std::vector<Trace> traces;
};

/// Calls `check` for every expectation of every case.
template <typename Check>
void for_each_expectation(Check&& check) {
    for (const Case& one : testing::all_cases()) {
        const Agreement agreement = testing::agreement_of(one);
        for (const testing::Expectation& e : one.expectations) {
            SCOPED_TRACE(one.file + ":" + std::to_string(e.line) + " " + one.title);
            Judged judged{testing::facts_of(one), {}, {}};
            ClassifyRequest request;
            request.as_of = Date::parse_iso(e.as_of).value();
            for (const auto& [key, value] : e.extra)
                if (key == "known_at") request.known_at = Date::parse_iso(value);
            judged.set = classify_traced(judged.base, {&agreement, 1}, request, 0, judged.traces);
            check(judged, agreement, request);
        }
    }
}

TEST(Trace, ChangesNoVerdict) {
    for_each_expectation([](const Judged& judged, const Agreement& agreement, const ClassifyRequest& request) {
        const ClassificationSet plain = classify(judged.base, {&agreement, 1}, request);
        ASSERT_EQ(judged.traces.size(), plain.results.size());
        const Texts texts = load_texts("en");
        EXPECT_EQ(classification_json(judged.base, judged.set, texts), classification_json(judged.base, plain, texts));
    });
}

TEST(Trace, EndsWithTheRuleThatDecidedAndASignThatFitsTheStatus) {
    std::set<int> rules;
    for_each_expectation([&](const Judged& judged, const Agreement&, const ClassifyRequest&) {
        for (std::size_t i = 0; i < judged.set.results.size(); ++i) {
            const Classification& c = judged.set.results[i];
            ASSERT_FALSE(judged.traces[i].empty());
            const RuleStep& last = judged.traces[i].back();
            const std::string what = judged.set.definition_ids[c.definition] + " " + std::string(name(c.status)) + " " +
                                     std::string(reason_code(judged.base, c)) + ", last step " + std::string(last.what);
            rules.insert(last.rule);
            if (last.rule != 0 && c.status != Status::Achieved) {
                EXPECT_EQ(last.rule, c.rule) << what;
            }
            switch (c.status) {
                case Status::Pending:
                    EXPECT_EQ(last.mark, Mark::Hourglass) << what;
                    break;
                case Status::Unknown:
                    EXPECT_EQ(last.mark, Mark::Question) << what;
                    break;
                case Status::Achieved:
                    // The last rule asked may be a part of a condition; what decided holds.
                    if (last.depth == 0) {
                        EXPECT_EQ(last.mark, Mark::Tick) << what;
                    }
                    break;
                default:
                    EXPECT_EQ(last.mark, Mark::Cross) << what;
                    break;
            }
        }
    });
    // Every rule that can decide has decided somewhere in the tables.
    for (const int rule : {10, 11, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32, 33, 34, 35})
        EXPECT_TRUE(rules.contains(rule)) << "S" << rule;
}

TEST(Trace, IsToldInEveryLanguageWithoutAGapInItsWords) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for_each_expectation([&](const Judged& judged, const Agreement&, const ClassifyRequest&) {
            for (const Trace& trace : judged.traces)
                for (const TreeLine& line : tree_lines(judged.base, trace, texts)) {
                    EXPECT_EQ(line.text.find_first_of("{}<"), std::string::npos) << line.text;
                    EXPECT_EQ(line.text.find("\u2039"), std::string::npos) << line.text;
                    EXPECT_GT(line.text.size(), 5U);
                }
        });
    }
}

TEST(Trace, NamesOnlyEventsOfTheChild) {
    for_each_expectation([](const Judged& judged, const Agreement&, const ClassifyRequest&) {
        std::set<std::uint32_t> known;
        for (const Fact& fact : judged.base.facts(0)) known.insert(fact.key);
        for (const Trace& trace : judged.traces)
            for (const RuleStep& step : trace)
                for (const std::uint32_t event : step.events) EXPECT_TRUE(known.contains(event)) << step.what;
    });
}

}  // namespace
}  // namespace brugwacht
