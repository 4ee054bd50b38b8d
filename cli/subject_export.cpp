#include "engine/run/subject_export.hpp"

#include <CLI/CLI.hpp>

#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "cli/subject_parts.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class ExportPart : public SubjectPart {
  public:
    const char* name() const override { return "export"; }
    void declare(CLI::App& part, const Texts& texts) override {
        arguments_.declare(part, texts);
        confirmed_.declare(part, texts);
        part.add_option("--out", request_.out, texts("opt.subject.export_out"))->option_text("FILE.json");
    }

    Exit run(Session& session) override {
        request_.request = arguments_.request(session);
        request_.dry_run = session.options.dry_run;
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const Subject subject = find_subject(StoreReader::open(project.store_file(), Restricted::Included), vault, arguments_.who());
        if (!request_.dry_run) confirmed_.require(session, project, vault, subject, request_.request.reason, ports.ports());
        const ExportResult result = export_subject(project, vault, subject, request_, session.texts, ports.ports());
        session.options.json ? write_json(session, result) : print(session, result);
        return Exit::Ok;
    }

  private:
    static void write_json(Session& session, const ExportResult& result) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("request");
        result.opened ? json.value(result.opened->entry.id) : json.null();
        json.member("facts", result.facts);
        const auto list = [&json](const char* name, const auto& items) {
            json.key(name).begin_array();
            for (const std::string& item : items) json.value(item);
            json.end_array();
        };
        list("included", result.included);
        list("not_included", result.left_out);
        std::vector<std::string> files;
        for (const auto& file : result.files) files.push_back(file.string());
        list("files", files);
        json.member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    static void print(Session& session, const ExportResult& result) {
        const auto joined = [](const std::vector<std::string>& items) {
            std::string all;
            for (const std::string& item : items) all += (all.empty() ? "" : ", ") + item;
            return all;
        };
        session.out << session.texts("subject.export.done", {{"facts", result.facts},
                                                             {"count", static_cast<std::int64_t>(result.included.size())},
                                                             {"sources", joined(result.included)}})
                    << '\n';
        if (!result.left_out.empty())
            session.out << session.texts("subject.export.left_out", {{"sources", joined(result.left_out)}}) << '\n';
        if (!result.opened) {
            session.say("import.dry_run");
            return;
        }
        say_opened(session, *result.opened);
        for (const auto& file : result.files) session.out << file.string() << '\n';
    }

    SubjectArguments arguments_;
    ConfirmedPerson confirmed_;
    ExportRequest request_;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_export() { return std::make_unique<ExportPart>(); }

}  // namespace brugwacht
