#include "engine/identity/linkage/judge.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

enum class Agreement : std::uint8_t { No, Open, Fair, Full };

Agreement name_agreement(NameLevel level) {
    switch (level) {
        case NameLevel::Exact:
        case NameLevel::Variant:
        case NameLevel::Part:
        case NameLevel::Typo:
            return Agreement::Full;
        case NameLevel::Similar:
        case NameLevel::Initial:
            return Agreement::Fair;
        case NameLevel::Missing:
            return Agreement::Open;
        case NameLevel::Different:
        case NameLevel::OtherInitial:
            break;
    }
    return Agreement::No;
}

Agreement birth_agreement(BirthLevel level) {
    switch (level) {
        case BirthLevel::Exact:
            return Agreement::Full;
        case BirthLevel::Typo:
        case BirthLevel::Swapped:
        case BirthLevel::TwoParts:
            return Agreement::Fair;
        case BirthLevel::Missing:
        case BirthLevel::WeakExact:
        case BirthLevel::WeakYear:
        case BirthLevel::PartialAgree:
            return Agreement::Open;
        case BirthLevel::SameYear:
        case BirthLevel::Different:
        case BirthLevel::WeakDifferent:
        case BirthLevel::PartialDifferent:
            break;
    }
    return Agreement::No;
}

bool is(const Comparison& c, Thing thing, Level level) { return c.level(thing) == level; }
bool near(const Comparison& c, Thing thing) { return is(c, thing, Level::Exact) || is(c, thing, Level::Typo); }

bool same_address(const Comparison& c) {
    return near(c, Thing::Street) && !is(c, Thing::House, Level::Different) && !is(c, Thing::Place, Level::Different);
}
bool same_member(const Comparison& c) { return is(c, Thing::MemberHere, Level::Exact) || is(c, Thing::MemberThere, Level::Exact); }

/// Independent signs of one household or person besides names and birth date.
int supports(const Comparison& c) {
    return same_address(c) + is(c, Thing::Phone, Level::Exact) + is(c, Thing::Email, Level::Exact) + same_member(c) +
           is(c, Thing::Guardian, Level::Exact) + is(c, Thing::Household, Level::Exact);
}

bool born_together(BirthLevel level) {
    return birth_agreement(level) == Agreement::Full || level == BirthLevel::Swapped || level == BirthLevel::Typo ||
           level == BirthLevel::WeakExact || level == BirthLevel::PartialAgree || level == BirthLevel::WeakYear;
}

bool other_given_name(const Comparison& c) {
    const Agreement given = name_agreement(c.given());
    return given == Agreement::No || (c.both_known && given != Agreement::Open);
}

bool twins(const Comparison& c) { return born_together(c.birth()) && other_given_name(c) && name_agreement(c.family()) >= Agreement::Fair; }

/// The rule that keeps a pair of great weight out of the automatic zone.
Rule objection(const Comparison& c) {
    if (twins(c)) return Rule::Twins;
    if (c.parent) return Rule::Parent;
    const Agreement given = name_agreement(c.given()), family = name_agreement(c.family()), birth = birth_agreement(c.birth());
    if (c.both_known) return Rule::NamesAlike;
    if (given == Agreement::No || std::max(given, family) < Agreement::Full) return Rule::Names;
    if (family == Agreement::No && birth != Agreement::Full && !same_member(c)) return Rule::Names;
    const bool names_full = given == Agreement::Full && family == Agreement::Full;
    if (same_member(c) && names_full) return Rule::None;
    if (birth == Agreement::No) {
        const bool convinces = c.given() == NameLevel::Exact && c.family() == NameLevel::Exact && supports(c) >= 1 && same_address(c);
        return convinces ? Rule::None : Rule::BirthDate;
    }
    if (birth == Agreement::Open && (!names_full || supports(c) < 1)) return Rule::TooLittle;
    return Rule::None;
}

}  // namespace

bool must_stay_apart(const Comparison& comparison) { return twins(comparison) || comparison.parent; }

Verdict judge(const Comparison& comparison, double weight) {
    if (weight < kReviewFrom) return {};
    if (weight < kSameFrom) return {LinkZone::Review, Rule::None};
    const Rule rule = objection(comparison);
    return {rule == Rule::None ? LinkZone::Same : LinkZone::Review, rule};
}

}  // namespace brugwacht
