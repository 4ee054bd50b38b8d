// Which erasures a database must have seen. erasures.db stands beside the store and outlives every older copy of it that is put back; it
// carries the number of its last erasure in its header, so that no key is needed to see that a copy is behind.
#pragma once

#include <cstdint>
#include <filesystem>

namespace brugwacht {

/// "erasures.db" beside a store.
std::filesystem::path erasures_beside(const std::filesystem::path& store_db);
/// Number of the last erasure in that file; 0 when there is no file. Throws Error DB-xxx.
std::int64_t last_erasure(const std::filesystem::path& erasures_db);

}  // namespace brugwacht
