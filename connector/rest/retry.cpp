#include "connector/rest/retry.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>
#include <utility>

namespace brugwacht {
namespace {

constexpr double kLongestBackoff_s = 60;
constexpr double kLongestWait_s = 900;
constexpr int kRepetitions = 6;

class RealPause : public Pause {
  public:
    double now() const override { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
    void wait(double seconds) override { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }
};

bool is_passing(int status) { return status == 429 || status == 500 || status == 502 || status == 503 || status == 504; }

class Patient : public HttpTransport {
  public:
    Patient(HttpTransport& transport, RetryPorts ports) : transport_(transport), ports_(std::move(ports)) {}

    std::optional<HttpFailure> send(const HttpRequest& request, HttpResponse& response) override {
        for (int n = 1;; ++n) {
            std::optional<HttpFailure> failure = transport_.send(request, response);
            const bool again = failure ? n <= repetitions_after(failure->kind) : is_passing(response.status) && n <= kRepetitions;
            if (!again) return failure;
            const double wait =
                (failure ? std::nullopt : retry_after_s(response, ports_.clock.now())).value_or(backoff_s(n, ports_.random));
            if (wait > kLongestWait_s) return failure;
            ports_.pause.wait(wait);
        }
    }

  private:
    HttpTransport& transport_;
    RetryPorts ports_;
};

}  // namespace

std::unique_ptr<Pause> real_pause() { return std::make_unique<RealPause>(); }

RandomShare random_shares() {
    return [generator = std::mt19937_64(std::random_device{}())]() mutable { return std::generate_canonical<double, 53>(generator); };
}

double backoff_s(int n, const RandomShare& random) {
    const double wait = std::min(std::ldexp(1.0, std::clamp(n, 1, 16) - 1), kLongestBackoff_s);
    return wait * (1 + random() / 2);
}

std::optional<double> retry_after_s(const HttpResponse& response, std::int64_t now) {
    const std::string_view text = response.header("retry-after").value_or("");
    double seconds = 0;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (digits && fault == std::errc{} && end == text.data() + text.size()) return seconds;
    const auto then = parse_http_date(text);
    if (!then) return std::nullopt;
    const std::int64_t from = parse_http_date(response.header("date").value_or("")).value_or(now);
    return static_cast<double>(std::max<std::int64_t>(*then - from, 0));
}

int repetitions_after(HttpFailure::Kind kind) {
    using Kind = HttpFailure::Kind;
    switch (kind) {
        case Kind::Resolve:
            return 2;
        case Kind::Connect:
            return 4;  // a quarter of a minute: a server that restarts is back, somebody who waits is still there
        case Kind::Timeout:
        case Kind::Cut:
        case Kind::Encoding:
            return kRepetitions;
        case Kind::Tls:
        case Kind::TooLarge:
        case Kind::Other:
            break;
    }
    return 0;
}

std::unique_ptr<HttpTransport> patient(HttpTransport& transport, RetryPorts ports) {
    return std::make_unique<Patient>(transport, std::move(ports));
}

}  // namespace brugwacht
