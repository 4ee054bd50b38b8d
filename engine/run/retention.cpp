#include "engine/run/retention.hpp"

#include <chrono>

namespace brugwacht {

namespace fs = std::filesystem;

fs::file_time_type file_time(std::int64_t seconds) {
    return std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
}

std::int64_t delete_old_exports(const Project& project, const Clock& clock, Log& log) {
    const fs::file_time_type limit = file_time(clock.now() - std::int64_t{86400} * project.settings().keep_exports_days);
    std::int64_t deleted = 0;
    for (const fs::path& folder : {project.processed(), project.rejected()}) {
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
            // A link is removed, never what it points to.
            std::error_code failed;
            const bool is_file = entry.is_symlink(failed) || entry.is_regular_file(failed);
            if (failed || !is_file) continue;
            const fs::file_time_type changed = entry.is_symlink(failed) ? fs::file_time_type::min() : entry.last_write_time(failed);
            if (failed || changed > limit) continue;
            if (fs::remove(entry.path(), failed) && !failed) ++deleted;
        }
    }
    if (deleted > 0) log.write(LogLevel::Info, "exports_deleted", {{"count", deleted}});
    return deleted;
}

}  // namespace brugwacht
