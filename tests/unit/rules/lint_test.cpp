#include "engine/rules/lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/seeded_children.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string example() { return std::string(resource("config/agreements/voorbeeldstad.toml").value()); }
std::string initial() { return std::string(resource("config/agreements/init.toml").value()); }

std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::vector<LintFinding> lint_of(const std::vector<std::string>& files) {
    std::vector<Agreement> agreements;
    for (const std::string& toml : files) agreements.push_back(parse_agreement(toml, "a.toml"));
    return lint(agreements);
}

/// "warning AGL-010", sorted.
std::vector<std::string> shown(const std::vector<LintFinding>& findings) {
    std::vector<std::string> out;
    for (const LintFinding& finding : findings) out.push_back(std::string(name(finding.level)) + " " + finding.fault.code);
    std::sort(out.begin(), out.end());
    return out;
}

TEST(Lint, FindsNothingInTheShippedExample) { EXPECT_THAT(shown(lint_of({example()})), IsEmpty()); }

TEST(Lint, OnlyRemarksThatTheProposalOfANewProjectIsUnsigned) {
    EXPECT_THAT(shown(lint_of({initial()})), ElementsAre("note AGL-016"));
    EXPECT_THAT(shown(lint_of({with(initial(), "agreed_on = 2000-01-01", "agreed_on = 1999-01-01")})), ElementsAre("warning AGL-016"));
}

struct Fires {
    const char* from;
    const char* to;
    const char* finding;
    const char* where;
};

class LintCheck : public testing::TestWithParam<Fires> {};

TEST_P(LintCheck, FiresAloneAndSaysWhere) {
    const std::vector<LintFinding> findings = lint_of({with(example(), GetParam().from, GetParam().to)});
    ASSERT_THAT(shown(findings), ElementsAre(GetParam().finding));
    EXPECT_EQ(findings[0].fault.where, GetParam().where);
    EXPECT_EQ(findings[0].fault.file, "a.toml");
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        EXPECT_THAT(finding_text(findings[0], texts), HasSubstr(findings[0].fault.code));
        EXPECT_THAT(finding_text(findings[0], texts), testing::Not(HasSubstr("«")));
        EXPECT_THAT(texts(findings[0].fault.code + ".remedy", findings[0].fault.args), testing::Not(HasSubstr("«")));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Checks, LintCheck,
    testing::Values(
        Fires{"window = [\"P6M\", \"P8M\"]", "window = [\"P8M\", \"P6M\"]\nby_club_type.sportclub.window = [\"P6M\", \"P8M\"]",
              "error AGL-001", "definition.D2.window"},
        Fires{"pause = \"extend_end\"", "by_club_type.sportclub.window = [\"P8M\", \"P6M\"]\npause = \"extend_end\"", "error AGL-001",
              "definition.D2.by_club_type.sportclub.window"},
        Fires{"decision = \"10-31\"", "decision = \"06-15\"", "error AGL-002", "club_type.jeugdbeweging.decision"},
        Fires{"effective_from = 2025-07-01", "effective_from = 2025-06-18", "warning AGL-010", "agreement.effective_from"},
        Fires{"closed = [\"06-01/07-31\"]", "closed = [\"05-01/07-31\"]", "warning AGL-011", "definition.D2.window"},
        Fires{"min_trials = 2", "min_trials = 0", "warning AGL-012", "definition.D1.min_trials"},
        Fires{"late_counts = true\nabsence_means = \"not_achieved\"",
              "late_counts = true\nby_club_type.jeugdhuis.min_trials = 0\nabsence_means = \"not_achieved\"", "warning AGL-012",
              "definition.D1.by_club_type.jeugdhuis.min_trials"},
        Fires{"max_gap_days = 0 ", "max_gap_days = 64 ", "warning AGL-013", "definition.D2.max_gap_days"},
        Fires{"support = \"none\"", "support = \"any\"", "warning AGL-014", "definition.D2Z.of"},
        Fires{"label = \"Neemt nog deel na 6 à 8 maanden, zonder ondersteuning\"", "", "warning AGL-015", "definition.D2Z.label"},
        Fires{"agreed_by = [\"Stuurgroep vrije tijd\", \"Jeugddienst\", \"Chiro\", \"Voetbalclub\"]", "agreed_by = []", "warning AGL-016",
              "agreement.agreed_by"},
        Fires{"decide_after = \"P6M\"", "decide_after = \"P18M1D\"", "warning AGL-017", "definition.D1.decide_after"},
        Fires{"decide_after = \"P3M\"", "decide_after = \"P2Y\"", "warning AGL-017", "definition.J1.decide_after"},
        Fires{"closed_at_end = \"P1M\" ", "closed_at_end = \"P9M\" ", "warning AGL-017", "definition.D2.window"},
        Fires{"decision = \"09-30\"", "decision = \"11-30\"", "warning AGL-017", "definition.D3.decision"},
        Fires{"min_trials = 2", "min_trials = 99", "warning AGL-018", "definition.D1.kind"},
        Fires{"{ at_least = 5, events = [\"attend\"], distinct = \"day\", club_type = \"jeugdhuis\", within = \"P3M\" }", "",
              "warning AGL-018", "definition.J1.kind"},
        Fires{"at_least = 5,", "at_least = 200,", "warning AGL-018", "definition.J1.kind"},
        Fires{"school_holidays = \"besluit-1991\"", "school_holidays = [\"2025-10-27/2025-11-02\", \"2025-11-02/2025-11-09\"]",
              "note AGL-021", "calendar.school_holidays"},
        Fires{"dates = [\"03-31\", \"06-30\", \"09-30\", \"12-31\"]", "", "warning AGL-022", "reporting.dates"},
        Fires{"date = 2025-12-15", "date = 2025-06-30", "warning AGL-023", "follow_up.date"},
        Fires{"indicator = \"follow_up_rate\"", "indicator = \"signal\"", "warning AGL-024", "goal.indicator"},
        Fires{"pause = \"extend_end\"", "by_club_type.sportclub.club = \"any\"\npause = \"extend_end\"", "note AGL-025",
              "definition.D2.by_club_type.sportclub"},
        Fires{"late_counts = true\nabsence_means = \"not_achieved\"",
              "late_counts = true\nby_club_type.jeugdhuis.decide_after = \"P3M\"\nabsence_means = \"not_achieved\"", "warning AGL-025",
              "definition.D1.by_club_type.jeugdhuis"},
        Fires{"not_achieved = {", "by_club_type.jeugdhuis.decide_after = \"P4M\"\nnot_achieved = {", "warning AGL-025",
              "definition.J1.by_club_type.jeugdhuis"},
        Fires{"within = \"P3M\"", "within = \"P4M\"", "warning AGL-026", "definition.J1.achieved"},
        Fires{"{ all_of = [{ at_least = 5, events = [\"attend\"], distinct = \"day\", club_type = \"jeugdhuis\", within = \"P3M\" }] }",
              "{ happened = \"attend\", within = \"P93D\" }", "warning AGL-026", "definition.J1.achieved"},
        Fires{"supersedes = 2", "supersedes = 3", "warning AGL-027", "agreement.supersedes"},
        Fires{"provisional_days = 21\nprovisional_floor = \"10-15\"", "", "warning AGL-028",
              "club_type.jeugdbeweging_proefinschrijving.trial_model"},
        Fires{"trial_model = \"provisional\"", "trial_model = \"before\"", "note AGL-029",
              "club_type.jeugdbeweging_proefinschrijving.provisional_days"},
        Fires{"small_n = 5", "small_n = 4", "note AGL-030", "counting.small_n"},
        Fires{"publish_n = 10", "publish_n = 9", "note AGL-030", "counting.publish_n"},
        Fires{"change_note = \"Proefsessies van 1 naar 2\"", "", "note AGL-032", "agreement.change_note"}));

TEST(Lint, NamesEventListsThatAreEmptyAndThatNobodyCanThenAchieve) {
    EXPECT_THAT(shown(lint_of({with(example(), "trial_events = [\"trial\", \"attend\"]", "trial_events = []")})),
                ElementsAre("warning AGL-018", "warning AGL-031"));
    EXPECT_THAT(shown(lint_of({with(example(), "events = [\"attend\", \"check_yes\"]", "events = []")})),
                ElementsAre("warning AGL-018", "warning AGL-031"));  // of the variant nothing again
}

TEST(Lint, HolidaysThatAreLeftOutHaveToBeAgreed) {
    std::string text = with(example(), "max_gap_days = 0 ", "max_gap_days = 40 ");
    text = with(text, "gap_excludes = [\"closed\", \"pause\"]", "gap_excludes = [\"school_holidays\"]");
    EXPECT_THAT(shown(lint_of({text})), IsEmpty());
    text = with(text, "school_holidays = \"besluit-1991\"", "");
    EXPECT_THAT(shown(lint_of({text})), ElementsAre("warning AGL-020"));
}

TEST(Lint, ALabelMayDenyTrials) {
    for (const char* label :
         {"Ingeschreven, ook zonder proefsessies", "Inscrit sans séance d'essai", "Enrolled without trial sessions", "Lid"})
        EXPECT_THAT(shown(lint_of({with(with(example(), "Ingeschreven na proefsessies", label), "min_trials = 2", "min_trials = 0")})),
                    IsEmpty())
            << label;
    for (const char* label : {"Inscrit après des séances d'essai", "Enrolled after trial sessions", "Lid na proeflessen"})
        EXPECT_THAT(shown(lint_of({with(with(example(), "Ingeschreven na proefsessies", label), "min_trials = 2", "min_trials = 0")})),
                    ElementsAre("warning AGL-012"))
            << label;
}

TEST(Lint, VersionsMayNotOverlap) {
    const std::string next = with(with(example(), "version = 3 ", "version = 4 "), "supersedes = 2", "supersedes = 2");
    EXPECT_THAT(shown(lint_of({example(), next})), ElementsAre("error AGR-020"));
    const std::string replacing =
        with(with(next, "supersedes = 2", "supersedes = 3"), "effective_from = 2025-07-01", "effective_from = 2025-11-01");
    EXPECT_THAT(shown(lint_of({example(), replacing})), IsEmpty());
}

TEST(Lint, WhatTheReaderSaysComesInTheSameList) {
    const TempDir dir;
    std::string text = with(example(), "min_trials = 2", "min_trails = 2");
    text = with(text, "decision = \"09-30\"", "");
    write_bytes(dir.path() / "broken.toml", text);
    write_bytes(dir.path() / "good.toml", example());
    const auto disk = disk_files();
    const LintResult result = lint_files({dir.path() / "broken.toml", dir.path() / "good.toml"}, *disk);
    EXPECT_THAT(shown(result.findings), ElementsAre("error AGL-003", "error CFG-001"));
    EXPECT_EQ(result.agreements.size(), 1U);
    EXPECT_EQ(result.count(LintLevel::Error), 2);
    EXPECT_THROW(refuse_errors(result.findings), Error);
    const auto calendar = std::find_if(result.findings.begin(), result.findings.end(),
                                       [](const LintFinding& finding) { return finding.fault.code == "AGL-003"; });
    EXPECT_THAT(finding_text(*calendar, load_texts("nl")), HasSubstr("sportclub"));
}

TEST(Lint, WarningsRefuseNothing) {
    EXPECT_NO_THROW(refuse_errors(lint_of({with(example(), "effective_from = 2025-07-01", "effective_from = 2025-06-18")})));
}

TEST(Lint, AWorkbookPrintsTheWarningsOnlyAndNoPlaceOfAnyFile) {
    std::string text = with(example(), "effective_from = 2025-07-01", "effective_from = 2025-06-18");
    text = with(text, "small_n = 5", "small_n = 4");
    EXPECT_THAT(printed_warnings(lint_of({text}), load_texts("nl")),
                ElementsAre("WAARSCHUWING: De afspraak geldt vanaf 2025-06-18, maar is pas op 2025-06-19 gemaakt: ze werkt terug."));
}

TEST(Lint, AFileTooLargeForAnAgreementIsRefusedUnread) {
    const TempDir dir;
    write_bytes(dir.path() / "large.toml", example() + std::string(2 * kLargestAgreement, '#'));
    const auto disk = disk_files();
    EXPECT_THAT(shown(lint_files({dir.path() / "large.toml"}, *disk).findings), ElementsAre("error AGR-016"));
}

TEST(SeededChildren, AreTheSameEveryTimeAndMeetEveryStatus) {
    const Agreement a = parse_agreement(example(), "a.toml");
    const SeededChildren children = seeded_children(a);
    EXPECT_EQ(seeded_children(a).facts.fact_count(), children.facts.fact_count());
    EXPECT_GT(children.facts.trajectories().size(), 200U);
    const Agreement tried = always_in_force(a);
    ClassifyRequest request;
    request.as_of = children.as_of;
    const ClassificationSet set = classify(children.facts, std::span(&tried, 1), request);
    for (std::size_t i = 0; i < set.definition_ids.size(); ++i) {
        std::vector<Status> statuses;
        for (const Classification& c : set.results)
            if (c.definition == i && std::find(statuses.begin(), statuses.end(), c.status) == statuses.end()) statuses.push_back(c.status);
        EXPECT_GE(statuses.size(), 3U) << set.definition_ids[i];
        EXPECT_EQ(std::count(statuses.begin(), statuses.end(), Status::Pending), 0) << set.definition_ids[i];
    }
}

/// A condition with every filter there is can be met by somebody.
TEST(SeededChildren, MeetConditionsThatCanBeMet) {
    for (const char* condition :
         {"{ at_least = 20, events = [\"attend\"], distinct = \"day\", club = \"C9\", kind = \"taal\", reason = \"x\", after = \"P2M\" }",
          "{ happened = \"support\", support = \"with\" }", "{ at_least = 3, events = [\"trial\"], club = \"same\", within = \"P1M\" }",
          "{ happened = \"attend\", after = 2026-02-01, before = 2026-02-03 }",
          "{ any_of = [{ all_of = [{ happened = \"enrol\" }, { never = \"stop\", within = \"P1M\" }] }] }"}) {
        const std::string text =
            with(example(), "{ at_least = 5, events = [\"attend\"], distinct = \"day\", club_type = \"jeugdhuis\", within = \"P3M\" }",
                 condition);
        EXPECT_THAT(shown(lint_of({text})), IsEmpty()) << condition;
    }
}

}  // namespace
}  // namespace brugwacht
