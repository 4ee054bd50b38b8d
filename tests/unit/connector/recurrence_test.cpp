#include "connector/files/recurrence.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/core/date.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kDay = 86400;

std::int64_t civil(const std::string& text) {  // 20260101 or 20260101T103000
    const auto part = [&](std::size_t at, std::size_t n) { return std::stoi(text.substr(at, n)); };
    const std::int64_t day = Date::from_ymd(part(0, 4), part(4, 2), part(6, 2))->days() * kDay;
    return text.size() < 15 ? day : day + part(9, 2) * 3600 + part(11, 2) * 60 + part(13, 2);
}

/// The days of the first `most` occurrences, as 20260101.
std::string days(const std::string& start, const std::string& text, std::size_t most = 15, std::int64_t last = civil("20990101")) {
    const auto rule = parse_rule(text);
    if (!rule) return "no rule";
    if (!rule->until.empty()) last = civil(std::string(rule->until));
    Recurrence recurrence(*rule, civil(start), last);
    std::int64_t steps = 1'000'000;
    std::string result;
    for (std::size_t n = 0; n < most; ++n) {
        const auto next = recurrence.next(steps);
        if (!next) break;
        std::string iso = Date::from_days(static_cast<std::int32_t>(*next / kDay)).iso();
        std::erase(iso, '-');
        result += (result.empty() ? "" : " ") + iso;
        EXPECT_EQ(*next % kDay, civil(start) % kDay) << "the hour stays";
    }
    return result;
}

TEST(Recurrence, AgreesWithTheTableOfAnotherProgram) {
    std::ifstream table(std::string(BRUGWACHT_SOURCE_DIR) + "/tests/unit/connector/recurrences.txt");
    std::string line;
    int rules = 0;
    while (std::getline(table, line)) {
        if (line.empty() || line[0] == '#') continue;
        std::vector<std::string> fields;
        std::istringstream parts(line);
        for (std::string field; std::getline(parts, field, '|');) fields.push_back(field);
        ASSERT_EQ(fields.size(), 4U) << line;
        EXPECT_EQ(days(fields[1], fields[2]), fields[3]) << line;
        ++rules;
    }
    EXPECT_EQ(rules, 398);
}

TEST(Recurrence, TheExamplesOfTheStandardComeOut) {
    // RFC 5545 section 3.8.5.3.
    EXPECT_EQ(days("19970902T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH"),
              "19970902 19970904 19970916 19970918 19970930 19971002 19971014 19971016");
    EXPECT_EQ(days("19970905T090000", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR"),
              "19970905 19971003 19971107 19971205 19980102 19980206 19980306 19980403 19980501 19980605");
    EXPECT_EQ(days("19970922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO"), "19970922 19971020 19971117 19971222 19980119 19980216");
    EXPECT_EQ(days("19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3", 6), "19970928 19971029 19971128 19971229 19980129 19980226");
    EXPECT_EQ(days("19970519T090000", "FREQ=YEARLY;BYDAY=20MO", 3), "19970519 19980518 19990517");
    EXPECT_EQ(days("19980213T090000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 5), "19980213 19980313 19981113 19990813 20001013");
    EXPECT_EQ(days("19970904T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3"), "19970904 19971007 19971106");
    EXPECT_EQ(days("19970929T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", 7),
              "19970929 19971030 19971127 19971230 19980129 19980226 19980330");
    EXPECT_EQ(days("19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"), "19970805 19970810 19970819 19970824");
    EXPECT_EQ(days("19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"), "19970805 19970817 19970819 19970831");
    EXPECT_EQ(days("20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5"), "20070115 20070130 20070215 20070315 20070330");
}

TEST(Recurrence, TheStartIsTheFirstOneEvenWhenTheRuleWouldNotGiveIt) {
    EXPECT_EQ(days("20260101T103000", "FREQ=WEEKLY;BYDAY=MO;COUNT=3"), "20260101 20260105 20260112");
    EXPECT_EQ(days("20260101T103000", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;COUNT=3"), "20260101");
}

TEST(Recurrence, LeapDaysAndMonthEndsAreSkippedNotMoved) {
    EXPECT_EQ(days("20240229T103000", "FREQ=YEARLY;COUNT=3"), "20240229 20280229 20320229");
    EXPECT_EQ(days("20260131T103000", "FREQ=MONTHLY;COUNT=4"), "20260131 20260331 20260531 20260731");
}

TEST(Recurrence, UntilIsTheLastOneThatMayComeOut) {
    EXPECT_EQ(days("20260101T103000", "FREQ=DAILY;UNTIL=20260103T103000"), "20260101 20260102 20260103");
    EXPECT_EQ(days("20260101T103000", "FREQ=DAILY;UNTIL=20260103T102959"), "20260101 20260102");
}

TEST(Recurrence, WhatIsNotKnownIsNoRule) {
    for (const char* text : {"", "COUNT=3", "FREQ=SECONDLY", "FREQ=HOURLY;COUNT=3", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYYEARDAY=1",
                             "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=x", "FREQ=WEEKLY;BYDAY=XX",
                             "FREQ=WEEKLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=99MO", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=",
                             "FREQ=DAILY;BYHOUR=3", "FREQ", "FREQ=DAILY;RSCALE=CHINESE", "FREQ=DAILY;COUNT=99999999999999999999"})
        EXPECT_FALSE(parse_rule(text)) << text;
    EXPECT_TRUE(parse_rule("FREQ=DAILY;X-NAME=1;"));
}

TEST(Recurrence, EndlessOnesAndThoseThatNeverComeTrueStopAtTheirBounds) {
    std::int64_t steps = 1'000'000;
    Recurrence never(*parse_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), civil("20260101"), civil("20990101"));
    EXPECT_TRUE(never.next(steps));
    EXPECT_FALSE(never.next(steps));
    EXPECT_GT(steps, 999'000) << "a step a year";
    steps = 100;
    Recurrence seldom(*parse_rule("FREQ=DAILY;BYMONTH=3"), civil("20260401"), civil("20990101"));
    EXPECT_TRUE(seldom.next(steps));
    EXPECT_FALSE(seldom.next(steps));
    EXPECT_EQ(steps, 0);
    steps = 1'000'000;
    Recurrence far(*parse_rule("FREQ=YEARLY;INTERVAL=1000000000;COUNT=1000000000"), civil("20260401"), civil("20990101"));
    EXPECT_TRUE(far.next(steps));
    EXPECT_FALSE(far.next(steps));
}

}  // namespace
}  // namespace brugwacht
