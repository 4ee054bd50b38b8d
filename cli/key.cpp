#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/keys.hpp"

namespace brugwacht {
namespace {

class KeyCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.require_subcommand(1);
        status_ = part(app, "status", texts);
        rotate_ = part(app, "rotate", texts);
        rekey_ = part(app, "rekey", texts);
        passphrase_ = part(app, "passphrase", texts);
        passphrase_->add_flag("--remove", remove_, texts("opt.key.remove"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        if (status_->parsed()) return tell_status(session, key_status(project, ports.held()));
        const ProjectLock lock(project);
        if (rotate_->parsed()) return rotate(session, project, ports);
        if (rekey_->parsed()) return rekey(session, project, ports);
        return passphrase(session, project, ports);
    }

  private:
    static CLI::App* part(CLI::App& app, const std::string& name, const Texts& texts) {
        const std::string key = "cmd.key." + name;
        CLI::App* sub = app.add_subcommand(name, texts(key + ".summary"));
        sub->fallthrough();
        sub->set_help_flag("-h,--help", texts("opt.help"));
        sub->footer(texts(key + ".examples") + "\n\n" + texts(key + ".exits"));
        return sub;
    }

    static Exit tell_status(Session& session, const KeyStatus& status) {
        if (session.options.json) {
            JsonWriter json;
            json.begin_object()
                .member("exit", 0)
                .member("held", name(status.holding))
                .member("version", status.version)
                .member("link_version", status.link_version)
                .member("rotating", status.rotating)
                .member("rekeying", status.rekeying)
                .member("memory_locked", status.memory_locked)
                .key("vault")
                .begin_array();
            for (const auto& [version, count] : status.vault)
                json.begin_object().member("version", version).member("sealed", count).end_object();
            json.end_array().end_object();
            session.out << json.take() << '\n';
            return Exit::Ok;
        }
        const auto line = [&](const char* key, const TextArgs& args = {}) { session.out << session.texts(key, args) << '\n'; };
        line(("keys.held." + std::string(name(status.holding))).c_str());
        line("keys.versions", {{"version", std::int64_t{status.version}}, {"link", std::int64_t{status.link_version}}});
        for (const auto& [version, count] : status.vault)
            line("keys.sealed", {{"version", std::int64_t{version}}, {"count", static_cast<std::int64_t>(count)}});
        if (status.rotating) line("keys.rotating");
        if (status.rekeying) line("keys.rekeying");
        if (!status.memory_locked) line("keys.not_locked");
        return Exit::Ok;
    }

    static Exit rotate(Session& session, const Project& project, ProjectPorts& ports) {
        const bool dry = session.options.dry_run;
        const KeyRotation done = rotate_key(project, ports.held(), ports.ports(), dry);
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).member("version", done.version).member("sealed", done.sealed);
            json.member("states", done.states).member("dry_run", dry).end_object();
            session.out << json.take() << '\n';
        }
        session.say(dry ? "keys.would_rotate" : "keys.rotated",
                    {{"version", std::int64_t{done.version}}, {"count", static_cast<std::int64_t>(done.sealed)}});
        return Exit::Ok;
    }

    static Exit rekey(Session& session, const Project& project, ProjectPorts& ports) {
        const bool dry = session.options.dry_run;
        const KeyRekey done = rekey_persons(project, ports.held(), ports.ports(), dry);
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).member("link_version", done.link_version).member("persons", done.persons);
            json.member("dry_run", dry).end_object();
            session.out << json.take() << '\n';
        }
        session.say(dry ? "keys.would_rekey" : "keys.rekeyed", {{"count", static_cast<std::int64_t>(done.persons)}});
        return Exit::Ok;
    }

    Exit passphrase(Session& session, const Project& project, ProjectPorts& ports) const {
        const bool dry = session.options.dry_run;
        if (remove_) {
            ports.held().load("master");  // asks for it, and refuses a wrong one
            if (!dry) remove_passphrase(project, ports.held(), ports.ports());
        } else {
            if (session.options.no_input) throw Error(Exit::NoPermission, "KEY-013", {{"credential", std::string(kPassphraseCredential)}});
            ports.held().load("master");
            const Secret first = ask_for_passphrase(session.texts("keys.ask_new"));
            const Secret second = ask_for_passphrase(session.texts("keys.ask_again"));
            if (first.bytes() != second.bytes()) throw Error(Exit::Usage, "KEY-014");
            if (!dry) set_passphrase(project, ports.held(), first, ports.ports());
        }
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).member("held", name(ports.held().holding())).member("dry_run", dry).end_object();
            session.out << json.take() << '\n';
        }
        session.say(dry ? "import.dry_run" : remove_ ? "keys.passphrase_removed" : "keys.passphrase_set");
        return Exit::Ok;
    }

    CLI::App* status_ = nullptr;
    CLI::App* rotate_ = nullptr;
    CLI::App* rekey_ = nullptr;
    CLI::App* passphrase_ = nullptr;
    bool remove_ = false;
};

}  // namespace

std::unique_ptr<Command> make_key() { return std::make_unique<KeyCommand>(); }

}  // namespace brugwacht
