#include "tests/support/stand_in/jsonapi.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::State;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z

class StandInJsonApi : public ::testing::Test {
  protected:
    StandInJsonApi() : api(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 5; ++i)
            system.tables["people"].add(
                {std::to_string(i), kNoon + i * 1'000'000, 0, State::Live, {{"stad", i < 3 ? "\"Gent\"" : "\"Aalst\""}}});
    }
    Answer ask(const std::string& target) { return api(get(target, {{"authorization", "Bearer " + system.secret}})); }
    stand_in::System system;
    stand_in::JsonApi api;
};

TEST_F(StandInJsonApi, NextStandsAmongTheLinks) {
    const Answer first = ask("/rest/people?page[limit]=2&sort=-updated-at");
    EXPECT_EQ(each(first, "data", "id"), "5 4");
    EXPECT_EQ(text_at(first, "links.next"), "http://crm.example/rest/people?sort=-updated-at&page%5Blimit%5D=2&page%5Boffset%5D=2");
    EXPECT_EQ(member(body_of(first), "meta.page.total").integer, 5);
    const Answer second = ask(text_at(first, "links.next"));
    EXPECT_EQ(each(second, "data", "attributes.updated-at"), "2026-01-01T12:00:03+00:00 2026-01-01T12:00:02+00:00");
    const Answer third = ask(text_at(second, "links.next"));
    EXPECT_EQ(each(third, "data", "id"), "1");
    EXPECT_EQ(text_at(third, "links.next"), "");
}

TEST_F(StandInJsonApi, FiltersAreEvaluated) {
    EXPECT_EQ(each(ask("/rest/people?filter[stad]=Gent"), "data", "id"), "1 2");
    EXPECT_EQ(each(ask("/rest/people?filter[updated-at]=>2026-01-01T12:00:02Z&filter[stad]=Aalst&filter[id]=<5"), "data", "id"), "3 4");
}

TEST_F(StandInJsonApi, ErrorsComeAsAnArray) {
    for (const auto& [target, status] :
         std::vector<std::pair<std::string, int>>{{"/rest/people?page[limit]=1000", 400}, {"/rest/honden", 404}}) {
        const Answer answer = ask(target);
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(text_at(answer, "errors.0.status"), std::to_string(status));
        EXPECT_EQ(header_of(answer, "Content-Type"), "application/vnd.api+json");
    }
    EXPECT_EQ(api(get("/rest/people")).status, 401);
    system.reads_allowed = false;
    EXPECT_EQ(ask("/rest/people").status, 403);
}

TEST_F(StandInJsonApi, ABadlyConfiguredServerGivesLinksWithoutScheme) {
    api.links_without_scheme = true;
    EXPECT_EQ(text_at(ask("/rest/people?page[limit]=2"), "links.next").rfind("crm.example/rest/people?", 0), 0U);
}

}  // namespace
}  // namespace brugwacht
