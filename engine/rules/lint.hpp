// Looks an agreement over before it is signed: what cannot be meant, what will surprise, what is better said otherwise.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/rules/agreement.hpp"

namespace brugwacht {

enum class LintLevel : std::uint8_t { Error, Warning, Note };
std::string_view name(LintLevel level);  // "error", "warning", "note"

struct LintFinding {
    LintLevel level = LintLevel::Note;
    Fault fault;             // AGL-xxx with a key as `where`, or what the reader of the file said, with line and column
    std::string definition;  // id, or "" when it is about no single one
};

/// Every check on agreements that could be read, all versions of one agreement together: first what is wrong between versions, then each
/// file in the order given. Tries every definition on invented children, so it takes some milliseconds.
std::vector<LintFinding> lint(std::span<const Agreement> agreements);

struct LintResult {
    std::vector<Agreement> agreements;  // those that could be read
    std::vector<LintFinding> findings;
    std::int64_t count(LintLevel level) const;
};
/// Reads the files and looks them over; what cannot be read is a finding too. Throws Error as Files::read.
LintResult lint_files(const std::vector<std::filesystem::path>& files, const Files& disk);

/// Throws Error (78) with every finding of level Error; nothing when there is none.
void refuse_errors(std::span<const LintFinding> findings);
/// The warnings as a workbook prints them, without any place.
std::vector<std::string> printed_warnings(std::span<const LintFinding> findings, const Texts& texts);
/// "WAARSCHUWING AGL-010 agreement.toml:agreement.effective_from: ...", without the remedy.
std::string finding_text(const LintFinding& finding, const Texts& texts);

}  // namespace brugwacht
