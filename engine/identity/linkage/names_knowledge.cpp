#include "engine/identity/linkage/names_knowledge.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/resources.hpp"
#include "engine/identity/linkage/names_letters.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht::names {
namespace {

constexpr const char* kFile = "config/names.toml";

/// A word of the file as it will be met: letters and digits only.
std::string key_of(std::string_view written) {
    std::string key = plain_letters(written);
    std::erase_if(key, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); });
    return with_usual_servant(std::move(key));
}

WordSet words_of(TableReader& reader, std::string_view name) {
    WordSet words;
    for (const std::string& written : reader.texts(name)) words.insert(key_of(written));
    return words;
}

void read_particles(Knowledge& known, TableReader reader) {
    known.dutch_particles = words_of(reader, "dutch");
    known.other_particles = words_of(reader, "other");
    known.given_particles = words_of(reader, "given");
    known.glued_particles = reader.texts("glued");
    std::stable_sort(known.glued_particles.begin(), known.glued_particles.end(),
                     [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
    reader.finish();
}

void read_words(Knowledge& known, TableReader reader) {
    known.titles = words_of(reader, "titles");
    known.between = words_of(reader, "between");
    known.suffixes = words_of(reader, "suffixes");
    known.no_name = words_of(reader, "no_name");
    reader.finish();
}

void read_sounds(Knowledge& known, TableReader reader) {
    const std::string key = reader.required_text("key");
    for (const std::string& written : reader.texts("names")) known.sounds.emplace(key_of(written), key);
    reader.finish();
}

void read_class(Knowledge& known, TableReader reader) {
    known.class_names.push_back(reader.required_text("name"));
    const auto number = static_cast<std::uint32_t>(known.class_names.size());
    std::vector<std::uint32_t>& own = known.given_classes[key_of(known.class_names.back())];
    own.insert(own.begin(), number);
    for (const std::string& written : reader.texts("forms")) {
        std::vector<std::uint32_t>& classes = known.given_classes[key_of(written)];
        if (std::find(classes.begin(), classes.end(), number) == classes.end()) classes.push_back(number);
    }
    reader.finish();
}

Knowledge read_knowledge() {
    const Node root = parse_toml(resource(kFile).value_or(std::string_view()), kFile);
    std::vector<Fault> faults;
    TableReader reader(root, kFile, "", faults);
    reader.choice("schema", {"names/1"}, "");
    Knowledge known;
    const auto part = [&](const Node* node, const std::string& path) { return TableReader(*node, kFile, path, faults); };
    for (const Node* node : reader.tables("particles")) read_particles(known, part(node, "particles"));
    for (const Node* node : reader.tables("words")) read_words(known, part(node, "words"));
    for (const Node* node : reader.tables("sound")) read_sounds(known, part(node, "sound"));
    for (const Node* node : reader.tables("given_name")) read_class(known, part(node, "given_name"));
    reader.finish();
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return known;
}

}  // namespace

const Knowledge& knowledge() {
    static const Knowledge kKnowledge = read_knowledge();
    return kKnowledge;
}

}  // namespace brugwacht::names
