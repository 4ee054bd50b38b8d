#include "engine/run/drift.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "engine/audit/ledger.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/stores.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kFewRecords = 20;  // a share of fewer says nothing

/// All files of the run that one mapping read for one source.
struct Group {
    std::string source, mapping;
    std::vector<ImportedFile*> files;
    FileStatistics statistics;
};

double share(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

void add(FileStatistics& sum, const FileStatistics& part) {
    for (const auto& [entity, of] : part.entities) {
        sum.entities[entity].records += of.records;
        sum.entities[entity].future += of.future;
    }
    for (const auto& [field, filled] : part.filled) sum.filled[field] += filled;
    for (const auto& [field, codes] : part.codes) sum.codes[field].insert(codes.begin(), codes.end());
}

std::vector<Group> groups_of(ImportSummary& summary) {
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (ImportedFile& file : summary.files) {
        if (file.error || file.seen || !file.compared) continue;
        Group& group = groups[{file.source, file.mapping}];
        group.source = file.source;
        group.mapping = file.mapping;
        group.files.push_back(&file);
        add(group.statistics, file.report.statistics);
    }
    std::vector<Group> all;
    for (auto& [key, group] : groups) all.push_back(std::move(group));
    return all;
}

/// What is said of a group is said at the last of its files that has the entity.
ImportedFile& file_with(const Group& group, const std::string& entity) {
    for (auto at = group.files.rbegin(); at != group.files.rend(); ++at)
        if ((*at)->report.statistics.entities.contains(entity)) return **at;
    return *group.files.back();
}

class Judge {
  public:
    Judge(Intake& intake, Store& store) : intake_(intake), store_(store) {}

    void warn(ImportedFile& file, const std::string& code, std::uint64_t count, const std::string& what = {}) {
        if (count == 0) return;
        intake_.warn_of(file.file, code, count);
        file.warnings[code] += count;
        if (!what.empty()) file.columns[code][what] += count;
    }
    void hold(ImportedFile& file, const std::string& entity, const std::string& code) {
        store_.hold(file.source, file.mapping, entity, code);
        file.held.insert(code);
    }

    void rejected(ImportedFile& file, const ImportLimits& limits) {
        const std::uint64_t judged = file.counts.read - file.counts.skipped;
        if (share(file.counts.rejected, judged) <= limits.max_rejected_share) return;
        warn(file, "DRF-001", file.counts.rejected);
        if (file.report.statistics.entities.empty()) hold(file, "", "DRF-001");
        for (const auto& [entity, of] : file.report.statistics.entities) hold(file, entity, "DRF-001");
    }

    void compared(const Group& group, const ImportLimits& limits) {
        if (group.statistics.entities.empty()) {
            const auto before = store_.statistics_before(group.source, group.mapping, "");
            if (!before) return;
            for (const auto& [entity, of] : before->entities) fewer(group, entity, 0, of.records, limits);
            return;
        }
        for (const auto& [entity, of] : group.statistics.entities) {
            warn(file_with(group, entity), "DRF-006", of.future);
            const auto before = store_.statistics_before(group.source, group.mapping, entity);
            if (!before) continue;
            const std::uint64_t then = before->entities.at(entity).records;
            fewer(group, entity, of.records, then, limits);
            columns(group, entity, of.records, then, *before, limits);
        }
        for (const auto& [field, codes] : group.statistics.codes) {
            const std::set<std::int64_t> known = store_.codes_before(group.source, field);
            if (known.empty()) continue;
            const auto is_new = [&](std::int64_t code) { return !known.contains(code); };
            const auto count = static_cast<std::uint64_t>(std::count_if(codes.begin(), codes.end(), is_new));
            warn(file_with(group, field.substr(0, field.find('.'))), "DRF-005", count, field);
        }
    }

  private:
    void fewer(const Group& group, const std::string& entity, std::uint64_t now, std::uint64_t then, const ImportLimits& limits) {
        if (then < kFewRecords || now >= then || share(then - now, then) <= limits.max_row_drop) return;
        ImportedFile& file = file_with(group, entity);
        warn(file, "DRF-002", then - now, entity);
        hold(file, entity, "DRF-002");
    }

    void columns(const Group& group, const std::string& entity, std::uint64_t now, std::uint64_t then, const FileStatistics& before,
                 const ImportLimits& limits) {
        if (then < kFewRecords || now == 0) return;
        for (const auto& [field, filled_then] : before.filled) {
            if (filled_then == 0) continue;
            const auto found = group.statistics.filled.find(field);
            const std::uint64_t filled_now = found == group.statistics.filled.end() ? 0 : found->second;
            const double was = share(filled_then, then);
            const bool emptied = filled_now == 0 && was >= 0.05;  // a field that hardly ever was filled may well be empty
            if (!emptied && was - share(filled_now, now) <= limits.max_column_drop) continue;
            if (limits.max_column_drop >= 1) continue;
            ImportedFile& file = file_with(group, entity);
            warn(file, "DRF-003", 1, field);
            hold(file, entity, "DRF-003");
        }
    }

    Intake& intake_;
    Store& store_;
};

void take_out_vanished(const Project& project, ImportSummary& summary, Intake& intake, Store& store, Judge& judge,
                       const std::set<std::string>& accepted) {
    std::map<std::string, std::vector<ImportedFile*>> complete;
    std::set<std::string> uncertain;  // a row that could not be read, or a file, may have held what seems to be gone
    for (ImportedFile& file : summary.files) {
        const SourceSettings* settings = project.source_named(file.source);
        if (settings == nullptr || !settings->complete) continue;
        if (file.error || file.counts.rejected > 0) uncertain.insert(file.source);
        if (!file.error && file.compared) complete[file.source].push_back(&file);
    }
    for (const auto& [source, files] : complete) {
        const Vanishing gone = intake.vanishing(source);
        if (gone.vanished.empty()) continue;
        std::uint64_t count = 0;
        std::set<std::string> too_many;
        for (const auto& [entity, vanished] : gone.vanished) {
            count += vanished;
            if (share(vanished, gone.records.at(entity)) > limits_for(project, source).max_vanished_share) too_many.insert(entity);
        }
        ImportedFile& file = *files.back();
        if (uncertain.contains(source)) {
            judge.warn(file, "DRF-008", count);
            continue;
        }
        if (!too_many.empty() && !accepted.contains(source)) {
            for (const std::string& entity : too_many) {
                judge.warn(file, "DRF-004", gone.vanished.at(entity), entity);
                judge.hold(file, entity, "DRF-004");
            }
            continue;
        }
        intake.remove(gone);
        file.vanished = count;
        file.vanished_by_entity = gone.vanished;
        store.set_vanished(file.file, count);
    }
}

}  // namespace

std::string_view level_of(std::string_view code) {
    // What is kept though it is odd.
    constexpr std::array<std::string_view, 2> kKept{"IMP-015", "IMP-021"};
    if (std::find(kKept.begin(), kKept.end(), code) != kKept.end()) return "warning";
    if (code == "IDN-001" || code == "IMP-010" || code == "IMP-011" || code == "IMP-025") return "row";
    for (const std::string_view dropping : {"IMP-01", "IMP-02", "IDN-", "POL-"})
        if (code.starts_with(dropping)) return "cell";
    return code == "XLS-030" || code == "XLS-034" ? "cell" : "warning";
}

ImportLimits limits_for(const Project& project, const std::string& source) {
    const SourceSettings* settings = project.source_named(source);
    return settings != nullptr ? settings->limits : project.settings().limits;
}

void compare_with_before(const Project& project, ImportSummary& summary, Intake& intake, Store& store,
                         const std::set<std::string>& accepted) {
    Judge judge(intake, store);
    for (const Group& group : groups_of(summary)) {
        const ImportLimits limits = limits_for(project, group.source);
        for (ImportedFile* file : group.files) judge.rejected(*file, limits);
        judge.compared(group, limits);
    }
    take_out_vanished(project, summary, intake, store, judge, accepted);
}

void check_rejected(const ImportLimits& limits, ImportedFile& file, Intake& intake, Store& store) {
    file.report = intake.report();
    for (const auto& [code, count] : intake.erased()) file.warnings[code] += count;
    Judge(intake, store).rejected(file, limits);
}

void compare_waiting(ImportSummary& summary, Intake& intake, Store& store) {
    const std::uint64_t before = store.waiting_before();
    std::uint64_t records = 0;
    ImportedFile* last = nullptr;
    for (ImportedFile& file : summary.files) {
        if (file.error || file.seen) continue;
        last = &file;
        for (const auto& [entity, of] : file.report.statistics.entities) records += of.records;
    }
    if (last == nullptr || records < kFewRecords || summary.waiting <= before) return;
    const std::uint64_t more = summary.waiting - before;
    if (share(more, records) > 0.2) Judge(intake, store).warn(*last, "DRF-007", more);
}

void require_publishable(const Project& project) {
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) return;
    std::vector<Fault> faults;
    std::set<std::pair<std::string, std::string>> said;
    for (const HoldRow& hold : StoreReader::open(project.store_file()).open_holds())
        if (said.emplace(hold.source, hold.code).second)
            faults.push_back({"DRF-010", {{"source", hold.source}, {"code", hold.code}, {"run", hold.run}}, "", ""});
    if (!faults.empty()) throw Error(Exit::Refused, std::move(faults));
}

void accept_sources(const Project& project, const std::vector<std::string>& sources, Ports& ports) {
    if (sources.empty()) return;
    finish_erasures(project, ports);
    std::error_code ignored;
    const bool any_store = fs::exists(project.store_file(), ignored);
    for (const std::string& source : sources) {
        bool known = project.source_named(source) != nullptr;
        if (any_store && !known) {
            const StoreReader reader = StoreReader::open(project.store_file());
            for (const SourceRow& row : reader.sources()) known = known || row.name == source;
        }
        if (!known) throw Error(Exit::NoInput, "DRF-011", {{"source", source}});
        if (!any_store) continue;
        const auto accepted = static_cast<std::int64_t>(Store::open(project.store_file()).accept(source, ports.clock.now()));
        if (accepted == 0) continue;
        ports.log.write(LogLevel::Info, "import_accepted", {{"reasons", accepted}});
        record_event(project, {.action = std::string(audit_action::kImportAccepted), .object = "import", .counts = {{"reasons", accepted}}},
                     ports);
    }
}

}  // namespace brugwacht
