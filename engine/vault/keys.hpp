// Keys of the vault domain, of two kinds. What seals is derived from the master key and changes with it (`key rotate`). What ids,
// fingerprints and pseudonyms are made with is random and stands in a ring that is sealed under the master key: it stays when the master
// key changes. The audit key is not among them. Decision 0011.
#pragma once

#include <optional>
#include <string>

#include "engine/core/hash.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// Derived from one version of the master key by HKDF-Expand with the label in the comment; one leaked key says nothing about another.
struct SealKeys {
    int version = 1;      // of the master key
    Secret wrap;          // "wrap": seals the data key of each person, names, notes and what was written back
    Secret sync_state;    // "sync-state": seals how far the synchronising of a remote source is
    Secret audit_anchor;  // "audit-anchor": seals the first key of the audit log
};

struct Keys : SealKeys {
    Secret link;            // match tokens and person ids
    Secret suppress;        // tombstones
    Secret cellkey;         // of table cells
    HashKey record_id{};    // ids of records, hashed keys
    HashKey fingerprint{};  // change detection
    std::string tenant;     // 16 random bytes, no secret: what seals are bound to besides their place
    int link_version = 1;
    /// While a rotation is under way: some things are sealed under these already.
    std::optional<SealKeys> next;
    /// While new pseudonyms are being made: what `link` will be.
    std::optional<Secret> next_link;
};

/// All from the master key, as before there was a ring: for projects of that time.
Keys derive_keys(const Secret& master);
/// Makes the master key ("master") and the ring ("ring") unless there is a master key. Throws Error KEY-004 (73), CRY-001 (70).
void create_master_key(Secrets& secrets);
/// Throws Error KEY-001 (66), KEY-002, KEY-005, KEY-006 (77), KEY-003 (65), KEY-008 (77) when the ring is not of this master key or
/// damaged, KEY-009 (75) while new pseudonyms are half made.
Keys load_keys(const Secrets& secrets);
/// The same without KEY-009, for who goes on with the pseudonyms.
Keys load_keys_to_rekey(const Secrets& secrets);

// A rotation: begin, seal anew all that keys.next says, commit, finish. Until commit everything opens with the old key as well as the new
// one; each step can be done again after a crash.

/// True when a rotation was begun and not finished.
bool is_rotating(const Secrets& secrets);
/// Finishes an earlier rotation that came past its commit; then makes the next master key ("master-next") unless it is there, and the ring
/// for a project of before there was one. `next` is set. Throws as load_keys() and create_master_key().
Keys begin_rotation(Secrets& secrets);
/// From here on the next master key is the master key.
void commit_rotation(Secrets& secrets);
/// Puts it in the place of the old one, which is overwritten. Nothing to do when no rotation came past its commit.
void finish_rotation(Secrets& secrets);

// New pseudonyms: begin, make them with next_link, finish.

/// `next_link` is set: a new one, or the one of a rekeying that was cut off.
Keys begin_rekey(Secrets& secrets);
/// The old key is overwritten. Nothing to do when none was begun.
void finish_rekey(Secrets& secrets);

/// What stands in plain beside the ring.
struct RingHeader {
    int version = 1;  // of the master key that seals it
    std::string tenant;
};
/// Nothing for a project of before there was a ring. Throws Error KEY-008 (77).
std::optional<RingHeader> ring_header(const Secrets& secrets);
/// Makes the ring of such a project; its keys stay what they are.
void ensure_ring(Secrets& secrets);

}  // namespace brugwacht
