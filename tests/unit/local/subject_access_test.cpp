#include "exporters/local/subject_access.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/lib/catalogue.hpp"
#include "engine/lib/node.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/payloads.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

std::string unpacked(const fs::path& path) {
    std::string all;
    patch_zip(
        read_bytes(path), [](std::string_view) { return true; },
        [&](std::string_view, std::string content) {
            all += content + "\n";
            return content;
        });
    return all;
}

AccessBook sample() {
    AccessBook book;
    book.request = "3f09b2c41d7e";
    book.as_of = Date::parse_iso("2026-03-01").value();
    book.due = Date::parse_iso("2026-04-01").value();
    book.called = "Wiske";
    book.records = 1;
    book.facts = 1;
    book.sources = {"crm"};
    AccessTable identity{"identity", {"source", "field", "value"}, {}};
    identity.rows.push_back({"crm", AccessCell::coded("given_name", "voornaam"), "Wiske"});
    identity.rows.push_back({"crm", AccessCell::coded("guardian_name", "naam"), AccessCell::hidden(Withheld::OtherPerson)});
    AccessTable facts{"facts", {"date", "type", "year", "worker"}, {}};
    facts.rows.push_back({AccessCell::day(Date::parse_iso("2025-09-14")), AccessCell::coded("trial", "proefsessie"),
                          AccessCell::count(2025), AccessCell::hidden(Withheld::Worker)});
    book.tables = {identity, facts, {"corrections", {"field", "value"}, {}}};
    return book;
}

TEST(SubjectAccess, JsonHasTheCodesAndSaysWhatIsWithheld) {
    const Node json = parse_json(access_json(sample()), "access.json");
    EXPECT_EQ(json.find("schema")->text, "subject-access/1");
    EXPECT_EQ(json.find("identity")->items[1].find("value")->find("withheld")->text, "other_person");
    const Node& fact = json.find("facts")->items[0];
    EXPECT_EQ(fact.find("date")->text, "2025-09-14");
    EXPECT_EQ(fact.find("type")->text, "trial");
    EXPECT_EQ(fact.find("year")->integer, 2025);
    EXPECT_EQ(fact.find("worker")->find("withheld")->text, "worker");
    EXPECT_TRUE(json.find("corrections")->items.empty());
}

TEST(SubjectAccess, TheWorkbookIsForItsOwnerAloneAndTheSameEachTime) {
    TempDir dir;
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        write_access_workbook(sample(), texts, dir / "a.xlsx");
        write_access_workbook(sample(), texts, dir / "b.xlsx");
        EXPECT_EQ(read_bytes(dir / "a.xlsx"), read_bytes(dir / "b.xlsx"));
        struct stat info {};
        ASSERT_EQ(::stat((dir / "a.xlsx").c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0600U);
        const std::string all = unpacked(dir / "a.xlsx");
        EXPECT_NE(all.find(texts("subject.withheld.other_person")), std::string::npos);
        EXPECT_NE(all.find("proefsessie"), std::string::npos);
        EXPECT_EQ(all.find("<f>"), std::string::npos);
        EXPECT_EQ(all.find("\xC2\xAB"
                           "subject."),
                  std::string::npos)
            << "a text is missing in " << language;
    }
}

TEST(SubjectAccess, FormulasStayText) {
    TempDir dir;
    AccessBook book = sample();
    for (const std::string& payload : formula_payloads()) book.tables[0].rows.push_back({payload, payload, payload});
    write_access_workbook(book, load_texts("nl"), dir / "a.xlsx");
    EXPECT_EQ(unpacked(dir / "a.xlsx").find("<f>"), std::string::npos);
    EXPECT_NE(table_csv(book.tables[0]).find("\"'=1+1"), std::string::npos);
}

}  // namespace
}  // namespace brugwacht
