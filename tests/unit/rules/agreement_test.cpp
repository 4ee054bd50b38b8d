#include "engine/rules/agreement.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"

namespace brugwacht {
namespace {

std::string example() { return std::string(resource("config/agreements/voorbeeldstad.toml").value()); }
std::string initial() { return std::string(resource("config/agreements/init.toml").value()); }

std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::vector<Fault> faults_of(const std::string& toml) {
    try {
        parse_agreement(toml, "a.toml");
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Config);
        return error.faults();
    }
    return {};
}

std::string argument(const Fault& fault, const std::string& wanted) {
    for (const auto& [key, value] : fault.args)
        if (key == wanted && std::holds_alternative<std::string>(value)) return std::get<std::string>(value);
    return {};
}

Date day(int y, int m, int d) { return Date::from_ymd(y, m, d).value(); }

TEST(AgreementFile, ShippedExampleIsReadWhole) {
    const Agreement a = parse_agreement(example(), "voorbeeldstad.toml");
    EXPECT_EQ(a.name(), "voorbeeldstad@3");
    EXPECT_EQ(a.agreed_by.size(), 4U);
    EXPECT_EQ(a.effective_from, day(2025, 7, 1));
    EXPECT_EQ(a.strategies, std::vector<std::string>{"individuele_toeleiding"});
    EXPECT_EQ(a.age_min, 5);
    EXPECT_EQ(a.competing.size(), 3U);
    EXPECT_EQ(a.report_dates.size(), 4U);
    EXPECT_EQ(a.follow_ups.size(), 1U);
    EXPECT_EQ(a.goals.size(), 1U);
    std::string ids;
    for (const Definition& d : a.definitions) ids += d.id + " ";
    EXPECT_EQ(ids, "D1 D2 D3 J1 D2Z ");
    EXPECT_EQ(a.definition("D2Z")->support, SupportRule::None);
    EXPECT_EQ(a.definition("D2Z")->variant_of, "D2");
    EXPECT_EQ(a.definition("D2Z")->absent_registers_min, 3);
    EXPECT_EQ(a.definition("D2")->window_to, (Period{8, 0}));
    EXPECT_EQ(a.definition("D2")->no_anchor_inherit, "D1");
    EXPECT_TRUE(a.holidays_computed);
}

TEST(AgreementFile, InitialAgreementIsUnsignedAndWide) {
    const Agreement a = parse_agreement(initial(), "agreement.toml");
    EXPECT_EQ(a.version, 1);
    EXPECT_TRUE(a.agreed_by.empty());
    EXPECT_EQ(a.agreed_on, day(2000, 1, 1));
    EXPECT_EQ(a.effective_from, day(2000, 1, 1));
    EXPECT_FALSE(a.effective_to);
    EXPECT_EQ(a.age_min, 3);
    EXPECT_EQ(a.age_max, 25);
    std::string ids;
    for (const Definition& d : a.definitions) ids += d.id + " ";
    EXPECT_EQ(ids, "D1 D2 D3 J1 D2Z ");
    EXPECT_EQ(a.definition("D1")->min_trials, 2);
}

TEST(AgreementFile, HashFollowsMeaningNotLayout) {
    const Agreement a = parse_agreement(example(), "a.toml");
    EXPECT_EQ(a.rules_hash.size(), 64U);
    EXPECT_EQ(parse_agreement("# a remark\n" + example() + "\n\n", "other name.toml").rules_hash, a.rules_hash);
    EXPECT_EQ(parse_agreement(with(example(), "age_min = 5\nage_max = 17", "age_max = 17\nage_min   =   5"), "a.toml").rules_hash,
              a.rules_hash);
    EXPECT_NE(parse_agreement(with(example(), "min_trials = 2", "min_trials = 3"), "a.toml").rules_hash, a.rules_hash);
    EXPECT_TRUE(a.canonical_json.starts_with("{\"agreement\":{\"agreed_by\":[")) << a.canonical_json.substr(0, 60);
}

TEST(AgreementFile, UnknownKeyIsReportedWithTheNearestOneAndItsLine) {
    const std::string text = example();
    const auto faults = faults_of(with(text, "min_trials = 2", "min_trails = 2"));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].code, "CFG-001");
    EXPECT_EQ(argument(faults[0], "nearest"), "min_trials");
    EXPECT_EQ(faults[0].file, "a.toml");
    EXPECT_EQ(
        faults[0].where,
        std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("min_trials")), '\n')) + ":14");
}

TEST(AgreementFile, KeyOfAnotherKindIsUnknown) {
    const auto faults = faults_of(with(example(), "min_trials = 2", "min_trials = 2\nwindow = [\"P6M\", \"P8M\"]"));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].code, "CFG-001");
}

TEST(AgreementFile, AllFaultsComeAtOnce) {
    std::string text = with(example(), "min_trials = 2", "min_trials = \"two\"");
    text = with(text, "decide_after = \"P6M\"", "decide_after = \"6 months\"");
    text = with(text, "year_start = \"09-01\"", "year_start = \"31-09\"");
    text = with(text, "support = \"none\"", "support = \"never\"");
    text = with(text, "age_max = 17", "age_max = 4");
    text = with(text, "schema = \"toeleiding/1\"", "schema = \"toeleiding/2\"");
    std::vector<std::string> codes;
    for (const Fault& fault : faults_of(text)) codes.push_back(fault.code);
    std::sort(codes.begin(), codes.end());
    // The wrong year start is seen again in the type that takes it over, at the same place: it counts once.
    EXPECT_EQ(codes, (std::vector<std::string>{"AGR-001", "AGR-002", "AGR-003", "AGR-008", "CFG-003", "CFG-004"}));
}

struct Hostile {
    const char* from;
    const char* to;
    const char* code;
};

class HostileAgreement : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileAgreement, IsRefusedWithItsCode) {
    const auto faults = faults_of(with(example(), GetParam().from, GetParam().to));
    ASSERT_FALSE(faults.empty());
    EXPECT_EQ(faults[0].code, GetParam().code);
    const Texts texts = load_texts("nl");
    EXPECT_TRUE(texts.has(faults[0].code + ".message")) << faults[0].code;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, HostileAgreement,
    ::testing::Values(Hostile{"of = \"D2\"", "of = \"D9\"", "AGR-005"}, Hostile{"of = \"D2\"", "", "CFG-002"},
                      Hostile{"id = \"D2Z\"", "", "CFG-002"}, Hostile{"id = \"D2Z\"", "id = \"D2\"", "AGR-014"},
                      Hostile{"id = \"D3\"", "id = \"D 3\"", "AGR-011"},
                      Hostile{"like = \"jeugdbeweging\"", "like = \"jeugdbewegin\"", "AGR-005"},
                      Hostile{"like = \"jeugdbeweging\"", "like = \"jeugdbeweging_proefinschrijving\"", "AGR-006"},
                      Hostile{"closed = [\"06-01/07-31\"]", "closed = [\"06-01\"]", "AGR-013"},
                      Hostile{"version = 3 ", "version = 0 ", "AGR-007"}, Hostile{"version = 3 ", "#", "CFG-002"},
                      Hostile{"agreed_on = 2025-06-19", "agreed_on = \"soon\"", "CFG-003"},
                      Hostile{"effective_from = 2025-07-01", "effective_from = 2025-07-01\nto = 2025-06-30", "AGR-008"},
                      Hostile{"month_rule = \"clamp\"", "month_rule = \"round\"", "CFG-004"},
                      Hostile{"edges = \"inclusive\"", "edges = \"open\"", "CFG-004"},
                      Hostile{"school_holidays = \"besluit-1991\"", "school_holidays = [\"2025-11-02/2025-10-27\"]", "AGR-004"},
                      Hostile{"\"achieved\", \"pending\"", "\"achieved\", \"achieved\"", "AGR-012"},
                      Hostile{"kind = \"enrolment\"", "kind = \"enrolments\"", "CFG-004"},
                      Hostile{"window = [\"P6M\", \"P8M\"]", "window = \"P6M\"", "CFG-003"},
                      Hostile{"window = [\"P6M\", \"P8M\"]", "window = [\"P6M\", \"8M\"]", "AGR-002"},
                      Hostile{"events = [\"attend\", \"check_yes\"]", "events = [\"attends\"]", "CFG-004"},
                      Hostile{"no_anchor = \"inherit:D1\"", "no_anchor = \"inherit:D3\"", "AGR-005"},
                      Hostile{"at_least = 5,", "at_least = 5, never = \"stop\",", "AGR-010"},
                      Hostile{"club_type = \"jeugdhuis\"", "club_type = \"jeugdhus\"", "AGR-005"},
                      Hostile{"min = 1,", "min = 0,", "AGR-007"}, Hostile{"provisional_days = 21", "provisional_days = -1", "AGR-007"},
                      Hostile{"provisional_days = 21", "provisional_days = 367", "AGR-007"},
                      Hostile{"dates = [\"03-31\"", "dates = [\"02-30\"", "AGR-003"},
                      Hostile{"target = 0.80\nperiod", "target = \"all\"\nperiod", "CFG-003"},
                      Hostile{"follow_up_target = 0.80", "follow_up_target = 80", "AGR-007"}));

TEST(AgreementFile, AProvisionalEnrolmentMayLastAYear) {
    EXPECT_TRUE(faults_of(with(example(), "provisional_days = 21", "provisional_days = 366")).empty());
    EXPECT_TRUE(faults_of(with(example(), "provisional_days = 21", "provisional_days = 0")).empty());
}

TEST(AgreementFile, ATextThatIsNoTomlIsRefused) {
    const auto faults = faults_of("schema = \n");
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].code, "TOM-001");
}

TEST(AgreementFile, AnEmptyTextNamesWhatIsMissing) {
    std::vector<std::string> codes;
    for (const Fault& fault : faults_of("")) codes.push_back(fault.code);
    EXPECT_NE(std::find(codes.begin(), codes.end(), "CFG-002"), codes.end());
    EXPECT_NE(std::find(codes.begin(), codes.end(), "AGR-009"), codes.end());
}

TEST(AgreementFile, WindowsMayDifferByClubType) {
    const std::string text = with(example(), "[[definition]]\nid = \"D3\"",
                                  "[definition.by_club_type.sportclub]\nwindow = [\"P3M\", \"P4M\"]\n\n[[definition]]\nid = \"D3\"");
    const Agreement a = parse_agreement(text, "a.toml");
    EXPECT_EQ(a.definition("D2")->for_club_type("sportclub").window_from, (Period{3, 0}));
    EXPECT_EQ(a.definition("D2")->for_club_type("sportclub").absent_registers_min, 3);
    EXPECT_EQ(a.definition("D2")->for_club_type("jeugdhuis").window_from, (Period{6, 0}));
    EXPECT_EQ(a.definition("D2Z")->for_club_type("sportclub").support, SupportRule::None);
    EXPECT_EQ(a.definition("D2Z")->for_club_type("sportclub").window_to, (Period{4, 0}));
    const auto faults = faults_of(with(text, "by_club_type.sportclub", "by_club_type.sportclubs"));
    ASSERT_FALSE(faults.empty());
    EXPECT_EQ(faults[0].code, "AGR-005");
}

TEST(AgreementFile, LikeTakesOverWhatIsNotSaid) {
    const Agreement a = parse_agreement(example(), "a.toml");
    const ClubType& chiro = a.club_type("jeugdbeweging_proefinschrijving");
    EXPECT_EQ(chiro.year_start, (MonthDay{9, 1}));
    EXPECT_TRUE(chiro.provisional);
    EXPECT_EQ(chiro.provisional_days, 21);
    EXPECT_EQ(chiro.closed.size(), 1U);
    EXPECT_FALSE(a.club_type("jeugdbeweging").provisional);
}

Agreement version(int number, const std::string& from, const std::string& to = "", int supersedes = 0) {
    std::string text = with(initial(), "version = 1 ", "version = " + std::to_string(number) + " ");
    text = with(text, "effective_from = 2000-01-01",
                "effective_from = " + from + (to.empty() ? "" : "\nto = " + to) +
                    (supersedes == 0 ? "" : "\nsupersedes = " + std::to_string(supersedes)));
    return parse_agreement(text, "v" + std::to_string(number) + ".toml");
}

std::string order_code(std::vector<Agreement> agreements) {
    try {
        order_versions(std::move(agreements));
    } catch (const Error& error) {
        return error.first().code;
    }
    return "";
}

TEST(AgreementVersions, MayTouchButNotOverlap) {
    EXPECT_EQ(order_code({version(2, "2025-07-01"), version(1, "2024-01-01", "2025-06-30")}), "");
    EXPECT_EQ(order_code({version(2, "2025-07-01"), version(1, "2024-01-01", "2025-07-01")}), "AGR-020");
    EXPECT_EQ(order_code({version(2, "2025-07-01"), version(1, "2024-01-01")}), "AGR-020");
    EXPECT_EQ(order_code({version(2, "2025-07-01"), version(2, "2024-01-01", "2025-01-01")}), "AGR-021");
    const std::string other = with(example(), "id = \"voorbeeldstad\"", "id = \"anderestad\"");
    EXPECT_EQ(order_code({version(2, "2025-07-01"), parse_agreement(other, "x.toml")}), "AGR-022");
    try {
        order_versions({version(2, "2025-07-01"), parse_agreement(other, "x.toml")});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().args, (TextArgs{{"first", std::string("voorbeeldstad@2")}, {"second", std::string("anderestad@3")}}));
        EXPECT_EQ(error.first().file, "x.toml");
    }
}

TEST(AgreementVersions, ASupersededOpenVersionEndsTheDayBefore) {
    const std::vector<Agreement> ordered = order_versions({version(2, "2025-07-01", "", 1), version(1, "2000-01-01")});
    EXPECT_EQ(ordered[0].version, 1);
    EXPECT_EQ(ordered[0].effective_to, day(2025, 6, 30));
    EXPECT_FALSE(ordered[1].effective_to);
}

TEST(Periods, AreReadStrictly) {
    EXPECT_EQ(parse_period("P6M"), (Period{6, 0}));
    EXPECT_EQ(parse_period("P1Y6M"), (Period{18, 0}));
    EXPECT_EQ(parse_period("P3W"), (Period{0, 21}));
    EXPECT_EQ(parse_period("P1M10D"), (Period{1, 10}));
    for (const char* wrong : {"", "P", "6M", "P6", "PM", "P6X", "P6D1M", "P1M1M", "P-6M", "P6M ", "p6m", "PT6M", "P99999M", "P1.5M"})
        EXPECT_FALSE(parse_period(wrong)) << wrong;
}

TEST(MonthDays, AreReadStrictly) {
    EXPECT_EQ(parse_month_day("02-29"), (MonthDay{2, 29}));
    EXPECT_EQ((MonthDay{2, 29}.in(2025)), day(2025, 2, 28));
    for (const char* wrong : {"", "2-29", "02-30", "13-01", "00-10", "09-00", "09/01", "09-01 ", "0901"})
        EXPECT_FALSE(parse_month_day(wrong)) << wrong;
}

TEST(Calendars, RegistrationMayOpenInTheYearBefore) {
    const Agreement a = parse_agreement(example(), "a.toml");
    const ClubType& house = a.club_type("jeugdhuis");
    EXPECT_EQ(house.opens(2026), day(2025, 12, 1));
    EXPECT_EQ(house.year_of(day(2025, 11, 30)), 2025);
    EXPECT_EQ(house.year_of(day(2025, 12, 1)), 2026);
    EXPECT_EQ(house.decides(2026), day(2026, 3, 31));
    const ClubType& scouts = a.club_type("jeugdbeweging");
    EXPECT_EQ(scouts.year_of(day(2026, 6, 30)), 2025);
    EXPECT_EQ(scouts.year_of(day(2026, 7, 1)), 2026);
    EXPECT_EQ(scouts.decides(2026), day(2026, 10, 31));
    EXPECT_EQ(scouts.closed_end(day(2026, 7, 1)), day(2026, 8, 31));
    EXPECT_FALSE(scouts.closed_end(day(2026, 6, 30)));
}

TEST(Calendars, ADecisionDayIsTheFirstAfterRegistrationOpens) {
    // Registration from 1 July, decided on 31 August, a day before the working year starts.
    const Agreement a = parse_agreement(with(example(), "decision = \"10-31\"", "decision = \"08-31\""), "a.toml");
    EXPECT_EQ(a.club_type("jeugdbeweging").decides(2026), day(2026, 8, 31));
    // Registration from 1 December for the year that starts on 1 January: 15 December lies in the year before.
    const Agreement b = parse_agreement(with(example(), "decision = \"03-31\"", "decision = \"12-15\""), "b.toml");
    EXPECT_EQ(b.club_type("jeugdhuis").decides(2026), day(2025, 12, 15));
    // The opening day itself may be the decision day.
    const Agreement c = parse_agreement(with(example(), "decision = \"09-30\"", "decision = \"05-01\""), "c.toml");
    EXPECT_EQ(c.club_type("sportclub").decides(2026), day(2026, 5, 1));
    const Agreement d = parse_agreement(with(example(), "decision = \"09-30\"", "decision = \"04-30\""), "d.toml");
    EXPECT_EQ(d.club_type("sportclub").decides(2026), day(2027, 4, 30));
}

TEST(Calendars, AClosedSeasonMayRunOverNewYear) {
    ClubType type;
    type.closed = {{{12, 15}, {1, 10}}};
    EXPECT_EQ(type.closed_end(day(2025, 12, 15)), day(2026, 1, 10));
    EXPECT_EQ(type.closed_end(day(2026, 1, 10)), day(2026, 1, 10));
    EXPECT_FALSE(type.closed_end(day(2026, 1, 11)));
    EXPECT_FALSE(type.closed_end(day(2025, 12, 14)));
}

TEST(SchoolHolidays, MatchThePublishedYears) {
    const auto check = [](int year, std::vector<std::pair<Date, Date>> expected) {
        const std::vector<HolidaySpan> spans = school_holidays_1991(year);
        ASSERT_EQ(spans.size(), 5U);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(spans[i].from.iso(), expected[i].first.iso()) << year << " " << i;
            EXPECT_EQ(spans[i].to.iso(), expected[i].second.iso()) << year << " " << i;
        }
    };
    check(2024, {{day(2024, 10, 28), day(2024, 11, 3)},
                 {day(2024, 12, 23), day(2025, 1, 5)},
                 {day(2025, 3, 3), day(2025, 3, 9)},
                 {day(2025, 4, 7), day(2025, 4, 20)}});
    check(2025, {{day(2025, 10, 27), day(2025, 11, 2)},
                 {day(2025, 12, 22), day(2026, 1, 4)},
                 {day(2026, 2, 16), day(2026, 2, 22)},
                 {day(2026, 4, 6), day(2026, 4, 19)}});
    check(2026, {{day(2026, 11, 2), day(2026, 11, 8)},
                 {day(2026, 12, 21), day(2027, 1, 3)},
                 {day(2027, 2, 8), day(2027, 2, 14)},
                 {day(2027, 3, 29), day(2027, 4, 11)}});
    check(2027, {{day(2027, 11, 1), day(2027, 11, 7)},
                 {day(2027, 12, 27), day(2028, 1, 9)},
                 {day(2028, 2, 28), day(2028, 3, 5)},
                 {day(2028, 4, 3), day(2028, 4, 16)}});
}

TEST(RuleTexts, HaveTheSameKeysAndArgumentsInEveryLanguage) {
    const Texts nl = load_texts("nl");
    for (const char* language : {"fr", "en"}) {
        const Texts other = load_texts(language);
        for (const std::string& key : nl.keys()) {
            if (!key.starts_with("rules.") && !key.starts_with("agreement.") && !key.starts_with("AGR-") && !key.starts_with("AGL-") &&
                !key.starts_with("RUL-"))
                continue;
            ASSERT_TRUE(other.has(key)) << language << " " << key;
            EXPECT_EQ(other.arguments(key), nl.arguments(key)) << language << " " << key;
        }
    }
}

}  // namespace
}  // namespace brugwacht
