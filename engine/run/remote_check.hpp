// Asks a REST source how it is, without taking anything over: version, rights, how much there is, and which fields it has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/run/remote.hpp"

namespace brugwacht {

/// A field that the server has, and what it could be for us.
struct OfferedField {
    std::string name, type, label;
    bool custom = false;    // made by the organisation itself
    bool is_read = false;   // by the preset as it is configured
    std::string meaning;    // "person.birth_date"; "" = nobody knows
    double confidence = 0;  // of the meaning, 0 to 1
    std::string parameter;  // of the preset, to be filled in with its name; "" = none
};

struct StreamCheck {
    std::string name;
    bool optional = false;
    std::optional<std::uint64_t> count;  // rows that there are
    bool at_least = false;               // only the first page was counted
    std::uint64_t known = 0;             // rows read before
    std::vector<std::string> missing;    // fields that are asked for and that the server does not have
    std::vector<OfferedField> fields;    // when the server tells them
    std::optional<Error> error;

    /// It had rows and has none any more: rights may be lost.
    bool emptied() const { return known > 0 && count && *count == 0; }
};

struct RemoteCheck {
    std::string source, preset, label;
    std::string version, user;  // as the server says; "" = it does not
    std::vector<StreamCheck> streams;
    std::uint64_t requests = 0;

    /// Ok, or what the worst stream that is not optional deserves.
    Exit exit() const;
};

/// Throws Error as sync_source() for what stops the source as a whole.
RemoteCheck check_remote(const Project& project, const SourceSettings& source, RemotePorts& remote, Ports& ports);

/// The configured REST source of that name. Throws Error RUN-002 (66) when there is no source, SYN-006 (78) when it has no preset.
const SourceSettings& remote_source_named(const Project& project, const std::string& name);

}  // namespace brugwacht
