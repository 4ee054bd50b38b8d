#include "engine/store/comparison.hpp"

namespace brugwacht {
namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t count(const Statement& s, int column) { return static_cast<std::uint64_t>(s.integer(column)); }

}  // namespace

void Comparison::add(std::int64_t file, const FileStatistics& statistics) {
    Statement entity = database_.prepare("INSERT INTO file_entity (file, entity, records, future) VALUES (?, ?, ?, ?)");
    for (const auto& [name, of] : statistics.entities)
        entity.bind(0, file).bind(1, name).bind(2, number(of.records)).bind(3, number(of.future)).execute();
    Statement column = database_.prepare("INSERT INTO file_column (file, field, filled) VALUES (?, ?, ?)");
    for (const auto& [field, filled] : statistics.filled) column.bind(0, file).bind(1, field).bind(2, number(filled)).execute();
    Statement code = database_.prepare("INSERT INTO file_code (file, field, code) VALUES (?, ?, ?)");
    for (const auto& [field, codes] : statistics.codes)
        for (const std::int64_t id : codes) code.bind(0, file).bind(1, field).bind(2, id).execute();
}

std::optional<FileStatistics> Comparison::before(std::int64_t run, std::string_view source, std::string_view mapping,
                                                 std::string_view entity) {
    Statement last = database_.prepare(
        "SELECT max(file.run) FROM file JOIN source ON source.id = file.source JOIN run ON run.id = file.run JOIN file_entity e ON e.file "
        "= "
        "file.id WHERE file.run < ?1 AND source.name = ?2 AND file.mapping = ?3 AND (?4 = '' OR e.entity = ?4) AND undone_by IS NULL");
    last.bind(0, run).bind(1, source).bind(2, mapping).bind(3, entity);
    if (!last.step() || last.is_null(0)) return std::nullopt;
    const std::string files =
        "(SELECT file.id FROM file JOIN source ON source.id = file.source WHERE file.run = ?1 AND source.name = ?2 "
        "AND file.mapping = ?3)";
    FileStatistics found;
    Statement s = database_.prepare("SELECT entity, sum(records), sum(future) FROM file_entity WHERE file IN " + files +
                                    " AND (?4 = '' OR entity = ?4) GROUP BY entity");
    for (s.bind(0, last.integer(0)).bind(1, source).bind(2, mapping).bind(3, entity); s.step();)
        found.entities[std::string(s.text(0))] = {count(s, 1), count(s, 2)};
    Statement columns = database_.prepare("SELECT field, sum(filled) FROM file_column WHERE file IN " + files +
                                          " AND (?4 = '' OR field LIKE ?4 || '.%') GROUP BY field");
    for (columns.bind(0, last.integer(0)).bind(1, source).bind(2, mapping).bind(3, entity); columns.step();)
        found.filled[std::string(columns.text(0))] = count(columns, 1);
    return found;
}

std::set<std::int64_t> Comparison::codes_before(std::int64_t run, std::string_view source, std::string_view field) {
    std::set<std::int64_t> codes;
    Statement s = database_.prepare(
        "SELECT DISTINCT code FROM file_code c JOIN file ON file.id = c.file JOIN source ON source.id = file.source JOIN run ON run.id = "
        "file.run WHERE file.run < ? AND source.name = ? AND c.field = ? AND undone_by IS NULL");
    for (s.bind(0, run).bind(1, source).bind(2, field); s.step();) codes.insert(s.integer(0));
    return codes;
}

std::uint64_t Comparison::waiting_before(std::int64_t run) {
    Statement s = database_.prepare(
        "SELECT waiting FROM journal JOIN run ON run.id = journal.run WHERE run.id < ? AND undone_by IS NULL ORDER BY run.id DESC LIMIT 1");
    return s.bind(0, run).step() ? count(s, 0) : 0;
}

void Comparison::hold(std::int64_t run, std::string_view source, std::string_view mapping, std::string_view entity, std::string_view code) {
    database_.prepare("INSERT OR IGNORE INTO hold (run, source, mapping, entity, code) SELECT ?, id, ?, ?, ? FROM source WHERE name = ?")
        .bind(0, run)
        .bind(1, mapping)
        .bind(2, entity)
        .bind(3, code)
        .bind(4, source)
        .execute();
}

std::uint64_t Comparison::accept(std::string_view source, std::int64_t at) {
    Transaction transaction(database_);
    database_.prepare("UPDATE hold SET accepted_at = ? WHERE accepted_at IS NULL AND source = (SELECT id FROM source WHERE name = ?)")
        .bind(0, at)
        .bind(1, source)
        .execute();
    const auto accepted = static_cast<std::uint64_t>(database_.changes());
    transaction.commit();
    return accepted;
}

}  // namespace brugwacht
