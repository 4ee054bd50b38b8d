// Portability (GDPR art. 20): what the person provided herself, machine-readable, to take along. Only from sources whose legal basis is
// consent or a contract; the others are listed with the reason. Nothing that was computed, and nobody else's data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

struct ExportRequest {
    SubjectRequest request;
    std::filesystem::path out;  // of the JSON, the CSV files beside it; "" = in requests/
    bool dry_run = false;
};

struct ExportResult {
    std::optional<OpenedRequest> opened;          // nothing in a dry run
    std::vector<std::filesystem::path> files;     // JSON, then CSV
    std::vector<std::string> included, left_out;  // sources
    std::int64_t facts = 0;
};

/// "consent" or "contract", also in Dutch and French: the bases that art. 20 names.
bool is_portable_basis(std::string_view legal_basis);

/// Throws as give_access().
ExportResult export_subject(const Project& project, Vault& vault, const Subject& subject, const ExportRequest& request, const Texts& texts,
                            Ports& ports);

}  // namespace brugwacht
