#include "engine/tally/tally.hpp"

#include "engine/tally/themes.hpp"

namespace brugwacht {

CountSet tally(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request) {
    const tallying::Scope scope = tallying::scope_of(base, set, facts, lists, request);
    const tallying::Judgements judgements(scope);
    CountSet out;
    tallying::count_trajectories(scope, out);
    tallying::count_statuses(scope, judgements, out);
    tallying::count_stops(scope, out);
    tallying::count_activities(scope, out);
    tallying::count_relations(scope, out);
    tallying::count_introductions(scope, out);
    tallying::count_support(scope, out);
    tallying::count_signals(scope, out);
    tallying::count_results(scope, out);
    tallying::count_supply(scope, out);
    tallying::count_quality(scope, judgements, out);
    tallying::count_rates(scope, judgements, out);
    tallying::count_children(scope, judgements, out);
    tallying::count_support_at_proof(scope, judgements, out);
    return out;
}

}  // namespace brugwacht
