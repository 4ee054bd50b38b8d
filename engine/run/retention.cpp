#include "engine/run/retention.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "engine/core/resources.hpp"
#include "engine/lib/node.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/load.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/import.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTable = "config/retention.toml";
constexpr std::int64_t kDay = 86400;
constexpr int kDaysToLook = 30;

constexpr std::array<std::string_view, 11> kKeptNames{"exports",  "worklists",  "reviews",   "answers", "undo_images", "identities",
                                                      "analysis", "tombstones", "audit_log", "reports", "backups"};
constexpr std::array<std::string_view, 3> kDestinations{"destroy", "keep", "outside"};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& names, std::string_view text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

/// Terms that a project gives itself, by the id of the rule.
std::map<std::string, std::int64_t> own_terms(const Project& project, const Files& files, std::vector<Fault>& faults) {
    std::map<std::string, std::int64_t> terms;
    const std::string file = project.config_file().string();
    const Node root = parse_toml(files.read(project.config_file()), file);
    const Node* own = root.find("retention");
    if (own == nullptr) return terms;
    for (std::size_t i = 0; i < own->items.size(); ++i) {
        constexpr std::int64_t kLongest = 36525;
        const Node& value = own->items[i];
        if (!value.is(Node::Kind::Integer) || value.integer < 0 || value.integer > kLongest)
            faults.push_back({"RET-002", {{"rule", own->keys[i]}}, file, value.position()});
        terms[own->keys[i]] = value.integer;
    }
    return terms;
}

/// A term that stands in [privacy], where it had a name before there were rules.
std::optional<int> setting(const ProjectSettings& settings, std::string_view name) {
    if (name == "keep_exports_days") return settings.keep_exports_days;
    if (name == "keep_undo_days") return settings.keep_undo_days;
    return std::nullopt;
}

// ---------------------------------------------------------------- files

std::vector<fs::path> folders_of(const Project& project, Kept what) {
    switch (what) {
        case Kept::Exports:
            return {project.processed(), project.rejected()};
        case Kept::Worklists:
            return {project.worklists()};
        case Kept::Reviews:
            return {project.dir() / "review"};
        case Kept::Answers:
            return {project.requests()};
        default:
            return {};
    }
}

struct OldFiles {
    std::vector<fs::path> due;
    std::optional<Date> next;
};

void note_next(std::optional<Date>& next, Date day) {
    if (!next || day < *next) next = day;
}

Date day_of(fs::file_time_type time, int days) {
    const auto moment = std::chrono::file_clock::to_sys(time).time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment).count();
    return Date::from_days(static_cast<std::int32_t>(seconds / kDay)).plus_days(days);
}

OldFiles old_files(const RetentionRule& rule, const Project& project, std::int64_t now) {
    OldFiles found;
    const fs::file_time_type limit = file_time(now - kDay * rule.days());
    for (const fs::path& folder : folders_of(project, rule.what())) {
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
            // A link is removed, never what it points to. A proposal for a mapping names no person.
            std::error_code failed;
            const bool link = entry.is_symlink(failed);
            if (failed || !(link || entry.is_regular_file(failed))) continue;
            if (rule.what() == Kept::Reviews && entry.path().extension() == ".toml") continue;
            const fs::file_time_type changed = link ? fs::file_time_type::min() : entry.last_write_time(failed);
            if (failed) continue;
            if (changed <= limit)
                found.due.push_back(entry.path());
            else
                note_next(found.next, day_of(changed, rule.days()));
        }
    }
    return found;
}

/// Deletes in the name of a rule.
std::uint64_t delete_files(const RetentionRule&, const std::vector<fs::path>& files) {
    std::uint64_t deleted = 0;
    for (const fs::path& file : files) {
        std::error_code failed;
        if (fs::remove(file, failed) && !failed) ++deleted;
    }
    return deleted;
}

// ---------------------------------------------------------------- persons

/// All records of one person, and since when her term runs.
struct PersonTerm {
    std::vector<std::int64_t> records;
    Date since;            // last start of a trajectory; without one, as `written`
    Date written;          // day of the import that wrote one of her records last
    bool guided = false;   // has a trajectory
    bool pending = false;  // a definition is still to be decided
    bool restricted = false;
};

std::map<std::string, PersonTerm> terms_of_persons(const StoreReader& reader) {
    std::map<std::int64_t, Date> written;  // by file
    std::map<std::int64_t, Date> begun;    // by run
    for (const RunRow& run : reader.runs()) begun[run.id] = Date::from_days(static_cast<std::int32_t>(run.started_at / kDay));
    for (const FileRow& file : reader.files()) written[file.id] = begun[file.run];
    std::set<std::int64_t> restricted;
    for (const RestrictionRow& row : reader.restrictions()) restricted.insert(row.person);

    std::map<std::string, PersonTerm> persons;
    PersonRow person;
    for (auto rows = reader.persons(); rows.next(person);) {
        PersonTerm& term = persons[person.person_id];
        term.records.push_back(person.id);
        term.written = term.since = std::max(term.written, written[person.origin.file]);
        term.restricted = term.restricted || restricted.contains(person.id);
    }
    TrajectoryRow trajectory;
    for (auto rows = reader.trajectories(); rows.next(trajectory);) {
        const auto found = persons.find(trajectory.person_id);
        if (found == persons.end()) continue;
        PersonTerm& term = found->second;
        term.since = term.guided ? std::max(term.since, trajectory.start) : trajectory.start;
        term.guided = true;
    }
    return persons;
}

void mark_pending(std::map<std::string, PersonTerm>& persons, const StoreReader& reader, const std::vector<Agreement>& agreements,
                  Date today) {
    const FactBase facts = load_facts(reader);
    ClassifyRequest request;
    request.as_of = today;
    for (const Classification& result : classify(facts, agreements, request).results) {
        if (result.status != Status::Pending) continue;
        const std::uint32_t person = facts.trajectories()[result.trajectory].person;
        if (person == kNone) continue;
        if (const auto found = persons.find(std::string(facts.person_id(person))); found != persons.end()) found->second.pending = true;
    }
}

/// Days from a start within which a definition can still change, and a year more.
int longest_definition_and_a_year(const std::vector<Agreement>& agreements) {
    constexpr int kYear = 366, kMonth = 31;
    const auto days = [](const Period& period) { return period.months * kMonth + period.days; };
    int longest = 0;
    for (const Agreement& agreement : agreements)
        for (const Definition& definition : agreement.definitions)
            // A window opens at an enrolment, which may come as late as it may be decided; a re-enrolment is asked for in the next year.
            longest = std::max({longest, days(definition.decide_after) + days(definition.window_to), 2 * kYear});
    return longest + kYear;
}

struct DuePersons {
    std::vector<std::int64_t> records;
    std::uint64_t persons = 0;
    std::optional<Date> next;
};

DuePersons due_persons(const std::map<std::string, PersonTerm>& persons, int days, Date today, const std::set<std::int64_t>& there) {
    DuePersons due;
    for (const auto& [id, term] : persons) {
        std::vector<std::int64_t> records;
        std::copy_if(term.records.begin(), term.records.end(), std::back_inserter(records),
                     [&](std::int64_t record) { return there.contains(record); });
        if (records.empty() || term.restricted || term.pending) continue;
        // Who reads old exports must be able to look at them before the names go.
        const Date day = std::max(term.since.plus_days(days), term.written.plus_days(kDaysToLook));
        if (day > today) {
            note_next(due.next, day);
            continue;
        }
        ++due.persons;
        due.records.insert(due.records.end(), records.begin(), records.end());
    }
    return due;
}

// ---------------------------------------------------------------- the databases

class RetentionRun {
  public:
    RetentionRun(const Project& project, Ports& ports, bool dry_run)
        : project_(project), ports_(ports), dry_run_(dry_run), table_(RetentionTable::load(project, ports.files)) {}

    std::vector<RetentionLine> run() {
        finish_erasures(project_, ports_);
        std::error_code ignored;
        if (fs::exists(project_.store_file(), ignored)) look_at_databases();
        for (const RetentionRule& rule : table_.rules()) look(rule);
        if (changed_) {
            stores_->vault.scrub();
            stores_->store.scrub();
        }
        for (const RetentionLine& line : lines_) record(line);
        return lines_;
    }

  private:
    void look_at_databases() {
        stores_.emplace(project_, ports_);
        agreements_ = load_agreements(project_, {}, ports_.files);
        const StoreReader reader = StoreReader::open(project_.store_file(), Restricted::Included);
        persons_ = terms_of_persons(reader);
        mark_pending(persons_, reader, agreements_, ports_.clock.today());
    }

    void look(const RetentionRule& rule) {
        RetentionLine line{rule, 0, 0, std::nullopt};
        if (!folders_of(project_, rule.what()).empty()) {
            const OldFiles files = old_files(rule, project_, ports_.clock.now());
            line.due = files.due.size();
            line.next = files.next;
            if (!dry_run_) line.deleted = delete_files(rule, files.due);
        } else if (stores_) {
            look_inside(rule, line);
        }
        lines_.push_back(std::move(line));
    }

    void look_inside(const RetentionRule& rule, RetentionLine& line) {
        switch (rule.what()) {
            case Kept::UndoImages:
                line.due = expire_images(rule);
                break;
            case Kept::Identities:
                let_identities_go(rule, line);
                return;
            case Kept::Analysis:
                let_analysis_go(rule, line);
                return;
            case Kept::Tombstones:
                line.due = stores_->tombstones.expire(ports_.clock.today(), !dry_run_);
                break;
            default:
                return;
        }
        if (!dry_run_) line.deleted = line.due;
    }

    static std::uint64_t runs_with_images(Store& store) {
        std::uint64_t kept = 0;
        for (std::int64_t run = 1; const auto state = store.run_state(run); ++run)
            if (state->kept) ++kept;
        return kept;
    }

    /// Runs that cannot be taken back any more.
    std::uint64_t expire_images(const RetentionRule& rule) {
        const std::int64_t limit = ports_.clock.now() - kDay * rule.days();
        const int removed_days = intake_settings(project_, *stores_).keep_removed_days;
        Store& store = stores_->store;
        const std::int64_t applied = store.erasures_applied();
        store.begin_erasures();
        const std::uint64_t before = runs_with_images(store);
        store.expire_images(limit, ports_.clock.now() - kDay * std::min(rule.days(), removed_days));
        const std::uint64_t after = runs_with_images(store);
        if (dry_run_) {
            store.rollback();
        } else {
            store.end_erasures(applied);
            drop_expired_images(store, stores_->vault);
        }
        return before - after;
    }

    std::set<std::int64_t> in_vault() {
        const std::vector<std::int64_t> ids = stores_->vault.ids();
        return {ids.begin(), ids.end()};
    }

    /// The name goes; what was counted of her stays under a number that nobody can lead back to her.
    void let_identities_go(const RetentionRule& rule, RetentionLine& line) {
        const DuePersons due = due_persons(persons_, rule.days(), ports_.clock.today(), in_vault());
        line.due = due.persons;
        line.next = due.next;
        if (dry_run_ || due.records.empty()) return;
        stores_->vault.remove(due.records);
        line.deleted = due.persons;
        changed_ = true;
    }

    void let_analysis_go(const RetentionRule& rule, RetentionLine& line) {
        const int days = std::max(rule.days(), longest_definition_and_a_year(agreements_));
        std::set<std::int64_t> all;
        for (const auto& [id, term] : persons_) all.insert(term.records.begin(), term.records.end());
        const DuePersons due = due_persons(persons_, days, ports_.clock.today(), all);
        line.due = due.persons;
        line.next = due.next;
        if (dry_run_ || due.records.empty()) return;
        stores_->vault.remove(due.records);
        stores_->store.erase_persons(due.records);
        line.deleted = due.persons;
        changed_ = true;
    }

    void record(const RetentionLine& line) {
        if (line.deleted == 0) return;
        const auto deleted = static_cast<std::int64_t>(line.deleted);
        record_event(project_,
                     {.action = std::string(audit_action::kRetention), .object = line.rule.id(), .counts = {{"deleted", deleted}}}, ports_);
        ports_.log.write(LogLevel::Info, "retention", {{"rule", line.rule.id()}, {"count", deleted}});
    }

    const Project& project_;
    Ports& ports_;
    bool dry_run_;
    RetentionTable table_;
    std::optional<Stores> stores_;
    std::vector<Agreement> agreements_;
    std::map<std::string, PersonTerm> persons_;
    std::vector<RetentionLine> lines_;
    bool changed_ = false;
};

}  // namespace

std::string_view name(Kept what) { return kKeptNames.at(static_cast<std::size_t>(what)); }
std::string_view name(Destination destination) { return kDestinations.at(static_cast<std::size_t>(destination)); }

RetentionTable RetentionTable::load(const Project& project, const Files& files) {
    std::vector<Fault> faults;
    std::map<std::string, std::int64_t> own = own_terms(project, files, faults);
    const Node root = parse_toml(resource(kTable).value(), std::string(kTable));
    TableReader reader(root, std::string(kTable), "", faults);
    reader.required_text("schema");
    RetentionTable table;
    for (const Node* node : reader.tables("rule")) {
        TableReader part(*node, std::string(kTable), "rule", faults);
        RetentionRule& rule = table.rules_.emplace_back(RetentionRule());
        rule.id_ = part.required_text("id");
        const std::vector<std::string> kept(kKeptNames.begin(), kKeptNames.end()), ends(kDestinations.begin(), kDestinations.end());
        rule.what_ = value_of<Kept>(kKeptNames, part.choice("what", kept, "exports")).value_or(Kept::Exports);
        rule.destination_ = value_of<Destination>(kDestinations, part.choice("destination", ends, "keep")).value_or(Destination::Keep);
        rule.legal_ = part.required_text("legal");
        const auto shipped = static_cast<int>(part.integer("days", 0));
        rule.days_ = setting(project.settings(), part.text("setting")).value_or(shipped);
        if (const auto term = own.find(rule.id_); term != own.end()) {
            rule.days_ = static_cast<int>(std::clamp<std::int64_t>(term->second, 0, std::numeric_limits<int>::max()));
            own.erase(term);
        }
        part.finish();
    }
    reader.finish();
    for (const auto& [id, days] : own) faults.push_back({"RET-001", {{"rule", id}}, project.config_file().string(), ""});
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return table;
}

const RetentionRule& RetentionTable::rule(Kept what) const {
    return *std::find_if(rules_.begin(), rules_.end(), [what](const RetentionRule& one) { return one.what() == what; });
}

std::vector<RetentionLine> apply_retention(const Project& project, Ports& ports, bool dry_run) {
    return RetentionRun(project, ports, dry_run).run();
}

fs::file_time_type file_time(std::int64_t seconds) {
    return std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
}

std::int64_t delete_old_exports(const Project& project, const Clock& clock, Log& log) {
    const RetentionTable table = RetentionTable::load(project, *disk_files());
    const RetentionRule& rule = table.rule(Kept::Exports);
    const auto deleted = static_cast<std::int64_t>(delete_files(rule, old_files(rule, project, clock.now()).due));
    if (deleted > 0) log.write(LogLevel::Info, "exports_deleted", {{"rule", rule.id()}, {"count", deleted}});
    return deleted;
}

void retain_exports(const Project& project, Ports& ports) {
    const std::int64_t deleted = delete_old_exports(project, ports.clock, ports.log);
    if (deleted == 0) return;
    record_event(project,
                 {.role = "timer",
                  .action = std::string(audit_action::kRetention),
                  .object = std::string(name(Kept::Exports)),
                  .counts = {{"deleted", deleted}}},
                 ports);
}

}  // namespace brugwacht
