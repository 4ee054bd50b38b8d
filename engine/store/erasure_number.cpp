#include "engine/store/erasure_number.hpp"

#include "engine/lib/database.hpp"

namespace brugwacht {

std::filesystem::path erasures_beside(const std::filesystem::path& store_db) { return store_db.parent_path() / "erasures.db"; }

std::int64_t last_erasure(const std::filesystem::path& erasures_db) {
    std::error_code ignored;
    if (!std::filesystem::exists(erasures_db, ignored)) return 0;
    return Database::open(erasures_db, Database::Mode::ReadOnly).integer("PRAGMA user_version").value_or(0);
}

}  // namespace brugwacht
