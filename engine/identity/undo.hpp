// Taking a run back: store and vault as if it had never been. Persons erased since stay erased, whatever the run changed of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/store/store.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

struct UndoSummary {
    std::int64_t run = 0;         // of the undo itself
    std::int64_t undone = 0;      // the run that was taken back
    std::string kind;             // of that run
    std::int64_t started_at = 0;  // of that run, UTC seconds
    TakenBack records;
    std::uint64_t erased = 0;  // persons that did not come back because they were erased
    std::uint64_t waiting = 0;
};

/// A run of kind "undo" that takes `run` back; both databases or neither, also after a crash. `is_erased` may name persons that must not
/// come back beside those the vault no longer knows. With `dry_run` everything is done and nothing stays.
/// Throws Error: UND-001 (66) no such run; (65) UND-002 it is an undo itself, UND-003 undone already, UND-004 later runs lean on it,
/// UND-005 what it replaced is no longer kept; DB-xxx.
UndoSummary undo_run(Store& store, Vault& vault, const Keys& keys, std::int64_t run, std::int64_t started_at, bool dry_run,
                     const std::function<bool(std::int64_t person)>& is_erased = {});

}  // namespace brugwacht
