#include "engine/core/date.hpp"

#include <array>

namespace brugwacht {
namespace {

// Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr std::int32_t days_from_civil(int y, int m, int d) {
    y -= m <= 2 ? 1 : 0;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct Civil {
    int year;
    int month;
    int day;
};

constexpr Civil civil_from_days(std::int32_t z) {
    z += 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    const int month = mp + (mp < 10 ? 3 : -9);
    return {yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

void put_digits(char* at, int value, int width) {
    for (int i = width - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace

int days_in_month(int year, int month) {
    static constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

std::optional<Date> Date::from_ymd(int year, int month, int day) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
    return from_days(days_from_civil(year, month, day));
}

std::optional<Date> Date::parse_iso(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int part[3] = {0, 0, 0};
    int which = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) {
            ++which;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        part[which] = part[which] * 10 + (text[i] - '0');
    }
    return from_ymd(part[0], part[1], part[2]);
}

int Date::year() const { return civil_from_days(days_).year; }
int Date::month() const { return civil_from_days(days_).month; }
int Date::day() const { return civil_from_days(days_).day; }

int Date::weekday() const {
    const int from_monday = ((days_ + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    return from_monday + 1;
}

std::string Date::iso() const {
    const Civil c = civil_from_days(days_);
    std::string text = "0000-00-00";
    put_digits(text.data(), c.year, 4);
    put_digits(text.data() + 5, c.month, 2);
    put_digits(text.data() + 8, c.day, 2);
    return text;
}

std::optional<Date> add_months(Date date, int months, MonthRule rule) {
    const Civil c = civil_from_days(date.days());
    const int index = c.year * 12 + (c.month - 1) + months;
    const int year = index >= 0 ? index / 12 : (index - 11) / 12;
    const int month = index - year * 12 + 1;
    if (year < 1 || year > 9999) return std::nullopt;
    const int last = days_in_month(year, month);
    if (c.day <= last) return Date::from_ymd(year, month, c.day);
    switch (rule) {
        case MonthRule::Clamp:
            return Date::from_ymd(year, month, last);
        case MonthRule::NextMonth:
            return Date::from_days(days_from_civil(year, month, last) + 1);
        case MonthRule::Reject:
            break;
    }
    return std::nullopt;
}

Date add_months(Date date, int months) {
    // Facts lie far inside the range; at its very edge the date itself is the nearest answer.
    return add_months(date, months, MonthRule::Clamp).value_or(date);
}

int completed_years(Date birth, Date on) {
    const Civil b = civil_from_days(birth.days());
    const Civil o = civil_from_days(on.days());
    const bool before_birthday = o.month < b.month || (o.month == b.month && o.day < b.day);
    return o.year - b.year - (before_birthday ? 1 : 0);
}

}  // namespace brugwacht
