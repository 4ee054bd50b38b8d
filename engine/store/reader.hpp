// The minimised facts, read-only: all that rules and tallies may ever see. No name, birth date, address or source key of a person is in
// here. Cursors stream a whole table in the order of its ids (keyed hashes: no meaning, but always the same). Needs no key and no vault.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"

namespace brugwacht {

/// Where the current values of a record were read. File names are sealed in the vault under the same number.
struct Provenance {
    std::int64_t file = 0;  // FileRow::id; its run and source are there
    std::uint32_t tab = 0;  // from 1
    std::uint64_t row = 0;  // from 1
};

// Codes (type, reason, strategy ...) and sources live as long as the reader; keys and labels live until the next call of next().
// "" = absent; an id of 0 = no reference; an absent date, number or flag is an empty optional.

struct SourceRow {
    std::int64_t id = 0;
    std::string name;
    std::string role;  // "caseload" or "evidence"
};

struct PersonRow {
    std::int64_t id = 0;  // the person record
    std::string_view source;
    std::string person_id;  // 32 hex digits: the linked person, shared by all records of one person
    std::string_view gender;
    std::string_view area;       // of a list of at most 12
    std::int64_t household = 0;  // keyed hash, equal inside one source
    Provenance origin;
};

struct ClubRow {
    std::int64_t id = 0;
    std::string_view source, key, name, kind, side, vcode, municipality;
    std::optional<std::int64_t> places;
    std::optional<Date> engagement_signed_on, naming_agreed_on;
    Provenance origin;
};

struct WorkerRow {
    std::int64_t id = 0;
    std::string_view source, key, employer;
    Provenance origin;
};

struct EmploymentRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::int64_t worker = 0;
    std::optional<Date> from, to;
    std::optional<double> percent;
    Provenance origin;
};

struct TrajectoryRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::int64_t person = 0;  // person record, whether it is known or not
    std::string person_id;    // 32 hex digits, "" when that record is not known (yet)
    std::int64_t worker = 0;
    Date start;
    std::optional<int> age;      // completed years at the start
    bool age_uncertain = false;  // the birth date was a year, a month, or the first of January
    std::string_view strategy, referrer_kind;
    std::string_view needs, barriers;  // codes joined with |
    Provenance origin;
};

struct EventRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::int64_t trajectory = 0, person = 0, club = 0;  // whether that record is known or not
    bool any_club = false;                              // club was given as *
    Date date;
    std::optional<Date> to, recorded_on;
    std::string_view type, reason, answer, kind;
    std::optional<int> year;  // first calendar year of the working year
    Provenance origin;
};

struct ActivityRow {
    std::int64_t id = 0;
    std::string_view source, key;
    Date date;
    std::optional<std::int64_t> minutes, participants;
    std::string_view kind, strategy, criterion, counterpart_kind, side;
    std::string_view counterpart;  // "h_" + 16 hex digits, equal for the same counterpart in one source
    std::optional<bool> first_contact;
    std::int64_t trajectory = 0, worker = 0;
    Provenance origin;
};

struct ResultRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::optional<Date> date;
    std::string_view kind, status;
    Provenance origin;
};

struct SignalRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::optional<Date> date, answered_on;
    std::string_view theme, addressee, status;
    Provenance origin;
};

struct FactorRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::optional<Date> date;
    std::string_view side, factor;
    std::optional<double> score;
    std::int64_t worker = 0;
    Provenance origin;
};

struct GoalRow {
    std::int64_t id = 0;
    std::string_view source, key;
    std::string_view indicator, period;
    std::optional<double> target;
    std::optional<Date> agreed_on;
    Provenance origin;
};

/// Source rows of one file, by what became of them. read is always the sum of the others.
struct FileCounts {
    std::uint64_t read = 0, fresh = 0, changed = 0, unchanged = 0, duplicate = 0, rejected = 0, skipped = 0;
    friend bool operator==(const FileCounts&, const FileCounts&) = default;
};

struct RunRow {
    std::int64_t id = 0;          // 1, 2, 3 ...
    std::string kind;             // "import", "link" ...
    std::int64_t started_at = 0;  // UTC seconds
    std::optional<std::int64_t> undone_by;
    std::optional<std::int64_t> undoes;       // kind "undo": the run it took back
    std::uint64_t removed = 0, restored = 0;  // kind "undo": records that went, and that stand again as before
};

struct FileRow {
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::uint32_t number = 0;  // within the run, from 1
    std::string source, mapping;
    std::string sha256;  // 64 hex digits
    FileCounts counts;
    std::uint64_t vanished = 0;  // records that a complete source no longer has
    std::int64_t corrects = 0;   // file whose rejected rows this one brings again; 0 = none
};

/// What became of a rejected row: nothing yet, it came in later, or it was rejected once more and that reject stands for it.
enum class RejectState : std::uint8_t { Open = 0, Resolved = 1, Replaced = 2 };

struct RejectRow {
    std::int64_t run = 0, file = 0;
    std::uint32_t tab = 0;
    std::uint64_t row = 0;
    std::uint32_t column = 0;  // from 1; 0 = the row as a whole
    std::string code;
    RejectState state = RejectState::Open;
};

/// Rejected rows of a file with the same fault, column and fate.
struct RejectTotal {
    std::int64_t file = 0;
    std::uint32_t column = 0;  // from 1; 0 = the row as a whole
    std::string code;
    RejectState state = RejectState::Open;
    std::uint64_t count = 0;
};

/// Rows of one stream of a remote source.
struct StreamRows {
    std::string source, stream;
    std::uint64_t known = 0;
    std::uint64_t missing = 0;  // of these, not in the source's last listing of ids
};

/// A person record, with the row of a stream (keyed hash of source, stream and the id there) that made it.
struct StreamPerson {
    std::int64_t row = 0, person = 0;
};

struct WarningRow {
    std::int64_t run = 0, file = 0;
    std::string code;
    std::uint64_t count = 0;
};

/// What a file had and was not taken over: counts, no value.
struct DroppedRow {
    std::int64_t run = 0, file = 0;
    std::string source;
    std::string field;   // "event.reason", or "" when there is no field
    std::string reason;  // word of a closed list
    std::uint64_t count = 0;
};

/// Why what a source brought must not be published unseen.
struct HoldRow {
    std::int64_t run = 0;
    std::string source, mapping, entity, code;
};

/// Rejected rows of a file, counted by rule.
struct RejectCount {
    std::int64_t file = 0;
    std::string code;
    std::uint64_t count = 0;
};

/// Why nothing of a person is processed: she asked to restrict it, or she objected.
enum class RestrictionKind : std::uint8_t { Restricted = 1, Objected = 2 };

/// One record of a person of whom nothing is processed.
struct RestrictionRow {
    std::int64_t person = 0;  // person record
    RestrictionKind kind = RestrictionKind::Restricted;
    Date since;
};

/// Persons of whom nothing may be processed are left out unless somebody asks for them on purpose.
enum class Restricted : std::uint8_t { LeftOut, Included };

/// Streams one table. Usage: `EventRow row; auto events = reader.events(); while (events.next(row)) ...`
/// Must not outlive its reader.
template <class Row>
class Cursor {
  public:
    struct Impl;
    explicit Cursor(std::unique_ptr<Impl> impl);
    ~Cursor();
    Cursor(Cursor&&) noexcept;
    Cursor& operator=(Cursor&&) noexcept;
    /// False at the end; `row` is then unspecified. Throws Error DB-xxx.
    bool next(Row& row);

  private:
    std::unique_ptr<Impl> impl_;
};

class StoreReader {
  public:
    struct Impl;
    /// Sees the store as it is now until it goes, whatever others write meanwhile.
    /// Persons who asked for restriction or objected are left out, with their trajectories and events; an activity stays, without its
    /// trajectory. Throws Error DB-xxx, STO-001 (78) when the store is of a newer version, STO-002 (78) when it must be migrated first,
    /// ERA-001 (75) when it is an older copy that still holds erased persons.
    static StoreReader open(const std::filesystem::path& store_db, Restricted restricted = Restricted::LeftOut);
    ~StoreReader();
    StoreReader(StoreReader&&) noexcept;
    StoreReader& operator=(StoreReader&&) noexcept;

    const std::vector<SourceRow>& sources() const;  // sorted by name, bytewise
    Cursor<PersonRow> persons() const;
    Cursor<ClubRow> clubs() const;
    Cursor<WorkerRow> workers() const;
    Cursor<EmploymentRow> employments() const;
    Cursor<TrajectoryRow> trajectories() const;
    Cursor<EventRow> events() const;
    Cursor<ActivityRow> activities() const;
    Cursor<ResultRow> results() const;
    Cursor<SignalRow> signals() const;
    Cursor<FactorRow> factors() const;
    Cursor<GoalRow> goals() const;

    std::vector<RunRow> runs() const;                                // oldest first
    std::vector<FileRow> files() const;                              // by run and number
    std::vector<RejectRow> rejects(std::int64_t run) const;          // by file, tab, row, column
    std::vector<RejectTotal> reject_totals(std::int64_t run) const;  // by file, code, column, state
    std::vector<RejectCount> reject_counts(std::int64_t run) const;
    std::vector<WarningRow> warnings(std::int64_t run) const;
    std::vector<DroppedRow> dropped() const;      // by file, field and reason
    std::vector<StreamRows> stream_rows() const;  // of streams that have any; by source and stream
    /// Persons that rows of this stream of this source made, whether the record stands here or still waits to be read.
    std::vector<StreamPerson> stream_persons(std::string_view source, std::string_view stream) const;
    /// Not accepted, not undone, and not followed by an import of the same that gives no such reason. By source, run, entity and code.
    std::vector<HoldRow> open_holds() const;
    /// By record, whoever opened the reader how.
    std::vector<RestrictionRow> restrictions() const;
    /// Linked persons of whom nothing is processed.
    std::uint64_t restricted_people() const;
    /// References whose record has not been read yet.
    std::uint64_t waiting() const;
    /// Somebody brought persons or trajectories and was stopped before they were linked.
    bool link_due() const;
    /// Person records that bore this person id (32 hex digits) before they were joined with others or parted from them; by id.
    std::vector<std::int64_t> former_bearers(std::string_view person_id) const;
    /// Rows of a table by entity name ("person", "event" ...).
    std::uint64_t count(std::string_view entity) const;
    /// Id of the record with this key as it stands in the store; nothing when there is none. Not for persons: their keys are not here.
    std::optional<std::int64_t> find(std::string_view entity, std::string_view source, std::string_view key) const;
    std::optional<std::string> bookmark(std::string_view source, std::string_view name) const;

  private:
    explicit StoreReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
