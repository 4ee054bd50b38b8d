#include "engine/run/worklist.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "engine/core/model.hpp"
#include "engine/core/text.hpp"
#include "engine/rules/explain.hpp"
#include "engine/rules/load.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/vault_access.hpp"
#include "engine/store/reader.hpp"
#include "exporters/local/worklist.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

std::string_view action_code(FollowUpAction action) {
    constexpr std::array<std::string_view, 8> kCodes{"look_enrolled",     "look_provisional",    "look_trials",      "seek_contact",
                                                     "ask_participation", "ask_without_support", "look_re_enrolled", "complete_records"};
    return kCodes[static_cast<std::size_t>(action)];
}

namespace {

constexpr std::int32_t kLookAhead = 90;  // days

/// What the store knows of a trajectory besides its facts.
struct TrajectoryPeople {
    std::int64_t worker = 0;
    std::int64_t person = 0;
    bool evidence = false;
};

/// Keys of workers by their id in the store. A worker whose row has not been read yet is known by that id.
class WorkerKeys {
  public:
    explicit WorkerKeys(const StoreReader& reader) {
        WorkerRow worker;
        for (auto rows = reader.workers(); rows.next(worker);) keys_[worker.id] = worker.key;
    }
    std::string of(std::int64_t id) const {
        if (id == 0) return {};
        const auto found = keys_.find(id);
        return found == keys_.end() ? trajectory_id_text(id) : found->second;
    }

  private:
    std::unordered_map<std::int64_t, std::string> keys_;
};

std::unordered_map<std::string, TrajectoryPeople> people_of_trajectories(const StoreReader& reader) {
    std::set<std::string, std::less<>> evidence;
    for (const SourceRow& source : reader.sources())
        if (source.role == "evidence") evidence.insert(source.name);
    std::unordered_map<std::string, TrajectoryPeople> people;
    TrajectoryRow row;
    for (auto rows = reader.trajectories(); rows.next(row);)
        people[trajectory_id_text(row.id)] = {row.worker, row.person, evidence.contains(row.source)};
    return people;
}

/// A status taken over from the enrolment keeps the enrolment's reason, so the reason tells more than the definition.
FollowUpAction action_for(const ClassificationSet& set, const Classification& result, const Definition& definition) {
    const auto near_misses = set.near_misses_of(result);
    const bool supported =
        std::any_of(near_misses.begin(), near_misses.end(), [](const NearMiss& item) { return item.why == NearMissWhy::WithSupport; });
    switch (result.reason) {
        case Reason::Provisional:
            return FollowUpAction::LookProvisional;
        case Reason::LostContact:
            return FollowUpAction::SeekContact;
        case Reason::BeforeDecision:
            return FollowUpAction::LookReEnrolled;
        default:
            break;
    }
    if (definition.kind == DefinitionKind::Composed) return FollowUpAction::CompleteRecords;
    if (!result.has_anchor) return FollowUpAction::LookEnrolled;
    if (definition.kind == DefinitionKind::StillParticipating)
        return supported ? FollowUpAction::AskWithoutSupport : FollowUpAction::AskParticipation;
    if (definition.kind == DefinitionKind::ReEnrolment) return FollowUpAction::LookReEnrolled;
    return FollowUpAction::LookTrials;  // enrolled, and the definition waits for trials
}

/// Proof of participation must be dated within its window: the day from which it is of use to ask, or the period to ask about.
std::string action_text(FollowUpAction action, const Classification& result, Date as_of, const Texts& texts) {
    const bool waits = result.has_window && as_of < result.window_from;
    const bool passed = result.has_window && result.status == Status::Unknown;
    return texts("worklist.action." + std::string(action_code(action)),
                 {{"when", std::string(waits    ? "from"
                                       : passed ? "passed"
                                                : "now")},
                  {"from", result.has_window ? texts.date(result.window_from) : std::string()},
                  {"to", result.has_window ? texts.date(result.window_to) : std::string()}});
}

/// Clubs where the child enrolled, else those where it tried; in order of the first such day.
std::vector<std::string> clubs_of(const FactBase& facts, std::uint32_t trajectory, Date as_of) {
    std::vector<std::uint32_t> enrolled, visited;
    for (const Fact& fact : facts.facts(trajectory)) {
        if (fact.date > as_of.days() || fact.club == kNone) continue;
        const bool visit = fact.type == FactType::Trial || fact.type == FactType::Attend;
        if (fact.type != FactType::Enrol && !visit) continue;
        std::vector<std::uint32_t>& clubs = visit ? visited : enrolled;
        if (std::find(clubs.begin(), clubs.end(), fact.club) == clubs.end()) clubs.push_back(fact.club);
    }
    std::vector<std::string> names;
    for (const std::uint32_t club : enrolled.empty() ? visited : enrolled) names.push_back(club_text(facts, club));
    return names;
}

std::optional<Date> last_known(const FactBase& facts, std::uint32_t trajectory, Date as_of) {
    std::optional<Date> last;
    for (const Fact& fact : facts.facts(trajectory)) {
        const bool takes_part = fact.type == FactType::Trial || fact.type == FactType::Attend || fact.type == FactType::CheckYes;
        if (takes_part && fact.date <= as_of.days()) last = Date::from_days(fact.date);
    }
    return last;
}

/// Turns results into things to do. Results of one trajectory stand together.
class Gatherer {
  public:
    Gatherer(const FactBase& facts, const ClassificationSet& set, const StoreReader& reader, const Texts& texts)
        : facts_(facts), set_(set), texts_(texts), people_(people_of_trajectories(reader)), workers_(reader) {}

    std::vector<FollowUpItem> items() {
        std::vector<FollowUpItem> all;
        std::size_t first = 0;  // of the trajectory at hand, in `all`
        std::uint32_t trajectory = kNone;
        for (const Classification& result : set_.results) {
            if (result.trajectory != trajectory) first = all.size();
            trajectory = result.trajectory;
            const Definition* definition = set_.definition_of(result);
            const bool open = result.status == Status::Pending || result.status == Status::Unknown;
            if (!open || !result.started || definition == nullptr) continue;
            add(result, *definition, all, first);
        }
        return all;
    }

  private:
    void add(const Classification& result, const Definition& definition, std::vector<FollowUpItem>& all, std::size_t first) {
        const TrajectoryInfo& info = facts_.trajectories()[result.trajectory];
        const auto found = people_.find(std::string(facts_.text(info.id)));
        if (found == people_.end() || found->second.evidence) return;
        OpenQuestion question{
            definition.id, result.status, std::string(reason_code(facts_, result)), {}, explanation(facts_, set_, result, texts_)};
        // A provisional enrolment keeps a question open until it is definitive, whatever day D1 was to decide.
        if (result.reason == Reason::Provisional)
            question.until = result.definitive_on;
        else if (result.has_decides_on && (result.status == Status::Unknown || result.decides_on >= set_.as_of))
            question.until = result.decides_on;

        const FollowUpAction action = action_for(set_, result, definition);
        const auto same = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(), [&](const FollowUpItem& item) {
            return item.action == action && item.unknown() == (result.status == Status::Unknown);
        });
        if (same != all.end()) {
            if (question.until && (!same->until || *question.until < *same->until)) same->until = question.until;
            same->questions.push_back(std::move(question));
            return;
        }
        FollowUpItem item;
        item.worker_id = found->second.worker;
        item.worker = workers_.of(item.worker_id);
        item.person_record = found->second.person;
        item.source = facts_.source(info.source);
        item.trajectory = facts_.text(info.key);
        item.started = Date::from_days(info.start);
        item.clubs = clubs_of(facts_, result.trajectory, set_.as_of);
        item.last_known = last_known(facts_, result.trajectory, set_.as_of);
        item.action = action;
        item.action_text = action_text(action, result, set_.as_of, texts_);
        item.until = question.until;
        item.questions.push_back(std::move(question));
        all.push_back(std::move(item));
    }

    const FactBase& facts_;
    const ClassificationSet& set_;
    const Texts& texts_;
    std::unordered_map<std::string, TrajectoryPeople> people_;
    WorkerKeys workers_;
};

void sort_items(Worklist& list) {
    // What has no day is to be looked at now.
    const auto key = [&](const FollowUpItem& item) {
        return std::tuple(std::string_view(item.worker), item.worker_id, item.until.value_or(list.as_of), std::string_view(item.source),
                          std::string_view(item.trajectory), item.action);
    };
    std::sort(list.items.begin(), list.items.end(), [&](const FollowUpItem& a, const FollowUpItem& b) { return key(a) < key(b); });
}

void keep_worker(Worklist& list, const std::string& worker, const StoreReader& reader) {
    std::set<std::string> known;
    WorkerRow row;
    for (auto rows = reader.workers(); rows.next(row);) known.emplace(row.key);
    for (const FollowUpItem& item : list.items) known.insert(item.worker);
    known.erase("");
    if (!known.contains(worker)) {
        std::string names;
        for (const std::string& key : known) names += (names.empty() ? "" : ", ") + key;
        throw Error(Exit::Usage, "WRK-001", {{"worker", worker}, {"known", names.empty() ? "-" : names}});
    }
    std::erase_if(list.items, [&](const FollowUpItem& item) { return item.worker != worker; });
}

bool in_force(const Agreement& agreement, Date on) {
    return agreement.effective_from <= on && (!agreement.effective_to || on <= *agreement.effective_to);
}

/// Agreed follow-ups and report days from as_of to until, each under the version in force on that day.
std::vector<AgreedMoment> agreed_moments(const std::vector<Agreement>& agreements, Date as_of, Date until, const Texts& texts) {
    std::vector<AgreedMoment> moments;
    for (const Agreement& agreement : agreements)
        for (const FollowUp& follow_up : agreement.follow_ups)
            if (follow_up.date >= as_of && follow_up.date <= until && in_force(agreement, follow_up.date))
                moments.push_back({follow_up.date, follow_up.with, follow_up.topic});
    for (auto day = next_report_date(agreements, as_of.plus_days(-1)); day && *day <= until; day = next_report_date(agreements, *day))
        moments.push_back({*day, texts("worklist.steering_group"), texts("worklist.report_day")});
    std::stable_sort(moments.begin(), moments.end(), [](const AgreedMoment& a, const AgreedMoment& b) { return a.date < b.date; });
    return moments;
}

// ---------------------------------------------------------------- names

/// Names as the vault gives them. Without a vault, nobody has one.
class Names {
  public:
    Names(const StoreReader& reader, Vault* vault) : vault_(vault) {
        if (vault_ == nullptr) return;
        std::set<std::string, std::less<>> caseload;
        for (const SourceRow& source : reader.sources())
            if (source.role != "evidence") caseload.insert(source.name);
        PersonRow person;
        for (auto rows = reader.persons(); rows.next(person);) {
            if (!caseload.contains(person.source)) continue;
            person_of_[person.id] = person.person_id;
            records_[person.person_id].push_back(person.id);
        }
    }

    /// Of the record itself, else of another record of the same child. "" for one who was erased or is not known yet.
    std::string child(std::int64_t record) {
        if (vault_ == nullptr) return {};
        const auto [at, fresh] = children_.try_emplace(record);
        if (!fresh) return at->second;
        std::string name = name_in(record);
        if (const auto person = person_of_.find(record); name.empty() && person != person_of_.end())
            for (const std::int64_t other : records_[person->second])
                if (name.empty()) name = name_in(other);
        return at->second = name;
    }
    std::string worker(std::int64_t id) {
        std::string name = vault_ == nullptr ? std::string() : vault_->name(NameKind::Worker, id).value_or("");
        if (!name.empty()) named_workers_.insert(id);
        return name;
    }
    std::int64_t named_children() const {
        return std::count_if(children_.begin(), children_.end(), [](const auto& child) { return !child.second.empty(); });
    }
    std::int64_t named_workers() const { return static_cast<std::int64_t>(named_workers_.size()); }

  private:
    std::string name_in(std::int64_t record) {
        static const std::size_t kGiven = field_index(Entity::Person, "given_name").value();
        static const std::size_t kFamily = field_index(Entity::Person, "family_name").value();
        static const std::size_t kCalled = field_index(Entity::Person, "call_name").value();
        const auto identity = vault_->person(record);
        if (!identity) return {};
        const std::string& called = identity->values[kCalled];
        const std::string& given = called.empty() ? identity->values[kGiven] : called;
        return std::string(trim(given + " " + identity->values[kFamily]));
    }

    Vault* vault_;
    std::unordered_map<std::int64_t, std::string> person_of_;
    std::unordered_map<std::string, std::vector<std::int64_t>> records_;
    std::map<std::int64_t, std::string> children_;
    std::set<std::int64_t> named_workers_;
};

// ---------------------------------------------------------------- the workbook

WorklistRow row_of(const FollowUpItem& item, const Worklist& list, Names& names) {
    WorklistRow row;
    row.child = names.child(item.person_record);
    row.trajectory = item.trajectory;
    row.started = item.started;
    for (const std::string& club : item.clubs) row.clubs += (row.clubs.empty() ? "" : ", ") + club;
    row.action = item.action_text;
    for (const OpenQuestion& question : item.questions) row.definitions += (row.definitions.empty() ? "" : ", ") + question.definition;
    row.until = item.until;
    if (item.until) row.days = item.until->days() - list.as_of.days();
    row.unknown = item.unknown();
    row.later = !row.unknown && item.until > list.until;
    row.last_known = item.last_known;
    row.explanation = item.questions.front().explanation;
    return row;
}

/// Who accompanies, as a heading: the name when it is known, so that one who stands in two sources has one list. A key alone says nothing
/// outside its source: where two sources have it, the source stands behind it.
class WorkerLabels {
  public:
    WorkerLabels(const Worklist& list, Names& names) : names_(names) {
        for (const FollowUpItem& item : list.items) ids_[item.worker].insert(item.worker_id);
    }
    std::string of(const FollowUpItem& item) {
        if (item.worker_id == 0) return {};
        std::string name = names_.worker(item.worker_id);
        if (!name.empty()) return name;
        return ids_[item.worker].size() < 2 ? item.worker : item.worker + " (" + item.source + ")";
    }

  private:
    Names& names_;
    std::map<std::string, std::set<std::int64_t>> ids_;
};

/// One sheet for each ambassador, by name as in a telephone book; what nobody accompanies comes last.
std::vector<WorklistSheet> sheets_of(const Worklist& list, Names& names) {
    WorkerLabels labels(list, names);
    std::map<std::tuple<bool, std::string, std::string>, WorklistSheet> sheets;
    for (const FollowUpItem& item : list.items) {
        const std::string label = labels.of(item);
        WorklistSheet& sheet = sheets[{label.empty(), fold_words(label), label}];
        sheet.worker = label;
        sheet.rows.push_back(row_of(item, list, names));
    }
    std::vector<WorklistSheet> ordered;
    for (auto& [key, sheet] : sheets) {
        std::stable_sort(sheet.rows.begin(), sheet.rows.end(), [&](const WorklistRow& a, const WorklistRow& b) {
            return a.until.value_or(list.as_of) < b.until.value_or(list.as_of);
        });
        ordered.push_back(std::move(sheet));
    }
    return ordered;
}

WorklistBook book_of(const Worklist& list, const std::vector<Agreement>& agreements, Names& names) {
    WorklistBook book;
    book.as_of = list.as_of;
    book.until = list.until;
    book.names = list.names;
    for (const AgreedMoment& moment : list.calendar) book.calendar.push_back({moment.date, moment.with, moment.topic});
    book.sheets = sheets_of(list, names);
    std::set<std::string> used;
    for (const FollowUpItem& item : list.items)
        for (const OpenQuestion& question : item.questions) used.insert(question.definition);
    for (const Definition& definition : agreements.back().definitions)
        if (used.contains(definition.id))
            book.definitions.emplace_back(
                definition.id, definition.variant_of.empty() ? definition.label : definition.variant_of + ", " + definition.label);
    return book;
}

fs::path default_workbook(const Project& project, const WorklistRequest& request, Date as_of) {
    std::string name = "worklist-" + as_of.iso();
    if (request.worker) name += "-" + *request.worker;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == ':'; }, '_');
    return project.worklists() / (name + ".xlsx");
}

void log_names(const Project& project, const Names& names, const Worklist& list, Ports& ports) {
    AuditEntry entry{.action = std::string(audit_action::kWorklist), .object = "person"};
    entry.counts["persons"] = names.named_children();
    entry.counts["workers"] = names.named_workers();
    entry.counts["rows"] = static_cast<std::int64_t>(list.items.size());
    record_event(project, entry, ports);
}

void write_workbook(const Project& project, const WorklistRequest& request, const std::vector<Agreement>& agreements,
                    const StoreReader& reader, Worklist& list, const Texts& texts, Ports& ports) {
    const bool open = request.names && !list.items.empty();  // nobody is named in an empty list
    std::optional<Vault> vault = open ? open_vault(project, ports.secrets) : std::nullopt;
    list.names = vault.has_value();
    const TemporaryFolder temporary(project);
    const fs::path draft = temporary.path() / "worklist.xlsx";
    Names names(reader, vault ? &*vault : nullptr);
    write_worklist_workbook(book_of(list, agreements, names), texts, draft);
    const bool own_folder = request.out.empty();
    const fs::path wanted = own_folder ? default_workbook(project, request, list.as_of) : request.out;
    if (own_folder) make_private_folder(project.worklists());
    if (vault) log_names(project, names, list, ports);
    if (own_folder) {
        ports.files.publish(draft, wanted);
    } else {
        ports.files.write(wanted, ports.files.read(draft), 0600);  // not renamed: it may go to another disk
    }
    list.workbook = wanted;
    ports.log.write(LogLevel::Info, "worklist_written",
                    {{"rows", static_cast<std::int64_t>(list.items.size())}, {"names", static_cast<std::int64_t>(list.names)}});
}

}  // namespace

Worklist make_worklist(const Project& project, const WorklistRequest& request, const Texts& texts, Ports& ports) {
    Worklist list;
    list.as_of = request.as_of.value_or(ports.clock.today());
    list.until = request.until.value_or(list.as_of.plus_days(kLookAhead));
    if (list.until < list.as_of) throw Error(Exit::Usage, "WRK-002", {{"until", list.until.iso()}, {"as_of", list.as_of.iso()}});
    const std::vector<Agreement> agreements = load_agreements(project, {}, ports.files);
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());

    const StoreReader reader = StoreReader::open(project.store_file());
    const FactBase facts = load_facts(reader);
    ClassifyRequest classification;
    classification.as_of = list.as_of;
    const ClassificationSet set = classify(facts, agreements, classification);
    list.items = Gatherer(facts, set, reader, texts).items();
    if (request.worker) keep_worker(list, *request.worker, reader);
    sort_items(list);
    list.calendar = agreed_moments(agreements, list.as_of, list.until, texts);
    list.vault_closed = request.names && !vault_at_hand(project, ports.secrets);
    if (!request.dry_run) write_workbook(project, request, agreements, reader, list, texts, ports);
    return list;
}

}  // namespace brugwacht
