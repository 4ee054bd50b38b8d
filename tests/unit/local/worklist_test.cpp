#include "exporters/local/worklist.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "engine/lib/catalogue.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/payloads.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

Date day(const char* iso) { return Date::parse_iso(iso).value(); }

std::map<std::string, std::string> parts_of(const fs::path& path) {
    std::map<std::string, std::string> parts;
    patch_zip(
        read_bytes(path), [](std::string_view) { return true; },
        [&](std::string_view name, std::string content) {
            parts[std::string(name)] = content;
            return content;
        });
    return parts;
}

std::size_t count(const std::string& text, const std::string& piece) {
    std::size_t n = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++n;
    return n;
}

WorklistRow row(const std::string& child, const char* until, bool unknown = false) {
    WorklistRow row;
    row.child = child;
    row.trajectory = "T-1";
    row.started = day("2025-09-01");
    row.clubs = "Scouts";
    row.action = "Vraag of het kind nog deelneemt.";
    row.definitions = "D2";
    row.until = day(until);
    row.days = row.until->days() - day("2026-05-15").days();
    row.unknown = unknown;
    row.explanation = "Nog niet beslist.";
    return row;
}

WorklistBook book(bool names) {
    WorklistBook book;
    book.as_of = day("2026-05-15");
    book.until = day("2026-08-13");
    book.names = names;
    book.sheets = {{"An", {row("Wiske", "2026-04-30", true), row("Suske", "2026-06-30")}}, {"", {row("Lambik", "2026-12-01")}}};
    book.calendar = {{day("2026-06-30"), "stuurgroep", "rapportdatum"}};
    book.definitions = {{"D2", "Neemt nog deel"}};
    return book;
}

std::map<std::string, std::string> written(const WorklistBook& book, const char* language = "nl") {
    const TempDir dir;
    const fs::path path = dir / "worklist.xlsx";
    write_worklist_workbook(book, load_texts(language), path);
    return parts_of(path);
}

std::string all_of(const std::map<std::string, std::string>& parts) {
    std::string all;
    for (const auto& [name, content] : parts) all += content;
    return all;
}

TEST(WorklistWorkbook, HasAnOverviewAndASheetForEachAmbassador) {
    const auto parts = written(book(true));
    const std::string& workbook = parts.at("xl/workbook.xml");
    EXPECT_LT(workbook.find("name=\"Overzicht\""), workbook.find("name=\"An\""));
    EXPECT_LT(workbook.find("name=\"An\""), workbook.find("name=\"Zonder ambassadeur\""));
    EXPECT_NE(workbook.find("_xlnm.Print_Titles"), std::string::npos);
    const std::string& sheet = parts.at("xl/worksheets/sheet2.xml");
    EXPECT_NE(sheet.find("orientation=\"landscape\""), std::string::npos);
    EXPECT_NE(sheet.find("paperSize=\"9\""), std::string::npos);
    EXPECT_NE(sheet.find("fitToPage=\"1\""), std::string::npos);
    EXPECT_NE(sheet.find("<v>-15</v>"), std::string::npos) << "days are a plain value";
    EXPECT_EQ(count(sheet, "type=\"list\""), 1U);
    EXPECT_EQ(count(sheet, "type=\"date\""), 1U);
    EXPECT_EQ(count(all_of(parts), "<f>"), 0U);
}

TEST(WorklistWorkbook, WithoutNamesThereIsNoColumnForThem) {
    WorklistBook closed = book(false);
    for (WorklistSheet& sheet : closed.sheets)
        for (WorklistRow& item : sheet.rows) item.child.clear();
    const std::string with = all_of(written(book(true))), without = all_of(written(closed));
    EXPECT_NE(with.find(">kind<"), std::string::npos);
    EXPECT_EQ(without.find(">kind<"), std::string::npos);
    EXPECT_NE(without.find("De kluis met namen is niet geopend"), std::string::npos);
}

TEST(WorklistWorkbook, SaysThatThereIsNothingToDo) {
    WorklistBook empty = book(true);
    empty.sheets.clear();
    empty.calendar.clear();
    const std::string all = all_of(written(empty));
    EXPECT_NE(all.find("Op 15/05/2026 is er niets op te volgen."), std::string::npos);
    EXPECT_NE(all.find("geen opvolging of rapportdag"), std::string::npos);
}

TEST(WorklistWorkbook, NoPayloadBecomesAFormula) {
    WorklistBook hostile = book(true);
    hostile.sheets.clear();
    for (const std::string& payload : formula_payloads()) {
        WorklistRow item = row(payload, "2026-06-30");
        item.trajectory = item.clubs = item.action = item.definitions = item.explanation = payload;
        hostile.sheets.push_back({payload, {item}});
        hostile.calendar.push_back({day("2026-06-30"), payload, payload});
        hostile.definitions.emplace_back(payload, payload);
    }
    const auto parts = written(hostile);
    for (const auto& [name, content] : parts) {
        if (!name.starts_with("xl/worksheets/")) continue;
        EXPECT_EQ(count(content, "<f>") + count(content, "<f "), 0U) << name;
    }
}

TEST(WorklistWorkbook, SameListSameBytes) {
    const TempDir dir;
    const Texts texts = load_texts("nl");
    write_worklist_workbook(book(true), texts, dir / "a.xlsx");
    write_worklist_workbook(book(true), texts, dir / "b.xlsx");
    EXPECT_EQ(read_bytes(dir / "a.xlsx"), read_bytes(dir / "b.xlsx"));
    struct stat info {};
    ::stat((dir / "a.xlsx").c_str(), &info);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(WorklistWorkbook, SpeaksThreeLanguages) {
    EXPECT_NE(all_of(written(book(true), "fr")).find("Liste de travail"), std::string::npos);
    EXPECT_NE(all_of(written(book(true), "en")).find("Work list"), std::string::npos);
}

}  // namespace
}  // namespace brugwacht
