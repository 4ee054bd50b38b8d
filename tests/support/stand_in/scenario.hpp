// What happens to records between two runs of the connector, in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// The record; throws std::out_of_range when there is none.
Record& record_of(System& system, const std::string& table, const std::string& id);
/// A field gets another value (JSON text), now.
void change(System& system, const std::string& table, const std::string& id, const std::string& field, const std::string& json);
/// The stamp alone moves.
void touch(Record& record, std::int64_t us);
/// `count` records from `first` on (by their place in the table) get one and the same stamp, as an import gives. Of stored records.
void burst(Table& table, std::size_t first, std::size_t count, std::int64_t us);
/// A transaction that began at `us`, which is its stamp, is committed so long after it.
void commit_late(Record& record, std::int64_t us, std::int64_t later_us);
/// Vanishes without a trace.
void erase(System& system, const std::string& table, const std::string& id);
/// The key may not read these tables any more; without a name: nothing at all.
void lose_permission(System& system, const std::string& table = {});
void regain_permissions(System& system);
/// The clock goes on.
void pass(System& system, std::int64_t seconds);

}  // namespace brugwacht::stand_in
