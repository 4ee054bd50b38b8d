#include "engine/lib/workbook.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/zip_patch.hpp"

namespace brugwacht {

namespace {

constexpr const char* kFont = "Calibri";
// The font name also keeps the size apart from a text that begins with a digit.
const std::string kPageFont = "&L&9&\"Calibri,Regular\"";
constexpr std::size_t kMaxText = 32767;
constexpr std::size_t kMaxChoices = 255;

std::size_t characters(std::string_view text) {
    // Spreadsheet limits count UTF-16 units.
    std::size_t n = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) ++n;
        if (byte >= 0xF0U) ++n;
    }
    return n;
}

void require_text(std::string_view text) {
    if (!is_valid_utf8(text) || characters(text) > kMaxText || text.find('\0') != std::string_view::npos)
        throw Error(Exit::Software, "XLW-003");
}

bool could_be_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r\n'").find(text.front()) != std::string_view::npos;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// A cell text that looks like an escape of the file format (_x0041_) must be escaped itself (ECMA-376 part 1, 22.9.2.19).
std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_' && i + 6 < text.size() && text[i + 1] == 'x' && text[i + 6] == '_' &&
            std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 2, text.begin() + static_cast<std::ptrdiff_t>(i) + 6, is_hex))
            out += "_x005F";
        out.push_back(text[i]);
    }
    return out;
}

// libxlsxwriter 1.1.4 copies the formula of a list validation twice and frees one copy; tests with a leak checker must not trip over it.
struct LeakPause {
#if defined(__SANITIZE_ADDRESS__)
    LeakPause() { __lsan_disable(); }
    ~LeakPause() { __lsan_enable(); }
#else
    LeakPause() = default;
    ~LeakPause() = default;
#endif
    LeakPause(const LeakPause&) = delete;
    LeakPause& operator=(const LeakPause&) = delete;
};

lxw_color_t colour_of(Colour colour) {
    // 0 would mean "not set" to the library; its own name for black is 0x1000000.
    return colour == 0 ? static_cast<lxw_color_t>(LXW_COLOR_BLACK) : static_cast<lxw_color_t>(colour);
}

lxw_datetime lxw_date(Date date) { return lxw_datetime{date.year(), date.month(), date.day(), 0, 0, 0.0}; }

void check(lxw_error result) {
    if (result == LXW_NO_ERROR) return;
    const bool disk = result == LXW_ERROR_CREATING_XLSX_FILE || result == LXW_ERROR_CREATING_TMPFILE ||
                      result == LXW_ERROR_ZIP_FILE_OPERATION || result == LXW_ERROR_ZIP_FILE_ADD || result == LXW_ERROR_ZIP_CLOSE ||
                      result == LXW_ERROR_ZIP_INTERNAL_ERROR;
    if (disk) throw Error(Exit::Io, "XLW-001");
    throw Error(Exit::Software, "XLW-005", {{"cause", std::string(lxw_strerror(result))}});
}

std::string quoted_sheet(std::string_view name) {
    std::string out = "'";
    for (const char c : name) {
        if (c == '\'') out.push_back('\'');
        out.push_back(c);
    }
    out.push_back('\'');
    return out;
}

std::string absolute(std::uint32_t row, std::uint16_t column) {
    std::string name = cell_name(row, column);
    const std::size_t digits = name.find_first_of("0123456789");
    return "$" + name.substr(0, digits) + "$" + name.substr(digits);
}

std::string reference(std::string_view sheet, const CellRange& range) {
    return "=" + quoted_sheet(sheet) + "!" + absolute(range.first_row, range.first_column) + ":" +
           absolute(range.last_row, range.last_column);
}

// The header and footer language has & as its escape.
std::string page_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out.push_back('&');
        out.push_back(c);
    }
    return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

std::uint8_t pattern_of(Pattern pattern) {
    switch (pattern) {
        case Pattern::None:
            return LXW_CHART_PATTERN_NONE;
        case Pattern::LightDiagonal:
            return LXW_CHART_PATTERN_LIGHT_UPWARD_DIAGONAL;
        case Pattern::DarkDiagonal:
            return LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL;
        case Pattern::Dotted:
            return LXW_CHART_PATTERN_PERCENT_20;
        case Pattern::LightHorizontal:
            return LXW_CHART_PATTERN_LIGHT_HORIZONTAL;
    }
    return LXW_CHART_PATTERN_NONE;
}

std::uint8_t kind_of(ChartKind kind) {
    switch (kind) {
        case ChartKind::Column:
            return LXW_CHART_COLUMN;
        case ChartKind::StackedColumn:
            return LXW_CHART_COLUMN_STACKED;
        case ChartKind::Bar:
            return LXW_CHART_BAR;
        case ChartKind::StackedBar:
            return LXW_CHART_BAR_STACKED;
        case ChartKind::Line:
            return LXW_CHART_LINE;
    }
    return LXW_CHART_COLUMN;
}

// Formats with quote prefix carry an explicit reading order, which nothing else here uses: the mark by which they are found again.
std::string with_quote_prefix(std::string styles) {
    static constexpr std::string_view mark = "readingOrder=\"1\"";
    std::size_t at = styles.find("<cellXfs");
    while (at != std::string::npos) {
        at = styles.find("<xf ", at);
        if (at == std::string::npos) break;
        const std::size_t next = styles.find("<xf ", at + 4);
        const std::size_t found = styles.find(mark, at);
        if (found != std::string::npos && (next == std::string::npos || found < next)) {
            styles.insert(at + 4, "quotePrefix=\"1\" ");
        }
        at += 4;
    }
    return styles;
}

}  // namespace

std::string cell_name(std::uint32_t row, std::uint16_t column) {
    std::string letters;
    for (unsigned n = column + 1U; n > 0; n = (n - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (n - 1) % 26));
    return letters + std::to_string(row + 1);
}

struct Workbook::Impl {
    std::filesystem::path path;
    std::string tmpdir;
    lxw_workbook* book = nullptr;
    std::map<std::pair<Style, bool>, lxw_format*> formats;
    std::vector<std::unique_ptr<Sheet>> sheets;
    std::set<std::string> names;

    lxw_format* format(const Style& style, bool quote) {
        auto [at, fresh] = formats.try_emplace({style, quote}, nullptr);
        if (fresh) at->second = make(style, quote);
        return at->second;
    }

    lxw_format* make(const Style& style, bool quote) {
        lxw_format* f = workbook_add_format(book);
        format_set_font_name(f, kFont);
        format_set_font_size(f, style.size);
        format_set_font_color(f, colour_of(style.colour));
        if (style.bold) format_set_bold(f);
        if (style.underline) format_set_underline(f, LXW_UNDERLINE_SINGLE);
        if (style.wrap) format_set_text_wrap(f);
        switch (style.align) {
            case Align::General:
                break;
            case Align::Left:
                format_set_align(f, LXW_ALIGN_LEFT);
                break;
            case Align::Right:
                format_set_align(f, LXW_ALIGN_RIGHT);
                break;
            case Align::Centre:
                format_set_align(f, LXW_ALIGN_CENTER);
                break;
            case Align::CentreAcross:
                format_set_align(f, LXW_ALIGN_CENTER_ACROSS);
                break;
        }
        format_set_align(f, style.vertical == VerticalAlign::Top      ? LXW_ALIGN_VERTICAL_TOP
                            : style.vertical == VerticalAlign::Centre ? LXW_ALIGN_VERTICAL_CENTER
                                                                      : LXW_ALIGN_VERTICAL_BOTTOM);
        if (style.indent != 0) format_set_indent(f, style.indent);
        if (style.fill) {
            format_set_pattern(f, LXW_PATTERN_SOLID);
            format_set_bg_color(f, colour_of(*style.fill));
        }
        borders(f, style);
        if (!style.number_format.empty()) format_set_num_format(f, style.number_format.c_str());
        if (quote) format_set_reading_order(f, 1);
        return f;
    }

    static void borders(lxw_format* f, const Style& style) {
        if (style.box) {
            format_set_border(f, LXW_BORDER_THIN);
            format_set_border_color(f, colour_of(style.line_below.value_or(0xC9D2D9)));
            return;
        }
        if (style.line_above) {
            format_set_top(f, LXW_BORDER_THIN);
            format_set_top_color(f, colour_of(*style.line_above));
        }
        if (style.line_below) {
            format_set_bottom(f, LXW_BORDER_THIN);
            format_set_bottom_color(f, colour_of(*style.line_below));
        }
    }

    void finish();
    void drop() {
        if (book != nullptr) lxw_workbook_free(book);
        book = nullptr;
    }
};

struct Sheet::Impl {
    Workbook::Impl* book = nullptr;
    lxw_worksheet* sheet = nullptr;
    std::string name;

    void put_text(std::uint32_t row, std::uint16_t column, std::string_view text, const Style& style) {
        require_text(text);
        lxw_format* format = book->format(style, could_be_formula(text));
        check(worksheet_write_string(sheet, row, column, escaped(text).c_str(), format));
    }

    void validate(const CellRange& cells, lxw_data_validation& v, const InputRule& rule) {
        std::string prompt_title = rule.prompt_title;
        std::string prompt = rule.prompt;
        std::string error_title = rule.error_title;
        std::string error = rule.error;
        v.ignore_blank = LXW_VALIDATION_ON;
        v.show_input = prompt_title.empty() && prompt.empty() ? LXW_VALIDATION_OFF : LXW_VALIDATION_ON;
        v.show_error = LXW_VALIDATION_ON;
        v.error_type = rule.strict ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING;
        if (!prompt_title.empty()) v.input_title = prompt_title.data();
        if (!prompt.empty()) v.input_message = prompt.data();
        if (!error_title.empty()) v.error_title = error_title.data();
        if (!error.empty()) v.error_message = error.data();
        [[maybe_unused]] const LeakPause pause;
        check(worksheet_data_validation_range(sheet, cells.first_row, cells.first_column, cells.last_row, cells.last_column, &v));
    }
};

Workbook::Workbook(std::filesystem::path temporary, const WorkbookProperties& properties, bool streamed) : impl_(std::make_unique<Impl>()) {
    impl_->path = std::move(temporary);
    impl_->tmpdir = impl_->path.has_parent_path() ? impl_->path.parent_path().string() : std::string(".");
    lxw_workbook_options options{};
    options.tmpdir = impl_->tmpdir.data();
    options.constant_memory = streamed ? LXW_TRUE : LXW_FALSE;
    impl_->book = workbook_new_opt(impl_->path.c_str(), &options);
    if (impl_->book == nullptr) throw Error(Exit::Io, "XLW-001");
    for (const std::string* text : {&properties.title, &properties.subject, &properties.author, &properties.keywords}) require_text(*text);
    std::string title = properties.title;
    std::string subject = properties.subject;
    std::string author = properties.author;
    std::string keywords = properties.keywords;
    lxw_doc_properties p{};
    p.title = title.data();
    p.subject = subject.data();
    p.author = author.data();
    p.keywords = keywords.data();
    p.created = static_cast<time_t>(properties.created.days()) * 86400;
    if (p.created <= 0) p.created = 946684800;  // 0 would mean "now" to the library
    check(workbook_set_properties(impl_->book, &p));
    // The default font of cells nobody styled.
    lxw_format* plain = workbook_add_format(impl_->book);
    format_set_font_name(plain, kFont);
}

Workbook::~Workbook() { impl_->drop(); }

Sheet& Workbook::add_sheet(const std::string& name) {
    const bool shape = !name.empty() && is_valid_utf8(name) && characters(name) <= 31 &&
                       name.find_first_of("[]:*?/\\") == std::string::npos && name.front() != '\'' && name.back() != '\'';
    if (!shape || !impl_->names.insert(fold_words(name)).second) throw Error(Exit::Software, "XLW-002", {{"name", name}});
    lxw_worksheet* sheet = workbook_add_worksheet(impl_->book, name.c_str());
    if (sheet == nullptr) throw Error(Exit::Software, "XLW-002", {{"name", name}});
    auto impl = std::make_unique<Sheet::Impl>();
    impl->book = impl_.get();
    impl->sheet = sheet;
    impl->name = name;
    impl_->sheets.push_back(std::unique_ptr<Sheet>(new Sheet(std::move(impl))));
    return *impl_->sheets.back();
}

void Workbook::close() {
    lxw_workbook* book = std::exchange(impl_->book, nullptr);
    if (book == nullptr) throw Error(Exit::Software, "XLW-005", {{"cause", std::string("closed")}});
    // The library reports a file that cannot be created on standard error as well; so find out before it does.
    const int probe = ::open(impl_->path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (probe < 0) {
        lxw_workbook_free(book);
        throw Error(Exit::Io, "XLW-001");
    }
    ::close(probe);
    const mode_t before = ::umask(0077);
    const lxw_error result = workbook_close(book);  // frees it, also when it fails
    ::umask(before);
    std::error_code ignored;
    if (result != LXW_NO_ERROR) std::filesystem::remove(impl_->path, ignored);
    check(result);
    try {
        impl_->finish();
    } catch (...) {
        std::filesystem::remove(impl_->path, ignored);
        throw;
    }
}

void Workbook::Impl::finish() {
    std::string bytes;
    {
        std::ifstream in(path, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        if (!in) throw Error(Exit::Io, "XLW-001");
    }
    try {
        bytes = patch_zip(
            bytes, [](std::string_view name) { return name == "xl/styles.xml"; },
            [](std::string_view, std::string content) { return with_quote_prefix(std::move(content)); });
    } catch (const std::logic_error&) {
        throw Error(Exit::Software, "XLW-005", {{"cause", std::string("zip")}});
    } catch (const std::runtime_error&) {
        throw Error(Exit::Software, "XLW-005", {{"cause", std::string("zip")}});
    }
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) throw Error(Exit::Io, "XLW-001");
    std::size_t done = 0;
    bool good = ::fchmod(file, 0600) == 0;
    while (good && done < bytes.size()) {
        const ssize_t n = ::write(file, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        good = n > 0;
        if (good) done += static_cast<std::size_t>(n);
    }
    good = good && ::fsync(file) == 0;
    good = ::close(file) == 0 && good;
    if (!good) throw Error(Exit::Io, "XLW-001");
}

Sheet::Sheet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sheet::~Sheet() = default;

const std::string& Sheet::name() const { return impl_->name; }

void Sheet::text(std::uint32_t row, std::uint16_t column, std::string_view text, const Style& style) {
    if (text.empty()) {
        blank(row, column, style);
        return;
    }
    impl_->put_text(row, column, text, style);
}

void Sheet::number(std::uint32_t row, std::uint16_t column, double value, const Style& style) {
    check(worksheet_write_number(impl_->sheet, row, column, value, impl_->book->format(style, false)));
}

void Sheet::integer(std::uint32_t row, std::uint16_t column, std::int64_t value, const Style& style) {
    number(row, column, static_cast<double>(value), style);
}

void Sheet::date(std::uint32_t row, std::uint16_t column, Date date, const Style& style) {
    static const Date first = *Date::from_ymd(1900, 3, 1);  // before it the spreadsheet calendar is off by one
    if (date < first) {
        text(row, column, date.iso(), style);
        return;
    }
    Style dated = style;
    if (dated.number_format.empty()) dated.number_format = "dd/mm/yyyy";
    number(row, column, static_cast<double>(date.days() + 25569), dated);
}

void Sheet::boolean(std::uint32_t row, std::uint16_t column, bool value, const Style& style) {
    check(worksheet_write_boolean(impl_->sheet, row, column, value ? 1 : 0, impl_->book->format(style, false)));
}

void Sheet::blank(std::uint32_t row, std::uint16_t column, const Style& style) {
    check(worksheet_write_blank(impl_->sheet, row, column, impl_->book->format(style, false)));
}

void Sheet::link(std::uint32_t row, std::uint16_t column, std::string_view sheet, std::string_view cell, std::string_view text,
                 const Style& style) {
    require_text(text);
    const std::string url = "internal:" + quoted_sheet(sheet) + "!" + std::string(cell);
    lxw_format* format = impl_->book->format(style, could_be_formula(text));
    check(worksheet_write_url_opt(impl_->sheet, row, column, url.c_str(), format, escaped(text).c_str(), nullptr));
}

void Sheet::column_width(std::uint16_t first, std::uint16_t last, double characters) {
    check(worksheet_set_column(impl_->sheet, first, last, characters, nullptr));
}

void Sheet::column_style(std::uint16_t first, std::uint16_t last, double characters, const Style& style) {
    check(worksheet_set_column(impl_->sheet, first, last, characters, impl_->book->format(style, false)));
}

void Sheet::row_height(std::uint32_t row, double points) { check(worksheet_set_row(impl_->sheet, row, points, nullptr)); }

void Sheet::freeze(std::uint32_t row, std::uint16_t column) { worksheet_freeze_panes(impl_->sheet, row, column); }

void Sheet::filter(const CellRange& range) {
    check(worksheet_autofilter(impl_->sheet, range.first_row, range.first_column, range.last_row, range.last_column));
}

void Sheet::page(const PageSetup& setup) {
    lxw_worksheet* sheet = impl_->sheet;
    worksheet_set_paper(sheet, 9);  // A4
    if (setup.landscape) worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, setup.one_page_high ? 1 : 0);
    worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.7);
    if (!setup.header.empty()) check(worksheet_set_header(sheet, (kPageFont + page_text(setup.header)).c_str()));
    const std::string page = replaced(replaced(page_text(setup.page_of), "{page}", "&P"), "{pages}", "&N");
    if (!page.empty() || !setup.footer.empty())
        check(worksheet_set_footer(sheet, (kPageFont + page_text(setup.footer) + "&R&9&\"Calibri,Regular\"" + page).c_str()));
    if (setup.repeat_rows) check(worksheet_repeat_rows(sheet, setup.repeat_rows->first, setup.repeat_rows->second));
}

void Sheet::hide_gridlines() { worksheet_gridlines(impl_->sheet, LXW_HIDE_ALL_GRIDLINES); }

void Sheet::tab_colour(Colour colour) { worksheet_set_tab_color(impl_->sheet, colour_of(colour)); }

void Sheet::table(const std::string& name, const CellRange& range, const std::vector<std::string>& headers, const Style& header_style,
                  bool filter) {
    std::vector<std::string> texts;
    for (const std::string& header : headers) {
        require_text(header);
        texts.push_back(escaped(header));
    }
    std::vector<lxw_table_column> columns(texts.size());
    std::vector<lxw_table_column*> pointers;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].header = texts[i].data();
        columns[i].header_format = impl_->book->format(header_style, could_be_formula(headers[i]));
        pointers.push_back(&columns[i]);
    }
    pointers.push_back(nullptr);
    std::string table_name = name;
    lxw_table_options options{};
    options.name = table_name.data();
    options.no_autofilter = filter ? LXW_FALSE : LXW_TRUE;
    options.no_banded_rows = LXW_TRUE;
    options.style_type = LXW_TABLE_STYLE_TYPE_LIGHT;
    options.style_type_number = 0;
    options.columns = pointers.data();
    check(worksheet_add_table(impl_->sheet, range.first_row, range.first_column, range.last_row, range.last_column, &options));
}

void Sheet::data_bar(const CellRange& range, Colour colour, double minimum, double maximum) {
    lxw_conditional_format c{};
    c.type = LXW_CONDITIONAL_DATA_BAR;
    c.bar_color = colour_of(colour);
    c.min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER;
    c.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER;
    c.min_value = minimum;
    c.max_value = maximum;
    check(worksheet_conditional_format_range(impl_->sheet, range.first_row, range.first_column, range.last_row, range.last_column, &c));
}

void Sheet::choice(const CellRange& cells, const std::vector<std::string>& values, const InputRule& rule) {
    std::size_t length = values.empty() ? 0 : values.size() - 1;
    std::vector<std::string> texts = values;
    std::vector<char*> list;
    for (std::string& text : texts) {
        length += characters(text);
        if (text.find(',') != std::string::npos) length = kMaxChoices + 1;  // a comma would split the value
        list.push_back(text.data());
    }
    if (length > kMaxChoices || values.empty()) throw Error(Exit::Software, "XLW-004");
    list.push_back(nullptr);
    lxw_data_validation v{};
    v.validate = LXW_VALIDATION_TYPE_LIST;
    v.value_list = list.data();
    v.dropdown = LXW_VALIDATION_ON;
    impl_->validate(cells, v, rule);
}

void Sheet::choice_from(const CellRange& cells, std::string_view sheet, const CellRange& values, const InputRule& rule) {
    std::string formula = reference(sheet, values);
    lxw_data_validation v{};
    v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    v.value_formula = formula.data();
    v.dropdown = LXW_VALIDATION_ON;
    impl_->validate(cells, v, rule);
}

void Sheet::date_between(const CellRange& cells, Date first, Date last, const InputRule& rule) {
    lxw_data_validation v{};
    v.validate = LXW_VALIDATION_TYPE_DATE;
    v.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    v.minimum_datetime = lxw_date(first);
    v.maximum_datetime = lxw_date(last);
    impl_->validate(cells, v, rule);
}

void Sheet::whole_number_between(const CellRange& cells, std::int64_t lowest, std::int64_t highest, const InputRule& rule) {
    lxw_data_validation v{};
    v.validate = LXW_VALIDATION_TYPE_INTEGER;
    v.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    v.minimum_number = static_cast<double>(lowest);
    v.maximum_number = static_cast<double>(highest);
    impl_->validate(cells, v, rule);
}

namespace {

lxw_chart_font chart_font(double size, bool bold, Colour colour) {
    static char name[] = "Calibri";
    lxw_chart_font font{};
    font.name = name;
    font.size = size;
    // The library draws titles bold unless told otherwise with an explicit false.
    font.bold = bold ? LXW_TRUE : LXW_EXPLICIT_FALSE;
    font.color = colour_of(colour);
    return font;
}

constexpr Colour kInk = 0x1F2A33;
constexpr Colour kQuiet = 0x51606B;
constexpr Colour kGrid = 0xDDE3E8;

void draw_series(const Chart& chart, const ChartSeries& series, lxw_chart_series* drawn) {
    chart_series_set_categories(drawn, chart.sheet.c_str(), series.categories.first_row, series.categories.first_column,
                                series.categories.last_row, series.categories.last_column);
    chart_series_set_values(drawn, chart.sheet.c_str(), series.values.first_row, series.values.first_column, series.values.last_row,
                            series.values.last_column);
    chart_series_set_name(drawn, series.name.c_str());
    if (chart.kind == ChartKind::Line) {
        lxw_chart_line line{};
        line.color = colour_of(series.colour);
        line.width = 2.25F;
        line.none = series.line_only ? LXW_FALSE : LXW_TRUE;
        chart_series_set_line(drawn, &line);
        chart_series_set_marker_type(drawn, LXW_CHART_MARKER_CIRCLE);
        chart_series_set_marker_size(drawn, 7);
        lxw_chart_fill fill{};
        fill.color = colour_of(series.colour);
        chart_series_set_marker_fill(drawn, &fill);
        lxw_chart_line edge{};
        edge.color = colour_of(series.colour);
        chart_series_set_marker_line(drawn, &edge);
    } else {
        lxw_chart_line edge{};
        edge.color = colour_of(series.outlined || series.pattern != Pattern::None ? series.colour : 0xFFFFFF);
        edge.width = series.outlined ? 1.5F : 0.75F;
        chart_series_set_line(drawn, &edge);
        if (series.pattern != Pattern::None) {
            lxw_chart_pattern pattern{};
            pattern.fg_color = colour_of(series.colour);
            pattern.bg_color = colour_of(0xFFFFFF);
            pattern.type = pattern_of(series.pattern);
            chart_series_set_pattern(drawn, &pattern);
        } else {
            lxw_chart_fill fill{};
            fill.color = colour_of(series.outlined ? 0xFFFFFF : series.colour);
            chart_series_set_fill(drawn, &fill);
        }
    }
    if (series.labels) {
        lxw_chart_font font = chart_font(10, true, series.label_colour);
        chart_series_set_labels(drawn);
        chart_series_set_labels_font(drawn, &font);
        const bool stacked = chart.kind == ChartKind::StackedBar || chart.kind == ChartKind::StackedColumn;
        chart_series_set_labels_position(drawn, stacked                         ? LXW_CHART_LABEL_POSITION_CENTER
                                                : chart.kind == ChartKind::Line ? LXW_CHART_LABEL_POSITION_ABOVE
                                                                                : LXW_CHART_LABEL_POSITION_OUTSIDE_END);
    }
}

void draw_axes(lxw_chart* target, const Chart& chart) {
    lxw_chart_font font = chart_font(10, false, kQuiet);
    lxw_chart_line grid{};
    grid.color = colour_of(kGrid);
    grid.width = 0.75F;
    lxw_chart_line none{};
    none.none = LXW_TRUE;
    // In bar charts the library calls the upright axis, that of the categories, y.
    const bool bars = chart.kind == ChartKind::Bar || chart.kind == ChartKind::StackedBar;
    lxw_chart_axis* values = bars ? target->x_axis : target->y_axis;
    lxw_chart_axis* categories = bars ? target->y_axis : target->x_axis;
    chart_axis_set_min(values, 0);
    if (chart.value_max) chart_axis_set_max(values, *chart.value_max);
    chart_axis_set_num_font(values, &font);
    chart_axis_set_num_font(categories, &font);
    chart_axis_set_line(values, &none);
    chart_axis_set_line(categories, &grid);
    chart_axis_set_major_tick_mark(categories, LXW_CHART_AXIS_TICK_MARK_NONE);
    chart_axis_set_major_tick_mark(values, LXW_CHART_AXIS_TICK_MARK_NONE);
    if (!chart.value_axis.empty()) {
        chart_axis_set_name(values, chart.value_axis.c_str());
        chart_axis_set_name_font(values, &font);
    }
    if (!chart.category_axis.empty()) {
        chart_axis_set_name(categories, chart.category_axis.c_str());
        chart_axis_set_name_font(categories, &font);
    }
    if (chart.reversed) chart_axis_set_reverse(categories);
    if (chart.hide_value_axis) {
        chart_axis_major_gridlines_set_visible(values, LXW_FALSE);
        chart_axis_off(values);
    } else {
        chart_axis_major_gridlines_set_visible(values, LXW_TRUE);
        chart_axis_major_gridlines_set_line(values, &grid);
    }
}

}  // namespace

void Sheet::chart(std::uint32_t row, std::uint16_t column, const Chart& chart) {
    if (chart.alt_text.empty()) throw Error(Exit::Software, "XLW-005", {{"cause", std::string("alt")}});
    lxw_chart* target = workbook_add_chart(impl_->book->book, kind_of(chart.kind));
    for (const ChartSeries& series : chart.series) draw_series(chart, series, chart_add_series(target, nullptr, nullptr));
    draw_axes(target, chart);
    if (chart.title.empty()) {
        chart_title_off(target);
    } else {
        lxw_chart_font font = chart_font(12, true, kInk);
        chart_title_set_name(target, chart.title.c_str());
        chart_title_set_name_font(target, &font);
    }
    if (chart.legend) {
        lxw_chart_font font = chart_font(10, false, kInk);
        chart_legend_set_position(target, LXW_CHART_LEGEND_BOTTOM);
        chart_legend_set_font(target, &font);
    } else {
        chart_legend_set_position(target, LXW_CHART_LEGEND_NONE);
    }
    if (chart.kind != ChartKind::Line) chart_set_series_gap(target, chart.gap_percent);
    if (chart.kind == ChartKind::StackedBar || chart.kind == ChartKind::StackedColumn) chart_set_series_overlap(target, 100);
    if (chart.high_low_lines) {
        lxw_chart_line line{};
        line.color = colour_of(kQuiet);
        line.width = 1.5F;
        chart_set_high_low_lines(target, &line);
    }
    lxw_chart_line frame{};
    frame.none = LXW_TRUE;
    chart_chartarea_set_line(target, &frame);
    std::string alt = chart.alt_text;
    lxw_chart_options options{};
    options.x_scale = static_cast<double>(chart.width_px) / 480.0;
    options.y_scale = static_cast<double>(chart.height_px) / 288.0;
    options.object_position = LXW_OBJECT_MOVE_DONT_SIZE;
    options.description = alt.data();
    check(worksheet_insert_chart_opt(impl_->sheet, row, column, target, &options));
}

}  // namespace brugwacht
