#include "tests/support/stand_in/people.hpp"

#include <array>
#include <memory>
#include <string_view>

#include "engine/core/hash.hpp"
#include "tests/support/names.hpp"
#include "tests/support/rng.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

/// Streams of random numbers that do not meet: one for each kind of thing.
enum class Stream : std::uint64_t { Person = 1, Household, Organisation, Activity, Course, Registration, Stamp };

Rng random_of(std::uint64_t seed, Stream stream, std::size_t number) {
    return Rng(seed + (static_cast<std::uint64_t>(stream) << 40), number);
}

const NameStock& stock_of(Rng& random) {
    unsigned at = random.below(100);
    for (const NameStock& stock : name_stocks()) {
        if (at < stock.weight) return stock;
        at -= stock.weight;
    }
    return name_stocks().front();
}

std::string written(std::string_view name, Rng& random) { return std::string(spelling(name, random.below(spellings(name)))); }

std::string two_digits(std::uint32_t number) { return std::to_string(number / 10 % 10) + std::to_string(number % 10); }

std::size_t up_to(Rng& random, std::size_t count) { return random.below(static_cast<std::uint32_t>(count)); }

Date day_between(Rng& random, Date from, Date until) { return from.plus_days(random.between(0, until.days() - from.days())); }

}  // namespace

Household People::household(std::size_t number) const {
    Rng random = random_of(options_.seed, Stream::Household, number);
    return {number, "Gezin " + written(random.pick(stock_of(random).families), random)};
}

Person People::person(std::size_t number) const {
    Person person;
    person.number = number;
    person.household = number / 3;
    Rng random = random_of(options_.seed, Stream::Person, number);
    Rng home = random_of(options_.seed, Stream::Household, person.household);
    const NameStock& stock = stock_of(home);  // the same as the household's
    person.family = written(home.pick(stock.families), home);
    person.language = stock.language;
    const bool girl = random.chance(50);
    person.gender = girl ? "f" : "m";
    person.given = written(random.pick(girl ? stock.girls : stock.boys), random);
    person.birth = day_between(random, *Date::from_ymd(2008, 1, 1), *Date::from_ymd(2021, 12, 31));
    const Town& town = towns()[up_to(home, towns().size())];
    person.postcode = town.postcode;
    person.town = town.name;
    person.street = std::string(streets()[up_to(home, streets().size())]) + " " + std::to_string(home.between(1, 180));
    person.phone = "0499 " + two_digits(random.below(100)) + " " + two_digits(random.below(100)) + " " + two_digits(random.below(100));
    person.email = "ouder" + std::to_string(number + 1) + "@voorbeeld.invalid";
    person.organisation = up_to(random, organisations());
    return person;
}

Organisation People::organisation(std::size_t number) const {
    static constexpr std::array kKinds{"Jeugdhuis", "Sportclub", "Basisschool", "Turnkring", "Muziekacademie", "Buurthuis"};
    Rng random = random_of(options_.seed, Stream::Organisation, number);
    const Town& town = towns()[up_to(random, towns().size())];
    const std::string kind = kKinds.at(up_to(random, kKinds.size()));
    return {number, kind + " " + std::string(town.name) + " " + std::to_string(number + 1), std::string(town.postcode),
            std::string(town.name)};
}

Activity People::activity(std::size_t number) const {
    static constexpr std::array kSubjects{"Kennismaking", "Telefoon met ouder", "Mail naar club", "Start van het traject", "Huisbezoek"};
    Rng random = random_of(options_.seed, Stream::Activity, number);
    Activity activity;
    activity.number = number;
    activity.kind = random.below(5);
    activity.subject = kSubjects.at(activity.kind);
    const Date day = day_between(random, options_.from, options_.until);
    activity.start_us = day.days() * kDay + random.between(8 * 4, 20 * 4) * 900 * kSecond;
    activity.minutes = random.between(1, 12) * 15;
    activity.person = up_to(random, persons());
    activity.second_person = (activity.person + 1) % persons();
    return activity;
}

Course People::course(std::size_t number) const {
    Rng random = random_of(options_.seed, Stream::Course, number);
    Course course;
    course.number = number;
    course.person = number * 5;
    course.start = day_between(random, options_.from, options_.until);
    course.closed = random.chance(60);
    course.end = course.start.plus_days(random.between(14, 400));
    return course;
}

Registration People::registration(std::size_t number) const {
    Rng random = random_of(options_.seed, Stream::Registration, number);
    Registration registration;
    registration.number = number;
    registration.person = number * 2;
    registration.event = up_to(random, events());
    registration.status = random.below(3);
    registration.moment_us = day_between(random, options_.from, options_.until).days() * kDay + random.between(0, 86'399) * kSecond;
    return registration;
}

std::string People::event_title(std::size_t number) const { return "Sportkamp " + std::to_string(number + 1); }

std::int64_t People::modified_us(const std::string& table, std::size_t number) const {
    const std::size_t stretch = options_.burst == 0 ? 0 : number / options_.burst;
    const std::size_t drawn = stretch % 4 == 1 ? stretch * options_.burst : number;
    Rng random = random_of(options_.seed + siphash128({}, table).low, Stream::Stamp, drawn);
    const auto days = static_cast<std::uint64_t>(options_.until.days() - options_.from.days());
    return options_.from.days() * kDay + static_cast<std::int64_t>(random.next() % (days * static_cast<std::uint64_t>(kDay)));
}

void fill(System& system, const PeopleOptions& options, LayoutOf layout_of) {
    const People people(options);
    const Layout layout = layout_of(people);
    for (const Layout::Sheet& sheet : layout.sheets) {
        auto made = std::make_shared<Made>();
        made->modified_us.resize(sheet.count);
        for (std::size_t n = 0; n < sheet.count; ++n) made->modified_us[n] = people.modified_us(sheet.table, n);
        made->id = layout.id;
        made->find = [number = layout.number, count = sheet.count](const std::string& id) {
            const auto found = number(id);
            return found && *found < count ? found : std::nullopt;
        };
        const std::vector<std::int64_t>& stamps = made->modified_us;
        made->make = [id = layout.id, fields = sheet.fields, &stamps](std::size_t n) {
            return Record{id(n), stamps[n], 0, State::Live, fields(n)};
        };
        Table& table = system.tables[sheet.table];
        if (options.on_demand) {
            table.made = std::move(made);
        } else {
            for (std::size_t n = 0; n < sheet.count; ++n) table.add(made->make(n));
        }
    }
}

}  // namespace brugwacht::stand_in
