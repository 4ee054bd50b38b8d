// The work list as a workbook: what has to be followed up before which day, one sheet for each ambassador, with room for the answers.
// It may hold names of children; who hands them over decides that. Everything is written as text, number or date, never as a formula.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/texts.hpp"

namespace brugwacht {

/// One thing to do for one trajectory.
struct WorklistRow {
    std::string child;       // name; "" when it is not known or not shown
    std::string trajectory;  // key, as in the source
    Date started;
    std::string clubs;
    std::string action;
    std::string definitions;           // "D1, D2"
    std::optional<Date> until;         // last day on which it is of use; of unknown ones the day that passed
    std::optional<std::int64_t> days;  // from the as-of date to `until`
    bool unknown = false;              // to be asked after, rather than to be followed up
    bool later = false;                // after the period that the list looks ahead
    std::optional<Date> last_known;    // last participation
    std::string explanation;
};

struct WorklistSheet {
    std::string worker;  // name or key; "" for trajectories that nobody accompanies
    std::vector<WorklistRow> rows;
};

struct WorklistMoment {
    Date date;
    std::string with;  // "" = not said
    std::string topic;
};

struct WorklistBook {
    Date as_of, until;
    bool names = false;
    std::vector<WorklistSheet> sheets;                             // in the order in which they are to stand
    std::vector<WorklistMoment> calendar;                          // by date
    std::vector<std::pair<std::string, std::string>> definitions;  // id, label
};

/// Writes the workbook, mode 0600, in a folder of mode 0700 that the caller owns. The first sheet says what to do with it, counts by
/// ambassador without comparing them, and lists the agreed moments. Throws Error XLW-001 (74).
void write_worklist_workbook(const WorklistBook& book, const Texts& texts, const std::filesystem::path& path);

}  // namespace brugwacht
