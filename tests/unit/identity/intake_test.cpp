#include "engine/identity/intake.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/identity/convert.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Record record(Entity entity, const Fields& fields) {
    Record made;
    made.entity = entity;
    for (const auto& [name, value] : fields) made.set(name, value);
    return made;
}
Record person(const Fields& fields) { return record(Entity::Person, fields); }
Record trajectory(const Fields& fields) { return record(Entity::Trajectory, fields); }
Record event(const Fields& fields) { return record(Entity::Event, fields); }

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

/// A project folder with both databases, and imports in one line.
class Project {
  public:
    using Rows = std::vector<std::vector<Record>>;
    enum class End { Commit, Rollback, LinkAndCommit, VaultOnly };

    Project() { reopen(); }
    void reopen() {
        vault_.reset();
        store_.reset();
        store_.emplace(Store::open(dir_ / "store.db"));
        vault_.emplace(Vault::open(dir_ / "vault.db", keys_));
    }

    FileCounts import(const Rows& rows, const std::string& source = "crm", End end = End::Commit, IntakeSettings settings = {}) {
        FileToRead file;
        file.source = source;
        file.sha256 = sha256(std::to_string(++files_));
        file.name = "Leden Wiske.xlsx";
        file.mapping = "canonical";
        file.mapping_digest = "1";
        return import(file, rows, end, std::move(settings));
    }

    FileCounts import(const FileToRead& file, const Rows& rows, End end = End::Commit, IntakeSettings settings = {}) {
        Intake intake(*store_, *vault_, keys_, std::move(settings), 1700000000);
        intake.begin_file(file);
        intake.sheet(1, "Blad van Sidonia");
        std::uint64_t row = 1;
        for (const auto& records : rows) intake.put(records, {1, 1, ++row});
        const FileCounts counts = intake.end_file();
        if (end == End::LinkAndCommit) summary = intake.link();
        waiting = intake.waiting();
        if (end == End::Commit || end == End::LinkAndCommit) intake.commit();
        return counts;
    }

    LinkSummary link(IntakeSettings settings = {}) {
        Intake intake(*store_, *vault_, keys_, std::move(settings), 1700000001, "link");
        summary = intake.link();
        intake.commit();
        return summary;
    }

    StoreReader reader() { return StoreReader::open(dir_ / "store.db"); }
    Store& store() { return *store_; }
    Vault& vault() { return *vault_; }
    const Keys& keys() const { return keys_; }
    const TempDir& dir() const { return dir_; }

    /// "crm:1" -> person id
    std::map<std::string, std::string> person_ids() {
        std::map<std::string, std::string> ids;
        for (const PersonKey& key : person_keys(reader(), *vault_)) ids[key.source_key] = key.person_id;
        return ids;
    }
    /// Everything the store says of trajectories and events, as text: to compare two projects.
    std::string facts() {
        const StoreReader r = reader();
        std::ostringstream out;
        TrajectoryRow t;
        for (auto rows = r.trajectories(); rows.next(t);)
            out << t.id << ' ' << t.key << ' ' << t.person_id << ' ' << t.start.iso() << ' ' << (t.age ? *t.age : -1) << t.age_uncertain
                << ' ' << t.needs << '\n';
        EventRow e;
        for (auto rows = r.events(); rows.next(e);)
            out << e.id << ' ' << e.key << ' ' << e.trajectory << ' ' << e.person << ' ' << e.club << e.any_club << ' ' << e.date.iso()
                << ' ' << e.type << ' ' << e.reason << '\n';
        PersonRow p;
        for (auto rows = r.persons(); rows.next(p);)
            out << p.id << ' ' << p.person_id << ' ' << p.gender << ' ' << p.area << ' ' << p.household << '\n';
        return out.str();
    }

    LinkSummary summary;
    std::uint64_t waiting = 0;

  private:
    TempDir dir_;
    Keys keys_ = derive_keys(Secret(std::string(32, 'm')));
    std::optional<Store> store_;
    std::optional<Vault> vault_;
    int files_ = 0;
};

Fields wiske(const std::string& key) {
    return {{"key", key},
            {"given_name", "Wiske"},
            {"family_name", "Van Zwollem"},
            {"birth_date", "2015-03-14"},
            {"gender", "f"},
            {"street", "Kerkstraat"},
            {"municipality", "Kalmthout"},
            {"phone", "+32470123456"},
            {"household", "Van Zwollem"}};
}

TEST(Intake, PersonIsSplitBetweenVaultAndStore) {
    Project project;
    EXPECT_EQ(project.import({{person(wiske("P1"))}}, "crm", Project::End::LinkAndCommit), (FileCounts{1, 1, 0, 0, 0, 0, 0}));
    PersonRow row;
    const StoreReader reader = project.reader();
    auto persons = reader.persons();
    ASSERT_TRUE(persons.next(row));
    EXPECT_EQ(row.source, "crm");
    EXPECT_EQ(row.gender, "f");
    EXPECT_EQ(row.area, "Kalmthout");
    EXPECT_NE(row.household, 0);
    EXPECT_EQ(row.person_id.size(), 32U);
    EXPECT_EQ(row.origin.row, 2U);
    EXPECT_EQ(project.vault().person(row.id)->values[1], "Wiske");
    EXPECT_FALSE(persons.next(row));
}

TEST(Intake, GenderStaysOutOfTheStoreWhenTheProjectSaysSo) {
    Project project;
    IntakeSettings settings;
    settings.gender = false;
    project.import({{person(wiske("P1"))}}, "crm", Project::End::LinkAndCommit, settings);
    EXPECT_EQ(Database::open(project.dir() / "store.db", Database::Mode::ReadOnly)
                  .integer("SELECT count(*) FROM person WHERE gender IS NOT NULL"),
              0);
    project.link();
    EXPECT_EQ(Database::open(project.dir() / "store.db", Database::Mode::ReadOnly)
                  .integer("SELECT count(*) FROM person WHERE gender IS NOT NULL"),
              1);
    project.link(settings);
    EXPECT_EQ(Database::open(project.dir() / "store.db", Database::Mode::ReadOnly)
                  .integer("SELECT count(*) FROM person WHERE gender IS NOT NULL"),
              0);
}

TEST(Intake, SecondImportOfTheSameRowsChangesNothing) {
    Project project;
    const Project::Rows rows = {
        {person(wiske("P1")), trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-09-01"}, {"needs", "zwemmen|dans"}})},
        {event({{"key", "E1"}, {"trajectory", "T1"}, {"type", "enrol"}, {"date", "2024-09-10"}, {"club", "C1"}, {"year", "2024-2025"}})},
        {record(Entity::Club, {{"key", "C1"}, {"name", "Zwemclub"}, {"places", "12"}})}};
    EXPECT_EQ(project.import(rows), (FileCounts{3, 3, 0, 0, 0, 0, 0}));
    const std::string before = project.facts();
    EXPECT_EQ(project.import(rows), (FileCounts{3, 0, 0, 3, 0, 0, 0}));
    EXPECT_EQ(project.facts(), before);
}

TEST(Intake, EveryKindOfRowIsCountedOnceAndTheCountsAddUp) {
    Project project;
    project.import({{event({{"key", "E1"}, {"type", "trial"}, {"date", "2024-09-10"}})},
                    {event({{"key", "E2"}, {"type", "trial"}, {"date", "2024-09-11"}})}});
    Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
    intake.begin_file({"crm", "caseload", sha256("x"), "x.csv", "canonical", "1"});
    const auto put = [&](const Fields& fields) { intake.put(std::vector<Record>{event(fields)}, {1, 1, 5}); };
    put({{"key", "E1"}, {"type", "trial"}, {"date", "2024-09-10"}});  // unchanged
    put({{"key", "E2"}, {"type", "trial"}, {"date", "2024-12-24"}});  // changed
    put({{"key", "E3"}, {"type", "trial"}, {"date", "2024-09-12"}});  // new
    put({{"key", "E3"}, {"type", "trial"}, {"date", "2024-09-12"}});  // duplicate
    put({{"key", "E4"}, {"type", "trial"}, {"date", "gisteren"}});    // rejected
    put({{"key", ""}, {"type", "trial"}, {"date", "2024-09-12"}});    // rejected
    intake.reject({1, 1, 9}, "IMP-021", 4);
    intake.skip();
    intake.put({}, {1, 1, 10});  // nothing in it: skipped
    const FileCounts counts = intake.end_file();
    EXPECT_EQ(counts, (FileCounts{9, 1, 1, 1, 1, 3, 2}));
    intake.commit();
    const StoreReader reader = project.reader();
    EXPECT_EQ(reader.files().back().counts, counts);
    EXPECT_EQ(reader.rejects(intake.run()).size(), 3U);
    EXPECT_EQ(reader.rejects(intake.run()).back().code, "IMP-021");
    EXPECT_EQ(reader.rejects(intake.run()).back().column, 4U);
    EXPECT_EQ(reader.count("event"), 3U);
}

TEST(Intake, RejectedRowLeavesNothingOfItsOtherRecords) {
    Project project;
    const FileCounts counts =
        project.import({{person(wiske("P1")), trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "ooit"}})}, {person(wiske("P2"))}});
    EXPECT_EQ(counts, (FileCounts{2, 1, 0, 0, 0, 1, 0}));
    EXPECT_EQ(project.vault().size(), 1U);
    EXPECT_EQ(project.reader().count("person"), 1U);
}

TEST(Intake, SeenFileCountsAllItsRowsAsUnchanged) {
    Project project;
    FileToRead file{"crm", "caseload", sha256("same"), "x.csv", "canonical", "1"};
    project.import(file, {{person(wiske("P1"))}, {person(wiske("P2"))}});
    Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
    const FileTicket ticket = intake.begin_file(file);
    EXPECT_TRUE(ticket.seen);
    EXPECT_EQ(ticket.seen_rows, 2U);
    EXPECT_EQ(intake.end_file(), (FileCounts{2, 0, 0, 2, 0, 0, 0}));
    file.mapping_digest = "2";
    EXPECT_FALSE(intake.begin_file(file).seen);
    intake.end_file();
    file.mapping_digest = "1";
    file.source = "other";
    EXPECT_FALSE(intake.begin_file(file).seen);
    intake.end_file();
}

TEST(Intake, LaterRowOfAPersonFillsBlanksAndNeverErases) {
    Project project;
    project.import({{person(wiske("P1"))}});
    EXPECT_EQ(project.import({{person({{"key", "P1"}})}}), (FileCounts{1, 0, 0, 1, 0, 0, 0}));
    EXPECT_EQ(project.import({{person({{"key", "P1"}, {"email", "w@example.org"}})}}), (FileCounts{1, 0, 1, 0, 0, 0, 0}));
    EXPECT_EQ(project.import({{person({{"key", "P1"}, {"phone", "+32470999999"}})}, {person({{"key", "P1"}, {"phone", "+32470000000"}})}}),
              (FileCounts{2, 0, 1, 0, 1, 0, 0}));
    const RecordIds ids(project.keys().record_id);
    const auto identity = project.vault().person(ids.id("crm", Entity::Person, "P1"));
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->values[1], "Wiske");
    EXPECT_EQ(identity->values[*field_index(Entity::Person, "email")], "w@example.org");
    EXPECT_EQ(identity->values[*field_index(Entity::Person, "phone")], "+32470999999") << "the first row of a file speaks";
}

TEST(Intake, StubOfATrajectoryDoesNotErase) {
    Project project;
    project.import({{trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-09-01"}, {"strategy", "bottom_up"}})}});
    EXPECT_EQ(project.import({{trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-09-01"}})}}).unchanged, 1U);
    EXPECT_EQ(project.import({{trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-10-01"}})}}).changed, 1U);
    TrajectoryRow row;
    const StoreReader reader = project.reader();
    ASSERT_TRUE(reader.trajectories().next(row));
    EXPECT_EQ(row.strategy, "bottom_up");
    EXPECT_EQ(row.start.iso(), "2024-10-01");
}

TEST(Intake, FactThatLosesAValueIsChanged) {
    Project project;
    project.import({{event({{"key", "E1"}, {"type", "pause"}, {"date", "2024-09-10"}, {"to", "2024-10-01"}})}});
    EXPECT_EQ(project.import({{event({{"key", "E1"}, {"type", "pause"}, {"date", "2024-09-10"}})}}).changed, 1U);
    EventRow row;
    const StoreReader reader = project.reader();
    ASSERT_TRUE(reader.events().next(row));
    EXPECT_FALSE(row.to);
}

TEST(Intake, ReferencesMayComeBeforeWhatTheyReferTo) {
    Project project;
    project.import({{event({{"key", "E1"}, {"trajectory", "T1"}, {"type", "enrol"}, {"date", "2024-09-10"}, {"club", "C1"}})},
                    {event({{"key", "E2"}, {"trajectory", "T1"}, {"type", "stop"}, {"date", "2024-09-10"}, {"club", "*"}})}});
    EXPECT_EQ(project.waiting, 3U);
    EXPECT_EQ(project.reader().waiting(), 3U);
    project.import({{trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-09-01"}})}});
    EXPECT_EQ(project.waiting, 2U);  // the club and the person
    project.import({{record(Entity::Club, {{"key", "C1"}, {"name", "Dansschool"}})}});
    EXPECT_EQ(project.waiting, 1U);
    project.import({{person(wiske("P1"))}});
    EXPECT_EQ(project.waiting, 0U);
    EXPECT_EQ(project.reader().waiting(), 0U);
    TrajectoryRow row;
    const StoreReader reader = project.reader();
    ASSERT_TRUE(reader.trajectories().next(row));
    EXPECT_EQ(row.age, 9);
    EXPECT_EQ(row.person_id, project.person_ids()["crm:P1"]);
}

TEST(Intake, OrderOfFilesDoesNotMatter) {
    const std::vector<Project::Rows> files = {
        {{person(wiske("P1"))}, {person({{"key", "P2"}, {"given_name", "Suske"}, {"birth_date", "2014"}})}},
        {{trajectory({{"key", "T1"}, {"person", "P1"}, {"start", "2024-09-01"}})},
         {trajectory({{"key", "T2"}, {"person", "P2"}, {"start", "2024-09-01"}})}},
        {{event({{"key", "E1"}, {"trajectory", "T1"}, {"type", "enrol"}, {"date", "2024-09-10"}})}},
        {{person({{"key", "P3"}, {"given_name", "Zwollem, van"}, {"family_name", "Wiske"}, {"birth_date", "2015-03-14"}})}}};
    std::set<std::string> outcomes;
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        Project project;
        for (const std::size_t at : order) project.import(files[at]);
        project.link();
        outcomes.insert(project.facts());
    } while (std::next_permutation(order.begin(), order.end()) && order[0] < 2);
    EXPECT_EQ(outcomes.size(), 1U);
}

TEST(Intake, DryRunGivesTheSameNumbersAndLeavesNothing) {
    Project project;
    const Project::Rows rows = {{person(wiske("P1"))}, {event({{"key", "E1"}, {"type", "trial"}, {"date", "2024-09-10"}})}};
    EXPECT_EQ(project.import(rows, "crm", Project::End::Rollback), (FileCounts{2, 2, 0, 0, 0, 0, 0}));
    EXPECT_EQ(project.vault().size(), 0U);
    EXPECT_EQ(project.reader().count("event"), 0U);
    EXPECT_TRUE(project.reader().runs().empty());
    EXPECT_EQ(project.import(rows), (FileCounts{2, 2, 0, 0, 0, 0, 0}));
}

TEST(Intake, KillBetweenTheTwoCommitsConvergesOnTheNextRun) {
    Project project;
    project.import({{person(wiske("P1"))}});
    {
        // Only the vault commits: what a kill between the two leaves.
        Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
        intake.begin_file({"crm", "caseload", sha256("k"), "k.csv", "canonical", "1"});
        Fields changed = wiske("P1");
        changed.emplace_back("email", "w@example.org");
        intake.put(std::vector<Record>{person(changed)}, {1, 1, 2});
        intake.put(std::vector<Record>{person(wiske("P2"))}, {1, 1, 3});
        intake.end_file();
        project.vault().commit();
        project.store().rollback();
        project.vault().begin(999, 999);  // so that the destructor has something to roll back
    }
    project.reopen();
    EXPECT_EQ(project.vault().size(), 2U);
    EXPECT_EQ(project.reader().count("person"), 1U);
    const FileCounts counts = project.import({{person(wiske("P1"))}});
    EXPECT_EQ(counts, (FileCounts{1, 0, 0, 1, 0, 0, 0})) << "the change of the killed run is gone";
    EXPECT_EQ(project.vault().size(), 1U);
}

TEST(Intake, KillAfterTheStoreCommitKeepsTheRun) {
    Project project;
    project.import({{person(wiske("P1"))}});
    {
        Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
        intake.begin_file({"crm", "caseload", sha256("k"), "k.csv", "canonical", "1"});
        intake.put(std::vector<Record>{person({{"key", "P1"}, {"given_name", "Suske"}})}, {1, 1, 2});
        intake.end_file();
        project.vault().commit();
        project.store().commit();
        project.vault().begin(999, 999);
    }
    project.reopen();
    project.import({});
    const RecordIds ids(project.keys().record_id);
    EXPECT_EQ(project.vault().person(ids.id("crm", Entity::Person, "P1"))->values[1], "Suske");
    EXPECT_EQ(Database::open(project.dir() / "vault.db", Database::Mode::ReadOnly).integer("SELECT count(*) FROM earlier"), 0);
}

TEST(Intake, SecondRunAtTheSameTimeIsRefused) {
    Project project;
    Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
    Store other = Store::open(project.dir() / "store.db");
    Vault same = Vault::open(project.dir() / "vault.db", project.keys());
    EXPECT_EQ(code_of([&] { Intake second(other, same, project.keys(), {}, 0); }), "DB-005 75");
}

TEST(Intake, KeysOfPersonsNeverStandInTheStoreAndOthersOnlyWhenTheyArePlain) {
    Project project;
    project.import(
        {{event({{"key", "Inschrijving van Wiske"}, {"person", "wiske@example.org"}, {"type", "enrol"}, {"date", "2024-09-10"}})},
         {event({{"key", "2024/09:7"}, {"type", "enrol"}, {"date", "2024-09-10"}})},
         {record(Entity::Activity, {{"key", "A1"}, {"date", "2024-09-01"}, {"counterpart", "OCMW"}})}});
    const StoreReader reader = project.reader();
    std::set<std::string> keys;
    EventRow row;
    for (auto events = reader.events(); events.next(row);) keys.insert(std::string(row.key));
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_TRUE(keys.contains("2024/09:7"));
    keys.erase("2024/09:7");
    EXPECT_EQ(keys.begin()->substr(0, 2), "h_");
    EXPECT_EQ(keys.begin()->size(), 18U);
    ActivityRow activity;
    auto activities = reader.activities();
    ASSERT_TRUE(activities.next(activity));
    EXPECT_EQ(activity.counterpart.substr(0, 2), "h_");
    EXPECT_TRUE(reader.find("event", "crm", "2024/09:7"));
    EXPECT_FALSE(reader.find("event", "other", "2024/09:7"));
}

TEST(Intake, CodeThatIsNoCodeIsDroppedWithAWarningOrRejectsWhenNeeded) {
    Project project;
    const FileCounts counts =
        project.import({{event({{"key", "E1"}, {"type", "stop"}, {"date", "2024-09-10"}, {"reason", "moeder is ziek en belt 0470123456"}})},
                        {event({{"key", "E2"}, {"type", "Wiske stopt ermee"}, {"date", "2024-09-10"}})}});
    EXPECT_EQ(counts, (FileCounts{2, 1, 0, 0, 0, 1, 0}));
    const StoreReader reader = project.reader();
    const auto warnings = reader.warnings(1);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].code, "IDN-003");
    EventRow row;
    ASSERT_TRUE(reader.events().next(row));
    EXPECT_EQ(row.reason, "");
}

TEST(Intake, ANameWhereACodeIsAskedForIsNotKept) {
    Project project;
    project.import({{event({{"key", "E1"}, {"type", "stop"}, {"date", "2024-09-10"}, {"reason", "mohamed_el_amrani"}})},
                    {event({{"key", "E2"}, {"type", "stop"}, {"date", "2024-09-11"}, {"reason", "geen_plaats_meer"}})}});
    const StoreReader reader = project.reader();
    std::set<std::string> reasons;
    EventRow row;
    for (auto events = reader.events(); events.next(row);) reasons.emplace(row.reason);
    EXPECT_EQ(reasons, (std::set<std::string>{"", "geen_plaats_meer"}));
    ASSERT_EQ(reader.warnings(1).size(), 1U);
    EXPECT_EQ(reader.warnings(1)[0].code, "IDN-003");
}

TEST(Intake, NoShippedCodeIsTakenForAName) {
    Project project;
    std::vector<std::vector<Record>> rows;
    for (const CodeList& list : code_lists().all())
        for (const Code& code : list.codes)
            rows.push_back(
                {event({{"key", list.name + "." + code.code}, {"type", "stop"}, {"date", "2024-09-10"}, {"reason", code.code}})});
    ASSERT_GT(rows.size(), 50U);
    project.import(rows);
    for (const WarningRow& warning : project.reader().warnings(1)) ADD_FAILURE() << warning.code << ' ' << warning.count;
}

TEST(Intake, EveryFieldOfEveryEntityComesBackAsItWasGiven) {
    Project project;
    project.import(
        {{record(Entity::Club, {{"key", "C1"},
                                {"name", "Scouts Sint-Jan"},
                                {"kind", "jeugdbeweging"},
                                {"side", "provider"},
                                {"vcode", "V0012345"},
                                {"municipality", "Essen"},
                                {"places", "30"},
                                {"engagement_signed_on", "2024-01-02"},
                                {"naming_agreed_on", "2024-01-03"}})},
         {record(Entity::Worker, {{"key", "W1"}, {"name", "Jerom"}, {"employer", "Gemeente Essen"}})},
         {record(Entity::Employment, {{"key", "M1"}, {"worker", "W1"}, {"from", "2024-01-01"}, {"to", "2024-12-31"}, {"percent", "62.5"}})},
         {event({{"key", "E1"},
                 {"person", "P1"},
                 {"date", "2024-09-10"},
                 {"to", "2024-09-12"},
                 {"type", "check"},
                 {"club", "C1"},
                 {"year", "2024-2025"},
                 {"reason", "moved"},
                 {"answer", "yes"},
                 {"kind", "definitive"},
                 {"recorded_on", "2024-09-20"}})},
         {record(Entity::Activity, {{"key", "A1"},
                                    {"date", "2024-09-01"},
                                    {"minutes", "90"},
                                    {"kind", "overleg"},
                                    {"strategy", "bottom_up"},
                                    {"criterion", "relaties"},
                                    {"counterpart_kind", "gezin"},
                                    {"counterpart", "x"},
                                    {"side", "provider"},
                                    {"participants", "4"},
                                    {"first_contact", "false"},
                                    {"trajectory", "T1"},
                                    {"worker", "W1"}})},
         {record(Entity::Result, {{"key", "R1"}, {"date", "2024-09-01"}, {"kind", "ontmoeting"}, {"status", "concept"}})},
         {record(Entity::Signal, {{"key", "S1"},
                                  {"date", "2024-09-01"},
                                  {"theme", "vervoer"},
                                  {"addressee", "gemeente"},
                                  {"status", "given"},
                                  {"answered_on", "2024-10-01"}})},
         {record(Entity::Factor,
                 {{"key", "F1"}, {"date", "2024-09-01"}, {"side", "provider"}, {"factor", "prijs"}, {"score", "-1.5"}, {"worker", "W1"}})},
         {record(Entity::Goal,
                 {{"key", "G1"}, {"indicator", "trajecten"}, {"target", "80"}, {"period", "2024-2025"}, {"agreed_on", "2024-01-01"}})}});
    const StoreReader r = project.reader();
    const RecordIds ids(project.keys().record_id);
    ClubRow club;
    auto clubs = r.clubs();
    ASSERT_TRUE(clubs.next(club));
    EXPECT_EQ(club.name, "Scouts Sint-Jan");
    EXPECT_EQ(club.kind, "jeugdbeweging");
    EXPECT_EQ(club.vcode, "V0012345");
    EXPECT_EQ(club.municipality, "Essen");
    EXPECT_EQ(club.places, 30);
    EXPECT_EQ(club.naming_agreed_on->iso(), "2024-01-03");
    auto workers = r.workers();
    WorkerRow worker;
    ASSERT_TRUE(workers.next(worker));
    EXPECT_EQ(worker.employer, "Gemeente Essen");
    EXPECT_EQ(project.vault().name(NameKind::Worker, worker.id), "Jerom");
    auto employments = r.employments();
    EmploymentRow employment;
    ASSERT_TRUE(employments.next(employment));
    EXPECT_EQ(employment.worker, worker.id);
    EXPECT_EQ(employment.percent, 62.5);
    EXPECT_EQ(employment.to->iso(), "2024-12-31");
    auto events = r.events();
    EventRow e;
    ASSERT_TRUE(events.next(e));
    EXPECT_EQ(e.trajectory, 0);
    EXPECT_EQ(e.person, ids.id("crm", Entity::Person, "P1"));
    EXPECT_EQ(e.club, club.id);
    EXPECT_FALSE(e.any_club);
    EXPECT_EQ(e.year, 2024);
    EXPECT_EQ(e.answer, "yes");
    EXPECT_EQ(e.kind, "definitive");
    EXPECT_EQ(e.recorded_on->iso(), "2024-09-20");
    EXPECT_EQ(e.origin.row, 5U);
    auto activities = r.activities();
    ActivityRow a;
    ASSERT_TRUE(activities.next(a));
    EXPECT_EQ(a.minutes, 90);
    EXPECT_EQ(a.participants, 4);
    EXPECT_EQ(a.first_contact, false);
    EXPECT_EQ(a.counterpart_kind, "gezin");
    EXPECT_EQ(a.side, "provider");
    EXPECT_EQ(a.trajectory, ids.id("crm", Entity::Trajectory, "T1"));
    auto results = r.results();
    ResultRow result;
    ASSERT_TRUE(results.next(result));
    EXPECT_EQ(result.status, "concept");
    auto signals = r.signals();
    SignalRow signal;
    ASSERT_TRUE(signals.next(signal));
    EXPECT_EQ(signal.theme, "vervoer");
    EXPECT_EQ(signal.answered_on->iso(), "2024-10-01");
    auto factors = r.factors();
    FactorRow factor;
    ASSERT_TRUE(factors.next(factor));
    EXPECT_EQ(factor.score, -1.5);
    EXPECT_EQ(factor.worker, worker.id);
    auto goals = r.goals();
    GoalRow goal;
    ASSERT_TRUE(goals.next(goal));
    EXPECT_EQ(goal.target, 80);
    EXPECT_EQ(goal.period, "2024-2025");
}

TEST(Link, SameNamesAndBirthDateAreOnePersonAcrossSourcesAndAnIdSurvives) {
    Project project;
    project.import({{person(wiske("9"))}}, "crm", Project::End::LinkAndCommit);
    const std::string first = project.person_ids()["crm:9"];
    project.import({{person({{"key", "1"}, {"given_name", "VAN ZWOLLEM"}, {"family_name", "wiské"}, {"birth_date", "2015-03-14"}})},
                    {person({{"key", "2"}, {"given_name", "Suske"}, {"family_name", "Van Zwollem"}, {"birth_date", "2015-03-14"}})},
                    {person({{"key", "3"}, {"given_name", "Wiske"}, {"family_name", "Van Zwollem"}, {"birth_date", "2009-11-30"}})},
                    {person({{"key", "4"}, {"given_name", "Wiske"}})}},
                   "app", Project::End::LinkAndCommit);
    auto ids = project.person_ids();
    ASSERT_EQ(ids.size(), 5U);
    EXPECT_EQ(ids["app:1"], first) << "the id in use survives, although app:1 sorts first";
    EXPECT_EQ(ids["crm:9"], first);
    EXPECT_NE(ids["app:2"], first);
    EXPECT_NE(ids["app:3"], first);
    EXPECT_NE(ids["app:4"], first);
    EXPECT_EQ(project.summary.records, 5U);
    EXPECT_EQ(project.summary.persons, 4U);
    EXPECT_EQ(project.summary.joined, 2U);
    EXPECT_EQ(project.link().changed, 0U);
    EXPECT_EQ(project.person_ids(), ids);
}

TEST(Link, NewClusterIsNamedAfterItsFirstRecordWhateverTheOrder) {
    Project one, other;
    const Project::Rows crm = {{person(wiske("9"))}}, app = {{person(wiske("1"))}};
    one.import(crm, "crm");
    one.import(app, "app");
    one.link();
    other.import(app, "app");
    other.import(crm, "crm");
    other.link();
    EXPECT_EQ(one.person_ids(), other.person_ids());
    const Hmac hmac(one.keys().link.bytes());
    EXPECT_EQ(one.person_ids()["crm:9"], to_hex(hmac("person|app:1").substr(0, 16)));
}

TEST(Link, SplitGivesTheOtherPersonAnIdOfItsOwn) {
    Project project;
    project.import({{person(wiske("1"))}, {person(wiske("2"))}}, "crm", Project::End::LinkAndCommit);
    auto ids = project.person_ids();
    EXPECT_EQ(ids["crm:1"], ids["crm:2"]);
    Fields corrected = wiske("1");
    corrected[3].second = "2013-01-20";
    project.import({{person(corrected)}}, "crm", Project::End::LinkAndCommit);
    auto after = project.person_ids();
    EXPECT_NE(after["crm:1"], after["crm:2"]);
    EXPECT_EQ(after["crm:1"], ids["crm:1"]);
    project.import({{person(wiske("1"))}}, "crm", Project::End::LinkAndCommit);
    EXPECT_EQ(project.person_ids(), ids) << "merge after split";
}

TEST(Link, AgeIsInCompletedYearsAtTheStart) {
    Project project;
    project.import({{person({{"key", "a"}, {"birth_date", "2015-09-01"}})},
                    {person({{"key", "b"}, {"birth_date", "2015-09-02"}})},
                    {person({{"key", "c"}, {"birth_date", "2015"}})},
                    {person({{"key", "d"}, {"birth_date", "2015-01-01"}})},
                    {person({{"key", "e"}, {"birth_date", "onbekend"}})},
                    {person({{"key", "f"}, {"birth_date", "2030-01-02"}})}});
    Project::Rows rows;
    for (const char* const key : {"a", "b", "c", "d", "e", "f"})
        rows.push_back({trajectory({{"key", std::string("T") + key}, {"person", key}, {"start", "2024-09-01"}})});
    project.import(rows);
    const auto ages = [&] {
        std::map<std::string, std::string> found;
        TrajectoryRow row;
        const StoreReader reader = project.reader();
        for (auto trajectories = reader.trajectories(); trajectories.next(row);)
            found[std::string(row.key)] = (row.age ? std::to_string(*row.age) : "-") + (row.age_uncertain ? "?" : "");
        return found;
    };
    const std::map<std::string, std::string> expected = {{"Ta", "9"}, {"Tb", "8"}, {"Tc", "9?"}, {"Td", "9?"}, {"Te", "-"}, {"Tf", "-"}};
    EXPECT_EQ(ages(), expected) << "at import";
    project.link();
    EXPECT_EQ(ages(), expected) << "at link";
    EXPECT_EQ(project.summary.ages, 4U);
    project.import({{person({{"key", "a"}, {"birth_date", "2010-09-01"}})}});
    EXPECT_EQ(ages()["Ta"], "14") << "a corrected birth date";
}

TEST(Link, OfMoreThanTwelveAreasTheRarestBecomeOne) {
    Project project;
    Project::Rows rows;
    for (int area = 0; area < 14; ++area)
        for (int n = 0; n <= area; ++n)
            rows.push_back({person({{"key", "p" + std::to_string(area) + "-" + std::to_string(n)},
                                    {"municipality", (n == 0 ? "STAD" : "Stad") + std::to_string(area)}})});
    project.import(rows, "crm", Project::End::LinkAndCommit);
    std::map<std::string, int> areas;
    PersonRow row;
    const StoreReader reader = project.reader();
    for (auto persons = reader.persons(); persons.next(row);) ++areas[std::string(row.area)];
    EXPECT_EQ(areas.size(), 12U);
    EXPECT_EQ(areas["andere"], 1 + 2 + 3);
    EXPECT_EQ(areas["Stad13"], 14) << "the usual spelling stands for all";
    EXPECT_FALSE(areas.contains("Stad2"));
}

TEST(Link, ConfiguredAreasAreTheOnlyOnes) {
    Project project;
    IntakeSettings settings;
    settings.areas = {"Kalmthout"};
    project.import({{person(wiske("1"))},
                    {person({{"key", "2"}, {"municipality", "Essen"}})},
                    {person({{"key", "3"}, {"municipality", "kalmthout "}})},
                    {person({{"key", "4"}})}},
                   "crm", Project::End::LinkAndCommit, settings);
    std::multiset<std::string> areas;
    PersonRow row;
    const StoreReader reader = project.reader();
    for (auto persons = reader.persons(); persons.next(row);) areas.insert(std::string(row.area));
    EXPECT_EQ(areas, (std::multiset<std::string>{"", "Kalmthout", "Kalmthout", "andere"}));
}

TEST(Link, EvidencePersonsThatMatchNobodyAreRemovedFromBothSides) {
    Project project;
    project.import({{person(wiske("1")), trajectory({{"key", "T1"}, {"person", "1"}, {"start", "2024-09-01"}})}});
    IntakeSettings settings;
    settings.evidence_sources = {"club"};
    project.import({{person(wiske("m1")), event({{"key", "E1"}, {"person", "m1"}, {"type", "enrol"}, {"date", "2024-09-10"}})},
                    {person({{"key", "m2"}, {"given_name", "Krimson"}, {"family_name", "X"}, {"birth_date", "2010-02-02"}}),
                     event({{"key", "E2"}, {"person", "m2"}, {"type", "enrol"}, {"date", "2024-09-10"}})}},
                   "club", Project::End::LinkAndCommit, settings);
    EXPECT_EQ(project.summary.removed, 1U);
    EXPECT_EQ(project.vault().size(), 2U);
    EXPECT_EQ(project.reader().count("person"), 2U);
    EXPECT_EQ(project.reader().count("event"), 1U);
    EXPECT_EQ(project.reader().waiting(), 0U);
}

std::string base64(std::string_view bytes) {
    static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
        const auto b = [&](std::size_t k) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i + k])); };
        const unsigned bits = b(0) << 16 | b(1) << 8 | b(2);
        for (const unsigned shift : {18U, 12U, 6U, 0U}) out.push_back(kLetters[bits >> shift & 63]);
    }
    return out;
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Canary, NothingOfAPersonCanBeReadInAnyFile) {
    const std::string canaries[] = {
        "Zilverberken", "Kwinkeleer",  "2013-11-23",  "Papegaaienlaan", "Zeppelingem",           "0499887766",   "kwinkel@example.org",
        "KEY-OF-KWINK", "Voogdijmans", "Werkeliezer", "Geheimblad",     "Ledenlijst-Kwinkeleer", "Huisgezinnig", "Tatarstaans"};
    Project project;
    const auto check = [&](const char* when) {
        for (const auto& entry : std::filesystem::directory_iterator(project.dir().path())) {
            const std::string bytes = contents(entry.path());
            for (const std::string& canary : canaries) {
                std::string wide, wide_big;
                for (const char c : canary) {
                    wide.append({c, '\0'});
                    wide_big.append({'\0', c});
                }
                std::string lower = canary, upper_hex = to_hex(canary);
                for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                for (char& c : upper_hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
                for (const std::string& form : {canary, lower, wide, wide_big, to_hex(canary), upper_hex, base64(canary),
                                                base64(canary.substr(1)), base64(canary.substr(2))})
                    EXPECT_EQ(bytes.find(form), std::string::npos)
                        << canary << " as " << form << " in " << entry.path().filename() << ' ' << when;
            }
        }
    };
    const auto rows = [](const std::string& phone) {
        Project::Rows all;
        for (int i = 0; i < 50; ++i)
            all.push_back({person({{"key", "KEY-OF-KWINK" + std::to_string(i)},
                                   {"given_name", "Kwinkeleer"},
                                   {"family_name", "Zilverberken"},
                                   {"birth_date", "2013-11-23"},
                                   {"street", "Papegaaienlaan"},
                                   {"municipality", "Essen"},
                                   {"postcode", "Zeppelingem"},
                                   {"phone", phone},
                                   {"email", "kwinkel@example.org"},
                                   {"guardian_name", "Voogdijmans"},
                                   {"household", "Huisgezinnig"},
                                   {"language", "Tatarstaans"}}),
                           trajectory({{"key", "T" + std::to_string(i)},
                                       {"person", "KEY-OF-KWINK" + std::to_string(i)},
                                       {"worker", "W1"},
                                       {"start", "2024-01-01"}}),
                           record(Entity::Worker, {{"key", "W1"}, {"name", "Werkeliezer"}})});
        return all;
    };
    FileToRead file{"crm", "caseload", sha256("1"), "Ledenlijst-Kwinkeleer.xlsx", "canonical", "1"};
    {
        Intake intake(project.store(), project.vault(), project.keys(), {}, 0);
        intake.begin_file(file);
        intake.sheet(1, "Geheimblad");
        for (const auto& records : rows("0499887766")) intake.put(records, {1, 1, 2});
        intake.end_file();
        check("in the middle of a run");
        intake.link();
        intake.commit();
    }
    check("after a run");
    file.sha256 = sha256("2");
    project.import(file, rows("0499887767"), Project::End::LinkAndCommit);
    check("after a change");
    file.sha256 = sha256("3");
    project.import(file, rows("0499887768"), Project::End::Rollback);
    check("after a dry run");
    project.reopen();
    check("after reopening");
    EXPECT_EQ(project.vault().size(), 50U);
}

TEST(MatchToken, NeedsBothNamesAndAnExactBirthDateInEitherOrder) {
    const Hmac hmac(std::string(32, 'x'));
    const std::string token = match_token(hmac, "Wiske", "Van Zwollem", "2015-03-14");
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(match_token(hmac, "van  zwóllem", "WISKE", "2015-03-14"), token);
    EXPECT_NE(match_token(hmac, "Wiske", "Van Zwollem", "2015-03-15"), token);
    EXPECT_EQ(match_token(hmac, "Wiske", "Van Zwollem", "2015-03"), "");
    EXPECT_EQ(match_token(hmac, "Wiske", "", "2015-03-14"), "");
    EXPECT_EQ(match_token(hmac, "", "Van Zwollem", "2015-03-14"), "");
    EXPECT_NE(match_token(Hmac(std::string(32, 'y')), "Wiske", "Van Zwollem", "2015-03-14"), token);
}

TEST(RecordIds, DifferBySourceEntityKeyAndProjectKey) {
    const RecordIds ids(HashKey{1}), others(HashKey{2});
    std::set<std::int64_t> seen;
    for (const char* const source : {"a", "ab"})
        for (const Entity entity : {Entity::Person, Entity::Event})
            for (const char* const key : {"b", "bc", "1"}) EXPECT_TRUE(seen.insert(ids.id(source, entity, key)).second);
    for (const std::int64_t id : seen) EXPECT_GT(id, 0);
    EXPECT_NE(ids.id("a", Entity::Person, "b"), others.id("a", Entity::Person, "b"));
    EXPECT_EQ(ids.id("a", Entity::Person, "b"), RecordIds(HashKey{1}).id("a", Entity::Person, "b"));
}

}  // namespace
}  // namespace brugwacht
