#include "engine/run/lawful.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/audit/ledger.hpp"
#include "engine/lib/database.hpp"
#include "engine/run/import.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kNow = 1790000000;  // 2026-09-21
constexpr const char* kMemberList = R"(schema = "mapping/1"
label = "Ledenlijst"
role = "caseload"
[[sheet]]
match = "headers"
[sheet.columns]
nr = { headers = ["key"], required = true }
first = { headers = ["given_name"], required = true }
last = ["family_name"]
born = ["birth_date"]
phone = ["phone"]
[[sheet.record]]
entity = "person"
key = { columns = ["nr"] }
[sheet.record.fields]
given_name = "first"
family_name = "last"
birth_date = "born"
phone = "phone"
)";

class Lawful : public testing::Test {
  protected:
    Lawful()
        : secrets_(key_files(dir_ / "p/keys")),
          clock_(fixed_clock(kNow)),
          files_(disk_files()),
          log_(no_log()),
          ports_{*clock_, *files_, *secrets_, *log_} {
        create_project(dir_ / "p", "nl", {}, ports_);
        write_bytes(dir_ / "p/mappings/leden.toml", kMemberList);
    }

    Project project(const std::string& text) {
        write_bytes(dir_ / "p/brugwacht.toml", "schema = \"brugwacht/1\"\n" + text);
        return Project::load(dir_ / "p", *files_);
    }
    static std::string source(const std::string& name, const std::string& more) {
        return "[[source]]\nname = \"" + name + "\"\nfiles = [\"" + name + "*.csv\"]\nmapping = \"leden\"\n" + more;
    }
    void drop(const std::string& name, std::string_view text) { write_bytes(dir_ / "p/inbox" / name, text); }
    void drop_people(const std::string& name) {
        drop(name, "key,given_name,family_name,birth_date,phone\nP1,Noor,Peeters,2014-03-07,0470000000\nP2,Sam,Maes,2013-01-09,\n");
    }

    std::vector<std::string> faults_of(const std::string& text) {
        try {
            project(text);
        } catch (const Error& error) {
            std::vector<std::string> codes;
            for (const Fault& fault : error.faults()) codes.push_back(fault.code);
            return codes;
        }
        return {};
    }

    std::int64_t refusals() {
        return Database::open(dir_ / "p/ledger.db", Database::Mode::ReadOnly)
            .integer("SELECT count(*) FROM entry WHERE content LIKE '%import.refused%'")
            .value_or(0);
    }
    std::uint64_t persons() {
        std::error_code ignored;
        const auto store = dir_ / "p/store.db";
        return std::filesystem::exists(store, ignored) ? StoreReader::open(store).count("person") : 0;
    }
    std::string code_of_import(const Project& from, const ImportRequest& request = {}) {
        try {
            const ImportSummary summary = import_files(from, request, ports_);
            return "exit " + std::to_string(static_cast<int>(summary.exit()));
        } catch (const Error& error) {
            return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
        }
    }
    std::string sealed(std::string_view field) {
        std::string all;
        Vault::open(dir_ / "p/vault.db", load_keys(*secrets_)).each([&](const Identity& identity) {
            all += identity.values[field_index(Entity::Person, field).value()] + ";";
        });
        return all;
    }

    TempDir dir_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

TEST_F(Lawful, AnExpiredProtocolBringsNoRowsStatus77AndOneAuditEvent) {
    const Project expired = project(source("club", "valid_until = 2026-09-20\n"));
    drop_people("club-people.csv");
    EXPECT_EQ(code_of_import(expired), "RUN-003 77");
    EXPECT_EQ(persons(), 0U);
    EXPECT_EQ(refusals(), 1);
    EXPECT_FALSE(Ledger::open(dir_ / "p/ledger.db").verify(*secrets_, nullptr).problem);
}

TEST_F(Lawful, OnItsLastDayAProtocolStillHolds) {
    const Project last_day = project(source("club", "valid_until = 2026-09-21\n"));
    drop_people("club-people.csv");
    EXPECT_EQ(code_of_import(last_day), "exit 0");
    EXPECT_EQ(persons(), 2U);
}

TEST_F(Lawful, EveryRefusedFileLeavesAnEventAndTheOtherSourcesGoOn) {
    const Project mixed = project(source("club", "valid_until = 2026-09-20\n") + source("open", "legal_basis = \"consent\"\n"));
    for (const char* name : {"club-people.csv", "club-people-2.csv", "open-people.csv"}) drop_people(name);
    const ImportSummary summary = import_files(mixed, {}, ports_);
    EXPECT_EQ(summary.exit(), Exit::NoPermission);
    EXPECT_EQ(persons(), 2U);
    EXPECT_EQ(refusals(), 2);
}

TEST_F(Lawful, ATrialLeavesNoEvent) {
    const Project expired = project(source("club", "valid_until = 2026-09-20\n"));
    drop_people("club-people.csv");
    ImportRequest request;
    request.dry_run = true;
    EXPECT_THROW(import_files(expired, request, ports_), Error);
    EXPECT_EQ(refusals(), 0);
}

TEST_F(Lawful, AnotherNameDoesNotLetAFileSlipInUnderAnExpiredSource) {
    // The file fits no pattern; its mapping is called like the source, so its rows would be of that source.
    const Project expired = project("[[source]]\nname = \"leden\"\nfiles = [\"x*.csv\"]\nvalid_until = 2026-09-20\n");
    drop_people("people.csv");
    ImportRequest request;
    request.mapping = "leden";
    EXPECT_EQ(code_of_import(expired, request), "RUN-003 77");
    EXPECT_EQ(persons(), 0U);
}

TEST_F(Lawful, UnlawfulCombinationsRefuseAndSayWhy) {
    const std::string municipality = "[organisation]\nkind = \"municipality\"\n";
    drop_people("club-people.csv");
    EXPECT_EQ(code_of_import(project(municipality + source("club", "legal_basis = \"legitimate_interest\"\n"))), "LEG-010 77");
    EXPECT_EQ(code_of_import(project(source("club", "purpose = \"subsidy\"\nlink_authorisation = \"B-1\"\n"))), "LEG-011 77");
    EXPECT_EQ(code_of_import(project(source("club", "purpose = \"subsidy\"\nrole = \"evidence\"\n"))), "LEG-012 77");
    EXPECT_EQ(persons(), 0U);
    EXPECT_EQ(code_of_import(project("[organisation]\nkind = \"vzw\"\n" + source("club", "legal_basis = \"legitimate_interest\"\n"))),
              "exit 0");
}

TEST_F(Lawful, WordsOutsideTheListsAndDatesThatAreNoneAreFaultsOfTheSettings) {
    EXPECT_THAT(faults_of(source("a", "legal_basis = \"omdat het kan\"\n")), ElementsAre("CFG-004"));
    EXPECT_THAT(faults_of(source("a", "purpose = \"reclame\"\n")), ElementsAre("CFG-004"));
    EXPECT_THAT(faults_of(source("a", "valid_until = \"2026-13-01\"\n")), ElementsAre("CFG-003"));
    EXPECT_THAT(faults_of(source("a", "valid_until = 2026-02-30\n")), ElementsAre("TOM-001"));
    EXPECT_THAT(faults_of(source("a", "secrecy = \"ja\"\n")), ElementsAre("CFG-003"));
    EXPECT_THAT(faults_of(source("a", "legal_basis = 6\n")), ElementsAre("CFG-003"));
    EXPECT_THAT(faults_of("[organisation]\nkind = \"bank\"\n"), ElementsAre("CFG-004"));
    EXPECT_THAT(faults_of("[minimisation]\nphone = \"kept\"\nshoe_size = \"dropped\"\n"), ElementsAre("LEG-005", "LEG-004"));
    EXPECT_THAT(faults_of("minimisation = \"strict\"\n"), ElementsAre("CFG-003"));
}

TEST_F(Lawful, TheKindOfOrganisationGivesTheAuthorityUnlessAnotherIsNamed) {
    EXPECT_EQ(project("[organisation]\nkind = \"ocmw\"\n").settings().authority, "VTC");
    EXPECT_EQ(project("[organisation]\nkind = \"vzw\"\n").settings().authority, "GBA");
    EXPECT_EQ(project("[organisation]\nkind = \"vzw\"\nauthority = \"VTC en GBA\"\n").settings().authority, "VTC en GBA");
    EXPECT_EQ(project("").settings().authority, "");
}

TEST_F(Lawful, LinkingIsAllowedByPurposeAndSecrecy) {
    SourceSettings source;
    EXPECT_EQ(link_permission(source), LinkPermission::Mainland);
    source.purpose = "subsidy";
    EXPECT_EQ(link_permission(source), LinkPermission::Never);
    source.link_authorisation = "besluit 12";
    EXPECT_EQ(link_permission(source), LinkPermission::Never);  // no paper makes another purpose of it
    source = {};
    source.secrecy = true;
    EXPECT_EQ(link_permission(source), LinkPermission::OwnSource);
    source.link_authorisation = "besluit 12";
    EXPECT_EQ(link_permission(source), LinkPermission::Mainland);
}

TEST_F(Lawful, FieldsThatTheProjectDropsNeverReachTheVault) {
    const Project strict = project("[minimisation]\nphone = \"dropped\"\nbirth_date = \"banded year\"\n" + source("club", ""));
    drop_people("club-people.csv");
    const ImportSummary summary = import_files(strict, {}, ports_);
    EXPECT_EQ(sealed("phone"), ";;");
    EXPECT_THAT(sealed("birth_date"), testing::AnyOf("2014;2013;", "2013;2014;"));
    const DropCounts expected{{{"person.birth_date", "project"}, 2}, {{"person.phone", "project"}, 1}};
    EXPECT_EQ(summary.files.at(0).report.dropped, expected);
    const auto stored = StoreReader::open(dir_ / "p/store.db").dropped();
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].field + " " + stored[0].reason + " " + std::to_string(stored[0].count), "person.birth_date project 2");
    EXPECT_EQ(stored[1].field + " " + stored[1].reason + " " + std::to_string(stored[1].count), "person.phone project 1");
}

TEST_F(Lawful, AFileIsReadAgainOnceMoreIsToBeDropped) {
    drop_people("club-people.csv");
    import_files(project(source("club", "")), {}, ports_);
    EXPECT_THAT(sealed("phone"), testing::HasSubstr("470000000"));
    drop_people("club-people.csv");
    const ImportSummary again = import_files(project("[minimisation]\nphone = \"dropped\"\n" + source("club", "")), {}, ports_);
    EXPECT_FALSE(again.files.at(0).seen);
    EXPECT_EQ(sealed("phone"), ";;");
}

TEST_F(Lawful, OfASecrecySourceNoSubjectIsStored) {
    const Project secret =
        project("[[source]]\nname = \"ocmw\"\nfiles = [\"*.csv\"]\nmapping = \"canonical\"\npurpose = \"guidance\"\nsecrecy = true\n");
    drop("activities.csv", "key,date,counterpart,minutes\nA1,2026-09-01,P-77,30\n");
    drop("signals.csv", "key,date,theme\nS1,2026-09-01,vervoer\n");
    import_files(secret, {}, ports_);
    Database store = Database::open(dir_ / "p/store.db", Database::Mode::ReadOnly);
    EXPECT_EQ(store.integer("SELECT count(*) FROM activity"), 1);
    EXPECT_EQ(store.integer("SELECT count(counterpart) FROM activity"), 0);
    EXPECT_EQ(store.integer("SELECT count(*) FROM signal"), 1);
    EXPECT_EQ(store.integer("SELECT count(theme) FROM signal"), 0);
    std::vector<std::string> warnings;
    for (const Fault& fault : legal_warnings(secret, *secret.source_named("ocmw"))) warnings.push_back(fault.code);
    EXPECT_THAT(warnings, testing::Contains("LEG-030"));
}

}  // namespace
}  // namespace brugwacht
