#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/import_summary.hpp"
#include "cli/project_session.hpp"
#include "cli/publish_summary.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class Run : public Command {
  public:
    void declare(CLI::App&, const Texts&) override {}

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        ImportRequest import;
        import.dry_run = session.options.dry_run;
        import.link = session.options.dry_run;
        ImportSummary imported = import_files(project, import, ports.ports());
        if (!import.link && changed(imported)) imported.link = link_persons(project, ports.ports(), false).link;

        PublishRequest report;
        report.only_when_due = true;
        report.dry_run = session.options.dry_run;
        std::optional<PublishSummary> published;
        std::error_code ignored;
        std::optional<Error> refused;
        if (std::filesystem::exists(project.store_file(), ignored)) {
            try {
                published = publish(project, report, session.texts, ports.ports());
            } catch (const Error& error) {
                // What was imported stays and is told; only the publication did not happen.
                if (error.exit() != Exit::Refused) throw;
                refused = error;
            }
        }
        tell(session, imported, published, refused);
        return refused && imported.exit() <= Exit::Partial ? refused->exit() : imported.exit();
    }

  private:
    static bool changed(const ImportSummary& imported) {
        for (const ImportedFile& file : imported.files)
            if (file.counts.fresh + file.counts.changed + file.counts.rejected > 0 || file.error) return true;
        return false;
    }

    static void tell(Session& session, const ImportSummary& imported, const std::optional<PublishSummary>& published,
                     const std::optional<Error>& refused) {
        if (session.options.json) {
            JsonWriter json;
            json.begin_object();
            write_import_members(json, imported, session, refused && imported.exit() <= Exit::Partial ? refused->exit() : imported.exit());
            json.member("changed", changed(imported)).key("release");
            if (published) {
                json.begin_object();
                write_publish_members(json, *published);
                json.end_object();
            } else {
                json.null();
            }
            if (refused && imported.exit() <= Exit::Partial) {
                json.key("error");
                write_fault(json, refused->first(), session.texts);
            }
            json.end_object();
            session.out << json.take() << '\n';
            return;
        }
        print_import(imported, session);
        if (imported.run != 0) print_link(imported.link, session);
        if (refused) {
            write_error(*refused, session.texts, false, session.out, session.err);
        } else if (published) {
            print_publish(*published, session);
        } else {
            session.say(changed(imported) ? "run.nothing_due" : "run.nothing_changed");
        }
    }
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<Run>(); }

}  // namespace brugwacht
