#include "engine/lib/node_json.hpp"

#include <algorithm>
#include <numeric>

namespace brugwacht {

void write_json(JsonWriter& json, const Node& node, MemberOrder order) {
    switch (node.kind) {
        case Node::Kind::Null:
            json.null();
            break;
        case Node::Kind::Boolean:
            json.value(node.boolean);
            break;
        case Node::Kind::Integer:
            json.value(node.integer);
            break;
        case Node::Kind::Real:
            json.value(node.real);
            break;
        case Node::Kind::Text:
            json.value(node.text);
            break;
        case Node::Kind::Date:
            json.value(node.date.iso());
            break;
        case Node::Kind::Array:
            json.begin_array();
            for (const Node& item : node.items) write_json(json, item, order);
            json.end_array();
            break;
        case Node::Kind::Table: {
            std::vector<std::size_t> members(node.keys.size());
            std::iota(members.begin(), members.end(), std::size_t{0});
            if (order == MemberOrder::ByName)
                std::sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return node.keys[a] < node.keys[b]; });
            json.begin_object();
            for (const std::size_t i : members) {
                json.key(node.keys[i]);
                write_json(json, node.items[i], order);
            }
            json.end_object();
            break;
        }
    }
}

}  // namespace brugwacht
