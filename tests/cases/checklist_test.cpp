// The reading checklist, item by item in its own words: real files, read and mapped as an import does. The second half runs the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "connector/source.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/scratch_project.hpp"
#include "tests/unit/connector/workbook_builder.hpp"
#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// ---------------------------------------------------------------- files

/// A sheet of a workbook as XML. A cell text that begins with "<" is XML itself, with "=" a number; "" is no cell.
struct Sheet {
    std::string name = "Blad1";
    std::string rows;
    std::string before = {};  // between the root and sheetData: cols
    std::string after = {};   // behind sheetData: autoFilter, mergeCells
    bool hidden = false;
};

std::string row(int number, const std::vector<std::string>& cells, const std::string& attributes = {}) {
    std::string out = "<row r=\"" + std::to_string(number) + "\" " + attributes + ">";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].empty()) continue;
        const std::string place = std::string(1, static_cast<char>('A' + i)) + std::to_string(number);
        if (cells[i][0] == '<') {
            out += "<c r=\"" + place + "\"" + cells[i].substr(1);
        } else if (cells[i][0] == '=') {
            out += "<c r=\"" + place + "\"><v>" + cells[i].substr(1) + "</v></c>";
        } else {
            out += "<c r=\"" + place + "\" t=\"inlineStr\"><is><t>" + cells[i] + "</t></is></c>";
        }
    }
    return out + "</row>";
}

std::string workbook(const std::vector<Sheet>& sheets) {
    const std::string main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    std::string tabs, relations;
    std::vector<ZipPart> parts{{"_rels/.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" + rel +
                                                   "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"}};
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        const std::string n = std::to_string(i + 1);
        tabs += "<sheet name=\"" + sheets[i].name + "\" sheetId=\"" + n + "\" r:id=\"r" + n + "\"" +
                (sheets[i].hidden ? " state=\"hidden\"" : "") + "/>";
        relations += "<Relationship Id=\"r" + n + "\" Type=\"" + rel + "/worksheet\" Target=\"worksheets/sheet" + n + ".xml\"/>";
        parts.push_back({"xl/worksheets/sheet" + n + ".xml", "<worksheet " + main + ">" + sheets[i].before + "<sheetData>" +
                                                                 sheets[i].rows + "</sheetData>" + sheets[i].after + "</worksheet>"});
    }
    parts.push_back({"xl/workbook.xml", "<workbook " + main + " xmlns:r=\"" + rel + "\"><sheets>" + tabs + "</sheets></workbook>"});
    parts.push_back({"xl/_rels/workbook.xml.rels", "<Relationships>" + relations + "</Relationships>"});
    parts.push_back({"xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"});
    return zip_of(parts);
}

std::string one_sheet(const std::vector<std::vector<std::string>>& rows) {
    std::string xml;
    for (std::size_t i = 0; i < rows.size(); ++i) xml += row(static_cast<int>(i + 1), rows[i]);
    return workbook({{"Blad1", xml}});
}

/// What came out of a file: "event key=e1 ...", "CODE column" ("!" when it rejects the row), warnings of the reader "CODE=count".
struct Read {
    std::vector<std::string> records, findings, warnings;
    std::size_t mapped = 0, rejected = 0, skipped = 0;
};

Read read(const std::string& bytes, const std::string& mapping_text, const std::string& name = "bestand") {
    const TempDir folder;
    write_bytes(folder / name, bytes);
    const Mapping mapping = test::mapping(mapping_text);
    const auto document = open_document(folder / name);
    Read out;
    for (const TabInfo& tab : document->info().tabs) {
        SheetMapper mapper(mapping, tab.name, name);
        if (!mapper.selected()) continue;
        const auto source = document->open_tab(tab.index);
        RawRow raw;
        MappedRow mapped;
        while (source->next(raw)) {
            const RowOutcome outcome = mapper.map(raw, mapped);
            out.mapped += outcome == RowOutcome::Mapped ? 1U : 0U;
            out.rejected += outcome == RowOutcome::Rejected ? 1U : 0U;
            out.skipped += outcome == RowOutcome::Skipped ? 1U : 0U;
            for (std::size_t r = 0; r < mapped.count; ++r) out.records.push_back(test::show(mapped.records[r]));
            for (const Finding& finding : mapped.findings)
                out.findings.push_back((finding.rejects ? "!" : "") + finding.code + " " + finding.column);
        }
        mapper.finish();
        for (const Finding& finding : mapper.sheet_findings()) out.findings.push_back(finding.code + " " + finding.column);
    }
    for (const ReadWarning& warning : document->warnings()) out.warnings.push_back(warning.code + "=" + std::to_string(warning.count));
    return out;
}

constexpr const char* kVisits = R"(
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Nr"], required = true }
day = { headers = ["Datum"], required = true }
kind = ["Soort"]
people = ["Aantal"]
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
kind = "kind"
participants = "people"
)";

constexpr const char* kPersons = R"(
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Lidnummer"], required = true }
first = { headers = ["Voornaam"], required = true }
postcode = ["Postcode"]
phone = ["Telefoon"]
parent = { headers = ["Voornaam"], category = ["Ouder 1"] }
parent_phone = { headers = ["Telefoon"], category = ["Ouder 1"] }
[[sheet.record]]
entity = "person"
key = "id"
[sheet.record.fields]
given_name = "first"
postcode = "postcode"
phone = "phone"
guardian_name = "parent"
guardian_phone = "parent_phone"
member_number = "id"
)";

// ---------------------------------------------------------------- item 3: title rows, headers, merged cells

TEST(ChecklistItem3, TitleRowsAboveTheHeaderArePassedOver) {
    const Read book =
        read(one_sheet({{"Bezoeken 2025"}, {}, {"Gemaakt door", "het team"}, {"Nr", "Datum"}, {"a1", "2025-09-01"}}), kVisits);
    EXPECT_THAT(book.records, ElementsAre("activity key=a1 date=2025-09-01"));
    const Read text = read("Bezoeken 2025\n\nNr;Datum\na1;2025-09-01\n", kVisits);
    EXPECT_EQ(text.records, book.records);
}

TEST(ChecklistItem3, AMergedCellInTheHeaderIsAGroupHeadingUntilTheNextOne) {
    const Read out = read(one_sheet({{"", "", "Ouder 1", "", "Ouder 2"},
                                     {"Lidnummer", "Voornaam", "Voornaam", "Telefoon", "Voornaam"},
                                     {"L1", "Lotte", "Mia", "0470 12 34 56", "Tom"}}),
                          kPersons);
    EXPECT_THAT(out.records, ElementsAre("person key=L1 given_name=Lotte guardian_name=Mia guardian_phone=+32470123456 member_number=L1"));
}

TEST(ChecklistItem3, AHeaderOfTwoRowsMayHaveCellsThatAreMergedDownwards) {
    // "Lidnummer" and "Voornaam" stand in the upper row only, over an empty cell.
    const Read out =
        read(one_sheet({{"Lidnummer", "Voornaam", "Ouder 1", ""}, {"", "", "Voornaam", "Telefoon"}, {"L1", "Lotte", "Mia", ""}}), kPersons);
    EXPECT_THAT(out.records, ElementsAre("person key=L1 given_name=Lotte guardian_name=Mia member_number=L1"));
    EXPECT_EQ(out.rejected, 0U);
}

TEST(ChecklistItem3, AHeaderOfTwoRowsMayLackARequiredColumnInItsUpperRow) {
    const Read out =
        read(one_sheet({{"Lidnummer", "Postcode", "", ""}, {"", "", "Voornaam", "Telefoon"}, {"L1", "3500", "Lotte", ""}}), kPersons);
    EXPECT_THAT(out.records, ElementsAre("person key=L1 given_name=Lotte postcode=3500 member_number=L1"));
}

TEST(ChecklistItem3, AHeaderMayBeSplitOverTwoRows) {
    const std::string mapping = R"(
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Nr bezoek"], required = true }
day = { headers = ["Datum bezoek"], required = true }
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
)";
    EXPECT_THAT(read(one_sheet({{"Nr", "Datum"}, {"bezoek", "bezoek"}, {"a1", "2025-09-01"}}), mapping).records,
                ElementsAre("activity key=a1 date=2025-09-01"));
}

TEST(ChecklistItem3, ADataRowBelowTheHeaderIsNoSecondHeaderRow) {
    EXPECT_THAT(read("Nr;Datum;Soort\nnummer;2025-09-01;\n", kVisits).records, ElementsAre("activity key=nummer date=2025-09-01"));
}

constexpr const char* kMergedVisits = R"(
[[sheet]]
match = "headers"
[sheet.columns]
child = { headers = ["Kind"], required = true, fill_down = true }
day = { headers = ["Datum"], required = true }
[[sheet.record]]
entity = "activity"
key = { columns = ["child", "day"] }
[sheet.record.fields]
date = "day"
)";

TEST(ChecklistItem3, AMergedCellInTheBodyGivesItsValueToAllItsRowsWhenTheMappingSaysSo) {
    const std::vector<std::vector<std::string>> rows{{"Kind", "Datum"},  {"k1", "2025-09-01"}, {"", "2025-09-08"}, {"k2", "2025-09-02"},
                                                     {"", "2025-09-09"}, {"Totaal", "=4"},     {"", "2025-09-16"}};
    EXPECT_THAT(read(one_sheet(rows), kMergedVisits).records,
                ElementsAre("activity key=k1:2025-09-01 date=2025-09-01", "activity key=k1:2025-09-08 date=2025-09-08",
                            "activity key=k2:2025-09-02 date=2025-09-02", "activity key=k2:2025-09-09 date=2025-09-09",
                            "activity key=k2:2025-09-16 date=2025-09-16"));
    std::string without = kMergedVisits;
    without.replace(without.find(", fill_down = true"), 18, "");
    EXPECT_EQ(read(one_sheet(rows), without).rejected, 3U);
}

TEST(ChecklistItem3, AForbiddenNumberInAMergedCellIsForbiddenInAllItsRows) {
    const Read out = read(one_sheet({{"Kind", "Datum"}, {"85.07.30-033.28", "2025-09-01"}, {"", "2025-09-08"}}), kMergedVisits);
    EXPECT_THAT(out.records, IsEmpty());
    EXPECT_EQ(out.rejected, 2U);
}

TEST(ChecklistItem3, BlankRowsAndColumnsAreNoData) {
    const Read out =
        read(one_sheet({{"", "Nr", "", "Datum"}, {}, {"", "a1", "", "2025-09-01"}, {" "}, {"", "a2", "", "2025-09-02"}}), kVisits);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01", "activity key=a2 date=2025-09-02"));
    EXPECT_EQ(out.rejected, 0U);
    EXPECT_EQ(read("Nr;Datum\n;\n\na1;2025-09-01\n", kVisits).records.size(), 1U);
}

TEST(ChecklistItem3, TotalsRowsInDutchFrenchAndEnglishAreNoData) {
    for (const char* label : {"Totaal", "TOTAAL:", "Subtotaal", "Eindtotaal", "Algemeen totaal", "Total", "Totaux", "Sous-total",
                              "Total g\xC3\xA9n\xC3\xA9ral", "Grand total", "Subtotal", "Totals", "Totalen"}) {
        const Read out =
            read(one_sheet({{"Nr", "Datum", "Soort", "Aantal"}, {"a1", "2025-09-01", "bezoek", "=3"}, {label, "", "", "=3"}}), kVisits);
        EXPECT_EQ(out.mapped, 1U) << label;
        EXPECT_EQ(out.skipped, 1U) << label;
        EXPECT_EQ(out.rejected, 0U) << label;
    }
}

TEST(ChecklistItem3, ATotalsRowMayHaveItsLabelInAnotherColumnOrAsABeginning) {
    const std::vector<std::string> header{"Nr", "Datum", "Soort", "Aantal"};
    EXPECT_EQ(read(one_sheet({header, {"a1", "2025-09-01"}, {"", "", "Totaal", "=3"}}), kVisits).skipped, 1U);
    EXPECT_EQ(read(one_sheet({header, {"a1", "2025-09-01"}, {"=12", "", "Totaal", "=3"}}), kVisits).skipped, 1U);
    EXPECT_EQ(read(one_sheet({header, {"a1", "2025-09-01"}, {"Totaal aantal bezoeken", "", "", "=3"}}), kVisits).skipped, 1U);
    EXPECT_EQ(read("Nr;Datum;Soort;Aantal\na1;2025-09-01;;\n12;;Totaal;3,5\n", kVisits).skipped, 1U);
    // A row of data in which the word occurs is data.
    EXPECT_EQ(read(one_sheet({header, {"a1", "2025-09-01", "Total Fit", "=3"}}), kVisits).mapped, 1U);
    EXPECT_EQ(read(one_sheet({header, {"Totaal-1", "2025-09-01", "bezoek", "=3"}}), kVisits).mapped, 1U);
}

TEST(ChecklistItem3, HiddenRowsAreReadAndCounted) {
    const Read out =
        read(workbook({{"Blad1", row(1, {"Nr", "Datum"}) + row(2, {"a1", "2025-09-01"}, "hidden=\"1\"") + row(3, {"a2", "2025-09-02"}) +
                                     row(4, {"a3", "2025-09-03"}, "hidden=\"true\"") + row(5, {}, "hidden=\"1\"")}}),
             kVisits);
    EXPECT_EQ(out.mapped, 3U);
    EXPECT_THAT(out.warnings, ElementsAre("XLS-037=2"));
}

TEST(ChecklistItem3, RowsThatAFilterHidesAreReadAndCounted) {
    Sheet sheet{"Blad1", row(1, {"Nr", "Datum"}) + row(2, {"a1", "2025-09-01"}, "hidden=\"1\"") + row(3, {"a2", "2025-09-02"})};
    sheet.after = "<autoFilter ref=\"A1:B3\"><filterColumn colId=\"0\"><filters><filter val=\"a2\"/></filters></filterColumn></autoFilter>";
    const Read out = read(workbook({sheet}), kVisits);
    EXPECT_EQ(out.mapped, 2U);
    EXPECT_THAT(out.warnings, ElementsAre("XLS-037=1"));
}

TEST(ChecklistItem3, HiddenColumnsAreReadAndCounted) {
    Sheet sheet{"Blad1", row(1, {"Nr", "Datum", "Soort"}) + row(2, {"a1", "2025-09-01", "bezoek"})};
    sheet.before = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"5\" max=\"16384\" hidden=\"1\"/></cols>";
    const Read out = read(workbook({sheet}), kVisits);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01 kind=bezoek"));
    EXPECT_THAT(out.warnings, ElementsAre("XLS-038=2"));
}

TEST(ChecklistItem3, HiddenColumnsWithoutEndOrSenseDoNoHarm) {
    Sheet sheet{"Blad1", row(1, {"Nr", "Datum"}) + row(2, {"a1", "2025-09-01"})};
    sheet.before =
        "<cols><col min=\"0\" max=\"4294967295\" hidden=\"1\"/><col min=\"9\" max=\"2\" hidden=\"1\"/><col hidden=\"1\"/></cols>";
    EXPECT_EQ(read(workbook({sheet}), kVisits).mapped, 1U);
}

TEST(ChecklistItem3, HiddenSheetsAreReadAndTold) {
    Sheet shown{"Week 1", row(1, {"Nr", "Datum"}) + row(2, {"a1", "2025-09-01"})};
    Sheet hidden{"Week 2", row(1, {"Nr", "Datum"}) + row(2, {"a2", "2025-09-08"})};
    hidden.hidden = true;
    const Read out = read(workbook({shown, hidden}), kVisits);
    EXPECT_EQ(out.mapped, 2U);
    EXPECT_THAT(out.warnings, ElementsAre("XLS-039=1"));
}

constexpr const char* kTwoLayouts = R"(
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Nr"], required = true }
day = { headers = ["Datum"], required = true }
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
[[sheet]]
match = "headers"
[sheet.columns]
code = { headers = ["Clubcode"], required = true }
name = { headers = ["Clubnaam"], required = true }
[[sheet.record]]
entity = "club"
key = "code"
[sheet.record.fields]
name = "name"
)";

TEST(ChecklistItem3, SeveralTablesBelowEachOtherAreReadWhenTheMappingNamesThem) {
    const Read out = read(one_sheet({{"Nr", "Datum"},
                                     {"a1", "2025-09-01"},
                                     {},
                                     {"Clubcode", "Clubnaam"},
                                     {"c1", "Chiro"},
                                     {},
                                     {"Datum", "Nr"},
                                     {"2025-09-02", "a2"}}),
                          kTwoLayouts);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01", "club key=c1 name=Chiro", "activity key=a2 date=2025-09-02"));
    EXPECT_EQ(out.rejected, 0U);
}

TEST(ChecklistItem3, ATableThatTheMappingDoesNotNameIsTold) {
    const Read below = read(one_sheet({{"Nr", "Datum"}, {"a1", "2025-09-01"}, {}, {"Onkosten", "Bedrag"}, {"Bus", "=12"}}), kVisits);
    EXPECT_THAT(below.findings, Contains(HasSubstr("IMP-071")));
    EXPECT_EQ(below.mapped, 1U);
    const Read beside = read(one_sheet({{"Nr", "Datum", "", "Nr", "Datum"}, {"a1", "2025-09-01", "", "b1", "2025-09-02"}}), kVisits);
    EXPECT_THAT(beside.findings, ElementsAre("IMP-072 Nr", "IMP-072 Datum"));
    const Read other = read(one_sheet({{"Nr", "Datum", "", "Clubcode", "Clubnaam"}, {"a1", "2025-09-01", "", "c1", "Chiro"}}), kTwoLayouts);
    EXPECT_THAT(other.findings, ElementsAre("IMP-071 "));
}

TEST(ChecklistItem3, SheetsOfOneLayoutAreAllRead) {
    std::vector<Sheet> weeks;
    for (int week = 1; week <= 4; ++week)
        weeks.push_back({"Week " + std::to_string(week), row(1, {"Nr", "Datum"}) + row(2, {"a" + std::to_string(week), "2025-09-01"})});
    EXPECT_EQ(read(workbook(weeks), kVisits).mapped, 4U);
}

TEST(ChecklistItem3, SheetsOfDifferentLayoutsAreEachReadByTheirOwn) {
    const Read out = read(workbook({{"Bezoeken", row(1, {"Nr", "Datum"}) + row(2, {"a1", "2025-09-01"})},
                                    {"Clubs", row(1, {"Clubcode", "Clubnaam"}) + row(2, {"c1", "Chiro"})},
                                    {"Kladblad", row(1, {"niets"}) + row(2, {"bijzonders"})}}),
                          kTwoLayouts);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01", "club key=c1 name=Chiro"));
}

// ---------------------------------------------------------------- item 4: numbers exact

TEST(ChecklistItem4, LeadingZerosOfKeysPostcodesAndPhonesStay) {
    const Read out = read(one_sheet({{"Lidnummer", "Voornaam", "Postcode", "Telefoon"},
                                     {"000123", "Lotte", "03500", "0470123456"},
                                     {"0042", "Bo", "1000", "+32 470 12 34 56"},
                                     {"L3", "Sam", "=3500", "=470123456"}}),
                          kPersons);
    EXPECT_THAT(out.records, ElementsAre("person key=000123 given_name=Lotte postcode=03500 phone=+32470123456 member_number=000123",
                                         "person key=0042 given_name=Bo postcode=1000 phone=+32470123456 member_number=0042",
                                         "person key=L3 given_name=Sam postcode=3500 phone=+32470123456 member_number=L3"));
    EXPECT_THAT(read("Lidnummer;Voornaam;Telefoon\n000123;Lotte;0470123456\n", kPersons).records,
                ElementsAre(HasSubstr("person key=000123 given_name=Lotte phone=+32470123456")));
}

TEST(ChecklistItem4, ALongIdStoredAsANumberKeepsItsDigits) {
    const Read out = read(one_sheet({{"Nr", "Datum"},
                                     {"=12345678901", "2025-09-01"},
                                     {"=1.2345678901E10", "2025-09-01"},
                                     {"=123456789012345", "2025-09-01"},
                                     {"=1.0E+10", "2025-09-01"}}),
                          kVisits);
    EXPECT_THAT(out.records, ElementsAre("activity key=12345678901 date=2025-09-01", "activity key=12345678901 date=2025-09-01",
                                         "activity key=123456789012345 date=2025-09-01", "activity key=10000000000 date=2025-09-01"));
}

TEST(ChecklistItem4, AnIdWhoseDigitsAreLostIsReportedAndNeverTakenForAnother) {
    const Read text = read("Nr;Datum\n1,23E+10;2025-09-01\n1.2E+11;2025-09-01\nE+10;2025-09-01\n", kVisits);
    EXPECT_THAT(text.findings, ElementsAre("!IMP-070 Nr", "!IMP-070 Nr"));
    EXPECT_THAT(text.records, ElementsAre("activity key=E+10 date=2025-09-01"));
    const Read number = read(one_sheet({{"Nr", "Datum"}, {"=12345678901234567000", "2025-09-01"}}), kVisits);
    EXPECT_THAT(number.findings, ElementsAre("!IMP-070 Nr"));
    const Read phone = read("Lidnummer;Voornaam;Telefoon\nL1;Lotte;3,247E+10\n", kPersons);
    EXPECT_THAT(phone.findings, ElementsAre("IMP-070 Telefoon"));
    EXPECT_THAT(phone.records, ElementsAre("person key=L1 given_name=Lotte member_number=L1"));
}

TEST(ChecklistItem4, AFormulaGivesItsStoredValue) {
    const Read out = read(one_sheet({{"Nr", "Datum", "Soort"},
                                     {"< t=\"str\"><f>\"a\"&amp;1</f><v>a1</v></c>", "< s=\"1\"><f>TODAY()</f><v>45901</v></c>", "bezoek"},
                                     {"a2", "2025-09-02", "< t=\"str\"><f>\"\"</f><v></v></c>"}}),
                          kVisits);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01 kind=bezoek", "activity key=a2 date=2025-09-02"));
    EXPECT_THAT(out.warnings, IsEmpty());
}

TEST(ChecklistItem4, AFormulaWithoutAStoredValueIsTold) {
    const Read out =
        read(one_sheet({{"Nr", "Datum", "Aantal"}, {"a1", "2025-09-01", "<><f>1+1</f></c>"}, {"a2", "2025-09-01", "<><f>1+1</f><v/></c>"}}),
             kVisits);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01", "activity key=a2 date=2025-09-01"));
    EXPECT_THAT(out.warnings, ElementsAre("XLS-046=2"));
}

TEST(ChecklistItem4, ErrorCellsAreReportedAndNeverTakenAsText) {
    const Read book = read(one_sheet({{"Nr", "Datum", "Soort"},
                                      {"a1", "< t=\"e\"><v>#N/A</v></c>", "bezoek"},
                                      {"a2", "2025-09-02", "< t=\"e\"><v>#REF!</v></c>"},
                                      {"< t=\"e\"><v>#DIV/0!</v></c>", "2025-09-02"}}),
                           kVisits);
    EXPECT_THAT(book.findings, ElementsAre("!IMP-022 Datum", "IMP-022 Soort", "!IMP-025 Nr"));
    EXPECT_THAT(book.records, ElementsAre("activity key=a2 date=2025-09-02"));
}

TEST(ChecklistItem4, ErrorsThatATextFileCarriesAsTextAreReportedToo) {
    for (const char* error : {"#N/A", "#N/B", "#VERW!", "#VALEUR!", "#DIV/0!", "#NAAM?", "########"}) {
        const Read out =
            read("Nr;Datum;Soort\na1;2025-09-01;" + std::string(error) + "\na2;" + error + ";bezoek\n" + error + ";2025-09-01;bezoek\n",
                 kVisits);
        EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01")) << error;
        EXPECT_THAT(out.findings, ElementsAre("IMP-022 Soort", "!IMP-022 Datum", "!IMP-025 Nr")) << error;
    }
    EXPECT_EQ(read("Nr;Datum\n#1;2025-09-01\n", kVisits).mapped, 1U);
}

TEST(ChecklistItem4, CurlyQuotesAndInvisibleCharactersDoNotMakeTwoOfOne) {
    const std::string mapping = kVisits;
    // A no-break blank, a zero-width blank, a soft hyphen and a mark of byte order: in headers, keys, codes and dates.
    const Read out = read(
        "\xEF\xBB\xBFNr\xC2\xA0;Da\xC2\xADtum;\xE2\x80\x98Soort\xE2\x80\x99\n"
        "a1\xC2\xA0;\xE2\x80\x8B"
        "2025-09-01;be\xC2\xADzoek\n"
        "\xEF\xBB\xBF"
        "a1;2025-09-01\xC2\xA0;\xE2\x80\x9C"
        "bezoek\xE2\x80\x9D\n"
        "a\xE2\x80\x8B"
        "1;2025-09-01;bezoek\n",
        mapping);
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01 kind=bezoek", "activity key=a1 date=2025-09-01 kind=bezoek",
                                         "activity key=a1 date=2025-09-01 kind=bezoek"));
    EXPECT_THAT(out.findings, IsEmpty());
}

TEST(ChecklistItem4, ANationalNumberBrokenUpByInvisibleCharactersIsStillSeen) {
    const Read out = read(
        "Lidnummer;Voornaam\nL1;85\xE2\x80\x8B"
        "073\xC2\xAD"
        "003\xE2\x81\xA0"
        "328\n",
        kPersons);
    EXPECT_THAT(out.findings, Contains("POL-001 Voornaam"));
    for (const std::string& record : out.records) EXPECT_THAT(record, Not(HasSubstr("073")));
}

// ---------------------------------------------------------------- items 7, 10 and 15: what becomes of a row

TEST(ChecklistItem10, ARowIsNotRejectedBecauseARelatedContactIsEmpty) {
    const Read out =
        read(one_sheet({{"", "", "Ouder 1", ""}, {"Lidnummer", "Voornaam", "Voornaam", "Telefoon"}, {"L1", "Lotte", "", ""}}), kPersons);
    EXPECT_THAT(out.records, ElementsAre("person key=L1 given_name=Lotte member_number=L1"));
    EXPECT_EQ(out.rejected, 0U);
    const std::string worker = R"(
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Nr"], required = true }
start = { headers = ["Start"], required = true }
by = ["Begeleider"]
[[sheet.record]]
entity = "worker"
name = "worker"
when = "by"
key = { generate = ["by"] }
[sheet.record.fields]
name = "by"
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "start"
worker = { record = "worker" }
)";
    EXPECT_THAT(read("Nr;Start;Begeleider\nt1;2025-09-01;\n", worker).records, ElementsAre("activity key=t1 date=2025-09-01"));
}

TEST(ChecklistItem15, RowsWithAnEmptyKeyAreCountedNotDropped) {
    const Read out = read("Nr;Datum\n;2025-09-01\na1;2025-09-01\n", kVisits);
    EXPECT_EQ(out.mapped, 1U);
    EXPECT_EQ(out.rejected, 1U);
    EXPECT_THAT(out.findings, ElementsAre("!IMP-010 Nr"));
}

// ---------------------------------------------------------------- the program: items 5 and 7, and the order of dates

constexpr const char* kProgramMapping = R"(
schema = "mapping/1"
label = "Bezoeken"
[[sheet]]
match = "headers"
[sheet.columns]
id = { headers = ["Nr"], required = true }
day = { headers = ["Datum"], required = true }
kind = ["Soort"]
people = ["Aantal"]
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
kind = "kind"
participants = "people"
)";

class ReadingProject {
  public:
    explicit ReadingProject(const std::string& source_lines = {}) {
        write_bytes(project_ / "mappings/bezoeken.toml", kProgramMapping);
        write_bytes(project_ / "brugwacht.toml",
                    read_bytes(project_ / "brugwacht.toml") +
                        "\n[[source]]\nname = \"bezoeken\"\nfiles = [\"bezoeken*\"]\nmapping = \"bezoeken\"\n" + source_lines);
    }

    std::filesystem::path file(const std::string& name, const std::string& bytes) const {
        write_bytes(project_.beside() / name, bytes);
        return project_.beside() / name;
    }
    Node import(const std::string& name, const std::string& bytes, int status = 0) const {
        return at(project_.json({"import", file(name, bytes).string()}, status), "files").items.at(0);
    }
    std::set<std::string> dates() const {
        std::set<std::string> out;
        const StoreReader reader = StoreReader::open(project_ / "store.db");
        ActivityRow activity;
        auto cursor = reader.activities();
        while (cursor.next(activity)) out.insert(std::string(activity.key) + " " + activity.date.iso());
        return out;
    }
    const ScratchProject& program() const { return project_; }

  private:
    ScratchProject project_;
};

/// "what value how" of a decision about a column or the file; "" when there is none.
std::string decision(const Node& file, const std::string& what, const std::string& column = {}) {
    for (const Node& node : at(file, "decisions").items)
        if (at(node, "what").text == what && at(node, "column").text == column) return at(node, "value").text + " " + at(node, "how").text;
    return {};
}

std::string warnings(const Node& file) {
    std::string out;
    for (const Node& warning : at(file, "warnings").items)
        out += (out.empty() ? "" : " ") + at(warning, "code").text + "=" + std::to_string(at(warning, "count").integer);
    return out;
}

TEST(ChecklistItem5, EncodingDelimiterQuoteAndHeaderRowAreSniffedAndShown) {
    const ReadingProject project;
    const Node file = project.import("bezoeken.csv", "Bezoeken van de zomer\nNr;Datum;Soort\na1;25/04/2025;\"Ren\xE9\xE9 ging mee\"\n");
    EXPECT_EQ(decision(file, "encoding"), "windows-1252 sniffed");
    EXPECT_EQ(decision(file, "delimiter"), "; sniffed");
    EXPECT_EQ(decision(file, "quote"), "\" sniffed");
    EXPECT_EQ(decision(file, "header_row"), "2 sniffed");
    EXPECT_EQ(decision(file, "date_order", "Datum"), "dd/mm/yyyy proven");
    const RunResult told =
        project.program().run({"import", project.file("bezoeken 2.csv", "Nr;Datum\na2;04/26/2025\n").string(), "--lang", "nl"});
    EXPECT_THAT(told.out + told.err, HasSubstr("gelezen als utf-8, scheidingsteken ';', aanhalingsteken '\"' (herkend)"));
    EXPECT_THAT(told.out + told.err, HasSubstr("kolomtitels op rij 1"));
    EXPECT_THAT(told.out + told.err, HasSubstr("datums maand/dag/jaar (bewezen door de waarden): Datum"));
}

TEST(ChecklistItem5, EncodingDelimiterAndQuoteAreOverridableBySource) {
    const ReadingProject project("encoding = \"windows-1252\"\ndelimiter = \"|\"\nquote = \"\"\n");
    const Node file = project.import("bezoeken.csv", "Nr|Datum\na1;b|2025-09-01\n");
    EXPECT_EQ(decision(file, "encoding"), "windows-1252 declared");
    EXPECT_EQ(decision(file, "delimiter"), "| declared");
    EXPECT_EQ(decision(file, "quote"), " declared");
}

TEST(ChecklistItem5, TheOrderOfDatesIsOverridableBySourceAndByColumn) {
    const ReadingProject first("dates = \"mm/dd/yyyy\"\n");
    Node file = first.import("bezoeken.csv", "Nr;Datum\na1;03/04/2025\n");
    EXPECT_EQ(decision(file, "date_order", "Datum"), "mm/dd/yyyy declared");
    EXPECT_EQ(warnings(file), "");
    EXPECT_THAT(first.dates(), ElementsAre("a1 2025-03-04"));
    const ReadingProject second("dates = \"mm/dd/yyyy\"\n[source.columns]\nDATUM = { dates = \"dd/mm/yyyy\" }\n");
    file = second.import("bezoeken.csv", "Nr;Datum\na1;03/04/2025\n");
    EXPECT_EQ(decision(file, "date_order", "Datum"), "dd/mm/yyyy declared");
    EXPECT_THAT(second.dates(), ElementsAre("a1 2025-04-03"));
}

TEST(ChecklistItem5, AnotherOverrideMeansThatTheSameFileIsReadAgain) {
    const ReadingProject project;
    project.import("bezoeken.csv", "Nr;Datum\na1;03/04/2025\n");
    EXPECT_THAT(project.dates(), ElementsAre("a1 2025-04-03"));
    const auto settings = project.program() / "brugwacht.toml";
    write_bytes(settings, read_bytes(settings) + "dates = \"mm/dd/yyyy\"\n");
    const Node file = project.import("bezoeken.csv", "Nr;Datum\na1;03/04/2025\n");
    EXPECT_EQ(at(file, "changed").integer, 1);
    EXPECT_THAT(project.dates(), ElementsAre("a1 2025-03-04"));
}

TEST(ChecklistItem5, AWrongOverrideIsNamedWithItsChoices) {
    const ReadingProject project("dates = \"yyyy-mm-dd\"\n");
    const RunResult result = project.program().run({"check", "--lang", "nl"});
    EXPECT_EQ(result.status, 78);
    EXPECT_THAT(result.err + result.out, HasSubstr("MAP-006"));
    EXPECT_THAT(result.err + result.out, HasSubstr("dd/mm/yyyy, mm/dd/yyyy"));
}

TEST(DateOrderOfAnImport, OfAColumnThatProvesTheMonthFirstHoldsForTheWholeColumn) {
    const ReadingProject project;
    const Node file = project.import("bezoeken.csv", "Nr;Datum\na1;03/04/2025\na2;03/25/2025\n");
    EXPECT_EQ(decision(file, "date_order", "Datum"), "mm/dd/yyyy proven");
    EXPECT_EQ(warnings(file), "IMP-052=1");
    EXPECT_EQ(at(file, "new").integer, 2);
    EXPECT_EQ(at(file, "read").integer, 2);
    EXPECT_THAT(project.dates(), ElementsAre("a1 2025-03-04", "a2 2025-03-25"));
}

TEST(DateOrderOfAnImport, ThatNothingProvesIsSaidEveryTimeUntilSomebodyDeclaresIt) {
    const ReadingProject project;
    EXPECT_EQ(warnings(project.import("bezoeken 1.csv", "Nr;Datum\na1;03/04/2025\n")), "IMP-050=1");
    EXPECT_EQ(warnings(project.import("bezoeken 2.csv", "Nr;Datum\na2;05/06/2025\n")), "IMP-050=1");
    EXPECT_THAT(project.dates(), ElementsAre("a1 2025-04-03", "a2 2025-06-05"));
}

TEST(DateOrderOfAnImport, ThatAPreviousOneProvedHoldsForTheNextOne) {
    const ReadingProject project;
    project.import("bezoeken 1.csv", "Nr;Datum\na1;03/25/2025\n");
    const Node file = project.import("bezoeken 2.csv", "Nr;Datum\na2;03/04/2025\n");
    EXPECT_EQ(decision(file, "date_order", "Datum"), "mm/dd/yyyy history");
    EXPECT_EQ(warnings(file), "");
    EXPECT_THAT(project.dates(), ElementsAre("a1 2025-03-25", "a2 2025-03-04"));
}

TEST(DateOrderOfAnImport, ThatContradictsThePreviousOneIsSaid) {
    const ReadingProject project;
    project.import("bezoeken 1.csv", "Nr;Datum\na1;03/04/2025\n");
    EXPECT_EQ(warnings(project.import("bezoeken 2.csv", "Nr;Datum\na2;03/25/2025\n")), "IMP-052=1 IMP-054=1");
}

TEST(DateOrderOfAnImport, DoesNotDependOnTheOrderOfTheFiles) {
    const std::string proof = "Nr;Datum\na1;03/25/2025\n";
    const std::string open = "Nr;Datum\na2;03/04/2025\n";
    std::vector<std::set<std::string>> dates;
    for (const bool turned : {false, true}) {
        const ReadingProject project;
        std::vector<std::string> words{"import", project.file("bezoeken 1.csv", proof).string(),
                                       project.file("bezoeken 2.csv", open).string()};
        if (turned) std::swap(words[1], words[2]);
        project.program().json(words);
        dates.push_back(project.dates());
    }
    EXPECT_EQ(dates[0], dates[1]);
}

TEST(DateOrderOfAnImport, OfADryRunLeavesNothingBehind) {
    const ReadingProject project;
    project.program().json({"import", project.file("bezoeken 1.csv", "Nr;Datum\na1;03/25/2025\n").string(), "--dry-run"});
    EXPECT_EQ(warnings(project.import("bezoeken 2.csv", "Nr;Datum\na2;03/04/2025\n")), "IMP-050=1");
}

TEST(DateOrderOfAnImport, IsToldWithoutAPersonalValue) {
    const ReadingProject project;
    const std::string mapping = read_bytes(project.program() / "mappings/bezoeken.toml");
    write_bytes(project.program() / "mappings/bezoeken.toml",
                std::string(mapping).replace(mapping.find("\"Datum\""), 7, "\"Datum\", \"an@voorbeeld.be\""));
    const RunResult result =
        project.program().run({"import", project.file("bezoeken.csv", "Nr;an@voorbeeld.be\na1;03/04/2025\n").string(), "--json"});
    EXPECT_THAT(result.out, Not(HasSubstr("voorbeeld.be")));
    EXPECT_THAT(result.out, HasSubstr("\"#2\""));
    const RunResult told =
        project.program().run({"import", project.file("bezoeken 3.csv", "Nr;an@voorbeeld.be\na3;03/04/2025\n").string()});
    EXPECT_THAT(told.out + told.err, Not(HasSubstr("voorbeeld.be")));
}

TEST(DialectOfAnImport, ThatChangedSinceThePreviousOneIsSaid) {
    const ReadingProject project;
    EXPECT_EQ(warnings(project.import("bezoeken 1.csv", "Nr;Datum\na1;2025-09-01\n")), "");
    EXPECT_EQ(warnings(project.import("bezoeken 2.csv", "Nr;Datum\na2;2025-09-01\n")), "");
    EXPECT_EQ(warnings(project.import("bezoeken 3.csv", "Nr,Datum\na3,2025-09-01\n")), "IMP-059=1");
}

TEST(ChecklistItem7, CountsAddUpWhateverTheRowsAre) {
    const ReadingProject project;
    const Node file = project.import("bezoeken.csv",
                                     "Titel\nNr;Datum;Soort;Aantal\na1;03/25/2025;bezoek;3\n\na1;03/25/2025;bezoek;3\n;03/26/2025;;\n"
                                     "a2;99/99/2025;;\nTotaal;;;3\na3;03/27/2025;#N/B;1,23E+10\n",
                                     3);
    const auto count = [&](const char* name) { return at(file, name).integer; };
    EXPECT_EQ(count("read"),
              count("new") + count("changed") + count("unchanged") + count("duplicate") + count("rejected") + count("skipped"));
    EXPECT_EQ(count("rejected"), 2);
    EXPECT_EQ(count("new"), 2);
    EXPECT_EQ(count("duplicate"), 1);
    EXPECT_EQ(count("skipped"), 2);
}

}  // namespace
}  // namespace brugwacht
