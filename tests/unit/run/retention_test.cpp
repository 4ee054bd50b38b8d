#include "engine/run/retention.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <type_traits>

#include "engine/audit/ledger.hpp"
#include "engine/run/import.hpp"
#include "engine/run/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kStart = 1790000000;  // 2026-09-21
constexpr std::int64_t kDay = 86400;

// A rule cannot be made up, so nothing can be deleted without one.
static_assert(!std::is_default_constructible_v<RetentionRule>);

class MovingClock : public Clock {
  public:
    std::int64_t now() const override { return at; }
    Date today() const override { return Date::from_days(static_cast<std::int32_t>(at / kDay)); }
    std::int64_t at = kStart;
};

class RetentionTest : public testing::Test {
  protected:
    RetentionTest()
        : secrets_(key_files(dir_ / "p/keys")), files_(disk_files()), log_(no_log()), ports_{clock_, *files_, *secrets_, *log_} {
        create_project(dir_ / "p", "nl", {}, ports_);
        settings("");
    }
    void settings(const std::string& more) { write_bytes(dir_ / "p/brugwacht.toml", "schema = \"brugwacht/1\"\n" + more); }
    Project project() { return Project::load(dir_ / "p", *files_); }

    /// A child whose trajectory began on 2026-02-01, and one without a trajectory.
    void import() {
        write_bytes(dir_ / "people.csv", "key,given_name,family_name,birth_date\n1,Lina,Vandeputte,2015-04-12\n2,Tom,Claes,2014-01-02\n");
        write_bytes(dir_ / "trajectories.csv", "key,person,start\nT1,1,2026-02-01\n");
        ImportRequest request;
        request.mapping = "canonical";
        request.source = "crm";
        request.inputs = {(dir_ / "people.csv").string(), (dir_ / "trajectories.csv").string()};
        import_files(project(), request, ports_);
    }
    std::uint64_t due(Kept what) { return find(apply_retention(project(), ports_, true), what).due; }
    std::uint64_t deleted(Kept what) { return find(apply_retention(project(), ports_, false), what).deleted; }
    static RetentionLine find(const std::vector<RetentionLine>& lines, Kept what) {
        return *std::find_if(lines.begin(), lines.end(), [&](const RetentionLine& line) { return line.rule.what() == what; });
    }
    std::uint64_t names() { return Stores(project(), ports_).vault.size(); }
    std::uint64_t persons() { return StoreReader::open(project().store_file()).count("person"); }

    TempDir dir_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    MovingClock clock_;
    Ports ports_;
};

TEST_F(RetentionTest, NamesGoBeforeTheFactsAndBothGo) {
    import();
    EXPECT_EQ(due(Kept::Identities), 0U);
    clock_.at = kStart + 400 * kDay;  // 548 days after 2026-02-01 is 2027-08-03
    EXPECT_EQ(deleted(Kept::Identities), 1U) << "the one who was guided; the other came in later than that";
    EXPECT_EQ(names(), 1U);
    EXPECT_EQ(persons(), 2U) << "what was counted stays, under a number";
    clock_.at = kStart + 548 * kDay;
    EXPECT_EQ(deleted(Kept::Identities), 1U);
    EXPECT_EQ(names(), 0U);
    clock_.at = kStart + 2 * 1096 * kDay;
    EXPECT_EQ(due(Kept::Analysis), 2U);
    EXPECT_EQ(deleted(Kept::Analysis), 2U);
    EXPECT_EQ(persons(), 0U);
    EXPECT_EQ(StoreReader::open(project().store_file()).count("trajectory"), 0U);
    for (const RetentionLine& line : apply_retention(project(), ports_, true)) EXPECT_EQ(line.due, 0U) << line.rule.id();
}

TEST_F(RetentionTest, WhoAskedForRestrictionIsKept) {
    import();
    {
        Stores stores(project(), ports_);
        stores.store.restrict_persons(stores.vault.ids(), RestrictionKind::Restricted, 0);
    }
    clock_.at = kStart + 5000 * kDay;
    EXPECT_EQ(due(Kept::Identities), 0U);
    EXPECT_EQ(due(Kept::Analysis), 0U);
}

TEST_F(RetentionTest, FilesGoByTheirAgeAndReportsStay) {
    for (const char* folder : {"worklists", "review", "requests", "rejected", "reports"}) write_bytes(dir_ / "p" / folder / "x.xlsx", "x");
    write_bytes(dir_ / "p/review/voorstel.toml", "x");
    clock_.at = static_cast<std::int64_t>(std::time(nullptr)) + 61 * kDay;
    EXPECT_EQ(due(Kept::Worklists), 1U);
    EXPECT_TRUE(fs::exists(dir_ / "p/worklists/x.xlsx")) << "a look deletes nothing";
    apply_retention(project(), ports_, false);
    for (const char* folder : {"worklists", "review", "requests", "rejected"})
        EXPECT_FALSE(fs::exists(dir_ / "p" / folder / "x.xlsx")) << folder;
    EXPECT_TRUE(fs::exists(dir_ / "p/reports/x.xlsx"));
    EXPECT_TRUE(fs::exists(dir_ / "p/review/voorstel.toml"));
}

TEST_F(RetentionTest, AProjectHasTermsOfItsOwn) {
    write_bytes(dir_ / "p/worklists/x.xlsx", "x");
    clock_.at = static_cast<std::int64_t>(std::time(nullptr)) + 5 * kDay;
    EXPECT_EQ(due(Kept::Worklists), 0U);
    settings("[retention]\nworklists = 4\n");
    EXPECT_EQ(due(Kept::Worklists), 1U);
    settings("[retention]\nworklist = 4\n");
    EXPECT_THROW(due(Kept::Worklists), Error);
    settings("[retention]\nworklists = \"kort\"\n");
    EXPECT_THROW(due(Kept::Worklists), Error);
}

TEST_F(RetentionTest, EveryDeletionStandsInTheLog) {
    import();
    const auto entries = [&] { return Ledger::open(project().ledger_file()).verify(*secrets_, nullptr).entries; };
    const auto before = entries();
    clock_.at = kStart + 400 * kDay;
    apply_retention(project(), ports_, true);
    EXPECT_EQ(entries(), before);
    apply_retention(project(), ports_, false);
    EXPECT_GT(entries(), before);
}

}  // namespace
}  // namespace brugwacht
