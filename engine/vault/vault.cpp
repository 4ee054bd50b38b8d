#include "engine/vault/vault.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <future>
#include <limits>
#include <unordered_map>

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/lib/scrub.hpp"
#include "engine/vault/packing.hpp"

namespace brugwacht {
namespace {

constexpr int kVaultVersion = 4;
constexpr int kSealForm = 1;              // part of what every seal is bound to; it does not change with the tables
constexpr std::size_t kPersonStep = 256;  // lengths of names and addresses must not show
constexpr std::size_t kNameStep = 64;
constexpr std::size_t kDataKeyBytes = 32;
constexpr int kDataKeyVersion = 1;       // a data key seals one text, ever; a new master key seals the data key anew and not the data
constexpr std::size_t kResealed = 4096;  // rows that are sealed anew at once
constexpr char kFormat = 1;              // of the text inside a blob
constexpr std::size_t kPart = 4096;      // persons read at once when all are read; some 2 MiB sealed
constexpr std::size_t kShare = 64;       // persons that a thread opens before it takes the next ones

// `earlier` holds what a run replaced: to fall back on when the store never commits that run, and to take the run back later.
constexpr const char* kSteps[] = {R"sql(
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
INSERT INTO schema_version VALUES (0);
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE batch (run INTEGER PRIMARY KEY, tag INTEGER NOT NULL, settled INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE person (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, data_key BLOB NOT NULL, data BLOB NOT NULL, token BLOB,
    fingerprint INTEGER NOT NULL, key_version INTEGER NOT NULL) STRICT;
CREATE TABLE earlier (id INTEGER NOT NULL, run INTEGER NOT NULL, data_key BLOB NOT NULL, data BLOB NOT NULL, token BLOB,
    fingerprint INTEGER NOT NULL, key_version INTEGER NOT NULL, replaced_by INTEGER NOT NULL, PRIMARY KEY (id, replaced_by)) STRICT;
CREATE TABLE name (kind INTEGER NOT NULL, id INTEGER NOT NULL, run INTEGER NOT NULL, sealed BLOB NOT NULL, key_version INTEGER NOT NULL,
    PRIMARY KEY (kind, id, run)) STRICT;
)sql",
                                  R"sql(
ALTER TABLE batch ADD COLUMN takes_back INTEGER;
CREATE INDEX earlier_run ON earlier (replaced_by);
)sql",
                                  R"sql(
CREATE TABLE written (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL, key_version INTEGER NOT NULL) STRICT;
)sql",
                                  R"sql(
CREATE TABLE note (sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, run INTEGER NOT NULL,
    sealed BLOB NOT NULL, key_version INTEGER NOT NULL) STRICT;
CREATE INDEX note_a ON note (a);
CREATE INDEX note_b ON note (b) WHERE b <> 0;
)sql"};
static_assert(std::size(kSteps) == kVaultVersion);

void create_private(const std::filesystem::path& path) {
    if (std::filesystem::exists(path)) return;
    std::ofstream made(path, std::ios::app);
    made.close();
    std::error_code ignored;  // a folder that cannot be written is reported by the database
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

}  // namespace

struct Vault::Impl {
    Impl(const std::filesystem::path& path, const Keys& keys)
        : file_(path.filename().string()), key_version_(keys.version), database_(Database::open(path, Database::Mode::Create)) {
        add_wrap(keys);
        if (keys.next) add_wrap(*keys.next);
        ring_ = ring_tag(keys);
        database_.execute("PRAGMA cache_size=-131072");
        migrate();
        open_with_key();
    }

    void migrate() {
        const auto current = [this] {
            if (!database_.integer("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'")) return 0;
            return static_cast<int>(database_.integer("SELECT version FROM schema_version").value_or(0));
        };
        int version = current();
        if (version > kVaultVersion)
            throw Error(Exit::Config, "VLT-001", {{"version", std::int64_t{version}}, {"known", std::int64_t{kVaultVersion}}}, file_);
        if (version == kVaultVersion) return;
        Transaction transaction(database_);
        const bool is_new = (version = current()) == 0;
        for (; version < kVaultVersion; ++version) database_.execute(kSteps[version]);
        database_.execute("UPDATE schema_version SET version = " + std::to_string(kVaultVersion));
        if (is_new) make_tenant();
        transaction.commit();
    }

    void make_tenant() {
        const std::string tenant = random_bytes(16);
        set_meta("tenant", tenant);
        tenant_ = tenant;
        set_meta("check", seal(wrap(), "brugwacht", associated("meta", 0, key_version_)));
    }

    void set_meta(std::string_view name, std::string_view value) {
        database_.prepare("REPLACE INTO meta (name, value) VALUES (?, ?)").bind(0, name).bind_blob(1, value).execute();
    }

    std::string meta(std::string_view name) {
        Statement s = database_.prepare("SELECT value FROM meta WHERE name = ?");
        s.bind(0, name);
        return s.step() ? std::string(s.blob(0)) : std::string();
    }

    void open_with_key() {
        tenant_ = meta("tenant");
        const std::string check = meta("check");
        std::string plain;
        const bool fits = std::any_of(wraps_.begin(), wraps_.end(), [&](const auto& wrap) {
            return Cipher(wrap.second).unseal(check, associated("meta", 0, wrap.first), plain);
        });
        if (!fits) throw Error(Exit::NoPermission, "VLT-002", {{"file", file_}}, file_);
        const std::string ring = meta("ring");
        if (ring.empty())
            set_meta("ring", ring_);
        else if (ring != ring_)
            throw Error(Exit::NoPermission, "VLT-004", {{"file", file_}}, file_);
    }

    /// Says whether a ring is the one whose ids stand here, and nothing of its keys.
    static std::string ring_tag(const Keys& keys) {
        std::string both(reinterpret_cast<const char*>(keys.record_id.data()), keys.record_id.size());
        both.append(reinterpret_cast<const char*>(keys.fingerprint.data()), keys.fingerprint.size());
        return derive_key_text(Secret(std::move(both)));
    }
    static std::string derive_key_text(const Secret& ring) { return std::string(derive_key(ring, "brugwacht/vault/ring").bytes()); }

    void add_wrap(const SealKeys& keys) { wraps_.emplace(keys.version, Secret(std::string(keys.wrap.bytes()))); }
    const Secret& wrap() const { return wraps_.at(key_version_); }
    /// Of the version that a row says it is sealed under.
    const Secret& wrap(std::int64_t version) const {
        const auto found = wraps_.find(version);
        if (found == wraps_.end()) damaged();
        return found->second;
    }

    // Binds a sealed text to its place: this vault, this table and purpose, this row, this form, this key.
    std::string associated(std::string_view table, std::int64_t id, std::int64_t version) const {
        std::string text;
        text.reserve(64);
        text.append("brugwacht|").append(tenant_).append("|").append(table).push_back('|');
        put_number(text, id);
        put_number(text, kSealForm);
        put_number(text, version);
        return text;
    }

    std::string unsealed(std::int64_t version, std::string_view sealed, std::string_view table, std::int64_t id) const {
        std::string plain;
        if (!Cipher(wrap(version)).unseal(sealed, associated(table, id, version), plain)) damaged();
        return plain;
    }

    [[noreturn]] void damaged() const { tampered(file_); }

    Statement& statement(const char* sql) {
        const auto [at, made] = statements_.try_emplace(sql);
        if (made) at->second.emplace(database_.prepare(sql));
        at->second->reset();  // an exception may have left it half-way
        return *at->second;
    }

    /// Binds a note to its place and to the records it is about.
    std::string associated(const Note& note, std::int64_t version) const {
        std::string text = associated("note." + std::to_string(static_cast<int>(note.kind)), note.sequence, version);
        put_number(text, note.a);
        put_number(text, note.b);
        return text;
    }

    std::vector<Note> notes(Statement& rows) const {
        std::vector<Note> found;
        while (rows.step()) {
            Note note{rows.integer(0), static_cast<NoteKind>(rows.integer(1)), rows.integer(2), rows.integer(3), rows.integer(4), {}};
            const std::int64_t version = rows.integer(6);
            std::string plain;
            if (!Cipher(wrap(version)).unseal(rows.blob(5), associated(note, version), plain)) damaged();
            std::string_view rest = plain;
            note.text = take_text(rest);
            found.push_back(std::move(note));
        }
        return found;
    }

    /// Opens many persons; one for each thread.
    class PersonOpener {
      public:
        explicit PersonOpener(const Impl& vault) : vault_(vault) {
            for (const auto& [version, key] : vault.wraps_) wraps_.emplace(version, Cipher(key));
        }
        PersonOpener(const PersonOpener&) = delete;
        PersonOpener& operator=(const PersonOpener&) = delete;
        ~PersonOpener() {
            wipe(key_);
            wipe(plain_);
        }

        /// Fills `identity`, whose memory is used again.
        void open(std::int64_t id, std::string_view data_key, std::string_view data, std::string_view token, std::int64_t version,
                  Identity& identity) {
            const auto wrap = wraps_.find(version);
            if (wrap == wraps_.end() || !wrap->second.unseal(data_key, vault_.associated("person.key", id, version), key_))
                vault_.damaged();
            if (key_.size() != kDataKeyBytes) vault_.damaged();
            own_.set_key(key_);
            if (!own_.unseal(data, vault_.associated("person.data", id, kDataKeyVersion), plain_)) vault_.damaged();
            std::string_view rest = plain_;
            if (rest.size() < 2 || rest[0] != kFormat) tampered();
            const auto count = static_cast<std::size_t>(static_cast<unsigned char>(rest[1]));
            rest.remove_prefix(2);
            identity.id = id;
            identity.source = take_text(rest);
            if (count > identity.values.size()) tampered();
            for (std::size_t i = 0; i < count; ++i) identity.values[i] = take_text(rest);
            for (std::size_t i = count; i < identity.values.size(); ++i) identity.values[i].clear();
            identity.token = token;
        }

      private:
        const Impl& vault_;
        std::map<std::int64_t, Cipher> wraps_;
        Cipher own_;
        std::string key_, plain_;
    };

    /// Persons as they stand in the table, and opened. The memory is used for one part after another.
    struct Part {
        struct Row {
            std::int64_t id = 0, version = 0;
            std::string data_key, data, token;
        };
        std::vector<Row> rows{kPart};
        std::vector<Identity> persons{kPart};
        std::size_t size = 0;
        std::atomic<std::size_t> taken = 0;

        void read(Statement& from) {
            taken = 0;
            for (size = 0; size < kPart && from.step(); ++size) {
                Row& row = rows[size];
                row.id = from.integer(0);
                row.data_key = from.blob(1);
                row.data = from.blob(2);
                row.token = from.blob(3);
                row.version = from.integer(4);
            }
        }
    };

    /// Opens what nobody has taken yet; two threads may do it at once.
    void open(Part& part) const {
        PersonOpener opener(*this);
        for (std::size_t at = part.taken.fetch_add(kShare); at < part.size; at = part.taken.fetch_add(kShare))
            for (std::size_t i = at; i < std::min(at + kShare, part.size); ++i) {
                const Part::Row& row = part.rows[i];
                opener.open(row.id, row.data_key, row.data, row.token, row.version, part.persons[i]);
            }
    }

    void in_batch_or_alone(const std::function<void()>& work) {
        if (transaction_) {
            work();
            return;
        }
        Transaction transaction(database_);
        work();
        transaction.commit();
        statements_.clear();
        database_.checkpoint();
    }

    // The persons and names as they were before a run.
    void take_back(std::int64_t run) {
        const std::string r = std::to_string(run);
        database_.execute("DELETE FROM person WHERE run = " + r);
        database_.execute(
            "INSERT OR IGNORE INTO person SELECT id, run, data_key, data, token, fingerprint, key_version FROM earlier WHERE replaced_by "
            "= " +
            r);
        database_.execute("DELETE FROM earlier WHERE replaced_by = " + r);
        database_.execute("DELETE FROM name WHERE run = " + r);
        database_.execute("DELETE FROM note WHERE run = " + r);
    }

    void undo(std::int64_t run) {
        Transaction transaction(database_);
        take_back(run);
        database_.execute("DELETE FROM batch WHERE run = " + std::to_string(run));
        transaction.commit();
    }

    void settle(std::int64_t run) {
        Transaction transaction(database_);
        const std::string r = std::to_string(run);
        if (const auto other =
                database_.integer("SELECT takes_back FROM batch WHERE settled = 0 AND takes_back IS NOT NULL AND run = " + r))
            take_back(*other);
        database_.execute("UPDATE batch SET settled = 1 WHERE run = " + r);
        transaction.commit();
        database_.checkpoint();
    }

    // What is kept under the master key, in one form: `place` gives what a row is bound to under a version of the key, from the columns
    // `more` (from 3 on).
    std::uint64_t reseal(const std::string& table, const std::string& column, const std::string& more,
                         const std::function<std::string(const Statement&, std::int64_t version)>& place) {
        const std::int64_t to = wraps_.rbegin()->first;
        const Secret& key = wraps_.rbegin()->second;
        Statement rows = database_.prepare("SELECT rowid, key_version, " + column + ", " + more + " FROM " + table +
                                           " WHERE rowid > ? AND key_version <> ? ORDER BY rowid LIMIT ?");
        Statement write = database_.prepare("UPDATE " + table + " SET " + column + " = ?, key_version = ? WHERE rowid = ?");
        std::uint64_t count = 0;
        std::int64_t last = std::numeric_limits<std::int64_t>::min();
        for (bool any = true; any;) {
            std::vector<std::pair<std::int64_t, std::string>> sealed;
            rows.bind(0, last).bind(1, to).bind(2, static_cast<std::int64_t>(kResealed));
            while (rows.step()) {
                const std::int64_t version = rows.integer(1);
                std::string plain;
                if (!Cipher(wrap(version)).unseal(rows.blob(2), place(rows, version), plain)) damaged();
                const Secret wiped(std::move(plain));
                sealed.emplace_back(rows.integer(0), seal(key, wiped.bytes(), place(rows, to)));
            }
            rows.reset();
            for (const auto& [row, blob] : sealed) write.bind_blob(0, blob).bind(1, to).bind(2, row).execute();
            any = !sealed.empty();
            if (any) last = sealed.back().first;
            count += sealed.size();
        }
        return count;
    }

    std::uint64_t reseal() {
        const auto person_key = [this](const Statement& row, std::int64_t version) {
            return associated("person.key", row.integer(3), version);
        };
        const auto written_back = [this](const Statement& row, std::int64_t version) {
            return associated("written", row.integer(3), version);
        };
        const auto named = [this](const Statement& row, std::int64_t version) {
            return associated("name." + std::to_string(row.integer(4)), row.integer(3), version);
        };
        const auto noted = [this](const Statement& row, std::int64_t version) {
            return associated(Note{row.integer(3), static_cast<NoteKind>(row.integer(4)), row.integer(5), row.integer(6), 0, {}}, version);
        };
        return reseal("person", "data_key", "id", person_key) + reseal("earlier", "data_key", "id", person_key) +
               reseal("written", "sealed", "id", written_back) + reseal("name", "sealed", "id, kind", named) +
               reseal("note", "sealed", "sequence, kind, a, b", noted);
    }

    void make_tokens(const std::string& table, const std::function<std::string(const Identity&)>& token_of) {
        PersonOpener opener(*this);
        Identity identity;
        Statement rows = database_.prepare("SELECT rowid, id, data_key, data, key_version FROM " + table +
                                           " WHERE rowid > ? AND token IS NOT NULL ORDER BY rowid LIMIT ?");
        Statement write = database_.prepare("UPDATE " + table + " SET token = ? WHERE rowid = ?");
        std::int64_t last = std::numeric_limits<std::int64_t>::min();
        for (bool any = true; any;) {
            std::vector<std::pair<std::int64_t, std::string>> tokens;
            rows.bind(0, last).bind(1, static_cast<std::int64_t>(kResealed));
            while (rows.step()) {
                opener.open(rows.integer(1), rows.blob(2), rows.blob(3), {}, rows.integer(4), identity);
                tokens.emplace_back(rows.integer(0), token_of(identity));
            }
            rows.reset();
            for (const auto& [row, token] : tokens) {
                token.empty() ? write.bind_null(0) : write.bind_blob(0, token);
                write.bind(1, row).execute();
            }
            any = !tokens.empty();
            if (any) last = tokens.back().first;
        }
    }

    std::string file_;
    std::map<std::int64_t, Secret> wraps_;  // by version of the master key; two while a rotation is under way
    std::string ring_;
    int key_version_ = 1;
    Database database_;
    std::string tenant_;
    std::unordered_map<std::string, std::optional<Statement>> statements_;
    std::optional<Transaction> transaction_;
    std::int64_t run_ = 0;
    std::int64_t tag_ = 0;
    std::set<std::int64_t> met_;
};

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
void Vault::limit_cache(int mebibytes) { impl_->database_.execute("PRAGMA cache_size=-" + std::to_string(mebibytes * 1024)); }

Vault::~Vault() = default;
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;

Vault Vault::open(const std::filesystem::path& vault_db, const Keys& keys) {
    create_private(vault_db);
    return Vault(std::make_unique<Impl>(vault_db, keys));
}

void Vault::reconcile(const std::function<bool(std::int64_t run, std::int64_t tag)>& committed) {
    struct Batch {
        std::int64_t run = 0, tag = 0;
        bool settled = false;
    };
    std::vector<Batch> batches;
    for (Statement s = impl_->database_.prepare("SELECT run, tag, settled FROM batch ORDER BY run DESC"); s.step();)
        batches.push_back({s.integer(0), s.integer(1), s.integer(2) != 0});
    bool any = false;
    for (const Batch& batch : batches) {
        const bool good = committed(batch.run, batch.tag);
        if (good && batch.settled) continue;
        any = true;
        good ? impl_->settle(batch.run) : impl_->undo(batch.run);
    }
    if (any) impl_->database_.checkpoint();
}

void Vault::begin(std::int64_t run, std::int64_t tag, std::optional<std::int64_t> takes_back) {
    impl_->transaction_.emplace(impl_->database_);
    impl_->met_.clear();
    impl_->run_ = run;
    impl_->tag_ = tag;
    Statement s = impl_->database_.prepare("INSERT INTO batch (run, tag, takes_back) VALUES (?, ?, ?)");
    s.bind(0, run).bind(1, tag);
    if (takes_back) s.bind(2, *takes_back);
    s.execute();
}

void Vault::commit() {
    impl_->transaction_->commit();
    impl_->transaction_.reset();
}

void Vault::rollback() {
    impl_->statements_.clear();
    impl_->transaction_.reset();
}

void Vault::settle(std::int64_t run) { impl_->settle(run); }

void Vault::keep_images(const std::function<bool(std::int64_t run)>& keeps) {
    std::vector<std::int64_t> gone;
    for (Statement s = impl_->database_.prepare("SELECT replaced_by FROM earlier UNION SELECT run FROM name WHERE EXISTS (SELECT 1 FROM "
                                                "name n WHERE n.kind = name.kind AND n.id = name.id AND n.run < name.run)");
         s.step();)
        if (!keeps(s.integer(0))) gone.push_back(s.integer(0));
    if (gone.empty()) return;
    Transaction transaction(impl_->database_);
    for (const std::int64_t run : gone) {
        const std::string r = std::to_string(run);
        impl_->database_.execute("DELETE FROM earlier WHERE replaced_by = " + r);
        impl_->database_.execute("DELETE FROM name WHERE run < " + r +
                                 " AND EXISTS (SELECT 1 FROM name n WHERE n.kind = name.kind AND n.id = name.id AND n.run = " + r + ")");
    }
    transaction.commit();
    impl_->database_.checkpoint();
}

const std::set<std::int64_t>& Vault::met() const { return impl_->met_; }

bool Vault::can_return(std::int64_t id, std::int64_t run) {
    Statement s = impl_->database_.prepare(
        "SELECT 1 FROM person WHERE id = ?1 AND run <> ?2 UNION ALL SELECT 1 FROM earlier WHERE id = ?1 AND replaced_by = ?2");
    return s.bind(0, id).bind(1, run).step();
}

std::optional<std::uint64_t> Vault::fingerprint(std::int64_t id) {
    Statement& s = impl_->statement("SELECT fingerprint, run FROM person WHERE id = ?");
    std::optional<std::uint64_t> found;
    if (s.bind(0, id).step()) {
        found = static_cast<std::uint64_t>(s.integer(0));
        impl_->met_.insert(s.integer(1));
    }
    s.reset();
    return found;
}

void Vault::put(const Identity& identity, std::uint64_t fingerprint) {
    std::string plain;
    plain.reserve(2 * kPersonStep);
    plain.push_back(kFormat);
    plain.push_back(static_cast<char>(entity_def(Entity::Person).fields.size()));
    put_text(plain, identity.source);
    for (std::size_t i = 0; i < entity_def(Entity::Person).fields.size(); ++i) put_text(plain, identity.values[i]);
    pad(plain, kPersonStep);
    const Secret padded(std::move(plain));
    const Secret key(random_bytes(kDataKeyBytes));
    const std::string data = seal(key, padded.bytes(), impl_->associated("person.data", identity.id, kDataKeyVersion));
    const std::string data_key = seal(impl_->wrap(), key.bytes(), impl_->associated("person.key", identity.id, impl_->key_version_));
    // A record changed twice in one run keeps the version from before the run.
    impl_
        ->statement(
            "INSERT OR IGNORE INTO earlier SELECT id, run, data_key, data, token, fingerprint, key_version, ?1 FROM person WHERE id = ?2 "
            "AND run <> ?1")
        .bind(0, impl_->run_)
        .bind(1, identity.id)
        .execute();
    Statement& s =
        impl_->statement("REPLACE INTO person (id, run, data_key, data, token, fingerprint, key_version) VALUES (?, ?, ?, ?, ?, ?, ?)");
    s.bind(0, identity.id).bind(1, impl_->run_).bind_blob(2, data_key).bind_blob(3, data);
    if (!identity.token.empty()) s.bind_blob(4, identity.token);
    s.bind(5, static_cast<std::int64_t>(fingerprint)).bind(6, impl_->key_version_).execute();
}

std::optional<Identity> Vault::person(std::int64_t id) {
    Statement& s = impl_->statement("SELECT data_key, data, token, key_version, run FROM person WHERE id = ?");
    std::optional<Identity> found;
    if (s.bind(0, id).step()) {
        Impl::PersonOpener(*impl_).open(id, s.blob(0), s.blob(1), s.blob(2), s.integer(3), found.emplace());
        impl_->met_.insert(s.integer(4));
    }
    s.reset();
    return found;
}

void Vault::each(const std::function<void(const Identity&)>& visit) {
    Statement rows = impl_->database_.prepare("SELECT id, data_key, data, token, key_version FROM person ORDER BY id");
    // While one part is visited and the next is read, a second thread opens the one between; then both open what is left of it.
    const auto parts = std::make_unique<std::array<Impl::Part, 2>>();
    Impl::Part* sealed = &(*parts)[0];
    Impl::Part* opened = &(*parts)[1];
    for (sealed->read(rows); sealed->size > 0; std::swap(sealed, opened)) {
        std::future<void> other;
        if (sealed->size == kPart) other = std::async(std::launch::async, [this, sealed] { impl_->open(*sealed); });
        for (std::size_t i = 0; i < opened->size; ++i) visit(opened->persons[i]);
        if (sealed->size == kPart)
            opened->read(rows);
        else
            opened->size = 0;
        impl_->open(*sealed);
        if (other.valid()) other.get();
    }
    for (std::size_t i = 0; i < opened->size; ++i) visit(opened->persons[i]);
}

void Vault::withdraw(const std::vector<std::int64_t>& ids) {
    for (const std::int64_t id : ids) {
        impl_
            ->statement(
                "INSERT OR IGNORE INTO earlier SELECT id, run, data_key, data, token, fingerprint, key_version, ?1 FROM person WHERE id = "
                "?2 AND run <> ?1")
            .bind(0, impl_->run_)
            .bind(1, id)
            .execute();
        impl_->statement("DELETE FROM person WHERE id = ?").bind(0, id).execute();
    }
}

void Vault::remove(const std::vector<std::int64_t>& ids) {
    impl_->in_batch_or_alone([&] {
        for (const std::int64_t id : ids) {
            impl_->statement("DELETE FROM person WHERE id = ?").bind(0, id).execute();
            impl_->statement("DELETE FROM earlier WHERE id = ?").bind(0, id).execute();
            impl_->statement("DELETE FROM note WHERE a = ?1 OR b = ?1").bind(0, id).execute();
        }
    });
}

void Vault::put_name(NameKind kind, std::int64_t id, std::string_view name) {
    std::string plain;
    put_text(plain, name);
    pad(plain, kNameStep);
    const std::string table = "name." + std::to_string(static_cast<int>(kind));
    const std::string sealed = seal(impl_->wrap(), plain, impl_->associated(table, id, impl_->key_version_));
    impl_->in_batch_or_alone([&] {
        Statement& s = impl_->statement("REPLACE INTO name (kind, id, run, sealed, key_version) VALUES (?, ?, ?, ?, ?)");
        s.bind(0, static_cast<std::int64_t>(kind))
            .bind(1, id)
            .bind(2, impl_->run_)
            .bind_blob(3, sealed)
            .bind(4, impl_->key_version_)
            .execute();
    });
}

std::optional<std::string> Vault::name(NameKind kind, std::int64_t id) {
    Statement& s = impl_->statement("SELECT sealed, run, key_version FROM name WHERE kind = ? AND id = ? ORDER BY run DESC LIMIT 1");
    std::optional<std::string> found;
    if (s.bind(0, static_cast<std::int64_t>(kind)).bind(1, id).step()) {
        const std::string plain = impl_->unsealed(s.integer(2), s.blob(0), "name." + std::to_string(static_cast<int>(kind)), id);
        std::string_view rest = plain;
        found = take_text(rest);
        if (kind == NameKind::Worker) impl_->met_.insert(s.integer(1));
    }
    s.reset();
    if (found && found->empty()) found.reset();  // taken away by a later run than the one that gave it
    return found;
}

std::uint64_t Vault::size() { return static_cast<std::uint64_t>(impl_->database_.integer("SELECT count(*) FROM person").value_or(0)); }

std::vector<std::int64_t> Vault::ids() {
    std::vector<std::int64_t> all;
    for (Statement s = impl_->database_.prepare("SELECT id FROM person UNION SELECT id FROM earlier"); s.step();)
        all.push_back(s.integer(0));
    return all;
}

std::int64_t Vault::erasures_applied() {
    const std::string number = impl_->meta("erasures");
    return number.empty() ? 0 : std::stoll(number);
}

void Vault::set_erasures_applied(std::int64_t number) {
    const std::string text = std::to_string(number);
    impl_->in_batch_or_alone([&] {
        impl_->database_.prepare("REPLACE INTO meta (name, value) VALUES (?, ?)")
            .bind(0, std::string_view("erasures"))
            .bind_blob(1, text)
            .execute();
    });
}

void Vault::scrub() {
    impl_->statements_.clear();  // a prepared statement would hold the rewriting back
    brugwacht::scrub(impl_->database_, impl_->file_);
}

// Under the wrap key and not under the person's own: when that one is destroyed, it must still be known what to take back, and where.
void Vault::set_written(const WrittenBack& written) {
    Transaction transaction(impl_->database_);
    if (written.values.empty()) {
        impl_->database_.prepare("DELETE FROM written WHERE id = ?").bind(0, written.id).execute();
    } else {
        std::string plain;
        plain.push_back(kFormat);
        put_text(plain, written.source);
        put_text(plain, written.key);
        put_number(plain, static_cast<std::int64_t>(written.values.size()));
        for (const auto& [field, value] : written.values) {
            put_text(plain, field);
            put_text(plain, value);
        }
        pad(plain, kPersonStep);
        const std::string sealed = seal(impl_->wrap(), plain, impl_->associated("written", written.id, impl_->key_version_));
        impl_->database_.prepare("REPLACE INTO written (id, sealed, key_version) VALUES (?, ?, ?)")
            .bind(0, written.id)
            .bind_blob(1, sealed)
            .bind(2, impl_->key_version_)
            .execute();
    }
    transaction.commit();
}

std::vector<WrittenBack> Vault::written(std::string_view source) {
    std::vector<WrittenBack> found;
    for (Statement s = impl_->database_.prepare("SELECT id, sealed, key_version FROM written ORDER BY id"); s.step();) {
        WrittenBack one;
        one.id = s.integer(0);
        const std::string plain = impl_->unsealed(s.integer(2), s.blob(1), "written", one.id);
        std::string_view rest = plain;
        if (rest.empty() || rest.front() != kFormat) tampered();
        rest.remove_prefix(1);
        one.source = take_text(rest);
        if (one.source != source) continue;
        one.key = take_text(rest);
        for (std::int64_t left = take_number(rest); left > 0; --left) {
            std::string field(take_text(rest));
            one.values.emplace(std::move(field), take_text(rest));
        }
        found.push_back(std::move(one));
    }
    return found;
}

std::int64_t Vault::add_note(NoteKind kind, std::int64_t a, std::int64_t b, std::string_view text) {
    Note note{0, kind, a, b, impl_->transaction_ ? impl_->run_ : 0, {}};
    impl_->in_batch_or_alone([&] {
        note.sequence = impl_->database_.integer("SELECT coalesce(max(sequence), 0) + 1 FROM note").value();
        std::string plain;
        put_text(plain, text);
        pad(plain, kPersonStep);
        const std::string sealed = seal(impl_->wrap(), plain, impl_->associated(note, impl_->key_version_));
        Statement& s = impl_->statement("INSERT INTO note (sequence, kind, a, b, run, sealed, key_version) VALUES (?, ?, ?, ?, ?, ?, ?)");
        s.bind(0, note.sequence).bind(1, static_cast<std::int64_t>(kind)).bind(2, a).bind(3, b).bind(4, note.run);
        s.bind_blob(5, sealed).bind(6, impl_->key_version_).execute();
    });
    return note.sequence;
}

std::vector<Note> Vault::notes(NoteKind kind) {
    Statement s =
        impl_->database_.prepare("SELECT sequence, kind, a, b, run, sealed, key_version FROM note WHERE kind = ? ORDER BY sequence");
    s.bind(0, static_cast<std::int64_t>(kind));
    return impl_->notes(s);
}

std::vector<Note> Vault::notes_about(std::int64_t record) {
    Statement s = impl_->database_.prepare(
        "SELECT sequence, kind, a, b, run, sealed, key_version FROM note WHERE a = ?1 OR b = ?1 ORDER BY sequence");
    s.bind(0, record);
    return impl_->notes(s);
}

std::uint64_t Vault::reseal() {
    Impl& m = *impl_;
    Transaction transaction(m.database_);
    const std::uint64_t count = m.reseal();
    const auto& [version, key] = *m.wraps_.rbegin();
    m.set_meta("check", seal(key, "brugwacht", m.associated("meta", 0, version)));
    transaction.commit();
    return count;
}

std::map<int, std::uint64_t> Vault::key_versions() {
    std::map<int, std::uint64_t> counts;
    for (Statement s = impl_->database_.prepare(
             "SELECT key_version, count(*) FROM (SELECT key_version FROM person UNION ALL SELECT key_version FROM earlier UNION ALL SELECT "
             "key_version FROM name UNION ALL SELECT key_version FROM written UNION ALL SELECT key_version FROM note) GROUP BY "
             "key_version");
         s.step();)
        counts[static_cast<int>(s.integer(0))] = static_cast<std::uint64_t>(s.integer(1));
    return counts;
}

void Vault::make_tokens(int link_version, const std::function<std::string(const Identity&)>& token_of) {
    Impl& m = *impl_;
    Transaction transaction(m.database_);
    if (m.database_.integer("PRAGMA user_version").value_or(0) >= link_version) return;
    m.make_tokens("person", token_of);
    m.make_tokens("earlier", token_of);
    m.database_.execute("PRAGMA user_version = " + std::to_string(link_version));
    transaction.commit();
}

void Vault::compact() {
    impl_->statements_.clear();
    impl_->database_.vacuum();
}

void Vault::remove_note(std::int64_t sequence) {
    impl_->in_batch_or_alone([&] { impl_->statement("DELETE FROM note WHERE sequence = ?").bind(0, sequence).execute(); });
}

}  // namespace brugwacht
