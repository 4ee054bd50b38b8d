// What people decided about pairs of records. Append-only: a later decision about the same pair stands in place of the earlier one, which
// stays. They rest sealed in the vault, outside every model, and survive each new import and each new way of weighing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

struct Decision {
    std::int64_t sequence = 0;               // of the note; given by the vault
    std::int64_t run = 0;                    // that wrote it
    std::int64_t a = 0, b = 0;               // record ids
    LinkAnswer answer = LinkAnswer::Unsure;  // Unsure takes an earlier answer back
    std::string who;                         // as typed by who decided; may be empty
    std::string why;                         // may be empty
    std::int64_t at = 0;                     // UTC seconds
    std::uint64_t print_a = 0;               // fingerprints of the records as they were compared
    std::uint64_t print_b = 0;
};

/// As part of the open batch, or at once.
void add_decision(Vault& vault, Decision decision);
/// All, oldest first. Throws Error VLT-003 (65).
std::vector<Decision> all_decisions(Vault& vault);
/// The last of each pair, by a and b.
std::vector<Decision> standing_decisions(Vault& vault);

}  // namespace brugwacht
