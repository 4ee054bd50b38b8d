#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connector/rest/auth.hpp"
#include "connector/rest/preset.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/rsa_key.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {
namespace {

using Type = AuthSettings::Type;
using Send = AuthSettings::Send;
using testing::HasSubstr;
using testing::Not;

Answer json(std::string body, int status = 200) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "application/json"}};
    answer.body = std::move(body);
    return answer;
}

/// An authenticator before a transport that works, a clock to set, and no login.
struct Signer {
    SetClock clock;
    std::unique_ptr<HttpTransport> transport = curl_transport({});
    std::unique_ptr<Authenticator> authenticator;

    explicit Signer(const AuthSettings& settings, std::function<std::string()> login = {})
        : authenticator(make_authenticator(settings, {*transport, clock, std::move(login)})) {}

    HttpHeaders headers(const std::string& method = "GET", const std::string& path = "leden") {
        HttpRequest request;
        request.method = method;
        authenticator->sign(request, path);
        return request.headers;
    }
    /// Value of the one header, or the error with all that it shows.
    std::string sign() {
        try {
            const HttpHeaders all = headers();
            return all.size() == 1 ? all[0].first + ": " + all[0].second : std::to_string(all.size()) + " headers";
        } catch (const Error& error) {
            return readable(error.first());
        }
    }
};

AuthSettings client_credentials(const std::string& token_url) {
    AuthSettings settings;
    settings.type = Type::OAuth2ClientCredentials;
    settings.token_url = token_url;
    settings.client_id = "klant 7";
    settings.client_secret = "geheim/van+de=test";
    settings.scope = "lezen alles";
    return settings;
}

TEST(Auth, NoneAddsNothing) { EXPECT_TRUE(Signer(AuthSettings()).headers().empty()); }

TEST(Auth, BasicIsTheExampleOfRfc7617) {
    AuthSettings settings;
    settings.type = Type::Basic;
    settings.user = "Aladdin";
    settings.password = "open sesame";
    Signer signer(settings);
    EXPECT_EQ(signer.sign(), "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_FALSE(signer.authenticator->renew());
    EXPECT_EQ(signer.authenticator->token(), "");
}

TEST(Auth, BearerAndHeader) {
    AuthSettings bearer;
    bearer.type = Type::Bearer;
    bearer.value = "abc";
    EXPECT_EQ(Signer(bearer).sign(), "Authorization: Bearer abc");
    AuthSettings header;
    header.type = Type::Header;
    header.header = "X-Civi-Auth";
    header.prefix = "Bearer ";
    header.value = "abc";
    header.headers = {{"X-Civi-Key", "site"}};
    EXPECT_EQ(Signer(header).headers(), (HttpHeaders{{"X-Civi-Key", "site"}, {"X-Civi-Auth", "Bearer abc"}}));
}

TEST(Auth, HmacSignsMethodAndPath) {
    // The answer of RFC 4231, test case 2, through the whole construction.
    AuthSettings settings;
    settings.type = Type::HmacSha256;
    settings.header = "X-Hmac-Authorization";
    settings.user = "sleutel";
    settings.key = "Jefe";
    settings.message = "what do ya want {method} {path}";
    EXPECT_EQ(Signer(settings).headers("for", "nothing?"),
              (HttpHeaders{{"X-Hmac-Authorization", base64("sleutel:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")}}));
    settings.message = "{method} /{path}";
    EXPECT_EQ(Signer(settings).headers("GET", "Contact/1")[0].second, base64("sleutel:" + to_hex(Hmac("Jefe")("GET /Contact/1"))));
}

TEST(Auth, ClientCredentialsAsFormJsonOrBasic) {
    LocalServer server([](const Call&) { return json(R"({"access_token":"teken-1","token_type":"Bearer","expires_in":3600})"); });
    AuthSettings settings = client_credentials(server.address() + "/token");
    settings.extra = {{"resource", "https://crm.example.org"}};
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    EXPECT_EQ(Signer(settings).sign(), "Authorization: Bearer teken-1");
    Call call = server.calls().back();
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.path, "/token");
    EXPECT_EQ(call.form(), (Pairs{{"grant_type", "client_credentials"},
                                  {"client_id", "klant 7"},
                                  {"client_secret", "geheim/van+de=test"},
                                  {"scope", "lezen alles"},
                                  {"resource", "https://crm.example.org"}}));
    EXPECT_EQ(call.header("content-type"), "application/x-www-form-urlencoded");

    settings.send = Send::Basic;
    Signer(settings).sign();
    call = server.calls().back();
    EXPECT_EQ(call.header("authorization"), "Basic " + base64("klant%207:geheim%2Fvan%2Bde%3Dtest"));
    EXPECT_THAT(call.body, Not(HasSubstr("client_secret")));

    settings.send = Send::Json;
    settings.extra = {{"grant_type", "password"}, {"username", "an"}};
    Signer(settings).sign();
    call = server.calls().back();
    EXPECT_EQ(call.header("content-type"), "application/json");
    const Node body = parse_json(call.body, "");
    EXPECT_EQ(body.find("grant_type")->text, "password") << "what the preset adds goes before";
    EXPECT_EQ(body.find("username")->text, "an");
    EXPECT_EQ(body.find("client_secret")->text, "geheim/van+de=test");
}

TEST(Auth, ATokenServesUntilAMinuteBeforeItExpires) {
    int issued = 0;
    std::string expires_in = "3600";
    LocalServer server([&](const Call&) {
        return json(R"({"access_token":"teken-)" + std::to_string(++issued) + R"(","expires_in":)" + expires_in + "}");
    });
    const auto after = [&](const std::string& lifetime, std::int64_t seconds) {
        expires_in = lifetime;
        Signer signer(client_credentials(server.address()));
        const std::string first = signer.sign();
        signer.clock.at += seconds;
        return signer.sign() == first ? "same" : "new";
    };
    EXPECT_STREQ(after("3600", 3539), "same");
    EXPECT_STREQ(after("3600", 3540), "new");
    EXPECT_STREQ(after("\"3600\"", 3539), "same");
    EXPECT_STREQ(after("\"3600\"", 3540), "new");
    EXPECT_STREQ(after("3600.5", 3540), "new");
    EXPECT_STREQ(after("90", 44), "same") << "a short one serves half of its time";
    EXPECT_STREQ(after("90", 45), "new");
    for (const char* silent : {"null", "0", "-5", "\"\"", "\"morgen\"", "1e300", "[]", "true"})
        EXPECT_STREQ(after(silent, 100'000), "same") << silent;
}

TEST(Auth, ATokenThatWorkedIsRenewedOnceOneThatNeverDidIsNot) {
    int issued = 0;
    LocalServer server([&](const Call&) { return json(R"({"access_token":"teken-)" + std::to_string(++issued) + "\"}"); });
    Signer signer(client_credentials(server.address()));
    EXPECT_FALSE(signer.authenticator->renew()) << "there is none yet";
    EXPECT_EQ(signer.sign(), "Authorization: Bearer teken-1");
    EXPECT_EQ(signer.sign(), "Authorization: Bearer teken-1");
    EXPECT_EQ(signer.authenticator->token(), "teken-1");
    EXPECT_TRUE(signer.authenticator->renew());
    EXPECT_EQ(signer.sign(), "Authorization: Bearer teken-2");
    EXPECT_FALSE(signer.authenticator->renew()) << "refused at its first use";
}

TEST(Auth, OddAnswersOfATokenServerHaveTheirOwnErrors) {
    Answer answer;
    LocalServer server([&](const Call&) { return answer; });
    const auto code = [&](const Answer& given) {
        answer = given;
        return Signer(client_credentials(server.address())).sign().substr(0, 8);
    };
    EXPECT_EQ(code(json(R"({"error":"invalid_client"})", 401)), "REST-020");
    EXPECT_EQ(code(json(R"({"error":"invalid_scope"})", 400)), "REST-020");
    EXPECT_EQ(code(json(R"({"error":"bad_verification"})", 200)), "REST-020");
    EXPECT_EQ(code(json("", 403)), "REST-020");
    EXPECT_EQ(code(json("<html>", 500)), "REST-021");
    EXPECT_EQ(code(json("{}", 429)), "REST-021");
    for (const char* body :
         {"<!doctype html><p>Aanmelden</p>", "", "[]", "\"teken\"", "null", "{}", R"({"access_token":null})", R"({"access_token":""})",
          R"({"access_token":["a"]})", R"({"access_token":"a\nX-Other: b"})", R"({"access_token":"a b"})", "{\"access_token\":\"a\""})
        EXPECT_EQ(code(json(body)), "REST-022") << body;
    EXPECT_EQ(code(json(R"({"error":"not_found"})", 404)), "REST-022");
    EXPECT_EQ(code(json(std::string(std::size_t{2} << 20, ' '))), "REST-022") << "no megabytes for a token";
    Answer cut = json("{\"access_token\":\"a\"}");
    cut.cut_after = 3;
    EXPECT_EQ(code(cut), "REST-021");
}

TEST(Auth, ATokenRequestGoesNowhereElse) {
    LocalServer other([](const Call&) { return json(R"({"access_token":"vals"})"); });
    LocalServer server([&](const Call&) {
        Answer answer;
        answer.status = 307;
        answer.headers = {{"Location", other.address() + "/token"}};
        return answer;
    });
    EXPECT_THAT(Signer(client_credentials(server.address())).sign(), HasSubstr("REST-022"));
    EXPECT_TRUE(other.calls().empty());
    for (const char* unsafe : {"http://login.example.org/token", "ftp://127.0.0.1/", ""}) {
        try {
            Signer{client_credentials(unsafe)};
            ADD_FAILURE() << unsafe;
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(), "REST-018");
        }
    }
}

TEST(Auth, NoMessageRepeatsASecretThatTheServerEchoes) {
    const std::string secret = "geheim-van-de-test";
    Answer answer;
    LocalServer server([&](const Call&) { return answer; });
    AuthSettings settings = client_credentials(server.address());
    settings.client_secret = secret;
    settings.extra = {{"password", "wachtwoord-van-an"}};
    for (const int status : {200, 400, 401, 403, 404, 429, 500})
        for (const std::string& body :
             {R"({"error":")" + secret + R"("})", R"({"error":"x","error_description":")" + secret + R"("})", secret,
              std::string(R"({"error":"wachtwoord-van-an"})"), R"({"access_token":"a )" + secret + R"("})"}) {
            answer = json(body, status);
            const std::string shown = Signer(settings).sign();
            EXPECT_THAT(shown, HasSubstr("REST-02"));
            EXPECT_THAT(shown, Not(HasSubstr(secret))) << status << body;
            EXPECT_THAT(shown, Not(HasSubstr("wachtwoord-van-an"))) << status << body;
        }
    answer = json(R"({"error":"invalid_client"})", 401);
    EXPECT_THAT(Signer(settings).sign(), HasSubstr("invalid_client"));
}

/// Made once: that takes a while.
const RsaKey& rsa_key() {
    static const RsaKey kKey;
    return kKey;
}

AuthSettings jwt_bearer(const std::string& token_url) {
    AuthSettings settings;
    settings.type = Type::OAuth2JwtBearer;
    settings.token_url = token_url;
    settings.issuer = "klant";
    settings.subject = "an@voorbeeld.example";
    settings.audience = "https://login.example.org";
    settings.private_key = rsa_key().private_pem();
    return settings;
}

/// Claims of the assertion in a call; the signature must be right.
Node claims_of(const Call& call) {
    const auto form = call.form();
    EXPECT_EQ(form.at(0).second, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    const std::string assertion = form.at(1).second;
    const std::size_t first = assertion.find('.'), last = assertion.rfind('.');
    EXPECT_EQ(from_base64url(assertion.substr(0, first)), R"({"alg":"RS256","typ":"JWT"})");
    EXPECT_TRUE(rsa_key().verifies(assertion.substr(0, last), from_base64url(assertion.substr(last + 1))));
    return parse_json(from_base64url(assertion.substr(first + 1, last - first - 1)), "");
}

TEST(Auth, AJwtIsSignedAndLastsMinutes) {
    LocalServer server([](const Call&) { return json(R"({"access_token":"teken","instance_url":"https://elders.example"})"); });
    Signer signer(jwt_bearer(server.address()));
    EXPECT_EQ(signer.sign(), "Authorization: Bearer teken");
    const Node claims = claims_of(server.calls().at(0));
    EXPECT_EQ(claims.find("iss")->text, "klant");
    EXPECT_EQ(claims.find("sub")->text, "an@voorbeeld.example");
    EXPECT_EQ(claims.find("aud")->text, "https://login.example.org");
    EXPECT_EQ(claims.find("iat")->integer, signer.clock.at);
    EXPECT_EQ(claims.find("exp")->integer, signer.clock.at + 180);
}

TEST(Auth, AJwtIsMadeAnewByTheServersClockWhenOursIsWrong) {
    SetClock here;
    LocalServer server([&](const Call& call) {
        const std::int64_t issued = claims_of(call).find("iat")->integer;
        Answer answer = issued < here.at ? json(R"({"error":"invalid_grant"})", 400) : json(R"({"access_token":"teken"})");
        answer.headers.emplace_back("Date", "Thu, 26 Nov 2026 00:00:00 GMT");
        return answer;
    });
    Signer signer(jwt_bearer(server.address()));
    signer.clock.at = here.at - 7200;
    EXPECT_EQ(signer.sign(), "Authorization: Bearer teken");
    EXPECT_EQ(server.calls().size(), 2U);

    Signer refused(jwt_bearer(server.address()));
    refused.clock.at = here.at - 1;
    EXPECT_THAT(refused.sign(), HasSubstr("REST-020")) << "the clock is right enough: something else is wrong";
    EXPECT_EQ(server.calls().size(), 3U);
}

TEST(Auth, ALoginIsMadeOnceAndItsTokenGoesWhereItIsWanted) {
    int logins = 0;
    const auto login = [&] { return "sessie-" + std::to_string(++logins); };
    AuthSettings settings;
    settings.type = Type::Login;
    Signer in_body(settings, login);
    EXPECT_TRUE(in_body.headers().empty());
    EXPECT_EQ(in_body.authenticator->token(), "sessie-1");
    settings.header = "Authorization";
    settings.prefix = "Bearer ";
    Signer in_header(settings, login);
    EXPECT_EQ(in_header.sign(), "Authorization: Bearer sessie-2");
    in_header.sign();
    EXPECT_TRUE(in_header.authenticator->renew());
    EXPECT_EQ(in_header.sign(), "Authorization: Bearer sessie-3");
}

TEST(Auth, SettingsComeFromTheWordsOfAPreset) {
    AuthPlan plan;
    plan.type = "header";
    plan.texts = {{"header", "X-Key"}, {"value", "geheim"}, {"prefix", "Token "}};
    plan.headers = parse_toml("X-Site = \"site\"\nX-Empty = \"\"", "");
    EXPECT_EQ(Signer(auth_settings(plan)).headers(), (HttpHeaders{{"X-Site", "site"}, {"X-Key", "Token geheim"}}));
    plan = AuthPlan();
    plan.type = "bearer";
    plan.texts = {{"token", "abc"}};
    EXPECT_EQ(Signer(auth_settings(plan)).sign(), "Authorization: Bearer abc");
    plan.type = "oauth2_client_credentials";
    plan.texts = {{"token_url", "https://login.example.org/"}, {"client_secret", "s"}, {"send", "json"}};
    EXPECT_EQ(auth_settings(plan).type, Type::OAuth2ClientCredentials);
    EXPECT_EQ(auth_settings(plan).send, Send::Json);
    EXPECT_EQ(auth_settings(plan).client_secret, "s");
}

}  // namespace
}  // namespace brugwacht
