// The release register and the tamper-evident audit log (ledger.db). A released workbook is frozen here byte for byte. Log entries are
// chained by SHA-256 and carry a MAC whose key ratchets forward; a Merkle tree grows over them, and every 256 entries its root is signed
// and kept. No entry holds a name, a pseudonym or a value of a cell. Whoever holds this machine can rewrite what was appended since the
// last head that somebody keeps elsewhere; nothing before it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// Words begin with a letter a-z and go on with a-z 0-9 _ . : -; digests and request ids are 12 to 64 hex digits; a release is a day.
/// Anything else is refused, so that no name, address or number of a person can slip in.
struct AuditEntry {
    std::string role = {};     // "data_officer", "timer"
    std::string action = {};   // one of engine/audit/actions.hpp
    std::string object = {};   // class of object: "workbook", "person" ...; may be empty
    std::string request = {};  // random request id; may be empty
    std::string config = {};   // hex digest of configuration or rules, or a word; may be empty
    std::string release = {};  // release id; may be empty
    std::map<std::string, std::int64_t> counts = {};
    std::int64_t run = 0;    // number of the last run in the store when this happened; 0 = not said
    std::string batch = {};  // hex digest of that run's random tag: which run of that number it was
};

/// An entry as it stands in the log.
struct LoggedEntry {
    std::int64_t sequence = 0;  // from 1
    std::string time = {};      // "2025-09-01T10:30:00Z"
    AuditEntry entry = {};
};

/// Where the log stood at some moment: all that is needed to find out later whether it still begins as it did then.
struct LedgerHead {
    std::int64_t size = 0;   // entries
    std::string chain = {};  // hash of the last entry, 64 hex digits; zeros when there is none
    std::string root = {};   // Merkle root (RFC 6962), 64 hex digits
    /// As it is printed: "9f86d081884c:17", the first 12 digits of the chain and the size.
    std::string printed() const { return chain.substr(0, 12) + ":" + std::to_string(size); }
};

/// A head that somebody kept outside: on paper, in a workbook.
struct PrintedHead {
    std::string digits = {};                // 12 to 64 hex digits of the chain or of the root
    std::optional<std::int64_t> size = {};  // when it is known
};
/// "9f86d081884c", "9f86d081884c:17", in capitals too. Nothing when it is no head.
std::optional<PrintedHead> read_printed_head(std::string_view text);
/// A file of heads, one a line; what stands behind a head on its line, empty lines and lines that begin with # are not read. Throws Error
/// AUD-008 (65) with the line that is none.
std::vector<PrintedHead> read_anchors(std::string_view text, const std::string& file);

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
    /// The first bad entry, from 1; the one after the last when it is missing.
    std::int64_t sequence = 0;
    /// "order" (a number is missing, doubled, or in the wrong place), "chain" (not what the next entry vouches for), "mac" (not signed by
    /// the key of that entry), "merkle" (a kept root is not that of the entries before it), "seal" (the end is missing or was written
    /// again), "release" (the frozen workbook is not the one of the entry), "head" (the log no longer begins as a head that was kept
    /// outside says).
    std::string what = {};
    /// "head" only: the bad entry is this one at the latest.
    std::int64_t until = 0;
};

struct AuditCheck {
    std::int64_t entries = 0;
    std::string head = {};           // 64 hex digits, of the last entry that was read
    std::string root = {};           // Merkle root of the entries, 64 hex digits
    bool macs_checked = false;       // the anchor key was at hand
    std::int64_t signed_roots = 0;   // kept roots that were compared
    std::int64_t heads_checked = 0;  // heads from outside that were compared
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
    /// The same for several: all of them or none.
    void append_all(const std::vector<AuditEntry>& entries, Secrets& secrets, const Clock& clock);
    /// Hash of the last entry, 64 hex digits; 64 zeros when empty.
    std::string head() const;
    /// The same with size and root.
    LedgerHead position() const;

    /// Those from a moment on ("2025-09-01T00:00:00Z" or a beginning of it; "" = all), in order. Throws Error AUD-006 (65) for one that
    /// cannot be read.
    void each(std::string_view since, const std::function<void(const LoggedEntry&)>& visit) const;
    /// The last entry of this action and class of object, or that names a run.
    std::optional<LoggedEntry> last_of(std::string_view action, std::string_view object) const;
    std::optional<LoggedEntry> last_with_run() const;

    /// Stores the release and its log entry in one transaction. Throws AUD-004 (70) when the id is taken.
    void freeze(const ReleaseRecord& record, const AuditEntry& entry, Secrets& secrets, const Clock& clock);
    /// With the workbook. Throws AUD-005 (65) when the stored bytes no longer have the stored hash.
    std::optional<ReleaseRecord> release(std::string_view id) const;
    /// All, oldest as-of date first, without workbooks.
    std::vector<ReleaseRecord> releases() const;

    /// Every entry, every kept root, every release against its entry, and every head that was kept outside. `anchor_key` opens the first
    /// MAC key; without it chain, roots and seal are checked. An entry is read once and none is kept: memory does not grow with the log.
    AuditCheck verify(Secrets& secrets, const Secret* anchor_key, const std::vector<PrintedHead>& outside = {}) const;

    /// Merkle proofs (merkle.hpp), 64 hex digits each: that entry `sequence` is among the first `size`, or that the first `earlier` entries
    /// begin the first `size`. Throws Error AUD-007 (64) when there are not so many.
    std::vector<std::string> prove_entry(std::int64_t sequence, std::int64_t size) const;
    std::vector<std::string> prove_beginning(std::int64_t earlier, std::int64_t size) const;
    LedgerHead position_at(std::int64_t size) const;
    /// Merkle leaf of an entry, 64 hex digits.
    std::string leaf_of(std::int64_t sequence) const;

    /// For a new master key: seals the first MAC key under the new anchor key. Throws Error CRY-002 (65) when the old one does not open it.
    /// Nothing happens in a ledger that was made without one.
    void move_anchor(const Secret& old_key, const Secret& new_key);

  private:
    struct Impl;
    explicit Ledger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
