// A set of record ids. Ids are keyed hashes already, so their low bits choose the place and nothing is hashed again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace brugwacht {

/// Holds ids other than 0. About 16 bytes an id.
class IdSet {
  public:
    void clear() {
        slots_.clear();
        size_ = 0;
        last_ = 0;
    }
    bool empty() const { return size_ == 0; }
    /// False when it was there.
    bool insert(std::int64_t id) {
        if (id == last_) return false;
        last_ = id;
        if (slots_.size() < 2 * (size_ + 1)) grow();
        if (!place(id)) return false;
        ++size_;
        return true;
    }
    bool contains(std::int64_t id) const {
        if (slots_.empty()) return false;
        for (std::size_t at = first(id);; at = next(at)) {
            if (slots_[at] == id) return true;
            if (slots_[at] == 0) return false;
        }
    }
    std::vector<std::int64_t> sorted() const {
        std::vector<std::int64_t> ids;
        ids.reserve(size_);
        for (const std::int64_t id : slots_)
            if (id != 0) ids.push_back(id);
        std::sort(ids.begin(), ids.end());
        return ids;
    }

  private:
    std::size_t first(std::int64_t id) const { return static_cast<std::size_t>(id) & (slots_.size() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    bool place(std::int64_t id) {
        for (std::size_t at = first(id);; at = next(at)) {
            if (slots_[at] == id) return false;
            if (slots_[at] == 0) {
                slots_[at] = id;
                return true;
            }
        }
    }
    void grow() {
        std::vector<std::int64_t> old(std::max<std::size_t>(64, slots_.size() * 2));
        old.swap(slots_);
        for (const std::int64_t id : old)
            if (id != 0) place(id);
    }

    std::vector<std::int64_t> slots_;
    std::size_t size_ = 0;
    std::int64_t last_ = 0;
};

}  // namespace brugwacht
