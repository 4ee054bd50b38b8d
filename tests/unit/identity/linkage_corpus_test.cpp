// Linkage of the open sets with the defaults, truth hidden, with and without the social-security column: the honest figure is the one
// without it. Floors, not goals: a change that falls below one of them has broken something.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "tests/support/corpus.hpp"
#include "tests/support/link_set.hpp"

namespace brugwacht {
namespace {

struct Floor {
    const char* set;
    double f1, b3_f1, proposed_recall;
};

class LinkageCorpus : public testing::TestWithParam<Floor> {};

TEST_P(LinkageCorpus, StandsAboveItsFloor) {
    if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    const std::optional<LinkageSet> set = linkage_set(GetParam().set);
    ASSERT_TRUE(set);
    const Accuracy accuracy = link_set(*set).accuracy;
    const std::string line = accuracy_heading() + "\n" + accuracy_line(GetParam().set, accuracy);
    std::printf("%s\n", line.c_str());
    EXPECT_GE(accuracy.pairs.precision(), 0.999);
    EXPECT_GE(accuracy.clustered.precision(), 0.999);
    EXPECT_GE(accuracy.clustered.f1(), GetParam().f1);
    EXPECT_GE(accuracy.b3_f1, GetParam().b3_f1);
    EXPECT_GE(accuracy.proposed.recall(), GetParam().proposed_recall);
}

INSTANTIATE_TEST_SUITE_P(Sets, LinkageCorpus,
                         testing::Values(Floor{"febrl1", 0.985, 0.992, 0.995}, Floor{"febrl1+ssn", 0.988, 0.993, 0.999},
                                         Floor{"febrl2", 0.985, 0.997, 0.994}, Floor{"febrl2+ssn", 0.989, 0.997, 0.995},
                                         Floor{"dirty_1000_50", 0.998, 0.998, 0.998}, Floor{"dirty_1000_50+ssn", 0.998, 0.998, 0.998}));

}  // namespace
}  // namespace brugwacht
