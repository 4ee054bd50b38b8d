// {name} in the texts of a preset, and what stands for it. A text that uses a placeholder without a value is left out, together with the
// condition or field it belongs to (docs/presets.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/node.hpp"

namespace brugwacht {

class Placeholders {
  public:
    enum class Encoding : std::uint8_t { Plain, Percent };

    void set(const std::string& name, std::string text) { values_[name] = {std::move(text), {}, {}}; }
    void set(const std::string& name, std::vector<std::string> list);
    /// Stands as a table where a text of tree() consists of it alone, elsewhere as its JSON text.
    void set_table(const std::string& name, Node table);
    void unset(const std::string& name) { values_.erase(name); }

    /// The text with its placeholders filled in and {{ made {; nothing when one has no value. Percent: the values are percent-encoded, the
    /// text around them is not.
    std::optional<std::string> text(std::string_view text, Encoding encoding = Encoding::Plain) const;
    /// A tree for a JSON body: a text that is one placeholder with a type (":number", ":list"), or one that stands for a table, becomes
    /// that.
    std::optional<Node> tree(const Node& node) const;

  private:
    struct Value {
        std::string text;
        std::vector<std::string> list;
        std::optional<Node> table;
    };
    std::map<std::string, Value> values_;
};

/// The tree with {params.NAME} filled in everywhere; every other brace stays as it is, and a brace in a value is doubled. Names in `values`
/// that are empty leave out what uses them. Unknown names are appended to `unknown`.
Node with_parameters(const Node& node, const std::map<std::string, std::string>& values, std::vector<std::string>& unknown);

/// Names of the placeholders in all texts of a tree, without their types.
void collect_placeholders(const Node& node, std::vector<std::string>& names);

/// Compact JSON; dates as text.
std::string json_text(const Node& node);

}  // namespace brugwacht
