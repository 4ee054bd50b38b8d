#include "engine/run/subject_access.hpp"

#include <CLI/CLI.hpp>

#include "cli/arguments.hpp"
#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "cli/subject_parts.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class AccessPart : public SubjectPart {
  public:
    const char* name() const override { return "access"; }
    void declare(CLI::App& part, const Texts& texts) override {
        arguments_.declare(part, texts);
        confirmed_.declare(part, texts);
        part.add_option("--as-of", as_of_, texts("opt.subject.as_of"))->option_text("DATE");
        part.add_option("--out", request_.out, texts("opt.subject.access_out"))->option_text("FILE.xlsx");
        part.add_option("--format", formats_, texts("opt.subject.format"))->option_text("xlsx,json")->delimiter(',');
        part.add_flag("--include-guardian", request_.include_guardian, texts("opt.subject.include_guardian"));
    }

    Exit run(Session& session) override {
        request_.request = arguments_.request(session);
        request_.as_of = date_argument("--as-of", as_of_);
        request_.dry_run = session.options.dry_run;
        choose_formats();
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const Subject subject = find_subject(StoreReader::open(project.store_file(), Restricted::Included), vault, arguments_.who());
        if (!request_.dry_run) confirmed_.require(session, project, vault, subject, request_.request.reason, ports.ports());
        const AccessResult result = give_access(project, vault, subject, request_, session.texts, ports.ports());
        session.options.json ? write_json(session, result) : print(session, result);
        return Exit::Ok;
    }

  private:
    void choose_formats() {
        if (formats_.empty()) return;
        request_.workbook = request_.json = false;
        for (const std::string& format : formats_) {
            if (format != "xlsx" && format != "json") throw Error(Exit::Usage, "SUB-015");
            (format == "xlsx" ? request_.workbook : request_.json) = true;
        }
    }

    /// Counts and places only: what is held stands in the files.
    static void write_json(Session& session, const AccessResult& result) {
        JsonWriter json;
        const auto text_or_null = [&json](const char* name, const std::string& text) {
            json.key(name);
            text.empty() ? json.null() : json.value(text);
        };
        json.begin_object().member("exit", 0);
        text_or_null("request", result.opened ? result.opened->entry.id : "");
        text_or_null("due", result.opened ? result.opened->entry.due.iso() : "");
        json.member("records", result.records).member("facts", result.facts).member("sources", result.sources);
        text_or_null("workbook", result.workbook.string());
        text_or_null("json", result.json.string());
        json.member("many_look_ups", result.opened && result.opened->rate.is_high())
            .member("dry_run", session.options.dry_run)
            .end_object();
        session.out << json.take() << '\n';
    }

    static void print(Session& session, const AccessResult& result) {
        session.out << session.texts("subject.access.done",
                                     {{"records", result.records}, {"facts", result.facts}, {"sources", result.sources}})
                    << '\n';
        if (!result.opened) {
            session.say("import.dry_run");
            return;
        }
        say_opened(session, *result.opened);
        for (const auto& file : {result.workbook, result.json})
            if (!file.empty()) session.out << file.string() << '\n';
    }

    SubjectArguments arguments_;
    ConfirmedPerson confirmed_;
    std::string as_of_;
    std::vector<std::string> formats_;
    AccessRequest request_;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_access() { return std::make_unique<AccessPart>(); }

}  // namespace brugwacht
