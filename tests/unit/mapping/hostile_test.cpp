#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/support/mapping_examples.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

TEST(Documentation, TheExampleOfAMappingFileWorks) {
    const std::string page = read_bytes(std::string(BRUGWACHT_SOURCE_DIR) + "/docs/mappings.md");
    const std::size_t start = page.find("```toml\n") + 8;
    const Mapping example = Mapping::parse("voorbeeld", page.substr(start, page.find("```", start) - start), "docs/mappings.md");
    const auto out = test::run(
        example,
        test::Rows().add({"Nr", "Voornaam", "Naam", "Geboortedatum", "Aangesloten op"}).add({"7", "Bo", "Maes", "2012", "1/9/2025"}),
        "Spelers U13", "leden.xlsx");
    EXPECT_THAT(out.records, ::testing::ElementsAre("person key=7 given_name=Bo family_name=Maes birth_date=2012",
                                                    "event key=7:1/9/2025:in person=7 date=2025-09-01 type=enrol"));
}

std::string random_text(std::mt19937& random) {
    static const std::vector<std::string> kPieces{"1",
                                                  "31/12/2024",
                                                  "85.07.30-033.28",
                                                  "ja",
                                                  "Amina",
                                                  "\xC3\xAB",
                                                  "\xE2\x80\x8B",
                                                  "\xFF",
                                                  "|",
                                                  "*",
                                                  "=1+1",
                                                  "'",
                                                  "Totaal",
                                                  "an@voorbeeld.be",
                                                  " ",
                                                  "12:99",
                                                  "1e9",
                                                  "-",
                                                  "99999",
                                                  ",,;",
                                                  "2025-",
                                                  "(",
                                                  "0475",
                                                  "#N/A",
                                                  "\xF0\x9F\x98\x80",
                                                  "BE68",
                                                  "<",
                                                  "CHECKBOX",
                                                  "mei",
                                                  "\n",
                                                  "\t",
                                                  "1,5",
                                                  "u"};
    std::string text;
    for (std::size_t i = random() % 4; i > 0; --i) text += kPieces[random() % kPieces.size()];
    return random() % 50 == 0 ? text + std::string(5000, 'x') : text;
}

TEST(Hostile, RandomRowsNeverLeakANationalNumberNorBreakAnyShippedMapping) {
    std::mt19937 random(20250901);
    for (const MappingExample& example : mapping_examples()) {
        const Mapping mapping = load_mapping(example.mapping, "");
        const ExampleSheet& sheet = example.sheets.front();
        const std::vector<std::string>& header = sheet.rows[sheet.header];
        SheetMapper mapper(mapping, sheet.name, example.file);
        MappedRow out;
        test::Rows rows;
        for (std::size_t i = 0; i <= sheet.header; ++i) rows.add(sheet.rows[i]);
        for (std::size_t i = 0; i <= sheet.header; ++i) mapper.map(rows.at(i), out);
        ASSERT_TRUE(mapper.matched());
        for (int i = 0; i < 1500; ++i) {
            test::Rows one;
            std::vector<std::string> texts;
            for (std::size_t c = 0; c < header.size() + 2; ++c) texts.push_back(random_text(random));
            one.add(texts);
            for (std::uint32_t c = 0; c < texts.size(); ++c) {
                if (random() % 6 == 0)
                    one.cell(c, static_cast<CellKind>(random() % 7), static_cast<double>(random()) * (random() % 2 == 0 ? 1e300 : -1.5),
                             random() % 2 == 0);
            }
            const RowOutcome outcome = mapper.map(one.at(0), out);
            ASSERT_EQ(out.count > 0, outcome == RowOutcome::Mapped);
            for (std::size_t r = 0; r < out.count; ++r)
                for (const std::string& value : out.records[r].values) ASSERT_EQ(value.find("85.07.30-033.28"), std::string::npos) << value;
        }
    }
}

TEST(Hostile, ASheetOfTenThousandColumnsIsRead) {
    std::vector<std::string> header;
    for (int i = 0; i < 10'000; ++i) header.push_back("kolom " + std::to_string(i));
    header[9'000] = "key";
    header[9'001] = "given_name";
    std::vector<std::string> row(10'000, "x");
    row[9'000] = "p1";
    const auto out = test::run(load_mapping("canonical", ""), test::Rows().add(header).add(row), "people");
    EXPECT_THAT(out.records, ::testing::ElementsAre("person key=p1 given_name=x"));
}

TEST(Hostile, ASheetOfTablesWithoutEndStaysSmall) {
    const Mapping mapping = test::mapping(R"(
[[sheet]]
[sheet.columns]
id = { headers = ["Nr", "Kind"], fill_down = true }
day = { headers = ["Datum"], required = true }
to = ["Tot"]
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
)");
    SheetMapper mapper(mapping, "", "x.csv");
    MappedRow out;
    test::Rows kinds;
    kinds.add({"Nr", "Datum", "Nr"}).add({"Datum", "Kind", "Kind"}).add({"geen", "tabel"}).add({"", "01/02/2025"});
    std::uint64_t number = 0;
    for (int i = 0; i < 40'000; ++i)
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            RawRow row = kinds.at(k);
            row.row = number += 2;  // a gap before every row
            mapper.map(row, out);
        }
    EXPECT_LE(mapper.evidence().size(), 1000U);
    EXPECT_LE(mapper.sheet_findings().size(), 1000U);
}

}  // namespace
}  // namespace brugwacht
