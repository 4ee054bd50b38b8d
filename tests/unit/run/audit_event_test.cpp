#include "engine/run/audit_event.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/run/import.hpp"
#include "engine/run/project.hpp"
#include "engine/run/undo.hpp"
#include "engine/store/run_marks.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

class AuditEvents : public testing::Test {
  protected:
    AuditEvents() { create_project(path(), "nl", {}, ports_); }

    fs::path path() const { return dir_ / "p"; }
    Project project() const { return Project::load(path(), *files_); }
    void import(const std::string& people) {
        write_bytes(dir_ / "people.csv", "key,given_name,family_name,birth_date\n" + people);
        ImportRequest request;
        request.inputs = {(dir_ / "people.csv").string()};
        request.mapping = "canonical";
        import_files(project(), request, ports_);
    }
    std::vector<LoggedEntry> log() const {
        std::vector<LoggedEntry> out;
        Ledger::open(path() / "ledger.db").each("", [&](const LoggedEntry& entry) { out.push_back(entry); });
        return out;
    }
    std::vector<std::string> actions() const {
        std::vector<std::string> out;
        for (const LoggedEntry& logged : log())
            out.push_back(logged.entry.action + (logged.entry.object.empty() ? "" : "/" + logged.entry.object));
        return out;
    }
    std::size_t told(const std::string& action) const {
        const auto all = actions();
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), action));
    }
    AuditState state() const { return audit_state(project(), Ledger::open(path() / "ledger.db")); }
    /// As a person does who copies files while nothing runs.
    void keep(const std::string& name) const {
        for (const char* suffix : {"", "-wal", "-shm"})
            if (fs::exists(path() / (name + suffix)))
                fs::copy_file(path() / (name + suffix), dir_ / (name + suffix), fs::copy_options::overwrite_existing);
    }
    void put_back(const std::string& name) const {
        for (const char* suffix : {"", "-wal", "-shm"}) {
            fs::remove(path() / (name + suffix));
            if (fs::exists(dir_ / (name + suffix))) fs::copy_file(dir_ / (name + suffix), path() / (name + suffix));
        }
    }

    TempDir dir_;
    std::unique_ptr<Clock> clock_ = fixed_clock(1'767'225'600);
    std::unique_ptr<Files> files_ = disk_files();
    std::unique_ptr<Secrets> secrets_ = key_files(dir_ / "p/keys");
    std::unique_ptr<Log> log_ = no_log();
    Ports ports_{*clock_, *files_, *secrets_, *log_};
};

TEST_F(AuditEvents, AnImportTellsOfEveryFileAndOfTheSettingsItFound) {
    import("P-1,Wiske,Zwollem,2015-03-14\n");
    EXPECT_EQ(actions(), (std::vector<std::string>{"init/project", "config.changed/settings", "config.changed/context",
                                                   "config.changed/agreement", "config.changed/threshold", "import/file", "link/person"}));
    const AuditEntry imported = log()[5].entry;
    EXPECT_EQ(imported.counts.at("read"), 1);
    EXPECT_EQ(imported.counts.at("new"), 1);
    EXPECT_EQ(imported.counts.at("rejected"), 0);
    EXPECT_EQ(imported.run, 1);
    EXPECT_EQ(source_numbers(path() / "store.db").at(imported.counts.at("source")), "canonical");
}

TEST_F(AuditEvents, AFileThatIsRefusedIsToldWithItsCode) {
    write_bytes(dir_ / "people.csv", "naam\nWiske\n");
    ImportRequest request;
    request.inputs = {(dir_ / "people.csv").string()};
    request.mapping = "bestaatniet";
    std::string code;
    try {
        import_files(project(), request, ports_);
    } catch (const Error& error) {
        code = error.first().code;
    }
    std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    ASSERT_FALSE(code.empty());
    EXPECT_EQ(told("import.refused/" + code), 1U);
}

TEST_F(AuditEvents, WhatSomebodyEditedIsToldOnceAtTheNextEvent) {
    import("P-1,Wiske,Zwollem,2015-03-14\n");
    const std::size_t before = actions().size();
    record_changes(project(), ports_);
    EXPECT_EQ(actions().size(), before) << "nothing changed";
    write_bytes(path() / "mappings/eigen.toml", "# leeg\n");
    std::string agreement = read_bytes(path() / "agreement.toml");
    write_bytes(path() / "agreement.toml", agreement + "# nazicht\n");
    record_changes(project(), ports_);
    record_changes(project(), ports_);
    EXPECT_EQ(told("map.changed/mappings"), 1U);
    EXPECT_EQ(told("config.changed/agreement"), 2U);
    EXPECT_EQ(told("config.changed/threshold"), 1U) << "the same numbers";
    fs::remove(path() / "mappings/eigen.toml");
    record_changes(project(), ports_);
    EXPECT_EQ(told("map.changed/mappings"), 2U);
}

TEST_F(AuditEvents, ARunWhoseProgramDiedBeforeItToldIsToldLater) {
    import("P-1,Wiske,Zwollem,2015-03-14\n");
    keep("ledger.db");
    fs::copy_file(path() / "keys/audit.key", dir_ / "audit.key");
    import("P-1,Wiske,Zwollem,2015-03-14\nP-2,Suske,Antwerpen,2014-05-01\n");
    // The same as a crash between the commit of the store and the log: the log stands where it was.
    put_back("ledger.db");
    fs::copy_file(dir_ / "audit.key", path() / "keys/audit.key", fs::copy_options::overwrite_existing);
    EXPECT_EQ(state().untold, 1);
    EXPECT_FALSE(state().older());
    EXPECT_EQ(told("import/file"), 1U);
    undo_in_project(project(), 2, ports_, false);
    EXPECT_EQ(told("import/file"), 2U);
    EXPECT_EQ(told("undo"), 1U);
    EXPECT_EQ(state().untold, 0);
}

TEST_F(AuditEvents, AnOlderStoreOrVaultIsFoundOut) {
    import("P-1,Wiske,Zwollem,2015-03-14\n");
    keep("store.db");
    keep("vault.db");
    import("P-1,Wiske,Zwollem,2015-03-14\nP-2,Suske,Antwerpen,2014-05-01\n");
    EXPECT_FALSE(state().older());
    EXPECT_TRUE(state().vault_here);

    put_back("vault.db");
    EXPECT_TRUE(state().vault_older);
    EXPECT_FALSE(state().store_older);

    put_back("store.db");
    EXPECT_TRUE(state().store_older);
    EXPECT_EQ(state().run, 2);

    // Another run of the same number is another run; and the log says by itself that the store was replaced.
    import("P-3,Sidonia,Antwerpen,1970-05-01\n");
    EXPECT_EQ(told("restore.unannounced/store"), 1U);
    EXPECT_EQ(told("import/file"), 3U);
    EXPECT_FALSE(state().older());
}

TEST_F(AuditEvents, ARestoreThatTellsOfItselfIsNoSurprise) {
    import("P-1,Wiske,Zwollem,2015-03-14\n");
    keep("store.db");
    import("P-1,Wiske,Zwollem,2015-03-14\nP-2,Suske,Antwerpen,2014-05-01\n");
    put_back("store.db");
    record_event(project(), {.action = std::string(audit_action::kRestore), .object = "backup"}, ports_);
    EXPECT_EQ(told("restore.unannounced/store"), 0U);
    EXPECT_FALSE(state().store_older);
}

TEST_F(AuditEvents, WithoutItsLogNothingIsDone) {
    fs::remove(path() / "keys/audit.key");
    EXPECT_THROW(import("P-1,Wiske,Zwollem,2015-03-14\n"), Error);
    EXPECT_TRUE(run_marks(path() / "store.db").empty());
    write_bytes(path() / "keys/audit.key", "half");
    fs::permissions(path() / "keys/audit.key", fs::perms::owner_read | fs::perms::owner_write);
    try {
        import("P-1,Wiske,Zwollem,2015-03-14\n");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "KEY-003");
    }
}

}  // namespace
}  // namespace brugwacht
