// Both databases of a project, opened to be written to, and what must have been done before anything else is: erasures that one of them
// has not seen, because it is an older copy that was put back or because an erasure was interrupted.
#pragma once

#include "engine/core/ports.hpp"
#include "engine/identity/erasure.hpp"
#include "engine/identity/intake.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct Stores {
    Keys keys;
    Vault vault;
    Store store;
    Tombstones tombstones;
    RecordIds ids;

    /// Carries out what is due. Throws Error KEY-xxx, VLT-xxx, DB-xxx, ERA-xxx.
    Stores(const Project& project, Ports& ports);
};

/// The same for who reads before anything is written, or writes without them. Takes nothing but a look when nothing was ever erased.
void finish_erasures(const Project& project, Ports& ports);

/// What carrying out erasures took out.
struct CarriedOut {
    ErasedRecords records;
    std::uint64_t files = 0;
};

/// After apply_erasures(): files that may hold a name go, nothing stays in free pages or journals, and the audit log says so.
void clean_up_after_erasures(const Project& project, Stores& stores, Ports& ports, CarriedOut& done);

/// Files of the project that may hold a person's name and cannot be cut out of: exports that were read, reject workbooks, work lists,
/// reviews, answers to requests, what was being made. Reports are not among them. Sorted.
std::vector<std::filesystem::path> files_with_names(const Project& project);

}  // namespace brugwacht
