// What is held about one person, for that person: a workbook that starts with a sheet in plain language, and JSON of the same tables.
// The rows are decided by the caller; both forms show exactly the same ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/texts.hpp"

namespace brugwacht {

/// Why a value is not shown to this person. It exists, which is told.
enum class Withheld : std::uint8_t { No, OtherPerson, Worker };

struct AccessCell {
    std::string value;         // as JSON has it; "" = nothing
    std::string shown;         // as the workbook has it; "" = the value itself
    std::optional<Date> date;  // instead of a value
    std::optional<std::int64_t> number;
    Withheld withheld = Withheld::No;

    AccessCell() = default;
    AccessCell(std::string text) : value(std::move(text)) {}  // NOLINT(google-explicit-constructor): a cell is a text unless told
    AccessCell(const char* text) : value(text) {}             // NOLINT(google-explicit-constructor)
    static AccessCell coded(std::string code, std::string label);
    static AccessCell day(std::optional<Date> date);
    static AccessCell count(std::int64_t number);
    static AccessCell hidden(Withheld why);
};

/// One sheet. `name` and the columns are stable words: members of the JSON, and keys of texts (subject.table.NAME, subject.column.NAME).
struct AccessTable {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<AccessCell>> rows;
};

struct AccessBook {
    std::string schema = "subject-access/1";
    std::string request;  // its id
    Date as_of, due;
    std::string called;  // how the person is called; "" when that is not known
    std::string organisation, contact, dpo, authority;
    std::int64_t records = 0, facts = 0;
    std::vector<std::string> sources;
    std::vector<AccessTable> tables;
};

/// Mode 0600, in a folder of mode 0700 that the caller owns. Throws Error XLW-001 (74).
void write_access_workbook(const AccessBook& book, const Texts& texts, const std::filesystem::path& path);
/// Pretty JSON: the members of the book, and each table as an array of objects under its name.
std::string access_json(const AccessBook& book);
/// One table as CSV (RFC 4180, UTF-8), headers are the stable words; guarded against formulas.
std::string table_csv(const AccessTable& table);

}  // namespace brugwacht
