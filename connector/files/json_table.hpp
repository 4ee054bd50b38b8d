// JSON objects as rows: a column for every path (a.b), in the order in which the paths first appear; several values under one path are
// joined with |. Numbers that a double holds exactly are numbers; longer ones stay the digits that stand there, as text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/row.hpp"
#include "engine/lib/json_reader.hpp"

namespace brugwacht {

class JsonColumns {
  public:
    /// The column of a path; a new one is added while there is room.
    std::optional<std::uint32_t> add(std::string_view path);
    void refuse(std::uint64_t count) { refused_ += count; }
    std::optional<std::uint32_t> find(std::string_view path) const;
    const std::vector<std::string>& names() const { return names_; }
    /// Paths for which there was no room.
    std::uint64_t refused() const { return refused_; }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index_;
    std::size_t bytes_ = 0;
    std::uint64_t refused_ = 0;
};

/// Reads one object whose BeginObject was just given.
class JsonRow {
  public:
    enum class Outcome : std::uint8_t { Read, Fault, TooLarge };
    /// Learns which columns the object has; keep_columns() adds them, when the object turned out to be sound.
    Outcome survey(JsonReader& json, const JsonColumns& columns);
    void keep_columns(JsonColumns& columns);
    Outcome read(JsonReader& json, const JsonColumns& columns);
    /// Until the next reading.
    std::span<const Cell> cells() const { return cells_; }
    /// Texts of the last row that were longer than the limit.
    std::uint64_t cut() const { return cut_; }
    /// Makes the header row.
    void take_names(const JsonColumns& columns);

  private:
    struct Piece {
        std::uint32_t column = 0;
        CellKind kind = CellKind::Text;
        std::size_t from = 0;
        std::size_t size = 0;
    };
    template <typename Take>
    Outcome walk(JsonReader& json, Take take);
    void lay_out();

    std::string path_;
    std::vector<std::size_t> levels_;  // length of the path outside each open container
    std::vector<std::string> fresh_;   // columns that were not known
    std::uint64_t fresh_refused_ = 0;
    std::vector<Piece> pieces_;
    std::string texts_;
    std::string joined_;
    std::vector<Cell> cells_;
    std::uint64_t cut_ = 0;
};

/// Finds the tables of a JSON text: arrays of objects, at the root or as a member of an object at most three levels deep.
class JsonTables {
  public:
    explicit JsonTables(JsonReader& json) : json_(json) {}
    /// Moves to the next object of a table: its BeginObject was just given. False at the end or at a fault.
    bool next();
    /// Path of the table, "" at the root.
    const std::string& table() const { return table_; }
    /// Elements of tables, behind their first object, that are no objects.
    std::uint64_t strays() const { return strays_; }

  private:
    JsonReader& json_;
    std::vector<std::size_t> levels_;
    std::string path_;
    std::string table_;
    bool in_array_ = false;
    bool is_table_ = false;  // the array has given an object
    std::uint64_t strays_ = 0;
};

}  // namespace brugwacht
