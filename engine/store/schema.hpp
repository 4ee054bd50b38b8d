// The tables of store.db and how a field of the canonical model stands in them. For the store room and the intake only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/lib/database.hpp"

namespace brugwacht {

enum class ColumnKind : std::uint8_t { Integer, Real, Text, Code, Codes, Date, Boolean, Reference };

struct FactColumn {
    std::string name;       // as in SQL, unquoted
    std::size_t field = 0;  // in the entity's definition; of the reference for any_club
    ColumnKind kind = ColumnKind::Integer;
    Entity target = Entity::Person;  // Reference only
    bool required = false;
};

/// 1 when persons or trajectories came or changed after the last linking: whoever brought them was stopped before it. Runs that were undone
/// do not count.
inline constexpr const char* kLinkDue =
    "SELECT EXISTS (SELECT 1 FROM journal JOIN run ON run.id = journal.run WHERE people = 1 AND undone_by IS NULL AND journal.run > "
    "coalesce((SELECT max(journal.run) FROM journal JOIN run ON run.id = journal.run WHERE linked = 1 AND undone_by IS NULL), 0))";

/// Columns after id, file, tab, row, fingerprint and key, in this order. Empty for persons, which have a table of their own shape.
const std::vector<FactColumn>& fact_columns(Entity entity);
/// True for records of which a later row may tell more (club, worker, trajectory): a blank there never erases. Facts are replaced whole.
bool is_merged(Entity entity);

/// Version written by this program.
inline constexpr int kStoreVersion = 7;
/// 0 when the database is empty.
int schema_version(Database& database);
/// Brings a database to kStoreVersion in one transaction. Throws Error STO-001 (78) for a newer one.
void migrate(Database& database, const std::string& file);

}  // namespace brugwacht
