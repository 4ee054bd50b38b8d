// Records become persons: pairs are joined, strongest first, unless that would bring two records together that must stay apart.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace brugwacht {

class Clusters {
  public:
    /// `apart` = whether two records may not be one person; `alike` = by position, equal for records that `apart` cannot tell from each
    /// other.
    Clusters(std::size_t records, std::vector<std::uint64_t> alike, std::function<bool(std::uint32_t, std::uint32_t)> apart);

    std::uint32_t root(std::uint32_t record);
    bool together(std::uint32_t a, std::uint32_t b) { return root(a) == root(b); }
    /// Joins whatever `apart` says.
    void join(std::uint32_t a, std::uint32_t b);
    /// False when a record of the one cluster must stay apart from one of the other, or the cluster would hold too many different records.
    bool try_join(std::uint32_t a, std::uint32_t b);

  private:
    using Faces = std::vector<std::uint32_t>;
    Faces faces(std::uint32_t of_root) const;
    bool may_join(const Faces& one, const Faces& other) const;

    std::vector<std::uint32_t> parents_;
    std::vector<std::uint32_t> sizes_;
    std::vector<std::uint64_t> alike_;
    std::vector<std::uint32_t> several_;  // by root: number in faces_, 0 = only itself
    std::vector<Faces> faces_{1};         // records of a cluster, one of each kind that is alike
    std::function<bool(std::uint32_t, std::uint32_t)> apart_;
};

}  // namespace brugwacht
