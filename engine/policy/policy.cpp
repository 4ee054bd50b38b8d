#include "engine/policy/policy.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alnum(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::size_t ascii_digits(std::string_view text) { return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit)); }
bool all_ascii(std::string_view text) { return std::all_of(text.begin(), text.end(), is_ascii); }

// One character of the text: its code point and how many bytes it takes; a stray byte counts as itself.
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (length == 1 || at + length > text.size()) return {first, 1};
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0u) != 0x80u) return {first, 1};  // a stray byte must not swallow the digits behind it
    char32_t point = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(at + i) & 0x3Fu);
    return {point, length};
}

// Digits people and programs really produce: ASCII, full width, those of other living scripts, mathematical, raised and lowered.
std::optional<char> digit_of(char32_t point) {
    static constexpr std::array<char32_t, 22> kZeros{0xFF10, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                                                     0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20,
                                                     0x1040, 0x17E0, 0x1810, 0x19D0, 0x2080, 0x1946};
    if (point >= '0' && point <= '9') return static_cast<char>(point);
    if (point < 0xB2) return std::nullopt;
    for (const char32_t zero : kZeros)
        if (point >= zero && point <= zero + 9) return static_cast<char>('0' + (point - zero));
    if (point >= 0x1D7CE && point <= 0x1D7FF) return static_cast<char>('0' + (point - 0x1D7CE) % 10);
    if (point == 0xB2 || point == 0xB3) return static_cast<char>('0' + (point - 0xB0));
    if (point == 0xB9) return '1';
    if (point == 0x2070 || (point >= 0x2074 && point <= 0x2079)) return static_cast<char>('0' + (point - 0x2070));
    return std::nullopt;
}

bool is_blank(char32_t point) {
    return point == ' ' || (point >= 0x09 && point <= 0x0D) || point == 0xA0 || (point >= 0x2000 && point <= 0x200B) || point == 0x202F ||
           point == 0x205F || point == 0x2060 || point == 0x3000 || point == 0xFEFF;
}

bool is_separator(char32_t point) {
    if (point < 0x80) {
        const char c = static_cast<char>(point);
        return !is_alnum(c) && c != '@';
    }
    return point == 0xA0 || point == 0xAD || point == 0xB7 || (point >= 0x2000 && point <= 0x206F) || point == 0x2212 ||
           (point >= 0xFF0C && point <= 0xFF0F) || point == 0x3000 || point == 0xFEFF;
}

// A run of digit groups with at most three separators between them, such as "85.07.30-033 28"; blanks in a row count as one.
struct Chain {
    struct Group {
        std::size_t start = 0;  // in digits
        std::size_t length = 0;
        bool after_blanks = true;  // nothing but blanks stands before it, since the group before
    };
    std::string digits;
    std::vector<Group> groups;
    char before = ' ';  // the character before the first digit: '+', a letter ('a'), or ' '
};

std::vector<Chain> chains_of(std::string_view text) {
    constexpr int kMostSeparators = 3;
    std::vector<Chain> chains;
    bool open = false;  // the last chain may still grow
    bool in_group = false;
    int separators = 0;
    bool blank = false;  // the character before is one
    bool only_blanks = true;
    char before = ' ';
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, length] = decode(text, at);
        at += length;
        if (in_group || !is_blank(point)) {
            blank = is_blank(point);
        } else if (std::exchange(blank, true)) {
            continue;
        }
        if (const auto digit = digit_of(point)) {
            if (!open) {
                chains.push_back({});
                chains.back().before = before;
                open = true;
                in_group = false;
            }
            Chain& chain = chains.back();
            if (!in_group) chain.groups.push_back({chain.digits.size(), 0, only_blanks});
            only_blanks = true;
            chain.digits.push_back(*digit);
            ++chain.groups.back().length;
            in_group = true;
            separators = 0;
            continue;
        }
        in_group = false;
        only_blanks = only_blanks && is_blank(point);
        if (!is_separator(point) || ++separators > kMostSeparators || point == '+') open = false;
        before = point == '+' ? '+' : is_separator(point) ? (separators > 1 && before == '+' ? '+' : ' ') : 'a';
        if (!open) separators = 0;
    }
    return chains;
}

int number_of(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

bool plausible_date(std::string_view digits) {
    static constexpr std::array<int, 13> kDays{31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = number_of(digits.substr(2, 2));
    const int day = number_of(digits.substr(4, 2));
    if (month >= 40) {
        month -= 40;
    } else if (month >= 20) {
        month -= 20;
    }
    return month <= 12 && day <= kDays[static_cast<std::size_t>(month)];
}

bool is_national_digits(std::string_view digits) {
    if (!plausible_date(digits)) return false;
    const std::int64_t nine = number_of(digits.substr(0, 9));
    const int check = number_of(digits.substr(9, 2));
    return check == 97 - nine % 97 || check == 97 - (2'000'000'000 + nine) % 97;
}

// Lengths of account numbers seen here; of other countries the whole run is taken.
struct IbanLength {
    std::string_view country;
    std::size_t length;
};
constexpr std::array<IbanLength, 20> kIbanLengths{{{"BE", 16}, {"NL", 18}, {"FR", 27}, {"DE", 22}, {"LU", 20}, {"GB", 22}, {"ES", 24},
                                                   {"IT", 27}, {"PT", 25}, {"TR", 26}, {"PL", 28}, {"RO", 24}, {"BG", 22}, {"IE", 22},
                                                   {"AT", 20}, {"CH", 21}, {"DK", 18}, {"SE", 24}, {"GR", 27}, {"MA", 28}}};

bool iban_check(std::string_view iban) {
    int rest = 0;
    const auto add = [&rest](char c) {
        if (is_digit(c)) {
            rest = (rest * 10 + (c - '0')) % 97;
        } else {
            rest = (rest * 100 + (c - 'A' + 10)) % 97;
        }
    };
    for (const char c : iban.substr(4)) add(c);
    for (const char c : iban.substr(0, 4)) add(c);
    return rest == 1;
}

bool iban_at(std::string_view text, std::size_t at) {
    std::string run;
    for (std::size_t i = at; i < text.size() && run.size() < 34; ++i) {
        const char c = text[i];
        if (c == ' ' || c == '-' || c == '.') continue;
        if (!is_alnum(c)) break;
        run.push_back(is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c);
    }
    if (run.size() < 15 || !is_upper(run[0]) || !is_upper(run[1]) || !is_digit(run[2]) || !is_digit(run[3])) return false;
    for (const IbanLength& known : kIbanLengths) {
        if (run.starts_with(known.country)) return run.size() >= known.length && iban_check(std::string_view(run).substr(0, known.length));
    }
    return iban_check(run);
}

bool is_phone_chain(const Chain& chain) {
    const std::string_view digits = chain.digits;
    if (chain.before == 'a') return false;
    if (chain.before == '+') return digits.size() >= 8 && digits.size() <= 15;
    if (digits.size() == 9 && digits[0] == '4' && digits[1] >= '5') return true;
    if (digits.size() < 9 || digits.size() > 16 || digits[0] != '0') return false;
    return digits[1] != '0' || digits[2] != '0';
}

bool date_parts(int a, int b, int c, std::size_t last_length) {
    const auto day_and_month = [](int x, int y) {
        return (x >= 1 && x <= 31 && y >= 1 && y <= 12) || (y >= 1 && y <= 31 && x >= 1 && x <= 12);
    };
    if (a >= 1900 && a <= 2100) return day_and_month(b, c);
    return day_and_month(a, b) && (last_length == 2 || (c >= 1900 && c <= 2100));
}

constexpr std::array<std::string_view, 8> kAlarmCodes{"", "POL-001", "POL-002", "POL-005", "POL-003", "POL-004", "POL-007", "POL-006"};

// The full notation shows itself by its groups, also when other digits are stuck to its ends: "85.07.30-033.2812".
bool has_full_notation(const Chain& chain) {
    const std::vector<Chain::Group>& groups = chain.groups;
    for (std::size_t i = 0; i + 4 < groups.size(); ++i) {
        const bool shape = groups[i].length >= 2 && groups[i + 1].length == 2 && groups[i + 2].length == 2 && groups[i + 3].length == 3 &&
                           groups[i + 4].length >= 2;
        if (shape && is_national_digits(std::string_view(chain.digits).substr(groups[i].start + groups[i].length - 2, 11))) return true;
    }
    return false;
}

// "8.5073003328E+10" as a spreadsheet shows a long number.
struct Scientific {
    std::string digits;  // of the significand, one before the sign
    int exponent = 0;
};

std::optional<Scientific> scientific_at(std::string_view text, std::size_t at) {
    Scientific number;
    if (at + 4 > text.size() || !is_digit(text[at])) return std::nullopt;
    number.digits.push_back(text[at++]);
    if (text[at] == '.' || text[at] == ',') {
        ++at;
        while (at < text.size() && is_digit(text[at])) number.digits.push_back(text[at++]);
    }
    if (at >= text.size() || (text[at] != 'E' && text[at] != 'e')) return std::nullopt;
    if (++at < text.size() && text[at] == '+') ++at;
    std::size_t places = 0;
    for (; at < text.size() && is_digit(text[at]) && places < 3; ++at, ++places) number.exponent = number.exponent * 10 + (text[at] - '0');
    return places == 0 || places > 2 ? std::nullopt : std::optional(number);
}

bool has_scientific_national_number(std::string_view text) {
    for (std::size_t e = text.find_first_of("Ee"); e != std::string_view::npos; e = text.find_first_of("Ee", e + 1)) {
        std::size_t start = e;
        while (start > 0 && is_digit(text[start - 1])) --start;
        if (start > 1 && (text[start - 1] == '.' || text[start - 1] == ',') && is_digit(text[start - 2])) start -= 2;
        auto number = scientific_at(text, start);
        if (!number || number->exponent < 8 || number->exponent > 10) continue;
        const auto whole = static_cast<std::size_t>(number->exponent) + 1;
        if (number->digits.size() > whole) continue;
        number->digits.append(whole - number->digits.size(), '0');
        number->digits.insert(0, 11 - whole, '0');
        if (is_national_digits(number->digits)) return true;
    }
    return false;
}

}  // namespace

bool has_national_number(std::string_view text) {
    if (text.size() < 11) return false;
    const std::size_t digits = ascii_digits(text);
    // Of eleven digits the notation drops zeros in front and one at the end (the check number is never 00); its exponent has one or two.
    if (digits >= 9 && has_scientific_national_number(text)) return true;
    if (digits < 11 && all_ascii(text)) return false;
    for (const Chain& chain : chains_of(text)) {
        if (has_full_notation(chain)) return true;
        for (std::size_t first = 0; first < chain.groups.size(); ++first) {
            if (first == 0 && chain.before == '+' && chain.digits.starts_with("32")) continue;  // a phone number
            std::size_t length = 0;
            for (std::size_t last = first; last < chain.groups.size() && length < 11; ++last) length += chain.groups[last].length;
            if (length == 11 && is_national_digits(std::string_view(chain.digits).substr(chain.groups[first].start, 11))) return true;
        }
    }
    return false;
}

bool is_national_number(std::uint64_t number) {
    if (number < 100'000'000 || number > 99'999'999'999) return false;
    std::string digits = std::to_string(number);
    digits.insert(0, 11 - digits.size(), '0');
    return is_national_digits(digits);
}

bool has_uitpas_number(std::string_view text) {
    if (text.size() < 13 || (ascii_digits(text) < 13 && all_ascii(text))) return false;
    for (const Chain& chain : chains_of(text)) {
        for (std::size_t first = 0; first < chain.groups.size(); ++first) {
            std::size_t length = 0;
            for (std::size_t last = first; last < chain.groups.size() && length < 13; ++last) {
                if (last > first && !chain.groups[last].after_blanks) break;  // "09 222 33 44 / 0475 12 34 56" is two phone numbers
                length += chain.groups[last].length;
            }
            if (length == 13 && std::string_view(chain.digits).substr(chain.groups[first].start).starts_with("09")) return true;
        }
    }
    return false;
}

bool is_uitpas_number(std::uint64_t number) { return number >= 900'000'000'000 && number < 1'000'000'000'000; }

bool is_uitpas_header(std::string_view header) { return fold(header).find("uitpas") != std::string::npos; }

bool is_national_header(std::string_view header) {
    const std::string words = " " + fold_words(header) + " ";
    for (const std::string_view word : {" insz", " niss ", " rrn", " bisnummer", " bis nummer"})
        if (words.find(word) != std::string::npos) return true;
    const std::string folded = fold(header);
    for (const std::string_view part : {"rijksregister", "nationaalnummer", "numeronational", "registrenational", "nationalnumber",
                                        "nationalregister", "nationalregistration"})
        if (folded.find(part) != std::string::npos) return true;
    return false;
}

bool is_long_number(std::string_view text) {
    std::size_t digits = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, length] = decode(text, at);
        at += length;
        if (digit_of(point)) ++digits;
    }
    if (digits >= 9) return true;
    const auto scientific = scientific_at(text, 0);
    return scientific && scientific->exponent >= 8 && scientific->exponent <= 12;
}

bool has_iban(std::string_view text) {
    if (text.size() < 15) return false;
    for (std::size_t at = 0; at + 15 <= text.size(); ++at)
        if ((at == 0 || !is_alnum(text[at - 1])) && iban_at(text, at)) return true;
    return false;
}

bool has_email(std::string_view text) {
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        if (at == 0 || text[at - 1] == ' ') continue;
        std::size_t end = at + 1;
        bool dot = false;
        while (end < text.size() && (is_alnum(text[end]) || text[end] == '-' || text[end] == '.' || !is_ascii(text[end]))) {
            dot = dot || (text[end] == '.' && end > at + 1 && end + 1 < text.size() && text[end + 1] != ' ');
            ++end;
        }
        if (dot) return true;
    }
    return false;
}

bool has_phone(std::string_view text) {
    if (text.size() < 8) return false;
    const std::vector<Chain> chains = chains_of(text);
    return std::any_of(chains.begin(), chains.end(), is_phone_chain);
}

bool has_date(std::string_view text) {
    if (text.size() < 6) return false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
        std::array<int, 3> part{};
        std::size_t i = at;
        std::size_t count = 0;
        std::size_t length = 0;
        for (; count < 3; ++count) {
            const std::size_t start = i;
            while (i < text.size() && is_digit(text[i]) && i - start < 5) ++i;
            length = i - start;
            if (length == 0 || length == 3 || length > 4) break;
            part[count] = number_of(text.substr(start, length));
            if (count < 2) {
                if (i >= text.size() || (text[i] != '/' && text[i] != '-' && text[i] != '.')) break;
                ++i;
            }
        }
        if (count == 3 && (i == text.size() || !is_digit(text[i])) && date_parts(part[0], part[1], part[2], length)) return true;
    }
    return false;
}

bool has_many_words(std::string_view text) {
    int words = 0;
    bool inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, length] = decode(text, at);
        at += length;
        const bool blank = point == ' ' || point == '\t' || point == '\n' || point == '\r' || point == 0xA0 || point == 0x202F;
        if (!blank && !inside) ++words;
        inside = !blank;
    }
    return words > 3;
}

Alarm alarm_in_label(std::string_view text) {
    const bool may_hold_numbers = text.size() >= 6 && (ascii_digits(text) >= 4 || !all_ascii(text));
    if (may_hold_numbers) {
        if (has_national_number(text)) return Alarm::NationalNumber;
        if (has_uitpas_number(text)) return Alarm::Uitpas;
        if (has_iban(text)) return Alarm::Iban;
    }
    if (has_email(text)) return Alarm::Email;
    if (may_hold_numbers && has_phone(text)) return Alarm::Phone;
    if (may_hold_numbers && has_date(text)) return Alarm::Date;
    return Alarm::None;
}

Alarm alarm_in_code(std::string_view text) {
    const Alarm alarm = alarm_in_label(text);
    if (alarm != Alarm::None) return alarm;
    return has_many_words(text) ? Alarm::Words : Alarm::None;
}

std::string_view alarm_code(Alarm alarm) { return kAlarmCodes[static_cast<std::size_t>(alarm)]; }

bool is_plain_key(std::string_view text) {
    if (text.empty() || text.size() > 64 || !is_alnum(text[0])) return false;
    for (const char c : text)
        if (!is_alnum(c) && c != '.' && c != '_' && c != ':' && c != '/' && c != '-') return false;
    return alarm_in_code(text) == Alarm::None;
}

bool is_code(std::string_view text) {
    if (text.empty() || text.size() > 40 || !is_lower(text[0]) || std::count(text.begin(), text.end(), '_') > 2) return false;
    for (const char c : text)
        if (!is_lower(c) && !is_digit(c) && c != '_') return false;
    return alarm_in_code(text) == Alarm::None;
}

std::string code_slug(std::string_view text) {
    std::string slug = fold_words(text);
    std::replace(slug.begin(), slug.end(), ' ', '_');
    return slug;
}

}  // namespace brugwacht
