// What is known about names of people: which spellings are one name, in the languages and scripts of Flemish youth work.
// Pure functions; any thread may call them. The data stand in config/names.toml, the reasons in docs/namen.md.
// Nothing here decides that two people are one: a form that is equal is evidence, and the linker weighs it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// One name in the forms in which it can be compared, strictest first. All of them hold a-z and 0-9 only (folded: and blanks), and are
/// empty together: for an empty text, for one of nothing but marks, and for words that say there is no name ("onbekend", "N.N.").
/// At most the first 400 bytes of a text are read.
struct NameForms {
    std::string folded;               // single blanks between tokens, particles in front: "Broeck, van den" -> "van den broeck"
    std::vector<std::string> tokens;  // without particles: "broeck"; a glued Dutch one is taken off too: "vandenbroeck" -> "broeck"
    std::string joined;               // particles glued, no blanks: "vandenbroeck"
    std::string core;                 // tokens glued: "broeck"
    std::string stem;                 // core without what tells a woman's name from a man's: "kowalska", "kowalski" -> "kowalsk"
    std::string phonetic;             // key of the sound of core; consonants, so that scripts without vowels meet the others
    std::string phonetic_joined;      // the same of joined: here "De Smedt" meets "Desmet"
    std::string phonetic_other;       // of core, where a letter has two readings ("ch" as in Dutch, "h" for a Slavic "g"); else ""
};

/// Particles, titles, notes in brackets and what follows a comma are understood as in surnames: "Arkel-de Greef, van (mama)".
NameForms family_name_forms(std::string_view utf8);
/// Commas and blanks part several given names; "Abdel Karim", "Abd al-Karim" and "Abdulkarim" have one core.
NameForms given_name_forms(std::string_view utf8);

/// Classes of given names that are plausibly one name (Jan and Johannes; Mohamed in all its spellings): numbers from 1, in the order of
/// config/names.toml; stable only within one version of it. Give it a token, or the core of several ("jeanpierre").
/// Empty for a name that is not known. A call name may belong to more than one, at most to three: Sasha is Alexander or Alexandra. Of
/// several, the one that bears the name itself comes first, the others follow in the order of the file.
std::span<const std::uint32_t> given_name_classes(std::string_view folded_token);
/// The first of given_name_classes(), or 0.
std::uint32_t given_name_class(std::string_view folded_token);

enum class NameKinship : std::uint8_t {
    Unknown,    // at least one of the two is in no class
    Same,       // they share a class, or are the same word
    Different,  // both are known, and as different names, however alike they look: Mohamed and Mahmoud, Hassan and Hussein
};
NameKinship given_name_kinship(std::string_view folded_token, std::string_view other_token);

/// A single letter: "j" of "J.P.".
bool is_initial(std::string_view folded_token);

}  // namespace brugwacht
