#include "engine/rules/status.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

constexpr std::array<std::string_view, kStatuses> kStatusNames{"achieved", "not_achieved", "pending", "unknown", "excluded"};
constexpr std::array<std::string_view, kFactTypes> kFactTypeNames{"trial", "attend",  "absent", "enrol", "check_yes", "check_no", "stop",
                                                                  "pause", "support", "lost",   "close", "list",      "other"};
constexpr std::array<std::string_view, 6> kRoleNames{"anchor", "trial", "proof", "against", "competing", "list"};
constexpr std::array<std::string_view, kReasons> kReasonNames{"no_agreement",
                                                              "strategy_out_of_scope",
                                                              "age_out_of_scope",
                                                              "competing",
                                                              "enrolled_after_trials",
                                                              "trials_missing",
                                                              "ended_before_enrolment",
                                                              "before_deadline",
                                                              "provisional",
                                                              "lost_contact",
                                                              "deadline_passed",
                                                              "in_window",
                                                              "later_participation",
                                                              "gap",
                                                              "stopped",
                                                              "check_no",
                                                              "window_open",
                                                              "registered_absent",
                                                              "too_few_sessions",
                                                              "only_with_support",
                                                              "no_information",
                                                              "re_enrolled",
                                                              "before_decision",
                                                              "absent_from_confirmed_list",
                                                              "condition_met",
                                                              "condition_excluded"};
constexpr std::array<std::string_view, 6> kIgnoredNames{"after_as_of",   "after_known_at",  "stop_without_enrolment",
                                                        "cancelled_out", "impossible_date", "no_trajectory"};
constexpr std::array<std::string_view, 13> kNearMissNames{
    "other_club", "after_enrolment", "trials_short", "before_window", "after_window", "interrupted", "with_support", "without_support",
    "gap",        "provisional",     "voided",       "other_year",    "late"};

template <typename Enum, std::size_t N>
std::optional<Enum> by_name(const std::array<std::string_view, N>& names, std::string_view wanted) {
    const auto at = std::find(names.begin(), names.end(), wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<Enum>(at - names.begin());
}

}  // namespace

std::string_view name(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }
std::string_view name(FactType type) { return kFactTypeNames[static_cast<std::size_t>(type)]; }
std::string_view name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }
std::string_view name(Reason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }
std::string_view name(IgnoredWhy why) { return kIgnoredNames[static_cast<std::size_t>(why)]; }
std::string_view name(NearMissWhy why) { return kNearMissNames[static_cast<std::size_t>(why)]; }
std::optional<Status> status_by_name(std::string_view name) { return by_name<Status>(kStatusNames, name); }
std::optional<FactType> fact_type_by_name(std::string_view name) { return by_name<FactType>(kFactTypeNames, name); }

}  // namespace brugwacht
