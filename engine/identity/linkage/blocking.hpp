// Which pairs are worth comparing: records that share one of several keys. A block that is too large is split by further parts of its key;
// what is alike in all of them is compared with its neighbours only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/identity/linkage/features.hpp"

namespace brugwacht {

struct BlockingSettings {
    std::size_t largest = 1000;  // records in a block
    unsigned threads = 1;
};

/// Part of the records of one block, by position.
struct Block {
    std::uint32_t pass = 0;
    std::uint32_t begin = 0, end = 0;  // in Blocks::members(pass)
    std::uint32_t window = 0;          // 0 = every pair; else each record with so many that follow it
};

class Blocks {
  public:
    /// `fresh` = by position, whether the record is new; empty = all are. Blocks without a new record are left out.
    /// `order` = positions in the order of source_key, `ranks` = place of each position in it: the blocks do not depend on the positions.
    Blocks(const FeatureTable& table, std::span<const std::uint32_t> order, std::span<const std::uint32_t> ranks,
           const std::vector<bool>& fresh, const BlockingSettings& settings);

    std::span<const Block> blocks() const { return blocks_; }
    std::span<const std::uint32_t> members(const Block& block) const {
        return std::span(passes_[block.pass]).subspan(block.begin, block.end - block.begin);
    }
    /// True when an earlier block holds the two as well, so that each pair is compared once (but for pairs of windows).
    bool met_before(const Block& block, std::uint32_t a, std::uint32_t b) const;
    /// Pairs of all blocks; those of several blocks counted each time.
    std::uint64_t pairs() const;

  private:
    struct Pass;

    std::vector<std::vector<std::uint32_t>> passes_;  // members, block after block
    std::vector<std::vector<Block>> blocks_of_pass_;
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> rooms_;  // by position and key: number of the block within its pass, from 1; 0 = none
};

}  // namespace brugwacht
