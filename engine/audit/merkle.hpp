// Merkle trees over a log that only grows. Source: RFC 6962 section 2.1 (leaf H(0x00 | entry), node H(0x01 | left | right), SHA-256);
// proofs are checked as in RFC 9162 sections 2.1.3.2 and 2.1.4.2. Hashes are 32 bytes, indices count from 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

std::string merkle_leaf(std::string_view entry);
std::string merkle_node(std::string_view left, std::string_view right);

/// All of a tree that is needed to let it grow: the roots of its full subtrees, one for each bit of its size. Adding a leaf and taking the
/// root cost a logarithm of the size.
class MerkleFrontier {
  public:
    MerkleFrontier() = default;
    /// Undoes bytes(); nothing when they are not those of a tree of this size.
    static std::optional<MerkleFrontier> read(std::uint64_t size, std::string_view bytes);

    void add(std::string leaf);
    std::uint64_t size() const { return size_; }
    /// Of no leaves: the hash of nothing.
    std::string root() const;
    std::string bytes() const;

  private:
    std::uint64_t size_ = 0;
    std::vector<std::string> peaks_;  // largest subtree first
};

/// Root of these leaves.
std::string merkle_root(const std::vector<std::string>& leaves);

/// That leaf `index` is in the tree of these leaves. index < leaves.size().
std::vector<std::string> inclusion_proof(const std::vector<std::string>& leaves, std::uint64_t index);
bool proves_inclusion(const std::vector<std::string>& proof, std::string_view leaf, std::uint64_t index, std::uint64_t size,
                      std::string_view root);

/// That the tree of the first `size` of these leaves is the beginning of the tree of all. 0 < size <= leaves.size().
std::vector<std::string> consistency_proof(const std::vector<std::string>& leaves, std::uint64_t size);
bool proves_consistency(const std::vector<std::string>& proof, std::uint64_t earlier_size, std::string_view earlier_root,
                        std::uint64_t size, std::string_view root);

}  // namespace brugwacht
