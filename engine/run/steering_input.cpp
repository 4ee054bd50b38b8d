#include "engine/run/steering_input.hpp"

#include <algorithm>
#include <map>

#include "engine/rules/agreement_text.hpp"
#include "engine/rules/lint.hpp"
#include "engine/run/context.hpp"
#include "engine/run/publish.hpp"
#include "engine/store/reader.hpp"

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

/// Name and day of the last import of every source.
std::vector<std::pair<std::string, Date>> last_imports(const Project& project) {
    const StoreReader reader = StoreReader::open(project.store_file());
    std::map<std::int64_t, std::int64_t> started;
    for (const RunRow& run : reader.runs()) started[run.id] = run.started_at;
    std::map<std::string, Date> latest;
    for (const FileRow& file : reader.files()) {
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
        for (const AgreedGoal& goal : agreement.goals) report.goals.push_back({goal.indicator, goal.target, goal.period});
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
    report.audit_head = identity.audit_head;
    report.preview = identity.release_id.empty();
    report.next_report = next_report_date(agreements, identity.as_of);
    add_agreement(report, agreements, texts);
    report.rules_hash = classified.rules_hash();
    report.context = context_of(load_context(project, files));
    report.sources = last_imports(project);
    report.release = std::move(release);
    return report;
}

}  // namespace brugwacht
