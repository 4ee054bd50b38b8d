#include "engine/disclosure/guard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

CountTable column(const std::string& id, TableKind kind, const std::vector<std::int64_t>& counts) {
    CountTable table;
    table.id = id;
    table.kind = kind;
    table.columns = {{"=", "n"}};
    table.column_total = true;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        table.rows.push_back({"=", std::to_string(i)});
        table.cells.push_back({id + "|" + std::to_string(i), counts[i]});
        sum += counts[i];
    }
    table.rows.push_back({"=", "total"});
    table.cells.push_back({id, sum});
    return table;
}

/// "12 . . 40 52": shown counts, a point for each withheld one.
std::string shown(const ReleasedTable& table) {
    std::string out;
    for (std::size_t r = 0; r < table.rows(); ++r)
        for (std::size_t c = 0; c < table.columns(); ++c)
            out += (out.empty() ? "" : " ") + (table.at(r, c).count ? std::to_string(*table.at(r, c).count) : std::string("."));
    return out;
}

std::string guarded(const CountTable& table, const GuardPolicy& policy = {}, const std::vector<EarlierRelease>& earlier = {}) {
    return shown(guard({{table}, {}}, policy, earlier).tables.at(0));
}

TEST(Guard, ShowsATableWithoutSmallCounts) { EXPECT_EQ(guarded(column("t", TableKind::Participation, {12, 30, 41})), "12 30 41 83"); }

TEST(Guard, WithholdsASmallCountAndItsCheapestNeighbour) {
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {3, 30, 12, 41})), ". 30 . 41 86");
}

TEST(Guard, UsesTheHigherThresholdForOutcomesAndForSecrecy) {
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {7, 30, 41})), "7 30 41 78");
    EXPECT_EQ(guarded(column("t", TableKind::Outcome, {7, 30, 41})), ". . 41 78");
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {7, 30, 41}), {.secrecy = true}), ". . 41 78");
}

TEST(Guard, NeverGoesBelowTheHardFloorWhateverThePolicySays) {
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {4, 30, 41}), {.participation = 1, .outcome = 1}), ". . 41 75");
    EXPECT_EQ(guarded(column("t", TableKind::Outcome, {9, 30, 41}), {.participation = 1, .outcome = 1}), ". . 41 80");
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {14, 30, 41}), {.participation = 15}), ". . 41 85");
}

TEST(Guard, TreatsAlmostEverybodyLikeAlmostNobody) {
    // 60 of 62: the two others are as small as a count of two.
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {60, 1, 1})), ". . . 62");
}

TEST(Guard, HidesZeroAndEverybodyInASmallGroupOnly) {
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {0, 9, 8})), ". 9 . 17");
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {0, 19, 18})), "0 19 18 37");
    CountTable acts = column("t", TableKind::Participation, {0, 9, 8});
    acts.people = false;
    const CountTable people = column("u", TableKind::Participation, {30, 40});
    EXPECT_EQ(shown(guard({{acts, people}, {}}, {}, {}).tables[0]), "0 9 8 17");
}

TEST(Guard, RefusesWhenNothingAboutPeopleCanBeTold) {
    for (const std::vector<std::int64_t>& counts :
         {std::vector<std::int64_t>{1, 2}, std::vector<std::int64_t>{0, 4, 0}, std::vector<std::int64_t>{0}}) {
        try {
            guard({{column("t", TableKind::Outcome, counts)}, {}}, {}, {});
            FAIL() << "released";
        } catch (const Error& error) {
            EXPECT_EQ(error.exit(), Exit::Refused);
            EXPECT_EQ(error.first().code, "DIS-001");
        }
    }
}

TEST(Guard, RefusesCountsThatContradictTheirSums) {
    CountTable wrong = column("t", TableKind::Participation, {20, 30});
    wrong.cells.back().count = 51;
    EXPECT_THROW(guard({{wrong}, {}}, {}, {}), Error);
    CountTable twice = column("u", TableKind::Participation, {20, 31});
    twice.cells[0].population = "t|0";
    EXPECT_THROW(guard({{column("t", TableKind::Participation, {21, 30}), twice}, {}}, {}, {}), Error);
}

TEST(Guard, WithholdsACountInEveryTableWhereItStands) {
    CountTable first = column("t", TableKind::Outcome, {8, 30, 41});
    CountTable second = column("u", TableKind::Participation, {8, 60, 70});
    second.cells[0].population = "t|0";
    const Release release = guard({{first, second}, {}}, {}, {});
    EXPECT_FALSE(release.tables[0].at(0, 0).count);
    EXPECT_FALSE(release.tables[1].at(0, 0).count);
}

TEST(Guard, ASmallDifferenceWithAnEarlierReleaseIsWithheld) {
    const Release before = guard({{column("t", TableKind::Participation, {40, 30, 41})}, {}}, {}, {});
    const EarlierRelease earlier = earlier_release(release_json(before), "2025-06-30", Date{});
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {40, 30, 41}), {}, {earlier}), "40 30 41 111");
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {47, 39, 50}), {}, {earlier}), "47 39 50 136");
    const std::string one_more = guarded(column("t", TableKind::Participation, {41, 39, 50}), {}, {earlier});
    EXPECT_EQ(one_more.substr(0, 1), ".") << one_more;
}

TEST(Guard, ASumThatDidNotChangeKeepsItsPattern) {
    const Release before = guard({{column("t", TableKind::Participation, {3, 12, 30, 41})}, {}}, {}, {});
    ASSERT_EQ(shown(before.tables[0]), ". . 30 41 86");
    const EarlierRelease earlier = earlier_release(release_json(before), "2025-06-30", Date{});
    // The small count grew at the price of another; the second one would now be printed, and with it the first of last time.
    EXPECT_EQ(guarded(column("t", TableKind::Participation, {8, 12, 30, 36}), {}, {earlier}).substr(0, 3), ". .");
}

TEST(Guard, AReleaseReadsBackAsItWasWritten) {
    const Release release = guard({{column("t", TableKind::Participation, {3, 12, 30})}, {}}, {}, {});
    const EarlierRelease back = earlier_release(release_json(release), "x", Date{});
    EXPECT_EQ(back.cells.at("t|0"), std::nullopt);
    EXPECT_EQ(back.cells.at("t|2"), 30);
    EXPECT_EQ(back.cells.at("t"), 45);
    ASSERT_EQ(back.relations.size(), 1U);
    EXPECT_EQ(back.relations[0].first, "t");
    EXPECT_THROW(earlier_release("{}", "x", Date{}), Error);
    EXPECT_THROW(earlier_release("{\"tables\":[{\"cells\":[{\"population\":1}],\"sums\":[]}]}", "x", Date{}), Error);
}

TEST(Guard, ACountOutsideItsTableLeavesNoTrace) {
    const Release release = guard({{column("t", TableKind::Participation, {3, 12, 30})}, {}}, {}, {});
    for (const CountCell& cell : release.tables[0].layout().cells) EXPECT_EQ(cell.count, 0);
}

TEST(Guard, TheFinestFormThatKeepsHalfOfItsCellsIsReleased) {
    CountTable fine = column("fine", TableKind::Outcome, {4, 3, 6, 5, 30});
    CountTable coarse = column("coarse", TableKind::Outcome, {18, 30});
    fine.ladder = coarse.ladder = "l";
    coarse.rung = 1;
    coarse.cells[2].population = fine.cells[5].population;
    const Release release = guard({{fine, coarse}, {}}, {}, {});
    ASSERT_EQ(release.tables.size(), 1U);
    EXPECT_EQ(release.tables[0].id(), "coarse");
    EXPECT_EQ(shown(release.tables[0]), "18 30 48");
}

TEST(Guard, AnOptionalTableIsPrintedInFullOrNotAtAll) {
    CountTable needed = column("t", TableKind::Outcome, {50, 40});
    CountTable rate = column("rate", TableKind::Outcome, {30, 12});
    rate.optional = true;
    rate.ladder = "r";
    // 50 and 30 together tell that eight were early.
    const CountRelation early{needed.cells[0], {rate.cells[0], {"early", 20}}, TableKind::Outcome, {}, "rate"};
    EXPECT_EQ(guard({{needed, rate}, {early}}, {}, {}).tables.size(), 2U);
    CountTable close = column("rate", TableKind::Outcome, {42, 12});
    close.optional = true;
    close.ladder = "r";
    const CountRelation few{needed.cells[0], {close.cells[0], {"early", 8}}, TableKind::Outcome, {}, "rate"};
    const Release release = guard({{needed, close}, {few}}, {}, {});
    ASSERT_EQ(release.tables.size(), 1U);
    EXPECT_EQ(shown(release.tables[0]), "50 40 90");
}

// A median rests on a count: where that count is withheld, even as a mere neighbour, the median would tell that it is at least ten.
TEST(Guard, ACellThatFollowsACountIsShownOnlyBesideIt) {
    CountTable median;
    median.id = "median";
    median.rows = median.columns = {{"=", "days"}};
    median.people = false;
    const auto guarded_median = [&](const std::vector<std::int64_t>& counts) {
        median.cells = {{"median", 46, false, "t|1"}};
        return shown(guard({{column("t", TableKind::Participation, counts), median}, {}}, {}, {}).tables.at(1));
    };
    EXPECT_EQ(guarded_median({9, 18, 40}), "46");
    EXPECT_EQ(guarded_median({3, 18, 40}), ".");  // 18 goes with 3
    EXPECT_EQ(guarded_median({9, 3, 40}), ".");
}

TEST(Guard, TheOrderOfTablesAndRunsChangesNothing) {
    const CountSet counts{{column("t", TableKind::Participation, {3, 12, 30}), column("u", TableKind::Outcome, {9, 14, 30})}, {}};
    EXPECT_EQ(release_json(guard(counts, {}, {})), release_json(guard(counts, {}, {})));
    const CountSet swapped{{counts.tables[1], counts.tables[0]}, {}};
    EXPECT_EQ(shown(*guard(counts, {}, {}).find("t")), shown(*guard(swapped, {}, {}).find("t")));
}

TEST(Percentage, IsGivenFromTwentyOnAndWithDecimalsFromAHundredOn) {
    EXPECT_FALSE(percentage(10, 19));
    ASSERT_TRUE(percentage(4, 20));
    EXPECT_EQ(percentage(4, 20)->decimals, 0);
    EXPECT_DOUBLE_EQ(percentage(4, 20)->value, 20);
    EXPECT_DOUBLE_EQ(percentage(4, 20)->low, 8);    // .0806577
    EXPECT_DOUBLE_EQ(percentage(4, 20)->high, 42);  // .4160174
    EXPECT_DOUBLE_EQ(percentage(1, 30)->value, 3);
    EXPECT_DOUBLE_EQ(percentage(81, 263)->value, 30.8);
    EXPECT_DOUBLE_EQ(percentage(81, 263)->low, 25.5);
    EXPECT_DOUBLE_EQ(percentage(81, 263)->high, 36.6);
    EXPECT_DOUBLE_EQ(percentage(30, 30)->high, 100);
}

TEST(Percentage, IsNotGivenForAWithheldCountOrWhole) {
    CountTable table;
    table.id = "t";
    table.kind = TableKind::Outcome;
    table.columns = {{"=", "a"}, {"=", "b"}, {"=", "c"}, {"=", "total"}};
    table.rows = {{"=", "r"}};
    table.row_total = table.percentages = true;
    table.cells = {{"a", 4}, {"b", 30}, {"c", 40}, {"all", 74}};
    const Release release = guard({{table}, {}}, {}, {});
    EXPECT_FALSE(release.tables[0].at(0, 0).share);
    EXPECT_FALSE(release.tables[0].at(0, 1).share);
    EXPECT_TRUE(release.tables[0].at(0, 2).share);
    EXPECT_FALSE(release.tables[0].at(0, 3).share);
}

}  // namespace
}  // namespace brugwacht
