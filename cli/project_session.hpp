// A command that works inside a project: its keys, its log, its lock.
#pragma once

#include "cli/command.hpp"
#include "engine/core/process.hpp"
#include "engine/run/keys.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// The ports of an opened project. Holds what Ports only refers to.
class ProjectPorts {
  public:
    ProjectPorts(const Session& session, const Project& project)
        : secrets_(project_secrets(project.keys(), session.texts("keys.ask"), !session.options.no_input)),
          log_(file_log(project.log_file(), session.clock)),
          ports_{session.clock, session.files, *secrets_, *log_} {
        if (!secrets_are_locked()) log_->write(LogLevel::Warning, "secrets_not_locked", {});
    }
    Ports& ports() { return ports_; }
    HeldSecrets& held() { return *secrets_; }

  private:
    std::unique_ptr<HeldSecrets> secrets_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

}  // namespace brugwacht
