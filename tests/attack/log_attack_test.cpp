// Attacks the audit log: whoever can write the file changes, removes, adds or moves an entry, cuts the end off, or writes the log again
// with the key that lies beside it. And whoever writes a program for it tries to put a person into it.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/audit/ledger.hpp"
#include "engine/audit/merkle.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/rng.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

class OneSecret : public Secrets {
  public:
    Secret load(std::string_view) const override { return Secret(std::string(key)); }
    void store(std::string_view, const Secret& fresh) override { key = fresh.bytes(); }
    bool exists(std::string_view) const override { return !key.empty(); }
    std::string key;
};

struct Row {
    std::int64_t sequence = 0;
    std::string content, hash, mac;
};

/// A log, and somebody who can write in its file.
class Target {
  public:
    explicit Target(std::int64_t entries) : entries_(entries) {
        Ledger::create(path(), secrets_, &anchor_);
        const auto clock = fixed_clock(1'750'000'000);
        Ledger ledger = Ledger::open(path());
        std::vector<AuditEntry> all;
        for (std::int64_t i = 1; i <= entries; ++i)
            all.push_back({.role = "timer", .action = i % 3 == 0 ? "link" : "import", .object = "file", .counts = {{"rows", 1000 + i}}});
        ledger.append_all(all, secrets_, *clock);
        head_ = ledger.position();
        database_ = std::make_unique<Database>(Database::open(path(), Database::Mode::ReadWrite));
        database_->execute("PRAGMA synchronous=OFF");
    }

    std::filesystem::path path() const { return dir_ / "ledger.db"; }
    std::int64_t entries() const { return entries_; }
    const LedgerHead& head() const { return head_; }
    OneSecret& secrets() { return secrets_; }

    Row row(std::int64_t sequence) {
        Statement q = database_->prepare("SELECT content, hash, mac FROM entry WHERE sequence = ?");
        q.bind(0, sequence);
        Row row;
        row.sequence = sequence;
        if (q.step()) row = {sequence, std::string(q.text(0)), std::string(q.text(1)), std::string(q.blob(2))};
        return row;
    }
    void put(const Row& row) {
        Statement q = database_->prepare("INSERT OR REPLACE INTO entry (sequence, content, hash, mac) VALUES (?, ?, ?, ?)");
        q.bind(0, row.sequence).bind(1, std::string_view(row.content)).bind(2, std::string_view(row.hash)).bind_blob(3, row.mac);
        q.execute();
    }
    void remove(std::int64_t sequence) { database_->execute("DELETE FROM entry WHERE sequence = " + std::to_string(sequence)); }
    /// Numbers from `from` on become larger by `by`.
    void shift(std::int64_t from, int by) {
        const std::string at = std::to_string(from);
        database_->execute("UPDATE entry SET sequence = -sequence WHERE sequence >= " + at + "; UPDATE entry SET sequence = -sequence + " +
                           std::to_string(by) + " WHERE sequence < 0");
    }
    void execute(const std::string& sql) { database_->execute(sql); }

    std::optional<AuditProblem> problem(bool with_master_key, const std::vector<PrintedHead>& outside = {}) {
        return Ledger::open(path()).verify(secrets_, with_master_key ? &anchor_ : nullptr, outside).problem;
    }

  private:
    TempDir dir_;
    OneSecret secrets_;
    Secret anchor_{std::string(32, 'a')};
    std::int64_t entries_ = 0;
    LedgerHead head_;
    std::unique_ptr<Database> database_;
};

std::string hash_of(const Row& row) { return to_hex(sha256(row.content + row.mac)); }

/// Another text of the same form: the attacker knows the program.
std::string edited(std::string content) {
    const std::size_t at = content.find("\"rows\":") + 7;
    content[at] = content[at] == '9' ? '8' : '9';
    return content;
}

struct Tampering {
    const char* name;
    std::function<void(Target&, std::int64_t)> apply;
    std::int64_t last_from_end = 0;  // it needs so many entries behind it
    // Two neighbours are equally false, or one of them is and only the key of the time says which.
    bool either_with_key = false, either_without = false;
};

const std::vector<Tampering>& tamperings() {
    static const std::vector<Tampering> kAll{
        {"edit",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             row.content = edited(row.content);
             t.put(row);
         }},
        {"edit and hash again",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             row.content = edited(row.content);
             row.hash = hash_of(row);
             t.put(row);
         }},
        {"other hash",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             row.hash[3] = row.hash[3] == 'a' ? 'b' : 'a';
             t.put(row);
         }},
        {"other signature",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             row.mac[7] = static_cast<char>(row.mac[7] ^ 1);
             t.put(row);
         }},
        {"other signature and hash again",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             row.mac[7] = static_cast<char>(row.mac[7] ^ 1);
             row.hash = hash_of(row);
             t.put(row);
         }},
        {"delete", [](Target& t, std::int64_t i) { t.remove(i); }},
        {"delete and close the gap",
         [](Target& t, std::int64_t i) {
             t.remove(i);
             t.shift(i + 1, -1);
         }},
        {"insert",
         [](Target& t, std::int64_t i) {
             Row row = t.row(i);
             t.shift(i, 1);
             row.content = edited(row.content);
             row.hash = hash_of(row);
             t.put(row);
         }},
        {"insert the same twice",
         [](Target& t, std::int64_t i) {
             const Row row = t.row(i);
             t.shift(i, 1);
             t.put(row);
         },
         0, true, true},
        {"swap with the next",
         [](Target& t, std::int64_t i) {
             Row one = t.row(i), two = t.row(i + 1);
             std::swap(one.sequence, two.sequence);
             t.put(one);
             t.put(two);
         },
         1},
        {"swap and write numbers and chain again",
         [](Target& t, std::int64_t i) {
             Row one = t.row(i), two = t.row(i + 1);
             const std::string before = one.content.substr(one.content.size() - 66, 64);
             const auto as = [](const std::string& content, std::int64_t sequence, const std::string& previous) {
                 return "{\"seq\":" + std::to_string(sequence) +
                        content.substr(content.find(','), content.size() - 66 - content.find(',')) + previous + "\"}";
             };
             two.content = as(two.content, i, before);
             two.sequence = i;
             two.hash = hash_of(two);
             one.content = as(one.content, i + 1, two.hash);
             one.sequence = i + 1;
             one.hash = hash_of(one);
             t.put(one);
             t.put(two);
         },
         1, false, true},
        {"cut the end off", [](Target& t, std::int64_t i) { t.execute("DELETE FROM entry WHERE sequence >= " + std::to_string(i)); }},
    };
    return kAll;
}

/// A copy of everything a tampering can touch, put back afterwards.
class Restored {
  public:
    explicit Restored(Target& target) : target_(target), key_(target.secrets().key) {
        target_.execute(
            "DROP TABLE IF EXISTS temp.kept; CREATE TEMP TABLE kept AS SELECT * FROM main.entry; DROP TABLE IF EXISTS "
            "temp.sealed; CREATE TEMP TABLE sealed AS SELECT seal, count_seal, frontier FROM main.ledger; DROP TABLE IF EXISTS "
            "temp.roots; CREATE TEMP TABLE roots AS SELECT * FROM main.root");
    }
    void back() {
        target_.execute(
            "BEGIN; DELETE FROM main.entry; INSERT INTO main.entry SELECT * FROM temp.kept; UPDATE main.ledger SET seal = (SELECT seal "
            "FROM "
            "temp.sealed), count_seal = (SELECT count_seal FROM temp.sealed), frontier = (SELECT frontier FROM temp.sealed); DELETE FROM "
            "main.root; INSERT INTO main.root SELECT * FROM temp.roots; COMMIT");
        target_.secrets().key = key_;
    }

  private:
    Target& target_;
    std::string key_;
};

void tamper_with(Target& target, const std::vector<std::int64_t>& places, AttackNumber& number) {
    Restored kept(target);
    for (const Tampering& tampering : tamperings()) {
        for (const std::int64_t place : places) {
            if (place > target.entries() - tampering.last_from_end) continue;
            target.execute("BEGIN");
            tampering.apply(target, place);
            target.execute("COMMIT");
            for (const bool with_key : {true, false}) {
                number.tried();
                const auto problem = target.problem(with_key);
                const std::int64_t slack = (with_key ? tampering.either_with_key : tampering.either_without) ? 1 : 0;
                const std::string what =
                    std::string(tampering.name) + (with_key ? " with" : " without") + " the master key at entry " + std::to_string(place);
                if (!problem) {
                    number.succeeded(what);
                } else if (problem->sequence < place || problem->sequence > place + slack) {
                    number.succeeded(what + " was called " + problem->what + " at " + std::to_string(problem->sequence));
                }
            }
            kept.back();
        }
    }
}

/// Writes the log again from an entry on with the key at hand, as the program itself would.
void write_again(Target& target, std::int64_t from, std::int64_t until) {
    target.execute("DELETE FROM entry WHERE sequence >= " + std::to_string(from) +
                   "; DELETE FROM root WHERE size >= " + std::to_string(from));
    MerkleFrontier tree;
    for (std::int64_t i = 1; i < from; ++i) {
        const Row row = target.row(i);
        tree.add(merkle_leaf(row.content + row.mac));
    }
    const std::string head = from == 1 ? std::string(64, '0') : target.row(from - 1).hash;
    const std::string key = target.secrets().key;
    const std::string seal = to_hex(Hmac(key)("brugwacht/audit/seal|" + head));
    const std::string count = to_hex(Hmac(key)("brugwacht/audit/count|" + std::to_string(from - 1)));
    target.execute("UPDATE ledger SET seal = x'" + seal + "', count_seal = x'" + count + "', frontier = x'" + to_hex(tree.bytes()) + "'");
    const auto clock = fixed_clock(1'750'000'000);
    Ledger ledger = Ledger::open(target.path());
    std::vector<AuditEntry> story(static_cast<std::size_t>(until - from + 1), {.role = "timer", .action = "import", .object = "workbook"});
    ledger.append_all(story, target.secrets(), *clock);
}

void rewrite_with_the_key_at_hand(Target& target, AttackNumber& number) {
    Restored kept(target);
    const std::int64_t all = target.entries();
    const PrintedHead paper = *read_printed_head(target.head().printed());
    const PrintedHead root{target.head().root, all};
    for (const std::int64_t from :
         {std::int64_t{1}, std::int64_t{2}, std::int64_t{255}, std::int64_t{256}, std::int64_t{257}, all / 2, all - 1, all}) {
        for (const std::int64_t until : {from - 1, all - 2, all, all + 50}) {
            if (until < from - 1) continue;
            write_again(target, from, until);
            number.tried(3);
            const std::string what = "written again from " + std::to_string(from) + " to " + std::to_string(until);
            const auto with_key = target.problem(true);
            if (!with_key || with_key->sequence != from) number.succeeded(what + ", with the master key");
            for (const PrintedHead& head : {paper, root}) {
                const auto on_paper = target.problem(false, {head});
                if (!on_paper || on_paper->sequence > from || (on_paper->until != 0 && on_paper->until < from))
                    number.succeeded(what + ", with a printed head");
            }
            kept.back();
        }
    }
}

void put_a_person_into_the_log(Target& target, AttackNumber& number) {
    const auto clock = fixed_clock(1'750'000'000);
    Ledger ledger = Ledger::open(target.path());
    for (const std::string token : {"Jan Peeters", "jan peeters", "Peeters", "jan.peeters@voorbeeld.be", "0470987654", "+32470987654",
                                    "85073003328", "85.07.30-033.28", "2014-03-07", "Kerkstraat 3", "BE68539007547034", "\xd9\x85"}) {
        const std::vector<std::function<void(AuditEntry&)>> fields{
            [&](AuditEntry& e) { e.role = token; },     [&](AuditEntry& e) { e.action = token; }, [&](AuditEntry& e) { e.object = token; },
            [&](AuditEntry& e) { e.request = token; },  [&](AuditEntry& e) { e.config = token; }, [&](AuditEntry& e) { e.batch = token; },
            [&](AuditEntry& e) { e.counts[token] = 1; }};
        for (const auto& put : fields) {
            AuditEntry entry{.role = "timer", .action = "import"};
            put(entry);
            number.tried();
            try {
                ledger.append(entry, target.secrets(), *clock);
                number.succeeded("\"" + token + "\" stands in the log");
            } catch (const Error& error) {
                if (error.first().code != "AUD-002") throw;
            }
        }
    }
}

// Every entry of a log that runs over a kept root, and entries all over a long one.
TEST(Attack, Log) {
    run_attack("attack-log", [](AttackNumber& number) {
        Target small(300);
        if (small.problem(true) || small.problem(false)) number.succeeded("an untouched log was called false");
        std::vector<std::int64_t> every;
        for (std::int64_t i = 1; i <= small.entries(); ++i) every.push_back(i);
        tamper_with(small, every, number);
        rewrite_with_the_key_at_hand(small, number);
        put_a_person_into_the_log(small, number);

        Target large(10'000);
        std::vector<std::int64_t> sampled{1, 2, 255, 256, 257, 9'984, 9'985, 9'999, 10'000};
        Rng rng(20250630);
        for (int i = 0; i < 16; ++i) sampled.push_back(1 + static_cast<std::int64_t>(rng.below(10'000)));
        tamper_with(large, sampled, number);
    });
}

}  // namespace
}  // namespace brugwacht
