#include "engine/lib/database.hpp"

#include <sqlite3.h>

#include <thread>
#include <utility>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

[[noreturn]] void fail(sqlite3* db, int code, const std::string& file) {
    const std::string reason = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    const TextArgs args{{"file", file}, {"reason", reason}};
    switch (code & 0xff) {
        case SQLITE_CANTOPEN:
            throw Error(Exit::NoInput, "DB-001", args, file);
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            throw Error(Exit::Data, "DB-002", args, file);
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            throw Error(Exit::NoPermission, "DB-003", args, file);
        case SQLITE_FULL:
        case SQLITE_IOERR:
            throw Error(Exit::Io, "DB-004", args, file);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw Error(Exit::TryLater, "DB-005", args, file);
        default:
            throw Error(Exit::Software, "DB-006", args, file);
    }
}

std::string file_of(sqlite3* db) {
    const char* name = db != nullptr ? sqlite3_db_filename(db, "main") : nullptr;
    return name != nullptr ? std::filesystem::path(name).filename().string() : std::string();
}

void check(sqlite3* db, int code) {
    if (code != SQLITE_OK) fail(db, code, file_of(db));
}

int length(std::string_view bytes) {
    if (bytes.size() > 0x7fffffffU) throw Error(Exit::Data, "DB-007");
    return static_cast<int>(bytes.size());
}

/// What every connection has set, whatever SQLite was built with, and what reading it back must give.
struct Setting {
    const char* name;
    const char* value;
    const char* reads_as;
    bool readers_too;
};

// With secure_delete and an emptied journal nothing of a deleted row is left in a file; temporary tables stay in memory.
constexpr Setting kSettings[] = {
    {"foreign_keys", "ON", "1", true},  {"temp_store", "MEMORY", "2", true},   {"trusted_schema", "OFF", "0", true},
    {"secure_delete", "ON", "1", true}, {"journal_mode", "WAL", "wal", false}, {"synchronous", "FULL", "2", false},
};

void apply(Database& database, const Setting& setting, const std::string& file) {
    const std::string pragma = std::string("PRAGMA ") + setting.name;
    database.execute(pragma + "=" + setting.value);
    Statement read = database.prepare(pragma);
    if (!read.step() || read.text(0) != setting.reads_as)
        throw Error(Exit::Software, "DB-006", {{"file", file}, {"reason", std::string(setting.name)}}, file);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    if (this != &other) {
        sqlite3_finalize(handle_);
        handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int at, std::int64_t value) {
    check(sqlite3_db_handle(handle_), sqlite3_bind_int64(handle_, at + 1, value));
    return *this;
}

Statement& Statement::bind(int at, double value) {
    check(sqlite3_db_handle(handle_), sqlite3_bind_double(handle_, at + 1, value));
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    const char* bytes = text.data() != nullptr ? text.data() : "";
    check(sqlite3_db_handle(handle_), sqlite3_bind_text(handle_, at + 1, bytes, length(text), SQLITE_STATIC));
    return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
    const char* data = bytes.data() != nullptr ? bytes.data() : "";
    check(sqlite3_db_handle(handle_), sqlite3_bind_blob(handle_, at + 1, data, length(bytes), SQLITE_STATIC));
    return *this;
}

Statement& Statement::bind_null(int at) {
    check(sqlite3_db_handle(handle_), sqlite3_bind_null(handle_, at + 1));
    return *this;
}

Statement& Statement::bind(int at, std::optional<Date> date) {
    return date ? bind(at, static_cast<std::int64_t>(date->days())) : bind_null(at);
}

Statement& Statement::bind_or_null(int at, std::string_view text) { return text.empty() ? bind_null(at) : bind(at, text); }

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* db = sqlite3_db_handle(handle_);
    const int extended = sqlite3_extended_errcode(db);
    // The statement must not stay half-run, or the transaction around it could not roll back.
    const std::string file = file_of(db);
    try {
        fail(db, extended, file);
    } catch (const Error&) {
        sqlite3_reset(handle_);
        throw;
    }
}

void Statement::reset() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

void Statement::execute() {
    step();
    reset();
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::string_view Statement::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::optional<Date> Statement::date(int column) const {
    if (is_null(column)) return std::nullopt;
    return Date::from_days(static_cast<std::int32_t>(integer(column)));
}

Database Database::open(const std::filesystem::path& path, Mode mode) {
    const int flags = mode == Mode::ReadOnly    ? SQLITE_OPEN_READONLY
                      : mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE
                                                : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database db(raw);
    if (code != SQLITE_OK) {
        std::error_code ignored;
        const bool there = std::filesystem::exists(path, ignored);
        fail(raw, there && (code & 0xff) == SQLITE_CANTOPEN ? SQLITE_PERM : code, path.string());
    }
    sqlite3_busy_timeout(raw, 5000);
    for (const Setting& setting : kSettings)
        if (setting.readers_too || mode != Mode::ReadOnly) apply(db, setting, path.string());
    return db;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
    if (this != &other) {
        sqlite3_close_v2(handle_);
        handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Statement Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    check(handle_, sqlite3_prepare_v3(handle_, sql.data(), length(sql), SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return Statement(statement);
}

void Database::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(handle_, sqlite3_extended_errcode(handle_), file_of(handle_));
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

std::optional<std::int64_t> Database::integer(std::string_view sql) {
    Statement statement = prepare(sql);
    if (!statement.step() || statement.is_null(0)) return std::nullopt;
    return statement.integer(0);
}

bool Database::checkpoint(std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds kPause(20);
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        Statement tried = prepare("PRAGMA wal_checkpoint(TRUNCATE)");
        if (!tried.step() || tried.integer(0) == 0) return true;  // the first column says whether somebody was in the way
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(kPause);
    }
}

void Database::vacuum() {
    execute("VACUUM");
    checkpoint();
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const Error&) {
        // SQLite has rolled back by itself after an I/O error; there is nothing left to undo.
        open_ = false;
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace brugwacht
