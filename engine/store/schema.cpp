#include "engine/store/schema.hpp"

#include <array>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

// One step a version; a released step is never edited. Dates are days since 1970-01-01, codes and sources numbers of their tables,
// references ids of records whether those are there or not. No key, name or date of birth of a person has a column here.
constexpr const char* kSteps[] = {
    R"sql(
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
INSERT INTO schema_version VALUES (0);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL CHECK (role IN ('caseload', 'evidence'))) STRICT;
CREATE TABLE code (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE run (id INTEGER PRIMARY KEY, tag INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, started_at INTEGER NOT NULL,
    undone_by INTEGER REFERENCES run) STRICT;
CREATE TABLE file (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL, source INTEGER NOT NULL REFERENCES source,
    sha256 BLOB NOT NULL, mapping TEXT NOT NULL, mapping_digest TEXT NOT NULL,
    "read" INTEGER NOT NULL DEFAULT 0, "new" INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, number),
    CONSTRAINT counts_add_up CHECK ("read" = "new" + changed + unchanged + duplicate + rejected + skipped)) STRICT;
CREATE INDEX file_seen ON file (sha256, source);
CREATE TABLE reject (file INTEGER NOT NULL REFERENCES file, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, "column" INTEGER NOT NULL,
    code TEXT NOT NULL) STRICT;
CREATE INDEX reject_file ON reject (file);
CREATE TABLE warning (file INTEGER NOT NULL REFERENCES file, code TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (file, code)) STRICT, WITHOUT ROWID;
CREATE TABLE bookmark (source INTEGER NOT NULL REFERENCES source, name TEXT NOT NULL, value TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (source, name)) STRICT, WITHOUT ROWID;
CREATE TABLE missing (entity INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (entity, id)) STRICT, WITHOUT ROWID;
CREATE TABLE person (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL,
    gender INTEGER, household INTEGER, area INTEGER, person_id BLOB NOT NULL, linked INTEGER NOT NULL DEFAULT 0,
    CHECK (length(person_id) = 16)) STRICT;
CREATE TABLE club (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, name TEXT, kind INTEGER, side INTEGER, vcode TEXT, municipality TEXT, places INTEGER, engagement_signed_on INTEGER,
    naming_agreed_on INTEGER) STRICT;
CREATE TABLE worker (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, employer TEXT) STRICT;
CREATE TABLE employment (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, worker INTEGER NOT NULL, "from" INTEGER, "to" INTEGER, percent REAL) STRICT;
CREATE TABLE trajectory (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, person INTEGER NOT NULL, worker INTEGER, start INTEGER NOT NULL, strategy INTEGER, referrer_kind INTEGER,
    needs INTEGER, barriers INTEGER, age INTEGER, age_uncertain INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE event (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, trajectory INTEGER, person INTEGER, date INTEGER NOT NULL, "to" INTEGER, type INTEGER NOT NULL, club INTEGER,
    year INTEGER, reason INTEGER, answer INTEGER, kind INTEGER, recorded_on INTEGER, any_club INTEGER) STRICT;
CREATE TABLE activity (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER NOT NULL, minutes INTEGER, kind INTEGER, strategy INTEGER, criterion INTEGER, counterpart_kind INTEGER,
    counterpart TEXT, side INTEGER, participants INTEGER, first_contact INTEGER, trajectory INTEGER, worker INTEGER) STRICT;
CREATE TABLE result (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, kind INTEGER, status INTEGER) STRICT;
CREATE TABLE signal (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, theme INTEGER, addressee INTEGER, status INTEGER, answered_on INTEGER) STRICT;
CREATE TABLE factor (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, side INTEGER, factor INTEGER, score REAL, worker INTEGER) STRICT;
CREATE TABLE goal (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, indicator INTEGER, target REAL, period TEXT, agreed_on INTEGER) STRICT;
)sql",

    // Taking a run back and comparing imports: what a run changed, as it was before (before_*, the same columns as the
    // table they stand for); what it met of earlier runs; counts of a file by entity, field and code.
    R"sql(
ALTER TABLE file ADD COLUMN vanished INTEGER NOT NULL DEFAULT 0;
CREATE TABLE journal (run INTEGER PRIMARY KEY REFERENCES run, first_code INTEGER NOT NULL, people INTEGER NOT NULL DEFAULT 0,
    linked INTEGER NOT NULL DEFAULT 0, removals INTEGER NOT NULL DEFAULT 0, images INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, taken_out INTEGER NOT NULL DEFAULT 0,
    put_back INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE met (run INTEGER NOT NULL REFERENCES run, earlier INTEGER NOT NULL REFERENCES run, PRIMARY KEY (run, earlier)) STRICT, WITHOUT ROWID;
CREATE TABLE file_entity (file INTEGER NOT NULL REFERENCES file, entity TEXT NOT NULL, records INTEGER NOT NULL, future INTEGER NOT NULL,
    PRIMARY KEY (file, entity)) STRICT, WITHOUT ROWID;
CREATE TABLE file_column (file INTEGER NOT NULL REFERENCES file, field TEXT NOT NULL, filled INTEGER NOT NULL, PRIMARY KEY (file, field)) STRICT,
    WITHOUT ROWID;
CREATE TABLE file_code (file INTEGER NOT NULL REFERENCES file, field TEXT NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (file, field, code)) STRICT,
    WITHOUT ROWID;
CREATE TABLE hold (run INTEGER NOT NULL REFERENCES run, source INTEGER NOT NULL REFERENCES source, mapping TEXT NOT NULL, entity TEXT NOT NULL,
    code TEXT NOT NULL, accepted_at INTEGER, PRIMARY KEY (run, source, mapping, entity, code)) STRICT, WITHOUT ROWID;
CREATE TABLE before_source (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (run, id)) STRICT,
    WITHOUT ROWID;
CREATE TABLE before_bookmark (run INTEGER NOT NULL REFERENCES run, source INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    writer INTEGER NOT NULL, PRIMARY KEY (run, source, name)) STRICT, WITHOUT ROWID;
CREATE TABLE erased_before (run INTEGER NOT NULL REFERENCES run, trajectory INTEGER NOT NULL, PRIMARY KEY (run, trajectory)) STRICT,
    WITHOUT ROWID;
CREATE TABLE before_person (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, gender INTEGER, household INTEGER, area INTEGER, person_id BLOB NOT NULL, linked INTEGER NOT NULL, PRIMARY
    KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_club (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, name TEXT, kind INTEGER, side INTEGER, vcode TEXT,
    municipality TEXT, places INTEGER, engagement_signed_on INTEGER, naming_agreed_on INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT
    ROWID;
CREATE TABLE before_worker (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, employer TEXT, PRIMARY KEY (run, id)) STRICT, WITHOUT
    ROWID;
CREATE TABLE before_employment (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, worker INTEGER NOT NULL, "from" INTEGER, "to" INTEGER,
    percent REAL, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_trajectory (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, person INTEGER NOT NULL, worker INTEGER, start INTEGER
    NOT NULL, strategy INTEGER, referrer_kind INTEGER, needs INTEGER, barriers INTEGER, age INTEGER, age_uncertain INTEGER NOT NULL,
    PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_event (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, trajectory INTEGER, person INTEGER, date INTEGER NOT NULL,
    "to" INTEGER, type INTEGER NOT NULL, club INTEGER, year INTEGER, reason INTEGER, answer INTEGER, kind INTEGER, recorded_on INTEGER,
    any_club INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_activity (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER NOT NULL, minutes INTEGER, kind INTEGER,
    strategy INTEGER, criterion INTEGER, counterpart_kind INTEGER, counterpart TEXT, side INTEGER, participants INTEGER, first_contact
    INTEGER, trajectory INTEGER, worker INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_result (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, kind INTEGER, status INTEGER, PRIMARY KEY
    (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_signal (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, theme INTEGER, addressee INTEGER, status
    INTEGER, answered_on INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_factor (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, side INTEGER, factor INTEGER, score REAL,
    worker INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_goal (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, indicator INTEGER, target REAL, period TEXT, agreed_on
    INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
)sql",

    // Rejected rows that come back: which file they came from, what became of them, how keys were numbered.
    R"sql(
ALTER TABLE file ADD COLUMN corrects INTEGER REFERENCES file;
ALTER TABLE reject ADD COLUMN row_id INTEGER;
ALTER TABLE reject ADD COLUMN state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2));
ALTER TABLE reject ADD COLUMN settled_by INTEGER REFERENCES run;
DROP INDEX reject_file;
CREATE INDEX reject_row ON reject (file, tab, "row");
CREATE TABLE repeats (file INTEGER NOT NULL REFERENCES file, tab INTEGER NOT NULL, counts BLOB NOT NULL, PRIMARY KEY (file, tab)) STRICT;
)sql",

    // Which records each row of a remote source made: a line for each record, or one with record 0 for a row that made none. "row" is a
    // keyed hash of source, stream and the id there; file the one that brought the line; missing_since (UTC seconds) is set while the
    // source's listing of ids does not have the row. No index on record: it would double size and time of the table, and one pass is
    // quick.
    R"sql(
CREATE TABLE stream (id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, name TEXT NOT NULL, UNIQUE (source, name)) STRICT;
CREATE TABLE remote_row (stream INTEGER NOT NULL, "row" INTEGER NOT NULL, entity INTEGER NOT NULL, record INTEGER NOT NULL,
    file INTEGER NOT NULL, missing_since INTEGER, PRIMARY KEY (stream, "row", entity, record)) STRICT, WITHOUT ROWID;
CREATE TABLE before_remote_row (run INTEGER NOT NULL REFERENCES run, stream INTEGER NOT NULL, "row" INTEGER NOT NULL,
    entity INTEGER NOT NULL, record INTEGER NOT NULL, file INTEGER NOT NULL, missing_since INTEGER,
    PRIMARY KEY (run, stream, "row", entity, record)) STRICT, WITHOUT ROWID;
)sql",

    // Recognising persons. person.linked: 0 = never linked, 1 = linked, 2 = changed since. A line of linking for each run that linked:
    // whether every pair was weighed, of how many records the last run knew that did so, digest of the settings, parameters of the model
    // (nothing personal). former_id: ids that persons had before, with the record that bore it.
    R"sql(
CREATE TABLE linking (run INTEGER PRIMARY KEY REFERENCES run, whole INTEGER NOT NULL, records INTEGER NOT NULL,
    whole_records INTEGER NOT NULL, settings TEXT NOT NULL, model TEXT NOT NULL) STRICT;
CREATE TABLE former_id (person_id BLOB NOT NULL, record INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (person_id, record, run)) STRICT, WITHOUT ROWID;
)sql",

    // How many erasures this copy has seen, and of which person records nothing is processed (kind 1) or was objected to (2), since which
    // day. A restriction belongs to no run: taking a run back does not lift it, and it has no image.
    R"sql(
CREATE TABLE erasures (applied INTEGER NOT NULL) STRICT;
INSERT INTO erasures VALUES (0);
CREATE TABLE restriction (person INTEGER PRIMARY KEY, kind INTEGER NOT NULL CHECK (kind IN (1, 2)), since INTEGER NOT NULL) STRICT;
)sql",

    // What an import did not take over, as counts by field of the model and reason: no value, no header of a source.
    R"sql(
CREATE TABLE dropped (file INTEGER NOT NULL REFERENCES file, field TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (file, field, reason)) STRICT, WITHOUT ROWID;
)sql"};
static_assert(std::size(kSteps) == kStoreVersion);

ColumnKind kind_of(const FieldDef& field) {
    switch (field.type) {
        case FieldType::Key:
        case FieldType::Text:
        case FieldType::Label:
            return ColumnKind::Text;
        case FieldType::Date:
        case FieldType::PartialDate:
            return ColumnKind::Date;
        case FieldType::Integer:
        case FieldType::Year:
            return ColumnKind::Integer;
        case FieldType::Decimal:
            return ColumnKind::Real;
        case FieldType::Boolean:
            return ColumnKind::Boolean;
        case FieldType::Code:
            return field.list.empty() ? ColumnKind::Text : ColumnKind::Code;  // a registration number has no list
        case FieldType::Codes:
            return ColumnKind::Codes;
        case FieldType::Reference:
            return ColumnKind::Reference;
    }
    return ColumnKind::Text;
}

std::vector<FactColumn> columns_of(Entity entity) {
    std::vector<FactColumn> columns;
    if (entity == Entity::Person) return columns;
    const auto fields = entity_def(entity).fields;
    for (std::size_t i = 1; i < fields.size(); ++i) {
        if (fields[i].place == Place::Vault) continue;
        FactColumn column{std::string(fields[i].name), i, kind_of(fields[i]), Entity::Person, fields[i].required};
        if (column.kind == ColumnKind::Reference) column.target = entity_by_name(fields[i].list).value();
        columns.push_back(std::move(column));
    }
    if (entity == Entity::Event)
        columns.push_back({"any_club", field_index(entity, "club").value(), ColumnKind::Boolean, Entity::Club, false});
    return columns;
}

}  // namespace

const std::vector<FactColumn>& fact_columns(Entity entity) {
    static const auto kColumns = [] {
        std::array<std::vector<FactColumn>, kEntities> all;
        for (std::size_t i = 0; i < kEntities; ++i) all[i] = columns_of(static_cast<Entity>(i));
        return all;
    }();
    return kColumns[static_cast<std::size_t>(entity)];
}

bool is_merged(Entity entity) { return entity == Entity::Club || entity == Entity::Worker || entity == Entity::Trajectory; }

int schema_version(Database& database) {
    if (!database.integer("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'")) return 0;
    return static_cast<int>(database.integer("SELECT version FROM schema_version").value_or(0));
}

void migrate(Database& database, const std::string& file) {
    const auto refuse_newer = [&](int version) {
        if (version > kStoreVersion)
            throw Error(Exit::Config, "STO-001", {{"version", std::int64_t{version}}, {"known", std::int64_t{kStoreVersion}}}, file);
    };
    int version = schema_version(database);
    refuse_newer(version);
    if (version == kStoreVersion) return;
    Transaction transaction(database);
    version = schema_version(database);  // another program may have been quicker
    refuse_newer(version);
    for (; version < kStoreVersion; ++version) database.execute(kSteps[version]);
    database.execute("UPDATE schema_version SET version = " + std::to_string(version));
    transaction.commit();
}

}  // namespace brugwacht
