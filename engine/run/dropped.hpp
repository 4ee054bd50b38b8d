// What an import did not take over, as counts: forbidden numbers, free text, values that are no code, columns nobody mapped.
#pragma once

#include <vector>

#include "engine/identity/intake.hpp"
#include "engine/mapping/mapping.hpp"

namespace brugwacht {

/// Counts the findings of one row that dropped a value, for the current file of the intake.
void count_dropped(const std::vector<Finding>& findings, Intake& intake);
/// Columns of a sheet that feed no field: their number, never their headers.
void count_unmapped(const std::vector<ColumnUse>& columns, Intake& intake);

}  // namespace brugwacht
