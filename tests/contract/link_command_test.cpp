// What `link --clusters --pairs` promises to programs that read its files: every person record once, in a fixed order, and the same bytes
// whatever the order in which the records came.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/flemish_children.hpp"
#include "tests/support/linkage_metrics.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

using Row = std::vector<std::string>;

/// Rows of a file whose values hold no commas or quotes; the header is the first.
std::vector<Row> rows_of(const fs::path& file) {
    std::vector<Row> rows;
    std::istringstream lines(read_bytes(file));
    for (std::string line; std::getline(lines, line);) {
        Row& row = rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    }
    return rows;
}

class LinkCommand : public testing::Test {
  protected:
    LinkCommand() { write_children(FlemishChildren({.children = 300, .seed = 21}), project_.beside() / "made"); }

    fs::path made() const { return project_.beside() / "made"; }
    fs::path clusters() const { return project_.beside() / "clusters.csv"; }
    fs::path pairs() const { return project_.beside() / "pairs.csv"; }

    static RunResult run_in(const fs::path& project, std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--project", project.string(), "--json"});
        return run_program(BRUGWACHT_PROGRAM, arguments);
    }
    static void expect_success(const RunResult& result) { EXPECT_EQ(result.status, 0) << result.out << result.err; }

    void import_source(const fs::path& project, std::string_view source) const {
        std::vector<std::string> words{"import", "--mapping", "canonical", "--source", std::string(source)};
        for (const std::string_view name : {"people.csv", "trajectories.csv"})
            if (const fs::path file = made() / source / name; fs::exists(file)) words.push_back(file.string());
        expect_success(run_in(project, words));
    }
    void import_all(const fs::path& project, bool backwards = false) const {
        std::vector<std::string_view> sources(child_sources().begin(), child_sources().end());
        if (backwards) std::reverse(sources.begin(), sources.end());
        for (const std::string_view source : sources) import_source(project, source);
    }
    void link(const fs::path& project) const {
        expect_success(run_in(project, {"link", "--clusters", clusters().string(), "--pairs", pairs().string()}));
    }

    ScratchProject project_;
};

TEST_F(LinkCommand, ClustersHoldEveryPersonRecordOnceInBytewiseOrder) {
    import_all(project_.path());
    link(project_.path());
    std::vector<Row> rows = rows_of(clusters());
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows.front(), (Row{"source", "record", "person"}));
    rows.erase(rows.begin());

    std::vector<std::pair<std::string, std::string>> expected;
    for (const Row& row : rows_of(made() / "truth.csv"))
        if (row[0] != "source") expected.emplace_back(row[0], row[1]);
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i][0], expected[i].first);
        EXPECT_EQ(rows[i][1], expected[i].second);
    }
}

TEST_F(LinkCommand, APersonIsNamedAfterTheFirstRecordOfItsCluster) {
    import_all(project_.path());
    link(project_.path());
    std::map<std::string, std::vector<std::string>> records;
    for (const Row& row : rows_of(clusters()))
        if (row[0] != "source") records[row[2]].push_back(row[0] + ":" + row[1]);
    for (const auto& [person, of_person] : records) EXPECT_EQ(person, *std::min_element(of_person.begin(), of_person.end()));
    EXPECT_LT(records.size(), 500U) << "some 900 records of 300 children";
}

TEST_F(LinkCommand, PairsAreNamedOnceInOrderWithTheirZoneAndWeight) {
    import_all(project_.path());
    link(project_.path());
    std::vector<Row> rows = rows_of(pairs());
    ASSERT_GT(rows.size(), 100U);
    EXPECT_EQ(rows.front(), (Row{"source_a", "record_a", "source_b", "record_b", "zone", "weight_log2"}));
    rows.erase(rows.begin());
    std::vector<std::array<std::string, 2>> seen;
    std::map<std::string, int> zones;
    for (const Row& row : rows) {
        ASSERT_EQ(row.size(), 6U);
        seen.push_back({row[0] + ":" + row[1], row[2] + ":" + row[3]});
        EXPECT_LT(seen.back()[0], seen.back()[1]) << "the pair's first record stands first";
        ++zones[row[4]];
        double weight = 0;
        const auto [end, fault] = std::from_chars(row[5].data(), row[5].data() + row[5].size(), weight);
        EXPECT_TRUE(fault == std::errc() && end == row[5].data() + row[5].size()) << row[5];
    }
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "a pair stands there once";
    EXPECT_EQ(zones.size(), 2U);
    EXPECT_GT(zones["same"], 0);
    EXPECT_GT(zones["review"], 0);
}

/// Only the automatic zone joins: every cluster hangs together by pairs of zone same.
TEST_F(LinkCommand, OnlyTheAutomaticZoneJoins) {
    import_all(project_.path());
    link(project_.path());
    std::map<std::string, std::string> parent;
    const auto root = [&](std::string record) {
        while (parent.contains(record) && parent[record] != record) record = parent[record];
        return record;
    };
    for (const Row& row : rows_of(pairs()))
        if (row[4] == "same") parent[root(row[0] + ":" + row[1])] = root(row[2] + ":" + row[3]);
    std::map<std::string, std::set<std::string>> roots;
    for (const Row& row : rows_of(clusters()))
        if (row[0] != "source") roots[row[2]].insert(root(row[0] + ":" + row[1]));
    for (const auto& [person, of_person] : roots) EXPECT_EQ(of_person.size(), 1U) << person;
}

TEST_F(LinkCommand, TheOrderOfImportsChangesNoByte) {
    const fs::path other = project_.beside() / "other";
    fs::copy(project_.path(), other, fs::copy_options::recursive);  // the same keys
    import_all(project_.path());
    link(project_.path());
    const std::string first_clusters = read_bytes(clusters());
    const std::string first_pairs = read_bytes(pairs());
    import_all(other, true);
    link(other);
    EXPECT_TRUE(read_bytes(clusters()) == first_clusters);
    EXPECT_TRUE(read_bytes(pairs()) == first_pairs);
}

TEST_F(LinkCommand, ASourceThatComesLaterEndsInTheSamePlaces) {
    const fs::path other = project_.beside() / "other";
    fs::copy(project_.path(), other, fs::copy_options::recursive);
    import_all(project_.path());
    link(project_.path());
    const std::string at_once = read_bytes(clusters());
    for (const std::string_view source : child_sources()) {
        import_source(other, source);
        link(other);
    }
    EXPECT_TRUE(read_bytes(clusters()) == at_once) << "a whole linking does not depend on earlier ones";
}

TEST_F(LinkCommand, LinkingAgainChangesNothing) {
    import_all(project_.path());
    link(project_.path());
    const std::string first_clusters = read_bytes(clusters());
    const std::string first_pairs = read_bytes(pairs());
    import_all(project_.path());  // files seen before
    const Node again = project_.json({"link", "--clusters", clusters().string(), "--pairs", pairs().string()});
    EXPECT_EQ(at(at(again, "link"), "changed").integer, 0);
    EXPECT_TRUE(read_bytes(clusters()) == first_clusters);
    EXPECT_TRUE(read_bytes(pairs()) == first_pairs);
}

/// The files that were asked for tell what linking would do; the project stays as it was.
TEST_F(LinkCommand, ADryRunLeavesNothingInTheProject) {
    import_all(project_.path());
    const std::string before = project_.run({"history", "--json"}).out;
    const Node tried = project_.json({"link", "--whole", "--dry-run", "--clusters", clusters().string(), "--pairs", pairs().string()});
    EXPECT_EQ(project_.run({"history", "--json"}).out, before);
    const std::string tried_clusters = read_bytes(clusters());
    const std::string tried_pairs = read_bytes(pairs());
    const Node done = project_.json({"link", "--whole", "--clusters", clusters().string(), "--pairs", pairs().string()});
    for (const char* count : {"persons", "changed", "removed"})
        EXPECT_EQ(at(at(tried, "link"), count).integer, at(at(done, "link"), count).integer) << count;
    EXPECT_TRUE(read_bytes(clusters()) == tried_clusters);
    EXPECT_TRUE(read_bytes(pairs()) == tried_pairs);
}

TEST_F(LinkCommand, AKeyWithACommaOrAQuoteIsQuoted) {
    write_bytes(project_.beside() / "people.csv", "key,given_name,family_name,birth_date\n\"7,\"\"a\"\"\",Lotte,Maes,2014-05-06\n");
    expect_success(
        run_in(project_.path(), {"import", "--mapping", "canonical", "--source", "lijst", (project_.beside() / "people.csv").string()}));
    link(project_.path());
    EXPECT_EQ(read_bytes(clusters()), "source,record,person\nlijst,\"7,\"\"a\"\"\",\"lijst:7,\"\"a\"\"\"\n");
    EXPECT_EQ(read_bytes(pairs()), "source_a,record_a,source_b,record_b,zone,weight_log2\n");
}

/// From the files of eight sources to the files of the command, as a data officer would: nothing is lost on the way.
TEST_F(LinkCommand, RecognisesTheChildrenOfEightSources) {
    import_all(project_.path());
    link(project_.path());
    const Accuracy accuracy = measure_files(clusters(), pairs(), made() / "truth.csv");
    EXPECT_GE(accuracy.clustered.precision(), 0.999);
    EXPECT_EQ(accuracy.twins_merged, 0U);
    EXPECT_GE(accuracy.recognised.recall(), 0.98) << "some 900 pairs: each counts for a thousandth";
}

}  // namespace
}  // namespace brugwacht
