// Scripted courses of trajectories whose outcome is known beforehand. A story says which events happen and, as data beside it,
// what every definition must give under the agreement that `init` writes; no engine is asked.
// The dates are drawn at random inside what the story allows, often on the very edge of a window.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "tests/support/rng.hpp"

namespace brugwacht {

/// Calendar of a kind of club, as the agreement of `init` has it. Months and days as 100 * month + day.
struct ClubCalendar {
    std::string_view code;
    int year_start = 0;
    int opens = 0;
    int decision = 0;
    int closed_from = 0;  // 0 = never closed
    int closed_to = 0;
    bool provisional = false;  // an enrolment may be undone for 21 days, in any case until 15 October
};

enum class ClubKind : std::uint8_t { Jeugdbeweging, Proefinschrijving, Sportclub, Jeugdhuis };
const ClubCalendar& calendar_of(ClubKind type);

Date year_start(ClubKind type, int year);
Date registration_opens(ClubKind type, int year);
Date decision_date(ClubKind type, int year);
int working_year(ClubKind type, Date date);
/// Day on which an enrolment of that working year counts.
Date effective_date(ClubKind type, Date enrolled, int year);
/// Last day of the window of 6 to 8 months, moved by pause days and out of the closed season.
Date window_end(ClubKind type, Date effective, int pause_days);
/// "2025-2026", or "2026" where the year is the calendar year.
std::string year_label(ClubKind type, int year);

struct SyntheticClub {
    ClubKind type = ClubKind::Jeugdbeweging;
    bool confirms_list = false;
    int list_delay_days = 0;  // after the decision date of each working year
    bool uses_stamhoofd = false;
    std::string name;
    std::string municipality;
};

inline constexpr int kNoClub = -1;
inline constexpr int kAllClubs = -2;

struct SyntheticEvent {
    std::string_view type;
    Date date;
    bool has_to = false;
    Date to;
    int club = kNoClub;
    int year = 0;  // 0 = not stated
    std::string_view reason;
    std::string_view answer;
    std::string_view kind;
    bool noise = false;       // the outcome is the same without it
    bool by_person = false;   // written as a fact of the person instead of the trajectory
    int recorded_after = -1;  // days until it was written down, -1 = not stated
};

struct Verdict {
    std::string_view status;
    std::string_view reason;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

enum class Scope : std::uint8_t { In, OtherStrategy, TooYoung, TooOld };

struct Course {
    std::string_view story;
    Scope scope = Scope::In;
    Date start;
    std::vector<SyntheticEvent> events;  // sorted by date
    Verdict verdicts[3];                 // D1, D2, D3
};

/// Every story by name, in the order of the table.
std::vector<std::string_view> story_names();

/// Draws a story by weight and plays it; stories that cannot happen at this as-of date are passed over.
Course play_story(Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs);
/// Plays one story; false when it cannot happen at this as-of date with these clubs.
bool play_story(std::string_view name, Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs, Course& course);

}  // namespace brugwacht
