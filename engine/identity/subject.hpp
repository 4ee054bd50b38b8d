// The person somebody asks about: all records that are known to be hers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/reader.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

struct Subject {
    std::string person_id;                 // 32 hex digits
    std::vector<std::int64_t> records;     // person records, in the order of source_keys
    std::vector<std::string> source_keys;  // "source:key", sorted bytewise
};

/// `wanted` is SOURCE:KEY of a person record, its KEY when only one source has it, or a person id (32 hex digits), also
/// one that the person had before records were joined. Reads the vault once.
/// Throws Error SUB-001 (66) when there is no such person, SUB-002 (64) when several sources have that key.
Subject find_subject(const StoreReader& store, Vault& vault, std::string_view wanted);

}  // namespace brugwacht
