#include "tests/support/slips.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace brugwacht {
namespace {

using std::string;
using std::string_view;

/// Characters of well-formed UTF-8.
std::vector<string> characters(string_view text) {
    std::vector<string> all;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U && !all.empty())
            all.back().push_back(c);
        else
            all.emplace_back(1, c);
    }
    return all;
}

string joined(const std::vector<string>& characters) {
    string text;
    for (const string& c : characters) text += c;
    return text;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Keys beside each letter on a Belgian keyboard.
string_view neighbours(char letter) {
    static constexpr std::array<string_view, 26> kKeys = {"zq",  "vn",  "xv",  "sfe", "zrd", "dgr", "fht", "gjy", "uok",
                                                          "hku", "jli", "km",  "lp",  "bh",  "ip",  "ol",  "sa",  "etf",
                                                          "qdz", "ryg", "yij", "cb",  "xq",  "wc",  "tuh", "aes"};
    return kKeys[static_cast<std::size_t>(lower(letter) - 'a')];
}

using Replacement = std::pair<string_view, string_view>;

/// Replaces one occurrence of one of the left sides, drawn among all that occur.
template <std::size_t N>
string replace_one(Rng& rng, string_view text, const Replacement (&table)[N]) {
    std::vector<std::pair<std::size_t, const Replacement*>> places;
    for (const Replacement& entry : table)
        for (std::size_t at = text.find(entry.first); at != string_view::npos; at = text.find(entry.first, at + 1))
            places.emplace_back(at, &entry);
    if (places.empty()) return string(text);
    const auto& [at, entry] = places[rng.below(static_cast<std::uint32_t>(places.size()))];
    string out(text);
    return out.replace(at, entry->first.size(), entry->second);
}

constexpr Replacement kRead[] = {{"l", "1"},  {"l", "i"}, {"m", "rn"}, {"rn", "m"}, {"o", "0"}, {"d", "cl"},
                                 {"cl", "d"}, {"e", "c"}, {"h", "b"},  {"u", "ii"}, {"n", "u"}, {"I", "l"}};
constexpr Replacement kHeard[] = {{"ij", "ei"}, {"ei", "ij"},  {"ou", "au"}, {"au", "ou"}, {"ck", "k"}, {"k", "ck"}, {"ch", "g"},
                                  {"g", "gh"},  {"gh", "g"},   {"f", "v"},   {"v", "f"},   {"s", "z"},  {"z", "s"},  {"c", "k"},
                                  {"ie", "i"},  {"i", "ie"},   {"oe", "ou"}, {"ou", "oe"}, {"u", "oe"}, {"ph", "f"}, {"th", "t"},
                                  {"dt", "t"},  {"d", "dt"},   {"aa", "a"},  {"ae", "aa"}, {"ee", "e"}, {"oo", "o"}, {"y", "i"},
                                  {"y", "ij"},  {"x", "ks"},   {"ss", "s"},  {"ll", "l"},  {"nn", "n"}, {"mm", "m"}, {"tt", "t"},
                                  {"sj", "sh"}, {"sh", "sch"}, {"kh", "ch"}, {"q", "k"},   {"w", "v"},  {"h", ""}};

/// Letters with a mark, and without.
constexpr Replacement kPlain[] = {{"é", "e"}, {"è", "e"}, {"ê", "e"}, {"ë", "e"}, {"ï", "i"}, {"î", "i"}, {"â", "a"}, {"ă", "a"},
                                  {"ç", "c"}, {"ö", "o"}, {"ü", "u"}, {"ş", "s"}, {"ș", "s"}, {"ț", "t"}, {"ğ", "g"}, {"ı", "i"},
                                  {"İ", "I"}, {"Ş", "S"}, {"Ș", "S"}, {"Ö", "O"}, {"Ç", "C"}, {"Ü", "U"}, {"ł", "l"}, {"ń", "n"},
                                  {"ś", "s"}, {"ż", "z"}, {"ź", "z"}, {"ó", "o"}, {"ą", "a"}, {"ę", "e"}, {"’", "'"}};

}  // namespace

string typing_slip(Rng& rng, string_view text) {
    std::vector<string> letters = characters(text);
    if (letters.size() < 3) return string(text);
    const std::uint32_t first = rng.chance(10) ? 0 : 1;
    const std::size_t at = first + rng.below(static_cast<std::uint32_t>(letters.size()) - first);
    switch (rng.below(5)) {
        case 0:
            letters.erase(letters.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        case 1:
            letters.insert(letters.begin() + static_cast<std::ptrdiff_t>(at), letters[at]);
            break;
        case 2:
            if (at + 1 < letters.size()) std::swap(letters[at], letters[at + 1]);
            break;
        default:
            if (letters[at].size() == 1 && is_letter(letters[at][0])) {
                const string_view keys = neighbours(letters[at][0]);
                letters[at] = keys.substr(rng.below(static_cast<std::uint32_t>(keys.size())), 1);
            }
    }
    return joined(letters);
}

string reading_slip(Rng& rng, string_view text) { return replace_one(rng, text, kRead); }
string hearing_slip(Rng& rng, string_view text) { return replace_one(rng, text, kHeard); }

string digit_slip(Rng& rng, string digits) {
    if (digits.size() < 4) return digits;
    const std::size_t at = 2 + rng.below(static_cast<std::uint32_t>(digits.size()) - 3);
    if (rng.chance(50))
        std::swap(digits[at], digits[at + 1]);
    else
        digits[at] = static_cast<char>('0' + rng.below(10));
    return digits;
}

string particles(Rng& rng, string_view surname) {
    const std::size_t last = surname.find_last_of(" '");
    if (last == string_view::npos || last + 1 == surname.size() || !rng.chance(35)) return string(surname);
    string before(surname.substr(0, last + 1));
    string after(surname.substr(last + 1));
    switch (rng.below(5)) {
        case 0:  // glued
            std::erase_if(before, [](char c) { return c == ' ' || c == '\''; });
            after[0] = lower(after[0]);
            return before + after;
        case 1:  // small particle
            for (char& c : before) c = lower(c);
            return before + after;
        case 2:  // every part with a capital
            for (std::size_t i = 0; i < before.size(); ++i)
                if (i == 0 || before[i - 1] == ' ') before[i] = upper(before[i]);
            return before + after;
        case 3:  // glued, capital kept
            std::erase_if(before, [](char c) { return c == ' '; });
            return before + after;
        default:  // a hyphen, as for El and Ben
            if (before.back() == ' ' && before.size() <= 4) before.back() = '-';
            return before + after;
    }
}

string without_accents(string_view text) {
    string out(text);
    for (const auto& [mark, plain] : kPlain)
        for (std::size_t at = out.find(mark); at != string::npos; at = out.find(mark, at)) out.replace(at, mark.size(), plain);
    return out;
}

string in_capitals(string_view text) {
    string out = without_accents(text);
    std::transform(out.begin(), out.end(), out.begin(), upper);
    return out;
}

string phone_notation(Rng& rng, string_view country, const string& digits) {
    if (country != "32") return rng.chance(70) ? "+" + string(country) + digits : "00" + string(country) + " " + digits;
    const string_view d = digits;
    const bool mobile = d.starts_with('4');
    const std::size_t zone = mobile ? 3 : 1;
    const auto pairs = [&](string_view separator) {
        string out;
        for (std::size_t i = zone; i < d.size(); i += 2) out += (out.empty() ? "" : string(separator)) + string(d.substr(i, 2));
        return out;
    };
    const string start(d.substr(0, zone));
    switch (rng.below(8)) {
        case 0:
            return "0" + digits;
        case 1:
            return "0" + start + "/" + pairs(".");
        case 2:
            return "0" + start + " " + pairs(" ");
        case 3:
            return "+32" + digits;
        case 4:
            return "+32 " + start + " " + pairs(" ");
        case 5:
            return "0032" + digits;
        case 6:
            return "+32 (0)" + start + "/" + pairs(" ");
        default:
            return mobile ? digits : "0" + digits;
    }
}

string street_notation(Rng& rng, string street) {
    static constexpr Replacement kShort[] = {{"straat", "str."}, {"straat", "str"}, {"steenweg", "stwg"}, {"steenweg", "stw."},
                                             {"laan", "ln"},     {"Sint-", "St.-"}, {"Sint-", "St "},     {"Onze-Lieve-Vrouw", "O.L.V."}};
    return rng.chance(12) ? replace_one(rng, street, kShort) : street;
}

string house_number_notation(Rng& rng, const string& number) {
    const std::size_t bus = number.find(" bus ");
    if (bus == string::npos || !rng.chance(40)) return number;
    const string_view separator = rng.chance(50) ? "/" : " b";
    return number.substr(0, bus) + string(separator) + number.substr(bus + 5);
}

}  // namespace brugwacht
