#include "engine/tally/employment.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace brugwacht {
namespace {

Date day(const std::string& iso) { return *Date::parse_iso(iso); }

TEST(Employment, IsTheMeanOverTheDaysOfAQuarterOfAllTogether) {
    // 80 % throughout; 50 % from 16 May: 46 of the 91 days of the second quarter.
    const auto quarters = employment_by_quarter({{std::nullopt, std::nullopt, 80}, {day("2025-05-16"), std::nullopt, 50}},
                                                day("2025-01-01"), day("2025-09-30"));
    ASSERT_EQ(quarters.size(), 3U);
    EXPECT_EQ(quarters[0].quarter, "2025-1");
    EXPECT_DOUBLE_EQ(quarters[0].percent, 80);
    EXPECT_DOUBLE_EQ(quarters[1].percent, 80 + 50.0 * 46 / 91);
    EXPECT_DOUBLE_EQ(quarters[2].percent, 130);
}

TEST(Employment, TheQuarterThatIsNotOverCountsItsDaysSoFar) {
    const auto quarters = employment_by_quarter({{day("2025-04-01"), day("2025-04-10"), 100}}, day("2025-04-01"), day("2025-04-20"));
    ASSERT_EQ(quarters.size(), 1U);
    EXPECT_DOUBLE_EQ(quarters[0].percent, 50);
}

TEST(Employment, BothEdgesOfASpanAreDaysOfWork) {
    const auto quarters = employment_by_quarter({{day("2025-03-31"), day("2025-04-01"), 91}}, day("2025-01-01"), day("2025-06-30"));
    ASSERT_EQ(quarters.size(), 2U);
    EXPECT_DOUBLE_EQ(quarters[0].percent, 91.0 / 90);
    EXPECT_DOUBLE_EQ(quarters[1].percent, 1);
}

TEST(Employment, WhatCannotBeTrueCountsForNothing) {
    EXPECT_TRUE(employment_by_quarter({{day("2025-05-01"), day("2025-04-01"), 80},
                                       {std::nullopt, std::nullopt, -50},
                                       {std::nullopt, std::nullopt, 8000},
                                       {std::nullopt, std::nullopt, std::numeric_limits<double>::quiet_NaN()},
                                       {day("9990-01-01"), std::nullopt, 80}},
                                      day("2025-01-01"), day("2025-12-31"))
                    .empty());
    EXPECT_EQ(employment_by_quarter({{std::nullopt, std::nullopt, 80}}, day("1900-01-01"), day("2025-12-31")).size(), 8U);
}

TEST(Factors, TheLatestJudgementOfEachFactorStands) {
    const auto latest = latest_factors({{"supply", "aantal_plaatsen", 2, day("2025-03-01"), 1},
                                        {"supply", "aantal_plaatsen", 4, day("2025-06-01"), 2},
                                        {"supply", "aantal_plaatsen", 5, day("2026-01-01"), 2},  // after the day
                                        {"demand", "netwerk", 3, day("2025-06-01"), 0},
                                        {"demand", "netwerk", 1, day("2025-06-01"), 1},
                                        {"demand", "handelingsruimte", 1e9, day("2025-06-01"), 1}},
                                       day("2025-12-31"));
    ASSERT_EQ(latest.size(), 2U);
    EXPECT_EQ(latest[0].factor, "netwerk");
    EXPECT_EQ(latest[0].author, 0);
    EXPECT_EQ(latest[1].score, 4);
    EXPECT_EQ(latest[1].author, 2);
}

}  // namespace
}  // namespace brugwacht
