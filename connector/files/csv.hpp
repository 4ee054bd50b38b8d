// Delimited text of every sort, streamed. Cells are views into the read buffer; nothing is copied but quotes that must be resolved.
// Every line of the file is a row (a blank one has no cells); only a first line that says sep= is left out.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// Anything: the last kind of the table.
bool identify_csv(const Probe& probe);
/// Throws Error FIL-022 unknown encoding, FIL-023 a delimiter or quote that is not one character (all 65); while reading CSV-001 a
/// record above 32 MiB, CSV-002 more than 65,536 columns, CSV-003 too many quotes that are never closed.
/// Warnings: CSV-030 a quote never closed, read as text; CSV-031 bytes without meaning in the encoding; CSV-032 zero bytes.
std::unique_ptr<Document> open_csv(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
