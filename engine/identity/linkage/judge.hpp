// In which zone a pair falls: its weight, and the rules that a weight alone cannot be trusted with.
#pragma once

#include <cstdint>

#include "engine/identity/linkage/compare.hpp"
#include "engine/identity/linkage/linkage.hpp"

namespace brugwacht {

/// log2 odds from which a pair may be joined without a person looking at it, and from which a person should look. Where there are no
/// families to be confused the first may be lower, as long as the pairs that are joined are right often enough: at most so many wrong.
inline constexpr double kSameFrom = 7.0, kSameFromAtLeast = 4.5;
inline constexpr double kMostExpectedFalse = 0.0005;
inline constexpr double kReviewFrom = -3.5;
/// Below, two records speak against each other so much that no chain of others may make them one person.
inline constexpr double kApartBelow = -6.0;
/// The same for two records whose birth dates contradict each other, or who stand in one list with other contact data.
inline constexpr double kContradictedApartBelow = 4.0;

enum class Rule : std::uint8_t {
    None,
    Twins,      // born together, of one family, other given names
    Parent,     // one is the guardian of the other
    Names,      // the names do not agree
    BirthDate,  // the birth dates do not agree
    TooLittle,  // names and little else
    Contacts,   // names and birth date agree, nothing else does
    NamesAlike  // given names that differ by a letter and are both names in their own right
};

struct Verdict {
    LinkZone zone = LinkZone::Different;
    Rule rule = Rule::None;  // what keeps the pair out of the automatic zone, whatever its weight
};

/// What the data are like: Model::twins_occur() and Model::same_from().
struct Setting {
    bool twins_occur = true;
    double same_from = kSameFrom;
};
Verdict judge(const Comparison& comparison, double weight, const Setting& setting);
/// Twins, parent and child: no cluster may hold both.
bool must_stay_apart(const Comparison& comparison, double weight, bool twins_occur);

}  // namespace brugwacht
