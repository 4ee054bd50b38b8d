// The status of each definition and its day, from the store into fields of the person's own record in the system that she came from, so
// that an ambassador sees in her own system what is still open. Off unless a source has [source.write_back]. What was written is
// remembered, sealed, and taken back when the person goes, may not be used, or the field is no longer asked for.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/rules/status.hpp"
#include "engine/run/project.hpp"
#include "engine/run/remote.hpp"

namespace brugwacht {

struct WriteBackRequest {
    std::vector<std::string> sources;  // empty = all that have [source.write_back]
    std::optional<Date> as_of;         // default: today
    bool send = false;                 // false: nothing leaves, nothing is remembered
    bool withdraw = false;             // empty every field that was ever written
    bool by_timer = false;             // for the audit log
};

/// What is to become, or became, of a record or of the fields of one definition.
struct WriteBackCounts {
    std::uint64_t set = 0;        // nothing was written there before
    std::uint64_t changed = 0;    // something else was
    std::uint64_t withdrawn = 0;  // to be emptied
    std::uint64_t unchanged = 0;
};

enum class WriteBackChange : std::uint8_t { Set, Changed, Withdrawn };
/// "set", "changed", "withdrawn"
std::string_view name(WriteBackChange change);

/// A record that is to be written to, by the key that its own system knows it by: never for a terminal or a log.
struct WriteBackRecord {
    std::string key;
    WriteBackChange change = WriteBackChange::Set;
};

struct SourceWriteBack {
    std::string source;
    WriteBackCounts records;
    std::map<std::string, std::array<WriteBackCounts, kStatuses>> statuses;  // by definition; without `withdrawn`
    std::map<std::string, std::uint64_t> withdrawn;                          // by definition
    std::uint64_t held_back = 0;  // persons of whom a source bound by secrecy knows something: nothing of them is written
    std::vector<WriteBackRecord> planned;

    // of what was sent
    std::uint64_t written = 0;                     // records
    std::uint64_t refused = 0;                     // by the server, one by one
    std::map<std::string, std::uint64_t> reasons;  // of refusals: code of the fault -> records
    std::optional<Fault> last_refusal;
    std::uint64_t left = 0;      // not tried any more
    std::optional<Error> error;  // what stopped the source

    /// Partial when some were refused, the status of what stopped it, else Ok.
    Exit exit() const;
};

struct WriteBackSummary {
    Date as_of;
    bool sent = false;
    std::vector<SourceWriteBack> sources;

    /// The status of the first source that was stopped, else Partial when something was refused.
    Exit exit() const;
};

/// Works out what has to be written and, with `send`, writes it; remembers it record by record, so that an interruption loses nothing. A
/// source that fails stops itself alone. Throws Error before anything is sent: SYN-005 (66) no such source, SYN-006 (78) one of files,
/// RUN-008 (66) nothing imported, RUN-009 (65) a day in the future, WBK-001, WBK-002 (78) not configured, WBK-004 (78) no such definition,
/// DRF-010 (4) an import looks wrong and is not accepted, KEY-xxx, VLT-xxx, DB-xxx, and as load_agreements(). In the entry of a source:
/// WBK-003, WBK-005, WBK-006 (78) a preset or a field that will not do, WBK-007 (4) too much would be taken back, WBK-008 (77) past its
/// last day, and what RemoteSource and Exchange throw.
WriteBackSummary write_back(const Project& project, const WriteBackRequest& request, RemotePorts& remote, Ports& ports);
/// With the real network.
WriteBackSummary write_back(const Project& project, const WriteBackRequest& request, Ports& ports);

}  // namespace brugwacht
