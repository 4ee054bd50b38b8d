// One pass over the log that finds the first entry that is not as it was written. For the audit room only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/audit/entry_format.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/audit/merkle.hpp"
#include "engine/lib/database.hpp"

namespace brugwacht {

/// Every so many entries the root is signed and kept.
inline constexpr std::int64_t kEntriesPerRoot = 256;

class Verification {
  public:
    /// `first`: key of the first entry; without it MACs and signatures are not checked, everything else is.
    Verification(Database& database, std::optional<EntryKey> first, const std::vector<PrintedHead>& outside);

    /// The first key from the key file on that fits, if one does. Throws what it throws.
    using KeyThat = std::function<std::optional<EntryKey>(const std::function<bool(const EntryKey&)>& fits)>;
    AuditCheck run(const KeyThat& key_that);

  private:
    struct Announced {
        std::int64_t sequence = 0;
        std::string workbook, tables;  // digests
    };

    void read_entries();
    const char* fault_of(std::int64_t stored_sequence, std::string_view content, std::string_view hash, std::string_view mac) const;
    void accept(const std::string& content, std::string_view hash, const std::string& record);
    bool root_is_kept();
    void meet_heads();
    bool meets(const PrintedHead& head) const;
    /// Without keys a break is seen where two entries do not fit together; the seal tells which of them is the false one.
    void find_false_side(const KeyThat& key_that);
    void check_end(const KeyThat& key_that);
    std::optional<EntryKey> sealer_of(const std::string& head, const KeyThat& key_that) const;
    /// How many entries the seal counts, as far as that can be told; else -1.
    std::int64_t sealed_count(const KeyThat& key_that) const;
    void check_frontier();
    void check_releases();
    void check_outside();
    void found(std::int64_t sequence, const char* what) { out_.problem = AuditProblem{sequence, what}; }

    Database& database_;
    std::optional<EntryKey> key_;  // of the entry to come
    const std::vector<PrintedHead>& outside_;
    std::vector<std::int64_t> met_;                 // by head from outside: its size, or -1
    std::map<std::string, std::int64_t> released_;  // heads in the release register, and their size; -1 = not met
    std::map<std::string, Announced> announced_;    // releases by id
    std::int64_t roots_from_ = 0;
    Statement roots_;
    bool more_roots_ = false;
    MerkleFrontier tree_;
    AuditCheck out_;
};

}  // namespace brugwacht
