#include "tests/support/linkage_sets.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "engine/core/date.hpp"
#include "engine/core/text.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/csv_writer.hpp"
#include "tests/support/flemish_names.hpp"
#include "tests/support/slips.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using std::string;
using std::string_view;

string& value(SetRecord& record, string_view field) {
    const std::optional<std::size_t> index = field_index(Entity::Person, field);
    if (!index) throw std::logic_error("no field " + string(field));
    return record.values[*index];
}

void add(LinkageSet& set, SetRecord record, std::uint32_t person) {
    set.records.push_back(std::move(record));
    set.truth.person.push_back(person);
}

// ---------------------------------------------------------------- the corpus

/// Rows of an open set; it quotes nothing and has spaces after its commas.
std::vector<std::map<string, string>> rows_of(const std::filesystem::path& path) {
    std::istringstream lines(read_bytes(path));
    const auto cells = [](const string& line) {
        std::vector<string> all;
        std::istringstream fields(line);
        for (string cell; std::getline(fields, cell, ',');) all.emplace_back(trim(cell));
        return all;
    };
    string line;
    std::getline(lines, line);
    const std::vector<string> header = cells(line);
    std::vector<std::map<string, string>> rows;
    while (std::getline(lines, line)) {
        const std::vector<string> row = cells(line);
        std::map<string, string>& named = rows.emplace_back();
        for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) named[header[i]] = row[i];
    }
    return rows;
}

/// 19081209 -> 1908-12-09; as written when that is no date, like an import.
string date_of(const string& text) {
    if (text.size() != 8) return text;
    const string iso = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6);
    return Date::parse_iso(iso) ? iso : text;
}

SetRecord corpus_record(std::map<string, string>& row, string_view source, bool with_number) {
    SetRecord record;
    record.source = source;
    value(record, "given_name") = row["given_name"];
    value(record, "family_name") = row["surname"];
    value(record, "birth_date") = date_of(row["date_of_birth"]);
    value(record, "street") = row["address_1"];
    value(record, "house_number") = row["street_number"];
    value(record, "postcode") = row["postcode"];
    value(record, "municipality") = row["suburb"];
    value(record, "phone") = row["phone_number"];
    if (with_number) value(record, "member_number") = row["soc_sec_id"];
    return record;
}

/// "rec-223-dup-0" -> 223.
std::uint32_t febrl_person(const string& id) {
    std::uint32_t person = 0;
    std::from_chars(id.data() + 4, id.data() + id.size(), person);
    return person;
}

LinkageSet febrl(string_view file, bool with_number) {
    LinkageSet set;
    std::uint32_t row_number = 0;
    for (std::map<string, string>& row : rows_of(corpus_file("linkage/" + string(file) + ".csv"))) {
        SetRecord record = corpus_record(row, file, with_number);
        record.values[0] = std::to_string(++row_number);
        add(set, std::move(record), febrl_person(row["rec_id"]));
    }
    return set;
}

LinkageSet dirty(bool with_number) {
    LinkageSet set;
    for (const string_view source : {"dirty_1000_50_1", "dirty_1000_50_2"}) {
        std::uint32_t row_number = 0;
        for (std::map<string, string>& row : rows_of(corpus_file("linkage/" + string(source) + ".csv"))) {
            SetRecord record = corpus_record(row, source, with_number);
            record.values[0] = std::to_string(++row_number);
            std::uint32_t person = 0;
            std::from_chars(row["rec_id"].data(), row["rec_id"].data() + row["rec_id"].size(), person);
            add(set, std::move(record), person);
        }
    }
    return set;
}

// ---------------------------------------------------------------- other shapes

struct PlainPerson {
    SpelledName given, family;
    Date birth;
    string_view town, postcode;
    string street, number;
};

/// Frequent names first.
string_view skewed(Rng& rng, std::span<const string_view> names) {
    const auto size = static_cast<std::uint32_t>(names.size());
    return names[std::min(rng.below(size), rng.below(size))];
}

SpelledName surname(Rng& rng, const NamePool& pool) {
    if (!rng.chance(pool.rare)) return spelled(skewed(rng, pool.families));
    const string_view beginning = rng.pick(pool.beginnings);
    return compound(beginning, rng.pick(pool.endings));
}

SpelledName given(Rng& rng, const NamePool& pool) {
    const bool girl = rng.chance(50);
    if (rng.chance(60)) return spelled(skewed(rng, girl ? pool.girls : pool.boys));
    const RareFirstNames rare = rare_first_names(girl);
    const string_view beginning = rng.pick(rare.beginnings);
    return compound(beginning, rng.pick(rare.endings));
}

PlainPerson plain_person(Rng& rng, int from_year, int to_year) {
    const NamePool& pool = rng.chance(70) ? name_pools().front() : rng.pick(name_pools());
    PlainPerson person;
    person.given = given(rng, pool);
    person.family = surname(rng, pool);
    person.birth =
        Date::from_ymd(from_year, 1, 1)->plus_days(static_cast<int>(rng.below(static_cast<std::uint32_t>((to_year - from_year) * 365))));
    const FlemishTown& town = rng.pick(flemish_towns());
    person.town = town.name;
    person.postcode = town.postcode;
    person.street = rng.pick(flemish_streets());
    person.number = std::to_string(1 + rng.below(180));
    return person;
}

string any_spelling(Rng& rng, const SpelledName& name) { return name.latin[rng.below(static_cast<std::uint32_t>(name.latin.size()))]; }

/// `percent` of texts with a slip of some kind.
string noisy(Rng& rng, string text, unsigned percent) {
    if (!rng.chance(percent)) return text;
    const unsigned kind = rng.below(10);
    return kind < 6 ? typing_slip(rng, text) : kind < 9 ? hearing_slip(rng, text) : reading_slip(rng, text);
}

string noisy_date(Rng& rng, Date date, unsigned percent) {
    if (!rng.chance(percent)) return date.iso();
    if (date.day() <= 12 && rng.chance(40)) return Date::from_ymd(date.year(), date.day(), date.month()).value_or(date).iso();
    string text = date.iso();
    static constexpr std::size_t kPlaces[] = {2, 3, 6, 8, 9};
    text[rng.pick(kPlaces)] = static_cast<char>('0' + rng.below(10));
    return Date::parse_iso(text) ? text : date.iso();
}

/// Name, birth date, city and e-mail address, one field in five blank, one in five with a slip, four sources.
LinkageSet few_fields() {
    LinkageSet set;
    static constexpr string_view kLists[] = {"lijst-a", "lijst-b", "lijst-c", "lijst-d"};
    std::uint32_t key = 0;
    for (std::uint32_t person = 1; person <= 4000; ++person) {
        Rng rng(11, person);
        const PlainPerson who = plain_person(rng, 1950, 2015);
        const string email =
            fold_name(who.given.latin[0]) + "." + fold_name(who.family.latin[0]) + std::to_string(rng.below(90)) + "@post.example";
        for (const string_view list : kLists) {
            if (!rng.chance(45)) continue;
            SetRecord record;
            record.source = list;
            record.values[0] = std::to_string(++key);
            const auto put = [&](string_view field, string text) {
                if (!rng.chance(20)) value(record, field) = std::move(text);
            };
            put("given_name", noisy(rng, any_spelling(rng, who.given), 20));
            put("family_name", noisy(rng, particles(rng, any_spelling(rng, who.family)), 20));
            put("birth_date", noisy_date(rng, who.birth, 15));
            put("municipality", noisy(rng, string(who.town), 10));
            put("email", noisy(rng, email, 10));
            add(set, std::move(record), person);
        }
    }
    return set;
}

/// Name, street, postcode and year of birth of 50,000 rows in two years; households, and sons named after their fathers at one address.
LinkageSet voters() {
    LinkageSet set;
    std::uint32_t person = 0;
    std::uint32_t key = 0;
    const auto write = [&](Rng& rng, PlainPerson who) {
        ++person;
        for (const string_view list : {"kiezers-2018", "kiezers-2024"}) {
            if (!rng.chance(75)) continue;
            SetRecord record;
            record.source = list;
            record.values[0] = std::to_string(++key);
            value(record, "given_name") = noisy(rng, any_spelling(rng, who.given), 6);
            value(record, "family_name") = noisy(rng, particles(rng, who.family.latin[0]), 6);
            value(record, "street") = noisy(rng, street_notation(rng, who.street), 6);
            value(record, "house_number") = who.number;
            value(record, "postcode") = who.postcode;
            if (!rng.chance(4)) value(record, "birth_date") = std::to_string(who.birth.year() + (rng.chance(3) ? 1 : 0));
            add(set, std::move(record), person);
            if (!rng.chance(12)) continue;  // moved between the years
            const FlemishTown& town = rng.pick(flemish_towns());
            who.street = rng.pick(flemish_streets());
            who.number = std::to_string(1 + rng.below(180));
            who.postcode = town.postcode;
        }
    };
    for (std::uint32_t household = 0; person < 33'300; ++household) {
        Rng rng(12, household);
        PlainPerson who = plain_person(rng, 1935, 1980);
        write(rng, who);
        const unsigned kind = rng.below(100);
        PlainPerson other = plain_person(rng, 1935, 1980);
        other.street = who.street;
        other.number = who.number;
        other.postcode = who.postcode;
        if (kind < 35) {  // husband and wife
            write(rng, other);
        } else if (kind < 50) {  // brothers and sisters
            other.family = who.family;
            write(rng, other);
        } else if (kind < 52) {  // father and son
            other.family = who.family;
            other.given = who.given;
            other.birth = who.birth.plus_days(365 * rng.between(20, 38));
            write(rng, other);
        }
    }
    return set;
}

/// Names in Latin, Dutch and French, birth dates and birthplaces: registers of baptism and of the population.
LinkageSet historic() {
    static constexpr string_view kGiven[] = {"Joannes|Jan|Jean|Johannes",
                                             "Petrus|Peter|Pierre|Pieter",
                                             "Franciscus|Frans|François",
                                             "Josephus|Jozef|Joseph",
                                             "Jacobus|Jacob|Jacques",
                                             "Carolus|Karel|Charles",
                                             "Ludovicus|Lodewijk|Louis",
                                             "Henricus|Hendrik|Henri",
                                             "Maria|Marie",
                                             "Joanna|Johanna|Jeanne",
                                             "Catharina|Catherine|Trijn",
                                             "Anna|Anne",
                                             "Theresia|Thérèse|Trees",
                                             "Elisabeth|Isabella|Lijsbet",
                                             "Barbara|Barbe",
                                             "Rosalia|Rosalie",
                                             "Petronella|Pétronille|Nelle",
                                             "Philippus|Philip|Philippe",
                                             "Augustinus|August|Auguste",
                                             "Coleta|Colette",
                                             "Bernardus|Bernard",
                                             "Livinus|Lieven|Liévin",
                                             "Emanuel|Manuel",
                                             "Judocus|Joos|Josse"};
    static constexpr string_view kEnds[] = {"s", "ns", "ckx", "x", "", "man", "mans", "ers", "aert"};
    LinkageSet set;
    std::uint32_t key = 0;
    for (std::uint32_t person = 1; person <= 6000; ++person) {
        Rng rng(13, person);
        const SpelledName first = spelled(skewed(rng, kGiven));
        const SpelledName second = spelled(skewed(rng, kGiven));
        const bool two = rng.chance(45);
        const NamePool& pool = name_pools().front();
        const string_view stem = rng.pick(pool.beginnings.subspan(8));
        const string family = rng.chance(50) ? surname(rng, pool).latin[0] : string(stem) + string(rng.pick(kEnds));
        const Date birth = Date::from_ymd(1790, 1, 1)->plus_days(static_cast<int>(rng.below(365 * 90)));
        const string_view place = rng.pick(flemish_towns()).name;
        for (const string_view list : {"doopregister", "bevolkingsregister", "burgerlijke-stand"}) {
            if (!rng.chance(60)) continue;
            SetRecord record;
            record.source = list;
            record.values[0] = std::to_string(++key);
            string name = noisy(rng, any_spelling(rng, first), 5);
            if (two && rng.chance(75)) name += " " + any_spelling(rng, second);
            value(record, "given_name") = name;
            value(record, "family_name") = noisy(rng, noisy(rng, particles(rng, family), 15), 15);
            value(record, "birth_date") = rng.chance(8) ? std::to_string(birth.year()) : noisy_date(rng, birth, 8);
            if (!rng.chance(10)) value(record, "municipality") = noisy(rng, string(place), 5);
            add(set, std::move(record), person);
        }
    }
    return set;
}

/// Name, member number and year of birth in the yearly lists of two federations that number their members on their own: the same number
/// means the same child inside a federation only.
LinkageSet members() {
    LinkageSet set;
    std::uint32_t key = 0;
    for (std::uint32_t person = 1; person <= 4000; ++person) {
        Rng rng(14, person);
        const PlainPerson who = plain_person(rng, 2006, 2019);
        for (const string_view federation : {"federatie-a", "federatie-b"}) {
            if (!rng.chance(55)) continue;
            const std::uint32_t number = 1000 + (person * (federation.back() == 'a' ? 13 : 29)) % 8009;
            for (int year = 2023; year <= 2025; ++year) {
                if (!rng.chance(50)) continue;
                SetRecord record;
                record.source = federation;
                record.values[0] = std::to_string(year) + "-" + std::to_string(++key);
                value(record, "given_name") = noisy(rng, any_spelling(rng, who.given), 8);
                value(record, "family_name") = noisy(rng, particles(rng, any_spelling(rng, who.family)), 8);
                value(record, "birth_date") = std::to_string(who.birth.year());
                if (!rng.chance(5)) value(record, "member_number") = std::to_string(number);
                add(set, std::move(record), person);
            }
        }
    }
    return set;
}

struct NamedSet {
    string_view name;
    bool of_corpus;
    LinkageSet (*make)();
};

LinkageSet children_of(std::uint32_t children, std::uint64_t seed, std::uint32_t errors) {
    return children_set("", {.children = children, .seed = seed, .errors = errors});
}

constexpr NamedSet kSets[] = {{"febrl1", true, [] { return febrl("febrl1", false); }},
                              {"febrl1+ssn", true, [] { return febrl("febrl1", true); }},
                              {"febrl2", true, [] { return febrl("febrl2", false); }},
                              {"febrl2+ssn", true, [] { return febrl("febrl2", true); }},
                              {"dirty_1000_50", true, [] { return dirty(false); }},
                              {"dirty_1000_50+ssn", true, [] { return dirty(true); }},
                              {"children-1", false, [] { return children_of(2000, 1, 100); }},
                              {"children-2", false, [] { return children_of(2000, 2, 100); }},
                              {"children-3", false, [] { return children_of(2000, 3, 100); }},
                              {"children-careless", false, [] { return children_of(2000, 4, 200); }},
                              {"children-town", false, [] { return children_of(40'000, 5, 100); }},
                              {"few-fields", false, few_fields},
                              {"voters", false, voters},
                              {"historic", false, historic},
                              {"members", false, members}};

}  // namespace

std::vector<std::string_view> linkage_set_names() {
    std::vector<string_view> names;
    for (const NamedSet& set : kSets) names.push_back(set.name);
    return names;
}

std::optional<LinkageSet> linkage_set(std::string_view name) {
    for (const NamedSet& named : kSets) {
        if (named.name != name) continue;
        if (named.of_corpus && !corpus_present()) return std::nullopt;
        LinkageSet set = named.make();
        set.name = name;
        return set;
    }
    constexpr string_view kChildren = "children-";
    std::uint64_t seed = 0;
    const string_view number = name.starts_with(kChildren) ? name.substr(kChildren.size()) : string_view();
    if (number.empty() || std::from_chars(number.data(), number.data() + number.size(), seed).ptr != number.data() + number.size())
        throw std::runtime_error("no set " + string(name));
    LinkageSet set = children_of(2000, seed, 100);
    set.name = name;
    return set;
}

LinkageSet children_set(std::string_view name, const ChildrenOptions& options) {
    LinkageSet set;
    set.name = name;
    FlemishChildren(options).each_record(
        [&](const WrittenChild& child) {
            add(set, {string(child.source), child.values}, child.person);
            set.truth.facts.push_back(child.facts);
        },
        [&](std::uint32_t a, std::uint32_t b) { set.truth.twins.emplace_back(a, b); });
    return set;
}

void write_linkage_set(const LinkageSet& set, const std::filesystem::path& folder) {
    const EntityDef& person = entity_def(Entity::Person);
    std::map<string, std::unique_ptr<CsvWriter>> people;
    std::filesystem::create_directories(folder);
    CsvWriter truth(folder / "truth.csv");
    truth.row({"source", "record", "person", "facts"});
    for (std::size_t i = 0; i < set.records.size(); ++i) {
        const SetRecord& record = set.records[i];
        std::unique_ptr<CsvWriter>& file = people[record.source];
        if (file == nullptr) {
            std::filesystem::create_directories(folder / record.source);
            file = std::make_unique<CsvWriter>(folder / record.source / "people.csv");
            for (const FieldDef& field : person.fields) file->field(field.name);
            file->end_row();
        }
        for (std::size_t f = 0; f < person.fields.size(); ++f) file->field(record.values[f]);
        file->end_row();
        truth.row({record.source, record.values[0], std::to_string(set.truth.person[i]),
                   set.truth.facts.empty() ? string() : hexadecimal(set.truth.facts[i])});
    }
    CsvWriter twins(folder / "twins.csv");
    twins.row({"person_a", "person_b"});
    for (const auto& [a, b] : set.truth.twins) twins.row({std::to_string(a), std::to_string(b)});
    for (const auto& [source, file] : people) file->close();
    truth.close();
    twins.close();
}

}  // namespace brugwacht
