// How a publication is told, by `report` and by `run`.
#pragma once

#include "cli/command.hpp"
#include "engine/run/publish.hpp"

namespace brugwacht {

class JsonWriter;

void write_publish_members(JsonWriter& json, const PublishSummary& summary);
void print_publish(const PublishSummary& summary, const Session& session);

}  // namespace brugwacht
