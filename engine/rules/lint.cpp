#include "engine/rules/lint.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <sstream>
#include <tuple>

#include "engine/core/text.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/seeded_children.hpp"

namespace brugwacht {
namespace {

constexpr int kLongestPending = 18;  // months
constexpr int kSmallFloor = 5;       // what the disclosure guard does not go below, for counts and for outcomes
constexpr int kPublishFloor = 10;
constexpr const char* kEveryType = "none";  // what the texts take for "whatever the kind of club"

Date plus(Date date, const Period& period) { return add_months(date, period.months).plus_days(period.days); }

/// The days of a year in which a term may begin. No leap day: none of the checks hangs on one.
std::vector<Date> anchors() {
    std::vector<Date> days;
    const Date first = Date::from_ymd(2001, 1, 1).value_or(Date());
    for (int i = 0; i < 365; ++i) days.push_back(first.plus_days(i));
    return days;
}

bool ends_before_it_begins(const Definition& d) {
    const std::vector<Date> days = anchors();
    return std::any_of(days.begin(), days.end(), [&](Date day) { return plus(day, d.window_to) < plus(day, d.window_from); });
}

bool always_longer(const Period& a, const Period& b) {
    const std::vector<Date> days = anchors();
    return std::all_of(days.begin(), days.end(), [&](Date day) { return plus(day, a) > plus(day, b); });
}

/// Names for what is tried before enrolment, by the start of the word, and words that deny it.
bool speaks_of_trials(const std::string& label) {
    static constexpr std::array<std::string_view, 8> kTrials{"proefsessie",   "proefles", "proefdag", "proefbezoek",
                                                             "proeftraining", "essai",    "trial",    "taster"};
    static constexpr std::array<std::string_view, 8> kDenials{"zonder", "geen", "sans", "aucun", "aucune", "without", "no", "not"};
    std::istringstream words(fold_words(label));
    bool trials = false;
    for (std::string word; words >> word;) {
        if (std::find(kDenials.begin(), kDenials.end(), word) != kDenials.end()) return false;
        trials = trials || std::any_of(kTrials.begin(), kTrials.end(), [&](std::string_view start) { return word.starts_with(start); });
    }
    return trials;
}

std::string day_text(const MonthDay& day) { return day.in(2000).iso().substr(5); }

/// The checks on one agreement, in the order of the file.
class Linter {
  public:
    Linter(const Agreement& agreement, std::vector<LintFinding>& findings)
        : a_(agreement), findings_(findings), types_(agreement.club_types) {
        if (types_.empty()) types_.emplace_back();
    }

    void run() {
        head();
        calendar();
        counting();
        for (const ClubType& type : a_.club_types) club_type(type);
        bool usable = true;
        for (const Definition& d : a_.definitions) usable = definition(d) && usable;
        names();
        moments();
        if (usable) outcomes();
    }

  private:
    void find(LintLevel level, const char* code, const std::string& key, TextArgs args, const std::string& definition = {}) {
        findings_.push_back({level, Fault{code, std::move(args), a_.file, key}, definition});
    }
    /// What a variant has from the definition it changes is told there, and not again.
    void about(LintLevel level, const char* code, const Definition& d, const std::string& key, TextArgs args) {
        const std::string path = "definition." + d.id + "." + key;
        const std::string inherited = "definition." + d.variant_of + "." + key;
        for (const LintFinding& other : findings_) {
            if (d.variant_of.empty() || other.fault.code != code || other.fault.where != inherited || other.fault.file != a_.file) continue;
            if (std::equal(args.begin(), args.end(), other.fault.args.begin() + 1, other.fault.args.end())) return;
        }
        args.emplace(args.begin(), "definition", d.id);
        find(level, code, path, std::move(args), d.id);
    }

    void head() {
        if (a_.effective_from < a_.agreed_on)
            find(LintLevel::Warning, "AGL-010", "agreement.effective_from",
                 {{"from", a_.effective_from.iso()}, {"agreed", a_.agreed_on.iso()}});
        if (a_.agreed_by.empty()) {
            // The proposal that a new project starts with is for everybody to change: nothing to warn about yet.
            const Date proposed = Date::from_ymd(2000, 1, 1).value_or(Date());
            const bool untouched = a_.agreed_on == proposed && a_.effective_from == proposed;
            find(untouched ? LintLevel::Note : LintLevel::Warning, "AGL-016", "agreement.agreed_by", {});
        }
        if (!a_.supersedes) return;
        if (*a_.supersedes >= a_.version)
            find(LintLevel::Warning, "AGL-027", "agreement.supersedes",
                 {{"version", std::int64_t{a_.version}}, {"supersedes", std::int64_t{*a_.supersedes}}});
        if (a_.change_note.empty())
            find(LintLevel::Note, "AGL-032", "agreement.change_note", {{"supersedes", std::int64_t{*a_.supersedes}}});
    }

    void calendar() {
        std::vector<HolidaySpan> spans = a_.holidays;
        std::sort(spans.begin(), spans.end(), [](const HolidaySpan& x, const HolidaySpan& y) { return x.from < y.from; });
        const auto text = [](const HolidaySpan& span) { return span.from.iso() + "/" + span.to.iso(); };
        for (std::size_t i = 1; i < spans.size(); ++i)
            if (spans[i].from <= spans[i - 1].to)
                find(LintLevel::Note, "AGL-021", "calendar.school_holidays", {{"first", text(spans[i - 1])}, {"second", text(spans[i])}});
    }

    void counting() {
        const auto floor = [&](const char* key, int value, int lowest) {
            if (value < lowest)
                find(LintLevel::Note, "AGL-030", key,
                     {{"key", std::string(key)}, {"value", std::int64_t{value}}, {"floor", std::int64_t{lowest}}});
        };
        floor("counting.small_n", a_.small_n, kSmallFloor);
        floor("counting.publish_n", a_.publish_n, kPublishFloor);
    }

    /// Of the decision days around the start of a working year, the nearest has to lie after its registrations open.
    static bool decides_too_early(const ClubType& type) {
        const int year = 2001;
        const auto distance = [&](Date day) { return std::abs(day.days() - type.starts(year).days()); };
        Date nearest = type.decision.in(year);
        for (const int other : {year - 1, year + 1})
            if (distance(type.decision.in(other)) < distance(nearest)) nearest = type.decision.in(other);
        return nearest < type.opens(year);
    }

    void club_type(const ClubType& type) {
        const std::string path = "club_type." + type.id + ".";
        // A type that takes its calendar over from another one takes the fault over too: it is told once.
        const auto first = std::find_if(a_.club_types.begin(), a_.club_types.end(), [&](const ClubType& other) {
            return std::tie(other.year_start, other.registration_opens, other.decision) ==
                   std::tie(type.year_start, type.registration_opens, type.decision);
        });
        if (decides_too_early(type) && first->id == type.id)
            find(LintLevel::Error, "AGL-002", path + "decision",
                 {{"type", type.id}, {"decision", day_text(type.decision)}, {"opens", day_text(type.registration_opens)}});
        const bool days_given = type.provisional_days > 0 || type.provisional_floor;
        if (type.provisional && !days_given) find(LintLevel::Warning, "AGL-028", path + "trial_model", {{"type", type.id}});
        if (!type.provisional && days_given) find(LintLevel::Note, "AGL-029", path + "provisional_days", {{"type", type.id}});
    }

    /// False when the definition cannot be tried on children.
    bool definition(const Definition& d) {
        const std::size_t before = errors();
        by_club_type(d);
        if (d.kind == DefinitionKind::Enrolment) trials(d);
        if (d.kind == DefinitionKind::StillParticipating) window(d);
        if (d.kind == DefinitionKind::Composed) condition(d, d.achieved);
        if (errors() != before) return false;
        pending(d);
        if (d.variant_of.empty()) return true;
        const Definition* base = a_.definition(d.variant_of);
        if (base != nullptr && same_rules(d, *base)) about(LintLevel::Warning, "AGL-014", d, "of", {{"of", base->id}});
        return true;
    }

    std::size_t errors() const {
        return static_cast<std::size_t>(
            std::count_if(findings_.begin(), findings_.end(), [](const LintFinding& f) { return f.level == LintLevel::Error; }));
    }

    /// Calls `check` for the definition itself and for what it says differently for a kind of club.
    static void each(const Definition& d, const std::function<void(const Definition&, const std::string&, const std::string&)>& check) {
        check(d, kEveryType, "");
        for (const auto& [type, other] : d.by_club_type) check(other, type, "by_club_type." + type + ".");
    }

    void by_club_type(const Definition& d) {
        for (const auto& override_of : d.by_club_type) {
            const Definition& other = override_of.second;
            const std::string key = "by_club_type." + override_of.first;
            const auto say = [&](LintLevel level, const char* why) {
                about(level, "AGL-025", d, key, {{"type", override_of.first}, {"why", std::string(why)}});
            };
            if (same_rules(d, other, false)) {
                say(LintLevel::Note, "same");
            } else if (d.kind == DefinitionKind::Composed) {
                say(LintLevel::Warning, "composed");
            } else if (d.kind == DefinitionKind::Enrolment) {
                Definition of_the_enrolment = other;  // with what the rules do not read set back
                of_the_enrolment.decide_after = d.decide_after;
                of_the_enrolment.absence_means = d.absence_means;
                of_the_enrolment.lost_contact_means = d.lost_contact_means;
                if (!same_rules(of_the_enrolment, other, false)) say(LintLevel::Warning, "partly");
            }
        }
    }

    void trials(const Definition& d) {
        each(d, [&](const Definition& rules, const std::string& type, const std::string& prefix) {
            if (type != kEveryType && rules.min_trials == d.min_trials) return;
            if (rules.min_trials == 0 && speaks_of_trials(d.label))
                about(LintLevel::Warning, "AGL-012", d, prefix + "min_trials", {{"type", type}});
        });
        if (d.trial_events.empty() && d.min_trials > 0)
            about(LintLevel::Warning, "AGL-031", d, "trial_events", {{"key", std::string("trial_events")}});
    }

    void window(const Definition& d) {
        each(d, [&](const Definition& rules, const std::string& type, const std::string& prefix) {
            const bool own_window = type == kEveryType || rules.window_from != d.window_from || rules.window_to != d.window_to;
            if (own_window && ends_before_it_begins(rules)) {
                about(LintLevel::Error, "AGL-001", d, prefix + "window",
                      {{"type", type}, {"from", period_text(rules.window_from)}, {"to", period_text(rules.window_to)}});
                return;
            }
            int longest = 0;
            for (const Date day : anchors())
                longest = std::max(longest, plus(day, rules.window_to).days() - plus(day, rules.window_from).days() + 1);
            if ((own_window || rules.max_gap_days != d.max_gap_days) && rules.max_gap_days > longest)
                about(LintLevel::Warning, "AGL-013", d, prefix + "max_gap_days",
                      {{"type", type}, {"gap", std::int64_t{rules.max_gap_days}}, {"window", std::int64_t{longest}}});
        });
        if (d.gap_excludes_holidays && d.max_gap_days > 0 && !a_.holidays_computed && a_.holidays.empty())
            about(LintLevel::Warning, "AGL-020", d, "gap_excludes", {});
        if (d.proof_events.empty()) about(LintLevel::Warning, "AGL-031", d, "proof.events", {{"key", std::string("proof.events")}});
        for (const ClubType& type : types_) closed_season(d, d.for_club_type(type.id), type);
    }

    /// Whether the whole window, before anything lengthens it, may lie in one closed season.
    void closed_season(const Definition& d, const Definition& rules, const ClubType& type) {
        if (ends_before_it_begins(rules)) return;
        for (const YearlySpan& span : type.closed) {
            ClubType only = type;
            only.closed = {span};
            const std::vector<Date> days = anchors();
            const bool hidden = std::any_of(days.begin(), days.end(), [&](Date day) {
                const auto end = only.closed_end(plus(day, rules.window_from));
                return end && plus(day, rules.window_to) <= *end;
            });
            if (hidden)
                about(LintLevel::Warning, "AGL-011", d, "window",
                      {{"type", type.id}, {"closed", day_text(span.from) + "/" + day_text(span.to)}});
        }
    }

    void condition(const Definition& d, const Condition& c) {
        if (c.within && always_longer(*c.within, d.decide_after))
            about(LintLevel::Warning, "AGL-026", d, "achieved",
                  {{"within", period_text(*c.within)}, {"decide", period_text(d.decide_after)}});
        for (const Condition& part : c.parts) condition(d, part);
    }

    /// From the event with which a term begins to the last day on which nothing may be decided; pauses left out, since they have no limit.
    struct Wait {
        Date from, to;
        int days() const { return to.days() - from.days(); }
    };

    Wait longest_wait(const Definition& d, const ClubType& type) const {
        const Definition& rules = d.for_club_type(type.id);
        if (d.kind == DefinitionKind::ReEnrolment) return {type.opens(2001), type.decides(2002)};
        Wait longest;
        for (const Date day : anchors()) {
            Date end = plus(day, d.decide_after);
            if (d.kind == DefinitionKind::StillParticipating) {
                end = plus(day, rules.window_to);
                if (rules.closed_at_end)
                    if (const auto closed = type.closed_end(end)) end = plus(*closed, *rules.closed_at_end);
            }
            if (end.days() - day.days() > longest.days()) longest = {day, end};
        }
        return longest;
    }

    void pending(const Definition& d) {
        const bool by_type = d.kind == DefinitionKind::StillParticipating || d.kind == DefinitionKind::ReEnrolment;
        const ClubType* worst = nullptr;
        Wait longest;
        for (const ClubType& type : types_) {
            const Wait wait = longest_wait(d, type);
            if (d.kind == DefinitionKind::ReEnrolment && decides_too_early(type)) continue;  // an error already
            if (wait.to <= add_months(wait.from, kLongestPending) || wait.days() <= longest.days()) continue;
            worst = &type;
            longest = wait;
        }
        if (worst == nullptr) return;
        const char* key = d.kind == DefinitionKind::StillParticipating ? "window"
                          : d.kind == DefinitionKind::ReEnrolment      ? "decision"
                                                                       : "decide_after";
        about(LintLevel::Warning, "AGL-017", d, key,
              {{"type", by_type && !worst->id.empty() ? worst->id : std::string(kEveryType)}, {"days", std::int64_t{longest.days()}}});
    }

    void names() {
        std::map<std::string, std::string> first;  // folded label -> the definition that has it
        for (const Definition& d : a_.definitions) {
            const std::string label = fold_words(d.label);
            if (label.empty()) continue;
            const auto [at, fresh] = first.emplace(label, d.id);
            if (!fresh) about(LintLevel::Warning, "AGL-015", d, "label", {{"other", at->second}, {"label", d.label}});
        }
    }

    void moments() {
        if (a_.report_dates.empty()) find(LintLevel::Warning, "AGL-022", "reporting.dates", {});
        for (const FollowUp& item : a_.follow_ups)
            if (item.date < a_.effective_from) find(LintLevel::Warning, "AGL-023", "follow_up.date", {{"date", item.date.iso()}});
        std::vector<std::string> known{"follow_up_rate"};
        if (const CodeList* list = code_lists().find("indicator"))
            for (const Code& code : list->codes) known.push_back(code.code);
        for (const Definition& d : a_.definitions) known.push_back(d.id);
        for (const AgreedGoal& goal : a_.goals) {
            if (std::find(known.begin(), known.end(), goal.indicator) != known.end()) continue;
            const std::string guess = nearest(goal.indicator, known).value_or("");
            std::string all;
            for (const std::string& word : known) all += (all.empty() ? "" : ", ") + word;
            find(LintLevel::Warning, "AGL-024", "goal.indicator",
                 {{"indicator", goal.indicator},
                  {"suggested", std::string(guess.empty() ? "no" : "yes")},
                  {"nearest", guess},
                  {"known", all}});
        }
    }

    /// Tries every definition on invented children; month ends are clamped, so that a rule that refuses dates cannot stop the trial.
    void outcomes() {
        const SeededChildren children = seeded_children(a_);
        Agreement tried = always_in_force(a_);
        tried.month_rule = MonthRule::Clamp;
        ClassifyRequest request;
        request.as_of = children.as_of;
        const ClassificationSet set = classify(children.facts, std::span(&tried, 1), request);
        for (std::size_t i = 0; i < set.definition_ids.size(); ++i) {
            std::int64_t all = 0, achieved = 0;
            for (const Classification& c : set.results) {
                if (c.definition != i) continue;
                ++all;
                achieved += c.status == Status::Achieved ? 1 : 0;
            }
            const Definition* d = a_.definition(set.definition_ids[i]);
            if (d == nullptr || (achieved != 0 && achieved != all)) continue;
            about(LintLevel::Warning, "AGL-018", *d, "kind", {{"result", std::string(achieved == 0 ? "none" : "all")}, {"count", all}});
        }
    }

    const Agreement& a_;
    std::vector<LintFinding>& findings_;
    std::vector<ClubType> types_;  // of the agreement, or the one that clubs get without any
};

/// A club type without one of its three days is named as such; everything else a reader said stays as it is.
LintFinding finding_of(const Fault& fault) {
    if (fault.code == "CFG-002") {
        for (const auto& [argument, value] : fault.args) {
            const std::string* key = std::get_if<std::string>(&value);
            if (argument != "key" || key == nullptr || !key->starts_with("club_type.")) continue;
            const std::size_t dot = key->rfind('.');
            const std::string type = key->substr(10, dot - 10);
            return {LintLevel::Error, {"AGL-003", {{"type", type}, {"key", key->substr(dot + 1)}}, fault.file, fault.where}, {}};
        }
    }
    return {LintLevel::Error, fault, {}};
}

}  // namespace

std::string_view name(LintLevel level) { return level == LintLevel::Error ? "error" : level == LintLevel::Warning ? "warning" : "note"; }

std::vector<LintFinding> lint(std::span<const Agreement> agreements) {
    std::vector<LintFinding> findings;
    try {
        order_versions({agreements.begin(), agreements.end()});
    } catch (const Error& error) {
        for (const Fault& fault : error.faults()) findings.push_back(finding_of(fault));
    }
    for (const Agreement& agreement : agreements) Linter(agreement, findings).run();
    return findings;
}

std::int64_t LintResult::count(LintLevel level) const {
    return std::count_if(findings.begin(), findings.end(), [&](const LintFinding& finding) { return finding.level == level; });
}

LintResult lint_files(const std::vector<std::filesystem::path>& files, const Files& disk) {
    LintResult result;
    for (const std::filesystem::path& file : files) {
        const std::string text = disk.read(file);
        try {
            result.agreements.push_back(parse_agreement(text, file.string()));
        } catch (const Error& error) {
            if (error.exit() != Exit::Config) throw;
            for (const Fault& fault : error.faults()) result.findings.push_back(finding_of(fault));
        }
    }
    const std::vector<LintFinding> found = lint(result.agreements);
    result.findings.insert(result.findings.end(), found.begin(), found.end());
    return result;
}

void refuse_errors(std::span<const LintFinding> findings) {
    std::vector<Fault> faults;
    for (const LintFinding& finding : findings)
        if (finding.level == LintLevel::Error) faults.push_back(finding.fault);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
}

std::vector<std::string> printed_warnings(std::span<const LintFinding> findings, const Texts& texts) {
    std::vector<std::string> out;
    for (const LintFinding& finding : findings)
        if (finding.level == LintLevel::Warning)
            out.push_back(texts("lint.printed", {{"level", texts("lint.level", {{"level", std::string(name(finding.level))}})},
                                                 {"message", texts(finding.fault.code + ".message", finding.fault.args)}}));
    return out;
}

std::string finding_text(const LintFinding& finding, const Texts& texts) {
    const Fault& fault = finding.fault;
    const std::string place = fault.where.empty() ? fault.file : fault.file + ":" + fault.where;
    return texts("lint.finding", {{"level", texts("lint.level", {{"level", std::string(name(finding.level))}})},
                                  {"code", fault.code},
                                  {"place", place},
                                  {"message", texts(fault.code + ".message", fault.args)}});
}

}  // namespace brugwacht
