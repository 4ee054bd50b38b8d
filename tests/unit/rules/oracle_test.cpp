// The engine against the oracle on random histories: every field of every verdict must be the same.
// BRUGWACHT_HISTORIES gives another number of histories.
#include "tests/unit/rules/oracle.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/core/resources.hpp"
#include "engine/rules/classify.hpp"

namespace brugwacht::testing {
namespace {

Agreement example() { return parse_agreement(resource("config/agreements/voorbeeldstad.toml").value(), "voorbeeldstad.toml"); }

int histories() {
    const char* asked = std::getenv("BRUGWACHT_HISTORIES");
    return asked == nullptr ? 100'000 : std::atoi(asked);
}

std::string text(const std::optional<Date>& date) { return date ? date->iso() : "-"; }

std::string text(const OracleVerdict& v) {
    std::string out = v.definition + " " + std::string(name(v.status)) + " " + v.reason + " on=" + text(v.achieved_on) +
                      " window=" + text(v.window_from) + ".." + text(v.window_to) + " decides=" + text(v.decides_on) +
                      " anchor=" + text(v.anchor_date) + " rule=" + std::to_string(v.rule) + (v.mature ? " mature" : "") +
                      (v.scope_unknown ? " scope_unknown" : "") + (v.started ? "" : " not_started") +
                      (v.support_at_proof ? " with_support" : "") + (v.gap_days > 0 ? " gap=" + std::to_string(v.gap_days) : "");
    for (const std::string& item : v.evidence) out += " " + item;
    return out;
}

std::string name_in(const OracleTrajectory& names, std::string_view key) {
    const auto known = names.name_of_key.find(std::string(key));
    return known == names.name_of_key.end() ? std::string(key) : known->second;
}

OracleVerdict verdict_of(const FactBase& base, const ClassificationSet& set, const Classification& c, const OracleTrajectory& names) {
    const auto when = [](bool has, Date date) { return has ? std::optional(date) : std::nullopt; };
    OracleVerdict v;
    v.agreement = set.agreement_of(c) == nullptr ? "" : set.agreement_of(c)->name();
    v.definition = set.definition_ids[c.definition];
    v.status = c.status;
    v.reason = std::string(reason_code(base, c));
    v.rule = c.rule;
    v.achieved_on = when(c.has_achieved_on, c.achieved_on);
    v.window_from = when(c.has_window, c.window_from);
    v.window_to = when(c.has_window, c.window_to);
    v.decides_on = when(c.has_decides_on, c.decides_on);
    v.anchor_date = when(c.has_anchor, c.anchor_date);
    v.mature = c.mature;
    v.scope_unknown = c.scope_unknown;
    v.started = c.started;
    v.support_at_proof = c.support_at_proof;
    v.gap_days = c.gap_days;
    for (const Evidence& item : set.evidence_of(c))
        v.evidence.insert(std::string(name(item.role)) + ":" + name_in(names, base.text(item.key)));
    return v;
}

std::string joined(const std::set<std::string>& items) {
    std::string out = "ignored";
    for (const std::string& item : items) out += " " + item;
    return out;
}

std::string ignored_of(const FactBase& base, const ClassificationSet& set, const Classification& c, const OracleTrajectory& names) {
    std::set<std::string> items;
    for (const Ignored& item : set.ignored_of(c)) items.insert(std::string(name(item.why)) + ":" + name_in(names, base.text(item.key)));
    return joined(items);
}

/// Judges one history twice; gives the differences, "" when there are none.
std::string differences(const History& history, const Agreement& agreement, Date as_of, std::optional<Date> known_at) {
    const FactBase base = fact_base(history);
    ClassifyRequest request;
    request.as_of = as_of;
    request.known_at = known_at;
    request.threads = 1;
    const std::vector<Agreement> agreements{agreement};
    const ClassificationSet set = classify(base, agreements, request);
    std::string out;
    const std::size_t definitions = agreement.definitions.size();
    for (std::size_t t = 0; t < history.trajectories.size(); ++t) {
        const OracleTrajectory expected = consult_oracle(history, static_cast<int>(t), agreement, as_of, known_at);
        const auto compare = [&](const std::string& oracle, const std::string& engine) {
            if (oracle != engine) out += history.trajectories[t].key + "\n  oracle " + oracle + "\n  engine " + engine + "\n";
        };
        compare(joined(expected.ignored), ignored_of(base, set, set.results[t * definitions], expected));
        for (std::size_t d = 0; d < definitions; ++d) {
            compare(text(expected.verdicts[d]), text(verdict_of(base, set, set.results[t * definitions + d], expected)));
        }
    }
    return out;
}

TEST(Oracle, AgreesWithTheEngineOnEveryField) {
    Agreement given = example();
    given.effective_from = Date::from_ymd(2000, 1, 1).value();
    const int asked = histories();
    DrawnAgreement drawn;
    for (int i = 0; i < asked; ++i) {
        Rng random(20250701, static_cast<std::uint64_t>(i));
        if (i % 5 == 0) drawn = i % 20 == 0 ? DrawnAgreement{given, " the example"} : random_agreement(given, random);
        const History history = random_history(drawn.agreement, random);
        const Date as_of = random_as_of(history, drawn.agreement, random);
        std::optional<Date> known_at;
        if (random.chance(15)) known_at = as_of.plus_days(random.between(-60, 60));
        ASSERT_EQ(differences(history, drawn.agreement, as_of, known_at), "")
            << "history " << i << ", as of " << as_of.iso() << " known at " << text(known_at) << drawn.description << "\n"
            << describe(history);
    }
}

}  // namespace
}  // namespace brugwacht::testing
