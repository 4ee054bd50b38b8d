#include "connector/files/biff_cipher.hpp"

#include <gtest/gtest.h>

#include <string>

#include "connector/files/biff_records.hpp"
#include "connector/files/ole.hpp"
#include "tests/support/corpus.hpp"
#include "tests/unit/connector/biff_builder.hpp"
#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

std::string from_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    return out;
}

// Contents of FILEPASS as Excel wrote them: a random salt, and a check of the password.
const std::string kXorAbc = from_hex("00004a511acc");
const std::string kXorPassword = from_hex("00007a14af83");
const std::string kXorPasswordBiff5 = from_hex("7a14af83");
const std::string kRc4Password =
    from_hex("01000100010068a75dab8dff01c4fa376368e65efc5fdaa7a36e2421fba36ab4ec92fa2aa09af7896935e1c3adb71628edb7543c09fa");
const std::string kRc4Default =
    from_hex("0100010001002c8556096f59ef0180278bfcf2b8f918f7bb5c8cc636a2f10bfc896cfe0c7cc4ebefa6b9d5f6d1efac02985a4ced79a2");
const std::string kCryptoApiDefault = from_hex(
    "0100040002000c0000007e0000000c000000000000000168000004800000800000000100000000000000000000004d006900630072006f0073006f006600740020"
    "0045006e00680061006e006300650064002000430072007900700074006f0067007200610070006800690063002000500072006f00760069006400650072002000"
    "760031002e003000000010000000ed6aa1b392f74abd4590318dff884b904caba60fe5b862dca61b8a50247bb80f14000000053cc364d92e7ab21ea8e1a725e82f"
    "74d8623562");

bool opens(const std::string& filepass, bool biff8, std::string_view password) {
    return open_biff_cipher(filepass, biff8, password) != nullptr;
}

TEST(BiffCipher, OnlyTheRightPasswordOpens) {
    EXPECT_TRUE(opens(kXorAbc, true, "abc"));
    EXPECT_TRUE(opens(kXorPassword, true, "password"));
    EXPECT_TRUE(opens(kXorPasswordBiff5, false, "password"));
    EXPECT_TRUE(opens(kRc4Password, true, "password"));
    EXPECT_TRUE(opens(kRc4Default, true, kDefaultPassword));
    EXPECT_TRUE(opens(kCryptoApiDefault, true, kDefaultPassword));
    for (const std::string& filepass : {kXorAbc, kXorPassword, kRc4Password, kRc4Default, kCryptoApiDefault})
        for (const char* password : {"", "Abc", "passwore", "velvetsweatshop"}) EXPECT_FALSE(opens(filepass, true, password)) << password;
}

TEST(BiffCipher, DamagedOrUnknownProtectionIsNotOpened) {
    for (const std::string& filepass : {kXorAbc, kRc4Default, kCryptoApiDefault})
        for (std::size_t size = 0; size < filepass.size(); ++size)
            EXPECT_FALSE(opens(filepass.substr(0, size), true, kDefaultPassword)) << size;
    std::string other = kRc4Default;
    other[2] = 9;
    EXPECT_FALSE(opens(other, true, kDefaultPassword));
    other = kCryptoApiDefault;
    other[10] = '\xff';
    other[13] = '\x7f';  // a header of two billion bytes
    EXPECT_FALSE(opens(other, true, kDefaultPassword));
    other = kCryptoApiDefault;
    other[30] = 0;
    other[31] = 1;  // a key longer than there is
    EXPECT_FALSE(opens(other, true, kDefaultPassword));
}

/// The same records, encrypted from FILEPASS on. Deciphering turns both kinds of RC4 around; XOR needs its turn undone.
std::string encrypted(const std::string& plain, const std::string& filepass, bool is_xor) {
    const auto cipher = open_biff_cipher(filepass, true, kDefaultPassword);
    const MemoryRange range(plain);
    BiffReader reader(range);
    BiffRecord record;
    std::string out = plain;
    bool on = false;
    while (reader.next(record)) {
        const bool always_plain = record.is_bof() || record.id == biff::FilePass;
        if (on && !always_plain) {
            const std::size_t skip = record.id == biff::BoundSheet ? 4 : 0;
            const auto place = static_cast<std::size_t>(record.offset + 4 + skip);
            const std::size_t size = record.data.size() - skip;
            if (is_xor) {
                std::string mask(size, '\0');
                cipher->decipher(place, record.data.size(), skip, mask.data(), size);
                for (std::size_t i = 0; i < size; ++i) {
                    const auto byte = static_cast<std::uint8_t>(out[place + i] ^ mask[i]);
                    out[place + i] = static_cast<char>(byte >> 3 | byte << 5);
                }
            } else {
                cipher->decipher(place, record.data.size(), skip, out.data() + place, size);
            }
        }
        on = on || record.id == biff::FilePass;
    }
    return out;
}

TEST(BiffCipher, WorkbooksWithTheDefaultPasswordAreReadAsIfTheyHadNone) {
    // The key and check that [MS-OFFCRYPTO] 2.3.7 gives for the default password.
    const std::string xor_default = from_hex(
        "0000"
        "59b3"
        "0a9a");
    std::string rows;
    for (unsigned row = 0; row < 300; ++row) rows += shared_cell(row, 0, row % 2) + number_cell(row, 1, row);
    std::string expected;
    for (unsigned row = 0; row < 300; ++row) expected += (row % 2 == 0 ? "één," : "twee,") + std::to_string(row) + "\n";
    const std::string strings = record(0xfc, four(2) + four(2) + text8(u"één") + text8("twee"));
    for (const auto& [filepass, is_xor] : {std::pair{xor_default, true}, {kRc4Default, false}, {kCryptoApiDefault, false}}) {
        const std::string plain = biff_stream({record(0x2f, filepass) + strings, {{"Leden", rows}, {"Meer", number_cell(0, 0, 1)}}});
        const std::string bytes = ole_of({{"Workbook", encrypted(plain, filepass, is_xor)}});
        EXPECT_EQ(peek_csv(bytes), expected);
        EXPECT_EQ(info_of(bytes).tabs.at(1).name, "Meer");
    }
}

TEST(BiffCipher, WorkbooksWithAnotherPasswordAreRefused) {
    for (const std::string& filepass : {kXorAbc, kXorPassword, kRc4Password, std::string(), std::string("\1\0\7\0\7\0", 6)}) {
        EXPECT_EQ(peek_csv(xls_of({record(0x2f, filepass), {{"Leden", number_cell(0, 0, 1)}}})), "FIL-013");
        EXPECT_EQ(peek_csv(xls_of({record(0x2f, filepass), {{"Leden", number_cell(0, 0, 1)}}, 5})), "FIL-013");
    }
    EXPECT_EQ(peek_csv(bof(4, 0x10) + record(0x2f, kXorPasswordBiff5) + number_cell(0, 0, 1) + end_record()), "FIL-013");
}

TEST(BiffCipher, TheWorkbooksOfTheCorpusOpenWithTheirPassword) {
    if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    struct Locked {
        const char* file;
        const char* password;
    };
    // The passwords are those that the projects of these files use in their own tests.
    for (const Locked& locked :
         {Locked{"poi__xor-encryption-abc.xls", "abc"}, Locked{"poi__password.xls", "password"},
          Locked{"sheetjs__password_2002_40_xor.xls", "password"}, Locked{"sheetjs__password_2002_40_dhsc.xls", "password"},
          Locked{"sheetjs__password_2002_128_enhanced.xls", "password"}}) {
        const std::filesystem::path path = corpus_file(std::string("security/") + locked.file);
        if (!std::filesystem::exists(path)) continue;
        const File file = File::open(path);
        const OleContainer container(file);
        const OleEntry* entry = container.find("Workbook");
        if (entry == nullptr) entry = container.find("Book");
        ASSERT_NE(entry, nullptr) << locked.file;
        const auto stream = container.open(*entry);
        BiffReader reader(*stream);
        BiffRecord record;
        std::unique_ptr<BiffCipher> cipher;
        bool biff8 = true;
        int codepages = 0;
        while (reader.next(record) && record.id != biff::Eof) {
            if (record.id == biff::Bof5) biff8 = record.u16(0) == 0x600;
            if (record.id == biff::FilePass) {
                cipher = open_biff_cipher(record.data, biff8, locked.password);
                ASSERT_NE(cipher, nullptr) << locked.file;
                reader.use(cipher.get());
            }
            if (record.id == biff::CodePage) {
                ++codepages;
                EXPECT_TRUE(record.u16(0) == 1200 || record.u16(0) == 1252 || record.u16(0) == 10000)
                    << locked.file << " " << record.u16(0);
            }
        }
        EXPECT_EQ(codepages, 1) << locked.file;
    }
}

}  // namespace
}  // namespace brugwacht
