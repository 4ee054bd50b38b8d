// Support by kind, in children; and whether support ran when a child was seen to take part still.
#include <map>
#include <set>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

Group without_support(const Scope& scope, const Judged& judged, const std::string& population) {
    Group out{population, std::vector<bool>(scope.included.size())};
    for (std::size_t t = 0; t < out.members.size(); ++t)
        out.members[t] = judged.is(t, Status::Achieved) && !judged.results[t]->support_at_proof;
    return out;
}

void count_at_proof(const Scope& scope, const Judgements& judgements, const Judged& judged, CountSet& out) {
    const std::int64_t with = judged.count([](const Classification& c) { return c.status == Status::Achieved && c.support_at_proof; });
    const std::int64_t achieved = judged.count([](const Classification& c) { return c.status == Status::Achieved; });
    Dimension rows;
    rows.add({"", "tally.label.with_support"}, "with_support");
    rows.add({"", "tally.label.without_support"}, "without_support");
    CountTable table = head("support_at_proof__" + judged.table_id, TableKind::Outcome, "at_proof");
    table.subject = judged.label;
    table.optional = true;
    table = one_way(std::move(table), rows, {with, achieved - with}, judgements.status_population(judged, Status::Achieved));
    // A variant that asks for proof without support, or with it, draws almost the same line.
    const Group without = without_support(scope, judged, table.cells[1].population);
    for (const Judged& variant : judgements.all())
        if (variant.is_variant() && &judgements.all()[variant.parent] == &judged &&
            variant.definition->support != judged.definition->support)
            relate_groups(out, judgements.group(variant, Status::Achieved), without, TableKind::Outcome, table.id);
    out.tables.push_back(std::move(table));
}

}  // namespace

// A child may have several kinds of support, so nothing adds up but with and without.
void count_support(const Scope& scope, CountSet& out) {
    const Dimension all = codes_of(scope.lists, "event_kind", "support");
    Dimension rows;  // kinds of enrolment stand in the same list; they are no support
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all.labels[i].value != "definitive" && all.labels[i].value != "provisional") rows.add(all.labels[i], all.names[i]);
    std::map<std::uint64_t, std::set<std::size_t>> by_child;
    for (std::size_t t = 0; t < scope.included.size(); ++t) {
        if (!scope.included[t]) continue;
        std::set<std::size_t>& found = by_child[scope.child(t)];
        for (const Fact& fact : scope.base.facts(static_cast<std::uint32_t>(t)))
            if (fact.type == FactType::Support && scope.exists(fact)) found.insert(position(rows, std::string(scope.base.code(fact.kind))));
    }
    std::vector<std::int64_t> counts(rows.size());
    std::int64_t any = 0;
    for (const auto& [child, found] : by_child) {
        for (const std::size_t r : found) ++counts[r];
        any += found.empty() ? 0 : 1;
    }
    const std::string whole = scope.prefix + "supported";
    CountTable table = head("support", TableKind::Participation, "support");
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.any"});
    table.columns = {{"", table.unit}};
    for (std::size_t r = 0; r < rows.size(); ++r) table.cells.push_back({whole + "|" + rows.names[r], counts[r]});
    table.cells.push_back({whole, any});
    const auto children = static_cast<std::int64_t>(by_child.size());
    out.relations.push_back(
        {{scope.prefix + "children", children}, {{whole, any}, {whole + "|none", children - any}}, TableKind::Participation, {}, table.id});
    out.tables.push_back(std::move(table));
}

void count_support_at_proof(const Scope& scope, const Judgements& judgements, CountSet& out) {
    for (const Judged& judged : judgements.all())
        if (!judged.is_variant() && judged.definition != nullptr && judged.definition->kind == DefinitionKind::StillParticipating)
            count_at_proof(scope, judgements, judged, out);
}

}  // namespace brugwacht::tallying
