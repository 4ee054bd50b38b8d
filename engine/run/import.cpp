#include "engine/run/import.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/lib/crypto.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/import_file.hpp"
#include "engine/run/lawful.hpp"
#include "engine/run/link.hpp"
#include "engine/run/remote.hpp"
#include "engine/run/retention.hpp"
#include "engine/run/sync.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

bool is_candidate(const fs::path& path) {
    const std::string name = path.filename().string();
    std::error_code ignored;
    // Lock files of office programs and half copied files are not exports.
    return !name.starts_with(".") && !name.starts_with("~$") && !name.ends_with(".part") && fs::is_regular_file(path, ignored);
}

std::vector<fs::path> inbox_files(const Project& project, const SourceSettings* only) {
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(project.inbox(), ignored)) {
        if (!is_candidate(entry.path())) continue;
        if (only == nullptr || project.source_for_file(entry.path().filename().string()) == only) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// Sources that are read from a server, when these inputs ask for them.
std::vector<const SourceSettings*> remote_sources(const Project& project, const std::vector<std::string>& inputs) {
    std::vector<const SourceSettings*> found;
    for (const SourceSettings& source : project.settings().sources)
        if (!source.preset.empty() && (inputs.empty() || std::count(inputs.begin(), inputs.end(), source.name) > 0))
            found.push_back(&source);
    return found;
}

std::vector<fs::path> files_of(const Project& project, const std::vector<std::string>& inputs) {
    if (inputs.empty()) return inbox_files(project, nullptr);
    std::vector<fs::path> files;
    for (const std::string& input : inputs) {
        std::error_code ignored;
        const SourceSettings* source = fs::exists(input, ignored) ? nullptr : project.source_named(input);
        if (source != nullptr) {
            for (fs::path& path : inbox_files(project, source)) files.push_back(std::move(path));
        } else {
            files.emplace_back(input);
        }
    }
    std::vector<fs::path> unique;
    std::set<std::string> seen;
    for (fs::path& path : files)
        if (seen.insert(fs::weakly_canonical(path).string()).second) unique.push_back(std::move(path));
    return unique;
}

/// What stops one file alone; a full disk or a locked store stops the run.
bool stops_the_file_alone(const Error& error) {
    const Exit exit = error.exit();
    const bool of_a_file = exit == Exit::Data || exit == Exit::NoInput || exit == Exit::NoPermission || exit == Exit::Config;
    return of_a_file && !error.first().code.starts_with("DB-");
}

/// The same for a source on a server, which may also be away.
bool stops_the_source_alone(const Error& error) { return stops_the_file_alone(error) || error.exit() == Exit::TryLater; }

/// One attempt at a run over all inputs. False when the run must begin again: without a file that turned out unusable after rows of it were
/// taken in, so that nothing of it stays; or with what the values of a column proved about its dates or numbers.
bool succeeds(Attempt attempt, ImportSummary& summary) {
    attempt.attempts.memory.begin_again();
    attempt.attempts.again = false;
    for (std::size_t i = 0; i < summary.files.size(); ++i) {
        if (summary.files[i].error) continue;
        summary.files[i] = fresh(summary.files[i].path, summary.files[i].corrects);
        try {
            take_in(attempt, summary, i);
        } catch (Error& error) {
            if (!stops_the_file_alone(error)) throw;
            ImportedFile& file = summary.files[i];
            const bool begun = !file.source.empty();
            file.error = error.in_file(file.path.string());
            file.warnings.clear();
            file.columns.clear();
            file.decisions.clear();
            attempt.ports.log.write(LogLevel::Warning, "file_refused", {{"code", error.first().code}});
            if (begun) return false;
        }
    }
    return !attempt.attempts.again;
}

void name_codes(ImportSummary& summary, Store& store) {
    const auto text = [&store](std::int64_t code) { return code == 0 ? std::string() : store.code_text(code); };
    for (ImportedFile& file : summary.files)
        for (const auto& [entity, changes] : file.report.changes)
            for (const auto& [field, change] : changes.fields)
                for (const auto& [codes, count] : change.codes)
                    file.codes[entity][field].push_back({text(codes.first), text(codes.second), count});
}

void move_to_processed(const Project& project, const ImportSummary& summary, const Clock& clock) {
    for (const ImportedFile& file : summary.files) {
        std::error_code error;
        const auto& files = summary.files;
        if (std::any_of(files.begin(), files.end(), [&](const ImportedFile& part) { return part.path == file.path && part.error; }))
            continue;
        const bool in_inbox =
            fs::equivalent(file.path.parent_path().empty() ? fs::path(".") : file.path.parent_path(), project.inbox(), error);
        if (error || !in_inbox) continue;
        fs::create_directories(project.processed(), error);
        const fs::path processed = project.processed() / (std::to_string(summary.run) + "-" + file.path.filename().string());
        fs::rename(file.path, processed, error);
        // From now on its age counts, whenever it was exported.
        if (!error) fs::last_write_time(processed, file_time(clock.now()), error);
    }
}

}  // namespace

IntakeSettings intake_settings(const Project& project, Stores& stores) {
    IntakeSettings settings;
    settings.tombstones = &stores.tombstones;
    settings.gender = project.settings().store_gender;
    settings.area = project.settings().area == "none" ? "" : project.settings().area;
    settings.keep_undo_days = project.settings().keep_undo_days;
    settings.keep_removed_days = project.settings().keep_exports_days;
    for (const SourceSettings& source : project.settings().sources) {
        const LinkPermission permission = link_permission(source);
        if (permission == LinkPermission::Never) settings.link_scopes.emplace(source.name, LinkScope::Nobody);
        if (permission == LinkPermission::OwnSource) settings.link_scopes.emplace(source.name, LinkScope::OwnSource);
    }
    return settings;
}

std::uint64_t ImportSummary::rejected() const {
    std::uint64_t sum = 0;
    for (const ImportedFile& file : files) sum += file.counts.rejected;
    return sum;
}

bool ImportSummary::held() const {
    return std::any_of(files.begin(), files.end(), [](const ImportedFile& file) { return !file.held.empty(); });
}

Exit ImportSummary::exit() const {
    for (const ImportedFile& file : files)
        if (file.error) return file.error->exit();
    return rejected() > 0 ? Exit::Partial : Exit::Ok;
}

namespace {

/// All files as one run.
void import_all(const Project& project, const ImportRequest& request, Ports& ports, ImportSummary& summary) {
    Stores stores(project, ports);
    Attempts attempts{ReadingMemory(stores.store), {}, false};
    RejectBooks books(project, request.language);
    std::optional<Intake> intake;
    do {
        books.clear();
        intake.reset();
        intake.emplace(stores.store, stores.vault, stores.keys, intake_settings(project, stores), ports.clock.now());
        stores.store.drop_repeats(ports.clock.now() - std::int64_t{86400} * project.settings().keep_exports_days);
    } while (!succeeds({project, request, stores, *intake, books, attempts, ports}, summary));

    const auto& files = summary.files;
    if (std::all_of(files.begin(), files.end(), [](const ImportedFile& f) { return f.error.has_value(); })) {
        intake->rollback();
        return;
    }
    summary.run = intake->run();
    attempts.memory.write(*intake);
    compare_with_before(project, summary, *intake, stores.store, {request.accept.begin(), request.accept.end()});
    name_codes(summary, stores.store);
    const bool nothing_new = std::all_of(files.begin(), files.end(), [](const ImportedFile& f) { return f.seen || f.error; });
    if (request.link && (!nothing_new || stores.store.link_due())) summary.link = intake->link();
    summary.waiting = intake->waiting();
    compare_waiting(summary, *intake, stores.store);
    if (request.dry_run) {
        intake->rollback();
        return;
    }
    intake->commit();
    for (const auto& [place, workbook] : books.publish(summary.run, ports.files, ports.clock)) summary.files[place].rejects_file = workbook;
    move_to_processed(project, summary, ports.clock);
}

/// What a further run of the same call brought.
void add_part(ImportSummary& summary, ImportSummary part) {
    if (part.run != 0) summary.run = part.run;
    summary.waiting = part.waiting;
    summary.link = part.link;
    std::move(part.files.begin(), part.files.end(), std::back_inserter(summary.files));
}

bool is_among(const std::vector<ImportedFile>& files, const fs::path& path) {
    return std::any_of(files.begin(), files.end(), [&](const ImportedFile& file) { return file.path == path; });
}

/// Files from a server are of the source that names them, whatever they are called.
void import_fetched(const Project& project, const SourceSettings& source, const std::vector<fs::path>& fetched,
                    const ImportRequest& request, Ports& ports, ImportSummary& summary) {
    if (fetched.empty()) return;
    ImportSummary part;
    for (const fs::path& path : fetched) part.files.push_back(fresh(path));
    ImportRequest of_source = request;
    of_source.source = source.name;
    import_all(project, of_source, ports, part);
    add_part(summary, std::move(part));
}

/// The entry of a source of which nothing was read.
ImportedFile refused(const SourceSettings& source, const Error& error) {
    ImportedFile entry = fresh(source.name);
    entry.source = source.name;
    entry.mapping = source.preset;
    entry.error = error;
    return entry;
}

}  // namespace

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

/// Nothing of this file or source was taken in, and why.
AuditEntry refusal(const Error& error) {
    return {.action = std::string(audit_action::kImportRefused), .object = lower(error.first().code)};
}

/// The store tells of what was taken in; these are the events it does not know.
std::vector<AuditEntry> events_besides(const ImportSummary& summary) {
    std::vector<AuditEntry> entries;
    for (const ImportedFile& file : summary.files)
        if (file.error) entries.push_back(refusal(*file.error));
    if (summary.run != 0 && summary.link.records > 0) entries.push_back(link_event(summary.link));
    return entries;
}

ImportSummary import_inputs(const Project& project, const ImportRequest& request, RemotePorts& remote, Ports& ports) {
    finish_erasures(project, ports);
    accept_sources(project, request.dry_run ? std::vector<std::string>{} : request.accept, ports);
    ImportSummary summary;
    const std::vector<const SourceSettings*> remotes = remote_sources(project, request.inputs);
    std::vector<ImportedFile> failed;
    std::set<const SourceSettings*> away;
    for (const SourceSettings* source : remotes) {
        try {
            const std::vector<fs::path> fetched = fetch_files(project, *source, request.dry_run, remote, ports);
            import_fetched(project, *source, fetched, request, ports, summary);
        } catch (const Error& error) {
            if (!stops_the_source_alone(error)) throw;
            away.insert(source);
            failed.push_back(refused(*source, error));
        }
    }
    ImportSummary local;
    for (const fs::path& path : files_of(project, request.inputs))
        if (!is_among(summary.files, path)) local.files.push_back(fresh(path));
    if (!request.dry_run) retain_exports(project, ports);
    if (!local.files.empty()) {
        import_all(project, request, ports, local);
        add_part(summary, std::move(local));
    }
    for (const SourceSettings* source : remotes) {
        if (away.contains(source)) continue;
        try {
            sync_source(project, *source, request, remote, ports, summary);
        } catch (const Error& error) {
            if (!stops_the_source_alone(error)) throw;
            failed.push_back(refused(*source, error));
        }
    }
    summary.files.insert(summary.files.end(), failed.begin(), failed.end());
    return summary;
}

}  // namespace

ImportSummary import_files(const Project& project, const ImportRequest& request, RemotePorts& remote, Ports& ports) {
    if (!request.dry_run) record_changes(project, ports);
    ImportSummary summary = import_inputs(project, request, remote, ports);
    if (!request.dry_run) record_events(project, events_besides(summary), ports);
    if (summary.files.size() == 1 && summary.files[0].error) throw Error(*summary.files[0].error);
    return summary;
}

ImportSummary import_files(const Project& project, const ImportRequest& request, Ports& ports) {
    RemotePorts remote = real_network();
    return import_files(project, request, remote, ports);
}

}  // namespace brugwacht
