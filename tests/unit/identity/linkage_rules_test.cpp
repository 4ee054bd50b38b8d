// What linkage must and must not do with children, record by record. Everybody here is made up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"

namespace brugwacht {
namespace {

using Values = std::map<std::string, std::string>;

struct Person {
    std::string source;
    Values values;
    std::uint32_t island = 0;
    bool linkable = true;
    std::uint64_t cluster = 0;
};

/// Records by number, added in any order; answers by number.
class Town {
  public:
    std::size_t add(Person person) {
        people_.push_back(std::move(person));
        return people_.size() - 1;
    }
    std::size_t add(const std::string& source, const Values& values) { return add(Person{source, values}); }
    Person& operator[](std::size_t number) { return people_[number]; }
    std::size_t size() const { return people_.size(); }

    /// Families that have nothing to do with the test, so that names have frequencies and the model something to learn from: two or three
    /// children each, every child in two sources, one in ten with a slip of the pen.
    void fill(int families) {
        static const std::vector<std::string> kGiven = {"Emma",  "Noah", "Louise", "Arthur", "Fatima", "Youssef", "Lotte",  "Jules",
                                                        "Marie", "Adam", "Ella",   "Viktor", "Nora",   "Lucas",   "Olivia", "Finn"};
        static const std::vector<std::string> kStreets = {"Kerkstraat", "Molenweg", "Dorpslaan", "Stationsplein", "Nieuwstraat"};
        for (int f = 0; f < families; ++f) {
            const std::string family = "Ver" + std::string(1, static_cast<char>('a' + f % 26)) + "n" +
                                       std::string(1, static_cast<char>('a' + f / 26 % 26)) + "ken";
            const std::string phone = "04" + std::to_string(70000000 + f * 7919);
            for (int child = 0; child < 2 + f % 2; ++child) {
                const int number = f * 3 + child;
                Values values = {{"given_name", kGiven[static_cast<std::size_t>(number * 5 % 16)]},
                                 {"family_name", family},
                                 {"birth_date", date(2008 + (f + child * 3) % 12, 1 + number % 12, 2 + number * 11 % 27)},
                                 {"street", kStreets[static_cast<std::size_t>(f % 5)]},
                                 {"house_number", std::to_string(1 + f % 90)},
                                 {"postcode", std::to_string(9000 + f % 7 * 10)},
                                 {"phone", phone}};
                add("een", values);
                if (number % 10 == 0) values["given_name"] += "a";
                add("twee", values);
            }
        }
    }

    LinkOutcome link(LinkSettings settings = {}, const std::vector<LinkDecision>& decisions = {}, std::vector<std::size_t> order = {}) {
        if (order.empty()) {
            order.resize(people_.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
        }
        linkage_ = Linkage(std::move(settings));
        position_.assign(people_.size(), 0);
        number_.clear();
        for (const std::size_t number : order) {
            const Person& person = people_[number];
            std::array<std::string, kMaxFields> values;
            for (const auto& [field, value] : person.values) values[field_index(Entity::Person, field).value()] = value;
            const std::string key = person.source + ":" + std::to_string(100000 + number);
            position_[number] = linkage_.add({.id = id(number),
                                              .source_key = key,
                                              .source = person.source,
                                              .values = &values,
                                              .island = person.island,
                                              .linkable = person.linkable,
                                              .cluster = person.cluster});
            number_.push_back(number);
        }
        outcome_ = linkage_.link(decisions);
        return outcome_;
    }

    static std::int64_t id(std::size_t number) { return static_cast<std::int64_t>(number) * 17 + 5; }
    bool together(std::size_t a, std::size_t b) const { return outcome_.first[position_[a]] == outcome_.first[position_[b]]; }
    /// LinkZone of the pair, Different when it is not listed.
    LinkZone zone(std::size_t a, std::size_t b) const {
        for (const ScoredPair& pair : outcome_.pairs)
            if ((pair.a == position_[a] && pair.b == position_[b]) || (pair.a == position_[b] && pair.b == position_[a])) return pair.zone;
        return LinkZone::Different;
    }
    /// The waterfall in one line, for the message of a test that fails.
    std::string why(std::size_t a, std::size_t b) const {
        const PairExplanation e = explain(a, b);
        std::string out = std::to_string(e.weight);
        for (const LinkEvidence& line : e.evidence)
            if (line.level != "missing") out += " " + line.field + "=" + line.level + ":" + std::to_string(line.weight);
        return out;
    }
    PairExplanation explain(std::size_t a, std::size_t b) const { return linkage_.explain(position_[a], position_[b]); }
    std::string model() const { return linkage_.model(); }
    std::size_t number(std::uint32_t position) const { return number_[position]; }

    /// Everything of the outcome in terms of numbers, which do not depend on the order of adding.
    std::string dump() const {
        std::string out;
        for (std::size_t n = 0; n < people_.size(); ++n) out += std::to_string(number_[outcome_.first[position_[n]]]) + " ";
        for (const ScoredPair& pair : outcome_.pairs)
            out += "\n" + std::to_string(number_[pair.a]) + "-" + std::to_string(number_[pair.b]) + " " +
                   std::to_string(static_cast<int>(pair.zone)) + " " + std::to_string(pair.weight);
        return out + "\n" + model() + std::to_string(outcome_.statistics.expected_false) +
               std::to_string(outcome_.statistics.expected_missed);
    }

  private:
    static std::string date(int year, int month, int day) {
        const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
        return std::to_string(year) + "-" + two(month) + "-" + two(day);
    }

    std::vector<Person> people_;
    Linkage linkage_;
    LinkOutcome outcome_;
    std::vector<std::uint32_t> position_;
    std::vector<std::size_t> number_;
};

Values anna() {
    return {{"given_name", "Anna"},    {"family_name", "De Wachter"}, {"birth_date", "2013-05-17"},
            {"street", "Lindestraat"}, {"house_number", "12"},        {"postcode", "9050"},
            {"municipality", "Gent"},  {"phone", "+32475112233"},     {"email", "lies@x.example"}};
}

Values with(Values values, const Values& changes) {
    for (const auto& [field, value] : changes) values[field] = value;
    return values;
}

TEST(LinkageRules, OneChildInManySpellingsIsOnePerson) {
    Town town;
    town.fill(60);
    const std::size_t first = town.add("een", anna());
    const std::vector<std::size_t> others = {
        town.add("twee", anna()),
        town.add("drie", with(anna(), {{"family_name", "Dewachter"}, {"phone", ""}, {"email", ""}})),
        town.add("vier", with(anna(), {{"given_name", "De Wachter"}, {"family_name", "Anna"}})),
        town.add("vijf", with(anna(), {{"given_name", "Annna"}, {"phone", "0475/11.22.33"}})),
        town.add("zes", with(anna(), {{"birth_date", "2013-05-71"}})),
        town.add("zeven", with(anna(), {{"birth_date", "2013-05-18"}, {"email", ""}})),
        town.add("acht", with(anna(), {{"birth_date", ""}, {"household", "H7"}})),
        town.add("tien", {{"family_name", "De Wachter Anna"}, {"birth_date", "2013-05-17"}, {"postcode", "9050"}})};
    town.link();
    for (const std::size_t other : others) EXPECT_TRUE(town.together(first, other)) << town[other].source << " " << town.why(first, other);
}

TEST(LinkageRules, TwinsAreNeverJoinedWhateverTheirNames) {
    for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{{"Jan", "Joris"},
                                                                                     {"Emma", "Emmy"},
                                                                                     {"Lina", "Tina"},
                                                                                     {"Mohamed", "Mahmoud"},
                                                                                     {"Hassan", "Hussein"},
                                                                                     {"Noa", "Noah"},
                                                                                     {"Lena", "Luna"}}) {
        Town town;
        town.fill(60);
        std::vector<std::size_t> ones, others;
        for (const std::string source : {"een", "twee", "drie"}) {
            ones.push_back(town.add(source, with(anna(), {{"given_name", one}})));
            others.push_back(town.add(source, with(anna(), {{"given_name", other}})));
        }
        town.link();
        for (const std::size_t x : ones)
            for (const std::size_t y : others) {
                EXPECT_FALSE(town.together(x, y)) << one << " " << other;
                EXPECT_NE(town.zone(x, y), LinkZone::Same) << one << " " << other;
            }
        EXPECT_TRUE(town.together(ones[0], ones[1])) << one;
        EXPECT_TRUE(town.together(others[0], others[2])) << other;
    }
}

TEST(LinkageRules, TwinsInATinySetStayApart) {
    Town town;
    const std::size_t jan = town.add("een", with(anna(), {{"given_name", "Jan"}}));
    const std::size_t joris = town.add("een", with(anna(), {{"given_name", "Joris"}}));
    const std::size_t again = town.add("twee", with(anna(), {{"given_name", "Joris"}}));
    town.link();
    EXPECT_FALSE(town.together(jan, joris));
    EXPECT_TRUE(town.together(joris, again));
    EXPECT_EQ(town.explain(jan, joris).zone, LinkZone::Review);
    EXPECT_EQ(town.explain(jan, joris).evidence.back().level, "twins");
}

TEST(LinkageRules, AnInitialThatFitsBothTwinsIsLeftToAPerson) {
    Town town;
    town.fill(60);
    const std::size_t jan = town.add("een", with(anna(), {{"given_name", "Jan"}}));
    const std::size_t joris = town.add("een", with(anna(), {{"given_name", "Joris"}}));
    const std::size_t initial = town.add("twee", with(anna(), {{"given_name", "J."}}));
    const std::size_t none = town.add("drie", with(anna(), {{"given_name", ""}}));
    town.link();
    EXPECT_FALSE(town.together(jan, joris));
    for (const std::size_t vague : {initial, none}) {
        EXPECT_FALSE(town.together(jan, vague));
        EXPECT_FALSE(town.together(joris, vague));
        EXPECT_EQ(town.zone(jan, vague), LinkZone::Review);
        EXPECT_EQ(town.zone(joris, vague), LinkZone::Review);
    }
}

TEST(LinkageRules, AnInitialIsNoGivenNameEvenWhereNoTwinIsKnown) {
    Town town;
    town.fill(60);
    const std::size_t matteo = town.add("een", with(anna(), {{"given_name", "Matteo"}}));
    const std::size_t initial = town.add("twee", with(anna(), {{"given_name", "M."}}));
    const std::size_t member = town.add("drie", with(anna(), {{"given_name", "Nora"}, {"member_number", "K12"}}));
    const std::size_t renewed = town.add("drie", with(anna(), {{"given_name", "N."}, {"member_number", "K12"}}));
    town.link();
    EXPECT_EQ(town.zone(matteo, initial), LinkZone::Review) << town.why(matteo, initial);
    EXPECT_TRUE(town.together(member, renewed)) << town.why(member, renewed);
}

TEST(LinkageRules, OneNameByOriginIsTwoByCustom) {
    for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{{"Julie", "Julia"}, {"Dilan", "Dilen"}}) {
        Town town;
        town.fill(60);
        const std::size_t x = town.add("een", with(anna(), {{"given_name", one}}));
        const std::size_t y = town.add("twee", with(anna(), {{"given_name", other}}));
        const std::size_t z = town.add("drie", with(anna(), {{"given_name", "De Wachter"}, {"family_name", other}}));
        town.link();
        for (const std::size_t of_other : {y, z}) {
            EXPECT_FALSE(town.together(x, of_other)) << one << " " << other << " " << town.why(x, of_other);
            EXPECT_EQ(town.zone(x, of_other), LinkZone::Review) << one << " " << other << " " << town.why(x, of_other);
        }
        EXPECT_TRUE(town.together(y, z)) << town.why(y, z);
    }
}

TEST(LinkageRules, TwinsMayBearTheNameOfEitherParent) {
    Town town;
    town.fill(60);
    const std::size_t daan = town.add("een", with(anna(), {{"given_name", "Daan"}}));
    const std::size_t dean = town.add("twee", with(anna(), {{"given_name", "Dean"}, {"family_name", "Le Sande"}}));
    town.link();
    EXPECT_FALSE(town.together(daan, dean)) << town.why(daan, dean);
    EXPECT_EQ(town.zone(daan, dean), LinkZone::Review);
    EXPECT_EQ(town.explain(daan, dean).evidence.back().level, "twins");
}

TEST(LinkageRules, AGivenNameThatIsMissingOrOnlySimilarIsNotEnough) {
    for (const auto& [given, family] : std::vector<std::pair<std::string, std::string>>{
             {"", "De Wachter Jules"}, {"-", "De Wachter"}, {"Abderrajim", "De Wachter"}, {"Julianus", "De Wachter"}}) {
        Town town;
        town.fill(60);
        const std::size_t child = town.add("een", with(anna(), {{"given_name", given.starts_with('A') ? "Abdelkarim" : "Julian"}}));
        const std::size_t vague = town.add("twee", with(anna(), {{"given_name", given}, {"family_name", family}}));
        town.link();
        EXPECT_EQ(town.zone(child, vague), LinkZone::Review) << given << " " << town.why(child, vague);
        EXPECT_FALSE(town.together(child, vague)) << given << " " << town.why(child, vague);
    }
}

TEST(LinkageRules, AListWithTwoSpellingsHasTwoChildren) {
    Town town;
    town.fill(60);
    const std::size_t one = town.add("een", with(anna(), {{"given_name", "Mohamed"}}));
    const std::size_t other = town.add("een", with(anna(), {{"given_name", "Muhammad"}}));
    const std::size_t elsewhere = town.add("twee", with(anna(), {{"given_name", "Muhammad"}}));
    town.link();
    EXPECT_FALSE(town.together(one, other)) << town.why(one, other);
    EXPECT_TRUE(town.together(other, elsewhere)) << town.why(other, elsewhere);
    EXPECT_FALSE(town.together(one, elsewhere)) << "what the list holds apart, no other record brings together";
}

TEST(LinkageRules, ALaterGivenNameInCommonIsNotEnough) {
    Town town;
    town.fill(60);
    const std::size_t mila = town.add("een", with(anna(), {{"given_name", "Mila"}}));
    const std::size_t femke = town.add("twee", with(anna(), {{"given_name", "Femke Mila"}}));
    const std::size_t both = town.add("drie", with(anna(), {{"given_name", "Mila Rosa"}}));
    town.link();
    EXPECT_EQ(town.zone(mila, femke), LinkZone::Review) << town.why(mila, femke);
    EXPECT_FALSE(town.together(mila, femke));
    EXPECT_TRUE(town.together(mila, both)) << town.why(mila, both);
}

TEST(LinkageRules, ASurnameInThePlaceOfTheGivenNameIsNoGivenNameInCommon) {
    Town town;
    town.fill(60);
    const std::size_t lotte = town.add("een", with(anna(), {{"given_name", "De Wachter"}, {"family_name", "Lotte Ella"}}));
    const std::size_t anna_herself = town.add("twee", anna());
    town.add("drie", anna());
    town.link();
    EXPECT_FALSE(town.together(lotte, anna_herself)) << town.why(lotte, anna_herself);
    std::map<std::string, std::string> levels;
    for (const LinkEvidence& line : town.explain(lotte, anna_herself).evidence) levels[line.field] = line.level;
    EXPECT_EQ(levels["given_name"], "different") << town.why(lotte, anna_herself);
    EXPECT_EQ(levels["family_name"], "exact") << town.why(lotte, anna_herself);
}

TEST(LinkageRules, ParentAndChildOfOneNameAreNotBridgedByARecordWithoutAYear) {
    Town town;
    town.fill(60);
    Values resident = anna();
    resident["phone"] = resident["email"] = "";
    const std::size_t father = town.add("een", with(resident, {{"birth_date", "1963"}}));
    const std::size_t later = town.add("twee", with(resident, {{"birth_date", "1963"}}));
    const std::size_t no_year = town.add("twee", with(resident, {{"birth_date", ""}}));
    town.link();
    EXPECT_TRUE(town.together(father, later)) << town.why(father, later);
    EXPECT_FALSE(town.together(father, no_year)) << "a list that has the name twice has two people: " << town.why(later, no_year);
}

TEST(LinkageRules, AnotherDigitInAYearMayBeAnotherGeneration) {
    Town town;
    town.fill(60);
    const std::size_t father = town.add("een", with(anna(), {{"birth_date", "1963"}}));
    const std::size_t son = town.add("twee", with(anna(), {{"birth_date", "1983"}}));
    const std::size_t no_year = town.add("drie", with(anna(), {{"birth_date", ""}}));
    town.link();
    for (const std::size_t one : {father, son}) EXPECT_FALSE(town.together(one, no_year)) << "it may be either: " << town.why(one, no_year);
    EXPECT_FALSE(town.together(father, son)) << town.why(father, son);
}

TEST(LinkageRules, NamesakesOfOneYearWithOtherContactDataAreLeftToAPerson) {
    Town town;
    town.fill(60);
    const Values xandra = {
        {"given_name", "Xandra"}, {"family_name", "Wisselaer"}, {"birth_date", "2013-01-01"}, {"municipality", "Ronse"}, {"gender", "f"}};
    const std::size_t one = town.add("een", with(xandra, {{"street", "Heirbaan"}, {"house_number", "70"}}));
    const std::size_t other = town.add("twee", with(xandra, {{"street", "Pastorijstraat"}, {"house_number", "236"}}));
    const std::size_t neighbour = town.add("drie", with(xandra, {{"street", "Heirbaan"}, {"house_number", "70"}}));
    town.link();
    EXPECT_EQ(town.zone(one, other), LinkZone::Review) << town.why(one, other);
    EXPECT_TRUE(town.together(one, neighbour)) << town.why(one, neighbour);
}

TEST(LinkageRules, NobodyNeedsToSeeNamesakesWhoHaveOnlyTheirNamesInCommon) {
    Town town;
    town.fill(60);
    const Values plain = {{"given_name", "Xandro"}, {"family_name", "Wisselaer"}, {"birth_date", "2013-05-17"}};
    const std::size_t child = town.add("een", plain);
    const std::size_t other_year = town.add("twee", with(plain, {{"birth_date", "2010"}}));
    const std::size_t other_day = town.add("twee", with(plain, {{"birth_date", "2011-08-30"}}));
    const std::size_t first_name = town.add("drie", {{"given_name", "Xandro"}, {"birth_date", "2013"}});
    const std::size_t phone = town.add("vier", with(plain, {{"birth_date", "2010"}, {"phone", "0475998877"}}));
    const std::size_t same_phone = town.add("vijf", with(plain, {{"phone", "0475998877"}}));
    town.link();
    for (const std::size_t other : {other_year, other_day, first_name})
        EXPECT_EQ(town.zone(child, other), LinkZone::Different) << town.why(child, other);
    EXPECT_EQ(town.zone(phone, same_phone), LinkZone::Review) << town.why(phone, same_phone);
}

TEST(LinkageRules, SiblingsAndParentsShareAHouseholdAndAreNotOne) {
    Town town;
    town.fill(60);
    const std::size_t child = town.add("een", with(anna(), {{"guardian_name", "Lies Maes"}}));
    const std::size_t sister = town.add("een", with(anna(), {{"given_name", "Eva"}, {"birth_date", "2015-11-02"}}));
    const std::size_t brother = town.add("twee", with(anna(), {{"given_name", "Adam"}, {"birth_date", "2011-02-20"}}));
    const std::size_t mother =
        town.add("twee", with(anna(), {{"given_name", "Lies"}, {"family_name", "Maes"}, {"birth_date", "1985-01-30"}}));
    const std::size_t mothers_row = town.add("drie", with(anna(), {{"given_name", "Lies"}, {"family_name", "Maes"}}));
    town.link();
    for (const std::size_t other : {sister, brother, mother, mothers_row}) {
        EXPECT_FALSE(town.together(child, other)) << town[other].values["given_name"];
        EXPECT_NE(town.zone(child, other), LinkZone::Same);
    }
    EXPECT_EQ(town.zone(child, sister), LinkZone::Different);
    EXPECT_FALSE(town.together(sister, brother));
}

TEST(LinkageRules, ContactDataAloneAreNoIdentity) {
    Town town;
    town.fill(60);
    const Values contacts = {{"street", "Lindestraat"},   {"house_number", "12"}, {"postcode", "9050"},          {"phone", "0475112233"},
                             {"email", "lies@x.example"}, {"household", "H1"},    {"guardian_name", "Lies Maes"}};
    const std::size_t a = town.add("een", contacts), b = town.add("twee", contacts);
    const std::size_t c = town.add("twee", with(contacts, {{"family_name", "De Wachter"}}));
    const std::size_t d = town.add("drie", with(contacts, {{"family_name", "De Wachter"}}));
    town.link();
    EXPECT_FALSE(town.together(a, b));
    EXPECT_FALSE(town.together(c, d));
}

TEST(LinkageRules, TheFirstOfJanuaryAndAYearAreWeak) {
    Town town;
    town.fill(60);
    for (int i = 0; i < 40; ++i)
        town.add("een", {{"given_name", "Mohamed"},
                         {"family_name", "Ahmadi" + std::string(1, static_cast<char>('a' + i % 26))},
                         {"birth_date", "2010-01-01"}});
    const Values plain = {{"given_name", "Mohamed"}, {"family_name", "Ahmadi"}, {"birth_date", "2010-01-01"}};
    const std::size_t a = town.add("een", with(plain, {{"phone", "0475111111"}}));
    const std::size_t b = town.add("twee", with(plain, {{"phone", "0475222222"}, {"birth_date", "2010"}}));
    const std::size_t c = town.add("drie", with(plain, {{"phone", "0475111111"}, {"birth_date", "2010-06-03"}}));
    town.link();
    EXPECT_LT(town.explain(a, b).weight, town.explain(a, c).weight);
    const auto birth = [&](std::size_t x, std::size_t y) {
        for (const LinkEvidence& e : town.explain(x, y).evidence)
            if (e.field == "birth_date") return e;
        return LinkEvidence{};
    };
    EXPECT_EQ(birth(a, b).level, "partial_agree");
    EXPECT_EQ(birth(a, c).level, "weak_year");
    EXPECT_LT(birth(a, c).weight, 5);
    EXPECT_EQ(town.zone(a, c), LinkZone::Review) << town.why(a, c);
}

TEST(LinkageRules, WhatIsMissingSaysNothing) {
    Town town;
    town.fill(60);
    const std::size_t full = town.add("een", anna());
    const std::size_t bare = town.add("twee", {{"given_name", "Anna"}, {"family_name", "De Wachter"}, {"birth_date", "2013-05-17"}});
    const std::size_t empty = town.add("drie", {});
    const std::size_t unknown = town.add("drie", {{"given_name", "onbekend"}, {"family_name", "N.N."}, {"birth_date", "onbekend"}});
    town.link();
    EXPECT_TRUE(town.together(full, bare));
    for (const LinkEvidence& e : town.explain(full, bare).evidence) EXPECT_TRUE(e.level != "missing" || e.weight == 0) << e.field;
    EXPECT_FALSE(town.together(empty, unknown));
    EXPECT_FALSE(town.together(empty, full));
}

TEST(LinkageRules, AMemberNumberIsAnIdOnlyWhereItTellsPeopleApart) {
    Town town;
    town.fill(60);
    const std::size_t a = town.add("een", with(anna(), {{"member_number", "M-77"}, {"phone", ""}}));
    const std::size_t b = town.add("een", {{"given_name", "Anna"}, {"family_name", "De Wachter"}, {"member_number", "m77"}});
    std::vector<std::size_t> shared;
    for (const std::string given : {"Emma", "Noah", "Louise", "Arthur", "Fatima", "Youssef"})
        shared.push_back(town.add("een", {{"given_name", given}, {"family_name", "Gast"}, {"member_number", "0000"}}));
    town.link();
    EXPECT_TRUE(town.together(a, b)) << town.why(a, b);
    for (const std::size_t x : shared)
        for (const std::size_t y : shared) EXPECT_TRUE(x == y || !town.together(x, y));
}

TEST(LinkageRules, DecisionsOverrideEveryWeightAndLaterOnesEarlierOnes) {
    Town town;
    town.fill(40);
    const std::size_t a = town.add("een", anna()), b = town.add("twee", anna());
    const std::size_t jan = town.add("een", {{"given_name", "Jan"}, {"family_name", "Peeters"}, {"birth_date", "2001-02-03"}});
    const std::size_t other = town.add("twee", {{"given_name", "Olga"}, {"family_name", "Ivanova"}, {"birth_date", "2009-09-09"}});
    const LinkOutcome outcome = town.link({}, {{Town::id(jan), Town::id(other), LinkAnswer::Different},
                                               {Town::id(a), Town::id(b), LinkAnswer::Different},
                                               {Town::id(other), Town::id(jan), LinkAnswer::Same},
                                               {Town::id(a), 999999, LinkAnswer::Same}});
    EXPECT_FALSE(town.together(a, b));
    EXPECT_TRUE(town.together(jan, other));
    EXPECT_EQ(outcome.statistics.decided, 2U);
    EXPECT_EQ(outcome.statistics.stale, 1U);
    EXPECT_TRUE(outcome.contradictions.empty());
    EXPECT_TRUE(town.explain(a, b).decided);
    EXPECT_EQ(town.explain(a, b).zone, LinkZone::Different);
    EXPECT_EQ(std::count_if(outcome.pairs.begin(), outcome.pairs.end(), [](const ScoredPair& p) { return p.decided; }), 2);
}

TEST(LinkageRules, ADecisionHoldsInsideACluster) {
    Town town;
    town.fill(40);
    std::vector<std::size_t> all;
    for (const std::string source : {"een", "twee", "drie", "vier"}) all.push_back(town.add(source, anna()));
    town.link({}, {{Town::id(all[0]), Town::id(all[3]), LinkAnswer::Different}});
    EXPECT_FALSE(town.together(all[0], all[3]));
    town.link({}, {{Town::id(all[0]), Town::id(all[3]), LinkAnswer::Unsure}});
    EXPECT_EQ(town.zone(all[0], all[3]), LinkZone::Review);
}

TEST(LinkageRules, ContradictionsAreReportedAndNotJoined) {
    Town town;
    town.fill(20);
    const std::size_t a = town.add("een", anna()), b = town.add("twee", anna()), c = town.add("drie", anna());
    const LinkOutcome outcome = town.link({}, {{Town::id(a), Town::id(b), LinkAnswer::Same},
                                               {Town::id(b), Town::id(c), LinkAnswer::Same},
                                               {Town::id(a), Town::id(c), LinkAnswer::Different}});
    ASSERT_EQ(outcome.contradictions.size(), 1U);
    EXPECT_EQ(town.number(outcome.contradictions[0].a),
              std::min(a, c, [&](std::size_t x, std::size_t y) { return town[x].source < town[y].source; }));
    EXPECT_FALSE(town.together(a, c));
}

TEST(LinkageRules, IslandsAreNeverCompared) {
    Town town;
    town.fill(40);
    const std::size_t a = town.add("een", anna());
    const std::size_t b = town.add(Person{"geheim", anna(), 1});
    const std::size_t c = town.add(Person{"geheim", anna(), 1});
    const std::size_t d = town.add(Person{"dicht", anna(), 2, false});
    const std::size_t e = town.add(Person{"dicht", anna(), 2, false});
    const LinkOutcome outcome = town.link({}, {{Town::id(a), Town::id(b), LinkAnswer::Same}});
    EXPECT_FALSE(town.together(a, b));
    EXPECT_TRUE(town.together(b, c));
    EXPECT_FALSE(town.together(d, e));
    EXPECT_EQ(outcome.statistics.stale, 1U);
}

LinkSettings on_threads(unsigned threads) {
    LinkSettings settings;
    settings.threads = threads;
    return settings;
}

TEST(LinkageRules, AnyOrderAndAnyNumberOfThreadsGiveTheSameAnswer) {
    Town town;
    town.fill(150);
    town.link(on_threads(1));
    const std::string expected = town.dump();
    std::vector<std::size_t> order(town.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (unsigned threads : {1U, 2U, 8U}) {
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return a * 7919 % (1009 + threads) < b * 7919 % (1009 + threads); });
        town.link(on_threads(threads), {}, order);
        EXPECT_EQ(town.dump(), expected) << threads;
    }
}

TEST(LinkageRules, WeightsOfTheWaterfallAddUp) {
    Town town;
    town.fill(60);
    const std::size_t a = town.add("een", anna());
    for (const Values& changes : std::vector<Values>{{},
                                                     {{"given_name", "Eva"}},
                                                     {{"birth_date", "2013"}},
                                                     {{"street", "Ander"}},
                                                     {{"family_name", "Anna"}, {"given_name", "De Wachter"}}}) {
        const std::size_t b = town.add("twee", with(anna(), changes));
        town.link();
        const PairExplanation e = town.explain(a, b);
        double sum = 0;
        for (const LinkEvidence& line : e.evidence) sum += line.weight;
        EXPECT_NEAR(sum, e.weight, 1e-6);
        EXPECT_EQ(e.evidence.front().field, "prior");
        EXPECT_EQ(town.explain(b, a).weight, e.weight);
        town[b].values = {};
    }
}

TEST(LinkageRules, IncrementalLinkingIsWholeLinkingUnderTheSameModel) {
    Town town;
    town.fill(120);
    const std::size_t a = town.add("een", anna());
    town.link();
    const std::string model = town.model();
    const std::size_t b = town.add("twee", anna());
    const std::size_t twin = town.add("twee", with(anna(), {{"given_name", "Eva"}}));
    town.link({.model = model});
    const std::string expected = town.dump();
    EXPECT_EQ(town.model(), model);
    // All new, under the same model.
    town.link({.whole = false, .model = model});
    EXPECT_EQ(town.dump(), expected);
    // Two new ones against what stands.
    std::vector<std::size_t> firsts;
    const LinkOutcome whole = town.link({.model = model});
    for (std::size_t n = 0; n < town.size(); ++n) firsts.push_back(whole.first[n]);
    for (std::size_t n = 0; n + 2 < town.size(); ++n) town[n].cluster = whole.first[n] + 1;
    const LinkOutcome added = town.link({.whole = false, .model = model});
    for (std::size_t n = 0; n < town.size(); ++n) EXPECT_EQ(added.first[n], firsts[n]);
    EXPECT_LT(added.statistics.compared, whole.statistics.compared / 10);
    EXPECT_TRUE(town.together(a, b));
    EXPECT_FALSE(town.together(a, twin));
}

TEST(LinkageRules, IncrementalLinkingFollowsADecisionInAStandingCluster) {
    Town town;
    town.fill(60);
    const std::size_t a = town.add("een", anna()), b = town.add("twee", anna());
    const LinkOutcome whole = town.link();
    ASSERT_TRUE(town.together(a, b));
    const std::string model = town.model();
    for (std::size_t n = 0; n < town.size(); ++n) town[n].cluster = whole.first[n] + 1;
    town.link({.whole = false, .model = model}, {{Town::id(a), Town::id(b), LinkAnswer::Different}});
    EXPECT_FALSE(town.together(a, b));
    town.link({.whole = false, .model = model});
    EXPECT_TRUE(town.together(a, b)) << "without a new record or a decision nothing changes";
}

TEST(LinkageRules, ADamagedModelIsEstimatedAnew) {
    Town town;
    town.fill(60);
    town.link();
    const std::string model = town.model();
    EXPECT_TRUE(model.starts_with("linkage-model/"));
    for (const std::string& damaged :
         {std::string("linkage-model/0\n"), model.substr(0, model.size() / 2), model + "x", std::string("\0\xFF", 2)}) {
        town.link({.model = damaged});
        EXPECT_EQ(town.model(), model);
    }
}

}  // namespace
}  // namespace brugwacht
