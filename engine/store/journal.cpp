#include "engine/store/journal.hpp"

#include <set>

#include "engine/store/schema.hpp"

namespace brugwacht {
namespace {

std::string table_of(Entity entity) { return std::string(entity_def(entity).name); }
std::string text(std::int64_t number) { return std::to_string(number); }

std::vector<std::string> columns_of(Database& database, const std::string& table) {
    std::vector<std::string> columns;
    for (Statement s = database.prepare("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"); s.step();)
        columns.push_back('"' + std::string(s.text(0)) + '"');
    return columns;
}

std::string joined(const std::vector<std::string>& parts, const std::string& before = "") {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + before + part;
    return all;
}

std::int64_t value_or_zero(Database& database, const std::string& sql) { return database.integer(sql).value_or(0); }

bool has_column(Database& database, const std::string& table, const std::string& column) {
    return database.integer("SELECT 1 FROM pragma_table_info('" + table + "') WHERE name = '" + column + "'").has_value();
}

template <class Action>
void each_entity(const Action& action) {
    for (std::size_t e = 0; e < kEntities; ++e) action(static_cast<Entity>(e), table_of(static_cast<Entity>(e)));
}

/// Columns of an entity's table that hold numbers of codes.
std::vector<std::string> code_columns(Entity entity) {
    if (entity == Entity::Person) return {"gender", "area"};
    std::vector<std::string> columns;
    for (const FactColumn& column : fact_columns(entity))
        if (column.kind == ColumnKind::Code || column.kind == ColumnKind::Codes) columns.push_back('"' + column.name + '"');
    return columns;
}

}  // namespace

void Journal::begin(std::int64_t run) {
    stop();
    run_ = run;
    met_files_.clear();
    met_runs_.clear();
    people_ = linked_ = removals_ = vault_images_ = false;
    const std::int64_t first_code = value_or_zero(database_, "SELECT max(id) FROM code") + 1;
    database_.execute("INSERT INTO journal (run, first_code) VALUES (" + text(run) + ", " + text(first_code) + ")");
    // What this run wrote itself has a file of its own and needs no image. An INSERT inside a trigger takes over the conflict rule of the
    // statement that fired it, therefore NOT EXISTS.
    const std::string first_file = text(value_or_zero(database_, "SELECT max(id) FROM file") + 1);
    each_entity([&](Entity, const std::string& table) {
        const std::string image = "INSERT INTO before_" + table + " SELECT " + text(run) + ", " +
                                  joined(columns_of(database_, table), "OLD.") + " WHERE NOT EXISTS (SELECT 1 FROM before_" + table +
                                  " WHERE run = " + text(run) + " AND id = OLD.id);";
        for (const char* change : {"UPDATE", "DELETE"})
            database_.execute("CREATE TEMP TRIGGER keep_" + table + "_" + change + " BEFORE " + change + " ON main." + table +
                              " WHEN OLD.file < " + first_file + " BEGIN " + image + " END");
    });
    database_.execute("CREATE TEMP TRIGGER keep_source_UPDATE BEFORE UPDATE ON main.source BEGIN INSERT INTO before_source SELECT " +
                      text(run) + ", OLD.id, OLD.role WHERE NOT EXISTS (SELECT 1 FROM before_source WHERE run = " + text(run) +
                      " AND id = OLD.id); END");
    for (const char* change : {"UPDATE", "DELETE"})
        database_.execute(std::string("CREATE TEMP TRIGGER keep_remote_row_") + change + " BEFORE " + change +
                          " ON main.remote_row WHEN OLD.file < " + first_file + " BEGIN INSERT INTO before_remote_row SELECT " + text(run) +
                          ", " + joined(columns_of(database_, "remote_row"), "OLD.") +
                          " WHERE NOT EXISTS (SELECT 1 FROM before_remote_row WHERE run = " + text(run) +
                          R"( AND stream = OLD.stream AND "row" = OLD."row" AND entity = OLD.entity AND record = OLD.record); END)");
    for (const char* change : {"UPDATE", "DELETE"})
        database_.execute(std::string("CREATE TEMP TRIGGER keep_bookmark_") + change + " BEFORE " + change +
                          " ON main.bookmark WHEN OLD.run <> " + text(run) + " BEGIN INSERT INTO before_bookmark SELECT " + text(run) +
                          ", OLD.source, OLD.name, OLD.value, OLD.run WHERE NOT EXISTS (SELECT 1 FROM before_bookmark WHERE run = " +
                          text(run) + " AND source = OLD.source AND name = OLD.name); END");
}

void Journal::stop() {
    each_entity([&](Entity, const std::string& table) {
        database_.execute("DROP TRIGGER IF EXISTS temp.keep_" + table + "_UPDATE");
        database_.execute("DROP TRIGGER IF EXISTS temp.keep_" + table + "_DELETE");
    });
    for (const char* name : {"source_UPDATE", "bookmark_UPDATE", "bookmark_DELETE", "remote_row_UPDATE", "remote_row_DELETE"})
        database_.execute(std::string("DROP TRIGGER IF EXISTS temp.keep_") + name);
}

void Journal::met_source(std::string_view source) {
    database_
        .prepare(
            "INSERT OR IGNORE INTO met (run, earlier) SELECT ?1, run FROM file WHERE run < ?1 AND source = (SELECT id FROM source WHERE "
            "name = ?2) UNION SELECT ?1, run FROM journal WHERE run < ?1 AND removals = 1")
        .bind(0, run_)
        .bind(1, source)
        .execute();
}

void Journal::met_absent(Entity entity, const IdSet& ids) {
    Statement s = database_.prepare("SELECT run, id FROM before_" + table_of(entity) + " WHERE run <> ?");
    for (s.bind(0, run_); s.step();)
        if (ids.contains(s.integer(1))) met_runs_.insert(s.integer(0));
}

void Journal::finish(std::uint64_t waiting) {
    const std::string run = text(run_);
    Statement note = database_.prepare("INSERT OR IGNORE INTO met (run, earlier) SELECT ?1, id FROM run WHERE id = ?2 AND id < ?1");
    for (const std::int64_t earlier : met_runs_.sorted()) note.bind(0, run_).bind(1, earlier).execute();
    Statement note_file = database_.prepare("INSERT OR IGNORE INTO met (run, earlier) SELECT ?1, run FROM file WHERE id = ?2 AND run < ?1");
    for (const std::int64_t file : met_files_.sorted()) note_file.bind(0, run_).bind(1, file).execute();
    if (has_column(database_, "file", "corrects"))  // rejected rows of an earlier run, brought again
        database_.execute("INSERT OR IGNORE INTO met (run, earlier) SELECT DISTINCT " + run +
                          ", o.run FROM file f JOIN file o ON o.id = f.corrects WHERE f.run = " + run);
    std::int64_t images = vault_images_ ? 1 : 0;
    each_entity([&](Entity, const std::string& table) {
        database_.execute("INSERT OR IGNORE INTO met (run, earlier) SELECT DISTINCT " + run + ", file.run FROM before_" + table +
                          " b JOIN file ON file.id = b.file WHERE b.run = " + run);
        images += value_or_zero(database_, "SELECT count(*) FROM before_" + table + " WHERE run = " + run);
    });
    database_.execute("INSERT OR IGNORE INTO met (run, earlier) SELECT " + run + ", writer FROM before_bookmark WHERE run = " + run);
    database_.execute("INSERT OR IGNORE INTO met (run, earlier) SELECT DISTINCT " + run +
                      ", file.run FROM before_remote_row b JOIN file ON file.id = b.file WHERE b.run = " + run);
    for (const char* table : {"before_source", "before_bookmark", "before_remote_row"})
        images += value_or_zero(database_, std::string("SELECT count(*) FROM ") + table + " WHERE run = " + run);
    const bool people =
        people_ || value_or_zero(database_, "SELECT EXISTS (SELECT 1 FROM before_person WHERE run = " + run +
                                                ") OR EXISTS (SELECT 1 FROM before_trajectory WHERE run = " + run + ")") != 0;
    database_.prepare("UPDATE journal SET people = ?, linked = ?, removals = ?, images = ?, waiting = ? WHERE run = ?")
        .bind(0, people ? 1 : 0)
        .bind(1, linked_ ? 1 : 0)
        .bind(2, removals_ ? 1 : 0)
        .bind(3, images)
        .bind(4, static_cast<std::int64_t>(waiting))
        .bind(5, run_)
        .execute();
    stop();
}

std::vector<std::int64_t> Journal::blockers(std::int64_t run) {
    const std::string r = text(run);
    std::set<std::int64_t> found;
    const auto add = [&](const std::string& query) {
        for (Statement s = database_.prepare("SELECT DISTINCT later.id FROM run later WHERE later.id > " + r +
                                             " AND later.undone_by IS NULL AND later.kind <> 'undo' AND later.id IN (" + query + ")");
             s.step();)
            found.insert(s.integer(0));
    };
    add("SELECT run FROM met WHERE earlier = " + r);
    if (value_or_zero(database_, "SELECT people FROM journal WHERE run = " + r) != 0) add("SELECT run FROM journal WHERE linked = 1");
    add("SELECT run FROM file WHERE source IN (SELECT id FROM before_source WHERE run = " + r + ")");
    each_entity([&](Entity, const std::string& table) {
        // A record that this run changed or removed, and that a later one has written or changed since.
        if (!database_.integer("SELECT 1 FROM before_" + table + " WHERE run = " + r + " LIMIT 1")) return;
        add("SELECT file.run FROM before_" + table + " b JOIN " + table +
            " t ON t.id = b.id JOIN file ON file.id = t.file WHERE b.run = " + r);
        add("SELECT c.run FROM before_" + table + " c JOIN before_" + table + " b ON b.run = " + r + " AND b.id = c.id WHERE c.run > " + r);
    });
    add("SELECT c.run FROM before_bookmark c JOIN before_bookmark b ON b.run = " + r +
        " AND b.source = c.source AND b.name = c.name WHERE c.run > " + r);
    return {found.begin(), found.end()};
}

TakenBack Journal::take_back(std::int64_t run, std::int64_t by) {
    stop();
    const std::string r = text(run);
    const std::string files = "(SELECT id FROM file WHERE run = " + r + ")";
    TakenBack done;
    each_entity([&](Entity, const std::string& table) {
        const std::int64_t images = value_or_zero(database_, "SELECT count(*) FROM before_" + table + " WHERE run = " + r);
        if (images > 0)
            database_.execute("DELETE FROM " + table + " WHERE id IN (SELECT id FROM before_" + table + " WHERE run = " + r + ")");
        database_.execute("DELETE FROM " + table + " WHERE file IN " + files);
        done.removed += static_cast<std::uint64_t>(value_or_zero(database_, "SELECT changes()"));
        if (images == 0) return;
        const std::string columns = joined(columns_of(database_, table));
        database_.execute("INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM before_" + table + " WHERE run = " + r +
                          " ORDER BY id; DELETE FROM before_" + table + " WHERE run = " + r);
        done.restored += static_cast<std::uint64_t>(images);
    });
    database_.execute(
        "DELETE FROM bookmark WHERE run = " + r +
        "; INSERT OR REPLACE INTO bookmark (source, name, value, run) SELECT source, name, value, writer FROM before_bookmark "
        "WHERE run = " +
        r + "; DELETE FROM before_bookmark WHERE run = " + r);
    database_.execute("UPDATE source SET role = (SELECT role FROM before_source b WHERE b.run = " + r +
                      " AND b.id = source.id) WHERE id IN (SELECT id FROM before_source WHERE run = " + r +
                      "); DELETE FROM before_source WHERE run = " + r);
    const std::string line = R"(stream, "row", entity, record)";
    database_.execute("DELETE FROM remote_row WHERE (" + line + ") IN (SELECT " + line + " FROM before_remote_row WHERE run = " + r +
                      "); DELETE FROM remote_row WHERE file IN " + files + "; INSERT INTO remote_row (" + line +
                      ", file, missing_since) SELECT " + line + ", file, missing_since FROM before_remote_row WHERE run = " + r +
                      "; DELETE FROM before_remote_row WHERE run = " + r);
    // Before the run these trajectories were of persons who have been erased since: what hangs on them goes with them.
    const std::string erased = "(SELECT trajectory FROM erased_before WHERE run = " + r + ")";
    database_.execute("DELETE FROM event WHERE trajectory IN " + erased + "; UPDATE activity SET trajectory = NULL WHERE trajectory IN " +
                      erased + "; DELETE FROM erased_before WHERE run = " + r);
    for (const char* table : {"file_entity", "file_column", "file_code"})
        database_.execute(std::string("DELETE FROM ") + table + " WHERE file IN " + files);
    for (const char* table : {"met", "linking", "former_id"}) database_.execute(std::string("DELETE FROM ") + table + " WHERE run = " + r);
    delete_unused_codes(run);
    if (has_column(database_, "reject", "settled_by"))
        database_.execute("UPDATE reject SET state = 0, settled_by = NULL WHERE settled_by = " + r);  // rejected rows wait again
    database_.execute("UPDATE run SET undone_by = " + text(by) + " WHERE id = " + r);
    database_.execute("UPDATE journal SET taken_out = " + text(static_cast<std::int64_t>(done.removed)) +
                      ", put_back = " + text(static_cast<std::int64_t>(done.restored)) + " WHERE run = " + text(by));
    return done;
}

// Codes that came with the run, or with one undone before it, and that nothing uses any more.
void Journal::delete_unused_codes(std::int64_t run) {
    std::set<std::int64_t> unused;
    Statement came = database_.prepare(
        "SELECT id FROM code WHERE (SELECT max(run) FROM journal WHERE first_code <= code.id) IN (SELECT id FROM run WHERE id = ? OR "
        "undone_by IS NOT NULL)");
    for (came.bind(0, run); came.step();) unused.insert(came.integer(0));
    if (unused.empty()) return;
    each_entity([&](Entity entity, const std::string& table) {
        const std::vector<std::string> columns = code_columns(entity);
        if (columns.empty()) return;
        for (const std::string& place : {table, "before_" + table})
            for (Statement s = database_.prepare("SELECT " + joined(columns) + " FROM " + place); s.step();)
                for (int i = 0; i < static_cast<int>(columns.size()); ++i) unused.erase(s.integer(i));
    });
    for (Statement s = database_.prepare("SELECT DISTINCT code FROM file_code"); s.step();) unused.erase(s.integer(0));
    Statement remove = database_.prepare("DELETE FROM code WHERE id = ?");
    for (const std::int64_t code : unused) remove.bind(0, code).execute();
}

void Journal::expire(std::int64_t begun_before, std::int64_t removals_begun_before) {
    database_.execute(
        "UPDATE journal SET dropped = 1 WHERE dropped = 0 AND images > 0 AND run IN (SELECT id FROM run WHERE undone_by IS NULL AND "
        "(started_at < " +
        text(begun_before) + " OR (journal.removals = 1 AND started_at < " + text(removals_begun_before) + ")))");
    if (database_.changes() == 0) return;
    const std::string dropped = " WHERE run IN (SELECT run FROM journal WHERE dropped = 1)";
    each_entity([&](Entity, const std::string& table) { database_.execute("DELETE FROM before_" + table + dropped); });
    for (const char* table : {"before_source", "before_bookmark", "before_remote_row", "erased_before"})
        database_.execute(std::string("DELETE FROM ") + table + dropped);
}

void Journal::forget(const std::string& persons_query) {
    const std::string of_persons = " IN (" + persons_query + ")";
    const std::string trajectories = " IN (SELECT id FROM trajectory WHERE person" + of_persons +
                                     " UNION SELECT id FROM before_trajectory WHERE person" + of_persons + ")";
    // A trajectory may have been of somebody else when an image was taken: its next image, or else it itself, says of whom.
    const auto hung = [&](const std::string& table) {
        return "trajectory" + trajectories + " AND coalesce((SELECT t.person FROM before_trajectory t WHERE t.id = " + table +
               ".trajectory AND t.run >= " + table +
               ".run ORDER BY t.run LIMIT 1), (SELECT t.person FROM trajectory t WHERE t.id = " + table + ".trajectory))" + of_persons;
    };
    database_.execute("DELETE FROM before_event WHERE person" + of_persons + " OR (" + hung("before_event") +
                      "); UPDATE before_activity SET trajectory = NULL WHERE " + hung("before_activity") +
                      "; INSERT OR IGNORE INTO erased_before SELECT run, id FROM before_trajectory WHERE person" + of_persons +
                      "; DELETE FROM before_trajectory WHERE person" + of_persons + "; DELETE FROM before_person WHERE id" + of_persons +
                      "; DELETE FROM before_remote_row WHERE entity = " + text(static_cast<std::int64_t>(Entity::Person)) + " AND record" +
                      of_persons);
}

}  // namespace brugwacht
