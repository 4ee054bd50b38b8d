#include "engine/run/register.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "engine/audit/ledger.hpp"
#include "engine/disclosure/guard.hpp"
#include "engine/lib/database.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/retention.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPrintedHead = 12;
constexpr int kDepthOfDevices = 8;  // a volume on a volume on a disk

void add_fields(RegisterSource& source, const std::vector<ImportedField>& imported, const FieldFilter& filter) {
    for (const ImportedField& one : imported) {
        const ModelField field{one.entity, one.field};
        const auto known =
            std::find_if(source.fields.begin(), source.fields.end(), [&](const RegisterField& other) { return other.field == field; });
        if (known == source.fields.end()) {
            source.fields.push_back({field, one.headers, filter.fates(field), minimisation().need(field)});
            continue;
        }
        std::set<std::string> headers(known->headers.begin(), known->headers.end());
        headers.insert(one.headers.begin(), one.headers.end());
        known->headers.assign(headers.begin(), headers.end());
    }
    std::sort(source.fields.begin(), source.fields.end(), [](const RegisterField& a, const RegisterField& b) { return a.field < b.field; });
}

/// Mappings that files of each source were really read with; those of presets are named like their preset.
std::map<std::string, std::set<std::string>> mappings_in_use(const Project& project) {
    std::map<std::string, std::set<std::string>> mappings;
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) return mappings;
    for (const FileRow& file : StoreReader::open(project.store_file()).files()) mappings[file.source].insert(file.mapping);
    return mappings;
}

RegisterSource source_entry(const Project& project, const SourceSettings& settings, bool configured, const std::set<std::string>& used) {
    RegisterSource source;
    source.settings = settings;
    source.configured = configured;
    source.controller = settings.controller.empty() ? project.settings().controller : settings.controller;
    if (const LegalBasis* basis = legal_rules().basis(settings.legal_basis)) source.article = basis->article;
    source.link = link_permission(settings);
    source.findings = legal_findings(project.settings(), settings);
    const FieldFilter filter = field_filter(project.settings(), &settings);
    add_fields(source, fields_of_source(project, settings), filter);
    if (!settings.preset.empty()) {
        source.mappings.push_back(settings.preset);
    } else if (!settings.mapping.empty()) {
        source.mappings.push_back(settings.mapping);
    } else {
        for (const std::string& name : used) {
            add_fields(source, load_mapping(name, project.mappings()).imported_fields(), filter);
            source.mappings.push_back(name);
        }
    }
    return source;
}

std::vector<RegisterSource> sources_of(const Project& project) {
    auto used = mappings_in_use(project);
    std::vector<RegisterSource> sources;
    for (const SourceSettings& settings : project.settings().sources) {
        sources.push_back(source_entry(project, settings, true, used[settings.name]));
        used.erase(settings.name);
    }
    for (const auto& [name, mappings] : used)
        sources.push_back(source_entry(project, default_source(project.settings(), name), false, mappings));
    return sources;
}

MeasureState state_of(bool good) { return good ? MeasureState::Yes : MeasureState::No; }

bool closed_to_others(const fs::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && (info.st_mode & 077U) == 0;
}

MeasureState key_is_closed(const char* name, const Secrets& secrets) {
    try {
        secrets.load(name);
        return MeasureState::Yes;
    } catch (const Error& error) {
        return error.exit() == Exit::NoPermission ? MeasureState::No : MeasureState::Unknown;
    }
}

MeasureState erases_what_it_deletes(const fs::path& database) {
    std::error_code ignored;
    if (!fs::exists(database, ignored)) return MeasureState::Unknown;
    return state_of(Database::open(database, Database::Mode::ReadOnly).integer("PRAGMA secure_delete") == 1);
}

MeasureState log_is_whole(const Project& project, Ports& ports) {
    std::error_code ignored;
    if (!fs::exists(project.ledger_file(), ignored)) return MeasureState::Unknown;
    return state_of(!Ledger::open(project.ledger_file()).verify(ports.secrets, nullptr).problem);
}

std::vector<SecurityMeasure> measures_of(const Project& project, Ports& ports) {
    std::int64_t participation = kHardFloor, outcome = kOutcomeThreshold;
    for (const Agreement& agreement : load_agreements(project, {}, ports.files)) {
        participation = std::max<std::int64_t>(participation, agreement.small_n);
        outcome = std::max<std::int64_t>(outcome, agreement.publish_n);
    }
    const auto& sources = project.settings().sources;
    if (std::any_of(sources.begin(), sources.end(), [](const SourceSettings& source) { return source.secrecy; }))
        participation = std::max(participation, outcome);
    return {{"vault_sealed", key_is_closed("master", ports.secrets)},
            {"audit_key", key_is_closed("audit", ports.secrets)},
            {"folder_closed", state_of(closed_to_others(project.dir()))},
            {"store_erases", erases_what_it_deletes(project.store_file())},
            {"vault_erases", erases_what_it_deletes(project.vault_file())},
            {"log_whole", log_is_whole(project, ports)},
            {"disk", disk_encryption(project.dir())},
            {"threshold_participation", MeasureState::Yes, participation},
            {"threshold_outcome", MeasureState::Yes, outcome}};
}

/// Of runs that were not taken back.
std::vector<DroppedRow> dropped_of(const StoreReader& reader) {
    std::set<std::int64_t> undone;
    for (const RunRow& run : reader.runs())
        if (run.undone_by) undone.insert(run.id);
    std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> sums;
    for (const DroppedRow& row : reader.dropped())
        if (!undone.contains(row.run)) sums[{row.source, row.field, row.reason}] += row.count;
    std::vector<DroppedRow> rows;
    for (const auto& [what, count] : sums) rows.push_back({0, 0, std::get<0>(what), std::get<1>(what), std::get<2>(what), count});
    return rows;
}

/// The device or one that it lies on is set up by dm-crypt.
bool lies_on_crypt(const fs::path& device, int depth) {
    std::ifstream file(device / "dm" / "uuid");
    std::string uuid;
    if (std::getline(file, uuid) && uuid.starts_with("CRYPT-")) return true;
    if (depth == 0) return false;
    std::error_code ignored;
    for (const fs::directory_entry& below : fs::directory_iterator(device / "slaves", ignored))
        if (lies_on_crypt(below.path(), depth - 1)) return true;
    return false;
}

}  // namespace

MeasureState disk_encryption(const fs::path& folder, const fs::path& system_root) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) return MeasureState::Unknown;
    const fs::path device = system_root / "dev" / "block" / (std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)));
    std::error_code ignored;
    // A network share, a container, or a system without /sys: nothing can be said. A disk may also encrypt itself, unseen.
    if (!fs::exists(device, ignored)) return MeasureState::Unknown;
    return lies_on_crypt(device, kDepthOfDevices) ? MeasureState::Yes : MeasureState::Unknown;
}

std::vector<RetentionTerm> retention_terms(const Project& project, const Files& files) {
    std::vector<RetentionTerm> terms;
    const RetentionTable table = RetentionTable::load(project, files);
    for (const RetentionRule& rule : table.rules()) {
        const bool kept = rule.destination() == Destination::Keep;
        terms.push_back({std::string(name(rule.what())), rule.id(), kept ? std::nullopt : std::optional<std::int64_t>(rule.days()),
                         std::string(name(rule.destination())), rule.legal()});
    }
    terms.push_back({"evidence", "evidence_without_trajectory", 0, "destroy", {}});
    return terms;
}

Register make_register(const Project& project, const std::vector<RetentionTerm>& retention, Ports& ports) {
    Register made;
    made.made_on = ports.clock.today();
    made.organisation = project.settings();
    made.sources = sources_of(project);
    made.retention = retention;
    made.measures = measures_of(project, ports);
    std::error_code ignored;
    if (fs::exists(project.store_file(), ignored)) {
        const StoreReader reader = StoreReader::open(project.store_file());
        made.dropped = dropped_of(reader);
        made.quasi = quasi_identifiers(reader);
        made.measures.push_back({"restricted", MeasureState::Yes, static_cast<std::int64_t>(reader.restricted_people())});
    }
    if (fs::exists(project.ledger_file(), ignored)) made.audit_head = Ledger::open(project.ledger_file()).head().substr(0, kPrintedHead);
    return made;
}

}  // namespace brugwacht
