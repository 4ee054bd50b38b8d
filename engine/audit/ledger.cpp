#include "engine/audit/ledger.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kKeyName = "audit";
const std::string kNoHead(64, '0');

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

bool is_word(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= 64 && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || c == '_' || c == '.' || c == ':' || c == '-'; });
}

void require_words(const AuditEntry& entry) {
    const auto refuse = [](std::string_view field) { throw Error(Exit::Software, "AUD-002", {{"field", std::string(field)}}); };
    if (!is_word(entry.role)) refuse("role");
    if (!is_word(entry.action)) refuse("action");
    if (!entry.object.empty() && !is_word(entry.object)) refuse("object");
    if (!entry.request.empty() && !is_word(entry.request)) refuse("request");
    if (!entry.config.empty() && !is_word(entry.config)) refuse("config");
    if (!entry.release.empty() && !is_word(entry.release)) refuse("release");
    for (const auto& [name, count] : entry.counts)
        if (!is_word(name)) refuse("counts");
}

std::string canonical(const AuditEntry& entry, std::int64_t sequence, std::int64_t time, const std::string& previous) {
    JsonWriter json;
    json.begin_object()
        .member("seq", sequence)
        .member("time", utc_timestamp(time))
        .member("role", entry.role)
        .member("action", entry.action);
    json.member("object", entry.object).member("request", entry.request).member("config", entry.config).member("release", entry.release);
    json.key("counts").begin_object();
    for (const auto& [name, count] : entry.counts) json.member(name, count);
    json.end_object().member("prev", previous).end_object();
    return json.take();
}

std::string mac(const Secret& key, const std::string& message) { return Hmac(key.bytes())(message); }
std::string seal_of(const Secret& key, const std::string& head) { return mac(key, "brugwacht/audit/seal|" + head); }
Secret next_key(const Secret& key) { return derive_key(key, "brugwacht/audit/next"); }

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

}  // namespace

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

    /// The key of the next entry. A crash may have left the key file one step behind the ledger: the seal tells.
    Secret key(Secrets& secrets) const {
        Secret at_hand = secrets.load(kKeyName);
        const std::string head = last().hash;
        const std::string seal = stored("seal");
        if (seal_of(at_hand, head) == seal) return at_hand;
        Secret next = next_key(at_hand);
        if (seal_of(next, head) == seal) return next;
        throw Error(Exit::Data, "AUD-003");
    }

    /// Inside a transaction of the caller; gives the key to store once that is committed.
    Secret insert(const AuditEntry& entry, const Secret& key, std::int64_t now, std::int64_t& sequence) {
        require_words(entry);
        const Last before = last();
        sequence = before.sequence + 1;
        const std::string content = canonical(entry, sequence, now, before.hash);
        const std::string hash = to_hex(sha256(content));
        const std::string tag = mac(key, content);
        Statement add = database.prepare("INSERT INTO entry (sequence, content, hash, mac) VALUES (?, ?, ?, ?)");
        add.bind(0, sequence).bind(1, content).bind(2, hash).bind_blob(3, tag);
        add.execute();
        Secret next = next_key(key);
        const std::string seal = seal_of(next, hash);
        Statement reseal = database.prepare("UPDATE ledger SET seal = ?");
        reseal.bind_blob(0, seal);
        reseal.execute();
        return next;
    }
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

void Ledger::create(const std::filesystem::path& path, Secrets& secrets, const Secret* anchor_key) {
    const Secret first(random_bytes(32));
    Database database = Database::open(path, Database::Mode::Create);
    Transaction transaction(database);
    database.execute(kSchema);
    const std::string sealed = seal_of(first, kNoHead);
    const std::string anchor =
        anchor_key == nullptr ? std::string() : brugwacht::seal(*anchor_key, first.bytes(), "brugwacht/audit/anchor");
    Statement add = database.prepare("INSERT INTO ledger (one, version, seal, anchor) VALUES (1, ?, ?, ?)");
    add.bind(0, kVersion).bind_blob(1, sealed).bind_blob(2, anchor);
    add.execute();
    secrets.store(kKeyName, first);
    transaction.commit();
}

Ledger Ledger::open(const std::filesystem::path& path) {
    Database database = Database::open(path, Database::Mode::ReadWrite);
    if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('ledger', 'entry', 'release')") != 3)
        throw Error(Exit::Data, "AUD-001", {}, path.string());
    if (database.integer("SELECT version FROM ledger") != kVersion) throw Error(Exit::Data, "AUD-001", {}, path.string());
    return Ledger(std::make_unique<Impl>(Impl{std::move(database)}));
}

void Ledger::append(const AuditEntry& entry, Secrets& secrets, const Clock& clock) {
    Transaction transaction(impl_->database);
    const Secret key = impl_->key(secrets);
    std::int64_t sequence = 0;
    const Secret next = impl_->insert(entry, key, clock.now(), sequence);
    transaction.commit();
    secrets.store(kKeyName, next);
}

std::string Ledger::head() const { return impl_->last().hash; }

void Ledger::freeze(const ReleaseRecord& record, const AuditEntry& entry, Secrets& secrets, const Clock& clock) {
    Transaction transaction(impl_->database);
    {
        Statement taken = impl_->database.prepare("SELECT 1 FROM release WHERE id = ?");
        taken.bind(0, std::string_view(record.id));
        if (taken.step()) throw Error(Exit::Software, "AUD-004", {{"release", record.id}});
    }
    const Secret key = impl_->key(secrets);
    AuditEntry bound = entry;
    bound.release = record.id;
    bound.request = to_hex(sha256(record.workbook));  // ties the entry to the bytes
    bound.config = to_hex(sha256(record.tables_json));
    std::int64_t sequence = 0;
    const Secret next = impl_->insert(bound, key, clock.now(), sequence);
    const std::string agreements = joined(record.agreements);
    const std::string digest = to_hex(sha256(record.workbook));
    Statement add = impl_->database.prepare(
        "INSERT INTO release (id, as_of, known_at, period, agreements, rules_hash, language, tables, workbook, workbook_sha256, audit_head,"
        " released_at, sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    add.bind(0, std::string_view(record.id)).bind(1, std::optional<Date>(record.as_of)).bind(2, record.known_at);
    add.bind(3, std::string_view(record.period)).bind(4, std::string_view(agreements)).bind(5, std::string_view(record.rules_hash));
    add.bind(6, std::string_view(record.language)).bind(7, std::string_view(record.tables_json)).bind_blob(8, record.workbook);
    add.bind(9, std::string_view(digest)).bind(10, std::string_view(record.audit_head)).bind(11, record.released_at).bind(12, sequence);
    add.execute();
    transaction.commit();
    secrets.store(kKeyName, next);
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

namespace {

std::string member_text(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Text) ? found->text : std::string();
}

/// Release rows and the entries that announced them must agree, both ways.
std::optional<AuditProblem> check_releases(Database& database, const std::map<std::string, std::pair<std::int64_t, Node>>& announced) {
    std::size_t found = 0;
    Statement q = database.prepare("SELECT id, tables, workbook, workbook_sha256, sequence FROM release ORDER BY sequence");
    while (q.step()) {
        ++found;
        const std::int64_t sequence = q.integer(4);
        const auto entry = announced.find(std::string(q.text(0)));
        const std::string digest = to_hex(sha256(q.blob(2)));
        if (entry == announced.end() || entry->second.first != sequence || digest != q.text(3) ||
            member_text(entry->second.second, "request") != digest ||
            member_text(entry->second.second, "config") != to_hex(sha256(q.text(1))))
            return AuditProblem{sequence, "release"};
    }
    if (found != announced.size())
        for (const auto& [id, entry] : announced) {
            Statement one = database.prepare("SELECT 1 FROM release WHERE id = ?");
            one.bind(0, std::string_view(id));
            if (!one.step()) return AuditProblem{entry.first, "release"};
        }
    return std::nullopt;
}

}  // namespace

AuditCheck Ledger::verify(Secrets& secrets, const Secret* anchor_key) const {
    AuditCheck out;
    out.head = kNoHead;
    std::optional<Secret> key;
    if (anchor_key != nullptr)
        if (const std::string anchor = impl_->stored("anchor"); !anchor.empty())
            key.emplace(unseal(*anchor_key, anchor, "brugwacht/audit/anchor"));
    out.macs_checked = key.has_value();
    std::map<std::string, std::pair<std::int64_t, Node>> announced;
    Statement q = impl_->database.prepare("SELECT sequence, content, hash, mac FROM entry ORDER BY sequence");
    while (q.step()) {
        const std::int64_t sequence = out.entries + 1;
        const std::string content(q.text(1));
        const auto bad = [&](const char* what) { out.problem = AuditProblem{sequence, what}; };
        Node node;
        try {
            node = parse_json(content, "ledger");
        } catch (const Error&) {
            bad("chain");
            return out;
        }
        const Node* number = node.find("seq");
        if (q.integer(0) != sequence || number == nullptr || number->integer != sequence)
            bad("order");
        else if (member_text(node, "prev") != out.head || to_hex(sha256(content)) != q.text(2))
            bad("chain");
        else if (key && mac(*key, content) != q.blob(3))
            bad("mac");
        if (out.problem) return out;
        if (key) key = next_key(*key);
        out.head = q.text(2);
        out.entries = sequence;
        if (member_text(node, "action") == "release") announced[member_text(node, "release")] = {sequence, node};
    }
    try {
        const Secret current = impl_->key(secrets);
        // The ratchet must have arrived exactly where the key file is.
        if (key && key->bytes() != current.bytes()) out.problem = AuditProblem{out.entries, "seal"};
    } catch (const Error& error) {
        if (error.first().code != "AUD-003") throw;
        out.problem = AuditProblem{out.entries, "seal"};
    }
    if (!out.problem) out.problem = check_releases(impl_->database, announced);
    return out;
}

}  // namespace brugwacht
