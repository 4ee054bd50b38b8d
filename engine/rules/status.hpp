// The closed vocabularies of the rules: statuses, kinds of facts, roles of evidence, reason codes.
// Every name() is the stable code that stands in files, JSON and text keys.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace brugwacht {

/// What a trajectory is worth under one definition. Source: success-definitions section 1.
enum class Status : std::uint8_t { Achieved, NotAchieved, Pending, Unknown, Excluded };
inline constexpr std::size_t kStatuses = 5;

/// Kind of a fact. A check is split by its answer; a fact that no rule reads is Other.
enum class FactType : std::uint8_t { Trial, Attend, Absent, Enrol, CheckYes, CheckNo, Stop, Pause, Support, Lost, Close, List, Other };
inline constexpr std::size_t kFactTypes = 13;

/// Why an event is named as evidence.
enum class Role : std::uint8_t { Anchor, Trial, Proof, Against, Competing, List };

/// One per result. `Competing` stands for the reason of the stop itself (moved, aged_out, deceased or what the agreement lists).
enum class Reason : std::uint8_t {
    NoAgreement,
    StrategyOutOfScope,
    AgeOutOfScope,
    Competing,
    EnrolledAfterTrials,
    TrialsMissing,
    EndedBeforeEnrolment,
    BeforeDeadline,
    Provisional,
    LostContact,
    DeadlinePassed,
    InWindow,
    LaterParticipation,
    Gap,
    Stopped,
    CheckNo,
    WindowOpen,
    RegisteredAbsent,
    TooFewSessions,
    OnlyWithSupport,
    NoInformation,
    ReEnrolled,
    BeforeDecision,
    AbsentFromConfirmedList,
    ConditionMet,
    ConditionExcluded,
};
inline constexpr std::size_t kReasons = 26;

/// Why a fact was left out of a run.
enum class IgnoredWhy : std::uint8_t { AfterAsOf, AfterKnownAt, StopWithoutEnrolment, CancelledOut, ImpossibleDate, NoTrajectory };

/// Why a fact that looks like proof is none.
enum class NearMissWhy : std::uint8_t {
    OtherClub,
    AfterEnrolment,
    TrialsShort,
    BeforeWindow,
    AfterWindow,
    Interrupted,
    WithSupport,
    WithoutSupport,
    Gap,
    Provisional,
    Voided,
    OtherYear,
    Late
};

std::string_view name(Status status);
std::string_view name(FactType type);
std::string_view name(Role role);
std::string_view name(Reason reason);
std::string_view name(IgnoredWhy why);
std::string_view name(NearMissWhy why);
std::optional<Status> status_by_name(std::string_view name);
std::optional<FactType> fact_type_by_name(std::string_view name);

}  // namespace brugwacht
