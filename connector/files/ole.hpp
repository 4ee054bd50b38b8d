// The directory of an OLE2 container (old Office files, encrypted workbooks): names of its streams, nothing else.
#pragma once

#include <string>
#include <vector>

#include "connector/files/file.hpp"

namespace brugwacht {

/// Names of streams and folders, in the order of the directory; empty when the container is damaged. Never throws for content.
/// Source: [MS-CFB] 2.2 to 2.6.
std::vector<std::string> ole_names(const File& file);

}  // namespace brugwacht
