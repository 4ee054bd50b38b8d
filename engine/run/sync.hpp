// A REST source into the store and the vault. It is put away in parts, each a run of its own: rows and the place that the reading has come
// to are kept together or not at all, so that a run that is killed loses at most the part at hand, and the next one goes on there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/run/import.hpp"
#include "engine/run/remote.hpp"

namespace brugwacht {

/// Adds an entry for each stream to the summary: its name stands where a file has its path. A stream that cannot be read stops itself
/// alone; when the server is away or refuses the key, what was read before is kept and the fault is part of the summary. Throws Error for
/// what stops the source before anything was read: PST-xxx, REST-010 and on (secrets), RUN-003 (77) past its last day, DB-xxx.
void sync_source(const Project& project, const SourceSettings& source, const ImportRequest& request, RemotePorts& remote, Ports& ports,
                 ImportSummary& summary);

/// Puts the files that a source keeps on a server into inbox/, when they are others than the last time. Those of it that stand there now,
/// left by an earlier run perhaps. Throws Error as sync_source().
std::vector<std::filesystem::path> fetch_files(const Project& project, const SourceSettings& source, bool dry_run, RemotePorts& remote,
                                               Ports& ports);

}  // namespace brugwacht
