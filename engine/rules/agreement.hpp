// The agreement file: what the partners signed, read strictly and turned into plain values the rules can use.
// Unknown keys, wrong types and values outside the closed lists are reported all at once, with line and nearest known key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/rules/status.hpp"

namespace brugwacht {

/// ISO 8601 period of whole months and days: P6M, P21D, P2W, P1Y6M.
struct Period {
    int months = 0;
    int days = 0;
    bool zero() const { return months == 0 && days == 0; }
    friend bool operator==(const Period&, const Period&) = default;
};
std::optional<Period> parse_period(std::string_view text);
std::string period_text(const Period& period);  // "P6M"

struct MonthDay {
    int month = 1;
    int day = 1;
    /// That day in a year; 29 February becomes the 28th where there is none.
    Date in(int year) const;
    friend auto operator<=>(const MonthDay&, const MonthDay&) = default;
};
std::optional<MonthDay> parse_month_day(std::string_view text);  // "09-01"

/// A yearly recurring period, both ends included; it may run over New Year.
struct YearlySpan {
    MonthDay from;
    MonthDay to;
    friend bool operator==(const YearlySpan&, const YearlySpan&) = default;
};

/// Calendar and trial practice of one kind of club (S5, S7, S18, S32). Working years are named by the year in which they start.
struct ClubType {
    std::string id;
    MonthDay year_start{9, 1};
    MonthDay registration_opens{7, 1};
    MonthDay decision{10, 31};
    std::vector<YearlySpan> closed;
    bool provisional = false;  // trial_model
    int provisional_days = 0;
    std::optional<MonthDay> provisional_floor;

    Date starts(int year) const { return year_start.in(year); }
    Date opens(int year) const;    // in the calendar year before when that day comes later in the year than year_start
    Date decides(int year) const;  // the first such day on or after opens(year)
    /// S5: the year y with opens(y) <= date < opens(y + 1).
    int year_of(Date date) const;
    /// S7: the day on which an enrolment of that date and working year becomes effective under the provisional model.
    Date provisional_until(Date enrolled, int year) const;
    /// Last day of the closed season in which the date lies, or nothing.
    std::optional<Date> closed_end(Date date) const;
};

enum class DefinitionKind : std::uint8_t { Enrolment, StillParticipating, ReEnrolment, Composed };
enum class SupportRule : std::uint8_t { Any, None, With };
enum class PauseRule : std::uint8_t { Ignore, ExtendEnd, Shift };

/// One condition of a composed definition, or a group of them.
struct Condition {
    enum class What : std::uint8_t { AllOf, AnyOf, Happened, Never, AtLeast };
    What what = What::AllOf;
    std::vector<Condition> parts;  // AllOf, AnyOf
    int at_least = 1;
    std::vector<FactType> events;
    bool distinct_days = true;
    std::optional<Period> within;  // from the anchor up to and including anchor + period
    std::optional<Period> before_period, after_period;
    std::optional<Date> before_date, after_date;
    std::string club_type, club, kind, reason;  // "" = any
    SupportRule support = SupportRule::Any;
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// One success definition with every key resolved; a variant is a definition too.
struct Definition {
    std::string id;
    std::string label;
    DefinitionKind kind = DefinitionKind::Enrolment;
    std::string variant_of;  // "" = no variant

    // enrolment
    int min_trials = 0;
    bool missing_trials_wait = false;
    std::vector<FactType> trial_events{FactType::Trial, FactType::Attend};
    bool distinct_days = true;
    bool trial_club_same = true;
    Period decide_after{6, 0};
    bool late_counts = true;  // also re_enrolment
    Status absence_means = Status::Unknown;
    Status lost_contact_means = Status::Unknown;

    // still_participating
    std::string anchor;  // composed: trajectory_start, first_effective_enrolment or first:EVENT_TYPE
    Period window_from{6, 0};
    Period window_to{8, 0};
    std::vector<FactType> proof_events{FactType::Attend, FactType::CheckYes};
    int proof_min = 1;
    int min_days_per_month = 0;
    bool club_same = false;  // also re_enrolment
    SupportRule support = SupportRule::Any;
    int max_gap_days = 0;
    bool gap_excludes_closed = false;
    bool gap_excludes_pause = false;
    bool gap_excludes_holidays = false;
    PauseRule pause = PauseRule::Ignore;
    std::optional<Period> closed_at_end;
    bool later_participation_counts = true;
    bool early_negative = true;
    int absent_registers_min = 0;               // 0 = not tested
    std::string no_anchor_inherit;              // id of the definition whose status is taken over, or ""
    Status no_anchor_status = Status::Unknown;  // when nothing is inherited

    // re_enrolment
    Status confirmed_list_absence = Status::NotAchieved;

    // composed
    Condition achieved;
    std::optional<Condition> not_achieved;

    /// Definitions that replace this one for the club type of the enrolment (D1) or of the anchor (others).
    std::map<std::string, Definition> by_club_type;
    const Definition& for_club_type(const std::string& type) const;
    friend bool operator==(const Definition&, const Definition&) = default;
};
/// Whether two definitions judge alike: everything but id, label and origin, and what differs by club type when `by_type`.
bool same_rules(const Definition& a, const Definition& b, bool by_type = true);

/// Whether a definition of that kind may read the key from by_club_type: D1 only what concerns the trials of an enrolment, because without
/// an enrolment there is no club; a composed definition nothing.
bool differs_by_club_type(DefinitionKind kind, std::string_view key);

struct HolidaySpan {
    Date from;
    Date to;
};

struct FollowUp {
    Date date;
    std::string with;
    std::string topic;
};

struct AgreedGoal {
    std::string indicator;
    double target = 0;
    std::string period;
    std::optional<Date> agreed_on;
};

enum class AppliesBy : std::uint8_t { TrajectoryStart, IndexEvent, ReportDate };

struct Agreement {
    std::string file;  // as given to the parser; no part of the canonical form
    std::string id;
    int version = 1;
    std::string title;
    std::vector<std::string> agreed_by;  // empty = unsigned
    Date agreed_on;
    Date effective_from;
    std::optional<Date> effective_to;
    AppliesBy applies_by = AppliesBy::TrajectoryStart;
    std::optional<int> supersedes;
    std::string change_note;

    MonthRule month_rule = MonthRule::Clamp;
    bool holidays_computed = false;
    std::vector<HolidaySpan> holidays;  // the list that overrides

    std::vector<std::string> strategies;  // empty = every strategy
    std::optional<int> age_min;
    std::optional<int> age_max;

    std::vector<std::string> competing;
    Status competing_as = Status::Excluded;

    bool unit_person = false;
    std::vector<Status> child_rollup;
    int small_n = 5;
    int publish_n = 10;
    std::string interval;
    double follow_up_target = 0.80;

    std::vector<ClubType> club_types;     // order of the file
    std::vector<Definition> definitions;  // order of the file, then the variants
    std::vector<MonthDay> report_dates;   // ascending
    std::vector<FollowUp> follow_ups;
    std::vector<AgreedGoal> goals;

    std::string canonical_json;  // sorted keys, no blanks
    std::string rules_hash;      // SHA-256 of canonical_json, 64 hex digits

    std::string name() const { return id + "@" + std::to_string(version); }
    const Definition* definition(std::string_view definition_id) const;
    /// Clubs of a type that the agreement does not name get the calendar 1 September, 1 July, 31 October, never closed, trials before.
    const ClubType& club_type(std::string_view type) const;
};

inline constexpr std::size_t kLargestAgreement = 1U << 20U;  // bytes; a real one has some ten thousand

/// Throws Error (78) with every fault of the file: AGR-xxx, CFG-xxx, TOM-001.
Agreement parse_agreement(std::string_view toml, const std::string& file);

/// Versions of one agreement in order of version, each with its end: a version without `to` ends the day before the one that supersedes it.
/// Throws Error (78): AGR-020 versions that overlap, AGR-021 the same version twice, AGR-022 versions of different agreements.
std::vector<Agreement> order_versions(std::vector<Agreement> agreements);

/// The same agreement, in force on every day whatever it says itself: for trying it out on facts of any time.
Agreement always_in_force(Agreement agreement);

/// Days of the Flemish school holidays that touch a school year (first calendar year), in order: autumn, Christmas, carnival, Easter,
/// summer. Source: Flemish decision of 17 April 1991, as in the domain reference 11.2.
std::vector<HolidaySpan> school_holidays_1991(int school_year);

}  // namespace brugwacht
