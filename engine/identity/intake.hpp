// The door: splits each mapped row into what may be known (store) and what is sealed (vault), counts what became of it, commits both.
// The only writer of persons. Files may come in any order; a reference may come before what it refers to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/identity/decisions.hpp"
#include "engine/identity/linking.hpp"
#include "engine/policy/minimisation.hpp"
#include "engine/store/store.hpp"
#include "engine/vault/vault.hpp"

namespace brugwacht {

class Tombstones;

struct IntakeSettings {
    bool gender = true;                                         // [privacy] gender: may gender stand in the store?
    std::string area = "municipality";                          // person field the area is made of: municipality, postcode, or "" for none
    std::vector<std::string> areas;                             // when given: the only areas, everything else is "andere"
    std::vector<std::string> evidence_sources;                  // persons of these that match nobody with a trajectory go at link
    std::map<std::string, LinkScope, std::less<>> link_scopes;  // of sources that may not be linked with everybody
    int keep_undo_days = 30;           // so long is kept what a run replaced, sealed, so that the run can be undone
    int keep_removed_days = 7;         // the same for runs that removed persons of evidence sources
    Tombstones* tombstones = nullptr;  // erased persons, who are not let in again; must outlive the intake
};

struct FileToRead {
    std::string source;
    std::string role = "caseload";
    std::string sha256;          // 32 bytes, of the whole file
    std::string name;            // sealed in the vault
    std::string mapping;         // name of the mapping
    std::string mapping_digest;  // changes when the mapping does
    bool complete = false;       // what the files of this source do not have any more is gone
    bool read_again = false;     // also when this very file was imported before
    bool compared = true;        // false: only a part of an earlier file, from which nothing is learnt about the source
    FieldFilter filter = {};     // what of its records may be kept
    std::int64_t corrects = 0;   // number in the store of the file whose rejected rows this one brings again; 0 = none
};

struct FileTicket {
    std::int64_t file = 0;        // number under which the file stands in store and vault
    std::uint32_t number = 0;     // within the run, from 1: Origin::file
    bool seen = false;            // this very file was imported before for that source and mapping: its rows need not be read again
    std::uint64_t seen_rows = 0;  // seen: rows it had, all counted as unchanged now
};

/// More of a file than its counts of rows.
struct FileReport {
    FileStatistics statistics;
    std::map<std::string, RecordChanges> changes;  // by entity
    std::uint64_t contested = 0;                   // values put right that the file has otherwise; counted as warnings COR-001
    DropCounts dropped;                            // what was not taken over, and why
};

/// What complete sources no longer have. `records` counts what is there by entity, `vanished` what is absent.
struct Vanishing {
    std::map<std::string, std::uint64_t> records, vanished;
    std::map<std::string, std::vector<std::int64_t>> ids;  // absent, by entity
};

struct FieldCorrection;

/// One run. Not thread-safe. Unless commit() is called, nothing stays (dry run).
class Intake {
  public:
    /// Begins run and batch; settles what an interrupted run left. Throws Error DB-xxx (DB-005, 75 when another program writes).
    Intake(Store& store, Vault& vault, const Keys& keys, IntakeSettings settings, std::int64_t started_at, std::string kind = "import");
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    std::int64_t run() const;

    FileTicket begin_file(const FileToRead& file);
    /// Name of a sheet of the current file, to be sealed.
    void sheet(std::uint32_t tab, std::string_view name);
    /// The records of one source row. Values are copied. What became of the row is known at end_file(). Throws Error STO-004 (70) on a
    /// collision of ids. False when it is rejected after all (IDN-001), which has then been counted.
    bool put(std::span<const Record> records, const Origin& origin);
    void reject(const Origin& origin, std::string_view code, std::uint32_t column /*from 1, 0 = the row*/, std::int64_t row_id = 0);
    void skip();
    void warn(std::string_view code, std::uint64_t count = 1);
    /// Something of the current file is not taken over: the field of the model ("" when there is none), and a word for the reason.
    void dropped(std::string_view field, std::string_view reason, std::uint64_t count = 1);

    // A remote source names its rows; the store remembers which records each of them made. A record goes when the last row that made it is
    // gone or makes it no more: withdrawn(). Records put outside of rows are not touched by this.

    /// What is put until end_row() is made by this row of this stream of the current file's source. `id` is the source's own, any bytes;
    /// only a keyed hash of it is kept. A row that comes twice in a run makes what it made last.
    void begin_row(std::string_view stream, std::string_view id);
    /// A row of which something was rejected since begin_row() also keeps what it made before.
    void end_row();
    /// The current file's source says that this row is gone. False when it was not known.
    bool withdraw_row(std::string_view stream, std::string_view id);
    std::int64_t row_hash(std::string_view source, std::string_view stream, std::string_view id) const;
    /// Compares a stream with a complete listing of its rows (row_hash(), any order). Rows that are missing for the first time are marked,
    /// for the second time in a row withdrawn, unless they are more than two and more than max_share (0..1) of the known rows, or the
    /// listing is empty: then the listing is not believed, and only tells which marked rows are there after all. Between files, or for the
    /// current one.
    Sweep sweep(std::string_view source, std::string_view stream, std::vector<std::int64_t> rows, double max_share);

    /// Counts of the file. A seen file of which nothing was put: all its rows unchanged.
    FileCounts end_file();

    /// Of the file that ended last.
    const FileReport& report() const;
    /// Of the same: rows and facts of erased persons that were not let in, and persons who may be such, by code (ERA-010, -011, -012).
    std::map<std::string, std::uint64_t> erased() const;
    /// Warnings of a file that ended before.
    void warn_of(std::int64_t file, std::string_view code, std::uint64_t count);
    /// Records of a complete source that none of its files in this run has, of the entities that they have.
    Vanishing vanishing(const std::string& source);
    /// Takes them out, persons with the facts that hang on them.
    void remove(const Vanishing& gone);

    /// Takes out what rows made before and no row makes any more, persons with the facts that hang on them, whoever made those; once the
    /// files of the run have been read, because a later row may make it again. link(), waiting() and commit() do it too. How many, by file
    /// and entity, in this run so far; also in FileRow::vanished. File 0: found by a sweep of a source of which the run has no file.
    const std::map<std::int64_t, std::map<std::string, std::uint64_t>>& withdrawn();

    /// Puts a value right that a source says otherwise, or lets the source's value stand again; the record is there, and `origin` is where
    /// the store says that it was read. link() then takes it into persons, areas and ages.
    void correct(const FieldCorrection& correction, const Provenance& origin);
    void withdraw_correction(const FieldCorrection& correction, const Provenance& origin);

    void bookmark(std::string_view source, std::string_view name, std::string_view value);

    /// Recognises persons and gives them ids, areas, ages (linking.hpp). Also for what earlier runs brought.
    LinkSummary link(LinkReport* report = nullptr, bool whole = false);
    /// What somebody decided about two records; link() comes after it.
    void decide(const Decision& decision);

    /// References of all runs whose record is not there yet.
    std::uint64_t waiting();
    /// Vault first, then store, then the vault forgets what was replaced. Throws Error DB-xxx; then nothing of this run stays in the store.
    void commit();
    void rollback();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The vault lets go of what the store keeps no images of any more.
void drop_expired_images(Store& store, Vault& vault);

/// One person record and the person it belongs to.
struct PersonKey {
    std::int64_t record = 0;
    std::string person_id;   // 32 hex digits
    std::string source_key;  // "source:key"
};

/// All person records, sorted by source_key bytewise. Needs the vault: `persons` in results, and the clusters of `link`.
std::vector<PersonKey> person_keys(const StoreReader& store, Vault& vault);

/// How a record is named inside: every reference is a keyed hash of source, entity and key, so that no look-up is needed.
class RecordIds {
  public:
    explicit RecordIds(const HashKey& key) : key_(key) {}
    /// 1 .. 2^63-1.
    std::int64_t id(std::string_view source, Entity entity, std::string_view key) const;
    /// The same for what is no record: a household.
    std::int64_t group(std::string_view source, std::string_view what, std::string_view text) const;
    /// The same for a row of a remote source.
    std::int64_t row(std::string_view source, std::string_view stream, std::string_view id) const;
    /// The key as it may stand in the store: itself when it is plain, else "h_" + 16 hex digits.
    std::string shown_key(std::string_view source, Entity entity, std::string_view key) const;
    /// "h_" + 16 hex digits, for what never stands in the store as it is.
    std::string hashed_key(std::string_view source, std::string_view what, std::string_view key) const;

  private:
    HashKey key_;
};

}  // namespace brugwacht
