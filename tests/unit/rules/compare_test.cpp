#include "engine/rules/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/rules/agreement_diff.hpp"
#include "tests/unit/rules/case_table.hpp"

namespace brugwacht {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string example() { return std::string(resource("config/agreements/voorbeeldstad.toml").value()); }

Agreement with(const std::string& from, const std::string& to) {
    std::string text = example();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return parse_agreement(text.replace(at, from.size(), to), "b.toml");
}

Agreement plain() { return parse_agreement(example(), "a.toml"); }

std::vector<std::string> keys(const std::vector<AgreementDifference>& differences) {
    std::vector<std::string> out;
    for (const AgreementDifference& d : differences) out.push_back(d.definition + "/" + d.key);
    return out;
}

TEST(AgreementDifferences, AnAgreementDoesNotDifferFromItself) {
    for (const char* language : {"nl", "fr", "en"}) EXPECT_THAT(agreement_differences(plain(), plain(), load_texts(language)), IsEmpty());
}

TEST(AgreementDifferences, AKeyIsToldWithBothSentences) {
    const auto differences = agreement_differences(plain(), with("min_trials = 2", "min_trials = 1"), load_texts("nl"));
    ASSERT_THAT(keys(differences), ElementsAre("D1/min_trials"));
    EXPECT_THAT(differences[0].a, HasSubstr("minstens 2 proefsessies"));
    EXPECT_THAT(differences[0].b, HasSubstr("minstens 1 proefsessie "));
    EXPECT_EQ(differences[0].text, "Was: " + differences[0].a + " Wordt: " + differences[0].b);
    EXPECT_TRUE(changes_outcome(differences));
}

TEST(AgreementDifferences, AChangeOfADefinitionIsOneOfItsVariantsToo) {
    const auto differences = agreement_differences(plain(), with("max_gap_days = 0 ", "max_gap_days = 50 "), load_texts("nl"));
    EXPECT_THAT(keys(differences), ElementsAre("D2/max_gap_days", "D2/gap_excludes", "D2Z/max_gap_days", "D2Z/gap_excludes"));
    EXPECT_THAT(differences[1].text, HasSubstr("Komt erbij: "));
}

TEST(AgreementDifferences, LabelsAndSignaturesChangeNoOutcome) {
    const Texts texts = load_texts("nl");
    for (const auto& [from, to, key] : {std::tuple{"title = \"Wanneer", "title = \"Hoezo", "/agreement.title"},
                                        std::tuple{"label = \"Ingeschreven na", "label = \"Lid na", "D1/label"},
                                        std::tuple{"agreed_on = 2025-06-19\neff", "agreed_on = 2025-06-18\neff", "/agreement.agreed_by"},
                                        std::tuple{"topic = \"opvolging\"", "topic = \"cijfers\"", "/follow_up"}}) {
        const auto differences = agreement_differences(plain(), with(from, to), texts);
        EXPECT_THAT(keys(differences), ElementsAre(key));
        EXPECT_FALSE(changes_outcome(differences)) << from;
    }
}

TEST(AgreementDifferences, PartsThatComeAndGoAreTold) {
    const Texts texts = load_texts("nl");
    const auto renamed = agreement_differences(plain(), with("id = \"J1\"", "id = \"J2\""), texts);
    EXPECT_THAT(keys(renamed), ElementsAre("J1/definition", "J2/definition"));
    EXPECT_THAT(renamed[0].text, HasSubstr("valt weg"));
    EXPECT_THAT(renamed[1].text, HasSubstr("komt erbij"));
    const auto typed = agreement_differences(plain(), with("[club_type.sportclub]", "[club_type.academie]"), texts);
    EXPECT_THAT(keys(typed), ElementsAre("/club_type.sportclub", "/club_type.academie"));
    const auto day = agreement_differences(plain(), with("decision = \"09-30\"", "decision = \"10-15\""), texts);
    EXPECT_THAT(keys(day), ElementsAre("/club_type.sportclub.decision"));
}

/// One trial, then enrolled at the scouts: achieved when one session is enough.
testing::Case one_trial() {
    testing::Case c;
    c.events = {{"e1", "2025-09-10", "trial", "scouts", {}}, {"e2", "2025-09-20", "enrol", "scouts", {}}};
    return c;
}

TEST(CompareOutcomes, ListsExactlyWhoChangesAndWhy) {
    const FactBase facts = testing::facts_of(one_trial());
    const Outcomes out =
        compare_outcomes(facts, plain(), with("min_trials = 2", "min_trials = 1"), Date::parse_iso("2026-01-10").value(), load_texts("nl"));
    ASSERT_EQ(out.changes.size(), 1U);
    const OutcomeChange& change = out.changes[0];
    EXPECT_EQ(change.source, "crm");
    EXPECT_EQ(change.trajectory, "T");
    EXPECT_EQ(change.definition, "D1");
    EXPECT_EQ(change.a.status, Status::NotAchieved);
    EXPECT_EQ(change.a.reason, "trials_missing");
    EXPECT_EQ(change.b.status, Status::Achieved);
    EXPECT_EQ(change.b.reason, "enrolled_after_trials");
    EXPECT_THAT(change.a.explanation, HasSubstr("te weinig proefsessies"));
    EXPECT_THAT(change.b.explanation, HasSubstr("20/09/2025"));
    EXPECT_EQ(out.statuses_changed(), 1);
    std::int64_t d1 = 0, all = 0;
    for (const Transition& t : out.transitions) {
        all += t.n;
        if (t.definition != "D1") continue;
        d1 += t.n;
        EXPECT_EQ(t.a, Status::NotAchieved);
        EXPECT_EQ(t.b, Status::Achieved);
    }
    EXPECT_EQ(d1, 1);
    EXPECT_EQ(all, 5);  // one trajectory under five definitions
}

TEST(CompareOutcomes, NobodyChangesUnderTheSameAgreement) {
    const Outcomes out =
        compare_outcomes(testing::facts_of(one_trial()), plain(), plain(), Date::parse_iso("2026-04-01").value(), load_texts("en"));
    EXPECT_THAT(out.changes, IsEmpty());
    EXPECT_EQ(out.transitions.size(), 5U);
}

TEST(CompareOutcomes, CountsAnotherReasonApartFromAnotherStatus) {
    testing::Case lost;
    lost.events = {{"e1", "2025-10-01", "lost", "", {}}};
    // Not decided in time: unknown, because contact was lost or because silence means so.
    const Agreement b = with("lost_contact_means = \"unknown\"", "lost_contact_means = \"excluded\"");
    const Date day = Date::parse_iso("2026-04-01").value();
    const Outcomes out = compare_outcomes(testing::facts_of(lost), plain(), b, day, load_texts("en"));
    EXPECT_EQ(out.statuses_changed(), 4);  // D1, and D2, D3 and D2Z that take it over
    // Excluded as before, for the strategy and no longer for the age.
    testing::Case old;
    old.age = "30";
    const Agreement strict = with("strategies = [\"individuele_toeleiding\"]", "strategies = [\"bottom_up\"]");
    const Outcomes reasons = compare_outcomes(testing::facts_of(old), plain(), strict, day, load_texts("en"));
    EXPECT_EQ(reasons.changes.size(), 5U);
    EXPECT_EQ(reasons.statuses_changed(), 0);
    EXPECT_EQ(reasons.changes[0].a.reason, "age_out_of_scope");
    EXPECT_EQ(reasons.changes[0].b.reason, "strategy_out_of_scope");
}

TEST(CompareOutcomes, ForeignAgreementsCompareWhatBothHave) {
    const FactBase facts = testing::facts_of(one_trial());
    const Agreement other = with("id = \"J1\"", "id = \"J2\"");
    const Outcomes out = compare_outcomes(facts, plain(), other, Date::parse_iso("2026-01-10").value(), load_texts("nl"));
    EXPECT_THAT(out.changes, IsEmpty());
    for (const Transition& t : out.transitions) EXPECT_NE(t.definition, "J1");
}

TEST(CompareOutcomes, VersionsOfAnotherTimeAreTriedAllTheSame) {
    const Agreement old = with("effective_from = 2025-07-01", "effective_from = 2015-07-01\nto = 2016-06-30");
    const Outcomes out =
        compare_outcomes(testing::facts_of(one_trial()), old, plain(), Date::parse_iso("2026-01-10").value(), load_texts("nl"));
    EXPECT_THAT(out.changes, IsEmpty());
    EXPECT_EQ(out.transitions[0].definition, "D1");
    EXPECT_EQ(out.transitions[0].a, Status::NotAchieved);
}

}  // namespace
}  // namespace brugwacht
