// The code lists of mappings/canonical.toml: every code with its labels in three languages and the other words people write for it.
// Data, editable per project: a project's own mappings/canonical.toml adds codes and replaces labels.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/lib/node.hpp"

namespace brugwacht {

struct Code {
    std::string code;                  // "no_places"
    std::string nl, fr, en;            // labels
    std::vector<std::string> aliases;  // other words for it
};

struct CodeList {
    std::string name;         // "reason"
    bool open = true;         // unknown codes are kept and reported; otherwise they are unreadable
    std::vector<Code> codes;  // in the order of the file
};

class CodeLists {
  public:
    /// Reads the table `list` of a mapping file into this; a code that is there already gets the new labels and more aliases.
    void add(const Node& lists, const std::string& file, std::vector<Fault>& faults);

    const std::vector<CodeList>& all() const { return lists_; }
    /// The list, or nullptr.
    const CodeList* find(std::string_view list) const;
    /// The code that a text means, compared without case, accents and punctuation with codes, labels and aliases; nullptr when unknown.
    const std::string* match(std::string_view list, std::string_view text) const;
    /// Label in "nl", "fr" or "en"; an unknown code gives itself with blanks for underscores.
    std::string label(std::string_view list, std::string_view code, std::string_view language) const;

  private:
    struct Index {
        std::unordered_map<std::string, std::string> by_word;  // folded word -> code
    };
    std::vector<CodeList> lists_;
    std::map<std::string, Index, std::less<>> index_;
};

/// The shipped lists, read once.
const CodeLists& code_lists();
/// The shipped lists with those of DIR/canonical.toml on top, when that file exists. Throws Error (78) with every fault of it.
CodeLists load_code_lists(const std::filesystem::path& project_mappings_dir);

}  // namespace brugwacht
