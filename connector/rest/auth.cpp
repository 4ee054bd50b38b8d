#include "connector/rest/auth.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "connector/rest/fault.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset.hpp"
#include "connector/rest/redactor.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kRenewBefore_s = 60;
constexpr std::int64_t kTolerableSkew_s = 60;
constexpr std::size_t kMostAnswerBytes = std::size_t{1} << 20;
constexpr int kAnswerWithin_s = 60;

/// The same headers in each request.
class FixedHeaders : public Authenticator {
  public:
    explicit FixedHeaders(HttpHeaders headers) : headers_(std::move(headers)) {}
    void sign(HttpRequest& request, std::string_view /*path*/) override {
        request.headers.insert(request.headers.end(), headers_.begin(), headers_.end());
    }
    bool renew() override { return false; }
    std::string token() override { return {}; }

  private:
    HttpHeaders headers_;
};

class SignedPath : public Authenticator {
  public:
    explicit SignedPath(const AuthSettings& settings)
        : header_(settings.header), user_(settings.user), message_(settings.message), hmac_(settings.key) {}
    void sign(HttpRequest& request, std::string_view path) override {
        Placeholders values;
        values.set("method", request.method);
        values.set("path", std::string(path));
        const std::string message = values.text(message_).value_or(message_);
        request.headers.emplace_back(header_, base64(user_ + ":" + to_hex(hmac_(message))));
    }
    bool renew() override { return false; }
    std::string token() override { return {}; }

  private:
    std::string header_, user_, message_;
    Hmac hmac_;
};

struct IssuedToken {
    std::string value;
    std::optional<std::int64_t> lifetime_s;  // nothing: the server did not say
};

/// A token that somebody issues and that ends some time.
class TokenHeader : public Authenticator {
  public:
    TokenHeader(std::string header, std::string prefix, const Clock& clock, std::function<IssuedToken()> issue)
        : header_(std::move(header)), prefix_(std::move(prefix)), clock_(clock), issue_(std::move(issue)) {}

    void sign(HttpRequest& request, std::string_view /*path*/) override {
        const std::string& value = current();
        ++uses_;
        if (!header_.empty()) request.headers.emplace_back(header_, prefix_ + value);
    }
    bool renew() override {
        // Refused at its first use: the next one would be refused too.
        const bool worked_before = uses_ > 1;
        token_.clear();
        return worked_before;
    }
    std::string token() override { return current(); }

  private:
    const std::string& current() {
        if (token_.empty() || (renew_at_ && clock_.now() >= *renew_at_)) {
            IssuedToken issued = issue_();
            token_ = std::move(issued.value);
            uses_ = 0;
            renew_at_.reset();
            // Counted from now by our own clock: how late it is there does not matter. A token of a minute still serves half of it.
            if (issued.lifetime_s) renew_at_ = clock_.now() + *issued.lifetime_s - std::min(kRenewBefore_s, *issued.lifetime_s / 2);
        }
        return token_;
    }

    std::string header_, prefix_;
    const Clock& clock_;
    std::function<IssuedToken()> issue_;
    std::string token_;
    std::optional<std::int64_t> renew_at_;
    int uses_ = 0;
};

std::string form_of(const HttpHeaders& members) {
    std::string form;
    for (const auto& [name, value] : members) {
        if (!form.empty()) form.push_back('&');
        form.append(percent_encode(name)).append("=").append(percent_encode(value));
    }
    return form;
}

std::string json_of(const HttpHeaders& members) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [name, value] : members) json.member(name, value);
    json.end_object();
    return json.take();
}

/// Servers write the number of seconds as a number or as a text. What is no time to live says nothing.
std::optional<std::int64_t> lifetime(const Node* value) {
    double seconds = 0;
    if (value == nullptr) return std::nullopt;
    if (value->is(Node::Kind::Integer) || value->is(Node::Kind::Real)) seconds = value->real;
    if (value->is(Node::Kind::Text)) std::from_chars(value->text.data(), value->text.data() + value->text.size(), seconds);
    constexpr double kTenYears = 10.0 * 366 * 86400;
    if (!std::isfinite(seconds) || seconds < 1 || seconds > kTenYears) return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

bool may_stand_in_header(std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// The token endpoint of OAuth 2 (RFC 6749 4.4, RFC 7523). It is asked at its own address only: a redirect is no answer.
class TokenServer {
  public:
    TokenServer(AuthSettings settings, HttpTransport& transport, const Clock& clock)
        : settings_(std::move(settings)), transport_(transport), clock_(clock), host_(host_of(settings_.token_url)) {
        for (const std::string* secret : {&settings_.client_secret, &settings_.private_key, &settings_.password}) redact_.add(*secret);
        for (const auto& [name, value] : settings_.extra)
            if (name != "grant_type") redact_.add(value);
        if (!is_safe_address(settings_.token_url)) throw Error(Exit::Config, "REST-018", {{"host", host_}});
    }

    IssuedToken issue() {
        HttpResponse response = ask();
        // A signed assertion is refused when this machine's clock is wrong; the server's own answer tells by how much.
        if (settings_.type == AuthSettings::Type::OAuth2JwtBearer && (response.status == 400 || response.status == 401)) {
            const auto date = parse_http_date(response.header("date").value_or(""));
            const std::int64_t skew = date ? *date - clock_.now() : 0;
            if (std::abs(skew - skew_s_) > kTolerableSkew_s) {
                skew_s_ = skew;
                response = ask();
            }
        }
        return token_in(response);
    }

  private:
    HttpResponse ask() {
        HttpRequest request;
        request.method = "POST";
        request.url = settings_.token_url;
        request.max_bytes = kMostAnswerBytes;
        request.timeout_s = kAnswerWithin_s;
        request.headers = {{"Accept", "application/json"}};
        const HttpHeaders members = members_of_request();
        const bool json = settings_.send == AuthSettings::Send::Json;
        request.headers.emplace_back("Content-Type", json ? "application/json" : "application/x-www-form-urlencoded");
        request.body = json ? json_of(members) : form_of(members);
        if (settings_.send == AuthSettings::Send::Basic)  // RFC 6749 2.3.1: each part encoded as in a form
            request.headers.emplace_back(
                "Authorization", "Basic " + base64(percent_encode(settings_.client_id) + ":" + percent_encode(settings_.client_secret)));
        HttpResponse response;
        if (const auto failure = transport_.send(request, response)) fail(*failure);
        return response;
    }

    HttpHeaders members_of_request() const {
        const bool assertion = settings_.type == AuthSettings::Type::OAuth2JwtBearer;
        HttpHeaders members = {{"grant_type", assertion ? "urn:ietf:params:oauth:grant-type:jwt-bearer" : "client_credentials"}};
        if (assertion) members.emplace_back("assertion", signed_assertion());
        if (!assertion && settings_.send != AuthSettings::Send::Basic) {
            members.emplace_back("client_id", settings_.client_id);
            members.emplace_back("client_secret", settings_.client_secret);
        }
        if (!settings_.scope.empty()) members.emplace_back("scope", settings_.scope);
        for (const auto& [name, value] : settings_.extra) {
            std::erase_if(members, [&name = name](const auto& member) { return member.first == name; });
            members.emplace_back(name, value);
        }
        return members;
    }

    /// RFC 7519, RFC 7523 3.
    std::string signed_assertion() const {
        const std::int64_t now = clock_.now() + skew_s_;
        JsonWriter claims;
        claims.begin_object().member("iss", settings_.issuer);
        if (!settings_.subject.empty()) claims.member("sub", settings_.subject);
        claims.member("aud", settings_.audience);
        if (!settings_.scope.empty()) claims.member("scope", settings_.scope);  // some servers look for it here instead of beside it
        claims.member("iat", now).member("exp", now + settings_.lifetime_s).end_object();
        const std::string signed_part = base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url(claims.take());
        return signed_part + "." + base64url(sign_rs256(settings_.private_key, signed_part));
    }

    [[noreturn]] void fail(const HttpFailure& failure) const {
        using Kind = HttpFailure::Kind;
        const bool there_is_an_answer = failure.kind == Kind::TooLarge || failure.kind == Kind::Other;
        if (failure.kind == Kind::Tls) throw no_answer(failure, host_, 1);
        if (there_is_an_answer) fail("REST-022", Exit::Data, 0, {});
        fail("REST-021", Exit::TryLater, 0, {});
    }

    [[noreturn]] void fail(const char* code, Exit exit, int status, const std::string& server_code) const {
        TextArgs args = {{"host", host_}};
        add_optional(args, "status", status == 0 ? std::string() : std::to_string(status));
        add_optional(args, "code", looks_like_code(redact_(server_code)) ? server_code : std::string());
        throw Error(exit, code, args);
    }

    IssuedToken token_in(const HttpResponse& response) const {
        const int status = response.status;
        if (status == 429 || status >= 500) fail("REST-021", Exit::TryLater, status, {});
        const Node answer = json_in(response.body);
        const Node* const error = answer.find("error");
        const std::string server_code = error != nullptr && error->is(Node::Kind::Text) ? error->text : std::string();
        const bool refused = status == 401 || status == 403 || (!server_code.empty() && status <= 400);
        if (refused) fail("REST-020", Exit::NoPermission, status, server_code);
        const Node* const token = answer.find("access_token");
        const bool good = status >= 200 && status < 300 && token != nullptr && token->is(Node::Kind::Text);
        if (!good || !may_stand_in_header(token->text)) fail("REST-022", Exit::Data, status, server_code);
        return {token->text, lifetime(answer.find("expires_in"))};
    }

    /// Null when it is no JSON: a page for people, most of the time.
    static Node json_in(const std::string& body) {
        try {
            return parse_json(body, {});
        } catch (const Error&) {
            return {};
        }
    }

    AuthSettings settings_;
    HttpTransport& transport_;
    const Clock& clock_;
    std::string host_;
    Redactor redact_;
    std::int64_t skew_s_ = 0;  // the server's clock minus ours
};

std::unique_ptr<Authenticator> oauth2(const AuthSettings& settings, const AuthPorts& ports) {
    auto server = std::make_shared<TokenServer>(settings, ports.transport, ports.clock);  // shared: std::function is copyable
    return std::make_unique<TokenHeader>("Authorization", "Bearer ", ports.clock, [server] { return server->issue(); });
}

/// Members without a value are left out.
HttpHeaders pairs_of(const Node& table) {
    HttpHeaders pairs;
    for (std::size_t i = 0; i < table.items.size(); ++i) {
        std::string text = Placeholders().text(table.items[i].text).value_or(table.items[i].text);
        if (!text.empty()) pairs.emplace_back(table.keys[i], std::move(text));
    }
    return pairs;
}

std::unique_ptr<Authenticator> fixed(HttpHeaders headers) { return std::make_unique<FixedHeaders>(std::move(headers)); }

}  // namespace

AuthSettings auth_settings(const AuthPlan& plan) {
    using Type = AuthSettings::Type;
    using Send = AuthSettings::Send;
    static const std::map<std::string, Type> kTypes = {{"none", Type::None},
                                                       {"basic", Type::Basic},
                                                       {"bearer", Type::Bearer},
                                                       {"header", Type::Header},
                                                       {"oauth2_client_credentials", Type::OAuth2ClientCredentials},
                                                       {"oauth2_jwt_bearer", Type::OAuth2JwtBearer},
                                                       {"hmac_sha256", Type::HmacSha256},
                                                       {"login", Type::Login}};
    static const std::map<std::string, Send> kSends = {
        {"", Send::Form}, {"form", Send::Form}, {"json", Send::Json}, {"basic", Send::Basic}};
    const auto text = [&plan](const char* key) {
        const auto it = plan.texts.find(key);
        return it == plan.texts.end() ? std::string() : it->second;
    };
    AuthSettings settings;
    settings.type = kTypes.at(plan.type);
    settings.user = text("user");
    settings.password = text("password");
    settings.header = text("header");
    settings.value = text(settings.type == Type::Bearer ? "token" : "value");
    settings.prefix = text("prefix");
    settings.headers = pairs_of(plan.headers);
    settings.token_url = text("token_url");
    settings.client_id = text("client_id");
    settings.client_secret = text("client_secret");
    settings.scope = text("scope");
    settings.send = kSends.at(text("send"));
    settings.extra = pairs_of(plan.extra);
    settings.issuer = text("issuer");
    settings.subject = text("subject");
    settings.audience = text("audience");
    settings.private_key = text("private_key");
    settings.lifetime_s = plan.lifetime_s;
    settings.key = text("key");
    settings.message = text("message");
    return settings;
}

std::unique_ptr<Authenticator> make_authenticator(const AuthSettings& settings, const AuthPorts& ports) {
    switch (settings.type) {
        case AuthSettings::Type::None:
            break;
        case AuthSettings::Type::Basic:
            return fixed({{"Authorization", "Basic " + base64(settings.user + ":" + settings.password)}});
        case AuthSettings::Type::Bearer:
            return fixed({{"Authorization", "Bearer " + settings.value}});
        case AuthSettings::Type::Header: {
            HttpHeaders headers = settings.headers;
            headers.emplace_back(settings.header, settings.prefix + settings.value);
            return fixed(std::move(headers));
        }
        case AuthSettings::Type::OAuth2ClientCredentials:
        case AuthSettings::Type::OAuth2JwtBearer:
            return oauth2(settings, ports);
        case AuthSettings::Type::HmacSha256:
            return std::make_unique<SignedPath>(settings);
        case AuthSettings::Type::Login:
            return std::make_unique<TokenHeader>(settings.header, settings.prefix, ports.clock, [login = ports.login] {
                return IssuedToken{login(), std::nullopt};
            });
    }
    return fixed({});
}

}  // namespace brugwacht
