#include "engine/mapping/column_facts.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/text.hpp"
#include "engine/mapping/values.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kMostWords = 40;
constexpr std::size_t kLongestWord = 80;  // of a code list
constexpr std::size_t kFreeTextWords = 7;
constexpr std::size_t kFreeTextLength = 80;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t words_in(std::string_view text) {
    std::size_t words = 0;
    bool inside = false;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        words += !blank && !inside ? 1 : 0;
        inside = !blank;
    }
    return words;
}

// Day and month of dd/mm/yyyy or mm/dd/yyyy with any separator, when it is one of the two.
bool day_and_month(std::string_view text, int& first, int& second) {
    std::size_t i = 0;
    const auto number = [&](int& out, std::size_t most) {
        const std::size_t start = i;
        out = 0;
        while (i < text.size() && is_digit(text[i]) && i - start < most) out = out * 10 + (text[i++] - '0');
        return i > start;
    };
    const auto separator = [&] {
        const bool found = i < text.size() && (text[i] == '/' || text[i] == '-' || text[i] == '.' || text[i] == ' ');
        ++i;
        return found;
    };
    int year = 0;
    if (!number(first, 2) || !separator() || !number(second, 2) || !separator() || !number(year, 4)) return false;
    return first >= 1 && second >= 1 && first <= 31 && second <= 31;
}

}  // namespace

void ColumnFacts::add_text(std::string_view text) {
    ++texts_;
    const bool digits = std::any_of(text.begin(), text.end(), is_digit);
    const std::size_t words = words_in(text);
    if (words >= kFreeTextWords || text.size() > kFreeTextLength) ++long_;
    if (words <= 3 && text.size() <= 40) ++short_;
    if (!digits && words <= 5 && text.size() <= 60) {
        ++names_;
        if (words >= 2) ++several_words_;
        const std::size_t comma = text.find(',');
        if (comma != std::string_view::npos && comma > 0 && comma + 1 < text.size()) ++with_comma_;
    }
    if (has_email(text)) ++emails_;
    if (read_boolean(text)) ++booleans_;
    if (!digits) return;
    static const DateRules kEither{{DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst}, 2039, false};
    if (read_date(text, kEither)) {
        ++dates_;
        int first = 0;
        int second = 0;
        if (day_and_month(text, first, second)) {
            ++text_dates_;
            first_over_12_ += first > 12 ? 1 : 0;
            second_over_12_ += second > 12 ? 1 : 0;
        }
    }
    if (read_partial_date(text, kEither)) ++partial_dates_;
    if (read_integer(text)) ++integers_;
    if (read_year(text)) ++years_;
    if (read_minutes(text, 1)) ++minutes_;
    if (read_postcode(text)) ++postcodes_;
    if (has_phone(text)) ++phones_;
    if (is_digit(text.front()) && text.size() <= 8) ++house_numbers_;
    if (has_national_number(text)) ++national_;
    if (has_uitpas_number(text)) ++uitpas_;
}

void ColumnFacts::add(const SampleCell& cell) {
    std::string word;
    switch (cell.kind) {
        case CellKind::Empty:
            return;
        case CellKind::Text: {
            const std::string_view text = trim(cell.text);
            if (text.empty()) return;
            ++filled_;
            if (cell.cut) {
                ++texts_;
                ++long_;
                return;
            }
            add_text(text);
            word = text;
            break;
        }
        case CellKind::Number: {
            ++filled_;
            const bool whole = cell.number == std::floor(cell.number) && std::abs(cell.number) < 1e15;
            word = whole ? std::to_string(static_cast<std::int64_t>(cell.number)) : std::to_string(cell.number);
            ++minutes_;
            if (!whole) break;
            ++integers_;
            ++short_;
            if (cell.number == 0 || cell.number == 1) ++booleans_;
            if (cell.number >= 1900 && cell.number <= 2100) {
                ++years_;
                ++partial_dates_;
            }
            if (cell.number >= 1000 && cell.number <= 9992) ++postcodes_;
            if (cell.number > 0 && cell.number < 10'000) ++house_numbers_;
            if ((cell.number >= 4e8 && cell.number < 5e8) || (cell.number >= 3.2e9 && cell.number < 3.3e10)) ++phones_;
            if (cell.number >= 1e8 && cell.number < 1e11 && is_national_number(static_cast<std::uint64_t>(cell.number))) ++national_;
            break;
        }
        case CellKind::Boolean:
            ++filled_;
            ++booleans_;
            word = cell.number != 0 ? "true" : "false";
            break;
        case CellKind::DateTime:
            ++filled_;
            ++dates_;
            ++partial_dates_;
            word = std::to_string(cell.number);
            break;
        case CellKind::Time:
            ++filled_;
            ++minutes_;
            word = std::to_string(cell.number);
            break;
        case CellKind::Error:
            ++errors_;
            return;
    }
    const bool fresh = different_.insert(std::hash<std::string>()(word)).second;
    if (word.size() > kLongestWord) return;
    if (fresh && words_.size() < kMostWords) {
        words_.emplace_back(word, 1);
    } else {
        const auto known = std::find_if(words_.begin(), words_.end(), [&](const auto& entry) { return entry.first == word; });
        if (known != words_.end()) ++known->second;
    }
}

double ColumnFacts::share_in_list(const std::string& list, const CodeLists& lists) const {
    std::size_t known = 0;
    std::size_t all = 0;
    for (const auto& [word, count] : words_) {
        all += count;
        // Several codes in one cell: the first one tells.
        const std::string first = word.substr(0, word.find_first_of("|,;/"));
        if (lists.match(list, word) != nullptr || lists.match(list, first) != nullptr) known += count;
    }
    return all == 0 ? 0 : static_cast<double>(known) / static_cast<double>(all);
}

std::string ColumnFacts::forbidden() const {
    if (filled_ == 0) return {};
    if (share(national_) >= 0.3) return "national_number";
    if (share(uitpas_) >= 0.3) return "uitpas";
    if (share(long_) >= 0.3) return "free_text";
    return {};
}

std::string ColumnFacts::date_order() const {
    if (text_dates_ == 0 || share(dates_) < 0.5) return {};
    if (first_over_12_ > 0 && second_over_12_ == 0) return "dd/mm/yyyy";
    if (second_over_12_ > 0 && first_over_12_ == 0) return "mm/dd/yyyy";
    return first_over_12_ == 0 ? "?" : "dd/mm/yyyy";
}

ColumnFacts::Fit ColumnFacts::fit(const std::string& expect, const CodeLists& lists) const {
    if (filled_ == 0 || expect == "any" || expect.empty()) return Fit::Neutral;
    const auto judge = [](double share, double enough, double too_few) {
        return share >= enough ? Fit::Agrees : share <= too_few ? Fit::Contradicts : Fit::Neutral;
    };
    if (expect == "date") return judge(share(dates_), 0.7, 0.3);
    if (expect == "birth_date") return judge(share(partial_dates_), 0.7, 0.3);
    if (expect == "phone") return judge(share(phones_), 0.6, 0.2);
    if (expect == "email") return judge(share(emails_), 0.7, 0.3);
    if (expect == "postcode") return judge(share(postcodes_), 0.7, 0.3);
    if (expect == "number") return judge(share(integers_), 0.8, 0.3);
    if (expect == "minutes") return judge(share(minutes_), 0.8, 0.3);
    if (expect == "year") return judge(share(years_), 0.7, 0.3);
    if (expect == "boolean") return judge(share(booleans_), 0.8, 0.3);
    if (expect == "house_number") return judge(share(house_numbers_), 0.7, 0.3);
    if (expect == "name" || expect == "guardian_name") return judge(share(names_), 0.8, 0.4);
    if (expect == "full_name") return several_words() || with_comma() ? Fit::Agrees : judge(share(names_), 1.1, 0.4);
    if (expect == "id") {
        if (share(dates_) > 0.5 || share(long_) > 0.3 || share(emails_) > 0.5) return Fit::Contradicts;
        return judge(share(different_.size()), 0.95, -1);
    }
    if (expect == "text" || expect == "label")
        return share(long_) > 0.3 || share(dates_) > 0.5 ? Fit::Contradicts : judge(share(texts_), 0.8, 0.1);
    if (expect == "code") return judge(share(short_), 0.8, 0.3);
    if (expect.starts_with("list:")) {
        const std::string name = expect.substr(5);
        const CodeList* list = lists.find(name);
        const double known = share_in_list(name, lists);
        if (known >= 0.6) return Fit::Agrees;
        const bool closed = list == nullptr || !list->open;
        if (closed) return known <= 0.2 ? Fit::Contradicts : Fit::Neutral;
        return share(short_) < 0.5 || share(dates_) > 0.5 ? Fit::Contradicts : Fit::Neutral;
    }
    return Fit::Neutral;
}

}  // namespace brugwacht
