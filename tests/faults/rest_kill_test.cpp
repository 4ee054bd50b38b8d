// A synchronisation that is killed at random moments, again and again, ends in the same store as one that was left alone.
// BRUGWACHT_KILLS says how many kills (25; a full proof takes 1000).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "tests/contract/rest_source.hpp"
#include "tests/support/stand_in/civicrm.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

class RestKill : public testing::Test {
  protected:
    RestKill() {
        stand_in::PeopleOptions options;
        options.people = 100;
        options.activities = 600;
        options.burst = 60;
        stand_in::fill(system_, options, stand_in::civicrm_layout);
        system_.now_us = 1'795'651'200 * kSecond;
    }

    std::unique_ptr<RestProject> project(const fs::path& keys_of = {}) {
        auto made = std::make_unique<RestProject>(
            "civicrm-api4", std::vector<std::string>{"site = \"https://crm.voorbeeldstad.invalid\"", "case_type = \"\"", "page_size = 25"},
            std::map<std::string, std::string>{{"api_key", system_.secret}}, served<stand_in::CiviCrm>(system_));
        made->add_setting("role = \"caseload\"");
        made->clock.at = system_.now_us / kSecond;
        for (const char* name : {"master.key", "ring.sealed"})
            if (!keys_of.empty())
                fs::copy_file(keys_of / "keys" / name, made->path() / "keys" / name, fs::copy_options::overwrite_existing);
        return made;
    }

    static ImportRequest in_small_parts() {
        ImportRequest request;
        request.rows_per_part = 100;
        return request;
    }

    /// Synchronises in a process of its own, that is killed after so many microseconds. True when it came to its end before that.
    static bool sync_until_killed(RestProject& project, unsigned microseconds) {
        const pid_t child = ::fork();
        if (child == 0) {
            int status = 1;
            try {
                status = project.sync(in_small_parts()).exit() == Exit::Ok ? 0 : 1;
            } catch (...) {
            }
            ::_exit(status);
        }
        ::usleep(microseconds);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    stand_in::System system_;
};

std::int64_t wanted_kills() {
    const char* const wanted = std::getenv("BRUGWACHT_KILLS");
    return wanted != nullptr ? std::atoll(wanted) : 25;
}

TEST_F(RestKill, AtAnyMomentLeavesAStoreThatEndsUpTheSame) {
    const auto whole = project();
    const auto started = std::chrono::steady_clock::now();
    ASSERT_EQ(whole->sync(in_small_parts()).exit(), Exit::Ok);
    const auto lasted = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
    const std::string facts = facts_of(whole->path());
    ASSERT_GT(whole->store().runs().size(), 5U) << "kills must fall between parts as well as inside them";

    std::mt19937_64 random(20261126);
    std::uniform_int_distribution<unsigned> moment(0, static_cast<unsigned>(std::max<std::int64_t>(lasted, 1000)) * 6 / 5);
    std::int64_t kills = 0, readings = 0;
    while (kills < wanted_kills()) {
        const auto killed = project(whole->path());
        // In the end it is left alone, or a machine on which it never ends by itself would go on for ever.
        int tries = 0;
        while (tries < 40 && !sync_until_killed(*killed, moment(random))) ++tries;
        kills += tries;
        ASSERT_EQ(killed->sync(in_small_parts()).exit(), Exit::Ok);
        ++readings;
        ASSERT_EQ(facts_of(killed->path()), facts) << "after " << tries << " kills";
        Database store = Database::open(killed->path() / "store.db", Database::Mode::ReadOnly);
        Statement check = store.prepare("PRAGMA integrity_check");
        ASSERT_TRUE(check.step());
        ASSERT_EQ(check.text(0), "ok");
    }
    RecordProperty("kills", static_cast<int>(kills));
    RecordProperty("readings", static_cast<int>(readings));
}

TEST_F(RestKill, BeforeThePersonsWereLinkedLeavesThatToTheNextTime) {
    const auto whole = project();
    ASSERT_EQ(whole->sync(in_small_parts()).exit(), Exit::Ok);
    const auto killed = project(whole->path());
    ImportRequest unlinked = in_small_parts();
    unlinked.link = false;
    ASSERT_EQ(killed->sync(unlinked).exit(), Exit::Ok);
    EXPECT_TRUE(killed->store().link_due());
    EXPECT_NE(facts_of(killed->path()), facts_of(whole->path()));
    EXPECT_EQ(total_of(killed->sync(in_small_parts())).fresh, 0U) << "nothing new came";
    EXPECT_FALSE(killed->store().link_due());
    EXPECT_EQ(facts_of(killed->path()), facts_of(whole->path()));
}

}  // namespace
}  // namespace brugwacht
