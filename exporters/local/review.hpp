// The review workbook: pairs of records that may be one child, side by side, with room for an answer; and the answers read back. It names
// children: who hands it over decides that. Everything is written as text or number, never as a formula.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/texts.hpp"

namespace brugwacht {

/// One field of both records.
struct ReviewLine {
    std::string label;   // "Geboortedatum"
    std::string a, b;    // as their sources have them; "" = not given
    bool equal = false;  // alike enough to stay uncoloured
    std::string seen;    // what the comparison says, in plain words; may be ""
};

struct ReviewBlock {
    std::string code;     // names the pair and the state of both records
    std::string a, b;     // "source:key"
    std::string summary;  // why it is asked
    std::string answer;   // in words of the choice; "" = none yet
    std::string note;
    std::vector<ReviewLine> lines;
};

struct ReviewBook {
    Date made_on;
    std::int64_t all = 0;                // pairs that are to be reviewed, also those that come next time
    std::int64_t minutes = 0;            // that answering those of `open` takes
    std::vector<ReviewBlock> open;       // the most valuable first
    std::vector<ReviewBlock> decided;    // answers may be changed
    std::vector<ReviewBlock> conflicts;  // answers that contradict each other
};

/// Writes the workbook, mode 0600, in a folder of mode 0700 that the caller owns. Throws Error XLW-001 (74).
void write_review_workbook(const ReviewBook& book, const Texts& texts, const std::filesystem::path& path);

/// Columns of a sheet with pairs, as far as reading back depends on them; from 0.
inline constexpr std::size_t kReviewCode = 0, kReviewA = 2, kReviewB = 3, kReviewAnswer = 5, kReviewNote = 6;

}  // namespace brugwacht
