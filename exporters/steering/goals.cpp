#include "exporters/steering/goals.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace brugwacht::steering {

namespace {

bool is_share(const SteeringReport::Goal& goal) { return goal.indicator == "follow_up_rate" || (goal.target > 0 && goal.target <= 1); }

std::optional<std::int64_t> last_cell(const Book& book, const std::string& id) {
    const ReleasedTable* table = book.table(id);
    if (table == nullptr || table->rows() == 0) return std::nullopt;
    return table->at(table->rows() - 1, table->columns() - 1).count;
}

std::optional<std::string> number_of(const Book& book, const std::string& id) {
    const auto count = last_cell(book, id);
    return count ? std::optional(book.number(*count)) : std::nullopt;
}

std::optional<std::string> follow_up(const Book& book) {
    for (const ReleasedTable* table : book.tables_like("rate")) {
        if (table->withheld() || table->columns() != 4 || table->layout().subject.value.rfind("D2", 0) != 0) continue;
        const auto& unknown = table->at(0, 2).count;
        const auto& mature = table->at(0, 3).count;
        if (!unknown || !mature) continue;
        if (const auto share = percentage(*mature - *unknown, *mature)) return book.percent(share->value, share->decimals);
    }
    return std::nullopt;
}

/// The columns of acts are the four quarters of this calendar year.
bool acts_of_year(const Book& book, const std::string& year) {
    const ReleasedTable* table = book.table("strategies");
    if (table == nullptr || table->columns() != 5) return false;
    for (std::size_t c = 0; c < 4; ++c)
        if (table->layout().columns[c].value != year + "-" + std::to_string(c + 1)) return false;
    return true;
}

/// The table whose last cell is this indicator over the period of the report; "" when there is none.
std::string table_over_period(const std::string& indicator) {
    for (const auto& [code, table] :
         {std::pair{"trajectories_started", "started"}, {"children_reached", "children"}, {"signals", "signals"}, {"results", "results"}})
        if (indicator == code) return table;
    return {};
}

/// The table whose last cell is the figure over exactly the period of the goal; "" when there is none.
std::string table_of(const Book& book, const SteeringReport::Goal& goal) {
    if (goal.indicator == "activities") return acts_of_year(book, goal.period) ? "strategies" : "";
    return !goal.period.empty() && goal.period == book.report.period ? table_over_period(goal.indicator) : "";
}

std::string beside(const Book& book, const SteeringReport::Goal& goal) {
    const auto shown = [&](const std::optional<std::string>& figure) {
        return figure ? book.text("agreement.goal_figure", {{"figure", *figure}}) : book.text("agreement.goal_withheld");
    };
    if (const std::string table = table_of(book, goal); !table.empty()) return shown(number_of(book, table));
    if (goal.period.empty() || goal.period != book.report.period) return book.text("agreement.goal_other_period");
    return goal.indicator == "follow_up_rate" ? shown(follow_up(book)) : book.text("agreement.goal_no_figure");
}

}  // namespace

std::string goal_sentence(const Book& book, const SteeringReport::Goal& goal) {
    const std::string target = is_share(goal) ? book.percent(goal.target * 100, 0)
                                              : book.number(static_cast<std::int64_t>(goal.target + (goal.target < 0 ? -0.5 : 0.5)));
    std::string out = book.text("agreement.goal", {{"indicator", book.lists.label("indicator", goal.indicator, book.texts.language())},
                                                   {"target", target},
                                                   {"period", goal.period.empty() ? book.text("agreement.goal_no_period") : goal.period}});
    if (goal.agreed_on) out += book.text("agreement.goal_agreed", {{"date", book.texts.date(*goal.agreed_on)}});
    return out + beside(book, goal);
}

std::uint32_t goal_chart(Book& book, Sheet& sheet, std::uint32_t row) {
    std::vector<std::string> names;
    std::vector<std::int64_t> targets;
    std::vector<std::int64_t> figures;
    for (const SteeringReport::Goal& goal : book.report.goals) {
        const std::string table = table_of(book, goal);
        const auto figure = table.empty() ? std::nullopt : last_cell(book, table);
        if (!figure || is_share(goal)) continue;
        names.push_back(book.lists.label("indicator", goal.indicator, book.texts.language()) + " " + goal.period);
        targets.push_back(static_cast<std::int64_t>(goal.target + 0.5));
        figures.push_back(*figure);
    }
    if (names.empty()) return row;
    Chart chart{.kind = ChartKind::Bar,
                .title = book.text("chart.goals"),
                .legend = true,
                .reversed = true,
                .hide_value_axis = true,
                .gap_percent = 40,
                .width_px = 650,
                .height_px = 230};
    const ChartBlock plan = book.chart_block(book.text("chart.goal_target"), names, targets);
    const ChartBlock actual = book.chart_block(book.text("chart.goal_figure"), names, figures);
    std::string spoken;
    for (std::size_t i = 0; i < names.size(); ++i)
        spoken +=
            (i == 0 ? "" : "; ") +
            book.text("chart.goal_spoken", {{"name", names[i]}, {"target", book.number(targets[i])}, {"figure", book.number(figures[i])}});
    chart.sheet = book.sheet_name("charts");
    chart.alt_text = book.text("chart.alt", {{"title", chart.title}, {"numbers", spoken}, {"stand", book.stand()}});
    chart.series.push_back({.name = book.text("chart.goal_target"),
                            .categories = plan.categories,
                            .values = plan.values,
                            .colour = kAccent,
                            .outlined = true,
                            .labels = true,
                            .label_colour = kInk});
    chart.series.push_back({.name = book.text("chart.goal_figure"),
                            .categories = actual.categories,
                            .values = actual.values,
                            .colour = kAccent,
                            .labels = true,
                            .label_colour = kInk});
    sheet.chart(row + 1, 0, chart);
    return row + 14;
}

}  // namespace brugwacht::steering
