// Rewrites a finished zip file: replaces parts, gives every entry the same time stamp. For files this program wrote itself a moment ago;
// it is no reader of foreign files.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace brugwacht {

/// Calls `patch` with name and content of every entry; a changed content is stored in its place, others are copied as they are.
/// Nothing when the bytes are no such zip.
std::string patch_zip(std::string_view zip, const std::function<bool(std::string_view name)>& wanted,
                      const std::function<std::string(std::string_view name, std::string content)>& patch);

}  // namespace brugwacht
