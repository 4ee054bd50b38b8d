#include "engine/rules/classify.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <map>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/identity/intake.hpp"
#include "engine/identity/pseudonyms.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/vault_access.hpp"

namespace brugwacht {
namespace {

/// Source keys per person when the vault can be opened; without it results simply name nobody.
PersonKeys open_person_keys(const Project& project, Ports& ports) {
    std::optional<Vault> vault = open_vault(project, ports.secrets);
    if (!vault) return {};
    const StoreReader reader = StoreReader::open(project.store_file());
    auto by_person = std::make_shared<std::map<std::string, std::vector<std::string>, std::less<>>>();
    for (PersonKey& key : person_keys(reader, *vault)) (*by_person)[key.person_id].push_back(std::move(key.source_key));
    return [by_person](std::string_view person_id) {
        const auto found = by_person->find(person_id);
        return found == by_person->end() ? std::vector<std::string>() : found->second;
    };
}

class Classify : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--as-of", as_of_, texts("opt.classify.as_of"))->required()->option_text("DATE");
        app.add_option("--known-at", known_at_, texts("opt.classify.known_at"))->option_text("DATE");
        app.add_option("--definition", definitions_, texts("opt.classify.definition"))->option_text("ID");
        app.add_option("--rollup", rollup_, texts("opt.classify.rollup"))->option_text("person")->check(CLI::IsMember({"person"}));
        app.add_option("--pseudonyms", pseudonyms_, texts("opt.classify.pseudonyms"))
            ->option_text("fresh")
            ->check(CLI::IsMember({"fresh"}));
        app.add_option("--agreement", agreements_, texts("opt.classify.agreement"))->option_text("FILE");
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        ClassifyRequest request;
        request.as_of = date_argument("--as-of", as_of_).value_or(Date());
        request.known_at = date_argument("--known-at", known_at_);
        request.definitions = definitions_;
        const std::vector<Agreement> agreements = load_agreements(project, agreements_, session.files);
        const FactBase facts = load_project_facts(project);
        const ClassificationSet set = classify(facts, agreements, request);
        if (!session.options.json) {
            print(session, set);
            return Exit::Ok;
        }
        PersonKeys keys;
        ShownIds shown;
        if (pseudonyms_.empty()) {
            keys = open_person_keys(project, ports.ports());
        } else {
            shown = [pseudonyms = std::make_shared<ExportPseudonyms>()](std::string_view kind, std::string_view id) {
                return pseudonyms->of(kind, id);
            };
        }
        session.out << (rollup_.empty() ? classification_json(facts, set, session.texts, keys, shown)
                                        : rollup_json(facts, set, keys, shown))
                    << '\n';
        return Exit::Ok;
    }

  private:
    static void print(Session& session, const ClassificationSet& set) {
        static constexpr std::array kOrder{Status::Achieved, Status::NotAchieved, Status::Pending, Status::Unknown, Status::Excluded};
        session.out << session.texts("classify.title", {{"date", session.texts.date(set.as_of)}}) << '\n';
        for (std::size_t d = 0; d < set.definition_ids.size(); ++d) {
            std::array<std::int64_t, 5> counts{};
            for (const Classification& c : set.results)
                if (c.definition == d) ++counts[static_cast<std::size_t>(c.status)];
            session.out << set.definition_ids[d] << '\n';
            for (const Status status : kOrder)
                session.out << "  " << session.texts("rules.status." + std::string(name(status))) << ": "
                            << session.texts.number(counts[static_cast<std::size_t>(status)]) << '\n';
        }
    }

    std::string as_of_, known_at_, rollup_, pseudonyms_;
    std::vector<std::string> definitions_, agreements_;
};

}  // namespace

std::unique_ptr<Command> make_classify() { return std::make_unique<Classify>(); }

}  // namespace brugwacht
