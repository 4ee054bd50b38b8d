#include "exporters/local/subject_access.hpp"

#include <algorithm>

#include "engine/lib/csv_writer.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/workbook.hpp"
#include "exporters/local/cell_text.hpp"
#include "exporters/local/rejects.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {

AccessCell AccessCell::coded(std::string code, std::string label) {
    AccessCell cell(std::move(code));
    cell.shown = std::move(label);
    return cell;
}

AccessCell AccessCell::day(std::optional<Date> date) {
    AccessCell cell;
    cell.date = date;
    return cell;
}

AccessCell AccessCell::count(std::int64_t number) {
    AccessCell cell;
    cell.number = number;
    return cell;
}

AccessCell AccessCell::hidden(Withheld why) {
    AccessCell cell;
    cell.withheld = why;
    return cell;
}

namespace {

constexpr std::size_t kLongestText = 4000;
constexpr double kNarrow = 12, kWide = 60;
constexpr double kFrontWidth = 100;

std::string_view word(Withheld why) { return why == Withheld::Worker ? "worker" : "other_person"; }

Style cell_style() {
    Style style;
    style.colour = kInk;
    style.wrap = true;
    style.line_below = kLine;
    style.align = Align::Left;
    return style;
}

Style title_style(double size) {
    Style style;
    style.size = size;
    style.bold = true;
    style.colour = kHead;
    return style;
}

class AccessWriter {
  public:
    AccessWriter(const AccessBook& book, const Texts& texts, const std::filesystem::path& path)
        : book_(book), texts_(texts), workbook_(path, properties(book, texts)) {}

    void write() {
        taken_.push_back(sheet_name(text("front.sheet"), {}));
        write_front(workbook_.add_sheet(taken_.front()));
        for (const AccessTable& table : book_.tables) {
            taken_.push_back(sheet_name(text("table." + table.name), taken_));
            write_table(workbook_.add_sheet(taken_.back()), table);
        }
        workbook_.close();
    }

  private:
    static WorkbookProperties properties(const AccessBook& book, const Texts& texts) {
        WorkbookProperties properties;
        properties.title = texts("subject.front.title");
        properties.created = book.as_of;
        return properties;
    }

    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts_("subject." + key, args); }

    PageSetup page(std::optional<std::uint32_t> header_row) const {
        PageSetup setup;
        setup.header = text("front.title") + " · " + texts_.date(book_.as_of);
        setup.page_of = text("front.page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
        if (header_row) setup.repeat_rows = std::pair<std::uint32_t, std::uint32_t>{*header_row, *header_row};
        return setup;
    }

    // ------------------------------------------------------------ the sheet that a child can read

    TextArgs front_arguments() const {
        std::string sources;
        for (const std::string& source : book_.sources) sources += (sources.empty() ? "" : ", ") + source;
        const auto given = [](const std::string& value) { return std::string(value.empty() ? "no" : "yes"); };
        return {{"has_name", given(book_.called)},
                {"name", clean(book_.called)},
                {"has_organisation", given(book_.organisation)},
                {"organisation", clean(book_.organisation)},
                {"has_contact", given(book_.contact)},
                {"contact", clean(book_.contact)},
                {"has_dpo", given(book_.dpo)},
                {"dpo", clean(book_.dpo)},
                {"has_authority", given(book_.authority)},
                {"authority", clean(book_.authority)},
                {"records", book_.records},
                {"facts", book_.facts},
                {"sources", sources},
                {"request", book_.request},
                {"due", texts_.date(book_.due)},
                {"date", texts_.date(book_.as_of)}};
    }

    void write_front(Sheet& sheet) {
        sheet.hide_gridlines();
        sheet.column_width(0, 0, kFrontWidth);
        sheet.row_height(0, 30);
        sheet.text(0, 0, text("front.title"), title_style(18));
        const TextArgs args = front_arguments();
        Style plain;
        plain.wrap = true;
        std::uint32_t row = 1;
        const auto line = [&](const std::string& words) {
            sheet.row_height(row, kLinePoints * static_cast<double>(lines_of(words, kFrontWidth)) + 3);
            sheet.text(row++, 0, words, plain);
        };
        line(text("front.hello", args));
        for (const char* part : {"what", "why", "who", "how_long", "ask"}) {
            sheet.text(++row, 0, text(std::string("front.") + part + "_title"), title_style(13));
            ++row;
            line(text(std::string("front.") + part, args));
        }
        for (const char* right : {"correct", "erase", "restrict", "object", "take_along", "complain"})
            line("• " + text(std::string("front.ask_") + right, args));
        ++row;
        line(text("front.hidden", args));
        line(text("front.request", args));
        sheet.page(page(std::nullopt));
        sheet.tab_colour(kHead);
    }

    // ------------------------------------------------------------ the tables

    std::string shown(const AccessCell& cell) const {
        if (cell.withheld != Withheld::No) return text("withheld." + std::string(word(cell.withheld)));
        if (cell.date) return texts_.date(*cell.date);
        if (cell.number) return std::to_string(*cell.number);
        return shortened(clean(cell.shown.empty() ? cell.value : cell.shown), kLongestText);
    }

    /// Wide enough for what stands in it, within bounds.
    double width_of(const AccessTable& table, std::size_t column) const {
        std::size_t longest = length_of(text("column." + table.columns[column]));
        for (const auto& row : table.rows) longest = std::max(longest, length_of(shown(row[column])));
        return std::clamp(static_cast<double>(longest) + 2, kNarrow, kWide);
    }

    void write_table(Sheet& sheet, const AccessTable& table) {
        constexpr std::uint32_t kHeaderRow = 2;
        sheet.row_height(0, 28);
        sheet.text(0, 0, text("table." + table.name), title_style(18));
        sheet.text(1, 0, table.rows.empty() ? text("nothing") : text("about." + table.name), Style{});
        std::vector<double> widths;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const auto column = static_cast<std::uint16_t>(c);
            widths.push_back(width_of(table, c));
            sheet.column_width(column, column, widths.back());
            sheet.text(kHeaderRow, column, text("column." + table.columns[c]), header_style(kHead));
        }
        std::uint32_t row = kHeaderRow;
        for (const auto& cells : table.rows) write_row(sheet, ++row, cells, widths);
        sheet.freeze(kHeaderRow + 1, 0);
        sheet.page(page(kHeaderRow));
    }

    void write_row(Sheet& sheet, std::uint32_t row, const std::vector<AccessCell>& cells, const std::vector<double>& widths) const {
        std::size_t lines = 1;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const auto column = static_cast<std::uint16_t>(c);
            const AccessCell& cell = cells[c];
            if (cell.date && cell.withheld == Withheld::No) {
                sheet.date(row, column, *cell.date, cell_style());
            } else if (cell.number && cell.withheld == Withheld::No) {
                sheet.integer(row, column, *cell.number, cell_style());
            } else {
                const std::string words = shown(cell);
                sheet.text(row, column, words, cell_style());
                lines = std::max(lines, lines_of(words, widths[c]));
            }
        }
        sheet.row_height(row, kLinePoints * static_cast<double>(lines) + 3);
    }

    const AccessBook& book_;
    const Texts& texts_;
    Workbook workbook_;
    std::vector<std::string> taken_;
};

void write_cell(JsonWriter& json, const AccessCell& cell) {
    if (cell.withheld != Withheld::No) {
        json.begin_object().member("withheld", word(cell.withheld)).end_object();
    } else if (cell.date) {
        json.value(cell.date->iso());
    } else if (cell.number) {
        json.value(*cell.number);
    } else if (cell.value.empty()) {
        json.null();
    } else {
        json.value(cell.value);
    }
}

void text_or_null(JsonWriter& json, std::string_view name, const std::string& value) {
    json.key(name);
    value.empty() ? json.null() : json.value(value);
}

}  // namespace

void write_access_workbook(const AccessBook& book, const Texts& texts, const std::filesystem::path& path) {
    AccessWriter(book, texts, path).write();
}

std::string access_json(const AccessBook& book) {
    JsonWriter json(JsonWriter::Style::Pretty);
    json.begin_object()
        .member("schema", book.schema)
        .member("request", book.request)
        .member("as_of", book.as_of.iso())
        .member("due", book.due.iso());
    text_or_null(json, "called", book.called);
    text_or_null(json, "organisation", book.organisation);
    text_or_null(json, "contact", book.contact);
    text_or_null(json, "dpo", book.dpo);
    text_or_null(json, "authority", book.authority);
    for (const AccessTable& table : book.tables) {
        json.key(table.name).begin_array();
        for (const auto& row : table.rows) {
            json.begin_object();
            for (std::size_t c = 0; c < row.size(); ++c) {
                json.key(table.columns[c]);
                write_cell(json, row[c]);
            }
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
    return json.take() + "\n";
}

std::string table_csv(const AccessTable& table) {
    std::string csv(kByteOrderMark);
    append_csv_row(csv, table.columns);
    for (const auto& row : table.rows) {
        std::vector<std::string> values;
        for (const AccessCell& cell : row) {
            if (cell.withheld != Withheld::No)
                values.emplace_back();
            else if (cell.date)
                values.push_back(cell.date->iso());
            else
                values.push_back(cell.number ? std::to_string(*cell.number) : cell.value);
        }
        append_csv_row(csv, values);
    }
    return csv;
}

}  // namespace brugwacht
