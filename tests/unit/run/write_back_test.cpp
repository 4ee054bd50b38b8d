// Writing back to an EspoCRM that stands in for a real one, from import to withdrawal.
#include "engine/run/write_back.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connector/rest/stream_reader.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/import.hpp"
#include "engine/run/undo.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {
namespace {

using stand_in::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kBoth = "status = { D1 = \"cStandD1\" }\ndecided_on = { D1 = \"cDagD1\" }\n";

class WriteBack : public testing::Test {
  protected:
    WriteBack() : secrets_(key_files(dir_ / "p/keys")), files_(disk_files()), log_(no_log()), ports_{clock_, *files_, *secrets_, *log_} {
        system_.now_us = clock_.at * 1'000'000;
        create_project(dir_ / "p", "nl", {}, ports_);
        write_secret();
        contact(1, "2026-10-01");  // D1 may be decided until April 2027
        contact(2, "2026-01-10");  // and was by July 2026
        contact(3, "");            // no trajectory
    }

    static std::string id_of(int number) { return "6b04b34e" + std::to_string(100'000'000 + number); }

    void contact(int number, const std::string& trajectory_from) {
        const std::string n = std::to_string(number);
        stand_in::Record record{id_of(number), (clock_.at - 86'400) * 1'000'000, 0, State::Live, {}};
        record.fields = {{"firstName", "\"Voornaam" + n + "\""},
                         {"lastName", "\"Achternaam" + n + "\""},
                         {"cBirthDate", "\"2014-05-" + std::to_string(10 + number % 18) + "\""},
                         {"cStandD1", "null"},
                         {"cDagD1", "null"},
                         {"cVanIemandAnders", "\"blijft\""}};
        system_.tables["Contact"].add(record);
        if (trajectory_from.empty()) return;
        stand_in::Record course{"c" + id_of(number), record.modified_us, 0, State::Live, {}};
        course.fields = {
            {"type", "\"Toeleiding\""}, {"contactId", "\"" + record.id + "\""}, {"createdAt", "\"" + trajectory_from + " 08:00:00\""}};
        system_.tables["Case"].add(course);
    }

    void write_secret() { files_->write(dir_ / "p/keys/crm.secret", system_.secret, 0600); }

    Project project(const std::string& write_back, const std::string& more = {}) {
        std::string text =
            "schema = \"brugwacht/1\"\nlanguage = \"nl\"\n[[source]]\nname = \"crm\"\npreset = \"espocrm\"\nrole = \"caseload\"\n"
            "legal_basis = \"algemeen belang\"\npurpose = \"toeleiding\"\n" +
            more + "[source.connection]\nsite = \"" + server_.address() + "\"\napi_key = { file = \"keys/crm.secret\" }\n";
        if (!write_back.empty()) text += "[source.write_back]\n" + write_back;
        write_bytes(dir_ / "p/brugwacht.toml", text + others_);
        return Project::load(dir_ / "p", *files_);
    }

    void import() {
        ImportRequest request;
        request.inputs = {"crm"};
        const ImportSummary summary = import_files(project(kBoth), request, remote_, ports_);
        ASSERT_EQ(summary.exit(), Exit::Ok);
    }

    SourceWriteBack write(const std::string& settings, WriteBackRequest request) {
        const WriteBackSummary summary = write_back(project(settings), request, remote_, ports_);
        return summary.sources.at(0);
    }
    SourceWriteBack send(const std::string& settings = kBoth, const std::string& as_of = {}) {
        WriteBackRequest request;
        request.send = true;
        if (!as_of.empty()) request.as_of = Date::parse_iso(as_of);
        return write(settings, request);
    }
    static std::string code_of(const std::function<void()>& act) {
        try {
            act();
        } catch (const Error& error) {
            return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
        }
        return "nothing";
    }

    std::string field(int number, const std::string& name) { return system_.tables["Contact"].find(id_of(number))->fields[name]; }
    /// Bodies of the requests that change something.
    std::vector<std::string> changes() const {
        std::vector<std::string> bodies;
        for (const Call& call : server_.calls())
            if (call.method != "GET") bodies.push_back(call.body);
        return bodies;
    }
    std::vector<WrittenBack> remembered() { return Vault::open(dir_ / "p/vault.db", load_keys(*secrets_)).written("crm"); }

    TempDir dir_;
    SetClock clock_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
    stand_in::System system_;
    stand_in::EspoCrm espo_{system_};
    std::function<Answer(const Call&)> instead_;  // empty: EspoCRM itself answers
    LocalServer server_{[this](const Call& call) { return instead_ ? instead_(call) : espo_(call); }};
    FakePause pause_;
    RemotePorts remote_{curl_transport, pause_, {}};
    std::string others_;  // sources
};

TEST_F(WriteBack, WithoutSendingItOnlyCounts) {
    import();
    const SourceWriteBack told = write(kBoth, {});
    EXPECT_EQ(told.exit(), Exit::Ok);
    EXPECT_EQ(told.records.set, 2U);
    EXPECT_EQ(told.statuses.at("D1")[static_cast<std::size_t>(Status::Pending)].set, 1U);
    EXPECT_EQ(told.statuses.at("D1")[static_cast<std::size_t>(Status::NotAchieved)].set, 1U);
    EXPECT_EQ(told.planned.size(), 2U);
    EXPECT_THAT(changes(), IsEmpty());
    EXPECT_THAT(remembered(), IsEmpty());
}

TEST_F(WriteBack, SetsTheConfiguredFieldsOfPersonsWithATrajectoryAndNothingElse) {
    import();
    const SourceWriteBack told = send();
    EXPECT_EQ(told.exit(), Exit::Ok);
    EXPECT_EQ(told.written, 2U);
    EXPECT_THAT(changes(), testing::UnorderedElementsAre(R"({"cDagD1":"2027-04-01","cStandD1":"nog open"})",
                                                         R"({"cDagD1":"2026-07-10","cStandD1":"niet behaald"})"));
    EXPECT_EQ(field(1, "cStandD1"), "\"nog open\"");
    EXPECT_EQ(field(3, "cStandD1"), "null");
    EXPECT_EQ(field(1, "cVanIemandAnders"), "\"blijft\"");
}

TEST_F(WriteBack, TheSecondTimeOnlyWhatChangedIsSent) {
    import();
    EXPECT_EQ(send(kBoth, "2026-06-01").written, 1U) << "the other trajectory has not begun then";
    EXPECT_EQ(field(2, "cStandD1"), "\"nog open\"");
    const SourceWriteBack today = send();
    EXPECT_EQ(today.records.set, 1U);
    EXPECT_EQ(today.records.changed, 1U);
    EXPECT_THAT(changes(), testing::Contains(R"({"cStandD1":"niet behaald"})")) << "the day stays";
    const std::size_t calls = server_.calls().size();
    const SourceWriteBack again = send();
    EXPECT_EQ(again.records.unchanged, 2U);
    EXPECT_EQ(server_.calls().size(), calls);
}

TEST_F(WriteBack, IsWrittenInTheAuditLogBeforeAndAfter) {
    import();
    const std::int64_t before = Ledger::open(dir_ / "p/ledger.db").verify(*secrets_, nullptr).entries;
    send();
    const AuditCheck check = Ledger::open(dir_ / "p/ledger.db").verify(*secrets_, nullptr);
    EXPECT_EQ(check.entries, before + 2);
    EXPECT_FALSE(check.problem);
    send();  // nothing to send, nothing to tell
    EXPECT_EQ(Ledger::open(dir_ / "p/ledger.db").verify(*secrets_, nullptr).entries, before + 2);
}

TEST_F(WriteBack, WhoIsGoneHereIsTakenBackThere) {
    import();
    send();
    undo_in_project(project(kBoth), 1, ports_, false);
    const SourceWriteBack told = send();
    EXPECT_EQ(told.records.withdrawn, 2U);
    EXPECT_EQ(told.withdrawn.at("D1"), 2U);
    EXPECT_EQ(field(1, "cStandD1"), "null");
    EXPECT_EQ(field(2, "cDagD1"), "null");
    EXPECT_THAT(remembered(), IsEmpty());
}

TEST_F(WriteBack, ARecordThatIsGoneThereToo) {
    import();
    send();
    undo_in_project(project(kBoth), 1, ports_, false);
    espo_.remove("Contact", id_of(1));
    EXPECT_EQ(send().exit(), Exit::Ok);
    EXPECT_THAT(remembered(), IsEmpty());
}

TEST_F(WriteBack, AFieldThatIsNoLongerAskedForIsEmptied) {
    import();
    send();
    const SourceWriteBack told = send("status = { D1 = \"cStandD1\" }\n");
    EXPECT_EQ(told.records.changed, 2U);
    EXPECT_EQ(field(1, "cDagD1"), "null");
    EXPECT_EQ(field(1, "cStandD1"), "\"nog open\"");
    EXPECT_EQ(remembered().at(0).values.size(), 1U);
}

TEST_F(WriteBack, AllIsTakenBackAlsoWhenNothingIsConfiguredAnyMore) {
    import();
    send();
    WriteBackRequest request;
    request.sources = {"crm"};
    request.send = true;
    EXPECT_EQ(code_of([&] { write("", request); }), "WBK-002 78");
    request.withdraw = true;
    EXPECT_EQ(write("", request).written, 2U);
    EXPECT_EQ(field(1, "cStandD1"), "null");
    EXPECT_EQ(field(1, "cVanIemandAnders"), "\"blijft\"");
    EXPECT_THAT(remembered(), IsEmpty());
}

TEST_F(WriteBack, PastTheLastDayOfASourceOnlyTakingBackIsAllowed) {
    import();
    send();
    WriteBackRequest request;
    request.send = true;
    const Project expired = project(kBoth, "valid_until = 2026-11-01\n");
    const SourceWriteBack refused = write_back(expired, request, remote_, ports_).sources.at(0);
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->first().code, "WBK-008");
    EXPECT_EQ(refused.exit(), Exit::NoPermission);
    request.withdraw = true;
    EXPECT_EQ(write_back(expired, request, remote_, ports_).sources.at(0).written, 2U);
}

TEST_F(WriteBack, AWrongFieldIsFoundBeforeAnythingIsWritten) {
    import();
    const SourceWriteBack unknown = send("status = { D1 = \"cStandD2\" }\n");
    ASSERT_TRUE(unknown.error);
    EXPECT_EQ(unknown.error->first().code, "WBK-006");
    EXPECT_EQ(unknown.exit(), Exit::Config);
    EXPECT_THAT(readable(unknown.error->first()), HasSubstr("cStandD1"));
    const SourceWriteBack read = write("status = { D1 = \"lastName\" }\n", {});
    ASSERT_TRUE(read.error);
    EXPECT_EQ(read.error->first().code, "WBK-005");
    EXPECT_EQ(code_of([&] { write("status = { D9 = \"cStandD1\" }\n", {}); }), "WBK-004 78");
    EXPECT_EQ(code_of([&] { project("status = { D1 = \"a\", D2 = \"a\" }\n"); }), "PRJ-013 78");
    EXPECT_EQ(code_of([&] { project("automatic = true\n"); }), "PRJ-012 78");
    EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(WriteBack, ThreeRefusalsOfAKindAreEnough) {
    for (const int number : {4, 5, 6}) contact(number, "2026-10-01");
    import();
    system_.denied = {"Contact"};
    const SourceWriteBack told = send();
    EXPECT_EQ(told.refused, 3U);
    EXPECT_EQ(told.left, 2U);
    EXPECT_EQ(told.exit(), Exit::NoPermission);
    EXPECT_EQ(changes().size(), 3U);
    EXPECT_THAT(remembered(), IsEmpty()) << "what was refused does not stand there";
    system_.denied.clear();
    EXPECT_EQ(send().written, 5U);
}

TEST_F(WriteBack, OneRefusalDoesNotHoldTheOthersUp) {
    import();
    instead_ = [this](const Call& call) {
        Answer refused;
        refused.status = 400;
        return call.method == "PUT" && call.path.ends_with(id_of(1)) ? refused : espo_(call);
    };
    const SourceWriteBack told = send();
    EXPECT_EQ(told.written, 1U);
    EXPECT_EQ(told.refused, 1U);
    EXPECT_EQ(told.exit(), Exit::Partial);
    EXPECT_EQ(remembered().size(), 1U);
}

TEST_F(WriteBack, AnErrorInsideAGoodAnswerIsNotTakenForWritten) {
    import();
    instead_ = [this](const Call& call) {
        Answer page;
        page.body = call.method == "PUT" ? "<html>Onderhoud</html>" : "";
        page.headers = {{"Content-Type", "text/html"}};
        return call.method == "PUT" ? page : espo_(call);
    };
    const SourceWriteBack told = send();
    EXPECT_EQ(told.refused, 2U);
    EXPECT_EQ(told.written, 0U);
    ASSERT_EQ(remembered().size(), 2U) << "such an answer does not tell whether it was taken";
    EXPECT_EQ(remembered()[0].values.at("cStandD1"), "");
}

TEST_F(WriteBack, AnInterruptionIsRememberedAsPerhapsWritten) {
    import();
    instead_ = [this](const Call& call) {
        Answer answer = espo_(call);
        if (call.method == "PUT") answer.cut_after = 1;
        return answer;
    };
    const SourceWriteBack told = send();
    EXPECT_EQ(told.exit(), Exit::TryLater);
    EXPECT_EQ(told.left, 2U);
    ASSERT_EQ(remembered().size(), 1U);
    EXPECT_EQ(remembered()[0].values.at("cStandD1"), "");
    instead_ = {};
    undo_in_project(project(kBoth), 1, ports_, false);
    EXPECT_EQ(send().written, 1U);
    EXPECT_EQ(field(1, "cStandD1"), "null");
    EXPECT_EQ(field(2, "cStandD1"), "null");
    EXPECT_THAT(remembered(), IsEmpty());
}

TEST_F(WriteBack, AnEmptiedStoreDoesNotEmptyEverybody) {
    for (int number = 4; number < 24; ++number) contact(number, "2026-10-01");
    import();
    EXPECT_EQ(send().written, 22U);
    undo_in_project(project(kBoth), 1, ports_, false);
    const SourceWriteBack told = send();
    ASSERT_TRUE(told.error);
    EXPECT_EQ(told.error->first().code, "WBK-007");
    EXPECT_EQ(told.exit(), Exit::Refused);
    EXPECT_EQ(field(1, "cStandD1"), "\"nog open\"");
    WriteBackRequest all;
    all.send = all.withdraw = true;
    EXPECT_EQ(write(kBoth, all).written, 22U);
    EXPECT_EQ(field(1, "cStandD1"), "null");
}

TEST_F(WriteBack, WhatASourceBoundBySecrecyKnowsIsNotToldOn) {
    others_ =
        "[[source]]\nname = \"ocmw\"\nfiles = [\"*.csv\"]\nmapping = \"canonical\"\nrole = \"caseload\"\nlegal_basis = "
        "\"public_task\"\npurpose = "
        "\"guidance\"\nsecrecy = true\nlink_authorisation = \"protocol 12\"\n";
    write_bytes(dir_ / "p/inbox/people.csv", "key,given_name,family_name,birth_date\nP1,Voornaam1,Achternaam1,2014-05-11\n");
    write_bytes(dir_ / "p/inbox/trajectories.csv", "key,person,start\nT1,P1,2026-09-01\n");
    import_files(project(kBoth), {}, remote_, ports_);
    const SourceWriteBack told = send();
    EXPECT_EQ(told.held_back, 1U);
    EXPECT_EQ(told.written, 1U);
    EXPECT_EQ(field(1, "cStandD1"), "null");
    EXPECT_EQ(field(2, "cStandD1"), "\"niet behaald\"");
}

TEST_F(WriteBack, NothingIsAskedOfAServerWithoutSettings) {
    import();
    const std::size_t calls = server_.calls().size();
    EXPECT_EQ(code_of([&] { write("", {}); }), "WBK-001 78");
    WriteBackRequest unknown;
    unknown.sources = {"bestaat-niet"};
    EXPECT_EQ(code_of([&] { write(kBoth, unknown); }), "SYN-005 66");
    WriteBackRequest future;
    future.as_of = Date::parse_iso("2030-01-01");
    EXPECT_EQ(code_of([&] { write(kBoth, future); }), "RUN-009 65");
    EXPECT_EQ(server_.calls().size(), calls);
}

TEST_F(WriteBack, SecretsStandInNoFault) {
    import();
    instead_ = [this](const Call& call) {
        Answer refused = espo_(call);
        if (call.method == "PUT") {
            refused.status = 400;
            refused.headers.emplace_back("X-Status-Reason", "key " + system_.secret + " for Voornaam1");
        }
        return refused;
    };
    const SourceWriteBack told = send();
    ASSERT_TRUE(told.last_refusal);
    EXPECT_THAT(readable(*told.last_refusal), Not(HasSubstr(system_.secret)));
}

/// Fills every parameter that must be filled.
Preset built(const PresetFile& file) {
    std::map<std::string, std::string> values;
    for (const ParameterDef& def : file.parameters())
        if (def.required)
            values[def.name] = def.url ? "https://crm.voorbeeldstad.invalid" : def.choices.empty() ? "x" : def.choices.front();
    return file.build(values);
}

/// The keys of the persons that a row of a stream makes, in which nothing but its id is filled.
std::vector<std::string> persons_made(const Mapping& mapping, const RemoteSheet& sheet, const std::string& id_header) {
    SheetMapper mapper(mapping, sheet.name, sheet.name);
    MappedRow mapped;
    const auto map = [&](const std::function<std::string(std::size_t)>& text_of, std::uint64_t row) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < sheet.headers.size(); ++i) texts.push_back(text_of(i));
        std::vector<Cell> cells;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (texts[i].empty()) continue;
            Cell cell;
            cell.column = static_cast<std::uint32_t>(i);
            cell.kind = CellKind::Text;
            cell.text = texts[i];
            cells.push_back(cell);
        }
        mapper.map({1, row, cells}, mapped);
        std::vector<std::string> keys;
        for (std::size_t i = 0; i < mapped.count; ++i)
            if (mapped.records[i].entity == Entity::Person) keys.emplace_back(mapped.records[i].get("key"));
        return keys;
    };
    map([&](std::size_t i) { return sheet.headers[i]; }, 1);
    return map([&](std::size_t i) { return sheet.headers[i] == id_header ? std::string("17") : std::string(); }, 2);
}

TEST(WriteBackPresets, WriteToPersonsWhoseKeyIsTheBareId) {
    int presets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(BRUGWACHT_SOURCE_DIR "/mappings/rest")) {
        const std::string text = read_bytes(entry.path());
        const Preset preset = built(PresetFile::parse(text, entry.path().filename().string()));
        if (!preset.write_back) continue;
        ++presets;
        const StreamPlan& stream = *preset.stream(preset.write_back->stream);
        const auto id = std::find_if(stream.fields.begin(), stream.fields.end(),
                                     [&](const RemoteField& field) { return field.paths == std::vector<std::string>{stream.id}; });
        ASSERT_NE(id, stream.fields.end()) << entry.path();
        const Mapping mapping = Mapping::parse_preset(preset.name, text, entry.path().string(), code_lists());
        EXPECT_THAT(persons_made(mapping, StreamReader::sheets(preset, stream).front(), id->name), ElementsAre("17")) << entry.path();
        EXPECT_TRUE(preset.write_back->fields) << "so that a wrong field is found before anything is written: " << entry.path();
    }
    EXPECT_EQ(presets, 8);
}

}  // namespace
}  // namespace brugwacht
