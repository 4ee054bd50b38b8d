// What the rights of a data subject have in common on the command line.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "engine/identity/subject.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

/// Positional WHO and the options about the request itself.
class SubjectArguments {
  public:
    void declare(CLI::App& part, const Texts& texts);
    const std::string& who() const { return who_; }
    /// Throws as check_request(), and Error CLI-006 (64) for a date that is none.
    SubjectRequest request(const Session& session) const;

  private:
    std::string who_, received_;
    SubjectRequest request_;
};

/// --confirmed: whoever asks for all of a person's records says that they are one child's. A cluster may mix two children.
class ConfirmedPerson {
  public:
    void declare(CLI::App& part, const Texts& texts);
    /// For a person with more than one record: shows them and asks, after noting that look-up; off a terminal it refuses instead.
    /// Throws Error SUB-006 (4) when it is not confirmed.
    void require(const Session& session, const Project& project, Vault& vault, const Subject& subject, const std::string& reason,
                 Ports& ports) const;

  private:
    bool confirmed_ = false;
};

/// Tells the number of the request and when its answer is due; and say_rate().
void say_opened(const Session& session, const OpenedRequest& opened);
/// Says that unusually many persons were looked up, if that is so.
void say_rate(const Session& session, const LookUpRate& rate);

}  // namespace brugwacht
