// Office Open XML workbooks (.xlsx, .xlsm, .xltx; transitional and strict), read as a stream straight from the zip.
// Only shared strings and styles are held in memory. See docs/decisions/0002.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// A zip, whole or damaged: open_xlsx() tells what is inside.
bool identify_zip(const Probe& probe);
/// Throws Error FIL-015 .xlsb, FIL-017 another zip, FIL-018 an incomplete one, XLS-nnn (all 65).
std::unique_ptr<Document> open_xlsx(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
