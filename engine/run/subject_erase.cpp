#include "engine/run/subject_erase.hpp"

#include <algorithm>
#include <set>

#include "engine/run/audit_event.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

std::string source_of(const std::string& source_key) { return source_key.substr(0, source_key.find(':')); }

TombstoneTerm term_of(const Project& project) {
    return {project.settings().keep_tombstones_years, project.settings().keep_tombstones_after_majority_years};
}

std::uint64_t count_inbox(const Project& project) {
    std::uint64_t count = 0;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(project.inbox(), ignored))
        if (entry.is_regular_file(ignored) && !entry.path().filename().string().starts_with(".")) ++count;
    return count;
}

SubjectErasure foresee(const Project& project, const Subject& subject, Stores& stores) {
    SubjectErasure erasure;
    erasure.records = subject.records.size();
    erasure.trajectories = stores.store.trajectories_of(subject.records).size();
    erasure.files = files_with_names(project).size();
    erasure.inbox = count_inbox(project);
    std::set<std::string> sources, written;
    for (const std::string& record : subject.source_keys) sources.insert(source_of(record));
    for (const std::string& source : sources)
        for (const WrittenBack& one : stores.vault.written(source))
            if (std::count(subject.records.begin(), subject.records.end(), one.id) > 0) written.insert(source);
    erasure.sources.assign(sources.begin(), sources.end());
    erasure.written_back.assign(written.begin(), written.end());
    std::error_code ignored;
    if (fs::exists(project.ledger_file(), ignored)) erasure.releases = Ledger::open(project.ledger_file()).releases().size();
    return erasure;
}

void record_erasure(const Project& project, const SubjectErasure& erasure, const std::string& request_id, Ports& ports) {
    record_event(project,
                 {.action = std::string(audit_action::kErased),
                  .object = "person",
                  .request = request_id,
                  .counts = {{"records", static_cast<std::int64_t>(erasure.records)},
                             {"trajectories", static_cast<std::int64_t>(erasure.trajectories)},
                             {"files", static_cast<std::int64_t>(erasure.files)},
                             {"recipients", static_cast<std::int64_t>(erasure.sources.size())},
                             {"look_alikes", static_cast<std::int64_t>(erasure.look_alikes)}}},
                 ports);
}

}  // namespace

SubjectErasure erase_subject(const Project& project, const Subject& subject, const std::string& request_id, Ports& ports, bool dry_run) {
    Stores stores(project, ports);
    SubjectErasure erasure = foresee(project, subject, stores);
    if (dry_run) return erasure;
    const SubjectErased erased =
        erase_records(stores.store, stores.vault, stores.tombstones, subject.records, ports.clock.today(), term_of(project));
    erasure.look_alikes = erased.look_alikes;
    CarriedOut done{erased.records, 0};
    clean_up_after_erasures(project, stores, ports, done);
    erasure.files = done.files;
    record_erasure(project, erasure, request_id, ports);
    return erasure;
}

std::vector<PossibleReturn> list_returns(const Project& project, Ports& ports) {
    Stores stores(project, ports);
    return possible_returns(stores.vault);
}

SettledReturn settle_return(const Project& project, const std::string& record, bool same, Ports& ports, bool dry_run) {
    Stores stores(project, ports);
    const std::vector<PossibleReturn> waiting = possible_returns(stores.vault);
    const auto found =
        std::find_if(waiting.begin(), waiting.end(), [&](const PossibleReturn& one) { return one.source + ":" + one.key == record; });
    if (found == waiting.end()) throw Error(Exit::NoInput, "ERA-006");
    SettledReturn settled{*found, same};
    if (dry_run) return settled;
    if (same) {
        const SubjectErased erased = erase_records(stores.store, stores.vault, stores.tombstones, {found->record}, ports.clock.today(),
                                                   term_of(project), found->erasure);
        CarriedOut done{erased.records, 0};
        clean_up_after_erasures(project, stores, ports, done);
    } else {
        keep_return(stores.vault, stores.tombstones, *found);
    }
    record_event(project,
                 {.action = std::string(audit_action::kReturnSettled),
                  .object = "person",
                  .request = new_request(),
                  .counts = {{same ? "same" : "other", 1}}},
                 ports);
    return settled;
}

}  // namespace brugwacht
