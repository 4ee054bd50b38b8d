// Who registers what: which file tells which trajectory, and which enrolment only the club knows of.
// The outcomes of the truth file hold for the exports together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/synthetic.hpp"

namespace brugwacht {

enum class Register : std::uint8_t { OneRowAChild, Template };

/// Source numbers for written_by.
inline constexpr unsigned kOneRowSource = 1;
inline constexpr unsigned kTemplateSource = 2;
inline constexpr unsigned kClubSource = 3;

/// One trajectory as its ambassador registers it.
struct Registration {
    const SyntheticPerson* person = nullptr;
    const SyntheticTrajectory* trajectory = nullptr;
    Register place = Register::OneRowAChild;
    std::optional<std::size_t> club_tells;  // event that only the club's member list has
};

/// One member of a club that keeps its list in Stamhoofd.
struct Membership {
    SyntheticPerson person;
    bool known = false;  // a child with a trajectory; the others are the club's own
    int club = 0;
    Date registered;
    int year = 0;
    std::string_view type = "Inschrijvingsgroep";
};

/// Views live during the call only. Children without a trajectory are in no registration.
void each_registration(const SyntheticWorld& world, const std::function<void(const Registration&)>& visit);
std::vector<Membership> memberships(const SyntheticWorld& world);

/// The essential steps of a trajectory in one row; nothing when they need more room.
struct OneRow {
    int club = kNoClub;
    std::vector<Date> trials;
    std::optional<Date> enrolled, enrolled_again, support_from, support_to, stopped, lost, closed;
    std::string_view support_kind, reason;
    int year = 0, year_again = 0;
    std::vector<std::pair<Date, std::string_view>> checks;  // day, yes or no
};
std::optional<OneRow> in_one_row(const Course& course, std::optional<std::size_t> leave_out);

/// Dutch words for a code, as people write them; the code itself when there is none.
std::string_view dutch(std::string_view list, std::string_view code);
std::string belgian_date(Date date);
std::string membership_number(const Membership& membership);

}  // namespace brugwacht
