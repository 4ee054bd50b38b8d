#include "engine/audit/merkle.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kHashBytes = 32;

using Leaves = std::span<const std::string>;

/// Leaves of the left subtree: the largest power of two below `size`. size > 1.
std::size_t left_size(std::size_t size) { return std::bit_floor(size - 1); }

std::string root_of(Leaves leaves) {
    if (leaves.empty()) return sha256({});
    if (leaves.size() == 1) return leaves[0];
    const std::size_t left = left_size(leaves.size());
    return merkle_node(root_of(leaves.first(left)), root_of(leaves.subspan(left)));
}

/// PATH of RFC 6962 section 2.1.1.
void add_path(Leaves leaves, std::size_t index, std::vector<std::string>& path) {
    if (leaves.size() <= 1) return;
    const std::size_t left = left_size(leaves.size());
    if (index < left) {
        add_path(leaves.first(left), index, path);
        path.push_back(root_of(leaves.subspan(left)));
    } else {
        add_path(leaves.subspan(left), index - left, path);
        path.push_back(root_of(leaves.first(left)));
    }
}

/// SUBPROOF of RFC 6962 section 2.1.2. `known`: the verifier has the root of these leaves already.
void add_subproof(Leaves leaves, std::size_t size, bool known, std::vector<std::string>& proof) {
    if (size == leaves.size()) {
        if (!known) proof.push_back(root_of(leaves));
        return;
    }
    const std::size_t left = left_size(leaves.size());
    if (size <= left) {
        add_subproof(leaves.first(left), size, known, proof);
        proof.push_back(root_of(leaves.subspan(left)));
    } else {
        add_subproof(leaves.subspan(left), size - left, false, proof);
        proof.push_back(root_of(leaves.first(left)));
    }
}

}  // namespace

std::string merkle_leaf(std::string_view entry) {
    std::string bytes(1, '\0');
    bytes += entry;
    return sha256(bytes);
}

std::string merkle_node(std::string_view left, std::string_view right) {
    std::string bytes(1, '\1');
    bytes += left;
    bytes += right;
    return sha256(bytes);
}

std::optional<MerkleFrontier> MerkleFrontier::read(std::uint64_t size, std::string_view bytes) {
    if (bytes.size() != kHashBytes * static_cast<std::size_t>(std::popcount(size))) return std::nullopt;
    MerkleFrontier out;
    out.size_ = size;
    for (std::size_t at = 0; at < bytes.size(); at += kHashBytes) out.peaks_.emplace_back(bytes.substr(at, kHashBytes));
    return out;
}

void MerkleFrontier::add(std::string leaf) {
    // As a carry runs through a binary number: every 1 at the end of the size is a subtree that becomes part of the next larger one.
    for (std::uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
        leaf = merkle_node(peaks_.back(), leaf);
        peaks_.pop_back();
    }
    peaks_.push_back(std::move(leaf));
    ++size_;
}

std::string MerkleFrontier::root() const {
    if (peaks_.empty()) return sha256({});
    std::string root = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = merkle_node(peaks_[i - 1], root);
    return root;
}

std::string MerkleFrontier::bytes() const {
    std::string out;
    for (const std::string& peak : peaks_) out += peak;
    return out;
}

std::string merkle_root(const std::vector<std::string>& leaves) { return root_of(leaves); }

std::vector<std::string> inclusion_proof(const std::vector<std::string>& leaves, std::uint64_t index) {
    std::vector<std::string> path;
    add_path(leaves, index, path);
    return path;
}

bool proves_inclusion(const std::vector<std::string>& proof, std::string_view leaf, std::uint64_t index, std::uint64_t size,
                      std::string_view root) {
    if (index >= size) return false;
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    std::string hash(leaf);
    for (const std::string& step : proof) {
        if (last == 0) return false;
        if ((node & 1) != 0 || node == last) {
            hash = merkle_node(step, hash);
            while (node != 0 && (node & 1) == 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = merkle_node(hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

std::vector<std::string> consistency_proof(const std::vector<std::string>& leaves, std::uint64_t size) {
    std::vector<std::string> proof;
    add_subproof(leaves, size, true, proof);
    return proof;
}

bool proves_consistency(const std::vector<std::string>& proof, std::uint64_t earlier_size, std::string_view earlier_root,
                        std::uint64_t size, std::string_view root) {
    if (earlier_size == 0 || earlier_size > size) return false;
    if (earlier_size == size) return proof.empty() && earlier_root == root;
    std::vector<std::string> path;
    if (std::has_single_bit(earlier_size)) path.emplace_back(earlier_root);
    path.insert(path.end(), proof.begin(), proof.end());
    if (path.empty()) return false;
    std::uint64_t node = earlier_size - 1;
    std::uint64_t last = size - 1;
    for (; (node & 1) != 0; node >>= 1) last >>= 1;
    std::string earlier = path[0];
    std::string later = path[0];
    for (std::size_t i = 1; i < path.size(); ++i) {
        if (last == 0) return false;
        if ((node & 1) != 0 || node == last) {
            earlier = merkle_node(path[i], earlier);
            later = merkle_node(path[i], later);
            while (node != 0 && (node & 1) == 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            later = merkle_node(later, path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && earlier == earlier_root && later == root;
}

}  // namespace brugwacht
