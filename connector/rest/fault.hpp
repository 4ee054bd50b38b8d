// What may be told about a server that does not do what it should: its name, a status, a code. Never a path, a query or a body.
#pragma once

#include <string>
#include <string_view>

#include "connector/rest/http.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

/// "crm.example.org", with the port when it is not the usual one.
std::string host_of(std::string_view url);
/// [A-Za-z0-9_.:-]{1,64}
bool looks_like_code(std::string_view text);
/// Arguments has_NAME ("yes", "no") and NAME, for messages that show something only when it is there.
void add_optional(TextArgs& args, const std::string& name, const std::string& value);
/// REST-001 (75) not reached, REST-002 (77) not trusted, REST-003 (75) no answer in time, REST-004 (75) cut off or damaged each time,
/// REST-005 (65) too large, REST-006 (70) anything else.
Error no_answer(const HttpFailure& failure, const std::string& host, int attempts);

}  // namespace brugwacht
