// Finds one trajectory for somebody who asks about it, and where its facts were read. Whoever looks up a child's trajectory gives a
// reason, and the look-up stands in the audit log before anything is shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/rules/facts.hpp"
#include "engine/run/project.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

/// Index in the fact base of what a person calls a trajectory: its key in the source, SOURCE:KEY, or its id in 16 hex digits. Keys that
/// stand in the store as a hash are found when the master key is at hand.
/// Throws Error EXP-001 (66) when there is none, EXP-002 (64) when several sources have that key.
std::uint32_t find_trajectory(const FactBase& facts, std::string_view wanted, const Secrets& secrets);

/// The row where an event stands now.
struct FactOrigin {
    std::int64_t run = 0;
    std::string source;     // that brought the file
    std::string file_hash;  // first 12 hex digits of the SHA-256
    std::string file_name;  // "" without the vault
    std::string sheet;      // name; "" without the vault
    std::uint32_t tab = 0;  // from 1
    std::uint64_t row = 0;  // from 1
};

/// Source and key of an event.
using EventName = std::pair<std::string, std::string>;

/// Origins of the events asked for; names of files and sheets when the vault is at hand. Reads every event once.
std::map<EventName, FactOrigin> fact_origins(const Project& project, const std::vector<EventName>& events, Ports& ports);

/// Throws Error EXP-003 (64) when the reason of a look-up is blank.
void require_reason(std::string_view reason);
/// A look at one trajectory: its source, its key as the store has it, and why.
struct LookUp {
    std::string action, source, trajectory, reason;
};
/// Writes the look-up to the audit log. The reason may hold a name: it is sealed in the vault, when that is at hand, and then the answer
/// says how many persons were looked up lately. Throws as Ledger::append() and open_vault().
std::optional<LookUpRate> log_look_up(const Project& project, const LookUp& look_up, const std::string& rules_hash, Ports& ports);

}  // namespace brugwacht
