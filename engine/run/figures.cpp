#include "engine/run/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/run/publish.hpp"

namespace brugwacht {

std::string_view notice_code(FigureNotice notice) {
    constexpr std::array<std::string_view, 4> kCodes{"bracket_wide", "follow_up_low", "nothing_yet", "scope_unknown"};
    return kCodes[static_cast<std::size_t>(notice)];
}

std::uint64_t Population::not_yet() const {
    std::uint64_t waiting = counts.total(Status::Pending);
    for (const Status status : {Status::Achieved, Status::NotAchieved, Status::Unknown})
        waiting += counts.total(status) - counts.mature_of(status);
    return waiting;
}

std::array<double, 3> rounded_states(const CurveMonth& month, int decimals) {
    const double scale = decimals == 0 ? 100 : 1000;
    const std::array<double, 3> exact{month.taking_part * scale, month.stopped * scale, month.competing * scale};
    std::array<double, 3> parts{};
    // A speck above, so that 0.28999999 of a hundred is 29.
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = std::floor(exact[i] + 1e-9);
    const long missing = std::lround(scale - parts[0] - parts[1] - parts[2]);
    for (long given = 0; given < missing; ++given) {
        std::size_t largest = 0;
        for (std::size_t i = 1; i < parts.size(); ++i)
            if (exact[i] - parts[i] > exact[largest] - parts[largest]) largest = i;
        ++parts[largest];
    }
    for (double& part : parts) part /= scale;
    return parts;
}

ShareBand share_band(std::uint64_t n, bool intervals_wanted) {
    ShareBand band;
    band.percentage = n >= 5;
    band.interval = band.percentage && (n < 20 || intervals_wanted);
    band.decimals = n >= 100 ? 1 : 0;
    return band;
}

namespace {

constexpr double kWidestBracket = 10;  // points

/// The results that count: started, and within the period.
void keep_counted(ClassificationSet& set, const FactBase& facts, std::optional<int> period) {
    std::erase_if(set.results, [&](const Classification& result) {
        if (!result.started) return true;
        if (!period) return false;
        const Date start = Date::from_days(facts.trajectories()[result.trajectory].start);
        return start < Date::from_ymd(*period, 9, 1) || start > Date::from_ymd(*period + 1, 8, 31);
    });
}

/// The results of one version, so that no rate mixes two (S38).
ClassificationSet of_version(const ClassificationSet& set, std::size_t version) {
    ClassificationSet part;
    part.as_of = set.as_of;
    part.known_at = set.known_at;
    part.agreements = {set.agreements[version]};
    part.definition_ids = set.definition_ids;
    for (const Classification& result : set.results) {
        if (result.agreement != version) continue;
        part.results.push_back(result);
        part.results.back().agreement = 0;
    }
    return part;
}

/// Each child once for every definition.
std::vector<Population> by_child(const FactBase& facts, const ClassificationSet& set) {
    std::vector<Population> populations(set.definition_ids.size());
    for (const PersonResult& person : rollup_by_person(facts, set)) populations[person.definition].counts.add(set.results[person.deciding]);
    return populations;
}

std::vector<FigureNotice> notices_of(const DefinitionFigures& figures) {
    std::vector<FigureNotice> notices;
    const Rates rates = figures.counted().rates();
    const bool in_points = share_band(rates.conservative.n, false).percentage;
    if (in_points && rates.bracket_points() > kWidestBracket) notices.push_back(FigureNotice::BracketWide);
    if (const auto share = rates.follow_up.share(); share && *share < figures.follow_up_target)
        notices.push_back(FigureNotice::FollowUpLow);
    if (rates.conservative.n == 0) notices.push_back(FigureNotice::NothingYet);
    if (figures.scope_unknown > 0) notices.push_back(FigureNotice::ScopeUnknown);
    return notices;
}

/// About what comes after an enrolment, so that it can also be asked of those who enrolled alone.
bool follows_enrolment(const Definition& definition) {
    return definition.kind == DefinitionKind::StillParticipating || definition.kind == DefinitionKind::ReEnrolment;
}

/// Every definition of one version, in the order of the set.
std::vector<DefinitionFigures> figures_of(const FactBase& facts, const ClassificationSet& part) {
    const Agreement& agreement = part.agreements.front();
    const std::vector<StatusCounts> counts = count_statuses(part);
    const std::vector<Population> children = by_child(facts, part);
    std::vector<std::uint64_t> results(part.definition_ids.size()), unclear(part.definition_ids.size());
    ClassificationSet enrolled_part = part;
    std::erase_if(enrolled_part.results, [](const Classification& result) { return !result.has_anchor; });
    const std::vector<Population> enrolled = by_child(facts, enrolled_part);
    for (const Classification& result : part.results) {
        ++results[result.definition];
        unclear[result.definition] += result.scope_unknown ? 1 : 0;
    }
    std::vector<DefinitionFigures> all;
    for (std::size_t d = 0; d < part.definition_ids.size(); ++d) {
        const Definition* definition = agreement.definition(part.definition_ids[d]);
        if (definition == nullptr || results[d] == 0) continue;
        DefinitionFigures figures;
        figures.id = definition->id;
        figures.label = definition->label;
        figures.variant_of = definition->variant_of;
        figures.agreement = agreement.name();
        figures.unit_person = agreement.unit_person;
        figures.follow_up_target = agreement.follow_up_target;
        figures.trajectories.counts = counts[d];
        figures.children = children[d];
        if (follows_enrolment(*definition)) figures.enrolled = enrolled[d];
        figures.scope_unknown = unclear[d];
        figures.notices = notices_of(figures);
        all.push_back(std::move(figures));
    }
    return all;
}

/// Where the curve stands after so many months, as long as enough remain.
std::vector<CurveMonth> months_of(const ParticipationCurve& curve) {
    constexpr double kMonth = 365.2425 / 12;
    std::vector<CurveMonth> months;
    if (curve.taking_part.steps.empty()) return months;
    const std::int32_t last = curve.taking_part.steps.back().day;
    std::size_t step = 0;  // how many steps lie on or before the day
    for (int month = 0;; ++month) {
        CurveMonth row;
        row.month = month;
        row.day = static_cast<std::int32_t>(std::lround(month * kMonth));
        row.at_risk = number_at_risk(curve.spells, row.day);
        if (row.day > last || row.at_risk < curve.smallest) return months;
        while (step < curve.causes.size() && curve.causes[step].day <= row.day) ++step;
        if (step > 0) {
            const std::vector<double>& states = curve.causes[step - 1].states;
            row.taking_part = states[0];
            row.stopped = states[kStopped];
            row.competing = states[kCompeting];
            if (row.taking_part < 1) row.limits = curve.taking_part.steps[step - 1].limits;
        }
        months.push_back(row);
    }
}

}  // namespace

Figures make_figures(const Project& project, const FiguresRequest& request, Ports& ports) {
    Figures figures;
    figures.context = load_context(project, ports.files);
    const std::vector<Agreement> agreements = load_agreements(project, {}, ports.files);
    const FactBase facts = load_project_facts(project);
    ClassifyRequest classification;
    classification.as_of = request.as_of.value_or(ports.clock.today());
    classification.known_at = request.known_at;
    classification.definitions = request.definitions;
    ClassificationSet set = classify(facts, agreements, classification);
    keep_counted(set, facts, request.period);

    figures.as_of = set.as_of;
    figures.known_at = set.known_at;
    figures.rules_hash = set.rules_hash();
    for (std::size_t version = 0; version < set.agreements.size(); ++version) {
        figures.agreements.push_back(set.agreements[version].name());
        const ClassificationSet part = of_version(set, version);
        for (DefinitionFigures& one : figures_of(facts, part)) figures.definitions.push_back(std::move(one));
        CurveFigures curve{set.agreements[version].name(), participation_curve(facts, part, 0), {}};
        if (curve.curve.spells.empty()) continue;
        curve.months = months_of(curve.curve);
        figures.curves.push_back(std::move(curve));
    }
    const auto place = [&](const DefinitionFigures& one) {
        return std::find(set.definition_ids.begin(), set.definition_ids.end(), one.id) - set.definition_ids.begin();
    };
    std::stable_sort(figures.definitions.begin(), figures.definitions.end(),
                     [&](const DefinitionFigures& a, const DefinitionFigures& b) { return place(a) < place(b); });
    return figures;
}

}  // namespace brugwacht
