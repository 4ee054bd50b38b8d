#include "connector/rest/preset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "connector/rest/fields.hpp"
#include "connector/rest/http.hpp"
#include "connector/rest/paginator.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/request.hpp"
#include "engine/core/error.hpp"
#include "engine/core/resources.hpp"

namespace brugwacht {
namespace {

/// Something for every parameter that must be given.
std::map<std::string, std::string> some_values(const PresetFile& file) {
    std::map<std::string, std::string> values;
    for (const ParameterDef& def : file.parameters()) {
        if (def.required || def.secret) values[def.name] = def.url ? "https://crm.voorbeeldstad.be" : "waarde";
        if (!def.choices.empty() && def.fallback.empty()) values[def.name] = def.choices.front();
    }
    return values;
}

std::vector<std::string> codes_of(std::string_view text, const std::map<std::string, std::string>& values = {}) {
    std::vector<std::string> codes;
    try {
        PresetFile::parse(text, "test.toml").build(values);
    } catch (const Error& error) {
        for (const Fault& fault : error.faults()) codes.push_back(fault.code);
    }
    return codes;
}

constexpr std::string_view kSmall = R"(
preset = "klein"
version = 1
[params]
site = { required = true, url = true }
key = { secret = true }
born = {}
company = {}
[connection]
base_url = "{params.site}/api/v1"
[connection.auth]
type = "header"
header = "X-Key"
value = "{params.key}"
[[stream]]
name = "people"
path = "People/{params.site}"
id = "id"
records = "list"
query = { select = "{fields}", company = "{params.company}", search = { where = [["id", ">", "{last_id:number}"], ["born", "=", "{params.born}"]], limit = "{page_size:number}" } }
fields = ["id", "parent_id.0", { name = "birth_date", path = "{params.born}" }, { name = "minutes", between = ["from", "to"] }]
[stream.paging]
type = "window_id"
[[stream.incremental]]
field = "modified"
[map]
)";

TEST(RestPreset, EveryShippedPresetIsSound) {
    std::size_t count = 0;
    for (const Resource& file : resources_under("mappings/rest/")) {
        SCOPED_TRACE(std::string(file.path));
        try {
            const PresetFile preset = PresetFile::parse(file.text, std::string(file.path));
            const Preset built = preset.build(some_values(preset));
            EXPECT_EQ("mappings/rest/" + built.name + ".toml", file.path);
            EXPECT_FALSE(built.streams.empty());
            ++count;
        } catch (const Error& error) {
            for (const Fault& fault : error.faults()) {
                std::string args;
                for (const auto& [name, value] : fault.args)
                    if (const auto* text = std::get_if<std::string>(&value)) args += " " + name + "=" + *text;
                ADD_FAILURE() << fault.code << " at " << fault.where << args;
            }
        }
    }
    EXPECT_GE(count, 15U);
}

/// A shipped preset with other values of its parameters than some_values() gives.
Preset shipped(const std::string& name, const std::map<std::string, std::string>& values) {
    const PresetFile file = PresetFile::parse(resource("mappings/rest/" + name + ".toml").value(), name);
    std::map<std::string, std::string> all = some_values(file);
    for (const auto& [key, value] : values) all[key] = value;
    return file.build(all);
}

TEST(RestPreset, AParameterCanSayThatTheAnswerIsTheList) {
    const Preset preset = shipped("json", {{"records", "."}});
    ASSERT_EQ(preset.streams.size(), 1U);
    const JsonTree answer = JsonTree::parse(R"([{"id":1},{"id":2}])", "answer");
    EXPECT_EQ(value_at(answer.root(), preset.streams[0].records).size(), 2U);
}

TEST(RestPreset, TheSizeOfAPageGoesUnderTheNameThatTheServiceKnows) {
    EXPECT_EQ(json_text(shipped("jsonapi", {}).streams[0].request.query), R"({"page[size]":"100"})");
    EXPECT_EQ(json_text(shipped("jsonapi", {{"page_size", ""}, {"page_limit", "25"}}).streams[0].request.query), R"({"page[limit]":"25"})");
}

TEST(RestPreset, WhatNamesAnEmptyParameterIsLeftOut) {
    const Preset preset = PresetFile::parse(kSmall, "test.toml").build({{"site", "https://x.be/"}, {"key", "geheim"}});
    EXPECT_EQ(preset.connection.base_url, "https://x.be/api/v1");
    const StreamPlan& people = preset.streams[0];
    ASSERT_EQ(people.fields.size(), 3U);
    EXPECT_EQ(people.fields[1].name, "parent_id.0");
    EXPECT_EQ(people.asked(), (std::vector<std::string>{"id", "parent_id", "from", "to"}));
    EXPECT_EQ(people.request.query.find("company"), nullptr);
    EXPECT_EQ(json_text(*people.request.query.find("search")), R"({"where":[["id",">","{last_id:number}"]],"limit":"{page_size:number}"})");

    const Preset more =
        PresetFile::parse(kSmall, "test.toml").build({{"site", "https://x.be"}, {"key", "k"}, {"born", "cBorn"}, {"company", "7"}});
    EXPECT_EQ(more.streams[0].fields[2].paths[0], "cBorn");
    EXPECT_EQ(more.streams[0].request.query.find("company")->text, "7");
}

TEST(RestPreset, RequestsAreMadeAsWorded) {
    const Preset preset = PresetFile::parse(kSmall, "test.toml").build({{"site", "https://x.be"}, {"key", "k"}});
    Placeholders values;
    values.set("last_id", "12");
    values.set("page_size", "200");
    values.set("fields", preset.streams[0].asked());
    std::string path;
    const HttpRequest request = make_request(preset.connection, preset.streams[0].request, values, path);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url,
              "https://x.be/api/v1/People/https://x.be?select=id%2Cparent_id%2Cfrom%2Cto&search=%7B%22where%22%3A%5B%5B%22id%22%2C%22%3E%"
              "22%2C12%5D%5D%2C%22limit%22%3A200%7D");
    EXPECT_TRUE(request.body.empty());
}

TEST(RestPreset, ABraceOfAUserIsNeverAPlaceholder) {
    const Preset preset =
        PresetFile::parse(kSmall, "test.toml").build({{"site", "https://x.be"}, {"key", "a{page}b{{c"}, {"company", "{since}"}});
    EXPECT_EQ(preset.connection.auth.texts.at("value"), "a{page}b{{c");
    Placeholders values;
    values.set("since", "now");
    EXPECT_EQ(values.tree(preset.streams[0].request.query)->find("company")->text, "{since}");
}

TEST(RestPreset, SaysEveryFaultOfAFileAtOnce) {
    EXPECT_EQ(codes_of("preset = \"x\""), (std::vector<std::string>{"CFG-002", "PST-001"}));
    EXPECT_EQ(codes_of(kSmall), (std::vector<std::string>{"PST-013"}));
    EXPECT_EQ(codes_of(kSmall, {{"site", "http://crm.be"}}), (std::vector<std::string>{"PST-005"}));
    EXPECT_EQ(codes_of(kSmall, {{"site", "https://admin:pw@crm.be"}}), (std::vector<std::string>{"PST-005"}));
    EXPECT_EQ(codes_of(kSmall, {{"site", "https://crm.be"}, {"sjite", "x"}}), (std::vector<std::string>{"PST-014"}));
    const auto codes = codes_of(R"(
preset = "x"
[connection]
base_url = "https://{params.nowhere}"
zone = "Europe/Brusel"
page_size = 0
[connection.auth]
type = "basic"
user = "u"
[[stream]]
name = "a"
id = "id"
path = "a/{page_nr}"
fields = ["id", "id", { name = "n" }]
[stream.paging]
type = "window_id"
[[stream.incremental]]
mode = "delta_link"
[[stream.deletes]]
mode = "ids"
every = "weekly"
[[stream]]
name = "b"
id = "id"
parent = "c"
)");
    for (const char* code : {"PST-015", "PST-006", "PST-003", "CFG-002", "PST-004", "PST-007", "PST-008", "PST-002", "PST-010", "PST-012"})
        EXPECT_TRUE(std::count(codes.begin(), codes.end(), code)) << code;
}

TEST(RestPreset, UnderstandsTheWordsOfOtherConnectors) {
    const Preset preset = PresetFile::parse(R"(
preset = "dataverse"
version = 1
[params]
org_url = { required = true, url = true }
[client]
base_url = "{params.org_url}/api/data/v9.2/"
budget = { concurrent = 1, per_second = 5 }
auth = { type = "none", refresh_on = [401] }
errors = [
    { status = 429, action = "wait_header", header = "Retry-After", max_wait_s = 900 },
    { status = [500, 502], action = "retry", backoff = "exponential", max = 6 },
    { body_path = "error.message", contains = "perform a full sync", action = "resync" },
]
[[streams]]
name = "contacts"
path = "contacts"
records = "value"
id = "contactid"
select = { param = "$select", join = ",", fields = ["contactid", "firstname"] }
paging = { type = "next_link", path = "@odata.nextLink", page_size_header = "Prefer: odata.maxpagesize={n}", n = 1000 }
incremental = [
    { mode = "delta_link", path = "@odata.deltaLink", request_header = "Prefer: odata.track-changes", ack_header = "Preference-Applied", tombstone = { where = { reason = "deleted" }, id = "id" } },
    { mode = "cursor", field = "modifiedon", filter = "$filter=modifiedon ge {since}", order = "$orderby=modifiedon,contactid", overlap = "PT15M" },
    { mode = "full" },
]
deletes = { mode = "reconcile_ids", every = "P7D", max_share = 0.1 }
)",
                                            "test.toml")
                              .build({{"org_url", "https://x.be"}});
    EXPECT_EQ(preset.connection.base_url, "https://x.be/api/data/v9.2/");
    ASSERT_EQ(preset.connection.errors.size(), 3U);
    EXPECT_EQ(preset.connection.errors[0].action, ErrorAction::Wait);
    EXPECT_TRUE(preset.connection.errors[0].header.empty());
    EXPECT_EQ(preset.connection.errors[2].path, "error.message");
    const StreamPlan& contacts = preset.streams.at(0);
    EXPECT_EQ(contacts.fields.size(), 2U);
    EXPECT_EQ(contacts.request.query.find("$select")->text, "{fields}");
    EXPECT_EQ(contacts.request.headers.find("Prefer")->text, "odata.maxpagesize=1000");
    ASSERT_EQ(contacts.incremental.size(), 2U);
    EXPECT_EQ(contacts.incremental[0].headers.find("Prefer")->text, "odata.track-changes");
    EXPECT_EQ(contacts.incremental[0].tombstone->path, "reason");
    EXPECT_EQ(contacts.incremental[0].tombstone->equals, "deleted");
    EXPECT_EQ(contacts.incremental[1].mode, IncrementalMode::Window);
    EXPECT_EQ(contacts.incremental[1].query.find("$filter")->text, "modifiedon ge {since}");
    EXPECT_EQ(contacts.incremental[1].query.find("$orderby")->text, "modifiedon,contactid");
    EXPECT_EQ(contacts.deletes.at(0).mode, DeletesMode::Ids);
}

TEST(Placeholders, OnlyWhatLooksLikeOneIsOne) {
    Placeholders values;
    values.set("page", "3");
    EXPECT_EQ(values.text(R"({"page":{page},"x":{{page}})"), R"({"page":3,"x":{page}})");
    EXPECT_EQ(values.text("{token}"), std::nullopt);
    EXPECT_EQ(values.text("open { brace"), "open { brace");
    values.set("page", "a b&c");
    EXPECT_EQ(values.text("x/{page}", Placeholders::Encoding::Percent), "x/a%20b%26c");
}

// ---------------------------------------------------------------- pages

class Pages : public testing::Test {
  protected:
    bool advance(Paginator& pages, const std::string& json, const std::string& url = "https://x.be/api/people?page=1") {
        tree_ = JsonTree::parse(json, "answer");
        ids_.clear();
        for (JsonView record = tree_.root().find("list").first(); record; record = record.next()) ids_.emplace_back(record.text());
        return pages.advance({tree_.root(), response_, url, ids_, ids_.size(), std::nullopt});
    }
    std::string code_of(Paginator& pages, const std::string& json, const std::string& url = "https://x.be/api/people?page=1") {
        try {
            advance(pages, json, url);
        } catch (const Error& error) {
            return error.first().code;
        }
        return "";
    }
    Paginator with(PagingType type, const std::string& path = "next") {
        plan_.type = type;
        plan_.path = path;
        connection_.base_url = "https://x.be/api/";
        connection_.page_size = 2;
        return Paginator(plan_, connection_, "people");
    }

    PagingPlan plan_;
    ConnectionPlan connection_;
    JsonTree tree_;
    HttpResponse response_;
    std::vector<std::string> ids_;
};

TEST_F(Pages, AShortOrEmptyPageWithAMarkerGoesOn) {
    Paginator pages = with(PagingType::NextLink);
    EXPECT_FALSE(advance(pages, R"({"list":["1"],"next":"people?page=2"})"));
    EXPECT_EQ(pages.address(), "https://x.be/api/people?page=2");
    EXPECT_FALSE(advance(pages, R"({"list":[],"next":"/api/people?page=3"})", pages.address()));
    EXPECT_EQ(pages.address(), "https://x.be/api/people?page=3");
    EXPECT_TRUE(advance(pages, R"({"list":["3","4"]})", pages.address()));
}

TEST_F(Pages, ALinkToAnotherHostIsRefused) {
    Paginator pages = with(PagingType::NextLink);
    EXPECT_EQ(code_of(pages, R"({"list":["1"],"next":"https://elders.be/api/people?page=2"})"), "REST-034");
    EXPECT_EQ(code_of(pages, R"({"list":["1"],"next":"http://x.be/api/people?page=2"})"), "REST-034");
    EXPECT_EQ(code_of(pages, R"({"list":["1"],"next":"https://x.be@elders.be/"})"), "REST-034");
}

TEST_F(Pages, AMarkerThatComesBackIsACircle) {
    Paginator tokens = with(PagingType::Token);
    EXPECT_FALSE(advance(tokens, R"({"list":["1"],"next":"a"})"));
    EXPECT_FALSE(advance(tokens, R"({"list":["2"],"next":"b"})"));
    EXPECT_EQ(code_of(tokens, R"({"list":["3"],"next":"a"})"), "REST-032");
    Paginator numbers = with(PagingType::Page);
    EXPECT_FALSE(advance(numbers, R"({"list":["1","2"]})"));
    EXPECT_EQ(code_of(numbers, R"({"list":["1","2"]})"), "REST-032");
}

TEST_F(Pages, AWindowGoesOnBehindTheLastIdUntilAnEmptyPage) {
    Paginator pages = with(PagingType::WindowId);
    EXPECT_FALSE(advance(pages, R"({"list":["9","10"]})"));
    EXPECT_EQ(pages.last_id(), "10");
    EXPECT_FALSE(advance(pages, R"({"list":["11"]})"));
    EXPECT_TRUE(advance(pages, R"({"list":[]})"));
}

TEST_F(Pages, AnIdThatDoesNotMoveOnOrIsOutOfOrderStopsTheList) {
    Paginator same = with(PagingType::WindowId);
    EXPECT_FALSE(advance(same, R"({"list":["1","2"]})"));
    EXPECT_EQ(code_of(same, R"({"list":["1","2"]})"), "REST-032");
    Paginator unsorted = with(PagingType::WindowId);
    EXPECT_EQ(code_of(unsorted, R"({"list":["5","1","7"]})"), "REST-033");
    Paginator as_text = with(PagingType::WindowId);
    EXPECT_FALSE(advance(as_text, R"({"list":["719869649082","7199","72"]})"));
}

}  // namespace
}  // namespace brugwacht
