#include "engine/rules/explain.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/explain_pair.hpp"
#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/look_up.hpp"
#include "engine/run/publish.hpp"

namespace brugwacht {
namespace {

std::string flag(bool value) { return value ? "yes" : "no"; }

/// One trajectory, everything known of it, and the way to each verdict.
struct Explained {
    FactBase facts;
    std::uint32_t trajectory = 0;
    ClassificationSet set;
    std::vector<Trace> traces;                   // by result
    std::vector<Fact> shown;                     // its own facts, those before any start, and the lists that were evidence; by date
    std::map<std::uint32_t, IgnoredWhy> unused;  // by FactBase::text of the event
    std::map<EventName, FactOrigin> origins;

    const TrajectoryInfo& info() const { return facts.trajectories()[trajectory]; }
    EventName name_of(const Fact& fact) const { return {std::string(facts.source(fact.source)), std::string(facts.text(fact.key))}; }
};

class Explain : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("TRAJECTORY", trajectory_, texts("opt.explain.trajectory"))->required()->option_text(" ");
        app.add_option("RECORD", other_, texts("opt.explain.record"))->option_text(" ");
        app.add_option("--reason", reason_, texts("opt.explain.reason"))->option_text("TEXT");
        app.add_option("--as-of", as_of_, texts("opt.explain.as_of"))->option_text("DATE");
        app.add_option("--known-at", known_at_, texts("opt.classify.known_at"))->option_text("DATE");
        app.add_option("--definition", definitions_, texts("opt.classify.definition"))->option_text("ID");
        app.add_option("--agreement", agreements_, texts("opt.classify.agreement"))->option_text("FILE");
    }

    Exit run(Session& session) override {
        if (!other_.empty()) return explain_pair(session, trajectory_, other_, reason_);
        require_reason(reason_);
        const Project project = session.project();
        ProjectPorts ports(session, project);
        ClassifyRequest request;
        request.as_of = date_argument("--as-of", as_of_).value_or(session.clock.today());
        request.known_at = date_argument("--known-at", known_at_);
        request.definitions = definitions_;
        const std::vector<Agreement> agreements = load_agreements(project, agreements_, session.files);
        Explained found;
        found.facts = load_project_facts(project);
        found.trajectory = find_trajectory(found.facts, trajectory_, ports.ports().secrets);
        found.set = classify_traced(found.facts, agreements, request, found.trajectory, found.traces);
        const TrajectoryInfo& info = found.info();
        const LookUp look_up{"explain", std::string(found.facts.source(info.source)), std::string(found.facts.text(info.key)), reason_};
        const auto rate = log_look_up(project, look_up, found.set.rules_hash(), ports.ports());
        if (rate) say_rate(session, *rate);
        gather_facts(found);
        std::vector<EventName> names;
        for (const Fact& fact : found.shown) names.push_back(found.name_of(fact));
        found.origins = fact_origins(project, names, ports.ports());
        if (session.options.json) {
            write_json(session, found);
        } else {
            print(session, found);
        }
        return Exit::Ok;
    }

  private:
    static void gather_facts(Explained& found) {
        const auto own = found.facts.facts(found.trajectory);
        const auto before = found.facts.unused(found.trajectory);
        found.shown.assign(own.begin(), own.end());
        found.shown.insert(found.shown.end(), before.begin(), before.end());
        for (const Classification& c : found.set.results) {
            for (const Evidence& item : found.set.evidence_of(c)) {
                if (item.role != Role::List) continue;
                for (const Fact& list : found.facts.lists(item.club))
                    if (list.key == item.key &&
                        std::none_of(found.shown.begin(), found.shown.end(), [&](const Fact& f) { return f.key == list.key; }))
                        found.shown.push_back(list);
            }
            for (const Ignored& item : found.set.ignored_of(c)) found.unused.emplace(item.key, item.why);
        }
        std::stable_sort(found.shown.begin(), found.shown.end(), [](const Fact& a, const Fact& b) { return a.date < b.date; });
    }

    static std::string definition_title(const ClassificationSet& set, const Classification& c) {
        const Definition* definition = set.definition_of(c);
        const std::string& id = set.definition_ids[c.definition];
        return definition == nullptr || definition->label.empty() ? id : id + " " + definition->label;
    }

    static void print(Session& session, const Explained& found) {
        const Texts& texts = session.texts;
        session.out << texts("explain.title", {{"trajectory", std::string(found.facts.text(found.info().key))},
                                               {"source", std::string(found.facts.source(found.info().source))},
                                               {"start", texts.date(Date::from_days(found.info().start))}})
                    << '\n'
                    << texts("explain.as_of", {{"date", texts.date(found.set.as_of)},
                                               {"has_known", flag(found.set.known_at.has_value())},
                                               {"known", texts.date(found.set.known_at.value_or(Date()))}})
                    << '\n'
                    << texts("explain.key") << '\n';
        for (std::size_t i = 0; i < found.set.results.size(); ++i) print_verdict(session, found, i);
        print_facts(session, found);
        session.say("explain.logged");
    }

    static void print_verdict(Session& session, const Explained& found, std::size_t at) {
        const Texts& texts = session.texts;
        const Classification& c = found.set.results[at];
        const Agreement* agreement = found.set.agreement_of(c);
        session.out << '\n' << definition_title(found.set, c);
        if (agreement != nullptr) session.out << " (" << texts("explain.agreement", {{"name", agreement->name()}}) << ')';
        session.out << '\n';
        for (const TreeLine& line : tree_lines(found.facts, found.traces[at], texts)) {
            session.out << std::string(2 + 4 * static_cast<std::size_t>(line.depth), ' ') << sign(line.mark) << ' ';
            if (!line.rule.empty()) session.out << line.rule << (line.rule.size() < 3 ? "  " : " ");
            session.out << line.text;
            for (const std::string& event : line.events) session.out << " [" << event << ']';
            session.out << '\n';
        }
        session.out << "  " << texts("explain.verdict", {{"text", explanation(found.facts, found.set, c, texts)}}) << '\n';
    }

    static void print_facts(Session& session, const Explained& found) {
        const Texts& texts = session.texts;
        session.out << '\n' << texts("explain.facts") << '\n';
        if (found.shown.empty()) session.out << "  " << texts("explain.no_facts") << '\n';
        for (const Fact& fact : found.shown) {
            const std::string club = club_text(found.facts, fact.club);
            const bool has_to = fact.to != kOpenEnd;
            session.out << "  "
                        << texts("explain.fact", {{"date", texts.date(Date::from_days(fact.date))},
                                                  {"has_to", flag(has_to)},
                                                  {"to", texts.date(Date::from_days(has_to ? fact.to : fact.date))},
                                                  {"type", fact_type_text(fact.type, texts)},
                                                  {"has_club", flag(!club.empty())},
                                                  {"club", club},
                                                  {"has_reason", flag(fact.reason != 0)},
                                                  {"reason", code_lists().label("reason", found.facts.code(fact.reason), texts.language())},
                                                  {"event", std::string(found.facts.text(fact.key))}})
                        << '\n';
            if (const auto unused = found.unused.find(fact.key); unused != found.unused.end())
                session.out << "      "
                            << texts("explain.not_counted", {{"why", texts("explain.ignored." + std::string(name(unused->second)))}})
                            << '\n';
            print_near_misses(session, found, fact);
            if (const auto origin = found.origins.find(found.name_of(fact)); origin != found.origins.end())
                print_origin(session, origin->second);
        }
    }

    static void print_near_misses(Session& session, const Explained& found, const Fact& fact) {
        for (const Classification& c : found.set.results)
            for (const NearMiss& item : found.set.near_misses_of(c))
                if (item.key == fact.key)
                    session.out << "      "
                                << session.texts("explain.nearly", {{"definition", found.set.definition_ids[c.definition]},
                                                                    {"why", session.texts("explain.near." + std::string(name(item.why)))}})
                                << '\n';
    }

    static void print_origin(Session& session, const FactOrigin& origin) {
        session.out << "      "
                    << session.texts("explain.origin", {{"has_name", flag(!origin.file_name.empty())},
                                                        {"name", origin.file_name},
                                                        {"hash", origin.file_hash},
                                                        {"has_sheet", flag(!origin.sheet.empty())},
                                                        {"sheet", origin.sheet},
                                                        {"tab", static_cast<std::int64_t>(origin.tab)},
                                                        {"row", static_cast<std::int64_t>(origin.row)},
                                                        {"run", origin.run},
                                                        {"source", origin.source}})
                    << '\n';
    }

    static void write_json(Session& session, const Explained& found) {
        JsonWriter json;
        json.begin_object()
            .member("exit", 0)
            .member("source", found.facts.source(found.info().source))
            .member("trajectory", found.facts.text(found.info().key))
            .member("trajectory_id", found.facts.text(found.info().id))
            .member("start", Date::from_days(found.info().start).iso())
            .member("as_of", found.set.as_of.iso())
            .key("known_at");
        found.set.known_at ? json.value(found.set.known_at->iso()) : json.null();
        json.key("results").begin_array();
        for (std::size_t i = 0; i < found.set.results.size(); ++i) write_verdict(json, session.texts, found, i);
        json.end_array().key("facts").begin_array();
        for (const Fact& fact : found.shown) write_fact(json, found, fact);
        json.end_array().end_object();
        session.out << json.take() << '\n';
    }

    static void write_verdict(JsonWriter& json, const Texts& texts, const Explained& found, std::size_t at) {
        const Classification& c = found.set.results[at];
        const Agreement* agreement = found.set.agreement_of(c);
        json.begin_object().member("definition", found.set.definition_ids[c.definition]).key("agreement");
        agreement != nullptr ? json.value(agreement->name()) : json.null();
        json.member("status", name(c.status)).member("reason", reason_code(found.facts, c)).key("rules").begin_array();
        for (const TreeLine& line : tree_lines(found.facts, found.traces[at], texts)) {
            json.begin_object().key("rule");
            line.rule.empty() ? json.null() : json.value(line.rule);
            json.member("mark", name(line.mark)).member("depth", line.depth).member("text", line.text).key("events").begin_array();
            for (const std::string& event : line.events) json.value(event);
            json.end_array().end_object();
        }
        json.end_array().key("near_misses").begin_array();
        for (const NearMiss& item : found.set.near_misses_of(c))
            json.begin_object().member("event", found.facts.text(item.key)).member("why", name(item.why)).end_object();
        json.end_array().member("explanation", explanation(found.facts, found.set, c, texts)).end_object();
    }

    static void write_fact(JsonWriter& json, const Explained& found, const Fact& fact) {
        json.begin_object()
            .member("event", found.facts.text(fact.key))
            .member("source", found.facts.source(fact.source))
            .member("date", Date::from_days(fact.date).iso())
            .member("type", name(fact.type))
            .key("club");
        fact.club == kNone ? json.null() : json.value(found.facts.text(found.facts.clubs()[fact.club].key));
        json.key("ignored");
        const auto unused = found.unused.find(fact.key);
        unused == found.unused.end() ? json.null() : json.value(name(unused->second));
        json.key("origin");
        if (const auto origin = found.origins.find(found.name_of(fact)); origin != found.origins.end()) {
            json.begin_object()
                .member("run", origin->second.run)
                .member("source", origin->second.source)
                .member("file_hash", origin->second.file_hash)
                .member("file", origin->second.file_name)
                .member("sheet", static_cast<std::int64_t>(origin->second.tab))
                .member("sheet_name", origin->second.sheet)
                .member("row", origin->second.row)
                .end_object();
        } else {
            json.null();
        }
        json.end_object();
    }

    std::string trajectory_, other_, reason_, as_of_, known_at_;
    std::vector<std::string> definitions_, agreements_;
};

}  // namespace

std::unique_ptr<Command> make_explain() { return std::make_unique<Explain>(); }

}  // namespace brugwacht
