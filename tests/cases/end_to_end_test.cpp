// The real program from an empty folder to results, against outcomes that were known before.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/scratch_project.hpp"
#include "tests/support/synthetic.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

using Verdicts = std::map<std::string, std::string>;  // "trajectory definition" -> "status reason"

/// Lines of a truth file; its values hold no commas.
Verdicts truth_of(const fs::path& file) {
    Verdicts truth;
    std::istringstream lines(read_bytes(file));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::array<std::string, 5> part;
        std::istringstream fields(line);
        for (std::string& text : part) std::getline(fields, text, ',');
        truth[part[0] + ":" + part[1] + " " + part[2]] = part[3] + " " + part[4];
    }
    return truth;
}

/// What `classify` found under the three definitions of the reference. `shorten` turns a key of the store into the key of the export.
Verdicts verdicts_of(const Node& classified, std::string (*shorten)(const std::string&) = nullptr) {
    Verdicts found;
    for (const Node& result : at(classified, "results").items) {
        const std::string& definition = at(result, "definition").text;
        if (definition != "D1" && definition != "D2" && definition != "D3") continue;
        const std::string& key = at(result, "trajectory").text;
        found[at(result, "source").text + ":" + (shorten != nullptr ? shorten(key) : key) + " " + definition] =
            at(result, "status").text + " " + at(result, "reason").text;
    }
    return found;
}

/// Differences as lines; a whole map in a message helps nobody.
std::string differences(const Verdicts& truth, const Verdicts& found) {
    std::string text;
    int count = 0;
    for (const auto& [key, verdict] : truth) {
        const auto seen_at = found.find(key);
        const std::string seen = seen_at == found.end() ? "nothing" : seen_at->second;
        if (seen != verdict && ++count <= 20) text += key + ": must be " + verdict + ", is " + seen + "\n";
    }
    for (const auto& [key, verdict] : found)
        if (!truth.contains(key) && ++count <= 20) text += key + ": unexpected " + verdict + "\n";
    if (count > 20) text += "and " + std::to_string(count - 20) + " more\n";
    return text;
}

std::int64_t count(const Node& node, std::string_view key) { return at(node, key).integer; }

void expect_counts_add_up(const Node& summary) {
    EXPECT_FALSE(at(summary, "files").items.empty());
    for (const Node& file : at(summary, "files").items) {
        EXPECT_EQ(count(file, "read"), count(file, "new") + count(file, "changed") + count(file, "unchanged") + count(file, "duplicate") +
                                           count(file, "rejected") + count(file, "skipped"))
            << at(file, "file").text;
    }
}

std::vector<std::string> import_canonical(const fs::path& folder) {
    std::vector<std::string> words{"import", "--mapping", "canonical"};
    for (const auto& entry : fs::directory_iterator(folder / "canonical")) words.push_back(entry.path().string());
    std::sort(words.begin() + 3, words.end());
    return words;
}

/// One project that has read the canonical files, shared by the tests that only look.
class Canonical : public testing::Test {
  protected:
    struct World {
        TempDir data;
        ScratchProject project;
        Node imported;
    };
    static void SetUpTestSuite() {
        world_ = std::make_unique<World>();
        write_synthetic(SyntheticWorld({.children = 400, .seed = 11, .exports = false}), world_->data.path());
        world_->imported = world_->project.json(import_canonical(world_->data.path()));
    }
    static void TearDownTestSuite() { world_.reset(); }
    static std::unique_ptr<World> world_;
    static const ScratchProject& project() { return world_->project; }
};
std::unique_ptr<Canonical::World> Canonical::world_;

TEST_F(Canonical, EveryVerdictIsTheKnownOne) {
    const Verdicts truth = truth_of(world_->data / "truth.csv");
    EXPECT_GT(truth.size(), 1100U);
    EXPECT_EQ(differences(truth, verdicts_of(project().json({"classify", "--as-of", "2026-09-30"}))), "");
}

TEST_F(Canonical, EveryRowIsCountedOnceAndAllAreNew) {
    expect_counts_add_up(world_->imported);
    for (const Node& file : at(world_->imported, "files").items) {
        EXPECT_EQ(count(file, "read"), count(file, "new")) << at(file, "file").text;
        EXPECT_EQ(at(file, "source").text, "canonical");
    }
    EXPECT_EQ(count(world_->imported, "waiting"), 0);
}

TEST_F(Canonical, ReadingTheFilesAgainChangesNothing) {
    const RunResult before = project().run({"classify", "--as-of", "2026-09-30", "--json"});
    const Node again = project().json(import_canonical(world_->data.path()));
    expect_counts_add_up(again);
    for (const Node& file : at(again, "files").items) EXPECT_EQ(count(file, "read"), count(file, "unchanged")) << at(file, "file").text;
    EXPECT_EQ(project().run({"classify", "--as-of", "2026-09-30", "--json"}).out, before.out);
}

TEST_F(Canonical, ADryRunOfTheSameFilesIsNoDifferentAndWritesNothing) {
    std::map<std::string, std::string> before;
    for (const char* name : {"store.db", "vault.db"}) before[name] = read_bytes(project() / name);
    std::vector<std::string> words = import_canonical(world_->data.path());
    words.push_back("--dry-run");
    expect_counts_add_up(project().json(words));
    for (const auto& [name, bytes] : before) EXPECT_TRUE(read_bytes(project() / name) == bytes) << name;
}

TEST_F(Canonical, TheVaultIsNotNeededToClassify) {
    const Node open = project().json({"classify", "--as-of", "2026-06-30"});
    ScratchProject copy;
    fs::remove_all(copy.path());
    fs::copy(project().path(), copy.path(), fs::copy_options::recursive);
    fs::remove(copy / "vault.db");
    fs::remove(copy / "keys/master.key");
    const Node closed = copy.json({"classify", "--as-of", "2026-06-30"});
    EXPECT_EQ(differences(verdicts_of(open), verdicts_of(closed)), "");
    for (const Node& result : at(closed, "results").items) ASSERT_TRUE(at(result, "persons").items.empty());
    for (const Node& result : at(open, "results").items) ASSERT_FALSE(at(result, "persons").items.empty());
}

TEST(EndToEnd, TheOrderOfTheFilesDoesNotMatter) {
    const TempDir data;
    write_synthetic(SyntheticWorld({.children = 80, .seed = 4, .exports = false}), data.path());
    std::vector<std::string> forward = import_canonical(data.path());
    std::vector<std::string> backward = forward;
    std::reverse(backward.begin() + 3, backward.end());
    const ScratchProject one, other;
    one.json(forward);
    other.json(backward);
    const Verdicts truth = truth_of(data / "truth.csv");
    EXPECT_EQ(differences(truth, verdicts_of(one.json({"classify", "--as-of", "2026-09-30"}))), "");
    EXPECT_EQ(differences(truth, verdicts_of(other.json({"classify", "--as-of", "2026-09-30"}))), "");
}

TEST(EndToEnd, ReferencesThatComeLaterAreWaitedFor) {
    const TempDir data;
    write_synthetic(SyntheticWorld({.children = 30, .seed = 4, .exports = false}), data.path());
    const ScratchProject project;
    const Node first = project.json({"import", "--mapping", "canonical", (data / "canonical/events.csv").string()});
    EXPECT_GT(count(first, "waiting"), 0);
    const Node rest = project.json(import_canonical(data.path()));
    EXPECT_EQ(count(rest, "waiting"), 0);
    EXPECT_EQ(differences(truth_of(data / "truth.csv"), verdicts_of(project.json({"classify", "--as-of", "2026-09-30"}))), "");
}

/// The demonstration project with its four exports in the inbox.
class Exports : public testing::Test {
  protected:
    struct World {
        TempDir data;
        ScratchProject project;
        Node imported;
    };
    static void SetUpTestSuite() {
        world_ = std::make_unique<World>();
        write_synthetic(SyntheticWorld({.children = 300, .seed = 1}), world_->data.path());
        for (const char* name : {"brugwacht.toml", "context.toml"})
            fs::copy_file(fs::path(BRUGWACHT_SOURCE_DIR) / "config/demo" / name, world_->project / name,
                          fs::copy_options::overwrite_existing);
        for (const auto& entry : fs::directory_iterator(world_->data.path()))
            if (entry.is_regular_file() && !entry.path().filename().string().starts_with("truth"))
                fs::copy_file(entry.path(), world_->project.path() / "inbox" / entry.path().filename());
        world_->imported = world_->project.json({"import"});
    }
    static void TearDownTestSuite() { world_.reset(); }
    static std::unique_ptr<World> world_;
    static const ScratchProject& project() { return world_->project; }
};
std::unique_ptr<Exports::World> Exports::world_;

/// "T0000012-1" out of what a mapping made of it.
std::string export_key(const std::string& key) { return key.substr(0, std::string("T0000012-1").size()); }

TEST_F(Exports, EveryRowIsCountedOnce) {
    expect_counts_add_up(world_->imported);
    EXPECT_EQ(at(world_->imported, "files").items.size(), 4U);
    for (const Node& file : at(world_->imported, "files").items) EXPECT_EQ(count(file, "rejected"), 0) << at(file, "file").text;
}

TEST_F(Exports, EveryVerdictIsTheKnownOneAlsoWhereOnlyTheClubKnows) {
    const Verdicts truth = truth_of(world_->data / "truth_exports.csv");
    EXPECT_EQ(differences(truth, verdicts_of(project().json({"classify", "--as-of", "2026-09-30"}), export_key)), "");
}

TEST_F(Exports, TheReportComesOutTwiceTheSameAndWithoutTheVault) {
    const fs::path first = project().beside() / "first.xlsx", second = project().beside() / "second.xlsx";
    const RunResult made = project().run({"report", "--as-of", "2026-09-30", "--out", first.string()});
    ASSERT_EQ(made.status, 0) << made.out << made.err;
    fs::rename(project() / "vault.db", project() / "vault.away");
    fs::rename(project() / "keys/master.key", project() / "keys/master.away");
    const RunResult again = project().run({"report", "--as-of", "2026-09-30", "--out", second.string()});
    fs::rename(project() / "vault.away", project() / "vault.db");
    fs::rename(project() / "keys/master.away", project() / "keys/master.key");
    EXPECT_EQ(again.status, 0) << again.out << again.err;
    EXPECT_GT(fs::file_size(first), 10000U);
    EXPECT_TRUE(read_bytes(first) == read_bytes(second));
}

}  // namespace
}  // namespace brugwacht
