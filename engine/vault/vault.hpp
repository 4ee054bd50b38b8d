// Identities, sealed: one AES-256-GCM blob for each person record under its own random key, that key sealed under a key derived from the
// master. Nothing here is readable without the key file; a flipped bit or a blob moved to another row is refused.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/vault/keys.hpp"

namespace brugwacht {

/// One person record as its source gave it. `values` are in the order of entity_def(Entity::Person).fields; values[0] is the source's key.
struct Identity {
    std::int64_t id = 0;  // record id, as in the store
    std::string source;
    std::array<std::string, kMaxFields> values;
    std::string token;  // 32 bytes: equal for equal names and birth date; "" when there is not enough to compare
};

/// What was put into fields of one person in the system that her record came from, and stands there as far as is known.
struct WrittenBack {
    std::int64_t id = 0;  // record id, as in the store; the person herself may be gone from it
    std::string source;
    std::string key;                            // of the record in that system
    std::map<std::string, std::string> values;  // field -> text; "" = something, not known what
};

/// What is noted about one person record, or about a pair of them.
enum class NoteKind : std::uint8_t {
    Decision = 1,    // of a person who compared two records
    Correction = 2,  // of a field, on request of the person herself
    LookUp = 3,      // who looked, and why
    Request = 4,     // of a data subject
    Return = 5,      // may be the return of an erased person
};

/// Sealed, append-only. `a` and `b` are record ids; b is 0 when the note is about one record, and a < b when it is about two.
struct Note {
    std::int64_t sequence = 0;  // from 1, in the order of writing
    NoteKind kind = NoteKind::Decision;
    std::int64_t a = 0, b = 0;
    std::int64_t run = 0;  // that wrote it; 0 = none
    std::string text;      // bytes of the writer's making
};

/// What has a sealed name besides persons.
enum class NameKind : std::uint8_t { Worker = 1, File = 2, Sheet = 3 };

class Vault {
  public:
    /// Opens or creates. Throws Error DB-xxx, VLT-001 (78) newer version, VLT-002 (77) this key does not open this vault, VLT-004
    /// (77) the ring of keys is not the one that its ids were made with.
    static Vault open(const std::filesystem::path& vault_db, const Keys& keys);
    ~Vault();
    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;

    /// Pages of the database that are kept in memory at most: 128 MiB unless told.
    void limit_cache(int mebibytes);

    /// Removes what a run left behind whose store commit never came, and finishes what a committed run began. `committed` answers for
    /// (run, tag).
    void reconcile(const std::function<bool(std::int64_t run, std::int64_t tag)>& committed);

    /// One batch at a time; everything written until commit() carries the run and its tag. A batch that takes back an earlier run writes
    /// nothing but that intent: settle() carries it out, so that a crash before the store's commit leaves all as it was.
    void begin(std::int64_t run, std::int64_t tag, std::optional<std::int64_t> takes_back = std::nullopt);
    void commit();
    void rollback();
    /// After the store committed the same run. What the run replaced stays sealed beside its new version until keep_images().
    void settle(std::int64_t run);
    /// Lets go of what the runs replaced for which `keeps` is false.
    void keep_images(const std::function<bool(std::int64_t run)>& keeps);
    /// Runs that wrote what fingerprint(), person() and name() of a worker found since the last begin().
    const std::set<std::int64_t>& met() const;
    /// True when the person is here, or would be once `run` is taken back. False after an erasure.
    bool can_return(std::int64_t id, std::int64_t run);

    /// Fingerprint of the newest version, or nothing when the record is not known.
    std::optional<std::uint64_t> fingerprint(std::int64_t id);
    void put(const Identity& identity, std::uint64_t fingerprint);
    /// Throws Error VLT-003 (65) when the row was tampered with.
    std::optional<Identity> person(std::int64_t id);
    /// Every person record once, newest version, by id.
    void each(const std::function<void(const Identity&)>& visit);
    /// Takes persons out as part of the open batch; taking the run back brings them back.
    void withdraw(const std::vector<std::int64_t>& ids);
    /// Removes all versions of these persons with their data keys, for ever; part of the open batch, or a transaction of its own.
    void remove(const std::vector<std::int64_t>& ids);

    /// Names of sheets: id = file id * 1000 + sheet number.
    void put_name(NameKind kind, std::int64_t id, std::string_view name);
    std::optional<std::string> name(NameKind kind, std::int64_t id);
    std::uint64_t size();

    // Erasures: an older copy of this file that is put back has seen fewer than erasures.db knows.

    /// Every person record here, also of versions kept to take a run back. Sorted.
    std::vector<std::int64_t> ids();
    std::int64_t erasures_applied();
    void set_erasures_applied(std::int64_t number);
    /// Nothing removed stays in free pages or in the journal. Throws as scrub().
    void scrub();

    // What was written back stays known until it is taken back there, also when the person is gone here: undoing a run or removing a person
    // does not touch it.

    /// Remembers it in place of what was known of that record, at once; no values: forgets the record. Never part of a batch.
    void set_written(const WrittenBack& written);
    /// All that is known of a source, by record id. Throws Error VLT-003 (65) when a row was tampered with.
    std::vector<WrittenBack> written(std::string_view source);

    /// Adds a note, as part of the open batch (undoing its run takes it away) or at once. Returns its sequence number.
    std::int64_t add_note(NoteKind kind, std::int64_t a, std::int64_t b, std::string_view text);
    /// In the order of writing. Throws Error VLT-003 (65) when a row was tampered with.
    std::vector<Note> notes(NoteKind kind);
    /// Those in which the record is `a` or `b`, of every kind.
    std::vector<Note> notes_about(std::int64_t record);
    /// Takes one note away for ever; remove() takes those about the persons it removes.
    void remove_note(std::int64_t sequence);

    // For `key`; never within a batch.

    /// Seals anew, under the next master key of the keys that this was opened with, what is sealed under another version. One transaction.
    /// How many texts. Throws Error VLT-003 (65) when a row was tampered with; then nothing has changed.
    std::uint64_t reseal();
    /// Sealed texts by version of the master key.
    std::map<int, std::uint64_t> key_versions();
    /// Gives all versions of all persons the token that `token_of` makes, in one transaction that also notes `link_version`; nothing to do
    /// when that version stands there. Persons without a token stay so.
    void make_tokens(int link_version, const std::function<std::string(const Identity&)>& token_of);
    /// Writes the file anew, without what was deleted or replaced.
    void compact();

  private:
    struct Impl;
    explicit Vault(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
