// Plants names that occur nowhere else and then reads every byte of the project folder: they may lie sealed in the vault and nowhere else.
#include <gtest/gtest.h>

#include <iterator>
#include <set>

#include "tests/support/canaries.hpp"
#include "tests/support/scratch_project.hpp"
#include "tests/support/synthetic.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCanaries[] = {"Kanariewietje",          "Zwaluwstaertsma", "Nachtegaalsdreefje", "470987654",
                                          "wietje@kanarie.example", "Roodborstina",    "Winterkoninkje",     "PERSOONKANARIE",
                                          "geheimnotitietje",       "Spechtenlijst",   "85073003328"};

std::set<std::string> planted_in(const std::string& bytes) { return canaries_in(bytes, {std::begin(kCanaries), std::end(kCanaries)}); }

TEST(Canary, TheSearchFindsEveryForm) {
    const std::string name = "Zwaluwstaertsma";
    const std::set<std::string> expected{name};
    EXPECT_EQ(planted_in("x" + name + "y"), expected);
    EXPECT_EQ(planted_in("xZWALUWSTAERTSMAy"), expected);
    EXPECT_EQ(planted_in(utf16("Zwaluwstaertsma", false)), expected);
    EXPECT_EQ(planted_in(utf16("Zwaluwstaertsma", true)), expected);
    EXPECT_EQ(planted_in(hex(name)), expected);
    EXPECT_EQ(planted_in("AAAA" + base64_cores(name)[1] + "AAAA"), expected);
    EXPECT_TRUE(planted_in("niets te zien").empty());
}

void expect_no_canary(const std::string& bytes, const std::string& where) {
    for (const std::string& canary : planted_in(bytes)) ADD_FAILURE() << canary << " lies in " << where;
}

/// What a workbook shows, sheet by sheet: its bytes are compressed and hide everything from a search.
std::string cells_of(const fs::path& workbook) {
    std::string text;
    const RunResult info = run_program(BRUGWACHT_PROGRAM, {"peek", workbook.string(), "--format", "json"});
    const Node document = parse_json(info.out, "peek");
    for (const Node& sheet : at(document, "sheets").items)
        text += run_program(BRUGWACHT_PROGRAM, {"peek", workbook.string(), "--format", "csv", "--sheet", at(sheet, "name").text}).out;
    return text;
}

TEST(Canary, NamesLieNowhereOutsideTheSealedVault) {
    const ScratchProject project;
    const fs::path exports = project.beside().path() / "exports";
    write_bytes(
        exports / "Spechtenlijst/people.csv",
        "key,given_name,family_name,birth_date,street,house_number,postcode,municipality,phone,email,guardian_name,guardian_phone,"
        "opmerking\n"
        "PERSOONKANARIE1,Kanariewietje,Zwaluwstaertsma,2014-03-07,Nachtegaalsdreefje,3,3500,Hasselt,0470 98 76 54,wietje@kanarie.example,"
        "Roodborstina Zwaluwstaertsma,0470987654,geheimnotitietje 85.07.30-033.28\n"
        "PERSOONKANARIE2,Kanariewietje,Zwaluwstaertsma,07/03/2014,Nachtegaalsdreefje,3,3500,Hasselt,+32470987654,,,,\n"
        "PERSOONKANARIE3,Zwaluwstaertsma,Kanariewietje,31/02/2014,,,,,,,,,\n");
    write_bytes(exports / "workers.csv", "key,name,employer\nW-1,Winterkoninkje Pieters,Voorbeeldstad\n");
    write_bytes(exports / "clubs.csv", "key,name,kind\nC-1,Scouts Akela,jeugdbeweging\n");
    write_bytes(exports / "trajectories.csv",
                "key,person,worker,start,strategy\nT-1,PERSOONKANARIE1,W-1,2025-09-01,individuele_toeleiding\n");
    // Names where codes belong, a number that must never be kept, and rows that cannot be taken in.
    write_bytes(exports / "events.csv",
                "key,trajectory,person,date,type,club,reason\n"
                "E-1,T-1,,2025-09-08,trial,C-1,\n"
                "E-2,,PERSOONKANARIE1,2025-09-15,trial,C-1,\n"
                "E-3,T-1,,2025-09-20,enrol,C-1,\n"
                "E-4,T-1,,2025-12-20,stop,C-1,Kanariewietje Zwaluwstaertsma wil niet meer\n"
                "Kanariewietje Zwaluwstaertsma,T-1,,2026-01-20,attend,C-1,\n"
                "wietje@kanarie.example,T-1,,2026-01-21,attend,C-1,\n"
                "85.07.30-033.28,T-1,,2026-01-22,attend,C-1,\n"
                "E-5,T-1,,Kanariewietje,attend,C-1,\n"
                "E-6,PERSOONKANARIE9,,2026-01-22,attend,C-1,\n");
    std::vector<std::string> words{"import", "--mapping", "canonical", (exports / "Spechtenlijst/people.csv").string()};
    for (const char* name : {"workers.csv", "clubs.csv", "trajectories.csv", "events.csv"}) words.push_back((exports / name).string());
    const RunResult imported = project.run(words);
    EXPECT_TRUE(imported.status == 0 || imported.status == 3) << imported.out << imported.err;

    // Among two hundred others, or nothing could be published at all.
    SyntheticOptions others;
    others.children = 200;
    others.exports = false;
    write_synthetic(SyntheticWorld(others), exports / "others");
    std::vector<std::string> more{"import", "--mapping", "canonical", "--source", "others"};
    for (const auto& entry : fs::directory_iterator(exports / "others/canonical")) more.push_back(entry.path().string());
    ASSERT_EQ(project.run(more).status, 0);

    // Whatever a person at the keyboard or a timer starts afterwards.
    const std::vector<std::vector<std::string>> commands{
        {"link"},
        {"status", "--json"},
        {"history", "--json"},
        {"check", "--json"},
        {"run"},
        {"report", "--as-of", "2026-09-30"},
        {"report", "--as-of", "2026-06-30", "--preview", "--out", (project / "reports/preview.xlsx").string()},
        {"classify", "--as-of", "2026-09-30"},
        {"explain", "canonical:T-1", "--as-of", "2026-09-30", "--reason", "Kanariewietje Zwaluwstaertsma belde"},
        {"explain", "canonical:T-1", "--as-of", "2026-09-30", "--reason", "Kanariewietje belde", "--json"},
        {"worklist", "--as-of", "2026-03-01", "--no-names"},
        {"worklist", "--as-of", "2026-03-01", "--dry-run", "--json"},
        {"figures", "--as-of", "2026-09-30", "--json"},
        {"agreement", "compare", (project / "agreement.toml").string(), (project / "agreement.toml").string(), "--as-of", "2026-09-30"}};
    for (const std::vector<std::string>& command : commands) {
        const RunResult result = project.run(command);
        EXPECT_LT(result.status, 126) << command.front() << result.err;
        // A dry word: files were named on the command line, so their names may be echoed, but nothing that stood in them.
        expect_no_canary(result.out + result.err, "the output of " + command.front());
    }

    int files = 0, workbooks = 0;
    for (const auto& entry : fs::recursive_directory_iterator(project.path())) {
        const std::string relative = fs::relative(entry.path(), project.path()).string();
        const std::string folder = relative.substr(0, relative.find('/'));
        if (!entry.is_regular_file() || folder == "inbox" || folder == "processed" || folder == "rejected") continue;
        ++files;
        expect_no_canary(relative, "a file name");
        expect_no_canary(read_bytes(entry.path()), relative);
        if (entry.path().extension() == ".xlsx") {
            ++workbooks;
            expect_no_canary(cells_of(entry.path()), relative);
        }
    }
    EXPECT_GE(files, 5);
    EXPECT_GE(workbooks, 1);

    // The search above would also pass on an empty vault: with the key, the person is there.
    const Node open = project.json({"classify", "--as-of", "2026-09-30"});
    ASSERT_FALSE(at(open, "results").items.empty());
    const Node& persons = at(at(open, "results").items.front(), "persons");
    ASSERT_FALSE(persons.items.empty());
    EXPECT_EQ(persons.items.front().text, "canonical:PERSOONKANARIE1");
}

}  // namespace
}  // namespace brugwacht
