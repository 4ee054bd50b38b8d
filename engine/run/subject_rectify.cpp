#include "engine/run/subject_rectify.hpp"

#include <algorithm>
#include <tuple>

#include "engine/core/text.hpp"
#include "engine/mapping/values.hpp"
#include "engine/policy/policy.hpp"
#include "engine/run/import.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kLongestValue = 200;

std::size_t field_named(std::string_view name) {
    const auto field = field_index(Entity::Person, name);
    if (field && *field > 0) return *field;
    std::string known;
    for (const FieldDef& def : entity_def(Entity::Person).fields.subspan(1)) known += (known.empty() ? "" : ", ") + std::string(def.name);
    throw Error(Exit::Usage, "SUB-011", {{"known", known}});
}

/// Nothing when the text is not readable as what the field holds.
std::optional<std::string> read_value(std::string_view field, std::string_view text, Date today, const CodeLists& lists) {
    if (field == "birth_date") {
        auto date = read_partial_date(text, DateRules());
        if (date && date->substr(0, 10) > today.iso().substr(0, date->size())) return std::nullopt;
        return date;
    }
    if (field == "gender") {
        const std::string* code = lists.match("gender", text);
        return code == nullptr ? std::nullopt : std::optional(*code);
    }
    if (field == "postcode") return read_postcode(text);
    if (field == "phone" || field == "guardian_phone") return read_phone(text);
    if (field == "email" || field == "guardian_email") return read_email(text);
    const bool is_line = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return is_line && text.size() <= kLongestValue ? std::optional<std::string>(text) : std::nullopt;
}

/// Position in the subject's records.
std::size_t chosen_record(const Subject& subject, const std::string& wanted) {
    const auto records = static_cast<std::int64_t>(subject.records.size());
    if (wanted.empty() && records == 1) return 0;
    const auto at = std::find(subject.source_keys.begin(), subject.source_keys.end(), wanted);
    if (at == subject.source_keys.end()) throw Error(Exit::Usage, "SUB-010", {{"records", records}});
    return static_cast<std::size_t>(at - subject.source_keys.begin());
}

struct StoreFacts {
    Provenance origin;                          // of the record
    std::vector<std::string> evidence_sources;  // which linking must know
};

StoreFacts read_store(const Project& project, std::int64_t record) {
    StoreFacts found;
    const StoreReader reader = StoreReader::open(project.store_file(), Restricted::Included);
    for (const SourceRow& source : reader.sources())
        if (source.role == "evidence") found.evidence_sources.push_back(source.name);
    PersonRow row;
    for (auto rows = reader.persons(); rows.next(row);)
        if (row.id == record) found.origin = row.origin;
    return found;
}

/// What is in force for that field, or what would be the first correction of it.
FieldCorrection correction_of(Vault& vault, std::int64_t record, std::size_t field, bool must_exist) {
    const Corrections all = read_corrections(vault);
    if (const auto known = all.find(record); known != all.end())
        for (const FieldCorrection& correction : known->second)
            if (correction.field == field) return correction;
    if (must_exist) throw Error(Exit::NoInput, "SUB-014");
    FieldCorrection fresh;
    fresh.record = record;
    fresh.field = field;
    fresh.source_value = vault.person(record).value().values[field];
    return fresh;
}

}  // namespace

std::string canonical_value(std::string_view field, std::string_view text, Date today, const CodeLists& lists) {
    field_named(field);
    const std::string_view trimmed = trim(text);
    if (trimmed.empty()) return {};
    if (has_national_number(trimmed) || has_uitpas_number(trimmed)) throw Error(Exit::Usage, "SUB-013");
    auto value = read_value(field, trimmed, today, lists);
    if (!value) throw Error(Exit::Usage, "SUB-012", {{"field", std::string(field)}});
    return std::move(*value);
}

Rectified rectify(const Project& project, Vault& vault, const Subject& subject, const RectifyRequest& request, Ports& ports) {
    const std::size_t chosen = chosen_record(subject, request.record);
    const std::size_t field = field_named(request.field);
    const std::string value = request.withdraw
                                  ? std::string()
                                  : canonical_value(request.field, request.value, ports.clock.today(), load_code_lists(project.mappings()));
    const std::int64_t record = subject.records[chosen];
    FieldCorrection correction = correction_of(vault, record, field, request.withdraw);
    const StoreFacts facts = read_store(project, record);

    Rectified done;
    done.source_key = subject.source_keys[chosen];
    done.field = request.field;
    if (!request.dry_run) {
        done.opened = open_request(project, vault, "rectify", subject, request.request, ports);
        correction.request = done.opened->entry.id;
    }
    Stores stores(project, ports);
    IntakeSettings settings = intake_settings(project, stores);
    settings.evidence_sources = facts.evidence_sources;
    Intake intake(stores.store, stores.vault, stores.keys, settings, ports.clock.now(), "rectify");
    done.run = intake.run();
    if (request.withdraw) {
        intake.withdraw_correction(correction, facts.origin);
    } else {
        correction.value = value;
        correction.at = ports.clock.now();
        if (correction.source_at == 0) correction.source_at = correction.at;
        done.is_contested = correction.is_contested();
        intake.correct(correction, facts.origin);
    }
    done.link = intake.link();
    if (request.dry_run) {
        intake.rollback();
        return done;
    }
    intake.commit();
    ports.log.write(LogLevel::Info, request.withdraw ? "correction_withdrawn" : "value_corrected", {{"run", done.run}});
    return done;
}

std::vector<CorrectionEntry> list_corrections(Vault& vault) {
    const auto day = [](std::int64_t at) { return Date::from_days(static_cast<std::int32_t>(at / 86400)); };
    std::vector<CorrectionEntry> entries;
    for (const auto& [record, corrections] : read_corrections(vault)) {
        const auto identity = vault.person(record);
        if (!identity) continue;  // the person is gone from here; the note waits for her return
        for (const FieldCorrection& correction : corrections)
            entries.push_back({identity->source + ":" + identity->values[0],
                               std::string(entity_def(Entity::Person).fields[correction.field].name), day(correction.at),
                               day(correction.source_at), correction.is_contested(), correction.request});
    }
    std::sort(entries.begin(), entries.end(), [](const CorrectionEntry& a, const CorrectionEntry& b) {
        return std::tie(a.source_key, a.field) < std::tie(b.source_key, b.field);
    });
    return entries;
}

}  // namespace brugwacht
