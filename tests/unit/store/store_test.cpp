#include "engine/store/store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/schema.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

const NewFile kFile{"crm", "caseload", std::string(32, 's'), "canonical", "1"};

/// A result record: a date, nothing else.
FactRow result(FactBatch& batch, std::int64_t id, std::string_view key, std::int64_t date, std::uint32_t row_index) {
    FactRow row;
    row.id = id;
    row.key = batch.add_text(key);
    row.row = row_index + 2;
    row.row_index = row_index;
    row.present = 1;
    row.cells_at = static_cast<std::uint32_t>(batch.cells.size());
    batch.cells.push_back(date);
    return row;
}

RowState write_result(Store& store, std::int64_t file, std::int64_t id, std::string_view key, std::int64_t date) {
    FactBatch batch;
    batch.rows.push_back(result(batch, id, key, date, 0));
    std::vector<RowState> states(1);
    store.write(Entity::Result, file, batch, states, nullptr);
    return states[0];
}

TEST(Store, EveryFieldOfTheModelThatMayRestHereHasItsColumnAndNoOther) {
    TempDir dir;
    Store::open(dir / "store.db");
    Database db = Database::open(dir / "store.db", Database::Mode::ReadOnly);
    for (std::size_t e = 1; e < kEntities; ++e) {
        const auto entity = static_cast<Entity>(e);
        std::set<std::string> expected = {"id", "file", "tab", "row", "fingerprint", "key"};
        for (const FactColumn& column : fact_columns(entity)) expected.insert(column.name);
        if (entity == Entity::Trajectory) expected.insert({"age", "age_uncertain"});
        std::set<std::string> found;
        for (Statement s = db.prepare("SELECT name FROM pragma_table_info('" + std::string(entity_def(entity).name) + "')"); s.step();)
            found.insert(std::string(s.text(0)));
        EXPECT_EQ(found, expected) << entity_def(entity).name;
    }
    std::set<std::string> person;
    for (Statement s = db.prepare("SELECT name FROM pragma_table_info('person')"); s.step();) person.insert(std::string(s.text(0)));
    EXPECT_EQ(person, (std::set<std::string>{"id", "file", "tab", "row", "gender", "household", "area", "person_id", "linked"}));
}

TEST(Store, StateOfARecordFollowsFromItsFingerprint) {
    TempDir dir;
    Store store = Store::open(dir / "store.db");
    store.begin_run("import", 0, 1, HashKey{1});
    const std::int64_t file = store.add_file(kFile, 1);
    EXPECT_EQ(write_result(store, file, 7, "R7", 19000), RowState::New);
    store.commit();
    store.begin_run("import", 0, 2, HashKey{1});
    const std::int64_t next = store.add_file(kFile, 1);
    EXPECT_EQ(write_result(store, next, 7, "R7", 19000), RowState::Unchanged);
    EXPECT_EQ(write_result(store, next, 7, "R7", 19001), RowState::Changed);
    store.commit();
    const StoreReader reader = StoreReader::open(dir / "store.db");
    ResultRow row;
    auto results = reader.results();
    ASSERT_TRUE(results.next(row));
    EXPECT_EQ(row.date->days(), 19001);
    EXPECT_EQ(row.origin.file, next) << "provenance is that of the current values";
}

TEST(Store, IdTakenByAnotherRecordStopsTheRun) {
    TempDir dir;
    Store store = Store::open(dir / "store.db");
    store.begin_run("import", 0, 1, HashKey{1});
    write_result(store, store.add_file(kFile, 1), 7, "R7", 19000);
    store.commit();
    store.begin_run("import", 0, 2, HashKey{1});
    const std::int64_t file = store.add_file(kFile, 1);
    EXPECT_EQ(code_of([&] { write_result(store, file, 7, "another", 19000); }), "STO-004 70");
    NewFile other = kFile;
    other.source = "other";
    const std::int64_t elsewhere = store.add_file(other, 2);
    EXPECT_EQ(code_of([&] { write_result(store, elsewhere, 7, "R7", 19000); }), "STO-004 70");
    store.rollback();
}

TEST(Store, LargeBatchInAnyOrderGivesTheSameRows) {
    std::vector<std::int64_t> ids(5000);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i * 7919 + 1);
    std::set<std::string> outcomes;
    for (const unsigned seed : {1U, 2U, 3U}) {
        std::shuffle(ids.begin(), ids.end(), std::mt19937(seed));
        TempDir dir;
        Store store = Store::open(dir / "store.db");
        store.begin_run("import", 0, 1, HashKey{1});
        FactBatch batch;
        std::vector<RowState> states(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i)
            batch.rows.push_back(result(batch, ids[i], "R" + std::to_string(ids[i]), ids[i] % 20000, static_cast<std::uint32_t>(i)));
        store.write(Entity::Result, store.add_file(kFile, 1), batch, states, nullptr);
        store.commit();
        EXPECT_EQ(std::count(states.begin(), states.end(), RowState::New), 5000);
        std::string all;
        const StoreReader reader = StoreReader::open(dir / "store.db");
        ResultRow row;
        for (auto results = reader.results(); results.next(row);) {
            EXPECT_EQ(row.key, "R" + std::to_string(row.id));
            all += std::to_string(row.id) + row.date->iso();
        }
        outcomes.insert(all);
    }
    EXPECT_EQ(outcomes.size(), 1U);
}

TEST(Store, CountsThatDoNotAddUpAreRefused) {
    TempDir dir;
    Store store = Store::open(dir / "store.db");
    store.begin_run("import", 0, 1, HashKey{1});
    const std::int64_t file = store.add_file(kFile, 1);
    EXPECT_NO_THROW(store.set_counts(file, {6, 1, 1, 1, 1, 1, 1}));
    EXPECT_THROW(store.set_counts(file, {7, 1, 1, 1, 1, 1, 1}), Error);
    store.rollback();
}

TEST(Store, RolledBackRunLeavesNeitherRowsNorSourcesNorFiles) {
    TempDir dir;
    Store store = Store::open(dir / "store.db");
    store.begin_run("import", 0, 1, HashKey{1});
    write_result(store, store.add_file(kFile, 1), 7, "R7", 19000);
    store.code("enrol");
    store.rollback();
    EXPECT_FALSE(store.has_batch(1, 1));
    store.begin_run("import", 0, 2, HashKey{1});
    store.code("enrol");
    store.commit();
    EXPECT_TRUE(store.has_batch(1, 2));
    const StoreReader reader = StoreReader::open(dir / "store.db");
    EXPECT_EQ(reader.count("result"), 0U);
    EXPECT_TRUE(reader.sources().empty());
    EXPECT_TRUE(reader.files().empty());
}

TEST(Store, ReaderRefusesNewerAndOlderForms) {
    TempDir dir;
    Store::open(dir / "store.db");
    Database db = Database::open(dir / "store.db", Database::Mode::ReadWrite);
    db.execute("UPDATE schema_version SET version = 99");
    EXPECT_EQ(code_of([&] { StoreReader::open(dir / "store.db"); }), "STO-001 78");
    EXPECT_EQ(code_of([&] { Store::open(dir / "store.db"); }), "STO-001 78");
    db.execute("UPDATE schema_version SET version = 0");
    EXPECT_EQ(code_of([&] { StoreReader::open(dir / "store.db"); }), "STO-002 78");
    EXPECT_EQ(code_of([&] { StoreReader::open(dir / "absent.db"); }), "DB-001 66");
}

TEST(Store, BookmarksAndWarningsComeBack) {
    TempDir dir;
    Store store = Store::open(dir / "store.db");
    const std::int64_t run = store.begin_run("import", 0, 1, HashKey{1});
    const std::int64_t file = store.add_file(kFile, 1);
    store.set_bookmark("crm", "contacts", "2025-01-01");
    store.set_bookmark("crm", "contacts", "2025-02-01");
    store.add_warning(file, "IMP-100", 2);
    store.add_warning(file, "IMP-100", 3);
    store.commit();
    const StoreReader reader = StoreReader::open(dir / "store.db");
    EXPECT_EQ(reader.bookmark("crm", "contacts"), "2025-02-01");
    EXPECT_FALSE(reader.bookmark("crm", "events"));
    ASSERT_EQ(reader.warnings(run).size(), 1U);
    EXPECT_EQ(reader.warnings(run)[0].count, 5U);
}

TEST(IdSet, HoldsWhatWasPutInAndNothingElse) {
    std::mt19937_64 random(7);
    IdSet set;
    std::set<std::int64_t> truth;
    for (int i = 0; i < 20000; ++i) {
        const auto id = static_cast<std::int64_t>(random() % 15000 + 1) << (i % 3 * 20);
        EXPECT_EQ(set.insert(id), truth.insert(id).second);
    }
    for (std::int64_t id = 1; id < 15001; ++id) ASSERT_EQ(set.contains(id), truth.contains(id));
    EXPECT_EQ(set.sorted(), std::vector<std::int64_t>(truth.begin(), truth.end()));
    set.clear();
    EXPECT_TRUE(set.empty());
    EXPECT_FALSE(set.contains(1));
    EXPECT_TRUE(set.insert(1));
}

}  // namespace
}  // namespace brugwacht
