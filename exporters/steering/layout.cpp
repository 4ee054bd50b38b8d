#include "exporters/steering/layout.hpp"

#include <algorithm>
#include <cmath>

namespace brugwacht::steering {

namespace styles {

Style title() { return {.size = 18, .bold = true, .colour = kAccent}; }
Style quiet() { return {.size = 10, .colour = kQuiet}; }
Style heading() { return {.size = 13, .bold = true, .colour = kAccent, .line_below = kAccentSoft}; }
Style body() { return {}; }
Style wrapped() { return {.wrap = true}; }
Style link() { return {.underline = true, .colour = kAccent}; }
Style table_header(bool number) {
    return {.bold = true,
            .wrap = true,
            .align = number ? Align::Right : Align::Left,
            .vertical = VerticalAlign::Centre,
            .colour = 0xFFFFFF,
            .fill = kAccent};
}
Style table_text(bool total) {
    return {.bold = total,
            .wrap = true,
            .vertical = VerticalAlign::Centre,
            .line_above = total ? std::optional<Colour>(kAccent) : std::nullopt,
            .line_below = kLine};
}
Style table_number(bool total) {
    return {.bold = total,
            .align = Align::Right,
            .vertical = VerticalAlign::Centre,
            .line_above = total ? std::optional<Colour>(kAccent) : std::nullopt,
            .line_below = kLine,
            .number_format = "#,##0"};
}
Style table_percent(bool total, int decimals) {
    Style style = table_number(total);
    style.number_format = decimals == 0 ? "0%" : "0.0%";
    return style;
}

}  // namespace styles

std::size_t lines_of(std::string_view text, double width) {
    const auto room = static_cast<std::size_t>(width < 2 ? 1.0 : width * 1.08);
    std::size_t lines = 1;
    std::size_t used = 0;
    std::size_t word = 0;
    const auto end_word = [&] {
        if (word == 0) return;
        if (used != 0 && used + 1 + word > room) {
            ++lines;
            used = 0;
        }
        used += word + (used == 0 ? 0 : 1);
        while (used > room) {
            ++lines;
            used -= room;
        }
        word = 0;
    };
    for (const char c : text) {
        if (c == ' ')
            end_word();
        else if (c == '\n') {
            end_word();
            ++lines;
            used = 0;
        } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++word;
        }
    }
    end_word();
    return lines;
}

double row_points(std::size_t lines) { return 15.0 * static_cast<double>(lines) + 3.0; }

namespace {

// "2025-3" or "2025-H1": the year, or what stands behind it.
std::string part_of(const std::string& value, std::size_t at) {
    const std::size_t dash = value.find('-');
    std::string out = at == 0 ? value.substr(0, dash) : dash == std::string::npos ? std::string() : value.substr(dash + 1);
    if (!out.empty() && out.front() == 'H') out.erase(0, 1);
    return out;
}

}  // namespace

Book::Book(const SteeringReport& r, const CodeLists& l, const Texts& t, const std::filesystem::path& temporary)
    : report(r),
      lists(l),
      texts(t),
      workbook(temporary, {.title = t("steering.property.title"),
                           .subject = t("steering.property.subject"),
                           .author = "Brugwacht",
                           .keywords = t("steering.property.keywords"),
                           .created = r.as_of}) {}

std::string Book::label(const Label& label) const {
    if (label.list.empty()) return label.value.empty() ? std::string() : texts(label.value);
    if (label.list == "=") return label.value;
    if (label.list == "quarter" || label.list == "half" || label.list == "year")
        return texts("tally.period." + label.list, {{"year", part_of(label.value, 0)}, {"part", part_of(label.value, 1)}});
    return lists.label(label.list, label.value, texts.language());
}

std::string Book::table_title(const CountTable& table) const { return texts(table.title, {{"definition", label(table.subject)}}); }

std::string Book::denominator(const CountTable& table) const { return texts(table.denominator, {{"definition", label(table.subject)}}); }

std::string Book::title_of(const Indicator& indicator) const {
    std::string title = texts(indicator.title_key(), {{"definition", std::string()}});
    while (!title.empty() && (title.back() == ' ' || title.back() == ':')) title.pop_back();
    return title;
}

std::string Book::unit_sentence(const CountTable& table) const { return text("table.unit", {{"unit", texts(table.unit)}}); }

std::string Book::stand() const {
    const std::string period = report.period.empty() ? text("stand.all") : text("stand.period", {{"period", report.period}});
    std::string out = text("stand.as_of", {{"as_of", texts.date(report.as_of)}, {"period", period}});
    out += report.known_at ? text("stand.known_at", {{"known_at", texts.date(*report.known_at)}}) : text("stand.known_all");
    if (report.preview) out += text("stand.preview");
    return out;
}

std::string Book::withheld() const { return text("withheld.mark"); }

std::string Book::percent(double value, int decimals) const {
    const auto whole = static_cast<std::int64_t>(value);
    if (decimals == 0) return text("percent.whole", {{"value", std::to_string(static_cast<std::int64_t>(std::llround(value)))}});
    const std::int64_t tenth = std::llround((value - static_cast<double>(whole)) * 10);
    return text("percent.decimal", {{"value", std::to_string(whole + tenth / 10)}, {"tenth", std::to_string(tenth % 10)}});
}

void Book::head(Sheet& sheet, const std::string& title, const PageSetup& setup) const {
    sheet.hide_gridlines();
    sheet.text(0, 0, title, styles::title());
    sheet.row_height(0, 28);
    sheet.text(1, 0, stand(), styles::quiet());
    PageSetup page = setup;
    page.header = report.municipality.empty() ? text("property.title") : text("page.header", {{"municipality", report.municipality}});
    page.footer = stand();
    page.page_of = text("page.of", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
    sheet.page(page);
}

Sheet& Book::page(const std::string& key, const PageSetup& setup) {
    const SheetEntry entry{sheet_name(key), text("sheet." + key + ".title"), text("sheet." + key + ".about")};
    Sheet& sheet = workbook.add_sheet(entry.name);
    entries.push_back(entry);
    head(sheet, entry.title, setup);
    sheet.tab_colour(kAccent);
    if (key != "contents") sheet.link(2, 0, sheet_name("contents"), "A1", text("back"), styles::link());
    return sheet;
}

std::string Book::data_sheet_name(const ReleasedTable& table, std::size_t number) const {
    const std::string digits = (number < 10 ? "0" : "") + std::to_string(number);
    const std::string& id = table.id();
    const std::size_t tail = id.find("__");
    std::string name = "T" + digits + " " + texts("tally." + id.substr(0, tail) + ".sheet");
    if (tail != std::string::npos) {
        const std::string subject = table.layout().subject.value;
        const std::string definition = subject.substr(0, subject.find(' '));
        if (definition.find_first_of("[]:*?/\\'") == std::string::npos && name.size() + definition.size() + 1 <= 31)
            name += " " + definition;
    }
    return name;
}

std::string Book::sheet_of(const std::string& table_id) const {
    for (std::size_t i = 0; i < report.release.tables.size(); ++i)
        if (report.release.tables[i].id() == table_id) return data_sheet_name(report.release.tables[i], i + 1);
    return {};
}

std::vector<const ReleasedTable*> Book::tables_like(const std::string& stem) const {
    std::vector<const ReleasedTable*> out;
    for (const ReleasedTable& table : report.release.tables)
        if (table.id() == stem || table.id().rfind(stem + "__", 0) == 0) out.push_back(&table);
    return out;
}

Sheet& Book::data_page(const ReleasedTable& table, std::size_t number) {
    const std::string name = data_sheet_name(table, number);
    Sheet& sheet = workbook.add_sheet(name);
    PageSetup setup;
    setup.repeat_rows = std::pair{std::uint32_t{0}, std::uint32_t{5}};
    head(sheet, table_title(table.layout()), setup);
    sheet.tab_colour(kLine);
    sheet.link(2, 0, sheet_name("contents"), "A1", text("back"), styles::link());
    entries.push_back({name, table_title(table.layout()), unit_sentence(table.layout())});
    return sheet;
}

std::uint32_t Book::section(Sheet& sheet, std::uint32_t row, const std::string& heading) const {
    sheet.row_height(row, 24);
    Style style = styles::heading();
    style.vertical = VerticalAlign::Bottom;
    sheet.text(row, 0, heading, style);
    return row + 1;
}

std::uint32_t Book::paragraph(Sheet& sheet, std::uint32_t row, const std::string& text) const {
    sheet.text(row, 0, text, styles::wrapped());
    sheet.row_height(row, row_points(lines_of(text, kTextWidth)));
    return row + 1;
}

std::uint32_t Book::text_table(Sheet& sheet, std::uint32_t row, const std::string& name, const std::vector<std::string>& headers,
                               const std::vector<double>& widths, const std::vector<std::vector<std::string>>& rows,
                               const std::vector<bool>& right) const {
    sheet.table(name, {row, 0, static_cast<std::uint32_t>(row + rows.size()), static_cast<std::uint16_t>(headers.size() - 1)}, headers,
                styles::table_header(false));
    for (std::size_t c = 0; c < headers.size(); ++c)
        if (right[c]) sheet.text(row, static_cast<std::uint16_t>(c), headers[c], styles::table_header(true));
    sheet.row_height(row, row_points(1));
    for (const std::vector<std::string>& cells : rows) {
        ++row;
        std::size_t lines = 1;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            Style style = right[c] ? styles::table_number(false) : styles::table_text(false);
            if (!right[c] && c > 0 && right[c - 1]) style.indent = 1;
            sheet.text(row, static_cast<std::uint16_t>(c), cells[c], style);
            lines = std::max(lines, lines_of(cells[c], widths[c]));
        }
        sheet.row_height(row, row_points(lines));
    }
    for (std::size_t c = 0; c < widths.size(); ++c)
        sheet.column_width(static_cast<std::uint16_t>(c), static_cast<std::uint16_t>(c), widths[c]);
    return row + 1;
}

void Book::count_cell(Sheet& sheet, std::uint32_t row, std::uint16_t column, const ReleasedCell& cell, bool total) const {
    if (cell.count)
        sheet.integer(row, column, *cell.count, styles::table_number(total));
    else
        sheet.text(row, column, withheld(), styles::table_number(total));
}

std::uint32_t Book::block(Sheet& sheet, std::uint32_t row, const ReleasedTable& table) const {
    const CountTable& layout = table.layout();
    sheet.text(row, 0, table_title(layout), {.bold = true, .colour = kInk});
    sheet.text(++row, 0, text("table.about", {{"unit", texts(layout.unit)}, {"denominator", denominator(layout)}}), styles::quiet());
    if (const Indicator* indicator = indicators().find(layout.id); indicator != nullptr)
        sheet.text(++row, 0, text("table.trap", {{"trap", texts(indicator->trap_key())}}), styles::quiet());
    ++row;
    sheet.text(row, 0, texts(layout.row_heading), styles::table_header(false));
    std::size_t lines = 1;
    for (std::size_t c = 0; c < table.columns(); ++c) {
        sheet.text(row, static_cast<std::uint16_t>(c + 1), label(layout.columns[c]), styles::table_header(true));
        lines = std::max(lines, lines_of(label(layout.columns[c]), 13));
    }
    sheet.row_height(row, row_points(lines));
    for (std::size_t r = 0; r < table.rows(); ++r) {
        ++row;
        const bool total_row = layout.column_total && r + 1 == table.rows();
        sheet.text(row, 0, label(layout.rows[r]), styles::table_text(total_row));
        sheet.row_height(row, row_points(lines_of(label(layout.rows[r]), 52)));
        for (std::size_t c = 0; c < table.columns(); ++c)
            count_cell(sheet, row, static_cast<std::uint16_t>(c + 1), table.at(r, c), total_row);
    }
    ++row;
    if (const std::string name = sheet_of(layout.id); !name.empty())
        sheet.link(row, 0, name, "A1", text("to_data", {{"sheet", name}}), {.size = 10, .underline = true, .colour = kAccent});
    return row + 2;
}

namespace {

/// Nothing is registered: every count is shown, and none is more than zero.
bool all_zero(const ReleasedTable& table) {
    for (std::size_t r = 0; r < table.rows(); ++r)
        for (std::size_t c = 0; c < table.columns(); ++c)
            if (table.at(r, c).count.value_or(1) != 0) return false;
    return true;
}

/// Key of the sentence that stands in the place of a table.
const char* why_empty(const Book& book, const std::string& id, const std::vector<const ReleasedTable*>& tables) {
    // Tables by child are not made where several versions judge.
    if (tables.empty() && book.report.agreements.size() > 1 && (id == "child_status" || id == "enrolled")) return "empty.versions";
    if (std::all_of(tables.begin(), tables.end(), [](const ReleasedTable* table) { return all_zero(*table); })) return "empty.no_data";
    const bool optional = std::any_of(tables.begin(), tables.end(), [](const ReleasedTable* table) { return table->layout().optional; });
    return optional ? "empty.optional" : "empty.withheld";
}

}  // namespace

std::uint32_t Book::block_or_empty(Sheet& sheet, std::uint32_t row, const std::string& id) const {
    const auto found = tables_like(id);
    bool any = false;
    for (const ReleasedTable* table : found) {
        if (table->withheld() || all_zero(*table)) continue;
        row = block(sheet, row, *table);
        any = true;
    }
    if (any) return row;
    if (const Indicator* indicator = indicators().find(id); indicator != nullptr) sheet.text(row, 0, title_of(*indicator), {.bold = true});
    sheet.text(row + 1, 0, text(why_empty(*this, id, found)), styles::body());
    return row + 3;
}

ChartBlock Book::chart_block(const std::string& chart, const std::vector<std::string>& names, const std::vector<std::int64_t>& numbers) {
    ChartBlock block;
    block.names = names;
    block.numbers = numbers;
    if (numbers.empty()) return block;
    const auto first = static_cast<std::uint32_t>(chart_rows_.size() + 6);
    const auto last = static_cast<std::uint32_t>(first + numbers.size() - 1);
    block.categories = {first, 1, last, 1};
    block.values = {first, 2, last, 2};
    for (std::size_t i = 0; i < numbers.size(); ++i) chart_rows_.push_back({chart, names[i], numbers[i]});
    return block;
}

void Book::write_chart_data() {
    Sheet& sheet = page("charts", {.repeat_rows = std::pair{std::uint32_t{0}, std::uint32_t{5}}});
    sheet.text(3, 0, text("charts.intro"), styles::body());
    sheet.column_width(0, 0, 46);
    sheet.column_width(1, 1, 40);
    sheet.column_width(2, 2, 12);
    if (chart_rows_.empty()) {
        sheet.text(5, 0, text("empty.no_data"), styles::body());
        return;
    }
    const auto last = static_cast<std::uint32_t>(5 + chart_rows_.size());
    sheet.table("tabel_grafieken", {5, 0, last, 2}, {text("charts.chart"), text("charts.category"), text("charts.value")},
                styles::table_header(false));
    sheet.text(5, 2, text("charts.value"), styles::table_header(true));
    for (std::size_t i = 0; i < chart_rows_.size(); ++i) {
        const auto row = static_cast<std::uint32_t>(6 + i);
        sheet.text(row, 0, chart_rows_[i].chart, styles::table_text(false));
        sheet.text(row, 1, chart_rows_[i].name, styles::table_text(false));
        sheet.integer(row, 2, chart_rows_[i].number, styles::table_number(false));
        sheet.row_height(row, row_points(1));
    }
    sheet.freeze(6, 0);
}

}  // namespace brugwacht::steering
