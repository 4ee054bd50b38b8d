// A workbook stream as records: a number, a length, contents; and values that run on over CONTINUE records.
// BIFF 2 to 8: Excel 2.0 (1987) to Excel 2003. Sources: [MS-XLS] 2.1.4 and 2.5.293, OpenOffice's documentation of the Excel file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/files/biff_cipher.hpp"
#include "connector/files/byte_range.hpp"

namespace brugwacht {

enum class BiffVersion : std::uint8_t { Biff2 = 2, Biff3 = 3, Biff4 = 4, Biff5 = 5, Biff8 = 8 };

namespace biff {
enum Id : std::uint16_t {
    Blank2 = 0x01,
    Integer2 = 0x02,
    Number2 = 0x03,
    Label2 = 0x04,
    BoolErr2 = 0x05,
    Formula = 0x06,
    String2 = 0x07,
    Bof2 = 0x09,
    Eof = 0x0a,
    Format2 = 0x1e,
    Date1904 = 0x22,
    FilePass = 0x2f,
    Continue = 0x3c,
    CodePage = 0x42,
    Xf2 = 0x43,
    Ixfe = 0x44,
    Rk = 0x7e,
    BoundSheet = 0x85,
    SheetHeader4 = 0x8f,
    MulRk = 0xbd,
    RString = 0xd6,
    Xf5 = 0xe0,
    Sst = 0xfc,
    LabelSst = 0xfd,
    Number = 0x203,
    Label = 0x204,
    BoolErr = 0x205,
    Formula3 = 0x206,
    String = 0x207,
    Bof3 = 0x209,
    Xf3 = 0x243,
    Rk3 = 0x27e,
    Formula4 = 0x406,
    Bof4 = 0x409,
    Format4 = 0x41e,
    Xf4 = 0x443,
    Bof5 = 0x809,
};
enum BofType : std::uint16_t { Globals = 0x05, VisualBasic = 0x06, Worksheet = 0x10, Chart = 0x20, Macro = 0x40, Workspace = 0x100 };
}  // namespace biff

struct BiffRecord {
    std::uint16_t id = 0;
    bool cut = false;          // the stream ends before the record does
    std::uint64_t offset = 0;  // of its header
    std::string_view data;     // plain, until the next call on the reader

    /// Little-endian; bytes beyond the end count as 0.
    std::uint8_t u8(std::size_t at) const { return at < data.size() ? static_cast<std::uint8_t>(data[at]) : std::uint8_t{0}; }
    std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(u8(at) | u8(at + 1) << 8); }
    std::uint32_t u32(std::size_t at) const { return u16(at) | static_cast<std::uint32_t>(u16(at + 2)) << 16; }
    double f64(std::size_t at) const;
    /// Whether a tab of its own begins here, not the chart inside one.
    bool begins_tab() const {
        const std::uint16_t type = u16(2);
        return is_bof() && (type == biff::Worksheet || type == biff::Macro || type == biff::Globals || type == biff::VisualBasic);
    }
    bool is_bof() const { return id == biff::Bof2 || id == biff::Bof3 || id == biff::Bof4 || id == biff::Bof5; }
};

class BiffReader {
  public:
    /// Both outlive the reader; the cipher, if any, may come later.
    explicit BiffReader(const ByteRange& bytes, BiffCipher* cipher = nullptr) : bytes_(bytes), cipher_(cipher) {}

    void use(BiffCipher* cipher) { cipher_ = cipher; }
    void seek(std::uint64_t offset) { at_ = offset; }
    std::uint64_t position() const { return at_; }
    /// False at the end of the stream.
    bool next(BiffRecord& record);
    /// The number of the record to come, without moving; nothing (0xffff) at the end.
    std::uint16_t next_id();

  private:
    /// The bytes [offset, offset + size) of the stream, fewer at its end; valid until the next call.
    std::string_view window(std::uint64_t offset, std::size_t size);

    const ByteRange& bytes_;
    BiffCipher* cipher_;
    std::uint64_t at_ = 0;
    std::string buffer_;
    std::uint64_t buffer_at_ = 0;
    std::string plain_;
};

/// Reads a record and the CONTINUE records after it as one. A failed reading gives zeros and stays failed.
class BiffPayload {
  public:
    /// `record` is the one the reader gave last.
    BiffPayload(BiffReader& reader, const BiffRecord& record, std::size_t skip = 0) : reader_(reader), data_(record.data) {
        data_.remove_prefix(skip < data_.size() ? skip : data_.size());
    }

    bool failed() const { return failed_; }
    /// Whether a byte is left, looking into a following CONTINUE.
    bool more();
    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    void skip(std::uint64_t count);
    /// A text of BIFF8 after its count of characters: flags, characters, and what belongs to rich text and readings, which is left out.
    void text8(std::size_t count, std::string& out);
    /// `count` bytes as they stand.
    void bytes(std::size_t count, std::string& out);

  private:
    bool advance();
    void characters(std::size_t count, bool wide, std::string& out);

    BiffReader& reader_;
    std::string_view data_;
    BiffRecord record_;
    bool failed_ = false;
};

}  // namespace brugwacht
