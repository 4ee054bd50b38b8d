// Access (GDPR art. 15): everything that is held about one person over all her linked records, as a workbook and as JSON in requests/.
// Their names say nothing about the person. Both stand in the audit log before they are there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/texts.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

struct AccessRequest {
    SubjectRequest request;
    std::optional<Date> as_of;  // day of the classes; default: today
    std::filesystem::path out;  // FILE.xlsx; the JSON goes beside it; "" = in requests/
    bool workbook = true;       // at least one of the two
    bool json = true;
    bool include_guardian = false;  // a guardian asks: names and numbers of guardians are hers
    bool dry_run = false;           // counts only, nothing is noted or written
};

struct AccessResult {
    std::optional<OpenedRequest> opened;   // nothing in a dry run
    std::filesystem::path workbook, json;  // "" when not written
    std::int64_t records = 0, facts = 0, sources = 0;
};

/// Throws Error FIL-005 (73), KEY-xxx, AUD-xxx, VLT-003 (65), and as load_agreements(). Nothing is written unless it was logged.
AccessResult give_access(const Project& project, Vault& vault, const Subject& subject, const AccessRequest& request, const Texts& texts,
                         Ports& ports);

}  // namespace brugwacht
