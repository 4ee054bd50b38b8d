// The work list through the real program: what leaves the vault, what is logged, and what stays when something fails.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::size_t count(const std::string& text, const std::string& piece) {
    std::size_t n = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++n;
    return n;
}

class WorklistCommand : public testing::Test {
  protected:
    void SetUp() override {
        write("workers.csv", "key,name\nW-1,Sidonia\nW-2,Fanny\n");
        write("people.csv", "key,given_name,family_name,birth_date\nP1,Wiskeqz,Zwollem,2015-03-14\nP2,Suskeqz,Antwerpen,2014-05-01\n");
        write("trajectories.csv",
              "key,person,worker,start,strategy\nT1,P1,W-1,2026-03-01,individuele_toeleiding\n"
              "T2,P2,W-2,2026-03-01,individuele_toeleiding\n");
        const RunResult read =
            project_.run({"import", file("workers.csv"), file("people.csv"), file("trajectories.csv"), "--mapping", "canonical"});
        ASSERT_EQ(read.status, 0) << read.err;
    }

    std::string file(const std::string& name) const { return (project_.beside() / name).string(); }
    void write(const std::string& name, const std::string& content) const { write_bytes(project_.beside() / name, content); }
    RunResult list(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"worklist", "--as-of", "2026-05-15"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return project_.run(arguments);
    }
    /// Entries of the audit log that say the list was opened.
    std::size_t logged() const {
        std::string bytes = read_bytes(project_ / "ledger.db");
        if (fs::exists(project_ / "ledger.db-wal")) bytes += read_bytes(project_ / "ledger.db-wal");
        return count(bytes, "\"action\":\"worklist\"");
    }
    fs::path workbook() const { return project_ / "worklists/worklist-2026-05-15.xlsx"; }
    /// Every sheet as text.
    std::string shown(const fs::path& path) const {
        std::string all;
        for (int sheet = 1; sheet <= 4; ++sheet)
            all += run_program(BRUGWACHT_PROGRAM, {"peek", path.string(), "--sheet", std::to_string(sheet), "--format", "csv"}).out;
        return all;
    }

    ScratchProject project_;
};

TEST_F(WorklistCommand, NamesChildrenInTheWorkbookOnlyAndLogsIt) {
    const RunResult result = list();
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(shown(workbook()).find("Wiskeqz Zwollem"), std::string::npos);
    EXPECT_EQ(logged(), 1U);
    for (const std::string& text :
         {result.out, result.err, list({"--json"}).out, read_bytes(project_ / "ledger.db"), read_bytes(project_ / "log/brugwacht.jsonl")})
        EXPECT_EQ(count(text, "Wiskeqz") + count(text, "Sidonia"), 0U) << text.substr(0, 400);
    EXPECT_TRUE(fs::is_empty(project_ / ".tmp"));
}

TEST_F(WorklistCommand, ClosedOnRequestItLogsNothing) {
    EXPECT_EQ(list({"--no-names"}).status, 0);
    const std::string text = shown(workbook());
    EXPECT_EQ(text.find("qz"), std::string::npos);
    EXPECT_EQ(text.find("Sidonia"), std::string::npos);
    EXPECT_NE(text.find("T1"), std::string::npos);
    EXPECT_EQ(logged(), 0U);
}

TEST_F(WorklistCommand, ARehearsalOpensNothingAndWritesNothing) {
    EXPECT_EQ(list({"--dry-run"}).status, 0);
    EXPECT_FALSE(fs::exists(workbook()));
    EXPECT_EQ(logged(), 0U);
}

TEST_F(WorklistCommand, ALedgerThatCannotBeWrittenToHandsNothingOver) {
    ASSERT_EQ(list({"--no-names"}).status, 0);
    const std::string before = read_bytes(workbook());
    fs::remove(project_ / "keys/audit.key");
    const RunResult refused = list();
    EXPECT_EQ(refused.status, 66) << refused.err;
    EXPECT_EQ(read_bytes(workbook()), before) << "the last list stays";
    EXPECT_TRUE(fs::is_empty(project_ / ".tmp"));
}

TEST_F(WorklistCommand, OneAmbassadorGetsHerOwnChildrenOnly) {
    EXPECT_EQ(list({"--worker", "W-2"}).status, 0);
    const std::string text = shown(project_ / "worklists/worklist-2026-05-15-W-2.xlsx");
    EXPECT_NE(text.find("Suskeqz"), std::string::npos);
    EXPECT_EQ(text.find("Wiskeqz"), std::string::npos);
    EXPECT_EQ(text.find("Sidonia"), std::string::npos);
}

TEST_F(WorklistCommand, GoesWhereItIsAskedToForTheOwnerAlone) {
    const fs::path out = project_.beside() / "lijst.xlsx";
    EXPECT_EQ(list({"--out", out.string()}).status, 0);
    struct stat info {};
    ASSERT_EQ(::stat(out.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_FALSE(fs::exists(workbook()));
    EXPECT_EQ(list({"--out", (project_.beside() / "nergens/lijst.xlsx").string()}).status, 73);
}

TEST_F(WorklistCommand, TheSameListTwiceIsTheSameFile) {
    ASSERT_EQ(list().status, 0);
    const std::string first = read_bytes(workbook());
    ASSERT_EQ(list().status, 0);
    EXPECT_EQ(read_bytes(workbook()), first);
    EXPECT_EQ(logged(), 2U) << "every look is logged";
}

TEST_F(WorklistCommand, MembersOfAClubAreNotInIt) {
    std::string settings = read_bytes(project_ / "brugwacht.toml");
    settings += "\n[[source]]\nname = \"club\"\nfiles = [\"club*.csv\"]\nmapping = \"canonical\"\nrole = \"evidence\"\n";
    write_bytes(project_ / "brugwacht.toml", settings);
    fs::create_directories(project_.beside() / "club");
    write("club/people.csv", "key,given_name,family_name,birth_date\nM1,Krimsonqz,Van de Club,2015-03-14\n");
    write("club/trajectories.csv", "key,person,start\nX1,M1,2026-03-01\n");
    const RunResult read =
        project_.run({"import", file("club/people.csv"), file("club/trajectories.csv"), "--mapping", "canonical", "--source", "club"});
    ASSERT_TRUE(read.status == 0 || read.status == 3) << read.err;
    ASSERT_EQ(list().status, 0);
    EXPECT_EQ(shown(workbook()).find("Krimsonqz"), std::string::npos);
    EXPECT_EQ(shown(workbook()).find("X1"), std::string::npos);
}

}  // namespace
}  // namespace brugwacht
