#include "engine/lib/json_tree.hpp"

#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

using Kind = JsonView::Kind;

std::string code_of(std::string_view json, const JsonTree::Limits& limits = {}) {
    try {
        JsonTree::parse(json, "answer", limits);
    } catch (const Error& error) {
        return error.first().code;
    }
    return "";
}

TEST(JsonTree, HoldsValuesUnderTheirNamesInOrder) {
    const JsonTree tree = JsonTree::parse(R"({"a":[1,2.50,"é",null,true,{"b":false}],"a.b":{}})", "answer");
    const JsonView root = tree.root();
    ASSERT_EQ(root.size(), 2U);
    const JsonView a = root.find("a");
    ASSERT_EQ(a.size(), 6U);
    EXPECT_EQ(a.at(0).text(), "1");
    EXPECT_EQ(a.at(1).text(), "2.50");
    EXPECT_EQ(a.at(2).text(), "é");
    EXPECT_TRUE(a.at(3).is(Kind::Null));
    EXPECT_EQ(a.at(4).text(), "true");
    EXPECT_EQ(a.at(5).find("b").text(), "false");
    EXPECT_EQ(a.at(5).first().key(), "b");
    EXPECT_FALSE(a.at(6));
    EXPECT_TRUE(root.find("a.b").is(Kind::Object));
    EXPECT_EQ(root.find("a.b").size(), 0U);
    EXPECT_FALSE(root.find("c"));
}

TEST(JsonTree, AnAbsentValueAnswersEveryQuestion) {
    const JsonView nothing;
    EXPECT_TRUE(nothing.is(Kind::Absent));
    EXPECT_FALSE(nothing.find("x").at(3).first().next());
    EXPECT_EQ(nothing.text(), "");
    EXPECT_EQ(nothing.size(), 0U);
}

TEST(JsonTree, KeepsDigitsThatNoNumberHolds) {
    const JsonTree tree = JsonTree::parse("[900719925474099312345, 1e400, -0.10]", "answer");
    EXPECT_EQ(tree.root().at(0).text(), "900719925474099312345");
    EXPECT_EQ(tree.root().at(1).text(), "1e400");
    EXPECT_EQ(tree.root().at(2).text(), "-0.10");
}

TEST(JsonTree, OfTwoMembersOfOneNameTheFirstCounts) {
    EXPECT_EQ(JsonTree::parse(R"({"id":1,"id":2})", "answer").root().find("id").text(), "1");
}

TEST(JsonTree, RefusesWhatIsHostile) {
    EXPECT_EQ(code_of(std::string(200, '[')), "JSN-002");
    EXPECT_EQ(code_of("[0,0,0,0]", {100, 4, 100}), "JSN-006");
    EXPECT_EQ(code_of(""), "JSN-001");
    EXPECT_EQ(code_of("<html></html>"), "JSN-001");
    EXPECT_EQ(code_of("{} {}"), "JSN-001");
    EXPECT_EQ(code_of(R"({"a":)"), "JSN-001");
}

TEST(JsonTree, TellsATextThatBreaksOffFromOneThatIsWrong) {
    EXPECT_TRUE(JsonTree::is_cut_short(R"({"values":[{"id":1},{"i)"));
    EXPECT_TRUE(JsonTree::is_cut_short(""));
    EXPECT_FALSE(JsonTree::is_cut_short("<html>"));
    EXPECT_FALSE(JsonTree::is_cut_short("[1]"));
}

}  // namespace
}  // namespace brugwacht
