#include "engine/run/import.hpp"

#include <CLI/CLI.hpp>
#include <set>
#include <string>

#include "cli/commands.hpp"
#include "cli/dropped_summary.hpp"
#include "cli/import_summary.hpp"
#include "cli/project_session.hpp"
#include "cli/reading_summary.hpp"
#include "cli/remote_report.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/drift.hpp"

namespace brugwacht {
namespace {

class Import : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("INPUT", request_.inputs, texts("opt.import.input"))->option_text(" ");
        app.add_option("--mapping", request_.mapping, texts("opt.import.mapping"))->option_text("NAME");
        app.add_option("--source", request_.source, texts("opt.import.source"))->option_text("NAME");
        app.add_option("--accept", request_.accept, texts("opt.accept"))->option_text("SOURCE")->take_all()->expected(1);
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        const ProjectLock lock(project);
        request_.dry_run = session.options.dry_run;
        request_.language = session.options.language;
        RemotePorts remote = remote_ports(session);
        const ImportSummary summary = import_files(project, request_, remote, ports.ports());
        if (session.options.json) {
            JsonWriter json;
            json.begin_object();
            write_import_members(json, summary, session, summary.exit());
            write_quasi_identifiers(json, project);
            json.end_object();
            session.out << json.take() << '\n';
        } else {
            print_import(summary, session);
        }
        return summary.exit();
    }

  private:
    ImportRequest request_;
};

}  // namespace

namespace {

/// Why nothing may be published, what became of the records of each entity, and which fields changed: names and codes, no other values.
void write_changes(JsonWriter& json, const ImportedFile& file) {
    json.key("held").begin_array();
    for (const std::string& code : file.held) json.value(code);
    json.end_array().key("records").begin_array();
    // A run that only finds that records are gone has read none.
    std::set<std::string> entities;
    for (const auto& [entity, of] : file.report.statistics.entities) entities.insert(entity);
    for (const auto& [entity, count] : file.vanished_by_entity) entities.insert(entity);
    for (const std::string& entity : entities) {
        const auto of = file.report.statistics.entities.find(entity);
        const auto changes = file.report.changes.find(entity);
        const auto vanished = file.vanished_by_entity.find(entity);
        const bool any = changes != file.report.changes.end();
        json.begin_object()
            .member("entity", entity)
            .member("count", of != file.report.statistics.entities.end() ? of->second.records : 0)
            .member("new", any ? changes->second.fresh : 0)
            .member("changed", any ? changes->second.changed : 0)
            .member("vanished", vanished != file.vanished_by_entity.end() ? vanished->second : 0)
            .end_object();
    }
    json.end_array().key("changes").begin_array();
    for (const auto& [entity, changes] : file.report.changes) {
        for (const auto& [field, change] : changes.fields) {
            json.begin_object().member("field", entity + "." + field).member("count", change.count).key("codes").begin_array();
            if (const auto codes = file.codes.find(entity); codes != file.codes.end())
                if (const auto of_field = codes->second.find(field); of_field != codes->second.end())
                    for (const CodeChange& code : of_field->second)
                        json.begin_object().member("from", code.from).member("to", code.to).member("count", code.count).end_object();
            json.end_array().end_object();
        }
    }
    json.end_array();
}

}  // namespace

void write_import_members(JsonWriter& json, const ImportSummary& summary, const Session& session, Exit exit) {
    json.member("run", summary.run).key("files").begin_array();
    for (const ImportedFile& file : summary.files) {
        json.begin_object()
            .member("file", file.path.string())
            .member("source", file.source)
            .member("mapping", file.mapping)
            .member("read", file.counts.read)
            .member("new", file.counts.fresh)
            .member("changed", file.counts.changed)
            .member("unchanged", file.counts.unchanged)
            .member("duplicate", file.counts.duplicate)
            .member("rejected", file.counts.rejected)
            .member("skipped", file.counts.skipped)
            .key("warnings")
            .begin_array();
        for (const auto& [code, count] : file.warnings) {
            json.begin_object().member("code", code).member("count", count).member("level", level_of(code)).key("columns").begin_array();
            if (const auto known = file.columns.find(code); known != file.columns.end())
                for (const auto& [column, times] : known->second)
                    json.begin_object().member("column", column).member("count", times).end_object();
            json.end_array().end_object();
        }
        json.end_array().key("rejects_file");
        file.rejects_file ? json.value(file.rejects_file->string()) : json.null();
        write_decisions(json, file.decisions);
        json.member("vanished", file.vanished).key("dropped").begin_array();
        for (const auto& [what, count] : file.report.dropped) write_dropped(json, what.first, what.second, count);
        json.end_array();
        write_changes(json, file);
        if (file.error) {
            json.key("error");
            write_fault(json, file.error->first(), session.texts);
        }
        json.end_object();
    }
    json.end_array().member("waiting", summary.waiting).key("link");
    write_link(json, summary.link);
    json.member("dry_run", session.options.dry_run).member("exit", static_cast<int>(exit));
    for (const ImportedFile& file : summary.files) {
        if (!file.error) continue;
        json.key("error");
        write_fault(json, file.error->first(), session.texts);
        break;
    }
}

namespace {

void print_warning(const ImportedFile& file, const std::string& code, std::uint64_t count, const Session& session) {
    std::string columns;
    if (const auto known = file.columns.find(code); known != file.columns.end())
        for (const auto& [column, times] : known->second) {
            columns += (columns.empty() ? "" : ", ") + column;
            if (known->second.size() > 1) columns += " (" + std::to_string(times) + ")";
        }
    const auto number = static_cast<std::int64_t>(count);
    const TextArgs args{{"column", columns},
                        {"count", number},
                        {"tab", std::int64_t{1}},
                        {"row", std::int64_t{0}},
                        {"file", file.path.filename().string()}};
    session.say("import.warning", {{"code", code}, {"count", number}, {"message", session.texts(code + ".message", args)}});
}

/// What a trial run would change, by record and field.
void print_changes(const ImportedFile& file, const Session& session) {
    for (const auto& [entity, changes] : file.report.changes) {
        session.say("import.records", {{"entity", session.texts("entity." + entity)},
                                       {"new", static_cast<std::int64_t>(changes.fresh)},
                                       {"changed", static_cast<std::int64_t>(changes.changed)}});
        for (const auto& [field, change] : changes.fields) {
            session.say("import.changed_field", {{"field", field}, {"count", static_cast<std::int64_t>(change.count)}});
            const auto codes = file.codes.find(entity);
            if (codes == file.codes.end() || !codes->second.contains(field)) continue;
            for (const CodeChange& code : codes->second.at(field)) {
                const std::string blank = session.texts("import.blank");
                session.say("import.changed_code", {{"from", code.from.empty() ? blank : code.from},
                                                    {"to", code.to.empty() ? blank : code.to},
                                                    {"count", static_cast<std::int64_t>(code.count)}});
            }
        }
    }
}

}  // namespace

void print_import(const ImportSummary& summary, const Session& session) {
    if (summary.files.empty()) {
        session.say("import.nothing");
        return;
    }
    for (const ImportedFile& file : summary.files) {
        const std::string name = file.path.filename().string();
        if (file.error) {
            session.say("import.file_refused", {{"file", name}});
            write_error(*file.error, session.texts, false, session.out, session.err);
            continue;
        }
        if (file.seen) {
            session.say("import.file_seen", {{"file", name}, {"read", static_cast<std::int64_t>(file.counts.read)}});
            continue;
        }
        session.say("import.file", {{"file", name},
                                    {"read", static_cast<std::int64_t>(file.counts.read)},
                                    {"new", static_cast<std::int64_t>(file.counts.fresh)},
                                    {"changed", static_cast<std::int64_t>(file.counts.changed)},
                                    {"unchanged", static_cast<std::int64_t>(file.counts.unchanged)},
                                    {"duplicate", static_cast<std::int64_t>(file.counts.duplicate)},
                                    {"rejected", static_cast<std::int64_t>(file.counts.rejected)},
                                    {"skipped", static_cast<std::int64_t>(file.counts.skipped)}});
        print_decisions(file.decisions, session);
        if (session.options.dry_run) print_changes(file, session);
        if (file.vanished > 0) session.say("import.vanished", {{"count", static_cast<std::int64_t>(file.vanished)}});
        for (const auto& [code, count] : file.warnings) print_warning(file, code, count, session);
        for (const auto& [what, count] : file.report.dropped)
            if (what.second == "purpose" || what.second == "project" || what.second == "secrecy")  // the others are told as warnings
                session.say("legal.dropped.line", dropped_args(session.texts, what.first, what.second, count));
        if (file.rejects_file) session.say("rejects.import_hint", {{"file", file.rejects_file->string()}});
        if (!file.held.empty()) session.say("import.held", {{"source", file.source}});
    }
    if (summary.waiting > 0) session.say("import.waiting", {{"count", static_cast<std::int64_t>(summary.waiting)}});
    if (session.options.dry_run) session.say("import.dry_run");
}

std::unique_ptr<Command> make_import() { return std::make_unique<Import>(); }

}  // namespace brugwacht
