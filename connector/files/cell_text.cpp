#include "connector/files/cell_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "engine/core/date.hpp"

namespace brugwacht {

namespace {

void append_number(double value, std::string& out) {
    if (value == 0) {
        out += '0';
        return;
    }
    std::array<char, 64> buffer{};
    if (std::fabs(value) >= 1e21) {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
        out.append(buffer.data(), end);
        return;
    }
    if (std::fabs(value) < 1e15 && value == std::trunc(value)) {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(value)).ptr;
        out.append(buffer.data(), end);
        return;
    }
    // Shortest digits and their exponent, laid out without one.
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::scientific).ptr;
    std::string digits;
    const char* p = buffer.data();
    for (; p != end && *p != 'e'; ++p)
        if (*p != '.') digits += *p;
    const int exponent = std::atoi(p + 1);
    if (value < 0) out += '-';
    const auto count = static_cast<int>(digits.size());
    if (exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent - 1), '0');
        out += digits;
    } else if (exponent + 1 >= count) {
        out += digits;
        out.append(static_cast<std::size_t>(exponent + 1 - count), '0');
    } else {
        out.append(digits, 0, static_cast<std::size_t>(exponent + 1));
        out += '.';
        out.append(digits, static_cast<std::size_t>(exponent + 1));
    }
}

void append_two(std::int64_t value, std::string& out) {
    if (value < 10) out += '0';
    out += std::to_string(value);
}

void append_clock(std::int64_t seconds, std::string& out) {
    append_two(seconds / 3600, out);
    out += ':';
    append_two(seconds / 60 % 60, out);
    out += ':';
    append_two(seconds % 60, out);
}

}  // namespace

void append_cell_text(const Cell& cell, std::string& out) {
    switch (cell.kind) {
        case CellKind::Empty:
            return;
        case CellKind::Text:
        case CellKind::Error:
            out += cell.text;
            return;
        case CellKind::Number:
            append_number(cell.number, out);
            return;
        case CellKind::Boolean:
            out += cell.number != 0 ? "TRUE" : "FALSE";
            return;
        case CellKind::DateTime: {
            const auto seconds = static_cast<std::int64_t>(std::floor(cell.number));
            const std::int64_t days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
            out += Date::from_days(static_cast<std::int32_t>(days)).iso();
            if (!cell.has_time) return;
            out += 'T';
            append_clock(seconds - days * 86400, out);
            return;
        }
        case CellKind::Time: {
            auto seconds = static_cast<std::int64_t>(std::llround(cell.number));
            if (seconds < 0) {
                out += '-';
                seconds = -seconds;
            }
            append_clock(seconds, out);
            return;
        }
    }
}

}  // namespace brugwacht
