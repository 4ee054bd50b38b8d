// Exports and reject workbooks hold names; they stay only as long as the project says.
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// The moment as the file system counts, for seconds since 1970 UTC.
std::filesystem::file_time_type file_time(std::int64_t seconds);

/// Deletes files in processed/ and rejected/ that have been there for [privacy] keep_exports_days or longer, by their time of change.
/// Gives their number. What cannot be deleted is left for the next time.
std::int64_t delete_old_exports(const Project& project, const Clock& clock, Log& log);

}  // namespace brugwacht
