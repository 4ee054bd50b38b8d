#include "engine/lib/json_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace brugwacht {
namespace {

using Event = JsonReader::Event;

/// Gives a text in portions.
JsonReader::Feed feed(std::string_view text, std::size_t portion = 1 << 20) {
    return [text, portion, at = std::size_t{0}](char* out, std::size_t size) mutable {
        const std::size_t n = std::min({size, portion, text.size() - at});
        std::memcpy(out, text.data() + at, n);
        at += n;
        return n;
    };
}

/// All events in short, up to and including End or Fault.
std::string events(std::string_view text, std::size_t portion = 1 << 20, JsonReader::Limits limits = {}) {
    JsonReader json(feed(text, portion), limits);
    std::string out;
    while (true) {
        switch (json.next()) {
            case Event::BeginObject:
                out += '{';
                break;
            case Event::EndObject:
                out += '}';
                break;
            case Event::BeginArray:
                out += '[';
                break;
            case Event::EndArray:
                out += ']';
                break;
            case Event::Key:
                out += json.text() + ":";
                break;
            case Event::Text:
                out += "'" + json.text() + "' ";
                break;
            case Event::Number:
                out += json.text() + " ";
                break;
            case Event::Boolean:
                out += json.flag() ? "yes " : "no ";
                break;
            case Event::Null:
                out += "- ";
                break;
            case Event::End:
                return out;
            case Event::Fault:
                EXPECT_EQ(json.next(), Event::Fault) << "a fault stays";
                switch (json.trouble()) {
                    case JsonReader::Trouble::Syntax:
                        return out + "SYNTAX";
                    case JsonReader::Trouble::CutShort:
                        return out + "CUT";
                    case JsonReader::Trouble::Deep:
                        return out + "DEEP";
                    case JsonReader::Trouble::More:
                        return out + "MORE";
                    case JsonReader::Trouble::None:
                        return out + "?";
                }
        }
    }
}

TEST(JsonReader, GivesEverySortOfValueInOrder) {
    const std::string text = R"( {"a": [1, -2.50, 3e+5, true, false, null, "x", {}, []], "b": {"c": "d"}} )";
    EXPECT_EQ(events(text), "{a:[1 -2.50 3e+5 yes no - 'x' {}[]]b:{c:'d' }}");
    for (const std::size_t portion : {1U, 2U, 3U, 7U}) EXPECT_EQ(events(text, portion), events(text)) << "in portions of " << portion;
    EXPECT_EQ(events("\xef\xbb\xbf 7"), "7 ") << "after a mark";
}

TEST(JsonReader, KeepsNumbersAsTheyAreWritten) {
    EXPECT_EQ(events("[12345678901234567890123, 0.10, -0, 1E400, 007]"), "[12345678901234567890123 0.10 -0 1E400 007 ]");
    for (const char* bad : {"1.", "-", "1e", ".5", "+1", "1x", "--1", "0x10"})
        EXPECT_NE(events(std::string("[") + bad + "]").find("SYNTAX"), std::string::npos) << bad;
}

TEST(JsonReader, ResolvesEscapes) {
    EXPECT_EQ(events(R"("\"\\\/\b\f\n\r\té")"), "'\"\\/\b\f\n\r\té' ");
    EXPECT_EQ(events(R"("\ud83d\ude00")"), "'😀' ");
    for (const std::size_t portion : {1U, 2U, 5U}) EXPECT_EQ(events(R"("a\ud83d\ude00\u20ac")", portion), "'a😀€' ");
    EXPECT_EQ(events(R"("\x")"), "SYNTAX");
    EXPECT_EQ(events(R"("\u12g4")"), "SYNTAX");
}

TEST(JsonReader, LoneSurrogatesAndBadBytesBecomeTheReplacementCharacter) {
    EXPECT_EQ(events(R"("\ud83d")"), "'\xef\xbf\xbd' ");
    EXPECT_EQ(events(R"("\ude00x")"), "'\xef\xbf\xbdx' ");
    EXPECT_EQ(events(R"("\ud83d\n")"), "'\xef\xbf\xbd\n' ");
    EXPECT_EQ(events(R"("\ud83d\ud83d\ude00")"), "'\xef\xbf\xbd😀' ");
    EXPECT_EQ(events("\"a\xff\x62\""), "'a\xef\xbf\xbd\x62' ");
}

TEST(JsonReader, TellsWhatIsWrong) {
    for (const char* cut : {"", "{", "[1,", "{\"a\"", "{\"a\":", "\"abc", "[true", "nul", "[1", "\"a\\"})
        EXPECT_NE(events(cut).find("CUT"), std::string::npos) << cut;
    for (const char* bad : {"}", "[1 2]", "[1,]", "{\"a\" 1}", "{a:1}", "{\"a\":1,}", "{1:2}", "truex", "'a'", "[1}", "{]"})
        EXPECT_NE(events(bad).find("SYNTAX"), std::string::npos) << bad;
    EXPECT_EQ(events("{} {}"), "{}MORE");
    EXPECT_EQ(events("1 x"), "1 MORE");
}

TEST(JsonReader, NeverGoesDeeperThanTheLimit) {
    EXPECT_EQ(events(std::string(1'000'000, '[')), std::string(200, '[') + "DEEP");
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    EXPECT_NE(events(objects).find("DEEP"), std::string::npos);
    EXPECT_EQ(events("[[1]]", 1 << 20, {2, 100}), "[[1 ]]");
}

TEST(JsonReader, CutsLongTextsButReadsOn) {
    const std::string text = "[\"" + std::string(100, 'a') + "\",\"b\"]";
    JsonReader json(feed(text), {200, 10});
    json.next();
    EXPECT_EQ(json.next(), Event::Text);
    EXPECT_EQ(json.text(), "aaaaaaaaaa");
    EXPECT_TRUE(json.was_cut());
    EXPECT_EQ(json.next(), Event::Text);
    EXPECT_EQ(json.text(), "b");
    EXPECT_FALSE(json.was_cut());
    EXPECT_EQ(events("\"ééé\"", 1 << 20, {200, 3}), "'é' ") << "no half characters";
}

TEST(JsonReader, PassesOverValuesAndContainers) {
    JsonReader json(feed(R"({"a":{"x":["]","}","\"",{}]},"b":1,"c":[[],2],"d":"\\"} )", 3));
    json.next();
    for (const char* name : {"a", "b", "c", "d"}) {
        ASSERT_EQ(json.next(), Event::Key);
        EXPECT_EQ(json.text(), name);
        EXPECT_TRUE(json.skip_value());
    }
    EXPECT_EQ(json.next(), Event::EndObject);
    EXPECT_EQ(json.next(), Event::End);
    JsonReader broken(feed("[[1,"));
    broken.next();
    EXPECT_FALSE(broken.skip_value());
    JsonReader nested(feed("[[1,[2]],3]"));
    nested.next();
    nested.next();
    nested.next();
    EXPECT_TRUE(nested.skip_container());
    EXPECT_EQ(nested.next(), Event::Number);
    EXPECT_EQ(nested.text(), "3");
}

}  // namespace
}  // namespace brugwacht
