#include "engine/identity/pseudonyms.hpp"

#include "engine/core/hash.hpp"
#include "engine/core/model.hpp"
#include "engine/identity/convert.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kPseudonymBytes = 16;

Hmac export_key() {
    const Secret random(random_bytes(32));
    return Hmac(derive_key(random, "export:" + to_hex(random_bytes(8))).bytes());
}

}  // namespace

ExportPseudonyms::ExportPseudonyms() : key_(export_key()) {}

std::string ExportPseudonyms::of(std::string_view kind, std::string_view id) const {
    std::string message(kind);
    message.append("|").append(id);
    return to_hex(std::string_view(key_(message)).substr(0, kPseudonymBytes));
}

std::uint64_t renew_pseudonyms(Store& store, Vault& vault, const Keys& keys) {
    static const std::size_t kGiven = *field_index(Entity::Person, "given_name");
    static const std::size_t kFamily = *field_index(Entity::Person, "family_name");
    static const std::size_t kBirth = *field_index(Entity::Person, "birth_date");
    const Hmac link(keys.next_link.value().bytes());
    const int version = keys.link_version + 1;
    vault.make_tokens(version, [&](const Identity& identity) {
        return match_token(link, identity.values[kGiven], identity.values[kFamily], identity.values[kBirth]);
    });
    // From the old pseudonym, which only the project had, and not from the record: which record a person is named after may have changed.
    return store.rename_persons(
        version, [&link](std::string_view old) { return link(std::string("renewed|").append(old)).substr(0, kPseudonymBytes); });
}

}  // namespace brugwacht
