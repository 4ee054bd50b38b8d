#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/findings.hpp"
#include "cli/project_session.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/agreement_diff.hpp"
#include "engine/rules/agreement_text.hpp"
#include "engine/rules/compare.hpp"
#include "engine/rules/explain.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/signing.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

using Paths = std::vector<fs::path>;

/// The files named, or those of the project. Throws Error RUN-007 (78) when that has none.
Paths files_or_project(const Session& session, const Paths& named) {
    if (!named.empty()) return named;
    const Project project = session.project();
    Paths files = project.agreement_files();
    if (files.empty()) throw Error(Exit::Config, "RUN-007", {}, (project.dir() / "agreement.toml").string());
    return files;
}

Agreement read_agreement(const Session& session, const fs::path& file) { return parse_agreement(session.files.read(file), file.string()); }

// ---------------------------------------------------------------- lint

void write_lint(Session& session, const Paths& files, const LintResult& result) {
    JsonWriter json;
    json.begin_object();
    const auto error = std::find_if(result.findings.begin(), result.findings.end(),
                                    [](const LintFinding& finding) { return finding.level == LintLevel::Error; });
    if (error != result.findings.end()) {
        json.member("exit", static_cast<int>(Exit::Data)).key("error");
        write_fault(json, error->fault, session.texts);
    }
    json.key("files").begin_array();
    for (const fs::path& file : files) json.value(file.string());
    json.end_array().key("agreements").begin_array();
    for (const Agreement& agreement : result.agreements) json.value(agreement.name());
    json.end_array().key("findings");
    write_findings(json, result.findings, session.texts);
    json.member("errors", result.count(LintLevel::Error))
        .member("warnings", result.count(LintLevel::Warning))
        .member("notes", result.count(LintLevel::Note))
        .end_object();
    session.out << json.take() << '\n';
}

void print_lint(Session& session, const LintResult& result) {
    for (const LintFinding& finding : result.findings) print_finding(session.out, finding, session.texts);
    session.out << session.texts("lint.counts", {{"agreements", static_cast<std::int64_t>(result.agreements.size())},
                                                 {"name", result.agreements.empty() ? std::string() : result.agreements.front().name()},
                                                 {"errors", result.count(LintLevel::Error)},
                                                 {"warnings", result.count(LintLevel::Warning)},
                                                 {"notes", result.count(LintLevel::Note)}})
                << '\n';
}

Exit run_lint(Session& session, const Paths& named) {
    const Paths files = files_or_project(session, named);
    const LintResult result = lint_files(files, session.files);
    if (session.options.json) {
        write_lint(session, files, result);
    } else {
        print_lint(session, result);
    }
    return result.count(LintLevel::Error) > 0 ? Exit::Data : Exit::Ok;
}

// ---------------------------------------------------------------- show

void write_shown(JsonWriter& json, const Agreement& agreement, const Texts& texts) {
    json.begin_object()
        .member("agreement", agreement.name())
        .member("language", texts.language())
        .member("rules_hash", agreement.rules_hash)
        .member("text_sha256", to_hex(sha256(agreement_document(agreement, texts))))
        .key("sections")
        .begin_array();
    std::vector<AgreementSection> sections = agreement_sections(agreement, texts);
    sections.push_back(signature_section(agreement, texts));
    for (const AgreementSection& section : sections) {
        json.begin_object().member("heading", section.heading).key("paragraphs").begin_array();
        for (const Clause& clause : section.clauses) json.value(clause.text);
        json.end_array().end_object();
    }
    json.end_array().end_object();
}

/// One object for one agreement; for more of them an array under "agreements".
std::string shown_json(const std::vector<Agreement>& agreements, const Texts& texts) {
    JsonWriter json;
    if (agreements.size() == 1) {
        write_shown(json, agreements.front(), texts);
    } else {
        json.begin_object().key("agreements").begin_array();
        for (const Agreement& agreement : agreements) write_shown(json, agreement, texts);
        json.end_array().end_object();
    }
    return json.take();
}

Exit run_show(Session& session, const Paths& named, const fs::path& out) {
    std::vector<Agreement> agreements;
    for (const fs::path& file : files_or_project(session, named)) agreements.push_back(read_agreement(session, file));
    std::string text;
    for (const Agreement& agreement : agreements) text += (text.empty() ? "" : "\n\n") + agreement_document(agreement, session.texts);
    if (!out.empty() && !session.options.dry_run) session.files.write(out, text, 0640);
    if (session.options.json) {
        session.out << shown_json(agreements, session.texts) << '\n';
    } else if (out.empty()) {
        session.out << text;
    } else if (!session.options.dry_run) {
        session.say("agreement.show.written", {{"file", out.string()}});
    }
    for (const Agreement& agreement : agreements) {
        const std::vector<LintFinding> findings = lint({&agreement, 1});
        if (std::any_of(findings.begin(), findings.end(), [](const LintFinding& f) { return f.level == LintLevel::Error; }))
            session.say("agreement.show.faulty", {{"file", agreement.file}});
    }
    return Exit::Ok;
}

// ---------------------------------------------------------------- compare

struct Compared {
    Agreement a, b;
    std::vector<AgreementDifference> differences;
    Date as_of;
    std::optional<Outcomes> outcomes;  // nothing without a project that holds facts
};

void write_opinion(JsonWriter& json, const Opinion& opinion) {
    json.begin_object()
        .member("status", name(opinion.status))
        .member("reason", opinion.reason)
        .member("explanation", opinion.explanation)
        .end_object();
}

void write_outcomes(JsonWriter& json, const Outcomes& outcomes) {
    json.key("changes").begin_array();
    for (const OutcomeChange& change : outcomes.changes) {
        json.begin_object()
            .member("source", change.source)
            .member("trajectory", change.trajectory)
            .member("definition", change.definition)
            .key("a");
        write_opinion(json, change.a);
        json.key("b");
        write_opinion(json, change.b);
        json.end_object();
    }
    json.end_array().key("counts").begin_array();
    for (const Transition& transition : outcomes.transitions)
        json.begin_object()
            .member("definition", transition.definition)
            .member("a", name(transition.a))
            .member("b", name(transition.b))
            .member("n", transition.n)
            .end_object();
    json.end_array();
}

std::string compared_json(const Compared& compared) {
    JsonWriter json;
    json.begin_object().member("a", compared.a.name()).member("b", compared.b.name()).key("as_of");
    compared.outcomes ? json.value(compared.as_of.iso()) : json.null();
    json.member("changes_outcome", changes_outcome(compared.differences)).key("differences").begin_array();
    for (const AgreementDifference& difference : compared.differences)
        json.begin_object()
            .member("key", difference.key)
            .member("definition", difference.definition)
            .member("a", difference.a)
            .member("b", difference.b)
            .member("outcome", difference.outcome)
            .member("text", difference.text)
            .end_object();
    json.end_array();
    write_outcomes(json, compared.outcomes.value_or(Outcomes()));
    json.end_object();
    return json.take();
}

class ComparisonPrinter {
  public:
    explicit ComparisonPrinter(Session& session) : session_(session) {}

    void print(const Compared& compared) {
        differences(compared);
        if (!compared.outcomes) return;
        const Outcomes& outcomes = *compared.outcomes;
        line("outcomes", {{"date", session_.texts.date(compared.as_of)}});
        for (const Transition& t : outcomes.transitions)
            line(t.a == t.b ? "unchanged" : "transition", {{"definition", t.definition},
                                                           {"count", t.n},
                                                           {"a", status_text(t.a, session_.texts)},
                                                           {"b", status_text(t.b, session_.texts)}});
        const std::int64_t statuses = outcomes.statuses_changed();
        line("changed_count", {{"statuses", statuses}, {"reasons", static_cast<std::int64_t>(outcomes.changes.size()) - statuses}});
        if (outcomes.changes.empty()) return;
        line("operator_only");
        // Those that get another status come first; within both the order stays.
        for (const bool status : {true, false})
            for (const OutcomeChange& change : outcomes.changes)
                if (change.status_changed() == status) one(change, compared);
    }

  private:
    void line(const std::string& key, const TextArgs& args = {}) {
        session_.out << session_.texts("agreement.compare." + key, args) << '\n';
    }

    void differences(const Compared& compared) {
        const TextArgs both{{"a", compared.a.name()}, {"b", compared.b.name()}};
        if (compared.a.id != compared.b.id) line("other_ids");
        line(compared.differences.empty() ? "none" : "differences", both);
        for (const AgreementDifference& d : compared.differences)
            line("difference", {{"subject", d.definition.empty() ? d.key : d.definition + ", " + d.key}, {"text", d.text}});
        if (!compared.differences.empty() && !changes_outcome(compared.differences)) line("text_only");
    }

    void one(const OutcomeChange& change, const Compared& compared) {
        line(change.status_changed() ? "change" : "reason_change", {{"source", change.source},
                                                                    {"trajectory", change.trajectory},
                                                                    {"definition", change.definition},
                                                                    {"a", status_text(change.a.status, session_.texts)},
                                                                    {"b", status_text(change.b.status, session_.texts)}});
        line("opinion", {{"name", compared.a.name()}, {"explanation", change.a.explanation}});
        line("opinion", {{"name", compared.b.name()}, {"explanation", change.b.explanation}});
    }

    Session& session_;
};

/// The facts to try both agreements on; nothing, said in words, when there are none. A folder that was named has to be a project.
std::optional<FactBase> facts_of_project(const Session& session) {
    std::error_code ignored;
    const fs::path dir = session.options.project;
    if (dir == "." && !fs::exists(dir / "brugwacht.toml", ignored)) {
        session.say("agreement.compare.no_project", {{"dir", fs::current_path(ignored).string()}});
        return std::nullopt;
    }
    const Project project = session.project();
    if (!fs::exists(project.store_file(), ignored)) {
        session.say("agreement.compare.no_facts");
        return std::nullopt;
    }
    return load_project_facts(project);
}

Exit run_compare(Session& session, const fs::path& first, const fs::path& second, const std::optional<Date>& as_of) {
    Compared compared{read_agreement(session, first), read_agreement(session, second), {}, as_of.value_or(session.clock.today()), {}};
    compared.differences = agreement_differences(compared.a, compared.b, session.texts);
    if (const auto facts = facts_of_project(session))
        compared.outcomes = compare_outcomes(*facts, compared.a, compared.b, compared.as_of, session.texts);
    if (session.options.json) {
        session.out << compared_json(compared) << '\n';
    } else {
        ComparisonPrinter(session).print(compared);
    }
    return Exit::Ok;
}

// ---------------------------------------------------------------- sign

Exit run_sign(Session& session, const fs::path& file, const fs::path& copy) {
    const Project project = session.project();
    ProjectPorts ports(session, project);
    const SignedCopy made = record_signature(project, file, copy, session.options.dry_run, ports.ports());
    if (session.options.json) {
        JsonWriter json;
        json.begin_object()
            .member("exit", 0)
            .member("agreement", made.agreement)
            .member("rules_hash", made.rules_hash)
            .member("copy_sha256", made.copy_hash)
            .member("recorded", !session.options.dry_run)
            .end_object();
        session.out << json.take() << '\n';
    } else {
        session.out << session.texts(session.options.dry_run ? "agreement.signed.dry_run" : "agreement.signed.done",
                                     {{"name", made.agreement}, {"rules", made.rules_hash}, {"copy", made.copy_hash}})
                    << '\n';
    }
    return Exit::Ok;
}

class AgreementCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.require_subcommand(1);
        lint_ = part(app, "lint", texts);
        lint_->add_option("FILE", files_, texts("opt.agreement.files"))->option_text(" ");
        show_ = part(app, "show", texts);
        show_->add_option("FILE", files_, texts("opt.agreement.files"))->option_text(" ");
        show_->add_option("--out", out_, texts("opt.agreement.out"))->option_text("FILE");
        compare_ = part(app, "compare", texts);
        compare_->add_option("A", first_, texts("opt.agreement.first"))->required()->option_text(" ");
        compare_->add_option("B", second_, texts("opt.agreement.second"))->required()->option_text(" ");
        compare_->add_option("--as-of", as_of_, texts("opt.agreement.as_of"))->option_text("DATE");
        sign_ = part(app, "sign", texts);
        sign_->add_option("FILE", first_, texts("opt.agreement.file"))->required()->option_text(" ");
        sign_->add_option("COPY", second_, texts("opt.agreement.copy"))->required()->option_text(" ");
    }

    Exit run(Session& session) override {
        if (lint_->parsed()) return run_lint(session, files_);
        if (show_->parsed()) return run_show(session, files_, out_);
        if (compare_->parsed()) return run_compare(session, first_, second_, date_argument("--as-of", as_of_));
        return run_sign(session, first_, second_);
    }

  private:
    /// A part of the command with its own help; the options that all commands share are taken by the command itself.
    static CLI::App* part(CLI::App& app, const std::string& name, const Texts& texts) {
        const std::string key = "cmd.agreement." + name;
        CLI::App* sub = app.add_subcommand(name, texts(key + ".summary"));
        sub->fallthrough();
        sub->set_help_flag("-h,--help", texts("opt.help"));
        sub->footer(texts(key + ".examples") + "\n\n" + texts(key + ".exits"));
        return sub;
    }

    CLI::App* lint_ = nullptr;
    CLI::App* show_ = nullptr;
    CLI::App* compare_ = nullptr;
    CLI::App* sign_ = nullptr;
    Paths files_;
    fs::path first_, second_, out_;
    std::string as_of_;
};

}  // namespace

std::unique_ptr<Command> make_agreement() { return std::make_unique<AgreementCommand>(); }

}  // namespace brugwacht
