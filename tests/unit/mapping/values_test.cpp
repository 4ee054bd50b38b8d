#include "engine/mapping/values.hpp"

#include <gtest/gtest.h>

#include <random>

namespace brugwacht {
namespace {

std::string date(std::string_view text, const DateRules& rules = {}) {
    const auto read = read_date(text, rules);
    return read ? read->iso() : "-";
}

TEST(Dates, AreReadDayFirst) {
    EXPECT_EQ(date("01/09/2025"), "2025-09-01");
    EXPECT_EQ(date("1/9/2025"), "2025-09-01");
    EXPECT_EQ(date("1-9-2025"), "2025-09-01");
    EXPECT_EQ(date("1.9.25"), "2025-09-01");
    EXPECT_EQ(date("1 9 2025"), "2025-09-01");
    EXPECT_EQ(date("\xC2\xA0"
                   "31/12/2024 "),
              "2024-12-31");
}

TEST(Dates, NeverFallBackToMonthFirst) {
    EXPECT_EQ(date("12/25/2024"), "-");
    EXPECT_EQ(date("09/13/2024"), "-");
    DateRules american;
    american.orders = {DateOrder::MonthFirst};
    EXPECT_EQ(date("12/25/2024", american), "2024-12-25");
    EXPECT_EQ(date("25/12/2024", american), "-");
}

TEST(Dates, WithTheYearInFrontAreNeverAmbiguous) {
    EXPECT_EQ(date("2025-09-01"), "2025-09-01");
    EXPECT_EQ(date("2025/9/1"), "2025-09-01");
    EXPECT_EQ(date("20250901"), "2025-09-01");
}

TEST(Dates, LoseTheirTime) {
    EXPECT_EQ(date("2025-09-01T10:30:00+02:00"), "2025-09-01");
    EXPECT_EQ(date("2025-09-01 10:30"), "2025-09-01");
    EXPECT_EQ(date("01/09/2025 9:05:00"), "2025-09-01");
    EXPECT_EQ(date("01/09/2025 10u30"), "2025-09-01");
    EXPECT_EQ(date("1 september 2025 om 14h"), "2025-09-01");
}

TEST(Dates, MayNameTheMonthInDutchFrenchOrEnglish) {
    EXPECT_EQ(date("1 maart 2024"), "2024-03-01");
    EXPECT_EQ(date("ma 4 mrt. 2024"), "2024-03-04");
    EXPECT_EQ(date("12-mei-12"), "2012-05-12");
    EXPECT_EQ(date("1er janvier 2024"), "2024-01-01");
    EXPECT_EQ(date("September 2nd, 2025  3:00 PM"), "2025-09-02");
    EXPECT_EQ(date("de 1ste mei 2025"), "-");
    EXPECT_EQ(date("2025er 1 1"), "-");
    EXPECT_EQ(date("1ste mei 2024"), "2024-05-01");
    EXPECT_EQ(date("03/09/2025 (wo)"), "2025-09-03");
    EXPECT_EQ(date("14 f\xC3\xA9vrier 2024"), "2024-02-14");
    EXPECT_EQ(date("15 ao\xC3\xBBt 2024"), "2024-08-15");
    EXPECT_EQ(date("March 5, 2024"), "2024-03-05");
    EXPECT_EQ(date("1 smarch 2024"), "-");
}

TEST(Dates, OfTwoDigitYearsTurnAtThePivot) {
    EXPECT_EQ(date("1/1/39"), "2039-01-01");
    EXPECT_EQ(date("1/1/40"), "1940-01-01");
    DateRules rules;
    rules.two_digit_years_to = 2010;
    EXPECT_EQ(date("1/1/12", rules), "1912-01-01");
}

TEST(Dates, ThatDoNotExistAreUnreadable) {
    for (const char* text :
         {"29/02/2023", "31/04/2024", "0/1/2024", "32/1/2024", "1/13/2024", "1/1/0024", "1/1/202", "2025-02-30", "24/24/24", "",
          "binnenkort", "1/2", "1/2/3/4", "1/1/99999999999", "99999999999999999999", "--", "1/9/2025 of later", "3000-01-01"})
        EXPECT_EQ(date(text), "-") << text;
}

TEST(Dates, AsSerialNumbersAreReadOnlyWhenAskedFor) {
    EXPECT_EQ(date("45292"), "-");
    DateRules rules;
    rules.excel_serial = true;
    EXPECT_EQ(date("45292", rules), "2024-01-01");
}

TEST(PartialDates, KeepWhatIsKnown) {
    const DateRules rules;
    EXPECT_EQ(read_partial_date("2012", rules), "2012");
    EXPECT_EQ(read_partial_date("05/2012", rules), "2012-05");
    EXPECT_EQ(read_partial_date("mei 2012", rules), "2012-05");
    EXPECT_EQ(read_partial_date("2012-05", rules), "2012-05");
    EXPECT_EQ(read_partial_date("20120512", rules), "2012-05-12");
    EXPECT_FALSE(read_partial_date("onbekend", rules));
    EXPECT_FALSE(read_partial_date("13/2012", rules));
    EXPECT_FALSE(read_partial_date("12", rules));
}

TEST(DatePatterns, AreAClosedList) {
    EXPECT_EQ(date_order("dd/mm/yyyy"), DateOrder::DayFirst);
    EXPECT_EQ(date_order("dd-mm-yy"), DateOrder::DayFirst);
    EXPECT_EQ(date_order("mm/dd/yyyy"), DateOrder::MonthFirst);
    EXPECT_EQ(date_order("yyyy-mm-dd"), DateOrder::YearFirst);
    EXPECT_FALSE(date_order("d-m-y"));
    EXPECT_FALSE(date_order("yy/mm/dd"));
    EXPECT_FALSE(date_order("%d/%m/%Y"));
}

TEST(Years, AreTheFirstFourDigits) {
    EXPECT_EQ(read_year("2025-2026"), 2025);
    EXPECT_EQ(read_year("2025"), 2025);
    EXPECT_EQ(read_year("werkjaar 2025/26"), 2025);
    EXPECT_EQ(read_year("25-26"), 2025);
    EXPECT_FALSE(read_year("25-27"));
    EXPECT_FALSE(read_year("volgend jaar"));
    EXPECT_FALSE(read_year("12345"));
}

TEST(Decimals, FollowTheStatedSign) {
    EXPECT_EQ(read_decimal("1,5", ','), "1.5");
    EXPECT_EQ(read_decimal("1.500,25", ','), "1500.25");
    EXPECT_EQ(read_decimal("1.500", ','), "1500");
    EXPECT_EQ(read_decimal("1.500", '.'), "1.5");
    EXPECT_EQ(read_decimal("80 %", ','), "80");
    EXPECT_EQ(read_decimal("-0,50", ','), "-0.5");
    EXPECT_EQ(read_decimal("0080", ','), "80");
    for (const char* text : {"75.5", "1,5,5", "1.50.000", "", "-", "1,", ",5", "abc", "1e9", "1 2"})
        EXPECT_FALSE(read_decimal(text, ',')) << text;
}

TEST(Integers, HaveNoFraction) {
    EXPECT_EQ(read_integer("12"), "12");
    EXPECT_EQ(read_integer("1.200"), "1200");
    EXPECT_EQ(read_integer("12,0"), "12");
    EXPECT_FALSE(read_integer("12,5"));
    EXPECT_FALSE(read_integer("12 kinderen"));
}

TEST(Booleans, AreReadInTheWaysPeopleWriteThem) {
    for (const char* text :
         {"ja", "J", "x", "X", "1", "WAAR", "oui", "yes", "true", "ok", "\xE2\x9C\x93", "<INPUT TYPE=\"CHECKBOX\" CHECKED DISABLED/>"})
        EXPECT_EQ(read_boolean(text), true) << text;
    for (const char* text : {"nee", "Neen", "n", "0", "onwaar", "non", "no", "FALSE", "nok", "<INPUT TYPE=\"CHECKBOX\" DISABLED/>"})
        EXPECT_EQ(read_boolean(text), false) << text;
    for (const char* text : {"misschien", "2", ""}) EXPECT_FALSE(read_boolean(text)) << text;
    // Tick boxes of web pages, with or without a label.
    for (const char* text : {"\u2611", "\u2611 Ja", "\u2611 Lid"}) EXPECT_EQ(read_boolean(text), true) << text;
    for (const char* text : {"\u2610", "\u2610 Ja", "\u2610 Lid", "\u2611 nee"}) EXPECT_EQ(read_boolean(text), false) << text;
    for (const char* text : {"\u2610 nee", "\u2611 ja \u2610 nee"}) EXPECT_FALSE(read_boolean(text)) << text;
}

TEST(Minutes, AreReadFromHoursToo) {
    EXPECT_EQ(read_minutes("90", 1), 90);
    EXPECT_EQ(read_minutes("1:30", 1), 90);
    EXPECT_EQ(read_minutes("1u30", 1), 90);
    EXPECT_EQ(read_minutes("1 u 30 min", 1), 90);
    EXPECT_EQ(read_minutes("2 uur", 1), 120);
    EXPECT_EQ(read_minutes("1,5", 60), 90);
    EXPECT_EQ(read_minutes("45 min", 60), 45);
    for (const char* text : {"", "lang", "1:75", "1:", "-5", "1u2u", "1.2.3"}) EXPECT_FALSE(read_minutes(text, 1)) << text;
}

TEST(Postcodes, AreFourDigitsOrForeign) {
    EXPECT_EQ(read_postcode("9000"), "9000");
    EXPECT_EQ(read_postcode("B-9000"), "9000");
    EXPECT_EQ(read_postcode("9000 Gent"), "9000");
    EXPECT_EQ(read_postcode("1234 AB"), "1234 AB");
    EXPECT_EQ(read_postcode("59000"), "59000");
    for (const char* text : {"900", "0999", "9999", "90000000", "Gent", ""}) EXPECT_FALSE(read_postcode(text)) << text;
}

TEST(Mail, TheAddressAloneIsTaken) {
    EXPECT_EQ(read_email("An.Peeters@Voorbeeld.be"), "an.peeters@voorbeeld.be");
    EXPECT_EQ(read_email("An Peeters (mama) <an@voorbeeld.be>"), "an@voorbeeld.be");
    for (const char* text : {"an@", "an@voorbeeld.be; jan@voorbeeld.be", "geen", "", "a@b@c.be"}) EXPECT_FALSE(read_email(text)) << text;
}

TEST(Phones, BecomeE164) {
    for (const char* text : {"0475 12 34 56", "0475/12.34.56", "+32 475 12 34 56", "0032475123456", "475123456", "+32 (0)475 12 34 56",
                             "0475 12 34 56 (mama)"})
        EXPECT_EQ(read_phone(text), "+32475123456") << text;
    EXPECT_EQ(read_phone("02 555 12 34"), "+3225551234");
    EXPECT_EQ(read_phone("+31 6 12345678"), "+31612345678");
    EXPECT_EQ(read_phone("+212 612-345678"), "+212612345678");
    for (const char* text : {"", "12", "niet gekend", "0475 12 34", "++32", "0475123456 / 0475123457"})
        EXPECT_FALSE(read_phone(text)) << text;
}

TEST(Phones, TheShortWayForBelgianMobilesAgreesWithTheLibrary) {
    std::mt19937 random(3);
    for (int i = 0; i < 300; ++i) {
        const std::string national = "4" + std::to_string(7 + random() % 3) + std::to_string(1'000'000 + random() % 9'000'000);
        const auto quick = read_phone("0" + national);
        const auto slow = read_phone("tel. 0" + national);  // letters keep it off the short way
        ASSERT_EQ(quick, "+32" + national);
        ASSERT_EQ(quick, slow) << national;
    }
}

}  // namespace
}  // namespace brugwacht
