// How an import is told, by `import` and by `run`.
#pragma once

#include "cli/command.hpp"
#include "engine/run/import.hpp"

namespace brugwacht {

class JsonWriter;

/// The members of the object that `import --json` prints; the object itself is the caller's.
void write_import_members(JsonWriter& json, const ImportSummary& summary, const Session& session, Exit exit);
void write_link(JsonWriter& json, const LinkSummary& link);
void print_import(const ImportSummary& summary, const Session& session);
void print_link(const LinkSummary& link, const Session& session);

}  // namespace brugwacht
