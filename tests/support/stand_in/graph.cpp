#include "tests/support/stand_in/graph.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr const char* kRoot = "/v1.0/";

std::string tag(const Graph::File& file, const std::string& kind) {
    return "\"" + kind + "{" + file.id + "}," + std::to_string(file.version) + "\"";
}

/// "u!" and the base64url of the shared link, without padding.
std::string link_of_share(const std::string& share) { return starts_with(share, "u!") ? from_base64(share.substr(2)) : std::string(); }

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto start = text.find(before);
    if (start == std::string::npos) return {};
    const auto first = start + before.size();
    return text.substr(first, text.find(after, first) - first);
}

}  // namespace

Answer Graph::operator()(const Call& call) {
    if (call.method == "POST" && ends_with(call.path, "/oauth2/v2.0/token")) return entra_token(system_, office, call, token_lifetime_s);
    if (!office.knows(call)) return fault(401, "InvalidAuthenticationToken", "Access token is empty, or has expired.");
    if (!starts_with(call.path, kRoot)) return fault(400, "BadRequest", "Resource not found for the segment.");
    if (!system_.reads_allowed) return fault(403, "accessDenied", "Access denied");
    if (starts_with(call.path, "/v1.0/sites/") && call.path.find(":/") != std::string::npos) {
        JsonWriter json;
        json.begin_object().member("id", between(call.path, "/sites/", ":") + ",0a,0b").member("name", "site").end_object();
        return json_answer(system_, 200, json.take());
    }
    const File* file = find(call.path);
    if (file == nullptr) return fault(404, "itemNotFound", "The resource could not be found.");
    const std::string known = call.header("if-none-match");
    if (!known.empty() && (known == tag(*file, "") || known == tag(*file, "c:"))) return json_answer(system_, 304, "");
    return ends_with(call.path, "/content") ? content(*file) : metadata(*file);
}

const Graph::File* Graph::find(const std::string& path) const {
    if (starts_with(path, "/v1.0/shares/")) {
        const auto shared = files.find(link_of_share(between(path, "/shares/", "/")));
        return shared == files.end() ? nullptr : &shared->second;
    }
    const std::string id = between(path, "/items/", "/");
    const std::string place = between(path, "/root:/", ":");
    for (const auto& [key, file] : files)
        if ((!id.empty() && file.id == id) || (!place.empty() && file.path == place)) return &file;
    return nullptr;
}

Answer Graph::metadata(const File& file) const {
    JsonWriter json;
    json.begin_object().member("id", file.id).member("name", file.path.substr(file.path.rfind('/') + 1));
    json.member("eTag", tag(file, "")).member("cTag", tag(file, "c:")).member("size", static_cast<std::uint64_t>(file.content.size()));
    json.member("lastModifiedDateTime", format_time(file.modified_us, "%Y-%m-%dT%H:%M:%SZ")).key("file").begin_object().end_object();
    json.end_object();
    return json_answer(system_, 200, json.take());
}

Answer Graph::content(const File& file) {
    const std::string signature = "tijdelijk-" + std::to_string(signatures_.size() + 1);
    signatures_[signature] = {file.id, system_.now_us + link_lifetime_s * 1'000'000};
    Answer answer = json_answer(system_, 302, "");
    answer.headers.emplace_back("Location", download_origin + "/download/" + encode(file.id) + "?tempauth=" + signature);
    answer.headers.emplace_back("ETag", tag(file, ""));
    return answer;
}

Answer Graph::download(const Call& call) {
    if (!call.header("authorization").empty()) {
        ++leaked_credentials;
        return fault(401, "unauthenticated", "This address takes no Authorization.");
    }
    const auto signature = signatures_.find(call.parameter("tempauth").value_or(""));
    if (signature == signatures_.end() || signature->second.second <= system_.now_us)
        return fault(401, "unauthenticated", "The link has expired.");
    for (const auto& [key, file] : files) {
        if (file.id != signature->second.first) continue;
        Answer answer = json_answer(system_, 200, file.content);
        answer.headers.front().second = "application/octet-stream";
        return answer;
    }
    return fault(404, "itemNotFound", "The resource could not be found.");
}

Answer Graph::throttled(std::int64_t retry_after_s) const {
    Answer answer = fault(429, "TooManyRequests", "Too many requests.");
    answer.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
    return answer;
}

Answer Graph::fault(int status, const std::string& code, const std::string& message) const {
    JsonWriter json;
    json.begin_object().key("error").begin_object().member("code", code).member("message", message).end_object().end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
