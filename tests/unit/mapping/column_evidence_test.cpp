#include "engine/mapping/column_evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kEvents = R"(
[[sheet]]
[sheet.columns]
id = "Nr"
day = "Datum"
type = "Soort"
[[sheet.record]]
entity = "event"
key = "id"
[sheet.record.fields]
date = "day"
type = { column = "type", default = "attend" }
)";

constexpr const char* kJobs = R"(
[[sheet]]
[sheet.columns]
id = "Nr"
worker = "Medewerker"
percent = "Percent"
[[sheet.record]]
entity = "employment"
key = "id"
[sheet.record.fields]
worker = "worker"
percent = "percent"
)";

/// What was decided, one line a decision: "Datum date_order dd/mm/yyyy proven day_first=1 IMP-050=2".
std::string shown(const ColumnDecision& decision) {
    std::string out = decision.header + " " + std::string(matter_name(decision.matter)) + " " + decision.value + " " +
                      std::string(settled_name(decision.how));
    for (const auto& [name, count] : decision.evidence) out += " " + std::string(name) + "=" + std::to_string(count);
    for (const auto& [code, count] : decision.warnings) out += " " + std::string(code) + "=" + std::to_string(count);
    return out;
}

struct Reading {
    std::vector<std::string> decisions;
    std::vector<std::string> records;  // of the last reading
    std::vector<std::string> findings;
    ColumnDecisions first;
    int readings = 0;
};

/// Reads sheets of one file as an import does: again when the values proved another order.
Reading read(const Mapping& mapping, const std::vector<const test::Rows*>& sheets, ColumnKnowledge knowledge = {}) {
    Reading reading;
    for (bool again = true; again && reading.readings < 3;) {
        ++reading.readings;
        reading.records.clear();
        reading.findings.clear();
        std::vector<ColumnEvidence> evidence;
        for (std::size_t s = 0; s < sheets.size(); ++s) {
            SheetMapper mapper(mapping, "", "bestand.csv", knowledge);
            MappedRow mapped;
            for (std::size_t i = 0; i < sheets[s]->size(); ++i) {
                RawRow row = sheets[s]->at(i);
                row.tab = static_cast<std::uint32_t>(s + 1);
                mapper.map(row, mapped);
                for (std::size_t r = 0; r < mapped.count; ++r) reading.records.push_back(test::show(mapped.records[r]));
                for (const Finding& finding : mapped.findings) reading.findings.push_back((finding.rejects ? "!" : "") + finding.code);
            }
            for (ColumnEvidence& column : mapper.evidence()) evidence.push_back(std::move(column));
        }
        const ColumnDecisions decided = decide_columns(evidence, knowledge);
        if (reading.readings == 1) reading.first = decided;
        reading.decisions.clear();
        for (const ColumnDecision& decision : decided.decisions) reading.decisions.push_back(shown(decision));
        again = decided.read_again();
        knowledge.date_orders.insert(decided.date_orders.begin(), decided.date_orders.end());
        knowledge.decimals.insert(decided.decimals.begin(), decided.decimals.end());
    }
    return reading;
}

Reading read_days(const std::string& mapping, const std::vector<std::string>& days, ColumnKnowledge knowledge = {}) {
    test::Rows rows;
    rows.add({"Nr", "Datum", "Soort"});
    for (std::size_t i = 0; i < days.size(); ++i) rows.add({"e" + std::to_string(i), days[i], "proef"});
    return read(test::mapping(mapping), {&rows}, std::move(knowledge));
}

std::vector<std::string> dates_of(const Reading& reading) {
    std::vector<std::string> dates;
    for (const std::string& record : reading.records) dates.push_back(record.substr(record.find("date=") + 5, 10));
    return dates;
}

ColumnKnowledge remembering(const std::string& name, const std::string& value) {
    ColumnKnowledge knowledge;
    knowledge.history[name] = value;
    return knowledge;
}

// ---------------------------------------------------------------- order of day and month

TEST(DateColumns, AreProvenByOneDayAboveTwelve) {
    const Reading reading = read_days(kEvents, {"03/04/2025", "25/04/2025", "05/05/2025"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order dd/mm/yyyy proven day_first=1 either=2"));
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-04-03", "2025-04-25", "2025-05-05"));
    EXPECT_EQ(reading.readings, 1);
}

TEST(DateColumns, ThatProveTheMonthFirstAreReadAgainAsAWholeAndThatIsSaid) {
    const Reading reading = read_days(kEvents, {"04/03/2025", "04/25/2025", "12/11/2025"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order mm/dd/yyyy proven month_first=1 either=2 IMP-052=1"));
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-04-03", "2025-04-25", "2025-12-11"));
    EXPECT_EQ(reading.readings, 2);
    EXPECT_THAT(reading.findings, IsEmpty());
}

TEST(DateColumns, ThatProveNothingAreReadDayFirstAndThatIsSaid) {
    const Reading reading = read_days(kEvents, {"03/04/2025", "05/06/2025"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order dd/mm/yyyy ambiguous either=2 IMP-050=2"));
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-04-03", "2025-06-05"));
}

TEST(DateColumns, OfDaysEqualToTheirMonthNeedNoWarning) {
    EXPECT_THAT(read_days(kEvents, {"03/03/2025"}).decisions, ElementsAre("Datum date_order dd/mm/yyyy ambiguous either=1"));
}

TEST(DateColumns, WithTheYearInFrontOrANamedMonthProveThemselves) {
    const Reading reading = read_days(kEvents, {"2025-04-03", "3 mei 2025", "20250601"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order yyyy-mm-dd proven certain=3"));
}

TEST(DateColumns, OfDateCellsNeedNoDecision) {
    test::Rows rows;
    rows.add({"Nr", "Datum"}).add({"e1", ""}).cell(1, CellKind::DateTime, 1756684800.0);
    EXPECT_THAT(read(test::mapping(kEvents), {&rows}).decisions, IsEmpty());
}

TEST(DateColumns, OfDateCellsBesideTextsWithTheMonthFirstAreSuspect) {
    test::Rows rows;
    rows.add({"Nr", "Datum"}).add({"e1", ""}).cell(1, CellKind::DateTime, 1756684800.0).add({"e2", "04/25/2025"});
    EXPECT_THAT(read(test::mapping(kEvents), {&rows}).decisions,
                ElementsAre("Datum date_order mm/dd/yyyy proven month_first=1 date_cells=1 IMP-052=1 IMP-073=1"));
}

TEST(DateColumns, ThatContradictThemselvesKeepTheUsualOrderAndSayHowManyDoNotFit) {
    const Reading reading = read_days(kEvents, {"25/04/2025", "04/26/2025", "04/27/2025", "03/04/2025"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order dd/mm/yyyy ambiguous day_first=1 month_first=2 either=1 IMP-051=2"));
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-04-25", "2025-04-03"));
    EXPECT_THAT(reading.findings, ElementsAre("!IMP-012", "!IMP-012"));
    EXPECT_EQ(reading.readings, 1);
}

TEST(DateColumns, DeclaredByTheMappingAreNeverGuessed) {
    const Reading first = read_days("dates = [\"mm/dd/yyyy\"]\n" + std::string(kEvents), {"03/04/2025"});
    EXPECT_THAT(first.decisions, ElementsAre("Datum date_order mm/dd/yyyy declared either=1"));
    EXPECT_THAT(dates_of(first), ElementsAre("2025-03-04"));
    const Reading against = read_days("dates = [\"mm/dd/yyyy\"]\n" + std::string(kEvents), {"25/04/2025", "03/04/2025"});
    EXPECT_THAT(against.decisions, ElementsAre("Datum date_order mm/dd/yyyy declared day_first=1 either=1 IMP-053=1"));
    EXPECT_THAT(against.findings, ElementsAre("!IMP-012"));
    EXPECT_EQ(against.readings, 1);
}

TEST(DateColumns, WithBothOrdersInTheMappingAreDecidedAsAWhole) {
    const Reading reading = read_days("dates = [\"dd/mm/yyyy\", \"mm/dd/yyyy\"]\n" + std::string(kEvents), {"04/25/2025", "03/04/2025"});
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-04-25", "2025-03-04"));
}

TEST(DateColumns, DeclaredByTheSourceGoBeforeTheMappingAndItsColumnBeforeTheSource) {
    ColumnKnowledge knowledge;
    knowledge.declared.date_order = DateOrder::MonthFirst;
    EXPECT_THAT(dates_of(read_days("dates = [\"dd/mm/yyyy\"]\n" + std::string(kEvents), {"03/04/2025"}, knowledge)),
                ElementsAre("2025-03-04"));
    knowledge.declared_by_header["datum"].date_order = DateOrder::DayFirst;
    EXPECT_THAT(dates_of(read_days(kEvents, {"03/04/2025"}, knowledge)), ElementsAre("2025-04-03"));
}

TEST(DateColumns, ThatProveNothingFollowThePreviousImport) {
    const Reading reading = read_days(kEvents, {"03/04/2025"}, remembering("date_order:0.day", "mm/dd/yyyy"));
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order mm/dd/yyyy history either=1"));
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-03-04"));
    // What was only assumed then proves nothing now.
    EXPECT_THAT(read_days(kEvents, {"03/04/2025"}, remembering("date_order:0.day", "dd/mm/yyyy?")).decisions,
                ElementsAre("Datum date_order dd/mm/yyyy ambiguous either=1 IMP-050=1"));
}

TEST(DateColumns, ThatContradictThePreviousImportSaySo) {
    for (const char* before : {"dd/mm/yyyy", "dd/mm/yyyy?"})
        EXPECT_THAT(read_days(kEvents, {"04/25/2025"}, remembering("date_order:0.day", before)).decisions,
                    ElementsAre("Datum date_order mm/dd/yyyy proven month_first=1 IMP-052=1 IMP-054=1"));
    const Reading back = read_days(kEvents, {"25/04/2025", "03/04/2025"}, remembering("date_order:0.day", "mm/dd/yyyy"));
    EXPECT_THAT(back.decisions, ElementsAre("Datum date_order dd/mm/yyyy proven day_first=1 either=1 IMP-054=1"));
    EXPECT_THAT(dates_of(back), ElementsAre("2025-04-25", "2025-04-03"));
    EXPECT_EQ(back.readings, 2);
}

TEST(DateColumns, OfOneLayoutInSeveralSheetsHelpEachOther) {
    test::Rows may, june;
    may.add({"Nr", "Datum"}).add({"e1", "05/25/2025"});
    june.add({"Nr", "Datum"}).add({"e2", "06/03/2025"});
    const Reading reading = read(test::mapping(kEvents), {&june, &may});
    EXPECT_THAT(dates_of(reading), ElementsAre("2025-06-03", "2025-05-25"));
    EXPECT_EQ(reading.readings, 2);
}

TEST(DateColumns, WithTwoDigitYearsSayHowTheyWereRead) {
    const Reading reading = read_days(kEvents, {"25/04/12", "3 mei 98"});
    EXPECT_THAT(reading.decisions, ElementsAre("Datum date_order dd/mm/yyyy proven day_first=1 certain=1",
                                               "Datum two_digit_years 1940-2039 ambiguous two_digit_years=2 IMP-055=2"));
    EXPECT_THAT(read_days("two_digit_years_to = 2029\n" + std::string(kEvents), {"25/04/12"}).decisions.back(),
                HasSubstr("1930-2029 declared"));
}

TEST(DateColumns, OfTotalsAndRepeatedHeadersDoNotCount) {
    test::Rows rows;
    rows.add({"Nr", "Datum"}).add({"e1", "03/04/2025"}).add({"Nr", "Datum"}).add({"Totaal", "04/25/2025"});
    EXPECT_THAT(read(test::mapping(kEvents), {&rows}).decisions, ElementsAre("Datum date_order dd/mm/yyyy ambiguous either=1 IMP-050=1"));
}

TEST(DateColumns, LeaveTheSameForTheNextImport) {
    const auto value = [](const Reading& reading) { return history_value(reading.first.decisions.front()); };
    EXPECT_EQ(value(read_days(kEvents, {"25/04/2025"})), "dd/mm/yyyy");
    EXPECT_EQ(value(read_days(kEvents, {"04/25/2025"})), "mm/dd/yyyy");
    EXPECT_EQ(value(read_days(kEvents, {"03/04/2025"})), "dd/mm/yyyy?");
    EXPECT_EQ(value(read_days(kEvents, {"2025-04-03"})), "");
    EXPECT_EQ(value(read_days(kEvents, {"25/04/2025", "04/25/2025"})), "");
    EXPECT_EQ(value(read_days("dates = [\"dd/mm/yyyy\"]\n" + std::string(kEvents), {"25/04/2025"})), "");
}

// ---------------------------------------------------------------- decimal sign

Reading read_percents(const std::string& mapping, const std::vector<std::string>& percents, ColumnKnowledge knowledge = {}) {
    test::Rows rows;
    rows.add({"Nr", "Medewerker", "Percent"});
    for (std::size_t i = 0; i < percents.size(); ++i) rows.add({"j" + std::to_string(i), "w1", percents[i]});
    return read(test::mapping(mapping), {&rows}, std::move(knowledge));
}

std::vector<std::string> percents_of(const Reading& reading) {
    std::vector<std::string> out;
    for (const std::string& record : reading.records) {
        const std::size_t at = record.find("percent=");
        out.push_back(at == std::string::npos ? "-" : record.substr(at + 8));
    }
    return out;
}

TEST(NumberColumns, OfDecimalPointsAreReadAgainAsAWhole) {
    const Reading reading = read_percents(kJobs, {"12.5", "1.234", "1,234.5"});
    EXPECT_THAT(reading.decisions, ElementsAre("Percent decimal point proven point=2 either=1"));
    EXPECT_THAT(percents_of(reading), ElementsAre("12.5", "1.234", "1234.5"));
    EXPECT_EQ(reading.readings, 2);
}

TEST(NumberColumns, OfDecimalCommasAreProvenByTheirValues) {
    const Reading reading = read_percents(kJobs, {"12,5", "1.234", "1.234,56"});
    EXPECT_THAT(reading.decisions, ElementsAre("Percent decimal comma proven comma=2 either=1"));
    EXPECT_THAT(percents_of(reading), ElementsAre("12.5", "1234", "1234.56"));
}

TEST(NumberColumns, ThatProveNothingSaySo) {
    EXPECT_THAT(read_percents(kJobs, {"1.234"}).decisions, ElementsAre("Percent decimal comma ambiguous either=1 IMP-056=1"));
    EXPECT_THAT(read_percents(kJobs, {"12"}).decisions, IsEmpty());
}

TEST(NumberColumns, ThatContradictThemselvesKeepTheUsualSign) {
    const Reading reading = read_percents(kJobs, {"12,5", "12.5"});
    EXPECT_THAT(reading.decisions, ElementsAre("Percent decimal comma ambiguous comma=1 point=1 IMP-057=1"));
    EXPECT_THAT(percents_of(reading), ElementsAre("12.5", "-"));
}

TEST(NumberColumns, DeclaredAreNeverGuessed) {
    const Reading reading = read_percents("decimal = \"comma\"\n" + std::string(kJobs), {"12.5"});
    EXPECT_THAT(reading.decisions, ElementsAre("Percent decimal comma declared point=1 IMP-058=1"));
    ColumnKnowledge knowledge;
    knowledge.declared.decimal = '.';
    EXPECT_THAT(percents_of(read_percents(kJobs, {"1.234"}, knowledge)), ElementsAre("1.234"));
}

TEST(NumberColumns, FollowThePreviousImportWhenTheyProveNothing) {
    EXPECT_THAT(percents_of(read_percents(kJobs, {"1.234"}, remembering("decimal:0.percent", "point"))), ElementsAre("1.234"));
}

// ---------------------------------------------------------------- what a text says

TEST(DateOutlines, SayWhatATextProves) {
    const std::vector<std::pair<const char*, DateSign>> cases{{"25/04/2025", DateSign::DayFirst},
                                                              {"04/25/2025", DateSign::MonthFirst},
                                                              {"03/04/2025", DateSign::Open},
                                                              {"03/03/2025", DateSign::Same},
                                                              {"2025-04-25", DateSign::Certain},
                                                              {"20250425", DateSign::Certain},
                                                              {"25 april 2025", DateSign::Certain},
                                                              {"April 25, 2025", DateSign::Certain},
                                                              {"25-4-25", DateSign::DayFirst},
                                                              {"4.5.2025 10:30", DateSign::Open},
                                                              {"ma 25/04/2025", DateSign::DayFirst},
                                                              {"25/25/2025", DateSign::None},
                                                              {"30/02/2025", DateSign::None},
                                                              {"2025", DateSign::None},
                                                              {"04/2025", DateSign::None},
                                                              {"", DateSign::None},
                                                              {"ja", DateSign::None},
                                                              {"00/00/2012", DateSign::None},
                                                              {"31/31/31", DateSign::None},
                                                              {"12345", DateSign::None},
                                                              {"29/02/2024", DateSign::DayFirst}};
    for (const auto& [text, sign] : cases) EXPECT_EQ(date_outline(text).sign, sign) << text;
    EXPECT_TRUE(date_outline("25-4-25").two_digit_year);
    EXPECT_FALSE(date_outline("25-4-2025").two_digit_year);
}

TEST(NumberSigns, SayWhatATextProves) {
    const std::vector<std::pair<const char*, NumberSign>> cases{
        {"1,5", NumberSign::Comma},       {"1.5", NumberSign::Point},       {"1.234", NumberSign::Open},
        {"1,234", NumberSign::Open},      {"1.234,56", NumberSign::Comma},  {"1,234.56", NumberSign::Point},
        {"1.234.567", NumberSign::Comma}, {"1,234,567", NumberSign::Point}, {"0,125", NumberSign::Comma},
        {"0.125", NumberSign::Point},     {"12345.678", NumberSign::Point}, {"12", NumberSign::None},
        {"", NumberSign::None},           {"-1,5 %", NumberSign::Comma},    {"\xE2\x82\xAC 5", NumberSign::None},
        {"1 234,5", NumberSign::Comma},   {"1,2,3", NumberSign::None},      {"1.2.2025", NumberSign::None},
        {"twee", NumberSign::None},       {"1.", NumberSign::None}};
    for (const auto& [text, sign] : cases) EXPECT_EQ(number_sign(text), sign) << text;
}

}  // namespace
}  // namespace brugwacht
