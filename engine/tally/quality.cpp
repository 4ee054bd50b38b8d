// How far to trust the rest: what is missing, uncertain, contradictory or outside the lists. Findings of different kinds never add up.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

class Findings {
  public:
    Findings(const Scope& scope, const Judgements& judgements) : scope_(scope) {
        trajectories(judgements);
        left_out();
        stops();
        activities();
        signals();
        add("rejected_rows", static_cast<std::int64_t>(scope.facts.rejected_rows));
        add("waiting_references", static_cast<std::int64_t>(scope.facts.waiting_references));
    }

    CountTable table() const {
        CountTable table = head("quality", TableKind::Participation, "finding");
        table.people = false;
        table.columns = {{"", table.unit}};
        for (const auto& [what, n] : found_) {
            table.rows.push_back({"", std::string("tally.label.") + what});
            table.cells.push_back({scope_.prefix + "quality|" + what, n});
        }
        return table;
    }

  private:
    void add(const char* what, std::int64_t n) { found_.emplace_back(what, n); }

    void trajectories(const Judgements& judgements) {
        std::int64_t scope_unknown = 0;
        std::int64_t age_unknown = 0;
        std::int64_t loose = 0;
        for (std::size_t t = 0; t < scope_.included.size(); ++t) {
            if (!scope_.included[t]) continue;
            const TrajectoryInfo& info = scope_.base.trajectories()[t];
            age_unknown += info.age < 0 || info.age_uncertain ? 1 : 0;
            loose += info.person == kNone ? 1 : 0;
            const bool unknown = std::any_of(judgements.all().begin(), judgements.all().end(), [t](const Judged& judged) {
                return judged.results[t] != nullptr && judged.results[t]->scope_unknown;
            });
            scope_unknown += unknown ? 1 : 0;
        }
        add("scope_unknown", scope_unknown);
        add("age_unknown", age_unknown);
        add("without_person", loose);
    }

    // Facts that no definition could use, each once however many definitions looked at it.
    void left_out() {
        std::map<IgnoredWhy, std::set<std::pair<std::uint32_t, std::uint32_t>>> facts;  // trajectory and key
        for (const Classification& c : scope_.set.results) {
            if (!scope_.included[c.trajectory]) continue;
            for (const Ignored& ignored : scope_.set.ignored_of(c)) facts[ignored.why].insert({c.trajectory, ignored.key});
        }
        for (const auto& [why, what] : {std::pair{IgnoredWhy::StopWithoutEnrolment, "stop_without_enrolment"},
                                        {IgnoredWhy::CancelledOut, "cancelled_out"},
                                        {IgnoredWhy::ImpossibleDate, "impossible_date"},
                                        {IgnoredWhy::NoTrajectory, "no_trajectory"},
                                        {IgnoredWhy::AfterAsOf, "after_as_of"}})
            add(what, static_cast<std::int64_t>(facts[why].size()));
    }

    void stops() {
        const Dimension reasons = codes_of(scope_.lists, "reason", "reason");
        std::int64_t without = 0;
        std::int64_t unknown = 0;
        for (std::size_t t = 0; t < scope_.included.size(); ++t) {
            if (!scope_.included[t]) continue;
            for (const Fact& fact : scope_.base.facts(static_cast<std::uint32_t>(t))) {
                if ((fact.type != FactType::Stop && fact.type != FactType::Close) || !scope_.exists(fact)) continue;
                const std::string code(scope_.base.code(fact.reason));
                without += code.empty() ? 1 : 0;
                unknown += !code.empty() && position(reasons, code) + 1 == reasons.size() ? 1 : 0;
            }
        }
        add("stop_without_reason", without);
        add("stop_reason_unknown", unknown);
    }

    void activities() {
        struct CodedField {
            std::string TallyFacts::Activity::*code;
            Dimension list;
        };
        const std::vector<CodedField> fields = {{&TallyFacts::Activity::strategy, codes_of(scope_.lists, "strategy", "")},
                                                {&TallyFacts::Activity::criterion, codes_of(scope_.lists, "criterion", "")},
                                                {&TallyFacts::Activity::kind, codes_of(scope_.lists, "activity_kind", "")},
                                                {&TallyFacts::Activity::counterpart_kind, codes_of(scope_.lists, "counterpart_kind", "")}};
        std::int64_t blank = 0;
        std::int64_t unlisted = 0;
        std::int64_t several = 0;
        std::int64_t unusable = 0;
        std::int64_t future = 0;
        for (const TallyFacts::Activity& activity : scope_.facts.activities) {
            if (activity.date > scope_.request.as_of) {
                ++future;
                continue;
            }
            if (!scope_.in_period(activity.date)) continue;
            bool outside = false;
            bool more = false;
            for (const CodedField& field : fields) {
                const std::string code = first_code(activity.*(field.code));
                outside = outside || (!code.empty() && position(field.list, code) + 1 == field.list.size());
                more = more || (activity.*(field.code)).find('|') != std::string::npos;
            }
            blank += activity.strategy.empty() || activity.criterion.empty() ? 1 : 0;
            unlisted += outside ? 1 : 0;
            several += more ? 1 : 0;
            const bool odd_minutes = activity.minutes && usable_minutes(activity) != *activity.minutes;
            const bool odd_participants = activity.participants && usable_participants(activity) != *activity.participants;
            unusable += odd_minutes || odd_participants ? 1 : 0;
        }
        add("activity_blank", blank);
        add("activity_unlisted", unlisted);
        add("activity_several", several);
        add("activity_unusable", unusable);
        add("activity_future", future);
    }

    void signals() {
        std::int64_t backwards = 0;
        for (const TallyFacts::Signal& signal : scope_.facts.signals)
            backwards += signal.date && signal.answered_on && *signal.answered_on < *signal.date ? 1 : 0;
        add("signal_backwards", backwards);
    }

    const Scope& scope_;
    std::vector<std::pair<const char*, std::int64_t>> found_;
};

}  // namespace

void count_quality(const Scope& scope, const Judgements& judgements, CountSet& out) {
    out.tables.push_back(Findings(scope, judgements).table());
}

}  // namespace brugwacht::tallying
