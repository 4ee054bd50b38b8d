// All dated facts of a run in memory, compact: 1,000,000 trajectories and 10,000,000 facts fit in about half a gigabyte.
// The order inside depends on content only, never on the order in which facts were added (S4, S40). Nothing here names a person.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/rules/status.hpp"

namespace brugwacht {

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::int32_t kOpenEnd = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int16_t kNoYear = std::numeric_limits<std::int16_t>::min();

/// Kind of an enrolment as stated; Unstated = by club type.
enum class EnrolKind : std::uint8_t { Unstated, Definitive, Provisional };

/// One dated fact. Days count from 1970-01-01. Facts of a trajectory are sorted by date, type, club and the rest.
struct Fact {
    std::int32_t date = 0;
    std::int32_t to = kOpenEnd;  // pause, support: last day; kOpenEnd = open
    std::int32_t recorded = 0;   // registration date, the fact's date by default
    std::uint32_t club = kNone;  // index of a club; kNone = none, or all clubs (stop)
    std::uint32_t key = 0;       // see FactBase::text
    std::uint16_t source = 0;
    std::int16_t year = kNoYear;  // stated working year
    std::uint16_t reason = 0;     // code; 0 = none
    FactType type = FactType::Other;
    EnrolKind enrol_kind = EnrolKind::Unstated;
    std::uint16_t kind = 0;  // code of the kind as stated (support: vervoer, ...); 0 = none
};

struct TrajectoryInfo {
    std::uint32_t id = 0;  // texts: the store's id, the source's key
    std::uint32_t key = 0;
    std::uint32_t person = kNone;
    std::uint16_t source = 0;
    std::uint16_t strategy = 0;  // code; 0 = blank
    std::int32_t start = 0;
    std::int16_t age = -1;  // completed years at the start; -1 = unknown
    bool age_uncertain = false;
};

struct ClubInfo {
    std::uint32_t key = 0;
    std::uint32_t name = 0;  // "" when unnamed
    std::uint16_t source = 0;
    std::uint16_t kind = 0;  // code of the club type; 0 = blank
};

/// What a fact base is built from. Views need to live during the call only. Empty text = absent.
struct TrajectoryInput {
    std::string_view id, source, key, strategy;
    std::uint32_t person = kNone;
    Date start;
    std::optional<int> age;
    bool age_uncertain = false;
};

struct EventInput {
    std::string_view source, key, type, answer, kind, reason;  // type and answer as in the canonical model: "check" + "yes"
    std::uint32_t trajectory = kNone;                          // exactly one of these three, or none of them for a fact of a club
    std::uint32_t person = kNone;
    std::uint32_t club = kNone;  // kNone = blank or *
    Date date;
    std::optional<Date> to;
    std::optional<Date> recorded_on;
    std::optional<int> year;
};

class FactBase {
  public:
    FactBase();
    ~FactBase();
    FactBase(FactBase&&) noexcept;
    FactBase& operator=(FactBase&&) noexcept;

    /// Sorted by source name, then key, bytewise.
    std::span<const TrajectoryInfo> trajectories() const { return trajectories_; }
    /// Sorted by source name, then key. A club known to two sources by the same vcode or name stands here once.
    std::span<const ClubInfo> clubs() const { return clubs_; }
    std::size_t person_count() const { return persons_.size(); }
    std::size_t fact_count() const { return facts_.size() + lists_.size(); }

    /// Facts that count for a trajectory, its own and its person's (design section 5).
    std::span<const Fact> facts(std::uint32_t trajectory) const;
    /// Facts of the person dated before the start of any of its trajectories; they stand with the person's first trajectory.
    std::span<const Fact> unused(std::uint32_t trajectory) const;
    /// Confirmed lists of a club, by date.
    std::span<const Fact> lists(std::uint32_t club) const;

    std::string_view text(std::uint32_t at) const;  // keys and ids
    std::string_view source(std::uint16_t index) const { return sources_[index]; }
    std::string_view code(std::uint16_t index) const { return codes_[index]; }
    std::size_t code_count() const { return codes_.size(); }
    std::string_view person_id(std::uint32_t person) const { return text(persons_[person]); }

  private:
    friend class FactBaseBuilder;
    std::string arena_;
    std::vector<std::string> sources_;
    std::vector<std::string> codes_;
    std::vector<std::uint32_t> persons_;
    std::vector<TrajectoryInfo> trajectories_;
    std::vector<ClubInfo> clubs_;
    std::vector<Fact> facts_;
    std::vector<std::uint32_t> fact_begin_;  // per trajectory, one more at the end
    std::vector<Fact> unused_;
    std::vector<std::uint32_t> unused_begin_;
    std::vector<Fact> lists_;
    std::vector<std::uint32_t> list_begin_;
};

/// Gathers what the store holds, in any order. Indices given back are the builder's own and are good for its other calls only.
class FactBaseBuilder {
  public:
    FactBaseBuilder();
    ~FactBaseBuilder();
    FactBaseBuilder(const FactBaseBuilder&) = delete;
    FactBaseBuilder& operator=(const FactBaseBuilder&) = delete;

    void reserve(std::size_t trajectories, std::size_t facts);
    std::uint32_t add_person(std::string_view id);
    std::uint32_t add_club(std::string_view source, std::string_view key, std::string_view kind, std::string_view name = {},
                           std::string_view vcode = {});
    std::uint32_t add_trajectory(const TrajectoryInput& input);
    void add_event(const EventInput& input);
    /// The builder is empty afterwards.
    FactBase build();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
