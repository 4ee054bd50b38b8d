// Pseudonyms: new ones for the whole project when a link key may have leaked, and others for each export, so that no two files can be
// joined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/lib/crypto.hpp"
#include "engine/store/store.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

/// Ids of one export: 32 hex digits, equal for equal ids of a kind within the export and unlike those of any other. The key is random,
/// stands nowhere and goes with the object, so that nobody can lead a pseudonym back, the project itself included.
class ExportPseudonyms {
  public:
    /// A new export with a random name.
    ExportPseudonyms();
    /// `kind` keeps a person and a trajectory of one number apart.
    std::string of(std::string_view kind, std::string_view id) const;

  private:
    Hmac key_;
};

/// Gives all persons new pseudonyms and all names new match tokens, made with keys.next_link (engine/vault/keys.hpp). Can be done again
/// after a crash; who belongs together stays together, also in what a run replaced. How many persons now have another pseudonym.
std::uint64_t renew_pseudonyms(Store& store, Vault& vault, const Keys& keys);

}  // namespace brugwacht
