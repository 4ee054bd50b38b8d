// Writing the minimised facts. One transaction a run: everything or nothing. What may come in here is decided by identity/intake;
// this room keeps the schema, provenance, counts and the change detection.
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

#include "engine/core/hash.hpp"
#include "engine/core/model.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

class Database;

/// What became of a source row, in rising rank: a row is what the highest of its records is.
enum class RowState : std::uint8_t { None, Duplicate, Unchanged, Changed, New };

inline constexpr std::size_t kMaxCells = 13;

/// One record ready for its table. Its given cells stand in FactBatch::cells from cells_at on, in the order of fact_columns(entity); bit i
/// of `present` says that column i is given. Integers, dates (days), codes and references as they are, reals by bit_cast, texts by
/// add_text().
struct FactRow {
    std::int64_t id = 0;
    std::uint64_t row = 0;
    std::int64_t key = 0;  // text
    std::uint32_t tab = 0;
    std::uint32_t row_index = 0;  // of the source row in its file, from 0
    std::uint32_t present = 0;
    std::uint32_t cells_at = 0;
    bool fill_only = false;  // came later in the same file: may only fill blanks
};

/// Records of one entity from one file.
struct FactBatch {
    std::vector<FactRow> rows;
    std::vector<std::int64_t> cells;
    std::string texts;

    std::int64_t add_text(std::string_view text) {
        const auto cell = static_cast<std::int64_t>((texts.size() << 24) | text.size());
        texts.append(text);
        return cell;
    }
    std::string_view text(std::int64_t cell) const {
        const auto bits = static_cast<std::uint64_t>(cell);
        return std::string_view(texts).substr(bits >> 24, bits & 0xffffff);
    }
    std::size_t bytes() const { return rows.size() * sizeof(FactRow) + cells.size() * sizeof(std::int64_t) + texts.size(); }
    void clear() {
        rows.clear();
        cells.clear();
        texts.clear();
    }
};

struct PersonFact {
    std::int64_t id = 0;
    Provenance origin;
    std::optional<std::int64_t> gender;     // code
    std::optional<std::int64_t> household;  // keyed hash
    std::array<std::uint8_t, 16> person_id{};
};

enum class Linked : std::uint8_t { Never = 0, Yes = 1, ChangedSince = 2 };

struct LinkFact {
    std::int64_t id = 0;
    std::array<std::uint8_t, 16> person_id{};
    Linked linked = Linked::Never;
    std::int64_t brought_at = 0;               // UTC seconds: start of the run that brought it as it is now
    std::optional<std::int64_t> gender, area;  // codes
};

/// How persons were recognised in a run.
struct Linking {
    bool whole = true;                // every pair was weighed
    std::uint64_t records = 0;        // that were linked
    std::uint64_t whole_records = 0;  // that were linked in the last run that weighed every pair
    std::string settings;             // digest of what linking was told
    std::string model;                // its parameters
};

/// What taking a run back did, in records of the store.
struct TakenBack {
    std::uint64_t removed = 0;   // came with the run and are gone
    std::uint64_t restored = 0;  // stand again as before the run
};

/// A run, seen by who wants to undo it.
struct RunState {
    std::string kind;
    std::int64_t started_at = 0;
    std::optional<std::int64_t> undone_by;
    bool kept = false;  // all that the run replaced is still kept
};

/// What stood in one file, as counts: how many records, which fields were filled, which codes occurred. Nothing personal.
struct FileStatistics {
    struct OfEntity {
        std::uint64_t records = 0;
        std::uint64_t future = 0;  // dates after the day of the import that can only have been before it
    };
    std::map<std::string, OfEntity> entities;             // "event"
    std::map<std::string, std::uint64_t> filled;          // "event.club"
    std::map<std::string, std::set<std::int64_t>> codes;  // "event.reason": numbers of codes
};

/// What became of the records of one entity, and which of their fields changed.
struct RecordChanges {
    struct Field {
        std::uint64_t count = 0;
        std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> codes;  // coded fields: old and new, 0 = blank
    };
    std::uint64_t fresh = 0, changed = 0;
    std::map<std::string, Field> fields;  // "reason"
};

struct NewFile {
    std::string source, role, sha256 /*32 bytes*/, mapping, mapping_digest;
    std::int64_t corrects = 0;  // file whose rejected rows this one brings again
};

/// A file of an earlier run.
struct KnownFile {
    std::int64_t id = 0, corrects = 0;
    std::string source, mapping, sha256 /*32 bytes*/;
};

/// A rejected row that nothing settled yet. row_id: keyed hash of the keys of its records.
struct OpenReject {
    std::int64_t id = 0, row_id = 0;
};

/// A record as a row of a remote source makes it.
struct MadeRecord {
    Entity entity = Entity::Person;
    std::int64_t id = 0;
    friend auto operator<=>(const MadeRecord&, const MadeRecord&) = default;
};

/// Rows of remote sources as they were read now. What a row made stands in RowBatch::made from made_at on.
struct RowBatch {
    struct Row {
        std::int64_t stream = 0;  // Store::stream_id
        std::int64_t row = 0;     // keyed hash of source, stream and the id there
        std::uint32_t made_at = 0;
        std::uint32_t made_count = 0;
        bool keeps = false;  // not all of it could be read: what it made before stays its own
    };
    std::vector<Row> rows;
    std::vector<MadeRecord> made;

    void clear() {
        rows.clear();
        made.clear();
    }
};

/// What comparing a stream with a complete listing of its ids did. Numbers of rows.
struct Sweep {
    std::uint64_t known = 0;            // before
    std::uint64_t missing = 0;          // of these, not in the listing
    std::uint64_t gone = 0;             // of the missing, for the second time in a row: taken out
    std::uint64_t back = 0;             // in the listing again after one that did not have them
    bool refused = false;               // too many are missing to believe it: none was marked or taken out
    std::vector<std::int64_t> unknown;  // in the listing, never read; the first few thousand
};

class Store {
  public:
    /// Opens or creates (mode 0600), migrates an older schema. Throws Error DB-xxx, STO-001 (78) when the store is of a newer version.
    static Store open(const std::filesystem::path& store_db);
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    /// True when the run with this tag was committed here: the question by which the vault settles its batches.
    bool has_batch(std::int64_t run, std::int64_t tag);
    const std::filesystem::path& path() const;
    /// Pages of the database that are kept in memory at most: 256 MiB unless told. For who writes little at a time.
    void limit_cache(int mebibytes);

    /// Opens the one transaction of a run and gives its number. `fingerprint_key` detects changes. Throws Error DB-005 (75) when another
    /// program writes.
    std::int64_t begin_run(std::string_view kind, std::int64_t started_at, std::int64_t tag, const HashKey& fingerprint_key);
    void commit();
    void rollback();

    /// Rows of the file when it was imported before for this source and mapping.
    std::optional<std::uint64_t> seen_rows(const NewFile& file);
    /// Gives its number in the store.
    std::int64_t add_file(const NewFile& file, std::uint32_t number);
    /// Throws Error DB-006 when the counts do not add up.
    void set_counts(std::int64_t file, const FileCounts& counts);
    /// `row_id`: keyed hash of the keys of its records, 0 = none could be made.
    void add_reject(std::int64_t file, std::uint32_t tab, std::uint64_t row, std::uint32_t column, std::string_view code,
                    std::int64_t row_id = 0);

    /// By the number of its run and its number within it.
    std::optional<KnownFile> known_file(std::int64_t run, std::uint32_t number);
    std::optional<KnownFile> known_file(std::int64_t id);
    /// Open rejects of a source that have a row_id, newest first, at most so many.
    std::vector<OpenReject> open_rejects(std::string_view source, std::size_t at_most);
    /// What became of a rejected row. One that is settled stays as it is.
    void settle_reject(std::int64_t id, RejectState state);
    void settle_reject(std::int64_t file, std::uint32_t tab, std::uint64_t row, RejectState state);
    /// How often generated keys occurred in a sheet, for the rows that come back corrected: bytes of the caller's making.
    void add_repeats(std::int64_t file, std::uint32_t tab, std::string_view counts);
    std::optional<std::string> repeats(std::int64_t file, std::uint32_t tab);
    /// Forgets those of runs that began before that moment.
    void drop_repeats(std::int64_t started_before);

    /// Values of a field of the model (or of none) that were not taken over, and why; adds up.
    void add_dropped(std::int64_t file, std::string_view field, std::string_view reason, std::uint64_t count);
    void add_warning(std::int64_t file, std::string_view code, std::uint64_t count);
    void add_statistics(std::int64_t file, const FileStatistics& statistics);
    void set_bookmark(std::string_view source, std::string_view name, std::string_view value);
    std::optional<std::string> bookmark(std::string_view source, std::string_view name);
    /// Gives every bookmark, also those that a run replaced, the value that `renewed` makes of source, name and value; nothing = it stays.
    /// A transaction of its own, never within a run. How many.
    std::uint64_t renew_bookmarks(
        const std::function<std::optional<std::string>(std::string_view source, std::string_view name, const std::string& value)>& renewed);
    /// Gives every linked person the pseudonym (16 bytes) that `renamed` makes of the old one, wherever it stands. A transaction of its
    /// own, which also notes `link_version`; nothing to do when that version stands there. How many persons.
    std::uint64_t rename_persons(std::int64_t link_version, const std::function<std::string(std::string_view)>& renamed);
    /// Writes the file anew, without what was deleted or replaced. Never within a run.
    void compact();
    std::int64_t source_id(std::string_view name, std::string_view role);
    /// Number of a code; made when new.
    std::int64_t code(std::string_view text);

    /// Writes a batch and raises states[row_index] of every row. Ids of new or changed records are added to `touched` when
    /// given. Throws Error STO-004 (70) when an id is taken by another record.
    void write(Entity entity, std::int64_t file, FactBatch& batch, std::vector<RowState>& states, std::vector<std::int64_t>* touched);
    /// Adds a person or updates what its source says; the linked person stays.
    void write_person(const PersonFact& person);

    /// Persons as linked so far, by id.
    std::vector<LinkFact> links();
    /// Writes person_id and `linked`. The id that the record had before, when it was linked, still leads to it
    /// (StoreReader::former_bearers).
    void set_link(const LinkFact& before, const LinkFact& now);
    /// The current run wrote what every later linking leans on, beside persons and trajectories: decisions in the vault.
    void note_decisions();
    /// The last linking that was not undone.
    std::optional<Linking> last_linking();
    /// Of the current run.
    void add_linking(const Linking& linking);
    void set_person(std::int64_t id, std::optional<std::int64_t> gender, std::optional<std::int64_t> area);
    /// Deletes persons and the facts that hang on them; undoing the run brings them back.
    void remove_persons(const std::vector<std::int64_t>& ids);
    /// The same for an erasure: no undo of any run can bring these persons, or what hung on them, back.
    void erase_persons(const std::vector<std::int64_t>& ids);

    // Erasing outside of a run: what an erasure did not come to, and what an older copy of this store does not know.

    /// Takes the write lock, as a run does, until end_erasures() or rollback(). Throws Error DB-005 (75) when another program writes.
    void begin_erasures();
    /// Every person record that anything here names, also what is kept to take a run back. Sorted.
    std::vector<std::int64_t> mentioned_persons();
    /// Trajectories that something hangs on and that are not here. Sorted.
    std::vector<std::int64_t> absent_trajectories();
    /// Deletes for ever what hangs on these trajectories; an activity stays, without its trajectory.
    void erase_hanging(const std::vector<std::int64_t>& trajectories);
    /// Commits. From now on this store has seen so many erasures.
    void end_erasures(std::int64_t applied);
    std::int64_t erasures_applied();
    /// After an erasure: nothing of it stays in free pages or in the journal. Throws as scrub().
    void scrub();
    /// Trajectories of these person records. Sorted.
    std::vector<std::int64_t> trajectories_of(const std::vector<std::int64_t>& persons);

    // Restriction: kept, not processed, not reported. It stays with the record whatever becomes of runs and links.

    /// `since` in days. Those that are restricted already become of this kind.
    void restrict_persons(const std::vector<std::int64_t>& ids, RestrictionKind kind, std::int64_t since);
    /// How many of them were restricted.
    std::uint64_t lift_restriction(const std::vector<std::int64_t>& ids);

    /// id, person record, start in days, age at the start as it stands; all trajectories by id.
    struct Start {
        std::int64_t id = 0, person = 0, start = 0;
        std::optional<std::int64_t> age;
        bool age_uncertain = false;
    };
    std::vector<Start> starts();
    void set_age(std::int64_t trajectory, std::optional<int> age, bool uncertain);
    /// References whose record is not there; also forgets those that have come since.
    std::uint64_t waiting();
    /// Earlier runs brought persons or trajectories and were stopped before these were linked.
    bool link_due();

    /// By entity, since it was last asked.
    std::map<std::string, RecordChanges> take_changes();
    std::string code_text(std::int64_t code);

    // Comparing imports of one source with each other. Runs that were undone do not count.

    /// Filled fields and records of an entity ("" = all of them) in the last run before the current one that read it for this source and
    /// mapping.
    std::optional<FileStatistics> statistics_before(std::string_view source, std::string_view mapping, std::string_view entity);
    /// Codes that occurred in a field of this source before the current run.
    std::set<std::int64_t> codes_before(std::string_view source, std::string_view field);
    std::uint64_t waiting_before();
    /// What this run brought is not published until it is accepted, undone, or followed by an import that gives no such reason.
    void hold(std::string_view source, std::string_view mapping, std::string_view entity, std::string_view code);
    /// Accepts what is held of a source; a transaction of its own. How many there were.
    std::uint64_t accept(std::string_view source, std::int64_t at);
    /// Ids of a source's records of one entity.
    std::vector<std::int64_t> ids_of(std::string_view source, Entity entity);
    /// Removes records that are no persons; undoing the run brings them back.
    void remove_records(Entity entity, const std::vector<std::int64_t>& ids);
    void set_vanished(std::int64_t file, std::uint64_t count);

    // Rows of remote sources: which records each of them made. Records put outside of rows are none of their business.

    /// Number of a stream of a source; made when new.
    std::int64_t stream_id(std::string_view source, std::string_view stream);
    /// Writes what rows make now; they lose the mark of a sweep. Adds to `dropped` what a row made before and does not make now. A row
    /// that comes twice is as it came last.
    void write_rows(std::int64_t file, const RowBatch& batch, std::vector<MadeRecord>& dropped);
    /// Forgets a row. False when it was not known.
    bool remove_row(std::string_view source, std::string_view stream, std::int64_t row, std::vector<MadeRecord>& dropped);
    /// Compares a stream with all ids that there are at the source (hashes of rows, sorted). Rows that are missing are marked with `now`
    /// (UTC seconds), marked ones are forgotten, those that are back lose the mark; but when more than max_share (0..1) of the known rows
    /// are missing, or the listing is empty, none is marked or forgotten.
    Sweep sweep(std::string_view source, std::string_view stream, const std::vector<std::int64_t>& listed, double max_share,
                std::int64_t now, std::vector<MadeRecord>& dropped);
    /// Of these records those that are there and that no row makes, sorted. One pass over all rows.
    std::vector<MadeRecord> without_row(const std::vector<MadeRecord>& records);

    // Taking a run back. What a run changes is kept as it was, until expire_images().

    /// The current run leaned on what an earlier one wrote, or the vault keeps what this run replaced there.
    void met_run(std::int64_t run);
    /// The current run also leaned on what earlier runs of this source do not have.
    void met_source(std::string_view source);
    void note_vault_images();
    std::optional<RunState> run_state(std::int64_t run);
    /// Later runs, oldest first, that found or changed what this one wrote: they must be undone first.
    std::vector<std::int64_t> blockers(std::int64_t run);
    /// Persons of whom this run changed or removed something.
    std::vector<std::int64_t> persons_before(std::int64_t run);
    /// The store as if `run` had never been, by the current run, and the run marked as undone. To be asked only without blockers.
    TakenBack take_back(std::int64_t run);
    /// Lets go of what runs begun before `begun_before` replaced; runs that removed persons have a moment of their own. UTC seconds.
    void expire_images(std::int64_t begun_before, std::int64_t removals_begun_before);

  private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
