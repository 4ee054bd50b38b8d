#include "engine/run/subject_export.hpp"

#include <algorithm>
#include <array>

#include "engine/core/text.hpp"
#include "engine/run/subject_tables.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

const SourceSettings& settings_of(const Project& project, const std::string& source) {
    static const SourceSettings kUnknown;
    const SourceSettings* settings = project.source_named(source);
    return settings == nullptr ? kUnknown : *settings;
}

/// Sources that stay out: their legal basis gives no right to take data along.
AccessTable not_included(const Project& project, const std::vector<std::string>& sources, const Texts& texts) {
    AccessTable table{"not_included", {"source", "legal_basis", "why"}, {}};
    for (const std::string& source : sources) {
        const std::string& basis = settings_of(project, source).legal_basis;
        const std::string why = basis.empty() ? "no_basis" : "other_basis";
        table.rows.push_back({source, basis, AccessCell::coded(why, texts("subject.not_included." + why))});
    }
    return table;
}

}  // namespace

bool is_portable_basis(std::string_view legal_basis) {
    constexpr std::array<std::string_view, 6> kBases{"consent", "toestemming", "consentement", "contract", "overeenkomst", "contrat"};
    return std::find(kBases.begin(), kBases.end(), fold(trim(legal_basis))) != kBases.end();
}

ExportResult export_subject(const Project& project, Vault& vault, const Subject& subject, const ExportRequest& request, const Texts& texts,
                            Ports& ports) {
    ExportResult result;
    const StoreReader reader = StoreReader::open(project.store_file(), Restricted::Included);
    const SubjectTables tables(project, reader, vault, subject, texts, false);
    const auto portable = [&](const std::string& source) { return is_portable_basis(settings_of(project, source).legal_basis); };
    for (const std::string& source : tables.source_names()) (portable(source) ? result.included : result.left_out).push_back(source);
    AccessTable facts = tables.facts(portable);
    result.facts = static_cast<std::int64_t>(facts.rows.size());
    if (request.dry_run) return result;

    result.opened = open_request(project, vault, "export", subject, request.request, ports);
    AccessBook book;
    book.schema = "subject-export/1";
    book.request = result.opened->entry.id;
    book.as_of = ports.clock.today();
    book.due = result.opened->entry.due;
    book.organisation = project.settings().organisation;
    book.contact = project.settings().contact;
    book.tables = {tables.identity(portable), std::move(facts), not_included(project, result.left_out, texts)};
    if (request.out.empty()) make_private_folder(project.requests());
    const fs::path json = request.out.empty() ? project.requests() / ("export-" + book.request + ".json") : request.out;
    ports.files.write(json, access_json(book), 0600);
    result.files.push_back(json);
    for (const AccessTable& table : book.tables) {
        const fs::path csv = json.parent_path() / (json.stem().string() + "-" + table.name + ".csv");
        ports.files.write(csv, table_csv(table), 0600);
        result.files.push_back(csv);
    }
    ports.log.write(LogLevel::Info, "subject_exported", {{"facts", result.facts}});
    return result;
}

}  // namespace brugwacht
