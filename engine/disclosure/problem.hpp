// The counts of a release as one system of whole numbers: what is shown, what is not, and every sum that ties them. Proves that a count is
// safe by exhibiting other sets of counts that agree with everything shown; where it finds none, the count is not safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace brugwacht {

struct Unknown {
    std::string population;
    std::int64_t value = 0;
    std::int64_t weight = 1;  // price of withholding it
    bool printed = false;     // stands in a table of this release
    bool fixed = false;       // follows from the definitions: everybody knows it
    bool shown = false;
    bool sensitive = false;
};

struct Sum {
    std::size_t total = 0;
    std::vector<std::size_t> parts;
};

/// Changes of a few unknowns that leave every sum intact.
using Move = std::vector<std::pair<std::size_t, std::int64_t>>;

class Problem {
  public:
    /// The index of the unknown of this population, made when new. False in `consistent` when it was there with another value.
    std::size_t unknown(const std::string& population, std::int64_t value, bool& consistent);
    void add(Sum sum);
    /// Call once, when all unknowns and sums are in.
    void link();

    std::vector<Unknown>& unknowns() { return unknowns_; }
    const std::vector<Unknown>& unknowns() const { return unknowns_; }
    const std::vector<Sum>& sums() const { return sums_; }
    const std::vector<std::size_t>& sums_of(std::size_t unknown) const { return sums_of_[unknown]; }

    /// Values other than its own that the unknown may have as far as anybody can tell, counted up to `wanted`; proven, never guessed.
    int alternatives(std::size_t unknown, int wanted, std::size_t insider) const;
    /// Withholds the cheapest further cells that give the unknown `wanted` alternatives. False when none were found.
    bool protect(std::size_t unknown, int wanted, std::size_t insider);
    /// Withholds every printed cell that shares a sum with the unknown. False when there was none left.
    bool withhold_around(std::size_t unknown);

    static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  private:
    /// The move changes withheld, free counts only, none below zero, and leaves every sum intact.
    bool proves(const Move& move, std::size_t insider) const;
    bool search(std::size_t unknown, std::int64_t delta, std::size_t insider, bool may_withhold, Move& move, std::int64_t& cost) const;

    std::map<std::string, std::size_t> index_;
    std::vector<Unknown> unknowns_;
    std::vector<Sum> sums_;
    std::vector<std::vector<std::size_t>> sums_of_;
    mutable std::vector<std::vector<Move>> proofs_;  // per unknown; withholding more never spoils one
    mutable std::int64_t steps_ = 0;                 // of all searches together
};

}  // namespace brugwacht
