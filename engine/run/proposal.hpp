// A file whose layout nobody knows: its first rows as a sample, and a proposed mapping in review/ for a person to look at.
// Nothing of such a file is taken in, and nothing is ever written into mappings/ from here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "connector/source.hpp"
#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/mapping/propose.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// The first rows of every sheet, or of the one sheet asked for (its name, or its number from 1). Throws Error FIL-020 (64) when it is
/// not there.
FileSample sample_of(Document& document, const std::filesystem::path& path, const std::string& sheet = "");

/// What stops a file that no mapping recognises: IMP-002 when a saved mapping nearly fits, else RUN-004 (65), which names the proposal
/// that now stands in review/. `write` is false for a dry run.
Error unknown_layout(const Project& project, Document& document, const std::filesystem::path& path, Files& files, bool write);

/// Proposals that wait in review/, sorted.
std::vector<std::filesystem::path> waiting_proposals(const Project& project);
/// Where the proposal for this layout stands, or would stand.
std::filesystem::path proposal_file(const Project& project, const Proposal& proposal);

}  // namespace brugwacht
