#include "engine/run/figures.hpp"

#include <gtest/gtest.h>

namespace brugwacht {
namespace {

TEST(ShareBand, FollowsTheSizeOfTheDenominator) {
    for (std::uint64_t n = 0; n < 5; ++n) EXPECT_FALSE(share_band(n, true).percentage || share_band(n, true).interval) << n;
    for (std::uint64_t n = 5; n < 20; ++n) EXPECT_TRUE(share_band(n, false).percentage && share_band(n, false).interval) << n;
    EXPECT_TRUE(share_band(20, false).percentage);
    EXPECT_FALSE(share_band(20, false).interval);
    EXPECT_TRUE(share_band(20, true).interval);
    for (std::uint64_t n = 0; n < 100; ++n) EXPECT_EQ(share_band(n, true).decimals, 0) << n;
    EXPECT_EQ(share_band(100, false).decimals, 1);
}

CurveMonth month_of(double taking_part, double stopped, double competing) {
    CurveMonth month;
    month.taking_part = taking_part;
    month.stopped = stopped;
    month.competing = competing;
    return month;
}

TEST(RoundedStates, AlwaysAddToTheWhole) {
    using States = std::array<double, 3>;
    EXPECT_EQ(rounded_states(month_of(1, 0, 0), 0), (States{1, 0, 0}));
    EXPECT_EQ(rounded_states(month_of(0.836, 0.147, 0.017), 0), (States{0.83, 0.15, 0.02}));
    EXPECT_EQ(rounded_states(month_of(1.0 / 3, 1.0 / 3, 1.0 / 3), 0), (States{0.34, 0.33, 0.33}));
    EXPECT_EQ(rounded_states(month_of(0.29, 0.58, 0.13), 0), (States{0.29, 0.58, 0.13}));
    EXPECT_EQ(rounded_states(month_of(1.0 / 7, 2.0 / 7, 4.0 / 7), 1), (States{0.143, 0.286, 0.571}));
    for (int a = 0; a <= 60; ++a) {
        for (int b = 0; a + b <= 60; ++b) {
            const States states = rounded_states(month_of(a / 60.0, b / 60.0, (60 - a - b) / 60.0), 0);
            EXPECT_NEAR(states[0] + states[1] + states[2], 1, 1e-12) << a << " " << b;
            EXPECT_NEAR(states[0], a / 60.0, 0.01);
            EXPECT_NEAR(states[1], b / 60.0, 0.01);
        }
    }
}

TEST(NotYet, IsWhatIsWithinTheAgreementAndStillRuns) {
    Population population;
    const auto add = [&](Status status, bool mature) {
        Classification result;
        result.status = status;
        result.mature = mature;
        population.counts.add(result);
    };
    add(Status::Achieved, true);
    add(Status::Achieved, false);
    add(Status::NotAchieved, false);
    add(Status::Pending, false);
    add(Status::Pending, true);  // provisional after its day
    add(Status::Excluded, false);
    EXPECT_EQ(population.not_yet(), 4U);
    EXPECT_EQ(population.rates().conservative.n, 1U);
}

}  // namespace
}  // namespace brugwacht
