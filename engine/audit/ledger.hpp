// The release register and the tamper-evident audit log (ledger.db). A released workbook is frozen here byte for byte. Log entries are
// chained by SHA-256 and carry a MAC whose key ratchets forward; no entry holds a name, a pseudonym or a value of a cell.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// Words of the closed form [a-z0-9][a-z0-9_.:-]{0,63}; anything else is refused, so that no name can slip in.
struct AuditEntry {
    std::string role = {};     // "data_officer", "timer"
    std::string action = {};   // "import", "release", "refused", "subject.erase" ...
    std::string object = {};   // class of object: "workbook", "person" ...; may be empty
    std::string request = {};  // random request id; may be empty
    std::string config = {};   // hex digest of configuration or rules; may be empty
    std::string release = {};  // release id; may be empty
    std::map<std::string, std::int64_t> counts = {};
};

struct ReleaseRecord {
    std::string id = {};  // "2025-06-30" or "2025-06-30.2025"
    Date as_of = {};
    std::optional<Date> known_at = {};
    std::string period = {};                   // "2025", or "" = everything
    std::vector<std::string> agreements = {};  // "voorbeeldstad@1"
    std::string rules_hash = {};               // hex
    std::string language = {};
    std::string tables_json = {};      // what was shown
    std::string workbook = {};         // bytes
    std::string workbook_sha256 = {};  // hex
    std::string audit_head = {};       // before the release's own entry
    std::int64_t released_at = 0;      // UTC seconds
};

struct AuditProblem {
    std::int64_t sequence = 0;  // the first bad entry, from 1
    std::string what = {};      // "chain", "mac", "seal", "order", "release"
};

struct AuditCheck {
    std::int64_t entries = 0;
    std::string head = {};      // 64 hex digits
    bool macs_checked = false;  // the anchor key was at hand
    std::optional<AuditProblem> problem = {};
};

class Ledger {
  public:
    /// Makes ledger.db and the key "audit". With `anchor_key` the first key is kept sealed under it, for verify(). Throws DB-xxx, KEY-xxx.
    static void create(const std::filesystem::path& path, Secrets& secrets, const Secret* anchor_key);
    /// Throws Error DB-xxx, AUD-001 (65) when it is no ledger or of a newer version.
    static Ledger open(const std::filesystem::path& path);
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    /// Appends one entry; key and ledger move on together, also after a crash between the two. Throws AUD-002 (70) for a word of the wrong
    /// form, AUD-003 (65) when the key does not belong to this ledger.
    void append(const AuditEntry& entry, Secrets& secrets, const Clock& clock);
    /// Hash of the last entry, 64 hex digits; 64 zeros when empty.
    std::string head() const;

    /// Stores the release and its log entry in one transaction. Throws AUD-004 (70) when the id is taken.
    void freeze(const ReleaseRecord& record, const AuditEntry& entry, Secrets& secrets, const Clock& clock);
    /// With the workbook. Throws AUD-005 (65) when the stored bytes no longer have the stored hash.
    std::optional<ReleaseRecord> release(std::string_view id) const;
    /// All, oldest as-of date first, without workbooks.
    std::vector<ReleaseRecord> releases() const;

    /// Every entry, and every release against its entry. `anchor_key` opens the first MAC key; without it the chain and the seal are
    /// checked.
    AuditCheck verify(Secrets& secrets, const Secret* anchor_key) const;

  private:
    struct Impl;
    explicit Ledger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
