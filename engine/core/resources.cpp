#include "engine/core/resources.hpp"

#include <span>

namespace brugwacht {
namespace {
std::span<const Resource> all() { return {detail::resources_begin(), detail::resources_count()}; }
}  // namespace

std::optional<std::string_view> resource(std::string_view path) {
    for (const Resource& r : all())
        if (r.path == path) return r.text;
    return std::nullopt;
}

std::vector<Resource> resources_under(std::string_view folder) {
    std::vector<Resource> found;
    for (const Resource& r : all())
        if (r.path.starts_with(folder)) found.push_back(r);
    return found;
}

}  // namespace brugwacht
