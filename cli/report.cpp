#include <CLI/CLI.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "cli/publish_summary.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/drift.hpp"

namespace brugwacht {
namespace {

class Report : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--as-of", as_of_, texts("opt.report.as_of"))->option_text("DATE");
        app.add_option("--known-at", known_at_, texts("opt.classify.known_at"))->option_text("DATE");
        app.add_option("--period", period_, texts("opt.report.period"))->option_text("YEAR");
        app.add_option("--out", request_.out, texts("opt.report.out"))->option_text("FILE.xlsx");
        app.add_flag("--preview", request_.preview, texts("opt.report.preview"));
        app.add_option("--accept", accept_, texts("opt.accept"))->option_text("SOURCE")->take_all()->expected(1);
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        request_.as_of = date_argument("--as-of", as_of_);
        request_.known_at = date_argument("--known-at", known_at_);
        request_.period = working_year_argument(period_);
        request_.dry_run = session.options.dry_run;
        const ProjectLock lock(project);
        if (!session.options.dry_run) accept_sources(project, accept_, ports.ports());
        const auto summary = publish(project, request_, session.texts, ports.ports());
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0);
            write_publish_members(json, *summary);
            json.end_object();
            session.out << json.take() << '\n';
        } else {
            print_publish(*summary, session);
        }
        return Exit::Ok;
    }

  private:
    std::string as_of_, known_at_, period_;
    std::vector<std::string> accept_;
    PublishRequest request_;
};

}  // namespace

void write_publish_members(JsonWriter& json, const PublishSummary& summary) {
    json.member("as_of", summary.as_of.iso()).key("known_at");
    if (summary.known_at) {
        json.value(summary.known_at->iso());
    } else {
        json.null();
    }
    json.member("workbook", summary.workbook.string())
        .member("release", summary.release_id)
        .member("preview", summary.preview)
        .member("frozen", summary.frozen)
        .member("facts_changed", summary.facts_changed)
        .member("tables", static_cast<std::uint64_t>(summary.tables))
        .member("withheld_tables", static_cast<std::uint64_t>(summary.withheld_tables))
        .member("withheld_cells", summary.withheld_cells);
}

void print_publish(const PublishSummary& summary, const Session& session) {
    const TextArgs args{{"date", session.texts.date(summary.as_of)},
                        {"file", summary.workbook.string()},
                        {"tables", static_cast<std::int64_t>(summary.tables)},
                        {"withheld", static_cast<std::int64_t>(summary.withheld_tables)},
                        {"cells", static_cast<std::int64_t>(summary.withheld_cells)}};
    session.say(summary.frozen ? "report.frozen" : summary.preview ? "report.preview" : "report.released", args);
    if (summary.facts_changed) session.say("report.facts_changed", args);
    if (!summary.workbook.empty() && !session.options.json) session.out << summary.workbook.string() << '\n';
}

std::unique_ptr<Command> make_report() { return std::make_unique<Report>(); }

}  // namespace brugwacht
