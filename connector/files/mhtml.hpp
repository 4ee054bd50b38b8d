// "Single file web pages" (.mht, .mhtml, also named .xls), as Excel saves them: the parts of a MIME message that are HTML, one behind the
// other, and its style sheets as elements.
#pragma once

#include <memory>
#include <string>

#include "connector/files/decoder.hpp"
#include "connector/source.hpp"

namespace brugwacht {

bool identify_mhtml(const Probe& probe);
/// The HTML as UTF-8, decoded while it streams. The file outlives the decoder.
std::unique_ptr<Decoder> open_mhtml(const File& file);
/// Of the first part that is HTML; lower-case IANA name.
std::string mhtml_encoding(const File& file);

}  // namespace brugwacht
