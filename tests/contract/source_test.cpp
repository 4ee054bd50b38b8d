// What every kind of source promises, checked on each of them with the same small table.
#include "connector/source.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "connector/files/cell_text.hpp"
#include "engine/core/error.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/connector/biff_builder.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

struct Sample {
    const char* name;
    std::string bytes;
};

std::vector<Sample> samples() {
    const std::string rows =
        R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row>)"
        R"(<row r="3"><c r="A3"><v>2</v></c></row>)";
    const std::string strings = record(0xfc, four(4) + four(3) + text8("id") + text8("naam") + text8(u"Zoë"));
    const std::string by_row =
        shared_cell(0, 0, 0) + shared_cell(0, 1, 1) + number_cell(1, 0, 1) + shared_cell(1, 1, 2) + number_cell(2, 0, 2);
    const std::string by_column =
        label8(0, 0, "id") + number_cell(1, 0, 1) + number_cell(2, 0, 2) + label8(0, 1, "naam") + label8(1, 1, "Zo\xeb");
    const std::string open_document =
        "<office:document-content "
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"><office:body><office:spreadsheet><table:table>"
        "<table:table-row><table:table-cell><text:p>id</text:p></table:table-cell><table:table-cell><text:p>naam</text:p></"
        "table:table-cell>"
        "</table:table-row><table:table-row><table:table-cell office:value-type=\"float\" "
        "office:value=\"1\"/><table:table-cell><text:p>Zoë</text:p>"
        "</table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type=\"float\" "
        "office:value=\"2\"/></table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>";
    const std::string spreadsheetml =
        "<?xml version=\"1.0\"?><Workbook "
        "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table><Row><Cell><Data>id</Data></Cell>"
        "<Cell><Data>naam</Data></Cell></Row><Row><Cell><Data "
        "ss:Type=\"Number\">1</Data></Cell><Cell><Data>Zoë</Data></Cell></Row><Row><Cell><Data "
        "ss:Type=\"Number\">2</Data></Cell></Row></Table></Worksheet></Workbook>";
    return {{"text", "id;naam\n1;Zoë\n2;\n"},
            {"text without a last line end", "id;naam\n1;Zoë\n2;"},
            {"text with a mark", "\xef\xbb\xbfid;naam\r\n1;Zoë\r\n2;\r\n"},
            {"workbook", book_of({rows, "<si><t>id</t></si><si><t>naam</t></si><si><t>Zoë</t></si>"})},
            {"old workbook", sheet8(by_row, strings)},
            {"old workbook written by columns", sheet8(by_column)},
            {"OpenDocument spreadsheet", zip_of({{"content.xml", open_document}})},
            {"flat OpenDocument spreadsheet", open_document},
            {"SpreadsheetML", spreadsheetml},
            {"HTML table", "<table><tr><th>id<th>naam<tr><td>1<td>Zo&euml;<tr><td>2<td></table>"},
            {"JSON", "[{\"id\":1,\"naam\":\"Zoë\"},{\"id\":2,\"naam\":\"\"}]"},
            {"JSON lines", "{\"id\":1,\"naam\":\"Zoë\"}\n{\"id\":2}\n"}};
}

std::string read_all(Document& document) {
    std::string result;
    const auto source = document.open_tab(1);
    EXPECT_EQ(source->bookmark(), "");
    RawRow row;
    std::uint64_t previous = 0;
    while (source->next(row)) {
        EXPECT_EQ(row.tab, 1U);
        EXPECT_GT(row.row, previous);
        EXPECT_EQ(source->bookmark(), std::to_string(row.row));
        previous = row.row;
        result += std::to_string(row.row);
        std::uint32_t column = 0;
        for (const Cell& cell : row.cells) {
            EXPECT_TRUE(cell.column >= column) << "columns rise strictly";
            column = cell.column + 1;
            result += '|';
            append_cell_text(cell, result);
        }
        result += '\n';
    }
    EXPECT_FALSE(source->next(row)) << "the end stays the end";
    return result;
}

TEST(SourceContract, TheSameTableInEveryKindGivesTheSameRows) {
    for (const Sample& sample : samples()) {
        const TempDir folder;
        write_bytes(folder / "file", sample.bytes);
        const auto document = open_document(folder / "file");
        EXPECT_EQ(read_all(*document), "1|id|naam\n2|1|Zoë\n3|2\n") << sample.name;
    }
}

TEST(SourceContract, ReadingTwiceGivesTheSameRowsAndWarnings) {
    for (const Sample& sample : samples()) {
        const TempDir folder;
        write_bytes(folder / "file", sample.bytes);
        const auto document = open_document(folder / "file");
        const std::string first = read_all(*document);
        EXPECT_EQ(read_all(*document), first) << sample.name;
        EXPECT_TRUE(document->warnings().empty()) << sample.name;
    }
}

TEST(SourceContract, TwoReadingsOfOneTabDoNotDisturbEachOther) {
    for (const Sample& sample : samples()) {
        const TempDir folder;
        write_bytes(folder / "file", sample.bytes);
        const auto document = open_document(folder / "file");
        const auto one = document->open_tab(1);
        RawRow row;
        ASSERT_TRUE(one->next(row)) << sample.name;
        const std::string whole = read_all(*document);
        ASSERT_TRUE(one->next(row)) << sample.name;
        EXPECT_EQ(row.row, 2U) << sample.name;
        EXPECT_EQ(row.cells[1].text, "Zoë") << sample.name;
    }
}

/// Kinds that have columns of their own.
std::vector<Sample> own_columns() {
    return {
        {"calendar",
         "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260105T090000\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR\n"},
        {"social export", R"({"ig_stories":[{"uri":"x","creation_timestamp":1751360400},{"uri":"y","creation_timestamp":1751360400}]})"}};
}

TEST(SourceContract, KindsWithColumnsOfTheirOwnCanBeReadTwiceAndSideBySide) {
    for (const Sample& sample : own_columns()) {
        const TempDir folder;
        write_bytes(folder / "file", sample.bytes);
        const auto document = open_document(folder / "file");
        const std::string first = read_all(*document);
        const auto one = document->open_tab(1);
        RawRow row;
        ASSERT_TRUE(one->next(row)) << sample.name;
        EXPECT_EQ(read_all(*document), first) << sample.name;
        ASSERT_TRUE(one->next(row)) << sample.name;
        EXPECT_EQ(row.row, 2U) << sample.name;
        EXPECT_TRUE(row.cells[0].text.starts_with('~')) << sample.name;
        EXPECT_TRUE(document->warnings().empty()) << sample.name;
    }
}

TEST(SourceContract, EveryKindIsInTheTableOnceAndTextComesLast) {
    std::vector<std::string_view> ids;
    for (const SourceKind& kind : source_kinds()) {
        for (const std::string_view id : ids) EXPECT_NE(id, kind.id);
        ids.push_back(kind.id);
    }
    ASSERT_FALSE(ids.empty());
    EXPECT_EQ(ids.back(), "csv");
}

TEST(SourceContract, AnEmptyFileIsAnErrorOfItsOwn) {
    const TempDir folder;
    write_bytes(folder / "file", "");
    try {
        open_document(folder / "file");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()), "FIL-010");
        EXPECT_EQ(error.exit(), Exit::Data);
    }
}

}  // namespace
}  // namespace brugwacht
