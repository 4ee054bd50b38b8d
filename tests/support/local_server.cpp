#include "tests/support/local_server.hpp"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace brugwacht {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 20;
constexpr std::size_t kMostBodyBytes = std::size_t{64} << 20;
constexpr std::size_t kPiece = 1024;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// A '%' that no two hex digits follow stays as it is.
std::string decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool code = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        if (code) {
            out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

Pairs decoded_pairs(std::string_view text) {
    Pairs pairs;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        const std::string_view value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        pairs.emplace_back(decoded(pair.substr(0, equals), true), decoded(value, true));
    }
    return pairs;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<std::size_t> number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (fault != std::errc{} || end == text.data()) return std::nullopt;
    return value;
}

/// Request line and headers, without the empty line that ends them.
bool read_head(std::string_view head, Call& call, bool& old_protocol) {
    std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    call.method = line.substr(0, first);
    call.target = line.substr(first + 1, last - first - 1);
    old_protocol = line.substr(last + 1) == "HTTP/1.0";
    const std::size_t mark = call.target.find('?');
    call.path = decoded(std::string_view(call.target).substr(0, mark), false);
    if (mark != std::string::npos) call.query = decoded_pairs(std::string_view(call.target).substr(mark + 1));
    while (!head.empty()) {
        line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), line.size() + 2));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        call.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return true;
}

const char* reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 304:
            return "Not Modified";
        case 401:
            return "Unauthorized";
        case 404:
            return "Not Found";
        case 429:
            return "Too Many Requests";
        default:
            return status < 400 ? "Answer" : "Error";
    }
}

std::string date_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

const std::string* find(const Pairs& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (lower(key) == name) return &value;
    return nullptr;
}

bool without_body(const Call& call, const Answer& answer) {
    return call.method == "HEAD" || answer.status == 204 || answer.status == 304 || answer.status < 200;
}

std::string head_of(const Call& call, const Answer& answer) {
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " " + reason(answer.status) + "\r\n";
    for (const auto& [name, value] : answer.headers)
        if (!value.empty() || lower(name) != "date") head += name + ": " + value + "\r\n";
    if (find(answer.headers, "date") == nullptr) head += "Date: " + date_now() + "\r\n";
    if (answer.chunked) {
        head += "Transfer-Encoding: chunked\r\n";
    } else if (find(answer.headers, "content-length") == nullptr && (call.method == "HEAD" || !without_body(call, answer))) {
        head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    }
    return head + "\r\n";
}

std::string as_chunk(std::string_view piece) {
    std::array<char, 20> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16);
    return std::string(size.data(), end.ptr) + "\r\n" + std::string(piece) + "\r\n";
}

}  // namespace

std::string Call::header(const std::string& name) const {
    const std::string* value = find(headers, lower(name));
    return value == nullptr ? std::string() : *value;
}

std::optional<std::string> Call::parameter(const std::string& name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

Pairs Call::form() const { return decoded_pairs(body); }

struct LocalServer::Impl {
    struct Connection {
        int socket = -1;  // closed and set to -1 under `mutex`, so that the destructor never shuts down somebody else's
        bool done = false;
        std::string read;  // not yet consumed
        std::thread thread;
    };

    Responder respond;
    std::mutex respond_mutex;
    mutable std::mutex mutex;  // of everything below
    std::condition_variable stopped;
    bool stop = false;
    std::list<Connection> connections;
    std::vector<Call> calls;
    int listener = -1;
    int wake = -1;
    std::uint16_t port = 0;
    std::thread acceptor;

    void listen_on_loopback();
    void accept_all();
    void reap(bool all);
    void serve(Connection& connection);
    bool receive(Connection& connection);
    bool receive_call(Connection& connection, Call& call, bool& keep);
    bool receive_body(Connection& connection, Call& call);
    bool receive_chunks(Connection& connection, Call& call);
    Answer answer_to(const Call& call);
    bool send_all(int socket, std::string_view bytes);
    bool send_answer(int socket, const Call& call, const Answer& answer);
    bool send_body(int socket, const Answer& answer, std::string_view head);
    void wait_until_taken(int socket);
    void reset(Connection& connection);
    bool pause(int milliseconds);  // false: the server stops
};

void LocalServer::Impl::listen_on_loopback() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    wake = ::eventfd(0, EFD_CLOEXEC);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int on = 1;
    if (listener >= 0) ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // a fixed port, again at once
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool ready = listener >= 0 && wake >= 0 && ::bind(listener, any, size) == 0 && ::listen(listener, 128) == 0 &&
                       ::getsockname(listener, any, &size) == 0;
    if (ready) {
        port = ntohs(address.sin_port);
        return;
    }
    if (listener >= 0) ::close(listener);
    if (wake >= 0) ::close(wake);
    throw std::runtime_error("no socket on 127.0.0.1");
}

void LocalServer::Impl::accept_all() {
    while (true) {
        std::array<pollfd, 2> watch{pollfd{listener, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
        if (::poll(watch.data(), watch.size(), -1) < 0 && errno != EINTR) return;
        if (watch[1].revents != 0) return;
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        reap(false);
        const std::lock_guard lock(mutex);
        Connection& connection = connections.emplace_back();
        connection.socket = socket;
        connection.thread = std::thread([this, &connection] { serve(connection); });
    }
}

void LocalServer::Impl::reap(bool all) {
    std::list<Connection> ended;
    {
        const std::lock_guard lock(mutex);
        for (auto it = connections.begin(); it != connections.end();) {
            const auto next = std::next(it);
            if (all || it->done) ended.splice(ended.end(), connections, it);
            it = next;
        }
    }
    for (Connection& connection : ended) connection.thread.join();
}

void LocalServer::Impl::serve(Connection& connection) {
    bool keep = true;
    while (keep) {
        Call call;
        if (!receive_call(connection, call, keep)) break;
        const Answer answer = answer_to(call);
        if (!send_answer(connection.socket, call, answer)) break;
        if (answer.cut_after) {
            reset(connection);
            break;
        }
        // A server that promised more than it sent has nothing left to do but hang up.
        const std::string* promised = find(answer.headers, "content-length");
        if (promised != nullptr && number(*promised, 10).value_or(0) > answer.body.size() && !without_body(call, answer)) break;
        const std::string* ends = find(answer.headers, "connection");
        if (ends != nullptr && lower(*ends) == "close") break;
    }
    const std::lock_guard lock(mutex);
    if (connection.socket >= 0) ::close(connection.socket);
    connection.socket = -1;
    connection.done = true;
}

/// More bytes into `read`; false at the end of the connection.
bool LocalServer::Impl::receive(Connection& connection) {
    std::array<char, 65536> buffer;
    ssize_t count = 0;
    do count = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
    while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    connection.read.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

bool LocalServer::Impl::receive_call(Connection& connection, Call& call, bool& keep) {
    std::size_t end = std::string::npos;
    while ((end = connection.read.find("\r\n\r\n")) == std::string::npos)
        if (connection.read.size() > kMostHeaderBytes || !receive(connection)) return false;
    bool old_protocol = false;
    if (!read_head(std::string_view(connection.read).substr(0, end), call, old_protocol)) {
        send_all(connection.socket, "HTTP/1.1 400 Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return false;
    }
    connection.read.erase(0, end + 4);
    keep = !old_protocol && lower(call.header("connection")) != "close";
    if (lower(call.header("expect")) == "100-continue" && !send_all(connection.socket, "HTTP/1.1 100 Continue\r\n\r\n")) return false;
    return receive_body(connection, call);
}

bool LocalServer::Impl::receive_body(Connection& connection, Call& call) {
    if (lower(call.header("transfer-encoding")) == "chunked") return receive_chunks(connection, call);
    const std::size_t size = number(call.header("content-length"), 10).value_or(0);
    if (size > kMostBodyBytes) return false;
    while (connection.read.size() < size)
        if (!receive(connection)) return false;
    call.body = connection.read.substr(0, size);
    connection.read.erase(0, size);
    return true;
}

bool LocalServer::Impl::receive_chunks(Connection& connection, Call& call) {
    while (true) {
        std::size_t line = std::string::npos;
        while ((line = connection.read.find("\r\n")) == std::string::npos)
            if (!receive(connection)) return false;
        const std::optional<std::size_t> size = number(connection.read, 16);
        if (!size || *size > kMostBodyBytes || call.body.size() > kMostBodyBytes) return false;
        while (connection.read.size() < line + 2 + *size + 2)
            if (!receive(connection)) return false;
        call.body += connection.read.substr(line + 2, *size);
        connection.read.erase(0, line + 2 + *size + 2);
        if (*size == 0) return true;
    }
}

Answer LocalServer::Impl::answer_to(const Call& call) {
    {
        const std::lock_guard lock(mutex);
        calls.push_back(call);
    }
    const std::lock_guard lock(respond_mutex);
    try {
        return respond(call);
    } catch (const std::exception& fault) {
        Answer answer;
        answer.status = 500;
        answer.body = std::string("the responder of this test failed: ") + fault.what();
        return answer;
    }
}

bool LocalServer::Impl::send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool LocalServer::Impl::send_answer(int socket, const Call& call, const Answer& answer) {
    if (!pause(answer.delay_ms)) return false;
    const std::string head = head_of(call, answer);
    return without_body(call, answer) ? send_all(socket, head) : send_body(socket, answer, head);
}

/// In one go, or piece by piece; head and first piece go together, so that neither waits for the other's acknowledgement.
bool LocalServer::Impl::send_body(int socket, const Answer& answer, std::string_view head) {
    std::string_view body = answer.body;
    if (answer.cut_after) body = body.substr(0, *answer.cut_after);
    const std::size_t step = answer.byte_delay_ms > 0 || answer.chunked ? kPiece : std::max<std::size_t>(body.size(), 1);
    std::string out(head);
    while (!body.empty()) {
        const std::string_view piece = body.substr(0, step);
        out += answer.chunked ? as_chunk(piece) : std::string(piece);
        body.remove_prefix(piece.size());
        if (answer.byte_delay_ms == 0 && out.size() < 65536 && !body.empty()) continue;
        if (!send_all(socket, out)) return false;
        out.clear();
        if (!body.empty() && !pause(answer.byte_delay_ms)) return false;
    }
    if (answer.chunked && !answer.cut_after) out += "0\r\n\r\n";
    return send_all(socket, out);
}

/// A reset throws away what the other side has not acknowledged yet.
void LocalServer::Impl::wait_until_taken(int socket) {
    int waiting = 0;
    for (int i = 0; i < 5000 && ::ioctl(socket, SIOCOUTQ, &waiting) == 0 && waiting > 0; ++i)
        if (!pause(1)) return;
}

void LocalServer::Impl::reset(Connection& connection) {
    wait_until_taken(connection.socket);
    const linger at_once{1, 0};
    ::setsockopt(connection.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool LocalServer::Impl::pause(int milliseconds) {
    std::unique_lock lock(mutex);
    if (milliseconds > 0) stopped.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return stop; });
    return !stop;
}

LocalServer::LocalServer(Responder respond, std::uint16_t port) : impl_(std::make_unique<Impl>()) {
    impl_->port = port;
    impl_->respond = std::move(respond);
    impl_->listen_on_loopback();
    impl_->acceptor = std::thread([this] { impl_->accept_all(); });
}

LocalServer::~LocalServer() {
    const std::uint64_t one = 1;
    while (::write(impl_->wake, &one, sizeof one) < 0 && errno == EINTR) {
    }
    impl_->acceptor.join();
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stop = true;
        for (const Impl::Connection& connection : impl_->connections)
            if (connection.socket >= 0) ::shutdown(connection.socket, SHUT_RDWR);
    }
    impl_->stopped.notify_all();
    impl_->reap(true);
    ::close(impl_->listener);
    ::close(impl_->wake);
}

std::string LocalServer::address() const { return "http://127.0.0.1:" + std::to_string(impl_->port); }

std::vector<Call> LocalServer::calls() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->calls;
}

struct Faults::Rule {
    std::size_t n = 0;
    std::string where;
    std::optional<Answer> answer;
    std::function<void(Answer&)> change;
    std::size_t seen = 0;
};

Faults& Faults::at(std::size_t n, std::string where, Answer answer) {
    rules_.push_back(std::make_shared<Rule>(Rule{n, std::move(where), std::move(answer), {}}));
    return *this;
}

Faults& Faults::change(std::size_t n, std::string where, std::function<void(Answer&)> change) {
    rules_.push_back(std::make_shared<Rule>(Rule{n, std::move(where), std::nullopt, std::move(change)}));
    return *this;
}

Faults& Faults::by_chance(double share, std::uint64_t seed) {
    share_ = share;
    state_ = seed;
    return *this;
}

Answer Faults::operator()(const Call& call) {
    std::vector<const Rule*> due;
    for (const std::shared_ptr<Rule>& rule : rules_)
        if (call.path.find(rule->where) != std::string::npos && ++rule->seen == rule->n) due.push_back(rule.get());
    for (const Rule* rule : due)
        if (rule->answer) return *rule->answer;

    // splitmix64, its upper 53 bits as a number in [0, 1).
    std::uint64_t draw = state_ += 0x9e3779b97f4a7c15U;
    draw = (draw ^ (draw >> 30U)) * 0xbf58476d1ce4e5b9U;
    draw = (draw ^ (draw >> 27U)) * 0x94d049bb133111ebU;
    draw ^= draw >> 31U;
    Answer answer;
    if (static_cast<double>(draw >> 11U) * 0x1p-53 < share_) {
        switch (turn_++ % 3) {
            case 0:
                answer.status = 500;
                return answer;
            case 1:
                answer.status = 429;
                answer.headers = {{"Retry-After", "0"}};
                return answer;
            default:
                answer = behind_(call);
                answer.cut_after = answer.body.size() / 2;
        }
    } else {
        answer = behind_(call);
    }
    for (const Rule* rule : due) rule->change(answer);
    return answer;
}

Faults::operator Responder() {
    return [faults = std::make_shared<Faults>(*this)](const Call& call) { return (*faults)(call); };
}

}  // namespace brugwacht
