// Pairs of records that may be one child: written into a workbook for somebody who knows the children, and her answers read back. Answers
// are decisions for ever: they override every weight, now and later, until they are changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/identity/linking.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct ReviewRequest {
    std::filesystem::path out;  // "" = review/review-DATE.xlsx of the project
    std::size_t at_most = 200;  // open pairs in one workbook; the others come next time
    bool dry_run = false;       // counts only
};

struct ReviewResult {
    std::uint64_t open = 0;       // pairs to be answered
    std::uint64_t shown = 0;      // of these, in the workbook
    std::uint64_t decided = 0;    // answered before; they may be changed
    std::uint64_t conflicts = 0;  // answers that contradict each other
    std::int64_t minutes = 0;     // that answering `shown` takes, about
    std::filesystem::path workbook;
};

/// Weighs every pair and writes what is to be reviewed, mode 0600 in a folder of mode 0700; logged before it is handed over. Changes
/// nothing else. Throws Error RUN-008 (66) when nothing was imported, KEY-xxx, VLT-xxx, FIL-005 (73).
ReviewResult write_review(const Project& project, const ReviewRequest& request, const Texts& texts, Ports& ports);

/// Why an answer was not taken over.
struct RefusedAnswer {
    std::string code;  // REV-002 no such answer, REV-003 answered twice and differently, REV-004 records changed or gone since
    std::uint64_t row = 0;
};

struct AppliedReview {
    std::int64_t run = 0;         // 0 when there was nothing new to decide
    std::uint64_t applied = 0;    // decisions that are new or other than before
    std::uint64_t unchanged = 0;  // answers that stood already
    std::uint64_t open = 0;       // pairs without an answer
    std::vector<RefusedAnswer> refused;
    LinkSummary link;
};

/// Reads the answers and links again, as a run that can be taken back. Throws Error REV-001 (65) when the file holds no pairs to review,
/// FIL-xxx, KEY-xxx, VLT-xxx, DB-xxx.
AppliedReview apply_review(const Project& project, const std::filesystem::path& file, const std::string& who, bool dry_run, Ports& ports);

/// The evidence of a comparison in plain words: "zelfde naam, anders gespeld".
std::string evidence_text(const LinkEvidence& evidence, const Texts& texts);

}  // namespace brugwacht
