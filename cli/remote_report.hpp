// How REST sources are told: what a check found, what their fields could be, and how far a synchronisation is.
#pragma once

#include "cli/command.hpp"
#include "engine/run/remote_check.hpp"

namespace brugwacht {

/// The real network, with a line of progress when people look on.
RemotePorts remote_ports(const Session& session);

/// `check --source NAME` and `map --source NAME`: asks, tells, and gives the exit status.
Exit tell_remote_check(Session& session, const std::string& source);
Exit tell_remote_fields(Session& session, const std::string& source);

}  // namespace brugwacht
