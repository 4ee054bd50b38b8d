// What a field of a preset reads from a record of an answer, as the text of a cell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connector/rest/preset.hpp"
#include "engine/core/zone.hpp"
#include "engine/lib/json_tree.hpp"

namespace brugwacht {

/// The value at a path: a member named exactly so, else member by member, elements of arrays by number; "" or "." is the
/// value itself (docs/presets.md).
JsonView value_at(JsonView value, std::string_view path);

/// Text, digits, true or false; "" for null and what is absent; elements of an array joined with |; "" for an object.
std::string plain_value(JsonView value);

/// Microseconds since 1970 UTC of 2025-09-01T10:30:00.1234567Z and its relatives: Z, +00:00, +0000, +01 or `zone` when it has none; 0 to 7
/// digits after the second (cut at 6); a date alone is its midnight; 9 to 11 digits are seconds and 12 to 14 milliseconds since 1970, also
/// negative ones. Nothing when it is no moment.
std::optional<std::int64_t> parse_moment(std::string_view text, const Zone& zone);

/// "2025-09-01T10:30:00Z" of a moment in whole seconds, as a format wants it. `zone`: of formats that carry none, nullptr = UTC.
std::string format_moment(std::int64_t seconds, TimeFormat format, const Zone* zone);

/// Where the paths of a field lead: into a record, into an element of it ("item"), into the record that its stream hangs on ("parent").
struct FieldContext {
    JsonView record;
    JsonView item = {};
    JsonView parent = {};
    std::string_view parent_id = {};
};

/// How the values of one connection are to be read.
class FieldReader {
  public:
    FieldReader(const ConnectionPlan& connection, Zone zone) : connection_(connection), zone_(std::move(zone)) {}

    /// The cell of a field.
    std::string read(const RemoteField& field, const FieldContext& context) const;
    /// A value that stands for nothing here is "".
    std::string value(JsonView value, FieldAs as) const;

  private:
    std::string value(std::string_view path, FieldAs as, const FieldContext& context) const;
    std::string minutes(const RemoteField& field, const FieldContext& context) const;

    const ConnectionPlan& connection_;
    Zone zone_;
};

}  // namespace brugwacht
