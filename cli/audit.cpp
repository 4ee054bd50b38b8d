#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/store/run_marks.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

/// "import.refused" as part of a key: a dot would make a table of it.
std::string key_of(const std::string& prefix, std::string word) {
    std::replace(word.begin(), word.end(), '.', '_');
    return prefix + word;
}

/// The word itself where the texts know no better.
std::string told(const Texts& texts, const std::string& prefix, const std::string& word) {
    const std::string key = key_of(prefix, word);
    return texts.has(key) ? texts(key) : word;
}

class Audit : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.require_subcommand(1);
        verify_ = part(app, texts, "verify");
        verify_->add_option("--head", heads_, texts("opt.audit.head"))->option_text("HEAD[:N]")->take_all()->expected(1);
        verify_->add_option("--anchor", anchors_, texts("opt.audit.anchor"))->option_text("FILE");
        list_ = part(app, texts, "list");
        list_->add_option("--since", since_, texts("opt.audit.since"))->option_text("DATE");
        proof_ = part(app, texts, "proof");
        proof_->add_option("--entry", entry_, texts("opt.audit.entry"))->option_text("N");
        proof_->add_option("--from", from_, texts("opt.audit.from"))->option_text("N");
        proof_->add_option("--size", size_, texts("opt.audit.size"))->option_text("N");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        if (list_->parsed()) return list(session, project);
        if (proof_->parsed()) return prove(session, project);
        return verify(session, project);
    }

  private:
    static CLI::App* part(CLI::App& app, const Texts& texts, const std::string& name) {
        const std::string key = "cmd.audit." + name;
        CLI::App* sub = app.add_subcommand(name, texts(key + ".summary"));
        sub->fallthrough();
        sub->set_help_flag("-h,--help", texts("opt.help"));
        sub->footer(texts(key + ".examples") + "\n\n" + texts(key + ".exits"));
        return sub;
    }

    // ------------------------------------------------------------ verify

    std::vector<PrintedHead> heads_from_outside(const Files& files) const {
        std::vector<PrintedHead> heads;
        for (const std::string& text : heads_) {
            const auto head = read_printed_head(text);
            if (!head) throw Error(Exit::Usage, "AUD-009", {{"head", text}});
            heads.push_back(*head);
        }
        if (anchors_.empty()) return heads;
        const std::vector<PrintedHead> more = read_anchors(files.read(anchors_), anchors_);
        heads.insert(heads.end(), more.begin(), more.end());
        return heads;
    }

    Exit verify(Session& session, const Project& project) const {
        const std::vector<PrintedHead> heads = heads_from_outside(session.files);
        ProjectPorts held(session, project);
        Ports& ports = held.ports();
        std::optional<Secret> anchor;
        if (ports.secrets.exists("master")) anchor.emplace(audit_anchor(ports.secrets));
        const Ledger ledger = Ledger::open(project.ledger_file());
        const AuditCheck check = ledger.verify(ports.secrets, anchor ? &*anchor : nullptr, heads);
        const AuditState state = check.problem ? AuditState{} : audit_state(project, ledger);
        const Exit exit = check.problem || state.older() ? Exit::Data : Exit::Ok;
        session.options.json ? write_json(session, check, state, exit) : print(session, check, state);
        return exit;
    }

    static void write_json(Session& session, const AuditCheck& check, const AuditState& state, Exit exit) {
        JsonWriter json;
        json.begin_object()
            .member("exit", static_cast<int>(exit))
            .member("entries", check.entries)
            .member("head", printed(check))
            .member("chain", check.head)
            .member("root", check.root)
            .member("macs_checked", check.macs_checked)
            .member("roots_checked", check.signed_roots)
            .member("heads_checked", check.heads_checked)
            .key("problem");
        if (check.problem) {
            json.begin_object().member("entry", check.problem->sequence).member("what", check.problem->what).key("until");
            check.problem->until == 0 ? json.null() : json.value(check.problem->until);
            json.end_object();
        } else {
            json.null();
        }
        json.key("databases").begin_object().member("run", state.run).member("store_older", state.store_older).key("vault_older");
        state.vault_here ? json.value(state.vault_older) : json.null();
        json.member("untold_runs", state.untold).end_object().end_object();
        session.out << json.take() << '\n';
    }

    static std::string printed(const AuditCheck& check) { return LedgerHead{check.entries, check.head, check.root}.printed(); }

    static void print(Session& session, const AuditCheck& check, const AuditState& state) {
        const Texts& t = session.texts;
        const auto line = [&](const std::string& key, const TextArgs& args = {}) { session.out << t(key, args) << '\n'; };
        if (check.problem) {
            const AuditProblem& problem = *check.problem;
            if (problem.what != "head") line("audit.bad", {{"entry", problem.sequence}});
            line("audit.what." + problem.what, {{"entry", problem.sequence}, {"until", problem.until}});
            line("audit.bad_remedy");
            return;
        }
        line("audit.good", {{"entries", check.entries}});
        line("audit.head", {{"head", printed(check)}});
        line("audit.root", {{"root", check.root}});
        line(check.macs_checked ? "audit.macs_checked" : "audit.macs_unchecked");
        if (check.heads_checked > 0) line("audit.heads_checked", {{"heads", check.heads_checked}});
        if (state.store_older) line("audit.store_older", {{"run", state.run}});
        if (state.vault_older) line("audit.vault_older", {{"run", state.run}});
        if (!state.vault_here && state.run != 0) line("audit.vault_unchecked");
        if (state.untold > 0) line("audit.untold", {{"runs", state.untold}});
    }

    // ------------------------------------------------------------ list

    Exit list(Session& session, const Project& project) const {
        date_argument("--since", since_);
        const Ledger ledger = Ledger::open(project.ledger_file());
        if (!session.options.json) {
            const auto sources = source_numbers(project.store_file());  // the log holds no names
            ledger.each(since_, [&](const LoggedEntry& entry) { print(session, entry, sources); });
            return Exit::Ok;
        }
        JsonWriter json;
        json.begin_object().member("exit", 0).key("entries").begin_array();
        ledger.each(since_, [&](const LoggedEntry& entry) { write_entry(json, entry); });
        json.end_array().end_object();
        session.out << json.take() << '\n';
        return Exit::Ok;
    }

    static void write_entry(JsonWriter& json, const LoggedEntry& logged) {
        const AuditEntry& entry = logged.entry;
        json.begin_object()
            .member("entry", logged.sequence)
            .member("time", logged.time)
            .member("role", entry.role)
            .member("action", entry.action)
            .member("object", entry.object)
            .member("request", entry.request)
            .member("config", entry.config)
            .member("release", entry.release)
            .key("run");
        entry.run == 0 ? json.null() : json.value(entry.run);
        json.key("counts").begin_object();
        for (const auto& [name, count] : entry.counts) json.member(name, count);
        json.end_object().end_object();
    }

    static void print(Session& session, const LoggedEntry& logged, const std::map<std::int64_t, std::string>& sources) {
        const Texts& t = session.texts;
        const AuditEntry& entry = logged.entry;
        std::string what = told(t, "audit.action.", entry.action);
        if (!entry.object.empty() && t.has(key_of("audit.object.", entry.object))) what += ", " + t(key_of("audit.object.", entry.object));
        std::string details;
        const auto add = [&](const std::string& detail) { details += (details.empty() ? "" : ", ") + detail; };
        if (!entry.release.empty()) add(entry.release);
        for (const auto& [name, count] : entry.counts) {
            if (name == "source" && sources.contains(count)) {
                add(t("audit.source", {{"name", sources.at(count)}}));
            } else if (name == "first") {
                add(t("audit.count.first"));
            } else if (count != 0) {
                add(told(t, "audit.count.", name) + " " + t.number(count));
            }
        }
        session.out << t("audit.line", {{"entry", logged.sequence},
                                        {"day", logged.time.substr(0, 10)},
                                        {"time", logged.time.size() > 16 ? logged.time.substr(11, 5) : std::string()},
                                        {"role", told(t, "audit.role.", entry.role)},
                                        {"what", what}});
        if (!details.empty()) session.out << ": " << details;
        session.out << '\n';
    }

    // ------------------------------------------------------------ proof

    Exit prove(Session& session, const Project& project) const {
        if ((entry_ == 0) == (from_ == 0)) throw Error(Exit::Usage, "AUD-010");
        const Ledger ledger = Ledger::open(project.ledger_file());
        const std::int64_t size = size_ == 0 ? ledger.position().size : size_;
        const std::vector<std::string> proof = entry_ != 0 ? ledger.prove_entry(entry_, size) : ledger.prove_beginning(from_, size);
        const LedgerHead whole = ledger.position_at(size);
        if (!session.options.json) {
            session.out << session.texts("audit.root_of", {{"entries", size}, {"root", whole.root}}) << '\n';
            if (from_ != 0)
                session.out << session.texts("audit.root_of", {{"entries", from_}, {"root", ledger.position_at(from_).root}}) << '\n';
            for (const std::string& hash : proof) session.out << hash << '\n';
            return Exit::Ok;
        }
        JsonWriter json;
        json.begin_object().member("exit", 0).member("size", size).member("root", whole.root);
        if (entry_ != 0) {
            json.member("entry", entry_).member("leaf", ledger.leaf_of(entry_));
        } else {
            json.member("from", from_).member("from_root", ledger.position_at(from_).root);
        }
        json.key("proof").begin_array();
        for (const std::string& hash : proof) json.value(hash);
        json.end_array().end_object();
        session.out << json.take() << '\n';
        return Exit::Ok;
    }

    CLI::App* verify_ = nullptr;
    CLI::App* list_ = nullptr;
    CLI::App* proof_ = nullptr;
    std::vector<std::string> heads_;
    std::string anchors_, since_;
    std::int64_t entry_ = 0, from_ = 0, size_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_audit() { return std::make_unique<Audit>(); }

}  // namespace brugwacht
