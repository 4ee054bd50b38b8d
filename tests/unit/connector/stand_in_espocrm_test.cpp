#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::int64_t kSecond = 1'000'000;

std::int64_t at(const char* time) { return parse_moment(time)->us; }

std::string reason(const Answer& answer) {
    for (const auto& [name, value] : answer.headers)
        if (name == "X-Status-Reason") return value;
    return {};
}

class StandInEspoCrm : public ::testing::Test {
  protected:
    StandInEspoCrm() {
        system.now_us = at("2026-11-24 12:00:00");
        contact("6b04b34e00000000a", "An", "2026-11-23 21:42:38");
        contact("6b04b34e00000000b", "Bo", "2026-11-23 21:42:38");
        contact("6b04b34e00000000c", "Che", "2026-11-24 08:00:00");
    }
    Record& contact(const std::string& id, const std::string& name, const char* modified) {
        Record record{id, at(modified), 0, State::Live, {}};
        record.fields = {{"firstName", json_text(name)}, {"cBirthDate", "\"2014-05-06\""}, {"accountId", "null"}};
        return system.tables["Contact"].add(record);
    }
    Pairs key() const { return {{"x-api-key", system.secret}}; }
    Answer ask(const std::string& path, Pairs query = {}) { return espo(get_call("/api/v1/" + path, std::move(query), key())); }
    Answer search(const std::string& entity, const std::string& params) { return ask(entity, {{"searchParams", params}}); }
    std::vector<std::string> names(const Answer& answer) {
        std::vector<std::string> list;
        if (answer.status != 200) return {"status " + std::to_string(answer.status)};
        const Node body = parse_json(answer.body, "answer");
        for (const Node& row : body.find("list")->items) list.push_back(text_of(row, "firstName"));
        return list;
    }

    System system;
    EspoCrm espo{system};
};

TEST_F(StandInEspoCrm, NestedConditionsInSearchParamsAndInBracketsMeanTheSame) {
    const std::string keyset = R"({"orderBy":"modifiedAt","order":"asc","where":[{"type":"or","value":[
        {"type":"greaterThan","attribute":"modifiedAt","value":"2026-11-23 21:42:38"},
        {"type":"and","value":[{"type":"equals","attribute":"modifiedAt","value":"2026-11-23T21:42:38Z"},
                               {"type":"greaterThan","attribute":"id","value":"6b04b34e00000000a"}]}]}]})";
    EXPECT_THAT(names(search("Contact", keyset)), ElementsAre("Bo", "Che"));
    EXPECT_THAT(names(ask("Contact", {{"where[0][type]", "or"},
                                      {"where[0][value][0][type]", "equals"},
                                      {"where[0][value][0][attribute]", "firstName"},
                                      {"where[0][value][0][value]", "An"},
                                      {"where[0][value][1][type]", "startsWith"},
                                      {"where[0][value][1][attribute]", "firstName"},
                                      {"where[0][value][1][value]", "ch"},
                                      {"orderBy", "id"}})),
                ElementsAre("An", "Che"));
    EXPECT_THAT(
        names(search("Contact",
                     R"({"orderBy":"id","where":[{"type":"not","value":[{"type":"in","attribute":"firstName","value":["An","Bo"]}]}]})")),
        ElementsAre("Che"));
}

TEST_F(StandInEspoCrm, EqualKeysAreOrderedByIdInTheSameDirection) {
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"modifiedAt","order":"asc"})")), ElementsAre("An", "Bo", "Che"));
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"modifiedAt","order":"desc"})")), ElementsAre("Che", "Bo", "An"));
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"modifiedAt","order":"asc","maxSize":1,"offset":1})")), ElementsAre("Bo"));
}

TEST_F(StandInEspoCrm, ASlashAtTheEndIsNotFound) {
    EXPECT_EQ(ask("Contact/").status, 404);
    EXPECT_EQ(ask("Contact").status, 200);
    EXPECT_EQ(ask("Nothing").status, 404);
}

TEST_F(StandInEspoCrm, KeysAndSignaturesOpenTheDoor) {
    EXPECT_EQ(espo(get_call("/api/v1/Contact", {}, {{"x-api-key", "fout"}})).status, 401);
    EXPECT_EQ(espo(get_call("/api/v1/Contact", {}, {{"x-api-key", "fout"}})).body, "");
    const std::string digest = Hmac(espo.hmac_key)("GET /Contact");
    const auto signed_with = [&](const std::string& d) {
        return espo(get_call("/api/v1/Contact", {{"maxSize", "1"}}, {{"x-hmac-authorization", base64(system.secret + ":" + d)}})).status;
    };
    EXPECT_EQ(signed_with(to_hex(digest)), 200);
    EXPECT_EQ(signed_with(digest), 200);
    EXPECT_EQ(signed_with(to_hex(Hmac(espo.hmac_key)("GET /Account"))), 401);
}

TEST_F(StandInEspoCrm, AfterTooManyDeniedLoginsEverybodyIsRefusedForAMinute) {
    for (int i = 0; i < 11; ++i) EXPECT_EQ(espo(get_call("/api/v1/Contact", {}, {{"x-api-key", "fout"}})).status, 401);
    const Answer refused = ask("Contact");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body, "");
    EXPECT_EQ(reason(refused), "");
    system.now_us += 60 * kSecond;
    EXPECT_EQ(ask("Contact").status, 200);
}

TEST_F(StandInEspoCrm, PagesHaveAMostAndTotalsCanBeLeftOut) {
    EXPECT_EQ(reason(ask("Contact", {{"maxSize", "201"}})), "Max size should not exceed 200. Use offset and limit.");
    EXPECT_EQ(ask("Contact", {{"maxSize", "201"}}).status, 403);
    EXPECT_EQ(ask("Contact", {{"maxSize", "veel"}}).status, 400);
    EXPECT_EQ(ask("Contact", {{"maxSize", "0"}}).body, R"({"total":3,"list":[]})");
    Call call = get_call("/api/v1/Contact", {{"maxSize", "2"}}, key());
    call.headers.emplace_back("x-no-total", "true");
    EXPECT_EQ(parse_json(espo(call).body, "").find("total")->integer, -1);
    call.query.emplace_back("offset", "2");
    EXPECT_EQ(parse_json(espo(call).body, "").find("total")->integer, -2);
}

TEST_F(StandInEspoCrm, Version8PassesOverTheAliasesOfVersion9) {
    const Pairs query{
        {"whereGroup[0][type]", "equals"}, {"whereGroup[0][attribute]", "firstName"}, {"whereGroup[0][value]", "Bo"}, {"orderBy", "id"}};
    EXPECT_THAT(names(ask("Contact", query)), ElementsAre("An", "Bo", "Che"));
    espo.version = 9;
    EXPECT_THAT(names(ask("Contact", query)), ElementsAre("Bo"));
}

TEST_F(StandInEspoCrm, UnknownNamesAreWrongInConditionsAndNothingInSelect) {
    EXPECT_EQ(search("Contact", R"({"where":[{"type":"equals","attribute":"nofield","value":1}]})").status, 400);
    EXPECT_EQ(search("Contact", R"({"orderBy":"nofield"})").status, 400);
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"id","select":["firstName","nofield"],"maxSize":1})")), ElementsAre("An"));
    const Answer garbage = search("Contact", R"({"where":[{"type":"after","attribute":"modifiedAt","value":"gisteren"}]})");
    EXPECT_EQ(garbage.status, 500);
    EXPECT_EQ(garbage.body, "");
    EXPECT_EQ(search("Contact", "{").status, 500);
}

TEST_F(StandInEspoCrm, WhoMayNotReadGetsNoBodyButAReason) {
    system.denied = {"Contact"};
    EXPECT_EQ(ask("Contact").status, 403);
    EXPECT_EQ(ask("Contact").body, "");
    EXPECT_EQ(reason(ask("Contact")), "No read access.");
    EXPECT_EQ(ask("Account").status, 200);
}

TEST_F(StandInEspoCrm, AHiddenFieldVanishesFromRowsAndIsForbiddenInConditions) {
    espo.hidden_fields = {{"Contact", "cBirthDate"}};
    const Node body = parse_json(search("Contact", R"({"select":["firstName","cBirthDate"],"maxSize":1,"orderBy":"id"})").body, "");
    EXPECT_THAT(body.find("list")->items.at(0).keys, Not(Contains("cBirthDate")));
    EXPECT_EQ(search("Contact", R"({"where":[{"type":"isNotNull","attribute":"cBirthDate"}]})").status, 403);
}

TEST_F(StandInEspoCrm, RowsOfOthersAreMissingWithoutAWord) {
    espo.row_seen = [](const std::string&, const Record& r) { return r.id.back() != 'b'; };
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"id"})")), ElementsAre("An", "Che"));
    EXPECT_EQ(parse_json(ask("Contact").body, "").find("total")->integer, 2);
}

TEST_F(StandInEspoCrm, DeletedRecordsAreNeverShown) {
    espo.remove("Contact", "6b04b34e00000000b");
    EXPECT_THAT(names(search("Contact", R"({"orderBy":"id"})")), ElementsAre("An", "Che"));
    EXPECT_THAT(names(search("Contact", R"({"where":[{"type":"isTrue","attribute":"deleted"}]})")), IsEmpty());
    EXPECT_EQ(ask("Contact/6b04b34e00000000b").status, 404);
    EXPECT_EQ(ask("ActionHistoryRecord").status, 403);
    espo.admin = true;
    const Node history = parse_json(search("ActionHistoryRecord", R"({"select":["action","targetId"],"orderBy":"number"})").body, "");
    EXPECT_EQ(text_of(history.find("list")->items.at(0), "targetId"), "6b04b34e00000000b");
    EXPECT_EQ(history.find("total")->integer, -2);
}

TEST_F(StandInEspoCrm, ListsOfLinksComeOnlyWhenSelected) {
    Record meeting{"6b04b34e000000100", at("2026-11-24 09:00:00"), 0, State::Live, {}};
    meeting.fields = {{"name", "\"Huisbezoek\""},
                      {"contactsIds", R"(["6b04b34e00000000a","6b04b34e00000000b"])"},
                      {"dateStart", "\"2026-11-20 15:00:00\""}};
    system.tables["Meeting"].add(meeting);
    const Node all = parse_json(ask("Meeting").body, "");
    EXPECT_THAT(all.find("list")->items.at(0).keys, Not(Contains("contactsIds")));
    const Node some = parse_json(ask("Meeting", {{"select", "name,contactsIds"}}).body, "");
    EXPECT_THAT(some.find("list")->items.at(0).find("contactsIds")->items, SizeIs(2));
    EXPECT_THAT(some.find("list")->items.at(0).keys, IsSupersetOf({"id", "name", "createdById", "assignedUserId"}));
    EXPECT_THAT(names(ask("Meeting/6b04b34e000000100/contacts", {{"orderBy", "id"}})), ElementsAre("An", "Bo"));
    EXPECT_EQ(parse_json(ask("Contact/6b04b34e00000000b/meetings").body, "").find("total")->integer, 1);
    EXPECT_EQ(parse_json(ask("Contact/6b04b34e00000000c/meetings").body, "").find("total")->integer, 0);
    EXPECT_EQ(
        parse_json(search("Meeting", R"({"where":[{"type":"linkedWith","attribute":"contacts","value":["6b04b34e00000000b"]}]})").body, "")
            .find("total")
            ->integer,
        1);
}

TEST_F(StandInEspoCrm, TellsFieldsWithTheirPrefixOfCustomOnes) {
    const Node body = parse_json(ask("Metadata", {{"key", "entityDefs.Contact"}}).body, "");
    EXPECT_TRUE(body.find("fields")->find("cBirthDate")->find("isCustom")->boolean);
    EXPECT_EQ(text_of(*body.find("fields")->find("modifiedAt"), "type"), "datetime");
}

TEST_F(StandInEspoCrm, WritingMovesTheStampAndEchoesWhatItDoesNotKnow) {
    Call call = json_call("/api/v1/Contact/6b04b34e00000000a", R"({"firstName":"Anna","nofield":"x"})", key());
    call.method = "PUT";
    EXPECT_EQ(espo(call).body, R"({"id":"6b04b34e00000000a","firstName":"Anna","nofield":"x"})");
    const Node body = parse_json(ask("Contact/6b04b34e00000000a").body, "");
    EXPECT_EQ(text_of(body, "modifiedAt"), "2026-11-24 12:00:00");
    EXPECT_EQ(body.find("nofield"), nullptr);
}

}  // namespace
}  // namespace brugwacht::stand_in
