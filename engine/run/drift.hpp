// Is what was just read like what the same source brought before? Compares counts, never values. What looks wrong is a warning; what could
// make a wrong report holds the publication until somebody accepts it, undoes the run, or imports better files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/identity/intake.hpp"
#include "engine/run/import.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// How bad a finding is: "file" stops the file, "row" rejects the row, "cell" drops a cell, "warning" changes nothing.
std::string_view level_of(std::string_view code);

/// Limits of a source: its own, else those of the project.
ImportLimits limits_for(const Project& project, const std::string& source);

/// Over all files of the run, before it is linked: adds warnings and holds to summary and store, and takes out what complete sources no
/// longer have. Sources in `accepted` may lose as many records as they like.
void compare_with_before(const Project& project, ImportSummary& summary, Intake& intake, Store& store,
                         const std::set<std::string>& accepted);
/// Once references are counted.
void compare_waiting(ImportSummary& summary, Intake& intake, Store& store);

/// Throws Error DRF-010 (4) when a source holds the publication, with a fault for each.
void require_publishable(const Project& project);
/// Accepts what holds these sources up to now. Throws Error DRF-011 (66) for a name that is no source.
void accept_sources(const Project& project, const std::vector<std::string>& sources, Ports& ports);

/// What a part of a source brought is not published when too many of its rows were rejected.
void check_rejected(const ImportLimits& limits, ImportedFile& file, Intake& intake, Store& store);

}  // namespace brugwacht
