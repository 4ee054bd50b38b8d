#include <algorithm>
#include <charconv>

#include "engine/rules/agreement.hpp"

namespace brugwacht {
namespace {

Date civil(int year, int month, int day) { return Date::from_ymd(std::clamp(year, 1, 9999), month, day).value_or(Date()); }

/// Gregorian Easter Sunday. Source: the "anonymous" algorithm, Meeus 1991, chapter 8.
Date easter(int year) {
    const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    const int g = (8 * b + 13) / 25, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    const int month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
    return civil(year, month, day);
}

Date monday_of_week(Date date) { return date.plus_days(1 - date.weekday()); }
Date monday_after(Date date) { return date.plus_days(8 - date.weekday()); }

}  // namespace

std::optional<Period> parse_period(std::string_view text) {
    if (text.size() < 3 || text.front() != 'P') return std::nullopt;
    text.remove_prefix(1);
    Period period;
    std::string_view units = "YMWD";  // in this order, each at most once
    while (!text.empty()) {
        int n = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc() || digits == 0 || digits > 4 || n < 0 || digits >= text.size()) return std::nullopt;
        const std::size_t unit = units.find(text[digits]);
        if (unit == std::string_view::npos) return std::nullopt;
        switch (text[digits]) {
            case 'Y':
                period.months += 12 * n;
                break;
            case 'M':
                period.months += n;
                break;
            case 'W':
                period.days += 7 * n;
                break;
            default:
                period.days += n;
                break;
        }
        units.remove_prefix(unit + 1);
        text.remove_prefix(digits + 1);
    }
    return period;
}

std::string period_text(const Period& period) {
    std::string text = "P";
    if (period.months != 0) text += std::to_string(period.months) + "M";
    if (period.days != 0 || period.months == 0) text += std::to_string(period.days) + "D";
    return text;
}

std::optional<MonthDay> parse_month_day(std::string_view text) {
    if (text.size() != 5 || text[2] != '-') return std::nullopt;
    for (const std::size_t at : {0U, 1U, 3U, 4U})
        if (text[at] < '0' || text[at] > '9') return std::nullopt;
    const MonthDay found{(text[0] - '0') * 10 + (text[1] - '0'), (text[3] - '0') * 10 + (text[4] - '0')};
    if (!Date::from_ymd(2000, found.month, found.day)) return std::nullopt;  // a leap year: 29 February is a day
    return found;
}

Date MonthDay::in(int year) const {
    const int safe = std::clamp(year, 1, 9999);
    return civil(safe, month, std::min(day, days_in_month(safe, month)));
}

Date ClubType::opens(int year) const { return registration_opens.in(registration_opens > year_start ? year - 1 : year); }

Date ClubType::decides(int year) const {
    const Date open = opens(year);
    const Date same_year = decision.in(open.year());
    return same_year < open ? decision.in(open.year() + 1) : same_year;
}

int ClubType::year_of(Date date) const {
    int year = date.year() + 1;
    while (opens(year) > date && year > 1) --year;
    return year;
}

Date ClubType::provisional_until(Date enrolled, int year) const {
    const Date after_days = enrolled.plus_days(provisional_days);
    if (!provisional_floor) return after_days;
    return std::max(after_days, provisional_floor->in(starts(year).year()));
}

std::optional<Date> ClubType::closed_end(Date date) const {
    std::optional<Date> last;
    for (const YearlySpan& span : closed) {
        for (int year = date.year() - 1; year <= date.year(); ++year) {
            const Date from = span.from.in(year);
            const Date to = span.to.in(span.to < span.from ? year + 1 : year);
            if (from <= date && date <= to && (!last || *last < to)) last = to;
        }
    }
    return last;
}

std::vector<HolidaySpan> school_holidays_1991(int school_year) {
    const int next = school_year + 1;
    std::vector<HolidaySpan> spans;
    const Date all_saints = civil(school_year, 11, 1);
    const Date autumn = all_saints.weekday() == 7 ? all_saints.plus_days(1) : monday_of_week(all_saints);
    spans.push_back({autumn, autumn.plus_days(6)});
    const Date christmas_day = civil(school_year, 12, 25);
    const Date christmas = christmas_day.weekday() >= 6 ? monday_after(christmas_day) : monday_of_week(christmas_day);
    spans.push_back({christmas, christmas.plus_days(13)});
    const Date sunday = easter(next);
    const Date carnival = sunday.plus_days(-48);  // the seventh Monday before Easter
    spans.push_back({carnival, carnival.plus_days(6)});
    const Date april = civil(next, 4, 1);
    Date spring = april.weekday() == 1 ? april : monday_after(april);
    if (sunday.month() == 3) {
        spring = sunday.plus_days(1);
    } else if (sunday > civil(next, 4, 15)) {
        spring = sunday.plus_days(-13);  // the second Monday before Easter
    }
    spans.push_back({spring, spring.plus_days(13)});
    spans.push_back({civil(next, 7, 1), civil(next, 8, 31)});
    return spans;
}

}  // namespace brugwacht
