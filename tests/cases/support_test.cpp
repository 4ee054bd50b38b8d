#include <gtest/gtest.h>

#include "tests/support/run_program.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

TEST(RunProgram, BothOutputsTheStatusAndTheInputAreSeen) {
    const RunResult result = run_program("/bin/sh", {"-c", "cat; echo problem >&2; exit 65"}, {.input = "hello"});
    EXPECT_EQ(result.out, "hello");
    EXPECT_EQ(result.err, "problem\n");
    EXPECT_EQ(result.status, 65);
    EXPECT_FALSE(result.timed_out);
    EXPECT_GT(result.peak_memory, 0U);
}

TEST(RunProgram, MoreOutputThanAPipeHoldsArrivesWhole) {
    const RunResult result = run_program("/bin/sh", {"-c", "head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2"});
    EXPECT_EQ(result.out.size(), 1000000U);
    EXPECT_EQ(result.err.size(), 300000U);
}

TEST(RunProgram, AProgramThatHangsIsKilledAtTheLimit) {
    const RunResult result = run_program("/bin/sh", {"-c", "sleep 30 & sleep 30"}, {.limit_seconds = 0.3});
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.status, 137);
    EXPECT_LT(result.seconds, 10);
}

TEST(RunProgram, WorksInTheFolderAndWithTheEnvironmentItIsGiven) {
    const TempDir dir;
    const RunResult result = run_program("/bin/sh", {"-c", "pwd; echo $BRUGWACHT_WORD"},
                                         {.directory = dir.path(), .environment = {{"BRUGWACHT_WORD", "woord"}}});
    EXPECT_EQ(result.out, std::filesystem::canonical(dir.path()).string() + "\nwoord\n");
}

TEST(TempDir, IsGoneAfterwardsEvenWhenRightsWereTakenAway) {
    std::filesystem::path kept;
    {
        const TempDir dir;
        kept = dir.path();
        write_bytes(dir / "a/b.txt", "x");
        std::filesystem::permissions(dir / "a", std::filesystem::perms::none);
    }
    EXPECT_FALSE(std::filesystem::exists(kept));
}

}  // namespace
}  // namespace brugwacht
