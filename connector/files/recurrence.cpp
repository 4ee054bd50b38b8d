#include "connector/files/recurrence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "engine/core/date.hpp"

namespace brugwacht {

namespace {

using namespace std::string_view_literals;

constexpr std::int64_t kDay = 86400;
constexpr int kLastYear = 2200;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

int weekday_of(std::string_view code) {
    constexpr std::array kCodes{"MO"sv, "TU"sv, "WE"sv, "TH"sv, "FR"sv, "SA"sv, "SU"sv};
    const auto found = std::find(kCodes.begin(), kCodes.end(), code);
    return found == kCodes.end() ? 0 : static_cast<int>(found - kCodes.begin()) + 1;
}

/// Calls take(item) for every item between commas; false as soon as one is refused.
template <typename Take>
bool each(std::string_view list, Take take) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (!take(list.substr(0, comma))) return false;
        if (comma == std::string_view::npos) return true;
        list.remove_prefix(comma + 1);
    }
}

bool numbers(std::string_view list, int low, int high, bool negative, std::vector<int>& out) {
    return each(list, [&](std::string_view item) {
        const auto value = number(item);
        if (!value || out.size() >= 400) return false;
        const std::int64_t size = *value < 0 ? -*value : *value;
        if (size < low || size > high || (*value < 0 && !negative)) return false;
        out.push_back(static_cast<int>(*value));
        return true;
    });
}

bool weekdays(std::string_view list, std::vector<RuleDay>& out) {
    return each(list, [&](std::string_view item) {
        if (item.size() < 2 || out.size() >= 400) return false;
        RuleDay day;
        day.weekday = weekday_of(item.substr(item.size() - 2));
        if (item.size() > 2) {
            const auto ordinal = number(item.substr(0, item.size() - 2));
            if (!ordinal || *ordinal == 0 || *ordinal < -53 || *ordinal > 53) return false;
            day.ordinal = static_cast<int>(*ordinal);
        }
        out.push_back(day);
        return day.weekday != 0;
    });
}

int day_number(int year, int month, int day) { return Date::from_ymd(year, month, day)->days(); }

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

std::optional<RecurrenceRule> parse_rule(std::string_view text) {
    RecurrenceRule rule;
    bool frequency = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view name = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        if (name == "FREQ") {
            constexpr std::array kNames{"DAILY"sv, "WEEKLY"sv, "MONTHLY"sv, "YEARLY"sv};
            const auto found = std::find(kNames.begin(), kNames.end(), value);
            if (found == kNames.end()) return std::nullopt;
            rule.frequency = static_cast<Frequency>(found - kNames.begin());
            frequency = true;
        } else if (name == "INTERVAL") {
            const auto interval = number(value);
            if (!interval || *interval < 1) return std::nullopt;
            rule.interval = std::min<std::int64_t>(*interval, 1'000'000);
        } else if (name == "COUNT") {
            rule.count = number(value);
            if (!rule.count || *rule.count < 1) return std::nullopt;
        } else if (name == "UNTIL") {
            rule.until = value;
        } else if (name == "WKST") {
            rule.week_start = weekday_of(value);
            if (rule.week_start == 0) return std::nullopt;
        } else if (!(name == "BYDAY"        ? weekdays(value, rule.days)
                     : name == "BYMONTHDAY" ? numbers(value, 1, 31, true, rule.month_days)
                     : name == "BYMONTH"    ? numbers(value, 1, 12, false, rule.months)
                     : name == "BYSETPOS"   ? numbers(value, 1, 366, true, rule.positions)
                                            : name.starts_with("X-"))) {
            return std::nullopt;
        }
    }
    // Only in a month or a year is there a second Tuesday.
    const bool ordinals = std::any_of(rule.days.begin(), rule.days.end(), [](const RuleDay& day) { return day.ordinal != 0; });
    if (ordinals && rule.frequency < Frequency::Monthly) return std::nullopt;
    if (!frequency) return std::nullopt;
    return rule;
}

Recurrence::Recurrence(RecurrenceRule rule, std::int64_t start, std::int64_t last)
    : rule_(std::move(rule)), start_(start), last_(last), first_day_(static_cast<int>(floor_div(start, kDay))) {
    const Date date = Date::from_days(first_day_);
    year_ = date.year();
    month_ = date.month();
    day_ = date.day();
    weekday_ = date.weekday();
}

bool Recurrence::fits_month(int month) const {
    return rule_.months.empty() || std::find(rule_.months.begin(), rule_.months.end(), month) != rule_.months.end();
}

/// The days of BYDAY in a stretch of days, ordinals counted inside it.
void Recurrence::add_weekdays(int first, int last) {
    for (const RuleDay& wanted : rule_.days) {
        const int from = first + (wanted.weekday - Date::from_days(first).weekday() + 7) % 7;
        const int to = last - (Date::from_days(last).weekday() - wanted.weekday + 7) % 7;
        if (wanted.ordinal > 0) {
            if (from + (wanted.ordinal - 1) * 7 <= last) days_.push_back(from + (wanted.ordinal - 1) * 7);
        } else if (wanted.ordinal < 0) {
            if (to + (wanted.ordinal + 1) * 7 >= first) days_.push_back(to + (wanted.ordinal + 1) * 7);
        } else {
            for (int day = from; day <= last; day += 7) days_.push_back(day);
        }
    }
}

void Recurrence::gather_month(int year, int month) {
    if (!fits_month(month)) return;
    const int length = days_in_month(year, month);
    const int first = day_number(year, month, 1);
    if (rule_.month_days.empty() && rule_.days.empty()) {
        if (day_ <= length) days_.push_back(first + day_ - 1);
        return;
    }
    if (rule_.month_days.empty()) return add_weekdays(first, first + length - 1);
    add_numbered(year, month, first, first + length - 1);
}

/// The days of BYMONTHDAY in a month, and of them only those that BYDAY allows between two days.
void Recurrence::add_numbered(int year, int month, int from, int to) {
    const int length = days_in_month(year, month);
    const int first = day_number(year, month, 1);
    std::vector<int> allowed;
    std::swap(allowed, days_);
    add_weekdays(from, to);
    std::swap(allowed, days_);
    for (const int wanted : rule_.month_days) {
        const int day = first + (wanted > 0 ? wanted : length + wanted + 1) - 1;
        if (day < first || day >= first + length) continue;
        if (rule_.days.empty() || std::find(allowed.begin(), allowed.end(), day) != allowed.end()) days_.push_back(day);
    }
}

/// The days of the period, in any order, perhaps twice.
void Recurrence::gather() {
    const auto step = static_cast<int>(std::min<std::int64_t>(period_ * rule_.interval, 4'000'000));
    switch (rule_.frequency) {
        case Frequency::Daily: {
            const int day = first_day_ + step;
            const Date date = Date::from_days(day);
            if (date.year() > kLastYear || !fits_month(date.month())) return;
            const int back = date.day() - days_in_month(date.year(), date.month()) - 1;
            const bool numbered =
                rule_.month_days.empty() || std::any_of(rule_.month_days.begin(), rule_.month_days.end(),
                                                        [&](int wanted) { return wanted == date.day() || wanted == back; });
            const bool named = rule_.days.empty() || std::any_of(rule_.days.begin(), rule_.days.end(),
                                                                 [&](const RuleDay& wanted) { return wanted.weekday == date.weekday(); });
            if (numbered && named) days_.push_back(day);
            return;
        }
        case Frequency::Weekly: {
            const int first = first_day_ - (weekday_ - rule_.week_start + 7) % 7 + 7 * step;
            if (Date::from_days(first).year() > kLastYear) return;
            for (int day = first; day < first + 7; ++day) {
                const Date date = Date::from_days(day);
                const bool named = rule_.days.empty() ? date.weekday() == weekday_
                                                      : std::any_of(rule_.days.begin(), rule_.days.end(), [&](const RuleDay& wanted) {
                                                            return wanted.weekday == date.weekday();
                                                        });
                if (named && fits_month(date.month())) days_.push_back(day);
            }
            return;
        }
        case Frequency::Monthly: {
            const int months = year_ * 12 + month_ - 1 + step;
            if (months / 12 <= kLastYear) gather_month(months / 12, months % 12 + 1);
            return;
        }
        case Frequency::Yearly: {
            const int year = year_ + step;
            if (year > kLastYear) return;
            if (rule_.months.empty() && rule_.month_days.empty() && !rule_.days.empty())
                return add_weekdays(day_number(year, 1, 1), day_number(year, 12, 31));
            if (rule_.months.empty() && rule_.month_days.empty()) {
                if (day_ <= days_in_month(year, month_)) days_.push_back(day_number(year, month_, day_));
                return;
            }
            // Without a month the second Tuesday is that of the year.
            for (int month = 1; month <= 12; ++month)
                if (rule_.months.empty())
                    add_numbered(year, month, day_number(year, 1, 1), day_number(year, 12, 31));
                else
                    gather_month(year, month);
            return;
        }
    }
}

/// Goes on to the next period that has days from the start on. False when there is none.
bool Recurrence::fill(std::int64_t& steps) {
    while (steps-- > 0) {
        days_.clear();
        at_ = 0;
        const std::int64_t reach = period_ * rule_.interval;
        const std::int64_t days_ahead = rule_.frequency == Frequency::Daily     ? reach
                                        : rule_.frequency == Frequency::Weekly  ? (reach - 1) * 7
                                        : rule_.frequency == Frequency::Monthly ? (reach - 1) * 28
                                                                                : (reach - 1) * 365;
        if ((first_day_ + days_ahead) * kDay > last_ || days_ahead > 700 * 366) return false;
        gather();
        ++period_;
        std::sort(days_.begin(), days_.end());
        days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
        if (!rule_.positions.empty()) {
            std::vector<int> chosen;
            const auto size = static_cast<int>(days_.size());
            for (const int position : rule_.positions) {
                const int at = position > 0 ? position - 1 : size + position;
                if (at >= 0 && at < size) chosen.push_back(days_[static_cast<std::size_t>(at)]);
            }
            std::sort(chosen.begin(), chosen.end());
            chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
            days_ = std::move(chosen);
        }
        // The start itself was given already.
        days_.erase(days_.begin(), std::upper_bound(days_.begin(), days_.end(), first_day_));
        if (!days_.empty()) return true;
    }
    steps = 0;
    return false;
}

std::optional<std::int64_t> Recurrence::next(std::int64_t& steps) {
    if (rule_.count && given_ >= *rule_.count) return std::nullopt;
    if (given_ == 0) {
        ++given_;
        return start_;
    }
    if (at_ >= days_.size() && !fill(steps)) return std::nullopt;
    const std::int64_t civil = days_[at_++] * kDay + (start_ - first_day_ * kDay);
    if (civil > last_) {
        rule_.count = 0;
        return std::nullopt;
    }
    ++given_;
    return civil;
}

}  // namespace brugwacht
