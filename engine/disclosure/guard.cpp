#include "engine/disclosure/guard.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.hpp"
#include "engine/disclosure/problem.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"
#include "engine/tally/share.hpp"

namespace brugwacht {

namespace {

constexpr int kWidth = 2;         // alternatives a sensitive count must keep: three values at least are possible
constexpr int kInsiderWidth = 1;  // against somebody who knows one small count exactly
constexpr double kFairShare = 0.5;

bool small(std::int64_t count, std::int64_t threshold) { return count >= 1 && count < threshold; }

/// The sums inside a table as lists of cell positions, the total first.
std::vector<std::vector<std::size_t>> sums_inside(const CountTable& table) {
    std::vector<std::vector<std::size_t>> sums;
    const std::size_t rows = table.rows.size();
    const std::size_t columns = table.columns.size();
    if (table.row_total && columns > 1)
        for (std::size_t r = 0; r < rows; ++r) {
            std::vector<std::size_t> sum = {r * columns + columns - 1};
            for (std::size_t c = 0; c + 1 < columns; ++c) sum.push_back(r * columns + c);
            sums.push_back(std::move(sum));
        }
    if (table.column_total && rows > 1)
        for (std::size_t c = 0; c < columns; ++c) {
            std::vector<std::size_t> sum = {(rows - 1) * columns + c};
            for (std::size_t r = 0; r + 1 < rows; ++r) sum.push_back(r * columns + c);
            sums.push_back(std::move(sum));
        }
    return sums;
}

}  // namespace

/// One attempt: a choice of tables, solved and audited.
class GuardRun {
  public:
    GuardRun(const CountSet& counts, const GuardPolicy& policy, const std::vector<EarlierRelease>& earlier, std::vector<bool> active)
        : counts_(counts), policy_(policy), earlier_(earlier), active_(std::move(active)) {}

    void solve() {
        collect();
        find_sensitive();
        do {
            protect_all();
        } while (!audit() && !unprovable_);
        if (unprovable_)
            for (Unknown& unknown : problem_.unknowns()) unknown.shown = false;
    }

    std::size_t shown_in(std::size_t table) const {
        std::size_t shown = 0;
        for (const CountCell& cell : counts_.tables[table].cells) shown += is_shown(cell) ? 1U : 0U;
        return shown;
    }
    std::size_t shown_cells() const {
        std::size_t shown = 0;
        for (std::size_t t = 0; t < counts_.tables.size(); ++t)
            if (active_[t]) shown += shown_in(t);
        return shown;
    }

    Release release() const {
        Release out;
        for (std::size_t t = 0; t < counts_.tables.size(); ++t) {
            const CountTable& table = counts_.tables[t];
            if (!active_[t] && !table.ladder.empty()) continue;
            out.tables.push_back(released(table, active_[t]));
            for (const CountCell& cell : table.cells) {
                ++out.summary.cells;
                if (active_[t] && is_shown(cell))
                    ++out.summary.shown;
                else if (const Unknown* u = find(cell.population); u != nullptr && u->sensitive)
                    ++out.summary.primary;
                else
                    ++out.summary.secondary;
            }
            if (out.tables.back().withheld()) out.summary.withheld_tables.push_back(table.id);
        }
        return out;
    }

    /// No count above zero about people can be told.
    bool nothing_left() const {
        for (std::size_t t = 0; t < counts_.tables.size(); ++t)
            if (active_[t] && counts_.tables[t].people)
                for (const CountCell& cell : counts_.tables[t].cells)
                    if (cell.count > 0 && is_shown(cell)) return false;
        return true;
    }

  private:
    std::int64_t threshold(TableKind kind) const {
        const std::int64_t participation = std::max(kHardFloor, policy_.participation);
        const std::int64_t outcome = std::max({kOutcomeThreshold, policy_.outcome, participation});
        return kind == TableKind::Outcome || policy_.secrecy ? outcome : participation;
    }

    std::size_t add(const CountCell& cell, std::int64_t k) {
        if (cell.count < 0) throw Error(Exit::Software, "DIS-002", {{"population", cell.population}});
        bool consistent = true;
        const std::size_t at = problem_.unknown(cell.population, cell.count, consistent);
        if (!consistent) throw Error(Exit::Software, "DIS-002", {{"population", cell.population}});
        if (threshold_.size() <= at) threshold_.resize(at + 1, 0);
        threshold_[at] = std::max(threshold_[at], k);  // a cell that needs protection in one table needs it in all
        index_[cell.population] = at;
        if (cell.sensitive) forced_.insert(at);
        return at;
    }

    void collect() {
        std::set<std::pair<std::size_t, std::vector<std::size_t>>> seen;
        for (std::size_t t = 0; t < counts_.tables.size(); ++t) {
            const CountTable& table = counts_.tables[t];
            if (table.cells.size() != table.rows.size() * table.columns.size())
                throw Error(Exit::Software, "DIS-002", {{"population", table.id}});
            if (!active_[t]) continue;
            std::vector<std::size_t> at;
            for (const CountCell& cell : table.cells) at.push_back(add(cell, threshold(table.kind)));
            for (const std::size_t v : at) {
                problem_.unknowns()[v].printed = true;
                problem_.unknowns()[v].shown = true;
            }
            for (const auto& positions : sums_inside(table)) {
                Sum sum;
                sum.total = at[positions[0]];
                for (std::size_t i = 1; i < positions.size(); ++i) sum.parts.push_back(at[positions[i]]);
                add_sum(std::move(sum), table.people, table.people, seen);
            }
        }
        for (const CountRelation& relation : counts_.relations) {
            if (!relation.table.empty() && !released_here(relation.table)) continue;
            Sum sum;
            sum.total = add(relation.total, threshold(relation.kind));
            for (const CountCell& part : relation.parts) sum.parts.push_back(add(part, threshold(relation.kind)));
            for (const std::string& population : relation.known)
                if (const auto at = index_.find(population); at != index_.end()) problem_.unknowns()[at->second].fixed = true;
            add_sum(std::move(sum), true, false, seen);
        }
        problem_.link();
        weigh();
    }

    bool released_here(const std::string& table) const {
        for (std::size_t t = 0; t < counts_.tables.size(); ++t)
            if (active_[t] && counts_.tables[t].id == table) return true;
        return false;
    }

    void add_sum(Sum sum, bool people, bool group, std::set<std::pair<std::size_t, std::vector<std::size_t>>>& seen) {
        std::int64_t value = 0;
        for (const std::size_t part : sum.parts) value += problem_.unknowns()[part].value;
        if (value != problem_.unknowns()[sum.total].value)
            throw Error(Exit::Software, "DIS-002", {{"population", problem_.unknowns()[sum.total].population}});
        if (!seen.insert({sum.total, sum.parts}).second) return;
        about_people_.push_back(people);
        about_group_.push_back(group);
        problem_.add(std::move(sum));
    }

    void weigh() {
        std::set<std::size_t> totals;
        for (const Sum& sum : problem_.sums()) totals.insert(sum.total);
        for (std::size_t v = 0; v < problem_.unknowns().size(); ++v) {
            Unknown& u = problem_.unknowns()[v];
            u.weight = u.value + 1;
            if (totals.count(v) != 0) u.weight *= 10;
            // What was withheld before is the cheapest to withhold again: patterns stay put from release to release.
            for (const EarlierRelease& release : earlier_)
                if (const auto at = release.cells.find(u.population); at != release.cells.end() && !at->second)
                    u.weight = std::max<std::int64_t>(1, u.weight / 4);
        }
    }

    void find_sensitive() {
        std::vector<Unknown>& unknowns = problem_.unknowns();
        const auto sensitive = [&](std::size_t v) {
            if (unknowns[v].fixed) return;
            unknowns[v].sensitive = true;
            unknowns[v].shown = false;
        };
        for (std::size_t v = 0; v < unknowns.size(); ++v) {
            if (small(unknowns[v].value, threshold_[v]) || forced_.count(v) != 0) sensitive(v);
            for (const EarlierRelease& release : earlier_) {
                const auto at = release.cells.find(unknowns[v].population);
                if (at != release.cells.end() && at->second && small(std::abs(unknowns[v].value - *at->second), threshold_[v]))
                    sensitive(v);
            }
        }
        for (std::size_t s = 0; s < problem_.sums().size(); ++s) {
            if (!about_people_[s]) continue;
            const Sum& sum = problem_.sums()[s];
            const std::int64_t whole = unknowns[sum.total].value;
            const bool small_group = about_group_[s] && whole > 0 && whole < kGroupSize;
            for (const std::size_t part : sum.parts) {
                const std::int64_t value = unknowns[part].value;
                if (small(whole - value, threshold_[part])) sensitive(part);
                if (small_group && (value == whole || (value == 0 && !is_zero_of_many(part)))) sensitive(part);
            }
        }
        carry_over();
    }

    // Nobody at all in a large group is no secret, and a part of that nobody in a small group none either.
    bool is_zero_of_many(std::size_t part) const {
        const auto in_large_groups = [this](std::size_t v) {
            bool any = false;
            for (const std::size_t s : problem_.sums_of(v)) {
                if (problem_.sums()[s].total == v) continue;
                any = true;
                if (problem_.unknowns()[problem_.sums()[s].total].value < kGroupSize) return false;
            }
            return any;
        };
        const std::vector<std::size_t>& sums = problem_.sums_of(part);
        return std::any_of(sums.begin(), sums.end(), [&](std::size_t s) {
            const std::size_t total = problem_.sums()[s].total;
            return total != part && problem_.unknowns()[total].value == 0 && in_large_groups(total);
        });
    }

    // A sum that did not change since an earlier release keeps that release's pattern: a part shown now would tell what it was then.
    void carry_over() {
        for (const EarlierRelease& release : earlier_)
            for (const auto& [total, parts] : release.relations) {
                const auto now = index_.find(total);
                const auto then = release.cells.find(total);
                if (now == index_.end() || then == release.cells.end() || !then->second) continue;
                if (problem_.unknowns()[now->second].value != *then->second) continue;
                for (const std::string& part : parts) {
                    const auto cell = release.cells.find(part);
                    const auto at = index_.find(part);
                    if (at != index_.end() && cell != release.cells.end() && !cell->second) problem_.unknowns()[at->second].shown = false;
                }
            }
    }

    void protect_all() {
        bool again = true;
        while (again) {
            again = false;
            for (std::size_t v = 0; v < problem_.unknowns().size(); ++v)
                if (problem_.unknowns()[v].sensitive) again = secure(v, kWidth, Problem::kNobody) || again;
            for (const std::size_t insider : insiders())
                for (std::size_t v = 0; v < problem_.unknowns().size(); ++v)
                    if (v != insider && problem_.unknowns()[v].sensitive) again = secure(v, kInsiderWidth, insider) || again;
        }
    }

    /// True when something more was withheld.
    bool secure(std::size_t v, int wanted, std::size_t insider) {
        if (problem_.alternatives(v, wanted, insider) >= wanted) return false;
        const std::size_t before = shown_unknowns();
        if (!problem_.protect(v, wanted, insider)) problem_.withhold_around(v);
        return shown_unknowns() != before;
    }

    std::size_t shown_unknowns() const {
        return static_cast<std::size_t>(
            std::count_if(problem_.unknowns().begin(), problem_.unknowns().end(), [](const Unknown& u) { return u.shown; }));
    }

    std::vector<std::size_t> insiders() const {
        std::vector<std::size_t> out;
        for (std::size_t v = 0; v < problem_.unknowns().size(); ++v) {
            const Unknown& u = problem_.unknowns()[v];
            if (!u.shown && !u.fixed && (u.value == 1 || u.value == 2)) out.push_back(v);
        }
        return out;
    }

    /// A pass of its own over every sensitive count, as an attacker would make it. What fails takes its surroundings with it; when nothing
    /// is left to take, the choice of tables is hopeless: what nobody printed follows from what everybody knows.
    bool audit() {
        bool clean = true;
        std::vector<std::size_t> knowers = {Problem::kNobody};
        for (const std::size_t insider : insiders()) knowers.push_back(insider);
        for (const std::size_t knower : knowers)
            for (std::size_t v = 0; v < problem_.unknowns().size(); ++v) {
                if (!problem_.unknowns()[v].sensitive || v == knower) continue;
                const int wanted = knower == Problem::kNobody ? kWidth : kInsiderWidth;
                if (problem_.alternatives(v, wanted, knower) >= wanted) continue;
                clean = false;
                if (!problem_.withhold_around(v) && !withhold_any_table_near(v)) unprovable_ = true;
            }
        return clean;
    }

    // Nothing beside the count itself is shown any more: go one step further out, and in the end take everything.
    bool withhold_any_table_near(std::size_t v) {
        bool any = false;
        for (const std::size_t s : problem_.sums_of(v)) {
            any = problem_.withhold_around(problem_.sums()[s].total) || any;
            for (const std::size_t part : problem_.sums()[s].parts) any = problem_.withhold_around(part) || any;
        }
        if (any) return true;
        for (Unknown& u : problem_.unknowns()) {
            any = any || u.shown;
            u.shown = false;
        }
        return any;
    }

    const Unknown* find(const std::string& population) const {
        const auto at = index_.find(population);
        return at == index_.end() ? nullptr : &problem_.unknowns()[at->second];
    }
    bool is_shown(const std::string& population) const {
        const Unknown* u = find(population);
        return u != nullptr && u->printed && u->shown;
    }

    bool is_shown(const CountCell& cell) const { return is_shown(cell.population) && (cell.follows.empty() || is_shown(cell.follows)); }

    ReleasedTable released(const CountTable& table, bool active) const {
        ReleasedTable out;
        out.layout_ = table;
        const std::size_t columns = table.columns.size();
        for (std::size_t i = 0; i < table.cells.size(); ++i) {
            ReleasedCell cell;
            if (active && is_shown(table.cells[i])) cell.count = table.cells[i].count;
            if (cell.count && table.percentages && table.row_total && i % columns + 1 < columns) {
                const CountCell& whole = table.cells[i - i % columns + columns - 1];
                if (is_shown(whole.population)) cell.share = percentage(*cell.count, whole.count);
            }
            out.cells_.push_back(cell);
            out.layout_.cells[i].count = 0;
        }
        return out;
    }

    const CountSet& counts_;
    const GuardPolicy& policy_;
    const std::vector<EarlierRelease>& earlier_;
    std::vector<bool> active_;
    bool unprovable_ = false;
    Problem problem_;
    std::map<std::string, std::size_t> index_;
    std::vector<std::int64_t> threshold_;
    std::set<std::size_t> forced_;
    std::vector<bool> about_people_;  // per sum
    std::vector<bool> about_group_;   // per sum: zeros and "all of them" matter
};

bool ReleasedTable::withheld() const {
    return std::none_of(cells_.begin(), cells_.end(), [](const ReleasedCell& cell) { return cell.count.has_value(); });
}

const ReleasedTable* Release::find(std::string_view id) const {
    for (const ReleasedTable& table : tables)
        if (table.id() == id) return &table;
    return nullptr;
}

Release guard(const CountSet& counts, const GuardPolicy& policy, const std::vector<EarlierRelease>& earlier) {
    const std::size_t n = counts.tables.size();
    std::vector<bool> active(n);
    for (std::size_t t = 0; t < n; ++t) active[t] = !counts.tables[t].optional && counts.tables[t].rung == 0;
    const auto attempt = [&] {
        GuardRun run(counts, policy, earlier, active);
        run.solve();
        return run;
    };
    const auto next_rung = [&](std::size_t t) {
        for (std::size_t u = 0; u < n; ++u)
            if (!counts.tables[t].ladder.empty() && counts.tables[u].ladder == counts.tables[t].ladder &&
                counts.tables[u].rung == counts.tables[t].rung + 1)
                return u;
        return n;
    };
    // Down the ladders: a table that keeps less than half of its cells gives way to its coarser form.
    bool again = true;
    while (again) {
        again = false;
        const GuardRun run = attempt();
        for (std::size_t t = 0; t < n; ++t) {
            if (!active[t] || counts.tables[t].optional) continue;
            const std::size_t coarser = next_rung(t);
            if (coarser == n) continue;
            if (static_cast<double>(run.shown_in(t)) >= kFairShare * static_cast<double>(counts.tables[t].cells.size())) continue;
            active[t] = false;
            active[coarser] = true;
            again = true;
        }
    }
    // Then what is welcome but not at any price.
    std::size_t shown = attempt().shown_cells();
    std::set<std::string> taken;
    for (std::size_t t = 0; t < n; ++t) {
        const CountTable& table = counts.tables[t];
        if (!table.optional || (!table.ladder.empty() && taken.count(table.ladder) != 0)) continue;
        active[t] = true;
        const GuardRun run = attempt();
        if (run.shown_in(t) == table.cells.size() && run.shown_cells() - table.cells.size() >= shown) {
            shown = run.shown_cells();
            taken.insert(table.ladder);
        } else {
            active[t] = false;
        }
    }
    const GuardRun whole = attempt();
    if (!whole.nothing_left()) return whole.release();

    // Too tightly knit as a whole: build up from nothing, a table at a time, and keep what shows more than was shown without it.
    active.assign(n, false);
    shown = 0;
    taken.clear();
    for (std::size_t t = 0; t < n; ++t) {
        const CountTable& table = counts.tables[t];
        if (!table.ladder.empty() && taken.count(table.ladder) != 0) continue;
        active[t] = true;
        const GuardRun run = attempt();
        if (run.shown_cells() > shown) {
            shown = run.shown_cells();
            taken.insert(table.ladder);
        } else {
            active[t] = false;
        }
    }
    const GuardRun run = attempt();
    if (run.nothing_left()) throw Error(Exit::Refused, "DIS-001");
    return run.release();
}

std::optional<Percentage> percentage(std::int64_t count, std::int64_t total) {
    if (total < kGroupSize || count < 0 || count > total) return std::nullopt;
    Percentage out;
    out.decimals = total >= 100 ? 1 : 0;
    const double step = total >= 100 ? 10.0 : 1.0;
    const auto rounded = [step](double share) { return std::round(share * 100.0 * step) / step; };
    const ShareLimits limits = share_limits(count, total);
    out.value = rounded(static_cast<double>(count) / static_cast<double>(total));
    out.low = rounded(limits.low);
    out.high = rounded(limits.high);
    return out;
}

std::string release_json(const Release& release) {
    JsonWriter json;
    json.begin_object().member("schema", "released-tables/1").key("tables").begin_array();
    for (const ReleasedTable& table : release.tables) {
        json.begin_object().member("id", table.id()).key("cells").begin_array();
        for (std::size_t i = 0; i < table.layout().cells.size(); ++i) {
            const ReleasedCell& cell = table.at(i / table.columns(), i % table.columns());
            json.begin_object().member("population", table.layout().cells[i].population).key("count");
            if (cell.count)
                json.value(*cell.count);
            else
                json.null();
            json.end_object();
        }
        json.end_array().key("sums").begin_array();
        for (const auto& sum : sums_inside(table.layout())) {
            json.begin_array();
            for (const std::size_t at : sum) json.value(table.layout().cells[at].population);
            json.end_array();
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
    return json.take();
}

EarlierRelease earlier_release(std::string_view json, const std::string& id, Date as_of) {
    EarlierRelease out;
    out.id = id;
    out.as_of = as_of;
    const auto damaged = [&id]() { return Error(Exit::Data, "DIS-003", {{"release", id}}); };
    const auto list = [&](const Node& node, std::string_view key) -> const std::vector<Node>& {
        const Node* found = node.find(key);
        if (found == nullptr || !found->is(Node::Kind::Array)) throw damaged();
        return found->items;
    };
    const Node root = parse_json(json, id);
    for (const Node& table : list(root, "tables")) {
        for (const Node& cell : list(table, "cells")) {
            const Node* population = cell.find("population");
            const Node* count = cell.find("count");
            if (population == nullptr || !population->is(Node::Kind::Text) || count == nullptr) throw damaged();
            if (!count->is(Node::Kind::Integer) && !count->is(Node::Kind::Null)) throw damaged();
            std::optional<std::int64_t>& known = out.cells[population->text];
            if (count->is(Node::Kind::Integer)) known = count->integer;
        }
        for (const Node& sum : list(table, "sums")) {
            if (!sum.is(Node::Kind::Array) || sum.items.empty()) throw damaged();
            std::vector<std::string> parts;
            for (std::size_t i = 1; i < sum.items.size(); ++i) parts.push_back(sum.items[i].text);
            out.relations.emplace_back(sum.items[0].text, std::move(parts));
        }
    }
    return out;
}

}  // namespace brugwacht
