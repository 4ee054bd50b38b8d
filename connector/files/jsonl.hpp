// JSON lines (ndjson): one object a line, one line a row below a header row of all names, in the order in which they first appear.
// The file is read twice: once for the names, once for the rows.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// At least two lines of the first ones are whole objects, and at least half of them.
bool identify_jsonl(const Probe& probe);
/// Throws Error JSN-003 a line with more than 16 MiB of text, JSN-004 not one readable line (65). Warnings: JSN-030 lines that are no
/// object, passed over; JSN-031 names beyond 16,384, not taken; JSN-032 texts above 1 MiB, cut.
std::unique_ptr<Document> open_jsonl(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
