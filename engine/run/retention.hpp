// How long what is kept. The terms are data (config/retention.toml, [retention] of a project); nothing is deleted for its age but in the
// name of a rule, and the audit log says which.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// What a rule is about.
enum class Kept : std::uint8_t {
    Exports,     // processed/ and rejected/
    Worklists,   // worklists/
    Reviews,     // workbooks in review/
    Answers,     // requests/
    UndoImages,  // what runs replaced
    Identities,  // persons in the vault
    Analysis,    // persons in the store, with all that hangs on them
    Tombstones,  // erasures that are honoured
    AuditLog,
    Reports,
    Backups,
};

enum class Destination : std::uint8_t {
    Destroy,
    Keep,     // told, never deleted
    Outside,  // not in the hands of this program: told
};

/// One rule. Only a table can make one, so that nothing can be deleted without.
class RetentionRule {
  public:
    const std::string& id() const { return id_; }
    Kept what() const { return what_; }
    int days() const { return days_; }
    const std::string& legal() const { return legal_; }
    Destination destination() const { return destination_; }

  private:
    friend class RetentionTable;
    RetentionRule() = default;
    std::string id_, legal_;
    Kept what_ = Kept::Exports;
    int days_ = 0;
    Destination destination_ = Destination::Keep;
};

/// The rules of a project, in the order of the shipped table.
class RetentionTable {
  public:
    /// Throws Error (78): RET-001 for a rule in [retention] that there is not, RET-002 for a term that is none, CFG-xxx, TOM-001.
    static RetentionTable load(const Project& project, const Files& files);
    const std::vector<RetentionRule>& rules() const { return rules_; }
    const RetentionRule& rule(Kept what) const;

  private:
    std::vector<RetentionRule> rules_;
};

/// What a rule finds, and what became of it.
struct RetentionLine {
    RetentionRule rule;
    std::uint64_t due = 0;      // past their term
    std::uint64_t deleted = 0;  // of these, by now
    std::optional<Date> next;   // the earliest day on which something more is due; nothing when there is nothing
};

/// Looks at every rule and, unless `dry_run`, deletes what is due; persons who asked for restriction are kept. One entry in the audit log
/// for each rule that deleted something. Throws Error as RetentionTable::load(), Stores, load_agreements().
std::vector<RetentionLine> apply_retention(const Project& project, Ports& ports, bool dry_run);

/// "exports", "identities" ...; "destroy", "keep", "outside"
std::string_view name(Kept what);
std::string_view name(Destination destination);

/// The moment as the file system counts, for seconds since 1970 UTC.
std::filesystem::file_time_type file_time(std::int64_t seconds);

/// Deletes files in processed/ and rejected/ that have been there for [privacy] keep_exports_days or longer, by their time of change, under
/// the rule for exports. Gives their number. What cannot be deleted is left for the next time.
std::int64_t delete_old_exports(const Project& project, const Clock& clock, Log& log);
/// The same before an import, with an entry in the audit log.
void retain_exports(const Project& project, Ports& ports);

}  // namespace brugwacht
