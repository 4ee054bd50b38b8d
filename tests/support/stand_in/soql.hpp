// The part of SOQL that the stand-in for Salesforce understands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/scanner.hpp"

namespace brugwacht::stand_in::cloud {

struct SoqlQuery {
    std::vector<std::string> fields;  // empty for COUNT()
    std::string object;
    Condition where;
    std::vector<Order> orders;
    std::optional<std::size_t> limit;
    std::size_t offset = 0;
};

/// SELECT fields (or COUNT()) FROM object WHERE .. ORDER BY .. LIMIT n OFFSET n; = != <> < <= > >= LIKE IN, NOT IN; AND and OR side by side
/// need parentheses, as there. Throws QueryFault.
SoqlQuery parse_soql(std::string_view text);

}  // namespace brugwacht::stand_in::cloud
