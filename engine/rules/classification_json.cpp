#include <algorithm>

#include "engine/lib/json.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/explain.hpp"

namespace brugwacht {
namespace {

void date_or_null(JsonWriter& json, std::string_view key, bool has, Date date) {
    json.key(key);
    if (has) {
        json.value(date.iso());
    } else {
        json.null();
    }
}

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    if (text.empty()) {
        json.null();
    } else {
        json.value(text);
    }
}

void head(JsonWriter& json, const ClassificationSet& set) {
    json.member("as_of", set.as_of.iso());
    date_or_null(json, "known_at", set.known_at.has_value(), set.known_at.value_or(Date()));
    json.key("agreement").begin_array();
    for (const Agreement& agreement : set.agreements) json.value(agreement.name());
    json.end_array();
    json.member("rules_hash", set.rules_hash());
}

void persons(JsonWriter& json, const FactBase& base, std::uint32_t person, const PersonKeys& person_keys) {
    json.key("persons").begin_array();
    if (person_keys && person != kNone) {
        std::vector<std::string> keys = person_keys(base.person_id(person));
        std::sort(keys.begin(), keys.end());
        for (const std::string& key : keys) json.value(key);
    }
    json.end_array();
}

/// Shows ids of one kind as the caller wants them shown.
class Ids {
  public:
    explicit Ids(const ShownIds& shown) : shown_(shown) {}
    std::string operator()(std::string_view kind, std::string_view id) const {
        return shown_ && !id.empty() ? shown_(kind, id) : std::string(id);
    }

  private:
    const ShownIds& shown_;
};

std::string_view club_key(const FactBase& base, std::uint32_t club) {
    return club == kNone ? std::string_view() : base.text(base.clubs()[club].key);
}

void evidence(JsonWriter& json, const FactBase& base, const ClassificationSet& set, const Classification& c, const Ids& ids) {
    json.key("evidence").begin_array();
    for (const Evidence& item : set.evidence_of(c)) {
        json.begin_object();
        json.member("event", ids("event", base.text(item.key)));
        json.member("date", item.date.iso());
        text_or_null(json, "club", club_key(base, item.club));
        json.member("role", name(item.role));
        json.end_object();
    }
    json.end_array();
}

void result(JsonWriter& json, const FactBase& base, const ClassificationSet& set, const Classification& c, const Texts& texts,
            const PersonKeys& person_keys, const Ids& ids) {
    const TrajectoryInfo& info = base.trajectories()[c.trajectory];
    const Agreement* agreement = set.agreement_of(c);
    json.begin_object();
    json.member("source", base.source(info.source));
    json.member("trajectory", ids("trajectory", base.text(info.key)));
    json.member("trajectory_id", ids("trajectory", base.text(info.id)));
    text_or_null(json, "person_id", info.person == kNone ? std::string() : ids("person", base.person_id(info.person)));
    persons(json, base, info.person, person_keys);
    json.member("definition", set.definition_ids[c.definition]);
    text_or_null(json, "agreement", agreement == nullptr ? std::string() : agreement->name());
    text_or_null(json, "rules_hash", agreement == nullptr ? std::string() : agreement->rules_hash);
    json.member("as_of", set.as_of.iso());
    date_or_null(json, "known_at", set.known_at.has_value(), set.known_at.value_or(Date()));
    json.member("status", name(c.status));
    json.member("reason", reason_code(base, c));
    date_or_null(json, "achieved_on", c.has_achieved_on, c.achieved_on);
    json.key("window");
    if (c.has_window) {
        json.begin_array().value(c.window_from.iso()).value(c.window_to.iso()).end_array();
    } else {
        json.null();
    }
    date_or_null(json, "decides_on", c.has_decides_on, c.decides_on);
    json.member("mature", c.mature);
    json.key("anchor");
    if (c.has_anchor) {
        json.begin_object().member("event", ids("event", base.text(c.anchor_key))).member("date", c.anchor_date.iso()).end_object();
    } else {
        json.null();
    }
    evidence(json, base, set, c, ids);
    text_or_null(json, "first_failed_rule", c.first_failed_rule());
    json.key("near_misses").begin_array();
    for (const NearMiss& item : set.near_misses_of(c))
        json.begin_object().member("event", ids("event", base.text(item.key))).member("why", name(item.why)).end_object();
    json.end_array();
    json.key("ignored").begin_array();
    for (const Ignored& item : set.ignored_of(c))
        json.begin_object().member("event", ids("event", base.text(item.key))).member("why", name(item.why)).end_object();
    json.end_array();
    json.key("support_at_proof");
    if (c.has_window && c.status == Status::Achieved) {
        json.value(c.support_at_proof);
    } else {
        json.null();
    }
    if (c.reason == Reason::Provisional) json.member("definitive_on", c.definitive_on.iso());
    if (c.reason == Reason::Gap) json.member("gap_days", static_cast<std::int64_t>(c.gap_days));
    if (c.scope_unknown) json.member("scope_unknown", true);
    json.member("explanation", explanation(base, set, c, texts));
    json.end_object();
}

}  // namespace

std::string classification_json(const FactBase& base, const ClassificationSet& set, const Texts& texts, const PersonKeys& person_keys,
                                const ShownIds& shown) {
    const Ids ids(shown);
    JsonWriter json;
    json.begin_object();
    head(json, set);
    json.key("results").begin_array();
    for (const Classification& c : set.results) result(json, base, set, c, texts, person_keys, ids);
    json.end_array();
    json.end_object();
    return json.take();
}

std::string rollup_json(const FactBase& base, const ClassificationSet& set, const PersonKeys& person_keys, const ShownIds& shown) {
    const Ids ids(shown);
    JsonWriter json;
    json.begin_object();
    head(json, set);
    json.key("results").begin_array();
    for (const PersonResult& person : rollup_by_person(base, set)) {
        const Classification& deciding = set.results[person.deciding];
        json.begin_object();
        text_or_null(json, "person_id", person.person == kNone ? std::string() : ids("person", base.person_id(person.person)));
        persons(json, base, person.person, person_keys);
        json.member("definition", set.definition_ids[person.definition]);
        json.member("status", name(deciding.status));
        json.member("reason", reason_code(base, deciding));
        json.member("deciding", ids("trajectory", base.text(base.trajectories()[deciding.trajectory].key)));
        json.key("trajectories").begin_array();
        for (const std::uint32_t at : person.results)
            json.value(ids("trajectory", base.text(base.trajectories()[set.results[at].trajectory].key)));
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace brugwacht
