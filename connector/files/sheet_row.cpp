#include "connector/files/sheet_row.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "connector/files/cell_text.hpp"
#include "engine/core/date.hpp"

namespace brugwacht {

namespace {

std::string_view stripped(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// The two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
    if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9') return -1;
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

/// Without the Z or the +01:00 behind a time of day.
std::string_view without_zone(std::string_view clock) {
    if (clock.ends_with('Z')) return clock.substr(0, clock.size() - 1);
    const std::size_t sign = clock.find_first_of("+-");
    return clock.substr(0, sign);
}

}  // namespace

void SheetRow::clear() {
    cells_.clear();
    places_.clear();
    text_.clear();
}

void SheetRow::keep(std::uint32_t column, CellKind kind, double number, std::string_view text) {
    Cell cell;
    cell.column = column;
    cell.kind = kind;
    cell.number = number;
    places_.push_back({text_.size(), text.size()});
    text_ += text;
    cells_.push_back(cell);
}

void SheetRow::add_boolean(std::uint32_t column, bool value) { keep(column, CellKind::Boolean, value ? 1 : 0, {}); }

void SheetRow::add_moment(std::uint32_t column, double seconds, bool has_time) {
    keep(column, CellKind::DateTime, seconds, {});
    cells_.back().has_time = has_time;
}

void SheetRow::add_time(std::uint32_t column, double seconds) { keep(column, CellKind::Time, seconds, {}); }

bool SheetRow::add_serial(std::uint32_t column, double serial, NumberMeaning meaning, bool date1904, std::string_view digits) {
    if ((meaning == NumberMeaning::Duration && std::fabs(serial) < 1e7) || (meaning == NumberMeaning::Time && serial >= 0 && serial < 1)) {
        add_time(column, std::round(serial * 86400));
        return true;
    }
    const auto moment = meaning == NumberMeaning::Plain ? std::nullopt : serial_moment(serial, date1904);
    if (!moment) {
        add_number(column, serial, digits);
        return true;
    }
    if (moment->unreal) {
        std::string text = "1900-02-29";
        if (moment->has_time) {
            Cell clock;
            clock.kind = CellKind::Time;
            clock.number = moment->seconds;
            text += 'T';
            append_cell_text(clock, text);
        }
        add_text(column, text);
        return false;
    }
    add_moment(column, moment->seconds, moment->has_time);
    return true;
}

void SheetRow::repeat_last(std::uint32_t times) {
    Cell cell = cells_.back();
    const Place place = places_.back();
    for (std::uint32_t i = 0; i < times; ++i) {
        ++cell.column;
        cells_.push_back(cell);
        places_.push_back(place);
    }
}

std::span<const Cell> SheetRow::finish() {
    for (std::size_t i = 0; i < cells_.size(); ++i)
        if (places_[i].length > 0) cells_[i].text = {text_.data() + places_[i].offset, places_[i].length};
    const auto rises = [](const Cell& a, const Cell& b) { return a.column < b.column; };
    if (std::adjacent_find(cells_.begin(), cells_.end(), [&](const Cell& a, const Cell& b) { return !rises(a, b); }) == cells_.end())
        return cells_;
    std::stable_sort(cells_.begin(), cells_.end(), rises);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i)
        if (i + 1 == cells_.size() || cells_[i + 1].column != cells_[i].column) cells_[kept++] = cells_[i];
    cells_.resize(kept);
    return cells_;
}

std::string bounded_name(std::string name) {
    constexpr std::size_t kMaxName = 1024;
    if (name.size() <= kMaxName) return name;
    std::size_t end = kMaxName;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name.resize(end);
    return name;
}

std::optional<double> parse_xml_number(std::string_view text) {
    text = stripped(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
    if ((error != std::errc() && error != std::errc::result_out_of_range) || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<double> parse_xml_clock(std::string_view text) {
    text = without_zone(stripped(text));
    const int hours = two_digits(text, 0);
    const int minutes = two_digits(text, 3);
    if (hours < 0 || hours > 24 || minutes < 0 || minutes > 59 || text[2] != ':') return std::nullopt;
    double seconds = 0;
    if (text.size() > 5) {
        const auto number = text[5] == ':' ? parse_xml_number(text.substr(6)) : std::nullopt;
        if (!number || *number < 0 || *number >= 61) return std::nullopt;
        seconds = std::round(*number);
    }
    return hours * 3600 + minutes * 60 + seconds;
}

std::optional<XmlMoment> parse_xml_moment(std::string_view text) {
    text = stripped(text);
    const auto date = Date::parse_iso(text.substr(0, 10));
    if (!date) return std::nullopt;
    XmlMoment moment;
    moment.days = date->days();
    if (text.size() <= 10) return moment;
    if (text[10] != 'T' && text[10] != ' ') return text[10] == 'Z' && text.size() == 11 ? std::optional(moment) : std::nullopt;
    const auto clock = parse_xml_clock(text.substr(11));
    if (!clock) return std::nullopt;
    moment.seconds = *clock;
    return moment;
}

std::optional<double> parse_xml_duration(std::string_view text) {
    text = stripped(text);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (!text.starts_with('P')) return std::nullopt;
    text.remove_prefix(1);
    double total = 0;
    bool in_time = false;
    bool any = false;
    while (!text.empty()) {
        if (text[0] == 'T' && !in_time) {
            in_time = true;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t unit = text.find_first_not_of("0123456789.,");
        if (unit == 0 || unit == std::string_view::npos) return std::nullopt;
        std::string digits(text.substr(0, unit));
        std::replace(digits.begin(), digits.end(), ',', '.');
        const auto number = parse_xml_number(digits);
        const char c = text[unit];
        const double length = !in_time && c == 'D'   ? 86400
                              : !in_time && c == 'W' ? 604800
                              : in_time && c == 'H'  ? 3600
                              : in_time && c == 'M'  ? 60
                              : in_time && c == 'S'  ? 1
                                                     : 0;
        if (!number || (length == 0 && *number != 0)) return std::nullopt;
        total += *number * length;
        any = true;
        text.remove_prefix(unit + 1);
    }
    if (!any || total > 1e12) return std::nullopt;
    total = std::round(total);
    return negative ? -total : total;
}

}  // namespace brugwacht
