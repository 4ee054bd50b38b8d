// Records that were made to hurt: huge, empty, all alike. Nothing may fail, join what it should not, or take time that grows with the
// square of the number of records.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"

namespace brugwacht {
namespace {

using Row = std::array<std::string, kMaxFields>;

void set(Row& row, std::string_view field, std::string value) { row[field_index(Entity::Person, field).value()] = std::move(value); }

LinkOutcome link(const std::vector<Row>& rows) {
    Linkage linkage;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string key = "bron:" + std::to_string(i);
        linkage.add({.id = static_cast<std::int64_t>(i), .source_key = key, .source = "bron", .values = &rows[i]});
    }
    return linkage.link({});
}

TEST(LinkageHostile, NothingAtAll) {
    EXPECT_TRUE(link({}).first.empty());
    EXPECT_EQ(link({Row{}}).first, std::vector<std::uint32_t>{0});
    const LinkOutcome two = link({Row{}, Row{}});
    EXPECT_EQ(two.statistics.persons, 2U);
    EXPECT_TRUE(two.pairs.empty());
}

TEST(LinkageHostile, HugeAndBrokenValues) {
    std::vector<Row> rows;
    for (const std::string& value :
         {std::string(1 << 20, 'a'), std::string(1 << 20, '\0'), std::string(1 << 20, '\xC3'), std::string("\xFF\xFE"),
          std::string(100000, ' '), std::string(5000, '-'), std::string("a\0b", 3), std::string("'; DROP TABLE")})
        for (int copy = 0; copy < 3; ++copy) {
            Row row;
            for (std::size_t field = 1; field < entity_def(Entity::Person).fields.size(); ++field) row[field] = value;
            rows.push_back(row);
            row = {};
            set(row, copy == 0 ? "given_name" : copy == 1 ? "birth_date" : "street", value);
            rows.push_back(row);
        }
    std::string tokens;
    for (int i = 0; i < 20000; ++i) tokens += "a b ";
    Row row;
    set(row, "given_name", tokens);
    set(row, "family_name", tokens);
    rows.push_back(row);
    rows.push_back(row);
    EXPECT_EQ(link(rows).first.size(), rows.size());
}

TEST(LinkageHostile, TenThousandRecordsOfOneNameAreComparedWithNeighboursOnly) {
    Row row;
    set(row, "given_name", "Test");
    set(row, "family_name", "Test");
    const std::vector<Row> nameless(10000, row);
    EXPECT_LT(link(nameless).statistics.compared, 10000U * 1000U);
    set(row, "birth_date", "2012-03-04");
    set(row, "phone", "0470000000");
    set(row, "member_number", "1");
    const LinkOutcome outcome = link(std::vector<Row>(10000, row));
    EXPECT_LT(outcome.statistics.compared, 10000U * 1000U);
    EXPECT_EQ(outcome.first.size(), 10000U);
}

TEST(LinkageHostile, OneBirthDateForAllJoinsNobody) {
    std::vector<Row> rows;
    for (int i = 0; i < 5000; ++i) {
        Row row;
        std::string given, family;
        for (int n = i, k = 0; k < 4; n /= 9, ++k) given.push_back("aeioubdgm"[n % 9]), family.push_back("klmnprstv"[n % 9]);
        set(row, "given_name", "x" + given);
        set(row, "family_name", "y" + family + "ou");
        set(row, "birth_date", "2010-01-01");
        rows.push_back(row);
    }
    const LinkOutcome outcome = link(rows);
    EXPECT_GT(outcome.statistics.persons, 4990U);
    EXPECT_LT(outcome.statistics.compared, 5000U * 2000U);
}

TEST(LinkageHostile, AChainOfSmallStepsDoesNotMakeOnePerson) {
    // Each record is a letter away from the next; the first and the last have nothing in common.
    std::vector<Row> rows;
    std::string name = "aaaaaaaa";
    for (int i = 0; i < 64; ++i) {
        name[static_cast<std::size_t>(i % 8)] = static_cast<char>('a' + (i / 8 + 1) * 3 % 26);
        Row row;
        set(row, "given_name", "Emma");
        set(row, "family_name", name);
        set(row, "birth_date", "2012-03-04");
        set(row, "phone", "0470123456");
        rows.push_back(row);
    }
    EXPECT_LT(link(rows).statistics.largest, 64U);
}

}  // namespace
}  // namespace brugwacht
