// Values that a person had put right (GDPR art. 16). They stand in place of what her source says, import after import, until they are
// withdrawn; what the source says goes on being compared and kept. Sealed in the vault as notes.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/vault/vault.hpp"

namespace brugwacht {

/// One field of one person record. Values are in the canonical form of the field.
struct FieldCorrection {
    std::int64_t record = 0;
    std::size_t field = 0;       // of entity_def(Entity::Person).fields
    std::string value;           // that stands; "" = blank
    std::string source_value;    // that the source gave last
    std::int64_t at = 0;         // UTC seconds, of the correction
    std::int64_t source_at = 0;  // UTC seconds, of the source's value as it was first seen
    std::string request;         // id of the request

    /// The source still says something else.
    bool is_contested() const { return source_value != value; }
};

/// By record: those in force, at most one for each field, by field.
using Corrections = std::unordered_map<std::int64_t, std::vector<FieldCorrection>>;

/// Throws Error VLT-003 (65) when a note was tampered with.
Corrections read_corrections(Vault& vault);

/// Notes, as part of the open batch.
void note_correction(Vault& vault, const FieldCorrection& correction);
void note_withdrawal(Vault& vault, const FieldCorrection& correction, std::int64_t at);
/// The source gave another value than before.
void note_source_value(Vault& vault, const FieldCorrection& correction);

/// Puts into the identity of the record what stands, or what its source says.
void show_corrected(const std::vector<FieldCorrection>& corrections, Identity& identity);
void show_source(const std::vector<FieldCorrection>& corrections, Identity& identity);

}  // namespace brugwacht
