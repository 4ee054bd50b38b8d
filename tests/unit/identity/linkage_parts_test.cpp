// The parts of linkage that can be checked by hand: likeness of texts, birth dates, blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/identity/linkage/birth.hpp"
#include "engine/identity/linkage/compare.hpp"
#include "engine/identity/linkage/judge.hpp"
#include "engine/identity/linkage/similarity.hpp"

namespace brugwacht {
namespace {

/// The textbook table, for comparison.
unsigned slow_edits(const std::string& a, const std::string& b) {
    std::vector<std::vector<unsigned>> d(a.size() + 1, std::vector<unsigned>(b.size() + 1));
    for (unsigned i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (unsigned j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

/// Every text of `size` letters out of "abc".
std::vector<std::string> texts(std::size_t size) {
    std::vector<std::string> out = {""};
    for (std::size_t i = 0; i < size; ++i) {
        std::vector<std::string> longer;
        for (const std::string& text : out)
            for (const char c : {'a', 'b', 'c'}) longer.push_back(text + c);
        out = std::move(longer);
    }
    return out;
}

TEST(Similarity, EditsAreThoseOfTheTextbook) {
    std::vector<std::string> all;
    for (std::size_t size = 0; size <= 5; ++size)
        for (const std::string& text : texts(size)) all.push_back(text);
    for (const std::string& a : all)
        for (const std::string& b : all) {
            const unsigned edits = slow_edits(a, b);
            ASSERT_EQ(edits_between(a, b), edits) << a << " " << b;
            ASSERT_EQ(one_edit_apart(a, b), edits <= 1) << a << " " << b;
            const bool slip = std::min(a.size(), b.size()) >= 3 && edits <= 1;
            ASSERT_EQ(is_slip({a, letters_of(a)}, {b, letters_of(b)}), slip) << a << " " << b;
            ASSERT_EQ(are_alike({a, letters_of(a)}, {b, letters_of(b)}, 0.86), !a.empty() && !b.empty() && jaro_winkler(a, b) >= 0.86)
                << a << " " << b;
        }
    EXPECT_EQ(edits_between(std::string(64, 'a'), std::string(64, 'b')), 64U);
    EXPECT_EQ(edits_between(std::string(1000, 'a') + "x", std::string(1000, 'a') + "y"), 0U) << "only the first 64 bytes count";
}

TEST(Similarity, JaroWinklerIsThatOfTheLiterature) {
    // Source: Winkler 1990, table of examples.
    EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.9611, 1e-4);
    EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.8400, 1e-4);
    EXPECT_NEAR(jaro_winkler("dixon", "dicksonx"), 0.8133, 1e-4);
    EXPECT_EQ(jaro_winkler("abc", "xyz"), 0);
    EXPECT_EQ(jaro_winkler("", ""), 0);
    EXPECT_EQ(jaro_winkler("anna", "anna"), 1);
}

BirthLevel level(std::string_view a, std::string_view b) {
    const BirthLevel forth = compare_births(parse_birth(a), a, parse_birth(b), b);
    EXPECT_EQ(forth, compare_births(parse_birth(b), b, parse_birth(a), a));
    return forth;
}

TEST(BirthDates, LevelsSayHowTheyDiffer) {
    EXPECT_EQ(level("2013-05-17", "2013-05-17"), BirthLevel::Exact);
    EXPECT_EQ(level("2013-05-17", "2013-05-18"), BirthLevel::Typo);
    EXPECT_EQ(level("2013-05-17", "2013-05-11"), BirthLevel::Typo);
    EXPECT_EQ(level("2013-05-12", "2013-05-21"), BirthLevel::Typo);
    EXPECT_EQ(level("2013-05-17", "2014-05-17"), BirthLevel::Typo);
    EXPECT_EQ(level("2009-05-17", "2010-05-17"), BirthLevel::Typo) << "one year";
    EXPECT_EQ(level("1998-05-17", "2008-05-17"), BirthLevel::Typo) << "ten years";
    EXPECT_EQ(level("2013-05-07", "2013-07-05"), BirthLevel::Swapped);
    EXPECT_EQ(level("2013-05-17", "2013-11-17"), BirthLevel::TwoParts);
    EXPECT_EQ(level("2013-05-17", "2013-11-02"), BirthLevel::SameYear);
    EXPECT_EQ(level("2013-05-17", "2006-11-02"), BirthLevel::Different);
    EXPECT_EQ(level("2013-01-01", "2013-01-01"), BirthLevel::WeakExact);
    EXPECT_EQ(level("2013-01-01", "2013-07-09"), BirthLevel::WeakYear);
    EXPECT_EQ(level("2013-01-01", "2014-07-09"), BirthLevel::WeakNear);
    EXPECT_EQ(level("2013-01-01", "2016-07-09"), BirthLevel::WeakDifferent);
    EXPECT_EQ(level("2013", "2013-07-09"), BirthLevel::PartialAgree);
    EXPECT_EQ(level("2013-07", "2013-07-09"), BirthLevel::PartialAgree);
    EXPECT_EQ(level("2013-07", "2013-08-09"), BirthLevel::PartialTypo);
    EXPECT_EQ(level("2013", "2014"), BirthLevel::PartialTypo);
    EXPECT_EQ(level("2013", "1987-07-09"), BirthLevel::PartialDifferent);
}

TEST(BirthDates, WhatIsNoDateIsComparedAsWritten) {
    EXPECT_EQ(level("20131305", "20131305"), BirthLevel::Exact);
    EXPECT_EQ(level("20131345", "2013-12-25"), BirthLevel::Typo);
    EXPECT_EQ(level("20131345", "1999-07-02"), BirthLevel::Different);
    EXPECT_EQ(level("onbekend", "2013-12-25"), BirthLevel::Missing);
    EXPECT_EQ(level("", "2013-12-25"), BirthLevel::Missing);
    EXPECT_EQ(level(std::string(100000, '1'), std::string(100000, '2')), BirthLevel::Different);
    EXPECT_EQ(parse_birth("2013-02-30").kind, BirthKind::Text);
    EXPECT_EQ(parse_birth("0000").kind, BirthKind::Text);
}

/// Two entries of lists of residents, of one name at one address.
struct Resident {
    std::string source, birth_date, street = "Heirbaan";
};

Comparison compare_residents(const Resident& a, const Resident& b) {
    FeatureTable table;
    for (const Resident& resident : {a, b}) {
        std::array<std::string, kMaxFields> values;
        const auto set = [&](std::string_view field, const std::string& value) {
            values[field_index(Entity::Person, field).value()] = value;
        };
        set("given_name", "Kobe");
        set("family_name", "Pauwels");
        set("birth_date", resident.birth_date);
        set("street", resident.street);
        set("house_number", "18");
        set("municipality", "Halle");
        table.add(resident.source, 0, true, values);
    }
    return compare(table, table[0], table[1]);
}

/// Whatever a pair weighs: what is asked of it here is asked of the heaviest.
constexpr double kHeavy = 30;

TEST(Judging, YearsOfParentAndChildHoldTwoRecordsApart) {
    for (const bool twins_occur : {true, false}) {
        const Comparison father_and_son = compare_residents({"een", "1963"}, {"twee", "1983"});
        EXPECT_EQ(judge(father_and_son, kHeavy, {twins_occur}).rule, Rule::BirthDate);
        EXPECT_EQ(judge(father_and_son, kHeavy, {twins_occur}).zone, LinkZone::Review);
        EXPECT_TRUE(must_stay_apart(father_and_son, kHeavy, twins_occur));
        const Comparison one_person = compare_residents({"een", "1963"}, {"twee", "1963"});
        EXPECT_EQ(judge(one_person, kHeavy, {twins_occur}).zone, LinkZone::Same);
        EXPECT_FALSE(must_stay_apart(one_person, kHeavy, twins_occur));
    }
    EXPECT_FALSE(compare_residents({"een", "1963-05-17"}, {"twee", "1983-05-17"}).generation) << "a slip in a date known to the day";
    EXPECT_FALSE(compare_residents({"een", "1963"}, {"twee", "1964"}).generation);
    EXPECT_FALSE(compare_residents({"een", ""}, {"twee", "1964"}).generation);
}

TEST(Judging, ANameTwiceInOneListWithoutABirthDateIsTwoPeople) {
    const Comparison in_one_list = compare_residents({"een", ""}, {"een", "1963"}),
                     in_two = compare_residents({"een", ""}, {"twee", "1963"});
    Comparison one_of_several = in_one_list;
    one_of_several.levels[static_cast<std::size_t>(Thing::Source)] = static_cast<std::uint8_t>(Level::Exact);
    for (const bool twins_occur : {true, false}) {
        EXPECT_EQ(judge(one_of_several, kHeavy, {twins_occur}).rule, Rule::TooLittle);
        EXPECT_TRUE(must_stay_apart(one_of_several, kHeavy, twins_occur));
        EXPECT_EQ(judge(in_two, kHeavy, {twins_occur}).zone, LinkZone::Same);
        EXPECT_EQ(judge(in_one_list, kHeavy, {twins_occur}).zone, LinkZone::Same) << "there is only one list: it is to be freed of doubles";
    }
}

TEST(Judging, AnotherAddressAndOnlyAYearIsLeftToAPerson) {
    for (const std::string birth_date : {"2013-01-01", "2013"}) {
        const Comparison elsewhere = compare_residents({"een", birth_date}, {"twee", birth_date, "Pastorijstraat"});
        EXPECT_EQ(judge(elsewhere, kHeavy, {}).rule, Rule::TooLittle) << birth_date;
        EXPECT_EQ(judge(compare_residents({"een", birth_date}, {"twee", birth_date}), kHeavy, {}).zone, LinkZone::Same) << birth_date;
    }
    EXPECT_EQ(judge(compare_residents({"een", "2013-05-17"}, {"twee", "2013-05-17", "Pastorijstraat"}), kHeavy, {}).zone, LinkZone::Same);
}

}  // namespace
}  // namespace brugwacht
