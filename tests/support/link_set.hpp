// Links a set of person records and measures the answer. For programs that link the identity room.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"
#include "tests/support/linkage_metrics.hpp"
#include "tests/support/linkage_sets.hpp"

namespace brugwacht {

/// By position of the record in the set, whatever the order in which the linkage met the records.
struct LinkedSet {
    std::vector<std::uint32_t> cluster;
    std::vector<FoundPair> pairs;
    Accuracy accuracy;
    LinkStatistics statistics;
};

/// `order`: positions of all records in the order of adding; empty = as they stand.
inline LinkedSet link_set(const LinkageSet& set, const LinkSettings& settings = {}, std::vector<std::uint32_t> order = {}) {
    if (order.empty()) {
        order.resize(set.records.size());
        std::iota(order.begin(), order.end(), 0U);
    }
    Linkage linkage(settings);
    for (const std::uint32_t position : order) {
        const SetRecord& record = set.records[position];
        const std::string key = record.source + ":" + record.values[0];
        // Ids tell nothing either: in a project they are keyed hashes.
        const auto id = static_cast<std::int64_t>((std::uint64_t{position} + 1) * 0x9E3779B97F4A7C15ULL >> 1);
        linkage.add({.id = id, .source_key = key, .source = record.source, .values = &record.values});
    }
    const LinkOutcome outcome = linkage.link({});
    LinkedSet linked;
    linked.statistics = outcome.statistics;
    linked.cluster.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) linked.cluster[order[i]] = order[outcome.first[i]];
    for (const ScoredPair& pair : outcome.pairs)
        if (pair.zone != LinkZone::Different) linked.pairs.push_back({order[pair.a], order[pair.b], pair.zone == LinkZone::Same});
    linked.accuracy = measure(set.truth, linked.cluster, linked.pairs);
    return linked;
}

}  // namespace brugwacht
