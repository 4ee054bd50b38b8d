// Turns raw rows into records of the canonical model, as a mapping file says (TOML, schema "mapping/1", a closed list of transforms).
// A field that the mapping does not name, free text and forbidden numbers never leave this room. Bad data comes back as findings;
// exceptions are for faults in a mapping file (78) and for a sheet whose required headers are missing (65).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/model.hpp"
#include "engine/core/row.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/mapping/column_evidence.hpp"

namespace brugwacht {

class SheetMapper;

/// A field that a mapping fills, and from where.
struct ImportedField {
    Entity entity = Entity::Person;
    std::size_t field = 0;             // position in the entity
    std::vector<std::string> headers;  // of columns that feed it, as the mapping has them, sorted; empty for a constant or a generated key
};

/// How the mapping wants a text file to be read; empty = as detected.
struct ReadHints {
    std::optional<std::string> encoding, delimiter, quote;
};

/// A checked mapping file. Cheap to move, shared read-only by any number of SheetMappers, which must not outlive it.
class Mapping {
  public:
    /// `file` is how messages name it. Throws one Error (78) with every fault: MAP-xxx and CFG-xxx, each with line and column.
    static Mapping parse(const std::string& name, std::string_view text, const std::string& file, const CodeLists& lists = code_lists());
    /// The part [map] of a preset of a REST source (docs/presets.md): sheets are the streams by name. `text` is the whole file.
    static Mapping parse_preset(const std::string& name, std::string_view text, const std::string& file,
                                const CodeLists& lists = code_lists());
    Mapping(Mapping&&) noexcept;
    Mapping& operator=(Mapping&&) noexcept;
    ~Mapping();

    const std::string& name() const;
    const std::string& label() const;   // "Stamhoofd"
    const std::string& role() const;    // "caseload" or "evidence"
    const std::string& digest() const;  // SHA-256 of the text and the code lists, 64 hex digits
    /// The same, but another one for each year and day that the mapping takes from the file's name: then the name is part of what is read.
    std::string digest_for(const std::string& file_name) const;
    const ReadHints& hints() const;
    const CodeLists& lists() const;
    /// ColumnEvidence::name of every column of dates or decimal numbers, each once.
    std::vector<std::string> decided_columns() const;
    /// Every field that some sheet of the mapping fills, each once, in the order of the model.
    std::vector<ImportedField> imported_fields() const;

    struct Plan;
    const Plan& plan() const { return *plan_; }

  private:
    explicit Mapping(std::unique_ptr<Plan> plan);
    std::unique_ptr<Plan> plan_;
};

/// DIR/NAME.toml when it exists, else the shipped mapping. Throws Error MAP-001 (78) for an unknown name, with the nearest known one.
Mapping load_mapping(const std::string& name, const std::filesystem::path& project_mappings_dir);
/// Names of the shipped mappings and those of the folder, sorted, each once.
std::vector<std::string> mapping_names(const std::filesystem::path& project_mappings_dir);

enum class RowOutcome : std::uint8_t {
    Preamble,  // title or header row: not counted
    Mapped,    // records[0..count), perhaps with findings
    Rejected,  // at least one finding rejects; count is 0
    Skipped,   // blank, total or example row, or a row that makes no record
};

struct Finding {
    std::string code;    // IMP-xxx or POL-xxx: text of the catalogue with the argument {column}
    std::string column;  // header as written in the file; "" when the mapping itself gave the value
    std::string field;   // "event.date"
    bool rejects = false;
    std::optional<std::uint32_t> cell;  // column number in the sheet, from 0, of the offending cell
};

/// Made to be reused: memory is kept from row to row.
struct MappedRow {
    std::vector<Record> records;  // only the first `count` mean anything
    std::size_t count = 0;
    std::size_t begun = 0;  // records whose key could be made, also of a rejected row; of those only entity and key mean anything
    std::vector<Finding> findings;
};

/// One column of the sheet as found.
struct ColumnUse {
    std::uint32_t column = 0;  // from 0
    std::string header;        // as written
    std::string category;      // of the row above, or ""
    bool mapped = false;
    bool coded = false;  // feeds codes only: words that are no code have no place in it
    char decimal = '.';  // the decimal sign that the mapping expects in a text
};

/// A header that is not as the mapping's fingerprint knows it.
struct HeaderChange {
    std::string code;    // IMP-040 new, IMP-041 gone
    std::string header;  // as written
};

/// A cell that is no text, as the mapping reads it: 2025-09-01, 10:30, true, 12.5. The text itself for a text; "" for an error.
std::string plain_text(const Cell& cell);

/// Reads one sheet from its first row. Not shared between threads.
class SheetMapper {
  public:
    /// `tab_name` is "" or the file's name for a text file.
    SheetMapper(const Mapping& mapping, std::string_view tab_name, std::string_view file_name);
    /// `knowledge` outlives the mapper.
    SheetMapper(const Mapping& mapping, std::string_view tab_name, std::string_view file_name, const ColumnKnowledge& knowledge);
    SheetMapper(SheetMapper&&) noexcept;
    SheetMapper& operator=(SheetMapper&&) noexcept;
    ~SheetMapper();

    /// False when the mapping has nothing for a sheet of this name, so that it need not be read.
    bool selected() const;
    /// True once a header row was found.
    bool matched() const;
    /// Columns of the header row, left to right; empty before matched().
    const std::vector<ColumnUse>& columns() const;
    /// Against the fingerprint of the mapping; empty without one, or before matched().
    const std::vector<HeaderChange>& header_changes() const;
    /// Row number of the header (the lower one of two); 0 before matched().
    std::uint64_t header_row() const;
    /// What the columns of dates and decimal numbers said so far, left to right, table by table.
    std::vector<ColumnEvidence> evidence() const;
    /// Warnings about the sheet as a whole: IMP-071 a table nobody read, IMP-072 a header that stands there twice.
    const std::vector<Finding>& sheet_findings() const;

    /// For a sheet that was tried by its headers only: the Error IMP-002 of the row that came close. Throw it when no sheet of the file
    /// matched; IMP-003 when there is none.
    const std::optional<Error>& near_miss() const;

    /// `file` of the records' origin is left to the caller. Throws Error IMP-002 (65) at a header row that lacks a required header.
    RowOutcome map(const RawRow& row, MappedRow& out);
    /// Throws Error IMP-001 (65) when the sheet was chosen by its name, had rows, and no header row was found.
    void finish() const;

    /// Keys made from contents: rows that say the same are numbered (~x, ~x#2). The mapped rows of this sheet count, rejected ones do not.
    struct Repeat {
        std::uint32_t record = 0;    // of the sheet's plan
        std::uint64_t contents = 0;  // hash without a key: never to be kept as it is
        std::uint32_t count = 0;
    };
    std::vector<Repeat> repeats() const;
    /// Rows that were there before the first one of this sheet: numbering goes on after them.
    void go_on_after(std::function<std::uint32_t(std::uint32_t record, std::uint64_t contents)> counted);
    /// The last row given to map() was not taken in after all: it is not counted.
    void take_back();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The text of a preset of a REST source: DIR/rest/NAME.toml when it exists, else the shipped one.
struct PresetText {
    std::string text;
    std::string file;  // as messages name it
};
/// Throws Error PST-016 (78) for an unknown name, with the nearest known one.
PresetText load_preset_text(const std::string& name, const std::filesystem::path& project_mappings_dir);
/// Names of the shipped presets and those of the project, sorted, each once.
std::vector<std::string> preset_names(const std::filesystem::path& project_mappings_dir);

/// The first rows of a file as text, for recognition: at least 20 rows a sheet where there are as many.
struct SheetShape {
    std::string name;
    std::vector<std::vector<std::string>> rows;
};
struct FileShape {
    std::string file_name;
    std::vector<SheetShape> sheets;
};

/// The one mapping that fits this file better than every other, or nothing when unsure.
std::optional<std::string> recognise_mapping(const FileShape& shape, const std::filesystem::path& project_mappings_dir);
/// For a file that no mapping recognises: the Error IMP-002 of the one saved mapping whose fingerprint it mostly has, because a required
/// header is gone.
std::optional<Error> nearly_recognised(const FileShape& shape, const std::filesystem::path& project_mappings_dir);

}  // namespace brugwacht
