#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/import_summary.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/link.hpp"

namespace brugwacht {
namespace {

class Link : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--clusters", clusters_, texts("opt.link.clusters"))->option_text("FILE.csv");
        app.add_option("--pairs", pairs_, texts("opt.link.pairs"))->option_text("FILE.csv");
        app.add_flag("--whole", whole_, texts("opt.link.whole"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        LinkRequest request;
        request.clusters = clusters_;
        request.pairs = pairs_;
        request.whole = whole_;
        request.dry_run = session.options.dry_run;
        const LinkResult result = link_persons(project, request, ports.ports());
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("run", result.run).key("link");
            write_link(json, result.link);
            json.member("waiting", result.waiting).member("dry_run", session.options.dry_run).end_object();
            session.out << json.take() << '\n';
        } else {
            print_link(result.link, session);
            if (session.options.dry_run) session.say("import.dry_run");
        }
        return Exit::Ok;
    }

  private:
    std::string clusters_, pairs_;
    bool whole_ = false;
};

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

void write_link(JsonWriter& json, const LinkSummary& link) {
    const LinkStatistics& found = link.statistics;
    json.begin_object()
        .member("records", link.records)
        .member("persons", link.persons)
        .member("joined", link.joined)
        .member("changed", link.changed)
        .member("removed", link.removed)
        .member("waiting_for_review", link.waiting)
        .member("whole", link.whole)
        .member("compared", found.compared)
        .member("same", found.same)
        .member("review", found.review)
        .member("vetoed", found.vetoed)
        .member("largest", found.largest)
        .member("unlinkable", link.unlinkable)
        .member("expected_false", found.expected_false)
        .member("expected_missed", found.expected_missed)
        .key("decisions")
        .begin_object()
        .member("applied", found.decided)
        .member("stale", found.stale)
        .member("changed_since", link.outdated)
        .member("contradictions", static_cast<std::uint64_t>(link.contradictions.size()))
        .end_object()
        .end_object();
}

void print_link(const LinkSummary& link, const Session& session) {
    session.say("link.summary", {{"records", number(link.records)},
                                 {"persons", number(link.persons)},
                                 {"joined", number(link.joined)},
                                 {"removed", number(link.removed)}});
    if (link.statistics.review > 0) session.say("linking.review", {{"pairs", number(link.statistics.review)}});
    if (link.waiting > 0) session.say("linking.waiting", {{"persons", number(link.waiting)}});
    if (link.unlinkable > 0) session.say("linking.unlinkable", {{"records", number(link.unlinkable)}});
    if (link.statistics.decided + link.statistics.stale + link.contradictions.size() > 0)
        session.say("linking.decisions", {{"applied", number(link.statistics.decided)},
                                          {"stale", number(link.statistics.stale + link.outdated)},
                                          {"contradictions", static_cast<std::int64_t>(link.contradictions.size())}});
}

std::unique_ptr<Command> make_link() { return std::make_unique<Link>(); }

}  // namespace brugwacht
