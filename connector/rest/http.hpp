// One HTTP exchange at a time, bounded in size and time, over verified TLS; the only place that knows libcurl. It decides nothing: what an
// answer means, whether to ask again and what may be sent where is said by its callers. Secrets pass through and are never kept.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace brugwacht {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url;      // absolute
    HttpHeaders headers;  // one with an empty value is not sent, nor Accept-Encoding, which is ours
    std::string body;
    std::size_t max_bytes = std::size_t{16} << 20;  // of the answer, after decompression
    int timeout_s = 120;                            // for all of it
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers;  // names in lower case
    std::string body;     // decompressed

    /// The last header of that name (lower case), or nothing.
    std::optional<std::string_view> header(std::string_view name) const;
    /// All headers of that name, with ", " between them (RFC 9110 5.3): for Link.
    std::string joined(std::string_view name) const;
};

/// Why there is no answer. `kind` is for the caller's decision, `detail` for a person: free of URLs, secrets and contents.
struct HttpFailure {
    enum class Kind : std::uint8_t {
        Resolve,   // no such host
        Connect,   // refused, unreachable
        Tls,       // certificate not trusted, or no common protocol
        Timeout,   // or no byte for 60 s
        Cut,       // the connection ended inside the answer
        Encoding,  // damaged compression
        TooLarge,  // more than max_bytes
        Other,
    };
    Kind kind = Kind::Other;
    std::string detail;
};

/// Sends requests. Redirects are never followed: they come back as answers with a status of 3xx.
class HttpTransport {
  public:
    virtual ~HttpTransport() = default;
    /// The answer, or why there is none: never throws for what a network can do.
    virtual std::optional<HttpFailure> send(const HttpRequest& request, HttpResponse& response) = 0;
};

struct HttpSettings {
    std::string ca_file;     // PEM with the authority of a private server; "" = those of the system
    std::string user_agent;  // "brugwacht/0.1.0"
};

/// libcurl, one connection kept open. http:// is refused but for this machine itself (127.0.0.0/8, ::1, localhost).
std::unique_ptr<HttpTransport> curl_transport(const HttpSettings& settings);

// Addresses (RFC 3986), by libcurl's parser.

/// "https://host:443", with the port always; "" when `url` is no absolute http(s) address. A user name in it makes it invalid.
std::string origin_of(std::string_view url);
/// True for https, and for http to this machine itself.
bool is_safe_address(std::string_view url);
/// `link` as seen from `base`, byte for byte; "" when that gives no http(s) address.
std::string resolve_link(std::string_view base, std::string_view link);
/// Everything but A-Z a-z 0-9 - . _ ~ as %XX.
std::string percent_encode(std::string_view text);
/// `url` without these query parameters (names as they stand there, not decoded).
std::string without_parameters(std::string_view url, const std::vector<std::string>& names);
/// Target of rel="next" in a Link header (RFC 8288), "" when there is none.
std::string next_of_link_header(std::string_view value);
/// Seconds since 1970 UTC of an HTTP date, in any of the three forms; nothing when it is none.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace brugwacht
