#include "engine/run/write_back.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "connector/rest/record_writer.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/identity/intake.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/classify.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/publish.hpp"
#include "engine/run/remote_check.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {
namespace {

constexpr std::uint64_t kMostRefusalsInARow = 3;  // of the same kind: the next one would be no better
constexpr std::uint64_t kFewRecords = 20;         // a share of fewer says nothing

// ---------------------------------------------------------------- what is to be said of whom

struct Verdict {
    Status status = Status::Unknown;
    std::string day;  // ISO, "" = none
};
using Verdicts = std::map<std::string, Verdict>;  // by definition

/// The day on which a definition was achieved, or the last one on which it could be or can be decided.
std::string day_of(const Classification& result) {
    if (result.status == Status::Excluded) return {};
    if (result.has_achieved_on) return result.achieved_on.iso();
    if (result.reason == Reason::Provisional) return result.definitive_on.iso();
    return result.has_decides_on ? result.decides_on.iso() : std::string();
}

/// Everything that was worked out from the store, once for all sources.
struct Judged {
    FactBase facts;
    ClassificationSet set;
};

/// Persons of whom a source that is bound by secrecy knows something, other than the one that is written to: even a status would tell it
/// on.
std::unordered_set<std::uint32_t> secret_persons(const FactBase& facts, const Project& project, const std::string& target) {
    std::set<std::string, std::less<>> secret;
    for (const SourceSettings& source : project.settings().sources)
        if (source.secrecy && source.name != target) secret.insert(source.name);
    std::unordered_set<std::uint32_t> persons;
    if (secret.empty()) return persons;
    for (std::uint32_t t = 0; t < facts.trajectories().size(); ++t) {
        const TrajectoryInfo& info = facts.trajectories()[t];
        const auto of = facts.facts(t);
        const bool told = secret.contains(facts.source(info.source)) ||
                          std::any_of(of.begin(), of.end(), [&](const Fact& fact) { return secret.contains(facts.source(fact.source)); });
        if (told) persons.insert(info.person);
    }
    return persons;
}

std::unordered_map<std::string, Verdicts> verdicts_by_person(const Judged& judged) {
    // What has not begun on that day is not there yet.
    ClassificationSet begun = judged.set;
    std::erase_if(begun.results, [](const Classification& result) { return !result.started; });
    std::unordered_map<std::string, Verdicts> verdicts;
    for (const PersonResult& person : rollup_by_person(judged.facts, begun)) {
        if (person.person == kNone) continue;
        const Classification& deciding = begun.results[person.deciding];
        verdicts[std::string(judged.facts.person_id(person.person))][begun.definition_ids[person.definition]] = {deciding.status,
                                                                                                                 day_of(deciding)};
    }
    return verdicts;
}

/// May anything of this person be written to her source? Of everybody who stands in the store and whose record there came from the very
/// records that are written to. Of who is not among them, what was written is taken back.
bool write_back_allowed(const PersonRow& person, const std::unordered_set<std::int64_t>& of_the_stream) {
    return of_the_stream.contains(person.id);
}

// ---------------------------------------------------------------- what has to be done

struct Step {
    WrittenBack before, after;
    FieldValues send;  // "" = to be emptied
};

/// Fields of one definition, as far as they are filled.
FieldValues part_of(const FieldValues& values, const std::vector<std::string>& fields) {
    FieldValues part;
    for (const std::string& field : fields)
        if (const auto found = values.find(field); found != values.end()) part.insert(*found);
    return part;
}

std::uint64_t& count_of(WriteBackCounts& counts, const FieldValues& before, const FieldValues& after) {
    if (before == after) return counts.unchanged;
    if (before.empty()) return counts.set;
    return after.empty() ? counts.withdrawn : counts.changed;
}

/// Only what differs, and of fields that are not asked for any more only those that were written before.
FieldValues difference(const FieldValues& before, const FieldValues& after) {
    FieldValues send;
    for (const auto& [field, value] : after)
        if (const auto old = before.find(field); old == before.end() || old->second != value) send[field] = value;
    for (const auto& [field, value] : before)
        if (!after.contains(field)) send[field] = "";
    return send;
}

class SourcePlan {
  public:
    SourcePlan(const SourceSettings& source, const Texts& texts, SourceWriteBack& told) : texts_(texts), told_(told) {
        if (!source.write_back) return;
        for (const auto& [definition, field] : source.write_back->status_fields) fields_[definition].status = field;
        for (const auto& [definition, field] : source.write_back->decided_fields) fields_[definition].day = field;
    }

    /// `verdicts` is empty for who is to have nothing.
    void add(WrittenBack before, std::int64_t id, const std::string& key, const Verdicts& verdicts) {
        WrittenBack after{id, told_.source, key, {}};
        for (const auto& [definition, fields] : fields_)
            if (const auto verdict = verdicts.find(definition); verdict != verdicts.end()) put(fields, verdict->second, after.values);
        count(before.values, after.values, verdicts);
        FieldValues send = difference(before.values, after.values);
        if (send.empty()) return;
        const WriteBackChange change = before.values.empty()  ? WriteBackChange::Set
                                       : after.values.empty() ? WriteBackChange::Withdrawn
                                                              : WriteBackChange::Changed;
        told_.planned.push_back({key, change});
        steps_.push_back({std::move(before), std::move(after), std::move(send)});
    }

    std::vector<Step>& steps() { return steps_; }
    std::set<std::string> fields() const {
        std::set<std::string> all;
        for (const auto& [definition, fields] : fields_)
            for (const std::string& field : fields.filled()) all.insert(field);
        return all;
    }

  private:
    struct Fields {
        std::string status, day;  // "" = not asked for
        std::vector<std::string> filled() const {
            std::vector<std::string> names;
            for (const std::string& field : {status, day})
                if (!field.empty()) names.push_back(field);
            return names;
        }
    };

    void put(const Fields& fields, const Verdict& verdict, FieldValues& values) const {
        if (!fields.status.empty()) values[fields.status] = texts_("write_back.word." + std::string(name(verdict.status)));
        if (!fields.day.empty() && !verdict.day.empty()) values[fields.day] = verdict.day;
    }

    void count(const FieldValues& before, const FieldValues& after, const Verdicts& verdicts) {
        if (!before.empty() || !after.empty()) ++count_of(told_.records, before, after);
        for (const auto& [definition, fields] : fields_) {
            const FieldValues was = part_of(before, fields.filled()), is = part_of(after, fields.filled());
            if (const auto verdict = verdicts.find(definition); verdict != verdicts.end()) {
                ++count_of(told_.statuses[definition][static_cast<std::size_t>(verdict->second.status)], was, is);
            } else if (!was.empty()) {
                ++told_.withdrawn[definition];
            }
        }
    }

    const Texts& texts_;
    SourceWriteBack& told_;
    std::map<std::string, Fields> fields_;  // by definition
    std::vector<Step> steps_;
};

// ---------------------------------------------------------------- one source

class SourceWriter {
  public:
    SourceWriter(const Project& project, const SourceSettings& source, const WriteBackRequest& request, RemotePorts& remote, Ports& ports,
                 SourceWriteBack& told)
        : project_(project), source_(source), request_(request), ports_(ports), told_(told), opened_(project, source, remote, ports) {
        if (!opened_.preset().write_back)
            throw Error(Exit::Config, "WBK-003", {{"source", source.name}, {"preset", opened_.preset().label}});
        writer_.emplace(opened_.preset(), opened_.exchange());
    }

    void plan(const Judged& judged, const Keys& keys, Vault& vault, const StoreReader& store, const Texts& texts) {
        plan_.emplace(source_, texts, told_);
        std::map<std::int64_t, WrittenBack> written;
        for (WrittenBack& one : vault.written(source_.name)) written.emplace(one.id, std::move(one));
        if (!request_.withdraw) {
            require_valid();
            require_fields_of_its_own();
            plan_persons(judged, keys, vault, store, written);
        }
        require_believable(written.size());
        const Verdicts nothing;
        for (auto& [id, before] : written) {
            const std::string key = before.key;
            plan_->add(std::move(before), id, key, nothing);
        }
    }

    void send(Vault& vault) {
        std::vector<Step>& steps = plan_->steps();
        if (steps.empty()) return;
        if (!request_.withdraw) require_known_fields();
        // In the log before the first record, so that none can leave without a trace.
        const std::string mark = to_hex(random_bytes(8));
        log(audit_action::kWriteBackBegin, mark, steps.size());
        told_.left = steps.size();
        try {
            write_all(steps, vault);
        } catch (Error& error) {
            if (error.exit() == Exit::Software || error.first().code.starts_with("DB-")) throw;
            told_.error = std::move(error);
        }
        log(audit_action::kWriteBack, mark, steps.size());
        ports_.log.write(LogLevel::Info, "written_back",
                         {{"source", source_.name},
                          {"written", static_cast<std::int64_t>(told_.written)},
                          {"refused", static_cast<std::int64_t>(told_.refused)},
                          {"left", static_cast<std::int64_t>(told_.left)}});
    }

  private:
    void require_valid() const {
        if (source_.valid_until && ports_.clock.today() > *source_.valid_until)
            throw Error(Exit::NoPermission, "WBK-008", {{"source", source_.name}, {"date", source_.valid_until->iso()}});
    }

    /// The persons of this source that the stream of the preset made; what was written of them leaves `written`.
    void plan_persons(const Judged& judged, const Keys& keys, Vault& vault, const StoreReader& store,
                      std::map<std::int64_t, WrittenBack>& written) {
        const std::string& stream = opened_.preset().write_back->stream;
        const std::unordered_map<std::string, Verdicts> verdicts = verdicts_by_person(judged);
        std::unordered_set<std::string> secret;
        for (const std::uint32_t person : secret_persons(judged.facts, project_, source_.name))
            if (person != kNone) secret.emplace(judged.facts.person_id(person));
        std::unordered_map<std::int64_t, std::int64_t> person_of_row;
        std::unordered_set<std::int64_t> of_the_stream;
        for (const StreamPerson& made : store.stream_persons(source_.name, stream)) {
            person_of_row.emplace(made.row, made.person);
            of_the_stream.insert(made.person);
        }
        std::unordered_map<std::int64_t, std::string> person_ids;
        PersonRow row;
        for (auto persons = store.persons(); persons.next(row);)
            if (row.source == source_.name && write_back_allowed(row, of_the_stream)) person_ids.emplace(row.id, row.person_id);
        const RecordIds ids(keys.record_id);
        vault.each([&](const Identity& identity) {
            const auto person = person_ids.find(identity.id);
            if (person == person_ids.end()) return;
            // Only a key that is the bare id of a row says where to write.
            const auto made = person_of_row.find(ids.row(source_.name, stream, identity.values[0]));
            if (made == person_of_row.end() || made->second != identity.id) return;
            const auto verdict = verdicts.find(person->second);
            if (verdict == verdicts.end()) return;
            if (secret.contains(person->second)) {
                ++told_.held_back;
                return;
            }
            WrittenBack before;
            if (const auto known = written.find(identity.id); known != written.end()) {
                before = std::move(known->second);
                written.erase(known);
            }
            plan_->add(std::move(before), identity.id, identity.values[0], verdict->second);
        });
    }

    /// An empty store, or one that a bad import emptied, must not empty the fields of everybody.
    void require_believable(std::size_t without_person) const {
        const std::uint64_t known = told_.records.changed + told_.records.unchanged + without_person;
        const bool too_many =
            known >= kFewRecords && static_cast<double>(without_person) > source_.limits.max_vanished_share * static_cast<double>(known);
        if (request_.send && !request_.withdraw && too_many)
            throw Error(Exit::Refused, "WBK-007",
                        {{"source", source_.name},
                         {"count", static_cast<std::int64_t>(without_person)},
                         {"known", static_cast<std::int64_t>(known)}});
    }

    /// What is read from a record is nobody's to overwrite.
    void require_fields_of_its_own() const {
        std::vector<Fault> faults;
        const std::set<std::string> read = writer_->read_fields();
        for (const std::string& field : plan_->fields())
            if (read.contains(field)) faults.push_back({"WBK-005", {{"source", source_.name}, {"field", field}}, "", ""});
        if (!faults.empty()) throw Error(Error(Exit::Config, std::move(faults)).in_file(project_.config_file().string()));
    }

    /// Some systems take a name that they do not have without a word. Asked before the first record, so that none is half written.
    void require_known_fields() {
        const auto known = writer_->known_fields();
        if (!known) return;
        std::vector<Fault> faults;
        for (const std::string& field : plan_->fields()) {
            if (known->contains(field)) continue;
            const std::string near = nearest(field, {known->begin(), known->end()}).value_or("");
            TextArgs args{
                {"source", source_.name}, {"field", field}, {"nearest", near}, {"suggested", std::string(near.empty() ? "no" : "yes")}};
            faults.push_back({"WBK-006", std::move(args), "", ""});
        }
        if (!faults.empty()) throw Error(Error(Exit::Config, std::move(faults)).in_file(project_.config_file().string()));
    }

    void write_all(const std::vector<Step>& steps, Vault& vault) {
        std::uint64_t in_a_row = 0;
        std::string reason;
        for (const Step& step : steps) {
            vault.set_written(in_between(step));
            const WriteOutcome outcome = writer_->write(step.after.key, step.send);
            if (outcome.what == WriteOutcome::What::Stopped) {
                told_.error = outcome.why;
                return;
            }
            --told_.left;
            if (outcome.what == WriteOutcome::What::Written || nothing_to_take_back(step, outcome)) {
                vault.set_written(step.after);
                ++told_.written;
                in_a_row = 0;
                continue;
            }
            if (outcome.what != WriteOutcome::What::Doubtful) vault.set_written(as_before(step));
            const Fault& why = outcome.why->first();
            ++told_.refused;
            ++told_.reasons[why.code];
            told_.last_refusal = why;
            in_a_row = why.code == reason ? in_a_row + 1 : 1;
            reason = why.code;
            if (in_a_row < kMostRefusalsInARow) continue;
            if (outcome.why->exit() != Exit::Data) told_.error = outcome.why;
            return;
        }
    }

    static WrittenBack as_before(const Step& step) { return {step.after.id, step.after.source, step.after.key, step.before.values}; }

    /// Known before the server can have taken it: after an interruption something may stand in these fields, though not known what.
    static WrittenBack in_between(const Step& step) {
        WrittenBack maybe = as_before(step);
        for (const auto& [field, value] : step.send)
            if (!value.empty()) maybe.values[field] = "";
        return maybe;
    }

    /// A record that is gone there has no fields to empty.
    static bool nothing_to_take_back(const Step& step, const WriteOutcome& outcome) {
        return outcome.what == WriteOutcome::What::NotThere && step.after.values.empty();
    }

    void log(std::string_view action, const std::string& mark, std::size_t planned) {
        AuditEntry entry{
            .role = request_.by_timer ? "timer" : "data_officer", .action = std::string(action), .object = "person", .request = mark};
        entry.counts["planned"] = static_cast<std::int64_t>(planned);
        entry.counts["withdrawn"] = static_cast<std::int64_t>(told_.records.withdrawn);
        entry.counts["written"] = static_cast<std::int64_t>(told_.written);
        entry.counts["refused"] = static_cast<std::int64_t>(told_.refused);
        entry.counts["left"] = static_cast<std::int64_t>(told_.left);
        record_event(project_, entry, ports_);
    }

    const Project& project_;
    const SourceSettings& source_;
    const WriteBackRequest& request_;
    Ports& ports_;
    SourceWriteBack& told_;
    RemoteSource opened_;
    std::optional<RecordWriter> writer_;
    std::optional<SourcePlan> plan_;
};

// ---------------------------------------------------------------- all of them

std::vector<const SourceSettings*> chosen_sources(const Project& project, const WriteBackRequest& request) {
    std::vector<const SourceSettings*> chosen;
    if (request.sources.empty()) {
        for (const SourceSettings& source : project.settings().sources)
            if (source.write_back) chosen.push_back(&source);
        if (chosen.empty()) throw Error(Exit::Config, "WBK-001", {}, project.config_file().string());
        return chosen;
    }
    for (const std::string& name : request.sources) {
        const SourceSettings* source = &remote_source_named(project, name);
        // What was written before can be taken back also when nothing is to be written any more.
        if (!source->write_back && !request.withdraw)
            throw Error(Exit::Config, "WBK-002", {{"source", name}}, project.config_file().string());
        if (std::find(chosen.begin(), chosen.end(), source) == chosen.end()) chosen.push_back(source);
    }
    return chosen;
}

std::vector<std::string> wanted_definitions(const std::vector<const SourceSettings*>& sources) {
    std::set<std::string> wanted;
    for (const SourceSettings* source : sources) {
        if (!source->write_back) continue;
        for (const auto* fields : {&source->write_back->status_fields, &source->write_back->decided_fields})
            for (const auto& [definition, field] : *fields) wanted.insert(definition);
    }
    return {wanted.begin(), wanted.end()};
}

Judged judge(const Project& project, const std::vector<const SourceSettings*>& sources, Date as_of, const Files& files) {
    const std::vector<Agreement> agreements = load_agreements(project, {}, files);
    ClassifyRequest request;
    request.as_of = as_of;
    request.definitions = wanted_definitions(sources);
    Judged judged;
    judged.facts = load_project_facts(project);
    try {
        judged.set = classify(judged.facts, agreements, request);
    } catch (const Error& error) {
        if (error.first().code != "RUL-001") throw;
        // The name stands in the settings, not on the command line.
        throw Error(Exit::Config, "WBK-004", error.first().args, project.config_file().string());
    }
    return judged;
}

}  // namespace

std::string_view name(WriteBackChange change) {
    static constexpr std::array<std::string_view, 3> kNames{"set", "changed", "withdrawn"};
    return kNames[static_cast<std::size_t>(change)];
}

Exit SourceWriteBack::exit() const {
    if (error) return error->exit();
    return refused > 0 ? Exit::Partial : Exit::Ok;
}

Exit WriteBackSummary::exit() const {
    Exit worst = Exit::Ok;
    for (const SourceWriteBack& source : sources) {
        if (source.error) return source.error->exit();
        if (source.exit() != Exit::Ok) worst = source.exit();
    }
    return worst;
}

WriteBackSummary write_back(const Project& project, const WriteBackRequest& request, RemotePorts& remote, Ports& ports) {
    const std::vector<const SourceSettings*> sources = chosen_sources(project, request);
    WriteBackSummary summary;
    summary.as_of = request.as_of.value_or(ports.clock.today());
    summary.sent = request.send;
    if (summary.as_of > ports.clock.today()) throw Error(Exit::Data, "RUN-009", {{"date", summary.as_of.iso()}});
    if (request.send && !request.withdraw) require_publishable(project);
    // The words are those of the project, whoever asks in which language.
    const Texts words = load_texts(project.settings().language);
    Judged judged;
    if (!request.withdraw) judged = judge(project, sources, summary.as_of, ports.files);
    const Keys keys = load_keys(ports.secrets);
    Vault vault = Vault::open(project.vault_file(), keys);
    const StoreReader store = StoreReader::open(project.store_file());
    for (const SourceSettings* source : sources) {
        SourceWriteBack& told = summary.sources.emplace_back();
        told.source = source->name;
        try {
            SourceWriter writer(project, *source, request, remote, ports, told);
            writer.plan(judged, keys, vault, store, words);
            if (request.send) writer.send(vault);
        } catch (Error& error) {
            if (error.exit() == Exit::Software || error.first().code.starts_with("DB-")) throw;
            told.error = std::move(error);
        }
    }
    return summary;
}

WriteBackSummary write_back(const Project& project, const WriteBackRequest& request, Ports& ports) {
    RemotePorts remote = real_network();
    return write_back(project, request, remote, ports);
}

}  // namespace brugwacht
