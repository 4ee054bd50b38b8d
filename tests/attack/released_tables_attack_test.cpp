// Attacks what the guard lets through, knowing nothing of how it decides: enumerates every table of whole, non-negative counts that agrees
// with all that is shown, and looks whether a sensitive count has one possible value only.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/disclosure/guard.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/rules/classify.hpp"
#include "engine/tally/tally.hpp"
#include "tests/attack/attack_number.hpp"

namespace brugwacht {
namespace {

struct Row {
    std::size_t total;
    std::vector<std::size_t> parts;
};

// The attacker's view: cells, what is shown, what adds up.
struct View {
    std::vector<std::int64_t> truth;
    std::vector<std::optional<std::int64_t>> seen;
    std::vector<Row> sums;
    std::map<std::string, std::size_t> index;

    std::size_t cell(const CountCell& c) {
        const auto [at, fresh] = index.try_emplace(c.population, truth.size());
        if (fresh) {
            truth.push_back(c.count);
            seen.emplace_back();
        }
        return at->second;
    }
};

// Whether some consistent table has `value` in `target`, by backtracking with bounds: complete, and independent of the guard's search.
class Enumerator {
  public:
    Enumerator(const View& view, std::int64_t ceiling) : view_(view), ceiling_(ceiling) {}

    bool possible(std::size_t target, std::int64_t value, std::optional<std::size_t> insider) {
        low_.assign(view_.truth.size(), 0);
        high_.assign(view_.truth.size(), ceiling_);
        for (std::size_t i = 0; i < view_.seen.size(); ++i)
            if (view_.seen[i]) low_[i] = high_[i] = *view_.seen[i];
        if (insider) low_[*insider] = high_[*insider] = view_.truth[*insider];
        if (value < low_[target] || value > high_[target]) return false;
        low_[target] = high_[target] = value;
        return search();
    }

  private:
    bool narrow() {
        bool changed = true;
        while (changed) {
            changed = false;
            for (const Row& sum : view_.sums) {
                std::int64_t low = 0;
                std::int64_t high = 0;
                for (const std::size_t p : sum.parts) {
                    low += low_[p];
                    high += high_[p];
                }
                if (!tighten(sum.total, low, high, changed)) return false;
                for (const std::size_t p : sum.parts)
                    if (!tighten(p, low_[sum.total] - (high - high_[p]), high_[sum.total] - (low - low_[p]), changed)) return false;
                // Sums of bounds may be stale after a change; the loop runs again until nothing moves.
            }
        }
        return true;
    }

    bool tighten(std::size_t v, std::int64_t low, std::int64_t high, bool& changed) {
        if (low > low_[v]) {
            low_[v] = low;
            changed = true;
        }
        if (high < high_[v]) {
            high_[v] = high;
            changed = true;
        }
        return low_[v] <= high_[v];
    }

    bool search() {
        if (!narrow()) return false;
        std::size_t widest = view_.truth.size();
        for (std::size_t v = 0; v < view_.truth.size(); ++v)
            if (low_[v] < high_[v] && (widest == view_.truth.size() || high_[v] - low_[v] < high_[widest] - low_[widest])) widest = v;
        if (widest == view_.truth.size()) return consistent();
        const auto low = low_;
        const auto high = high_;
        for (std::int64_t value = low[widest]; value <= high[widest]; ++value) {
            low_[widest] = high_[widest] = value;
            if (search()) return true;
            low_ = low;
            high_ = high;
        }
        return false;
    }

    bool consistent() const {
        return std::all_of(view_.sums.begin(), view_.sums.end(), [this](const Row& sum) {
            std::int64_t total = 0;
            for (const std::size_t p : sum.parts) total += low_[p];
            return total == low_[sum.total];
        });
    }

    const View& view_;
    std::int64_t ceiling_;
    std::vector<std::int64_t> low_;
    std::vector<std::int64_t> high_;
};

View view_of(const CountSet& counts, const Release& release) {
    View view;
    for (const CountTable& table : counts.tables) {
        const ReleasedTable* shown = release.find(table.id);
        const std::size_t columns = table.columns.size();
        const std::size_t rows = table.rows.size();
        std::vector<std::size_t> at;
        for (std::size_t i = 0; i < table.cells.size(); ++i) {
            at.push_back(view.cell(table.cells[i]));
            if (shown != nullptr && shown->at(i / columns, i % columns).count)
                view.seen[at.back()] = shown->at(i / columns, i % columns).count;
        }
        if (table.row_total)
            for (std::size_t r = 0; r < rows; ++r) {
                Row sum{at[r * columns + columns - 1], {}};
                for (std::size_t c = 0; c + 1 < columns; ++c) sum.parts.push_back(at[r * columns + c]);
                view.sums.push_back(sum);
            }
        if (table.column_total)
            for (std::size_t c = 0; c < columns; ++c) {
                Row sum{at[(rows - 1) * columns + c], {}};
                for (std::size_t r = 0; r + 1 < rows; ++r) sum.parts.push_back(at[r * columns + c]);
                view.sums.push_back(sum);
            }
    }
    for (const CountRelation& relation : counts.relations) {
        Row sum{view.cell(relation.total), {}};
        for (const CountCell& part : relation.parts) sum.parts.push_back(view.cell(part));
        view.sums.push_back(sum);
    }
    return view;
}

// Sensitive by the published rule, worked out here once more from the exact counts.
std::set<std::size_t> sensitive_cells(const CountSet& counts, View& view) {
    std::set<std::size_t> out;
    std::map<std::size_t, std::int64_t> k;
    const auto threshold = [](TableKind kind) { return kind == TableKind::Outcome ? 10 : 5; };
    for (const CountTable& table : counts.tables)
        for (const CountCell& c : table.cells) k[view.cell(c)] = std::max<std::int64_t>(k[view.cell(c)], threshold(table.kind));
    for (const CountRelation& relation : counts.relations) {
        k[view.cell(relation.total)] = std::max<std::int64_t>(k[view.cell(relation.total)], threshold(relation.kind));
        for (const CountCell& c : relation.parts) k[view.cell(c)] = std::max<std::int64_t>(k[view.cell(c)], threshold(relation.kind));
    }
    for (std::size_t v = 0; v < view.truth.size(); ++v)
        if (view.truth[v] >= 1 && view.truth[v] < k[v]) out.insert(v);
    for (const Row& sum : view.sums)
        for (const std::size_t p : sum.parts) {
            const std::int64_t rest = view.truth[sum.total] - view.truth[p];
            if (rest >= 1 && rest < k[p]) out.insert(p);
        }
    for (const CountTable& table : counts.tables) {
        const std::size_t columns = table.columns.size();
        if (!table.row_total || !table.people) continue;
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
            const std::int64_t whole = table.at(r, columns - 1).count;
            for (std::size_t c = 0; c + 1 < columns; ++c)
                if (const std::size_t last = table.rows.size() - 1;
                    table.column_total && table.at(last, c).count == 0 && table.at(last, columns - 1).count >= 20) {
                    continue;  // nobody in a large group is no secret
                } else if (whole > 0 && whole < 20 && (table.at(r, c).count == 0 || table.at(r, c).count == whole))
                    out.insert(view.cell(table.at(r, c)));
        }
    }
    return out;
}

struct Exposure {
    std::size_t shown_sensitive = 0;
    std::size_t exact = 0;
    std::size_t insider = 0;
    std::size_t cells = 0;
    std::size_t shown = 0;
};

Exposure attack(const CountSet& counts, View view) {
    const std::set<std::size_t> sensitive = sensitive_cells(counts, view);
    Exposure out;
    out.cells = view.truth.size();
    out.shown = static_cast<std::size_t>(std::count_if(view.seen.begin(), view.seen.end(), [](const auto& s) { return s.has_value(); }));
    const std::int64_t ceiling = *std::max_element(view.truth.begin(), view.truth.end()) + 4;
    Enumerator enumerator(view, ceiling);
    const auto ambiguous = [&](std::size_t v, std::optional<std::size_t> insider) {
        for (std::int64_t d = 1; d <= ceiling; ++d)
            for (const std::int64_t value : {view.truth[v] + d, view.truth[v] - d})
                if (value >= 0 && value <= ceiling && enumerator.possible(v, value, insider)) return true;
        return false;
    };
    for (const std::size_t v : sensitive) {
        if (view.seen[v]) ++out.shown_sensitive;
        if (!ambiguous(v, std::nullopt)) ++out.exact;
        for (std::size_t knower = 0; knower < view.truth.size(); ++knower)
            if (knower != v && !view.seen[knower] && (view.truth[knower] == 1 || view.truth[knower] == 2) && !ambiguous(v, knower))
                ++out.insider;
    }
    return out;
}

Exposure attack(const CountSet& counts, const Release& release) { return attack(counts, view_of(counts, release)); }

CountTable table_of(const std::string& id, TableKind kind, const std::vector<std::vector<std::int64_t>>& body, const std::string& rows_of,
                    const std::string& columns_of) {
    CountTable table;
    table.id = id;
    table.kind = kind;
    table.row_total = true;
    table.column_total = true;
    const std::size_t rows = body.size();
    const std::size_t columns = body[0].size();
    for (std::size_t r = 0; r <= rows; ++r) table.rows.push_back({"=", std::to_string(r)});
    for (std::size_t c = 0; c <= columns; ++c) table.columns.push_back({"=", std::to_string(c)});
    for (std::size_t r = 0; r <= rows; ++r)
        for (std::size_t c = 0; c <= columns; ++c) {
            std::int64_t sum = 0;
            for (std::size_t i = r < rows ? r : 0; i < (r < rows ? r + 1 : rows); ++i)
                for (std::size_t j = c < columns ? c : 0; j < (c < columns ? c + 1 : columns); ++j) sum += body[i][j];
            // A margin is the same population in every table that has this dimension; the grand total is the same everywhere.
            const std::string row = r < rows ? rows_of + std::to_string(r) : "";
            const std::string column = c < columns ? columns_of + std::to_string(c) : "";
            table.cells.push_back({"all|" + row + "|" + column, sum});
        }
    return table;
}

std::vector<std::vector<std::int64_t>> random_body(std::mt19937& random, std::size_t rows, std::size_t columns, int most) {
    std::vector<std::vector<std::int64_t>> body(rows, std::vector<std::int64_t>(columns));
    for (auto& row : body)
        for (auto& cell : row) {
            cell = static_cast<std::int64_t>(random() % static_cast<unsigned>(most + 1));
            if (random() % 4 == 0) cell = static_cast<std::int64_t>(random() % 3);
        }
    return body;
}

TEST(AttackReleasedTables, TheAttackFindsWhatHidingOnlySmallCountsGivesAway) {
    CountSet counts;
    counts.tables.push_back(table_of("a", TableKind::Participation, {{30, 3, 40}, {25, 31, 28}, {41, 22, 35}}, "r", "c"));
    View view = view_of(counts, Release{});
    for (std::size_t v = 0; v < view.truth.size(); ++v)
        if (view.truth[v] != 3) view.seen[v] = view.truth[v];
    EXPECT_EQ(attack(counts, view).exact, 1U);
    // With a second and a third cell gone from row and column, only somebody who knows none of them is in doubt.
    view.seen[0].reset();
    EXPECT_EQ(attack(counts, view).exact, 1U);
    view.seen[4].reset();
    view.seen[5].reset();
    EXPECT_EQ(attack(counts, view).exact, 0U);
}

std::optional<Release> try_guard(const CountSet& counts, const std::vector<EarlierRelease>& earlier = {}) {
    try {
        return guard(counts, {}, earlier);
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "DIS-001");
        return std::nullopt;
    }
}

// Calls `judge` with what is exposed of each of many random tables that the guard let through.
void attack_random_tables(const std::function<void(int round, const Exposure& exposure)>& judge) {
    std::mt19937 random(20250630);
    std::size_t released = 0;
    std::size_t shown = 0;
    std::size_t cells = 0;
    for (int round = 0; round < 300; ++round) {
        CountSet counts;
        const std::size_t rows = 2 + random() % 3;
        const std::size_t columns = 2 + random() % 3;
        const int most = std::vector<int>{8, 15, 40, 90}[random() % 4];
        counts.tables.push_back(table_of("a", random() % 2 == 0 ? TableKind::Outcome : TableKind::Participation,
                                         random_body(random, rows, columns, most), "r", "c"));
        const auto release = try_guard(counts);
        if (!release) continue;
        ++released;
        const Exposure e = attack(counts, *release);
        shown += e.shown;
        cells += e.cells;
        judge(round, e);
    }
    EXPECT_GT(released, 200U);
    EXPECT_GT(shown, cells / 4);  // a guard that shows nothing would pass the attack as well
}

std::string round_text(int round) { return "round " + std::to_string(round); }

// Counts that have one whole, non-negative value only, or that are simply shown.
TEST(Attack, Int) {
    run_attack("attack-int", [](AttackNumber& number) {
        attack_random_tables([&](int round, const Exposure& e) {
            number.tried(e.cells);
            number.succeeded(round_text(round), e.shown_sensitive + e.exact);
        });
    });
}

// The same for somebody who knows one withheld cell of 1 or 2.
TEST(Attack, Insider) {
    run_attack("attack-insider", [](AttackNumber& number) {
        attack_random_tables([&](int round, const Exposure& e) {
            number.tried(e.cells);
            number.succeeded(round_text(round), e.insider);
        });
    });
}

// Tables that have a margin in common.
TEST(Attack, Link) {
    AttackNumber number("attack-link");
    std::mt19937 random(7919);
    std::size_t released = 0;
    for (int round = 0; round < 120; ++round) {
        CountSet counts;
        const auto body = random_body(random, 3, 3, 30);
        counts.tables.push_back(table_of("a", TableKind::Outcome, body, "r", "c"));
        // The same rows split along another dimension: another table over the same people.
        std::vector<std::vector<std::int64_t>> other(3, std::vector<std::int64_t>(2));
        for (std::size_t r = 0; r < 3; ++r) {
            const std::int64_t sum = body[r][0] + body[r][1] + body[r][2];
            other[r][0] = sum == 0 ? 0 : static_cast<std::int64_t>(random() % static_cast<unsigned>(sum + 1));
            other[r][1] = sum - other[r][0];
        }
        counts.tables.push_back(table_of("b", TableKind::Participation, other, "r", "d"));
        const auto release = try_guard(counts);
        if (!release) continue;
        ++released;
        const Exposure e = attack(counts, *release);
        number.tried(e.cells);
        number.succeeded(round_text(round), e.shown_sensitive + e.exact + e.insider);
    }
    EXPECT_GT(released, 80U);
    number.report();
}

TEST(AttackReleasedTables, ACountThatNobodyPrintsIsNotDeducedFromTwoTables) {
    std::mt19937 random(104729);
    std::size_t released = 0;
    for (int round = 0; round < 120; ++round) {
        CountSet counts;
        const std::int64_t early = static_cast<std::int64_t>(random() % 14);
        auto body = random_body(random, 2, 3, 60);
        counts.tables.push_back(table_of("a", TableKind::Outcome, body, "r", "c"));
        const std::int64_t achieved = counts.tables[0].at(2, 0).count;
        CountTable mature;
        mature.id = "m";
        mature.kind = TableKind::Outcome;
        mature.rows = {{"=", "m"}};
        mature.columns = {{"=", "achieved"}};
        mature.cells = {{"mature", std::max<std::int64_t>(0, achieved - early)}};
        counts.tables.push_back(mature);
        counts.relations.push_back(
            {counts.tables[0].at(2, 0), {mature.cells[0], {"early", achieved - mature.cells[0].count}}, TableKind::Outcome, {}});
        const auto release = try_guard(counts);
        if (!release) continue;
        ++released;
        const Exposure e = attack(counts, *release);
        ASSERT_EQ(e.shown_sensitive + e.exact + e.insider, 0U) << "round " << round;
    }
    EXPECT_GT(released, 80U);
}

// What two releases of the same table tell together.
TEST(Attack, Delta) {
    AttackNumber number("attack-delta");
    std::mt19937 random(65537);
    std::size_t compared = 0;
    for (int round = 0; round < 200; ++round) {
        auto body = random_body(random, 3, 3, 60);
        CountSet first;
        first.tables.push_back(table_of("a", TableKind::Outcome, body, "r", "c"));
        const auto before = try_guard(first);
        if (!before) continue;
        for (auto& row : body)
            for (auto& cell : row) cell += static_cast<std::int64_t>(random() % 8 == 0 ? random() % 6 : random() % 2 * 15);
        CountSet second;
        second.tables.push_back(table_of("a", TableKind::Outcome, body, "r", "c"));
        const EarlierRelease earlier = earlier_release(release_json(*before), "first", Date{});
        const auto after = try_guard(second, {earlier});
        if (!after) continue;
        for (std::size_t r = 0; r < 4; ++r)
            for (std::size_t c = 0; c < 4; ++c) {
                const auto& then = before->tables[0].at(r, c).count;
                const auto& now = after->tables[0].at(r, c).count;
                if (!then || !now) continue;
                ++compared;
                const std::int64_t difference = std::abs(*now - *then);
                number.tried();
                number.succeeded(round_text(round), difference == 0 || difference >= 10 ? 0 : 1);
            }
        const Exposure e = attack(second, *after);
        number.succeeded(round_text(round), e.shown_sensitive + e.exact + e.insider);
    }
    EXPECT_GT(compared, 100U);
    number.report();
}

// Relations as tally makes them: new, active and dormant in one table, first contacts by quarter in another, those reached in a third. The
// last ninety days and the last quarter are almost the same days, so the tables give each other away where nobody states it.
TEST(AttackReleasedTables, RelationsAreNotDeducedFromTheTablesBesideThem) {
    std::mt19937 random(31337);
    const Date as_of = *Date::from_ymd(2025, 12, 31);
    const FactBase nobody = FactBaseBuilder().build();
    std::size_t released = 0;
    for (int round = 0; round < 25; ++round) {
        TallyFacts facts;
        const unsigned families = 10 + static_cast<unsigned>(random() % 60);
        for (unsigned f = 0; f < families; ++f)
            for (unsigned contact = 0; contact < 1 + random() % 3; ++contact)
                facts.activities.push_back({.date = as_of.plus_days(-static_cast<int>(random() % 500)),
                                            .criterion = random() % 3 == 0 ? "bevragen_informeren" : "relaties",
                                            .counterpart_kind = f % 3 == 0 ? "kind" : "gezin",
                                            .counterpart = std::to_string(f)});
        CountSet counts = tally(nobody, classify(nobody, {}, {as_of, std::nullopt, {}, 1}), facts, code_lists(), {as_of});
        const std::set<std::string> kept = {"families", "new_families"};
        std::erase_if(counts.tables, [&](const CountTable& table) { return kept.count(table.id) == 0; });
        std::erase_if(counts.relations, [&](const CountRelation& relation) { return kept.count(relation.table) == 0; });
        ASSERT_EQ(counts.tables.size(), 2U);
        const auto release = try_guard(counts);
        if (!release) continue;
        ++released;
        const Exposure e = attack(counts, *release);
        ASSERT_EQ(e.shown_sensitive, 0U) << "round " << round;
        ASSERT_EQ(e.exact, 0U) << "round " << round;
        ASSERT_EQ(e.insider, 0U) << "round " << round;
    }
    EXPECT_GT(released, 10U);
}

}  // namespace
}  // namespace brugwacht
