#include "engine/run/keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/audit/ledger.hpp"
#include "engine/core/hash.hpp"
#include "engine/identity/intake.hpp"
#include "engine/identity/sealed_state.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

Record record(Entity entity, const std::map<std::string, std::string>& values, std::uint64_t row) {
    Record made;
    made.entity = entity;
    made.origin.row = row;
    for (const auto& [field, value] : values) made.set(field, value);
    return made;
}

class ProjectKeys : public testing::Test {
  protected:
    ProjectKeys() : clock_(fixed_clock(1790000000)), files_(disk_files()), log_(no_log()) {
        const auto secrets = key_files(dir_ / "p/keys");
        Ports ports{*clock_, *files_, *secrets, *log_};
        create_project(dir_ / "p", "nl", {}, ports);
    }

    Project project() { return Project::load(dir_ / "p", *files_); }
    std::unique_ptr<HeldSecrets> secrets() { return project_secrets(dir_ / "p/keys", "Wachtzin", false); }

    /// Imports two children of whom one stands in the list twice. How many rows were new, changed and unchanged.
    std::string import(const std::string& town) {
        const auto held = secrets();
        const Keys keys = load_keys(*held);
        Store store = Store::open(project().store_file());
        Vault vault = Vault::open(project().vault_file(), keys);
        Intake intake(store, vault, keys, {}, clock_->now());
        FileToRead file;
        file.source = "crm";
        file.role = "caseload";
        file.name = "people.csv";
        file.sha256 = std::string(32, town.front());
        file.mapping = "canonical";
        file.read_again = true;
        intake.begin_file(file);
        std::uint64_t row = 0;
        for (const auto& [key, name] : {std::pair("P-1", "Wiske"), std::pair("P-2", "Wiske"), std::pair("P-3", "Suske")}) {
            const std::vector<Record> one{record(
                Entity::Person,
                {{"key", key}, {"given_name", name}, {"family_name", "Van Zwollem"}, {"birth_date", "2015-03-14"}, {"municipality", town}},
                ++row)};
            intake.put(one, one.front().origin);
        }
        const FileCounts counts = intake.end_file();
        SealedState(keys).save(intake, "crm", "contacts", "token of changes");
        intake.link();
        intake.commit();
        return std::to_string(counts.fresh) + " " + std::to_string(counts.changed) + " " + std::to_string(counts.unchanged);
    }

    /// Pseudonym in hex by record, of the table and of what runs replaced.
    std::map<std::string, std::string> pseudonyms() {
        std::map<std::string, std::string> found;
        Database store = Database::open(project().store_file(), Database::Mode::ReadOnly);
        for (Statement s = store.prepare(
                 "SELECT 'now ' || id, person_id FROM person UNION ALL SELECT run || ' ' || id, person_id FROM before_person");
             s.step();)
            found[std::string(s.text(0))] = to_hex(s.blob(1));
        return found;
    }

    KeyRotation rotate(bool dry_run) {
        const auto held = secrets();
        Ports ports{*clock_, *files_, *held, *log_};
        return rotate_key(project(), *held, ports, dry_run);
    }
    KeyRekey rekey(bool dry_run) {
        const auto held = secrets();
        Ports ports{*clock_, *files_, *held, *log_};
        return rekey_persons(project(), *held, ports, dry_run);
    }
    AuditCheck ledger() {
        const auto held = secrets();
        const Secret anchor = audit_anchor(*held);
        return Ledger::open(project().ledger_file()).verify(*held, &anchor);
    }
    std::string state() {
        const auto held = secrets();
        const Keys keys = load_keys(*held);
        Store store = Store::open(project().store_file());
        return SealedState(keys).load(store, "crm", "contacts").text;
    }

    TempDir dir_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
};

TEST_F(ProjectKeys, ANewMasterKeyChangesNoRecordAndNoPseudonym) {
    EXPECT_EQ(import("Gent"), "3 0 0");
    const auto before = pseudonyms();
    const std::int64_t entries_before = ledger().entries;
    const std::string old_key = read_bytes(dir_ / "p/keys/master.key");
    EXPECT_EQ(rotate(true).version, 2);
    EXPECT_EQ(read_bytes(dir_ / "p/keys/master.key"), old_key);

    const KeyRotation done = rotate(false);
    EXPECT_EQ(done.version, 2);
    EXPECT_EQ(done.sealed, 4U);  // three persons, the name of a file
    EXPECT_EQ(done.states, 1U);
    EXPECT_NE(read_bytes(dir_ / "p/keys/master.key"), old_key);
    EXPECT_EQ(pseudonyms(), before);
    EXPECT_EQ(state(), "token of changes");
    EXPECT_EQ(import("Gent"), "0 0 3");
    const AuditCheck log = ledger();
    EXPECT_TRUE(log.macs_checked);
    EXPECT_FALSE(log.problem);
    EXPECT_GT(log.entries, entries_before);
    EXPECT_NE(read_bytes(dir_ / "p/ledger.db").find("\"action\":\"key.rotate\""), std::string::npos);

    const auto held = secrets();
    const KeyStatus status = key_status(project(), *held);
    EXPECT_EQ(status.holding, Holding::KeyFile);
    EXPECT_EQ(status.version, 2);
    EXPECT_FALSE(status.rotating);
    EXPECT_EQ(status.vault.size(), 1U);
    EXPECT_EQ(status.vault.begin()->first, 2);
    const std::string entries = read_bytes(project().ledger_file());
    EXPECT_NE(entries.find("key.rotate"), std::string::npos);
    EXPECT_NE(entries.find("key.destroy"), std::string::npos);
}

TEST_F(ProjectKeys, ARotationThatWasCutOffGoesOn) {
    import("Gent");
    {
        const auto held = secrets();
        const Keys keys = begin_rotation(*held);
        Vault::open(project().vault_file(), keys).reseal();
        Ledger::open(project().ledger_file()).move_anchor(keys.audit_anchor, keys.next->audit_anchor);
    }
    EXPECT_TRUE(key_status(project(), *secrets()).rotating);
    EXPECT_EQ(import("Gent"), "0 0 3");  // work goes on in between
    EXPECT_EQ(rotate(false).version, 2);
    EXPECT_FALSE(key_status(project(), *secrets()).rotating);
    EXPECT_FALSE(ledger().problem);
    EXPECT_EQ(state(), "token of changes");
    EXPECT_EQ(import("Gent"), "0 0 3");
}

TEST_F(ProjectKeys, NewPseudonymsKeepTogetherWhoBelongsTogether) {
    import("Gent");
    import("Brugge");  // replaces all three, so that earlier versions are kept
    const auto before = pseudonyms();
    EXPECT_EQ(rekey(true).link_version, 2);
    EXPECT_EQ(pseudonyms(), before);
    const KeyRekey done = rekey(false);
    EXPECT_EQ(done.link_version, 2);
    EXPECT_EQ(done.persons, std::set<std::string>([&] {
                                std::set<std::string> all;
                                for (const auto& [record, id] : before) all.insert(id);
                                return all;
                            }())
                                .size());
    const auto after = pseudonyms();
    ASSERT_EQ(after.size(), before.size());
    std::map<std::string, std::string> renamed, back;
    for (const auto& [record, old] : before) {
        const std::string& now = after.at(record);
        EXPECT_NE(now, old);
        EXPECT_EQ(renamed.try_emplace(old, now).first->second, now);
        EXPECT_EQ(back.try_emplace(now, old).first->second, old);
        for (const char* file : {"p/store.db", "p/store.db-wal", "p/vault.db"})
            if (fs::exists(dir_ / file)) {
                std::string raw;
                for (std::size_t i = 0; i < old.size(); i += 2) raw.push_back(static_cast<char>(std::stoi(old.substr(i, 2), nullptr, 16)));
                EXPECT_EQ(read_bytes(dir_ / file).find(raw), std::string::npos) << file;
            }
    }
    EXPECT_EQ(import("Brugge"), "0 0 3");
    EXPECT_EQ(pseudonyms(), after);
    EXPECT_EQ(key_status(project(), *secrets()).link_version, 2);
}

TEST_F(ProjectKeys, APassphraseOfTheMachineIsTakenAndNobodyElseIsAsked) {
    import("Gent");
    const auto held = secrets();
    Ports ports{*clock_, *files_, *held, *log_};
    set_passphrase(project(), *held, Secret(std::string("vijf losse woorden samen")), ports);
    const auto code = [&] {
        try {
            key_status(project(), *secrets());
        } catch (const Error& error) {
            return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
        }
        return std::string("opened");
    };
    EXPECT_EQ(code(), "KEY-013 77");
    const TempDir machine;
    write_bytes(machine / kPassphraseCredential, "vijf losse woorden samen\n");
    fs::permissions(machine / kPassphraseCredential, fs::perms(0400));
    ::setenv("CREDENTIALS_DIRECTORY", machine.path().c_str(), 1);
    EXPECT_EQ(code(), "opened");
    EXPECT_EQ(key_status(project(), *secrets()).holding, Holding::Passphrase);
    fs::permissions(machine / kPassphraseCredential, fs::perms(0600));
    write_bytes(machine / kPassphraseCredential, "vijf andere woorden samen");
    EXPECT_EQ(code(), "KEY-007 77");
    ::unsetenv("CREDENTIALS_DIRECTORY");
    remove_passphrase(project(), *held, ports);
    EXPECT_EQ(code(), "opened");
    EXPECT_FALSE(ledger().problem);
}

}  // namespace
}  // namespace brugwacht
