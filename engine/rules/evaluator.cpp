#include "engine/rules/evaluator.hpp"

#include <algorithm>
#include <tuple>

namespace brugwacht {
namespace {

unsigned mask_of(const std::vector<FactType>& types) {
    unsigned mask = 0;
    for (const FactType type : types) mask |= 1U << static_cast<unsigned>(type);
    return mask;
}
bool in_mask(unsigned mask, FactType type) { return ((mask >> static_cast<unsigned>(type)) & 1U) != 0; }

}  // namespace

void Verdict::clear() {
    head = Classification();
    evidence.clear();
    near_misses.clear();
}

void Evaluator::add_evidence(Verdict& v, const Fact& fact, Role role) const {
    v.evidence.push_back({fact.key, Date::from_days(fact.date), fact.club, fact.source, fact.type, role});
}

void Evaluator::add_near_miss(Verdict& v, const Fact& fact, NearMissWhy why) const {
    v.near_misses.push_back({fact.key, Date::from_days(fact.date), fact.club, fact.type, why});
}

void Evaluator::record(int rule, Mark mark, const char* what, std::initializer_list<StepArgument> arguments, const Fact* event) const {
    RuleStep made{rule, mark, depth_, what, arguments, {}};
    if (event != nullptr) made.events.push_back(event->key);
    trace_->push_back(std::move(made));
}

void Evaluator::step_events(const std::vector<const Fact*>& events, std::size_t count) const {
    if (trace_ == nullptr) return;
    for (std::size_t i = 0; i < std::min(count, events.size()); ++i) trace_->back().events.push_back(events[i]->key);
}

/// S5 to S9, as the history found them.
void Evaluator::step_enrolments() const {
    if (trace_ == nullptr) return;
    for (const Enrolment& e : history_->enrolments()) {
        const bool voided = e.state == Enrolment::State::Voided;
        const bool provisional = e.state == Enrolment::State::Provisional;
        step(7,
             voided        ? Mark::Cross
             : provisional ? Mark::Hourglass
                           : Mark::Tick,
             voided        ? "enrolment_voided"
             : provisional ? "enrolment_provisional"
                           : "enrolment",
             {{"club", ClubIndex{e.club}},
              {"date", Date::from_days(e.date)},
              {"effective", Date::from_days(e.effective)},
              {"year", std::int64_t{e.year}},
              {"next", std::int64_t{e.year} + 1},
              {"later", std::int64_t{e.effective != e.date}},
              {"ended", std::int64_t{e.ended != kOpenEnd}},
              {"end", Date::from_days(e.ended == kOpenEnd ? e.effective : e.ended)}},
             e.fact);
    }
    if (history_->enrolments().empty()) step(9, Mark::Told, "no_enrolment");
}

void Evaluator::decide(Verdict& v, Status status, Reason reason, int rule) {
    v.head.status = status;
    v.head.reason = reason;
    v.head.rule = static_cast<std::uint8_t>(rule);
}

Date Evaluator::add(Date date, const Period& period) const {
    const auto moved = add_months(date, period.months, prepared_.agreement->month_rule);
    if (!moved) {
        throw Error(Exit::Data, "RUL-002",
                    {{"trajectory", std::string(base_.text(info_->key))}, {"date", date.iso()}, {"period", period_text(period)}});
    }
    return moved->plus_days(period.days);
}

/// S39.
void Evaluator::close(Verdict& v, std::optional<Date> decides_on) {
    v.head.has_decides_on = decides_on.has_value();
    if (decides_on) v.head.decides_on = *decides_on;
    v.head.mature = decides_on && *decides_on < as_of_;
}

/// S10, S17. Blank strategy and unknown age are in scope.
bool Evaluator::out_of_scope(Verdict& v, int rule) {
    const Agreement& agreement = *prepared_.agreement;
    const bool ages = agreement.age_min || agreement.age_max;
    v.head.scope_unknown = (info_->strategy == 0 && !agreement.strategies.empty()) || (info_->age < 0 && ages);
    if (prepared_.strategy_in_scope[info_->strategy] == 0) {
        step(rule, Mark::Cross, "strategy_out", {{"strategy", base_.code(info_->strategy)}});
        decide(v, Status::Excluded, Reason::StrategyOutOfScope, rule);
        return true;
    }
    if (info_->age >= 0 && (info_->age < agreement.age_min.value_or(0) || info_->age > agreement.age_max.value_or(1000))) {
        step(rule, Mark::Cross, "age_out",
             {{"age", std::int64_t{info_->age}},
              {"low", std::int64_t{agreement.age_min.value_or(0)}},
              {"high", std::int64_t{agreement.age_max.value_or(150)}}});
        decide(v, Status::Excluded, Reason::AgeOutOfScope, rule);
        return true;
    }
    step(rule, v.head.scope_unknown ? Mark::Question : Mark::Tick, v.head.scope_unknown ? "scope_unknown" : "scope");
    return false;
}

void Evaluator::evaluate(const History& history, std::uint32_t trajectory, const Definition& definition, Verdict& verdict, Trace* trace) {
    history_ = &history;
    trace_ = trace;
    depth_ = 0;
    info_ = &base_.trajectories()[trajectory];
    verdict.clear();
    verdict.head.trajectory = trajectory;
    verdict.head.started = info_->start <= as_of_.days();
    if (const Enrolment* anchor = history.anchor()) {
        verdict.head.has_anchor = true;
        verdict.head.anchor_date = Date::from_days(anchor->effective);
        verdict.head.anchor_key = anchor->fact->key;
    }
    switch (definition.kind) {
        case DefinitionKind::Enrolment:
            enrolment(definition, verdict);
            break;
        case DefinitionKind::StillParticipating:
            still_participating(definition, verdict);
            break;
        case DefinitionKind::ReEnrolment:
            re_enrolment(definition, verdict);
            break;
        case DefinitionKind::Composed:
            composed(definition, verdict);
            break;
    }
}

// ---------------------------------------------------------------- D1

void Evaluator::enrolment(const Definition& definition, Verdict& v) {
    if (out_of_scope(v, 10)) return;
    const Date deadline = add(Date::from_days(info_->start), definition.decide_after);
    close(v, deadline);
    step_enrolments();
    const Enrolment* unqualified = nullptr;
    for (const Enrolment& e : history_->enrolments()) {
        if (e.state != Enrolment::State::Effective) continue;
        const Definition& d = definition.for_club_type(prepared_.type_of(base_, e.club).id);
        if (!d.late_counts && e.effective > deadline.days()) {
            add_near_miss(v, *e.fact, NearMissWhy::Late);
            step(11, Mark::Cross, "enrolment_late", {{"effective", Date::from_days(e.effective)}, {"deadline", deadline}}, e.fact);
            continue;
        }
        if (enough_trials(d, e, nullptr)) {
            v.near_misses.clear();
            list_trials(d, e, v.evidence);
            add_evidence(v, *e.fact, Role::Anchor);
            v.head.has_achieved_on = true;
            v.head.achieved_on = Date::from_days(e.effective);
            decide(v, Status::Achieved, Reason::EnrolledAfterTrials, 11);
            return;
        }
        if (unqualified == nullptr) unqualified = &e;
    }
    if (unqualified == nullptr) {
        not_enrolled(definition, deadline, v);
        return;
    }
    const Definition& d = definition.for_club_type(prepared_.type_of(base_, unqualified->club).id);
    list_trials(d, *unqualified, v.evidence);
    add_evidence(v, *unqualified->fact, Role::Anchor);
    enough_trials(d, *unqualified, &v);
    if (d.missing_trials_wait && as_of_ <= deadline) {
        step(14, Mark::Hourglass, "deadline_runs", {{"deadline", deadline}});
        decide(v, Status::Pending, Reason::BeforeDeadline, 14);
    } else {
        step(12, Mark::Cross, "trials_missing");
        decide(v, Status::NotAchieved, Reason::TrialsMissing, 12);
    }
}

/// S11. With a verdict, the trials that do not count are named as near misses.
bool Evaluator::enough_trials(const Definition& definition, const Enrolment& enrolment, Verdict* v) {
    const unsigned mask = mask_of(definition.trial_events);
    int count = 0;
    std::int32_t last_day = std::numeric_limits<std::int32_t>::min();
    for (const Fact& fact : history_->facts()) {
        if (!in_mask(mask, fact.type)) continue;
        if (fact.date > enrolment.effective) {
            if (v != nullptr) add_near_miss(*v, fact, NearMissWhy::AfterEnrolment);
        } else if (definition.trial_club_same && fact.club != enrolment.club) {
            if (v != nullptr) add_near_miss(*v, fact, NearMissWhy::OtherClub);
        } else if (!definition.distinct_days || fact.date != last_day) {
            ++count;
            last_day = fact.date;
        }
    }
    const bool enough = count >= definition.min_trials;
    if (v == nullptr)
        step(11, enough ? Mark::Tick : Mark::Cross, "trials",
             {{"club", ClubIndex{enrolment.club}},
              {"effective", Date::from_days(enrolment.effective)},
              {"count", std::int64_t{count}},
              {"wanted", std::int64_t{definition.min_trials}},
              {"same", std::int64_t{definition.trial_club_same}}},
             enrolment.fact);
    return enough;
}

void Evaluator::list_trials(const Definition& definition, const Enrolment& enrolment, std::vector<Evidence>& out) const {
    const unsigned mask = mask_of(definition.trial_events);
    std::int32_t last_day = std::numeric_limits<std::int32_t>::min();
    for (const Fact& fact : history_->facts()) {
        if (fact.date > enrolment.effective) break;
        if (!in_mask(mask, fact.type) || (definition.trial_club_same && fact.club != enrolment.club)) continue;
        if (definition.distinct_days && fact.date == last_day) continue;
        last_day = fact.date;
        out.push_back({fact.key, Date::from_days(fact.date), fact.club, fact.source, fact.type, Role::Trial});
    }
}

/// S13 to S16.
void Evaluator::not_enrolled(const Definition& definition, Date deadline, Verdict& v) {
    for (const Enrolment& e : history_->enrolments()) {
        if (e.state == Enrolment::State::Provisional) add_near_miss(v, *e.fact, NearMissWhy::Provisional);
        if (e.state == Enrolment::State::Voided) add_near_miss(v, *e.fact, NearMissWhy::Voided);
    }
    if (!history_->has_effective() && !history_->provisional_runs()) {
        const Fact* last = nullptr;
        const auto rank = [&](const Fact& f) {
            return std::tuple(f.date, prepared_.competing_by_code[f.reason], -static_cast<int>(f.reason));
        };
        for (const ValidStop& stop : history_->stops())
            if (last == nullptr || rank(*stop.fact) > rank(*last)) last = stop.fact;
        for (const Fact* closed : history_->closes())
            if (last == nullptr || rank(*closed) > rank(*last)) last = closed;
        if (last != nullptr) {
            const bool competing = prepared_.competing_by_code[last->reason] != 0 && prepared_.agreement->competing_as == Status::Excluded;
            step(13, Mark::Cross, competing ? "ended_competing" : "ended",
                 {{"date", Date::from_days(last->date)}, {"reason", base_.code(last->reason)}}, last);
            add_evidence(v, *last, competing ? Role::Competing : Role::Against);
            decide(v, competing ? Status::Excluded : Status::NotAchieved, competing ? Reason::Competing : Reason::EndedBeforeEnrolment, 13);
            if (competing) v.head.competing = last->reason;
            return;
        }
    }
    step(13, Mark::Told, "not_ended");
    if (history_->provisional_runs()) {
        const auto enrolments = history_->enrolments();  // by effective date
        const auto running =
            std::find_if(enrolments.begin(), enrolments.end(), [](const Enrolment& e) { return e.state == Enrolment::State::Provisional; });
        v.head.definitive_on = Date::from_days(running->effective);
        step(14, Mark::Hourglass, "provisional_runs", {{"date", v.head.definitive_on}});
        decide(v, Status::Pending, Reason::Provisional, 14);
    } else if (as_of_ <= deadline) {
        step(14, Mark::Hourglass, "deadline_runs", {{"deadline", deadline}});
        decide(v, Status::Pending, Reason::BeforeDeadline, 14);
    } else if (history_->lost() != nullptr) {
        step(14, Mark::Told, "deadline_over", {{"deadline", deadline}});
        step(15, mark_of(definition.lost_contact_means), "lost", {{"date", Date::from_days(history_->lost()->date)}}, history_->lost());
        add_evidence(v, *history_->lost(), Role::Against);
        decide(v, definition.lost_contact_means, Reason::LostContact, 15);
    } else {
        step(14, Mark::Told, "deadline_over", {{"deadline", deadline}});
        step(16, mark_of(definition.absence_means), "nothing_registered");
        decide(v, definition.absence_means, Reason::DeadlinePassed, 16);
    }
}

// ---------------------------------------------------------------- shared by D2 and D3

/// S17: without an anchor the status is that of D1, or what the agreement says.
bool Evaluator::lacks_anchor(const Definition& definition, Verdict& v) {
    if (const Enrolment* anchor = history_->anchor()) {
        step_enrolments();
        step(9, Mark::Tick, "anchor", {{"club", ClubIndex{anchor->club}}, {"date", Date::from_days(anchor->effective)}}, anchor->fact);
        return false;
    }
    const int rule = definition.kind == DefinitionKind::StillParticipating ? 17 : definition.kind == DefinitionKind::ReEnrolment ? 29 : 0;
    step(rule, definition.no_anchor_inherit.empty() ? mark_of(definition.no_anchor_status) : Mark::Told, "no_anchor",
         {{"inherits", std::int64_t{!definition.no_anchor_inherit.empty()}},
          {"definition", std::string_view(definition.no_anchor_inherit)}});
    const Definition* source =
        definition.no_anchor_inherit.empty() ? nullptr : prepared_.agreement->definition(definition.no_anchor_inherit);
    if (source != nullptr) {
        ++depth_;
        enrolment(*source, v);
        --depth_;
        return true;
    }
    decide(v, definition.no_anchor_status, Reason::NoInformation, rule);
    return true;
}

bool Evaluator::all_ended(std::int32_t until, bool same_club, std::uint32_t club) const {
    return std::all_of(history_->enrolments().begin(), history_->enrolments().end(), [&](const Enrolment& e) {
        if (e.state != Enrolment::State::Effective || e.effective > until || (same_club && e.club != club)) return true;
        return e.ended <= until;
    });
}

/// S22, S31, S33. Decides when every placement begun by `until` has ended by then; the last stop's reason tells how.
bool Evaluator::decide_stopped(std::int32_t until, bool same_club, std::uint32_t club, int rule, bool competing_only, int competing_rule,
                               Verdict& v) {
    if (!all_ended(until, same_club, club)) {
        if (rule == 22 || competing_only)  // D3 asks twice
            step(competing_only ? competing_rule : rule, Mark::Told, "still_placed", {{"date", Date::from_days(until)}});
        return false;
    }
    const Fact* last = nullptr;
    const auto rank = [&](const Fact& f) { return std::tuple(f.date, prepared_.competing_by_code[f.reason], -static_cast<int>(f.reason)); };
    for (const ValidStop& stop : history_->stops()) {
        if (stop.fact->date > until || (same_club && !history_->stop_hits(stop, club))) continue;
        if (last == nullptr || rank(*stop.fact) > rank(*last)) last = stop.fact;
    }
    if (last == nullptr) return false;
    if (prepared_.competing_by_code[last->reason] != 0 && prepared_.agreement->competing_as == Status::Excluded) {
        step(competing_rule, Mark::Cross, "all_stopped_competing",
             {{"date", Date::from_days(last->date)}, {"reason", base_.code(last->reason)}}, last);
        add_evidence(v, *last, Role::Competing);
        decide(v, Status::Excluded, Reason::Competing, competing_rule);
        v.head.competing = last->reason;
        return true;
    }
    if (competing_only) {
        step(competing_rule, Mark::Told, "stopped_may_return", {{"date", Date::from_days(last->date)}}, last);
        return false;
    }
    step(rule, Mark::Cross, "all_stopped", {{"date", Date::from_days(last->date)}}, last);
    add_evidence(v, *last, Role::Against);
    decide(v, Status::NotAchieved, Reason::Stopped, rule);
    return true;
}

/// S20: at least one placement on every day of from..to.
bool Evaluator::continuously_placed(std::int32_t from, std::int32_t to, bool same_club, std::uint32_t club) const {
    std::int32_t reached = from - 1;  // every day up to here is covered; placements come by effective date
    for (const Enrolment& e : history_->enrolments()) {
        if (e.state != Enrolment::State::Effective || (same_club && e.club != club)) continue;
        if (e.effective > reached + 1) break;
        reached = std::max(reached, e.ended);
        if (reached >= to) return true;
    }
    return false;
}

// ---------------------------------------------------------------- D2

void Evaluator::still_participating(const Definition& whole, Verdict& v) {
    if (out_of_scope(v, 17) || lacks_anchor(whole, v)) return;
    Participation& p = participation_;
    p.anchor = history_->anchor();
    p.type = &prepared_.type_of(base_, p.anchor->club);
    p.definition = &whole.for_club_type(p.type->id);
    if (p.definition != &whole) step(18, Mark::Told, "by_club_type", {{"type", std::string_view(p.type->id)}});
    set_window(p);
    v.head.has_window = true;
    v.head.window_from = p.from;
    v.head.window_to = p.to;
    close(v, p.to);
    if (const Definition* d1 = prepared_.agreement->definition(whole.no_anchor_inherit))
        list_trials(d1->for_club_type(p.type->id), *p.anchor, v.evidence);
    add_evidence(v, *p.anchor->fact, Role::Anchor);
    sort_proofs(p, v);
    if (proven(p, v)) return;
    unproven(p, v);
}

/// S18.
void Evaluator::set_window(Participation& p) const {
    const Definition& d = *p.definition;
    const Date anchor = Date::from_days(p.anchor->effective);
    p.from = add(anchor, d.window_from);
    p.to = add(anchor, d.window_to);
    std::int32_t paused = 0;
    if (d.pause != PauseRule::Ignore) {
        const std::int32_t to_start = days_within(history_->pauses(), anchor.days(), p.from.days() - 1);
        paused = days_within(history_->pauses(), anchor.days(), p.to.days());
        p.to = p.to.plus_days(paused);
        if (d.pause == PauseRule::Shift) p.from = p.from.plus_days(to_start);
    }
    const Date open_end = p.to;
    if (d.closed_at_end)
        if (const auto closed_end = p.type->closed_end(p.to)) p.to = add(*closed_end, *d.closed_at_end);
    step(18, as_of_ > p.to ? Mark::Told : Mark::Hourglass, "window",
         {{"from", p.from}, {"to", p.to}, {"paused", std::int64_t{paused}}, {"closed", std::int64_t{p.to != open_end}}});
}

/// S36. A check that names no club is about wherever the child is: it counts unless the child then runs elsewhere too.
bool Evaluator::in_view(const Participation& p, const Fact& fact) const {
    if (!p.definition->club_same || fact.club == p.anchor->club) return true;
    if (fact.club != kNone || (fact.type != FactType::CheckYes && fact.type != FactType::CheckNo)) return false;
    return std::none_of(history_->enrolments().begin(), history_->enrolments().end(), [&](const Enrolment& e) {
        return e.state == Enrolment::State::Effective && e.club != p.anchor->club && e.effective <= fact.date && fact.date <= e.ended;
    });
}

void Evaluator::sort_proofs(Participation& p, Verdict& v) {
    const Definition& d = *p.definition;
    p.inside.clear();
    p.after.clear();
    p.with_support.clear();
    p.other_club.clear();
    const unsigned mask = mask_of(d.proof_events);
    const Fact* last_before = nullptr;
    for (const Fact& fact : history_->facts()) {
        if (!in_mask(mask, fact.type) || fact.date < p.anchor->effective) continue;
        if (fact.date < p.from.days()) {
            if (in_view(p, fact)) last_before = &fact;
            continue;
        }
        const bool in_window = fact.date <= p.to.days();
        if (!in_view(p, fact)) {
            if (in_window) p.other_club.push_back(&fact);
            continue;
        }
        const bool supported = covers(history_->supports(), fact.date);
        if (d.support == SupportRule::None && supported) {
            if (in_window) p.with_support.push_back(&fact);
            continue;
        }
        if (d.support == SupportRule::With && !supported) {
            if (in_window) add_near_miss(v, fact, NearMissWhy::WithoutSupport);
            continue;
        }
        (in_window ? p.inside : p.after).push_back(&fact);
    }
    if (last_before != nullptr) add_near_miss(v, *last_before, NearMissWhy::BeforeWindow);
    for (const Fact* fact : p.with_support) add_near_miss(v, *fact, NearMissWhy::WithSupport);
    for (const Fact* fact : p.other_club) add_near_miss(v, *fact, NearMissWhy::OtherClub);
}

/// S19 to S21 and S28: true when a verdict was reached.
bool Evaluator::proven(Participation& p, Verdict& v) {
    const Definition& d = *p.definition;
    // The proofs of distinct days, first those in the window.
    const auto keep_days = [](std::vector<const Fact*>& facts) {
        facts.erase(std::unique(facts.begin(), facts.end(), [](const Fact* a, const Fact* b) { return a->date == b->date; }), facts.end());
    };
    keep_days(p.inside);
    keep_days(p.after);
    if (d.min_days_per_month > 0) return proven_each_month(p, v);
    const auto wanted = static_cast<std::size_t>(d.proof_min);
    const bool over = as_of_ > p.to;
    const bool proof = p.inside.size() >= wanted;
    step(19,
         proof              ? Mark::Tick
         : !over            ? Mark::Hourglass
         : p.inside.empty() ? Mark::Question
                            : Mark::Cross,
         proof ? "proof" : "no_proof",
         {{"count", static_cast<std::int64_t>(std::min(p.inside.size(), wanted))},
          {"wanted", static_cast<std::int64_t>(wanted)},
          {"date", proof ? Date::from_days(p.inside[wanted - 1]->date) : p.to}});
    step_events(p.inside, wanted);
    if (proof) {
        if (!gap_found(p, *p.inside[wanted - 1], v)) achieved_by(p, wanted, Reason::InWindow, v);
        return true;
    }
    if (d.later_participation_counts && p.inside.size() + p.after.size() >= wanted) {
        const Fact& later = *p.after[wanted - p.inside.size() - 1];
        const bool counts = later_counts(p, later);
        step(20, counts ? Mark::Tick : Mark::Cross, counts ? "later" : "later_interrupted", {{"date", Date::from_days(later.date)}},
             &later);
        if (counts) {
            if (!gap_found(p, later, v)) achieved_by(p, wanted, Reason::LaterParticipation, v);
            return true;
        }
    }
    for (const Fact* fact : p.after)
        add_near_miss(v, *fact, d.later_participation_counts ? NearMissWhy::Interrupted : NearMissWhy::AfterWindow);
    return false;
}

void Evaluator::achieved_by(const Participation& p, std::size_t count, Reason reason, Verdict& v) {
    const Fact* last = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
        last = i < p.inside.size() ? p.inside[i] : p.after[i - p.inside.size()];
        add_evidence(v, *last, Role::Proof);
    }
    v.head.has_achieved_on = true;
    v.head.achieved_on = Date::from_days(last->date);
    v.head.support_at_proof = covers(history_->supports(), last->date);
    v.near_misses.clear();
    decide(v, Status::Achieved, reason, reason == Reason::InWindow ? 19 : 20);
}

bool Evaluator::later_counts(const Participation& p, const Fact& proof) const {
    if (!continuously_placed(p.anchor->effective, proof.date, p.definition->club_same, p.anchor->club)) return false;
    return std::none_of(history_->facts().begin(), history_->facts().end(), [&](const Fact& fact) {
        return fact.type == FactType::CheckNo && fact.date >= p.anchor->effective && fact.date <= proof.date;
    });
}

/// S28: the months of the agreed window, counted from its start; what extends the window belongs to the last month.
bool Evaluator::proven_each_month(Participation& p, Verdict& v) {
    const auto wanted = static_cast<std::size_t>(p.definition->proof_min);
    const int per_month = p.definition->min_days_per_month;
    const int months = std::max(1, p.definition->window_to.months - p.definition->window_from.months);
    std::vector<const Fact*> counted;
    bool enough = p.inside.size() >= wanted;
    std::size_t at = 0;
    for (int month = 1; month <= months; ++month) {
        const std::int32_t to = month == months ? p.to.days() : add(p.from, {month, 0}).days() - 1;
        int days = 0;
        for (; at < p.inside.size() && p.inside[at]->date <= to; ++at)
            if (++days <= per_month || at < wanted) counted.push_back(p.inside[at]);
        enough = enough && days >= per_month;
        step(28,
             days >= per_month     ? Mark::Tick
             : as_of_.days() <= to ? Mark::Hourglass
                                   : Mark::Cross,
             "month",
             {{"from", add(p.from, {month - 1, 0})},
              {"to", Date::from_days(to)},
              {"count", std::int64_t{std::min(days, per_month)}},
              {"wanted", std::int64_t{per_month}}});
    }
    if (!enough) return false;
    if (gap_found(p, *counted.back(), v)) return true;
    p.inside = counted;
    achieved_by(p, counted.size(), Reason::InWindow, v);
    return true;
}

/// S21.
bool Evaluator::gap_found(const Participation& p, const Fact& proof, Verdict& v) {
    const Definition& d = *p.definition;
    if (d.max_gap_days <= 0) return false;
    const unsigned mask = mask_of(d.proof_events);
    const Fact* previous = p.anchor->fact;
    std::int32_t previous_day = p.anchor->effective;
    for (const Fact& fact : history_->facts()) {
        if (fact.date > proof.date) break;
        if (!in_mask(mask, fact.type) || fact.date < previous_day || !in_view(p, fact)) continue;
        const std::int32_t distance = fact.date - previous_day;
        if (distance > d.max_gap_days) {
            spans_.clear();
            const Date from = Date::from_days(previous_day);
            const Date to = Date::from_days(fact.date);
            if (d.gap_excludes_pause) spans_.assign(history_->pauses().begin(), history_->pauses().end());
            for (int year = from.year() - 1; d.gap_excludes_closed && year <= to.year(); ++year)
                for (const YearlySpan& closed : p.type->closed)
                    spans_.push_back({closed.from.in(year).days(), closed.to.in(closed.to < closed.from ? year + 1 : year).days()});
            const Agreement& agreement = *prepared_.agreement;
            for (int year = from.year() - 1; d.gap_excludes_holidays && agreement.holidays_computed && year <= to.year(); ++year)
                for (const HolidaySpan& holiday : school_holidays_1991(year)) spans_.push_back({holiday.from.days(), holiday.to.days()});
            if (d.gap_excludes_holidays)
                for (const HolidaySpan& holiday : agreement.holidays) spans_.push_back({holiday.from.days(), holiday.to.days()});
            join_spans(spans_);
            const std::int32_t gap = distance - days_within(spans_, previous_day + 1, fact.date - 1);
            if (gap > d.max_gap_days) {
                v.head.gap_days = gap;
                step(21, Mark::Cross, "gap",
                     {{"days", std::int64_t{gap}}, {"most", std::int64_t{d.max_gap_days}}, {"from", from}, {"to", to}}, &fact);
                if (previous != p.anchor->fact) add_evidence(v, *previous, Role::Against);
                add_evidence(v, fact, Role::Against);
                add_near_miss(v, proof, NearMissWhy::Gap);
                decide(v, Status::NotAchieved, Reason::Gap, 21);
                return true;
            }
        }
        previous = &fact;
        previous_day = fact.date;
    }
    step(21, Mark::Tick, "no_gap", {{"most", std::int64_t{d.max_gap_days}}});
    return false;
}

/// S22 to S28, without proof that counts.
void Evaluator::unproven(Participation& p, Verdict& v) {
    const Definition& d = *p.definition;
    const bool over = as_of_ > p.to;
    const std::int32_t until = std::min(p.to.days(), as_of_.days());
    if (!p.inside.empty()) {  // S28: some proof, too little
        step(over ? 28 : 24, over ? Mark::Cross : Mark::Hourglass, over ? "too_few" : "window_runs", {{"to", p.to}});
        if (over) {
            for (const Fact* fact : p.inside) add_evidence(v, *fact, Role::Against);
            decide(v, Status::NotAchieved, Reason::TooFewSessions, 28);
        } else {
            decide(v, Status::Pending, Reason::WindowOpen, 24);
        }
        return;
    }
    if (!p.with_support.empty()) {  // S27
        step(27, over ? Mark::Cross : Mark::Hourglass, over ? "only_with_support" : "with_support_so_far", {{"to", p.to}});
        step_events(p.with_support, p.with_support.size());
        if (over) {
            for (const Fact* fact : p.with_support) add_evidence(v, *fact, Role::Against);
            decide(v, Status::NotAchieved, Reason::OnlyWithSupport, 27);
        } else {
            decide(v, Status::Pending, Reason::WindowOpen, 27);
        }
        return;
    }
    const bool may_decide_early = d.early_negative || as_of_ >= p.from;
    if (!may_decide_early) step(22, Mark::Told, "stop_waits", {{"from", p.from}});
    if (may_decide_early && decide_stopped(until, d.club_same, p.anchor->club, 22, false, 22, v)) return;
    const Fact* refusal = nullptr;
    int absences = 0;
    for (const Fact& fact : history_->facts()) {
        if (fact.date > until || !in_view(p, fact)) continue;
        if (fact.type == FactType::CheckNo && fact.date >= p.anchor->effective) refusal = &fact;
        if (fact.type == FactType::Absent && fact.date >= p.from.days()) ++absences;
    }
    if (refusal != nullptr) {
        step(23, Mark::Cross, "check_no", {{"date", Date::from_days(refusal->date)}}, refusal);
        add_evidence(v, *refusal, Role::Against);
        decide(v, Status::NotAchieved, Reason::CheckNo, 23);
        return;
    }
    if (!over) {
        step(24, Mark::Hourglass, "window_runs", {{"to", p.to}});
        decide(v, Status::Pending, Reason::WindowOpen, 24);
        return;
    }
    step(24, Mark::Told, "window_over", {{"to", p.to}});
    const bool absent = d.absent_registers_min > 0 && absences >= d.absent_registers_min;
    if (d.absent_registers_min > 0)
        step(25, absent ? Mark::Cross : Mark::Told, "absences",
             {{"count", std::int64_t{absences}}, {"wanted", std::int64_t{d.absent_registers_min}}});
    if (absent) {
        for (const Fact& fact : history_->facts())
            if (fact.type == FactType::Absent && fact.date >= p.from.days() && fact.date <= until && in_view(p, fact))
                add_evidence(v, fact, Role::Against);
        decide(v, Status::NotAchieved, Reason::RegisteredAbsent, 25);
    } else {
        step(26, mark_of(d.absence_means), "nothing_known");
        decide(v, d.absence_means, Reason::NoInformation, 26);
    }
}

// ---------------------------------------------------------------- D3

/// S29: a working year of another calendar becomes the anchor's year with the nearest start; at equal distance the earlier.
int Evaluator::mapped_year(std::uint32_t club, int year, const ClubType& anchor_type) const {
    const ClubType& type = prepared_.type_of(base_, club);
    if (type.year_start == anchor_type.year_start) return year;
    const std::int32_t start = type.starts(year).days();
    int best = year - 1;
    for (int candidate = year; candidate <= year + 1; ++candidate)
        if (std::abs(anchor_type.starts(candidate).days() - start) < std::abs(anchor_type.starts(best).days() - start)) best = candidate;
    return best;
}

void Evaluator::re_enrolment(const Definition& whole, Verdict& v) {
    if (out_of_scope(v, 10) || lacks_anchor(whole, v)) return;
    const Enrolment& anchor = *history_->anchor();
    const ClubType& type = prepared_.type_of(base_, anchor.club);
    const Definition& d = whole.for_club_type(type.id);
    const int next_year = anchor.year + 1;
    const Date decision = type.decides(next_year);
    close(v, decision);
    if (&d != &whole) step(29, Mark::Told, "by_club_type", {{"type", std::string_view(type.id)}});
    step(29, Mark::Told, "next_year",
         {{"year", std::int64_t{anchor.year}},
          {"next", std::int64_t{next_year}},
          {"after", std::int64_t{next_year} + 1},
          {"decision", decision}});
    add_evidence(v, *anchor.fact, Role::Anchor);
    for (const Enrolment& e : history_->enrolments()) {
        if (mapped_year(e.club, e.year, type) != next_year) {
            if (e.year > anchor.year) add_near_miss(v, *e.fact, NearMissWhy::OtherYear);
        } else if (d.club_same && e.club != anchor.club) {
            add_near_miss(v, *e.fact, NearMissWhy::OtherClub);
        } else if (e.state != Enrolment::State::Effective) {
            add_near_miss(v, *e.fact, e.state == Enrolment::State::Voided ? NearMissWhy::Voided : NearMissWhy::Provisional);
        } else if (!d.late_counts && e.effective > decision.days()) {
            add_near_miss(v, *e.fact, NearMissWhy::Late);
        } else {
            v.near_misses.clear();
            add_evidence(v, *e.fact, Role::Proof);
            v.head.has_achieved_on = true;
            v.head.achieved_on = Date::from_days(e.effective);
            step(30, Mark::Tick, "re_enrolled", {{"club", ClubIndex{e.club}}, {"date", v.head.achieved_on}}, e.fact);
            decide(v, Status::Achieved, Reason::ReEnrolled, 30);
            return;
        }
    }
    step(30, as_of_ <= decision ? Mark::Hourglass : Mark::Question, "not_re_enrolled", {{"next", std::int64_t{next_year}}});
    const std::int32_t until = as_of_.days();
    if (decide_stopped(until, d.club_same, anchor.club, 33, true, 31, v)) return;
    if (as_of_ <= decision) {
        step(32, Mark::Hourglass, "decision_ahead", {{"decision", decision}});
        decide(v, Status::Pending, Reason::BeforeDecision, 32);
        return;
    }
    step(32, Mark::Told, "decision_over", {{"decision", decision}});
    if (decide_stopped(until, d.club_same, anchor.club, 33, false, 31, v)) return;
    if (absent_from_lists(d, anchor, type, next_year, v)) return;
    step(34, Mark::Told, "no_list");
    step(35, mark_of(d.absence_means), "nothing_known");
    decide(v, d.absence_means, Reason::NoInformation, 35);
}

/// S34: every club of the child confirmed its list of the next year, and the child is on none.
bool Evaluator::absent_from_lists(const Definition& definition, const Enrolment& anchor, const ClubType& type, int next_year, Verdict& v) {
    const std::size_t before = v.evidence.size();
    const auto exists = [&](const Fact& list) { return list.date <= as_of_.days() && list.recorded <= known_at_; };
    const auto year_stated_elsewhere = [&](const Fact& list) {  // S4: what one source left blank, the other fills in
        const auto lists = base_.lists(list.club);
        return std::any_of(lists.begin(), lists.end(),
                           [&](const Fact& other) { return other.date == list.date && other.year != kNoYear && exists(other); });
    };
    for (const Enrolment& e : history_->enrolments()) {
        if (e.state == Enrolment::State::Voided || (definition.club_same && e.club != anchor.club)) continue;
        bool confirmed = false;
        bool listed = mapped_year(e.club, e.year, type) == next_year;
        if (!listed && e.state == Enrolment::State::Provisional) continue;
        for (const Fact& list : base_.lists(e.club)) {
            if (listed || !exists(list) || (list.year == kNoYear && year_stated_elsewhere(list))) continue;
            if (mapped_year(e.club, year_of(base_, prepared_, list), type) != next_year) continue;
            confirmed = true;
            const bool named = std::any_of(v.evidence.begin(), v.evidence.end(),
                                           [&](const Evidence& known) { return known.role == Role::List && known.key == list.key; });
            if (!named) add_evidence(v, list, Role::List);
            break;
        }
        if (!confirmed) {
            v.evidence.resize(before);
            return false;
        }
    }
    step(34, mark_of(definition.confirmed_list_absence), "absent_from_list");
    decide(v, definition.confirmed_list_absence, Reason::AbsentFromConfirmedList, 34);
    return true;
}

}  // namespace brugwacht
