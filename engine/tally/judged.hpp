// Verdicts by definition, or by definition and version of the agreement when several versions judge: what two versions call achieved is
// never one number (S38).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/tally/parts.hpp"

namespace brugwacht::tallying {

inline constexpr std::array<Status, kStatuses> kStatusOrder = {Status::Achieved, Status::Pending, Status::Unknown, Status::NotAchieved,
                                                               Status::Excluded};

/// One definition as one version of the agreement has it, and what it says of the trajectories that this version judges.
struct Judged {
    std::string id;        // in populations: "D1", "D1@2" from version 2 on
    std::string table_id;  // in ids of tables: "D1", "D1v2"
    Label label;           // "D1 · Ingeschreven na proefsessies"; "D1@2 · ..." when several versions judge
    const Agreement* version = nullptr;
    const Definition* definition = nullptr;
    std::size_t parent = kNowhere;               // of a variant: its definition
    std::string whole;                           // population of the trajectories it judges
    std::int64_t total = 0;                      // their number
    std::vector<const Classification*> results;  // by trajectory; nullptr = not judged by it, or not in this report

    bool is_variant() const { return parent != kNowhere; }
    bool is(std::size_t trajectory, Status status) const { return results[trajectory] != nullptr && results[trajectory]->status == status; }
    std::string status_name(Status status) const { return id + "=" + std::string(name(status)); }

    template <class Keep>
    std::int64_t count(Keep keep) const {
        std::int64_t n = 0;
        for (const Classification* c : results) n += c != nullptr && keep(*c) ? 1 : 0;
        return n;
    }
};

class Judgements {
  public:
    explicit Judgements(const Scope& scope);

    /// The newest version first, in each the definitions in their order.
    const std::vector<Judged>& all() const { return all_; }
    bool several_versions() const { return several_; }
    /// The words for the whole of a table with a row or a body for each version; the table's own when one version judges.
    std::string denominator(const CountTable& table) const { return table.denominator + (several_ ? "_versions" : ""); }
    /// Population of the trajectories with a status. A variant that puts exactly the same trajectories in it counts the same population as
    /// its definition.
    std::string status_population(const Judged& judged, Status status) const;
    Group group(const Judged& judged, Status status) const;
    /// Sums that hold between versions: every trajectory stands under one of them, or under none.
    void relate_versions(CountSet& out) const;

  private:
    void add(std::size_t definition, const Agreement* version);

    const Scope& scope_;
    std::vector<Judged> all_;
    bool several_ = false;
};

}  // namespace brugwacht::tallying
