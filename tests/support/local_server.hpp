// An HTTP/1.1 server on 127.0.0.1 for tests, that can also behave badly. What it answers is one function, so that a stand-in for some
// system is a plain object that needs no socket to be tested.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace brugwacht {

struct Call {
    std::string method;
    std::string target;                                        // as it stood in the request line, "/a/b?x=%20"
    std::string path;                                          // percent-decoded
    std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;

    std::string header(const std::string& name) const;  // "" when absent
    /// The first query parameter of that name, or nothing.
    std::optional<std::string> parameter(const std::string& name) const;
    /// Fields of a body of application/x-www-form-urlencoded, decoded.
    std::vector<std::pair<std::string, std::string>> form() const;
};

struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;  // Content-Length and Date are added when absent; an empty Date: none
    std::string body;
    // Bad behaviour.
    int delay_ms = 0;                      // before the first byte
    std::optional<std::size_t> cut_after;  // the connection is reset after so many bytes of the body
    int byte_delay_ms = 0;                 // between pieces of 1 KiB of the body
    bool chunked = false;
};

using Responder = std::function<Answer(const Call&)>;

/// Serves each connection in a thread of its own until it is destroyed. `respond` is called under a lock, one call at a time; what it
/// throws becomes a 500.
class LocalServer {
  public:
    /// `port` 0: any free one. Throws std::runtime_error when there is none.
    explicit LocalServer(Responder respond, std::uint16_t port = 0);
    ~LocalServer();
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;
    /// "http://127.0.0.1:41234"
    std::string address() const;
    /// All calls so far.
    std::vector<Call> calls() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Adds bad behaviour in front of a responder, by the number of the call (from 1) or by chance under a fixed seed.
class Faults {
  public:
    explicit Faults(Responder behind) : behind_(std::move(behind)) {}
    /// The n-th call that fits (path contains `where`; "" = any) is answered by `answer` instead, or by what `change` makes of the real
    /// answer.
    Faults& at(std::size_t n, std::string where, Answer answer);
    Faults& change(std::size_t n, std::string where, std::function<void(Answer&)> change);
    /// Each call with probability `share` (0..1): 500, 429 with Retry-After 0, a cut connection, in turn.
    Faults& by_chance(double share, std::uint64_t seed);
    Answer operator()(const Call& call);
    operator Responder();

  private:
    struct Rule;
    Responder behind_;
    std::vector<std::shared_ptr<Rule>> rules_;
    double share_ = 0;
    std::uint64_t state_ = 0;
    std::size_t turn_ = 0;
};

}  // namespace brugwacht
