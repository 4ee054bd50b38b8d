#include "connector/rest/http.hpp"

#include <curl/curl.h>
#include <signal.h>

#include <array>
#include <ctime>
#include <new>
#include <stdexcept>

#include "connector/rest/gunzip.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kMostHeaders = 256;
constexpr std::size_t kMostHeaderBytes = std::size_t{128} << 10;
constexpr long kConnectSeconds = 30;
constexpr long kSilentSeconds = 60;

struct FreeEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view without_blanks(std::string_view text) {
    const std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// What libcurl hands over, as it comes in. Nothing in it is bigger than the limits say, whatever the server sends.
class Receipt {
  public:
    Receipt(HttpResponse& response, std::size_t max_bytes) : response_(response), max_bytes_(max_bytes) {}

    bool header_line(std::string_view line) {
        header_bytes_ += line.size();
        if (header_bytes_ > kMostHeaderBytes || response_.headers.size() >= kMostHeaders) {
            refused_ = {HttpFailure::Kind::TooLarge, "too many headers"};
            return false;
        }
        if (line.starts_with("HTTP/")) {  // also after "100 Continue"
            response_.headers.clear();
            in_body_ = false;
            gunzip_.reset();
            return true;
        }
        if (without_blanks(line).empty()) return in_body_ || begin_body();
        const std::size_t colon = line.find(':');
        // Trailers and folded lines say nothing that is asked for here.
        if (in_body_ || colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') return true;
        response_.headers.emplace_back(lower(line.substr(0, colon)), without_blanks(line.substr(colon + 1)));
        return true;
    }

    bool body_piece(std::string_view piece) {
        any_ = true;
        if (gunzip_) return gunzip_piece(piece);
        if (piece.size() > max_bytes_ - response_.body.size()) refused_ = too_large();
        if (!refused_) response_.body += piece;
        return !refused_;
    }

    /// Why the transfer was ended from this side.
    const std::optional<HttpFailure>& refusal() const { return refused_; }

    /// What is still wrong with an answer that came in whole.
    std::optional<HttpFailure> at_end() const {
        if (gunzip_ && any_ && !gunzip_->complete()) return damaged();
        return std::nullopt;
    }

  private:
    static HttpFailure too_large() { return {HttpFailure::Kind::TooLarge, "limit of the answer reached"}; }
    static HttpFailure damaged() { return {HttpFailure::Kind::Encoding, "damaged compression"}; }

    /// What the answer's own headers say about its body, before the first byte of it.
    bool begin_body() {
        in_body_ = true;
        const std::string coding = lower(response_.header("content-encoding").value_or("identity"));
        if (coding == "gzip" || coding == "x-gzip") {
            gunzip_ = std::make_unique<Gunzip>();
        } else if (coding != "identity" && !coding.empty()) {
            refused_ = {HttpFailure::Kind::Encoding, "compression that was not asked for"};
        }
        return !refused_;
    }

    bool gunzip_piece(std::string_view piece) {
        const Gunzip::Result result = gunzip_->add(piece, max_bytes_, response_.body);
        if (result == Gunzip::Result::TooLarge) refused_ = too_large();
        if (result == Gunzip::Result::Damaged) refused_ = damaged();
        return !refused_;
    }

    HttpResponse& response_;
    std::size_t max_bytes_;
    std::size_t header_bytes_ = 0;
    bool in_body_ = false;
    std::unique_ptr<Gunzip> gunzip_;  // when the answer is compressed
    bool any_ = false;                // a byte of the body was seen
    std::optional<HttpFailure> refused_;
};

// libcurl is C: no exception may pass through it, and a count other than the given one ends the transfer.
std::size_t on_header(char* bytes, std::size_t one, std::size_t count, void* receipt) noexcept {
    return static_cast<Receipt*>(receipt)->header_line({bytes, one * count}) ? count : 0;
}

std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* receipt) noexcept {
    return static_cast<Receipt*>(receipt)->body_piece({bytes, one * count}) ? count : CURL_WRITEFUNC_ERROR;
}

HttpFailure::Kind kind_of(CURLcode code, std::string_view detail) {
    using Kind = HttpFailure::Kind;
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Kind::Resolve;
        case CURLE_COULDNT_CONNECT:
        case CURLE_PROXY:
            return Kind::Connect;
        case CURLE_SSL_CONNECT_ERROR:
            // Also when the other side just hung up while shaking hands, which may go better next time.
            return detail.find("reset") != detail.npos || detail.find("SYSCALL") != detail.npos ? Kind::Connect : Kind::Tls;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_USE_SSL_FAILED:
            return Kind::Tls;
        case CURLE_OPERATION_TIMEDOUT:
            return Kind::Timeout;
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return Kind::Cut;
        case CURLE_BAD_CONTENT_ENCODING:
            return Kind::Encoding;
        case CURLE_FILESIZE_EXCEEDED:
        case CURLE_OUT_OF_MEMORY:  // a header line without end
            return Kind::TooLarge;
        default:
            return Kind::Other;
    }
}

/// A line break in a header would start another one.
bool may_be_header(const std::string& name, const std::string& value) {
    const std::string_view bad("\r\n\0", 3);
    return !name.empty() && name.find_first_of(std::string(bad) + ":") == std::string::npos &&
           value.find_first_of(bad) == std::string::npos;
}

/// libcurl must not touch the signals of the program (CURLOPT_NOSIGNAL), and then leaves to its caller that writing to a connection which
/// the other side has closed would end the program.
class WithoutPipeSignal {
  public:
    WithoutPipeSignal() {
        sigset_t pending;
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~WithoutPipeSignal() {
        const timespec at_once{};
        if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    WithoutPipeSignal(const WithoutPipeSignal&) = delete;
    WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;

  private:
    sigset_t pipe_{}, before_{};
    bool was_pending_ = false;
};

class CurlTransport : public HttpTransport {
  public:
    explicit CurlTransport(HttpSettings settings) : settings_(std::move(settings)) {
        static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
        if (kReady == CURLE_OK) easy_.reset(curl_easy_init());
        if (!easy_) throw std::bad_alloc();
    }

    std::optional<HttpFailure> send(const HttpRequest& request, HttpResponse& response) override {
        response = HttpResponse();
        if (!is_safe_address(request.url)) return HttpFailure{HttpFailure::Kind::Other, "unsafe address"};
        if (!set_headers(request)) return HttpFailure{HttpFailure::Kind::Other, "unusable header"};
        Receipt receipt(response, request.max_bytes);
        std::array<char, CURL_ERROR_SIZE> error{};
        curl_easy_reset(easy_.get());  // keeps the open connection
        set_connection(request.url.starts_with("https:"));
        set_request(request);
        set(CURLOPT_ERRORBUFFER, error.data());
        set(CURLOPT_HEADERFUNCTION, &on_header);
        set(CURLOPT_HEADERDATA, &receipt);
        set(CURLOPT_WRITEFUNCTION, &on_body);
        set(CURLOPT_WRITEDATA, &receipt);
        const CURLcode code = perform();
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, nullptr);
        response.status = static_cast<int>(status);
        if (receipt.refusal()) return receipt.refusal();
        if (code == CURLE_OK) return receipt.at_end();
        return failure(code, error.data());
    }

  private:
    CURLcode perform() {
        const WithoutPipeSignal quiet;
        return curl_easy_perform(easy_.get());
    }

    template <typename Value>
    void set(CURLoption option, Value value) {
        // The options are our own: one that is refused is a mistake of ours, or a libcurl built without TLS.
        const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
        if (code != CURLE_OK) throw std::logic_error(curl_easy_strerror(code));
    }

    void set_connection(bool tls) {
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        // One request at a time gains nothing from HTTP/2, whose failures are others.
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!settings_.ca_file.empty()) {
            set(CURLOPT_CAINFO, settings_.ca_file.c_str());
            set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // this authority instead of those of the system, not beside them
        }
        // Many an organisation reaches the internet through a proxy only, so https_proxy and no_proxy of the environment count: TLS goes
        // through it unopened. What is sent to this machine itself never leaves it. .netrc and cookies are never used.
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        if (!tls) set(CURLOPT_PROXY, "");
    }

    void set_request(const HttpRequest& request) {
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_TIMEOUT, static_cast<long>(request.timeout_s));
        set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.max_bytes));
        set(CURLOPT_HTTPHEADER, headers_.get());
        if (!settings_.user_agent.empty()) set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
        if (request.method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
        } else if (request.method != "GET" || !request.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.data());
            set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        }
    }

    bool set_headers(const HttpRequest& request) {
        headers_.reset();
        bool typed = false;
        for (const auto& [name, value] : request.headers) {
            if (!may_be_header(name, value)) return false;
            typed = typed || lower(name) == "content-type";
            if (lower(name) == "accept-encoding") continue;
            std::string line = name;
            line.append(": ").append(value);
            append(line);
        }
        append("Accept-Encoding: gzip");  // what Gunzip undoes
        append("Expect:");                // a body is small; waiting for "100 Continue" costs a second where a server does not know it
        if (!typed) append("Content-Type:");
        return true;
    }

    void append(const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }

    static HttpFailure failure(CURLcode code, std::string_view error) {
        const HttpFailure::Kind kind = kind_of(code, error);
        // What libcurl says in its own words may quote the other side; about certificates it is what an administrator needs.
        std::string detail(kind == HttpFailure::Kind::Tls && !error.empty() ? error : std::string_view(curl_easy_strerror(code)));
        for (char& c : detail)
            if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
        return {kind, detail};
    }

    HttpSettings settings_;
    std::unique_ptr<CURL, FreeEasy> easy_;
    std::unique_ptr<curl_slist, FreeList> headers_;
};

}  // namespace

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
    for (auto it = headers.rbegin(); it != headers.rend(); ++it)
        if (it->first == name) return it->second;
    return std::nullopt;
}

std::string HttpResponse::joined(std::string_view name) const {
    std::string all;
    for (const auto& [key, value] : headers)
        if (key == name) all += (all.empty() ? "" : ", ") + value;
    return all;
}

std::unique_ptr<HttpTransport> curl_transport(const HttpSettings& settings) { return std::make_unique<CurlTransport>(settings); }

}  // namespace brugwacht
