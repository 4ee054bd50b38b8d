#include "engine/run/lawful.hpp"

#include <algorithm>

#include "engine/mapping/mapping.hpp"

namespace brugwacht {

LinkPermission link_permission(const SourceSettings& source) {
    const LegalPurpose* purpose = legal_rules().purpose(source.purpose);
    if (purpose != nullptr && !purpose->linked) return LinkPermission::Never;
    return source.secrecy && source.link_authorisation.empty() ? LinkPermission::OwnSource : LinkPermission::Mainland;
}

SourceSettings default_source(const ProjectSettings& project, const std::string& name) {
    SourceSettings source;
    source.name = name;
    source.purpose = "guidance";
    if (const LegalOrganisation* kind = legal_rules().organisation(project.organisation_kind)) source.legal_basis = kind->basis;
    return source;
}

std::vector<LegalFinding> legal_findings(const ProjectSettings& project, const SourceSettings& source) {
    LegalFacts facts;
    facts.organisation = project.organisation_kind;
    facts.basis = source.legal_basis;
    facts.purpose = source.purpose;
    facts.role = source.role;
    facts.secrecy = source.secrecy;
    facts.controller = !source.controller.empty() || !project.controller.empty();
    facts.protocol = !source.protocol_ref.empty();
    facts.authorisation = !source.link_authorisation.empty();
    return legal_rules().findings(facts);
}

std::vector<Fault> legal_warnings(const Project& project, const SourceSettings& source) {
    const std::string file = project.config_file().filename().string();
    std::vector<Fault> warnings;
    for (const LegalFinding& finding : legal_findings(project.settings(), source))
        if (!finding.refuses) warnings.push_back({finding.code, {{"source", source.name}}, file, ""});
    if (!source.secrecy) return warnings;
    std::string fields;
    std::int64_t count = 0;
    for (const ImportedField& imported : fields_of_source(project, source)) {
        const ModelField field{imported.entity, imported.field};
        const auto& secret = minimisation().secret();
        if (std::find(secret.begin(), secret.end(), field) == secret.end()) continue;
        fields += (fields.empty() ? "" : ", ") + field.name();
        ++count;
    }
    if (count > 0) warnings.push_back({"LEG-030", {{"source", source.name}, {"fields", fields}, {"count", count}}, file, ""});
    return warnings;
}

std::vector<ImportedField> fields_of_source(const Project& project, const SourceSettings& source) {
    if (!source.preset.empty()) {
        const PresetText preset = load_preset_text(source.preset, project.mappings());
        return Mapping::parse_preset(source.preset, preset.text, preset.file).imported_fields();
    }
    return source.mapping.empty() ? std::vector<ImportedField>() : load_mapping(source.mapping, project.mappings()).imported_fields();
}

void require_lawful(const ProjectSettings& project, const SourceSettings& source, Date today) {
    if (source.valid_until && today > *source.valid_until)
        throw Error(Exit::NoPermission, "RUN-003", {{"source", source.name}, {"date", source.valid_until->iso()}});
    for (const LegalFinding& finding : legal_findings(project, source))
        if (finding.refuses) throw Error(Exit::NoPermission, finding.code, {{"source", source.name}});
}

FieldFilter field_filter(const ProjectSettings& project, const SourceSettings* source) {
    return {minimisation(), source != nullptr ? source->purpose : "", source != nullptr && source->secrecy, project.minimisation};
}

}  // namespace brugwacht
