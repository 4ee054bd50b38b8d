#include "connector/files/peek.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "connector/files/cell_text.hpp"
#include "connector/files/utf8.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {

namespace {

constexpr std::uint64_t kMaxRectangle = 1'000'000'000;  // cells, unless a twentieth of them is filled
constexpr std::uint64_t kMinFilledShare = 20;
constexpr std::size_t kMaxDisordered = 64 << 20;  // bytes of a sheet whose rows must be put in order
constexpr std::size_t kTableRows = 20;
constexpr std::size_t kTableColumns = 50;
constexpr std::size_t kTableWidth = 30;
constexpr std::size_t kHeaderSearch = 50;

bool is_filled(const Cell& cell) {
    return cell.kind != CellKind::Empty && !((cell.kind == CellKind::Text || cell.kind == CellKind::Error) && cell.text.empty());
}

/// How far a sheet reaches, and where its header seems to be.
struct Extent {
    std::uint64_t rows = 0;  // from the first row (of the table, in a text file) to the last one with something in it
    std::uint64_t columns = 0;
    std::uint64_t filled = 0;  // cells
    std::uint64_t header_row = 0;
    bool disordered = false;
};

struct RowShape {
    std::uint64_t row = 0;
    std::size_t filled = 0;
    std::size_t names = 0;  // texts that could be column names
};

/// A text that is a number or a date in a text file is data.
bool is_name(const Cell& cell) {
    if (cell.kind != CellKind::Text) return false;
    const std::string_view text = trim(cell.text);
    if (text.empty()) return false;
    return text.find_first_not_of("0123456789.,-+/: %") != std::string_view::npos;
}

RowShape shape_of(const RawRow& row) {
    RowShape shape{row.row, 0, 0};
    for (const Cell& cell : row.cells) {
        if (!is_filled(cell)) continue;
        ++shape.filled;
        if (is_name(cell)) ++shape.names;
    }
    return shape;
}

/// The first row that is about as wide as the table and holds nothing but names.
std::uint64_t find_header(const std::vector<RowShape>& shapes) {
    std::size_t widest = 0;
    for (const RowShape& shape : shapes) widest = std::max(widest, shape.filled);
    for (const RowShape& shape : shapes) {
        if (shape.filled == 0 || shape.filled * 2 < widest) continue;
        if (widest >= 2 && shape.filled < 2) continue;
        return shape.names * 10 >= shape.filled * 9 ? shape.row : 0;
    }
    return 0;
}

/// A text file counts records, a sheet its own row numbers.
class Walker {
  public:
    Walker(Document& document, std::uint32_t tab)
        : source_(document.open_tab(tab)), first_row_(document.first_row()), by_record_(document.info().kind == "csv") {}

    /// The next row from first_row on, with its place from 1.
    bool next(RawRow& row, std::uint64_t& place) {
        while (source_->next(row)) {
            if (row.row < first_row_ && by_record_) continue;
            place = by_record_ ? ++records_ : row.row;
            return true;
        }
        return false;
    }

  private:
    std::unique_ptr<Source> source_;
    std::uint64_t first_row_;
    bool by_record_;
    std::uint64_t records_ = 0;
};

Extent measure(Document& document, std::uint32_t tab) {
    Extent extent;
    std::vector<RowShape> shapes;
    Walker walker(document, tab);
    RawRow row;
    std::uint64_t place = 0;
    std::uint64_t previous = 0;
    while (walker.next(row, place)) {
        if (place <= previous) extent.disordered = true;
        previous = place;
        std::uint64_t filled = 0;
        for (const Cell& cell : row.cells)
            if (is_filled(cell)) {
                ++filled;
                extent.columns = std::max<std::uint64_t>(extent.columns, cell.column + 1ULL);
            }
        if (filled == 0) continue;
        extent.filled += filled;
        extent.rows = std::max(extent.rows, place);
        if (shapes.size() < kHeaderSearch) shapes.push_back(shape_of(row));
    }
    std::stable_sort(shapes.begin(), shapes.end(), [](const RowShape& a, const RowShape& b) { return a.row < b.row; });
    extent.header_row = find_header(shapes);
    return extent;
}

bool has_cells(Document& document, std::uint32_t tab) {
    const auto source = document.open_tab(tab);
    RawRow row;
    while (source->next(row))
        if (std::any_of(row.cells.begin(), row.cells.end(), is_filled)) return true;
    return false;
}

/// The sheet that was asked for; without a wish the first tab with cells, or the first of all.
std::uint32_t choose_tab(Document& document, const PeekRequest& request) {
    const std::vector<TabInfo>& tabs = document.info().tabs;
    if (!request.sheet || request.sheet->empty()) {
        for (const TabInfo& tab : tabs)
            if (tab.is_sheet && has_cells(document, tab.index)) return tab.index;
        return 1;
    }
    for (const TabInfo& tab : tabs)
        if (tab.name == *request.sheet) return tab.index;
    const std::string wanted = fold(*request.sheet);
    for (const TabInfo& tab : tabs)
        if (!wanted.empty() && fold(tab.name) == wanted) return tab.index;
    std::uint32_t number = 0;
    const char* const last = request.sheet->data() + request.sheet->size();
    const auto [end, error] = std::from_chars(request.sheet->data(), last, number);
    if (error == std::errc() && end == last && number >= 1 && number <= tabs.size()) return number;
    throw Error(Exit::Usage, "FIL-020",
                {{"file", request.file}, {"sheet", *request.sheet}, {"count", static_cast<std::int64_t>(tabs.size())}}, request.file);
}

class CsvWriter {
  public:
    CsvWriter(std::ostream& out, std::uint64_t columns) : out_(out), columns_(columns) {}
    ~CsvWriter() { flush(); }
    CsvWriter(const CsvWriter&) = delete;
    CsvWriter& operator=(const CsvWriter&) = delete;

    /// Commas up to `column` (from 0), then the value in quotes where it needs them.
    void field(std::uint64_t column, std::string_view value) {
        advance(column);
        if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
            buffer_ += value;
            return;
        }
        buffer_ += '"';
        for (const char c : value) {
            if (c == '"') buffer_ += '"';
            buffer_ += c;
        }
        buffer_ += '"';
    }
    void field(const Cell& cell) {
        if (cell.kind == CellKind::Text || cell.kind == CellKind::Error) return field(cell.column, cell.text);
        advance(cell.column);
        append_cell_text(cell, buffer_);
    }
    void end_row() {
        const bool nothing = columns_ == 1 && row_start_ == buffer_.size();
        advance(columns_ - 1);
        if (nothing) buffer_ += "\"\"";  // a blank line would be no row at all
        buffer_ += '\n';
        at_ = 0;
        if (buffer_.size() > (256U << 10)) flush();
        row_start_ = buffer_.size();
    }

  private:
    void advance(std::uint64_t column) {
        if (column > at_) buffer_.append(column - at_, ',');
        at_ = std::max(at_, column);
    }
    void flush() {
        out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.clear();
    }

    std::ostream& out_;
    std::uint64_t columns_;
    std::uint64_t at_ = 0;
    std::size_t row_start_ = 0;
    std::string buffer_;
};

[[noreturn]] void too_large(const PeekRequest& request, const Extent& extent) {
    throw Error(
        Exit::Data, "FIL-021",
        {{"file", request.file}, {"rows", static_cast<std::int64_t>(extent.rows)}, {"columns", static_cast<std::int64_t>(extent.columns)}},
        request.file);
}

/// A damaged sheet that gives its rows in any order, or one row in parts: gathered in memory first.
void write_disordered(Document& document, std::uint32_t tab, const PeekRequest& request, const Extent& extent, std::ostream& out) {
    std::map<std::uint64_t, std::map<std::uint32_t, std::string>> rows;
    std::size_t held = 0;
    Walker walker(document, tab);
    RawRow row;
    std::uint64_t place = 0;
    while (walker.next(row, place))
        for (const Cell& cell : row.cells) {
            if (!is_filled(cell)) continue;
            std::string& text = rows[place][cell.column];
            text.clear();
            append_cell_text(cell, text);
            held += text.size() + 96;
            if (held > kMaxDisordered) too_large(request, extent);
        }
    CsvWriter writer(out, extent.columns);
    std::uint64_t done = 0;
    for (const auto& [number, cells] : rows) {
        for (++done; done < number; ++done) writer.end_row();
        for (const auto& [column, text] : cells) writer.field(column, text);
        writer.end_row();
    }
}

void write_csv(Document& document, const PeekRequest& request, std::ostream& out) {
    const std::uint32_t tab = choose_tab(document, request);
    const Extent extent = measure(document, tab);
    if (extent.rows == 0 || extent.columns == 0) return;
    const std::uint64_t cells = extent.rows * extent.columns;
    if (cells > kMaxRectangle && cells / kMinFilledShare > extent.filled) too_large(request, extent);
    if (extent.disordered) return write_disordered(document, tab, request, extent, out);
    CsvWriter writer(out, extent.columns);
    Walker walker(document, tab);
    RawRow row;
    std::uint64_t place = 0;
    std::uint64_t done = 0;
    while (walker.next(row, place)) {
        if (place > extent.rows) continue;  // empty; read to the end, where more may have to be said
        for (++done; done < place; ++done) writer.end_row();
        for (const Cell& cell : row.cells)
            if (is_filled(cell)) writer.field(cell);
        writer.end_row();
    }
    // What is wrong at the very end is only seen there.
    while (walker.next(row, place)) {
    }
}

void write_json(Document& document, const PeekRequest& request, std::ostream& out) {
    const DocumentInfo& info = document.info();
    std::uint32_t only = 0;
    if (request.sheet && !request.sheet->empty()) only = choose_tab(document, request);
    JsonWriter json(JsonWriter::Style::Pretty);
    json.begin_object().member("file", request.file).member("kind", info.kind).member("encoding", info.encoding);
    json.member("delimiter", info.delimiter).member("quote", info.quote).member("escape", info.escape);
    json.key("sheets").begin_array();
    for (const TabInfo& tab : info.tabs) {
        if (only != 0 && tab.index != only) continue;
        const Extent extent = tab.is_sheet ? measure(document, tab.index) : Extent{};
        json.begin_object().member("index", static_cast<std::uint64_t>(tab.index)).member("name", tab.name);
        json.member("rows", extent.rows).member("columns", extent.columns).key("header_row");
        extent.header_row == 0 ? json.null() : json.value(extent.header_row);
        json.end_object();
    }
    json.end_array().key("warnings").begin_array();
    for (const ReadWarning& warning : document.warnings()) {
        json.begin_object().member("code", warning.code).member("count", warning.count);
        json.member("sheet", static_cast<std::uint64_t>(warning.tab)).member("row", warning.row).end_object();
    }
    json.end_array().end_object();
    out << json.take() << '\n';
}

/// One line, no control characters (a terminal would obey them), at most kTableWidth characters.
std::string for_terminal(std::string_view text) {
    std::string result;
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t n = std::max<std::size_t>(utf8_sequence(text.substr(at)), 1);
        if (width == kTableWidth - 1 && at + n < text.size()) return result + "…";
        const auto c = static_cast<unsigned char>(text[at]);
        const bool control = c < 0x20 || c == 0x7f || (c == 0xc2 && n == 2 && static_cast<unsigned char>(text[at + 1]) < 0xa0);
        if (control)
            result += c == '\n' || c == '\r' || c == '\t' ? " " : "·";
        else
            result.append(text, at, n);
        at += n;
        ++width;
    }
    return result;
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void write_tab_table(Document& document, const TabInfo& tab, std::ostream& out) {
    std::vector<std::pair<std::uint64_t, std::vector<std::string>>> rows;
    std::vector<std::size_t> widths;
    bool cut = false;
    Walker walker(document, tab.index);
    RawRow row;
    std::uint64_t place = 0;
    while (rows.size() < kTableRows && walker.next(row, place)) {
        std::vector<std::string> texts;
        for (const Cell& cell : row.cells) {
            if (!is_filled(cell)) continue;
            if (cell.column >= kTableColumns) {
                cut = true;
                break;
            }
            texts.resize(cell.column + 1);
            std::string text;
            append_cell_text(cell, text);
            texts.back() = for_terminal(text);
            widths.resize(std::max(widths.size(), texts.size()));
            widths[texts.size() - 1] = std::max(widths[texts.size() - 1], width_of(texts.back()));
        }
        rows.emplace_back(row.row, std::move(texts));
    }
    out << '[' << tab.index << ']' << (tab.name.empty() ? "" : " " + for_terminal(tab.name)) << '\n';
    const std::size_t number_width = rows.empty() ? 1 : std::to_string(rows.back().first).size();
    for (const auto& [number, texts] : rows) {
        const std::string label = std::to_string(number);
        std::string line = std::string(number_width - std::min(number_width, label.size()), ' ') + label;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            line += " | " + texts[i];
            if (i + 1 < texts.size()) line.append(widths[i] - width_of(texts[i]), ' ');
        }
        out << line << (cut ? " …" : "") << '\n';
    }
    if (rows.size() == kTableRows && walker.next(row, place)) out << "…\n";
}

void write_table(Document& document, const PeekRequest& request, std::ostream& out) {
    std::uint32_t only = 0;
    if (request.sheet && !request.sheet->empty()) only = choose_tab(document, request);
    bool first = true;
    for (const TabInfo& tab : document.info().tabs) {
        if (only != 0 && tab.index != only) continue;
        if (!first) out << '\n';
        first = false;
        write_tab_table(document, tab, out);
    }
}

}  // namespace

void write_peek(Document& document, const PeekRequest& request, std::ostream& out) {
    switch (request.format) {
        case PeekFormat::Csv:
            return write_csv(document, request, out);
        case PeekFormat::Json:
            return write_json(document, request, out);
        case PeekFormat::Table:
            return write_table(document, request, out);
    }
}

}  // namespace brugwacht
