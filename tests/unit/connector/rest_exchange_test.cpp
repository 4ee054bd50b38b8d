#include "connector/rest/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/local_server.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {
namespace {

using Outcome = ExchangeResult::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSecret = "geheim-van-de-test";

Answer answer_of(int status, std::string body = R"({"value":[1]})", HttpHeaders headers = {}) {
    Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers = std::move(headers);
    if (answer.headers.empty()) answer.headers = {{"Content-Type", "application/json"}};
    return answer;
}

ErrorRulePlan rule_of(std::vector<int> statuses, ErrorAction action) {
    ErrorRulePlan rule;
    rule.statuses = std::move(statuses);
    rule.action = action;
    return rule;
}

/// Fails so many times before it lets a request through.
class FailingTransport : public HttpTransport {
  public:
    FailingTransport(HttpTransport& behind, HttpFailure::Kind kind, int times) : behind_(behind), kind_(kind), times_(times) {}
    std::optional<HttpFailure> send(const HttpRequest& request, HttpResponse& response) override {
        if (times_-- > 0) return HttpFailure{kind_, "zo is het"};
        return behind_.send(request, response);
    }

  private:
    HttpTransport& behind_;
    HttpFailure::Kind kind_;
    int times_;
};

/// An exchange with a server of which each answer is the next of a list; the last one stays.
struct Conversation {
    ConnectionPlan connection;
    AuthSettings auth;
    FakePause pause;
    SetClock clock;
    std::vector<Answer> answers{answer_of(200)};
    std::size_t given = 0;
    LocalServer server{[this](const Call&) { return answers[std::min(given++, answers.size() - 1)]; }};
    std::unique_ptr<HttpTransport> wire = curl_transport({});
    std::unique_ptr<HttpTransport> transport = std::make_unique<FailingTransport>(*wire, HttpFailure::Kind::Other, 0);
    std::unique_ptr<Authenticator> authenticator;
    std::unique_ptr<Exchange> exchange;
    ExchangeRequest request;

    Conversation() {
        auth.type = AuthSettings::Type::Bearer;
        auth.value = kSecret;
        connection.base_url = server.address() + "/api";
        request.http.url = server.address() + "/api/leden?x=1";
        request.http.headers = {{"X-Key", kSecret}};
        request.path = "leden";
    }
    explicit Conversation(std::vector<Answer> list) : Conversation() { answers = std::move(list); }

    void begin() {
        authenticator = make_authenticator(auth, {*transport, clock, [] { return std::string("sessie"); }});
        Redactor secrets;
        secrets.add(kSecret);
        exchange = std::make_unique<Exchange>(connection, ExchangePorts{*transport, *authenticator, {pause, clock, [] { return 0.0; }}},
                                              std::move(secrets));
    }
    ExchangeResult send() {
        if (!exchange) begin();
        return exchange->send(request);
    }
    /// "ok", an outcome with its code, or the code of an error; everything that could be read of it is in `shown`.
    std::string result() {
        static const std::map<Outcome, std::string> kNames = {
            {Outcome::Resync, "resync"}, {Outcome::RestartWindow, "restart"}, {Outcome::SkipStream, "skip"}, {Outcome::Stop, "stop"}};
        try {
            const ExchangeResult sent = send();
            if (sent.outcome == Outcome::Accepted) return "ok";
            shown = readable(*sent.why);
            return kNames.at(sent.outcome) + " " + sent.why->code;
        } catch (const Error& error) {
            shown = readable(error.first());
            return error.what();
        }
    }
    std::string shown;
    std::size_t calls() const { return server.calls().size(); }
};

TEST(Exchange, AnAnswerComesWithItsJsonAndTheRequestIsSigned) {
    Conversation talk;
    const ExchangeResult sent = talk.send();
    EXPECT_EQ(sent.outcome, Outcome::Accepted);
    EXPECT_EQ(sent.response.status, 200);
    ASSERT_TRUE(sent.json);
    EXPECT_EQ(sent.json->root().find("value").size(), 1U);
    EXPECT_EQ(talk.server.calls().at(0).header("authorization"), std::string("Bearer ") + kSecret);
    EXPECT_THAT(talk.pause.waits, IsEmpty());
}

TEST(Exchange, JsonBehindAMarkOrUnderAnotherNameIsJson) {
    EXPECT_EQ(Conversation({answer_of(200, "\xef\xbb\xbf \n{}", {{"Content-Type", "text/html; charset=UTF-8"}})}).result(), "ok");
    EXPECT_EQ(Conversation({answer_of(200, "[]", {})}).result(), "ok");
}

TEST(Exchange, TroubleThatPassesIsRepeatedWithLongerAndLongerWaits) {
    Conversation talk({answer_of(500), answer_of(500), answer_of(500), answer_of(200)});
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_THAT(talk.pause.waits, ElementsAre(1, 2, 4));

    Conversation broken({answer_of(500)});
    EXPECT_EQ(broken.result(), "REST-025");
    EXPECT_THAT(broken.pause.waits, ElementsAre(1, 2, 4, 8, 16, 32));
    EXPECT_EQ(broken.calls(), 7U);

    EXPECT_DOUBLE_EQ(backoff_s(3, [] { return 0.5; }), 5) << "four and a random part";
    EXPECT_DOUBLE_EQ(backoff_s(50, [] { return 0.0; }), 60);
}

TEST(Exchange, ACutConnectionAndADamagedAnswerAreRepeated) {
    Answer cut = answer_of(200);
    cut.cut_after = 3;
    Answer damaged = answer_of(200, "geen gzip", {{"Content-Encoding", "gzip"}});
    Conversation talk({cut, damaged, answer_of(200)});
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.calls(), 3U);
    EXPECT_EQ(Conversation({cut}).result(), "REST-004");

    // A gzip member of which the end is missing.
    const std::string part("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\xcf\x56", 15);
    EXPECT_EQ(Conversation({answer_of(200, part, {{"Content-Encoding", "gzip"}})}).result(), "REST-004");
}

TEST(Exchange, EachFailureOfTheNetworkIsWorthItsOwnNumberOfRepetitions) {
    using Kind = HttpFailure::Kind;
    const auto result = [](Kind kind, int times) {
        Conversation talk;
        talk.transport = std::make_unique<FailingTransport>(*talk.wire, kind, times);
        return talk.result();
    };
    EXPECT_EQ(result(Kind::Timeout, 6), "ok");
    EXPECT_EQ(result(Kind::Timeout, 7), "REST-003");
    EXPECT_EQ(result(Kind::Connect, 4), "ok");
    EXPECT_EQ(result(Kind::Connect, 5), "REST-001");
    EXPECT_EQ(result(Kind::Cut, 7), "REST-004");
    EXPECT_EQ(result(Kind::Encoding, 7), "REST-004");
    EXPECT_EQ(result(Kind::Resolve, 2), "ok");
    EXPECT_EQ(result(Kind::Resolve, 3), "REST-001");
    EXPECT_EQ(result(Kind::Tls, 1), "REST-002") << "a certificate stays what it is";
    EXPECT_EQ(result(Kind::TooLarge, 1), "REST-005");
    EXPECT_EQ(result(Kind::Other, 1), "REST-006");
}

TEST(Exchange, BrokenAnswersAreAskedForThreeTimesMore) {
    Conversation empty({answer_of(200, " ")});
    EXPECT_EQ(empty.result(), "REST-008");
    EXPECT_EQ(empty.calls(), 4U);
    Conversation cut_short({answer_of(200, R"({"value":[1,)"), answer_of(200)});
    EXPECT_EQ(cut_short.result(), "ok");
    EXPECT_EQ(Conversation({answer_of(200, R"({"value":[1,)")}).result(), "REST-009");
    Conversation deep({answer_of(200, std::string(5000, '['))});
    EXPECT_EQ(deep.result(), "REST-014");
    EXPECT_EQ(deep.calls(), 1U);
    Conversation large({answer_of(200, R"({"a":")" + std::string(5000, 'x') + R"("})")});
    large.request.http.max_bytes = 1000;
    EXPECT_EQ(large.result(), "REST-005");
    EXPECT_EQ(large.calls(), 1U);
}

TEST(Exchange, APageInsteadOfDataIsExplainedAtOnce) {
    for (const char* page : {"<!DOCTYPE html><title>Aanmelden</title>", "\n <html>", "<?xml version=\"1.0\"?>"}) {
        Conversation talk({answer_of(200, page)});
        EXPECT_EQ(talk.result(), "REST-007") << page;
        EXPECT_EQ(talk.calls(), 1U);
        EXPECT_THAT(talk.shown, HasSubstr("permalinks"));
        EXPECT_THAT(talk.shown, Not(HasSubstr("Aanmelden</title>")));
    }
    EXPECT_EQ(Conversation({answer_of(200, "Niet gevonden", {{"Content-Type", "text/html"}})}).result(), "REST-007");
}

TEST(Exchange, AFileIsTakenAsItIs) {
    Conversation talk({answer_of(200, "<html>", {})});
    talk.request.expect = ExchangeRequest::Expect::Bytes;
    EXPECT_EQ(talk.result(), "ok");
    Conversation unchanged({answer_of(304, "")});
    unchanged.request.expect = ExchangeRequest::Expect::Bytes;
    EXPECT_EQ(unchanged.result(), "REST-023") << "nobody asked whether it changed";
    unchanged.request.http.headers.emplace_back("If-None-Match", "\"1\"");
    EXPECT_EQ(unchanged.result(), "ok");
    EXPECT_EQ(unchanged.send().response.status, 304);
}

struct RetryAfterCase {
    const char* value;
    const char* date;
    double wait;
};

TEST(Exchange, RetryAfterIsReadInAllItsForms) {
    const std::vector<RetryAfterCase> cases = {
        {"0", "", 0},
        {"7", "", 7},
        {"1.5", "", 1.5},
        {"Thu, 26 Nov 2026 02:00:30 GMT", "Thu, 26 Nov 2026 02:00:00 GMT", 30},  // the server's clock is two hours ahead of ours
        {"Thursday, 26-Nov-26 02:00:30 GMT", "Thu Nov 26 02:00:00 2026", 30},
        {"Thu, 26 Nov 2026 00:01:00 GMT", "", 60},
        {"Thu, 26 Nov 2020 00:00:00 GMT", "", 0},
        {"morgen", "", 1},
        {"-5", "", 1},
        {"1.2.3", "", 1},
        {"", "", 1},
    };
    for (const RetryAfterCase& one : cases) {
        Conversation talk({answer_of(429, "", {{"Retry-After", one.value}, {"Date", one.date}}), answer_of(200)});
        EXPECT_EQ(talk.result(), "ok") << one.value;
        EXPECT_THAT(talk.pause.waits, ElementsAre(one.wait)) << one.value;
    }
}

TEST(Exchange, AWaitBeyondMeasureStopsPolitely) {
    for (const char* absurd : {"86400", "901", "99999999999999999999999999", "Fri, 27 Nov 2026 00:00:00 GMT"}) {
        Conversation talk({answer_of(503, "", {{"Retry-After", absurd}, {"Date", "Thu, 26 Nov 2026 00:00:00 GMT"}})});
        EXPECT_EQ(talk.result(), "stop REST-027") << absurd;
        EXPECT_THAT(talk.pause.waits, IsEmpty());
    }
    Conversation busy({answer_of(429, "", {{"Retry-After", "2"}})});
    EXPECT_EQ(busy.result(), "stop REST-025");
    EXPECT_EQ(busy.pause.waits, std::vector<double>(6, 2.0));
}

TEST(Exchange, AWaitOfARuleCountsWhenTheServerNamesNone) {
    ErrorRulePlan rule = rule_of({403}, ErrorAction::Wait);
    rule.wait_s = 75;
    rule.max = 2;
    Conversation talk({answer_of(403), answer_of(403, "", {{"Retry-After", "3"}}), answer_of(200)});
    talk.connection.errors = {rule};
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_THAT(talk.pause.waits, ElementsAre(75, 3));
}

TEST(Exchange, ARefusedTokenIsRenewedOnceARefusedKeyNever) {
    Conversation key({answer_of(401)});
    EXPECT_EQ(key.result(), "REST-020");
    EXPECT_EQ(key.calls(), 1U);

    Conversation talk({answer_of(200), answer_of(401), answer_of(200), answer_of(401), answer_of(401)});
    int logins = 0;
    talk.begin();
    talk.auth.type = AuthSettings::Type::Login;
    talk.auth.header = "X-Session";
    talk.authenticator =
        make_authenticator(talk.auth, {*talk.transport, talk.clock, [&logins] { return "sessie-" + std::to_string(++logins); }});
    talk.exchange = std::make_unique<Exchange>(
        talk.connection, ExchangePorts{*talk.transport, *talk.authenticator, {talk.pause, talk.clock, [] { return 0.0; }}}, Redactor());
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.result(), "ok") << "renewed in the middle of a run";
    EXPECT_EQ(talk.server.calls().at(1).header("x-session"), "sessie-1");
    EXPECT_EQ(talk.server.calls().at(2).header("x-session"), "sessie-2");
    talk.result();
    EXPECT_EQ(talk.result(), "REST-020") << "refused for good";
    EXPECT_THAT(talk.pause.waits, IsEmpty());
}

TEST(Exchange, ALoginMayUseTheExchangeThatWaitsForIt) {
    Conversation talk;
    talk.begin();
    talk.auth.type = AuthSettings::Type::Login;
    talk.auth.header = "X-Session";
    const auto login = [&talk] {
        ExchangeRequest request;
        request.http.method = "POST";
        request.http.url = talk.connection.base_url + "/login";
        request.sign = false;
        return std::string(talk.exchange->send(request).json->root().find("session").text());
    };
    talk.authenticator = make_authenticator(talk.auth, {*talk.transport, talk.clock, login});
    talk.exchange = std::make_unique<Exchange>(
        talk.connection, ExchangePorts{*talk.transport, *talk.authenticator, {talk.pause, talk.clock, [] { return 0.0; }}}, Redactor());
    talk.answers = {answer_of(200, R"({"session":"sessie-een"})"), answer_of(200)};
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.server.calls().at(0).header("x-session"), "");
    EXPECT_EQ(talk.server.calls().at(1).header("x-session"), "sessie-een");
    EXPECT_EQ(talk.exchange->token(), "sessie-een");
    EXPECT_EQ(talk.exchange->readable("de sessie-een"), "de ***");
}

TEST(Exchange, TheFirstRuleThatFitsDecides) {
    ErrorRulePlan quota = rule_of({403}, ErrorAction::Stop);
    quota.path = "0.errorCode";
    quota.equals = {"REQUEST_LIMIT_EXCEEDED"};
    quota.code = "0.errorCode";
    ErrorRulePlan expired = rule_of({}, ErrorAction::Resync);
    expired.status_from = 400;
    expired.status_to = 499;
    expired.path = "error.message";
    expired.contains = {"perform a full sync"};
    ErrorRulePlan locator = rule_of({400}, ErrorAction::RestartWindow);
    locator.path = "0.errorCode";
    locator.equals = {"INVALID_QUERY_LOCATOR", "OTHER"};
    ErrorRulePlan hidden = rule_of({}, ErrorAction::Fail);
    hidden.path = "error";
    hidden.present = true;
    hidden.code = "error.code";
    ErrorRulePlan header = rule_of({403}, ErrorAction::SkipStream);
    header.header = "X-Status-Reason";
    header.header_contains = {"No access", "orbidden"};
    const auto result = [&](const Answer& answer) {
        Conversation talk({answer});
        talk.connection.errors = {quota, expired, locator, header, hidden};
        std::string what = talk.result();
        const std::size_t code = talk.shown.find("\ncode=");
        return code == std::string::npos ? what : what + " " + talk.shown.substr(code + 6, talk.shown.find('\n', code + 1) - code - 6);
    };
    EXPECT_EQ(result(answer_of(403, R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED"}])")), "stop REST-026 REQUEST_LIMIT_EXCEEDED");
    EXPECT_EQ(result(answer_of(403, R"([{"errorCode":"INSUFFICIENT_ACCESS"}])")), "REST-019 INSUFFICIENT_ACCESS");
    EXPECT_EQ(result(answer_of(410, R"({"error":{"message":"Please perform a full sync."}})")), "resync REST-024 ");
    EXPECT_EQ(result(answer_of(400, R"([{"errorCode":"OTHER"}])")), "restart REST-023 OTHER");
    EXPECT_EQ(result(answer_of(200, R"({"error":{"code":200,"data":{}}})")), "REST-023 200") << "an error under status 200";
    EXPECT_EQ(result(answer_of(200, R"({"error":null,"result":[]})")), "ok");
    EXPECT_EQ(result(answer_of(403, "", {{"x-status-reason", "No access to Contact"}})), "skip REST-019 ");
    EXPECT_EQ(result(answer_of(403, "", {{"X-Status-Reason", "Max size"}})), "REST-019 ");
}

TEST(Exchange, WithoutARuleEveryStatusHasItsMeaning) {
    for (const auto& [status, code] : std::vector<std::pair<int, std::string>>{{400, "REST-023"},
                                                                               {403, "REST-019"},
                                                                               {404, "REST-024"},
                                                                               {410, "REST-024"},
                                                                               {418, "REST-023"},
                                                                               {501, "REST-025"},
                                                                               {204, "REST-008"}}) {
        Conversation talk({answer_of(status)});
        EXPECT_EQ(talk.result(), code) << status;
    }
    for (const int status : {403, 404}) {
        Conversation talk({answer_of(status)});
        talk.request.optional = true;
        EXPECT_THAT(talk.result(), HasSubstr("skip REST-0")) << status;
        EXPECT_EQ(talk.calls(), 1U);
    }
    for (const int status : {408, 425, 429, 502, 503, 504}) {
        Conversation talk({answer_of(status), answer_of(200)});
        EXPECT_EQ(talk.result(), "ok") << status;
    }
}

TEST(Exchange, ABudgetIsKept) {
    Conversation talk;
    talk.connection.budget.per_second = 4;
    talk.connection.budget.per_run = 3;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.result(), "stop REST-028");
    EXPECT_EQ(talk.calls(), 3U);
    EXPECT_THAT(talk.pause.waits, ElementsAre(0.25, 0.25));
}

TEST(Exchange, AQuotaOfTheServerStopsBeforeTheNextRequest) {
    Conversation talk({answer_of(200, "{}", {{"Sforce-Limit-Info", "api-usage=79/100"}}),
                       answer_of(200, "{}", {{"Sforce-Limit-Info", "api-usage=80/100; per-app-api-usage=1/250(appName=x)"}})});
    talk.connection.budget.quota_header = "Sforce-Limit-Info";
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.result(), "ok") << "what was given is kept";
    EXPECT_EQ(talk.result(), "stop REST-029");
    EXPECT_EQ(talk.calls(), 2U);
    for (const char* odd : {"", "veel", "/", "a/b", "5/0", "99999999999999999999/5"}) {
        Conversation unread({answer_of(200, "{}", {{"Sforce-Limit-Info", odd}})});
        unread.connection.budget.quota_header = "Sforce-Limit-Info";
        unread.result();
        EXPECT_EQ(unread.result(), "ok") << odd;
    }
}

Answer redirect_to(const std::string& address, int status = 302) { return answer_of(status, "", {{"Location", address}}); }

TEST(Exchange, ARedirectInsideTheOriginIsFollowedAndSigned) {
    Conversation talk({redirect_to("/api/leden/"), redirect_to("?y=2"), answer_of(200)});
    EXPECT_EQ(talk.result(), "ok");
    EXPECT_EQ(talk.server.calls().at(2).target, "/api/leden/?y=2");
    EXPECT_EQ(talk.server.calls().at(2).header("authorization"), std::string("Bearer ") + kSecret);
}

TEST(Exchange, RedirectsThatLeadNowhereAreRefused) {
    Conversation circle({redirect_to("/api/a"), redirect_to("/api/leden?x=1")});
    EXPECT_EQ(circle.result(), "REST-016");
    EXPECT_EQ(circle.calls(), 2U);
    std::vector<Answer> chain;
    for (int i = 0; i < 20; ++i) chain.push_back(redirect_to("/api/" + std::to_string(i)));
    Conversation endless(chain);
    EXPECT_EQ(endless.result(), "REST-016");
    EXPECT_EQ(endless.calls(), 6U) << "five redirects were followed";
    EXPECT_EQ(Conversation({answer_of(302, "", {{"X", "y"}})}).result(), "REST-016");
    EXPECT_EQ(Conversation({redirect_to("javascript://x")}).result(), "REST-016");
    Conversation post({redirect_to("/api/leden/", 301)});
    post.request.http.method = "POST";
    EXPECT_EQ(post.result(), "REST-016");
    EXPECT_EQ(post.calls(), 1U);
}

TEST(Exchange, ARuleMayKnowBetterWhatARedirectMeans) {
    Conversation talk({redirect_to("https://login.example.org/")});
    talk.connection.errors = {rule_of({302}, ErrorAction::SkipStream)};
    EXPECT_EQ(talk.result(), "skip REST-015");
}

TEST(Exchange, NothingOfOursReachesAnotherOrigin) {
    LocalServer other([](const Call&) { return answer_of(200); });
    for (const int status : {301, 302, 303, 307, 308}) {
        Conversation talk({redirect_to(other.address() + "/api/leden", status)});
        EXPECT_EQ(talk.result(), "REST-015");
        EXPECT_THAT(talk.shown, HasSubstr(other.address().substr(7)));
    }
    Conversation link;
    link.request.http.url = other.address() + "/api/leden?page=2";
    EXPECT_EQ(link.result(), "REST-017");
    link.request.http.url = "http://crm.example.org/api";
    EXPECT_EQ(link.result(), "REST-018");
    link.request.http.url = "https://an@" + link.server.address().substr(7) + "/api";
    EXPECT_EQ(link.result(), "REST-018");
    EXPECT_TRUE(other.calls().empty());
}

TEST(Exchange, AFileMayComeFromElsewhereButWithoutOurKeys) {
    bool further = false;
    LocalServer third([](const Call&) { return answer_of(200, "derde"); });
    LocalServer other([&](const Call&) { return further ? redirect_to(third.address() + "/") : answer_of(200, "inhoud", {}); });
    Conversation talk({redirect_to(other.address() + "/download?tempauth=x")});
    talk.request.expect = ExchangeRequest::Expect::Bytes;
    talk.request.leave_origin = true;
    talk.request.http.headers.emplace_back("If-None-Match", "\"1\"");
    EXPECT_EQ(talk.send().response.body, "inhoud");
    EXPECT_EQ(other.calls().at(0).target, "/download?tempauth=x");
    EXPECT_THAT(heard(other), Not(HasSubstr(kSecret)));
    EXPECT_EQ(other.calls().at(0).header("authorization"), "");
    further = true;
    EXPECT_EQ(talk.result(), "REST-015") << "one step, not two";
    EXPECT_TRUE(third.calls().empty());
    talk.answers = {redirect_to("http://files.example.org/x")};
    EXPECT_EQ(talk.result(), "REST-015");
}

TEST(Exchange, AFileThatIsRefusedElsewhereIsNoReasonToRenewOurToken) {
    LocalServer other([](const Call&) { return answer_of(401); });
    Conversation talk({redirect_to(other.address() + "/x")});
    talk.auth.type = AuthSettings::Type::Login;
    talk.request.leave_origin = true;
    EXPECT_EQ(talk.result(), "REST-020");
    EXPECT_EQ(other.calls().size(), 1U);
}

TEST(Exchange, NoMessageRepeatsASecretOrABody) {
    const std::string echo = std::string(kSecret) + " Bearer " + kSecret;
    ErrorRulePlan coded = rule_of({418}, ErrorAction::Fail);
    coded.code = "code";
    for (const int status : {200, 302, 400, 401, 403, 404, 418, 429, 500}) {
        Conversation talk({
            answer_of(
                status, R"({"code":")" + std::string(kSecret) + R"(","m":")" + echo + " An Peeters\"}x",
                {{"X-Reason", echo}, {"Retry-After", "5000"}, {"Location", "https://" + std::string(kSecret) + "@elders.example/" + echo}}),
        });
        talk.connection.errors = {coded};
        talk.connection.reason_header = "X-Reason";
        talk.result();
        EXPECT_THAT(talk.shown, HasSubstr("REST-0")) << status;
        EXPECT_THAT(talk.shown, Not(HasSubstr(kSecret))) << status;
        EXPECT_THAT(talk.shown, Not(HasSubstr("Peeters"))) << status;
        EXPECT_THAT(talk.shown, Not(HasSubstr("/api"))) << status;
    }
}

TEST(Exchange, TheReasonOfAServerIsShownShortAndOnOneLine) {
    Conversation talk({answer_of(403, "", {{"X-Status-Reason", "Geen recht op \xc3\xa9\xc3\xa9n \tveld; " + std::string(500, 'x')}})});
    talk.connection.reason_header = "X-Status-Reason";
    EXPECT_EQ(talk.result(), "REST-019");
    EXPECT_THAT(talk.shown, HasSubstr("Geen recht op \xc3\xa9\xc3\xa9n ?veld; xxx"));
    EXPECT_THAT(talk.shown, Not(HasSubstr(std::string(100, 'x'))));
    talk.begin();
    EXPECT_EQ(talk.exchange->readable(std::string(119, 'x') + "\xc3\xa9y"), std::string(119, 'x') + "\xc3\xa9") << "120 characters";
    EXPECT_EQ(talk.exchange->readable("a\xff\nb"), "a??b");
}

TEST(Exchange, AServerThatIsNotThereIsNamedWithoutItsPath) {
    Conversation talk;
    {
        LocalServer gone([](const Call&) { return Answer(); });
        talk.connection.base_url = gone.address() + "/geheim-pad";
        talk.request.http.url = talk.connection.base_url + "/x";
    }
    EXPECT_EQ(talk.result(), "REST-001");
    EXPECT_EQ(talk.pause.waits.size(), 4U);
    EXPECT_THAT(talk.shown, HasSubstr("host=127.0.0.1:"));
    EXPECT_THAT(talk.shown, Not(HasSubstr("geheim-pad")));
}

TEST(Exchange, ManyFaultsByChanceAreAllSurvived) {
    LocalServer server(
        Faults([](const Call& call) { return answer_of(200, R"({"n":")" + call.parameter("n").value() + "\"}"); }).by_chance(0.4, 7));
    Conversation talk;
    talk.connection.base_url = server.address();
    for (int n = 0; n < 100; ++n) {
        talk.request.http.url = server.address() + "/?n=" + std::to_string(n);
        const ExchangeResult sent = talk.send();
        ASSERT_EQ(sent.outcome, Outcome::Accepted);
        ASSERT_EQ(sent.json->root().find("n").text(), std::to_string(n));
    }
    EXPECT_GT(server.calls().size(), 130U);
}

TEST(Retry, ThePatientTransportAsksAgain) {
    FakePause pause;
    SetClock clock;
    std::vector<Answer> answers = {answer_of(503, "", {{"Retry-After", "5"}}), answer_of(500), answer_of(200)};
    std::size_t given = 0;
    LocalServer server([&](const Call&) { return answers[std::min(given++, answers.size() - 1)]; });
    const auto transport = curl_transport({});
    const auto patient_one = patient(*transport, {pause, clock, [] { return 0.0; }});
    HttpRequest request;
    request.url = server.address();
    HttpResponse response;
    EXPECT_FALSE(patient_one->send(request, response));
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(pause.waits, ElementsAre(5, 2));

    answers = {answer_of(429, "", {{"Retry-After", "86400"}})};
    EXPECT_FALSE(patient_one->send(request, response));
    EXPECT_EQ(response.status, 429) << "too long: the caller decides";
    answers = {answer_of(401)};
    const std::size_t before = server.calls().size();
    patient_one->send(request, response);
    EXPECT_EQ(server.calls().size(), before + 1);
}

}  // namespace
}  // namespace brugwacht
