// What a title may become: the code of a subject from a closed list (list.topic in mappings/canonical.toml), never a word of the title
// itself. So no name in a title can pass.
#pragma once

#include <string>
#include <string_view>

namespace brugwacht {

/// The code of the longest phrase of the list that stands in the first 240 bytes of `title` as whole words, the first one of equally long
/// ones; "" when there is none.
std::string topic_of(std::string_view title);

}  // namespace brugwacht
