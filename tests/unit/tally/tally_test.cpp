#include "engine/tally/tally.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "engine/rules/rates.hpp"
#include "tests/unit/tally/tables.hpp"

namespace brugwacht {
namespace {

using tables::cell;
using tables::day;
using tables::shipped_agreement;
using tables::table_of;

// A few years of an invented municipality: every third child stops, every tenth starts twice.
struct Municipality {
    FactBase base;
    TallyFacts facts;

    explicit Municipality(int children, unsigned seed = 1) {
        std::mt19937 random(seed);
        FactBaseBuilder builder;
        const std::uint32_t club = builder.add_club("s", "c1", "jeugdbeweging");
        const Date first = day("2023-09-01");
        for (int i = 0; i < children; ++i) {
            const std::string key = std::to_string(i);
            const std::uint32_t person = builder.add_person("p" + key);
            for (int again = 0; again < (i % 10 == 0 ? 2 : 1); ++again) {
                const std::string name = "t" + key + "-" + std::to_string(again);
                const Date start = first.plus_days(static_cast<int>(random() % 800));
                const std::uint32_t trajectory = builder.add_trajectory({.id = name,
                                                                         .source = "s",
                                                                         .key = name,
                                                                         .strategy = "individuele_toeleiding",
                                                                         .person = person,
                                                                         .start = start,
                                                                         .age = 9});
                const auto event = [&](const char* what, int after, const char* answer = "", const char* kind = "",
                                       const char* reason = "") {
                    EventInput e;
                    const std::string event_key = name + what + std::to_string(after);
                    e.source = "s";
                    e.key = event_key;
                    e.type = what;
                    e.answer = answer;
                    e.kind = kind;
                    e.reason = reason;
                    e.trajectory = trajectory;
                    e.club = club;
                    e.date = start.plus_days(after);
                    builder.add_event(e);
                };
                event("trial", 5);
                event("trial", 12);
                if (random() % 4 != 0) event("enrol", 20);
                if (random() % 3 != 0) event("attend", 210);
                if (random() % 3 == 0) event("stop", 100, "", "", random() % 2 == 0 ? "price" : "deceased");
                if (random() % 2 == 0) event("support", 30, "", "vervoer");
                facts.trajectories.push_back({"s", name, random() % 2 == 0 ? "school" : "ocmw", 0});
            }
        }
        base = builder.build();
        for (int i = 0; i < children * 3; ++i)
            facts.activities.push_back({first.plus_days(static_cast<int>(random() % 850)), 45,
                                        i % 6 == 0 ? "structureel" : "individuele_toeleiding", "relaties", "gezin"});
    }

    ClassificationSet classified(Date as_of) const {
        const std::vector<Agreement> agreements = {shipped_agreement()};
        return classify(base, agreements, {as_of, std::nullopt, {}, 1});
    }
    CountSet counted(Date as_of, std::optional<std::pair<Date, Date>> period = std::nullopt) const {
        return tally(base, classified(as_of), facts, code_lists(), {as_of, period});
    }
};

TEST(Tally, EveryTotalIsTheSumOfItsParts) {
    const CountSet counts = Municipality(240).counted(day("2025-12-31"));
    EXPECT_GT(counts.tables.size(), 15U);
    tables::expect_all_sums_hold(counts);
}

TEST(Tally, OnePopulationHasOneCountInAllTablesAndSums) {
    const CountSet counts = Municipality(240).counted(day("2025-12-31"));
    std::map<std::string, std::int64_t> seen;
    const auto look = [&](const CountCell& cell) {
        const auto [at, fresh] = seen.try_emplace(cell.population, cell.count);
        EXPECT_TRUE(fresh || at->second == cell.count) << cell.population;
    };
    for (const CountTable& table : counts.tables)
        for (const CountCell& cell : table.cells) look(cell);
    for (const CountRelation& relation : counts.relations) {
        look(relation.total);
        for (const CountCell& part : relation.parts) look(part);
    }
}

TEST(Tally, CountsTrajectoriesAndChildrenOnce) {
    const Municipality town(240);
    const CountSet counts = town.counted(day("2025-12-31"));
    EXPECT_EQ(table_of(counts, "children").at(0, 0).count, 240);
    const CountTable started = table_of(counts, "started");
    EXPECT_EQ(started.at(started.rows.size() - 1, 0).count, 264);
}

TEST(Tally, StatusesAgreeWithTheRules) {
    const Municipality town(240);
    const ClassificationSet set = town.classified(day("2025-12-31"));
    const std::vector<StatusCounts> expected = count_statuses(set);
    const CountTable status = table_of(town.counted(day("2025-12-31")), "status");
    std::size_t row = 0;
    for (std::size_t d = 0; d < set.definition_ids.size(); ++d) {
        if (set.agreements[0].definition(set.definition_ids[d])->variant_of != "") continue;
        EXPECT_EQ(static_cast<std::uint64_t>(status.at(row, 0).count), expected[d].total(Status::Achieved));
        EXPECT_EQ(static_cast<std::uint64_t>(status.at(row, 1).count), expected[d].total(Status::Pending));
        EXPECT_EQ(static_cast<std::uint64_t>(status.at(row, 2).count), expected[d].total(Status::Unknown));
        EXPECT_EQ(static_cast<std::uint64_t>(status.at(row, 3).count), expected[d].total(Status::NotAchieved));
        EXPECT_EQ(static_cast<std::uint64_t>(status.at(row, 4).count), expected[d].total(Status::Excluded));
        ++row;
    }
    EXPECT_EQ(row, status.rows.size());
}

TEST(Tally, NothingAfterTheAsOfDateOrOutsideThePeriodCounts) {
    const Municipality town(240);
    const CountTable started = table_of(town.counted(day("2024-06-30")), "started");
    std::int64_t expected = 0;
    std::int64_t in_year = 0;
    for (const TrajectoryInfo& t : town.base.trajectories()) {
        const Date start = Date::from_days(t.start);
        expected += start <= day("2024-06-30") ? 1 : 0;
        in_year += start >= day("2024-09-01") && start <= day("2025-08-31") ? 1 : 0;
    }
    EXPECT_EQ(started.at(started.rows.size() - 1, 0).count, expected);
    const CountSet year = town.counted(day("2025-12-31"), std::pair(day("2024-09-01"), day("2025-08-31")));
    const CountTable of_year = table_of(year, "started");
    EXPECT_EQ(of_year.at(of_year.rows.size() - 1, 0).count, in_year);
    // Another period is another population: the guard may not take one for the other.
    EXPECT_NE(of_year.cells.back().population, started.cells.back().population);
}

TEST(Tally, ADeathHasNoRowOfItsOwn) {
    const CountTable stops = table_of(Municipality(240).counted(day("2025-12-31")), "stops");
    for (const Label& row : stops.rows) EXPECT_NE(row.value, "deceased");
}

TEST(Tally, RowsAreFixedWhateverTheCounts) {
    const CountTable few = table_of(Municipality(30).counted(day("2025-12-31")), "referrers");
    const CountTable many = table_of(Municipality(240, 2).counted(day("2025-12-31")), "referrers");
    EXPECT_EQ(few.rows, many.rows);
}

TEST(Tally, ChildrenStandWhereTheirBestTrajectoryStands) {
    const Municipality town(240);
    const ClassificationSet set = town.classified(day("2025-12-31"));
    const CountTable children = table_of(town.counted(day("2025-12-31")), "child_status");
    std::map<std::pair<std::uint16_t, Status>, std::int64_t> expected;
    for (const PersonResult& person : rollup_by_person(town.base, set))
        ++expected[{person.definition, set.results[person.deciding].status}];
    std::size_t row = 0;
    for (std::uint16_t d = 0; d < set.definition_ids.size(); ++d) {
        if (!set.agreements[0].definition(set.definition_ids[d])->variant_of.empty()) continue;
        EXPECT_EQ(children.at(row, 0).count, (expected[{d, Status::Achieved}]));
        EXPECT_EQ(children.at(row, 1).count, (expected[{d, Status::Pending}]));
        EXPECT_EQ(children.at(row, 2).count, (expected[{d, Status::Unknown}]));
        EXPECT_EQ(children.at(row, 3).count, (expected[{d, Status::NotAchieved}]));
        EXPECT_EQ(children.at(row, 5).count, 240);
        ++row;
    }
    EXPECT_TRUE(children.optional);
}

TEST(Tally, AnAgreementThatCountsChildrenAsksForTheirTableInAnyCase) {
    std::string text = tables::shipped_agreement_text();
    const std::string unit = "unit = \"trajectory\"";
    text.replace(text.find(unit), unit.size(), "unit = \"person\"");
    const Municipality town(40);
    const CountSet counts = tables::counted(town.base, town.facts, "2025-12-31", std::nullopt, {parse_agreement(text, "person.toml")});
    EXPECT_FALSE(table_of(counts, "child_status").optional);
}

TEST(Tally, EnrolledChildrenAreADenominatorOfTheirOwn) {
    const Municipality town(240);
    const ClassificationSet set = town.classified(day("2025-12-31"));
    std::set<std::uint32_t> enrolled;
    for (const Classification& c : set.results)
        if (set.definition_ids[c.definition] == "D2" && c.has_anchor) enrolled.insert(town.base.trajectories()[c.trajectory].person);
    const CountSet counts = town.counted(day("2025-12-31"));
    const CountTable table = table_of(counts, "enrolled");
    ASSERT_EQ(table.rows.size(), 2U);  // D2 and D3
    EXPECT_EQ(table.at(0, 5).count, static_cast<std::int64_t>(enrolled.size()));
    EXPECT_GT(enrolled.size(), 0U);
    EXPECT_LT(enrolled.size(), 240U);
    EXPECT_EQ(table.at(0, 0).count, table_of(counts, "child_status").at(1, 0).count);  // nobody takes part still who never enrolled
}

TEST(Tally, SupportAtTheProofSplitsWhatIsAchieved) {
    const Municipality town(240);
    const ClassificationSet set = town.classified(day("2026-12-31"));
    std::int64_t with = 0;
    for (const Classification& c : set.results)
        with += set.definition_ids[c.definition] == "D2" && c.status == Status::Achieved && c.support_at_proof ? 1 : 0;
    const CountSet counts = town.counted(day("2026-12-31"));
    const CountTable table = table_of(counts, "support_at_proof__D2");
    EXPECT_GT(with, 0);
    EXPECT_EQ(cell(table, "with_support"), with);
    EXPECT_EQ(table.cells.back().population, table_of(counts, "status").at(1, 0).population);
}

TEST(Tally, AnEmptyProjectGivesTablesOfZeros) {
    const FactBase empty = FactBaseBuilder().build();
    const std::vector<Agreement> agreements = {shipped_agreement()};
    const CountSet counts =
        tally(empty, classify(empty, agreements, {day("2025-12-31"), std::nullopt, {}, 1}), {}, code_lists(), {day("2025-12-31")});
    for (const CountTable& table : counts.tables)
        for (const CountCell& cell : table.cells) EXPECT_EQ(cell.count, 0) << table.id;
}

}  // namespace
}  // namespace brugwacht
