// Three systems of clubs and cities in Flanders: Stamhoofd, the Groepsadministratie of the scouts, UiTPAS.
#include <gtest/gtest.h>

#include "tests/support/stand_in/scouts.hpp"
#include "tests/support/stand_in/stamhoofd.hpp"
#include "tests/support/stand_in/uitpas.hpp"
#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
namespace cloud = stand_in::cloud;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr std::int64_t kSecond = 1'000'000;

class StandInStamhoofd : public ::testing::Test {
  protected:
    StandInStamhoofd() : stamhoofd(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 5; ++i) add("m" + std::to_string(i), i < 4 ? "An" : "Bo");
    }
    void add(const std::string& id, const std::string& name) {
        // Midnight in Brussels on 6 May 2015 is 22 h of the day before in UTC.
        system.tables["members"].add({id,
                                      kNoon,
                                      0,
                                      State::Live,
                                      {{"details", R"({"firstName":")" + name + R"(","lastName":"Jansen","birthDay":1430863200000})"},
                                       {"registrations", R"([{"id":"r","registeredAt":1756713600000}])"},
                                       {"createdAt", "1767225600000"}}});
    }
    Answer ask(const std::string& query, const std::string& resource = "members") {
        return stamhoofd(get("/v398/" + resource + "?" + query, {{"authorization", "Bearer " + system.secret}}));
    }
    std::string ids(const Answer& answer) { return each(answer, "results.members", "id"); }
    stand_in::System system;
    stand_in::Stamhoofd stamhoofd;
};

TEST_F(StandInStamhoofd, NextIsARequestAndNoAddress) {
    const Answer first = ask("limit=2&sort=createdAt%20ASC");
    EXPECT_EQ(ids(first), "m1 m2");
    EXPECT_EQ(text_at(first, "next.sort"), "createdAt ASC,id ASC") << "the id is always added";
    const std::string page_filter = text_at(first, "next.pageFilter");
    EXPECT_EQ(page_filter, R"({"$or":[{"createdAt":{"$gt":{"$":"$date","value":1767225600000}}},)"
                           R"({"$and":[{"createdAt":{"$":"$date","value":1767225600000}},{"id":{"$gt":"m2"}}]}]})");
    const Answer second = ask("limit=2&sort=createdAt%20ASC&pageFilter=" + cloud::encode(page_filter));
    EXPECT_EQ(ids(second), "m3 m4");
    const Answer third = ask("limit=2&sort=createdAt%20ASC&pageFilter=" + cloud::encode(text_at(second, "next.pageFilter")));
    EXPECT_EQ(ids(third), "m5");
    EXPECT_EQ(body_of(third).find("next"), nullptr);
}

TEST_F(StandInStamhoofd, AFullLastPageIsFollowedByAnEmptyOne) {
    const Answer first = ask("limit=5&sort=id%20DESC");
    EXPECT_EQ(ids(first), "m5 m4 m3 m2 m1");
    EXPECT_EQ(text_at(first, "next.pageFilter"), R"({"id":{"$lt":"m1"}})");
    const Answer second = ask("limit=5&sort=id%20DESC&pageFilter=" + cloud::encode(text_at(first, "next.pageFilter")));
    EXPECT_EQ(ids(second), "");
    EXPECT_EQ(body_of(second).find("next"), nullptr);
}

TEST_F(StandInStamhoofd, FiltersAreEvaluated) {
    EXPECT_EQ(ids(ask("limit=9&sort=id&filter=" + cloud::encode(R"({"firstName":"An","id":{"$gt":"m1"}})"))), "m2 m3");
    EXPECT_EQ(ids(ask("limit=9&sort=id&filter=" + cloud::encode(R"({"$not":{"firstName":"An"}})"))), "m4 m5");
    EXPECT_EQ(ids(ask("limit=9&sort=id&search=Bo%20Jan")), "m4 m5");
    EXPECT_EQ(ids(ask("limit=1&sort=id&filter=" + cloud::encode(R"({"birthDay":"2015-05-06"})"))), "m1") << "a day in Brussels";
    EXPECT_EQ(member(body_of(ask("filter=" + cloud::encode(R"({"firstName":"Bo"})"), "members/count")), "count").integer, 2);
    EXPECT_EQ(member(body_of(ask("limit=1&sort=id")), "results.members.0.details.birthDay").integer, 1'430'863'200'000)
        << "and in milliseconds";
}

TEST_F(StandInStamhoofd, NothingIsSortedByTheMomentOfChange) {
    EXPECT_EQ(ask("limit=2&sort=updatedAt").status, 400);
    EXPECT_EQ(ask("limit=2&sort=id&filter=" + cloud::encode(R"({"updatedAt":{"$gt":1}})")).status, 400);
    EXPECT_EQ(member(body_of(ask("limit=1&sort=id")), "results.members.0.updatedAt").integer, kNoon / 1000);
}

TEST_F(StandInStamhoofd, ErrorsAreAnArrayWithCodes) {
    const auto code = [&](const std::string& query) { return text_at(ask(query), "errors.0.code"); };
    EXPECT_EQ(code("limit=101&sort=id"), "invalid_field");
    EXPECT_EQ(code("limit=0&sort=id"), "invalid_field");
    EXPECT_EQ(code("limit=2"), "missing_field");
    EXPECT_EQ(code("sort=id"), "missing_field");
    EXPECT_EQ(code("limit=2&sort=id&filter=kapot"), "invalid_field");
    EXPECT_EQ(text_at(stamhoofd(get("/v398/members")), "errors.0.code"), "not_authenticated");
    EXPECT_EQ(text_at(stamhoofd(get("/v398/members", {{"authorization", "Basic eA=="}})), "errors.0.code"), "not_supported_authentication");
    stamhoofd.rate.most = 1;
    EXPECT_EQ(ask("limit=2&sort=id").status, 200);
    EXPECT_EQ(ask("limit=2&sort=id").status, 429);
    system.now_us += 5 * kSecond;
    EXPECT_EQ(ask("limit=2&sort=id").status, 200);
}

class StandInScouts : public ::testing::Test {
  protected:
    StandInScouts() : scouts(system) {
        system.now_us = kNoon;
        add("l1", "An", "2015-05-06", R"([{"groep":"A1000K","functie":"f1","code":"KW","begin":"2024-09-01"}])");
        add("l2", "Bo", "2009-05-06",
            R"([{"groep":"A1000K","functie":"f2","code":"JGV","begin":"2024-09-01"},)"
            R"({"groep":"B2000L","functie":"f1","code":"KW","begin":"2024-09-01"}])");
        add("l3", "Cé", "2015-01-01", R"([{"groep":"A1000K","functie":"f1","code":"KW","begin":"2023-09-01","einde":"2024-08-31"}])");
        login();
    }
    void login() {
        token = text_at(scouts(post_form("/auth/realms/scouts/protocol/openid-connect/token",
                                         "grant_type=client_credentials&client_secret=" + system.secret)),
                        "access_token");
    }
    void add(const std::string& id, const std::string& name, const std::string& born, const std::string& functions) {
        system.tables["leden"].add(
            {id,
             kNoon,
             0,
             State::Live,
             {{"vgagegevens", R"({"voornaam":")" + name + R"(","achternaam":"Peeters","geboortedatum":")" + born + "\"}"},
              {"persoonsgegevens", name == "An" ? R"({"geslacht":"vrouw"})" : R"({"geslacht":"man"})"},
              {"functies", functions}}});
    }
    Answer ask(const std::string& target, CallHeaders headers = {}) {
        headers.emplace_back("authorization", "Bearer " + token);
        return scouts(get("/groepsadmin/rest-ga" + target, std::move(headers)));
    }
    void set_filter(const std::string& body) {
        ASSERT_EQ(
            scouts(call_of("PATCH", "/groepsadmin/rest-ga/ledenlijst/filter/huidige", {{"authorization", "Bearer " + token}}, body)).status,
            200);
    }
    stand_in::System system;
    stand_in::Scouts scouts;
    std::string token;
};

TEST_F(StandInScouts, TheServerDecidesHowManyRowsAPageHas) {
    scouts.page_rows = 2;
    const Answer first = ask("/ledenlijst?offset=0&aantal=500");
    EXPECT_EQ(member(body_of(first), "aantal").integer, 2);
    EXPECT_EQ(member(body_of(first), "totaal").integer, 3);
    EXPECT_EQ(each(first, "links", "rel"), "self next filter");
    EXPECT_EQ(text_at(first, "links.1.href"), "/groepsadmin/rest-ga/ledenlijst?offset=2");
    EXPECT_EQ(each(ask("/ledenlijst?offset=2"), "links", "rel"), "self filter");
}

TEST_F(StandInScouts, OneMemberMayStandInTheListSeveralTimes) {
    EXPECT_EQ(each(ask("/ledenlijst"), "leden", "id"), "l1 l2 l2") << "and those without a running function not at all";
}

TEST_F(StandInScouts, WhatIsListedIsAFilterKeptAtTheServer) {
    const std::string columns =
        R"("be.vvksm.groepsadmin.model.column.GeboorteDatumColumn","be.vvksm.groepsadmin.model.column.VVKSMFunktiesColumn")";
    set_filter(R"({"kolommen":[)" + columns + R"(],"criteria":{"functies":["f1"],"groepen":["A1000K"]}})");
    const Answer some = ask("/ledenlijst");
    EXPECT_EQ(each(some, "leden", "id"), "l1");
    EXPECT_EQ(member(body_of(some), "leden.0.waarden").find("be.vvksm.groepsadmin.model.column.GeboorteDatumColumn")->text, "06/05/2015");
    EXPECT_EQ(member(body_of(some), "leden.0.waarden").find("be.vvksm.groepsadmin.model.column.VVKSMFunktiesColumn")->text, "KW");
    set_filter(R"({"criteria":{"geslacht":"jongen","leeftijd":{"ouderdan":15}}})");
    EXPECT_EQ(each(ask("/ledenlijst"), "leden", "id"), "l2 l2");
    set_filter(R"({"criteria":{"oudleden":true}})");
    EXPECT_EQ(each(ask("/ledenlijst"), "leden", "id"), "l3");
    const Node kept = member(body_of(ask("/ledenlijst/filter/huidige")), "kolommen");
    EXPECT_EQ(kept.items.size(), 2U) << "those of the first change";
    EXPECT_EQ(kept.items.front().text, "be.vvksm.groepsadmin.model.column.GeboorteDatumColumn");
}

TEST_F(StandInScouts, AMemberHasATagAndKeepsOldIds) {
    const Answer member_answer = ask("/lid/l1");
    EXPECT_EQ(text_at(member_answer, "vgagegevens.geboortedatum"), "2015-05-06");
    EXPECT_EQ(text_at(member_answer, "aangepast"), "2026-01-01T12:00:00+00:00");
    EXPECT_EQ(ask("/lid/l1", {{"if-none-match", header_of(member_answer, "ETag")}}).status, 304);
    scouts.merged["oud"] = "l1";
    EXPECT_EQ(text_at(ask("/lid/oud"), "id"), "l1");
    EXPECT_EQ(text_at(ask("/lid/weg"), "titel"), "Not found");
}

TEST_F(StandInScouts, TokensAreShort) {
    system.now_us += 300 * kSecond;
    EXPECT_EQ(ask("/ledenlijst").status, 401);
    login();
    EXPECT_EQ(ask("/ledenlijst").status, 200);
    EXPECT_EQ(
        scouts(post_form("/auth/realms/scouts/protocol/openid-connect/token", "grant_type=client_credentials&client_secret=fout")).status,
        401);
    system.reads_allowed = false;
    EXPECT_EQ(ask("/ledenlijst").status, 403);
}

class StandInUiTPas : public ::testing::Test {
  protected:
    StandInUiTPas() : uitpas(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 30; ++i)
            system.tables["passholders"].add({"p" + std::to_string(i),
                                              kNoon,
                                              0,
                                              State::Live,
                                              {{"name", "\"Naam " + std::to_string(100 - i) + "\""},
                                               {"firstName", "\"An\""},
                                               {"dateOfBirth", i == 7 ? "\"2015-05-06\"" : "\"1980-01-01\""}}});
        token = text_at(uitpas(post_form("/realms/uitid/protocol/openid-connect/token",
                                         "grant_type=client_credentials&client_secret=" + system.secret)),
                        "access_token");
    }
    Answer ask(const std::string& target) { return uitpas(get(target, {{"authorization", "Bearer " + token}})); }
    stand_in::System system;
    stand_in::UiTPas uitpas;
    std::string token;
};

TEST_F(StandInUiTPas, PagesGoByStartInOrderOfName) {
    const Answer first = ask("/passholders");
    EXPECT_EQ(member(body_of(first), "totalItems").integer, 30);
    EXPECT_EQ(member(body_of(first), "member").items.size(), 20U) << "unless asked";
    EXPECT_EQ(text_at(first, "member.0.id"), "p30");
    EXPECT_EQ(each(ask("/passholders?start=28&limit=500"), "member", "id"), "p2 p1");
    EXPECT_EQ(each(ask("/passholders?limit=1&sortName=desc"), "member", "id"), "p1");
    system.tables["passholders"].records[0].fields["name"] = "\"Aerts\"";
    EXPECT_EQ(each(ask("/passholders?start=28"), "member", "id"), "p3 p2") << "pages shift when somebody is renamed";
}

TEST_F(StandInUiTPas, SearchesAreEvaluated) {
    EXPECT_EQ(each(ask("/passholders?dateOfBirthFrom=2015-05-06"), "member", "id"), "p7");
    EXPECT_EQ(each(ask("/passholders?name=NAAM%2093&dateOfBirthTo=2015-05-06&firstName=an"), "member", "id"), "p7");
    EXPECT_EQ(text_at(ask("/passholders/p7"), "dateOfBirth"), "2015-05-06");
}

TEST_F(StandInUiTPas, ErrorsAreProblems) {
    const Answer much = ask("/passholders?limit=501");
    EXPECT_EQ(much.status, 400);
    EXPECT_EQ(text_at(much, "type"), "https://api.publiq.be/probs/url/query-limit-exceeded");
    EXPECT_EQ(header_of(much, "Content-Type"), "application/problem+json");
    EXPECT_EQ(uitpas(get("/passholders")).status, 401);
    EXPECT_EQ(ask("/passholders/weg").status, 404);
    system.denied = {"passholders"};
    EXPECT_EQ(ask("/passholders").status, 403);
}

}  // namespace
}  // namespace brugwacht
