// Small facts and a look into the tables counted from them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/resources.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/tally/tally.hpp"

namespace brugwacht::tables {

inline Date day(const std::string& iso) { return *Date::parse_iso(iso); }

inline std::string shipped_agreement_text() { return std::string(resource("config/agreements/voorbeeldstad.toml").value()); }
inline Agreement shipped_agreement() { return parse_agreement(shipped_agreement_text(), "voorbeeldstad.toml"); }

inline CountSet counted(const FactBase& base, const TallyFacts& facts, const std::string& as_of,
                        std::optional<std::pair<Date, Date>> period = std::nullopt,
                        const std::vector<Agreement>& agreements = {shipped_agreement()}) {
    return tally(base, classify(base, agreements, {day(as_of), std::nullopt, {}, 1}), facts, code_lists(), {day(as_of), period});
}

inline CountSet counted(const TallyFacts& facts, const std::string& as_of, std::optional<std::pair<Date, Date>> period = std::nullopt) {
    return counted(FactBaseBuilder().build(), facts, as_of, period);
}

inline CountTable table_of(const CountSet& set, const std::string& id) {
    for (const CountTable& table : set.tables)
        if (table.id == id) return table;
    ADD_FAILURE() << "no table " << id;
    return {};
}

/// The count in the row and column whose labels have these values ("" for the last one, mostly the total).
inline std::int64_t cell(const CountTable& table, const std::string& row, const std::string& column = "") {
    const auto position = [](const std::vector<Label>& labels, const std::string& value) {
        if (value.empty()) return labels.size() - 1;
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i].value == value || labels[i].value == "tally.label." + value || labels[i].value == "tally.status." + value)
                return i;
        ADD_FAILURE() << "no label " << value;
        return labels.size() - 1;
    };
    return table.at(position(table.rows, row), position(table.columns, column)).count;
}

inline void expect_all_sums_hold(const CountSet& counts) {
    for (const CountTable& table : counts.tables) {
        ASSERT_EQ(table.cells.size(), table.rows.size() * table.columns.size()) << table.id;
        if (table.row_total)
            for (std::size_t r = 0; r < table.rows.size(); ++r) {
                std::int64_t sum = 0;
                for (std::size_t c = 0; c + 1 < table.columns.size(); ++c) sum += table.at(r, c).count;
                EXPECT_EQ(sum, table.at(r, table.columns.size() - 1).count) << table.id << " row " << r;
            }
        if (table.column_total)
            for (std::size_t c = 0; c < table.columns.size(); ++c) {
                std::int64_t sum = 0;
                for (std::size_t r = 0; r + 1 < table.rows.size(); ++r) sum += table.at(r, c).count;
                EXPECT_EQ(sum, table.at(table.rows.size() - 1, c).count) << table.id << " column " << c;
            }
    }
    for (const CountRelation& relation : counts.relations) {
        std::int64_t sum = 0;
        for (const CountCell& part : relation.parts) sum += part.count;
        EXPECT_EQ(sum, relation.total.count) << relation.total.population;
    }
}

}  // namespace brugwacht::tables
