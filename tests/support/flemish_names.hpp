// Names of children in Flemish towns by the origin of their family, the frequent ones first, each with spellings that occur side by side.
// Written for judging linkage, apart from the name knowledge that linkage itself uses. Any likeness with a living person is chance.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// Families of one origin. A name is a list separated by "|": Latin spellings, the official one first; "~" marks a name the child is
/// called by, "@" the spelling in the script of the country.
struct NamePool {
    std::string_view language;
    std::string_view phone;  // country code of the numbers that newcomers keep
    unsigned weight;         // of every hundred families
    bool newcomers;          // birth dates are often 1 January
    std::span<const std::string_view> girls, boys, families;
    /// Rarer surnames: a beginning and an ending.
    std::span<const std::string_view> beginnings, endings;
    /// Share of surnames that are rare ones, in percent.
    unsigned rare;
    /// A woman's surname ends otherwise: Kowalski, Kowalska.
    bool feminine;
};

std::span<const NamePool> name_pools();

/// Rarer Flemish first names: a beginning and an ending.
struct RareFirstNames {
    std::span<const std::string_view> beginnings, endings;
};
RareFirstNames rare_first_names(bool girl);

/// Names that parents give to twins because they are alike; they are two names all the same.
struct AlikeNames {
    std::string_view first, second;
    bool girls;
    bool flemish;  // else of families with roots in Islamic countries
};
std::span<const AlikeNames> alike_names();

struct SpelledName {
    std::vector<std::string> latin;  // at least one; the official spelling first
    std::string called;              // "" = none
    std::string original;            // "" = none
};
SpelledName spelled(std::string_view listed);
/// A rare name of its two parts: "De " and "Coster" make De Coster, "Ver" and "Brugge" make Verbrugge.
SpelledName compound(std::string_view beginning, std::string_view ending);

struct FlemishTown {
    std::string_view postcode, name;
};
std::span<const FlemishTown> flemish_towns();
std::span<const std::string_view> flemish_streets();

}  // namespace brugwacht
