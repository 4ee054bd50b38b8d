#include "engine/tally/parts.hpp"

#include <algorithm>
#include <unordered_map>

#include "engine/lib/code_lists.hpp"
#include "engine/lib/indicators.hpp"

namespace brugwacht::tallying {

int quarter_of(Date date) { return date.year() * 4 + (date.month() - 1) / 3; }

std::string quarter_name(int quarter) { return std::to_string(quarter / 4) + "-" + std::to_string(quarter % 4 + 1); }

Date last_day_of(int quarter) {
    const int next = quarter + 1;
    return Date::from_ymd(next / 4, next % 4 * 3 + 1, 1).value().plus_days(-1);
}

std::string first_code(const std::string& codes) { return codes.substr(0, codes.find('|')); }

void Dimension::add(Label label, std::string name) {
    labels.push_back(std::move(label));
    names.push_back(std::move(name));
}

std::size_t Dimension::find(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? kNowhere : static_cast<std::size_t>(found - names.begin());
}

Dimension codes_of(const CodeLists& lists, const std::string& list, const std::string& name) {
    Dimension out;
    if (const CodeList* found = lists.find(list); found != nullptr)
        for (const Code& code : found->codes) out.add({list, code.code}, name + "=" + code.code);
    out.add({"", "tally.label.not_given"}, name + "=");
    return out;
}

std::size_t position(const Dimension& codes, const std::string& code) {
    for (std::size_t i = 0; i + 1 < codes.size(); ++i)
        if (codes.labels[i].value == code) return i;
    return codes.size() - 1;
}

bool Scope::in_period(Date date) const {
    return date <= request.as_of && (!request.period || (date >= request.period->first && date <= request.period->second));
}

Date Scope::last_day() const { return request.period ? std::min(request.as_of, request.period->second) : request.as_of; }

std::uint64_t Scope::child(std::size_t trajectory) const {
    constexpr std::uint64_t kLoose = std::uint64_t{1} << 32U;
    const std::uint32_t person = base.trajectories()[trajectory].person;
    return person == kNone ? kLoose + trajectory : person;
}

bool Scope::exists(const Fact& fact) const {
    return fact.date <= request.as_of.days() && (!set.known_at || fact.recorded <= set.known_at->days());
}

Scope scope_of(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request) {
    Scope scope{base, set, facts, lists, request};
    if (request.period) scope.prefix = request.period->first.iso() + "/" + request.period->second.iso() + "|";
    const auto trajectories = base.trajectories();
    std::unordered_map<std::string, std::size_t> by_key;
    for (std::size_t t = 0; t < trajectories.size(); ++t) {
        scope.included.push_back(scope.in_period(scope.start(t)));
        scope.total += scope.included[t] ? 1 : 0;
        by_key[std::string(base.source(trajectories[t].source)) + "\n" + std::string(base.text(trajectories[t].key))] = t;
    }
    for (const TallyFacts::Trajectory& t : facts.trajectories) {
        const auto found = by_key.find(t.source + "\n" + t.key);
        scope.at.push_back(found == by_key.end() ? kNowhere : found->second);
    }
    return scope;
}

Dimension act_quarters(const Scope& scope) {
    Dimension out;
    const int last = quarter_of(scope.last_day());
    for (int q = last - kActQuarters + 1; q <= last; ++q) out.add({"quarter", quarter_name(q)}, quarter_name(q));
    return out;
}

std::string act_window(const Scope& scope) {
    const Dimension quarters = act_quarters(scope);
    return quarters.names.front() + "/" + quarters.names.back();
}

std::size_t act_column(const Scope& scope, const Dimension& quarters, Date date) {
    return date > scope.request.as_of ? kNowhere : quarters.find(quarter_name(quarter_of(date)));
}

CountTable head(const std::string& id, TableKind kind, const std::string& row_heading, const std::string& column_heading) {
    CountTable table;
    table.id = id;
    table.kind = kind;
    if (const Indicator* indicator = indicators().find(id); indicator != nullptr) {
        table.title = indicator->title_key();
        table.denominator = indicator->denominator_key();
        table.unit = "tally.unit." + indicator->unit;
    }
    table.row_heading = "tally.heading." + row_heading;
    if (!column_heading.empty()) table.column_heading = "tally.heading." + column_heading;
    return table;
}

Body body_of(const Dimension& rows, const Dimension& columns) { return Body(rows.size(), std::vector<std::int64_t>(columns.size())); }

CountTable two_way(CountTable table, const Dimension& rows, const Dimension& columns, const Body& body, const CellName& name) {
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = columns.labels;
    table.columns.push_back({"", "tally.label.total"});
    table.row_total = true;
    table.column_total = true;
    for (std::size_t r = 0; r <= rows.size(); ++r)
        for (std::size_t c = 0; c <= columns.size(); ++c) {
            std::int64_t sum = 0;
            for (std::size_t i = r < rows.size() ? r : 0; i < (r < rows.size() ? r + 1 : rows.size()); ++i)
                for (std::size_t j = c < columns.size() ? c : 0; j < (c < columns.size() ? c + 1 : columns.size()); ++j) sum += body[i][j];
            table.cells.push_back({name(r < rows.size() ? r : kNowhere, c < columns.size() ? c : kNowhere), sum});
        }
    return table;
}

CountTable two_way(CountTable table, const Dimension& rows, const Dimension& columns, const Body& body, const std::string& whole) {
    return two_way(std::move(table), rows, columns, body, [&](std::size_t row, std::size_t column) {
        return whole + (row == kNowhere ? "" : "|" + rows.names[row]) + (column == kNowhere ? "" : "|" + columns.names[column]);
    });
}

CountTable one_way(CountTable table, const Dimension& rows, const std::vector<std::int64_t>& counts, const std::string& whole) {
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = {{"", table.unit}};
    table.column_total = true;
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        table.cells.push_back({whole + "|" + rows.names[r], counts[r]});
        sum += counts[r];
    }
    table.cells.push_back({whole, sum});
    return table;
}

void relate_groups(CountSet& out, const Group& a, const Group& b, TableKind kind, const std::string& table) {
    if (a.population == b.population) return;
    std::int64_t both = 0;
    std::int64_t only_a = 0;
    std::int64_t only_b = 0;
    for (std::size_t t = 0; t < a.members.size(); ++t) {
        both += a.members[t] && b.members[t] ? 1 : 0;
        only_a += a.members[t] && !b.members[t] ? 1 : 0;
        only_b += b.members[t] && !a.members[t] ? 1 : 0;
    }
    const std::string pair = a.population + "&" + b.population;
    const CountCell of_a = {a.population, both + only_a};
    const CountCell of_b = {b.population, both + only_b};
    const CountCell first = {pair + "|first", only_a};
    const CountCell second = {pair + "|second", only_b};
    // One may hold the other by definition; then their difference is all there is between them.
    if (only_b == 0) {
        out.relations.push_back({of_a, {of_b, first}, kind, {}, table});
    } else if (only_a == 0) {
        out.relations.push_back({of_b, {of_a, second}, kind, {}, table});
    } else {
        out.relations.push_back({of_a, {{pair, both}, first}, kind, {}, table});
        out.relations.push_back({of_b, {{pair, both}, second}, kind, {}, table});
    }
}

}  // namespace brugwacht::tallying
