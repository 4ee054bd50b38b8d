#include "exporters/local/rejects.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <map>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/csv_writer.hpp"
#include "engine/lib/workbook.hpp"
#include "exporters/local/cell_text.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {
namespace {

constexpr Colour kQuiet = 0x5B6770;
constexpr Colour kHeadUnused = 0x8A979F;
constexpr Colour kHeadReason = 0x8C3B22;
constexpr Colour kWrong = 0xF8C9BB;
constexpr Colour kWithheld = 0xFBE8B8;
constexpr Colour kUnused = 0xEDF0F2;
constexpr Colour kReason = 0xFDF4F0;
constexpr std::uint32_t kMostColumns = 16300;  // a sheet has 16,384, and five are ours
constexpr std::uint64_t kRowsMeasured = 300;   // for the widths of columns
constexpr std::size_t kLongestCell = 32767;
constexpr std::size_t kReasonColumns = 5;
constexpr std::array<double, kReasonColumns> kReasonWidths{50, 22, 50, 8, 34};

/// A text file of mode 0600.
class TextFile {
  public:
    explicit TextFile(std::filesystem::path path) : path_(std::move(path)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd_ < 0) throw Error(Exit::CannotCreate, "FIL-005", {{"file", path_.string()}}, path_.string());
    }
    ~TextFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    std::string& buffer() { return buffer_; }
    void flush_when_full() {
        if (buffer_.size() >= (std::size_t{1} << 16)) flush();
    }
    void close() {
        flush();
        const bool good = ::fsync(fd_) == 0;
        const bool closed = ::close(std::exchange(fd_, -1)) == 0;
        if (!good || !closed) fail();
    }

  private:
    void flush() {
        std::size_t done = 0;
        while (done < buffer_.size()) {
            const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) fail();
            done += static_cast<std::size_t>(n);
        }
        buffer_.clear();
    }
    [[noreturn]] void fail() const { throw Error(Exit::Io, "FIL-006", {{"file", path_.string()}}, path_.string()); }

    std::filesystem::path path_;
    int fd_ = -1;
    std::string buffer_;
};

Style cell_style(RejectLook look) {
    Style style;
    style.colour = kInk;
    style.line_below = kLine;
    style.number_format = "@";  // what is typed over it stays as typed: leading zeros, dates as written
    if (look == RejectLook::Wrong) {
        style.fill = kWrong;
        style.box = true;
    } else if (look == RejectLook::Withheld) {
        style.fill = kWithheld;
        style.box = true;
    }
    return style;
}

Style reason_style(bool wrap) {
    Style style;
    style.colour = kInk;
    style.fill = kReason;
    style.line_below = kLine;
    style.wrap = wrap;
    return style;
}

Style row_style() {
    Style style = reason_style(false);
    style.align = Align::Left;
    return style;
}

Style mark_style() {
    Style style = reason_style(false);
    style.size = 8;
    style.colour = kHeadUnused;
    return style;
}

}  // namespace

std::string sheet_name(std::string_view wanted, const std::vector<std::string>& taken) {
    constexpr std::size_t kLongest = 31;
    std::string name = clean(wanted);
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F || std::string_view("[]:*?/\\").find(c) != std::string_view::npos) c = '_';
    name = shortened(name, kLongest);
    while (!name.empty() && name.front() == '\'') name.erase(0, 1);
    while (!name.empty() && name.back() == '\'') name.pop_back();
    if (trim(name).empty()) name = "1";
    if (fold_words(name) == "history") name += "_";  // a name that spreadsheet programs keep for themselves
    const auto is_taken = [&taken](const std::string& candidate) {
        return std::any_of(taken.begin(), taken.end(),
                           [&](const std::string& other) { return fold_words(other) == fold_words(candidate); });
    };
    std::string free = name;
    for (int n = 2; is_taken(free); ++n) {
        const std::string suffix = " (" + std::to_string(n) + ")";
        free = shortened(name, kLongest - suffix.size()) + suffix;
    }
    return free;
}

std::vector<std::string> reject_headers(const Texts& texts) {
    return {texts("rejects.header.reason"), texts("rejects.header.column"), texts("rejects.header.remedy"), texts("rejects.header.row"),
            texts("rejects.header.mark")};
}

struct RejectWriter::Impl {
    std::filesystem::path folder;
    const Texts& texts;
    RejectedFile file;
    std::filesystem::path path;
    std::unique_ptr<Workbook> book;
    std::vector<std::string> names;
    std::vector<std::filesystem::path> csv_paths;
    bool closed = false;

    // the current sheet
    Sheet* sheet = nullptr;
    std::unique_ptr<TextFile> csv;
    std::map<std::uint32_t, std::uint16_t> place;  // column of the source -> column of this sheet
    std::vector<bool> mapped;
    std::vector<std::size_t> widths;
    std::uint16_t width = 0;  // columns before ours
    std::uint32_t header_at = 0, next_row = 0;
    std::uint64_t rows = 0;

    Impl(std::filesystem::path in, const Texts& t, RejectedFile f) : folder(std::move(in)), texts(t), file(std::move(f)) {
        path = folder / "rejects.xlsx";
        WorkbookProperties properties;
        properties.title = texts("rejects.title");
        book = std::make_unique<Workbook>(path, properties, true);
    }

    void end_sheet();
    void write_cell(std::uint32_t row, std::uint16_t column, const RejectedCell& cell);
    void explain(const std::vector<RejectedGroup>& groups, std::uint64_t left_out);
};

RejectWriter::RejectWriter(std::filesystem::path folder, const Texts& texts, RejectedFile file)
    : impl_(std::make_unique<Impl>(std::move(folder), texts, std::move(file))) {}

RejectWriter::~RejectWriter() {
    if (impl_->closed) return;
    impl_->csv.reset();
    impl_->book.reset();
    std::error_code ignored;
    std::filesystem::remove(impl_->path, ignored);
    for (const auto& csv : impl_->csv_paths) std::filesystem::remove(csv, ignored);
}

const std::filesystem::path& RejectWriter::workbook() const { return impl_->path; }
const std::vector<std::filesystem::path>& RejectWriter::csv_files() const { return impl_->csv_paths; }

std::uint32_t RejectWriter::width() const { return impl_->width; }

void RejectWriter::sheet(std::string_view name, const std::vector<RejectedColumn>& columns) {
    Impl& m = *impl_;
    m.end_sheet();
    m.names.push_back(sheet_name(name, m.names));
    m.sheet = &m.book->add_sheet(m.names.back());
    m.csv_paths.push_back(m.folder / ("rejects-" + std::to_string(m.names.size()) + ".csv"));
    m.csv = std::make_unique<TextFile>(m.csv_paths.back());
    m.csv->buffer() = kByteOrderMark;
    m.place.clear();

    // Columns keep their place as long as a sheet is wide enough; else those that are not taken over give way.
    const std::uint32_t last = columns.empty() ? 0 : columns.back().column;
    std::vector<const RejectedColumn*> shown;
    for (const RejectedColumn& column : columns)
        if (last < kMostColumns || (column.mapped && shown.size() < kMostColumns)) shown.push_back(&column);
    for (const RejectedColumn* column : shown)
        m.place[column->column] = static_cast<std::uint16_t>(last < kMostColumns ? column->column : m.place.size());
    m.width = shown.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(m.place[shown.back()->column] + 1);
    m.mapped.assign(m.width, false);
    m.widths.assign(m.width, 0);
    for (const RejectedColumn* column : shown) {
        m.mapped[m.place[column->column]] = column->mapped;
        m.widths[m.place[column->column]] = length_of(column->header);
    }

    const bool has_categories = std::any_of(shown.begin(), shown.end(), [](const RejectedColumn* c) { return !c->category.empty(); });
    m.header_at = has_categories ? 1 : 0;
    m.rows = 0;
    m.sheet->row_height(0, 2 * kLinePoints);
    std::vector<std::string> line(m.width + kReasonColumns);
    if (has_categories) {
        // As in the source, where the cells were merged: a category holds until the next.
        std::string before;
        for (const RejectedColumn* column : shown) {
            const std::uint16_t at = m.place[column->column];
            line[at] = clean(column->category);
            m.sheet->text(0, at, column->category == before ? std::string() : line[at], header_style(kHead));
            before = column->category;
        }
        append_csv_row(m.csv->buffer(), line);
        std::fill(line.begin(), line.end(), std::string());
    }
    if (has_categories) m.sheet->row_height(m.header_at, 2 * kLinePoints);
    for (const RejectedColumn* column : shown) {
        const std::uint16_t at = m.place[column->column];
        line[at] = clean(column->header);
        m.sheet->text(m.header_at, at, line[at], header_style(column->mapped ? kHead : kHeadUnused));
    }
    const std::vector<std::string> ours = reject_headers(m.texts);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        line[m.width + i] = ours[i];
        m.sheet->text(m.header_at, static_cast<std::uint16_t>(m.width + i), ours[i], header_style(kHeadReason));
    }
    append_csv_row(m.csv->buffer(), line);
    m.next_row = m.header_at + 1;
}

void RejectWriter::Impl::write_cell(std::uint32_t row, std::uint16_t column, const RejectedCell& cell) {
    Style style = cell_style(cell.look);
    const auto as_text = [&](const std::string& text) { sheet->text(row, column, text, style); };
    const std::int64_t day = std::isfinite(cell.number) ? static_cast<std::int64_t>(std::floor(cell.number / 86400.0)) : 0;
    switch (cell.kind) {
        case CellKind::Number:
            style.number_format = std::abs(cell.number) >= 1e11 && cell.number == std::floor(cell.number) ? "0" : "General";
            if (!std::isfinite(cell.number)) return as_text(cell.text);
            return sheet->number(row, column, cell.number, style);
        case CellKind::Boolean:
            style.number_format = "General";
            return sheet->boolean(row, column, cell.number != 0, style);
        case CellKind::DateTime:
            // 1900-03-01 and 9999-12-31: outside, the spreadsheet calendar is wrong or ends.
            if (day < -25508 || day > 2932896) return as_text(cell.text);
            style.number_format = cell.has_time ? "dd/mm/yyyy hh:mm:ss" : "dd/mm/yyyy";
            style.align = Align::Left;
            return sheet->number(row, column, cell.number / 86400.0 + 25569.0, style);
        case CellKind::Time:
            if (!(cell.number >= 0 && cell.number < 86400.0)) return as_text(cell.text);
            style.number_format = "hh:mm:ss";
            style.align = Align::Left;
            return sheet->number(row, column, cell.number / 86400.0, style);
        case CellKind::Text:
            return as_text(clean(cell.text));
        case CellKind::Empty:
        case CellKind::Error:
            return as_text({});
    }
}

void RejectWriter::row(const RejectedRow& row) {
    Impl& m = *impl_;
    std::vector<std::string> line(m.width + kReasonColumns);
    const std::array<const std::string*, 3> words{&row.reason, &row.columns, &row.remedy};
    std::size_t lines = 1;
    for (std::size_t i = 0; i < words.size(); ++i) {
        line[m.width + i] = shortened(clean(*words[i]), 4000);
        lines = std::max(lines, lines_of(line[m.width + i], kReasonWidths[i]));
    }
    m.sheet->row_height(m.next_row, kLinePoints * static_cast<double>(lines) + 3);
    std::size_t next = 0;
    for (const auto& [column, at] : m.place) {
        while (next < row.cells.size() && row.cells[next].column < column) ++next;
        if (next >= row.cells.size() || row.cells[next].column != column) continue;
        RejectedCell cell = row.cells[next];
        if (cell.text.size() > kLongestCell) cell.text = cell.kind == CellKind::Text ? std::string() : shortened(cell.text, 100);
        m.write_cell(m.next_row, at, cell);
        line[at] = cell.kind == CellKind::Empty || cell.kind == CellKind::Error ? std::string() : clean(cell.text);
        if (m.rows < kRowsMeasured) m.widths[at] = std::max(m.widths[at], length_of(line[at]));
    }
    for (std::size_t i = 0; i < words.size(); ++i)
        m.sheet->text(m.next_row, static_cast<std::uint16_t>(m.width + i), line[m.width + i], reason_style(true));
    m.sheet->integer(m.next_row, static_cast<std::uint16_t>(m.width + 3), static_cast<std::int64_t>(row.row), row_style());
    line[m.width + 3] = std::to_string(row.row);
    m.sheet->text(m.next_row, static_cast<std::uint16_t>(m.width + 4), row.mark, mark_style());
    line[m.width + 4] = row.mark;
    append_csv_row(m.csv->buffer(), line);
    m.csv->flush_when_full();
    ++m.next_row;
    ++m.rows;
}

void RejectWriter::Impl::end_sheet() {
    if (sheet == nullptr) return;
    csv->close();
    csv.reset();
    Style unused;
    unused.fill = kUnused;
    const Style plain = cell_style(RejectLook::Plain);
    for (std::uint16_t c = 0; c < width; ++c) {
        const double characters = std::clamp(static_cast<double>(widths[c]) * 1.1 + 3, 9.0, 34.0);
        sheet->column_style(c, c, mapped[c] ? characters : std::min(characters, 16.0), mapped[c] ? plain : unused);
    }
    for (std::uint16_t c = 0; c < kReasonColumns; ++c)
        sheet->column_width(static_cast<std::uint16_t>(width + c), static_cast<std::uint16_t>(width + c), kReasonWidths[c]);
    sheet->freeze(header_at + 1, 0);
    sheet->filter({header_at, 0, next_row - 1, static_cast<std::uint16_t>(width + kReasonColumns - 1)});
    PageSetup page;
    page.repeat_rows = std::pair<std::uint32_t, std::uint32_t>{0, header_at};
    page.page_of = texts("rejects.page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
    sheet->page(page);
    sheet->tab_colour(kHeadReason);
    sheet = nullptr;
}

void RejectWriter::Impl::explain(const std::vector<RejectedGroup>& groups, std::uint64_t left_out) {
    Sheet& page = book->add_sheet(sheet_name(texts("rejects.explain"), names));
    page.hide_gridlines();
    page.tab_colour(kHead);
    page.column_width(0, 0, 14);
    page.column_width(1, 1, 26);
    page.column_width(2, 3, 58);
    Style title;
    title.size = 18;
    title.bold = true;
    title.colour = kHead;
    Style quiet;
    quiet.colour = kQuiet;
    Style body;
    body.indent = 1;
    Style number;
    number.bold = true;
    number.colour = kHead;
    number.align = Align::Left;
    std::uint32_t at = 0;
    page.row_height(at, 30);
    page.text(at++, 0, texts("rejects.title"), title);
    page.text(at++, 0,
              texts("rejects.about", {{"file", clean(file.name)}, {"source", file.source}, {"mapping", file.mapping}, {"run", file.run}}),
              quiet);
    ++at;
    std::int64_t step = 1;
    for (const char* key : {"rejects.step1", "rejects.step2", "rejects.step3", "rejects.step4"}) {
        page.row_height(at, 20);
        page.integer(at, 0, step++, number);
        page.text(at++, 1, texts(key), body);
    }
    ++at;
    page.text(at, 0, "", cell_style(RejectLook::Wrong));
    page.text(at++, 1, texts("rejects.legend_wrong"), body);
    page.text(at, 0, "", cell_style(RejectLook::Withheld));
    page.text(at++, 1, texts("rejects.legend_withheld"), body);
    Style unused;
    unused.fill = kUnused;
    page.text(at, 0, "", unused);
    page.text(at++, 1, texts("rejects.legend_unused"), body);
    if (left_out > 0) {
        ++at;
        Style loud = body;
        loud.bold = true;
        loud.colour = kHeadReason;
        page.text(at++, 0, texts("rejects.left_out", {{"count", static_cast<std::int64_t>(left_out)}}), loud);
    }
    ++at;
    const std::array<std::string, 4> heads{texts("rejects.header.count"), texts("rejects.header.column"), texts("rejects.header.reason"),
                                           texts("rejects.header.remedy")};
    for (std::uint16_t c = 0; c < heads.size(); ++c) page.text(at, c, heads[c], header_style(kHead));
    ++at;
    Style cell;
    cell.wrap = true;
    cell.line_below = kLine;
    for (const RejectedGroup& group : groups) {
        page.row_height(at, 3 + kLinePoints * static_cast<double>(std::max(lines_of(group.reason, 58), lines_of(group.remedy, 58))));
        Style count = cell;
        count.align = Align::Left;
        page.integer(at, 0, static_cast<std::int64_t>(group.count), count);
        page.text(at, 1, shortened(clean(group.column), 200), cell);
        page.text(at, 2, clean(group.reason), cell);
        page.text(at, 3, clean(group.remedy), cell);
        ++at;
    }
    page.page(PageSetup{});
}

void RejectWriter::close(const std::vector<RejectedGroup>& groups, std::uint64_t left_out) {
    Impl& m = *impl_;
    m.end_sheet();
    m.explain(groups, left_out);
    m.book->close();
    m.closed = true;
}

}  // namespace brugwacht
