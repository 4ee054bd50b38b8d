// Values of options that several commands take.
#pragma once

#include <optional>
#include <string>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

/// yyyy-mm-dd, or nothing for "". Throws Error CLI-006 (64).
inline std::optional<Date> date_argument(const std::string& option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto date = Date::parse_iso(text)) return date;
    throw Error(Exit::Usage, "CLI-006", {{"option", option}, {"value", text}});
}

/// First calendar year of a working year: "2025-2026" or "2025", or nothing for "". Throws Error CLI-007 (64).
inline std::optional<int> working_year_argument(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (text.size() >= 4 && text.find_first_not_of("0123456789") >= 4)
        if (const auto date = Date::parse_iso(text.substr(0, 4) + "-01-01")) return date->year();
    throw Error(Exit::Usage, "CLI-007", {{"value", text}});
}

}  // namespace brugwacht
