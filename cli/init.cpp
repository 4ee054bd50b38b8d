#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {
namespace {

class Init : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("DIR", dir_, texts("opt.init.dir"))->required()->option_text(" ");
        app.add_flag("-y,--yes", yes_, texts("opt.init.yes"));
    }

    Exit run(Session& session) override {
        const bool ask =
            !yes_ && !session.options.no_input && !session.options.json && ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
        std::string language = session.options.language.empty() ? "nl" : session.options.language;
        ProjectAnswers answers;
        if (ask) {
            session.say("init.welcome");
            answers.organisation = question(session, "init.ask_organisation");
            answers.municipality = question(session, "init.ask_municipality");
            answers.contact = question(session, "init.ask_contact");
            const std::string wanted = question(session, "init.ask_language");
            if (wanted == "nl" || wanted == "fr" || wanted == "en") language = wanted;
        }
        if (!session.options.dry_run) {
            const auto secrets = key_files(dir_ / "keys");
            const auto log = no_log();
            Ports ports{session.clock, session.files, *secrets, *log};
            create_project(dir_, language, answers, ports);
        }
        if (session.options.json) {
            JsonWriter json;
            json.begin_object()
                .member("exit", 0)
                .member("project", dir_.string())
                .member("language", language)
                .member("dry_run", session.options.dry_run)
                .end_object();
            session.out << json.take() << '\n';
        } else {
            session.say("init.done", {{"dir", dir_.string()}});
        }
        return Exit::Ok;
    }

  private:
    static std::string question(const Session& session, const std::string& key) {
        session.out << session.texts(key) << ' ' << std::flush;
        std::string line;
        std::getline(std::cin, line);
        return std::string(trim(line));
    }

    std::filesystem::path dir_;
    bool yes_ = false;
};

}  // namespace

std::unique_ptr<Command> make_init() { return std::make_unique<Init>(); }

}  // namespace brugwacht
