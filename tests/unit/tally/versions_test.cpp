// Two versions of an agreement in one report: each in rows of its own, never one number for both (S38).
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/unit/tally/tables.hpp"

namespace brugwacht {
namespace {

using tables::day;
using tables::table_of;

Agreement version(int number, const std::string& from, const std::string& to, const std::string& applies_by = "trajectory_start") {
    std::string text = tables::shipped_agreement_text();
    const auto put = [&](const std::string& key, const std::string& value) {
        const std::size_t at = text.find("\n" + key + " =");
        if (at == std::string::npos) throw std::logic_error(key);
        text.replace(at + 1, text.find('\n', at + 1) - at - 1, value.empty() ? "" : key + " = " + value);
    };
    put("version", std::to_string(number));
    put("agreed_on", "2020-01-01");
    put("applies_by", '"' + applies_by + '"');
    put("effective_from", from + (to.empty() ? "" : "\neffective_to = " + to));
    if (text.find("\nsupersedes =") != std::string::npos) put("supersedes", number > 1 ? std::to_string(number - 1) : "");
    if (number > 1) put("min_trials", "1");
    return parse_agreement(text, "v" + std::to_string(number) + ".toml");
}

/// Enrolled after one trial: not under version 1, which asks for two; achieved under version 2.
FactBase town() {
    FactBaseBuilder builder;
    const std::uint32_t club = builder.add_club("s", "c", "jeugdbeweging");
    for (int i = 0; i < 40; ++i) {
        const std::string key = "t" + std::to_string(i);
        const Date start = day(i < 25 ? "2023-09-10" : "2024-09-10");
        const std::uint32_t t = builder.add_trajectory({.id = key,
                                                        .source = "s",
                                                        .key = key,
                                                        .strategy = "individuele_toeleiding",
                                                        .person = builder.add_person(key),
                                                        .start = start,
                                                        .age = 9});
        for (const auto& [type, after] : {std::pair{"trial", 5}, {"enrol", 20}}) {
            EventInput event;
            const std::string event_key = key + type;
            event.source = "s";
            event.key = event_key;
            event.type = type;
            event.trajectory = t;
            event.club = club;
            event.date = start.plus_days(after);
            builder.add_event(event);
        }
    }
    return builder.build();
}

CountSet two_versions(const std::string& applies_by = "trajectory_start") {
    return tables::counted(town(), {}, "2025-12-31", std::nullopt,
                           {version(1, "2023-01-01", "2024-06-30", applies_by), version(2, "2024-07-01", "", applies_by)});
}

TEST(Versions, EachHasRowsOfItsOwnTheNewestFirst) {
    const CountTable status = table_of(two_versions(), "status");
    std::map<std::string, std::size_t> rows;
    for (std::size_t r = 0; r < status.rows.size(); ++r) rows[status.rows[r].value.substr(0, status.rows[r].value.find(' '))] = r;
    ASSERT_TRUE(rows.count("D1@1") && rows.count("D1@2"));
    EXPECT_LT(rows["D3@2"], rows["D1@1"]);
    EXPECT_EQ(status.at(rows["D1@1"], 0).count, 0);
    EXPECT_EQ(status.at(rows["D1@1"], 5).count, 25);
    EXPECT_EQ(status.at(rows["D1@2"], 0).count, 15);
    EXPECT_EQ(status.at(rows["D1@2"], 5).count, 15);
    EXPECT_EQ(status.denominator, "tally.status.denominator_versions");
}

TEST(Versions, TheirSumsAreStatedForTheGuard) {
    const CountSet counts = two_versions();
    tables::expect_all_sums_hold(counts);
    bool stated = false;
    for (const CountRelation& relation : counts.relations)
        stated = stated || (relation.total.population == "trajectories" && relation.total.count == 40 && relation.parts.size() == 3 &&
                            relation.parts[0].count == 15 && relation.parts[1].count == 25);
    EXPECT_TRUE(stated);
}

TEST(Versions, OnePopulationHasOneCount) {
    for (const char* by : {"trajectory_start", "index_event"}) {
        std::map<std::string, std::int64_t> seen;
        const CountSet counts = two_versions(by);
        for (const CountTable& table : counts.tables)
            for (const CountCell& cell : table.cells) {
                const auto [at, fresh] = seen.try_emplace(cell.population, cell.count);
                EXPECT_TRUE(fresh || at->second == cell.count) << by << ' ' << cell.population;
            }
    }
}

TEST(Versions, AChildIsNotRolledUpOverTwoVersions) {
    for (const CountTable& table : two_versions().tables) EXPECT_NE(table.id, "child_status");
}

TEST(Versions, OneVersionAloneBearsNoMark) {
    const CountTable status = table_of(tables::counted(town(), {}, "2025-12-31", std::nullopt, {version(1, "2023-01-01", "")}), "status");
    EXPECT_EQ(status.rows[0].value.substr(0, 3), "D1 ");
    EXPECT_EQ(status.at(0, 5).count, 40);
}

}  // namespace
}  // namespace brugwacht
