#include "engine/identity/linking.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/identity/convert.hpp"
#include "engine/identity/decisions.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kMaxAreas = 12;
constexpr std::string_view kOtherArea = "andere";
constexpr std::uint64_t kAlwaysWhole = 20'000;  // records; so few are always weighed as a whole
constexpr std::uint64_t kGrowthPercent = 5;     // more new records than that since the last whole weighing ask for another one
constexpr std::int64_t kDay = 86400;

using PersonId = std::array<std::uint8_t, 16>;

/// Ids are keyed hashes already.
struct PersonIdHash {
    std::size_t operator()(const PersonId& id) const {
        std::size_t hash = 0;
        std::memcpy(&hash, id.data(), sizeof hash);
        return hash;
    }
};

std::size_t person_field(std::string_view name) { return field_index(Entity::Person, name).value(); }

struct Person {
    std::int64_t id = 0;
    std::int64_t gender = 0;                          // code, 0 = none
    std::int64_t gender_before = 0, area_before = 0;  // as they stand in the store
    std::int64_t brought_at = 0;
    PersonId person_id{};
    std::size_t key_at = 0;  // in the arena of source keys
    std::uint32_t key_size = 0, source_size = 0;
    std::uint32_t area = 0;  // number of the area as given, from 1; 0 = none
    Birth birth;
    Linked linked = Linked::Never;
    bool evidence = false;
    bool guided = false;
    bool leaves = false;
};

/// Areas as they are given, each text once.
class Areas {
  public:
    std::uint32_t number(const std::string& text) {
        const auto [at, made] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size() + 1));
        if (made) texts_.push_back(text);
        return at->second;
    }
    const std::vector<std::string>& texts() const { return texts_; }

  private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<std::string> texts_;
};

class People {
  public:
    People(Store& store, Vault& vault, const Hmac& link_key, Converter& convert, const LinkingSettings& settings, std::int64_t started_at)
        : store_(store),
          vault_(vault),
          link_key_(link_key),
          convert_(convert),
          settings_(settings),
          started_at_(started_at),
          area_field_(settings.area.empty() ? std::nullopt : field_index(Entity::Person, settings.area)) {}

    void load(std::vector<std::int64_t>& leave_vault);
    bool can_be_partial();
    void weigh(bool whole);
    void let_go();
    void name();
    void set_areas();
    void set_ages();
    void fill(LinkReport& report);
    LinkSummary summary;

  private:
    std::string_view key(const Person& person) const { return std::string_view(keys_).substr(person.key_at, person.key_size); }
    std::uint32_t island(std::string_view source);
    LinkScope scope(std::string_view source) const;
    std::string digest() const;
    PersonId new_id(std::string_view first_source_key, int attempt) const;
    void read(const Identity& identity, const LinkFact& link, const std::unordered_set<std::int64_t>& guided);
    std::map<std::uint32_t, std::string> shown_areas() const;

    Store& store_;
    Vault& vault_;
    const Hmac& link_key_;
    Converter& convert_;
    const LinkingSettings& settings_;
    std::int64_t started_at_;
    std::optional<std::size_t> area_field_;

    std::vector<Person> people_;  // by record id
    std::string keys_;
    std::vector<std::uint32_t> order_;  // positions in the order of source keys
    Areas areas_;
    std::map<std::string, std::uint32_t, std::less<>> islands_;
    std::vector<Store::Start> starts_;
    std::vector<LinkFact> links_;
    std::vector<Decision> decisions_;
    std::shared_ptr<Linkage> linkage_;
    LinkOutcome outcome_;
};

LinkScope People::scope(std::string_view source) const {
    const auto at = settings_.scopes.find(source);
    return at == settings_.scopes.end() ? LinkScope::Everybody : at->second;
}

std::uint32_t People::island(std::string_view source) {
    if (scope(source) == LinkScope::Everybody) return 0;
    return islands_.try_emplace(std::string(source), static_cast<std::uint32_t>(islands_.size() + 1)).first->second;
}

std::string People::digest() const {
    std::string text;
    for (const auto& [source, scope] : settings_.scopes) text += source + '\n' + std::to_string(static_cast<int>(scope)) + '\n';
    return to_hex(sha256(text)).substr(0, 16);
}

PersonId People::new_id(std::string_view first_source_key, int attempt) const {
    std::string text = "person|";
    text += first_source_key;
    if (attempt > 1) text += "#" + std::to_string(attempt);
    const std::string bytes = link_key_(text);
    PersonId id{};
    std::copy_n(bytes.begin(), id.size(), id.begin());
    return id;
}

void People::read(const Identity& identity, const LinkFact& link, const std::unordered_set<std::int64_t>& guided) {
    static const std::size_t kBirth = person_field("birth_date");
    static const std::size_t kGender = person_field("gender");
    Person& person = people_.emplace_back();
    person.id = identity.id;
    person.person_id = link.person_id;
    person.linked = link.linked;
    person.brought_at = link.brought_at;
    person.gender_before = link.gender.value_or(0);
    person.area_before = link.area.value_or(0);
    person.key_at = keys_.size();
    person.source_size = static_cast<std::uint32_t>(identity.source.size());
    keys_.append(identity.source).append(":").append(identity.values[0]);
    person.key_size = static_cast<std::uint32_t>(keys_.size() - person.key_at);
    person.birth = read_birth(identity.values[kBirth]);
    person.guided = guided.contains(identity.id);
    const auto& evidence = settings_.evidence_sources;
    person.evidence = std::find(evidence.begin(), evidence.end(), identity.source) != evidence.end();
    if (settings_.gender && !identity.values[kGender].empty()) person.gender = convert_.code(identity.values[kGender]);
    if (area_field_)
        if (const std::string area(trim(identity.values[*area_field_])); !area.empty()) person.area = areas_.number(area);
}

void People::load(std::vector<std::int64_t>& leave_vault) {
    starts_ = store_.starts();
    std::unordered_set<std::int64_t> guided;
    for (const Store::Start& start : starts_) guided.insert(start.person);
    if (links_.empty()) links_ = store_.links();
    const std::vector<LinkFact>& links = links_;  // by id, as the vault gives its persons
    decisions_ = standing_decisions(vault_);
    LinkSettings settings;
    settings.threads = settings_.threads != 0 ? settings_.threads : std::max(1U, std::thread::hardware_concurrency());
    settings.whole = summary.whole;
    if (const auto last = store_.last_linking(); last && !summary.whole) settings.model = last->model;
    linkage_ = std::make_shared<Linkage>(std::move(settings));

    std::unordered_map<PersonId, std::uint64_t, PersonIdHash> clusters;
    std::uint64_t number = 0;
    people_.reserve(links.size());
    auto at = links.begin();
    vault_.each([&](const Identity& identity) {
        while (at != links.end() && at->id < identity.id) ++at;
        if (at == links.end() || at->id != identity.id) {
            leave_vault.push_back(identity.id);  // the store let it go, the vault did not get so far
            return;
        }
        read(identity, *at, guided);
        const Person& person = people_.back();
        RecordToLink record;
        record.id = person.id;
        record.source_key = key(person);
        record.source = identity.source;
        record.values = &identity.values;
        record.island = island(identity.source);
        record.linkable = scope(identity.source) != LinkScope::Nobody;
        if (!record.linkable) ++summary.unlinkable;
        // A person of an evidence source without a trajectory of her own is compared each time: she may have to go.
        if (!summary.whole && person.linked == Linked::Yes && (!person.evidence || person.guided)) {
            const auto [known, made] = clusters.try_emplace(person.person_id, number + 1);
            if (made) ++number;
            record.cluster = known->second;
        }
        linkage_->add(record);
    });
    links_ = {};
    order_.resize(people_.size());
    for (std::uint32_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return key(people_[a]) < key(people_[b]); });
}

// Known pairs may be left alone when nothing but new or changed records came since every pair was weighed, and not too many.
bool People::can_be_partial() {
    links_ = store_.links();
    const auto last = store_.last_linking();
    if (!last || last->settings != digest() || last->model.empty()) return false;
    std::uint64_t all = 0, linked = 0;
    for (const LinkFact& link : links_) {
        ++all;
        if (link.linked != Linked::Never) ++linked;
    }
    return all > kAlwaysWhole && linked == last->records && all * 100 <= last->whole_records * (100 + kGrowthPercent);
}

void People::weigh(bool whole) {
    std::vector<LinkDecision> decisions;
    decisions.reserve(decisions_.size());
    for (const Decision& decision : decisions_) {
        decisions.push_back({decision.a, decision.b, decision.answer});
        const auto is_other = [&](std::int64_t id, std::uint64_t print) {
            const auto now = vault_.fingerprint(id);
            return now && print != 0 && *now != print;
        };
        if (is_other(decision.a, decision.print_a) || is_other(decision.b, decision.print_b)) ++summary.outdated;
    }
    outcome_ = linkage_->link(decisions);
    summary.statistics = outcome_.statistics;
    for (const Contradiction& pair : outcome_.contradictions) summary.contradictions.emplace_back(people_[pair.a].id, people_[pair.b].id);
    const auto last = store_.last_linking();
    store_.add_linking({whole, 0, whole || !last ? 0 : last->whole_records, digest(), linkage_->model()});
}

// Persons of evidence sources stay only when their person has a trajectory, or for a while when a review may show that she has.
void People::let_go() {
    std::vector<bool> has_trajectory(people_.size()), in_review(people_.size());
    for (std::size_t i = 0; i < people_.size(); ++i)
        if (people_[i].guided) has_trajectory[outcome_.first[i]] = true;
    for (const ScoredPair& pair : outcome_.pairs) {
        if (pair.zone != LinkZone::Review || pair.decided) continue;
        in_review[pair.a] = in_review[pair.a] || has_trajectory[outcome_.first[pair.b]];
        in_review[pair.b] = in_review[pair.b] || has_trajectory[outcome_.first[pair.a]];
    }
    std::vector<std::int64_t> leaving;
    for (std::size_t i = 0; i < people_.size(); ++i) {
        Person& person = people_[i];
        if (!person.evidence || has_trajectory[outcome_.first[i]]) continue;
        const bool waits = in_review[i] && person.brought_at + settings_.keep_review_days * kDay > started_at_;
        person.leaves = !waits;
        waits ? ++summary.waiting : ++summary.removed;
        if (person.leaves) leaving.push_back(person.id);
    }
    store_.remove_persons(leaving);
    vault_.withdraw(leaving);
}

// An id that is in use stays with the person that holds its first bearer; a person without one is named after her first record.
void People::name() {
    std::unordered_map<PersonId, std::uint32_t, PersonIdHash> bearer;
    bearer.reserve(people_.size());
    std::vector<std::uint32_t> size(people_.size());
    std::vector<std::optional<PersonId>> chosen(people_.size());
    for (const std::uint32_t i : order_) {
        const Person& person = people_[i];
        if (person.leaves) continue;
        const std::uint32_t first = outcome_.first[i];
        ++size[first];
        if (person.linked == Linked::Never) continue;
        const auto [at, is_first] = bearer.try_emplace(person.person_id, first);
        if (at->second == first && !chosen[first]) chosen[first] = person.person_id;
    }
    for (const std::uint32_t i : order_) {
        const std::uint32_t first = outcome_.first[i];
        if (people_[i].leaves || chosen[first]) continue;
        int attempt = 1;
        PersonId id = new_id(key(people_[i]), attempt);
        while (!bearer.try_emplace(id, first).second) id = new_id(key(people_[i]), ++attempt);
        chosen[first] = id;
    }
    for (std::size_t i = 0; i < people_.size(); ++i) {
        const Person& person = people_[i];
        if (person.leaves) continue;
        ++summary.records;
        if (size[outcome_.first[i]] > 1) ++summary.joined;
        const LinkFact before{person.id, person.person_id, person.linked, 0, {}, {}};
        const LinkFact now{person.id, *chosen[outcome_.first[i]], Linked::Yes, 0, {}, {}};
        if (before.person_id != now.person_id) ++summary.changed;
        if (before.person_id != now.person_id || before.linked != now.linked) store_.set_link(before, now);
    }
    for (const std::uint32_t n : size) summary.persons += n > 0 ? 1 : 0;
    Linking linking = store_.last_linking().value();
    linking.records = summary.records;
    if (linking.whole) linking.whole_records = summary.records;
    store_.add_linking(linking);
}

// The list as configured, else what occurs; of more than twelve the rarest become one. By number of the area as given.
std::map<std::uint32_t, std::string> People::shown_areas() const {
    struct Area {
        std::map<std::string, std::uint64_t> spellings;
        std::uint64_t count = 0;
        std::string shown;
    };
    std::vector<std::uint64_t> counts(areas_.texts().size() + 1);
    for (const Person& person : people_)
        if (!person.leaves) ++counts[person.area];
    std::map<std::string, Area> areas;
    std::map<std::uint32_t, std::string> folded;
    for (std::uint32_t number = 1; number < counts.size(); ++number) {
        const std::string& text = areas_.texts()[number - 1];
        if (counts[number] == 0 || has_many_words(text) || (settings_.area != "postcode" && alarm_in_label(text) != Alarm::None)) continue;
        const std::string key = fold(text);
        if (key.empty()) continue;
        folded.emplace(number, key);
        areas[key].count += counts[number];
        areas[key].spellings[text] += counts[number];
    }
    for (auto& [key, area] : areas) {
        std::uint64_t most = 0;
        for (const auto& [spelling, count] : area.spellings) {
            if (count <= most) continue;
            most = count;
            area.shown = spelling;
        }
    }
    if (!settings_.areas.empty()) {
        std::map<std::string, std::string> known;
        for (const std::string& area : settings_.areas) known.emplace(fold(area), area);
        for (auto& [key, area] : areas) area.shown = known.contains(key) ? known[key] : std::string(kOtherArea);
    } else if (areas.size() > kMaxAreas) {
        std::vector<std::pair<std::uint64_t, std::string>> by_count;
        for (const auto& [key, area] : areas) by_count.emplace_back(area.count, key);
        std::sort(by_count.begin(), by_count.end(),
                  [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        for (std::size_t i = kMaxAreas - 1; i < by_count.size(); ++i) areas[by_count[i].second].shown = kOtherArea;
    }
    std::map<std::uint32_t, std::string> shown;
    for (const auto& [number, key] : folded) shown.emplace(number, areas[key].shown);
    return shown;
}

void People::set_areas() {
    std::vector<std::optional<std::int64_t>> codes(areas_.texts().size() + 1);
    for (const auto& [number, shown] : shown_areas()) codes[number] = store_.code(shown);
    for (const Person& person : people_) {
        const std::optional<std::int64_t> area = codes[person.area];
        if (person.leaves || (person.gender == person.gender_before && area.value_or(0) == person.area_before)) continue;
        store_.set_person(person.id, person.gender == 0 ? std::nullopt : std::optional(person.gender), area);
    }
}

// The record's own birth date, else an exact one of the same person, else none.
void People::set_ages() {
    std::vector<Birth> of_person(people_.size());
    for (const std::uint32_t i : order_) {
        if (people_[i].leaves) continue;
        Birth& known = of_person[outcome_.first[i]];
        const Birth& own = people_[i].birth;
        if (own.known && (!known.known || (known.uncertain && !own.uncertain))) known = own;
    }
    for (const Store::Start& start : starts_) {
        const auto at = std::lower_bound(people_.begin(), people_.end(), start.person,
                                         [](const Person& person, std::int64_t id) { return person.id < id; });
        if (at == people_.end() || at->id != start.person || at->leaves) continue;
        const Birth& own = at->birth;
        const auto position = static_cast<std::size_t>(at - people_.begin());
        if (set_age(store_, start, own.known ? own : of_person[outcome_.first[position]])) ++summary.ages;
    }
}

void People::fill(LinkReport& report) {
    std::vector<std::uint32_t> place(people_.size());  // position here -> position in the report
    for (std::uint32_t i = 0; i < order_.size(); ++i) place[order_[i]] = i;
    std::vector<bool> guided(people_.size());
    for (std::size_t i = 0; i < people_.size(); ++i)
        if (people_[i].guided) guided[outcome_.first[i]] = true;
    report.records.reserve(people_.size());
    for (const std::uint32_t i : order_) {
        const Person& person = people_[i];
        report.records.push_back(
            {person.id, std::string(key(person)), person.source_size, place[outcome_.first[i]], guided[outcome_.first[i]], !person.leaves});
    }
    for (ScoredPair pair : outcome_.pairs) {
        pair.a = place[pair.a];
        pair.b = place[pair.b];
        report.pairs.push_back(pair);
    }
    report.explain = [linkage = linkage_, order = order_](std::uint32_t a, std::uint32_t b) {
        return linkage->explain(order[a], order[b]);
    };
}

}  // namespace

LinkSummary link_people(Store& store, Vault& vault, const Hmac& link_key, Converter& convert, const LinkingSettings& settings,
                        std::int64_t started_at, bool whole, LinkReport* report, std::vector<std::int64_t>& leave_vault) {
    People people(store, vault, link_key, convert, settings, started_at);
    people.summary.whole = whole || report != nullptr || !people.can_be_partial();
    people.load(leave_vault);
    people.weigh(people.summary.whole);
    people.let_go();
    people.name();
    people.set_areas();
    people.set_ages();
    if (report != nullptr) people.fill(*report);
    return std::move(people.summary);
}

}  // namespace brugwacht
