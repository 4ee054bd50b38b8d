// A synthetic municipality: households, children, clubs, ambassadors, trajectories with known outcomes, and an activity log.
// Everything follows from the seed; no two runs differ, and no person in it exists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "tests/support/stories.hpp"

namespace brugwacht {

struct SyntheticOptions {
    std::uint32_t children = 160;
    std::uint64_t seed = 1;
    Date as_of = *Date::from_ymd(2026, 9, 30);
    bool canonical = true;  // the canonical files and the truth
    bool exports = true;    // the exports of a data officer
};

enum class BirthWritten : std::uint8_t { Exactly, FirstOfJanuary, YearOnly, Missing };

struct SyntheticPerson {
    std::uint32_t number = 0;     // from 1
    std::uint32_t household = 0;  // from 1
    std::string_view given;       // every spelling, separated by |
    std::string_view family;
    std::string_view guardian_given;
    std::string_view gender;  // m f x, or empty
    std::string_view language;
    std::string_view street;
    std::string_view postcode;
    std::string_view municipality;
    int house_number = 0;
    std::string_view bus;  // "bus 3" or empty
    Date birth;
    BirthWritten birth_written = BirthWritten::Exactly;
    std::uint64_t salt = 0;  // decides spellings and slips of the pen in the exports
    bool twin = false;
};

struct SyntheticTrajectory {
    std::uint32_t number = 0;  // within the person, from 1
    int worker = 0;
    std::string_view strategy;  // empty = not filled in
    std::string_view referrer_kind;
    std::string_view needs;
    std::string_view barriers;
    Course course;
};

struct SyntheticChild {
    SyntheticPerson person;
    std::vector<SyntheticTrajectory> trajectories;  // none to two, by start
};

struct SyntheticEmployment {
    Date from;
    bool open = true;
    Date to;
    int percent = 0;
};

struct SyntheticWorker {
    std::string name;
    std::string employer;
    std::vector<SyntheticEmployment> employments;
};

struct SyntheticActivity {
    Date date;
    int minutes = 0;
    std::string_view kind, strategy, criterion, counterpart_kind, side;
    std::string counterpart;  // a pseudonym or a club's key
    int participants = -1;    // -1 = not counted
    bool first_contact = false;
    std::uint32_t child = 0;  // of a trajectory, 0 = none
    std::uint32_t trajectory = 0;
    int worker = 0;
};

class SyntheticWorld {
  public:
    explicit SyntheticWorld(const SyntheticOptions& options);

    const SyntheticOptions& options() const { return options_; }
    const std::vector<SyntheticClub>& clubs() const { return clubs_; }
    const std::vector<SyntheticWorker>& workers() const { return workers_; }
    /// Children in order of their number, siblings one after the other; made one household at a time.
    void each_child(const std::function<void(const SyntheticChild&)>& visit) const;
    void each_activity(const std::function<void(const SyntheticActivity&)>& visit) const;

  private:
    std::vector<SyntheticChild> household(std::uint32_t number, std::uint32_t first_child) const;

    SyntheticOptions options_;
    std::vector<SyntheticClub> clubs_;
    std::vector<SyntheticWorker> workers_;
};

std::string person_key(std::uint32_t person);                                // "P0000012"
std::string trajectory_key(std::uint32_t person, std::uint32_t trajectory);  // "T0000012-1"
std::string club_key(int club);                                              // "C-003"
std::string worker_key(int worker);                                          // "W-1"

/// The same person as another registration writes it: another spelling, another form of the phone number, sometimes a slip of the pen.
struct WrittenPerson {
    std::string given, family, birth, gender, street, number, postcode, municipality, phone, email, guardian, guardian_given,
        guardian_family, guardian_phone;
};
/// Source 0 is the canonical one, with birth dates as ISO; sources 1 and 2 are ambassadors who type in a hurry; others spell otherwise, but
/// make no slips.
WrittenPerson written_by(const SyntheticPerson& person, unsigned source);

/// Writes what is asked into `folder`: canonical/*.csv and truth.csv; the exports; with both also truth_exports.csv and truth_persons.csv.
/// Throws std::runtime_error.
void write_synthetic(const SyntheticWorld& world, const std::filesystem::path& folder);

}  // namespace brugwacht
