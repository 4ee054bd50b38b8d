// Every figure of the success definitions, for the ambassador's own eyes before the steering group sees any: counts by status, rates with
// their limits and bracket, curves. Local only: nothing here is protected against recognition, so nothing of it may be handed on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/rules/curves.hpp"
#include "engine/rules/rates.hpp"
#include "engine/run/context.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct FiguresRequest {
    std::optional<Date> as_of;  // default: today
    std::optional<Date> known_at;
    std::optional<int> period;             // only trajectories started in this working year (1 September to 31 August)
    std::vector<std::string> definitions;  // ids to keep; empty = all
};

/// What has to be said before a figure is read, the most important first. The codes of notice_code() stand in JSON and in text keys.
enum class FigureNotice : std::uint8_t {
    BracketWide,   // what is unknown could move the rate by more than 10 points
    FollowUpLow,   // less is followed up than agreed
    NothingYet,    // nothing can be judged yet
    ScopeUnknown,  // strategy or age is blank in some trajectories: counted as within the agreement
};
std::string_view notice_code(FigureNotice notice);

/// One population under one definition.
struct Population {
    StatusCounts counts;
    Rates rates() const { return brugwacht::rates(counts); }
    /// Within the agreement, and not to be judged yet.
    std::uint64_t not_yet() const;
};

/// One definition under one version of the agreement.
struct DefinitionFigures {
    std::string id, label;
    std::string variant_of;              // "" = no variant
    std::string agreement;               // "voorbeeldstad@1"
    bool unit_person = false;            // the agreement counts children rather than trajectories
    double follow_up_target = 0;         // as agreed
    Population trajectories;             // every trajectory that has started
    Population children;                 // each child once, with its best status in the agreed order (S37)
    std::optional<Population> enrolled;  // the same of children that enrolled; for definitions that are about what comes after
    std::uint64_t scope_unknown = 0;     // trajectories
    std::vector<FigureNotice> notices;   // in order of importance

    /// What the agreement counts.
    const Population& counted() const { return unit_person ? children : trajectories; }
};

/// One month of a curve.
struct CurveMonth {
    int month = 0;         // since the enrolment, of 30.4 days
    std::int32_t day = 0;  // since the enrolment
    std::uint64_t at_risk = 0;
    double taking_part = 1, stopped = 0, competing = 0;  // together 1
    std::optional<Interval> limits;                      // of taking_part; nothing before anything happened
};

/// Taking part, stopped and competing as whole hundredths (thousandths with one decimal) that add to 1: the largest remainders are rounded
/// up.
std::array<double, 3> rounded_states(const CurveMonth& month, int decimals);

struct CurveFigures {
    std::string agreement;
    ParticipationCurve curve;
    std::vector<CurveMonth> months;  // up to where too few remain
};

struct Figures {
    Date as_of;
    std::optional<Date> known_at;
    std::vector<std::string> agreements;  // in order of version
    std::string rules_hash;
    ProjectContext context;
    std::vector<DefinitionFigures> definitions;  // by definition in the order of the agreement, then by version
    std::vector<CurveFigures> curves;            // one for each version with a trajectory that enrolled
};

/// How a share may be shown on the ambassador's own screen. Source: success-definitions section 5.
struct ShareBand {
    bool percentage = false;  // from 5 on
    bool interval = false;    // always under 20, from 20 on when asked for
    int decimals = 0;         // one from 100 on
};
ShareBand share_band(std::uint64_t n, bool intervals_wanted);

/// Throws Error RUN-008 (66) when nothing was imported, and as load_agreements(), classify() and load_context().
Figures make_figures(const Project& project, const FiguresRequest& request, Ports& ports);

}  // namespace brugwacht
