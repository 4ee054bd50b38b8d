#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/lib/node.hpp"
#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/stand_in/odoo.hpp"
#include "tests/support/stand_in/people.hpp"
#include "tests/support/stand_in/scenario.hpp"
#include "tests/support/stand_in/suitecrm.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

PeopleOptions town(std::size_t people, std::size_t activities, bool on_demand) {
    PeopleOptions options;
    options.people = people;
    options.activities = activities;
    options.on_demand = on_demand;
    return options;
}

class StandInPeople : public ::testing::Test {
  protected:
    StandInPeople() { system.now_us = parse_moment("2026-01-01")->us; }
    Node civi_get(CiviCrm& civi, const std::string& entity, const std::string& params) {
        const Pairs headers{{"x-civi-auth", "Bearer " + system.secret}};
        return parse_json(civi(form_call("/civicrm/ajax/api4/" + entity + "/get", {{"params", params}}, headers)).body, "");
    }
    System system;
};

std::string shown(const Record& record) {
    std::string text = record.id + "@" + std::to_string(record.modified_us);
    for (const auto& [name, json] : record.fields) text += "," + name + "=" + json;
    return text;
}

TEST_F(StandInPeople, MadeOnDemandTheyAreTheSameAsHeld) {
    for (const LayoutOf layout : {civicrm_layout, espocrm_layout, suitecrm_layout, odoo_layout}) {
        const IdOrder order = layout == civicrm_layout || layout == odoo_layout ? IdOrder::Number : IdOrder::Text;
        System held;
        System made;
        fill(held, town(40, 90, false), layout);
        fill(made, town(40, 90, true), layout);
        ASSERT_EQ(held.tables.size(), made.tables.size());
        for (auto& [name, table] : held.tables) {
            const Made& rows = *made.tables[name].made;
            ASSERT_EQ(rows.modified_us.size(), table.records.size()) << name;
            for (std::size_t n = 0; n < table.records.size(); ++n) {
                EXPECT_EQ(shown(rows.make(n)), shown(table.records[n]));
                EXPECT_EQ(rows.find(table.records[n].id), n);
                if (n > 0) {
                    EXPECT_TRUE(id_before(order, table.records[n - 1].id, table.records[n].id));
                }
            }
            EXPECT_EQ(rows.find("geen"), std::nullopt);
        }
    }
}

TEST_F(StandInPeople, AnotherSeedGivesOtherPeople) {
    PeopleOptions other = town(40, 0, false);
    other.seed = 2;
    System second;
    fill(system, town(40, 0, false), civicrm_layout);
    fill(second, other, civicrm_layout);
    EXPECT_NE(shown(system.tables["Contact"].records[5]), shown(second.tables["Contact"].records[5]));
}

TEST_F(StandInPeople, StampsComeInBurstsLongerThanAPage) {
    fill(system, town(10, 10'000, true), civicrm_layout);
    const std::vector<std::int64_t>& stamps = system.tables["Activity"].made->modified_us;
    EXPECT_EQ(std::set<std::int64_t>(stamps.begin() + 2'000, stamps.begin() + 4'000).size(), 1U);
    EXPECT_GT(std::set<std::int64_t>(stamps.begin(), stamps.begin() + 2'000).size(), 1'990U);
}

TEST_F(StandInPeople, AWindowByIdGoesThroughAllOfThemOnce) {
    fill(system, town(10, 5'000, true), civicrm_layout);
    CiviCrm civi(system);
    std::set<std::int64_t> seen;
    std::int64_t last = 0;
    std::size_t rows = 0;
    for (std::size_t page = 1; page != 0;) {
        const Node answer = civi_get(
            civi, "Activity",
            R"({"select":["id"],"where":[["modified_date",">=","2023-01-01T00:00:00Z"],["modified_date","<","2026-01-01T00:00:00Z"],["id",">",)" +
                std::to_string(last) + R"(]],"orderBy":{"id":"ASC"},"limit":300})");
        page = answer.find("values")->items.size();
        rows += page;
        for (const Node& row : answer.find("values")->items) {
            EXPECT_GT(row.find("id")->integer, last);
            last = row.find("id")->integer;
            seen.insert(last);
        }
    }
    EXPECT_EQ(rows, 5'000U);
    EXPECT_THAT(seen, SizeIs(5'000));
}

TEST_F(StandInPeople, AChangedOneTakesThePlaceOfTheMadeOne) {
    fill(system, town(10, 3'000, true), civicrm_layout);
    CiviCrm civi(system);
    change(system, "Activity", "1500", "subject", "\"Anders\"");
    erase(system, "Activity", "1501");
    const Node changed = civi_get(
        civi, "Activity", R"({"select":["subject"],"where":[["modified_date",">=","2026-01-01T00:00:00Z"]],"orderBy":{"id":"ASC"}})");
    ASSERT_THAT(changed.find("values")->items, SizeIs(1));
    EXPECT_EQ(text_of(changed.find("values")->items[0], "subject"), "Anders");
    const Node around = civi_get(civi, "Activity", R"({"select":["id"],"where":[["id",">",1498]],"orderBy":{"id":"ASC"},"limit":4})");
    std::vector<std::int64_t> ids;
    for (const Node& row : around.find("values")->items) ids.push_back(row.find("id")->integer);
    EXPECT_THAT(ids, ElementsAre(1499, 1500, 1502, 1503));
    EXPECT_EQ(civi_get(civi, "Activity", R"({"select":["row_count"]})").find("count")->integer, 2'999);
}

TEST_F(StandInPeople, LinksOfCiviCrmLeadToPeople) {
    fill(system, town(30, 50, true), civicrm_layout);
    CiviCrm civi(system);
    const Node links = civi_get(
        civi, "ActivityContact",
        R"({"select":["activity_id","contact_id","record_type_id:name","activity_id.subject"],"where":[["record_type_id:name","=","Activity Targets"]]})");
    EXPECT_THAT(links.find("values")->items, SizeIs(100));
    EXPECT_NE(text_of(links.find("values")->items[0], "activity_id.subject"), "");
    const Node homes = civi_get(civi, "Relationship", R"({"select":["contact_id_b.contact_type"],"where":[["contact_id_a","=",4]]})");
    EXPECT_EQ(text_of(homes.find("values")->items.at(0), "contact_id_b.contact_type"), "Household");
}

TEST_F(StandInPeople, TheOtherSystemsServeThemToo) {
    fill(system, town(30, 50, true), espocrm_layout);
    fill(system, town(30, 50, true), suitecrm_layout);
    fill(system, town(30, 50, true), odoo_layout);
    EspoCrm espo(system);
    const Node people = parse_json(espo(get_call("/api/v1/Contact", {{"maxSize", "200"}}, {{"x-api-key", system.secret}})).body, "");
    EXPECT_EQ(people.find("total")->integer, 30);
    SuiteCrm suite(system);
    const Pairs grant{{"grant_type", "client_credentials"}, {"client_id", suite.client_id}, {"client_secret", system.secret}};
    const std::string token = text_of(parse_json(suite(form_call("/Api/access_token", grant)).body, ""), "access_token");
    const Answer list =
        suite(get_call("/Api/V8/module/Meetings", {{"page[size]", "200"}, {"page[number]", "1"}}, {{"authorization", "Bearer " + token}}));
    EXPECT_THAT(parse_json(list.body, "").find("data")->items, SizeIs(50));
    Odoo odoo(system);
    odoo.version = 19;
    const Answer count = odoo(json_call("/json/2/event.registration/search_count", "{}", {{"authorization", "bearer " + system.secret}}));
    EXPECT_EQ(count.body, "15");
}

TEST_F(StandInPeople, ScenariosDoWhatTheirNamesSay) {
    fill(system, town(300, 0, false), civicrm_layout);
    CiviCrm civi(system);
    const auto changed = [&] {
        return civi_get(civi, "Contact", R"({"select":["id"],"where":[["modified_date",">=","2026-01-01T00:00:00Z"]]})")
            .find("values")
            ->items.size();
    };
    burst(system.tables["Contact"], 10, 250, system.now_us);
    EXPECT_EQ(changed(), 250U);
    commit_late(record_of(system, "Contact", "1"), system.now_us, 30'000'000);
    EXPECT_EQ(changed(), 250U);
    pass(system, 30);
    EXPECT_EQ(changed(), 251U);
    lose_permission(system, "Contact");
    EXPECT_EQ(changed(), 0U);
    regain_permissions(system);
    EXPECT_EQ(changed(), 251U);
    lose_permission(system);
    EXPECT_EQ(changed(), 0U);
    EXPECT_THROW(record_of(system, "Contact", "99999"), std::out_of_range);
}

}  // namespace
}  // namespace brugwacht::stand_in
