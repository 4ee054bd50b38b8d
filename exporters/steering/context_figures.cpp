// The part of the context that has dates: employment by quarter, and what people think of supply and demand.
#include <cmath>

#include "exporters/steering/layout.hpp"

namespace brugwacht::steering {

namespace {

/// Whole when it is, else with one decimal.
std::string score_text(const Book& book, double score) {
    const double tenths = std::round(score * 10);
    const auto whole = static_cast<std::int64_t>(tenths / 10);
    const auto rest = static_cast<std::int64_t>(std::fabs(tenths)) % 10;
    if (rest == 0) return book.number(whole);
    const std::string sign = tenths < 0 && whole == 0 ? "-" : "";
    return book.text("context.score", {{"whole", sign + std::to_string(whole)}, {"tenth", std::to_string(rest)}});
}

Style header() { return styles::table_header(false); }

}  // namespace

std::uint32_t Book::write_employment(Sheet& sheet, std::uint32_t row) const {
    row = section(sheet, row, text("context.employment"));
    sheet.text(row++, 0, text("context.employment_about"), styles::quiet());
    if (report.employment.empty()) {
        sheet.text(row, 0, text("empty.no_data"), styles::body());
        return row + 2;
    }
    sheet.text(row, 0, plain("tally.heading.quarter"), header());
    sheet.text(row++, 1, text("context.employment_percent"), header());
    for (const SteeringReport::Employment& one : report.employment) {
        sheet.text(row, 0, label({"quarter", one.quarter}), styles::table_text(false));
        sheet.text(row++, 1, percent(one.percent, 0), styles::table_text(false));
    }
    return row + 1;
}

std::uint32_t Book::write_factors(Sheet& sheet, std::uint32_t row) const {
    row = section(sheet, row, text("context.factors"));
    sheet.text(row++, 0, text("context.factors_about"), styles::quiet());
    if (report.factors.empty()) {
        sheet.text(row, 0, text("empty.no_data"), styles::body());
        return row + 2;
    }
    sheet.text(row, 0, text("context.factor"), header());
    sheet.text(row++, 1, text("context.judgement"), header());
    for (const SteeringReport::Factor& factor : report.factors) {
        const std::string side = lists.label("side", factor.side, texts.language());
        sheet.text(row, 0, lists.label("factor", factor.factor, texts.language()), styles::table_text(false));
        sheet.text(
            row++, 1,
            text("context.scored", {{"side", side},
                                    {"score", score_text(*this, factor.score)},
                                    {"date", texts.date(factor.date)},
                                    {"author", factor.author == 0 ? text("context.no_author")
                                                                  : text("context.author", {{"number", std::to_string(factor.author)}})}}),
            styles::table_text(false));
    }
    return row + 1;
}

}  // namespace brugwacht::steering
