#include "engine/vault/keys.hpp"

#include <algorithm>

#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kMasterBytes = 32;

HashKey hash_key(const Secret& master, std::string_view label) {
    const Secret derived = derive_key(master, label);
    HashKey key{};
    std::copy_n(derived.bytes().begin(), key.size(), key.begin());
    return key;
}

}  // namespace

Keys derive_keys(const Secret& master) {
    Keys keys;
    keys.link = derive_key(master, "link");
    keys.wrap = derive_key(master, "wrap");
    keys.suppress = derive_key(master, "suppress");
    keys.cellkey = derive_key(master, "cellkey");
    keys.sync_state = derive_key(master, "sync-state");
    keys.record_id = hash_key(master, "record-id");
    keys.fingerprint = hash_key(master, "fingerprint");
    return keys;
}

void create_master_key(Secrets& secrets) {
    if (!secrets.exists("master")) secrets.store("master", Secret(random_bytes(kMasterBytes)));
}

Keys load_keys(const Secrets& secrets) {
    crypto_self_test();
    return derive_keys(secrets.load("master"));
}

}  // namespace brugwacht
