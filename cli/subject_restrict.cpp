// `subject restrict` and `subject object`: what is known of somebody is kept, and nothing more is done with it.
#include "engine/run/subject_restrict.hpp"

#include <CLI/CLI.hpp>

#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "cli/subject_parts.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {
namespace {

/// What both parts do: find the person, have it confirmed, note the request, carry it out, tell it.
class RestrictionPart : public SubjectPart {
  public:
    void declare(CLI::App& part, const Texts& texts) override {
        arguments_.declare(part, texts);
        confirmed_.declare(part, texts);
        declare_more(part, texts);
    }

    Exit run(Session& session) override {
        SubjectRequest request = arguments_.request(session);
        const bool lifts = this->lifts();
        if (!answer().empty()) request.reason += "\n" + answer();  // sealed beside the reason
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        finish_erasures(project, ports.ports());
        Vault vault = open_subject_vault(project, ports.ports().secrets);
        const Subject subject = find_subject(StoreReader::open(project.store_file(), Restricted::Included), vault, arguments_.who());
        std::string id;
        if (!session.options.dry_run) {
            confirmed_.require(session, project, vault, subject, request.reason, ports.ports());
            const OpenedRequest opened = open_request(project, vault, name(), subject, request, ports.ports());
            id = opened.entry.id;
            say_rate(session, opened.rate);
        }
        const SubjectRestriction done = lifts ? lift_subject_restriction(project, subject, id, ports.ports(), session.options.dry_run)
                                              : restrict_subject(project, subject, kind(), id, ports.ports(), session.options.dry_run);
        session.options.json ? write(session, done, id, lifts) : print(session, done, lifts);
        return Exit::Ok;
    }

  protected:
    virtual void declare_more(CLI::App& part, const Texts& texts) = 0;
    virtual RestrictionKind kind() const = 0;
    virtual bool lifts() const = 0;
    /// What is to be sealed beside the reason; "" = nothing.
    virtual std::string answer() const { return {}; }

  private:
    static void write(const Session& session, const SubjectRestriction& done, const std::string& id, bool lifts) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("request");
        id.empty() ? json.null() : json.value(id);
        json.member("records", done.records)
            .member("changed", done.changed)
            .member("restricted", !lifts)
            .member("restricted_people", done.people)
            .key("sources")
            .begin_array();
        for (const std::string& source : done.sources) json.value(source);
        json.end_array().member("dry_run", session.options.dry_run).end_object();
        session.out << json.take() << '\n';
    }

    void print(const Session& session, const SubjectRestriction& done, bool lifts) const {
        session.say(lifts ? "restrict.lifted" : "restrict.done", {{"changed", static_cast<std::int64_t>(done.changed)}});
        if (!answer().empty()) session.say("restrict.refused");
        if (done.people > 0) session.say("restrict.people", {{"count", static_cast<std::int64_t>(done.people)}});
        session.say(session.options.dry_run ? "import.dry_run" : "restrict.worklists");
    }

    SubjectArguments arguments_;
    ConfirmedPerson confirmed_;
};

class RestrictPart : public RestrictionPart {
  public:
    const char* name() const override { return "restrict"; }

  protected:
    void declare_more(CLI::App& part, const Texts& texts) override { part.add_flag("--lift", lift_, texts("opt.restrict.lift")); }
    RestrictionKind kind() const override { return RestrictionKind::Restricted; }
    bool lifts() const override { return lift_; }

  private:
    bool lift_ = false;
};

class ObjectPart : public RestrictionPart {
  public:
    const char* name() const override { return "object"; }

  protected:
    void declare_more(CLI::App& part, const Texts& texts) override {
        part.add_option("--refused", refused_, texts("opt.restrict.refused"))->option_text("TEXT");
    }
    RestrictionKind kind() const override { return RestrictionKind::Objected; }
    bool lifts() const override { return !answer().empty(); }
    std::string answer() const override { return std::string(trim(refused_)); }

  private:
    std::string refused_;
};

}  // namespace

std::unique_ptr<SubjectPart> make_subject_restrict() { return std::make_unique<RestrictPart>(); }
std::unique_ptr<SubjectPart> make_subject_object() { return std::make_unique<ObjectPart>(); }

}  // namespace brugwacht
