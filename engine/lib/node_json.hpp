// A small tree as JSON.
#pragma once

#include <cstdint>

#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {

enum class MemberOrder : std::uint8_t { AsWritten, ByName };

/// The tree as one value; dates as text.
void write_json(JsonWriter& json, const Node& node, MemberOrder order = MemberOrder::AsWritten);

}  // namespace brugwacht
