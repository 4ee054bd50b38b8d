// Records which signed copy belongs to which agreement. The copy itself stays with the partners: the audit log keeps its digest only.
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct SignedCopy {
    std::string agreement;   // "voorbeeldstad@3"
    std::string rules_hash;  // 64 hex digits
    std::string copy_hash;   // SHA-256 of the copy's bytes, 64 hex digits
};

/// Appends one entry to the ledger: action agreement.signed, `config` the hash of the rules, `request` the digest of the copy. With
/// `dry_run` everything is checked and nothing recorded. Throws Error AGS-001 (65) an empty copy, AGS-002 (65) no parties, AGL-xxx (65) an
/// agreement with errors, AGR-xxx and CFG-xxx (78) one that cannot be read, FIL-xxx, and what Ledger::append throws.
SignedCopy record_signature(const Project& project, const std::filesystem::path& agreement, const std::filesystem::path& copy, bool dry_run,
                            Ports& ports);

}  // namespace brugwacht
