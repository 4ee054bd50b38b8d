// One request and its answer, seen to the end: signed for the configured origin only, within the budget, repeated as the rules of the
// preset and those of docs/presets.md say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/rest/auth.hpp"
#include "connector/rest/http.hpp"
#include "connector/rest/preset.hpp"
#include "connector/rest/redactor.hpp"
#include "connector/rest/retry.hpp"
#include "engine/core/error.hpp"
#include "engine/lib/json_tree.hpp"

namespace brugwacht {

struct ExchangeRequest {
    enum class Expect : std::uint8_t { Json, JsonOrNothing, Bytes };

    HttpRequest http;  // without what proves who we are
    std::string path;  // below base_url, without query: what some signatures are made of
    Expect expect = Expect::Json;
    bool sign = true;           // false for the request that logs in
    bool optional = false;      // 403 and 404 skip the stream, unless a rule of the preset fits
    bool leave_origin = false;  // one redirect to another https address is followed, without any header of ours
};

struct ExchangeResult {
    enum class Outcome : std::uint8_t { Accepted, Resync, RestartWindow, SkipStream, Stop };

    Outcome outcome = Outcome::Accepted;
    HttpResponse response;
    std::optional<JsonTree> json;  // of an accepted answer, when JSON was expected
    std::optional<Fault> why;      // of any other outcome
};

struct ExchangePorts {
    HttpTransport& transport;
    Authenticator& authenticator;
    RetryPorts retry;
};

class Exchange {
  public:
    /// `connection` and what the ports name outlive it. `secrets` knows every secret of the connection; tokens and signatures are added.
    Exchange(const ConnectionPlan& connection, ExchangePorts ports, Redactor secrets);

    /// An answer that was accepted: status 2xx (304 for one that had If-None-Match), and whole JSON when that is expected. Otherwise an
    /// outcome that is no failure: Stop is a quota or a wait too long (REST-025 to REST-029), the others are what a rule says.
    /// A broken answer is asked for 3 times more, others as often as their rule says. May be called again while it asks for a token.
    /// Throws Error REST-001 to REST-006 (no answer), REST-007 (65) a page instead of data, REST-008 (65) nothing, REST-009 (65) no whole
    /// JSON, REST-014 (65) nested too deep or too many values, REST-015 (77) redirected elsewhere, REST-016 (65) redirected in vain,
    /// REST-017 (77) an address of another origin, REST-018 (78) an unsafe one, REST-019 (77) forbidden, REST-020 (77) not known there,
    /// REST-023 (65) an error of the server, REST-024 (65) no such address, REST-025 (75) out of order; and what sign() throws.
    ExchangeResult send(const ExchangeRequest& request);
    /// For {auth.token}.
    std::string token();
    /// The server's clock, from the last answer that told it and the time since then: seconds since 1970 UTC. Nothing before the first.
    std::optional<std::int64_t> server_now() const;
    /// Sent so far, repetitions and redirects included.
    std::uint64_t requests() const { return requests_; }
    /// `text` as people may read it: secrets taken out, one line, at most 120 characters.
    std::string readable(std::string_view text) const;

  private:
    enum class Trouble : std::uint8_t { None, Page, Empty, Broken, TooDeep };
    struct Answer;
    struct Verdict;

    std::optional<Fault> over_budget() const;
    Answer ask(const ExchangeRequest& request);
    void transmit(const HttpRequest& request, Answer& answer);
    HttpRequest signed_request(const ExchangeRequest& request, const std::string& url);
    std::optional<HttpRequest> redirected(const ExchangeRequest& request, const HttpRequest& from, Answer& answer);
    void count(const HttpResponse& response);
    void read_json(const ExchangeRequest& request, Answer& answer) const;
    Verdict judge(const ExchangeRequest& request, const Answer& answer) const;
    bool fits(const ErrorRulePlan& rule, const Answer& answer) const;
    std::optional<Fault> wait(const Verdict& verdict, int repetition, const Answer& answer);
    std::string code_of(const Answer& answer, const std::string& path) const;
    TextArgs told(const Answer& answer, const std::string& code_path, int attempts) const;
    Error error_of(const Answer& answer, const Verdict& verdict, int attempts) const;

    const ConnectionPlan& connection_;
    ExchangePorts ports_;
    Redactor secrets_;
    HttpHeaders signature_;  // of the latest request
    Redactor signature_secrets_;
    std::string origin_, host_;
    double next_at_ = 0;  // on the clock of Pause
    std::optional<std::int64_t> server_date_;
    double server_date_at_ = 0;  // on the same clock
    std::uint64_t requests_ = 0;
    std::optional<Fault> quota_reached_;
};

}  // namespace brugwacht
