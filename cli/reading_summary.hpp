// How a file was read, as the import tells it: encoding, dialect, header rows, order of dates and decimal signs.
#pragma once

#include <vector>

#include "cli/command.hpp"
#include "engine/run/reading.hpp"

namespace brugwacht {

class JsonWriter;

/// The member `decisions` of a file.
void write_decisions(JsonWriter& json, const std::vector<ReadingDecision>& decisions);
/// One line for each way of reading, with the columns it holds for.
void print_decisions(const std::vector<ReadingDecision>& decisions, const Session& session);

}  // namespace brugwacht
