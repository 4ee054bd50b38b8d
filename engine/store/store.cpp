#include "engine/store/store.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <fstream>
#include <string>
#include <unordered_map>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "engine/lib/scrub.hpp"
#include "engine/store/comparison.hpp"
#include "engine/store/erasing.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/remote_rows.hpp"
#include "engine/store/schema.hpp"

namespace brugwacht {
namespace {

constexpr int kFixedColumns = 6;  // id, file, tab, row, fingerprint, key

std::string table_of(Entity entity) { return std::string(entity_def(entity).name); }

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::string insert_sql(const std::string& verb, Entity entity) {
    std::string names = R"(id, file, tab, "row", fingerprint, "key")";
    std::string marks = "?, ?, ?, ?, ?, ?";
    for (const FactColumn& column : fact_columns(entity)) {
        names += ", " + quoted(column.name);
        marks += ", ?";
    }
    return verb + " INTO " + table_of(entity) + " (" + names + ") VALUES (" + marks + ")";
}

std::string select_sql(Entity entity) {
    std::string names = R"(fingerprint, "key", file)";
    for (const FactColumn& column : fact_columns(entity)) names += ", " + quoted(column.name);
    return "SELECT " + names + " FROM " + table_of(entity) + " WHERE id = ?";
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Nobody but the owner, from the first byte on.
void create_private(const std::filesystem::path& path) {
    if (std::filesystem::exists(path)) return;
    std::ofstream made(path, std::ios::app);
    made.close();
    std::error_code ignored;  // a folder that cannot be written is reported by the database
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

struct FactTable {
    Statement insert;
    Statement replace;
    Statement select;
};

// A record unpacked, to be merged, fingerprinted and written.
struct Cells {
    std::uint32_t present = 0;
    std::array<std::int64_t, kMaxCells> values{};

    Cells(const FactRow& row, const FactBatch& batch) : present(row.present) {
        std::size_t at = row.cells_at;
        for (std::size_t i = 0; i < kMaxCells; ++i)
            if (has(i)) values[i] = batch.cells[at++];
    }
    bool has(std::size_t i) const { return (present >> i & 1) != 0; }
    void set(std::size_t i, std::int64_t value) {
        present |= 1U << i;
        values[i] = value;
    }
};

}  // namespace

struct Store::Impl {
    explicit Impl(const std::filesystem::path& path) : path_(path), database_(Database::open(path, Database::Mode::Create)) {
        migrate(database_, path.filename().string());
        database_.execute("PRAGMA cache_size=-262144; PRAGMA recursive_triggers=ON");  // REPLACE tells the journal what it deletes
        refresh();
    }

    // What is cached is what the database says; after a rollback it may say less.
    void refresh() {
        codes_.clear();
        sources_.clear();
        file_sources_.clear();
        for (Statement s = database_.prepare("SELECT id, text FROM code"); s.step();) codes_.emplace(s.text(1), s.integer(0));
        for (Statement s = database_.prepare("SELECT id, name FROM source"); s.step();) sources_.emplace(s.text(1), s.integer(0));
        for (Statement s = database_.prepare("SELECT id, source FROM file"); s.step();) file_sources_.emplace(s.integer(0), s.integer(1));
    }

    FactTable& table(Entity entity) {
        auto& slot = tables_[static_cast<std::size_t>(entity)];
        if (!slot)
            slot.emplace(FactTable{database_.prepare(insert_sql("INSERT", entity)), database_.prepare(insert_sql("REPLACE", entity)),
                                   database_.prepare(select_sql(entity))});
        return *slot;
    }

    Statement& statement(const char* sql) {
        const auto [at, made] = statements_.try_emplace(sql);
        if (made) at->second.emplace(database_.prepare(sql));
        return *at->second;
    }

    std::uint64_t fingerprint(Entity entity, const Cells& cells, const FactBatch& batch);
    static void bind_cells(Entity entity, Statement& insert, const Cells& cells, const FactBatch& batch);
    static bool fill(Entity entity, const Statement& old, bool fill_only, Cells& cells, FactBatch& batch);
    RowState write_one(Entity entity, std::int64_t file, const FactRow& row, FactBatch& batch, bool is_new);
    void note_references(Entity entity, const Cells& cells);
    void note_all_references();
    void note_changes(Entity entity, const Statement& old, const Cells& cells, const FactBatch& batch);
    std::uint64_t count_waiting();
    std::optional<std::int64_t> known_stream(std::string_view source, std::string_view stream) {
        const auto known = sources_.find(source);
        return known == sources_.end() ? std::nullopt : rows_.known_stream(known->second, stream);
    }
    void leave(const std::vector<std::int64_t>& persons, bool for_ever);

    std::filesystem::path path_;
    Database database_;
    Journal journal_{database_};
    Comparison comparison_{database_};
    RemoteRows rows_{database_, journal_};
    std::array<std::optional<FactTable>, kEntities> tables_;
    std::unordered_map<std::string, std::optional<Statement>> statements_;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> codes_, sources_;
    std::unordered_map<std::int64_t, std::int64_t> file_sources_;
    std::optional<Transaction> transaction_;
    std::int64_t run_ = 0;
    HashKey key_{};
    std::string scratch_;
    std::array<IdSet, kEntities> referenced_;          // by records of this run
    std::array<RecordChanges, kEntities> changes_;     // of the current file
    std::array<std::int64_t, kEntities> only_file_{};  // the file that wrote all there is in a table, 0 = unknown
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open(const std::filesystem::path& store_db) {
    create_private(store_db);
    return Store(std::make_unique<Impl>(store_db));
}

void Store::limit_cache(int mebibytes) { impl_->database_.execute("PRAGMA cache_size=-" + std::to_string(mebibytes * 1024)); }

const std::filesystem::path& Store::path() const { return impl_->path_; }

bool Store::has_batch(std::int64_t run, std::int64_t tag) {
    Statement& s = impl_->statement("SELECT 1 FROM run WHERE id = ? AND tag = ?");
    const bool there = s.bind(0, run).bind(1, tag).step();
    s.reset();
    return there;
}

std::int64_t Store::begin_run(std::string_view kind, std::int64_t started_at, std::int64_t tag, const HashKey& fingerprint_key) {
    assert(!impl_->transaction_);
    impl_->transaction_.emplace(impl_->database_);
    impl_->key_ = fingerprint_key;
    for (IdSet& ids : impl_->referenced_) ids.clear();
    impl_->only_file_.fill(0);
    impl_->changes_.fill({});
    impl_->refresh();
    impl_->rows_.reset();
    Statement insert =
        impl_->database_.prepare("INSERT INTO run (id, tag, kind, started_at) SELECT coalesce(max(id), 0) + 1, ?, ?, ? FROM run");
    insert.bind(0, tag).bind(1, kind).bind(2, started_at).execute();
    impl_->run_ = impl_->database_.last_insert_id();
    impl_->journal_.begin(impl_->run_);
    if (kind == "undo") impl_->journal_.stop();  // an undo is not undone: importing again is the way
    return impl_->run_;
}

void Store::commit() {
    assert(impl_->transaction_);
    impl_->rows_.finish();
    impl_->journal_.finish(impl_->count_waiting());
    impl_->transaction_->commit();
    impl_->transaction_.reset();
    impl_->database_.checkpoint();
}

void Store::rollback() {
    for (auto& slot : impl_->tables_) slot.reset();  // a half-run statement would keep the transaction
    impl_->statements_.clear();
    impl_->transaction_.reset();
    impl_->journal_.stop();
    impl_->rows_.reset();
    impl_->refresh();
}

std::int64_t Store::source_id(std::string_view name, std::string_view role) {
    const auto known = impl_->sources_.find(name);
    if (known != impl_->sources_.end()) {
        if (!role.empty())
            impl_->statement("UPDATE source SET role = ? WHERE id = ? AND role <> ?")
                .bind(0, role)
                .bind(1, known->second)
                .bind(2, role)
                .execute();
        return known->second;
    }
    impl_->statement("INSERT INTO source (name, role) VALUES (?, ?)")
        .bind(0, name)
        .bind(1, role.empty() ? std::string_view("caseload") : role)
        .execute();
    const std::int64_t id = impl_->database_.last_insert_id();
    impl_->sources_.emplace(name, id);
    return id;
}

std::int64_t Store::code(std::string_view text) {
    const auto known = impl_->codes_.find(text);
    if (known != impl_->codes_.end()) return known->second;
    impl_->statement("INSERT INTO code (text) VALUES (?)").bind(0, text).execute();
    const std::int64_t id = impl_->database_.last_insert_id();
    impl_->codes_.emplace(text, id);
    return id;
}

std::optional<std::uint64_t> Store::seen_rows(const NewFile& file) {
    Statement& s = impl_->statement(
        R"(SELECT max("read") FROM file JOIN source ON source.id = file.source JOIN run ON run.id = file.run
           WHERE sha256 = ? AND source.name = ? AND mapping = ? AND mapping_digest = ? AND undone_by IS NULL)");
    s.bind_blob(0, file.sha256).bind(1, file.source).bind(2, file.mapping).bind(3, file.mapping_digest);
    std::optional<std::uint64_t> rows;
    if (s.step() && !s.is_null(0)) rows = static_cast<std::uint64_t>(s.integer(0));
    s.reset();
    return rows;
}

std::int64_t Store::add_file(const NewFile& file, std::uint32_t file_number) {
    const std::int64_t source = source_id(file.source, file.role);
    {
        Statement& seen =
            impl_->statement("SELECT run FROM file JOIN run ON run.id = file.run WHERE sha256 = ? AND source = ? AND undone_by IS NULL");
        for (seen.bind_blob(0, file.sha256).bind(1, source); seen.step();) impl_->journal_.met_run(seen.integer(0));
        seen.reset();
    }
    Statement& s = impl_->statement(
        "INSERT INTO file (run, number, source, sha256, mapping, mapping_digest, corrects) VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0))");
    s.bind(0, impl_->run_)
        .bind(1, std::int64_t{file_number})
        .bind(2, source)
        .bind_blob(3, file.sha256)
        .bind(4, file.mapping)
        .bind(5, file.mapping_digest)
        .bind(6, file.corrects);
    s.execute();
    const std::int64_t id = impl_->database_.last_insert_id();
    impl_->file_sources_.emplace(id, source);
    return id;
}

void Store::set_counts(std::int64_t file, const FileCounts& counts) {
    Statement& s = impl_->statement(
        R"(UPDATE file SET "read" = ?, "new" = ?, changed = ?, unchanged = ?, duplicate = ?, rejected = ?, skipped = ? WHERE id = ?)");
    s.bind(0, number(counts.read)).bind(1, number(counts.fresh)).bind(2, number(counts.changed)).bind(3, number(counts.unchanged));
    s.bind(4, number(counts.duplicate)).bind(5, number(counts.rejected)).bind(6, number(counts.skipped)).bind(7, file);
    s.execute();
}

void Store::add_reject(std::int64_t file, std::uint32_t tab, std::uint64_t row, std::uint32_t column, std::string_view code,
                       std::int64_t row_id) {
    Statement& s =
        impl_->statement(R"(INSERT INTO reject (file, tab, "row", "column", code, row_id) VALUES (?, ?, ?, ?, ?, nullif(?, 0)))");
    s.bind(0, file).bind(1, std::int64_t{tab}).bind(2, number(row)).bind(3, std::int64_t{column}).bind(4, code).bind(5, row_id).execute();
}

namespace {

std::optional<KnownFile> read_known(Statement& s) {
    std::optional<KnownFile> file;
    if (s.step())
        file = KnownFile{s.integer(0), s.is_null(1) ? 0 : s.integer(1), std::string(s.text(2)), std::string(s.text(3)),
                         std::string(s.blob(4))};
    s.reset();
    return file;
}

// Open also means: settled by a run that was undone.
constexpr const char* kStillOpen = "(state = 0 OR settled_by IN (SELECT id FROM run WHERE undone_by IS NOT NULL))";

}  // namespace

std::optional<KnownFile> Store::known_file(std::int64_t run, std::uint32_t file_number) {
    Statement& s = impl_->statement(
        "SELECT file.id, corrects, source.name, mapping, sha256 FROM file JOIN source ON source.id = file.source WHERE run = ? AND number "
        "= ?");
    return read_known(s.bind(0, run).bind(1, std::int64_t{file_number}));
}

std::optional<KnownFile> Store::known_file(std::int64_t id) {
    Statement& s = impl_->statement(
        "SELECT file.id, corrects, source.name, mapping, sha256 FROM file JOIN source ON source.id = file.source WHERE file.id = ?");
    return read_known(s.bind(0, id));
}

std::vector<OpenReject> Store::open_rejects(std::string_view source, std::size_t at_most) {
    static const std::string kSql =
        std::string(
            "SELECT reject.rowid, row_id FROM reject JOIN file ON file.id = reject.file JOIN source ON source.id "
            "= file.source JOIN run ON run.id = file.run WHERE source.name = ? AND row_id IS NOT NULL AND "
            "undone_by IS NULL AND ") +
        kStillOpen + " ORDER BY reject.rowid DESC LIMIT ?";
    Statement& s = impl_->statement(kSql.c_str());
    std::vector<OpenReject> all;
    for (s.bind(0, source).bind(1, number(at_most)); s.step();) all.push_back({s.integer(0), s.integer(1)});
    s.reset();
    return all;
}

void Store::settle_reject(std::int64_t id, RejectState state) {
    static const std::string kSql = std::string("UPDATE reject SET state = ?, settled_by = ? WHERE rowid = ? AND ") + kStillOpen;
    impl_->statement(kSql.c_str()).bind(0, static_cast<std::int64_t>(state)).bind(1, impl_->run_).bind(2, id).execute();
}

void Store::settle_reject(std::int64_t file, std::uint32_t tab, std::uint64_t row, RejectState state) {
    static const std::string kSql =
        std::string(R"(UPDATE reject SET state = ?, settled_by = ? WHERE file = ? AND tab = ? AND "row" = ? AND )") + kStillOpen;
    impl_->statement(kSql.c_str())
        .bind(0, static_cast<std::int64_t>(state))
        .bind(1, impl_->run_)
        .bind(2, file)
        .bind(3, std::int64_t{tab})
        .bind(4, number(row))
        .execute();
}

void Store::add_repeats(std::int64_t file, std::uint32_t tab, std::string_view counts) {
    impl_->statement("INSERT INTO repeats (file, tab, counts) VALUES (?, ?, ?)")
        .bind(0, file)
        .bind(1, std::int64_t{tab})
        .bind_blob(2, counts)
        .execute();
}

std::optional<std::string> Store::repeats(std::int64_t file, std::uint32_t tab) {
    Statement& s = impl_->statement("SELECT counts FROM repeats WHERE file = ? AND tab = ?");
    std::optional<std::string> counts;
    if (s.bind(0, file).bind(1, std::int64_t{tab}).step()) counts = std::string(s.blob(0));
    s.reset();
    return counts;
}

void Store::drop_repeats(std::int64_t started_before) {
    impl_->statement("DELETE FROM repeats WHERE file IN (SELECT file.id FROM file JOIN run ON run.id = file.run WHERE started_at < ?)")
        .bind(0, started_before)
        .execute();
}

void Store::add_dropped(std::int64_t file, std::string_view field, std::string_view reason, std::uint64_t count) {
    Statement& s = impl_->statement(
        "INSERT INTO dropped (file, field, reason, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count");
    s.bind(0, file).bind(1, field).bind(2, reason).bind(3, number(count)).execute();
}

void Store::add_warning(std::int64_t file, std::string_view code, std::uint64_t count) {
    Statement& s = impl_->statement(
        "INSERT INTO warning (file, code, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count");
    s.bind(0, file).bind(1, code).bind(2, number(count)).execute();
}

std::optional<std::string> Store::bookmark(std::string_view source, std::string_view name) {
    Statement& s = impl_->statement(
        "SELECT value FROM bookmark JOIN source ON source.id = bookmark.source WHERE source.name = ? AND bookmark.name = ?");
    std::optional<std::string> value;
    if (s.bind(0, source).bind(1, name).step()) value = s.text(0);
    s.reset();
    return value;
}

std::uint64_t Store::renew_bookmarks(
    const std::function<std::optional<std::string>(std::string_view source, std::string_view name, const std::string& value)>& renewed) {
    Database& database = impl_->database_;
    std::uint64_t count = 0;
    Transaction transaction(database);
    for (const std::string table : {"bookmark", "before_bookmark"}) {
        std::vector<std::pair<std::string, std::string>> values;  // old and new; a seal occurs once
        for (Statement s = database.prepare("SELECT source.name, b.name, b.value FROM " + table + " b JOIN source ON source.id = b.source");
             s.step();) {
            std::string value(s.text(2));
            if (auto next = renewed(s.text(0), s.text(1), value)) values.emplace_back(std::move(value), std::move(*next));
        }
        Statement update = database.prepare("UPDATE " + table + " SET value = ? WHERE value = ?");
        for (const auto& [old, now] : values) update.bind(0, std::string_view(now)).bind(1, std::string_view(old)).execute();
        count += values.size();
    }
    transaction.commit();
    return count;
}

std::uint64_t Store::rename_persons(std::int64_t link_version, const std::function<std::string(std::string_view)>& renamed) {
    Database& database = impl_->database_;
    Transaction transaction(database);
    if (database.integer("PRAGMA user_version").value_or(0) >= link_version) return 0;
    std::vector<std::string> tables;  // also the kept versions, and whatever table a later schema adds
    for (Statement s = database.prepare("SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND "
                                        "c.name = 'person_id' AND c.type = 'BLOB'");
         s.step();)
        tables.emplace_back(s.text(0));
    database.execute("CREATE TEMP TABLE renamed (old BLOB PRIMARY KEY, now BLOB NOT NULL) WITHOUT ROWID");
    for (const std::string& table : tables)
        database.execute("INSERT OR IGNORE INTO temp.renamed SELECT DISTINCT person_id, x'' FROM main." + table +
                         " WHERE person_id IS NOT NULL");
    std::vector<std::string> old;
    for (Statement s = database.prepare("SELECT old FROM temp.renamed"); s.step();) old.emplace_back(s.blob(0));
    Statement name = database.prepare("UPDATE temp.renamed SET now = ? WHERE old = ?");
    for (const std::string& id : old) {
        const std::string now = renamed(id);
        name.bind_blob(0, now).bind_blob(1, id).execute();
    }
    for (const std::string& table : tables)
        database.execute("UPDATE main." + table +
                         " SET person_id = (SELECT now FROM temp.renamed WHERE old = person_id) WHERE person_id IS NOT NULL");
    database.execute("DROP TABLE temp.renamed");
    database.execute("PRAGMA user_version = " + std::to_string(link_version));
    transaction.commit();
    return old.size();
}

void Store::compact() {
    impl_->statements_.clear();
    impl_->database_.vacuum();
}

void Store::set_bookmark(std::string_view source, std::string_view name, std::string_view value) {
    Statement& s = impl_->statement("REPLACE INTO bookmark (source, name, value, run) VALUES (?, ?, ?, ?)");
    s.bind(0, source_id(source, {})).bind(1, name).bind(2, value).bind(3, impl_->run_).execute();
}

std::uint64_t Store::Impl::fingerprint(Entity entity, const Cells& cells, const FactBatch& batch) {
    const auto& columns = fact_columns(entity);
    scratch_.clear();
    const auto add = [&](const void* bytes, std::size_t size) { scratch_.append(static_cast<const char*>(bytes), size); };
    add(&cells.present, sizeof cells.present);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!cells.has(i)) continue;
        if (columns[i].kind == ColumnKind::Text) {
            const std::string_view text = batch.text(cells.values[i]);
            const std::size_t size = text.size();
            add(&size, sizeof size);
            scratch_.append(text);
        } else {
            add(&cells.values[i], sizeof cells.values[i]);
        }
    }
    return siphash128(key_, scratch_).low;
}

void Store::Impl::bind_cells(Entity entity, Statement& insert, const Cells& cells, const FactBatch& batch) {
    const auto& columns = fact_columns(entity);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const int at = kFixedColumns + static_cast<int>(i);
        if (!cells.has(i)) continue;  // NULL since the reset
        if (columns[i].kind == ColumnKind::Text)
            insert.bind(at, batch.text(cells.values[i]));
        else if (columns[i].kind == ColumnKind::Real)
            insert.bind(at, std::bit_cast<double>(cells.values[i]));
        else
            insert.bind(at, cells.values[i]);
    }
}

// Takes over from the stored record what the new row leaves blank (or, when it may only fill, everything that is there). True when the row
// had something to add.
bool Store::Impl::fill(Entity entity, const Statement& old, bool fill_only, Cells& cells, FactBatch& batch) {
    const auto& columns = fact_columns(entity);
    bool adds = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const int at = 3 + static_cast<int>(i);
        if (old.is_null(at)) {
            adds = adds || cells.has(i);
            continue;
        }
        if (cells.has(i) && !fill_only) continue;
        if (columns[i].kind == ColumnKind::Text)
            cells.set(i, batch.add_text(old.text(at)));
        else if (columns[i].kind == ColumnKind::Real)
            cells.set(i, std::bit_cast<std::int64_t>(old.real(at)));
        else
            cells.set(i, old.integer(at));
    }
    return adds;
}

void Store::Impl::note_references(Entity entity, const Cells& cells) {
    const auto& columns = fact_columns(entity);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].kind == ColumnKind::Reference && cells.has(i))
            referenced_[static_cast<std::size_t>(columns[i].target)].insert(cells.values[i]);
}

void Store::Impl::note_changes(Entity entity, const Statement& old, const Cells& cells, const FactBatch& batch) {
    const auto& columns = fact_columns(entity);
    RecordChanges& changes = changes_[static_cast<std::size_t>(entity)];
    ++changes.changed;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const int at = 3 + static_cast<int>(i);
        const bool was = !old.is_null(at);
        bool same = was == cells.has(i);
        if (same && was) {
            if (columns[i].kind == ColumnKind::Text)
                same = old.text(at) == batch.text(cells.values[i]);
            else if (columns[i].kind == ColumnKind::Real)
                same = std::bit_cast<std::int64_t>(old.real(at)) == cells.values[i];
            else
                same = old.integer(at) == cells.values[i];
        }
        if (same) continue;
        RecordChanges::Field& field = changes.fields[columns[i].name == "any_club" ? "club" : columns[i].name];
        ++field.count;
        if (columns[i].kind == ColumnKind::Code || columns[i].kind == ColumnKind::Codes)
            ++field.codes[{was ? old.integer(at) : 0, cells.has(i) ? cells.values[i] : 0}];
    }
}

// After records went: whatever is referred to may be missing now.
void Store::Impl::note_all_references() {
    for (std::size_t e = 0; e < kEntities; ++e) {
        for (const FactColumn& column : fact_columns(static_cast<Entity>(e))) {
            if (column.kind != ColumnKind::Reference) continue;
            const std::string name = quoted(column.name);
            for (Statement s =
                     database_.prepare("SELECT " + name + " FROM " + table_of(static_cast<Entity>(e)) + " WHERE " + name + " IS NOT NULL");
                 s.step();)
                referenced_[static_cast<std::size_t>(column.target)].insert(s.integer(0));
        }
    }
}

RowState Store::Impl::write_one(Entity entity, std::int64_t file, const FactRow& row, FactBatch& batch, bool is_new) {
    FactTable& t = table(entity);
    Cells cells(row, batch);
    std::uint64_t print = fingerprint(entity, cells, batch);
    RowState state = RowState::New;
    if (!is_new) {
        t.select.bind(0, row.id);
        if (t.select.step()) {
            const std::int64_t old_file = t.select.integer(2);
            if (t.select.text(1) != batch.text(row.key) || file_sources_.at(old_file) != file_sources_.at(file)) {
                t.select.reset();
                throw Error(Exit::Software, "STO-004");
            }
            journal_.met_file(old_file);
            state = row.fill_only ? RowState::Duplicate : RowState::Unchanged;
            const auto known = static_cast<std::uint64_t>(t.select.integer(0));
            if (known != print && (is_merged(entity) || !row.fill_only)) {
                const bool adds = is_merged(entity) && fill(entity, t.select, row.fill_only, cells, batch);
                print = fingerprint(entity, cells, batch);
                if (row.fill_only ? adds : known != print) state = RowState::Changed;
                if (state == RowState::Changed) note_changes(entity, t.select, cells, batch);
            }
        }
        t.select.reset();
    }
    if (state < RowState::Changed) return state;
    Statement& insert = state == RowState::New ? t.insert : t.replace;
    insert.bind(0, row.id).bind(1, file).bind(2, std::int64_t{row.tab}).bind(3, number(row.row));
    insert.bind(4, static_cast<std::int64_t>(print)).bind(5, batch.text(row.key));
    bind_cells(entity, insert, cells, batch);
    insert.execute();
    note_references(entity, cells);
    return state;
}

void Store::write(Entity entity, std::int64_t file, FactBatch& batch, std::vector<RowState>& states, std::vector<std::int64_t>* touched) {
    if (batch.rows.empty()) return;
    // In the order of the ids every page is visited once; records of one id keep the order in which they came.
    std::vector<std::pair<std::int64_t, std::uint32_t>> order(batch.rows.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = {batch.rows[i].id, i};
    std::sort(order.begin(), order.end());
    // What was empty when this file began holds only what this file put there, and of that the rows know by themselves.
    std::int64_t& only_file = impl_->only_file_[static_cast<std::size_t>(entity)];
    if (!impl_->database_.integer("SELECT 1 FROM " + table_of(entity) + " LIMIT 1")) only_file = file;
    bool wrote = false;
    std::uint64_t& fresh = impl_->changes_[static_cast<std::size_t>(entity)].fresh;
    for (std::size_t i = 0; i < order.size(); ++i) {
        // Visiting rows in another order than they lie in memory would wait for memory at every step.
        if (i + 16 < order.size()) __builtin_prefetch(&batch.rows[order[i + 16].second]);
        if (i + 8 < order.size()) {
            const FactRow& ahead = batch.rows[order[i + 8].second];
            __builtin_prefetch(batch.cells.data() + ahead.cells_at);
            __builtin_prefetch(batch.cells.data() + ahead.cells_at + 7);
            __builtin_prefetch(batch.text(ahead.key).data());
            __builtin_prefetch(&states[ahead.row_index]);
        }
        const auto [id, at] = order[i];
        const FactRow& row = batch.rows[at];
        const RowState state = impl_->write_one(entity, file, row, batch, only_file == file && !row.fill_only);
        if (state == RowState::New) ++fresh;
        wrote = wrote || state >= RowState::Changed;
        RowState& of_row = states[row.row_index];
        of_row = std::max(of_row, state);
        if (touched != nullptr && state >= RowState::Changed) touched->push_back(id);
    }
    if (entity == Entity::Trajectory && wrote) impl_->journal_.wrote_people();
    if (only_file != file) only_file = 0;
}

void Store::write_person(const PersonFact& person) {
    impl_->journal_.wrote_people();
    Statement& s = impl_->statement(
        R"(INSERT INTO person (id, file, tab, "row", gender, household, person_id) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET file = excluded.file, tab = excluded.tab, "row" = excluded."row", gender = excluded.gender,
           household = excluded.household, linked = 2 * (linked <> 0))");
    s.bind(0, person.id).bind(1, person.origin.file).bind(2, std::int64_t{person.origin.tab}).bind(3, number(person.origin.row));
    if (person.gender) s.bind(4, *person.gender);
    if (person.household) s.bind(5, *person.household);
    s.bind_blob(6, std::string_view(reinterpret_cast<const char*>(person.person_id.data()), person.person_id.size()));
    s.execute();
}

std::vector<LinkFact> Store::links() {
    impl_->journal_.linked();
    std::vector<LinkFact> all;
    for (Statement s = impl_->database_.prepare("SELECT p.id, p.person_id, p.linked, r.started_at, p.gender, p.area FROM person p LEFT "
                                                "JOIN file f ON f.id = p.file LEFT JOIN run r ON r.id = "
                                                "f.run ORDER BY p.id");
         s.step();) {
        LinkFact link{s.integer(0), {}, static_cast<Linked>(s.integer(2)), s.integer(3), {}, {}};
        if (!s.is_null(4)) link.gender = s.integer(4);
        if (!s.is_null(5)) link.area = s.integer(5);
        const std::string_view bytes = s.blob(1);
        std::copy_n(bytes.begin(), std::min(bytes.size(), link.person_id.size()), link.person_id.begin());
        all.push_back(link);
    }
    return all;
}

void Store::set_link(const LinkFact& before, const LinkFact& now) {
    const auto bytes = [](const LinkFact& link) {
        return std::string_view(reinterpret_cast<const char*>(link.person_id.data()), link.person_id.size());
    };
    if (before.linked != Linked::Never && before.person_id != now.person_id)
        impl_->statement("INSERT OR IGNORE INTO former_id (person_id, record, run) VALUES (?, ?, ?)")
            .bind_blob(0, bytes(before))
            .bind(1, now.id)
            .bind(2, impl_->run_)
            .execute();
    Statement& s = impl_->statement("UPDATE person SET person_id = ?, linked = ? WHERE id = ?");
    s.bind_blob(0, bytes(now)).bind(1, static_cast<std::int64_t>(now.linked)).bind(2, now.id).execute();
}

void Store::note_decisions() { impl_->journal_.wrote_people(); }

std::optional<Linking> Store::last_linking() {
    Statement s = impl_->database_.prepare("SELECT whole, records, whole_records, settings, model FROM linking ORDER BY run DESC LIMIT 1");
    if (!s.step()) return std::nullopt;
    return Linking{s.integer(0) != 0, static_cast<std::uint64_t>(s.integer(1)), static_cast<std::uint64_t>(s.integer(2)),
                   std::string(s.text(3)), std::string(s.text(4))};
}

void Store::add_linking(const Linking& linking) {
    impl_->statement("INSERT OR REPLACE INTO linking (run, whole, records, whole_records, settings, model) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(0, impl_->run_)
        .bind(1, linking.whole ? 1 : 0)
        .bind(2, number(linking.records))
        .bind(3, number(linking.whole_records))
        .bind(4, std::string_view(linking.settings))
        .bind(5, std::string_view(linking.model))
        .execute();
}

void Store::set_person(std::int64_t id, std::optional<std::int64_t> gender, std::optional<std::int64_t> area) {
    Statement& s = impl_->statement("UPDATE person SET gender = ?, area = ? WHERE id = ? AND (gender IS NOT ? OR area IS NOT ?)");
    const auto bind = [&s](int at, std::optional<std::int64_t> value) { value ? s.bind(at, *value) : s.bind_null(at); };
    bind(0, gender);
    bind(1, area);
    s.bind(2, id);
    bind(3, gender);
    bind(4, area);
    s.execute();
}

void Store::remove_persons(const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return;
    impl_->journal_.removed_people();
    impl_->leave(ids, false);
}

void Store::erase_persons(const std::vector<std::int64_t>& ids) {
    std::optional<Transaction> alone;
    if (!impl_->transaction_) alone.emplace(impl_->database_);
    impl_->leave(ids, true);
    if (!alone) return;
    impl_->count_waiting();
    alone->commit();
    alone.reset();
    impl_->database_.checkpoint();
}

void Store::begin_erasures() {
    assert(!impl_->transaction_);
    impl_->transaction_.emplace(impl_->database_);
    for (IdSet& ids : impl_->referenced_) ids.clear();
}

std::vector<std::int64_t> Store::mentioned_persons() { return brugwacht::mentioned_persons(impl_->database_); }
std::vector<std::int64_t> Store::absent_trajectories() { return brugwacht::absent_trajectories(impl_->database_); }
void Store::erase_hanging(const std::vector<std::int64_t>& trajectories) {
    if (!trajectories.empty()) brugwacht::erase_hanging(impl_->database_, trajectories);
}

void Store::end_erasures(std::int64_t applied) {
    assert(impl_->transaction_);
    set_erasures_applied(impl_->database_, applied);
    impl_->count_waiting();  // nothing waits for who was erased
    impl_->transaction_->commit();
    impl_->transaction_.reset();
    impl_->database_.checkpoint();
}

std::int64_t Store::erasures_applied() { return brugwacht::erasures_applied(impl_->database_); }

void Store::scrub() {
    for (auto& slot : impl_->tables_) slot.reset();  // a prepared statement would hold the rewriting back
    impl_->statements_.clear();
    impl_->database_.execute("DROP TABLE IF EXISTS temp.leaving; DROP TABLE IF EXISTS temp.hanging");
    brugwacht::scrub(impl_->database_, impl_->path_.filename().string());
}

std::vector<std::int64_t> Store::trajectories_of(const std::vector<std::int64_t>& persons) {
    std::vector<std::int64_t> all;
    Statement s =
        impl_->database_.prepare("SELECT id FROM trajectory WHERE person = ?1 UNION SELECT id FROM before_trajectory WHERE person = ?1");
    for (const std::int64_t person : persons) {
        for (s.bind(0, person); s.step();) all.push_back(s.integer(0));
        s.reset();
    }
    std::sort(all.begin(), all.end());
    return all;
}

void Store::restrict_persons(const std::vector<std::int64_t>& ids, RestrictionKind kind, std::int64_t since) {
    Transaction transaction(impl_->database_);
    Statement s = impl_->database_.prepare(
        "INSERT INTO restriction (person, kind, since) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET kind = excluded.kind");
    for (const std::int64_t id : ids) s.bind(0, id).bind(1, static_cast<std::int64_t>(kind)).bind(2, since).execute();
    transaction.commit();
}

std::uint64_t Store::lift_restriction(const std::vector<std::int64_t>& ids) {
    Transaction transaction(impl_->database_);
    std::uint64_t lifted = 0;
    Statement s = impl_->database_.prepare("DELETE FROM restriction WHERE person = ?");
    for (const std::int64_t id : ids) {
        s.bind(0, id).execute();
        lifted += static_cast<std::uint64_t>(impl_->database_.changes());
    }
    transaction.commit();
    return lifted;
}

void Store::Impl::leave(const std::vector<std::int64_t>& ids, bool for_ever) {
    Database& db = database_;
    db.execute("CREATE TEMP TABLE IF NOT EXISTS leaving (id INTEGER PRIMARY KEY); DELETE FROM leaving");
    Statement insert = db.prepare("INSERT OR IGNORE INTO leaving VALUES (?)");
    for (const std::int64_t id : ids) insert.bind(0, id).execute();
    if (for_ever) journal_.forget("SELECT id FROM leaving");
    db.execute(
        "DELETE FROM event WHERE person IN (SELECT id FROM leaving) OR trajectory IN "
        "(SELECT id FROM trajectory WHERE person IN (SELECT id FROM leaving));"
        "UPDATE activity SET trajectory = NULL WHERE trajectory IN (SELECT id FROM trajectory WHERE person IN (SELECT id FROM leaving));"
        "DELETE FROM trajectory WHERE person IN (SELECT id FROM leaving);"
        "DELETE FROM person WHERE id IN (SELECT id FROM leaving)");
    if (for_ever) db.execute("DELETE FROM former_id WHERE record IN (SELECT id FROM leaving)");
    if (for_ever) rows_.forget("SELECT id FROM leaving");
    if (for_ever) db.execute("DELETE FROM restriction WHERE person IN (SELECT id FROM leaving)");
    if (for_ever) journal_.forget("SELECT id FROM leaving");  // of this run, just now
    db.execute("DELETE FROM leaving");
}

void Store::remove_records(Entity entity, const std::vector<std::int64_t>& ids) {
    Statement remove = impl_->database_.prepare("DELETE FROM " + table_of(entity) + " WHERE id = ?");
    IdSet& referenced = impl_->referenced_[static_cast<std::size_t>(entity)];
    for (const std::int64_t id : ids) {
        remove.bind(0, id).execute();
        referenced.insert(id);  // whatever refers to it waits for it now
    }
    if (entity == Entity::Trajectory) impl_->journal_.wrote_people();
}

std::vector<std::int64_t> Store::ids_of(std::string_view source, Entity entity) {
    std::vector<std::int64_t> ids;
    Statement s = impl_->database_.prepare("SELECT id FROM " + table_of(entity) +
                                           " WHERE file IN (SELECT file.id FROM file JOIN source ON source.id = file.source WHERE "
                                           "source.name = ?) ORDER BY id");
    for (s.bind(0, source); s.step();) ids.push_back(s.integer(0));
    return ids;
}

void Store::set_vanished(std::int64_t file, std::uint64_t count) {
    impl_->statement("UPDATE file SET vanished = ? WHERE id = ?").bind(0, number(count)).bind(1, file).execute();
}

std::map<std::string, RecordChanges> Store::take_changes() {
    std::map<std::string, RecordChanges> all;
    for (std::size_t e = 0; e < kEntities; ++e)
        if (RecordChanges& changes = impl_->changes_[e]; changes.fresh + changes.changed > 0)
            all[table_of(static_cast<Entity>(e))] = std::move(changes);
    impl_->changes_.fill({});
    return all;
}

std::string Store::code_text(std::int64_t code) {
    Statement& s = impl_->statement("SELECT text FROM code WHERE id = ?");
    std::string text;
    if (s.bind(0, code).step()) text = s.text(0);
    s.reset();
    return text;
}

void Store::add_statistics(std::int64_t file, const FileStatistics& statistics) { impl_->comparison_.add(file, statistics); }
std::optional<FileStatistics> Store::statistics_before(std::string_view source, std::string_view mapping, std::string_view entity) {
    return impl_->comparison_.before(impl_->run_, source, mapping, entity);
}
std::set<std::int64_t> Store::codes_before(std::string_view source, std::string_view field) {
    return impl_->comparison_.codes_before(impl_->run_, source, field);
}
bool Store::link_due() { return impl_->database_.integer(kLinkDue).value_or(0) != 0; }
std::uint64_t Store::waiting_before() { return impl_->comparison_.waiting_before(impl_->run_); }
void Store::hold(std::string_view source, std::string_view mapping, std::string_view entity, std::string_view code) {
    impl_->comparison_.hold(impl_->run_, source, mapping, entity, code);
}
std::uint64_t Store::accept(std::string_view source, std::int64_t at) { return impl_->comparison_.accept(source, at); }

std::int64_t Store::stream_id(std::string_view source, std::string_view stream) {
    return impl_->rows_.stream(source_id(source, {}), stream);
}

void Store::write_rows(std::int64_t file, const RowBatch& batch, std::vector<MadeRecord>& dropped) {
    impl_->rows_.write(file, batch, dropped);
}

bool Store::remove_row(std::string_view source, std::string_view stream, std::int64_t row, std::vector<MadeRecord>& dropped) {
    const auto known = impl_->known_stream(source, stream);
    return known && impl_->rows_.remove(*known, row, dropped);
}

Sweep Store::sweep(std::string_view source, std::string_view stream, const std::vector<std::int64_t>& listed, double max_share,
                   std::int64_t now, std::vector<MadeRecord>& dropped) {
    const auto known = impl_->known_stream(source, stream);
    return known ? impl_->rows_.sweep(*known, listed, max_share, now, dropped) : Sweep{};
}

std::vector<MadeRecord> Store::without_row(const std::vector<MadeRecord>& records) { return impl_->rows_.without_row(records); }

void Store::met_run(std::int64_t run) { impl_->journal_.met_run(run); }
void Store::met_source(std::string_view source) { impl_->journal_.met_source(source); }
void Store::note_vault_images() { impl_->journal_.vault_images(); }
std::vector<std::int64_t> Store::blockers(std::int64_t run) { return impl_->journal_.blockers(run); }

std::optional<RunState> Store::run_state(std::int64_t run) {
    Statement s = impl_->database_.prepare(
        "SELECT kind, started_at, undone_by, coalesce(dropped, 1) FROM run LEFT JOIN journal ON journal.run = run.id WHERE run.id = ?");
    if (!s.bind(0, run).step()) return std::nullopt;
    RunState state{std::string(s.text(0)), s.integer(1), std::nullopt, s.integer(3) == 0};
    if (!s.is_null(2)) state.undone_by = s.integer(2);
    return state;
}

std::vector<std::int64_t> Store::persons_before(std::int64_t run) {
    std::vector<std::int64_t> ids;
    Statement s = impl_->database_.prepare("SELECT id FROM before_person WHERE run = ? ORDER BY id");
    for (s.bind(0, run); s.step();) ids.push_back(s.integer(0));
    return ids;
}

TakenBack Store::take_back(std::int64_t run) {
    const TakenBack done = impl_->journal_.take_back(run, impl_->run_);
    impl_->note_all_references();
    return done;
}

void Store::expire_images(std::int64_t begun_before, std::int64_t removals_begun_before) {
    impl_->journal_.expire(begun_before, removals_begun_before);
}

std::vector<Store::Start> Store::starts() {
    std::vector<Start> all;
    for (Statement s = impl_->database_.prepare("SELECT id, person, start, age, age_uncertain FROM trajectory ORDER BY id"); s.step();) {
        Start start{s.integer(0), s.integer(1), s.integer(2), {}, s.integer(4) != 0};
        if (!s.is_null(3)) start.age = s.integer(3);
        all.push_back(start);
    }
    return all;
}

void Store::set_age(std::int64_t trajectory, std::optional<int> age, bool uncertain) {
    Statement& s =
        impl_->statement("UPDATE trajectory SET age = ?1, age_uncertain = ?2 WHERE id = ?3 AND (age IS NOT ?1 OR age_uncertain <> ?2)");
    if (age) s.bind(0, *age);
    s.bind(1, uncertain ? 1 : 0).bind(2, trajectory).execute();
}

std::uint64_t Store::waiting() { return impl_->count_waiting(); }

std::uint64_t Store::Impl::count_waiting() {
    // Only what this run refers to can have become missing, and only what was missing before can have come.
    std::array<IdSet, kEntities> missing;
    bool any = false;
    for (Statement s = database_.prepare("SELECT entity, id FROM missing"); s.step();)
        referenced_.at(static_cast<std::size_t>(s.integer(0))).insert(s.integer(1));
    database_.execute("DELETE FROM missing");
    for (std::size_t e = 0; e < kEntities; ++e) {
        if (referenced_[e].empty()) continue;
        Statement there = database_.prepare("SELECT 1 FROM " + table_of(static_cast<Entity>(e)) + " WHERE id = ?");
        Statement note = database_.prepare("INSERT INTO missing (entity, id) VALUES (?, ?)");
        for (const std::int64_t id : referenced_[e].sorted()) {
            const bool found = there.bind(0, id).step();
            there.reset();
            if (found) continue;
            note.bind(0, static_cast<std::int64_t>(e)).bind(1, id).execute();
            missing[e].insert(id);
            any = true;
        }
        referenced_[e].clear();
    }
    if (!any) return 0;
    std::array<IdSet, kEntities> wanted;
    std::uint64_t waiting = 0;
    for (std::size_t e = 0; e < kEntities; ++e) {
        for (const FactColumn& column : fact_columns(static_cast<Entity>(e))) {
            if (column.kind != ColumnKind::Reference || missing[static_cast<std::size_t>(column.target)].empty()) continue;
            const auto& absent = missing[static_cast<std::size_t>(column.target)];
            IdSet& found = wanted[static_cast<std::size_t>(column.target)];
            const std::string name = quoted(column.name);
            for (Statement s =
                     database_.prepare("SELECT " + name + " FROM " + table_of(static_cast<Entity>(e)) + " WHERE " + name + " IS NOT NULL");
                 s.step();)
                if (absent.contains(s.integer(0))) {
                    ++waiting;
                    found.insert(s.integer(0));
                }
        }
    }
    // What nothing refers to any more is not missed.
    Statement forget = database_.prepare("DELETE FROM missing WHERE entity = ? AND id = ?");
    for (std::size_t e = 0; e < kEntities; ++e)
        for (const std::int64_t id : missing[e].sorted())
            if (!wanted[e].contains(id)) forget.bind(0, static_cast<std::int64_t>(e)).bind(1, id).execute();
    return waiting;
}

}  // namespace brugwacht
