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
        case BirthLevel::WeakNear:
        case BirthLevel::PartialTypo:
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
    return birth_agreement(level) >= Agreement::Fair
               ? level != BirthLevel::TwoParts
               : level == BirthLevel::WeakExact || level == BirthLevel::PartialAgree || level == BirthLevel::WeakYear;
}

/// Twins may well be called Emma and Emmy: what passes for a slip elsewhere does not where both could stand in one list.
bool other_given_name(const Comparison& c) {
    const NameLevel given = c.given();
    if (name_agreement(given) == Agreement::No || c.known_apart) return true;
    if (same_member(c)) return false;
    const bool alike = given == NameLevel::Typo || given == NameLevel::Similar;
    // A list that has both spellings has two children.
    if (given == NameLevel::Variant && (c.one_source || c.two_names)) return true;
    // "Mohamed Amin | Mohamed" and "Mohamed | Mohamed Yassin": what is left over may be the names that tell them apart.
    if (given == NameLevel::Part && c.family() == NameLevel::Part) return true;
    return c.other_first || (alike && (c.two_names || c.one_source || is(c, Thing::Gender, Level::Different)));
}

/// One of them may bear the name of the other parent.
bool twins(const Comparison& c) {
    return born_together(c.birth()) && other_given_name(c) && (name_agreement(c.family()) >= Agreement::Fair || supports(c) > 0);
}

/// Signs that two records of one name are two people.
int contradictions(const Comparison& c) {
    return is(c, Thing::Place, Level::Different) + is(c, Thing::Phone, Level::Different) + is(c, Thing::Email, Level::Different) +
           is(c, Thing::Guardian, Level::Different) + is(c, Thing::Household, Level::Different);
}

/// Names and nothing else that a person could go by: no one needs to look at namesakes.
bool nothing_to_go_by(const Comparison& c) {
    if (supports(c) > 0 || is(c, Thing::Phone, Level::Typo) || is(c, Thing::Email, Level::Typo) || is(c, Thing::Guardian, Level::Typo))
        return false;
    switch (c.birth()) {
        case BirthLevel::Missing:
            return is(c, Thing::Place, Level::Different) || (contradictions(c) > 0 && !near(c, Thing::Place));
        case BirthLevel::WeakExact:
        case BirthLevel::WeakYear:
        case BirthLevel::PartialAgree:
            return !near(c, Thing::Place) && std::min(name_agreement(c.given()), name_agreement(c.family())) <= Agreement::Open;
        case BirthLevel::WeakNear:
        case BirthLevel::PartialTypo:
            return true;
        default:
            return birth_agreement(c.birth()) == Agreement::No;
    }
}

bool first_names_agree(const Comparison& c) { return c.given() == NameLevel::Exact || c.given() == NameLevel::Variant; }

/// Names, and a birth date that is not known to the day.
bool enough_without_day(const Comparison& c, double weight) {
    constexpr double kClear = 8.5;
    const Agreement given = name_agreement(c.given()), family = name_agreement(c.family());
    const bool year = c.birth() != BirthLevel::Missing && c.birth() != BirthLevel::PartialTypo && c.birth() != BirthLevel::WeakNear;
    if (!year && weight < kClear) return false;
    if (given == Agreement::Full && family == Agreement::Full)
        return (year && weight >= kClear) || supports(c) > 0 || (is(c, Thing::House, Level::Exact) && near(c, Thing::Place));
    return year && first_names_agree(c) && family >= Agreement::Open && supports(c) > 0;
}

/// Two entries of one list: where no birth date says otherwise they may be parent and child of one name.
bool listed_twice(const Comparison& c) {
    return is(c, Thing::Source, Level::Exact) && c.birth() == BirthLevel::Missing && !same_member(c) && !c.own_email;
}

/// Where no household has two members a weight can be trusted, as long as a name agrees.
Rule objection_without_families(const Comparison& c, double weight) {
    constexpr double kClear = 8.5;
    const Agreement given = name_agreement(c.given()), family = name_agreement(c.family()), birth = birth_agreement(c.birth());
    if (std::max(given, family) < Agreement::Full) return Rule::Names;
    const bool at_home = birth == Agreement::Open && same_address(c) && is(c, Thing::House, Level::Exact);
    if (given == Agreement::No && birth < Agreement::Fair && !at_home) return Rule::Names;
    if (birth == Agreement::Open && !at_home && std::min(given, family) < Agreement::Full && weight < kClear) return Rule::TooLittle;
    return Rule::None;
}

Rule objection_among_families(const Comparison& c, double weight) {
    constexpr double kMoved = 12;  // names and birth date together are so rare that another address is a move, not a namesake
    if (twins(c)) return Rule::Twins;
    const Agreement given = name_agreement(c.given()), family = name_agreement(c.family()), birth = birth_agreement(c.birth());
    if (c.known_apart) return Rule::NamesAlike;
    if (given == Agreement::No || std::max(given, family) < Agreement::Full) return Rule::Names;
    if (family == Agreement::No && birth != Agreement::Full && !same_member(c)) return Rule::Names;
    const bool names_full = given == Agreement::Full && family == Agreement::Full;
    if (same_member(c) && names_full) return Rule::None;
    const bool vague = given == Agreement::Open || c.given() == NameLevel::Initial || c.given() == NameLevel::Similar;
    if (vague && !same_member(c) && !c.own_email) return Rule::TooLittle;
    if (supports(c) == 0) {
        if (contradictions(c) > (near(c, Thing::Place) ? 2 : weight < kMoved ? 0 : 1)) return Rule::Contacts;
        if (!first_names_agree(c) && (c.given() != NameLevel::Part || contradictions(c) > 0)) return Rule::TooLittle;
        if (family == Agreement::Open) return Rule::TooLittle;
    }
    if (birth == Agreement::No)
        return names_full && first_names_agree(c) && near(c, Thing::Street) && supports(c) > 0 ? Rule::None : Rule::BirthDate;
    if (birth == Agreement::Open && !enough_without_day(c, weight)) return Rule::TooLittle;
    if (birth == Agreement::Open && supports(c) == 0 && (contradictions(c) > 0 || is(c, Thing::Street, Level::Different)))
        return Rule::TooLittle;
    return Rule::None;
}

/// The rule that keeps a pair of great weight out of the automatic zone.
Rule objection(const Comparison& c, double weight, bool twins_occur) {
    if (c.parent) return Rule::Parent;
    if (c.generation) return Rule::BirthDate;
    if (listed_twice(c)) return Rule::TooLittle;
    const bool nameless = name_agreement(c.given()) == Agreement::Open && name_agreement(c.family()) == Agreement::Open;
    if (nameless && c.own_email && birth_agreement(c.birth()) >= Agreement::Fair) return Rule::None;
    return twins_occur ? objection_among_families(c, weight) : objection_without_families(c, weight);
}

}  // namespace

bool must_stay_apart(const Comparison& comparison, double weight, bool twins_occur) {
    if (comparison.parent || comparison.generation || (twins_occur && twins(comparison)) || weight < kApartBelow) return true;
    if (listed_twice(comparison)) return true;
    if (!twins_occur) return false;
    const bool namesakes = comparison.one_source && supports(comparison) == 0 && contradictions(comparison) > 0;
    if (namesakes) return true;
    return weight < kContradictedApartBelow && birth_agreement(comparison.birth()) == Agreement::No;
}

Verdict judge(const Comparison& comparison, double weight, const Setting& setting) {
    if (weight < kReviewFrom) return {};
    const Rule seen = comparison.parent ? Rule::Parent : setting.twins_occur && twins(comparison) ? Rule::Twins : Rule::None;
    const Rule rule = weight < setting.same_from ? seen : objection(comparison, weight, setting.twins_occur);
    if (weight >= setting.same_from && rule == Rule::None) return {LinkZone::Same, rule};
    return {nothing_to_go_by(comparison) ? LinkZone::Different : LinkZone::Review, rule};
}

}  // namespace brugwacht
