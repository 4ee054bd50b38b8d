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

struct AuthPlan;
/// The settings of a preset that was built.
AuthSettings auth_settings(const AuthPlan& plan);

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
    /// expire (60 s). `path` is the request's path below base_url, without query and leading slash. Throws Error REST-020 (77) when the
    /// server refuses the credentials, REST-021 (75) when the token server cannot be reached or has trouble, REST-022 (65) when its answer
    /// is none, REST-002 (77) when it is not trusted, CRY-004 (65) when private_key is no key.
    virtual void sign(HttpRequest& request, std::string_view path) = 0;
    /// The server answered 401: the token is thrown away. False when there is nothing to renew, or this token was only just made.
    virtual bool renew() = 0;
    /// For {auth.token}; "" when this kind has none.
    virtual std::string token() = 0;
};

/// Throws Error REST-018 (78) when token_url is neither https nor this machine itself. The ports outlive the authenticator.
std::unique_ptr<Authenticator> make_authenticator(const AuthSettings& settings, const AuthPorts& ports);

}  // namespace brugwacht
