#include "engine/run/subject_tables.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "engine/lib/code_lists.hpp"

namespace brugwacht {
namespace {

constexpr std::array<std::string_view, 3> kGuardianFields{"guardian_name", "guardian_phone", "guardian_email"};

bool is_of_guardian(std::string_view field) {
    return std::find(kGuardianFields.begin(), kGuardianFields.end(), field) != kGuardianFields.end();
}

/// Where the current value of a record was read.
struct ReadFrom {
    std::string file, sheet;
    std::int64_t tab = 0, row = 0, run = 0;
};

/// One thing that is known to have happened, or to have begun.
struct HeldFact {
    std::string kind;  // "trajectory", "event", "activity"
    std::string source, key, trajectory;
    Date date;
    std::vector<AccessCell> cells;  // from the column "to" on
    Provenance origin;
};

const std::vector<std::string> kFactColumns{"kind",   "source", "key",    "trajectory", "date",        "to",   "type",  "club", "year",
                                            "reason", "answer", "detail", "worker",     "counterpart", "file", "sheet", "row",  "run"};

/// "strategy: individuele_toeleiding; age: 9", in words and in codes.
class Detail {
  public:
    explicit Detail(const Texts& texts) : texts_(texts) {}
    void add(const std::string& name, const std::string& code, const std::string& label) {
        if (code.empty()) return;
        codes_ += (codes_.empty() ? "" : "; ") + name + ": " + code;
        labels_ += (labels_.empty() ? "" : "; ") + texts_("subject.detail." + name) + ": " + label;
    }
    void add(const std::string& name, const std::string& value) { add(name, value, value); }
    AccessCell cell() const { return AccessCell::coded(codes_, labels_); }

  private:
    const Texts& texts_;
    std::string codes_, labels_;
};

}  // namespace

struct SubjectTables::Impl {
    Impl(const Project& p, const StoreReader& r, Vault& v, const Subject& s, const Texts& t, bool guardian)
        : project(p), reader(r), vault(v), texts(t), with_guardian(guardian), lists(load_code_lists(p.mappings())) {
        for (FileRow& file : reader.files()) files.emplace(file.id, std::move(file));
        all_corrections = read_corrections(vault);
        read_persons(s);
        read_clubs();
        read_trajectories();
        read_events();
        read_activities();
        std::sort(facts.begin(), facts.end(), [](const HeldFact& a, const HeldFact& b) {
            return std::tie(a.date, a.source, a.kind, a.key) < std::tie(b.date, b.source, b.kind, b.key);
        });
    }

    void read_persons(const Subject& subject);
    void read_clubs();
    void read_trajectories();
    void read_events();
    void read_activities();

    std::string label(std::string_view list, std::string_view code) const {
        return code.empty() ? std::string() : lists.label(list, code, texts.language());
    }
    AccessCell coded(std::string_view list, std::string_view code) const { return AccessCell::coded(std::string(code), label(list, code)); }
    /// Codes joined with |.
    std::string labels(std::string_view list, std::string_view codes) const {
        std::string all;
        while (!codes.empty()) {
            const std::size_t end = std::min(codes.find('|'), codes.size());
            all += (all.empty() ? "" : ", ") + label(list, codes.substr(0, end));
            codes.remove_prefix(std::min(end + 1, codes.size()));
        }
        return all;
    }
    AccessCell club(std::int64_t id, bool any) const {
        if (any) return "*";
        const auto known = clubs.find(id);
        return known == clubs.end() ? AccessCell() : AccessCell(known->second);
    }

    ReadFrom read_from(const Provenance& origin) const {
        ReadFrom from;
        from.tab = origin.tab;
        from.row = static_cast<std::int64_t>(origin.row);
        const auto file = files.find(origin.file);
        if (file == files.end()) return from;
        from.run = file->second.run;
        from.file = vault.name(NameKind::File, origin.file).value_or(file->second.sha256.substr(0, 12));
        from.sheet = vault.name(NameKind::Sheet, origin.file * 1000 + std::int64_t{origin.tab}).value_or(std::to_string(origin.tab));
        return from;
    }
    void add_origin(std::vector<AccessCell>& row, const Provenance& origin) const {
        const ReadFrom from = read_from(origin);
        row.emplace_back(from.file);
        row.emplace_back(from.sheet);
        row.push_back(AccessCell::count(from.row));
        row.push_back(AccessCell::count(from.run));
    }

    struct Held {
        Identity identity;
        std::string gender, area;
        bool household = false;
        Provenance origin;
        std::string key() const { return identity.source + ":" + identity.values[0]; }
    };

    const Project& project;
    const StoreReader& reader;
    Vault& vault;
    const Texts& texts;
    bool with_guardian;
    CodeLists lists;
    std::unordered_map<std::int64_t, FileRow> files;
    Corrections all_corrections;
    std::vector<Held> persons;  // in the order of Subject::records
    std::unordered_map<std::int64_t, std::string> clubs;
    std::unordered_map<std::int64_t, std::string> trajectory_keys;
    std::vector<OwnTrajectory> trajectories;
    std::vector<HeldFact> facts;
    struct Age {
        std::string source, key;
        std::optional<int> age;
        bool uncertain = false;
    };
    std::vector<Age> ages;
    std::set<std::string> source_names;
    std::unordered_set<std::int64_t> own_records;
};

void SubjectTables::Impl::read_persons(const Subject& subject) {
    std::unordered_map<std::int64_t, std::size_t> place;
    for (const std::int64_t record : subject.records) {
        auto identity = vault.person(record);
        if (!identity) continue;
        place.emplace(record, persons.size());
        own_records.insert(record);
        Held held;
        held.identity = std::move(*identity);
        source_names.insert(held.identity.source);
        persons.push_back(std::move(held));
    }
    PersonRow row;
    for (auto rows = reader.persons(); rows.next(row);) {
        const auto at = place.find(row.id);
        if (at == place.end()) continue;
        Held& held = persons[at->second];
        held.gender = row.gender;
        held.area = row.area;
        held.household = row.household != 0;
        held.origin = row.origin;
    }
}

void SubjectTables::Impl::read_clubs() {
    ClubRow row;
    for (auto rows = reader.clubs(); rows.next(row);) clubs.emplace(row.id, row.name.empty() ? row.key : row.name);
}

void SubjectTables::Impl::read_trajectories() {
    TrajectoryRow row;
    for (auto rows = reader.trajectories(); rows.next(row);) {
        if (!own_records.contains(row.person)) continue;
        trajectory_keys.emplace(row.id, row.key);
        source_names.emplace(row.source);
        trajectories.push_back({row.id, std::string(row.source), std::string(row.key)});
        ages.push_back({std::string(row.source), std::string(row.key), row.age, row.age_uncertain});
        Detail detail(texts);
        detail.add("strategy", std::string(row.strategy), label("strategy", row.strategy));
        detail.add("referrer_kind", std::string(row.referrer_kind), label("referrer_kind", row.referrer_kind));
        detail.add("needs", std::string(row.needs), labels("needs", row.needs));
        detail.add("barriers", std::string(row.barriers), labels("barriers", row.barriers));
        HeldFact fact{"trajectory", std::string(row.source), std::string(row.key), std::string(row.key), row.start, {}, row.origin};
        fact.cells = {{}, {}, {}, {}, {}, {}, detail.cell(), row.worker != 0 ? AccessCell::hidden(Withheld::Worker) : AccessCell(), {}};
        facts.push_back(std::move(fact));
    }
    std::sort(trajectories.begin(), trajectories.end(),
              [](const OwnTrajectory& a, const OwnTrajectory& b) { return std::tie(a.source, a.key) < std::tie(b.source, b.key); });
}

void SubjectTables::Impl::read_events() {
    EventRow row;
    for (auto rows = reader.events(); rows.next(row);) {
        const auto trajectory = trajectory_keys.find(row.trajectory);
        if (trajectory == trajectory_keys.end() && !own_records.contains(row.person)) continue;
        source_names.emplace(row.source);
        Detail detail(texts);
        detail.add("kind", std::string(row.kind), label("event_kind", row.kind));
        if (row.recorded_on) detail.add("recorded_on", row.recorded_on->iso(), texts.date(*row.recorded_on));
        HeldFact fact{"event", std::string(row.source), std::string(row.key), {}, row.date, {}, row.origin};
        if (trajectory != trajectory_keys.end()) fact.trajectory = trajectory->second;
        fact.cells = {AccessCell::day(row.to),
                      coded("event_type", row.type),
                      club(row.club, row.any_club),
                      row.year ? AccessCell::count(*row.year) : AccessCell(),
                      coded("reason", row.reason),
                      coded("answer", row.answer),
                      detail.cell(),
                      {},
                      {}};
        facts.push_back(std::move(fact));
    }
}

void SubjectTables::Impl::read_activities() {
    const auto number = [](const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : std::string(); };
    ActivityRow row;
    for (auto rows = reader.activities(); rows.next(row);) {
        const auto trajectory = trajectory_keys.find(row.trajectory);
        if (trajectory == trajectory_keys.end()) continue;
        source_names.emplace(row.source);
        Detail detail(texts);
        detail.add("strategy", std::string(row.strategy), label("strategy", row.strategy));
        detail.add("criterion", std::string(row.criterion), label("criterion", row.criterion));
        detail.add("counterpart_kind", std::string(row.counterpart_kind), label("counterpart_kind", row.counterpart_kind));
        detail.add("minutes", number(row.minutes));
        detail.add("participants", number(row.participants));
        HeldFact fact{"activity", std::string(row.source), std::string(row.key), trajectory->second, row.date, {}, row.origin};
        fact.cells = {{},
                      coded("activity_kind", row.kind),
                      {},
                      {},
                      {},
                      {},
                      detail.cell(),
                      row.worker != 0 ? AccessCell::hidden(Withheld::Worker) : AccessCell(),
                      row.counterpart.empty() ? AccessCell() : AccessCell::hidden(Withheld::OtherPerson)};
        facts.push_back(std::move(fact));
    }
}

SubjectTables::SubjectTables(const Project& project, const StoreReader& reader, Vault& vault, const Subject& subject, const Texts& texts,
                             bool with_guardian)
    : impl_(std::make_unique<Impl>(project, reader, vault, subject, texts, with_guardian)) {}
SubjectTables::~SubjectTables() = default;

AccessTable SubjectTables::identity(const Filter& shows) const {
    AccessTable table{"identity", {"source", "key", "field", "value", "corrected", "file", "sheet", "row", "run"}, {}};
    const auto fields = entity_def(Entity::Person).fields;
    for (const Impl::Held& held : impl_->persons) {
        if (shows && !shows(held.identity.source)) continue;
        const auto corrections = impl_->all_corrections.find(held.identity.id);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const std::string& value = held.identity.values[i];
            const std::string name(fields[i].name);
            const bool is_corrected =
                corrections != impl_->all_corrections.end() &&
                std::any_of(corrections->second.begin(), corrections->second.end(), [i](const auto& c) { return c.field == i; });
            if (value.empty() && !is_corrected) continue;
            const bool hides = is_of_guardian(name) && !impl_->with_guardian && !value.empty();
            std::vector<AccessCell> row{
                held.identity.source, held.identity.values[0], AccessCell::coded(name, impl_->texts("subject.field." + name)),
                hides              ? AccessCell::hidden(Withheld::OtherPerson)
                : name == "gender" ? impl_->coded("gender", value)
                                   : AccessCell(value),
                AccessCell::coded(is_corrected ? "yes" : "no", impl_->texts(is_corrected ? "subject.yes" : "subject.no"))};
            impl_->add_origin(row, held.origin);
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

AccessTable SubjectTables::facts(const Filter& shows) const {
    AccessTable table{"facts", kFactColumns, {}};
    for (const HeldFact& fact : impl_->facts) {
        if (shows && !shows(fact.source)) continue;
        std::vector<AccessCell> row{AccessCell::coded(fact.kind, impl_->texts("subject.kind." + fact.kind)), fact.source, fact.key,
                                    fact.trajectory, AccessCell::day(fact.date)};
        row.insert(row.end(), fact.cells.begin(), fact.cells.end());
        impl_->add_origin(row, fact.origin);
        table.rows.push_back(std::move(row));
    }
    return table;
}

AccessTable SubjectTables::computed() const {
    AccessTable table{"computed", {"source", "key", "what", "value"}, {}};
    const auto add = [&](const std::string& source, const std::string& key, const std::string& what, AccessCell value) {
        table.rows.push_back({source, key, AccessCell::coded(what, impl_->texts("subject.computed." + what)), std::move(value)});
    };
    for (const Impl::Held& held : impl_->persons) {
        const std::string& source = held.identity.source;
        const std::string& key = held.identity.values[0];
        if (!held.gender.empty()) add(source, key, "gender", impl_->coded("gender", held.gender));
        if (!held.area.empty()) add(source, key, "area", held.area);
        if (held.household) add(source, key, "household", AccessCell::coded("yes", impl_->texts("subject.yes")));
    }
    for (const Impl::Age& age : impl_->ages)
        if (age.age) add(age.source, age.key, age.uncertain ? "age_uncertain" : "age", AccessCell::count(*age.age));
    return table;
}

AccessTable SubjectTables::sources() const {
    AccessTable table{
        "sources", {"source", "role", "legal_basis", "purpose", "controller", "protocol_ref", "valid_until", "secrecy", "facts"}, {}};
    std::map<std::string, std::string> roles;
    for (const SourceRow& source : impl_->reader.sources()) roles.emplace(source.name, source.role);
    const SourceSettings unknown;
    for (const std::string& name : impl_->source_names) {
        const SourceSettings* found = impl_->project.source_named(name);
        const SourceSettings& settings = found != nullptr ? *found : unknown;
        const auto facts = std::count_if(impl_->facts.begin(), impl_->facts.end(), [&](const HeldFact& f) { return f.source == name; });
        table.rows.push_back(
            {name, AccessCell::coded(roles[name], impl_->texts("subject.role", {{"role", roles[name]}})), settings.legal_basis,
             settings.purpose, settings.controller.empty() ? impl_->project.settings().controller : settings.controller,
             settings.protocol_ref, AccessCell::day(settings.valid_until),
             AccessCell::coded(settings.secrecy ? "yes" : "no", impl_->texts(settings.secrecy ? "subject.yes" : "subject.no")),
             AccessCell::count(facts)});
    }
    return table;
}

AccessTable SubjectTables::dropped() const {
    AccessTable table{"dropped", {"source", "file", "code", "what"}, {}};
    std::set<std::int64_t> own;
    for (const Impl::Held& held : impl_->persons) own.insert(held.origin.file);
    for (const HeldFact& fact : impl_->facts) own.insert(fact.origin.file);
    for (const std::int64_t id : own) {
        const auto file = impl_->files.find(id);
        if (file == impl_->files.end()) continue;
        const std::string name = impl_->read_from({id, 0, 0}).file;
        for (const WarningRow& warning : impl_->reader.warnings(file->second.run)) {
            // The count is of the whole file, and so about others too: only that it happened is told.
            if (warning.file != id) continue;
            const std::string key = "subject.dropped." + warning.code.substr(0, 3);
            table.rows.push_back({file->second.source, name, warning.code,
                                  AccessCell::coded(warning.code, impl_->texts(impl_->texts.has(key) ? key : "subject.dropped.other"))});
        }
    }
    return table;
}

AccessTable SubjectTables::corrections() const {
    AccessTable table{"corrections", {"source", "key", "field", "value", "corrected_on", "source_value", "source_on", "contested"}, {}};
    for (const Impl::Held& held : impl_->persons) {
        const auto found = impl_->all_corrections.find(held.identity.id);
        if (found == impl_->all_corrections.end()) continue;
        for (const FieldCorrection& correction : found->second) {
            const std::string name(entity_def(Entity::Person).fields[correction.field].name);
            const bool hides = is_of_guardian(name) && !impl_->with_guardian;
            const auto value = [&](const std::string& text) {
                return hides && !text.empty() ? AccessCell::hidden(Withheld::OtherPerson) : AccessCell(text);
            };
            const auto day = [](std::int64_t at) { return AccessCell::day(Date::from_days(static_cast<std::int32_t>(at / 86400))); };
            table.rows.push_back({held.identity.source, held.identity.values[0],
                                  AccessCell::coded(name, impl_->texts("subject.field." + name)), value(correction.value),
                                  day(correction.at), value(correction.source_value), day(correction.source_at),
                                  AccessCell::coded(correction.is_contested() ? "yes" : "no",
                                                    impl_->texts(correction.is_contested() ? "subject.yes" : "subject.no"))});
        }
    }
    return table;
}

const std::vector<OwnTrajectory>& SubjectTables::trajectories() const { return impl_->trajectories; }
const std::set<std::string>& SubjectTables::source_names() const { return impl_->source_names; }

std::string SubjectTables::called() const {
    for (const std::string_view field : {"call_name", "given_name"})
        for (const Impl::Held& held : impl_->persons)
            if (const std::string& name = held.identity.values[field_index(Entity::Person, field).value()]; !name.empty()) return name;
    return {};
}

std::string SubjectTables::own_key(std::int64_t record) const {
    for (const Impl::Held& held : impl_->persons)
        if (held.identity.id == record) return held.key();
    return {};
}

}  // namespace brugwacht
