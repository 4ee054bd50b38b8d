// How is told what was not taken over, and how recognisable what is kept leaves people: import, history, status.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/quasi_identifiers.hpp"

namespace brugwacht {

/// One object {field, reason, count}.
void write_dropped(JsonWriter& json, const std::string& field, const std::string& reason, std::uint64_t count);
/// Arguments of the text legal.dropped.line.
TextArgs dropped_args(const Texts& texts, const std::string& field, const std::string& reason, std::uint64_t count);

/// The member "quasi_identifiers" of an object: {records, classes, smallest, unique, unique_share}; null without a store.
void write_quasi_identifiers(JsonWriter& json, const Project& project);

}  // namespace brugwacht
