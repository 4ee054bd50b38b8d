// Limits of a share, for those who may see tallies but no rules.
#pragma once

#include <cstdint>

namespace brugwacht {

struct ShareLimits {
    double low = 0;
    double high = 1;
};

/// Wilson 95 % limits, 0..1, clipped. 0 <= count <= total, total > 0. Source: as wilson95 of the rules.
ShareLimits share_limits(std::int64_t count, std::int64_t total);

}  // namespace brugwacht
