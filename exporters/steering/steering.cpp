#include "exporters/steering/steering.hpp"

#include <algorithm>

#include "exporters/steering/goals.hpp"
#include "exporters/steering/layout.hpp"

namespace brugwacht {

namespace steering {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between = ", ") {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
    return out;
}

/// A two-column list of facts; rows without a value are left out.
std::uint32_t pair(Sheet& sheet, std::uint32_t row, const std::string& name, const std::string& value) {
    if (value.empty()) return row;
    sheet.text(row, 0, name, {.bold = true, .wrap = true, .colour = kQuiet, .line_below = kLine});
    sheet.text(row, 1, value, {.wrap = true, .line_below = kLine});
    sheet.row_height(row, row_points(std::max(lines_of(name, 34), lines_of(value, 92))));
    return row + 1;
}

}  // namespace

void Book::write_cover() {
    Sheet& sheet = page("cover", {.one_page_high = true});
    sheet.column_width(0, 0, 34);
    sheet.column_width(1, 1, 92);
    std::uint32_t row = 4;
    if (report.preview) row = pair(sheet, row, text("cover.status"), text("cover.preview"));
    row = pair(sheet, row, text("cover.organisation"), report.organisation);
    row = pair(sheet, row, text("cover.municipality"), report.municipality);
    row = pair(sheet, row, text("cover.period"), report.period.empty() ? text("cover.period_all") : report.period);
    row = pair(sheet, row, text("cover.as_of"), texts.date(report.as_of));
    row = pair(sheet, row, text("cover.known_at"), report.known_at ? texts.date(*report.known_at) : text("cover.known_all"));
    row = pair(sheet, row, text("cover.agreement"),
               report.agreement_title + (report.agreements.empty() ? "" : " (" + joined(report.agreements) + ")"));
    row = pair(sheet, row, text("cover.agreed_by"), report.agreed_by.empty() ? text("cover.unsigned") : joined(report.agreed_by));
    row = pair(sheet, row, text("cover.agreed_on"), report.agreed_on ? texts.date(*report.agreed_on) : std::string());
    row = pair(sheet, row, text("cover.hash"), report.rules_hash);
    row = pair(sheet, row, text("cover.release"), report.release_id.empty() ? text("cover.no_release") : report.release_id);
    row = pair(sheet, row, text("cover.contact"), report.contact);
    row = pair(sheet, row, text("cover.next"), report.next_report ? texts.date(*report.next_report) : std::string());
    ++row;
    sheet.row_height(row, 24);
    sheet.text(row++, 0, text("cover.how_heading"), {.size = 13, .bold = true, .vertical = VerticalAlign::Bottom, .colour = kAccent});
    for (const char* key : {"cover.how_1", "cover.how_2", "cover.how_3", "cover.how_4"}) sheet.text(row++, 0, text(key), styles::body());
    ++row;
    sheet.text(row++, 0, text("cover.privacy"), styles::quiet());
    sheet.text(row, 0, text("cover.ambassador"), styles::quiet());
}

void Book::write_context() {
    Sheet& sheet = page("context");
    sheet.column_width(0, 0, 34);
    sheet.column_width(1, 1, 92);
    sheet.text(3, 0, text("context.intro"), styles::quiet());
    std::uint32_t row = 5;
    const SteeringContext& c = report.context;
    if (c.empty()) sheet.text(row++, 0, text("context.empty"), styles::body());
    row = pair(sheet, row, text("context.situation"), joined(c.situation, "\n"));
    row = pair(sheet, row, text("context.expectations"), joined(c.expectations, "\n"));
    row = pair(sheet, row, text("context.target_groups"), joined(c.target_groups));
    row = pair(sheet, row, text("context.areas"), joined(c.areas));
    row = pair(sheet, row, text("context.offer"), joined(c.offer));
    std::vector<std::string> strategies;
    for (const std::string& code : c.strategies) strategies.push_back(lists.label("strategy", code, texts.language()));
    row = pair(sheet, row, text("context.strategies"), joined(strategies, "\n"));
    row = pair(sheet, row, text("context.profile"), c.profile);
    std::vector<std::string> appointments;
    for (const SteeringContext::Appointment& a : c.appointments)
        appointments.push_back(text("context.appointment", {{"percent", percent(a.percent, 0)},
                                                            {"from", a.from ? texts.date(*a.from) : text("context.open")},
                                                            {"to", a.to ? texts.date(*a.to) : text("context.open")},
                                                            {"employer", a.employer}}));
    row = pair(sheet, row, text("context.appointments"), joined(appointments, "\n"));
    std::vector<std::string> budget;
    for (const SteeringContext::Budget& b : c.budget) {
        std::string line = b.line;
        if (b.amount_eur) line += ": " + text("context.euro", {{"amount", number(static_cast<std::int64_t>(*b.amount_eur + 0.5))}});
        if (!b.note.empty()) line += " (" + b.note + ")";
        budget.push_back(std::move(line));
    }
    row = pair(sheet, row, text("context.budget"), joined(budget, "\n"));
    row = pair(sheet, row, text("context.steering_group"), joined(c.steering_group));
    row = pair(sheet, row, text("context.support"), joined(c.support, "\n"));
    row = pair(sheet, row, text("context.policy_links"), joined(c.policy_links, "\n"));
    row = write_employment(sheet, row + 1);
    row = write_factors(sheet, row);
    sheet.text(row++, 0, text("context.supply"), styles::quiet());
    sheet.text(row, 0, text("note.capacity"), styles::quiet());
}

void Book::write_agreement() {
    Sheet& sheet = page("agreement");
    sheet.column_width(0, 0, kTextWidth);
    sheet.text(3, 0, text("agreement.intro"), styles::quiet());
    std::uint32_t row = 5;
    for (const std::string& line : report.agreement_text) row = paragraph(sheet, row, line);
    ++row;
    row = section(sheet, row, text("agreement.goals"));
    if (report.goals.empty()) row = paragraph(sheet, row, text("agreement.no_goals"));
    for (const SteeringReport::Goal& goal : report.goals) row = paragraph(sheet, row, goal_sentence(*this, goal));
    row = goal_chart(*this, sheet, row);
    row = section(sheet, row + 1, text("agreement.calendar"));
    if (report.calendar.empty()) row = paragraph(sheet, row, text("agreement.no_calendar"));
    for (const auto& [date, what] : report.calendar)
        row = paragraph(sheet, row, text("agreement.day", {{"date", texts.date(date)}, {"what", what}}));
    row = section(sheet, row + 1, text("agreement.warnings"));
    if (report.agreement_warnings.empty()) row = paragraph(sheet, row, text("agreement.no_warnings"));
    for (const std::string& warning : report.agreement_warnings) row = paragraph(sheet, row, warning);
}

void Book::write_method() {
    Sheet& sheet = page("method");
    sheet.column_width(0, 0, kTextWidth);
    std::uint32_t row = 4;
    row = section(sheet, row, text("method.status_heading"));
    for (const char* status : {"achieved", "pending", "unknown", "not_achieved", "excluded"})
        row = paragraph(sheet, row,
                        text("method.status",
                             {{"name", plain(std::string("tally.status.") + status)}, {"meaning", text(std::string("method.") + status)}}));
    for (const char* part : {"rates", "intervals", "denominators", "versions", "relations", "protection", "cohorts", "sources"}) {
        row = section(sheet, row + 1, text(std::string("method.") + part + "_heading"));
        row = paragraph(sheet, row, text(std::string("method.") + part));
    }
    row = section(sheet, row + 1, text("method.notes_heading"));
    for (const char* note : {"note.withheld", "note.rates", "note.capacity", "note.quarters"}) row = paragraph(sheet, row, text(note));
}

void Book::write_dictionary() {
    Sheet& sheet = page("dictionary", {.repeat_rows = std::pair{std::uint32_t{0}, std::uint32_t{4}}});
    std::vector<std::vector<std::string>> rows;
    for (std::size_t t = 0; t < report.release.tables.size(); ++t) {
        const ReleasedTable& table = report.release.tables[t];
        const std::string name = data_sheet_name(table, t + 1);
        rows.push_back({name, plain(table.layout().row_heading), text("dictionary.row")});
        for (std::size_t c = 0; c < table.columns(); ++c)
            rows.push_back(
                {name, label(table.layout().columns[c]),
                 text("dictionary.column", {{"unit", plain(table.layout().unit)}, {"denominator", denominator(table.layout())}})});
    }
    rows.push_back({sheet_name("charts"), text("charts.value"), text("charts.intro")});
    text_table(sheet, 4, "tabel_woordenboek", {text("dictionary.sheet"), text("dictionary.name"), text("dictionary.meaning")}, {30, 40, 78},
               rows, {false, false, false});
    sheet.freeze(5, 0);
}

namespace {

constexpr std::int32_t kDormantDays = 90;  // a source that gave nothing for longer

std::string source_age(const Book& book, std::int32_t days) {
    if (days < 0) return book.text("quality.read_after", {{"days", book.number(-days)}});
    return book.text(days > kDormantDays ? "quality.dormant" : "quality.age", {{"days", book.number(days)}});
}

}  // namespace

void Book::write_quality() {
    Sheet& sheet = page("quality");
    sheet.column_width(0, 0, 64);
    sheet.column_width(1, 1, 14);
    sheet.column_width(2, 2, 46);
    sheet.text(3, 0, text("quality.intro"), styles::quiet());
    std::uint32_t row = block_or_empty(sheet, 5, "quality");
    row = section(sheet, row, text("quality.sources"));
    if (report.sources.empty()) sheet.text(row++, 0, text("quality.no_sources"), styles::body());
    for (const auto& [name, date] : report.sources) {
        sheet.text(row, 0, name, {.line_below = kLine});
        sheet.date(row, 1, date, {.align = Align::Right, .line_below = kLine});
        sheet.text(row++, 2, source_age(*this, report.as_of.days() - date.days()), {.indent = 1, .line_below = kLine});
    }
    sheet.text(row + 1, 0, text("note.withheld"), styles::quiet());
}

namespace {

struct Check {
    std::string table, what, found, expected, verdict;
};

/// Adds up every sum whose numbers are all shown; the others cannot be checked by anybody, which is the point of withholding.
void check_sums(const Book& book, const ReleasedTable& table, const std::string& name, std::vector<Check>& out) {
    const CountTable& layout = table.layout();
    const auto check = [&](const std::vector<const ReleasedCell*>& parts, const ReleasedCell& total, const std::string& what) {
        std::int64_t sum = 0;
        for (const ReleasedCell* part : parts) {
            if (!part->count) {
                out.push_back({name, what, book.withheld(), book.withheld(), book.text("control.not_checkable")});
                return;
            }
            sum += *part->count;
        }
        if (!total.count) {
            out.push_back({name, what, book.withheld(), book.withheld(), book.text("control.not_checkable")});
            return;
        }
        out.push_back(
            {name, what, book.number(sum), book.number(*total.count), book.text(sum == *total.count ? "control.right" : "control.wrong")});
    };
    if (layout.row_total && table.columns() > 1)
        for (std::size_t r = 0; r < table.rows(); ++r) {
            std::vector<const ReleasedCell*> parts;
            for (std::size_t c = 0; c + 1 < table.columns(); ++c) parts.push_back(&table.at(r, c));
            check(parts, table.at(r, table.columns() - 1), book.text("control.row", {{"name", book.label(layout.rows[r])}}));
        }
    if (layout.column_total && table.rows() > 1)
        for (std::size_t c = 0; c < table.columns(); ++c) {
            std::vector<const ReleasedCell*> parts;
            for (std::size_t r = 0; r + 1 < table.rows(); ++r) parts.push_back(&table.at(r, c));
            check(parts, table.at(table.rows() - 1, c), book.text("control.column", {{"name", book.label(layout.columns[c])}}));
        }
}

}  // namespace

void Book::write_control() {
    Sheet& sheet = page("control");
    sheet.text(3, 0, text("control.intro"), styles::quiet());
    std::uint32_t row = 5;
    row = pair(sheet, row, text("cover.release"), report.release_id.empty() ? text("cover.no_release") : report.release_id);
    row = pair(sheet, row, text("control.head"), report.audit_head);
    row = pair(sheet, row, text("control.root"), report.audit_root);
    row = pair(sheet, row, text("cover.hash"), report.rules_hash);
    ++row;
    std::vector<Check> checks;
    for (std::size_t t = 0; t < report.release.tables.size(); ++t)
        check_sums(*this, report.release.tables[t], data_sheet_name(report.release.tables[t], t + 1), checks);
    if (checks.empty()) {
        sheet.text(row, 0, text("empty.no_data"), styles::body());
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Check& check : checks) rows.push_back({check.table, check.what, check.found, check.expected, check.verdict});
    text_table(sheet, row, "tabel_controle",
               {text("dictionary.sheet"), text("control.what"), text("control.found"), text("control.expected"), text("control.verdict")},
               {30, 70, 12, 12, 34}, rows, {false, false, true, true, false});
}

namespace {

/// Headers of a table must differ from each other.
std::vector<std::string> distinct(std::vector<std::string> headers) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        int n = 1;
        for (std::size_t j = 0; j < i; ++j) n += headers[j] == headers[i] ? 1 : 0;
        if (n > 1) headers[i] += " (" + std::to_string(n) + ")";
    }
    return headers;
}

}  // namespace

void Book::write_data() {
    for (std::size_t t = 0; t < report.release.tables.size(); ++t) {
        const ReleasedTable& table = report.release.tables[t];
        const CountTable& layout = table.layout();
        Sheet& sheet = data_page(table, t + 1);
        sheet.text(3, 0, denominator(layout), styles::quiet());
        sheet.text(4, 0, text("note.withheld"), styles::quiet());
        std::vector<std::string> headers = {plain(layout.row_heading)};
        std::vector<bool> share;
        for (std::size_t c = 0; c < table.columns(); ++c) {
            headers.push_back(label(layout.columns[c]));
            bool any = false;
            for (std::size_t r = 0; r < table.rows(); ++r) any = any || table.at(r, c).share.has_value();
            share.push_back(any);
            if (any) headers.push_back(text("table.share", {{"name", label(layout.columns[c])}}));
        }
        headers = distinct(std::move(headers));
        const auto last_column = static_cast<std::uint16_t>(headers.size() - 1);
        const double width = headers.size() > 8 ? 11 : 15;
        sheet.column_width(0, 0, 46);
        if (last_column > 0) sheet.column_width(1, last_column, width);
        sheet.table("tabel_" + layout.id, {5, 0, static_cast<std::uint32_t>(5 + table.rows()), last_column}, headers,
                    styles::table_header(false));
        for (std::size_t r = 0; r < table.rows(); ++r) {
            const auto row = static_cast<std::uint32_t>(6 + r);
            const bool total_row = layout.column_total && r + 1 == table.rows();
            sheet.text(row, 0, label(layout.rows[r]), styles::table_text(total_row));
            sheet.row_height(row, row_points(lines_of(label(layout.rows[r]), 46)));
            std::uint16_t column = 1;
            for (std::size_t c = 0; c < table.columns(); ++c) {
                const ReleasedCell& cell = table.at(r, c);
                count_cell(sheet, row, column++, cell, total_row);
                if (!share[c]) continue;
                if (cell.share)
                    sheet.number(row, column, cell.share->value / 100.0, styles::table_percent(total_row, cell.share->decimals));
                else
                    sheet.text(row, column, text(cell.count ? "table.no_share" : "withheld.mark"), styles::table_number(total_row));
                ++column;
            }
        }
        sheet.freeze(6, 1);
    }
}

void Book::fill_contents(Sheet& sheet) const {
    sheet.column_width(0, 0, 34);
    sheet.column_width(1, 1, 92);
    std::uint32_t row = 3;
    for (const SheetEntry& entry : entries) {
        if (entry.name == sheet.name()) continue;
        sheet.link(row, 0, entry.name, "A1", entry.name, {.underline = true, .colour = kAccent, .line_below = kLine});
        sheet.text(row, 1, entry.about, {.wrap = true, .line_below = kLine});
        sheet.row_height(row++, row_points(1));
    }
}

}  // namespace steering

bool SteeringContext::empty() const {
    return situation.empty() && expectations.empty() && target_groups.empty() && areas.empty() && offer.empty() && strategies.empty() &&
           profile.empty() && appointments.empty() && budget.empty() && steering_group.empty() && support.empty() && policy_links.empty();
}

void write_steering_workbook(const SteeringReport& report, const CodeLists& lists, const Texts& texts,
                             const std::filesystem::path& temporary) {
    steering::Book book(report, lists, texts, temporary);
    book.write_cover();
    Sheet& contents = book.page("contents");
    book.write_context();
    book.write_dashboard();
    book.write_themes();
    book.write_agreement();
    book.write_method();
    book.write_indicators();
    book.write_dictionary();
    book.write_quality();
    book.write_control();
    book.write_data();
    book.write_chart_data();
    book.fill_contents(contents);  // it links to every sheet, so it is filled last
    book.workbook.close();
}

}  // namespace brugwacht
