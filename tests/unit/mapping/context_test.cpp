// What stands around a table, and the words of a mapping file that tell columns apart by their place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mapping/plan.hpp"
#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

using test::faults;
using test::mapping;
using test::Rows;
using test::run;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string year(std::string_view text) { return find_year(text).value_or("-"); }
std::string day(std::string_view text) { return find_date(text).value_or("-"); }

TEST(YearsInNames, AreTheFirstOfAWorkingYear) {
    EXPECT_EQ(year("2025-2026"), "2025");
    EXPECT_EQ(year("Ledenlijst werkjaar 2025/26"), "2025");
    EXPECT_EQ(year("seizoen 2025 \xE2\x80\x93 2026 (voorlopig)"), "2025");
    EXPECT_EQ(year("leden_2025"), "2025");
    EXPECT_EQ(year("Leden 2025-2026, stand 15/10/2025"), "2025");
}

TEST(YearsInNames, AreNotGuessed) {
    EXPECT_EQ(year("Blad1"), "-");
    EXPECT_EQ(year("stand op 01/03/2026"), "-") << "the working year of a day is not its calendar year";
    EXPECT_EQ(year("2026-03-01"), "-");
    EXPECT_EQ(year("leden 20260301"), "-");
    EXPECT_EQ(year("2024 en 2025"), "-");
    EXPECT_EQ(year("2024-2025 en 2025-2026"), "-");
    EXPECT_EQ(year("2025-2027"), "-");
    EXPECT_EQ(year("postcode 9000"), "-");
    EXPECT_EQ(year(""), "-");
    EXPECT_EQ(year(std::string(100'000, '2')), "-");
}

TEST(DaysInNames, AreReadInTheUsualForms) {
    EXPECT_EQ(day("leden 2025-10-15"), "2025-10-15");
    EXPECT_EQ(day("leden-2025-10-15 (1)"), "2025-10-15");
    EXPECT_EQ(day("leden_20251015"), "2025-10-15");
    EXPECT_EQ(day("Ledenlijst, stand op 15/10/2025."), "2025-10-15");
    EXPECT_EQ(day("Toestand op 15 oktober 2025"), "2025-10-15");
    EXPECT_EQ(day("\xC3\x89tat au 15.10.2025"), "2025-10-15");
}

TEST(DaysInNames, AreNotGuessed) {
    EXPECT_EQ(day("leden 2025-2026"), "-");
    EXPECT_EQ(day("van 01/09/2025 tot 31/08/2026"), "-") << "two days are a period";
    EXPECT_EQ(day("15/10"), "-");
    EXPECT_EQ(day("31/02/2025"), "-");
    EXPECT_EQ(day("15-10-25"), "-") << "a year of two digits in a name may be anything";
    EXPECT_EQ(day("leden"), "-");
    EXPECT_EQ(day(std::string(100'000, ' ')), "-");
}

constexpr const char* kDated = R"(
[[sheet]]
[sheet.columns]
id = "Nr"
[sheet.context]
listed_on = { from = ["title", "sheet", "file"], find = "date" }
[[sheet.record]]
entity = "event"
when = "listed_on"
key = { columns = ["id", "listed_on"] }
[sheet.record.fields]
type = { constant = "enrol" }
person = "id"
date = "listed_on"
)";

TEST(Context, IsTakenFromTheTitleThenTheSheetThenTheFile) {
    const Mapping dated = mapping(kDated);
    const auto with_title =
        run(dated, Rows().add({"Stand op 01/10/2025"}).add({"Nr"}).add({"k1"}), "Lijst 02-10-2025", "leden 2025-10-03.xlsx");
    EXPECT_THAT(with_title.records, ElementsAre("event key=k1:2025-10-01 person=k1 date=2025-10-01 type=enrol"));
    const auto with_sheet = run(dated, Rows().add({"Nr"}).add({"k1"}), "Lijst 02-10-2025", "leden 2025-10-03.xlsx");
    EXPECT_THAT(with_sheet.records, ElementsAre(HasSubstr("date=2025-10-02")));
    const auto with_file = run(dated, Rows().add({"Nr"}).add({"k1"}), "Blad1", "map/leden 2025-10-03.xlsx");
    EXPECT_THAT(with_file.records, ElementsAre(HasSubstr("date=2025-10-03")));
    EXPECT_THAT(run(dated, Rows().add({"Nr"}).add({"k1"}), "Blad1", "leden.xlsx").records, IsEmpty());
}

TEST(Context, OfTheFileNameIsPartOfWhatWasRead) {
    const Mapping dated = mapping(kDated);
    EXPECT_EQ(dated.digest_for("leden.xlsx"), dated.digest());
    EXPECT_NE(dated.digest_for("leden 2025-10-03.xlsx"), dated.digest());
    EXPECT_EQ(dated.digest_for("leden 2025-10-03.xlsx"), dated.digest_for("leden 3-10-2025.csv"));
}

constexpr const char* kPlaces = R"(
[[sheet]]
foreign_categories = ["Noodcontact*"]
one_of = [["born", "number"]]
[sheet.columns]
house = { headers = ["Nummer"], after = ["Straat"] }
number = ["Lidnummer", "Nummer"]
name = "Naam"
phone = "Telefoon"
born = "Geboren"
parent_phone = { headers = ["Telefoon"], category = ["Ouder"] }
kind = { headers = ["Type"], trailing = true }
[[sheet.record]]
entity = "person"
when = { column = "kind", not = ["Wachtlijst"] }
key = { constant = "kind", columns = ["name"] }
[sheet.record.fields]
member_number = "number"
house_number = "house"
phone = "phone"
guardian_phone = "parent_phone"
[[sheet.record]]
entity = "person"
when = { column = "kind", blank = true }
key = { prefix = "zonder:", columns = ["name"] }
)";

TEST(Places, TellTwoHeadersOfOneNameApart) {
    const Mapping places = mapping(kPlaces);
    EXPECT_THAT(run(places, Rows().add({"Naam", "Nummer", "Straat", "Nummer", "Type"}).add({"a", "7", "Dorp", "12", "x"})).records,
                ElementsAre("person key=kind:a house_number=12 member_number=7"));
    EXPECT_THAT(run(places, Rows().add({"Naam", "Nummer", "Type"}).add({"a", "7", "x"})).records,
                ElementsAre("person key=kind:a member_number=7"));
    EXPECT_THAT(run(places, Rows().add({"Naam", "Straat", "Nummer", "Geboren", "Type"}).add({"a", "Dorp", "12", "2012", "x"})).records,
                ElementsAre("person key=kind:a house_number=12"));
}

TEST(Places, OfForeignCategoriesAreForNobody) {
    const auto out = run(mapping(kPlaces), Rows()
                                               .add({"", "", "Ouder", "Noodcontact 1", ""})
                                               .add({"Naam", "Lidnummer", "Telefoon", "Naam", "Telefoon"})
                                               .add({"a", "7", "0475 12 34 56", "oma", "0476 12 34 56"}));
    EXPECT_THAT(out.records, ElementsAre("person key=kind:a guardian_phone=+32475123456 member_number=7", "person key=zonder:a"));
}

TEST(Places, BehindTheCategoriesAreFoundWhereAColumnSaysSo) {
    const auto out = run(mapping(kPlaces), Rows()
                                               .add({"", "", "Ouder", "", "", ""})
                                               .add({"Naam", "Lidnummer", "Type", "Telefoon", "Leeftijdsgroep", "Type"})
                                               .add({"a", "7", "Mama", "", "", "Wachtlijst"})
                                               .add({"b", "8", "Papa", "", "", "Groep"}));
    EXPECT_THAT(out.records, ElementsAre("person key=kind:b member_number=8"));
}

TEST(Places, OfAGroupOfColumnsNeedOneThatIsThere) {
    try {
        run(mapping(kPlaces), Rows().add({"Naam", "Telefoon", "Type"}).add({"a", "", "x"}), "", "lijst.csv");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "IMP-002");
        EXPECT_THAT(testing::PrintToString(std::get<std::string>(error.first().args[2].second)), HasSubstr("Geboren / Lidnummer"));
    }
}

TEST(Keys, OfAScopeKeepNumbersOfTwoSheetsApart) {
    const Mapping scoped = mapping(R"(
[[sheet]]
except = ["Oud*"]
[sheet.columns]
id = "Nr"
name = "Naam"
[sheet.context]
year = { from = ["sheet"], find = "year" }
[[sheet.record]]
entity = "person"
key = { columns = ["id"], scope = "year", generate = ["name"] }
[sheet.record.fields]
given_name = "name"
)");
    const auto at = [&](const std::string& sheet, const std::string& id) {
        return run(scoped, Rows().add({"Nr", "Naam"}).add({id, "Lotte"}), sheet).records;
    };
    EXPECT_THAT(at("2024-2025", "1"), ElementsAre("person key=2024:1 given_name=Lotte"));
    EXPECT_THAT(at("2025-2026", "1"), ElementsAre("person key=2025:1 given_name=Lotte"));
    EXPECT_THAT(at("Blad1", "1"), ElementsAre("person key=1 given_name=Lotte"));
    EXPECT_THAT(at("2025-2026", ""), ElementsAre("person key=~2025:lotte given_name=Lotte")) << "a name is never a plain key";
    EXPECT_FALSE(SheetMapper(scoped, "Oude lijst", "x.xlsx").selected());
}

TEST(Sheets, OfAWorkbookAreNotAllBoundByItsName) {
    const Mapping named = mapping("[[sheet]]\nnames = [\"Leden*\"]\nmodel = \"club\"");
    SheetMapper other(named, "Uitleg", "leden.xlsx");
    Rows rows;
    rows.add({"Dit blad legt uit", "hoe het moet"}).add({"regel twee", "nog iets"});
    MappedRow out;
    for (std::size_t i = 0; i < rows.size(); ++i) other.map(rows.at(i), out);
    EXPECT_NO_THROW(other.finish());
}

TEST(MappingFiles, NameWhatIsWrongInTheWordsOfPlace) {
    const std::string record = "\n[[sheet.record]]\nentity = \"person\"\nkey = \"id\"\n";
    const std::string start = "schema = \"mapping/1\"\n[[sheet]]\n[sheet.columns]\nid = \"Nr\"\n";
    EXPECT_THAT(faults(start + "[sheet.context]\nd = { from = [\"voettekst\"], find = \"date\" }" + record),
                ElementsAre(HasSubstr("CFG-004")));
    EXPECT_THAT(faults(start + "[sheet.context]\nd = { find = \"zin\" }" + record), ElementsAre(HasSubstr("CFG-004")));
    EXPECT_THAT(faults(start + "[sheet.context]\nd = \"sheet\"" + record), ElementsAre(HasSubstr("CFG-003")));
    EXPECT_THAT(faults("schema = \"mapping/1\"\n[[sheet]]\none_of = \"id\"\n[sheet.columns]\nid = \"Nr\"\n" + record),
                ElementsAre(HasSubstr("CFG-003")));
    EXPECT_THAT(faults("schema = \"mapping/1\"\n[[sheet]]\none_of = [\"idd\"]\n[sheet.columns]\nid = \"Nr\"\n" + record),
                ElementsAre(HasSubstr("MAP-005")));
    EXPECT_THAT(
        faults("schema = \"mapping/1\"\n[[sheet]]\none_of = [\"d\"]\n[sheet.columns]\nid = \"Nr\"\n[sheet.context]\nd = {}" + record),
        ElementsAre(HasSubstr("MAP-005")));
    EXPECT_THAT(faults(start + "\n[[sheet.record]]\nentity = \"person\"\nkey = { columns = [\"id\"], scope = \"jaar\" }\n"),
                ElementsAre(HasSubstr("MAP-005")));
    EXPECT_THAT(faults(start + "\n[[sheet.record]]\nentity = \"person\"\nkey = { suffix = \"x\" }\n"), ElementsAre(HasSubstr("MAP-012")));
}

TEST(Findings, NeverNameAColumnByWhatLooksLikeAPersonsData) {
    const auto out =
        run(mapping("[[sheet]]\n[sheet.columns]\nid = \"Nr\"\nname = \"Naam\"\n[[sheet.record]]\nentity = \"person\"\nkey = \"id\"\n"),
            Rows().add({"Nr", "Naam", "an@voorbeeld.be", "INSZ", "UiTPAS"}).add({"1", "a", "85073003328", "850730-033.29", "9.3E+11"}));
    EXPECT_THAT(out.findings, ElementsAre("POL-001  ", "POL-001 INSZ ", "POL-002 UiTPAS "));
}

}  // namespace
}  // namespace brugwacht
