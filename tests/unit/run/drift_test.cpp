#include "engine/run/drift.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "engine/run/undo.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kNow = 1790000000;  // 2026-09-21

std::string status_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

/// A project with one source "crm" that reads canonical files, and imports in one line.
class Drift : public testing::Test {
  protected:
    Drift()
        : secrets_(key_files(dir_ / "p/keys")),
          clock_(fixed_clock(kNow)),
          files_(disk_files()),
          log_(no_log()),
          ports_{*clock_, *files_, *secrets_, *log_} {
        create_project(dir_ / "p", "nl", {}, ports_);
        settings("");
    }

    void settings(const std::string& of_source, const std::string& more = "") {
        write_bytes(dir_ / "p/brugwacht.toml",
                    "schema = \"brugwacht/1\"\n" + more + "\n[[source]]\nname = \"crm\"\nmapping = \"canonical\"\n" + of_source + "\n");
    }
    Project project() { return Project::load(dir_ / "p", *files_); }

    ImportSummary import(const std::vector<std::pair<std::string, std::string>>& files, bool dry_run = false,
                         std::vector<std::string> accept = {}) {
        ImportRequest request;
        std::filesystem::create_directories(dir_ / "in" / std::to_string(++folder_));
        for (const auto& [name, text] : files) {
            const auto path = dir_ / "in" / std::to_string(folder_) / name;
            std::filesystem::create_directories(path.parent_path());
            write_bytes(path, text);
            request.inputs.push_back(path.string());
        }
        request.source = "crm";
        request.mapping = "canonical";
        request.dry_run = dry_run;
        request.accept = std::move(accept);
        const ImportSummary summary = import_files(project(), request, ports_);
        for (const ImportedFile& file : summary.files) {
            const FileCounts& c = file.counts;
            EXPECT_EQ(c.read, c.fresh + c.changed + c.unchanged + c.duplicate + c.rejected + c.skipped);
        }
        return summary;
    }
    static std::string people(int from, int to, const std::string& municipality = "Essen") {
        std::string text = "key,given_name,family_name,birth_date,municipality\n";
        for (int i = from; i < to; ++i) {
            const std::string n = std::to_string(i);
            text += "p" + n + ",Wiske" + n + ",Van Zwollem,2015-03-14," + municipality + "\n";
        }
        return text;
    }
    static std::string events(int count, int unreadable = 0, const std::string& type = "trial", const std::string& date = "2026-01-05") {
        std::string text = "key,person,date,type\n";
        for (int i = 0; i < count; ++i) text += "e" + std::to_string(i) + ",p1," + (i < unreadable ? "morgen" : date) + "," + type + "\n";
        return text;
    }
    static std::set<std::string> codes(const ImportSummary& summary) {
        std::set<std::string> all;
        for (const ImportedFile& file : summary.files)
            for (const auto& [code, count] : file.warnings)
                if (code.starts_with("DRF-")) all.insert(code);
        return all;
    }
    using Codes = std::set<std::string>;
    std::string publishable() {
        return status_of([&] { require_publishable(project()); });
    }
    std::uint64_t persons() { return StoreReader::open(project().store_file()).count("person"); }
    std::uint64_t vault_size() {
        const Keys keys = load_keys(*secrets_);
        return Vault::open(project().vault_file(), keys).size();
    }

    TempDir dir_;
    int folder_ = 0;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

TEST_F(Drift, MoreThanAFifthOfTheRowsRejectedHoldsThePublicationUntilItIsAccepted) {
    EXPECT_EQ(codes(import({{"events.csv", events(10, 2)}})), Codes{});
    EXPECT_EQ(publishable(), "nothing");
    const ImportSummary bad = import({{"events.csv", events(10, 3)}});
    EXPECT_EQ(codes(bad), Codes{"DRF-001"});
    EXPECT_TRUE(bad.held());
    EXPECT_EQ(publishable(), "DRF-010 4");
    accept_sources(project(), {"crm"}, ports_);
    EXPECT_EQ(publishable(), "nothing");
    EXPECT_EQ(codes(import({{"events.csv", events(11, 3)}})), Codes{"DRF-001"});
    EXPECT_EQ(publishable(), "DRF-010 4") << "what was accepted then says nothing of the next file";
    EXPECT_EQ(status_of([&] { accept_sources(project(), {"nobody"}, ports_); }), "DRF-011 66");
}

TEST_F(Drift, AFileWithoutOneReadableRowHoldsToo) {
    EXPECT_EQ(codes(import({{"events.csv", events(3, 3)}})), Codes{"DRF-001"});
    EXPECT_EQ(publishable(), "DRF-010 4");
    import({{ "events.csv", events(3) }});
    EXPECT_EQ(publishable(), "nothing");
}

TEST_F(Drift, FarFewerRecordsThanTheLastTimeHoldUntilABetterFileOrAnUndo) {
    import({{ "people.csv", people(0, 30) }});
    EXPECT_EQ(codes(import({{"people.csv", people(0, 12)}})), Codes{}) << "60 % less is not more than 60 %";
    import({{ "people.csv", people(0, 31) }});
    const ImportSummary few = import({{"people.csv", people(0, 11)}});
    EXPECT_EQ(codes(few), Codes{"DRF-002"});
    EXPECT_EQ(publishable(), "DRF-010 4");
    import({{ "events.csv", events(3) }});
    EXPECT_EQ(publishable(), "DRF-010 4") << "other records of the source are no better people";
    undo_in_project(project(), 5, ports_, false);
    undo_in_project(project(), few.run, ports_, false);
    EXPECT_EQ(publishable(), "nothing");
    EXPECT_EQ(codes(import({{"people.csv", people(0, 10)}})), Codes{"DRF-002"}) << "compared with the last run that was not undone";
    import({{ "people.csv", people(0, 32) }});
    EXPECT_EQ(publishable(), "nothing");
    EXPECT_EQ(codes(import({{"people.csv", people(0, 0)}})), Codes{"DRF-002"}) << "an empty list is the shortest";
}

TEST_F(Drift, AnEmptiedColumnIsNamedByItsFieldAndHolds) {
    import({{ "people.csv", people(0, 25) }});
    const ImportSummary emptied = import({{"people.csv", people(0, 25, "")}});
    EXPECT_EQ(codes(emptied), Codes{"DRF-003"});
    EXPECT_EQ(emptied.files[0].columns.at("DRF-003").count("person.municipality"), 1U);
    EXPECT_EQ(publishable(), "DRF-010 4");
}

TEST_F(Drift, NewCodesFutureDatesAndLostReferencesOnlyWarn) {
    import({{"people.csv", people(0, 3)}, { "events.csv", events(21) }});
    EXPECT_EQ(codes(import({{"events.csv", events(22, 0, "attend")}})), Codes{"DRF-005"});
    EXPECT_EQ(codes(import({{"events.csv", events(22, 0, "attend")}})), Codes{}) << "the same file again";
    EXPECT_EQ(codes(import({{"events.csv", events(22, 0, "trial", "2026-09-21")}})), Codes{});
    EXPECT_EQ(codes(import({{"events.csv", events(22, 0, "trial", "2026-09-22")}})), Codes{"DRF-006"});
    std::string lost = "key,person,date,type\n";
    for (int i = 0; i < 25; ++i) lost += "x" + std::to_string(i) + ",nobody" + std::to_string(i) + ",2026-01-05,trial\n";
    EXPECT_EQ(codes(import({{"events.csv", lost}})), Codes{"DRF-007"});
    EXPECT_EQ(publishable(), "nothing");
}

TEST_F(Drift, LimitsOfASourceGoBeforeThoseOfTheProject) {
    settings("max_row_drop = 1.0", "[import]\nmax_row_drop = 0.1\nmax_rejected_share = 0.5");
    EXPECT_EQ(limits_for(project(), "crm").max_row_drop, 1.0);
    EXPECT_EQ(limits_for(project(), "crm").max_rejected_share, 0.5);
    EXPECT_EQ(limits_for(project(), "other").max_row_drop, 0.1);
    import({{ "people.csv", people(0, 30) }});
    EXPECT_EQ(codes(import({{"people.csv", people(0, 1)}})), Codes{});
    settings("max_row_drop = 1.5");
    EXPECT_EQ(status_of([&] { project(); }), "PRJ-008 78");
}

TEST_F(Drift, AShorterFileDeletesNothingUnlessTheSourceIsDeclaredComplete) {
    import({{"people.csv", people(0, 10)}, { "events.csv", events(5) }});
    EXPECT_EQ(import({{"people.csv", people(0, 8)}}).files[0].vanished, 0U);
    EXPECT_EQ(persons(), 10U);
    settings("complete = true");
    const ImportSummary shorter = import({{"people.csv", people(0, 7)}});
    EXPECT_EQ(shorter.files[0].vanished, 3U);
    EXPECT_EQ(persons(), 7U);
    EXPECT_EQ(vault_size(), 7U);
    const StoreReader reader = StoreReader::open(project().store_file());
    EXPECT_EQ(reader.count("event"), 5U) << "a list of people says nothing of events";
    EXPECT_EQ(reader.files().back().vanished, 3U);
    undo_in_project(project(), shorter.run, ports_, false);
    EXPECT_EQ(persons(), 10U);
    EXPECT_EQ(vault_size(), 10U);
}

TEST_F(Drift, TheFilesOfACompleteSourceInOneRunAreTogetherTheList) {
    settings("complete = true");
    import({{"people.csv", people(0, 5)}, { "noord/people.csv", people(5, 10) }});
    ASSERT_EQ(persons(), 10U);
    const ImportSummary both = import({{"people.csv", people(0, 4)}, {"noord/people.csv", people(5, 10)}});
    EXPECT_EQ(both.files[0].vanished + both.files[1].vanished, 1U) << "the file that did not change counts as well";
    EXPECT_EQ(persons(), 9U);
}

TEST_F(Drift, TooManyVanishingRecordsStayUntilThatIsAccepted) {
    settings("complete = true");
    import({{ "people.csv", people(0, 10) }});
    const ImportSummary half = import({{"people.csv", people(0, 5)}});
    EXPECT_EQ(codes(half), Codes{"DRF-004"});
    EXPECT_EQ(half.files[0].vanished, 0U);
    EXPECT_EQ(persons(), 10U);
    EXPECT_EQ(publishable(), "DRF-010 4");
    const ImportSummary again = import({{"people.csv", people(0, 5)}}, false, {"crm"});
    EXPECT_EQ(codes(again), Codes{});
    EXPECT_EQ(again.files[0].vanished, 5U);
    EXPECT_EQ(persons(), 5U);
    EXPECT_EQ(publishable(), "nothing");
}

TEST_F(Drift, NothingVanishesWhenARowCouldNotBeRead) {
    settings("complete = true");
    import({{ "events.csv", events(10) }});
    const ImportSummary unreadable = import({{"events.csv", events(9, 1)}});
    EXPECT_EQ(codes(unreadable), Codes{"DRF-008"});
    EXPECT_EQ(StoreReader::open(project().store_file()).count("event"), 10U);
}

TEST_F(Drift, ATrialRunGivesTheNumbersOfTheRealOneAndKeepsNothing) {
    settings("complete = true");
    import({{"people.csv", people(0, 10)}, { "events.csv", events(5) }});
    const std::vector<std::pair<std::string, std::string>> next{{"people.csv", people(2, 11, "Kalmthout")},
                                                                {"events.csv", events(5, 0, "attend")}};
    const ImportSummary trial = import(next, true);
    EXPECT_EQ(persons(), 10U);
    EXPECT_EQ(StoreReader::open(project().store_file()).runs().size(), 1U);
    const ImportSummary real = import(next);
    ASSERT_EQ(trial.files.size(), real.files.size());
    for (std::size_t i = 0; i < real.files.size(); ++i) {
        EXPECT_EQ(trial.files[i].counts, real.files[i].counts);
        EXPECT_EQ(trial.files[i].warnings, real.files[i].warnings);
        EXPECT_EQ(trial.files[i].vanished, real.files[i].vanished);
    }
    const auto& of_people = trial.files[0].report.changes.at("person");
    EXPECT_EQ(of_people.fresh, 1U);
    EXPECT_EQ(of_people.changed, 8U);
    EXPECT_EQ(of_people.fields.at("municipality").count, 8U);
    EXPECT_TRUE(of_people.fields.at("municipality").codes.empty()) << "no value of a person";
    const CodeChange& type = trial.files[1].codes.at("event").at("type").at(0);
    EXPECT_EQ(type.from + ">" + type.to, "trial>attend");
    EXPECT_EQ(type.count, 5U);
    EXPECT_EQ(trial.files.back().vanished, 2U);
}

TEST(DriftLevel, EveryCodeSaysWhatItDidToTheRow) {
    EXPECT_EQ(level_of("IMP-018"), "cell");
    EXPECT_EQ(level_of("IMP-015"), "warning");
    EXPECT_EQ(level_of("IMP-010"), "row");
    EXPECT_EQ(level_of("POL-001"), "cell");
    EXPECT_EQ(level_of("CSV-031"), "warning");
    EXPECT_EQ(level_of("DRF-002"), "warning");
}

}  // namespace
}  // namespace brugwacht
