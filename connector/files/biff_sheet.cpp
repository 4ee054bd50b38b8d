#include "connector/files/biff_sheet.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "connector/files/biff_cells.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::uint32_t kRows = 65536;
constexpr std::uint16_t kColumns = 256;
constexpr std::uint64_t kBandCells = 1'500'000;
constexpr std::uint64_t kBandBytes = 16ULL << 20;
constexpr std::uint64_t kMaxRereading = 12ULL << 30;

bool has_cell(std::uint16_t id) {
    switch (id) {
        case biff::Integer2:
        case biff::Number2:
        case biff::Label2:
        case biff::BoolErr2:
        case biff::Formula:
        case biff::Formula3:
        case biff::Formula4:
        case biff::Number:
        case biff::Label:
        case biff::BoolErr:
        case biff::Rk:
        case biff::Rk3:
        case biff::MulRk:
        case biff::RString:
        case biff::LabelSst:
            return true;
        default:
            return false;
    }
}

std::string_view error_text(std::uint8_t code) {
    switch (code) {
        case 0x00:
            return "#NULL!";
        case 0x07:
            return "#DIV/0!";
        case 0x0f:
            return "#VALUE!";
        case 0x17:
            return "#REF!";
        case 0x1d:
            return "#NAME?";
        case 0x24:
            return "#NUM!";
        case 0x2a:
            return "#N/A";
        case 0x2b:
            return "#GETTING_DATA";
        default:
            return "#ERROR!";
    }
}

/// A number packed in 30 bits, perhaps times 100. [MS-XLS] 2.5.217.
double unpack_rk(std::uint32_t rk) {
    const double value =
        (rk & 2) != 0 ? static_cast<std::int32_t>(rk) >> 2 : std::bit_cast<double>(static_cast<std::uint64_t>(rk & ~3U) << 32);
    return (rk & 1) != 0 ? value / 100 : value;
}

/// The records of a sheet itself, without those of the charts that stand in it.
class SheetRecords {
  public:
    SheetRecords(BiffBook& book, std::uint64_t offset)
        : reader_(*book.stream, book.cipher.get()), modern_(book.style.version() >= BiffVersion::Biff5) {
        rewind(offset);
    }

    void rewind(std::uint64_t offset) {
        reader_.seek(offset);
        BiffRecord bof;
        reader_.next(bof);
        ended_ = cut_ = false;
        depth_ = 0;
    }

    bool next(BiffRecord& record) {
        while (!ended_ && reader_.next(record)) {
            if (record.id == biff::Bof5 || (!modern_ && record.is_bof())) {
                if (record.begins_tab()) {
                    ended_ = true;  // the end of this sheet is missing and the next one begins
                    return false;
                }
                ++depth_;
            } else if (record.id == biff::Eof) {
                if (depth_ == 0) {
                    ended_ = true;
                    return false;
                }
                --depth_;
            } else if (depth_ == 0) {
                return true;
            }
        }
        if (!ended_) cut_ = true;
        return false;
    }
    /// Whether the stream stopped before the sheet did.
    bool cut() const { return cut_; }
    BiffReader& reader() { return reader_; }

  private:
    BiffReader reader_;
    bool modern_;
    bool ended_ = false;
    bool cut_ = false;
    std::uint64_t depth_ = 0;
};

/// Walks through the sheet once. Rows that go back are the work of programs that write cells as they come.
BiffSheetShape look_at(BiffBook& book, std::uint64_t offset) {
    struct Load {
        std::uint32_t cells = 0;
        std::uint32_t bytes = 0;
    };
    BiffSheetShape shape;
    shape.known = true;
    std::vector<Load> loads(kRows);
    SheetRecords records(book, offset);
    BiffRecord record;
    std::uint16_t row = 0;
    bool ordered = true;
    while (records.next(record)) {
        const bool result = record.id == biff::String || record.id == biff::String2;
        if (!has_cell(record.id) && !result) continue;
        if (!result) {
            if (record.u16(0) < row) ordered = false;
            row = record.u16(0);
        }
        Load& load = loads[row];
        if (load.cells < kBandCells) load.cells += record.id == biff::MulRk ? static_cast<std::uint32_t>(record.data.size() / 6) : 1U;
        if (load.bytes < kBandBytes) load.bytes += static_cast<std::uint32_t>(record.data.size());
    }
    if (ordered) return shape;
    std::uint64_t cells = 0;
    std::uint64_t bytes = 0;
    shape.bands.push_back(0);
    for (std::uint32_t i = 0; i < kRows; ++i) {
        if (cells + loads[i].cells > kBandCells || bytes + loads[i].bytes > kBandBytes) {
            if (i > shape.bands.back()) {
                shape.cells.push_back(static_cast<std::uint32_t>(cells));
                shape.bands.push_back(i);
            }
            cells = 0;
            bytes = 0;
        }
        cells += loads[i].cells;
        bytes += loads[i].bytes;
    }
    shape.cells.push_back(static_cast<std::uint32_t>(std::min(cells, kBandCells)));
    if (shape.bands.size() > 1 && shape.bands.size() * (records.reader().position() - offset) > kMaxRereading)
        throw Error(Exit::Data, "XLS-051", {{"file", book.file.name()}}, book.file.name());
    return shape;
}

class BiffSheet : public Source {
  public:
    BiffSheet(BiffBook& book, std::uint32_t tab, std::uint64_t offset, const BiffSheetShape& shape)
        : book_(book), tab_(tab), offset_(offset), shape_(shape), style_(book.style), records_(book, offset) {
        if (!shape_.bands.empty()) cells_.reserve(shape_.cells.front());
    }

    bool next(RawRow& row) override {
        std::uint16_t number = 0;
        while (!cells_.next_row(number, row_)) {
            if (done_) return false;
            cells_.clear();
            shape_.bands.empty() ? gather_row() : gather_band();
            cells_.arrange();
        }
        row_number_ = number + 1ULL;
        row.tab = tab_;
        row.row = row_number_;
        row.cells = row_;
        return true;
    }

    std::string bookmark() const override { return row_number_ == 0 ? std::string() : std::to_string(row_number_); }

  private:
    void gather_row() {
        while (waiting_ || records_.next(record_)) {
            if (has_cell(record_.id)) {
                const std::uint16_t number = record_.u16(0);
                if (!waiting_ && number != at_row_ && !cells_.empty()) {
                    waiting_ = true;
                    return;
                }
                at_row_ = number;
            }
            waiting_ = false;
            take(record_);
        }
        finish();
    }

    void gather_band() {
        if (band_ > 0) {
            records_.rewind(offset_);
            style_ = book_.style;
            cells_.reserve(shape_.cells[band_]);
        }
        first_ = shape_.bands[band_];
        last_ = band_ + 1 < shape_.bands.size() ? shape_.bands[band_ + 1] - 1 : kRows - 1;
        while (records_.next(record_)) take(record_);
        if (++band_ == shape_.bands.size()) finish();
    }

    void finish() {
        done_ = true;
        if (records_.cut()) book_.warnings.add("XLS-040", tab_, std::max<std::uint64_t>(at_row_ + 1ULL, row_number_));
    }

    void take(const BiffRecord& record) {
        if (has_cell(record.id)) {
            text_awaited_ = false;
            row_at_ = record.u16(0);
            if (row_at_ < first_ || row_at_ > last_) return;
            at_row_ = row_at_;
            read_cell(record);
        } else if (record.id == biff::String || record.id == biff::String2) {
            if (text_awaited_) read_text(record, 0, record.id == biff::String2 ? 1 : 2);
            text_awaited_ = false;
        } else if (record.id == biff::Ixfe) {
            ixfe_ = record.u16(0);
        } else if (book_.sheets_have_styles) {
            style_.take(records_.reader(), record);
        }
    }

    void read_cell(const BiffRecord& record) {
        // Cells of BIFF2 have three bytes of attributes, later ones the number of a style.
        const bool old = record.id < biff::Formula || (record.id == biff::Formula && style_.version() == BiffVersion::Biff2);
        const std::size_t value = old ? 7 : 6;
        column_ = record.u16(2);
        meaning_ = old ? old_meaning(record) : style_.meaning_of_xf(record.u16(4));
        if (record.data.size() < value + least_size(record.id)) return spoilt();
        switch (record.id) {
            case biff::Integer2:
                return add_number(record.u16(value));
            case biff::Number2:
            case biff::Number:
                return add_number(record.f64(value));
            case biff::Label2:
                return read_text(record, value, 1);
            case biff::Label:
            case biff::RString:
                return read_text(record, value, 2);
            case biff::BoolErr2:
            case biff::BoolErr:
                return record.u8(value + 1) != 0 ? add_error(record.u8(value)) : add_boolean(record.u8(value));
            case biff::Formula:
            case biff::Formula3:
            case biff::Formula4:
                return read_result(record, value);
            case biff::Rk:
            case biff::Rk3:
                return add_number(unpack_rk(record.u32(value)));
            case biff::MulRk:
                return read_numbers(record);
            case biff::LabelSst:
                return add_shared(record.u32(value));
            default:
                return;
        }
    }

    static std::size_t least_size(std::uint16_t id) {
        switch (id) {
            case biff::Label2:
                return 1;
            case biff::Rk:
            case biff::Rk3:
            case biff::LabelSst:
            case biff::MulRk:
                return 4;
            case biff::Number2:
            case biff::Number:
            case biff::Formula:
            case biff::Formula3:
            case biff::Formula4:
                return 8;
            default:
                return 2;
        }
    }

    NumberMeaning old_meaning(const BiffRecord& record) const {
        if (!style_.has_xfs()) return style_.meaning_of_format(record.u8(5) & 0x3f);
        const std::uint8_t xf = record.u8(4) & 0x3f;
        return style_.meaning_of_xf(xf == 0x3f ? ixfe_ : xf);
    }

    /// A formula's stored value; a text follows in a record of its own.
    void read_result(const BiffRecord& record, std::size_t at) {
        if (record.u16(at + 6) != 0xffff) return add_number(record.f64(at));
        switch (record.u8(at)) {
            case 0:
                text_awaited_ = true;
                return;
            case 1:
                return add_boolean(record.u8(at + 2));
            case 2:
                return add_error(record.u8(at + 2));
            case 3:
                return;
            default:
                return add_number(record.f64(at));
        }
    }

    void read_numbers(const BiffRecord& record) {
        for (std::size_t at = 4; at + 6 <= record.data.size(); at += 6, ++column_) {
            meaning_ = style_.meaning_of_xf(record.u16(at));
            add_number(unpack_rk(record.u32(at + 2)));
        }
    }

    void read_text(const BiffRecord& record, std::size_t at, std::size_t count_size) {
        text_.clear();
        if (!style_.text(records_.reader(), record, at, count_size, text_)) book_.warnings.add("XLS-041", tab_, row_at_ + 1ULL);
        add_text(text_, false);
    }

    void add_shared(std::uint32_t index) {
        const auto text = book_.strings.get(index);
        text ? add_text(*text, true) : book_.warnings.add("XLS-030", tab_, row_at_ + 1ULL);
    }

    void add_text(std::string_view text, bool lasting) {
        if (text.empty()) return;
        Cell cell;
        cell.kind = CellKind::Text;
        cell.text = text;
        add(cell, lasting);
    }

    void add_boolean(std::uint8_t value) {
        Cell cell;
        cell.kind = CellKind::Boolean;
        cell.number = value != 0 ? 1 : 0;
        add(cell, true);
    }

    void add_error(std::uint8_t code) {
        Cell cell;
        cell.kind = CellKind::Error;
        cell.text = error_text(code);
        add(cell, true);
    }

    void add_number(double value) {
        Cell cell;
        if (!std::isfinite(value)) {
            book_.warnings.add("XLS-042", tab_, row_at_ + 1ULL);
            return add_error(0x24);
        }
        std::string unreal;
        if (!set_moment(cell, value, meaning_, style_.date1904(), unreal)) {
            cell.kind = CellKind::Number;
            cell.number = value;
        }
        if (!unreal.empty()) {
            book_.warnings.add("XLS-031", tab_, row_at_ + 1ULL);
            cell.text = unreal;
        }
        add(cell, false);
    }

    void add(Cell& cell, bool lasting) {
        if (column_ >= kColumns) {
            book_.warnings.add("XLS-034", tab_, row_at_ + 1ULL);
            return;
        }
        cell.column = column_;
        cells_.add(row_at_, cell, lasting);
        if (cells_.too_large()) throw Error(Exit::Data, "XLS-051", {{"file", book_.file.name()}}, book_.file.name());
    }

    void spoilt() { book_.warnings.add("XLS-041", tab_, row_at_ + 1ULL); }

    BiffBook& book_;
    std::uint32_t tab_;
    std::uint64_t offset_;
    const BiffSheetShape& shape_;
    BiffStyle style_;
    SheetRecords records_;
    BiffRecord record_;
    BiffCells cells_;
    std::vector<Cell> row_;
    std::string text_;
    std::size_t band_ = 0;
    std::uint32_t first_ = 0;  // rows of this portion, from 0
    std::uint32_t last_ = kRows - 1;
    bool waiting_ = false;  // record_ belongs to the next row
    bool done_ = false;
    bool text_awaited_ = false;
    std::uint16_t at_row_ = 0;  // of the row being gathered
    std::uint16_t row_at_ = 0;  // of the cell at hand
    std::uint16_t column_ = 0;
    std::uint16_t ixfe_ = 0;
    NumberMeaning meaning_ = NumberMeaning::Plain;
    std::uint64_t row_number_ = 0;  // of the last row given, from 1
};

class EmptySheet : public Source {
  public:
    bool next(RawRow&) override { return false; }
    std::string bookmark() const override { return {}; }
};

}  // namespace

std::unique_ptr<Source> open_no_sheet() { return std::make_unique<EmptySheet>(); }

std::unique_ptr<Source> open_biff_sheet(BiffBook& book, std::uint32_t index) {
    const std::size_t tab = index - 1;
    const auto offset = book.find_tab(tab);
    if (!offset) {
        book.warnings.add("XLS-035", index, 0);
        return open_no_sheet();
    }
    BiffSheetShape& shape = book.shapes[tab];
    if (!shape.known) shape = look_at(book, *offset);
    return std::make_unique<BiffSheet>(book, index, *offset, shape);
}

}  // namespace brugwacht
