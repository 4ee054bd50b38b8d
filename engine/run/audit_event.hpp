// One event of the audit log, for every command that writes or that looks at persons.
#pragma once

#include <string>

#include "engine/audit/actions.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// Appends `entry`; a blank role becomes "data_officer". Its action is one of engine/audit/actions.hpp. Call it after the commit of what it
/// tells; where a person is looked at, before anything is shown, so that nothing is handed over of which the log says nothing. Throws as
/// Ledger::open() and Ledger::append(): without its log a project does nothing that has to be logged.
void record_event(const Project& project, const AuditEntry& entry, Ports& ports);

/// Sixteen random hex digits: the number of a request, which says nothing of whom it is about.
std::string new_request();

}  // namespace brugwacht
