#include "engine/run/project.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/run/context.hpp"
#include "engine/run/reading.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

class RunProject : public testing::Test {
  protected:
    RunProject()
        : secrets_(key_files(dir_ / "p/keys")),
          clock_(fixed_clock(1790000000)),
          files_(disk_files()),
          log_(no_log()),
          ports_{*clock_, *files_, *secrets_, *log_} {}

    void write(const std::string& name, std::string_view text) { write_bytes(dir_ / "p" / name, text); }
    Project load() { return Project::load(dir_ / "p", *files_); }
    std::vector<std::string> codes_of_loading() {
        try {
            load();
        } catch (const Error& error) {
            std::vector<std::string> codes;
            for (const Fault& fault : error.faults()) codes.push_back(fault.code);
            return codes;
        }
        return {};
    }

    TempDir dir_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

TEST_F(RunProject, ANewProjectLoadsAndItsFoldersAreClosedToOthers) {
    create_project(dir_ / "p", "fr", {"Gemeente \"X\"", "", ""}, ports_);
    const Project project = load();
    EXPECT_EQ(project.settings().language, "fr");
    EXPECT_EQ(project.settings().organisation, "Gemeente \"X\"");
    EXPECT_EQ(project.settings().municipality, "Gemeente");
    for (const auto& folder : {project.inbox(), project.processed(), project.rejected(), project.keys(), project.temporary()}) {
        struct stat info {};
        ASSERT_EQ(::stat(folder.c_str(), &info), 0) << folder;
        EXPECT_EQ(info.st_mode & 0777U, 0700U) << folder;
    }
    EXPECT_EQ(secrets_->load("master").bytes().size(), 32U);
    EXPECT_NO_THROW(load_context(project, *files_));
}

TEST_F(RunProject, AnExistingProjectIsNeverOverwritten) {
    create_project(dir_ / "p", "nl", {}, ports_);
    const std::string key(secrets_->load("master").bytes());
    try {
        create_project(dir_ / "p", "nl", {}, ports_);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "PRJ-002");
        EXPECT_EQ(error.exit(), Exit::CannotCreate);
    }
    EXPECT_EQ(secrets_->load("master").bytes(), key);
}

TEST_F(RunProject, AllFaultsOfTheSettingsAreToldAtOnce) {
    write("brugwacht.toml",
          "schema = \"brugwacht/9\"\nlangauge = \"nl\"\n[[source]]\nname = \"A b\"\nrole = \"boss\"\n[[source]]\nfiles = 3\n");
    EXPECT_EQ(codes_of_loading(), (std::vector<std::string>{"PRJ-004", "CFG-004", "PRJ-003", "CFG-002", "CFG-003", "PRJ-003", "CFG-001"}));
}

TEST_F(RunProject, NoProjectHereIsAnErrorOfItsOwn) { EXPECT_EQ(codes_of_loading(), std::vector<std::string>{"PRJ-001"}); }

TEST_F(RunProject, TheFirstSourceWhosePatternFitsTakesTheFile) {
    write(
        "brugwacht.toml",
        "schema = \"brugwacht/1\"\n[[source]]\nname = \"a\"\nfiles = [\"leden-*.xlsx\"]\n[[source]]\nname = \"b\"\nfiles = [\"*.xlsx\"]\n");
    const Project project = load();
    EXPECT_EQ(project.source_for_file("Leden-2025.XLSX")->name, "a");
    EXPECT_EQ(project.source_for_file("andere.xlsx")->name, "b");
    EXPECT_EQ(project.source_for_file("x.csv"), nullptr);
}

TEST_F(RunProject, ASourceSaysHowDatesAndNumbersAreWrittenForAllItsColumnsOrForOne) {
    write("brugwacht.toml", R"(schema = "brugwacht/1"
[[source]]
name = "a"
dates = ["mm/dd/yyyy", "yyyy-mm-dd"]
decimal = "point"
two_digit_years_to = 2029
[source.columns]
"Geb.-datum" = { dates = "dd/mm/yyyy" }
[[source]]
name = "b"
)");
    const Project project = load();
    const SourceSettings& a = project.settings().sources[0];
    EXPECT_EQ(a.columns.date_order, DateOrder::MonthFirst);
    EXPECT_EQ(a.columns.decimal, '.');
    EXPECT_EQ(a.columns.two_digit_years_to, 2029);
    EXPECT_EQ(a.column_rules.at("gebdatum").date_order, DateOrder::DayFirst);
    EXPECT_FALSE(a.column_rules.at("gebdatum").decimal);
    EXPECT_FALSE(project.settings().sources[1].columns.date_order);
    EXPECT_NE(reading_rules_text(&a), reading_rules_text(&project.settings().sources[1]));
    EXPECT_EQ(reading_rules_text(&project.settings().sources[1]), "");
}

TEST_F(RunProject, RulesOfASourceThatMakeNoSenseAreAllTold) {
    write("brugwacht.toml", R"(schema = "brugwacht/1"
[[source]]
name = "a"
dates = ["dd/mm/yyyy", "mm/dd/yyyy"]
decimal = "dot"
[source.columns]
Datum = "mm/dd/yyyy"
Dag = { dates = "yyyy-mm-dd", order = 1 }
)");
    EXPECT_EQ(codes_of_loading(), (std::vector<std::string>{"MAP-006", "CFG-004", "CFG-003", "MAP-006", "CFG-001"}));
}

TEST(RunPattern, StarsAndQuestionMarksMatchWithoutRegardToCase) {
    EXPECT_TRUE(matches_pattern("*", ""));
    EXPECT_TRUE(matches_pattern("a*b?c", "AxxxBzC"));
    EXPECT_TRUE(matches_pattern("*.csv", "a.b.csv"));
    EXPECT_FALSE(matches_pattern("*.csv", "a.csv.bak"));
    EXPECT_FALSE(matches_pattern("a?", "a"));
    EXPECT_FALSE(matches_pattern(std::string(30, '*') + "x", std::string(5000, 'a')));
}

TEST_F(RunProject, ASecondRunFindsTheProjectLocked) {
    create_project(dir_ / "p", "nl", {}, ports_);
    const Project project = load();
    {
        const ProjectLock first(project);
        try {
            const ProjectLock second(project);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.exit(), Exit::TryLater);
            EXPECT_EQ(error.first().code, "RUN-001");
        }
    }
    EXPECT_NO_THROW({ const ProjectLock again(project); });
}

TEST_F(RunProject, TheTemporaryFolderIsEmptiedBeforeAndAfter) {
    create_project(dir_ / "p", "nl", {}, ports_);
    const Project project = load();
    write_bytes(project.temporary() / "left.xlsx", "x");
    {
        const TemporaryFolder temporary(project);
        EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
        write_bytes(temporary.path() / "sub/new.xlsx", "x");
    }
    EXPECT_TRUE(std::filesystem::is_empty(project.temporary()));
}

TEST_F(RunProject, ContactDataInTheContextIsRefused) {
    create_project(dir_ / "p", "nl", {}, ports_);
    write("context.toml",
          "schema = \"context/1\"\nsituation = [\"Bel 0470 12 34 56\"]\nsupport = [\"mail jan@voorbeeld.be\"]\n[focus]\nareas = "
          "[\"Centrum\"]\n");
    try {
        load_context(load(), *files_);
        FAIL();
    } catch (const Error& error) {
        ASSERT_EQ(error.faults().size(), 2U);
        EXPECT_EQ(error.first().code, "PRJ-006");
        EXPECT_TRUE(error.first().where.starts_with("2:"));
    }
}

}  // namespace
}  // namespace brugwacht
