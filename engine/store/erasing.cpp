#include "engine/store/erasing.hpp"

#include "engine/core/model.hpp"

namespace brugwacht {
namespace {

std::vector<std::int64_t> integers(Database& database, const std::string& query) {
    std::vector<std::int64_t> found;
    for (Statement s = database.prepare(query); s.step();) found.push_back(s.integer(0));
    return found;
}

const std::string kPersonEntity = std::to_string(static_cast<int>(Entity::Person));

}  // namespace

std::vector<std::int64_t> mentioned_persons(Database& database) {
    std::string query = "SELECT id FROM person UNION SELECT id FROM before_person UNION SELECT person FROM restriction";
    for (const char* table : {"trajectory", "before_trajectory", "event", "before_event"})
        query += std::string(" UNION SELECT person FROM ") + table + " WHERE person IS NOT NULL";
    for (const char* table : {"remote_row", "before_remote_row"})
        query += std::string(" UNION SELECT record FROM ") + table + " WHERE record <> 0 AND entity = " + kPersonEntity;
    return integers(database, query);  // UNION sorts
}

std::vector<std::int64_t> absent_trajectories(Database& database) {
    std::string query;
    for (const char* table : {"event", "before_event", "activity", "before_activity"})
        query += (query.empty() ? "" : " UNION ") + std::string("SELECT trajectory FROM ") + table + " WHERE trajectory IS NOT NULL";
    return integers(database, "SELECT trajectory FROM (" + query + ") WHERE trajectory NOT IN (SELECT id FROM trajectory)");
}

void erase_hanging(Database& database, const std::vector<std::int64_t>& trajectories) {
    database.execute("CREATE TEMP TABLE IF NOT EXISTS hanging (id INTEGER PRIMARY KEY); DELETE FROM hanging");
    Statement insert = database.prepare("INSERT OR IGNORE INTO hanging VALUES (?)");
    for (const std::int64_t id : trajectories) insert.bind(0, id).execute();
    const std::string of_them = " WHERE trajectory IN (SELECT id FROM hanging)";
    // The rows first: deleting them leaves images, which go as well.
    for (const char* table : {"event", "before_event"}) database.execute(std::string("DELETE FROM ") + table + of_them);
    for (const char* table : {"activity", "before_activity"})
        database.execute(std::string("UPDATE ") + table + " SET trajectory = NULL" + of_them);
    database.execute("DELETE FROM hanging");
}

std::int64_t erasures_applied(Database& database) { return database.integer("SELECT applied FROM erasures").value_or(0); }

void set_erasures_applied(Database& database, std::int64_t number) {
    database.prepare("UPDATE erasures SET applied = ?").bind(0, number).execute();
}

HiddenIds hidden_ids(Database& database) {
    HiddenIds hidden;
    if (!database.integer("SELECT 1 FROM restriction LIMIT 1")) return hidden;
    // Her record may not stand here (yet), while facts already do.
    database.execute("CREATE TEMP TABLE IF NOT EXISTS hidden (id INTEGER PRIMARY KEY); DELETE FROM hidden");
    database.execute(
        "INSERT INTO hidden SELECT person FROM restriction UNION SELECT id FROM person WHERE person_id IN (SELECT person_id FROM person "
        "WHERE id IN (SELECT person FROM restriction))");
    for (const std::int64_t id : integers(database, "SELECT id FROM hidden")) hidden.persons.insert(id);
    for (const std::int64_t id : integers(database, "SELECT id FROM trajectory WHERE person IN (SELECT id FROM hidden)"))
        hidden.trajectories.insert(id);
    return hidden;
}

}  // namespace brugwacht
