#include "engine/run/context.hpp"

#include "engine/lib/node.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

/// What is printed for a steering group may hold no way to reach or number a person.
void refuse_personal(const Node& node, const std::string& key, const std::string& file, std::vector<Fault>& faults) {
    if (node.is(Node::Kind::Text)) {
        const bool personal = has_national_number(node.text) || has_email(node.text) || has_phone(node.text) || has_iban(node.text) ||
                              has_uitpas_number(node.text);
        if (personal) faults.push_back({"PRJ-006", {{"key", key}}, file, node.position()});
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
        refuse_personal(node.items[i], node.keys.empty() ? key : (key.empty() ? node.keys[i] : key + "." + node.keys[i]), file, faults);
}

}  // namespace

ProjectContext load_context(const Project& project, const Files& files) {
    ProjectContext context;
    std::error_code ignored;
    if (!std::filesystem::exists(project.context_file(), ignored)) return context;
    const std::string file = project.context_file().string();
    const Node root = parse_toml(files.read(project.context_file()), file);
    std::vector<Fault> faults;
    TableReader reader(root, file, "", faults);
    const std::string schema = reader.required_text("schema");
    if (!schema.empty() && schema != "context/1") reader.fault("PRJ-007", {{"schema", schema}}, root.find("schema"));
    context.expectations = reader.texts("expectations");
    context.situation = reader.texts("situation");
    context.strategies = reader.texts("strategies");
    context.profile = reader.text("profile");
    context.steering_group = reader.texts("steering_group");
    context.support = reader.texts("support");
    context.policy_links = reader.texts("policy_links");
    if (const Node* focus = reader.node("focus"); focus != nullptr) {
        TableReader part(*focus, file, "focus", faults);
        context.target_groups = part.texts("target_groups");
        context.areas = part.texts("areas");
        context.offer = part.texts("offer");
        part.finish();
    }
    for (const Node* table : reader.tables("appointment")) {
        TableReader part(*table, file, "appointment", faults);
        context.appointments.push_back({part.real("percent", 0), part.date("from"), part.date("to"), part.text("employer")});
        part.finish();
    }
    for (const Node* table : reader.tables("budget")) {
        TableReader part(*table, file, "budget", faults);
        BudgetLine line;
        line.line = part.required_text("line");
        if (table->find("amount_eur") != nullptr) line.amount_eur = part.real("amount_eur", 0);
        part.node("amount_eur");
        line.note = part.text("note");
        part.finish();
        context.budget.push_back(std::move(line));
    }
    reader.finish();
    refuse_personal(root, "", file, faults);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return context;
}

}  // namespace brugwacht
