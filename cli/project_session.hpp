// A command that works inside a project: its keys, its log, its lock.
#pragma once

#include "cli/command.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// The ports of an opened project. Holds what Ports only refers to.
class ProjectPorts {
  public:
    ProjectPorts(const Session& session, const Project& project)
        : secrets_(key_files(project.keys())),
          log_(file_log(project.log_file(), session.clock)),
          ports_{session.clock, session.files, *secrets_, *log_} {}
    Ports& ports() { return ports_; }

  private:
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

}  // namespace brugwacht
