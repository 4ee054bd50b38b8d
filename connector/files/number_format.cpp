#include "connector/files/number_format.hpp"

#include <cmath>
#include <string>

namespace brugwacht {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != b[i]) return false;
    return true;
}

/// [h], [hh], [mm], [ss]: one letter only.
bool is_elapsed(std::string_view inside) {
    if (inside.empty()) return false;
    const char c = lower(inside[0]);
    if (c != 'h' && c != 'm' && c != 's') return false;
    for (const char other : inside)
        if (lower(other) != c) return false;
    return true;
}

/// The first section without anything that is shown literally. Sets `elapsed` for [h] and the like.
std::string bare_section(std::string_view code, bool& elapsed) {
    std::string bare;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == ';') break;
        if (c == '"') {
            i = std::min(code.find('"', i + 1), code.size());
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == '[') {
            const std::size_t close = std::min(code.find(']', i), code.size());
            if (is_elapsed(code.substr(i + 1, close - i - 1))) {
                elapsed = true;
                bare += lower(code[i + 1]);
            }
            i = close;
        } else {
            bare += lower(c);
        }
    }
    return bare;
}

void remove_all(std::string& text, std::string_view word) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos;) text.erase(at, word.size());
}

/// Formats that SpreadsheetML and HTML name in English instead of spelling them out.
std::optional<NumberMeaning> meaning_of_name(std::string_view code) {
    for (const std::string_view name : {"general date", "long date", "medium date", "short date"})
        if (equals(code, name)) return NumberMeaning::Date;
    for (const std::string_view name : {"long time", "medium time", "short time"})
        if (equals(code, name)) return NumberMeaning::Time;
    for (const std::string_view name : {"general", "standard", "standaard", "general number", "currency", "euro currency", "fixed",
                                        "percent", "scientific", "yes/no", "true/false", "on/off"})
        if (equals(code, name)) return NumberMeaning::Plain;
    return std::nullopt;
}

}  // namespace

NumberMeaning meaning_of_builtin(std::uint32_t id) {
    if ((id >= 14 && id <= 17) || id == 22) return NumberMeaning::Date;
    if ((id >= 18 && id <= 21) || id == 45 || id == 47) return NumberMeaning::Time;
    if (id == 46) return NumberMeaning::Duration;
    if (id >= 32 && id <= 35) return NumberMeaning::Time;
    if (id == 55 || id == 56) return NumberMeaning::Time;
    if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return NumberMeaning::Date;
    return NumberMeaning::Plain;
}

NumberMeaning meaning_of_code(std::string_view code) {
    if (const auto named = meaning_of_name(code)) return *named;
    bool elapsed = false;
    std::string bare = bare_section(code, elapsed);
    remove_all(bare, "general");
    remove_all(bare, "am/pm");
    remove_all(bare, "a/p");
    // Exponents look like an era year.
    remove_all(bare, "e+");
    remove_all(bare, "e-");
    bool date = false;
    bool clock = false;
    bool month_or_minute = false;
    for (std::size_t i = 0; i < bare.size(); ++i) {
        const char c = bare[i];
        if (c == '#' || c == '?' || c == '0') {
            // Digits belong to a time only as fractions of a second: ss.00
            const std::size_t before = bare.find_last_not_of("0", i);
            const bool fraction = c == '0' && before != std::string::npos && before > 0 && (bare[before] == '.' || bare[before] == ',') &&
                                  (bare[before - 1] == 's' || clock);
            if (!fraction) return NumberMeaning::Plain;
        }
        if (c == 'y' || c == 'd' || c == 'e' || c == 'g' || c == 'b') date = true;
        if (c == 'h' || c == 's') clock = true;
        if (c == 'm') month_or_minute = true;
    }
    if (date) return NumberMeaning::Date;
    if (elapsed) return NumberMeaning::Duration;
    if (clock) return NumberMeaning::Time;
    return month_or_minute ? NumberMeaning::Date : NumberMeaning::Plain;
}

std::optional<SerialMoment> serial_moment(double serial, bool date1904) {
    constexpr double kDay = 86400;
    constexpr std::int64_t kEpoch1900 = -25569;  // 1899-12-30
    constexpr std::int64_t kEpoch1904 = -24107;  // 1904-01-01
    constexpr double kLastDay1900 = 2958465;     // 9999-12-31
    const double last = date1904 ? kLastDay1900 - 1462 : kLastDay1900;
    if (!(serial >= 0) || serial >= last + 1) return std::nullopt;
    const auto total = static_cast<std::int64_t>(std::llround(serial * kDay));
    std::int64_t day = total / 86400;
    const std::int64_t rest = total % 86400;
    SerialMoment moment;
    moment.has_time = rest != 0;
    if (!date1904 && day == 60) {
        moment.unreal = true;
        moment.seconds = static_cast<double>(rest);
        return moment;
    }
    if (!date1904 && day < 60) ++day;  // before the day that never was, the system counts from 1899-12-31
    day += date1904 ? kEpoch1904 : kEpoch1900;
    moment.seconds = static_cast<double>(day * 86400 + rest);
    return moment;
}

bool set_moment(Cell& cell, double serial, NumberMeaning meaning, bool date1904, std::string& unreal) {
    if (meaning == NumberMeaning::Plain) return false;
    if ((meaning == NumberMeaning::Duration && std::fabs(serial) < 1e7) || (meaning == NumberMeaning::Time && serial >= 0 && serial < 1)) {
        cell.kind = CellKind::Time;
        cell.number = std::round(serial * 86400);
        return true;
    }
    const auto moment = serial_moment(serial, date1904);
    if (!moment) return false;
    if (moment->unreal) {
        unreal = "1900-02-29";
        if (moment->has_time) {
            const auto clock = static_cast<int>(moment->seconds);
            for (const int part : {clock / 3600, clock / 60 % 60, clock % 60}) {
                unreal += unreal.size() == 10 ? 'T' : ':';
                unreal += static_cast<char>('0' + part / 10);
                unreal += static_cast<char>('0' + part % 10);
            }
        }
        cell.kind = CellKind::Text;
        return true;
    }
    cell.kind = CellKind::DateTime;
    cell.number = moment->seconds;
    cell.has_time = moment->has_time;
    return true;
}

}  // namespace brugwacht
