// The program itself writes to an EspoCRM that stands in for a real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "tests/support/local_server.hpp"
#include "tests/support/scratch_project.hpp"
#include "tests/support/stand_in/espocrm.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kDay = 86'400;
constexpr int kTooFewToPublish = 4;  // two children make no workbook for a steering group; that holds nothing else up

class WriteBackCommand : public testing::Test {
  protected:
    WriteBackCommand() {
        system_.now_us = now_ * 1'000'000;
        person("6b04b34e100000001", "Voornaam1", now_ - 30 * kDay);
        person("6b04b34e100000002", "Voornaam2", now_ - 400 * kDay);
        write_bytes(project_ / "keys/crm.secret", system_.secret);
        std::filesystem::permissions(project_ / "keys/crm.secret", std::filesystem::perms(0600));
        configure("");
    }

    void person(const std::string& id, const std::string& name, std::int64_t trajectory_from) {
        stand_in::Record record{id, (now_ - kDay) * 1'000'000, 0, State::Live, {}};
        record.fields = {{"firstName", "\"" + name + "\""}, {"lastName", "\"Achternaam\""}, {"cStandD1", "null"}, {"cDagD1", "null"}};
        system_.tables["Contact"].add(record);
        stand_in::Record course{"c" + id, record.modified_us, 0, State::Live, {}};
        course.fields = {{"type", "\"Toeleiding\""},
                         {"contactId", "\"" + id + "\""},
                         {"createdAt", "\"" + stand_in::format_time(trajectory_from * 1'000'000, "%Y-%m-%d %H:%M:%S") + "\""}};
        system_.tables["Case"].add(course);
    }

    void configure(const std::string& more) {
        write_bytes(project_ / "brugwacht.toml",
                    "schema = \"brugwacht/1\"\n[[source]]\nname = \"crm\"\npreset = \"espocrm\"\nrole = \"caseload\"\n"
                    "legal_basis = \"algemeen belang\"\npurpose = \"toeleiding\"\n[source.connection]\nsite = \"" +
                        server_.address() +
                        "\"\napi_key = { file = \"keys/crm.secret\" }\n[source.write_back]\n"
                        "status = { D1 = \"cStandD1\" }\ndecided_on = { D1 = \"cDagD1\" }\n" +
                        more);
    }

    std::string field(const std::string& id, const std::string& name) { return system_.tables["Contact"].find(id)->fields[name]; }
    std::size_t changes() const {
        std::size_t count = 0;
        for (const Call& call : server_.calls()) count += call.method == "PUT" ? 1U : 0U;
        return count;
    }

    std::int64_t now_ = std::time(nullptr);
    stand_in::System system_;
    stand_in::EspoCrm espo_{system_};
    LocalServer server_{std::ref(espo_)};
    ScratchProject project_;
};

TEST_F(WriteBackCommand, TriesFirstSendsWhenAskedAndTakesBack) {
    project_.json({"import", "crm"});
    const RunResult dry = project_.run({"write-back"});
    EXPECT_EQ(dry.status, 0) << dry.err;
    EXPECT_THAT(dry.out, HasSubstr("crm: 2 in te vullen, 0 te wijzigen, 0 leeg te maken"));
    EXPECT_THAT(dry.out, HasSubstr("D1 nog open: 1 in te vullen"));
    EXPECT_THAT(dry.out, HasSubstr("D1 niet behaald: 1 in te vullen"));
    EXPECT_THAT(dry.err, HasSubstr("--send"));
    EXPECT_THAT(dry.out + dry.err, Not(HasSubstr("6b04b34e")));
    EXPECT_EQ(project_.run({"write-back", "--send", "--dry-run"}).status, 0);
    EXPECT_EQ(changes(), 0U);

    EXPECT_EQ(at(project_.json({"write-back"}), "sources").items.at(0).find("ids"), nullptr);
    const Node with_ids = project_.json({"write-back", "--ids"});
    EXPECT_EQ(at(at(with_ids, "sources").items.at(0), "ids").items.size(), 2U);

    const Node sent = project_.json({"write-back", "crm", "--send"});
    EXPECT_EQ(at(at(sent, "sources").items.at(0), "written").integer, 2);
    EXPECT_EQ(field("6b04b34e100000001", "cStandD1"), "\"nog open\"");
    EXPECT_EQ(field("6b04b34e100000002", "cStandD1"), "\"niet behaald\"");
    EXPECT_EQ(at(at(project_.json({"write-back", "--send"}), "sources").items.at(0), "written").integer, 0);

    project_.json({"write-back", "--withdraw", "--send"});
    EXPECT_EQ(field("6b04b34e100000001", "cStandD1"), "null");
    EXPECT_EQ(field("6b04b34e100000001", "cDagD1"), "null");
}

TEST_F(WriteBackCommand, TheWordsAreThoseOfTheProjectWhoeverAsks) {
    project_.json({"import", "crm"});
    project_.json({"write-back", "--send", "--lang", "fr"});
    EXPECT_EQ(field("6b04b34e100000001", "cStandD1"), "\"nog open\"");
}

TEST_F(WriteBackCommand, ARunDoesItOnlyWhenAsked) {
    EXPECT_TRUE(at(project_.json({"run"}, kTooFewToPublish), "write_back").is(Node::Kind::Null));
    EXPECT_EQ(changes(), 0U);
    configure("automatic = true\n");
    project_.json({"run", "--dry-run"}, kTooFewToPublish);
    EXPECT_EQ(changes(), 0U);
    const Node run = project_.json({"run"}, kTooFewToPublish);
    EXPECT_EQ(at(at(run, "write_back"), "exit").integer, 0);
    EXPECT_EQ(changes(), 2U);
}

TEST_F(WriteBackCommand, ARunIsDoneAlsoWhenThatFails) {
    configure("automatic = true\n");
    project_.json({"import", "crm"});
    system_.tables["Contact"].find("6b04b34e100000001")->fields.erase("cDagD1");
    system_.tables["Contact"].find("6b04b34e100000002")->fields.erase("cDagD1");
    const RunResult run = project_.run({"run"});
    EXPECT_EQ(run.status, kTooFewToPublish) << run.err;
    EXPECT_THAT(run.err, HasSubstr("WBK-006"));
    EXPECT_THAT(run.err, HasSubstr("de rest van de uitvoering is dat wel"));
    EXPECT_EQ(at(at(project_.json({"run"}, kTooFewToPublish), "write_back"), "exit").integer, 78);
}

TEST_F(WriteBackCommand, AKeyThatIsRefusedIsToldAndNeverShown) {
    project_.json({"import", "crm"});
    system_.secret = "een-andere-sleutel";
    const RunResult refused = project_.run({"write-back", "--send"});
    EXPECT_EQ(refused.status, 77);
    EXPECT_THAT(refused.out + refused.err, Not(HasSubstr("geheim-van-de-test")));
    EXPECT_THAT(read_bytes(project_ / "log/brugwacht.jsonl"), Not(HasSubstr("geheim-van-de-test")));
}

}  // namespace
}  // namespace brugwacht
