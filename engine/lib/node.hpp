// A small tree for what people and programs write in TOML and JSON, with line numbers where the format has them.
// Readers ask for what they know; whatever they did not ask for is an unknown key, reported with the nearest known one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

class Node {
  public:
    enum class Kind { Null, Boolean, Integer, Real, Text, Date, Array, Table };

    Kind kind = Kind::Null;
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0;                // also set for Integer
    std::string text;               // Text
    Date date;                      // Date
    std::vector<Node> items;        // Array: elements; Table: values in the order of the file
    std::vector<std::string> keys;  // Table: names, parallel to items
    int line = 0;                   // from 1, 0 = unknown
    int column = 0;

    bool is(Kind k) const { return kind == k; }
    /// Member of a table, or nullptr (also when this is no table).
    const Node* find(std::string_view key) const;
    std::string position() const;  // "12:5", or "" when unknown
};

/// TOML 1.0. Throws Error TOM-001 (78) with line and column when the text is no TOML.
Node parse_toml(std::string_view text, const std::string& file);
/// JSON (RFC 8259), depth at most 200. Throws Error JSN-001 (65) with the byte offset.
Node parse_json(std::string_view text, const std::string& file);

/// Reads the keys of one table, collecting every fault; finish() throws them all together as one Error of status 78 (or the given one).
/// Faults: CFG-001 unknown key (with the nearest known one), CFG-002 missing key, CFG-003 wrong type (expected as argument), CFG-004 value
/// not in the list (list as argument).
class TableReader {
  public:
    TableReader(const Node& table, std::string file, std::string path, std::vector<Fault>& faults);

    const Node* node(std::string_view key);  // marks the key as known
    std::string text(std::string_view key, std::string fallback = {});
    std::string required_text(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t fallback);
    double real(std::string_view key, double fallback);
    bool boolean(std::string_view key, bool fallback);
    std::optional<Date> date(std::string_view key);
    std::vector<std::string> texts(std::string_view key);  // a single text counts as a list of one
    std::string choice(std::string_view key, const std::vector<std::string>& allowed, std::string fallback);
    /// Tables of an array of tables, or the one table; empty when absent.
    std::vector<const Node*> tables(std::string_view key);
    void fault(const std::string& code, TextArgs args, const Node* at);
    /// Reports every key nobody asked for.
    void finish();
    const std::string& file() const { return file_; }
    const std::string& path() const { return path_; }

  private:
    const Node& table_;
    std::string file_;
    std::string path_;
    std::vector<Fault>& faults_;
    std::vector<std::string> known_;
};

}  // namespace brugwacht
