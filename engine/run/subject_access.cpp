#include "engine/run/subject_access.hpp"

#include "engine/audit/ledger.hpp"
#include "engine/rules/explain.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/subject_tables.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

Date day_of(std::int64_t utc_seconds) { return Date::from_days(static_cast<std::int32_t>(utc_seconds / 86400)); }

/// The verdicts, with the rules that led to them, in words.
AccessTable classes(const Project& project, const SubjectTables& tables, const std::vector<Agreement>& agreements, Date as_of,
                    const Texts& texts) {
    AccessTable table{"classes", {"source", "trajectory", "definition", "agreement", "status", "reason", "explanation", "rules"}, {}};
    if (tables.trajectories().empty()) return table;
    const FactBase facts = load_project_facts(project);
    ClassifyRequest request;
    request.as_of = as_of;
    for (std::uint32_t t = 0; t < facts.trajectories().size(); ++t) {
        const TrajectoryInfo& info = facts.trajectories()[t];
        const std::string source(facts.source(info.source)), key(facts.text(info.key));
        const auto& own = tables.trajectories();
        if (std::none_of(own.begin(), own.end(), [&](const OwnTrajectory& o) { return o.source == source && o.key == key; })) continue;
        std::vector<Trace> traces;
        const ClassificationSet set = classify_traced(facts, agreements, request, t, traces);
        for (std::size_t i = 0; i < set.results.size(); ++i) {
            const Classification& result = set.results[i];
            const Agreement* agreement = set.agreement_of(result);
            std::string rules;
            for (const TreeLine& line : tree_lines(facts, traces[i], texts))
                rules += (rules.empty() ? "" : "\n") + std::string(sign(line.mark)) + " " + line.rule + (line.rule.empty() ? "" : " ") +
                         line.text;
            table.rows.push_back({source, key, set.definition_ids[result.definition], agreement == nullptr ? "" : agreement->name(),
                                  AccessCell::coded(std::string(name(result.status)), status_text(result.status, texts)),
                                  AccessCell::coded(std::string(reason_code(facts, result)), reason_text(facts, result, texts)),
                                  explanation(facts, set, result, texts), rules});
        }
    }
    return table;
}

/// Who got something: the steering group counts only, source systems what was written back, the person what she took along, and who
/// looked her up.
AccessTable recipients(const Project& project, Vault& vault, const SubjectTables& tables, const Subject& subject, const Texts& texts) {
    AccessTable table{"recipients", {"recipient", "what", "on"}, {}};
    const auto add = [&](const std::string& who, const std::string& source, const std::string& what, const TextArgs& args, AccessCell on) {
        table.rows.push_back(
            {AccessCell::coded(source.empty() ? who : who + ":" + source, texts("subject.recipient." + who, {{"source", source}})),
             AccessCell::coded(what, texts("subject.received." + what, args)), std::move(on)});
    };
    std::error_code ignored;
    if (fs::exists(project.ledger_file(), ignored))
        for (const ReleaseRecord& release : Ledger::open(project.ledger_file()).releases())
            add("steering_group", "", "counts", {}, AccessCell::day(release.as_of));
    for (const std::string& source : tables.source_names())
        for (const WrittenBack& written : vault.written(source)) {
            if (tables.own_key(written.id).empty()) continue;
            std::string fields;
            for (const auto& [field, value] : written.values) fields += (fields.empty() ? "" : ", ") + field + ": " + value;
            add("source", source, "written_back", {{"fields", fields}}, {});
        }
    for (const RequestEntry& entry : read_requests(vault, subject.records))
        if (entry.right == "export" || entry.right == "access")
            add("subject", "", entry.right, {}, AccessCell::day(day_of(entry.noted_at)));
    for (const std::int64_t record : subject.records)
        for (const Note& note : vault.notes_about(record))
            if (note.kind == NoteKind::LookUp) add("data_officer", "", "look_up", {}, AccessCell::day(look_up_day(note)));
    return table;
}

AccessTable retention(const Project& project, const Texts& texts) {
    AccessTable table{"retention", {"what", "term"}, {}};
    const auto add = [&](const std::string& what, std::int64_t days) {
        table.rows.push_back(
            {AccessCell::coded(what, texts("subject.kept." + what)),
             AccessCell::coded(days > 0 ? std::to_string(days) + " d" : "", texts("subject.term." + what, {{"days", days}}))});
    };
    add("exports", project.settings().keep_exports_days);
    add("replaced", project.settings().keep_undo_days);
    add("facts", 0);
    add("requests", 0);
    add("reports", 0);
    add("log", 0);
    return table;
}

/// Decisions of people about whether records are one child; of the other record nothing is told, unless it is her own.
AccessTable decisions(Vault& vault, const SubjectTables& tables, const Subject& subject, const StoreReader& reader) {
    AccessTable table{"decisions", {"record", "other_record", "on"}, {}};
    std::map<std::int64_t, Date> run_days;
    for (const RunRow& run : reader.runs()) run_days.emplace(run.id, day_of(run.started_at));
    std::map<std::int64_t, Note> notes;  // one about two of her own records stands once
    for (const std::int64_t record : subject.records)
        for (Note& note : vault.notes_about(record))
            if (note.kind == NoteKind::Decision) notes.emplace(note.sequence, std::move(note));
    for (const auto& [sequence, note] : notes) {
        std::string own = tables.own_key(note.a), other = tables.own_key(note.b);
        if (own.empty()) std::swap(own, other);
        const auto day = run_days.find(note.run);
        table.rows.push_back({own, other.empty() ? AccessCell::hidden(Withheld::OtherPerson) : AccessCell(other),
                              day == run_days.end() ? AccessCell() : AccessCell::day(day->second)});
    }
    return table;
}

AccessTable requests(Vault& vault, const Subject& subject, const Texts& texts) {
    AccessTable table{"requests", {"request", "right", "received", "due", "closed", "requested_by"}, {}};
    for (const RequestEntry& entry : read_requests(vault, subject.records))
        table.rows.push_back({entry.id, AccessCell::coded(entry.right, texts("subject.right." + entry.right)),
                              AccessCell::day(entry.received), AccessCell::day(entry.due), AccessCell::day(entry.closed),
                              entry.requested_by.empty()
                                  ? AccessCell()
                                  : AccessCell::coded(entry.requested_by, texts("subject.requester", {{"who", entry.requested_by}}))});
    return table;
}

AccessBook book_of(const Project& project, Vault& vault, const Subject& subject, const AccessRequest& request,
                   const std::vector<Agreement>& agreements, const Texts& texts, Ports& ports) {
    const StoreReader reader = StoreReader::open(project.store_file(), Restricted::Included);
    const SubjectTables tables(project, reader, vault, subject, texts, request.include_guardian);
    const ProjectSettings& settings = project.settings();
    AccessBook book;
    book.as_of = request.as_of.value_or(ports.clock.today());
    book.called = tables.called();
    book.organisation = settings.organisation;
    book.contact = settings.contact;
    book.dpo = settings.dpo;
    book.authority = settings.authority;
    book.records = static_cast<std::int64_t>(subject.records.size());
    book.sources.assign(tables.source_names().begin(), tables.source_names().end());
    book.tables = {tables.identity(),         tables.facts(),
                   tables.computed(),         classes(project, tables, agreements, book.as_of, texts),
                   tables.sources(),          recipients(project, vault, tables, subject, texts),
                   retention(project, texts), decisions(vault, tables, subject, reader),
                   tables.corrections(),      requests(vault, subject, texts),
                   tables.dropped()};
    book.facts = static_cast<std::int64_t>(book.tables[1].rows.size());
    return book;
}

}  // namespace

AccessResult give_access(const Project& project, Vault& vault, const Subject& subject, const AccessRequest& request, const Texts& texts,
                         Ports& ports) {
    AccessResult result;
    const std::vector<Agreement> agreements = load_agreements(project, {}, ports.files);  // a fault in them comes before a request is noted
    if (!request.dry_run) result.opened = open_request(project, vault, "access", subject, request.request, ports);
    AccessBook book = book_of(project, vault, subject, request, agreements, texts, ports);
    result.records = book.records;
    result.facts = book.facts;
    result.sources = static_cast<std::int64_t>(book.sources.size());
    if (request.dry_run) return result;

    book.request = result.opened->entry.id;
    book.due = result.opened->entry.due;
    if (request.out.empty()) make_private_folder(project.requests());
    const fs::path base = request.out.empty() ? project.requests() / ("access-" + book.request) : request.out;
    if (request.workbook) {
        const TemporaryFolder temporary(project);
        const fs::path draft = temporary.path() / "access.xlsx";
        write_access_workbook(book, texts, draft);
        result.workbook = fs::path(base).replace_extension(".xlsx");
        ports.files.write(result.workbook, ports.files.read(draft), 0600);  // not renamed: it may go to another disk
    }
    if (request.json) {
        result.json = fs::path(base).replace_extension(".json");
        ports.files.write(result.json, access_json(book), 0600);
    }
    ports.log.write(LogLevel::Info, "access_given", {{"facts", result.facts}, {"records", result.records}});
    return result;
}

}  // namespace brugwacht
