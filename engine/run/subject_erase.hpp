// Erasing one person on request (GDPR art. 17): databases, keys, files with names, and what others must be told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/identity/erasure.hpp"
#include "engine/identity/subject.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// What an erasure does, or with a dry run would do.
struct SubjectErasure {
    std::uint64_t records = 0;              // person records
    std::uint64_t trajectories = 0;         // with all that hangs on them
    std::uint64_t files = 0;                // that may hold the name: deleted
    std::uint64_t look_alikes = 0;          // other records that somebody must look at (possible_returns)
    std::uint64_t inbox = 0;                // files that wait to be read; she is passed over in them
    std::vector<std::string> sources;       // that brought her and still have her, sorted
    std::vector<std::string> written_back;  // sources to whose records something was written that is still there, sorted
    std::uint64_t releases = 0;             // published workbooks, which stay as they are
};

/// Throws Error KEY-xxx, VLT-xxx, DB-xxx (DB-005, 75, while somebody reads: it is erased by then, and cleaned up the next time), ERA-xxx.
/// The request must stand in the audit log before; what was done is added to it under the same request id.
SubjectErasure erase_subject(const Project& project, const Subject& subject, const std::string& request_id, Ports& ports, bool dry_run);

/// Records that may be erased persons, for the data officer. Throws as Stores.
std::vector<PossibleReturn> list_returns(const Project& project, Ports& ports);

/// Somebody looked at one of them, named SOURCE:KEY. `same`: erased again; otherwise it is another person and stays for good. Throws Error
/// ERA-006 (66) when no such record waits for an answer.
struct SettledReturn {
    PossibleReturn settled;
    bool erased = false;
};
SettledReturn settle_return(const Project& project, const std::string& record, bool same, Ports& ports, bool dry_run);

}  // namespace brugwacht
