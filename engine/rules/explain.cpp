#include "engine/rules/explain.hpp"

#include <algorithm>
#include <array>

#include "engine/lib/code_lists.hpp"
#include "engine/rules/agreement_text.hpp"

namespace brugwacht {
namespace {

std::string flag(bool value) { return value ? "yes" : "no"; }

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

std::string club_text(const FactBase& base, std::uint32_t club) {
    if (club == kNone) return {};
    const ClubInfo& info = base.clubs()[club];
    const std::string_view label = base.text(info.name);
    return std::string(label.empty() ? base.text(info.key) : label);
}

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

    const Definition* definition = set.definition_of(result);
    std::string last;
    for (const NearMiss& item : set.near_misses_of(result))
        if (item.why == NearMissWhy::BeforeWindow) last = texts.date(item.date);
    const Evidence* against = first_with(evidence, Role::Against);
    if (against == nullptr) against = first_with(evidence, Role::Competing);
    const auto date_of = [&](bool has, Date date) { return has ? texts.date(date) : std::string(); };
    say(texts("rules.explain." + std::string(name(result.reason)),
              {{"composed", flag(definition != nullptr && definition->kind == DefinitionKind::Composed)},
               {"competing", result.reason == Reason::Competing ? competing_text(base, result, texts) : std::string()},
               {"against", against == nullptr ? std::string() : texts.date(against->date)},
               {"achieved", date_of(result.has_achieved_on, result.achieved_on)},
               {"decides", date_of(result.has_decides_on, result.decides_on)},
               {"has_window", flag(result.has_window)},
               {"from", date_of(result.has_window, result.window_from)},
               {"to", date_of(result.has_window, result.window_to)},
               {"has_last", flag(!last.empty())},
               {"last", last},
               {"definitive", texts.date(result.definitive_on)},
               {"days", static_cast<std::int64_t>(result.gap_days)}}));
    if (result.scope_unknown) say(texts("rules.explain.scope_unknown"));
    return out;
}

namespace {

std::string code_text(std::string_view list, std::string_view code, const Texts& texts) {
    return code.empty() ? texts("rules.tree.blank") : code_lists().label(list, code, texts.language());
}

/// The parts of a group follow as lines of their own.
std::string condition_line(const Condition& condition, const Texts& texts) {
    if (condition.what == Condition::What::AllOf) return texts("rules.tree.all_of");
    if (condition.what == Condition::What::AnyOf) return texts("rules.tree.any_of");
    return condition_text(condition, texts);
}

TextArg argument_text(const FactBase& base, const StepArgument& argument, const Texts& texts) {
    struct {
        const FactBase& base;
        const Texts& texts;
        std::string_view name;
        TextArg operator()(std::int64_t number) const {
            if (name == "year" || name == "next" || name == "after") return std::to_string(number);  // no thousands in a year
            return number;
        }
        TextArg operator()(Date date) const { return texts.date(date); }
        TextArg operator()(ClubIndex club) const {
            const std::string label = club_text(base, club.index);
            return label.empty() ? texts("rules.tree.no_club") : label;
        }
        TextArg operator()(Period period) const { return period_text(period); }
        TextArg operator()(std::string_view code) const {
            if (name == "reason" || name == "strategy") return code_text(name, code, texts);
            if (name == "event") return fact_type_text(fact_type_by_name(code).value_or(FactType::Other), texts);
            if (name == "type") return code_text("club_type", code, texts);
            return std::string(code);
        }
        TextArg operator()(const Condition* condition) const { return condition_line(*condition, texts); }
    } const in_words{base, texts, argument.name};
    return std::visit(in_words, argument.value);
}

}  // namespace

std::vector<TreeLine> tree_lines(const FactBase& base, const Trace& trace, const Texts& texts) {
    std::vector<TreeLine> lines;
    for (const RuleStep& step : trace) {
        TreeLine line{step.depth, step.mark, step.rule == 0 ? std::string() : "S" + std::to_string(step.rule), {}, {}};
        TextArgs args;
        for (const StepArgument& argument : step.arguments) args.emplace_back(argument.name, argument_text(base, argument, texts));
        line.text = texts("rules.tree." + std::string(step.what), args);
        for (const std::uint32_t event : step.events) line.events.emplace_back(base.text(event));
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string_view name(Mark mark) {
    static constexpr std::array<std::string_view, 5> kNames{"tick", "cross", "hourglass", "question", "told"};
    return kNames.at(static_cast<std::size_t>(mark));
}

std::string_view sign(Mark mark) {
    static constexpr std::array<std::string_view, 5> kSigns{"\u2713", "\u2717", "\u231b", "?", "\u00b7"};
    return kSigns.at(static_cast<std::size_t>(mark));
}

std::string fact_type_text(FactType type, const Texts& texts) {
    if (type == FactType::CheckYes || type == FactType::CheckNo) return texts("rules.tree.type_" + std::string(name(type)));
    return code_lists().label("event_type", name(type), texts.language());
}

}  // namespace brugwacht
