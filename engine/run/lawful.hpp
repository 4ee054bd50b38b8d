// May this source be used, and how: what its settings say, held against the rules of law (policy/lawfulness.hpp) and of minimisation.
#pragma once

#include <vector>

#include "engine/mapping/mapping.hpp"
#include "engine/policy/lawfulness.hpp"
#include "engine/policy/minimisation.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// With which other records the persons of a source may be recognised as one.
enum class LinkPermission : std::uint8_t {
    Never,      // with none, not even inside the source: its purpose does not allow it
    OwnSource,  // inside the source only: it is bound by secrecy, and nobody allowed more
    Mainland,   // with every source that stands here too
};
LinkPermission link_permission(const SourceSettings& source);

/// The metadata of a source that brugwacht.toml does not have: the basis of the kind of organisation, for guidance.
SourceSettings default_source(const ProjectSettings& project, const std::string& name);

/// Everything the rules say of a source: what refuses it and what is a warning, in the order of the rules.
std::vector<LegalFinding> legal_findings(const ProjectSettings& project, const SourceSettings& source);
/// The warnings among them, and LEG-030 for fields that the mapping of a source bound by secrecy brings and that are dropped. Throws Error
/// as load_mapping().
std::vector<Fault> legal_warnings(const Project& project, const SourceSettings& source);
/// Throws Error (77): RUN-003 past its last day, LEG-01x a combination that is not lawful.
void require_lawful(const ProjectSettings& project, const SourceSettings& source, Date today);
/// What the configured mapping or preset of a source fills, in the order of the model; empty when the mapping is recognised file by file,
/// or when the preset brings files. Throws Error as load_mapping() and load_preset_text().
std::vector<ImportedField> fields_of_source(const Project& project, const SourceSettings& source);
/// What is kept of its records; nullptr stands for a source that brugwacht.toml does not have.
FieldFilter field_filter(const ProjectSettings& project, const SourceSettings* source);

}  // namespace brugwacht
