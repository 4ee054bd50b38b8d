#include "engine/rules/agreement_diff.hpp"

#include <algorithm>

#include "engine/rules/agreement_text.hpp"

namespace brugwacht {
namespace {

/// The sentences of a key, joined: a key may have several (goals, follow-ups).
std::string said(const std::vector<Clause>& clauses, const std::string& key) {
    std::string out;
    for (const Clause& clause : clauses)
        if (clause.key == key) out += (out.empty() ? "" : " ") + clause.text;
    return out;
}

class Comparison {
  public:
    explicit Comparison(const Texts& texts) : texts_(texts) {}

    void clauses(const std::string& definition, const std::vector<Clause>& a, const std::vector<Clause>& b) {
        std::vector<Clause> keys = b;
        keys.insert(keys.end(), a.begin(), a.end());
        std::vector<std::string> done;
        for (const Clause& clause : keys) {
            if (std::find(done.begin(), done.end(), clause.key) != done.end()) continue;
            done.push_back(clause.key);
            const std::string before = said(a, clause.key);
            const std::string after = said(b, clause.key);
            if (before == after) continue;
            const char* how = before.empty() ? "added" : after.empty() ? "removed" : "changed";
            add({clause.key, definition, before, after, clause.outcome, {}}, how, {{"a", before}, {"b", after}});
        }
    }
    void label(const std::string& key, const std::string& definition, const std::string& a, const std::string& b) {
        if (a != b) add({key, definition, a, b, false, {}}, "label", {{"a", a}, {"b", b}});
    }
    void whole(const std::string& key, const std::string& definition, const std::string& a, const std::string& b, const char* how,
               const TextArgs& args) {
        add({key, definition, a, b, true, {}}, how, args);
    }
    std::vector<AgreementDifference> take() { return std::move(out_); }

  private:
    void add(AgreementDifference difference, const std::string& how, const TextArgs& args) {
        difference.text = texts_("agreement.difference." + how, args);
        out_.push_back(std::move(difference));
    }

    const Texts& texts_;
    std::vector<AgreementDifference> out_;
};

std::string called(const Definition& d) { return d.label.empty() ? d.id : d.id + " (" + d.label + ")"; }

const ClubType* type_of(const Agreement& agreement, const std::string& id) {
    for (const ClubType& type : agreement.club_types)
        if (type.id == id) return &type;
    return nullptr;
}

void compare_definitions(const Agreement& a, const Agreement& b, const Texts& texts, Comparison& out) {
    for (const Definition& old : a.definitions) {
        const Definition* now = b.definition(old.id);
        if (now == nullptr) {
            out.whole("definition", old.id, called(old), "", "definition_removed", {{"id", called(old)}});
            continue;
        }
        out.label("label", old.id, old.label, now->label);
        out.clauses(old.id, definition_clauses(a, old, texts), definition_clauses(b, *now, texts));
    }
    for (const Definition& now : b.definitions)
        if (a.definition(now.id) == nullptr) out.whole("definition", now.id, "", called(now), "definition_added", {{"id", called(now)}});
}

void compare_club_types(const Agreement& a, const Agreement& b, const Texts& texts, Comparison& out) {
    for (const ClubType& old : a.club_types) {
        const ClubType* now = type_of(b, old.id);
        if (now == nullptr) {
            const std::string label = club_type_label(old.id, texts);
            out.whole("club_type." + old.id, "", label, "", "club_type_removed", {{"type", label}});
        } else {
            out.clauses("", club_type_clauses(old, texts), club_type_clauses(*now, texts));
        }
    }
    for (const ClubType& now : b.club_types) {
        const std::string label = club_type_label(now.id, texts);
        if (type_of(a, now.id) == nullptr) out.whole("club_type." + now.id, "", "", label, "club_type_added", {{"type", label}});
    }
}

}  // namespace

std::vector<AgreementDifference> agreement_differences(const Agreement& a, const Agreement& b, const Texts& texts) {
    Comparison out(texts);
    out.label("agreement.id", "", a.id, b.id);
    out.label("agreement.version", "", std::to_string(a.version), std::to_string(b.version));
    out.label("agreement.title", "", a.title, b.title);
    out.clauses("", scope_clauses(a, texts), scope_clauses(b, texts));
    compare_definitions(a, b, texts, out);
    compare_club_types(a, b, texts, out);
    out.clauses("", counting_clauses(a, texts), counting_clauses(b, texts));
    out.clauses("", moment_clauses(a, texts), moment_clauses(b, texts));
    return out.take();
}

bool changes_outcome(const std::vector<AgreementDifference>& differences) {
    return std::any_of(differences.begin(), differences.end(), [](const AgreementDifference& d) { return d.outcome; });
}

}  // namespace brugwacht
