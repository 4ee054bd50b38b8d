// What rows of remote sources made, and what becomes of it when they make something else or are gone.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "engine/core/error.hpp"
#include "engine/identity/intake.hpp"
#include "engine/identity/undo.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using Records = std::vector<Record>;

Record record(Entity entity, const Fields& fields) {
    Record made;
    made.entity = entity;
    for (const auto& [name, value] : fields) made.set(name, value);
    return made;
}
Record person(const std::string& key) {
    return record(Entity::Person, {{"key", key}, {"given_name", "Wiske"}, {"family_name", "Van Zwollem"}, {"birth_date", "2015-03-14"}});
}
Record trajectory(const std::string& key, const std::string& of) {
    return record(Entity::Trajectory, {{"key", key}, {"person", of}, {"start", "2025-02-03"}});
}
Record event(const std::string& key, const std::string& of) {
    return record(Entity::Event, {{"key", key}, {"trajectory", of}, {"date", "2025-09-28"}, {"type", "trial"}});
}
Record activity(const std::string& key, const std::string& worker = "", const std::string& of = "") {
    return record(Entity::Activity, {{"key", key}, {"date", "2025-09-28"}, {"worker", worker}, {"trajectory", of}});
}
Record club(const std::string& key) { return record(Entity::Club, {{"key", key}, {"name", "Chiro Sidonia"}}); }
Record worker(const std::string& key) { return record(Entity::Worker, {{"key", key}, {"name", "Jerom"}}); }

class RemoteRows : public testing::Test {
  protected:
    RemoteRows() { reopen(); }
    void reopen() {
        vault_.reset();
        store_.reset();
        store_.emplace(Store::open(dir_ / "store.db"));
        vault_.emplace(Vault::open(dir_ / "vault.db", keys_));
    }

    Intake intake(std::int64_t at = 1700000000) { return {*store_, *vault_, keys_, {}, at}; }
    void begin_file(Intake& intake, const std::string& source = "crm") {
        FileToRead file;
        file.source = source;
        file.sha256 = sha256(std::to_string(++files_));
        file.mapping = "canonical";
        file.mapping_digest = "1";
        intake.begin_file(file);
    }
    bool row(Intake& intake, std::string_view stream, std::string_view id, const Records& records) {
        intake.begin_row(stream, id);
        const bool good = intake.put(records, {1, 1, ++line_});
        intake.end_row();
        return good;
    }
    /// A run of one file. Its number.
    std::int64_t sync(const std::function<void(Intake&)>& read, const std::string& source = "crm") {
        Intake in = intake();
        begin_file(in, source);
        read(in);
        in.end_file();
        withdrawn_ = in.withdrawn();
        in.commit();
        return in.run();
    }
    std::int64_t read(std::string_view stream, std::string_view id, const Records& records) {
        return sync([&](Intake& in) { row(in, stream, id, records); });
    }
    std::int64_t withdraw(std::string_view stream, std::string_view id) {
        return sync([&](Intake& in) { EXPECT_TRUE(in.withdraw_row(stream, id)); });
    }
    /// A run of its own that compares a stream with the ids there are.
    Sweep sweep(const std::vector<std::string>& ids, double max_share = 1, const std::string& stream = "contacts") {
        Intake in = intake();
        std::vector<std::int64_t> rows;
        for (const std::string& id : ids) rows.push_back(in.row_hash("crm", stream, id));
        const Sweep found = in.sweep("crm", stream, rows, max_share);
        withdrawn_ = in.withdrawn();
        in.commit();
        return found;
    }
    UndoSummary undo(std::int64_t run) { return undo_run(*store_, *vault_, keys_, run, 1700000100, false); }

    StoreReader reader() const { return StoreReader::open(dir_ / "store.db"); }
    std::uint64_t count(std::string_view entity) const { return reader().count(entity); }
    Database look() const { return Database::open(dir_ / "store.db", Database::Mode::ReadOnly); }
    std::uint64_t known(const std::string& stream = "contacts") const { return of(stream).known; }
    std::uint64_t missing(const std::string& stream = "contacts") const { return of(stream).missing; }
    /// Records that went by the rows of the last run, all files together.
    std::map<std::string, std::uint64_t> withdrawn() const {
        std::map<std::string, std::uint64_t> all;
        for (const auto& [file, entities] : withdrawn_)
            for (const auto& [entity, records] : entities) all[entity] += records;
        return all;
    }
    using Counts = std::map<std::string, std::uint64_t>;

    TempDir dir_;
    Keys keys_ = derive_keys(Secret(std::string(32, 'm')));
    std::optional<Store> store_;
    std::optional<Vault> vault_;
    std::map<std::int64_t, Counts> withdrawn_;

  private:
    StreamRows of(const std::string& stream) const {
        for (StreamRows& rows : reader().stream_rows())
            if (rows.stream == stream) return std::move(rows);
        return {};
    }
    int files_ = 0;
    std::uint64_t line_ = 1;
};

TEST_F(RemoteRows, WhatARowMakesNoMoreGoes) {
    read("contacts", "17", {person("P1"), event("E1", "T1"), club("C1")});
    read("contacts", "17", {person("P1"), event("E2", "T1")});
    EXPECT_EQ(withdrawn(), (Counts{{"club", 1}, {"event", 1}}));
    EXPECT_EQ(count("person"), 1U);
    EXPECT_EQ(count("club"), 0U);
    EXPECT_TRUE(reader().find("event", "crm", "E2"));
    EXPECT_FALSE(reader().find("event", "crm", "E1"));
    EXPECT_EQ(reader().files().back().vanished, 2U);
    EXPECT_EQ(reader().files().front().vanished, 0U);
    EXPECT_EQ(known(), 1U);
}

TEST_F(RemoteRows, ARowThatMakesNothingIsRememberedAllTheSame) {
    read("contacts", "17", {});
    EXPECT_EQ(known(), 1U);
    read("contacts", "17", {club("C1")});
    EXPECT_EQ(known(), 1U);
    read("contacts", "17", {});
    EXPECT_EQ(known(), 1U);
    EXPECT_EQ(count("club"), 0U);
    EXPECT_EQ(sweep({}, 1).known, 1U);
    withdraw("contacts", "17");
    EXPECT_EQ(known(), 0U);
}

TEST_F(RemoteRows, AWithdrawnRowTakesWhatItMadeAndIsKnownNoMore) {
    read("contacts", "17", {club("C1"), activity("A1")});
    sync([](Intake& in) {
        EXPECT_FALSE(in.withdraw_row("contacts", "18"));
        EXPECT_FALSE(in.withdraw_row("other", "17"));
        EXPECT_TRUE(in.withdraw_row("contacts", "17"));
        EXPECT_FALSE(in.withdraw_row("contacts", "17"));
    });
    EXPECT_EQ(withdrawn(), (Counts{{"activity", 1}, {"club", 1}}));
    EXPECT_EQ(known(), 0U);
    EXPECT_EQ(count("club") + count("activity"), 0U);
}

TEST_F(RemoteRows, ARecordOfSeveralRowsGoesWithTheLastOfThem) {
    sync([&](Intake& in) {
        row(in, "activities", "1", {activity("A1", "W1"), worker("W1"), club("C1")});
        row(in, "activities", "2", {activity("A2", "W1"), worker("W1")});
        row(in, "clubs", "1", {club("C1")});
    });
    withdraw("activities", "1");
    EXPECT_EQ(withdrawn(), (Counts{{"activity", 1}}));
    withdraw("clubs", "1");
    EXPECT_EQ(count("club"), 0U);
    EXPECT_EQ(count("worker"), 1U);
    withdraw("activities", "2");
    EXPECT_EQ(withdrawn(), (Counts{{"activity", 1}, {"worker", 1}}));
    EXPECT_EQ(count("worker"), 0U);
}

TEST_F(RemoteRows, ARecordThatALaterRowOfTheRunMakesStaysWhereverThatRowIs) {
    read("contacts", "17", {club("C1"), club("C2"), club("C3")});
    Intake in = intake();
    begin_file(in);
    row(in, "contacts", "17", {});
    row(in, "contacts", "18", {club("C1")});
    in.end_file();
    begin_file(in);
    row(in, "clubs", "2", {club("C2")});
    in.end_file();
    EXPECT_EQ(in.withdrawn().size(), 1U);
    EXPECT_EQ(in.withdrawn().begin()->second, (Counts{{"club", 1}})) << "of the file in which the row let go of it";
    in.commit();
    EXPECT_TRUE(reader().find("club", "crm", "C1"));
    EXPECT_TRUE(reader().find("club", "crm", "C2"));
    EXPECT_FALSE(reader().find("club", "crm", "C3"));
    EXPECT_EQ(reader().files()[1].vanished, 1U);
    EXPECT_EQ(reader().files()[2].vanished, 0U);
}

TEST_F(RemoteRows, ARowThatComesTwiceInARunIsAsItCameLast) {
    Intake in = intake();
    begin_file(in);
    row(in, "contacts", "17", {club("C1")});
    row(in, "contacts", "17", {club("C2")});
    EXPECT_TRUE(in.withdraw_row("contacts", "17"));
    row(in, "contacts", "17", {club("C3"), club("C4")});
    in.end_file();
    begin_file(in);
    row(in, "contacts", "17", {club("C4")});
    in.end_file();
    in.commit();
    EXPECT_EQ(count("club"), 1U);
    EXPECT_TRUE(reader().find("club", "crm", "C4"));
    EXPECT_EQ(known(), 1U);
}

TEST_F(RemoteRows, OneThatWasWithdrawnAndComesBackInTheSameRunKeepsItsRecord) {
    read("contacts", "17", {person("P1")});
    sync([&](Intake& in) {
        in.withdraw_row("contacts", "17");
        row(in, "contacts", "17", {person("P1")});
    });
    EXPECT_EQ(withdrawn(), Counts{});
    EXPECT_EQ(count("person"), 1U);
    EXPECT_EQ(vault_->size(), 1U);
}

TEST_F(RemoteRows, ARejectedRowKeepsWhatItHad) {
    read("contacts", "17", {club("C1"), activity("A1")});
    sync([&](Intake& in) {
        EXPECT_FALSE(row(in, "contacts", "17", {club("C2"), event("E1", "T1"), record(Entity::Event, {{"key", "no date"}})}));
    });
    EXPECT_EQ(count("club"), 1U);
    EXPECT_EQ(count("activity"), 1U);
    EXPECT_EQ(count("event"), 0U);
    // Half of it can be read, the other half cannot.
    sync([](Intake& in) {
        in.begin_row("contacts", "17");
        in.put(Records{club("C2")}, {1, 1, 2});
        in.reject({1, 1, 3}, "IMP-012", 4);
        in.end_row();
    });
    EXPECT_EQ(count("club"), 2U);
    EXPECT_EQ(count("activity"), 1U);
    // Read well again: all that it does not make now goes.
    read("contacts", "17", {club("C2")});
    EXPECT_EQ(withdrawn(), (Counts{{"activity", 1}, {"club", 1}}));
    EXPECT_TRUE(reader().find("club", "crm", "C2"));
}

TEST_F(RemoteRows, ARejectedRowThatWasNeverReadIsKnown) {
    sync([](Intake& in) {
        in.begin_row("contacts", "17");
        in.reject({1, 1, 2}, "IMP-012", 4);
        in.end_row();
    });
    EXPECT_EQ(known(), 1U);
}

TEST_F(RemoteRows, WhatNoRowMadeIsLeftAlone) {
    sync([&](Intake& in) {
        in.put(Records{club("C1")}, {1, 1, 2});
        row(in, "contacts", "17", {});
    });
    sync([](Intake& in) { in.withdraw_row("contacts", "17"); });
    EXPECT_EQ(sweep({}).known, 0U);
    EXPECT_EQ(count("club"), 1U);
    EXPECT_TRUE(withdrawn().empty());
}

TEST_F(RemoteRows, APersonGoesFromTheVaultTooAndUndoingBringsAllBack) {
    read("contacts", "17", {person("P1"), trajectory("T1", "P1"), event("E1", "T1")});
    const std::int64_t run = withdraw("contacts", "17");
    EXPECT_EQ(withdrawn(), (Counts{{"event", 1}, {"person", 1}, {"trajectory", 1}}));
    EXPECT_EQ(count("person") + count("trajectory") + count("event"), 0U);
    EXPECT_EQ(vault_->size(), 0U);
    undo(run);
    EXPECT_EQ(count("person") + count("trajectory") + count("event"), 3U);
    EXPECT_EQ(vault_->size(), 1U);
    EXPECT_EQ(known(), 1U);
    withdraw("contacts", "17");
    EXPECT_EQ(count("person"), 0U) << "the row knows again what it made";
}

TEST_F(RemoteRows, FactsOfOtherRowsGoWithTheirPersonAndReadingThoseRowsMakesThemAgain) {
    read("contacts", "17", {person("P1")});
    read("cases", "5", {trajectory("T1", "P1"), event("E1", "T1")});
    read("activities", "9", {activity("A1", "", "T1")});
    const std::int64_t run = withdraw("contacts", "17");
    EXPECT_EQ(withdrawn(), (Counts{{"person", 1}})) << "what hung on the person is not counted: no row let go of it";
    EXPECT_EQ(count("trajectory") + count("event"), 0U);
    EXPECT_EQ(count("activity"), 1U) << "an activity stays, without the trajectory";
    EXPECT_EQ(look().integer("SELECT count(*) FROM activity WHERE trajectory IS NOT NULL"), 0);
    EXPECT_EQ(known("cases"), 1U);
    EXPECT_EQ(reader().waiting(), 0U);

    undo(run);
    EXPECT_EQ(count("trajectory") + count("event"), 2U);
    EXPECT_EQ(look().integer("SELECT count(*) FROM activity WHERE trajectory IS NOT NULL"), 1);
    withdraw("contacts", "17");

    read("cases", "5", {trajectory("T1", "P1"), event("E1", "T1")});
    EXPECT_EQ(count("trajectory") + count("event"), 2U);
    EXPECT_EQ(reader().waiting(), 1U) << "for the person";
    read("contacts", "17", {person("P1")});
    EXPECT_EQ(reader().waiting(), 0U);
    withdraw("contacts", "17");
    withdraw("cases", "5");
    EXPECT_TRUE(withdrawn().empty()) << "they went before";
    EXPECT_EQ(known("cases"), 0U);
}

TEST_F(RemoteRows, TheNameOfAWorkerGoesWithItAndComesBackWithIt) {
    read("activities", "1", {worker("W1"), activity("A1", "W1")});
    const auto id = reader().find("worker", "crm", "W1");
    ASSERT_TRUE(id);
    const std::int64_t run = read("activities", "1", {activity("A1", "W1")});
    EXPECT_FALSE(vault_->name(NameKind::Worker, *id));
    EXPECT_EQ(reader().waiting(), 1U);
    undo(run);
    EXPECT_EQ(vault_->name(NameKind::Worker, *id), "Jerom");
    EXPECT_EQ(reader().waiting(), 0U);
}

TEST_F(RemoteRows, ASweepMarksFirstAndTakesOutTheSecondTime) {
    sync([&](Intake& in) {
        for (const char* id : {"1", "2", "3", "4"}) row(in, "contacts", id, {club(std::string("C") + id), activity(std::string("A") + id)});
        row(in, "contacts", "5", {});
        row(in, "other", "3", {activity("other")});
    });
    Sweep found = sweep({"1", "2", "4", "never read"});
    EXPECT_EQ(found.known, 5U);
    EXPECT_EQ(found.missing, 2U);
    EXPECT_EQ(found.gone, 0U);
    EXPECT_EQ(missing(), 2U);
    EXPECT_EQ(known(), 5U);
    EXPECT_EQ(count("club"), 4U);
    EXPECT_EQ(missing("other"), 0U);

    found = sweep({"4", "1"});
    EXPECT_EQ(found.missing, 3U);
    EXPECT_EQ(found.gone, 2U);
    EXPECT_EQ(known(), 3U);
    EXPECT_EQ(missing(), 1U);
    EXPECT_EQ(withdrawn(), (Counts{{"activity", 1}, {"club", 1}}));
    EXPECT_EQ(count("club"), 3U);
    EXPECT_EQ(count("activity"), 4U);

    found = sweep({"1", "2", "4"});
    EXPECT_EQ(found.back, 1U);
    EXPECT_EQ(found.missing, 0U);
    EXPECT_EQ(missing(), 0U);
    found = sweep({"1", "4"});
    EXPECT_EQ(found.gone, 0U) << "twice, but not in a row";
}

TEST_F(RemoteRows, ARowThatIsReadAgainLosesItsMark) {
    sync([&](Intake& in) {
        for (const char* id : {"1", "2", "3"}) row(in, "contacts", id, {club(std::string("C") + id)});
    });
    EXPECT_EQ(sweep({"3"}).missing, 2U);
    sync([&](Intake& in) {
        row(in, "contacts", "1", {club("C1"), activity("A1")});
        in.begin_row("contacts", "2");
        in.reject({1, 1, 2}, "IMP-012", 4);
        in.end_row();
    });
    EXPECT_EQ(missing(), 0U);
    const Sweep found = sweep({"3"});
    EXPECT_EQ(found.gone, 0U);
    EXPECT_EQ(found.missing, 2U);
    EXPECT_EQ(missing(), 2U);
}

TEST_F(RemoteRows, AListingThatMissesTooManyIsNotBelieved) {
    sync([&](Intake& in) {
        for (int id = 0; id < 10; ++id) row(in, "contacts", std::to_string(id), {club("C" + std::to_string(id))});
    });
    const std::vector<std::string> nine{"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    EXPECT_FALSE(sweep(nine, 0.1).refused) << "a tenth is not more than a tenth";
    EXPECT_EQ(missing(), 1U);
    Sweep found = sweep({"3", "4", "5", "6", "7", "8", "9"}, 0.1);
    EXPECT_TRUE(found.refused);
    EXPECT_EQ(found.missing, 3U);
    EXPECT_EQ(found.gone, 0U);
    EXPECT_EQ(missing(), 1U) << "no new mark";
    EXPECT_EQ(known(), 10U);

    found = sweep({}, 1);
    EXPECT_TRUE(found.refused) << "an empty listing is never believed";
    EXPECT_EQ(found.missing, 10U);
    EXPECT_EQ(count("club"), 10U);
    EXPECT_EQ(missing(), 1U);

    found = sweep({"0", "1"}, 0.5);
    EXPECT_TRUE(found.refused);
    EXPECT_EQ(found.back, 1U) << "what it has is there all the same";
    EXPECT_EQ(missing(), 0U);
    EXPECT_TRUE(sweep({"3", "4", "5", "6", "7", "8", "9"}, 0).refused);
    EXPECT_FALSE(sweep({"2", "3", "4", "5", "6", "7", "8", "9"}, 0).refused) << "two of a short list may well go";
}

TEST_F(RemoteRows, ASweepOfWhatWasNeverReadDoesNothing) {
    EXPECT_EQ(sweep({"1", "2"}, 0).refused, false);
    EXPECT_EQ(sweep({}, 0).refused, false);
    EXPECT_TRUE(reader().stream_rows().empty());
    EXPECT_TRUE(reader().sources().empty());
}

TEST_F(RemoteRows, WhatASweepFindsCountsForTheLastFileOfTheSource) {
    read("contacts", "1", {club("C1")});
    read("contacts", "2", {club("C2")});
    sweep({"2"});
    Intake in = intake();
    begin_file(in);
    row(in, "contacts", "3", {});
    in.end_file();
    EXPECT_EQ(in.sweep("crm", "contacts", {in.row_hash("crm", "contacts", "2"), in.row_hash("crm", "contacts", "3")}, 0.5).gone, 1U);
    in.commit();
    EXPECT_EQ(reader().files().back().vanished, 1U);
}

TEST_F(RemoteRows, ThousandsGoAtOnce) {
    constexpr int kRows = 20000;
    sync([&](Intake& in) {
        for (int id = 0; id < kRows; ++id)
            row(in, "contacts", std::to_string(id), {activity("A" + std::to_string(id), "W1"), worker("W1")});
    });
    sweep({"7"});
    EXPECT_EQ(missing(), kRows - 1U);
    EXPECT_EQ(sweep({"7"}).gone, kRows - 1U);
    EXPECT_EQ(count("activity"), 1U);
    EXPECT_EQ(count("worker"), 1U);
    EXPECT_EQ(known(), 1U);
}

TEST_F(RemoteRows, AStreamTellsWhichPersonsItMade) {
    read("contacts", "P1", {person("P1"), trajectory("T1", "P1")});
    read("cases", "9", {person("P2")});
    sync([&](Intake& in) { row(in, "contacts", "P3", {person("P3")}); }, "other");
    const RecordIds ids(keys_.record_id);
    const std::vector<StreamPerson> made = reader().stream_persons("crm", "contacts");
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].person, ids.id("crm", Entity::Person, "P1"));
    EXPECT_EQ(made[0].row, ids.row("crm", "contacts", "P1"));
    EXPECT_EQ(reader().stream_persons("crm", "cases").size(), 1U);
    EXPECT_TRUE(reader().stream_persons("crm", "unknown").empty());
    withdraw("contacts", "P1");
    EXPECT_TRUE(reader().stream_persons("crm", "contacts").empty());
}

TEST_F(RemoteRows, IdsAreBytesWhateverTheyHold) {
    const std::vector<std::string> ids{"003A",
                                       "003a",
                                       std::string("a\0b", 3),
                                       std::string("a\0c", 3),
                                       "a",
                                       "",
                                       "\U0001F9D2",
                                       "\xff\xfe",
                                       " 003A",
                                       std::string(10000, 'x'),
                                       std::string(10001, 'x'),
                                       std::string(1, '\0'),
                                       "x' OR 1=1 --"};
    sync([&](Intake& in) {
        for (std::size_t i = 0; i < ids.size(); ++i) row(in, "contacts", ids[i], {club("C" + std::to_string(i))});
    });
    EXPECT_EQ(known(), ids.size());
    std::uint64_t left = ids.size();
    for (const std::string& id : ids) {
        withdraw("contacts", id);
        EXPECT_EQ(withdrawn(), (Counts{{"club", 1}}));
        EXPECT_EQ(count("club"), --left);
    }
}

TEST_F(RemoteRows, TheSameIdInAnotherStreamOrSourceIsAnotherRow) {
    const auto of = [&](Intake& in) {
        row(in, "contacts", "1", {activity("A1")});
        row(in, "cases", "1", {activity("A2")});
        row(in, "cont", "acts1", {activity("A3")});
    };
    sync(of);
    sync(of, "other");
    EXPECT_EQ(count("activity"), 6U);
    withdraw("contacts", "1");
    EXPECT_EQ(count("activity"), 5U);
    const Intake in = intake();
    std::set<std::int64_t> hashes;
    for (const char* source : {"crm", "other"})
        for (const char* stream : {"contacts", "cases"}) EXPECT_TRUE(hashes.insert(in.row_hash(source, stream, "1")).second);
    EXPECT_GT(*hashes.begin(), 0);
}

TEST_F(RemoteRows, NoIdOfASourceCanBeReadInAnyFile) {
    const std::string id = "Wiske-Van-Zwollem-8e1f";
    read("contacts", id, {club("C1")});
    sweep({"another"}, 1);
    withdraw("contacts", id);
    read("contacts", id, {});
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
        EXPECT_EQ(read_bytes(entry.path()).find(id), std::string::npos) << entry.path().filename();
}

TEST_F(RemoteRows, OfARunThatIsNotCommittedNothingStays) {
    read("contacts", "17", {club("C1")});
    {
        Intake in = intake();
        begin_file(in);
        row(in, "contacts", "17", {});
        row(in, "contacts", "18", {person("P1")});
        in.end_file();
        EXPECT_EQ(in.withdrawn().size(), 1U);
        in.rollback();
    }
    EXPECT_EQ(known(), 1U);
    EXPECT_EQ(count("club"), 1U);
    read("contacts", "17", {});
    EXPECT_EQ(count("club"), 0U);
}

TEST_F(RemoteRows, AnErasedPersonIsInNoRowAndNoImageOfOne) {
    read("contacts", "17", {person("P1"), club("C1")});
    read("contacts", "18", {person("P1")});
    const std::int64_t run = sync([&](Intake& in) {
        row(in, "contacts", "17", {club("C1")});
        in.withdraw_row("contacts", "18");
        row(in, "contacts", "19", {person("P1")});
    });
    Database db = look();
    const auto id = db.integer("SELECT id FROM person");
    ASSERT_TRUE(id);
    const std::string lines = "SELECT (SELECT count(*) FROM remote_row WHERE record = " + std::to_string(*id) +
                              ") + (SELECT count(*) FROM before_remote_row WHERE record = " + std::to_string(*id) + ")";
    EXPECT_EQ(db.integer(lines), 3);
    vault_->remove({*id});
    store_->erase_persons({*id});
    EXPECT_EQ(db.integer(lines), 0);
    EXPECT_EQ(known(), 1U) << "the row that also made a club";
    undo(run);
    EXPECT_EQ(db.integer(lines), 0);
    EXPECT_EQ(count("person"), 0U);
    withdraw("contacts", "17");
    EXPECT_EQ(withdrawn(), (Counts{{"club", 1}}));
}

TEST_F(RemoteRows, ARunLeansOnTheRowsItReadEvenWhenTheyMadeNothing) {
    const std::int64_t first = read("contacts", "17", {});
    const std::int64_t second = read("contacts", "17", {});
    const std::int64_t other = read("contacts", "18", {});
    EXPECT_EQ(store_->blockers(first), std::vector{second});
    EXPECT_TRUE(store_->blockers(other).empty());
}

TEST_F(RemoteRows, ARunLeansOnWhatAnEarlierOneTookAway) {
    read("contacts", "17", {club("C1")});
    const std::int64_t gone = withdraw("contacts", "17");
    const std::int64_t again = sync([](Intake& in) { EXPECT_FALSE(in.withdraw_row("contacts", "17")); });
    EXPECT_EQ(store_->blockers(gone), std::vector{again}) << "without the first, the second would have taken it away";
}

TEST_F(RemoteRows, ARunLeansOnTheOtherRowsForWhichARecordStayed) {
    read("contacts", "17", {club("C1")});
    const std::int64_t other = sync([&](Intake& in) { row(in, "clubs", "1", {club("C1"), activity("A1")}); });
    const std::int64_t gone = withdraw("contacts", "17");
    EXPECT_EQ(count("club"), 1U);
    EXPECT_EQ(store_->blockers(other), std::vector{gone});
}

TEST_F(RemoteRows, ARunLeansOnFactsThatHadGoneWithTheirPersonBefore) {
    read("contacts", "17", {person("P1")});
    read("cases", "5", {trajectory("T1", "P1"), event("E1", "T1")});
    const std::int64_t gone = withdraw("contacts", "17");
    const std::int64_t let_go = read("cases", "5", {});
    EXPECT_EQ(store_->blockers(gone), std::vector{let_go}) << "without the first, the second would have taken out the facts";
}

TEST_F(RemoteRows, ARunThatTakesOutAPersonLeansOnWhoeverSaidWhatHungOnThatPerson) {
    sync([&](Intake& in) {
        row(in, "contacts", "17", {person("P1")});
        row(in, "contacts", "18", {person("P2")});
    });
    read("cases", "5", {trajectory("T1", "P1")});
    const std::int64_t moved = read("cases", "5", {trajectory("T1", "P2")});
    const std::int64_t gone = withdraw("contacts", "17");
    EXPECT_EQ(count("trajectory"), 1U);
    EXPECT_EQ(store_->blockers(moved), std::vector{gone}) << "without the first, the trajectory would have gone too";
}

TEST_F(RemoteRows, ASweepLeansOnTheRowsItCompared) {
    const std::int64_t first = read("contacts", "1", {club("C1")});
    const std::int64_t second = read("contacts", "2", {club("C2")});
    const std::int64_t elsewhere = read("cases", "1", {activity("A1")});
    sweep({"2"});
    EXPECT_EQ(store_->blockers(first), std::vector<std::int64_t>{4});
    EXPECT_EQ(store_->blockers(second), std::vector<std::int64_t>{4});
    EXPECT_TRUE(store_->blockers(elsewhere).empty());
    undo(4);
    EXPECT_EQ(missing(), 0U);
}

TEST_F(RemoteRows, ImagesOfRowsGoAfterTheirTime) {
    constexpr std::int64_t kDay = 86400;
    const auto at = [&](std::int64_t day, const std::function<void(Intake&)>& act) {
        Intake in = intake(day * kDay);
        begin_file(in);
        act(in);
        in.end_file();
        in.commit();
    };
    at(1, [&](Intake& in) { row(in, "contacts", "17", {}); });
    at(2, [](Intake& in) { in.withdraw_row("contacts", "17"); });
    Database db = look();
    EXPECT_EQ(db.integer("SELECT count(*) FROM before_remote_row"), 1);
    EXPECT_TRUE(store_->run_state(2)->kept);
    at(40, [&](Intake& in) { row(in, "contacts", "18", {}); });
    EXPECT_EQ(db.integer("SELECT count(*) FROM before_remote_row"), 0);
    EXPECT_FALSE(store_->run_state(2)->kept) << "it changed nothing but a row, and that is not known any more";
    EXPECT_TRUE(store_->run_state(3)->kept);
}

}  // namespace
}  // namespace brugwacht
