#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <fstream>

#include "connector/rest/http.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tls_server.hpp"

namespace brugwacht {
namespace {

using Kind = HttpFailure::Kind;

struct Sent {
    std::optional<HttpFailure> failure;
    HttpResponse response;
};

Sent send(HttpTransport& transport, const HttpRequest& request) {
    Sent sent;
    sent.failure = transport.send(request, sent.response);
    return sent;
}

Sent get(const std::string& url, const HttpSettings& settings = {}) {
    HttpRequest request;
    request.url = url;
    return send(*curl_transport(settings), request);
}

Answer text(std::string body) {
    Answer answer;
    answer.body = std::move(body);
    return answer;
}

/// So many mebibytes of zeros, a thousand times smaller.
std::string gzip_of_zeros(std::size_t mebibytes) {
    // Bits are written from the lowest one (RFC 1951 3.1.1); codes of the fixed table from their highest bit (3.2.6).
    std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
    unsigned bits = 0, held = 0;
    const auto put = [&](unsigned value, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            held |= ((value >> i) & 1U) << bits;
            if (++bits == 8) {
                out.push_back(static_cast<char>(held));
                bits = held = 0;
            }
        }
    };
    const auto put_code = [&](unsigned code, unsigned count) {
        for (unsigned i = count; i > 0; --i) put(code >> (i - 1), 1);
    };
    put(1, 1);          // the last block
    put(1, 2);          // with the fixed table
    put_code(0x30, 8);  // a zero
    for (std::size_t i = 0; i < mebibytes * 1024 * 1024 / 258; ++i) {
        put_code(0xc5, 8);  // length 258
        put_code(0, 5);     // distance 1
    }
    put_code(0, 7);  // end of block
    if (bits > 0) put(0, 8 - bits);
    return out + std::string(8, '\0');  // a checksum that nobody reaches
}

/// {"ok":true} and a line break, made by gzip(1).
std::string small_gzip() {
    static const unsigned char kBytes[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0xcf, 0x56, 0xb2,
                                           0x2a, 0x29, 0x2a, 0x4d, 0xad, 0xe5, 0x02, 0x00, 0x88, 0x41, 0x7f, 0xc2, 0x0c, 0x00, 0x00, 0x00};
    return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};
}

TEST(Http, SendsWhatItIsTold) {
    LocalServer server([](const Call&) { return text("goed"); });
    HttpRequest request;
    request.method = "POST";
    request.url = server.address() + "/a/../b%2Fc?x=%20y&x=z";
    request.headers = {{"X-Own", "waarde"}, {"Content-Type", "application/json"}};
    request.body = std::string("{\"a\":\"\0\"}", 9);
    HttpSettings settings;
    settings.user_agent = "brugwacht/0";
    const Sent sent = send(*curl_transport(settings), request);
    ASSERT_FALSE(sent.failure);
    EXPECT_EQ(sent.response.status, 200);
    EXPECT_EQ(sent.response.body, "goed");
    EXPECT_EQ(sent.response.header("content-length"), "4");
    EXPECT_FALSE(sent.response.header("x-none"));
    const Call call = server.calls().at(0);
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.target, "/a/../b%2Fc?x=%20y&x=z") << "an address is sent as it stands";
    EXPECT_EQ(call.header("x-own"), "waarde");
    EXPECT_EQ(call.header("user-agent"), "brugwacht/0");
    EXPECT_EQ(call.header("content-type"), "application/json");
    EXPECT_EQ(call.header("expect"), "");
    EXPECT_EQ(call.body, request.body);
}

TEST(Http, ABodyOfThreeMegabytesArrivesAtOnceAndUntyped) {
    LocalServer server([](const Call&) { return Answer(); });
    HttpRequest request;
    request.method = "POST";
    request.url = server.address();
    request.body = std::string(3'000'000, 'a');
    EXPECT_FALSE(send(*curl_transport({}), request).failure);
    EXPECT_EQ(server.calls().at(0).body.size(), 3'000'000U);
    EXPECT_EQ(server.calls().at(0).header("content-type"), "");
}

TEST(Http, UsesOneConnectionForManyRequestsAndForgetsTheLastOne) {
    LocalServer server([](const Call& call) { return text(call.method + call.header("authorization") + call.body); });
    const auto transport = curl_transport({});
    HttpRequest post;
    post.method = "PUT";
    post.url = server.address();
    post.headers = {{"Authorization", "geheim"}};
    post.body = "x";
    EXPECT_EQ(send(*transport, post).response.body, "PUTgeheimx");
    HttpRequest plain;
    plain.url = server.address();
    EXPECT_EQ(send(*transport, plain).response.body, "GET");
    plain.method = "HEAD";
    EXPECT_EQ(send(*transport, plain).response.body, "");
}

TEST(Http, ARedirectComesBackAsItIs) {
    LocalServer server([](const Call&) {
        Answer answer;
        answer.status = 302;
        answer.headers = {{"Location", "/elders"}, {"Set-Cookie", "a=b"}};
        return answer;
    });
    const auto transport = curl_transport({});
    HttpRequest request;
    request.url = server.address();
    EXPECT_EQ(send(*transport, request).response.status, 302);
    EXPECT_EQ(send(*transport, request).response.header("location"), "/elders");
    ASSERT_EQ(server.calls().size(), 2U);
    EXPECT_EQ(server.calls()[1].header("cookie"), "");
}

TEST(Http, RefusesAHeaderThatWouldBecomeTwo) {
    LocalServer server([](const Call&) { return Answer(); });
    const auto transport = curl_transport({});
    HttpRequest request;
    request.url = server.address();
    for (const char* value : {"a\r\nX-Second: b", "a\nb", "a\rb"}) {
        request.headers = {{"X-First", value}};
        const Sent sent = send(*transport, request);
        ASSERT_TRUE(sent.failure);
        EXPECT_EQ(sent.failure->kind, Kind::Other);
    }
    EXPECT_TRUE(server.calls().empty());
}

TEST(Http, RefusesUnsafeAddresses) {
    for (const char* url : {"http://crm.example.org/", "ftp://127.0.0.1/", "file:///etc/passwd", "https://an:geheim@crm.example.org/",
                            "http://127.0.0.1.example.org/", "nergens", ""}) {
        const Sent sent = get(url);
        ASSERT_TRUE(sent.failure) << url;
        EXPECT_EQ(sent.failure->detail, "unsafe address") << url;
    }
}

TEST(Http, LimitsTheAnswer) {
    LocalServer server([](const Call& call) {
        Answer answer = text(std::string(5000, 'x'));
        answer.chunked = call.path == "/chunked";
        return answer;
    });
    const auto transport = curl_transport({});
    for (const char* path : {"/sized", "/chunked"}) {
        HttpRequest request;
        request.url = server.address() + path;
        request.max_bytes = 4999;
        const Sent refused = send(*transport, request);
        ASSERT_TRUE(refused.failure) << path;
        EXPECT_EQ(refused.failure->kind, Kind::TooLarge) << path;
        request.max_bytes = 5000;
        const Sent taken = send(*transport, request);
        EXPECT_FALSE(taken.failure) << path;
        EXPECT_EQ(taken.response.body.size(), 5000U) << path;
    }
}

TEST(Http, AGzipBombEndsAtTheLimitInBoundedMemory) {
    const std::string bomb = gzip_of_zeros(512);
    LocalServer server([&](const Call&) {
        Answer answer = text(bomb);
        answer.headers = {{"Content-Encoding", "gzip"}};
        return answer;
    });
    rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    HttpRequest request;
    request.url = server.address();
    request.max_bytes = std::size_t{4} << 20;
    const Sent sent = send(*curl_transport({}), request);
    ::getrusage(RUSAGE_SELF, &after);
    ASSERT_TRUE(sent.failure);
    EXPECT_EQ(sent.failure->kind, Kind::TooLarge);
    EXPECT_LE(sent.response.body.size(), request.max_bytes);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024) << "kibibytes";
}

TEST(Http, ReadsGzipAndSaysWhenItIsDamagedOrCutShort) {
    std::string body = small_gzip();
    LocalServer server([&](const Call& call) {
        EXPECT_THAT(call.header("accept-encoding"), testing::HasSubstr("gzip"));
        Answer answer = text(body);
        answer.headers = {{"Content-Encoding", "gzip"}};
        return answer;
    });
    const auto kind = [&](const std::string& sent_body) {
        body = sent_body;
        const Sent sent = get(server.address());
        return sent.failure ? sent.failure->kind : Kind::Other;
    };
    const Sent sent = get(server.address());
    EXPECT_FALSE(sent.failure);
    EXPECT_EQ(sent.response.body, "{\"ok\":true}\n");
    body = small_gzip() + small_gzip();
    EXPECT_EQ(get(server.address()).response.body, "{\"ok\":true}\n{\"ok\":true}\n") << "members may follow each other";
    body.clear();
    EXPECT_FALSE(get(server.address()).failure) << "304 and the like name a coding of nothing";
    for (std::size_t size = 1; size < small_gzip().size(); ++size) EXPECT_EQ(kind(small_gzip().substr(0, size)), Kind::Encoding) << size;
    std::string wrong_checksum = small_gzip();
    wrong_checksum[24] = '\0';
    EXPECT_EQ(kind(wrong_checksum), Kind::Encoding);
    EXPECT_EQ(kind("{\"ok\":true}\n"), Kind::Encoding);
}

TEST(Http, ACodingThatWasNotAskedForIsRefused) {
    LocalServer server([&](const Call&) {
        Answer answer = text("{}");
        answer.headers = {{"Content-Encoding", "br"}};
        return answer;
    });
    ASSERT_TRUE(get(server.address()).failure);
    EXPECT_EQ(get(server.address()).failure->kind, Kind::Encoding);
}

TEST(Http, HeadersWithoutEndAreRefused) {
    LocalServer server([](const Call& call) {
        Answer answer;
        if (call.path == "/many")
            for (int i = 0; i < 2000; ++i) answer.headers.emplace_back("X-" + std::to_string(i), "v");
        if (call.path == "/long")
            for (int i = 0; i < 20; ++i) answer.headers.emplace_back("X-Long", std::string(10'000, 'v'));
        if (call.path == "/endless") answer.headers.emplace_back("X-Endless", std::string(4'000'000, 'v'));
        return answer;
    });
    for (const char* path : {"/many", "/long", "/endless"}) {
        const Sent sent = get(server.address() + path);
        ASSERT_TRUE(sent.failure) << path;
        EXPECT_EQ(sent.failure->kind, Kind::TooLarge) << path;
    }
}

TEST(Http, SaysHowAnAnswerFailed) {
    std::string address;
    {
        LocalServer server([](const Call& call) {
            Answer answer = text(std::string(3000, 'x'));
            if (call.path == "/reset") answer.cut_after = 1000;
            if (call.path == "/reset-at-once") answer.cut_after = 0;
            if (call.path == "/short") answer.headers = {{"Content-Length", "5000"}};
            if (call.path == "/chunks") {
                answer.chunked = true;
                answer.cut_after = 2000;
            }
            return answer;
        });
        address = server.address();
        for (const char* path : {"/reset", "/reset-at-once", "/short", "/chunks"}) {
            const Sent sent = get(address + path);
            ASSERT_TRUE(sent.failure) << path;
            EXPECT_EQ(sent.failure->kind, Kind::Cut) << path << " " << sent.failure->detail;
        }
    }
    ASSERT_TRUE(get(address).failure);
    EXPECT_EQ(get(address).failure->kind, Kind::Connect);
}

TEST(Http, ASlowAnswerEndsInTime) {
    LocalServer server([](const Call&) {
        Answer answer = text(std::string(100'000, 'x'));
        answer.byte_delay_ms = 100;
        return answer;
    });
    HttpRequest request;
    request.url = server.address();
    request.timeout_s = 1;
    const Sent sent = send(*curl_transport({}), request);
    ASSERT_TRUE(sent.failure);
    EXPECT_EQ(sent.failure->kind, Kind::Timeout);
}

TEST(Http, NoProxyStandsBetweenThisMachineAndItself) {
    LocalServer proxy([](const Call&) { return text("afgeluisterd"); });
    LocalServer server([](const Call&) { return text("eigen"); });
    ::setenv("http_proxy", proxy.address().c_str(), 1);
    ::setenv("all_proxy", proxy.address().c_str(), 1);
    const Sent sent = get(server.address());
    ::unsetenv("http_proxy");
    ::unsetenv("all_proxy");
    EXPECT_EQ(sent.response.body, "eigen");
    EXPECT_TRUE(proxy.calls().empty());
}

TEST(Http, AProxySeesOnlyTheNameOfAnHttpsServer) {
    LocalServer proxy([](const Call&) {
        Answer answer;
        answer.status = 502;
        return answer;
    });
    HttpRequest request;
    request.url = "https://crm.example.org/leden?naam=An";
    request.headers = {{"Authorization", "geheim"}};
    ::setenv("https_proxy", proxy.address().c_str(), 1);
    const Sent sent = send(*curl_transport({}), request);
    ::unsetenv("https_proxy");
    EXPECT_TRUE(sent.failure);
    ASSERT_EQ(proxy.calls().size(), 1U);
    EXPECT_EQ(proxy.calls()[0].method, "CONNECT");
    EXPECT_EQ(proxy.calls()[0].target, "crm.example.org:443");
    EXPECT_EQ(proxy.calls()[0].header("authorization"), "");
}

TEST(Http, TrustsNobodyButAConfiguredAuthority) {
    const TlsServer server;
    const Sent refused = get(server.address());
    ASSERT_TRUE(refused.failure);
    EXPECT_EQ(refused.failure->kind, Kind::Tls);
    EXPECT_THAT(refused.failure->detail, testing::HasSubstr("certificate"));

    const TempDir folder;
    write_bytes(folder / "ca.pem", server.authority());
    const Sent taken = get(server.address(), {(folder / "ca.pem").string(), ""});
    ASSERT_FALSE(taken.failure) << taken.failure->detail;
    EXPECT_EQ(taken.response.body, "safe");

    const TlsServer other;
    write_bytes(folder / "other.pem", other.authority());
    EXPECT_EQ(get(server.address(), {(folder / "other.pem").string(), ""}).failure->kind, Kind::Tls);
    EXPECT_EQ(get(server.address(), {(folder / "none.pem").string(), ""}).failure->kind, Kind::Tls);
}

TEST(Http, RefusesWrongNamesExpiredCertificatesAndOldProtocols) {
    TlsServerOptions wrong_name, expired, old_protocol, hang_up;
    wrong_name.name = "DNS:elders.example";
    expired.expired = true;
    old_protocol.old_protocol = true;
    hang_up.hang_up = true;
    const TempDir folder;
    const auto kind = [&](const TlsServerOptions& options) {
        const TlsServer server(options);
        write_bytes(folder / "ca.pem", server.authority());
        const Sent sent = get(server.address(), {(folder / "ca.pem").string(), ""});
        return sent.failure ? sent.failure->kind : Kind::Other;
    };
    EXPECT_EQ(kind(wrong_name), Kind::Tls);
    EXPECT_EQ(kind(expired), Kind::Tls);
    EXPECT_EQ(kind(old_protocol), Kind::Tls);
    EXPECT_EQ(kind(hang_up), Kind::Connect) << "may go better next time";
}

TEST(Address, OriginsAreComparable) {
    EXPECT_EQ(origin_of("https://CRM.example.org/a?b#c"), "https://crm.example.org:443");
    EXPECT_EQ(origin_of("HTTPS://crm.example.org:443"), "https://crm.example.org:443");
    EXPECT_EQ(origin_of("http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
    EXPECT_EQ(origin_of("https://[::1]:8443/x"), "https://[::1]:8443");
    for (const char* none : {"", "crm.example.org", "/pad", "ftp://crm.example.org/", "https://", "https://an@crm.example.org/",
                             "https://crm.example.org:99999/", "javascript:alert(1)"})
        EXPECT_EQ(origin_of(none), "") << none;
    EXPECT_EQ(origin_of(std::string_view("https://a.example\0.b.example/", 29)), "");
}

TEST(Address, OnlyHttpsAndThisMachineAreSafe) {
    for (const char* safe :
         {"https://crm.example.org/", "http://127.0.0.1:80/", "http://127.8.9.1/", "http://localhost:3000/", "http://[::1]/"})
        EXPECT_TRUE(is_safe_address(safe)) << safe;
    for (const char* unsafe : {"http://crm.example.org/", "http://128.0.0.1/", "http://localhost.example.org/", "http://[::2]/",
                               "http://127.0.0.1@crm.example.org/", "http://crm.example.org#127.0.0.1", ""})
        EXPECT_FALSE(is_safe_address(unsafe)) << unsafe;
}

TEST(Address, LinksAreResolvedAsRfc3986Says) {
    const std::string base = "https://crm.example.org/api/v1/leden?page=1";
    EXPECT_EQ(resolve_link(base, "?page=2"), "https://crm.example.org/api/v1/leden?page=2");
    EXPECT_EQ(resolve_link(base, "leden?$skiptoken=a%2Bb"), "https://crm.example.org/api/v1/leden?$skiptoken=a%2Bb");
    EXPECT_EQ(resolve_link(base, "../v2/x"), "https://crm.example.org/api/v2/x");
    EXPECT_EQ(resolve_link(base, "/services/q-200"), "https://crm.example.org/services/q-200");
    EXPECT_EQ(resolve_link(base, "//elders.example/x"), "https://elders.example/x");
    const std::string verbatim = "https://CRM.example.org/a/../b?c=%7e&d=%253Cx%253E";
    EXPECT_EQ(resolve_link(base, verbatim), verbatim);
    for (const char* none : {"", "ftp://crm.example.org/", "https://an@crm.example.org/"}) EXPECT_EQ(resolve_link(base, none), "") << none;
}

TEST(Address, PercentEncodingLeavesOnlyUnreservedCharacters) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("a b&c=d/e+\xc3\xa9"), "a%20b%26c%3Dd%2Fe%2B%C3%A9");
    EXPECT_EQ(percent_encode(std::string_view("\0", 1)), "%00");
}

TEST(Address, ParametersAreTakenOutWithoutTouchingTheOthers) {
    const std::vector<std::string> names = {"access_token"};
    EXPECT_EQ(without_parameters("https://a/b?access_token=x&c=%20d&access_token=y&e", names), "https://a/b?c=%20d&e");
    EXPECT_EQ(without_parameters("https://a/b?access_token=x#f", names), "https://a/b#f");
    EXPECT_EQ(without_parameters("https://a/b#?access_token=x", names), "https://a/b#?access_token=x");
    EXPECT_EQ(without_parameters("https://a/b?my_access_token=x", names), "https://a/b?my_access_token=x");
}

TEST(Address, TheNextLinkOfALinkHeader) {
    EXPECT_EQ(next_of_link_header(R"(<https://a/1>; rel="prev", <https://a/3?x=1,2>; rel="next")"), "https://a/3?x=1,2");
    EXPECT_EQ(next_of_link_header(R"(</p?2>;title="a, b; rel=\"prev\"" ; REL = "last Next")"), "/p?2");
    EXPECT_EQ(next_of_link_header("<x>;rel=next"), "x");
    for (const char* none : {"", "<x>", "<x>; rel=nextpage", "<x>; rel=prev; rel=next", "x; rel=next", "<x; rel=next", ",,,"})
        EXPECT_EQ(next_of_link_header(none), "") << none;
}

TEST(Address, HttpDatesInAllThreeForms) {
    constexpr std::int64_t kMoment = 784111777;  // the example of RFC 9110 5.6.7
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), kMoment);
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), kMoment);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), kMoment);
    EXPECT_EQ(parse_http_date("Thu, 26-Nov-26 00:00:00 GMT"), 1795651200);
    for (const char* none : {"", "120", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 CET", "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994",
                             "Sun, -6 Nov 1994 08:49:37", "1994-11-06T08:49:37Z"})
        EXPECT_FALSE(parse_http_date(none)) << none;
}

}  // namespace
}  // namespace brugwacht
