// Months, periods, working years, closed seasons, holidays and versions at their edges.
#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/rules/agreement.hpp"

namespace brugwacht {
namespace {

Date day(int year, int month, int d) { return Date::from_ymd(year, month, d).value(); }

TEST(AddMonths, CountsBackAcrossYears) {
    EXPECT_EQ(add_months(day(2026, 1, 31), -1), day(2025, 12, 31));
    EXPECT_EQ(add_months(day(2026, 3, 31), -1), day(2026, 2, 28));
    EXPECT_EQ(add_months(day(2026, 1, 15), -13), day(2024, 12, 15));
    EXPECT_EQ(add_months(day(2026, 12, 15), -12), day(2025, 12, 15));
}

TEST(AddMonths, StopsAtTheFirstAndTheLastYear) {
    EXPECT_EQ(add_months(day(1, 2, 10), -1, MonthRule::Clamp), day(1, 1, 10));
    EXPECT_EQ(add_months(day(1, 1, 10), -1, MonthRule::Clamp), std::nullopt);
    EXPECT_EQ(add_months(day(1, 1, 10), -12, MonthRule::Clamp), std::nullopt);
    EXPECT_EQ(add_months(day(1, 1, 10), -13, MonthRule::Clamp), std::nullopt);
    EXPECT_EQ(add_months(day(9999, 11, 10), 1, MonthRule::Clamp), day(9999, 12, 10));
    EXPECT_EQ(add_months(day(9999, 12, 10), 1, MonthRule::Clamp), std::nullopt);
    EXPECT_EQ(add_months(day(9999, 12, 10), 1), day(9999, 12, 10));
}

TEST(Period, IsReadWhole) {
    EXPECT_EQ(parse_period("P0D"), (Period{0, 0}));
    EXPECT_EQ(parse_period("P1Y2M3W4D"), (Period{14, 25}));
    EXPECT_EQ(parse_period("P9999D"), (Period{0, 9999}));
    for (const char* wrong : {"", "P", "PM", "P6", "P12345D", "P-1M", "P1M2", "P1X", "6M", "P1M1M", "P1D1M", "p1M", "P+1M", "P1 M"})
        EXPECT_EQ(parse_period(wrong), std::nullopt) << wrong;
    EXPECT_EQ(parse_period(std::string_view("P6M").substr(0, 2)), std::nullopt);  // what comes after the text is none of it
}

TEST(Period, IsWrittenAsItIsRead) {
    EXPECT_EQ(period_text({6, 0}), "P6M");
    EXPECT_EQ(period_text({0, 21}), "P21D");
    EXPECT_EQ(period_text({1, 3}), "P1M3D");
    EXPECT_EQ(period_text({1, 1}), "P1M1D");
    EXPECT_EQ(period_text({0, 0}), "P0D");
    EXPECT_EQ(period_text({-1, -1}), "P-1M-1D");
}

TEST(MonthDay, IsFourDigitsAndADash) {
    EXPECT_EQ(parse_month_day("12-31"), (MonthDay{12, 31}));
    EXPECT_EQ(parse_month_day("01-10"), (MonthDay{1, 10}));
    for (const char* wrong : {"", "0:-10", "1-101", "0/-10", "a1-10", "0a-10", "01-a0", "01-0a", "01:10", "/1-10", ":1-10", "0/-10",
                              "01-/1", "01-0:", "00-10", "01-00", "02-30"})
        EXPECT_EQ(parse_month_day(wrong), std::nullopt) << wrong;
}

TEST(ClubType, WorkingYearsMeetWithoutGap) {
    ClubType type;
    type.year_start = {9, 1};
    type.registration_opens = {9, 1};
    type.decision = {9, 1};
    EXPECT_EQ(type.opens(2025), day(2025, 9, 1));
    EXPECT_EQ(type.decides(2025), day(2025, 9, 1));
    EXPECT_EQ(type.year_of(day(2025, 8, 31)), 2024);
    EXPECT_EQ(type.year_of(day(2025, 9, 1)), 2025);
    type.registration_opens = {9, 2};  // after the start: of the calendar year before
    type.decision = {9, 1};            // before registrations open: of the calendar year after
    EXPECT_EQ(type.opens(2025), day(2024, 9, 2));
    EXPECT_EQ(type.decides(2025), day(2025, 9, 1));
    type.decision = {9, 2};
    EXPECT_EQ(type.decides(2025), day(2024, 9, 2));
    EXPECT_EQ(type.year_of(day(2024, 9, 1)), 2024);
    EXPECT_EQ(type.year_of(day(2024, 9, 2)), 2025);
    EXPECT_EQ(type.year_of(day(1, 1, 1)), 1);
}

TEST(ClubType, ADateIsClosedUntilTheLastSeasonItLiesIn) {
    ClubType type;
    type.closed = {{{6, 1}, {8, 31}}, {{7, 1}, {7, 15}}, {{8, 15}, {9, 10}}, {{12, 20}, {1, 5}}, {{11, 11}, {11, 11}}};
    EXPECT_EQ(type.closed_end(day(2026, 5, 31)), std::nullopt);
    EXPECT_EQ(type.closed_end(day(2026, 6, 1)), day(2026, 8, 31));
    EXPECT_EQ(type.closed_end(day(2026, 7, 10)), day(2026, 8, 31));
    EXPECT_EQ(type.closed_end(day(2026, 8, 20)), day(2026, 9, 10));
    EXPECT_EQ(type.closed_end(day(2026, 9, 10)), day(2026, 9, 10));
    EXPECT_EQ(type.closed_end(day(2026, 9, 11)), std::nullopt);
    EXPECT_EQ(type.closed_end(day(2025, 12, 20)), day(2026, 1, 5));
    EXPECT_EQ(type.closed_end(day(2026, 1, 5)), day(2026, 1, 5));
    EXPECT_EQ(type.closed_end(day(2026, 1, 6)), std::nullopt);
    EXPECT_EQ(type.closed_end(day(2025, 12, 19)), std::nullopt);
    EXPECT_EQ(type.closed_end(day(2026, 11, 11)), day(2026, 11, 11));
}

struct EasterSunday {
    int year, month, day;
};

// Source: the dates in use since 1583, as tables print them.
constexpr EasterSunday kEaster[] = {{1992, 4, 19},
                                    {1993, 4, 11},
                                    {1994, 4, 3},
                                    {1995, 4, 16},
                                    {1996, 4, 7},
                                    {1997, 3, 30},
                                    {1998, 4, 12},
                                    {1999, 4, 4},
                                    {2000, 4, 23},
                                    {2001, 4, 15},
                                    {2002, 3, 31},
                                    {2003, 4, 20},
                                    {2004, 4, 11},
                                    {2005, 3, 27},
                                    {2006, 4, 16},
                                    {2007, 4, 8},
                                    {2008, 3, 23},
                                    {2009, 4, 12},
                                    {2010, 4, 4},
                                    {2011, 4, 24},
                                    {2012, 4, 8},
                                    {2013, 3, 31},
                                    {2014, 4, 20},
                                    {2015, 4, 5},
                                    {2016, 3, 27},
                                    {2017, 4, 16},
                                    {2018, 4, 1},
                                    {2019, 4, 21},
                                    {2020, 4, 12},
                                    {2021, 4, 4},
                                    {2022, 4, 17},
                                    {2023, 4, 9},
                                    {2024, 3, 31},
                                    {2025, 4, 20},
                                    {2026, 4, 5},
                                    {2027, 3, 28},
                                    {2028, 4, 16},
                                    {2029, 4, 1},
                                    {2030, 4, 21},
                                    {2031, 4, 13},
                                    {2032, 3, 28},
                                    {2033, 4, 17},
                                    {2034, 4, 9},
                                    {2035, 3, 25},
                                    {2036, 4, 13},
                                    {2037, 4, 5},
                                    {2038, 4, 25},
                                    {2039, 4, 10},
                                    {2040, 4, 1},
                                    {2041, 4, 21},
                                    {2042, 4, 6},
                                    {2043, 3, 29},
                                    {2044, 4, 17},
                                    {2045, 4, 9},
                                    {2046, 3, 25},
                                    {2047, 4, 14},
                                    {2048, 4, 5},
                                    {2049, 4, 18},
                                    {2050, 4, 10},
                                    {2051, 4, 2},
                                    // Years at which a small fault of the computation shows.
                                    {1700, 4, 11},
                                    {1707, 4, 24},
                                    {2106, 4, 18},
                                    {3165, 4, 18},
                                    {3902, 4, 6}};

TEST(SchoolHolidays, FollowEasterAndTheCalendar) {
    for (const EasterSunday& easter : kEaster) {
        SCOPED_TRACE(easter.year);
        const Date sunday = day(easter.year, easter.month, easter.day);
        const std::vector<HolidaySpan> spans = school_holidays_1991(easter.year - 1);
        ASSERT_EQ(spans.size(), 5U);
        EXPECT_EQ(spans[2].from, sunday.plus_days(-48));
        EXPECT_EQ(spans[2].to, sunday.plus_days(-42));
        // The first Monday of April; the Monday after an Easter in March; the second Monday before an Easter after 15 April.
        Date spring = day(easter.year, 4, 1);
        while (spring.weekday() != 1) spring = spring.plus_days(1);
        if (easter.month == 3) spring = sunday.plus_days(1);
        if (easter.month == 4 && easter.day > 15) spring = sunday.plus_days(-13);
        EXPECT_EQ(spans[3].from, spring);
        EXPECT_EQ(spans[3].to, spring.plus_days(13));
        for (const std::size_t monday : {0U, 1U, 2U, 3U}) EXPECT_EQ(spans[monday].from.weekday(), 1);
        EXPECT_TRUE(spans[0].from <= day(easter.year - 1, 11, 2) && day(easter.year - 1, 11, 1) <= spans[0].to.plus_days(1));
        EXPECT_EQ(spans[0].to, spans[0].from.plus_days(6));
        EXPECT_TRUE(spans[1].from <= day(easter.year - 1, 12, 27) && day(easter.year - 1, 12, 25) <= spans[1].from.plus_days(4));
        EXPECT_EQ(spans[1].to, spans[1].from.plus_days(13));
        EXPECT_EQ(spans[4].from, day(easter.year, 7, 1));
        EXPECT_EQ(spans[4].to, day(easter.year, 8, 31));
    }
}

TEST(SchoolHolidays, StayWithinTheYearsThatExist) {
    EXPECT_EQ(school_holidays_1991(0)[0].to.year(), 1);
    EXPECT_EQ(school_holidays_1991(9998)[4].from, day(9999, 7, 1));
    EXPECT_EQ(school_holidays_1991(9999)[4].from, day(9999, 7, 1));
    EXPECT_EQ((MonthDay{2, 29}.in(0)), day(1, 2, 28));
    EXPECT_EQ((MonthDay{2, 29}.in(10'000)), day(9999, 2, 28));
    EXPECT_EQ((MonthDay{2, 29}.in(9999)), day(9999, 2, 28));
    EXPECT_EQ((MonthDay{2, 29}.in(1)), day(1, 2, 28));
}

Agreement version(int number, Date from, std::optional<int> supersedes = {}, std::optional<Date> to = {}) {
    Agreement agreement;
    agreement.id = "a";
    agreement.version = number;
    agreement.effective_from = from;
    agreement.effective_to = to;
    agreement.supersedes = supersedes;
    agreement.file = "v" + std::to_string(number);
    agreement.rules_hash = agreement.file + from.iso();
    return agreement;
}

/// "code file" of every fault.
std::vector<std::string> faults_of(const std::vector<Agreement>& agreements) {
    try {
        order_versions(agreements);
    } catch (const Error& error) {
        std::vector<std::string> out;
        for (const Fault& fault : error.faults()) out.push_back(fault.code + " " + fault.file);
        return out;
    }
    return {};
}

TEST(OrderVersions, AVersionEndsTheDayBeforeTheFirstThatSupersedesIt) {
    const Agreement first = version(1, day(2025, 9, 1));
    const Agreement later = version(3, day(2027, 9, 1), 1);
    const Agreement sooner = version(4, day(2026, 9, 1), 1, day(2027, 8, 31));
    const std::vector<Agreement> ordered = order_versions({sooner, later, first});
    ASSERT_EQ(ordered.size(), 3U);
    EXPECT_EQ(ordered[0].effective_to, day(2026, 8, 31));
    EXPECT_EQ(ordered[1].effective_to, std::nullopt);
    EXPECT_EQ(faults_of({first, version(2, day(2025, 9, 1), 1)}), (std::vector<std::string>{"AGR-020 v2"}));
    EXPECT_EQ(faults_of({first, version(2, day(2025, 9, 2), 1)}), (std::vector<std::string>{}));
}

TEST(OrderVersions, ALaterVersionMayBeOfAnEarlierTime) {
    const Agreement first = version(1, day(2026, 1, 1));
    EXPECT_EQ(faults_of({first, version(2, day(2025, 1, 1), {}, day(2025, 12, 31))}), (std::vector<std::string>{}));
    EXPECT_EQ(faults_of({first, version(2, day(2025, 1, 1), {}, day(2026, 1, 1))}), (std::vector<std::string>{"AGR-020 v2"}));
    EXPECT_EQ(faults_of({first, version(2, day(2025, 1, 1))}), (std::vector<std::string>{"AGR-020 v2"}));
}

TEST(OrderVersions, NamesTheSecondOfTwoThatAreTheSame) {
    Agreement again = version(2, day(2026, 1, 2));
    again.file = "again";
    EXPECT_EQ(faults_of({again, version(2, day(2026, 1, 1)), version(1, day(2025, 1, 1))}), (std::vector<std::string>{"AGR-021 again"}));
    Agreement other = version(3, day(2026, 1, 1));
    other.id = "b";
    EXPECT_EQ(faults_of({version(2, day(2026, 1, 1)), other, version(1, day(2025, 1, 1))}), (std::vector<std::string>{"AGR-022 v3"}));
}

}  // namespace
}  // namespace brugwacht
