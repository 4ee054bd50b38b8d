#include "engine/run/undo.hpp"

#include <algorithm>

#include "engine/audit/ledger.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

ProjectUndo undo_in_project(const Project& project, std::int64_t run, Ports& ports, bool dry_run) {
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());
    ProjectUndo done;
    if (!dry_run) record_changes(project, ports);
    {
        Stores stores(project, ports);
        done.undo = undo_run(stores.store, stores.vault, stores.keys, run, ports.clock.now(), dry_run,
                             [&](std::int64_t person) { return stores.tombstones.erasure_of_record(person) != 0; });
    }
    if (fs::exists(project.ledger_file(), ignored))
        for (const ReleaseRecord& release : Ledger::open(project.ledger_file()).releases())
            if (release.released_at >= done.undo.started_at) done.releases.push_back(release.id);
    const std::string prefix = std::to_string(run) + "-";
    for (const fs::directory_entry& entry : fs::directory_iterator(project.processed(), ignored))
        if (entry.path().filename().string().starts_with(prefix)) done.processed.push_back(entry.path());
    std::sort(done.processed.begin(), done.processed.end());
    if (dry_run) return done;
    record_changes(project, ports);  // the store tells of the run that took back
    ports.log.write(LogLevel::Info, "run_undone",
                    {{"run", run},
                     {"removed", static_cast<std::int64_t>(done.undo.records.removed)},
                     {"restored", static_cast<std::int64_t>(done.undo.records.restored)}});
    return done;
}

}  // namespace brugwacht
