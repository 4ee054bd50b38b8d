#include "tests/support/stand_in/odata.hpp"

#include <gtest/gtest.h>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/odata_query.hpp"
#include "tests/unit/connector/stand_in_calls.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
namespace cloud = stand_in::cloud;

constexpr std::int64_t kNoon = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z

TEST(StandInMoments, AreReadInEveryFormThatSystemsWrite) {
    for (const char* text : {"2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00", "2026-01-01T07:00:00-0500", "2026-01-01 12:00:00",
                             "2026-01-01T12:00", "2026-01-01T12:00:00.0000000Z"})
        EXPECT_EQ(cloud::parse_moment(text), kNoon) << text;
    EXPECT_EQ(cloud::parse_moment("2026-01-01T12:00:00.12345Z"), kNoon + 123'450);
    EXPECT_EQ(cloud::parse_moment("1969-12-31"), -86'400'000'000);
    for (const char* text :
         {"", "2026-13-01", "2026-01-01T", "2026-01-01T12:00:00.Z", "2026-01-01T12:00:00+1", "20260101T120000Z", "12345678-1234"})
        EXPECT_EQ(cloud::parse_moment(text), std::nullopt) << text;
}

TEST(StandInMoments, Base64GoesThereAndBack) {
    for (const char* text : {"", "a", "ab", "abc", "abcd", "\xff\xfe~?"}) EXPECT_EQ(cloud::from_base64(cloud::base64(text)), text);
    EXPECT_EQ(cloud::base64("ab"), "YWI=");
    EXPECT_EQ(cloud::from_base64("_-8"), cloud::from_base64("/+8="));
}

bool matches(const std::string& filter, const std::string& record) {
    const Node fields = parse_json(record, "record");
    return cloud::holds(cloud::parse_odata_filter(filter), [&](const std::string& name) { return member(fields, name); });
}

TEST(StandInODataFilter, FollowsPrecedenceAndTypes) {
    const std::string record = R"({"a":5,"b":"d'Hondt","c":null,"d":"2026-01-31T10:00:00Z","e":true,"s":{"x":"y"}})";
    for (const char* filter : {"a eq 5", "a ne 6", "a ge 5 and a lt 6", "b eq 'd''Hondt'", "c eq null", "d gt 2026-01-31",
                               "d eq 2026-01-31T11:00:00+01:00", "e eq true", "a eq 1 or a eq 5 and e eq true", "not(a eq 1)", "not a eq 1",
                               "startswith(b,'d''')", "a in (1,5)", "(a eq 1 or e eq true) and c eq null", "c ne 'x'"})
        EXPECT_TRUE(matches(filter, record)) << filter;
    for (const char* filter :
         {"a eq '5'", "c gt 1", "d le 2026-01-31", "(a eq 5 or e eq true) and c ne null", "contains(b,'x')", "a in (1,2)"})
        EXPECT_FALSE(matches(filter, record)) << filter;
    for (const char* filter : {"", "a", "a eq", "a eq 5 and", "(a eq 5", "a gelijk 5", "a eq 5 b eq 6", "b eq 'open", "length(b) eq 3"})
        EXPECT_THROW(matches(filter, record), cloud::QueryFault) << filter;
}

class StandInOData : public ::testing::Test {
  protected:
    StandInOData() : odata(system) {
        system.now_us = kNoon;
        for (int i = 1; i <= 5; ++i)
            system.tables["Personen"].add(
                {"p" + std::to_string(i), kNoon - i * 1'000'000, 0, State::Live, {{"naam", "\"N" + std::to_string(i) + "\""}}});
        odata.page_size = 2;
    }
    Answer ask(const std::string& target) {
        return odata(get(target, {{"authorization", "Basic " + cloud::base64("lezer:" + system.secret)}}));
    }
    stand_in::System system;
    stand_in::OData odata;
};

TEST_F(StandInOData, NextLinksAreRelativeAndEncodeTheDollar) {
    const Answer first = ask("/odata/v4/Personen?$select=naam&$orderby=modifiedAt%20asc");
    EXPECT_EQ(each(first, "value", "ID"), "p5 p4");
    EXPECT_EQ(text_at(first, "@odata.nextLink"), "Personen?%24select=naam&%24orderby=modifiedAt%20asc&%24skiptoken=2");
    EXPECT_EQ(each(ask("/odata/v4/" + text_at(first, "@odata.nextLink")), "value", "ID"), "p3 p2");
}

TEST_F(StandInOData, WithoutPagingAllRowsComeAtOnceWhateverTheCallerPrefers) {
    odata.page_size = 0;
    const Answer answer = odata(get("/odata/v4/Personen", {{"authorization", "Basic " + cloud::base64("lezer:" + system.secret)},
                                                           {"prefer", "odata.maxpagesize=1, odata.track-changes"}}));
    EXPECT_EQ(each(answer, "value", "ID"), "p1 p2 p3 p4 p5");
    EXPECT_EQ(header_of(answer, "Preference-Applied"), "");
}

TEST_F(StandInOData, ErrorCodesAreNumbers) {
    const Answer plus = ask("/odata/v4/Personen?$filter=naam+eq+'N1'");
    EXPECT_EQ(plus.status, 400) << "a blank is %20";
    EXPECT_EQ(member(body_of(plus), "error.code").integer, 400);
    EXPECT_EQ(each(ask("/odata/v4/Personen?$filter=naam%20eq%20'N1'"), "value", "ID"), "p1");
    EXPECT_EQ(ask("/odata/v4/Sloten").status, 404);
    EXPECT_EQ(odata(get("/odata/v4/Personen")).status, 401);
    system.denied = {"Personen"};
    EXPECT_EQ(ask("/odata/v4/Personen").status, 403);
}

}  // namespace
}  // namespace brugwacht
