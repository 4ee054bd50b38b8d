// What two person records have in common: one level for each thing compared.
#pragma once

#include <array>
#include <cstdint>

#include "engine/identity/linkage/features.hpp"

namespace brugwacht {

/// The things compared, in the order of Comparison::levels.
enum class Thing : std::uint8_t {
    Given,
    Family,
    Order,  // of given and family name
    Birth,
    Street,
    House,
    Place,  // postcode and municipality
    Phone,
    Email,
    MemberHere,   // member numbers of one source
    MemberThere,  // of two sources
    Gender,
    Guardian,
    Household,
    Source  // Exact = one source, which has few records of one person twice
};
inline constexpr std::size_t kThings = 15;

/// Levels of given and family names.
enum class NameLevel : std::uint8_t {
    Missing,
    Exact,
    Variant,  // another spelling of the same name; particles left out; call name
    Part,     // of several names some are equal
    Typo,
    Similar,
    Different,
    Initial,  // one is an initial of the other
    OtherInitial
};
inline constexpr std::size_t kNameLevels = 9;

/// Levels of everything else but birth dates.
enum class Level : std::uint8_t { Missing, Exact, Typo, Different };
inline constexpr std::size_t kLevels = 4;

/// Order::Exact = as expected, Typo = given and family name change places.
struct Comparison {
    std::array<std::uint8_t, kThings> levels{};  // 0 = missing
    /// log2 of the chance that another record has this very value; 0 where the level alone tells how rare it is.
    std::array<float, kThings> rarity{};
    bool known_apart = false;  // given names are known as different ones, however alike they look
    bool two_names = false;    // given names differ a little, and may well be names of two people
    bool other_first = false;  // given names share a later part only: "Mila" and "Femke Mila"
    bool generation = false;   // years of birth that parent and child could have, and nothing says that one is a slip
    bool one_source = false;
    bool own_email = false;  // the e-mail address that agrees holds the given name of one of the two
    bool parent = false;     // one is the guardian of the other

    NameLevel given() const { return static_cast<NameLevel>(levels[static_cast<std::size_t>(Thing::Given)]); }
    NameLevel family() const { return static_cast<NameLevel>(levels[static_cast<std::size_t>(Thing::Family)]); }
    BirthLevel birth() const { return static_cast<BirthLevel>(levels[static_cast<std::size_t>(Thing::Birth)]); }
    Level level(Thing thing) const { return static_cast<Level>(levels[static_cast<std::size_t>(thing)]); }
};

Comparison compare(const FeatureTable& table, const Features& a, const Features& b);

}  // namespace brugwacht
