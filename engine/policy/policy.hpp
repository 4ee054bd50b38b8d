// What a field may become: detectors for what must not pass a door, and the shape of keys and codes that may stand in the open store.
// Pure functions of one text; nothing is stored, logged or kept. Detectors are tripwires: a hit drops the value, it never cleans it.
// Source: reference privacy 3.2 and 6; national numbers as published by the National Register (nine digits and 97 minus the remainder).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace brugwacht {

/// A Belgian national or BIS number anywhere in the text: eleven digits, blanks . - / _ and the like between them allowed, a plausible
/// date (month 00..12, +20 or +40 for BIS; day 00..31) and the check number before or after 2000. Digits of other scripts count, and so
/// does the scientific notation of a spreadsheet, 8.5073003328E+10.
bool has_national_number(std::string_view text);
/// The same for a number cell, which lost its leading zeros (births 2000 to 2009): 9, 10 or 11 digits.
bool is_national_number(std::uint64_t number);
/// A header that says national numbers stand below it: INSZ, RRN, NISS, rijksregisternummer, numéro national ...
bool is_national_header(std::string_view header);
/// Thirteen digits that start with 09, blanks allowed.
bool has_uitpas_number(std::string_view text);
/// The same for a number cell, which lost its leading zero.
bool is_uitpas_number(std::uint64_t number);
bool is_uitpas_header(std::string_view header);
/// Nine digits or more, or a number of that size in scientific notation: what no column that promises such numbers may pass on, also when
/// it is mistyped or lost its last digits.
bool is_long_number(std::string_view text);
/// Two letters, two check digits, 11 to 30 more; modulo 97. Blanks allowed.
bool has_iban(std::string_view text);
bool has_email(std::string_view text);
/// +, 00 or 0 and 8 to 14 digits more, with the usual separators; or nine digits that start with 4.
bool has_phone(std::string_view text);
/// Day, month and year in figures, in any order, with separators.
bool has_date(std::string_view text);
/// More than three words: free text, not a code.
bool has_many_words(std::string_view text);

enum class Alarm : std::uint8_t { None, NationalNumber, Uitpas, Iban, Email, Phone, Date, Words };
/// The first alarm in the order of the list, for a text that should be a code.
Alarm alarm_in_code(std::string_view text);
/// The same without the words: for the public name of a club, a municipality, an employer.
Alarm alarm_in_label(std::string_view text);
/// "POL-001" and so on; "" for None.
std::string_view alarm_code(Alarm alarm);

/// True when a record key may stand in the store as it is: [A-Za-z0-9][A-Za-z0-9._:/-]{0,63} and no detector fires. Others are hashed with
/// a key.
bool is_plain_key(std::string_view text);
/// True for what may be kept as a code that no list knows: [a-z][a-z0-9_]{0,39}, at most three words, no alarm.
bool is_code(std::string_view text);
/// "Geen plaats meer" -> "geen_plaats_meer": the form in which an unknown code is kept, if is_code() then says yes.
std::string code_slug(std::string_view text);

}  // namespace brugwacht
