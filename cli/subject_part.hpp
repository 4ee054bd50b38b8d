// The parts of `subject`: one file for each right.
#pragma once

#include <memory>
#include <vector>

#include "cli/command.hpp"

namespace brugwacht {

class SubjectPart {
  public:
    virtual ~SubjectPart() = default;
    virtual const char* name() const = 0;
    /// Options of this part; its help texts are cmd.subject.NAME.summary, .examples and .exits.
    virtual void declare(CLI::App& part, const Texts& texts) = 0;
    virtual Exit run(Session& session) = 0;
};

/// In the order of the help.
std::vector<std::unique_ptr<SubjectPart>> make_subject_parts();

}  // namespace brugwacht
