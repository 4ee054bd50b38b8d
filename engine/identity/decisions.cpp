#include "engine/identity/decisions.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/lib/json.hpp"
#include "engine/lib/json_tree.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kWords[] = {"different", "same", "unsure"};  // by LinkAnswer

LinkAnswer answer_of(std::string_view word) {
    const auto* const at = std::find(std::begin(kWords), std::end(kWords), word);
    return at == std::end(kWords) ? LinkAnswer::Unsure : static_cast<LinkAnswer>(at - std::begin(kWords));
}

template <class Number>
Number number(JsonView text) {
    Number value{};
    std::from_chars(text.text().data(), text.text().data() + text.text().size(), value);
    return value;
}

Decision decision_of(const Note& note) {
    const JsonTree json = JsonTree::parse(note.text, "vault.db");
    const JsonView root = json.root();
    Decision decision;
    decision.sequence = note.sequence;
    decision.run = note.run;
    decision.a = note.a;
    decision.b = note.b;
    decision.answer = answer_of(root.find("answer").text());
    decision.who = root.find("who").text();
    decision.why = root.find("why").text();
    decision.at = number<std::int64_t>(root.find("at"));
    decision.print_a = number<std::uint64_t>(root.find("print_a"));
    decision.print_b = number<std::uint64_t>(root.find("print_b"));
    return decision;
}

}  // namespace

void add_decision(Vault& vault, Decision decision) {
    if (decision.b < decision.a) {
        std::swap(decision.a, decision.b);
        std::swap(decision.print_a, decision.print_b);
    }
    JsonWriter json;
    json.begin_object()
        .member("answer", kWords[static_cast<std::size_t>(decision.answer)])
        .member("who", decision.who)
        .member("why", decision.why)
        .member("at", decision.at)
        .member("print_a", decision.print_a)
        .member("print_b", decision.print_b)
        .end_object();
    vault.add_note(NoteKind::Decision, decision.a, decision.b, json.take());
}

std::vector<Decision> all_decisions(Vault& vault) {
    std::vector<Decision> decisions;
    for (const Note& note : vault.notes(NoteKind::Decision)) decisions.push_back(decision_of(note));
    return decisions;
}

std::vector<Decision> standing_decisions(Vault& vault) {
    std::map<std::pair<std::int64_t, std::int64_t>, Decision> last;
    for (Decision& decision : all_decisions(vault)) {
        const std::pair pair(decision.a, decision.b);
        last.insert_or_assign(pair, std::move(decision));
    }
    std::vector<Decision> decisions;
    for (auto& [pair, decision] : last) decisions.push_back(std::move(decision));
    return decisions;
}

}  // namespace brugwacht
