#include "engine/vault/vault.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Keys keys_of(char fill) { return derive_keys(Secret(std::string(32, fill))); }

Identity someone(std::int64_t id, const std::string& key, const std::string& name) {
    Identity identity;
    identity.id = id;
    identity.source = "crm";
    identity.values[0] = key;
    identity.values[1] = name;
    identity.token = std::string(32, 't');
    return identity;
}

void add(Vault& vault, std::int64_t run, const Identity& identity) {
    vault.begin(run, run * 11);
    vault.put(identity, static_cast<std::uint64_t>(run));
    vault.commit();
}

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

TEST(Vault, GivesBackWhatWasSealedAlsoAfterReopening) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        add(vault, 1, someone(7, "P-7", "Wiske"));
    }
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    const auto found = vault.person(7);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source, "crm");
    EXPECT_EQ(found->values[0], "P-7");
    EXPECT_EQ(found->values[1], "Wiske");
    EXPECT_EQ(found->token, std::string(32, 't'));
    EXPECT_EQ(vault.fingerprint(7), 1U);
    EXPECT_FALSE(vault.person(8));
    EXPECT_EQ(vault.size(), 1U);
}

TEST(Vault, AnotherKeyIsRefusedWithItsOwnCode) {
    TempDir dir;
    { Vault::open(dir / "vault.db", keys_of('k')); }
    EXPECT_EQ(code_of([&] { Vault::open(dir / "vault.db", keys_of('x')); }), "VLT-002 77");
    EXPECT_NO_THROW(Vault::open(dir / "vault.db", keys_of('k')));
}

TEST(Vault, NewerVersionIsRefused) {
    TempDir dir;
    { Vault::open(dir / "vault.db", keys_of('k')); }
    Database::open(dir / "vault.db", Database::Mode::ReadWrite).execute("UPDATE schema_version SET version = 99");
    EXPECT_EQ(code_of([&] { Vault::open(dir / "vault.db", keys_of('k')); }), "VLT-001 78");
}

TEST(Vault, FileIsForItsOwnerOnly) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    add(vault, 1, someone(7, "P-7", "Wiske"));
    for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
        EXPECT_EQ(static_cast<unsigned>(entry.status().permissions()) & 077U, 0U) << entry.path();
}

TEST(Vault, ReadsPersonsInPartsWholeAndInOrder) {
    constexpr std::int64_t kPersons = 9001;  // two whole parts and a piece
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    vault.begin(1, 11);
    for (std::int64_t id = kPersons; id > 0; --id) vault.put(someone(id, "P-" + std::to_string(id), "Wiske"), 1);
    vault.commit();
    std::int64_t seen = 0;
    vault.each([&](const Identity& identity) {
        EXPECT_EQ(identity.id, ++seen);
        EXPECT_EQ(identity.values[0], "P-" + std::to_string(seen));
    });
    EXPECT_EQ(seen, kPersons);
    EXPECT_THROW(vault.each([](const Identity& identity) {
        if (identity.id == 5000) throw std::runtime_error("the visitor stops");
    }),
                 std::runtime_error);
    Database::open(dir / "vault.db", Database::Mode::ReadWrite).execute("UPDATE person SET data = data_key WHERE id = 8500");
    EXPECT_EQ(code_of([&] { vault.each([](const Identity&) {}); }), "VLT-003 65");
}

TEST(Vault, BlobsSwappedBetweenRowsOrColumnsDoNotOpen) {
    const char* const kSwaps[] = {
        "UPDATE person SET data = (SELECT p.data FROM person p WHERE p.id <> person.id)",
        "UPDATE person SET data_key = (SELECT p.data_key FROM person p WHERE p.id <> person.id)",
        "UPDATE person SET data = (SELECT p.data FROM person p WHERE p.id <> person.id), data_key = (SELECT p.data_key FROM person p WHERE "
        "p.id <> person.id)",
        "UPDATE person SET data = data_key",
        "UPDATE person SET id = id + 1000",
    };
    for (const char* const swap : kSwaps) {
        TempDir dir;
        {
            Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
            add(vault, 1, someone(7, "P-7", "Wiske"));
            add(vault, 2, someone(8, "P-8", "Suske"));
        }
        Database::open(dir / "vault.db", Database::Mode::ReadWrite).execute(swap);
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        EXPECT_EQ(code_of([&] { vault.each([](const Identity&) {}); }), "VLT-003 65") << swap;
    }
}

TEST(Vault, AnyFlippedBitOfASealedFieldIsNoticed) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        add(vault, 1, someone(7, "P-7", "Wiske"));
    }
    for (const std::string column : {"data", "data_key"}) {
        Database db = Database::open(dir / "vault.db", Database::Mode::ReadWrite);
        std::string good;
        {
            Statement s = db.prepare("SELECT " + column + " FROM person");
            ASSERT_TRUE(s.step());
            good = s.blob(0);
        }
        for (std::size_t at = 0; at < good.size(); at += 3) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
            db.prepare("UPDATE person SET " + column + " = ?").bind_blob(0, bad).execute();
            Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
            EXPECT_EQ(code_of([&] { vault.person(7); }), "VLT-003 65") << column << " byte " << at;
        }
        db.prepare("UPDATE person SET " + column + " = ?").bind_blob(0, good).execute();
    }
}

TEST(Vault, EqualPeopleGiveDifferentBytesOfOneLength) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    add(vault, 1, someone(7, "P", "Al"));
    add(vault, 2, someone(8, "P", "Al"));
    add(vault, 3, someone(9, "P", "Alexandrina-Bernadette"));
    Database db = Database::open(dir / "vault.db", Database::Mode::ReadOnly);
    EXPECT_EQ(db.integer("SELECT count(DISTINCT data) FROM person"), 3);
    EXPECT_EQ(db.integer("SELECT count(DISTINCT data_key) FROM person"), 3);
    EXPECT_EQ(db.integer("SELECT count(DISTINCT length(data)) FROM person"), 1) << "length of a name shows";
}

TEST(Vault, RunThatTheStoreNeverCommittedIsTakenBack) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        add(vault, 1, someone(7, "P-7", "Wiske"));
        vault.settle(1);
        vault.begin(2, 22);
        vault.put(someone(7, "P-7", "Suske"), 5);
        vault.put(someone(7, "P-7", "Lambik"), 6);
        vault.put(someone(8, "P-8", "Sidonia"), 7);
        vault.put_name(NameKind::Worker, 3, "Jerom");
        vault.commit();
    }
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    EXPECT_EQ(vault.person(7)->values[1], "Lambik");
    vault.reconcile([](std::int64_t run, std::int64_t tag) { return run == 1 && tag == 11; });
    EXPECT_EQ(vault.person(7)->values[1], "Wiske");
    EXPECT_EQ(vault.fingerprint(7), 1U);
    EXPECT_FALSE(vault.person(8));
    EXPECT_FALSE(vault.name(NameKind::Worker, 3));
    vault.begin(2, 23);  // the number can be used again
    vault.commit();
}

TEST(Vault, WhatACommittedRunReplacedStaysUntilItsImagesAreLetGo) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    vault.begin(1, 11);
    vault.put(someone(7, "P-7", "Wiske"), 1);
    vault.put_name(NameKind::Worker, 3, "Jerom");
    vault.commit();
    vault.begin(2, 22);
    vault.put(someone(7, "P-7", "Suske"), 2);
    vault.put_name(NameKind::Worker, 3, "Krimson");
    vault.commit();
    vault.reconcile([](std::int64_t, std::int64_t) { return true; });
    EXPECT_EQ(vault.person(7)->values[1], "Suske");
    EXPECT_EQ(vault.name(NameKind::Worker, 3), "Krimson");
    const auto kept = [&] {
        Database db = Database::open(dir / "vault.db", Database::Mode::ReadOnly);
        return std::pair(db.integer("SELECT count(*) FROM earlier"), db.integer("SELECT count(*) FROM name"));
    };
    vault.keep_images([](std::int64_t run) { return run == 2; });
    EXPECT_EQ(kept(), std::pair(std::optional<std::int64_t>(1), std::optional<std::int64_t>(2)));
    vault.keep_images([](std::int64_t) { return false; });
    EXPECT_EQ(kept(), std::pair(std::optional<std::int64_t>(0), std::optional<std::int64_t>(1)));
    EXPECT_EQ(vault.person(7)->values[1], "Suske");
    EXPECT_EQ(vault.name(NameKind::Worker, 3), "Krimson");
}

TEST(Vault, AVaultOfVersionOneIsBroughtUpToDateAndStaysReadable) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        vault.begin(1, 11);
        vault.put(someone(7, "P-7", "Wiske"), 1);
        vault.commit();
        vault.settle(1);
    }
    {
        Database db = Database::open(dir / "vault.db", Database::Mode::ReadWrite);
        db.execute(
            "DROP TABLE note; DROP TABLE written; DROP INDEX earlier_run; ALTER TABLE batch DROP COLUMN takes_back; UPDATE schema_version "
            "SET version = 1");
    }
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    EXPECT_EQ(vault.person(7)->values[1], "Wiske");
    vault.begin(2, 22, 1);
    vault.commit();
    vault.settle(2);
    EXPECT_FALSE(vault.person(7));
}

TEST(Vault, ARunIsTakenBackOnlyWhenTheStoreHasCommittedThat) {
    for (const bool committed : {false, true}) {
        TempDir dir;
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        vault.begin(1, 11);
        vault.put(someone(7, "P-7", "Wiske"), 1);
        vault.put(someone(8, "P-8", "Sidonia"), 1);
        vault.commit();
        vault.settle(1);
        vault.begin(2, 22);
        vault.put(someone(7, "P-7", "Suske"), 2);
        vault.put(someone(9, "P-9", "Lambik"), 2);
        vault.withdraw({8});
        vault.commit();
        vault.settle(2);
        EXPECT_FALSE(vault.person(8));
        EXPECT_TRUE(vault.can_return(8, 2));
        vault.begin(3, 33, 2);
        vault.commit();  // and then the power fails
        vault.reconcile([&](std::int64_t run, std::int64_t) { return run < 3 || committed; });
        EXPECT_EQ(vault.person(7)->values[1], committed ? "Wiske" : "Suske");
        EXPECT_EQ(vault.person(8).has_value(), committed);
        EXPECT_EQ(vault.person(9).has_value(), !committed);
        vault.reconcile([&](std::int64_t run, std::int64_t) { return run < 3 || committed; });
        EXPECT_EQ(vault.size(), 2U) << "settling twice changes nothing";
    }
}

TEST(Vault, AnErasedPersonDoesNotReturnWithARunThatIsTakenBack) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    vault.begin(1, 11);
    vault.put(someone(7, "P-7", "Wiske"), 1);
    vault.put(someone(8, "P-8", "Sidonia"), 1);
    vault.commit();
    vault.settle(1);
    vault.begin(2, 22);
    vault.put(someone(7, "P-7", "Suske"), 2);
    vault.withdraw({8});
    vault.commit();
    vault.settle(2);
    vault.remove({7, 8});
    EXPECT_FALSE(vault.can_return(7, 2));
    EXPECT_FALSE(vault.can_return(8, 2));
    vault.begin(3, 33, 2);
    vault.commit();
    vault.settle(3);
    EXPECT_EQ(vault.size(), 0U);
}

TEST(Vault, RunNumberOfAnotherStoreIsNotTheSameRun) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    add(vault, 1, someone(7, "P-7", "Wiske"));
    vault.settle(1);
    vault.reconcile([](std::int64_t run, std::int64_t tag) { return run == 1 && tag == 999; });
    EXPECT_EQ(vault.size(), 0U);
}

TEST(Vault, RemovedPersonLeavesNothing) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    add(vault, 1, someone(7, "P-7", "Wiske"));
    add(vault, 2, someone(7, "P-7", "Suske"));
    vault.remove({7});
    EXPECT_FALSE(vault.person(7));
    Database db = Database::open(dir / "vault.db", Database::Mode::ReadOnly);
    EXPECT_EQ(db.integer("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM earlier)"), 0);
}

TEST(Keys, EveryUseHasItsOwnKey) {
    const Keys keys = keys_of('k');
    const std::set<std::string> all{std::string(keys.link.bytes()),       std::string(keys.wrap.bytes()),
                                    std::string(keys.suppress.bytes()),   std::string(keys.cellkey.bytes()),
                                    std::string(keys.sync_state.bytes()), std::string(32, 'k')};
    EXPECT_EQ(all.size(), 6U);
    EXPECT_NE(keys.record_id, keys.fingerprint);
    EXPECT_NE(keys.record_id, keys_of('l').record_id);
}

class MemorySecrets final : public Secrets {
  public:
    Secret load(std::string_view) const override {
        if (bytes.empty()) throw Error(Exit::NoInput, "KEY-001");
        return Secret(std::string(bytes));
    }
    void store(std::string_view, const Secret& key) override { bytes = std::string(key.bytes()); }
    bool exists(std::string_view name) const override { return name == "master" && !bytes.empty(); }
    std::optional<std::string> sealed(std::string_view) const override { return ring; }
    void store_sealed(std::string_view, std::string_view sealed) override { ring = std::string(sealed); }
    std::string bytes;
    std::optional<std::string> ring;
};

TEST(Keys, MasterKeyIsMadeOnceAndIsRandom) {
    MemorySecrets one, other;
    EXPECT_EQ(code_of([&] { load_keys(one); }), "KEY-001 66");
    create_master_key(one);
    create_master_key(other);
    EXPECT_EQ(one.bytes.size(), 32U);
    EXPECT_NE(one.bytes, other.bytes);
    const std::string before = one.bytes;
    create_master_key(one);
    EXPECT_EQ(one.bytes, before);
    EXPECT_EQ(load_keys(one).record_id, load_keys(one).record_id);
}

WrittenBack written(std::int64_t id, std::map<std::string, std::string> values, const std::string& source = "crm") {
    return {id, source, "K-" + std::to_string(id), std::move(values)};
}

TEST(Vault, RemembersWhatWasWrittenBackUntilItIsTakenBack) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        vault.set_written(written(7, {{"stand", "behaald"}, {"dag", "2026-05-01"}}));
        vault.set_written(written(8, {{"stand", ""}}));
        vault.set_written(written(9, {{"stand", "nog open"}}, "ander"));
        vault.set_written(written(7, {{"stand", "niet behaald"}}));
    }
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    const std::vector<WrittenBack> known = vault.written("crm");
    ASSERT_EQ(known.size(), 2U);
    EXPECT_EQ(known[0].key, "K-7");
    EXPECT_EQ(known[0].values, (std::map<std::string, std::string>{{"stand", "niet behaald"}}));
    EXPECT_EQ(known[1].values, (std::map<std::string, std::string>{{"stand", ""}}));
    vault.set_written(written(7, {}));
    EXPECT_EQ(vault.written("crm").size(), 1U);
    EXPECT_EQ(vault.written("ander").size(), 1U);
}

TEST(Vault, WhatWasWrittenBackOutlivesThePersonAndTheRun) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    add(vault, 1, someone(7, "P-7", "Wiske"));
    vault.set_written(written(7, {{"stand", "behaald"}}));
    vault.reconcile([](std::int64_t, std::int64_t) { return false; });
    EXPECT_FALSE(vault.person(7));
    vault.remove({7});
    ASSERT_EQ(vault.written("crm").size(), 1U);
    EXPECT_EQ(vault.written("crm")[0].values.at("stand"), "behaald");
}

TEST(Vault, WhatWasWrittenBackIsSealedAndBoundToItsRow) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        vault.set_written(written(7, {{"stand", "behaald"}}));
        vault.set_written(written(8, {{"stand", "nog open"}}));
    }
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
        const std::string bytes = read_bytes(entry.path());
        for (const char* word : {"behaald", "nog open", "K-7", "stand"}) EXPECT_EQ(bytes.find(word), std::string::npos) << entry.path();
    }
    Database::open(dir / "vault.db", Database::Mode::ReadWrite)
        .execute("UPDATE written SET sealed = (SELECT w.sealed FROM written w WHERE w.id = 8) WHERE id = 7");
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    EXPECT_EQ(code_of([&] { vault.written("crm"); }), "VLT-003 65");
}

TEST(Vault, AVaultFromBeforeWritingBackKeepsItsPersons) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        add(vault, 1, someone(7, "P-7", "Wiske"));
    }
    Database::open(dir / "vault.db", Database::Mode::ReadWrite)
        .execute("DROP TABLE note; DROP TABLE written; UPDATE schema_version SET version = 2");
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    EXPECT_TRUE(vault.person(7));
    EXPECT_TRUE(vault.written("crm").empty());
    vault.set_written(written(7, {{"stand", "behaald"}}));
    EXPECT_EQ(vault.written("crm").size(), 1U);
}

TEST(Vault, NotesStandInTheOrderOfWritingAndGoWithTheirPerson) {
    TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
        vault.add_note(NoteKind::Decision, 7, 8, "zelfde kind");
        vault.add_note(NoteKind::LookUp, 8, 0, "vraag van de ouder");
        vault.add_note(NoteKind::Decision, 9, 10, "ander kind");
    }
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    const std::vector<Note> decisions = vault.notes(NoteKind::Decision);
    ASSERT_EQ(decisions.size(), 2U);
    EXPECT_EQ(decisions[0].text, "zelfde kind");
    EXPECT_EQ(decisions[1].sequence, 3);
    EXPECT_EQ(vault.notes_about(8).size(), 2U);
    vault.remove({8});
    EXPECT_TRUE(vault.notes_about(8).empty());
    EXPECT_TRUE(vault.notes_about(7).empty());
    EXPECT_EQ(vault.notes(NoteKind::Decision).size(), 1U);
}

TEST(Vault, NotesOfARunGoWhenItIsTakenBack) {
    TempDir dir;
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    vault.add_note(NoteKind::Decision, 1, 2, "voor de run");
    vault.begin(5, 50);
    vault.add_note(NoteKind::Decision, 3, 4, "in de run");
    vault.commit();
    vault.reconcile([](std::int64_t, std::int64_t) { return false; });
    ASSERT_EQ(vault.notes(NoteKind::Decision).size(), 1U);
    EXPECT_EQ(vault.notes(NoteKind::Decision)[0].text, "voor de run");
}

TEST(Vault, ANoteIsSealedAndBoundToItsRecords) {
    TempDir dir;
    Vault::open(dir / "vault.db", keys_of('k')).add_note(NoteKind::Decision, 7, 8, "een heel herkenbare reden");
    std::ifstream file(dir / "vault.db", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("herkenbare"), std::string::npos);
    Database::open(dir / "vault.db", Database::Mode::ReadWrite).execute("UPDATE note SET b = 9");
    Vault vault = Vault::open(dir / "vault.db", keys_of('k'));
    EXPECT_THROW(vault.notes(NoteKind::Decision), Error);
}

}  // namespace
}  // namespace brugwacht
