#include "connector/rest/fields.hpp"

#include <gtest/gtest.h>

#include "connector/rest/stream_state.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::optional<std::int64_t> seconds(std::string_view text, const char* zone = "UTC") {
    const auto moment = parse_moment(text, *Zone::find(zone));
    if (!moment) return std::nullopt;
    return *moment / kSecond;
}

TEST(RestMoment, IsReadInEveryWayThatServersWriteIt) {
    const std::int64_t wanted = 1'756'722'600;  // 2025-09-01T10:30:00Z
    for (const char* text : {"2025-09-01T10:30:00Z", "2025-09-01T10:30:00+00:00", "2025-09-01T10:30:00+0000", "2025-09-01T12:30:00+02:00",
                             "2025-09-01T12:30:00+02", "2025-09-01T08:30:00-0200", "2025-09-01 10:30:00", "2025-09-01T10:30:00.0000000Z",
                             "2025-09-01T10:30:00.5Z", "2025-09-01T10:30Z", "1756722600", "1756722600000"})
        EXPECT_EQ(seconds(text), wanted) << text;
    EXPECT_EQ(parse_moment("2025-09-01T10:30:00.1234567Z", *Zone::find("UTC")), wanted * kSecond + 123456);
    EXPECT_EQ(seconds("2025-09-01 12:30:00", "Europe/Brussels"), wanted);
    EXPECT_EQ(seconds("1969-12-31T23:00:00Z"), -3600);
    EXPECT_EQ(seconds("1925-03-01"), -1'414'972'800);
}

TEST(RestMoment, OfANightWhenTheClockChanges) {
    // The hour that comes twice means the first one, the one that is skipped counts from before.
    EXPECT_EQ(seconds("2025-10-26 02:30:00", "Europe/Brussels"), seconds("2025-10-26T00:30:00Z"));
    EXPECT_EQ(seconds("2025-03-30 02:30:00", "Europe/Brussels"), seconds("2025-03-30T01:30:00Z"));
}

TEST(RestMoment, IsNothingWhenItIsNone) {
    for (const char* text : {"", "gisteren", "2025-13-01", "2025-09-01T25:00:00Z", "2025-09-01T10:61:00Z", "2025-09-01T10:30:00+99:00",
                             "2025-09-01T10:30:00Zx", "2025-09-01T10:30:00.", "12345678", "123456789012345", "--1756722600", "2025-09"})
        EXPECT_EQ(seconds(text), std::nullopt) << text;
}

TEST(RestMoment, IsWrittenAsAServerWantsIt) {
    const std::int64_t at = 1'756'722'600;
    EXPECT_EQ(format_moment(at, TimeFormat::IsoZ, nullptr), "2025-09-01T10:30:00Z");
    EXPECT_EQ(format_moment(at, TimeFormat::IsoMsZ, nullptr), "2025-09-01T10:30:00.000Z");
    EXPECT_EQ(format_moment(at, TimeFormat::Space, nullptr), "2025-09-01 10:30:00");
    EXPECT_EQ(format_moment(at, TimeFormat::EpochMs, nullptr), "1756722600000");
    EXPECT_EQ(format_moment(at, TimeFormat::EpochS, nullptr), "1756722600");
    EXPECT_EQ(format_moment(at, TimeFormat::Date, nullptr), "2025-09-01");
    const Zone brussels = *Zone::find("Europe/Brussels");
    EXPECT_EQ(format_moment(at, TimeFormat::IsoZ, &brussels), "2025-09-01T12:30:00");
}

TEST(RestFields, PathsFindNamesWithAnythingInThem) {
    const JsonTree tree = JsonTree::parse(
        R"({"a.b":{"c":1},"a":{"b":{"c":2},"d":3},"@odata.id":"x","group/question":"y","list":[{"n":7},[8]],"":9})", "answer");
    const JsonView root = tree.root();
    EXPECT_EQ(value_at(root, "a.b.c").text(), "1");
    EXPECT_EQ(value_at(root, "a.d").text(), "3");
    EXPECT_EQ(value_at(root, "@odata.id").text(), "x");
    EXPECT_EQ(value_at(root, "group/question").text(), "y");
    EXPECT_EQ(value_at(root, "list.0.n").text(), "7");
    EXPECT_EQ(value_at(root, "list.1.0").text(), "8");
    EXPECT_FALSE(value_at(root, "list.9.n"));
    EXPECT_FALSE(value_at(root, "list.x"));
    EXPECT_FALSE(value_at(root, "a.d.e"));
    EXPECT_FALSE(value_at(root, "..."));
}

class RestFieldReader : public testing::Test {
  protected:
    std::string read(RemoteField field, const char* record, const char* item = "null") {
        const JsonTree tree = JsonTree::parse(record, "record");
        const JsonTree element = JsonTree::parse(item, "item");
        return FieldReader(connection_, *Zone::find("UTC")).read(field, {tree.root(), element.root()});
    }
    static RemoteField path(const char* path, FieldAs as = FieldAs::Text) { return {"f", FieldFrom::Path, as, {path}, {}}; }

    ConnectionPlan connection_;
};

TEST_F(RestFieldReader, ReadsValuesAsText) {
    EXPECT_EQ(read(path("a"), R"({"a":"Zoë 🎉"})"), "Zoë 🎉");
    EXPECT_EQ(read(path("a"), R"({"a":900719925474099312345})"), "900719925474099312345");
    EXPECT_EQ(read(path("a"), R"({"a":null})"), "");
    EXPECT_EQ(read(path("a"), R"({"a":["5","6",null,"7"]})"), "5|6|7");
    EXPECT_EQ(read(path("a"), R"({"a":{"b":1}})"), "");
    EXPECT_EQ(read(path("item.b"), "{}", R"({"b":"x"})"), "x");
    EXPECT_EQ(read(path("item"), "{}", "12"), "12");
}

TEST_F(RestFieldReader, KnowsWhatStandsForNothing) {
    connection_.false_is_empty = true;
    connection_.empty = {"NULL"};
    EXPECT_EQ(read(path("a"), R"({"a":false})"), "");
    EXPECT_EQ(read(path("a", FieldAs::Boolean), R"({"a":false})"), "false");
    EXPECT_EQ(read(path("a"), R"({"a":"NULL"})"), "");
    EXPECT_EQ(read(path("a"), R"({"a":0})"), "0");
}

TEST_F(RestFieldReader, MakesCivilTimeOfMoments) {
    EXPECT_EQ(read(path("a", FieldAs::Instant), R"({"a":"2025-12-31T23:30:00Z"})"), "2026-01-01 00:30:00");
    EXPECT_EQ(read(path("a", FieldAs::Instant), R"({"a":1767223800000})"), "2026-01-01 00:30:00");
    EXPECT_EQ(read(path("a", FieldAs::Instant), R"({"a":"2025-12-31"})"), "2025-12-31") << "a day alone has no zone";
    EXPECT_EQ(read(path("a", FieldAs::Instant), R"({"a":"morgen"})"), "morgen") << "the mapping says that this is no date";
    EXPECT_EQ(read(path("a", FieldAs::Civil), R"({"a":"2025-12-31 23:30:00"})"), "2025-12-31 23:30:00");
    EXPECT_EQ(read(path("a", FieldAs::Date), R"({"a":"2025-12-31T23:30:00Z"})"), "2025-12-31");
}

TEST_F(RestFieldReader, AddsUpMinutes) {
    const RemoteField sum{"f", FieldFrom::Minutes, FieldAs::Text, {"h", "m", "", "ms"}, {}};
    EXPECT_EQ(read(sum, R"({"h":1.5,"m":"15"})"), "105");
    EXPECT_EQ(read(sum, R"({"ms":90000})"), "2");
    EXPECT_EQ(read(sum, R"({"h":"veel"})"), "");
    EXPECT_EQ(read(sum, R"({"h":1e300})"), "");
    const RemoteField between{"f", FieldFrom::Between, FieldAs::Text, {"from", "to"}, {}};
    EXPECT_EQ(read(between, R"({"from":"2025-10-26 00:30:00","to":"2025-10-26 03:30:00"})"), "180");
    EXPECT_EQ(read(between, R"({"from":"2025-10-26 03:30:00","to":"2025-10-26 00:30:00"})"), "");
    EXPECT_EQ(read({"f", FieldFrom::Count, FieldAs::Text, {"a"}, {}}, R"({"a":[1,2,3]})"), "3");
    EXPECT_EQ(read({"f", FieldFrom::Join, FieldAs::Text, {"a", "b"}, {}}, R"({"a":"An","b":null})"), "An");
}

TEST(StreamState, SurvivesAsTextAndIsNothingWhenDamaged) {
    StreamState state;
    state.plan = "p";
    state.lo = 12;
    state.hi = 34;
    state.last_id = "é\"\n";
    state.link = "https://x";
    state.no_delta = true;
    state.listed["1"] = 56;
    state.present = {"a", "b"};
    const StreamState back = StreamState::parse(state.text());
    EXPECT_EQ(back.text(), state.text());
    EXPECT_EQ(back.last_id, "é\"\n");
    EXPECT_EQ(back.listed.at("1"), 56);
    for (const char* damaged : {"", "{", "[]", "{\"version\":9}", "null", "{\"version\":1,\"lo\":\"x\"}"})
        EXPECT_EQ(StreamState::parse(damaged).lo, -1) << damaged;
}

}  // namespace
}  // namespace brugwacht
