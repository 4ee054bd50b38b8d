// With whom there is a relation: distinct counterparts, never contacts. Counterparts without a code cannot be told apart; their contacts
// are counted beside.
#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

constexpr std::int32_t kActiveDays = 90;  // the last day included
/// Organisations and professionals; any other kind, also one that a project adds, may be a child.
constexpr std::array<std::string_view, 4> kPartners = {"vrijetijdswerking", "tussenpersoon", "lokaal_bestuur", "collega"};

struct Counterpart {
    Date first, last;
    std::size_t kind = 0;  // as its latest contact says that names one
    std::optional<Date> kind_told_on;
    bool reached = false;  // by an activity that asks or informs, in the last quarters
};

/// One of two worlds: organisations and professionals, or children and families.
struct Side {
    const char* table;
    const char* fresh;  // table of first contacts
    bool people;
    std::string whole;              // population
    std::vector<std::size_t> rows;  // in the dimension of kinds
};

class Relations {
  public:
    explicit Relations(const Scope& scope)
        : scope_(scope), kinds_(codes_of(scope.lists, "counterpart_kind", "counterpart_kind")), quarters_(act_quarters(scope)) {
        for (const TallyFacts::Activity& activity : scope.facts.activities)
            if (!activity.counterpart.empty() && activity.date <= scope.last_day()) meet(activity);
        // A change of a few organisations from one report to the next is no secret, one of a few children is: so only the latter keep one
        // name from report to report, by which the guard compares them.
        sides_[0] = {"partners", "new_partners", false, scope.prefix + "partners@" + scope.last_day().iso(), {}};
        sides_[1] = {"families", "new_families", true, scope.prefix + "families", {}};
        for (std::size_t k = 0; k < kinds_.size(); ++k) {
            const bool partner = std::find(kPartners.begin(), kPartners.end(), kinds_.labels[k].value) != kPartners.end();
            sides_.at(partner ? 0 : 1).rows.push_back(k);
        }
    }

    void count(CountSet& out) const {
        for (const Side& side : sides_) {
            count_standing(side, out);
            count_fresh(side, out);
        }
        count_named(out);
        count_reached(out);
    }

  private:
    void meet(const TallyFacts::Activity& activity) {
        const auto [at, fresh] = known_.try_emplace(activity.counterpart);
        Counterpart& one = at->second;
        if (fresh) {
            one.first = one.last = activity.date;
            one.kind = kinds_.size() - 1;
        }
        one.first = std::min(one.first, activity.date);
        one.last = std::max(one.last, activity.date);
        const std::size_t kind = position(kinds_, first_code(activity.counterpart_kind));
        if (kind + 1 < kinds_.size()) {
            const bool later = !one.kind_told_on || activity.date > *one.kind_told_on;
            if (later || (activity.date == *one.kind_told_on && kind < one.kind)) {
                one.kind = kind;
                one.kind_told_on = activity.date;
            }
        }
        const bool asks = first_code(activity.criterion) == "bevragen_informeren";
        one.reached = one.reached || (asks && act_column(scope_, quarters_, activity.date) != kNowhere);
    }

    /// 0 new, 1 active and known longer, 2 dormant.
    std::size_t standing(const Counterpart& one) const {
        const Date since = scope_.last_day().plus_days(1 - kActiveDays);
        return one.last < since ? 2 : one.first < since ? 1 : 0;
    }

    Dimension rows_of(const Side& side) const {
        Dimension rows;
        for (const std::size_t k : side.rows) rows.add(kinds_.labels[k], kinds_.names[k]);
        return rows;
    }

    static std::size_t row_of(const Side& side, const Counterpart& one) {
        const auto found = std::find(side.rows.begin(), side.rows.end(), one.kind);
        return found == side.rows.end() ? kNowhere : static_cast<std::size_t>(found - side.rows.begin());
    }

    void count_standing(const Side& side, CountSet& out) const {
        const Dimension rows = rows_of(side);
        Dimension columns;
        columns.add({"", "tally.label.relation_new"}, "new");
        columns.add({"", "tally.label.relation_active"}, "active");
        columns.add({"", "tally.label.relation_dormant"}, "dormant");
        Body body = body_of(rows, columns);
        for (const auto& [code, one] : known_)
            if (const std::size_t row = row_of(side, one); row != kNowhere) ++body[row][standing(one)];
        CountTable table = head(side.table, TableKind::Participation, "counterpart", "relation");
        table.people = side.people;
        out.tables.push_back(two_way(std::move(table), rows, columns, body, side.whole));
    }

    void count_fresh(const Side& side, CountSet& out) const {
        Dimension rows;
        rows.add({"", "tally.label.earlier"}, "first<" + quarters_.names.front());
        for (std::size_t q = 0; q < quarters_.size(); ++q) rows.add(quarters_.labels[q], "first=" + quarters_.names[q]);
        std::vector<std::int64_t> counts(rows.size());
        Group last_quarter{side.whole + "|" + rows.names.back(), {}};
        Group last_days{side.whole + "|new", {}};
        for (const auto& [code, one] : known_) {
            if (row_of(side, one) == kNowhere) continue;
            const std::size_t column = act_column(scope_, quarters_, one.first);
            ++counts[column == kNowhere ? 0 : column + 1];
            last_quarter.members.push_back(column + 1 == quarters_.size());
            last_days.members.push_back(standing(one) == 0);
        }
        CountTable table = head(side.fresh, TableKind::Participation, "first_contact");
        table.people = side.people;
        // Ninety days and a quarter are almost the same days.
        relate_groups(out, last_days, last_quarter, TableKind::Participation, table.id);
        out.tables.push_back(one_way(std::move(table), rows, counts, side.whole));
    }

    void count_named(CountSet& out) const {
        Dimension columns;
        columns.add({"", "tally.label.named"}, "named");
        columns.add({"", "tally.label.nameless"}, "nameless");
        Body body = body_of(kinds_, columns);
        for (const TallyFacts::Activity& activity : scope_.facts.activities)
            if (act_column(scope_, quarters_, activity.date) != kNowhere)
                ++body[position(kinds_, first_code(activity.counterpart_kind))][activity.counterpart.empty() ? 1 : 0];
        CountTable table = head("named_contacts", TableKind::Participation, "counterpart", "counterpart_code");
        table.people = false;
        out.tables.push_back(two_way(std::move(table), kinds_, columns, body, "activities"));
    }

    // By side only: split by kind, it would be tied to every cell of the tables before.
    void count_reached(CountSet& out) const {
        CountTable table = head("reached", TableKind::Participation, "counterpart");
        table.columns = {{"", table.unit}};
        for (const Side& side : sides_) {
            std::int64_t known = 0;
            std::int64_t reached = 0;
            for (const auto& [code, one] : known_) {
                if (row_of(side, one) == kNowhere) continue;
                ++known;
                reached += one.reached ? 1 : 0;
            }
            const std::string population = side.whole + "|reached|" + act_window(scope_);
            table.rows.push_back({"", std::string("tally.unit.") + side.table});
            table.cells.push_back({population, reached});
            out.relations.push_back({{side.whole, known},
                                     {table.cells.back(), {population + "|not", known - reached}},
                                     TableKind::Participation,
                                     {},
                                     table.id});
        }
        out.tables.push_back(std::move(table));
    }

    const Scope& scope_;
    Dimension kinds_;
    Dimension quarters_;
    std::array<Side, 2> sides_;
    std::map<std::string, Counterpart> known_;
};

}  // namespace

void count_relations(const Scope& scope, CountSet& out) { Relations(scope).count(out); }

}  // namespace brugwacht::tallying
