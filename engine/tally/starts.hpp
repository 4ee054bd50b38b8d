// Cohorts: quarters, half years or years in which trajectories started.
#pragma once

#include <string>

#include "engine/tally/parts.hpp"

namespace brugwacht::tallying {

class Starts {
  public:
    explicit Starts(const Scope& scope);

    int first_quarter() const { return first_; }
    int last_quarter() const { return last_; }
    /// Cohorts of 1, 2 or 4 quarters, oldest first; what lies before the first quarter shown is one cohort. Names are "start=...".
    Dimension dimension(int quarters) const;
    std::size_t row(std::size_t trajectory, const Dimension& cohorts, int quarters) const;
    static std::string name(int quarter, int quarters);  // "2025-3", "2025-H2", "2025"

  private:
    const Scope& scope_;
    int first_ = 0;
    int last_ = 0;
    bool earlier_ = false;
};

}  // namespace brugwacht::tallying
