// An HTTPS server on 127.0.0.1 under an authority of its own that nobody trusts yet, to see who refuses whom. It answers every request
// with "safe".
#pragma once

#include <memory>
#include <string>

namespace brugwacht {

struct TlsServerOptions {
    std::string name = "IP:127.0.0.1";  // whom the certificate is for, as OpenSSL writes a subject alternative name
    bool expired = false;
    bool old_protocol = false;  // TLS 1.1 at most
    bool hang_up = false;       // resets each connection before a word is said
};

class TlsServer {
  public:
    explicit TlsServer(const TlsServerOptions& options = {});
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    std::string address() const;  // "https://127.0.0.1:41234"
    /// The certificate of its authority, PEM.
    std::string authority() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
