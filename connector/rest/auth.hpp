// Proving who we are, in one of a closed list of ways (docs/presets.md). Access tokens live in memory only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/rest/http.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// [connection.auth] of a preset with all parameters filled in. Which members count follows from `type`.
struct AuthSettings {
    enum class Type : std::uint8_t { None, Basic, Bearer, Header, OAuth2ClientCredentials, OAuth2JwtBearer, HmacSha256, Login };
    enum class Send : std::uint8_t { Form, Json, Basic };
    Type type = Type::None;
    std::string user, password;                              // Basic; user also of HmacSha256
    std::string header, value, prefix;                       // Header, Bearer (value), HmacSha256 (header), Login (header, prefix)
    HttpHeaders headers;                                     // Header: further ones
    std::string token_url, client_id, client_secret, scope;  // OAuth2
    Send send = Send::Form;
    HttpHeaders extra;                                   // further members of the token request
    std::string issuer, subject, audience, private_key;  // OAuth2JwtBearer; the key as PEM
    int lifetime_s = 180;
    std::string key, message;  // HmacSha256: message with {method} and {path}
};

/// What an authenticator may need from outside.
struct AuthPorts {
    HttpTransport& transport;
    const Clock& clock;
    /// Login: makes the login call and gives the token, or throws Error.
    std::function<std::string()> login;
};

class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// Adds what proves who we are to a request for the configured origin; asks for a token first when there is none or it is about to
    /// expire (60 s). `path` is the request's path below base_url, without query. Throws Error REST-020 (77) when the server refuses the
    /// credentials, REST-021 (75) when the token server cannot be reached, REST-022 (65) when its answer is none.
    virtual void sign(HttpRequest& request, std::string_view path) = 0;
    /// The server answered 401: the token is thrown away. False when there is nothing to renew, or this token was only just made.
    virtual bool renew() = 0;
    /// For {auth.token}; "" when this kind has none.
    virtual std::string token() = 0;
};

std::unique_ptr<Authenticator> make_authenticator(const AuthSettings& settings, const AuthPorts& ports);

/// Where a secret comes from; exactly one is set.
struct SecretSource {
    std::string file;        // relative to the project
    std::string credential;  // a file in $CREDENTIALS_DIRECTORY (systemd LoadCredential=)
    bool prompt = false;     // asked on a terminal
};

/// Without its final line break. `name` is how messages call it. Throws Error REST-010 (66) not there, REST-011 (77) a file that others may
/// read or a folder that others may write, REST-012 (65) empty, longer than 64 KiB, or with a NUL, REST-013 (77) a prompt without a
/// terminal.
Secret load_secret(const SecretSource& source, const std::string& name, const std::string& project_dir);

/// Takes known secrets out of texts, by value: as they are, percent-encoded, in base64 and escaped for JSON.
class Redactor {
  public:
    /// Secrets shorter than 4 characters are not looked for.
    void add(std::string_view secret);
    /// `text` with each secret replaced by "***".
    std::string operator()(std::string_view text) const;

  private:
    std::vector<std::string> forms_;
};

}  // namespace brugwacht
