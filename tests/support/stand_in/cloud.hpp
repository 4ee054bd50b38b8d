// What the stand-ins for cloud systems share: answers in JSON, addresses, moments, and records as this moment shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in::cloud {

/// Content-Type application/json, and the Date of the system's clock.
Answer json_answer(const System& system, int status, std::string body);
/// A value as it was read.
void write(JsonWriter& json, const Node& node);

Node text_node(std::string text);
Node number_node(std::int64_t number);
/// The value of a field; null when the record has none of that name.
Node field_of(const Record& record, const std::string& name);
/// A text as it is, a number or truth value as JSON writes it; "" for null, tables and arrays.
std::string plain_text(const Node& node);

/// Everything but A-Z a-z 0-9 - . _ ~ as %XX.
std::string encode(std::string_view text);
/// With the usual alphabet and padding (RFC 4648).
std::string base64(std::string_view bytes);
/// Of base64 or base64url, with or without padding; other characters are passed over.
std::string from_base64(std::string_view text);
/// "http://HOST" as the caller addressed this server.
std::string origin(const Call& call);
/// Path and query as they stood in the request line, before and after the "?".
std::string raw_path(const Call& call);
std::string raw_query(const Call& call);
/// What follows "Bearer " (or another scheme) in Authorization; "" when it is absent or of another scheme.
std::string credential(const Call& call, std::string_view scheme);
/// The field of that name in a body of application/x-www-form-urlencoded; "" when absent.
std::string form_field(const Call& call, std::string_view name);
/// A whole number in a query parameter; nothing when the parameter is absent or is none.
std::optional<std::int64_t> number_parameter(const Call& call, const std::string& name);

/// Microseconds since 1970 UTC of "2026-01-31", "2026-01-31T10:00:00Z", with " " for T, 0 to 9 digits of fraction, "+01:00", "+0100" or no
/// zone (UTC); nothing when it is none of these.
std::optional<std::int64_t> parse_moment(std::string_view text);

std::vector<std::string> split(std::string_view text, char separator);
std::string to_lower(std::string_view text);
bool starts_with(std::string_view text, std::string_view start);
bool ends_with(std::string_view text, std::string_view end);

/// Records of a table in these states that have been committed by now, in order of insertion. An unknown table has none.
std::vector<const Record*> records_in(const System& system, const std::string& table, const std::vector<State>& states);
bool may_read(const System& system, const std::string& table);

}  // namespace brugwacht::stand_in::cloud
