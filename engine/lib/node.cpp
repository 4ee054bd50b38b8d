#include "engine/lib/node.hpp"

#include <algorithm>

#include "engine/core/text.hpp"

namespace brugwacht {

const Node* Node::find(std::string_view key) const {
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == key) return &items[i];
    return nullptr;
}

std::string Node::position() const { return line == 0 ? std::string() : std::to_string(line) + ":" + std::to_string(column); }

TableReader::TableReader(const Node& table, std::string file, std::string path, std::vector<Fault>& faults)
    : table_(table), file_(std::move(file)), path_(std::move(path)), faults_(faults) {}

const Node* TableReader::node(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    return table_.find(key);
}

void TableReader::fault(const std::string& code, TextArgs args, const Node* at) {
    const Node& place = at != nullptr ? *at : table_;
    faults_.push_back(Fault{code, std::move(args), file_, place.position()});
}

namespace {
std::string dotted(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
}
std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}
}  // namespace

std::string TableReader::text(std::string_view key, std::string fallback) {
    const Node* n = node(key);
    if (n == nullptr) return fallback;
    if (!n->is(Node::Kind::Text)) {
        fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("text")}}, n);
        return fallback;
    }
    return n->text;
}

std::string TableReader::required_text(std::string_view key) {
    if (table_.find(key) == nullptr) {
        known_.emplace_back(key);
        fault("CFG-002", {{"key", dotted(path_, key)}}, nullptr);
        return {};
    }
    return text(key);
}

std::int64_t TableReader::integer(std::string_view key, std::int64_t fallback) {
    const Node* n = node(key);
    if (n == nullptr) return fallback;
    if (!n->is(Node::Kind::Integer)) {
        fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("integer")}}, n);
        return fallback;
    }
    return n->integer;
}

double TableReader::real(std::string_view key, double fallback) {
    const Node* n = node(key);
    if (n == nullptr) return fallback;
    if (!n->is(Node::Kind::Integer) && !n->is(Node::Kind::Real)) {
        fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("number")}}, n);
        return fallback;
    }
    return n->real;
}

bool TableReader::boolean(std::string_view key, bool fallback) {
    const Node* n = node(key);
    if (n == nullptr) return fallback;
    if (!n->is(Node::Kind::Boolean)) {
        fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("boolean")}}, n);
        return fallback;
    }
    return n->boolean;
}

std::optional<Date> TableReader::date(std::string_view key) {
    const Node* n = node(key);
    if (n == nullptr) return std::nullopt;
    if (n->is(Node::Kind::Date)) return n->date;
    if (n->is(Node::Kind::Text))
        if (const auto parsed = Date::parse_iso(n->text)) return parsed;
    fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("date")}}, n);
    return std::nullopt;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
    const Node* n = node(key);
    if (n == nullptr) return {};
    if (n->is(Node::Kind::Text)) return {n->text};
    std::vector<std::string> out;
    if (n->is(Node::Kind::Array)) {
        for (const Node& item : n->items) {
            if (item.is(Node::Kind::Text)) {
                out.push_back(item.text);
            } else {
                fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("text")}}, &item);
            }
        }
        return out;
    }
    fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("list")}}, n);
    return out;
}

std::string TableReader::choice(std::string_view key, const std::vector<std::string>& allowed, std::string fallback) {
    const std::string value = text(key, fallback);
    const bool known = std::find(allowed.begin(), allowed.end(), value) != allowed.end();
    if (known || value == fallback) return value;
    fault("CFG-004", {{"key", dotted(path_, key)}, {"value", value}, {"allowed", joined(allowed)}}, table_.find(key));
    return fallback;
}

std::vector<const Node*> TableReader::tables(std::string_view key) {
    const Node* n = node(key);
    std::vector<const Node*> out;
    if (n == nullptr) return out;
    if (n->is(Node::Kind::Table)) return {n};
    if (n->is(Node::Kind::Array)) {
        for (const Node& item : n->items) {
            if (item.is(Node::Kind::Table)) {
                out.push_back(&item);
            } else {
                fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("table")}}, &item);
            }
        }
        return out;
    }
    fault("CFG-003", {{"key", dotted(path_, key)}, {"expected", std::string("table")}}, n);
    return out;
}

void TableReader::finish() {
    for (std::size_t i = 0; i < table_.keys.size(); ++i) {
        const std::string& key = table_.keys[i];
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        const auto guess = nearest(key, known_);
        fault("CFG-001",
              {{"key", dotted(path_, key)},
               {"suggested", std::string(guess ? "yes" : "no")},
               {"nearest", guess.value_or("")},
               {"known", joined(known_)}},
              &table_.items[i]);
    }
}

}  // namespace brugwacht
