// The one way into the audit log, for every command that writes or that looks at persons. Every event is preceded by what happened since
// the last one without telling by itself: runs in the store (also those whose program died before it could tell), and settings that were
// edited by hand. So no run and no change stays untold for longer than until the next event.
#pragma once

#include <string>
#include <vector>

#include "engine/audit/actions.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// Appends `entry`; a blank role becomes "data_officer". Its action is one of engine/audit/actions.hpp. An entry that names a run tells of
/// it in place of what would be told of it otherwise. Call it after the commit of what it tells; where a person is looked at, before
/// anything is shown, so that nothing is handed over of which the log says nothing. Throws as Ledger::open() and Ledger::append_all():
/// without its log a project does nothing that has to be logged.
void record_event(const Project& project, const AuditEntry& entry, Ports& ports);
void record_events(const Project& project, const std::vector<AuditEntry>& entries, Ports& ports);

/// What happened since the last event. Ask for it before a run too: then nothing is done that could not be told.
void record_changes(const Project& project, Ports& ports);

/// For an entry that is appended in another way (Ledger::freeze()): the run at which the store stands.
void stamp_with_store(const Project& project, AuditEntry& entry);

/// Sixteen random hex digits: the number of a request, which says nothing of whom it is about.
std::string new_request();

/// Does a database belong to another moment than the log?
struct AuditState {
    std::int64_t run = 0;      // last run of which the log tells; 0 = of none
    bool store_older = false;  // store.db does not have that run, or another one of its number
    bool vault_older = false;  // vault.db does not have it
    bool vault_here = false;
    std::int64_t untold = 0;  // runs in the store of which the log does not tell yet
    bool older() const { return store_older || vault_older; }
};
AuditState audit_state(const Project& project, const Ledger& ledger);

}  // namespace brugwacht
