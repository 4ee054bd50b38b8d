// The register of processing (GDPR art. 30) and the file for the impact assessment (art. 35), made from the running configuration: nothing
// in it is typed in twice, so it cannot say anything else than what the program does. Counts and settings only, nothing personal.
// Source: reference privacy 3.5 and 3.8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/policy/minimisation.hpp"
#include "engine/run/lawful.hpp"
#include "engine/run/project.hpp"
#include "engine/run/quasi_identifiers.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

struct RegisterField {
    ModelField field;
    std::vector<std::string> headers;  // of the columns that feed it, as the mapping has them
    std::vector<FieldFate> fates;
    std::string need;  // end of a key of the texts register.need.*
};

struct RegisterSource {
    SourceSettings settings;
    bool configured = true;  // false: files of it were imported, brugwacht.toml does not have it
    std::string controller;  // its own, else that of the organisation
    std::string article;     // of its legal basis: "6(1)(e)"
    LinkPermission link = LinkPermission::Mainland;
    std::vector<std::string> mappings;   // the configured one, or those that its files were read with
    std::vector<RegisterField> fields;   // each once
    std::vector<LegalFinding> findings;  // of the rules of law
};

/// How long something is kept, and what becomes of it then.
struct RetentionTerm {
    std::string what;                  // end of a key of the texts retention.what.*
    std::string rule;                  // id: "keep_exports_days"
    std::optional<std::int64_t> days;  // nothing: no term was set
    std::string destination;           // "destroy", "keep" or "outside"
    std::string reference = {};        // legal, where there is one
};

/// The rules of retention.hpp as they stand in this project, and the one of the program itself: persons of member lists without a
/// trajectory. Throws as RetentionTable::load().
std::vector<RetentionTerm> retention_terms(const Project& project, const Files& files);

enum class MeasureState : std::uint8_t { Yes, No, Unknown };

/// A safeguard as it really is on this machine.
struct SecurityMeasure {
    std::string name;  // end of a key of the texts register.measure.*
    MeasureState state = MeasureState::Unknown;
    std::int64_t number = 0;  // a threshold or a count, where the text names one
};

/// Whether the disk under this folder is encrypted, as far as the system tells without asking for rights.
MeasureState disk_encryption(const std::filesystem::path& folder, const std::filesystem::path& system_root = "/sys");

struct Register {
    Date made_on;
    ProjectSettings organisation;
    std::vector<RegisterSource> sources;  // as configured, then the others by name
    std::vector<RetentionTerm> retention;
    std::vector<SecurityMeasure> measures;
    std::vector<DroppedRow> dropped;  // of runs that stand, added up by source, field and reason
    std::optional<QuasiIdentifiers> quasi;
    std::string audit_head;  // 12 characters, "" without a ledger
};

/// Throws Error as load_mapping(), load_preset_text(), StoreReader::open(), Ledger::open().
Register make_register(const Project& project, const std::vector<RetentionTerm>& retention, Ports& ports);

}  // namespace brugwacht
