#include "tests/support/stand_in/graph.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z

class StandInGraph : public ::testing::Test {
  protected:
    StandInGraph() : graph(system) {
        system.now_us = kNoon;
        graph.files["https://contoso.sharepoint.example/s/leden"] = {"item1", "Map/leden.xlsx", "PK inhoud", kNoon, 3};
        token = text_at(graph(post_form("/contoso/oauth2/v2.0/token", "grant_type=client_credentials&client_secret=" + system.secret +
                                                                          "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default")),
                        "access_token");
    }
    Answer ask(const std::string& target, const std::string& etag = {}) {
        return graph(get(target, {{"authorization", "Bearer " + token}, {"if-none-match", etag}}));
    }
    stand_in::System system;
    stand_in::Graph graph;
    std::string token;
    const std::string content = "/v1.0/sites/s1/drive/items/item1/content";
};

TEST_F(StandInGraph, ContentIsBehindARedirectToAnotherHostThatTakesNoToken) {
    const Answer redirect = ask(content);
    EXPECT_EQ(redirect.status, 302);
    const std::string location = header_of(redirect, "Location");
    EXPECT_EQ(location.rfind("http://files.example/download/item1?tempauth=", 0), 0U);
    const std::string target = location.substr(std::string("http://files.example").size());
    EXPECT_EQ(graph.download(get(target, {{"authorization", "Bearer " + token}})).status, 401);
    EXPECT_EQ(graph.leaked_credentials, 1U);
    EXPECT_EQ(graph.download(get(target)).body, "PK inhoud");
    system.now_us += 60'000'000;
    EXPECT_EQ(graph.download(get(target)).status, 401) << "the address is good for a short time";
}

TEST_F(StandInGraph, TagsTellWhetherAFileHasChanged) {
    const Answer item = ask("/v1.0/sites/s1/drive/items/item1");
    for (const char* tag : {"eTag", "cTag"}) EXPECT_EQ(ask(content, text_at(item, tag)).status, 304) << tag;
    graph.files.begin()->second.version = 4;
    EXPECT_EQ(ask(content, text_at(item, "eTag")).status, 302);
}

TEST_F(StandInGraph, AFileIsFoundByItemByPathAndBySharedLink) {
    EXPECT_EQ(text_at(ask("/v1.0/drives/d1/root:/Map/leden.xlsx:"), "name"), "leden.xlsx");
    EXPECT_EQ(ask("/v1.0/drives/d1/root:/Map/leden.xlsx:/content").status, 302);
    std::string share = stand_in::cloud::base64("https://contoso.sharepoint.example/s/leden");
    share.erase(share.find_last_not_of('=') + 1);
    EXPECT_EQ(ask("/v1.0/shares/u!" + share + "/driveItem/content").status, 302);
    EXPECT_EQ(text_at(ask("/v1.0/sites/contoso.sharepoint.example:/sites/jeugd"), "id").substr(0, 27), "contoso.sharepoint.example,");
}

TEST_F(StandInGraph, WhatIsWrongHasACode) {
    EXPECT_EQ(text_at(ask("/v1.0/sites/s1/drive/items/weg/content"), "error.code"), "itemNotFound");
    EXPECT_EQ(text_at(graph(get(content)), "error.code"), "InvalidAuthenticationToken");
    EXPECT_EQ(header_of(graph.throttled(7), "Retry-After"), "7");
    system.reads_allowed = false;
    EXPECT_EQ(ask(content).status, 403);
    system.now_us += 3'599'000'000;
    EXPECT_EQ(ask(content).status, 401);
}

}  // namespace
}  // namespace brugwacht
