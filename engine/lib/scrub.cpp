#include "engine/lib/scrub.hpp"

#include <chrono>
#include <fstream>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

void empty_journal(Database& database, const std::string& file) {
    if (!database.checkpoint(std::chrono::seconds(10))) throw Error(Exit::TryLater, "DB-005", {{"file", file}}, file);
}

}  // namespace

void scrub(Database& database, const std::string& file) {
    empty_journal(database, file);
    database.vacuum();
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
