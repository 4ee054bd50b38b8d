#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "connector/files/sniffer.hpp"
#include "connector/source.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Grid = std::vector<SampleRow>;

Grid read_oracle(const std::filesystem::path& path, const char* legacy) {
    const std::string bytes = read_bytes(path);
    std::string text = is_valid_utf8(bytes) ? bytes : to_utf8(bytes, legacy).value_or("");
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
    return split_sample(text, {",", "\"", "\"", false}, 2000000, true).rows;
}

/// Letters that the export's encoding lacked became _ or ?; line ends differ between systems.
bool same_text(std::string_view ours, std::string_view theirs) {
    ours = trim(ours);  // formats for text may add blanks
    theirs = trim(theirs);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < ours.size()) {
        if (ours[i] == '\r') {
            ++i;
            continue;
        }
        if (j < theirs.size() && ours[i] == theirs[j]) {
            ++i;
            ++j;
            continue;
        }
        if (j >= theirs.size()) return false;
        if (ours[i] == '\n' && theirs[j] == '\r') {
            ++i;
            j += j + 1 < theirs.size() && theirs[j + 1] == '\n' ? 2U : 1U;
            continue;
        }
        if (static_cast<unsigned char>(ours[i]) < 0x80 || (theirs[j] != '_' && theirs[j] != '?')) return false;
        const bool four = static_cast<unsigned char>(ours[i]) >= 0xf0;
        for (++i; i < ours.size() && (static_cast<unsigned char>(ours[i]) & 0xc0) == 0x80;) ++i;
        ++j;
        if (four && j < theirs.size() && (theirs[j] == '_' || theirs[j] == '?')) ++j;
    }
    return j == theirs.size();
}

struct Count {
    std::size_t texts = 0;
    std::size_t wrong = 0;
    std::string example;
};

struct Shift {
    std::uint64_t rows = 0;
    std::uint32_t columns = 0;
};

/// The export starts at A1 or at the first used cell.
Shift first_used(Document& document, std::uint32_t tab) {
    Shift shift{~0ULL, ~0U};
    const auto source = document.open_tab(tab);
    RawRow row;
    while (source->next(row))
        for (const Cell& cell : row.cells) {
            shift.rows = std::min(shift.rows, row.row - 1);
            shift.columns = std::min(shift.columns, cell.column);
        }
    return shift;
}

Count compare(Document& document, std::uint32_t tab, const Grid& grid, Shift shift) {
    Count count;
    const auto source = document.open_tab(tab);
    RawRow row;
    while (source->next(row))
        for (const Cell& cell : row.cells) {
            if (cell.kind != CellKind::Text) continue;
            ++count.texts;
            const std::string* theirs = nullptr;
            const std::uint64_t line = row.row - 1 - shift.rows;
            const std::uint32_t column = cell.column - shift.columns;
            if (line < grid.size() && column < grid[line].fields.size()) theirs = &grid[line].fields[column];
            if (theirs != nullptr && same_text(cell.text, *theirs)) continue;
            ++count.wrong;
            if (count.example.empty())
                count.example = "row " + std::to_string(row.row) + " column " + std::to_string(cell.column) + " [" +
                                std::string(cell.text) + "] not [" + (theirs == nullptr ? std::string("-") : *theirs) + "]";
        }
    return count;
}

struct Agreement {
    std::size_t sheets = 0;
    std::size_t other = 0;     // of them, exported from another version of the workbook: not half of the texts agree; not counted in cells
    std::size_t agreeing = 0;  // in every text cell
    std::size_t texts = 0;     // cells
    std::size_t wrong = 0;
};

/// Compares the text cells of every workbook of a folder whose name ends so with the sheets that Excel exported.
Agreement compare_exports(const std::string& folder, std::string_view ending) {
    Agreement all;
    for (const auto& oracle : corpus_files("oracles")) {
        const std::string name = oracle.stem().string();  // book.xlsx.0
        const std::size_t dot = name.rfind('.');
        if (dot == std::string::npos || !name.substr(0, dot).ends_with(ending)) continue;
        const std::filesystem::path book = corpus_file(folder + "/" + name.substr(0, dot));
        if (!std::filesystem::exists(book)) continue;
        try {
            const auto document = open_document(book);
            const auto tab = static_cast<std::uint32_t>(std::stoul(name.substr(dot + 1)) + 1);
            if (tab > document->info().tabs.size()) continue;
            Count count{0, ~std::size_t{0}, {}};
            const Shift used = first_used(*document, tab);
            for (const char* legacy : {"macintosh", "windows-1252"})
                for (const Shift shift : {Shift{}, Shift{used.rows, 0}, Shift{used.rows, used.columns}, Shift{0, used.columns}}) {
                    Count tried = compare(*document, tab, read_oracle(oracle, legacy), shift);
                    if (tried.wrong < count.wrong) count = std::move(tried);
                }
            if (count.texts == 0) continue;
            ++all.sheets;
            all.agreeing += count.wrong == 0 ? 1 : 0;
            const bool other = count.wrong * 2 > count.texts;
            all.other += other ? 1 : 0;
            all.texts += other ? 0 : count.texts;
            all.wrong += other ? 0 : count.wrong;
            if (count.wrong > 0) std::cout << name << ": " << count.wrong << " of " << count.texts << ", " << count.example << "\n";
        } catch (const Error& error) {
            std::cout << name << ": " << error.what() << "\n";
        }
    }
    std::cout << folder << ": sheets that agree in every text cell: " << all.agreeing << " of " << all.sheets
              << "; text cells that agree: " << all.texts - all.wrong << " of " << all.texts << "\n";
    return all;
}

TEST(CorpusOracle, TextCellsOfWorkbooksAreThoseThatExcelExported) {
    if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    const Agreement all = compare_exports("xlsx", ".xlsx");
    EXPECT_GE(all.sheets, 170U);
    EXPECT_GE(all.agreeing * 1000, all.sheets * 949);  // an ordinary reader: 170 of 179
}

// What disagrees, by class: a workbook that was changed after its export (columns and rows inserted; xlrd reads the same as we do); an
// export that put amounts with commas (1,137,000) between commas without quotes, so that its rows shift; and texts of formulas that were
// calculated afresh on the exporting machine: the version of Excel (14.3, 15.20), the short date there (m/d/yyyy, m/d/yy). Nothing else.
TEST(CorpusOracle, TextCellsOfOldWorkbooksAreThoseThatExcelExported) {
    if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    const Agreement all = compare_exports("xls", ".xls");
    EXPECT_GE(all.sheets, 200U);
    EXPECT_GE(all.agreeing * 1000, all.sheets * 888);  // an ordinary reader: 183 of 206
    EXPECT_LE(all.other * 100, all.sheets);
    EXPECT_LE(all.wrong * 1000, all.texts * 5);
}

}  // namespace
}  // namespace brugwacht
