#include "exporters/local/worklist.hpp"

#include <algorithm>
#include <array>

#include "engine/lib/workbook.hpp"
#include "exporters/local/cell_text.hpp"
#include "exporters/local/rejects.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {
namespace {

/// A sheet has fewer than 65,536 columns.
template <class Columns>
std::uint16_t column_count(const Columns& columns) {
    return static_cast<std::uint16_t>(columns.size());
}

constexpr Colour kQuiet = 0x5B6770;
constexpr Colour kHeadAnswer = 0x2F6B4F;
constexpr Colour kAnswer = 0xF1F7F3;
constexpr Colour kUnknown = 0xFFF6E0;
constexpr std::size_t kLongestText = 2000;

/// A column of an ambassador's sheet.
struct Column {
    const char* key;  // of its header
    double width;
};
constexpr std::array<Column, 14> kColumns{{{"status", 11},
                                           {"child", 18},
                                           {"trajectory", 11},
                                           {"action", 26},
                                           {"until", 10.5},
                                           {"days", 7},
                                           {"definitions", 8},
                                           {"clubs", 17},
                                           {"started", 10.5},
                                           {"last_known", 10.5},
                                           {"explanation", 36},
                                           {"answer", 9.5},
                                           {"answered_on", 10.5},
                                           {"note", 16}}};
constexpr std::size_t kChild = 1;
constexpr std::size_t kAnswers = 3;  // the last columns are hers

Style title_style() {
    Style style;
    style.size = 18;
    style.bold = true;
    style.colour = kHead;
    return style;
}

Style heading_style() {
    Style style;
    style.size = 13;
    style.bold = true;
    style.colour = kHead;
    return style;
}

Style cell_style() {
    Style style;
    style.colour = kInk;
    style.wrap = true;
    style.line_below = kLine;
    return style;
}

Style left(Style style) {
    style.align = Align::Left;
    return style;
}

class WorklistWriter {
  public:
    WorklistWriter(const WorklistBook& list, const Texts& texts, const std::filesystem::path& path)
        : list_(list), texts_(texts), workbook_(path, properties(list, texts)) {
        for (std::size_t i = 0; i < kColumns.size(); ++i)
            if (i != kChild || list.names) columns_.push_back(&kColumns[i]);
    }

    void write() {
        taken_.push_back(sheet_name(text("overview"), {}));
        Sheet& overview = workbook_.add_sheet(taken_.front());
        for (const WorklistSheet& sheet : list_.sheets) add_sheet(sheet);
        write_overview(overview);
        workbook_.close();
    }

  private:
    static WorkbookProperties properties(const WorklistBook& list, const Texts& texts) {
        WorkbookProperties properties;
        properties.title = texts("worklist.title");
        properties.created = list.as_of;
        return properties;
    }

    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts_("worklist." + key, args); }
    std::string worker_of(const WorklistSheet& sheet) const { return sheet.worker.empty() ? text("no_worker") : clean(sheet.worker); }
    static std::string cell(const std::string& value) { return shortened(clean(value), kLongestText); }

    PageSetup page(std::optional<std::uint32_t> header_row) const {
        PageSetup setup;
        setup.header = text("title") + " · " + texts_.date(list_.as_of);
        setup.page_of = text("page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
        if (header_row) setup.repeat_rows = std::pair<std::uint32_t, std::uint32_t>{*header_row, *header_row};
        return setup;
    }

    // ------------------------------------------------------------ the sheet of one ambassador

    void add_sheet(const WorklistSheet& from) {
        taken_.push_back(sheet_name(worker_of(from), taken_));
        Sheet& sheet = workbook_.add_sheet(taken_.back());
        constexpr std::uint32_t kHeaderRow = 2;
        sheet.row_height(0, 28);
        sheet.text(0, 0, worker_of(from), title_style());
        Style quiet;
        quiet.colour = kQuiet;
        sheet.text(1, 0, text("sheet_help", {{"date", texts_.date(list_.as_of)}}), quiet);
        sheet.row_height(kHeaderRow, 2 * kLinePoints + 4);
        for (std::uint16_t c = 0; c < column_count(columns_); ++c) {
            sheet.column_width(c, c, columns_[c]->width);
            Style style = header_style(c + kAnswers < columns_.size() ? kHead : kHeadAnswer);
            if (std::string_view(columns_[c]->key) == "days") style.align = Align::Centre;
            sheet.text(kHeaderRow, c, text(std::string("header.") + columns_[c]->key), style);
        }
        std::uint32_t row = kHeaderRow;
        for (const WorklistRow& item : from.rows) write_row(sheet, ++row, item);
        if (row > kHeaderRow) add_choices(sheet, kHeaderRow + 1, row);
        sheet.freeze(kHeaderRow + 1, 0);
        sheet.filter({kHeaderRow, 0, std::max(row, kHeaderRow + 1), static_cast<std::uint16_t>(columns_.size() - 1)});
        sheet.page(page(kHeaderRow));
        sheet.tab_colour(kHead);
    }

    void write_row(Sheet& sheet, std::uint32_t row, const WorklistRow& item) {
        Style style = cell_style();
        if (item.unknown) style.fill = kUnknown;
        if (item.later) style.colour = kQuiet;
        std::size_t lines = 1;
        for (std::uint16_t c = 0; c < column_count(columns_); ++c) {
            const std::string key = columns_[c]->key;
            const auto put_text = [&](const std::string& value) {
                sheet.text(row, c, value, style);
                lines = std::max(lines, lines_of(value, columns_[c]->width));
            };
            const auto put_date = [&](const std::optional<Date>& date) {
                date ? sheet.date(row, c, *date, left(style)) : sheet.blank(row, c, style);
            };
            if (key == "status") {
                put_text(text(item.unknown ? "status_unknown" : item.later ? "status_later" : "status_pending"));
            } else if (key == "child") {
                put_text(cell(item.child));
            } else if (key == "trajectory") {
                put_text(cell(item.trajectory));
            } else if (key == "action") {
                put_text(cell(item.action));
            } else if (key == "until") {
                put_date(item.until);
            } else if (key == "days") {
                Style centred = style;
                centred.align = Align::Centre;
                item.days ? sheet.integer(row, c, *item.days, centred) : sheet.blank(row, c, style);
            } else if (key == "definitions") {
                put_text(cell(item.definitions));
            } else if (key == "clubs") {
                put_text(cell(item.clubs));
            } else if (key == "started") {
                put_date(item.started);
            } else if (key == "last_known") {
                put_date(item.last_known);
            } else if (key == "explanation") {
                put_text(cell(item.explanation));
            } else {
                put_answer(sheet, row, c, key == "answered_on");
            }
        }
        sheet.row_height(row, kLinePoints * static_cast<double>(lines) + 4);
    }

    static void put_answer(Sheet& sheet, std::uint32_t row, std::uint16_t column, bool is_date) {
        Style style = cell_style();
        style.fill = kAnswer;
        style.number_format = is_date ? "dd/mm/yyyy" : "@";
        sheet.blank(row, column, left(style));
    }

    void add_choices(Sheet& sheet, std::uint32_t first, std::uint32_t last) const {
        const auto answer = static_cast<std::uint16_t>(columns_.size() - kAnswers);
        const auto on = static_cast<std::uint16_t>(answer + 1);
        InputRule rule;
        rule.error_title = text("answer_title");
        rule.error = text("answer_error");
        sheet.choice({first, answer, last, answer}, {text("yes"), text("no")}, rule);
        rule.error = text("answered_on_error");
        sheet.date_between({first, on, last, on}, Date::from_ymd(2000, 1, 1).value(), Date::from_ymd(2099, 12, 31).value(), rule);
    }

    // ------------------------------------------------------------ the first sheet

    void write_overview(Sheet& sheet) {
        sheet.hide_gridlines();
        sheet.column_width(0, 0, 30);
        sheet.column_width(1, 1, 24);
        sheet.column_width(2, 3, 26);
        sheet.column_width(4, 4, 20);
        sheet.row_height(0, 30);
        sheet.text(0, 0, text("title"), title_style());
        Style quiet;
        quiet.colour = kQuiet;
        std::uint32_t row = 1;
        sheet.text(row++, 0, text("about", {{"date", texts_.date(list_.as_of)}, {"until", texts_.date(list_.until)}}), quiet);
        if (!list_.sheets.empty())
            for (const char* key : {list_.names ? "names_shown" : "names_closed", "register", "unknown_means"})
                sheet.text(row++, 0, text(key), Style{});  // a line each, so that nothing has to be merged and all of it prints
        row = write_counts(sheet, row + 1);
        row = write_calendar(sheet, row + 1);
        write_definitions(sheet, row + 1);
        sheet.page(page(std::nullopt));
        sheet.tab_colour(kHeadAnswer);
    }

    void headers(Sheet& sheet, std::uint32_t row, const std::vector<std::string>& keys) const {
        sheet.row_height(row, kLinePoints + 6);
        for (std::uint16_t c = 0; c < column_count(keys); ++c)
            sheet.text(row, c, text(keys[c], {{"until", texts_.date(list_.until)}}), header_style(kHead));
    }

    std::uint32_t write_counts(Sheet& sheet, std::uint32_t row) {
        sheet.text(row++, 0, text("counts"), heading_style());
        if (list_.sheets.empty()) {
            sheet.text(row++, 0, text("nothing", {{"date", texts_.date(list_.as_of)}}), Style{});
            return row;
        }
        headers(sheet, row++, {"header.worker", "header.count_unknown", "header.count_due", "header.count_later"});
        for (std::size_t i = 0; i < list_.sheets.size(); ++i, ++row) {
            const WorklistSheet& from = list_.sheets[i];
            std::array<std::int64_t, 3> counts{};
            for (const WorklistRow& item : from.rows) ++counts[item.unknown ? 0 : item.later ? 2 : 1];
            Style link = cell_style();
            link.underline = true;
            link.colour = kHead;
            sheet.link(row, 0, taken_[i + 1], "A1", worker_of(from), link);
            for (std::uint16_t c = 0; c < column_count(counts); ++c)
                sheet.integer(row, static_cast<std::uint16_t>(c + 1), counts[c], left(cell_style()));
        }
        return row;
    }

    std::uint32_t write_calendar(Sheet& sheet, std::uint32_t row) const {
        sheet.text(row++, 0, text("calendar", {{"until", texts_.date(list_.until)}}), heading_style());
        if (list_.calendar.empty()) {
            sheet.text(row++, 0, text("no_calendar"), Style{});
            return row;
        }
        headers(sheet, row++, {"header.date", "header.with", "header.topic"});
        for (const WorklistMoment& moment : list_.calendar) {
            sheet.date(row, 0, moment.date, left(cell_style()));
            sheet.text(row, 1, cell(moment.with), cell_style());
            sheet.text(row, 2, cell(moment.topic), cell_style());
            sheet.row_height(row++, 4 + kLinePoints * static_cast<double>(std::max(lines_of(moment.with, 24), lines_of(moment.topic, 26))));
        }
        return row;
    }

    void write_definitions(Sheet& sheet, std::uint32_t row) const {
        if (list_.definitions.empty()) return;
        sheet.text(row++, 0, text("definitions"), heading_style());
        Style bold;
        bold.bold = true;
        for (const auto& [id, label] : list_.definitions) {
            sheet.text(row, 0, cell(id), bold);
            sheet.text(row++, 1, cell(label), Style{});
        }
    }

    const WorklistBook& list_;
    const Texts& texts_;
    Workbook workbook_;
    std::vector<const Column*> columns_;
    std::vector<std::string> taken_;  // names of sheets: the overview, then one for each of list_.sheets
};

}  // namespace

void write_worklist_workbook(const WorklistBook& book, const Texts& texts, const std::filesystem::path& path) {
    WorklistWriter(book, texts, path).write();
}

}  // namespace brugwacht
