// Conditions and orders as cloud systems let their callers write them, once their own notation has been read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/lib/node.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in::cloud {

/// A constant in a condition.
struct Literal {
    enum class Kind : std::uint8_t { Null, Boolean, Number, Text, Moment };
    Kind kind = Kind::Null;
    bool truth = false;
    double number = 0;
    std::string text;
    std::int64_t moment_us = 0;  // microseconds since 1970 UTC
};

Literal text_literal(std::string text);
Literal moment_literal(std::int64_t moment_us);
/// A word without quotes: null, true, false, a number, a moment, or else a text (an identifier such as a GUID, in lower case).
Literal word_literal(const std::string& word);
/// A value read from JSON; one that is no single value is a text that equals nothing.
Literal node_literal(const Node& node);

struct Condition {
    enum class Kind : std::uint8_t { Always, And, Or, Not, Compare };
    enum class Operator : std::uint8_t { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn, Contains, StartsWith };
    Kind kind = Kind::Always;
    std::vector<Condition> parts;  // And, Or; Not has one
    std::string field;             // Compare
    Operator op = Operator::Equal;
    std::vector<Literal> literals;  // one, several for In and NotIn
};

Condition comparison(std::string field, Condition::Operator op, Literal literal);
Condition all_of(std::vector<Condition> parts);
Condition any_of(std::vector<Condition> parts);
Condition negation(Condition part);

/// The value of a field of the record at hand, by the name that conditions use.
using FieldOf = std::function<Node(const std::string& name)>;

/// Less than, equal to or greater than 0; nothing when the two cannot be compared (null, other types). Text is compared by its bytes, and
/// as a moment with a moment, as a number with a number.
std::optional<int> compare(const Node& value, const Literal& literal);
bool holds(const Condition& condition, const FieldOf& field_of);
/// Every field that is named somewhere in it.
std::vector<std::string> fields_in(const Condition& condition);
/// Calls `change` for each comparison in it.
void for_each_comparison(Condition& condition, const std::function<void(Condition&)>& change);

struct Order {
    std::string field;
    bool descending = false;
};

/// Null before truth values before numbers before text (by its bytes).
int compare_values(const Node& a, const Node& b);
/// True when a record with these values stands before the other one; `orders` are compared one after the other.
bool stands_before(const std::vector<Order>& orders, const FieldOf& a, const FieldOf& b);

/// How a dialect shows a field of a record.
using ValueOf = std::function<Node(const Record& record, const std::string& name)>;

/// The records for which `condition` holds, in that order; where it leaves two equal they stay as they stood.
std::vector<const Record*> arranged(std::vector<const Record*> records, const Condition& condition, const std::vector<Order>& orders,
                                    const ValueOf& value_of);

}  // namespace brugwacht::stand_in::cloud
