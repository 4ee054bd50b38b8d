#include "engine/mapping/header_knowledge.hpp"

#include <algorithm>
#include <set>

#include "engine/core/resources.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/node.hpp"
#include "engine/mapping/plan.hpp"

namespace brugwacht {
namespace {

constexpr const char* kFile = "config/headers.toml";
constexpr std::size_t kMostTokens = 14;
constexpr std::size_t kLongestHeader = 200;  // bytes; as the mapper reads them
constexpr std::size_t kShortestInside = 5;   // letters of a synonym that may be part of a longer word

constexpr std::size_t kShortestMistyped = 7;
constexpr std::size_t kLongestMistyped = 40;

constexpr double kSame = 0.85;
constexpr double kTypo = 0.65;
constexpr double kRememberedShipped = 0.86;
constexpr double kRememberedOwn = 0.93;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "proef1" -> "proef"; "2" -> "".
std::string without_number(const std::string& word) {
    std::size_t end = word.size();
    while (end > 0 && is_digit(word[end - 1])) --end;
    return word.substr(0, end);
}

std::vector<std::string> split(const std::string& words) {
    std::vector<std::string> out;
    std::size_t start = 0;
    while (start < words.size()) {
        const std::size_t end = std::min(words.find(' ', start), words.size());
        if (end > start) out.push_back(words.substr(start, end - start));
        start = end + 1;
    }
    return out;
}

void keep_best(std::map<std::size_t, HeaderHit>& best, HeaderHit hit) {
    const auto [at, fresh] = best.emplace(hit.meaning, hit);
    if (!fresh && hit.confidence > at->second.confidence) at->second = std::move(hit);
}

}  // namespace

std::size_t HeaderKnowledge::meaning_of(const std::string& entity, const std::string& field, const std::string& type) {
    for (std::size_t i = 0; i < meanings_.size(); ++i)
        if (meanings_[i].entity == entity && meanings_[i].field == field && meanings_[i].type == type) return i;
    Meaning meaning;
    meaning.entity = entity;
    meaning.field = field;
    meaning.type = type;
    meaning.expect = "any";
    meanings_.push_back(std::move(meaning));
    return meanings_.size() - 1;
}

void HeaderKnowledge::add_words(const std::string& text) {
    for (const std::string& word : split(fold_words(text))) known_words_.insert(without_number(word));
    known_words_.insert(fold(text));
}

void HeaderKnowledge::read_header(const Node& node) {
    std::vector<Fault> faults;
    TableReader reader(node, kFile, "header", faults);
    Entry entry;
    Meaning like;
    like.type = reader.text("type");
    like.expect = reader.text("expect", "any");
    like.follows = reader.text("follows");
    like.repeats = reader.boolean("repeats", false);
    like.by_type = reader.boolean("by_type", false);
    like.ignore = reader.text("why");
    entry.of = reader.text("of");
    entry.beside = reader.texts("beside");
    if (like.ignore.empty()) {
        for (const std::string& take : reader.texts("take")) {
            const std::size_t dot = take.find('.');
            const std::size_t at = meaning_of(take.substr(0, dot), take.substr(dot + 1), like.type);
            Meaning& meaning = meanings_[at];
            if (meaning.expect == "any") meaning.expect = like.expect;
            if (!like.follows.empty()) meaning.follows = like.follows;
            meaning.repeats = meaning.repeats || like.repeats;
            meaning.by_type = meaning.by_type || like.by_type;
            entry.meanings.push_back(at);
        }
    } else {
        like.expect = "any";
        meanings_.push_back(like);
        entry.meanings.push_back(meanings_.size() - 1);
    }
    const auto add = [&](const char* key, bool same_only) {
        for (const std::string& text : reader.texts(key)) {
            Entry own = entry;
            own.same_only = same_only;
            entries_[fold(text)].push_back(std::move(own));
            add_words(text);
        }
    };
    add("same", true);
    add("has", false);
    const std::string alone = reader.text("alone");
    if (alone == "whose") alone_whose_.push_back(entry);
    if (alone == "child") alone_child_.push_back(entry);
    reader.finish();
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
}

// Two texts that differ by one letter (more, fewer, other, or two swapped) are the same without some letter of each.
void HeaderKnowledge::index_typos() {
    for (const auto& [word, entries] : entries_) {
        if (word.size() < kShortestMistyped || word.size() > kLongestMistyped) continue;
        shortened_[word].push_back(word);
        for (std::size_t i = 0; i < word.size(); ++i) shortened_[word.substr(0, i) + word.substr(i + 1)].push_back(word);
    }
}

std::vector<std::string> HeaderKnowledge::with_a_typo(const std::string& folded) const {
    std::set<std::string> found;
    if (folded.size() < kShortestMistyped || folded.size() > kLongestMistyped) return {};
    for (std::size_t i = 0; i <= folded.size(); ++i) {
        const auto known = shortened_.find(i == folded.size() ? folded : folded.substr(0, i) + folded.substr(i + 1));
        if (known == shortened_.end()) continue;
        for (const std::string& word : known->second)
            if (edit_distance(word, folded) == 1) found.insert(word);
    }
    return {found.begin(), found.end()};
}

void HeaderKnowledge::read(const Node& root) {
    std::vector<Fault> faults;
    TableReader top(root, kFile, "", faults);
    top.required_text("schema");
    if (const Node* words = top.node("words")) {
        TableReader reader(*words, kFile, "words", faults);
        for (const std::string& word : reader.texts("neutral")) neutral_.insert(fold(word));
        for (const std::string& word : reader.texts("child")) child_.insert(fold(word));
        for (const std::string& word : reader.texts("labels")) add_words(word);
        reader.finish();
        known_words_.insert(neutral_.begin(), neutral_.end());
        known_words_.insert(child_.begin(), child_.end());
    }
    for (const Node* whose : top.tables("whose")) {
        TableReader reader(*whose, kFile, "whose", faults);
        const std::string means = reader.required_text("means");
        for (const std::string& word : reader.texts("words")) {
            whose_.emplace(fold_words(word), means);
            add_words(word);
        }
        reader.finish();
    }
    for (const Node* ignore : top.tables("ignore")) read_header(*ignore);
    for (const Node* header : top.tables("header")) read_header(*header);
    top.finish();
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
}

void HeaderKnowledge::remember(const std::string& name, const std::filesystem::path& dir, bool own) {
    std::optional<Mapping> mapping;
    try {
        mapping = load_mapping(name, dir);
    } catch (const Error&) {
        return;  // `check` reports its faults
    }
    for (const SheetPlan& sheet : mapping->plan().sheets) {
        std::map<std::size_t, std::pair<std::string, std::vector<std::size_t>>> uses;  // column -> meanings
        const auto use = [&](std::size_t column, const std::string& entity, const std::string& field, const std::string& type) {
            uses[column].second.push_back(meaning_of(entity, field, type));
        };
        for (const RecordPlan& record : sheet.records) {
            const std::string entity(entity_def(record.entity).name);
            std::string type;
            for (const FieldPlan& field : record.fields)
                if (field.name == "event.type" && field.from == ValueFrom::Constant) type = field.constant;
            for (const FieldPlan& field : record.fields) {
                if (field.from != ValueFrom::Column) continue;
                for (const std::size_t column : field.columns) use(column, entity, field.name.substr(entity.size() + 1), type);
            }
            if (record.key.columns.size() == 1 && !record.key.record) {
                const std::size_t column = record.key.columns.front();
                if (uses.count(column) == 0) use(column, entity, "key", "");
            }
        }
        for (const auto& [column, found] : uses) {
            const ColumnPlan& plan = sheet.columns[column];
            for (const std::string& header : plan.headers) {
                add_words(header);
                for (const std::size_t meaning : found.second)
                    remembered_[fold(header)].push_back(
                        {meaning, name, own, plan.categories, sheet.by_headers ? std::vector<std::string>{} : sheet.names});
            }
        }
    }
}

HeaderKnowledge HeaderKnowledge::load(const std::filesystem::path& project_mappings_dir, const std::vector<std::string>& without) {
    HeaderKnowledge knowledge;
    knowledge.read(parse_toml(resource(kFile).value_or(""), kFile));
    for (const std::string& name : mapping_names(project_mappings_dir)) {
        if (std::find(without.begin(), without.end(), name) != without.end()) continue;
        std::error_code ignored;
        const bool own = std::filesystem::exists(project_mappings_dir / (name + ".toml"), ignored);
        knowledge.remember(name, project_mappings_dir, own && !project_mappings_dir.empty());
    }
    knowledge.known_words_.insert("");
    knowledge.index_typos();
    return knowledge;
}

std::vector<HeaderKnowledge::Token> HeaderKnowledge::tokens_of(const std::string& text) const {
    std::vector<std::string> words = split(fold_words(text));
    if (words.size() > kMostTokens) return {};
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < words.size();) {
        // The longest run of words that says whose it is: "ouder 2" before "ouder".
        std::size_t taken = 0;
        std::string means;
        std::string run;
        for (std::size_t n = 1; n <= 3 && i + n <= words.size(); ++n) {
            run += (n == 1 ? "" : " ") + words[i + n - 1];
            if (const auto found = whose_.find(run); found != whose_.end()) {
                taken = n;
                means = found->second;
            }
        }
        for (std::size_t k = 0; k < std::max<std::size_t>(taken, 1); ++k) {
            Token token;
            token.whose = means;
            token.text = without_number(words[i + k]);
            token.counts = !token.text.empty() && neutral_.count(words[i + k]) == 0 && neutral_.count(token.text) == 0 &&
                           child_.count(token.text) == 0;
            tokens.push_back(std::move(token));
        }
        i += std::max<std::size_t>(taken, 1);
    }
    return tokens;
}

bool HeaderKnowledge::is_category(const std::string& text) const {
    const std::vector<Token> tokens = tokens_of(text);
    return !tokens.empty() && std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return !token.whose.empty(); });
}

bool HeaderKnowledge::about_someone_else(const std::string& header, const std::string& category) const {
    for (const std::string* text : {&header, &category})
        for (const Token& token : tokens_of(*text))
            if (token.whose == "other") return true;
    return false;
}

bool HeaderKnowledge::only_known_words(const std::string& header) const {
    if (header.empty() || header.size() > kLongestHeader) return false;
    if (known_words_.count(fold(header)) != 0) return true;
    const std::vector<std::string> words = split(fold_words(header));
    return !words.empty() && std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return known_words_.count(without_number(word)) != 0 || word.size() == 1;
    });
}

std::vector<HeaderHit> HeaderKnowledge::hits(const std::string& header, const std::string& category, const std::string& sheet) const {
    std::map<std::size_t, HeaderHit> best;
    if (header.empty() || header.size() > kLongestHeader) return {};
    const std::string folded = fold(header);

    if (const auto known = remembered_.find(folded); known != remembered_.end()) {
        const std::string under = fold(category);
        for (const Remembered& memory : known->second) {
            const bool fits = memory.categories.empty()
                                  ? under.empty()
                                  : std::find(memory.categories.begin(), memory.categories.end(), under) != memory.categories.end();
            const bool here = memory.sheets.empty() || std::any_of(memory.sheets.begin(), memory.sheets.end(),
                                                                   [&](const std::string& name) { return name_fits(name, sheet); });
            if (fits && here)
                keep_best(best, {memory.meaning, memory.own ? kRememberedOwn : kRememberedShipped, "mapping", memory.mapping});
        }
    }

    const std::vector<Token> tokens = tokens_of(header);
    std::unordered_set<std::string> above;  // what the category says
    for (const Token& token : tokens_of(category))
        if (!token.whose.empty()) above.insert(token.whose);

    // One run of words [from, to) that is a synonym, or of which `part` is one; what is left must not say that it is about someone else.
    const auto consider = [&](const std::string& word, std::size_t from, std::size_t to, std::size_t inside_rest) {
        const auto found = entries_.find(word);
        if (found == entries_.end()) return;
        std::unordered_set<std::string> whose = above;
        std::size_t extra = inside_rest;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (i >= from && i < to) continue;
            if (!tokens[i].whose.empty()) {
                whose.insert(tokens[i].whose);
            } else if (tokens[i].counts) {
                extra += tokens[i].text.size();
            }
        }
        for (const Entry& entry : found->second) {
            const bool ignored = !meanings_[entry.meanings.front()].ignore.empty();
            std::unordered_set<std::string> others = whose;
            for (const std::string& beside : entry.beside) others.erase(beside);
            const bool about = entry.of.empty() ? others.empty() : others.size() == 1 && *others.begin() == entry.of;
            if ((!about && !ignored) || (entry.same_only && extra > 0)) continue;
            const double share = static_cast<double>(word.size()) / static_cast<double>(word.size() + extra);
            const double confidence = extra == 0 ? kSame : (inside_rest > 0 ? 0.35 : 0.4) + 0.35 * share;
            for (const std::size_t meaning : entry.meanings)
                keep_best(best, {meaning, confidence, extra == 0 ? "header_same" : "header_contains", ""});
        }
    };
    for (std::size_t from = 0; from < tokens.size(); ++from) {
        std::string run;
        for (std::size_t to = from + 1; to <= tokens.size(); ++to) {
            run += tokens[to - 1].text;
            consider(run, from, to, 0);
        }
        const std::string& text = tokens[from].text;
        for (std::size_t length = kShortestInside; length < text.size(); ++length) {
            consider(text.substr(0, length), from, from + 1, text.size() - length);
            consider(text.substr(text.size() - length), from, from + 1, text.size() - length);
        }
    }
    // With its numbers: "ouder 2" was cut above, "1e proef" was not.
    if (tokens.size() > 1 || (tokens.size() == 1 && tokens[0].text != folded)) consider(folded, 0, tokens.size(), 0);

    if (!tokens.empty()) {
        const bool nothing_else =
            std::none_of(tokens.begin(), tokens.end(), [](const Token& token) { return token.counts && token.whose.empty(); });
        std::unordered_set<std::string> whose = above;
        for (const Token& token : tokens)
            if (!token.whose.empty()) whose.insert(token.whose);
        const auto add = [&](const Entry& entry) {
            for (const std::size_t meaning : entry.meanings) keep_best(best, {meaning, 0.8, "header_same", ""});
        };
        if (nothing_else && whose.size() == 1)
            for (const Entry& entry : alone_whose_)
                if (*whose.begin() == entry.of) add(entry);
        if (nothing_else && whose.empty() && tokens.size() == 1 && child_.count(tokens[0].text) != 0)
            for (const Entry& entry : alone_child_) add(entry);
    }
    if (best.empty() && above.empty()) {
        for (const std::string& word : with_a_typo(folded))
            for (const Entry& entry : entries_.at(word))
                if (entry.of.empty())
                    for (const std::size_t meaning : entry.meanings) keep_best(best, {meaning, kTypo, "header_typo", ""});
    }
    std::vector<HeaderHit> out;
    for (auto& [meaning, hit] : best) out.push_back(std::move(hit));
    return out;
}

}  // namespace brugwacht
