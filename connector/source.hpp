// The door between the outside world and the engine: a document has tabs, a tab has rows, a row has cells. No meaning is attached.
// What a file is follows from its content, never from its name. Reading streams: memory does not grow with the number of rows.
// A file that cannot be read ends in one named Error; what can be read around is read, and counted as a warning.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/row.hpp"

namespace brugwacht {

/// What the user fixed beforehand; whatever is set here is never guessed. Only text files look at it.
struct ReadOptions {
    std::optional<std::string> encoding;   // IANA name
    std::optional<std::string> delimiter;  // "" = a single column
    std::optional<std::string> quote;      // "" = no quoting
};

struct TabInfo {
    std::uint32_t index = 0;  // from 1, chart sheets counted
    std::string name;         // "" for text files
    bool hidden = false;
    bool is_sheet = true;  // false for charts and other tabs without cells
};

struct DocumentInfo {
    std::string kind;       // id of its SourceKind: "csv", "xlsx", ...
    std::string encoding;   // lower-case IANA name; "" where it is not for the user to know
    std::string delimiter;  // the characters themselves; "" = a single column or no text file
    std::string quote;
    std::string escape;         // the quote itself when doubled, a backslash, or "" when none was seen
    std::vector<TabInfo> tabs;  // in the order of the document; one for a text file
};

/// Something that was read around. `code` has a CODE.message and CODE.remedy in the catalogues, with the arguments {count}, {tab} and
/// {row}.
struct ReadWarning {
    std::string code;
    std::uint64_t count = 0;
    std::uint32_t tab = 0;  // of the first one; 0 = the whole document
    std::uint64_t row = 0;  // of the first one; 0 = unknown
};

/// The rows of one tab, in the order of the file: rising row numbers, but for damaged sheets (warning XLS-032).
class Source {
  public:
    virtual ~Source() = default;
    /// Fills `row` and returns true, or returns false at the end. Rows without cells may be left out. The views in `row` live until the
    /// next call. Throws Error (65) when the rest of the file cannot be read.
    virtual bool next(RawRow& row) = 0;
    /// Where a later reading can start again: the number of the last row given, "" before the first one.
    virtual std::string bookmark() const = 0;
};

class Document {
  public:
    virtual ~Document() = default;
    virtual const DocumentInfo& info() const = 0;
    /// A new reading of a tab from its first row, as often as wanted; the document outlives it. `index` is one of info().tabs; a tab
    /// without cells gives no rows.
    virtual std::unique_ptr<Source> open_tab(std::uint32_t index) = 0;
    /// Everything read around so far, sorted by tab and code. Complete when the tabs have been read to the end.
    virtual std::vector<ReadWarning> warnings() const = 0;
    /// In a text file: the row number (line) at which the table starts, after title rows; 1 elsewhere.
    virtual std::uint64_t first_row() const { return 1; }
    /// The files that a folder was read from, in a fixed order; empty for a document that is one file.
    virtual std::vector<std::filesystem::path> parts() const { return {}; }
};

/// The start of a file, enough to tell what it is.
struct Probe {
    std::filesystem::path path;
    std::string_view head;   // the first bytes, at most 64 KiB
    std::uint64_t size = 0;  // of the whole file
};

/// One kind of file. The first kind in the table that recognises a file reads it; text comes last and takes whatever is left.
struct SourceKind {
    std::string_view id;
    bool (*identify)(const Probe&);
    std::unique_ptr<Document> (*open)(const Probe&, const ReadOptions&);
};

std::span<const SourceKind> source_kinds();

/// A folder opens when it is a social export. Throws Error: FIL-001 missing (66), FIL-002 another folder (65), FIL-003 no permission (77),
/// FIL-004 cannot be read (74), FIL-010 and on for content that is no table (65), CSV-, XLS-, JSN-, ICS- and SOC-nnn for damaged ones (65).
std::unique_ptr<Document> open_document(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace brugwacht
