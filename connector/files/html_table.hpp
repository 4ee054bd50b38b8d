// HTML tables, often named .xls: reports of web applications, and pages that spreadsheet programs saved. Read as a stream, every table a
// tab: it is named after its caption, else the heading in front of it. A table that only lays out others is no tab; a table inside a cell
// of a table with data is text of that cell.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// Throws Error HTM-001 for a page without any table, HTM-002 for spans beyond all measure, XLS-008 for too many tables, XLS-010 for a tag
/// or row beyond all measure (all 65).
std::unique_ptr<Document> open_html_table(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
