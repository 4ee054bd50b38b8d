#include <gtest/gtest.h>

#include <set>

#include "engine/core/ports.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/database.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

TEST(LibToml, KeepsOrderTypesAndLines) {
    const Node root = parse_toml("b = 1\na = \"x\"\n[t]\nd = 2025-09-01\nl = [1, 2.5, true]\n", "f.toml");
    ASSERT_EQ(root.keys, (std::vector<std::string>{"b", "a", "t"}));
    EXPECT_EQ(root.find("t")->find("d")->date.iso(), "2025-09-01");
    EXPECT_EQ(root.find("t")->find("l")->items.size(), 3U);
    EXPECT_EQ(root.find("a")->line, 2);
}

TEST(LibToml, ABrokenFileNamesItsLine) {
    try {
        parse_toml("a = 1\nb = = 2\n", "f.toml");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "TOM-001");
        EXPECT_TRUE(error.first().where.starts_with("2:")) << error.first().where;
    }
}

TEST(LibTableReader, ReportsEveryFaultWithTheNearestKey) {
    const Node root = parse_toml("label = 3\nwindoow = \"x\"\n", "f.toml");
    std::vector<Fault> faults;
    TableReader reader(root, "f.toml", "", faults);
    reader.text("label");
    reader.texts("window");
    reader.required_text("id");
    reader.finish();
    ASSERT_EQ(faults.size(), 3U);
    EXPECT_EQ(faults[0].code, "CFG-003");
    EXPECT_EQ(faults[1].code, "CFG-002");
    EXPECT_EQ(faults[2].code, "CFG-001");
    EXPECT_EQ(faults[2].where.substr(0, 2), "2:");
    EXPECT_EQ(std::get<std::string>(faults[2].args[2].second), "window");
}

TEST(LibJson, WritesAndReadsBack) {
    JsonWriter json;
    json.begin_object().member("a", 1).member("b", "x\"\n").key("c").begin_array().value(0.1).value(true).null().end_array().end_object();
    const std::string text = json.take();
    EXPECT_EQ(text, R"({"a":1,"b":"x\"\n","c":[0.1,true,null]})");
    const Node node = parse_json(text, "-");
    EXPECT_EQ(node.find("b")->text, "x\"\n");
    EXPECT_EQ(node.find("c")->items.size(), 3U);
}

TEST(LibJson, RefusesDepthAndNonsense) {
    EXPECT_THROW(parse_json(std::string(100000, '['), "-"), Error);
    EXPECT_THROW(parse_json("{\"a\":}", "-"), Error);
    EXPECT_THROW(parse_json("[\"\xFF\"]", "-"), Error);
}

TEST(LibDatabase, ATransactionRollsBackUnlessCommitted) {
    const TempDir dir;
    Database db = Database::open(dir.path() / "a.db", Database::Mode::Create);
    db.execute("CREATE TABLE t(a INTEGER) STRICT");
    {
        const Transaction open(db);
        db.execute("INSERT INTO t VALUES(1)");
    }
    EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 0);
    Transaction done(db);
    db.prepare("INSERT INTO t VALUES(?)").bind(0, 7).execute();
    done.commit();
    EXPECT_EQ(db.integer("SELECT a FROM t"), 7);
}

TEST(LibDatabase, AMissingOrForeignFileIsNamed) {
    const TempDir dir;
    try {
        Database::open(dir.path() / "none.db", Database::Mode::ReadOnly);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "DB-001");
    }
    disk_files()->write(dir.path() / "text.db", std::string(5000, 'x'), 0600);
    try {
        Database db = Database::open(dir.path() / "text.db", Database::Mode::ReadWrite);
        db.integer("SELECT count(*) FROM sqlite_master");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "DB-002");
    }
}

TEST(LibTexts, ThreeLanguagesHaveTheSameKeysAndArguments) {
    const Texts nl = load_texts("nl");
    ASSERT_GT(nl.keys().size(), 20U);
    for (const char* language : {"fr", "en"}) {
        const Texts other = load_texts(language);
        EXPECT_EQ(nl.keys(), other.keys()) << language;
        for (const std::string& key : nl.keys()) EXPECT_EQ(nl.arguments(key), other.arguments(key)) << language << " " << key;
    }
}

TEST(LibTexts, EveryErrorHasItsRemedy) {
    const Texts nl = load_texts("nl");
    std::size_t seen = 0;
    for (const std::string& key : nl.keys()) {
        const bool of_an_error = key.size() > 7 && key.ends_with(".remedy") && key[0] >= 'A' && key[0] <= 'Z';
        if (!of_an_error) continue;
        ++seen;
        EXPECT_TRUE(nl.has(key.substr(0, key.size() - 7) + ".message")) << key;
    }
    EXPECT_GT(seen, 10U);
}

TEST(LibTexts, PluralsFollowTheLanguage) {
    Texts fr("fr");
    fr.add("rows", "{n, plural, one {# ligne} other {# lignes}}");
    EXPECT_EQ(fr("rows", {{"n", std::int64_t{0}}}), "0 ligne");
    EXPECT_EQ(fr("rows", {{"n", std::int64_t{2}}}), "2 lignes");
    Texts nl("nl");
    nl.add("rows", "{n, plural, one {# rij} other {# rijen}}");
    EXPECT_EQ(nl("rows", {{"n", std::int64_t{0}}}), "0 rijen");
    EXPECT_EQ(nl("rows", {{"n", std::int64_t{1234}}}), "1.234 rijen");
}

}  // namespace
}  // namespace brugwacht
