// How recognisable a child is in the open store by what stands there without a name: age band, gender and area together. For the data
// officer only; nothing of it is ever published. Source: reference privacy P6.
#pragma once

#include <cstdint>

#include "engine/store/reader.hpp"

namespace brugwacht {

struct QuasiIdentifiers {
    std::uint64_t records = 0;   // trajectories
    std::uint64_t classes = 0;   // combinations that occur; unknown is a value like any other
    std::uint64_t smallest = 0;  // trajectories in the smallest class; 0 when there are none
    std::uint64_t unique = 0;    // trajectories that are alone in theirs
    /// Of the records, 0 to 1.
    double unique_share() const { return records == 0 ? 0 : static_cast<double>(unique) / static_cast<double>(records); }
};

QuasiIdentifiers quasi_identifiers(const StoreReader& reader);

}  // namespace brugwacht
