#include "engine/identity/tombstones.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Identity person(const std::string& key, const std::string& given, const std::string& family, const std::string& born,
                const std::string& email = "", const std::string& phone = "") {
    Identity identity;
    identity.id = static_cast<std::int64_t>(std::hash<std::string>()(key) >> 1);
    identity.source = "crm";
    identity.values[0] = key;
    const auto set = [&](const char* field, const std::string& value) {
        identity.values[field_index(Entity::Person, field).value()] = value;
    };
    set("given_name", given);
    set("family_name", family);
    set("birth_date", born);
    set("email", email);
    set("phone", phone);
    return identity;
}

class TombstonesTest : public testing::Test {
  protected:
    TombstonesTest() : keys_(derive_keys(Secret(std::string(32, 'k')))), today_(Date::from_ymd(2026, 3, 1).value()) {}

    std::int64_t erase(const std::vector<Identity>& records) { return tombstones().add(records, {41, 42}, today_, {10, 0}); }
    Tombstones& tombstones() {
        if (!tombstones_) tombstones_.emplace(Tombstones::open(file(), keys_));
        return *tombstones_;
    }
    std::filesystem::path file() const { return dir_ / "erasures.db"; }
    std::string verdict(const Identity& identity) { return std::string(name(tombstones().recognise(identity).reason)); }

    TempDir dir_;
    Keys keys_;
    Date today_;
    std::optional<Tombstones> tombstones_;
};

TEST_F(TombstonesTest, ThereIsNoFileBeforeTheFirstErasure) {
    EXPECT_TRUE(tombstones().empty());
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_EQ(verdict(person("1", "Lina", "Vandeputte", "2015-04-12")), "none");
}

TEST_F(TombstonesTest, AreKeptUnderTheKeyOfTheProject) {
    const Identity lina = person("1", "Lina", "Vandeputte", "2015-04-12", "lina@voorbeeld.invalid", "0470 12 34 56");
    EXPECT_EQ(erase({lina}), 1);
    std::ifstream in(file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (const char* text : {"Lina", "lina", "andeputte", "2015", "0470", "voorbeeld"})
        EXPECT_EQ(bytes.find(text), std::string::npos) << text;
    EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    tombstones_.reset();
    const Keys other = derive_keys(Secret(std::string(32, 'x')));
    EXPECT_THROW(Tombstones::open(file(), other), Error);
    EXPECT_EQ(verdict(lina), "key") << "read again";
    EXPECT_EQ(tombstones().erasure_of_record(lina.id), 1);
    EXPECT_EQ(tombstones().erasure_of_trajectory(42), 1);
    EXPECT_EQ(tombstones().erasure_of_trajectory(43), 0);
}

TEST_F(TombstonesTest, SayWhoIsCertainAndWhoIsPossible) {
    erase({person("1", "Lina", "Van de Putte", "2015-04-12", "lina@voorbeeld.invalid", "0470 12 34 56")});
    struct Case {
        Identity identity;
        const char* reason;
    };
    const std::vector<Case> cases{
        {person("1", "", "", ""), "key"},
        {person("2", "Lina", "Vandeputte", "2015-04-12", "LINA@voorbeeld.invalid"), "two_keys"},
        {person("3", "VAN DE PUTTE", "Lína", "2015-04-12", "", "+32470123456"), "two_keys"},
        {person("4", "Lina", "Vandeputte", "2015-04-12", "", "0032 470 12 34 56"), "two_keys"},
        {person("5", "Lina", "Vandeputte", "2015-04-12", "other@voorbeeld.invalid"), "name"},
        {person("6", "Leena", "Vandeputte", "2015-04-12"), "spelling"},
        {person("7", "Lina", "Vandeput", "2015-04-12"), "spelling"},
        {person("8", "Lina", "Vandeputte", "2015-12-04"), "spelling"},
        {person("9", "Tom", "Vandeputte", "2015-04-12", "lina@voorbeeld.invalid", "0470123456"), "spelling"},  // a twin: asked, not dropped
        {person("10", "Lina", "Vandeputte", "2013-01-30"), "none"},                                            // a namesake
        {person("11", "Tom", "Vandeputte", "2012-08-01", "lina@voorbeeld.invalid", "0470123456"), "none"},     // a brother
        {person("12", "", "", "", "lina@voorbeeld.invalid", "0470123456"), "contact"},
        {person("13", "Amina", "Benali", "2015-04-12"), "none"},
        {person("14", "", "", ""), "none"},
    };
    for (const Case& one : cases) EXPECT_EQ(verdict(one.identity), one.reason) << one.identity.values[0];
}

TEST_F(TombstonesTest, ASecondErasureIsNotMixedWithTheFirst) {
    erase({person("1", "Lina", "Vandeputte", "2015-04-12")});
    erase({person("2", "Tom", "Claes", "2014-01-02", "lina@voorbeeld.invalid", "0470123456")});
    EXPECT_EQ(verdict(person("3", "Lina", "Vandeputte", "2015-04-12", "lina@voorbeeld.invalid")), "name");
    EXPECT_EQ(tombstones().last(), 2);
    EXPECT_EQ(tombstones().size(), 2U);
}

TEST_F(TombstonesTest, WhoIsSomebodyElseIsNotAskedAboutAgain) {
    const std::int64_t erasure = erase({person("1", "Lina", "Vandeputte", "2015-04-12", "", "0470123456")});
    const Identity other = person("2", "Lina", "Vandeputte", "2015-04-12");
    tombstones().keep("crm", "2", erasure);
    EXPECT_EQ(verdict(other), "none");
    EXPECT_EQ(verdict(person("2", "Lina", "Vandeputte", "2015-04-12", "", "0470123456")), "none");
    EXPECT_EQ(verdict(person("3", "Lina", "Vandeputte", "2015-04-12")), "name");
}

TEST_F(TombstonesTest, ErasedAgainIsTheSamePersonUnderTheSameNumber) {
    const std::int64_t first = erase({person("1", "Lina", "Vandeputte", "2015-04-12")});
    tombstones().keep("crm", "3", first);
    tombstones().finish({first});
    EXPECT_EQ(tombstones().add({person("2", "Lina", "Vandeputte", "2015-04-12")}, {}, today_, {10, 0}, first), first);
    EXPECT_EQ(tombstones().last(), 2) << "databases that saw the first must look again";
    EXPECT_EQ(tombstones().unfinished(), std::vector<std::int64_t>{first});
    EXPECT_EQ(verdict(person("2", "", "", "")), "key");
    EXPECT_EQ(verdict(person("3", "Lina", "Vandeputte", "2015-04-12")), "none") << "still somebody else";
}

TEST_F(TombstonesTest, ExpireAtTheEndOfAYearAndKeepTheirNumber) {
    erase({person("1", "Lina", "Vandeputte", "2015-04-12")});
    EXPECT_EQ(tombstones().expire(Date::from_ymd(2036, 12, 31).value(), true), 0U);
    EXPECT_EQ(tombstones().expire(Date::from_ymd(2037, 1, 1).value(), false), 1U);
    EXPECT_EQ(tombstones().size(), 1U) << "only counted";
    EXPECT_EQ(tombstones().expire(Date::from_ymd(2037, 1, 1).value(), true), 1U);
    EXPECT_EQ(verdict(person("1", "Lina", "Vandeputte", "2015-04-12")), "none");
    EXPECT_EQ(erase({person("4", "Tom", "Claes", "2014-01-02")}), 2) << "a number is never used twice";
    tombstones_.reset();
    EXPECT_EQ(tombstones().unfinished(), std::vector<std::int64_t>{2});
}

TEST_F(TombstonesTest, CanLastUntilAfterMajority) {
    tombstones().add({person("1", "Lina", "Vandeputte", "2020-04-12")}, {}, today_, {10, 5});
    EXPECT_EQ(tombstones().expire(Date::from_ymd(2043, 12, 31).value(), false), 0U);
    EXPECT_EQ(tombstones().expire(Date::from_ymd(2044, 1, 1).value(), false), 1U);
}

}  // namespace
}  // namespace brugwacht
