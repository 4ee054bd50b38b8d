#include "tests/support/stories.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace brugwacht {
namespace {

constexpr ClubCalendar kCalendars[] = {
    {"jeugdbeweging", 901, 701, 1031, 701, 831, false},
    {"jeugdbeweging_proefinschrijving", 901, 701, 1031, 701, 831, true},
    {"sportclub", 701, 501, 930, 601, 731, false},
    {"jeugdhuis", 101, 1201, 331, 0, 0, false},
};

constexpr int kProvisionalDays = 21;
constexpr int kProvisionalFloor = 1015;

Date on(int year, int month_day) { return *Date::from_ymd(year, month_day / 100, month_day % 100); }

/// How a trajectory begins: the ways to be enrolled, then the ways not to be.
enum class Begin : std::uint8_t {
    TwoTrials,         // two to four days at the club before the enrolment
    TwoTrialsLastDay,  // the last one on the very day of the enrolment
    TwoTrialsLate,     // enrolled more than six months after the start
    OneTrial,
    NoTrial,
    TwoTrialsOneDay,     // two visits on one day are one trial day
    TwoTrialsElsewhere,  // at another club than the one of the enrolment
    SecondTrialTooLate,  // the day after
    StillTrying,
    StillTryingLastDay,  // the start was exactly six months ago
    LostContactEarly,
    DeadlinePassed,
    DeadlinePassedYesterday,
    LostContact,
    Closed,
    StoppedEverything,
    ProvisionalRunning,
    ProvisionalUndone,
};

bool is_enrolled(Begin begin) { return begin <= Begin::SecondTrialTooLate; }

/// What happens between the enrolment and the end of the window of 6 to 8 months.
enum class Window : std::uint8_t {
    Nothing,  // not enrolled
    Proof,
    ProofFirstDay,
    ProofLastDay,
    ProofInPauseDays,  // after eight months, within the days that a pause adds
    ProofAfter,
    ProofAfterStop,  // a stop, and yet seen in the window
    Stop,
    StopInWindow,
    StopLastDay,
    CheckNo,
    CheckNoThenYes,
    ThreeAbsences,
    TwoAbsences,
    Silence,
    Open,
    OpenLastDay,
    OtherClub,   // stops, enrols elsewhere and takes part there
    StopUndone,  // stop and enrolment on one day
};

/// What happens in the next working year.
enum class Next : std::uint8_t {
    Nothing,  // not enrolled
    ReEnrolled,
    ReEnrolledFirstDay,
    ReEnrolledLate,
    ReEnrolledAhead,  // before registration opens, with the year stated
    ReEnrolledElsewhere,
    ReEnrolledProvisionally,  // does not count yet
    TooEarly,                 // enrols once more the day before registration opens: the same year
    Waiting,
    WaitingLastDay,
    Stopped,  // and the decision date has passed
    StoppedWaiting,
    StoppedCompeting,  // moved and the like, decides at once
    ListConfirmed,
    Silence,
};

struct Story {
    std::string_view name;
    int weight;
    Begin begin;
    Window window;
    Next next;
    Verdict d1, d2, d3;
    std::string_view reason = {};  // of the stop or the closing; empty = any that does not compete
    Scope scope = Scope::In;
};

constexpr Verdict kEnrolled{"achieved", "enrolled_after_trials"};
constexpr Verdict kTrialsMissing{"not_achieved", "trials_missing"};
constexpr Verdict kBeforeDeadline{"pending", "before_deadline"};
constexpr Verdict kProvisional{"pending", "provisional"};
constexpr Verdict kLost{"unknown", "lost_contact"};
constexpr Verdict kPassed{"not_achieved", "deadline_passed"};
constexpr Verdict kEnded{"not_achieved", "ended_before_enrolment"};
constexpr Verdict kMoved{"excluded", "moved"};
constexpr Verdict kAgedOut{"excluded", "aged_out"};
constexpr Verdict kDeceased{"excluded", "deceased"};
constexpr Verdict kStrategy{"excluded", "strategy_out_of_scope"};
constexpr Verdict kAge{"excluded", "age_out_of_scope"};
constexpr Verdict kInWindow{"achieved", "in_window"};
constexpr Verdict kLater{"achieved", "later_participation"};
constexpr Verdict kStopped{"not_achieved", "stopped"};
constexpr Verdict kSaidNo{"not_achieved", "check_no"};
constexpr Verdict kAbsent{"not_achieved", "registered_absent"};
constexpr Verdict kNothingKnown{"unknown", "no_information"};
constexpr Verdict kWindowOpen{"pending", "window_open"};
constexpr Verdict kReEnrolled{"achieved", "re_enrolled"};
constexpr Verdict kBeforeDecision{"pending", "before_decision"};
constexpr Verdict kNotOnList{"not_achieved", "absent_from_confirmed_list"};

// The verdicts were derived by hand; the numbers name the rules that decide D1, D2 and D3.
constexpr Story kStories[] = {
    // S11, S19, S30
    {"two_trials_window_again", 150, Begin::TwoTrials, Window::Proof, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"last_trial_on_enrolment_day", 20, Begin::TwoTrialsLastDay, Window::Proof, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"enrolled_after_six_months", 15, Begin::TwoTrialsLate, Window::Proof, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"proof_on_first_day", 12, Begin::TwoTrials, Window::ProofFirstDay, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"proof_on_last_day", 12, Begin::TwoTrials, Window::ProofLastDay, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"again_on_first_day", 12, Begin::TwoTrials, Window::Proof, Next::ReEnrolledFirstDay, kEnrolled, kInWindow, kReEnrolled},
    {"again_after_decision", 15, Begin::TwoTrials, Window::Proof, Next::ReEnrolledLate, kEnrolled, kInWindow, kReEnrolled},
    {"again_ahead_with_year", 12, Begin::TwoTrials, Window::Proof, Next::ReEnrolledAhead, kEnrolled, kInWindow, kReEnrolled},
    {"again_elsewhere", 30, Begin::TwoTrials, Window::Proof, Next::ReEnrolledElsewhere, kEnrolled, kInWindow, kReEnrolled},
    // S18: the end moves by the days of the pause, so this is in the window and not later
    {"pause_moves_window", 15, Begin::TwoTrials, Window::ProofInPauseDays, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"pause_moves_window_waiting", 8, Begin::TwoTrials, Window::ProofInPauseDays, Next::Waiting, kEnrolled, kInWindow, kBeforeDecision},
    // S19, S32
    {"window_waiting", 50, Begin::TwoTrials, Window::Proof, Next::Waiting, kEnrolled, kInWindow, kBeforeDecision},
    {"window_waiting_last_day", 12, Begin::TwoTrials, Window::Proof, Next::WaitingLastDay, kEnrolled, kInWindow, kBeforeDecision},
    {"window_stopped_waiting", 15, Begin::TwoTrials, Window::Proof, Next::StoppedWaiting, kEnrolled, kInWindow, kBeforeDecision},
    // S7: the enrolment of the next year exists but counts only when its trial period is over
    {"window_again_provisionally", 12, Begin::TwoTrials, Window::Proof, Next::ReEnrolledProvisionally, kEnrolled, kInWindow,
     kBeforeDecision},
    // S19 with S35, S34, S33, S31
    {"window_next_unknown", 30, Begin::TwoTrials, Window::Proof, Next::Silence, kEnrolled, kInWindow, kNothingKnown},
    {"window_too_early_again", 10, Begin::TwoTrials, Window::Proof, Next::TooEarly, kEnrolled, kInWindow, kNothingKnown},
    {"window_not_on_list", 25, Begin::TwoTrials, Window::Proof, Next::ListConfirmed, kEnrolled, kInWindow, kNotOnList},
    {"window_then_stopped", 25, Begin::TwoTrials, Window::Proof, Next::Stopped, kEnrolled, kInWindow, kStopped},
    {"window_then_moved", 15, Begin::TwoTrials, Window::Proof, Next::StoppedCompeting, kEnrolled, kInWindow, kMoved, "moved"},
    {"window_then_aged_out", 10, Begin::TwoTrials, Window::Proof, Next::StoppedCompeting, kEnrolled, kInWindow, kAgedOut, "aged_out"},
    // S19 goes before S22 and S23
    {"proof_after_stop", 10, Begin::TwoTrials, Window::ProofAfterStop, Next::Stopped, kEnrolled, kInWindow, kStopped},
    {"said_no_then_seen", 12, Begin::TwoTrials, Window::CheckNoThenYes, Next::ReEnrolled, kEnrolled, kInWindow, kReEnrolled},
    {"other_club_in_window", 15, Begin::TwoTrials, Window::OtherClub, Next::ReEnrolledElsewhere, kEnrolled, kInWindow, kReEnrolled},
    // S20
    {"seen_later", 25, Begin::TwoTrials, Window::ProofAfter, Next::ReEnrolled, kEnrolled, kLater, kReEnrolled},
    {"seen_later_next_unknown", 10, Begin::TwoTrials, Window::ProofAfter, Next::Silence, kEnrolled, kLater, kNothingKnown},
    {"seen_later_waiting", 6, Begin::TwoTrials, Window::ProofAfter, Next::Waiting, kEnrolled, kLater, kBeforeDecision},
    // S22 with S33, S32, S30, S31
    {"stopped", 40, Begin::TwoTrials, Window::Stop, Next::Stopped, kEnrolled, kStopped, kStopped},
    {"stopped_in_window", 12, Begin::TwoTrials, Window::StopInWindow, Next::Stopped, kEnrolled, kStopped, kStopped},
    {"stopped_on_last_day", 8, Begin::TwoTrials, Window::StopLastDay, Next::Stopped, kEnrolled, kStopped, kStopped},
    {"stopped_waiting", 25, Begin::TwoTrials, Window::Stop, Next::StoppedWaiting, kEnrolled, kStopped, kBeforeDecision},
    {"stopped_and_again", 15, Begin::TwoTrials, Window::Stop, Next::ReEnrolled, kEnrolled, kStopped, kReEnrolled},
    {"moved", 25, Begin::TwoTrials, Window::Stop, Next::StoppedCompeting, kEnrolled, kMoved, kMoved, "moved"},
    {"aged_out", 12, Begin::TwoTrials, Window::Stop, Next::StoppedCompeting, kEnrolled, kAgedOut, kAgedOut, "aged_out"},
    {"deceased", 2, Begin::TwoTrials, Window::Stop, Next::StoppedCompeting, kEnrolled, kDeceased, kDeceased, "deceased"},
    // S23
    {"said_no", 20, Begin::TwoTrials, Window::CheckNo, Next::Silence, kEnrolled, kSaidNo, kNothingKnown},
    {"said_no_not_on_list", 12, Begin::TwoTrials, Window::CheckNo, Next::ListConfirmed, kEnrolled, kSaidNo, kNotOnList},
    {"said_no_waiting", 12, Begin::TwoTrials, Window::CheckNo, Next::Waiting, kEnrolled, kSaidNo, kBeforeDecision},
    // S25, S26
    {"absent_three_times", 15, Begin::TwoTrials, Window::ThreeAbsences, Next::Silence, kEnrolled, kAbsent, kNothingKnown},
    {"absent_three_times_waiting", 10, Begin::TwoTrials, Window::ThreeAbsences, Next::Waiting, kEnrolled, kAbsent, kBeforeDecision},
    {"absent_twice", 12, Begin::TwoTrials, Window::TwoAbsences, Next::Silence, kEnrolled, kNothingKnown, kNothingKnown},
    {"silent", 30, Begin::TwoTrials, Window::Silence, Next::Silence, kEnrolled, kNothingKnown, kNothingKnown},
    {"silent_again", 20, Begin::TwoTrials, Window::Silence, Next::ReEnrolled, kEnrolled, kNothingKnown, kReEnrolled},
    {"silent_not_on_list", 12, Begin::TwoTrials, Window::Silence, Next::ListConfirmed, kEnrolled, kNothingKnown, kNotOnList},
    {"silent_waiting", 15, Begin::TwoTrials, Window::Silence, Next::Waiting, kEnrolled, kNothingKnown, kBeforeDecision},
    // S8: no interruption, so S22 does not decide
    {"stop_undone", 8, Begin::TwoTrials, Window::StopUndone, Next::Silence, kEnrolled, kNothingKnown, kNothingKnown},
    // S24
    {"window_open", 80, Begin::TwoTrials, Window::Open, Next::Waiting, kEnrolled, kWindowOpen, kBeforeDecision},
    {"window_open_late_enrolment", 12, Begin::TwoTrialsLate, Window::Open, Next::Waiting, kEnrolled, kWindowOpen, kBeforeDecision},
    {"window_open_last_day", 10, Begin::TwoTrials, Window::OpenLastDay, Next::Waiting, kEnrolled, kWindowOpen, kBeforeDecision},
    {"window_open_again", 20, Begin::TwoTrials, Window::Open, Next::ReEnrolled, kEnrolled, kWindowOpen, kReEnrolled},
    {"window_open_next_unknown", 6, Begin::TwoTrials, Window::Open, Next::Silence, kEnrolled, kWindowOpen, kNothingKnown},
    // S12: none of the enrolments has two trial days; S9: the anchor exists all the same
    {"one_trial_window_again", 25, Begin::OneTrial, Window::Proof, Next::ReEnrolled, kTrialsMissing, kInWindow, kReEnrolled},
    {"one_trial_silent", 12, Begin::OneTrial, Window::Silence, Next::Silence, kTrialsMissing, kNothingKnown, kNothingKnown},
    {"one_trial_open", 20, Begin::OneTrial, Window::Open, Next::Waiting, kTrialsMissing, kWindowOpen, kBeforeDecision},
    {"no_trial_window", 12, Begin::NoTrial, Window::Proof, Next::Waiting, kTrialsMissing, kInWindow, kBeforeDecision},
    {"no_trial_stopped", 10, Begin::NoTrial, Window::Stop, Next::Stopped, kTrialsMissing, kStopped, kStopped},
    {"two_trials_on_one_day", 10, Begin::TwoTrialsOneDay, Window::Proof, Next::Silence, kTrialsMissing, kInWindow, kNothingKnown},
    {"trials_elsewhere", 12, Begin::TwoTrialsElsewhere, Window::Proof, Next::ReEnrolled, kTrialsMissing, kInWindow, kReEnrolled},
    {"second_trial_too_late", 10, Begin::SecondTrialTooLate, Window::Proof, Next::Waiting, kTrialsMissing, kInWindow, kBeforeDecision},
    // S17: without an enrolment D2 and D3 are what D1 is. S14
    {"still_trying", 90, Begin::StillTrying, Window::Nothing, Next::Nothing, kBeforeDeadline, kBeforeDeadline, kBeforeDeadline},
    {"still_trying_last_day", 10, Begin::StillTryingLastDay, Window::Nothing, Next::Nothing, kBeforeDeadline, kBeforeDeadline,
     kBeforeDeadline},
    {"lost_early", 10, Begin::LostContactEarly, Window::Nothing, Next::Nothing, kBeforeDeadline, kBeforeDeadline, kBeforeDeadline},
    {"provisional_running", 12, Begin::ProvisionalRunning, Window::Nothing, Next::Nothing, kProvisional, kProvisional, kProvisional},
    // S15
    {"lost", 30, Begin::LostContact, Window::Nothing, Next::Nothing, kLost, kLost, kLost},
    // S16
    {"deadline_passed", 40, Begin::DeadlinePassed, Window::Nothing, Next::Nothing, kPassed, kPassed, kPassed},
    {"deadline_passed_yesterday", 8, Begin::DeadlinePassedYesterday, Window::Nothing, Next::Nothing, kPassed, kPassed, kPassed},
    // S13
    {"closed", 40, Begin::Closed, Window::Nothing, Next::Nothing, kEnded, kEnded, kEnded},
    {"closed_moved", 15, Begin::Closed, Window::Nothing, Next::Nothing, kMoved, kMoved, kMoved, "moved"},
    {"closed_aged_out", 8, Begin::Closed, Window::Nothing, Next::Nothing, kAgedOut, kAgedOut, kAgedOut, "aged_out"},
    {"stopped_everything", 8, Begin::StoppedEverything, Window::Nothing, Next::Nothing, kEnded, kEnded, kEnded},
    // S7 voids the enrolment, then S13
    {"provisional_undone", 12, Begin::ProvisionalUndone, Window::Nothing, Next::Nothing, kEnded, kEnded, kEnded},
    // S10, S17
    {"other_strategy", 25, Begin::TwoTrials, Window::Proof, Next::ReEnrolled, kStrategy, kStrategy, kStrategy, {}, Scope::OtherStrategy},
    {"other_strategy_closed", 8, Begin::Closed, Window::Nothing, Next::Nothing, kStrategy, kStrategy, kStrategy, {}, Scope::OtherStrategy},
    {"too_young", 4, Begin::TwoTrials, Window::Open, Next::Waiting, kAge, kAge, kAge, {}, Scope::TooYoung},
    {"too_old", 6, Begin::TwoTrials, Window::Proof, Next::ReEnrolled, kAge, kAge, kAge, {}, Scope::TooOld},
};

constexpr std::string_view kPlainReasons[] = {"price",  "distance", "time",           "no_places", "no_match",
                                              "family", "choice",   "not_interested", "other"};

/// One attempt to play a story. Every step says whether the dates drawn so far allow it; when not, the attempt is dropped.
class Attempt {
  public:
    Attempt(const Story& story, Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs, Course& course)
        : story_(story), rng_(rng), as_of_(as_of), clubs_(clubs), course_(course) {
        course_.story = story.name;
        course_.scope = story.scope;
        course_.events.clear();
        course_.verdicts[0] = story.d1;
        course_.verdicts[1] = story.d2;
        course_.verdicts[2] = story.d3;
    }

    bool play() {
        const bool possible = is_enrolled(story_.begin) ? enrol_first() && window() && next() : not_enrolled();
        if (!possible) return false;
        if (is_enrolled(story_.begin)) side_facts();
        std::stable_sort(course_.events.begin(), course_.events.end(),
                         [](const SyntheticEvent& a, const SyntheticEvent& b) { return a.date < b.date; });
        return true;
    }

  private:
    // --- facts ---
    SyntheticEvent& fact(std::string_view type, Date date, int club = kNoClub) {
        SyntheticEvent event;
        event.type = type;
        event.date = date;
        event.club = club;
        if (rng_.chance(40)) event.recorded_after = std::clamp(rng_.between(0, 21), 0, std::max(0, as_of_.days() - date.days()));
        course_.events.push_back(event);
        return course_.events.back();
    }
    void attend(Date date, int club, bool noise = false) {
        SyntheticEvent& event = fact("attend", date, club);
        event.noise = noise;
        event.by_person = noise && rng_.chance(30);
    }
    void check(Date date, std::string_view answer, bool noise = false) {
        SyntheticEvent& event = fact("check", date);
        event.answer = answer;
        event.noise = noise;
    }
    void stop(Date date, int club, std::string_view reason) {
        fact("stop", date, rng_.chance(25) ? kAllClubs : club).reason = reason;
        stopped_ = date;
    }
    /// `year` 0 leaves the working year to the date.
    void enrol(Date date, int club, int year) {
        SyntheticEvent& event = fact("enrol", date, club);
        event.year = year;
        if (rng_.chance(50)) event.kind = calendar_of(type_of(club)).provisional ? "provisional" : "definitive";
    }
    /// Proof of participation. Where trial days must stay few, the family was asked instead: presences before an enrolment count as trials.
    void proof(Date date, int club) {
        if (few_trials() || rng_.chance(35))
            check(date, "yes");
        else
            attend(date, club);
    }

    // --- draws ---
    Date day_between(Date low, Date high) { return Date::from_days(rng_.between(low.days(), high.days())); }
    std::string_view reason() { return story_.reason.empty() ? rng_.pick(kPlainReasons) : story_.reason; }
    ClubKind type_of(int club) const { return clubs_[static_cast<std::size_t>(club)].type; }
    int any_club() { return static_cast<int>(rng_.below(static_cast<std::uint32_t>(clubs_.size()))); }
    int other_club() {
        int club = any_club();
        for (int tries = 0; club == club_ && tries < 20; ++tries) club = any_club();
        return club;
    }
    /// Wrong trials must not become right ones by what happens later.
    bool few_trials() const {
        return story_.begin == Begin::OneTrial || story_.begin == Begin::NoTrial || story_.begin == Begin::TwoTrialsOneDay ||
               story_.begin == Begin::TwoTrialsElsewhere || story_.begin == Begin::SecondTrialTooLate;
    }
    bool list_confirmed(int club, int year) const {
        const SyntheticClub& c = clubs_[static_cast<std::size_t>(club)];
        return c.confirms_list && decision_date(c.type, year).plus_days(c.list_delay_days) <= as_of_;
    }

    // --- not enrolled ---
    bool not_enrolled() {
        const Begin begin = story_.begin;
        Date& start = course_.start;
        switch (begin) {
            case Begin::StillTrying:
            case Begin::LostContactEarly:
                start = as_of_.plus_days(-rng_.between(0, 180));
                if (add_months(start, 6) < as_of_) return false;
                break;
            case Begin::StillTryingLastDay:
                start = add_months(as_of_, -6);
                if (add_months(start, 6) != as_of_) return false;
                break;
            case Begin::DeadlinePassedYesterday:
                start = add_months(as_of_.plus_days(-1), -6);
                if (add_months(start, 6) != as_of_.plus_days(-1)) return false;
                break;
            case Begin::Closed:
            case Begin::StoppedEverything:
                start = as_of_.plus_days(-rng_.between(20, 1000));
                break;
            case Begin::ProvisionalRunning:
            case Begin::ProvisionalUndone:
                return provisional_only();
            default:
                start = as_of_.plus_days(-rng_.between(182, 1000));
                if (add_months(start, 6) >= as_of_) return false;
                break;
        }
        const Date last = std::min(start.plus_days(120), as_of_);
        for (int trials = rng_.between(0, 3); trials > 0; --trials) fact("trial", day_between(start, last), any_club()).noise = true;
        if (begin == Begin::LostContact || begin == Begin::LostContactEarly) fact("lost", day_between(start, as_of_));
        if (begin == Begin::Closed) fact("close", day_between(last, as_of_)).reason = reason();
        if (begin == Begin::StoppedEverything) fact("stop", day_between(last, as_of_), kAllClubs).reason = reason();
        return true;
    }

    bool provisional_only() {
        club_ = any_club();
        if (!calendar_of(type_of(club_)).provisional) return false;
        const bool running = story_.begin == Begin::ProvisionalRunning;
        const Date enrolled = as_of_.plus_days(-rng_.between(0, running ? 110 : 900));
        const Date effective = effective_date(type_of(club_), enrolled, working_year(type_of(club_), enrolled));
        if (running != (as_of_ < effective)) return false;
        // A start long ago, so that it is the enrolment that is waited for and not the deadline.
        course_.start = enrolled.plus_days(-rng_.between(185, 320));
        if (add_months(course_.start, 6) >= as_of_) return false;
        fact("trial", day_between(course_.start, enrolled), club_).noise = true;
        enrol(enrolled, club_, 0);
        if (!running) fact("stop", day_between(enrolled, effective.plus_days(-1)), club_).reason = reason();
        return true;
    }

    // --- the first enrolment and its trials ---
    bool enrol_first() {
        club_ = any_club();
        const ClubKind type = type_of(club_);
        enrolled_ = as_of_.plus_days(-rng_.between(story_.window == Window::Open || story_.window == Window::OpenLastDay ? 0 : 60, 1010));
        if (story_.window == Window::OpenLastDay && rng_.chance(70)) {
            enrolled_ = add_months(as_of_, -8);
            if (calendar_of(type).provisional) enrolled_ = enrolled_.plus_days(-kProvisionalDays);
        }
        year_ = working_year(type, enrolled_);
        effective_ = effective_date(type, enrolled_, year_);
        if (effective_ > as_of_) return false;
        from_ = add_months(effective_, 6);
        end_ = window_end(type, effective_, 0);
        decision_ = decision_date(type, year_ + 1);
        opens_next_ = registration_opens(type, year_ + 1);

        course_.start = enrolled_.plus_days(-rng_.between(6, 110));
        if (story_.begin == Begin::TwoTrialsLate) {
            course_.start = enrolled_.plus_days(-rng_.between(190, 330));
            if (add_months(course_.start, 6) >= effective_) return false;
        }
        if (!trials()) return false;
        enrol(enrolled_, club_, rng_.chance(40) ? year_ : 0);
        return true;
    }

    void trial(Date date, int club) { fact(rng_.chance(85) ? "trial" : "attend", date, club); }

    bool trials() {
        const Date start = course_.start;
        switch (story_.begin) {
            case Begin::TwoTrials:
            case Begin::TwoTrialsLate: {
                const Date second = day_between(start.plus_days(1), enrolled_);
                trial(second, club_);
                trial(day_between(start, second.plus_days(-1)), club_);
                for (int more = rng_.between(0, 2); more > 0; --more) {
                    SyntheticEvent& event = fact("trial", day_between(start, enrolled_), club_);
                    event.noise = true;
                }
                return true;
            }
            case Begin::TwoTrialsLastDay:
                trial(effective_, club_);
                trial(day_between(start, enrolled_.plus_days(-1)), club_);
                return true;
            case Begin::OneTrial:
                trial(day_between(start, enrolled_), club_);
                return true;
            case Begin::TwoTrialsOneDay: {
                const Date day = day_between(start, enrolled_);
                fact("trial", day, club_);
                fact("attend", day, club_);
                return true;
            }
            case Begin::TwoTrialsElsewhere: {
                elsewhere_ = other_club();
                if (elsewhere_ == club_) return false;
                trial(day_between(start.plus_days(1), enrolled_), elsewhere_);
                trial(start, elsewhere_);
                return true;
            }
            case Begin::SecondTrialTooLate:
                if (effective_.plus_days(1) > as_of_) return false;
                trial(day_between(start, enrolled_), club_);
                trial(effective_.plus_days(1), club_);
                return true;
            default:
                return true;
        }
    }

    // --- six to eight months later ---
    bool window() {
        const Date last = std::min(end_, as_of_);
        const bool over = end_ < as_of_;
        switch (story_.window) {
            case Window::Proof:
                if (last < from_) return false;
                proved_ = day_between(from_, last);
                proof(proved_, club_);
                break;
            case Window::ProofFirstDay:
                if (last < from_) return false;
                proved_ = from_;
                proof(proved_, club_);
                break;
            case Window::ProofLastDay:
                if (!over) return false;
                proved_ = end_;
                proof(proved_, club_);
                break;
            case Window::ProofInPauseDays:
                return proof_in_pause_days();
            case Window::ProofAfter:
                if (as_of_ < end_.plus_days(1)) return false;
                proved_ = rng_.chance(20) ? end_.plus_days(1) : day_between(end_.plus_days(1), std::min(as_of_, end_.plus_days(150)));
                proof(proved_, club_);
                break;
            case Window::ProofAfterStop:
                if (last < from_) return false;
                stop(day_between(effective_.plus_days(20), from_.plus_days(-1)), club_, reason());
                proved_ = day_between(from_, last);
                proof(proved_, club_);
                break;
            case Window::Stop:
            case Window::StopInWindow: {
                const Date low = story_.window == Window::Stop ? effective_.plus_days(5) : from_;
                const Date high = story_.window == Window::Stop ? std::min(from_.plus_days(-1), as_of_) : last;
                if (high < low) return false;
                stop(day_between(low, high), club_, reason());
                break;
            }
            case Window::StopLastDay:
                if (!over) return false;
                stop(end_, club_, reason());
                break;
            case Window::CheckNo: {
                const Date low = effective_.plus_days(30);
                if (last < low) return false;
                check(day_between(low, last), "no");
                break;
            }
            case Window::CheckNoThenYes: {
                if (last < from_.plus_days(1)) return false;
                proved_ = day_between(from_.plus_days(1), last);
                check(day_between(effective_.plus_days(20), proved_.plus_days(-1)), "no");
                check(proved_, "yes");
                break;
            }
            case Window::ThreeAbsences:
            case Window::TwoAbsences: {
                if (!over) return false;
                const int count = story_.window == Window::ThreeAbsences ? rng_.between(3, 5) : 2;
                for (int i = 0; i < count; ++i) fact("absent", from_.plus_days(i * 11 + rng_.between(0, 9)), club_);
                break;
            }
            case Window::Silence:
                if (!over) return false;
                if (story_.next == Next::Silence && rng_.chance(30)) fact("lost", day_between(end_, as_of_)).noise = true;
                break;
            case Window::Open:
                if (over) return false;
                break;
            case Window::OpenLastDay:
                if (end_ != as_of_) return false;
                break;
            case Window::OtherClub:
                return other_club_in_window();
            case Window::StopUndone: {
                if (!over) return false;
                const Date high = std::min(from_, opens_next_.plus_days(-1));
                if (high < effective_.plus_days(20)) return false;
                const Date day = day_between(effective_.plus_days(20), high);
                fact("stop", day, club_).reason = reason();
                SyntheticEvent& again = fact("enrol", day, club_);
                again.year = year_;
                again.kind = "definitive";
                if (calendar_of(type_of(club_)).provisional) return false;
                break;
            }
            case Window::Nothing:
                return false;
        }
        return true;
    }

    bool proof_in_pause_days() {
        const int days = rng_.between(20, 60);
        const Date low = effective_.plus_days(25);
        const Date pause = day_between(low, low.plus_days(60));
        const Date plain = add_months(effective_, 8);
        const Date moved = plain.plus_days(days);
        // Whether both edges of a pause count makes a day of difference: stay clear of it, and of the closed season.
        const ClubCalendar& calendar = calendar_of(type_of(club_));
        if (calendar.closed_from != 0 && moved >= on(moved.year(), calendar.closed_from).plus_days(-3) &&
            moved <= on(moved.year(), calendar.closed_to).plus_days(3))
            return false;
        // Nor may the window have been longer before the pause was known.
        if (end_ != plain) return false;
        end_ = moved;
        if (as_of_ < moved.plus_days(3)) return false;
        SyntheticEvent& event = fact("pause", pause);
        event.has_to = true;
        event.to = pause.plus_days(days - 1);
        proved_ = day_between(plain.plus_days(3), moved.plus_days(-3));
        proof(proved_, club_);
        return true;
    }

    bool other_club_in_window() {
        const Date last = std::min(end_, as_of_);
        if (last < from_) return false;
        second_club_ = other_club();
        if (second_club_ == club_ || calendar_of(type_of(second_club_)).provisional) return false;
        const Date left = day_between(effective_.plus_days(20), from_.plus_days(-30));
        fact("stop", left, club_).reason = reason();
        const Date joined = left.plus_days(rng_.between(1, 25));
        enrol(joined, second_club_, working_year(type_of(second_club_), joined));
        // The new club's working year must not already be the next one.
        if (mapped_year(type_of(second_club_), working_year(type_of(second_club_), joined)) != year_) return false;
        proved_ = day_between(from_, last);
        attend(proved_, second_club_);
        return true;
    }

    // --- the next working year ---
    /// Working year of the first club that begins nearest to a working year of another kind of club; 0 on a tie.
    int mapped_year(ClubKind foreign, int year) const {
        const Date begins = year_start(foreign, year);
        int best = 0;
        int distance = 100000;
        for (int y = year - 2; y <= year + 2; ++y) {
            const int d = std::abs(year_start(type_of(club_), y).days() - begins.days());
            if (d == distance) best = 0;
            if (d < distance) {
                distance = d;
                best = y;
            }
        }
        return best;
    }

    /// Day on which a new enrolment may happen: after everything that must come first.
    std::optional<Date> again_between(Date low, Date high) {
        low = std::max(low, enrolled_.plus_days(1));
        // After a stop the window must be over before the child comes back, or the new placement would keep it undecided.
        if (stopped_) low = std::max({low, end_.plus_days(1), stopped_->plus_days(1)});
        high = std::min(high, as_of_);
        if (high < low) return std::nullopt;
        return day_between(low, high);
    }

    bool again(Date low, Date high, int stated) {
        const std::optional<Date> day = again_between(low, high);
        if (!day) return false;
        if (effective_date(type_of(club_), *day, year_ + 1) > as_of_) return false;
        enrol(*day, club_, stated);
        return true;
    }

    bool next() {
        const Date after_next = registration_opens(type_of(club_), year_ + 2).plus_days(-1);
        const int stated = rng_.chance(50) ? year_ + 1 : 0;
        const bool decided = decision_ < as_of_;
        switch (story_.next) {
            case Next::ReEnrolled:
                return again(opens_next_, std::min(decision_.plus_days(-1), after_next), stated);
            case Next::ReEnrolledFirstDay:
                return again(opens_next_, opens_next_, 0);
            case Next::ReEnrolledLate:
                return again(decision_.plus_days(1), after_next, stated);
            case Next::ReEnrolledAhead:
                return again(opens_next_.plus_days(-40), opens_next_.plus_days(-1), year_ + 1);
            case Next::ReEnrolledProvisionally: {
                if (!calendar_of(type_of(club_)).provisional || decided) return false;
                const std::optional<Date> day = again_between(opens_next_, as_of_);
                if (!day || effective_date(type_of(club_), *day, year_ + 1) <= as_of_) return false;
                enrol(*day, club_, stated);
                return true;
            }
            case Next::ReEnrolledElsewhere: {
                const int club = second_club_ != kNoClub ? second_club_ : other_club();
                if (club == club_ || club == elsewhere_ || calendar_of(type_of(club)).provisional) return false;
                for (int year = year_; year <= year_ + 2; ++year) {
                    if (mapped_year(type_of(club), year) != year_ + 1) continue;
                    const std::optional<Date> day = again_between(std::max(registration_opens(type_of(club), year), proved_),
                                                                  registration_opens(type_of(club), year + 1).plus_days(-1));
                    if (!day) continue;
                    enrol(*day, club, rng_.chance(50) ? year : 0);
                    return true;
                }
                return false;
            }
            case Next::TooEarly: {
                const Date day = opens_next_.plus_days(-1);
                if (!decided || day <= effective_ || day > as_of_ || list_confirmed(club_, year_ + 1)) return false;
                enrol(day, club_, 0);
                return true;
            }
            case Next::Waiting:
                return !decided;
            case Next::WaitingLastDay:
                return decision_ == as_of_;
            case Next::Stopped:
                return decided && stop_at_last();
            case Next::StoppedWaiting:
                return !decided && stop_at_last();
            case Next::StoppedCompeting:
                return stop_at_last();
            case Next::ListConfirmed:
                return decided && list_confirmed(club_, year_ + 1);
            case Next::Silence:
                return decided && !list_confirmed(club_, year_ + 1);
            case Next::Nothing:
                break;
        }
        return false;
    }

    /// The stop of the window already did it, or it comes after the proof.
    bool stop_at_last() {
        if (stopped_) return true;
        if (as_of_ < proved_.plus_days(1)) return false;
        stop(day_between(proved_.plus_days(1), std::min(as_of_, proved_.plus_days(200))), club_, reason());
        return true;
    }

    // --- what else is written down, and changes nothing ---
    void side_facts() {
        const Date calm_until = std::min({stopped_ ? stopped_->plus_days(-1) : from_.plus_days(-1), from_.plus_days(-1), as_of_});
        const bool quiet =
            few_trials() || story_.window == Window::OtherClub || story_.window == Window::StopUndone || story_.window == Window::CheckNo;
        if (!quiet && calm_until > effective_)
            for (int n = rng_.between(0, 5); n > 0; --n) attend(day_between(effective_.plus_days(1), calm_until), club_, true);
        if (!quiet && rng_.chance(40) && effective_.plus_days(15) <= calm_until) check(effective_.plus_days(14), "yes", true);
        if (rng_.chance(20) && effective_.plus_days(30) <= as_of_) {
            static constexpr std::string_view kSupport[] = {"vervoer", "bijdrage", "buddy", "materiaal"};
            SyntheticEvent& event = fact("support", effective_.plus_days(rng_.between(0, 20)));
            event.kind = rng_.pick(kSupport);
            event.has_to = rng_.chance(70);
            event.to = event.date.plus_days(rng_.between(10, 90));
            event.noise = true;
        }
        if (rng_.chance(10) && effective_.plus_days(60) <= calm_until)
            fact("absent", effective_.plus_days(rng_.between(10, 60)), club_).noise = true;
        if (rng_.chance(4)) {  // planned, but not yet true on the as-of date
            attend(as_of_.plus_days(rng_.between(1, 60)), club_, true);
            course_.events.back().recorded_after = -1;
        }
        if (rng_.chance(3)) {  // the same fact, written down twice
            course_.events.push_back(course_.events[rng_.below(static_cast<std::uint32_t>(course_.events.size()))]);
            course_.events.back().noise = true;
            course_.events.back().by_person = false;
        }
    }

    const Story& story_;
    Rng& rng_;
    Date as_of_;
    const std::vector<SyntheticClub>& clubs_;
    Course& course_;

    int club_ = kNoClub;
    int second_club_ = kNoClub;
    int elsewhere_ = kNoClub;
    int year_ = 0;
    Date enrolled_, effective_, from_, end_, decision_, opens_next_, proved_;
    std::optional<Date> stopped_;
};

bool play(const Story& story, Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs, Course& course, int tries) {
    for (; tries > 0; --tries)
        if (Attempt(story, rng, as_of, clubs, course).play()) return true;
    return false;
}

constexpr int total_weight() {
    int sum = 0;
    for (const Story& story : kStories) sum += story.weight;
    return sum;
}

}  // namespace

const ClubCalendar& calendar_of(ClubKind type) { return kCalendars[static_cast<std::size_t>(type)]; }

Date year_start(ClubKind type, int year) { return on(year, calendar_of(type).year_start); }

Date registration_opens(ClubKind type, int year) {
    const ClubCalendar& calendar = calendar_of(type);
    return on(calendar.opens <= calendar.year_start ? year : year - 1, calendar.opens);
}

Date decision_date(ClubKind type, int year) {
    const ClubCalendar& calendar = calendar_of(type);
    return on(calendar.decision >= calendar.year_start ? year : year + 1, calendar.decision);
}

int working_year(ClubKind type, Date date) {
    int year = date.year() + 1;
    while (registration_opens(type, year) > date) --year;
    return year;
}

Date effective_date(ClubKind type, Date enrolled, int year) {
    if (!calendar_of(type).provisional) return enrolled;
    return std::max(on(year, kProvisionalFloor), enrolled.plus_days(kProvisionalDays));
}

Date window_end(ClubKind type, Date effective, int pause_days) {
    const Date end = add_months(effective, 8).plus_days(pause_days);
    const ClubCalendar& calendar = calendar_of(type);
    if (calendar.closed_from == 0 || end < on(end.year(), calendar.closed_from) || end > on(end.year(), calendar.closed_to)) return end;
    return add_months(on(end.year(), calendar.closed_to), 1);
}

std::string year_label(ClubKind type, int year) {
    const std::string first = std::to_string(year);
    return type == ClubKind::Jeugdhuis ? first : first + "-" + std::to_string(year + 1);
}

std::vector<std::string_view> story_names() {
    std::vector<std::string_view> names;
    for (const Story& story : kStories) names.push_back(story.name);
    return names;
}

Course play_story(Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs) {
    Course course;
    for (;;) {
        int at = rng.between(0, total_weight() - 1);
        const Story* story = kStories;
        while (at >= story->weight) at -= (story++)->weight;
        // `still_trying` can always happen, so this ends.
        if (play(*story, rng, as_of, clubs, course, 60)) return course;
    }
}

bool play_story(std::string_view name, Rng& rng, Date as_of, const std::vector<SyntheticClub>& clubs, Course& course) {
    for (const Story& story : kStories)
        if (story.name == name) return play(story, rng, as_of, clubs, course, 4000);
    return false;
}

}  // namespace brugwacht
