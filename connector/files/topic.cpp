#include "connector/files/topic.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "connector/files/utf8.hpp"
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

/// fold_words() for the letters of European languages, without ICU's cost for every post of an export; anything else parts words.
std::string plain_words(std::string_view text) {
    constexpr std::uint32_t kLetters = 0x180;
    static const std::vector<std::string> kFolded = [] {
        std::vector<std::string> made(kLetters);
        for (std::uint32_t c = 1; c < kLetters; ++c) {
            std::string letter;
            append_utf8(letter, c);
            made[c] = fold(letter);
        }
        return made;
    }();
    std::string out;
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t n = utf8_sequence(text.substr(at));
        const auto first = static_cast<std::uint8_t>(text[at]);
        std::uint32_t c = first;
        if (n == 2) c = (first & 0x1fU) << 6 | (static_cast<std::uint8_t>(text[at + 1]) & 0x3fU);
        const bool accent = n == 2 && c >= 0x300 && c < 0x370;  // written apart from its letter
        if (n <= 2 && c < kLetters && !kFolded[c].empty()) {
            if (gap) out += ' ';
            gap = false;
            out += kFolded[c];
        } else if (!accent) {
            gap = !out.empty();
        }
        at += std::max<std::size_t>(n, 1);
    }
    return out;
}

}  // namespace

std::string topic_of(std::string_view title) {
    title = title.substr(0, kMaxTitle);
    const std::string folded = plain_words(title);
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
