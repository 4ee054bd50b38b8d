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

/// ASCII letters only.
std::string to_upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
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

TEST(Names, EveryWordOfTheFileIsKnownUnderItsClass) {
    const std::vector<std::string>& known = names::knowledge().class_names;
    EXPECT_EQ(std::set<std::string>(known.begin(), known.end()).size(), known.size());
    for (std::size_t i = 0; i < known.size(); ++i) {
        EXPECT_EQ(given_name_class(given_name_forms(known[i]).core), i + 1) << known[i];
        EXPECT_EQ(given_name_class(given_name_forms(to_upper(known[i])).core), i + 1) << known[i];
    }
    for (const auto& [word, classes] : names::knowledge().given_classes) {
        EXPECT_EQ(given_name_forms(word).core, word);
        EXPECT_GE(word.size(), 2U) << word;
        EXPECT_LE(classes.size(), 3U) << word;
        EXPECT_EQ(std::set<std::uint32_t>(classes.begin(), classes.end()).size(), classes.size()) << word;
    }
}

TEST(Names, SeveralClassesAndTheirOwnFirst) {
    EXPECT_EQ(classes_of("Sasha"), (std::set<std::string>{"alexander", "alexandra"}));
    EXPECT_EQ(classes_of("Noor"), (std::set<std::string>{"eleonora", "noor"}));
    EXPECT_EQ(names::knowledge().class_names[given_name_class("noor") - 1], "noor");
    EXPECT_EQ(given_name_class("wiske"), 0U);
    EXPECT_EQ(given_name_class(""), 0U);
    EXPECT_EQ(given_name_kinship("sasha", "oleksandr"), NameKinship::Same);
    EXPECT_EQ(given_name_kinship("sasha", "oleksandra"), NameKinship::Same);
    EXPECT_EQ(given_name_kinship("oleksandr", "oleksandra"), NameKinship::Different);
    EXPECT_EQ(given_name_kinship("wiske", "jan"), NameKinship::Unknown);
    EXPECT_EQ(given_name_kinship("wiske", "wiske"), NameKinship::Same);
    EXPECT_EQ(given_name_kinship("", ""), NameKinship::Unknown);
}

TEST(Names, InitialsAndSeveralGivenNames) {
    EXPECT_EQ(given_name_forms("J.P.").tokens, (std::vector<std::string>{"j", "p"}));
    EXPECT_EQ(given_name_forms("J.V.").tokens, (std::vector<std::string>{"j", "v"}));  // not the "van" of a surname
    EXPECT_TRUE(is_initial("j"));
    EXPECT_FALSE(is_initial("jp"));
    EXPECT_FALSE(is_initial(""));
    EXPECT_FALSE(is_initial("1"));
    EXPECT_EQ(given_name_forms("Jean-Pierre, Maria").tokens, (std::vector<std::string>{"jean", "pierre", "maria"}));
    EXPECT_EQ(given_name_forms("Bart Jan").joined, given_name_forms("Bartjan").joined);
    EXPECT_EQ(given_name_forms("Heleen van").tokens, (std::vector<std::string>{"heleen"}));
    EXPECT_EQ(given_name_forms("Nour al-Houda").core, "nourhouda");
    EXPECT_EQ(given_name_forms("Ben").core, "ben");
    EXPECT_EQ(given_name_forms("Al").core, "al");
}

TEST(Names, ParticlesAloneAreAName) {
    EXPECT_EQ(family_name_forms("El").core, "el");
    EXPECT_EQ(family_name_forms("Van De").core, "vande");
    EXPECT_EQ(family_name_forms("Le").tokens, (std::vector<std::string>{"le"}));
    EXPECT_EQ(family_name_forms("Ben, Ali").folded, "ben ali");
}

TEST(Names, NoNameIsNoEvidence) {
    for (const char* const text : {"",
                                   " ",
                                   "\t\n",
                                   "-",
                                   "...",
                                   "''",
                                   "()",
                                   "(",
                                   ")(",
                                   "?",
                                   "???",
                                   "!!!",
                                   "Onbekend",
                                   "ONBEKEND",
                                   "(onbekend)",
                                   "N.N.",
                                   "n/a",
                                   "x",
                                   "inconnu",
                                   "\U0001F600\U0001F468\u200D\U0001F469",
                                   "\u200B\u200F",
                                   "\uFFFD",
                                   "\u0301"}) {
        for (const NameForms& forms : {family_name_forms(text), given_name_forms(text)}) {
            EXPECT_EQ(forms.folded + forms.joined + forms.core + forms.stem + forms.phonetic + forms.phonetic_joined + forms.phonetic_other,
                      "")
                << text;
            EXPECT_TRUE(forms.tokens.empty()) << text;
        }
    }
}

TEST(Names, LettersOfScriptsAreFixed) {
    EXPECT_EQ(names::plain_letters("Щербакова Юлія Їжак"), "shcherbakova yuliia yizhak");
    EXPECT_EQ(names::plain_letters("Григорий Подъячев"), "grigorii podiachev");  // ъ shows Russian
    EXPECT_EQ(names::plain_letters("Григорій"), "hryhorii");
    EXPECT_EQ(names::plain_letters("и\u0306"), "y");  // й in two characters
    EXPECT_EQ(names::plain_letters("العمراني"), "al amrani");
    EXPECT_EQ(names::plain_letters("الياس"), "alyas");  // here al- is no article
    EXPECT_EQ(names::plain_letters("عبدالكريم"), "abd al krim");
    EXPECT_EQ(names::plain_letters("ولید"), "wlid");
    EXPECT_EQ(names::plain_letters("Ελένη"), "elene");
    EXPECT_EQ(names::plain_letters("Zo\u00C3\u00AB"), "zoe");
    EXPECT_EQ(names::plain_letters("Zo\u00C3\u0083\u00C2\u00AB"), "zoe");  // twice
    EXPECT_EQ(names::plain_letters("ANDR\u00C9\u2019S"), "andre's");       // a good É’ is not mended
    EXPECT_EQ(names::plain_letters("Y?ld\xFFz"), "yldz");
}

TEST(Names, ServantsBecomeOne) {
    for (const char* const word : {"abdulkarim", "abdoulkarim", "abdelkarim", "abdalkarim", "abdikarim"})
        EXPECT_EQ(names::with_usual_servant(word), "abdelkarim");
    for (const char* const word : {"abderrahman", "abdurrahman", "abdirahman", "abdulrahman"})
        EXPECT_EQ(names::with_usual_servant(word), "abdelrahman");
    for (const char* const word : {"", "abd", "abdi", "abdou", "abdel", "abdias", "abdon", "karim", "jan"})
        EXPECT_EQ(names::with_usual_servant(word), word);
}

TEST(Names, SoundsKeepAFinalAAndTheVowelOfShortNames) {
    EXPECT_NE(names::sound_key("samir"), names::sound_key("samira"));
    EXPECT_NE(names::sound_key("maes"), names::sound_key("moes"));
    EXPECT_EQ(names::sound_key("omar"), names::sound_key("umar"));
    EXPECT_EQ(names::sound_key(""), "");
    EXPECT_EQ(given_name_forms("Mahmoud").phonetic, given_name_forms("محمود").phonetic);
    EXPECT_NE(given_name_forms("Mahmoud").phonetic, given_name_forms("Mohamed").phonetic);
    EXPECT_EQ(given_name_forms("محمد").phonetic, given_name_forms("Mohammed").phonetic);
}

// ---------------------------------------------------------------- properties

bool plain(std::string_view text, bool blanks) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (blanks && c == ' '); });
}

std::string glued(const std::vector<std::string>& tokens) {
    std::string all;
    for (const std::string& token : tokens) all += token;
    return all;
}

/// What must hold of the forms of any bytes.
void expect_sound(const NameForms& forms, const std::string& of) {
    std::string unspaced = forms.folded;
    std::erase(unspaced, ' ');
    EXPECT_EQ(unspaced, forms.joined) << of;
    EXPECT_EQ(glued(forms.tokens), forms.core) << of;
    EXPECT_EQ(forms.core.empty(), forms.joined.empty()) << of;
    EXPECT_EQ(forms.stem.empty(), forms.core.empty()) << of;
    EXPECT_TRUE(plain(forms.folded, true)) << of;
    EXPECT_EQ(forms.folded.find("  "), std::string::npos) << of;
    EXPECT_EQ(std::string(trim(forms.folded)), forms.folded) << of;
    for (const std::string* const text :
         {&forms.joined, &forms.core, &forms.stem, &forms.phonetic, &forms.phonetic_joined, &forms.phonetic_other})
        EXPECT_TRUE(plain(*text, false)) << of << ": " << *text;
    for (const std::string& token : forms.tokens) EXPECT_FALSE(token.empty()) << of;
    EXPECT_LE(forms.folded.size(), 4000U);
    EXPECT_LE(forms.phonetic.size(), 2 * forms.core.size() + 2) << of;
}

void expect_same(const NameForms& a, const NameForms& b, const std::string& of) {
    EXPECT_EQ(a.folded, b.folded) << of;
    EXPECT_EQ(a.tokens, b.tokens) << of;
    EXPECT_EQ(a.phonetic, b.phonetic) << of;
    EXPECT_EQ(a.phonetic_joined, b.phonetic_joined) << of;
    EXPECT_EQ(a.phonetic_other, b.phonetic_other) << of;
    EXPECT_EQ(a.stem, b.stem) << of;
}

std::vector<std::string> all_golden_names() {
    std::vector<std::string> all;
    for (const GoldenLine& line : golden("classes.txt")) all.push_back(line.text);
    for (const GoldenLine& line : golden("surnames.txt"))
        for (const std::string& name : split(std::string_view(line.text).substr(line.text.find(':') + 1), '=')) all.push_back(name);
    for (const GoldenLine& line : golden("different.txt"))
        for (const std::string& name : split(std::string_view(line.text).substr(line.text.find(':') + 1), '|')) all.push_back(name);
    return all;
}

TEST(Names, FoldingAgainChangesNothing) {
    for (const std::string& name : all_golden_names()) {
        const NameForms family = family_name_forms(name), given = given_name_forms(name);
        expect_sound(family, name);
        expect_sound(given, name);
        expect_same(family_name_forms(family.folded), family, name);
        expect_same(given_name_forms(given.folded), given, name);
        EXPECT_EQ(family_name_forms(family.joined).joined, family.joined) << name;
        EXPECT_EQ(family_name_forms(family.joined).phonetic_joined, family.phonetic_joined) << name;
    }
}

TEST(Names, DutchParticlesGluedSplitAndBehindAreOne) {
    const std::vector<std::pair<std::string, bool>> particles = {// and whether they are taken off when glued
                                                                 {"van", false},    {"de", false},  {"van de", true}, {"van den", true},
                                                                 {"van der", true}, {"ter", false}, {"vanden", true}, {"vander", true},
                                                                 {"vande", true},   {"ten", false}};
    for (const auto& [particle, taken_off] : particles)
        for (const std::string root : {"Broeck", "Velde", "Linden", "Amersfoort", "Hout-Peeters", "Straeten"}) {
            const NameForms split = family_name_forms(particle + " " + root);
            const std::string compact = family_name_forms(particle).joined + root;
            for (const std::string& other :
                 {compact, to_upper(particle) + " " + to_upper(root), root + ", " + particle, root + " " + particle}) {
                const NameForms forms = family_name_forms(other);
                EXPECT_EQ(forms.joined, split.joined) << other;
                EXPECT_EQ(forms.phonetic_joined, split.phonetic_joined) << other;
                if (other != compact || taken_off) {
                    EXPECT_EQ(forms.core, split.core) << other;
                    EXPECT_EQ(forms.core, family_name_forms(root).core) << other;
                }
            }
        }
}

TEST(Names, TheOrderOfTokensIsKept) {
    const std::vector<std::string> words = {"peeters", "janssens", "amrani", "kowalska", "ozturk", "shevchenko"};
    for (const std::string& a : words)
        for (const std::string& b : words)
            for (const char* const between : {" ", "-", " - ", "/", " & "}) {
                EXPECT_EQ(family_name_forms(a + between + b).tokens, (std::vector<std::string>{a, b}));
                EXPECT_EQ(given_name_forms(a + between + b).tokens, (std::vector<std::string>{a, b}));
            }
}

TEST(Names, CapitalsBlanksAndHyphensDoNotMatter) {
    for (const std::string& name : all_golden_names()) {
        std::string spaced = "  " + to_upper(name) + " ";
        for (std::size_t at = 0; (at = spaced.find(' ', at)) != std::string::npos; at += 3) spaced.replace(at, 1, "\u00A0 ");
        if (name.find('(') != std::string::npos || name.find('[') != std::string::npos || name.find('\'') != std::string::npos) continue;
        EXPECT_EQ(family_name_forms(spaced).joined, family_name_forms(name).joined) << name;
        EXPECT_EQ(given_name_forms(spaced).core, given_name_forms(name).core) << name;
    }
}

// Pieces that mean something to the reader of names, and bytes that mean nothing, in every order that a generator comes up with.
std::string random_name(std::mt19937& random) {
    static const std::vector<std::string> kPieces = {
        "van",    "den",    "de",         "Abd",      "abdul",   "al",      "El ",  "-",          " ",
        "  ",     ",",      "'",          "’",        "(",       ")",       "[",    ".",          "?",
        "Mevr.",  "geb.",   "jr",         "d'",       "D ",      "J.",      "Jan",  "Broeck",     "محمد",
        "ال",     "عبد",    "الله",       "Шев",      "й",       "и\u0306", "ъ",    "ı",          "İ",
        "ß",      "Ĳ",      "Ã«",         "Ã",        "\xC3",    "\xFF",    "\x80", "\xE2\x80",   std::string(1, '\0'),
        "\u200B", "\u202E", "\U0001F600", "\uFEFF",   "e\u0301", "Ａ",      "Ελ",   "א",          "中",
        "한",     "1",      "99",         "onbekend", "x",       "tsj",     "sch",  "\U0001D40B", "\uFDFA"};
    std::string name;
    const std::size_t pieces = random() % 12;
    for (std::size_t i = 0; i < pieces; ++i) {
        if (random() % 8 == 0)
            name.push_back(static_cast<char>(random() % 256));
        else
            name += kPieces[random() % kPieces.size()];
    }
    return name;
}

TEST(Names, AnyBytesGiveSoundForms) {
    std::mt19937 random(20260714);
    for (int i = 0; i < 20000; ++i) {
        const std::string name = random_name(random);
        const NameForms family = family_name_forms(name), given = given_name_forms(name);
        expect_sound(family, name);
        expect_sound(given, name);
        expect_same(family, family_name_forms(name), name);
        if (HasFailure()) break;
    }
}

TEST(Names, AHugeNameIsCut) {
    const std::size_t million = 1U << 20U;
    for (const std::string& piece : {std::string("a"), std::string(" "), std::string("("), std::string("van "), std::string("a "),
                                     std::string("ä"), std::string("م "), std::string("\uFDFA"), std::string("щ"), std::string("中"),
                                     std::string("\xFF"), std::string(1, '\0'), std::string("'"), std::string("abd ")}) {
        std::string name;
        while (name.size() < million) name += piece;
        expect_sound(family_name_forms(name), piece);
        expect_sound(given_name_forms(name), piece);
    }
}

TEST(Names, ThreadsAgree) {
    const std::vector<std::string> all = all_golden_names();
    std::vector<std::vector<std::string>> results(4);
    std::vector<std::thread> threads;
    for (std::vector<std::string>& result : results)
        threads.emplace_back([&all, &result] {
            for (const std::string& name : all) result.push_back(family_name_forms(name).phonetic + given_name_forms(name).folded);
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<std::string>& result : results) EXPECT_EQ(result, results.front());
}

}  // namespace
}  // namespace brugwacht
