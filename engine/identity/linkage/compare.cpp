#include "engine/identity/linkage/compare.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "engine/identity/linkage/similarity.hpp"

namespace brugwacht {
namespace {

/// Below this likeness (Jaro-Winkler) two names are different names.
constexpr double kAlike = 0.86, kAlikeStreet = 0.92;
/// Years between a parent and a child at least.
constexpr int kGeneration = 15;
/// A name that occurs so often is no slip of the pen: slips are rarely made twice.
constexpr std::uint32_t kEstablished = 2;

/// What is believed of a kind of value before its frequencies are seen: the share of records with a usual value, and how many records
/// that belief is worth.
struct Belief {
    double share;
    double worth;
};
constexpr Belief kGivenBelief{0.003, 200}, kFamilyBelief{0.001, 200}, kBirthBelief{0.0003, 200}, kFirstOfJanuaryBelief{0.01, 200};
constexpr Belief kStreetBelief{0.001, 200}, kHouseBelief{0.01, 200}, kPlaceBelief{0.01, 100}, kUniqueBelief{0.0001, 50};

/// log2 of the chance that some other record has a value that `count` of `total` records have.
float chance(double count, double total, const Belief& belief) {
    const double others = std::max(count - 1, 1.0);
    return static_cast<float>(std::log2(std::min(0.9, (others + belief.share * belief.worth) / (total + belief.worth))));
}

struct NameResult {
    NameLevel level = NameLevel::Missing;
    double count = 0;  // records with the value that agrees; 0 = the level alone tells
    bool known_apart = false, two_names = false, other_first = false;
};

/// How likely the level makes two names to be one, most likely first.
constexpr std::array<std::uint8_t, kNameLevels> kRank = {9, 0, 1, 2, 4, 5, 8, 6, 7};
bool better(NameLevel a, NameLevel b) { return kRank[static_cast<std::size_t>(a)] < kRank[static_cast<std::size_t>(b)]; }

class NameComparer {
  public:
    explicit NameComparer(const NameTable& names) : names_(names) {}

    NameResult given(std::uint32_t a_number, std::uint32_t b_number) const {
        if (a_number == 0 || b_number == 0) return {};
        const NameEntry& a = names_.entry(NameRole::Given, a_number);
        const NameEntry& b = names_.entry(NameRole::Given, b_number);
        if (a.joined == b.joined) {
            if (names_.text(a.joined).size() == 1) return {NameLevel::Initial, 0};
            return {NameLevel::Exact, double(names_.count_of(NameRole::Given, a.joined))};
        }
        if (a.core == b.core || shared_class(a.known, b.known) != 0)
            return {NameLevel::Variant, double(std::max(count_of(a), names_.class_count(shared_class(a.known, b.known)))), false,
                    other_ending(names_.text(a.joined), names_.text(b.joined)) && established(a) && established(b)};
        if (const NameResult by_tokens = tokens_of(a, b); by_tokens.level != NameLevel::Different) return by_tokens;
        return letters(a, b, NameRole::Given);
    }

    NameResult family(std::uint32_t a_number, std::uint32_t b_number) const {
        if (a_number == 0 || b_number == 0) return {};
        const NameEntry& a = names_.entry(NameRole::Family, a_number);
        const NameEntry& b = names_.entry(NameRole::Family, b_number);
        const double count_a = names_.count_of(NameRole::Family, a.joined), count_b = names_.count_of(NameRole::Family, b.joined);
        if (a.joined == b.joined) return {NameLevel::Exact, count_a};
        if (a.core == b.core || a.stem == b.stem) return {NameLevel::Variant, count_a + count_b};
        if (const NameResult shared = shared_surname(a, b); shared.level != NameLevel::Different) return shared;
        const std::string_view one = names_.text(a.joined), other = names_.text(b.joined);
        if (one.size() == 1 || other.size() == 1) return {one.front() == other.front() ? NameLevel::Initial : NameLevel::OtherInitial, 0};
        if (sounds_alike(a, b) && are_alike(names_.word(a.joined), names_.word(b.joined), kAlike))
            return {NameLevel::Variant, count_a + count_b};
        return letters(a, b, NameRole::Family);
    }

    /// A given name against a family name, letters only.
    NameLevel crossed(std::uint32_t given_number, std::uint32_t family_number) const {
        const NameEntry& given = names_.entry(NameRole::Given, given_number);
        const NameEntry& family = names_.entry(NameRole::Family, family_number);
        if (given.joined == family.joined) return NameLevel::Exact;
        return is_slip(names_.word(given.joined), names_.word(family.joined)) ? NameLevel::Typo : NameLevel::Different;
    }

    /// A family name that is a slip of the given name: whether it is a given name of its own.
    bool are_two_names(std::uint32_t given_number, std::uint32_t family_number) const {
        const std::uint32_t given = names_.entry(NameRole::Given, given_number).joined,
                            family = names_.entry(NameRole::Family, family_number).joined;
        return more_than_a_slip(names_.text(given), names_.text(family)) ||
               (names_.token_count(given) >= kEstablished && names_.token_count(family) >= kEstablished);
    }

    std::string_view joined(NameRole role, std::uint32_t number) const { return names_.text(names_.entry(role, number).joined); }

  private:
    std::uint32_t count_of(const NameEntry& given) const { return names_.count_of(NameRole::Given, given.joined); }

    static std::uint32_t shared_class(const NameClasses& a, const NameClasses& b) {
        for (const std::uint32_t known : a)
            if (known != 0 && std::find(b.begin(), b.end(), known) != b.end()) return known;
        return 0;
    }

    static bool sounds_alike(const NameEntry& a, const NameEntry& b) {
        return a.phonetic == b.phonetic || a.phonetic_joined == b.phonetic_joined ||
               (a.phonetic_other != 0 && (a.phonetic_other == b.phonetic || a.phonetic_other == b.phonetic_other)) ||
               (b.phonetic_other != 0 && b.phonetic_other == a.phonetic);
    }

    /// Tokens of the shorter list, each against its best partner in the longer one.
    NameResult tokens_of(const NameEntry& a, const NameEntry& b) const {
        if (a.tokens == 1 && b.tokens == 1) {
            const NameResult one = token(names_.token(a, 0), names_.token(b, 0));
            return one.level == NameLevel::Exact ? NameResult{NameLevel::Variant, one.count} : one;
        }
        const NameEntry& few = a.tokens <= b.tokens ? a : b;
        const NameEntry& many = a.tokens <= b.tokens ? b : a;
        NameLevel worst = NameLevel::Exact;
        double count = 0;
        unsigned agree = 0;
        bool usual = false;
        for (std::uint32_t i = 0; i < few.tokens; ++i) {
            NameResult best{NameLevel::Different, 0};
            for (std::uint32_t j = 0; j < many.tokens; ++j)
                if (const NameResult r = token(names_.token(few, i), names_.token(many, j)); better(r.level, best.level)) best = r;
            if (better(worst, best.level)) worst = best.level;
            usual = usual || best.two_names;
            if (best.level == NameLevel::Exact || best.level == NameLevel::Variant) {
                ++agree;
                count = count == 0 ? best.count : std::min(count, best.count);
            }
        }
        const bool whole = few.tokens == many.tokens;
        if (worst == NameLevel::Exact || worst == NameLevel::Variant) {
            const bool other_first = !whole && better(NameLevel::Similar, token(names_.token(few, 0), names_.token(many, 0)).level);
            return {whole ? NameLevel::Variant : NameLevel::Part, count, false, usual, other_first};
        }
        if (worst == NameLevel::Initial && (agree > 0 || few.tokens == 1 || whole))
            return agree > 0 ? NameResult{NameLevel::Part, count} : NameResult{NameLevel::Initial, 0};
        if (worst == NameLevel::Typo) return {NameLevel::Typo, 0, false, usual};
        if (worst == NameLevel::OtherInitial && agree == 0) return {NameLevel::OtherInitial, 0};
        return {agree >= 2 ? NameLevel::Part : agree == 1 ? NameLevel::Similar : NameLevel::Different, agree >= 2 ? count : 0};
    }

    NameResult token(const NameToken& a, const NameToken& b) const {
        if (a.text == b.text) return {NameLevel::Exact, double(names_.token_count(a.text))};
        if (const std::uint32_t known = shared_class(a.known, b.known); known != 0)
            return {NameLevel::Variant, double(names_.class_count(known)), false,
                    other_ending(names_.text(a.text), names_.text(b.text)) && established(a) && established(b)};
        const std::string_view one = names_.text(a.text), other = names_.text(b.text);
        if (one.size() == 1 || other.size() == 1) return {one.front() == other.front() ? NameLevel::Initial : NameLevel::OtherInitial, 0};
        if (apart(a.known, b.known) || !is_slip(names_.word(a.text), names_.word(b.text))) return {NameLevel::Different, 0};
        return {NameLevel::Typo, 0, false, more_than_a_slip(one, other) || (established(a) && established(b))};
    }

    NameResult letters(const NameEntry& a, const NameEntry& b, NameRole role) const {
        const Word one = names_.word(a.joined), other = names_.word(b.joined);
        const bool given = role == NameRole::Given;
        const bool known_apart = given && apart(classes(a), classes(b));
        const bool usual = given && (more_than_a_slip(one.text, other.text) || (established(a) && established(b)));
        if (is_slip(one, other)) return {NameLevel::Typo, 0, known_apart, usual};
        const bool begins = given && (one.text.starts_with(other.text) || other.text.starts_with(one.text));
        const bool alike = begins || are_alike(one, other, kAlike);
        return {alike ? NameLevel::Similar : NameLevel::Different, 0, known_apart, usual};
    }

    /// Julie and Julia, Marie and Maria: one name by origin, two by custom.
    static bool other_ending(std::string_view a, std::string_view b) {
        if (a.size() != b.size() || a.size() < 2 || a.substr(0, a.size() - 1) != b.substr(0, b.size() - 1)) return false;
        return (a.back() == 'a' && b.back() == 'e') || (a.back() == 'e' && b.back() == 'a');
    }

    /// Daan and Dean, Emma and Emmy: one vowel in place of another makes another name more often than a slip; so do two changes at once.
    static bool more_than_a_slip(std::string_view a, std::string_view b) {
        constexpr std::string_view kVowels = "aeiouy";
        if (!one_edit_apart(a, b)) return true;
        if (a.size() != b.size()) return false;
        const auto differ = std::mismatch(a.begin(), a.end(), b.begin());
        if (differ.first == a.end() || !std::equal(differ.first + 1, a.end(), differ.second + 1)) return false;
        return kVowels.find(*differ.first) != std::string_view::npos && kVowels.find(*differ.second) != std::string_view::npos;
    }

    /// Both are known, and as different names.
    static bool apart(const NameClasses& a, const NameClasses& b) { return a[0] != 0 && b[0] != 0 && shared_class(a, b) == 0; }

    const NameClasses& classes(const NameEntry& name) const {
        return name.known[0] != 0 || name.tokens == 0 ? name.known : names_.token(name, 0).known;
    }

    bool established(const NameToken& part) const { return part.known[0] != 0 || names_.token_count(part.text) >= kEstablished; }
    bool established(const NameEntry& name) const { return classes(name)[0] != 0 || count_of(name) >= kEstablished; }

    /// "Peeters Janssens" against "Janssens", "Peeters", "Janssens Peeters".
    NameResult shared_surname(const NameEntry& a, const NameEntry& b) const {
        constexpr std::size_t kShortestSurname = 4;  // a shorter token is a particle or chance
        double count = 0;
        for (std::uint32_t i = 0; i < a.tokens; ++i)
            for (std::uint32_t j = 0; j < b.tokens; ++j)
                if (const std::uint32_t text = names_.token(a, i).text;
                    text == names_.token(b, j).text && names_.text(text).size() >= kShortestSurname)
                    count = std::max(count, 2.0 + names_.count_of(NameRole::Family, text));
        return {count > 0 ? NameLevel::Part : NameLevel::Different, count};
    }

    const NameTable& names_;
};

class PairComparer {
  public:
    PairComparer(const FeatureTable& table, const Features& a, const Features& b) : table_(table), a_(a), b_(b), names_(table.names) {}

    Comparison run() {
        birth();
        names();
        address();
        contacts();
        numbers();
        out_.one_source = a_.source == b_.source;
        if (table_.sources.size() > 2) set(Thing::Source, out_.one_source ? Level::Exact : Level::Different);
        if (a_.email != 0 && a_.email == b_.email) out_.own_email = holds_name(a_.email, a_) || holds_name(a_.email, b_);
        if (better(out_.given(), NameLevel::Typo)) return out_;
        out_.parent = is_guardian(a_, b_) || is_guardian(b_, a_);
        return out_;
    }

  private:
    template <typename L>
    void set(Thing thing, L level, float rarity = 0) {
        out_.levels[static_cast<std::size_t>(thing)] = static_cast<std::uint8_t>(level);
        out_.rarity[static_cast<std::size_t>(thing)] = rarity;
    }

    float chance_of(const Dictionary& dictionary, std::uint32_t number, const Belief& belief) const {
        return chance(dictionary.count(number), static_cast<double>(table_.size()), belief);
    }

    void birth() {
        const BirthLevel level = compare_births(a_.birth, table_.births.text(a_.birth_text), b_.birth, table_.births.text(b_.birth_text));
        const bool same = a_.birth_text == b_.birth_text && (level == BirthLevel::Exact || level == BirthLevel::WeakExact);
        const Belief& belief = level == BirthLevel::Exact ? kBirthBelief : kFirstOfJanuaryBelief;
        set(Thing::Birth, level, same ? chance_of(table_.births, a_.birth_text, belief) : 0);
        const int years = std::abs(int{a_.birth.year} - int{b_.birth.year});
        const bool to_the_day = a_.birth.day != 0 && b_.birth.day != 0;
        out_.generation = a_.birth.year != 0 && b_.birth.year != 0 && years >= kGeneration && !to_the_day;
    }

    NameResult best_given() const {
        NameResult best = names_.given(a_.given, b_.given);
        if (a_.call == 0 && b_.call == 0) return best;
        for (const auto& [x, y] : {std::pair{a_.call, b_.given}, std::pair{a_.given, b_.call}, std::pair{a_.call, b_.call}})
            if (const NameResult other = names_.given(x, y); better(other.level, best.level)) {
                best = other;
                if (best.level == NameLevel::Exact) best.level = NameLevel::Variant;
            }
        return best;
    }

    void names() {
        const NameResult given = best_given(), family = names_.family(a_.family, b_.family);
        const auto weak = [](NameLevel level) { return !better(level, NameLevel::Similar); };
        if (weak(given.level) && weak(family.level) && (changed_places() || in_one_field(a_, b_) || in_one_field(b_, a_))) return;
        set(Thing::Given, given.level, given.count > 0 ? given_chance(given.count) : 0);
        set(Thing::Family, family.level, family.count > 0 ? family_chance(family.count) : 0);
        if (given.level != NameLevel::Missing && family.level != NameLevel::Missing) set(Thing::Order, Level::Exact);
        out_.known_apart = given.known_apart;
        out_.two_names = given.two_names;
        out_.other_first = given.other_first;
    }

    float given_chance(double count) const { return chance(count, static_cast<double>(table_.size()), kGivenBelief); }
    float family_chance(double count) const { return chance(count, static_cast<double>(table_.size()), kFamilyBelief); }

    double count_in_either(NameRole role, std::uint32_t number) const {
        const std::uint32_t joined = table_.names.entry(role, number).joined;
        return 1.0 + std::max(table_.names.count_of(NameRole::Given, joined), table_.names.count_of(NameRole::Family, joined));
    }

    void set_swapped(NameLevel given, NameLevel family, const Features& whole) {
        set(Thing::Given, given, given == NameLevel::Exact ? given_chance(count_in_either(NameRole::Given, whole.given)) : 0);
        set(Thing::Family, family, family == NameLevel::Exact ? family_chance(count_in_either(NameRole::Family, whole.family)) : 0);
        set(Thing::Order, Level::Typo);
    }

    bool changed_places() {
        if (a_.given == 0 || a_.family == 0 || b_.given == 0 || b_.family == 0) return false;
        const NameLevel one = names_.crossed(a_.given, b_.family), other = names_.crossed(b_.given, a_.family);
        if (one != NameLevel::Exact && other != NameLevel::Exact && (one == NameLevel::Different || other == NameLevel::Different))
            return false;
        // Which of the two has them in the right places tells whether it is the given names that agree.
        if (order_of(a_) >= order_of(b_)) {
            set_swapped(one, other, a_);
            out_.two_names = one == NameLevel::Typo && names_.are_two_names(a_.given, b_.family);
        } else {
            set_swapped(other, one, b_);
            out_.two_names = other == NameLevel::Typo && names_.are_two_names(b_.given, a_.family);
        }
        return true;
    }

    /// How much oftener the names of the record stand in these places than in the other ones, as log2.
    double order_of(const Features& record) const {
        const std::uint32_t given = table_.names.entry(NameRole::Given, record.given).joined,
                            family = table_.names.entry(NameRole::Family, record.family).joined;
        const auto times = [&](NameRole role, std::uint32_t joined) { return std::log2(1.0 + table_.names.count_of(role, joined)); };
        return times(NameRole::Given, given) - times(NameRole::Family, given) + times(NameRole::Family, family) -
               times(NameRole::Given, family);
    }

    /// `whole` has both names, `other` the two in one field.
    bool in_one_field(const Features& whole, const Features& other) {
        if (whole.given == 0 || whole.family == 0 || (other.given == 0) == (other.family == 0)) return false;
        const std::string_view both =
            other.given != 0 ? names_.joined(NameRole::Given, other.given) : names_.joined(NameRole::Family, other.family);
        if (!is_joined(both, whole)) return false;
        set_swapped(NameLevel::Exact, NameLevel::Exact, whole);
        return true;
    }

    /// True when the text is given and family name of that record without a blank, in either order.
    bool is_joined(std::string_view text, const Features& record) const {
        const std::string_view given = names_.joined(NameRole::Given, record.given),
                               family = names_.joined(NameRole::Family, record.family);
        if (text.size() != given.size() + family.size()) return false;
        return (text.starts_with(given) && text.ends_with(family)) || (text.starts_with(family) && text.ends_with(given));
    }

    /// An address that is named after the child is the child's own.
    bool holds_name(std::uint32_t email, const Features& record) const {
        constexpr std::size_t kShortestName = 3;
        if (record.given == 0) return false;
        const NameEntry& name = table_.names.entry(NameRole::Given, record.given);
        if (name.tokens == 0) return false;
        const std::string_view given = table_.names.text(table_.names.token(name, 0).text), address = table_.emails.text(email);
        return given.size() >= kShortestName && address.substr(0, address.find('@')).find(given) != std::string_view::npos;
    }

    bool is_guardian(const Features& child, const Features& other) const {
        return child.guardian != 0 && other.given != 0 && other.family != 0 && is_joined(table_.guardians.text(child.guardian), other);
    }

    void address() {
        if (a_.street != 0 && b_.street != 0) {
            const bool same = a_.street == b_.street;
            const Word one = table_.streets.word(a_.street), other = table_.streets.word(b_.street);
            const Level level = same                                                         ? Level::Exact
                                : is_slip(one, other) || are_alike(one, other, kAlikeStreet) ? Level::Typo
                                                                                             : Level::Different;
            set(Thing::Street, level, same ? chance_of(table_.streets, a_.street, kStreetBelief) : 0);
        }
        if (a_.house != 0 && b_.house != 0) {
            const bool same = a_.house == b_.house;
            const std::string_view one = table_.houses.text(a_.house), other = table_.houses.text(b_.house);
            const bool near = one.starts_with(other) || other.starts_with(one) || (one.size() > 1 && one_edit_apart(one, other));
            set(Thing::House,
                same   ? Level::Exact
                : near ? Level::Typo
                       : Level::Different,
                same ? chance_of(table_.houses, a_.house, kHouseBelief) : 0);
        }
        place();
    }

    static Level code_level(const Dictionary& dictionary, std::uint32_t a, std::uint32_t b) {
        if (a == 0 || b == 0) return Level::Missing;
        if (a == b) return Level::Exact;
        return one_edit_apart(dictionary.text(a), dictionary.text(b)) ? Level::Typo : Level::Different;
    }

    static Level word_level(const Dictionary& dictionary, std::uint32_t a, std::uint32_t b) {
        if (a == 0 || b == 0) return Level::Missing;
        if (a == b) return Level::Exact;
        return is_slip(dictionary.word(a), dictionary.word(b)) ? Level::Typo : Level::Different;
    }

    void place() {
        const Level postcode = code_level(table_.postcodes, a_.postcode, b_.postcode);
        const Level municipality = word_level(table_.municipalities, a_.municipality, b_.municipality);
        const Level best = postcode == Level::Missing       ? municipality
                           : municipality == Level::Missing ? postcode
                                                            : std::min(postcode, municipality);
        const Level worst = std::max(postcode, municipality);
        if (best != Level::Exact) return set(Thing::Place, worst);  // a postcode off by a digit is another place if the name differs
        float rarity = 0;
        if (postcode == Level::Exact) rarity = chance_of(table_.postcodes, a_.postcode, kPlaceBelief);
        if (municipality == Level::Exact) rarity = std::min(rarity, chance_of(table_.municipalities, a_.municipality, kPlaceBelief));
        if (worst == Level::Different) return set(Thing::Place, Level::Typo);
        set(Thing::Place, Level::Exact, rarity);
    }

    void contacts() {
        set_contact(Thing::Phone, table_.phones, {a_.phone, a_.guardian_phone}, {b_.phone, b_.guardian_phone});
        set_contact(Thing::Email, table_.emails, {a_.email, a_.guardian_email}, {b_.email, b_.guardian_email});
        if (level_of(Thing::Email) == Level::Typo && other_number(table_.emails.text(a_.email), table_.emails.text(b_.email)))
            set(Thing::Email, Level::Different);
        if (a_.guardian != 0 && b_.guardian != 0) set_equal(Thing::Guardian, table_.guardians, a_.guardian, b_.guardian);
    }

    /// A child's own contact data and those of a parent are one pool: which is written where is chance.
    void set_contact(Thing thing, const Dictionary& dictionary, std::array<std::uint32_t, 2> of_a, std::array<std::uint32_t, 2> of_b) {
        Level best = Level::Missing;
        std::uint32_t shared = 0;
        for (const std::uint32_t x : of_a)
            for (const std::uint32_t y : of_b) {
                const Level level = thing == Thing::Phone ? code_level(dictionary, x, y) : word_level(dictionary, x, y);
                if (level == Level::Missing || (best != Level::Missing && best <= level)) continue;
                best = level;
                if (level == Level::Exact) shared = x;
            }
        set(thing, best, shared != 0 ? chance_of(dictionary, shared, kUniqueBelief) : 0);
    }

    Level level_of(Thing thing) const { return out_.level(thing); }

    /// "jan.peeters1@..." and "jan.peeters2@..." were given to two people.
    static bool other_number(std::string_view a, std::string_view b) {
        const auto digits = [](std::string_view text) {
            std::string out;
            std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
            return out;
        };
        return digits(a) != digits(b);
    }

    void set_equal(Thing thing, const Dictionary& dictionary, std::uint32_t x, std::uint32_t y) {
        const Level level = thing == Thing::Guardian ? word_level(dictionary, x, y) : code_level(dictionary, x, y);
        set(thing, level, level == Level::Exact ? chance_of(dictionary, x, kUniqueBelief) : 0);
    }

    void numbers() {
        const bool one_source = a_.source == b_.source;
        if (a_.member != 0 && b_.member != 0)
            set_equal(one_source ? Thing::MemberHere : Thing::MemberThere, table_.members, a_.member, b_.member);
        if (a_.household != 0 && b_.household != 0 && (one_source || a_.household == b_.household))
            set_equal(Thing::Household, table_.households, a_.household, b_.household);
        if (a_.gender != Gender::Unknown && b_.gender != Gender::Unknown)
            set(Thing::Gender, a_.gender == b_.gender ? Level::Exact : Level::Different);
    }

    const FeatureTable& table_;
    const Features& a_;
    const Features& b_;
    NameComparer names_;
    Comparison out_;
};

}  // namespace

Comparison compare(const FeatureTable& table, const Features& a, const Features& b) { return PairComparer(table, a, b).run(); }

}  // namespace brugwacht
