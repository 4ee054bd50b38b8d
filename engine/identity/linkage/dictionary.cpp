#include "engine/identity/linkage/dictionary.hpp"

#include <cstring>
#include <numeric>

namespace brugwacht {

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = (a ^ (b + 0x9E3779B97F4A7C15ULL + (a << 6) + (a >> 2))) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 29)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 32);
}

std::uint64_t text_hash(std::string_view text) {
    std::uint64_t h = 0x9E3779B97F4A7C15ULL ^ text.size();
    while (text.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        h = mixed(h, word);
        text.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    return mixed(h, rest);
}

Dictionary::Dictionary() : starts_{0, 0}, hashes_{0}, letters_{0}, counts_{0}, slots_(64, 0) {}

std::uint32_t Dictionary::number(std::string_view text_given) {
    if (text_given.empty()) return 0;
    const std::uint64_t h = text_hash(text_given);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = h & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask)
        if (hashes_[slots_[at]] == h && text(slots_[at]) == text_given) return slots_[at];
    const auto made = static_cast<std::uint32_t>(counts_.size());
    slots_[at] = made;
    bytes_.append(text_given);
    starts_.push_back(bytes_.size());
    hashes_.push_back(h);
    letters_.push_back(letters_of(text_given));
    counts_.push_back(0);
    if (counts_.size() * 2 > slots_.size()) grow();
    return made;
}

std::uint32_t Dictionary::count_in(std::string_view text_given) {
    const std::uint32_t n = number(text_given);
    if (n != 0) ++counts_[n];
    return n;
}

std::uint64_t Dictionary::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

void Dictionary::grow() {
    std::vector<std::uint32_t> wider(slots_.size() * 2, 0);
    const std::size_t mask = wider.size() - 1;
    for (std::uint32_t n = 1; n < hashes_.size(); ++n) {
        std::size_t at = hashes_[n] & mask;
        while (wider[at] != 0) at = (at + 1) & mask;
        wider[at] = n;
    }
    slots_ = std::move(wider);
}

}  // namespace brugwacht
