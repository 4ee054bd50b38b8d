#include "exporters/local/register.hpp"

#include <algorithm>

#include "engine/lib/workbook.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {
namespace {

constexpr double kPointsPerLine = 15;
constexpr double kTitleSize = 16;
constexpr Colour kBand = 0xF4F7F9;
constexpr std::size_t kMostLines = 26;  // a row is at most 409 points high

Style title_style() {
    Style style;
    style.size = kTitleSize;
    style.bold = true;
    style.colour = kHead;
    return style;
}

Style cell_style(bool first, bool band) {
    Style style;
    style.wrap = true;
    style.bold = first;
    style.colour = kInk;
    style.line_below = kLine;
    if (band) style.fill = kBand;
    return style;
}

std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Of a text that is broken at the width of its column: programs that do not fit rows by themselves must show all of it.
std::size_t lines_of(const std::string& text, double width, bool bold) {
    const auto per_line = static_cast<std::size_t>(std::max(4.0, width * (bold ? 0.88 : 0.98) - 1));
    std::size_t lines = 0;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        lines += 1 + characters(text.substr(from, to - from)) / (per_line + 1);
        from = to + 1;
    }
    return lines;
}

class BookWriter {
  public:
    BookWriter(const RegisterBook& book, const Texts& texts, const std::filesystem::path& path)
        : book_(book), texts_(texts), workbook_(path, {.title = book.title, .created = book.made_on}) {}

    void write() {
        for (const RegisterSheet& sheet : book_.sheets) write_sheet(sheet);
        workbook_.close();
    }

  private:
    void write_sheet(const RegisterSheet& from) {
        Sheet& sheet = workbook_.add_sheet(from.table.name);
        sheet.hide_gridlines();
        sheet.tab_colour(kHead);
        for (std::uint16_t c = 0; c < from.widths.size(); ++c) sheet.column_width(c, c, from.widths[c]);
        std::uint32_t row = 0;
        sheet.row_height(row, kTitleSize * 1.6);
        sheet.text(row++, 0, from.title, title_style());
        Style quiet;
        quiet.colour = 0x5B6B76;
        for (const std::string& line : from.intro) sheet.text(row++, 0, line, quiet);
        ++row;
        const std::uint32_t header_row = row;
        for (std::uint16_t c = 0; c < from.table.headers.size(); ++c) sheet.text(row, c, from.table.headers[c], header_style(kHead));
        sheet.row_height(row++, 2 * kPointsPerLine);
        for (std::size_t r = 0; r < from.table.rows.size(); ++r) write_row(sheet, row++, from, from.table.rows[r], r % 2 == 1);
        sheet.freeze(header_row + 1, 0);
        PageSetup setup;
        setup.header = book_.title + " · " + texts_.date(book_.made_on);
        setup.page_of = texts_("register.page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
        setup.repeat_rows = {header_row, header_row};
        sheet.page(setup);
    }

    static void write_row(Sheet& sheet, std::uint32_t row, const RegisterSheet& from, const std::vector<std::string>& cells, bool band) {
        std::size_t lines = 1;
        for (std::uint16_t c = 0; c < cells.size(); ++c) {
            const double width = c < from.widths.size() ? from.widths[c] : 10;
            sheet.text(row, c, cells[c], cell_style(c == 0, band));
            lines = std::max(lines, lines_of(cells[c], width, c == 0));
        }
        sheet.row_height(row, static_cast<double>(std::min(lines, kMostLines)) * kPointsPerLine + 3);
    }

    const RegisterBook& book_;
    const Texts& texts_;
    Workbook workbook_;
};

}  // namespace

void write_register_workbook(const RegisterBook& book, const Texts& texts, const std::filesystem::path& path) {
    BookWriter(book, texts, path).write();
}

}  // namespace brugwacht
