// Rejected rows and their way back, with the real program: a workbook to correct, dropped back, until nothing is rejected any more.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <set>

#include "engine/core/text.hpp"
#include "engine/lib/csv_writer.hpp"
#include "engine/lib/workbook.hpp"
#include "engine/lib/zip_patch.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/payloads.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::int64_t count(const Node& node, std::string_view key) { return at(node, key).integer; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t first = text.find(from);
    if (first == std::string::npos) throw std::runtime_error("not there: " + from);
    for (std::size_t n = first; n != std::string::npos; n = text.find(from, n + to.size())) text.replace(n, from.size(), to);
    return text;
}

using Edits = std::vector<std::pair<std::string, std::string>>;

/// What a person does in a spreadsheet program: other texts in some cells. Every text must be there.
void correct_workbook(const fs::path& from, const fs::path& to, const Edits& edits) {
    std::set<std::string> done;
    write_bytes(to, patch_zip(
                        read_bytes(from), [](std::string_view name) { return name.find("worksheets/") != std::string_view::npos; },
                        [&](std::string_view, std::string content) {
                            for (const auto& [old, fresh] : edits) {
                                if (content.find("<t>" + old + "</t>") == std::string::npos) continue;
                                content = replaced(content, "<t>" + old + "</t>", "<t>" + fresh + "</t>");
                                done.insert(old);
                            }
                            return content;
                        }));
    for (const auto& [old, fresh] : edits)
        if (!done.contains(old)) throw std::runtime_error("not in the workbook: " + old);
}

/// The same in a workbook whose texts stand in the table of shared strings.
void correct_shared(const fs::path& from, const fs::path& to, const Edits& edits) {
    write_bytes(to, patch_zip(
                        read_bytes(from), [](std::string_view name) { return name == "xl/sharedStrings.xml"; },
                        [&](std::string_view, std::string content) {
                            for (const auto& [old, fresh] : edits) content = replaced(content, ">" + old + "<", ">" + fresh + "<");
                            return content;
                        }));
}

/// Everything in a workbook, so that a search finds it.
std::string unpacked(const fs::path& workbook) {
    std::string all;
    patch_zip(
        read_bytes(workbook), [](std::string_view) { return true; },
        [&](std::string_view name, std::string content) {
            all += std::string(name) + "\n" + content + "\n";
            return content;
        });
    return all;
}

/// The sheets' cells as a reader sees them.
std::string cells_of(const fs::path& file, const std::string& sheet = "") {
    std::vector<std::string> words{"peek", file.string(), "--format", "csv"};
    if (!sheet.empty()) words.insert(words.end(), {"--sheet", sheet});
    const RunResult result = run_program(BRUGWACHT_PROGRAM, words);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
}

fs::path workbook_of(const Node& imported, std::size_t file = 0) {
    const Node& path = at(at(imported, "files").items.at(file), "rejects_file");
    if (path.text.empty()) throw std::runtime_error("no workbook");
    return path.text;
}

fs::path csv_of(const fs::path& workbook) { return fs::path(workbook).replace_extension(".csv"); }

void expect_counts(const Node& file, std::int64_t fresh, std::int64_t unchanged, std::int64_t rejected) {
    EXPECT_EQ(count(file, "new"), fresh);
    EXPECT_EQ(count(file, "unchanged"), unchanged);
    EXPECT_EQ(count(file, "rejected"), rejected);
    EXPECT_EQ(count(file, "read"), count(file, "new") + count(file, "changed") + count(file, "unchanged") + count(file, "duplicate") +
                                       count(file, "rejected") + count(file, "skipped"));
}

const Node& first_file(const Node& imported) { return at(imported, "files").items.at(0); }

/// The facts of a store without its ids, which depend on the project's key. Keys that were made from contents are hashes of that kind.
std::multiset<std::string> facts_of(const ScratchProject& project) {
    std::multiset<std::string> facts;
    const StoreReader reader = StoreReader::open(project / "store.db");
    const auto key = [](std::string_view text) { return text.starts_with("h_") ? std::string("h_") : std::string(text); };
    facts.insert("persons " + std::to_string(reader.count("person")));
    TrajectoryRow trajectory;
    for (auto rows = reader.trajectories(); rows.next(trajectory);)
        facts.insert("trajectory " + std::string(trajectory.source) + " " + key(trajectory.key) + " " + trajectory.start.iso() + " " +
                     (trajectory.age ? std::to_string(*trajectory.age) : "?"));
    EventRow event;
    for (auto rows = reader.events(); rows.next(event);)
        facts.insert("event " + std::string(event.source) + " " + key(event.key) + " " + event.date.iso() + " " + std::string(event.type));
    ActivityRow activity;
    for (auto rows = reader.activities(); rows.next(activity);)
        facts.insert("activity " + key(activity.key) + " " + activity.date.iso() + " " + std::to_string(activity.minutes.value_or(-1)) +
                     " " + std::string(activity.kind));
    return facts;
}

std::set<std::string> keys_of(const ScratchProject& project) {
    std::set<std::string> keys;
    const StoreReader reader = StoreReader::open(project / "store.db");
    ActivityRow activity;
    for (auto rows = reader.activities(); rows.next(activity);) keys.insert(std::string(activity.key));
    return keys;
}

const char* const kPeople =
    "key,given_name,family_name,birth_date\nP-1,Jan,Peeters,2014-03-07\nP-2,Mia,Jansen,2015-01-02\nP-3,Ali,Demir,2013-05-06\n";
const char* const kTrajectories = "key,person,start\nT-1,P-1,2025-09-01\nT-2,P-2,2025-09-01\nT-3,P-3,2025-09-01\n";
const char* const kEvents =
    "key,trajectory,date,type,vrij\n"
    "E-1,T-1,2025-09-08,trial,x\n"
    "E-2,T-2,2025-13-08,trial,x\n"
    "E-3,T-2,,trial,x\n"
    "E-4,T-3,2025-09-20,kaas,x\n";

struct Exports {
    TempDir dir;
    std::string events = kEvents;
    fs::path operator/(std::string_view name) const { return dir / name; }
    explicit Exports(const std::string& text = kEvents) : events(text) {
        write_bytes(dir / "people.csv", kPeople);
        write_bytes(dir / "trajectories.csv", kTrajectories);
        write_bytes(dir / "events.csv", events);
    }
    std::vector<std::string> words() const {
        return {"import",
                "--mapping",
                "canonical",
                "--source",
                "crm",
                (dir / "people.csv").string(),
                (dir / "trajectories.csv").string(),
                (dir / "events.csv").string()};
    }
};

std::string clean_events() {
    return replaced(replaced(replaced(kEvents, "2025-13-08", "2025-12-08"), "T-2,,trial", "T-2,2025-09-09,trial"), "kaas", "enrol");
}

TEST(Rejects, ComeBackCorrectedAndTheFactsAreThoseOfACleanImport) {
    const ScratchProject project, clean;
    const Exports exports, right(clean_events());
    clean.json(right.words());
    const Node imported = project.json(exports.words(), 3);
    const fs::path workbook = workbook_of(imported, 2);
    EXPECT_EQ(workbook, project / "rejected/1-events.rejects.xlsx");

    // The blank date is filled in the CSV, which is the same as the workbook.
    std::string csv = read_bytes(csv_of(workbook));
    csv = replaced(replaced(csv, "\"2025-13-08\"", "\"08/12/2025\""), "\"E-3\";\"T-2\";\"\"", "\"E-3\";\"T-2\";\"2025-09-09\"");
    csv = replaced(csv, "\"kaas\"", "\"enrol\"");
    write_bytes(project / "inbox/zo maar een naam.csv", csv);
    const Node corrected = project.json({"import"});
    const Node& file = first_file(corrected);
    expect_counts(file, 3, 0, 0);
    EXPECT_EQ(at(file, "source").text, "crm");
    EXPECT_EQ(at(file, "mapping").text, "canonical");
    EXPECT_TRUE(at(file, "rejects_file").text.empty());
    EXPECT_EQ(count(corrected, "waiting"), 0);
    EXPECT_EQ(facts_of(project), facts_of(clean));
    EXPECT_EQ(count(project.json({"rejects"}), "open"), 0);

    // Once more, saved anew: known rows. And the export corrected at its source: nothing new either.
    write_bytes(project / "inbox/nog eens.csv", csv + "\r\n");
    expect_counts(first_file(project.json({"import"})), 0, 3, 0);
    const Node again = project.json(right.words());
    expect_counts(at(again, "files").items[2], 0, 4, 0);
    EXPECT_EQ(facts_of(project), facts_of(clean));
}

TEST(Rejects, ComeBackAsAWorkbookAndWhatIsStillWrongIsRejectedOnceMore) {
    const ScratchProject project;
    const Exports exports;
    const fs::path workbook = workbook_of(project.json(exports.words(), 3), 2);
    correct_workbook(workbook, project / "inbox/verbeterd.xlsx", {{"2025-13-08", "8/12/2025"}, {"kaas", "brood"}});
    const Node second = project.json({"import"}, 3);
    expect_counts(first_file(second), 1, 0, 2);
    const fs::path rest = workbook_of(second);
    EXPECT_EQ(rest.filename(), "2-events.rejects.xlsx");  // named after the first file, however often rows come back
    const std::string cells = cells_of(rest);
    EXPECT_EQ(cells.find("E-2"), std::string::npos);
    EXPECT_NE(cells.find("E-4,T-3,2025-09-20,brood"), std::string::npos);
    EXPECT_NE(cells.find(",5,brugwacht:2.1.1.5."), std::string::npos);  // still the row of the export
    Node list = project.json({"rejects"});
    EXPECT_EQ(count(list, "open"), 2);
    for (const Node& reject : at(list, "rejects").items) EXPECT_EQ(count(reject, "run"), 2);
    list = project.json({"rejects", "--all"});
    EXPECT_EQ(at(list, "rejects").items.size(), 5U);

    std::string csv = replaced(read_bytes(csv_of(rest)), "brood", "stop");
    csv = replaced(csv, "\"E-3\";\"T-2\";\"\"", "\"E-3\";\"T-2\";\"2025-09-09\"");
    write_bytes(project / "inbox/rest.csv", csv);
    expect_counts(first_file(project.json({"import"})), 2, 0, 0);
    EXPECT_EQ(count(project.json({"rejects"}), "open"), 0);
    EXPECT_EQ(count(project.json({"status"}), "open_rejects"), 0);
}

TEST(Rejects, FixedAtTheSourceAreSettledByTheirKey) {
    const ScratchProject project;
    project.json(Exports().words(), 3);
    EXPECT_EQ(count(project.json({"rejects"}), "open"), 3);
    // The next export: one row is right now, one is as wrong as before, one is not in it.
    const Exports next(replaced(replaced(kEvents, "2025-13-08", "2025-12-08"), "E-3,T-2,,trial,x\n", ""));
    project.json(next.words(), 3);
    const Node list = project.json({"rejects"});
    EXPECT_EQ(count(list, "open"), 2);  // E-3 of the first run, E-4 of the second
    for (const Node& reject : at(list, "rejects").items) EXPECT_NE(at(reject, "code").text, "IMP-012");
}

TEST(Rejects, OfARowNobodyCorrectedAreTheSameAgain) {
    const ScratchProject project;
    const fs::path workbook = workbook_of(project.json(Exports().words(), 3), 2);
    fs::copy_file(workbook, project / "inbox/ongewijzigd.xlsx");
    const Node again = project.json({"import"}, 3);
    expect_counts(first_file(again), 0, 0, 3);
    EXPECT_EQ(count(project.json({"rejects"}), "open"), 3);
    const auto without_marks = [](const fs::path& file) {
        std::string cells = cells_of(file);
        for (std::size_t from; (from = cells.find(",brugwacht:")) != std::string::npos;) cells.erase(from, cells.find('\n', from) - from);
        return cells;
    };
    EXPECT_EQ(without_marks(workbook_of(again)), without_marks(workbook));
}

TEST(Rejects, OfADryRunAreCountedAndLeaveNothing) {
    const ScratchProject project;
    const Exports exports;
    std::vector<std::string> words = exports.words();
    words.push_back("--dry-run");
    const Node imported = project.json(words, 3);
    EXPECT_EQ(count(at(imported, "files").items[2], "rejected"), 3);
    EXPECT_TRUE(fs::is_empty(project / "rejected"));
    EXPECT_TRUE(fs::is_empty(project / ".tmp"));
}

TEST(Rejects, LieInAPrivateFolderAndNeverReplaceAFile) {
    const ScratchProject project;
    const TempDir other;
    write_bytes(other / "events.csv", "key,trajectory,date,type\nE-9,T-1,gisteren,trial\n");
    const Exports exports;
    std::vector<std::string> words = exports.words();
    words.push_back((other / "events.csv").string());
    const Node imported = project.json(words, 3);
    EXPECT_EQ(workbook_of(imported, 2).filename(), "1-events.rejects.xlsx");
    EXPECT_EQ(workbook_of(imported, 3).filename(), "1-events-2.rejects.xlsx");
    struct stat info {};
    ASSERT_EQ(::stat((project / "rejected").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    for (const auto& entry : fs::directory_iterator(project / "rejected")) {
        ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << entry.path();
    }
    EXPECT_TRUE(fs::is_empty(project / ".tmp"));
}

TEST(Rejects, OfAFileWithTwoHeaderRowsKeepBoth) {
    const ScratchProject project;
    const TempDir dir;
    write_bytes(project / "mappings/kamp.toml", R"(schema = "mapping/1"
[[sheet]]
[sheet.columns]
id = { headers = ["Nr"], required = true }
name = "Voornaam"
parent = { headers = ["Voornaam"], category = "Ouder 1" }
start = "Start"
[[sheet.record]]
entity = "person"
name = "child"
key = "id"
[sheet.record.fields]
given_name = "name"
guardian_name = "parent"
[[sheet.record]]
entity = "trajectory"
key = "id"
[sheet.record.fields]
person = { record = "child" }
start = "start"
)");
    Workbook book(dir / "kamp.xlsx", {});
    Sheet& sheet = book.add_sheet("Leden");
    sheet.text(0, 2, "Ouder 1");
    sheet.text(0, 3, "Kamp");
    for (std::uint16_t c = 0; c < 5; ++c) sheet.text(1, c, std::vector<std::string>{"Nr", "Voornaam", "Voornaam", "Vrij", "Start"}[c]);
    sheet.text(2, 0, "007");
    sheet.text(2, 1, "Jan");
    sheet.text(2, 2, "Mama");
    sheet.text(2, 4, "morgen");
    book.close();
    const fs::path workbook = workbook_of(project.json({"import", "--mapping", "kamp", (dir / "kamp.xlsx").string()}, 3));
    const std::string cells = cells_of(workbook);
    EXPECT_NE(
        cells.find(",,Ouder 1,Kamp,,,,,,\nNr,Voornaam,Voornaam,Vrij,Start,reden,kolom,wat te doen,rij,kenmerk\n007,Jan,Mama,,morgen,"),
        std::string::npos)
        << cells;
    for (const char* kind : {"xlsx", "csv"}) {
        const ScratchProject other;
        fs::copy(project.path(), other.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        if (kind == std::string("xlsx")) {
            correct_workbook(workbook, other / "inbox/x.xlsx", {{"morgen", "01/09/2025"}});
        } else {
            write_bytes(other / "inbox/x.csv", replaced(read_bytes(csv_of(workbook)), "morgen", "01/09/2025"));
        }
        expect_counts(first_file(other.json({"import"})), 1, 0, 0);
        EXPECT_EQ(facts_of(other), (std::multiset<std::string>{"persons 1", "trajectory kamp 007 2025-09-01 ?"}));
        // The export itself, corrected: the same person down to the last field, or the parent would have become the child.
        correct_shared(dir / "kamp.xlsx", dir / "recht.xlsx", {{"morgen", "01/09/2025"}});
        expect_counts(first_file(other.json({"import", "--mapping", "kamp", (dir / "recht.xlsx").string()})), 0, 1, 0);
    }
}

TEST(Rejects, OfAWindowsFileKeepTheirLetters) {
    const ScratchProject project;
    const TempDir dir;
    write_bytes(dir / "events.csv", "key;trajectory;date;type;club\r\n\"E-1\";T-1;gisteren;trial;\"Caf\xE9 \x80uro\"\r\n");
    const fs::path workbook = workbook_of(project.json({"import", "--mapping", "canonical", (dir / "events.csv").string()}, 3));
    EXPECT_NE(cells_of(workbook).find("Café €uro"), std::string::npos);
    write_bytes(project / "inbox/x.csv", replaced(read_bytes(csv_of(workbook)), "gisteren", "1/9/2025"));
    expect_counts(first_file(project.json({"import"})), 1, 0, 0);
}

TEST(Rejects, OfTwoSheetsComeBackToTheirSheets) {
    const ScratchProject project, clean;
    const TempDir dir;
    const auto write = [&](const std::string& name, const std::string& date, const std::string& start) {
        Workbook book(dir / name, {});
        Sheet& events = book.add_sheet("events");
        Sheet& trajectories = book.add_sheet("trajectories");
        std::uint16_t c = 0;
        for (const char* header : {"key", "trajectory", "date", "type"}) events.text(0, c++, header);
        c = 0;
        for (const char* header : {"key", "person", "start"}) trajectories.text(0, c++, header);
        events.text(1, 0, "E-1");
        events.text(1, 1, "T-1");
        events.date(1, 2, *Date::parse_iso("2025-09-08"));
        events.text(1, 3, "trial");
        events.text(2, 0, "E-2");
        events.text(2, 1, "T-1");
        events.text(2, 2, date);
        events.text(2, 3, "trial");
        trajectories.text(1, 0, "T-1");
        trajectories.text(1, 1, "P-1");
        trajectories.text(1, 2, start);
        book.close();
        return (dir / name).string();
    };
    const std::string wrong = write("blad.xlsx", "gisteren", "ooit"), right = write("recht.xlsx", "2025-09-09", "2025-09-01");
    clean.json({"import", "--mapping", "canonical", right});
    const Node imported = project.json({"import", "--mapping", "canonical", wrong}, 3);
    expect_counts(first_file(imported), 1, 0, 2);
    const fs::path workbook = workbook_of(imported);
    EXPECT_TRUE(fs::exists(project / "rejected/1-blad.rejects-1.csv"));
    EXPECT_TRUE(fs::exists(project / "rejected/1-blad.rejects-2.csv"));
    EXPECT_NE(cells_of(workbook, "trajectories").find("T-1,P-1,ooit"), std::string::npos);
    correct_workbook(workbook, project / "inbox/terug.xlsx", {{"gisteren", "2025-09-09"}, {"ooit", "2025-09-01"}});
    expect_counts(first_file(project.json({"import"})), 2, 0, 0);
    EXPECT_EQ(facts_of(project), facts_of(clean));
    expect_counts(first_file(project.json({"import", "--mapping", "canonical", right})), 0, 3, 0);
}

TEST(Rejects, ThatSayTheSameAsAnAcceptedRowStayTwoRows) {
    const ScratchProject project, clean;
    const TempDir dir;
    write_bytes(project / "mappings/log.toml", R"(schema = "mapping/1"
[[sheet]]
[sheet.columns]
day = { headers = ["Dag"], required = true }
what = { headers = ["Wat"], required = true }
minutes = "Minuten"
[[sheet.record]]
entity = "activity"
key = { generate = ["day", "what", "minutes"], repeats = true }
[sheet.record.fields]
date = "day"
kind = "what"
minutes = "minutes"
)");
    fs::copy_file(project / "mappings/log.toml", clean / "mappings/log.toml");
    const std::string wrong =
        "Dag;Wat;Minuten\n31/02/2025;bezoek;30\n28/02/2025;bezoek;30\n28/02/2025;bezoek;30\n32/02/2025;bezoek;30\n1/3/2025;overleg;10\n";
    const std::string right = replaced(replaced(wrong, "31/02", "28/02"), "32/02", "28/02");
    write_bytes(dir / "fout.csv", wrong);
    write_bytes(dir / "goed.csv", right);
    clean.json({"import", "--mapping", "log", (dir / "goed.csv").string()});
    const Node imported = project.json({"import", "--mapping", "log", (dir / "fout.csv").string()}, 3);
    expect_counts(first_file(imported), 3, 0, 2);
    // One now, the other later: the workbook of the rest knows what came in meanwhile.
    const std::string csv = read_bytes(csv_of(workbook_of(imported)));
    write_bytes(project / "inbox/een.csv", replaced(csv, "31/02/2025", "28/02/2025"));
    const Node second = project.json({"import"}, 3);
    expect_counts(first_file(second), 1, 0, 1);
    write_bytes(project / "inbox/twee.csv", replaced(read_bytes(csv_of(workbook_of(second))), "32/02/2025", "28/02/2025"));
    expect_counts(first_file(project.json({"import"})), 1, 0, 0);
    EXPECT_EQ(facts_of(project), facts_of(clean));
    EXPECT_EQ(keys_of(project).size(), 5U);
    // Both at once in the first workbook, and the corrected export itself: all known.
    write_bytes(project / "inbox/beide.csv", replaced(replaced(csv, "31/02/2025", "28/02/2025"), "32/02/2025", "28/02/2025"));
    expect_counts(first_file(project.json({"import"})), 0, 2, 0);
    expect_counts(first_file(project.json({"import", "--mapping", "log", "--source", "log", (dir / "goed.csv").string()})), 0, 5, 0);
    EXPECT_EQ(keys_of(project).size(), 5U);
}

TEST(Rejects, OfAnotherProjectAreRefused) {
    const ScratchProject project, other;
    const fs::path workbook = workbook_of(project.json(Exports().words(), 3), 2);
    other.json(Exports(clean_events()).words());
    fs::copy_file(workbook, other / "inbox/vreemd.xlsx");
    const Node refused = other.json({"import"}, 65);
    EXPECT_EQ(at(at(refused, "error"), "code").text, "REJ-001");
    EXPECT_TRUE(fs::exists(other / "inbox/vreemd.xlsx"));
}

TEST(Rejects, InOneFileOfSeveralComeBackAllTheSame) {
    const ScratchProject project;
    project.json(Exports().words(), 3);
    const TempDir dir;
    write_bytes(dir / "trajectories.csv", "key,person,start\nT-9,P-1,ooit\n");
    project.json({"import", "--mapping", "canonical", "--source", "stad", (dir / "trajectories.csv").string()}, 3);
    const fs::path out = dir / "alles.xlsx";
    EXPECT_EQ(at(project.json({"rejects", "--out", out.string()}), "out").text, out.string());
    EXPECT_NE(cells_of(out, "events").find("E-4,T-3,2025-09-20,kaas"), std::string::npos);
    EXPECT_EQ(at(at(project.json({"rejects", "--out", (dir / "alles.csv").string()}, 64), "error"), "code").text, "REJ-004");
    EXPECT_EQ(at(at(project.json({"rejects", "--out", (dir / "alles.pdf").string()}, 64), "error"), "code").text, "REJ-006");
    correct_workbook(out, project / "inbox/alles.xlsx", {{"2025-13-08", "8/12/2025"}, {"kaas", "enrol"}, {"ooit", "1/9/2025"}});
    const Node imported = project.json({"import"}, 3);
    ASSERT_EQ(at(imported, "files").items.size(), 2U);
    expect_counts(at(imported, "files").items[0], 2, 0, 1);
    expect_counts(at(imported, "files").items[1], 1, 0, 0);
    EXPECT_EQ(at(at(imported, "files").items[0], "source").text, "crm");
    EXPECT_EQ(at(at(imported, "files").items[1], "source").text, "stad");
    EXPECT_TRUE(fs::is_empty(project / "inbox"));
    // Only what is open is in the next one.
    const fs::path rest = dir / "rest.csv";
    project.json({"rejects", "--out", rest.string()});
    const std::string csv = read_bytes(rest);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\r'), 2);
    EXPECT_NE(csv.find("\"E-3\""), std::string::npos);
}

TEST(Rejects, ThatAreSortedAndLoseOurColumnsAreStillKnown) {
    const ScratchProject project;
    const TempDir dir;
    // A column of the source is called as one of ours.
    write_bytes(dir / "events.csv", "key,trajectory,date,type,reason\nE-1,T-1,gisteren,stop,moved\nE-2,T-1,morgen,stop,price\n");
    const Node imported = project.json({"import", "--mapping", "canonical", "--lang", "en", (dir / "events.csv").string()}, 3);
    const std::string mark = read_bytes(csv_of(workbook_of(imported)));
    EXPECT_NE(mark.find("\"reason\";\"reason\";\"column\";\"what to do\";\"row\";\"mark\""), std::string::npos);
    const std::size_t at_mark = mark.find("brugwacht:1.1.1.2.5.");
    ASSERT_NE(at_mark, std::string::npos);
    const std::string hash = mark.substr(at_mark + 20, 12);
    write_bytes(project / "inbox/terug.csv",
                "key;trajectory;date;type;reason;what to do;mark\nE-2;T-1;2025-10-02;stop;price;Zo maar;brugwacht:1.1.1.3.5." + hash +
                    "\nE-1;T-1;2025-10-01;stop;moved;Zo maar;brugwacht:1.1.1.2.5." + hash + "\n");
    expect_counts(first_file(project.json({"import"})), 2, 0, 0);
    const StoreReader reader = StoreReader::open(project / "store.db");
    std::set<std::string> reasons;
    EventRow event;
    for (auto rows = reader.events(); rows.next(event);) reasons.insert(std::string(event.reason) + std::to_string(event.origin.row));
    EXPECT_EQ(reasons, (std::set<std::string>{"moved2", "price3"}));
}

TEST(Rejects, KeepTheTypesOfTheirCells) {
    const ScratchProject project;
    const TempDir dir;
    Workbook book(dir / "activities.xlsx", {});
    Sheet& sheet = book.add_sheet("activities");
    std::uint16_t c = 0;
    for (const char* header : {"key", "date", "minutes", "kind", "trajectory"}) sheet.text(0, c++, header);
    for (std::uint32_t row = 1; row <= 2; ++row) {
        sheet.text(row, 0, "00" + std::to_string(row));
        if (row == 1) sheet.date(row, 1, *Date::parse_iso("2025-09-08"));
        sheet.number(row, 2, 90);
        sheet.text(row, 3, "bezoek");
        sheet.text(row, 4, row == 1 ? std::string(300, 'x') : "T-1");
    }
    book.close();
    const Node imported = project.json({"import", "--mapping", "canonical", (dir / "activities.xlsx").string()}, 3);
    const fs::path workbook = workbook_of(imported);
    const std::string all = unpacked(workbook);
    EXPECT_NE(all.find("<v>45908</v>"), std::string::npos);
    EXPECT_NE(all.find("<v>90</v>"), std::string::npos);
    EXPECT_NE(all.find("<t>001</t>"), std::string::npos);
    EXPECT_EQ(all.find("xxxxxxxxxx"), std::string::npos);  // longer than anything that is ever taken over
    EXPECT_NE(cells_of(workbook).find("001,2025-09-08,90,bezoek,,"), std::string::npos);
}

TEST(Rejects, HoldNoNumberNoFreeTextAndNothingOfOtherColumns) {
    const ScratchProject project;
    const TempDir dir;
    write_bytes(dir / "events.csv",
                "key,trajectory,date,type,reason,club,opmerking,KANARIE0\n"
                "85.07.30-033.28,T-1,2025-09-08,trial,,,KANARIE1,x\n"
                "E-2,85073003328,2025-09-08,trial,,,KANARIE1,85.07.30-033.28\n"
                "E-3,T-1,gisteren,stop,Wietje KANARIE2 wil echt niet meer,,KANARIE1,x\n"
                "E-4,T-1,gisteren,KANARIE3 kwam met haar zus mee,,,KANARIE1,x\n"
                "E-5,T-1,toen KANARIE4 nog met haar grote zus bij oma in Gent woonde,stop,,,x,x\n"
                "E-6,T-1,morgen 85.07.30-033.28,stop,,,x,x\n"
                "E-7,T-1,ooit,stop,,nr 85.07.30-033.28 van KANARIE5,x,x\n"
                "E-8,T-1,#N/A,stop,bel 0470 98 76 54,,x,x\n");
    write_bytes(dir / "people.csv",
                "key,given_name,family_name,member_number,uitpas,UiTPAS-nummer\n,Jan,Peeters,0940001234512,0940001234512,0940001234512\n");
    const Node imported =
        project.json({"import", "--mapping", "canonical", (dir / "events.csv").string(), (dir / "people.csv").string()}, 3);
    EXPECT_EQ(count(first_file(imported), "rejected"), 8);
    std::string all;
    int files = 0;
    for (const auto& entry : fs::directory_iterator(project / "rejected")) {
        ++files;
        all += entry.path().filename().string() + "\n";
        all += entry.path().extension() == ".xlsx" ? unpacked(entry.path()) : read_bytes(entry.path());
    }
    EXPECT_EQ(files, 4);
    EXPECT_NE(all.find("KANARIE0"), std::string::npos);  // a header, so the search works
    for (const char* canary : {"KANARIE1", "KANARIE2", "KANARIE3", "KANARIE4", "KANARIE5", "85073003328", "85.07.30", "033.28",
                               "0940001234512", "0470 98 76 54"})
        EXPECT_EQ(all.find(canary), std::string::npos) << canary;
    // And none of it in the list, the log or the store.
    const RunResult list = project.run({"rejects", "--json"}), table = project.run({"rejects"});
    for (const char* canary : {"KANARIE", "gisteren", "85073003328", "Peeters"}) {
        EXPECT_EQ((list.out + table.out + list.err + table.err).find(canary), std::string::npos) << canary;
        EXPECT_EQ(read_bytes(project / "log/brugwacht.jsonl").find(canary), std::string::npos) << canary;
        EXPECT_EQ(read_bytes(project / "store.db").find(canary), std::string::npos) << canary;
    }
}

TEST(Rejects, AreListedWithoutAKeyAndThenWithoutNames) {
    const ScratchProject project;
    project.json(Exports().words(), 3);
    const RunResult open = project.run({"rejects"});
    EXPECT_EQ(open.status, 0);
    EXPECT_NE(open.out.find("events.csv: 3 open rijen"), std::string::npos) << open.out;
    EXPECT_NE(open.out.find("1-events.rejects.xlsx"), std::string::npos);
    EXPECT_NE(open.out.find("kolom C"), std::string::npos);
    fs::rename(project / "keys/master.key", project / "keys/master.away");
    const RunResult closed = project.run({"rejects"});
    EXPECT_EQ(closed.status, 0) << closed.err;
    EXPECT_EQ(closed.out.find("events.csv: "), std::string::npos);
    EXPECT_NE(closed.out.find(": 3 open rijen"), std::string::npos);
    EXPECT_NE(closed.out.find("1-events.rejects.xlsx"), std::string::npos);
}

TEST(Rejects, AreGoneWhenTheirTimeIsUp) {
    const ScratchProject project;
    const fs::path workbook = workbook_of(project.json(Exports().words(), 3), 2);
    write_bytes(project / "processed/oud.csv", "x");
    const auto age = [](const fs::path& path, int days) {
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24 * days));
    };
    age(workbook, 8);
    age(project / "processed/oud.csv", 8);
    age(csv_of(workbook), 6);
    project.run({"import", "--dry-run"});
    EXPECT_TRUE(fs::exists(workbook));
    EXPECT_EQ(project.run({"import"}).status, 0);
    EXPECT_FALSE(fs::exists(workbook));
    EXPECT_FALSE(fs::exists(project / "processed/oud.csv"));
    EXPECT_TRUE(fs::exists(csv_of(workbook)));
    const RunResult list = project.run({"rejects"});
    EXPECT_NE(list.out.find("na 7 dagen verwijderd"), std::string::npos) << list.out;
    EXPECT_EQ(at(at(project.json({"rejects", "--out", (project / "x.xlsx").string()}, 66), "error"), "code").text, "REJ-005");
}

TEST(Retention, CountsFromTheDayAFileWasProcessed) {
    const ScratchProject project;
    write_bytes(project / "inbox/people.csv", kPeople);
    fs::last_write_time(project / "inbox/people.csv", fs::file_time_type::clock::now() - std::chrono::hours(24 * 400));
    EXPECT_EQ(project.run({"import", "--mapping", "canonical"}).status, 0);
    ASSERT_TRUE(fs::exists(project / "processed/1-people.csv"));
    project.run({"run"});
    EXPECT_TRUE(fs::exists(project / "processed/1-people.csv"));
}

/// Formula cells of a workbook.
std::size_t formulas(const fs::path& workbook) {
    std::size_t n = 0;
    patch_zip(
        read_bytes(workbook), [](std::string_view name) { return name.find("worksheets/") != std::string_view::npos; },
        [&](std::string_view, std::string content) {
            for (const char* tag : {"<f>", "<f "})
                for (std::size_t at = content.find(tag); at != std::string::npos; at = content.find(tag, at + 1)) ++n;
            return content;
        });
    return n;
}

/// Dangerous texts in a column of names; every row lacks its key.
fs::path payload_people(const TempDir& dir) {
    std::string csv;
    append_csv_row(csv, {"key", "given_name", "family_name"}, ',');
    for (const std::string& payload : formula_payloads()) {
        std::string quoted = payload;
        for (std::size_t at = quoted.find('"'); at != std::string::npos; at = quoted.find('"', at + 2)) quoted.insert(at, 1, '"');
        csv += ",\"" + quoted + "\",x\n";
    }
    write_bytes(dir / "people.csv", csv);
    return dir / "people.csv";
}

TEST(Rejects, HoldNoFormulaWhateverTheCellsSay) {
    const ScratchProject project;
    const TempDir dir;
    const Node imported = project.json({"import", "--mapping", "canonical", payload_people(dir).string()}, 3);
    EXPECT_EQ(count(first_file(imported), "rejected"), static_cast<std::int64_t>(formula_payloads().size()));
    const fs::path workbook = workbook_of(imported);
    EXPECT_EQ(formulas(workbook), 0U);
    EXPECT_NE(cells_of(workbook).find("-2+3+cmd|' /C calc'!A0"), std::string::npos);
}

TEST(Rejects, SurviveLibreOffice) {
    if (std::system("command -v soffice >/dev/null 2>&1") != 0) GTEST_SKIP() << "LibreOffice is not installed";
    const ScratchProject project;
    const TempDir dir;
    const auto saved_again = [&](const fs::path& workbook) {
        const fs::path out = dir / ("lo-" + workbook.filename().string());
        fs::create_directories(out);
        const RunResult result =
            run_program("/bin/sh", {"-c", "soffice -env:UserInstallation=file://" + (dir / "profile").string() +
                                              " --headless --convert-to xlsx --outdir '" + out.string() + "' '" + workbook.string() + "'"});
        EXPECT_EQ(result.status, 0) << result.err;
        return out / workbook.filename();
    };
    const fs::path payloads = workbook_of(project.json({"import", "--mapping", "canonical", payload_people(dir).string()}, 3));
    const fs::path again = saved_again(payloads);
    EXPECT_EQ(formulas(again), 0U);

    const fs::path workbook = workbook_of(project.json(Exports().words(), 3), 2);
    correct_workbook(workbook, dir / "verbeterd.xlsx", {{"2025-13-08", "08/12/2025"}, {"kaas", "enrol"}});
    fs::copy_file(saved_again(dir / "verbeterd.xlsx"), project / "inbox/verbeterd.xlsx");
    const Node corrected = project.json({"import"}, 3);
    expect_counts(first_file(corrected), 2, 0, 1);
    EXPECT_EQ(at(first_file(corrected), "source").text, "crm");
}

TEST(Rejects, OfHostileFilesEndInAWorkbookThatCanBeRead) {
    const ScratchProject project;
    const TempDir dir;
    std::string wide = "key,trajectory,date,type";
    for (int c = 0; c < 500; ++c) wide += ",vrij" + std::to_string(c);
    wide += "\nE-1,T-1," + std::string(33000, 'd') + ",trial";
    for (int c = 0; c < 500; ++c) wide += ",=1+1";
    wide += "\n\x01\x02,T-1,\"a\nb\",trial\n";
    write_bytes(dir / "events.csv", wide);
    const Node imported = project.json({"import", "--mapping", "canonical", (dir / "events.csv").string()}, 3);
    const fs::path workbook = workbook_of(imported);
    EXPECT_EQ(formulas(workbook), 0U);
    const std::string cells = cells_of(workbook);
    EXPECT_NE(cells.find("vrij499,reden,kolom"), std::string::npos);
    EXPECT_EQ(cells.find("ddddd"), std::string::npos);
    write_bytes(project / "inbox/x.csv", replaced(read_bytes(csv_of(workbook)), "\"E-1\";\"T-1\";\"\"", "\"E-1\";\"T-1\";\"2025-09-01\""));
    expect_counts(first_file(project.json({"import"}, 3)), 1, 0, 1);
}

}  // namespace
}  // namespace brugwacht
