// What a number format of a workbook says about a number: is it a date, a time of day, a duration? And serial numbers as dates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/row.hpp"

namespace brugwacht {

enum class NumberMeaning : std::uint8_t {
    Plain,     // a number
    Date,      // the format shows a day, month or year
    Time,      // hours, minutes or seconds only
    Duration,  // hours that go on beyond 24: [h]:mm
};

/// Of a built-in format, by its number. Source: ECMA-376 part 1, 18.8.30, with the East Asian ids 27-36 and 50-58.
NumberMeaning meaning_of_builtin(std::uint32_t id);
/// Of a format code, judged by its first section; quoted text, escapes, colours, conditions and locales do not count.
NumberMeaning meaning_of_code(std::string_view code);

/// A serial number of the 1900 system (with its 29 February 1900) or of the 1904 system.
struct SerialMoment {
    double seconds = 0;  // since 1970-01-01T00:00:00 civil, whole
    bool has_time = false;
    bool unreal = false;  // serial 60 of the 1900 system: 1900-02-29, a day that never was; `seconds` is then the time of day
};

/// Rounded to the nearest second. Nothing outside 0 .. 9999-12-31.
std::optional<SerialMoment> serial_moment(double serial, bool date1904);

/// Makes `cell` the moment or clock time that a serial number with this meaning is; false when it is none and stays a number. For the day
/// that never was the cell becomes a text, which is put in `unreal`: 1900-02-29.
bool set_moment(Cell& cell, double serial, NumberMeaning meaning, bool date1904, std::string& unreal);

}  // namespace brugwacht
