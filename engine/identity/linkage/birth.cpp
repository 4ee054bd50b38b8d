#include "engine/identity/linkage/birth.hpp"

#include <array>
#include <cstdlib>
#include <optional>

#include "engine/core/date.hpp"
#include "engine/identity/linkage/similarity.hpp"

namespace brugwacht {
namespace {

std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::string_view as_eight(const Birth& birth, std::array<char, 8>& room) {
    int value = birth.year * 10000 + birth.month * 100 + birth.day;
    for (std::size_t i = room.size(); i-- > 0; value /= 10) room[i] = static_cast<char>('0' + value % 10);
    return {room.data(), room.size()};
}

/// As eight digits when it is a date, else the digits and letters as written.
std::string_view bare(const Birth& birth, std::string_view text, std::array<char, 8>& eight, std::array<char, kLongestCompared>& room) {
    if (birth.kind != BirthKind::Text) return as_eight(birth, eight);
    std::size_t size = 0;
    for (const char c : text)
        if (size < room.size() && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) room[size++] = c;
    return {room.data(), size};
}

bool year_slip(const Birth& a, const Birth& b) {
    std::array<char, 8> room_a{}, room_b{};
    return std::abs(a.year - b.year) == 1 || edits_between(as_eight(a, room_a).substr(0, 4), as_eight(b, room_b).substr(0, 4)) <= 1;
}

bool one_key_apart(const Birth& a, const Birth& b) {
    if (a.month == b.month && a.day == b.day) {
        const int years = std::abs(a.year - b.year);
        if (years == 1 || years == 10) return true;
    }
    std::array<char, 8> room_a{}, room_b{};
    return edits_between(as_eight(a, room_a), as_eight(b, room_b)) <= 1;
}

BirthLevel compare_texts(const Birth& a, std::string_view text_a, const Birth& b, std::string_view text_b) {
    std::array<char, 8> eight_a{}, eight_b{};
    std::array<char, kLongestCompared> room_a{}, room_b{};
    const unsigned edits = edits_between(bare(a, text_a, eight_a, room_a), bare(b, text_b, eight_b, room_b));
    return edits == 0 ? BirthLevel::Exact : edits <= 2 ? BirthLevel::Typo : BirthLevel::Different;
}

}  // namespace

Birth parse_birth(std::string_view value) {
    if (value.empty()) return {};
    if (value.find_first_of("0123456789") == std::string_view::npos) return {};  // "onbekend"
    const Birth text{BirthKind::Text, 0, 0, 0};
    if (value.size() != 4 && value.size() != 7 && value.size() != 10) return text;
    const auto year = digits(value.substr(0, 4));
    if (!year || *year == 0) return text;
    if (value.size() == 4) return {BirthKind::Year, 0, 0, static_cast<std::uint16_t>(*year)};
    const auto month = digits(value.substr(5, 2));
    if (value[4] != '-' || !month || *month < 1 || *month > 12) return text;
    if (value.size() == 7) return {BirthKind::Month, static_cast<std::uint8_t>(*month), 0, static_cast<std::uint16_t>(*year)};
    const auto day = digits(value.substr(8, 2));
    if (value[7] != '-' || !day || !Date::from_ymd(*year, *month, *day)) return text;
    return {*month == 1 && *day == 1 ? BirthKind::FirstOfJanuary : BirthKind::Full, static_cast<std::uint8_t>(*month),
            static_cast<std::uint8_t>(*day), static_cast<std::uint16_t>(*year)};
}

BirthLevel compare_births(const Birth& a, std::string_view text_a, const Birth& b, std::string_view text_b) {
    if (a.kind == BirthKind::Missing || b.kind == BirthKind::Missing) return BirthLevel::Missing;
    if (a.kind == BirthKind::Text || b.kind == BirthKind::Text) return compare_texts(a, text_a, b, text_b);
    const bool partial = a.day == 0 || b.day == 0;
    if (partial) {
        if (a.year == b.year && (a.month == b.month || a.month == 0 || b.month == 0)) return BirthLevel::PartialAgree;
        return a.year == b.year || year_slip(a, b) ? BirthLevel::PartialTypo : BirthLevel::PartialDifferent;
    }
    const bool year = a.year == b.year, month = a.month == b.month, day = a.day == b.day;
    if (a.kind == BirthKind::FirstOfJanuary || b.kind == BirthKind::FirstOfJanuary) {
        if (!year) return std::abs(a.year - b.year) == 1 ? BirthLevel::WeakNear : BirthLevel::WeakDifferent;
        return a.kind == b.kind ? BirthLevel::WeakExact : BirthLevel::WeakYear;
    }
    if (year && month && day) return BirthLevel::Exact;
    if (year && a.month == b.day && a.day == b.month) return BirthLevel::Swapped;
    if (one_key_apart(a, b)) return BirthLevel::Typo;
    if (year + month + day == 2) return BirthLevel::TwoParts;
    return year ? BirthLevel::SameYear : BirthLevel::Different;
}

}  // namespace brugwacht
