#include "connector/files/xls.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <map>

#include "tests/unit/connector/biff_builder.hpp"
#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

using namespace std::string_literals;

std::string xf8(unsigned format) { return record(0xe0, two(0) + two(format) + std::string(16, '\0')); }
std::string xf5(unsigned format) { return record(0xe0, two(0) + two(format) + std::string(12, '\0')); }
std::string format8(unsigned number, const char* code) { return record(0x41e, two(number) + text8(code)); }
std::string short_text(const std::string& text) { return static_cast<char>(text.size()) + text; }
std::string rk(unsigned row, unsigned column, std::uint32_t value) { return record(0x7e, at(row, column) + four(value)); }

struct Case {
    const char* what;
    std::string body;  // of one sheet of BIFF8
    std::string expected;
    std::string globals = {};
};

TEST(Xls, EveryKindOfCellGivesItsStoredValue) {
    const std::string dates =
        format8(164, "dd/mm/yyyy\\ hh:mm") + format8(165, "[h]:mm") + xf8(0) + xf8(14) + xf8(164) + xf8(165) + xf8(20);
    const std::string strings = record(0xfc, four(9) + four(2) + text8(u"één") + text8("twee"));
    const std::vector<Case> cases{
        {"text of one and of two bytes a character", label8(0, 0, "caf\xe9") + record(0x204, at(0, 1) + text8(u"Yıldız 木 \U0001F600")),
         "café,Yıldız 木 😀\n"},
        {"shared texts", shared_cell(0, 0, 1) + shared_cell(0, 1, 0) + shared_cell(1, 0, 2), "twee,één\n", strings},
        {"rich text in the cell", record(0xd6, at(0, 0) + text8("Ja nee") + two(1) + two(0) + two(5)), "Ja nee\n"},
        {"numbers in full", number_cell(0, 0, 0.1) + number_cell(0, 1, 12345678901234567.0) + number_cell(0, 2, -0.0),
         "0.1,12345678901234568,0\n"},
        {"packed numbers",
         rk(0, 0, 5 << 2 | 2) + rk(0, 1, 12345 << 2 | 3) + rk(0, 2, 0x3ff80000) + rk(0, 3, 0x3ff80001) + rk(0, 4, ~0U & ~1U),
         "5,123.45,1.5,0.015,-1\n"},
        {"a row of packed numbers", record(0xbd, two(0) + two(1) + two(0) + four(1 << 2 | 2) + two(0) + four(2 << 2 | 2) + two(2)),
         ",1,2\n"},
        {"booleans and errors",
         record(0x205, at(0, 0) + "\1\0"s) + record(0x205, at(0, 1) + "\0\0"s) + record(0x205, at(0, 2) + "\x2a\1"s) +
             record(0x205, at(0, 3) + "\x07\1"s) + record(0x205, at(0, 4) + "\x63\1"s),
         "TRUE,FALSE,#N/A,#DIV/0!,#ERROR!\n"},
        {"blank cells", record(0x201, at(0, 0)) + record(0xbe, two(0) + two(1) + two(0) + two(0) + two(2)) + number_cell(0, 3, 1),
         ",,,1\n"},
        {"stored values of formulas",
         formula(0, 0, eight(2.5)) + formula(0, 1, special(1, 1)) + formula(0, 2, special(2, 0x17)) + formula(0, 3, special(3)) +
             formula(0, 4, special(0)) + record(0x207, text8("tekst")),
         "2.5,TRUE,#REF!,,tekst\n"},
        {"the text of a formula after its shared part",
         formula(0, 0, special(0)) + record(0x4bc, std::string(20, '\0')) + record(0x207, text8("a")) + formula(1, 0, special(0)) +
             record(0x221, std::string(20, '\0')) + record(0x3c, "rest") + record(0x207, text8("b")) + formula(2, 0, special(0)) +
             record(0x236, std::string(16, '\0')) + record(0x207, text8("c")),
         "a\nb\nc\n"},
        {"a formula without its text", formula(0, 0, special(0)) + number_cell(0, 1, 1) + record(0x207, text8("x")), ",1\n"},
        {"dates",
         number_cell(0, 0, 45901, 1) + number_cell(0, 1, 45901.4375, 2) + number_cell(0, 2, 1.5, 3) + number_cell(0, 3, 0.25, 4) +
             number_cell(0, 4, 60, 1) + number_cell(0, 5, 59, 1) + number_cell(0, 6, -1, 1) + number_cell(0, 7, 2958466, 1) +
             rk(0, 8, 45901U << 2 | 2) + record(0x06, at(0, 9, 1) + eight(45901) + std::string(8, '\0')),
         "2025-09-01,2025-09-01T10:30:00,36:00:00,06:00:00,1900-02-29,1900-02-28,-1,2958466,45901,2025-09-01\n", dates},
        {"dates since 1904", number_cell(0, 0, 0, 1) + number_cell(0, 1, 44439, 1), "1904-01-01,2025-09-01\n",
         record(0x22, two(1)) + dates},
        {"a style that is not there", number_cell(0, 0, 45901, 99), "45901\n", dates},
        {"nothing that stands in a chart",
         number_cell(0, 0, 1) + bof(8, 0x20) + number_cell(1, 0, 9) + label8(2, 0, "as") + end_record() + number_cell(3, 0, 4),
         "1\n\"\"\n\"\"\n4\n"},
        {"a merged value in its first cell",
         record(0xe5, two(1) + two(0) + two(0) + two(0) + two(2)) + label8(0, 0, "x") + record(0x201, at(0, 1)) + number_cell(0, 2, 3),
         "x,,3\n"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(peek_csv(sheet8(c.body, c.globals)), c.expected) << c.what;
        EXPECT_EQ(peek_csv(biff_stream({c.globals, {{"Blad1", c.body}}})), c.expected) << c.what << ", without container";
    }
}

TEST(Xls, EveryVersionIsRead) {
    const std::string attributes("\0\0\0", 3);
    const auto cell2 = [&](std::uint16_t id, unsigned row, unsigned column, const std::string& body, unsigned xf = 0, unsigned format = 0) {
        return record(id, two(row) + two(column) + static_cast<char>(xf) + static_cast<char>(format) + '\0' + body);
    };
    const std::string body2 = record(0x42, two(1252)) + record(0x1e, short_text("General")) + record(0x1e, short_text("d/m/yyyy")) +
                              record(0x43, "\0\0\0\0"s) + record(0x43, "\0\0\1\0"s) + cell2(0x04, 0, 0, short_text("caf\xe9")) +
                              cell2(0x02, 0, 1, two(7)) + cell2(0x03, 0, 2, eight(1.5)) + cell2(0x05, 0, 3, "\1\0"s) +
                              cell2(0x03, 0, 4, eight(45901), 1) + record(0x44, two(1)) + cell2(0x02, 0, 5, two(45901), 0x3f) +
                              cell2(0x06, 0, 6, special(0) + "\0\0"s) + record(0x07, short_text("f\xe8te"));
    EXPECT_EQ(peek_csv(bof(2, 0x10) + body2 + end_record()), "café,7,1.5,TRUE,2025-09-01,2025-09-01,fète\n");
    // Excel 2.0: no styles, the format stands in the cell.
    EXPECT_EQ(peek_csv(bof(2, 0x10) + cell2(0x02, 0, 0, two(45901), 0, 12) + cell2(0x02, 0, 1, two(45901), 0, 1) + end_record()),
              "2025-09-01,45901\n");

    const auto later = [](std::uint16_t formula_id, const std::string& styles) {
        return record(0x42, two(1252)) + styles + record(0x204, at(0, 0) + two(4) + "caf\xe9") + number_cell(0, 1, 1.5) +
               rk(0, 2, 7 << 2 | 2) + number_cell(0, 3, 45901, 1) + record(formula_id, at(0, 4) + special(0) + two(0) + two(0)) +
               record(0x207, two(4) + "f\xe8te") + record(0xd6, at(0, 5) + two(2) + "Ja" + '\1' + '\0' + '\0');
    };
    const std::string shown = "café,1.5,7,2025-09-01,fète,Ja\n";
    const std::string formats3 = record(0x1e, short_text("General")) + record(0x1e, short_text("yyyy/mm/dd"));
    EXPECT_EQ(
        peek_csv(bof(3, 0x10) +
                 later(0x206, formats3 + record(0x243, "\0\0"s + std::string(10, '\0')) + record(0x243, "\0\1"s + std::string(10, '\0'))) +
                 end_record()),
        shown);
    const std::string formats4 = record(0x41e, two(0) + short_text("General")) + record(0x41e, two(0) + short_text("yyyy/mm/dd"));
    const std::string body4 =
        later(0x406, formats4 + record(0x443, "\0\0"s + std::string(10, '\0')) + record(0x443, "\0\1"s + std::string(10, '\0')));
    EXPECT_EQ(peek_csv(bof(4, 0x10) + body4 + end_record()), shown);
    EXPECT_EQ(peek_csv(ole_of({{"Book", bof(4, 0x10) + body4 + end_record()}})), shown);

    const std::string styles5 = record(0x42, two(1252)) + record(0x41e, two(170) + short_text("yyyy/mm/dd")) + xf5(0) + xf5(170);
    EXPECT_EQ(peek_csv(xls_of({styles5, {{"Blad1", later(0x06, "")}}, 5})), shown);
    EXPECT_EQ(peek_csv(bof(5, 0x10) + later(0x06, styles5) + end_record()), shown) << "a sheet without workbook";
    // A workbook of Excel 4: a head before each sheet.
    const auto sheet4 = [&](const std::string& name, const std::string& body) {
        const std::string whole = bof(4, 0x10) + body + end_record();
        return record(0x8f, four(whole.size()) + short_text(name)) + whole;
    };
    const std::string workspace = bof(4, 0x100) + record(0x42, two(1252)) + record(0x8e, four(0)) + sheet4("E\xe9n", body4) +
                                  sheet4("Twee", number_cell(0, 0, 2)) + end_record();
    EXPECT_EQ(peek_csv(workspace), shown);
    const DocumentInfo info = info_of(workspace);
    ASSERT_EQ(info.tabs.size(), 2U);
    EXPECT_EQ(info.tabs[0].name, "Eén");
    EXPECT_EQ(info.tabs[1].name, "Twee");
}

TEST(Xls, CodePagesGiveTheirLetters) {
    const auto shown = [](unsigned page, const std::string& bytes) {
        return peek_csv(xls_of({record(0x42, two(page)), {{"Blad1", record(0x204, at(0, 0) + two(bytes.size()) + bytes)}}, 5}));
    };
    EXPECT_EQ(shown(1252, "Zo\xeb"), "Zoë\n");
    EXPECT_EQ(shown(10000, "Zo\x91"), "Zoë\n");
    EXPECT_EQ(shown(0x8000, "Zo\x91"), "Zoë\n");
    EXPECT_EQ(shown(0x8001, "Zo\xeb"), "Zoë\n");
    EXPECT_EQ(shown(1254, "\xdd\xfd"), "İı\n");
    EXPECT_EQ(shown(1251, "\xcc\xe8\xf0"), "Мир\n");
    EXPECT_EQ(shown(850, "Zo\x89"), "Zoë\n");
    EXPECT_EQ(shown(932, "\x93\xfa\x96\x7b"), "日本\n");
    EXPECT_EQ(shown(936, "\xd6\xd0"), "中\n");
    EXPECT_EQ(shown(1200, wide(u"ı木")), "ı木\n");
    EXPECT_EQ(shown(12345, "Zo\xeb"), "Zoë\n");
    EXPECT_EQ(warning_codes(xls_of({record(0x42, two(12345)), {{"Blad1", number_cell(0, 0, 1)}}, 5})), "XLS-044");
}

/// The texts of a workbook in pieces, so that a split inside characters can repeat their flag.
struct Piece {
    std::string bytes;
    int flag = -1;  // of characters; -1 = no characters
};

std::string split_strings(const std::vector<Piece>& pieces, std::size_t place) {
    std::string out;
    std::string rest;
    std::size_t seen = 0;
    for (const Piece& piece : pieces) {
        if (place >= seen + piece.bytes.size()) {
            out += piece.bytes;
        } else if (place <= seen) {
            if (place == seen && piece.flag >= 0) rest += static_cast<char>(piece.flag);
            rest += piece.bytes;
        } else {
            out += piece.bytes.substr(0, place - seen);
            if (piece.flag >= 0) rest += static_cast<char>(piece.flag);
            rest += piece.bytes.substr(place - seen);
        }
        seen += piece.bytes.size();
    }
    return record(0xfc, out) + record(0x3c, rest);
}

TEST(Xls, SharedTextsMayBeSplitAtEveryByte) {
    const std::vector<Piece> pieces{
        {four(4) + four(4)},
        {two(6) + "\0"s},
        {"zes \xe9n", 0},
        {two(5) + "\1"s},
        {wide(u"\U0001F600 ı木"), 1},
        {two(3) + "\x0d"s + two(2) + four(6)},  // rich, with a reading
        {wide(u"abc"), 1},
        {std::string(8, '\x7f') + "lezing"},
        {two(0) + "\0"s},
        {two(2) + "\0"s},
        {"nu", 0},
    };
    std::size_t size = 0;
    for (const Piece& piece : pieces) size += piece.bytes.size();
    const std::string body =
        shared_cell(0, 0, 0) + shared_cell(0, 1, 1) + shared_cell(0, 2, 2) + shared_cell(0, 3, 3) + shared_cell(0, 4, 4);
    for (std::size_t place = 8; place <= size; ++place)
        EXPECT_EQ(peek_csv(sheet8(body, split_strings(pieces, place))), "zes én,😀 ı木,abc,,nu\n") << place;
    // One byte a character before the split, two after it.
    const std::string mixed = record(0xfc, four(1) + four(1) + two(4) + "\0ab"s) + record(0x3c, "\1"s + wide(u"ıx"));
    EXPECT_EQ(peek_csv(sheet8(shared_cell(0, 0, 0), mixed)), "abıx\n");
    const std::string result = formula(0, 0, special(0)) + record(0x207, two(4) + "\0ab"s) + record(0x3c, "\1"s + wide(u"ıx"));
    EXPECT_EQ(peek_csv(sheet8(result)), "abıx\n");
}

TEST(Xls, TabsAreNamedHiddenAndCounted) {
    BiffBookParts book{"",
                       {{"Leden", label8(0, 0, "leden")},
                        {"Grafiek", "", 2},
                        {"Macro", formula(0, 0, eight(1)), 1},
                        {"Verborgen", label8(0, 0, "verborgen"), 0, 1},
                        {"Diep", label8(0, 0, "diep"), 0, 2},
                        {"Module", "", 6}}};
    const DocumentInfo info = info_of(xls_of(book));
    EXPECT_EQ(info.kind, "xls");
    ASSERT_EQ(info.tabs.size(), 6U);
    std::string seen;
    for (const TabInfo& tab : info.tabs) seen += tab.name + (tab.hidden ? " hidden" : "") + (tab.is_sheet ? "" : " no sheet") + ";";
    EXPECT_EQ(seen, "Leden;Grafiek no sheet;Macro no sheet;Verborgen hidden;Diep hidden;Module no sheet;");
    const TempDir folder;
    write_bytes(folder / "file", xls_of(book));
    const auto document = open_document(folder / "file");
    std::string texts;
    for (std::uint32_t tab = 1; tab <= 6; ++tab) {
        const auto source = document->open_tab(tab);
        EXPECT_EQ(source->bookmark(), "");
        RawRow row;
        while (source->next(row)) texts += std::to_string(row.tab) + std::string(row.cells[0].text) + source->bookmark() + " ";
    }
    EXPECT_EQ(texts, "1leden1 4verborgen1 5diep1 ");
    // A name of two bytes a character.
    const std::string globals = record(0x85, four(0) + "\0\0"s + '\2' + '\1' + wide(u"ı木"));
    EXPECT_EQ(info_of(ole_of({{"Workbook", bof(8, 5) + globals + end_record()}})).tabs.at(0).name, "ı木");
}

TEST(Xls, RowsAndCellsMayComeInAnyOrder) {
    EXPECT_EQ(peek_csv(sheet8(number_cell(2, 1, 3) + number_cell(0, 1, 2) + number_cell(2, 0, 1) + number_cell(0, 1, 9))), ",9\n,\n1,3\n");
    EXPECT_EQ(warning_codes(sheet8(number_cell(2, 0, 3) + number_cell(0, 0, 2))), "") << "nothing is lost, so there is nothing to say";
    EXPECT_EQ(
        peek_csv(sheet8(formula(1, 0, special(0)) + record(0x207, text8("b")) + formula(0, 0, special(0)) + record(0x207, text8("a")))),
        "a\nb\n");
    EXPECT_EQ(peek_csv(sheet8(number_cell(0, 2, 3) + number_cell(0, 0, 1) + label8(0, 2, "z"))), "1,,z\n") << "the last of a column counts";
}

TEST(Xls, ALargeSheetWrittenColumnByColumnComesInRows) {
    constexpr unsigned kRowsOfSheet = 65536;
    constexpr unsigned kColumnsOfSheet = 24;
    std::string body;
    for (unsigned column = 0; column < kColumnsOfSheet; ++column)
        for (unsigned row = 0; row < kRowsOfSheet; ++row) body += rk(row, column, (row * 32 + column) << 2 | 2);
    const TempDir folder;
    write_bytes(folder / "file", sheet8(body));
    const auto document = open_document(folder / "file");
    const auto source = document->open_tab(1);
    RawRow row;
    std::uint64_t number = 0;
    while (source->next(row)) {
        ASSERT_EQ(row.row, ++number);
        ASSERT_EQ(row.cells.size(), kColumnsOfSheet);
        for (unsigned column = 0; column < kColumnsOfSheet; ++column) {
            ASSERT_EQ(row.cells[column].column, column);
            ASSERT_EQ(row.cells[column].number, static_cast<double>((number - 1) * 32 + column));
        }
    }
    EXPECT_EQ(number, kRowsOfSheet);
    EXPECT_TRUE(document->warnings().empty());
}

TEST(Xls, DamageIsReadAroundAndSaid) {
    const double no_number = std::numeric_limits<double>::quiet_NaN();
    struct Damage {
        const char* what;
        std::string bytes;
        std::string expected;
        std::string codes;
    };
    const std::string one = number_cell(0, 0, 1);
    const std::vector<Damage> cases{
        {"a text that is not there", sheet8(one + shared_cell(0, 1, 7) + number_cell(0, 2, 3)), "1,,3\n", "XLS-030"},
        {"a column beyond the last", sheet8(one + number_cell(0, 256, 2)), "1\n", "XLS-034"},
        {"a row of numbers beyond the last column",
         sheet8(record(0xbd, two(0) + two(255) + two(0) + four(1 << 2 | 2) + two(0) + four(2 << 2 | 2) + two(300)) + one),
         "1" + std::string(255, ',') + "1\n", "XLS-034"},
        {"no number", sheet8(number_cell(0, 0, no_number) + number_cell(0, 1, std::numeric_limits<double>::infinity())), "#NUM!,#NUM!\n",
         "XLS-042"},
        {"29 February 1900", sheet8(number_cell(0, 0, 60.5, 1), xf8(0) + xf8(14)), "1900-02-29T12:00:00\n", "XLS-031"},
        {"a record without its end", sheet8(record(0x203, at(0, 1) + "abc") + one), "1\n", "XLS-041"},
        {"a text without its end", sheet8(one + record(0x204, at(0, 1) + two(9) + "\0abc"s)), "1,abc\n", "XLS-041"},
        {"dimensions that lie", sheet8(record(0x200, four(900) + four(900) + two(9) + two(9) + two(0)) + one), "1\n", ""},
        {"a sheet without its end before the next", xls_of({"", {{"A", one, 0, 0, 0, false}, {"B", number_cell(0, 0, 2)}}}), "1\n", ""},
        {"a sheet that breaks off", biff_stream({"", {{"A", one, 0, 0, 0, false}}}), "1\n", "XLS-040"},
        {"a place that lies", xls_of({"", {{"A", number_cell(0, 0, 2), 0, 0, 3}}}), "2\n", "XLS-045"},
        {"a place outside the file", xls_of({"", {{"A", number_cell(0, 0, 2), 0, 0, 0x7fffffff}}}), "2\n", "XLS-045"},
        {"tabs that are not listed", ole_of({{"Workbook", bof(8, 5) + end_record() + bof(8, 0x10) + one + end_record()}}), "1\n",
         "XLS-045"},
        {"a tab without content", ole_of({{"Workbook", bof(8, 5) + record(0x85, four(999) + "\0\0\1\0A"s) + end_record()}}), "", "XLS-035"},
        {"a false count of shared texts", sheet8(shared_cell(0, 0, 0), record(0xfc, four(~0U) + four(~0U) + text8("a"))), "a\n", ""},
        {"globals without end",
         ole_of({{"Workbook", bof(8, 5) + record(0x85, four(36) + "\0\0\1\0A"s) + bof(8, 0x10) + one + end_record()}}), "1\n", "XLS-045"},
        {"other bytes before the workbook", ole_of({{"Workbook", "junk" + biff_stream({"", {{"A", one}}})}}), "1\n", ""},
    };
    for (const Damage& c : cases) {
        EXPECT_EQ(peek_csv(c.bytes), c.expected) << c.what;
        EXPECT_EQ(warning_codes(c.bytes), c.codes) << c.what;
    }
}

TEST(Xls, CountsThatLieAndRecordsWithoutEndCostLittle) {
    // Runs and readings that claim four billion bytes; thousands of long formats and code pages.
    const std::string strings = record(0xfc, four(2) + four(2) + two(1) + "\x0c"s + two(0xffff) + four(~0U) + "a") + record(0x3c, "b");
    EXPECT_EQ(peek_csv(sheet8(number_cell(0, 0, 1) + shared_cell(0, 1, 0), strings)), "1\n");
    std::string formats;
    for (int i = 0; i < 3000; ++i)
        formats += record(0x41e, two(164) + two(8000) + '\0' + std::string(8000, 'g')) + record(0x42, two(i % 2 == 0 ? 1252 : 1251));
    EXPECT_EQ(peek_csv(sheet8(number_cell(0, 0, 1), formats)), "1\n");
}

TEST(Xls, OtherContentEndsInANamedError) {
    EXPECT_EQ(peek_csv(ole_of({{"WordDocument", std::string(5000, 'w')}})), "FIL-014");
    EXPECT_EQ(peek_csv(ole_of({{"EncryptedPackage", std::string(5000, 'w')}, {"EncryptionInfo", "x"}})), "FIL-013");
    EXPECT_EQ(peek_csv(ole_of({{"Workbook", ""}})), "XLS-050");
    EXPECT_EQ(peek_csv(ole_of({{"Workbook", std::string(5000, 'x')}})), "XLS-050");
    EXPECT_EQ(peek_csv(ole_of({{"Workbook", bof(8, 5) + end_record()}})), "XLS-009");
    EXPECT_EQ(peek_csv(ole_of({{"WordDocument", "w"}, {"Workbook2", biff_stream({"", {{"A", number_cell(0, 0, 1)}}})}})), "FIL-014");
    EXPECT_EQ(peek_csv(bof(8, 0x100) + end_record()), "XLS-009") << "a workspace only names workbooks";
    EXPECT_EQ(peek_csv(bof(2, 0x10)), "") << "an empty sheet";
}

TEST(Xls, AContainerMayHoldBothKindsOfWorkbook) {
    const std::string eight_book = biff_stream({"", {{"A", number_cell(0, 0, 8)}}});
    const std::string five_book = biff_stream({"", {{"A", number_cell(0, 0, 5)}}, 5});
    EXPECT_EQ(peek_csv(ole_of({{"Book", five_book}, {"Workbook", eight_book}})), "8\n");
    EXPECT_EQ(peek_csv(ole_of({{"Book", five_book}, {"Workbook", "damaged"}})), "5\n");
    EXPECT_EQ(peek_csv(ole_of({{"BOOK", five_book}})), "5\n");
    EXPECT_EQ(peek_csv(ole_of({{"Workbook", eight_book}}, {9, {}, true})), "FIL-014")
        << "a workbook inside another document is not the document";
}

TEST(Xls, WorkbooksCutShortAtAnyPlaceAreReadOrRefusedByName) {
    const std::string strings = record(0xfc, four(2) + four(2) + text8(u"één") + text8("twee"));
    std::string rows;
    for (unsigned row = 0; row < 120; ++row) rows += shared_cell(row, 0, row % 2) + number_cell(row, 1, row) + label8(row, 2, "tekst");
    const std::string whole = xls_of({strings + xf8(0), {{"Leden", rows}, {"Meer", number_cell(0, 0, 1)}}});
    std::map<std::string, int> results;
    for (std::size_t size = 8; size < whole.size(); size += 37) {
        const std::string shown = peek_csv(whole.substr(0, size));
        ++results[shown.size() == 7 && shown[3] == '-' ? shown : "opened"];
    }
    EXPECT_GT(results["opened"], 0);
    results.erase("opened");
    for (const auto& [code, count] : results)
        EXPECT_TRUE(code == "FIL-014" || code == "XLS-009" || code == "XLS-050") << code << " " << count;
    // The allocation table comes last: without it the sectors are taken to follow each other.
    EXPECT_EQ(peek_csv(whole.substr(0, whole.size() - 512)), peek_csv(whole));
    EXPECT_EQ(warning_codes(whole.substr(0, whole.size() - 512)), "XLS-043");
    // The directory stands near the end and is lost with it; the workbook itself lies at the start.
    EXPECT_NE(peek_csv(whole.substr(0, 4096)).find("twee,1,tekst\n"), std::string::npos);
    EXPECT_EQ(warning_codes(whole.substr(0, 4096)), "XLS-043 XLS-040 XLS-041");
}

}  // namespace
}  // namespace brugwacht
