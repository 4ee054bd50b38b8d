#include "engine/identity/corrections.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/core/hash.hpp"
#include "engine/identity/intake.hpp"
#include "engine/identity/undo.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::size_t field(std::string_view name) { return field_index(Entity::Person, name).value(); }

/// One child in one source, with one trajectory.
class Project {
  public:
    struct Imported {
        FileCounts counts;
        std::int64_t run = 0;
    };

    Imported import(const Fields& person) {
        Intake intake(store_, vault_, keys_, {}, ++now_);
        FileToRead file;
        file.source = "crm";
        file.sha256 = sha256(std::to_string(now_));
        file.mapping = "canonical";
        file.mapping_digest = "1";
        intake.begin_file(file);
        intake.put(std::vector<Record>{made(Entity::Person, person)}, {1, 1, 2});
        intake.put(std::vector<Record>{made(Entity::Trajectory, {{"key", "T1"}, {"person", "P1"}, {"start", "2025-09-01"}})}, {1, 1, 3});
        const FileCounts counts = intake.end_file();
        intake.link();
        intake.commit();
        return {counts, intake.run()};
    }

    std::int64_t correct(std::string_view name, const std::string& value) {
        Intake intake(store_, vault_, keys_, {}, ++now_, "rectify");
        intake.correct({record(), field(name), value, child().values[field(name)], now_, now_, "r"}, origin());
        intake.link();
        intake.commit();
        return intake.run();
    }

    std::int64_t withdraw(std::string_view name) {
        Intake intake(store_, vault_, keys_, {}, ++now_, "rectify");
        intake.withdraw_correction(of(name), origin());
        intake.link();
        intake.commit();
        return intake.run();
    }

    void undo(std::int64_t run) { undo_run(store_, vault_, keys_, run, ++now_, false); }

    std::int64_t record() const { return RecordIds(keys_.record_id).id("crm", Entity::Person, "P1"); }
    Identity child() { return vault_.person(record()).value(); }
    std::string value(std::string_view name) { return child().values[field(name)]; }
    FieldCorrection of(std::string_view name) {
        const Corrections all = read_corrections(vault_);
        const auto known = all.find(record());
        for (const FieldCorrection& correction : known == all.end() ? std::vector<FieldCorrection>() : known->second)
            if (correction.field == field(name)) return correction;
        ADD_FAILURE() << "no correction of " << name;
        return {};
    }
    std::size_t in_force() { return read_corrections(vault_).size(); }
    std::uint64_t warned(std::int64_t run) {
        for (const WarningRow& warning : reader().warnings(run))
            if (warning.code == "COR-001") return warning.count;
        return 0;
    }
    std::optional<int> age() {
        TrajectoryRow row;
        const StoreReader r = reader();
        auto rows = r.trajectories();
        return rows.next(row) ? row.age : std::nullopt;
    }
    /// What both databases hold of the child, history aside.
    std::string everything() {
        std::ostringstream out;
        const StoreReader r = reader();
        PersonRow person;
        for (auto rows = r.persons(); rows.next(person);)
            out << person.id << ' ' << person.person_id << ' ' << person.gender << ' ' << person.area << ' ' << person.household << ' '
                << person.origin.file << ' ' << person.origin.row << '\n';
        TrajectoryRow trajectory;
        for (auto rows = r.trajectories(); rows.next(trajectory);) out << trajectory.id << ' ' << trajectory.age.value_or(-1) << '\n';
        vault_.each([&](const Identity& identity) {
            out << to_hex(identity.token) << ' ' << *vault_.fingerprint(identity.id);
            for (const std::string& text : identity.values) out << '|' << text;
            for (const Note& note : vault_.notes_about(identity.id)) out << '\n' << note.text;
        });
        return out.str();
    }

  private:
    static Record made(Entity entity, const Fields& fields) {
        Record record;
        record.entity = entity;
        for (const auto& [name, value] : fields) record.set(name, value);
        return record;
    }
    StoreReader reader() const { return StoreReader::open(dir_ / "store.db"); }
    Provenance origin() const {
        PersonRow row;
        const StoreReader r = reader();
        auto rows = r.persons();
        return rows.next(row) ? row.origin : Provenance();
    }

    TempDir dir_;
    Keys keys_ = derive_keys(Secret(std::string(32, 'm')));
    Store store_ = Store::open(dir_ / "store.db");
    Vault vault_ = Vault::open(dir_ / "vault.db", keys_);
    std::int64_t now_ = 1700000000;
};

Fields wiske(const std::string& birth = "2015-03-14") {
    return {{"key", "P1"},         {"given_name", "Wiske"}, {"family_name", "Zwollem"},
            {"birth_date", birth}, {"gender", "m"},         {"municipality", "Hove"}};
}

TEST(Corrections, StandThroughThreeImportsThatBringTheErrorBack) {
    Project project;
    project.import(wiske("2015-03-14"));
    project.correct("birth_date", "2014-03-14");
    for (int i = 0; i < 3; ++i) {
        const auto again = project.import(wiske("2015-03-14"));
        EXPECT_EQ(again.counts.unchanged, 2U) << "the source says the same as before";
        EXPECT_EQ(project.value("birth_date"), "2014-03-14");
        EXPECT_EQ(project.age(), 11);
        EXPECT_EQ(project.warned(again.run), 1U);
    }
    EXPECT_TRUE(project.of("birth_date").is_contested());
}

TEST(Corrections, FollowWhatTheSourceSaysWithoutGivingWay) {
    Project project;
    project.import(wiske("2015-03-14"));
    project.correct("birth_date", "2014-03-14");
    const auto other = project.import(wiske("2013-03-14"));
    EXPECT_EQ(other.counts.changed, 1U);
    EXPECT_EQ(project.value("birth_date"), "2014-03-14");
    EXPECT_EQ(project.of("birth_date").source_value, "2013-03-14");
    const auto agrees = project.import(wiske("2014-03-14"));
    EXPECT_EQ(project.warned(agrees.run), 0U);
    EXPECT_FALSE(project.of("birth_date").is_contested());
    project.withdraw("birth_date");
    EXPECT_EQ(project.value("birth_date"), "2014-03-14") << "what the source said last";
    EXPECT_EQ(project.in_force(), 0U);
}

TEST(Corrections, LeaveTheOtherFieldsToTheSource) {
    Project project;
    project.import(wiske());
    project.correct("gender", "f");
    Fields moved = wiske();
    moved.back().second = "Boom";
    project.import(moved);
    EXPECT_EQ(project.value("municipality"), "Boom");
    EXPECT_EQ(project.value("gender"), "f");
    EXPECT_NE(project.everything().find(" f Boom"), std::string::npos) << "gender and area in the store";
}

TEST(Corrections, ABlankOneKeepsAWrongValueOut) {
    Project project;
    project.import(wiske());
    project.correct("birth_date", "");
    project.import(wiske());
    EXPECT_EQ(project.value("birth_date"), "");
    EXPECT_EQ(project.age(), std::nullopt);
}

TEST(Corrections, AreUndoneExactly) {
    Project project;
    project.import(wiske());
    const std::string before = project.everything();
    const std::int64_t run = project.correct("birth_date", "2014-03-14");
    EXPECT_NE(project.everything(), before);
    project.undo(run);
    EXPECT_EQ(project.everything(), before);

    project.correct("gender", "f");
    const std::string corrected = project.everything();
    project.undo(project.withdraw("gender"));
    EXPECT_EQ(project.everything(), corrected);
}

TEST(Corrections, UndoingAnImportForgetsWhatItSaid) {
    Project project;
    project.import(wiske("2015-03-14"));
    project.correct("birth_date", "2014-03-14");
    const std::string before = project.everything();
    project.undo(project.import(wiske("2013-03-14")).run);
    EXPECT_EQ(project.everything(), before);
    EXPECT_EQ(project.of("birth_date").source_value, "2015-03-14");
}

}  // namespace
}  // namespace brugwacht
