#include "engine/mapping/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

#include "engine/core/text.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// At most nine digits; callers look at the length first.
int to_int(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

std::optional<Date> civil(int year, int month, int day) {
    if (year < kFirstYear || year > kLastYear) return std::nullopt;
    return Date::from_ymd(year, month, day);
}

int month_of(std::string_view word) {
    static const std::unordered_map<std::string, int> kMonths = [] {
        const std::vector<std::vector<std::string>> names{{"jan", "januari", "january", "janvier", "janv"},
                                                          {"feb", "febr", "februari", "february", "fev", "fevr", "fevrier"},
                                                          {"mrt", "maart", "mar", "march", "mars"},
                                                          {"apr", "april", "avr", "avril"},
                                                          {"mei", "may", "mai"},
                                                          {"jun", "juni", "june", "juin"},
                                                          {"jul", "juli", "july", "juil", "juillet"},
                                                          {"aug", "augustus", "august", "aout"},
                                                          {"sep", "sept", "september", "septembre"},
                                                          {"okt", "oktober", "oct", "october", "octobre"},
                                                          {"nov", "november", "novembre"},
                                                          {"dec", "december", "decembre"}};
        std::unordered_map<std::string, int> months;
        for (std::size_t i = 0; i < names.size(); ++i)
            for (const std::string& name : names[i]) months.emplace(name, static_cast<int>(i) + 1);
        return months;
    }();
    const auto found = kMonths.find(fold(word));
    return found == kMonths.end() ? 0 : found->second;
}

bool is_weekday(std::string_view word) {
    static const std::vector<std::string> kDays{
        "ma",      "di",        "wo",       "do",     "vr",       "za",       "zo",    "maandag",  "dinsdag", "woensdag", "donderdag",
        "vrijdag", "zaterdag",  "zondag",   "lundi",  "mardi",    "mercredi", "jeudi", "vendredi", "samedi",  "dimanche", "monday",
        "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",   "mon",   "tue",      "wed",     "thu",      "fri",
        "sat",     "sun",       "lun",      "mer",    "jeu",      "ven",      "sam",   "dim"};
    const std::string folded = fold(word);
    return std::find(kDays.begin(), kDays.end(), folded) != kDays.end();
}

// "1st", "2nd", "1er", "3e", "1ste": what follows the figure of a day.
bool is_ordinal(std::string_view word) {
    static const std::vector<std::string> kEndings{"st", "nd", "rd", "th", "er", "e", "eme", "ste", "de"};
    return word.size() <= 5 && std::find(kEndings.begin(), kEndings.end(), fold(word)) != kEndings.end();
}

// "1 september 2025 om 10u30": where the hour ends and its u or h stands, or npos.
std::size_t hour_mark(std::string_view text) {
    std::size_t at = text.size();
    while (at > 0 && is_digit(text[at - 1])) --at;
    if (at < 2 || text.size() - at > 2 || std::string_view("uUhH").find(text[at - 1]) == std::string_view::npos)
        return std::string_view::npos;
    return is_digit(text[at - 2]) ? at - 1 : std::string_view::npos;
}

// "01/09/2025 10:30", "01/09/2025 10u30" and "2025-09-01T10:30:00+02:00" without their time.
std::string_view without_time(std::string_view text) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) colon = hour_mark(text);
    if (colon == std::string_view::npos) return text;
    std::size_t start = colon;
    while (start > 0 && is_digit(text[start - 1])) --start;
    if (start == colon || colon - start > 2 || start == 0) return text;
    std::string_view date = text.substr(0, start);
    if (date.ends_with('T') || date.ends_with('t') || date.ends_with(' ') || date.ends_with(',')) date.remove_suffix(1);
    date = trim(date);
    if (date.ends_with(" om")) date.remove_suffix(3);
    return trim(date);
}

struct Parts {
    std::array<std::string_view, 3> item;
    std::size_t count = 0;
    bool too_many = false;
};

// Runs of digits or letters; weekdays, also in brackets, and the letters of 1ste and 1er are left out. Anything but blanks and
// . , / - ' ( ) between them spoils the date.
Parts parts_of(std::string_view text) {
    Parts parts;
    std::size_t i = 0;
    while (i < text.size()) {
        const char c = text[i];
        std::size_t end = i;
        if (is_digit(c)) {
            while (end < text.size() && is_digit(text[end])) ++end;
        } else if (is_letter(c)) {
            while (end < text.size() && is_letter(text[end])) ++end;
        } else if (c == ' ' || c == '.' || c == ',' || c == '/' || c == '-' || c == '\'' || c == '(' || c == ')') {
            ++i;
            continue;
        } else {
            parts.too_many = true;
            return parts;
        }
        const std::string_view run = text.substr(i, end - i);
        const bool sticks = i > 0 && is_digit(text[i - 1]) && parts.count > 0 && parts.item[parts.count - 1].size() <= 2;
        i = end;
        if (is_letter(c) && (is_weekday(run) || (sticks && is_ordinal(run)))) continue;
        if (parts.count == 3) {
            parts.too_many = true;
            return parts;
        }
        parts.item[parts.count++] = run;
    }
    return parts;
}

int full_year(std::string_view digits, int two_digit_years_to) {
    if (digits.size() == 4) return to_int(digits);
    if (digits.size() != 2) return 0;
    const int year = to_int(digits);
    const int century = two_digit_years_to / 100 * 100;
    return century + year > two_digit_years_to ? century - 100 + year : century + year;
}

std::optional<Date> named_month(const Parts& parts, const DateRules& rules) {
    for (std::size_t at = 0; at < 3; ++at) {
        if (is_digit(parts.item[at][0])) continue;
        const int month = month_of(parts.item[at]);
        const std::string_view first = parts.item[at == 0 ? 1 : 0];
        const std::string_view second = parts.item[at == 2 ? 1 : 2];
        if (month == 0 || !all_digits(first) || !all_digits(second)) return std::nullopt;
        if (first.size() == 4) return civil(to_int(first), month, second.size() <= 2 ? to_int(second) : 0);
        return civil(full_year(second, rules.two_digit_years_to), month, first.size() <= 2 ? to_int(first) : 0);
    }
    return std::nullopt;
}

std::optional<Date> three_parts(const Parts& parts, const DateRules& rules) {
    if (!all_digits(parts.item[0]) || !all_digits(parts.item[1]) || !all_digits(parts.item[2])) return named_month(parts, rules);
    const auto [a, b, c] = parts.item;
    if (a.size() == 4) return b.size() <= 2 && c.size() <= 2 ? civil(to_int(a), to_int(b), to_int(c)) : std::nullopt;
    if (a.size() > 2 || b.size() > 2) return std::nullopt;
    const int year = full_year(c, rules.two_digit_years_to);
    for (const DateOrder order : rules.orders) {
        std::optional<Date> date;
        if (order == DateOrder::DayFirst) date = civil(year, to_int(b), to_int(a));
        if (order == DateOrder::MonthFirst) date = civil(year, to_int(a), to_int(b));
        if (date) return date;
    }
    return std::nullopt;
}

std::optional<Date> compact_date(std::string_view digits) {
    return civil(to_int(digits.substr(0, 4)), to_int(digits.substr(4, 2)), to_int(digits.substr(6, 2)));
}

}  // namespace

const std::vector<std::string>& date_patterns() {
    static const std::vector<std::string> kPatterns{"dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "excel"};
    return kPatterns;
}

std::optional<DateOrder> date_order(std::string_view pattern) {
    std::string letters;
    for (const char c : fold(pattern))
        if (letters.empty() || letters.back() != c) letters.push_back(c);
    const std::string plain = fold(pattern);
    const auto counted = [&](char c, std::ptrdiff_t least, std::ptrdiff_t most) {
        const auto n = std::count(plain.begin(), plain.end(), c);
        return n >= least && n <= most;
    };
    if (!counted('d', 2, 2) || !counted('m', 2, 2) || !(counted('y', 4, 4) || counted('y', 2, 2))) return std::nullopt;
    if (letters == "dmy") return DateOrder::DayFirst;
    if (letters == "mdy") return DateOrder::MonthFirst;
    if (letters == "ymd" && counted('y', 4, 4)) return DateOrder::YearFirst;
    return std::nullopt;
}

bool read_plain_date(std::string_view text, const DateRules& rules, std::string& out) {
    if (text.size() != 10) return false;
    const bool iso = text[4] == '-' && text[7] == '-';
    const bool day_first = !iso && text[2] == text[5] && (text[2] == '/' || text[2] == '-') && !rules.orders.empty() &&
                           rules.orders.front() == DateOrder::DayFirst;
    if (!iso && !day_first) return false;
    const std::string_view year = text.substr(iso ? 0 : 6, 4);
    const std::string_view month = text.substr(iso ? 5 : 3, 2);
    const std::string_view day = text.substr(iso ? 8 : 0, 2);
    if (!all_digits(year) || !all_digits(month) || !all_digits(day)) return false;
    const int y = to_int(year);
    const int m = to_int(month);
    const int d = to_int(day);
    if (y < kFirstYear || y > kLastYear || m < 1 || m > 12 || d < 1 || d > days_in_month(y, m)) return false;
    if (iso) {
        out.assign(text);
    } else {
        out.assign(year).append(1, '-').append(month).append(1, '-').append(day);
    }
    return true;
}

std::optional<Date> read_date(std::string_view text, const DateRules& rules) {
    text = trim(text);
    if (text.size() == 10 && text[4] == '-') {
        if (const auto iso = Date::parse_iso(text)) return iso->year() >= kFirstYear && iso->year() <= kLastYear ? iso : std::nullopt;
    }
    const std::string_view date = without_time(text);
    if (date.size() > 40) return std::nullopt;
    const Parts parts = parts_of(date);
    if (parts.too_many) return std::nullopt;
    if (parts.count == 3) return three_parts(parts, rules);
    if (parts.count != 1 || parts.item[0] != date || !all_digits(date)) return std::nullopt;
    if (date.size() == 8) return compact_date(date);
    if (rules.excel_serial && date.size() == 5 && to_int(date) > 60 && to_int(date) < 73415) return Date::from_days(to_int(date) - 25569);
    return std::nullopt;
}

DateOutline date_outline(std::string_view text) {
    text = trim(text);
    // The commonest shapes by their outline alone; what is no date of that shape takes the long way.
    if (text.size() == 10 && (text[2] == '/' || text[2] == '-') && text[5] == text[2] && all_digits(text.substr(0, 2)) &&
        all_digits(text.substr(3, 2)) && all_digits(text.substr(6))) {
        const int first = to_int(text.substr(0, 2));
        const int second = to_int(text.substr(3, 2));
        const int year = to_int(text.substr(6));
        if (year >= kFirstYear && year <= kLastYear && first >= 1 && second >= 1 && first <= 28 && second <= 28 &&
            std::min(first, second) <= 12)
            return {first == second ? DateSign::Same
                    : first > 12    ? DateSign::DayFirst
                    : second > 12   ? DateSign::MonthFirst
                                    : DateSign::Open,
                    false};
    }
    const std::string_view date = without_time(text);
    if (date.size() > 40) return {};
    const Parts parts = parts_of(date);
    const auto sure = [](bool is_date) { return DateOutline{is_date ? DateSign::Certain : DateSign::None, false}; };
    if (parts.too_many) return {};
    if (parts.count == 1) return sure(parts.item[0] == date && all_digits(date) && date.size() == 8 && compact_date(date));
    if (parts.count != 3) return {};
    const auto [a, b, c] = parts.item;
    if (!all_digits(a) || !all_digits(b) || !all_digits(c)) {
        const bool short_year = all_digits(c) && c.size() == 2 && !(all_digits(a) && a.size() == 4);
        return {named_month(parts, DateRules{}) ? DateSign::Certain : DateSign::None, short_year};
    }
    if (a.size() == 4) return sure(b.size() <= 2 && c.size() <= 2 && civil(to_int(a), to_int(b), to_int(c)));
    if (a.size() > 2 || b.size() > 2 || (c.size() != 2 && c.size() != 4)) return {};
    const int year = full_year(c, DateRules{}.two_digit_years_to);
    const bool short_year = c.size() == 2;
    const int first = to_int(a);
    const int second = to_int(b);
    const bool day_first = civil(year, second, first).has_value();
    const bool month_first = civil(year, first, second).has_value();
    if (day_first && month_first) return {first == second ? DateSign::Same : DateSign::Open, short_year};
    if (day_first) return {DateSign::DayFirst, short_year};
    if (month_first) return {DateSign::MonthFirst, short_year};
    return {};
}

std::optional<std::string> read_partial_date(std::string_view text, const DateRules& rules) {
    text = trim(text);
    if (const auto date = read_date(text, rules)) return date->iso();
    if (text.size() > 40) return std::nullopt;
    const Parts parts = parts_of(text);
    if (parts.too_many || parts.count == 0 || parts.count > 2) return std::nullopt;
    const auto plausible = [](int year) { return year >= kFirstYear && year <= kLastYear; };
    if (parts.count == 1) {
        const bool year_only = parts.item[0].size() == 4 && all_digits(parts.item[0]) && plausible(to_int(parts.item[0]));
        return year_only ? std::optional(std::string(parts.item[0])) : std::nullopt;
    }
    std::string_view year = parts.item[0];
    std::string_view month = parts.item[1];
    if (!all_digits(year) || year.size() != 4) std::swap(year, month);
    if (!all_digits(year) || year.size() != 4 || !plausible(to_int(year))) return std::nullopt;
    const int number = all_digits(month) && month.size() <= 2 ? to_int(month) : is_digit(month[0]) ? 0 : month_of(month);
    if (number < 1 || number > 12) return std::nullopt;
    return std::string(year) + (number < 10 ? "-0" : "-") + std::to_string(number);
}

std::optional<int> read_year(std::string_view text) {
    text = trim(text);
    if ((text.size() == 4 || (text.size() == 9 && text[4] == '-')) && all_digits(text.substr(0, 4))) {
        const int year = to_int(text.substr(0, 4));
        if (year >= kFirstYear && year <= kLastYear) return year;
    }
    std::vector<std::string_view> groups;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_digit(text[end])) ++end;
        groups.push_back(text.substr(i, end - i));
        i = end;
    }
    for (const std::string_view group : groups)
        if (group.size() == 4 && to_int(group) >= kFirstYear && to_int(group) <= kLastYear) return to_int(group);
    const bool short_pair =
        groups.size() == 2 && groups[0].size() == 2 && groups[1].size() == 2 && (to_int(groups[0]) + 1) % 100 == to_int(groups[1]);
    return short_pair ? std::optional(2000 + to_int(groups[0])) : std::nullopt;
}

std::optional<std::string> read_decimal(std::string_view text, char mark) {
    text = trim(text);
    for (const std::string_view unit : {"%", "\xE2\x82\xAC"})
        if (text.ends_with(unit)) text = trim(text.substr(0, text.size() - unit.size()));
    const char group = mark == ',' ? '.' : ',';
    std::string whole;
    std::string fraction;
    bool negative = false;
    bool after_mark = false;
    int since_group = -1;  // digits since the last thousands separator
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c)) {
            (after_mark ? fraction : whole).push_back(c);
            if (since_group >= 0) ++since_group;
        } else if ((c == '-' || c == '+') && i == 0) {
            negative = c == '-';
        } else if (c == mark && !after_mark && (since_group < 0 || since_group == 3)) {
            after_mark = true;
            since_group = -1;
        } else if ((c == group || c == ' ') && !after_mark && !whole.empty() && whole[0] != '0' &&
                   (since_group < 0 ? whole.size() <= 3 : since_group == 3)) {
            since_group = 0;
        } else {
            return std::nullopt;
        }
    }
    if (whole.empty() || whole.size() > 15 || fraction.size() > 15 || (after_mark && fraction.empty())) return std::nullopt;
    if (since_group >= 0 && since_group != 3) return std::nullopt;
    while (whole.size() > 1 && whole[0] == '0') whole.erase(0, 1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    std::string out = whole + (fraction.empty() ? "" : "." + fraction);
    return negative && out != "0" ? "-" + out : out;
}

NumberSign number_sign(std::string_view text) {
    text = trim(text);
    for (const std::string_view unit : {"%", "\xE2\x82\xAC"})
        if (text.ends_with(unit)) text = trim(text.substr(0, text.size() - unit.size()));
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    if (text.empty() || text.size() > 40 || text.find_first_not_of("0123456789., ") != std::string_view::npos) return NumberSign::None;
    // Whichever reading is possible; both, and nothing is proven.
    const bool comma = read_decimal(text, ',').has_value();
    const bool point = read_decimal(text, '.').has_value();
    if (text.find_first_of(".,") == std::string_view::npos || (!comma && !point)) return NumberSign::None;
    if (comma && point) return NumberSign::Open;
    return comma ? NumberSign::Comma : NumberSign::Point;
}

bool is_error_text(std::string_view text) {
    static constexpr std::array<std::string_view, 23> kErrors{"#N/A",    "#REF!",   "#DIV/0!",  "#VALUE!",  "#NAME?",       "#NULL!",
                                                              "#NUM!",   "#N/B",    "#VERW!",   "#DEEL/0!", "#WAARDE!",     "#NAAM?",
                                                              "#LEEG!",  "#GETAL!", "#VALEUR!", "#NOM?",    "#NOMBRE!",     "#NUL!",
                                                              "#SPILL!", "#CALC!",  "#BUSY!",   "#FIELD!",  "#GETTING_DATA"};
    if (text.size() < 3 || text.front() != '#') return false;
    if (text.find_first_not_of('#') == std::string_view::npos) return true;
    return std::find(kErrors.begin(), kErrors.end(), text) != kErrors.end();
}

bool is_damaged_number(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at != 1) return false;
    if (at < text.size() && (text[at] == ',' || text[at] == '.')) {
        const std::size_t start = ++at;
        while (at < text.size() && is_digit(text[at])) ++at;
        if (at == start) return false;
    }
    if (at + 3 > text.size() || (text[at] != 'E' && text[at] != 'e') || text[at + 1] != '+') return false;
    const std::string_view power = text.substr(at + 2);
    return all_digits(power) && power.size() <= 3;
}

std::optional<std::string> read_integer(std::string_view text) {
    if (all_digits(text) && text.size() <= 12 && (text[0] != '0' || text.size() == 1)) return std::string(text);
    auto number = read_decimal(text, '.');
    if (!number || number->find('.') != std::string::npos) number = read_decimal(text, ',');
    if (!number || number->find('.') != std::string::npos || number->size() > 13) return std::nullopt;
    return number;
}

std::optional<bool> read_boolean(std::string_view text) {
    static const std::unordered_map<std::string, bool> kWords{
        {"ja", true},    {"j", true},    {"yes", true},   {"y", true},       {"oui", true},         {"o", true},       {"x", true},
        {"1", true},     {"waar", true}, {"true", true},  {"vrai", true},    {"ok", true},          {"wel", true},     {"nee", false},
        {"neen", false}, {"n", false},   {"no", false},   {"non", false},    {"0", false},          {"onwaar", false}, {"false", false},
        {"faux", false}, {"nok", false}, {"niet", false}, {"betaald", true}, {"nietbetaald", false}};
    text = trim(text);
    for (const std::string_view mark : {"\xE2\x9C\x93", "\xE2\x9C\x94"})
        if (text == mark) return true;
    if (text == "-") return false;
    const std::string_view ticked = "\xE2\x98\x91";
    const std::string_view unticked = "\xE2\x98\x90";
    if (text.starts_with(ticked) || text.starts_with(unticked)) {
        // One tick box, perhaps with a label. Ticking "nee" is a no; not ticking it says nothing.
        const std::string_view label = text.substr(ticked.size());
        if (label.find(ticked) != std::string_view::npos || label.find(unticked) != std::string_view::npos) return std::nullopt;
        const auto word = kWords.find(fold(label));
        const bool says_no = word != kWords.end() && !word->second;
        if (text.starts_with(ticked)) return !says_no;
        return says_no ? std::nullopt : std::optional(false);
    }
    const auto found = kWords.find(fold(text));
    if (found != kWords.end()) return found->second;
    if (const std::string folded = fold(text); folded.starts_with("inputtypecheckbox")) return folded.find("checked") != std::string::npos;
    return std::nullopt;
}

std::optional<std::int64_t> read_minutes(std::string_view text, int bare_minutes) {
    text = trim(text);
    double value = 0;
    std::size_t i = 0;
    const auto number = [&](double& out) {
        const std::size_t start = i;
        std::string digits;
        while (i < text.size() && (is_digit(text[i]) || text[i] == ',' || text[i] == '.')) {
            digits.push_back(text[i] == ',' ? '.' : text[i]);
            ++i;
        }
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return i > start && error == std::errc() && end == digits.data() + digits.size();
    };
    const auto unit = [&] {
        while (i < text.size() && text[i] == ' ') ++i;
        const std::size_t start = i;
        while (i < text.size() && (is_letter(text[i]) || text[i] == ':' || text[i] == '\'')) ++i;
        const std::string_view word = text.substr(start, i - start);
        while (i < text.size() && text[i] == ' ') ++i;
        return word == ":" ? std::string(":") : fold(word);
    };
    const auto is_hour = [](const std::string& word) {
        return word == ":" || word == "u" || word == "uur" || word == "h" || word == "uren" || word == "heure" || word == "heures" ||
               word == "hour" || word == "hours";
    };
    const auto is_minute = [](const std::string& word) {
        return word == "min" || word == "m" || word == "minuten" || word == "minutes" || word == "minuut";
    };
    if (!number(value)) return std::nullopt;
    const std::string first = unit();
    double minutes = 0;
    if (is_hour(first)) {
        minutes = value * 60;
        if (i < text.size()) {
            double more = 0;
            if (!number(more) || more >= 60) return std::nullopt;
            if (const std::string second = unit(); !second.empty() && !is_minute(second) && second != ":") return std::nullopt;
            minutes += more;
            double seconds = 0;
            if (i < text.size() && (!number(seconds) || seconds >= 60)) return std::nullopt;
        } else if (first == ":") {
            return std::nullopt;
        }
    } else if (first.empty() || is_minute(first)) {
        minutes = value * (first.empty() ? bare_minutes : 1);
    } else {
        return std::nullopt;
    }
    if (i < text.size() || minutes < 0 || minutes > 100'000) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(minutes));
}

std::optional<std::string> read_postcode(std::string_view text) {
    text = trim(text);
    if (text.starts_with("B-") || text.starts_with("b-")) text.remove_prefix(2);
    const std::size_t digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    if (digits == 4 && (text.size() == 4 || text[4] == ' ')) {
        const int code = to_int(text.substr(0, 4));
        const bool letters_follow = text.size() == 7 && is_letter(text[5]) && is_letter(text[6]);  // 1234 AB of the Netherlands
        if (code >= 1000 && code <= 9992 && !letters_follow) return std::string(text.substr(0, 4));
    }
    const bool foreign = text.size() <= 10 && digits != text.size() && std::any_of(text.begin(), text.end(), is_digit);
    const bool five = digits == 5 && text.size() == 5;
    return foreign || five ? std::optional(std::string(text)) : std::nullopt;
}

std::optional<std::string> read_email(std::string_view text) {
    text = trim(text);
    const std::size_t open = text.rfind('<');
    const std::size_t close = text.rfind('>');
    if (open != std::string_view::npos && close != std::string_view::npos && close > open)
        text = trim(text.substr(open + 1, close - open - 1));
    if (text.starts_with("mailto:")) text.remove_prefix(7);
    if (text.size() < 6 || text.size() > 254 || text.find_first_of(" ,;<>()\t\n") != std::string_view::npos ||
        std::count(text.begin(), text.end(), '@') != 1 || !has_email(text))
        return std::nullopt;
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

}  // namespace brugwacht
