// Filters written as JSON, the way MongoDB and those who took after it do.
#pragma once

#include <functional>

#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/scanner.hpp"

namespace brugwacht::stand_in::cloud {

/// {"a": 1, "b": {"$gte": 2, "$lt": 3}, "$or": [..]}; all members hold. $eq $ne $neq $gt $gte $lt $lte $in $nin $contains $and $or $not.
/// `literal` makes a constant of a value. Throws QueryFault for anything else.
Condition parse_mongo_filter(const Node& filter, const std::function<Literal(const Node&)>& literal = node_literal);

}  // namespace brugwacht::stand_in::cloud
