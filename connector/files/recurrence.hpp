// Repeating appointments: RRULE of RFC 5545 section 3.3.10 for FREQ DAILY, WEEKLY, MONTHLY and YEARLY with INTERVAL, COUNT, UNTIL, BYDAY,
// BYMONTHDAY, BYMONTH, BYSETPOS and WKST. Times are civil seconds since 1970-01-01T00:00:00 on one wall clock, so that an appointment
// keeps its hour over the change to summer time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace brugwacht {

enum class Frequency : std::uint8_t { Daily, Weekly, Monthly, Yearly };

struct RuleDay {
    int weekday = 1;  // 1 = Monday
    int ordinal = 0;  // 2 = the second one, -1 = the last one, 0 = all
};

struct RecurrenceRule {
    Frequency frequency = Frequency::Daily;
    std::int64_t interval = 1;
    std::optional<std::int64_t> count;
    std::string_view until;  // as written: a date, or date and time; "" = none
    std::vector<RuleDay> days;
    std::vector<int> month_days;
    std::vector<int> months;
    std::vector<int> positions;
    int week_start = 1;
};

/// Nothing for a rule with a part that is not known or not valid. The views are into `text`.
std::optional<RecurrenceRule> parse_rule(std::string_view text);

/// The occurrences from `start` on, rising. `start` itself always is the first one and counts for COUNT, also when the rule would not give
/// it.
class Recurrence {
  public:
    /// `last`: the last civil time that may come out (UNTIL, or the end of the window).
    Recurrence(RecurrenceRule rule, std::int64_t start, std::int64_t last);
    /// Nothing at the end, or when `steps` is used up; every period that is looked at takes one.
    std::optional<std::int64_t> next(std::int64_t& steps);

  private:
    bool fill(std::int64_t& steps);
    void gather();
    void gather_month(int year, int month);
    void add_numbered(int year, int month, int from, int to);
    bool fits_month(int month) const;
    void add_weekdays(int first, int last);

    RecurrenceRule rule_;
    std::int64_t start_;
    std::int64_t last_;
    int first_day_;                     // days since 1970
    int day_, weekday_, month_, year_;  // of the start
    std::int64_t period_ = 0;
    std::int64_t given_ = 0;
    std::vector<int> days_;  // of this period, rising
    std::size_t at_ = 0;
};

}  // namespace brugwacht
