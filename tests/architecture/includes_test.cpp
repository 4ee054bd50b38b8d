// Reads every #include of the house and holds it against layers.toml.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

struct Layers {
    std::map<std::string, std::vector<std::string>> rooms;
    std::map<std::string, std::string> foreign;
};

Layers read_layers() {
    const std::string file = BRUGWACHT_SOURCE_DIR "/tests/architecture/layers.toml";
    const Node root = parse_toml(disk_files()->read(file), file);
    Layers layers;
    const Node& rooms = *root.find("rooms");
    for (std::size_t i = 0; i < rooms.keys.size(); ++i)
        for (const Node& use : rooms.items[i].items) layers.rooms[rooms.keys[i]].push_back(use.text);
    for (const std::string& room : rooms.keys) layers.rooms[room];
    const Node& foreign = *root.find("foreign");
    for (std::size_t i = 0; i < foreign.keys.size(); ++i) layers.foreign[foreign.keys[i]] = foreign.items[i].text;
    return layers;
}

std::string room_of(const Layers& layers, const std::string& path) {
    std::string best;
    for (const auto& [room, uses] : layers.rooms)
        if (path.starts_with(room + "/") && room.size() > best.size()) best = room;
    return best;
}

struct Include {
    std::string file;  // relative to the root
    std::string name;
    bool quoted = false;
};

std::vector<Include> includes_of(const fs::path& root, const fs::path& path) {
    static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> found;
    std::ifstream in(path);
    std::string line;
    std::smatch match;
    while (std::getline(in, line))
        if (std::regex_search(line, match, kInclude)) found.push_back({fs::relative(path, root).string(), match[2], match[1] == "\""});
    return found;
}

std::vector<fs::path> sources(const fs::path& root) {
    std::vector<fs::path> files;
    for (const char* top : {"connector", "engine", "exporters", "cli"})
        for (const auto& entry : fs::recursive_directory_iterator(root / top))
            if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// "" when the include is allowed, else why not.
std::string objection(const Layers& layers, const Include& include) {
    const std::string room = room_of(layers, include.file);
    if (room.empty()) return include.file + " lies in no room of layers.toml";
    if (include.quoted) {
        const std::string target = room_of(layers, include.name);
        if (target.empty()) return include.file + " includes " + include.name + ", which lies in no room";
        const bool base = target == "engine/core" || (target == "engine/lib" && room != "engine/core");
        if (target == room || base) return {};
        const auto& uses = layers.rooms.at(room);
        const bool allowed = std::any_of(
            uses.begin(), uses.end(), [&](const std::string& use) { return use == include.name || include.name.starts_with(use + "/"); });
        return allowed ? std::string() : include.file + " may not include " + include.name;
    }
    for (const auto& [start, owner] : layers.foreign) {
        if (!include.name.starts_with(start)) continue;
        if (room != owner) return include.file + " includes <" + include.name + ">, which belongs to " + owner;
        if (include.file.ends_with(".hpp") && room != "cli") return include.file + ": <" + include.name + "> belongs in a .cpp";
    }
    return {};
}

TEST(Architecture, EveryIncludeFollowsTheLayerTable) {
    const fs::path root = BRUGWACHT_SOURCE_DIR;
    const Layers layers = read_layers();
    std::size_t seen = 0;
    for (const fs::path& file : sources(root)) {
        for (const Include& include : includes_of(root, file)) {
            ++seen;
            EXPECT_EQ(objection(layers, include), "");
        }
    }
    EXPECT_GT(seen, 200U);
}

TEST(Architecture, TheTableItselfHasNoCircle) {
    const Layers layers = read_layers();
    std::set<std::string> done;
    bool progress = true;
    while (progress) {
        progress = false;
        for (const auto& [room, uses] : layers.rooms) {
            if (done.contains(room)) continue;
            const bool ready = std::all_of(uses.begin(), uses.end(), [&](const std::string& use) {
                return done.contains(room_of(layers, use + "/")) || done.contains(use);
            });
            if (ready) {
                done.insert(room);
                progress = true;
            }
        }
    }
    for (const auto& [room, uses] : layers.rooms) EXPECT_TRUE(done.contains(room)) << room;
}

TEST(Architecture, ForbiddenIncludesAreNoticed) {
    const Layers layers = read_layers();
    EXPECT_NE(objection(layers, {"exporters/steering/x.cpp", "engine/store/reader.hpp", true}), "");
    EXPECT_NE(objection(layers, {"exporters/steering/x.cpp", "engine/vault/vault.hpp", true}), "");
    EXPECT_NE(objection(layers, {"connector/files/csv.cpp", "engine/store/store.hpp", true}), "");
    EXPECT_NE(objection(layers, {"engine/rules/x.cpp", "engine/store/store.hpp", true}), "");
    EXPECT_NE(objection(layers, {"engine/core/x.cpp", "engine/lib/node.hpp", true}), "");
    EXPECT_NE(objection(layers, {"engine/rules/x.cpp", "sqlite3.h", false}), "");
    EXPECT_NE(objection(layers, {"engine/lib/x.hpp", "openssl/evp.h", false}), "");
    EXPECT_EQ(objection(layers, {"engine/rules/x.cpp", "engine/store/reader.hpp", true}), "");
}

TEST(Architecture, NoSentenceForUsersStandsInCode) {
    // Two words of letters between quotes are a sentence, unless the line is SQL, a regular expression, JSON, or an include.
    static const std::regex kLiteral(R"rx("((?:[^"\\]|\\.)*)")rx");
    static const std::regex kSentence(R"(^[A-Z][a-z]+ [a-z]+.*[ .!?])");
    for (const fs::path& file : sources(BRUGWACHT_SOURCE_DIR)) {
        std::ifstream in(file);
        std::string line;
        std::size_t number = 0;
        while (std::getline(in, line)) {
            ++number;
            const std::string_view code = std::string_view(line).substr(0, line.find("//"));
            const std::string text(code);
            for (auto it = std::sregex_iterator(text.begin(), text.end(), kLiteral); it != std::sregex_iterator(); ++it)
                EXPECT_FALSE(std::regex_search((*it)[1].str(), kSentence)) << file << ":" << number << " " << (*it)[1].str();
        }
    }
}

}  // namespace
}  // namespace brugwacht
