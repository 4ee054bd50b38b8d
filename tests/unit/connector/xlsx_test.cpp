#include "connector/files/xlsx.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/reading.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

struct Case {
    const char* what;
    BookParts book;
    std::string expected;
};

TEST(Xlsx, EveryShapeOfCellGivesItsStoredValue) {
    const std::string dates = R"(<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/>)";
    const std::string formats = R"(<numFmt numFmtId="164" formatCode="dd/mm/yyyy\ hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm"/>)";
    const std::vector<Case> cases{
        {"shared string", {R"(<row r="1"><c r="A1" t="s"><v>1</v></c></row>)", "<si><t>nul</t></si><si><t>één</t></si>"}, "één\n"},
        {"rich text without its phonetic reading",
         {R"(<row r="1"><c r="A1" t="s"><v>0</v></c></row>)",
          "<si><r><rPr><b/></rPr><t>Ja</t></r><r><t xml:space=\"preserve\"> nee</t></r><rPh sb=\"0\" eb=\"1\"><t>kana</t></rPh></si>"},
         "Ja nee\n"},
        {"inline string", {R"(<row><c t="inlineStr"><is><t> 007 </t></is></c></row>)"}, " 007 \n"},
        {"escapes and entities",
         {R"(<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000A_b_x005F_x &amp;&#233;&#xe9; &foo;</t></is></c></row>)"},
         "\"a\nb_x &éé &foo;\"\n"},
        {"character data", {R"(<row r="1"><c r="A1" t="str"><f>1&lt;2</f><v><![CDATA[<x>]]></v></c></row>)"}, "<x>\n"},
        {"booleans and errors",
         {R"(<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#N/A</v></c></row>)"},
         "TRUE,FALSE,#N/A\n"},
        {"a formula gives its stored value or nothing",
         {R"(<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>9</f></c><c r="C1"><v>3</v></c></row>)"},
         "2,,3\n"},
        {"missing references", {"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"}, "1,2\n3,\n"},
        {"gaps in rows and columns", {R"(<row r="2"><c r="B2"><v>1</v></c></row>)"}, ",\n,1\n"},
        {"cells out of order, the last of a column counts",
         {R"(<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="C1"><v>4</v></c></row>)"},
         "1,,4\n"},
        {"rows out of order", {R"(<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>)"}, "1\n\"\"\n3\n"},
        {"prefixed elements and single quotes", {"<x:row r='1'><x:c r='A1'><x:v>5</x:v></x:c></x:row>"}, "5\n"},
        {"numbers in shortest form",
         {R"(<row><c><v>0.1</v></c><c><v>1E+20</v></c><c><v>1e21</v></c><c><v>1.0E-7</v></c><c><v>12345678901234567</v></c><c><v>-0</v></c></row>)"},
         "0.1,100000000000000000000,1e+21,0.0000001,12345678901234568,0\n"},
        {"dates",
         {R"(<row><c s="1"><v>45901</v></c><c s="2"><v>45901.4375</v></c><c s="2"><v>45901</v></c><c s="1"><v>1</v></c><c s="1"><v>59</v></c><c s="1"><v>61</v></c></row>)",
          "", formats, dates},
         "2025-09-01,2025-09-01T10:30:00,2025-09-01,1900-01-01,1900-02-28,1900-03-01\n"},
        {"the day that never was", {R"(<row><c s="1"><v>60</v></c></row>)", "", formats, dates}, "1900-02-29\n"},
        {"times and durations",
         {R"(<row><c s="4"><v>0.4375</v></c><c s="3"><v>1.5</v></c><c s="4"><v>1.5</v></c></row>)", "", formats, dates},
         "10:30:00,36:00:00,1900-01-01T12:00:00\n"},
        {"the 1904 system",
         {R"(<row><c s="1"><v>0</v></c><c s="1"><v>44439</v></c></row>)", "", formats, dates, R"(<workbookPr date1904="1"/>)"},
         "1904-01-01,2025-09-01\n"},
        {"ISO dates",
         {R"(<row><c t="d"><v>2025-09-01</v></c><c t="d"><v>2025-09-01T10:30:00Z</v></c><c t="d"><v>10:30:00</v></c></row>)"},
         "2025-09-01,2025-09-01T10:30:00,10:30:00\n"},
        {"a serial no date can have stays a number",
         {R"(<row><c s="1"><v>-1</v></c><c s="1"><v>2958466</v></c></row>)", "", formats, dates},
         "-1,2958466\n"},
        {"a string that is not there", {R"(<row><c t="s"><v>9</v></c><c t="s"><v>-1</v></c><c><v>1</v></c></row>)"}, ",,1\n"},
        {"a number that is none", {R"(<row><c><v>abc</v></c><c><v>nan</v></c></row>)"}, "abc,nan\n"},
        {"an empty sheet", {""}, ""},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(book_of(c.book)), c.expected) << c.what;
}

TEST(Xlsx, WhatIsReadAroundIsCounted) {
    EXPECT_EQ(warning_codes(book_of({R"(<row><c t="s"><v>9</v></c></row>)"})), "XLS-030");
    EXPECT_EQ(warning_codes(book_of({R"(<row><c s="0"><v>60</v></c></row>)", "", "", R"(<xf numFmtId="14"/>)"})), "XLS-031");
    EXPECT_EQ(warning_codes(book_of({R"(<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>)"})), "XLS-032");
    EXPECT_EQ(warning_codes(book_of({R"(<row r="1"><c r="A1"><v>x</v></c><c r="XFE1"><v>1</v></c></row>)"})), "XLS-033 XLS-034");
}

TEST(Xlsx, TwoCellsInOppositeCornersDoNotFillTheRectangle) {
    EXPECT_EQ(peek_csv(book_of({R"(<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>)"})),
              "FIL-021");
    EXPECT_EQ(warning_codes(book_of({R"(<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>)"})), "XLS-034");
}

TEST(Xlsx, DamagedAndHostileArchivesEndInANamedError) {
    const BookParts simple{R"(<row><c><v>1</v></c></row>)"};
    std::vector<ZipPart> parts = book_parts(simple);
    const std::string sound = zip_of(parts);
    EXPECT_EQ(peek_csv(sound), "1\n");
    EXPECT_EQ(peek_csv(sound + "trailing junk"), "1\n");
    EXPECT_EQ(peek_csv(sound.substr(0, sound.size() / 2)), "FIL-018");
    parts[1].wrong_crc = true;
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-002");
    parts[1].wrong_crc = false;
    parts[5].flags = 1;
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-006");
    parts[5].flags = 0;
    parts[5].method = 12;
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-007");
    parts[5].method = 8;
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-002");
    EXPECT_EQ(peek_csv(zip_of({{"readme.txt", "hello"}})), "FIL-017");
    EXPECT_EQ(peek_csv(zip_of({{"xl/workbook.bin", "x"}})), "FIL-015");
    EXPECT_EQ(peek_csv(zip_of({{"content.xml", "x"}, {"META-INF/manifest.xml", "x"}})), "ODS-001");
}

TEST(Xlsx, XmlThatIsHostileOrBreaksOffEndsInANamedError) {
    BookParts bomb{R"(<row><c t="inlineStr"><is><t>&lol;</t></is></c></row>)"};
    bomb.sheet_before = "<!DOCTYPE x [<!ENTITY lol \"lollollol\">]>";
    EXPECT_EQ(peek_csv(book_of(bomb)), "XLS-005");
    std::vector<ZipPart> parts = book_parts({""});
    parts[5].content = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\">";
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-011");
    parts[5].content = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"";
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-004");
    parts[1].content = "<workbook><sheets/></workbook>";
    EXPECT_EQ(peek_csv(zip_of(parts)), "XLS-009");
}

TEST(Xlsx, OddNamesOfPartsAreFound) {
    std::vector<ZipPart> parts = book_parts({R"(<row><c><v>1</v></c></row>)"});
    parts[1].name = "XL\\Workbook.xml";
    parts[2].content =
        "<Relationships><Relationship Id=\"r1\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" "
        "Target=\"/xl/../xl/worksheets/sheet1.xml\"/></Relationships>";
    EXPECT_EQ(peek_csv(zip_of(parts)), "1\n");
    parts.erase(parts.begin());  // no root relations
    EXPECT_EQ(peek_csv(zip_of(parts)), "1\n");
}

TEST(Xlsx, Utf16PartsAreRead) {
    std::vector<ZipPart> parts = book_parts({""});
    std::string wide = "\xff\xfe";
    for (const char c : std::string("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>ja</t></is></c></row></sheetData></worksheet>")) {
        wide += c;
        wide += '\0';
    }
    parts[5].content = wide;
    EXPECT_EQ(peek_csv(zip_of(parts)), "ja\n");
}

TEST(Xlsx, ChartSheetsCountAsTabsAndHaveNoRows) {
    std::vector<ZipPart> parts = book_parts({R"(<row><c><v>1</v></c></row>)"});
    parts[1].content =
        "<workbook><sheets><sheet name=\"Grafiek\" sheetId=\"1\" r:id=\"r2\"/><sheet name=\"Blad1\" sheetId=\"2\" state=\"hidden\" "
        "r:id=\"r1\"/></sheets></workbook>";
    parts[2].content =
        "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" "
        "Type=\"x/chartsheet\" Target=\"chartsheets/sheet1.xml\"/></Relationships>";
    const DocumentInfo info = info_of(zip_of(parts));
    ASSERT_EQ(info.tabs.size(), 2U);
    EXPECT_FALSE(info.tabs[0].is_sheet);
    EXPECT_TRUE(info.tabs[1].hidden);
    EXPECT_EQ(peek_csv(zip_of(parts)), "1\n");
}

}  // namespace
}  // namespace brugwacht
