#include "engine/run/steering_input.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/rules/agreement_text.hpp"
#include "engine/rules/lint.hpp"
#include "engine/run/context.hpp"
#include "engine/run/publish.hpp"
#include "engine/store/reader.hpp"
#include "engine/tally/employment.hpp"

namespace brugwacht {
namespace {

SteeringContext context_of(const ProjectContext& from) {
    SteeringContext to;
    to.situation = from.situation;
    to.expectations = from.expectations;
    to.target_groups = from.target_groups;
    to.areas = from.areas;
    to.offer = from.offer;
    to.strategies = from.strategies;
    to.profile = from.profile;
    for (const Appointment& a : from.appointments) to.appointments.push_back({a.percent, a.from, a.to, a.employer});
    for (const BudgetLine& b : from.budget) to.budget.push_back({b.line, b.amount_eur, b.note});
    to.steering_group = from.steering_group;
    to.support = from.support;
    to.policy_links = from.policy_links;
    return to;
}

/// Name and day of the last import of every source, but not of one whose name would tell that somebody sought help.
std::vector<std::pair<std::string, Date>> last_imports(const Project& project, const StoreReader& reader) {
    std::map<std::int64_t, std::int64_t> started;
    for (const RunRow& run : reader.runs()) started[run.id] = run.started_at;
    std::map<std::string, Date> latest;
    for (const FileRow& file : reader.files()) {
        if (const SourceSettings* source = project.source_named(file.source); source != nullptr && !source->nameable) continue;
        const Date day = Date::from_days(static_cast<std::int32_t>(started[file.run] / 86400));
        const auto [at, first] = latest.emplace(file.source, day);
        if (!first) at->second = std::max(at->second, day);
    }
    return {latest.begin(), latest.end()};
}

void add_agreement(SteeringReport& report, const std::vector<Agreement>& agreements, const Texts& texts) {
    for (const Agreement& agreement : agreements) {
        report.agreements.push_back(agreement.name());
        for (const FollowUp& follow_up : agreement.follow_ups) report.calendar.emplace_back(follow_up.date, follow_up.topic);
        for (const AgreedGoal& goal : agreement.goals) report.goals.push_back({goal.indicator, goal.target, goal.period, goal.agreed_on});
        for (std::string& line : agreement_text(agreement, texts)) report.agreement_text.push_back(std::move(line));
    }
    const Agreement& newest = agreements.back();
    report.agreement_title = newest.title;
    report.agreed_by = newest.agreed_by;
    report.agreed_on = newest.agreed_on;
    report.follow_up_target = newest.follow_up_target;
    report.agreement_warnings = printed_warnings(lint(agreements), texts);
    std::sort(report.calendar.begin(), report.calendar.end());
}

/// Goals that were registered beside those of the agreement.
void add_goals(SteeringReport& report, const StoreReader& reader) {
    std::vector<SteeringReport::Goal> goals;
    GoalRow row;
    for (auto rows = reader.goals(); rows.next(row);)
        if (row.target && !row.indicator.empty() && (!row.agreed_on || *row.agreed_on <= report.as_of))
            goals.push_back({std::string(row.indicator), *row.target, std::string(row.period), row.agreed_on});
    const auto key = [](const SteeringReport::Goal& goal) { return std::tie(goal.indicator, goal.period, goal.agreed_on, goal.target); };
    std::sort(goals.begin(), goals.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (SteeringReport::Goal& goal : goals) {
        const bool known = std::any_of(report.goals.begin(), report.goals.end(),
                                       [&](const SteeringReport::Goal& other) { return key(other) == key(goal); });
        if (!known) report.goals.push_back(std::move(goal));
    }
}

/// What is registered, or else what people wrote in context.toml: both tell of the same jobs, so never the two together.
void add_employment(SteeringReport& report, const StoreReader& reader, std::optional<int> period) {
    std::vector<EmploymentSpan> spans;
    EmploymentRow row;
    for (auto rows = reader.employments(); rows.next(row);) spans.push_back({row.from, row.to, row.percent.value_or(0)});
    if (spans.empty())
        for (const SteeringContext::Appointment& one : report.context.appointments) spans.push_back({one.from, one.to, one.percent});
    const Date last = period ? std::min(report.as_of, Date::from_ymd(*period + 1, 8, 31).value()) : report.as_of;
    const Date first = period ? Date::from_ymd(*period, 9, 1).value() : add_months(last, -21);
    for (QuarterEmployment& one : employment_by_quarter(spans, std::min(first, last), last))
        report.employment.push_back({std::move(one.quarter), one.percent});
}

/// Those who judge are numbered by source and key: a judgement has an author, and no name.
std::map<std::int64_t, int> numbered_judges(const StoreReader& reader) {
    std::set<std::int64_t> judges;
    FactorRow factor;
    for (auto rows = reader.factors(); rows.next(factor);) judges.insert(factor.worker);
    std::map<std::pair<std::string, std::string>, std::int64_t> by_key;
    WorkerRow worker;
    for (auto rows = reader.workers(); rows.next(worker);)
        if (judges.count(worker.id) != 0) by_key[{std::string(worker.source), std::string(worker.key)}] = worker.id;
    std::map<std::int64_t, int> numbers;
    for (const auto& [key, id] : by_key) numbers.emplace(id, static_cast<int>(numbers.size()) + 1);
    return numbers;
}

void add_factors(SteeringReport& report, const StoreReader& reader) {
    const std::map<std::int64_t, int> judges = numbered_judges(reader);
    std::vector<FactorScore> scores;
    FactorRow row;
    for (auto rows = reader.factors(); rows.next(row);) {
        if (!row.date || !row.score || row.factor.empty()) continue;
        const auto judge = judges.find(row.worker);
        scores.push_back(
            {std::string(row.side), std::string(row.factor), *row.score, *row.date, judge == judges.end() ? 0 : judge->second});
    }
    for (FactorScore& one : latest_factors(std::move(scores), report.as_of))
        report.factors.push_back({std::move(one.side), std::move(one.factor), one.score, one.date, one.author});
}

}  // namespace

SteeringReport steering_report(const Project& project, const std::vector<Agreement>& agreements, const ClassificationSet& classified,
                               Release release, const ReportIdentity& identity, const Texts& texts, const Files& files) {
    SteeringReport report;
    report.organisation = project.settings().organisation;
    report.municipality = project.settings().municipality;
    report.contact = project.settings().contact;
    report.as_of = identity.as_of;
    report.known_at = identity.known_at;
    if (identity.period) report.period = std::to_string(*identity.period) + "-" + std::to_string(*identity.period + 1);
    report.release_id = identity.release_id;
    report.audit_head = identity.audit_head.printed();
    report.audit_root = identity.audit_head.root;
    report.preview = identity.release_id.empty();
    report.next_report = next_report_date(agreements, identity.as_of);
    add_agreement(report, agreements, texts);
    report.rules_hash = classified.rules_hash();
    report.context = context_of(load_context(project, files));
    const StoreReader reader = StoreReader::open(project.store_file());
    report.sources = last_imports(project, reader);
    add_goals(report, reader);
    add_employment(report, reader, identity.period);
    add_factors(report, reader);
    report.release = std::move(release);
    return report;
}

}  // namespace brugwacht
