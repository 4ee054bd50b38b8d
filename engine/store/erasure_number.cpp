#include "engine/store/erasure_number.hpp"

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"

namespace brugwacht {

std::filesystem::path erasures_beside(const std::filesystem::path& store_db) { return store_db.parent_path() / "erasures.db"; }

std::int64_t last_erasure(const std::filesystem::path& erasures_db) {
    std::error_code ignored;
    if (!std::filesystem::exists(erasures_db, ignored)) return 0;
    const auto number = [&](Database::Mode mode) { return Database::open(erasures_db, mode).integer("PRAGMA user_version").value_or(0); };
    try {
        return number(Database::Mode::ReadOnly);
    } catch (const Error& error) {
        if (error.first().code != "DB-003") throw;
        return number(Database::Mode::ReadWrite);  // whoever made it was killed: what he left half-way must be rolled back first
    }
}

}  // namespace brugwacht
