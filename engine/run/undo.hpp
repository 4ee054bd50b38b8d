// Taking an earlier run back, as a project sees it: what it did to store and vault, and what it leaves alone and must be told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/identity/undo.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct ProjectUndo {
    UndoSummary undo;
    std::vector<std::string> releases;             // made since that run: frozen, they still show what it brought
    std::vector<std::filesystem::path> processed;  // files of that run that were moved from the inbox; they stay where they are
};

/// Throws Error RUN-008 (66) when nothing was imported yet, UND-xxx (65, 66), KEY-xxx, VLT-xxx, DB-xxx.
ProjectUndo undo_in_project(const Project& project, std::int64_t run, Ports& ports, bool dry_run);

}  // namespace brugwacht
