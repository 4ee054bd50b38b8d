#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <algorithm>

#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

void place(Node& node, const toml::node& from) {
    node.line = static_cast<int>(from.source().begin.line);
    node.column = static_cast<int>(from.source().begin.column);
}

Node convert(const toml::node& from);

Node convert_table(const toml::table& table) {
    Node node;
    node.kind = Node::Kind::Table;
    std::vector<std::pair<std::string, const toml::node*>> members;
    for (const auto& [key, value] : table) members.emplace_back(std::string(key.str()), &value);
    // toml++ keeps members sorted by name; the order of the file is what its author sees.
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
        const auto& left = a.second->source().begin;
        const auto& right = b.second->source().begin;
        return std::pair(left.line, left.column) < std::pair(right.line, right.column);
    });
    for (const auto& [key, value] : members) {
        node.keys.push_back(key);
        node.items.push_back(convert(*value));
    }
    return node;
}

Node convert(const toml::node& from) {
    Node node;
    if (const auto* table = from.as_table()) {
        node = convert_table(*table);
    } else if (const auto* array = from.as_array()) {
        node.kind = Node::Kind::Array;
        for (const toml::node& item : *array) node.items.push_back(convert(item));
    } else if (const auto* text = from.as_string()) {
        node.kind = Node::Kind::Text;
        node.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
        node.kind = Node::Kind::Integer;
        node.integer = integer->get();
        node.real = static_cast<double>(integer->get());
    } else if (const auto* real = from.as_floating_point()) {
        node.kind = Node::Kind::Real;
        node.real = real->get();
    } else if (const auto* boolean = from.as_boolean()) {
        node.kind = Node::Kind::Boolean;
        node.boolean = boolean->get();
    } else if (const auto* date = from.as_date()) {
        node.kind = Node::Kind::Date;
        node.date = Date::from_ymd(date->get().year, date->get().month, date->get().day).value_or(Date());
    } else if (const auto* moment = from.as_date_time()) {
        node.kind = Node::Kind::Date;
        node.date = Date::from_ymd(moment->get().date.year, moment->get().date.month, moment->get().date.day).value_or(Date());
    } else if (const auto* time = from.as_time()) {
        node.kind = Node::Kind::Text;
        node.text = std::to_string(time->get().hour) + ":" + std::to_string(time->get().minute);
    }
    place(node, from);
    return node;
}

}  // namespace

Node parse_toml(std::string_view text, const std::string& file) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    try {
        return convert(toml::parse(text));
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        throw Error(Exit::Config, "TOM-001", {{"file", file}, {"reason", std::string(error.description())}}, file,
                    std::to_string(at.line) + ":" + std::to_string(at.column));
    }
}

}  // namespace brugwacht
