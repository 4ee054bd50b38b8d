#include "engine/audit/ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

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
          Attack{"DELETE FROM entry WHERE sequence = 5", 5},
          Attack{"UPDATE entry SET sequence = -1 WHERE sequence = 3; UPDATE entry SET sequence = 3 WHERE sequence = 4; "
                 "UPDATE entry SET sequence = 4 WHERE sequence = -1",
                 3},
          Attack{"DELETE FROM entry WHERE sequence > 15", 15}, Attack{"UPDATE ledger SET seal = x'00'", 20}}) {
        const std::string kept = [&] {
            std::filesystem::copy_file(path(), dir / "kept.db", std::filesystem::copy_options::overwrite_existing);
            return (dir / "kept.db").string();
        }();
        tamper(attack.sql);
        const AuditCheck with = check();
        ASSERT_TRUE(with.problem) << attack.sql;
        EXPECT_EQ(with.problem->sequence, attack.first_bad) << attack.sql;
        EXPECT_TRUE(check(false).problem) << attack.sql;
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
    const std::string hash = to_hex(sha256(content));
    const std::string mac = Hmac(current.bytes())(content);
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
