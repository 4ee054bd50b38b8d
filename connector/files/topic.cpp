#include "connector/files/topic.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "engine/core/text.hpp"
#include "engine/lib/code_lists.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kMaxTitle = 240;

struct Phrases {
    std::unordered_map<std::string, std::string> codes;  // folded words -> code
    std::size_t longest = 0;                             // in words
};

std::size_t words_in(std::string_view folded) { return static_cast<std::size_t>(std::count(folded.begin(), folded.end(), ' ')) + 1; }

const Phrases& phrases() {
    static const Phrases kPhrases = [] {
        Phrases made;
        const CodeList* const list = code_lists().find("topic");
        if (list == nullptr) return made;
        for (const Code& code : list->codes) {
            std::vector<std::string> words{code.nl, code.fr, code.en};
            words.insert(words.end(), code.aliases.begin(), code.aliases.end());
            for (const std::string& word : words) {
                std::string folded = fold_words(word);
                made.longest = std::max(made.longest, words_in(folded));
                made.codes.emplace(std::move(folded), code.code);
            }
        }
        return made;
    }();
    return kPhrases;
}

}  // namespace

std::string topic_of(std::string_view title) {
    title = title.substr(0, kMaxTitle);
    while (!title.empty() && !is_valid_utf8(title)) title.remove_suffix(1);
    const std::string folded = fold_words(title);
    if (folded.empty()) return {};
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i < folded.size(); ++i)
        if (folded[i] == ' ') starts.push_back(i + 1);
    for (std::size_t length = std::min(phrases().longest, starts.size()); length > 0; --length)
        for (std::size_t first = 0; first + length <= starts.size(); ++first) {
            const std::size_t end = first + length == starts.size() ? folded.size() : starts[first + length] - 1;
            const auto found = phrases().codes.find(folded.substr(starts[first], end - starts[first]));
            if (found != phrases().codes.end()) return found->second;
        }
    return {};
}

}  // namespace brugwacht
