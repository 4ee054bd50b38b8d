// Classifies every trajectory under every definition: a pure function of facts, agreement, as-of date and known-at date (S1-S40).
// Results stand in order of source, trajectory key and definition; the same content gives the same bytes, whatever the order of input.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/rules/facts.hpp"
#include "engine/rules/status.hpp"
#include "engine/rules/trace.hpp"

namespace brugwacht {

struct ClassifyRequest {
    Date as_of;
    std::optional<Date> known_at;
    std::vector<std::string> definitions;  // ids to keep; empty = all
    unsigned threads = 2;                  // never changes the result
};

/// An event named as evidence.
struct Evidence {
    std::uint32_t key = 0;       // FactBase::text
    Date date;                   // of the event itself
    std::uint32_t club = kNone;  // index of a club
    std::uint16_t source = 0;
    FactType type = FactType::Other;
    Role role = Role::Anchor;
};

/// An event that looks like proof and is none.
struct NearMiss {
    std::uint32_t key = 0;
    Date date;
    std::uint32_t club = kNone;
    FactType type = FactType::Other;
    NearMissWhy why = NearMissWhy::OtherClub;
};

struct Ignored {
    std::uint32_t key = 0;  // FactBase::text
    IgnoredWhy why = IgnoredWhy::AfterAsOf;
};

/// A run of elements in one of the arrays of ClassificationSet.
struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
};

/// The verdict on one trajectory under one definition. Lists stand in the set that holds it.
struct Classification {
    std::uint32_t trajectory = 0;      // index in the fact base
    std::uint16_t definition = 0;      // index in ClassificationSet::definition_ids
    std::uint16_t agreement = 0xffff;  // index in ClassificationSet::agreements; 0xffff = no version in force
    Status status = Status::Unknown;
    Reason reason = Reason::NoInformation;
    std::uint16_t competing = 0;  // FactBase::code, when reason is Competing
    std::uint8_t rule = 0;        // the S-rule that decided, 0 = none
    bool has_achieved_on = false;
    bool has_window = false;
    bool has_decides_on = false;
    bool has_anchor = false;
    bool mature = false;            // S39
    bool scope_unknown = false;     // blank strategy or unknown age
    bool started = true;            // the trajectory's start is on or before the as-of date
    bool support_at_proof = false;  // D2 achieved: a support period ran on the day of the proof
    Date achieved_on;
    Date window_from;
    Date window_to;
    Date decides_on;            // last day on which pending is possible
    std::int32_t gap_days = 0;  // reason Gap
    Date definitive_on;         // reason Provisional: the day on which the first provisional enrolment becomes definitive
    Date anchor_date;
    std::uint32_t anchor_key = 0;
    Slice evidence;
    Slice near_misses;
    Slice ignored;

    /// "S12", or "" for achieved and pending.
    std::string first_failed_rule() const;
};

struct ClassificationSet {
    Date as_of;
    std::optional<Date> known_at;
    std::vector<Agreement> agreements;        // in order of version
    std::vector<std::string> definition_ids;  // order of the first version that has them
    std::vector<Classification> results;
    std::vector<Evidence> evidence;
    std::vector<NearMiss> near_misses;
    std::vector<Ignored> ignored;

    std::span<const Evidence> evidence_of(const Classification& c) const { return {evidence.data() + c.evidence.begin, c.evidence.count}; }
    std::span<const NearMiss> near_misses_of(const Classification& c) const {
        return {near_misses.data() + c.near_misses.begin, c.near_misses.count};
    }
    std::span<const Ignored> ignored_of(const Classification& c) const { return {ignored.data() + c.ignored.begin, c.ignored.count}; }
    /// The agreement that decided, or nullptr.
    const Agreement* agreement_of(const Classification& c) const { return c.agreement == 0xffff ? nullptr : &agreements[c.agreement]; }
    /// The definition that decided, or nullptr.
    const Definition* definition_of(const Classification& c) const;
    /// Hash of the one version, or of the hashes of all of them joined with line ends.
    std::string rules_hash() const;
};

/// Versions are put in order first (order_versions); the same errors. Throws Error RUL-001 (64) for a definition id that no version has.
/// Throws RUL-002 (65) when month_rule is reject and a period ends on a day that does not exist.
ClassificationSet classify(const FactBase& base, std::span<const Agreement> agreements, const ClassifyRequest& request);

/// The same for one trajectory, with the way to each verdict: traces[i] belongs to results[i].
ClassificationSet classify_traced(const FactBase& base, std::span<const Agreement> agreements, const ClassifyRequest& request,
                                  std::uint32_t trajectory, std::vector<Trace>& traces);

/// The stable code of the reason: the competing reason itself, or its name.
std::string_view reason_code(const FactBase& base, const Classification& c);

struct PersonResult {
    std::uint32_t person = 0;
    std::uint16_t definition = 0;
    std::uint32_t deciding = 0;          // index in ClassificationSet::results
    std::vector<std::uint32_t> results;  // indices in ClassificationSet::results, in their order
};

/// S37: the best status in the agreed order per person and definition, in order of person id. Trajectories without a person are their own.
std::vector<PersonResult> rollup_by_person(const FactBase& base, const ClassificationSet& set);

/// Source keys of a person ("source:key", sorted) when the vault is open; gives nothing when it is closed.
using PersonKeys = std::function<std::vector<std::string>(std::string_view person_id)>;

/// How the id of a "person", "trajectory" or "event" is shown; empty = as it is.
using ShownIds = std::function<std::string(std::string_view kind, std::string_view id)>;

/// The JSON object of `classify`.
std::string classification_json(const FactBase& base, const ClassificationSet& set, const Texts& texts, const PersonKeys& person_keys = {},
                                const ShownIds& shown = {});
/// The JSON object of `classify --rollup person`.
std::string rollup_json(const FactBase& base, const ClassificationSet& set, const PersonKeys& person_keys = {}, const ShownIds& shown = {});

}  // namespace brugwacht
