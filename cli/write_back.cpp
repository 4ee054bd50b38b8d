#include "engine/run/write_back.hpp"

#include <CLI/CLI.hpp>
#include <set>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "cli/write_back_summary.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class WriteBack : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("SOURCE", request_.sources, texts("opt.write_back.source"))->option_text(" ");
        app.add_option("--as-of", as_of_, texts("opt.write_back.as_of"))->option_text("DATE");
        app.add_flag("--send", request_.send, texts("opt.write_back.send"));
        app.add_flag("--withdraw", request_.withdraw, texts("opt.write_back.withdraw"));
        app.add_flag("--ids", ids_, texts("opt.write_back.ids"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        request_.as_of = date_argument("--as-of", as_of_);
        request_.send = request_.send && !session.options.dry_run;
        const ProjectLock lock(project);
        const WriteBackSummary summary = write_back(project, request_, ports.ports());
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", static_cast<int>(summary.exit()));
            write_write_back_members(json, summary, session, ids_);
            session.out << json.end_object().take() << '\n';
        } else {
            print_write_back(summary, session);
        }
        return summary.exit();
    }

  private:
    std::string as_of_;
    bool ids_ = false;
    WriteBackRequest request_;
};

void write_counts(JsonWriter& json, const WriteBackCounts& counts) {
    json.member("set", counts.set).member("changed", counts.changed).member("unchanged", counts.unchanged);
}

/// Definitions of which something is written or taken back, in the order of their names.
std::set<std::string> definitions_of(const SourceWriteBack& source) {
    std::set<std::string> definitions;
    for (const auto& [definition, statuses] : source.statuses) definitions.insert(definition);
    for (const auto& [definition, count] : source.withdrawn) definitions.insert(definition);
    return definitions;
}

std::uint64_t withdrawn_of(const SourceWriteBack& source, const std::string& definition) {
    const auto found = source.withdrawn.find(definition);
    return found == source.withdrawn.end() ? 0 : found->second;
}

void write_definitions(JsonWriter& json, const SourceWriteBack& source) {
    json.key("definitions").begin_array();
    for (const std::string& definition : definitions_of(source)) {
        json.begin_object().member("definition", definition).member("withdrawn", withdrawn_of(source, definition));
        json.key("statuses").begin_array();
        if (const auto statuses = source.statuses.find(definition); statuses != source.statuses.end()) {
            for (std::size_t s = 0; s < kStatuses; ++s) {
                const WriteBackCounts& counts = statuses->second[s];
                if (counts.set + counts.changed + counts.unchanged == 0) continue;
                json.begin_object().member("status", name(static_cast<Status>(s)));
                write_counts(json, counts);
                json.end_object();
            }
        }
        json.end_array().end_object();
    }
    json.end_array();
}

void write_source(JsonWriter& json, const SourceWriteBack& source, const Session& session, bool ids) {
    json.begin_object().member("source", source.source).key("records").begin_object();
    write_counts(json, source.records);
    json.member("withdrawn", source.records.withdrawn).member("held_back", source.held_back).end_object();
    write_definitions(json, source);
    json.member("written", source.written).member("refused", source.refused).member("left", source.left).key("refusals").begin_array();
    for (const auto& [code, count] : source.reasons) json.begin_object().member("code", code).member("count", count).end_object();
    json.end_array();
    if (ids) {
        json.key("ids").begin_array();
        for (const WriteBackRecord& record : source.planned)
            json.begin_object().member("key", record.key).member("change", name(record.change)).end_object();
        json.end_array();
    }
    json.key("error");
    if (source.error) {
        write_fault(json, source.error->first(), session.texts);
    } else {
        json.null();
    }
    json.end_object();
}

TextArgs arguments_of(const WriteBackCounts& counts) {
    return {{"set", static_cast<std::int64_t>(counts.set)},
            {"changed", static_cast<std::int64_t>(counts.changed)},
            {"withdrawn", static_cast<std::int64_t>(counts.withdrawn)},
            {"unchanged", static_cast<std::int64_t>(counts.unchanged)}};
}

void print_definitions(const SourceWriteBack& source, const Session& session) {
    for (const std::string& definition : definitions_of(source)) {
        if (const auto statuses = source.statuses.find(definition); statuses != source.statuses.end()) {
            for (std::size_t s = 0; s < kStatuses; ++s) {
                const WriteBackCounts& counts = statuses->second[s];
                if (counts.set + counts.changed + counts.unchanged == 0) continue;
                TextArgs args = arguments_of(counts);
                args.emplace_back("definition", definition);
                args.emplace_back("status", session.texts("write_back.word." + std::string(name(static_cast<Status>(s)))));
                session.out << "  " << session.texts("write_back.definition", args) << '\n';
            }
        }
        if (const auto count = static_cast<std::int64_t>(withdrawn_of(source, definition)); count > 0)
            session.out << "  " << session.texts("write_back.withdrawn", {{"definition", definition}, {"count", count}}) << '\n';
    }
}

}  // namespace

void write_write_back_members(JsonWriter& json, const WriteBackSummary& summary, const Session& session, bool ids) {
    json.member("as_of", summary.as_of.iso()).member("sent", summary.sent).key("sources").begin_array();
    for (const SourceWriteBack& source : summary.sources) write_source(json, source, session, ids);
    json.end_array();
}

void print_write_back(const WriteBackSummary& summary, const Session& session) {
    session.out << session.texts(summary.sent ? "write_back.title" : "write_back.title_dry", {{"date", session.texts.date(summary.as_of)}})
                << '\n';
    for (const SourceWriteBack& source : summary.sources) {
        TextArgs args = arguments_of(source.records);
        args.emplace_back("source", source.source);
        session.out << session.texts("write_back.source", args) << '\n';
        print_definitions(source, session);
        if (source.held_back > 0)
            session.out << "  " << session.texts("write_back.held_back", {{"count", static_cast<std::int64_t>(source.held_back)}}) << '\n';
        if (summary.sent)
            session.out << "  "
                        << session.texts("write_back.sent", {{"written", static_cast<std::int64_t>(source.written)},
                                                             {"refused", static_cast<std::int64_t>(source.refused)},
                                                             {"left", static_cast<std::int64_t>(source.left)}})
                        << '\n';
        if (source.error) {
            write_error(*source.error, session.texts, false, session.out, session.err);
        } else if (source.last_refusal) {
            write_error(Error(Exit::Partial, {*source.last_refusal}), session.texts, false, session.out, session.err);
        }
    }
    if (!summary.sent) session.say("write_back.how_to_send");
}

std::unique_ptr<Command> make_write_back() { return std::make_unique<WriteBack>(); }

}  // namespace brugwacht
