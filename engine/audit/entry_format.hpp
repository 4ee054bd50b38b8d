// How an entry of the log stands in ledger.db, and the keys under which it stands there. For the audit room only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/audit/ledger.hpp"
#include "engine/core/ports.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {

/// Hash "before" the first entry.
inline const std::string kNoHead(64, '0');

/// Throws Error AUD-002 (70) with the first field that is no word, or whose action is not of the closed list.
void require_words(const AuditEntry& entry);

/// Canonical JSON: {"seq":N,"time":...,"prev":"64 hex digits"}, members always in this order.
std::string canonical(const AuditEntry& entry, std::int64_t sequence, std::int64_t time, std::string_view previous);
/// What canonical() said; nothing when the text is of another form.
std::optional<LoggedEntry> read_entry(const std::string& content);

// Three questions that verification asks of every entry, answered without parsing.

bool has_sequence(std::string_view content, std::int64_t sequence);
/// Views into `content`; "" when it is of another form.
std::string_view previous_of(std::string_view content);
bool announces_release(std::string_view content);

/// The bytes that hash and Merkle leaf are made of. Entries of the first version did not cover their MAC.
std::string covered(std::string_view content, std::string_view mac);

/// One key of the ratchet: signs the entry that it belongs to, and what stood when that entry was the next to come.
class EntryKey {
  public:
    explicit EntryKey(Secret key) : key_(std::move(key)), hmac_(key_.bytes()) {}

    const Secret& secret() const { return key_; }
    std::string mac(std::string_view content) const { return hmac_(content); }
    /// Of the whole log before this key's entry.
    std::string seal(std::string_view head) const;
    std::string seal_count(std::int64_t entries) const;
    std::string sign_root(std::int64_t size, std::string_view root) const;
    /// Of the entry after; from here there is no way back.
    EntryKey next() const;

  private:
    Secret key_;
    Hmac hmac_;
};

}  // namespace brugwacht
