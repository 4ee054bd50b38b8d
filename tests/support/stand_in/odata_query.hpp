// The query options of OData 4 that the stand-ins understand: $filter, $orderby and $select.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/scanner.hpp"

namespace brugwacht::stand_in::cloud {

/// eq ne lt le gt ge, and or not, parentheses, in (...), contains(), startswith(). Throws QueryFault.
Condition parse_odata_filter(std::string_view text);
/// "modifiedon asc,contactid". Throws QueryFault.
std::vector<Order> parse_odata_order(std::string_view text);

}  // namespace brugwacht::stand_in::cloud
