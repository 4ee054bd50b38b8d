// A small random number generator whose numbers are the same on every machine and with every compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace brugwacht {

class Rng {
  public:
    /// Streams of the same seed do not depend on each other: child 7 looks the same whether or not child 6 was made.
    explicit Rng(std::uint64_t seed, std::uint64_t stream = 0)
        : state_(mix(seed + 0x9E3779B97F4A7C15ULL) ^ mix(stream * 0xD1342543DE82EF95ULL + 1)) {}

    /// Source: Steele, Lea and Flood 2014 (SplitMix64).
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        return mix(state_);
    }
    /// 0..n-1; n at least 1.
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
    /// low..high, both included.
    int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1))); }
    bool chance(unsigned percent) { return below(100) < percent; }
    template <typename T, std::size_t N>
    const T& pick(const T (&items)[N]) {
        return items[below(static_cast<std::uint32_t>(N))];
    }
    template <typename T>
    const T& pick(std::span<const T> items) {
        return items[below(static_cast<std::uint32_t>(items.size()))];
    }

  private:
    static std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

}  // namespace brugwacht
