#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "tests/support/stand_in/suitecrm.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000;

std::int64_t at(const char* time) { return parse_moment(time)->us; }

class StandInSuiteCrm : public ::testing::Test {
  protected:
    StandInSuiteCrm() {
        system.now_us = at("2026-11-24 12:00:00");
        contact("1aaa", "An", "2026-11-23 22:04:19");
        contact("2bbb", "Bo", "2026-11-23 22:04:43");
        contact("3ccc", "Che", "2026-11-24 08:00:01");
        sign_in();
    }
    Record& contact(const std::string& id, const std::string& name, const char* modified) {
        Record record{id, at(modified), 0, State::Live, {}};
        record.fields = {
            {"first_name", json_text(name)}, {"birthdate", "\"2014-05-06\""}, {"do_not_call", "false"}, {"phone_work", "null"}};
        return system.tables["Contacts"].add(record);
    }
    Answer token(const Pairs& form) { return suite(form_call("/Api/access_token", form)); }
    void sign_in() {
        const Answer answer =
            token({{"grant_type", "client_credentials"}, {"client_id", suite.client_id}, {"client_secret", system.secret}});
        bearer = "Bearer " + text_of(parse_json(answer.body, ""), "access_token");
    }
    Answer ask(const std::string& path, Pairs query = {}) {
        return suite(get_call("/Api/V8/" + path, std::move(query), {{"authorization", bearer}}));
    }
    std::vector<std::string> ids(const Answer& answer) {
        std::vector<std::string> list;
        if (answer.status != 200) return {"status " + std::to_string(answer.status)};
        const Node body = parse_json(answer.body, "answer");
        for (const Node& row : body.find("data")->items) list.push_back(text_of(row, "id"));
        return list;
    }
    Node legacy(const std::string& method, const std::string& data) {
        return parse_json(suite(form_call("/service/v4_1/rest.php",
                                          {{"method", method}, {"input_type", "JSON"}, {"response_type", "JSON"}, {"rest_data", data}}))
                              .body,
                          "");
    }

    System system;
    SuiteCrm suite{system};
    std::string bearer;
};

TEST_F(StandInSuiteCrm, TokensLastAnHourOnTheClockOfTheSystem) {
    EXPECT_EQ(ask("module/Contacts").status, 200);
    system.now_us += 3600 * kSecond;
    const Answer expired = ask("module/Contacts");
    EXPECT_EQ(expired.status, 401);
    EXPECT_THAT(expired.body, HasSubstr(R"({"error":"access_denied","hint":)"));
    sign_in();
    EXPECT_EQ(ask("module/Contacts").status, 200);
    bearer.clear();
    EXPECT_EQ(ask("module/Contacts").status, 401);
}

TEST_F(StandInSuiteCrm, AWrongPasswordIsEchoedInAServerError) {
    EXPECT_EQ(token({{"grant_type", "client_credentials"}, {"client_id", suite.client_id}, {"client_secret", "fout"}}).status, 401);
    const Answer wrong = token({{"grant_type", "password"},
                                {"client_id", suite.client_id},
                                {"client_secret", system.secret},
                                {"username", suite.user},
                                {"password", "zomer2026"}});
    EXPECT_EQ(wrong.status, 500);
    EXPECT_THAT(wrong.body, HasSubstr("The password is invalid: zomer2026"));
    const Answer right = suite(json_call("/Api/access_token", R"({"grant_type":"password","client_id":")" + suite.client_id +
                                                                  R"(","client_secret":")" + system.secret + R"(","username":")" +
                                                                  suite.user + R"(","password":")" + suite.password + R"("})"));
    const std::string refresh = text_of(parse_json(right.body, ""), "refresh_token");
    const Pairs again{
        {"grant_type", "refresh_token"}, {"client_id", suite.client_id}, {"client_secret", system.secret}, {"refresh_token", refresh}};
    EXPECT_EQ(token(again).status, 200);
    EXPECT_EQ(token(again).status, 401);
}

TEST_F(StandInSuiteCrm, ShowsMinutesAndFiltersSeconds) {
    const Pairs query{{"fields[Contacts]", "date_modified"},
                      {"filter[date_modified][gt]", "2026-11-23 22:04:19"},
                      {"filter[date_modified][lte]", "2026-11-23 22:04:43"},
                      {"sort", "id"},
                      {"page[size]", "10"},
                      {"page[number]", "1"}};
    const Answer answer = ask("module/Contacts", query);
    EXPECT_THAT(ids(answer), ElementsAre("2bbb"));
    const Node body = parse_json(answer.body, "");
    EXPECT_EQ(text_of(*body.find("data")->items.at(0).find("attributes"), "date_modified"), "2026-11-23T22:04:00+00:00");
    suite.shown_offset = "+01:00";
    EXPECT_THAT(ask("module/Contacts", query).body, HasSubstr("2026-11-23T22:04:00+01:00"));
}

TEST_F(StandInSuiteCrm, FiltersAreJoinedByOneOperatorForAll) {
    const Pairs both{
        {"filter[first_name][eq]", "An"}, {"filter[id][gt]", "2bbb"}, {"sort", "-id"}, {"page[size]", "10"}, {"page[number]", "1"}};
    EXPECT_THAT(ids(ask("module/Contacts", both)), IsEmpty());
    Pairs either = both;
    either.insert(either.begin(), {"filter[operator]", "or"});
    EXPECT_THAT(ids(ask("module/Contacts", either)), ElementsAre("3ccc", "1aaa"));
    EXPECT_THAT(ids(ask("module/Contacts", {{"filter[first_name][like]", "%h%"}})), ElementsAre("3ccc"));
    EXPECT_THAT(ids(ask("module/Contacts", {{"filter[first_name][neq]", "An"}, {"filter[id][lt]", "3"}})), ElementsAre("2bbb"));
}

TEST_F(StandInSuiteCrm, EverythingWrongIs400WithAnErrorsObject) {
    const Answer answer = ask("module/Contacts", {{"filter[nofield][eq]", "1"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, R"({"errors":{"status":400,"title":null,"detail":"Filter field nofield in Contacts module is not found"}})");
    for (const Pairs& query : {Pairs{{"limit", "5"}}, Pairs{{"sort", "nofield"}}, Pairs{{"fields[Contacts]", "nofield"}},
                               Pairs{{"filter[id][is]", "1"}}, Pairs{{"page[size]", "veel"}}})
        EXPECT_EQ(ask("module/Contacts", query).status, 400);
    EXPECT_EQ(ask("module/Nothing").status, 400);
    EXPECT_EQ(ask("module/Contacts/9zzz").status, 400);
    EXPECT_EQ(suite(get_call("/api/V8/module/Contacts", {}, {{"authorization", bearer}})).status, 404);
}

TEST_F(StandInSuiteCrm, WithoutSizeTwentyRowsAndNoLinks) {
    for (int n = 100; n < 130; ++n) contact("4" + std::to_string(n), "X", "2026-11-24 08:00:01");
    const Node body = parse_json(ask("module/Contacts", {{"sort", "id"}}).body, "");
    EXPECT_EQ(body.find("data")->items.size(), 20U);
    EXPECT_EQ(body.find("links"), nullptr);
    EXPECT_EQ(body.find("meta"), nullptr);
}

TEST_F(StandInSuiteCrm, TheNextLinkWithoutNumberGoesInACircle) {
    const Node first = parse_json(ask("module/Contacts", {{"page[size]", "2"}, {"sort", "id"}}).body, "");
    EXPECT_EQ(text_of(*first.find("links"), "next"), "V8/module/Contacts?page[size]=2&page[number]=1");
    const Node numbered = parse_json(ask("module/Contacts", {{"page[size]", "2"}, {"page[number]", "1"}, {"sort", "id"}}).body, "");
    EXPECT_EQ(text_of(*numbered.find("links"), "next"), "V8/module/Contacts?page[size]=2&page[number]=2");
}

TEST_F(StandInSuiteCrm, TotalPagesCountsRowsThatDoNotComeAndAnEmptyPageHasAMessage) {
    suite.row_seen = [](const std::string&, const Record& r) { return r.id != "3ccc"; };
    const Node body =
        parse_json(ask("module/Contacts", {{"page[size]", "1"}, {"page[number]", "1"}, {"filter[first_name][eq]", "An"}}).body, "");
    EXPECT_EQ(body.find("meta")->find("total-pages")->integer, 3);
    EXPECT_EQ(ask("module/Contacts", {{"page[size]", "1"}, {"page[number]", "3"}}).body,
              R"({"meta":{"message":"Request was successful, but there is no result"},"data":[]})");
}

TEST_F(StandInSuiteCrm, EqualKeysComeInAnyOrderSoThatPagesRepeat) {
    for (int n = 100; n < 140; ++n) contact("4" + std::to_string(n), "X", "2026-11-24 09:00:00");
    const Pairs page{{"sort", "date_modified"}, {"page[size]", "10"}, {"page[number]", "2"}};
    EXPECT_NE(ids(ask("module/Contacts", page)), ids(ask("module/Contacts", page)));
    const Pairs by_id{{"sort", "id"}, {"page[size]", "10"}, {"page[number]", "2"}};
    EXPECT_EQ(ids(ask("module/Contacts", by_id)), ids(ask("module/Contacts", by_id)));
}

TEST_F(StandInSuiteCrm, RowsAreHeavyWithLinksAndEverythingIsText) {
    const Node body =
        parse_json(ask("module/Contacts", {{"fields[Contacts]", "phone_work,do_not_call"}, {"filter[id][eq]", "1aaa"}}).body, "");
    const Node& row = body.find("data")->items.at(0);
    EXPECT_EQ(text_of(row, "type"), "Contact");
    EXPECT_EQ(row.find("attributes")->find("phone_work")->text, "");
    EXPECT_TRUE(row.find("attributes")->find("phone_work")->is(Node::Kind::Text));
    EXPECT_EQ(text_of(*row.find("attributes"), "do_not_call"), "0");
    JsonWriter out;
    write_node(out, *row.find("relationships"));
    EXPECT_GT(out.size(), 1400U);
}

TEST_F(StandInSuiteCrm, DeletedRowsVanishAndAskingForThemFails) {
    EXPECT_THAT(ids(ask("module/Contacts", {{"filter[deleted][eq]", "1"}})), IsEmpty());
    Call call = get_call("/Api/V8/module/Contacts/2bbb", {}, {{"authorization", bearer}});
    call.method = "DELETE";
    EXPECT_EQ(suite(call).status, 200);
    EXPECT_THAT(ids(ask("module/Contacts", {{"sort", "id"}})), ElementsAre("1aaa", "3ccc"));
    EXPECT_EQ(ask("module/Contacts", {{"filter[deleted][eq]", "1"}}).status, 400);
    EXPECT_THAT(ask("module/Contacts/2bbb").body, HasSubstr("Contact with id 2bbb is not found"));
}

TEST_F(StandInSuiteCrm, RelatedRowsTakeNoFields) {
    system.tables["Meetings"].add({"m1",
                                   at("2026-11-24 08:00:00"),
                                   0,
                                   State::Live,
                                   {{"link:contacts", R"(["1aaa","3ccc"])"}, {"date_start", "\"2026-11-20 15:00:30\""}}});
    EXPECT_THAT(ids(ask("module/Meetings/m1/relationships/contacts", {{"sort", "id"}})), ElementsAre("1aaa", "3ccc"));
    EXPECT_THAT(ids(ask("module/Contacts/3ccc/relationships/meetings")), ElementsAre("m1"));
    EXPECT_THAT(ids(ask("module/Contacts/2bbb/relationships/meetings")), IsEmpty());
    EXPECT_EQ(ask("module/Meetings/m1/relationships/contacts", {{"fields[Contacts]", "first_name"}}).status, 400);
    const Node body = parse_json(ask("module/Meetings/m1/relationships/contacts", {{"page[size]", "5"}}).body, "");
    EXPECT_EQ(text_of(*body.find("meta"), "total-records"), "2");
}

TEST_F(StandInSuiteCrm, LostRightsLookLikeNoRows) {
    system.reads_allowed = false;
    EXPECT_EQ(ask("module/Contacts").status, 200);
    EXPECT_THAT(ids(ask("module/Contacts")), IsEmpty());
}

TEST_F(StandInSuiteCrm, TellsModulesAndFields) {
    EXPECT_THAT(ask("meta/modules").body, HasSubstr("\"Contacts\""));
    const Node body = parse_json(ask("meta/fields/Contacts").body, "");
    EXPECT_EQ(text_of(*body.find("data")->find("attributes")->find("date_modified"), "type"), "datetime");
    EXPECT_THAT(ask("current-user").body, HasSubstr(suite.user));
}

TEST_F(StandInSuiteCrm, TheOldServiceShowsDeletedRowsAndSeconds) {
    suite.remove("Contacts", "2bbb");
    EXPECT_EQ(legacy("login", R"({"user_auth":{"user_name":"brugwacht","password":"fout"}})").find("number")->integer, 10);
    const std::string hash = to_hex(md5(suite.password));
    const std::string session =
        text_of(legacy("login", R"({"user_auth":{"user_name":"brugwacht","password":")" + hash + R"("},"application_name":"t"})"), "id");
    const auto rows = [&](const std::string& query, int deleted) {
        const Node answer = legacy(
            "get_entry_list",
            R"({"session":")" + session + R"(","module_name":"Contacts","query":")" + query +
                R"(","order_by":"date_modified,id","offset":0,"select_fields":["first_name","deleted","date_modified"],"max_results":10,"deleted":)" +
                std::to_string(deleted) + "}");
        std::vector<std::string> list;
        for (const Node& row : answer.find("entry_list")->items) {
            const Node& values = *row.find("name_value_list");
            list.push_back(text_of(*values.find("first_name"), "value") + " " + text_of(*values.find("deleted"), "value") + " " +
                           text_of(*values.find("date_modified"), "value").substr(11));
        }
        return list;
    };
    EXPECT_THAT(rows("", 0), ElementsAre("An 0 22:04:19", "Che 0 08:00:01"));
    EXPECT_THAT(rows("", 1), ElementsAre("An 0 22:04:19", "Che 0 08:00:01", "Bo 1 12:00:00"));
    EXPECT_THAT(rows("contacts.date_modified > '2026-11-23 22:04:19' AND (contacts.id IN ('3ccc') OR NOT first_name LIKE 'B%')", 1),
                ElementsAre("Che 0 08:00:01"));
    EXPECT_THAT(rows("contacts.phone_work IS NOT NULL", 1), IsEmpty());
    EXPECT_EQ(legacy("get_entry_list", R"({"session":"x","module_name":"Contacts"})").find("number")->integer, 11);
    suite.legacy_service = false;
    EXPECT_EQ(suite(form_call("/service/v4_1/rest.php", {})).status, 404);
}

}  // namespace
}  // namespace brugwacht::stand_in
