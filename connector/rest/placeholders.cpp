#include "connector/rest/placeholders.hpp"

#include <algorithm>
#include <charconv>

#include "connector/rest/http.hpp"
#include "engine/lib/node_json.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kParams = "params.";

/// One piece of a text: words as they stand, or a placeholder.
struct Piece {
    std::string_view words;  // of a placeholder: its name
    std::string_view type;
    bool is_placeholder = false;
};

bool is_name(std::string_view name) {
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '@';
    });
}

/// A brace that opens no placeholder is a brace.
std::vector<Piece> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    std::size_t from = 0, at = 0;
    const auto words_up_to = [&](std::size_t end) {
        if (end > from) pieces.push_back({text.substr(from, end - from), {}, false});
    };
    while (at < text.size()) {
        if (text[at] != '{') {
            ++at;
            continue;
        }
        if (at + 1 < text.size() && text[at + 1] == '{') {
            words_up_to(at + 1);
            at += 2;
            from = at;
            continue;
        }
        const std::size_t end = text.find('}', at);
        if (end == std::string_view::npos) break;
        std::string_view name = text.substr(at + 1, end - at - 1), type;
        if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
            type = name.substr(colon + 1);
            name = name.substr(0, colon);
        }
        if (!is_name(name) || (!type.empty() && type != "number" && type != "list")) {
            ++at;
            continue;
        }
        words_up_to(at);
        pieces.push_back({name, type, true});
        at = from = end + 1;
    }
    words_up_to(text.size());
    return pieces;
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& item : list) out += (out.empty() ? "" : ",") + item;
    return out;
}

Node text_node(std::string text, const Node& place) {
    Node node;
    node.kind = Node::Kind::Text;
    node.text = std::move(text);
    node.line = place.line;
    node.column = place.column;
    return node;
}

Node number_node(const std::string& digits, const Node& place) {
    Node node = text_node(digits, place);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) return node;
    node.kind = Node::Kind::Integer;
    node.integer = number;
    node.real = static_cast<double>(number);
    return node;
}

/// A value of a user is never read as a placeholder.
std::string without_placeholders(const std::string& value) {
    std::string out;
    for (const char c : value) out.append(c == '{' ? 2 : 1, c);
    return out;
}

/// Rebuilds a tree by its texts. An element of an array from which something was directly left out is left out as a whole.
class Rebuild {
  public:
    template <typename FillText>
    static std::optional<Node> run(const Node& node, const FillText& fill) {
        bool incomplete = false;
        return walk(node, fill, incomplete);
    }

  private:
    template <typename FillText>
    static std::optional<Node> walk(const Node& node, const FillText& fill, bool& incomplete) {
        if (node.is(Node::Kind::Text)) return fill(node);
        if (!node.is(Node::Kind::Array) && !node.is(Node::Kind::Table)) return node;
        Node out;
        out.kind = node.kind;
        out.line = node.line;
        out.column = node.column;
        const bool in_array = node.is(Node::Kind::Array);
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Node& item = node.items[i];
            bool item_incomplete = false;
            std::optional<Node> made = walk(item, fill, item_incomplete);
            if (made && in_array && item_incomplete) made.reset();
            if (!made) {
                // What a container lacks is told to who holds it only for texts: a table may well lose a whole table.
                incomplete = incomplete || item.is(Node::Kind::Text);
                continue;
            }
            out.items.push_back(std::move(*made));
            if (!in_array) out.keys.push_back(node.keys[i]);
        }
        return out;
    }
};

}  // namespace

void Placeholders::set(const std::string& name, std::vector<std::string> list) {
    std::string text = joined(list);
    values_[name] = {std::move(text), std::move(list), {}};
}

void Placeholders::set_table(const std::string& name, Node table) {
    std::string text = json_text(table);
    values_[name] = {std::move(text), {}, std::move(table)};
}

std::optional<std::string> Placeholders::text(std::string_view text, Encoding encoding) const {
    std::string out;
    for (const Piece& piece : pieces_of(text)) {
        if (!piece.is_placeholder) {
            out += piece.words;
            continue;
        }
        const auto value = values_.find(std::string(piece.words));
        if (value == values_.end()) return std::nullopt;
        out += encoding == Encoding::Percent ? percent_encode(value->second.text) : value->second.text;
    }
    return out;
}

std::optional<Node> Placeholders::tree(const Node& node) const {
    return Rebuild::run(node, [this](const Node& leaf) -> std::optional<Node> {
        const std::vector<Piece> pieces = pieces_of(leaf.text);
        if (pieces.size() == 1 && pieces[0].is_placeholder) {
            const auto value = values_.find(std::string(pieces[0].words));
            if (value == values_.end()) return std::nullopt;
            if (value->second.table) return value->second.table;
            if (pieces[0].type.empty()) return text_node(value->second.text, leaf);
            if (pieces[0].type == "number") return number_node(value->second.text, leaf);
            Node list;
            list.kind = Node::Kind::Array;
            for (const std::string& item : value->second.list) list.items.push_back(text_node(item, leaf));
            return list;
        }
        std::optional<std::string> filled = text(leaf.text);
        if (!filled) return std::nullopt;
        return text_node(std::move(*filled), leaf);
    });
}

Node with_parameters(const Node& node, const std::map<std::string, std::string>& values, std::vector<std::string>& unknown) {
    const auto fill = [&](const Node& leaf) -> std::optional<Node> {
        // Braces of other placeholders are for later, and so are doubled ones.
        std::string out;
        std::string_view rest = leaf.text;
        while (!rest.empty()) {
            const std::size_t at = rest.find("{params.");
            const std::size_t end = at == std::string_view::npos ? at : rest.find('}', at);
            if (end == std::string_view::npos) break;
            std::string name(rest.substr(at + 1 + kParams.size(), end - at - 1 - kParams.size()));
            std::string type;
            if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
                type = name.substr(colon + 1);
                name.resize(colon);
            }
            const auto value = values.find(name);
            if (value == values.end()) {
                unknown.push_back(name);
                return std::nullopt;
            }
            if (value->second.empty()) return std::nullopt;
            if (type == "number" && at == 0 && out.empty() && end + 1 == rest.size()) return number_node(value->second, leaf);
            out.append(rest.substr(0, at)).append(without_placeholders(value->second));
            rest.remove_prefix(end + 1);
        }
        return text_node(out.append(rest), leaf);
    };
    return Rebuild::run(node, fill).value_or(Node());
}

void collect_placeholders(const Node& node, std::vector<std::string>& names) {
    if (node.is(Node::Kind::Text))
        for (const Piece& piece : pieces_of(node.text))
            if (piece.is_placeholder) names.emplace_back(piece.words);
    for (const Node& item : node.items) collect_placeholders(item, names);
}

std::string json_text(const Node& node) {
    JsonWriter json;
    write_json(json, node);
    return json.take();
}

}  // namespace brugwacht
