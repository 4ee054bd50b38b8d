#include "engine/core/text.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool ascii_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Lower-casing uses the root locale, so that a Turkish machine folds I as any other does; a dotless i is still an i to a matcher.
const icu::Transliterator& folder() {
    static const std::unique_ptr<icu::Transliterator> kFolder = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::Transliterator> made(
            icu::Transliterator::createInstance("Any-Latin; NFKD; [:Mn:] Remove; Latin-ASCII; Lower", UTRANS_FORWARD, status));
        if (U_FAILURE(status)) throw Error(Exit::Software, "TXT-003");
        return made;
    }();
    return *kFolder;
}

icu::UnicodeString folded_unicode(std::string_view text) {
    icu::UnicodeString u = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
    folder().transliterate(u);
    return u;
}

struct OddBlank {
    std::size_t size = 0;  // bytes; 0 = the text does not begin with one
    bool shows = false;    // as a blank; else invisible
};

// No-break, narrow, en to hair, ideographic blanks; soft hyphen, zero-width ones, marks of direction, word joiner, byte order mark.
OddBlank odd_blank(std::string_view text) {
    if (text.size() < 2) return {};
    if (text[0] == '\xC2') return text[1] == '\xA0' ? OddBlank{2, true} : text[1] == '\xAD' ? OddBlank{2, false} : OddBlank{};
    if (text.size() < 3) return {};
    const auto last = static_cast<unsigned char>(text[2]);
    if (text[0] == '\xE2' && text[1] == '\x80') {
        if (last <= 0x8A || last == 0xAF) return {3, true};
        return last <= 0x8F || (last >= 0xAA && last <= 0xAE) ? OddBlank{3, false} : OddBlank{};
    }
    if (text[0] == '\xE2' && text[1] == '\x81') return last == 0x9F ? OddBlank{3, true} : last == 0xA0 ? OddBlank{3, false} : OddBlank{};
    if (text.starts_with("\xE3\x80\x80")) return {3, true};
    if (text.starts_with("\xEF\xBB\xBF")) return {3, false};
    return {};
}

std::string to_utf8_string(const icu::UnicodeString& u) {
    std::string out;
    u.toUTF8String(out);
    return out;
}

}  // namespace

std::string fold(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (is_ascii(text)) {
        for (const char raw : text)
            if (const char c = ascii_lower(raw); ascii_alnum(c)) out.push_back(c);
        return out;
    }
    const icu::UnicodeString u = folded_unicode(text);
    icu::UnicodeString kept;
    for (int32_t i = 0; i < u.length(); i = u.moveIndex32(i, 1)) {
        const UChar32 c = u.char32At(i);
        if (u_isalnum(c)) kept.append(c);
    }
    return to_utf8_string(kept);
}

std::string fold_words(std::string_view text) {
    std::string out;
    bool gap = false;
    const auto put = [&](std::string_view c, bool letter) {
        if (!letter) {
            gap = !out.empty();
            return;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.append(c);
    };
    if (is_ascii(text)) {
        for (const char raw : text) {
            const char c = ascii_lower(raw);
            put({&c, 1}, ascii_alnum(c));
        }
        return out;
    }
    const icu::UnicodeString u = folded_unicode(plain_blanks(text));
    for (int32_t i = 0; i < u.length(); i = u.moveIndex32(i, 1)) {
        const UChar32 c = u.char32At(i);
        put(to_utf8_string(icu::UnicodeString(c)), u_isalnum(c) != 0);
    }
    return out;
}

std::string fold_name(std::string_view text) { return fold(text); }

std::string_view trim(std::string_view text) {
    const auto solid = [](char c) { return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x80; };
    if (text.empty() || (solid(text.front()) && solid(text.back()))) return text;
    const auto plain = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty()) {
        const std::size_t n = plain(text.front()) ? 1 : odd_blank(text).size;
        if (n == 0) break;
        text.remove_prefix(n);
    }
    while (!text.empty()) {
        std::size_t n = plain(text.back()) ? 1 : 0;
        for (const std::size_t size : {std::size_t{2}, std::size_t{3}})
            if (n == 0 && text.size() >= size && odd_blank(text.substr(text.size() - size)).size == size) n = size;
        if (n == 0) break;
        text.remove_suffix(n);
    }
    return text;
}

bool has_odd_blanks(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\xC2' || c == '\xE2' || c == '\xE3' || c == '\xEF'; });
}

std::string plain_blanks(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const OddBlank odd = odd_blank(text);
        const bool joiner =
            odd.size == 3 && text[0] == '\xE2' && (text[2] == '\x8C' || text[2] == '\x8D');  // part of spelling in some scripts
        if (odd.size == 0) {
            out.push_back(text.front());
        } else if (joiner) {
            out.append(text.substr(0, 3));
        } else if (odd.shows) {
            out.push_back(' ');
        }
        text.remove_prefix(std::max<std::size_t>(odd.size, 1));
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* end = p + bytes.size();
    while (p < end) {
        if (*p < 0x80) {
            ++p;
            continue;
        }
        int more = 0;
        std::uint32_t c = 0;
        std::uint32_t least = 0;
        if (*p >= 0xC2 && *p <= 0xDF) {
            more = 1;
            c = *p & 0x1Fu;
            least = 0x80;
        } else if ((*p & 0xF0) == 0xE0) {
            more = 2;
            c = *p & 0x0Fu;
            least = 0x800;
        } else if (*p >= 0xF0 && *p <= 0xF4) {
            more = 3;
            c = *p & 0x07u;
            least = 0x10000;
        } else {
            return false;
        }
        if (end - p <= more) return false;
        for (int i = 1; i <= more; ++i) {
            if ((p[i] & 0xC0) != 0x80) return false;
            c = (c << 6) | (p[i] & 0x3Fu);
        }
        if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return false;
        p += more + 1;
    }
    return true;
}

std::optional<std::string> to_utf8(std::string_view bytes, const std::string& encoding) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter* raw = ucnv_open(encoding.c_str(), &status);
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(raw, &ucnv_close);
    if (U_FAILURE(status)) return std::nullopt;
    std::string out;
    std::array<UChar, 4096> unit{};
    const char* source = bytes.data();
    const char* const source_end = source + bytes.size();
    icu::UnicodeString all;
    do {
        UChar* target = unit.data();
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter.get(), &target, unit.data() + unit.size(), &source, source_end, nullptr, 1, &status);
        all.append(unit.data(), static_cast<int32_t>(target - unit.data()));
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    if (U_FAILURE(status)) return std::nullopt;
    all.toUTF8String(out);
    return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Optimal string alignment (Damerau-Levenshtein without repeated edits), three rows.
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
    const std::size_t limit = std::min<std::size_t>(2 + word.size() / 8, std::max<std::size_t>(1, word.size() / 3));
    std::optional<std::string> best;
    std::size_t best_distance = limit + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace brugwacht
