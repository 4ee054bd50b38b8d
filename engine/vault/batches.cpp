#include "engine/vault/batches.hpp"

#include "engine/lib/database.hpp"

namespace brugwacht {

bool vault_has_batch(const std::filesystem::path& vault_db, std::int64_t run, std::int64_t tag) {
    Database database = Database::open(vault_db, Database::Mode::ReadOnly);
    if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'batch'") != 1) return false;
    Statement batch = database.prepare("SELECT 1 FROM batch WHERE run = ? AND tag = ?");
    batch.bind(0, run).bind(1, tag);
    return batch.step();
}

}  // namespace brugwacht
