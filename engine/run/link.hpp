// Recognising persons as a run of its own, and what it found as files.
#pragma once

#include <filesystem>

#include "engine/audit/ledger.hpp"
#include "engine/core/ports.hpp"
#include "engine/identity/linking.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct LinkRequest {
    std::filesystem::path clusters;  // CSV source,record,person: every person record once; "" = not wanted
    std::filesystem::path pairs;     // CSV source_a,record_a,source_b,record_b,zone,weight_log2: zones same and review; "" = not wanted
    bool whole = false;              // weigh every pair anew
    bool dry_run = false;            // nothing is kept but the files asked for
};

struct LinkResult {
    std::int64_t run = 0;
    LinkSummary link;
    std::uint64_t waiting = 0;  // references whose record is not there yet
};

/// What the audit log says of a linking.
AuditEntry link_event(const LinkSummary& link);
/// Something was imported and not linked yet: whoever did it was stopped in between.
bool link_is_due(const Project& project);
/// Links what is in the store; persons of evidence sources that match nobody with a trajectory go. The files hold keys of sources: mode
/// 0600. Throws Error RUN-008 (66) when nothing was imported yet, FIL-005 (73) when a file cannot be written: then nothing is kept.
LinkResult link_persons(const Project& project, const LinkRequest& request, Ports& ports);
/// The same with everything undone at the end, for who wants to look at the pairs. Every pair is weighed.
LinkResult weigh_persons(const Project& project, Ports& ports, LinkReport& report);

}  // namespace brugwacht
