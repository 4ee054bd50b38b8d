#include "engine/identity/linkage/clusters.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace brugwacht {
namespace {

/// So many comparisons for one joining; a person with hundreds of different records is no person.
constexpr std::size_t kMostComparisons = 10000;

}  // namespace

Clusters::Clusters(std::size_t records, std::vector<std::uint64_t> alike, std::function<bool(std::uint32_t, std::uint32_t)> apart)
    : parents_(records), sizes_(records, 1), alike_(std::move(alike)), several_(records, 0), apart_(std::move(apart)) {
    std::iota(parents_.begin(), parents_.end(), 0U);
}

std::uint32_t Clusters::root(std::uint32_t record) {
    while (parents_[record] != record) record = parents_[record] = parents_[parents_[record]];
    return record;
}

Clusters::Faces Clusters::faces(std::uint32_t of_root) const { return several_[of_root] == 0 ? Faces{of_root} : faces_[several_[of_root]]; }

bool Clusters::may_join(const Faces& one, const Faces& other) const {
    if (one.size() * other.size() > kMostComparisons) return false;
    return std::none_of(one.begin(), one.end(), [&](std::uint32_t x) {
        return std::any_of(other.begin(), other.end(), [&](std::uint32_t y) { return alike_[x] != alike_[y] && apart_(x, y); });
    });
}

bool Clusters::try_join(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t one = root(a), other = root(b);
    if (one == other) return true;
    if (!may_join(faces(one), faces(other))) return false;
    join(one, other);
    return true;
}

void Clusters::join(std::uint32_t a, std::uint32_t b) {
    std::uint32_t kept = root(a), gone = root(b);
    if (kept == gone) return;
    if (sizes_[kept] < sizes_[gone] || (sizes_[kept] == sizes_[gone] && gone < kept)) std::swap(kept, gone);
    Faces all = faces(kept);
    for (const std::uint32_t y : faces(gone))
        if (std::none_of(all.begin(), all.end(), [&](std::uint32_t x) { return alike_[x] == alike_[y]; })) all.push_back(y);
    if (several_[gone] != 0) faces_[several_[gone]] = {};
    if (several_[kept] == 0) {
        several_[kept] = static_cast<std::uint32_t>(faces_.size());
        faces_.emplace_back();
    }
    faces_[several_[kept]] = std::move(all);
    parents_[gone] = kept;
    sizes_[kept] += sizes_[gone];
}

}  // namespace brugwacht
