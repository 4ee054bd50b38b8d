// Breach aid (GDPR art. 33): what a lost file holds, read from the file itself or a copy of it, so that the 72 hours are not spent on
// guessing. Counts and names of fields only. Source: reference privacy 3.8.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/run/project.hpp"

namespace brugwacht {

struct BreachReport {
    std::string kind;  // "store", "vault", "ledger", "key", "released", "workbook", "export", "other"
    bool encrypted = false;
    std::uint64_t names = 0;                                  // of people that can be read; for a table of a source: at most so many
    std::string key;                                          // "none" needed, "apart", "beside" the file in keys/, "is_key"
    std::vector<std::pair<std::string, std::uint64_t>> rows;  // by table or sheet
    std::vector<std::string> fields;  // columns that hold something; for an export what its mapping reads from it. Never a value
};

/// Throws Error FIL-001 (66) when the file is not there, FIL-003 (77).
BreachReport breach_report(const Project& project, const std::filesystem::path& file, const Files& files);

}  // namespace brugwacht
