// The data files of config/ and mappings/, built into the program. Paths are those of the source tree ("mappings/canonical.toml").
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace brugwacht {

struct Resource {
    std::string_view path;
    std::string_view text;
};

std::optional<std::string_view> resource(std::string_view path);
/// Every resource below a folder ("config/texts/nl/"), sorted by path.
std::vector<Resource> resources_under(std::string_view folder);

namespace detail {
const Resource* resources_begin();
unsigned resources_count();
}  // namespace detail

}  // namespace brugwacht
