// SQLite, thin: statements that cannot leak, transactions that roll back unless committed. The only file that includes sqlite3.h is
// database.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/date.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace brugwacht {

/// A prepared statement. Parameters and columns count from 0. Text views from a column live until the next step or reset.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, int value) { return bind(at, static_cast<std::int64_t>(value)); }
    Statement& bind(int at, double value);
    /// The bytes are not copied: they must outlive the next step().
    Statement& bind(int at, std::string_view text);
    Statement& bind_blob(int at, std::string_view bytes);
    Statement& bind_null(int at);
    /// yyyy-mm-dd as days since 1970; absent = NULL.
    Statement& bind(int at, std::optional<Date> date);
    /// "" becomes NULL.
    Statement& bind_or_null(int at, std::string_view text);

    /// True while there is a row. Throws Error DB-xxx.
    bool step();
    /// Ready to be used again; bindings are cleared.
    void reset();
    /// bind done: one step that expects no row, then reset.
    void execute();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;
    std::string_view blob(int column) const;
    bool is_null(int column) const;
    std::optional<Date> date(int column) const;

  private:
    friend class Database;
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
    sqlite3_stmt* handle_ = nullptr;
};

class Database {
  public:
    enum class Mode { ReadOnly, ReadWrite, Create };

    /// Opens with foreign keys on, secure_delete on, temp_store in memory, no trust in the schema, busy timeout 5 s; WAL journal and full
    /// synchronous when writable. Each setting is read back: one that did not take is DB-006.
    /// Throws Error: DB-001 (66) missing, DB-002 (65) no database or damaged, DB-003 (77) no permission, DB-004 (74) I/O or full disk,
    /// DB-005 (75) locked by another program, DB-006 (70) anything else.
    static Database open(const std::filesystem::path& path, Mode mode);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    Statement prepare(std::string_view sql);
    /// One or several statements without results.
    void execute(const std::string& sql);
    std::int64_t last_insert_id() const;
    std::int64_t changes() const;
    /// The first column of the first row, or nothing.
    std::optional<std::int64_t> integer(std::string_view sql);
    /// Moves the journal into the database and empties it, so that nothing deleted lingers there. Readers hold it up: tries again until
    /// they are gone or `patience` is over. False when the journal could not be emptied; nothing is lost then, the next checkpoint does it.
    bool checkpoint(std::chrono::milliseconds patience = std::chrono::seconds(5));
    /// Writes the whole file anew without its free pages, then checkpoint(). Never inside a transaction.
    void vacuum();

  private:
    explicit Database(sqlite3* handle) : handle_(handle) {}
    sqlite3* handle_ = nullptr;
};

/// Rolls back unless commit() was called. Begins IMMEDIATE.
class Transaction {
  public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

}  // namespace brugwacht
