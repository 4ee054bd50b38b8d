// Texts kept once, each under a small number, with how often they occur.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/linkage/similarity.hpp"

namespace brugwacht {

/// The same for equal texts on every machine; for grouping only, it keeps no secret.
std::uint64_t text_hash(std::string_view text);
/// Order matters.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b);

class Dictionary {
  public:
    Dictionary();
    /// The number of the text, from 1; 0 for "". Numbers follow the order of arrival: never sort by them.
    std::uint32_t number(std::string_view text);
    /// As number(), and counts one occurrence.
    std::uint32_t count_in(std::string_view text);
    void count_again(std::uint32_t number) { ++counts_[number]; }
    std::string_view text(std::uint32_t number) const {
        return std::string_view(bytes_).substr(starts_[number], starts_[number + 1] - starts_[number]);
    }
    Word word(std::uint32_t number) const { return {text(number), letters_[number]}; }
    std::uint64_t hash(std::uint32_t number) const { return hashes_[number]; }
    std::uint32_t count(std::uint32_t number) const { return counts_[number]; }
    /// Occurrences of all texts.
    std::uint64_t total() const;
    std::size_t size() const { return counts_.size(); }

  private:
    void grow();

    std::string bytes_;
    std::vector<std::size_t> starts_;
    std::vector<std::uint64_t> hashes_, letters_;
    std::vector<std::uint32_t> counts_;
    std::vector<std::uint32_t> slots_;  // open addressing; a power of two
};

}  // namespace brugwacht
