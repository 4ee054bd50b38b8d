// What a run changed, as it was before, and which earlier runs it leaned on: all that is needed to take the run back. For store.cpp only.
// Rows that are new in a run carry its file and need no image, so that writing them costs nothing here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/database.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/store.hpp"

namespace brugwacht {

class Journal {
  public:
    explicit Journal(Database& database) : database_(database) {}

    /// Inside the transaction of a new run: from here on every row that an earlier run wrote is kept as it was before it changes.
    void begin(std::int64_t run);
    /// Nothing more is kept: for taking back itself, and after a rollback.
    void stop();
    /// A record was found that this file had written.
    void met_file(std::int64_t file) { met_files_.insert(file); }
    void met_run(std::int64_t run) { met_runs_.insert(run); }
    std::int64_t run() const { return run_; }
    /// What is not there mattered as well: every run that read this source, or that removed persons.
    void met_source(std::string_view source);
    /// Records that are not there were asked for: every run that may bring one of them back when it is undone.
    void met_absent(Entity entity, const IdSet& ids);
    /// The run wrote persons or trajectories, on which every later linking leans.
    void wrote_people() { people_ = true; }
    void linked() { linked_ = true; }
    void removed_people() { removals_ = true; }
    /// The vault keeps images of this run as well.
    void vault_images() { vault_images_ = true; }
    /// Before the commit.
    void finish(std::uint64_t waiting);

    /// Runs that must be undone before this one, oldest first.
    std::vector<std::int64_t> blockers(std::int64_t run);
    TakenBack take_back(std::int64_t run, std::int64_t by);
    void expire(std::int64_t begun_before, std::int64_t removals_begun_before);
    /// Lets no image bring back these persons or what hangs on them.
    void forget(const std::string& persons_query);

  private:
    void delete_unused_codes(std::int64_t run);

    Database& database_;
    std::int64_t run_ = 0;
    IdSet met_files_, met_runs_;
    bool people_ = false, linked_ = false, removals_ = false, vault_images_ = false;
};

}  // namespace brugwacht
