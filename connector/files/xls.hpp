// Legacy Excel workbooks (.xls): BIFF2 to BIFF8, inside an OLE2 container or bare, read as a stream. Only shared strings are held in
// memory. See docs/decisions/0007.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// An OLE2 container, whatever is inside, or a bare workbook stream.
bool identify_xls(const Probe& probe);
/// Throws Error FIL-013 with a password, FIL-014 another kind of document, XLS-nnn (all 65).
std::unique_ptr<Document> open_xls(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
