#include "tests/support/stand_in/hubspot.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::State;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr std::int64_t kSecond = 1'000'000;

class StandInHubSpot : public ::testing::Test {
  protected:
    StandInHubSpot() : hubspot(system) {
        system.now_us = kNoon;
        for (const char* id : {"9", "10", "101", "7199", "719869649082"}) add(id, kNoon - kSecond);
    }
    void add(const std::string& id, std::int64_t modified_us, State state = State::Live) {
        system.tables["contacts"].add(
            {id, modified_us, 0, state, {{"firstname", "\"An\""}, {"kinderen", "2"}, {"talen", R"(["nl","fr"])"}}});
    }
    CallHeaders bearer() const { return {{"authorization", "Bearer " + system.secret}}; }
    Answer list(const std::string& query) { return hubspot(get("/crm/v3/objects/contacts?" + query, bearer())); }
    Answer search(const std::string& body) { return hubspot(call_of("POST", "/crm/v3/objects/contacts/search", bearer(), body)); }
    static std::string after_id(const std::string& id) {
        return R"({"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"1767268700000"},)"
               R"({"propertyName":"lastmodifieddate","operator":"LT","value":"1767268900000"},)"
               R"({"propertyName":"hs_object_id","operator":"GT","value":")" +
               id + R"("}]}],"sorts":[{"propertyName":"hs_object_id","direction":"ASCENDING"}],"limit":2})";
    }
    stand_in::System system;
    stand_in::HubSpot hubspot;
};

TEST_F(StandInHubSpot, ListsPageByAfterAndTenAtATimeUnlessAsked) {
    const Answer first = list("limit=2");
    EXPECT_EQ(each(first, "results", "id"), "9 10");
    const Answer second = list("limit=2&after=" + text_at(first, "paging.next.after"));
    EXPECT_EQ(each(second, "results", "id"), "101 7199");
    EXPECT_EQ(each(list("limit=2&after=7199"), "results", "id"), "719869649082");
    EXPECT_EQ(text_at(list("limit=2&after=7199"), "paging.next.after"), "");
    for (int i = 20; i < 30; ++i) add(std::to_string(i), kNoon);
    EXPECT_EQ(member(body_of(list("")), "results").items.size(), 10U);
    EXPECT_EQ(list("limit=101").status, 400);
}

TEST_F(StandInHubSpot, PagesMayBeShortOrEmptyWhileThereIsMore) {
    hubspot.concealed = {"10", "101", "7199"};
    EXPECT_EQ(each(list("limit=2"), "results", "id"), "9");
    const Answer empty = list("limit=2&after=10");
    EXPECT_EQ(each(empty, "results", "id"), "");
    EXPECT_EQ(text_at(empty, "paging.next.after"), "7199");
}

TEST_F(StandInHubSpot, UnknownPropertiesAreIgnoredAndAllValuesAreTexts) {
    const Node properties = member(body_of(list("limit=1&properties=kinderen,talen,schoenmaat")), "results.0.properties");
    EXPECT_EQ(member(properties, "kinderen").text, "2");
    EXPECT_EQ(member(properties, "talen").text, "nl;fr");
    EXPECT_EQ(properties.find("schoenmaat"), nullptr);
    EXPECT_TRUE(member(properties, "email").is(Node::Kind::Null)) << "known, but empty";
    EXPECT_EQ(member(body_of(list("limit=1")), "results.0.properties").find("kinderen"), nullptr) << "only a few come without asking";
}

TEST_F(StandInHubSpot, ArchivedRecordsAreInAListOfTheirOwn) {
    system.tables["contacts"].records[0].state = State::Trashed;
    system.tables["contacts"].records[1].state = State::Gone;
    EXPECT_EQ(each(list(""), "results", "id"), "101 7199 719869649082");
    const Answer archived = list("archived=true");
    EXPECT_EQ(each(archived, "results", "id"), "9");
    EXPECT_EQ(text_at(archived, "results.0.archivedAt"), "2026-01-01T11:59:59.000Z");
}

TEST_F(StandInHubSpot, SearchSortsAndComparesIdsAsTexts) {
    const Answer first = search(after_id("0"));
    EXPECT_EQ(each(first, "results", "id"), "10 101");
    EXPECT_EQ(member(body_of(first), "total").integer, 5);
    EXPECT_EQ(each(search(after_id("101")), "results", "id"), "719869649082 7199");
    EXPECT_EQ(each(search(after_id("7199")), "results", "id"), "9");
    EXPECT_EQ(each(search(after_id("9")), "results", "id"), "");
}

TEST_F(StandInHubSpot, SearchEvaluatesGroupsAndOperators) {
    system.tables["contacts"].records[3].fields["firstname"] = "\"Bo\"";
    system.tables["contacts"].records[4].fields.erase("firstname");
    const auto one = [](const std::string& filters) {
        return R"({"filterGroups":[{"filters":[)" + filters + R"(]}],"sorts":["hs_object_id"]})";
    };
    EXPECT_EQ(each(search(one(R"({"propertyName":"firstname","operator":"EQ","value":"Bo"})")), "results", "id"), "7199");
    EXPECT_EQ(each(search(one(R"({"propertyName":"firstname","operator":"NOT_HAS_PROPERTY"})")), "results", "id"), "719869649082");
    EXPECT_EQ(each(search(one(R"({"propertyName":"firstname","operator":"IN","values":["Bo","Cé"]})")), "results", "id"), "7199");
    EXPECT_EQ(each(search(R"({"filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"EQ","value":"9"}]},)"
                          R"({"filters":[{"propertyName":"firstname","operator":"EQ","value":"Bo"}]}]})"),
                   "results", "id"),
              "9 7199");
    EXPECT_EQ(search(one(R"({"propertyName":"firstname","operator":"LIJKT_OP","value":"Bo"})")).status, 400);
    EXPECT_EQ(search("{kapot").status, 400);
}

TEST_F(StandInHubSpot, ASearchEndsAtItsCap) {
    hubspot.result_cap = 4;
    const std::string page = R"({"limit":2,"after":")";
    EXPECT_EQ(text_at(search(page + "2\"}"), "paging.next.after"), "4") << "more is promised";
    EXPECT_EQ(search(page + "4\"}").status, 400) << "and refused";
    EXPECT_EQ(search(R"({"limit":201})").status, 400);
}

TEST_F(StandInHubSpot, TheIndexOfSearchesLagsBehind) {
    hubspot.index_lag_us = 5 * kSecond;
    EXPECT_EQ(member(body_of(search("{}")), "total").integer, 0);
    EXPECT_EQ(each(list("limit=1"), "results", "id"), "9");
    system.now_us += 4 * kSecond;
    EXPECT_EQ(member(body_of(search("{}")), "total").integer, 5);
}

TEST_F(StandInHubSpot, LimitsNameTheirPolicyAndOftenNotWhenToComeBack) {
    hubspot.rolling.most = 1;
    EXPECT_EQ(header_of(list(""), "X-HubSpot-RateLimit-Remaining"), "0");
    const Answer rolling = list("");
    EXPECT_EQ(rolling.status, 429);
    EXPECT_EQ(text_at(rolling, "policyName"), "TEN_SECONDLY_ROLLING");
    EXPECT_EQ(header_of(rolling, "Retry-After"), "");
    hubspot.tells_when_to_come_back = true;
    EXPECT_EQ(header_of(list(""), "Retry-After"), "10");
    system.now_us += 10 * kSecond;
    EXPECT_EQ(list("").status, 200);
    hubspot.rolling.most = 0;
    hubspot.searches.most = 1;
    EXPECT_EQ(search("{}").status, 200);
    system.now_us += kSecond / 2;
    EXPECT_EQ(text_at(search("{}"), "policyName"), "SECONDLY");
    hubspot.per_day = 3;
    EXPECT_EQ(text_at(list(""), "policyName"), "DAILY");
}

TEST_F(StandInHubSpot, AssociationsInsideARecordHavePagesOfTheirOwn) {
    system.tables["contacts"].records[0].fields["associations.companies"] = R"(["1","2","3"])";
    hubspot.association_page = 2;
    const Answer answer = list("limit=1&associations=companies");
    EXPECT_EQ(each(answer, "results.0.associations.companies.results", "id"), "1 2");
    EXPECT_EQ(text_at(answer, "results.0.associations.companies.paging.next.after"), "3");
}

TEST_F(StandInHubSpot, KeysAndScopesAreChecked) {
    EXPECT_EQ(hubspot(get("/crm/v3/objects/contacts")).status, 401);
    EXPECT_EQ(hubspot(get("/crm/v3/objects/contacts", {{"authorization", "Bearer met blanco"}})).status, 530) << "malformed";
    system.denied = {"contacts"};
    EXPECT_EQ(text_at(list(""), "category"), "MISSING_SCOPES");
    system.denied = {};
    EXPECT_EQ(each(hubspot(get("/crm/v3/properties/contacts", bearer())), "results", "name"),
              "createdate email firstname hs_object_id kinderen lastmodifieddate lastname talen");
    EXPECT_EQ(hubspot(get("/crm/objects/2026-03/contacts", bearer())).status, 200) << "the next version of the address";
}

}  // namespace
}  // namespace brugwacht
