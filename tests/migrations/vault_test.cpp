// Vaults of every version that was ever released stay here for ever, as the SQL that makes them. Their key is 32 times 'k'.
#include <gtest/gtest.h>

#include "engine/lib/database.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

/// Of before there was a ring of keys: two persons, one of them changed once, a worker's name, a note and what was written back.
TEST(VaultMigration, AVaultOfVersionFourKeepsAllItHeldAlsoUnderANewMasterKey) {
    const TempDir dir;
    std::filesystem::create_directory(dir / "keys");
    const auto secrets = key_files(dir / "keys");
    secrets->store("master", Secret(std::string(32, 'k')));
    {
        Database database = Database::open(dir / "vault.db", Database::Mode::Create);
        database.execute(read_bytes(BRUGWACHT_SOURCE_DIR "/tests/migrations/vault_v4.sql"));
    }
    const auto check = [&](int version, std::uint64_t sealed) {
        Vault vault = Vault::open(dir / "vault.db", load_keys(*secrets));
        EXPECT_EQ(vault.size(), 2U);
        EXPECT_EQ(vault.person(7)->values[1], "Wiske Anna");
        EXPECT_EQ(vault.person(7)->token, std::string(32, 't'));
        EXPECT_EQ(vault.person(8)->values[1], "Suske");
        EXPECT_EQ(vault.fingerprint(7), 72U);
        EXPECT_EQ(vault.name(NameKind::Worker, 3), "Sidonia");
        EXPECT_EQ(vault.notes(NoteKind::Decision).at(0).text, "ander kind");
        EXPECT_EQ(vault.written("crm").at(0).values.at("stand"), "behaald");
        EXPECT_EQ(vault.key_versions(), (std::map<int, std::uint64_t>{{version, sealed}}));
    };
    check(1, 6);
    Vault::open(dir / "vault.db", begin_rotation(*secrets)).reseal();
    commit_rotation(*secrets);
    finish_rotation(*secrets);
    check(2, 6);

    // What the last run replaced comes back as well.
    Vault vault = Vault::open(dir / "vault.db", load_keys(*secrets));
    vault.reconcile([](std::int64_t run, std::int64_t) { return run == 1; });
    EXPECT_EQ(vault.person(7)->values[1], "Wiske");
}

}  // namespace
}  // namespace brugwacht
