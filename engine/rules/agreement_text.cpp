#include <algorithm>

#include "engine/rules/agreement.hpp"

namespace brugwacht {
namespace {

std::string flag(bool value) { return value ? "yes" : "no"; }

std::string listed(const std::vector<std::string>& items, const Texts& texts) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i == 0) {
            out = items[i];
        } else if (i + 1 == items.size()) {
            out = texts("rules.agreement.and", {{"first", out}, {"second", items[i]}});
        } else {
            out += ", " + items[i];
        }
    }
    return out;
}

std::string spoken(std::string code) {
    std::replace(code.begin(), code.end(), '_', ' ');
    return code;
}

std::string period(const Period& value, const Texts& texts) {
    std::vector<std::string> parts;
    if (value.months != 0) parts.push_back(texts("rules.agreement.months", {{"months", std::int64_t{value.months}}}));
    if (value.days != 0 || value.months == 0) parts.push_back(texts("rules.agreement.days", {{"days", std::int64_t{value.days}}}));
    return listed(parts, texts);
}

std::string day(const MonthDay& value, const Texts& texts) { return texts.date(value.in(2000)).substr(0, 5); }

std::string decimal(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

void head(const Agreement& a, const Texts& texts, std::vector<std::string>& out) {
    out.push_back(texts("rules.agreement.title", {{"name", a.name()}, {"has_title", flag(!a.title.empty())}, {"title", a.title}}));
    if (a.agreed_by.empty()) {
        out.push_back(texts("rules.agreement.unsigned"));
    } else {
        out.push_back(texts("rules.agreement.signed", {{"date", texts.date(a.agreed_on)}, {"parties", listed(a.agreed_by, texts)}}));
    }
    const std::string by = a.applies_by == AppliesBy::IndexEvent   ? "index_event"
                           : a.applies_by == AppliesBy::ReportDate ? "report_date"
                                                                   : "trajectory_start";
    out.push_back(texts("rules.agreement.period", {{"from", texts.date(a.effective_from)},
                                                   {"has_to", flag(a.effective_to.has_value())},
                                                   {"to", a.effective_to ? texts.date(*a.effective_to) : std::string()},
                                                   {"by", by}}));
    if (a.supersedes)
        out.push_back(texts("rules.agreement.change", {{"supersedes", std::int64_t{*a.supersedes}}, {"note", a.change_note}}));
    std::vector<std::string> strategies;
    for (const std::string& strategy : a.strategies) strategies.push_back(spoken(strategy));
    out.push_back(texts("rules.agreement.scope", {{"all", flag(strategies.empty())},
                                                  {"strategies", listed(strategies, texts)},
                                                  {"has_age", flag(a.age_min || a.age_max)},
                                                  {"low", std::int64_t{a.age_min.value_or(0)}},
                                                  {"high", std::int64_t{a.age_max.value_or(150)}}}));
    if (!a.competing.empty()) {
        std::vector<std::string> reasons;
        for (const std::string& reason : a.competing)
            reasons.push_back(texts.has("rules.competing." + reason) ? texts("rules.competing." + reason) : spoken(reason));
        out.push_back(texts("rules.agreement.competing", {{"reasons", listed(reasons, texts)}, {"as", std::string(name(a.competing_as))}}));
    }
    out.push_back(texts("rules.agreement.counting", {{"unit", std::string(a.unit_person ? "person" : "trajectory")},
                                                     {"small", std::int64_t{a.small_n}},
                                                     {"publish", std::int64_t{a.publish_n}}}));
}

void participation(const Definition& d, const Texts& texts, std::vector<std::string>& out) {
    const std::string support = d.support == SupportRule::None ? "none" : d.support == SupportRule::With ? "with" : "any";
    out.push_back(texts(
        "rules.agreement.still_participating",
        {{"from", period(d.window_from, texts)}, {"to", period(d.window_to, texts)}, {"same", flag(d.club_same)}, {"support", support}}));
    if (d.max_gap_days > 0) out.push_back(texts("rules.agreement.gap", {{"days", std::int64_t{d.max_gap_days}}}));
    if (d.min_days_per_month > 0) out.push_back(texts("rules.agreement.per_month", {{"days", std::int64_t{d.min_days_per_month}}}));
    if (d.pause != PauseRule::Ignore)
        out.push_back(texts("rules.agreement.pause", {{"rule", std::string(d.pause == PauseRule::Shift ? "shift" : "extend_end")}}));
    if (d.absent_registers_min > 0) out.push_back(texts("rules.agreement.absences", {{"count", std::int64_t{d.absent_registers_min}}}));
}

void definition(const Definition& d, const Texts& texts, std::vector<std::string>& out) {
    out.push_back(texts("rules.agreement.definition", {{"id", d.id},
                                                       {"has_label", flag(!d.label.empty())},
                                                       {"label", d.label},
                                                       {"variant", flag(!d.variant_of.empty())},
                                                       {"of", d.variant_of}}));
    switch (d.kind) {
        case DefinitionKind::Enrolment:
            out.push_back(texts("rules.agreement.enrolment", {{"trials", std::int64_t{d.min_trials}},
                                                              {"same", flag(d.trial_club_same)},
                                                              {"decide", period(d.decide_after, texts)},
                                                              {"late", flag(d.late_counts)}}));
            break;
        case DefinitionKind::StillParticipating:
            participation(d, texts, out);
            break;
        case DefinitionKind::ReEnrolment:
            out.push_back(texts("rules.agreement.re_enrolment", {{"same", flag(d.club_same)}, {"late", flag(d.late_counts)}}));
            break;
        case DefinitionKind::Composed:
            out.push_back(texts("rules.agreement.composed", {{"decide", period(d.decide_after, texts)}}));
            break;
    }
    out.push_back(texts("rules.agreement.absence", {{"status", texts("rules.status." + std::string(name(d.absence_means)))}}));
}

void club_type(const ClubType& type, const Texts& texts, std::vector<std::string>& out) {
    std::vector<std::string> closed;
    for (const YearlySpan& span : type.closed) closed.push_back(day(span.from, texts) + "-" + day(span.to, texts));
    out.push_back(
        texts("rules.agreement.club_type", {{"type", spoken(type.id)},
                                            {"start", day(type.year_start, texts)},
                                            {"opens", day(type.registration_opens, texts)},
                                            {"decision", day(type.decision, texts)},
                                            {"has_closed", flag(!closed.empty())},
                                            {"closed", listed(closed, texts)},
                                            {"provisional", flag(type.provisional)},
                                            {"days", std::int64_t{type.provisional_days}},
                                            {"has_floor", flag(type.provisional_floor.has_value())},
                                            {"floor", type.provisional_floor ? day(*type.provisional_floor, texts) : std::string()}}));
}

}  // namespace

std::vector<std::string> agreement_text(const Agreement& agreement, const Texts& texts) {
    std::vector<std::string> out;
    head(agreement, texts, out);
    for (const Definition& one : agreement.definitions) definition(one, texts, out);
    for (const ClubType& type : agreement.club_types) club_type(type, texts, out);
    if (!agreement.report_dates.empty()) {
        std::vector<std::string> dates;
        for (const MonthDay& date : agreement.report_dates) dates.push_back(day(date, texts));
        out.push_back(texts("rules.agreement.report_dates", {{"dates", listed(dates, texts)}}));
    }
    for (const FollowUp& item : agreement.follow_ups)
        out.push_back(texts("rules.agreement.follow_up", {{"date", texts.date(item.date)},
                                                          {"has_with", flag(!item.with.empty())},
                                                          {"with", item.with},
                                                          {"has_topic", flag(!item.topic.empty())},
                                                          {"topic", item.topic}}));
    for (const AgreedGoal& item : agreement.goals)
        out.push_back(texts("rules.agreement.goal", {{"indicator", spoken(item.indicator)},
                                                     {"target", decimal(item.target)},
                                                     {"has_period", flag(!item.period.empty())},
                                                     {"period", item.period}}));
    return out;
}

}  // namespace brugwacht
