#include "engine/lib/catalogue.hpp"

#include "engine/core/resources.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

void add_all(Texts& texts, const Node& table, const std::string& prefix, const std::string& file) {
    for (std::size_t i = 0; i < table.keys.size(); ++i) {
        const std::string key = prefix.empty() ? table.keys[i] : prefix + "." + table.keys[i];
        const Node& value = table.items[i];
        if (value.is(Node::Kind::Table)) {
            add_all(texts, value, key, file);
        } else if (value.is(Node::Kind::Text)) {
            texts.add(key, value.text);
        } else {
            throw Error(Exit::Software, "TXT-001", {{"key", key}}, file, value.position());
        }
    }
}

}  // namespace

Texts load_texts(const std::string& language) {
    if (language != "nl" && language != "fr" && language != "en") throw Error(Exit::Usage, "TXT-002", {{"language", language}});
    Texts texts(language);
    for (const Resource& file : resources_under("config/texts/" + language + "/")) {
        const std::string path(file.path);
        add_all(texts, parse_toml(file.text, path), "", path);
    }
    return texts;
}

}  // namespace brugwacht
