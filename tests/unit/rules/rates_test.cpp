#include "engine/rules/rates.hpp"

#include <gtest/gtest.h>

namespace brugwacht {
namespace {

struct Limit {
    std::uint64_t k, n;
    double low, high;
};

class WilsonTable : public ::testing::TestWithParam<Limit> {};

TEST_P(WilsonTable, GivesTheReferenceLimits) {
    const Limit& expected = GetParam();
    const auto interval = wilson95(expected.k, expected.n);
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->low, expected.low, 5e-8);
    EXPECT_NEAR(interval->high, expected.high, 5e-8);
}

INSTANTIATE_TEST_SUITE_P(Reference, WilsonTable,
                         ::testing::Values(Limit{4, 20, .0806577, .4160174}, Limit{0, 30, 0, .1135134}, Limit{18, 20, .6989664, .9721335},
                                           Limit{29, 30, .8332961, .9940914}, Limit{1, 30, .0059086, .1667039}, Limit{30, 30, .8864866, 1},
                                           Limit{4, 200, .0078044, .0502871}, Limit{190, 200, .9104219, .9726174},
                                           Limit{100, 200, .4313609, .5686391}, Limit{19, 38, .3484993, .6515007},
                                           Limit{81, 263, .2552885, .3662096}, Limit{15, 148, .0623864, .1604872},
                                           Limit{0, 20, 0, .1611252}, Limit{1, 29, .0061132, .1717552}));

TEST(Wilson, StaysWithinZeroAndOne) {
    for (std::uint64_t n = 1; n <= 400; ++n) {
        EXPECT_EQ(wilson95(0, n)->low, 0.0);
        EXPECT_EQ(wilson95(n, n)->high, 1.0);
        EXPECT_LE(wilson95(0, n)->high, 1.0);
        EXPECT_GE(wilson95(n, n)->low, 0.0);
    }
}

TEST(Wilson, HasNoLimitsWithoutADenominator) {
    EXPECT_FALSE(wilson95(0, 0));
    EXPECT_FALSE(wilson95(3, 2));
}

Classification verdict(Status status, bool mature, bool started = true) {
    Classification c;
    c.status = status;
    c.mature = mature;
    c.started = started;
    return c;
}

TEST(Rates, CountMatureVerdictsOnlyAndBracketTheTruth) {
    StatusCounts counts;
    for (int i = 0; i < 6; ++i) counts.add(verdict(Status::Achieved, true));
    for (int i = 0; i < 2; ++i) counts.add(verdict(Status::NotAchieved, true));
    for (int i = 0; i < 4; ++i) counts.add(verdict(Status::Unknown, true));
    for (int i = 0; i < 3; ++i) counts.add(verdict(Status::Achieved, false));
    counts.add(verdict(Status::NotAchieved, false));
    counts.add(verdict(Status::Pending, false));
    counts.add(verdict(Status::Pending, true));  // provisional after the deadline
    counts.add(verdict(Status::Excluded, true));
    const Rates r = rates(counts);
    EXPECT_EQ(r.conservative.k, 6U);
    EXPECT_EQ(r.conservative.n, 12U);
    EXPECT_EQ(r.complete_case.n, 8U);
    EXPECT_EQ(r.optimistic.k, 10U);
    EXPECT_EQ(r.optimistic.n, 12U);
    EXPECT_EQ(r.follow_up.k, 8U);
    EXPECT_EQ(r.follow_up.n, 12U);
    EXPECT_NEAR(r.bracket_points(), 100.0 * 4 / 12, 1e-9);
    EXPECT_EQ(counts.early_achieved(), 3U);
    EXPECT_EQ(counts.early_not_achieved(), 1U);
}

TEST(Rates, WithoutMatureVerdictsThereIsNoShare) {
    StatusCounts counts;
    counts.add(verdict(Status::Achieved, false));
    EXPECT_FALSE(rates(counts).conservative.share());
    EXPECT_FALSE(rates(counts).conservative.interval());
    EXPECT_EQ(rates(counts).bracket_points(), 0.0);
}

TEST(Rates, TrajectoriesThatHaveNotStartedAreLeftOut) {
    ClassificationSet set;
    set.definition_ids = {"D1"};
    set.results = {verdict(Status::Pending, false), verdict(Status::Pending, false, false)};
    EXPECT_EQ(count_statuses(set)[0].total(Status::Pending), 1U);
}

}  // namespace
}  // namespace brugwacht
