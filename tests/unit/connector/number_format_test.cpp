#include "connector/files/number_format.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace brugwacht {
namespace {

TEST(NumberFormat, CodesAreJudgedByWhatTheyShow) {
    using enum NumberMeaning;
    const std::vector<std::pair<const char*, NumberMeaning>> cases{
        {"General", Plain},
        {"0.00", Plain},
        {"#,##0", Plain},
        {"0.00E+00", Plain},
        {"@", Plain},
        {"\"dag\" 0", Plain},
        {"[Red]0", Plain},
        {"0\\ \\d", Plain},
        {"_-* #,##0.00_d", Plain},
        {"dd/mm/yyyy", Date},
        {"[$-813]d mmmm yyyy", Date},
        {"mmm", Date},
        {"yyyy", Date},
        {"d/m/yy h:mm", Date},
        {"[Red]dd-mm", Date},
        {"h:mm", Time},
        {"hh:mm:ss.00", Time},
        {"mm:ss.0", Time},
        {"h:mm AM/PM", Time},
        {"[h]:mm", Duration},
        {"[mm]:ss", Duration},
        {"[ss]", Duration},
        {"yyyy-mm-dd\\Thh:mm:ss.000", Date},
        {"Standaard", Plain},
        {"\"jaar\" yyyy", Date},
        {"[>=100]0", Plain},
        {"General;dd/mm", Plain},
        {"ggge", Date},
        {"\"open", Plain},
        {"[open", Plain},
        {"", Plain},
        {"\\", Plain},
    };
    for (const auto& [code, meaning] : cases) EXPECT_EQ(meaning_of_code(code), meaning) << code;
}

TEST(NumberFormat, BuiltInNumbersHaveFixedMeanings) {
    for (const unsigned id : {14U, 15U, 16U, 17U, 22U, 27U, 31U, 36U, 50U, 54U, 57U, 58U})
        EXPECT_EQ(meaning_of_builtin(id), NumberMeaning::Date) << id;
    for (const unsigned id : {18U, 21U, 32U, 35U, 45U, 47U}) EXPECT_EQ(meaning_of_builtin(id), NumberMeaning::Time) << id;
    EXPECT_EQ(meaning_of_builtin(46), NumberMeaning::Duration);
    for (const unsigned id : {0U, 1U, 13U, 23U, 37U, 48U, 49U, 59U, 4294967295U})
        EXPECT_EQ(meaning_of_builtin(id), NumberMeaning::Plain) << id;
}

TEST(NumberFormat, ASecondThatRoundsUpNeverShiftsABirthDate) {
    const auto moment = serial_moment(38353.9999999, false);  // 2005-01-01 and all but the whole day
    ASSERT_TRUE(moment);
    EXPECT_EQ(moment->seconds, 38354.0 * 86400 - 25569.0 * 86400);
    EXPECT_FALSE(moment->has_time);
    EXPECT_FALSE(serial_moment(-0.5, false));
    EXPECT_FALSE(serial_moment(1e300, false));
}

}  // namespace
}  // namespace brugwacht
