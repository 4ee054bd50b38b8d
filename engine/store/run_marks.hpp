// Which runs store.db holds, told apart from runs of the same number in another copy of it. For the audit log, which must find out that a
// store is older than the log says. Reads without opening the store as a whole, so that it works before and after a migration.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/store/reader.hpp"

namespace brugwacht {

struct RunMark {
    std::int64_t run = 0;
    std::int64_t tag = 0;  // random; the vault's batch of this run has the same
    std::string kind;
    std::int64_t started_at = 0;             // UTC seconds
    std::int64_t removed = 0, restored = 0;  // kind "undo"
    struct File {
        std::int64_t source = 0;  // number in the store
        FileCounts counts;
    };
    std::vector<File> files;
};

/// Sixteen hex digits that say which run this is, and nothing else.
std::string batch_digest(std::int64_t run, std::int64_t tag);

/// Names of the sources by the number under which RunMark tells of them; none when there is no store. Throws Error DB-xxx.
std::map<std::int64_t, std::string> source_numbers(const std::filesystem::path& store_db);

/// Runs with a number above `after`, oldest first; none when there is no store. Throws Error DB-xxx.
std::vector<RunMark> run_marks(const std::filesystem::path& store_db, std::int64_t after = 0);

}  // namespace brugwacht
