#include "engine/store/reader.hpp"

#include <algorithm>
#include <map>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/model.hpp"
#include "engine/lib/database.hpp"
#include "engine/store/erasing.hpp"
#include "engine/store/erasure_number.hpp"
#include "engine/store/schema.hpp"

namespace brugwacht {

struct StoreReader::Impl {
    Impl(const std::filesystem::path& path, Restricted restricted) : database(Database::open(path, Database::Mode::ReadOnly)) {
        const int version = schema_version(database);
        const TextArgs versions{{"version", std::int64_t{version}}, {"known", std::int64_t{kStoreVersion}}};
        if (version > kStoreVersion) throw Error(Exit::Config, "STO-001", versions, path.filename().string());
        if (version < kStoreVersion) throw Error(Exit::Config, "STO-002", versions, path.filename().string());
        database.execute("PRAGMA cache_size=-65536; PRAGMA mmap_size=8589934592");
        database.execute("BEGIN");  // one view of the store for as long as this reader lives
        if (erasures_applied(database) < last_erasure(erasures_beside(path)))
            throw Error(Exit::TryLater, "ERA-001", {{"file", path.filename().string()}}, path.string());
        if (restricted == Restricted::LeftOut) hidden = hidden_ids(database);
        for (Statement s = database.prepare("SELECT id, text FROM code"); s.step();) put(codes, s.integer(0), s.text(1));
        for (Statement s = database.prepare("SELECT id, name, role FROM source"); s.step();) {
            sources.push_back({s.integer(0), std::string(s.text(1)), std::string(s.text(2))});
            put(source_names, s.integer(0), s.text(1));
        }
        std::sort(sources.begin(), sources.end(), [](const SourceRow& a, const SourceRow& b) { return a.name < b.name; });
        for (Statement s = database.prepare("SELECT id, source FROM file"); s.step();) put(file_sources, s.integer(0), s.integer(1));
    }

    template <class T, class V>
    static void put(std::vector<T>& list, std::int64_t at, V&& value) {
        if (at < 0) return;
        if (list.size() <= static_cast<std::size_t>(at)) list.resize(static_cast<std::size_t>(at) + 1);
        list[static_cast<std::size_t>(at)] = T(std::forward<V>(value));
    }

    std::string_view code(const Statement& s, int column) const {
        const auto at = static_cast<std::size_t>(s.integer(column));  // NULL gives 0, and no code has that number
        return at < codes.size() ? std::string_view(codes[at]) : std::string_view();
    }
    std::string_view source(std::int64_t file) const {
        const auto at = static_cast<std::size_t>(file);
        if (at >= file_sources.size()) return {};
        const auto of = static_cast<std::size_t>(file_sources[at]);
        return of < source_names.size() ? std::string_view(source_names[of]) : std::string_view();
    }

    mutable Database database;
    std::vector<std::string> codes, source_names;
    std::vector<std::int64_t> file_sources;
    std::vector<SourceRow> sources;
    HiddenIds hidden;
};

template <class Row>
struct Cursor<Row>::Impl {
    const StoreReader::Impl& reader;
    Statement statement;
};

template <class Row>
Cursor<Row>::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
template <class Row>
Cursor<Row>::~Cursor() = default;
template <class Row>
Cursor<Row>::Cursor(Cursor&&) noexcept = default;
template <class Row>
Cursor<Row>& Cursor<Row>::operator=(Cursor&&) noexcept = default;

namespace {

using Reader = StoreReader::Impl;

std::optional<std::int64_t> integer(const Statement& s, int column) {
    if (s.is_null(column)) return std::nullopt;
    return s.integer(column);
}
std::optional<double> real(const Statement& s, int column) {
    if (s.is_null(column)) return std::nullopt;
    return s.real(column);
}
Date day(const Statement& s, int column) { return Date::from_days(static_cast<std::int32_t>(s.integer(column))); }

// Every query begins with id, file, tab, row and, but for persons, the key.
template <class Row>
void read_common(const Reader& r, const Statement& s, Row& row) {
    row.id = s.integer(0);
    row.origin = {s.integer(1), static_cast<std::uint32_t>(s.integer(2)), static_cast<std::uint64_t>(s.integer(3))};
    row.source = r.source(row.origin.file);
    if constexpr (requires { row.key; }) row.key = s.text(4);
}

void read(const Reader& r, const Statement& s, PersonRow& row) {
    row.person_id = to_hex(s.blob(4));
    row.gender = r.code(s, 5);
    row.area = r.code(s, 6);
    row.household = s.integer(7);
}
void read(const Reader& r, const Statement& s, ClubRow& row) {
    row.name = s.text(5);
    row.kind = r.code(s, 6);
    row.side = r.code(s, 7);
    row.vcode = s.text(8);
    row.municipality = s.text(9);
    row.places = integer(s, 10);
    row.engagement_signed_on = s.date(11);
    row.naming_agreed_on = s.date(12);
}
void read(const Reader&, const Statement& s, WorkerRow& row) { row.employer = s.text(5); }
void read(const Reader&, const Statement& s, EmploymentRow& row) {
    row.worker = s.integer(5);
    row.from = s.date(6);
    row.to = s.date(7);
    row.percent = real(s, 8);
}
void read(const Reader& r, const Statement& s, TrajectoryRow& row) {
    row.person = s.integer(5);
    row.person_id = to_hex(s.blob(6));
    row.worker = s.integer(7);
    row.start = day(s, 8);
    row.age.reset();
    if (!s.is_null(9)) row.age = static_cast<int>(s.integer(9));
    row.age_uncertain = s.integer(10) != 0;
    row.strategy = r.code(s, 11);
    row.referrer_kind = r.code(s, 12);
    row.needs = r.code(s, 13);
    row.barriers = r.code(s, 14);
}
void read(const Reader& r, const Statement& s, EventRow& row) {
    row.trajectory = s.integer(5);
    row.person = s.integer(6);
    row.club = s.integer(7);
    row.any_club = s.integer(8) != 0;
    row.date = day(s, 9);
    row.to = s.date(10);
    row.type = r.code(s, 11);
    row.year.reset();
    if (!s.is_null(12)) row.year = static_cast<int>(s.integer(12));
    row.reason = r.code(s, 13);
    row.answer = r.code(s, 14);
    row.kind = r.code(s, 15);
    row.recorded_on = s.date(16);
}
void read(const Reader& r, const Statement& s, ActivityRow& row) {
    row.date = day(s, 5);
    row.minutes = integer(s, 6);
    row.participants = integer(s, 7);
    row.kind = r.code(s, 8);
    row.strategy = r.code(s, 9);
    row.criterion = r.code(s, 10);
    row.counterpart_kind = r.code(s, 11);
    row.side = r.code(s, 12);
    row.counterpart = s.text(13);
    row.first_contact.reset();
    if (!s.is_null(14)) row.first_contact = s.integer(14) != 0;
    row.trajectory = s.integer(15);
    row.worker = s.integer(16);
}
void read(const Reader& r, const Statement& s, ResultRow& row) {
    row.date = s.date(5);
    row.kind = r.code(s, 6);
    row.status = r.code(s, 7);
}
void read(const Reader& r, const Statement& s, SignalRow& row) {
    row.date = s.date(5);
    row.theme = r.code(s, 6);
    row.addressee = r.code(s, 7);
    row.status = r.code(s, 8);
    row.answered_on = s.date(9);
}
void read(const Reader& r, const Statement& s, FactorRow& row) {
    row.date = s.date(5);
    row.side = r.code(s, 6);
    row.factor = r.code(s, 7);
    row.score = real(s, 8);
    row.worker = s.integer(9);
}
void read(const Reader& r, const Statement& s, GoalRow& row) {
    row.indicator = r.code(s, 5);
    row.period = s.text(6);
    row.target = real(s, 7);
    row.agreed_on = s.date(8);
}

}  // namespace

namespace {

// What may not be processed is never handed out; of an activity only the tie to the person is cut.
bool has(const IdSet& ids, std::int64_t id) { return id != 0 && ids.contains(id); }
bool is_hidden(const HiddenIds& hidden, PersonRow& row) { return has(hidden.persons, row.id); }
bool is_hidden(const HiddenIds& hidden, TrajectoryRow& row) { return has(hidden.persons, row.person); }
bool is_hidden(const HiddenIds& hidden, EventRow& row) {
    return has(hidden.persons, row.person) || has(hidden.trajectories, row.trajectory);
}
bool is_hidden(const HiddenIds& hidden, ActivityRow& row) {
    if (has(hidden.trajectories, row.trajectory)) row.trajectory = 0;
    return false;
}
template <class Row>
bool is_hidden(const HiddenIds&, Row&) {
    return false;
}

}  // namespace

template <class Row>
bool Cursor<Row>::next(Row& row) {
    while (impl_->statement.step()) {
        read_common(impl_->reader, impl_->statement, row);
        read(impl_->reader, impl_->statement, row);
        if (impl_->reader.hidden.persons.empty() || !is_hidden(impl_->reader.hidden, row)) return true;
    }
    return false;
}

template class Cursor<PersonRow>;
template class Cursor<ClubRow>;
template class Cursor<WorkerRow>;
template class Cursor<EmploymentRow>;
template class Cursor<TrajectoryRow>;
template class Cursor<EventRow>;
template class Cursor<ActivityRow>;
template class Cursor<ResultRow>;
template class Cursor<SignalRow>;
template class Cursor<FactorRow>;
template class Cursor<GoalRow>;

namespace {

template <class Row>
Cursor<Row> cursor(const Reader& reader, const char* columns, const char* tables) {
    const std::string sql = std::string(R"(SELECT t.id, t.file, t.tab, t."row", )") + columns + " FROM " + tables + " ORDER BY t.id";
    return Cursor<Row>(std::make_unique<typename Cursor<Row>::Impl>(typename Cursor<Row>::Impl{reader, reader.database.prepare(sql)}));
}

}  // namespace

StoreReader::StoreReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreReader::~StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;
StoreReader& StoreReader::operator=(StoreReader&&) noexcept = default;

StoreReader StoreReader::open(const std::filesystem::path& store_db, Restricted restricted) {
    return StoreReader(std::make_unique<Impl>(store_db, restricted));
}

std::vector<RestrictionRow> StoreReader::restrictions() const {
    std::vector<RestrictionRow> all;
    for (Statement s = impl_->database.prepare("SELECT person, kind, since FROM restriction ORDER BY person"); s.step();)
        all.push_back({s.integer(0), static_cast<RestrictionKind>(s.integer(1)), day(s, 2)});
    return all;
}

std::uint64_t StoreReader::restricted_people() const {
    const auto people =
        impl_->database.integer("SELECT count(DISTINCT person_id) FROM person WHERE id IN (SELECT person FROM restriction)");
    return static_cast<std::uint64_t>(people.value_or(0));
}

const std::vector<SourceRow>& StoreReader::sources() const { return impl_->sources; }

Cursor<PersonRow> StoreReader::persons() const { return cursor<PersonRow>(*impl_, "person_id, gender, area, household", "person t"); }
Cursor<ClubRow> StoreReader::clubs() const {
    return cursor<ClubRow>(*impl_, R"("key", name, kind, side, vcode, municipality, places, engagement_signed_on, naming_agreed_on)",
                           "club t");
}
Cursor<WorkerRow> StoreReader::workers() const { return cursor<WorkerRow>(*impl_, R"("key", employer)", "worker t"); }
Cursor<EmploymentRow> StoreReader::employments() const {
    return cursor<EmploymentRow>(*impl_, R"("key", worker, "from", "to", percent)", "employment t");
}
Cursor<TrajectoryRow> StoreReader::trajectories() const {
    return cursor<TrajectoryRow>(
        *impl_, R"("key", person, p.person_id, worker, start, age, age_uncertain, strategy, referrer_kind, needs, barriers)",
        "trajectory t LEFT JOIN person p ON p.id = t.person");
}
Cursor<EventRow> StoreReader::events() const {
    return cursor<EventRow>(
        *impl_, R"("key", trajectory, person, club, any_club, date, "to", type, year, reason, answer, kind, recorded_on)", "event t");
}
Cursor<ActivityRow> StoreReader::activities() const {
    return cursor<ActivityRow>(
        *impl_,
        R"("key", date, minutes, participants, kind, strategy, criterion, counterpart_kind, side, counterpart, first_contact,
                                  trajectory, worker)",
        "activity t");
}
Cursor<ResultRow> StoreReader::results() const { return cursor<ResultRow>(*impl_, R"("key", date, kind, status)", "result t"); }
Cursor<SignalRow> StoreReader::signals() const {
    return cursor<SignalRow>(*impl_, R"("key", date, theme, addressee, status, answered_on)", "signal t");
}
Cursor<FactorRow> StoreReader::factors() const {
    return cursor<FactorRow>(*impl_, R"("key", date, side, factor, score, worker)", "factor t");
}
Cursor<GoalRow> StoreReader::goals() const { return cursor<GoalRow>(*impl_, R"("key", indicator, period, target, agreed_on)", "goal t"); }

std::vector<RunRow> StoreReader::runs() const {
    std::vector<RunRow> all;
    for (Statement s = impl_->database.prepare(
             "SELECT run.id, kind, started_at, undone_by, (SELECT max(u.id) FROM run u WHERE u.undone_by = run.id), taken_out, put_back "
             "FROM run LEFT JOIN journal ON journal.run = run.id ORDER BY run.id");
         s.step();)
        all.push_back({s.integer(0), std::string(s.text(1)), s.integer(2), integer(s, 3), integer(s, 4),
                       static_cast<std::uint64_t>(s.integer(5)), static_cast<std::uint64_t>(s.integer(6))});
    return all;
}

std::vector<FileRow> StoreReader::files() const {
    std::vector<FileRow> all;
    Statement s = impl_->database.prepare(
        R"(SELECT id, run, number, source, mapping, sha256, "read", "new", changed, unchanged, duplicate, rejected, skipped, vanished, corrects FROM file ORDER BY run, number)");
    while (s.step()) {
        FileRow row;
        row.id = s.integer(0);
        row.run = s.integer(1);
        row.number = static_cast<std::uint32_t>(s.integer(2));
        row.source = impl_->source(row.id);
        row.mapping = s.text(4);
        row.sha256 = to_hex(s.blob(5));
        const auto count = [&s](int column) { return static_cast<std::uint64_t>(s.integer(column)); };
        row.counts = {count(6), count(7), count(8), count(9), count(10), count(11), count(12)};
        row.vanished = count(13);
        row.corrects = integer(s, 14).value_or(0);
        all.push_back(std::move(row));
    }
    return all;
}

std::vector<HoldRow> StoreReader::open_holds() const {
    std::vector<HoldRow> all;
    Statement s = impl_->database.prepare(
        R"(SELECT h.run, source.name, h.mapping, h.entity, h.code FROM hold h JOIN source ON source.id = h.source JOIN run ON run.id = h.run
           WHERE accepted_at IS NULL AND undone_by IS NULL AND NOT EXISTS (
               SELECT 1 FROM file f JOIN run later ON later.id = f.run JOIN file_entity e ON e.file = f.id
               WHERE f.source = h.source AND f.mapping = h.mapping AND f.run > h.run AND later.undone_by IS NULL
                   AND (h.entity = '' OR e.entity = h.entity)
                   AND NOT EXISTS (SELECT 1 FROM hold o WHERE o.run = f.run AND o.source = h.source AND o.mapping = h.mapping
                                   AND (h.entity = '' OR o.entity = h.entity)))
           ORDER BY 2, 1, 4, 5)");
    while (s.step())
        all.push_back({s.integer(0), std::string(s.text(1)), std::string(s.text(2)), std::string(s.text(3)), std::string(s.text(4))});
    return all;
}

std::vector<RejectRow> StoreReader::rejects(std::int64_t run) const {
    std::vector<RejectRow> all;
    Statement s = impl_->database.prepare(
        R"(SELECT run, file.id, tab, "row", "column", code, state, undone_by IS NOT NULL FROM reject JOIN file ON file.id = reject.file
           LEFT JOIN run ON run.id = settled_by WHERE file.run = ? ORDER BY number, tab, "row", "column", code)");
    for (s.bind(0, run); s.step();)
        all.push_back({s.integer(0), s.integer(1), static_cast<std::uint32_t>(s.integer(2)), static_cast<std::uint64_t>(s.integer(3)),
                       static_cast<std::uint32_t>(s.integer(4)), std::string(s.text(5)),
                       s.integer(7) != 0 ? RejectState::Open : static_cast<RejectState>(s.integer(6))});
    return all;
}

std::vector<RejectTotal> StoreReader::reject_totals(std::int64_t run) const {
    std::vector<RejectTotal> all;
    Statement s = impl_->database.prepare(
        R"(SELECT file.id, "column", code, CASE WHEN undone_by IS NULL THEN state ELSE 0 END AS fate, count(*)
           FROM reject JOIN file ON file.id = reject.file LEFT JOIN run ON run.id = settled_by WHERE file.run = ?
           GROUP BY file.id, code, "column", fate ORDER BY number, code, "column", fate)");
    for (s.bind(0, run); s.step();)
        all.push_back({s.integer(0), static_cast<std::uint32_t>(s.integer(1)), std::string(s.text(2)),
                       static_cast<RejectState>(s.integer(3)), static_cast<std::uint64_t>(s.integer(4))});
    return all;
}

std::vector<RejectCount> StoreReader::reject_counts(std::int64_t run) const {
    std::vector<RejectCount> all;
    Statement s = impl_->database.prepare(
        "SELECT file.id, code, count(*) FROM reject JOIN file ON file.id = reject.file WHERE run = ? GROUP BY number, code ORDER BY "
        "number, code");
    for (s.bind(0, run); s.step();) all.push_back({s.integer(0), std::string(s.text(1)), static_cast<std::uint64_t>(s.integer(2))});
    return all;
}

std::vector<WarningRow> StoreReader::warnings(std::int64_t run) const {
    std::vector<WarningRow> all;
    Statement s = impl_->database.prepare(
        "SELECT run, file.id, code, count FROM warning JOIN file ON file.id = warning.file WHERE run = ? ORDER BY number, code");
    for (s.bind(0, run); s.step();)
        all.push_back({s.integer(0), s.integer(1), std::string(s.text(2)), static_cast<std::uint64_t>(s.integer(3))});
    return all;
}

std::vector<DroppedRow> StoreReader::dropped() const {
    std::vector<DroppedRow> all;
    Statement s = impl_->database.prepare(
        "SELECT run, file.id, source.name, field, reason, count FROM dropped JOIN file ON file.id = dropped.file "
        "JOIN source ON source.id = file.source ORDER BY file.id, field, reason");
    while (s.step())
        all.push_back({s.integer(0), s.integer(1), std::string(s.text(2)), std::string(s.text(3)), std::string(s.text(4)),
                       static_cast<std::uint64_t>(s.integer(5))});
    return all;
}

std::vector<StreamRows> StoreReader::stream_rows() const {
    std::vector<StreamRows> all;
    Statement s = impl_->database.prepare(
        R"(SELECT source.name, stream.name, known, missing FROM (
               SELECT stream AS id, count(DISTINCT "row") AS known,
                   count(DISTINCT CASE WHEN missing_since IS NOT NULL THEN "row" END) AS missing FROM remote_row GROUP BY stream) t
           JOIN stream ON stream.id = t.id JOIN source ON source.id = stream.source ORDER BY source.name, stream.name)");
    while (s.step())
        all.push_back({std::string(s.text(0)), std::string(s.text(1)), static_cast<std::uint64_t>(s.integer(2)),
                       static_cast<std::uint64_t>(s.integer(3))});
    return all;
}

std::vector<StreamPerson> StoreReader::stream_persons(std::string_view source, std::string_view stream) const {
    std::vector<StreamPerson> all;
    Statement s = impl_->database.prepare(
        R"(SELECT "row", record FROM remote_row WHERE entity = ? AND record <> 0 AND stream =
               (SELECT stream.id FROM stream JOIN source ON source.id = stream.source WHERE source.name = ? AND stream.name = ?))");
    s.bind(0, static_cast<std::int64_t>(Entity::Person)).bind(1, source).bind(2, stream);
    while (s.step()) all.push_back({s.integer(0), s.integer(1)});
    return all;
}

std::vector<std::int64_t> StoreReader::former_bearers(std::string_view person_id) const {
    std::vector<std::int64_t> records;
    Statement s = impl_->database.prepare("SELECT DISTINCT record FROM former_id WHERE lower(hex(person_id)) = ? ORDER BY record");
    for (s.bind(0, person_id); s.step();) records.push_back(s.integer(0));
    return records;
}

bool StoreReader::link_due() const { return impl_->database.integer(kLinkDue).value_or(0) != 0; }

std::uint64_t StoreReader::waiting() const {
    std::uint64_t waiting = 0;
    for (std::size_t e = 0; e < kEntities; ++e) {
        const auto entity = static_cast<Entity>(e);
        for (const FactColumn& column : fact_columns(entity)) {
            if (column.kind != ColumnKind::Reference) continue;
            if (!impl_->database.integer("SELECT 1 FROM missing WHERE entity = " + std::to_string(static_cast<int>(column.target)) +
                                         " LIMIT 1"))
                continue;
            waiting += static_cast<std::uint64_t>(
                impl_->database
                    .integer("SELECT count(*) FROM " + std::string(entity_def(entity).name) + " t JOIN missing m ON m.entity = " +
                             std::to_string(static_cast<int>(column.target)) + " AND m.id = t.\"" + column.name + '"')
                    .value_or(0));
        }
    }
    return waiting;
}

std::uint64_t StoreReader::count(std::string_view entity) const {
    if (!entity_by_name(entity)) return 0;
    return static_cast<std::uint64_t>(impl_->database.integer("SELECT count(*) FROM " + std::string(entity)).value_or(0));
}

std::optional<std::int64_t> StoreReader::find(std::string_view entity, std::string_view source, std::string_view key) const {
    const auto known = entity_by_name(entity);
    if (!known || known == Entity::Person) return std::nullopt;
    Statement s = impl_->database.prepare(
        "SELECT t.id FROM " + std::string(entity) +
        R"( t JOIN file ON file.id = t.file JOIN source ON source.id = file.source WHERE t."key" = ? AND source.name = ?)");
    if (!s.bind(0, key).bind(1, source).step()) return std::nullopt;
    return s.integer(0);
}

std::optional<std::string> StoreReader::bookmark(std::string_view source, std::string_view name) const {
    Statement s = impl_->database.prepare(
        "SELECT value FROM bookmark JOIN source ON source.id = bookmark.source WHERE source.name = ? AND bookmark.name = ?");
    if (!s.bind(0, source).bind(1, name).step()) return std::nullopt;
    return std::string(s.text(0));
}

}  // namespace brugwacht
