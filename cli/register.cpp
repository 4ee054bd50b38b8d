#include "engine/run/register.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/breach.hpp"
#include "engine/run/register_book.hpp"

namespace brugwacht {
namespace {

class RegisterCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--out", out_, texts("opt.register.out"))->option_text("FILE.xlsx");
        app.add_option("--breach", breach_, texts("opt.register.breach"))->option_text("FILE");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        if (!breach_.empty()) return tell_breach(session, project);
        ProjectPorts ports(session, project);
        const Register made = make_register(project, retention_terms(project, session.files), ports.ports());
        if (out_.empty() && !session.options.json) out_ = project.reports() / ("register-" + made.made_on.iso() + ".xlsx");
        if (!out_.empty() && !session.options.dry_run) write(session, project, made, ports.ports());
        if (session.options.json)
            session.out << register_json(made) << '\n';
        else
            session.say("register.done", {{"file", out_.string()}, {"sources", static_cast<std::int64_t>(made.sources.size())}});
        return Exit::Ok;
    }

  private:
    void write(const Session& session, const Project& project, const Register& made, Ports& ports) const {
        const ProjectLock lock(project);
        const TemporaryFolder temporary(project);
        const std::filesystem::path draft = temporary.path() / "register.xlsx";
        write_register_workbook(register_book(made, session.texts, BRUGWACHT_VERSION), session.texts, draft);
        ports.files.write(out_, ports.files.read(draft), 0600);
        AuditEntry entry{.action = std::string(audit_action::kRegister), .object = "workbook"};
        entry.counts["sources"] = static_cast<std::int64_t>(made.sources.size());
        record_event(project, entry, ports);
    }

    Exit tell_breach(Session& session, const Project& project) const {
        const BreachReport found = breach_report(project, breach_, session.files);
        if (session.options.json)
            session.out << breach_json(found, project) << '\n';
        else
            print(session, found, project);
        return Exit::Ok;
    }

    static std::string breach_json(const BreachReport& found, const Project& project) {
        JsonWriter json;
        json.begin_object()
            .member("exit", 0)
            .member("kind", found.kind)
            .member("encrypted", found.encrypted)
            .member("names", found.names)
            .member("key", found.key)
            .key("rows")
            .begin_array();
        for (const auto& [table, count] : found.rows) json.begin_object().member("table", table).member("count", count).end_object();
        json.end_array().key("fields").begin_array();
        for (const std::string& field : found.fields) json.value(field);
        json.end_array().member("authority", project.settings().authority).member("hours", 72).end_object();
        return json.take();
    }

    static void print(Session& session, const BreachReport& found, const Project& project) {
        const Texts& t = session.texts;
        const auto line = [&](const std::string& key, const TextArgs& args = {}) {
            session.out << t("register.breach." + key, args) << '\n';
        };
        line("kind." + found.kind);
        line("names", {{"names", static_cast<std::int64_t>(found.names)}});
        line(found.encrypted ? "encrypted" : "open");
        line("key." + found.key);
        for (const auto& [table, count] : found.rows) line("rows", {{"table", table}, {"count", static_cast<std::int64_t>(count)}});
        if (!found.fields.empty()) {
            std::string fields;
            for (const std::string& field : found.fields) fields += (fields.empty() ? "" : ", ") + field;
            line("fields", {{"fields", fields}});
        }
        const std::string& authority = project.settings().authority;
        session.out << t("register.law.breach.text", {{"authority", authority.empty() ? t("register.missing") : authority}}) << '\n';
    }

    std::filesystem::path out_, breach_;
};

}  // namespace

std::unique_ptr<Command> make_register_command() { return std::make_unique<RegisterCommand>(); }

}  // namespace brugwacht
