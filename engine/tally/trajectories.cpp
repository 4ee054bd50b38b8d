// Trajectories and children as they start, and where they come from and stop.
#include <map>
#include <set>

#include "engine/tally/starts.hpp"
#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

void count_started(const Scope& scope, CountSet& out) {
    const Starts starts(scope);
    const Dimension rows = starts.dimension(1);
    std::vector<std::int64_t> counts(rows.size());
    for (std::size_t t = 0; t < scope.included.size(); ++t)
        if (scope.included[t]) ++counts[starts.row(t, rows, 1)];
    out.tables.push_back(one_way(head("started", TableKind::Participation, "start"), rows, counts, scope.prefix + "trajectories"));
}

void count_persons(const Scope& scope, CountSet& out) {
    std::set<std::uint64_t> children;
    for (std::size_t t = 0; t < scope.included.size(); ++t)
        if (scope.included[t]) children.insert(scope.child(t));
    const auto n = static_cast<std::int64_t>(children.size());
    CountTable table = head("children", TableKind::Participation, "children");
    table.rows = {{"", "tally.label.children"}};
    table.columns = {{"", table.unit}};
    table.cells = {{scope.prefix + "children", n}};
    out.relations.push_back({{scope.prefix + "trajectories", scope.total},
                             {table.cells[0], {scope.prefix + "restarts", scope.total - n}},
                             TableKind::Participation,
                             {},
                             "children"});
    out.tables.push_back(std::move(table));
}

void count_referrers(const Scope& scope, CountSet& out) {
    std::map<std::size_t, std::string> kinds;  // by trajectory
    for (std::size_t i = 0; i < scope.at.size(); ++i)
        if (scope.at[i] != kNowhere) kinds[scope.at[i]] = first_code(scope.facts.trajectories[i].referrer_kind);
    const Dimension rows = codes_of(scope.lists, "referrer_kind", "referrer");
    std::vector<std::int64_t> counts(rows.size());
    for (std::size_t t = 0; t < scope.included.size(); ++t)
        if (scope.included[t]) ++counts[position(rows, kinds[t])];
    out.tables.push_back(one_way(head("referrers", TableKind::Participation, "referrer"), rows, counts, scope.prefix + "trajectories"));
}

}  // namespace

void count_trajectories(const Scope& scope, CountSet& out) {
    count_started(scope, out);
    count_persons(scope, out);
    count_referrers(scope, out);
}

// A trajectory may stop more than once, so nothing adds up.
void count_stops(const Scope& scope, CountSet& out) {
    const Dimension all = codes_of(scope.lists, "reason", "reason");
    Dimension rows;  // a death is told to nobody in a row of its own
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all.labels[i].value != "deceased") rows.add(all.labels[i], all.names[i]);
    std::vector<std::int64_t> counts(rows.size());
    std::int64_t any = 0;
    for (std::size_t t = 0; t < scope.included.size(); ++t) {
        if (!scope.included[t]) continue;
        std::set<std::size_t> found;
        for (const Fact& fact : scope.base.facts(static_cast<std::uint32_t>(t))) {
            if ((fact.type != FactType::Stop && fact.type != FactType::Close) || !scope.exists(fact)) continue;
            const std::string_view code = scope.base.code(fact.reason);
            found.insert(position(rows, std::string(code == "deceased" ? "other" : code)));
        }
        for (const std::size_t r : found) ++counts[r];
        any += found.empty() ? 0 : 1;
    }
    CountTable table = head("stops", TableKind::Participation, "reason");
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.any"});
    table.columns = {{"", table.unit}};
    const std::string whole = scope.prefix + "stops";
    for (std::size_t r = 0; r < rows.size(); ++r) table.cells.push_back({whole + "|" + rows.names[r], counts[r]});
    table.cells.push_back({whole, any});
    out.relations.push_back({{scope.prefix + "trajectories", scope.total},
                             {{whole, any}, {whole + "|none", scope.total - any}},
                             TableKind::Participation,
                             {},
                             table.id});
    out.tables.push_back(std::move(table));
}

}  // namespace brugwacht::tallying
