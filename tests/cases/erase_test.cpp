// Erasing a child, by the numbers of privacy.md 4.2; returns, restriction, and what stays as it was.
#include <gtest/gtest.h>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/erasure_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::int64_t number(const Node& node, std::string_view key) { return at(node, key).integer; }

/// Warnings of the first file of an import, by code.
std::int64_t warned(const Node& imported, const std::string& code, std::size_t file = 0) {
    for (const Node& warning : at(at(imported, "files").items.at(file), "warnings").items)
        if (at(warning, "code").text == code) return number(warning, "count");
    return 0;
}

void expect_counts_add_up(const Node& imported) {
    for (const Node& file : at(imported, "files").items)
        EXPECT_EQ(number(file, "read"), number(file, "new") + number(file, "changed") + number(file, "unchanged") +
                                            number(file, "duplicate") + number(file, "rejected") + number(file, "skipped"));
}

TEST(Erase, NothingOfHerIsLeftAndThreeImportsBringNothingBack) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    ASSERT_EQ(project.records_with({"Vandeputte"}), 1U);
    const Node erased = project.erase("crm:7");
    EXPECT_EQ(number(erased, "records"), 1);
    EXPECT_EQ(number(erased, "trajectories"), 1);
    EXPECT_EQ(at(erased, "sources").items.at(0).text, "crm");
    EXPECT_EQ(project.records_with({"Vandeputte"}), 0U);
    EXPECT_EQ(project.count("person"), 11U);
    EXPECT_EQ(project.count("trajectory"), 11U);
    EXPECT_EQ(project.count("event"), 22U);
    for (int again = 0; again < 3; ++again) {
        const Node imported = project.import("crm", ErasureProject::children(), std::string(static_cast<std::size_t>(again) + 1, '\n'));
        expect_counts_add_up(imported);
        EXPECT_EQ(warned(imported, "ERA-010"), 1);
        EXPECT_GE(number(at(imported, "files").items.at(0), "skipped"), 1) << "the row of the erased child";
        EXPECT_EQ(number(imported, "waiting"), 0);
        EXPECT_EQ(project.records_with({"Vandeputte"}), 0U);
        EXPECT_EQ(project.count("person"), 11U);
        EXPECT_EQ(project.count("event"), 22U);
    }
}

TEST(Erase, UnderAnotherKeyWithTwoMatchingKeysSheIsNotLetIn) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    project.erase("crm:7");
    Child elsewhere = lina();
    elsewhere.key = "L-99";
    elsewhere.family = "VAN DE PUTTE";
    elsewhere.phone = "+32 470 12 34 56";
    elsewhere.email = "";
    const Node imported = project.import("sport", {elsewhere});
    expect_counts_add_up(imported);
    EXPECT_EQ(project.records_with({"VAN DE PUTTE"}), 0U);
    EXPECT_EQ(project.count("trajectory"), 11U);
    EXPECT_EQ(project.count("event"), 22U);
    EXPECT_EQ(number(imported, "waiting"), 0);
    EXPECT_EQ(at(project.json({"subject", "returns"}), "returns").items.size(), 0U);
}

TEST(Erase, NameAndBirthDateAloneOrNearlySoIsForSomebodyToSay) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    project.erase("crm:7");
    Child twin_or_she = lina(), typo = lina(), namesake = lina();
    twin_or_she.key = "A1";
    twin_or_she.email = twin_or_she.phone = "";
    typo.key = "A2";
    typo.given = "Leena";
    typo.email = typo.phone = "";
    namesake.key = "A3";
    namesake.born = "2013-01-30";
    namesake.email = namesake.phone = "";
    const Node imported = project.import("sport", {twin_or_she, typo, namesake});
    expect_counts_add_up(imported);
    EXPECT_EQ(number(at(imported, "files").items.at(0), "new"), 3) << "nobody is dropped unseen";
    EXPECT_EQ(warned(imported, "ERA-011"), 2);
    const Node waiting = project.json({"subject", "returns"});
    ASSERT_EQ(at(waiting, "returns").items.size(), 2U);

    EXPECT_EQ(project.run({"subject", "returns", "--same", "sport:A1"}).status, 0);
    EXPECT_EQ(project.run({"subject", "returns", "--other", "sport:A2"}).status, 0);
    EXPECT_EQ(project.run({"subject", "returns", "--other", "sport:A2"}).status, 66) << "answered once";
    EXPECT_EQ(project.records_with({"A1"}), 0U);
    EXPECT_EQ(project.records_with({"A2", "A3"}), 2U);

    typo.email = "iemand@voorbeeld.invalid";  // changed, and still not asked about again
    const Node again = project.import("sport", {twin_or_she, typo, namesake});
    EXPECT_EQ(warned(again, "ERA-010"), 1);
    EXPECT_EQ(at(project.json({"subject", "returns"}), "returns").items.size(), 0U);
    EXPECT_EQ(project.records_with({"A1"}), 0U);
    EXPECT_EQ(project.records_with({"A2", "A3"}), 2U);
}

TEST(Erase, FactsBeforeTheirPersonNeitherWaitNorStay) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    project.erase("crm:7");
    Child elsewhere = lina();
    elsewhere.key = "L1";
    project.put_export("sport", {elsewhere});
    const fs::path folder = project.beside().path() / "sport";
    const auto import_one = [&](const char* file) {
        return project.json({"import", "--mapping", "canonical", "--source", "sport", (folder / file).string()});
    };
    import_one("clubs.csv");
    EXPECT_EQ(number(import_one("events.csv"), "waiting"), 2);
    import_one("trajectories.csv");
    EXPECT_EQ(project.count("trajectory"), 12U) << "nobody knows yet whose it is";
    import_one("people.csv");
    EXPECT_EQ(project.count("trajectory"), 11U);
    EXPECT_EQ(project.count("event"), 22U);
    EXPECT_EQ(project.records_with({"L1"}), 0U);
    const Node again = project.import("sport", {elsewhere}, "\n");
    EXPECT_EQ(project.count("event"), 22U);
    EXPECT_EQ(project.count("trajectory"), 11U);
}

TEST(Erase, NoFileHoldsHerAndWorkbooksStayAsTheyWere) {
    const ErasureProject project;
    project.put_export("crm", ErasureProject::children());
    for (const char* file : {"people.csv", "trajectories.csv", "events.csv", "clubs.csv"})
        fs::copy_file(project.beside().path() / "crm" / file, project.path() / "inbox" / file);
    ASSERT_EQ(project.run({"import", "--mapping", "canonical", "--source", "crm"}).status, 0);
    ASSERT_EQ(project.run({"report", "--as-of", "2026-06-30"}).status, 0);
    ASSERT_EQ(project.run({"worklist"}).status, 0);
    const std::vector<std::string> texts{"Vandeputte", "vandeputte", lina().email, lina().phone};
    ASSERT_FALSE(project.files_with(texts).empty()) << "the export that was read";
    std::map<std::string, std::string> before, after;
    const auto hashes = [&](std::map<std::string, std::string>& of) {
        for (const auto& entry : fs::directory_iterator(project.path() / "reports"))
            of[entry.path().filename().string()] = to_hex(sha256(disk_files()->read(entry.path())));
    };
    hashes(before);
    ASSERT_FALSE(before.empty());
    const Node erased = project.erase("crm:7");
    EXPECT_GT(number(erased, "files"), 0);
    hashes(after);
    EXPECT_EQ(before, after);
    EXPECT_EQ(project.files_with(texts), std::vector<std::string>());
    EXPECT_TRUE(fs::is_empty(project.path() / "worklists"));
    EXPECT_TRUE(fs::is_empty(project.path() / "processed"));
    for (const char* database : {"store.db", "vault.db", "erasures.db"}) {
        std::error_code none;
        EXPECT_EQ(fs::file_size(project.path() / (std::string(database) + "-wal"), none) + (none ? 1U : 0U), 0U) << database;
    }
    EXPECT_EQ(fs::status(project.path() / "erasures.db").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Erase, IsNotDoneWithoutAReasonOrAConfirmation) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    EXPECT_EQ(project.run({"subject", "erase", "crm:7", "--confirmed"}).status, 64);
    EXPECT_EQ(project.run({"subject", "erase", "crm:7", "--reason", "vraag"}).status, 4);
    EXPECT_EQ(project.run({"subject", "erase", "crm:70", "--reason", "vraag", "--confirmed"}).status, 66);
    EXPECT_EQ(project.run({"subject", "erase", "crm:7", "--reason", "vraag", "--dry-run"}).status, 0);
    EXPECT_EQ(project.records_with({"Vandeputte"}), 1U);
    EXPECT_FALSE(fs::exists(project.path() / "erasures.db"));
}

TEST(Erase, ALostListOfErasuresStopsEveryImport) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    project.erase("crm:7");
    fs::rename(project.path() / "erasures.db", project.path() / "elsewhere");
    const RunResult refused = project.run({"link"});
    EXPECT_EQ(refused.status, 78);
    EXPECT_NE(refused.err.find("ERA-004"), std::string::npos);
    fs::rename(project.path() / "elsewhere", project.path() / "erasures.db");
    EXPECT_EQ(project.run({"link"}).status, 0);
}

TEST(Restrict, SheIsKeptAndCountsNowhere) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    const auto classified = [&] {
        return at(project.json({"classify", "--as-of", "2026-06-30", "--definition", "D1"}), "results").items.size();
    };
    ASSERT_EQ(classified(), 12U);
    ASSERT_EQ(project.run({"subject", "restrict", "crm:7", "--reason", "betwist"}).status, 0);
    EXPECT_EQ(classified(), 11U);
    EXPECT_EQ(project.records_with({"Vandeputte"}), 1U) << "kept";
    EXPECT_EQ(project.run({"explain", "T7", "--reason", "nieuwsgierig"}).status, 66);
    Child also = lina();
    also.key = "S7";
    project.import("sport", {also});
    EXPECT_EQ(classified(), 11U) << "a record that joined her later";
    ASSERT_EQ(project.run({"subject", "restrict", "crm:7", "--lift", "--reason", "nagekeken", "--confirmed"}).status, 0);
    EXPECT_EQ(classified(), 13U);
    ASSERT_EQ(project.run({"subject", "object", "crm:7", "--reason", "wil niet", "--confirmed"}).status, 0);
    EXPECT_EQ(classified(), 11U);
    ASSERT_EQ(project.run({"subject", "object", "crm:7", "--reason", "antwoord", "--refused", "dwingende reden", "--confirmed"}).status, 0);
    EXPECT_EQ(classified(), 13U);
    EXPECT_EQ(project.files_with({"dwingende reden"}), std::vector<std::string>()) << "sealed";
}

TEST(Restrict, AnUndoDoesNotLiftIt) {
    const ErasureProject project;
    project.import("crm", ErasureProject::children());
    project.json({"subject", "restrict", "crm:7", "--reason", "betwist"});
    ASSERT_EQ(project.run({"undo", "1"}).status, 0);
    project.import("crm", ErasureProject::children());
    EXPECT_EQ(at(project.json({"classify", "--as-of", "2026-06-30", "--definition", "D1"}), "results").items.size(), 11U);
}

}  // namespace
}  // namespace brugwacht
