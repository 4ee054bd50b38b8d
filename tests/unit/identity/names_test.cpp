#include "engine/identity/linkage/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "engine/core/text.hpp"
#include "engine/identity/linkage/names_knowledge.hpp"
#include "engine/identity/linkage/names_letters.hpp"
#include "engine/identity/linkage/names_sound.hpp"

namespace brugwacht {
namespace {

struct GoldenLine {
    std::string text;
    int number = 0;
};

/// Lines of a golden file without comments and blanks around; empty ones are left out.
std::vector<GoldenLine> golden(const std::string& name) {
    std::ifstream file(std::filesystem::path(BRUGWACHT_SOURCE_DIR) / "tests/unit/identity/names" / name);
    EXPECT_TRUE(file) << name;
    std::vector<GoldenLine> lines;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number)
        if (const std::string_view text = trim(std::string_view(line).substr(0, line.find('#'))); !text.empty())
            lines.push_back({std::string(text), number});
    return lines;
}

std::vector<std::string> split(std::string_view text, char mark) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = std::min(text.find(mark), text.size());
        parts.emplace_back(trim(text.substr(0, end)));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

std::set<std::string> classes_of(const std::string& given) {
    std::set<std::string> found;
    for (const std::uint32_t number : given_name_classes(given_name_forms(given).core))
        found.insert(names::knowledge().class_names[number - 1]);
    return found;
}

std::string form(const NameForms& forms, const std::string& which) {
    if (which == "folded") return forms.folded;
    if (which == "joined") return forms.joined;
    if (which == "core") return forms.core;
    if (which == "stem") return forms.stem;
    if (which == "phonetic") return forms.phonetic;
    if (which == "phonetic_joined") return forms.phonetic_joined;
    ADD_FAILURE() << "no form " << which;
    return {};
}

bool sound_alike(const NameForms& a, const NameForms& b) {
    return a.phonetic == b.phonetic || a.phonetic == b.phonetic_other || a.phonetic_other == b.phonetic ||
           a.phonetic_joined == b.phonetic_joined;
}

TEST(Names, GivenNamesFallInTheirClasses) {
    const std::vector<std::string>& known = names::knowledge().class_names;
    std::string wanted;
    std::size_t variants = 0;
    for (const GoldenLine& line : golden("classes.txt")) {
        if (line.text.front() == '[') {
            wanted = line.text.substr(1, line.text.size() - 2);
            EXPECT_NE(std::find(known.begin(), known.end(), wanted), known.end())
                << "classes.txt:" << line.number << " no class " << wanted;
            continue;
        }
        ++variants;
        EXPECT_TRUE(classes_of(line.text).contains(wanted))
            << "classes.txt:" << line.number << " " << line.text << " -> " << given_name_forms(line.text).core << ", not in " << wanted;
    }
    EXPECT_GE(variants, 200U);
}

TEST(Names, SurnamesMeetInTheFormTheyMust) {
    std::size_t variants = 0;
    for (const GoldenLine& line : golden("surnames.txt")) {
        const std::size_t colon = line.text.find(':');
        ASSERT_NE(colon, std::string::npos) << line.number;
        const std::string which = line.text.substr(0, colon);
        const std::vector<std::string> written = split(std::string_view(line.text).substr(colon + 1), '=');
        const NameForms first = family_name_forms(written.front());
        EXPECT_FALSE(first.joined.empty()) << line.number;
        for (const std::string& other : written) {
            ++variants;
            const NameForms forms = family_name_forms(other);
            if (which == "sound") {
                EXPECT_TRUE(sound_alike(first, forms))
                    << "surnames.txt:" << line.number << " " << first.phonetic << "/" << first.phonetic_other << " " << other << " "
                    << forms.phonetic << "/" << forms.phonetic_other;
            } else {
                EXPECT_EQ(form(first, which), form(forms, which)) << "surnames.txt:" << line.number << " " << other;
            }
        }
    }
    EXPECT_GE(variants, 200U);
}

TEST(Names, DifferentNamesStayDifferent) {
    std::size_t pairs = 0;
    for (const GoldenLine& line : golden("different.txt")) {
        const std::size_t colon = line.text.find(':');
        const std::vector<std::string> pair = split(std::string_view(line.text).substr(colon + 1), '|');
        ASSERT_EQ(pair.size(), 2U) << line.number;
        ++pairs;
        const std::string kind = line.text.substr(0, colon);
        const auto forms_of = kind == "family" ? family_name_forms : given_name_forms;
        const NameForms a = forms_of(pair[0]), b = forms_of(pair[1]);
        EXPECT_NE(a.joined, b.joined) << line.number;
        EXPECT_NE(a.core, b.core) << line.number;
        EXPECT_NE(a.stem, b.stem) << line.number;
        if (kind == "family") continue;
        const NameKinship kinship = given_name_kinship(a.core, b.core);
        EXPECT_NE(kinship, NameKinship::Same) << "different.txt:" << line.number << " " << line.text;
        if (kind == "known") {
            EXPECT_EQ(kinship, NameKinship::Different) << "different.txt:" << line.number << " " << line.text;
        }
        EXPECT_EQ(kinship, given_name_kinship(b.core, a.core));
    }
    EXPECT_GE(pairs, 60U);
}

}  // namespace
}  // namespace brugwacht
