// `subject list`, `letter` and `close`: which requests wait for an answer, until when, and what to answer.
#include <CLI/CLI.hpp>

#include "cli/project_session.hpp"
#include "cli/subject_parts.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/subject_letter.hpp"

namespace brugwacht {
namespace {

std::string state_of(const RequestEntry& entry, Date today) {
    if (entry.closed) return "closed";
    return entry.is_overdue(today) ? "overdue" : "open";
}

/// Never the reason, the second person or who it is about: a list of requests is not a look at persons.
void write_entry(JsonWriter& json, const RequestEntry& entry, Date today) {
    json.begin_object()
        .member("request", entry.id)
        .member("right", entry.right)
        .member("received", entry.received.iso())
        .member("due", entry.due.iso())
        .member("state", state_of(entry, today))
        .key("closed");
    entry.closed ? json.value(entry.closed->iso()) : json.null();
    json.key("requested_by");
    entry.requested_by.empty() ? json.null() : json.value(entry.requested_by);
    json.member("identity_checked", !entry.identity_checked.empty()).end_object();
}

void print_entry(const Session& session, const RequestEntry& entry, Date today) {
    const Texts& texts = session.texts;
    session.out << texts("subject.list.line", {{"request", entry.id},
                                               {"right", texts("subject.right." + entry.right)},
                                               {"received", texts.date(entry.received)},
                                               {"due", texts.date(entry.due)},
                                               {"state", state_of(entry, today)},
                                               {"closed", texts.date(entry.closed.value_or(entry.due))}})
                << '\n';
}

class ListPart : public SubjectPart {
  public:
    const char* name() const override { return "list"; }
    void declare(CLI::App& part, const Texts& texts) override { part.add_flag("--open", only_open_, texts("opt.subject.open")); }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const Date today = session.clock.today();
        std::vector<RequestEntry> entries = read_requests(vault);
        if (only_open_) std::erase_if(entries, [](const RequestEntry& entry) { return entry.closed.has_value(); });
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).key("requests").begin_array();
            for (const RequestEntry& entry : entries) write_entry(json, entry, today);
            json.end_array().end_object();
            session.out << json.take() << '\n';
            return Exit::Ok;
        }
        if (entries.empty()) session.say("subject.list.none");
        for (const RequestEntry& entry : entries) print_entry(session, entry, today);
        return Exit::Ok;
    }

  private:
    bool only_open_ = false;
};

class ClosePart : public SubjectPart {
  public:
    const char* name() const override { return "close"; }
    void declare(CLI::App& part, const Texts& texts) override {
        part.add_option("REQUEST", request_, texts("opt.subject.request"))->required()->option_text(" ");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const RequestEntry entry = close_request(project, vault, request_, ports.ports(), session.options.dry_run);
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).key("request");
            write_entry(json, entry, session.clock.today());
            json.member("dry_run", session.options.dry_run).end_object();
            session.out << json.take() << '\n';
            return Exit::Ok;
        }
        print_entry(session, entry, session.clock.today());
        if (session.options.dry_run) session.say("import.dry_run");
        return Exit::Ok;
    }

  private:
    std::string request_;
};

class LetterPart : public SubjectPart {
  public:
    const char* name() const override { return "letter"; }
    void declare(CLI::App& part, const Texts& texts) override {
        part.add_option("REQUEST", request_, texts("opt.subject.request"))->required()->option_text(" ");
        part.add_option("--out", out_, texts("opt.subject.letter_out"))->option_text("FILE.md");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const std::string letter = answer_letter(project.settings(), find_request(vault, request_), session.clock.today(), session.texts);
        if (!out_.empty() && !session.options.dry_run) session.files.write(out_, letter, 0600);
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).member("request", request_).member("letter", letter).key("file");
            out_.empty() ? json.null() : json.value(out_.string());
            json.member("dry_run", session.options.dry_run).end_object();
            session.out << json.take() << '\n';
        } else {
            session.out << (out_.empty() ? letter : out_.string() + "\n");
        }
        return Exit::Ok;
    }

  private:
    std::string request_;
    std::filesystem::path out_;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_letter() { return std::make_unique<LetterPart>(); }
std::unique_ptr<SubjectPart> make_subject_list() { return std::make_unique<ListPart>(); }
std::unique_ptr<SubjectPart> make_subject_close() { return std::make_unique<ClosePart>(); }

}  // namespace brugwacht
