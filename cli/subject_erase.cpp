// `subject erase` and `subject returns`: erasing somebody, and saying whether an erased person came back.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "cli/subject_parts.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/stores.hpp"
#include "engine/run/subject_erase.hpp"

namespace brugwacht {
namespace {

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

bool on_a_terminal(const Session& session) {
    return !session.options.no_input && !session.options.json && ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
}

void write_names(JsonWriter& json, const char* key, const std::vector<std::string>& names) {
    json.key(key).begin_array();
    for (const std::string& one : names) json.value(one);
    json.end_array();
}

class ErasePart : public SubjectPart {
  public:
    const char* name() const override { return "erase"; }
    void declare(CLI::App& part, const Texts& texts) override {
        arguments_.declare(part, texts);
        part.add_flag("--confirmed", confirmed_, texts("opt.erase.confirmed"));
    }

    Exit run(Session& session) override {
        const SubjectRequest request = arguments_.request(session);
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        finish_erasures(project, ports.ports());
        std::optional<Vault> vault = open_subject_vault(project, ports.ports().secrets);
        const Subject subject = find_subject(StoreReader::open(project.store_file(), Restricted::Included), *vault, arguments_.who());
        if (session.options.dry_run) {
            const SubjectErasure foreseen = erase_subject(project, subject, "", ports.ports(), true);
            session.options.json ? write(session, foreseen, "") : print(session, foreseen);
            return Exit::Ok;
        }
        if (!confirmed_) confirm(session, erase_subject(project, subject, "", ports.ports(), true));
        const OpenedRequest opened = open_request(project, *vault, "erase", subject, request, ports.ports());
        vault.reset();  // nobody else may hold the vault while it is cleaned
        const SubjectErasure erased = erase_subject(project, subject, opened.entry.id, ports.ports(), false);
        say_rate(session, opened.rate);
        session.options.json ? write(session, erased, opened.entry.id) : print(session, erased);
        return Exit::Ok;
    }

  private:
    static void confirm(const Session& session, const SubjectErasure& foreseen) {
        if (on_a_terminal(session)) {
            print_records(session, foreseen);
            session.out << session.texts("erase.question") << ' ' << std::flush;
            std::string line;
            std::getline(std::cin, line);
            if (fold(line) == fold(session.texts("erase.yes"))) return;
        }
        throw Error(Exit::Refused, "ERA-007");
    }

    static void write(const Session& session, const SubjectErasure& erased, const std::string& request) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("request");
        request.empty() ? json.null() : json.value(request);
        json.member("records", erased.records)
            .member("trajectories", erased.trajectories)
            .member("files", erased.files)
            .member("look_alikes", erased.look_alikes)
            .member("inbox", erased.inbox)
            .member("releases", erased.releases);
        write_names(json, "sources", erased.sources);
        write_names(json, "written_back", erased.written_back);
        json.member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    static void print_records(const Session& session, const SubjectErasure& erased) {
        session.say("erase.records", {{"records", number(erased.records)}, {"trajectories", number(erased.trajectories)}});
    }

    static void print(const Session& session, const SubjectErasure& erased) {
        const bool dry_run = session.options.dry_run;
        print_records(session, erased);
        if (erased.files > 0) session.say(dry_run ? "erase.files_foreseen" : "erase.files", {{"count", number(erased.files)}});
        for (const std::string& source : erased.sources) session.say("erase.source", {{"source", source}});
        for (const std::string& source : erased.written_back) session.say("erase.written_back", {{"source", source}});
        if (erased.inbox > 0) session.say("erase.inbox", {{"count", number(erased.inbox)}});
        if (erased.releases > 0) session.say("erase.releases", {{"count", number(erased.releases)}});
        if (erased.look_alikes > 0) session.say("erase.look_alikes", {{"count", number(erased.look_alikes)}});
        session.say("erase.backups");
        session.say(dry_run ? "erase.dry_run" : "erase.done");
    }

    SubjectArguments arguments_;
    bool confirmed_ = false;
};

class ReturnsPart : public SubjectPart {
  public:
    const char* name() const override { return "returns"; }
    void declare(CLI::App& part, const Texts& texts) override {
        part.add_option("--same", same_, texts("opt.erase.same"))->option_text("RECORD");
        part.add_option("--other", other_, texts("opt.erase.other"))->option_text("RECORD");
    }

    Exit run(Session& session) override {
        if (!same_.empty() && !other_.empty()) throw Error(Exit::Usage, "ERA-008");
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        open_subject_vault(project, ports.ports().secrets);
        if (same_.empty() && other_.empty())
            tell(session, list_returns(project, ports.ports()));
        else
            tell(session, settle_return(project, same_.empty() ? other_ : same_, !same_.empty(), ports.ports(), session.options.dry_run));
        return Exit::Ok;
    }

  private:
    static std::string record_of(const PossibleReturn& one) { return one.source + ":" + one.key; }

    static void tell(const Session& session, const std::vector<PossibleReturn>& waiting) {
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).key("returns").begin_array();
            for (const PossibleReturn& one : waiting)
                json.begin_object().member("record", record_of(one)).member("reason", brugwacht::name(one.reason)).end_object();
            json.end_array().end_object();
            session.out << json.take() << '\n';
            return;
        }
        if (waiting.empty()) session.say("returns.none");
        for (const PossibleReturn& one : waiting)
            session.out << session.texts("returns.line", {{"record", record_of(one)}, {"reason", std::string(brugwacht::name(one.reason))}})
                        << '\n';
    }

    static void tell(const Session& session, const SettledReturn& settled) {
        if (session.options.json) {
            JsonWriter json;
            json.begin_object()
                .member("exit", 0)
                .member("record", record_of(settled.settled))
                .member("settled", settled.erased ? "same" : "other")
                .member("dry_run", session.options.dry_run)
                .end_object();
            session.out << json.take() << '\n';
            return;
        }
        session.say(settled.erased ? "returns.erased" : "returns.kept", {{"record", record_of(settled.settled)}});
        if (session.options.dry_run) session.say("import.dry_run");
    }

    std::string same_, other_;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_erase() { return std::make_unique<ErasePart>(); }
std::unique_ptr<SubjectPart> make_subject_returns() { return std::make_unique<ReturnsPart>(); }

}  // namespace brugwacht
