#include "tests/support/stand_in/salesforce.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::Salesforce;
using stand_in::salesforce_id;
using stand_in::State;
namespace cloud = stand_in::cloud;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr std::int64_t kSecond = 1'000'000;

class StandInSalesforce : public ::testing::Test {
  protected:
    StandInSalesforce() : salesforce(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 5; ++i) add("003000000000aA" + std::to_string(i), kNoon - 60 * kSecond);
        login();
    }
    void add(const std::string& id, std::int64_t modified_us, State state = State::Live) {
        system.tables["Contact"].add({id, modified_us, 0, state, {{"LastName", "\"Jansen\""}, {"AccountId", "\"001000000000AAA\""}}});
    }
    Answer login_with(const std::string& form) { return salesforce(post_form("/services/oauth2/token", form)); }
    void login() {
        token =
            text_at(login_with("grant_type=client_credentials&client_id=" + salesforce.consumer_key + "&client_secret=" + system.secret),
                    "access_token");
    }
    Answer ask(const std::string& target, const std::string& options = {}) {
        return salesforce(get(target, {{"authorization", "Bearer " + token}, {"sforce-query-options", options}}));
    }
    Answer query(const std::string& soql, const std::string& resource = "query") {
        return ask("/services/data/v62.0/" + resource + "?q=" + cloud::encode(soql));
    }
    std::string ids(const std::string& soql, const std::string& resource = "query") { return each(query(soql, resource), "records", "Id"); }
    stand_in::System system;
    Salesforce salesforce;
    std::string token;
};

TEST(StandInSalesforceIds, TheLastThreeCharactersTellCapitals) {
    EXPECT_EQ(salesforce_id("001000000000001"), "001000000000001AAA");
    EXPECT_EQ(salesforce_id("a0B1A0000000abC").substr(15), "UAQ");
    EXPECT_NE(salesforce_id("003000000000aAb"), salesforce_id("003000000000aab"));
    EXPECT_EQ(salesforce_id("001000000000001AAA"), "001000000000001AAA");
}

TEST_F(StandInSalesforce, ALoginTellsWhereTheDataAreAndNotHowLongItLasts) {
    const Answer good =
        login_with("grant_type=client_credentials&client_id=" + salesforce.consumer_key + "&client_secret=" + system.secret);
    EXPECT_EQ(text_at(good, "instance_url"), "http://crm.example");
    EXPECT_EQ(body_of(good).find("expires_in"), nullptr);
    const Answer bad = login_with("grant_type=client_credentials&client_id=" + salesforce.consumer_key + "&client_secret=fout");
    EXPECT_EQ(bad.status, 400);
    EXPECT_EQ(text_at(bad, "error"), "invalid_client") << "an object, unlike other errors";
    EXPECT_EQ(text_at(login_with("grant_type=password"), "error"), "unsupported_grant_type");
}

TEST_F(StandInSalesforce, SessionsEndAndSomeCannotBeMended) {
    system.now_us += 7200 * kSecond;
    const Answer ended = query("SELECT Id FROM Contact");
    EXPECT_EQ(ended.status, 401);
    EXPECT_EQ(each(ended, "", "errorCode"), "INVALID_SESSION_ID") << "an array";
    login();
    EXPECT_EQ(query("SELECT Id FROM Contact").status, 200);
    salesforce.useless_session = true;
    login();
    EXPECT_EQ(each(query("SELECT Id FROM Contact"), "", "message"), "This session is not valid for use with the REST API");
}

TEST_F(StandInSalesforce, PagesAreFoundBelowTheHostOfTheService) {
    salesforce.page_rows = 2;
    const Answer first = query("SELECT Id, LastName FROM Contact ORDER BY SystemModstamp, Id");
    EXPECT_EQ(member(body_of(first), "totalSize").integer, 5);
    EXPECT_FALSE(member(body_of(first), "done").boolean);
    const std::string next = text_at(first, "nextRecordsUrl");
    EXPECT_EQ(next, "/services/data/v62.0/query/0r8xx0000000001-2");
    EXPECT_EQ(text_at(first, "records.0.attributes.type"), "Contact");
    system.tables["Contact"].records[2].state = State::Gone;
    EXPECT_EQ(each(ask(next), "records", "Id"), salesforce_id("003000000000aA4")) << "a short page, and more to come";
    EXPECT_EQ(text_at(ask(next), "nextRecordsUrl"), "/services/data/v62.0/query/0r8xx0000000001-4");
    EXPECT_TRUE(member(body_of(ask("/services/data/v62.0/query/0r8xx0000000001-4")), "done").boolean);
}

TEST_F(StandInSalesforce, AQueryThatIsTooOldHasToBeginAgain) {
    salesforce.page_rows = 2;
    const std::string next = text_at(query("SELECT Id FROM Contact", "queryAll"), "nextRecordsUrl");
    EXPECT_NE(next.find("/query/"), std::string::npos) << "also for queryAll";
    system.now_us += 2 * 86'400 * kSecond;
    login();
    EXPECT_EQ(ask(next).status, 400);
    EXPECT_EQ(each(ask(next), "", "errorCode"), "INVALID_QUERY_LOCATOR");
    EXPECT_EQ(each(ask("/services/data/v62.0/query/onzin"), "", "errorCode"), "INVALID_QUERY_LOCATOR");
}

TEST_F(StandInSalesforce, TheSizeOfAPageIsAHint) {
    for (int i = 10; i < 260; ++i) add("003000000000b" + std::to_string(100 + i).substr(1), kNoon - kSecond);
    const std::string target = "/services/data/v62.0/query?q=SELECT%20Id%20FROM%20Contact";
    EXPECT_EQ(member(body_of(ask(target, "batchSize=50")), "records").items.size(), 200U) << "not fewer than 200";
    EXPECT_EQ(member(body_of(ask(target)), "records").items.size(), 255U);
}

TEST_F(StandInSalesforce, RowsOfOneSecondAreOnlyKeptApartByTheirIds) {
    const std::string all = "SELECT Id, SystemModstamp FROM Contact WHERE ";
    EXPECT_EQ(text_at(query(all + "Id = '003000000000aA1'"), "records.0.SystemModstamp"), "2026-01-01T11:59:00.000+0000");
    EXPECT_EQ(ids(all + "SystemModstamp > 2026-01-01T11:59:00Z"), "") << "strictly later loses them";
    EXPECT_EQ(ids(all + "((SystemModstamp = 2026-01-01T11:59:00Z AND Id > '003000000000aA3') OR SystemModstamp > 2026-01-01T11:59:00Z) "
                        "ORDER BY SystemModstamp, Id LIMIT 1"),
              salesforce_id("003000000000aA4"));
    system.tables["Contact"].records[0].modified_us += 999'999;
    EXPECT_EQ(text_at(query(all + "Id = '" + salesforce_id("003000000000aA1") + "'"), "records.0.SystemModstamp"),
              "2026-01-01T11:59:00.000+0000")
        << "whole seconds";
}

TEST_F(StandInSalesforce, IdsThatDifferInCapitalsAreTwo) {
    add("003000000000aa1", kNoon);
    EXPECT_EQ(ids("SELECT Id FROM Contact WHERE Id IN ('003000000000aa1')"), salesforce_id("003000000000aa1"));
    EXPECT_EQ(text_at(query("SELECT AccountId FROM Contact LIMIT 1"), "records.0.AccountId"), salesforce_id("001000000000AAA"));
}

TEST_F(StandInSalesforce, DeletedRecordsAreInQueryAllUntilTheyArePurged) {
    system.tables["Contact"].records[0].state = State::Trashed;
    system.tables["Contact"].records[1].state = State::Gone;
    EXPECT_EQ(member(body_of(query("SELECT COUNT() FROM Contact")), "totalSize").integer, 3);
    EXPECT_EQ(member(body_of(query("SELECT COUNT() FROM Contact", "queryAll")), "totalSize").integer, 4);
    EXPECT_EQ(ids("SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true", "queryAll"), salesforce_id("003000000000aA1"));
}

TEST_F(StandInSalesforce, ConditionsAreEvaluated) {
    auto& records = system.tables["Contact"].records;
    records[0].fields["LastName"] = "\"D'Hondt\"";
    records[1].fields["LastName"] = "null";
    records[2].fields["Birthdate"] = "\"2015-05-06\"";
    const std::string where = "SELECT Id FROM Contact WHERE ";
    EXPECT_EQ(ids(where + "LastName = 'D\\'Hondt'"), salesforce_id("003000000000aA1"));
    EXPECT_EQ(ids(where + "lastname = null"), salesforce_id("003000000000aA2")) << "names in any case";
    EXPECT_EQ(ids(where + "Birthdate >= 2015-01-01"), salesforce_id("003000000000aA3"));
    EXPECT_EQ(ids(where + "LastName LIKE 'Jan%' AND (NOT Id = '003000000000aA4') ORDER BY Id DESC"),
              salesforce_id("003000000000aA5") + " " + salesforce_id("003000000000aA3"));
    EXPECT_EQ(ids(where + "Id NOT IN ('003000000000aA1','003000000000aA2','003000000000aA3','003000000000aA4')"),
              salesforce_id("003000000000aA5"));
    EXPECT_EQ(ids("SELECT Id FROM Contact ORDER BY Id LIMIT 1 OFFSET 2"), salesforce_id("003000000000aA3"));
}

TEST_F(StandInSalesforce, WhatCannotBeAskedIsRefusedByName) {
    const auto code = [&](const std::string& soql) { return each(query(soql), "", "errorCode"); };
    EXPECT_EQ(code("SELECT * FROM Contact"), "INVALID_FIELD");
    EXPECT_EQ(code("SELECT Schoenmaat FROM Contact"), "INVALID_FIELD");
    EXPECT_EQ(code("SELECT Id FROM Sloten"), "INVALID_TYPE");
    EXPECT_EQ(code("SELECT Id FROM Contact WHERE Id = 'a' AND Id = 'b' OR Id = 'c'"), "MALFORMED_QUERY") << "needs parentheses";
    EXPECT_EQ(code("SELECT Id FROM Contact WHERE SystemModstamp >= '2026-01-01T00:00:00Z'"), "INVALID_FIELD") << "moments have no quotes";
    EXPECT_EQ(code("SELECT Id FROM Contact WHERE LastName = Jansen"), "MALFORMED_QUERY");
    EXPECT_EQ(code("SELECT Id FROM Contact LIMIT veel"), "MALFORMED_QUERY");
    salesforce.without_stamp_filter = {"Contact"};
    EXPECT_EQ(code("SELECT Id FROM Contact WHERE SystemModstamp >= 2026-01-01T00:00:00Z"), "INVALID_FIELD");
    salesforce.dropped = {"Contact.Email"};
    EXPECT_EQ(code("SELECT Email FROM Contact"), "INVALID_FIELD");
    EXPECT_EQ(query("SELECT Phone FROM Contact").status, 200) << "known, though no record fills it";
    system.denied = {"Contact"};
    EXPECT_EQ(code("SELECT Id FROM Contact"), "INVALID_TYPE") << "as if it were not there";
    EXPECT_EQ(ask("/services/data/v62.0/query?q=" + std::string(17'000, 'x')).status, 414);
}

TEST_F(StandInSalesforce, TheQuotaIsThatOfTheWholeOrganisation) {
    salesforce.used = 122;
    EXPECT_EQ(header_of(query("SELECT Id FROM Contact"), "Sforce-Limit-Info"), "api-usage=123/100000");
    salesforce.used = salesforce.per_day;
    const Answer refused = query("SELECT Id FROM Contact");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(each(refused, "", "errorCode"), "REQUEST_LIMIT_EXCEEDED");
    EXPECT_EQ(header_of(refused, "Retry-After"), "");
}

TEST_F(StandInSalesforce, RelatedFieldsAreObjectsInside) {
    system.tables["Account"].add({"001000000000AAA", kNoon, 0, State::Live, {{"RecordType.DeveloperName", "\"HH_Account\""}}});
    system.tables["Account"].add({"001000000000AAB", kNoon, 0, State::Live, {}});
    const Answer answer = query("SELECT Id, RecordType.DeveloperName FROM Account WHERE RecordType.DeveloperName != 'x' ORDER BY Id");
    EXPECT_EQ(text_at(answer, "records.0.RecordType.DeveloperName"), "HH_Account");
    EXPECT_TRUE(member(body_of(answer), "records.1.RecordType").is(Node::Kind::Null));
}

TEST_F(StandInSalesforce, ObjectsDescribeTheirFields) {
    const Answer answer = ask("/services/data/v62.0/sobjects/pmdm__ServiceDelivery__c/describe");
    EXPECT_NE(each(answer, "fields", "name").find("pmdm__AttendanceStatus__c"), std::string::npos);
    EXPECT_NE(each(answer, "fields", "type").find("datetime"), std::string::npos);
    EXPECT_EQ(ids("SELECT Id, pmdm__Stage__c FROM pmdm__ProgramEngagement__c"), "") << "there, and empty";
    EXPECT_EQ(text_at(ask("/services/oauth2/userinfo"), "preferred_username"), salesforce.user);
    EXPECT_EQ(ask("/services/data/v62.0/sobjects/Sloten/describe").status, 400);
}

class StandInSalesforceAssertion : public StandInSalesforce {
  protected:
    StandInSalesforceAssertion() : key(EVP_RSA_gen(2048), EVP_PKEY_free) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_PUBKEY(pem.get(), key.get());
        char* text = nullptr;
        const auto length = BIO_get_mem_data(pem.get(), &text);
        salesforce.public_key.assign(text, static_cast<std::size_t>(length));
    }
    std::string claims(std::int64_t exp_s) const {
        return R"({"iss":")" + salesforce.consumer_key + R"(","sub":")" + salesforce.user +
               R"(","aud":"https://login.salesforce.com","exp":)" + std::to_string(exp_s) + "}";
    }
    std::string signed_with(const std::string& head, const std::string& payload) const {
        const std::string input = cloud::base64(head) + "." + cloud::base64(payload);
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        std::size_t length = 256;
        std::string signature(length, '\0');
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(input.data()), input.size());
        return input + "." + cloud::base64(signature);
    }
    std::string outcome(const std::string& assertion) {
        const Answer answer =
            login_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + cloud::encode(assertion));
        return answer.status == 200 ? "token" : text_at(answer, "error_description");
    }
    static constexpr std::int64_t kNow = kNoon / kSecond;
    const std::string header = R"({"alg":"RS256"})";
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
};

TEST_F(StandInSalesforceAssertion, MustBeSignedAndShortLived) {
    EXPECT_EQ(outcome(signed_with(header, claims(kNow + 180))), "token");
    EXPECT_EQ(outcome(signed_with(header, claims(kNow - 1))), "expired authorization code");
    EXPECT_EQ(outcome(signed_with(header, claims(kNow + 3600))), "expired authorization code") << "too far ahead";
    EXPECT_EQ(outcome(signed_with(header, claims((kNow + 180) * 1000))), "expired authorization code") << "seconds, not milliseconds";
    EXPECT_EQ(outcome(signed_with(R"({"alg":"none"})", claims(kNow + 180))), "invalid assertion");
    std::string other = signed_with(header, claims(kNow + 180));
    other.replace(other.find('.') + 1, 4, cloud::base64("{ \"").substr(0, 4));
    EXPECT_EQ(outcome(other), "invalid assertion");
    EXPECT_EQ(outcome("geen"), "invalid assertion");
    salesforce.user = "iemand.anders@voorbeeld.be";
    const std::string valid = claims(kNow + 180);
    salesforce.user = "lezer@voorbeeld.be";
    EXPECT_EQ(outcome(signed_with(header, valid)), "user hasn't approved this consumer");
    salesforce.audiences.clear();
    EXPECT_EQ(outcome(signed_with(header, claims(kNow + 180))), "audience is invalid");
}

}  // namespace
}  // namespace brugwacht
