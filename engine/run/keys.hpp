// The keys of a project as its officer handles them: how they are held, a new master key, new pseudonyms.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/run/project.hpp"
#include "engine/vault/holding.hpp"

namespace brugwacht {

/// Of the passphrase, for services (systemd LoadCredential=).
inline constexpr std::string_view kPassphraseCredential = "brugwacht-passphrase";

/// The keys of a project folder. A passphrase comes from the machine's credential, else it is asked as `prompt` on the terminal, without
/// echo. `may_ask` = false, or no terminal: KEY-013 (77) when one is needed.
std::unique_ptr<HeldSecrets> project_secrets(const std::filesystem::path& keys, const std::string& prompt, bool may_ask);
/// Asks on the terminal, without echo. Throws Error KEY-013 (77) without one.
Secret ask_for_passphrase(const std::string& prompt);

struct KeyStatus {
    Holding holding = Holding::None;
    int version = 1;       // of the master key
    int link_version = 1;  // of the key of the pseudonyms
    bool rotating = false, rekeying = false;
    bool memory_locked = false;
    std::map<int, std::uint64_t> vault;  // sealed texts by version of the master key
};

/// Opens the vault, so that it also says whether the key is the right one. Throws as load_keys() and Vault::open().
KeyStatus key_status(const Project& project, HeldSecrets& secrets);

struct KeyRotation {
    int version = 0;           // of the new master key
    std::uint64_t sealed = 0;  // texts of the vault that were sealed anew
    std::uint64_t states = 0;  // and states of remote sources
};

/// A new master key: seals anew what the old one sealed, then destroys it. Goes on where one before it was cut off. Ids, fingerprints and
/// pseudonyms stay. `dry_run` only counts. Throws as load_keys(), Vault::reseal(), KEY-010, KEY-015 (77).
KeyRotation rotate_key(const Project& project, HeldSecrets& secrets, Ports& ports, bool dry_run);

struct KeyRekey {
    int link_version = 0;
    std::uint64_t persons = 0;  // whose pseudonym changed; those of a rekeying that was cut off are not counted again
};

/// New pseudonyms under a new link key; the old one is destroyed. Goes on where one before it was cut off.
KeyRekey rekey_persons(const Project& project, HeldSecrets& secrets, Ports& ports, bool dry_run);

/// Throw as HeldSecrets::hold_by_passphrase() and hold_by_key_file().
void set_passphrase(const Project& project, HeldSecrets& secrets, const Secret& passphrase, Ports& ports);
void remove_passphrase(const Project& project, HeldSecrets& secrets, Ports& ports);

}  // namespace brugwacht
