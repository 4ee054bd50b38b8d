#include "engine/lib/csv_writer.hpp"

#include <gtest/gtest.h>

#include "tests/support/payloads.hpp"

namespace brugwacht {
namespace {

TEST(CsvWriter, EveryDangerousValueGetsAnApostropheAndLosesItAgain) {
    EXPECT_GE(formula_payloads().size(), 40U);
    for (const std::string& payload : formula_payloads()) {
        const std::string written = guarded(payload);
        EXPECT_EQ(written, "'" + payload);
        EXPECT_EQ(unguarded(written), payload);
    }
}

TEST(CsvWriter, ASignWithOnlyDigitsBlanksAndDotsIsLeftAlone) {
    for (const std::string value :
         {"+32 475 12 34 56", "+32475123456", "-5", "-5.25", "+32 (0)", "-2+3+cmd|' /C calc'!A0", "-", "+", "- .", "-5,25"}) {
        const bool exempt = value == "+32 475 12 34 56" || value == "+32475123456" || value == "-5" || value == "-5.25";
        EXPECT_EQ(guarded(value), exempt ? value : "'" + value) << value;
        EXPECT_EQ(unguarded(guarded(value)), value);
    }
}

TEST(CsvWriter, HarmlessValuesAreNeitherGuardedNorStripped) {
    for (const std::string value : {"", "Jan", "'t Hof", "''=x", "O'Neil", "0123", "a=b", "'"}) {
        EXPECT_EQ(guarded(value), value);
        EXPECT_EQ(unguarded(value), value);
    }
}

TEST(CsvWriter, QuotesAreDoubledAndNothingLeavesItsCell) {
    std::string out;
    append_csv_row(out, {"a\"b", "c;d", "e\nf", ""});
    EXPECT_EQ(out, "\"a\"\"b\";\"c;d\";\"e\nf\";\"\"\r\n");
}

}  // namespace
}  // namespace brugwacht
