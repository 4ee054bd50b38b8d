#include "connector/rest/stream_state.hpp"

#include "engine/core/error.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

std::string text_of(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Text) ? found->text : std::string();
}

std::int64_t integer_of(const Node& node, std::string_view key, std::int64_t fallback) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Integer) ? found->integer : fallback;
}

bool flag_of(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Boolean) && found->boolean;
}

std::set<std::string> texts_of(const Node& node, std::string_view key) {
    std::set<std::string> texts;
    if (const Node* found = node.find(key))
        for (const Node& item : found->items) texts.insert(item.text);
    return texts;
}

std::map<std::string, std::int64_t> numbers_of(const Node& node, std::string_view key) {
    std::map<std::string, std::int64_t> numbers;
    if (const Node* found = node.find(key))
        for (const std::string& name : found->keys) numbers[name] = integer_of(*found, name, 0);
    return numbers;
}

void write_numbers(JsonWriter& json, std::string_view key, const std::map<std::string, std::int64_t>& numbers) {
    json.key(key).begin_object();
    for (const auto& [name, number] : numbers) json.member(name, number);
    json.end_object();
}

void write_texts(JsonWriter& json, std::string_view key, const std::set<std::string>& texts) {
    json.key(key).begin_array();
    for (const std::string& text : texts) json.value(text);
    json.end_array();
}

}  // namespace

std::string StreamState::text() const {
    JsonWriter json;
    json.begin_object().member("version", 1).member("plan", plan).member("lo", lo).member("hi", hi).member("last_id", last_id);
    json.member("link", link).member("delta", delta).member("no_delta", no_delta).member("reading_all", reading_all);
    write_numbers(json, "listed", listed);
    write_numbers(json, "unseen", unseen);
    write_texts(json, "members", members);
    write_texts(json, "present", present);
    json.end_object();
    return json.take();
}

StreamState StreamState::parse(std::string_view text) {
    StreamState state;
    if (text.empty()) return state;
    Node node;
    try {
        node = parse_json(text, "state");
    } catch (const Error&) {
        return state;
    }
    if (integer_of(node, "version", 0) != 1) return state;
    state.plan = text_of(node, "plan");
    state.lo = integer_of(node, "lo", -1);
    state.hi = integer_of(node, "hi", 0);
    state.last_id = text_of(node, "last_id");
    state.link = text_of(node, "link");
    state.delta = text_of(node, "delta");
    state.no_delta = flag_of(node, "no_delta");
    state.reading_all = flag_of(node, "reading_all");
    state.listed = numbers_of(node, "listed");
    state.unseen = numbers_of(node, "unseen");
    state.members = texts_of(node, "members");
    state.present = texts_of(node, "present");
    return state;
}

}  // namespace brugwacht
