#include "engine/run/review.hpp"

#include <CLI/CLI.hpp>
#include <map>

#include "cli/commands.hpp"
#include "cli/import_summary.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

class Review : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--out", out_, texts("opt.review.out"))->option_text("FILE.xlsx");
        app.add_option("--apply", apply_, texts("opt.review.apply"))->option_text("FILE.xlsx");
        app.add_option("--who", who_, texts("opt.review.who"))->option_text("NAME");
        app.add_option("--at-most", at_most_, texts("opt.review.at_most"))->option_text("N")->check(CLI::Range(1, 5000));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        return apply_.empty() ? write(session, project, ports.ports()) : apply(session, project, ports.ports());
    }

  private:
    Exit write(Session& session, const Project& project, Ports& ports) const {
        ReviewRequest request;
        request.out = out_;
        request.at_most = at_most_;
        request.dry_run = session.options.dry_run;
        const ReviewResult result = write_review(project, request, session.texts, ports);
        if (session.options.json) {
            JsonWriter json;
            json.begin_object()
                .member("exit", 0)
                .member("open", result.open)
                .member("shown", result.shown)
                .member("decided", result.decided)
                .member("contradictions", result.conflicts)
                .member("minutes", result.minutes)
                .key("workbook");
            result.workbook.empty() ? json.null() : json.value(result.workbook.string());
            json.end_object();
            session.out << json.take() << '\n';
            return Exit::Ok;
        }
        session.out << session.texts("review.done", {{"open", number(result.open)},
                                                     {"shown", number(result.shown)},
                                                     {"minutes", result.minutes},
                                                     {"decided", number(result.decided)},
                                                     {"conflicts", number(result.conflicts)}})
                    << '\n';
        if (!result.workbook.empty()) session.out << result.workbook.string() << '\n';
        return Exit::Ok;
    }

    Exit apply(Session& session, const Project& project, Ports& ports) const {
        const AppliedReview result = apply_review(project, apply_, who_, session.options.dry_run, ports);
        const Exit exit = result.refused.empty() ? Exit::Ok : Exit::Partial;
        std::map<std::string, std::int64_t> refused;
        for (const RefusedAnswer& answer : result.refused) ++refused[answer.code];
        if (session.options.json) {
            write_json(session, result, exit);
            return exit;
        }
        session.out << session.texts("review.applied", {{"applied", number(result.applied)},
                                                        {"outdated", refused["REV-004"]},
                                                        {"ambiguous", refused["REV-003"] + number(result.link.contradictions.size())},
                                                        {"unchanged", number(result.unchanged)},
                                                        {"open", number(result.open)}})
                    << '\n';
        for (const RefusedAnswer& answer : result.refused)
            session.say("review.refused", {{"row", number(answer.row)}, {"why", session.texts(answer.code + ".message")}});
        if (result.run != 0) print_link(result.link, session);
        if (session.options.dry_run) session.say("import.dry_run");
        return exit;
    }

    static void write_json(Session& session, const AppliedReview& result, Exit exit) {
        JsonWriter json;
        json.begin_object()
            .member("exit", static_cast<int>(exit))
            .member("run", result.run)
            .member("applied", result.applied)
            .member("unchanged", result.unchanged)
            .member("open", result.open)
            .member("contradictions", static_cast<std::uint64_t>(result.link.contradictions.size()))
            .key("refused")
            .begin_array();
        for (const RefusedAnswer& answer : result.refused)
            json.begin_object().member("code", answer.code).member("row", answer.row).end_object();
        json.end_array().key("link");
        write_link(json, result.link);
        json.member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    std::string out_, apply_, who_;
    std::size_t at_most_ = ReviewRequest().at_most;
};

}  // namespace

std::unique_ptr<Command> make_review() { return std::make_unique<Review>(); }

}  // namespace brugwacht
