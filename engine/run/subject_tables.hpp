// What store and vault hold about one person, as tables of words: for her access (art. 15) and for what she takes along (art. 20).
// Never a value of somebody else: guardians and workers are told of, not named, and of decisions only her own side is shown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/identity/corrections.hpp"
#include "engine/identity/subject.hpp"
#include "engine/run/project.hpp"
#include "engine/store/reader.hpp"
#include "exporters/local/subject_access.hpp"

namespace brugwacht {

/// A trajectory of the person, as the rules know it.
struct OwnTrajectory {
    std::int64_t id = 0;
    std::string source, key;
};

class SubjectTables {
  public:
    /// Reads the store once. `reader`, `vault` and `texts` outlive it. `with_guardian`: one of the guardians asks.
    SubjectTables(const Project& project, const StoreReader& reader, Vault& vault, const Subject& subject, const Texts& texts,
                  bool with_guardian);
    ~SubjectTables();
    SubjectTables(const SubjectTables&) = delete;
    SubjectTables& operator=(const SubjectTables&) = delete;

    /// Which sources to show; all of them when it is empty.
    using Filter = std::function<bool(const std::string& source)>;

    AccessTable identity(const Filter& shows = {}) const;  // what the sources say: sealed fields
    AccessTable facts(const Filter& shows = {}) const;     // trajectories, events, activities; by date
    AccessTable computed() const;                          // what was made of it: gender, area, household, ages
    AccessTable sources() const;                           // with legal basis, purpose, controller
    AccessTable dropped() const;                           // what the files that she was read from had, and what was not kept of it
    AccessTable corrections() const;

    const std::vector<OwnTrajectory>& trajectories() const;  // by source and key
    const std::set<std::string>& source_names() const;
    /// How the person is called: the first call or given name.
    std::string called() const;
    /// "source:key" of one of her records; "" for a record of somebody else.
    std::string own_key(std::int64_t record) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
