// A user's project folder: where things stand in it, and what brugwacht.toml says. Reading it changes nothing.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connector/rest/secret.hpp"
#include "engine/core/date.hpp"
#include "engine/core/ports.hpp"
#include "engine/mapping/column_evidence.hpp"
#include "engine/policy/minimisation.hpp"

namespace brugwacht {

/// From where on an import looks wrong; shares between 0 and 1, and 1 says never.
struct ImportLimits {
    double max_rejected_share = 0.2;  // of the rows of one file
    double max_row_drop = 0.6;        // fewer records than the last time
    double max_column_drop = 0.6;     // a field less often filled than the last time, or not at all any more
    double max_vanished_share = 0.4;  // of the records of a complete source
};

/// A value under [source.connection]: a text, or where a secret comes from.
struct ConnectionValue {
    std::string text;
    std::optional<SecretSource> secret;
};

/// [source.write_back]: which of our words go to which field of the source's person record; nothing when it is not switched on.
struct WriteBackSettings {
    std::map<std::string, std::string> status_fields;   // definition -> field
    std::map<std::string, std::string> decided_fields;  // definition -> field
    bool automatic = false;                             // `run` does it too
};

/// One [[source]] of brugwacht.toml.
struct SourceSettings {
    std::string name;
    std::vector<std::string> files;  // patterns of file names in inbox/, with * and ?
    std::string preset;              // name of a REST preset; "" = files only
    std::map<std::string, ConnectionValue> connection;
    std::string ca_file;  // authority of a private server, relative to the project
    std::optional<WriteBackSettings> write_back;
    std::string mapping;               // name of a mapping; "" = recognised from the file
    std::string role;                  // "caseload", "evidence", or "" = as the mapping says
    std::string legal_basis, purpose;  // codes of legal_rules(); "" = not given
    std::string controller, protocol_ref;
    std::string link_authorisation;   // of a source bound by secrecy: who allowed it to be linked with others, and where that is written
    std::optional<Date> valid_until;  // last day on which the legal basis or protocol holds
    bool secrecy = false;
    bool nameable = true;   // false: naming the service would tell that somebody sought help
    bool complete = false;  // a shorter file means that the missing rows are gone
    std::optional<std::string> encoding, delimiter, quote;
    ColumnRules columns;                              // how dates and numbers are written, in every column
    std::map<std::string, ColumnRules> column_rules;  // or in one, by its folded header
    ImportLimits limits;                              // those of [import] where the source has none of its own
};

struct ProjectSettings {
    std::string language = "nl";
    std::string organisation, municipality, contact, controller, processor, dpo;
    std::string organisation_kind = "other";  // of legal_rules()
    std::string authority;                    // as given, else that of the kind of organisation
    std::vector<SourceSettings> sources;
    ImportLimits limits;
    bool store_gender = false;
    std::string area = "municipality";     // or "none"
    std::vector<Tightening> minimisation;  // stricter than what is shipped
    int keep_exports_days = 7;
    int keep_undo_days = 30;                       // so long an import that replaced something can be undone
    int keep_tombstones_years = 10;                // so long after an erasure the person is not let in again,
    int keep_tombstones_after_majority_years = 0;  // or so long after her eighteenth birthday, when that is later; 0 = does not count
    int look_ups_a_day = 20;                       // persons; who looks up more of them is told so
    std::vector<std::string> agreements;           // file names; empty = agreement.toml and agreement-*.toml
    std::string link_method = "exact";
    std::string schedule_at;
};

class Project {
  public:
    /// Throws Error PRJ-001 (66) when there is no project here, PRJ-xxx or CFG-xxx (78) with every fault of brugwacht.toml.
    static Project load(const std::filesystem::path& dir, const Files& files);

    const ProjectSettings& settings() const { return settings_; }
    const std::filesystem::path& dir() const { return dir_; }
    std::filesystem::path config_file() const { return dir_ / "brugwacht.toml"; }
    std::filesystem::path context_file() const { return dir_ / "context.toml"; }
    std::filesystem::path mappings() const { return dir_ / "mappings"; }
    std::filesystem::path inbox() const { return dir_ / "inbox"; }
    std::filesystem::path processed() const { return dir_ / "processed"; }
    std::filesystem::path rejected() const { return dir_ / "rejected"; }
    std::filesystem::path keys() const { return dir_ / "keys"; }
    std::filesystem::path reports() const { return dir_ / "reports"; }
    std::filesystem::path worklists() const { return dir_ / "worklists"; }
    std::filesystem::path review() const { return dir_ / "review"; }
    std::filesystem::path requests() const { return dir_ / "requests"; }
    std::filesystem::path temporary() const { return dir_ / ".tmp"; }
    std::filesystem::path log_file() const { return dir_ / "log" / "brugwacht.jsonl"; }
    std::filesystem::path store_file() const { return dir_ / "store.db"; }
    std::filesystem::path vault_file() const { return dir_ / "vault.db"; }
    std::filesystem::path erasures_file() const { return dir_ / "erasures.db"; }
    std::filesystem::path ledger_file() const { return dir_ / "ledger.db"; }
    /// Agreement files as configured, else agreement.toml and agreement-*.toml, sorted by name.
    std::vector<std::filesystem::path> agreement_files() const;
    /// The configured source whose pattern fits this file name, or nullptr. The first in the file wins.
    const SourceSettings* source_for_file(const std::string& file_name) const;
    const SourceSettings* source_named(const std::string& name) const;

  private:
    std::filesystem::path dir_;
    ProjectSettings settings_;
};

/// Makes the folder unless it is there, with mode 0700. Throws Error FIL-005 (73).
void make_private_folder(const std::filesystem::path& path);

/// Shell-like pattern with * and ?, without regard to case.
bool matches_pattern(const std::string& pattern, const std::string& name);

/// What the first questions gave; "" = as in the template.
struct ProjectAnswers {
    std::string organisation, municipality, contact;
};

/// Makes a new project: folders, keys, settings, an unsigned agreement. Throws Error PRJ-002 (73) when one is there already.
void create_project(const std::filesystem::path& dir, const std::string& language, const ProjectAnswers& answers, Ports& ports);

/// The key under which the ledger keeps its first key, for verification. Needs the master key.
Secret audit_anchor(const Secrets& secrets);

/// Held as long as the object lives; dies with the process. Throws Error RUN-001 (75) with the holder's process number.
class ProjectLock {
  public:
    explicit ProjectLock(const Project& project);
    ~ProjectLock();
    ProjectLock(const ProjectLock&) = delete;
    ProjectLock& operator=(const ProjectLock&) = delete;

  private:
    int fd_ = -1;
};

/// .tmp/ of the project, mode 0700, emptied when made and when it goes.
class TemporaryFolder {
  public:
    explicit TemporaryFolder(const Project& project);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace brugwacht
