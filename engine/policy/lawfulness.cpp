#include "engine/policy/lawfulness.hpp"

#include <algorithm>
#include <map>

#include "engine/core/resources.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kShipped = "config/legal.toml";

template <class Entry>
const Entry* by_word(const std::vector<Entry>& entries, std::string_view word) {
    const std::string folded = fold(word);
    if (folded.empty()) return nullptr;
    for (const Entry& entry : entries) {
        if (fold(entry.code) == folded) return &entry;
        for (const std::string& other : entry.words)
            if (fold(other) == folded) return &entry;
    }
    return nullptr;
}

/// A word that means two things would be read as the first of them.
template <class Entry>
void refuse_double_words(const std::vector<Entry>& entries, const std::string& file, std::vector<Fault>& faults) {
    std::map<std::string, std::string> meaning;
    for (const Entry& entry : entries) {
        std::set<std::string> words{fold(entry.code)};
        for (const std::string& word : entry.words) words.insert(fold(word));
        for (const std::string& word : words)
            if (!meaning.emplace(word, entry.code).second) faults.push_back({"LEG-001", {{"word", word}}, file, ""});
    }
}

bool is_given(std::string_view what, const LegalFacts& facts) {
    if (what == "basis") return !facts.basis.empty();
    if (what == "purpose") return !facts.purpose.empty();
    if (what == "controller") return facts.controller;
    if (what == "protocol") return facts.protocol;
    return facts.authorisation;
}

bool fits(const std::set<std::string>& allowed, const std::string& value) { return allowed.empty() || allowed.contains(value); }

std::set<std::string> read_set(TableReader& reader, std::string_view key) {
    const std::vector<std::string> texts = reader.texts(key);
    return {texts.begin(), texts.end()};
}

/// Names of facts, out of those that is_given() knows.
std::vector<std::string> read_facts(TableReader& reader, std::string_view key) {
    static const std::set<std::string> kKnown{"basis", "purpose", "controller", "protocol", "authorisation"};
    std::vector<std::string> names = reader.texts(key);
    for (const std::string& name : names)
        if (!kKnown.contains(name)) reader.fault("LEG-001", {{"word", name}}, reader.node(key));
    return names;
}

}  // namespace

LegalRules LegalRules::parse(std::string_view text, const std::string& file) {
    LegalRules made;
    const Node root = parse_toml(text, file);
    std::vector<Fault> faults;
    TableReader reader(root, file, "", faults);
    if (const std::string schema = reader.required_text("schema"); !schema.empty() && schema != "legal/1")
        reader.fault("LEG-001", {{"word", schema}}, root.find("schema"));
    for (const Node* table : reader.tables("organisation")) {
        TableReader entry(*table, file, "organisation", faults);
        made.organisations_.push_back({entry.required_text("kind"), entry.text("authority"), entry.text("basis")});
        entry.finish();
    }
    for (const Node* table : reader.tables("basis")) {
        TableReader entry(*table, file, "basis", faults);
        made.bases_.push_back({entry.required_text("code"), entry.required_text("article"), entry.texts("words")});
        entry.finish();
    }
    for (const Node* table : reader.tables("purpose")) {
        TableReader entry(*table, file, "purpose", faults);
        made.purposes_.push_back({entry.required_text("code"), entry.boolean("linked", false), entry.texts("words")});
        entry.finish();
    }
    for (const Node* table : reader.tables("rule")) {
        TableReader entry(*table, file, "rule", faults);
        Rule rule;
        rule.finding = {entry.required_text("code"), entry.boolean("refuses", true)};
        rule.organisations = read_set(entry, "organisation");
        rule.bases = read_set(entry, "basis");
        rule.purposes = read_set(entry, "purpose");
        rule.roles = read_set(entry, "role");
        if (table->find("secrecy") != nullptr) rule.secrecy = entry.boolean("secrecy", false);
        rule.missing = read_facts(entry, "missing");
        rule.given = read_facts(entry, "given");
        for (const std::string& code : rule.organisations)
            if (made.organisation(code) == nullptr) entry.fault("LEG-001", {{"word", code}}, table);
        for (const std::string& code : rule.bases)
            if (made.basis(code) == nullptr) entry.fault("LEG-001", {{"word", code}}, table);
        for (const std::string& code : rule.purposes)
            if (made.purpose(code) == nullptr) entry.fault("LEG-001", {{"word", code}}, table);
        entry.finish();
        made.rules_.push_back(std::move(rule));
    }
    reader.finish();
    refuse_double_words(made.bases_, file, faults);
    refuse_double_words(made.purposes_, file, faults);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return made;
}

const LegalBasis* LegalRules::basis(std::string_view word) const { return by_word(bases_, word); }
const LegalPurpose* LegalRules::purpose(std::string_view word) const { return by_word(purposes_, word); }

const LegalOrganisation* LegalRules::organisation(std::string_view kind) const {
    const auto found =
        std::find_if(organisations_.begin(), organisations_.end(), [&](const LegalOrganisation& entry) { return entry.kind == kind; });
    return found == organisations_.end() ? nullptr : &*found;
}

bool LegalRules::holds(const Rule& rule, const LegalFacts& facts) {
    const auto given = [&](const std::string& what) { return is_given(what, facts); };
    return fits(rule.organisations, facts.organisation) && fits(rule.bases, facts.basis) && fits(rule.purposes, facts.purpose) &&
           fits(rule.roles, facts.role) && (!rule.secrecy || *rule.secrecy == facts.secrecy) &&
           std::none_of(rule.missing.begin(), rule.missing.end(), given) && std::all_of(rule.given.begin(), rule.given.end(), given);
}

std::vector<LegalFinding> LegalRules::findings(const LegalFacts& facts) const {
    std::vector<LegalFinding> found;
    for (const Rule& rule : rules_)
        if (holds(rule, facts)) found.push_back(rule.finding);
    return found;
}

const LegalRules& legal_rules() {
    static const LegalRules kRules = LegalRules::parse(resource(kShipped).value_or(""), std::string(kShipped));
    return kRules;
}

}  // namespace brugwacht
