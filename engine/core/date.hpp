// Civil dates without time zone, and the month arithmetic of the success definitions (S1, S3).
// Range 0001-01-01 to 9999-12-31; everything outside is refused.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace brugwacht {

enum class MonthRule { Clamp, NextMonth, Reject };

class Date {
  public:
    Date() = default;  // 1970-01-01
    static constexpr Date from_days(std::int32_t days_since_1970) {
        Date d;
        d.days_ = days_since_1970;
        return d;
    }
    /// Empty when there is no such day (29 February outside leap years, month 13, year 0 or above 9999).
    static std::optional<Date> from_ymd(int year, int month, int day);
    /// Exactly yyyy-mm-dd, nothing before or after.
    static std::optional<Date> parse_iso(std::string_view text);

    constexpr std::int32_t days() const { return days_; }  // days since 1970-01-01
    int year() const;
    int month() const;        // 1..12
    int day() const;          // 1..31
    int weekday() const;      // 1 = Monday .. 7 = Sunday
    std::string iso() const;  // yyyy-mm-dd
    constexpr Date plus_days(std::int32_t n) const { return from_days(days_ + n); }

    friend constexpr auto operator<=>(Date, Date) = default;

  private:
    std::int32_t days_ = 0;
};

/// Same day number n months later (n may be negative). When that day does not exist: the month's last day (Clamp, S3; Regulation
/// 1182/71 art. 3(2)(c)), the first of the following month (NextMonth) or nothing (Reject).
std::optional<Date> add_months(Date date, int months, MonthRule rule);
/// S3: the last day of the month when the day does not exist there.
Date add_months(Date date, int months);
int days_in_month(int year, int month);
/// Completed years between birth and a later day; a child born on 29 February ages on 1 March. Negative when `on` is before birth.
int completed_years(Date birth, Date on);

}  // namespace brugwacht
