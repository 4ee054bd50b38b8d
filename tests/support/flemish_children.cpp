#include "tests/support/flemish_children.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "engine/core/date.hpp"
#include "engine/core/text.hpp"
#include "tests/support/csv_writer.hpp"
#include "tests/support/flemish_names.hpp"
#include "tests/support/rng.hpp"
#include "tests/support/slips.hpp"

namespace brugwacht {
namespace {

using std::string;
using std::string_view;

// ---------------------------------------------------------------- the truth

struct Address {
    string street, number;
    const FlemishTown* town = nullptr;
};

struct Parent {
    string given, family;
    string phone;  // digits behind the country code, as "475123456"
    string country = "32";
    string email;  // "" = none
};

/// What brothers and sisters have in common.
struct Family {
    const NamePool* pool = nullptr;
    std::uint32_t number = 0;
    SpelledName surname, mothers_surname;
    Parent mother, father;
    Address home, fathers_home, new_home;
    bool separated = false;
    int moved_in = 0;      // year; 0 = never
    unsigned january = 0;  // percent of its children registered on 1 January
};

struct Child {
    std::uint32_t number = 0;
    const Family* family = nullptr;
    SpelledName given;
    string second;  // second first name, "" = none
    SpelledName surname;
    bool girl = false;
    Date registered, real;  // differ for some who are registered on 1 January
    bool january = false;
    bool two_surnames = false;
    string phone, email;  // its own, "" = none
    /// A child born together with this one; the names that must not be mistaken for its own.
    std::uint32_t twin = 0;
    std::vector<string> twin_names;
    bool second_twin = false;
};

constexpr Facts kMothersPhone = kFirstContact, kFathersPhone = kFirstContact << 1, kOwnPhone = kFirstContact << 2,
                kMothersEmail = kFirstContact << 3, kFathersEmail = kFirstContact << 4, kOwnEmail = kFirstContact << 5,
                kHome = kFirstContact << 6, kFathersHome = kFirstContact << 7, kNewHome = kFirstContact << 8;

/// Frequent items first, as names of people are spread: the first is drawn about five times as often as the last.
template <typename T>
const T& draw_skewed(Rng& rng, std::span<const T> items) {
    std::uint32_t total = 0;
    const auto weight = [](std::size_t i) { return static_cast<std::uint32_t>(100'000 / (i + 14)); };
    for (std::size_t i = 0; i < items.size(); ++i) total += weight(i);
    std::uint32_t drawn = rng.below(total);
    for (std::size_t i = 0; i + 1 < items.size(); ++i) {
        if (drawn < weight(i)) return items[i];
        drawn -= weight(i);
    }
    return items.back();
}

/// The longest families of origin come first; weights add up to 100.
const NamePool& draw_pool(Rng& rng) {
    std::uint32_t drawn = rng.below(100);
    for (const NamePool& pool : name_pools()) {
        if (drawn < pool.weight) return pool;
        drawn -= pool.weight;
    }
    return name_pools().front();
}

SpelledName draw_surname(Rng& rng, const NamePool& pool) {
    if (!rng.chance(pool.rare)) return spelled(draw_skewed(rng, pool.families));
    const string_view beginning = rng.pick(pool.beginnings);
    return compound(beginning, rng.pick(pool.endings));
}

SpelledName draw_given(Rng& rng, const NamePool& pool, bool girl) {
    if (&pool != name_pools().data() || rng.chance(65)) return spelled(draw_skewed(rng, girl ? pool.girls : pool.boys));
    const RareFirstNames rare = rare_first_names(girl);
    const string_view beginning = rng.pick(rare.beginnings);
    return compound(beginning, rng.pick(rare.endings));
}

/// Every way of writing a name, folded.
std::vector<string> folded_forms(const SpelledName& name) {
    std::vector<string> forms;
    for (const string& form : name.latin) forms.push_back(fold_name(form));
    if (!name.called.empty()) forms.push_back(fold_name(name.called));
    return forms;
}

bool same_name(const SpelledName& a, const SpelledName& b) {
    const std::vector<string> of_b = folded_forms(b);
    for (const string& form : folded_forms(a))
        if (std::find(of_b.begin(), of_b.end(), form) != of_b.end()) return true;
    return false;
}

string digits(Rng& rng, int count) {
    string text;
    for (int i = 0; i < count; ++i) text.push_back(static_cast<char>('0' + rng.below(10)));
    return text;
}

string mobile(Rng& rng) {
    static constexpr string_view kStarts[] = {"46", "47", "48", "49"};
    return string(rng.pick(kStarts)) + digits(rng, 7);
}

string email_of(Rng& rng, string_view given, string_view family) {
    static constexpr string_view kDomains[] = {"telenet.example", "gmail.example", "hotmail.example", "skynet.example", "outlook.example"};
    const string first = fold_name(given);
    const string last = fold_name(family);
    string local;
    switch (rng.below(4)) {
        case 0:
            local = first + "." + last;
            break;
        case 1:
            local = last + "." + first.substr(0, 1);
            break;
        case 2:
            local = first + last + std::to_string(rng.between(1, 99));
            break;
        default:
            local = first + "_" + std::to_string(rng.between(1975, 2012));
    }
    return local + "@" + string(rng.pick(kDomains));
}

Address draw_address(Rng& rng, const FlemishTown* town) {
    Address address;
    address.street = rng.pick(flemish_streets());
    address.number = std::to_string(1 + rng.below(240));
    if (rng.chance(20)) address.number += " bus " + std::to_string(1 + rng.below(30));
    address.town = town;
    return address;
}

const FlemishTown* draw_town(Rng& rng) { return &flemish_towns()[rng.below(static_cast<std::uint32_t>(flemish_towns().size()))]; }

Parent draw_parent(Rng& rng, const NamePool& pool, bool woman, const SpelledName& family) {
    Parent parent;
    parent.given = draw_given(rng, pool, woman).latin.front();
    parent.family = family.latin.front();
    parent.phone = mobile(rng);
    if (&pool != name_pools().data() && rng.chance(pool.newcomers ? 25 : 6)) {
        parent.country = pool.phone;
        parent.phone = std::to_string(1 + rng.below(9)) + digits(rng, 8);
    }
    if (rng.chance(80)) parent.email = email_of(rng, parent.given, parent.family);
    return parent;
}

Family draw_family(Rng& rng, std::uint32_t number, const NamePool& pool, const SpelledName& surname) {
    Family family;
    family.pool = &pool;
    family.number = number;
    family.surname = surname;
    family.mothers_surname = draw_surname(rng, pool);
    family.mother = draw_parent(rng, pool, true, family.mothers_surname);
    family.father = draw_parent(rng, pool, false, family.surname);
    const FlemishTown* town = draw_town(rng);
    family.home = draw_address(rng, town);
    family.separated = rng.chance(18);
    family.fathers_home = draw_address(rng, rng.chance(60) ? town : draw_town(rng));
    family.new_home = draw_address(rng, rng.chance(75) ? town : draw_town(rng));
    family.moved_in = rng.chance(pool.newcomers ? 45 : 22) ? rng.between(2021, 2025) : 0;
    family.january = pool.newcomers ? 60 : &pool == name_pools().data() ? 0 : 4;
    return family;
}

string feminine(const string& surname) {
    for (const string_view ending : {"skyi", "ski", "cki"})
        if (surname.ends_with(ending)) {
            const std::size_t k = surname.rfind('k');
            return surname.substr(0, k + 1) + "a";
        }
    return surname;
}

/// A child of the family whose name nobody among its brothers and sisters has.
Child draw_child(Rng& rng, const Family& family, const std::vector<Child>& others) {
    Child child;
    child.family = &family;
    child.girl = rng.chance(49);
    const auto taken = [&](const SpelledName& name) {
        return std::any_of(others.begin(), others.end(), [&](const Child& other) { return same_name(other.given, name); });
    };
    do child.given = draw_given(rng, *family.pool, child.girl);
    while (taken(child.given));
    if (rng.chance(35))
        if (const SpelledName second = draw_given(rng, *family.pool, child.girl); !same_name(second, child.given))
            child.second = second.latin.front();
    child.surname = family.surname;
    if (child.girl && family.pool->feminine)
        for (string& form : child.surname.latin) form = feminine(form);
    child.real = child.registered = Date::from_ymd(2007, 1, 1)->plus_days(static_cast<int>(rng.below(365 * 13)));
    child.january = rng.chance(family.january);
    if (child.january) child.registered = *Date::from_ymd(child.real.year(), 1, 1);
    child.two_surnames = rng.chance(4);
    const bool older = child.real.year() <= 2013;
    if (older && rng.chance(25)) child.phone = mobile(rng);
    if (older && rng.chance(25)) child.email = email_of(rng, child.given.latin.front(), child.surname.latin.front());
    return child;
}

/// Another child of the same birth: a quarter of the pairs have names that are alike, a quarter the same initial.
Child draw_twin(Rng& rng, Child& first, const Family& family, const std::vector<Child>& others) {
    Child twin = draw_child(rng, family, others);
    const unsigned kind = rng.below(4);
    const bool flemish = family.pool == name_pools().data();
    const auto taken = [&](const AlikeNames& names) {
        return std::any_of(others.begin(), others.end(), [&](const Child& other) {
            return same_name(other.given, spelled(names.first)) || same_name(other.given, spelled(names.second));
        });
    };
    std::vector<const AlikeNames*> alike;
    for (const AlikeNames& names : alike_names())
        if (names.girls == first.girl && names.flemish == flemish && !taken(names)) alike.push_back(&names);
    if (kind == 0 && !alike.empty()) {
        const AlikeNames& names = *alike[rng.below(static_cast<std::uint32_t>(alike.size()))];
        first.given = spelled(names.first);
        twin.given = spelled(names.second);
        twin.girl = first.girl;
        first.second.clear();
        twin.second.clear();
        twin.surname = first.surname;
    }
    const auto fits = [&](const Child& child) {
        const string name = fold_name(child.given.latin.front());
        const string of_first = fold_name(first.given.latin.front());
        // Names that are alike by chance, or one a part of the other, would be no names that parents choose.
        const bool part = name.find(of_first) != string::npos || of_first.find(name) != string::npos;
        return !part && edit_distance(name, of_first) > 2 && (kind != 1 || (child.girl == first.girl && name[0] == of_first[0]));
    };
    for (int tries = 0; kind != 0 && !fits(twin) && tries < 60; ++tries) twin = draw_child(rng, family, others);
    twin.real = first.real;
    twin.registered = first.registered;
    twin.january = first.january;
    twin.two_surnames = first.two_surnames;
    twin.second_twin = true;
    return twin;
}

void meet(Child& first, Child& twin) {
    first.twin = twin.number;
    twin.twin = first.number;
    first.twin_names = folded_forms(twin.given);
    twin.twin_names = folded_forms(first.given);
}

/// Families that know each other, made together: a family and perhaps another with half-siblings, cousins or namesakes.
struct Clan {
    std::vector<std::unique_ptr<Family>> families;
    std::vector<Child> children;
};

class ClanMaker {
  public:
    ClanMaker(Rng& rng, std::uint32_t first_child, std::uint32_t first_family)
        : rng_(rng), next_child_(first_child), next_family_(first_family) {}

    Clan make() {
        const NamePool& pool = draw_pool(rng_);
        Family& family = add_family(pool, draw_surname(rng_, pool));
        add_children(family, size());
        // Two strangers of one name and one birth date are some hundred times as frequent here as they are.
        const unsigned tie = rng_.below(10'000);
        if (tie < 400)
            half_siblings(family);
        else if (tie < 900)
            cousins(family);
        else if (tie < 1000)
            namesake(pool, false);
        else if (tie < 1001)
            namesake(pool, true);
        return std::move(clan_);
    }

  private:
    int size() {
        const unsigned drawn = rng_.below(100);
        return drawn < 38 ? 1 : drawn < 76 ? 2 : drawn < 93 ? 3 : 4;
    }

    Family& add_family(const NamePool& pool, const SpelledName& surname) {
        clan_.families.push_back(std::make_unique<Family>(draw_family(rng_, next_family_++, pool, surname)));
        return *clan_.families.back();
    }

    Child& add(Child child) {
        child.number = next_child_++;
        clan_.children.push_back(std::move(child));
        return clan_.children.back();
    }

    void add_children(const Family& family, int count) {
        for (int i = 0; i < count; ++i) {
            Child child = draw_child(rng_, family, clan_.children);
            // Brothers and sisters are not born within ten months of each other.
            for (const Child& other : clan_.children)
                if (other.family == &family && std::abs(other.real.days() - child.real.days()) < 300)
                    child.real = child.real.plus_days(700);
            if (!child.january)
                child.registered = child.real;
            else
                child.registered = *Date::from_ymd(child.real.year(), 1, 1);
            add(std::move(child));
            if (rng_.below(1000) < 14) {
                std::vector<Child> others = clan_.children;
                Child first = std::move(clan_.children.back());
                Child twin = draw_twin(rng_, first, family, others);
                clan_.children.back() = std::move(first);
                Child& second = add(std::move(twin));
                meet(clan_.children[clan_.children.size() - 2], second);
            }
        }
    }

    /// The same mother and home, another father and surname.
    void half_siblings(const Family& family) {
        Family& other = add_family(*family.pool, draw_surname(rng_, *family.pool));
        other.mother = family.mother;
        other.mothers_surname = family.mothers_surname;
        other.home = family.home;
        other.new_home = family.new_home;
        other.moved_in = family.moved_in;
        other.separated = true;
        add_children(other, 1 + static_cast<int>(rng_.below(2)));
    }

    /// The same surname, often a cousin with the same first name and a birth date some months away.
    void cousins(const Family& family) {
        const Family& other = add_family(*family.pool, family.surname);
        const std::size_t first = clan_.children.size();
        add_children(other, size());
        if (!rng_.chance(40)) return;
        const Child like = clan_.children.front();
        Child& cousin = clan_.children[first];
        if (cousin.twin != 0) return;
        cousin.given = like.given;
        cousin.girl = like.girl;
        cousin.surname = like.surname;
        cousin.real = like.real.plus_days(20 + static_cast<int>(rng_.below(380)));
        cousin.registered = cousin.january ? *Date::from_ymd(cousin.real.year(), 1, 1) : cousin.real;
    }

    /// A stranger of the same name in another town; `same_day`: born on the same day too.
    void namesake(const NamePool& pool, bool same_day) {
        const Child like = clan_.children.front();
        Family& other = add_family(pool, like.family->surname);
        while (other.home.town == like.family->home.town) other.home = draw_address(rng_, draw_town(rng_));
        other.moved_in = 0;
        other.separated = false;
        Child child = draw_child(rng_, other, {});
        child.given = like.given;
        child.girl = like.girl;
        child.surname = like.surname;
        if (same_day) {
            child.real = like.real;
            child.registered = like.registered;
            child.january = like.january;
        }
        add(std::move(child));
    }

    Rng& rng_;
    std::uint32_t next_child_, next_family_;
    Clan clan_;
};

// ---------------------------------------------------------------- the sources

/// Fields of the canonical person, in the order of the model.
enum Field : std::size_t {
    Key,
    GivenName,
    FamilyName,
    CallName,
    BirthDate,
    Gender,
    Street,
    HouseNumber,
    Postcode,
    Municipality,
    Language,
    PhoneNumber,
    Email,
    GuardianName,
    GuardianPhone,
    GuardianEmail,
    Household,
    MemberNumber
};

enum Has : unsigned {
    HasCall = 1,
    HasGender = 2,
    HasStreet = 4,
    HasTown = 8,
    HasLanguage = 16,
    HasPhone = 32,
    HasEmail = 64,
    HasGuardian = 128,
    HasGuardianPhone = 256,
    HasGuardianEmail = 512,
    HasHousehold = 1024,
    HasMember = 2048
};

struct SourceHabits {
    string_view name, key;
    unsigned has;
    unsigned share;     // percent of the children that it knows
    unsigned twice;     // percent of these that it knows twice
    unsigned care;      // its slips in percent of the usual number
    unsigned gaps;      // percent of fields left blank, except names
    unsigned no_birth;  // percent of births left blank
    int year;           // the year in which it was last kept up
    bool typed_by_parents = false;
    bool capitals = false;     // surnames in capitals
    bool originals = false;    // often in the script of the country
    bool newcomers = false;    // knows only these
    bool first_names = false;  // knows a first name and a year of birth
};

constexpr SourceHabits kSources[] = {
    {"toeleiding", "T-", HasCall | HasGender | HasStreet | HasTown | HasLanguage | HasPhone | HasGuardian | HasGuardianPhone, 45, 3, 130,
     15, 5, 2025},
    {"school", "L", HasGender | HasStreet | HasTown | HasGuardian | HasGuardianPhone | HasGuardianEmail, 65, 1, 50, 4, 0, 2024, false,
     true},
    {"sportclub", "SC", HasTown | HasPhone | HasEmail | HasMember, 40, 6, 100, 10, 4, 2023},
    {"crm", "C", HasStreet | HasTown | HasPhone | HasEmail | HasHousehold | HasLanguage, 45, 4, 100, 20, 8, 2025},
    {"speelplein", "SP", HasStreet | HasTown | HasPhone | HasEmail | HasGuardian | HasGuardianPhone, 35, 5, 140, 8, 3, 2024, true},
    {"bibliotheek", "B", HasGender | HasStreet | HasTown | HasMember, 30, 1, 60, 6, 1, 2021},
    {"onthaal", "O", HasGender | HasTown | HasPhone | HasLanguage | HasGuardian, 60, 2, 110, 15, 2, 2022, false, false, true, true},
    {"app", "A", HasPhone, 20, 2, 150, 60, 10, 2025, true, false, false, false, true}};

constexpr auto kSourceNames = [] {
    std::array<string_view, std::size(kSources)> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kSources[i].name;
    return names;
}();

/// Writes one child as one source does.
class Writer {
  public:
    Writer(const Child& child, const SourceHabits& source, Rng rng, std::uint32_t errors)
        : child_(child), family_(*child.family), source_(source), rng_(rng), errors_(errors) {}

    void write(string_view key, WrittenChild& out) {
        out.source = source_.name;
        out.person = child_.number;
        out.facts = 0;
        for (string& value : out.values) value.clear();
        out.trajectory_start.clear();
        values_ = out.values.data();
        facts_ = &out.facts;
        values_[Key] = key;
        if (source_.first_names) {
            write_first_name_and_year();
        } else {
            write_names();
            write_birth();
        }
        write_contacts();
        write_home();
        write_rest();
    }

  private:
    /// `rate` in ten thousand, in a source of usual care.
    bool slip(unsigned rate) { return rng_.below(100'000'000) < rate * source_.care * errors_; }
    bool blank() { return rng_.below(10'000) < source_.gaps * errors_; }
    bool has(unsigned field) { return (source_.has & field) != 0 && !blank(); }

    string spell(const SpelledName& name, unsigned official = 78) {
        if (source_.originals && !name.original.empty() && original_) return name.original;
        return rng_.chance(official) ? name.latin.front() : name.latin[rng_.below(static_cast<std::uint32_t>(name.latin.size()))];
    }

    string slipped(string text, unsigned typing) {
        if (slip(typing)) text = typing_slip(rng_, text);
        if (slip(typing / 8)) text = reading_slip(rng_, text);
        if (slip(typing / 2)) text = hearing_slip(rng_, text);
        return text;
    }

    /// A slip of the pen makes no other twin: what is written must stay nearer to the own name than to that of the other.
    bool mistakable(const string& given) const {
        const string written = fold_name(given);
        std::size_t own = written.size() + 1;
        for (const string& form : folded_forms(child_.given)) own = std::min(own, edit_distance(written, form));
        return std::any_of(child_.twin_names.begin(), child_.twin_names.end(),
                           [&](const string& other) { return edit_distance(written, other) <= own; });
    }

    string given_name() {
        string given = spell(child_.given);
        if (!child_.given.called.empty() && rng_.chance(source_.typed_by_parents ? 25 : 8) && !original_) given = child_.given.called;
        string written = slipped(given, 250);
        if (child_.twin != 0 && mistakable(written)) written = given;
        if (!child_.second.empty() && rng_.chance(source_.capitals ? 60 : 8)) written += (slip(500) ? "-" : " ") + child_.second;
        return written;
    }

    string family_name() {
        SpelledName surname = child_.surname;
        // Officials of another country write the father's form for a daughter.
        if (family_.pool->feminine && child_.girl && rng_.chance(15)) surname = family_.surname;
        string family = spell(surname, 85);
        if (!original_) family = particles(rng_, family);
        return slipped(family, 250);
    }

    void write_names() {
        original_ = source_.originals && rng_.chance(40);
        string given = given_name();
        string family = family_name();
        Facts name = kName;
        if (child_.two_surnames && rng_.chance(50)) {
            family += (rng_.chance(50) ? "-" : " ") + family_.mothers_surname.latin.front();
            name |= kOtherName;
        } else if (slip(120)) {
            family = slipped(particles(rng_, family_.mothers_surname.latin.front()), 250);
            name = kOtherName;
        }
        if (slip(50) && !child_.second_twin && source_.typed_by_parents) {  // a parent fills in the own name
            const Parent& parent = rng_.chance(70) ? family_.mother : family_.father;
            given = parent.given;
            family = parent.family;
            name = 0;
        } else if (slip(70)) {
            given = given.substr(0, 1) < "A" || given.substr(0, 1) > "Z" ? "" : given.substr(0, 1) + ".";
            name = 0;
        }
        if (slip(25)) name &= placeholder(given);
        if (slip(25)) name &= placeholder(family);
        if (source_.capitals) family = in_capitals(family);
        if (slip(150)) std::swap(given, family);
        if (slip(60)) {  // everything in one field
            family = rng_.chance(50) ? family + " " + given : given + " " + family;
            given.clear();
        }
        if (slip(200)) given = in_capitals(given);
        if (slip(200)) family = without_accents(family);
        values_[GivenName] = given;
        values_[FamilyName] = family;
        if (has(HasCall) && !child_.given.called.empty()) values_[CallName] = child_.given.called;
        *facts_ |= name;
    }

    /// No fact remains of what is replaced.
    Facts placeholder(string& text) {
        static constexpr string_view kWords[] = {"onbekend", "x", "test", "?", "nvt", "-", "", "", "", "xxx"};
        text = rng_.pick(kWords);
        return 0;
    }

    void write_first_name_and_year() {
        const string given = given_name();
        values_[GivenName] = given;
        if (rng_.chance(20)) values_[FamilyName] = family_.surname.latin.front().substr(0, 1) + ".";
        values_[BirthDate] = std::to_string(child_.real.year() + (slip(400) ? 1 : 0));
    }

    void write_birth() {
        if (rng_.below(10'000) < source_.no_birth * errors_) return;
        if (slip(30)) {  // a form that asks for a date gets one
            static constexpr string_view kDates[] = {"1900-01-01", "2000-01-01", "n.v.t.", "onbekend", "1970-01-01"};
            values_[BirthDate] = rng_.pick(kDates);
            return;
        }
        Date date = child_.registered;
        Facts fact = date.day() == 1 && date.month() == 1 ? kFirstJanuary : kDay;
        if (child_.january && rng_.chance(15)) {
            date = child_.real;
            fact = kRealDay;
        }
        if (rng_.chance(family_.pool->newcomers ? 10 : 1)) {
            values_[BirthDate] = std::to_string(date.year());
            return;
        }
        *facts_ |= fact;
        values_[BirthDate] = date_with_slips(date);
    }

    string date_with_slips(Date date) {
        if (slip(100) && date.day() <= 12) date = Date::from_ymd(date.year(), date.day(), date.month()).value_or(date);
        if (slip(40)) date = Date::from_ymd(date.year() + (rng_.chance(50) ? 1 : -1), date.month(), date.day()).value_or(date);
        if (slip(100)) {
            string text = date.iso();
            static constexpr std::size_t kPlaces[] = {3, 6, 8, 9};
            text[rng_.pick(kPlaces)] = static_cast<char>('0' + rng_.below(10));
            date = Date::parse_iso(text).value_or(date);
        }
        return date.iso();
    }

    string phone_of(const Parent& parent) {
        return phone_notation(rng_, parent.country, slip(60) ? digit_slip(rng_, parent.phone) : parent.phone);
    }
    string email_of(const string& address) {
        string written = slip(80) ? typing_slip(rng_, address) : address;
        return rng_.chance(6) ? in_capitals(written) : written;
    }

    void write_contacts() {
        const bool fathers = rng_.chance(30);
        const Parent& parent = fathers ? family_.father : family_.mother;
        const Facts phone = fathers ? kFathersPhone : kMothersPhone;
        if (has(HasGuardian))
            values_[GuardianName] = slipped(rng_.chance(70) ? parent.given + " " + parent.family : parent.family + " " + parent.given, 150);
        if (has(HasGuardianPhone)) {
            values_[GuardianPhone] = phone_of(parent);
            *facts_ |= phone;
        }
        if (has(HasGuardianEmail) && !parent.email.empty()) {
            values_[GuardianEmail] = email_of(parent.email);
            *facts_ |= fathers ? kFathersEmail : kMothersEmail;
        }
        if (has(HasPhone)) write_phone(parent, phone);
        if (has(HasEmail)) write_email(parent, fathers ? kFathersEmail : kMothersEmail);
    }

    void write_phone(const Parent& parent, Facts parents) {
        // The number of the worker who wrote the child down stands in many rows.
        static constexpr string_view kShared[] = {"470112233", "486010203", "92110000"};
        if (rng_.chance(2)) {
            values_[PhoneNumber] = phone_notation(rng_, "32", string(rng_.pick(kShared)));
        } else if (slip(40)) {
            values_[PhoneNumber] = rng_.chance(50) ? "0000000000" : "0400 00 00 00";
        } else if (!child_.phone.empty() && rng_.chance(50)) {
            values_[PhoneNumber] = phone_notation(rng_, "32", child_.phone);
            *facts_ |= kOwnPhone;
        } else {
            values_[PhoneNumber] = phone_of(parent);
            *facts_ |= parents;
        }
    }

    void write_email(const Parent& parent, Facts parents) {
        if (rng_.chance(1)) {
            values_[Email] = rng_.chance(50) ? "geen@geen.example" : "info@club.example";
        } else if (!child_.email.empty() && rng_.chance(50)) {
            values_[Email] = email_of(child_.email);
            *facts_ |= kOwnEmail;
        } else if (!parent.email.empty()) {
            values_[Email] = email_of(parent.email);
            *facts_ |= parents;
        }
    }

    void write_home() {
        const bool moved = family_.moved_in != 0 && family_.moved_in <= source_.year;
        const bool fathers = family_.separated && rng_.chance(35);
        const Address& address = fathers ? family_.fathers_home : moved ? family_.new_home : family_.home;
        if (has(HasStreet)) {
            string street = slipped(street_notation(rng_, address.street), 200);
            string number = slip(60) ? std::to_string(1 + rng_.below(240)) : house_number_notation(rng_, address.number);
            if (rng_.chance(6)) {  // the number in the field of the street
                street += " " + number;
                number.clear();
            }
            values_[Street] = street;
            values_[HouseNumber] = number;
            *facts_ |= fathers ? kFathersHome : moved ? kNewHome : kHome;
        }
        if (has(HasTown)) {
            values_[Postcode] = address.town->postcode;
            values_[Municipality] = rng_.chance(10) ? in_capitals(string(address.town->name)) : string(address.town->name);
        }
    }

    void write_rest() {
        if (has(HasGender)) values_[Gender] = slip(50) != child_.girl ? "f" : "m";
        if (has(HasLanguage)) values_[Language] = rng_.chance(85) ? family_.pool->language : "Nederlands";
        if (has(HasHousehold)) values_[Household] = "G" + std::to_string(family_.number);
        // Every source numbers its members on its own: the same number elsewhere is another child.
        if (has(HasMember))
            values_[MemberNumber] = std::to_string(100'000 + std::uint64_t{child_.number} * (7'919 + 2 * source_.name.size()) % 899'981);
    }

    const Child& child_;
    const Family& family_;
    const SourceHabits& source_;
    Rng rng_;
    std::uint32_t errors_;
    bool original_ = false;
    string* values_ = nullptr;
    Facts* facts_ = nullptr;
};

/// Keys tell nothing: the numbers of a source jump about, and are others than those of the next.
string key_of(const SourceHabits& source, std::uint32_t child, unsigned copy) {
    constexpr std::uint64_t kNumbers = 99'999'989;  // prime
    const std::uint64_t number =
        (std::uint64_t{child} * 2 + copy) * (48'271 + static_cast<unsigned>(source.year) * source.share) % kNumbers;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%s%08llu", string(source.key).c_str(), static_cast<unsigned long long>(number));
    return text.data();
}

}  // namespace

std::span<const std::string_view> child_sources() { return kSourceNames; }

void FlemishChildren::each_record(const std::function<void(const WrittenChild&)>& visit) const {
    each_record(visit, [](std::uint32_t, std::uint32_t) {});
}

void FlemishChildren::each_record(const std::function<void(const WrittenChild&)>& visit, const Twins& twins) const {
    const std::uint32_t sources = std::clamp<std::uint32_t>(options_.sources, 1, std::size(kSources));
    WrittenChild record;
    std::uint32_t next_child = 1;
    std::uint32_t next_family = 1;
    for (std::uint32_t number = 0; next_child <= options_.children; ++number) {
        Rng rng(options_.seed, number);
        const Clan clan = ClanMaker(rng, next_child, next_family).make();
        next_family += static_cast<std::uint32_t>(clan.families.size());
        next_child += static_cast<std::uint32_t>(clan.children.size());
        for (const Child& child : clan.children) {
            if (child.number > options_.children) continue;
            if (child.twin > child.number && child.twin <= options_.children) twins(child.number, child.twin);
            for (std::uint32_t s = 0; s < sources; ++s) {
                const SourceHabits& source = kSources[s];
                Rng own(options_.seed ^ 0xC417D, std::uint64_t{child.number} * 16 + s);
                if (source.newcomers && !child.family->pool->newcomers && child.family->pool->language != "Oekraïens") continue;
                if (!own.chance(source.share)) continue;
                const unsigned copies = own.chance(source.twice) ? 2 : 1;
                for (unsigned copy = 0; copy < copies; ++copy) {
                    Writer(child, source, Rng(own.next(), copy), options_.errors).write(key_of(source, child.number, copy), record);
                    if (s == 0 && copy == 0)
                        record.trajectory_start = Date::from_ymd(2024, 9, 1)->plus_days(static_cast<int>(own.below(480))).iso();
                    visit(record);
                }
            }
        }
    }
}

std::uint64_t write_children(const FlemishChildren& children, const std::filesystem::path& folder) {
    const EntityDef& person = entity_def(Entity::Person);
    std::vector<std::unique_ptr<CsvWriter>> people;
    std::vector<string_view> header;
    for (const FieldDef& field : person.fields) header.push_back(field.name);
    const auto file_of = [&](string_view source) -> CsvWriter& {
        const auto index = static_cast<std::size_t>(std::find(kSourceNames.begin(), kSourceNames.end(), source) - kSourceNames.begin());
        if (people.size() <= index) people.resize(index + 1);
        if (people[index] == nullptr) {
            std::filesystem::create_directories(folder / source);
            people[index] = std::make_unique<CsvWriter>(folder / source / "people.csv");
            for (const string_view name : header) people[index]->field(name);
            people[index]->end_row();
        }
        return *people[index];
    };
    file_of(kSourceNames.front());
    CsvWriter trajectories(folder / kSourceNames.front() / "trajectories.csv");
    trajectories.row({"key", "person", "start"});
    CsvWriter truth(folder / "truth.csv");
    truth.row({"source", "record", "person", "facts"});
    CsvWriter twins(folder / "twins.csv");
    twins.row({"person_a", "person_b"});
    std::uint64_t records = 0;
    children.each_record(
        [&](const WrittenChild& record) {
            CsvWriter& file = file_of(record.source);
            for (std::size_t i = 0; i < person.fields.size(); ++i) file.field(record.values[i]);
            file.end_row();
            truth.row({record.source, record.values[Key], std::to_string(record.person), hexadecimal(record.facts)});
            if (!record.trajectory_start.empty())
                trajectories.row({"J-" + record.values[Key], record.values[Key], record.trajectory_start});
            ++records;
        },
        [&](std::uint32_t a, std::uint32_t b) {
            twins.row({std::to_string(a), std::to_string(b)});
        });
    for (const std::unique_ptr<CsvWriter>& file : people)
        if (file != nullptr) file->close();
    trajectories.close();
    truth.close();
    twins.close();
    return records;
}

}  // namespace brugwacht
