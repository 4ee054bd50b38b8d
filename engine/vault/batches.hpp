// Which runs vault.db has seen, read without any key.
#pragma once

#include <cstdint>
#include <filesystem>

namespace brugwacht {

/// Was this run, and not another one of its number, committed to this vault? Throws Error DB-xxx.
bool vault_has_batch(const std::filesystem::path& vault_db, std::int64_t run, std::int64_t tag);

}  // namespace brugwacht
