#include "connector/rest/request.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

void add_headers(HttpRequest& request, const Node& headers, const Placeholders& values) {
    for (std::size_t i = 0; i < headers.items.size(); ++i) {
        std::optional<std::string> text = values.text(headers.items[i].text);
        if (!text) continue;
        // A header of this name that is there already is replaced, but for lists such as Prefer.
        const auto same = std::find_if(request.headers.begin(), request.headers.end(),
                                       [&](const auto& header) { return header.first == headers.keys[i]; });
        if (same == request.headers.end()) {
            request.headers.emplace_back(headers.keys[i], std::move(*text));
        } else if (headers.keys[i] == "Prefer") {
            same->second += "," + *text;
        } else {
            same->second = std::move(*text);
        }
    }
}

void add_parameter(std::string& query, const std::string& name, const std::string& value) {
    query += (query.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
}

/// A table as the parameters of a query or a form.
void add_parameters(std::string& query, const Node& table, const Placeholders& values) {
    const Node filled = values.tree(table).value_or(Node());
    for (std::size_t i = 0; i < filled.items.size(); ++i) {
        const Node& item = filled.items[i];
        const bool texts = item.is(Node::Kind::Array) &&
                           std::all_of(item.items.begin(), item.items.end(), [](const Node& one) { return one.is(Node::Kind::Text); });
        if (item.is(Node::Kind::Text)) {
            add_parameter(query, filled.keys[i], item.text);
        } else if (texts) {
            for (const Node& one : item.items) add_parameter(query, filled.keys[i], one.text);
        } else {
            add_parameter(query, filled.keys[i], json_text(item));
        }
    }
}

}  // namespace

std::string request_address(const std::string& base_url, const std::string& path) {
    if (path.starts_with('/')) return resolve_link(base_url, path);
    const bool joined = path.empty() || base_url.ends_with('/') || base_url.find('?') != std::string::npos;
    return base_url + (joined ? "" : "/") + path;
}

HttpRequest make_request(const ConnectionPlan& connection, const RequestPlan& plan, const Placeholders& values, std::string& path) {
    HttpRequest request;
    request.method = plan.method;
    path = values.text(plan.path, Placeholders::Encoding::Percent).value_or("");
    const std::string base = Placeholders().text(connection.base_url).value_or(connection.base_url);
    request.url = request_address(base, path);
    request.max_bytes = connection.max_answer;
    request.timeout_s = connection.timeout_s;
    add_headers(request, connection.headers, values);
    add_headers(request, plan.headers, values);
    std::string query, form;
    add_parameters(query, plan.query, values);
    if (!query.empty()) request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + query;
    add_parameters(form, plan.form, values);
    const auto has = [&](const char* name) {
        return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) { return header.first == name; });
    };
    if (!form.empty()) {
        request.body = std::move(form);
        if (!has("Content-Type")) request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    } else if (!plan.json.is(Node::Kind::Null)) {
        request.body = json_text(values.tree(plan.json).value_or(Node()));
        if (!has("Content-Type")) request.headers.emplace_back("Content-Type", "application/json");
    }
    if (!has("Accept")) request.headers.emplace_back("Accept", "application/json");
    return request;
}

}  // namespace brugwacht
