// The probabilities of the comparison levels, and what they make of a comparison.
// Three explanations compete for a pair: one person; two members of one household, who share surname, address and contact data; strangers.
// Household evidence can therefore never say more than "one household". Source of the two-hypothesis model: Fellegi and Sunter 1969.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/identity/linkage/compare.hpp"

namespace brugwacht {

inline constexpr std::size_t kMostLevels = kBirthLevels;

/// Probabilities by level; those of one group (Model::group_of) add up to 1. Level 0, missing, says nothing.
using LevelShares = std::array<double, kMostLevels>;

struct ThingShares {
    LevelShares same{};       // one person
    LevelShares relatives{};  // two members of a household
    LevelShares strangers{};
};

/// log2 odds that the two records are one person, and what they are made of. The parts add up to `weight`.
struct Score {
    double weight = 0;
    double prior = 0;
    std::array<double, kThings> parts{};  // the three of the address stand together, under Street
    double relatives = 0;                 // <= 0: what a shared household explains as well
};

class Model {
  public:
    /// What is believed before any data are seen.
    Model();
    /// As text() wrote it. Throws Error MOD-... never: a text of another version, or a damaged one, gives nothing.
    static bool parse(std::string_view text, Model& out);
    std::string text() const;

    /// Frequencies of the levels among strangers, from pairs taken at random.
    void learn_strangers(std::span<const Comparison> pairs);
    /// Expectation and maximisation over pairs that blocking proposed; `share` = part of all proposed pairs that is in `pairs`.
    void learn_same(std::span<const Comparison> pairs, double share, std::size_t records);

    /// The prior odds depend on how many records there are to find a partner among.
    void set_records(std::size_t records);
    Score explain(const Comparison& comparison) const;
    /// explain().weight, faster.
    double weight(const Comparison& comparison) const;

    const ThingShares& shares(Thing thing) const { return shares_[static_cast<std::size_t>(thing)]; }
    /// False when the data show a population without families in which two members of a household hardly occur: then a pair that looks like
    /// twins is a name that was changed.
    bool twins_occur() const { return twins_; }
    /// log2 odds from which a pair may be joined; set by whoever knows how many pairs would be.
    double same_from() const { return same_from_; }
    void set_same_from(double weight) { same_from_ = weight; }
    /// `of_all_ages`: whether the records are not of one generation. After learn_same().
    void judge_twins(bool of_all_ages);

  private:
    struct Posterior {
        double same = 0, relatives = 0;
        double stayed = 0;  // one person, at one address
    };
    struct Sums {
        double same = 0, relatives = 0;                  // log2 of likelihood ratios to strangers
        double address_same = 1, address_relatives = 1;  // likelihood ratios
        double stayed_share = 1;
    };
    Sums sums(const Comparison& comparison) const;
    Posterior posterior(const Comparison& comparison) const;
    double ratio_of_strangers(const Comparison& comparison, std::size_t thing) const;
    void prepare();

    std::array<ThingShares, kThings> shares_{};
    std::array<ThingShares, kThings> logs_{};  // log2 of shares_
    double matches_ = 0.2;                     // other records of the same person, per record
    double relatives_ = 0.3;                   // records of other members of the household, per record
    double moved_ = 0.15;                      // share of pairs of one person with another address
    bool twins_ = true;
    double same_from_ = 7;
    double prior_same_ = 0, prior_relatives_ = 0;
};

}  // namespace brugwacht
