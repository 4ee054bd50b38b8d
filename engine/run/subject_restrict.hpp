// Restriction and objection (GDPR art. 18 and 21): what is known of a person is kept, and nothing more is done with it. No status, no
// figure, no work list, nothing written back. It holds for records that are joined to hers later, and survives every import and undo.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/ports.hpp"
#include "engine/identity/subject.hpp"
#include "engine/run/project.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

struct SubjectRestriction {
    std::uint64_t records = 0;         // of the person
    std::uint64_t changed = 0;         // of these, restricted, or let go, by this
    std::uint64_t people = 0;          // restricted persons in the project from now on
    std::vector<std::string> sources;  // that brought her, to be told (art. 19); sorted
};

/// Restricts her from today on. Throws as Stores.
SubjectRestriction restrict_subject(const Project& project, const Subject& subject, RestrictionKind kind, const std::string& request_id,
                                    Ports& ports, bool dry_run);
/// Lets her data be processed again, because she asks for it or an objection was refused with reasons.
SubjectRestriction lift_subject_restriction(const Project& project, const Subject& subject, const std::string& request_id, Ports& ports,
                                            bool dry_run);
/// Persons of whom nothing is processed now, for `status` and the register; never for a workbook. 0 when nothing was imported yet.
std::uint64_t restricted_people(const Project& project);

}  // namespace brugwacht
