#include "tests/unit/rules/case_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "engine/core/resources.hpp"

namespace brugwacht::testing {
namespace {

const std::string kFolder = std::string(BRUGWACHT_SOURCE_DIR) + "/tests/unit/rules/cases/";

std::pair<std::string, std::string> key_value(const std::string& word) {
    const std::size_t at = word.find('=');
    if (at == std::string::npos) throw std::runtime_error("no key=value: " + word);
    return {word.substr(0, at), word.substr(at + 1)};
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

void read_line(Case& one, const std::string& line, int number) {
    const std::vector<std::string> words = words_of(line);
    if (words[0] == "replace") {
        const std::size_t arrow = line.find(" => ");
        one.replacements.emplace_back(line.substr(8, arrow - 8), line.substr(arrow + 4));
    } else if (words[0] == "variant") {
        std::string toml = line.substr(line.find(": ") + 2);
        for (std::size_t at = toml.find("\\n"); at != std::string::npos; at = toml.find("\\n")) toml.replace(at, 2, "\n");
        one.variants +=
            "\n[[variant]]\nid = \"" + words[1] + "\"\nof = \"" + words[3].substr(0, words[3].size() - 1) + "\"\n" + toml + "\n";
    } else if (words[0] == "child") {
        for (std::size_t i = 1; i < words.size(); ++i) {
            const auto [key, value] = key_value(words[i]);
            (key == "start" ? one.start : key == "age" ? one.age : one.strategy) = value;
        }
    } else if (words[0] == "?") {
        Expectation e{number, words.at(1), words.at(2), words.at(3), words.at(4), {}};
        for (std::size_t i = 5; i < words.size(); ++i) e.extra.push_back(key_value(words[i]));
        one.expectations.push_back(e);
    } else {
        CaseEvent event{words.at(0), words.at(1), words.at(2), "", {}};
        std::size_t i = 3;
        if (i < words.size() && words[i].find('=') == std::string::npos) event.club = words[i++];
        for (; i < words.size(); ++i) event.extra.push_back(key_value(words[i]));
        one.events.push_back(event);
    }
}

}  // namespace

std::vector<Case> read_cases(const std::string& file) {
    std::ifstream in(kFolder + file);
    std::vector<Case> cases;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("= ")) {
            cases.emplace_back();
            cases.back().file = file;
            cases.back().title = line.substr(2);
            continue;
        }
        read_line(cases.at(cases.size() - 1), line, number);
    }
    return cases;
}

std::vector<Case> all_cases() {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) files.insert(entry.path().filename().string());
    std::vector<Case> all;
    for (const std::string& file : files) {
        const std::vector<Case> some = read_cases(file);
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

Agreement agreement_of(const Case& one) {
    std::string toml(resource("config/agreements/voorbeeldstad.toml").value());
    for (const auto& [from, to] : one.replacements) {
        const std::size_t at = toml.find(from);
        if (at == std::string::npos) throw std::runtime_error("not in the agreement: " + from);
        toml.replace(at, from.size(), to);
    }
    return parse_agreement(toml + one.variants, "voorbeeldstad.toml");
}

FactBase facts_of(const Case& one) {
    FactBaseBuilder builder;
    const std::uint32_t person = builder.add_person("P");
    TrajectoryInput trajectory;
    trajectory.id = "0000000000000001";
    trajectory.source = "crm";
    trajectory.key = "T";
    if (one.strategy != "-") trajectory.strategy = one.strategy;
    trajectory.person = person;
    trajectory.start = Date::parse_iso(one.start).value();
    if (one.age != "-") trajectory.age = std::stoi(one.age);
    const std::uint32_t t = builder.add_trajectory(trajectory);
    std::vector<std::string> names;
    std::vector<std::uint32_t> indices;
    const auto club = [&](const std::string& name) {
        if (name.empty() || name == "*") return kNone;
        const auto at = std::find(names.begin(), names.end(), name);
        if (at != names.end()) return indices[static_cast<std::size_t>(at - names.begin())];
        const std::string type = name == "scouts" || name == "ksa" ? "jeugdbeweging"
                                 : name == "chiro"                 ? "jeugdbeweging_proefinschrijving"
                                 : name == "voetbal"               ? "sportclub"
                                 : name == "jeugdhuis"             ? "jeugdhuis"
                                                                   : "";
        names.push_back(name);
        indices.push_back(builder.add_club("crm", name, type, name == "scouts" ? "Scouts" : ""));
        return indices.back();
    };
    for (const CaseEvent& event : one.events) {
        EventInput input;
        input.source = "crm";
        input.key = event.key;
        input.type = event.type;
        input.trajectory = t;
        input.club = club(event.club);
        input.date = Date::parse_iso(event.date).value();
        for (const auto& [key, value] : event.extra) {
            if (key == "year") input.year = std::stoi(value);
            if (key == "reason") input.reason = value;
            if (key == "kind") input.kind = value;
            if (key == "source") input.source = value;
            if (key == "to") input.to = Date::parse_iso(value).value();
            if (key == "recorded") input.recorded_on = Date::parse_iso(value).value();
            if (key == "by" && value == "person") {
                input.trajectory = kNone;
                input.person = person;
            }
        }
        builder.add_event(input);
    }
    return builder.build();
}

namespace {

std::string evidence_text(const FactBase& base, const ClassificationSet& set, const Classification& c) {
    std::string out;
    for (const Evidence& item : set.evidence_of(c))
        out += (out.empty() ? "" : ",") + std::string(base.text(item.key)) + ":" + std::string(name(item.role));
    return out;
}
std::string near_text(const FactBase& base, const ClassificationSet& set, const Classification& c) {
    std::string out;
    for (const NearMiss& item : set.near_misses_of(c))
        out += (out.empty() ? "" : ",") + std::string(base.text(item.key)) + ":" + std::string(name(item.why));
    return out;
}
std::string ignored_text(const FactBase& base, const ClassificationSet& set, const Classification& c) {
    std::string out;
    for (const Ignored& item : set.ignored_of(c))
        out += (out.empty() ? "" : ",") + std::string(base.text(item.key)) + ":" + std::string(name(item.why));
    return out;
}

std::string actual(const std::string& key, const FactBase& base, const ClassificationSet& set, const Classification& c) {
    if (key == "on") return c.has_achieved_on ? c.achieved_on.iso() : "-";
    if (key == "window") return c.has_window ? c.window_from.iso() + ".." + c.window_to.iso() : "-";
    if (key == "decides") return c.has_decides_on ? c.decides_on.iso() : "-";
    if (key == "mature") return c.mature ? "yes" : "no";
    if (key == "rule") return c.first_failed_rule().empty() ? "-" : c.first_failed_rule();
    if (key == "anchor") return c.has_anchor ? std::string(base.text(c.anchor_key)) + "@" + c.anchor_date.iso() : "-";
    if (key == "evidence") return evidence_text(base, set, c);
    if (key == "near") return near_text(base, set, c);
    if (key == "ignored") return ignored_text(base, set, c);
    if (key == "gap") return std::to_string(c.gap_days);
    if (key == "support") return c.support_at_proof ? "yes" : "no";
    if (key == "scope_unknown") return c.scope_unknown ? "yes" : "no";
    return "unknown expectation " + key;
}

class CaseTable : public ::testing::TestWithParam<Case> {};

TEST_P(CaseTable, GivesTheExpectedVerdicts) {
    const Case& one = GetParam();
    const FactBase base = facts_of(one);
    const std::vector<Agreement> agreements{agreement_of(one)};
    ASSERT_FALSE(one.expectations.empty()) << one.title;
    for (const Expectation& expected : one.expectations) {
        SCOPED_TRACE(one.file + ":" + std::to_string(expected.line) + " " + one.title);
        ClassifyRequest request;
        request.as_of = Date::parse_iso(expected.as_of).value();
        request.definitions = {expected.definition};
        for (const auto& [key, value] : expected.extra)
            if (key == "known_at") request.known_at = Date::parse_iso(value).value();
        const ClassificationSet set = classify(base, agreements, request);
        ASSERT_EQ(set.results.size(), 1U);
        const Classification& c = set.results[0];
        EXPECT_EQ(name(c.status), expected.status);
        EXPECT_EQ(reason_code(base, c), expected.reason);
        for (const auto& [key, value] : expected.extra)
            if (key != "known_at") {
                EXPECT_EQ(actual(key, base, set, c), value) << key;
            }
    }
}

INSTANTIATE_TEST_SUITE_P(Rules, CaseTable, ::testing::ValuesIn(all_cases()), [](const auto& entry) {
    std::string name = entry.param.file.substr(0, entry.param.file.find('.')) + "x" + std::to_string(entry.index) + "x";
    bool upper = true;
    for (const char c : entry.param.title) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        upper = !letter;
    }
    return name;
});

TEST(CaseTables, HoldAtLeastAHundredExpectations) {
    std::size_t count = 0;
    for (const Case& one : all_cases()) count += one.expectations.size();
    EXPECT_GE(count, 100U);
}

}  // namespace
}  // namespace brugwacht::testing
