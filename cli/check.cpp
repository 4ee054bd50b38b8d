#include <CLI/CLI.hpp>
#include <functional>

#include "cli/commands.hpp"
#include "cli/findings.hpp"
#include "cli/project_session.hpp"
#include "cli/remote_report.hpp"
#include "engine/lib/json.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/context.hpp"
#include "engine/run/keys.hpp"
#include "engine/run/lawful.hpp"
#include "engine/run/publish.hpp"
#include "engine/store/reader.hpp"
#include "engine/vault/keys.hpp"

namespace brugwacht {
namespace {

struct CheckResult {
    std::string subject;  // key of a text: check.settings, check.keys ...
    std::string name;     // file or source, or ""
    std::vector<Fault> faults;
    Exit exit = Exit::Ok;
    std::vector<LintFinding> findings = {};  // of the linter, without its errors: those are faults
};

class Check : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--source", source_, texts("opt.check.source"))->option_text("NAME");
    }

    Exit run(Session& session) override {
        if (!source_.empty()) return tell_remote_check(session, source_);
        std::vector<CheckResult> results;
        std::optional<Project> project;
        test(results, "settings", "brugwacht.toml", [&] { project.emplace(session.project()); });
        if (project) check_project(*project, session, results);
        Exit worst = Exit::Ok;
        for (const CheckResult& result : results)
            if (result.exit != Exit::Ok && worst == Exit::Ok) worst = Exit::Config;
        if (!project) worst = results.front().exit;
        if (session.options.json) {
            write_json(session, results, worst);
        } else {
            print(session, results);
        }
        return worst;
    }

  private:
    static void test(std::vector<CheckResult>& results, const std::string& subject, const std::string& name,
                     const std::function<void()>& action) {
        CheckResult result{subject, name, {}};
        try {
            action();
        } catch (const Error& error) {
            result.faults = error.faults();
            result.exit = error.exit();
        }
        results.push_back(std::move(result));
    }

    static void check_project(const Project& project, const Session& session, std::vector<CheckResult>& results) {
        const auto secrets = project_secrets(project.keys(), session.texts("keys.ask"), !session.options.no_input);
        for (const char* name : {"master", "audit"})
            test(results, "keys", std::string("keys/") + name + ".key", [&] { secrets->load(name); });
        std::vector<LintFinding> findings;
        test(results, "agreement", "", [&] { findings = lint(load_agreements(project, {}, session.files)); });
        results.back().findings = std::move(findings);
        test(results, "context", "context.toml", [&] { load_context(project, session.files); });
        for (const SourceSettings& source : project.settings().sources) {
            test(results, "source", source.name, [&] {
                if (!source.mapping.empty()) load_mapping(source.mapping, project.mappings());
                if (!source.preset.empty()) check_settings(project, source, session);
                require_lawful(project.settings(), source, session.clock.today());
            });
            if (results.back().exit == Exit::Ok) results.back().findings = warnings_of_law(project, source);
        }
        std::error_code ignored;
        if (std::filesystem::exists(project.store_file(), ignored))
            test(results, "store", "store.db", [&] { StoreReader::open(project.store_file()).runs(); });
        for (const auto& folder : {project.inbox(), project.reports()}) {
            test(results, "folder", folder.filename().string() + "/", [&] {
                if (!std::filesystem::is_directory(folder, ignored))
                    throw Error(Exit::NoInput, "FIL-001", {{"file", folder.string()}}, folder.string());
            });
        }
    }

    static std::vector<LintFinding> warnings_of_law(const Project& project, const SourceSettings& source) {
        std::vector<LintFinding> warnings;
        for (const Fault& fault : legal_warnings(project, source)) warnings.push_back({LintLevel::Warning, fault, ""});
        return warnings;
    }

    /// Preset, parameters and secrets, without a word to the server.
    static void check_settings(const Project& project, const SourceSettings& source, const Session& session) {
        RemotePorts remote = real_network();
        ProjectPorts ports(session, project);
        const RemoteSource opened(project, source, remote, ports.ports());
    }

    static void write_json(Session& session, const std::vector<CheckResult>& results, Exit worst) {
        JsonWriter json;
        json.begin_object().member("exit", static_cast<int>(worst)).member("ok", worst == Exit::Ok).key("checks").begin_array();
        for (const CheckResult& result : results) {
            json.begin_object()
                .member("subject", result.subject)
                .member("name", result.name)
                .member("ok", result.exit == Exit::Ok)
                .key("faults")
                .begin_array();
            for (const Fault& fault : result.faults) write_fault(json, fault, session.texts);
            json.end_array().key("findings");
            write_findings(json, result.findings, session.texts);
            json.end_object();
        }
        json.end_array().end_object();
        session.out << json.take() << '\n';
    }

    static void print(Session& session, const std::vector<CheckResult>& results) {
        for (const CheckResult& result : results) {
            const bool good = result.exit == Exit::Ok;
            const std::vector<LintFinding> findings = worth_telling(result.findings, session.options.quiet);
            if (good && session.options.quiet && findings.empty()) continue;
            session.out << session.texts(good ? "check.good" : "check.bad",
                                         {{"subject", session.texts("check.subject." + result.subject)}, {"name", result.name}})
                        << '\n';
            if (!good) write_error(Error(result.exit, result.faults), session.texts, false, session.out, session.out);
            for (const LintFinding& finding : findings) print_finding(session.out, finding, session.texts, "  ");
        }
    }

    /// Whoever asks for quiet hears warnings, no notes.
    static std::vector<LintFinding> worth_telling(std::vector<LintFinding> findings, bool quiet) {
        if (quiet) std::erase_if(findings, [](const LintFinding& finding) { return finding.level == LintLevel::Note; });
        return findings;
    }

    std::string source_;
};

}  // namespace

std::unique_ptr<Command> make_check() { return std::make_unique<Check>(); }

}  // namespace brugwacht
