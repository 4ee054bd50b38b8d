// What was decided about a file before or while it was read: encoding and dialect, the header row, and for each column the order of day
// and month, the decimal sign and two-digit years; with the counts that decided it. No value of a cell is ever among it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "connector/source.hpp"
#include "engine/identity/intake.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/project.hpp"
#include "engine/store/store.hpp"

namespace brugwacht {

struct ReadingDecision {
    std::uint32_t sheet = 0;  // from 1; 0 = the whole file
    std::string column;       // its header, or "#7" when the header itself could be a personal value; "" = no column
    std::string what;         // date_order, decimal, two_digit_years, encoding, delimiter, quote, header_row
    std::string value;        // "dd/mm/yyyy", "comma", "1940-2039", "utf-8", ";", "3" ...
    std::vector<std::pair<std::string, std::uint64_t>> evidence;
    Settled how = Settled::Sniffed;
};

/// A header as it may be shown: itself, or "#" and the number of its column (from 1) when a detector fires on it or it is long.
std::string shown_header(const std::string& header, std::uint32_t column);

/// Encoding, delimiter and quote of a text file; nothing for others. `fixed`: what was not guessed.
std::vector<ReadingDecision> dialect_decisions(const DocumentInfo& info, const ReadOptions& fixed);
ReadingDecision header_decision(std::uint32_t sheet, std::uint64_t row);
ReadingDecision column_decision(const ColumnDecision& decision);

/// The parts of a source's settings that change how a file is read, as text: another text means that the file must be read again.
/// "" when nothing is set.
std::string reading_rules_text(const SourceSettings* settings);

/// What earlier runs decided, source by source, and what this run will leave for the next one. The order of files never matters: all
/// files of a run see what stood in the store before it.
class ReadingMemory {
  public:
    explicit ReadingMemory(Store& store) : store_(store) {}

    /// The declared rules of the source, and the history of these columns.
    ColumnKnowledge knowledge(const SourceSettings* settings, const std::string& source, const Mapping& mapping) const;
    void remember(const std::string& source, const std::string& mapping, const ColumnDecisions& columns);
    /// The same for encoding and dialect; true when a sniffed one is another than last time.
    bool remember_dialect(const std::string& source, const std::string& mapping, const DocumentInfo& info, const ReadOptions& fixed);
    /// Forgets what this run noted.
    void begin_again() { noted_.clear(); }
    /// As bookmarks of the store. Two files that contradict each other leave what was there.
    void write(Intake& intake) const;

  private:
    static std::string name_of(const std::string& mapping, const std::string& what) { return "reading:" + mapping + ":" + what; }

    Store& store_;
    std::map<std::pair<std::string, std::string>, std::set<std::string>> noted_;  // source, name -> values
};

}  // namespace brugwacht
