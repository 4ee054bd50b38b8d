#include "engine/identity/linkage/names.hpp"

#include <algorithm>
#include <array>

#include "engine/identity/linkage/names_knowledge.hpp"
#include "engine/identity/linkage/names_letters.hpp"
#include "engine/identity/linkage/names_sound.hpp"

namespace brugwacht {
namespace {

using names::Knowledge;
using names::WordSet;
using Words = std::vector<std::string>;

constexpr std::size_t kLongestName = 400;       // bytes
constexpr std::size_t kShortestAfterGlued = 3;  // letters after a glued particle
constexpr std::size_t kShortestStem = 3;        // letters before an ending of gender

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_number(const std::string& word) { return std::none_of(word.begin(), word.end(), is_letter); }

// Notes in brackets go; a bracket that is never closed, up to the end. A name that is nothing but a note stays.
std::string without_notes(std::string plain) {
    if (plain.find('(') == std::string::npos) return plain;
    std::string out;
    int depth = 0;
    for (const char c : plain) {
        if (c == '(') ++depth;
        if (depth == 0) out.push_back(c == ')' ? ' ' : c);
        if (c == ')' && depth > 0 && --depth == 0) out.push_back(' ');
    }
    return std::any_of(out.begin(), out.end(), is_letter) ? out : plain;
}

struct Parsed {
    Words words;
    std::size_t before_comma = 0;  // words before the first comma; all of them when there is none
};

// Apostrophes glue: D'hondt is Dhondt, and so is D' hondt. Every other mark parts words.
Parsed parsed(std::string_view plain) {
    Parsed out;
    std::string word;
    bool comma = false;
    const auto close = [&] {
        if (!word.empty()) out.words.push_back(std::move(word));
        word.clear();
    };
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const char c = plain[i];
        if (is_letter(c) || (c >= '0' && c <= '9')) {
            word.push_back(c);
        } else if (c == '\'') {
            while (word.size() == 1 && i + 1 < plain.size() && plain[i + 1] == ' ') ++i;
        } else {
            close();
            if (c == ',' && !comma && !out.words.empty()) {
                comma = true;
                out.before_comma = out.words.size();
            }
        }
    }
    close();
    if (!comma) out.before_comma = out.words.size();
    return out;
}

bool all_in(const Words& words, std::size_t from, std::size_t to, const auto& is_one) {
    for (std::size_t i = from; i < to; ++i)
        if (!is_one(words[i])) return false;
    return true;
}

void drop_around(Words& words, const Knowledge& known) {
    const auto first = std::find_if(words.begin(), words.end(), [&](const std::string& word) { return !known.titles.contains(word); });
    if (first != words.end()) words.erase(words.begin(), first);
    while (words.size() > 1 && known.suffixes.contains(words.back())) words.pop_back();
    if (!std::all_of(words.begin(), words.end(), is_number)) std::erase_if(words, is_number);
}

// "karim" -> "abdelkarim"; only Allah keeps the article in its own spelling.
std::string servant_of(const std::string& word) {
    return word.starts_with("all") ? names::with_usual_servant("abd" + word) : "abdel" + word;
}

// "Abdel Karim", "Abd al Karim", "Abdulkarim" -> "abdelkarim".
void glue_servants(Words& words) {
    constexpr std::array<std::string_view, 6> kServants = {"abd", "abdel", "abdul", "abdoul", "abdal", "abdil"};
    constexpr std::array<std::string_view, 5> kArticles = {"el", "al", "ul", "il", "oul"};
    const auto among = [](const auto& list, const std::string& word) { return std::find(list.begin(), list.end(), word) != list.end(); };
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].starts_with("abd")) continue;
        if (!among(kServants, words[i]) || i + 1 == words.size()) {
            words[i] = names::with_usual_servant(std::move(words[i]));
            continue;
        }
        const std::size_t of = i + (i + 2 < words.size() && among(kArticles, words[i + 1]) ? 2 : 1);
        words[i] = servant_of(words[of]);
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.begin() + static_cast<std::ptrdiff_t>(of) + 1);
    }
}

// "D Hondt", "L Ecluse", "O Brien" as systems write them that know no apostrophe.
void glue_elisions(Words& words) {
    constexpr std::string_view kElided = "dl", kAfter = "aeiouh";
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i].size() != 1 || kElided.find(words[i][0]) == std::string_view::npos) continue;
        if (words[i + 1].size() < 2 || kAfter.find(words[i + 1][0]) == std::string_view::npos) continue;
        words[i] += words[i + 1];
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

// "Broeck, van den" and "Broeck van den" -> "van den broeck"; of "Peeters, Jan" the surname is what stands before the comma.
void put_particles_first(Parsed& name, const Knowledge& known) {
    Words& words = name.words;
    const auto is_dutch = [&](const std::string& word) { return known.dutch_particles.contains(word); };
    const auto is_particle = [&](const std::string& word) { return is_dutch(word) || known.other_particles.contains(word); };
    const std::size_t comma = name.before_comma;
    if (all_in(words, 0, words.size(), is_particle)) return;
    std::size_t tail = words.size();
    if (comma < words.size()) {
        if (all_in(words, comma, words.size(), is_particle))
            tail = comma;
        else if (!all_in(words, 0, comma, is_particle))
            words.resize(comma);
    }
    if (tail >= words.size())
        for (tail = words.size(); tail > 0 && is_dutch(words[tail - 1]);) --tail;
    std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(tail), words.end());
}

void drop_between(Words& words, const Knowledge& known) {
    for (std::size_t i = words.size(); i-- > 1;)
        if (i + 1 < words.size() && known.between.contains(words[i])) words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
}

std::string glued(const Words& words, std::string_view between = {}) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty()) out += between;
        out += word;
    }
    return out;
}

Words without(const Words& words, const auto& is_particle) {
    Words out;
    out.reserve(words.size());
    for (const std::string& word : words)
        if (!is_particle(word)) out.push_back(word);
    return out.empty() ? words : out;
}

void take_off_glued(Words& tokens, const Knowledge& known) {
    for (std::string& token : tokens)
        for (const std::string& particle : known.glued_particles)
            if (token.size() >= particle.size() + kShortestAfterGlued && token.starts_with(particle)) {
                token.erase(0, particle.size());
                break;
            }
}

struct Ending {
    std::string_view ending, becomes;
};
// Slavic surnames that agree with their bearer, and the ways to write the men's form; longer ones first.
constexpr auto kEndings = std::to_array<Ending>({
    {"skaya", "sk"},   {"skaia", "sk"},   {"skaja", "sk"},   {"skyi", "sk"}, {"skiy", "sk"}, {"skyy", "sk"}, {"skij", "sk"},
    {"skii", "sk"},    {"skyj", "sk"},    {"ski", "sk"},     {"sky", "sk"},  {"ska", "sk"},  {"cki", "ck"},  {"cka", "ck"},
    {"cky", "ck"},     {"zki", "zk"},     {"zka", "zk"},     {"owa", "ov"},  {"ova", "ov"},  {"off", "ov"},  {"ow", "ov"},
    {"ov", "ov"},      {"ewa", "ev"},     {"eva", "ev"},     {"eff", "ev"},  {"ew", "ev"},   {"ev", "ev"},   {"kina", "kin"},
    {"shina", "shin"}, {"zhina", "zhin"}, {"tsyna", "tsyn"}, {"yna", "yn"},  {"yi", "y"},    {"yy", "y"},    {"iy", "y"},
    {"yj", "y"},       {"ii", "y"},
});

std::string without_gender(std::string token) {
    for (const Ending& e : kEndings)
        if (token.size() >= e.ending.size() + kShortestStem && token.ends_with(e.ending))
            return token.replace(token.size() - e.ending.size(), e.ending.size(), e.becomes);
    return token;
}

std::string stem_of(const Words& tokens) {
    std::string stem;
    for (const std::string& token : tokens) stem += without_gender(token);
    return stem;
}

// Both readings of the core, unless config/names.toml says how it sounds.
void set_sounds(NameForms& forms, const Knowledge& known) {
    const auto exception = known.sounds.find(forms.core);
    if (exception != known.sounds.end()) {
        forms.phonetic = exception->second;
    } else {
        forms.phonetic = names::sound_key(forms.core);
        if (forms.core.find('h') != std::string::npos) forms.phonetic_other = names::sound_key(forms.core, names::Reading::Other);
        if (forms.phonetic_other == forms.phonetic) forms.phonetic_other.clear();
    }
    forms.phonetic_joined = forms.joined == forms.core ? forms.phonetic : names::sound_key(forms.joined);
}

NameForms forms_of(const Words& words, Words tokens, const Knowledge& known) {
    NameForms forms;
    forms.joined = glued(words);
    if (known.no_name.contains(forms.joined)) return {};
    forms.folded = glued(words, " ");
    forms.core = glued(tokens);
    forms.stem = stem_of(tokens);
    set_sounds(forms, known);
    forms.tokens = std::move(tokens);
    return forms;
}

Parsed parsed_name(std::string_view utf8) { return parsed(without_notes(names::plain_letters(utf8.substr(0, kLongestName)))); }

}  // namespace

NameForms family_name_forms(std::string_view utf8) {
    const Knowledge& known = names::knowledge();
    Parsed name = parsed_name(utf8);
    put_particles_first(name, known);
    Words& words = name.words;
    drop_around(words, known);
    drop_between(words, known);
    glue_elisions(words);
    glue_servants(words);
    Words tokens = without(
        words, [&](const std::string& word) { return known.dutch_particles.contains(word) || known.other_particles.contains(word); });
    take_off_glued(tokens, known);
    return forms_of(words, std::move(tokens), known);
}

NameForms given_name_forms(std::string_view utf8) {
    const Knowledge& known = names::knowledge();
    Words words = parsed_name(utf8).words;
    drop_around(words, known);
    glue_servants(words);
    Words tokens = without(words, [&](const std::string& word) { return known.given_particles.contains(word); });
    return forms_of(words, std::move(tokens), known);
}

std::span<const std::uint32_t> given_name_classes(std::string_view folded_token) {
    const auto& classes = names::knowledge().given_classes;
    const auto at = classes.find(folded_token);
    return at == classes.end() ? std::span<const std::uint32_t>() : std::span<const std::uint32_t>(at->second);
}

std::uint32_t given_name_class(std::string_view folded_token) {
    const std::span<const std::uint32_t> classes = given_name_classes(folded_token);
    return classes.empty() ? 0 : classes.front();
}

NameKinship given_name_kinship(std::string_view folded_token, std::string_view other_token) {
    if (folded_token == other_token && !folded_token.empty()) return NameKinship::Same;
    const std::span<const std::uint32_t> a = given_name_classes(folded_token), b = given_name_classes(other_token);
    if (a.empty() || b.empty()) return NameKinship::Unknown;
    const bool shared = std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
    return shared ? NameKinship::Same : NameKinship::Different;
}

bool is_initial(std::string_view folded_token) { return folded_token.size() == 1 && is_letter(folded_token.front()); }

}  // namespace brugwacht
