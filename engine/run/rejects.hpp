// Rejected rows and their way back. At import: a workbook (and CSV) in rejected/ for every file that had some, built in .tmp/ and moved
// after the run's commit. Later: such a file is known by the marks in its last column, belongs to the source and mapping of its original,
// and its rows get the keys that the original rows would have had. What a workbook may show of a cell is decided here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/source.hpp"
#include "engine/core/texts.hpp"
#include "engine/identity/intake.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

class RejectWriter;

/// Names the rejected row for which a row of a reject file stands: "brugwacht:12.1.2.17.6.9f86d081884c".
struct RejectMark {
    std::int64_t run = 0;
    std::uint32_t file = 0;  // within the run
    std::uint32_t tab = 0;   // sheet and row of the source
    std::uint64_t row = 0;
    std::uint32_t width = 0;  // columns before ours
    std::string hash;         // first 12 hex digits of the file's SHA-256
};
std::string mark_text(const RejectMark& mark);
std::optional<RejectMark> read_mark(std::string_view text);

/// A sheet of a reject file.
struct CorrectedTab {
    std::uint32_t index = 0;        // in the document
    RejectMark mark;                // of its first marked row
    std::uint32_t mark_column = 0;  // from 0
    std::uint32_t first_ours = 0;   // columns from here to mark_column are not of the source
    std::string name;               // of the sheet in the source; "" for a text file
};

/// Sheets with marks; empty for every other file. Reads the first rows only.
std::vector<CorrectedTab> corrected_tabs(Document& document);

/// One original of a reject file that came back. A workbook made by `rejects --out` may hold several.
struct Correction {
    KnownFile original;         // the file whose import wrote the workbook
    std::string original_name;  // of the very first file in the chain; "" when the vault does not know
    bool is_text = false;       // CSV: apostrophes that guard are taken off
    std::vector<CorrectedTab> tabs;
};

/// Every original, in the order of the sheets. Throws Error REJ-001 (65) when this project did not write the file.
std::vector<Correction> find_corrections(Document& document, Store& store, Vault& vault);

/// Rows of a reject file as the source had them: our columns gone, sheet and row numbers those of the original.
class CorrectedSource : public Source {
  public:
    CorrectedSource(std::unique_ptr<Source> rows, const CorrectedTab& tab, bool is_text);
    bool next(RawRow& row) override;
    std::string bookmark() const override { return rows_->bookmark(); }
    /// Of the row given last; nothing when somebody added it.
    const std::optional<RejectMark>& mark() const { return mark_; }

  private:
    std::unique_ptr<Source> rows_;
    CorrectedTab tab_;
    bool is_text_ = false;
    std::vector<Cell> cells_;
    std::optional<RejectMark> mark_;
};

/// Workbooks of one attempt at a run, unfinished until publish().
class RejectBooks {
  public:
    RejectBooks(const Project& project, std::string language);
    ~RejectBooks();
    RejectBooks(const RejectBooks&) = delete;
    RejectBooks& operator=(const RejectBooks&) = delete;

    /// Forgets and deletes what was built so far.
    void clear();
    const Texts& texts();
    /// A new folder in .tmp/.
    std::filesystem::path new_folder();
    /// A finished workbook; `file` is any number of the caller's.
    void add(std::size_t file, const std::string& stem, const RejectWriter& writer);
    /// Moves them to rejected/. Path of the workbook by `file`. Throws Error FIL-005 (73), FIL-006 (74).
    std::map<std::size_t, std::filesystem::path> publish(std::int64_t run, Files& files, const Clock& clock);

  private:
    struct Built {
        std::size_t file = 0;
        std::string stem;
        std::filesystem::path workbook;
        std::vector<std::filesystem::path> csv;
    };
    const Project& project_;
    std::string language_;
    std::unique_ptr<Texts> texts_;
    std::unique_ptr<TemporaryFolder> temporary_;
    std::vector<Built> built_;
    int folders_ = 0;
};

/// What the rejects of one file need to know.
struct RejectContext {
    Store& store;
    const RecordIds& ids;
    RejectBooks* books = nullptr;  // nullptr in a dry run: nothing is written
    std::int64_t run = 0;
    FileTicket ticket;
    FileToRead file;
    const Correction* correction = nullptr;
};

/// The rejected rows of the file that is being read, and earlier rejects that its rows settle.
class FileRejects {
  public:
    explicit FileRejects(const RejectContext& context);
    ~FileRejects();
    FileRejects(const FileRejects&) = delete;
    FileRejects& operator=(const FileRejects&) = delete;

    void begin_tab(std::uint32_t tab, const std::string& name, SheetMapper& mapper, const CorrectedSource* corrected);
    /// True when the row carries the mark of another sheet or file: it is not for this one.
    bool is_stray() const;
    /// The row was taken in.
    void taken(const MappedRow& mapped);
    /// Keyed hash of the keys of the row's records; 0 when there are none.
    std::int64_t row_id(const MappedRow& mapped) const;
    void rejected(const SheetMapper& mapper, const RawRow& row, const MappedRow& mapped);
    void end_tab(const SheetMapper& mapper);
    /// Hands the workbook over, if there is one. Gives the number of rejected rows that are not in it.
    std::uint64_t close(std::size_t file);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// "leden" for "leden.xlsx", short enough for a file name, without a path.
std::string file_stem(std::string_view name);
/// "12-leden.rejects" with what follows: the name of a workbook in rejected/.
std::string reject_file_name(std::int64_t run, const std::string& stem, std::string_view ending);

}  // namespace brugwacht
