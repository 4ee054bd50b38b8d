#include "engine/lib/code_lists.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/core/resources.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kShipped = "mappings/canonical.toml";

void add_file(CodeLists& lists, std::string_view text, const std::string& file) {
    const Node root = parse_toml(text, file);
    std::vector<Fault> faults;
    if (const Node* found = root.find("list")) lists.add(*found, file, faults);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
}

bool is_code_name(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

void CodeLists::add(const Node& lists, const std::string& file, std::vector<Fault>& faults) {
    for (std::size_t i = 0; i < lists.keys.size(); ++i) {
        const std::string& name = lists.keys[i];
        auto list = std::find_if(lists_.begin(), lists_.end(), [&](const CodeList& l) { return l.name == name; });
        if (list == lists_.end()) list = lists_.insert(lists_.end(), CodeList{name, true, {}});
        Index& index = index_[name];
        TableReader table(lists.items[i], file, "list." + name, faults);
        list->open = table.boolean("open", list->open);
        for (const Node* entry : table.tables("codes")) {
            TableReader reader(*entry, file, "list." + name, faults);
            const std::string code = reader.required_text("code");
            if (!is_code_name(code)) {
                reader.fault("MAP-016", {{"code", code}}, entry);
                continue;
            }
            auto known = std::find_if(list->codes.begin(), list->codes.end(), [&](const Code& c) { return c.code == code; });
            if (known == list->codes.end()) known = list->codes.insert(list->codes.end(), Code{code, code, code, code, {}});
            known->nl = reader.text("nl", known->nl);
            known->fr = reader.text("fr", known->fr);
            known->en = reader.text("en", known->en);
            const std::vector<std::string> also = reader.texts("also");
            known->aliases.insert(known->aliases.end(), also.begin(), also.end());
            reader.finish();
            std::vector<std::string> words{known->code, known->nl, known->fr, known->en};
            words.insert(words.end(), also.begin(), also.end());
            for (const std::string& word : words) {
                const std::string folded = fold(word);
                if (folded.empty()) continue;
                const auto [at, fresh] = index.by_word.emplace(folded, code);
                if (!fresh && at->second != code)
                    faults.push_back(Fault{
                        "MAP-015", {{"word", word}, {"list", name}, {"first", at->second}, {"second", code}}, file, entry->position()});
            }
        }
        table.finish();
    }
}

const CodeList* CodeLists::find(std::string_view list) const {
    const auto found = std::find_if(lists_.begin(), lists_.end(), [&](const CodeList& l) { return l.name == list; });
    return found == lists_.end() ? nullptr : &*found;
}

const std::string* CodeLists::match(std::string_view list, std::string_view text) const {
    const auto index = index_.find(list);
    if (index == index_.end()) return nullptr;
    const auto found = index->second.by_word.find(fold(text));
    return found == index->second.by_word.end() ? nullptr : &found->second;
}

std::string CodeLists::label(std::string_view list, std::string_view code, std::string_view language) const {
    if (const CodeList* found = find(list))
        for (const Code& entry : found->codes)
            if (entry.code == code) return language == "fr" ? entry.fr : language == "en" ? entry.en : entry.nl;
    std::string plain(code);
    std::replace(plain.begin(), plain.end(), '_', ' ');
    return plain;
}

const CodeLists& code_lists() {
    static const CodeLists kLists = [] {
        CodeLists lists;
        add_file(lists, resource(kShipped).value_or(""), std::string(kShipped));
        return lists;
    }();
    return kLists;
}

CodeLists load_code_lists(const std::filesystem::path& project_mappings_dir) {
    CodeLists lists = code_lists();
    const std::filesystem::path path = project_mappings_dir / "canonical.toml";
    std::ifstream file(path, std::ios::binary);
    if (file) add_file(lists, std::string(std::istreambuf_iterator<char>(file), {}), path.string());
    return lists;
}

}  // namespace brugwacht
