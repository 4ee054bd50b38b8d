// JSON files. What comes out of Instagram or Facebook becomes activity lines (social_export.hpp); any other object or array of records
// becomes plain tables (json_table.hpp): a tab for each array of objects, named by its path; an object without such arrays is one row.
// The file is read once for the tables and their columns, once more for each reading of a tab; nothing is held but one record.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

bool identify_json_export(const Probe& probe);
/// Throws Error JSN-001 no valid JSON, with the byte; JSN-002 nested deeper than 200; JSN-003 a record with more than 16 MiB of text;
/// JSN-005 no record in it (all 65); SOC-001. Warnings: JSN-031 columns beyond 16,384 in a tab and tables beyond 64, not taken; JSN-032
/// texts above 1 MiB, cut; JSN-033 elements of a table that are no objects, passed over.
std::unique_ptr<Document> open_json_export(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
