// The log of activities: how many, with whom, about what, and the hours they took.
#include <algorithm>
#include <numeric>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

using Activity = TallyFacts::Activity;
using Code = std::string Activity::*;

constexpr std::int64_t kMinutesOfADay = std::int64_t{24} * 60;
constexpr std::int64_t kMostParticipants = 10'000;
constexpr std::int64_t kFewActs = 5;  // an amount of fewer acts than this is as telling as the acts

void count_by_quarter(const Scope& scope, const std::string& id, const std::string& list, const std::string& heading, Code code,
                      CountSet& out) {
    const Dimension rows = codes_of(scope.lists, list, list);
    const Dimension columns = act_quarters(scope);
    Body body = body_of(rows, columns);
    for (const Activity& activity : scope.facts.activities)
        if (const std::size_t column = act_column(scope, columns, activity.date); column != kNowhere)
            ++body[position(rows, first_code(activity.*code))][column];
    CountTable table = head(id, TableKind::Participation, heading, "quarter");
    table.people = false;
    out.tables.push_back(two_way(std::move(table), rows, columns, body, "activities"));
}

/// Whole hours that add up to the rounded hours of all together: the largest remainders are rounded up, the first row first.
std::vector<std::int64_t> whole_hours(const std::vector<std::int64_t>& minutes) {
    std::vector<std::int64_t> hours;
    hours.reserve(minutes.size());
    for (const std::int64_t m : minutes) hours.push_back(m / 60);
    const std::int64_t all = (std::accumulate(minutes.begin(), minutes.end(), std::int64_t{0}) + 30) / 60;
    std::int64_t short_of = all - std::accumulate(hours.begin(), hours.end(), std::int64_t{0});
    std::vector<std::size_t> order(minutes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return minutes[a] % 60 > minutes[b] % 60; });
    for (const std::size_t row : order)
        if (short_of-- > 0) ++hours[row];
    return hours;
}

void count_hours(const Scope& scope, const std::string& id, const std::string& list, const std::string& heading, Code code, CountSet& out) {
    const Dimension rows = codes_of(scope.lists, list, list);
    const Dimension quarters = act_quarters(scope);
    std::vector<std::int64_t> minutes(rows.size());
    std::vector<std::int64_t> acts(rows.size());
    for (const Activity& activity : scope.facts.activities) {
        if (act_column(scope, quarters, activity.date) == kNowhere) continue;
        const std::size_t row = position(rows, first_code(activity.*code));
        minutes[row] += usable_minutes(activity);
        ++acts[row];
    }
    CountTable table = head(id, TableKind::Participation, heading);
    table.people = false;
    table = one_way(std::move(table), rows, whole_hours(minutes), "hours|" + act_window(scope));
    for (std::size_t r = 0; r < rows.size(); ++r) table.cells[r].sensitive = acts[r] >= 1 && acts[r] < kFewActs;
    out.tables.push_back(std::move(table));
}

// How many people came to sessions that ask and inform. The sessions are the activities of that criterion, quarter by quarter.
void count_sessions(const Scope& scope, CountSet& out) {
    const std::string criterion = "criterion=bevragen_informeren";
    const Dimension rows = act_quarters(scope);
    std::vector<std::int64_t> sessions(rows.size() + 1);  // the total last
    std::vector<std::int64_t> participants(rows.size() + 1);
    for (const Activity& activity : scope.facts.activities) {
        const std::size_t row = act_column(scope, rows, activity.date);
        if (row == kNowhere || first_code(activity.criterion) != "bevragen_informeren") continue;
        for (const std::size_t r : {row, rows.size()}) {
            ++sessions[r];
            participants[r] += usable_participants(activity);
        }
    }
    CountTable table = head("sessions", TableKind::Participation, "quarter", "reach");
    table.people = false;
    table.column_total = true;
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = {{"", "tally.label.sessions"}, {"", "tally.label.participants"}};
    for (std::size_t r = 0; r <= rows.size(); ++r) {
        const bool total = r == rows.size();
        const bool few = sessions[r] >= 1 && sessions[r] < kFewActs;
        table.cells.push_back({"activities|" + criterion + (total ? "" : "|" + rows.names[r]), sessions[r]});
        table.cells.push_back({"participants|" + (total ? act_window(scope) : rows.names[r]), participants[r], few});
    }
    out.tables.push_back(std::move(table));
}

}  // namespace

std::int64_t usable_minutes(const Activity& activity) {
    const std::int64_t minutes = activity.minutes.value_or(0);
    return minutes < 0 || minutes > kMinutesOfADay ? 0 : minutes;
}

std::int64_t usable_participants(const Activity& activity) {
    const std::int64_t participants = activity.participants.value_or(0);
    return participants < 0 || participants > kMostParticipants ? 0 : participants;
}

void count_activities(const Scope& scope, CountSet& out) {
    count_by_quarter(scope, "strategies", "strategy", "strategy", &Activity::strategy, out);
    count_hours(scope, "hours", "strategy", "strategy", &Activity::strategy, out);
    count_by_quarter(scope, "kinds", "activity_kind", "activity_kind", &Activity::kind, out);
    count_by_quarter(scope, "criteria", "criterion", "criterion", &Activity::criterion, out);
    count_hours(scope, "criterion_hours", "criterion", "criterion", &Activity::criterion, out);
    count_by_quarter(scope, "counterparts", "counterpart_kind", "counterpart", &Activity::counterpart_kind, out);
    count_sessions(scope, out);
}

}  // namespace brugwacht::tallying
