// From a request as a preset words it to one that can be sent.
#pragma once

#include <string>

#include "connector/rest/http.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset.hpp"

namespace brugwacht {

/// `path` below `base_url`: behind it, or behind its origin when it begins with a slash.
std::string request_address(const std::string& base_url, const std::string& path);

/// Fills the placeholders in. `path` becomes the path below base_url, without query: by which the request is signed and named.
HttpRequest make_request(const ConnectionPlan& connection, const RequestPlan& plan, const Placeholders& values, std::string& path);

}  // namespace brugwacht
