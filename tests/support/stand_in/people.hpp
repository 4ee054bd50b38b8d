// Fills a stand-in with people who do not exist: persons, households, organisations, activities, trajectories and registrations, in the
// tables and fields of one system. Everything follows from the seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

struct PeopleOptions {
    std::size_t people = 100;
    std::size_t activities = 500;
    std::uint64_t seed = 1;
    Date from = *Date::from_ymd(2023, 1, 1);  // stamps lie between the two
    Date until = *Date::from_ymd(2025, 6, 30);
    std::size_t burst = 2000;  // every fourth stretch of so many records has one stamp, as an import gives
    bool on_demand = false;    // records are made when they are asked for: a million costs 8 MB
};

struct Person {
    std::size_t number = 0;
    std::string given, family, gender /* m f */, language, street, postcode, town, phone, email;
    Date birth;
    std::size_t household = 0;
    std::size_t organisation = 0;
};

struct Organisation {
    std::size_t number = 0;
    std::string name, postcode, town;
};

struct Household {
    std::size_t number = 0;
    std::string name;
};

struct Activity {
    std::size_t number = 0;
    unsigned kind = 0;  // 0..4
    std::string subject;
    std::int64_t start_us = 0;
    int minutes = 0;
    std::size_t person = 0;
    std::size_t second_person = 0;  // another one
};

struct Course {  // a trajectory, of every fifth person
    std::size_t number = 0;
    std::size_t person = 0;
    Date start;
    bool closed = false;
    Date end;
};

struct Registration {
    std::size_t number = 0;
    std::size_t person = 0;
    std::size_t event = 0;
    unsigned status = 0;  // 0 registered, 1 attended, 2 cancelled
    std::int64_t moment_us = 0;
};

/// The facts, by number from 0, whatever the system.
class People {
  public:
    explicit People(const PeopleOptions& options) : options_(options) {}

    const PeopleOptions& options() const { return options_; }
    std::size_t persons() const { return options_.people; }
    std::size_t organisations() const { return 1 + options_.people / 50; }
    std::size_t households() const { return 1 + options_.people / 3; }
    std::size_t activities() const { return options_.people == 0 ? 0 : options_.activities; }
    std::size_t courses() const { return options_.people / 5; }
    std::size_t events() const { return 1 + options_.people / 100; }
    std::size_t registrations() const { return options_.people / 2; }

    Person person(std::size_t number) const;
    Organisation organisation(std::size_t number) const;
    Household household(std::size_t number) const;
    Activity activity(std::size_t number) const;
    Course course(std::size_t number) const;
    Registration registration(std::size_t number) const;
    /// "Sportkamp 3"
    std::string event_title(std::size_t number) const;
    /// When record `number` of a table was changed last.
    std::int64_t modified_us(const std::string& table, std::size_t number) const;

  private:
    PeopleOptions options_;
};

/// How one system keeps them.
struct Layout {
    struct Sheet {
        std::string table;
        std::size_t count = 0;
        std::function<std::map<std::string, std::string>(std::size_t)> fields;
    };
    std::function<std::string(std::size_t)> id;  // of a record, ascending with its number
    std::function<std::optional<std::size_t>(const std::string&)> number;
    std::vector<Sheet> sheets;
};

Layout civicrm_layout(const People& people);
Layout espocrm_layout(const People& people);
Layout suitecrm_layout(const People& people);
Layout odoo_layout(const People& people);

using LayoutOf = Layout (*)(const People&);
/// Adds the tables of a layout to a system.
void fill(System& system, const PeopleOptions& options, LayoutOf layout);

}  // namespace brugwacht::stand_in
