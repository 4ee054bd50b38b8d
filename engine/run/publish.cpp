#include "engine/run/publish.hpp"

#include <algorithm>

#include "engine/audit/ledger.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/lint.hpp"
#include "engine/rules/load.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/steering_input.hpp"
#include "engine/store/reader.hpp"
#include "engine/tally/tally.hpp"
#include "exporters/steering/steering.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

/// Everything that is worked out before a decision to release.
struct Draft {
    FactBase facts;
    ClassificationSet classified;
    TallyFacts acts;
    CountSet counts;
};

std::string release_id(Date as_of, std::optional<int> period) { return as_of.iso() + (period ? "." + std::to_string(*period) : ""); }

std::optional<std::pair<Date, Date>> days_of(std::optional<int> period) {
    if (!period) return std::nullopt;
    return std::pair(Date::from_ymd(*period, 9, 1).value(), Date::from_ymd(*period + 1, 8, 31).value());
}

Draft draft(const Project& project, const std::vector<Agreement>& agreements, Date as_of, std::optional<Date> known_at,
            std::optional<int> period) {
    Draft made;
    made.facts = load_project_facts(project);
    ClassifyRequest request;
    request.as_of = as_of;
    request.known_at = known_at;
    made.classified = classify(made.facts, agreements, request);
    made.acts = load_tally_facts(StoreReader::open(project.store_file()));
    TallyRequest tally_request;
    tally_request.as_of = as_of;
    tally_request.period = days_of(period);
    made.counts = tally(made.facts, made.classified, made.acts, code_lists(), tally_request);
    return made;
}

/// Releases that stood before `before` ("" = all of them).
std::vector<EarlierRelease> earlier_releases(const Ledger& ledger, const ReleaseRecord* before) {
    std::vector<EarlierRelease> earlier;
    for (const ReleaseRecord& record : ledger.releases()) {
        const bool later = before != nullptr && (record.id == before->id || record.released_at > before->released_at);
        if (!later) earlier.push_back(earlier_release(record.tables_json, record.id, record.as_of));
    }
    return earlier;
}

fs::path default_workbook(const Project& project, const std::string& id, bool preview) {
    return project.reports() / ("brugwacht-" + id + (preview ? "-preview" : "") + ".xlsx");
}

void count_tables(PublishSummary& summary, const Release& release) {
    summary.tables = release.tables.size() - release.summary.withheld_tables.size();
    summary.withheld_tables = release.summary.withheld_tables.size();
    summary.withheld_cells = release.summary.primary + release.summary.secondary;
}

/// Copies the frozen workbook, and looks whether today's facts would give other figures.
PublishSummary repeat(const Project& project, const PublishRequest& request, const std::vector<Agreement>& agreements, const Ledger& ledger,
                      const ReleaseRecord& record, Ports& ports) {
    PublishSummary summary;
    summary.as_of = record.as_of;
    summary.known_at = record.known_at;
    summary.release_id = record.id;
    summary.frozen = true;
    try {
        const Draft now = draft(project, agreements, record.as_of, record.known_at, request.period);
        const Release release = guard(now.counts, publication_policy(project, agreements), earlier_releases(ledger, &record));
        summary.facts_changed = release_json(release) != record.tables_json;
        count_tables(summary, release);
    } catch (const Error&) {
        summary.facts_changed = true;  // what could be released then can no longer be worked out
    }
    summary.workbook = request.out.empty() ? default_workbook(project, record.id, false) : request.out;
    if (!request.dry_run) ports.files.write(summary.workbook, record.workbook, 0640);
    return summary;
}

}  // namespace

std::vector<Agreement> load_agreements(const Project& project, const std::vector<std::string>& files, const Files& disk) {
    std::vector<fs::path> paths(files.begin(), files.end());
    if (paths.empty()) paths = project.agreement_files();
    if (paths.empty()) throw Error(Exit::Config, "RUN-007", {}, (project.dir() / "agreement.toml").string());
    std::vector<Agreement> agreements;
    std::vector<Fault> faults;
    for (const fs::path& path : paths) {
        try {
            agreements.push_back(parse_agreement(disk.read(path), path.string()));
        } catch (const Error& error) {
            if (error.exit() != Exit::Config) throw;
            faults.insert(faults.end(), error.faults().begin(), error.faults().end());
        }
    }
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    agreements = order_versions(std::move(agreements));
    refuse_errors(lint(agreements));
    return agreements;
}

namespace {

/// All agreed report dates from `from` to `to`, both included, each under the version in force on that day.
std::vector<Date> report_dates(const std::vector<Agreement>& agreements, Date from, Date to) {
    std::vector<Date> dates;
    for (const Agreement& agreement : agreements) {
        for (int year = from.year(); year <= to.year(); ++year) {
            for (const MonthDay& day : agreement.report_dates) {
                const Date date = day.in(year);
                const bool in_force = date >= agreement.effective_from && (!agreement.effective_to || date <= *agreement.effective_to);
                if (in_force && date >= from && date <= to) dates.push_back(date);
            }
        }
    }
    std::sort(dates.begin(), dates.end());
    return dates;
}

}  // namespace

std::optional<Date> last_report_date(const std::vector<Agreement>& agreements, Date today) {
    const std::vector<Date> dates = report_dates(agreements, add_months(today, -60), today);
    return dates.empty() ? std::nullopt : std::optional(dates.back());
}

std::optional<Date> next_report_date(const std::vector<Agreement>& agreements, Date today) {
    const std::vector<Date> dates = report_dates(agreements, today.plus_days(1), add_months(today, 60));
    return dates.empty() ? std::nullopt : std::optional(dates.front());
}

GuardPolicy publication_policy(const Project& project, const std::vector<Agreement>& agreements) {
    GuardPolicy policy;
    for (const Agreement& agreement : agreements) {
        policy.participation = std::max<std::int64_t>(policy.participation, agreement.small_n);
        policy.outcome = std::max<std::int64_t>(policy.outcome, agreement.publish_n);
    }
    for (const SourceSettings& source : project.settings().sources) policy.secrecy = policy.secrecy || source.secrecy;
    return policy;
}

FactBase load_project_facts(const Project& project) {
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());
    return load_facts(StoreReader::open(project.store_file()));
}

std::optional<PublishSummary> publish(const Project& project, const PublishRequest& request, const Texts& texts, Ports& ports) {
    const std::vector<Agreement> agreements = load_agreements(project, {}, ports.files);
    const std::optional<Date> as_of = request.as_of ? request.as_of : last_report_date(agreements, ports.clock.today());
    if (!as_of) {
        if (request.only_when_due) return std::nullopt;
        throw Error(Exit::Config, "RUN-010");
    }
    if (*as_of > ports.clock.today()) throw Error(Exit::Data, "RUN-009", {{"date", as_of->iso()}});

    Ledger ledger = Ledger::open(project.ledger_file());
    const std::string id = release_id(*as_of, request.period);
    if (!request.preview) {
        if (const auto record = ledger.release(id)) {
            if (request.only_when_due) return std::nullopt;
            return repeat(project, request, agreements, ledger, *record, ports);
        }
    }

    const Draft made = draft(project, agreements, *as_of, request.known_at, request.period);
    if (request.only_when_due && made.facts.trajectories().empty()) return std::nullopt;
    const bool logged = !request.preview && !request.dry_run;
    const auto record_refusal = [&](const Error& error) {
        if (logged && error.exit() == Exit::Refused)
            record_event(project, {.action = std::string(audit_action::kReleaseRefused), .object = "workbook"}, ports);
    };
    if (logged) record_changes(project, ports);
    if (!request.preview) {
        try {
            require_publishable(project);
        } catch (const Error& error) {
            record_refusal(error);
            throw;
        }
    }
    PublishSummary summary;
    summary.as_of = *as_of;
    summary.known_at = request.known_at;
    summary.preview = request.preview;
    summary.release_id = request.preview ? "" : id;

    Release release;
    try {
        release = guard(made.counts, publication_policy(project, agreements), earlier_releases(ledger, nullptr));
    } catch (const Error& error) {
        record_refusal(error);
        throw;
    }
    count_tables(summary, release);
    if (request.dry_run) return summary;

    summary.workbook = request.out.empty() ? default_workbook(project, id, request.preview) : request.out;
    const LedgerHead head = ledger.position();
    const std::string tables_json = release_json(release);
    const TemporaryFolder temporary(project);
    const fs::path draft_file = temporary.path() / "report.xlsx";
    const SteeringReport report = steering_report(project, agreements, made.classified, std::move(release),
                                                  {*as_of, request.known_at, request.period, summary.release_id, head}, texts, ports.files);
    write_steering_workbook(report, code_lists(), texts, draft_file);
    const std::string bytes = ports.files.read(draft_file);

    // Beside its place first, so that nothing is frozen that could not be handed over; frozen next, so that a crash cannot make a second
    // version.
    const fs::path beside = summary.workbook.string() + ".part";
    try {
        ports.files.write(beside, bytes, 0640);
    } catch (const Error& error) {
        const std::string wanted = summary.workbook.string();  // the user asked for this name
        throw Error(error.exit(), error.first().code, {{"file", wanted}}, wanted);
    }
    if (!request.preview) {
        ReleaseRecord record;
        record.id = id;
        record.as_of = *as_of;
        record.known_at = request.known_at;
        record.period = request.period ? std::to_string(*request.period) : "";
        for (const Agreement& agreement : agreements) record.agreements.push_back(agreement.name());
        record.rules_hash = made.classified.rules_hash();
        record.language = texts.language();
        record.tables_json = tables_json;
        record.workbook = bytes;
        record.workbook_sha256 = to_hex(sha256(bytes));
        record.audit_head = head.chain;
        record.released_at = ports.clock.now();
        AuditEntry entry{.role = "data_officer",
                         .action = std::string(audit_action::kRelease),
                         .object = "workbook",
                         .config = record.rules_hash,
                         .release = id};
        stamp_with_store(project, entry);
        entry.counts["tables"] = static_cast<std::int64_t>(summary.tables);
        entry.counts["withheld_cells"] = static_cast<std::int64_t>(summary.withheld_cells);
        ledger.freeze(record, entry, ports.secrets, ports.clock);
    }
    ports.files.publish(beside, summary.workbook);
    ports.log.write(LogLevel::Info, "report_written", {{"as_of", as_of->iso()}, {"preview", static_cast<std::int64_t>(request.preview)}});
    return summary;
}

}  // namespace brugwacht
