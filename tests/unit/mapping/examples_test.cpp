// Every shipped mapping against a small export of its system, and against what may happen to such a table without meaning anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "engine/core/date.hpp"
#include "tests/support/mapping_examples.hpp"
#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

using ::testing::UnorderedElementsAreArray;

struct Made {
    std::vector<std::string> records;
    std::map<std::string, int> by_entity, findings;
    int skipped = 0, rejected = 0;
    std::vector<std::vector<ColumnUse>> columns;  // per sheet
};

void fill(test::Rows& rows, const ExampleRows& table) {
    for (const std::vector<std::string>& row : table) {
        std::vector<std::string> texts = row;
        for (std::string& text : texts)
            if (text.starts_with('@') || text.starts_with('#')) text.clear();
        rows.add(texts);
        for (std::size_t c = 0; c < row.size(); ++c) {
            const auto column = static_cast<std::uint32_t>(c);
            if (row[c].starts_with('@'))
                rows.cell(column, CellKind::DateTime, Date::parse_iso(row[c].substr(1)).value().days() * 86400.0 + 34200, true);
            if (row[c].starts_with('#')) rows.cell(column, CellKind::Number, std::stod(row[c].substr(1)));
        }
    }
}

Made make(const MappingExample& example, const std::vector<ExampleSheet>& sheets) {
    const Mapping mapping = load_mapping(example.mapping, "");
    Made made;
    for (const ExampleSheet& sheet : sheets) {
        SheetMapper mapper(mapping, sheet.name, example.file);
        if (!mapper.selected()) continue;
        test::Rows rows;
        fill(rows, sheet.rows);
        MappedRow mapped;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const RowOutcome outcome = mapper.map(rows.at(i), mapped);
            made.skipped += outcome == RowOutcome::Skipped ? 1 : 0;
            made.rejected += outcome == RowOutcome::Rejected ? 1 : 0;
            for (std::size_t r = 0; r < mapped.count; ++r) {
                made.records.push_back(test::show(mapped.records[r]));
                ++made.by_entity[std::string(entity_def(mapped.records[r].entity).name)];
            }
            for (const Finding& finding : mapped.findings) ++made.findings[finding.code];
        }
        mapper.finish();
        made.columns.push_back(mapper.columns());
    }
    return made;
}

/// The columns in another order: `order` holds where each comes from.
ExampleRows reordered(const ExampleRows& rows, const std::vector<std::size_t>& order) {
    ExampleRows out;
    for (const std::vector<std::string>& row : rows) {
        std::vector<std::string> moved;
        for (const std::size_t from : order) moved.push_back(from < row.size() ? row[from] : "");
        out.push_back(std::move(moved));
    }
    return out;
}

std::vector<std::size_t> in_order(std::size_t count) {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    return order;
}

class Examples : public testing::TestWithParam<std::string> {
  protected:
    const MappingExample& example() const { return mapping_example(GetParam()); }
};

TEST_P(Examples, GiveWhatWasCountedByHand) {
    const Made made = make(example(), example().sheets);
    EXPECT_EQ(made.by_entity, example().records) << testing::PrintToString(made.records);
    EXPECT_EQ(made.findings, example().findings);
    EXPECT_EQ(made.skipped, example().skipped);
    EXPECT_EQ(made.rejected, example().rejected);
    for (const std::string& record : made.records)
        for (const char* number : kPlantedNumbers) EXPECT_EQ(record.find(number), std::string::npos) << record;
}

TEST_P(Examples, AreRecognisedAsThemselves) {
    FileShape shape{example().file, {}};
    for (const ExampleSheet& sheet : example().sheets) {
        ExampleRows texts = sheet.rows;
        for (std::vector<std::string>& row : texts)
            for (std::string& text : row)
                if (text.starts_with('@') || text.starts_with('#')) text = "#";
        shape.sheets.push_back({sheet.name, texts});
    }
    EXPECT_EQ(recognise_mapping(shape, ""), example().mapping);
}

class ExamplesInAnyOrder : public Examples {};

TEST_P(ExamplesInAnyOrder, GiveTheSameRecords) {
    const Made expected = make(example(), example().sheets);
    std::mt19937_64 random(20250901);
    for (int round = 0; round < 10; ++round) {
        std::vector<ExampleSheet> sheets = example().sheets;
        for (ExampleSheet& sheet : sheets) {
            std::vector<std::size_t> order = in_order(sheet.rows[sheet.header].size());
            for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random() % (i + 1)]);
            // The title row is no part of the table.
            const ExampleRows titles(sheet.rows.begin(), sheet.rows.begin() + static_cast<std::ptrdiff_t>(sheet.header));
            sheet.rows = reordered(sheet.rows, order);
            std::copy(titles.begin(), titles.end(), sheet.rows.begin());
        }
        const Made made = make(example(), sheets);
        EXPECT_THAT(made.records, UnorderedElementsAreArray(expected.records)) << "round " << round;
        EXPECT_EQ(made.findings, expected.findings);
    }
}

TEST_P(Examples, MayHaveMoreColumnsTitlesAndATotalRow) {
    const Made expected = make(example(), example().sheets);
    std::vector<ExampleSheet> sheets = example().sheets;
    for (ExampleSheet& sheet : sheets) {
        for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
            sheet.rows[r].resize(sheet.rows[sheet.header].size());
            sheet.rows[r].insert(sheet.rows[r].begin(), r == sheet.header ? "Kleur trui" : r < sheet.header ? "" : "rood");
            sheet.rows[r].push_back(r == sheet.header ? "Schoenmaat" : r < sheet.header ? "" : "38");
        }
        sheet.rows.insert(sheet.rows.begin(), {{"Export van de ledenadministratie"}, {}, {"Afgedrukt door", "het secretariaat"}, {}});
        sheet.rows.push_back({"Totaal", "2"});
    }
    const Made made = make(example(), sheets);
    EXPECT_EQ(made.records, expected.records);
    EXPECT_EQ(made.findings, expected.findings);
    EXPECT_EQ(made.skipped, expected.skipped + static_cast<int>(made.columns.size()));
}

TEST_P(Examples, MayLackEachColumnThatIsNotAskedFor) {
    const Made expected = make(example(), example().sheets);
    for (std::size_t s = 0; s < example().sheets.size(); ++s) {
        const std::size_t width = example().sheets[s].rows[example().sheets[s].header].size();
        for (std::size_t left_out = 0; left_out < width; ++left_out) {
            std::vector<ExampleSheet> sheets = example().sheets;
            std::vector<std::size_t> order = in_order(width);
            order.erase(order.begin() + static_cast<std::ptrdiff_t>(left_out));
            sheets[s].rows = reordered(sheets[s].rows, order);
            const std::string& header = example().sheets[s].rows[example().sheets[s].header][left_out];
            Made made;
            try {
                made = make(example(), sheets);
            } catch (const Error& error) {
                EXPECT_EQ(error.first().code, "IMP-002") << header;  // it is asked for, and the message names it
                continue;
            }
            const bool used = s < expected.columns.size() && left_out < expected.columns[s].size() && expected.columns[s][left_out].mapped;
            if (!used && !example().fixed_order) {
                EXPECT_EQ(made.records, expected.records) << header;
            }
        }
    }
}

std::vector<std::string> titles(bool in_any_order) {
    std::vector<std::string> out;
    for (const MappingExample& example : mapping_examples())
        if (!in_any_order || !example.fixed_order) out.push_back(example.title);  // where the place of a header means something
    return out;
}

INSTANTIATE_TEST_SUITE_P(OfEverySystem, Examples, testing::ValuesIn(titles(false)), [](const auto& example) { return example.param; });
INSTANTIATE_TEST_SUITE_P(OfEverySystem, ExamplesInAnyOrder, testing::ValuesIn(titles(true)),
                         [](const auto& example) { return example.param; });

TEST(ExamplesTogether, CoverEveryMappingThatIsRecognised) {
    std::set<std::string> covered{"canonical", "registratie", "facebook",
                                  "icalendar", "instagram",   "streetsmart-impact"};  // with tests of their own
    for (const MappingExample& example : mapping_examples()) covered.insert(example.mapping);
    for (const std::string& name : mapping_names("")) EXPECT_TRUE(covered.contains(name)) << name;
}

}  // namespace
}  // namespace brugwacht
