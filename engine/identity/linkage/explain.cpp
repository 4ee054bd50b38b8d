#include "engine/identity/linkage/explain.hpp"

#include <string_view>

namespace brugwacht {
namespace {

constexpr std::array<std::string_view, kNameLevels> kNameWords = {"missing", "exact",     "variant", "part",         "typo",
                                                                  "similar", "different", "initial", "other_initial"};
constexpr std::array<std::string_view, kBirthLevels> kBirthWords = {
    "missing",   "exact",     "typo",      "swapped",        "two_parts",     "same_year",    "different",
    "weak_date", "weak_year", "weak_near", "weak_different", "partial_agree", "partial_typo", "partial_different"};
constexpr std::array<std::string_view, kLevels> kWords = {"missing", "exact", "typo", "different"};

std::string_view rule_word(Rule rule) {
    switch (rule) {
        case Rule::Twins:
            return "twins";
        case Rule::Parent:
            return "parent";
        case Rule::Names:
            return "names";
        case Rule::BirthDate:
            return "birth_date";
        case Rule::TooLittle:
            return "too_little";
        case Rule::Contacts:
            return "contacts";
        case Rule::NamesAlike:
            return "names_alike";
        case Rule::None:
            break;
    }
    return "";
}

std::string_view address_word(const Comparison& c) {
    const Level street = c.level(Thing::Street), house = c.level(Thing::House), place = c.level(Thing::Place);
    const auto agrees = [](Level level) { return level == Level::Exact || level == Level::Typo; };
    if (street == Level::Missing && house == Level::Missing && place == Level::Missing) return "missing";
    if (agrees(street) && house == Level::Exact) return street == Level::Exact && place != Level::Different ? "exact" : "similar";
    if (agrees(street)) return "street";
    return agrees(place) ? "place" : "different";
}

class Waterfall {
  public:
    Waterfall(const Comparison& comparison, const Score& score) : c_(comparison), score_(score) {}

    std::vector<LinkEvidence> lines() {
        line("prior", "records", score_.prior);
        line("given_name", kNameWords[at(Thing::Given)], part(Thing::Given));
        line("family_name", kNameWords[at(Thing::Family)], part(Thing::Family));
        if (c_.level(Thing::Order) == Level::Typo)
            line("names", "swapped", part(Thing::Order));
        else if (c_.level(Thing::Order) == Level::Exact)
            line("names", "order", part(Thing::Order));
        line("birth_date", kBirthWords[at(Thing::Birth)], part(Thing::Birth));
        line("address", address_word(c_), part(Thing::Street));
        line("phone", kWords[at(Thing::Phone)], part(Thing::Phone));
        line("email", kWords[at(Thing::Email)], part(Thing::Email));
        const Thing member = c_.level(Thing::MemberHere) != Level::Missing ? Thing::MemberHere : Thing::MemberThere;
        line("member_number", kWords[at(member)], part(member));
        line("gender", kWords[at(Thing::Gender)], part(Thing::Gender));
        line("guardian", kWords[at(Thing::Guardian)], part(Thing::Guardian));
        line("household", kWords[at(Thing::Household)], part(Thing::Household));
        if (c_.level(Thing::Source) != Level::Missing) line("source", c_.one_source ? "same" : "other", part(Thing::Source));
        line("household", "relatives", score_.relatives);
        return std::move(lines_);
    }

  private:
    std::size_t at(Thing thing) const { return c_.levels[static_cast<std::size_t>(thing)]; }
    double part(Thing thing) const { return score_.parts[static_cast<std::size_t>(thing)]; }
    void line(std::string_view field, std::string_view level, double weight) {
        lines_.push_back({std::string(field), std::string(level), weight});
    }

    const Comparison& c_;
    const Score& score_;
    std::vector<LinkEvidence> lines_;
};

}  // namespace

PairExplanation explain_comparison(const Comparison& comparison, const Score& score, const Verdict& verdict) {
    PairExplanation out;
    out.evidence = Waterfall(comparison, score).lines();
    if (verdict.rule != Rule::None) out.evidence.push_back({"rule", std::string(rule_word(verdict.rule)), 0});
    out.weight = score.weight;
    out.zone = verdict.zone;
    return out;
}

}  // namespace brugwacht
