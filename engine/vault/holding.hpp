// How the master key is held: in a key file, sealed under a passphrase, or by the machine as a systemd credential. Decision 0011.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/ports.hpp"

namespace brugwacht {

enum class Holding { None, KeyFile, Passphrase, Credential };
/// "none", "key_file", "passphrase", "credential".
std::string_view name(Holding holding);

/// Asks for the passphrase of the project. Throws an Error when there is nobody to ask.
using AskPassphrase = std::function<Secret()>;

/// Names of files in $CREDENTIALS_DIRECTORY (systemd LoadCredential= and LoadCredentialEncrypted=).
inline constexpr std::string_view kMasterCredential = "brugwacht-master";           // 32 bytes
inline constexpr std::string_view kNextMasterCredential = "brugwacht-master-next";  // while it is rotated

/// Keys of a project folder. The master key is where it is found first: the machine's credential, keys/master.key, keys/master.sealed.
/// Other keys are files.
class HeldSecrets final : public Secrets {
  public:
    /// `folder` is keys/ of the project. `ask` is called at most once, when a passphrase is needed.
    HeldSecrets(const std::filesystem::path& folder, AskPassphrase ask);
    ~HeldSecrets() override;

    Holding holding() const;
    /// Seals the master key under a passphrase, new or instead of another one, and destroys the key file. Throws Error KEY-010 (77) when
    /// the machine holds it, KEY-011 (75) while it is being rotated, KEY-012 (64) for fewer than kLeastPassphrase characters.
    void hold_by_passphrase(const Secret& passphrase);
    /// Puts the master key in a key file and forgets the passphrase. Throws Error KEY-010, KEY-011.
    void hold_by_key_file();

    /// Throws besides what Secrets says KEY-007 (77) for every wrong passphrase and for a damaged master.sealed.
    Secret load(std::string_view name) const override;
    /// When the machine holds the master key: throws KEY-010 (77) for the next one, which it must bring, and KEY-015 (77) for the master
    /// key, when the next one has to take its place there.
    void store(std::string_view name, const Secret& key) override;
    bool exists(std::string_view name) const override;
    std::optional<std::string> sealed(std::string_view name) const override;
    void store_sealed(std::string_view name, std::string_view bytes) override;
    void destroy(std::string_view name) override;
    void destroy_sealed(std::string_view name) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

inline constexpr std::size_t kLeastPassphrase = 12;
/// Cost of a guess: 2^17 is 128 MiB and some 0.3 s of one core.
inline constexpr std::uint64_t kScryptCost = std::uint64_t{1} << 17;

/// The master key sealed under a passphrase: mark | version | cost | salt (16) | AES-256-GCM, bound to all before it and to the tenant.
std::string seal_master(const Secret& master, const Secret& passphrase, int version, std::string_view tenant);
/// Nothing when the passphrase, the tenant or a bit is wrong; it takes as long whatever is wrong with the passphrase.
std::optional<Secret> unseal_master(std::string_view sealed, const Secret& passphrase, std::string_view tenant);

}  // namespace brugwacht
