// One trajectory as a run sees it: the facts that exist, its enrolments with their effective dates, its placements (S2, S4 to S9).
// Private to the room. Made to be reused for the next trajectory, so that nothing is allocated in the long run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/rules/classify.hpp"

namespace brugwacht {

/// An agreement prepared for one fact base: codes instead of texts.
struct PreparedAgreement {
    PreparedAgreement(const FactBase& base, const Agreement& from);
    const ClubType& type_of(const FactBase& base, std::uint32_t club) const {
        return *type_by_code[club == kNone ? 0 : base.clubs()[club].kind];
    }
    const Agreement* agreement;
    std::vector<const ClubType*> type_by_code;  // by FactBase::code
    std::vector<char> competing_by_code;
    std::vector<char> strategy_in_scope;  // by code; 0 = blank = in scope
};

struct DaySpan {
    std::int32_t from = 0;
    std::int32_t to = 0;
};

/// S6: enrolments at one club for one working year without a stop between are one.
struct Enrolment {
    enum class State : std::uint8_t { Effective, Provisional, Voided };
    std::uint32_t club = kNone;
    std::int32_t year = 0;
    std::int32_t date = 0;          // the earliest
    std::int32_t effective = 0;     // S7
    std::int32_t ended = kOpenEnd;  // placement: first stop at that club on or after `effective`
    const Fact* fact = nullptr;     // the one that made it effective
    State state = State::Effective;
};

/// A stop that counts for at least one enrolment, or a stop of everything.
struct ValidStop {
    const Fact* fact = nullptr;
    bool all = false;
    bool ends_earlier = false;  // some club has an enrolment before that day and none on it
};

class History {
  public:
    /// Everything of S2 and S4 to S9. `as_of` and `known_at` in days; known_at kOpenEnd = no limit.
    void build(const FactBase& base, const PreparedAgreement& agreement, std::uint32_t trajectory, std::int32_t as_of,
               std::int32_t known_at);

    std::span<const Fact> facts() const { return facts_; }                 // existing, each once, by date
    std::span<const Enrolment> enrolments() const { return enrolments_; }  // by effective date
    std::span<const ValidStop> stops() const { return stops_; }            // by date
    std::span<const Fact* const> closes() const { return closes_; }
    const Fact* lost() const { return lost_; }  // the first
    std::span<const Ignored> ignored() const { return ignored_; }
    std::span<const DaySpan> pauses() const { return pauses_; }  // disjoint, by date
    std::span<const DaySpan> supports() const { return supports_; }
    /// S9: index in enrolments(), or nothing.
    const Enrolment* anchor() const { return anchor_; }
    bool provisional_runs() const { return provisional_runs_; }
    /// Whether the stop is one at that club: it names it, or everything, and no enrolment of that day takes it away (S8).
    bool stop_hits(const ValidStop& stop, std::uint32_t club) const;
    bool has_effective() const { return anchor_ != nullptr; }

  private:
    void gather(const FactBase& base, std::uint32_t trajectory, std::int32_t as_of, std::int32_t known_at);
    void add_existing(const Fact& fact);
    void weigh_stops(const FactBase& base, const PreparedAgreement& agreement);
    void group_enrolments(const FactBase& base, const PreparedAgreement& agreement, std::int32_t as_of);
    std::int32_t effective_on(const FactBase& base, const PreparedAgreement& agreement, const Fact& enrol, std::int32_t year) const;
    bool stop_between(std::uint32_t club, std::int32_t from, std::int32_t before) const;
    bool runs_before(std::uint32_t club, std::int32_t day) const;
    void cancel(const Fact& stop, std::uint32_t club);

    struct Given {
        const Fact* fact;
        std::int32_t year;
    };
    std::vector<Fact> facts_;
    std::vector<Enrolment> enrolments_;
    std::vector<ValidStop> stops_;
    std::vector<const Fact*> enrol_facts_, stop_facts_, closes_;
    std::vector<Given> given_;
    std::vector<DaySpan> pauses_, supports_;
    std::vector<Ignored> ignored_;
    using DayAndClub = std::pair<std::int32_t, std::uint32_t>;
    std::vector<DayAndClub> cancelled_;  // stop and enrolment on one day: no interruption
    std::vector<DayAndClub> undone_;     // the same where nothing ran: nothing happened
    std::vector<DayAndClub> untouched_;  // the only enrolment there, effective on the day of the stop: no stop after it
    const Fact* lost_ = nullptr;
    const Enrolment* anchor_ = nullptr;
    bool provisional_runs_ = false;
};

/// Number of days of the disjoint spans within from..to, both ends included.
std::int32_t days_within(std::span<const DaySpan> spans, std::int32_t from, std::int32_t to);
/// S5: the working year of an enrolment or a list, as stated or by the calendar of its club.
std::int32_t year_of(const FactBase& base, const PreparedAgreement& agreement, const Fact& fact);
/// Sorted, overlapping and touching spans joined.
void join_spans(std::vector<DaySpan>& spans);
bool covers(std::span<const DaySpan> spans, std::int32_t day);

}  // namespace brugwacht
