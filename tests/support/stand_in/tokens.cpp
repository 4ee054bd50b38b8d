#include "tests/support/stand_in/tokens.hpp"

#include <algorithm>

#include "tests/support/stand_in/cloud.hpp"

namespace brugwacht::stand_in::cloud {

namespace {

std::string oauth_error(const std::string& error, const std::string& description) {
    JsonWriter json;
    json.begin_object().member("error", error).member("error_description", description).end_object();
    return json.take();
}

std::string token_body(const std::string& token, std::int64_t lifetime_s) {
    JsonWriter json;
    json.begin_object().member("token_type", "Bearer").member("expires_in", lifetime_s).member("access_token", token).end_object();
    return json.take();
}

}  // namespace

std::string TokenOffice::issue(std::int64_t lifetime_s) {
    std::string token = "toegang-" + std::to_string(++issued_);
    tokens_[token] = system_.now_us + lifetime_s * 1'000'000;
    return token;
}

bool TokenOffice::knows(const Call& call) const {
    const auto token = tokens_.find(credential(call, "Bearer"));
    return token != tokens_.end() && system_.now_us < token->second;
}

Answer entra_token(const System& system, TokenOffice& office, const Call& call, std::int64_t lifetime_s) {
    if (form_field(call, "grant_type") != "client_credentials")
        return json_answer(system, 400, oauth_error("unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type."));
    if (form_field(call, "client_secret") != system.secret)
        return json_answer(system, 401, oauth_error("invalid_client", "AADSTS7000215: Invalid client secret provided."));
    if (!ends_with(form_field(call, "scope"), "/.default"))
        return json_answer(system, 400, oauth_error("invalid_scope", "AADSTS1002012: The provided value for scope is not valid."));
    return json_answer(system, 200, token_body(office.issue(lifetime_s), lifetime_s));
}

Answer keycloak_token(const System& system, TokenOffice& office, const Call& call, std::int64_t lifetime_s) {
    if (form_field(call, "grant_type") != "client_credentials")
        return json_answer(system, 400, oauth_error("unsupported_grant_type", "Unsupported grant_type"));
    if (form_field(call, "client_secret") != system.secret)
        return json_answer(system, 401, oauth_error("unauthorized_client", "Invalid client or Invalid client credentials"));
    return json_answer(system, 200, token_body(office.issue(lifetime_s), lifetime_s));
}

bool Rate::allows(std::int64_t now_us) {
    if (most == 0) return true;
    while (!taken.empty() && taken.front() <= now_us - window_us) taken.pop_front();
    if (taken.size() >= most) return false;
    taken.push_back(now_us);
    return true;
}

std::int64_t Rate::wait_s(std::int64_t now_us) const {
    if (taken.empty()) return 1;
    return std::max<std::int64_t>(1, (taken.front() + window_us - now_us + 999'999) / 1'000'000);
}

}  // namespace brugwacht::stand_in::cloud
