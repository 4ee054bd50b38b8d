#include "engine/store/run_marks.hpp"

#include <utility>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kDigestDigits = 16;

FileCounts counts_of(const Statement& row, int first) {
    FileCounts counts;
    int column = first;
    for (std::uint64_t* count :
         {&counts.read, &counts.fresh, &counts.changed, &counts.unchanged, &counts.duplicate, &counts.rejected, &counts.skipped})
        *count = static_cast<std::uint64_t>(row.integer(column++));
    return counts;
}

bool has_table(Database& database, const std::string& name) {
    return database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + name + "'") == 1;
}

}  // namespace

std::string batch_digest(std::int64_t run, std::int64_t tag) {
    return to_hex(sha256("brugwacht/batch|" + std::to_string(run) + "|" + std::to_string(tag))).substr(0, kDigestDigits);
}

std::map<std::int64_t, std::string> source_numbers(const std::filesystem::path& store_db) {
    std::map<std::int64_t, std::string> names;
    std::error_code ignored;
    if (!std::filesystem::exists(store_db, ignored)) return names;
    Database database = Database::open(store_db, Database::Mode::ReadOnly);
    if (!has_table(database, "source")) return names;
    for (Statement source = database.prepare("SELECT id, name FROM source"); source.step();) names[source.integer(0)] = source.text(1);
    return names;
}

std::vector<RunMark> run_marks(const std::filesystem::path& store_db, std::int64_t after) {
    std::vector<RunMark> marks;
    std::error_code ignored;
    if (!std::filesystem::exists(store_db, ignored)) return marks;
    Database database = Database::open(store_db, Database::Mode::ReadOnly);
    if (!has_table(database, "run")) return marks;
    // The journal came with a later version of the store.
    const std::string undone = has_table(database, "journal")
                                   ? "coalesce(taken_out, 0), coalesce(put_back, 0) FROM run LEFT JOIN journal ON "
                                     "journal.run = run.id"
                                   : "0, 0 FROM run";
    Statement runs = database.prepare("SELECT run.id, tag, kind, started_at, " + undone + " WHERE run.id > ? ORDER BY run.id");
    runs.bind(0, after);
    while (runs.step()) {
        RunMark mark;
        mark.run = runs.integer(0);
        mark.tag = runs.integer(1);
        mark.kind = runs.text(2);
        mark.started_at = runs.integer(3);
        mark.removed = runs.integer(4);
        mark.restored = runs.integer(5);
        Statement files = database.prepare(
            "SELECT source, \"read\", \"new\", changed, unchanged, duplicate, rejected, skipped FROM file WHERE run = ? ORDER BY number");
        files.bind(0, mark.run);
        while (files.step()) mark.files.push_back({files.integer(0), counts_of(files, 1)});
        marks.push_back(std::move(mark));
    }
    return marks;
}

}  // namespace brugwacht
