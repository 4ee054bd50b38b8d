#include "engine/run/import_file.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "connector/source.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/dropped.hpp"
#include "engine/run/lawful.hpp"
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

/// A file with all that is known before its rows are read.
struct Prepared {
    std::unique_ptr<Document> document;
    std::optional<Mapping> mapping;
    const SourceSettings* settings = nullptr;
    ReadOptions fixed;  // what of the dialect was not guessed
    FileToRead facts;
    std::optional<Correction> correction;  // a reject file that came back
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

/// Its last part; "export/" is "export".
std::string name_of(const fs::path& path) { return (path.has_filename() ? path : path.parent_path()).filename().string(); }

/// Under which name the rows were first read: that of the original for a reject file that came back.
std::string original_name(const Prepared& file) {
    return file.correction && !file.correction->original_name.empty() ? file.correction->original_name : file.facts.name;
}

/// A file that was opened to see whether it is a reject file that came back. The settings of a source do not hold for those.
struct Opened {
    std::unique_ptr<Document> document;  // nullptr: it needs the settings of its source
    std::vector<Correction> corrections;
};

Opened open_any(const fs::path& path, const SourceSettings* settings, Stores& stores) {
    Opened opened;
    const ReadOptions options = options_for(settings, nullptr);
    const bool has_options = options.encoding || options.delimiter || options.quote;
    try {
        opened.document = open_document(path);
    } catch (const Error&) {
        if (!has_options) throw;
        return opened;
    }
    opened.corrections = find_corrections(*opened.document, stores.store, stores.vault);
    if (has_options && opened.corrections.empty()) opened.document.reset();
    return opened;
}

Prepared prepare(const Project& project, const ImportRequest& request, const fs::path& path, std::unique_ptr<Document> document,
                 std::optional<Correction> correction, Ports& ports) {
    Prepared file;
    file.document = std::move(document);
    file.correction = std::move(correction);
    const std::string name = name_of(path);
    const KnownFile* original = file.correction ? &file.correction->original : nullptr;
    const std::string source = request.source.empty() && original != nullptr ? original->source : request.source;
    file.settings = source.empty() ? project.source_for_file(name) : project.source_named(source);
    if (file.settings != nullptr) require_lawful(project.settings(), *file.settings, ports.clock.today());

    std::string mapping = request.mapping;
    if (mapping.empty() && original != nullptr) mapping = original->mapping;
    if (mapping.empty() && file.settings != nullptr) mapping = file.settings->mapping;
    if (file.document == nullptr) file.document = open_document(path, options_for(file.settings, nullptr));
    if (mapping.empty()) {
        const auto recognised = recognise_mapping(shape_of(*file.document, path), project.mappings());
        if (!recognised) throw unknown_layout(project, *file.document, path, ports.files, !request.dry_run);
        mapping = *recognised;
    }
    file.mapping.emplace(load_mapping(mapping, project.mappings()));
    const ReadHints& hints = file.mapping->hints();
    file.fixed = options_for(file.settings, &hints);
    if (original == nullptr && (hints.encoding || hints.delimiter || hints.quote)) file.document = open_document(path, file.fixed);

    file.facts.source = !source.empty() ? source : file.settings != nullptr ? file.settings->name : file.mapping->name();
    file.facts.role = file.settings != nullptr && !file.settings->role.empty() ? file.settings->role : file.mapping->role();
    file.facts.sha256 = hash_input(path, *file.document);
    file.facts.name = name;
    file.facts.mapping = file.mapping->name();
    file.facts.mapping_digest = file.mapping->digest_for(original_name(file));
    if (const std::string rules = reading_rules_text(file.settings); !rules.empty())
        file.facts.mapping_digest = to_hex(sha256(file.facts.mapping_digest + '\0' + rules));
    const SourceSettings* owner = project.source_named(file.facts.source);
    // A file whose name fits no pattern belongs to a source all the same when its mapping is called like it.
    if (owner != nullptr && owner != file.settings) require_lawful(project.settings(), *owner, ports.clock.today());
    file.facts.filter = field_filter(project.settings(), owner);
    if (const std::string steps = file.facts.filter.text(); !steps.empty())
        file.facts.mapping_digest = to_hex(sha256(file.facts.mapping_digest + '\0' + steps));
    file.facts.complete = owner != nullptr && owner->complete;
    // What a complete source no longer has is seen only when all of it is read.
    file.facts.read_again = file.facts.complete || std::count(request.accept.begin(), request.accept.end(), file.facts.source) > 0;
    file.facts.corrects = original != nullptr ? original->id : 0;
    file.facts.compared = original == nullptr;
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

void read_tab(Source& source, SheetMapper& mapper, std::uint32_t file_number, Intake& intake, FileWarnings& warnings, FileRejects& rejects,
              MappedRow& mapped) {
    RawRow row;
    while (source.next(row)) {
        const RowOutcome outcome = mapper.map(row, mapped);
        if (outcome == RowOutcome::Preamble) continue;
        if (rejects.is_stray()) {
            mapper.take_back();
            warnings.add("REJ-003");
            intake.skip();
            continue;
        }
        const Origin origin{file_number, row.tab, row.row};
        count_dropped(mapped.findings, intake);
        for (const Finding& finding : mapped.findings)
            if (!finding.rejects)
                warnings.add(finding.code, 1, finding.cell ? shown_header(finding.column, *finding.cell) : finding.column);
        switch (outcome) {
            case RowOutcome::Mapped:
                if (intake.put({mapped.records.data(), mapped.count}, origin)) {
                    rejects.taken(mapped);
                } else {
                    mapper.take_back();
                    mapped.findings.push_back({"IDN-001", {}, {}, true, std::nullopt});
                    rejects.rejected(mapper, row, mapped);
                }
                break;
            case RowOutcome::Skipped:
                intake.skip();
                break;
            case RowOutcome::Rejected:
                // A row is one reject, whatever the number of its faults: the first one that rejects names it.
                for (const Finding& finding : mapped.findings) {
                    if (!finding.rejects) continue;
                    intake.reject(origin, finding.code, finding.cell ? *finding.cell + 1 : 0, rejects.row_id(mapped));
                    break;
                }
                rejects.rejected(mapper, row, mapped);
                break;
            case RowOutcome::Preamble:
                break;
        }
    }
}

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

void read_file(Prepared& file, const FileTicket& ticket, Intake& intake, FileWarnings& warnings, FileRejects& rejects, ImportedFile& done,
               Attempts& attempts) {
    MappedRow mapped;
    bool any = false;
    std::optional<Error> near_miss;
    ColumnKnowledge knowledge = attempts.memory.knowledge(file.settings, file.facts.source, *file.mapping);
    if (const auto settled = attempts.settled.find(done.path); settled != attempts.settled.end()) {
        knowledge.date_orders = settled->second.date_orders;
        knowledge.decimals = settled->second.decimals;
    }
    std::vector<ColumnEvidence> evidence;
    done.decisions = dialect_decisions(file.document->info(), file.fixed);
    std::set<std::uint32_t> tabs{0};  // warnings about sheets that nobody asked for are nobody's business
    const auto read = [&](const TabInfo& tab, std::uint32_t number, const std::string& tab_name, const CorrectedTab* corrected) {
        SheetMapper mapper(*file.mapping, tab_name, original_name(file), knowledge);
        if (!mapper.selected()) return;
        tabs.insert(tab.index);
        if (!tab_name.empty()) intake.sheet(number, tab_name);
        auto source = file.document->open_tab(tab.index);
        CorrectedSource* mended = nullptr;
        if (corrected != nullptr) {
            auto rows = std::make_unique<CorrectedSource>(std::move(source), *corrected, file.correction->is_text);
            mended = rows.get();
            source = std::move(rows);
        }
        rejects.begin_tab(number, tab_name, mapper, mended);
        read_tab(*source, mapper, ticket.number, intake, warnings, rejects, mapped);
        rejects.end_tab(mapper);
        mapper.finish();
        any = any || mapper.matched();
        count_unmapped(mapper.columns(), intake);
        if (!near_miss) near_miss = mapper.near_miss();
        if (mapper.matched()) done.decisions.push_back(header_decision(tab.index, mapper.header_row()));
        if (file.correction) return;
        for (const HeaderChange& change : mapper.header_changes()) warnings.add(change.code, 1, change.header);
        for (ColumnEvidence& column : mapper.evidence()) evidence.push_back(std::move(column));
        for (const Finding& finding : mapper.sheet_findings())
            warnings.add(finding.code, 1, finding.cell ? shown_header(finding.column, *finding.cell) : std::string());
    };
    for (const TabInfo& tab : file.document->info().tabs) {
        if (!tab.is_sheet) continue;
        if (!file.correction) {
            read(tab, tab.index, tab.name, nullptr);
            continue;
        }
        for (const CorrectedTab& corrected : file.correction->tabs)
            if (corrected.index == tab.index) read(tab, corrected.mark.tab, corrected.name, &corrected);
    }
    if (!any && near_miss) throw Error(*near_miss);
    if (!any) throw Error(Exit::Data, "RUN-005", {{"file", file.facts.name}, {"mapping", file.facts.mapping}}, done.path.string());
    for (const ReadWarning& warning : file.document->warnings())
        if (tabs.contains(warning.tab)) warnings.add(warning.code, warning.count);
    // A few corrected rows are read as their original was; they prove nothing about the source.
    if (file.correction) return;
    settle_columns(file, evidence, knowledge, warnings, done, attempts);
    if (attempts.memory.remember_dialect(file.facts.source, file.facts.mapping, file.document->info(), file.fixed)) warnings.add("IMP-059");
}

}  // namespace

ImportedFile fresh(const fs::path& path, std::int64_t corrects) {
    ImportedFile file;
    file.path = path;
    file.corrects = corrects;
    return file;
}

void take_in(Attempt& attempt, ImportSummary& summary, std::size_t place) {
    Intake& intake = attempt.intake;
    const fs::path path = summary.files[place].path;
    const std::string& named = attempt.request.source;
    Opened opened = open_any(path, named.empty() ? attempt.project.source_for_file(name_of(path)) : attempt.project.source_named(named),
                             attempt.stores);
    std::optional<Correction> correction;
    const std::size_t parts = opened.corrections.size();
    if (summary.files[place].corrects == 0)
        for (std::size_t i = parts; i > 1; --i)
            summary.files.insert(summary.files.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                                 fresh(path, opened.corrections[i - 1].original.id));
    for (Correction& one : opened.corrections) {
        const std::int64_t wanted = summary.files[place].corrects;
        if (!correction && (wanted == 0 || wanted == one.original.id)) correction = std::move(one);
    }
    if (correction) summary.files[place].corrects = correction->original.id;
    Prepared file = prepare(attempt.project, attempt.request, path, std::move(opened.document), std::move(correction), attempt.ports);
    if (parts > 1) {
        // Each original in a file is a file of its own, or the second one would count as seen.
        Sha256 hash;
        hash.add(file.facts.sha256);
        hash.add("|" + std::to_string(file.facts.corrects));
        file.facts.sha256 = hash.finish();
    }
    ImportedFile& done = summary.files[place];
    done.source = file.facts.source;
    done.mapping = file.facts.mapping;
    const FileTicket ticket = intake.begin_file(file.facts);
    done.seen = ticket.seen;
    if (!ticket.seen) {
        FileWarnings warnings(intake, done);
        if (file.settings == nullptr) warnings.add("RUN-006");
        FileRejects rejects({attempt.stores.store, attempt.stores.ids, attempt.request.dry_run ? nullptr : &attempt.books, intake.run(),
                             ticket, file.facts, file.correction ? &*file.correction : nullptr});
        read_file(file, ticket, intake, warnings, rejects, done, attempt.attempts);
        if (const std::uint64_t left_out = rejects.close(place); left_out > 0) warnings.add("REJ-002", left_out);
    }
    done.counts = intake.end_file();
    done.file = ticket.file;
    done.report = intake.report();
    for (const auto& [code, count] : intake.erased()) done.warnings[code] += count;
    if (done.report.contested > 0) done.warnings["COR-001"] += done.report.contested;
    done.compared = file.facts.compared;
    attempt.ports.log.write(LogLevel::Info, "file_imported",
                            {{"file", to_hex(file.facts.sha256).substr(0, 12)},
                             {"rows", static_cast<std::int64_t>(done.counts.read)},
                             {"rejected", static_cast<std::int64_t>(done.counts.rejected)}});
}

}  // namespace brugwacht
