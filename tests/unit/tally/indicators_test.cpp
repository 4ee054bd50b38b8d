// Nothing hidden: every table that tally can make says what it counts, of what, and what it does not say, in three languages.
#include "engine/lib/indicators.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/lib/catalogue.hpp"
#include "tests/unit/tally/tables.hpp"

namespace brugwacht {
namespace {

/// The shipped agreement, which has variants and a composed definition, so that every table is made.
CountSet every_table() { return tables::counted(TallyFacts{}, "2025-12-31"); }

TEST(Indicators, EveryTableHasItsEntryWithTheSameUnit) {
    for (const CountTable& table : every_table().tables) {
        const Indicator* indicator = indicators().find(table.id);
        ASSERT_NE(indicator, nullptr) << table.id;
        EXPECT_EQ(table.unit, "tally.unit." + indicator->unit) << table.id;
        EXPECT_EQ(table.title, indicator->title_key());
        EXPECT_EQ(table.denominator, indicator->denominator_key());
    }
}

TEST(Indicators, EveryEntryIsMadeByATable) {
    std::set<std::string> made;
    for (const CountTable& table : every_table().tables) made.insert(table.id.substr(0, table.id.find("__")));
    std::set<std::string> listed;
    for (const Indicator& indicator : indicators().all()) EXPECT_TRUE(listed.insert(indicator.id).second) << indicator.id;
    EXPECT_EQ(made, listed);
}

TEST(Indicators, EveryEntryHasItsWordsInThreeLanguages) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for (const Indicator& indicator : indicators().all())
            for (const std::string& key : {indicator.definition_key(), indicator.trap_key(), indicator.denominator_key(),
                                           indicator.title_key(), "tally." + indicator.id + ".sheet", "tally.unit." + indicator.unit,
                                           "indicators.group." + std::string(name(indicator.group))}) {
                ASSERT_TRUE(texts.has(key)) << language << ' ' << key;
                EXPECT_GT(texts(key, {{"definition", std::string("D1")}}).size(), 2U) << language << ' ' << key;
            }
    }
}

TEST(Indicators, EveryHeadingAndLabelOfATableHasWords) {
    const CountSet counts = every_table();
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for (const CountTable& table : counts.tables) {
            EXPECT_TRUE(texts.has(table.row_heading)) << table.id << ' ' << table.row_heading;
            if (!table.column_heading.empty()) {
                EXPECT_TRUE(texts.has(table.column_heading)) << table.id << ' ' << table.column_heading;
            }
            for (const auto& labels : {table.rows, table.columns})
                for (const Label& label : labels)
                    if (label.list.empty()) {
                        EXPECT_TRUE(texts.has(label.value)) << table.id << ' ' << label.value;
                    }
        }
    }
}

TEST(Indicators, AProcessCriterionIsACodeOfItsList) {
    const CodeList* criteria = code_lists().find("criterion");
    ASSERT_NE(criteria, nullptr);
    std::set<std::string> codes;
    for (const Code& code : criteria->codes) codes.insert(code.code);
    std::set<std::string> covered;
    for (const Indicator& indicator : indicators().all())
        if (!indicator.criterion.empty()) {
            EXPECT_TRUE(codes.count(indicator.criterion)) << indicator.id;
            covered.insert(indicator.criterion);
        }
    EXPECT_EQ(covered, codes);  // each of the six has figures of its own
}

TEST(Indicators, AFaultyCatalogueIsRefusedWithEveryFault) {
    try {
        Indicators::parse(
            "schema = \"indicators/1\"\n[[indicator]]\nid = \"a\"\ngroup = \"gossip\"\n[[indicator]]\nunit = \"x\"\nuint = 1\n", "i.toml");
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Config);
        EXPECT_EQ(error.faults().size(), 4U);  // unknown group, no unit, no id, unknown key
    }
}

}  // namespace
}  // namespace brugwacht
