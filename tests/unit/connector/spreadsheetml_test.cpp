#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

std::string book_with(const std::string& sheets, const std::string& styles = {},
                      const std::string& declaration = "<?xml version=\"1.0\"?>") {
    return declaration +
           "\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "
           "xmlns:x=\"urn:schemas-microsoft-com:office:excel\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" "
           "xmlns:html=\"http://www.w3.org/TR/REC-html40\"><Styles>" +
           styles + "</Styles>" + sheets + "</Workbook>";
}

std::string sheet_with(const std::string& rows) { return "<Worksheet ss:Name=\"Blad1\"><Table>" + rows + "</Table></Worksheet>"; }
std::string rows_of(const std::string& rows) { return book_with(sheet_with(rows)); }

std::string cell(const std::string& type, const std::string& value, const std::string& attributes = {}) {
    return "<Cell" + attributes + "><Data ss:Type=\"" + type + "\">" + value + "</Data></Cell>";
}

struct Case {
    const char* what;
    std::string row;
    std::string expected;
};

TEST(SpreadsheetMl, ACounterExportWithNothingButTextKeepsItsZerosAndDates) {
    EXPECT_EQ(peek_csv(rows_of("<Row>" + cell("String", "UiTPAS nummer") + cell("String", "Geboortedatum") + "</Row><Row>" +
                               cell("String", "0930000420206") + cell("String", "01-09-2015") + "</Row>")),
              "UiTPAS nummer,Geboortedatum\n0930000420206,01-09-2015\n");
}

TEST(SpreadsheetMl, ValuesOfEveryTypeAreRead) {
    const std::vector<Case> cases{
        {"number", cell("Number", "0.30000000000000004"), "0.30000000000000004\n"},
        {"exponent", cell("Number", "1.5E3"), "1500\n"},
        {"date", cell("DateTime", "2025-09-01T00:00:00.000"), "2025-09-01\n"},
        {"moment", cell("DateTime", "2025-09-01T10:30:00.000"), "2025-09-01T10:30:00\n"},
        {"bare date", cell("DateTime", "2025-09-01"), "2025-09-01\n"},
        {"time", cell("DateTime", "1899-12-31T10:30:00.000"), "10:30:00\n"},
        {"true", cell("Boolean", "1"), "TRUE\n"},
        {"false", cell("Boolean", "0"), "FALSE\n"},
        {"error", cell("Error", "#N/A"), "#N/A\n"},
        {"formula", cell("Number", "3", " ss:Formula=\"=1+2\""), "3\n"},
        {"formula without value", "<Cell ss:Formula=\"=1+2\"/>" + cell("String", "x"), ",x\n"},
        {"no type", "<Cell><Data>tekst</Data></Cell>", "tekst\n"},
        {"entities", cell("String", "Jan &amp; co&#10;&lt;x&gt;"), "\"Jan & co\n<x>\"\n"},
        {"CDATA", cell("String", "<![CDATA[a < b & c]]>"), "a < b & c\n"},
        {"rich text",
         "<Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\"><B>vet</B> en <Font html:Color=\"#f00\">"
         "rood</Font></ss:Data></Cell>",
         "vet en rood\n"},
        {"comment",
         "<Cell><Comment ss:Author=\"x\"><ss:Data><B>geheim</B></ss:Data></Comment><Data ss:Type=\"String\">a</Data><NamedCell "
         "ss:Name=\"n\"/></Cell>",
         "a\n"},
        {"no number", cell("Number", "veel"), "veel\n"},
        {"no date", cell("DateTime", "1/9/2025"), "1/9/2025\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(rows_of("<Row>" + c.row + "</Row>")), c.expected) << c.what;
    EXPECT_EQ(warning_codes(rows_of("<Row>" + cell("Number", "veel") + cell("DateTime", "gisteren") + "</Row>")), "XLS-033");
}

TEST(SpreadsheetMl, StylesMakeDatesTimesAndDurationsOfNumbers) {
    const std::string styles =
        "<Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style><Style ss:ID=\"t\"><NumberFormat ss:Format=\"Short "
        "Time\"/></Style>"
        "<Style ss:ID=\"u\"><NumberFormat ss:Format=\"[h]:mm:ss\"/></Style><Style ss:ID=\"n\"><NumberFormat ss:Format=\"Fixed\"/></Style>"
        "<Style ss:ID=\"e\" ss:Parent=\"d\"/>";
    const std::vector<Case> cases{
        {"date", cell("Number", "45901", " ss:StyleID=\"d\""), "2025-09-01\n"},
        {"date by its parent", cell("Number", "45901", " ss:StyleID=\"e\""), "2025-09-01\n"},
        {"time", cell("Number", "0.4375", " ss:StyleID=\"t\""), "10:30:00\n"},
        {"duration", cell("DateTime", "1900-01-01T02:05:00.000", " ss:StyleID=\"u\""), "26:05:00\n"},
        {"long duration", cell("DateTime", "1900-03-01T00:00:00.000", " ss:StyleID=\"u\""), "1464:00:00\n"},
        {"midnight", cell("DateTime", "1899-12-31T00:00:00.000", " ss:StyleID=\"t\""), "00:00:00\n"},
        {"number", cell("Number", "45901", " ss:StyleID=\"n\""), "45901\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(book_with(sheet_with("<Row>" + c.row + "</Row>"), styles)), c.expected) << c.what;
    EXPECT_EQ(peek_csv(book_with("<ExcelWorkbook xmlns=\"urn:schemas-microsoft-com:office:excel\"><Date1904/></ExcelWorkbook>" +
                                     sheet_with("<Row>" + cell("Number", "44439", " ss:StyleID=\"d\"") +
                                                cell("DateTime", "1904-01-01T10:30:00.000") + "</Row>"),
                                 styles)),
              "2025-09-01,10:30:00\n");
}

TEST(SpreadsheetMl, PlacesFollowIndexAndMerges) {
    EXPECT_EQ(peek_csv(rows_of("<Column ss:Index=\"2\" ss:Span=\"3\"/><Row ss:Index=\"2\">" + cell("String", "b", " ss:Index=\"2\"") +
                               cell("String", "breed", " ss:MergeAcross=\"1\" ss:MergeDown=\"1\"") + cell("String", "na") + "</Row><Row>" +
                               cell("String", "a") + cell("String", "e", " ss:Index=\"5\"") + "</Row>")),
              ",,,,\n,b,breed,,na\na,,,,e\n");
}

TEST(SpreadsheetMl, SheetsAreListedWithTheirNamesAndWhetherTheyAreHidden) {
    const DocumentInfo info = info_of(book_with(
        "<Worksheet ss:Name=\"Eén &amp; twee\"><Table><Row>" + cell("String", "a") +
        "</Row></Table></Worksheet><Worksheet ss:Name=\"B\"><Table/><WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\">"
        "<Visible>SheetHidden</Visible></WorksheetOptions></Worksheet><Worksheet ss:Name=\"C\"/>"));
    EXPECT_EQ(info.kind, "spreadsheetml");
    EXPECT_EQ(info.encoding, "utf-8");
    ASSERT_EQ(info.tabs.size(), 3U);
    EXPECT_EQ(info.tabs[0].name, "Eén & twee");
    EXPECT_FALSE(info.tabs[0].hidden);
    EXPECT_TRUE(info.tabs[1].hidden);
    EXPECT_FALSE(info.tabs[2].hidden);
}

TEST(SpreadsheetMl, PrefixedNamesMeanTheSame) {
    EXPECT_EQ(peek_csv("<?xml version=\"1.0\"?><ss:Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><ss:Worksheet "
                       "ss:Name=\"S\"><ss:Table><ss:Row><ss:Cell><ss:Data ss:Type=\"Number\">1</ss:Data></ss:Cell></ss:Row></ss:Table>"
                       "</ss:Worksheet></ss:Workbook>"),
              "1\n");
}

TEST(SpreadsheetMl, TheDeclaredEncodingIsReadUnlessTheBytesSayOtherwise) {
    const std::string sheet = sheet_with("<Row>" + cell("String", "Zo\xeb") + "</Row>");
    const std::string latin = book_with(sheet, {}, "<?xml version=\"1.0\" encoding=\"windows-1252\"?>");
    EXPECT_EQ(info_of(latin).encoding, "windows-1252");
    EXPECT_EQ(peek_csv(latin), "Zoë\n");
    const std::string utf8 =
        book_with(sheet_with("<Row>" + cell("String", "Zoë") + "</Row>"), {}, "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>");
    EXPECT_EQ(info_of(utf8).encoding, "utf-8");
    EXPECT_EQ(peek_csv(utf8), "Zoë\n");
    std::string wide = "\xff\xfe";
    for (const char c :
         book_with(sheet_with("<Row>" + cell("String", "Jan") + "</Row>"), {}, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>"))
        wide += {c, '\0'};
    EXPECT_EQ(info_of(wide).encoding.substr(0, 6), "utf-16");
    EXPECT_EQ(peek_csv(wide), "Jan\n");
}

TEST(SpreadsheetMl, AFileThatBreaksOffIsReadAsFarAsItGoes) {
    const std::string whole =
        rows_of("<Row>" + cell("String", "a") + cell("String", "b") + "</Row><Row>" + cell("String", "c") + cell("String", "d") + "</Row>");
    const std::set<std::string> sound{"", "a\n", "a,b\n", "a,b\nc,\n", "a,b\nc,d\n", "XLS-004", "XLS-009"};
    for (std::size_t size = whole.find("<Styles>"); size < whole.size(); ++size) {
        const std::string shown = peek_csv(whole.substr(0, size));
        EXPECT_EQ(sound.count(shown), 1U) << size << ": " << shown;
    }
    const std::string cut = whole.substr(0, whole.find(">d<") + 2);
    EXPECT_EQ(peek_csv(cut), "a,b\nc,\n");
    EXPECT_EQ(warning_codes(cut), "SML-030");
    EXPECT_EQ(warning_codes(whole.substr(0, whole.find("</Table>"))), "SML-030");
    EXPECT_EQ(warning_codes(whole.substr(0, whole.find("</Workbook>"))), "");
}

TEST(SpreadsheetMl, WhatIsHostileEndsInANamedErrorOrIsReadAround) {
    EXPECT_EQ(peek_csv(book_with("")), "XLS-009");
    EXPECT_EQ(peek_csv(book_with(sheet_with(""), {}, "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>")),
              "XLS-005");
    EXPECT_EQ(peek_csv(book_with(sheet_with("<Row><Cell <</Row>"))), "XLS-004");
    EXPECT_EQ(warning_codes(rows_of("<Row ss:Index=\"99999999999999999999\">" + cell("Number", "1") + "</Row>")), "XLS-034");
    EXPECT_EQ(
        warning_codes(rows_of("<Row>" + cell("Number", "1", " ss:MergeAcross=\"99999999999999999999\"") + cell("Number", "2") + "</Row>")),
        "XLS-034");
    EXPECT_EQ(warning_codes(
                  rows_of("<Row ss:Index=\"5\">" + cell("Number", "1") + "</Row><Row ss:Index=\"2\">" + cell("Number", "2") + "</Row>")),
              "XLS-032");
    std::string deep;
    for (int i = 0; i < 1000000; ++i) deep += "<B>";
    EXPECT_EQ(peek_csv(rows_of("<Row>" + cell("String", "a") + "</Row><Row><Cell><Data ss:Type=\"String\">" + deep)), "a\n");
    EXPECT_EQ(peek_csv(rows_of("<Row>" + cell("String", "&lol;") + "</Row>")), "&lol;\n");
}

TEST(SpreadsheetMl, XmlThatIsNoTableSaysSo) { EXPECT_EQ(peek_csv("<?xml version=\"1.0\"?><leden><lid>1</lid></leden>"), "FIL-024"); }

}  // namespace
}  // namespace brugwacht
