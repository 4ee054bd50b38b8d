// The rights of a child through the real program: what is handed over and what never is, what is noted, and what stays right.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/core/hash.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::size_t count(const std::string& text, const std::string& piece) {
    std::size_t n = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++n;
    return n;
}

/// Every part of a workbook behind each other; other files as they are.
std::string content(const fs::path& path) {
    if (path.extension() != ".xlsx") return read_bytes(path);
    std::string all;
    patch_zip(
        read_bytes(path), [](std::string_view) { return true; },
        [&](std::string_view, std::string part) {
            all += part + "\n";
            return part;
        });
    return all;
}

unsigned mode_of(const fs::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0U;
}

/// Wiske stands in five sources: 5 trajectories and 32 events and activities hang on her. So do a brother, a mother and a worker, who are
/// nobody's business here.
class SubjectRights : public testing::Test {
  protected:
    static constexpr int kSources = 5, kFacts = 37;
    static constexpr const char* kPurposes[kSources] = {"guidance", "follow_up", "recognition", "membership", "evaluation"};

    void SetUp() override {
        std::string settings = read_bytes(project_ / "brugwacht.toml");
        for (int s = 1; s <= kSources; ++s) {
            const std::string n = std::to_string(s);
            settings += "\n[[source]]\nname = \"bron" + n + "\"\nfiles = [\"bron" + n + "-*.csv\"]\nmapping = \"canonical\"\n" +
                        "legal_basis = \"" + (s == 2 ? "toestemming" : "algemeen belang") + "\"\npurpose = \"" + kPurposes[s - 1] + "\"\n";
        }
        write_bytes(project_ / "brugwacht.toml", settings);
        for (int s = 1; s <= kSources; ++s) import_source(s);
        ASSERT_EQ(project_.run({"link"}).status, 0);
    }

    void import_source(int s, const std::string& birth = "2015-03-14") {
        const fs::path dir = project_.beside() / ("in" + std::to_string(s));
        fs::create_directories(dir);
        const auto put = [&](const char* name, const std::string& text) { write_bytes(dir / name, text); };
        put("workers.csv", "key,name\nW1,Begeleidqz Anna\n");
        put("clubs.csv", "key,name,kind\nC1,Scouts Voorbeeld,jeugdbeweging\n");
        put("people.csv",
            "key,given_name,family_name,birth_date,municipality,guardian_name,guardian_phone,household\n"
            "P1,Wiskeqz,Zwollemqz," +
                birth +
                ",Hove,Moederqz Beatrijs,+32470111222,G1\n"
                "P2,Broerqz,Zwollemqz,2013-05-01,Hove,Moederqz Beatrijs,+32470111222,G1\n");
        put("trajectories.csv",
            "key,person,worker,start,strategy\nT1,P1,W1,2025-09-01,individuele_toeleiding\n"
            "BROER-T,P2,W1,2025-09-02,individuele_toeleiding\n");
        std::string events = "key,trajectory,person,date,type,club\nBROER-E,BROER-T,,2025-10-01,trial,C1\n";
        for (int i = 0; i < 5; ++i) events += "E" + std::to_string(i) + ",T1,,2025-10-1" + std::to_string(i) + ",attend,C1\n";
        if (s <= 2) events += "E9,,P1,2025-11-01,trial,C1\n";
        put("events.csv", events);
        put("activities.csv",
            "key,date,minutes,kind,trajectory,worker,counterpart,counterpart_kind\nA1,2025-09-15,30,bezoek,T1,W1,MOEDERQZ,gezin\n"
            "BROER-A,2025-09-16,30,bezoek,BROER-T,W1,,\n");
        std::vector<std::string> arguments{"import"};
        for (const char* name : {"workers", "clubs", "people", "trajectories", "events", "activities"})
            arguments.push_back((dir / (std::string(name) + ".csv")).string());
        arguments.insert(arguments.end(), {"--mapping", "canonical", "--source", "bron" + std::to_string(s)});
        imported_ = project_.run(arguments);
        ASSERT_EQ(imported_.status, 0) << imported_.out << imported_.err;
    }

    RunResult subject(std::vector<std::string> more) const {
        more.insert(more.begin(), "subject");
        return project_.run(more);
    }
    /// Audit entries of an action.
    std::size_t logged(const std::string& action) const {
        std::string bytes = read_bytes(project_ / "ledger.db");
        if (fs::exists(project_ / "ledger.db-wal")) bytes += read_bytes(project_ / "ledger.db-wal");
        return count(bytes, "\"action\":\"" + action + "\"");
    }
    /// Files in requests/ that end so.
    std::vector<fs::path> handed_over(const std::string& ending) const {
        std::vector<fs::path> files;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(project_ / "requests", ignored))
            if (entry.path().string().ends_with(ending)) files.push_back(entry.path());
        return files;
    }
    /// All there is to read of the databases and the log.
    std::string at_rest() const {
        std::string all;
        for (const char* name :
             {"store.db", "vault.db", "ledger.db", "store.db-wal", "vault.db-wal", "ledger.db-wal", "log/brugwacht.jsonl"})
            if (fs::exists(project_ / name)) all += read_bytes(project_ / name);
        return all;
    }

    ScratchProject project_;
    RunResult imported_;
};

TEST_F(SubjectRights, AccessReturns37FactsOf5SourcesAndNothingOfOthers) {
    const RunResult result = subject({"access", "bron1:P1", "--confirmed", "--reason", "brief van Sidoniaqz", "--as-of", "2026-03-01"});
    ASSERT_EQ(result.status, 0) << result.err;
    ASSERT_EQ(handed_over(".xlsx").size(), 1U);
    ASSERT_EQ(handed_over(".json").size(), 1U);
    const Node json = parse_json(read_bytes(handed_over(".json").front()), "access.json");
    EXPECT_EQ(at(json, "facts").items.size(), static_cast<std::size_t>(kFacts));
    EXPECT_EQ(at(json, "sources").items.size(), static_cast<std::size_t>(kSources));
    EXPECT_EQ(at(json, "called").text, "Wiskeqz");
    EXPECT_GT(at(json, "classes").items.size(), 0U);

    std::size_t others = 0;
    for (const char* ending : {".xlsx", ".json"}) {
        const fs::path file = handed_over(ending).front();
        const std::string text = content(file);
        EXPECT_GT(count(text, "Wiskeqz"), 0U);
        EXPECT_GT(count(text, kPurposes[4]), 0U) << "the purpose of a source";
        for (const char* canary : {"Broerqz", "BROER", "2013-05-01", "Moederqz", "MOEDERQZ", "470111222", "Begeleidqz", "Sidoniaqz"})
            others += count(text, canary);
        EXPECT_EQ(mode_of(file), 0600U);
        for (const char* personal : {"P1", "iske", "bron1"}) EXPECT_EQ(count(file.filename().string(), personal), 0U);
    }
    EXPECT_EQ(others, 0U);
    EXPECT_EQ(mode_of(project_ / "requests"), 0700U);
    EXPECT_TRUE(fs::is_empty(project_ / ".tmp"));
    for (const char* canary : {"Wiskeqz", "Sidoniaqz", "bron1:P1"})
        EXPECT_EQ(count(at_rest() + result.out + result.err, canary), 0U) << canary;
}

TEST_F(SubjectRights, AGuardianSeesHerOwnNameAndNobodyElses) {
    ASSERT_EQ(subject({"access", "bron1:P1", "--confirmed", "--include-guardian", "--requested-by", "guardian", "--reason", "x"}).status,
              0);
    const std::string text = content(handed_over(".json").front());
    EXPECT_GT(count(text, "Moederqz Beatrijs"), 0U);
    EXPECT_EQ(count(text, "Broerqz") + count(text, "Begeleidqz"), 0U);
}

TEST_F(SubjectRights, MoreThanOneRecordMustBeConfirmed) {
    const RunResult result = subject({"access", "bron1:P1", "--reason", "x"});
    EXPECT_EQ(result.status, 4) << result.out << result.err;
    EXPECT_EQ(count(result.out + result.err, "Wiskeqz"), 0U);
    EXPECT_TRUE(handed_over(".xlsx").empty());
    EXPECT_EQ(logged("subject.access"), 0U) << "nothing was shown";
}

TEST_F(SubjectRights, NReidentificationsAreNEventsAndNoneGoesWithoutAReason) {
    for (const std::string& reason : {std::string(), std::string("  \t ")}) {
        EXPECT_EQ(subject({"access", "bron1:P1", "--confirmed", "--reason", reason}).status, 64);
        EXPECT_EQ(project_.run({"explain", "bron1:T1", "--reason", reason}).status, 64);
    }
    EXPECT_EQ(logged("subject.access") + logged("explain"), 0U);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(subject({"access", "bron1:P1", "--confirmed", "--reason", "r", "--format", "json"}).status, 0);
    for (int i = 0; i < 2; ++i) ASSERT_EQ(project_.run({"explain", "bron1:T1", "--reason", "Waaromqz"}).status, 0);
    EXPECT_EQ(logged("subject.access"), 3U);
    EXPECT_EQ(logged("explain"), 2U);
    EXPECT_EQ(count(at_rest(), "Waaromqz"), 0U) << "the reason is sealed";
    const Node json = parse_json(read_bytes(handed_over(".json").front()), "access.json");
    EXPECT_GT(at(json, "recipients").items.size(), 0U);
}

TEST_F(SubjectRights, WithoutLoggingNothingIsHandedOver) {
    fs::remove(project_ / "keys/audit.key");
    EXPECT_EQ(subject({"access", "bron1:P1", "--confirmed", "--reason", "r"}).status, 66);
    EXPECT_TRUE(handed_over(".xlsx").empty());
}

TEST_F(SubjectRights, WhoLooksUpManyIsTold) {
    std::string settings = read_bytes(project_ / "brugwacht.toml");
    const std::string usual = "look_ups_a_day = 20";
    ASSERT_NE(settings.find(usual), std::string::npos);
    settings.replace(settings.find(usual), usual.size(), "look_ups_a_day = 1");
    write_bytes(project_ / "brugwacht.toml", settings);
    EXPECT_EQ(at(project_.json({"subject", "access", "bron1:P1", "--confirmed", "--reason", "r"}), "many_look_ups").boolean, false);
    EXPECT_EQ(at(project_.json({"subject", "access", "bron1:P2", "--confirmed", "--reason", "r"}), "many_look_ups").boolean, true);
}

TEST_F(SubjectRights, HostileQuestionsAreRefusedWithoutATrace) {
    for (const std::string& who : {std::string("bron1:P'; DROP TABLE person; --"), std::string("\"P1\""), std::string("../../etc/passwd"),
                                   std::string("P1%"), std::string(5000, 'x'), std::string("\xFF\xFE")}) {
        const RunResult result = subject({"access", who, "--confirmed", "--reason", "r"});
        EXPECT_EQ(result.status, 66) << who << result.err;
    }
    EXPECT_EQ(subject({"access", "bron1:P1", "--reason", "r", "--requested-by", "buur"}).status, 64);
    EXPECT_EQ(subject({"access", "bron1:P1", "--reason", "r", "--received", "2999-01-01"}).status, 64);
    EXPECT_EQ(subject({"access", "bron1:P1", "--reason", "r", "--format", "pdf"}).status, 64);
    EXPECT_EQ(subject({"close", "3f09b2c41d7e"}).status, 66);
    EXPECT_EQ(logged("subject.access"), 0U);
    fs::rename(project_ / "vault.db", project_.beside() / "vault.db");
    EXPECT_EQ(subject({"access", "bron1:P1", "--reason", "r"}).status, 77);
    EXPECT_FALSE(fs::exists(project_ / "vault.db")) << "no empty vault is made";
}

TEST_F(SubjectRights, AKeyOfTwoChildrenMustSayItsSource) {
    write_bytes(project_.beside() / "people.csv", "key,given_name,family_name,birth_date\nP1,Suskeqz,Antwerpen,2012-01-02\n");
    ASSERT_EQ(project_.run({"import", (project_.beside() / "people.csv").string(), "--mapping", "canonical", "--source", "ander"}).status,
              0);
    EXPECT_EQ(subject({"access", "P1", "--confirmed", "--reason", "r"}).status, 64);
    EXPECT_EQ(subject({"access", "ander:P1", "--reason", "r"}).status, 0);
}

TEST_F(SubjectRights, ARequestIsOpenUntilItIsClosedAndOverdueAfterAMonth) {
    ASSERT_EQ(subject({"access", "bron1:P1", "--confirmed", "--reason", "r", "--received", "2020-01-31", "--requested-by", "child"}).status,
              0);
    const Node listed = project_.json({"subject", "list"});
    const Node& entry = at(listed, "requests").items.at(0);
    EXPECT_EQ(at(entry, "due").text, "2020-02-29");
    EXPECT_EQ(at(entry, "state").text, "overdue");
    EXPECT_EQ(at(at(project_.json({"status"}), "requests"), "overdue").integer, 1);
    const std::string id = at(entry, "request").text;
    const RunResult letter = subject({"letter", id, "--lang", "fr"});
    EXPECT_EQ(letter.status, 0);
    EXPECT_NE(letter.out.find(id), std::string::npos);
    EXPECT_EQ(count(letter.out, "Wiskeqz"), 0U);
    EXPECT_EQ(subject({"close", id, "--dry-run"}).status, 0);
    EXPECT_EQ(at(at(project_.json({"status"}), "requests"), "open").integer, 1);
    EXPECT_EQ(subject({"close", id}).status, 0);
    EXPECT_EQ(subject({"close", id}).status, 64);
    EXPECT_EQ(at(at(project_.json({"status"}), "requests"), "open").integer, 0);
    EXPECT_EQ(logged("subject.close"), 1U);
}

TEST_F(SubjectRights, ARectifiedValueStandsAfterThreeImportsAndTheConflictIsListed) {
    ASSERT_EQ(
        subject({"rectify", "bron2:P1", "--record", "bron2:P1", "--field", "birth_date", "--value", "14/03/2014", "--reason", "r"}).status,
        0);
    for (int i = 0; i < 3; ++i) {
        // A blank line more each time: another file, the same error.
        write_bytes(project_.beside() / "people.csv",
                    "key,given_name,family_name,birth_date,municipality,guardian_name,guardian_phone,household\n"
                    "P1,Wiskeqz,Zwollemqz,2015-03-14,Hove,Moederqz Beatrijs,+32470111222,G1\n" +
                        std::string(static_cast<std::size_t>(i), '\n'));
        const RunResult again =
            project_.run({"import", (project_.beside() / "people.csv").string(), "--mapping", "canonical", "--source", "bron2"});
        ASSERT_EQ(again.status, 0) << again.err;
        EXPECT_NE(again.err.find("COR-001"), std::string::npos) << again.err;
    }
    const Node listed = project_.json({"subject", "corrections"});
    ASSERT_EQ(at(listed, "corrections").items.size(), 1U);
    EXPECT_TRUE(at(at(listed, "corrections").items[0], "contested").boolean);
    ASSERT_EQ(subject({"access", "bron2:P1", "--confirmed", "--reason", "r", "--format", "json"}).status, 0);
    const Node json = parse_json(read_bytes(handed_over(".json").front()), "access.json");
    EXPECT_EQ(at(at(json, "corrections").items.at(0), "value").text, "2014-03-14");
    EXPECT_EQ(at(at(json, "corrections").items.at(0), "source_value").text, "2015-03-14");

    ASSERT_EQ(subject({"rectify", "bron2:P1", "--record", "bron2:P1", "--field", "birth_date", "--withdraw", "--reason", "r"}).status, 0);
    EXPECT_EQ(at(project_.json({"subject", "corrections"}), "corrections").items.size(), 0U);
    EXPECT_EQ(subject({"rectify", "bron2:P1", "--record", "bron2:P1", "--field", "birth_date", "--withdraw", "--reason", "r"}).status, 66);
}

TEST_F(SubjectRights, RectifyRefusesWhatAnImportWouldNotRead) {
    const auto rectify = [&](const std::string& field, const std::string& value) {
        return subject({"rectify", "bron1:P1", "--record", "bron1:P1", "--field", field, "--value", value, "--reason", "r"});
    };
    for (const auto& [field, value] : std::vector<std::pair<std::string, std::string>>{{"birth_date", "31/02/2015"},
                                                                                       {"birth_date", "2999-01-01"},
                                                                                       {"email", "geen adres"},
                                                                                       {"gender", "blauw"},
                                                                                       {"given_name", "85.07.30-033.28"},
                                                                                       {"key", "P9"},
                                                                                       {"nonsense", "x"}}) {
        const RunResult result = rectify(field, value);
        EXPECT_EQ(result.status, 64) << field << ' ' << value << result.out << result.err;
        EXPECT_EQ(count(result.err, value), 0U) << "an error never repeats the value";
    }
    EXPECT_EQ(subject({"rectify", "bron1:P1", "--field", "postcode", "--value", "2540", "--reason", "r"}).status, 64) << "which of five?";
    EXPECT_EQ(subject({"rectify", "bron1:P1", "--record", "bron1:P2", "--field", "postcode", "--value", "2540", "--reason", "r"}).status,
              64);
    EXPECT_EQ(logged("subject.rectify"), 0U);
    EXPECT_EQ(rectify("postcode", "2540").status, 0);
    EXPECT_EQ(logged("subject.rectify"), 1U);
}

TEST_F(SubjectRights, ARectificationIsUndoneLikeAnyRun) {
    const Node done = project_.json(
        {"subject", "rectify", "bron3:P1", "--record", "bron3:P1", "--field", "given_name", "--value", "Wiske", "--reason", "r"});
    const std::string run = std::to_string(at(done, "run").integer);
    EXPECT_EQ(project_.run({"undo", run}).status, 0);
    EXPECT_EQ(at(project_.json({"subject", "corrections"}), "corrections").items.size(), 0U);
}

TEST_F(SubjectRights, ExportTakesOnlyWhatConsentOrAContractBrought) {
    const RunResult result = subject({"export", "bron1:P1", "--confirmed", "--reason", "r"});
    ASSERT_EQ(result.status, 0) << result.err;
    const Node json = parse_json(read_bytes(handed_over(".json").front()), "export.json");
    EXPECT_EQ(at(json, "schema").text, "subject-export/1");
    EXPECT_EQ(at(json, "facts").items.size(), 8U) << "one trajectory, six events, one activity of bron2";
    EXPECT_EQ(at(json, "not_included").items.size(), 4U);
    for (const Node& fact : at(json, "facts").items) EXPECT_EQ(at(fact, "source").text, "bron2");
    ASSERT_EQ(handed_over(".csv").size(), 3U);
    for (const char* ending : {".json", ".csv"})
        for (const fs::path& file : handed_over(ending)) {
            EXPECT_EQ(mode_of(file), 0600U);
            for (const char* canary : {"Broerqz", "BROER", "Moederqz", "470111222", "Begeleidqz"})
                EXPECT_EQ(count(content(file), canary), 0U);
        }
    EXPECT_EQ(logged("subject.export"), 1U);
}

TEST_F(SubjectRights, ARehearsalTellsCountsAndLeavesNoTrace) {
    const Node counted = project_.json({"subject", "access", "bron1:P1", "--reason", "r", "--dry-run"});
    EXPECT_EQ(at(counted, "facts").integer, kFacts);
    EXPECT_EQ(project_
                  .run({"subject", "rectify", "bron1:P1", "--record", "bron1:P1", "--field", "postcode", "--value", "2540", "--reason", "r",
                        "--dry-run"})
                  .status,
              0);
    EXPECT_EQ(logged("subject.access") + logged("subject.rectify"), 0U);
    EXPECT_EQ(at(project_.json({"subject", "list"}), "requests").items.size(), 0U);
    EXPECT_EQ(at(project_.json({"subject", "corrections"}), "corrections").items.size(), 0U);
}

TEST_F(SubjectRights, AFolderThatCannotBeWrittenToIsSaid) {
    const fs::path nowhere = project_.beside() / "nergens/inzage.xlsx";
    EXPECT_EQ(subject({"access", "bron1:P1", "--confirmed", "--reason", "r", "--out", nowhere.string()}).status, 73);
    EXPECT_TRUE(fs::is_empty(project_ / ".tmp"));
}

}  // namespace
}  // namespace brugwacht
