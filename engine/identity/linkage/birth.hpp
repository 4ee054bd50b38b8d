// Birth dates as sources write them, and how two of them differ.
#pragma once

#include <cstdint>
#include <string_view>

namespace brugwacht {

enum class BirthKind : std::uint8_t {
    Missing,
    Full,
    FirstOfJanuary,  // often means that only the year is known
    Month,           // yyyy-mm
    Year,            // yyyy
    Text             // not a date; compared as written
};

struct Birth {
    BirthKind kind = BirthKind::Missing;
    std::uint8_t month = 0, day = 0;  // 0 = unknown
    std::uint16_t year = 0;
};

/// "2015-03-09", "2015-03", "2015"; missing when there is no digit; anything else is Text.
Birth parse_birth(std::string_view value);

/// Levels of one comparison fall in three groups, each with probabilities of its own: dates known to the day, dates of which one is weak,
/// dates of which one is not known to the day.
enum class BirthLevel : std::uint8_t {
    Missing,
    Exact,
    Typo,      // one key: a digit, two digits swapped, a year off by one or ten
    Swapped,   // day and month
    TwoParts,  // two of day, month and year
    SameYear,
    Different,
    WeakExact,  // both 1 January of one year
    WeakYear,   // one is 1 January, the year is the same
    WeakNear,   // one is 1 January, the years are one apart
    WeakDifferent,
    PartialAgree,
    PartialTypo,  // the year is off by one digit, or by one
    PartialDifferent
};
inline constexpr std::size_t kBirthLevels = 14;

/// Both as written, for those that are no dates.
BirthLevel compare_births(const Birth& a, std::string_view text_a, const Birth& b, std::string_view text_b);

}  // namespace brugwacht
