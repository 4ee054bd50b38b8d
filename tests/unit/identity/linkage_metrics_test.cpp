// The yardstick itself: figures worked out by hand, and what the children that it is used on are like.
#include "tests/support/linkage_metrics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/flemish_children.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

/// Persons {0 1 2} {3 4} {5}; clusters {0 1 3} {2} {4} {5}.
Truth small_truth() {
    Truth truth;
    truth.person = {1, 1, 1, 2, 2, 3};
    return truth;
}
constexpr std::uint32_t kClusters[] = {0, 0, 2, 0, 4, 5};

TEST(LinkageMetrics, CountsPairsAfterClusteringByHand) {
    const Accuracy accuracy = measure(small_truth(), kClusters, {});
    EXPECT_EQ(accuracy.clusters, 4U);
    EXPECT_EQ(accuracy.persons, 3U);
    EXPECT_EQ(accuracy.clustered.found, 3U);  // 0-1, 0-3, 1-3
    EXPECT_EQ(accuracy.clustered.right, 1U);  // 0-1
    EXPECT_EQ(accuracy.clustered.truth, 4U);  // 0-1, 0-2, 1-2, 3-4
    EXPECT_DOUBLE_EQ(accuracy.clustered.precision(), 1.0 / 3);
    EXPECT_DOUBLE_EQ(accuracy.clustered.recall(), 1.0 / 4);
    EXPECT_DOUBLE_EQ(accuracy.clustered.f1(), 2.0 / 7);
}

TEST(LinkageMetrics, CountsBCubedByHand) {
    const Accuracy accuracy = measure(small_truth(), kClusters, {});
    // Precision by record: 2/3, 2/3, 1, 1/3, 1, 1. Recall: 2/3, 2/3, 1/3, 1/2, 1/2, 1.
    EXPECT_DOUBLE_EQ(accuracy.b3_precision, (2.0 / 3 + 2.0 / 3 + 1 + 1.0 / 3 + 1 + 1) / 6);
    EXPECT_DOUBLE_EQ(accuracy.b3_recall, (2.0 / 3 + 2.0 / 3 + 1.0 / 3 + 0.5 + 0.5 + 1) / 6);
}

TEST(LinkageMetrics, CountsPairsBeforeClusteringAndThoseToBeReviewed) {
    const FoundPair pairs[] = {{0, 1, true}, {1, 3, true}, {3, 4, false}, {4, 5, false}};
    const Accuracy accuracy = measure(small_truth(), kClusters, pairs);
    EXPECT_EQ(accuracy.pairs.found, 2U);
    EXPECT_EQ(accuracy.pairs.right, 1U);
    EXPECT_EQ(accuracy.pairs.truth, 4U);
    EXPECT_EQ(accuracy.review, 2U);
    EXPECT_EQ(accuracy.proposed.right, 2U);  // 0-1 in a cluster, 3-4 in review
    EXPECT_DOUBLE_EQ(accuracy.proposed.recall(), 0.5);
}

TEST(LinkageMetrics, APairThatNobodyProposedIsAMiss) {
    const std::uint32_t alone[] = {0, 1, 2, 3, 4, 5};
    const Accuracy accuracy = measure(small_truth(), alone, {});
    EXPECT_EQ(accuracy.clustered.recall(), 0);
    EXPECT_EQ(accuracy.recognised.truth, 4U);  // without facts every true pair counts
    EXPECT_EQ(accuracy.recognised.recall(), 0);
    EXPECT_EQ(mistakes(small_truth(), alone, {}, 10).missed.size(), 4U);
    EXPECT_EQ(mistakes(small_truth(), alone, {}, 3).missed.size(), 3U);
}

TEST(LinkageMetrics, CountsTwinsInOneClusterOnce) {
    Truth truth;
    truth.person = {1, 1, 2, 2, 3, 4};
    truth.twins = {{2, 1}, {3, 4}};
    const std::uint32_t clusters[] = {0, 1, 0, 1, 2, 3};  // the first pair shares two clusters
    EXPECT_EQ(measure(truth, clusters, {}).twins_merged, 1U);
}

TEST(LinkageMetrics, TwoOfThreeFactsMakeAPairRecognisable) {
    constexpr Facts kPhone = kFirstContact;
    constexpr Facts kHome = kFirstContact << 1;
    EXPECT_TRUE(recognisable(kName | kDay, kName | kDay));
    EXPECT_TRUE(recognisable(kName | kPhone, kName | kPhone | kDay));
    EXPECT_TRUE(recognisable(kDay | kHome, kDay | kHome));
    EXPECT_TRUE(recognisable(kName | kFirstJanuary, kName | kFirstJanuary));
    EXPECT_FALSE(recognisable(kFirstJanuary | kHome, kFirstJanuary | kHome)) << "a sister could have the same";
    EXPECT_FALSE(recognisable(kName | kDay, kName | kRealDay)) << "two different dates";
    EXPECT_FALSE(recognisable(kName | kDay, kOtherName | kDay)) << "two different surnames";
    EXPECT_FALSE(recognisable(kName | kPhone, kName | kHome));
    EXPECT_FALSE(recognisable(kName, kName));
}

TEST(LinkageMetrics, ReadsTheFilesOfTheCommand) {
    const TempDir dir;
    write_bytes(dir / "truth.csv", "source,record,person,facts\na,1,p,5\na,2,p,5\n\"b,c\",1,q,0\n");
    write_bytes(dir / "twins.csv", "person_a,person_b\np,q\n");
    write_bytes(dir / "clusters.csv", "source,record,person\na,1,a:1\n\"b,c\",1,a:1\n");
    write_bytes(dir / "pairs.csv", "source_a,record_a,source_b,record_b,zone,weight_log2\na,1,a,2,review,3.5\n");
    const Accuracy accuracy = measure_files(dir / "clusters.csv", dir / "pairs.csv", dir / "truth.csv");
    EXPECT_EQ(accuracy.records, 3U);
    EXPECT_EQ(accuracy.clusters, 2U) << "the record that stands in no cluster is alone";
    EXPECT_EQ(accuracy.twins_merged, 1U);
    EXPECT_EQ(accuracy.clustered.right, 0U);
    EXPECT_EQ(accuracy.recognised.right, 1U);
    EXPECT_EQ(accuracy.review, 1U);
    write_bytes(dir / "clusters.csv", "source,record,person\nz,9,z:9\n");
    EXPECT_THROW(measure_files(dir / "clusters.csv", dir / "pairs.csv", dir / "truth.csv"), std::runtime_error);
    write_bytes(dir / "clusters.csv", "source,record\na,1\n");
    EXPECT_THROW(measure_files(dir / "clusters.csv", dir / "pairs.csv", dir / "truth.csv"), std::runtime_error);
}

TEST(FlemishChildrenMade, AreTheSameEachTimeAndDoNotDependOnTheirNumber) {
    const auto lines = [](std::uint32_t children, std::uint64_t seed) {
        std::vector<std::string> all;
        FlemishChildren({.children = children, .seed = seed}).each_record([&](const WrittenChild& child) {
            std::string line(child.source);
            for (const std::string& value : child.values) line += "|" + value;
            all.push_back(line + std::to_string(child.person));
        });
        return all;
    };
    std::vector<std::string> more = lines(500, 7);
    const std::vector<std::string> some = lines(300, 7);
    EXPECT_EQ(some, lines(300, 7));
    EXPECT_NE(some, lines(300, 8));
    ASSERT_GT(more.size(), some.size());
    more.resize(some.size() - 40);  // the last family may be cut
    EXPECT_TRUE(std::equal(more.begin(), more.end(), some.begin()));
}

TEST(FlemishChildrenMade, HaveTwinsNewcomersAndRecordsInEverySource) {
    std::map<std::string_view, int> by_source;
    std::set<std::uint32_t> persons;
    std::set<std::string> keys;
    int records = 0;
    int january = 0;
    int foreign_script = 0;
    int twins = 0;
    FlemishChildren({.children = 4000, .seed = 3})
        .each_record(
            [&](const WrittenChild& child) {
                ++records;
                ++by_source[child.source];
                persons.insert(child.person);
                EXPECT_TRUE(keys.insert(std::string(child.source) + ":" + child.values[0]).second) << "a key of one record";
                january += (child.facts & kFirstJanuary) != 0 ? 1 : 0;
                foreign_script += !child.values[1].empty() && static_cast<unsigned char>(child.values[1][0]) >= 0xD0 ? 1 : 0;
            },
            [&](std::uint32_t, std::uint32_t) { ++twins; });
    EXPECT_EQ(by_source.size(), child_sources().size());
    EXPECT_GT(persons.size(), 3500U);
    EXPECT_GT(records, 10'000);
    EXPECT_GT(january, 300);
    EXPECT_GT(foreign_script, 50);
    EXPECT_GT(twins * 2, 4000 * 2 / 100) << "two children in a hundred are a twin";
    EXPECT_LT(twins * 2, 4000 * 4 / 100);
}

}  // namespace
}  // namespace brugwacht
