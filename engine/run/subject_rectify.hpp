// Rectification (GDPR art. 16): a value of a person is put right here, and stays right when her source brings the error again. A run of
// kind "rectify": persons, areas and ages follow, and it can be undone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/corrections.hpp"
#include "engine/identity/intake.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {

struct RectifyRequest {
    SubjectRequest request;
    std::string record;     // SOURCE:KEY; "" = her only one
    std::string field;      // of the canonical person
    std::string value;      // as a person writes it; "" = blank
    bool withdraw = false;  // the source's value stands again
    bool dry_run = false;
};

struct Rectified {
    std::int64_t run = 0;
    std::string source_key, field;
    bool is_contested = false;  // the source says something else
    LinkSummary link;
    std::optional<OpenedRequest> opened;  // nothing in a dry run
};

/// The value in the canonical form of the field, as an import would have read it. Throws Error (64): SUB-011 no such field, SUB-012 not
/// readable as what it should be, SUB-013 a national or UiTPAS number.
std::string canonical_value(std::string_view field, std::string_view text, Date today, const CodeLists& lists);

/// Throws Error SUB-010 (64) when the record is not hers or must be named, SUB-014 (66) when there is nothing to withdraw, and as
/// canonical_value(), open_request() and Intake. Nothing changes unless it was logged.
Rectified rectify(const Project& project, Vault& vault, const Subject& subject, const RectifyRequest& request, Ports& ports);

/// A correction in force, without its values.
struct CorrectionEntry {
    std::string source_key, field;
    Date corrected_on, source_on;
    bool is_contested = false;
    std::string request;
};
/// By source_key and field.
std::vector<CorrectionEntry> list_corrections(Vault& vault);

}  // namespace brugwacht
