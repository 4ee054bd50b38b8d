// Other declarative connectors have words of their own for what a preset says. The common ones are understood too, so that somebody who
// knows those need not learn ours (docs/presets.md, last section).
#pragma once

#include "engine/lib/node.hpp"

namespace brugwacht {

/// The tree of a preset in our words; what is in them already stays as it is. Places in the file are kept.
Node in_our_words(Node preset);

}  // namespace brugwacht
