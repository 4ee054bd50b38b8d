// A pair of RSA keys, made anew for each test: to see whether a signature is one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace brugwacht {

class RsaKey {
  public:
    explicit RsaKey(unsigned bits = 2048);
    ~RsaKey();
    RsaKey(const RsaKey&) = delete;
    RsaKey& operator=(const RsaKey&) = delete;
    /// PKCS #8; encrypted with `password` when there is one.
    std::string private_pem(const std::string& password = {}) const;
    /// By the public half alone: RSASSA-PKCS1-v1_5 with SHA-256.
    bool verifies(std::string_view message, std::string_view signature) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Undoes base64url without padding. Throws std::runtime_error when it is none.
std::string from_base64url(std::string_view text);

}  // namespace brugwacht
