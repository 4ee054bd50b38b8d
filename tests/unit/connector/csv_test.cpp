#include "connector/files/csv.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

using namespace std::string_literals;

struct Case {
    const char* what;
    std::string bytes;
    std::string expected;
};

TEST(Csv, EveryWayOfWritingATableGivesTheSameCells) {
    const std::vector<Case> cases{
        {"plain", "a,b\n1,2\n", "a,b\n1,2\n"},
        {"semicolons and CRLF", "a;b\r\n1;2,5\r\n", "a,b\n1,\"2,5\"\n"},
        {"no final line end", "a\tb\n1\t2", "a,b\n1,2\n"},
        {"carriage returns alone", "a;b\r1;2\r", "a,b\n1,2\n"},
        {"mixed line ends", "a;b\r\n1;2\n3;4\r5;6\n", "a,b\n1,2\n3,4\n5,6\n"},
        {"a line end inside quotes", "a;b\n\"x\ny\";2\n3;4\n", "a,b\n\"x\ny\",2\n3,4\n"},
        {"doubled quotes", "a;b\n\"x\"\"y\"\"\";2\n", "a,b\n\"x\"\"y\"\"\",2\n"},
        {"backslash escapes", "a|b\n\"x\\\"y\"|\"z\"\n\"p\\\"q\"|\"r\"\n", "a,b\n\"x\"\"y\",z\n\"p\"\"q\",r\n"},
        {"the separator is named", "sep=;\r\na;b\r\n1,5;2\r\n", "a,b\n\"1,5\",2\n"},
        {"title rows", "Ledenlijst 2025\n\na;b;c\n1;2;3\n4;5;6\n", "a,b,c\n1,2,3\n4,5,6\n"},
        {"short and long rows", "a,b,c\n1\n1,2,3,4\n5,6,7\n", "a,b,c,\n1,,,\n1,2,3,4\n5,6,7,\n"},
        {"a trailing separator on every line", "a;b;\n\"1\";\"2\";\n", "a,b\n1,2\n"},
        {"blank lines inside stay, at the end they go", "a,b\n1,2\n\n3,4\n\n\n", "a,b\n1,2\n,\n3,4\n"},
        {"a mark in front",
         "\xef\xbb\xbf"
         "a,b\n1,2\n",
         "a,b\n1,2\n"},
        {"UTF-16 with a mark",
         "\xff\xfe"
         "a\0,\0\xeb\0\n\0"
         "1\0,\0"
         "2\0\n\0"s,
         "a,ë\n1,2\n"},
        {"UTF-16 big endian without a mark",
         "\0a\0,\0b\0\n\0"
         "1\0,\0"
         "2\0\n"s,
         "a,b\n1,2\n"},
        {"windows-1252", "naam;stad\nZo\xeb;Li\xe8ge\nRen\xe9;\x80 5\n", "naam,stad\nZoë,Liège\nRené,€ 5\n"},
        {"MacRoman",
         "naam;stad\nZo\x91;Li\x8fge\nRen\x8e;Gen\x8fve\nFran\x8dois;Orl\x8e"
         "ans\n",
         "naam,stad\nZoë,Liège\nRené,Genève\nFrançois,Orléans\n"},
        {"one column", "naam\nBram\nElif\n", "naam\nBram\nElif\n"},
        {"one column of times", "uur\n10:30\n11:45\n", "uur\n10:30\n11:45\n"},
        {"text after a closing quote", "a,b\n\"x\"y,2\n3,4\n", "a,b\nxy,2\n3,4\n"},
        {"blanks before a quote", "a, b\n1, \"x, y\"\n2, \"z\"\n", "a, b\n1,\"x, y\"\n2,z\n"},
        {"zero bytes stay", "a,b\nx\0y,2\n3,4\n"s, "a,b\nx\0y,2\n3,4\n"s},
        {"only blank lines", "\n\n\n", ""},
        {"leading zeros and spaces", "a,b\n007, x \n", "a,b\n007, x \n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(c.bytes), c.expected) << c.what;
}

TEST(Csv, AQuoteThatNeverClosesIsTextAndIsTold) {
    std::string bytes = "a;b\n1;\"x\n";
    for (int i = 2; i < 40; ++i) bytes += std::to_string(i) + ";y\n";
    ReadOptions options;
    options.quote = "\"";
    const std::string out = peek_csv(bytes, options);
    EXPECT_EQ(out.substr(0, 20), "a,b\n1,\"\"\"x\"\n2,y\n3,y\n");
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 40);
    std::string quoted = "a;b\n";
    for (int i = 0; i < 50; ++i) quoted += "\"p\";\"q\"\n";
    EXPECT_EQ(warning_codes(quoted + "\"x;1\n"), "CSV-030");
}

TEST(Csv, AnUnclosedQuoteInAHugeFileIsBounded) {
    std::string bytes = "a;b\n";
    for (int i = 0; i < 400000; ++i) bytes += i == 50000 ? "\"open;1\n" : "\"p\";\"qqqqqqqqqqqqqqqqqq\"\n";
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    const auto source = open_document(folder / "file")->info();
    EXPECT_EQ(source.delimiter, ";");
    EXPECT_NE(peek_csv(bytes).find("open"), std::string::npos);
}

TEST(Csv, ALineWithoutEndIsRefused) { EXPECT_EQ(peek_csv("a;b\n1;2\n" + std::string(40U << 20, 'x')), "CSV-001"); }

TEST(Csv, ALineOfSeparatorsIsRefused) { EXPECT_EQ(peek_csv("a;b\n1;2\n" + std::string(100000, ';') + "\n"), "CSV-002"); }

TEST(Csv, RowsAreCountedInLinesAndCellsSurviveBlockBorders) {
    std::string bytes = "id;tekst\n";
    for (int i = 0; i < 60000; ++i) bytes += std::to_string(i) + ";\"regel " + std::to_string(i) + "\nvervolg é\"\n";
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    const auto document = open_document(folder / "file");
    const auto source = document->open_tab(1);
    RawRow row;
    ASSERT_TRUE(source->next(row));
    for (int i = 0; i < 60000; ++i) {
        ASSERT_TRUE(source->next(row));
        ASSERT_EQ(row.row, 2U + 2U * static_cast<unsigned>(i));
        ASSERT_EQ(row.cells.size(), 2U);
        ASSERT_EQ(row.cells[0].text, std::to_string(i));
        ASSERT_EQ(row.cells[1].text, "regel " + std::to_string(i) + "\nvervolg é");
    }
    EXPECT_FALSE(source->next(row));
}

TEST(Csv, WhatTheUserFixedIsNotGuessed) {
    ReadOptions options;
    options.delimiter = "|";
    EXPECT_EQ(peek_csv("a,b|c\n1,2|3\n", options), "\"a,b\",c\n\"1,2\",3\n");
    options = {};
    options.encoding = "ISO-8859-15";
    EXPECT_EQ(peek_csv("a,b\n\xa4,2\n", options), "a,b\n€,2\n");
    options.encoding = "no-such-encoding";
    EXPECT_EQ(peek_csv("a,b\n1,2\n", options), "FIL-022");
    options = {};
    options.delimiter = "||";
    EXPECT_EQ(peek_csv("a||b\n", options), "FIL-023");
}

TEST(Csv, AFewDamagedBytesDoNotChangeTheEncoding) {
    std::string bytes = "naam\n";
    for (int i = 0; i < 30; ++i) bytes += "Zoë\n";
    bytes += "Ren\xe9\n";
    EXPECT_EQ(info_of(bytes).encoding, "utf-8");
    EXPECT_EQ(warning_codes(bytes), "CSV-031");
    EXPECT_NE(peek_csv(bytes).find("René\n"), std::string::npos);
}

TEST(Kinds, ContentDecidesNotTheName) {
    const std::vector<Case> cases{
        {"empty", "", "FIL-010"},
        {"pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "FIL-011"},
        {"PDF", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "FIL-012"},
        {"OLE without streams", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(600, '\0'), "FIL-014"},
        {"SpreadsheetML", "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"></Workbook>",
         "XLS-009"},
        {"HTML", "<html><body><table><tr><td>1</td></tr></table></body></html>", "1\n"},
        {"calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
         "key,date,start,end_date,end,minutes,all_day,status,categories,topic,summary,class,attendees,accepted,recurrence,planned\n"},
        {"JSON", "[{\"a\": 1}, {\"a\": 2}]", "a\n1\n2\n"},
        {"JSON lines", "{\"a\": 1}\n{\"a\": 2}\n", "a\n1\n2\n"},
        {"picture", "\x89PNG\r\n\x1a\n" + std::string(100, '\1'), "FIL-019"},
        {"noise", std::string(1000, '\2'), "FIL-019"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(c.bytes), c.expected) << c.what;
}

TEST(Kinds, EveryErrorHasItsExitStatus) {
    const TempDir folder;
    const auto status = [](const std::filesystem::path& path) {
        try {
            open_document(path);
        } catch (const Error& error) {
            return std::string(error.what()) + " " + std::to_string(static_cast<int>(error.exit()));
        }
        return std::string();
    };
    EXPECT_EQ(status(folder / "absent.csv"), "FIL-001 66");
    EXPECT_EQ(status(folder.path()), "FIL-002 65");
    EXPECT_EQ(status("/dev/zero"), "FIL-002 65");
}

}  // namespace
}  // namespace brugwacht
