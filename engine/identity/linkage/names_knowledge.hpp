// The data of config/names.toml, ready to be asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace brugwacht::names {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using WordSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;
template <typename Value>
using WordMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct Knowledge {
    WordSet dutch_particles;                            // van, den, ...: may stand behind the surname
    WordSet other_particles;                            // le, el, ben, ...
    WordSet given_particles;                            // in the cell of the given name: "nour al houda"
    std::vector<std::string> glued_particles;           // longest first
    WordSet titles;                                     // in front: mevr, dhr, dr
    WordSet between;                                    // between two surnames: geb, nee
    WordSet suffixes;                                   // behind: jr
    WordSet no_name;                                    // whole texts, joined: onbekend
    WordMap<std::string> sounds;                        // core -> key, where the rules would make two names sound alike
    WordMap<std::vector<std::uint32_t>> given_classes;  // token or core -> classes; its own first, then as in the file
    std::vector<std::string> class_names;               // class c is class_names[c - 1]
};

/// Read at the first call. Throws Error as parse_toml() and TableReader do; the file is part of the program, so only a faulty build can.
const Knowledge& knowledge();

}  // namespace brugwacht::names
