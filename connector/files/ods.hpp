// OpenDocument spreadsheets (.ods, .ots as zip; .fods as one XML file), read as a stream: nothing but the list of tabs is held.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// Throws Error ODS-001 for an OpenDocument file that is no spreadsheet, FIL-013 for an encrypted one, FIL-018 and XLS-nnn for damaged ones
/// (all 65). What is in force beyond the limits of a sheet is read around: XLS-034, ODS-030 (too many repeats), ODS-031 (breaks off).
std::unique_ptr<Document> open_ods(const Probe& probe, const ReadOptions& options);
std::unique_ptr<Document> open_flat_ods(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
