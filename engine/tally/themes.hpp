// The themes of the report; each adds its tables, and the sums that tie them to others.
#pragma once

#include "engine/tally/judged.hpp"
#include "engine/tally/parts.hpp"

namespace brugwacht::tallying {

void count_trajectories(const Scope& scope, CountSet& out);                            // started, children, referrers
void count_statuses(const Scope& scope, const Judgements& judgements, CountSet& out);  // status, variants, cohort, pending
void count_stops(const Scope& scope, CountSet& out);                                   // stops
void count_support(const Scope& scope, CountSet& out);                                 // support
void count_activities(const Scope& scope, CountSet& out);     // strategies, hours, kinds, criteria, criterion_hours, counterparts, sessions
void count_relations(const Scope& scope, CountSet& out);      // partners, new_partners, families, new_families, named_contacts, reached
void count_introductions(const Scope& scope, CountSet& out);  // introductions, introduced
void count_results(const Scope& scope, CountSet& out);        // results, result_status, structure
void count_signals(const Scope& scope, CountSet& out);        // signals, signal_themes, signal_days
void count_supply(const Scope& scope, CountSet& out);         // clubs, engagements, places
void count_quality(const Scope& scope, const Judgements& judgements, CountSet& out);  // quality
// Welcome, but not at the price of a cell of another table; what is wanted most comes first.
void count_rates(const Scope& scope, const Judgements& judgements, CountSet& out);             // rate
void count_children(const Scope& scope, const Judgements& judgements, CountSet& out);          // child_status, enrolled
void count_support_at_proof(const Scope& scope, const Judgements& judgements, CountSet& out);  // support_at_proof

/// Minutes of an activity that can be true: from none to a whole day. Anything else is as if it had not been written.
std::int64_t usable_minutes(const TallyFacts::Activity& activity);
/// Likewise, up to ten thousand people.
std::int64_t usable_participants(const TallyFacts::Activity& activity);

}  // namespace brugwacht::tallying
