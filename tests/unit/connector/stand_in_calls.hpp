// Calls to a stand-in without a socket, and its answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lib/node.hpp"
#include "tests/support/local_server.hpp"

namespace brugwacht {

using CallHeaders = std::vector<std::pair<std::string, std::string>>;

/// As the local server hands it on; `target` may be an absolute address of that server ("http://crm.example").
inline Call call_of(std::string method, std::string target, CallHeaders headers = {}, std::string body = {}) {
    const std::string server = "http://crm.example";
    if (target.compare(0, server.size(), server) == 0) target.erase(0, server.size());
    Call call;
    call.method = std::move(method);
    call.target = target;
    call.headers = std::move(headers);
    call.headers.emplace_back("host", "crm.example");
    const auto mark = target.find('?');
    Call decoder;  // a path and a query are decoded as a form is
    decoder.body = "path=" + target.substr(0, mark);
    call.path = decoder.form().front().second;
    decoder.body = mark == std::string::npos ? "" : target.substr(mark + 1);
    call.query = decoder.form();
    call.body = std::move(body);
    return call;
}

inline Call get(std::string target, CallHeaders headers = {}) { return call_of("GET", std::move(target), std::move(headers)); }
inline Call post_form(std::string target, std::string body, CallHeaders headers = {}) {
    headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    return call_of("POST", std::move(target), std::move(headers), std::move(body));
}

inline Node body_of(const Answer& answer) { return parse_json(answer.body, "answer"); }

inline std::string header_of(const Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
        if (key == name) return value;
    return {};
}

/// A member by its path, "error.code" or "value.0.id"; a member whose own name has dots is tried first. Null when it is not there.
inline Node member(const Node& node, std::string_view path) {
    if (const Node* whole = node.find(path)) return *whole;
    for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
        const std::string_view first = path.substr(0, dot);
        const Node* child = node.find(first);
        if (child == nullptr && node.is(Node::Kind::Array) && first.find_first_not_of("0123456789") == std::string_view::npos &&
            std::stoul(std::string(first)) < node.items.size())
            child = &node.items[std::stoul(std::string(first))];
        if (child != nullptr) return member(*child, path.substr(dot + 1));
    }
    if (node.is(Node::Kind::Array) && !path.empty() && path.find_first_not_of("0123456789") == std::string_view::npos &&
        std::stoul(std::string(path)) < node.items.size())
        return node.items[std::stoul(std::string(path))];
    return {};
}

inline std::string text_at(const Answer& answer, std::string_view path) { return member(body_of(answer), path).text; }

/// That member of each element of the array ("" = the answer itself), joined with blanks; nothing for one that has none.
inline std::string each(const Answer& answer, std::string_view array, std::string_view name) {
    const Node body = body_of(answer);
    const Node found = array.empty() ? body : member(body, array);
    std::string joined;
    for (std::size_t i = 0; i < found.items.size(); ++i) {
        const Node value = member(found.items[i], name);
        joined += (i == 0 ? "" : " ") + (value.is(Node::Kind::Integer) ? std::to_string(value.integer) : value.text);
    }
    return joined;
}

}  // namespace brugwacht
