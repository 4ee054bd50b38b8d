// Fast keyed hashing for fingerprints inside one project. Not a substitute for HMAC where a key may leak.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace brugwacht {

struct Hash128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

using HashKey = std::array<std::uint8_t, 16>;

/// SipHash-2-4 with a 128-bit result. Source: Aumasson and Bernstein 2012, reference vectors of the authors.
Hash128 siphash128(const HashKey& key, std::string_view bytes);
std::string to_hex(std::string_view bytes);

}  // namespace brugwacht
