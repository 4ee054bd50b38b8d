// Keys of the vault domain: one random master key, and a separate derived key for every use. The audit key is not among them.
#pragma once

#include "engine/core/hash.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// Derived by HKDF-Expand with the label in the comment; one leaked key says nothing about another.
struct Keys {
    Secret link;            // "link": match tokens and person ids
    Secret wrap;            // "wrap": seals the data key of each person, and the names of workers, files and sheets
    Secret suppress;        // "suppress": tombstones
    Secret cellkey;         // "cellkey"
    Secret sync_state;      // "sync-state": seals how far the synchronising of a remote source is
    HashKey record_id{};    // "record-id": ids of records, hashed keys
    HashKey fingerprint{};  // "fingerprint": change detection
    int version = 1;        // of the master key
};

Keys derive_keys(const Secret& master);
/// Makes the master key ("master") unless there is one. Throws Error KEY-004 (73), CRY-001 (70).
void create_master_key(Secrets& secrets);
/// Throws Error KEY-001 (66), KEY-002 (77), KEY-003 (65).
Keys load_keys(const Secrets& secrets);

}  // namespace brugwacht
