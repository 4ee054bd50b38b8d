// Texts of cells to the canonical forms of the model: dates, numbers, years, durations, contact data. Pure; nothing is guessed that could
// be two things. Every function gives nothing when the text is not readable as what it should be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"

namespace brugwacht {

enum class DateOrder : std::uint8_t { DayFirst, MonthFirst, YearFirst };
/// "dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd" and their like; blanks . / - are all the same.
std::optional<DateOrder> date_order(std::string_view pattern);
const std::vector<std::string>& date_patterns();

struct DateRules {
    std::vector<DateOrder> orders{DateOrder::DayFirst, DateOrder::YearFirst};
    int two_digit_years_to = 2039;  // 40 is 1940
    bool excel_serial = false;
};

/// Years 1900 to 2100. A year of four digits in front, yyyymmdd and month names in Dutch, French or English are never ambiguous and always
/// read; a time after the date is dropped.
std::optional<Date> read_date(std::string_view text, const DateRules& rules);
/// The quick way for yyyy-mm-dd and dd/mm/yyyy: true and the canonical text, or false, which says nothing yet.
bool read_plain_date(std::string_view text, const DateRules& rules, std::string& out);
/// Into yyyy, yyyy-mm or yyyy-mm-dd.
std::optional<std::string> read_partial_date(std::string_view text, const DateRules& rules);
/// First calendar year of "2025-2026", "2025", "25-26", "werkjaar 2025/26".
std::optional<int> read_year(std::string_view text);
/// Canonical text, "1234.5". `mark` is the decimal sign, the other one may only group thousands.
std::optional<std::string> read_decimal(std::string_view text, char mark);
std::optional<std::string> read_integer(std::string_view text);
std::optional<bool> read_boolean(std::string_view text);
/// Minutes of "90", "1:30", "1u30", "1,5 uur", "45 min"; a bare number counts `bare_minutes` minutes.
std::optional<std::int64_t> read_minutes(std::string_view text, int bare_minutes);
/// Four digits 1000 to 9992; foreign ones as written.
std::optional<std::string> read_postcode(std::string_view text);
/// The address alone, lower case, out of "Ann (mama) <ann@voorbeeld.be>".
std::optional<std::string> read_email(std::string_view text);
/// E.164, read as in Belgium.
std::optional<std::string> read_phone(std::string_view text);

}  // namespace brugwacht
