// Reads every byte of a project in which everything was done that a data officer does, and looks for people in it. They may lie sealed in
// the vault, which is searched as well, and in the folders that are meant to hold what people handed in.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/lib/crypto.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/canaries.hpp"
#include "tests/support/scratch_project.hpp"
#include "tests/support/synthetic.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr int kChildren = 12;
constexpr int kUnmappedColumns = 50;

/// Letters only, and found in no language.
std::string invented(const std::string& stem, int n) {
    return stem + "qx" + static_cast<char>('a' + n / 26) + static_cast<char>('a' + n % 26) + "zvw";
}

/// A national number of somebody born in 2014 that passes the check.
std::string national_number(int serial) {
    const std::string first = "1403" + std::to_string(10 + serial % 20) + std::to_string(100 + serial);
    const std::int64_t check = 97 - std::stoll("2" + first) % 97;
    return first + (check < 10 ? "0" : "") + std::to_string(check);
}

/// What must be found nowhere, and the exports that bring it in.
struct Planted {
    std::vector<std::string> persons;   // names, addresses, numbers
    std::vector<std::string> unmapped;  // in columns that no mapping takes
    std::string people, trajectories, events;

    Planted() {
        people =
            "key,given_name,family_name,birth_date,street,house_number,postcode,municipality,phone,email,guardian_name,guardian_phone,"
            "rijksregisternummer";
        for (int column = 0; column < kUnmappedColumns; ++column) people += ",vrij veld " + std::to_string(column);
        people += "\n";
        trajectories = "key,person,worker,start,strategy\n";
        events = "key,trajectory,date,type,club,reason\n";
        for (int child = 0; child < kChildren; ++child) plant(child);
        events += "E-1,T-1,geen datum,trial,C-1,\n";  // a row that cannot be taken in
    }

    std::vector<std::string_view> all() const {
        std::vector<std::string_view> out(persons.begin(), persons.end());
        out.insert(out.end(), unmapped.begin(), unmapped.end());
        return out;
    }

  private:
    void plant(int n) {
        const std::string given = invented("Merel", n), family = invented("Spreeuw", n), street = invented("Vinkenlaan", n);
        const std::string guardian = invented("Mus", n), email = invented("kwikstaart", n) + "@voorbeeld.example";
        const std::string phone = "04709876" + std::to_string(10 + n), at_home = "04871234" + std::to_string(10 + n);
        const std::string number = national_number(n), key = "P-" + std::to_string(n + 1);
        for (const std::string& canary : {given, family, street, guardian, email, phone.substr(1), at_home.substr(1), number})
            persons.push_back(canary);
        people += key + "," + given + "," + family + ",2014-03-" + std::to_string(10 + n) + "," + street + ",7,3500,Hasselt," + phone +
                  "," + email + "," + guardian + " " + family + "," + at_home + "," + number;
        for (int column = 0; column < kUnmappedColumns; ++column) {
            const std::string canary = invented("Reiger" + std::string(1, static_cast<char>('a' + n)), column);
            if (n < 3) unmapped.push_back(canary);
            people += "," + canary;
        }
        people += "\n";
        trajectories += "T-" + std::to_string(n + 1) + "," + key + ",W-1,2025-09-01,individuele_toeleiding\n";
        events += "E-" + std::to_string(n + 2) + ",T-" + std::to_string(n + 1) + ",2025-09-20,enrol,C-1," + given + " " + family +
                  " wil niet meer\n";
    }
};

/// All parts of a workbook, inflated; the bytes themselves for any other file.
std::string readable_bytes(const fs::path& path) {
    const std::string bytes = read_bytes(path);
    std::string all = bytes;
    if (path.extension() != ".xlsx") return all;
    patch_zip(
        bytes, [](std::string_view) { return true; },
        [&](std::string_view name, std::string content) {
            all += '\n';
            all += name;
            all += '\n';
            all += content;
            return content;
        });
    return all;
}

void fill(const ScratchProject& project, const Planted& planted) {
    const fs::path exports = project.beside().path() / "exports";
    write_bytes(exports / "people.csv", planted.people);
    write_bytes(exports / "trajectories.csv", planted.trajectories);
    write_bytes(exports / "events.csv", planted.events);
    write_bytes(exports / "workers.csv", "key,name\nW-1,Ambassadeur\n");
    write_bytes(exports / "clubs.csv", "key,name,kind\nC-1,Scouts Akela,jeugdbeweging\n");
    write_bytes(exports / "broken.csv", "naam\n" + planted.persons.front() + "\n");
    std::vector<std::string> words{"import", "--mapping", "canonical"};
    for (const char* name : {"people.csv", "workers.csv", "clubs.csv", "trajectories.csv", "events.csv"})
        words.push_back((exports / name).string());
    const RunResult imported = project.run(words);
    ASSERT_TRUE(imported.status == 0 || imported.status == 3) << imported.out << imported.err;
    // Among others, or nothing could be published.
    SyntheticOptions others;
    others.children = 200;
    others.exports = false;
    write_synthetic(SyntheticWorld(others), exports / "others");
    std::vector<std::string> more{"import", "--mapping", "canonical", "--source", "others"};
    for (const auto& entry : fs::directory_iterator(exports / "others/canonical")) more.push_back(entry.path().string());
    ASSERT_EQ(project.run(more).status, 0);
}

void search_outputs(const ScratchProject& project, const Planted& planted, AttackNumber& number) {
    const fs::path broken = project.beside().path() / "exports/broken.csv";
    const std::string why = planted.persons[0] + " " + planted.persons[1] + " belde";
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"import", broken.string(), "--mapping", "canonical"},
                                               {"import", broken.string(), "--mapping", "bestaatniet"},
                                               {"link"},
                                               {"run"},
                                               {"report", "--as-of", "2026-09-30"},
                                               {"report", "--as-of", "2026-06-30", "--preview"},
                                               {"worklist", "--as-of", "2026-03-01", "--no-names"},
                                               {"explain", "canonical:T-1", "--as-of", "2026-09-30", "--reason", why},
                                               {"classify", "--as-of", "2026-09-30"},
                                               {"rejects"},
                                               {"history", "--json"},
                                               {"status"},
                                               {"undo", "2"},
                                               {"audit", "list"},
                                               {"audit", "list", "--json"},
                                               {"audit", "verify", "--json"}}) {
        const RunResult result = project.run(command);
        EXPECT_LT(result.status, 126) << command.front() << result.err;
        number.tried(planted.all().size());
        for (const std::string& canary : canaries_in(result.out + result.err, planted.all()))
            number.succeeded(canary + " in the output of " + command.front());
    }
}

TEST(Attack, Grep) {
    run_attack("attack-grep", [](AttackNumber& number) {
        const ScratchProject project;
        const Planted planted;
        fill(project, planted);
        search_outputs(project, planted, number);
        std::set<std::string> kinds;
        for (const auto& entry : fs::recursive_directory_iterator(project.path())) {
            if (!entry.is_regular_file()) continue;
            const std::string relative = fs::relative(entry.path(), project.path()).string();
            const std::string folder = relative.substr(0, relative.find('/'));
            if (folder == "inbox" || folder == "processed" || folder == "rejected") continue;
            kinds.insert(entry.path().extension().string());
            number.tried(planted.all().size());
            for (const std::string& canary : canaries_in(readable_bytes(entry.path()) + relative, planted.all()))
                number.succeeded(canary + " in " + relative);
        }
        for (const char* kind : {".db", ".xlsx", ".jsonl", ".key"}) EXPECT_TRUE(kinds.contains(kind)) << kind;
    });
}

TEST(AttackGrep, TheSearchReadsInsideWorkbooks) {
    const ScratchProject project;
    const fs::path book = project.beside().path() / "leeg.xlsx";
    ASSERT_EQ(run_program(BRUGWACHT_PROGRAM, {"template", book.string()}).status, 0);
    EXPECT_EQ(canaries_in(readable_bytes(book), {"worksheet"}).size(), 1U);
    EXPECT_TRUE(canaries_in(read_bytes(book), {"sheetData"}).empty());
}

// The steering group's workbook is made in a domain of its own: with the vault gone and its key too it is the same, byte for byte.
TEST(AttackVaultAbsent, TheReportIsTheSameWithoutVaultAndMasterKey) {
    const ScratchProject project;
    fill(project, Planted());
    ASSERT_EQ(project.run({"link"}).status, 0);
    const fs::path other = project.beside().path() / "without";
    fs::copy(project.path(), other, fs::copy_options::recursive);
    for (const char* name : {"vault.db", "vault.db-wal", "vault.db-shm"})
        if (fs::exists(other / name)) fs::rename(other / name, other / (std::string(name) + ".away"));
    fs::remove(other / "keys/master.key");
    const RunResult with = project.run({"report", "--as-of", "2026-09-30", "--out", (project.beside().path() / "with.xlsx").string()});
    ASSERT_EQ(with.status, 0) << with.err;
    const RunResult without = run_program(
        BRUGWACHT_PROGRAM,
        {"report", "--as-of", "2026-09-30", "--out", (project.beside().path() / "without.xlsx").string(), "--project", other.string()});
    EXPECT_EQ(without.status, 0) << without.err;
    EXPECT_EQ(sha256(read_bytes(project.beside().path() / "with.xlsx")), sha256(read_bytes(project.beside().path() / "without.xlsx")));
    EXPECT_FALSE(fs::exists(other / "vault.db"));
}

}  // namespace
}  // namespace brugwacht
