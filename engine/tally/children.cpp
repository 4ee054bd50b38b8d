// The second denominator: children instead of trajectories, and among them those who enrolled (S37).
#include <algorithm>
#include <map>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

constexpr std::size_t kNoStatus = kStatuses;

class ByChild {
  public:
    ByChild(const Scope& scope, const Judgements& judgements) : scope_(scope), judgements_(judgements) {
        for (std::size_t t = 0; t < scope.included.size(); ++t)
            if (scope.included[t]) index_.try_emplace(scope.child(t), index_.size());
        if (!scope.set.agreements.empty()) {
            unit_ = scope.set.agreements.back().unit_person;
            if (const auto& agreed = scope.set.agreements.back().child_rollup; agreed.size() == kStatuses)
                std::copy(agreed.begin(), agreed.end(), order_.begin());
        }
    }

    void count(CountSet& out) const {
        CountTable statuses = table("child_status");
        CountTable enrolled = table("enrolled");
        for (const Judged& judged : judgements_.all()) {
            if (judged.is_variant()) continue;
            const auto all = best(judged, [](const Classification&) { return true; });
            add_row(statuses, judged, all, scope_.prefix + "children", "");
            if (judged.definition != nullptr && judged.definition->kind != DefinitionKind::Enrolment &&
                judged.definition->kind != DefinitionKind::Composed) {
                const auto anchored = best(judged, [](const Classification& c) { return c.has_anchor; });
                add_row(enrolled, judged, anchored, scope_.prefix + "children|enrolled|" + judged.id, "enrolled|");
                relate_enrolled(judged, all, anchored, out);
            }
            for (const char* id : {"child_status", "enrolled"}) relate_trajectories(judged, all, id, out);
        }
        if (!statuses.rows.empty()) out.tables.push_back(std::move(statuses));
        if (!enrolled.rows.empty()) out.tables.push_back(std::move(enrolled));
    }

  private:
    CountTable table(const std::string& id) const {
        CountTable made = head(id, TableKind::Outcome, "definition", "status");
        for (const Status status : kStatusOrder) made.columns.push_back({"", "tally.status." + std::string(name(status))});
        made.columns.push_back({"", "tally.label.total"});
        made.row_total = true;
        made.percentages = true;
        made.optional = !unit_;
        return made;
    }

    /// By child, the best of its statuses in the agreed order; kNoStatus when no trajectory of it is kept.
    template <class Keep>
    std::vector<std::size_t> best(const Judged& judged, Keep keep) const {
        std::vector<std::size_t> out(index_.size(), kNoStatus);
        for (std::size_t t = 0; t < judged.results.size(); ++t) {
            const Classification* c = judged.results[t];
            if (c == nullptr || !keep(*c)) continue;
            const auto rank = static_cast<std::size_t>(std::find(order_.begin(), order_.end(), c->status) - order_.begin());
            std::size_t& at = out[index_.at(scope_.child(t))];
            at = std::min(at, rank);
        }
        return out;
    }

    std::int64_t number(const std::vector<std::size_t>& best, Status status) const {
        return std::count_if(best.begin(), best.end(), [&](std::size_t rank) { return rank != kNoStatus && order_[rank] == status; });
    }

    std::string population(const Judged& judged, const std::string& which, Status status) const {
        return scope_.prefix + "children|" + which + judged.status_name(status);
    }

    void add_row(CountTable& table, const Judged& judged, const std::vector<std::size_t>& best, const std::string& whole,
                 const std::string& which) const {
        table.rows.push_back(judged.label);
        std::int64_t sum = 0;
        for (const Status status : kStatusOrder) {
            table.cells.push_back({population(judged, which, status), number(best, status)});
            sum += table.cells.back().count;
        }
        table.cells.push_back({whole, sum});
    }

    // A child stands where its best trajectory stands; the others are what the two tables differ by.
    void relate_trajectories(const Judged& judged, const std::vector<std::size_t>& best, const char* table, CountSet& out) const {
        for (const Status status : kStatusOrder) {
            const std::int64_t trajectories = judged.count([status](const Classification& c) { return c.status == status; });
            const CountCell children = {population(judged, "", status), number(best, status)};
            out.relations.push_back({{judgements_.status_population(judged, status), trajectories},
                                     {children, {children.population + "|again", trajectories - children.count}},
                                     TableKind::Outcome,
                                     {},
                                     table});
        }
    }

    void relate_enrolled(const Judged& judged, const std::vector<std::size_t>& all, const std::vector<std::size_t>& anchored,
                         CountSet& out) const {
        const auto group = [&](const std::vector<std::size_t>& best, const std::string& which, Status status) {
            Group made{population(judged, which, status), {}};
            for (const std::size_t rank : best) made.members.push_back(rank != kNoStatus && order_[rank] == status);
            return made;
        };
        for (const Status status : kStatusOrder)
            relate_groups(out, group(all, "", status), group(anchored, "enrolled|", status), TableKind::Outcome, "enrolled");
        const auto n = static_cast<std::int64_t>(all.size());
        const std::int64_t enrolled = n - std::count(anchored.begin(), anchored.end(), kNoStatus);
        const std::string whole = scope_.prefix + "children|enrolled|" + judged.id;
        out.relations.push_back({{scope_.prefix + "children", n},
                                 {{whole, enrolled}, {whole + "|not", n - enrolled}},
                                 TableKind::Participation,
                                 {},
                                 "enrolled"});
    }

    const Scope& scope_;
    const Judgements& judgements_;
    std::map<std::uint64_t, std::size_t> index_;  // of children
    std::array<Status, kStatuses> order_ = kStatusOrder;
    bool unit_ = false;  // the agreement counts children
};

}  // namespace

// Under several versions a child may be judged twice; its best status would mix what each version calls achieved.
void count_children(const Scope& scope, const Judgements& judgements, CountSet& out) {
    if (!judgements.several_versions()) ByChild(scope, judgements).count(out);
}

}  // namespace brugwacht::tallying
