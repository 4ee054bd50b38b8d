// An erasure that is killed at any moment has happened wholly at the next opening, or not at all. BRUGWACHT_KILLS says how many kills (25).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "engine/store/erasure_number.hpp"
#include "tests/support/erasure_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

class EraseKill : public testing::Test {
  protected:
    EraseKill() {
        project_.import("crm", ErasureProject::children());
        copy_ = project_.back_up("before");
    }

    void begin_again() {
        project_.restore(copy_, {"store.db", "vault.db"});
        fs::remove(project_.path() / "erasures.db");
        fs::remove(project_.path() / "erasures.db-journal");
        std::ofstream(project_.path() / "worklists" / "lijst.csv") << "Lina Vandeputte\n";
    }

    /// Erases in a process of its own, killed after so many microseconds.
    void erase_until_killed(unsigned microseconds) const {
        const std::string folder = project_.path().string();
        const pid_t child = ::fork();
        if (child == 0) {
            ::execl(BRUGWACHT_PROGRAM, "brugwacht", "subject", "erase", "crm:7", "--reason", "vraag", "--confirmed", "--quiet", "--project",
                    folder.c_str(), static_cast<char*>(nullptr));
            ::_exit(127);
        }
        ::usleep(microseconds);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }

    ErasureProject project_;
    fs::path copy_;
};

TEST_F(EraseKill, AtAnyMomentLeavesAllOrNothing) {
    begin_again();
    const auto started = std::chrono::steady_clock::now();
    project_.erase("crm:7");
    const auto lasted = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
    const char* const wanted = std::getenv("BRUGWACHT_KILLS");
    const int kills = wanted != nullptr ? std::atoi(wanted) : 25;
    int whole = 0, nothing = 0;
    for (int i = 0; i < kills; ++i) {
        begin_again();
        erase_until_killed(static_cast<unsigned>(lasted * (i + 1) / kills));
        ASSERT_EQ(project_.run({"link"}).status, 0) << "kill " << i;
        const bool begun = last_erasure(project_.path() / "erasures.db") > 0;
        ++(begun ? whole : nothing);
        EXPECT_EQ(project_.records_with({"Vandeputte"}), begun ? 0U : 1U) << "kill " << i;
        EXPECT_EQ(project_.count("trajectory"), begun ? 11U : 12U) << "kill " << i;
        EXPECT_EQ(project_.count("event"), begun ? 22U : 24U) << "kill " << i;
        EXPECT_EQ(project_.files_with({"Vandeputte"}).size(), begun ? 0U : 1U) << "kill " << i;
    }
    RecordProperty("whole", whole);
    RecordProperty("nothing", nothing);
    EXPECT_GT(nothing, 0) << "some kills must fall before the first step";
}

}  // namespace
}  // namespace brugwacht
