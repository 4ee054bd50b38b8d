#include "engine/run/vault_access.hpp"

#include "engine/vault/keys.hpp"

namespace brugwacht {

bool vault_at_hand(const Project& project, const Secrets& secrets) {
    std::error_code ignored;
    return std::filesystem::exists(project.vault_file(), ignored) && secrets.exists("master");
}

std::optional<Vault> open_vault(const Project& project, const Secrets& secrets) {
    if (!vault_at_hand(project, secrets)) return std::nullopt;
    return Vault::open(project.vault_file(), load_keys(secrets));
}

}  // namespace brugwacht
