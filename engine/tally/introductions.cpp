// Bringing into contact: introductions, and what followed them in the trajectories they were made for.
#include <algorithm>
#include <map>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

bool brings_into_contact(const TallyFacts::Activity& activity) { return first_code(activity.criterion) == "in_contact_brengen"; }

// An introduction is made for a trajectory, or is the first contact with somebody; the criterion holds other work as well.
void count_made(const Scope& scope, CountSet& out) {
    Dimension rows;
    rows.add({"", "tally.label.introduction_trajectory"}, "for=trajectory");
    rows.add({"", "tally.label.introduction_first"}, "for=first_contact");
    rows.add({"", "tally.label.no_introduction"}, "for=");
    const Dimension columns = act_quarters(scope);
    Body body = body_of(rows, columns);
    for (const TallyFacts::Activity& activity : scope.facts.activities) {
        const std::size_t column = act_column(scope, columns, activity.date);
        if (column == kNowhere || !brings_into_contact(activity)) continue;
        ++body[activity.trajectory != 0 ? 0 : activity.first_contact ? 1 : 2][column];
    }
    CountTable table = head("introductions", TableKind::Participation, "introduction", "quarter");
    table.people = false;
    out.tables.push_back(two_way(std::move(table), rows, columns, body, "activities|criterion=in_contact_brengen"));
}

/// First day of a kind of fact on or after a day.
std::optional<std::int32_t> first_since(const Scope& scope, std::size_t trajectory, FactType type, std::int32_t since) {
    for (const Fact& fact : scope.base.facts(static_cast<std::uint32_t>(trajectory)))  // by date
        if (fact.type == type && fact.date >= since && scope.exists(fact)) return fact.date;
    return std::nullopt;
}

std::map<std::size_t, std::int32_t> first_introductions(const Scope& scope) {
    std::map<std::int64_t, std::size_t> by_id;
    for (std::size_t i = 0; i < scope.at.size(); ++i)
        if (scope.at[i] != kNowhere && scope.facts.trajectories[i].id != 0) by_id[scope.facts.trajectories[i].id] = scope.at[i];
    std::map<std::size_t, std::int32_t> first;
    for (const TallyFacts::Activity& activity : scope.facts.activities) {
        if (!brings_into_contact(activity) || activity.date > scope.request.as_of) continue;
        const auto found = by_id.find(activity.trajectory);
        if (found == by_id.end() || !scope.included[found->second]) continue;
        const auto [at, fresh] = first.try_emplace(found->second, activity.date.days());
        at->second = std::min(at->second, activity.date.days());
    }
    return first;
}

// From introduction to trial to enrolment, as registered: no definition of success is applied.
void count_followed(const Scope& scope, CountSet& out) {
    Dimension rows;
    rows.add({"", "tally.label.introduced_only"}, "then=nothing");
    rows.add({"", "tally.label.introduced_trial"}, "then=trial");
    rows.add({"", "tally.label.introduced_enrolled"}, "then=trial+enrol");
    rows.add({"", "tally.label.introduced_direct"}, "then=enrol");
    std::vector<std::int64_t> counts(rows.size());
    const auto introduced = first_introductions(scope);
    for (const auto& [trajectory, day] : introduced) {
        const auto trial = first_since(scope, trajectory, FactType::Trial, day);
        const auto enrolled = first_since(scope, trajectory, FactType::Enrol, day);
        const auto after_trial = trial ? first_since(scope, trajectory, FactType::Enrol, *trial) : std::nullopt;
        ++counts[after_trial ? 2 : enrolled ? 3 : trial ? 1 : 0];
    }
    const std::string whole = scope.prefix + "introduced";
    CountTable table = one_way(head("introduced", TableKind::Outcome, "followed"), rows, counts, whole);
    const auto n = static_cast<std::int64_t>(introduced.size());
    out.relations.push_back({{scope.prefix + "trajectories", scope.total},
                             {{whole, n}, {whole + "|not", scope.total - n}},
                             TableKind::Participation,
                             {},
                             table.id});
    out.tables.push_back(std::move(table));
}

}  // namespace

void count_introductions(const Scope& scope, CountSet& out) {
    count_made(scope, out);
    count_followed(scope, out);
}

}  // namespace brugwacht::tallying
