// Recognising persons in a project: reads the person records of the vault, weighs them (linkage/), lets go of persons of evidence sources
// that match nobody, and gives each person her id, area, gender and age in the store. Part of a run of Intake.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"
#include "engine/store/store.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

class Converter;
class Hmac;

/// With which records those of a source may be linked.
enum class LinkScope : std::uint8_t { Everybody, OwnSource, Nobody };

struct LinkingSettings {
    bool gender = true;
    std::string area;                                      // person field the area is made of; "" = none
    std::vector<std::string> areas;                        // when given: the only ones
    std::vector<std::string> evidence_sources;             // persons of these that match nobody with a trajectory go
    std::map<std::string, LinkScope, std::less<>> scopes;  // by source; Everybody where a source is not named
    int keep_review_days = 30;                             // so long a person of an evidence source waits for a review
    unsigned threads = 0;                                  // 0 = as many as the machine has
};

struct LinkSummary {
    std::uint64_t records = 0, persons = 0;
    std::uint64_t joined = 0;      // records that share their person with another record
    std::uint64_t changed = 0;     // records whose person is another one than before
    std::uint64_t removed = 0;     // persons of evidence sources that matched nobody
    std::uint64_t waiting = 0;     // persons of evidence sources that stay until somebody reviews them
    std::uint64_t ages = 0;        // trajectories with an age
    std::uint64_t outdated = 0;    // decisions about records that have changed since
    std::uint64_t unlinkable = 0;  // records of sources that may not be linked
    bool whole = true;             // every pair was weighed
    LinkStatistics statistics;
    std::vector<std::pair<std::int64_t, std::int64_t>> contradictions;  // record ids of pairs that were said to be different
};

/// What linking found, for who wants to look at it. Positions are those of `records`.
struct LinkReport {
    struct Record {
        std::int64_t id = 0;
        std::string source_key;         // "source:key"
        std::uint32_t source_size = 0;  // length of the source in it
        std::uint32_t first = 0;        // position of the first record of her person
        bool guided = false;            // her person has a trajectory
        bool stays = true;              // false: of an evidence source, and let go
        std::string_view source() const { return std::string_view(source_key).substr(0, source_size); }
        std::string_view key() const { return std::string_view(source_key).substr(source_size + 1); }
    };
    std::vector<Record> records;    // sorted by source_key bytewise
    std::vector<ScoredPair> pairs;  // a < b
    /// Why two records weigh what they weigh.
    std::function<PairExplanation(std::uint32_t a, std::uint32_t b)> explain;
};

/// Writes nothing but through store and vault, inside their open transactions. `whole` weighs every pair; without it known pairs of large
/// populations are left as they are. Fills `report` when given (then every pair is weighed). Adds to `leave_vault` what the store no
/// longer has.
LinkSummary link_people(Store& store, Vault& vault, const Hmac& link_key, Converter& convert, const LinkingSettings& settings,
                        std::int64_t started_at, bool whole, LinkReport* report, std::vector<std::int64_t>& leave_vault);

}  // namespace brugwacht
