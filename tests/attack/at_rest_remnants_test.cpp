// What is deleted must not be readable afterwards: the table of SQLite settings of privacy.md 7.3, all rows, and the real vault.
#include <filesystem>
#include <set>
#include <vector>

#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/vault/vault.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 400;
constexpr int kDeleted = 201;

std::string name_of(int row) { return "Kanarievogel" + std::to_string(1000 + row) + "Zwaluwstaertsma"; }

/// How many of the texts stand in a file; 0 when there is no such file.
int readable(const fs::path& file, const std::vector<std::string>& texts) {
    if (!fs::exists(file)) return 0;
    const std::string bytes = read_bytes(file);
    int count = 0;
    for (const std::string& text : texts) count += bytes.find(text) != std::string::npos ? 1 : 0;
    return count;
}

struct Left {
    int database = 0, wal = 0, journal = 0;
    int all() const { return database + wal + journal; }
};

/// After DELETE, after a truncating checkpoint (WAL only), after VACUUM.
struct Remnants {
    Left deleted, checkpointed, vacuumed;
};

Remnants remnants(const std::string& secure_delete, const std::string& journal) {
    const TempDir dir;
    Database database = Database::open(dir / "t.db", Database::Mode::Create);
    // Checkpoints when the test says so, not when the journal has grown.
    database.execute("PRAGMA secure_delete=" + secure_delete + "; PRAGMA journal_mode=" + journal + "; PRAGMA wal_autocheckpoint=0");
    database.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, more TEXT); CREATE INDEX person_name ON person (name)");
    std::vector<std::string> gone;
    {
        Transaction transaction(database);
        Statement add = database.prepare("INSERT INTO person VALUES (?, ?, ?)");
        for (int row = 0; row < kRows; ++row) add.bind(0, row).bind(1, name_of(row)).bind(2, std::string(60, 'x')).execute();
        transaction.commit();
    }
    for (int row = 0; row < kDeleted; ++row) gone.push_back(name_of(row));
    if (journal == "WAL") database.checkpoint();
    {
        Transaction transaction(database);
        Statement remove = database.prepare("DELETE FROM person WHERE name = ?");
        for (const std::string& name : gone) remove.bind(0, std::string_view(name)).execute();
        transaction.commit();
    }
    const auto look = [&] {
        return Left{readable(dir / "t.db", gone), readable(dir / "t.db-wal", gone), readable(dir / "t.db-journal", gone)};
    };
    Remnants found;
    found.deleted = look();
    if (journal == "WAL") {
        EXPECT_TRUE(database.checkpoint());
        found.checkpointed = look();
    }
    database.vacuum();
    found.vacuumed = look();
    return found;
}

TEST(Remnants, AreLeftByEverySettingButOurs) {
    for (const auto& [secure_delete, journal] :
         {std::pair("OFF", "DELETE"), std::pair("FAST", "DELETE"), std::pair("ON", "DELETE"), std::pair("ON", "TRUNCATE"),
          std::pair("ON", "PERSIST"), std::pair("OFF", "WAL"), std::pair("FAST", "WAL"), std::pair("ON", "WAL")}) {
        const Remnants found = remnants(secure_delete, journal);
        const std::string setting = std::string(secure_delete) + " " + journal;
        std::cout << "  " << setting << ": after DELETE db " << found.deleted.database << ", wal " << found.deleted.wal << ", journal "
                  << found.deleted.journal << "; after checkpoint db " << found.checkpointed.database << "; after VACUUM db "
                  << found.vacuumed.database << '\n';
        const bool on = std::string(secure_delete) == "ON";
        const bool wal = std::string(journal) == "WAL";
        EXPECT_EQ(found.vacuumed.database, 0) << setting;
        if (on && std::string(journal) != "PERSIST" && !wal) {
            EXPECT_EQ(found.deleted.all(), 0) << setting;
        }
        if (std::string(journal) == "PERSIST") {
            EXPECT_EQ(found.deleted.journal, kDeleted);
        }
        if (!on) {
            EXPECT_GT(found.deleted.database, 0) << setting;
        }
        if (wal) {
            EXPECT_EQ(found.deleted.database, kDeleted) << setting;  // the old pages stand there until the checkpoint
            EXPECT_EQ(found.checkpointed.all() > 0, !on) << setting;
        }
    }
}

/// The real vault: names, and the sealed texts of the persons that were removed, in all files that it and SQLite make.
TEST(Attack, Remnants) {
    run_attack("attack-remnants", [](AttackNumber& number) {
        const TempDir dir;
        const TempDir temporary;
        ::setenv("SQLITE_TMPDIR", temporary.path().c_str(), 1);
        std::vector<std::string> gone, names;
        std::vector<std::int64_t> ids;
        Vault vault = Vault::open(dir / "vault.db", derive_keys(Secret(random_bytes(32))));
        for (const std::int64_t run : {1, 2}) {  // the second run leaves earlier versions
            vault.begin(run, run * 11);
            for (int row = 0; row < kRows; ++row) {
                Identity person;
                person.id = 1000 + row;
                person.source = "crm";
                person.values[0] = "P-" + std::to_string(row);
                person.values[1] = name_of(row) + std::to_string(run);
                person.token = std::string(32, static_cast<char>(row));
                vault.put(person, static_cast<std::uint64_t>(run));
            }
            vault.commit();
            vault.settle(run);
        }
        for (int row = 0; row < kDeleted; ++row) {
            ids.push_back(1000 + row);
            names.push_back(name_of(row));
            vault.add_note(NoteKind::Decision, 1000 + row, 1000 + kRows - 1, "ander kind");
        }
        {
            Database file = Database::open(dir / "vault.db", Database::Mode::ReadOnly);
            for (const char* column : {"data", "data_key"})
                for (const char* table : {"person", "earlier"})
                    for (Statement s = file.prepare(std::string("SELECT ") + column + " FROM " + table + " WHERE id < " +
                                                    std::to_string(1000 + kDeleted));
                         s.step();)
                        gone.emplace_back(s.blob(0).substr(0, 40));
            for (Statement s = file.prepare("SELECT sealed FROM note"); s.step();) gone.emplace_back(s.blob(0).substr(0, 40));
        }
        ASSERT_EQ(gone.size(), 5U * kDeleted);
        ASSERT_EQ(readable(dir / "vault.db", gone), 5 * kDeleted);  // they were there

        vault.remove(ids);
        int files = 0;
        for (const TempDir* place : {&dir, &temporary})
            for (const auto& entry : fs::recursive_directory_iterator(place->path())) {
                ++files;
                number.tried(gone.size() + names.size());
                number.succeeded("sealed texts in " + entry.path().filename().string(),
                                 static_cast<std::uint64_t>(readable(entry.path(), gone)));
                number.succeeded("names in " + entry.path().filename().string(), static_cast<std::uint64_t>(readable(entry.path(), names)));
            }
        ASSERT_GT(files, 0);
        ASSERT_EQ(vault.size(), static_cast<std::uint64_t>(kRows - kDeleted));
        ::unsetenv("SQLITE_TMPDIR");
    });
}

}  // namespace
}  // namespace brugwacht
