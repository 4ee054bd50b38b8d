#include "connector/rest/record_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/stand_in/odoo.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
using stand_in::System;
using testing::Contains;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using What = WriteOutcome::What;

constexpr const char* kSecret = "geheim-van-de-test";

std::string shipped(const std::string& preset) { return read_bytes(BRUGWACHT_SOURCE_DIR "/mappings/rest/" + preset + ".toml"); }

/// The writer of a preset, at a server that answers as a function says.
class Desk {
  public:
    Desk(const std::string& preset, std::map<std::string, std::string> values, Responder respond) : server(std::move(respond)) {
        values["site"] = server.address();
        preset_ = PresetFile::parse(preset, "preset.toml").build(values);
        transport_ = curl_transport({});
        authenticator_ = make_authenticator(auth_settings(preset_.connection.auth), {*transport_, clock_, [this] { return log_in_; }});
        Redactor secrets;
        secrets.add(kSecret);
        exchange_.emplace(preset_.connection, ExchangePorts{*transport_, *authenticator_, {pause, clock_, [] { return 0.0; }}}, secrets);
        writer.emplace(preset_, *exchange_);
    }
    Desk& logged_in_as(std::string token) {
        log_in_ = std::move(token);
        return *this;
    }
    Call last() const { return server.calls().back(); }

    LocalServer server;
    FakePause pause;
    std::optional<RecordWriter> writer;

  private:
    SetClock clock_;
    std::string log_in_;
    Preset preset_;
    std::unique_ptr<HttpTransport> transport_;
    std::unique_ptr<Authenticator> authenticator_;
    std::optional<Exchange> exchange_;
};

/// A system that sets fields at /p/ID, and how.
std::string plain_preset(const std::string& write_back) {
    return R"(preset = "eigen"
[params.site]
url = true
[connection]
base_url = "{params.site}"
auth = { type = "bearer", token = "geheim-van-de-test" }
[[connection.error]]
path = "error"
present = true
action = "fail"
code = "error"
[[connection.error]]
status = 429
action = "stop"
[[stream]]
name = "persons"
path = "p"
id = "id"
fields = ["first_name", { name = "town", path = "address.town", ask = "town" }]
[write_back]
stream = "persons"
path = "p/{person.id}"
)" + write_back;
}

Answer answer_of(int status, std::string body, const std::string& type = "application/json") {
    Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers = {{"Content-Type", type}};
    return answer;
}

struct Said {
    What what;
    std::string code;
};

Said said_to(const std::string& write_back, const Answer& answer, const FieldValues& values = {{"stand", "nog open"}}) {
    Desk desk(plain_preset(write_back), {}, [&](const Call&) { return answer; });
    const WriteOutcome outcome = desk.writer->write("7", values);
    return {outcome.what, outcome.why ? outcome.why->first().code : ""};
}

TEST(RecordWriter, SendsTheFieldsThatAreToBeSetAndNothingElse) {
    Desk desk(plain_preset("json = { who = \"{person.id:number}\", data = \"{values}\", text = \"as {values}\" }"), {},
              [](const Call&) { return answer_of(200, "{}"); });
    EXPECT_EQ(desk.writer->write("7", {{"stand", "nog \"open\""}, {"dag", "2026-05-01"}}).what, What::Written);
    ASSERT_EQ(desk.server.calls().size(), 1U);
    EXPECT_EQ(desk.last().method, "PATCH");
    EXPECT_EQ(desk.last().path, "/p/7");
    EXPECT_EQ(desk.last().body, R"({"who":7,"data":{"dag":"2026-05-01","stand":"nog \"open\""},)"
                                R"("text":"as {\"dag\":\"2026-05-01\",\"stand\":\"nog \\\"open\\\"\"}"})");
}

TEST(RecordWriter, AnIdOrAValueCannotBecomePartOfTheRequest) {
    Desk desk(plain_preset("json = \"{values}\""), {}, [](const Call&) { return answer_of(204, ""); });
    EXPECT_EQ(desk.writer->write("../q?x=1&{token}", {{"stand", "{person.id}\"},{"}}).what, What::Written);
    EXPECT_EQ(desk.last().target, "/p/..%2Fq%3Fx%3D1%26%7Btoken%7D");
    EXPECT_EQ(desk.last().body, R"({"stand":"{person.id}\"},{"})");
}

TEST(RecordWriter, AFieldIsEmptiedTheWayOfTheSystem) {
    for (const auto& [key, sent] : {std::pair{"", R"({"stand":null})"}, {"empty = \"text\"\n", R"({"stand":""})"}}) {
        Desk desk(plain_preset(std::string(key) + "json = \"{values}\""), {}, [](const Call&) { return answer_of(204, ""); });
        EXPECT_EQ(desk.writer->write("7", {{"stand", ""}}).what, What::Written);
        EXPECT_EQ(desk.last().body, sent);
    }
}

TEST(RecordWriter, AnErrorInsideAGoodAnswerIsNoSuccess) {
    const std::string plain = "json = \"{values}\"";
    EXPECT_EQ(said_to(plain, answer_of(200, R"({"error":"NO_SUCH_FIELD"})")).what, What::Refused);
    EXPECT_EQ(said_to(plain, answer_of(200, "<html>Log in</html>", "text/html")).code, "REST-007");
    EXPECT_EQ(said_to(plain, answer_of(200, "{\"id\":")).code, "REST-009");
    EXPECT_EQ(said_to(plain, answer_of(403, "")).code, "REST-019");
    EXPECT_EQ(said_to(plain, answer_of(422, "{}")).code, "REST-023");
    for (const Answer& unclear : {answer_of(200, "<html>Log in</html>"), answer_of(200, "{\"id\":"), answer_of(500, "")})
        EXPECT_EQ(said_to(plain, unclear).what, What::Doubtful);
}

TEST(RecordWriter, ARecordThatIsGoneIsToldApart) {
    const std::string plain = "json = \"{values}\"\n";
    EXPECT_EQ(said_to(plain, answer_of(404, "")).what, What::NotThere);
    EXPECT_EQ(said_to(plain + "gone = [\"GONE\"]", answer_of(200, R"({"error":"GONE"})")).what, What::NotThere);
    EXPECT_EQ(said_to(plain + "done = { path = \"count\", equals = \"1\" }", answer_of(200, R"({"count":1})")).what, What::Written);
    EXPECT_EQ(said_to(plain + "done = { path = \"count\", equals = \"1\" }", answer_of(200, R"({"count":0})")).what, What::NotThere);
    EXPECT_EQ(said_to(plain + "done = { path = \"id\", equals = \"{person.id}\" }", answer_of(200, R"({"id":"7"})")).what, What::Written);
    EXPECT_EQ(said_to(plain + "done = { path = \"id\", equals = \"{person.id}\" }", answer_of(200, R"({"id":"8"})")).code, "REST-048");
    EXPECT_EQ(said_to(plain + "done = { equals = \"true\" }", answer_of(204, "")).what, What::NotThere);
}

TEST(RecordWriter, WhatIsNotAboutTheRecordStopsTheWriting) {
    const std::string plain = "json = \"{values}\"";
    EXPECT_EQ(said_to(plain, answer_of(429, "{}")).what, What::Stopped);
    Desk refused(plain_preset(plain), {}, [](const Call&) { return answer_of(401, ""); });
    EXPECT_THROW(refused.writer->write("7", {{"stand", "nog open"}}), Error);
    EXPECT_EQ(refused.server.calls().size(), 1U);
}

TEST(RecordWriter, ARequestThatGotNoAnswerIsSentAgain) {
    Faults faults([](const Call&) { return answer_of(200, "{}"); });
    Answer cut = answer_of(200, "{\"a\":1}");
    cut.cut_after = 2;
    faults.at(1, "", cut).at(2, "", answer_of(500, ""));
    Desk desk(plain_preset("json = \"{values}\""), {}, faults);
    EXPECT_EQ(desk.writer->write("7", {{"stand", "nog open"}}).what, What::Written);
    EXPECT_EQ(desk.server.calls().size(), 3U);
}

TEST(RecordWriter, KnowsWhichFieldsAreRead) {
    Desk desk(plain_preset("json = \"{values}\""), {}, [](const Call&) { return answer_of(200, "{}"); });
    EXPECT_THAT(desk.writer->read_fields(), testing::ElementsAre("address.town", "first_name", "id", "town"));
    EXPECT_EQ(desk.writer->known_fields(), std::nullopt);
    EXPECT_TRUE(desk.server.calls().empty());
}

TEST(RecordWriter, FieldsThatTheKeyMayNotKnowAreNotKnown) {
    const std::string preset = plain_preset("json = \"{values}\"\nfields = { path = \"fields\", records = \"all\", field = \"@key\" }");
    Answer answer = answer_of(200, R"({"all":{"stand":{"type":"text"},"dag":{}}})");
    Desk desk(preset, {}, [&](const Call&) { return answer; });
    EXPECT_THAT(desk.writer->known_fields(), Optional(testing::ElementsAre("dag", "stand")));
    answer = answer_of(403, "");
    EXPECT_EQ(desk.writer->known_fields(), std::nullopt);
}

TEST(RecordWriter, SecretsDoNotComeBackInFaults) {
    Desk desk(plain_preset("json = \"{values}\""), {},
              [](const Call&) { return answer_of(200, std::string(R"({"error":")") + kSecret + "\"}"); });
    const WriteOutcome outcome = desk.writer->write("7", {{"stand", "nog open"}});
    ASSERT_TRUE(outcome.why);
    EXPECT_THAT(readable(outcome.why->first()), Not(HasSubstr(kSecret)));
    EXPECT_THAT(readable(outcome.why->first()), Not(HasSubstr("nog open")));
}

TEST(RecordWriter, APresetThatNamesNoStreamOfItsOwnIsRefused) {
    std::string text = plain_preset("json = \"{values}\"");
    text.replace(text.find("stream = \"persons\""), 18, "stream = \"people\"");
    try {
        PresetFile::parse(text, "preset.toml").build({{"site", "https://crm.invalid"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "PST-018");
    }
}

// ---------------------------------------------------------------- the systems that presets are shipped for

System one_person(const std::string& table, const std::string& id, const std::string& field) {
    System system;
    system.now_us = std::int64_t{1'795'651'200} * 1'000'000;
    system.tables[table].add({id, 1, 0, State::Live, {{field, "null"}}});
    return system;
}

std::string field_of(System& system, const std::string& table, const std::string& id, const std::string& field) {
    return system.tables[table].find(id)->fields[field];
}

/// Sets, empties, and meets a record that is gone and a key without rights.
void expect_it_writes(Desk& desk, System& system, const std::string& table, const std::string& id, const std::string& field) {
    EXPECT_EQ(desk.writer->write(id, {{field, "nog open"}}).what, What::Written);
    EXPECT_EQ(field_of(system, table, id, field), "\"nog open\"");
    EXPECT_EQ(desk.writer->write(id, {{field, ""}}).what, What::Written);
    EXPECT_EQ(field_of(system, table, id, field), "null");
    EXPECT_THAT(desk.writer->known_fields(), Optional(Contains(field)));
    EXPECT_THAT(desk.writer->known_fields(), Optional(Not(Contains(field + "x"))));
    system.tables[table].find(id)->state = State::Gone;
    EXPECT_EQ(desk.writer->write(id, {{field, "nog open"}}).what, What::NotThere);
}

TEST(RecordWriterAtCiviCrm, OnBothSystemsThatItRunsOn) {
    for (const auto cms : {stand_in::CiviCrm::Cms::Drupal, stand_in::CiviCrm::Cms::WordPress}) {
        System system = one_person("Contact", "12", "Toeleiding.stand_d1");
        stand_in::CiviCrm civi(system);
        civi.cms = cms;
        Desk desk(shipped("civicrm-api4"), {{"api_key", system.secret}}, std::ref(civi));
        expect_it_writes(desk, system, "Contact", "12", "Toeleiding.stand_d1");
        system.tables["Contact"].find("12")->state = State::Live;
        EXPECT_NE(desk.writer->write("12", {{"Toeleiding.bestaat_niet", "x"}}).what, What::Written);
    }
}

TEST(RecordWriterAtEspoCrm, AlsoWhatItWouldPassOverWithoutAWord) {
    System system = one_person("Contact", "6b04b34e00000000a", "cStandD1");
    stand_in::EspoCrm espo(system);
    Desk desk(shipped("espocrm"), {{"api_key", system.secret}}, std::ref(espo));
    EXPECT_EQ(desk.writer->write("6b04b34e00000000a", {{"cBestaatNiet", "x"}}).what, What::Written) << "so the fields must be asked for";
    expect_it_writes(desk, system, "Contact", "6b04b34e00000000a", "cStandD1");
    system.denied = {"Contact"};
    const WriteOutcome refused = desk.writer->write("6b04b34e00000000a", {{"cStandD1", "x"}});
    EXPECT_EQ(refused.what, What::Refused);
    EXPECT_EQ(refused.why->exit(), Exit::NoPermission);
}

TEST(RecordWriterAtOdoo, UnderBothProtocols) {
    for (const auto& [preset, version] : {std::pair{"odoo-json2", 19}, {"odoo-jsonrpc", 16}}) {
        System system = one_person("res.partner", "31", "x_stand_d1");
        stand_in::Odoo odoo(system);
        odoo.version = version;
        std::map<std::string, std::string> values{{"api_key", system.secret}};
        if (version < 19) values.insert({{"database", odoo.database}, {"user", odoo.login}});
        Desk desk(shipped(preset), values, std::ref(odoo));
        desk.logged_in_as("2");
        expect_it_writes(desk, system, "res.partner", "31", "x_stand_d1");
        system.denied = {"res.partner"};
        const WriteOutcome refused = desk.writer->write("31", {{"x_stand_d1", "x"}});
        EXPECT_EQ(refused.what, What::Refused) << preset;
        EXPECT_EQ(refused.why->exit(), Exit::NoPermission) << preset;
    }
}

}  // namespace
}  // namespace brugwacht
