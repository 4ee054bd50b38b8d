// Which person records are one child: probabilistic linkage after Fellegi and Sunter (1969), with rules for what is special about children.
// Weights are base-2 logarithms of likelihood ratios. Everything happens in memory; nothing here knows a database, a key or a clock.
// The same records give the same answer, whatever their order and the number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"

namespace brugwacht {

/// A record as its source gave it. `values` are in the order of entity_def(Entity::Person).fields and need to live only during add().
struct RecordToLink {
    std::int64_t id = 0;          // record id; unique
    std::string_view source_key;  // "source:key"
    std::string_view source;
    const std::array<std::string, kMaxFields>* values = nullptr;
    /// Records of different islands are never compared. 0 is the mainland; a source that may not be linked with others is an island.
    std::uint32_t island = 0;
    /// False: may not be linked with anything, not even inside its source.
    bool linkable = true;
    /// Incremental linking: the cluster in which the record stands since it was last linked (any number but 0), or 0 when it is new or
    /// changed.
    std::uint64_t cluster = 0;
};

enum class LinkZone : std::uint8_t { Different, Review, Same };

enum class LinkAnswer : std::uint8_t { Different, Same, Unsure };

/// What a person decided about two records; overrides every weight. Later decisions about the same pair replace earlier ones.
struct LinkDecision {
    std::int64_t a = 0, b = 0;  // record ids
    LinkAnswer answer = LinkAnswer::Unsure;
};

/// Positions are those of Linkage::add(), from 0; a < b in the order of source_key.
struct ScoredPair {
    std::uint32_t a = 0, b = 0;
    LinkZone zone = LinkZone::Different;
    bool decided = false;  // by a person
    double weight = 0;     // log2
};

/// Decisions that contradict each other: these records would be one person, and two of them were said to be different.
struct Contradiction {
    std::uint32_t a = 0, b = 0;  // said to be different
};

/// What is printed at each run. Shares are between 0 and 1.
struct LinkStatistics {
    std::uint64_t records = 0, persons = 0;
    std::uint64_t compared = 0;  // pairs that some blocking rule proposed
    std::uint64_t same = 0, review = 0;
    std::uint64_t vetoed = 0;              // pairs above the cut that a rule kept out of the automatic zone
    std::uint64_t decided = 0, stale = 0;  // decisions applied; decisions of which a record is gone
    std::uint64_t largest = 0;             // records in the largest cluster
    double expected_false = 0;             // estimated share of wrong pairs in the automatic zone (FDR)
    double expected_missed = 0;            // estimated share of true pairs in neither automatic zone nor review (FNR)
};

struct LinkOutcome {
    std::vector<std::uint32_t> first;  // by position: the position of the first record (by source_key) of its cluster
    std::vector<ScoredPair> pairs;     // zones same and review, and decided ones; sorted by the source_keys of a and b
    std::vector<Contradiction> contradictions;
    LinkStatistics statistics;
};

/// One line of the waterfall: what a comparison said, and how much it weighs.
struct LinkEvidence {
    std::string field;  // "prior", "names", "birth_date", "address", "phone", "email", "member_number", "gender", "household", "rule"
    std::string level;  // stable word of a closed list, as "exact", "typo", "swapped", "missing", "weak_date"; "twins" for a rule
    double weight = 0;  // log2; 0 for missing, and for rules that only move the pair to another zone
};

struct PairExplanation {
    std::vector<LinkEvidence> evidence;  // prior first; the weights add up to `weight`
    double weight = 0;
    LinkZone zone = LinkZone::Different;
    bool decided = false;
};

struct LinkSettings {
    unsigned threads = 2;
    /// Weighs every pair anew, also of records whose cluster is given.
    bool whole = true;
    /// Parameters of the last whole linking (LinkModel as text), for incremental linking; "" = estimate.
    std::string model;
};

class Linkage {
  public:
    explicit Linkage(LinkSettings settings = {});
    ~Linkage();
    Linkage(Linkage&&) noexcept;
    Linkage& operator=(Linkage&&) noexcept;

    /// The position of the record, from 0.
    std::uint32_t add(const RecordToLink& record);
    /// Once all are added. With settings.whole = false only records without a cluster are compared with all, and clusters change only
    /// where one of these, or a decision, touches them.
    LinkOutcome link(const std::vector<LinkDecision>& decisions);
    /// After link(); any two records.
    PairExplanation explain(std::uint32_t a, std::uint32_t b) const;
    /// After link(): its parameters as text without personal data, for a later LinkSettings::model. Names the version of the model.
    std::string model() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
