// One file of an import: hash, recognise, open as its mapping wants, read every sheet, take the rows in or reject them. Private to the
// course of an import; what becomes of the run as a whole is decided in import.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

#include "engine/identity/intake.hpp"
#include "engine/run/import.hpp"
#include "engine/run/reading.hpp"
#include "engine/run/rejects.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {

/// Columns of one file that a first reading settled otherwise than it had read them.
struct Settlement {
    std::map<ColumnPlace, DateOrder> date_orders;
    std::map<ColumnPlace, char> decimals;
};
using Settlements = std::map<std::filesystem::path, Settlement>;

/// What all attempts at one run share.
struct Attempts {
    ReadingMemory memory;
    Settlements settled;
    bool again = false;  // a column must be read in another order
};

/// Everything of one attempt at a run.
struct Attempt {
    const Project& project;
    const ImportRequest& request;
    Stores& stores;
    Intake& intake;
    RejectBooks& books;
    Attempts& attempts;
    Ports& ports;
};

/// A place in the summary for a file of which nothing is known yet.
ImportedFile fresh(const std::filesystem::path& path, std::int64_t corrects = 0);

/// Takes in the file at this place of the summary. A reject file with several originals gets a place in the summary for each. Throws Error
/// for what stops the file.
void take_in(Attempt& attempt, ImportSummary& summary, std::size_t place);

}  // namespace brugwacht
