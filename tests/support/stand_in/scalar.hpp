// Single values of stand-ins: what records hold as JSON text, what filters bring, and how a database compares the two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht::stand_in {

struct Scalar {
    enum class Kind : std::uint8_t { Null, Boolean, Number, Text };
    Kind kind = Kind::Null;
    double number = 0;  // 1 or 0 for a Boolean
    std::string text;   // the text; of anything else its JSON

    bool null() const { return kind == Kind::Null; }
};

Scalar text_scalar(std::string_view text);
Scalar number_scalar(std::int64_t number);
Scalar boolean_scalar(bool flag);
/// From JSON text; of a list or an object the text is the JSON itself.
Scalar scalar_of(std::string_view json);
Scalar scalar_of(const Node& node);
/// The elements of a list in JSON; a single value is a list of one, null of none.
std::vector<Scalar> elements_of(std::string_view json);
std::vector<Scalar> elements_of(const Node& node);

/// Below, at or above 0; nothing when one of the two is null. As numbers when one is a number and the other looks like one, else byte by
/// byte.
std::optional<int> compare(const Scalar& a, const Scalar& b);
/// LIKE of SQL: % and _, capitals do not matter.
bool like(std::string_view text, std::string_view pattern);

/// "\"An\"" from "An".
std::string json_text(std::string_view text);
/// Appends JSON text, or a tree, as the next value.
void write_json(JsonWriter& out, std::string_view json);
void write_node(JsonWriter& out, const Node& node);

struct Moment {
    std::int64_t us = 0;  // microseconds since 1970; of the civil time when it has no zone
    bool zoned = false;
};
/// "2026-11-23", "2026-11-23 22:14:00", with T, with a fraction, with Z or an offset, and "20261123221400". Nothing for anything else.
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace brugwacht::stand_in
