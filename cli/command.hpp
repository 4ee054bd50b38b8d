// What every command shares: the options all of them have, where output goes, and how a failure is told.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"

namespace CLI {
class App;
}

namespace brugwacht {

class JsonWriter;
class Project;

struct CommonOptions {
    bool json = false;
    bool quiet = false;
    bool dry_run = false;
    bool no_input = false;
    std::string language;  // "" = of the project, else Dutch
    std::filesystem::path project = ".";
};

/// One run of the program. Results go to `out`, everything else to `err`.
struct Session {
    CommonOptions options;
    const Texts& texts;
    Clock& clock;
    Files& files;
    std::ostream& out;
    std::ostream& err;

    /// A line for people on `err`, unless --quiet or --json.
    void say(const std::string& key, const TextArgs& args = {}) const;
    /// The project of --project. Throws as Project::load().
    Project project() const;
};

class Command {
  public:
    virtual ~Command() = default;
    virtual void declare(CLI::App& app, const Texts& texts) = 0;
    virtual Exit run(Session& session) = 0;
};

struct CommandEntry {
    const char* name;
    std::unique_ptr<Command> (*make)();
    bool writes;  // has --dry-run
};

/// Every command, in the order of the help.
const std::vector<CommandEntry>& command_table();

/// One fault as the JSON object of the contract: code, message, file, where, remedy.
void write_fault(JsonWriter& json, const Fault& fault, const Texts& texts);
/// The failure as people read it, or as the JSON object of the contract.
void write_error(const Error& error, const Texts& texts, bool json, std::ostream& out, std::ostream& err);

}  // namespace brugwacht
