// What the store must do for a person who is erased or restricted, below Store and StoreReader. For the store room only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/lib/database.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

/// Every person record that anything here names: rows, what hangs on them, what is kept to take a run back. Sorted.
std::vector<std::int64_t> mentioned_persons(Database& database);
/// Trajectories that something hangs on and that are not here. Sorted.
std::vector<std::int64_t> absent_trajectories(Database& database);
/// Deletes the facts that hang on these trajectories, also what would bring them back; an activity stays, without the trajectory.
void erase_hanging(Database& database, const std::vector<std::int64_t>& trajectories);

/// How many erasures this database has seen.
std::int64_t erasures_applied(Database& database);
void set_erasures_applied(Database& database, std::int64_t number);

/// Of whom nothing is reported: person records, all those of one person when one of them is restricted, and their trajectories.
struct HiddenIds {
    IdSet persons, trajectories;
};
HiddenIds hidden_ids(Database& database);

}  // namespace brugwacht
