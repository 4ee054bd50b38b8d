// Who was erased must stay so when a source brings her again, and when an older copy of a database is put back. What is needed for that
// stands in erasures.db, a small file of its own: keyed hashes under a key of their own, nothing that could be read back, and an end date.
// Sources: privacy.md 4.2; C-413/23 P (to the holder of the key these hashes stay personal data).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/vault/keys.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

/// Is this record an erased person who comes back?
enum class Return : std::uint8_t {
    No,
    Possible,  // somebody must say: twins and namesakes must never be dropped unseen
    Certain,   // not let in
};

/// What gave the answer, the strongest there is.
enum class ReturnReason : std::uint8_t {
    None,
    Key,       // the key of a source: certain
    TwoKeys,   // name and birth date, and e-mail address or phone: certain
    Name,      // name and birth date only
    Spelling,  // nearly the same name or birth date
    Contact,   // e-mail address and phone, of a record without name or birth date to compare
};
/// "key", "two_keys", "name", "spelling", "contact"
std::string_view name(ReturnReason reason);

struct Recognised {
    Return verdict = Return::No;
    ReturnReason reason = ReturnReason::None;
    std::int64_t erasure = 0;  // number of the erasure
};

/// How long an erasure is honoured: the later of the two, to the end of that calendar year, so that the date tells no birth date.
struct TombstoneTerm {
    int years = 10;                // after the erasure
    int years_after_majority = 0;  // after the eighteenth birthday, when it is known
};

class Tombstones {
  public:
    /// The file is made by the first erasure; until then there are none. Throws Error DB-xxx, ERA-002 (78) newer version, ERA-003 (77) the
    /// key does not open this file.
    static Tombstones open(const std::filesystem::path& erasures_db, const Keys& keys);
    Tombstones(Tombstones&&) noexcept;
    Tombstones& operator=(Tombstones&&) noexcept;
    ~Tombstones();

    /// None that would have to be honoured.
    bool empty() const;
    /// Erasures that are honoured now.
    std::uint64_t size() const;
    /// Number of the last erasure, also of one whose term has passed.
    std::int64_t last() const;

    /// Number of the erasure that this person record, or trajectory, went with; 0 = none. By the ids of the store.
    std::int64_t erasure_of_record(std::int64_t id) const;
    std::int64_t erasure_of_trajectory(std::int64_t id) const;
    /// The same by the name of a person record in its source.
    std::int64_t erasure_of_key(std::string_view source, std::string_view key) const;
    /// All that a person record says, against all erasures.
    Recognised recognise(const Identity& identity) const;

    /// One person with all her records and their trajectories. Committed at once: from here on the erasure will be carried out, whatever
    /// happens. Gives its number. `same_as`: the number of an earlier erasure of the same person, which this one adds to.
    std::int64_t add(const std::vector<Identity>& records, const std::vector<std::int64_t>& trajectories, Date today,
                     const TombstoneTerm& term, std::int64_t same_as = 0);
    /// The same person under another name in a source, or another trajectory of hers.
    void add_to(std::int64_t erasure, const std::vector<Identity>& records, const std::vector<std::int64_t>& trajectories);
    /// Somebody looked: this record is another person. It is let in from now on, and nobody is asked again.
    void keep(std::string_view source, std::string_view key, std::int64_t erasure);

    /// Erasures of which databases or files are not known to be clean yet.
    std::vector<std::int64_t> unfinished() const;
    void finish(const std::vector<std::int64_t>& erasures);
    /// Forgets those whose term has passed, or would: `forget` false only counts them.
    std::uint64_t expire(Date today, bool forget);

  private:
    struct Impl;
    explicit Tombstones(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
