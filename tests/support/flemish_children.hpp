// Children of Flemish towns as several sources write them down, and the truth apart from it: for judging linkage.
// Families of ten origins, twins with names that are alike, siblings, half-siblings with two homes, cousins and strangers of the same
// name; spellings, scripts, swapped names, parents' data in the child's row, dates that are only a year, slips of the pen, yearly moves.
// Everything follows from the seed, and nobody in it exists.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "tests/support/linkage_metrics.hpp"

namespace brugwacht {

/// Names of the sources: toeleiding (the caseload: it has trajectories), school, sportclub, crm, speelplein, bibliotheek, onthaal, app.
std::span<const std::string_view> child_sources();

struct ChildrenOptions {
    std::uint32_t children = 2000;
    std::uint64_t seed = 1;
    std::uint32_t sources = 8;   // the first of child_sources(); at least 1
    std::uint32_t errors = 100;  // percent of the usual number of slips and gaps
};

/// One person record of one source. `values` are in the order of entity_def(Entity::Person).fields, dates as after import.
struct WrittenChild {
    std::string_view source;
    std::uint32_t person = 0;  // the truth: number of the child, from 1
    Facts facts = 0;           // which facts about the child the record tells
    std::array<std::string, kMaxFields> values;
    std::string trajectory_start;  // ISO date; "" = the record has no trajectory
};

class FlemishChildren {
  public:
    explicit FlemishChildren(const ChildrenOptions& options) : options_(options) {}

    /// Family by family; the record lives during the call only.
    void each_record(const std::function<void(const WrittenChild&)>& visit) const;
    /// Numbers of two children born together.
    using Twins = std::function<void(std::uint32_t, std::uint32_t)>;
    void each_record(const std::function<void(const WrittenChild&)>& visit, const Twins& twins) const;

  private:
    ChildrenOptions options_;
};

/// Writes SOURCE/people.csv for each source, toeleiding/trajectories.csv, truth.csv (source,record,person,facts) and twins.csv
/// (person_a,person_b) into `folder`. Returns the number of records. Throws std::runtime_error.
std::uint64_t write_children(const FlemishChildren& children, const std::filesystem::path& folder);

}  // namespace brugwacht
