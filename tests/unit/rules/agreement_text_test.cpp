#include "engine/rules/agreement_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"

namespace brugwacht {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string example() { return std::string(resource("config/agreements/voorbeeldstad.toml").value()); }
std::string initial() { return std::string(resource("config/agreements/init.toml").value()); }

std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// An agreement that uses every key the format has, one a line.
const std::string kEveryKey = R"(schema = "toeleiding/1"
[agreement]
id = "alles"
version = 2
title = "Titel"
agreed_by = ["Stuurgroep", "Chiro"]
agreed_on = 2025-06-19
effective_from = 2025-07-01
to = 2029-06-30
applies_by = "trajectory_start"
supersedes = 1
change_note = "Nieuw"
[calendar]
month_rule = "clamp"
edges = "inclusive"
school_holidays = ["2025-10-27/2025-11-02"]
[scope]
strategies = ["individuele_toeleiding"]
age_at = "trajectory_start"
age_min = 5
age_max = 17
[competing]
reasons = ["moved", "aged_out"]
treat_as = "excluded"
[counting]
unit = "trajectory"
child_rollup = ["achieved", "pending", "unknown", "not_achieved", "excluded"]
small_n = 6
publish_n = 12
interval = "wilson95"
follow_up_target = 0.80
[club_type.jeugdbeweging]
year_start = "09-01"
registration_opens = "07-01"
decision = "10-31"
closed = ["07-01/08-31"]
trial_model = "provisional"
provisional_days = 21
provisional_floor = "10-15"
[club_type.jeugdhuis]
like = "jeugdbeweging"
closed = []
[[definition]]
id = "D1"
kind = "enrolment"
label = "Ingeschreven"
min_trials = 2
missing_trials = "not_achieved"
trial_events = ["trial", "attend"]
distinct = "day"
trial_club = "same"
decide_after = "P6M"
decide_from = "trajectory_start"
late_counts = true
absence_means = "not_achieved"
lost_contact_means = "unknown"
[definition.by_club_type.jeugdhuis]
trial_club = "any"
[[definition]]
id = "D2"
kind = "still_participating"
label = "Neemt nog deel"
anchor = "first_effective_enrolment"
window = ["P6M", "P8M"]
club = "any"
support = "any"
max_gap_days = 60
gap_excludes = ["closed", "pause"]
pause = "extend_end"
closed_at_end = "P1M"
later_participation_counts = true
early_negative = true
absent_registers_min = 3
absence_means = "unknown"
no_anchor = "inherit:D1"
[definition.proof]
events = ["attend", "check_yes"]
min = 2
min_days_per_month = 1
[[definition]]
id = "D3"
kind = "re_enrolment"
label = "Opnieuw"
anchor = "first_effective_enrolment"
club = "any"
cross_calendar = "nearest_start"
late_counts = true
absence_means = "unknown"
confirmed_list_absence = "not_achieved"
no_anchor = "inherit:D1"
[[definition]]
id = "J1"
kind = "composed"
label = "Eigen"
anchor = "first_effective_enrolment"
decide_after = "P3M"
absence_means = "unknown"
no_anchor = "excluded"
[[definition.achieved.all_of]]
at_least = 5
events = ["attend"]
distinct = "day"
within = "P3M"
before = "P2M"
after = "P1M"
club_type = "jeugdhuis"
club = "C1"
kind = "vervoer"
reason = "moved"
support = "none"
[[definition.achieved.all_of]]
never = ["stop"]
[[definition.not_achieved.any_of]]
happened = ["close"]
[[definition.not_achieved.any_of]]
happened = ["check_no"]
[[variant]]
id = "D2Z"
of = "D2"
label = "zonder ondersteuning"
support = "none"
[reporting]
dates = ["06-30", "12-31"]
[[follow_up]]
date = 2025-12-15
with = "leidinggevende"
topic = "opvolging"
[[goal]]
indicator = "enrolled"
target = 0.80
period = "2025-2026"
agreed_on = 2025-06-20
)";

struct Change {
    const char* from;
    const char* to;
};

/// One change for each key that may have more than one value.
const std::vector<Change> kChanges{
    {"id = \"alles\"", "id = \"niets\""},
    {"version = 2", "version = 3"},
    {"title = \"Titel\"", "title = \"Andere titel\""},
    {"agreed_by = [\"Stuurgroep\", \"Chiro\"]", "agreed_by = [\"Stuurgroep\"]"},
    {"agreed_on = 2025-06-19", "agreed_on = 2025-06-18"},
    {"effective_from = 2025-07-01", "effective_from = 2025-07-02"},
    {"to = 2029-06-30", "to = 2029-06-29"},
    {"to = 2029-06-30\n", ""},
    {"applies_by = \"trajectory_start\"", "applies_by = \"index_event\""},
    {"applies_by = \"trajectory_start\"", "applies_by = \"report_date\""},
    {"supersedes = 1\n", ""},
    {"change_note = \"Nieuw\"", "change_note = \"Anders\""},
    {"month_rule = \"clamp\"", "month_rule = \"next_month\""},
    {"month_rule = \"clamp\"", "month_rule = \"reject\""},
    {"school_holidays = [\"2025-10-27/2025-11-02\"]", "school_holidays = [\"2025-10-27/2025-11-03\"]"},
    {"school_holidays = [\"2025-10-27/2025-11-02\"]", "school_holidays = \"besluit-1991\""},
    {"strategies = [\"individuele_toeleiding\"]", "strategies = [\"bottom_up\"]"},
    {"strategies = [\"individuele_toeleiding\"]", "strategies = []"},
    {"age_min = 5", "age_min = 6"},
    {"age_max = 17", "age_max = 18"},
    {"age_max = 17\n", ""},
    {"reasons = [\"moved\", \"aged_out\"]", "reasons = [\"moved\"]"},
    {"treat_as = \"excluded\"", "treat_as = \"not_achieved\""},
    {"unit = \"trajectory\"", "unit = \"child\""},
    {"[\"achieved\", \"pending\", \"unknown\", \"not_achieved\", \"excluded\"]",
     "[\"achieved\", \"unknown\", \"pending\", \"not_achieved\", \"excluded\"]"},
    {"child_rollup = [\"achieved\", \"pending\"", "child_rollup = [\"pending\", \"achieved\""},
    {"small_n = 6", "small_n = 7"},
    {"publish_n = 12", "publish_n = 11"},
    {"interval = \"wilson95\"", "interval = \"none\""},
    {"follow_up_target = 0.80", "follow_up_target = 0.75"},
    {"year_start = \"09-01\"", "year_start = \"09-02\""},
    {"registration_opens = \"07-01\"", "registration_opens = \"07-02\""},
    {"decision = \"10-31\"", "decision = \"10-30\""},
    {"closed = [\"07-01/08-31\"]", "closed = [\"07-01/08-30\"]"},
    {"closed = []", "closed = [\"07-01/08-30\"]"},
    {"trial_model = \"provisional\"", "trial_model = \"before\""},
    {"provisional_days = 21", "provisional_days = 22"},
    {"provisional_floor = \"10-15\"", "provisional_floor = \"10-16\""},
    {"provisional_floor = \"10-15\"\n", ""},
    {"label = \"Ingeschreven\"", "label = \"Lid\""},
    {"min_trials = 2", "min_trials = 1"},
    {"min_trials = 2", "min_trials = 0"},
    {"missing_trials = \"not_achieved\"", "missing_trials = \"wait\""},
    {"trial_events = [\"trial\", \"attend\"]", "trial_events = [\"trial\"]"},
    {"distinct = \"day\"\ntrial_club", "distinct = \"event\"\ntrial_club"},
    {"trial_club = \"same\"", "trial_club = \"any\""},
    {"decide_after = \"P6M\"", "decide_after = \"P6M1D\""},
    {"late_counts = true\nabsence_means = \"not_achieved\"", "late_counts = false\nabsence_means = \"not_achieved\""},
    {"absence_means = \"not_achieved\"\nlost", "absence_means = \"unknown\"\nlost"},
    {"lost_contact_means = \"unknown\"", "lost_contact_means = \"excluded\""},
    {"[definition.by_club_type.jeugdhuis]\ntrial_club = \"any\"", "[definition.by_club_type.jeugdhuis]\ntrial_club = \"same\""},
    {"trial_club = \"any\"", "min_trials = 1"},
    {"label = \"Neemt nog deel\"", "label = \"Blijft\""},
    {"window = [\"P6M\", \"P8M\"]", "window = [\"P5M\", \"P8M\"]"},
    {"window = [\"P6M\", \"P8M\"]", "window = [\"P6M\", \"P34W\"]"},
    {"club = \"any\"\nsupport", "club = \"same\"\nsupport"},
    {"support = \"any\"", "support = \"with\""},
    {"max_gap_days = 60", "max_gap_days = 61"},
    {"max_gap_days = 60", "max_gap_days = 0"},
    {"gap_excludes = [\"closed\", \"pause\"]", "gap_excludes = [\"closed\"]"},
    {"gap_excludes = [\"closed\", \"pause\"]", "gap_excludes = [\"closed\", \"pause\", \"school_holidays\"]"},
    {"gap_excludes = [\"closed\", \"pause\"]", "gap_excludes = []"},
    {"pause = \"extend_end\"", "pause = \"shift\""},
    {"pause = \"extend_end\"", "pause = \"ignore\""},
    {"closed_at_end = \"P1M\"", "closed_at_end = \"P2W\""},
    {"closed_at_end = \"P1M\"\n", ""},
    {"later_participation_counts = true", "later_participation_counts = false"},
    {"early_negative = true", "early_negative = false"},
    {"absent_registers_min = 3", "absent_registers_min = 4"},
    {"absent_registers_min = 3", "absent_registers_min = 0"},
    {"absent_registers_min = 3\nabsence_means = \"unknown\"", "absent_registers_min = 3\nabsence_means = \"not_achieved\""},
    {"no_anchor = \"inherit:D1\"\n[definition.proof]", "no_anchor = \"unknown\"\n[definition.proof]"},
    {"events = [\"attend\", \"check_yes\"]", "events = [\"attend\"]"},
    {"min = 2\nmin_days", "min = 3\nmin_days"},
    {"min_days_per_month = 1", "min_days_per_month = 2"},
    {"label = \"Opnieuw\"", "label = \"Weer\""},
    {"club = \"any\"\ncross", "club = \"same\"\ncross"},
    {"late_counts = true\nabsence_means = \"unknown\"", "late_counts = false\nabsence_means = \"unknown\""},
    {"absence_means = \"unknown\"\nconfirmed", "absence_means = \"not_achieved\"\nconfirmed"},
    {"confirmed_list_absence = \"not_achieved\"", "confirmed_list_absence = \"unknown\""},
    {"no_anchor = \"inherit:D1\"\n[[definition]]", "no_anchor = \"pending\"\n[[definition]]"},
    {"label = \"Eigen\"", "label = \"Onze\""},
    {"anchor = \"first_effective_enrolment\"\ndecide_after", "anchor = \"trajectory_start\"\ndecide_after"},
    {"anchor = \"first_effective_enrolment\"\ndecide_after", "anchor = \"first:attend\"\ndecide_after"},
    {"decide_after = \"P3M\"", "decide_after = \"P4M\""},
    {"decide_after = \"P3M\"\nabsence_means = \"unknown\"", "decide_after = \"P3M\"\nabsence_means = \"not_achieved\""},
    {"no_anchor = \"excluded\"", "no_anchor = \"pending\""},
    {"at_least = 5", "at_least = 6"},
    {"events = [\"attend\"]\n", "events = [\"attend\", \"trial\"]\n"},
    {"distinct = \"day\"\nwithin", "distinct = \"event\"\nwithin"},
    {"within = \"P3M\"", "within = \"P2M\""},
    {"within = \"P3M\"\n", ""},
    {"before = \"P2M\"", "before = \"P3M\""},
    {"before = \"P2M\"", "before = 2027-01-01"},
    {"after = \"P1M\"\n", "after = 2025-01-01\n"},
    {"after = \"P1M\"\nclub", "after = \"P2M\"\nclub"},
    {"club_type = \"jeugdhuis\"", "club_type = \"jeugdbeweging\""},
    {"club = \"C1\"", "club = \"C2\""},
    {"club = \"C1\"", "club = \"same\""},
    {"kind = \"vervoer\"", "kind = \"taal\""},
    {"reason = \"moved\"", "reason = \"aged_out\""},
    {"support = \"none\"\n[[definition.achieved", "support = \"with\"\n[[definition.achieved"},
    {"never = [\"stop\"]", "never = [\"lost\"]"},
    {"never = [\"stop\"]", "happened = [\"stop\"]"},
    {"happened = [\"close\"]", "happened = [\"lost\"]"},
    {"happened = [\"check_no\"]", "happened = [\"lost\"]"},
    {"label = \"zonder ondersteuning\"", "label = \"zelfstandig\""},
    {"support = \"none\"\n[reporting]", "support = \"with\"\n[reporting]"},
    {"dates = [\"06-30\", \"12-31\"]", "dates = [\"06-30\"]"},
    {"date = 2025-12-15", "date = 2025-12-16"},
    {"with = \"leidinggevende\"", "with = \"schepen\""},
    {"topic = \"opvolging\"", "topic = \"cijfers\""},
    {"indicator = \"enrolled\"", "indicator = \"signals\""},
    {"target = 0.80\nperiod", "target = 0.70\nperiod"},
    {"period = \"2025-2026\"", "period = \"2026-2027\""},
    {"agreed_on = 2025-06-20", "agreed_on = 2025-06-21"},
};

/// Keys that can have one value only, or that name something else in the file.
const std::vector<std::string> kFixed{"schema", "edges", "age_at", "decide_from", "cross_calendar", "like", "of", "kind", "id", "anchor"};

std::vector<std::string> text_of(const std::string& toml, const Texts& texts) {
    return agreement_text(parse_agreement(toml, "a.toml"), texts);
}

TEST(AgreementText, EveryChangeOfTheAgreementChangesTheText) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        const std::vector<std::string> before = text_of(kEveryKey, texts);
        for (const Change& change : kChanges)
            EXPECT_NE(text_of(with(kEveryKey, change.from, change.to), texts), before)
                << language << ": " << change.from << " -> " << change.to;
    }
}

TEST(AgreementText, TheTableOfChangesNamesEveryKeyOfTheFile) {
    std::vector<bool> touched(kEveryKey.size(), false);
    for (const Change& change : kChanges) {
        const std::string from = change.from;
        const std::size_t at = kEveryKey.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        std::fill_n(touched.begin() + static_cast<std::ptrdiff_t>(at), from.size(), true);
    }
    static const std::regex kKey("([a-z_]+) = ");
    for (auto it = std::sregex_iterator(kEveryKey.begin(), kEveryKey.end(), kKey); it != std::sregex_iterator(); ++it) {
        const std::string key = (*it)[1].str();
        if (std::find(kFixed.begin(), kFixed.end(), key) != kFixed.end()) continue;
        EXPECT_TRUE(touched[static_cast<std::size_t>(it->position())]) << key << " at " << it->position();
    }
}

/// An unknown key in a table makes the parser tell every key it knows there.
TEST(AgreementText, TheFileOfTheTestUsesEveryKeyTheParserKnows) {
    const std::vector<std::string> optional{"effective_to", "by_club_type", "proof", "achieved", "not_achieved", "like", "edges"};
    static const std::regex kHeader(R"((^|\n)(\[[^"\n]+\])\n)");
    int tables = 0;
    for (auto it = std::sregex_iterator(kEveryKey.begin(), kEveryKey.end(), kHeader); it != std::sregex_iterator(); ++it) {
        const std::string header = (*it)[2].str();
        if (header == "[[variant]]" || header.find("by_club_type") != std::string::npos) continue;  // keys of a definition
        const std::size_t begin = static_cast<std::size_t>(it->position(2)) + header.size();
        const std::string block = kEveryKey.substr(begin, kEveryKey.find("\n[", begin) - begin);
        std::string broken = kEveryKey;
        broken.insert(begin, "\nzzzzzz = 1");
        std::string known;
        try {
            parse_agreement(broken, "a.toml");
            ADD_FAILURE() << header;
        } catch (const Error& error) {
            for (const auto& [name, value] : error.first().args)
                if (name == "known") known = std::get<std::string>(value);
        }
        ++tables;
        std::istringstream keys(known);
        for (std::string key; std::getline(keys, key, ',');) {
            key.erase(0, key.find_first_not_of(' '));
            if (std::find(optional.begin(), optional.end(), key) != optional.end()) continue;
            if (header.starts_with("[club_type.jeugdhuis") || header.find("_of]]") != std::string::npos) {
                EXPECT_NE(kEveryKey.find("\n" + key + " = "), std::string::npos) << header << " " << key;
            } else {
                EXPECT_NE(block.find("\n" + key + " = "), std::string::npos) << header << " " << key;
            }
        }
    }
    EXPECT_GE(tables, 18);
}

TEST(AgreementText, SaysInDutchWhatIsSigned) {
    const std::vector<std::string> lines = text_of(example(), load_texts("nl"));
    EXPECT_EQ(lines[0], "Afspraak voorbeeldstad, versie 3: Wanneer is een toeleiding geslaagd?");
    EXPECT_THAT(lines, Contains("Afgesproken op 19/06/2025 door Stuurgroep vrije tijd, Jeugddienst, Chiro en Voetbalclub."));
    EXPECT_THAT(lines, Contains("Ze geldt vanaf 01/07/2025, tot een volgende versie haar vervangt."));
    EXPECT_THAT(lines,
                Contains("Behaald op de dag waarop een inschrijving ingaat, als er ten laatste die dag minstens 2 proefsessies waren."));
    EXPECT_THAT(lines, Contains("Deelname moet blijken tussen 6 maanden en 8 maanden na die dag."));
    EXPECT_THAT(lines, Contains("Behaald als dit klopt: op minstens 5 dagen aanwezigheid, bij een vereniging van de soort jeugdhuis, "
                                "binnen 3 maanden na het begin."));
    EXPECT_THAT(lines, Contains("Een inschrijving is eerst voorlopig: ze gaat in na 21 dagen en niet voor 15/10. Wie voordien stopt, was "
                                "niet ingeschreven."));
    EXPECT_THAT(lines, Contains("Inschrijven voor een werkjaar kan vanaf 01/12 van het jaar ervoor."));
    for (const std::string& line : lines) EXPECT_THAT(line, Not(HasSubstr("«")));
}

TEST(AgreementText, AVariantSaysOnlyWhatDiffers) {
    const Texts texts = load_texts("nl");
    for (const AgreementSection& section : agreement_sections(parse_agreement(example(), "a.toml"), texts)) {
        if (!section.heading.starts_with("D2Z")) continue;
        ASSERT_EQ(section.clauses.size(), 2U);
        EXPECT_EQ(section.clauses[0].text, "Zoals D2, behalve wat hierna staat.");
        EXPECT_EQ(section.clauses[1].key, "support");
        return;
    }
    FAIL() << "no section of the variant";
}

TEST(AgreementText, AnExceptionForAKindOfClubIsToldWithIt) {
    const Agreement a = parse_agreement(kEveryKey, "a.toml");
    const std::vector<Clause> clauses = definition_clauses(a, *a.definition("D1"), load_texts("nl"));
    EXPECT_EQ(clauses.back().key, "by_club_type.jeugdhuis.trial_club");
    EXPECT_EQ(
        clauses.back().text,
        "Voor een vereniging van de soort jeugdhuis geldt in de plaats: De proefsessies mogen bij om het even welke vereniging zijn.");
}

TEST(AgreementText, ConditionsKeepTheirBrackets) {
    const std::string nested = with(example(),
                                    "achieved = { all_of = [{ at_least = 5, events = [\"attend\"], distinct = \"day\", club_type = "
                                    "\"jeugdhuis\", within = \"P3M\" }] }",
                                    "achieved = { all_of = [{ any_of = [{ happened = \"enrol\" }, { happened = \"trial\", after = \"P1M\" "
                                    "}] }, { never = \"stop\" }] }");
    const Agreement a = parse_agreement(nested, "a.toml");
    const std::vector<Clause> clauses = definition_clauses(a, *a.definition("J1"), load_texts("nl"));
    EXPECT_EQ(clauses[2].text,
              "Behaald als dit klopt: al dit samen: (minstens één hiervan: minstens één keer inschrijving; minstens één keer proefsessie, "
              "meer dan 1 maand na het begin); geen enkele keer stopzetting.");
}

TEST(AgreementText, LeavesALineForEachPartyToSign) {
    const Agreement a = parse_agreement(example(), "a.toml");
    const AgreementSection section = signature_section(a, load_texts("nl"));
    EXPECT_EQ(section.clauses.size(), 6U);
    EXPECT_THAT(section.clauses[0].text, HasSubstr(a.rules_hash));
    EXPECT_THAT(section.clauses[5].text, HasSubstr("Voetbalclub"));
    EXPECT_THAT(signature_section(parse_agreement(initial(), "a.toml"), load_texts("nl")).clauses.back().text, HasSubstr("agreed_by"));
}

TEST(AgreementText, ExistsInEveryLanguageWithoutHoles) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for (const std::string& toml : {example(), initial(), kEveryKey}) {
            const std::vector<std::string> lines = text_of(toml, texts);
            EXPECT_GT(lines.size(), 60U);
            for (const std::string& line : lines) {
                EXPECT_THAT(line, Not(HasSubstr("«"))) << language;
                EXPECT_THAT(line, Not(HasSubstr("{"))) << language;
            }
        }
    }
}

}  // namespace
}  // namespace brugwacht
