// Reads the store into a fact base: trajectories, events and clubs, nothing of a person but the linked id.
#pragma once

#include <cstdint>
#include <string>

#include "engine/rules/facts.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

/// Everything classification needs. Events whose trajectory or person has not been read yet are left out: they wait in the store.
/// A club that is named but not read yet counts as a club of unknown kind, its key being 16 hex digits.
/// Throws Error DB-xxx.
FactBase load_facts(const StoreReader& reader);

/// The id of a trajectory as it stands in results: 16 hex digits of the store's id.
std::string trajectory_id_text(std::int64_t id);

}  // namespace brugwacht
