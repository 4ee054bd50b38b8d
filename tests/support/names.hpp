// Made-up people need names: common given and family names of several origins, each with the spellings that occur side by side.
// Any likeness of a combination with a living person is chance.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tests/support/rng.hpp"

namespace brugwacht {

struct NameStock {
    std::string_view language;                // usual language at home, as people write it
    unsigned weight;                          // of every hundred households
    std::span<const std::string_view> girls;  // "Fatima|Fatma|Fatimah": one name, several spellings
    std::span<const std::string_view> boys;
    std::span<const std::string_view> families;
    bool newcomers;  // birth dates are often 1 January
};

std::span<const NameStock> name_stocks();

/// Number of spellings of one name, at least 1.
unsigned spellings(std::string_view name);
/// Spelling number `index` modulo their count.
std::string_view spelling(std::string_view name, unsigned index);

struct Town {
    std::string_view postcode;
    std::string_view name;
};
std::span<const Town> towns();
std::span<const std::string_view> streets();

}  // namespace brugwacht
