// SpreadsheetML 2003 ("XML-spreadsheet", often named .xls): one XML file, read as a stream. Only its styles are held.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// Throws Error XLS-004, XLS-005, XLS-010 for what is no XML, holds a DTD or a text beyond all measure, XLS-009 without any sheet (all 65).
/// A file that breaks off is read as far as it goes: warning SML-030.
std::unique_ptr<Document> open_spreadsheetml(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
