// What is known about headers of exports: the words of config/headers.toml, and the headers of mappings that exist already.
// Private to this room and its tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace brugwacht {

class Node;

/// What a column can mean: a field of the model, for an event with its type; or a reason why it is never taken.
struct Meaning {
    std::string entity, field;
    std::string type;      // of an event: "trial"; "" = of any
    std::string ignore;    // "free_text" and so on; then the others are empty
    std::string expect;    // what its cells should look like
    std::string follows;   // "person.street": fits best directly to the right of that column
    bool repeats = false;  // several columns may mean this: first trial, second trial
    bool by_type = false;  // cells alone are evidence
};

struct HeaderHit {
    std::size_t meaning = 0;  // position in HeaderKnowledge::meanings()
    double confidence = 0;    // of the header alone
    std::string reason;       // "header_same", "header_contains", "header_typo", "mapping"
    std::string detail;       // the mapping's name
};

class HeaderKnowledge {
  public:
    /// The words of config/headers.toml, and all headers of the shipped mappings and those of the folder, but for the ones in `without`.
    static HeaderKnowledge load(const std::filesystem::path& project_mappings_dir, const std::vector<std::string>& without = {});

    const std::vector<Meaning>& meanings() const { return meanings_; }
    /// Every meaning once, the surest hit of each, in the order of meanings(). `sheet` is the folded name of the tab or file.
    std::vector<HeaderHit> hits(const std::string& header, const std::string& category, const std::string& sheet) const;
    /// True when the text is a word that says whose columns these are ("Ouder 1"): a category above headers.
    bool is_category(const std::string& text) const;
    /// True when header and category are about a second parent, a doctor, a school: nothing of theirs is taken.
    bool about_someone_else(const std::string& header, const std::string& category) const;
    /// True when every word of the header is one that stands in headers, so that it names nobody.
    bool only_known_words(const std::string& header) const;

  private:
    struct Entry {
        std::vector<std::size_t> meanings;
        std::string of;                   // "" = the child
        std::vector<std::string> beside;  // whose words may stand in the header too
        bool same_only = false;
    };
    struct Remembered {
        std::size_t meaning = 0;
        std::string mapping;
        bool own = false;
        std::vector<std::string> categories;  // folded; empty = without category
        std::vector<std::string> sheets;      // patterns; empty = any sheet
    };
    struct Token {
        std::string text;
        bool counts = true;  // neither neutral nor a number
        std::string whose;   // "guardian"
    };

    void read(const Node& root);
    void read_header(const Node& node);
    void remember(const std::string& name, const std::filesystem::path& dir, bool own);
    std::size_t meaning_of(const std::string& entity, const std::string& field, const std::string& type);
    std::vector<Token> tokens_of(const std::string& text) const;
    void add_words(const std::string& text);
    void index_typos();
    std::vector<std::string> with_a_typo(const std::string& folded) const;

    std::vector<Meaning> meanings_;
    std::unordered_map<std::string, std::vector<Entry>> entries_;          // by folded synonym
    std::unordered_map<std::string, std::vector<std::string>> shortened_;  // a long synonym without one of its letters -> synonyms
    std::vector<Entry> alone_whose_;
    std::vector<Entry> alone_child_;
    std::unordered_map<std::string, std::vector<Remembered>> remembered_;  // by folded header
    std::unordered_set<std::string> neutral_, child_;
    std::map<std::string, std::string> whose_;  // words joined with blanks -> whose
    std::unordered_set<std::string> known_words_;
};

}  // namespace brugwacht
