// What a rate needs: mature trajectories only (S39). Beside the statuses it would tell how many decided early, so the sums are stated.
#include <array>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

constexpr std::array<Status, 3> kJudged = {Status::Achieved, Status::NotAchieved, Status::Unknown};
using Counts = std::array<std::int64_t, 3>;  // in the order of kJudged

/// Rung 0 tells all three; rung 1 takes the last two together.
void count_rate(const Scope& scope, const Judgements& judgements, const Judged& judged, const Counts& mature, const Counts& early, int rung,
                CountSet& out) {
    const std::string stem = scope.prefix + "trajectories|mature|" + judged.id;
    const std::array<std::string, 3> names = {stem + "=achieved", stem + "=not_achieved", stem + "=unknown"};
    CountTable table = head("rate__" + judged.table_id + (rung == 0 ? "" : "two"), TableKind::Outcome, "definition", "status");
    table.subject = judged.label;
    table.ladder = "rate" + judged.table_id;
    table.rung = rung;
    table.optional = true;
    table.row_total = true;
    table.percentages = true;
    table.rows = {judged.label};
    const std::int64_t all = mature[0] + mature[1] + mature[2];
    if (rung == 0) {
        table.columns = {
            {"", "tally.status.achieved"}, {"", "tally.status.not_achieved"}, {"", "tally.status.unknown"}, {"", "tally.label.mature"}};
        table.cells = {{names[0], mature[0]}, {names[1], mature[1]}, {names[2], mature[2]}, {stem, all}};
    } else {
        table.columns = {{"", "tally.status.achieved"}, {"", "tally.label.not_or_unknown"}, {"", "tally.label.mature"}};
        table.cells = {{names[0], mature[0]}, {stem + "=rest", all - mature[0]}, {stem, all}};
        out.relations.push_back(
            {{stem + "=rest", all - mature[0]}, {{names[1], mature[1]}, {names[2], mature[2]}}, TableKind::Outcome, {}, table.id});
    }
    for (std::size_t i = 0; i < kJudged.size(); ++i)
        out.relations.push_back({{judgements.status_population(judged, kJudged.at(i)), mature.at(i) + early.at(i)},
                                 {{names.at(i), mature.at(i)}, {names.at(i) + "|early", early.at(i)}},
                                 TableKind::Outcome,
                                 {},
                                 table.id});
    out.tables.push_back(std::move(table));
}

}  // namespace

void count_rates(const Scope& scope, const Judgements& judgements, CountSet& out) {
    for (const Judged& judged : judgements.all()) {
        if (judged.is_variant()) continue;
        Counts mature{};
        Counts early{};
        for (std::size_t i = 0; i < kJudged.size(); ++i) {
            mature.at(i) = judged.count([&](const Classification& c) { return c.status == kJudged.at(i) && c.mature; });
            early.at(i) = judged.count([&](const Classification& c) { return c.status == kJudged.at(i) && !c.mature; });
        }
        count_rate(scope, judgements, judged, mature, early, 0, out);
        count_rate(scope, judgements, judged, mature, early, 1, out);
    }
}

}  // namespace brugwacht::tallying
