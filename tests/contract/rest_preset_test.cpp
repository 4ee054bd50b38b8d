// What is particular to one shipped preset, from its stand-in to the store.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/contract/rest_source.hpp"
#include "tests/support/stand_in/graph.hpp"
#include "tests/support/stand_in/salesforce.hpp"
#include "tests/support/stand_in/scouts.hpp"
#include "tests/support/stand_in/stamhoofd.hpp"
#include "tests/support/stand_in/uitpas.hpp"

namespace brugwacht {
namespace {

using stand_in::State;

constexpr std::int64_t kNow = 1'795'651'200;  // 2026-11-26T00:00:00Z, in seconds
const std::string kOrigin = "http://127.0.0.1:8443";
const std::string kSite = "site = \"" + kOrigin + "\"";
const std::string kLogin = "login = \"" + kOrigin + "\"";

class RestPresets : public testing::Test {
  protected:
    using Fields = std::map<std::string, std::string>;

    RestPresets() { system.now_us = kNow * kSecond; }

    void add(const std::string& table, const std::string& id, Fields fields) {
        system.tables[table].add({id, (kNow - 86'400) * kSecond, 0, State::Live, std::move(fields)});
    }
    static std::unique_ptr<RestProject> open(const std::string& preset, const std::vector<std::string>& connection, const Fields& secrets,
                                             Responder responder, const Fields& altered = {}) {
        auto project = std::make_unique<RestProject>(preset, connection, secrets, std::move(responder));
        if (!altered.empty()) project->own_preset(preset, altered_preset(preset, altered));
        project->add_setting("role = \"caseload\"");
        project->clock.at = kNow;
        return project;
    }

    stand_in::System system;
};

TEST_F(RestPresets, StamhoofdGivesDaysOfBirthInMilliseconds) {
    // Midnight in Brussels on 6 May 2015 is 22 h of the day before in UTC.
    for (int n = 1; n <= 4; ++n) {
        const std::string number = std::to_string(n);
        add("members", "m" + number,
            {{"details", R"({"firstName":"An","lastName":"Voorbeeld )" + number + R"(","birthDay":1430863200000,"gender":"Female"})"},
             {"registrations", R"([{"id":"r)" + number +
                                   R"(","organizationId":"634d549b-862e-4a5e-852d-3d4a9814e22d","registeredAt":1756713600000,)"
                                   R"("group":{"type":"Membership"}}])"}});
    }
    stand_in::Stamhoofd stamhoofd(system);
    const auto project = open("stamhoofd-api", {kSite}, {{"api_key", system.secret}}, [&](const Call& call) { return stamhoofd(call); },
                              {{"page_size = 100", "page_size = 2"}});
    EXPECT_EQ(error_codes(project->sync()), "");
    const auto people = people_in(*project);
    ASSERT_EQ(people.size(), 4U) << "a full last page is followed by an empty one";
    for (const auto& [id, fields] : people) EXPECT_EQ(fields.at("birth_date"), "2015-05-06");
    const StoreReader store = project->store();
    EventRow row;
    std::size_t enrolments = 0;
    for (auto events = store.events(); events.next(row); ++enrolments) EXPECT_EQ(row.date.iso(), "2025-09-01");
    EXPECT_EQ(enrolments, 4U);
}

TEST_F(RestPresets, ScoutsDecideThemselvesHowManyRowsAPageHas) {
    const std::string running = R"([{"groep":"A1000K","functie":"f1","code":"KW","begin":"2024-09-01"}])";
    for (int n = 1; n <= 7; ++n)
        add("leden", "l" + std::to_string(n),
            {{"vgagegevens", R"({"voornaam":"An","achternaam":"Voorbeeld )" + std::to_string(n) + R"(","geboortedatum":"2015-05-06"})"},
             {"persoonsgegevens", R"({"geslacht":"vrouw"})"},
             {"verbondsgegevens", R"({"lidnummer":"12)" + std::to_string(n) + "\"}"},
             {"functies", running}});
    add("groepen", "g1", {{"groepsnummer", "\"A1000K\""}, {"naam", "\"Scouts Voorbeeld\""}});
    stand_in::Scouts scouts(system);
    scouts.page_rows = 3;
    const auto project = open("scouts-api", {kSite, kLogin, "client_id = \"brugwacht\"", "group = \"A1000K\""},
                              {{"client_secret", system.secret}}, [&](const Call& call) { return scouts(call); });
    const ImportSummary summary = project->sync();
    EXPECT_EQ(error_codes(summary), "");
    EXPECT_EQ(codes_of(summary).count("REST-041"), 0U) << "as many as the list says";
    const auto people = people_in(*project);
    ASSERT_EQ(people.size(), 7U);
    EXPECT_EQ(people.at("l7").at("birth_date"), "2015-05-06");
    EXPECT_EQ(people.at("l7").at("member_number"), "127");
    EXPECT_EQ(project->store().count("club"), 1U);
}

TEST_F(RestPresets, UiTPasIsAskedForTheYearsThatMatterOnly) {
    for (int n = 1; n <= 6; ++n)
        add("passholders", "p" + std::to_string(n),
            {{"firstName", "\"An\""},
             {"name", "\"Voorbeeld " + std::to_string(n) + "\""},
             {"dateOfBirth", n == 6 ? "\"1980-01-01\"" : "\"2015-03-04\""},
             {"uitpasNumber", "\"0900000000" + std::to_string(n) + "\""},
             {"address", R"({"street":"Kerkstraat","number":"3","postalCode":"9000","city":"Gent"})"}});
    stand_in::UiTPas uitpas(system);
    const auto project =
        open("uitpas-api", {kSite, kLogin, "client_id = \"brugwacht\"", "born_from = \"2008-01-01\""}, {{"client_secret", system.secret}},
             [&](const Call& call) { return uitpas(call); }, {{"page_size = 100", "page_size = 2"}});
    EXPECT_EQ(error_codes(project->sync()), "");
    const auto people = people_in(*project);
    ASSERT_EQ(people.size(), 5U);
    EXPECT_EQ(people.at("p5").at("postcode"), "9000");
    for (const auto& [id, fields] : people)
        for (const auto& [name, value] : fields) EXPECT_EQ(value.find("09000000"), std::string::npos) << "no number of a pass";
}

TEST_F(RestPresets, AFileOfGraphArrivesInTheInboxOnceForEachVersion) {
    const auto calendar = [](int events) {
        std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";
        for (int n = 1; n <= events; ++n)
            text += "BEGIN:VEVENT\r\nUID:" + std::to_string(n) +
                    "\r\nDTSTAMP:20260601T000000Z\r\nSUMMARY:Uitstap\r\nCATEGORIES:Uitstap\r\nDTSTART;VALUE=DATE:2026050" +
                    std::to_string(n) + "\r\nEND:VEVENT\r\n";
        return text + "END:VCALENDAR\r\n";
    };
    stand_in::Graph graph(system);
    graph.download_origin = "https://bestanden.voorbeeld.invalid";
    graph.files["leden"] = {"item1", "Map/agenda.ics", calendar(1), kNow * kSecond, 1};
    std::size_t downloads = 0;
    const auto respond = [&](const Call& call) {
        if (call.header("host") != "bestanden.voorbeeld.invalid") return graph(call);
        ++downloads;
        return graph.download(call);
    };
    const auto project = open("graph-file",
                              {kSite, kLogin, "tenant = \"voorbeeldstad\"", "client_id = \"brugwacht\"", "drive = \"d1\"",
                               "item = \"item1\"", "file_name = \"agenda.ics\""},
                              {{"client_secret", system.secret}}, respond);
    const auto activities = [&] { return project->store().count("activity"); };
    EXPECT_EQ(error_codes(project->sync()), "");
    EXPECT_EQ(activities(), 1U);
    EXPECT_EQ(downloads, 1U);
    EXPECT_FALSE(std::filesystem::exists(project->path() / "inbox" / "agenda.ics")) << "it was put with the processed ones";
    {
        const StoreReader store = project->store();
        ActivityRow row;
        auto rows = store.activities();
        ASSERT_TRUE(rows.next(row));
        EXPECT_EQ(row.source, "crm") << "of the source that it came from";
    }

    EXPECT_EQ(error_codes(project->sync()), "");
    EXPECT_EQ(downloads, 1U) << "304 the second time";

    graph.files["leden"].content = calendar(2);
    ++graph.files["leden"].version;
    EXPECT_EQ(error_codes(project->sync()), "");
    EXPECT_EQ(activities(), 2U);
    EXPECT_EQ(downloads, 2U);
    EXPECT_EQ(graph.leaked_credentials, 0U) << "the other host never sees Authorization";
}

TEST_F(RestPresets, ProgramManagementGivesTrajectoriesAndPresences) {
    const std::string child = stand_in::salesforce_id("0030000000000c1");
    const std::string engagement = stand_in::salesforce_id("a0E0000000000e1");
    add("Contact", "0030000000000c1", {{"FirstName", "\"An\""}, {"LastName", "\"Voorbeeld\""}, {"Birthdate", "\"2015-03-04\""}});
    add("pmdm__Service__c", "a0S0000000000s1", {{"Name", "\"Voetbal\""}});
    add("pmdm__ProgramEngagement__c", "a0E0000000000e1",
        {{"pmdm__Contact__c", "\"" + child + "\""},
         {"pmdm__Contact__r.FirstName", "\"An\""},
         {"pmdm__Contact__r.LastName", "\"Voorbeeld\""},
         {"pmdm__Contact__r.Birthdate", "\"2015-03-04\""},
         {"pmdm__Stage__c", "\"Active\""},
         {"pmdm__Role__c", "\"Client\""},
         {"pmdm__StartDate__c", "\"2026-02-01\""},
         {"OwnerId", "\"0050000000000u1\""}});
    add("pmdm__ServiceDelivery__c", "a0D0000000000d1",
        {{"pmdm__Contact__c", "\"" + child + "\""},
         {"pmdm__ProgramEngagement__c", "\"" + engagement + "\""},
         {"pmdm__Service__c", "\"" + stand_in::salesforce_id("a0S0000000000s1") + "\""},
         {"pmdm__DeliveryDate__c", "\"2026-03-01\""},
         {"pmdm__AttendanceStatus__c", "\"Present\""}});
    stand_in::Salesforce salesforce(system);
    const auto project =
        open("salesforce-pmm", {kSite, "client_id = \"3MVG9-voorbeeld\"", "contact_filter = \"Id != null\"", "account_type_field = \"\""},
             {{"client_secret", system.secret}}, [&](const Call& call) { return salesforce(call); });
    EXPECT_EQ(error_codes(project->sync()), "");
    EXPECT_EQ(people_in(*project).count(child), 1U);
    const StoreReader store = project->store();
    TrajectoryRow trajectory;
    auto trajectories = store.trajectories();
    ASSERT_TRUE(trajectories.next(trajectory));
    EXPECT_EQ(trajectory.start.iso(), "2026-02-01");
    EXPECT_FALSE(trajectory.person_id.empty());
    EventRow row;
    std::string seen;
    for (auto events = store.events(); events.next(row);) seen += std::string(row.type) + " " + row.date.iso() + ";";
    EXPECT_NE(seen.find("attend 2026-03-01;"), std::string::npos) << seen;
}

}  // namespace
}  // namespace brugwacht
