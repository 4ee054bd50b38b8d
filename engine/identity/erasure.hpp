// Erasing a person from both databases, and from every older copy of them that is put back. The tombstones come first: from then on the
// erasure is carried out by whoever opens the databases next, so that a crash leaves nothing half done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/tombstones.hpp"
#include "engine/store/store.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

/// What an erasure took out. Numbers of records.
struct ErasedRecords {
    std::uint64_t persons = 0;       // person records of the vault, all versions of one counting once
    std::uint64_t in_store = 0;      // person records that the store named
    std::uint64_t trajectories = 0;  // of these persons, as far as they stood in the store or were waited for
};

/// True when one of the databases has not seen all erasures, or files may still hold somebody. Throws Error ERA-004 (78) when the store has
/// seen more erasures than erasures.db knows: an older copy of that file, or none, stands there.
bool erasures_due(Store& store, Vault& vault, const Tombstones& tombstones);
/// Carries out all erasures in both databases: vault first, then store, under the store's write lock. Settles first what an interrupted run
/// left. What it is called for again does no harm. Throws Error DB-xxx; then it is to be called again.
ErasedRecords apply_erasures(Store& store, Vault& vault, const Tombstones& tombstones);

/// Tombstones for one person, then apply_erasures(). `records` are hers; `same_as` is an earlier erasure of hers, 0 = none. Other records
/// that look like her are noted as possible returns.
struct SubjectErased {
    std::int64_t erasure = 0;
    ErasedRecords records;
    std::uint64_t look_alikes = 0;  // records that now wait for a decision
};
SubjectErased erase_records(Store& store, Vault& vault, Tombstones& tombstones, const std::vector<std::int64_t>& records, Date today,
                            const TombstoneTerm& term, std::int64_t same_as = 0);

/// A record that was let in and may be an erased person.
struct PossibleReturn {
    std::int64_t record = 0;
    std::string source, key;  // of the record
    ReturnReason reason = ReturnReason::None;
    std::int64_t erasure = 0;
    std::int64_t note = 0;  // sequence number in the vault
};

/// Notes it unless that is noted already. True when it is new.
bool note_return(Vault& vault, std::int64_t record, const Recognised& found);
/// Those of records that are still here, in the order in which they were noted. Throws Error VLT-003 (65).
std::vector<PossibleReturn> possible_returns(Vault& vault);
/// Somebody looked and it is another person: let in for good.
void keep_return(Vault& vault, Tombstones& tombstones, const PossibleReturn& chosen);

}  // namespace brugwacht
