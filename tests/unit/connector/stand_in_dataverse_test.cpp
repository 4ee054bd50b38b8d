#include "tests/support/stand_in/dataverse.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::Dataverse;
using stand_in::State;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

class StandInDataverse : public ::testing::Test {
  protected:
    StandInDataverse() : dataverse(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 5; ++i) add("0" + std::to_string(i), kNoon - 10 * kSecond);
        token = text_at(dataverse(post_form("/contoso/oauth2/v2.0/token", credentials())), "access_token");
    }
    std::string credentials() const {
        return "grant_type=client_credentials&client_id=app&client_secret=" + system.secret + "&scope=https%3A%2F%2Fcrm.example%2F.default";
    }
    void add(const std::string& id, std::int64_t modified_us, State state = State::Live) {
        system.tables["contacts"].add({id, modified_us, 0, state, {{"lastname", "\"Jansen " + id + "\""}, {"gendercode", "2"}}});
    }
    Answer ask(const std::string& target, const std::string& prefer = {}) {
        return dataverse(get(target, {{"authorization", "Bearer " + token}, {"prefer", prefer}}));
    }
    stand_in::System system;
    Dataverse dataverse;
    std::string token;
    const std::string contacts = "/api/data/v9.2/contacts";
};

TEST_F(StandInDataverse, TheTokenEndpointChecksSecretAndScope) {
    EXPECT_EQ(
        dataverse(post_form("/contoso/oauth2/v2.0/token", "grant_type=client_credentials&client_secret=fout&scope=a%2F.default")).status,
        401);
    EXPECT_EQ(dataverse(post_form("/contoso/oauth2/v2.0/token", "grant_type=client_credentials&client_secret=" + system.secret)).status,
              400);
    EXPECT_EQ(ask(contacts).status, 200);
    EXPECT_EQ(dataverse(get(contacts)).status, 401);
    EXPECT_EQ(dataverse(get(contacts)).body, "") << "an error without a body";
}

TEST_F(StandInDataverse, ATokenRunsOutOnTheSystemsClock) {
    system.now_us += 3598 * kSecond;
    EXPECT_EQ(ask(contacts).status, 200);
    system.now_us += kSecond;
    EXPECT_EQ(ask(contacts).status, 401);
}

TEST_F(StandInDataverse, PagesFollowAnOpaqueLinkByteForByte) {
    const Answer first = ask(contacts + "?$select=lastname", "odata.maxpagesize=2");
    EXPECT_EQ(each(first, "value", "contactid"), "01 02");
    EXPECT_EQ(header_of(first, "Preference-Applied"), "odata.maxpagesize=2");
    const std::string link = text_at(first, "@odata.nextLink");
    EXPECT_EQ(link.rfind("http://crm.example/api/data/v9.2/contacts?$select=lastname&$skiptoken=%3Ccookie%20pagenumber=%222%22", 0), 0U)
        << link;
    EXPECT_NE(link.find("%253ccookie"), std::string::npos) << "encoded twice";
    const Answer second = ask(link, "odata.maxpagesize=2");
    EXPECT_EQ(each(second, "value", "contactid"), "03 04");
    const Answer third = ask(text_at(second, "@odata.nextLink"), "odata.maxpagesize=2");
    EXPECT_EQ(each(third, "value", "contactid"), "05");
    EXPECT_EQ(text_at(third, "@odata.nextLink"), "");

    std::string normalised = link;
    normalised.replace(normalised.find("%253c"), 5, "%253C");
    EXPECT_EQ(ask(normalised, "odata.maxpagesize=2").status, 400);
}

TEST_F(StandInDataverse, FiltersAndOrdersAreEvaluated) {
    add("06", kNoon - 5 * kSecond);
    add("00", kNoon - 5 * kSecond);
    const std::string window = "modifiedon%20ge%202026-01-01T11:59:52Z%20and%20modifiedon%20lt%202026-01-01T12:00:00Z";
    EXPECT_EQ(each(ask(contacts + "?$filter=" + window + "&$orderby=modifiedon%20asc,contactid"), "value", "contactid"), "00 06");
    EXPECT_EQ(each(ask(contacts + "?$filter=contactid%20gt%20'03'%20and%20not(contactid%20eq%20'05')&$orderby=contactid%20desc"), "value",
                   "contactid"),
              "06 04");
    EXPECT_EQ(each(ask(contacts + "?$filter=gendercode%20eq%202%20and%20(lastname%20eq%20'Jansen%2001'%20or%20contains(lastname,'02'))"),
                   "value", "contactid"),
              "01 02");
    EXPECT_EQ(ask(contacts + "/$count?$filter=contactid%20gt%20'04'").body, "2") << "05 and 06";
    EXPECT_EQ(ask(contacts + "?$filter=contactid%20groter%20'03'").status, 400);
    EXPECT_EQ(text_at(ask(contacts + "?$filter=contactid%20groter%20'03'"), "error.code"), "") << "the code may be empty";
    EXPECT_EQ(ask(contacts + "?$skip=2").status, 400);
}

TEST_F(StandInDataverse, TopIsIgnoredBesideAPageSize) {
    EXPECT_EQ(each(ask(contacts + "?$top=1"), "value", "contactid"), "01");
    EXPECT_EQ(each(ask(contacts + "?$top=1", "odata.maxpagesize=3"), "value", "contactid"), "01 02 03");
}

TEST_F(StandInDataverse, AMissingColumnIsAnError) {
    EXPECT_EQ(text_at(ask(contacts + "?$select=ownerid"), "error.code"), "0x80060888");
    EXPECT_EQ(ask(contacts + "?$select=_ownerid_value,firstname").status, 200) << "known, though no record fills it";
    dataverse.dropped = {"contacts.firstname"};
    EXPECT_EQ(ask(contacts + "?$select=firstname").status, 400);
    EXPECT_EQ(text_at(ask("/api/data/v9.2/sloten"), "error.code"), "0x8006088a");
}

TEST_F(StandInDataverse, LabelsAreInTheLanguageOfTheUserAndOnlyOnRequest) {
    const std::string formatted = "gendercode@OData.Community.Display.V1.FormattedValue";
    EXPECT_EQ(member(body_of(ask(contacts)), "value.0").find(formatted), nullptr);
    const Answer answer = ask(contacts,
                              "odata.maxpagesize=1,odata.include-annotations=\"OData.Community.Display.V1.FormattedValue,Microsoft."
                              "Dynamics.CRM.lookuplogicalname\"");
    const Node row = member(body_of(answer), "value.0");
    ASSERT_NE(row.find(formatted), nullptr);
    EXPECT_EQ(row.find(formatted)->text, "Vrouw");
    EXPECT_EQ(row.find("modifiedon@OData.Community.Display.V1.FormattedValue")->text, "1-1-2026 12:59")
        << "local time, never to be read back";
}

TEST_F(StandInDataverse, MomentsMayHaveFiveDigits) {
    dataverse.fraction_digits = 5;
    system.tables["contacts"].records[0].modified_us = kNoon + 123'456;
    EXPECT_EQ(text_at(ask(contacts + "?$select=modifiedon&$filter=contactid%20eq%20'01'"), "value.0.modifiedon"),
              "2026-01-01T12:00:00.12345Z");
}

TEST_F(StandInDataverse, TrackingGivesAllThenChangesThenDeletions) {
    const std::string track = "odata.track-changes,odata.maxpagesize=3";
    Answer page = ask(contacts + "?$select=lastname", track);
    EXPECT_EQ(header_of(page, "Preference-Applied"), "odata.maxpagesize=3, odata.track-changes");
    EXPECT_EQ(text_at(page, "@odata.deltaLink"), "") << "only on the last page";
    page = ask(text_at(page, "@odata.nextLink"), track);
    EXPECT_EQ(each(page, "value", "contactid"), "04 05");
    const std::string delta = text_at(page, "@odata.deltaLink");
    EXPECT_NE(delta.find("$select=lastname&$deltatoken="), std::string::npos);

    EXPECT_EQ(each(ask(delta), "value", "contactid"), "") << "nothing has changed";
    auto& records = system.tables["contacts"].records;
    records[1].fields["lastname"] = "\"Peeters\"";
    records[3].state = State::Gone;
    add("99", kNoon, State::Gone);  // made and deleted in between: the caller never saw it
    system.tables["contacts"].add({"50", kNoon - kDay, kNoon + kSecond, State::Live, {}});
    const Answer changes = ask(delta);
    EXPECT_EQ(each(changes, "value", "contactid"), "02  ") << "changes first, deletions last";
    EXPECT_EQ(each(changes, "value", "id"), " 04 99");
    EXPECT_EQ(text_at(changes, "value.1.reason"), "deleted");
    system.now_us += 2 * kSecond;
    EXPECT_EQ(each(ask(text_at(changes, "@odata.deltaLink")), "value", "contactid"), "50")
        << "committed late, with an old moment of change";
}

TEST_F(StandInDataverse, TrackingRefusesOtherOptions) {
    for (const char* option : {"$filter=contactid%20eq%20'01'", "$orderby=lastname", "$top=3"})
        EXPECT_EQ(ask(contacts + "?" + option, "odata.track-changes").status, 400) << option;
    dataverse.untracked = {"contacts"};
    EXPECT_EQ(ask(contacts, "odata.track-changes").status, 400);
    EXPECT_EQ(
        each(ask("/api/data/v9.2/EntityDefinitions?$select=LogicalName&$filter=ChangeTrackingEnabled%20eq%20true"), "value", "LogicalName"),
        "");
}

TEST_F(StandInDataverse, AnOldTokenOfChangesIsAnErrorAndNeverNoChanges) {
    const std::string delta = text_at(ask(contacts, "odata.track-changes"), "@odata.deltaLink");
    system.now_us += 8 * kDay;
    token = text_at(dataverse(post_form("/contoso/oauth2/v2.0/token", credentials())), "access_token");
    const Answer answer = ask(delta);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(text_at(answer, "error.message"), "Version stamp associated with the client has expired. Please perform a full sync");
}

TEST_F(StandInDataverse, PreferencesMayBeIgnoredWithoutAWord) {
    dataverse.ignores_preferences = true;
    const Answer answer = ask(contacts, "odata.track-changes,odata.maxpagesize=2");
    EXPECT_EQ(each(answer, "value", "contactid"), "01 02 03 04 05");
    EXPECT_EQ(header_of(answer, "Preference-Applied"), "");
    EXPECT_EQ(text_at(answer, "@odata.deltaLink"), "");
}

TEST_F(StandInDataverse, TooManyRequestsWaitLongerTheMoreOneAsks) {
    dataverse.rate.most = 1;
    EXPECT_EQ(ask(contacts).status, 200);
    const Answer second = ask(contacts);
    EXPECT_EQ(second.status, 429);
    EXPECT_EQ(text_at(second, "error.code"), "0x80072322");
    EXPECT_EQ(header_of(second, "Retry-After"), "301");
    EXPECT_EQ(header_of(ask(contacts), "Retry-After"), "302");
    system.now_us += 301 * kSecond;
    EXPECT_EQ(ask(contacts).status, 200);
}

TEST_F(StandInDataverse, ATableThatMayNotBeReadIsForbidden) {
    system.denied = {"contacts"};
    EXPECT_EQ(ask(contacts).status, 403);
    EXPECT_EQ(ask("/api/data/v9.2/WhoAmI").status, 200);
}

TEST_F(StandInDataverse, PartiesOfActivitiesHaveNoMomentOfChange) {
    system.tables["activityparties"].add({"p1", kNoon, 0, State::Live, {{"_activityid_value", "\"a1\""}, {"participationtypemask", "5"}}});
    EXPECT_EQ(ask("/api/data/v9.2/activityparties?$filter=modifiedon%20ge%202020-01-01T00:00:00Z").status, 400);
    EXPECT_EQ(each(ask("/api/data/v9.2/activityparties?$filter=_activityid_value%20eq%20a1"), "value", "activitypartyid"), "p1");
}

}  // namespace
}  // namespace brugwacht
