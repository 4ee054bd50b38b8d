#include <algorithm>
#include <set>

#include "engine/core/text.hpp"
#include "engine/mapping/plan.hpp"

namespace brugwacht {
namespace {

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool fits_category(const ColumnPlan& column, const HeaderCell& cell, const std::set<std::string>& claimed) {
    if (!column.categories.empty()) return contains(column.categories, cell.folded_category);
    return claimed.count(cell.folded_category) == 0;
}

// "Ouder 1 Voornaam" and "Voornaam (Ouder 1)" in one header row.
bool fits_joined(const ColumnPlan& column, const std::string& header, const HeaderCell& cell) {
    return std::any_of(column.categories.begin(), column.categories.end(),
                       [&](const std::string& category) { return cell.folded == category + header || cell.folded == header + category; });
}

}  // namespace

std::string fold_pattern(const std::string& text) {
    std::string out;
    std::size_t start = 0;
    for (std::size_t star = text.find('*'); star != std::string::npos; star = text.find('*', start)) {
        out += fold(std::string_view(text).substr(start, star - start)) + "*";
        start = star + 1;
    }
    return out + fold(std::string_view(text).substr(start));
}

bool name_fits(const std::string& pattern, const std::string& folded) {
    const std::size_t star = pattern.find('*');
    if (star == std::string::npos) return pattern == folded;
    if (folded.compare(0, star, pattern, 0, star) != 0) return false;
    const std::string rest = pattern.substr(star + 1);
    for (std::size_t at = star; at <= folded.size(); ++at)
        if (name_fits(rest, folded.substr(at))) return true;
    return false;
}

HeaderMatch match_header(const SheetPlan& sheet, const std::vector<HeaderCell>& cells) {
    std::set<std::string> claimed;  // categories that some column asks for
    for (const ColumnPlan& column : sheet.columns) claimed.insert(column.categories.begin(), column.categories.end());
    HeaderMatch match;
    match.columns.resize(sheet.columns.size());
    std::vector<bool> taken(cells.size(), false);
    for (std::size_t c = 0; c < sheet.columns.size(); ++c) {
        const ColumnPlan& column = sheet.columns[c];
        for (std::size_t h = 0; h < column.folded.size() && !match.columns[c]; ++h) {
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const bool same = cells[i].folded == column.folded[h] && fits_category(column, cells[i], claimed);
                if (taken[i] || cells[i].folded.empty() || (!same && !fits_joined(column, column.folded[h], cells[i]))) continue;
                match.columns[c] = cells[i].column;
                taken[i] = true;
                ++match.matched;
                break;
            }
        }
        if (!match.columns[c] && column.required) match.missing.push_back(c);
    }
    return match;
}

}  // namespace brugwacht
