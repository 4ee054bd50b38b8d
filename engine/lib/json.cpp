#include "engine/lib/json.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <charconv>
#include <cmath>
#include <variant>

#include "engine/lib/node.hpp"

namespace brugwacht {

struct JsonWriter::Impl {
    using Compact = rapidjson::Writer<rapidjson::StringBuffer>;
    using Pretty = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
    rapidjson::StringBuffer buffer;
    std::variant<Compact, Pretty> writer;

    explicit Impl(Style style) : writer(std::in_place_type<Compact>, buffer) {
        if (style == Style::Pretty) {
            writer.emplace<Pretty>(buffer);
            std::get<Pretty>(writer).SetIndent(' ', 2);
        }
    }
    template <typename F>
    void with(F&& f) {
        std::visit(std::forward<F>(f), writer);
    }
};

JsonWriter::JsonWriter(Style style) : impl_(std::make_unique<Impl>(style)) {}
JsonWriter::~JsonWriter() = default;
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;

JsonWriter& JsonWriter::begin_object() {
    impl_->with([](auto& w) { w.StartObject(); });
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    impl_->with([](auto& w) { w.EndObject(); });
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    impl_->with([](auto& w) { w.StartArray(); });
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    impl_->with([](auto& w) { w.EndArray(); });
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    impl_->with([&](auto& w) { w.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); });
    return *this;
}
JsonWriter& JsonWriter::value(std::string_view text) {
    impl_->with([&](auto& w) { w.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size())); });
    return *this;
}
JsonWriter& JsonWriter::value(std::int64_t number) {
    impl_->with([&](auto& w) { w.Int64(number); });
    return *this;
}
JsonWriter& JsonWriter::value(std::uint64_t number) {
    impl_->with([&](auto& w) { w.Uint64(number); });
    return *this;
}
JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;  // shortest form that reads back the same
    impl_->with([&](auto& w) { w.RawValue(text.data(), static_cast<std::size_t>(end - text.data()), rapidjson::kNumberType); });
    return *this;
}
JsonWriter& JsonWriter::value(bool flag) {
    impl_->with([&](auto& w) { w.Bool(flag); });
    return *this;
}
JsonWriter& JsonWriter::null() {
    impl_->with([](auto& w) { w.Null(); });
    return *this;
}
std::string JsonWriter::take() {
    std::string text(impl_->buffer.GetString(), impl_->buffer.GetSize());
    impl_->buffer.Clear();
    impl_->with([&](auto& w) { w.Reset(impl_->buffer); });
    return text;
}
std::size_t JsonWriter::size() const { return impl_->buffer.GetSize(); }

namespace {

/// Builds the tree from RapidJSON's events; refuses deep nesting before the stack could run out.
class TreeBuilder {
  public:
    static constexpr std::size_t kMaxDepth = 200;

    bool Null() { return put(Node()); }
    bool Bool(bool flag) {
        Node n;
        n.kind = Node::Kind::Boolean;
        n.boolean = flag;
        return put(std::move(n));
    }
    bool Int(int v) { return whole(v); }
    bool Uint(unsigned v) { return whole(v); }
    bool Int64(std::int64_t v) { return whole(v); }
    bool Uint64(std::uint64_t v) {
        return v <= 0x7fffffffffffffffULL ? whole(static_cast<std::int64_t>(v)) : Double(static_cast<double>(v));
    }
    bool Double(double v) {
        Node n;
        n.kind = Node::Kind::Real;
        n.real = v;
        return put(std::move(n));
    }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        Node n;
        n.kind = Node::Kind::Text;
        n.text.assign(text, length);
        return put(std::move(n));
    }
    bool StartObject() { return open(Node::Kind::Table); }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        stack_.back().keys.emplace_back(text, length);
        return true;
    }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool StartArray() { return open(Node::Kind::Array); }
    bool EndArray(rapidjson::SizeType) { return close(); }
    Node take() { return std::move(root_); }

  private:
    bool whole(std::int64_t v) {
        Node n;
        n.kind = Node::Kind::Integer;
        n.integer = v;
        n.real = static_cast<double>(v);
        return put(std::move(n));
    }
    bool put(Node&& n) {
        if (stack_.empty()) {
            root_ = std::move(n);
        } else {
            stack_.back().items.push_back(std::move(n));
        }
        return true;
    }
    bool open(Node::Kind kind) {
        if (stack_.size() >= kMaxDepth) return false;
        stack_.emplace_back().kind = kind;
        return true;
    }
    bool close() {
        Node n = std::move(stack_.back());
        stack_.pop_back();
        return put(std::move(n));
    }
    std::vector<Node> stack_;
    Node root_;
};

}  // namespace

Node parse_json(std::string_view text, const std::string& file) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(stream);
    rapidjson::Reader reader;
    TreeBuilder builder;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;
    if (!reader.Parse<kFlags>(input, builder))
        throw Error(Exit::Data, "JSN-001", {{"file", file}, {"offset", static_cast<std::int64_t>(reader.GetErrorOffset())}}, file,
                    std::to_string(reader.GetErrorOffset()));
    return builder.take();
}

}  // namespace brugwacht
