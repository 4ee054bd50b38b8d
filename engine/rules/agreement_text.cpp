#include "engine/rules/agreement_text.hpp"

#include <algorithm>
#include <cmath>

#include "engine/lib/code_lists.hpp"

namespace brugwacht {
namespace {

// Below these the disclosure guard never goes, whatever was agreed.
constexpr int kSmallFloor = 5;
constexpr int kPublishFloor = 10;

std::string flag(bool value) { return value ? "yes" : "no"; }

/// "a, b and c"; `last` joins the last two.
std::string listed(const std::vector<std::string>& items, const Texts& texts, const char* last = "agreement.words.and") {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i == 0) {
            out = items[i];
        } else if (i + 1 == items.size()) {
            out = texts(last, {{"first", out}, {"second", items[i]}});
        } else {
            out += ", " + items[i];
        }
    }
    return out;
}

std::string period(const Period& value, const Texts& texts) {
    std::vector<std::string> parts;
    if (value.months != 0) parts.push_back(texts("agreement.words.months", {{"months", std::int64_t{value.months}}}));
    if (value.days != 0 || value.months == 0) parts.push_back(texts("agreement.words.days", {{"days", std::int64_t{value.days}}}));
    return listed(parts, texts);
}

std::string day(const MonthDay& value, const Texts& texts) { return texts.date(value.in(2000)).substr(0, 5); }

std::string decimal(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string percent_text(double share) { return decimal(std::round(share * 10000) / 100); }

std::string status(Status value, const Texts& texts) { return texts("rules.status." + std::string(name(value))); }

std::string events(const std::vector<FactType>& types, const Texts& texts) {
    std::vector<std::string> words;
    words.reserve(types.size());
    for (const FactType type : types) words.push_back(texts("agreement.event." + std::string(name(type))));
    return listed(words, texts, "agreement.words.or");
}

/// The label of a code in the reader's language, else the code in words.
std::string label(const char* list, const std::string& code, const Texts& texts) {
    return code_lists().label(list, code, texts.language());
}

/// Sentences of one part of the agreement, gathered in order.
class Clauses {
  public:
    Clauses(const Texts& texts, std::string prefix) : texts_(texts), prefix_(std::move(prefix)) {}

    void say(const std::string& key, const std::string& sentence, const TextArgs& args = {}) {
        clauses_.push_back({prefix_ + key, texts_("agreement.say." + sentence, args), true});
    }
    /// What can be changed without touching a status or a figure.
    void remark(const std::string& key, const std::string& sentence, const TextArgs& args = {}) {
        say(key, sentence, args);
        clauses_.back().outcome = false;
    }
    std::vector<Clause> take() { return std::move(clauses_); }

  private:
    const Texts& texts_;
    std::string prefix_;
    std::vector<Clause> clauses_;
};

// ---------------------------------------------------------------- conditions

std::string filters(const Condition& c, const Texts& texts) {
    std::string out;
    const auto add = [&](const char* key, const TextArgs& args) { out += texts(std::string("agreement.condition.") + key, args); };
    if (!c.club_type.empty()) add("club_type", {{"type", club_type_label(c.club_type, texts)}});
    if (c.club == "same") add("club_same", {});
    if (!c.club.empty() && c.club != "same" && c.club != "any") add("club", {{"club", c.club}});
    if (!c.kind.empty()) add("kind", {{"kind", label("event_kind", c.kind, texts)}});
    if (!c.reason.empty()) add("reason", {{"reason", label("reason", c.reason, texts)}});
    if (c.support != SupportRule::Any) add("support", {{"rule", std::string(c.support == SupportRule::None ? "none" : "with")}});
    if (c.within) add("within", {{"period", period(*c.within, texts)}});
    if (c.after_period) add("after_period", {{"period", period(*c.after_period, texts)}});
    if (c.before_period) add("before_period", {{"period", period(*c.before_period, texts)}});
    if (c.after_date) add("after_date", {{"date", texts.date(*c.after_date)}});
    if (c.before_date) add("before_date", {{"date", texts.date(*c.before_date)}});
    return out;
}

/// A group in a group stands between brackets, so that its parts stay together; a group of one is that one.
std::string group_text(const Condition& group, const Texts& texts) {
    const bool all = group.what == Condition::What::AllOf;
    if (group.parts.empty()) return texts(all ? "agreement.condition.always" : "agreement.condition.never_at_all");
    if (group.parts.size() == 1) return condition_text(group.parts.front(), texts);
    std::string parts;
    for (const Condition& part : group.parts) {
        const std::string text = condition_text(part, texts);
        parts += (parts.empty() ? "" : "; ") + (part.parts.size() > 1 ? "(" + text + ")" : text);
    }
    return texts(all ? "agreement.condition.all_of" : "agreement.condition.any_of", {{"parts", parts}});
}

// ---------------------------------------------------------------- definitions

void say_no_anchor(const Definition& d, Clauses& out, const Texts& texts) {
    out.say("no_anchor", "no_anchor",
            {{"inherit", flag(!d.no_anchor_inherit.empty())}, {"of", d.no_anchor_inherit}, {"status", status(d.no_anchor_status, texts)}});
}

void enrolment(const Definition& d, Clauses& out, const Texts& texts) {
    out.say("min_trials", "min_trials", {{"trials", std::int64_t{d.min_trials}}});
    out.say("trial_events", "trial_events", {{"none", flag(d.trial_events.empty())}, {"events", events(d.trial_events, texts)}});
    out.say("distinct", "distinct", {{"day", flag(d.distinct_days)}});
    out.say("trial_club", "trial_club", {{"same", flag(d.trial_club_same)}});
    out.say("missing_trials", "missing_trials", {{"wait", flag(d.missing_trials_wait)}});
    out.say("decide_after", "decide_enrolment", {{"period", period(d.decide_after, texts)}});
    out.say("late_counts", "late_enrolment", {{"late", flag(d.late_counts)}});
    out.say("stop", "ended_before");
    out.say("lost_contact_means", "lost_contact", {{"status", status(d.lost_contact_means, texts)}});
    out.say("absence_means", "absence_enrolment", {{"status", status(d.absence_means, texts)}});
}

void gaps(const Definition& d, Clauses& out, const Texts& texts) {
    out.say("max_gap_days", "gap", {{"days", std::int64_t{d.max_gap_days}}});
    if (d.max_gap_days == 0) return;
    std::vector<std::string> excluded;
    if (d.gap_excludes_closed) excluded.push_back(texts("agreement.say.gap_closed"));
    if (d.gap_excludes_pause) excluded.push_back(texts("agreement.say.gap_pause"));
    if (d.gap_excludes_holidays) excluded.push_back(texts("agreement.say.gap_holidays"));
    out.say("gap_excludes", "gap_excludes", {{"none", flag(excluded.empty())}, {"list", listed(excluded, texts, "agreement.words.or")}});
}

void still_participating(const Definition& d, Clauses& out, const Texts& texts) {
    out.say("anchor", "anchor_first");
    out.say("window", "window", {{"from", period(d.window_from, texts)}, {"to", period(d.window_to, texts)}});
    out.say("proof.events", "proof", {{"none", flag(d.proof_events.empty())}, {"events", events(d.proof_events, texts)}});
    out.say("proof.min", "proof_min", {{"count", std::int64_t{d.proof_min}}});
    out.say("proof.min_days_per_month", "per_month", {{"days", std::int64_t{d.min_days_per_month}}});
    out.say("club", "club_participation", {{"same", flag(d.club_same)}});
    const std::string support = d.support == SupportRule::None ? "none" : d.support == SupportRule::With ? "with" : "any";
    out.say("support", "support", {{"rule", support}});
    gaps(d, out, texts);
    const std::string pause = d.pause == PauseRule::ExtendEnd ? "extend_end" : d.pause == PauseRule::Shift ? "shift" : "ignore";
    out.say("pause", "pause", {{"rule", pause}});
    out.say("closed_at_end", "closed_at_end",
            {{"none", flag(!d.closed_at_end)}, {"period", d.closed_at_end ? period(*d.closed_at_end, texts) : std::string()}});
    out.say("later_participation_counts", "later", {{"counts", flag(d.later_participation_counts)}});
    out.say("early_negative", "early_negative", {{"early", flag(d.early_negative)}});
    out.say("check_no", "check_no");
    out.say("absent_registers_min", "absences", {{"count", std::int64_t{d.absent_registers_min}}});
    out.say("absence_means", "absence_participation", {{"status", status(d.absence_means, texts)}});
    say_no_anchor(d, out, texts);
}

void re_enrolment(const Definition& d, Clauses& out, const Texts& texts) {
    out.say("anchor", "next_year");
    out.say("club", "club_re_enrolment", {{"same", flag(d.club_same)}});
    out.say("cross_calendar", "cross_calendar");
    out.say("decision", "decide_re_enrolment");
    out.say("late_counts", "late_re_enrolment", {{"late", flag(d.late_counts)}});
    out.say("stop", "stopped_re_enrolment");
    out.say("confirmed_list_absence", "confirmed_list", {{"status", status(d.confirmed_list_absence, texts)}});
    out.say("absence_means", "absence_re_enrolment", {{"status", status(d.absence_means, texts)}});
    say_no_anchor(d, out, texts);
}

void composed(const Definition& d, Clauses& out, const Texts& texts) {
    const bool first_of = d.anchor.starts_with("first:");
    out.say("anchor", "anchor_composed",
            {{"anchor", first_of ? std::string("first") : d.anchor},
             {"event", first_of ? texts("agreement.event." + d.anchor.substr(6)) : std::string()}});
    out.say("achieved", "achieved", {{"condition", condition_text(d.achieved, texts)}});
    out.say("not_achieved", "not_achieved",
            {{"none", flag(!d.not_achieved)}, {"condition", d.not_achieved ? condition_text(*d.not_achieved, texts) : std::string()}});
    out.say("decide_after", "decide_composed", {{"period", period(d.decide_after, texts)}});
    out.say("absence_means", "absence_composed", {{"status", status(d.absence_means, texts)}});
    if (d.anchor == "first_effective_enrolment") say_no_anchor(d, out, texts);
}

/// Without what holds for single kinds of club only.
std::vector<Clause> general_clauses(const Definition& d, const Texts& texts) {
    Clauses out(texts, "");
    std::string kind = "composed";
    if (d.kind == DefinitionKind::Enrolment) kind = "enrolment";
    if (d.kind == DefinitionKind::StillParticipating) kind = "still_participating";
    if (d.kind == DefinitionKind::ReEnrolment) kind = "re_enrolment";
    out.say("kind", "kind", {{"kind", kind}});
    switch (d.kind) {
        case DefinitionKind::Enrolment:
            enrolment(d, out, texts);
            break;
        case DefinitionKind::StillParticipating:
            still_participating(d, out, texts);
            break;
        case DefinitionKind::ReEnrolment:
            re_enrolment(d, out, texts);
            break;
        case DefinitionKind::Composed:
            composed(d, out, texts);
            break;
    }
    return out.take();
}

/// The definition as its section tells it: whole, or what a variant changes.
std::vector<Clause> told_clauses(const Agreement& agreement, const Definition& d, const Texts& texts) {
    std::vector<Clause> whole = definition_clauses(agreement, d, texts);
    const Definition* base = d.variant_of.empty() ? nullptr : agreement.definition(d.variant_of);
    if (base == nullptr) return whole;
    std::vector<Clause> changes = differing(whole, definition_clauses(agreement, *base, texts));
    const char* intro = changes.empty() ? "agreement.say.variant_same" : "agreement.say.variant";
    changes.insert(changes.begin(), {"of", texts(intro, {{"of", base->id}}), true});
    return changes;
}

std::vector<Clause> status_clauses(const Texts& texts) {
    std::vector<Clause> out;
    for (const char* one : {"achieved", "not_achieved", "pending", "unknown", "excluded"})
        out.push_back({std::string("status.") + one, texts(std::string("agreement.meaning.") + one), true});
    return out;
}

Clause other_clubs_clause(const Texts& texts) {
    const ClubType other;  // what a club of an unnamed kind gets, see Agreement::club_type
    return {"club_type",
            texts("agreement.say.other_clubs", {{"start", day(other.year_start, texts)},
                                                {"opens", day(other.registration_opens, texts)},
                                                {"decision", day(other.decision, texts)}}),
            true};
}

std::string holidays_text(const Agreement& a, const Texts& texts) {
    std::vector<std::string> spans;
    for (const HolidaySpan& span : a.holidays)
        spans.push_back(texts("agreement.say.span", {{"from", texts.date(span.from)}, {"to", texts.date(span.to)}}));
    const std::string how = a.holidays_computed ? "computed" : spans.empty() ? "none" : "list";
    return texts("agreement.say.holidays", {{"how", how}, {"list", listed(spans, texts)}});
}

std::string indicator_text(const Agreement& a, const std::string& indicator, const Texts& texts) {
    if (texts.has("agreement.indicator." + indicator)) return texts("agreement.indicator." + indicator);
    if (a.definition(indicator) != nullptr) return indicator;
    return label("indicator", indicator, texts);
}

/// A share as a percentage, anything else as the number it is.
std::string target_text(const Agreement& a, const AgreedGoal& goal) {
    const bool share = goal.indicator == "follow_up_rate" || a.definition(goal.indicator) != nullptr;
    return share ? percent_text(goal.target) + " %" : decimal(goal.target);
}

}  // namespace

std::string condition_text(const Condition& c, const Texts& texts) {
    if (c.what == Condition::What::AllOf || c.what == Condition::What::AnyOf) return group_text(c, texts);
    const std::string what = c.events.empty() ? texts("agreement.condition.nothing") : events(c.events, texts);
    const std::string which = filters(c, texts);
    if (c.what == Condition::What::AtLeast)
        return texts("agreement.condition.at_least",
                     {{"count", std::int64_t{c.at_least}}, {"day", flag(c.distinct_days)}, {"events", what}, {"filters", which}});
    return texts(c.what == Condition::What::Never ? "agreement.condition.never" : "agreement.condition.happened",
                 {{"events", what}, {"filters", which}});
}

std::string club_type_label(const std::string& id, const Texts& texts) { return label("club_type", id, texts); }

std::vector<Clause> definition_clauses(const Agreement& agreement, const Definition& d, const Texts& texts) {
    std::vector<Clause> out = general_clauses(d, texts);
    // In the order of the club types, not of their names.
    for (const ClubType& type : agreement.club_types) {
        const auto other = d.by_club_type.find(type.id);
        if (other == d.by_club_type.end() || d.kind == DefinitionKind::Composed) continue;
        for (const Clause& clause : differing(general_clauses(other->second, texts), general_clauses(d, texts))) {
            if (!differs_by_club_type(d.kind, clause.key)) continue;
            out.push_back({"by_club_type." + type.id + "." + clause.key,
                           texts("agreement.say.by_club_type", {{"type", club_type_label(type.id, texts)}, {"text", clause.text}}), true});
        }
    }
    return out;
}

std::vector<Clause> club_type_clauses(const ClubType& type, const Texts& texts) {
    Clauses out(texts, "club_type." + type.id + ".");
    const int year = 2001;  // any year: only the order of the days matters
    const int opens = type.opens(year).year();
    const int decides = type.decides(year).year();
    out.say("year_start", "year_start", {{"day", day(type.year_start, texts)}});
    out.say("registration_opens", "registration_opens", {{"day", day(type.registration_opens, texts)}, {"before", flag(opens < year)}});
    out.say("decision", "decision",
            {{"day", day(type.decision, texts)},
             {"when", std::string(decides < year   ? "before"
                                  : decides > year ? "after"
                                                   : "same")}});
    std::vector<std::string> closed;
    for (const YearlySpan& span : type.closed)
        closed.push_back(texts("agreement.say.span", {{"from", day(span.from, texts)}, {"to", day(span.to, texts)}}));
    out.say("closed", "closed", {{"none", flag(closed.empty())}, {"spans", listed(closed, texts)}});
    out.say("trial_model", "trial_model",
            {{"provisional", flag(type.provisional)},
             {"days", std::int64_t{type.provisional_days}},
             {"has_floor", flag(type.provisional_floor.has_value())},
             {"floor", type.provisional_floor ? day(*type.provisional_floor, texts) : std::string()}});
    return out.take();
}

std::vector<Clause> scope_clauses(const Agreement& a, const Texts& texts) {
    Clauses out(texts, "");
    if (a.agreed_by.empty()) {
        out.remark("agreement.agreed_by", "unsigned", {{"date", texts.date(a.agreed_on)}});
    } else {
        out.remark("agreement.agreed_by", "signed", {{"date", texts.date(a.agreed_on)}, {"parties", listed(a.agreed_by, texts)}});
    }
    if (a.supersedes) out.remark("agreement.supersedes", "change", {{"supersedes", std::int64_t{*a.supersedes}}});
    if (!a.change_note.empty()) out.remark("agreement.change_note", "change_note", {{"note", a.change_note}});
    out.say("agreement.effective_from", "period",
            {{"from", texts.date(a.effective_from)},
             {"has_to", flag(a.effective_to.has_value())},
             {"to", a.effective_to ? texts.date(*a.effective_to) : std::string()}});
    std::string by = "trajectory_start";
    if (a.applies_by == AppliesBy::IndexEvent) by = "index_event";
    if (a.applies_by == AppliesBy::ReportDate) by = "report_date";
    out.say("agreement.applies_by", "applies_by", {{"by", by}});
    std::vector<std::string> strategies;
    for (const std::string& strategy : a.strategies) strategies.push_back(label("strategy", strategy, texts));
    out.say("scope.strategies", "strategies",
            {{"all", flag(strategies.empty())}, {"strategies", listed(strategies, texts, "agreement.words.or")}});
    out.say("scope.age", "age",
            {{"has_low", flag(a.age_min.has_value())},
             {"low", std::int64_t{a.age_min.value_or(0)}},
             {"has_high", flag(a.age_max.has_value())},
             {"high", std::int64_t{a.age_max.value_or(0)}}});
    std::vector<std::string> reasons;
    for (const std::string& reason : a.competing) reasons.push_back(label("reason", reason, texts));
    out.say("competing", "competing",
            {{"none", flag(reasons.empty())},
             {"reasons", listed(reasons, texts, "agreement.words.or")},
             {"as", std::string(name(a.competing_as))}});
    out.say("calendar.edges", "edges");
    const std::string rule = a.month_rule == MonthRule::Clamp ? "clamp" : a.month_rule == MonthRule::NextMonth ? "next_month" : "reject";
    out.say("calendar.month_rule", "month_rule", {{"rule", rule}});
    std::vector<Clause> clauses = out.take();
    clauses.push_back({"calendar.school_holidays", holidays_text(a, texts), true});
    return clauses;
}

std::vector<Clause> counting_clauses(const Agreement& a, const Texts& texts) {
    Clauses out(texts, "counting.");
    out.say("unit", "unit", {{"unit", std::string(a.unit_person ? "person" : "trajectory")}});
    std::vector<std::string> order;
    for (const Status one : a.child_rollup) order.push_back(status(one, texts));
    out.say("child_rollup", "child_rollup", {{"statuses", listed(order, texts)}});
    out.say("small_n", "small_n", {{"count", std::int64_t{a.small_n}}, {"floor", std::int64_t{kSmallFloor}}});
    out.say("publish_n", "publish_n", {{"count", std::int64_t{a.publish_n}}, {"floor", std::int64_t{kPublishFloor}}});
    out.say("interval", "interval", {{"wilson", flag(a.interval == "wilson95")}});
    out.say("follow_up_target", "follow_up_target", {{"percent", percent_text(a.follow_up_target)}});
    return out.take();
}

std::vector<Clause> moment_clauses(const Agreement& a, const Texts& texts) {
    Clauses out(texts, "");
    std::vector<std::string> dates;
    for (const MonthDay& date : a.report_dates) dates.push_back(day(date, texts));
    out.say("reporting.dates", "report_dates", {{"none", flag(dates.empty())}, {"dates", listed(dates, texts)}});
    for (const FollowUp& item : a.follow_ups)
        out.remark("follow_up", "follow_up",
                   {{"date", texts.date(item.date)},
                    {"has_with", flag(!item.with.empty())},
                    {"with", item.with},
                    {"has_topic", flag(!item.topic.empty())},
                    {"topic", item.topic}});
    for (const AgreedGoal& item : a.goals)
        out.remark("goal", "goal",
                   {{"indicator", indicator_text(a, item.indicator, texts)},
                    {"target", target_text(a, item)},
                    {"has_period", flag(!item.period.empty())},
                    {"period", item.period},
                    {"has_date", flag(item.agreed_on.has_value())},
                    {"date", item.agreed_on ? texts.date(*item.agreed_on) : std::string()}});
    return out.take();
}

std::vector<Clause> differing(const std::vector<Clause>& clauses, const std::vector<Clause>& base) {
    std::vector<Clause> out;
    for (const Clause& clause : clauses) {
        const bool same = std::any_of(base.begin(), base.end(),
                                      [&](const Clause& other) { return other.key == clause.key && other.text == clause.text; });
        if (!same) out.push_back(clause);
    }
    return out;
}

std::vector<AgreementSection> agreement_sections(const Agreement& a, const Texts& texts) {
    std::vector<AgreementSection> out;
    const std::string head =
        texts("agreement.heading.agreement",
              {{"id", a.id}, {"version", std::to_string(a.version)}, {"has_title", flag(!a.title.empty())}, {"title", a.title}});
    out.push_back({head, {}});
    out.push_back({texts("agreement.heading.scope"), scope_clauses(a, texts)});
    out.push_back({texts("agreement.heading.statuses"), status_clauses(texts)});
    for (const Definition& d : a.definitions)
        out.push_back({texts("agreement.heading.definition", {{"id", d.id}, {"has_label", flag(!d.label.empty())}, {"label", d.label}}),
                       told_clauses(a, d, texts)});
    for (const ClubType& type : a.club_types)
        out.push_back({texts("agreement.heading.club_type", {{"type", club_type_label(type.id, texts)}}), club_type_clauses(type, texts)});
    out.push_back({texts("agreement.heading.other_clubs"), {other_clubs_clause(texts)}});
    out.push_back({texts("agreement.heading.counting"), counting_clauses(a, texts)});
    out.push_back({texts("agreement.heading.moments"), moment_clauses(a, texts)});
    return out;
}

std::vector<std::string> agreement_text(const Agreement& agreement, const Texts& texts) {
    std::vector<std::string> out;
    for (const AgreementSection& section : agreement_sections(agreement, texts)) {
        out.push_back(section.heading);
        for (const Clause& clause : section.clauses) out.push_back(clause.text);
    }
    return out;
}

std::string agreement_document(const Agreement& agreement, const Texts& texts) {
    std::vector<AgreementSection> sections = agreement_sections(agreement, texts);
    sections.push_back(signature_section(agreement, texts));
    std::string out;
    for (const AgreementSection& section : sections) {
        const auto letters = std::count_if(section.heading.begin(), section.heading.end(),
                                           [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
        const bool title = out.empty();
        if (!title) out += '\n';
        out += section.heading + '\n' + std::string(static_cast<std::size_t>(letters), title ? '=' : '-') + '\n';
        for (const Clause& clause : section.clauses) out += '\n' + clause.text + '\n';
    }
    return out;
}

AgreementSection signature_section(const Agreement& a, const Texts& texts) {
    Clauses out(texts, "");
    out.remark("rules_hash", "rules_hash", {{"hash", a.rules_hash}});
    out.remark("place", "place");
    for (const std::string& party : a.agreed_by) out.remark("agreed_by", "sign_party", {{"party", party}});
    if (a.agreed_by.empty()) out.remark("agreed_by", "sign_nobody");
    return {texts("agreement.heading.signatures"), out.take()};
}

}  // namespace brugwacht
