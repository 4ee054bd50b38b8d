// OpenSSL, thin: hashing, key derivation, sealing. Keys are 32 bytes. Nothing here writes anything anywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/ports.hpp"

namespace brugwacht {

/// 32 bytes.
std::string sha256(std::string_view bytes);
/// 16 and 20 bytes. Broken as protection: only to read what old programs wrote with them.
std::string md5(std::string_view bytes);
std::string sha1(std::string_view bytes);
/// Incremental SHA-256, for files of any size.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(std::string_view bytes);
    std::string finish();  // 32 bytes

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// HMAC-SHA-256 under one key, many messages; the key is scheduled once. RFC 4231 vectors.
class Hmac {
  public:
    explicit Hmac(std::string_view key);
    ~Hmac();
    Hmac(Hmac&&) noexcept;
    Hmac& operator=(Hmac&&) noexcept;
    std::string operator()(std::string_view message) const;  // 32 bytes

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// HKDF-Expand (RFC 5869) with SHA-256: an independent 32-byte key for a label.
Secret derive_key(const Secret& key, std::string_view label);
/// scrypt (RFC 7914) with block size 8 and parallelism 1: 32 bytes from a passphrase, at a cost of 128 * `n` * 8 bytes and as much work.
/// `n` is a power of two. Throws Error CRY-003 (70) when there is no memory for it.
Secret scrypt_key(std::string_view passphrase, std::string_view salt, std::uint64_t n);
/// Overwrites the text, in a way that no compiler leaves out, and empties it.
void wipe(std::string& text);
/// From the operating system's generator. Throws Error CRY-001 (70).
std::string random_bytes(std::size_t count);
/// AES-256-GCM: nonce (12) | ciphertext | tag (16). A fresh random nonce at every call.
std::string seal(const Secret& key, std::string_view plain, std::string_view associated);
/// Throws Error CRY-002 (65) when key, associated data or a single bit is wrong.
std::string unseal(const Secret& key, std::string_view sealed, std::string_view associated);
/// AES-256-GCM for many messages: keeps its context, so that a key is scheduled once and nothing is allocated for a message. What it made
/// and what seal() made is one form. One thread at a time; wiped when it goes.
class Cipher {
  public:
    /// No key yet: set_key() before the first message.
    Cipher();
    explicit Cipher(const Secret& key);
    ~Cipher();
    Cipher(Cipher&&) noexcept;
    Cipher& operator=(Cipher&&) noexcept;
    /// 32 bytes.
    void set_key(std::string_view key);
    /// Puts the plain text in `out`. False, and `out` wiped, when key, associated data or a single bit is wrong.
    bool unseal(std::string_view sealed, std::string_view associated, std::string& out);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// RFC 4648: section 4 with padding, and section 5 (for names of files and addresses) without.
std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);
/// Undoes base64(); nothing when the text is none.
std::optional<std::string> from_base64(std::string_view text);
/// Signature of RS256 (RFC 7518 3.3: RSASSA-PKCS1-v1_5 with SHA-256). `pem` is a private RSA key of at least 2048 bits, PKCS #8 or #1,
/// without password. Throws Error CRY-004 (65) when it is not.
std::string sign_rs256(std::string_view pem, std::string_view message);
/// Known answers, once in a process: SHA-256, HMAC, HKDF, AES-256-GCM, scrypt. Throws Error CRY-003 (70).
void crypto_self_test();

}  // namespace brugwacht
