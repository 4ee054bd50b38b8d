// What the dialects share of HTTP: answers, parameters as PHP reads them, and calls made by hand for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lib/node.hpp"
#include "tests/support/local_server.hpp"

namespace brugwacht::stand_in {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Answer json_answer(int status, std::string body);
Answer html_answer(int status, std::string_view title);
Answer text_answer(int status, std::string body);
/// With the header that tells the system's clock.
Answer dated(Answer answer, std::int64_t now_us);

/// "where[0][value]=5" becomes a table in a table, "a[]" counts up; every value is a text.
Node php_parameters(const Pairs& pairs);
/// Member of a table as text, or "".
std::string text_of(const Node& table, std::string_view key);
/// Digits and nothing else, or nothing.
std::optional<std::size_t> parse_whole(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string base64(std::string_view bytes);
/// Bytes that are no base64 are passed over.
std::string from_base64(std::string_view text);

/// The call as the server would hand it over.
Call get_call(const std::string& path, Pairs query = {}, Pairs headers = {});
Call form_call(const std::string& path, const Pairs& form, Pairs headers = {});
Call json_call(const std::string& path, std::string body, Pairs headers = {});

}  // namespace brugwacht::stand_in
