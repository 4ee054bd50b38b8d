#include "connector/rest/preset_words.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace brugwacht {
namespace {

Node* member(Node& table, std::string_view key) {
    for (std::size_t i = 0; i < table.keys.size(); ++i)
        if (table.keys[i] == key) return &table.items[i];
    return nullptr;
}

void rename(Node& table, std::string_view from, std::string_view to) {
    if (member(table, to) != nullptr) return;
    std::replace(table.keys.begin(), table.keys.end(), std::string(from), std::string(to));
}

std::optional<Node> take_out(Node& table, std::string_view key) {
    const auto at = std::find(table.keys.begin(), table.keys.end(), key);
    if (!table.is(Node::Kind::Table) || at == table.keys.end()) return std::nullopt;
    const auto place = at - table.keys.begin();
    Node taken = std::move(table.items[static_cast<std::size_t>(place)]);
    table.keys.erase(at);
    table.items.erase(table.items.begin() + place);
    return taken;
}

void put(Node& table, const std::string& key, Node value) {
    table.kind = Node::Kind::Table;
    if (member(table, key) != nullptr) return;
    table.keys.push_back(key);
    table.items.push_back(std::move(value));
}

Node text(std::string words, const Node& place) {
    Node node = place;
    node.kind = Node::Kind::Text;
    node.text = std::move(words);
    node.items.clear();
    node.keys.clear();
    return node;
}

/// The table under a key, made when it is not there.
Node& part(Node& table, const std::string& key) {
    if (Node* found = member(table, key)) return *found;
    Node made;
    made.kind = Node::Kind::Table;
    made.line = table.line;
    made.column = table.column;
    table.keys.push_back(key);
    table.items.push_back(std::move(made));
    return table.items.back();
}

void replace_word(Node& table, std::string_view key, const std::map<std::string, std::string>& words) {
    Node* const node = member(table, key);
    if (node == nullptr || !node->is(Node::Kind::Text)) return;
    if (const auto word = words.find(node->text); word != words.end()) node->text = word->second;
}

/// Each table under a key that holds one or more of them.
void each_table(Node& parent, std::string_view key, const std::function<void(Node&)>& change) {
    Node* const node = member(parent, key);
    if (node == nullptr) return;
    if (node->is(Node::Kind::Table)) change(*node);
    if (!node->is(Node::Kind::Array)) return;
    for (Node& item : node->items)
        if (item.is(Node::Kind::Table)) change(item);
}

/// "$filter=a ge b" as a parameter of the query; "Prefer: x" as a header.
void split_into(Node& table, std::string_view key, char separator, const std::string& target) {
    const std::optional<Node> taken = take_out(table, key);
    if (!taken) return;
    const std::size_t at = taken->text.find(separator);
    if (at == std::string::npos) return;
    std::size_t value = at + 1;
    while (value < taken->text.size() && taken->text[value] == ' ') ++value;
    put(part(table, target), taken->text.substr(0, at), text(taken->text.substr(value), *taken));
}

void translate_error(Node& rule) {
    rename(rule, "body_path", "path");
    take_out(rule, "backoff");
    replace_word(rule, "action",
                 {{"wait_header", "wait"}, {"refresh_token", "refresh"}, {"stop_keep_state", "stop"}, {"halve_window", "restart_window"}});
    // Which header tells how long to wait is no condition; there is one only.
    if (const Node* header = member(rule, "header"); header != nullptr && header->text == "Retry-After") take_out(rule, "header");
}

void translate_incremental(Node& way) {
    replace_word(way, "mode", {{"cursor", "window"}, {"keyset_search", "window"}});
    split_into(way, "filter", '=', "query");
    split_into(way, "order", '=', "query");
    split_into(way, "request_header", ':', "headers");
    Node* const tombstone = member(way, "tombstone");
    if (tombstone == nullptr) return;
    const std::optional<Node> where = take_out(*tombstone, "where");
    if (!where || where->items.size() != 1) return;
    put(*tombstone, "path", text(where->keys[0], *where));
    put(*tombstone, "equals", where->items[0]);
}

/// How many rows a page has is said in a header, with {n} for the number.
void translate_page_size(Node& stream, Node& paging) {
    const std::optional<Node> header = take_out(paging, "page_size_header");
    const std::optional<Node> number = take_out(paging, "n");
    if (!header) return;
    const std::size_t at = header->text.find(':');
    if (at == std::string::npos) return;
    std::string value = header->text.substr(std::min(header->text.find_first_not_of(' ', at + 1), header->text.size()));
    if (const std::size_t mark = value.find("{n}"); mark != std::string::npos)
        value.replace(mark, 3, number ? std::to_string(number->integer) : "{page_size}");
    put(part(stream, "headers"), header->text.substr(0, at), text(value, *header));
}

void translate_stream(Node& stream) {
    if (std::optional<Node> select = take_out(stream, "select")) {
        if (const Node* param = member(*select, "param")) put(part(stream, "query"), param->text, text("{fields}", *param));
        if (Node* fields = member(*select, "fields")) put(stream, "fields", std::move(*fields));
    }
    if (Node* paging = member(stream, "paging"); paging != nullptr && paging->is(Node::Kind::Table)) {
        replace_word(*paging, "type", {{"token_param", "token"}});
        Node own = std::move(*paging);
        translate_page_size(stream, own);
        *member(stream, "paging") = std::move(own);
    }
    if (Node* ways = member(stream, "incremental"); ways != nullptr && ways->is(Node::Kind::Array))
        std::erase_if(ways->items, [](Node& way) {
            const Node* const mode = member(way, "mode");
            return mode != nullptr && (mode->text == "full" || mode->text == "client_filter");
        });
    each_table(stream, "incremental", translate_incremental);
    each_table(stream, "deletes", [](Node& deletes) { replace_word(deletes, "mode", {{"reconcile_ids", "ids"}}); });
}

}  // namespace

Node in_our_words(Node preset) {
    rename(preset, "client", "connection");
    rename(preset, "streams", "stream");
    each_table(preset, "connection", [](Node& connection) {
        rename(connection, "errors", "error");
        each_table(connection, "error", translate_error);
        each_table(connection, "auth", [](Node& auth) { take_out(auth, "refresh_on"); });
        each_table(connection, "budget", [](Node& budget) { take_out(budget, "concurrent"); });
    });
    each_table(preset, "stream", translate_stream);
    return preset;
}

}  // namespace brugwacht
