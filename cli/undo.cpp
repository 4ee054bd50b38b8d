#include "engine/run/undo.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class Undo : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override { app.add_option("RUN", run_, texts("opt.undo.run"))->required(); }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        const ProjectUndo done = undo_in_project(project, run_, ports.ports(), session.options.dry_run);
        session.options.json ? write_json(session, done) : print(session, done);
        return Exit::Ok;
    }

  private:
    static void write_json(Session& session, const ProjectUndo& done) {
        JsonWriter json;
        json.begin_object()
            .member("exit", 0)
            .member("run", done.undo.run)
            .member("undone", done.undo.undone)
            .member("kind", done.undo.kind)
            .member("removed", done.undo.records.removed)
            .member("restored", done.undo.records.restored)
            .member("erased", done.undo.erased)
            .member("waiting", done.undo.waiting)
            .key("releases")
            .begin_array();
        for (const std::string& release : done.releases) json.value(release);
        json.end_array().key("processed").begin_array();
        for (const auto& file : done.processed) json.value(file.string());
        json.end_array().member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    static void print(const Session& session, const ProjectUndo& done) {
        session.say("undo.done", {{"run", done.undo.undone},
                                  {"kind", done.undo.kind},
                                  {"removed", static_cast<std::int64_t>(done.undo.records.removed)},
                                  {"restored", static_cast<std::int64_t>(done.undo.records.restored)}});
        if (done.undo.erased > 0) session.say("undo.erased", {{"count", static_cast<std::int64_t>(done.undo.erased)}});
        if (done.undo.waiting > 0) session.say("import.waiting", {{"count", static_cast<std::int64_t>(done.undo.waiting)}});
        for (const std::string& release : done.releases) session.say("undo.released", {{"release", release}});
        for (const auto& file : done.processed) session.say("undo.processed", {{"file", file.string()}});
        session.say(session.options.dry_run ? "import.dry_run" : "undo.again");
    }

    std::int64_t run_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_undo() { return std::make_unique<Undo>(); }

}  // namespace brugwacht
