#include "engine/run/stores.hpp"

#include <algorithm>

#include "engine/run/audit_event.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

/// A proposal for a mapping in review/ names columns, never persons.
bool holds_no_name(const fs::path& file) { return file.extension() == ".toml"; }

std::uint64_t delete_files(const std::vector<fs::path>& files) {
    std::uint64_t deleted = 0;
    for (const fs::path& file : files) {
        std::error_code error;
        if (fs::remove(file, error)) ++deleted;
        if (error) throw Error(Exit::CannotCreate, "ERA-005", {{"file", file.string()}}, file.string());
    }
    return deleted;
}

CarriedOut carry_out(const Project& project, Stores& stores, Ports& ports) {
    CarriedOut done;
    done.records = apply_erasures(stores.store, stores.vault, stores.tombstones);
    clean_up_after_erasures(project, stores, ports, done);
    return done;
}

}  // namespace

Stores::Stores(const Project& project, Ports& ports)
    : keys(load_keys(ports.secrets)),
      vault(Vault::open(project.vault_file(), keys)),
      store(Store::open(project.store_file())),
      tombstones(Tombstones::open(project.erasures_file(), keys)),
      ids(keys.record_id) {
    if (!erasures_due(store, vault, tombstones)) return;
    const CarriedOut done = carry_out(project, *this, ports);
    record_event(project,
                 {.action = std::string(audit_action::kErasuresApplied),
                  .object = "person",
                  .counts = {{"persons", static_cast<std::int64_t>(done.records.persons)},
                             {"store_persons", static_cast<std::int64_t>(done.records.in_store)},
                             {"files", static_cast<std::int64_t>(done.files)}}},
                 ports);
}

void finish_erasures(const Project& project, Ports& ports) {
    std::error_code ignored;
    if (fs::exists(project.erasures_file(), ignored)) const Stores stores(project, ports);
}

void clean_up_after_erasures(const Project& project, Stores& stores, Ports& ports, CarriedOut& done) {
    const std::vector<std::int64_t> unfinished = stores.tombstones.unfinished();
    if (!unfinished.empty()) done.files = delete_files(files_with_names(project));
    stores.vault.scrub();
    stores.store.scrub();
    stores.tombstones.finish(unfinished);
    ports.log.write(LogLevel::Info, "erasures_applied",
                    {{"persons", static_cast<std::int64_t>(done.records.persons)}, {"files", static_cast<std::int64_t>(done.files)}});
}

std::vector<fs::path> files_with_names(const Project& project) {
    std::vector<fs::path> files;
    for (const fs::path& folder : {project.processed(), project.rejected(), project.worklists(), project.dir() / "review",
                                   project.requests(), project.temporary()}) {
        std::error_code ignored;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, ignored))
            if (!entry.is_directory(ignored) && !holds_no_name(entry.path())) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace brugwacht
