#include "connector/rest/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connector/rest/fault.hpp"
#include "connector/rest/fields.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

constexpr int kMostRedirects = 5;
constexpr int kRepetitionsOfBrokenAnswers = 3;
constexpr std::size_t kMostReadable = 120;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_good(int status) { return status >= 200 && status < 300; }
bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

bool has_header(const HttpRequest& request, std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(), [name](const auto& header) { return lower(header.first) == name; });
}

/// Without the mark of UTF-8 and the blanks that some servers put before their JSON.
std::string_view content_of(std::string_view body) {
    if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
    body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
    return body;
}

bool holds_one(std::string_view text, const std::vector<std::string>& parts) {
    return std::any_of(parts.begin(), parts.end(), [text](const std::string& part) { return text.find(part) != std::string_view::npos; });
}

/// "api-usage=123/1000" and the like: the first two numbers with a slash between them.
std::optional<std::pair<std::int64_t, std::int64_t>> used_of_total(std::string_view text) {
    for (std::size_t slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/', slash + 1)) {
        const std::size_t last = text.substr(0, slash).find_last_not_of("0123456789");
        const std::string_view left = text.substr(0, slash).substr(last == std::string_view::npos ? 0 : last + 1);
        std::int64_t used = 0, total = 0;
        const bool numbers = std::from_chars(left.data(), left.data() + left.size(), used).ec == std::errc{} &&
                             std::from_chars(text.data() + slash + 1, text.data() + text.size(), total).ec == std::errc{};
        if (numbers && total > 0) return std::pair(used, total);
    }
    return std::nullopt;
}

ExchangeResult outcome(ExchangeResult::Outcome outcome, Fault why) {
    ExchangeResult result;
    result.outcome = outcome;
    result.why = std::move(why);
    return result;
}

}  // namespace

struct Exchange::Answer {
    std::optional<HttpFailure> failure;
    HttpResponse response;
    std::optional<JsonTree> json;
    Trouble trouble = Trouble::None;
    bool away = false;                // it came from another origin
    std::optional<Error> redirected;  // in a way that is not followed
};

struct Exchange::Verdict {
    bool accepted = false;
    ErrorAction action = ErrorAction::Fail;
    int max = 6, wait_s = 0, max_wait_s = 900;
    std::string code;  // path
};

Exchange::Exchange(const ConnectionPlan& connection, ExchangePorts ports, Redactor secrets)
    : connection_(connection),
      ports_(std::move(ports)),
      secrets_(std::move(secrets)),
      origin_(origin_of(connection.base_url)),
      host_(host_of(connection.base_url)) {}

ExchangeResult Exchange::send(const ExchangeRequest& request) {
    using Outcome = ExchangeResult::Outcome;
    bool renewed = false;
    int repetitions = 0;
    for (int attempts = 1;; ++attempts) {
        if (std::optional<Fault> why = over_budget()) return outcome(Outcome::Stop, std::move(*why));
        Answer answer = ask(request);
        const Verdict verdict = judge(request, answer);
        if (verdict.accepted) return {Outcome::Accepted, std::move(answer.response), std::move(answer.json), std::nullopt};
        const auto error = [&] { return error_of(answer, verdict, attempts); };
        switch (verdict.action) {
            case ErrorAction::Refresh:
                if (renewed || answer.away || !request.sign || !ports_.authenticator.renew()) throw error();
                renewed = true;
                break;
            case ErrorAction::Retry:
                if (repetitions >= verdict.max) throw error();
                ports_.retry.pause.wait(backoff_s(++repetitions, ports_.retry.random));
                break;
            case ErrorAction::Wait:
                if (repetitions >= verdict.max) return outcome(Outcome::Stop, error().first());
                if (std::optional<Fault> why = wait(verdict, ++repetitions, answer)) return outcome(Outcome::Stop, std::move(*why));
                break;
            case ErrorAction::Resync:
                return outcome(Outcome::Resync, error().first());
            case ErrorAction::RestartWindow:
                return outcome(Outcome::RestartWindow, error().first());
            case ErrorAction::SkipStream:
                return outcome(Outcome::SkipStream, error().first());
            case ErrorAction::Stop:
                return outcome(Outcome::Stop, Fault{"REST-026", told(answer, verdict.code, attempts), {}, {}});
            case ErrorAction::Fail:
                throw error();
        }
    }
}

std::string Exchange::token() {
    std::string token = ports_.authenticator.token();
    if (secrets_(token) == token) secrets_.add(token);
    return token;
}

std::string Exchange::readable(std::string_view text) const {
    std::string out = signature_secrets_(secrets_(text));
    const bool utf8 = is_valid_utf8(out);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || (!utf8 && static_cast<unsigned char>(c) > 0x7f)) c = '?';
    std::size_t characters = 0, end = 0;
    while (end < out.size() && (characters += (static_cast<unsigned char>(out[end]) & 0xc0U) != 0x80U) <= kMostReadable) ++end;
    return out.substr(0, end);
}

std::optional<Fault> Exchange::over_budget() const {
    if (quota_reached_) return quota_reached_;
    const std::uint64_t most = connection_.budget.per_run;
    if (most == 0 || requests_ < most) return std::nullopt;
    return Fault{"REST-028", {{"host", host_}, {"count", static_cast<std::int64_t>(most)}}, {}, {}};
}

/// Signs and sends it, and follows the redirects that may be followed.
Exchange::Answer Exchange::ask(const ExchangeRequest& request) {
    if (!is_safe_address(request.http.url)) throw Error(Exit::Config, "REST-018", {{"host", host_of(request.http.url)}});
    if (origin_of(request.http.url) != origin_)
        throw Error(Exit::NoPermission, "REST-017", {{"host", host_}, {"other", host_of(request.http.url)}});
    Answer answer;
    std::optional<HttpRequest> next = signed_request(request, request.http.url);
    std::vector<std::string> seen;
    std::optional<std::string> mark;  // of the host that is asked the next time too
    while (next) {
        const HttpRequest current = std::move(*next);
        next.reset();
        seen.push_back(current.url);
        transmit(current, answer);
        if (answer.failure || !is_redirect(answer.response.status)) break;
        if (const auto etag = answer.response.header("etag"); etag && !answer.away) mark = std::string(*etag);
        next = redirected(request, current, answer);
        const bool in_circles = next && std::find(seen.begin(), seen.end(), next->url) != seen.end();
        if (in_circles || seen.size() > kMostRedirects) {
            answer.redirected = Error(Exit::Data, "REST-016", {{"host", host_}, {"reason", std::string("loop")}});
            next.reset();
        }
    }
    if (mark && answer.away) answer.response.headers.emplace_back("etag", *mark);
    if (!answer.failure && !answer.redirected) read_json(request, answer);
    return answer;
}

void Exchange::transmit(const HttpRequest& request, Answer& answer) {
    Pause& pause = ports_.retry.pause;
    if (connection_.budget.per_second > 0) {
        const double early = next_at_ - pause.now();
        if (early > 0) pause.wait(early);
        next_at_ = std::max(next_at_, pause.now()) + 1 / connection_.budget.per_second;
    }
    ++requests_;
    answer.failure = ports_.transport.send(request, answer.response);
    if (!answer.failure && !answer.away) count(answer.response);
}

HttpRequest Exchange::signed_request(const ExchangeRequest& request, const std::string& url) {
    HttpRequest http = request.http;
    http.url = url;
    if (!request.sign) return http;
    const std::size_t own = http.headers.size();
    std::string path = request.path;
    if (url != request.http.url && url.starts_with(connection_.base_url))
        path = url.substr(connection_.base_url.size(), url.find('?') - connection_.base_url.size());
    path.erase(0, path.find_first_not_of('/'));
    ports_.authenticator.sign(http, path);
    HttpHeaders signature(http.headers.begin() + static_cast<std::ptrdiff_t>(own), http.headers.end());
    if (signature != signature_) {
        signature_ = std::move(signature);
        signature_secrets_ = Redactor();
        for (const auto& [name, value] : signature_) {
            signature_secrets_.add(value);
            signature_secrets_.add(std::string_view(value).substr(value.rfind(' ') + 1));
        }
    }
    return http;
}

/// The request to go on with, or nothing, with the reason in the answer.
std::optional<HttpRequest> Exchange::redirected(const ExchangeRequest& request, const HttpRequest& from, Answer& answer) {
    const auto refuse = [&](const char* reason) {
        answer.redirected = Error(Exit::Data, "REST-016", {{"host", host_}, {"reason", std::string(reason)}});
    };
    const std::string target = resolve_link(from.url, answer.response.header("location").value_or(""));
    const std::string origin = origin_of(target);
    if (target.empty()) {
        refuse("address");
    } else if (from.method != "GET" && from.method != "HEAD") {
        refuse("method");
    } else if (origin == origin_ && !answer.away) {
        return signed_request(request, target);
    } else if (request.leave_origin && !answer.away && is_safe_address(target) &&
               (target.starts_with("https:") || origin_.starts_with("http:"))) {
        answer.away = true;
        HttpRequest bare;
        bare.url = target;
        bare.max_bytes = request.http.max_bytes;
        bare.timeout_s = request.http.timeout_s;
        return bare;
    } else {
        answer.redirected = Error(Exit::NoPermission, "REST-015", {{"host", host_}, {"other", host_of(target)}});
    }
    return std::nullopt;
}

std::optional<std::int64_t> Exchange::server_now() const {
    if (!server_date_) return std::nullopt;
    return *server_date_ + static_cast<std::int64_t>(ports_.retry.pause.now() - server_date_at_);
}

/// The server's clock, and what it says about the share of its quota that is used: this answer still counts, the next request is not made.
void Exchange::count(const HttpResponse& response) {
    if (const auto date = parse_http_date(response.header("date").value_or(""))) {
        server_date_ = date;
        server_date_at_ = ports_.retry.pause.now();
    }
    if (connection_.budget.quota_header.empty()) return;
    const auto share = used_of_total(response.header(lower(connection_.budget.quota_header)).value_or(""));
    if (share && static_cast<double>(share->first) >= connection_.budget.max_share * static_cast<double>(share->second))
        quota_reached_ = Fault{"REST-029", {{"host", host_}, {"used", share->first}, {"total", share->second}}, {}, {}};
}

void Exchange::read_json(const ExchangeRequest& request, Answer& answer) const {
    const std::string type = lower(answer.response.header("content-type").value_or(""));
    const bool expected = request.expect != ExchangeRequest::Expect::Bytes;
    // An error may come as JSON where a file was expected.
    if (!expected && (is_good(answer.response.status) || type.find("json") == std::string::npos)) return;
    const std::string_view content = content_of(answer.response.body);
    if (content.empty()) {
        if (request.expect != ExchangeRequest::Expect::JsonOrNothing) answer.trouble = Trouble::Empty;
    } else if (content.front() == '<') {
        answer.trouble = Trouble::Page;
    } else {
        try {
            answer.json = JsonTree::parse(content, host_);
        } catch (const Error& error) {
            const bool page = type.find("html") != std::string::npos;  // only now: some servers call their JSON so
            answer.trouble = error.first().code != "JSN-001" ? Trouble::TooDeep : page ? Trouble::Page : Trouble::Broken;
        }
    }
}

bool Exchange::fits(const ErrorRulePlan& rule, const Answer& answer) const {
    const int status = answer.response.status;
    const bool listed = std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
    if (rule.statuses.empty() ? status < rule.status_from || status > rule.status_to : !listed) return false;
    if (!rule.header.empty()) {
        const auto header = answer.response.header(lower(rule.header));
        if (!header || (!rule.header_contains.empty() && !holds_one(*header, rule.header_contains))) return false;
    }
    if (rule.path.empty()) return true;
    const JsonView value = answer.json ? value_at(answer.json->root(), rule.path) : JsonView();
    if (!value || value.is(JsonView::Kind::Null)) return false;
    const bool equal = rule.equals.empty() || std::find(rule.equals.begin(), rule.equals.end(), value.text()) != rule.equals.end();
    return equal && (rule.contains.empty() || holds_one(value.text(), rule.contains));
}

/// docs/presets.md: the preset's rules, the first that fits; then those that hold everywhere.
Exchange::Verdict Exchange::judge(const ExchangeRequest& request, const Answer& answer) const {
    Verdict verdict;
    const auto act = [&verdict](ErrorAction action) {
        verdict.action = action;
        return verdict;
    };
    if (answer.failure) {
        verdict.max = repetitions_after(answer.failure->kind);
        return act(ErrorAction::Retry);
    }
    for (const ErrorRulePlan& rule : connection_.errors)
        if (fits(rule, answer)) return {false, rule.action, rule.max, rule.wait_s, rule.max_wait_s, rule.code};
    if (answer.redirected) return verdict;
    const int status = answer.response.status;
    if (request.optional && (status == 403 || status == 404)) return act(ErrorAction::SkipStream);
    switch (status) {
        case 304:
            verdict.accepted = has_header(request.http, "if-none-match");
            return verdict;
        case 401:
            return act(ErrorAction::Refresh);
        case 408:
        case 425:
        case 429:
        case 502:
        case 503:
        case 504:
            return act(ErrorAction::Wait);
        case 500:
            return act(ErrorAction::Retry);
        default:
            break;
    }
    verdict.accepted = is_good(status) && answer.trouble == Trouble::None;
    if (is_good(status) && (answer.trouble == Trouble::Empty || answer.trouble == Trouble::Broken)) {
        verdict.max = kRepetitionsOfBrokenAnswers;
        return act(ErrorAction::Retry);
    }
    return verdict;
}

/// Waits before a repetition; a fault when that would take too long.
std::optional<Fault> Exchange::wait(const Verdict& verdict, int repetition, const Answer& answer) {
    double seconds = verdict.wait_s > 0 ? verdict.wait_s : backoff_s(repetition, ports_.retry.random);
    seconds = retry_after_s(answer.response, ports_.retry.clock.now()).value_or(seconds);
    if (seconds > verdict.max_wait_s) {
        const auto minutes = static_cast<std::int64_t>(std::min(seconds, 1e9) / 60);
        return Fault{"REST-027", {{"host", host_}, {"minutes", minutes}, {"most", std::int64_t{verdict.max_wait_s / 60}}}, {}, {}};
    }
    ports_.retry.pause.wait(seconds);
    return std::nullopt;
}

/// The server's own code for its error: where the rule says, else where any rule says; "" when that is no code, or a secret.
std::string Exchange::code_of(const Answer& answer, const std::string& path) const {
    std::vector<std::string> paths = {path};
    for (const ErrorRulePlan& rule : connection_.errors) paths.push_back(rule.code);
    for (const std::string& candidate : paths) {
        if (candidate.empty() || !answer.json) continue;
        std::string code(value_at(answer.json->root(), candidate).text());
        if (looks_like_code(code) && readable(code) == code) return code;
    }
    return {};
}

TextArgs Exchange::told(const Answer& answer, const std::string& code_path, int attempts) const {
    TextArgs args = {{"host", host_}, {"attempts", std::int64_t{attempts}}};
    add_optional(args, "status", std::to_string(answer.response.status));
    add_optional(args, "code", code_of(answer, code_path));
    const auto reason = connection_.reason_header.empty() ? std::nullopt : answer.response.header(lower(connection_.reason_header));
    add_optional(args, "reason", readable(reason.value_or("")));
    return args;
}

Error Exchange::error_of(const Answer& answer, const Verdict& verdict, int attempts) const {
    if (answer.failure) return no_answer(*answer.failure, host_, attempts);
    if (answer.redirected) return *answer.redirected;
    const TextArgs args = told(answer, verdict.code, attempts);
    const int status = answer.response.status;
    if (status == 401 || verdict.action == ErrorAction::Refresh) return {Exit::NoPermission, "REST-020", args};
    if (status == 403) return {Exit::NoPermission, "REST-019", args};
    if (status == 404 || status == 410) return {Exit::Data, "REST-024", args};
    if (status == 429 || status >= 500) return {Exit::TryLater, "REST-025", args};
    if (is_good(status) && answer.trouble == Trouble::Page) return {Exit::Data, "REST-007", args};
    if (is_good(status) && answer.trouble == Trouble::Empty) return {Exit::Data, "REST-008", args};
    if (is_good(status) && answer.trouble == Trouble::Broken) return {Exit::Data, "REST-009", args};
    if (is_good(status) && answer.trouble == Trouble::TooDeep) return {Exit::Data, "REST-014", args};
    return {Exit::Data, "REST-023", args};
}

}  // namespace brugwacht
