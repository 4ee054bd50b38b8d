#include "engine/identity/undo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/identity/intake.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/store/schema.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using Rows = std::vector<std::vector<Record>>;

Record record(Entity entity, const Fields& fields) {
    Record made;
    made.entity = entity;
    for (const auto& [name, value] : fields) made.set(name, value);
    return made;
}

/// One run as it can be done in any project.
struct Act {
    /// A row of a remote source, or the news that it is gone.
    struct RemoteRow {
        std::string stream, id;
        std::vector<Record> records;
        bool gone = false, rejected = false;
    };
    /// A complete listing of the ids of a stream.
    struct Listing {
        std::string stream;
        std::vector<std::string> ids;
        double max_share = 1;
    };
    struct File {
        std::string source, role;
        Rows rows;
        bool with_bookmark = false;
        bool complete = false;
        std::vector<RemoteRow> remote;
        std::vector<Listing> listings;

        std::string content() const {
            std::string all;
            const auto add = [&all](const std::vector<Record>& row) {
                for (const Record& r : row)
                    for (const std::string& value : r.values) all += value + ";";
            };
            for (const auto& row : rows) add(row);
            for (const RemoteRow& row : remote) {
                all += row.stream + row.id + (row.gone ? "-" : row.rejected ? "!" : "+");
                add(row.records);
            }
            return all;
        }
    };
    /// What somebody answered about two persons.
    struct Answered {
        std::string source_a, key_a, source_b, key_b;
        LinkAnswer answer = LinkAnswer::Unsure;
    };
    std::vector<File> files;  // none: a run that only links
    bool link = false;
    std::vector<Answered> answers = {};
};

class Project {
  public:
    Project() { reopen(); }
    void reopen() {
        vault_.reset();
        store_.reset();
        store_.emplace(Store::open(dir_ / "store.db"));
        vault_.emplace(Vault::open(dir_ / "vault.db", keys_));
    }

    /// Number of the run.
    std::int64_t perform(const Act& act, std::int64_t at = 1700000000) {
        IntakeSettings settings;
        const char* kind = !act.answers.empty() ? "review" : act.files.empty() ? "link" : "import";
        settings.evidence_sources = act.files.empty() ? std::vector<std::string>{"club"} : std::vector<std::string>{};
        Intake intake(*store_, *vault_, keys_, settings, at, kind);
        const RecordIds record_ids(keys_.record_id);
        for (const Act::Answered& answered : act.answers) {
            Decision decision;
            decision.a = record_ids.id(answered.source_a, Entity::Person, answered.key_a);
            decision.b = record_ids.id(answered.source_b, Entity::Person, answered.key_b);
            decision.answer = answered.answer;
            intake.decide(decision);
        }
        for (const Act::File& file : act.files) {
            const std::string content = file.content();
            const FileTicket ticket = intake.begin_file(
                {file.source, file.role, sha256(content), "x.csv", "canonical", "1", file.complete, file.complete || !file.remote.empty()});
            std::uint64_t row = 1;
            if (!ticket.seen)
                for (const auto& records : file.rows) intake.put(records, {1, 1, ++row});
            for (const Act::RemoteRow& remote : file.remote) read(intake, remote, {1, 1, ++row});
            intake.end_file();
            for (const Act::Listing& listing : file.listings) {
                std::vector<std::int64_t> ids;
                for (const std::string& id : listing.ids) ids.push_back(intake.row_hash(file.source, listing.stream, id));
                intake.sweep(file.source, listing.stream, ids, listing.max_share);
            }
            if (file.with_bookmark) intake.bookmark(file.source, "since", to_hex(sha256(content)).substr(0, 8));
        }
        for (const Act::File& file : act.files)
            if (file.complete) intake.remove(intake.vanishing(file.source));
        if (act.link) intake.link();
        intake.commit();
        return intake.run();
    }

    static void read(Intake& intake, const Act::RemoteRow& row, const Origin& origin) {
        if (row.gone) {
            intake.withdraw_row(row.stream, row.id);
            return;
        }
        intake.begin_row(row.stream, row.id);
        if (!row.records.empty()) intake.put(row.records, origin);
        if (row.rejected) intake.reject(origin, "IMP-012", 1);
        intake.end_row();
    }

    UndoSummary undo(std::int64_t run, bool dry_run = false) { return undo_run(*store_, *vault_, keys_, run, 1700000100, dry_run); }

    void erase(std::int64_t person) {
        vault_->remove({person});
        store_->erase_persons({person});
    }

    Store& store() { return *store_; }
    Vault& vault() { return *vault_; }
    const Keys& keys() const { return keys_; }
    Database look() { return Database::open(dir_ / "store.db", Database::Mode::ReadOnly); }

    std::vector<std::int64_t> persons() {
        std::vector<std::int64_t> ids;
        Database db = look();
        for (Statement s = db.prepare("SELECT id FROM person ORDER BY id"); s.step();) ids.push_back(s.integer(0));
        return ids;
    }

    /// True when this run gave the person a trajectory, new or of somebody else.
    bool gave_to(std::int64_t person, std::int64_t run) {
        Database db = look();
        Statement s = db.prepare("SELECT 1 FROM trajectory t JOIN file ON file.id = t.file WHERE file.run = ? AND t.person = ?");
        return s.bind(0, run).bind(1, person).step();
    }

    /// Used or not.
    std::set<std::string> codes() {
        std::set<std::string> all;
        Database db = look();
        for (Statement s = db.prepare("SELECT text FROM code"); s.step();) all.emplace(s.text(0));
        return all;
    }

    /// All that store and vault hold but history: files by source and hash, codes and sources by name.
    std::string everything() {
        Database db = look();
        std::ostringstream out;
        const auto dump = [&](const std::string& title, const std::string& sql, int columns) {
            out << title << '\n';
            for (Statement s = db.prepare(sql); s.step();) {
                for (int i = 0; i < columns; ++i) out << (s.is_null(i) ? "-" : to_hex(s.blob(i))) << ' ';
                out << '\n';
            }
        };
        const std::string code = "(SELECT text FROM code WHERE code.id = ";
        for (std::size_t e = 0; e < kEntities; ++e) {
            const auto entity = static_cast<Entity>(e);
            const std::string name(entity_def(entity).name);
            std::string columns =
                "id, (SELECT source.name || hex(sha256) FROM file JOIN source ON source.id = file.source WHERE file.id = t.file), tab, "
                "\"row\"";
            int count = 4;
            if (entity == Entity::Person) {
                columns += ", " + code + "gender), " + code + "area), household, person_id, linked";
                count += 5;
            } else {
                columns += ", \"key\"";
                ++count;
                for (const FactColumn& column : fact_columns(entity)) {
                    const bool coded = column.kind == ColumnKind::Code || column.kind == ColumnKind::Codes;
                    columns += ", " + (coded ? code + '"' + column.name + "\")" : '"' + column.name + '"');
                    ++count;
                }
                if (entity == Entity::Trajectory) {
                    columns += ", age, age_uncertain";
                    count += 2;
                }
            }
            dump(name, "SELECT " + columns + " FROM " + name + " t ORDER BY id", count);
        }
        dump("missing", "SELECT entity, id FROM missing ORDER BY 1, 2", 2);
        dump("bookmark", "SELECT source.name, b.name, value FROM bookmark b JOIN source ON source.id = b.source ORDER BY 1, 2", 3);
        dump("row",
             "SELECT source.name, stream.name, \"row\", entity, record, (SELECT hex(sha256) FROM file WHERE file.id = r.file), "
             "missing_since "
             "FROM remote_row r JOIN stream ON stream.id = r.stream JOIN source ON source.id = stream.source ORDER BY 1, 2, 3, 4, 5",
             7);
        dump("source",
             "SELECT name, role FROM source s WHERE EXISTS (SELECT 1 FROM file JOIN run ON run.id = file.run WHERE file.source = s.id AND "
             "undone_by IS NULL) ORDER BY 1",
             2);
        dump("seen", "SELECT sha256 FROM file JOIN run ON run.id = file.run WHERE undone_by IS NULL ORDER BY file.id", 1);
        dump("former", "SELECT DISTINCT person_id, record FROM former_id ORDER BY 1, 2", 2);
        dump("linking", "SELECT whole, records, whole_records, settings, model FROM linking ORDER BY run DESC LIMIT 1", 5);
        out << "vault\n";
        for (const Decision& decision : all_decisions(*vault_))
            out << decision.a << ' ' << decision.b << ' ' << static_cast<int>(decision.answer) << '\n';
        vault_->each([&](const Identity& identity) {
            out << identity.id << ' ' << identity.source << ' ' << to_hex(identity.token) << ' ' << *vault_->fingerprint(identity.id);
            for (const std::string& value : identity.values) out << '|' << value;
            out << '\n';
        });
        for (Statement s = db.prepare("SELECT id FROM worker ORDER BY id"); s.step();)
            out << vault_->name(NameKind::Worker, s.integer(0)).value_or("-") << '\n';
        return out.str();
    }

    /// The numbers too: what the last run brought must leave no gap.
    std::string numbers() {
        Database db = look();
        std::ostringstream out;
        for (const char* sql : {"SELECT id, text FROM code ORDER BY id", "SELECT id, file FROM event ORDER BY id",
                                "SELECT id, file FROM person ORDER BY id", "SELECT id, fingerprint FROM trajectory ORDER BY id"})
            for (Statement s = db.prepare(sql); s.step();) out << s.integer(0) << ' ' << s.text(1) << '\n';
        return out.str();
    }

  private:
    TempDir dir_;
    Keys keys_ = derive_keys(Secret(std::string(32, 'm')));
    std::optional<Store> store_;
    std::optional<Vault> vault_;
};

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

class Chance {
  public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
    bool one_in(int n) { return below(n) == 0; }

  private:
    std::mt19937 engine_;
};

/// How many random histories to try; BRUGWACHT_HISTORIES=20 tries twenty times as many.
unsigned histories(unsigned usual) {
    const char* more = std::getenv("BRUGWACHT_HISTORIES");
    return more == nullptr ? usual : usual * static_cast<unsigned>(std::max(1, std::atoi(more)));
}

Record some_person(Chance& chance, int key) {
    static const char* const kNames[] = {"Wiske", "Suske", "Lambik"};
    Fields fields{{"key", "P" + std::to_string(key)}, {"given_name", kNames[chance.below(3)]}, {"family_name", "Van Zwollem"}};
    fields.emplace_back("birth_date", chance.one_in(4) ? "2014" : chance.one_in(2) ? "2015-03-14" : "2013-11-02");
    if (chance.one_in(2)) fields.emplace_back("municipality", "Plaats " + std::string(1, static_cast<char>('A' + chance.below(14))));
    if (chance.one_in(3)) fields.emplace_back("gender", chance.one_in(2) ? "f" : "m");
    if (chance.one_in(3)) fields.emplace_back("household", "gezin");
    return record(Entity::Person, fields);
}

Act::File some_file(Chance& chance) {
    static const char* const kSources[] = {"crm", "club", "school"};
    static const char* const kTypes[] = {"trial", "enrol", "attend", "check", "stop"};
    static const char* const kReasons[] = {"moved", "price", "distance", "time"};
    Act::File file;
    file.source = kSources[chance.below(3)];
    file.role = file.source == "club" ? "evidence" : "caseload";
    if (file.source == "school" && chance.one_in(4)) file.role = "evidence";
    file.with_bookmark = chance.one_in(3);
    file.complete = chance.one_in(4);
    const int rows = chance.below(7);
    for (int i = 0; i < rows; ++i) {
        std::vector<Record> row;
        const auto number = [&](const char* prefix, int n) { return prefix + std::to_string(chance.below(n)); };
        if (chance.one_in(2)) row.push_back(some_person(chance, chance.below(5)));
        if (file.source != "club" && chance.one_in(2))
            row.push_back(record(Entity::Trajectory, {{"key", number("T", 4)},
                                                      {"person", number("P", 6)},
                                                      {"start", "2025-0" + std::to_string(1 + chance.below(8)) + "-03"},
                                                      {"strategy", chance.one_in(2) ? "bottom_up" : ""},
                                                      {"worker", number("W", 3)},
                                                      {"needs", chance.one_in(2) ? "taal|vervoer" : ""}}));
        if (file.source != "club" && chance.one_in(2))
            row.push_back(record(Entity::Event, {{"key", number("E", 6)},
                                                 {"trajectory", number("T", 5)},
                                                 {"date", "2025-09-0" + std::to_string(1 + chance.below(5))},
                                                 {"type", kTypes[chance.below(5)]},
                                                 {"club", number("C", 3)},
                                                 {"reason", chance.one_in(3) ? kReasons[chance.below(4)] : ""}}));
        if (chance.one_in(4)) row.push_back(record(Entity::Club, {{"key", number("C", 3)}, {"name", number("Chiro ", 3)}}));
        if (chance.one_in(4)) row.push_back(record(Entity::Worker, {{"key", number("W", 3)}, {"name", number("Jerom ", 3)}}));
        if (chance.one_in(5))
            row.push_back(
                record(Entity::Employment, {{"key", number("D", 2)}, {"worker", number("W", 3)}, {"percent", number("33.3", 9)}}));
        if (chance.one_in(4))
            row.push_back(record(Entity::Activity, {{"key", number("A", 3)},
                                                    {"date", "2025-10-0" + std::to_string(1 + chance.below(9))},
                                                    {"kind", chance.one_in(2) ? "bezoek" : "overleg"},
                                                    {"trajectory", number("T", 5)}}));
        if (row.empty()) row.push_back(some_person(chance, chance.below(5)));
        file.rows.push_back(std::move(row));
    }
    return file;
}

/// Rows of a remote source: now and then the same records in other rows, rows that are gone, and listings of ids.
Act::File some_remote_file(Chance& chance) {
    static const char* const kStreams[] = {"contacts", "activities"};
    Act::File file = some_file(chance);
    if (file.source == "club") {
        file.source = "crm";
        file.role = "caseload";
    }
    if (chance.one_in(2)) file.source = "remote";
    file.complete = false;
    const auto some_id = [&chance] { return std::to_string(chance.below(6)); };
    for (auto& records : file.rows) {
        Act::RemoteRow row{kStreams[chance.below(2)], some_id(), std::move(records), false, chance.one_in(8)};
        if (chance.one_in(8)) row.records.clear();
        file.remote.push_back(std::move(row));
        if (chance.one_in(5)) file.remote.push_back({kStreams[chance.below(2)], some_id(), {}, true, false});
    }
    file.rows.clear();
    while (chance.one_in(3)) {
        Act::Listing listing{kStreams[chance.below(2)], {}, chance.one_in(2) ? 1 : 0.4};
        for (int id = 0; id < 6; ++id)
            if (!chance.one_in(3)) listing.ids.push_back(std::to_string(id));
        file.listings.push_back(std::move(listing));
    }
    return file;
}

std::string some_source(Chance& chance) {
    static const char* const kSources[] = {"crm", "club", "school", "remote"};
    return kSources[chance.below(4)];
}

std::vector<Act> some_history(Chance& chance, int length) {
    std::vector<Act> acts;
    for (int i = 0; i < length; ++i) {
        Act act;
        if (i > 1 && chance.one_in(5)) {
            act.link = true;
            do {
                act.answers.push_back({some_source(chance), "P" + std::to_string(chance.below(5)), some_source(chance),
                                       "P" + std::to_string(chance.below(5)), static_cast<LinkAnswer>(chance.below(3))});
                const Act::Answered& last = act.answers.back();
                if (last.source_a == last.source_b && last.key_a == last.key_b) act.answers.pop_back();
            } while (act.answers.empty() || chance.one_in(2));
        } else if (i > 0 && chance.one_in(4)) {
            act.link = true;
        } else if (i > 1 && chance.one_in(6)) {
            act = acts[static_cast<std::size_t>(chance.below(i))];  // the same files again
        } else {
            const int files = 1 + chance.below(2);
            for (int f = 0; f < files; ++f) act.files.push_back(chance.one_in(2) ? some_remote_file(chance) : some_file(chance));
            act.link = chance.one_in(3);
        }
        acts.push_back(std::move(act));
    }
    return acts;
}

/// Undoes a run with all that must go before it. The runs undone, in that order.
void undo_with_later(Project& project, std::int64_t run, std::vector<std::int64_t>& undone) {
    for (;;) {
        const std::vector<std::int64_t> later = project.store().blockers(run);
        if (later.empty()) break;
        ASSERT_EQ(code_of([&] { project.undo(run); }), "UND-004 65");
        ASSERT_GT(later.back(), run);
        undo_with_later(project, later.back(), undone);
    }
    project.undo(run);
    undone.push_back(run);
}

TEST(Undo, AnyRunThatMayBeUndoneLeavesTheProjectAsIfItHadNeverBeen) {
    int out_of_order = 0;
    for (unsigned seed = 1; seed <= histories(24); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const std::vector<Act> acts = some_history(chance, 6);
        Project project;
        for (const Act& act : acts) project.perform(act);
        const std::int64_t chosen = 1 + chance.below(static_cast<int>(acts.size()));
        std::vector<std::int64_t> undone;
        undo_with_later(project, chosen, undone);
        if (undone.size() < acts.size() - static_cast<std::size_t>(chosen) + 1) ++out_of_order;

        Project never;
        std::vector<std::size_t> gone;
        for (std::size_t i = 0; i < acts.size(); ++i) {
            if (std::find(undone.begin(), undone.end(), static_cast<std::int64_t>(i + 1)) == undone.end())
                never.perform(acts[i]);
            else
                gone.push_back(i);
        }
        ASSERT_EQ(project.everything(), never.everything());
        const std::set<std::string> left = project.codes(), known = never.codes();
        EXPECT_TRUE(std::includes(known.begin(), known.end(), left.begin(), left.end())) << "codes of the undone runs";

        // Importing again brings all of it back.
        for (const std::size_t i : gone) {
            project.perform(acts[i]);
            never.perform(acts[i]);
        }
        ASSERT_EQ(project.everything(), never.everything());
    }
    EXPECT_GT(out_of_order, 2) << "the test should also undo runs that are not the last";
}

TEST(Undo, TheNewestRunLeavesNotEvenAGapInTheNumbers) {
    for (unsigned seed = 1000; seed < 1000 + histories(12); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const std::vector<Act> acts = some_history(chance, 5);
        Project project, never;
        for (std::size_t i = 0; i < acts.size(); ++i) {
            project.perform(acts[i]);
            if (i + 1 < acts.size()) never.perform(acts[i]);
        }
        const std::string before = project.everything();
        project.undo(5, true);
        ASSERT_EQ(project.everything(), before) << "a dry run leaves nothing";
        project.undo(5);
        ASSERT_EQ(project.everything(), never.everything());
        ASSERT_EQ(project.numbers(), never.numbers());
    }
}

TEST(Undo, ErasedPersonsStayErasedWhateverIsUndone) {
    for (unsigned seed = 2000; seed < 2000 + histories(18); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const std::vector<Act> acts = some_history(chance, 5);
        Project project, never;
        std::set<std::int64_t> known;
        for (std::size_t i = 0; i < acts.size(); ++i) {
            project.perform(acts[i]);
            for (const std::int64_t id : project.persons()) known.insert(id);
            if (i + 1 < acts.size()) never.perform(acts[i]);
        }
        if (known.empty()) continue;
        const std::int64_t person = *std::next(known.begin(), chance.below(static_cast<int>(known.size())));
        const bool given = project.gave_to(person, 5);
        project.erase(person);
        project.undo(5);
        never.erase(person);
        // The exception: what hung on a trajectory that the undone run gave to the person was the person's when the erasure came, and
        // stays erased.
        if (!given) {
            ASSERT_EQ(project.everything(), never.everything());
        }
        EXPECT_FALSE(project.vault().person(person));
        for (const std::int64_t id : project.persons()) EXPECT_NE(id, person);
    }
}

Act one_file(Rows rows, bool link = false, const std::string& source = "crm", const std::string& role = "caseload") {
    return {{{source, role, std::move(rows), false, false, {}, {}}}, link};
}
Record wiske(const std::string& key, const std::string& phone = "") {
    return record(Entity::Person, {{"key", key},
                                   {"given_name", "Wiske"},
                                   {"family_name", "Van Zwollem"},
                                   {"birth_date", "2015-03-14"},
                                   {"municipality", "Kalmthout"},
                                   {"phone", phone}});
}

TEST(Undo, APersonWhomOnlyTheVaultForgotDoesNotComeBackEither) {
    Project project;
    project.perform(one_file({{wiske("P1")}, {record(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-01-01"}})}}));
    project.perform(one_file(
        {{wiske("P1", "+32470123456")}, {record(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-02-01"}})}}));
    const std::int64_t id = project.persons().at(0);
    project.vault().remove({id});
    const UndoSummary summary = project.undo(2);
    EXPECT_EQ(summary.erased, 1U);
    EXPECT_TRUE(project.persons().empty());
    Database db = project.look();
    EXPECT_EQ(db.integer("SELECT count(*) FROM trajectory"), 0);
    EXPECT_EQ(db.integer("SELECT (SELECT count(*) FROM before_person) + (SELECT count(*) FROM before_trajectory)"), 0);
}

TEST(Undo, AnErasureAlsoEmptiesTheImagesThatEarlierRunsLeft) {
    Project project;
    project.perform(one_file({{wiske("P1")}, {record(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-01-01"}})}}));
    project.perform(one_file(
        {{wiske("P1", "+32470123456")}, {record(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-02-01"}})}}));
    Database db = project.look();
    const char* const kImages = "SELECT (SELECT count(*) FROM before_person) + (SELECT count(*) FROM before_trajectory)";
    EXPECT_EQ(db.integer(kImages), 2);
    project.erase(project.persons().at(0));
    EXPECT_EQ(db.integer(kImages), 0);
}

TEST(Undo, PersonsOfAMemberListThatLinkingRemovedComeBack) {
    Project project;
    project.perform(one_file({{wiske("P1")}, {record(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-01-01"}})}}));
    project.perform(one_file({{record(Entity::Person, {{"key", "M1"}, {"given_name", "Lambik"}, {"family_name", "X"}})}, {wiske("M2")}},
                             false, "club", "evidence"));
    const std::string before = project.everything();
    const std::int64_t run = project.perform({{}, true});
    EXPECT_EQ(project.persons().size(), 2U);
    EXPECT_EQ(project.vault().size(), 2U);
    const UndoSummary summary = project.undo(run);
    EXPECT_EQ(summary.kind, "link");
    EXPECT_EQ(project.everything(), before);
}

TEST(Undo, AKillBetweenTheTwoCommitsLeavesEitherBeforeOrAfter) {
    for (const bool store_too : {false, true}) {
        Project project;
        project.perform(one_file({{wiske("P1")}}));
        const std::string never = project.everything();
        project.perform(one_file({{wiske("P1", "+32470123456")}, {wiske("P2")}}));
        const std::string done = project.everything();
        const std::int64_t run = project.store().begin_run("undo", 1700000100, 77, project.keys().fingerprint);
        project.store().take_back(2);
        project.vault().begin(run, 77, 2);
        project.vault().commit();
        if (store_too)
            project.store().commit();
        else
            project.store().rollback();
        project.reopen();  // what a kill leaves: nothing was settled
        EXPECT_EQ(code_of([&] { project.undo(99); }), "UND-001 66") << "whatever begins next puts both in order first";
        EXPECT_EQ(project.everything(), store_too ? never : done);
    }
}

TEST(Undo, WhatCannotBeUndoneIsRefusedWithItsReasonAndChangesNothing) {
    Project project;
    project.perform(one_file({{wiske("P1")}}));
    project.perform(one_file({{wiske("P1")}, {wiske("P2")}}));
    const std::string before = project.everything();
    EXPECT_EQ(code_of([&] { project.undo(3); }), "UND-001 66");
    EXPECT_EQ(code_of([&] { project.undo(0); }), "UND-001 66");
    EXPECT_EQ(code_of([&] { project.undo(-1); }), "UND-001 66");
    EXPECT_EQ(code_of([&] { project.undo(1); }), "UND-004 65") << "run 2 found P1 unchanged";
    EXPECT_EQ(project.everything(), before);
    const UndoSummary undo = project.undo(2);
    EXPECT_EQ(undo.records.removed, 1U);
    EXPECT_EQ(undo.records.restored, 0U);
    EXPECT_EQ(code_of([&] { project.undo(2); }), "UND-003 65");
    EXPECT_EQ(code_of([&] { project.undo(undo.run); }), "UND-002 65");
    project.undo(1);
    EXPECT_TRUE(project.persons().empty());
}

TEST(Undo, AFileThatWasOnlySeenAgainStillHoldsItsFirstRun) {
    Project project;
    const Act act = one_file({{wiske("P1")}});
    project.perform(act);
    project.perform(act);
    EXPECT_EQ(code_of([&] { project.undo(1); }), "UND-004 65");
    project.undo(2);
    project.undo(1);
    project.perform(act);
    EXPECT_EQ(project.persons().size(), 1U) << "a file of an undone run is not seen any more";
}

TEST(Undo, ImagesGoAfterTheirTimeAndThenOnlyRunsThatReplacedNothingCanBeUndone) {
    constexpr std::int64_t kDay = 86400;
    Project project;
    project.perform(one_file({{wiske("P1")}}), 0);
    project.perform(one_file({{wiske("P1", "+32470123456")}}), kDay);
    project.perform(one_file({{record(Entity::Club, {{"key", "C1"}, {"name", "Chiro"}})}}), 2 * kDay);
    EXPECT_TRUE(project.store().run_state(2)->kept);
    project.perform(one_file({{record(Entity::Club, {{"key", "C2"}, {"name", "KSA"}})}}), 40 * kDay);
    Database db = project.look();
    EXPECT_EQ(db.integer("SELECT count(*) FROM before_person"), 0);
    EXPECT_EQ(code_of([&] { project.undo(2); }), "UND-005 65");
    EXPECT_EQ(code_of([&] { project.undo(3); }), "nothing") << "it brought new records only";
}

TEST(Undo, EveryTableHasAnImageTableOfTheSameColumns) {
    Project project;
    Database db = project.look();
    std::vector<std::string> names{"remote_row"};
    for (std::size_t e = 0; e < kEntities; ++e) names.emplace_back(entity_def(static_cast<Entity>(e)).name);
    for (const std::string& name : names) {
        const auto columns = [&](const std::string& table) {
            std::vector<std::string> all;
            for (Statement s = db.prepare("SELECT name, type FROM pragma_table_info('" + table + "') ORDER BY cid"); s.step();)
                all.push_back(std::string(s.text(0)) + " " + std::string(s.text(1)));
            return all;
        };
        std::vector<std::string> expected = columns(name);
        expected.insert(expected.begin(), "run INTEGER");
        EXPECT_EQ(columns("before_" + name), expected);
    }
}

}  // namespace
}  // namespace brugwacht
