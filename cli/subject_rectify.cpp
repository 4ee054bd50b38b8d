// `subject rectify` and `subject corrections`.
#include "engine/run/subject_rectify.hpp"

#include <CLI/CLI.hpp>

#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "cli/subject_parts.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class RectifyPart : public SubjectPart {
  public:
    const char* name() const override { return "rectify"; }
    void declare(CLI::App& part, const Texts& texts) override {
        arguments_.declare(part, texts);
        part.add_option("--record", request_.record, texts("opt.subject.record"))->option_text("SOURCE:KEY");
        part.add_option("--field", request_.field, texts("opt.subject.field"))->required()->option_text("NAME");
        value_ = part.add_option("--value", request_.value, texts("opt.subject.value"))->option_text("TEXT");
        part.add_flag("--withdraw", request_.withdraw, texts("opt.subject.withdraw"));
    }

    Exit run(Session& session) override {
        request_.request = arguments_.request(session);
        if ((value_->count() > 0) == request_.withdraw) throw Error(Exit::Usage, "SUB-016");
        request_.dry_run = session.options.dry_run;
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const Subject subject = find_subject(StoreReader::open(project.store_file(), Restricted::Included), vault, arguments_.who());
        const Rectified done = rectify(project, vault, subject, request_, ports.ports());
        session.options.json ? write_json(session, done) : print(session, done);
        return Exit::Ok;
    }

  private:
    void write_json(Session& session, const Rectified& done) const {
        JsonWriter json;
        json.begin_object().member("exit", 0).member("run", done.run).key("request");
        done.opened ? json.value(done.opened->entry.id) : json.null();
        json.member("field", done.field)
            .member("withdrawn", request_.withdraw)
            .member("contested", done.is_contested)
            .member("persons_changed", done.link.changed)
            .member("dry_run", session.options.dry_run)
            .end_object();
        session.out << json.take() << '\n';
    }

    void print(Session& session, const Rectified& done) const {
        const TextArgs args{{"record", done.source_key}, {"field", session.texts("subject.field." + done.field)}, {"run", done.run}};
        session.out << session.texts(request_.withdraw ? "subject.rectify.withdrawn" : "subject.rectify.done", args) << '\n';
        if (done.is_contested) session.say("subject.rectify.contested");
        if (!done.opened) {
            session.say("import.dry_run");
            return;
        }
        say_opened(session, *done.opened);
    }

    SubjectArguments arguments_;
    RectifyRequest request_;
    CLI::Option* value_ = nullptr;
};

/// Which values were put right, and whether their source still says otherwise; not the values themselves.
class CorrectionsPart : public SubjectPart {
  public:
    const char* name() const override { return "corrections"; }
    void declare(CLI::App& part, const Texts& texts) override {
        part.add_flag("--contested", only_contested_, texts("opt.subject.contested"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        std::vector<CorrectionEntry> entries = list_corrections(vault);
        if (only_contested_) std::erase_if(entries, [](const CorrectionEntry& entry) { return !entry.is_contested; });
        if (session.options.json) {
            write_json(session, entries);
            return Exit::Ok;
        }
        if (entries.empty()) session.say("subject.corrections.none");
        for (const CorrectionEntry& entry : entries)
            session.out << session.texts("subject.corrections.line", {{"record", entry.source_key},
                                                                      {"field", session.texts("subject.field." + entry.field)},
                                                                      {"corrected_on", session.texts.date(entry.corrected_on)},
                                                                      {"contested", std::string(entry.is_contested ? "yes" : "no")},
                                                                      {"source_on", session.texts.date(entry.source_on)}})
                        << '\n';
        return Exit::Ok;
    }

  private:
    static void write_json(Session& session, const std::vector<CorrectionEntry>& entries) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("corrections").begin_array();
        for (const CorrectionEntry& entry : entries)
            json.begin_object()
                .member("record", entry.source_key)
                .member("field", entry.field)
                .member("corrected_on", entry.corrected_on.iso())
                .member("contested", entry.is_contested)
                .member("source_on", entry.source_on.iso())
                .member("request", entry.request)
                .end_object();
        json.end_array().end_object();
        session.out << json.take() << '\n';
    }

    bool only_contested_ = false;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_rectify() { return std::make_unique<RectifyPart>(); }
std::unique_ptr<SubjectPart> make_subject_corrections() { return std::make_unique<CorrectionsPart>(); }

}  // namespace brugwacht
