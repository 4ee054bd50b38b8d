// Exports of every shipped source through the real program: found by their content, counted, kept without what must not be kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "engine/core/date.hpp"
#include "engine/lib/database.hpp"
#include "tests/support/mapping_examples.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;

std::int64_t rows_of(const fs::path& store, const std::string& table) {
    return Database::open(store, Database::Mode::ReadOnly).integer("SELECT count(*) FROM " + table).value_or(-1);
}

/// Every event of the store in words, sorted: "2025-08-20 enrol provisional to 2025-09-15 year 2025".
std::vector<std::string> events_of(const fs::path& store) {
    Database database = Database::open(store, Database::Mode::ReadOnly);
    std::vector<std::string> out;
    Statement s = database.prepare(R"(SELECT e.date, t.text, k.text, e."to", e.year FROM event e JOIN code t ON t.id = e.type
                                      LEFT JOIN code k ON k.id = e.kind)");
    while (s.step()) {
        std::string line = Date::from_days(static_cast<std::int32_t>(s.integer(0))).iso() + " " + std::string(s.text(1));
        if (!s.is_null(2)) line += " " + std::string(s.text(2));
        if (!s.is_null(3)) line += " to " + Date::from_days(static_cast<std::int32_t>(s.integer(3))).iso();
        if (!s.is_null(4)) line += " year " + std::to_string(s.integer(4));
        out.push_back(line);
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::map<std::string, int> warnings_of(const Node& file) {
    std::map<std::string, int> out;
    for (const Node& warning : at(file, "warnings").items) out[at(warning, "code").text] = static_cast<int>(at(warning, "count").integer);
    return out;
}

/// Bytes of all files below a folder, except the exports themselves.
std::string all_bytes(const fs::path& folder) {
    std::string out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        out.append(std::istreambuf_iterator<char>(file), {});
    }
    return out;
}

class Exports : public testing::TestWithParam<std::string> {};

TEST_P(Exports, AreFoundByTheirContentAndCounted) {
    const MappingExample& example = mapping_example(GetParam());
    const ScratchProject project;
    const fs::path file = project.beside() / example.file;
    write_example(example, file);
    const Node result = project.json({"import", file.string()});
    const Node& told = at(result, "files").items.at(0);
    EXPECT_EQ(at(told, "mapping").text, example.mapping);
    const auto count = [&](const char* name) { return at(told, name).integer; };
    EXPECT_EQ(count("skipped"), example.skipped);
    EXPECT_EQ(count("rejected"), example.rejected);
    EXPECT_EQ(count("read"),
              count("new") + count("changed") + count("unchanged") + count("duplicate") + count("rejected") + count("skipped"));
    std::map<std::string, int> warnings = warnings_of(told);
    warnings.erase("RUN-006");                                             // some names fit a source of a new project, others do not
    for (const char* code : {"IMP-050", "IMP-055"}) warnings.erase(code);  // a handful of dates proves no order
    EXPECT_EQ(warnings, example.findings);
    for (const auto& [table, rows] : example.stored) EXPECT_EQ(rows_of(project / "store.db", table), rows) << table;

    const std::string bytes = all_bytes(project.path());
    for (const char* number : kPlantedNumbers) EXPECT_EQ(bytes.find(number), std::string::npos) << number;

    const Node again = project.json({"import", file.string()});
    EXPECT_EQ(at(at(again, "files").items.at(0), "unchanged").integer, count("read"));
}

class ExportsWithNumbers : public testing::TestWithParam<std::string> {};

TEST_P(ExportsWithNumbers, SayInWhichColumnTheyWereRemoved) {
    const MappingExample& example = mapping_example(GetParam());
    const ScratchProject project;
    const fs::path file = project.beside() / example.file;
    write_example(example, file);
    const Node result = project.json({"import", file.string()});
    for (const Node& warning : at(at(result, "files").items.at(0), "warnings").items) {
        if (!at(warning, "code").text.starts_with("POL-")) continue;
        std::int64_t sum = 0;
        for (const Node& column : at(warning, "columns").items) {
            EXPECT_FALSE(at(column, "column").text.empty());
            sum += at(column, "count").integer;
        }
        EXPECT_EQ(sum, at(warning, "count").integer);
    }
}

std::vector<std::string> titles(bool with_numbers) {
    std::vector<std::string> out;
    for (const MappingExample& example : mapping_examples())
        if (!with_numbers || !example.findings.empty()) out.push_back(example.title);
    return out;
}

INSTANTIATE_TEST_SUITE_P(OfEverySystem, Exports, testing::ValuesIn(titles(false)), [](const auto& example) { return example.param; });
INSTANTIATE_TEST_SUITE_P(OfEverySystem, ExportsWithNumbers, testing::ValuesIn(titles(true)),
                         [](const auto& example) { return example.param; });

// ---------------------------------------------------------------- a thousand numbers under headers that promise something else

struct Birth {
    int year, month, day;
};

std::string national_number(Birth birth, int serial) {
    char nine[16];
    std::snprintf(nine, sizeof nine, "%02d%02d%02d%03d", birth.year % 100, birth.month, birth.day, serial);
    const long long base = std::stoll(nine) + (birth.year >= 2000 ? 2'000'000'000LL : 0);
    char check[8];
    std::snprintf(check, sizeof check, "%02lld", 97 - base % 97);
    return std::string(nine) + check;
}

TEST(NationalNumbers, OfAThousandRowsAreAllRemovedCountedAndNowhere) {
    const ScratchProject project;
    const fs::path path = project.beside() / "leden.csv";
    std::vector<std::string> numbers;
    {
        std::ofstream file(path);
        file << "Lidnummer;Voornaam;Achternaam;Geboortedatum;Gsm ouder;Rekening;Straat\n";
        for (int i = 0; i < 1000; ++i) {
            const Birth birth{2007 + i % 15, 1 + i % 12, 1 + i % 28};
            const std::string n = national_number(birth, 1 + i % 997);
            numbers.push_back(n);
            const std::string dotted =
                n.substr(0, 2) + "." + n.substr(2, 2) + "." + n.substr(4, 2) + "-" + n.substr(6, 3) + "." + n.substr(9);
            const std::vector<std::string> notations{n, dotted, "rr " + n.substr(0, 6) + " " + n.substr(6, 3) + " " + n.substr(9),
                                                     "zie " + n.substr(0, 6) + "-" + n.substr(6) + ", nagekeken"};
            const std::string& written = notations[static_cast<std::size_t>(i) % notations.size()];
            const auto in_column = [&](int column) { return i % 3 == column ? written : std::string(); };
            file << "L" << i << ";Voornaam" << i << ";Naam" << i << ";" << birth.day << "/" << birth.month << "/" << birth.year << ";"
                 << in_column(0) << ";" << in_column(1) << ";" << in_column(2) << "\n";
        }
    }
    const Node result = project.json({"import", path.string()});
    const Node& told = at(result, "files").items.at(0);
    EXPECT_EQ(at(told, "new").integer, 1000);
    EXPECT_EQ(at(told, "rejected").integer, 0);
    const auto warnings = warnings_of(told);
    EXPECT_EQ(warnings.at("POL-001"), 1000);
    std::map<std::string, std::int64_t> by_column;
    for (const Node& warning : at(told, "warnings").items)
        if (at(warning, "code").text == "POL-001")
            for (const Node& column : at(warning, "columns").items) by_column[at(column, "column").text] = at(column, "count").integer;
    EXPECT_EQ(by_column, (std::map<std::string, std::int64_t>{{"Gsm ouder", 334}, {"Rekening", 333}, {"Straat", 333}}));
    const std::string bytes = all_bytes(project.path());
    int hits = 0;
    for (const std::string& number : numbers) hits += bytes.find(number) != std::string::npos ? 1 : 0;
    EXPECT_EQ(hits, 0);
}

// ---------------------------------------------------------------- a trial that is gone from the next export

MappingExample registrations(const std::string& file, const std::string& trial_header, const std::string& trial) {
    MappingExample example;
    example.mapping = "stamhoofd";
    example.file = file;
    example.as = Written::Workbook;
    example.sheets = {
        {"Inschrijvingen",
         {{"Lidnummer", "Voornaam", "Achternaam", "Geboortedatum", "Vereniging", "Inschrijvingsdatum", "Startdatum", trial_header, "Type"},
          {"L1", "Lotte", "Claes", "@2012-05-12", "KSA Voorbeeld", "@2025-08-20", "@2025-09-01", trial, "Inschrijvingsgroep"}},
         0}};
    return example;
}

std::vector<std::string> after(const std::vector<MappingExample>& exports) {
    const ScratchProject project;
    for (const MappingExample& example : exports) {
        write_example(example, project.beside() / example.file);
        project.json({"import", (project.beside() / example.file).string(), "--source", "ksa"});
    }
    return events_of(project / "store.db");
}

TEST(TrialPeriods, StayKnownWhenALaterExportNoLongerShowsThem) {
    const MappingExample during = registrations("september.xlsx", "Proefperiode", "@2025-09-15");
    const MappingExample later = registrations("oktober.xlsx", "Proefperiode", "");
    const std::vector<std::string> both{"2025-08-20 enrol provisional to 2025-09-15 year 2025", "2025-08-20 enrol year 2025"};
    EXPECT_EQ(after({during}), both);
    EXPECT_EQ(after({during, later}), both);
    EXPECT_EQ(after({later, during}), both) << "the order of import says nothing";
    EXPECT_EQ(after({later}), (std::vector<std::string>{"2025-08-20 enrol year 2025"}));
}

TEST(TrialPeriods, AreNotTakenBackByAnExportWithoutThatColumn) {
    const MappingExample during = registrations("september.xlsx", "Proefperiode", "@2025-09-15");
    const MappingExample without = registrations("zonder.xlsx", "Leeftijdsgroep", "Kapoenen");
    EXPECT_EQ(after({during, without}), after({during}));
}

TEST(TrialPeriods, ThatAreOverMakeTheLaterExportSayNothingNew) {
    const ScratchProject project;
    const MappingExample during = registrations("september.xlsx", "Proefperiode", "@2025-09-15");
    const MappingExample later = registrations("oktober.xlsx", "Proefperiode", "");
    for (const MappingExample& example : {during, later}) write_example(example, project.beside() / example.file);
    project.json({"import", (project.beside() / during.file).string(), "--source", "ksa"});
    const Node result = project.json({"import", (project.beside() / later.file).string(), "--source", "ksa"});
    EXPECT_EQ(at(at(result, "files").items.at(0), "changed").integer, 0);
    EXPECT_EQ(at(at(result, "files").items.at(0), "unchanged").integer, 1);
}

/// One child, registered by the ambassador at a club that enrols on trial, and the club's own export.
std::string verdict_of_d1(const std::vector<MappingExample>& exports, const std::string& as_of) {
    const ScratchProject project;
    std::ofstream(project.beside() / "people.csv") << "key,given_name,family_name,birth_date\np1,Lotte,Claes,2012-05-12\n";
    std::ofstream(project.beside() / "trajectories.csv") << "key,person,start,strategy\nt1,p1,2025-07-01,individuele_toeleiding\n";
    std::ofstream(project.beside() / "events.csv")
        << "key,trajectory,type,date,club\ne1,t1,trial,2025-09-03,ksa-voorbeeld\ne2,t1,trial,2025-09-10,ksa-voorbeeld\n";
    project.json({"import", (project.beside() / "people.csv").string(), (project.beside() / "trajectories.csv").string(),
                  (project.beside() / "events.csv").string(), "--mapping", "canonical", "--source", "ksa"});
    for (const MappingExample& example : exports) {
        write_example(example, project.beside() / example.file);
        project.json({"import", (project.beside() / example.file).string(), "--source", "ksa"});
    }
    // The export does not say of what kind the club is; here it enrols on trial.
    std::ofstream(project.beside() / "clubs.csv") << "key,name,kind\nksa-voorbeeld,KSA Voorbeeld,jeugdbeweging_proefinschrijving\n";
    project.json({"import", (project.beside() / "clubs.csv").string(), "--mapping", "canonical", "--source", "ksa"});
    const Node result = project.json({"classify", "--as-of", as_of, "--definition", "D1"});
    for (const Node& one : at(result, "results").items) return at(one, "status").text + " " + at(one, "reason").text;
    return "no result";
}

TEST(TrialPeriods, AreWeighedByTheAgreementAlsoWhenTheLastExportNoLongerShowsThem) {
    const MappingExample during = registrations("september.xlsx", "Proefperiode", "@2025-09-15");
    const MappingExample later = registrations("oktober.xlsx", "Proefperiode", "");
    EXPECT_EQ(verdict_of_d1({during}, "2025-09-12"), "pending provisional");
    EXPECT_EQ(verdict_of_d1({during, later}, "2025-09-12"), "pending provisional");
    EXPECT_EQ(verdict_of_d1({during, later}, "2025-10-20"), "achieved enrolled_after_trials");
}

// ---------------------------------------------------------------- lists with and without a day

TEST(DatedLists, ProveMembershipOnTheirOwnDaysInAnyOrder) {
    MappingExample october = mapping_example("ChiroMemberList");
    MappingExample march = october;
    march.file = "leden 2026-03-01.xlsx";
    for (const auto& order : {std::vector{october, march}, std::vector{march, october}})
        EXPECT_THAT(after(order), ElementsAre("2025-10-15 enrol", "2025-10-15 enrol", "2026-03-01 enrol", "2026-03-01 enrol"));
}

TEST(DatedLists, WithoutADayProveNothing) {
    MappingExample list = mapping_example("ChiroMemberList");
    list.file = "leden.xlsx";
    EXPECT_THAT(after({list}), ElementsAre());
}

TEST(ApplicationsForMembership, AreNoMembers) {
    MappingExample applications = mapping_example("ScoutsMemberList");
    const ScratchProject project;
    const fs::path file = project.beside() / "aanvragen.csv";
    write_example(applications, file);
    const Node result = project.json({"import", file.string(), "--mapping", "scouts-groepsadministratie"}, 65);
    EXPECT_EQ(at(at(result, "error"), "code").text, "RUN-005");
}

}  // namespace
}  // namespace brugwacht
