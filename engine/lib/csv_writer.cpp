#include "engine/lib/csv_writer.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

constexpr std::string_view kDangerous{"=+-@\t\r\0", 7};

bool is_signed_number(std::string_view value) {
    if (value[0] != '+' && value[0] != '-') return false;
    const std::string_view rest = value.substr(1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return std::any_of(rest.begin(), rest.end(), is_digit) &&
           std::all_of(rest.begin(), rest.end(), [&](char c) { return is_digit(c) || c == ' ' || c == '.'; });
}

bool needs_guard(std::string_view value) {
    return !value.empty() && kDangerous.find(value[0]) != std::string_view::npos && !is_signed_number(value);
}

}  // namespace

std::string guarded(std::string_view value) { return (needs_guard(value) ? "'" : "") + std::string(value); }

std::string_view unguarded(std::string_view value) {
    if (value.size() > 1 && value[0] == '\'' && needs_guard(value.substr(1))) value.remove_prefix(1);
    return value;
}

void append_csv_row(std::string& out, const std::vector<std::string>& values, char delimiter) {
    bool first = true;
    for (const std::string& value : values) {
        if (!first) out += delimiter;
        first = false;
        out += '"';
        for (const char c : guarded(value)) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
}

}  // namespace brugwacht
