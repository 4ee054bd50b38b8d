#include "engine/identity/linkage/names_letters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/text.hpp"

namespace brugwacht::names {
namespace {

using Codes = std::vector<char32_t>;

constexpr char32_t kLost = 0xFFFD;
constexpr char kNothing = '\0';  // in tables: the character goes without a trace

// ---------------------------------------------------------------- ASCII

constexpr char plain_ascii(unsigned char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return static_cast<char>(c);
    switch (c) {
        case '-':
        case '.':
        case ',':
            return static_cast<char>(c);
        case '\'':
        case '`':
            return '\'';
        case '(':
        case '[':
        case '{':
        case '<':
            return '(';
        case ')':
        case ']':
        case '}':
        case '>':
            return ')';
        case '?':
            return kNothing;
        default:
            return ' ';
    }
}

constexpr std::array<char, 128> kAscii = [] {
    std::array<char, 128> table{};
    for (unsigned c = 0; c < table.size(); ++c) table[c] = plain_ascii(static_cast<unsigned char>(c));
    return table;
}();

void append_ascii(std::string& out, char32_t code) {
    if (const char c = kAscii[code]; c != kNothing) out.push_back(c);
}

// ---------------------------------------------------------------- UTF-8, also when it was read as Windows-1252

std::size_t length_of(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

// Of the bytes of one character, which are known to have the right number of continuation bytes.
std::optional<char32_t> code_of(std::span<const unsigned char> bytes) {
    constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    constexpr std::array<unsigned, 5> kLeadMask = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t code = bytes[0] & kLeadMask[bytes.size()];
    for (const unsigned char byte : bytes.subspan(1)) code = code << 6U | (byte & 0x3FU);
    if (code < kSmallest[bytes.size()] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
    return code;
}

Codes decoded(std::string_view utf8) {
    Codes codes;
    codes.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size();) {
        std::array<unsigned char, 4> bytes{};
        const std::size_t length = length_of(static_cast<unsigned char>(utf8[i]));
        std::size_t n = 0;
        for (; n < length && i + n < utf8.size(); ++n) {
            bytes[n] = static_cast<unsigned char>(utf8[i + n]);
            if (n > 0 && (bytes[n] & 0xC0U) != 0x80) break;
        }
        const bool whole = length > 0 && n == length;
        codes.push_back(whole ? code_of(std::span(bytes).first(length)).value_or(kLost) : kLost);
        i += whole ? length : 1;
    }
    return codes;
}

// The byte that Windows-1252 (or Latin-1, for its five gaps) shows as this character.
std::optional<unsigned char> byte_1252(char32_t code) {
    constexpr std::array<char32_t, 32> kUpper = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (code < 0x100) return static_cast<unsigned char>(code);
    const auto* const at = std::find(kUpper.begin(), kUpper.end(), code);
    if (at == kUpper.end()) return std::nullopt;
    return static_cast<unsigned char>(0x80 + (at - kUpper.begin()));
}

// Only what stands in names; so "É’" of "André’s" in capitals, which is a letter of phonetics as well, stays what it is.
bool mendable(char32_t code) {
    return (code >= 0x80 && code < 0x250) || (code >= 0x370 && code < 0x530) || (code >= 0x600 && code < 0x700) ||
           (code >= 0x1E00 && code < 0x1F00) || code == 0x2018 || code == 0x2019 || code == 0x2013;
}

// The character that the ones from `at` were before their bytes were read as Windows-1252, and how many there are; 0 when they are fine.
std::pair<char32_t, std::size_t> mended(const Codes& codes, std::size_t at) {
    std::array<unsigned char, 4> bytes{};
    const std::optional<unsigned char> lead = byte_1252(codes[at]);
    const std::size_t length = lead ? length_of(*lead) : 0;
    if (length < 2 || at + length > codes.size()) return {0, 0};
    bytes[0] = *lead;
    for (std::size_t n = 1; n < length; ++n) {
        const std::optional<unsigned char> byte = byte_1252(codes[at + n]);
        if (!byte || (*byte & 0xC0U) != 0x80) return {0, 0};
        bytes[n] = *byte;
    }
    const std::optional<char32_t> code = code_of(std::span(bytes).first(length));
    return code && mendable(*code) ? std::pair{*code, length} : std::pair<char32_t, std::size_t>{0, 0};
}

bool mend(Codes& codes) {
    Codes out;
    out.reserve(codes.size());
    bool any = false;
    for (std::size_t i = 0; i < codes.size();) {
        const auto [code, length] = mended(codes, i);
        out.push_back(length > 0 ? code : codes[i]);
        any = any || length > 0;
        i += std::max<std::size_t>(length, 1);
    }
    codes.swap(out);
    return any;
}

// ---------------------------------------------------------------- Latin

std::string utf8_of(char32_t code) {
    const auto byte = [](char32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) return {byte(code)};
    if (code < 0x800) return {byte(0xC0 | code >> 6U), byte(0x80 | (code & 0x3FU))};
    if (code < 0x10000) return {byte(0xE0 | code >> 12U), byte(0x80 | (code >> 6U & 0x3FU)), byte(0x80 | (code & 0x3FU))};
    return {byte(0xF0 | code >> 18U), byte(0x80 | (code >> 12U & 0x3FU)), byte(0x80 | (code >> 6U & 0x3FU)), byte(0x80 | (code & 0x3FU))};
}

// Turkish read with a Latin-1 table shows Ş ğ as Þ ð; that is likelier here than a name from Iceland. (Initial Ð: see append_latin.)
std::string latin_letter(char32_t code) {
    switch (code) {
        case 0xD7:
        case 0xF7:
            return " ";  // the signs of multiplication and division stand among the letters
        case 0xDE:
        case 0xFE:
            return "s";
        case 0xD0:
        case 0xF0:
            return "g";
        case 0x18F:
        case 0x1DD:
            return "e";  // Azerbaijani
        default:
            return fold(utf8_of(code));
    }
}

template <char32_t First, char32_t Last>
const std::string& latin(char32_t code) {
    static const std::array<std::string, Last - First + 1> kTable = [] {
        std::array<std::string, Last - First + 1> table;
        for (std::size_t i = 0; i < table.size(); ++i) table[i] = latin_letter(static_cast<char32_t>(First + i));
        return table;
    }();
    return kTable[code - First];
}

bool ends_in_letter(const std::string& out) { return !out.empty() && out.back() >= 'a' && out.back() <= 'z'; }

void append_latin(std::string& out, char32_t code) {
    if (code == 0xD0 && !ends_in_letter(out))
        out.push_back('d');
    else if (code == 0x259)
        out.push_back('e');
    else
        out += code < 0x1E00 ? latin<0xC0, 0x24F>(code) : latin<0x1E00, 0x1EFF>(code);
}

// ---------------------------------------------------------------- Cyrillic

struct Cyrillic {
    bool russian = false;  // letters that only Russian has, and none that only Ukrainian has
};

bool any_of(const Codes& codes, std::u32string_view wanted) {
    return std::any_of(codes.begin(), codes.end(), [&](char32_t code) { return wanted.find(code) != std::u32string_view::npos; });
}

Cyrillic cyrillic_of(const Codes& codes) { return {any_of(codes, U"ыэёъЫЭЁЪ") && !any_of(codes, U"іїєґІЇЄҐ")}; }

char32_t small_cyrillic(char32_t code) {
    if (code >= 0x410 && code <= 0x42F) return code + 0x20;
    if (code >= 0x400 && code <= 0x40F) return code + 0x50;
    return code >= 0x460 && code % 2 == 0 ? code + 1 : code;
}

struct Letters {
    std::u32string_view letters;
    std::string_view latin;
};

std::string_view latin_of(std::span<const Letters> table, char32_t code) {
    const auto at =
        std::find_if(table.begin(), table.end(), [&](const Letters& row) { return row.letters.find(code) != std::u32string_view::npos; });
    return at == table.end() ? std::string_view() : at->latin;
}

// Ukrainian passports (resolution 55 of 2010) and Russian ones (ICAO 9303): soft vowels begin with y only at the start of a word.
constexpr auto kInitialCyrillic = std::to_array<Letters>({{U"й", "y"}, {U"ю", "yu"}, {U"я", "ya"}, {U"є", "ye"}, {U"ї", "yi"}});
constexpr auto kRussian = std::to_array<Letters>({{U"г", "g"}, {U"и", "i"}});
constexpr auto kCyrillic = std::to_array<Letters>({
    {U"а", "a"},  {U"б", "b"},  {U"в", "v"},  {U"г", "h"},    {U"ґѓ", "g"}, {U"д", "d"},  {U"еёэ", "e"}, {U"є", "ie"},
    {U"ж", "zh"}, {U"з", "z"},  {U"иы", "y"}, {U"іїй", "i"},  {U"к", "k"},  {U"л", "l"},  {U"м", "m"},   {U"н", "n"},
    {U"о", "o"},  {U"п", "p"},  {U"р", "r"},  {U"с", "s"},    {U"т", "t"},  {U"уў", "u"}, {U"ф", "f"},   {U"х", "kh"},
    {U"ц", "ts"}, {U"ч", "ch"}, {U"ш", "sh"}, {U"щ", "shch"}, {U"ю", "iu"}, {U"я", "ia"}, {U"ј", "j"},   {U"љ", "lj"},
    {U"њ", "nj"}, {U"ђ", "dj"}, {U"ћ", "c"},  {U"џѕ", "dz"},  {U"ќ", "k"},
});

std::string_view cyrillic_letter(char32_t code, bool initial, Cyrillic language) {
    std::string_view latin;
    if (initial) latin = latin_of(kInitialCyrillic, code);
    if (latin.empty() && language.russian) latin = latin_of(kRussian, code);
    return latin.empty() ? latin_of(kCyrillic, code) : latin;
}

void append_cyrillic(std::string& out, char32_t code, Cyrillic language) {
    const bool inside = ends_in_letter(out) || out.ends_with('\'');  // Лук'яненко
    out += cyrillic_letter(small_cyrillic(code), !inside, language);
}

// ---------------------------------------------------------------- Arabic script

bool is_arabic_letter(char32_t code) {
    return (code >= 0x620 && code <= 0x64A && code != 0x640) || (code >= 0x66E && code <= 0x6D3) || code == 0x6D5;
}
bool is_arabic_sign(char32_t code) { return code >= 0x600 && code < 0x700; }

// Waw and ya are consonants at the start of a word and beside an alif, otherwise the long vowels u and i.
bool is_glide(std::u32string_view word, std::size_t at) {
    const auto alif = [&](std::size_t i) { return i < word.size() && (word[i] == U'ا' || word[i] == U'آ'); };
    return at == 0 || alif(at - 1) || alif(at + 1) || (at + 1 < word.size() && word[at + 1] == U'ة');
}

// Arabic, and the letters that Persian, Dari, Pashto and Kurdish add.
constexpr auto kArabic = std::to_array<Letters>({
    {U"اأآىةعە", "a"}, {U"إئ", "i"}, {U"ؤ", "u"},    {U"ب", "b"},  {U"پ", "p"},  {U"تطثټ", "t"}, {U"جځ", "j"},  {U"چ", "ch"},
    {U"حهہھ", "h"},    {U"خ", "kh"}, {U"دذضډ", "d"}, {U"رړ", "r"}, {U"زظ", "z"}, {U"ژږ", "zh"},  {U"سصڅ", "s"}, {U"شښ", "sh"},
    {U"غ", "gh"},      {U"فڤ", "f"}, {U"قكک", "k"},  {U"گ", "g"},  {U"ل", "l"},  {U"م", "m"},    {U"نڼ", "n"},
});

std::string_view arabic_letter(std::u32string_view word, std::size_t at) {
    switch (word[at]) {
        case U'و':
            return is_glide(word, at) ? "w" : "u";
        case U'ي':
        case U'ی':
        case U'ې':
        case U'ۍ':
            return is_glide(word, at) ? "y" : "i";
        default:
            return latin_of(kArabic, word[at]);
    }
}

// The article al- is written to its word; so is the servant of ("abd") in names as Abdelkarim. Names that merely begin so are listed.
std::size_t article(std::u32string_view word) {
    constexpr std::size_t kShortestWord = 3;  // letters after the article
    constexpr std::array<std::u32string_view, 6> kWhole = {U"الله", U"الياس", U"الينا", U"اليسا", U"الكسندر", U"اليزابيث"};
    const bool has = word.starts_with(U"ال") && word.size() >= 2 + kShortestWord;
    return has && std::find(kWhole.begin(), kWhole.end(), word) == kWhole.end() ? 2 : 0;
}

void append_arabic_word(std::string& out, std::u32string_view word) {
    constexpr std::u32string_view kServant = U"عبد";
    if (word.starts_with(kServant) && word.substr(kServant.size()).starts_with(U"ال")) {
        out += "abd ";
        word.remove_prefix(kServant.size());
    }
    if (const std::size_t letters = article(word); letters > 0) {
        out += "al ";
        word.remove_prefix(letters);
    }
    for (std::size_t at = 0; at < word.size(); ++at) out += arabic_letter(word, at);
}

std::size_t append_arabic(std::string& out, const Codes& codes, std::size_t at) {
    std::u32string word;
    for (; at < codes.size() && is_arabic_sign(codes[at]) && codes[at] != U'،'; ++at) {
        if (codes[at] >= U'٠' && codes[at] <= U'٩')
            word.clear();  // digits are no part of a name
        else if (is_arabic_letter(codes[at]))
            word.push_back(codes[at]);
    }
    append_arabic_word(out, word);
    if (at < codes.size() && codes[at] == U'،') {
        out.push_back(',');
        ++at;
    }
    return at;
}

// ---------------------------------------------------------------- marks, and all the rest

struct Range {
    char32_t first, last;
    char becomes;
};

// In order, so that the first that fits counts.
constexpr auto kMarks = std::to_array<Range>({
    {0x80, 0xA0, ' '},          {0xAA, 0xAA, kNothing},        {0xAD, 0xAD, kNothing},
    {0xB4, 0xB4, '\''},         {0xB7, 0xB7, kNothing},        {0xBA, 0xBA, kNothing},
    {0xA1, 0xBF, ' '},          {0x2B9, 0x2BF, '\''},          {0x2C0, 0x2C1, '\''},
    {0x2C8, 0x2CB, '\''},       {0x2C0, 0x36F, kNothing},      {0x483, 0x489, kNothing},
    {0x1AB0, 0x1AFF, kNothing}, {0x2000, 0x200A, ' '},         {0x200B, 0x200F, kNothing},
    {0x2010, 0x2015, '-'},      {0x2018, 0x2019, '\''},        {0x201B, 0x201B, '\''},
    {0x2028, 0x2029, ' '},      {0x202A, 0x202E, kNothing},    {0x2032, 0x2032, '\''},
    {0x2035, 0x2035, '\''},     {0x2060, 0x206F, kNothing},    {0x20D0, 0x20FF, kNothing},
    {0x2212, 0x2212, '-'},      {0x2000, 0x2BFF, ' '},         {0x3000, 0x3004, ' '},
    {0x3008, 0x3020, ' '},      {0xE000, 0xF8FF, kNothing},    {0xFE00, 0xFE0F, kNothing},
    {0xFE20, 0xFE2F, kNothing}, {0xFEFF, 0xFEFF, kNothing},    {0xFFF0, 0xFFFF, kNothing},
    {0x1F000, 0x1FAFF, ' '},    {0xE0000, 0x10FFFF, kNothing},
});

const Range* mark(char32_t code) {
    const auto* const at = std::find_if(kMarks.begin(), kMarks.end(), [&](const Range& r) { return code >= r.first && code <= r.last; });
    return at == kMarks.end() ? nullptr : at;
}

bool is_latin(char32_t code) { return (code >= 0xC0 && code < 0x250) || code == 0x259 || (code >= 0x1E00 && code < 0x1F00); }
bool is_cyrillic(char32_t code) { return code >= 0x400 && code < 0x530; }
bool is_full_width(char32_t code) { return code >= 0xFF01 && code <= 0xFF5E; }
bool is_foreign(char32_t code) {
    return code >= 0x80 && !is_latin(code) && !is_cyrillic(code) && !is_arabic_sign(code) && !is_full_width(code) && mark(code) == nullptr;
}

// Greek, Hebrew, Ethiopic, ...: as the rest of the house folds them.
std::size_t append_foreign(std::string& out, const Codes& codes, std::size_t at) {
    std::string run;
    for (; at < codes.size() && is_foreign(codes[at]); ++at) run += utf8_of(codes[at]);
    out += fold_words(run);
    return at;
}

// A breve written after и makes it й.
bool is_short_i(const Codes& codes, std::size_t at) {
    return at + 1 < codes.size() && codes[at + 1] == 0x306 && (codes[at] == U'и' || codes[at] == U'И');
}

std::string plain_codes(const Codes& codes) {
    std::string out;
    out.reserve(codes.size() + codes.size() / 2);
    const Cyrillic language = cyrillic_of(codes);
    for (std::size_t i = 0; i < codes.size();) {
        const char32_t code = codes[i];
        if (is_foreign(code)) {
            i = append_foreign(out, codes, i);
            continue;
        }
        if (is_arabic_sign(code)) {
            i = append_arabic(out, codes, i);
            continue;
        }
        if (code < 0x80)
            append_ascii(out, code);
        else if (is_latin(code))
            append_latin(out, code);
        else if (is_full_width(code))
            append_ascii(out, code - 0xFEE0);
        else if (const Range* const found = mark(code); found != nullptr) {
            if (found->becomes != kNothing) out.push_back(found->becomes);
        } else
            append_cyrillic(out, is_short_i(codes, i) ? U'й' : code, language);
        ++i;
    }
    return out;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string plain_letters(std::string_view utf8) {
    if (is_ascii(utf8)) {
        std::string out;
        out.reserve(utf8.size());
        for (const char c : utf8) append_ascii(out, static_cast<unsigned char>(c));
        return out;
    }
    Codes codes = decoded(utf8);
    if (mend(codes)) mend(codes);  // read wrongly twice is not rare
    return plain_codes(codes);
}

std::string with_usual_servant(std::string word) {
    constexpr std::string_view kServant = "abd";
    constexpr std::size_t kShortestRest = 3;  // Abdou, Abdi and Abdo are names of their own
    if (!word.starts_with(kServant)) return word;
    std::size_t at = word.find_first_not_of("aeiou", kServant.size());
    if (at == std::string::npos || at == kServant.size()) return word;
    const bool doubled = at + 1 < word.size() && word[at] == word[at + 1];
    if (doubled || word[at] == 'l') ++at;  // the l of the article, or the letter it became: Abderrahman
    if (word.size() < at + kShortestRest - (doubled ? 0 : 1)) return word;
    return "abdel" + word.substr(at);
}

}  // namespace brugwacht::names
