// The year or the day that stands in the name of a sheet or file, or in a title: "Ledenlijst 2025-2026", "leden 15-10-2025".
// Where two of them could be meant there is none.
#include <algorithm>
#include <set>

#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/mapping/plan.hpp"

namespace brugwacht {
namespace {

constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2100;
constexpr std::size_t kLongest = 300;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Group {
    std::size_t start = 0;
    std::size_t end = 0;
    int number = 0;  // of at most four digits; 0 when longer
    std::size_t length() const { return end - start; }
    bool is_year() const { return length() == 4 && number >= kFirstYear && number <= kLastYear; }
};

std::vector<Group> groups_of(std::string_view text) {
    std::vector<Group> groups;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            ++i;
            continue;
        }
        Group group{i, i, 0};
        while (group.end < text.size() && is_digit(text[group.end])) ++group.end;
        if (group.length() <= 4)
            for (std::size_t at = group.start; at < group.end; ++at) group.number = group.number * 10 + (text[at] - '0');
        groups.push_back(group);
        i = group.end;
    }
    return groups;
}

// "2025-2026", "2025/26", "2025 - 2026", "2025–2026": nothing but one sign and blanks between the two.
bool joined(std::string_view text, const Group& left, const Group& right) {
    std::string between;
    for (const char c : text.substr(left.end, right.start - left.end))
        if (c != ' ') between += c;
    return between == "-" || between == "/" || between == "_" || between == "." || between == "\xE2\x80\x93" || between == "\xE2\x80\x94";
}

bool next_year(const Group& left, const Group& right) {
    if (!left.is_year()) return false;
    return (right.length() == 4 && right.number == left.number + 1) || (right.length() == 2 && right.number == (left.number + 1) % 100);
}

std::string_view without_rim(std::string_view word) {
    while (!word.empty() && !is_digit(word.front())) word.remove_prefix(1);
    while (!word.empty() && !is_digit(word.back())) word.remove_suffix(1);
    return word;
}

}  // namespace

std::optional<std::string> find_year(std::string_view text) {
    text = text.substr(0, kLongest);
    const std::vector<Group> groups = groups_of(text);
    std::set<int> pairs;
    std::set<int> alone;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const bool to_right = i + 1 < groups.size() && joined(text, groups[i], groups[i + 1]);
        const bool to_left = i > 0 && joined(text, groups[i - 1], groups[i]);
        const bool pair = to_right && next_year(groups[i], groups[i + 1]);
        const bool longer = (i > 0 && to_left) || (i + 2 < groups.size() && joined(text, groups[i + 1], groups[i + 2]));
        if (pair && !longer) pairs.insert(groups[i].number);
        if (groups[i].is_year() && !to_right && !to_left) alone.insert(groups[i].number);
    }
    const std::set<int>& years = pairs.empty() ? alone : pairs;
    return years.size() == 1 ? std::optional(std::to_string(*years.begin())) : std::nullopt;
}

std::optional<std::string> find_date(std::string_view text) {
    std::vector<std::string_view> words;
    text = text.substr(0, kLongest);
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" _()[],;:\t", start), text.size());
        if (end > start) words.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    std::set<std::string> days;
    const auto look = [&](std::string_view candidate) {
        bool has_year = false;
        for (const Group& group : groups_of(candidate)) has_year = has_year || group.is_year() || group.length() == 8;
        if (!has_year) return;
        const auto date = read_date(candidate, DateRules{});
        if (date && date->year() >= kFirstYear && date->year() <= kLastYear) days.insert(date->iso());
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        look(without_rim(words[i]));
        if (i + 2 >= words.size()) continue;  // "15 oktober 2025"
        const std::string_view day = without_rim(words[i]);
        const std::string_view year = without_rim(words[i + 2]);
        if (day.size() <= 2 && year.size() == 4) look(std::string(day) + " " + std::string(words[i + 1]) + " " + std::string(year));
    }
    return days.size() == 1 ? std::optional(*days.begin()) : std::nullopt;
}

std::string file_stem(const std::string& file_name) {
    const std::size_t slash = file_name.find_last_of("/\\");
    std::string stem = slash == std::string::npos ? file_name : file_name.substr(slash + 1);
    if (const std::size_t dot = stem.find('.'); dot != std::string::npos && dot > 0) stem.resize(dot);
    return stem;
}

std::string Mapping::digest_for(const std::string& file_name) const {
    std::string found;
    const std::string stem = file_stem(file_name);
    for (const SheetPlan& sheet : plan_->sheets)
        for (const ColumnPlan& column : sheet.columns) {
            if (std::find(column.from.begin(), column.from.end(), ContextFrom::File) == column.from.end()) continue;
            found += (column.find == ContextFind::Year ? find_year(stem) : find_date(stem)).value_or("") + '|';
        }
    if (found.find_first_not_of('|') == std::string::npos) return plan_->digest;
    return to_hex(sha256(plan_->digest + '\0' + found));
}

}  // namespace brugwacht
