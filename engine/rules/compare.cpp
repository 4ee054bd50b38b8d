#include "engine/rules/compare.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/rules/explain.hpp"

namespace brugwacht {
namespace {

ClassificationSet tried(const FactBase& facts, const Agreement& agreement, const ClassifyRequest& request) {
    const Agreement everywhere = always_in_force(agreement);
    return classify(facts, {&everywhere, 1}, request);
}

Opinion opinion(const FactBase& facts, const ClassificationSet& set, const Classification& result, const Texts& texts) {
    return {result.status, std::string(reason_code(facts, result)), explanation(facts, set, result, texts)};
}

}  // namespace

std::int64_t Outcomes::statuses_changed() const {
    return std::count_if(changes.begin(), changes.end(), [](const OutcomeChange& change) { return change.status_changed(); });
}

Outcomes compare_outcomes(const FactBase& facts, const Agreement& a, const Agreement& b, Date as_of, const Texts& texts) {
    ClassifyRequest request;
    request.as_of = as_of;
    for (const Definition& definition : a.definitions)
        if (b.definition(definition.id) != nullptr) request.definitions.push_back(definition.id);
    Outcomes out;
    if (request.definitions.empty()) return out;  // to classify, no filter would mean all of them
    const ClassificationSet before = tried(facts, a, request);
    const ClassificationSet after = tried(facts, b, request);

    // Both hold the same trajectories in the same order; only the order of definitions may differ.
    std::map<std::pair<std::uint32_t, std::string>, const Classification*> now;
    for (const Classification& result : after.results) now[{result.trajectory, after.definition_ids[result.definition]}] = &result;
    std::map<std::tuple<std::uint16_t, Status, Status>, std::int64_t> counts;
    for (const Classification& old : before.results) {
        if (!old.started) continue;
        const std::string& definition = before.definition_ids[old.definition];
        const Classification& other = *now.at({old.trajectory, definition});
        ++counts[{old.definition, old.status, other.status}];
        if (old.status == other.status && reason_code(facts, old) == reason_code(facts, other)) continue;
        const TrajectoryInfo& info = facts.trajectories()[old.trajectory];
        out.changes.push_back({std::string(facts.source(info.source)), std::string(facts.text(info.key)), definition,
                               opinion(facts, before, old, texts), opinion(facts, after, other, texts)});
    }
    for (const auto& [which, n] : counts) {
        const auto& [definition, from, to] = which;
        out.transitions.push_back({before.definition_ids[definition], from, to, n});
    }
    return out;
}

}  // namespace brugwacht
