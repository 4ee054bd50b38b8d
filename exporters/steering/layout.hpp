// What all sheets of the steering workbook share: typography, one family of colours, the head of a sheet, a table on a sheet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/code_lists.hpp"
#include "engine/lib/indicators.hpp"
#include "engine/lib/workbook.hpp"
#include "exporters/steering/steering.hpp"

namespace brugwacht::steering {

inline constexpr Colour kAccent = 0x1F5673;
inline constexpr Colour kAccentSoft = 0x5B93B0;
inline constexpr Colour kAccentPale = 0xE6EFF4;
inline constexpr Colour kInk = 0x1F2A33;
inline constexpr Colour kQuiet = 0x51606B;
inline constexpr Colour kLine = 0xC9D2D9;

/// Characters of the one column of a sheet of paragraphs. A single column is never shrunk to the page: it must fit by itself.
inline constexpr double kTextWidth = 104;

namespace styles {
Style title();
Style quiet();
Style heading();
Style body();
Style wrapped();
Style link();
Style table_header(bool number);
Style table_text(bool total);
Style table_number(bool total);
Style table_percent(bool total, int decimals);
}  // namespace styles

/// Lines that a text takes in a column of so many characters, words kept whole. Row heights are set, so that no program has to guess.
std::size_t lines_of(std::string_view text, double width);
double row_points(std::size_t lines);

/// A block of numbers on the sheet of charts.
struct ChartBlock {
    CellRange categories;
    CellRange values;
    std::vector<std::int64_t> numbers;
    std::vector<std::string> names;
    bool empty() const { return numbers.empty(); }
};

struct SheetEntry {
    std::string name;
    std::string title;
    std::string about;
};

class Book {
  public:
    Book(const SteeringReport& report, const CodeLists& lists, const Texts& texts, const std::filesystem::path& temporary);

    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts("steering." + key, args); }
    std::string plain(const std::string& key, const TextArgs& args = {}) const { return texts(key, args); }
    std::string label(const Label& label) const;
    std::string table_title(const CountTable& table) const;
    std::string unit_sentence(const CountTable& table) const;
    std::string denominator(const CountTable& table) const;
    std::string title_of(const Indicator& indicator) const;  // without the definition that some tables name
    std::string stand() const;                               // as-of and known-at dates in one sentence
    std::string withheld() const;                            // the mark
    std::string number(std::int64_t value) const { return texts.number(value); }
    std::string percent(double value, int decimals) const;

    /// Title in A1, dates in A2, the way back in A3; content starts in row 4 (0-based). Registers the sheet for the contents.
    Sheet& page(const std::string& key, const PageSetup& setup = {});
    Sheet& data_page(const ReleasedTable& table, std::size_t number);
    /// Heading cell of a section; gives the next row.
    std::uint32_t section(Sheet& sheet, std::uint32_t row, const std::string& heading) const;
    std::uint32_t paragraph(Sheet& sheet, std::uint32_t row, const std::string& text) const;  // on sheets of one column
    /// A released table as a block; gives the row after it.
    std::uint32_t block(Sheet& sheet, std::uint32_t row, const ReleasedTable& table) const;
    std::uint32_t block_or_empty(Sheet& sheet, std::uint32_t row, const std::string& id) const;
    /// A named table of texts; columns in `right` hold numbers. Gives the row after it.
    std::uint32_t text_table(Sheet& sheet, std::uint32_t row, const std::string& name, const std::vector<std::string>& headers,
                             const std::vector<double>& widths, const std::vector<std::vector<std::string>>& rows,
                             const std::vector<bool>& right) const;
    void count_cell(Sheet& sheet, std::uint32_t row, std::uint16_t column, const ReleasedCell& cell, bool total) const;

    std::string sheet_name(const std::string& key) const { return text("sheet." + key + ".name"); }
    std::string data_sheet_name(const ReleasedTable& table, std::size_t number) const;
    /// Name of the data sheet of a table, "" when there is none.
    std::string sheet_of(const std::string& table_id) const;
    const ReleasedTable* table(const std::string& id) const { return report.release.find(id); }
    std::vector<const ReleasedTable*> tables_like(const std::string& stem) const;

    void write_cover();
    void fill_contents(Sheet& sheet) const;
    void write_context();
    void write_dashboard();
    std::uint32_t write_employment(Sheet& sheet, std::uint32_t row) const;
    std::uint32_t write_factors(Sheet& sheet, std::uint32_t row) const;
    void write_themes();
    void write_agreement();
    void write_method();
    void write_indicators();
    void write_dictionary();
    void write_quality();
    void write_control();
    void write_data();
    void write_chart_data();
    /// Registers numbers for charts; the sheet is written at the end, the ranges are known at once.
    ChartBlock chart_block(const std::string& chart, const std::vector<std::string>& names, const std::vector<std::int64_t>& numbers);

    const SteeringReport& report;
    const CodeLists& lists;
    const Texts& texts;
    Workbook workbook;
    std::vector<SheetEntry> entries;

  private:
    void head(Sheet& sheet, const std::string& title, const PageSetup& setup) const;
    struct ChartRow {
        std::string chart, name;
        std::int64_t number;
    };
    std::vector<ChartRow> chart_rows_;
};

}  // namespace brugwacht::steering
