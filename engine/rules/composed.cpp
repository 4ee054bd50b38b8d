#include <algorithm>

#include "engine/rules/evaluator.hpp"

namespace brugwacht {

void Evaluator::composed(const Definition& definition, Verdict& v) {
    if (out_of_scope(v, 10)) return;
    Date anchor = Date::from_days(info_->start);
    if (definition.anchor == "first_effective_enrolment") {
        if (lacks_anchor(definition, v)) return;
        anchor = v.head.anchor_date;
    } else if (definition.anchor.starts_with("first:")) {
        const auto type = fact_type_by_name(std::string_view(definition.anchor).substr(6));
        const auto facts = history_->facts();
        const auto first = std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.type == type; });
        if (first == facts.end()) {
            const Date deadline = add(anchor, definition.decide_after);
            close(v, deadline);
            step(0, as_of_ <= deadline ? Mark::Hourglass : mark_of(definition.absence_means), "no_first",
                 {{"event", std::string_view(definition.anchor).substr(6)}, {"deadline", deadline}});
            decide(v, as_of_ <= deadline ? Status::Pending : definition.absence_means,
                   as_of_ <= deadline ? Reason::BeforeDeadline : Reason::NoInformation, 0);
            return;
        }
        anchor = Date::from_days(first->date);
        step(0, Mark::Tick, "first", {{"event", std::string_view(definition.anchor).substr(6)}, {"date", anchor}}, &*first);
        v.head.has_anchor = true;
        v.head.anchor_date = anchor;
        v.head.anchor_key = first->key;
        add_evidence(v, *first, Role::Anchor);
    }
    const Date deadline = add(anchor, definition.decide_after);
    close(v, deadline);
    step(0, Mark::Told, "counts_from", {{"date", anchor}, {"deadline", deadline}});
    const Met good = weigh(definition.achieved, anchor, deadline);
    if (good.met) {
        for (const Fact* fact : good.facts) add_evidence(v, *fact, Role::Proof);
        v.head.has_achieved_on = true;
        v.head.achieved_on = good.on;
        decide(v, Status::Achieved, Reason::ConditionMet, 0);
        return;
    }
    Met bad;
    if (definition.not_achieved) {
        step(0, Mark::Told, "exclusion");
        ++depth_;
        excluding_ = true;
        bad = weigh(*definition.not_achieved, anchor, deadline);
        excluding_ = false;
        --depth_;
    }
    if (bad.met) {
        step(0, Mark::Cross, "excluded_by_condition", {{"date", bad.on}});
        for (const Fact* fact : bad.facts) add_evidence(v, *fact, Role::Against);
        decide(v, Status::NotAchieved, Reason::ConditionExcluded, 0);
    } else if (as_of_ <= deadline) {
        step(0, Mark::Hourglass, "deadline_runs", {{"deadline", deadline}});
        decide(v, Status::Pending, Reason::BeforeDeadline, 0);
    } else {
        step(0, mark_of(definition.absence_means), "deadline_over", {{"deadline", deadline}});
        decide(v, definition.absence_means, Reason::NoInformation, 0);
    }
}

Evaluator::Met Evaluator::weigh(const Condition& condition, Date anchor, Date deadline) const {
    const std::size_t at = trace_ == nullptr ? 0 : trace_->size();
    step(0, Mark::Told, "condition", {{"condition", &condition}});
    const bool group = condition.what == Condition::What::AllOf || condition.what == Condition::What::AnyOf;
    Met met = group ? weigh_group(condition, anchor, deadline) : weigh_events(condition, anchor, deadline);
    if (trace_ != nullptr) {
        RuleStep& told = (*trace_)[at];
        if (excluding_) {
            told.mark = met.met ? Mark::Cross : Mark::Told;
        } else {
            told.mark = met.met ? Mark::Tick : met.lost ? Mark::Cross : Mark::Hourglass;
        }
        if (!group)
            for (const Fact* fact : met.facts) told.events.push_back(fact->key);
    }
    return met;
}

/// all_of: met on the last day of its parts; any_of: on the first. An empty all_of is met at once, an empty any_of never.
Evaluator::Met Evaluator::weigh_group(const Condition& condition, Date anchor, Date deadline) const {
    const bool all = condition.what == Condition::What::AllOf;
    Met group;
    group.met = all;
    group.lost = !all;
    group.on = anchor;
    ++depth_;
    for (const Condition& part : condition.parts) {
        Met one = weigh(part, anchor, deadline);
        group.lost = all ? group.lost || one.lost : group.lost && one.lost;
        if (all) {
            group.met = group.met && one.met;
            group.on = &part == &condition.parts.front() ? one.on : std::max(group.on, one.on);
            group.facts.insert(group.facts.end(), one.facts.begin(), one.facts.end());
        } else if (one.met && (!group.met || one.on < group.on)) {
            group.met = true;
            group.on = one.on;
            group.facts = std::move(one.facts);
        }
    }
    --depth_;
    return group;
}

bool Evaluator::fits(const Condition& condition, const Fact& fact) const {
    if (std::find(condition.events.begin(), condition.events.end(), fact.type) == condition.events.end()) return false;
    if (!condition.club_type.empty() && (fact.club == kNone || prepared_.type_of(base_, fact.club).id != condition.club_type)) return false;
    if (condition.club == "same") {
        if (history_->anchor() == nullptr || fact.club != history_->anchor()->club) return false;
    } else if (!condition.club.empty() && condition.club != "any") {
        if (fact.club == kNone || base_.text(base_.clubs()[fact.club].key) != condition.club) return false;
    }
    if (!condition.kind.empty() && base_.code(fact.kind) != condition.kind) return false;
    if (!condition.reason.empty() && base_.code(fact.reason) != condition.reason) return false;
    const bool supported = condition.support != SupportRule::Any && covers(history_->supports(), fact.date);
    return condition.support == SupportRule::Any || supported == (condition.support == SupportRule::With);
}

/// `within` counts from the anchor, both ends included; `after` and `before` exclude the day they name.
/// `never` is met only once its period has passed, so that a later fact cannot take it away.
Evaluator::Met Evaluator::weigh_events(const Condition& condition, Date anchor, Date deadline) const {
    std::int32_t from = std::numeric_limits<std::int32_t>::min();
    std::int32_t to = kOpenEnd;
    if (condition.within) {
        from = anchor.days();
        to = add(anchor, *condition.within).days();
    }
    if (condition.after_date) from = std::max(from, condition.after_date->days() + 1);
    if (condition.after_period) from = std::max(from, add(anchor, *condition.after_period).days() + 1);
    if (condition.before_date) to = std::min(to, condition.before_date->days() - 1);
    if (condition.before_period) to = std::min(to, add(anchor, *condition.before_period).days() - 1);

    const bool never = condition.what == Condition::What::Never;
    if (never && to == kOpenEnd) to = deadline.days();

    Met met;
    std::int32_t last_day = std::numeric_limits<std::int32_t>::min();
    const auto wanted = static_cast<std::size_t>(condition.what == Condition::What::AtLeast ? condition.at_least : 1);
    for (const Fact& fact : history_->facts()) {
        if (fact.date < from || fact.date > to || !fits(condition, fact)) continue;
        if (never) {
            met.lost = true;
            met.facts = {&fact};
            return met;
        }
        if (condition.what == Condition::What::AtLeast && condition.distinct_days && fact.date == last_day) continue;
        last_day = fact.date;
        met.facts.push_back(&fact);
        if (met.facts.size() == wanted) {
            met.met = true;
            met.on = Date::from_days(fact.date);
            return met;
        }
    }
    const Date end = to == kOpenEnd ? deadline : Date::from_days(to);
    if (!never) {
        met.lost = as_of_ > end;
        return met;
    }
    met.met = as_of_ >= end;
    met.on = end;
    if (condition.club == "same") {  // which club that is, is not known before the first enrolment
        const Enrolment* first = history_->anchor();
        met.met = met.met && first != nullptr;
        if (first != nullptr) met.on = std::max(end, Date::from_days(first->effective));
    }
    return met;
}

}  // namespace brugwacht
