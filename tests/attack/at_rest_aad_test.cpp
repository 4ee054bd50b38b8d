// What is sealed opens in its own place only: ciphertexts are moved between rows, columns and tables, bits are flipped, and what a seal is
// bound to is changed. privacy.md sections 2 and 7.
#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/identity/sealed_state.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/vault/vault.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Identity someone(std::int64_t id, const std::string& name) {
    Identity identity;
    identity.id = id;
    identity.source = "crm";
    identity.values[0] = "P-" + std::to_string(id);
    identity.values[1] = name;
    identity.token = std::string(32, 't');
    return identity;
}

/// One sealed text: a column of one row.
struct Cell {
    std::string table, column;
    std::int64_t row = 0;
    std::string sealed;
};

/// A vault with every kind of sealed text twice, and an attacker who writes in its file.
class Attacked {
  public:
    Attacked() : vault_(Vault::open(dir_ / "vault.db", keys_)), file_(Database::open(dir_ / "vault.db", Database::Mode::ReadWrite)) {
        for (const std::int64_t run : {1, 2}) {
            vault_.begin(run, run * 11);
            vault_.put(someone(7, "Wiske " + std::to_string(run)), 1);
            vault_.put(someone(8, "Suske " + std::to_string(run)), 1);
            vault_.put_name(NameKind::Worker, 3 + run, "Sidonia");
            vault_.put_name(NameKind::File, 3 + run, "leden.csv");
            vault_.add_note(NoteKind::Decision, 7, 8, "ander kind");
            vault_.commit();
            vault_.settle(run);
        }
        for (const std::int64_t id : {7, 8}) vault_.set_written({id, "crm", "P-" + std::to_string(id), {{"stand", "behaald"}}});
        file_.execute("PRAGMA synchronous=OFF");
        for (const auto& [table, column] :
             {std::pair("person", "data_key"), std::pair("person", "data"), std::pair("earlier", "data_key"), std::pair("earlier", "data"),
              std::pair("name", "sealed"), std::pair("note", "sealed"), std::pair("written", "sealed")})
            for (Statement s = file_.prepare(std::string("SELECT rowid, ") + column + " FROM " + table); s.step();)
                cells_.push_back({table, column, s.integer(0), std::string(s.blob(1))});
    }

    const std::vector<Cell>& cells() const { return cells_; }
    /// Why it did not all open, the last time.
    const std::string& last() const { return last_; }
    void write(const std::string& sql) { file_.execute(sql); }
    void put(const Cell& cell, std::string_view sealed) {
        file_.prepare("UPDATE " + cell.table + " SET " + cell.column + " = ? WHERE rowid = ?")
            .bind_blob(0, sealed)
            .bind(1, cell.row)
            .execute();
    }

    /// Reads all that the vault seals, earlier versions as well.
    bool all_opens() {
        try {
            vault_.each([](const Identity&) {});
            for (const std::int64_t id : {4, 5})
                for (const NameKind kind : {NameKind::Worker, NameKind::File}) static_cast<void>(vault_.name(kind, id));
            vault_.notes(NoteKind::Decision);
            vault_.written("crm");
            vault_.make_tokens(++version_,
                               [](const Identity& identity) { return identity.token.empty() ? std::string(32, 't') : identity.token; });
        } catch (const Error& error) {
            last_ = error.first().code;
            return false;
        }
        return true;
    }

  private:
    TempDir dir_;
    Keys keys_ = derive_keys(Secret(random_bytes(32)));
    Vault vault_;
    Database file_;
    std::vector<Cell> cells_;
    int version_ = 1;
    std::string last_;
};

void swap_all(Attacked& vault, AttackNumber& number) {
    for (const Cell& to : vault.cells()) {
        for (const Cell& from : vault.cells()) {
            if (&from == &to) continue;
            vault.put(to, from.sealed);
            number.tried();
            if (vault.all_opens()) number.succeeded(from.table + "." + from.column + " in " + to.table + "." + to.column);
        }
        vault.put(to, to.sealed);
    }
}

/// Every byte of the first row of each column.
void flip_all(Attacked& vault, AttackNumber& number) {
    std::set<std::string> columns;
    for (const Cell& cell : vault.cells()) {
        if (!columns.insert(cell.table + "." + cell.column).second) continue;
        for (std::size_t at = 0; at < cell.sealed.size(); ++at) {
            std::string flipped = cell.sealed;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
            vault.put(cell, flipped);
            number.tried();
            if (vault.all_opens()) number.succeeded(cell.table + "." + cell.column + " byte " + std::to_string(at));
        }
        vault.put(cell, cell.sealed);
    }
}

/// What stands in plain beside a seal and is part of its place.
void move_rows(Attacked& vault, AttackNumber& number) {
    const std::pair<const char*, const char*> kMoves[] = {
        {"UPDATE person SET id = id + 1000", "UPDATE person SET id = id - 1000"},
        {"UPDATE person SET key_version = 2", "UPDATE person SET key_version = 1"},
        {"UPDATE earlier SET id = id + 1000", "UPDATE earlier SET id = id - 1000"},
        {"UPDATE earlier SET key_version = 2", "UPDATE earlier SET key_version = 1"},
        {"UPDATE name SET id = 9 - id", "UPDATE name SET id = 9 - id"},
        {"UPDATE name SET kind = kind + 10; UPDATE name SET kind = 13 - kind",
         "UPDATE name SET kind = kind + 10; UPDATE name SET kind = 13 - kind"},
        {"UPDATE name SET key_version = 2", "UPDATE name SET key_version = 1"},
        {"UPDATE note SET a = a - 1", "UPDATE note SET a = a + 1"},
        {"UPDATE note SET b = b + 1", "UPDATE note SET b = b - 1"},
        {"UPDATE note SET sequence = sequence + 10", "UPDATE note SET sequence = sequence - 10"},
        {"UPDATE note SET key_version = 2", "UPDATE note SET key_version = 1"},
        {"UPDATE written SET id = id + 1000", "UPDATE written SET id = id - 1000"},
        {"UPDATE written SET key_version = 2", "UPDATE written SET key_version = 1"},
    };
    for (const auto& [there, back] : kMoves) {
        vault.write(there);
        number.tried();
        if (vault.all_opens()) number.succeeded(there);
        vault.write(back);
        ASSERT_TRUE(vault.all_opens()) << back;  // all is as it was: what failed, failed for the attack
    }
}

/// States of remote sources stand in the store: bound to tenant, source, stream and version of the key.
void move_states(AttackNumber& number) {
    Keys keys = derive_keys(Secret(std::string(32, 'm')));
    const SealedState states(keys);
    const std::string sealed = states.sealed("crm", "contacts", "token=7");
    ASSERT_EQ(states.opened("crm", "contacts", sealed).text, "token=7");
    const auto attempt = [&](const std::string& what, const SyncState& state) {
        number.tried();
        if (!state.unreadable) number.succeeded(what);
    };
    attempt("another stream", states.opened("crm", "cases", sealed));
    attempt("another source", states.opened("crmc", "ontacts", sealed));
    attempt("another version", states.opened("crm", "contacts", "2" + sealed.substr(1)));
    attempt("no version", states.opened("crm", "contacts", sealed.substr(2)));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string flipped = sealed;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        attempt("byte " + std::to_string(at), states.opened("crm", "contacts", flipped));
    }
    keys.tenant[0] = static_cast<char>(keys.tenant[0] ^ 1);
    attempt("another tenant", states.opened("crm", "contacts", sealed));
}

void repeat_nonces(AttackNumber& number) {
    constexpr std::size_t kSeals = 1'000'000;
    constexpr std::size_t kNonce = 12;
    const Secret key(random_bytes(32));
    std::vector<std::array<char, kNonce>> nonces(kSeals);
    for (auto& nonce : nonces) {
        const std::string sealed = seal(key, {}, {});
        std::copy_n(sealed.begin(), kNonce, nonce.begin());
    }
    std::sort(nonces.begin(), nonces.end());
    number.tried(kSeals);
    const auto distinct = static_cast<std::size_t>(std::unique(nonces.begin(), nonces.end()) - nonces.begin());
    number.succeeded("a nonce occurs twice", kSeals - distinct);
}

/// Equal children must not show as equal, nor long names as long.
void compare_ciphertexts(AttackNumber& number) {
    constexpr int kPersons = 1000;
    const TempDir dir;
    {
        Vault vault = Vault::open(dir / "vault.db", derive_keys(Secret(random_bytes(32))));
        vault.begin(1, 11);
        for (int i = 0; i < kPersons; ++i) {
            Identity twin = someone(i + 1, i % 2 == 0 ? "Wiske" : std::string(1 + static_cast<std::size_t>(i) % 100, 'w'));
            twin.values[0] = "P-1";
            vault.put(twin, 1);
        }
        vault.commit();
        vault.settle(1);
    }
    Database file = Database::open(dir / "vault.db", Database::Mode::ReadOnly);
    for (const char* column : {"data", "data_key"}) {
        number.tried(kPersons);
        const std::string c = column;
        number.succeeded("equal " + c,
                         static_cast<std::uint64_t>(file.integer("SELECT count(*) - count(DISTINCT " + c + ") FROM person").value()));
        number.succeeded("another length of " + c,
                         static_cast<std::uint64_t>(file.integer("SELECT count(DISTINCT length(" + c + ")) - 1 FROM person").value()));
    }
}

TEST(Attack, Aad) {
    run_attack("attack-aad", [](AttackNumber& number) {
        Attacked vault;
        ASSERT_TRUE(vault.all_opens());
        swap_all(vault, number);
        ASSERT_TRUE(vault.all_opens()) << vault.last();
        flip_all(vault, number);
        ASSERT_TRUE(vault.all_opens());
        move_rows(vault, number);
        move_states(number);
        repeat_nonces(number);
        compare_ciphertexts(number);
    });
}

}  // namespace
}  // namespace brugwacht
