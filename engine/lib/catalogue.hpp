// Loads config/texts/LANGUAGE/*.toml into Texts.
#pragma once

#include <string>

#include "engine/core/texts.hpp"

namespace brugwacht {

/// Throws Error TXT-002 when the language is not one of nl, fr, en.
Texts load_texts(const std::string& language);

}  // namespace brugwacht
