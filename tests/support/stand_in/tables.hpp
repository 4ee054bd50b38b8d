// What a stand-in for a CRM holds: tables of records with a moment of change, which a dialect shows the way its system does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace brugwacht::stand_in {

enum class State : std::uint8_t { Live, Trashed /* archived, in the bin */, Gone };

struct Record {
    std::string id;
    std::int64_t modified_us = 0;  // microseconds since 1970 UTC, as the system stamps it
    std::int64_t visible_us = 0;   // committed late: not seen by a request before this moment
    State state = State::Live;
    std::map<std::string, std::string> fields;  // name -> JSON text: "\"An\"", "5", "null", "[1,2]"
};

/// Records that are made when somebody asks, so that a table of a million costs no memory. Ids ascend with the number.
struct Made {
    std::vector<std::int64_t> modified_us;  // of each record
    std::function<std::string(std::size_t)> id;
    std::function<std::optional<std::size_t>(const std::string&)> find;  // the number, from the id
    std::function<Record(std::size_t)> make;                             // the same at every call
};

/// A table keeps its order of insertion; dialects sort. Records are never taken out: their state becomes Gone.
struct Table {
    std::vector<Record> records;
    std::shared_ptr<const Made> made;                     // more records; one in `records` of the same id replaces the made one
    std::unordered_map<std::string, std::size_t> places;  // of ids, as far as seen; find() does not trust it blindly
    /// The record, whatever its state, or nullptr; a made one moves to `records` for it may be changed. Valid until the next add() or
    /// find().
    Record* find(const std::string& id);
    Record& add(Record record);
};

/// The whole system: tables by name, its clock, and what the caller may see.
struct System {
    std::map<std::string, Table> tables;
    std::int64_t now_us = 0;          // the server's clock; the Date header comes from it
    bool reads_allowed = true;        // false: the key lost its rights, in the way this system shows that
    std::vector<std::string> denied;  // tables that may not be read
    std::string secret = "geheim-van-de-test";
};

/// The Date header for a clock.
std::string http_date(std::int64_t now_us);
/// "2025-09-01T10:30:00Z" and the like, from microseconds: pattern of strftime, UTC.
std::string format_time(std::int64_t us, const char* pattern);

}  // namespace brugwacht::stand_in
