// The supply side: clubs and other providers, each counted once whatever the number of sources that know it.
#include <algorithm>
#include <map>

#include "engine/core/text.hpp"
#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

using Club = TallyFacts::Club;

constexpr std::int64_t kMostPlaces = 100'000;
constexpr std::int64_t kFewClubs = 5;

struct Provider {
    std::string kind;
    std::optional<Date> engaged;         // the earliest statement
    std::optional<std::int64_t> places;  // the most that a source tells
};

/// Names that stand for one club: given once by each source that gives them, without two official codes.
std::map<std::string, bool> telling_names(const std::vector<Club>& clubs) {
    std::map<std::string, std::map<std::string, int>> sources;
    std::map<std::string, std::string> codes;
    std::map<std::string, bool> out;
    for (const Club& club : clubs) {
        const std::string name = fold(club.name);
        if (name.empty()) continue;
        const auto [at, fresh] = out.try_emplace(name, true);
        if (++sources[name][club.source] > 1) at->second = false;
        std::string& code = codes[name];
        if (!code.empty() && !club.vcode.empty() && code != club.vcode) at->second = false;
        if (code.empty()) code = club.vcode;
    }
    return out;
}

/// Clubs by what makes them one: the official code of a name that tells, the name itself, or else the record.
std::map<std::string, std::vector<const Club*>> same_clubs(const std::vector<Club>& clubs) {
    const auto telling = telling_names(clubs);
    const auto tells = [&](const Club& club) {
        const auto found = telling.find(fold(club.name));
        return found != telling.end() && found->second;
    };
    std::map<std::string, std::string> code_of_name;
    for (const Club& club : clubs)
        if (!club.vcode.empty() && tells(club)) code_of_name[fold(club.name)] = club.vcode;
    std::map<std::string, std::vector<const Club*>> out;
    for (const Club& club : clubs) {
        std::string code = club.vcode;
        if (code.empty() && tells(club)) {
            const auto found = code_of_name.find(fold(club.name));
            if (found != code_of_name.end()) code = found->second;
        }
        out[!code.empty() ? "v" + code : tells(club) ? "n" + fold(club.name) : "r" + club.source + "\n" + club.key].push_back(&club);
    }
    return out;
}

std::vector<Provider> providers(const Scope& scope) {
    std::vector<Provider> out;
    for (auto& [identity, records] : same_clubs(scope.facts.clubs)) {
        const bool provides =
            std::all_of(records.begin(), records.end(), [](const Club* club) { return club->side.empty() || club->side == "provider"; });
        if (!provides) continue;
        Provider one;
        for (const Club* club : records) {
            const std::string kind = first_code(club->kind);
            if (!kind.empty() && (one.kind.empty() || kind < one.kind)) one.kind = kind;  // sources may differ: always the same one
            if (club->engagement_signed_on && *club->engagement_signed_on <= scope.request.as_of)
                one.engaged = std::min(one.engaged.value_or(*club->engagement_signed_on), *club->engagement_signed_on);
            if (club->places && *club->places >= 0 && *club->places <= kMostPlaces)
                one.places = std::max(one.places.value_or(0), *club->places);
        }
        out.push_back(std::move(one));
    }
    return out;
}

void count_clubs(const Scope& scope, const std::vector<Provider>& clubs, CountSet& out) {
    const Dimension rows = codes_of(scope.lists, "club_type", "club");
    Dimension columns;
    columns.add({"", "tally.label.engaged"}, "engaged");
    columns.add({"", "tally.label.not_engaged"}, "not_engaged");
    Body body = body_of(rows, columns);
    for (const Provider& club : clubs) ++body[position(rows, club.kind)][club.engaged ? 0 : 1];
    CountTable table = head("clubs", TableKind::Participation, "club", "engagement");
    table.people = false;
    out.tables.push_back(two_way(std::move(table), rows, columns, body, "clubs"));
}

void count_engagements(const Scope& scope, const std::vector<Provider>& clubs, CountSet& out) {
    const Dimension quarters = act_quarters(scope);
    Dimension rows;
    rows.add({"", "tally.label.earlier"}, "signed<" + quarters.names.front());
    for (std::size_t q = 0; q < quarters.size(); ++q) rows.add(quarters.labels[q], "signed=" + quarters.names[q]);
    rows.add({"", "tally.label.later"}, "signed>" + quarters.names.back());  // after the period that the report is about
    std::vector<std::int64_t> counts(rows.size());
    for (const Provider& club : clubs) {
        if (!club.engaged) continue;
        const std::size_t column = act_column(scope, quarters, *club.engaged);
        ++counts[column != kNowhere ? column + 1 : *club.engaged <= scope.last_day() ? 0 : rows.size() - 1];
    }
    CountTable table = head("engagements", TableKind::Participation, "signed");
    table.people = false;
    out.tables.push_back(one_way(std::move(table), rows, counts, "clubs|engaged"));
}

void count_places(const Scope& scope, const std::vector<Provider>& clubs, CountSet& out) {
    const Dimension rows = codes_of(scope.lists, "club_type", "club");
    std::vector<std::int64_t> places(rows.size());
    std::vector<std::int64_t> tellers(rows.size());
    for (const Provider& club : clubs) {
        if (!club.places) continue;
        places[position(rows, club.kind)] += *club.places;
        ++tellers[position(rows, club.kind)];
    }
    CountTable table = head("places", TableKind::Participation, "club");
    table.people = false;
    table = one_way(std::move(table), rows, places, "places");
    for (std::size_t r = 0; r < rows.size(); ++r) table.cells[r].sensitive = tellers[r] >= 1 && tellers[r] < kFewClubs;
    out.tables.push_back(std::move(table));
}

}  // namespace

void count_supply(const Scope& scope, CountSet& out) {
    const std::vector<Provider> clubs = providers(scope);
    count_clubs(scope, clubs, out);
    count_engagements(scope, clubs, out);
    count_places(scope, clubs, out);
}

}  // namespace brugwacht::tallying
