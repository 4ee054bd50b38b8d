// What the sheets of an old workbook share: tabs, texts, formats, code page, date system. Read from its globals.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/files/biff_cipher.hpp"
#include "connector/files/biff_records.hpp"
#include "connector/files/codepage.hpp"
#include "connector/files/file.hpp"
#include "connector/files/number_format.hpp"
#include "connector/files/ole.hpp"
#include "connector/files/shared_strings.hpp"
#include "connector/files/warning_list.hpp"
#include "connector/source.hpp"

namespace brugwacht {

/// How numbers and bytes are to be understood. Until BIFF4 every sheet has its own; later the workbook has one for all.
class BiffStyle {
  public:
    explicit BiffStyle(BiffVersion version) : version_(version) {}

    /// Takes in a record of formats, styles, code page or date system; false for any other record.
    bool take(BiffReader& reader, const BiffRecord& record);
    NumberMeaning meaning_of_xf(std::size_t xf) const;
    /// By number of the format itself.
    NumberMeaning meaning_of_format(std::uint32_t format) const;
    bool has_xfs() const { return !formats_of_xfs_.empty(); }
    BiffVersion version() const { return version_; }
    const CodePage& codepage() const { return codepage_; }
    bool date1904() const { return date1904_; }
    /// A text with a count of `count_size` bytes at `at`; false when it is cut short.
    bool text(BiffReader& reader, const BiffRecord& record, std::size_t at, std::size_t count_size, std::string& out) const;

  private:
    BiffVersion version_;
    CodePage codepage_;
    bool date1904_ = false;
    int codepages_ = 0;          // seen so far
    std::uint32_t formats_ = 0;  // seen so far: their numbers until BIFF4
    std::map<std::uint32_t, NumberMeaning> own_;
    std::vector<std::uint16_t> formats_of_xfs_;
};

struct BiffTab {
    std::uint64_t offset = 0;  // of its BOF, as the workbook says
    std::uint16_t type = biff::Worksheet;
};

/// What a first look at a sheet found: whether its rows never go back, and if they do, in which portions it can be read.
struct BiffSheetShape {
    bool known = false;
    std::vector<std::uint32_t> bands;  // first rows of portions that fit in memory; empty when the rows are in order
    std::vector<std::uint32_t> cells;  // of each portion, at most
};

struct BiffBook {
    explicit BiffBook(File opened) : file(std::move(opened)) {}

    /// Reads the globals. Throws Error FIL-013, FIL-014, XLS-008, XLS-009, XLS-050.
    void open(bool in_container);
    /// The shared texts, once.
    void load_strings();
    /// Where the BOF of a tab really is, found by searching when the workbook lies; nothing when it is nowhere.
    std::optional<std::uint64_t> find_tab(std::size_t tab);

    File file;
    std::unique_ptr<OleContainer> container;
    std::unique_ptr<ByteRange> stream;
    std::unique_ptr<BiffCipher> cipher;
    DocumentInfo info;
    std::vector<BiffTab> tabs;
    std::vector<BiffSheetShape> shapes;
    BiffStyle style{BiffVersion::Biff8};
    bool sheets_have_styles = false;  // no globals, or globals without formats
    SharedStrings strings;
    WarningList warnings;

  private:
    void open_container();
    bool open_stream(std::unique_ptr<ByteRange> bytes);
    void read_globals(BiffReader& reader);
    void read_workspace(BiffReader& reader);
    void add_bound_sheet(BiffReader& reader, const BiffRecord& record);
    void add_tab(std::string name, bool hidden, BiffTab tab);
    void add_found_sheets();
    void unlock(const BiffRecord& record);
    const std::vector<BiffTab>& substreams();
    [[noreturn]] void refuse(const char* code) const;

    std::uint64_t start_ = 0;  // of the first BOF
    std::uint64_t strings_at_ = 0;
    bool has_strings_ = false;
    bool loaded_ = false;
    bool searched_ = false;
    std::vector<BiffTab> found_;  // all BOFs of the stream, by their bytes alone
};

}  // namespace brugwacht
