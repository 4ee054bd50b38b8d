#include "engine/lib/json_tree.hpp"

#include <algorithm>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/lib/json_reader.hpp"

namespace brugwacht {
namespace {

JsonReader reader_of(std::string_view json, const JsonTree::Limits& limits) {
    return JsonReader(
        [json](char* out, std::size_t size) mutable {
            const std::size_t n = std::min(size, json.size());
            std::memcpy(out, json.data(), n);
            json.remove_prefix(n);
            return n;
        },
        {limits.depth, limits.text});
}

[[noreturn]] void throw_trouble(const JsonReader& json, const std::string& file) {
    if (json.trouble() == JsonReader::Trouble::Deep)
        throw Error(Exit::Data, "JSN-002", {{"file", file}, {"offset", static_cast<std::int64_t>(json.offset())}}, file);
    throw Error(Exit::Data, "JSN-001", {{"file", file}, {"offset", static_cast<std::int64_t>(json.offset())}}, file);
}

}  // namespace

JsonView::Kind JsonView::kind() const { return tree_ == nullptr ? Kind::Absent : tree_->values_[index_].kind; }

bool JsonView::flag() const { return tree_ != nullptr && tree_->values_[index_].flag; }

std::string_view JsonView::text() const {
    if (tree_ == nullptr) return {};
    const JsonTree::Value& value = tree_->values_[index_];
    if (value.kind == Kind::Boolean) return value.flag ? "true" : "false";
    return std::string_view(tree_->texts_).substr(std::size_t{value.text_at} + value.key_size, value.text_size);
}

std::string_view JsonView::key() const {
    if (tree_ == nullptr) return {};
    const JsonTree::Value& value = tree_->values_[index_];
    return std::string_view(tree_->texts_).substr(value.text_at, value.key_size);
}

std::size_t JsonView::size() const { return tree_ == nullptr ? 0 : tree_->values_[index_].size; }

JsonView JsonView::first() const {
    if (tree_ == nullptr || tree_->values_[index_].first == 0) return {};
    return {tree_, tree_->values_[index_].first};
}

JsonView JsonView::next() const {
    if (tree_ == nullptr || tree_->values_[index_].next == 0) return {};
    return {tree_, tree_->values_[index_].next};
}

JsonView JsonView::find(std::string_view name) const {
    if (!is(Kind::Object)) return {};
    for (JsonView member = first(); member; member = member.next())
        if (member.key() == name) return member;
    return {};
}

JsonView JsonView::at(std::size_t index) const {
    JsonView element = first();
    while (element && index > 0) {
        element = element.next();
        --index;
    }
    return element;
}

JsonTree JsonTree::parse(std::string_view json, const std::string& file, const Limits& limits) {
    if (json.size() > UINT32_MAX) throw Error(Exit::Data, "JSN-006", {{"file", file}}, file);
    JsonTree tree;
    JsonReader reader = reader_of(json, limits);
    struct Open {
        std::uint32_t container = 0, last = 0;
    };
    std::vector<Open> open;
    std::string key;
    const auto add = [&](JsonView::Kind kind, std::string_view text) {
        if (tree.values_.size() >= limits.values) throw Error(Exit::Data, "JSN-006", {{"file", file}}, file);
        const auto index = static_cast<std::uint32_t>(tree.values_.size());
        Value value;
        value.kind = kind;
        value.flag = reader.flag();
        value.text_at = static_cast<std::uint32_t>(tree.texts_.size());
        value.key_size = static_cast<std::uint32_t>(key.size());
        value.text_size = static_cast<std::uint32_t>(text.size());
        tree.texts_.append(key).append(text);
        key.clear();
        tree.values_.push_back(value);
        if (open.empty()) return index;
        Open& parent = open.back();
        (parent.last == 0 ? tree.values_[parent.container].first : tree.values_[parent.last].next) = index;
        ++tree.values_[parent.container].size;
        parent.last = index;
        return index;
    };
    using Event = JsonReader::Event;
    using Kind = JsonView::Kind;
    for (Event event = reader.next(); event != Event::End; event = reader.next()) {
        switch (event) {
            case Event::BeginObject:
            case Event::BeginArray:
                open.push_back({add(event == Event::BeginObject ? Kind::Object : Kind::Array, {}), 0});
                break;
            case Event::EndObject:
            case Event::EndArray:
                open.pop_back();
                break;
            case Event::Key:
                key = reader.text();
                break;
            case Event::Text:
                add(Kind::Text, reader.text());
                break;
            case Event::Number:
                add(Kind::Number, reader.text());
                break;
            case Event::Boolean:
                add(Kind::Boolean, {});
                break;
            case Event::Null:
                add(Kind::Null, {});
                break;
            case Event::Fault:
            case Event::End:
                throw_trouble(reader, file);
        }
    }
    if (tree.values_.empty()) throw_trouble(reader, file);
    return tree;
}

bool JsonTree::is_cut_short(std::string_view json) {
    JsonReader reader = reader_of(json, Limits());
    for (;;) {
        const JsonReader::Event event = reader.next();
        if (event == JsonReader::Event::Fault) return reader.trouble() == JsonReader::Trouble::CutShort;
        if (event == JsonReader::Event::End) return false;
    }
}

}  // namespace brugwacht
