#include "engine/audit/ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/audit/merkle.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

class MemorySecrets : public Secrets {
  public:
    Secret load(std::string_view name) const override { return Secret(keys.at(std::string(name))); }
    void store(std::string_view name, const Secret& key) override {
        if (fail_next) {
            fail_next = false;
            throw Error(Exit::CannotCreate, "KEY-004");
        }
        keys[std::string(name)] = std::string(key.bytes());
    }
    bool exists(std::string_view name) const override { return keys.count(std::string(name)) != 0; }
    std::map<std::string, std::string> keys;
    bool fail_next = false;
};

AuditEntry entry(const std::string& action, std::int64_t rows = 1) {
    AuditEntry e;
    e.role = "timer";
    e.action = action;
    e.counts = {{"rows", rows}};
    return e;
}

struct LedgerTest : testing::Test {
    TempDir dir;
    MemorySecrets secrets;
    Secret anchor{std::string(32, 'a')};
    std::unique_ptr<Clock> clock = fixed_clock(1750000000);

    std::filesystem::path path() const { return dir / "ledger.db"; }
    void create(int entries) {
        Ledger::create(path(), secrets, &anchor);
        Ledger ledger = Ledger::open(path());
        for (int i = 0; i < entries; ++i) ledger.append(entry("import", i), secrets, *clock);
    }
    void tamper(const std::string& sql) {
        Database database = Database::open(path(), Database::Mode::ReadWrite);
        database.execute(sql);
    }
    AuditCheck check(bool with_anchor = true) { return Ledger::open(path()).verify(secrets, with_anchor ? &anchor : nullptr); }
    ReleaseRecord record(const std::string& id) {
        ReleaseRecord r;
        r.id = id;
        r.as_of = *Date::parse_iso(id.substr(0, 10));
        r.agreements = {"voorbeeldstad@1", "voorbeeldstad@2"};
        r.rules_hash = "ab";
        r.language = "nl";
        r.tables_json = R"({"tables":[]})";
        r.workbook = std::string("PK\0bytes", 8);
        r.workbook_sha256 = to_hex(sha256(r.workbook));
        r.audit_head = Ledger::open(path()).head();
        r.released_at = 1750000000;
        return r;
    }
};

TEST_F(LedgerTest, AnUntouchedLogVerifiesWithAndWithoutTheAnchor) {
    create(20);
    EXPECT_FALSE(check().problem);
    EXPECT_TRUE(check().macs_checked);
    EXPECT_EQ(check().entries, 20);
    EXPECT_FALSE(check(false).problem);
    EXPECT_FALSE(check(false).macs_checked);
}

TEST_F(LedgerTest, EveryKindOfTamperingIsFoundAndTheFirstBadEntryNamed) {
    create(20);
    struct Attack {
        const char* sql;
        std::int64_t first_bad;
    };
    for (const Attack attack :
         {Attack{"UPDATE entry SET content = replace(content, '\"rows\":7', '\"rows\":8') WHERE sequence = 8", 8},
          Attack{"UPDATE entry SET mac = x'00' WHERE sequence = 9", 9}, Attack{"DELETE FROM entry WHERE sequence = 5", 5},
          Attack{"UPDATE entry SET sequence = -1 WHERE sequence = 3; UPDATE entry SET sequence = 3 WHERE sequence = 4; "
                 "UPDATE entry SET sequence = 4 WHERE sequence = -1",
                 3},
          Attack{"DELETE FROM entry WHERE sequence > 15", 16}, Attack{"UPDATE ledger SET seal = x'00'", 20},
          Attack{"UPDATE ledger SET frontier = zeroblob(64)", 20}}) {
        const std::string kept = [&] {
            std::filesystem::copy_file(path(), dir / "kept.db", std::filesystem::copy_options::overwrite_existing);
            return (dir / "kept.db").string();
        }();
        tamper(attack.sql);
        const AuditCheck with = check();
        ASSERT_TRUE(with.problem) << attack.sql;
        EXPECT_EQ(with.problem->sequence, attack.first_bad) << attack.sql;
        const AuditCheck without = check(false);
        ASSERT_TRUE(without.problem) << attack.sql;
        EXPECT_EQ(without.problem->sequence, attack.first_bad) << attack.sql;
        for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path().string() + suffix);
        std::filesystem::copy_file(kept, path(), std::filesystem::copy_options::overwrite_existing);
        ASSERT_FALSE(check().problem);
    }
}

TEST_F(LedgerTest, AnOldEntrySignedAgainWithTheKeyAtHandIsFoundByTheAnchor) {
    create(3);
    // A thief with today's key rewrites the last entry, its hash and the seal: only the ratchet tells.
    const Secret current = secrets.load("audit");
    Database database = Database::open(path(), Database::Mode::ReadWrite);
    std::string content;
    {
        Statement q = database.prepare("SELECT content FROM entry WHERE sequence = 3");
        ASSERT_TRUE(q.step());
        content = std::string(q.text(0));
    }
    content.replace(content.find("\"rows\":2"), 8, "\"rows\":9");
    const std::string mac = Hmac(current.bytes())(content);
    const std::string hash = to_hex(sha256(content + mac));
    const std::string seal = Hmac(current.bytes())("brugwacht/audit/seal|" + hash);
    Statement update = database.prepare("UPDATE entry SET content = ?, hash = ?, mac = ? WHERE sequence = 3");
    update.bind(0, std::string_view(content)).bind(1, std::string_view(hash)).bind_blob(2, mac);
    update.execute();
    Statement reseal = database.prepare("UPDATE ledger SET seal = ?");
    reseal.bind_blob(0, seal);
    reseal.execute();
    const AuditCheck result = Ledger::open(path()).verify(secrets, &anchor);
    ASSERT_TRUE(result.problem);
    EXPECT_EQ(result.problem->what, "mac");
    EXPECT_EQ(result.problem->sequence, 3);
}

TEST_F(LedgerTest, ACrashBetweenLedgerAndKeyFileIsCaughtUp) {
    create(2);
    {
        Ledger ledger = Ledger::open(path());
        secrets.fail_next = true;
        EXPECT_THROW(ledger.append(entry("import"), secrets, *clock), Error);
    }
    Ledger ledger = Ledger::open(path());
    ledger.append(entry("import"), secrets, *clock);
    const AuditCheck result = ledger.verify(secrets, &anchor);
    EXPECT_FALSE(result.problem);
    EXPECT_EQ(result.entries, 4);
}

TEST_F(LedgerTest, TheKeyMovesOnAndTheOldOneIsGone) {
    create(0);
    const std::string before = secrets.keys["audit"];
    Ledger::open(path()).append(entry("import"), secrets, *clock);
    EXPECT_NE(secrets.keys["audit"], before);
}

TEST_F(LedgerTest, AForeignKeyIsRefused) {
    create(1);
    secrets.keys["audit"] = std::string(32, 'x');
    try {
        Ledger::open(path()).append(entry("import"), secrets, *clock);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "AUD-003");
    }
}

TEST_F(LedgerTest, NoNameFitsInAnEntry) {
    create(0);
    Ledger ledger = Ledger::open(path());
    for (const char* word : {"Jan Peeters", "jan@voorbeeld.be", "\xc3\xa9", "", "a/b"}) {
        AuditEntry e = entry("import");
        e.action = word;
        EXPECT_THROW(ledger.append(e, secrets, *clock), Error) << word;
    }
    EXPECT_EQ(ledger.head(), std::string(64, '0'));
}

TEST_F(LedgerTest, AnActionThatIsNotOnTheListIsRefused) {
    create(0);
    try {
        Ledger::open(path()).append(entry("import.again"), secrets, *clock);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "AUD-002");
    }
}

TEST_F(LedgerTest, ARootIsKeptAndSignedEvery256Entries) {
    create(0);
    Ledger ledger = Ledger::open(path());
    ledger.append_all(std::vector<AuditEntry>(700, entry("import")), secrets, *clock);
    const AuditCheck result = check();
    EXPECT_FALSE(result.problem);
    EXPECT_EQ(result.signed_roots, 2);
    EXPECT_EQ(result.entries, 700);
    EXPECT_EQ(result.root, ledger.position().root);
    EXPECT_EQ(ledger.position_at(700).root, result.root);
    EXPECT_EQ(ledger.position_at(256).size, 256);
    tamper("UPDATE root SET mac = x'00' WHERE size = 512");
    ASSERT_TRUE(check().problem);
    EXPECT_EQ(check().problem->what, "merkle");
    EXPECT_EQ(check().problem->sequence, 512);
    tamper("DELETE FROM root WHERE size = 256");
    EXPECT_EQ(check(false).problem->sequence, 256);
}

TEST_F(LedgerTest, SeveralEntriesAtOnceAreTheSameLogAsOneByOne) {
    create(3);
    Ledger ledger = Ledger::open(path());
    ledger.append_all({entry("import"), entry("link"), entry("undo")}, secrets, *clock);
    ledger.append_all(std::vector<AuditEntry>{}, secrets, *clock);
    EXPECT_FALSE(check().problem);
    EXPECT_EQ(check().entries, 6);
    secrets.fail_next = true;  // a crash before the key file was written, 300 entries behind
    EXPECT_THROW(ledger.append_all(std::vector<AuditEntry>(300, entry("import")), secrets, *clock), Error);
    EXPECT_FALSE(check().problem);
    ledger.append(entry("import"), secrets, *clock);
    EXPECT_FALSE(check().problem);
    EXPECT_EQ(check().entries, 307);
}

TEST_F(LedgerTest, TheLogIsReadBackAndItsLastEntryOfAKindIsFound) {
    create(2);
    Ledger ledger = Ledger::open(path());
    AuditEntry e = entry("config.changed", 7);
    e.object = "settings";
    e.config = "ab12ab12ab12";
    ledger.append(e, secrets, *clock);
    AuditEntry ran = entry("link", 9);
    ran.run = 12;
    ran.batch = "cd34cd34cd34cd34";
    ledger.append(ran, secrets, *fixed_clock(1750086400));
    std::vector<LoggedEntry> all;
    ledger.each("", [&](const LoggedEntry& one) { all.push_back(one); });
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[2].entry.config, "ab12ab12ab12");
    EXPECT_EQ(all[2].time, "2025-06-15T15:06:40Z");
    EXPECT_EQ(all[3].entry.counts.at("rows"), 9);
    EXPECT_EQ(all[3].entry.run, 12);
    std::size_t since = 0;
    ledger.each("2025-06-16", [&](const LoggedEntry&) { ++since; });
    EXPECT_EQ(since, 1U);
    ASSERT_TRUE(ledger.last_of("config.changed", "settings"));
    EXPECT_EQ(ledger.last_of("config.changed", "settings")->sequence, 3);
    EXPECT_FALSE(ledger.last_of("config.changed", "mappings"));
    ASSERT_TRUE(ledger.last_with_run());
    EXPECT_EQ(ledger.last_with_run()->entry.batch, "cd34cd34cd34cd34");
}

TEST_F(LedgerTest, ALogOfTheFirstVersionGoesOnAndIsVerifiedThroughout) {
    // As version 0.1 wrote it: no Merkle tree, and hashes that did not cover the MAC.
    Secret key(std::string(32, 'k'));
    {
        Database database = Database::open(path(), Database::Mode::Create);
        database.execute(
            "CREATE TABLE ledger (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, seal BLOB NOT NULL, anchor BLOB NOT "
            "NULL) STRICT; CREATE TABLE entry (sequence INTEGER PRIMARY KEY, content TEXT NOT NULL, hash TEXT NOT NULL, mac BLOB NOT NULL) "
            "STRICT; CREATE TABLE release (id TEXT PRIMARY KEY, as_of INTEGER NOT NULL, known_at INTEGER, period TEXT NOT NULL, agreements "
            "TEXT NOT NULL, rules_hash TEXT NOT NULL, language TEXT NOT NULL, tables TEXT NOT NULL, workbook BLOB NOT NULL, "
            "workbook_sha256 "
            "TEXT NOT NULL, audit_head TEXT NOT NULL, released_at INTEGER NOT NULL, sequence INTEGER NOT NULL REFERENCES entry(sequence)) "
            "STRICT;");
        const std::string anchored = seal(anchor, key.bytes(), "brugwacht/audit/anchor");
        std::string head(64, '0');
        for (int n = 1; n <= 300; ++n) {
            const std::string content = R"({"seq":)" + std::to_string(n) +
                                        R"(,"time":"2025-01-01T00:00:00Z","role":"data_officer","action":"refused","object":"workbook",)" +
                                        R"("request":"","config":"","release":"","counts":{},"prev":")" + head + R"("})";
            head = to_hex(sha256(content));
            const std::string mac = Hmac(key.bytes())(content);
            Statement add = database.prepare("INSERT INTO entry VALUES (?, ?, ?, ?)");
            add.bind(0, n).bind(1, std::string_view(content)).bind(2, std::string_view(head)).bind_blob(3, mac);
            add.execute();
            key = derive_key(key, "brugwacht/audit/next");
        }
        const std::string sealed = Hmac(key.bytes())("brugwacht/audit/seal|" + head);
        Statement add = database.prepare("INSERT INTO ledger VALUES (1, 1, ?, ?)");
        add.bind_blob(0, sealed).bind_blob(1, anchored);
        add.execute();
    }
    secrets.store("audit", key);
    EXPECT_FALSE(check().problem);
    const LedgerHead then = Ledger::open(path()).position();
    EXPECT_EQ(then.size, 300);
    Ledger::open(path()).append_all(std::vector<AuditEntry>(300, entry("import")), secrets, *clock);
    const AuditCheck result = Ledger::open(path()).verify(secrets, &anchor, {*read_printed_head(then.printed())});
    EXPECT_FALSE(result.problem);
    EXPECT_TRUE(result.macs_checked);
    EXPECT_EQ(result.entries, 600);
    EXPECT_EQ(result.signed_roots, 1);  // 512; that of 256 entries was never kept
    std::size_t read = 0;
    Ledger::open(path()).each("", [&](const LoggedEntry&) { ++read; });
    EXPECT_EQ(read, 600U);
    tamper("UPDATE entry SET content = replace(content, 'refused', 'release') WHERE sequence = 17");
    ASSERT_TRUE(check(false).problem);
    EXPECT_EQ(check(false).problem->sequence, 17);
}

TEST_F(LedgerTest, APrintedHeadIsFoundAgainInTheLogThatGrew) {
    create(10);
    const LedgerHead then = Ledger::open(path()).position();
    EXPECT_EQ(then.printed(), then.chain.substr(0, 12) + ":10");
    for (int i = 0; i < 5; ++i) Ledger::open(path()).append(entry("link"), secrets, *clock);
    const auto with = [&](const std::string& text) {
        return Ledger::open(path()).verify(secrets, &anchor, {*read_printed_head(text)}).problem;
    };
    EXPECT_FALSE(with(then.printed()));
    EXPECT_FALSE(with(then.chain.substr(0, 12)));
    EXPECT_FALSE(with(then.chain + ":10"));
    EXPECT_FALSE(with(then.root.substr(0, 20) + ":10"));
    EXPECT_FALSE(with("000000000000:0"));
    ASSERT_TRUE(with(then.chain.substr(0, 12) + ":11"));
    EXPECT_EQ(with(then.chain.substr(0, 12) + ":11")->what, "head");
    EXPECT_TRUE(with("0123456789ab"));
    ASSERT_TRUE(with("0123456789ab:40"));
    EXPECT_EQ(with("0123456789ab:40")->sequence, 1);
    EXPECT_EQ(with("0123456789ab:40")->until, 40);
}

TEST_F(LedgerTest, TheHeadsOnPaperTellWhereALogThatWasWrittenAgainWithStolenKeysBeginsToDiffer) {
    create(10);
    const std::string key_then = secrets.keys["audit"];
    const std::filesystem::path stolen = dir / "stolen.db";
    const LedgerHead ten = Ledger::open(path()).position();
    std::filesystem::copy_file(path(), stolen);
    for (int i = 0; i < 10; ++i) Ledger::open(path()).append(entry("link"), secrets, *clock);
    const LedgerHead twenty = Ledger::open(path()).position();
    // The thief kept ledger and key of that day and tells another story from there on: no key and no MAC is wrong.
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path().string() + suffix);
    std::filesystem::copy_file(stolen, path());
    secrets.keys["audit"] = key_then;
    for (int i = 0; i < 15; ++i) Ledger::open(path()).append(entry("undo"), secrets, *clock);
    EXPECT_FALSE(check().problem);
    const AuditCheck result =
        Ledger::open(path()).verify(secrets, &anchor, {*read_printed_head(twenty.printed()), *read_printed_head(ten.printed())});
    ASSERT_TRUE(result.problem);
    EXPECT_EQ(result.problem->what, "head");
    EXPECT_EQ(result.problem->sequence, 11);
    EXPECT_EQ(result.problem->until, 20);
}

TEST(PrintedHeads, AreReadFromPaperAndFromFiles) {
    EXPECT_EQ(read_printed_head("9F86D081884C:17")->digits, "9f86d081884c");
    EXPECT_EQ(read_printed_head("9F86D081884C:17")->size, 17);
    EXPECT_FALSE(read_printed_head("9f86d081884c")->size);
    for (const char* text : {"", "9f86d081884", "9f86d081884g", "9f86d081884c:", "9f86d081884c:x", "9f86d081884c:1234567890123456", ":"})
        EXPECT_FALSE(read_printed_head(text)) << text;
    const auto heads = read_anchors("# rapporten\n\n9f86d081884c:17 rapport van juni\r\n  9f86d081884d\n", "heads.txt");
    ASSERT_EQ(heads.size(), 2U);
    EXPECT_EQ(heads[1].digits, "9f86d081884d");
    try {
        read_anchors("9f86d081884c\nnot a head\n", "heads.txt");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "AUD-008");
        EXPECT_EQ(error.first().where, "2");
    }
}

TEST_F(LedgerTest, ProofsHoldForWhoHasTheRootsOnly) {
    create(0);
    Ledger ledger = Ledger::open(path());
    ledger.append_all(std::vector<AuditEntry>(100, entry("import")), secrets, *clock);
    const auto bytes = [](const std::string& hex) {
        std::string out;
        for (std::size_t i = 0; i < hex.size(); i += 2) out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
        return out;
    };
    const auto all = [&](std::vector<std::string> proof) {
        for (std::string& hash : proof) hash = bytes(hash);
        return proof;
    };
    const std::string early = bytes(ledger.position_at(61).root);
    const std::string late = bytes(ledger.position().root);
    EXPECT_TRUE(proves_consistency(all(ledger.prove_beginning(61, 100)), 61, early, 100, late));
    EXPECT_FALSE(proves_consistency(all(ledger.prove_beginning(60, 100)), 61, early, 100, late));
    // The leaf of an entry is made of its text and its MAC, as they stand in the file.
    Database database = Database::open(path(), Database::Mode::ReadOnly);
    Statement row = database.prepare("SELECT content, mac FROM entry WHERE sequence = 17");
    ASSERT_TRUE(row.step());
    const std::string leaf = merkle_leaf(std::string(row.text(0)) + std::string(row.blob(1)));
    EXPECT_TRUE(proves_inclusion(all(ledger.prove_entry(17, 61)), leaf, 16, 61, early));
    EXPECT_FALSE(proves_inclusion(all(ledger.prove_entry(18, 61)), leaf, 16, 61, early));
    for (const auto& [from, to] : std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 5}, {6, 5}, {5, 101}, {-1, 2}}) {
        EXPECT_THROW(ledger.prove_entry(from, to), Error);
        EXPECT_THROW(ledger.prove_beginning(from, to), Error);
    }
    EXPECT_THROW(ledger.position_at(101), Error);
}

TEST_F(LedgerTest, ANewMasterKeyVerifiesWhatTheOldOneDid) {
    create(5);
    const Secret fresh{std::string(32, 'b')};
    Ledger::open(path()).move_anchor(anchor, fresh);
    EXPECT_FALSE(Ledger::open(path()).verify(secrets, &fresh).problem);
    EXPECT_TRUE(Ledger::open(path()).verify(secrets, &fresh).macs_checked);
    EXPECT_THROW(Ledger::open(path()).verify(secrets, &anchor), Error);
    EXPECT_THROW(Ledger::open(path()).move_anchor(anchor, fresh), Error);
}

TEST_F(LedgerTest, AHostileEntryIsNamedAndNothingElseHappens) {
    create(5);
    const std::string huge = "x' || hex(zeroblob(4000000)) || '";
    for (const std::string& content : {std::string(), std::string("{"), std::string("null"), std::string("{\"seq\":3,"), huge,
                                       std::string("{\"seq\":3,\"counts\":[[[[[[[[[[]]]]]]]]]]}"), std::string("{\"seq\":\"3\"}")}) {
        std::filesystem::copy_file(path(), dir / "kept.db", std::filesystem::copy_options::overwrite_existing);
        tamper("UPDATE entry SET content = '" + content + "' WHERE sequence = 3");
        for (const bool with_anchor : {true, false}) {
            const AuditCheck result = check(with_anchor);
            ASSERT_TRUE(result.problem) << content;
            EXPECT_EQ(result.problem->sequence, 3) << content;
        }
        try {
            Ledger::open(path()).each("", [](const LoggedEntry&) {});
            FAIL() << content;
        } catch (const Error& error) {
            EXPECT_EQ(error.first().code, "AUD-006");
        }
        for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path().string() + suffix);
        std::filesystem::copy_file(dir / "kept.db", path(), std::filesystem::copy_options::overwrite_existing);
    }
}

TEST_F(LedgerTest, WhatIsNoLedgerIsRefused) {
    write_bytes(path(), std::string(5000, 'g'));
    EXPECT_THROW(Ledger::open(path()), Error);
    std::filesystem::remove(path());
    write_bytes(path(), "");
    EXPECT_THROW(Ledger::open(path()), Error);
    std::filesystem::remove(path());
    create(1);
    tamper("UPDATE ledger SET version = 9");
    try {
        Ledger::open(path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "AUD-001");
    }
}

TEST_F(LedgerTest, AReleaseThatPrintsAHeadTheLogNeverHadIsFound) {
    create(3);
    ReleaseRecord r = record("2025-06-30");
    Ledger::open(path()).freeze(r, entry("release"), secrets, *clock);
    ASSERT_FALSE(check().problem);
    tamper("UPDATE release SET audit_head = '" + std::string(64, 'a') + "'");
    ASSERT_TRUE(check().problem);
    EXPECT_EQ(check().problem->what, "release");
    EXPECT_EQ(check().problem->sequence, 4);
}

TEST_F(LedgerTest, AReleaseIsFrozenByteForByteAndOnlyOnce) {
    create(1);
    const ReleaseRecord r = record("2025-06-30");
    AuditEntry e = entry("release");
    {
        Ledger ledger = Ledger::open(path());
        ledger.freeze(r, e, secrets, *clock);
        EXPECT_THROW(ledger.freeze(r, e, secrets, *clock), Error);
    }
    Ledger ledger = Ledger::open(path());
    const auto back = ledger.release("2025-06-30");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->workbook, r.workbook);
    EXPECT_EQ(back->agreements, r.agreements);
    EXPECT_EQ(back->as_of, r.as_of);
    EXPECT_EQ(back->audit_head, r.audit_head);
    EXPECT_FALSE(ledger.release("2025-09-30"));
    EXPECT_EQ(ledger.releases().size(), 1U);
    EXPECT_FALSE(check().problem);
}

TEST_F(LedgerTest, AChangedOrMissingReleaseIsFound) {
    create(1);
    Ledger::open(path()).freeze(record("2025-06-30"), entry("release"), secrets, *clock);
    tamper("UPDATE release SET tables = '{}'");
    ASSERT_TRUE(check().problem);
    EXPECT_EQ(check().problem->what, "release");
    tamper("UPDATE release SET tables = '{\"tables\":[]}'");
    ASSERT_FALSE(check().problem);
    tamper("UPDATE release SET workbook = x'00'");
    EXPECT_TRUE(check().problem);
    EXPECT_THROW(Ledger::open(path()).release("2025-06-30"), Error);
    tamper("DELETE FROM release");
    ASSERT_TRUE(check().problem);
    EXPECT_EQ(check().problem->sequence, 2);
}

}  // namespace
}  // namespace brugwacht
