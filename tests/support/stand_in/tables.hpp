// What a stand-in for a CRM holds: tables of records with a moment of change, which a dialect shows the way its system does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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

/// A table keeps its order of insertion; dialects sort.
struct Table {
    std::vector<Record> records;
    std::unordered_map<std::string, std::size_t> places;  // of ids, as far as seen; find() does not trust it blindly
    /// The record, whatever its state, or nullptr. Valid until the next add().
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
