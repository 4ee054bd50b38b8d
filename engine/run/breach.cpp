#include "engine/run/breach.hpp"

#include <algorithm>

#include "connector/source.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/run/lawful.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

bool is_database(const std::string& bytes) { return bytes.starts_with("SQLite format 3"); }

std::string key_of(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file.parent_path() / "keys" / "master.key", ignored) ? "beside" : "apart";
}

bool has_table(Database& database, std::string_view name) {
    Statement found = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    return found.bind(0, name).step();
}

std::vector<std::string> columns_of(Database& database, const std::string& table) {
    std::vector<std::string> names;
    for (Statement column = database.prepare("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"); column.step();)
        names.emplace_back(column.text(0));
    return names;
}

/// Columns with a value in some row are told; an empty one says nothing about anybody.
void add_table(Database& database, const std::string& table, BreachReport& report) {
    const auto rows = static_cast<std::uint64_t>(database.integer("SELECT count(*) FROM \"" + table + "\"").value_or(0));
    report.rows.emplace_back(table, rows);
    if (rows == 0) return;
    for (const std::string& column : columns_of(database, table))
        if (database.integer("SELECT 1 FROM \"" + table + "\" WHERE \"" + column + "\" IS NOT NULL LIMIT 1"))
            report.fields.push_back(table + "." + column);
}

BreachReport of_database(const fs::path& file) {
    BreachReport report;
    Database database = Database::open(file, Database::Mode::ReadOnly);
    if (has_table(database, "trajectory") && has_table(database, "event")) {
        report.kind = "store";
        report.key = "none";
        for (std::size_t e = 0; e < kEntities; ++e) add_table(database, std::string(entity_def(static_cast<Entity>(e)).name), report);
    } else if (has_table(database, "earlier") && has_table(database, "person")) {
        report.kind = "vault";
        report.encrypted = true;
        report.key = key_of(file);
        for (const char* table : {"person", "earlier", "name", "written", "note"})
            if (has_table(database, table)) add_table(database, table, report);
    } else if (has_table(database, "ledger")) {
        report.kind = "ledger";
        report.key = "none";
        for (const char* table : {"entry", "release"}) add_table(database, table, report);
    } else {
        report.kind = "other";
        report.key = "none";
    }
    return report;
}

bool is_released(const Project& project, const std::string& bytes) {
    std::error_code ignored;
    if (!fs::exists(project.ledger_file(), ignored)) return false;
    const std::string hash = to_hex(sha256(bytes));
    const auto releases = Ledger::open(project.ledger_file()).releases();
    return std::any_of(releases.begin(), releases.end(), [&](const ReleaseRecord& release) { return release.workbook_sha256 == hash; });
}

/// A table that people made: every row may name somebody. Its headers are not told: nobody knows that they are headers.
void add_sheet(Document& document, const TabInfo& tab, BreachReport& report) {
    std::uint64_t rows = 0;
    const auto source = document.open_tab(tab.index);
    for (RawRow row; source->next(row);)
        if (!row.cells.empty()) ++rows;
    report.rows.emplace_back(std::to_string(tab.index), rows);
    report.names += rows;
}

BreachReport of_table(const fs::path& file, const std::string& bytes, const Project& project) {
    BreachReport report;
    report.key = "none";
    if (is_released(project, bytes)) {
        report.kind = "released";
        return report;
    }
    try {
        const auto document = open_document(file);
        report.kind = file.extension() == ".xlsx" ? "workbook" : "export";
        for (const TabInfo& tab : document->info().tabs)
            if (tab.is_sheet) add_sheet(*document, tab, report);
        if (const SourceSettings* source = project.source_for_file(file.filename().string()))
            for (const ImportedField& field : fields_of_source(project, *source))
                report.fields.push_back(ModelField{field.entity, field.field}.name());
    } catch (const Error&) {
        report = {};
        report.kind = "other";
        report.key = "none";
    }
    return report;
}

}  // namespace

BreachReport breach_report(const Project& project, const fs::path& file, const Files& files) {
    const std::string bytes = files.read(file);
    if (is_database(bytes)) return of_database(file);
    if (file.extension() == ".key") {
        BreachReport report;
        report.kind = "key";
        report.key = "is_key";
        return report;
    }
    return of_table(file, bytes, project);
}

}  // namespace brugwacht
