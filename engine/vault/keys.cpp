#include "engine/vault/keys.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/vault/packing.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTenantBytes = 16;
constexpr std::string_view kRingMark = "brugwacht-ring-1\n";
constexpr std::string_view kMaster = "master", kNext = "master-next", kRing = "ring";

/// What stays when the master key changes.
struct Ring {
    HashKey record_id{}, fingerprint{};
    Secret link, suppress, cellkey;
    std::string tenant;
    int link_version = 1;
    std::optional<Secret> next_link;
};

/// The ring, and the master key that opens it.
struct OpenRing {
    Ring ring;
    Secret master;
    int version = 1;       // of that master key
    bool by_next = false;  // it is the next master key: a rotation came past its commit
};

std::string_view view(const HashKey& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

HashKey hash_key(std::string_view bytes) {
    HashKey key{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
    return key;
}

Secret new_key() { return Secret(random_bytes(kKeyBytes)); }

[[noreturn]] void refuse_ring() {
    throw Error(Exit::NoPermission, "KEY-008", {{"file", std::string("keys/ring.sealed")}}, "keys/ring.sealed");
}

SealKeys seal_keys(const Secret& master, int version) {
    return {version, derive_key(master, "wrap"), derive_key(master, "sync-state"), derive_key(master, "audit-anchor")};
}

/// The ring of a project whose keys were all derived from its first master key.
Ring derived_ring(const Secret& master) {
    Ring ring;
    ring.record_id = hash_key(derive_key(master, "record-id").bytes());
    ring.fingerprint = hash_key(derive_key(master, "fingerprint").bytes());
    ring.link = derive_key(master, "link");
    ring.suppress = derive_key(master, "suppress");
    ring.cellkey = derive_key(master, "cellkey");
    ring.tenant = std::string(derive_key(master, "tenant").bytes().substr(0, kTenantBytes));
    return ring;
}

Ring random_ring() {
    Ring ring;
    ring.record_id = hash_key(Secret(random_bytes(ring.record_id.size())).bytes());
    ring.fingerprint = hash_key(Secret(random_bytes(ring.fingerprint.size())).bytes());
    ring.link = new_key();
    ring.suppress = new_key();
    ring.cellkey = new_key();
    ring.tenant = random_bytes(kTenantBytes);
    return ring;
}

Keys keys_of(Ring ring, SealKeys seals) {
    Keys keys;
    static_cast<SealKeys&>(keys) = std::move(seals);
    keys.link = std::move(ring.link);
    keys.suppress = std::move(ring.suppress);
    keys.cellkey = std::move(ring.cellkey);
    keys.record_id = ring.record_id;
    keys.fingerprint = ring.fingerprint;
    keys.tenant = std::move(ring.tenant);
    keys.link_version = ring.link_version;
    keys.next_link = std::move(ring.next_link);
    return keys;
}

std::string header_bytes(const RingHeader& header) {
    std::string text(kRingMark);
    put_number(text, header.version);
    return text.append(header.tenant);
}

/// Version and tenant stand in plain before the seal, which is bound to them.
void store_ring(Secrets& secrets, const Ring& ring, const Secret& master, int version) {
    std::string plain;
    for (const std::string_view key :
         {view(ring.record_id), view(ring.fingerprint), ring.link.bytes(), ring.suppress.bytes(), ring.cellkey.bytes()})
        put_text(plain, key);
    put_number(plain, ring.link_version);
    put_text(plain, ring.next_link ? ring.next_link->bytes() : std::string_view());
    const Secret wiped(std::move(plain));
    const std::string header = header_bytes({version, ring.tenant});
    secrets.store_sealed(kRing, header + seal(derive_key(master, "ring"), wiped.bytes(), header));
}

RingHeader take_header(std::string_view& rest) {
    if (!rest.starts_with(kRingMark) || rest.size() < kRingMark.size() + 8 + kTenantBytes) refuse_ring();
    rest.remove_prefix(kRingMark.size());
    RingHeader header;
    header.version = static_cast<int>(take_number(rest));
    header.tenant = take_bytes(rest, kTenantBytes);
    return header;
}

std::optional<Ring> opened(std::string_view stored, const Secret& master) {
    std::string_view rest = stored;
    const RingHeader header = take_header(rest);
    std::string plain;
    if (!Cipher(derive_key(master, "ring")).unseal(rest, stored.substr(0, stored.size() - rest.size()), plain)) return std::nullopt;
    const Secret wiped(std::move(plain));
    rest = wiped.bytes();
    const auto secret = [&rest] { return Secret(std::string(take_text(rest))); };
    Ring ring;
    ring.record_id = hash_key(take_text(rest));
    ring.fingerprint = hash_key(take_text(rest));
    ring.link = secret();
    ring.suppress = secret();
    ring.cellkey = secret();
    ring.tenant = header.tenant;
    ring.link_version = static_cast<int>(take_number(rest));
    if (Secret next = secret(); !next.bytes().empty()) ring.next_link = std::move(next);
    return ring;
}

OpenRing open_ring(const Secrets& secrets) {
    const auto stored = secrets.sealed(kRing);
    if (!stored) {
        OpenRing found;
        found.master = secrets.load(kMaster);
        found.ring = derived_ring(found.master);
        return found;
    }
    std::string_view rest = *stored;
    const int version = take_header(rest).version;
    for (const std::string_view name : {kMaster, kNext}) {
        if (name == kNext && !secrets.exists(kNext)) break;
        if (name == kMaster && !secrets.exists(kMaster) && secrets.exists(kNext)) continue;
        Secret master = secrets.load(name);
        if (auto ring = opened(*stored, master)) return {std::move(*ring), std::move(master), version, name == kNext};
    }
    refuse_ring();
}

Keys load(const Secrets& secrets) {
    crypto_self_test();
    OpenRing found = open_ring(secrets);
    Keys keys = keys_of(std::move(found.ring), seal_keys(found.master, found.version));
    if (is_rotating(secrets) && !found.by_next) keys.next = seal_keys(secrets.load(kNext), found.version + 1);
    return keys;
}

}  // namespace

Keys derive_keys(const Secret& master) { return keys_of(derived_ring(master), seal_keys(master, 1)); }

void create_master_key(Secrets& secrets) {
    if (secrets.exists(kMaster)) return;
    const Secret master = new_key();
    store_ring(secrets, random_ring(), master, 1);  // first: a master key without a ring is one of before there were rings
    secrets.store(kMaster, master);
}

Keys load_keys(const Secrets& secrets) {
    Keys keys = load(secrets);
    if (keys.next_link) throw Error(Exit::TryLater, "KEY-009");
    return keys;
}

Keys load_keys_to_rekey(const Secrets& secrets) { return load(secrets); }

bool is_rotating(const Secrets& secrets) { return secrets.sealed(kRing) && secrets.exists(kNext); }

Keys begin_rotation(Secrets& secrets) {
    finish_rotation(secrets);
    ensure_ring(secrets);
    if (!secrets.exists(kNext)) secrets.store(kNext, new_key());
    return load_keys(secrets);
}

void commit_rotation(Secrets& secrets) {
    const OpenRing found = open_ring(secrets);
    if (!found.by_next) store_ring(secrets, found.ring, secrets.load(kNext), found.version + 1);
}

void finish_rotation(Secrets& secrets) {
    if (!is_rotating(secrets)) return;
    OpenRing found = open_ring(secrets);
    const Secret next = secrets.load(kNext);
    // Also when the new key stands in its place already, and only the second copy has to go.
    if (!found.by_next && found.master.bytes() != next.bytes()) return;
    secrets.store(kMaster, next);
    secrets.destroy(kNext);
}

Keys begin_rekey(Secrets& secrets) {
    OpenRing found = open_ring(secrets);
    if (!found.ring.next_link) {
        found.ring.next_link = new_key();
        store_ring(secrets, found.ring, found.master, found.version);
    }
    return load(secrets);
}

void finish_rekey(Secrets& secrets) {
    OpenRing found = open_ring(secrets);
    if (!found.ring.next_link) return;
    found.ring.link = std::move(*found.ring.next_link);
    found.ring.next_link.reset();
    ++found.ring.link_version;
    store_ring(secrets, found.ring, found.master, found.version);
}

std::optional<RingHeader> ring_header(const Secrets& secrets) {
    const auto stored = secrets.sealed(kRing);
    if (!stored) return std::nullopt;
    std::string_view rest = *stored;
    return take_header(rest);
}

void ensure_ring(Secrets& secrets) {
    if (secrets.sealed(kRing)) return;
    const OpenRing found = open_ring(secrets);
    store_ring(secrets, found.ring, found.master, found.version);
}

}  // namespace brugwacht
