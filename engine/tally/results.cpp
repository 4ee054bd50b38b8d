// Results other than counts of children, and among them what gives the work a lasting shape: plans, vision texts, agreements.
#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

constexpr const char* kPlan = "tekst_of_plan";

template <class Keep>
void count_by(const Scope& scope, const std::string& id, const Dimension& rows, std::string TallyFacts::Result::*code,
              const std::string& whole, const Keep& keep, CountSet& out) {
    std::vector<std::int64_t> counts(rows.size());
    for (const TallyFacts::Result& result : scope.facts.results)
        if ((!result.date || scope.in_period(*result.date)) && keep(result)) ++counts[position(rows, first_code(result.*code))];
    CountTable table = head(id, TableKind::Participation, code == &TallyFacts::Result::kind ? "result" : "result_status");
    table.people = false;
    out.tables.push_back(one_way(std::move(table), rows, counts, whole));
}

}  // namespace

void count_results(const Scope& scope, CountSet& out) {
    using Result = TallyFacts::Result;
    const Dimension kinds = codes_of(scope.lists, "result_kind", "result");
    const Dimension statuses = codes_of(scope.lists, "result_status", "result_status");
    const std::string whole = scope.prefix + "results";
    const auto every = [](const Result&) { return true; };
    const auto plan = [](const Result& result) { return first_code(result.kind) == kPlan; };
    count_by(scope, "results", kinds, &Result::kind, whole, every, out);
    count_by(scope, "result_status", statuses, &Result::status, whole, every, out);
    count_by(scope, "structure", statuses, &Result::status, whole + "|result=" + kPlan, plan, out);
    // Plans are results: what is not a plan follows from the two tables by status.
    const CountTable& all = out.tables[out.tables.size() - 2];
    const CountTable& plans = out.tables.back();
    for (std::size_t r = 0; r < statuses.size(); ++r) {
        const CountCell& result = all.cells[r];
        out.relations.push_back({result,
                                 {plans.cells[r], {result.population + "|other", result.count - plans.cells[r].count}},
                                 TableKind::Participation,
                                 {},
                                 "structure"});
    }
}

}  // namespace brugwacht::tallying
