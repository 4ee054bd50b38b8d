// How alike two short ASCII texts are.
#pragma once

#include <string_view>

namespace brugwacht {

/// Longer texts are compared by their first 64 bytes.
inline constexpr std::size_t kLongestCompared = 64;

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours, none of them twice at one place.
/// Source: Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
unsigned edits_between(std::string_view a, std::string_view b);

/// From 0 (nothing in common) to 1 (equal). Source: Winkler 1990; prefix of at most 4, weight 0.1.
double jaro_winkler(std::string_view a, std::string_view b);

}  // namespace brugwacht
