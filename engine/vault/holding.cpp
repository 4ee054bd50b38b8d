#include "engine/vault/holding.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/vault/keys.hpp"
#include "engine/vault/packing.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSealedMark = "brugwacht-mk-1\n";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kKeyBytes = 32;
constexpr std::int64_t kLeastCost = 1 << 14;  // of a file that somebody may have put there: neither cheap nor endless
constexpr std::int64_t kMostCost = 1 << 20;
constexpr std::string_view kMaster = "master", kNext = "master-next";

std::string associated(std::string_view header, std::string_view tenant) {
    return std::string("mk|").append(header).append("|").append(tenant);
}

/// The file of a master key that the machine holds; nothing when it holds none of that name.
std::optional<fs::path> credential(std::string_view key) {
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string_view name = key == kMaster ? kMasterCredential : key == kNext ? kNextMasterCredential : std::string_view();
    if (folder == nullptr || name.empty()) return std::nullopt;
    const fs::path path = fs::path(folder) / name;
    std::error_code ignored;
    return fs::exists(path, ignored) ? std::optional(path) : std::nullopt;
}

Secret from_credential(const fs::path& path) {
    struct stat file {};
    struct stat folder {};
    if (::stat(path.c_str(), &file) != 0) throw Error(Exit::NoInput, "KEY-001", {{"file", path.string()}}, path.string());
    // systemd may let its service read through an access list, which shows in the bits of the group.
    const bool open_to_others = (file.st_mode & 007U) != 0;
    if (open_to_others || ::stat(path.parent_path().c_str(), &folder) != 0 || (folder.st_mode & 022U) != 0)
        throw Error(Exit::NoPermission, "KEY-002", {{"file", path.string()}}, path.string());
    Secret key(disk_files()->read(path));
    if (key.bytes().size() != kKeyBytes) throw Error(Exit::Data, "KEY-003", {{"file", path.string()}}, path.string());
    return key;
}

[[noreturn]] void held_by_machine(const char* code = "KEY-010") {
    throw Error(Exit::NoPermission, code, {{"credential", std::string(kMasterCredential)}});
}

}  // namespace

std::string_view name(Holding holding) {
    switch (holding) {
        case Holding::KeyFile:
            return "key_file";
        case Holding::Passphrase:
            return "passphrase";
        case Holding::Credential:
            return "credential";
        case Holding::None:
            break;
    }
    return "none";
}

std::string seal_master(const Secret& master, const Secret& passphrase, int version, std::string_view tenant) {
    std::string header(kSealedMark);
    put_number(header, version);
    put_number(header, static_cast<std::int64_t>(kScryptCost));
    const std::string salt = random_bytes(kSaltBytes);
    header += salt;
    return header + seal(scrypt_key(passphrase.bytes(), salt, kScryptCost), master.bytes(), associated(header, tenant));
}

std::optional<Secret> unseal_master(std::string_view sealed, const Secret& passphrase, std::string_view tenant) {
    constexpr std::size_t kHeader = kSealedMark.size() + 16 + kSaltBytes;
    if (!sealed.starts_with(kSealedMark) || sealed.size() < kHeader) return std::nullopt;
    const std::string_view header = sealed.substr(0, kHeader);
    std::string_view rest = header.substr(kSealedMark.size());
    take_number(rest);  // the version; it is part of what the seal is bound to
    const std::int64_t cost = take_number(rest);
    if (cost < kLeastCost || cost > kMostCost || (cost & (cost - 1)) != 0) return std::nullopt;
    std::string plain;
    const Secret key = scrypt_key(passphrase.bytes(), rest, static_cast<std::uint64_t>(cost));
    if (!Cipher(key).unseal(sealed.substr(kHeader), associated(header, tenant), plain)) return std::nullopt;
    return Secret(std::move(plain));
}

struct HeldSecrets::Impl {
    Impl(const fs::path& keys, AskPassphrase asks) : folder(keys), files(key_files(keys)), ask(std::move(asks)) {}

    static bool is_master(std::string_view key) { return key == kMaster || key == kNext; }
    bool sealed_by_passphrase(std::string_view key) const {
        return is_master(key) && !files->exists(key) && files->sealed(key).has_value();
    }

    const Secret& passphrase() {
        if (!known) known = ask();
        return *known;
    }
    std::string tenant() const {
        const auto ring = ring_header(*files);
        return ring ? ring->tenant : std::string();
    }
    int version_of(std::string_view key) const {
        const auto ring = ring_header(*files);
        return (ring ? ring->version : 1) + (key == kNext ? 1 : 0);
    }
    std::string sealed_file(std::string_view key) const { return (folder / (std::string(key) + ".sealed")).string(); }

    fs::path folder;
    std::unique_ptr<Secrets> files;
    AskPassphrase ask;
    std::optional<Secret> known;  // once asked
};

HeldSecrets::HeldSecrets(const fs::path& folder, AskPassphrase ask) : impl_(std::make_unique<Impl>(folder, std::move(ask))) {}
HeldSecrets::~HeldSecrets() = default;

Holding HeldSecrets::holding() const {
    if (credential(kMaster)) return Holding::Credential;
    // Between two steps of a rotation only the next key may be there.
    for (const std::string_view key : {kMaster, kNext}) {
        if (impl_->files->exists(key)) return Holding::KeyFile;
        if (impl_->files->sealed(key)) return Holding::Passphrase;
    }
    return Holding::None;
}

Secret HeldSecrets::load(std::string_view name) const {
    if (const auto path = credential(name)) return from_credential(*path);
    if (!impl_->sealed_by_passphrase(name)) return impl_->files->load(name);
    auto key = unseal_master(*impl_->files->sealed(name), impl_->passphrase(), impl_->tenant());
    if (!key) {
        const std::string file = impl_->sealed_file(name);
        throw Error(Exit::NoPermission, "KEY-007", {{"file", file}}, file);
    }
    return std::move(*key);
}

void HeldSecrets::store(std::string_view name, const Secret& key) {
    const Holding how = holding();
    if (Impl::is_master(name) && how == Holding::Credential) held_by_machine(name == kMaster ? "KEY-015" : "KEY-010");
    if (Impl::is_master(name) && how == Holding::Passphrase) {
        impl_->files->store_sealed(name, seal_master(key, impl_->passphrase(), impl_->version_of(name), impl_->tenant()));
        return;
    }
    impl_->files->store(name, key);
}

bool HeldSecrets::exists(std::string_view name) const {
    return credential(name).has_value() || impl_->files->exists(name) || impl_->sealed_by_passphrase(name);
}

std::optional<std::string> HeldSecrets::sealed(std::string_view name) const { return impl_->files->sealed(name); }
void HeldSecrets::store_sealed(std::string_view name, std::string_view bytes) { impl_->files->store_sealed(name, bytes); }

void HeldSecrets::destroy(std::string_view name) {
    impl_->files->destroy(name);
    if (Impl::is_master(name)) impl_->files->destroy_sealed(name);
}

void HeldSecrets::destroy_sealed(std::string_view name) { impl_->files->destroy_sealed(name); }

void HeldSecrets::hold_by_passphrase(const Secret& passphrase) {
    if (holding() == Holding::Credential) held_by_machine();
    if (is_rotating(*this)) throw Error(Exit::TryLater, "KEY-011");
    if (passphrase.bytes().size() < kLeastPassphrase)
        throw Error(Exit::Usage, "KEY-012", {{"least", static_cast<std::int64_t>(kLeastPassphrase)}});
    ensure_ring(*this);
    const Secret master = load(kMaster);
    impl_->files->store_sealed(kMaster, seal_master(master, passphrase, impl_->version_of(kMaster), impl_->tenant()));
    impl_->files->destroy(kMaster);  // last: until then the key file holds it
    impl_->known.emplace(std::string(passphrase.bytes()));
}

void HeldSecrets::hold_by_key_file() {
    if (holding() == Holding::Credential) held_by_machine();
    if (is_rotating(*this)) throw Error(Exit::TryLater, "KEY-011");
    impl_->files->store(kMaster, load(kMaster));
    impl_->files->destroy_sealed(kMaster);
}

}  // namespace brugwacht
