#include "engine/run/import.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "connector/source.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/proposal.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRowsForRecognition = 30;
constexpr std::size_t kTabsForRecognition = 40;

void add_file(Sha256& hash, const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(Exit::NoPermission, "FIL-003", {{"file", path.string()}}, path.string());
    std::vector<char> block(1 << 20);
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        hash.add({block.data(), static_cast<std::size_t>(file.gcount())});
    }
    if (file.bad()) throw Error(Exit::Io, "FIL-004", {{"file", path.string()}}, path.string());
}

/// Of the file, or of those that its folder was read from.
std::string hash_input(const fs::path& path, const Document& document) {
    Sha256 hash;
    const std::vector<fs::path> parts = document.parts();
    if (parts.empty()) add_file(hash, path);
    for (const fs::path& part : parts) add_file(hash, part);
    return hash.finish();
}

std::string cell_text(const Cell& cell) {
    if (cell.kind == CellKind::Text || !cell.text.empty()) return std::string(cell.text);
    return cell.kind == CellKind::Empty ? std::string() : std::string("#");
}

FileShape shape_of(Document& document, const fs::path& path) {
    FileShape shape;
    shape.file_name = path.filename().string();
    for (const TabInfo& tab : document.info().tabs) {
        if (!tab.is_sheet || shape.sheets.size() >= kTabsForRecognition) continue;
        SheetShape sheet;
        sheet.name = tab.name;
        const auto source = document.open_tab(tab.index);
        RawRow row;
        while (sheet.rows.size() < kRowsForRecognition && source->next(row)) {
            std::vector<std::string> texts;
            for (const Cell& cell : row.cells) {
                if (cell.column >= 500) break;
                texts.resize(cell.column + 1);
                texts.back() = cell_text(cell);
            }
            sheet.rows.push_back(std::move(texts));
        }
        shape.sheets.push_back(std::move(sheet));
    }
    return shape;
}

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

std::vector<fs::path> resolve_inputs(const Project& project, const std::vector<std::string>& inputs) {
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

/// A file with all that is known before its rows are read.
struct Prepared {
    std::unique_ptr<Document> document;
    std::optional<Mapping> mapping;
    const SourceSettings* settings = nullptr;
    ReadOptions fixed;  // what of the dialect was not guessed
    FileToRead facts;
};

ReadOptions options_for(const SourceSettings* settings, const ReadHints* hints) {
    ReadOptions options;
    if (hints != nullptr) {
        options.encoding = hints->encoding;
        options.delimiter = hints->delimiter;
        options.quote = hints->quote;
    }
    if (settings != nullptr) {
        if (settings->encoding) options.encoding = settings->encoding;
        if (settings->delimiter) options.delimiter = settings->delimiter;
        if (settings->quote) options.quote = settings->quote;
    }
    return options;
}

Prepared prepare(const Project& project, const ImportRequest& request, const fs::path& path, Ports& ports) {
    Prepared file;
    const std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();  // "export/" is "export"
    file.settings = request.source.empty() ? project.source_for_file(name) : project.source_named(request.source);
    if (file.settings != nullptr && file.settings->valid_until && ports.clock.today() > *file.settings->valid_until)
        throw Error(Exit::NoPermission, "RUN-003", {{"source", file.settings->name}, {"date", file.settings->valid_until->iso()}},
                    path.string());

    std::string mapping = request.mapping;
    if (mapping.empty() && file.settings != nullptr) mapping = file.settings->mapping;
    file.document = open_document(path, options_for(file.settings, nullptr));
    if (mapping.empty()) {
        const auto recognised = recognise_mapping(shape_of(*file.document, path), project.mappings());
        if (!recognised) throw unknown_layout(project, *file.document, path, ports.files, !request.dry_run);
        mapping = *recognised;
    }
    file.mapping.emplace(load_mapping(mapping, project.mappings()));
    const ReadHints& hints = file.mapping->hints();
    file.fixed = options_for(file.settings, &hints);
    if (hints.encoding || hints.delimiter || hints.quote) file.document = open_document(path, file.fixed);

    file.facts.source = !request.source.empty() ? request.source : file.settings != nullptr ? file.settings->name : file.mapping->name();
    file.facts.role = file.settings != nullptr && !file.settings->role.empty() ? file.settings->role : file.mapping->role();
    file.facts.sha256 = hash_input(path, *file.document);
    file.facts.name = name;
    file.facts.mapping = file.mapping->name();
    file.facts.mapping_digest = file.mapping->digest_for(name);
    if (const std::string rules = reading_rules_text(file.settings); !rules.empty())
        file.facts.mapping_digest = to_hex(sha256(file.facts.mapping_digest + '\0' + rules));
    const SourceSettings* source = project.source_named(file.facts.source);
    file.facts.complete = source != nullptr && source->complete;
    // What a complete source no longer has is seen only when all of it is read.
    file.facts.read_again = file.facts.complete || std::count(request.accept.begin(), request.accept.end(), file.facts.source) > 0;
    return file;
}

/// Warnings of one file, told to the store and to the summary alike.
class FileWarnings {
  public:
    FileWarnings(Intake& intake, ImportedFile& file) : intake_(intake), file_(file) {}
    void add(const std::string& code, std::uint64_t count = 1, const std::string& column = {}) {
        intake_.warn(code, count);
        file_.warnings[code] += count;
        if (!column.empty()) file_.columns[code][column] += count;
    }

  private:
    Intake& intake_;
    ImportedFile& file_;
};

void read_tab(Source& source, SheetMapper& mapper, std::uint32_t file_number, Intake& intake, FileWarnings& warnings, MappedRow& mapped) {
    RawRow row;
    while (source.next(row)) {
        const RowOutcome outcome = mapper.map(row, mapped);
        if (outcome == RowOutcome::Preamble) continue;
        const Origin origin{file_number, row.tab, row.row};
        for (const Finding& finding : mapped.findings)
            if (!finding.rejects)
                warnings.add(finding.code, 1, finding.cell ? shown_header(finding.column, *finding.cell) : finding.column);
        switch (outcome) {
            case RowOutcome::Mapped:
                intake.put({mapped.records.data(), mapped.count}, origin);
                break;
            case RowOutcome::Skipped:
                intake.skip();
                break;
            case RowOutcome::Rejected:
                // A row is one reject, whatever the number of its faults: the first one that rejects names it.
                for (const Finding& finding : mapped.findings) {
                    if (!finding.rejects) continue;
                    intake.reject(origin, finding.code, finding.cell ? *finding.cell + 1 : 0);
                    break;
                }
                break;
            case RowOutcome::Preamble:
                break;
        }
    }
}

/// Columns of one file that a first reading settled otherwise than it had read them.
struct Settlement {
    std::map<ColumnPlace, DateOrder> date_orders;
    std::map<ColumnPlace, char> decimals;
};
using Settlements = std::map<fs::path, Settlement>;

/// What all attempts at one run share.
struct Attempts {
    ReadingMemory memory;
    Settlements settled;
    bool again = false;  // a column must be read in another order
};

/// Says how the columns were read. A file that must be read again with other orders is noted in `attempts`.
void settle_columns(const Prepared& file, const std::vector<ColumnEvidence>& evidence, const ColumnKnowledge& knowledge,
                    FileWarnings& warnings, ImportedFile& done, Attempts& attempts) {
    const ColumnDecisions columns = decide_columns(evidence, knowledge);
    // Once only: the second reading may find a header in another row, and must not go on for ever.
    if (columns.read_again() && !attempts.settled.contains(done.path)) {
        attempts.settled[done.path] = {columns.date_orders, columns.decimals};
        attempts.again = true;
    }
    for (const ColumnDecision& decision : columns.decisions) {
        done.decisions.push_back(column_decision(decision));
        for (const auto& [code, count] : decision.warnings)
            warnings.add(std::string(code), count, shown_header(decision.header, decision.place.column));
    }
    attempts.memory.remember(file.facts.source, file.facts.mapping, columns);
}

void read_file(Prepared& file, const FileTicket& ticket, Intake& intake, FileWarnings& warnings, ImportedFile& done, Attempts& attempts) {
    MappedRow mapped;
    bool any = false;
    std::optional<Error> near_miss;
    const fs::path& path = done.path;
    ColumnKnowledge knowledge = attempts.memory.knowledge(file.settings, file.facts.source, *file.mapping);
    if (const auto settled = attempts.settled.find(path); settled != attempts.settled.end()) {
        knowledge.date_orders = settled->second.date_orders;
        knowledge.decimals = settled->second.decimals;
    }
    std::vector<ColumnEvidence> evidence;
    done.decisions = dialect_decisions(file.document->info(), file.fixed);
    for (const TabInfo& tab : file.document->info().tabs) {
        if (!tab.is_sheet) continue;
        SheetMapper mapper(*file.mapping, tab.name, file.facts.name, knowledge);
        if (!mapper.selected()) continue;
        if (!tab.name.empty()) intake.sheet(tab.index, tab.name);
        const auto source = file.document->open_tab(tab.index);
        read_tab(*source, mapper, ticket.number, intake, warnings, mapped);
        mapper.finish();
        any = any || mapper.matched();
        if (!near_miss) near_miss = mapper.near_miss();
        for (const HeaderChange& change : mapper.header_changes()) warnings.add(change.code, 1, change.header);
        if (mapper.matched()) done.decisions.push_back(header_decision(tab.index, mapper.header_row()));
        for (ColumnEvidence& column : mapper.evidence()) evidence.push_back(std::move(column));
        for (const Finding& finding : mapper.sheet_findings())
            warnings.add(finding.code, 1, finding.cell ? shown_header(finding.column, *finding.cell) : std::string());
    }
    if (!any && near_miss) throw Error(*near_miss);
    if (!any) throw Error(Exit::Data, "RUN-005", {{"file", file.facts.name}, {"mapping", file.facts.mapping}}, path.string());
    for (const ReadWarning& warning : file.document->warnings()) warnings.add(warning.code, warning.count);
    settle_columns(file, evidence, knowledge, warnings, done, attempts);
    if (attempts.memory.remember_dialect(file.facts.source, file.facts.mapping, file.document->info(), file.fixed)) warnings.add("IMP-059");
}

ImportedFile fresh(const fs::path& path) {
    ImportedFile file;
    file.path = path;
    return file;
}

/// What stops one file alone; a full disk or a locked store stops the run.
bool stops_the_file_alone(const Error& error) {
    const Exit exit = error.exit();
    const bool of_a_file = exit == Exit::Data || exit == Exit::NoInput || exit == Exit::NoPermission || exit == Exit::Config;
    return of_a_file && !error.first().code.starts_with("DB-");
}

void take_in(const Project& project, const ImportRequest& request, ImportedFile& done, Intake& intake, Attempts& attempts, Ports& ports) {
    Prepared file = prepare(project, request, done.path, ports);
    done.source = file.facts.source;
    done.mapping = file.facts.mapping;
    const FileTicket ticket = intake.begin_file(file.facts);
    done.seen = ticket.seen;
    if (!ticket.seen) {
        FileWarnings warnings(intake, done);
        if (file.settings == nullptr) warnings.add("RUN-006");
        read_file(file, ticket, intake, warnings, done, attempts);
    }
    done.counts = intake.end_file();
    done.file = ticket.file;
    done.report = intake.report();
    done.compared = file.facts.compared;
    ports.log.write(LogLevel::Info, "file_imported",
                    {{"file", to_hex(file.facts.sha256).substr(0, 12)},
                     {"rows", static_cast<std::int64_t>(done.counts.read)},
                     {"rejected", static_cast<std::int64_t>(done.counts.rejected)}});
}

IntakeSettings intake_settings(const Project& project) {
    IntakeSettings settings;
    settings.gender = project.settings().store_gender;
    settings.area = project.settings().area == "none" ? "" : project.settings().area;
    settings.keep_undo_days = project.settings().keep_undo_days;
    settings.keep_removed_days = project.settings().keep_exports_days;
    return settings;
}

/// Both databases of a project, opened for one run.
struct Stores {
    Keys keys;
    Vault vault;
    Store store;

    Stores(const Project& project, Ports& ports)
        : keys(load_keys(ports.secrets)), vault(Vault::open(project.vault_file(), keys)), store(Store::open(project.store_file())) {}
};

/// One attempt at a run over all inputs. False when the run must begin again: without a file that turned out unusable after rows of it were
/// taken in, so that nothing of it stays; or with what the values of a column proved about its dates or numbers.
bool attempt(const Project& project, const ImportRequest& request, Intake& intake, ImportSummary& summary, Attempts& attempts,
             Ports& ports) {
    attempts.memory.begin_again();
    attempts.again = false;
    for (ImportedFile& file : summary.files) {
        if (file.error) continue;
        file = fresh(file.path);
        try {
            take_in(project, request, file, intake, attempts, ports);
        } catch (Error& error) {
            if (!stops_the_file_alone(error)) throw;
            const bool begun = !file.source.empty();
            file.error = error.in_file(file.path.string());
            file.warnings.clear();
            file.columns.clear();
            file.decisions.clear();
            ports.log.write(LogLevel::Warning, "file_refused", {{"code", error.first().code}});
            if (begun) return false;
        }
    }
    return !attempts.again;
}

void name_codes(ImportSummary& summary, Store& store) {
    const auto text = [&store](std::int64_t code) { return code == 0 ? std::string() : store.code_text(code); };
    for (ImportedFile& file : summary.files)
        for (const auto& [entity, changes] : file.report.changes)
            for (const auto& [field, change] : changes.fields)
                for (const auto& [codes, count] : change.codes)
                    file.codes[entity][field].push_back({text(codes.first), text(codes.second), count});
}

void move_to_processed(const Project& project, const ImportSummary& summary) {
    for (const ImportedFile& file : summary.files) {
        std::error_code error;
        const bool in_inbox =
            fs::equivalent(file.path.parent_path().empty() ? fs::path(".") : file.path.parent_path(), project.inbox(), error);
        if (file.error || error || !in_inbox) continue;
        fs::create_directories(project.processed(), error);
        fs::rename(file.path, project.processed() / (std::to_string(summary.run) + "-" + file.path.filename().string()), error);
    }
}

}  // namespace

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

ImportSummary import_files(const Project& project, const ImportRequest& request, Ports& ports) {
    accept_sources(project, request.dry_run ? std::vector<std::string>{} : request.accept, ports);
    ImportSummary summary;
    for (const fs::path& path : resolve_inputs(project, request.inputs)) summary.files.push_back(fresh(path));
    if (summary.files.empty()) return summary;

    Stores stores(project, ports);
    Attempts attempts{ReadingMemory(project.store_file()), {}, false};
    std::optional<Intake> intake;
    do {
        intake.reset();
        intake.emplace(stores.store, stores.vault, stores.keys, intake_settings(project), ports.clock.now());
    } while (!attempt(project, request, *intake, summary, attempts, ports));

    const auto& files = summary.files;
    if (std::all_of(files.begin(), files.end(), [](const ImportedFile& f) { return f.error.has_value(); })) {
        intake->rollback();
        if (files.size() == 1) throw Error(*files[0].error);
        return summary;
    }
    summary.run = intake->run();
    attempts.memory.write(*intake);
    compare_with_before(project, summary, *intake, stores.store, {request.accept.begin(), request.accept.end()});
    name_codes(summary, stores.store);
    const bool nothing_new = std::all_of(files.begin(), files.end(), [](const ImportedFile& f) { return f.seen || f.error; });
    if (request.link && !nothing_new) summary.link = intake->link();
    summary.waiting = intake->waiting();
    compare_waiting(summary, *intake, stores.store);
    if (request.dry_run) {
        intake->rollback();
        return summary;
    }
    intake->commit();
    move_to_processed(project, summary);
    return summary;
}

ImportSummary link_persons(const Project& project, Ports& ports, bool dry_run) {
    IntakeSettings settings = intake_settings(project);
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());
    {
        const StoreReader reader = StoreReader::open(project.store_file());
        for (const SourceRow& source : reader.sources())
            if (source.role == "evidence") settings.evidence_sources.push_back(source.name);
    }
    Stores stores(project, ports);
    Intake intake(stores.store, stores.vault, stores.keys, settings, ports.clock.now(), "link");
    ImportSummary summary;
    summary.run = intake.run();
    summary.link = intake.link();
    summary.waiting = intake.waiting();
    if (dry_run) {
        intake.rollback();
    } else {
        intake.commit();
    }
    return summary;
}

}  // namespace brugwacht
