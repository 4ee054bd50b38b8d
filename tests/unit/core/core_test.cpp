#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "engine/core/date.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/model.hpp"
#include "engine/core/ports.hpp"
#include "engine/core/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Date d(int year, int month, int day) { return Date::from_ymd(year, month, day).value(); }

TEST(CoreDate, EveryDayOfFourCenturiesSurvivesTheRoundTrip) {
    for (Date day = d(1700, 1, 1); day < d(2100, 1, 2); day = day.plus_days(1)) {
        ASSERT_EQ(Date::from_ymd(day.year(), day.month(), day.day()), day);
        ASSERT_EQ(Date::parse_iso(day.iso()), day);
    }
}

TEST(CoreDate, DaysThatDoNotExistAreRefused) {
    EXPECT_FALSE(Date::from_ymd(2025, 2, 29));
    EXPECT_FALSE(Date::from_ymd(1900, 2, 29));
    EXPECT_TRUE(Date::from_ymd(2000, 2, 29));
    EXPECT_FALSE(Date::from_ymd(2025, 13, 1));
    EXPECT_FALSE(Date::from_ymd(0, 1, 1));
    for (const char* text : {"2025-2-01", "2025-02-30", "2025/02/01", "2025-02-01 ", "", "20250201", "2025-02-0x"})
        EXPECT_FALSE(Date::parse_iso(text)) << text;
}

TEST(CoreDate, MonthsClampToTheLastDay) {
    EXPECT_EQ(add_months(d(2025, 8, 31), 6), d(2026, 2, 28));
    EXPECT_EQ(add_months(d(2023, 8, 31), 6), d(2024, 2, 29));
    EXPECT_EQ(add_months(d(2025, 1, 31), -2), d(2024, 11, 30));
    EXPECT_EQ(add_months(d(2025, 12, 15), 1), d(2026, 1, 15));
    EXPECT_EQ(add_months(d(2025, 8, 31), 6, MonthRule::NextMonth), d(2026, 3, 1));
    EXPECT_FALSE(add_months(d(2025, 8, 31), 6, MonthRule::Reject));
}

TEST(CoreDate, AgeCountsCompletedYears) {
    EXPECT_EQ(completed_years(d(2012, 5, 20), d(2025, 5, 19)), 12);
    EXPECT_EQ(completed_years(d(2012, 5, 20), d(2025, 5, 20)), 13);
    EXPECT_EQ(completed_years(d(2012, 2, 29), d(2025, 2, 28)), 12);
    EXPECT_EQ(completed_years(d(2012, 2, 29), d(2025, 3, 1)), 13);
}

TEST(CoreDate, WeekdaysStartOnMonday) {
    EXPECT_EQ(d(2025, 9, 1).weekday(), 1);
    EXPECT_EQ(d(1969, 12, 28).weekday(), 7);
}

TEST(CoreText, FoldingIgnoresCaseAccentsAndPunctuation) {
    EXPECT_EQ(fold("Geb.-datum"), "gebdatum");
    EXPECT_EQ(fold("  D'Hondt "), "dhondt");
    EXPECT_EQ(fold("Y\xC4\xB1ld\xC4\xB1z"), "yildiz");
    EXPECT_EQ(fold("\xC4\xB0stanbul"), "istanbul");
    EXPECT_EQ(fold("A\xC3\xAFt \xC3\x87\x65lik"), "aitcelik");
    EXPECT_EQ(fold("\xD0\x9E\xD0\xBB\xD0\xB5\xD0\xBA\xD1\x81\xD0\xB0\xD0\xBD\xD0\xB4\xD1\x80"), "oleksandr");
    EXPECT_EQ(fold_words(" Van  den\tBroeck "), "van den broeck");
    EXPECT_EQ(fold_words("Jos\xC3\xA9 Mar\xC3\xAD\x61"), "jose maria");
}

TEST(CoreText, CombiningAndPrecomposedLettersFoldAlike) { EXPECT_EQ(fold("e\xCC\x81l\xC3\xA8ve"), fold("\xC3\xA9leve")); }

TEST(CoreText, TrimDropsBlanksOfEveryKind) {
    EXPECT_EQ(trim("\xC2\xA0 a b\xE2\x80\xAF\r\n"), "a b");
    EXPECT_EQ(trim(" \t "), "");
}

TEST(CoreText, OnlyStrictUtf8IsValid) {
    EXPECT_TRUE(is_valid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80"));
    for (const char* bytes : {"caf\xE9", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"})
        EXPECT_FALSE(is_valid_utf8(bytes));
}

TEST(CoreText, EncodingsOfBelgianFilesBecomeUtf8) {
    EXPECT_EQ(to_utf8("caf\xE9 \x80", "windows-1252"), "caf\xC3\xA9 \xE2\x82\xAC");
    EXPECT_EQ(to_utf8("caf\x8E", "macintosh"), "caf\xC3\xA9");
    EXPECT_FALSE(to_utf8("x", "no-such-encoding"));
}

TEST(CoreText, SuggestsTheNearestKnownWord) {
    EXPECT_EQ(nearest("lable", {"label", "window", "kind"}), "label");
    EXPECT_FALSE(nearest("zzzz", {"label", "window", "kind"}));
}

TEST(CoreHash, SipHashMeetsTheAuthorsVectors) {
    HashKey key{};
    for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
    std::string message;
    // First and tenth vector of the reference implementation (128-bit output).
    const Hash128 empty = siphash128(key, message);
    EXPECT_EQ(empty.low, 0xe6a825ba047f81a3ULL);
    EXPECT_EQ(empty.high, 0x930255c71472f66dULL);
    message = std::string(1, '\0');
    const Hash128 one = siphash128(key, message);
    EXPECT_EQ(one.low, 0x44af996bd8c187daULL);
    EXPECT_EQ(one.high, 0x45fc229b11597634ULL);
}

TEST(CoreModel, EveryEntityStartsWithItsKeyAndReferencesExist) {
    for (std::size_t i = 0; i < kEntities; ++i) {
        const EntityDef& def = entity_def(static_cast<Entity>(i));
        EXPECT_EQ(static_cast<std::size_t>(def.entity), i);
        EXPECT_EQ(def.fields[0].name, "key");
        EXPECT_TRUE(def.fields[0].required);
        for (const FieldDef& field : def.fields) {
            const bool points_nowhere = field.type == FieldType::Reference && !entity_by_name(field.list);
            EXPECT_FALSE(points_nowhere) << field.name;
        }
        EXPECT_EQ(entity_by_sheet(def.sheet), def.entity);
    }
}

TEST(CoreFiles, WritingReplacesAllOrNothing) {
    const TempDir dir;
    const auto files = disk_files();
    const auto path = dir.path() / "a.txt";
    files->write(path, "old", 0600);
    files->write(path, "new", 0600);
    EXPECT_EQ(files->read(path), "new");
    EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::mask, std::filesystem::perms(0600));
    EXPECT_THROW(files->write(dir.path() / "nowhere" / "a.txt", "x", 0600), Error);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), std::filesystem::directory_iterator()), 1);
}

TEST(CoreFiles, ReadingNamesWhatIsWrong) {
    const TempDir dir;
    const auto files = disk_files();
    try {
        files->read(dir.path() / "missing");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::NoInput);
        EXPECT_EQ(error.first().code, "FIL-001");
    }
    try {
        files->read(dir.path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Data);
        EXPECT_EQ(error.first().code, "FIL-002");
    }
}

TEST(CoreSecrets, AKeyThatOthersCanReadIsRefused) {
    const TempDir dir;
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0700));
    const auto secrets = key_files(dir.path());
    secrets->store("master", Secret(std::string(32, 'k')));
    EXPECT_EQ(secrets->load("master").bytes(), std::string(32, 'k'));
    std::filesystem::permissions(dir.path() / "master.key", std::filesystem::perms(0644));
    try {
        secrets->load("master");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::NoPermission);
        EXPECT_EQ(error.first().code, "KEY-002");
    }
    std::filesystem::permissions(dir.path() / "master.key", std::filesystem::perms(0600));
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0777));
    EXPECT_THROW(secrets->load("master"), Error);
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0700));
    std::ofstream(dir.path() / "master.key", std::ios::trunc) << "short";
    EXPECT_THROW(secrets->load("master"), Error);
    EXPECT_THROW(secrets->load("absent"), Error);
}

std::string refusal_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

TEST(CoreSecrets, AKeyOrFolderOfSomebodyElseIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    const TempDir dir;
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0700));
    const auto secrets = key_files(dir.path());
    secrets->store("master", Secret(std::string(32, 'k')));
    ASSERT_EQ(::chown((dir.path() / "master.key").c_str(), 4711, 4711), 0);
    EXPECT_EQ(refusal_of([&] { secrets->load("master"); }), "KEY-006 77");
    ASSERT_EQ(::chown((dir.path() / "master.key").c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(dir.path().c_str(), 4711, 4711), 0);
    EXPECT_EQ(refusal_of([&] { secrets->load("master"); }), "KEY-006 77");
    EXPECT_EQ(refusal_of([&] { secrets->sealed("absent"); }), "nothing");
}

TEST(CoreSecrets, WhatIsReplacedOrDestroyedIsOverwrittenFirst) {
    const TempDir dir;
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0700));
    const auto secrets = key_files(dir.path());
    const auto still_at = [&](const char* link) { return read_bytes(dir.path() / link); };
    secrets->store("master", Secret(std::string(32, 'k')));
    std::filesystem::create_hard_link(dir.path() / "master.key", dir.path() / "first");
    secrets->store("master", Secret(std::string(32, 'l')));
    EXPECT_EQ(still_at("first"), std::string(32, '\0'));
    EXPECT_EQ(secrets->load("master").bytes(), std::string(32, 'l'));

    secrets->store_sealed("ring", "sealed bytes");
    EXPECT_EQ(secrets->sealed("ring"), "sealed bytes");
    std::filesystem::create_hard_link(dir.path() / "ring.sealed", dir.path() / "second");
    secrets->destroy_sealed("ring");
    EXPECT_FALSE(secrets->sealed("ring"));
    EXPECT_EQ(still_at("second"), std::string(12, '\0'));
    secrets->destroy_sealed("ring");  // is no fault
    std::filesystem::create_hard_link(dir.path() / "master.key", dir.path() / "third");
    secrets->destroy("master");
    EXPECT_FALSE(secrets->exists("master"));
    EXPECT_EQ(still_at("third"), std::string(32, '\0'));
}

TEST(CoreSecrets, MemoryOfASecretIsWipedAndUsedAgain) {
    const char* where = nullptr;
    {
        const Secret secret(std::string(32, 's'));
        where = secret.bytes().data();
    }
    const Secret next(std::string(8, 'n'));
    ASSERT_EQ(next.bytes().data(), where);  // the pool gives the first free place
    EXPECT_EQ(std::string(where, 32), std::string(8, 'n') + std::string(24, '\0'));
    Secret moved(std::string(100'000, 'm'));  // does not fit into the pool
    const Secret taken(std::move(moved));
    EXPECT_EQ(taken.bytes(), std::string(100'000, 'm'));
}

TEST(CoreSecrets, ManySecretsAtOnceKeepTheirBytes) {
    std::vector<Secret> secrets;
    for (std::size_t i = 0; i < 3000; ++i) secrets.emplace_back(std::string(1 + i % 130, static_cast<char>('a' + i % 26)));
    for (std::size_t i = 0; i < secrets.size(); i += 2) secrets[i] = Secret();
    for (std::size_t i = 0; i < secrets.size(); i += 2) secrets[i] = Secret(std::string(40, static_cast<char>('A' + i % 26)));
    for (std::size_t i = 0; i < secrets.size(); ++i)
        ASSERT_EQ(secrets[i].bytes(), i % 2 == 0 ? std::string(40, static_cast<char>('A' + i % 26))
                                                 : std::string(1 + i % 130, static_cast<char>('a' + i % 26)));
}

TEST(CoreClock, TimestampsAreUtc) {
    EXPECT_EQ(utc_timestamp(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(utc_timestamp(1756722600), "2025-09-01T10:30:00Z");
}

}  // namespace
}  // namespace brugwacht
