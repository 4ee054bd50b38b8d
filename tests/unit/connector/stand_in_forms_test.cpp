// The two servers that collect forms: KoboToolbox and ODK Central.
#include <gtest/gtest.h>

#include "tests/support/stand_in/kobo.hpp"
#include "tests/support/stand_in/odk.hpp"
#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
namespace cloud = stand_in::cloud;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr std::int64_t kSecond = 1'000'000;

class StandInKobo : public ::testing::Test {
  protected:
    StandInKobo() : kobo(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 120; ++i)
            system.tables["aX1"].add({std::to_string(i),
                                      kNoon + i * kSecond,
                                      0,
                                      State::Live,
                                      {{"kind/voornaam", "\"An\""}, {"bezoeken", R"([{"bezoeken/datum":"2026-01-02"}])"}}});
    }
    Answer ask(const std::string& query) {
        return kobo(get("/api/v2/assets/aX1/data/?" + query, {{"authorization", "Token " + system.secret}}));
    }
    std::size_t rows(const Answer& answer) { return member(body_of(answer), "results").items.size(); }
    stand_in::System system;
    stand_in::Kobo kobo;
};

TEST_F(StandInKobo, WithoutALimitOnlyAHundredRowsComeAndTheRestIsBehindNext) {
    const Answer first = ask("");
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(rows(first), 100U);
    EXPECT_EQ(member(body_of(first), "count").integer, 120);
    EXPECT_EQ(text_at(first, "next"), "http://crm.example/api/v2/assets/aX1/data/?limit=100&start=100");
    const Answer second = kobo(get(text_at(first, "next"), {{"authorization", "Token " + system.secret}}));
    EXPECT_EQ(rows(second), 20U);
    EXPECT_TRUE(member(body_of(second), "next").is(Node::Kind::Null));
}

TEST_F(StandInKobo, ATooLargeLimitIsCutWithoutAWord) {
    kobo.most = 110;
    EXPECT_EQ(rows(ask("limit=30000")), 110U);
}

TEST_F(StandInKobo, QueriesAndOrdersAreEvaluated) {
    EXPECT_EQ(each(ask("sort=%7B%22_id%22:-1%7D&limit=3"), "results", "_id"), "120 119 118");
    EXPECT_EQ(each(ask("query=%7B%22_submission_time%22:%7B%22$gte%22:%222026-01-01T12:01:58%22%7D%7D"), "results", "_id"), "118 119 120");
    EXPECT_EQ(each(ask("query=%7B%22$or%22:[%7B%22_id%22:%7B%22$lt%22:2%7D%7D,%7B%22_id%22:7%7D]%7D"), "results", "_id"), "1 7");
    EXPECT_EQ(ask("query=%7Bkapot").status, 400);
    EXPECT_EQ(ask("query=%7B%22_id%22:%7B%22$regexx%22:1%7D%7D").status, 400);
}

TEST_F(StandInKobo, AnEditDoesNotMoveTheTimeOfSubmission) {
    const std::string before = text_at(ask("limit=1"), "results.0._submission_time");
    EXPECT_EQ(before, "2026-01-01T12:00:01");
    system.tables["aX1"].records[0].modified_us = kNoon + 3600 * kSecond;
    EXPECT_EQ(text_at(ask("limit=1"), "results.0._submission_time"), before);
}

TEST_F(StandInKobo, KeysHoldSlashesAndRepeatsAreArrays) {
    const Node row = member(body_of(ask("limit=1")), "results.0");
    ASSERT_NE(row.find("kind/voornaam"), nullptr);
    EXPECT_EQ(member(row, "bezoeken.0").find("bezoeken/datum")->text, "2026-01-02");
    const Answer form = kobo(get("/api/v2/assets/aX1/", {{"authorization", "Token " + system.secret}}));
    EXPECT_EQ(each(form, "content.survey", "$xpath"), "bezoeken kind/voornaam");
}

TEST_F(StandInKobo, TheCountMayBeMoreThanWhatComes) {
    kobo.overstated = 3;
    EXPECT_EQ(member(body_of(ask("")), "count").integer, 123);
}

TEST_F(StandInKobo, ErrorsHaveADetail) {
    EXPECT_EQ(text_at(kobo(get("/api/v2/assets/aX1/data/", {{"authorization", "Token fout"}})), "detail"), "Invalid token.");
    EXPECT_EQ(kobo(get("/api/v2/assets/aX1/data/", {{"authorization", "Bearer " + system.secret}})).status, 401);
    system.denied = {"aX1"};
    EXPECT_EQ(ask("").status, 404) << "what may not be read is not there";
}

class StandInOdk : public ::testing::Test {
  protected:
    StandInOdk() : odk(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 4; ++i)
            system.tables["kinderen"].add({"uuid:" + std::to_string(i),
                                           kNoon + i * kSecond,
                                           0,
                                           State::Live,
                                           {{"naam", "\"An\""}, {"bezoeken", R"([{"datum":"2026-01-02"}])"}}});
    }
    Answer ask(const std::string& query) {
        return odk(get("/v1/projects/1/forms/kinderen.svc/Submissions?" + query,
                       {{"authorization", "Basic " + cloud::base64(odk.user + ":" + system.secret)}}));
    }
    stand_in::System system;
    stand_in::Odk odk;
};

TEST_F(StandInOdk, ANextLinkComesOnlyToThoseWhoSendTop) {
    EXPECT_EQ(each(ask(""), "value", "__id"), "uuid:4 uuid:3 uuid:2 uuid:1") << "newest first";
    const Answer first = ask("$top=3&$count=true");
    EXPECT_EQ(each(first, "value", "__id"), "uuid:4 uuid:3 uuid:2");
    EXPECT_EQ(member(body_of(first), "@odata.count").integer, 4);
    system.tables["kinderen"].add({"uuid:5", kNoon + 9 * kSecond, 0, State::Live, {}});
    const std::string link = text_at(first, "@odata.nextLink");
    EXPECT_NE(link.find("%24skiptoken="), std::string::npos);
    EXPECT_EQ(each(ask(link.substr(link.find('?') + 1)), "value", "__id"), "uuid:1") << "new submissions do not shift the pages";
}

TEST_F(StandInOdk, OnlySomeFieldsCanBeFilteredOrSorted) {
    EXPECT_EQ(each(ask("$filter=__system/submissionDate%20ge%202026-01-01T12:00:03Z&$orderby=__system/submissionDate"), "value", "__id"),
              "uuid:3 uuid:4");
    const Answer refused = ask("$filter=naam%20eq%20'An'");
    EXPECT_EQ(refused.status, 501);
    EXPECT_EQ(text_at(refused, "code").substr(0, 4), "501.");
    EXPECT_EQ(ask("$orderby=naam").status, 501);
    EXPECT_EQ(ask("$expand=*&$select=naam").status, 501);
    EXPECT_EQ(ask("$search=An").status, 501);
    EXPECT_EQ(each(ask("$filter=__system/submissionDate%20le%202026-01-01"), "value", "__id"), "") << "a day alone is its midnight";
}

TEST_F(StandInOdk, AnEditIsSeenInUpdatedAtWhichIsNullBefore) {
    const std::string window = "$filter=__system/updatedAt%20ge%202026-01-01T12:00:00Z";
    EXPECT_EQ(each(ask(window), "value", "__id"), "");
    system.tables["kinderen"].records[1].modified_us += 60 * kSecond;
    EXPECT_EQ(each(ask(window), "value", "__id"), "uuid:2");
    EXPECT_EQ(text_at(ask(window), "value.0.__system.submissionDate"), "2026-01-01T12:00:02.000Z");
}

TEST_F(StandInOdk, DeletedSubmissionsShowOnlyToAFilterThatAsksForThem) {
    ask("");
    system.tables["kinderen"].records[0].state = State::Trashed;
    EXPECT_EQ(each(ask(""), "value", "__id"), "uuid:4 uuid:3 uuid:2");
    EXPECT_EQ(each(ask("$filter=__system/deletedAt%20ne%20null"), "value", "__id"), "uuid:1");
}

TEST_F(StandInOdk, RepeatsAreInsideOnlyWhenExpanded) {
    EXPECT_EQ(text_at(ask("$top=1"), "value.0.bezoeken@odata.navigationLink"), "Submissions('uuid:4')/bezoeken");
    EXPECT_EQ(text_at(ask("$top=1&$expand=*"), "value.0.bezoeken.0.datum"), "2026-01-02");
}

TEST_F(StandInOdk, ASessionServesAsWellAsAPassword) {
    const std::string target = "/v1/projects/1/forms/kinderen.svc/Submissions";
    const Answer wrong = odk(call_of("POST", "/v1/sessions", {}, R"({"email":"lezer@voorbeeld.be","password":"fout"})"));
    EXPECT_EQ(text_at(wrong, "code"), "401.2");
    const Answer session =
        odk(call_of("POST", "/v1/sessions", {}, R"({"email":"lezer@voorbeeld.be","password":")" + system.secret + "\"}"));
    const CallHeaders bearer = {{"authorization", "Bearer " + text_at(session, "token")}};
    EXPECT_EQ(odk(get(target, bearer)).status, 200);
    system.now_us += 86'400 * kSecond;
    EXPECT_EQ(odk(get(target, bearer)).status, 401);
}

}  // namespace
}  // namespace brugwacht
