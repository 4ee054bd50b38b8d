#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/reject_list.hpp"

namespace brugwacht {
namespace {

const char* name_of(RejectState state) {
    switch (state) {
        case RejectState::Open:
            return "open";
        case RejectState::Resolved:
            return "resolved";
        case RejectState::Replaced:
            return "replaced";
    }
    return "open";
}

class Rejects : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--run", run_, texts("opt.rejects.run"))->option_text("N");
        app.add_flag("--all", request_.all, texts("opt.rejects.all"));
        app.add_option("--out", out_, texts("opt.rejects.out"))->option_text("FILE");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        if (run_ > 0) request_.run = run_;
        request_.rows = session.options.json || !out_.empty();
        const RejectList list = list_rejects(project, request_, ports.ports());
        if (!out_.empty() && !session.options.dry_run) {
            const ProjectLock lock(project);
            write_open_rejects(project, list, out_, session.texts, ports.ports());
        }
        if (session.options.json) {
            write_json(session, list);
        } else {
            print(session, project, list);
        }
        return Exit::Ok;
    }

  private:
    void write_json(Session& session, const RejectList& list) const {
        JsonWriter json;
        json.begin_object().member("exit", 0).member("open", list.open).key("rejects").begin_array();
        for (const RejectFile& file : list.files) {
            for (const RejectRow& row : file.rows) {
                json.begin_object()
                    .member("run", row.run)
                    .member("file", file.shown())
                    .member("source", file.file.source)
                    .member("sheet", static_cast<std::int64_t>(row.tab))
                    .member("row", row.row)
                    .member("column", static_cast<std::int64_t>(row.column))
                    .member("code", row.code)
                    .member("message", message(session.texts, row.code, row.column))
                    .member("resolved", row.state == RejectState::Resolved)
                    .member("state", name_of(row.state))
                    .end_object();
            }
        }
        json.end_array().key("workbooks").begin_array();
        for (const RejectWorkbook& workbook : list.workbooks)
            json.begin_object().member("run", workbook.run).member("path", workbook.path.string()).end_object();
        json.end_array().key("out");
        out_.empty() || session.options.dry_run ? json.null() : json.value(out_.string());
        json.end_object();
        session.out << json.take() << '\n';
    }

    static std::string message(const Texts& texts, const std::string& code, std::uint32_t column) {
        return texts(code + ".message", {{"column", column == 0 ? texts("rejects.whole_row") : column_letters(column)}});
    }

    void print(Session& session, const Project& project, const RejectList& list) const {
        const Texts& texts = session.texts;
        const auto line = [&](const std::string& key, const TextArgs& args = {}) { session.out << texts(key, args) << '\n'; };
        const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
        if (list.files.empty()) line("rejects.none");
        for (const RejectFile& file : list.files) {
            line("rejects.file",
                 {{"file", file.shown()}, {"count", number(file.open)}, {"source", file.file.source}, {"run", file.file.run}});
            for (const RejectGroup& group : file.groups)
                line("rejects.group", {{"count", number(group.count)},
                                       {"message", message(texts, group.code, group.column)},
                                       {"remedy", texts(group.code + ".remedy")}});
            if (request_.all && file.resolved > 0) line("rejects.state_resolved", {{"count", number(file.resolved)}});
            if (request_.all && file.replaced > 0) line("rejects.state_replaced", {{"count", number(file.replaced)}});
            if (file.open == 0) continue;
            if (file.workbook) {
                line("rejects.workbook", {{"file", file.workbook->string()}});
            } else if (!has_workbook(list, file.file.run)) {
                line("rejects.no_workbook", {{"days", std::int64_t{project.settings().keep_exports_days}}});
            }
        }
        // Workbooks of which it is not known to which file they belong: the vault is closed.
        for (const RejectWorkbook& workbook : list.workbooks) {
            const bool named =
                std::any_of(list.files.begin(), list.files.end(), [&](const RejectFile& file) { return file.workbook == workbook.path; });
            if (!named) line("rejects.workbook", {{"file", workbook.path.string()}});
        }
        if (!out_.empty() && !session.options.dry_run) session.say("rejects.done", {{"file", out_.string()}});
    }

    static bool has_workbook(const RejectList& list, std::int64_t run) {
        return std::any_of(list.workbooks.begin(), list.workbooks.end(), [run](const RejectWorkbook& w) { return w.run == run; });
    }

    RejectListRequest request_;
    std::int64_t run_ = 0;
    std::filesystem::path out_;
};

}  // namespace

std::unique_ptr<Command> make_rejects() { return std::make_unique<Rejects>(); }

}  // namespace brugwacht
