// How writing back is told, by `write-back` and by `run`.
#pragma once

#include "cli/command.hpp"
#include "engine/run/write_back.hpp"

namespace brugwacht {

class JsonWriter;

/// `ids`: also the records that are to be written to, by the key of their own system.
void write_write_back_members(JsonWriter& json, const WriteBackSummary& summary, const Session& session, bool ids);
/// Numbers only. Faults go where errors go.
void print_write_back(const WriteBackSummary& summary, const Session& session);

}  // namespace brugwacht
