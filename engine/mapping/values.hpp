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
    bool declared = false;        // somebody wrote down the orders, and at most one of day first and month first is among them
    bool pivot_declared = false;  // somebody wrote down two_digit_years_to
};

/// What the text of a date says about the order of day and month in its column.
enum class DateSign : std::uint8_t {
    None,        // no date of three parts
    Certain,     // year in front, yyyymmdd or a named month: needs no order
    DayFirst,    // the first number is above 12
    MonthFirst,  // the second number is above 12
    Open,        // could be either
    Same,        // either, and the same day: 03/03/2025
};
struct DateOutline {
    DateSign sign = DateSign::None;
    bool two_digit_year = false;
};
DateOutline date_outline(std::string_view text);

/// What the text of a number says about the decimal sign of its column: "1,5" comma, "1.234" open, "12" nothing.
enum class NumberSign : std::uint8_t { None, Comma, Point, Open };
NumberSign number_sign(std::string_view text);

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
/// "#N/A", "#DIV/0!", "#VERW!", "#NOM?" and a column of # that was too narrow: an error of a spreadsheet that a text file carries as text.
bool is_error_text(std::string_view text);
/// "1,23E+10": digits of a long number that a spreadsheet threw away.
bool is_damaged_number(std::string_view text);
/// Four digits 1000 to 9992; foreign ones as written.
std::optional<std::string> read_postcode(std::string_view text);
/// The address alone, lower case, out of "Ann (mama) <ann@voorbeeld.be>".
std::optional<std::string> read_email(std::string_view text);
/// E.164, read as in Belgium.
std::optional<std::string> read_phone(std::string_view text);

}  // namespace brugwacht
