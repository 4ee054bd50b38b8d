// Files into the store and the vault: hash, recognise, read, map, take in; all files of one call are one run that commits as a whole.
// A file that cannot be used stops itself alone; the others are taken in and the fault is part of the summary.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/identity/intake.hpp"
#include "engine/run/project.hpp"
#include "engine/run/reading.hpp"

namespace brugwacht {

struct RemotePorts;
struct Stores;

struct ImportRequest {
    std::vector<std::string> inputs;  // names of configured sources or paths of files; empty = everything in inbox/
    std::string mapping;              // "" = as configured or recognised
    std::string source;               // "" = as configured, else the mapping's name
    bool dry_run = false;
    bool link = true;                      // recognise persons in the same run; nobody is removed
    std::string language;                  // of the reject workbooks; "" = of the project
    std::uint64_t rows_per_part = 20'000;  // of a REST source; a run that is killed loses at most a part
    std::vector<std::string> accept;       // sources whose open reasons not to publish are accepted, and that may lose records
};

/// Old and new code of a field, "" = blank.
struct CodeChange {
    std::string from, to;
    std::uint64_t count = 0;
};

struct ImportedFile {
    std::filesystem::path path;
    std::string source, mapping;
    FileCounts counts;
    std::map<std::string, std::uint64_t> warnings;  // by code
    /// By code: how often under each header, as far as the headers are known.
    std::map<std::string, std::map<std::string, std::uint64_t>> columns;
    bool seen = false;                       // the very same file as before
    std::vector<ReadingDecision> decisions;  // how it was read; empty when seen
    std::int64_t file = 0;                   // number in the store
    FileReport report;
    bool compared = true;  // with the last import of its source; not so for a part of an earlier file
    std::map<std::string, std::map<std::string, std::vector<CodeChange>>> codes;  // entity -> coded field -> what became what
    std::set<std::string> held;                                                   // codes for which nothing may be published
    std::uint64_t vanished = 0;                                                   // records a complete source no longer has
    std::map<std::string, std::uint64_t> vanished_by_entity;
    std::optional<std::filesystem::path> rejects_file;  // workbook with its rejected rows
    std::int64_t corrects = 0;                          // a reject file that came back: file in the store whose rows these are
    std::optional<Error> error;                         // set: nothing of this file was taken in
};

struct ImportSummary {
    std::int64_t run = 0;  // 0 when there was nothing to do
    std::vector<ImportedFile> files;
    std::uint64_t waiting = 0;
    LinkSummary link;

    std::uint64_t rejected() const;
    /// True when a file gives a reason not to publish.
    bool held() const;
    /// Ok, Partial when rows were rejected, else the status of the first file that failed.
    Exit exit() const;
};

/// Files first, then REST sources, each of these in runs of its own (sync.hpp). Throws Error: RUN-002 (66) nothing of that name, KEY-xxx,
/// VLT-xxx, DB-xxx; with one input, also what stopped that one.
ImportSummary import_files(const Project& project, const ImportRequest& request, RemotePorts& remote, Ports& ports);
/// With the real network.
ImportSummary import_files(const Project& project, const ImportRequest& request, Ports& ports);
/// What the settings of a project say of how rows are taken in.
IntakeSettings intake_settings(const Project& project, Stores& stores);

}  // namespace brugwacht
