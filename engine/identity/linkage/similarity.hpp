// How alike two short ASCII texts are.
#pragma once

#include <cstdint>
#include <string_view>

namespace brugwacht {

/// Longer texts are compared by their first 64 bytes.
inline constexpr std::size_t kLongestCompared = 64;

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours, none of them twice at one place.
/// Source: Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
unsigned edits_between(std::string_view a, std::string_view b);

/// From 0 (nothing in common) to 1 (equal). Source: Winkler 1990; prefix of at most 4, weight 0.1.
double jaro_winkler(std::string_view a, std::string_view b);

/// A text and which letters and digits occur in it: tells in a moment that most pairs have little in common.
struct Word {
    std::string_view text;
    std::uint64_t letters = 0;
};
std::uint64_t letters_of(std::string_view text);

/// One insertion, deletion, replacement or swap of neighbours, or none. For numbers and codes.
bool one_edit_apart(std::string_view a, std::string_view b);
/// What a slip of the pen makes of a word of three letters or more: one edit, or two in a long one.
bool is_slip(const Word& a, const Word& b);
/// jaro_winkler() >= likeness.
bool are_alike(const Word& a, const Word& b, double likeness);

}  // namespace brugwacht
