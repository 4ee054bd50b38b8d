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

/// A store with one run: a file with rejected rows 3 and 4 of sheet 1.
struct WithRejects {
    TempDir dir;
    Store store;
    std::int64_t file = 0;

    WithRejects() : store(Store::open(dir / "store.db")) {
        store.begin_run("import", 1000, 1, {});
        file = store.add_file(kFile, 1);
        store.add_reject(file, 1, 3, 2, "IMP-012", 77);
        store.add_reject(file, 1, 4, 0, "IMP-010");
        store.set_counts(file, {.read = 2, .rejected = 2});
        store.commit();
    }
    std::vector<RejectState> states() const {
        std::vector<RejectState> all;
        for (const RejectRow& row : StoreReader::open(dir / "store.db").rejects(1)) all.push_back(row.state);
        return all;
    }
    void undo(std::int64_t run, std::int64_t by) const {
        Database db = Database::open(dir / "store.db", Database::Mode::ReadWrite);
        db.execute("UPDATE run SET undone_by = " + std::to_string(by) + " WHERE id = " + std::to_string(run));
    }
};

TEST(Rejects, AreOpenUntilSomethingSettlesThem) {
    WithRejects with;
    EXPECT_EQ(with.states(), (std::vector{RejectState::Open, RejectState::Open}));
    with.store.begin_run("import", 2000, 2, {});
    const std::vector<OpenReject> open = with.store.open_rejects("crm", 10);
    ASSERT_EQ(open.size(), 1U);  // the other one has no key to be known by
    EXPECT_EQ(open[0].row_id, 77);
    EXPECT_TRUE(with.store.open_rejects("elders", 10).empty());
    with.store.settle_reject(open[0].id, RejectState::Resolved);
    with.store.settle_reject(with.file, 1, 4, RejectState::Replaced);
    with.store.settle_reject(with.file, 1, 3, RejectState::Replaced);  // settled already: stays resolved
    EXPECT_TRUE(with.store.open_rejects("crm", 10).empty());
    with.store.commit();
    EXPECT_EQ(with.states(), (std::vector{RejectState::Resolved, RejectState::Replaced}));
    const std::vector<RejectTotal> totals = StoreReader::open(with.dir / "store.db").reject_totals(1);
    ASSERT_EQ(totals.size(), 2U);
    EXPECT_EQ(totals[0].code, "IMP-010");
    EXPECT_EQ(totals[0].state, RejectState::Replaced);
    EXPECT_EQ(totals[1].column, 2U);
    EXPECT_EQ(totals[1].count, 1U);
}

TEST(Rejects, AreOpenAgainWhenTheRunThatSettledThemIsUndone) {
    WithRejects with;
    with.store.begin_run("import", 2000, 2, {});
    with.store.settle_reject(with.file, 1, 3, RejectState::Resolved);
    with.store.commit();
    with.store.begin_run("undo", 3000, 3, {});
    with.store.commit();
    with.undo(2, 3);
    EXPECT_EQ(with.states(), (std::vector{RejectState::Open, RejectState::Open}));
    with.store.begin_run("import", 4000, 4, {});
    with.store.settle_reject(with.file, 1, 3, RejectState::Resolved);
    with.store.commit();
    EXPECT_EQ(with.states()[0], RejectState::Resolved);
}

TEST(Rejects, OfARollbackAreAsTheyWere) {
    WithRejects with;
    with.store.begin_run("import", 2000, 2, {});
    with.store.settle_reject(with.file, 1, 3, RejectState::Resolved);
    with.store.rollback();
    EXPECT_EQ(with.states()[0], RejectState::Open);
}

TEST(Files, ThatCorrectAnotherKnowWhich) {
    WithRejects with;
    with.store.begin_run("import", 2000, 2, {});
    NewFile corrected = kFile;
    corrected.sha256 = std::string(32, 't');
    corrected.corrects = with.file;
    const std::int64_t id = with.store.add_file(corrected, 1);
    with.store.commit();
    const auto known = with.store.known_file(2, 1);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->id, id);
    EXPECT_EQ(known->corrects, with.file);
    EXPECT_EQ(known->source, "crm");
    EXPECT_EQ(known->mapping, "canonical");
    EXPECT_EQ(known->sha256, corrected.sha256);
    EXPECT_EQ(with.store.known_file(with.file)->corrects, 0);
    EXPECT_FALSE(with.store.known_file(2, 9));
    EXPECT_EQ(StoreReader::open(with.dir / "store.db").files()[1].corrects, with.file);
}

TEST(Repeats, AreKeptPerSheetUntilTheirTimeIsUp) {
    WithRejects with;
    with.store.begin_run("import", 2000, 2, {});
    with.store.add_repeats(with.file, 2, std::string("a\0b", 3));
    with.store.commit();
    EXPECT_EQ(with.store.repeats(with.file, 2), std::string("a\0b", 3));
    EXPECT_FALSE(with.store.repeats(with.file, 1));
    with.store.begin_run("import", 3000, 3, {});
    with.store.drop_repeats(1000);  // of runs that began before that
    EXPECT_TRUE(with.store.repeats(with.file, 2));
    with.store.drop_repeats(1001);
    EXPECT_FALSE(with.store.repeats(with.file, 2));
    with.store.commit();
}

/// A store in a run with one file, and rows of two streams as batches.
struct WithRows {
    TempDir dir;
    Store store;
    std::int64_t file = 0, contacts = 0, cases = 0;
    std::vector<MadeRecord> dropped;

    WithRows() : store(Store::open(dir / "store.db")) { begin(); }
    void begin() {
        static std::int64_t tag = 0;
        store.begin_run("import", 1000, ++tag, {});
        file = store.add_file(kFile, 1);
        contacts = store.stream_id("crm", "contacts");
        cases = store.stream_id("crm", "cases");
    }
    void next_run() {
        store.commit();
        begin();
    }
    void write(std::int64_t stream, std::int64_t row, const std::vector<MadeRecord>& made, bool keeps = false) {
        RowBatch batch;
        batch.made = made;
        batch.rows.push_back({stream, row, 0, static_cast<std::uint32_t>(made.size()), keeps});
        dropped.clear();
        store.write_rows(file, batch, dropped);
    }
    std::vector<StreamRows> rows() const { return StoreReader::open(dir / "store.db").stream_rows(); }
    std::optional<std::int64_t> look(const std::string& sql) const {
        return Database::open(dir / "store.db", Database::Mode::ReadOnly).integer(sql);
    }
};

constexpr MadeRecord kClub{Entity::Club, 5}, kEvent{Entity::Event, 5}, kResult{Entity::Result, 7};

TEST(Rows, DropWhatTheyMakeNoMore) {
    WithRows with;
    with.write(with.contacts, 1, {kResult, kClub, kEvent, kClub});
    EXPECT_TRUE(with.dropped.empty());
    with.write(with.contacts, 1, {kEvent});
    EXPECT_EQ(with.dropped, (std::vector{kClub, kResult}));
    with.write(with.contacts, 1, {kClub}, true);
    EXPECT_TRUE(with.dropped.empty()) << "keeps the event";
    with.write(with.contacts, 1, {});
    EXPECT_EQ(with.dropped, (std::vector{kClub, kEvent}));
    with.write(with.contacts, 1, {}, true);
    EXPECT_TRUE(with.dropped.empty());
    EXPECT_TRUE(with.store.remove_row("crm", "contacts", 1, with.dropped));
    EXPECT_TRUE(with.dropped.empty()) << "made nothing";
    EXPECT_FALSE(with.store.remove_row("crm", "contacts", 1, with.dropped));
    EXPECT_FALSE(with.store.remove_row("elsewhere", "contacts", 1, with.dropped));
}

TEST(Rows, OfABatchComeInTheOrderInWhichTheyWereRead) {
    WithRows with;
    RowBatch batch;
    batch.made = {kClub, kEvent, kResult};
    batch.rows = {{with.contacts, 9, 0, 1, false}, {with.contacts, 1, 1, 1, false}, {with.contacts, 9, 2, 1, false}};
    with.store.write_rows(with.file, batch, with.dropped);
    EXPECT_EQ(with.dropped, std::vector{kClub});
}

TEST(Rows, AreCountedByStreamWithThoseThatAreMissing) {
    WithRows with;
    with.write(with.contacts, 1, {kClub, kEvent});
    with.write(with.contacts, 2, {});
    with.write(with.cases, 1, {kResult});
    EXPECT_EQ(with.store.sweep("crm", "contacts", {2}, 1, 5000, with.dropped).missing, 1U);
    with.store.commit();
    const std::vector<StreamRows> rows = with.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].source + "." + rows[0].stream, "crm.cases");
    EXPECT_EQ(rows[0].known, 1U);
    EXPECT_EQ(rows[0].missing, 0U);
    EXPECT_EQ(rows[1].stream, "contacts");
    EXPECT_EQ(rows[1].known, 2U);
    EXPECT_EQ(rows[1].missing, 1U);
    EXPECT_EQ(with.look("SELECT max(missing_since) FROM remote_row"), 5000);
}

TEST(Rows, OnlyRecordsThatAreThereAndThatNoRowMakesAreFree) {
    WithRows with;
    write_result(with.store, with.file, 7, "R7", 19000);
    write_result(with.store, with.file, 8, "R8", 19000);
    with.write(with.contacts, 1, {kResult});
    const MadeRecord other{Entity::Result, 8}, absent{Entity::Result, 9}, elsewhere{Entity::Goal, 8};
    EXPECT_EQ(with.store.without_row({kResult, other, absent, elsewhere}), std::vector{other});
    EXPECT_TRUE(with.store.without_row({}).empty());
    with.write(with.contacts, 1, {});
    EXPECT_EQ(with.store.without_row({kResult, other}), (std::vector{kResult, other}));
}

TEST(Rows, StandAsBeforeWhenTheRunThatChangedThemIsTakenBack) {
    WithRows with;
    with.write(with.contacts, 1, {kClub, kEvent});
    with.write(with.contacts, 2, {});
    with.write(with.contacts, 3, {kResult});
    with.store.sweep("crm", "contacts", {1, 2}, 1, 5000, with.dropped);
    with.store.commit();
    const auto lines = [&] {
        std::vector<std::vector<std::int64_t>> all;
        Database db = Database::open(with.dir / "store.db", Database::Mode::ReadOnly);
        for (Statement s = db.prepare(R"(SELECT "row", entity, record, file, missing_since FROM remote_row)"); s.step();)
            all.push_back({s.integer(0), s.integer(1), s.integer(2), s.integer(3), s.integer(4)});
        return all;
    };
    const auto before = lines();
    EXPECT_EQ(before.size(), 4U);
    with.begin();
    with.write(with.contacts, 1, {kEvent, kResult});
    with.write(with.contacts, 2, {kClub});
    with.write(with.contacts, 3, {kResult});
    with.write(with.contacts, 4, {kResult});
    with.store.sweep("crm", "contacts", {3, 4}, 1, 6000, with.dropped);
    with.store.commit();
    EXPECT_NE(lines(), before);
    with.store.begin_run("undo", 3000, 99, {});
    with.store.take_back(2);
    with.store.commit();
    EXPECT_EQ(lines(), before);
    EXPECT_EQ(with.look("SELECT count(*) FROM before_remote_row"), 0);
}

TEST(Records, ThatAreTakenOutAreWaitedForByWhatRefersToThem) {
    WithRows with;
    FactBatch batch;
    FactRow row = result(batch, 11, "A", 0, 0);
    const auto& columns = fact_columns(Entity::Employment);
    const auto at = std::find_if(columns.begin(), columns.end(), [](const FactColumn& c) { return c.name == "worker"; });
    ASSERT_NE(at, columns.end());
    row.present = 1U << (at - columns.begin());
    batch.cells.back() = 21;
    batch.rows.push_back(row);
    std::vector<RowState> states(1);
    with.store.write(Entity::Employment, with.file, batch, states, nullptr);
    EXPECT_EQ(with.store.waiting(), 1U);
    batch.clear();
    row = result(batch, 21, "W", 0, 0);
    row.present = 0;
    batch.rows.push_back(row);
    with.store.write(Entity::Worker, with.file, batch, states, nullptr);
    EXPECT_EQ(with.store.waiting(), 0U);
    with.next_run();
    with.store.remove_records(Entity::Worker, {21});
    EXPECT_EQ(with.store.waiting(), 1U);
    with.next_run();
    with.store.remove_records(Entity::Employment, {11});
    EXPECT_EQ(with.store.waiting(), 0U);
    with.store.commit();
    EXPECT_EQ(with.look("SELECT count(*) FROM missing"), 0);
}

}  // namespace
}  // namespace brugwacht
