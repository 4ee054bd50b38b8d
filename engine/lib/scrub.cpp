#include "engine/lib/scrub.hpp"

#include <chrono>
#include <fstream>
#include <thread>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

constexpr int kTries = 100;
constexpr std::chrono::milliseconds kPause(100);

// The pragma does not fail when readers are in the way; it says so in its first column.
bool emptied_journal(Database& database) { return database.integer("PRAGMA wal_checkpoint(TRUNCATE)").value_or(1) == 0; }

void empty_journal(Database& database, const std::string& file) {
    for (int left = kTries; !emptied_journal(database); --left) {
        if (left == 0) throw Error(Exit::TryLater, "DB-005", {{"file", file}}, file);
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace

void scrub(Database& database, const std::string& file) {
    empty_journal(database, file);
    database.execute("VACUUM");
    empty_journal(database, file);
}

void create_private_file(const std::filesystem::path& path) {
    if (std::filesystem::exists(path)) return;
    std::ofstream made(path, std::ios::app);
    made.close();
    std::error_code ignored;  // a folder that cannot be written is reported by the database
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

}  // namespace brugwacht
