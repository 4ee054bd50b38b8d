#include <algorithm>
#include <map>
#include <set>

#include "engine/core/text.hpp"
#include "engine/mapping/plan.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Categories that some column asks for, and those that are about somebody else: their columns are for nobody who does not ask.
class Claimed {
  public:
    explicit Claimed(const SheetPlan& sheet) : sheet_(sheet) {
        for (const ColumnPlan& column : sheet.columns) asked_.insert(column.categories.begin(), column.categories.end());
    }
    bool holds(const std::string& category) const {
        if (category.empty()) return false;
        return asked_.count(category) != 0 || std::any_of(sheet_.foreign.begin(), sheet_.foreign.end(),
                                                          [&](const std::string& pattern) { return name_fits(pattern, category); });
    }

  private:
    const SheetPlan& sheet_;
    std::set<std::string> asked_;
};

bool fits_category(const ColumnPlan& column, const HeaderCell& cell, const Claimed& claimed) {
    if (!column.categories.empty()) return contains(column.categories, cell.folded_category);
    return !claimed.holds(cell.folded_category);
}

bool fits_place(const ColumnPlan& column, const std::vector<HeaderCell>& cells, std::size_t at) {
    return column.after.empty() || (at > 0 && contains(column.after, cells[at - 1].folded));
}

// "Ouder 1 Voornaam" and "Voornaam (Ouder 1)" in one header row.
bool fits_joined(const ColumnPlan& column, const std::string& header, const HeaderCell& cell) {
    return std::any_of(column.categories.begin(), column.categories.end(),
                       [&](const std::string& category) { return cell.folded == category + header || cell.folded == header + category; });
}

}  // namespace

HeaderDrift compare_headers(const FingerprintPlan& fingerprint, const std::vector<HeaderCell>& cells, const std::set<std::string>& taken) {
    HeaderDrift drift;
    std::map<std::string, std::size_t> left;
    for (const std::string& folded : fingerprint.folded) ++left[folded];
    for (const HeaderCell& cell : cells) {
        if (alarm_in_label(cell.text) != Alarm::None) continue;
        const auto known = left.find(cell.folded);
        if (known != left.end() && known->second > 0) {
            --known->second;
            ++drift.kept;
        } else if (taken.count(cell.folded) == 0) {
            drift.fresh.push_back(cell.text);
        }
    }
    for (std::size_t i = 0; i < fingerprint.folded.size(); ++i) {
        const auto missing = left.find(fingerprint.folded[i]);
        if (missing == left.end() || missing->second == 0) continue;
        --missing->second;
        drift.gone.push_back(fingerprint.headers[i]);
    }
    if (drift.fresh.size() <= fingerprint.other) drift.fresh.clear();
    return drift;
}

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
    const Claimed claimed(sheet);
    HeaderMatch match;
    match.columns.resize(sheet.columns.size());
    std::vector<bool> taken(cells.size(), false);
    const auto take = [&](std::size_t c, std::size_t i) {
        match.columns[c] = cells[i].column;
        taken[i] = true;
        ++match.matched;
    };
    const auto find = [&](std::size_t c) {
        const ColumnPlan& column = sheet.columns[c];
        for (const std::string& header : column.folded) {
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const bool same = cells[i].folded == header && fits_category(column, cells[i], claimed) && fits_place(column, cells, i);
                if (taken[i] || cells[i].folded.empty() || (!same && !fits_joined(column, header, cells[i]))) continue;
                return take(c, i);
            }
        }
    };
    // Who says where its header stands goes first, so that the others get what is left.
    const auto is_choosy = [&](std::size_t c) { return !sheet.columns[c].categories.empty() || !sheet.columns[c].after.empty(); };
    for (std::size_t c = 0; c < sheet.columns.size(); ++c)
        if (is_choosy(c)) find(c);
    for (std::size_t c = 0; c < sheet.columns.size(); ++c)
        if (!is_choosy(c)) find(c);
    for (std::size_t c = 0; c < sheet.columns.size(); ++c) {
        if (match.columns[c] || !sheet.columns[c].trailing) continue;
        for (std::size_t i = cells.size(); i > 0 && !match.columns[c]; --i)
            if (!taken[i - 1] && contains(sheet.columns[c].folded, cells[i - 1].folded)) take(c, i - 1);
    }
    for (std::size_t c = 0; c < sheet.columns.size(); ++c)
        if (!match.columns[c] && sheet.columns[c].required) match.missing.push_back(c);
    for (const std::vector<std::size_t>& group : sheet.one_of)
        if (std::none_of(group.begin(), group.end(), [&](std::size_t c) { return match.columns[c].has_value(); }))
            match.missing.push_back(group.front());
    return match;
}

}  // namespace brugwacht
