#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/import_summary.hpp"
#include "cli/project_session.hpp"
#include "cli/publish_summary.hpp"
#include "cli/remote_report.hpp"
#include "cli/write_back_summary.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/link.hpp"
#include "engine/run/retention.hpp"

namespace brugwacht {
namespace {

class Run : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--accept", accept_, texts("opt.accept"))->option_text("SOURCE")->take_all()->expected(1);
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        // What holds a source now is accepted; what its next file brings is judged on its own.
        if (!session.options.dry_run) accept_sources(project, accept_, ports.ports());
        ImportRequest import;
        import.dry_run = session.options.dry_run;
        import.link = session.options.dry_run;
        import.language = session.options.language;
        RemotePorts remote = remote_ports(session);
        ImportSummary imported = import_files(project, import, remote, ports.ports());
        if (!import.link && (changed(imported) || link_is_due(project))) imported.link = link_persons(project, {}, ports.ports()).link;

        PublishRequest report;
        report.only_when_due = true;
        report.dry_run = session.options.dry_run;
        std::optional<PublishSummary> published;
        std::error_code ignored;
        std::optional<Error> refused;
        if (std::filesystem::exists(project.store_file(), ignored)) {
            try {
                published = publish(project, report, session.texts, ports.ports());
                if (published && import.dry_run && imported.held()) refused = held_back(imported);
            } catch (const Error& error) {
                // What was imported stays and is told; only the publication did not happen.
                if (error.exit() != Exit::Refused) throw;
                refused = error;
            }
        }
        const WrittenBackAfterwards back = write_back_afterwards(session, project, ports.ports());
        keep_to_terms(session, project, ports.ports());
        tell(session, imported, published, refused, back);
        return refused && imported.exit() <= Exit::Partial ? refused->exit() : imported.exit();
    }

  private:
    /// What is past its term goes. Whatever happens there, the run itself is done, and the next one tries again.
    static void keep_to_terms(const Session& session, const Project& project, Ports& ports) {
        try {
            std::int64_t deleted = 0;
            for (const RetentionLine& line : apply_retention(project, ports, session.options.dry_run))
                deleted += static_cast<std::int64_t>(line.deleted);
            if (deleted > 0) session.say("retention.deleted", {{"count", deleted}});
        } catch (const Error& error) {
            if (!session.options.json) write_error(error, session.texts, false, session.out, session.err);
        }
    }

    /// What became of writing back: what was done, or why nothing was.
    struct WrittenBackAfterwards {
        std::optional<WriteBackSummary> summary;
        std::optional<Error> error;
    };

    /// Of sources that ask for it. Whatever happens there, the run itself is done.
    static WrittenBackAfterwards write_back_afterwards(const Session& session, const Project& project, Ports& ports) {
        WriteBackRequest request;
        for (const SourceSettings& source : project.settings().sources)
            if (source.write_back && source.write_back->automatic) request.sources.push_back(source.name);
        if (request.sources.empty()) return {};
        request.send = !session.options.dry_run;
        request.by_timer = true;
        try {
            return {write_back(project, request, ports), std::nullopt};
        } catch (const Error& error) {
            return {std::nullopt, error};
        }
    }

    static void write_json(JsonWriter& json, const WrittenBackAfterwards& back, const Session& session) {
        json.key("write_back");
        if (!back.summary && !back.error) {
            json.null();
            return;
        }
        json.begin_object().member("exit", static_cast<int>(back.summary ? back.summary->exit() : back.error->exit()));
        if (back.summary) write_write_back_members(json, *back.summary, session, false);
        if (back.error) {
            json.key("error");
            write_fault(json, back.error->first(), session.texts);
        }
        json.end_object();
    }

    static void print(const WrittenBackAfterwards& back, const Session& session) {
        if (back.summary && !session.options.quiet) print_write_back(*back.summary, session);
        if (back.error) write_error(*back.error, session.texts, false, session.out, session.err);
        if (back.error || (back.summary && back.summary->exit() != Exit::Ok)) session.say("write_back.run_went_on");
    }

    /// What a real run would say, in which the reasons stand in the store by now.
    static Error held_back(const ImportSummary& imported) {
        std::vector<Fault> faults;
        for (const ImportedFile& file : imported.files)
            for (const std::string& code : file.held)
                faults.push_back({"DRF-010", {{"source", file.source}, {"code", code}, {"run", imported.run}}, "", ""});
        return Error(Exit::Refused, std::move(faults));
    }

    static bool changed(const ImportSummary& imported) {
        for (const ImportedFile& file : imported.files)
            if (file.counts.fresh + file.counts.changed + file.counts.rejected + file.vanished > 0 || file.error) return true;
        return false;
    }

    static void tell(Session& session, const ImportSummary& imported, const std::optional<PublishSummary>& published,
                     const std::optional<Error>& refused, const WrittenBackAfterwards& back) {
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
            write_json(json, back, session);
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
        print(back, session);
    }

    std::vector<std::string> accept_;
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<Run>(); }

}  // namespace brugwacht
