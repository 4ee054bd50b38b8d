// Nothing deleted may stay readable: not in free pages, not in the journal beside a database.
#pragma once

#include <filesystem>
#include <string>

#include "engine/lib/database.hpp"

namespace brugwacht {

/// Empties the journal and rewrites the database without its free pages. Readers hold the journal: it is tried again until they are gone,
/// for ten seconds. `file` names the database in a message. Throws Error DB-005 (75) when they stay, DB-xxx. Source: privacy.md 7.3,
/// measured.
void scrub(Database& database, const std::string& file);

/// Makes an empty file of mode 0600 unless it is there, so that a database is its owner's from the first byte on.
void create_private_file(const std::filesystem::path& path);

}  // namespace brugwacht
