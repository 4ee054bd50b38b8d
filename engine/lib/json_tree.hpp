// A JSON text in memory, compact: 32 bytes a value beside its text, digits of numbers exactly as they stand. For answers of servers, which
// may be hostile: depth, number of values and length of texts are bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

class JsonTree;

/// One value of a tree, or its absence: every question may be asked of every kind. Valid as long as the tree stays where it is.
class JsonView {
  public:
    enum class Kind : std::uint8_t { Absent, Null, Boolean, Number, Text, Array, Object };

    JsonView() = default;
    Kind kind() const;
    bool is(Kind kind) const { return this->kind() == kind; }
    explicit operator bool() const { return tree_ != nullptr; }
    bool flag() const;
    /// Text: UTF-8. Number: its digits. Boolean: true, false. "" for others.
    std::string_view text() const;
    /// Its name in the object that it stands in.
    std::string_view key() const;
    /// How many elements or members.
    std::size_t size() const;
    /// The first member of that name, absent when there is none or this is no object.
    JsonView find(std::string_view name) const;
    JsonView at(std::size_t index) const;
    /// The first element or member, and the one after this one.
    JsonView first() const;
    JsonView next() const;

  private:
    friend class JsonTree;
    JsonView(const JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
    const JsonTree* tree_ = nullptr;
    std::uint32_t index_ = 0;
};

class JsonTree {
  public:
    struct Limits {
        std::size_t depth = 100;
        std::size_t values = 4'000'000;
        std::size_t text = std::size_t{1} << 20;  // bytes of one text; a longer one is cut
    };

    /// Throws Error (65): JSN-001 no valid JSON or cut short, with the byte; JSN-002 nested too deep; JSN-006 too many values. `file` is
    /// how the messages name the text.
    static JsonTree parse(std::string_view json, const std::string& file, const Limits& limits);
    static JsonTree parse(std::string_view json, const std::string& file) { return parse(json, file, Limits()); }

    JsonView root() const { return {this, 0}; }
    /// True when the text ended inside a value: parse() gave up with JSN-001, and asking again may help.
    static bool is_cut_short(std::string_view json);

  private:
    friend class JsonView;
    struct Value {
        JsonView::Kind kind = JsonView::Kind::Null;
        bool flag = false;
        std::uint32_t key_size = 0, text_size = 0;
        std::uint32_t text_at = 0;  // key and text lie behind each other
        std::uint32_t next = 0;     // sibling; 0 = none
        std::uint32_t first = 0;    // child; 0 = none
        std::uint32_t size = 0;
    };

    std::vector<Value> values_;
    std::string texts_;
};

}  // namespace brugwacht
