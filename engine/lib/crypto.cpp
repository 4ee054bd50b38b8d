#include "engine/lib/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kBlockBytes = 64;  // of SHA-256
constexpr std::uint64_t kScryptBlock = 8;
constexpr std::uint64_t kScryptSpare = std::uint64_t{1} << 20;  // what OpenSSL needs besides
constexpr int kLeastRsaBits = 2048;                             // RFC 7518 3.3

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeMemory {
    void operator()(BIO* memory) const { BIO_free(memory); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

[[noreturn]] void broken(const char* step) { throw Error(Exit::Software, "CRY-003", {{"step", std::string(step)}}); }

void require(int ok, const char* step) {
    if (ok != 1) broken(step);
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
int length(std::string_view text) {
    if (text.size() > 0x7fffffffU) broken("length");
    return static_cast<int>(text.size());
}

// Fetched once: a lookup at every seal would cost more than the sealing of a small record.
const EVP_CIPHER* gcm() {
    static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    if (kCipher == nullptr) broken("AES-256-GCM");
    return kCipher;
}

const EVP_MD* sha256_method() {
    static const EVP_MD* const kMethod = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (kMethod == nullptr) broken("SHA256");
    return kMethod;
}

EVP_CIPHER_CTX* cipher_context() {
    thread_local const CipherContext kContext(EVP_CIPHER_CTX_new());
    if (!kContext) broken("context");
    return kContext.get();
}

void check_key(const Secret& key) {
    if (key.bytes().size() != kKeyBytes) broken("key length");
}

std::string from_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return out;
}

/// OpenSSL would ask for it on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return -1; }

PrivateKey read_rsa_key(std::string_view pem) {
    const std::unique_ptr<BIO, FreeMemory> memory(BIO_new_mem_buf(pem.data(), length(pem)));
    if (!memory) broken("context");
    PrivateKey key(PEM_read_bio_PrivateKey(memory.get(), nullptr, &no_password, nullptr));
    ERR_clear_error();
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < kLeastRsaBits)
        throw Error(Exit::Data, "CRY-004");
    return key;
}

std::string seal_with_nonce(const Secret& key, std::string_view nonce, std::string_view plain, std::string_view associated) {
    check_key(key);
    std::string out(kNonceBytes + plain.size() + kTagBytes, '\0');
    std::memcpy(out.data(), nonce.data(), kNonceBytes);
    EVP_CIPHER_CTX* context = cipher_context();
    int written = 0;
    require(EVP_EncryptInit_ex2(context, gcm(), bytes(key.bytes()), bytes(nonce), nullptr), "seal");
    if (!associated.empty()) require(EVP_EncryptUpdate(context, nullptr, &written, bytes(associated), length(associated)), "seal");
    if (!plain.empty()) require(EVP_EncryptUpdate(context, bytes(out) + kNonceBytes, &written, bytes(plain), length(plain)), "seal");
    require(EVP_EncryptFinal_ex(context, bytes(out) + kNonceBytes + plain.size(), &written), "seal");
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), out.data() + kNonceBytes + plain.size()),
            "seal");
    require(EVP_CIPHER_CTX_reset(context), "seal");  // wipes the key schedule
    return out;
}

}  // namespace

std::string sha256(std::string_view message) {
    std::string out(32, '\0');
    require(EVP_Digest(message.data(), message.size(), bytes(out), nullptr, sha256_method(), nullptr), "sha256");
    return out;
}

std::string md5(std::string_view message) {
    std::string out(16, '\0');
    require(EVP_Digest(message.data(), message.size(), bytes(out), nullptr, EVP_md5(), nullptr), "md5");
    return out;
}

std::string sha1(std::string_view message) {
    std::string out(20, '\0');
    require(EVP_Digest(message.data(), message.size(), bytes(out), nullptr, EVP_sha1(), nullptr), "sha1");
    return out;
}

struct Sha256::Impl {
    DigestContext context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
    if (!impl_->context) broken("context");
    require(EVP_DigestInit_ex2(impl_->context.get(), sha256_method(), nullptr), "sha256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view message) { require(EVP_DigestUpdate(impl_->context.get(), message.data(), message.size()), "sha256"); }

std::string Sha256::finish() {
    std::string out(32, '\0');
    require(EVP_DigestFinal_ex(impl_->context.get(), bytes(out), nullptr), "sha256");
    require(EVP_DigestInit_ex2(impl_->context.get(), sha256_method(), nullptr), "sha256");
    return out;
}

// HMAC by its definition (RFC 2104): the two keyed first blocks are hashed once, every message starts from a copy of that state.
struct Hmac::Impl {
    DigestContext inner{EVP_MD_CTX_new()};
    DigestContext outer{EVP_MD_CTX_new()};
    DigestContext scratch{EVP_MD_CTX_new()};
};

Hmac::Hmac(std::string_view key) : impl_(std::make_unique<Impl>()) {
    if (!impl_->inner || !impl_->outer || !impl_->scratch) broken("context");
    std::array<unsigned char, kBlockBytes> block{};
    std::string hashed;
    if (key.size() > kBlockBytes) {
        hashed = sha256(key);
        key = hashed;
    }
    if (!key.empty()) std::memcpy(block.data(), key.data(), key.size());
    for (unsigned char& b : block) b ^= 0x36;
    require(EVP_DigestInit_ex2(impl_->inner.get(), sha256_method(), nullptr), "hmac");
    require(EVP_DigestUpdate(impl_->inner.get(), block.data(), block.size()), "hmac");
    for (unsigned char& b : block) b ^= 0x36 ^ 0x5c;
    require(EVP_DigestInit_ex2(impl_->outer.get(), sha256_method(), nullptr), "hmac");
    require(EVP_DigestUpdate(impl_->outer.get(), block.data(), block.size()), "hmac");
    OPENSSL_cleanse(block.data(), block.size());
    OPENSSL_cleanse(hashed.data(), hashed.size());
}
Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;

std::string Hmac::operator()(std::string_view message) const {
    std::string out(32, '\0');
    EVP_MD_CTX* scratch = impl_->scratch.get();
    require(EVP_MD_CTX_copy_ex(scratch, impl_->inner.get()), "hmac");
    require(EVP_DigestUpdate(scratch, message.data(), message.size()), "hmac");
    require(EVP_DigestFinal_ex(scratch, bytes(out), nullptr), "hmac");
    require(EVP_MD_CTX_copy_ex(scratch, impl_->outer.get()), "hmac");
    require(EVP_DigestUpdate(scratch, out.data(), out.size()), "hmac");
    require(EVP_DigestFinal_ex(scratch, bytes(out), nullptr), "hmac");
    return out;
}

Secret derive_key(const Secret& key, std::string_view label) {
    // HKDF-Expand for one block: T(1) = HMAC(key, info | 0x01). The master key is uniform already, so there is nothing to extract.
    std::string info(label);
    info.push_back('\1');
    return Secret(Hmac(key.bytes())(info));
}

namespace {

Secret scrypt(std::string_view passphrase, std::string_view salt, std::uint64_t n, std::uint64_t block_size) {
    std::string out(kKeyBytes, '\0');
    const std::uint64_t memory = 128 * block_size * (n + 2) + kScryptSpare;
    require(EVP_PBE_scrypt(passphrase.empty() ? "" : passphrase.data(), passphrase.size(), bytes(salt), salt.size(), n, block_size, 1,
                           memory, bytes(out), out.size()),
            "scrypt");
    return Secret(std::move(out));
}

}  // namespace

Secret scrypt_key(std::string_view passphrase, std::string_view salt, std::uint64_t n) { return scrypt(passphrase, salt, n, kScryptBlock); }

void wipe(std::string& text) {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (count > 0 && RAND_bytes(bytes(out), length(out)) != 1) throw Error(Exit::Software, "CRY-001");
    return out;
}

std::string seal(const Secret& key, std::string_view plain, std::string_view associated) {
    return seal_with_nonce(key, random_bytes(kNonceBytes), plain, associated);
}

struct Cipher::Impl {
    CipherContext context{EVP_CIPHER_CTX_new()};
};

Cipher::Cipher() : impl_(std::make_unique<Impl>()) {
    if (!impl_->context) broken("context");
    require(EVP_DecryptInit_ex2(impl_->context.get(), gcm(), nullptr, nullptr, nullptr), "unseal");
}
Cipher::Cipher(const Secret& key) : Cipher() { set_key(key.bytes()); }
Cipher::~Cipher() = default;  // OpenSSL wipes the key schedule
Cipher::Cipher(Cipher&&) noexcept = default;
Cipher& Cipher::operator=(Cipher&&) noexcept = default;

void Cipher::set_key(std::string_view key) {
    if (key.size() != kKeyBytes) broken("key length");
    require(EVP_DecryptInit_ex2(impl_->context.get(), nullptr, bytes(key), nullptr, nullptr), "unseal");
}

bool Cipher::unseal(std::string_view sealed, std::string_view associated, std::string& out) {
    if (sealed.size() < kNonceBytes + kTagBytes) {
        out.clear();
        return false;
    }
    const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::array<char, kTagBytes> tag{};
    std::memcpy(tag.data(), sealed.data() + sealed.size() - kTagBytes, kTagBytes);
    out.resize(body.size());
    EVP_CIPHER_CTX* context = impl_->context.get();
    int written = 0;
    require(EVP_DecryptInit_ex2(context, nullptr, nullptr, bytes(sealed), nullptr), "unseal");
    if (!associated.empty()) require(EVP_DecryptUpdate(context, nullptr, &written, bytes(associated), length(associated)), "unseal");
    if (!body.empty()) require(EVP_DecryptUpdate(context, bytes(out), &written, bytes(body), length(body)), "unseal");
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()), "unseal");
    if (EVP_DecryptFinal_ex(context, bytes(out) + out.size(), &written) == 1) return true;
    ERR_clear_error();
    wipe(out);
    return false;
}

std::string unseal(const Secret& key, std::string_view sealed, std::string_view associated) {
    std::string out;
    if (!Cipher(key).unseal(sealed, associated, out)) throw Error(Exit::Data, "CRY-002");
    return out;
}

std::string base64(std::string_view message) {
    std::string out((message.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
    const int size = EVP_EncodeBlock(bytes(out), bytes(message), length(message));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string base64url(std::string_view message) {
    std::string out = base64(message);
    out.erase(std::min(out.find('='), out.size()));
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string out(text.size() / 4 * 3, '\0');  // EVP_DecodeBlock counts the padding as zero bytes
    if (!text.empty() && EVP_DecodeBlock(bytes(out), bytes(text), length(text)) < 0) return std::nullopt;
    out.resize(out.size() - padding);
    if (base64(out) != text) return std::nullopt;  // it passes over blanks, and over = in the middle
    return out;
}

std::string sign_rs256(std::string_view pem, std::string_view message) {
    const PrivateKey key = read_rsa_key(pem);
    const DigestContext context(EVP_MD_CTX_new());
    if (!context) broken("context");
    require(EVP_DigestSignInit(context.get(), nullptr, sha256_method(), nullptr, key.get()), "signature");
    std::size_t size = 0;
    require(EVP_DigestSign(context.get(), nullptr, &size, bytes(message), message.size()), "signature");
    std::string out(size, '\0');
    require(EVP_DigestSign(context.get(), bytes(out), &size, bytes(message), message.size()), "signature");
    out.resize(size);
    return out;
}

namespace {

bool known_answers() {
    const auto must = [](bool good, const char* what) {
        if (!good) throw Error(Exit::Software, "CRY-003", {{"step", std::string(what)}});
    };
    must(sha256("abc") == from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "SHA-256");
    // RFC 4231, test cases 2 and 6.
    must(Hmac("Jefe")("what do ya want for nothing?") == from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
         "HMAC");
    must(Hmac(std::string(131, '\xaa'))("Test Using Larger Than Block-Size Key - Hash Key First") ==
             from_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
         "HMAC");
    // RFC 5869, test case 1: the expand step from its PRK, first block.
    must(derive_key(Secret(from_hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")), from_hex("f0f1f2f3f4f5f6f7f8f9"))
                 .bytes() == from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"),
         "HKDF");
    // McGrew and Viega, The Galois/Counter Mode of Operation, test case 14.
    const Secret zero(std::string(kKeyBytes, '\0'));
    const std::string known = seal_with_nonce(zero, std::string(kNonceBytes, '\0'), std::string(16, '\0'), {});
    must(known.substr(kNonceBytes) == from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"), "AES-256-GCM");
    must(unseal(zero, known, {}) == std::string(16, '\0'), "AES-256-GCM");
    std::string other = known, plain;
    other.back() = static_cast<char>(other.back() ^ 1);
    must(!Cipher(zero).unseal(other, {}, plain) && plain.empty(), "AES-256-GCM");
    must(!Cipher(zero).unseal(known, "elsewhere", plain) && plain.empty(), "AES-256-GCM");
    // RFC 7914, section 12, first vector.
    must(scrypt({}, {}, 16, 1).bytes() == from_hex("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"), "scrypt");
    return true;
}

}  // namespace

void crypto_self_test() {
    static const bool kPassed = known_answers();
    static_cast<void>(kPassed);
}

}  // namespace brugwacht
