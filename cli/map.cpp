#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "cli/remote_report.hpp"
#include "connector/source.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"
#include "engine/mapping/propose.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/project.hpp"
#include "engine/run/proposal.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRowsShown = 5;
constexpr std::size_t kHeadersNamed = 12;

bool is_mapping_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && name != "canonical" && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string column_letters(std::uint32_t column) {
    std::string out;
    for (std::uint32_t n = column + 1; n > 0; n = (n - 1) / 26) out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
    return out;
}

double rounded(double confidence) { return std::round(confidence * 100) / 100; }

/// A mapping that knows this file already.
struct Recognised {
    std::string name, label;
    Coverage coverage;
};

/// All that is told.
struct Findings {
    FileSample sample;
    std::optional<Recognised> recognised;
    Proposal proposal;
    std::string text;                           // the mapping file
    std::vector<std::vector<PreviewRow>> rows;  // parallel to the proposal's sheets
    std::optional<fs::path> saved;
};

class Map : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        CLI::Option* const file = app.add_option("FILE", file_, texts("opt.map.file"))->option_text(" ");
        app.add_option("--source", source_, texts("opt.map.source"))->option_text("NAME")->excludes(file);
        app.add_option("--save", name_, texts("opt.map.save"))->option_text("NAME");
        app.add_flag("--force", force_, texts("opt.map.force"));
        app.add_option("--sheet", sheet_, texts("opt.peek.sheet"))->option_text("NAME|N");
        app.add_option("--encoding", encoding_, texts("opt.peek.encoding"))->option_text("NAME");
        app.add_option("--delimiter", delimiter_, texts("opt.peek.delimiter"))->option_text("CHAR");
    }

    Exit run(Session& session) override {
        if (!source_.empty()) return tell_remote_fields(session, source_);
        if (file_.empty()) throw Error(Exit::Usage, "MAP-023");
        std::optional<Project> project;
        if (!name_.empty()) {
            if (!is_mapping_name(name_)) throw Error(Exit::Usage, "MAP-020", {{"name", name_}});
            project.emplace(session.project());
            refuse_to_overwrite(*project);
        }
        Findings found = look(session, project);
        if (project) save(session, *project, found);
        session.options.json ? write_json(session, found) : print(session, found);
        return Exit::Ok;
    }

  private:
    fs::path target(const Project& project) const { return project.mappings() / (name_ + ".toml"); }

    void refuse_to_overwrite(const Project& project) const {
        const std::vector<std::string> known = mapping_names(project.mappings());
        if (force_ || std::find(known.begin(), known.end(), name_) == known.end()) return;
        throw Error(Exit::CannotCreate, "MAP-021", {{"name", name_}}, target(project).string());
    }

    Findings look(const Session& session, const std::optional<Project>& project) const {
        std::error_code ignored;
        fs::path mappings;
        if (project) {
            mappings = project->mappings();
        } else if (fs::exists(session.options.project / "brugwacht.toml", ignored)) {
            mappings = session.options.project / "mappings";
        }
        ReadOptions options;
        if (!encoding_.empty()) options.encoding = encoding_;
        if (!delimiter_.empty()) options.delimiter = delimiter_ == "\\t" ? "\t" : delimiter_;
        Findings found;
        const auto document = open_document(file_, options);
        found.sample = sample_of(*document, file_, sheet_);
        found.sample.dialect_given = !encoding_.empty() || !delimiter_.empty();
        if (const auto known = recognise_mapping(shape_of(found.sample), mappings)) {
            const Mapping mapping = load_mapping(*known, mappings);
            found.recognised = Recognised{*known, mapping.label(), coverage_of(mapping, found.sample)};
        }
        found.proposal = propose_mapping(found.sample, mappings);
        MappingText text;
        text.label = name_.empty() ? "brugwacht map" : name_;
        found.text = write_mapping(found.proposal, found.sample, text, session.texts);
        found.rows.resize(found.proposal.sheets.size());
        if (!found.proposal.usable()) return found;
        const Mapping mapping = parse(text.label, found.text, mappings);
        for (std::size_t s = 0; s < found.rows.size(); ++s)
            if (found.proposal.sheets[s].layout != Layout::None)
                found.rows[s] = preview_rows(mapping, found.sample.sheets[s], found.sample.file_name, kRowsShown);
        return found;
    }

    /// What was written must read; anything else is our own mistake.
    static Mapping parse(const std::string& name, const std::string& text, const fs::path& mappings) {
        const CodeLists lists = load_code_lists(mappings);
        try {
            return Mapping::parse(name, text, name + ".toml", lists);
        } catch (const Error& error) {
            throw Error(Exit::Software, "CLI-004", {{"what", error.first().code + " " + error.first().where}});
        }
    }

    void save(Session& session, const Project& project, Findings& found) const {
        if (!found.proposal.usable()) throw Error(Exit::Data, "MAP-022", {{"file", found.sample.file_name}}, file_);
        if (session.options.dry_run) return;
        const ProjectLock lock(project);
        refuse_to_overwrite(project);
        std::error_code ignored;
        fs::create_directories(project.mappings(), ignored);
        session.files.write(target(project), found.text, 0600);
        fs::remove(proposal_file(project, found.proposal), ignored);  // answered
        record_changes(project, ProjectPorts(session, project).ports());
        found.saved = target(project);
    }

    // ------------------------------------------------------------ JSON

    static void write_candidate(JsonWriter& json, const Candidate& use) {
        json.member("entity", use.entity).member("field", use.field).key("type");
        use.type.empty() ? json.null() : json.value(use.type);
        json.member("confidence", rounded(use.confidence));
    }

    static void write_column(JsonWriter& json, const ProposedColumn& column) {
        json.begin_object()
            .member("column", static_cast<std::int64_t>(column.column) + 1)
            .member("header", column.header)
            .member("category", column.category);
        if (column.use) {
            write_candidate(json, *column.use);
        } else {
            json.key("entity").null().key("field").null().key("type").null().member("confidence", 0);
        }
        json.member("taken", column.sure).key("reasons").begin_array();
        for (const Why& reason : column.reasons) json.value(reason.detail.empty() ? reason.kind : reason.kind + ":" + reason.detail);
        json.end_array().key("alternatives").begin_array();
        for (const Candidate& other : column.alternatives) {
            json.begin_object();
            write_candidate(json, other);
            json.end_object();
        }
        json.end_array().end_object();
    }

    static std::string shown_header(const ProposedSheet& sheet, const Finding& finding) {
        if (!finding.cell) return {};
        for (const ProposedColumn& column : sheet.columns)
            if (column.column == *finding.cell) return column.header;
        return {};
    }

    static void write_row(JsonWriter& json, const ProposedSheet& sheet, const PreviewRow& row) {
        static constexpr const char* kOutcomes[] = {"header", "mapped", "rejected", "skipped"};
        json.begin_object()
            .member("row", row.row)
            .member("outcome", kOutcomes[static_cast<std::size_t>(row.outcome)])
            .key("records")
            .begin_array();
        for (const Record& record : row.records) json.value(entity_def(record.entity).name);
        json.end_array().key("findings").begin_array();
        for (const Finding& finding : row.findings)
            json.begin_object().member("code", finding.code).member("column", shown_header(sheet, finding)).end_object();
        json.end_array().end_object();
    }

    void write_json(Session& session, const Findings& found) const {
        JsonWriter json;
        json.begin_object().member("file", file_).member("kind", found.sample.kind).key("recognised");
        if (found.recognised) {
            json.begin_object()
                .member("mapping", found.recognised->name)
                .member("columns", static_cast<std::uint64_t>(found.recognised->coverage.columns))
                .member("taken", static_cast<std::uint64_t>(found.recognised->coverage.taken))
                .end_object();
        } else {
            json.null();
        }
        json.member("role", found.proposal.role).key("sheets").begin_array();
        for (std::size_t s = 0; s < found.proposal.sheets.size(); ++s) {
            const ProposedSheet& sheet = found.proposal.sheets[s];
            json.begin_object().member("name", sheet.name).member("index", static_cast<std::int64_t>(sheet.index)).key("header_row");
            sheet.header_row == 0 ? json.null() : json.value(sheet.header_row);
            json.key("columns").begin_array();
            for (const ProposedColumn& column : sheet.columns) write_column(json, column);
            json.end_array().key("rows").begin_array();
            for (const PreviewRow& row : found.rows[s]) write_row(json, sheet, row);
            json.end_array().end_object();
        }
        json.end_array().key("saved");
        found.saved ? json.value(found.saved->string()) : json.null();
        json.end_object();
        session.out << json.take() << '\n';
    }

    // ------------------------------------------------------------ for people

    void print(Session& session, const Findings& found) const {
        const Texts& t = session.texts;
        const auto line = [&](const std::string& key, const TextArgs& args = {}) { session.out << t(key, args) << '\n'; };
        line("map.file_title", {{"file", found.sample.file_name}, {"kind", found.sample.kind}});
        if (found.recognised) {
            const Coverage& coverage = found.recognised->coverage;
            line("map.recognised", {{"mapping", found.recognised->name},
                                    {"label", found.recognised->label},
                                    {"taken", static_cast<std::int64_t>(coverage.taken)},
                                    {"columns", static_cast<std::int64_t>(coverage.columns)}});
            if (!coverage.left.empty()) line("map.left", {{"headers", some_of(coverage.left)}});
        } else {
            line("map.not_recognised");
        }
        for (std::size_t s = 0; s < found.proposal.sheets.size(); ++s) print_sheet(session, found.proposal.sheets[s], found.rows[s]);
        if (found.proposal.usable()) {
            session.out << '\n';
            if (found.proposal.date_order_unknown) line("map.order_unknown");
            line("map.role_" + found.proposal.role);
        }
        if (found.saved) {
            session.say("map.saved", {{"file", found.saved->string()}});
        } else if (!name_.empty()) {
            session.out << '\n' << found.text;
            session.say("map.dry_run");
        } else if (found.proposal.usable()) {
            session.say("map.how_to_save", {{"file", file_}});
        }
    }

    static std::string some_of(const std::vector<std::string>& headers) {
        std::string out;
        for (std::size_t i = 0; i < headers.size() && i < kHeadersNamed; ++i) out += (i == 0 ? "" : ", ") + headers[i];
        return headers.size() > kHeadersNamed ? out + ", ..." : out;
    }

    static void print_sheet(Session& session, const ProposedSheet& sheet, const std::vector<PreviewRow>& rows) {
        const Texts& t = session.texts;
        session.out << '\n'
                    << t("map.sheet", {{"index", static_cast<std::int64_t>(sheet.index)},
                                       {"named", std::string(sheet.name.empty() ? "no" : "yes")},
                                       {"name", sheet.name},
                                       {"row", static_cast<std::int64_t>(sheet.header_row)}})
                    << '\n';
        if (sheet.header_row == 0) return;
        for (const ProposedColumn& column : sheet.columns) print_column(session, column);
        if (sheet.layout == Layout::None) {
            session.out << t("map.no_records") << '\n';
            return;
        }
        if (!rows.empty()) session.out << t("map.rows") << '\n';
        for (const PreviewRow& row : rows) print_row(session, sheet, row);
    }

    static std::string field_of(const Candidate& use) {
        return use.entity + "." + use.field + (use.type.empty() ? "" : " (" + use.type + ")");
    }

    static void print_column(Session& session, const ProposedColumn& column) {
        const Texts& t = session.texts;
        std::string header = column.header.empty() ? t("map.header_hidden") : column.header;
        if (!column.category.empty()) header = column.category + " / " + header;
        std::string why;
        for (const Why& reason : column.reasons) {
            const std::string text =
                reason.kind == "not_taken" ? t("map.why." + reason.detail) : t("map.reason." + reason.kind, {{"detail", reason.detail}});
            why += (why.empty() ? "" : "; ") + text;
        }
        const auto percent = [](double confidence) { return static_cast<std::int64_t>(std::lround(confidence * 100)); };
        const char* key = !column.use ? "map.column_left" : column.sure ? "map.column" : "map.column_unsure";
        TextArgs args{{"column", column_letters(column.column)}, {"header", header}, {"why", why}};
        if (column.use) {
            args.emplace_back("field", field_of(*column.use));
            args.emplace_back("percent", percent(column.use->confidence));
        }
        session.out << t(key, args) << '\n';
        std::string others;
        for (const Candidate& other : column.alternatives)
            others += (others.empty() ? "" : ", ") + field_of(other) + " " + std::to_string(percent(other.confidence)) + " %";
        if (!others.empty()) session.out << t("map.alternatives", {{"others", others}}) << '\n';
    }

    // What a row would become, without any value but codes and dates.
    static std::string told(const Record& record, const Texts& t) {
        const std::string entity(entity_def(record.entity).name);
        if (record.entity == Entity::Event)
            return code_lists().label("event_type", record.get("type"), t.language()) + " " + day(record.get("date"), t);
        if (record.entity == Entity::Trajectory) return t("map.record.trajectory", {{"date", day(record.get("start"), t)}});
        if (record.entity == Entity::Activity) return t("map.record.activity", {{"date", day(record.get("date"), t)}});
        return t("map.record." + entity);
    }
    static std::string day(const std::string& iso, const Texts& t) {
        const auto date = Date::parse_iso(iso);
        return date ? t.date(*date) : iso;
    }

    static void print_row(Session& session, const ProposedSheet& sheet, const PreviewRow& row) {
        const Texts& t = session.texts;
        std::string what;
        for (const Record& record : row.records) what += (what.empty() ? "" : ", ") + told(record, t);
        std::string notes;
        for (const Finding& finding : row.findings) {
            if (row.outcome == RowOutcome::Rejected && !finding.rejects) continue;
            notes +=
                (notes.empty() ? "" : "; ") + finding.code + " " + t(finding.code + ".message", {{"column", shown_header(sheet, finding)}});
        }
        const char* key = row.outcome == RowOutcome::Rejected  ? "map.row_rejected"
                          : row.outcome == RowOutcome::Skipped ? "map.row_skipped"
                                                               : "map.row_mapped";
        session.out << t(key, {{"row", static_cast<std::int64_t>(row.row)}, {"records", what}, {"why", notes}}) << '\n';
        if (row.outcome == RowOutcome::Mapped && !notes.empty()) session.out << t("map.row_notes", {{"notes", notes}}) << '\n';
    }

    std::string file_, source_, name_, sheet_, encoding_, delimiter_;
    bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_map() { return std::make_unique<Map>(); }

}  // namespace brugwacht
