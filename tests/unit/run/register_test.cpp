#include "engine/run/register.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <map>
#include <stdexcept>

#include "engine/lib/catalogue.hpp"
#include "engine/lib/node.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/breach.hpp"
#include "engine/run/import.hpp"
#include "engine/run/register_book.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSettings =
    "schema = \"brugwacht/1\"\n[organisation]\nname = \"Voorbeeldstad\"\nkind = \"municipality\"\ncontroller = \"Gemeente Voorbeeldstad\"\n"
    "[[source]]\nname = \"club\"\nfiles = [\"people*.csv\", \"trajectories*.csv\"]\nmapping = \"canonical\"\nlegal_basis = "
    "\"public_task\"\npurpose = \"guidance\"\n"
    "protocol_ref = \"GR 2026-01\"\n"
    "[[source]]\nname = \"subsidie\"\nfiles = [\"s*.csv\"]\nmapping = \"eigen\"\nlegal_basis = \"public_task\"\npurpose = \"subsidy\"\n";
constexpr const char* kOwnMapping =
    "schema = \"mapping/1\"\nlabel = \"Eigen\"\nrole = \"caseload\"\n[[sheet]]\n[sheet.columns]\nnr = [\"Nr\"]\nvn = "
    "[\"Voornaam\"]\ngeb = [\"Geboren\"]\n[[sheet.record]]\nentity = \"person\"\nname = \"person\"\nkey = { columns = [\"nr\"] "
    "}\n[sheet.record.fields]\ngiven_name = "
    "\"vn\"\nbirth_date = \"geb\"\n";

class RegisterTest : public testing::Test {
  protected:
    RegisterTest()
        : secrets_(key_files(dir_ / "p/keys")),
          clock_(fixed_clock(1790000000)),
          files_(disk_files()),
          log_(no_log()),
          ports_{*clock_, *files_, *secrets_, *log_} {
        create_project(dir_ / "p", "nl", {}, ports_);
        write_bytes(dir_ / "p/brugwacht.toml", kSettings);
        write_bytes(dir_ / "p/mappings/eigen.toml", kOwnMapping);
    }
    Project project() { return Project::load(dir_ / "p", *files_); }
    Register made() {
        const Project from = project();
        return make_register(from, retention_terms(from, ports_.files), ports_);
    }
    std::string json() { return register_json(made()); }
    SecurityMeasure measure(const std::string& name) {
        for (const SecurityMeasure& one : made().measures)
            if (one.name == name) return one;
        throw std::runtime_error("no measure " + name);
    }

    TempDir dir_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

TEST_F(RegisterTest, EveryImportedFieldOfEverySourceAppearsExactlyOnce) {
    const Project from = project();
    const Node root = parse_json(json(), "register");
    std::size_t appeared = 0, imported = 0;
    for (const Node& source : root.find("sources")->items) {
        std::map<std::string, int> times;
        for (const Node& field : source.find("fields")->items) {
            ++times[field.find("field")->text];
            EXPECT_FALSE(field.find("becomes")->items.empty());
            ++appeared;
        }
        const std::string name = source.find("name")->text;
        for (const ImportedField& field : load_mapping(from.source_named(name)->mapping, from.mappings()).imported_fields()) {
            EXPECT_EQ((times[ModelField{field.entity, field.field}.name()]), 1) << name;
            ++imported;
        }
    }
    EXPECT_EQ(appeared, imported);
    EXPECT_EQ(imported, 89U + 3U);  // all fields of the model, and the own mapping
}

TEST_F(RegisterTest, TheWorkbookListsTheSameFields) {
    const Register from = made();
    const Texts texts = load_texts("nl");
    const RegisterBook book = register_book(from, texts, "1.0");
    std::size_t fields = 0;
    for (const RegisterSource& source : from.sources) fields += source.fields.size();
    ASSERT_EQ(book.sheets.size(), 9U);
    EXPECT_EQ(book.sheets[2].table.rows.size(), fields);
    for (const RegisterSheet& sheet : book.sheets) {
        EXPECT_EQ(sheet.widths.size(), sheet.table.headers.size()) << sheet.table.name;
        for (const auto& row : sheet.table.rows) {
            EXPECT_EQ(row.size(), sheet.table.headers.size()) << sheet.table.name;
            for (const std::string& cell : row) EXPECT_EQ(cell.find("‹"), std::string::npos) << cell;  // a text that is missing
        }
    }
}

TEST_F(RegisterTest, TheJsonIsStable) { EXPECT_EQ(json(), json()); }

TEST_F(RegisterTest, ChangingOneFieldOfAMappingChangesThePack) {
    const std::string before = json();
    std::string mapping = kOwnMapping;
    mapping.replace(mapping.find("\"Geboren\""), 9, "\"Geboortejaar\"");
    write_bytes(dir_ / "p/mappings/eigen.toml", mapping);
    const std::string after = json();
    EXPECT_NE(after, before);
    EXPECT_THAT(after, testing::HasSubstr("Geboortejaar"));
}

TEST_F(RegisterTest, WhatTheProjectDropsIsSaidInThePack) {
    const std::string before = json();
    write_bytes(dir_ / "p/brugwacht.toml", std::string(kSettings) + "[minimisation]\nphone = \"dropped\"\n");
    EXPECT_NE(json(), before);
}

TEST_F(RegisterTest, TheAuthorityIsTheOneOfTheConfiguration) {
    EXPECT_EQ(parse_json(json(), "r").find("organisation")->find("authority")->text, "VTC");
    std::string settings = kSettings;
    settings.replace(settings.find("\"municipality\""), 14, "\"vzw\"");
    write_bytes(dir_ / "p/brugwacht.toml", settings);
    EXPECT_EQ(parse_json(json(), "r").find("organisation")->find("authority")->text, "GBA");
}

TEST_F(RegisterTest, ASourceThatNobodyConfiguredStandsInItToo) {
    ImportRequest request;
    request.inputs = {(dir_ / "x.csv").string()};
    request.mapping = "eigen";
    write_bytes(dir_ / "x.csv", "Nr,Voornaam,Geboren\n1,Noor,2014-03-07\n");
    request.source = "los";
    import_files(project(), request, ports_);
    const Register from = made();
    ASSERT_EQ(from.sources.size(), 3U);
    EXPECT_EQ(from.sources[2].settings.name, "los");
    EXPECT_FALSE(from.sources[2].configured);
    EXPECT_EQ(from.sources[2].fields.size(), 3U);
}

TEST_F(RegisterTest, SaysOfADiskOnlyWhatTheSystemSays) {
    struct stat info {};
    ASSERT_EQ(::stat(dir_.path().c_str(), &info), 0);
    const std::string device = std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev));
    EXPECT_EQ(disk_encryption(dir_.path(), dir_ / "sys"), MeasureState::Unknown);
    fs::create_directories(dir_ / "sys/dev/block" / device / "slaves");
    EXPECT_EQ(disk_encryption(dir_.path(), dir_ / "sys"), MeasureState::Unknown);
    write_bytes(dir_ / "sys/dev/block" / device / "slaves/dm-0/dm/uuid", "CRYPT-LUKS2-abc\n");
    EXPECT_EQ(disk_encryption(dir_.path(), dir_ / "sys"), MeasureState::Yes);
}

TEST_F(RegisterTest, TheMeasuresAreThoseOfTheMachine) {
    EXPECT_EQ(measure("vault_sealed").state, MeasureState::Yes);
    EXPECT_EQ(measure("folder_closed").state, MeasureState::Yes);
    EXPECT_EQ(measure("threshold_participation").number, 5);
    EXPECT_EQ(measure("threshold_outcome").number, 10);
    ::chmod((dir_ / "p/keys/master.key").c_str(), 0644);
    EXPECT_EQ(measure("vault_sealed").state, MeasureState::No);
}

TEST_F(RegisterTest, ASecrecySourceRaisesEveryThresholdToTen) {
    write_bytes(dir_ / "p/brugwacht.toml", std::string(kSettings) + "secrecy = true\n");
    EXPECT_EQ(measure("threshold_participation").number, 10);
}

class Breach : public RegisterTest {
  protected:
    Breach() {
        write_bytes(dir_ / "p/inbox/people.csv",
                    "key,given_name,family_name,birth_date\nP1,Noor,Peeters,2014-03-07\nP2,Sam,Maes,2013-01-09\n");
        write_bytes(dir_ / "p/inbox/trajectories.csv", "key,person,start\nT1,P1,2026-09-01\n");
        import_files(project(), {}, ports_);
    }
    BreachReport of(const fs::path& file) { return breach_report(project(), file, *files_); }
    static std::uint64_t rows(const BreachReport& report, const std::string& table) {
        for (const auto& [name, count] : report.rows)
            if (name == table) return count;
        return 0;
    }
};

TEST_F(Breach, ALostStoreTellsNoNames) {
    const BreachReport lost = of(dir_ / "p/store.db");
    EXPECT_EQ(lost.kind, "store");
    EXPECT_EQ(lost.names, 0U);
    EXPECT_FALSE(lost.encrypted);
    EXPECT_EQ(rows(lost, "person"), 2U);
    EXPECT_EQ(rows(lost, "trajectory"), 1U);
    EXPECT_THAT(lost.fields, testing::Contains("trajectory.start"));
}

TEST_F(Breach, ALostVaultIsSealedAndItsKeyIsNamedWhenItLiesBesideIt) {
    const BreachReport beside = of(dir_ / "p/vault.db");
    EXPECT_EQ(beside.kind, "vault");
    EXPECT_TRUE(beside.encrypted);
    EXPECT_EQ(beside.names, 0U);
    EXPECT_EQ(beside.key, "beside");
    EXPECT_EQ(rows(beside, "person"), 2U);
    fs::copy(dir_ / "p/vault.db", dir_ / "copy.db");
    EXPECT_EQ(of(dir_ / "copy.db").key, "apart");
}

TEST_F(Breach, ALostExportMayNameEverybodyInIt) {
    write_bytes(dir_ / "people-lost.csv", "key,given_name\nP1,Noor\nP2,Sam\n");
    const BreachReport lost = of(dir_ / "people-lost.csv");
    EXPECT_EQ(lost.kind, "export");
    EXPECT_FALSE(lost.encrypted);
    EXPECT_GE(lost.names, 2U);
    EXPECT_THAT(lost.fields, testing::Contains("person.given_name"));
}

TEST_F(Breach, AKeyALogAndSomethingElseAreToldApart) {
    EXPECT_EQ(of(dir_ / "p/keys/master.key").key, "is_key");
    EXPECT_EQ(of(dir_ / "p/ledger.db").kind, "ledger");
    write_bytes(dir_ / "foto.jpg", "\xff\xd8\xff\xe0 geen tabel");
    EXPECT_EQ(of(dir_ / "foto.jpg").kind, "other");
    try {
        of(dir_ / "weg.db");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::NoInput);
    }
}

}  // namespace
}  // namespace brugwacht
