#include "connector/files/jsonl.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

TEST(Jsonl, ColumnsAreTheUnionInOrderOfFirstAppearance) {
    const std::string lines =
        "{\"id\":1,\"naam\":\"Zoë\"}\n{\"club\":{\"id\":7,\"tags\":[\"a\",\"b\"]},\"id\":2}\n{\"id\":3,\"ok\":true}\n";
    EXPECT_EQ(peek_csv(lines), "id,naam,club.id,club.tags,ok\n1,Zoë,,,\n2,,7,a|b,\n3,,,,TRUE\n");
    EXPECT_EQ(info_of(lines).kind, "jsonl");
    EXPECT_EQ(info_of(lines).encoding, "utf-8");
}

TEST(Jsonl, MarksLineEndsBlankLinesAndSeparatorsDoNotMatter) {
    const std::string expected = "a\n1\n2\n";
    EXPECT_EQ(peek_csv("\xef\xbb\xbf{\"a\":1}\r\n{\"a\":2}\r\n"), expected);
    EXPECT_EQ(peek_csv("{\"a\":1}\n\n \n{\"a\":2}"), expected);
    EXPECT_EQ(peek_csv("\n\n{\"a\":1}\n{\"a\":2}\n\n"), expected);
    EXPECT_EQ(peek_csv("{\"a\":1}\n\x1e{\"a\":2}\n"), expected);
    std::string wide = "\xff\xfe";
    for (const char c : std::string("{\"a\":1}\n{\"a\":2}\n")) wide += std::string(1, c) + '\0';
    EXPECT_EQ(peek_csv(wide), expected);
    EXPECT_EQ(info_of(wide).encoding, "utf-16");
    EXPECT_EQ(peek_csv(wide.substr(2)), expected);
}

TEST(Jsonl, ABrokenLineIsPassedOverWithItsNumber) {
    const std::string lines = "{\"a\":1}\n{\"b\":\n{\"a\":2} x\n[1]\n{\"a\":3}\n{\"a\":4}\n{\"a\":5";
    EXPECT_EQ(peek_csv(lines), "a\n1\n3\n4\n") << "no column of a broken line either";
    const TempDir folder;
    write_bytes(folder / "file", lines);
    const auto document = open_document(folder / "file");
    const auto source = document->open_tab(1);
    RawRow row;
    while (source->next(row)) {
    }
    ASSERT_EQ(document->warnings().size(), 1U);
    EXPECT_EQ(document->warnings()[0].code, "JSN-030");
    EXPECT_EQ(document->warnings()[0].count, 4U);
    EXPECT_EQ(document->warnings()[0].row, 2U);
}

TEST(Jsonl, AFirstLineLongerThanTheProbeIsReadAllTheSame) {
    const std::string lines = "{\"a\":\"" + std::string(200'000, 'x') + "\"}\n{\"b\":2}\n";
    EXPECT_EQ(info_of(lines).kind, "jsonl");
    EXPECT_EQ(peek_csv(lines).substr(0, 4), "a,b\n");
}

TEST(Jsonl, ALineOfTooMuchTextEndsInANamedError) {
    std::string line = "{\"a\":[";
    for (int i = 0; i < 30; ++i) line += "\"" + std::string(700'000, 'x') + "\",";
    EXPECT_EQ(peek_csv("{\"a\":1}\n{\"a\":2}\n" + line + "1]}\n"), "JSN-003");
}

TEST(Jsonl, ManyKeysStayWithinTheBound) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += "{\"k" + std::to_string(i) + "\":1}\n";
    EXPECT_EQ(warning_codes(lines), "JSN-031");
}

TEST(Jsonl, WhatOnlyLooksLikeItIsNot) {
    EXPECT_EQ(info_of("{a};{b}\n{c};{d}\n").kind, "csv");
    EXPECT_EQ(info_of("{\"a\":1}\n").kind, "json_export") << "one object is no list of lines";
    EXPECT_EQ(info_of("naam\n{\"a\":1}\n{\"a\":2}\n").kind, "csv");
}

}  // namespace
}  // namespace brugwacht
