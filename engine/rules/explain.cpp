#include "engine/rules/explain.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

std::string flag(bool value) { return value ? "yes" : "no"; }

std::string club_text(const FactBase& base, std::uint32_t club) {
    if (club == kNone) return {};
    const ClubInfo& info = base.clubs()[club];
    const std::string_view label = base.text(info.name);
    return std::string(label.empty() ? base.text(info.key) : label);
}

const Evidence* first_with(std::span<const Evidence> evidence, Role role) {
    const auto found = std::find_if(evidence.begin(), evidence.end(), [&](const Evidence& item) { return item.role == role; });
    return found == evidence.end() ? nullptr : &*found;
}

std::string competing_text(const FactBase& base, const Classification& result, const Texts& texts) {
    const std::string code(base.code(result.competing));
    const std::string key = "rules.competing." + code;
    return texts.has(key) ? texts(key) : code;
}

/// How the child was enrolled; "" without an enrolment among the evidence.
std::string enrolled(const FactBase& base, std::span<const Evidence> evidence, const Classification& result, const Texts& texts) {
    const Evidence* anchor = first_with(evidence, Role::Anchor);
    if (anchor == nullptr || anchor->type != FactType::Enrol) return {};
    std::int64_t trials = 0;
    std::string list;
    for (const Evidence& item : evidence) {
        if (item.role != Role::Trial) continue;
        ++trials;
        list += (list.empty() ? "" : ", ") + texts.date(item.date);
    }
    Date effective = anchor->date;
    if (result.has_anchor && result.anchor_key == anchor->key) effective = result.anchor_date;
    if (result.status == Status::Achieved && result.reason == Reason::EnrolledAfterTrials) effective = result.achieved_on;
    const std::string club = club_text(base, anchor->club);
    // Only D1 and the definitions that name its trials say how many there were.
    const bool says_trials = trials > 0 || result.reason == Reason::EnrolledAfterTrials || result.reason == Reason::TrialsMissing;
    return texts("rules.explain.enrolled", {{"has_club", flag(!club.empty())},
                                            {"club", club},
                                            {"date", texts.date(anchor->date)},
                                            {"has_trials", flag(says_trials)},
                                            {"trials", trials},
                                            {"list", list},
                                            {"later", flag(effective != anchor->date)},
                                            {"effective", texts.date(effective)}});
}

}  // namespace

std::string status_text(Status status, const Texts& texts) { return texts("rules.status." + std::string(name(status))); }

std::string reason_text(const FactBase& base, const Classification& result, const Texts& texts) {
    if (result.reason == Reason::Competing) return competing_text(base, result, texts);
    return texts("rules.reason." + std::string(name(result.reason)));
}

std::string explanation(const FactBase& base, const ClassificationSet& set, const Classification& result, const Texts& texts) {
    const std::span<const Evidence> evidence = set.evidence_of(result);
    std::string out = texts("rules.explain." + std::string(name(result.status)));
    const auto say = [&](const std::string& sentence) {
        if (!sentence.empty()) out += " " + sentence;
    };
    say(enrolled(base, evidence, result, texts));

    std::string last;
    for (const NearMiss& item : set.near_misses_of(result))
        if (item.why == NearMissWhy::BeforeWindow) last = texts.date(item.date);
    const Evidence* against = first_with(evidence, Role::Against);
    if (against == nullptr) against = first_with(evidence, Role::Competing);
    const auto date_of = [&](bool has, Date date) { return has ? texts.date(date) : std::string(); };
    say(texts("rules.explain." + std::string(name(result.reason)),
              {{"competing", result.reason == Reason::Competing ? competing_text(base, result, texts) : std::string()},
               {"against", against == nullptr ? std::string() : texts.date(against->date)},
               {"achieved", date_of(result.has_achieved_on, result.achieved_on)},
               {"decides", date_of(result.has_decides_on, result.decides_on)},
               {"has_window", flag(result.has_window)},
               {"from", date_of(result.has_window, result.window_from)},
               {"to", date_of(result.has_window, result.window_to)},
               {"has_last", flag(!last.empty())},
               {"last", last},
               {"days", static_cast<std::int64_t>(result.gap_days)}}));
    if (result.scope_unknown) say(texts("rules.explain.scope_unknown"));
    return out;
}

}  // namespace brugwacht
