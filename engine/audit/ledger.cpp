#include "engine/audit/ledger.hpp"

#include <algorithm>
#include <utility>

#include "engine/audit/entry_format.hpp"
#include "engine/audit/merkle.hpp"
#include "engine/audit/verification.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"

namespace brugwacht {

namespace {

constexpr std::int64_t kVersion = 2;
constexpr std::string_view kKeyName = "audit";
// A crash, or programs that append side by side, may leave the key file behind the ledger by what was appended at once.
constexpr std::size_t kMostAtOnce = 512;
constexpr int kMostStepsBehind = 1024;
constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kAnchorUse = "brugwacht/audit/anchor";

constexpr const char* kSchema = R"sql(
CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    seal BLOB NOT NULL,      -- MAC of the head under the key of the next entry
    anchor BLOB NOT NULL     -- first key, sealed; empty when no anchor key was given
) STRICT;
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,
    content TEXT NOT NULL,   -- canonical JSON, with the hash of the entry before it
    hash TEXT NOT NULL,
    mac BLOB NOT NULL
) STRICT;
CREATE TABLE release (
    id TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL,
    known_at INTEGER,
    period TEXT NOT NULL,
    agreements TEXT NOT NULL,
    rules_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    tables TEXT NOT NULL,
    workbook BLOB NOT NULL,
    workbook_sha256 TEXT NOT NULL,
    audit_head TEXT NOT NULL,
    released_at INTEGER NOT NULL,
    sequence INTEGER NOT NULL REFERENCES entry(sequence)
) STRICT;
)sql";

// Version 2: a Merkle tree over the entries. Roots are signed from the size on that a ledger of version 1 had.
constexpr const char* kMerkleSchema = R"sql(
ALTER TABLE ledger ADD COLUMN count_seal BLOB NOT NULL DEFAULT x'';  -- MAC of the number of entries under the same key
ALTER TABLE ledger ADD COLUMN frontier BLOB NOT NULL DEFAULT x'';
ALTER TABLE ledger ADD COLUMN roots_from INTEGER NOT NULL DEFAULT 0;
CREATE TABLE root (
    size INTEGER PRIMARY KEY,  -- entries under it
    root BLOB NOT NULL,
    mac BLOB NOT NULL          -- under the key of the entry after them
) STRICT;
)sql";

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : "\n") + word;
    return out;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

constexpr std::string_view kReleaseColumns =
    "SELECT id, as_of, known_at, period, agreements, rules_hash, language, tables, workbook_sha256, audit_head, released_at FROM release ";

ReleaseRecord record_of(const Statement& row) {
    ReleaseRecord r;
    r.id = row.text(0);
    r.as_of = *row.date(1);
    r.known_at = row.date(2);
    r.period = row.text(3);
    r.agreements = split(row.text(4));
    r.rules_hash = row.text(5);
    r.language = row.text(6);
    r.tables_json = row.text(7);
    r.workbook_sha256 = row.text(8);
    r.audit_head = row.text(9);
    r.released_at = row.integer(10);
    return r;
}

/// Where the log stands, with the key of the entry to come.
struct Tail {
    std::int64_t sequence = 0;
    std::string hash;
    MerkleFrontier tree;
    EntryKey key;
};

constexpr std::size_t kPrintedDigits = 12;
constexpr std::size_t kAllDigits = 64;
constexpr std::size_t kMostSizeDigits = 15;

}  // namespace

std::optional<PrintedHead> read_printed_head(std::string_view text) {
    PrintedHead head;
    const std::size_t colon = text.find(':');
    for (const char c : text.substr(0, colon)) head.digits.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (head.digits.size() < kPrintedDigits || head.digits.size() > kAllDigits ||
        head.digits.find_first_not_of("0123456789abcdef") != std::string::npos)
        return std::nullopt;
    if (colon == std::string_view::npos) return head;
    const std::string_view size = text.substr(colon + 1);
    if (size.empty() || size.size() > kMostSizeDigits || size.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    head.size = std::stoll(std::string(size));
    return head;
}

std::vector<PrintedHead> read_anchors(std::string_view text, const std::string& file) {
    std::vector<PrintedHead> heads;
    for (std::int64_t line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const std::string content(trim(text.substr(0, end)));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (content.empty() || content.starts_with('#')) continue;
        const auto head = read_printed_head(std::string_view(content).substr(0, content.find_first_of(" \t;,")));
        if (!head) throw Error(Exit::Data, "AUD-008", {{"line", line}}, file, std::to_string(line));
        heads.push_back(*head);
    }
    return heads;
}

struct Ledger::Impl {
    mutable Database database;

    struct Last {
        std::int64_t sequence = 0;
        std::string hash = kNoHead;
    };
    Last last() const {
        Statement q = database.prepare("SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1");
        Last out;
        if (q.step()) out = {q.integer(0), std::string(q.text(1))};
        return out;
    }

    std::string stored(const char* column) const {
        Statement q = database.prepare(std::string("SELECT ") + column + " FROM ledger");
        if (!q.step()) throw Error(Exit::Data, "AUD-001");
        return std::string(q.blob(0));
    }

    /// The first key from the key file on that fits: a crash may have left the file behind.
    std::optional<EntryKey> key_that(Secrets& secrets, const std::function<bool(const EntryKey&)>& fits) const {
        EntryKey key(secrets.load(kKeyName));
        for (int step = 0; step <= kMostStepsBehind; ++step) {
            if (fits(key)) return key;
            key = key.next();
        }
        return std::nullopt;
    }

    /// Leaves of the first `size` entries.
    void each_leaf(std::int64_t size, const std::function<void(std::string)>& visit) const {
        Statement q = database.prepare("SELECT content, mac FROM entry WHERE sequence <= ? ORDER BY sequence");
        q.bind(0, size);
        while (q.step()) visit(merkle_leaf(covered(q.text(0), q.blob(1))));
    }
    std::vector<std::string> leaves(std::int64_t size) const {
        std::vector<std::string> out;
        each_leaf(size, [&](std::string leaf) { out.push_back(std::move(leaf)); });
        return out;
    }

    /// As it is kept, so that an append costs the same in a long log as in a short one.
    MerkleFrontier frontier(std::int64_t size) const {
        if (auto kept = MerkleFrontier::read(static_cast<std::uint64_t>(size), stored("frontier"))) return *std::move(kept);
        MerkleFrontier made;
        each_leaf(size, [&](std::string leaf) { made.add(std::move(leaf)); });
        return made;
    }

    /// Words hold no quotes, so that a pattern with them fits members only.
    std::optional<LoggedEntry> last_like(const std::string& pattern) const {
        Statement q = database.prepare("SELECT content FROM entry WHERE content GLOB ? ORDER BY sequence DESC LIMIT 1");
        q.bind(0, std::string_view(pattern));
        return q.step() ? read_entry(std::string(q.text(0))) : std::nullopt;
    }

    void keep_frontier(const MerkleFrontier& tree) {
        const std::string bytes = tree.bytes();
        Statement keep = database.prepare("UPDATE ledger SET frontier = ?");
        keep.bind_blob(0, bytes);
        keep.execute();
    }

    void migrate() {
        Transaction transaction(database);
        database.execute(kMerkleSchema);
        const std::int64_t size = last().sequence;
        Statement from = database.prepare("UPDATE ledger SET version = ?, roots_from = ?");
        from.bind(0, kVersion).bind(1, size);
        from.execute();
        keep_frontier(frontier(size));
        transaction.commit();
    }

    /// Inside a transaction of the caller.
    Tail tail(Secrets& secrets) const {
        const Last before = last();
        const std::string seal = stored("seal");
        std::optional<EntryKey> key = key_that(secrets, [&](const EntryKey& next) { return next.seal(before.hash) == seal; });
        if (!key) throw Error(Exit::Data, "AUD-003");
        return {before.sequence, before.hash, frontier(before.sequence), *std::move(key)};
    }

    void add(Tail& tail, const AuditEntry& entry, std::int64_t now) {
        require_words(entry);
        const std::string content = canonical(entry, ++tail.sequence, now, tail.hash);
        const std::string tag = tail.key.mac(content);
        const std::string record = covered(content, tag);
        tail.hash = to_hex(sha256(record));
        Statement row = database.prepare("INSERT INTO entry (sequence, content, hash, mac) VALUES (?, ?, ?, ?)");
        row.bind(0, tail.sequence).bind(1, std::string_view(content)).bind(2, std::string_view(tail.hash)).bind_blob(3, tag);
        row.execute();
        tail.tree.add(merkle_leaf(record));
        tail.key = tail.key.next();
        if (tail.sequence % kEntriesPerRoot != 0) return;
        const std::string root = tail.tree.root();
        const std::string signature = tail.key.sign_root(tail.sequence, root);
        Statement keep = database.prepare("INSERT INTO root (size, root, mac) VALUES (?, ?, ?)");
        keep.bind(0, tail.sequence).bind_blob(1, root).bind_blob(2, signature);
        keep.execute();
    }

    /// Once all is added; the key is stored when that is committed.
    void close(const Tail& tail) {
        const std::string seal = tail.key.seal(tail.hash);
        const std::string count_seal = tail.key.seal_count(tail.sequence);
        Statement reseal = database.prepare("UPDATE ledger SET seal = ?, count_seal = ?");
        reseal.bind_blob(0, seal).bind_blob(1, count_seal);
        reseal.execute();
        keep_frontier(tail.tree);
    }
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

void Ledger::create(const std::filesystem::path& path, Secrets& secrets, const Secret* anchor_key) {
    Database database = Database::open(path, Database::Mode::Create);
    Transaction transaction(database);
    database.execute(kSchema);
    database.execute(kMerkleSchema);
    const EntryKey key(Secret(random_bytes(kKeyBytes)));
    const std::string sealed = key.seal(kNoHead);
    const std::string count_seal = key.seal_count(0);
    const std::string anchor = anchor_key == nullptr ? std::string() : seal(*anchor_key, key.secret().bytes(), kAnchorUse);
    Statement add = database.prepare("INSERT INTO ledger (one, version, seal, count_seal, anchor) VALUES (1, ?, ?, ?, ?)");
    add.bind(0, kVersion).bind_blob(1, sealed).bind_blob(2, count_seal).bind_blob(3, anchor);
    add.execute();
    secrets.store(kKeyName, key.secret());
    transaction.commit();
}

Ledger Ledger::open(const std::filesystem::path& path) {
    Database database = Database::open(path, Database::Mode::ReadWrite);
    if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('ledger', 'entry', 'release')") != 3)
        throw Error(Exit::Data, "AUD-001", {}, path.string());
    const std::int64_t version = database.integer("SELECT version FROM ledger").value_or(0);
    if (version < 1 || version > kVersion) throw Error(Exit::Data, "AUD-001", {}, path.string());
    auto impl = std::make_unique<Impl>(Impl{std::move(database)});
    if (version < kVersion) impl->migrate();
    return Ledger(std::move(impl));
}

void Ledger::append(const AuditEntry& entry, Secrets& secrets, const Clock& clock) { append_all({entry}, secrets, clock); }

void Ledger::append_all(const std::vector<AuditEntry>& entries, Secrets& secrets, const Clock& clock) {
    // Never more at once than the key file may be behind.
    for (std::size_t from = 0; from < entries.size(); from += kMostAtOnce) {
        Transaction transaction(impl_->database);
        Tail tail = impl_->tail(secrets);
        for (std::size_t i = from; i < std::min(entries.size(), from + kMostAtOnce); ++i) impl_->add(tail, entries[i], clock.now());
        impl_->close(tail);
        transaction.commit();
        secrets.store(kKeyName, tail.key.secret());
    }
}

std::string Ledger::head() const { return impl_->last().hash; }

LedgerHead Ledger::position() const {
    const Impl::Last last = impl_->last();
    return {last.sequence, last.hash, to_hex(impl_->frontier(last.sequence).root())};
}

LedgerHead Ledger::position_at(std::int64_t size) const {
    Statement q = impl_->database.prepare("SELECT hash FROM entry WHERE sequence = ?");
    q.bind(0, size);
    if (size != 0 && !q.step()) throw Error(Exit::Usage, "AUD-007", {{"entry", size}, {"entries", impl_->last().sequence}});
    const std::string chain = size == 0 ? kNoHead : std::string(q.text(0));
    return {size, chain, to_hex(merkle_root(impl_->leaves(size)))};
}

std::string Ledger::leaf_of(std::int64_t sequence) const {
    Statement q = impl_->database.prepare("SELECT content, mac FROM entry WHERE sequence = ?");
    q.bind(0, sequence);
    if (!q.step()) throw Error(Exit::Usage, "AUD-007", {{"entry", sequence}, {"entries", impl_->last().sequence}});
    return to_hex(merkle_leaf(covered(q.text(0), q.blob(1))));
}

void Ledger::each(std::string_view since, const std::function<void(const LoggedEntry&)>& visit) const {
    Statement q = impl_->database.prepare("SELECT sequence, content FROM entry ORDER BY sequence");
    while (q.step()) {
        const std::optional<LoggedEntry> entry = read_entry(std::string(q.text(1)));
        if (!entry) throw Error(Exit::Data, "AUD-006", {{"entry", q.integer(0)}});
        if (entry->time >= since) visit(*entry);
    }
}

std::optional<LoggedEntry> Ledger::last_of(std::string_view action, std::string_view object) const {
    const std::string pattern = "*,\"action\":\"" + std::string(action) + "\",\"object\":\"" + std::string(object) + "\",*";
    return impl_->last_like(pattern);
}

std::optional<LoggedEntry> Ledger::last_with_run() const { return impl_->last_like("*,\"run\":*"); }

void Ledger::freeze(const ReleaseRecord& record, const AuditEntry& entry, Secrets& secrets, const Clock& clock) {
    Transaction transaction(impl_->database);
    {
        Statement taken = impl_->database.prepare("SELECT 1 FROM release WHERE id = ?");
        taken.bind(0, std::string_view(record.id));
        if (taken.step()) throw Error(Exit::Software, "AUD-004", {{"release", record.id}});
    }
    Tail tail = impl_->tail(secrets);
    AuditEntry bound = entry;
    bound.release = record.id;
    bound.request = to_hex(sha256(record.workbook));  // ties the entry to the bytes
    bound.config = to_hex(sha256(record.tables_json));
    impl_->add(tail, bound, clock.now());
    impl_->close(tail);
    const std::string agreements = joined(record.agreements);
    const std::string digest = to_hex(sha256(record.workbook));
    Statement add = impl_->database.prepare(
        "INSERT INTO release (id, as_of, known_at, period, agreements, rules_hash, language, tables, workbook, workbook_sha256, audit_head,"
        " released_at, sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    add.bind(0, std::string_view(record.id)).bind(1, std::optional<Date>(record.as_of)).bind(2, record.known_at);
    add.bind(3, std::string_view(record.period)).bind(4, std::string_view(agreements)).bind(5, std::string_view(record.rules_hash));
    add.bind(6, std::string_view(record.language)).bind(7, std::string_view(record.tables_json)).bind_blob(8, record.workbook);
    add.bind(9, std::string_view(digest))
        .bind(10, std::string_view(record.audit_head))
        .bind(11, record.released_at)
        .bind(12, tail.sequence);
    add.execute();
    transaction.commit();
    secrets.store(kKeyName, tail.key.secret());
}

std::optional<ReleaseRecord> Ledger::release(std::string_view id) const {
    Statement q = impl_->database.prepare(std::string(kReleaseColumns) + "WHERE id = ?");
    q.bind(0, id);
    if (!q.step()) return std::nullopt;
    ReleaseRecord record = record_of(q);
    Statement bytes = impl_->database.prepare("SELECT workbook FROM release WHERE id = ?");
    bytes.bind(0, id);
    if (bytes.step()) record.workbook = bytes.blob(0);
    if (to_hex(sha256(record.workbook)) != record.workbook_sha256) throw Error(Exit::Data, "AUD-005", {{"release", record.id}});
    return record;
}

std::vector<ReleaseRecord> Ledger::releases() const {
    std::vector<ReleaseRecord> out;
    Statement q = impl_->database.prepare(std::string(kReleaseColumns) + "ORDER BY as_of, id");
    while (q.step()) out.push_back(record_of(q));
    return out;
}

std::vector<std::string> Ledger::prove_entry(std::int64_t sequence, std::int64_t size) const {
    if (sequence < 1 || sequence > size || size > impl_->last().sequence)
        throw Error(Exit::Usage, "AUD-007", {{"entry", std::max(sequence, size)}, {"entries", impl_->last().sequence}});
    std::vector<std::string> proof = inclusion_proof(impl_->leaves(size), static_cast<std::uint64_t>(sequence - 1));
    for (std::string& hash : proof) hash = to_hex(hash);
    return proof;
}

std::vector<std::string> Ledger::prove_beginning(std::int64_t earlier, std::int64_t size) const {
    if (earlier < 1 || earlier > size || size > impl_->last().sequence)
        throw Error(Exit::Usage, "AUD-007", {{"entry", std::max(earlier, size)}, {"entries", impl_->last().sequence}});
    std::vector<std::string> proof = consistency_proof(impl_->leaves(size), static_cast<std::uint64_t>(earlier));
    for (std::string& hash : proof) hash = to_hex(hash);
    return proof;
}

void Ledger::move_anchor(const Secret& old_key, const Secret& new_key) {
    const std::string anchor = impl_->stored("anchor");
    if (anchor.empty()) return;
    const Secret first(unseal(old_key, anchor, kAnchorUse));
    const std::string sealed = seal(new_key, first.bytes(), kAnchorUse);
    Statement move = impl_->database.prepare("UPDATE ledger SET anchor = ?");
    move.bind_blob(0, sealed);
    move.execute();
    impl_->database.checkpoint();  // the old one is not to linger in the journal
}

AuditCheck Ledger::verify(Secrets& secrets, const Secret* anchor_key, const std::vector<PrintedHead>& outside) const {
    std::optional<EntryKey> first;
    if (anchor_key != nullptr)
        if (const std::string anchor = impl_->stored("anchor"); !anchor.empty())
            first.emplace(Secret(unseal(*anchor_key, anchor, kAnchorUse)));
    return Verification(impl_->database, std::move(first), outside).run([&](const std::function<bool(const EntryKey&)>& fits) {
        return impl_->key_that(secrets, fits);
    });
}

}  // namespace brugwacht
