#include "engine/tally/judged.hpp"

#include <algorithm>
#include <set>

namespace brugwacht::tallying {

namespace {

std::string letters_and_digits(const std::string& id) {
    std::string out;
    for (const char c : id)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out.push_back(c);
    return out;
}

bool judges_the_same(const Judged& a, const Judged& b) {
    return a.total == b.total && std::equal(a.results.begin(), a.results.end(), b.results.begin(),
                                            [](const auto* x, const auto* y) { return (x == nullptr) == (y == nullptr); });
}

Group judged_group(const Judged& judged) {
    Group out{judged.whole, {}};
    for (const Classification* c : judged.results) out.members.push_back(c != nullptr);
    return out;
}

}  // namespace

Judgements::Judgements(const Scope& scope) : scope_(scope) {
    std::set<std::uint16_t, std::greater<>> versions;  // newest first
    for (const Classification& c : scope.set.results)
        if (scope.included[c.trajectory] && c.agreement != 0xffff) versions.insert(c.agreement);
    several_ = versions.size() > 1;
    if (several_) {
        for (const std::uint16_t version : versions)
            for (std::size_t d = 0; d < scope.set.definition_ids.size(); ++d) add(d, &scope.set.agreements[version]);
    } else {
        const Agreement* only = !versions.empty()              ? &scope.set.agreements[*versions.begin()]
                                : scope.set.agreements.empty() ? nullptr
                                                               : &scope.set.agreements.back();
        for (std::size_t d = 0; d < scope.set.definition_ids.size(); ++d) add(d, only);
    }
    for (Judged& judged : all_) {
        if (judged.definition == nullptr || judged.definition->variant_of.empty()) continue;
        const std::string parent = judged.definition->variant_of + judged.id.substr(judged.definition->id.size());
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (all_[i].id == parent) judged.parent = i;
    }
}

void Judgements::add(std::size_t definition, const Agreement* version) {
    const std::string& id = scope_.set.definition_ids[definition];
    Judged judged;
    judged.version = version;
    if (version != nullptr) judged.definition = version->definition(id);
    if (judged.definition == nullptr && version != nullptr) return;
    // A name stays with its version from report to report. Where one version judges everything, whatever its number, the trajectories are
    // the same ones under every version, and so is the name.
    const bool named = version != nullptr && version->version != 1 && version->applies_by != AppliesBy::ReportDate;
    judged.id = id + (named ? "@" + std::to_string(version->version) : std::string());
    judged.table_id = letters_and_digits(id);
    if (judged.table_id.empty()) judged.table_id = "d" + std::to_string(definition);
    std::string shown = id;
    if (several_) {
        judged.table_id += "v" + std::to_string(version->version);
        shown += "@" + std::to_string(version->version);
    }
    if (judged.definition != nullptr && !judged.definition->label.empty()) shown += " · " + judged.definition->label;
    judged.label = {"=", shown};
    judged.results.assign(scope_.included.size(), nullptr);
    for (const Classification& c : scope_.set.results) {
        if (c.definition != definition || !c.started || !scope_.included[c.trajectory]) continue;
        if (several_ && scope_.set.agreement_of(c) != version) continue;
        judged.results[c.trajectory] = &c;
        ++judged.total;
    }
    judged.whole = scope_.prefix + "trajectories";
    if (judged.total != scope_.total) {
        const auto same = std::find_if(all_.begin(), all_.end(), [&](const Judged& other) { return judges_the_same(judged, other); });
        judged.whole = same != all_.end() ? same->whole : judged.whole + "|judged=" + judged.id;
    }
    all_.push_back(std::move(judged));
}

Group Judgements::group(const Judged& judged, Status status) const {
    Group out{status_population(judged, status), std::vector<bool>(scope_.included.size())};
    for (std::size_t t = 0; t < out.members.size(); ++t) out.members[t] = judged.is(t, status);
    return out;
}

std::string Judgements::status_population(const Judged& judged, Status status) const {
    const Judged* named = &judged;
    if (judged.is_variant()) {
        const Judged& parent = all_[judged.parent];
        bool same = true;
        for (std::size_t t = 0; t < scope_.included.size() && same; ++t) same = judged.is(t, status) == parent.is(t, status);
        if (same) named = &parent;
    }
    return scope_.prefix + "trajectories|" + named->status_name(status);
}

void Judgements::relate_versions(CountSet& out) const {
    if (!several_) return;
    for (const std::string& id : scope_.set.definition_ids) {
        CountRelation relation;
        relation.total = {scope_.prefix + "trajectories", scope_.total};
        std::int64_t rest = scope_.total;
        for (const Judged& judged : all_) {
            if (judged.definition->id != id) continue;
            relation.parts.push_back({judged.whole, judged.total});
            rest -= judged.total;
        }
        if (relation.parts.empty() || relation.parts.front().population == relation.total.population) continue;
        const std::string none = relation.parts.front().population + "|none";
        relation.parts.push_back({none, rest});
        out.relations.push_back(std::move(relation));
    }
    // When the version depends on an event, two definitions of one version may judge almost the same trajectories.
    for (std::size_t i = 0; i < all_.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (all_[i].version == all_[j].version)
                relate_groups(out, judged_group(all_[i]), judged_group(all_[j]), TableKind::Participation, "");
}

}  // namespace brugwacht::tallying
