// Where trajectories stand: by definition, by variant, by cohort, and until when a decision is out.
#include <algorithm>
#include <array>
#include <set>

#include "engine/tally/starts.hpp"
#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

Dimension status_dimension(const Judged& judged) {
    Dimension out;
    for (const Status status : kStatusOrder) out.add({"", "tally.status." + std::string(name(status))}, judged.status_name(status));
    return out;
}

std::size_t status_position(Status status) {
    return static_cast<std::size_t>(std::find(kStatusOrder.begin(), kStatusOrder.end(), status) - kStatusOrder.begin());
}

void status_rows(const Judgements& judgements, CountTable table, bool variant, CountSet& out) {
    for (const Status status : kStatusOrder) table.columns.push_back({"", "tally.status." + std::string(name(status))});
    table.columns.push_back({"", "tally.label.total"});
    table.row_total = true;
    table.percentages = true;
    table.denominator = judgements.denominator(table);
    for (const Judged& judged : judgements.all()) {
        if (judged.is_variant() != variant) continue;
        table.rows.push_back(judged.label);
        for (const Status status : kStatusOrder)
            table.cells.push_back({judgements.status_population(judged, status),
                                   judged.count([status](const Classification& c) { return c.status == status; })});
        table.cells.push_back({judged.whole, judged.total});
    }
    if (!table.rows.empty()) out.tables.push_back(std::move(table));
}

// A variant and its definition are two looks at the same children: what differs is a group that two published numbers would give away.
void relate_variants(const Judgements& judgements, CountSet& out) {
    for (const Judged& variant : judgements.all()) {
        if (!variant.is_variant()) continue;
        const Judged& parent = judgements.all()[variant.parent];
        for (const Status status : kStatusOrder)
            relate_groups(out, judgements.group(parent, status), judgements.group(variant, status), TableKind::Outcome, "variants");
    }
}

class Cohorts {
  public:
    Cohorts(const Scope& scope, const Judgements& judgements) : scope_(scope), judgements_(judgements), starts_(scope) {}

    void count(CountSet& out) const {
        static constexpr std::array<std::pair<int, const char*>, 3> kRungs = {{{1, ""}, {2, "half"}, {4, "year"}}};
        for (const Judged& judged : judgements_.all()) {
            if (judged.is_variant()) continue;
            for (std::size_t rung = 0; rung < kRungs.size(); ++rung) {
                const auto& [quarters, form] = kRungs.at(rung);
                CountTable table = head("cohort__" + judged.table_id + form, TableKind::Outcome, "start", "status");
                table.ladder = "cohort" + judged.table_id;
                table.rung = static_cast<int>(rung);
                table.percentages = true;
                table.denominator = judgements_.denominator(table);
                table.subject = judged.label;
                out.tables.push_back(filled(std::move(table), judged, quarters, out));
            }
        }
    }

  private:
    CountTable filled(CountTable table, const Judged& judged, int quarters, CountSet& out) const {
        const Dimension rows = starts_.dimension(quarters);
        const Dimension columns = status_dimension(judged);
        Body body = body_of(rows, columns);
        std::vector<std::int64_t> started(rows.size());
        std::vector<std::int64_t> decided(rows.size());
        for (std::size_t t = 0; t < scope_.included.size(); ++t) {
            if (!scope_.included[t]) continue;
            const std::size_t row = starts_.row(t, rows, quarters);
            ++started[row];
            const Classification* c = judged.results[t];
            if (c == nullptr) continue;
            ++decided[row];
            ++body[row][status_position(c->status)];
        }
        const std::string all = scope_.prefix + "trajectories";
        // The cohort that a version judges is the whole cohort, unless another version judges a part of it.
        const auto cohort = [&](std::size_t row) { return (started[row] == decided[row] ? all : judged.whole) + "|" + rows.names[row]; };
        table = two_way(std::move(table), rows, columns, body, [&](std::size_t row, std::size_t column) {
            if (row == kNowhere) return column == kNowhere ? judged.whole : all + "|" + columns.names[column];
            return column == kNowhere ? cohort(row) : all + "|" + rows.names[row] + "|" + columns.names[column];
        });
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const CountCell whole = {all + "|" + rows.names[row], started[row]};
            if (started[row] != decided[row])
                out.relations.push_back({whole,
                                         {{cohort(row), decided[row]}, {cohort(row) + "|other", started[row] - decided[row]}},
                                         TableKind::Participation,
                                         {},
                                         table.id});
            if (quarters > 1) relate_quarters(table.id, rows.names[row], whole, quarters, out);
        }
        return table;
    }

    // Longer cohorts are sums of the quarters that "started" prints.
    void relate_quarters(const std::string& table, const std::string& cohort, const CountCell& whole, int quarters, CountSet& out) const {
        CountRelation relation{whole, {}, TableKind::Participation, {}, table};
        for (int q = starts_.first_quarter(); q <= starts_.last_quarter(); ++q) {
            if (cohort != "start=" + Starts::name(q, quarters)) continue;
            std::int64_t n = 0;
            for (std::size_t t = 0; t < scope_.included.size(); ++t) n += scope_.included[t] && quarter_of(scope_.start(t)) == q ? 1 : 0;
            relation.parts.push_back({scope_.prefix + "trajectories|start=" + quarter_name(q), n});
        }
        if (!relation.parts.empty()) out.relations.push_back(std::move(relation));
    }

    const Scope& scope_;
    const Judgements& judgements_;
    Starts starts_;
};

std::string until(const Classification& c) {
    return "until=" + (c.has_decides_on ? quarter_name(quarter_of(c.decides_on)) : std::string());
}

void count_pending(const Judgements& judgements, CountSet& out) {
    std::set<int> quarters;
    for (const Judged& judged : judgements.all())
        for (const Classification* c : judged.results)
            if (!judged.is_variant() && c != nullptr && c->status == Status::Pending && c->has_decides_on)
                quarters.insert(quarter_of(c->decides_on));
    // Every quarter between the first and the last: a missing row would tell something.
    Dimension rows;
    if (!quarters.empty())
        for (int q = *quarters.begin(); q <= *quarters.rbegin(); ++q) rows.add({"quarter", quarter_name(q)}, "until=" + quarter_name(q));
    rows.add({"", "tally.label.no_date"}, "until=");
    CountTable table = head("pending", TableKind::Outcome, "until", "definition");
    table.column_total = true;
    table.rows = rows.labels;
    table.rows.push_back({"", "tally.label.total"});
    std::vector<const Judged*> columns;
    for (const Judged& judged : judgements.all())
        if (!judged.is_variant()) {
            columns.push_back(&judged);
            table.columns.push_back(judged.label);
        }
    if (columns.empty()) return;
    for (std::size_t r = 0; r <= rows.size(); ++r)
        for (const Judged* judged : columns) {
            const std::string population = judgements.status_population(*judged, Status::Pending);
            const std::int64_t n = judged->count(
                [&](const Classification& c) { return c.status == Status::Pending && (r == rows.size() || rows.names[r] == until(c)); });
            table.cells.push_back({r == rows.size() ? population : population + "|" + rows.names[r], n});
        }
    out.tables.push_back(std::move(table));
}

}  // namespace

void count_statuses(const Scope& scope, const Judgements& judgements, CountSet& out) {
    judgements.relate_versions(out);
    status_rows(judgements, head("status", TableKind::Outcome, "definition", "status"), false, out);
    status_rows(judgements, head("variants", TableKind::Outcome, "definition", "status"), true, out);
    relate_variants(judgements, out);
    Cohorts(scope, judgements).count(out);
    count_pending(judgements, out);
}

}  // namespace brugwacht::tallying
