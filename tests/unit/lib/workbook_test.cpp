#include "engine/lib/workbook.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> parts_of(const std::filesystem::path& path) {
    std::map<std::string, std::string> parts;
    patch_zip(
        bytes_of(path), [](std::string_view) { return true; },
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

void write_all_kinds(const std::filesystem::path& path) {
    Workbook book(path, {.title = "Titel", .subject = "Onderwerp", .keywords = "a, b", .created = *Date::from_ymd(2025, 6, 30)});
    Sheet& first = book.add_sheet("Eerste blad");
    Sheet& second = book.add_sheet("Keuzes");
    first.text(0, 0, "kop", {.size = 16, .bold = true});
    first.number(3, 1, 0.25, {.number_format = "0%"});
    first.date(4, 1, *Date::from_ymd(2025, 9, 1));
    first.link(5, 0, "Keuzes", "A1", "naar de keuzes");
    first.table("tabel_1", {.first_row = 7, .first_column = 0, .last_row = 9, .last_column = 1}, {"kwartaal", "aantal"}, {.bold = true});
    first.text(8, 0, "k1");
    first.integer(8, 1, 12);
    first.text(9, 0, "k2");
    first.integer(9, 1, 7);
    first.freeze(8, 0);
    first.page({.header = "Eerste & enige", .page_of = "blz. {page} van {pages}", .repeat_rows = std::pair{0U, 7U}});
    first.chart(12, 0,
                {.kind = ChartKind::Column,
                 .sheet = "Eerste blad",
                 .title = "Gestart",
                 .alt_text = "12 en 7",
                 .series = {{.name = "gestart", .categories = {8, 0, 9, 0}, .values = {8, 1, 9, 1}, .labels = true}}});
    second.text(0, 0, "ja");
    second.text(1, 0, "nee");
    first.choice({20, 0, 30, 0}, {"ja", "nee"});
    first.choice_from({20, 1, 30, 1}, "Keuzes", {0, 0, 1, 0}, {.prompt = "Kies"});
    first.date_between({20, 2, 30, 2}, *Date::from_ymd(2000, 1, 1), *Date::from_ymd(2099, 12, 31));
    book.close();
}

TEST(Workbook, TheSameCallsGiveTheSameBytesAtAnotherTimeAndPlace) {
    TempDir one;
    TempDir two;
    write_all_kinds(one / "a.xlsx");
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // zip time stamps have steps of two seconds
    write_all_kinds(two / "other.xlsx");
    EXPECT_EQ(bytes_of(one / "a.xlsx"), bytes_of(two / "other.xlsx"));
}

TEST(Workbook, OnlyTheOwnerMayReadItAndNoScratchFileStays) {
    TempDir dir;
    write_all_kinds(dir / "a.xlsx");
    struct stat info {};
    ASSERT_EQ(::stat((dir / "a.xlsx").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) files += entry.exists() ? 1U : 0U;
    EXPECT_EQ(files, 1U);
}

TEST(Workbook, DangerousTextStaysTextAndIsPrefixed) {
    TempDir dir;
    const std::vector<std::string> payloads = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "'=1"};
    {
        Workbook book(dir / "a.xlsx", {.title = "t"});
        Sheet& sheet = book.add_sheet("S");
        for (std::size_t i = 0; i < payloads.size(); ++i) sheet.text(static_cast<std::uint32_t>(i), 0, payloads[i]);
        sheet.text(20, 0, "gewoon");
        book.close();
    }
    const auto parts = parts_of(dir / "a.xlsx");
    const std::string& sheet = parts.at("xl/worksheets/sheet1.xml");
    EXPECT_EQ(count(sheet, "<f"), 0U);
    EXPECT_EQ(count(sheet, "t=\"s\""), payloads.size() + 1);
    const std::string& styles = parts.at("xl/styles.xml");
    EXPECT_EQ(count(styles, "quotePrefix=\"1\""), 1U);
    // Every payload uses the one format with the prefix, the plain text does not.
    const std::size_t prefixed =
        count(styles.substr(styles.find("<cellXfs"), styles.find("quotePrefix") - styles.find("<cellXfs")), "<xf ") - 1;
    EXPECT_EQ(count(sheet, "s=\"" + std::to_string(prefixed) + "\" t=\"s\""), payloads.size());
}

TEST(Workbook, ATextThatLooksLikeAnEscapeOfTheFormatIsKept) {
    TempDir dir;
    {
        Workbook book(dir / "a.xlsx", {.title = "t"});
        book.add_sheet("S").text(0, 0, "a_x0041_b <&> \u00e9\U0001F600");
        book.close();
    }
    EXPECT_NE(parts_of(dir / "a.xlsx").at("xl/sharedStrings.xml").find("a_x005F_x0041_b &lt;&amp;&gt; \u00e9\U0001F600"),
              std::string::npos);
}

TEST(Workbook, NothingIsHiddenMergedOrCommentedAndPropertiesAreTheGivenOnes) {
    TempDir dir;
    write_all_kinds(dir / "a.xlsx");
    const auto parts = parts_of(dir / "a.xlsx");
    for (const auto& [name, content] : parts) {
        EXPECT_EQ(content.find("hidden"), std::string::npos) << name;
        EXPECT_EQ(content.find("mergeCell"), std::string::npos) << name;
        EXPECT_EQ(content.find(dir.path().string()), std::string::npos) << name;
        EXPECT_EQ(name.find("comments"), std::string::npos);
    }
    const std::string& core = parts.at("docProps/core.xml");
    EXPECT_NE(core.find("2025-06-30T00:00:00Z"), std::string::npos);
    EXPECT_NE(core.find("<dc:creator>Brugwacht</dc:creator>"), std::string::npos);
}

TEST(Workbook, ChartCachesHoldTheValuesOfTheCells) {
    TempDir dir;
    write_all_kinds(dir / "a.xlsx");
    const std::string chart = parts_of(dir / "a.xlsx").at("xl/charts/chart1.xml");
    EXPECT_NE(chart.find("<c:v>12</c:v>"), std::string::npos);
    EXPECT_NE(chart.find("<c:v>7</c:v>"), std::string::npos);
    EXPECT_NE(chart.find("<c:v>k1</c:v>"), std::string::npos);
}

TEST(Workbook, ValidationsPointAtTheirListAndDates) {
    TempDir dir;
    write_all_kinds(dir / "a.xlsx");
    const std::string sheet = parts_of(dir / "a.xlsx").at("xl/worksheets/sheet1.xml");
    EXPECT_NE(sheet.find("<formula1>\"ja,nee\"</formula1>"), std::string::npos) << sheet;
    EXPECT_NE(sheet.find("Keuzes'!$A$1:$A$2"), std::string::npos);
    EXPECT_NE(sheet.find("type=\"date\""), std::string::npos);
}

TEST(Workbook, ImpossibleNamesListsAndTextsAreRefused) {
    TempDir dir;
    Workbook book(dir / "a.xlsx", {.title = "t"});
    Sheet& sheet = book.add_sheet("Blad");
    EXPECT_THROW(book.add_sheet("blad"), Error);
    EXPECT_THROW(book.add_sheet("a/b"), Error);
    EXPECT_THROW(book.add_sheet(std::string(32, 'a')), Error);
    EXPECT_THROW(book.add_sheet(""), Error);
    EXPECT_THROW(sheet.text(0, 0, std::string(32768, 'a')), Error);
    EXPECT_THROW(sheet.text(0, 0, "\xFF"), Error);
    EXPECT_THROW(sheet.choice({0, 0, 1, 0}, {std::string(256, 'a')}), Error);
    EXPECT_THROW(sheet.choice({0, 0, 1, 0}, {"a,b"}), Error);
}

TEST(Workbook, AFolderThatIsNotThereIsAnInputOutputError) {
    Workbook book("/nonexistent-folder/sub/a.xlsx", {.title = "t"});
    book.add_sheet("S").text(0, 0, "x");
    try {
        book.close();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Io);
        EXPECT_EQ(error.first().code, "XLW-001");
    }
}

TEST(Workbook, CellNamesCountLikeASpreadsheet) {
    EXPECT_EQ(cell_name(0, 0), "A1");
    EXPECT_EQ(cell_name(6, 25), "Z7");
    EXPECT_EQ(cell_name(6, 26), "AA7");
    EXPECT_EQ(cell_name(0, 701), "ZZ1");
    EXPECT_EQ(cell_name(0, 702), "AAA1");
}

}  // namespace
}  // namespace brugwacht
