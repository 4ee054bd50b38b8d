#include "engine/tally/share.hpp"

#include "engine/rules/rates.hpp"

namespace brugwacht {

ShareLimits share_limits(std::int64_t count, std::int64_t total) {
    const auto limits = wilson95(static_cast<std::uint64_t>(count), static_cast<std::uint64_t>(total));
    return limits ? ShareLimits{limits->low, limits->high} : ShareLimits{};
}

}  // namespace brugwacht
