// What each field of the canonical model may become, for each purpose of a source: data of config/minimisation.toml. A project may be
// stricter, never looser. FieldFilter carries it out at the door, before anything is stored.
// Source: reference privacy P6, P11, 3.2, 3.3 and 3.6.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {

enum class Fate : std::uint8_t { Dropped, Banded, Coded, Hashed, Sealed, Kept };

struct FieldFate {
    Fate fate = Fate::Dropped;
    std::string how;  // Banded: age, area or year; Coded: the code list; else ""
    friend bool operator==(const FieldFate&, const FieldFate&) = default;
};

/// "dropped", "banded age", "coded gender" ...: as it stands in the file.
std::string fate_word(const FieldFate& fate);

struct ModelField {
    Entity entity = Entity::Person;
    std::size_t field = 0;  // position in the entity
    std::string name() const;
    friend auto operator<=>(const ModelField&, const ModelField&) = default;
};

/// "person.phone", or "phone" of a person; nothing when the model has no such field.
std::optional<ModelField> model_field(std::string_view name);

class Minimisation {
  public:
    /// Throws Error (78) with every fault: TOM-001, CFG-xxx, LEG-001 unknown words, LEG-002 a field that is missing for a purpose or may
    /// not become that, LEG-003 a purpose that has no rules or two.
    static Minimisation parse(std::string_view text, const std::string& file, const std::vector<std::string>& purposes);

    /// What a field may become; never empty, and {Dropped} alone when it is dropped. An unknown purpose is treated as the strictest.
    std::vector<FieldFate> fates(std::string_view purpose, const ModelField& field) const;
    /// What it is needed for: end of a key of the texts register.need.*.
    const std::string& need(const ModelField& field) const;
    /// Never kept of a source that is bound by secrecy.
    const std::vector<ModelField>& secret() const { return secret_; }
    /// First ages of the bands, rising.
    const std::vector<int>& age_bands() const { return age_bands_; }
    /// Every column that the table of this entity may have in the open store, whatever the purpose; sorted.
    std::vector<std::string> store_columns(Entity entity) const;

  private:
    using FateTable = std::map<ModelField, std::vector<FieldFate>>;
    std::vector<FateTable> tables_;
    std::map<std::string, std::size_t, std::less<>> table_of_;  // by purpose
    std::map<ModelField, std::string> needs_;
    std::vector<ModelField> secret_;
    std::vector<int> age_bands_;
    std::map<std::string, std::vector<std::string>> technical_;
    std::map<ModelField, std::vector<std::string>> derived_;
};

/// The shipped one, read once.
const Minimisation& minimisation();

/// One line of [minimisation] in brugwacht.toml: dropped, or the year of a date alone.
struct Tightening {
    ModelField field;
    FieldFate fate;
};

/// Faults: LEG-004 unknown field, LEG-005 not stricter, LEG-006 a field that a record cannot do without.
std::vector<Tightening> read_tightenings(const Node& table, const std::string& file, std::vector<Fault>& faults);

/// Why something of a source was not kept, and how often; "" as field where none is known.
using DropCounts = std::map<std::pair<std::string, std::string>, std::uint64_t>;  // (field, reason)

/// What is kept of the records of one source. Cheap to copy; lets everything pass when it was made without rules.
class FieldFilter {
  public:
    FieldFilter() = default;
    /// An empty purpose counts as guidance.
    FieldFilter(const Minimisation& rules, std::string_view purpose, bool secrecy, const std::vector<Tightening>& tightenings);

    /// False when records of this entity pass as they are.
    bool touches(Entity entity) const { return !steps_[static_cast<std::size_t>(entity)].empty(); }
    /// Takes out what may not be kept, and counts only what was there.
    void apply(Record& record, DropCounts& dropped) const;
    /// What becomes of a field of this source.
    std::vector<FieldFate> fates(const ModelField& field) const;
    /// The same for the same steps, "" without any: what was read under other steps must be read again.
    std::string text() const;

  private:
    struct Step {
        std::size_t field = 0;
        bool year_only = false;  // else dropped
        std::string name, reason;
    };
    std::array<std::vector<Step>, kEntities> steps_;
    std::map<ModelField, std::vector<FieldFate>> fates_;
};

}  // namespace brugwacht
