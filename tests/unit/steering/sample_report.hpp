// An invented municipality of some two hundred trajectories, as count tables of the shape that tally makes.
#pragma once

#include <string>
#include <vector>

#include "engine/disclosure/guard.hpp"
#include "exporters/steering/steering.hpp"

namespace brugwacht::sample {

inline CountTable head(const std::string& id, TableKind kind, const std::string& unit, const std::string& row_heading,
                       const std::string& column_heading = {}) {
    CountTable table;
    table.id = id;
    const std::string stem = id.substr(0, id.find("__"));
    table.title = "tally." + stem + ".title";
    table.denominator = "tally." + stem + ".denominator";
    table.unit = "tally.unit." + unit;
    table.row_heading = "tally.heading." + row_heading;
    if (!column_heading.empty()) table.column_heading = "tally.heading." + column_heading;
    table.kind = kind;
    return table;
}

/// Rows and columns with their totals; populations are named from the labels.
inline CountTable filled(CountTable table, const std::vector<Label>& rows, const std::vector<Label>& columns,
                         const std::vector<std::vector<std::int64_t>>& body, const std::string& whole) {
    table.rows = rows;
    table.rows.push_back({"", "tally.label.total"});
    table.columns = columns;
    table.column_total = true;
    table.row_total = columns.size() > 1;
    if (table.row_total) table.columns.push_back({"", "tally.label.total"});
    for (std::size_t r = 0; r <= rows.size(); ++r)
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < rows.size(); ++i)
                for (std::size_t j = 0; j < columns.size(); ++j)
                    if ((r == rows.size() || r == i) && (c >= columns.size() || c == j)) sum += body[i][j];
            std::string name = whole;
            if (r < rows.size()) name += "|" + rows[r].list + rows[r].value;
            if (columns.size() > 1 && c < columns.size()) name += "|" + columns[c].list + columns[c].value;
            table.cells.push_back({name, sum});
        }
    return table;
}

inline std::vector<Label> quarters() {
    return {{"quarter", "2024-1"}, {"quarter", "2024-2"}, {"quarter", "2024-3"}, {"quarter", "2024-4"},
            {"quarter", "2025-1"}, {"quarter", "2025-2"}, {"quarter", "2025-3"}, {"quarter", "2025-4"}};
}

inline CountSet counts() {
    CountSet out;
    out.tables.push_back(filled(head("started", TableKind::Participation, "trajectories", "start"), quarters(),
                                {{"", "tally.unit.trajectories"}}, {{22}, {18}, {31}, {26}, {24}, {19}, {37}, {28}}, "trajectories"));
    CountTable children = head("children", TableKind::Participation, "children", "children");
    children.rows = {{"", "tally.label.children"}};
    children.columns = {{"", "tally.unit.children"}};
    children.cells = {{"children", 187}};
    out.tables.push_back(children);
    CountTable status = head("status", TableKind::Outcome, "trajectories", "definition", "status");
    status.rows = {{"=", "D1 · Ingeschreven na proefsessies"},
                   {"=", "D2 · Neemt nog deel na 6 à 8 maanden"},
                   {"=", "D3 · Schrijft zich het volgende werkjaar opnieuw in"}};
    status.columns = {{"", "tally.status.achieved"},     {"", "tally.status.pending"},  {"", "tally.status.unknown"},
                      {"", "tally.status.not_achieved"}, {"", "tally.status.excluded"}, {"", "tally.label.total"}};
    status.row_total = true;
    status.percentages = true;
    const std::vector<std::vector<std::int64_t>> body = {{121, 33, 14, 29, 8}, {74, 71, 22, 27, 11}, {41, 112, 16, 25, 11}};
    for (std::size_t d = 0; d < 3; ++d) {
        std::int64_t sum = 0;
        for (std::size_t c = 0; c < 5; ++c) {
            status.cells.push_back({"trajectories|D" + std::to_string(d + 1) + "=" + status.columns[c].value, body[d][c]});
            sum += body[d][c];
        }
        status.cells.push_back({"trajectories", sum});
    }
    out.tables.push_back(status);
    CountTable rate = head("rate__D2", TableKind::Outcome, "trajectories", "definition", "status");
    rate.subject = status.rows[1];
    rate.rows = {status.rows[1]};
    rate.columns = {
        {"", "tally.status.achieved"}, {"", "tally.status.not_achieved"}, {"", "tally.status.unknown"}, {"", "tally.label.mature"}};
    rate.row_total = rate.percentages = rate.optional = true;
    rate.cells = {{"mature|D2=achieved", 58}, {"mature|D2=not", 14}, {"mature|D2=unknown", 12}, {"mature|D2", 84}};
    out.tables.push_back(rate);
    const std::vector<Label> strategies = {{"strategy", "bottom_up"},
                                           {"strategy", "laagdrempelige_jeugdwerking"},
                                           {"strategy", "individuele_toeleiding"},
                                           {"strategy", "verenigingsondersteuning"},
                                           {"strategy", "samenwerking_netwerk"},
                                           {"strategy", "structureel"},
                                           {"", "tally.label.not_given"}};
    const std::vector<Label> all = quarters();
    const std::vector<Label> four(all.begin() + 4, all.end());
    CountTable acts = head("strategies", TableKind::Participation, "activities", "strategy", "quarter");
    acts.people = false;
    out.tables.push_back(filled(
        acts, strategies, four,
        {{6, 9, 7, 8}, {14, 12, 9, 16}, {88, 74, 102, 95}, {21, 17, 19, 24}, {12, 10, 14, 11}, {3, 6, 5, 7}, {0, 0, 0, 0}}, "activities"));
    CountTable results = head("results", TableKind::Participation, "results", "result");
    results.people = false;
    out.tables.push_back(filled(results,
                                {{"result_kind", "ontmoeting"},
                                 {"result_kind", "voorwaarde"},
                                 {"result_kind", "drempel_verlaagd"},
                                 {"result_kind", "nieuw_initiatief"},
                                 {"result_kind", "tekst_of_plan"}},
                                {{"", "tally.unit.results"}}, {{14}, {6}, {9}, {3}, {2}}, "results"));
    return out;
}

inline SteeringReport report() {
    SteeringReport r;
    r.organisation = "Vrije Tijd Voorbeeld vzw";
    r.municipality = "Voorbeeldstad";
    r.contact = "Dienst vrije tijd, loket in het stadhuis";
    r.as_of = *Date::from_ymd(2025, 12, 31);
    r.known_at = *Date::from_ymd(2026, 1, 15);
    r.release_id = "2025-12-31";
    r.audit_head = "0123456789ab:17";
    r.audit_root = std::string("fedcba9876543210") + std::string(48, '0');
    r.next_report = *Date::from_ymd(2026, 3, 31);
    r.agreement_title = "Wanneer is een toeleiding geslaagd?";
    r.agreements = {"voorbeeldstad@1"};
    r.agreed_by = {"Stuurgroep vrije tijd", "Jeugddienst"};
    r.agreed_on = *Date::from_ymd(2023, 6, 19);
    r.rules_hash = std::string(64, 'a');
    r.agreement_text = {
        "D1 Ingeschreven na proefsessies: het kind schrijft zich in na minstens twee proefsessies bij dezelfde vereniging.",
        "D2 Neemt nog deel na 6 à 8 maanden: tussen zes en acht maanden na de inschrijving is minstens één deelname bekend."};
    r.calendar = {{*Date::from_ymd(2026, 3, 31), "rapport aan de stuurgroep"}};
    r.goals = {{"follow_up_rate", 0.8, "2025-2026"}};
    r.follow_up_target = 0.8;
    r.context.situation = {
        "Voorbeeldstad telt veel verenigingen, maar kinderen uit gezinnen die hier pas wonen vinden er moeilijk de weg naartoe."};
    r.context.expectations = {"Meer kinderen nemen duurzaam deel aan vrije tijd naar keuze.",
                              "Verenigingen krijgen hulp om drempels te verlagen."};
    r.context.target_groups = {"kinderen van nieuwkomers"};
    r.context.strategies = {"individuele_toeleiding", "verenigingsondersteuning"};
    r.context.appointments = {{80, *Date::from_ymd(2023, 10, 1), std::nullopt, "Gemeente Voorbeeldstad"}};
    r.context.budget = {{"personeel", 96000.0, ""}};
    r.sources = {{"activiteiten", *Date::from_ymd(2025, 12, 29)}, {"toeleidingen", *Date::from_ymd(2025, 12, 30)}};
    r.release = guard(counts(), {}, {});
    return r;
}

}  // namespace brugwacht::sample
