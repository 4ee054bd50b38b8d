// The registration workbook, through the real reader and the shipped mapping.
#include "exporters/local/template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "connector/source.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/mapping/mapping.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::string as_text(const Cell& cell) { return cell.kind == CellKind::Text ? std::string(cell.text) : std::string("?"); }

FileShape shape_of(Document& document, const std::string& name) {
    FileShape shape{name, {}};
    for (const TabInfo& tab : document.info().tabs) {
        SheetShape sheet{tab.name, {}};
        const auto source = document.open_tab(tab.index);
        RawRow row;
        while (sheet.rows.size() < 20 && source->next(row)) {
            std::vector<std::string> texts;
            for (const Cell& cell : row.cells) {
                texts.resize(cell.column + 1);
                texts[cell.column] = as_text(cell);
            }
            sheet.rows.push_back(std::move(texts));
        }
        shape.sheets.push_back(std::move(sheet));
    }
    return shape;
}

class RegistrationWorkbook : public ::testing::TestWithParam<const char*> {
  protected:
    RegistrationWorkbook() : texts_(load_texts(GetParam())), mapping_(load_mapping("registratie", "")) {
        write_template(dir_ / "registratie.xlsx", texts_);
        document_ = open_document(dir_ / "registratie.xlsx");
    }

    TempDir dir_;
    Texts texts_;
    Mapping mapping_;
    std::unique_ptr<Document> document_;
};

TEST_P(RegistrationWorkbook, IsRecognisedByItsSheetsWhateverItsName) {
    EXPECT_EQ(recognise_mapping(shape_of(*document_, "eender wat.xlsx"), ""), "registratie");
}

TEST_P(RegistrationWorkbook, HidesNothingAndStartsWithTheInstructions) {
    for (const TabInfo& tab : document_->info().tabs) EXPECT_FALSE(tab.hidden) << tab.name;
    EXPECT_EQ(document_->info().tabs.front().name, texts_("template.instructions"));
}

TEST_P(RegistrationWorkbook, HasEverySheetAndHeaderInTheMapping) {
    std::size_t sheets = 0;
    for (const TabInfo& tab : document_->info().tabs) {
        SheetMapper mapper(mapping_, tab.name, "registratie.xlsx");
        if (!mapper.selected()) continue;
        ++sheets;
        const auto source = document_->open_tab(tab.index);
        RawRow row;
        MappedRow out;
        while (source->next(row) && !mapper.matched()) mapper.map(row, out);
        ASSERT_TRUE(mapper.matched()) << tab.name;
        for (const ColumnUse& use : mapper.columns()) EXPECT_TRUE(use.mapped) << tab.name << ": " << use.header;
    }
    EXPECT_EQ(sheets, kEntities);
}

TEST_P(RegistrationWorkbook, LeftEmptyGivesNoRecordAndNoRemark) {
    for (const TabInfo& tab : document_->info().tabs) {
        SheetMapper mapper(mapping_, tab.name, "registratie.xlsx");
        if (!mapper.selected()) continue;
        const auto source = document_->open_tab(tab.index);
        RawRow row;
        MappedRow out;
        while (source->next(row)) {
            const RowOutcome outcome = mapper.map(row, out);
            EXPECT_TRUE(outcome == RowOutcome::Preamble || outcome == RowOutcome::Skipped) << tab.name << " row " << row.row;
            EXPECT_TRUE(out.findings.empty()) << tab.name << " row " << row.row;
        }
        EXPECT_NO_THROW(mapper.finish());
    }
}

TEST_P(RegistrationWorkbook, OffersOnlyChoicesThatImport) {
    for (const CodeList& list : code_lists().all())
        for (const Code& code : list.codes) {
            const std::string* match = code_lists().match(list.name, code_lists().label(list.name, code.code, texts_.language()));
            ASSERT_NE(match, nullptr) << list.name << " " << code.code;
            EXPECT_EQ(*match, code.code);
        }
}

// Fills one row below the header of a sheet, by header, and gives the record it makes.
std::string filled(Document& document, const Mapping& mapping, const std::string& tab_name,
                   const std::map<std::string, std::string>& values) {
    for (const TabInfo& tab : document.info().tabs) {
        if (tab.name != tab_name) continue;
        SheetMapper mapper(mapping, tab.name, "registratie.xlsx");
        const auto source = document.open_tab(tab.index);
        RawRow row;
        MappedRow out;
        while (source->next(row) && !mapper.matched()) mapper.map(row, out);
        std::vector<Cell> cells;
        for (const ColumnUse& use : mapper.columns()) {
            const auto value = values.find(use.header);
            if (value == values.end()) continue;
            Cell cell;
            cell.column = use.column;
            cell.kind = CellKind::Text;
            cell.text = value->second;
            cells.push_back(cell);
        }
        EXPECT_EQ(cells.size(), values.size());
        EXPECT_EQ(mapper.map(RawRow{tab.index, mapper.header_row() + 1, cells}, out), RowOutcome::Mapped);
        EXPECT_TRUE(out.findings.empty());
        std::string text;
        for (const std::string& field : out.records[0].values) text += (text.empty() ? "" : "|") + field;
        while (text.ends_with('|')) text.pop_back();
        return text;
    }
    return "no such sheet";
}

TEST(RegistrationWorkbookInDutch, ImportsWhatATeamFillsIn) {
    const TempDir dir;
    write_template(dir / "a.xlsx", load_texts("nl"));
    const auto document = open_document(dir / "a.xlsx");
    const Mapping mapping = load_mapping("registratie", "");
    EXPECT_EQ(filled(*document, mapping, "Kinderen",
                     {{"Nummer", "K001"},
                      {"Voornaam", "Amina"},
                      {"Familienaam", "El Amrani"},
                      {"Geboortedatum", "12/05/2012"},
                      {"Gender", "meisje"}}),
              "K001|Amina|El Amrani||2012-05-12|f");
    EXPECT_EQ(filled(*document, mapping, "Trajecten",
                     {{"Nummer", "T001"},
                      {"Kind *", "K001"},
                      {"Start *", "01/09/2025"},
                      {"Strategie", "individuele toeleiding"},
                      {"Drempels", "vertrouwen"}}),
              "T001|K001||2025-09-01|individuele_toeleiding|||betrouwbaarheid");
    EXPECT_EQ(filled(*document, mapping, "Gebeurtenissen",
                     {{"Nummer", "G001"},
                      {"Traject *", "T001"},
                      {"Datum *", "20/09/2025"},
                      {"Soort *", "inschrijving"},
                      {"Vereniging", "Chiro Sint-Jan"},
                      {"Werkjaar", "2025-2026"}}),
              "G001|T001||2025-09-20||enrol|chiro-sint-jan|2025");
    EXPECT_EQ(filled(*document, mapping, "Verenigingen",
                     {{"Naam vereniging *", "Chiro Sint-Jan"}, {"Soort vereniging", "jeugdbeweging met proefinschrijving"}}),
              "chiro-sint-jan|Chiro Sint-Jan|jeugdbeweging_proefinschrijving");
    EXPECT_EQ(filled(*document, mapping, "Activiteiten",
                     {{"Nummer", "A001"}, {"Datum *", "1/9/2025"}, {"Minuten", "90"}, {"Eerste contact", "ja"}}),
              "A001|2025-09-01|90||||||||true");
}

INSTANTIATE_TEST_SUITE_P(Languages, RegistrationWorkbook, ::testing::Values("nl", "fr", "en"),
                         [](const auto& language) { return std::string(language.param); });

}  // namespace
}  // namespace brugwacht
