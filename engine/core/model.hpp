// The canonical model: entities, their fields, and for each field what it is and where it may rest (vault or store).
// This table is the allow-list: a field that is not here reaches no disk.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/row.hpp"

namespace brugwacht {

enum class Entity : std::uint8_t { Person, Club, Worker, Employment, Trajectory, Event, Activity, Result, Signal, Factor, Goal };
inline constexpr std::size_t kEntities = 11;

enum class FieldType : std::uint8_t {
    Key,          // unique per source and entity
    Text,         // identity text: vault only
    Label,        // short public text that is no code: name of a club
    Date,         // yyyy-mm-dd
    PartialDate,  // yyyy, yyyy-mm, yyyy-mm-dd, or as written when it is no date
    Integer,      // decimal digits, optional sign
    Decimal,      // point as decimal sign
    Boolean,      // true or false
    Code,         // of the code list named in `list`; unknown codes are kept and reported
    Codes,        // several codes joined with |
    Year,         // working year: its first calendar year, 2025
    Reference,    // key of the entity named in `list`, within the source
};

enum class Place : std::uint8_t { Store, Vault, Both };

struct FieldDef {
    std::string_view name;
    FieldType type;
    Place place;
    std::string_view list = {};  // code list, or the entity a reference points to
    bool required = false;       // without it the row is rejected
};

struct EntityDef {
    Entity entity;
    std::string_view name;             // "person"
    std::string_view sheet;            // "people": name of the canonical sheet or file
    std::span<const FieldDef> fields;  // field 0 is always the key
};

const EntityDef& entity_def(Entity entity);
std::optional<Entity> entity_by_name(std::string_view name);
std::optional<Entity> entity_by_sheet(std::string_view sheet);
/// Position of a field in its entity, or nothing.
std::optional<std::size_t> field_index(Entity entity, std::string_view name);

inline constexpr std::size_t kMaxFields = 20;

/// One entity read from one row, every value in the canonical text form of its type, "" = absent. Made to be reused: clear() keeps memory.
struct Record {
    Entity entity = Entity::Person;
    Origin origin;
    std::array<std::string, kMaxFields> values;

    void clear() {
        for (std::string& value : values) value.clear();
    }
    const std::string& key() const { return values[0]; }
    const std::string& get(std::string_view field) const;
    void set(std::string_view field, std::string value);
};

}  // namespace brugwacht
