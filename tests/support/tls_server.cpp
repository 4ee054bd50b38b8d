#include "tests/support/tls_server.hpp"

#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <thread>

namespace brugwacht {
namespace {

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<SSL_free>>;

void require(bool good, const char* step) {
    if (!good) throw std::runtime_error(std::string("TLS server of a test: ") + step);
}

Key new_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

/// Valid from an hour ago for an hour more, or until half an hour ago. `issuer` is nullptr for an authority.
Certificate new_certificate(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* signing_key, bool expired) {
    Certificate certificate(X509_new());
    require(certificate != nullptr, "certificate");
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), expired ? -1800 : 3600);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509* const above = issuer == nullptr ? certificate.get() : issuer;
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(above));
    add_extension(certificate.get(), above, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (issuer == nullptr) {
        add_extension(certificate.get(), above, NID_key_usage, "critical,keyCertSign");
    } else {
        add_extension(certificate.get(), above, NID_subject_alt_name, name);
    }
    require(X509_sign(certificate.get(), signing_key, EVP_sha256()) > 0, "signature");
    return certificate;
}

std::string as_pem(X509* certificate) {
    const std::unique_ptr<BIO, Free<BIO_free>> memory(BIO_new(BIO_s_mem()));
    require(memory != nullptr && PEM_write_bio_X509(memory.get(), certificate) == 1, "PEM");
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

struct TlsServer::Impl {
    TlsServerOptions options;
    std::string authority;
    Context context{SSL_CTX_new(TLS_server_method())};
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int wake = ::eventfd(0, EFD_CLOEXEC);
    std::uint16_t port = 0;
    std::thread thread;

    ~Impl() {
        ::close(listener);
        ::close(wake);
    }
    void make_certificates();
    void listen();
    void serve();
    void converse(int socket) const;
};

void TlsServer::Impl::make_certificates() {
    const Key root_key = new_key();
    const Certificate root = new_certificate(root_key.get(), "authority of a test", nullptr, root_key.get(), false);
    const Key key = new_key();
    const Certificate own = new_certificate(key.get(), options.name.c_str(), root.get(), root_key.get(), options.expired);
    require(context != nullptr && SSL_CTX_use_certificate(context.get(), own.get()) == 1, "use of certificate");
    require(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1, "use of key");
    if (options.old_protocol) {
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    }
    authority = as_pem(root.get());
}

void TlsServer::Impl::listen() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    require(::bind(listener, any, size) == 0 && ::listen(listener, 16) == 0 && ::getsockname(listener, any, &size) == 0, "socket");
    port = ntohs(address.sin_port);
}

void TlsServer::Impl::serve() {
    sigset_t pipe;  // of a client that hung up because it does not trust us
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (true) {
        std::array<pollfd, 2> watch{pollfd{listener, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
        ::poll(watch.data(), watch.size(), -1);
        if (watch[1].revents != 0) return;
        if (watch[0].revents == 0) continue;
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const timeval patience{5, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const linger at_once{1, 0};
        if (options.hang_up) ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        if (!options.hang_up) converse(socket);
        ::close(socket);
    }
}

void TlsServer::Impl::converse(int socket) const {
    const Session session(SSL_new(context.get()));
    if (!session || SSL_set_fd(session.get(), socket) != 1 || SSL_accept(session.get()) != 1) return;
    std::string request;
    std::array<char, 4096> piece{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const int count = SSL_read(session.get(), piece.data(), static_cast<int>(piece.size()));
        if (count <= 0) return;
        request.append(piece.data(), static_cast<std::size_t>(count));
    }
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsafe";
    SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(session.get());
}

TlsServer::TlsServer(const TlsServerOptions& options) : impl_(std::make_unique<Impl>()) {
    impl_->options = options;
    impl_->make_certificates();
    impl_->listen();
    impl_->thread = std::thread([this] { impl_->serve(); });
}

TlsServer::~TlsServer() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(impl_->wake, &one, sizeof one));
    impl_->thread.join();
}

std::string TlsServer::address() const { return "https://127.0.0.1:" + std::to_string(impl_->port); }
std::string TlsServer::authority() const { return impl_->authority; }

}  // namespace brugwacht
