// The vault, for those who can do without it.
#pragma once

#include <optional>

#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

/// Are the vault and its key here?
bool vault_at_hand(const Project& project, const Secrets& secrets);
/// Nothing when they are not. A key that is here but refused is a fault: throws Error KEY-002 (77), KEY-003 (65), VLT-xxx, DB-xxx.
std::optional<Vault> open_vault(const Project& project, const Secrets& secrets);

}  // namespace brugwacht
