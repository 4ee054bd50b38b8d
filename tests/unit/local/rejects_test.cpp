#include "exporters/local/rejects.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "engine/core/error.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/payloads.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

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

RejectedCell text_cell(std::uint32_t column, std::string text, RejectLook look = RejectLook::Plain) {
    return {column, CellKind::Text, false, 0, std::move(text), look};
}

RejectedRow row_of(std::vector<RejectedCell> cells, std::uint64_t row = 7) {
    return {std::move(cells), "Waarom", "datum", "Doe dit", "brugwacht:1.1.1.7.0123456789ab", row};
}

const Texts& dutch() {
    static const Texts texts = load_texts("nl");
    return texts;
}

unsigned mode_of(const fs::path& path) {
    struct stat info {};
    ::stat(path.c_str(), &info);
    return info.st_mode & 0777U;
}

TEST(RejectWriter, ColumnsKeepTheirPlaceAndOursStandBehindThem) {
    const TempDir dir;
    RejectWriter writer(dir.path(), dutch(), {"leden.csv", "clubs", "canonical", 4});
    writer.sheet("leden", {{0, "", "key", true}, {1, "", "opmerking", false}, {3, "", "datum", true}});
    writer.row(row_of({text_cell(0, "0350"), {3, CellKind::DateTime, false, 86400.0 * 20000, "2024-10-04", RejectLook::Wrong}}));
    writer.close({{1, "datum", "Waarom", "Doe dit"}}, 0);
    EXPECT_EQ(read_bytes(writer.csv_files().front()),
              "\xEF\xBB\xBF\"key\";\"opmerking\";\"\";\"datum\";\"reden\";\"kolom\";\"wat te doen\";\"rij\";\"kenmerk\"\r\n"
              "\"0350\";\"\";\"\";\"2024-10-04\";\"Waarom\";\"datum\";\"Doe dit\";\"7\";\"brugwacht:1.1.1.7.0123456789ab\"\r\n");
    const auto parts = parts_of(writer.workbook());
    const std::string& sheet = parts.at("xl/worksheets/sheet1.xml");
    EXPECT_NE(sheet.find("<t>0350</t>"), std::string::npos);   // a text, so its zero stays
    EXPECT_NE(sheet.find("<v>45569</v>"), std::string::npos);  // a date, not the text of one
    EXPECT_NE(sheet.find("<autoFilter ref=\"A1:I2\"/>"), std::string::npos);
    EXPECT_NE(sheet.find("state=\"frozen\""), std::string::npos);
    EXPECT_NE(parts.at("xl/workbook.xml").find("name=\"Uitleg\""), std::string::npos);
    EXPECT_EQ(mode_of(writer.workbook()), 0600U);
    EXPECT_EQ(mode_of(writer.csv_files().front()), 0600U);
}

TEST(RejectWriter, NoPayloadBecomesAFormula) {
    const TempDir dir;
    RejectWriter writer(dir.path(), dutch(), {"=1+1.csv", "clubs", "canonical", 4});
    writer.sheet("=1+1", {{0, "=cat", "=head", true}});
    for (const std::string& payload : formula_payloads()) writer.row(row_of({text_cell(0, payload)}));
    writer.close({{1, "=col", "=why", "=do"}}, 3);
    const auto parts = parts_of(writer.workbook());
    for (const auto& [name, content] : parts) {
        if (name.find("worksheets/") == std::string::npos) continue;
        EXPECT_EQ(count(content, "<f>") + count(content, "<f "), 0U) << name;
    }
    // Every text stands in its cell, under a style with the quote prefix.
    EXPECT_GE(count(parts.at("xl/worksheets/sheet1.xml"), "t=\"inlineStr\""), formula_payloads().size());
    EXPECT_GE(count(parts.at("xl/styles.xml"), "quotePrefix=\"1\""), 1U);
    std::size_t lines = 0;
    const std::string csv = read_bytes(writer.csv_files().front());
    for (const std::string& payload : formula_payloads()) {
        std::string quoted = "\"'";
        for (const char c : payload) quoted += c == '"' ? "\"\"" : std::string(1, c);
        if (csv.find(quoted + "\";") != std::string::npos) ++lines;
    }
    EXPECT_EQ(lines, formula_payloads().size());
}

TEST(RejectWriter, ACategoryHoldsUntilTheNextInTheRowAboveTheHeaders) {
    const TempDir dir;
    RejectWriter writer(dir.path(), dutch(), {"leden.xlsx", "clubs", "stamhoofd", 4});
    writer.sheet("Leden", {{0, "", "ID", true}, {1, "Ouder 1", "Voornaam", true}, {2, "Ouder 1", "Naam", true}});
    writer.row(row_of({text_cell(0, "1")}));
    writer.close({}, 0);
    EXPECT_EQ(count(parts_of(writer.workbook()).at("xl/worksheets/sheet1.xml"), "<t>Ouder 1</t>"), 1U);
}

TEST(RejectWriter, HostileCellsAndHeadersEndInAWorkbook) {
    const TempDir dir;
    RejectWriter writer(dir.path(), dutch(), {std::string(5000, 'x'), "clubs", "canonical", 4});
    std::vector<RejectedColumn> columns;
    for (std::uint32_t c = 0; c < 500; ++c) columns.push_back({c, "", "kolom" + std::to_string(c), c % 2 == 0});
    writer.sheet("a[b]:c*?/\\'" + std::string(40, 'd'), columns);
    writer.row(row_of({text_cell(0, std::string(32767, 'a')),
                       text_cell(2, std::string(40000, 'b')),
                       text_cell(4, std::string("nul\0tekst", 9)),
                       text_cell(6, "\x01\x02\x1F _x0041_ \xEF\xBF\xBE\xEF\xBF\xBF"),
                       {8, CellKind::DateTime, false, 1e18, "9999", RejectLook::Wrong},
                       {10, CellKind::DateTime, false, -3e9, "1874-12-07"},
                       {12, CellKind::Number, false, 1e300, "1"},
                       {14, CellKind::Time, false, 1e12, "x"},
                       {16, CellKind::Boolean, false, 1, "true"}}));
    writer.sheet("", {{70000, "", "ver", true}, {70001, "", "weg", false}});
    writer.row(row_of({text_cell(70000, "ver weg")}));
    writer.close({}, 0);
    const auto parts = parts_of(writer.workbook());
    const std::string& sheet = parts.at("xl/worksheets/sheet1.xml");
    EXPECT_EQ(sheet.find(std::string(33000, 'b')), std::string::npos);
    EXPECT_NE(sheet.find("nultekst"), std::string::npos);
    EXPECT_NE(sheet.find("1874-12-07"), std::string::npos);
    EXPECT_NE(parts.at("xl/worksheets/sheet2.xml").find("ver weg"), std::string::npos);
    EXPECT_EQ(parts.at("xl/worksheets/sheet2.xml").find(">weg<"), std::string::npos);
}

TEST(RejectWriter, NothingStaysWhenItIsNotClosed) {
    const TempDir dir;
    {
        RejectWriter writer(dir.path(), dutch(), {"leden.csv", "clubs", "canonical", 4});
        writer.sheet("leden", {{0, "", "key", true}});
        writer.row(row_of({text_cell(0, "geheim")}));
    }
    EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(RejectWriter, SheetNamesAreMendedAndStayApart) {
    EXPECT_EQ(sheet_name("Leden", {}), "Leden");
    EXPECT_EQ(sheet_name("a/b:c", {}), "a_b_c");
    EXPECT_EQ(sheet_name("'x'", {}), "x");
    EXPECT_EQ(sheet_name("", {}), "1");
    EXPECT_EQ(sheet_name("history", {}), "history_");
    EXPECT_EQ(sheet_name("Été", {"ete"}), "Été (2)");
    EXPECT_EQ(sheet_name(std::string(40, 'x'), {std::string(31, 'x')}), std::string(27, 'x') + " (2)");
}

}  // namespace
}  // namespace brugwacht
