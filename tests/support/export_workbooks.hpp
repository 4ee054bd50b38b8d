// The two exports that are workbooks.
#pragma once

#include <filesystem>

#include "tests/support/synthetic.hpp"

namespace brugwacht {

/// The filled-in registration workbook: sheets and headers as in mappings/registratie.toml.
void write_registration_workbook(const SyntheticWorld& world, const std::filesystem::path& path);
/// Members and registrations of the clubs that use Stamhoofd: a row of merged categories above the headers, text inline, dates as serials.
void write_club_workbook(const SyntheticWorld& world, const std::filesystem::path& path);

}  // namespace brugwacht
