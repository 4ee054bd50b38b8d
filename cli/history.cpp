#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/dropped_summary.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {
namespace {

class History : public Command {
  public:
    void declare(CLI::App&, const Texts&) override {}

    Exit run(Session& session) override {
        const Project project = session.project();
        std::error_code ignored;
        std::vector<RunRow> runs;
        std::vector<FileRow> files;
        std::vector<DroppedRow> dropped;
        if (std::filesystem::exists(project.store_file(), ignored)) {
            const StoreReader reader = StoreReader::open(project.store_file());
            runs = reader.runs();
            files = reader.files();
            dropped = reader.dropped();
        }
        if (session.options.json) {
            write_json(session, runs, files, dropped);
        } else {
            print(session, runs, files, dropped);
        }
        return Exit::Ok;
    }

  private:
    static void write_json(Session& session, const std::vector<RunRow>& runs, const std::vector<FileRow>& files,
                           const std::vector<DroppedRow>& dropped) {
        JsonWriter json;
        json.begin_object().member("exit", 0).key("runs").begin_array();
        for (const RunRow& run : runs) {
            json.begin_object()
                .member("run", run.id)
                .member("kind", run.kind)
                .member("started", utc_timestamp(run.started_at))
                .key("undone_by");
            run.undone_by ? json.value(*run.undone_by) : json.null();
            if (run.undoes) json.member("undoes", *run.undoes).member("removed", run.removed).member("restored", run.restored);
            json.key("files").begin_array();
            for (const FileRow& file : files) {
                if (file.run != run.id) continue;
                json.begin_object()
                    .member("number", static_cast<std::int64_t>(file.number))
                    .member("source", file.source)
                    .member("mapping", file.mapping)
                    .member("hash", file.sha256.substr(0, 12))
                    .member("read", file.counts.read)
                    .member("new", file.counts.fresh)
                    .member("changed", file.counts.changed)
                    .member("unchanged", file.counts.unchanged)
                    .member("duplicate", file.counts.duplicate)
                    .member("rejected", file.counts.rejected)
                    .member("skipped", file.counts.skipped)
                    .member("vanished", file.vanished)
                    .key("dropped")
                    .begin_array();
                for (const DroppedRow& row : dropped)
                    if (row.file == file.id) write_dropped(json, row.field, row.reason, row.count);
                json.end_array().end_object();
            }
            json.end_array().end_object();
        }
        json.end_array().end_object();
        session.out << json.take() << '\n';
    }

    static void print(Session& session, const std::vector<RunRow>& runs, const std::vector<FileRow>& files,
                      const std::vector<DroppedRow>& dropped) {
        for (const RunRow& run : runs) {
            session.out << session.texts("history.run", {{"run", run.id}, {"time", utc_timestamp(run.started_at)}, {"kind", run.kind}})
                        << '\n';
            if (run.undone_by) session.out << "  " << session.texts("history.undone", {{"by", *run.undone_by}}) << '\n';
            if (run.undoes)
                session.out << "  "
                            << session.texts("history.undoes", {{"run", *run.undoes},
                                                                {"removed", static_cast<std::int64_t>(run.removed)},
                                                                {"restored", static_cast<std::int64_t>(run.restored)}})
                            << '\n';
            for (const FileRow& file : files) {
                if (file.run != run.id) continue;
                session.out << "  "
                            << session.texts("import.file", {{"file", file.source + " (" + file.sha256.substr(0, 12) + ")"},
                                                             {"read", static_cast<std::int64_t>(file.counts.read)},
                                                             {"new", static_cast<std::int64_t>(file.counts.fresh)},
                                                             {"changed", static_cast<std::int64_t>(file.counts.changed)},
                                                             {"unchanged", static_cast<std::int64_t>(file.counts.unchanged)},
                                                             {"duplicate", static_cast<std::int64_t>(file.counts.duplicate)},
                                                             {"rejected", static_cast<std::int64_t>(file.counts.rejected)},
                                                             {"skipped", static_cast<std::int64_t>(file.counts.skipped)}})
                            << '\n';
                for (const DroppedRow& row : dropped)
                    if (row.file == file.id)
                        session.out << session.texts("legal.dropped.line", dropped_args(session.texts, row.field, row.reason, row.count))
                                    << '\n';
            }
        }
    }
};

}  // namespace

std::unique_ptr<Command> make_history() { return std::make_unique<History>(); }

}  // namespace brugwacht
