#include "engine/policy/policy.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace brugwacht {
namespace {

std::string eleven(std::int64_t nine, bool after_2000) {
    const std::int64_t check = 97 - ((after_2000 ? 2'000'000'000 : 0) + nine) % 97;
    char digits[32];
    std::snprintf(digits, sizeof digits, "%09lld%02lld", static_cast<long long>(nine), static_cast<long long>(check));
    return digits;
}

// The notations in which people write one number.
std::vector<std::string> notations(const std::string& d) {
    const std::string a = d.substr(0, 2), b = d.substr(2, 2), c = d.substr(4, 2), e = d.substr(6, 3), f = d.substr(9, 2);
    return {d,
            a + "." + b + "." + c + "-" + e + "." + f,
            a + b + c + "-" + e + "-" + f,
            a + " " + b + " " + c + " " + e + " " + f,
            a + "/" + b + "/" + c + " - " + e + "/" + f,
            a + b + c + e + " " + f,
            "RRN:" + d,
            "zie dossier (" + a + "." + b + "." + c + "-" + e + "." + f + "), gebeld",
            a + "\xC2\xA0" + b + "\xC2\xA0" + c + "\xE2\x80\x93" + e + "\xE2\x80\x93" + f,
            "12 kinderen; " + d + "; 3 ouders",
            a + "\xE2\x80\x8B" + b + "\xE2\x80\x8B" + c + "\xE2\x80\x8B" + e + "\xE2\x80\x8B" + f};
}

TEST(NationalNumber, TheTwoReferenceNumbersAreSeenInEveryNotation) {
    for (const std::string number : {"85073003328", "17073003384"})
        for (const std::string& text : notations(number)) EXPECT_TRUE(has_national_number(text)) << text;
}

TEST(NationalNumber, AThousandComputedNumbersAreSeenInEveryNotation) {
    std::mt19937_64 random(20250901);
    for (int i = 0; i < 1000; ++i) {
        const bool after_2000 = (i % 2) == 1;
        const std::int64_t year = after_2000 ? static_cast<std::int64_t>(random() % 25) : 50 + static_cast<std::int64_t>(random() % 50);
        const std::int64_t bis = std::vector<std::int64_t>{0, 20, 40}[random() % 3];
        const std::int64_t month = 1 + static_cast<std::int64_t>(random() % 12) + bis;
        const std::int64_t day = 1 + static_cast<std::int64_t>(random() % 28);
        const std::int64_t nine = ((year * 100 + month) * 100 + day) * 1000 + 1 + static_cast<std::int64_t>(random() % 997);
        const std::string number = eleven(nine, after_2000);
        for (const std::string& text : notations(number)) EXPECT_TRUE(has_national_number(text)) << text;
        EXPECT_TRUE(is_national_number(std::stoull(number))) << number;
    }
}

TEST(NationalNumber, DigitsOfOtherScriptsCount) {
    EXPECT_TRUE(
        has_national_number("\xEF\xBC\x98\xEF\xBC\x95\xEF\xBC\x90\xEF\xBC\x97\xEF\xBC\x93\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x93\xEF\xBC\x93"
                            "\xEF\xBC\x92\xEF\xBC\x98"));
}

TEST(NationalNumber, AnUnknownBirthDateIsPlausible) { EXPECT_TRUE(has_national_number(eleven(1'001, false))); }

TEST(NationalNumber, AWrongCheckNumberOrDateIsNone) {
    EXPECT_FALSE(has_national_number("85073003329"));
    EXPECT_FALSE(has_national_number(eleven(851'330'033, false)));  // month 13
    EXPECT_FALSE(has_national_number(eleven(850'732'033, false)));  // 32 July
    EXPECT_FALSE(has_national_number(eleven(850'230'033, false)));  // 30 February
}

TEST(NationalNumber, PartOfALongerNumberIsNone) {
    EXPECT_FALSE(has_national_number("185073003328"));
    EXPECT_FALSE(has_national_number("850730033281"));
}

TEST(NationalNumber, InFullNotationIsSeenWithOtherDigitsStuckToIt) {
    EXPECT_TRUE(has_national_number("85.07.30-033.2812"));
    EXPECT_TRUE(has_national_number("1285.07.30-033.28"));
    EXPECT_FALSE(has_national_number("85.07.30-033.2912"));
    EXPECT_FALSE(has_national_number("2025-09-01-12345"));
}

TEST(NationalNumber, ABelgianPhoneNumberWithItsPlusIsNone) {
    // 32 46 01 ... reads as a BIS date; the check digits are made to fit.
    const std::string digits = eleven(324'601'123, false);
    EXPECT_TRUE(has_national_number(digits));
    EXPECT_FALSE(has_national_number("+" + digits));
    EXPECT_FALSE(has_national_number("+32 " + digits.substr(2)));
}

TEST(NationalNumber, ANumberCellThatLostItsZerosIsSeen) {
    const std::string number = eleven(50'730'123, true);  // 05.07.30
    EXPECT_EQ(number[0], '0');
    EXPECT_TRUE(is_national_number(std::stoull(number)));
}

TEST(NationalNumber, RandomDigitsRarelyRaiseTheAlarm) {
    std::mt19937_64 random(7);
    int alarms = 0;
    for (int i = 0; i < 100'000; ++i) {
        char digits[16];
        std::snprintf(digits, sizeof digits, "%011llu", static_cast<unsigned long long>(random() % 100'000'000'000ULL));
        alarms += has_national_number(digits) ? 1 : 0;
    }
    EXPECT_GT(alarms, 150);  // 0.25 % expected: 39 of 100 months, about 31 days, two checks of 97
    EXPECT_LT(alarms, 350);
}

TEST(NationalNumber, GarbageBytesDoNoHarm) {
    EXPECT_FALSE(has_national_number(std::string("\xF0\x80\xFF\xC3 850730033\xE2", 15)));
    EXPECT_FALSE(has_national_number(std::string(100'000, '.')));
    EXPECT_FALSE(has_national_number(""));
}

TEST(NationalNumber, IsSeenHoweverPeopleWriteIt) {
    for (const std::string text :
         {"rijksregisternr: 85.07.30-033-28", "RRN85073003328x", "(85 07 30 / 033 28)", "85.07.30   -   033 . 28", "85.07.30\n033.28",
          "85\t07\t30\t033\t28", "8507 3003 328", "nr85073003328", "85073003328.0", "85073003328,00", "=\"85073003328\"",
          "8.5073003328E+10", "8,5073003328e10", "1.7073003384E+10", "mama, 8.5073003328E+10, papa",
          "\xE0\xA5\xAE\xE0\xA5\xAB\xE0\xA5\xA6\xE0\xA5\xAD\xE0\xA5\xA9\xE0\xA5\xA6\xE0\xA5\xA6\xE0\xA5\xA9\xE0\xA5\xA9\xE0\xA5\xA8\xE0\xA5"
          "\xAE",
          "\xD9\xA8\xD9\xA5.\xD9\xA0\xD9\xA7.\xD9\xA3\xD9\xA0-\xD9\xA0\xD9\xA3\xD9\xA3.\xD9\xA2\xD9\xA8",
          "\xEF\xBC\x98\xEF\xBC\x95\xEF\xBC\x8E\xEF\xBC\x90\xEF\xBC\x97\xEF\xBC\x8E\xEF\xBC\x93\xEF\xBC\x90\xEF\xBC\x8D\xEF\xBC\x90\xEF\xBC"
          "\x93\xEF\xBC\x93\xEF\xBC\x8E\xEF\xBC\x92\xEF\xBC\x98"})
        EXPECT_TRUE(has_national_number(text)) << text;
}

TEST(NationalNumber, IsSeenBehindBrokenBytes) {
    for (const std::string bytes : {"\xFF", "\xF0", "\xE2\x80", "\xC3", "\xF0\x9F\x98"})
        EXPECT_TRUE(has_national_number(bytes + "85.07.30-033.28"));
}

TEST(NationalNumber, InScientificNotationIsSeenAlsoWhenTheZerosAtItsEndsAreGone) {
    int seen = 0;
    for (std::int64_t serial = 1; serial <= 997; ++serial) {
        const std::string late = eleven(50'730'000 + serial, true);  // 05.07.30: the zero in front is lost
        EXPECT_TRUE(has_national_number(late.substr(1, 1) + "." + late.substr(2) + "E+9")) << late;
        const std::string early = eleven(850'730'000 + serial, false);
        if (!early.ends_with('0')) continue;
        ++seen;
        EXPECT_TRUE(has_national_number(early.substr(0, 1) + "." + early.substr(1, 9) + "E+10")) << early;
        EXPECT_FALSE(has_national_number(early.substr(0, 1) + "." + early.substr(1, 9) + "E+11")) << early;
    }
    EXPECT_GT(seen, 50);
}

TEST(NationalNumber, InScientificNotationWithAnotherCheckNumberIsNone) {
    for (const std::string text :
         {"8.5073003329E+10", "8.507300333E+11", "E+10", "1E+10", "1e9", "8.50730E", "9.E+10", "8.507300333E+", "8.507300333E+100"})
        EXPECT_FALSE(has_national_number(text)) << text;
}

TEST(NationalNumber, OtherNumbersOfAnOfficeAreNone) {
    for (const std::string text :
         {"0475 12 34 56", "+32 475 12 34 56", "0032 475 12 34 56", "09/222.33.44", "+++090/9337/55493+++", "0478.688.664", "BE0478688664",
          "BE68 5390 0754 7034", "2025/0001/0002", "F2025-000123", "5412345678908", "2012051200123", "9000 Gent 12/3"})
        EXPECT_FALSE(has_national_number(text)) << text;
}

TEST(NationalNumber, MobileNumbersAndInvoiceNumbersRarelyLookLikeOne) {
    std::mt19937_64 random(3);
    int alarms = 0;
    for (int i = 0; i < 100'000; ++i) {
        char text[32];
        const auto number = static_cast<unsigned>(random() % 10'000'000);
        std::snprintf(text, sizeof text, "04%u%u/%02u.%02u.%02u", 7 + i % 3, number / 1'000'000, number / 10'000 % 100, number / 100 % 100,
                      number % 100);
        alarms += has_national_number(text) ? 1 : 0;
        std::snprintf(text, sizeof text, "2025-%06u", number % 1'000'000);
        alarms += has_national_number(text) ? 1 : 0;
    }
    EXPECT_EQ(alarms, 0);
}

TEST(Headers, ThatPromiseNationalNumbersAreKnown) {
    for (const std::string header : {"Rijksregisternummer", "RRN", "rrn-nr", "INSZ", "INSZ-nummer", "NISS", "Num\xC3\xA9ro national",
                                     "N\xC2\xB0 de registre national", "National number", "BIS-nummer", "Nationaal nummer"})
        EXPECT_TRUE(is_national_header(header)) << header;
    for (const std::string header : {"Nummer", "Nationaliteit", "Kennissen", "Lidnummer", "Registratienummer", "Correspondentie"})
        EXPECT_FALSE(is_national_header(header)) << header;
}

TEST(Headers, ThatPromiseSuchNumbersMakeEveryLongNumberOne) {
    for (const std::string text : {"85.07.30-033.29", "850730033", "9.01E+10", "9,3000042E+11",
                                   "\xD9\xA8\xD9\xA5\xD9\xA0\xD9\xA7\xD9\xA3\xD9\xA0\xD9\xA0\xD9\xA3\xD9\xA3"})
        EXPECT_TRUE(is_long_number(text)) << text;
    for (const std::string text : {"ja", "31-12-2026", "12345678", "1E+3", "9.01E+", ""}) EXPECT_FALSE(is_long_number(text)) << text;
}

TEST(Uitpas, NumbersInANumberCellLostTheirZero) {
    EXPECT_TRUE(is_uitpas_number(900'000'095'902));
    EXPECT_TRUE(is_uitpas_number(930'000'420'206));
    EXPECT_FALSE(is_uitpas_number(32'475'123'456));
    EXPECT_FALSE(is_uitpas_number(1'767'225'600'123));
}

TEST(Uitpas, ThirteenDigitsThatStartWithZeroNineAreSeen) {
    EXPECT_TRUE(has_uitpas_number("0900000095902"));
    EXPECT_TRUE(has_uitpas_number("pas 0930 0000 42 020"));
    EXPECT_FALSE(has_uitpas_number("1767225600123"));
    EXPECT_FALSE(has_uitpas_number("0475 12 34 56"));
    EXPECT_TRUE(
        has_uitpas_number("0930\xC2\xA0"
                          "0000 42  020"));
    EXPECT_FALSE(has_uitpas_number("09 222 33 44 / 0475 12 34 56"));
    EXPECT_FALSE(has_uitpas_number("09-222.33.44, 0475/12.34.56"));
    EXPECT_TRUE(is_uitpas_header("UiTPAS-nummer"));
}

TEST(Detectors, AccountNumbersAreSeen) {
    EXPECT_TRUE(has_iban("BE68 5390 0754 7034"));
    EXPECT_TRUE(has_iban("rekening BE68539007547034 van mama"));
    EXPECT_TRUE(has_iban("be68-5390-0754-7034"));
    EXPECT_FALSE(has_iban("BE69 5390 0754 7034"));
    EXPECT_FALSE(has_iban("individuele_toeleiding"));
}

TEST(Detectors, MailAddressesAreSeen) {
    EXPECT_TRUE(has_email("an@voorbeeld.be"));
    EXPECT_TRUE(has_email("mail: an.peeters+kind@voorbeeld.co.uk."));
    EXPECT_FALSE(has_email("@klas"));
    EXPECT_FALSE(has_email("3 @ 5"));
}

TEST(Detectors, PhoneNumbersAreSeenInTheUsualNotations) {
    for (const std::string text : {"0475 12 34 56", "0475/12.34.56", "+32 475 12 34 56", "0032475123456", "+32 (0)475 12 34 56",
                                   "475123456", "02 555 12 34", "gsm mama 0475-12-34-56", "+212 6 12 34 56 78"})
        EXPECT_TRUE(has_phone(text)) << text;
    for (const std::string text : {"2025-2026", "9000", "E000000123", "000000012345", "12/05/2012", "1500,50"})
        EXPECT_FALSE(has_phone(text)) << text;
}

TEST(Detectors, DatesAreSeen) {
    EXPECT_TRUE(has_date("12/05/2012"));
    EXPECT_TRUE(has_date("geboren 2012-05-12"));
    EXPECT_TRUE(has_date("1.9.25"));
    EXPECT_FALSE(has_date("2025-2026"));
    EXPECT_FALSE(has_date("1/2"));
    EXPECT_FALSE(has_date("192.168.10"));
}

TEST(Codes, TenThousandCleanCodesRaiseNoAlarm) {
    int alarms = 0;
    for (int i = 0; i < 10'000; ++i) alarms += alarm_in_code("code_" + std::to_string(i * 7919)) != Alarm::None ? 1 : 0;
    EXPECT_LT(alarms, 10);
}

TEST(Codes, PlantedIdentifiersRaiseTheirOwnAlarm) {
    EXPECT_EQ(alarm_in_code("85.07.30-033.28"), Alarm::NationalNumber);
    EXPECT_EQ(alarm_in_code("an@voorbeeld.be"), Alarm::Email);
    EXPECT_EQ(alarm_in_code("0475 12 34 56"), Alarm::Phone);
    EXPECT_EQ(alarm_in_code("BE68 5390 0754 7034"), Alarm::Iban);
    EXPECT_EQ(alarm_in_code("12/05/2012"), Alarm::Date);
    EXPECT_EQ(alarm_in_code("mama wil eerst nog kijken"), Alarm::Words);
    EXPECT_EQ(alarm_in_code("geen plaats meer"), Alarm::None);
    EXPECT_EQ(alarm_code(Alarm::NationalNumber), "POL-001");
    EXPECT_EQ(alarm_code(Alarm::Words), "POL-006");
}

TEST(Codes, OnlyShortLowerCaseSlugsAreKept) {
    EXPECT_EQ(code_slug("Geen plaats, meer!"), "geen_plaats_meer");
    EXPECT_TRUE(is_code("geen_plaats_meer"));
    EXPECT_FALSE(is_code("mama_wil_eerst_kijken"));
    EXPECT_FALSE(is_code("12"));
    EXPECT_FALSE(is_code("Geen"));
    EXPECT_FALSE(is_code(std::string(41, 'a')));
}

TEST(Keys, PlainKeysAreShortAndHoldNoIdentifier) {
    EXPECT_TRUE(is_plain_key("E-2025:17/a.b_c"));
    EXPECT_TRUE(is_plain_key("4711"));
    EXPECT_FALSE(is_plain_key(""));
    EXPECT_FALSE(is_plain_key("~jan"));
    EXPECT_FALSE(is_plain_key("Jan Jansens"));
    EXPECT_FALSE(is_plain_key("85073003328"));
    EXPECT_FALSE(is_plain_key("0475123456"));
    EXPECT_FALSE(is_plain_key(std::string(65, 'a')));
    EXPECT_FALSE(is_plain_key("zo\xC3\xAB"));
}

}  // namespace
}  // namespace brugwacht
