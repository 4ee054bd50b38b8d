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

}  // namespace brugwacht
