// Proposes a mapping for a file from its headers and what its cells look like, and writes it as a mapping file that a person can edit.
// Deterministic; nothing is kept. A guess that is not sure enough is told and written as a comment, never used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/row.hpp"
#include "engine/core/texts.hpp"
#include "engine/mapping/mapping.hpp"

namespace brugwacht {

/// A cell that outlives its row.
struct SampleCell {
    std::uint32_t column = 0;
    CellKind kind = CellKind::Empty;
    double number = 0;
    std::string text;  // as Cell::text, at most kLongestSampleText bytes
    bool cut = false;  // the text went on
};
inline constexpr std::size_t kLongestSampleText = 300;

struct RowSample {
    std::uint64_t row = 0;
    std::vector<SampleCell> cells;
};

struct SheetSample {
    std::uint32_t index = 0;
    std::string name;  // "" for a text file
    std::vector<RowSample> rows;
};

/// The first rows of a file, with their types.
struct FileSample {
    std::string file_name, kind;
    std::string encoding, delimiter, quote;  // of a text file, as read
    bool dialect_given = false;              // the user gave it; it then belongs in the mapping
    std::vector<SheetSample> sheets;
};

/// For recognition, which knows texts only.
FileShape shape_of(const FileSample& sample);

/// "header_same"; detail is the mapping of "mapping", the kind of content of "content", the why of "not_taken".
struct Why {
    std::string kind, detail;
};

struct Candidate {
    std::string entity, field;
    std::string type;     // of an event: "trial"
    std::string special;  // "full_name", "guardian_given_name", "guardian_family_name": part or whole of a name
    double confidence = 0;
};

struct ProposedColumn {
    std::uint32_t column = 0;  // from 0
    std::string header;        // "" when it may not be shown: too long, or a number or address of a person
    std::string category;
    std::optional<Candidate> use;  // nothing = not taken
    bool sure = false;             // sure enough to be written
    std::vector<Why> reasons;
    std::vector<Candidate> alternatives;  // surest first, at most three
    bool nameless = false;                // every word of the header is one that headers are made of
    std::string dates;                    // "dd/mm/yyyy" or "mm/dd/yyyy" when the cells prove the order
    bool comma = false;                   // "Achternaam, Voornaam"
};

enum class Layout { None, People, Trajectories, Events, Activities, Clubs };

struct ProposedSheet {
    std::uint32_t index = 0;
    std::string name;
    std::uint64_t header_row = 0;  // 0 = none found: nothing is proposed
    std::vector<ProposedColumn> columns;
    Layout layout = Layout::None;     // None = these columns make no record
    bool date_order_unknown = false;  // a column of text dates that prove neither day nor month first
    bool same_as_before = false;      // an earlier sheet has the same columns; its part of the mapping serves both
};

struct Proposal {
    std::vector<ProposedSheet> sheets;
    std::string role = "caseload";
    std::string dates = "dd/mm/yyyy";  // or "mm/dd/yyyy": the order of the file
    bool date_order_proved = false;    // by a column at least
    bool date_order_unknown = false;   // there are dates, and nothing in them proves that order
    bool usable() const;               // some sheet makes records
};

class HeaderKnowledge;
Proposal propose_mapping(const FileSample& sample, const HeaderKnowledge& knowledge, const CodeLists& lists);
/// With the shipped mappings and those of the folder as evidence.
Proposal propose_mapping(const FileSample& sample, const std::filesystem::path& project_mappings_dir);

struct MappingText {
    std::string label;
    bool repeat_all_headers = true;  // false: a header with a word that is not known as a label is left out
};
/// The mapping file: valid when the proposal is usable, commented in the language of the texts.
std::string write_mapping(const Proposal& proposal, const FileSample& sample, const MappingText& options, const Texts& texts);

/// What a mapping makes of one row.
struct PreviewRow {
    std::uint64_t row = 0;
    RowOutcome outcome = RowOutcome::Skipped;
    std::vector<Record> records;
    std::vector<Finding> findings;
};
/// The first `most` rows below the header of the sheet; empty when the mapping has nothing for it.
std::vector<PreviewRow> preview_rows(const Mapping& mapping, const SheetSample& sheet, const std::string& file_name, std::size_t most);

/// How many columns of the file a mapping takes, and the headers it leaves (those that may be shown).
struct Coverage {
    std::size_t columns = 0, taken = 0;
    std::vector<std::string> left;
};
Coverage coverage_of(const Mapping& mapping, const FileSample& sample);

/// 64 bits over the folded headers of all sheets: the same layout gives the same number, whatever the rows.
std::string layout_id(const Proposal& proposal);

}  // namespace brugwacht
