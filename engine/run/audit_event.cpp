#include "engine/run/audit_event.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/run/publish.hpp"
#include "engine/store/run_marks.hpp"
#include "engine/vault/batches.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOfficer = "data_officer";

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

// ------------------------------------------------------------ runs

/// What the store says of a run, in the words of the log: one event for each file, or one for a run without files.
std::vector<AuditEntry> events_of(const RunMark& mark) {
    AuditEntry entry{.role = kOfficer};
    entry.run = mark.run;
    entry.batch = batch_digest(mark.run, mark.tag);
    const std::string_view action = mark.kind == "import" ? audit_action::kImport
                                    : mark.kind == "sync" ? audit_action::kSync
                                    : mark.kind == "link" ? audit_action::kLink
                                    : mark.kind == "undo" ? audit_action::kUndo
                                                          : audit_action::kRun;
    entry.action = action;
    if (mark.files.empty()) {
        if (mark.kind == "undo") entry.counts = {{"removed", mark.removed}, {"restored", mark.restored}};
        return {entry};
    }
    std::vector<AuditEntry> entries;
    entry.object = "file";
    for (const RunMark::File& file : mark.files) {
        entry.counts = {{"source", file.source},
                        {"read", number(file.counts.read)},
                        {"new", number(file.counts.fresh)},
                        {"changed", number(file.counts.changed)},
                        {"unchanged", number(file.counts.unchanged)},
                        {"duplicate", number(file.counts.duplicate)},
                        {"rejected", number(file.counts.rejected)},
                        {"skipped", number(file.counts.skipped)}};
        entries.push_back(entry);
    }
    return entries;
}

bool same_run(const RunMark& mark, const AuditEntry& told) {
    return mark.run == told.run && batch_digest(mark.run, mark.tag) == told.batch;
}

/// Runs since the last one that was told. When that one is not in the store, the store was replaced by another copy: an event says so, and
/// only runs that began after it are told.
std::vector<AuditEntry> untold_runs(const std::vector<RunMark>& marks, const std::optional<LoggedEntry>& told, bool restoring) {
    std::vector<AuditEntry> entries;
    const bool known = !told || std::any_of(marks.begin(), marks.end(), [&](const RunMark& mark) { return same_run(mark, told->entry); });
    if (!known && !restoring) {
        AuditEntry replaced{.role = kOfficer, .action = std::string(audit_action::kRestoreUnannounced), .object = "store"};
        replaced.counts = {{"from", told->entry.run}, {"to", marks.empty() ? 0 : marks.back().run}};
        entries.push_back(replaced);
    }
    for (const RunMark& mark : marks) {
        const bool since = !told || (known ? mark.run > told->entry.run : utc_timestamp(mark.started_at) > told->time);
        if (!since) continue;
        std::vector<AuditEntry> of_run = events_of(mark);
        entries.insert(entries.end(), of_run.begin(), of_run.end());
    }
    return entries;
}

// ------------------------------------------------------------ settings

/// Digest of these files and their names, in order; "" when there is none.
std::string digest_of(const std::vector<fs::path>& paths, const Files& files) {
    Sha256 digest;
    bool any = false;
    for (const fs::path& path : paths) {
        std::error_code ignored;
        if (!fs::is_regular_file(path, ignored)) continue;
        const std::string bytes = files.read(path);
        digest.add(path.filename().string() + '\n' + std::to_string(bytes.size()) + '\n');
        digest.add(bytes);
        any = true;
    }
    return any ? to_hex(digest.finish()) : std::string();
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().extension() == ".toml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// From how many on a count is shown; nothing while the agreements cannot be read.
std::optional<GuardPolicy> thresholds(const Project& project, const Files& files) {
    try {
        return publication_policy(project, load_agreements(project, {}, files));
    } catch (const Error&) {
        return std::nullopt;
    }
}

void add_if_changed(std::vector<AuditEntry>& entries, const Ledger& ledger, std::string_view action, const std::string& object,
                    const std::string& digest, std::map<std::string, std::int64_t> counts) {
    const std::optional<LoggedEntry> before = ledger.last_of(action, object);
    if (digest.empty() && !before) return;
    const std::string now = digest.empty() ? "none" : digest;
    if (before && before->entry.config == now) return;
    if (!before) counts["first"] = 1;
    entries.push_back({.role = kOfficer, .action = std::string(action), .object = object, .config = now, .counts = std::move(counts)});
}

std::vector<AuditEntry> untold_settings(const Project& project, const Ledger& ledger, const Files& files) {
    std::vector<AuditEntry> entries;
    const auto changed = audit_action::kConfigChanged;
    add_if_changed(entries, ledger, changed, "settings", digest_of({project.config_file()}, files), {});
    add_if_changed(entries, ledger, changed, "context", digest_of({project.context_file()}, files), {});
    add_if_changed(entries, ledger, changed, "agreement", digest_of(project.agreement_files(), files), {});
    add_if_changed(entries, ledger, audit_action::kMapChanged, "mappings", digest_of(files_in(project.mappings()), files), {});
    if (const auto k = thresholds(project, files))
        add_if_changed(entries, ledger, changed, "threshold", "k-" + std::to_string(k->participation) + "-" + std::to_string(k->outcome),
                       {{"participation", k->participation}, {"outcome", k->outcome}});
    return entries;
}

/// Runs from the last told one on; all of them when that is not among them.
std::vector<RunMark> marks_since(const Project& project, const std::optional<LoggedEntry>& told) {
    if (!told) return run_marks(project.store_file());
    std::vector<RunMark> marks = run_marks(project.store_file(), told->entry.run - 1);
    if (!marks.empty() && same_run(marks.front(), told->entry)) return marks;
    return run_marks(project.store_file());
}

/// Where the store stood, so that an older copy of it is found out. An entry that names a run keeps to that.
void stamp(AuditEntry& entry, const std::vector<RunMark>& marks) {
    if (marks.empty()) return;
    const auto named = std::find_if(marks.begin(), marks.end(), [&](const RunMark& mark) { return mark.run == entry.run; });
    const RunMark& mark = named == marks.end() ? marks.back() : *named;
    entry.run = mark.run;
    entry.batch = batch_digest(mark.run, mark.tag);
}

}  // namespace

void record_events(const Project& project, const std::vector<AuditEntry>& entries, Ports& ports) {
    Ledger ledger = Ledger::open(project.ledger_file());
    const std::optional<LoggedEntry> told = ledger.last_with_run();
    const std::vector<RunMark> marks = marks_since(project, told);
    const auto given = [&](const auto& fits) { return std::any_of(entries.begin(), entries.end(), fits); };
    const bool restoring = given([](const AuditEntry& entry) { return entry.action == audit_action::kRestore; });
    std::vector<AuditEntry> all = untold_runs(marks, told, restoring);
    std::erase_if(all, [&](const AuditEntry& run) { return given([&](const AuditEntry& entry) { return entry.run == run.run; }); });
    std::vector<AuditEntry> settings = untold_settings(project, ledger, ports.files);
    std::move(settings.begin(), settings.end(), std::back_inserter(all));
    all.insert(all.end(), entries.begin(), entries.end());
    for (AuditEntry& entry : all) {
        if (entry.role.empty()) entry.role = kOfficer;
        stamp(entry, marks);
    }
    ledger.append_all(all, ports.secrets, ports.clock);
}

void record_event(const Project& project, const AuditEntry& entry, Ports& ports) { record_events(project, {entry}, ports); }

void record_changes(const Project& project, Ports& ports) { record_events(project, {}, ports); }

void stamp_with_store(const Project& project, AuditEntry& entry) { stamp(entry, run_marks(project.store_file())); }

std::string new_request() { return to_hex(random_bytes(8)); }

AuditState audit_state(const Project& project, const Ledger& ledger) {
    AuditState state;
    const std::optional<LoggedEntry> told = ledger.last_with_run();
    const std::vector<RunMark> marks = marks_since(project, told);
    const std::int64_t last = told ? told->entry.run : 0;
    state.run = last;
    state.untold = std::count_if(marks.begin(), marks.end(), [&](const RunMark& mark) { return mark.run > last; });
    if (!told) return state;
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](const RunMark& one) { return same_run(one, told->entry); });
    state.store_older = mark == marks.end();
    std::error_code ignored;
    state.vault_here = fs::exists(project.vault_file(), ignored);
    state.vault_older = !state.store_older && state.vault_here && !vault_has_batch(project.vault_file(), mark->run, mark->tag);
    return state;
}

}  // namespace brugwacht
