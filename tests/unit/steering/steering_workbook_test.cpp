#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "engine/lib/catalogue.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/lib/indicators.hpp"
#include "engine/lib/zip_patch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/steering/sample_report.hpp"

namespace brugwacht {
namespace {

using Parts = std::map<std::string, std::string>;

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Parts unpacked(const std::filesystem::path& path) {
    Parts parts;
    patch_zip(
        bytes_of(path), [](std::string_view) { return true; },
        [&](std::string_view name, std::string content) {
            parts[std::string(name)] = content;
            return content;
        });
    return parts;
}

std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    std::vector<std::string> out;
    const std::regex expression(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) out.push_back((*at)[1]);
    return out;
}

std::string without_entities(std::string text) {
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}})
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    return text;
}

struct Workbook {
    Parts parts;
    std::vector<std::string> strings;             // shared strings
    std::map<std::string, std::string> sheet_of;  // name -> part

    explicit Workbook(const Parts& p) : parts(p) {
        for (const std::string& t : all(parts.at("xl/sharedStrings.xml"), "<t[^>]*>([^<]*)</t>")) strings.push_back(without_entities(t));
        int n = 0;
        for (const std::string& name : all(parts.at("xl/workbook.xml"), "<sheet name=\"([^\"]*)\""))
            sheet_of[without_entities(name)] = "xl/worksheets/sheet" + std::to_string(++n) + ".xml";
    }
    /// "B7" -> text or number as stored.
    std::map<std::string, std::string> cells(const std::string& part) const {
        std::map<std::string, std::string> out;
        const std::string& xml = parts.at(part);
        const std::regex cell("<c r=\"([A-Z]+[0-9]+)\"([^>]*)><v>([^<]*)</v></c>");
        for (std::sregex_iterator at(xml.begin(), xml.end(), cell), end; at != end; ++at)
            out[(*at)[1]] = (*at)[2].str().find("t=\"s\"") == std::string::npos ? (*at)[3].str()
                                                                                : strings.at(static_cast<std::size_t>(std::stoi((*at)[3])));
        return out;
    }
};

struct SteeringWorkbook : testing::Test {
    TempDir dir;
    SteeringReport report = sample::report();

    Parts write(const SteeringReport& r, const std::string& language = "nl") {
        write_steering_workbook(r, code_lists(), load_texts(language), dir / "w.xlsx");
        return unpacked(dir / "w.xlsx");
    }
};

TEST_F(SteeringWorkbook, TheZipHoldsNothingThatCouldLeak) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Parts parts = write(report, language);
        for (const auto& [name, content] : parts) {
            EXPECT_TRUE(std::regex_match(
                name,
                std::regex(
                    R"(\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings|theme/theme1)\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?|xl/drawings/(_rels/)?drawing\d+\.xml(\.rels)?|xl/charts/chart\d+\.xml|xl/tables/table\d+\.xml)")))
                << name;
            EXPECT_EQ(content.find("hidden"), std::string::npos) << name;
            EXPECT_EQ(content.find("TargetMode=\"External\""), std::string::npos) << name;
            EXPECT_EQ(content.find("mergeCell"), std::string::npos) << name;
            EXPECT_EQ(content.find(dir.path().string()), std::string::npos) << name;
            if (name.rfind("xl/worksheets/sheet", 0) == 0) {
                EXPECT_EQ(content.find("<f>"), std::string::npos) << name;
                EXPECT_EQ(content.find("<f "), std::string::npos) << name;
                EXPECT_EQ(content.find("conditionalFormatting"), std::string::npos) << name;
                EXPECT_EQ(content.find("dataValidation"), std::string::npos) << name;
            }
        }
        for (const std::string& name : all(parts.at("xl/workbook.xml"), "<definedName name=\"([^\"]*)\""))
            EXPECT_TRUE(name == "_xlnm.Print_Titles" || name == "_xlnm.Print_Area") << name;
    }
}

TEST_F(SteeringWorkbook, EverySharedStringIsUsed) {
    const Workbook book(write(report));
    std::set<std::size_t> used;
    for (const auto& [name, part] : book.sheet_of)
        for (const std::string& index : all(book.parts.at(part), "t=\"s\"><v>([0-9]+)</v>")) used.insert(std::stoul(index));
    // A table header written twice with another format counts once; a text that was replaced may not linger.
    EXPECT_EQ(used.size(), book.strings.size());
}

TEST_F(SteeringWorkbook, DataSheetsHoldExactlyTheReleasedNumbers) {
    const Workbook book(write(report));
    for (std::size_t t = 0; t < report.release.tables.size(); ++t) {
        const ReleasedTable& table = report.release.tables[t];
        std::string part;
        for (const auto& [name, p] : book.sheet_of)
            if (name.rfind((t + 1 < 10 ? "T0" : "T") + std::to_string(t + 1) + " ", 0) == 0) part = p;
        ASSERT_FALSE(part.empty()) << table.id();
        const auto cells = book.cells(part);
        for (std::size_t r = 0; r < table.rows(); ++r) {
            std::vector<std::string> expected;
            for (std::size_t c = 0; c < table.columns(); ++c)
                expected.push_back(table.at(r, c).count ? std::to_string(*table.at(r, c).count) : "·");
            std::vector<std::string> found;
            for (char column = 'B'; column <= 'Z'; ++column) {
                const auto header = cells.find(std::string(1, column) + "6");
                if (header == cells.end()) break;
                if (header->second.find("(%)") != std::string::npos) continue;
                found.push_back(cells.at(std::string(1, column) + std::to_string(7 + r)));
            }
            EXPECT_EQ(found, expected) << table.id() << " row " << r;
        }
    }
}

TEST_F(SteeringWorkbook, AWithheldCountAndItsSumStandNowhereInTheFile) {
    // The small count takes a neighbour with it: a prime that cannot be there by chance.
    CountSet counts;
    CountTable started = sample::head("started", TableKind::Participation, "trajectories", "start");
    const std::vector<Label> rows = {{"quarter", "2025-1"}, {"quarter", "2025-2"}, {"quarter", "2025-3"}};
    counts.tables.push_back(sample::filled(started, rows, {{"", "tally.unit.trajectories"}}, {{3}, {7919}, {104729}}, "trajectories"));
    SteeringReport r = report;
    r.release = guard(counts, {}, {});
    ASSERT_FALSE(r.release.tables[0].at(1, 0).count);
    ASSERT_TRUE(r.release.tables[0].at(2, 0).count);
    for (const auto& [name, content] : write(r))
        for (const char* canary : {"7919", "7.919", "7922", "7.922"}) EXPECT_EQ(content.find(canary), std::string::npos) << name;
}

TEST_F(SteeringWorkbook, ChartCachesEqualTheCellsTheyPointAt) {
    const Workbook book(write(report));
    std::size_t compared = 0;
    for (const auto& [name, xml] : book.parts) {
        if (name.rfind("xl/charts/", 0) != 0) continue;
        for (std::size_t at = xml.find("<c:f>"); at != std::string::npos; at = xml.find("<c:f>", at + 1)) {
            const std::string reference = without_entities(xml.substr(at + 5, xml.find("</c:f>", at) - at - 5));  // 'Sheet'!$B$7:$B$9
            const std::size_t bang = reference.find('!');
            std::string sheet = reference.substr(0, bang);
            if (sheet.front() == '\'') sheet = sheet.substr(1, sheet.size() - 2);
            const std::string column = reference.substr(bang + 2, 1);
            const int first = std::stoi(reference.substr(bang + 4));
            const std::string cache = xml.substr(at, xml.find("Cache>", xml.find("Cache>", at) + 1) - at);
            const auto cells = book.cells(book.sheet_of.at(sheet));
            const auto values = all(cache, "<c:v>([^<]*)</c:v>");
            EXPECT_FALSE(values.empty()) << reference;
            for (std::size_t i = 0; i < values.size(); ++i, ++compared)
                EXPECT_EQ(without_entities(values[i]), cells.at(column + std::to_string(first + static_cast<int>(i))));
        }
    }
    EXPECT_GT(compared, 20U);
}

TEST_F(SteeringWorkbook, EveryChartHasAnAltTextWithItsNumbers) {
    const Parts parts = write(report);
    std::size_t charts = 0;
    for (const auto& [name, xml] : parts)
        if (name.rfind("xl/drawings/drawing", 0) == 0)
            for (const std::string& alt : all(xml, "descr=\"([^\"]*)\"")) {
                ++charts;
                EXPECT_GT(alt.size(), 40U);
                EXPECT_NE(alt.find("31/12/2025"), std::string::npos);
            }
    EXPECT_EQ(charts, 5U);
}

TEST_F(SteeringWorkbook, EverySheetTellsItsDatesAndLeadsBackToTheContents) {
    const Workbook book(write(report));
    EXPECT_GE(book.sheet_of.size(), 17U);
    for (const auto& [name, part] : book.sheet_of) {
        const auto cells = book.cells(part);
        EXPECT_NE(cells.at("A2").find("31/12/2025"), std::string::npos) << name;
        EXPECT_NE(cells.at("A2").find("15/01/2026"), std::string::npos) << name;
        if (name != "Inhoud") {
            EXPECT_EQ(cells.at("A3"), "Terug naar de inhoud") << name;
        }
        EXPECT_LE(name.size(), 40U);
        EXPECT_EQ(book.parts.at(part).find("tabSelected=\"1\"") != std::string::npos, name == "Voorblad") << name;
    }
}

TEST_F(SteeringWorkbook, TheContextComesBeforeAnyFigureAndTheIndicationIsOnlyAFootnote) {
    const Workbook book(write(report));
    const auto order = all(book.parts.at("xl/workbook.xml"), "<sheet name=\"([^\"]*)\"");
    const std::vector<std::string> expected = {"Voorblad", "Inhoud", "Context vraag en aanbod", "Dashboard", "Doorstroom"};
    EXPECT_EQ(std::vector<std::string>(order.begin(), order.begin() + 5), expected);
    for (const std::string& text : book.strings)
        if (text.find("60 tot 70") != std::string::npos) {
            EXPECT_NE(text.find("indicatie in optimale omstandigheden, geen norm"), std::string::npos);
        }
}

TEST_F(SteeringWorkbook, PropertiesAreConstantAndCarryNoPerson) {
    const Parts parts = write(report);
    const std::string& core = parts.at("docProps/core.xml");
    EXPECT_NE(core.find("<dc:creator>Brugwacht</dc:creator>"), std::string::npos);
    EXPECT_NE(core.find("2025-12-31T00:00:00Z"), std::string::npos);
    EXPECT_EQ(core.find("Voorbeeldstad"), std::string::npos);
    EXPECT_EQ(parts.count("docProps/custom.xml"), 0U);
}

TEST_F(SteeringWorkbook, TheSameReportGivesTheSameBytesTwice) {
    write(report);
    const std::string first = bytes_of(dir / "w.xlsx");
    TempDir elsewhere;
    write_steering_workbook(sample::report(), code_lists(), load_texts("nl"), elsewhere / "another name.xlsx");
    EXPECT_EQ(first, bytes_of(elsewhere / "another name.xlsx"));
}

TEST_F(SteeringWorkbook, ASharedMarkStandsForEveryWithheldCountAndNeverAZero) {
    const Workbook book(write(report));
    std::size_t marks = 0;
    for (const auto& [name, part] : book.sheet_of) {
        if (name.front() != 'T' || name.find(' ') != 3) continue;
        for (const auto& [cell, value] : book.cells(part)) marks += value == "·" ? 1U : 0U;
    }
    EXPECT_GE(marks, report.release.summary.primary + report.release.summary.secondary);
    EXPECT_GT(marks, 0U);
}

TEST_F(SteeringWorkbook, AnEmptyReportSaysSoInsteadOfShowingNothing) {
    SteeringReport r;
    r.as_of = *Date::from_ymd(2025, 12, 31);
    const Workbook book(write(r));
    std::size_t found = 0;
    for (const std::string& text : book.strings) found += text == "Over dit onderwerp is nog niets geregistreerd." ? 1U : 0U;
    EXPECT_EQ(found, 1U);  // one shared string, used wherever it applies
    EXPECT_EQ(book.parts.count("xl/charts/chart1.xml"), 0U);
}

std::set<std::string> texts_of(const Workbook& book, const std::string& sheet) {
    std::set<std::string> out;
    for (const auto& [cell, value] : book.cells(book.sheet_of.at(sheet))) out.insert(value);
    return out;
}

TEST_F(SteeringWorkbook, TheCatalogueOfIndicatorsIsPrintedInFull) {
    const std::set<std::string> printed = texts_of(Workbook(write(report)), "Indicatoren");
    const Texts texts = load_texts("nl");
    EXPECT_GT(indicators().all().size(), 30U);
    for (const Indicator& indicator : indicators().all()) {
        EXPECT_TRUE(printed.count(texts(indicator.definition_key()))) << indicator.id;
        EXPECT_TRUE(printed.count(texts(indicator.denominator_key(), {{"definition", std::string()}}))) << indicator.id;
        EXPECT_TRUE(printed.count(texts(indicator.trap_key()))) << indicator.id;
        EXPECT_TRUE(printed.count(texts("tally.unit." + indicator.unit))) << indicator.id;
    }
}

TEST_F(SteeringWorkbook, ATableSaysItsUnitDenominatorAndTrapAboveItsNumbers) {
    const std::set<std::string> printed = texts_of(Workbook(write(report)), "Doorstroom");
    const Texts texts = load_texts("nl");
    EXPECT_TRUE(printed.count("Eenheid: trajecten. Noemer: " + texts("tally.status.denominator")));
    EXPECT_TRUE(printed.count("Let op: " + texts("indicators.status.trap")));
}

TEST_F(SteeringWorkbook, ProcessHasASectionForEachOfTheSixCriteria) {
    const std::set<std::string> printed = texts_of(Workbook(write(report)), "Proces");
    for (const char* heading : {"Relaties opbouwen en onderhouden", "Bevragen en informeren", "In contact brengen", "Ondersteunen",
                                "Signaleren aan het lokaal bestuur", "Structuur, plannen en visie"})
        EXPECT_TRUE(printed.count(heading)) << heading;
}

TEST_F(SteeringWorkbook, AGoalStandsBesideTheFigureOfTheSamePeriodOnly) {
    const auto agreed = [this](const SteeringReport::Goal& goal) {
        report.goals = {goal};
        std::string found;
        for (const std::string& text : texts_of(Workbook(write(report)), "Afspraken"))
            if (text.find("streefcijfer") != std::string::npos) found = text;
        return found;
    };
    report.period = "2025-2026";
    EXPECT_EQ(agreed({"trajectories_started", 240, "2025-2026", Date::from_ymd(2025, 6, 19)}),
              "trajecten gestart: streefcijfer 240 (2025-2026), afgesproken op 19/06/2025; in dit rapport: 205.");
    EXPECT_NE(agreed({"trajectories_started", 240, "2024-2025", std::nullopt}).find("andere periode"), std::string::npos);
    EXPECT_EQ(agreed({"follow_up_rate", 0.8, "2025-2026", std::nullopt}),
              "opvolggraad: streefcijfer 80 % (2025-2026); in dit rapport: 86 %.");  // 72 of 84
    EXPECT_NE(agreed({"signals", 10, "2025-2026", std::nullopt}).find("afgeschermd of niet te berekenen"), std::string::npos);
    EXPECT_NE(agreed({"clubs_supported", 10, "2025-2026", std::nullopt}).find("heeft er geen cijfer voor"), std::string::npos);
    EXPECT_EQ(agreed({"activities", 800, "2025", std::nullopt}),
              "activiteiten: streefcijfer 800 (2025); in dit rapport: 589.");  // the four quarters are that calendar year
    EXPECT_NE(agreed({"activities", 800, "2024", std::nullopt}).find("andere periode"), std::string::npos);
}

TEST_F(SteeringWorkbook, AGoalIsOutlinedBesideItsSolidFigure) {
    report.period = "2025-2026";
    report.goals = {{"trajectories_started", 240, "2025-2026", std::nullopt}, {"signals", 10, "2025-2026", std::nullopt}};
    const Parts parts = write(report);
    std::string chart;
    for (const auto& [name, xml] : parts)
        if (name.rfind("xl/charts/", 0) == 0 && xml.find("streefcijfer") != std::string::npos) chart = xml;
    EXPECT_EQ(all(chart, "<c:v>([0-9]+)</c:v>"), (std::vector<std::string>{"240", "205"}));  // no figure for signals: no bar
    EXPECT_NE(chart.find("<a:noFill/>"), std::string::npos);
    bool told = false;
    for (const auto& [name, xml] : parts) told = told || xml.find("streefcijfer 240, in dit rapport 205") != std::string::npos;
    EXPECT_TRUE(told);
}

TEST_F(SteeringWorkbook, AJudgementHasADayAndAnAuthorWithoutAName) {
    report.factors = {{"supply", "aantal_plaatsen", 3.5, *Date::from_ymd(2025, 11, 3), 2},
                      {"demand", "netwerk", -0.5, *Date::from_ymd(2025, 10, 1), 0}};
    report.employment = {{"2025-3", 130}, {"2025-4", 80.4}};
    const std::set<std::string> printed = texts_of(Workbook(write(report)), "Context vraag en aanbod");
    EXPECT_TRUE(printed.count("aanbodzijde: score 3,5 op 03/11/2025, oordeel van ambassadeur 2"));
    EXPECT_TRUE(printed.count("vraagzijde: score -0,5 op 01/10/2025, oordeel van iemand die niet genoteerd is"));
    EXPECT_TRUE(printed.count("130 %"));
    EXPECT_TRUE(printed.count("80 %"));
}

TEST_F(SteeringWorkbook, ASourceThatGaveNothingForThreeMonthsIsDormant) {
    report.sources = {{"a", report.as_of.plus_days(-90)}, {"b", report.as_of.plus_days(-91)}, {"c", report.as_of.plus_days(4)}};
    const std::set<std::string> printed = texts_of(Workbook(write(report)), "Gegevenskwaliteit");
    EXPECT_TRUE(printed.count("90 dagen vóór de standdatum ingelezen"));
    EXPECT_TRUE(printed.count("91 dagen vóór de standdatum ingelezen: slapende bron"));
    EXPECT_TRUE(printed.count("4 dagen na de standdatum ingelezen"));
}

TEST_F(SteeringWorkbook, NoTextKeyIsMissingInAnyLanguage) {
    for (const char* language : {"nl", "fr", "en"})
        for (const std::string& text : Workbook(write(report, language)).strings) {
            EXPECT_EQ(text.find("\xe2\x80\xb9"), std::string::npos) << text;
            EXPECT_EQ(text.find("steering."), std::string::npos) << text;
            EXPECT_EQ(text.find("tally."), std::string::npos) << text;
        }
}

}  // namespace
}  // namespace brugwacht
