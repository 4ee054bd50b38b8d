#include "engine/run/worklist.hpp"

#include <CLI/CLI.hpp>
#include <array>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

/// Things to do, by how soon.
struct Amounts {
    std::int64_t unknown = 0, due = 0, later = 0;
};

Amounts count(const Worklist& list) {
    Amounts amounts;
    for (const FollowUpItem& item : list.items)
        ++(item.unknown() ? amounts.unknown : item.until > list.until ? amounts.later : amounts.due);
    return amounts;
}

class WorklistCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--as-of", as_of_, texts("opt.worklist.as_of"))->option_text("DATE");
        app.add_option("--worker", worker_, texts("opt.worklist.worker"))->option_text("KEY");
        app.add_option("--until", until_, texts("opt.worklist.until"))->option_text("DATE");
        app.add_option("--out", request_.out, texts("opt.worklist.out"))->option_text("FILE.xlsx");
        app.add_flag("--no-names", no_names_, texts("opt.worklist.no_names"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        request_.as_of = date_argument("--as-of", as_of_);
        request_.until = date_argument("--until", until_);
        if (!worker_.empty()) request_.worker = worker_;
        request_.names = !no_names_;
        request_.dry_run = session.options.dry_run;
        const ProjectLock lock(project);
        const Worklist list = make_worklist(project, request_, session.texts, ports.ports());
        if (session.options.json) {
            session.out << json_of(list) << '\n';
        } else {
            print(session, list);
        }
        return Exit::Ok;
    }

  private:
    static void date_or_null(JsonWriter& json, const std::optional<Date>& date) {
        if (date) {
            json.value(date->iso());
        } else {
            json.null();
        }
    }

    static void text_or_null(JsonWriter& json, const std::string& text) { text.empty() ? json.null() : json.value(text); }

    /// Without any name: JSON is for other programs.
    static std::string json_of(const Worklist& list) {
        JsonWriter json;
        json.begin_object().member("exit", 0).member("as_of", list.as_of.iso()).member("until", list.until.iso()).key("workbook");
        text_or_null(json, list.workbook.string());
        json.member("names", list.names).member("vault_closed", list.vault_closed).key("items").begin_array();
        for (const FollowUpItem& item : list.items)
            for (const OpenQuestion& question : item.questions) write_question(json, item, question);
        const Amounts amounts = count(list);
        json.end_array()
            .key("counts")
            .begin_object()
            .member("rows", static_cast<std::uint64_t>(list.items.size()))
            .member("unknown", amounts.unknown)
            .member("due", amounts.due)
            .member("later", amounts.later)
            .end_object();
        json.key("calendar").begin_array();
        for (const AgreedMoment& moment : list.calendar) {
            json.begin_object().member("date", moment.date.iso()).key("with");
            text_or_null(json, moment.with);
            json.member("topic", moment.topic).end_object();
        }
        json.end_array().end_object();
        return json.take();
    }

    static void write_question(JsonWriter& json, const FollowUpItem& item, const OpenQuestion& question) {
        json.begin_object().key("worker");
        text_or_null(json, item.worker);
        json.member("source", item.source)
            .member("trajectory", item.trajectory)
            .member("definition", question.definition)
            .member("status", name(question.status))
            .member("reason", question.reason)
            .key("until");
        date_or_null(json, question.until);
        json.member("action", action_code(item.action)).key("last_known");
        date_or_null(json, item.last_known);
        json.member("explanation", question.explanation).end_object();
    }

    static void print(Session& session, const Worklist& list) {
        const Amounts amounts = count(list);
        session.out << session.texts("worklist.done", {{"date", session.texts.date(list.as_of)},
                                                       {"until", session.texts.date(list.until)},
                                                       {"count", static_cast<std::int64_t>(list.items.size())},
                                                       {"unknown", amounts.unknown},
                                                       {"due", amounts.due},
                                                       {"later", amounts.later}})
                    << '\n';
        if (list.vault_closed) session.say("worklist.vault_closed");
        if (session.options.dry_run) session.say("import.dry_run");
        if (list.names) session.say("worklist.logged");
        if (!list.workbook.empty()) session.out << list.workbook.string() << '\n';
    }

    std::string as_of_, until_, worker_;
    bool no_names_ = false;
    WorklistRequest request_;
};

}  // namespace

std::unique_ptr<Command> make_worklist_command() { return std::make_unique<WorklistCommand>(); }

}  // namespace brugwacht
