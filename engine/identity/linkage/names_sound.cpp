#include "engine/identity/linkage/names_sound.hpp"

#include <algorithm>
#include <array>

namespace brugwacht::names {
namespace {

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }
bool is_front(char c) { return c == 'e' || c == 'i' || c == 'y'; }
char kind_of(char vowel) { return vowel == 'a' ? 'a' : vowel == 'o' || vowel == 'u' ? 'u' : 'i'; }

// Several letters for one sound; longer ones first. "tsj" and "sj" are the Dutch spelling of Slavic and Arabic names, "cz" and "sz" the
// Polish.
struct Spelling {
    std::string_view letters;
    char sound;
};
constexpr auto kSpellings = std::to_array<Spelling>({
    {"tsch", 's'}, {"tsj", 's'}, {"tch", 's'}, {"tsh", 's'}, {"sch", 's'}, {"dsj", 'j'}, {"dzh", 'j'}, {"ts", 's'}, {"tz", 's'},
    {"th", 't'},   {"sh", 's'},  {"sj", 's'},  {"sz", 's'},  {"cz", 's'},  {"ck", 'k'},  {"cq", 'k'},  {"zh", 's'}, {"zj", 's'},
    {"dt", 't'},   {"dh", 'd'},  {"ph", 'f'},  {"gh", 'g'},  {"kh", 'h'},  {"qu", 'k'},  {"kw", 'k'},
});

const Spelling* spelling_at(std::string_view rest) {
    constexpr std::string_view kFirstLetters = "tsdczpgkq";
    if (kFirstLetters.find(rest.front()) == std::string_view::npos) return nullptr;
    const auto* const at =
        std::find_if(kSpellings.begin(), kSpellings.end(), [&](const Spelling& s) { return rest.starts_with(s.letters); });
    return at == kSpellings.end() ? nullptr : at;
}

class Sounder {
  public:
    Sounder(std::string_view word, Reading reading) : word_(word), reading_(reading) {}

    std::string key() {
        while (at_ < word_.size()) step();
        if (consonants_ < 3 && first_vowel_ != '\0') out_.push_back(first_vowel_);
        if (word_.size() > 1 && (word_.ends_with('a') || word_.ends_with("ah"))) out_.push_back('a');
        return out_;
    }

  private:
    char next(std::size_t ahead = 1) const { return at_ + ahead < word_.size() ? word_[at_ + ahead] : '\0'; }
    char before() const { return at_ > 0 ? word_[at_ - 1] : '\0'; }
    bool last() const { return at_ + 1 == word_.size(); }

    // A consonant written twice sounds once, unless a vowel stands between.
    void say(char sound, std::size_t letters) {
        if (last_ != sound) {
            out_.push_back(sound);
            ++consonants_;
        }
        last_ = sound;
        at_ += letters;
    }
    void vowel() {
        const char letter = word_[at_] == 'y' || word_[at_] == 'j' ? 'i' : word_[at_];
        if (at_ == 0)
            out_.push_back('a');
        else if (first_vowel_ == '\0')
            first_vowel_ = kind_of(letter);
        last_ = '\0';
        ++at_;
    }
    // The French spelling of w: Ouali, Chaoui.
    bool is_ou_for_w() const { return word_[at_] == 'o' && next() == 'u' && is_vowel(next(2)); }
    // A j is a consonant at the start and between vowels as in Najib; in ij, ej, nj, lj (Meijer, Anja) it is written as y or i elsewhere.
    void letter_j(std::size_t letters) {
        const char previous = before();
        if (at_ == 0 || previous == 'a' || previous == 'o' || previous == 'u')
            say('j', letters);
        else
            at_ += letters;
    }
    void letter_c() {
        if (next() == 'h')
            say(reading_ == Reading::Other ? 'h' : 's', 2);
        else
            say(is_front(next()) ? 's' : 'k', 1);
    }
    void letter_h() {
        if (last())
            ++at_;
        else
            say(reading_ == Reading::Other && slavic_ ? 'g' : 'h', 1);
    }

    void letter_w() {
        if (before() == 'u')
            ++at_;  // Dauwe, Lauwers: part of the vowel
        else
            say('f', 1);
    }

    void step() {
        const char c = word_[at_];
        if (is_vowel(c)) return is_ou_for_w() ? say('f', 2) : vowel();
        if (const Spelling* const spelling = spelling_at(word_.substr(at_)); spelling != nullptr)
            return say(spelling->sound, spelling->letters.size());
        switch (c) {
            case 'y':
                return at_ == 0 && (is_vowel(next()) || next() == 'y') ? say('j', 1) : vowel();
            case 'j':
                return letter_j(1);
            case 'c':
                return letter_c();
            case 'h':
                return letter_h();
            case 'd':
                return next() == 'j' ? letter_j(2) : say(last() ? 't' : 'd', 1);
            case 'b':
                return say(last() ? 'p' : 'b', 1);
            case 'z':
                return say('s', 1);
            case 'q':
                return say('k', 1);
            case 'v':
                return say('f', 1);
            case 'w':
                return letter_w();
            case 'x':
                say('k', 0);
                return say('s', 1);
            default:
                return say(c, 1);
        }
    }

    static bool ends_slavic(std::string_view word) {
        constexpr auto kEndings =
            std::to_array<std::string_view>({"enko", "chuk", "tsjoek", "iuk", "yuk",  "uk",  "ov",  "ova", "ev",  "eva",
                                             "yi",   "iy",   "yk",     "ych", "skyi", "sky", "ska", "yn",  "yna", "ko"});
        return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return word.ends_with(ending); });
    }

    std::string_view word_;
    Reading reading_;
    bool slavic_ = reading_ == Reading::Other && ends_slavic(word_);
    std::string out_;
    std::size_t at_ = 0;
    std::size_t consonants_ = 0;
    char first_vowel_ = '\0';
    char last_ = '\0';
};

}  // namespace

std::string sound_key(std::string_view word, Reading reading) { return Sounder(word, reading).key(); }

}  // namespace brugwacht::names
