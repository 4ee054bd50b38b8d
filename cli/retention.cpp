// `retention`: what is past its term goes, in the name of a rule.
#include "engine/run/retention.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class RetentionCommand : public Command {
  public:
    void declare(CLI::App&, const Texts&) override {}

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        const std::vector<RetentionLine> lines = apply_retention(project, ports.ports(), session.options.dry_run);
        session.options.json ? write(session, lines) : print(session, lines);
        return Exit::Ok;
    }

  private:
    static void write(const Session& session, const std::vector<RetentionLine>& lines) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("rules").begin_array();
        for (const RetentionLine& line : lines) {
            json.begin_object()
                .member("rule", line.rule.id())
                .member("what", name(line.rule.what()))
                .member("legal", line.rule.legal())
                .member("term_days", line.rule.days())
                .member("destination", name(line.rule.destination()))
                .key("next");
            line.next ? json.value(line.next->iso()) : json.null();
            json.member("due", line.due).member("deleted", line.deleted).end_object();
        }
        json.end_array().member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    static void print(const Session& session, const std::vector<RetentionLine>& lines) {
        const Texts& texts = session.texts;
        for (const RetentionLine& line : lines)
            session.out << texts("retention.line", {{"what", texts("retention.what." + std::string(name(line.rule.what())))},
                                                    {"rule", line.rule.id()},
                                                    {"destination", std::string(name(line.rule.destination()))},
                                                    {"days", std::int64_t{line.rule.days()}},
                                                    {"due", static_cast<std::int64_t>(line.due)},
                                                    {"next", line.next ? texts.date(*line.next) : std::string("-")}})
                        << '\n';
        session.say(session.options.dry_run ? "retention.dry_run" : "retention.done");
    }
};

}  // namespace

std::unique_ptr<Command> make_retention() { return std::make_unique<RetentionCommand>(); }

}  // namespace brugwacht
