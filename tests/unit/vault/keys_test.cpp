#include "engine/vault/keys.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/vault/holding.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

std::string stable_part(const Keys& keys) {
    std::string all(keys.link.bytes());
    all.append(keys.suppress.bytes()).append(keys.cellkey.bytes()).append(keys.tenant);
    all.append(keys.record_id.begin(), keys.record_id.end()).append(keys.fingerprint.begin(), keys.fingerprint.end());
    return all;
}

Secret nobody() { throw Error(Exit::NoPermission, "KEY-013"); }

Identity someone(std::int64_t id, const std::string& name) {
    Identity identity;
    identity.id = id;
    identity.source = "crm";
    identity.values[0] = "P-" + std::to_string(id);
    identity.values[1] = name;
    identity.token = std::string(32, 't');
    return identity;
}

/// Everything that a vault seals, once.
void fill(Vault& vault) {
    vault.begin(1, 11);
    vault.put(someone(7, "Wiske"), 1);
    vault.put(someone(8, "Suske"), 1);
    vault.put_name(NameKind::Worker, 3, "Sidonia");
    vault.put_name(NameKind::File, 4, "leden.csv");
    vault.commit();
    vault.settle(1);
    vault.begin(2, 22);
    vault.put(someone(7, "Wiske Anna"), 2);
    vault.add_note(NoteKind::Decision, 7, 8, "ander kind");
    vault.commit();
    vault.settle(2);
    vault.set_written({7, "crm", "P-7", {{"stand", "behaald"}}});
}

/// Everything that a vault gives back, in plain.
std::string contents(Vault& vault) {
    std::string all;
    vault.each([&](const Identity& identity) { all += std::to_string(identity.id) + identity.values[1] + identity.token + "|"; });
    all += vault.name(NameKind::Worker, 3).value_or("?") + "|" + vault.name(NameKind::File, 4).value_or("?") + "|";
    for (const Note& note : vault.notes(NoteKind::Decision)) all += note.text + "|";
    for (const WrittenBack& written : vault.written("crm")) all += written.key + written.values.at("stand") + "|";
    return all;
}

class Project {
  public:
    explicit Project(AskPassphrase ask = nobody) : ask_(std::move(ask)) { fs::create_directory(dir_ / "keys"); }

    std::unique_ptr<HeldSecrets> secrets() const { return std::make_unique<HeldSecrets>(dir_ / "keys", ask_); }
    Vault vault() const { return Vault::open(dir_ / "vault.db", load_keys(*secrets())); }
    fs::path key_file(const std::string& name) const { return dir_ / "keys" / name; }
    const TempDir& dir() const { return dir_; }

  private:
    TempDir dir_;
    AskPassphrase ask_;
};

TEST(KeyRing, ANewProjectHasARandomRingAndOneVersion) {
    Project project, other;
    create_master_key(*project.secrets());
    create_master_key(*other.secrets());
    const Keys keys = load_keys(*project.secrets());
    EXPECT_EQ(keys.version, 1);
    EXPECT_EQ(stable_part(keys), stable_part(load_keys(*project.secrets())));
    EXPECT_NE(stable_part(keys), stable_part(load_keys(*other.secrets())));
    EXPECT_NE(keys.record_id, derive_keys(project.secrets()->load("master")).record_id);  // not to be had from the master key
}

// Known answers of the program of before there was a ring: a project of that time keeps its ids, fingerprints and pseudonyms.
TEST(KeyRing, AnOlderProjectKeepsItsKeys) {
    Project project;
    project.secrets()->store("master", Secret(std::string(32, 'k')));
    const auto check = [](const Keys& keys) {
        const auto hex = [](const HashKey& key) { return to_hex({reinterpret_cast<const char*>(key.data()), key.size()}); };
        EXPECT_EQ(to_hex(keys.link.bytes()), "89502d11af9e95043618c0d29487fe7418c83783d1b9598e08dee4992cac9f0d");
        EXPECT_EQ(to_hex(keys.suppress.bytes()), "cbc3b51c7d214120f4e13b1b48aa43013dcc96ecfd7763d252368d674e7e64d9");
        EXPECT_EQ(to_hex(keys.cellkey.bytes()), "05c5500a357c866312e4fd37680cf0c6dfd6dba13011ba9de2927bd4d0d4f624");
        EXPECT_EQ(hex(keys.record_id), "0894f2211f8745eb71d473b676a02393");
        EXPECT_EQ(hex(keys.fingerprint), "7ef807bc032b95c31e8e2658cc73868e");
    };
    const Keys before = load_keys(*project.secrets());
    check(before);
    EXPECT_EQ(to_hex(before.wrap.bytes()), "0d7703622dc22475197dd4c2d61d98f2015467a347f08ea5954d5b3814463f53");
    EXPECT_EQ(to_hex(before.sync_state.bytes()), "97f5f9994b2321773254b5722da1b76043a78bcd2722e8a7c550a5851e3e24f4");

    begin_rotation(*project.secrets());
    commit_rotation(*project.secrets());
    finish_rotation(*project.secrets());
    const Keys after = load_keys(*project.secrets());
    check(after);
    EXPECT_EQ(after.tenant, before.tenant);
    EXPECT_EQ(after.version, 2);
    EXPECT_NE(after.wrap.bytes(), before.wrap.bytes());
    EXPECT_NE(after.sync_state.bytes(), before.sync_state.bytes());
}

TEST(KeyRing, IsBoundToItsMasterKey) {
    Project project;
    create_master_key(*project.secrets());
    const std::string ring = read_bytes(project.key_file("ring.sealed"));
    for (std::size_t at = 0; at < ring.size(); ++at) {
        std::string bad = ring;
        bad[at] = static_cast<char>(bad[at] ^ 4);
        project.secrets()->store_sealed("ring", bad);
        EXPECT_EQ(code_of([&] { load_keys(*project.secrets()); }), "KEY-008 77") << at;
    }
    project.secrets()->store_sealed("ring", ring);
    EXPECT_NO_THROW(load_keys(*project.secrets()));
    project.secrets()->store("master", Secret(random_bytes(32)));
    EXPECT_EQ(code_of([&] { load_keys(*project.secrets()); }), "KEY-008 77");
}

TEST(KeyRing, OfAnotherBackupIsNoticedByTheVault) {
    Project project;
    create_master_key(*project.secrets());
    project.vault();
    fs::remove(project.key_file("ring.sealed"));  // as if the project were older
    EXPECT_EQ(code_of([&] { project.vault(); }), "VLT-004 77");
}

TEST(KeyRotation, LeavesEveryNameReadableAndNothingUnderTheOldKey) {
    Project project;
    create_master_key(*project.secrets());
    std::string before;
    {
        Vault vault = project.vault();
        fill(vault);
        before = contents(vault);
    }
    const std::string stable = stable_part(load_keys(*project.secrets()));
    const std::string old_key = read_bytes(project.key_file("master.key"));
    const std::string old_data = read_bytes(project.dir() / "vault.db");
    fs::create_hard_link(project.key_file("master.key"), project.dir() / "old");

    const auto secrets = project.secrets();
    {
        Vault vault = Vault::open(project.dir() / "vault.db", begin_rotation(*secrets));
        EXPECT_EQ(vault.reseal(), 7U);  // three versions of persons, two names, a note, what was written back
        EXPECT_EQ(vault.key_versions(), (std::map<int, std::uint64_t>{{2, 7}}));
        EXPECT_EQ(contents(vault), before);
        EXPECT_EQ(vault.reseal(), 0U);
    }
    commit_rotation(*secrets);
    finish_rotation(*secrets);
    EXPECT_EQ(read_bytes(project.dir() / "old"), std::string(32, '\0'));
    EXPECT_NE(read_bytes(project.key_file("master.key")), old_key);
    EXPECT_FALSE(fs::exists(project.key_file("master-next.key")));
    EXPECT_EQ(stable_part(load_keys(*project.secrets())), stable);
    Vault vault = project.vault();
    EXPECT_EQ(contents(vault), before);
    EXPECT_NE(read_bytes(project.dir() / "vault.db"), old_data);
    EXPECT_EQ(code_of([&] { Vault::open(project.dir() / "vault.db", derive_keys(Secret(std::string(old_key)))); }), "VLT-002 77");
}

// Stops after each step, looks whether all is readable and can be added to, then goes on with a fresh view of the folder.
TEST(KeyRotation, CanStopAfterEveryStep) {
    for (int stop = 0; stop < 5; ++stop) {
        Project project;
        create_master_key(*project.secrets());
        std::string before;
        {
            Vault vault = project.vault();
            fill(vault);
            before = contents(vault);
        }
        {
            const auto secrets = project.secrets();
            begin_rotation(*secrets);
            if (stop >= 1) Vault::open(project.dir() / "vault.db", load_keys(*secrets)).reseal();
            if (stop >= 2) commit_rotation(*secrets);
            if (stop == 3) secrets->store("master", secrets->load("master-next"));  // within finish_rotation
            if (stop == 4) secrets->destroy("master");                              // no step of ours, yet all is there
        }
        {
            Vault vault = project.vault();
            EXPECT_EQ(contents(vault), before) << stop;
            vault.add_note(NoteKind::LookUp, 8, 0, "tussendoor");
        }
        const auto secrets = project.secrets();
        const Keys keys = begin_rotation(*secrets);
        ASSERT_TRUE(keys.next) << stop;
        Vault::open(project.dir() / "vault.db", keys).reseal();
        commit_rotation(*secrets);
        finish_rotation(*secrets);
        EXPECT_FALSE(is_rotating(*project.secrets()));
        Vault vault = project.vault();
        EXPECT_EQ(contents(vault), before) << stop;
        EXPECT_EQ(vault.notes(NoteKind::LookUp).size(), 1U);
        EXPECT_EQ(vault.key_versions().size(), 1U);
        EXPECT_EQ(vault.key_versions().begin()->first, load_keys(*project.secrets()).version);
    }
}

TEST(KeyRotation, ARowThatWasTamperedWithStopsItAndChangesNothing) {
    Project project;
    create_master_key(*project.secrets());
    {
        Vault vault = project.vault();
        fill(vault);
    }
    Database::open(project.dir() / "vault.db", Database::Mode::ReadWrite).execute("UPDATE note SET b = 9");
    Vault vault = Vault::open(project.dir() / "vault.db", begin_rotation(*project.secrets()));
    EXPECT_EQ(code_of([&] { vault.reseal(); }), "VLT-003 65");
    EXPECT_EQ(vault.key_versions(), (std::map<int, std::uint64_t>{{1, 7}}));
}

TEST(KeyRekey, GivesNewTokensAndDestroysTheOldLinkKey) {
    Project project;
    create_master_key(*project.secrets());
    {
        Vault vault = project.vault();
        fill(vault);
    }
    const Keys before = load_keys(*project.secrets());
    fs::create_hard_link(project.key_file("ring.sealed"), project.dir() / "old");
    const std::string old_ring = read_bytes(project.dir() / "old");
    const auto secrets = project.secrets();
    const Keys during = begin_rekey(*secrets);
    ASSERT_TRUE(during.next_link);
    EXPECT_EQ(code_of([&] { load_keys(*project.secrets()); }), "KEY-009 75");
    EXPECT_EQ(begin_rekey(*project.secrets()).next_link->bytes(), during.next_link->bytes());
    {
        Vault vault = Vault::open(project.dir() / "vault.db", during);
        int asked = 0;
        const auto token = [&](const Identity& identity) {
            ++asked;
            return identity.id == 8 ? std::string() : std::string(32, 'n');
        };
        vault.make_tokens(during.link_version + 1, token);
        EXPECT_EQ(asked, 3);  // the earlier version as well
        vault.make_tokens(during.link_version + 1, token);
        EXPECT_EQ(asked, 3);  // done already
        EXPECT_EQ(vault.person(7)->token, std::string(32, 'n'));
        EXPECT_EQ(vault.person(8)->token, "");
    }
    finish_rekey(*secrets);
    finish_rekey(*secrets);
    const Keys after = load_keys(*project.secrets());
    EXPECT_EQ(after.link.bytes(), during.next_link->bytes());
    EXPECT_NE(after.link.bytes(), before.link.bytes());
    EXPECT_EQ(after.link_version, before.link_version + 1);
    EXPECT_EQ(after.record_id, before.record_id);
    EXPECT_EQ(read_bytes(project.dir() / "old"), std::string(old_ring.size(), '\0'));
    Database db = Database::open(project.dir() / "vault.db", Database::Mode::ReadOnly);
    EXPECT_EQ(db.integer("SELECT count(*) FROM (SELECT token FROM person UNION ALL SELECT token FROM earlier) WHERE token = "
                         "CAST(replace(hex(zeroblob(16)), '0', 't') AS BLOB)"),
              0);
}

Secret words(const char* text) { return Secret(std::string(text)); }

TEST(KeyHolding, APassphraseTakesThePlaceOfTheKeyFileAndBack) {
    int asked = 0;
    Project project([&] {
        ++asked;
        return words("vijf losse woorden samen");
    });
    create_master_key(*project.secrets());
    EXPECT_EQ(project.secrets()->holding(), Holding::KeyFile);
    const std::string stable = stable_part(load_keys(*project.secrets()));
    const std::string master = read_bytes(project.key_file("master.key"));
    fs::create_hard_link(project.key_file("master.key"), project.dir() / "old");
    project.secrets()->hold_by_passphrase(words("vijf losse woorden samen"));
    EXPECT_EQ(read_bytes(project.dir() / "old"), std::string(32, '\0'));
    EXPECT_EQ(project.secrets()->holding(), Holding::Passphrase);
    EXPECT_TRUE(project.secrets()->exists("master"));
    EXPECT_EQ(read_bytes(project.key_file("master.sealed")).find(master), std::string::npos);
    EXPECT_EQ(asked, 0);
    const auto secrets = project.secrets();
    EXPECT_EQ(stable_part(load_keys(*secrets)), stable);
    EXPECT_EQ(secrets->load("master").bytes(), master);
    EXPECT_EQ(asked, 1);  // once for all

    begin_rotation(*secrets);
    EXPECT_EQ(code_of([&] { project.secrets()->hold_by_key_file(); }), "KEY-011 75");
    commit_rotation(*secrets);
    finish_rotation(*secrets);
    EXPECT_FALSE(fs::exists(project.key_file("master.key")));
    EXPECT_FALSE(fs::exists(project.key_file("master-next.sealed")));
    EXPECT_NE(project.secrets()->load("master").bytes(), master);

    project.secrets()->hold_by_key_file();
    EXPECT_EQ(project.secrets()->holding(), Holding::KeyFile);
    EXPECT_FALSE(fs::exists(project.key_file("master.sealed")));
    EXPECT_EQ(stable_part(load_keys(*project.secrets())), stable);
    EXPECT_EQ(code_of([&] { project.secrets()->hold_by_passphrase(words("te kort")); }), "KEY-012 64");
}

TEST(KeyHolding, EveryWrongPassphraseIsTheSameError) {
    std::string tried;
    Project project([&] { return Secret(std::string(tried)); });
    create_master_key(*project.secrets());
    project.secrets()->hold_by_passphrase(words("vijf losse woorden samen"));
    for (const char* wrong : {"", "v", "vijf losse woorden samem", "Vijf losse woorden samen", "een heel andere zin die veel langer is"}) {
        tried = wrong;
        EXPECT_EQ(code_of([&] { project.secrets()->load("master"); }), "KEY-007 77") << wrong;
    }
    tried = "vijf losse woorden samen";
    EXPECT_NO_THROW(load_keys(*project.secrets()));
    std::string sealed = read_bytes(project.key_file("master.sealed"));
    sealed[20] = static_cast<char>(sealed[20] ^ 1);
    project.secrets()->store_sealed("master", sealed);
    EXPECT_EQ(code_of([&] { project.secrets()->load("master"); }), "KEY-007 77");
}

TEST(KeyHolding, ASealedMasterKeyIsBoundToVersionAndTenant) {
    const Secret master(std::string(32, 'm'));
    const std::string sealed = seal_master(master, words("vijf losse woorden samen"), 3, "tenant");
    EXPECT_EQ(unseal_master(sealed, words("vijf losse woorden samen"), "tenant")->bytes(), master.bytes());
    EXPECT_FALSE(unseal_master(sealed, words("vijf losse woorden samen"), "other"));
    std::string other_version = sealed;
    other_version[15] = 4;
    EXPECT_FALSE(unseal_master(other_version, words("vijf losse woorden samen"), "tenant"));
    std::string endless = sealed;
    endless[23 + 7] = 1;  // a cost of 2^56: not even tried
    EXPECT_FALSE(unseal_master(endless, words("vijf losse woorden samen"), "tenant"));
    EXPECT_FALSE(unseal_master("", words("vijf losse woorden samen"), "tenant"));
}

class Credentials {
  public:
    Credentials() { ::setenv("CREDENTIALS_DIRECTORY", dir_.path().c_str(), 1); }
    ~Credentials() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
    void put(std::string_view name, const std::string& bytes) const {
        write_bytes(dir_ / name, bytes);
        fs::permissions(dir_ / name, fs::perms(0440));
    }
    fs::path path(std::string_view name) const { return dir_ / name; }

  private:
    TempDir dir_;
};

TEST(KeyHolding, TheMachineMayHoldTheMasterKey) {
    const Credentials machine;
    machine.put(kMasterCredential, std::string(32, 'c'));
    Project project;
    EXPECT_EQ(project.secrets()->holding(), Holding::Credential);
    EXPECT_EQ(project.secrets()->load("master").bytes(), std::string(32, 'c'));
    ensure_ring(*project.secrets());
    const std::string stable = stable_part(load_keys(*project.secrets()));
    EXPECT_EQ(code_of([&] { begin_rotation(*project.secrets()); }), "KEY-010 77");
    EXPECT_EQ(code_of([&] { project.secrets()->hold_by_key_file(); }), "KEY-010 77");
    EXPECT_FALSE(fs::exists(project.key_file("master.key")));

    machine.put(kNextMasterCredential, std::string(32, 'd'));
    begin_rotation(*project.secrets());
    commit_rotation(*project.secrets());
    EXPECT_EQ(code_of([&] { finish_rotation(*project.secrets()); }), "KEY-015 77");
    EXPECT_EQ(stable_part(load_keys(*project.secrets())), stable);
    fs::rename(machine.path(kNextMasterCredential), machine.path(kMasterCredential));
    EXPECT_EQ(stable_part(load_keys(*project.secrets())), stable);
    EXPECT_FALSE(is_rotating(*project.secrets()));

    machine.put(kMasterCredential, "short");
    EXPECT_EQ(code_of([&] { project.secrets()->load("master"); }), "KEY-003 65");
    fs::permissions(machine.path(kMasterCredential), fs::perms(0444));
    EXPECT_EQ(code_of([&] { project.secrets()->load("master"); }), "KEY-002 77");
}

}  // namespace
}  // namespace brugwacht
