// Trying again: how long to wait, and who waits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "connector/rest/http.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// Lets time pass, so that tests need not.
class Pause {
  public:
    virtual ~Pause() = default;
    /// Seconds on a clock that only goes forward.
    virtual double now() const = 0;
    virtual void wait(double seconds) = 0;
};

std::unique_ptr<Pause> real_pause();

/// Numbers from 0 up to but not 1.
using RandomShare = std::function<double()>;
RandomShare random_shares();

struct RetryPorts {
    Pause& pause;
    const Clock& clock;
    RandomShare random;
};

/// 1, 2, 4 ... s before the n-th repetition (from 1), at most 60 s, and up to half of that more, so that many who were refused together do
/// not come back together.
double backoff_s(int n, const RandomShare& random);
/// What Retry-After asks for (RFC 9110 10.2.3), in seconds from now; a moment is seen from the answer's own Date, or else from `now`.
/// Nothing when there is none that can be read.
std::optional<double> retry_after_s(const HttpResponse& response, std::int64_t now);
/// How often a request is worth repeating after such a failure: an unknown name mostly is a typing mistake, a certificate stays what it is.
int repetitions_after(HttpFailure::Kind kind);

/// Repeats, with waits, what a network or a busy server refused: for the few requests that have no rules of their own, such as those for
/// tokens. `transport` and the ports outlive it.
std::unique_ptr<HttpTransport> patient(HttpTransport& transport, RetryPorts ports);

}  // namespace brugwacht
