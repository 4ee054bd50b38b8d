// Which person records are one person. The exact matcher is the floor; a weighing matcher can take its place behind the same interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace brugwacht {

struct LinkRecord {
    std::int64_t id = 0;
    std::string source_key;  // "source:key"
    std::string token;       // equal for equal names and birth date; "" when there is not enough to compare
};

class Linker {
  public:
    virtual ~Linker() = default;
    /// For each record the position of the first record of its cluster. Records come sorted by source_key; the answer does not depend on
    /// anything else.
    virtual std::vector<std::size_t> clusters(std::span<const LinkRecord> records) const = 0;
};

/// Equal tokens are one person, transitively. A record without a token stands alone.
std::unique_ptr<Linker> exact_linker();

}  // namespace brugwacht
