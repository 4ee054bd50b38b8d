// The thirty traps that readers of remote systems fall into, each with a test of its name: a shipped preset, a stand-in that sets the trap,
// and the store. What a naive reader does stands above each test.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "tests/contract/rest_source.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/cloud_people.hpp"
#include "tests/support/stand_in/dataverse.hpp"
#include "tests/support/stand_in/hubspot.hpp"
#include "tests/support/stand_in/kobo.hpp"
#include "tests/support/stand_in/odata.hpp"
#include "tests/support/stand_in/salesforce.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;
using stand_in::State;
using Fields = std::map<std::string, std::string>;
using Lines = std::vector<std::string>;

constexpr std::int64_t kNow = 1'795'651'200;  // 2026-11-26T00:00:00Z, in seconds
constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86'400;
const std::string kOrigin = "http://127.0.0.1:8443";
const std::string kSite = "site = \"" + kOrigin + "\"";

/// What came of one reading.
struct Reading {
    Exit exit = Exit::Ok;
    std::string fault;  // code of the first error; "" = none
    std::string told;   // everything that a person could read of its errors
    std::map<std::string, std::uint64_t> codes;
    std::string names;  // of the columns that the warnings name
    FileCounts counts;
    std::uint64_t vanished = 0;
    bool held = false;
};

Reading read(RestProject& project, const ImportRequest& request = {}) {
    Reading reading;
    const auto note = [&reading](const Error& error) {
        if (reading.fault.empty()) reading.fault = error.first().code;
        reading.told += readable(error.first());
    };
    try {
        const ImportSummary summary = project.sync(request);
        reading.exit = summary.exit();
        reading.codes = codes_of(summary);
        reading.counts = total_of(summary);
        reading.vanished = vanished(summary);
        reading.held = summary.held();
        for (const ImportedFile& file : summary.files) {
            if (file.error) note(*file.error);
            for (const auto& [code, columns] : file.columns)
                for (const auto& [name, count] : columns) reading.names += code + " " + name + "; ";
        }
    } catch (const Error& error) {
        reading.exit = error.exit();
        note(error);
    }
    return reading;
}

std::uint64_t persons(const RestProject& project) { return project.store().count("person"); }

std::size_t trajectories_of_known_persons(const RestProject& project) {
    const StoreReader store = project.store();
    std::size_t known = 0;
    TrajectoryRow row;
    for (auto rows = store.trajectories(); rows.next(row);) known += row.person_id.empty() ? 0U : 1U;
    return known;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text.substr(0, 500);
    text.replace(at, from.size(), to);
}

std::size_t requests_for(const RestProject& project, std::string_view part_of_target, std::size_t from = 0) {
    return static_cast<std::size_t>(std::count_if(project.calls.begin() + static_cast<std::ptrdiff_t>(from), project.calls.end(),
                                                  [&](const Call& call) { return call.target.find(part_of_target) != std::string::npos; }));
}

/// Everything that stands in the files of a project but for the key files of its secrets.
std::string written_in(const RestProject& project) {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(project.path()))
        if (entry.is_regular_file() && entry.path().extension() != ".secret") all += read_bytes(entry.path());
    return all;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

class RestTraps : public testing::Test {
  protected:
    using Project = std::unique_ptr<RestProject>;

    RestTraps() { system.now_us = kNow * kSecond; }

    void fill(stand_in::LayoutOf layout, std::size_t people = 20) {
        stand_in::PeopleOptions options;
        options.people = people;
        options.activities = 30;
        stand_in::fill(system, options, layout);
    }
    void pass(const Project& project, std::int64_t seconds) {
        stand_in::pass(system, seconds);
        project->clock.at += seconds;
    }

    /// `altered`: lines of the preset that stand otherwise in a copy of it.
    static Project open(const std::string& preset, const Lines& connection, const Fields& secrets, Responder responder,
                        const Fields& altered = {}) {
        auto project = std::make_unique<RestProject>(preset, connection, secrets, std::move(responder));
        if (!altered.empty()) project->own_preset(preset, altered_preset(preset, altered));
        project->add_setting("role = \"caseload\"");
        project->clock.at = kNow;
        return project;
    }
    Project open_dataverse() {
        return open("dataverse", dataverse_connection(), {{"client_secret", system.secret}},
                    [this](const Call& call) { return dataverse(call); });
    }
    static Lines dataverse_connection(const std::string& origin = kOrigin, std::size_t page_size = 5) {
        return {"site = " + quoted(origin), "login = " + quoted(origin), "tenant = \"voorbeeldstad\"", "client_id = \"brugwacht\"",
                "page_size = " + std::to_string(page_size)};
    }
    Project open_salesforce() {
        salesforce.page_rows = 5;
        return open("salesforce-npsp", {kSite, "client_id = \"3MVG9-voorbeeld\""}, {{"client_secret", system.secret}},
                    [this](const Call& call) { return salesforce(call); });
    }
    Project open_hubspot() {
        return open("hubspot", {kSite}, {{"token", system.secret}}, [this](const Call& call) { return hubspot(call); },
                    {{"page_size = 100", "page_size = 5"}});
    }
    Project open_kobo(const std::string& site = kOrigin) {
        kobo.most = 5;
        return open(
            "kobo",
            {"site = " + quoted(site), "form = \"aKinderen\"", "child = \"kind/nummer\"", "given_name = \"kind/voornaam\"",
             "family_name = \"kind/naam\"", "birth_date = \"kind/geboren\"", "enrolled_on = \"kind/ingeschreven\"", "club = \"kind/club\""},
            {{"token", system.secret}}, [this](const Call& call) { return kobo(call); });
    }
    Project open_odata() {
        odata.page_size = 5;
        return open("odata",
                    {"site = " + quoted(kOrigin + "/odata/v4"), "key_prefix = \"Basic \"", "entity_set = \"Kinderen\"", "id = \"ID\"",
                     "modified = \"modifiedAt\"", "given_name = \"voornaam\"", "family_name = \"naam\"", "birth_date = \"geboren\""},
                    {{"key", stand_in::cloud::base64("lezer:" + system.secret)}}, [this](const Call& call) { return odata(call); });
    }
    /// Reads `list`, which the test writes itself.
    Project open_list(const Lines& fields) {
        Lines connection{kSite, "path = \"kinderen\""};
        connection.insert(connection.end(), fields.begin(), fields.end());
        return open("json", connection, {{"key", system.secret}},
                    [this](const Call&) { return stand_in::cloud::json_answer(system, 200, R"({"data":[)" + list + "]}"); });
    }

    stand_in::System system;
    stand_in::Dataverse dataverse{system};
    stand_in::Salesforce salesforce{system};
    stand_in::HubSpot hubspot{system};
    stand_in::Kobo kobo{system};
    stand_in::OData odata{system};
    std::string list;
};

/// Naive: a page with fewer rows than asked for is the last one.
TEST_F(RestTraps, T01_AShortPageWithAMarkerIsNotTheLast) {
    fill(stand_in::hubspot_layout, 40);
    hubspot.concealed = {"2", "3"};  // of the first page of the tickets, and of the search
    const Project project = open_hubspot();
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 38U);
    EXPECT_EQ(project->store().count("trajectory"), 6U);
}

/// Naive: an empty page is the end.
TEST_F(RestTraps, T02_AnEmptyPageWithAMarkerIsNotTheEnd) {
    fill(stand_in::hubspot_layout, 60);
    for (int id = 1; id <= 5; ++id) hubspot.concealed.insert(std::to_string(id));                                      // a page of the list
    for (const char* id : {"20", "21", "22", "23", "24", "25", "26", "27", "28", "29"}) hubspot.concealed.insert(id);  // of the search
    const Project project = open_hubspot();
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 45U);
    EXPECT_EQ(project->store().count("trajectory"), 7U);
}

/// Naive: the link is put behind the base address.
TEST_F(RestTraps, T03_ANextLinkMayBeRelative) {
    fill(stand_in::plain_layout);
    const Project project = open_odata();
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 20U) << "relative to the request";
    EXPECT_GE(requests_for(*project, "skiptoken"), 3U);

    fill(stand_in::salesforce_layout);
    const Project host_relative = open_salesforce();
    EXPECT_EQ(read(*host_relative).fault, "");
    EXPECT_EQ(persons(*host_relative), 20U) << "relative to the host";
}

/// Naive: the link is followed with the key.
TEST_F(RestTraps, T04_ANextLinkToAnotherHostGetsNoKey) {
    fill(stand_in::kobo_layout);
    const Project project = open_kobo();
    bool sends_away = true;
    project->respond = [&](const Call& call) {
        EXPECT_EQ(call.header("host"), "127.0.0.1:8443");
        Answer answer = kobo(call);
        if (sends_away) replace(answer.body, "\"next\":\"" + kOrigin, "\"next\":\"http://127.0.0.2:8443");
        return answer;
    };
    EXPECT_EQ(read(*project).fault, "REST-034");
    EXPECT_EQ(project->calls.size(), 1U);
    sends_away = false;
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 20U);
}

/// Naive: asks for ever.
TEST_F(RestTraps, T05_ATokenThatComesBackIsACircle) {
    fill(stand_in::kobo_layout);
    const Project links = open_kobo();
    links->respond = [this](const Call& call) {
        Call first = call;
        std::erase_if(first.query, [](const auto& pair) { return pair.first == "start"; });
        return kobo(first);
    };
    EXPECT_EQ(read(*links).fault, "REST-032");
    EXPECT_LE(links->calls.size(), 3U);

    fill(stand_in::hubspot_layout, 60);
    const Project tokens = open_hubspot();
    tokens->respond = [this](const Call& call) {
        Answer answer = hubspot(call);
        const std::size_t marker = answer.body.find("\"after\":\"10\"");
        if (call.path.ends_with("/tickets") && marker != std::string::npos) answer.body.replace(marker, 12, "\"after\":\"5\"");
        return answer;
    };
    EXPECT_EQ(read(*tokens).fault, "REST-032");
    EXPECT_EQ(persons(*tokens), 60U) << "of the other lists";
}

/// Naive: goes on behind the last stamp, or begins anew each time and never gets through.
TEST_F(RestTraps, T06_EqualStampsAndAKillInTheMiddleLoseNothing) {
    constexpr std::size_t kContacts = 11'000;
    for (std::size_t n = 0; n < kContacts; ++n) {
        const std::string digits = std::to_string(100'000 + n);
        system.tables["contacts"].add(
            {"8f3c1d00-0000-4000-8000-000000" + digits,
             (kNow - kDay) * kSecond,
             0,
             State::Live,
             {{"firstname", quoted("An")}, {"lastname", quoted("Voorbeeld " + digits)}, {"birthdate", quoted("2015-03-04")}}});
    }
    fill(stand_in::dataverse_layout, 0);
    dataverse.untracked = {"contacts"};
    const TempDir dir;
    const fs::path pid_file = dir / "pid";
    std::size_t pages = 0;
    std::size_t kill_at = 3;  // two pages fill a part, which is kept
    LocalServer server([&](const Call& call) {
        const bool page = call.target.find("/contacts?") != std::string::npos && call.target.find("modifiedon") != std::string::npos;
        if (page && ++pages == kill_at) {
            pid_t pid = 0;
            std::ifstream(pid_file) >> pid;
            EXPECT_EQ(::kill(pid, SIGKILL), 0);
        }
        return dataverse(call);
    });
    const Project project = open("dataverse", dataverse_connection(server.address(), 5000), {{"client_secret", system.secret}}, {});
    const auto import = [&] {
        return run_program("/bin/sh", {"-c", "echo $$ > '" + pid_file.string() + "'; exec '" + BRUGWACHT_PROGRAM +
                                                 "' import crm --project '" + project->path().string() + "'"});
    };
    EXPECT_EQ(import().status, 128 + SIGKILL);
    ASSERT_EQ(pages, 3U);
    EXPECT_EQ(persons(*project), 10'000U) << "what was committed before";
    kill_at = 0;
    const RunResult second = import();
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_EQ(pages, 4U) << "goes on at the page that was cut off";
    EXPECT_EQ(persons(*project), kContacts);
    EXPECT_EQ(people_in(*project).size(), kContacts) << "no key twice";
}

/// Naive: the next reading begins at the last stamp that was seen.
TEST_F(RestTraps, T07_ARowCommittedLateBelowTheCursorIsFound) {
    fill(stand_in::odk_layout, 0);
    fill(stand_in::hubspot_layout);
    stand_in::commit_late(system.tables["contacts"].add({"900", 0, 0, State::Live, {{"firstname", quoted("Laat")}}}),
                          (kNow - 5 * kMinute) * kSecond, 6 * kMinute * kSecond);
    stand_in::touch(stand_in::record_of(system, "contacts", "1"), (kNow - 2 * kMinute) * kSecond);  // the last stamp that is seen
    const Project project = open_hubspot();
    read(*project);
    EXPECT_EQ(persons(*project), 20U);
    pass(project, kHour);
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 21U);
}

/// Naive: takes the last row of a page for the furthest one, and skips what stood behind it.
TEST_F(RestTraps, T08_APageOutOfOrderStopsTheList) {
    fill(stand_in::hubspot_layout);
    const Project project = open_hubspot();
    bool unsorted = true;
    project->respond = [&](const Call& call) {
        Call asked = call;
        const std::size_t order = asked.body.find("ASCENDING");
        if (unsorted && order != std::string::npos) asked.body.replace(order, 9, "DESCENDING");
        return hubspot(asked);
    };
    EXPECT_EQ(read(*project).fault, "REST-033");
    unsorted = false;
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 20U);
}

/// Naive: stops at a token that ran out, or renews for ever one that never works.
TEST_F(RestTraps, T09_A401InTheMiddleIsMendedOnceAndAPermanentOneStops) {
    fill(stand_in::dataverse_layout);
    const Project project = open_dataverse();
    project->respond = [&](const Call& call) {
        if (project->calls.size() == 5) dataverse.office.withdraw_all();
        return dataverse(call);
    };
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 20U);
    EXPECT_EQ(dataverse.office.issued(), 2U);

    fill(stand_in::salesforce_layout);
    const Project useless = open_salesforce();
    read(*useless);
    EXPECT_EQ(persons(*useless), 20U);
    const std::size_t issued = salesforce.office.issued();
    const std::size_t asked = useless->calls.size();
    salesforce.useless_session = true;
    pass(useless, kDay);
    const Reading refused = read(*useless);
    EXPECT_EQ(refused.exit, Exit::NoPermission);
    EXPECT_EQ(refused.fault, "REST-020");
    EXPECT_LE(salesforce.office.issued() - issued, 2U);
    EXPECT_LE(useless->calls.size() - asked, 4U) << "the other lists are not tried";
    EXPECT_EQ(persons(*useless), 20U);
}

/// Naive: repeats at once, sleeps for a day, or reads a date as 0 seconds.
TEST_F(RestTraps, T10_RetryAfterInSecondsAsADateMissingOrAbsurd) {
    fill(stand_in::dataverse_layout);
    const auto wait_for = [&](const std::string& retry_after) {
        const Project project = open_dataverse();
        bool first = true;
        project->respond = [&](const Call& call) {
            if (call.path.ends_with("/contacts") && std::exchange(first, false)) {
                Answer answer = dataverse.throttled(0);
                answer.headers.pop_back();
                if (!retry_after.empty()) answer.headers.emplace_back("Retry-After", retry_after);
                return answer;
            }
            return dataverse(call);
        };
        const Reading reading = read(*project);
        const double longest = *std::max_element(project->pause.waits.begin(), project->pause.waits.end());
        if (reading.fault.empty()) {
            EXPECT_EQ(persons(*project), 20U);
        } else {
            EXPECT_EQ(reading.exit, Exit::TryLater);
            EXPECT_EQ(read(*project).fault, "") << "the next run goes on";
            EXPECT_EQ(persons(*project), 20U);
        }
        return reading.fault + " " + std::to_string(std::lround(longest));
    };
    EXPECT_EQ(wait_for("7"), " 7");
    EXPECT_EQ(wait_for(stand_in::http_date((kNow + 90) * kSecond)), " 90");
    EXPECT_EQ(wait_for(""), " 60") << "as the preset says";
    EXPECT_EQ(wait_for("86400"), "REST-027 0") << "nobody waits for a day";
}

/// Naive: takes it for a missing right, tries on all day, or begins anew the next day.
TEST_F(RestTraps, T11_AQuotaOfTheDayStopsPolitelyAndTheNextDayGoesOn) {
    fill(stand_in::salesforce_layout, 30);
    const Project project = open_salesforce();
    project->respond = [&](const Call& call) {
        // The others of the organisation use it up while contacts are read.
        if (requests_for(*project, "/query/") == 3) salesforce.used = salesforce.per_day;
        return salesforce(call);
    };
    const Reading stopped = read(*project);
    EXPECT_EQ(stopped.exit, Exit::TryLater);
    EXPECT_EQ(stopped.fault, "REST-026");
    EXPECT_GT(persons(*project), 0U) << "what came is kept";
    EXPECT_LT(persons(*project), 30U);
    const std::size_t before = project->calls.size();
    EXPECT_TRUE(project->calls.back().target.find("/query/") != std::string::npos) << "nothing was asked after the refusal";

    pass(project, kHour);
    salesforce.used = 0;
    project->respond = [this](const Call& call) { return salesforce(call); };
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 30U);
    EXPECT_EQ(requests_for(*project, "FROM%20Contact%20WHERE%20SystemModstamp", before), 0U) << "contacts go on in the middle";

    pass(project, kDay);
    salesforce.used = salesforce.per_day * 9 / 10;
    const Reading share = read(*project);
    EXPECT_EQ(share.fault, "REST-029") << "a share of the quota is left to others";
    EXPECT_EQ(share.exit, Exit::TryLater);
}

/// Naive: takes a part for the whole, or gives up at once.
TEST_F(RestTraps, T12_TroubleOnTheWayIsSurvived) {
    fill(stand_in::kobo_layout, 40);
    Answer broken;
    broken.status = 500;
    Answer cut_gzip;
    cut_gzip.headers = {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
    cut_gzip.body = std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\xca\xcf\x56", 15);
    Faults faults([this](const Call& call) { return kobo(call); });
    faults.at(1, "/data/", broken).at(5, "/data/", cut_gzip);
    faults.change(3, "/data/", [](Answer& answer) { answer.cut_after = answer.body.size() / 2; });
    faults.change(7, "/data/", [](Answer& answer) { answer.body.resize(answer.body.size() / 2); });
    faults.change(9, "/data/", [](Answer& answer) {
        answer.byte_delay_ms = 20;
        answer.chunked = true;
    });
    LocalServer server(faults);
    const Project project = open_kobo(server.address());
    RemotePorts remote{curl_transport, project->pause, {}};
    Ports ports = project->ports();
    ImportRequest request;
    request.inputs = {"crm"};
    const auto files = disk_files();
    const ImportSummary summary = import_files(brugwacht::Project::load(project->path(), *files), request, remote, ports);
    EXPECT_EQ(error_codes(summary), "");
    EXPECT_EQ(persons(*project), 40U);
    EXPECT_EQ(server.calls().size(), 12U) << "eight pages, four of them twice";
}

/// Naive: takes the error for "no changes", and never hears of any again.
TEST_F(RestTraps, T13_AnExpiredTokenOfChangesMeansReadingAllAgain) {
    fill(stand_in::dataverse_layout);
    const Project project = open_dataverse();
    read(*project);
    const std::string changed = system.tables["contacts"].records[3].id;
    const std::string gone = system.tables["contacts"].records[7].id;
    pass(project, kDay);
    stand_in::change(system, "contacts", changed, "lastname", quoted("Gewijzigd"));
    stand_in::erase(system, "contacts", gone);
    pass(project, 8 * kDay);
    const Reading expired = read(*project);
    EXPECT_EQ(expired.fault, "");
    EXPECT_EQ(expired.codes.count("REST-044"), 1U) << "it is told";
    EXPECT_EQ(people_in(*project)[changed]["family_name"], "Gewijzigd");
    EXPECT_EQ(persons(*project), 20U) << "missing once";
    pass(project, 8 * kDay);
    EXPECT_GT(read(*project).vanished, 0U);
    EXPECT_EQ(people_in(*project).count(gone), 0U) << "no tombstone told of it";
    EXPECT_EQ(persons(*project), 19U);
}

/// Naive: fails, or makes a record in order to delete it.
TEST_F(RestTraps, T14_ATombstoneOfAnUnknownRecordDoesNothing) {
    fill(stand_in::dataverse_layout);
    const Project project = open_dataverse();
    read(*project);
    const std::string gone = system.tables["contacts"].records[7].id;
    stand_in::erase(system, "contacts", gone);
    pass(project, kDay);
    project->respond = [this](const Call& call) {
        Answer answer = dataverse(call);
        if (call.target.find("deltatoken") != std::string::npos)
            replace(answer.body, "\"value\":[",
                    R"("value":[{"@odata.context":"x/$metadata#contacts/$deletedEntity","id":"nooit-gezien","reason":"deleted"},)");
        return answer;
    };
    const Reading reading = read(*project);
    EXPECT_EQ(reading.fault, "");
    EXPECT_EQ(reading.vanished, 1U) << "the tombstone behind it counts";
    EXPECT_EQ(persons(*project), 19U);
}

/// Naive: what is not on the pages that came is gone.
TEST_F(RestTraps, T15_AListingThatFailsHalfWayDeletesNothing) {
    fill(stand_in::hubspot_layout);
    const Project project = open_hubspot();
    read(*project);
    stand_in::erase(system, "contacts", "7");
    project->respond = [this](const Call& call) {
        const bool listing = call.path.ends_with("objects/contacts") && call.parameter("archived") == "false";
        if (!listing || call.parameter("after").value_or("5") == "5") return hubspot(call);  // the third page
        Answer answer;
        answer.status = 500;
        return answer;
    };
    for (int week = 0; week < 3; ++week) {
        pass(project, 8 * kDay);
        EXPECT_EQ(read(*project).vanished, 0U);
        EXPECT_EQ(persons(*project), 20U);
    }
    project->respond = [this](const Call& call) { return hubspot(call); };
    for (int week = 0; week < 2; ++week) {
        pass(project, 8 * kDay);
        read(*project);
    }
    EXPECT_EQ(persons(*project), 19U) << "two complete listings tell it";
}

/// Naive: a filter that somebody changed at the other side empties the store.
TEST_F(RestTraps, T16_ManyDeletionsAtOnceAreHeldUntilSomebodyAccepts) {
    fill(stand_in::hubspot_layout);
    const Project project = open_hubspot();
    read(*project);
    for (int id = 1; id <= 10; ++id) stand_in::erase(system, "contacts", std::to_string(id));
    for (int week = 0; week < 3; ++week) {
        pass(project, 8 * kDay);
        const Reading reading = read(*project);
        EXPECT_EQ(reading.vanished, 0U);
        EXPECT_EQ(reading.codes.count("SYN-004"), 1U);
        EXPECT_TRUE(reading.held);
        EXPECT_EQ(persons(*project), 20U);
    }
    pass(project, kHour);
    ImportRequest request;
    request.accept = {"crm"};
    read(*project, request);
    EXPECT_EQ(persons(*project), 10U);
}

/// Naive: waits for ever for a link that never comes, or for pages of the size that was asked for.
TEST_F(RestTraps, T17_AServerMayIgnoreWhatWasPreferred) {
    const auto changes_arrive = [this](const Project& project) {
        read(*project);
        EXPECT_EQ(persons(*project), 20U);
        pass(project, kHour);
        const std::string id = system.tables["contacts"].records[3].id;
        stand_in::change(system, "contacts", id, "lastname", quoted("Gewijzigd"));
        pass(project, kHour);
        EXPECT_EQ(read(*project).fault, "");
        EXPECT_EQ(people_in(*project)[id]["family_name"], "Gewijzigd");
    };
    fill(stand_in::dataverse_layout);
    dataverse.ignores_preferences = true;
    changes_arrive(open_dataverse());

    // It grants the size of pages only, and says so in the same header.
    dataverse.ignores_preferences = false;
    const Project half = open_dataverse();
    half->clock.at = system.now_us / kSecond;
    half->respond = [this](const Call& call) {
        Call asked = call;
        for (auto& [name, value] : asked.headers)
            if (const std::size_t at = value.find("odata.track-changes"); name == "prefer" && at != std::string::npos)
                value = "odata.maxpagesize=5";
        return dataverse(asked);
    };
    changes_arrive(half);
}

/// Naive: a column less blanks the store, another type or null ends the import.
TEST_F(RestTraps, T18_ColumnsComeGoAndChangeTheirType) {
    const auto row = [](int number, const std::string& more) {
        return (number == 1 ? "" : ",") + std::string(R"({"id":)") + std::to_string(number) + R"(,"naam":"Voorbeeld )" +
               std::to_string(number) + "\"" + more + "}";
    };
    const auto rows = [&](const std::string& more) {
        list.clear();
        for (int number = 1; number <= 25; ++number) list += row(number, more);
    };
    const Project project = open_list({"given_name = \"voornaam\"", "family_name = \"naam\"", "postcode = \"adres.postcode\""});
    rows(R"(,"voornaam":"An","adres":{"postcode":9000})");
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(people_in(*project)["3"]["postcode"], "9000");

    rows(R"(,"voornaam":"An","adres":{"postcode":"9000"},"zwemclub":"Dolfijn")");
    const Reading fresh = read(*project);
    EXPECT_EQ(fresh.codes.count("REST-042"), 1U);
    EXPECT_NE(fresh.names.find("zwemclub"), std::string::npos) << "a new field is named";
    EXPECT_EQ(fresh.counts.changed, 0U) << "a number that became a text is the same one";

    rows(R"(,"adres":null)");
    const Reading poorer = read(*project);
    EXPECT_EQ(poorer.fault, "");
    EXPECT_EQ(poorer.codes.count("REST-043"), 1U);
    EXPECT_NE(poorer.names.find("given_name"), std::string::npos) << "a field that is gone is named";
    EXPECT_EQ(persons(*project), 25U);

    // Where columns are asked for by name, one that is gone is an error of the server; the store stays as it was.
    fill(stand_in::dataverse_layout);
    const Project asking = open_dataverse();
    read(*asking);
    dataverse.dropped = {"contacts.emailaddress1"};
    pass(asking, 8 * kDay);
    const Reading refused = read(*asking);
    EXPECT_EQ(refused.fault, "REST-023");
    EXPECT_EQ(refused.exit, Exit::Data);
    EXPECT_EQ(persons(*asking), 20U);
}

/// Naive: looks for error.code, finds none, and dies of it or takes the answer for data.
TEST_F(RestTraps, T19_ErrorsComeInEveryShape) {
    fill(stand_in::plain_layout);
    const Project project = open_odata();
    read(*project);
    const auto fault_of = [&](int status, const std::string& body) {
        project->respond = [&](const Call&) {
            Answer answer;
            answer.status = status;
            answer.headers = {{"Date", stand_in::http_date(system.now_us)}};
            answer.body = body;
            return answer;
        };
        pass(project, kDay);
        const Reading reading = read(*project);
        EXPECT_EQ(reading.exit, Exit::Data) << body;
        EXPECT_EQ(persons(*project), 20U) << body;
        const std::string mark = "\ncode=";
        const std::size_t code = reading.told.find(mark);
        if (code == std::string::npos) return reading.fault;
        const std::size_t start = code + mark.size();
        return reading.fault + " " + reading.told.substr(start, reading.told.find('\n', start) - start);
    };
    EXPECT_EQ(fault_of(400, R"({"error":{"code":501,"message":"x"}})"), "REST-023 501");
    EXPECT_EQ(fault_of(400, R"({"error":{"code":"0x80060888","message":"x"}})"), "REST-023 0x80060888");
    EXPECT_EQ(fault_of(400, R"({"error":{"message":"x"}})"), "REST-023 ");
    EXPECT_EQ(fault_of(400, R"({"error":"x"})"), "REST-023 ");
    EXPECT_EQ(fault_of(400, R"([{"message":"x","errorCode":"INVALID_FIELD"}])"), "REST-023 ");
    EXPECT_EQ(fault_of(400, "<html><body>Bad Request</body></html>"), "REST-023 ");
    EXPECT_EQ(fault_of(400, ""), "REST-023 ");
    EXPECT_EQ(fault_of(200, "<html><body>Log in</body></html>"), "REST-007 ");
    EXPECT_EQ(fault_of(200, ""), "REST-008 ");
    EXPECT_EQ(fault_of(200, R"({"error":{"code":7}})"), "REST-030") << "no list: not an empty one";

    // And an array where the shipped preset expects one.
    fill(stand_in::salesforce_layout);
    const Project arrays = open_salesforce();
    salesforce.dropped = {"Contact.Email"};
    EXPECT_NE(read(*arrays).told.find("code=INVALID_FIELD"), std::string::npos);
}

/// Naive: takes the first ten characters of everything, or reads a time without a zone in the zone of this machine.
TEST_F(RestTraps, T20_DatesInEveryDress) {
    // Moments as JSON, each with the day that it is in Brussels.
    using Days = std::vector<std::pair<std::string, std::string>>;
    const auto check = [this](const std::string& zone, const Days& expected) {
        const Project project = open_list(
            {"given_name = \"voornaam\"", "family_name = \"naam\"", "enrolled_on = \"op\"", "club = \"club\"", "zone = " + quoted(zone)});
        list.clear();
        for (std::size_t i = 0; i < expected.size(); ++i)
            list += (i == 0 ? R"({"id":)" : R"(,{"id":)") + std::to_string(i) +
                    R"(,"voornaam":"An","naam":"Voorbeeld","club":"Dolfijn","op":)" + expected[i].first + "}";
        EXPECT_EQ(read(*project).fault, "");
        std::map<std::string, std::string> found;
        const StoreReader store = project->store();
        EventRow row;
        for (auto events = store.events(); events.next(row);) found[std::string(row.key)] = row.date.iso();
        for (std::size_t i = 0; i < expected.size(); ++i)
            EXPECT_EQ(found["inschrijving:" + std::to_string(i)], expected[i].second) << expected[i].first << " " << zone;
    };
    check("UTC", {{R"("2026-01-31T23:30:00Z")", "2026-02-01"},
                  {R"("2026-01-31T23:30:00+0000")", "2026-02-01"},
                  {R"("2026-02-01T00:30:00+01:00")", "2026-02-01"},
                  {R"("2026-01-31T23:30:00.1234567Z")", "2026-02-01"},
                  {R"("2026-01-31T18:30:00.5-05:00")", "2026-02-01"},
                  {R"("2026-01-31 23:30:00")", "2026-02-01"},
                  {R"("2026-02-01")", "2026-02-01"},
                  {"1769902200", "2026-02-01"},
                  {"1769902200000", "2026-02-01"},
                  {R"("1969-12-31T23:30:00Z")", "1970-01-01"},
                  {"-315619200000", "1960-01-01"},
                  {"-86400000000", "1967-04-07"},
                  {"86396400000", "1972-09-27"},
                  {R"("2026-03-28T23:30:00Z")", "2026-03-29"},
                  {R"("binnenkort")", ""}});
    check("Europe/Brussels", {{R"("2026-01-31T23:30:00")", "2026-01-31"},
                              {R"("2026-01-31T23:30:00Z")", "2026-02-01"},
                              {R"("2026-03-29T02:30:00")", "2026-03-29"},    // an hour that there was not
                              {R"("2026-10-25T02:30:00")", "2026-10-25"}});  // one that there was twice
}

/// Naive: compares without capitals, or with 15 characters in one place and 18 in another.
TEST_F(RestTraps, T21_IdsThatDifferInCapitalsOnlyAreTwo) {
    fill(stand_in::salesforce_layout, 5);
    for (const char* id : {"003000000000aAb", "003000000000aab"}) {
        system.tables["Contact"].add({id,
                                      (kNow - kDay) * kSecond,
                                      0,
                                      State::Live,
                                      {{"FirstName", quoted("An")}, {"LastName", quoted(std::string("Voorbeeld ") + id)}}});
        // A reference as the database keeps it, with 15 characters.
        system.tables["Case"].add({std::string("500") + std::string(id).substr(3),
                                   (kNow - kDay) * kSecond,
                                   0,
                                   State::Live,
                                   {{"ContactId", quoted(id)}, {"CreatedDate", quoted("2026-05-06T07:08:09.000+0000")}}});
    }
    const Project project = open_salesforce();
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(persons(*project), 7U);
    for (const char* id : {"003000000000aAb", "003000000000aab"})
        EXPECT_EQ(people_in(*project).count(stand_in::salesforce_id(id)), 1U) << id;
    EXPECT_EQ(trajectories_of_known_persons(*project), 3U) << "each case finds its own child";

    stand_in::record_of(system, "Contact", "003000000000aab").state = State::Trashed;
    stand_in::touch(stand_in::record_of(system, "Contact", "003000000000aab"), system.now_us);
    pass(project, kHour);
    read(*project);
    EXPECT_EQ(people_in(*project).count(stand_in::salesforce_id("003000000000aAb")), 1U);
    EXPECT_EQ(people_in(*project).count(stand_in::salesforce_id("003000000000aab")), 0U);
}

/// Naive: a text ends at NUL, a byte that is no UTF-8 ends the program, or what is broken is "mended" into something else.
TEST_F(RestTraps, T22_TextsWithEmojiNulAndMojibake) {
    const Project project = open_list({"given_name = \"voornaam\"", "family_name = \"naam\""});
    list = R"({"id":"1","voornaam":"Zo\u00eb \ud83c\udf88","naam":"Voorbeeld 😀"},)"
           R"({"id":"2","voornaam":"An\u0000gelique","naam":"Voorbeeld"},)"
           R"({"id":"3","voornaam":"JosÃ©","naam":"Voorbeeld"},)"
           R"({"id":"4","voornaam":"Bo","naam":"Voorbeeld"})";
    EXPECT_EQ(read(*project).fault, "");
    auto people = people_in(*project);
    EXPECT_EQ(people.size(), 4U);
    EXPECT_EQ(people["1"]["given_name"], "Zoë 🎈");
    EXPECT_EQ(people["1"]["family_name"], "Voorbeeld 😀");
    EXPECT_NE(people["2"]["given_name"].find("gelique"), std::string::npos);
    EXPECT_EQ(people["4"]["given_name"], "Bo") << "what comes behind is read";

    list = "{\"id\":\"5\",\"voornaam\":\"Ren\xe9\",\"naam\":\"Voorbeeld\"}";
    const Reading bad = read(*project);
    EXPECT_EQ(bad.vanished, 0U);
    EXPECT_GE(persons(*project), 4U);
}

/// Naive: sorts and adds up ids as numbers, and skips what lies between "7199" and "719869649082".
TEST_F(RestTraps, T23_IdsThatSortAsTextsAreAllReadOnce) {
    const std::set<std::string> ids{"7", "71", "7199", "719869649082", "72", "8", "9", "10", "100", "1000", "11", "99", "719869649081"};
    for (const std::string& id : ids)
        system.tables["contacts"].add({id, (kNow - kDay) * kSecond, 0, State::Live, {{"lastname", quoted("Voorbeeld " + id)}}});
    const Project project = open_hubspot();
    EXPECT_EQ(read(*project).fault, "");
    std::set<std::string> found;
    for (const auto& [id, fields] : people_in(*project)) found.insert(id);
    EXPECT_EQ(found, ids);
    EXPECT_EQ(project->store().count("person"), ids.size());
}

/// Naive: the address of a page, the answer of a token server or an error that repeats the key goes into the log.
TEST_F(RestTraps, T24_PlantedSecretsStandNowhere) {
    fill(stand_in::dataverse_layout);
    system.secret = "geheim/van+de=test&meer";
    const Project project = open_dataverse();
    std::string told = read(*project).told;
    EXPECT_EQ(told, "");
    const std::string token = "toegang-1";
    project->respond = [&](const Call& call) {
        if (call.method == "POST") return dataverse(call);
        Answer answer;
        answer.status = 400;
        answer.body = R"({"error":{"code":")" + stand_in::cloud::credential(call, "Bearer") + R"(","message":"Bearer )" +
                      stand_in::cloud::credential(call, "Bearer") + " " + system.secret + "\"}}";
        return answer;
    };
    pass(project, kDay);
    told += read(*project).told;
    const auto refused = [&](const Call& call) {
        Answer answer;
        answer.status = 401;
        answer.body = call.body;
        return answer;
    };
    project->respond = refused;
    pass(project, kDay);
    told += read(*project).told;
    EXPECT_NE(told.find("REST-023"), std::string::npos);
    EXPECT_NE(told.find("REST-020"), std::string::npos);
    const std::string written = written_in(*project);
    for (const std::string& secret :
         {system.secret, stand_in::cloud::encode(system.secret), stand_in::cloud::base64(system.secret), token, std::string("toegang-2")}) {
        EXPECT_EQ(told.find(secret), std::string::npos) << secret;
        EXPECT_EQ(written.find(secret), std::string::npos) << secret;
    }
}

/// Naive: takes a point or a slash in a name for a step into it.
TEST_F(RestTraps, T25_NamesWithSlashesPointsDollarsAndAtSigns) {
    const Project project = open_list({"id = \"$id\"", "given_name = \"naam.voor\"", "family_name = \"@naam\"",
                                       "birth_date = \"geboren/op\"", "postcode = \"adres.gemeente/code.nummer\""});
    list = R"({"$id":"k1","naam.voor":"An","naam":{"voor":"Fout"},"@naam":"Voorbeeld","geboren/op":"2015-03-04",)"
           R"("adres":{"gemeente/code":{"nummer":"9000"}}})";
    EXPECT_EQ(read(*project).fault, "");
    EXPECT_EQ(people_in(*project)["k1"],
              (Fields{{"given_name", "An"}, {"family_name", "Voorbeeld"}, {"birth_date", "2015-03-04"}, {"postcode", "9000"}}));

    fill(stand_in::kobo_layout, 5);
    const Project form = open_kobo();
    EXPECT_EQ(read(*form).fault, "");
    EXPECT_EQ(people_in(*form)["K1"]["birth_date"].size(), 10U) << "kind/geboren";

    fill(stand_in::dataverse_layout);
    const Project annotated = open_dataverse();
    EXPECT_EQ(read(*annotated).fault, "");
    EXPECT_EQ(annotated->store().count("trajectory"), 4U) << "by the annotation that says that a customer is a contact";
}

/// Naive: is content with what came.
TEST_F(RestTraps, T26_ACountThatPromisesMoreIsTold) {
    fill(stand_in::kobo_layout);
    const Project project = open_kobo();
    EXPECT_EQ(read(*project).codes.count("REST-041"), 0U);
    kobo.overstated = 20;
    pass(project, kHour);
    const Reading reading = read(*project);
    EXPECT_EQ(reading.codes.at("REST-041"), 20U);
    EXPECT_EQ(persons(*project), 20U);
}

/// Naive: reads the label, which is in the language of whoever asks.
TEST_F(RestTraps, T27_LabelsInAnyLanguageGiveTheSameFacts) {
    fill(stand_in::dataverse_layout);
    const Project dutch = open_dataverse();
    dataverse.labels["gendercode"] = {{1, "Man"}, {2, "Vrouw"}};
    read(*dutch);
    dataverse.labels["gendercode"] = {{1, "Homme"}, {2, "Femme"}};
    const Project french = open_dataverse();
    read(*french);
    std::map<std::string, std::size_t> genders;
    for (const auto& [key, fields] : people_in(*dutch)) ++genders[fields.at("gender")];
    std::map<std::string, std::size_t> again;
    for (const auto& [key, fields] : people_in(*french)) ++again[fields.at("gender")];
    EXPECT_EQ(genders, again);
    EXPECT_EQ(genders["m"] + genders["f"], 20U);
}

/// Reads files instead of the source.
ImportSummary import_of(RestProject& project, const std::vector<std::string>& files) {
    ImportRequest request;
    request.inputs = files;
    RemotePorts remote = project.remote();
    Ports ports = project.ports();
    return import_files(Project::load(project.path(), ports.files), request, remote, ports);
}

/// Naive: reads the first part only, looks for files at the top, takes "no data" for damage, or writes outside its folder.
TEST_F(RestTraps, T28_AZipInPartsWithAFolderAroundNoDataAndNamesThatClimb) {
    const Project project = open_list({"given_name = \"voornaam\"", "family_name = \"naam\""});
    const auto post = [](const std::string& seconds) {
        return R"([{"media":[{"uri":"media/posts/a.jpg","creation_timestamp":)" + seconds + R"(,"title":"Open dag"}]}])";
    };
    const TempDir dir;
    write_bytes(dir / "deel-1.zip", zip_of({{"instagram-club-2026-01-01-xxxx/", ""},
                                            {"instagram-club-2026-01-01-xxxx/content/posts_1.json", post("1767225600")},
                                            {"instagram-club-2026-01-01-xxxx/content/no-data.txt", ""},
                                            {"../../../../uitbraak.json", "[{\"a\":1}]"},
                                            {"..\\..\\uitbraak.txt", "x"},
                                            {"/uitbraak.txt", "x"}}));
    write_bytes(dir / "deel-2.zip", zip_of({{"instagram-club-2026-01-01-xxxx/content/posts_2.json", post("1769904000")},
                                            {"instagram-club-2026-01-01-xxxx/no-data.txt", ""}}));
    const ImportSummary summary = import_of(*project, {(dir / "deel-1.zip").string(), (dir / "deel-2.zip").string()});
    EXPECT_EQ(error_codes(summary), "");
    EXPECT_EQ(project->store().count("activity"), 2U) << "one of each part";
    for (const fs::path& root : {dir.path(), project->path()})
        for (const auto& entry : fs::recursive_directory_iterator(root))
            EXPECT_EQ(entry.path().filename().string().find("uitbraak"), std::string::npos) << entry.path();
    for (fs::path above = project->path().parent_path(); above != above.parent_path(); above = above.parent_path())
        for (const char* name : {"uitbraak.json", "uitbraak.txt"}) EXPECT_FALSE(fs::exists(above / name)) << above;
}

/// Naive: unfolds characters, ends a day too late, adds 24 hours to a repetition, does not know a zone of Windows, keeps what was called
/// off.
TEST_F(RestTraps, T29_ACalendarThatFoldsRepeatsAndCancels) {
    const Project project = open_list({"given_name = \"voornaam\"", "family_name = \"naam\""});
    const TempDir dir;
    write_bytes(
        dir / "agenda.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260601T000000Z\r\nSUMMARY:Ontmoeting in het caf\xc3\r\n \xa9\r\nCATEGORIES:Ontmoeting\r\n"
        "DTSTART;TZID=\"W. Europe Standard Time\":20260323T003000\r\nDTEND;TZID=\"W. Europe Standard Time\":20260323T013000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260601T000000Z\r\nRECURRENCE-ID;TZID=\"W. Europe Standard Time\":20260406T003000\r\n"
        "STATUS:CANCELLED\r\nDTSTART;TZID=\"W. Europe Standard Time\":20260406T003000\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260601T000000Z\r\nSUMMARY:Uitstap\r\nCATEGORIES:Uitstap\r\n"
        "DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260502\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n");
    EXPECT_EQ(error_codes(import_of(*project, {(dir / "agenda.ics").string()})), "");
    const StoreReader store = project->store();
    std::multiset<std::string> seen;
    ActivityRow row;
    for (auto activities = store.activities(); activities.next(row);)
        seen.insert(row.date.iso() + " " + std::string(row.kind) + " " + (row.minutes ? std::to_string(*row.minutes) : "-"));
    std::string all;
    for (const std::string& one : seen) all += one + "; ";
    EXPECT_EQ(all, "2026-03-23 ontmoeting 60; 2026-03-30 ontmoeting 60; 2026-05-01 ontmoeting -; ");
}

/// Naive: the end of a window is the time of this machine, so what changes in the two hours that it is ahead is never read.
TEST_F(RestTraps, T30_AWrongClockOfThisMachineLosesNothing) {
    for (const std::int64_t wrong : {2 * kHour, -2 * kHour}) {
        SCOPED_TRACE(wrong);
        system.tables.clear();
        fill(stand_in::odk_layout, 0);
        fill(stand_in::plain_layout);
        const Project project = open_odata();
        project->clock.at = system.now_us / kSecond + wrong;
        EXPECT_EQ(read(*project).fault, "");
        EXPECT_EQ(persons(*project), 20U);
        for (int step = 0; step < 6; ++step) {
            pass(project, 25 * kMinute);
            const std::string id = system.tables["Kinderen"].records[static_cast<std::size_t>(step)].id;
            stand_in::change(system, "Kinderen", id, "naam", quoted("Stap " + std::to_string(step)));
            pass(project, 5 * kMinute);
            EXPECT_EQ(read(*project).fault, "");
            EXPECT_EQ(people_in(*project)[id]["family_name"], "Stap " + std::to_string(step));
        }
        EXPECT_EQ(persons(*project), 20U);
    }
}

}  // namespace
}  // namespace brugwacht
