// Applies the rules S10 to S36 to one history under one definition. Private to the room.
#pragma once

#include <initializer_list>
#include <vector>

#include "engine/rules/history.hpp"
#include "engine/rules/trace.hpp"

namespace brugwacht {

/// A classification under way, with its own lists. Made to be reused.
struct Verdict {
    Classification head;
    std::vector<Evidence> evidence;
    std::vector<NearMiss> near_misses;
    void clear();
};

/// How a status that silence brings is shown.
inline Mark mark_of(Status status) {
    return status == Status::Unknown ? Mark::Question : status == Status::Pending ? Mark::Hourglass : Mark::Cross;
}

class Evaluator {
  public:
    /// `known_at` in days, kOpenEnd = no limit: lists of clubs are read here.
    Evaluator(const FactBase& base, const PreparedAgreement& prepared, Date as_of, std::int32_t known_at)
        : base_(base), prepared_(prepared), as_of_(as_of), known_at_(known_at) {}

    /// Judges the trajectory whose history is given. `verdict` is overwritten; the way to it is added to `trace`, if there is one.
    void evaluate(const History& history, std::uint32_t trajectory, const Definition& definition, Verdict& verdict, Trace* trace = nullptr);

  private:
    /// What one D2 evaluation works with.
    struct Participation {
        const Definition* definition;
        const Enrolment* anchor;
        const ClubType* type;
        Date from, to;
        std::vector<const Fact*> inside, after;             // qualifying proofs from the window's start, by date
        std::vector<const Fact*> with_support, other_club;  // in the window, but not qualifying
    };

    /// Tells the trace that a rule was asked, and what it answered.
    void step(int rule, Mark mark, const char* what, std::initializer_list<StepArgument> arguments = {},
              const Fact* event = nullptr) const {
        if (trace_ != nullptr) [[unlikely]]
            record(rule, mark, what, arguments, event);
    }
    void record(int rule, Mark mark, const char* what, std::initializer_list<StepArgument> arguments, const Fact* event) const;
    /// More events of the last step.
    void step_events(const std::vector<const Fact*>& events, std::size_t count) const;
    void step_enrolments() const;

    void decide(Verdict& v, Status status, Reason reason, int rule);
    bool out_of_scope(Verdict& v, int rule);
    bool lacks_anchor(const Definition& definition, Verdict& v);
    void close(Verdict& v, std::optional<Date> decides_on);
    Date add(Date date, const Period& period) const;

    // D1
    void enrolment(const Definition& definition, Verdict& v);
    bool enough_trials(const Definition& definition, const Enrolment& enrolment, Verdict* v);
    void list_trials(const Definition& definition, const Enrolment& enrolment, std::vector<Evidence>& out) const;
    void not_enrolled(const Definition& definition, Date deadline, Verdict& v);

    // D2
    void still_participating(const Definition& whole, Verdict& v);
    void set_window(Participation& p) const;
    void sort_proofs(Participation& p, Verdict& v);
    bool in_view(const Participation& p, const Fact& fact) const;
    bool proven(Participation& p, Verdict& v);
    bool proven_each_month(Participation& p, Verdict& v);
    bool later_counts(const Participation& p, const Fact& proof) const;
    bool gap_found(const Participation& p, const Fact& proof, Verdict& v);
    void achieved_by(const Participation& p, std::size_t count, Reason reason, Verdict& v);
    void unproven(Participation& p, Verdict& v);
    bool all_ended(std::int32_t until, bool same_club, std::uint32_t club) const;
    bool decide_stopped(std::int32_t until, bool same_club, std::uint32_t club, int rule, bool competing_only, int competing_rule,
                        Verdict& v);
    bool continuously_placed(std::int32_t from, std::int32_t to, bool same_club, std::uint32_t club) const;

    // D3
    void re_enrolment(const Definition& whole, Verdict& v);
    bool absent_from_lists(const Definition& definition, const Enrolment& anchor, const ClubType& type, int next_year, Verdict& v);
    int mapped_year(std::uint32_t club, int year, const ClubType& anchor_type) const;

    // composed
    struct Met {
        bool met = false;
        bool lost = false;  // and never can be any more
        Date on;
        std::vector<const Fact*> facts;
    };
    void composed(const Definition& definition, Verdict& v);
    Met weigh(const Condition& condition, Date anchor, Date deadline) const;
    Met weigh_group(const Condition& condition, Date anchor, Date deadline) const;
    Met weigh_events(const Condition& condition, Date anchor, Date deadline) const;
    bool fits(const Condition& condition, const Fact& fact) const;

    void add_evidence(Verdict& v, const Fact& fact, Role role) const;
    void add_near_miss(Verdict& v, const Fact& fact, NearMissWhy why) const;

    const FactBase& base_;
    const PreparedAgreement& prepared_;
    Date as_of_;
    std::int32_t known_at_;
    const History* history_ = nullptr;
    const TrajectoryInfo* info_ = nullptr;
    Trace* trace_ = nullptr;
    mutable int depth_ = 0;   // of the steps being recorded
    bool excluding_ = false;  // the conditions being weighed speak against
    Participation participation_{};
    std::vector<DaySpan> spans_;
};

}  // namespace brugwacht
