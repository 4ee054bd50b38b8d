#include "engine/tally/tally.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "engine/lib/code_lists.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kQuarters = 8;     // of cohorts; earlier ones are taken together
constexpr std::size_t kActQuarters = 4;  // of acts
constexpr std::array<Status, kStatuses> kStatusOrder = {Status::Achieved, Status::Pending, Status::Unknown, Status::NotAchieved,
                                                        Status::Excluded};

int quarter_of(Date date) { return date.year() * 4 + (date.month() - 1) / 3; }

std::string quarter_name(int quarter) { return std::to_string(quarter / 4) + "-" + std::to_string(quarter % 4 + 1); }

/// Populations of a period are other people than those of all time.
std::string scope_of(const TallyRequest& request) {
    return request.period ? request.period->first.iso() + "/" + request.period->second.iso() + "|" : std::string();
}

/// A dimension: labels, and for each the piece of a population's name.
struct Dimension {
    std::vector<Label> labels;
    std::vector<std::string> names;
    void add(Label label, std::string name) {
        labels.push_back(std::move(label));
        names.push_back(std::move(name));
    }
    std::size_t size() const { return labels.size(); }
};

Dimension codes_of(const CodeLists& lists, const std::string& list, const std::string& name) {
    Dimension out;
    if (const CodeList* found = lists.find(list); found != nullptr)
        for (const Code& code : found->codes) out.add({list, code.code}, name + "=" + code.code);
    out.add({"", "tally.label.not_given"}, name + "=");
    return out;
}

std::size_t position(const Dimension& codes, const std::string& code) {
    for (std::size_t i = 0; i + 1 < codes.size(); ++i)
        if (codes.labels[i].value == code) return i;
    return codes.size() - 1;
}

std::string first_code(const std::string& codes) { return codes.substr(0, codes.find('|')); }

/// A table with both totals over a body of counts; a dimension of one column has no column of totals.
CountTable two_way(CountTable table, const Dimension& rows, const Dimension& columns, const std::vector<std::vector<std::int64_t>>& body,
                   const std::string& scope, const std::string& whole) {
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = columns.labels;
    table.columns.push_back({"", "tally.label.total"});
    table.row_total = true;
    table.column_total = true;
    const auto name = [&](const std::string& row, const std::string& column) {
        return scope + whole + (row.empty() ? "" : "|" + row) + (column.empty() ? "" : "|" + column);
    };
    for (std::size_t r = 0; r <= rows.size(); ++r)
        for (std::size_t c = 0; c <= columns.size(); ++c) {
            std::int64_t sum = 0;
            for (std::size_t i = r < rows.size() ? r : 0; i < (r < rows.size() ? r + 1 : rows.size()); ++i)
                for (std::size_t j = c < columns.size() ? c : 0; j < (c < columns.size() ? c + 1 : columns.size()); ++j) sum += body[i][j];
            table.cells.push_back({name(r < rows.size() ? rows.names[r] : "", c < columns.size() ? columns.names[c] : ""), sum});
        }
    return table;
}

/// One column of counts that add up to a total below them.
CountTable one_way(CountTable table, const Dimension& rows, const std::vector<std::int64_t>& counts, const std::string& scope,
                   const std::string& whole) {
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = {{"", table.unit}};
    table.column_total = true;
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        table.cells.push_back({scope + whole + "|" + rows.names[r], counts[r]});
        sum += counts[r];
    }
    table.cells.push_back({scope + whole, sum});
    return table;
}

CountTable head(const std::string& id, TableKind kind, const std::string& unit, const std::string& row_heading,
                const std::string& column_heading = {}) {
    CountTable table;
    table.id = id;
    const std::string stem = id.substr(0, id.find("__"));  // what follows two underscores tells definition or form
    table.title = "tally." + stem + ".title";
    table.denominator = "tally." + stem + ".denominator";
    table.unit = "tally.unit." + unit;
    table.row_heading = "tally.heading." + row_heading;
    if (!column_heading.empty()) table.column_heading = "tally.heading." + column_heading;
    table.kind = kind;
    return table;
}

class Tally {
  public:
    Tally(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists, const TallyRequest& request)
        : base_(base), set_(set), facts_(facts), lists_(lists), request_(request), scope_(scope_of(request)) {
        gather();
    }

    CountSet run() {
        started();
        children();
        referrers();
        statuses();
        variants();
        cohorts();
        pending();
        stop_reasons();
        support();
        activities();
        results();
        signals();
        clubs();
        quality();
        rates();
        return std::move(out_);
    }

  private:
    const std::string whole_ = "trajectories";

    bool in_period(Date date) const {
        return date <= request_.as_of && (!request_.period || (date >= request_.period->first && date <= request_.period->second));
    }

    void gather() {
        const auto trajectories = base_.trajectories();
        included_.assign(trajectories.size(), false);
        for (std::size_t t = 0; t < trajectories.size(); ++t) {
            included_[t] = in_period(Date::from_days(trajectories[t].start));
            total_ += included_[t] ? 1 : 0;
        }
        std::size_t definitions = set_.definition_ids.size();
        results_.assign(definitions, std::vector<const Classification*>(trajectories.size(), nullptr));
        for (const Classification& c : set_.results)
            if (c.started && included_[c.trajectory]) results_[c.definition][c.trajectory] = &c;
        for (std::size_t d = 0; d < definitions; ++d) {
            const Definition* found = nullptr;
            for (const Agreement& agreement : set_.agreements)  // the latest version names it
                if (const Definition* definition = agreement.definition(set_.definition_ids[d]); definition != nullptr) found = definition;
            const std::string label = set_.definition_ids[d] + (found == nullptr || found->label.empty() ? "" : " · " + found->label);
            labels_.push_back({"=", label});
            parents_.push_back(found == nullptr ? std::string() : found->variant_of);
        }
        make_cohorts();
    }

    void make_cohorts() {
        int first = quarter_of(request_.as_of);
        for (std::size_t t = 0; t < included_.size(); ++t)
            if (included_[t]) first = std::min(first, quarter_of(start(t)));
        const int last =
            request_.period ? std::min(quarter_of(request_.as_of), quarter_of(request_.period->second)) : quarter_of(request_.as_of);
        const int shown = std::max(first, last - static_cast<int>(kQuarters) + 1);
        earlier_ = shown > first;
        first_quarter_ = shown;
        last_quarter_ = std::max(shown, last);
    }

    Date start(std::size_t t) const { return Date::from_days(base_.trajectories()[t].start); }

    // Quarters (1), half years (2) or years (4) of the start; what lies before the first quarter shown is one cohort.
    Dimension cohort_dimension(int quarters) const {
        Dimension out;
        if (earlier_) out.add({"", "tally.label.earlier"}, "start<" + quarter_name(first_quarter_));
        for (int q = first_quarter_; q <= last_quarter_; ++q) {
            const std::string name = cohort_name(q, quarters);
            if (!out.names.empty() && out.names.back() == "start=" + name) continue;
            out.add({quarters == 1 ? "quarter" : quarters == 2 ? "half" : "year", name}, "start=" + name);
        }
        return out;
    }
    static std::string cohort_name(int quarter, int quarters) {
        if (quarters == 1) return quarter_name(quarter);
        if (quarters == 2) return std::to_string(quarter / 4) + "-H" + std::to_string(quarter % 4 / 2 + 1);
        return std::to_string(quarter / 4);
    }
    std::size_t cohort(std::size_t t, const Dimension& dimension, int quarters) const {
        const int q = quarter_of(start(t));
        if (q < first_quarter_) return 0;
        const std::string name = "start=" + cohort_name(q, quarters);
        return static_cast<std::size_t>(std::find(dimension.names.begin(), dimension.names.end(), name) - dimension.names.begin());
    }

    std::string id_of(std::size_t d) const { return set_.definition_ids[d]; }
    /// Ids become part of names of tables and sheets: letters and digits only.
    std::string safe_id(std::size_t d) const {
        std::string out;
        for (const char c : id_of(d))
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out.push_back(c);
        return out.empty() ? "d" + std::to_string(d) : out;
    }
    bool is_variant(std::size_t d) const { return !parents_[d].empty(); }
    std::string status_name(std::size_t d, Status status) const { return id_of(d) + "=" + std::string(name(status)); }
    /// A variant that puts exactly the same trajectories in a status counts the same population as its definition.
    std::string status_population(std::size_t d, Status status) const {
        const auto parent = std::find(set_.definition_ids.begin(), set_.definition_ids.end(), parents_[d]);
        if (is_variant(d) && parent != set_.definition_ids.end()) {
            const auto p = static_cast<std::size_t>(parent - set_.definition_ids.begin());
            bool same = true;
            for (std::size_t t = 0; t < included_.size() && same; ++t) {
                const bool in_d = results_[d][t] != nullptr && results_[d][t]->status == status;
                const bool in_p = results_[p][t] != nullptr && results_[p][t]->status == status;
                same = in_d == in_p;
            }
            if (same) return scope_ + whole_ + "|" + status_name(p, status);
        }
        return scope_ + whole_ + "|" + status_name(d, status);
    }

    Dimension status_dimension(std::size_t d) const {
        Dimension out;
        for (const Status status : kStatusOrder) out.add({"", "tally.status." + std::string(name(status))}, status_name(d, status));
        return out;
    }
    static std::size_t status_position(Status status) {
        return static_cast<std::size_t>(std::find(kStatusOrder.begin(), kStatusOrder.end(), status) - kStatusOrder.begin());
    }

    template <class Keep>
    std::int64_t count(std::size_t d, Keep keep) const {
        std::int64_t n = 0;
        for (const Classification* c : results_[d]) n += c != nullptr && keep(*c) ? 1 : 0;
        return n;
    }

    void started() {
        const Dimension rows = cohort_dimension(1);
        std::vector<std::int64_t> counts(rows.size());
        for (std::size_t t = 0; t < included_.size(); ++t)
            if (included_[t]) ++counts[cohort(t, rows, 1)];
        out_.tables.push_back(one_way(head("started", TableKind::Participation, "trajectories", "start"), rows, counts, scope_, whole_));
    }

    void children() {
        std::set<std::uint32_t> persons;
        std::int64_t loose = 0;  // not linked to anybody: each counts as a child of its own
        for (std::size_t t = 0; t < included_.size(); ++t) {
            if (!included_[t]) continue;
            const std::uint32_t person = base_.trajectories()[t].person;
            if (person == kNone)
                ++loose;
            else
                persons.insert(person);
        }
        CountTable table = head("children", TableKind::Participation, "children", "children");
        table.rows = {{"", "tally.label.children"}};
        table.columns = {{"", table.unit}};
        const std::int64_t n = static_cast<std::int64_t>(persons.size()) + loose;
        table.cells = {{scope_ + "children", n}};
        out_.relations.push_back(
            {{scope_ + whole_, total_}, {table.cells[0], {scope_ + "restarts", total_ - n}}, TableKind::Participation, {}, "children"});
        out_.tables.push_back(std::move(table));
    }

    void referrers() {
        std::unordered_map<std::string, std::string> kinds;
        for (const TallyFacts::Trajectory& t : facts_.trajectories) kinds[t.source + "\n" + t.key] = first_code(t.referrer_kind);
        const Dimension rows = codes_of(lists_, "referrer_kind", "referrer");
        std::vector<std::int64_t> counts(rows.size());
        for (std::size_t t = 0; t < included_.size(); ++t) {
            if (!included_[t]) continue;
            const TrajectoryInfo& info = base_.trajectories()[t];
            const auto found = kinds.find(std::string(base_.source(info.source)) + "\n" + std::string(base_.text(info.key)));
            ++counts[found == kinds.end() ? rows.size() - 1 : position(rows, found->second)];
        }
        CountTable table = one_way(head("referrers", TableKind::Participation, "trajectories", "referrer"), rows, counts, scope_, whole_);
        out_.tables.push_back(std::move(table));
    }

    void status_rows(CountTable table, bool variant) {
        table.columns = {};
        for (const Status status : kStatusOrder) table.columns.push_back({"", "tally.status." + std::string(name(status))});
        table.columns.push_back({"", "tally.label.total"});
        table.row_total = true;
        table.percentages = true;
        for (std::size_t d = 0; d < results_.size(); ++d) {
            if (is_variant(d) != variant) continue;
            const std::int64_t judged = count(d, [](const Classification&) { return true; });
            if (judged != total_) continue;  // versions that do not all know it: no row that could be read wrongly
            table.rows.push_back(labels_[d]);
            for (const Status status : kStatusOrder)
                table.cells.push_back(
                    {status_population(d, status), count(d, [status](const Classification& c) { return c.status == status; })});
            table.cells.push_back({scope_ + whole_, total_});
        }
        if (!table.rows.empty()) out_.tables.push_back(std::move(table));
    }

    void statuses() { status_rows(head("status", TableKind::Outcome, "trajectories", "definition", "status"), false); }

    // A variant and its definition are two looks at the same children: what differs is a group that two published numbers would give away.
    void variants() {
        status_rows(head("variants", TableKind::Outcome, "trajectories", "definition", "status"), true);
        for (std::size_t v = 0; v < results_.size(); ++v) {
            if (!is_variant(v)) continue;
            const auto parent = std::find(set_.definition_ids.begin(), set_.definition_ids.end(), parents_[v]);
            if (parent == set_.definition_ids.end()) continue;
            const std::size_t d = static_cast<std::size_t>(parent - set_.definition_ids.begin());
            for (const Status status : kStatusOrder) relate(d, v, status);
        }
    }

    void relate(std::size_t d, std::size_t v, Status status) {
        std::int64_t both = 0;
        std::int64_t only_d = 0;
        std::int64_t only_v = 0;
        for (std::size_t t = 0; t < included_.size(); ++t) {
            const Classification* a = results_[d][t];
            const Classification* b = results_[v][t];
            if (a == nullptr || b == nullptr) continue;
            const bool in_d = a->status == status;
            const bool in_v = b->status == status;
            both += in_d && in_v ? 1 : 0;
            only_d += in_d && !in_v ? 1 : 0;
            only_v += in_v && !in_d ? 1 : 0;
        }
        const CountCell of_d = {status_population(d, status), both + only_d};
        const CountCell of_v = {status_population(v, status), both + only_v};
        if (of_d.population == of_v.population) return;
        const std::string pair = scope_ + whole_ + "|" + status_name(d, status) + "&" + id_of(v);
        const CountCell shared = {pair, both};
        const CountCell first = {pair + "|first", only_d};
        const CountCell second = {pair + "|second", only_v};
        // One may hold the other by definition; then their difference is all there is between them.
        if (only_v == 0) {
            out_.relations.push_back({of_d, {of_v, first}, TableKind::Outcome, {}, "variants"});
        } else if (only_d == 0) {
            out_.relations.push_back({of_v, {of_d, second}, TableKind::Outcome, {}, "variants"});
        } else {
            out_.relations.push_back({of_d, {shared, first}, TableKind::Outcome, {}, "variants"});
            out_.relations.push_back({of_v, {shared, second}, TableKind::Outcome, {}, "variants"});
        }
    }

    void cohorts() {
        static constexpr std::array<std::pair<int, const char*>, 3> rungs = {{{1, ""}, {2, "half"}, {4, "year"}}};
        for (std::size_t d = 0; d < results_.size(); ++d) {
            if (is_variant(d) || count(d, [](const Classification&) { return true; }) != total_) continue;
            for (std::size_t rung = 0; rung < rungs.size(); ++rung) {
                const auto& [quarters, form] = rungs.at(rung);
                const Dimension rows = cohort_dimension(quarters);
                std::vector<std::vector<std::int64_t>> body(rows.size(), std::vector<std::int64_t>(kStatuses));
                for (std::size_t t = 0; t < included_.size(); ++t)
                    if (const Classification* c = results_[d][t]; c != nullptr)
                        ++body[cohort(t, rows, quarters)][status_position(c->status)];
                CountTable table = head("cohort__" + safe_id(d) + form, TableKind::Outcome, "trajectories", "start", "status");
                table.ladder = "cohort" + id_of(d);
                table.rung = static_cast<int>(rung);
                table.percentages = true;
                table = two_way(std::move(table), rows, status_dimension(d), body, scope_, whole_);
                table.subject = labels_[d];
                if (quarters > 1) relate_cohorts(table, rows, quarters);
                out_.tables.push_back(std::move(table));
            }
        }
    }

    // Longer cohorts are sums of the quarters that "started" prints.
    void relate_cohorts(const CountTable& table, const Dimension& rows, int quarters) {
        const Dimension fine = cohort_dimension(1);
        for (std::size_t r = 0; r < rows.size(); ++r) {
            CountRelation relation;
            relation.total = table.at(r, table.columns.size() - 1);
            relation.kind = TableKind::Participation;
            relation.table = table.id;
            for (int q = first_quarter_; q <= last_quarter_; ++q) {
                if (rows.names[r] != "start=" + cohort_name(q, quarters)) continue;
                std::int64_t n = 0;
                for (std::size_t t = 0; t < included_.size(); ++t) n += included_[t] && quarter_of(start(t)) == q ? 1 : 0;
                relation.parts.push_back({scope_ + whole_ + "|start=" + quarter_name(q), n});
            }
            if (!relation.parts.empty()) out_.relations.push_back(std::move(relation));
        }
    }

    void pending() {
        std::set<int> quarters;
        for (std::size_t d = 0; d < results_.size(); ++d)
            for (const Classification* c : results_[d])
                if (!is_variant(d) && c != nullptr && c->status == Status::Pending && c->has_decides_on)
                    quarters.insert(quarter_of(c->decides_on));
        // Every quarter between the first and the last: a missing row would tell something.
        Dimension rows;
        if (!quarters.empty())
            for (int q = *quarters.begin(); q <= *quarters.rbegin(); ++q)
                rows.add({"quarter", quarter_name(q)}, "until=" + quarter_name(q));
        rows.add({"", "tally.label.no_date"}, "until=");
        CountTable table = head("pending", TableKind::Outcome, "trajectories", "until", "definition");
        table.column_total = true;
        table.rows = rows.labels;
        table.rows.push_back({"", "tally.label.total"});
        std::vector<std::size_t> columns;
        for (std::size_t d = 0; d < results_.size(); ++d)
            if (!is_variant(d)) {
                columns.push_back(d);
                table.columns.push_back(labels_[d]);
            }
        if (columns.empty()) return;
        for (std::size_t r = 0; r <= rows.size(); ++r)
            for (const std::size_t d : columns) {
                const std::string population = status_population(d, Status::Pending);
                const std::int64_t n = count(d, [&](const Classification& c) {
                    if (c.status != Status::Pending) return false;
                    if (r == rows.size()) return true;
                    return rows.names[r] == "until=" + (c.has_decides_on ? quarter_name(quarter_of(c.decides_on)) : std::string());
                });
                table.cells.push_back({r == rows.size() ? population : population + "|" + rows.names[r], n});
            }
        out_.tables.push_back(std::move(table));
    }

    bool exists(const Fact& fact) const {
        return fact.date <= request_.as_of.days() && (!set_.known_at || fact.recorded <= set_.known_at->days());
    }

    // Trajectories with at least one fact of a kind; a trajectory may stand in several rows, so nothing adds up.
    void facts_by_code(CountTable table, const Dimension& rows, const std::string& population,
                       const std::function<std::optional<std::string>(const Fact&)>& code) {
        std::vector<std::int64_t> counts(rows.size() + 1);
        for (std::size_t t = 0; t < included_.size(); ++t) {
            if (!included_[t]) continue;
            std::set<std::size_t> found;
            for (const Fact& fact : base_.facts(static_cast<std::uint32_t>(t)))
                if (exists(fact))
                    if (const auto c = code(fact); c) found.insert(position(rows, *c));
            for (const std::size_t r : found) ++counts[r];
            if (!found.empty()) ++counts.back();
        }
        table.rows = rows.labels;
        table.rows.push_back({"", "tally.label.any"});
        table.columns = {{"", table.unit}};
        for (std::size_t r = 0; r < rows.size(); ++r) table.cells.push_back({scope_ + population + "|" + rows.names[r], counts[r]});
        table.cells.push_back({scope_ + population, counts.back()});
        out_.relations.push_back({{scope_ + whole_, total_},
                                  {table.cells.back(), {scope_ + population + "|none", total_ - counts.back()}},
                                  TableKind::Participation,
                                  {},
                                  table.id});
        out_.tables.push_back(std::move(table));
    }

    void stop_reasons() {
        const Dimension all = codes_of(lists_, "reason", "reason");
        Dimension rows;  // a death is told to nobody in a row of its own
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all.labels[i].value != "deceased") rows.add(all.labels[i], all.names[i]);
        facts_by_code(head("stops", TableKind::Participation, "trajectories", "reason"), rows, "stops",
                      [this](const Fact& fact) -> std::optional<std::string> {
                          if (fact.type != FactType::Stop && fact.type != FactType::Close) return std::nullopt;
                          const std::string_view code = base_.code(fact.reason);
                          return std::string(code == "deceased" ? "other" : code);
                      });
    }

    void support() {
        Dimension rows = codes_of(lists_, "event_kind", "support");
        // Kinds of enrolment stand in the same list; they are no support.
        Dimension kept;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows.labels[i].value != "definitive" && rows.labels[i].value != "provisional") kept.add(rows.labels[i], rows.names[i]);
        facts_by_code(head("support", TableKind::Participation, "trajectories", "support"), kept, "support",
                      [this](const Fact& fact) -> std::optional<std::string> {
                          if (fact.type != FactType::Support) return std::nullopt;
                          return std::string(base_.code(fact.kind));
                      });
    }

    Dimension act_quarters() const {
        Dimension out;
        const int last =
            request_.period ? std::min(quarter_of(request_.as_of), quarter_of(request_.period->second)) : quarter_of(request_.as_of);
        for (int q = last - static_cast<int>(kActQuarters) + 1; q <= last; ++q) out.add({"quarter", quarter_name(q)}, quarter_name(q));
        return out;
    }

    void activity_table(const std::string& id, const std::string& list, const std::string& heading,
                        const std::function<const std::string&(const TallyFacts::Activity&)>& code) {
        const Dimension rows = codes_of(lists_, list, list);
        const Dimension columns = act_quarters();
        std::vector<std::vector<std::int64_t>> body(rows.size(), std::vector<std::int64_t>(columns.size()));
        for (const TallyFacts::Activity& activity : facts_.activities) {
            const auto at = std::find(columns.names.begin(), columns.names.end(), quarter_name(quarter_of(activity.date)));
            if (at == columns.names.end() || activity.date > request_.as_of) continue;
            ++body[position(rows, first_code(code(activity)))][static_cast<std::size_t>(at - columns.names.begin())];
        }
        CountTable table = head(id, TableKind::Participation, "activities", heading, "quarter");
        table.people = false;
        out_.tables.push_back(two_way(std::move(table), rows, columns, body, "", "activities"));
    }

    void activities() {
        activity_table("strategies", "strategy", "strategy",
                       [](const TallyFacts::Activity& a) -> const std::string& { return a.strategy; });
        hours();
        activity_table("criteria", "criterion", "criterion",
                       [](const TallyFacts::Activity& a) -> const std::string& { return a.criterion; });
        activity_table("counterparts", "counterpart_kind", "counterpart",
                       [](const TallyFacts::Activity& a) -> const std::string& { return a.counterpart_kind; });
    }

    // Whole hours per strategy over the same quarters; hours of fewer than five activities are as telling as the activities.
    void hours() {
        const Dimension rows = codes_of(lists_, "strategy", "strategy");
        const Dimension columns = act_quarters();
        std::vector<std::int64_t> minutes(rows.size());
        std::vector<std::int64_t> acts(rows.size());
        for (const TallyFacts::Activity& activity : facts_.activities) {
            if (activity.date > request_.as_of) continue;
            if (std::find(columns.names.begin(), columns.names.end(), quarter_name(quarter_of(activity.date))) == columns.names.end())
                continue;
            const std::size_t r = position(rows, first_code(activity.strategy));
            minutes[r] += activity.minutes;
            ++acts[r];
        }
        std::vector<std::int64_t> whole_hours;
        for (const std::int64_t m : minutes) whole_hours.push_back((m + 30) / 60);
        CountTable table = head("hours", TableKind::Participation, "hours", "strategy");
        table.people = false;
        table = one_way(std::move(table), rows, whole_hours, "", "hours|" + columns.names.front() + "/" + columns.names.back());
        for (std::size_t r = 0; r < rows.size(); ++r) table.cells[r].sensitive = acts[r] >= 1 && acts[r] < 5;
        out_.tables.push_back(std::move(table));
    }

    void results() {
        const Dimension rows = codes_of(lists_, "result_kind", "result");
        std::vector<std::int64_t> counts(rows.size());
        for (const TallyFacts::Result& result : facts_.results)
            if (!result.date || in_period(*result.date)) ++counts[position(rows, first_code(result.kind))];
        CountTable table = head("results", TableKind::Participation, "results", "result");
        table.people = false;
        out_.tables.push_back(one_way(std::move(table), rows, counts, scope_, "results"));
    }

    void signals() {
        std::int64_t answered = 0;
        std::int64_t open = 0;
        for (const TallyFacts::Signal& signal : facts_.signals) {
            if (signal.date && !in_period(*signal.date)) continue;
            const bool is_answered =
                signal.answered_on ? *signal.answered_on <= request_.as_of : signal.status == "answered" || signal.status == "acted_on";
            ++(is_answered ? answered : open);
        }
        Dimension rows;
        rows.add({"", "tally.label.answered"}, "answered");
        rows.add({"", "tally.label.open"}, "open");
        CountTable table = head("signals", TableKind::Participation, "signals", "signal");
        table.people = false;
        out_.tables.push_back(one_way(std::move(table), rows, {answered, open}, scope_, "signals"));
    }

    void clubs() {
        const Dimension rows = codes_of(lists_, "club_type", "club");
        std::vector<std::vector<std::int64_t>> body(rows.size(), std::vector<std::int64_t>(2));
        for (const TallyFacts::Club& club : facts_.clubs) {
            if (!club.side.empty() && club.side != "provider") continue;
            const bool engaged = club.engagement_signed_on && *club.engagement_signed_on <= request_.as_of;
            ++body[position(rows, first_code(club.kind))][engaged ? 0 : 1];
        }
        Dimension columns;
        columns.add({"", "tally.label.engaged"}, "engaged");
        columns.add({"", "tally.label.not_engaged"}, "not_engaged");
        CountTable table = head("clubs", TableKind::Participation, "clubs", "club", "engagement");
        table.people = false;
        out_.tables.push_back(two_way(std::move(table), rows, columns, body, "", "clubs"));
    }

    void quality() {
        std::int64_t scope_unknown = 0;
        std::int64_t age_unknown = 0;
        std::int64_t loose = 0;
        for (std::size_t t = 0; t < included_.size(); ++t) {
            if (!included_[t]) continue;
            const TrajectoryInfo& info = base_.trajectories()[t];
            age_unknown += info.age < 0 || info.age_uncertain ? 1 : 0;
            loose += info.person == kNone ? 1 : 0;
            for (const auto& results : results_)
                if (results[t] != nullptr && results[t]->scope_unknown) {
                    ++scope_unknown;
                    break;
                }
        }
        CountTable table = head("quality", TableKind::Participation, "findings", "finding");
        table.people = false;
        table.columns = {{"", table.unit}};
        const auto row = [&](const char* what, std::int64_t n) {
            table.rows.push_back({"", std::string("tally.label.") + what});
            table.cells.push_back({scope_ + "quality|" + what, n});
        };
        row("scope_unknown", scope_unknown);
        row("age_unknown", age_unknown);
        row("without_person", loose);
        row("rejected_rows", static_cast<std::int64_t>(facts_.rejected_rows));
        row("waiting_references", static_cast<std::int64_t>(facts_.waiting_references));
        out_.tables.push_back(std::move(table));
    }

    // What a rate needs: mature trajectories only. Beside the statuses it would tell how many decided early, so the sums are stated.
    void rates() {
        for (std::size_t d = 0; d < results_.size(); ++d) {
            if (is_variant(d)) continue;
            static constexpr std::array<Status, 3> judged = {Status::Achieved, Status::NotAchieved, Status::Unknown};
            std::array<std::int64_t, 3> mature{};
            std::array<std::int64_t, 3> early{};
            for (std::size_t i = 0; i < judged.size(); ++i) {
                mature.at(i) = count(d, [&](const Classification& c) { return c.status == judged.at(i) && c.mature; });
                early.at(i) = count(d, [&](const Classification& c) { return c.status == judged.at(i) && !c.mature; });
            }
            rate_table(d, mature, early, 0);
            rate_table(d, mature, early, 1);
        }
    }

    void rate_table(std::size_t d, const std::array<std::int64_t, 3>& mature, const std::array<std::int64_t, 3>& early, int rung) {
        const std::string stem = scope_ + whole_ + "|mature|" + id_of(d);
        const std::string achieved = stem + "=achieved";
        const std::string failed = stem + "=not_achieved";
        const std::string unknown = stem + "=unknown";
        CountTable table =
            head("rate__" + safe_id(d) + (rung == 0 ? "" : "two"), TableKind::Outcome, "trajectories", "definition", "status");
        table.subject = labels_[d];
        table.ladder = "rate" + id_of(d);
        table.rung = rung;
        table.optional = true;
        table.row_total = true;
        table.percentages = true;
        table.rows = {labels_[d]};
        const std::int64_t all = mature[0] + mature[1] + mature[2];
        if (rung == 0) {
            table.columns = {
                {"", "tally.status.achieved"}, {"", "tally.status.not_achieved"}, {"", "tally.status.unknown"}, {"", "tally.label.mature"}};
            table.cells = {{achieved, mature[0]}, {failed, mature[1]}, {unknown, mature[2]}, {stem, all}};
        } else {
            table.columns = {{"", "tally.status.achieved"}, {"", "tally.label.not_or_unknown"}, {"", "tally.label.mature"}};
            table.cells = {{achieved, mature[0]}, {stem + "=rest", all - mature[0]}, {stem, all}};
            out_.relations.push_back(
                {{stem + "=rest", all - mature[0]}, {{failed, mature[1]}, {unknown, mature[2]}}, TableKind::Outcome, {}, table.id});
        }
        const std::array<std::string, 3> names = {achieved, failed, unknown};
        static constexpr std::array<Status, 3> judged = {Status::Achieved, Status::NotAchieved, Status::Unknown};
        for (std::size_t i = 0; i < 3; ++i)
            out_.relations.push_back({{status_population(d, judged.at(i)), mature.at(i) + early.at(i)},
                                      {{names.at(i), mature.at(i)}, {names.at(i) + "|early", early.at(i)}},
                                      TableKind::Outcome,
                                      {},
                                      table.id});
        out_.tables.push_back(std::move(table));
    }

    const FactBase& base_;
    const ClassificationSet& set_;
    const TallyFacts& facts_;
    const CodeLists& lists_;
    const TallyRequest& request_;
    std::string scope_;
    std::vector<bool> included_;
    std::int64_t total_ = 0;
    std::vector<std::vector<const Classification*>> results_;  // by definition and trajectory
    std::vector<Label> labels_;
    std::vector<std::string> parents_;
    int first_quarter_ = 0;
    int last_quarter_ = 0;
    bool earlier_ = false;
    CountSet out_;
};

}  // namespace

CountSet tally(const FactBase& base, const ClassificationSet& set, const TallyFacts& facts, const CodeLists& lists,
               const TallyRequest& request) {
    return Tally(base, set, facts, lists, request).run();
}

TallyFacts load_tally_facts(const StoreReader& reader) {
    TallyFacts out;
    {
        TrajectoryRow row;
        auto rows = reader.trajectories();
        while (rows.next(row)) out.trajectories.push_back({std::string(row.source), std::string(row.key), std::string(row.referrer_kind)});
    }
    {
        ActivityRow row;
        auto rows = reader.activities();
        while (rows.next(row))
            out.activities.push_back({row.date, row.minutes.value_or(0), std::string(row.strategy), std::string(row.criterion),
                                      std::string(row.counterpart_kind)});
    }
    {
        ResultRow row;
        auto rows = reader.results();
        while (rows.next(row)) out.results.push_back({row.date, std::string(row.kind)});
    }
    {
        SignalRow row;
        auto rows = reader.signals();
        while (rows.next(row)) out.signals.push_back({row.date, row.answered_on, std::string(row.status)});
    }
    {
        ClubRow row;
        auto rows = reader.clubs();
        while (rows.next(row)) out.clubs.push_back({std::string(row.kind), std::string(row.side), row.engagement_signed_on});
    }
    std::set<std::int64_t> undone;
    for (const RunRow& run : reader.runs())
        if (run.undone_by) undone.insert(run.id);
    for (const FileRow& file : reader.files())
        if (undone.count(file.run) == 0) out.rejected_rows += file.counts.rejected;
    out.waiting_references = reader.waiting();
    return out;
}

}  // namespace brugwacht
