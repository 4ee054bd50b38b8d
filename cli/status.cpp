#include <CLI/CLI.hpp>
#include <map>

#include "cli/commands.hpp"
#include "cli/dropped_summary.hpp"
#include "cli/project_session.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/identity/erasure.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/proposal.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/reject_list.hpp"
#include "engine/run/subject_request.hpp"
#include "engine/run/vault_access.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {
namespace {

struct SourceState {
    std::string name;
    std::int64_t files = 0;
    std::int64_t last_import = 0;  // UTC seconds, 0 = never
};

struct State {
    std::int64_t inbox = 0;
    std::int64_t proposals = 0;  // mappings in review/, for files whose layout nobody knew
    std::int64_t runs = 0;
    std::int64_t last_run = 0;       // UTC seconds, 0 = never
    std::uint64_t rejected = 0;      // in the last run
    std::uint64_t open_rejects = 0;  // of all runs
    std::vector<std::string> reject_workbooks;
    std::uint64_t waiting = 0;
    std::vector<std::pair<std::string, std::uint64_t>> records;
    std::vector<SourceState> sources;
    std::optional<Date> next_report, last_report;
    std::string last_release;
    std::vector<HoldRow> held;  // open reasons not to publish
    AuditState audit;
    std::int64_t returns = 0;  // records that may be erased persons; 0 without the vault
    std::int64_t restricted = 0;
    OpenRequests requests;
};

State look(const Project& project, Session& session) {
    State state;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(project.inbox(), ignored))
        if (entry.is_regular_file(ignored) && !entry.path().filename().string().starts_with(".")) ++state.inbox;

    state.proposals = static_cast<std::int64_t>(waiting_proposals(project).size());
    std::map<std::string, SourceState> sources;
    for (const SourceSettings& source : project.settings().sources) sources[source.name].name = source.name;
    if (std::filesystem::exists(project.store_file(), ignored)) {
        const StoreReader reader = StoreReader::open(project.store_file());
        std::map<std::int64_t, std::int64_t> started;
        for (const RunRow& run : reader.runs()) {
            ++state.runs;
            state.last_run = run.started_at;
            state.rejected = 0;
            if (run.undone_by) continue;
            started[run.id] = run.started_at;
            for (const RejectCount& reject : reader.reject_counts(run.id)) state.rejected += reject.count;
        }
        for (const FileRow& file : reader.files()) {
            SourceState& source = sources[file.source];
            source.name = file.source;
            if (!started.contains(file.run)) continue;  // undone
            ++source.files;
            source.last_import = std::max(source.last_import, started[file.run]);
        }
        for (const char* entity : {"person", "trajectory", "event", "club", "activity"})
            state.records.emplace_back(entity, reader.count(entity));
        state.waiting = reader.waiting();
        state.held = reader.open_holds();
        state.restricted = static_cast<std::int64_t>(reader.restricted_people());
        ProjectPorts ports(session, project);
        if (auto vault = open_vault(project, ports.ports().secrets))
            state.returns = static_cast<std::int64_t>(possible_returns(*vault).size());
        state.requests = count_open_requests(project, ports.ports().secrets, session.clock.today());
        const RejectList rejects = list_rejects(project, {.run = {}, .rows = false}, ports.ports());
        state.open_rejects = rejects.open;
        for (const RejectWorkbook& workbook : rejects.workbooks) state.reject_workbooks.push_back(workbook.path.string());
    }
    for (auto& [name, source] : sources) state.sources.push_back(source);
    const std::vector<Agreement> agreements = load_agreements(project, {}, session.files);
    state.last_report = last_report_date(agreements, session.clock.today());
    state.next_report = next_report_date(agreements, session.clock.today());
    if (std::filesystem::exists(project.ledger_file(), ignored)) {
        const Ledger ledger = Ledger::open(project.ledger_file());
        state.audit = audit_state(project, ledger);
        const auto releases = ledger.releases();
        if (!releases.empty()) state.last_release = releases.back().as_of.iso();
    }
    return state;
}

void write_date(JsonWriter& json, const char* name, const std::optional<Date>& date) {
    json.key(name);
    if (date) {
        json.value(date->iso());
    } else {
        json.null();
    }
}

void write_json(Session& session, const Project& project, const State& state) {
    JsonWriter json;
    const auto moment = [&](std::int64_t seconds) { seconds == 0 ? json.null() : json.value(utc_timestamp(seconds)); };
    json.begin_object()
        .member("exit", 0)
        .member("inbox", state.inbox)
        .member("proposals", state.proposals)
        .member("runs", state.runs)
        .key("last_run");
    moment(state.last_run);
    json.member("rejected", state.rejected).member("open_rejects", state.open_rejects).key("reject_workbooks").begin_array();
    for (const std::string& workbook : state.reject_workbooks) json.value(workbook);
    json.end_array()
        .member("waiting", state.waiting)
        .member("reviews", 0)
        .member("returns", state.returns)
        .member("restricted", state.restricted)
        .key("records")
        .begin_object();
    for (const auto& [entity, count] : state.records) json.member(entity, count);
    json.end_object().key("sources").begin_array();
    for (const SourceState& source : state.sources) {
        json.begin_object().member("name", source.name).member("files", source.files).key("last_import");
        moment(source.last_import);
        json.key("age_days");
        source.last_import == 0 ? json.null() : json.value((session.clock.now() - source.last_import) / 86400);
        json.end_object();
    }
    json.end_array();
    write_date(json, "last_report_date", state.last_report);
    write_date(json, "next_report_date", state.next_report);
    json.key("held").begin_array();
    for (const HoldRow& hold : state.held)
        json.begin_object().member("source", hold.source).member("run", hold.run).member("code", hold.code).end_object();
    json.end_array()
        .key("requests")
        .begin_object()
        .member("open", state.requests.open)
        .member("overdue", state.requests.overdue)
        .end_object()
        .key("last_release");
    state.last_release.empty() ? json.null() : json.value(state.last_release);
    json.member("store_older", state.audit.store_older).member("vault_older", state.audit.vault_older);
    write_quasi_identifiers(json, project);
    json.end_object();
    session.out << json.take() << '\n';
}

class StatusCommand : public Command {
  public:
    void declare(CLI::App&, const Texts&) override {}

    Exit run(Session& session) override {
        const Project project = session.project();
        const State state = look(project, session);
        if (session.options.json) {
            write_json(session, project, state);
        } else {
            print(session, state);
        }
        return Exit::Ok;
    }

  private:
    static void print(Session& session, const State& state) {
        const Texts& t = session.texts;
        const auto line = [&](const std::string& key, const TextArgs& args) { session.out << t(key, args) << '\n'; };
        line("status.inbox", {{"count", state.inbox}});
        if (state.proposals > 0) line("status.proposals", {{"count", state.proposals}});
        if (state.last_run == 0) {
            line("status.never", {});
        } else {
            line("status.last_run",
                 {{"time", utc_timestamp(state.last_run)}, {"runs", state.runs}, {"rejected", static_cast<std::int64_t>(state.rejected)}});
        }
        for (const auto& [entity, count] : state.records)
            line("status.records", {{"entity", t("entity." + entity)}, {"count", static_cast<std::int64_t>(count)}});
        if (state.open_rejects > 0) line("rejects.status", {{"count", static_cast<std::int64_t>(state.open_rejects)}});
        for (const std::string& workbook : state.reject_workbooks) line("rejects.workbook", {{"file", workbook}});
        if (state.waiting > 0) line("import.waiting", {{"count", static_cast<std::int64_t>(state.waiting)}});
        for (const SourceState& source : state.sources) {
            if (source.last_import == 0) {
                line("status.source_never", {{"name", source.name}});
            } else {
                line("status.source",
                     {{"name", source.name}, {"files", source.files}, {"days", (session.clock.now() - source.last_import) / 86400}});
            }
        }
        if (state.returns > 0) line("returns.waiting", {{"count", state.returns}});
        if (state.restricted > 0) line("restrict.people", {{"count", state.restricted}});
        if (state.requests.open > 0) line("subject.status", {{"open", state.requests.open}, {"overdue", state.requests.overdue}});
        for (const HoldRow& hold : state.held) line("status.held", {{"source", hold.source}, {"code", hold.code}, {"run", hold.run}});
        if (!state.last_release.empty()) line("status.release", {{"date", state.last_release}});
        if (state.next_report) line("status.next_report", {{"date", t.date(*state.next_report)}});
        if (state.audit.store_older) line("audit.store_older", {{"run", state.audit.run}});
        if (state.audit.vault_older) line("audit.vault_older", {{"run", state.audit.run}});
    }
};

}  // namespace

std::unique_ptr<Command> make_status() { return std::make_unique<StatusCommand>(); }

}  // namespace brugwacht
