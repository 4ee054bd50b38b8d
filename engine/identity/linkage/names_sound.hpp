// A key of how a name sounds, coarse enough for several languages and for scripts that do not write vowels.
#pragma once

#include <string>
#include <string_view>

namespace brugwacht::names {

enum class Reading {
    Usual,
    Other,  // "ch" as in Dutch, not as in French; "h" of a Slavic surname as the "g" of its Russian spelling; without an h as Usual
};

/// The consonants by their sound, with: a marker for a vowel at the start and for an -a at the end (Samir, Samira); the kind of the first
/// inner vowel when there are fewer than three consonants (Maes, Moes). Length at most twice that of the word. Takes a-z and 0-9.
std::string sound_key(std::string_view word, Reading reading = Reading::Usual);

}  // namespace brugwacht::names
