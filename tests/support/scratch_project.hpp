// A project folder of a user, made by the real program and thrown away afterwards. For tests that run the program (BRUGWACHT_PROGRAM).
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/lib/node.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {

class ScratchProject {
  public:
    /// `init --yes` in a folder of its own. Throws std::runtime_error with what the program said when that fails.
    ScratchProject() {
        const RunResult made = run_program(BRUGWACHT_PROGRAM, {"init", path().string(), "--yes"});
        if (made.status != 0) throw std::runtime_error("init: status " + std::to_string(made.status) + "\n" + made.out + made.err);
    }

    std::filesystem::path path() const { return dir_ / "project"; }
    std::filesystem::path operator/(std::string_view name) const { return path() / name; }
    /// Beside the project, for exports and for output.
    const TempDir& beside() const { return dir_; }

    /// Runs `brugwacht ARGUMENTS --project PATH`.
    RunResult run(std::vector<std::string> arguments, const RunOptions& options = {}) const {
        arguments.insert(arguments.end(), {"--project", path().string()});
        return run_program(BRUGWACHT_PROGRAM, arguments, options);
    }
    /// The same with --json; the result's output is one JSON value. Throws std::runtime_error when the status is not the expected one.
    Node json(std::vector<std::string> arguments, int status = 0) const {
        arguments.push_back("--json");
        const RunResult result = run(arguments);
        if (result.status != status)
            throw std::runtime_error(arguments.front() + ": status " + std::to_string(result.status) + "\n" + result.out + result.err);
        return parse_json(result.out, "output");
    }

  private:
    TempDir dir_;
};

/// Member of a JSON object. Throws std::runtime_error when it is not there.
inline const Node& at(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    if (found == nullptr) throw std::runtime_error("no member " + std::string(key));
    return *found;
}

}  // namespace brugwacht
