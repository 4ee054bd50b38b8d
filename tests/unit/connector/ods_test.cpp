#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/connector/reading.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

const std::string kRoot =
    R"( xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0")"
    R"( xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0")";

std::string content_of(const std::string& tables, const std::string& styles = {}) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content" + kRoot + "><office:automatic-styles>" + styles +
           "</office:automatic-styles><office:body><office:spreadsheet>" + tables +
           "</office:spreadsheet></office:body></office:document-content>";
}

std::string ods_of(const std::string& content) { return zip_of({{"content.xml", content}}); }

/// A document of one table named Blad1 with these rows.
std::string table_of(const std::string& rows) { return content_of("<table:table table:name=\"Blad1\">" + rows + "</table:table>"); }
std::string sheet_of(const std::string& rows) { return ods_of(table_of(rows)); }

std::string text_cell(const std::string& text) {
    return "<table:table-cell office:value-type=\"string\"><text:p>" + text + "</text:p></table:table-cell>";
}

std::string row_of(const std::string& cells) { return "<table:table-row>" + cells + "</table:table-row>"; }

std::string cell_with(const std::string& attributes, const std::string& shown) {
    return row_of("<table:table-cell " + attributes + "><text:p>" + shown + "</text:p></table:table-cell>");
}

struct Case {
    const char* what;
    std::string bytes;
    std::string expected;
};

TEST(Ods, ValuesOfEveryTypeAreThoseStoredNotThoseShown) {
    const std::vector<Case> cases{
        {"number", cell_with(R"(office:value-type="float" office:value="0.30000000000000004")", "0,3"), "0.30000000000000004\n"},
        {"percentage", cell_with(R"(office:value-type="percentage" office:value="0.25")", "25%"), "0.25\n"},
        {"currency", cell_with(R"(office:value-type="currency" office:currency="EUR" office:value="12.5")", "€ 12,50"), "12.5\n"},
        {"date", cell_with(R"(office:value-type="date" office:date-value="2025-09-01")", "1 sep"), "2025-09-01\n"},
        {"moment", cell_with(R"(office:value-type="date" office:date-value="2025-09-01T10:30:00")", "1 sep"), "2025-09-01T10:30:00\n"},
        {"midnight", cell_with(R"(office:value-type="date" office:date-value="2025-09-01T00:00:00")", "1 sep"), "2025-09-01\n"},
        {"fraction", cell_with(R"(office:value-type="date" office:date-value="2025-09-01T23:59:59.999999")", "x"), "2025-09-02\n"},
        {"time", cell_with(R"(office:value-type="time" office:time-value="PT10H30M00S")", "10:30"), "10:30:00\n"},
        {"time without seconds", cell_with(R"(office:value-type="time" office:time-value="PT10H30M")", "10:30"), "10:30:00\n"},
        {"duration", cell_with(R"(office:value-type="time" office:time-value="PT26H05M00.4S")", "26:05"), "26:05:00\n"},
        {"days", cell_with(R"(office:value-type="time" office:time-value="P1DT2H")", "26:00"), "26:00:00\n"},
        {"negative", cell_with(R"(office:value-type="time" office:time-value="-PT5M")", "-0:05"), "-00:05:00\n"},
        {"true", cell_with(R"(office:value-type="boolean" office:boolean-value="true")", "WAAR"), "TRUE\n"},
        {"false", cell_with(R"(office:value-type="boolean" office:boolean-value="false")", "ONWAAR"), "FALSE\n"},
        {"string value", cell_with(R"(office:value-type="string" office:string-value="heel")", "half"), "heel\n"},
        {"text with zeros", cell_with(R"(office:value-type="string")", "0042"), "0042\n"},
        {"no type", cell_with("", "tekst"), "tekst\n"},
        {"newer error",
         cell_with("table:formula=\"of:=NA()\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"", "#N/A"),
         "#N/A\n"},
        {"older error", cell_with(R"(table:formula="of:=1/0" office:value-type="float" office:value="0")", "#DIV/0!"), "#DIV/0!\n"},
        {"numbered error", cell_with(R"(table:formula="of:=x" office:value-type="float" office:value="0")", "Err:502"), "Err:502\n"},
        {"text that is no error", cell_with(R"(office:value-type="string")", "#N/A"), "#N/A\n"},
        {"no number", cell_with(R"(office:value-type="float" office:value="veel")", "veel"), "veel\n"},
        {"no date", cell_with(R"(office:value-type="date" office:date-value="2025-02-30")", "30 feb"), "30 feb\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(sheet_of(c.bytes)), c.expected) << c.what;
}

TEST(Ods, AnErrorIsAnErrorCellAndATextThatLooksLikeOneIsText) {
    const TempDir folder;
    const std::string failed =
        "<table:table-cell table:formula=\"of:=NA()\" office:value-type=\"string\"><text:p>#N/A</text:p></table:table-cell>";
    write_bytes(folder / "f", sheet_of(row_of(failed + text_cell("#N/A"))));
    const auto document = open_document(folder / "f");
    const auto source = document->open_tab(1);
    RawRow row;
    ASSERT_TRUE(source->next(row));
    EXPECT_EQ(row.cells[0].kind, CellKind::Error);
    EXPECT_EQ(row.cells[1].kind, CellKind::Text);
}

TEST(Ods, TextKeepsItsParagraphsBlanksAndTabsAndNothingElse) {
    const std::vector<Case> cases{
        {"paragraphs", "<text:p>een</text:p><text:p/><text:p>drie</text:p>", "\"een\n\ndrie\"\n"},
        {"blanks", "<text:p>a<text:s text:c=\"3\"/>b<text:s/>c<text:tab/>d<text:line-break/>e</text:p>", "\"a   b c\td\ne\"\n"},
        {"spans", "<text:p><text:span>Zo<text:span>ë</text:span></text:span> <text:a>link</text:a></text:p>", "Zoë link\n"},
        {"entities", "<text:p>Jan &amp; co&#x20;&lt;x&gt;</text:p>", "Jan & co <x>\n"},
        {"note", "<office:annotation><text:p>geheim</text:p></office:annotation><text:p>a</text:p>", "a\n"},
        {"note inside", "<text:p>a<office:annotation><text:p>geheim</text:p></office:annotation>b</text:p>", "ab\n"},
        {"shape", "<draw:frame><draw:text-box><text:p>vorm</text:p></draw:text-box></draw:frame><text:p>a</text:p>", "a\n"},
        {"ruby", "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>kan</text:ruby-text></text:ruby></text:p>", "漢\n"},
        {"table inside",
         "<table:table><table:table-row><table:table-cell><text:p>in</text:p></table:table-cell></table:table-row></table:table>"
         "<text:p>a</text:p>",
         "a\n"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(peek_csv(sheet_of(row_of("<table:table-cell office:value-type=\"string\">" + c.bytes + "</table:table-cell>"))),
                  c.expected)
            << c.what;
}

TEST(Ods, RepeatsAndMergesKeepEveryCellInItsPlace) {
    EXPECT_EQ(peek_csv(sheet_of(row_of("<table:table-cell table:number-columns-repeated=\"2\"/>" + text_cell("c")) +
                                "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>" +
                                "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\" "
                                "office:value-type=\"float\" office:value=\"7\"/></table:table-row>")),
              ",,c\n,,\n,,\n7,7,\n7,7,\n");
    EXPECT_EQ(peek_csv(sheet_of(row_of("<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\" "
                                       "office:value-type=\"string\"><text:p>breed</text:p></table:table-cell><table:covered-table-cell/>" +
                                       text_cell("x")) +
                                row_of("<table:covered-table-cell table:number-columns-repeated=\"2\"/>" + text_cell("y")))),
              "breed,,x\n,,y\n");
    EXPECT_EQ(peek_csv(sheet_of("<table:table-header-rows>" + row_of(text_cell("kop")) +
                                "</table:table-header-rows><table:table-row-group>" + row_of(text_cell("a")) + "<table:table-row-group>" +
                                row_of(text_cell("b")) + "</table:table-row-group></table:table-row-group><table:table-rows>" +
                                row_of(text_cell("c")) + "</table:table-rows>")),
              "kop\na\nb\nc\n");
}

TEST(Ods, TabsAreListedInOrderWithTheirNamesAndWhetherTheyAreHidden) {
    const std::string tables =
        "<table:tracked-changes><table:cell-content-change><table:previous><table:table-cell><text:p>oud</text:p>"
        "</table:table-cell></table:previous></table:cell-content-change></table:tracked-changes>"
        "<table:table table:name=\"Eén\" table:style-name=\"ta1\"><table:shapes><draw:frame><table:table table:name=\"in\"/>"
        "</draw:frame></table:shapes>" +
        row_of(text_cell("a")) + "</table:table><table:table table:name=\"Verborgen\" table:style-name=\"ta2\">" + row_of(text_cell("b")) +
        "</table:table><table:table table:name=\"Leeg\"/><table:named-expressions/>";
    const std::string bytes =
        ods_of(content_of(tables,
                          "<style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties table:display=\"true\"/>"
                          "</style:style><style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties "
                          "table:display=\"false\"/></style:style>"));
    const DocumentInfo info = info_of(bytes);
    EXPECT_EQ(info.kind, "ods");
    ASSERT_EQ(info.tabs.size(), 3U);
    EXPECT_EQ(info.tabs[0].name, "Eén");
    EXPECT_FALSE(info.tabs[0].hidden);
    EXPECT_TRUE(info.tabs[1].hidden);
    EXPECT_EQ(info.tabs[2].name, "Leeg");
    EXPECT_EQ(info.tabs[2].index, 3U);

    const TempDir folder;
    write_bytes(folder / "f", bytes);
    const auto document = open_document(folder / "f");
    RawRow row;
    for (const auto& [tab, text] : std::vector<std::pair<std::uint32_t, std::string>>{{2, "b"}, {1, "a"}, {2, "b"}, {1, "a"}}) {
        const auto source = document->open_tab(tab);
        ASSERT_TRUE(source->next(row)) << tab;
        EXPECT_EQ(row.cells[0].text, text);
        EXPECT_FALSE(source->next(row));
    }
    EXPECT_FALSE(document->open_tab(3)->next(row));
}

TEST(Ods, AFlatFileIsReadInItsEncoding) {
    const std::string flat = table_of(row_of(text_cell("Zoë")));
    EXPECT_EQ(info_of(flat).kind, "ods");
    EXPECT_EQ(info_of(flat).encoding, "utf-8");
    EXPECT_EQ(peek_csv(flat), "Zoë\n");
    std::string latin = flat;
    latin.replace(latin.find("UTF-8"), 5, "iso-8859-1");
    latin.replace(latin.find("ë"), 2, "\xeb");
    EXPECT_EQ(info_of(latin).encoding, "windows-1252");
    EXPECT_EQ(peek_csv(latin), "Zoë\n");
}

TEST(Ods, WhatIsNoSpreadsheetOrIsLockedEndsInANamedError) {
    const std::string text = "<office:document-content" + kRoot +
                             "><office:body><office:text><text:p>brief</text:p></office:text></office:body></office:document-content>";
    EXPECT_EQ(peek_csv(ods_of(text)), "ODS-001");
    EXPECT_EQ(peek_csv(text), "ODS-001");
    EXPECT_EQ(peek_csv(ods_of(content_of(""))), "XLS-009");
    EXPECT_EQ(peek_csv(zip_of(
                  {{"content.xml", "\x01\x02\x03"},
                   {"META-INF/manifest.xml", "<manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data/>"}})),
              "FIL-013");
    EXPECT_EQ(peek_csv(zip_of({{"mimetype", "x"}, {"encrypted-package", "\x01"}})), "FIL-013");
    EXPECT_EQ(peek_csv(ods_of("<!DOCTYPE x [<!ENTITY lol \"lollollol\">]>" + table_of(row_of(text_cell("&lol;"))))), "XLS-005");
    EXPECT_EQ(peek_csv(ods_of("geen xml <")), "XLS-004");
    EXPECT_EQ(peek_csv(zip_of({{"mimetype", "fout"}, {"content.xml", table_of(row_of(text_cell("a")))}})), "a\n");
}

TEST(Ods, RepeatBombsAreReadAroundInLittleTime) {
    const auto start = std::chrono::steady_clock::now();
    const std::string bomb = sheet_of(
        "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\" "
        "office:value-type=\"float\" office:value=\"1\"/></table:table-row>");
    EXPECT_EQ(warning_codes(bomb), "ODS-030");
    EXPECT_EQ(
        warning_codes(sheet_of("<table:table-row table:number-rows-repeated=\"99999999999999999999\"><table:table-cell "
                               "table:number-columns-repeated=\"99999999999999999999\" office:value-type=\"string\"><text:p>x</text:p>"
                               "</table:table-cell></table:table-row>")),
        "ODS-030 XLS-034");
    // Empty ones cost nothing and say nothing.
    const std::string empty = sheet_of(
        "<table:table-row table:number-rows-repeated=\"1048575\"><table:table-cell "
        "table:number-columns-repeated=\"16384\"/></table:table-row>" +
        row_of("<table:table-cell table:number-columns-repeated=\"16383\"/>" + text_cell("hoek")));
    EXPECT_EQ(warning_codes(empty), "");
    EXPECT_EQ(peek_csv(empty), "FIL-021");
    // Many tabs share what is allowed.
    std::string tabs;
    for (int i = 0; i < 500; ++i)
        tabs +=
            "<table:table table:name=\"t\"><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell "
            "table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>";
    const TempDir folder;
    write_bytes(folder / "f", ods_of(content_of(tabs)));
    const auto document = open_document(folder / "f");
    std::ostringstream out;
    write_peek(*document, {PeekFormat::Json, {}, "f"}, out);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(Ods, AColumnFilledToTheEndIsReadToTheEnd) {
    const TempDir folder;
    write_bytes(folder / "f",
                sheet_of("<table:table-row table:number-rows-repeated=\"1048576\">" + text_cell("nee") + "</table:table-row>"));
    const auto document = open_document(folder / "f");
    const auto source = document->open_tab(1);
    RawRow row;
    std::uint64_t rows = 0;
    while (source->next(row)) EXPECT_EQ(row.row, ++rows);
    EXPECT_EQ(rows, 1048576U);
    EXPECT_TRUE(document->warnings().empty());
}

TEST(Ods, CutAnywhereAFlatFileGivesWhatStandsBeforeOrANamedError) {
    const std::string whole = table_of(row_of(text_cell("a") + text_cell("b")) + row_of(text_cell("c") + text_cell("d")));
    const std::set<std::string> sound{"", "a\n", "a,b\n", "a,b\nc,\n", "a,b\nc,d\n", "XLS-004", "ODS-001", "XLS-009"};
    std::set<std::string> seen;
    for (std::size_t size = whole.find("office:automatic-styles"); size < whole.size(); ++size) {
        const std::string shown = peek_csv(whole.substr(0, size));
        EXPECT_EQ(sound.count(shown), 1U) << size << ": " << shown;
        seen.insert(shown);
    }
    EXPECT_EQ(seen.size(), sound.size()) << "every stage was met";
    const std::string cut = whole.substr(0, whole.find("<text:p>d") + 9);
    EXPECT_EQ(peek_csv(cut), "a,b\nc,\n");
    EXPECT_EQ(warning_codes(cut), "ODS-031");
    EXPECT_EQ(warning_codes(ods_of(cut)), "ODS-031");
}

TEST(Ods, AMillionElementsInEachOtherAreNoMatter) {
    std::string deep = "<table:table-cell office:value-type=\"string\"><text:p>";
    for (int i = 0; i < 1000000; ++i) deep += "<text:span>";
    EXPECT_EQ(peek_csv(table_of(row_of(text_cell("a")) + row_of(deep + "diep"))), "a\n");
    std::string groups;
    for (int i = 0; i < 200000; ++i) groups += "<table:table-row-group>";
    EXPECT_EQ(peek_csv(table_of(groups + row_of(text_cell("a")))), "a\n");
}

}  // namespace
}  // namespace brugwacht
