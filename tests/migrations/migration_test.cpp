// One store of every schema version that was ever released stays here for ever, as the SQL that makes it.
#include <gtest/gtest.h>

#include <map>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "engine/store/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

fs::path store_from(const std::string& dump, const TempDir& dir) {
    fs::path path = dir / "store.db";
    Database database = Database::open(path, Database::Mode::Create);
    database.execute(read_bytes(BRUGWACHT_SOURCE_DIR "/tests/migrations/" + dump));
    database.checkpoint();
    return path;
}

std::string code_of_opening(const fs::path& path) {
    try {
        Store::open(path);
    } catch (const Error& error) {
        return error.first().code;
    }
    return "";
}

TEST(Migration, AStoreOfVersionOneKeepsAllItHeld) {
    const TempDir dir;
    const fs::path path = store_from("store_v1.sql", dir);
    EXPECT_EQ(code_of_opening(path), "");
    const StoreReader reader = StoreReader::open(path);
    EXPECT_EQ(reader.count("person"), 3U);
    EXPECT_EQ(reader.count("trajectory"), 3U);
    EXPECT_EQ(reader.count("event"), 5U);
    EXPECT_EQ(reader.waiting(), 2U);
    ASSERT_EQ(reader.runs().size(), 2U);
    ASSERT_EQ(reader.files().size(), 5U);
    EXPECT_EQ(reader.files()[0].counts.read, 6U);
    EXPECT_EQ(reader.files()[0].counts.rejected, 1U);
    EXPECT_EQ(reader.rejects(1).size(), 2U);
    for (const RejectRow& reject : reader.rejects(1)) EXPECT_EQ(reject.state, RejectState::Open);
    for (const FileRow& file : reader.files()) EXPECT_EQ(file.corrects, 0);
    auto events = reader.events();
    EventRow event;
    bool enrolment = false;
    while (events.next(event)) enrolment = enrolment || (event.type == "enrol" && event.year == 2025 && event.date.iso() == "2025-09-28");
    EXPECT_TRUE(enrolment);
}

TEST(Migration, AStoreOfVersionThreeKeepsAllItHeld) {
    const TempDir dir;
    const fs::path path = store_from("store_v3.sql", dir);
    EXPECT_EQ(code_of_opening(path), "");
    const StoreReader reader = StoreReader::open(path);
    for (const auto& [entity, records] : std::map<std::string, std::uint64_t>{{"person", 2},
                                                                              {"trajectory", 2},
                                                                              {"event", 3},
                                                                              {"club", 1},
                                                                              {"worker", 1},
                                                                              {"activity", 1},
                                                                              {"signal", 1},
                                                                              {"goal", 1},
                                                                              {"employment", 0}})
        EXPECT_EQ(reader.count(entity), records) << entity;
    EXPECT_EQ(reader.waiting(), 1U);
    ASSERT_EQ(reader.runs().size(), 4U);
    EXPECT_EQ(reader.runs()[2].undone_by, 4);
    EXPECT_EQ(reader.runs()[3].undoes, 3);
    EXPECT_EQ(reader.runs()[3].removed, 1U);
    ASSERT_EQ(reader.files().size(), 4U);
    EXPECT_EQ(reader.files()[2].corrects, 1);
    ASSERT_EQ(reader.rejects(1).size(), 2U);
    EXPECT_EQ(reader.rejects(1)[0].state, RejectState::Resolved);
    EXPECT_EQ(reader.rejects(1)[1].state, RejectState::Open);
    ASSERT_EQ(reader.open_holds().size(), 1U);
    EXPECT_EQ(reader.open_holds()[0].entity, "event");
    EXPECT_EQ(reader.bookmark("crm", "since"), "2025-11-01");
    PersonRow person;
    auto persons = reader.persons();
    ASSERT_TRUE(persons.next(person));
    EXPECT_EQ(person.area, "Kalmthout");
    EXPECT_EQ(person.gender, "f");
    EXPECT_TRUE(reader.stream_rows().empty());
}

TEST(Migration, ARunOfAStoreOfVersionThreeIsStillTakenBack) {
    const TempDir dir;
    const fs::path path = store_from("store_v3.sql", dir);
    {
        Store store = Store::open(path);
        EXPECT_TRUE(store.run_state(2)->kept);
        EXPECT_EQ(store.repeats(1, 1), "\x01\x02");
        store.begin_run("undo", 1795700000, 1, {});
        EXPECT_EQ(store.take_back(2).restored, 2U);
        store.commit();
    }
    const StoreReader reader = StoreReader::open(path);
    EXPECT_EQ(reader.bookmark("crm", "since"), "2025-10-01");
    EventRow event;
    std::string enrolled;
    for (auto events = reader.events(); events.next(event);)
        if (event.key == "E2") enrolled = event.date.iso();
    EXPECT_EQ(enrolled, "2025-09-28");
}

TEST(Migration, ARunOfAStoreWithoutImagesIsNotUndoneByGuess) {
    const TempDir dir;
    const fs::path path = store_from("store_v1.sql", dir);
    Store store = Store::open(path);
    ASSERT_TRUE(store.run_state(1));
    EXPECT_FALSE(store.run_state(1)->kept);
    const StoreReader reader = StoreReader::open(path);
    EXPECT_TRUE(reader.open_holds().empty());
    EXPECT_FALSE(reader.runs()[0].undoes);
    EXPECT_EQ(reader.files()[0].vanished, 0U);
}

TEST(Migration, AStoreOfANewerProgramIsRefusedAndLeftAlone) {
    const TempDir dir;
    const fs::path path = store_from("store_v1.sql", dir);
    {
        Database database = Database::open(path, Database::Mode::ReadWrite);
        database.execute("UPDATE schema_version SET version = 1000");
        database.checkpoint();
    }
    EXPECT_EQ(code_of_opening(path), "STO-001");
    Database database = Database::open(path, Database::Mode::ReadOnly);
    EXPECT_EQ(database.integer("SELECT version FROM schema_version"), 1000);
}

TEST(Migration, CountsThatDoNotAddUpCannotBeStored) {
    const TempDir dir;
    Database database = Database::open(store_from("store_v1.sql", dir), Database::Mode::ReadWrite);
    EXPECT_THROW(database.execute("UPDATE file SET rejected = rejected + 1 WHERE id = 1"), Error);
}

}  // namespace
}  // namespace brugwacht
