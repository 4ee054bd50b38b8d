// The parts of write_synthetic: the canonical files with their truth, and the exports of a data officer with theirs.
#pragma once

#include <filesystem>

#include "tests/support/synthetic.hpp"

namespace brugwacht {

/// canonical/*.csv and truth.csv, streamed: memory does not grow with the number of children.
void write_canonical(const SyntheticWorld& world, const std::filesystem::path& folder);
/// toeleidingen.csv, activiteiten.csv, registratie.xlsx and stamhoofd-leden.xlsx.
void write_exports(const SyntheticWorld& world, const std::filesystem::path& folder);
/// truth_exports.csv and truth_persons.csv: the outcomes by source of the exports, and which of their records are one person.
void write_export_truth(const SyntheticWorld& world, const std::filesystem::path& folder);

}  // namespace brugwacht
