#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/lib/node.hpp"
#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::int64_t kSecond = 1'000'000;

std::int64_t at(const char* time) { return parse_moment(time)->us; }

class StandInCiviCrm : public ::testing::Test {
  protected:
    StandInCiviCrm() {
        system.now_us = at("2026-11-24 12:00:00");
        contact("9", "An", "2026-11-23 22:14:43");
        contact("10", "Bo", "2026-11-23 22:14:43");
        contact("11", "Che", "2026-11-24 08:00:00");
        contact("12", "Dé", "2026-11-24 09:00:00").state = State::Trashed;
    }
    Record& contact(const std::string& id, const std::string& name, const char* modified) {
        Record record{id, at(modified) + 250'000, 0, State::Live, {}};
        record.fields = {{"contact_type", "\"Individual\""},
                         {"first_name", json_text(name)},
                         {"gender_id", "1"},
                         {"Kindgegevens.Thuistaal", "\"Farsi\""}};
        return system.tables["Contact"].add(record);
    }
    Pairs key() const { return {{"x-civi-auth", "Bearer " + system.secret}, {"x-requested-with", "XMLHttpRequest"}}; }
    Answer ask(const std::string& what, const std::string& params) {
        return civi(form_call("/civicrm/ajax/api4/" + what, {{"params", params}}, key()));
    }
    Node get(const std::string& what, const std::string& params) { return parse_json(ask(what, params).body, "answer"); }
    std::vector<std::string> ids(const std::string& what, const std::string& params) {
        std::vector<std::string> list;
        const Node answer = get(what, params);
        if (answer.find("values") == nullptr) return {"error: " + text_of(answer, "error_message")};
        for (const Node& row : answer.find("values")->items) list.push_back(scalar_of(*row.find("id")).text);
        return list;
    }

    System system;
    CiviCrm civi{system};
};

TEST_F(StandInCiviCrm, ReadsFormsAndComparesIdsAsNumbers) {
    EXPECT_THAT(ids("Contact/get", R"({"where":[["id",">",9]],"orderBy":{"id":"ASC"}})"), ElementsAre("10", "11", "12"));
    EXPECT_THAT(ids("Contact/get", R"({"orderBy":{"id":"ASC"},"limit":2,"offset":1})"), ElementsAre("10", "11"));
    EXPECT_THAT(ids("Contact/get", R"({"orderBy":{"modified_date":"DESC","id":"DESC"}})"), ElementsAre("12", "11", "10", "9"));
}

TEST_F(StandInCiviCrm, NestedConditionsMeanWhatTheySay) {
    const char* keyset = R"({"where":[["OR",[["modified_date",">","2026-11-23T22:14:43Z"],
        ["AND",[["modified_date","=","2026-11-23T22:14:43Z"],["id",">",9]]]]]],"orderBy":{"id":"ASC"}})";
    EXPECT_THAT(ids("Contact/get", keyset), ElementsAre("10", "11", "12"));
    EXPECT_THAT(
        ids("Contact/get", R"({"where":[["NOT",[["first_name","IN",["An","Bo"]]]],["is_deleted","=",false]],"orderBy":{"id":"ASC"}})"),
        ElementsAre("11"));
    EXPECT_THAT(ids("Contact/get", R"({"where":[["first_name","LIKE","b%"]]})"), ElementsAre("10"));
    EXPECT_THAT(ids("Contact/get", R"({"where":[["gender_id:name","=","Female"],["id","BETWEEN",[10,11]]],"orderBy":{"id":"ASC"}})"),
                ElementsAre("10", "11"));
    EXPECT_THAT(ids("Contact/get", R"({"where":[["birth_date","IS NULL"],["Kindgegevens.Thuistaal","CONTAINS","ars"],["id","<",10]]})"),
                ElementsAre("9"));
}

TEST_F(StandInCiviCrm, ShowsTheClockOfTheSiteAndTakesBareTimesForIt) {
    const Node answer = get("Contact/get", R"({"select":["modified_date"],"where":[["id","=",9]]})");
    EXPECT_EQ(text_of(answer.find("values")->items.at(0), "modified_date"), "2026-11-23 23:14:43");
    EXPECT_THAT(ids("Contact/get", R"({"where":[["modified_date","=","2026-11-23 23:14:43"]],"orderBy":{"id":"ASC"}})"),
                ElementsAre("9", "10"));
    EXPECT_THAT(ids("Contact/get", R"({"where":[["modified_date","<=","2026-11-23T22:14:42Z"]]})"), IsEmpty());
    EXPECT_THAT(ids("Contact/get", R"({"where":[["modified_date","<=","2026-11-23T22:14:43Z"]],"orderBy":{"id":"ASC"}})"),
                ElementsAre("9", "10"));
}

TEST_F(StandInCiviCrm, AnHourThatComesTwiceInAutumnIsShownAlikeButFilteredApart) {
    contact("20", "Eerst", "2026-10-25 00:30:00");
    contact("21", "Daarna", "2026-10-25 01:30:00");
    const Node answer = get("Contact/get", R"({"select":["modified_date"],"where":[["id",">=",20]],"orderBy":{"id":"ASC"}})");
    EXPECT_EQ(text_of(answer.find("values")->items.at(0), "modified_date"), "2026-10-25 02:30:00");
    EXPECT_EQ(text_of(answer.find("values")->items.at(1), "modified_date"), "2026-10-25 02:30:00");
    EXPECT_THAT(ids("Contact/get", R"({"where":[["modified_date","=","2026-10-25T01:30:00Z"]]})"), ElementsAre("21"));
}

TEST_F(StandInCiviCrm, TimesOfActivitiesStandAsTheyAreStored) {
    Record visit{"5",
                 at("2026-11-23 22:14:43"),
                 0,
                 State::Live,
                 {{"activity_date_time", "\"2026-11-20 15:00:00\""}, {"target_contact_id", "[\"9\"]"}}};
    system.tables["Activity"].add(visit);
    const Node answer = get(
        "Activity/get",
        R"({"select":["activity_date_time","target_contact_id","modified_date"],"where":[["activity_date_time",">=","2026-11-20 15:00:00"],["is_test","=",false]]})");
    const Node& row = answer.find("values")->items.at(0);
    EXPECT_EQ(text_of(row, "activity_date_time"), "2026-11-20 15:00:00");
    EXPECT_EQ(text_of(row, "modified_date"), "2026-11-23 23:14:43");
    EXPECT_EQ(row.find("target_contact_id")->items.at(0).text, "9");
    EXPECT_THAT(ids("Activity/get", R"({"where":[["activity_date_time",">=","2026-11-20T15:00:00Z"]]})"), IsEmpty());
}

TEST_F(StandInCiviCrm, NobodyIsAnsweredWithNothingAndNoError) {
    const Answer answer = civi(form_call("/civicrm/ajax/api4/Contact/get", {{"params", "{}"}}, {{"x-requested-with", "XMLHttpRequest"}}));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(parse_json(answer.body, "").find("values")->items.size(), 0U);
    const Answer refused = civi(form_call("/civicrm/ajax/api4/Contact/get", {{"params", "{}"}}));
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("SECURITY ALERT"));
}

TEST_F(StandInCiviCrm, AKeyPassesTheGuardWithTheSiteKeyOrThePermission) {
    const auto status = [&](Pairs headers) { return civi(form_call("/civicrm/ajax/api4/Contact/get", {}, std::move(headers))); };
    EXPECT_EQ(status({{"authorization", "Bearer " + system.secret}}).status, 200);
    EXPECT_EQ(status({{"x-civi-auth", "Bearer fout"}}).body, "HTTP 401 Invalid credential");
    civi.may_use_key = false;
    const Answer guarded = status({{"x-civi-auth", "Bearer " + system.secret}});
    EXPECT_EQ(guarded.status, 401);
    EXPECT_EQ(guarded.body, "HTTP 401 Login not permitted. Must satisfy guard (site_key, perm).");
    EXPECT_EQ(status({{"x-civi-auth", "Bearer " + system.secret}, {"x-civi-key", civi.site_key}}).status, 200);
    EXPECT_EQ(
        civi(form_call("/civicrm/ajax/api4/Contact/get", {{"_authx", "Bearer " + system.secret}, {"_authxSiteKey", civi.site_key}})).status,
        200);
}

TEST_F(StandInCiviCrm, LostRightsLookLikeAnEmptyListOrAnErrorByEntity) {
    system.tables["Participant"].add({"1", 0, 0, State::Live, {{"contact_id", "9"}}});
    EXPECT_THAT(ids("Participant/get", "{}"), ElementsAre("1"));
    system.reads_allowed = false;
    EXPECT_THAT(ids("Contact/get", "{}"), IsEmpty());
    EXPECT_EQ(ask("Contact/get", "{}").status, 200);
    EXPECT_EQ(ask("Participant/get", "{}").status, 403);
    EXPECT_EQ(get("Participant/get", "{}").find("status")->integer, 403);
}

TEST_F(StandInCiviCrm, ErrorsStandInTheAnswerAndInTheStatusOfSomeSitesOnly) {
    EXPECT_EQ(ask("Contact/get", R"({"where":[["nofield","=",1]]})").status, 500);
    civi.cms = CiviCrm::Cms::WordPress;
    const Answer answer = ask("Contact/get", R"({"where":[["nofield","=",1]]})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"error_code":0,"error_message":"Invalid field 'nofield'","status":500})");
    EXPECT_EQ(text_of(get("Contact/get", R"({"orderby":{}})"), "error_message"), "Unknown api parameter: setOrderby");
    EXPECT_EQ(ask("Contact/get", "{\"select\":").status, 500);
    EXPECT_THAT(ask("Contact/get", "{\"select\":").body, StartsWith("<!DOCTYPE html>"));
}

TEST_F(StandInCiviCrm, UnknownNamesInSelectVanish) {
    const Node answer = get("Contact/get", R"({"select":["firstname","nofield"],"where":[["id","=",9]]})");
    EXPECT_THAT(answer.find("values")->items.at(0).keys, ElementsAre("id"));
}

TEST_F(StandInCiviCrm, ABodyOfJsonIsIgnoredAndEverythingComes) {
    const Answer answer =
        civi(json_call("/civicrm/ajax/api4/Contact/get", R"({"params":{"select":["id"],"where":[["id","=",9]]}})", key()));
    const Node body = parse_json(answer.body, "");
    EXPECT_EQ(body.find("values")->items.size(), 4U);
    EXPECT_GT(body.find("values")->items.at(0).keys.size(), 20U);
}

TEST_F(StandInCiviCrm, WithoutAnOrderTheOrderIsAnyOrder) {
    for (int n = 100; n < 140; ++n) contact(std::to_string(n), "X", "2026-11-24 08:00:00");
    EXPECT_NE(ids("Contact/get", "{}"), ids("Contact/get", "{}"));
}

TEST_F(StandInCiviCrm, CountsWhenRowCountIsSelected) {
    const Node answer = get("Contact/get", R"({"select":["id","row_count"],"limit":1,"orderBy":{"id":"ASC"}})");
    EXPECT_EQ(answer.find("count")->integer, 4);
    EXPECT_EQ(answer.find("countFetched")->integer, 1);
    EXPECT_EQ(answer.find("countMatched")->integer, 4);
    const Node only = get("Contact/get", R"({"select":["row_count"]})");
    EXPECT_EQ(only.find("count")->integer, 4);
    EXPECT_EQ(only.find("values")->items.size(), 0U);
}

TEST_F(StandInCiviCrm, TheBinIsSeenWithThePermissionOnly) {
    EXPECT_THAT(ids("Contact/get", R"({"where":[["is_deleted","=",true]]})"), ElementsAre("12"));
    civi.sees_trash = false;
    EXPECT_THAT(ids("Contact/get", R"({"where":[["is_deleted","=",true]]})"), IsEmpty());
    EXPECT_THAT(ids("Contact/get", R"({"orderBy":{"id":"ASC"}})"), ElementsAre("9", "10", "11"));
}

TEST_F(StandInCiviCrm, TrashingDoesNotMoveTheStampButRestoringDoes) {
    ask("Contact/delete", R"({"where":[["id","=",9]]})");
    const char* changed = R"({"where":[["modified_date",">=","2026-11-24T12:00:00Z"]]})";
    EXPECT_THAT(ids("Contact/get", changed), IsEmpty());
    EXPECT_THAT(ids("Contact/get", R"({"where":[["is_deleted","=",true]],"orderBy":{"id":"ASC"}})"), ElementsAre("9", "12"));
    ask("Contact/update", R"({"where":[["id","=",9]],"values":{"is_deleted":false}})");
    EXPECT_THAT(ids("Contact/get", changed), ElementsAre("9"));
    civi.trash_moves_modified = true;
    civi.remove("Contact", "10");
    EXPECT_THAT(ids("Contact/get", changed), ::testing::SizeIs(2));
}

TEST_F(StandInCiviCrm, DeletedActivitiesLeaveNothing) {
    system.tables["Activity"].add({"5", 0, 0, State::Live, {}});
    ask("Activity/delete", R"({"where":[["id","=",5]]})");
    EXPECT_THAT(ids("Activity/get", R"({"where":[["is_deleted","=",true]]})"), IsEmpty());
    EXPECT_THAT(ids("Activity/get", "{}"), IsEmpty());
}

TEST_F(StandInCiviCrm, AnswersOfUpdatesShowDatesAndNullOtherwise) {
    const Answer answer =
        ask("Contact/update", R"({"where":[["id","=",9]],"values":{"deceased_date":"2026-12-01 09:00:00","nick_name":null}})");
    EXPECT_THAT(answer.body, HasSubstr(R"({"id":9,"deceased_date":"20261201090000","nick_name":"NULL"})"));
}

TEST_F(StandInCiviCrm, LinksWithoutStampHaveNone) {
    system.tables["EntityTag"].add({"1", 0, 0, State::Live, {{"tag_id", "3"}, {"entity_id", "9"}}});
    system.tables["Tag"].add({"3", 0, 0, State::Live, {{"name", "\"zomer\""}}});
    EXPECT_THAT(ids("EntityTag/get", R"({"where":[["modified_date",">","2026-01-01T00:00:00Z"]]})"),
                ElementsAre("error: Invalid field 'modified_date'"));
    const Node answer = get("EntityTag/get", R"({"select":["tag_id.name"],"where":[["tag_id.name","=","zomer"]]})");
    EXPECT_EQ(text_of(answer.find("values")->items.at(0), "tag_id.name"), "zomer");
}

TEST_F(StandInCiviCrm, TellsFieldsWithTheCustomOnes) {
    const Node answer = get("Contact/getFields", R"({"select":["name","data_type"],"where":[["type","=","Custom"]]})");
    ASSERT_EQ(answer.find("values")->items.size(), 1U);
    EXPECT_EQ(text_of(answer.find("values")->items[0], "name"), "Kindgegevens.Thuistaal");
    const Node two = get("Contact/getFields", R"({"select":["name"],"orderBy":{"name":"ASC"},"limit":2,"offset":1})");
    ASSERT_EQ(two.find("values")->items.size(), 2U);
    EXPECT_EQ(text_of(two.find("values")->items[0], "name"), "birth_date");
}

TEST_F(StandInCiviCrm, WithoutRulesForPermalinksAPageIsNotFound) {
    civi.cms = CiviCrm::Cms::WordPress;
    civi.permalinks = false;
    EXPECT_EQ(ask("Contact/get", "{}").status, 404);
    EXPECT_THAT(ask("Contact/get", "{}").body, StartsWith("<!DOCTYPE html>"));
    Call call = form_call("/", {{"params", R"({"where":[["id","=",9]]})"}}, key());
    call.query = {{"civiwp", "CiviCRM"}, {"q", "civicrm/ajax/api4/Contact/get"}};
    EXPECT_EQ(parse_json(civi(call).body, "").find("count")->integer, 1);
    EXPECT_EQ(civi(get_call("/wp-admin/admin.php", {{"page", "CiviCRM"}}, key())).status, 302);
}

TEST_F(StandInCiviCrm, OneRequestMayHoldManyCalls) {
    const Answer answer = civi(form_call(
        "/civicrm/ajax/api4",
        {{"calls", R"({"a":["Contact","get",{"select":["id"],"where":[["id","=",9]]}],"b":["Contact","get",{"where":[["x","=",1]]}]})"}},
        key()));
    const Node body = parse_json(answer.body, "");
    EXPECT_EQ(body.find("a")->find("count")->integer, 1);
    EXPECT_EQ(text_of(*body.find("b"), "error_message"), "Invalid field 'x'");
    EXPECT_EQ(civi(get_call("/civicrm/ajax/api4/Contact/delete", {{"params", "{}"}}, key())).status, 405);
}

TEST_F(StandInCiviCrm, Version3GivesTwentyFiveRowsByIdAsTexts) {
    for (int n = 100; n < 140; ++n) contact(std::to_string(n), "X", "2026-11-24 08:00:00");
    const auto ask3 = [&](const std::string& json) {
        return parse_json(civi(form_call("/civicrm/ajax/rest", {{"entity", "Contact"}, {"action", "get"}, {"json", json}}, key())).body,
                          "");
    };
    EXPECT_EQ(ask3("{}").find("count")->integer, 25);
    const Node answer = ask3(R"({"id":{">":9,"<":100},"options":{"limit":0,"sort":"id ASC"},"return":"first_name,is_deleted"})");
    EXPECT_THAT(answer.find("values")->keys, ElementsAre("10", "11", "12"));
    EXPECT_EQ(text_of(answer.find("values")->items[2], "is_deleted"), "1");
    EXPECT_TRUE(ask3(R"({"sequential":1})").find("values")->is(Node::Kind::Array));
    EXPECT_EQ(ask3(R"({"nofield":1})").find("is_error")->integer, 1);
}

TEST_F(StandInCiviCrm, WhatIsCommittedLaterIsNotSeenBefore) {
    contact("30", "Laat", "2026-11-24 11:59:00").visible_us = system.now_us + kSecond;
    EXPECT_THAT(ids("Contact/get", R"({"where":[["id","=",30]]})"), IsEmpty());
    system.now_us += kSecond;
    EXPECT_THAT(ids("Contact/get", R"({"where":[["id","=",30]]})"), ElementsAre("30"));
}

TEST_F(StandInCiviCrm, ChangeOfAnUntrackedCustomFieldDoesNotMoveTheStamp) {
    civi.untracked = {"Kindgegevens.Thuistaal"};
    ask("Contact/update", R"({"where":[["id","=",9]],"values":{"Kindgegevens.Thuistaal":"Pasjtoe"}})");
    EXPECT_THAT(ids("Contact/get", R"({"where":[["Kindgegevens.Thuistaal","=","Pasjtoe"]]})"), ElementsAre("9"));
    EXPECT_THAT(ids("Contact/get", R"({"where":[["modified_date",">=","2026-11-24T12:00:00Z"]]})"), IsEmpty());
}

}  // namespace
}  // namespace brugwacht::stand_in
