// Writes xlsx workbooks and nothing else: values only, no formula, no merged cell, nothing hidden, no comment, no author.
// Text is always typed text; text that a spreadsheet program could take for a formula also gets the quote prefix.
// Same calls, same bytes: nothing depends on the clock, the machine or the user.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"

namespace brugwacht {

using Colour = std::uint32_t;  // 0xRRGGBB

enum class Align : std::uint8_t { General, Left, Centre, Right, CentreAcross };
enum class VerticalAlign : std::uint8_t { Top, Centre, Bottom };

/// How a cell looks. Sizes in points. Equal styles become one.
struct Style {
    double size = 11;
    bool bold = false;
    bool underline = false;
    bool wrap = false;
    Align align = Align::General;
    VerticalAlign vertical = VerticalAlign::Top;
    std::uint8_t indent = 0;
    Colour colour = 0x1F2A33;
    std::optional<Colour> fill = {};
    std::optional<Colour> line_above = {};
    std::optional<Colour> line_below = {};
    bool box = false;                // thin lines on four sides, colour of line_below
    std::string number_format = {};  // US notation, as stored; "" = General
    friend auto operator<=>(const Style&, const Style&) = default;
};

/// A rectangle of cells; rows and columns from 0, last ones included.
struct CellRange {
    std::uint32_t first_row = 0;
    std::uint16_t first_column = 0;
    std::uint32_t last_row = 0;
    std::uint16_t last_column = 0;
};

enum class ChartKind : std::uint8_t { Column, StackedColumn, Bar, StackedBar, Line };
enum class Pattern : std::uint8_t { None, LightDiagonal, DarkDiagonal, Dotted, LightHorizontal };

/// One series. Categories and values are ranges of the sheet named in the chart; the name is literal.
struct ChartSeries {
    std::string name = {};
    CellRange categories = {};
    CellRange values = {};
    Colour colour = 0x1F5673;
    Pattern pattern = Pattern::None;
    bool outlined = false;  // plan: outline only; actual: solid
    bool line_only = true;  // line charts: a line; false: markers alone
    bool labels = false;    // values printed at the points
    Colour label_colour = 0x1F2A33;
};

struct Chart {
    ChartKind kind = ChartKind::Column;
    std::string sheet = {};  // where the ranges are
    std::string title = {};
    std::string alt_text = {};    // message and published numbers; required
    std::string value_axis = {};  // unit, "" = no name
    std::string category_axis = {};
    bool legend = false;
    bool reversed = false;  // bars: first category on top
    bool hide_value_axis = false;
    bool high_low_lines = false;  // line charts: joins highest and lowest series (interval whiskers)
    std::optional<double> value_max = {};
    std::uint16_t gap_percent = 60;
    std::vector<ChartSeries> series = {};
    std::uint32_t width_px = 480;
    std::uint32_t height_px = 288;
};

/// What may be filled in; texts of the messages are the caller's. Title at most 32, message at most 255 characters.
struct InputRule {
    std::string prompt_title = {};
    std::string prompt = {};
    std::string error_title = {};
    std::string error = {};
    bool strict = true;  // false: warns, but accepts
};

struct PageSetup {
    bool landscape = true;
    bool one_page_high = false;  // otherwise one page wide, as many as needed high
    std::string header = {};     // plain text
    std::string page_of = {};    // footer, {page} and {pages} stand for the numbers
    std::string footer = {};     // plain text, left
    std::optional<std::pair<std::uint32_t, std::uint32_t>> repeat_rows = {};
};

/// One sheet of a workbook that is being written. Lives as long as the workbook.
class Sheet {
  public:
    ~Sheet();
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;

    const std::string& name() const;
    /// UTF-8, at most 32,767 characters. Throws Error XLW-003 (70) otherwise. "" writes a blank cell with the style.
    void text(std::uint32_t row, std::uint16_t column, std::string_view text, const Style& style = {});
    void number(std::uint32_t row, std::uint16_t column, double value, const Style& style = {});
    void integer(std::uint32_t row, std::uint16_t column, std::int64_t value, const Style& style = {});
    /// A real date; format dd/mm/yyyy unless the style has one. Before 1900-03-01 it becomes text yyyy-mm-dd.
    void date(std::uint32_t row, std::uint16_t column, Date date, const Style& style = {});
    void boolean(std::uint32_t row, std::uint16_t column, bool value, const Style& style = {});
    void blank(std::uint32_t row, std::uint16_t column, const Style& style);
    /// A link to a cell ("A1") of a sheet of this workbook.
    void link(std::uint32_t row, std::uint16_t column, std::string_view sheet, std::string_view cell, std::string_view text,
              const Style& style = {});

    void column_width(std::uint16_t first, std::uint16_t last, double characters);
    /// Style for cells of a column that nobody writes (registration templates).
    void column_style(std::uint16_t first, std::uint16_t last, double characters, const Style& style);
    void row_height(std::uint32_t row, double points);
    void freeze(std::uint32_t row, std::uint16_t column);
    /// Filter buttons on the first row of the range.
    void filter(const CellRange& range);
    void page(const PageSetup& setup);
    void hide_gridlines();
    void tab_colour(Colour colour);
    /// A named table over header row and body (at least one body row); header texts are written by it. `name`: ASCII letters, digits, _.
    void table(const std::string& name, const CellRange& range, const std::vector<std::string>& headers, const Style& header_style,
               bool filter = true);
    /// The value is the cell's own; nothing is computed from other cells.
    void data_bar(const CellRange& range, Colour colour, double minimum, double maximum);

    /// Choice from values; at most 255 characters together, else Error XLW-004 (70): use choice_from.
    void choice(const CellRange& cells, const std::vector<std::string>& values, const InputRule& rule = {});
    /// Choice from one column of a sheet of this workbook.
    void choice_from(const CellRange& cells, std::string_view sheet, const CellRange& values, const InputRule& rule = {});
    void date_between(const CellRange& cells, Date first, Date last, const InputRule& rule = {});
    void whole_number_between(const CellRange& cells, std::int64_t lowest, std::int64_t highest, const InputRule& rule = {});

    void chart(std::uint32_t row, std::uint16_t column, const Chart& chart);

  private:
    friend class Workbook;
    struct Impl;
    explicit Sheet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Fixed, neutral document properties: no person, no path, no organisation unless the text is one that was released.
struct WorkbookProperties {
    std::string title = {};
    std::string subject = {};
    std::string author = "Brugwacht";
    std::string keywords = {};
    Date created = Date::from_days(10957);  // 2000-01-01; a report sets its as-of date
};

class Workbook {
  public:
    /// Writes to `temporary`, in a folder of mode 0700 that the caller owns; the library's own scratch files stay in that folder.
    /// `streamed`: rows of a sheet are written in rising order and cells of an earlier row never again, sheet after sheet; memory does
    /// then not grow with the rows. No table() in such a workbook.
    Workbook(std::filesystem::path temporary, const WorkbookProperties& properties, bool streamed = false);
    ~Workbook();
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    /// Names are unique (also without case), 1 to 31 characters, without [ ] : * ? / \ and without ' at an end. Throws Error XLW-002 (70).
    Sheet& add_sheet(const std::string& name);
    /// Writes the file, mode 0600. Throws Error XLW-001 (74). Without close() nothing stays behind.
    void close();

  private:
    friend class Sheet;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// "B7" for row 6, column 1.
std::string cell_name(std::uint32_t row, std::uint16_t column);

}  // namespace brugwacht
