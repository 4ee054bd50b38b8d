#include "engine/identity/intake.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/identity/convert.hpp"
#include "engine/identity/corrections.hpp"
#include "engine/identity/decisions.hpp"
#include "engine/identity/erasure.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/policy/policy.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/schema.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kBytesPerFlush = std::size_t{96} << 20;  // about a million events
constexpr std::size_t kPersonsPerFlush = 25000;
constexpr std::size_t kRowsPerFlush = 500000;

struct PendingPerson {
    std::int64_t id = 0;
    std::uint64_t row = 0;
    std::uint32_t tab = 0;
    std::uint32_t row_index = 0;
    bool fill_only = false;
    std::array<std::string, kMaxFields> values;
};

std::array<std::uint8_t, 16> first16(const std::string& bytes) {
    std::array<std::uint8_t, 16> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(bytes[i]);
    return out;
}

std::size_t person_field(std::string_view name) { return field_index(Entity::Person, name).value(); }

}  // namespace

std::int64_t random_tag() {
    std::int64_t tag = 0;
    for (const char c : random_bytes(8)) tag = (tag << 7) ^ static_cast<unsigned char>(c);
    return tag & 0x7fffffffffffffff;
}

struct Intake::Impl {
    Impl(Store& store, Vault& vault, const Keys& keys, IntakeSettings settings)
        : store_(store),
          vault_(vault),
          link_(keys.link.bytes()),
          fingerprint_(keys.fingerprint),
          ids_(keys.record_id),
          settings_(std::move(settings)),
          convert_(store, ids_) {}

    void flush_facts(Entity entity);
    void count_facts(Entity entity, const FactBatch& batch);
    void count_person(const std::array<std::string, kMaxFields>& values);
    void note_person_changes(const Identity& old, const Identity& now);
    void flush_persons();
    void flush_rows();
    void flush_what_is_full();
    void take_back(Entity entity);
    void flush_one(PendingPerson& pending);
    Recognised recognise(const Identity& identity) const;
    bool is_suppressed(std::int64_t person, const std::string& key);
    void suppress(std::int64_t person, std::int64_t erasure, std::uint32_t row_index);
    std::int64_t erasure_behind(const FactRow& row, const FactBatch& batch, Entity entity) const;
    void drop_facts_of_erased(Entity entity, FactBatch& batch);
    void cut_from_erased(FactBatch& batch);
    void forget_rows_of_erased();
    void settle_erased();
    void remember_erased();
    void forget_what_may_not_be_kept(Identity& identity) const;
    std::int64_t stream(std::string_view name);
    void note_dropped(std::string_view source, std::int64_t file, const std::vector<MadeRecord>& dropped);
    void take_out_withdrawn();
    void take_out(Entity entity, const std::vector<std::int64_t>& ids);
    const Record& minimised(const Record& record);
    std::int64_t put_one(const Record& record, const Origin& origin, std::uint32_t row_index);
    void put_worker_name(const Record& record, std::int64_t id, std::uint32_t row_index);
    void compare_with_corrections(Identity& identity, bool counts);
    void seal_person(Identity& identity, std::uint64_t print, const Provenance& origin);
    void put_right(const FieldCorrection& correction, const std::string& value, const Provenance& origin);
    void finish_report();
    void compute_ages();

    std::uint64_t fingerprint(const std::string& source, const std::array<std::string, kMaxFields>& values);
    std::string source_key(const Identity& identity) const { return identity.source + ":" + identity.values[0]; }
    std::array<std::uint8_t, 16> person_id(const std::string& first_source_key, int attempt = 1) const {
        return first16(link_("person|" + first_source_key + (attempt > 1 ? "#" + std::to_string(attempt) : std::string())));
    }
    std::optional<std::int64_t> gender_of(const std::array<std::string, kMaxFields>& values) {
        if (!settings_.gender) return std::nullopt;
        const std::string& value = values[person_field("gender")];
        const std::int64_t code = value.empty() ? 0 : convert_.code(value);
        return code == 0 ? std::nullopt : std::optional(code);
    }

    Store& store_;
    Vault& vault_;
    Hmac link_;
    HashKey fingerprint_;
    RecordIds ids_;
    IntakeSettings settings_;
    Converter convert_;
    std::int64_t run_ = 0;
    std::int64_t started_at_ = 0;
    bool open_ = true;

    // the current file
    FileTicket ticket_;
    std::string source_;
    std::uint32_t files_ = 0;
    bool in_file_ = false;
    std::vector<RowState> states_;
    std::uint64_t rejected_ = 0, skipped_ = 0;
    std::unordered_map<std::string, std::uint64_t> warnings_;
    std::array<FactBatch, kEntities> batches_;
    std::array<IdSet, kEntities> seen_;
    std::vector<PendingPerson> persons_;
    FileReport report_;
    std::array<std::uint64_t, kMaxFields> filled_persons_{};
    FieldFilter filter_;
    Record minimised_;
    bool complete_ = false, compared_ = true;
    std::map<std::string, std::int64_t, std::less<>> streams_;  // of its source
    RowBatch rows_;                                             // the last one may be open
    IdSet pending_rows_;                                        // in rows_
    bool in_row_ = false;

    // the run
    struct Dropped {
        MadeRecord record;
        std::int64_t file = 0;
        friend auto operator<=>(const Dropped&, const Dropped&) = default;
    };
    std::vector<Dropped> dropped_;                                            // a row stopped making them
    std::set<std::string, std::less<>> dropped_persons_of_;                   // sources
    std::map<std::string, std::int64_t, std::less<>> last_files_;             // by source
    std::map<std::int64_t, std::map<std::string, std::uint64_t>> withdrawn_;  // by file and entity
    std::map<std::string, std::array<IdSet, kEntities>> there_;               // ids that the files of complete sources have
    std::vector<std::int64_t> touched_trajectories_;
    std::unordered_map<std::int64_t, Birth> births_;  // of persons that are new or changed
    std::vector<std::int64_t> leave_vault_;           // the store let them go before
    std::set<std::uint32_t> erased_rows_;             // rows of the current file of which something was not let in
    std::unordered_map<std::int64_t, std::int64_t> erased_persons_, erased_trajectories_;  // not let in by this run -> their erasure
    std::map<std::int64_t, std::vector<Identity>> new_names_of_erased_;                    // recognised by other keys than her own
    std::vector<std::int64_t> unsettled_persons_, unsettled_trajectories_;
    std::set<MadeRecord> erased_made_;  // facts that rows of the current file made and that were not let in
    Corrections corrections_;
    bool linked_ = false;
    std::string scratch_;
};

std::uint64_t Intake::Impl::fingerprint(const std::string& source, const std::array<std::string, kMaxFields>& values) {
    scratch_ = source;
    scratch_.push_back('\0');
    for (std::size_t i = 0; i < entity_def(Entity::Person).fields.size(); ++i) {
        scratch_.append(values[i]);
        scratch_.push_back('\0');
    }
    return siphash128(fingerprint_, scratch_).low;
}

Intake::Intake(Store& store, Vault& vault, const Keys& keys, IntakeSettings settings, std::int64_t started_at, std::string kind)
    : impl_(std::make_unique<Impl>(store, vault, keys, std::move(settings))) {
    impl_->started_at_ = started_at;
    const std::int64_t tag = random_tag();
    // The store's transaction is the lock: while it is ours no other run stands between its two commits.
    impl_->run_ = store.begin_run(kind, started_at, tag, keys.fingerprint);
    try {
        vault.reconcile([&store](std::int64_t run, std::int64_t batch) { return store.has_batch(run, batch); });
        vault.begin(impl_->run_, tag);
        impl_->corrections_ = read_corrections(vault);
    } catch (...) {
        vault.rollback();
        store.rollback();
        throw;
    }
}

Intake::~Intake() {
    if (!impl_->open_) return;
    try {
        rollback();
    } catch (const std::exception&) {
        impl_->open_ = false;  // both databases roll back by themselves when they are closed
    }
}

std::int64_t Intake::run() const { return impl_->run_; }

FileTicket Intake::begin_file(const FileToRead& file) {
    assert(!impl_->in_file_);
    const NewFile entry{file.source, file.role, file.sha256, file.mapping, file.mapping_digest, file.corrects};
    const auto seen = impl_->store_.seen_rows(entry);
    impl_->ticket_ = {};
    impl_->ticket_.number = ++impl_->files_;
    impl_->ticket_.file = impl_->store_.add_file(entry, impl_->ticket_.number);
    impl_->ticket_.seen = seen.has_value() && !file.read_again;
    impl_->ticket_.seen_rows = seen.value_or(0);
    impl_->source_ = file.source;
    impl_->states_.clear();
    impl_->rejected_ = impl_->skipped_ = 0;
    impl_->warnings_.clear();
    for (IdSet& ids : impl_->seen_) ids.clear();
    impl_->erased_rows_.clear();
    impl_->erased_made_.clear();
    impl_->report_ = {};
    impl_->filled_persons_.fill(0);
    impl_->complete_ = file.complete && file.compared;
    impl_->compared_ = file.compared;
    impl_->filter_ = file.filter;
    impl_->streams_.clear();
    impl_->last_files_[file.source] = impl_->ticket_.file;
    impl_->in_file_ = true;
    if (!file.name.empty()) impl_->vault_.put_name(NameKind::File, impl_->ticket_.file, file.name);
    return impl_->ticket_;
}

void Intake::sheet(std::uint32_t tab, std::string_view name) {
    impl_->vault_.put_name(NameKind::Sheet, impl_->ticket_.file * 1000 + std::int64_t{tab}, name);
}

bool Intake::put(std::span<const Record> records, const Origin& origin) {
    if (records.empty()) {
        skip();
        return true;
    }
    const auto row_index = static_cast<std::uint32_t>(impl_->states_.size());
    impl_->states_.push_back(RowState::None);
    const std::size_t made_before = impl_->rows_.made.size();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (const std::int64_t id = impl_->put_one(impl_->minimised(records[i]), origin, row_index); id != 0) {
            if (impl_->in_row_) impl_->rows_.made.push_back({records[i].entity, id});
            continue;
        }
        for (; i > 0; --i) impl_->take_back(records[i - 1].entity);
        impl_->rows_.made.resize(made_before);
        impl_->states_.pop_back();
        reject(origin, "IDN-001", 0);
        return false;
    }
    impl_->flush_what_is_full();
    return true;
}

void Intake::begin_row(std::string_view stream, std::string_view id) {
    assert(impl_->in_file_ && !impl_->in_row_);
    RowBatch::Row row;
    row.stream = impl_->stream(stream);
    row.row = impl_->ids_.row(impl_->source_, stream, id);
    row.made_at = static_cast<std::uint32_t>(impl_->rows_.made.size());
    impl_->rows_.rows.push_back(row);
    impl_->pending_rows_.insert(row.row);
    impl_->in_row_ = true;
}

void Intake::end_row() {
    assert(impl_->in_row_);
    RowBatch::Row& row = impl_->rows_.rows.back();
    row.made_count = static_cast<std::uint32_t>(impl_->rows_.made.size()) - row.made_at;
    impl_->in_row_ = false;
    if (impl_->rows_.rows.size() >= kRowsPerFlush) impl_->flush_rows();
}

bool Intake::withdraw_row(std::string_view stream, std::string_view id) {
    assert(impl_->in_file_ && !impl_->in_row_);
    const std::int64_t row = impl_->ids_.row(impl_->source_, stream, id);
    if (impl_->pending_rows_.contains(row)) impl_->flush_rows();
    std::vector<MadeRecord> dropped;
    const bool known = impl_->store_.remove_row(impl_->source_, stream, row, dropped);
    impl_->note_dropped(impl_->source_, impl_->ticket_.file, dropped);
    return known;
}

std::int64_t Intake::row_hash(std::string_view source, std::string_view stream, std::string_view id) const {
    return impl_->ids_.row(source, stream, id);
}

Sweep Intake::sweep(std::string_view source, std::string_view stream, std::vector<std::int64_t> rows, double max_share) {
    assert(!impl_->in_row_);
    impl_->flush_rows();
    std::sort(rows.begin(), rows.end());
    std::vector<MadeRecord> dropped;
    const Sweep found = impl_->store_.sweep(source, stream, rows, max_share, impl_->started_at_, dropped);
    const auto file = impl_->last_files_.find(source);
    impl_->note_dropped(source, file == impl_->last_files_.end() ? 0 : file->second, dropped);
    return found;
}

std::int64_t Intake::Impl::stream(std::string_view name) {
    const auto known = streams_.find(name);
    if (known != streams_.end()) return known->second;
    return streams_.emplace(name, store_.stream_id(source_, name)).first->second;
}

void Intake::Impl::flush_rows() {
    std::vector<MadeRecord> dropped;
    forget_rows_of_erased();
    store_.write_rows(ticket_.file, rows_, dropped);
    note_dropped(source_, ticket_.file, dropped);
    rows_.clear();
    pending_rows_.clear();
}

void Intake::Impl::note_dropped(std::string_view source, std::int64_t file, const std::vector<MadeRecord>& dropped) {
    for (const MadeRecord& record : dropped) {
        dropped_.push_back({record, file});
        if (record.entity == Entity::Person) dropped_persons_of_.emplace(source);
    }
}

void Intake::reject(const Origin& origin, std::string_view code, std::uint32_t column, std::int64_t row_id) {
    ++impl_->rejected_;
    if (impl_->in_row_) impl_->rows_.rows.back().keeps = true;
    impl_->store_.add_reject(impl_->ticket_.file, origin.tab, origin.row, column, code, row_id);
}

void Intake::skip() { ++impl_->skipped_; }

void Intake::warn(std::string_view code, std::uint64_t count) { impl_->warnings_[std::string(code)] += count; }

void Intake::dropped(std::string_view field, std::string_view reason, std::uint64_t count) {
    impl_->report_.dropped[{std::string(field), std::string(reason)}] += count;
}

/// The record as far as it may be kept. Valid until the next call.
const Record& Intake::Impl::minimised(const Record& record) {
    if (!filter_.touches(record.entity)) return record;
    minimised_ = record;
    filter_.apply(minimised_, report_.dropped);
    return minimised_;
}

// The record's id, or 0 when it cannot be read.
std::int64_t Intake::Impl::put_one(const Record& record, const Origin& origin, std::uint32_t row_index) {
    const auto e = static_cast<std::size_t>(record.entity);
    if (record.entity == Entity::Person) {
        if (record.key().empty()) return 0;
        PendingPerson& pending = persons_.emplace_back();
        pending.id = ids_.id(source_, Entity::Person, record.key());
        pending.row = origin.row;
        pending.tab = origin.tab;
        pending.row_index = row_index;
        pending.fill_only = !seen_[e].insert(pending.id);
        pending.values = record.values;
        return pending.id;
    }
    FactRow row;
    row.tab = origin.tab;
    row.row = origin.row;
    row.row_index = row_index;
    FactBatch& batch = batches_[e];
    if (!convert_.append(record, source_, row, batch, warnings_)) return 0;
    FactRow& added = batch.rows.back();
    added.fill_only = !seen_[e].insert(added.id);
    if (record.entity == Entity::Worker && !added.fill_only) put_worker_name(record, added.id, row_index);
    return added.id;
}

void Intake::Impl::flush_what_is_full() {
    if (persons_.size() >= kPersonsPerFlush) flush_persons();
    for (std::size_t e = 0; e < kEntities; ++e)
        if (batches_[e].bytes() >= kBytesPerFlush) flush_facts(static_cast<Entity>(e));
}

// The record put last: its row turned out to be unreadable.
void Intake::Impl::take_back(Entity entity) {
    if (entity == Entity::Person)
        persons_.pop_back();
    else
        batches_[static_cast<std::size_t>(entity)].rows.pop_back();
}

void Intake::Impl::put_worker_name(const Record& record, std::int64_t id, std::uint32_t row_index) {
    static const std::size_t kName = field_index(Entity::Worker, "name").value();
    const std::string& name = record.values[kName];
    if (name.empty()) return;
    const auto known = vault_.name(NameKind::Worker, id);
    if (known == name) return;
    vault_.put_name(NameKind::Worker, id, name);
    if (known) store_.note_vault_images();
    if (known) states_[row_index] = std::max(states_[row_index], RowState::Changed);
}

void Intake::Impl::flush_facts(Entity entity) {
    FactBatch& batch = batches_[static_cast<std::size_t>(entity)];
    drop_facts_of_erased(entity, batch);
    count_facts(entity, batch);
    store_.write(entity, ticket_.file, batch, states_, entity == Entity::Trajectory ? &touched_trajectories_ : nullptr);
    batch.clear();
}

// One pass over what is written anyway; the codes of a field are few.
void Intake::Impl::count_facts(Entity entity, const FactBatch& batch) {
    if (batch.rows.empty()) return;
    const auto& columns = fact_columns(entity);
    const auto today = static_cast<std::int64_t>(started_at_ / 86400);
    std::array<std::uint64_t, kMaxCells> filled{};
    std::array<IdSet, kMaxCells> codes;
    std::array<bool, kMaxCells> coded{}, past{};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        coded[i] = columns[i].kind == ColumnKind::Code || columns[i].kind == ColumnKind::Codes;
        past[i] = columns[i].kind == ColumnKind::Date && (columns[i].name == "date" || columns[i].name == "recorded_on");
    }
    std::uint64_t future = 0;
    for (const FactRow& row : batch.rows) {
        std::size_t at = row.cells_at;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if ((row.present >> i & 1) == 0) continue;
            const std::int64_t cell = batch.cells[at++];
            ++filled[i];
            if (coded[i]) codes[i].insert(cell);
            if (past[i] && cell > today) ++future;
        }
    }
    const std::string name(entity_def(entity).name);
    FileStatistics::OfEntity& of = report_.statistics.entities[name];
    of.records += batch.rows.size();
    of.future += future;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == "any_club") continue;
        const std::string field = name + "." + columns[i].name;
        report_.statistics.filled[field] += filled[i];
        if (!codes[i].empty())
            for (const std::int64_t code : codes[i].sorted()) report_.statistics.codes[field].insert(code);
    }
}

void Intake::Impl::count_person(const std::array<std::string, kMaxFields>& values) {
    static const std::size_t kBirth = person_field("birth_date");
    FileStatistics::OfEntity& of = report_.statistics.entities["person"];
    ++of.records;
    for (std::size_t i = 1; i < values.size(); ++i)
        if (!values[i].empty()) ++filled_persons_[i];
    const auto birth = Date::parse_iso(values[kBirth]);
    if (birth && std::int64_t{birth->days()} > started_at_ / 86400) ++of.future;
}

void Intake::Impl::note_person_changes(const Identity& old, const Identity& now) {
    RecordChanges& changes = report_.changes["person"];
    ++changes.changed;
    const auto fields = entity_def(Entity::Person).fields;
    for (std::size_t i = 1; i < fields.size(); ++i)
        if (old.values[i] != now.values[i]) ++changes.fields[std::string(fields[i].name)].count;
}

void Intake::Impl::flush_persons() {
    // Records of one key keep the order in which they came: the first says, later ones fill.
    std::vector<std::uint32_t> order(persons_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return persons_[a].id != persons_[b].id ? persons_[a].id < persons_[b].id : a < b; });
    for (const std::uint32_t at : order) flush_one(persons_[at]);
    persons_.clear();
}

/// A blank cell keeps what stood there, but not what may stand there no longer.
void Intake::Impl::forget_what_may_not_be_kept(Identity& identity) const {
    if (!filter_.touches(Entity::Person)) return;
    Record record;
    record.values = std::move(identity.values);
    DropCounts kept_until_now;
    filter_.apply(record, kept_until_now);
    identity.values = std::move(record.values);
}

void Intake::Impl::flush_one(PendingPerson& pending) {
    RowState state = RowState::New;
    Identity identity;
    identity.id = pending.id;
    identity.source = source_;
    identity.values = std::move(pending.values);
    count_person(identity.values);
    if (is_suppressed(identity.id, identity.values[0])) {
        suppress(identity.id, 0, pending.row_index);
        return;
    }
    std::uint64_t print = fingerprint(source_, identity.values);
    if (const auto known = vault_.fingerprint(pending.id)) {
        state = pending.fill_only ? RowState::Duplicate : RowState::Unchanged;
        if (*known != print) {
            Identity old = vault_.person(pending.id).value();
            if (const auto corrected = corrections_.find(pending.id); corrected != corrections_.end()) show_source(corrected->second, old);
            if (old.source != source_ || old.values[0] != identity.values[0]) throw Error(Exit::Software, "STO-004");
            for (std::size_t i = 0; i < old.values.size(); ++i)
                if (identity.values[i].empty() || (pending.fill_only && !old.values[i].empty())) identity.values[i] = old.values[i];
            forget_what_may_not_be_kept(identity);
            print = fingerprint(source_, identity.values);
            if (*known != print) state = RowState::Changed;
            if (state == RowState::Changed) note_person_changes(old, identity);
        }
    }
    const Recognised found = state < RowState::Changed ? Recognised{} : recognise(identity);
    if (found.verdict == Return::Certain) {
        suppress(identity.id, found.erasure, pending.row_index);
        new_names_of_erased_[found.erasure].push_back(std::move(identity));
        return;
    }
    if (state == RowState::New) ++report_.changes["person"].fresh;
    states_[pending.row_index] = std::max(states_[pending.row_index], state);
    compare_with_corrections(identity, !pending.fill_only);
    if (state < RowState::Changed) return;
    seal_person(identity, print, {ticket_.file, pending.tab, pending.row});
    if (found.verdict == Return::Possible && note_return(vault_, identity.id, found)) ++warnings_["ERA-011"];
}

// What the source says decides what is new or changed; what was put right then stands in its place.
void Intake::Impl::compare_with_corrections(Identity& identity, bool counts) {
    const auto corrected = corrections_.find(identity.id);
    if (corrected == corrections_.end()) return;
    for (FieldCorrection& correction : corrected->second) {
        const std::string& says = identity.values[correction.field];
        if (says != correction.source_value) {
            correction.source_value = says;
            correction.source_at = started_at_;
            note_source_value(vault_, correction);
        }
        if (!counts || !correction.is_contested()) continue;
        ++warnings_["COR-001"];
        ++report_.contested;
    }
    show_corrected(corrected->second, identity);
}

/// Into the vault, and what may be known into the store.
void Intake::Impl::seal_person(Identity& identity, std::uint64_t print, const Provenance& origin) {
    static const std::size_t kGiven = person_field("given_name");
    static const std::size_t kFamily = person_field("family_name");
    static const std::size_t kBirth = person_field("birth_date");
    static const std::size_t kHousehold = person_field("household");
    identity.token = match_token(link_, identity.values[kGiven], identity.values[kFamily], identity.values[kBirth]);
    vault_.put(identity, print);
    births_[identity.id] = read_birth(identity.values[kBirth]);
    PersonFact fact;
    fact.id = identity.id;
    fact.origin = origin;
    fact.gender = gender_of(identity.values);
    if (const std::string& household = identity.values[kHousehold]; !household.empty())
        fact.household = ids_.group(identity.source, "household", household);
    fact.person_id = person_id(source_key(identity));
    store_.write_person(fact);
}

void Intake::Impl::put_right(const FieldCorrection& correction, const std::string& value, const Provenance& origin) {
    const std::uint64_t print = vault_.fingerprint(correction.record).value();  // of what the source says: that does not change
    Identity identity = vault_.person(correction.record).value();
    identity.values[correction.field] = value;
    seal_person(identity, print, origin);
    store_.note_vault_images();
}

void Intake::correct(const FieldCorrection& correction, const Provenance& origin) {
    note_correction(impl_->vault_, correction);
    impl_->put_right(correction, correction.value, origin);
}

void Intake::withdraw_correction(const FieldCorrection& correction, const Provenance& origin) {
    note_withdrawal(impl_->vault_, correction, impl_->started_at_);
    impl_->put_right(correction, correction.source_value, origin);
}

Recognised Intake::Impl::recognise(const Identity& identity) const {
    return settings_.tombstones == nullptr ? Recognised{} : settings_.tombstones->recognise(identity);
}

// By her own key in this source, or because this run recognised that record before.
bool Intake::Impl::is_suppressed(std::int64_t person, const std::string& key) {
    if (settings_.tombstones == nullptr || settings_.tombstones->empty()) return false;
    if (erased_persons_.contains(person)) return true;
    const std::int64_t erasure = settings_.tombstones->erasure_of_key(source_, key);
    if (erasure != 0) erased_persons_.emplace(person, erasure);
    return erasure != 0;
}

void Intake::Impl::suppress(std::int64_t person, std::int64_t erasure, std::uint32_t row_index) {
    if (erasure != 0) erased_persons_.emplace(person, erasure);
    unsettled_persons_.push_back(person);
    erased_rows_.insert(row_index);
    ++warnings_["ERA-010"];
}

// The erasure of the person, or of her trajectory, that a fact hangs on; 0 = none.
std::int64_t Intake::Impl::erasure_behind(const FactRow& row, const FactBatch& batch, Entity entity) const {
    const auto known = [](const std::unordered_map<std::int64_t, std::int64_t>& of_this_run, std::int64_t id, std::int64_t before) {
        const auto at = of_this_run.find(id);
        return at == of_this_run.end() ? before : at->second;
    };
    const auto& columns = fact_columns(entity);
    std::size_t at = row.cells_at;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if ((row.present >> i & 1) == 0) continue;
        const std::int64_t cell = batch.cells[at++];
        if (columns[i].kind != ColumnKind::Reference) continue;
        std::int64_t erasure = 0;
        if (columns[i].target == Entity::Person) erasure = known(erased_persons_, cell, settings_.tombstones->erasure_of_record(cell));
        if (columns[i].target == Entity::Trajectory)
            erasure = known(erased_trajectories_, cell, settings_.tombstones->erasure_of_trajectory(cell));
        if (erasure != 0) return erasure;
    }
    return 0;
}

// What hangs on an erased person neither waits for her nor stands in the store. Of an activity only the tie to her trajectory is cut.
void Intake::Impl::drop_facts_of_erased(Entity entity, FactBatch& batch) {
    if (settings_.tombstones == nullptr || settings_.tombstones->empty()) return;
    if (entity == Entity::Activity) cut_from_erased(batch);
    if (entity != Entity::Trajectory && entity != Entity::Event) return;
    std::erase_if(batch.rows, [&](const FactRow& row) {
        const std::int64_t erasure = erasure_behind(row, batch, entity);
        if (erasure == 0) return false;
        if (entity == Entity::Trajectory && erased_trajectories_.emplace(row.id, erasure).second) unsettled_trajectories_.push_back(row.id);
        erased_made_.insert({entity, row.id});
        erased_rows_.insert(row.row_index);
        ++warnings_["ERA-012"];
        return true;
    });
}

void Intake::Impl::cut_from_erased(FactBatch& batch) {
    static const std::size_t kTrajectory = [] {
        const auto& columns = fact_columns(Entity::Activity);
        return static_cast<std::size_t>(
            std::find_if(columns.begin(), columns.end(), [](const FactColumn& column) { return column.name == "trajectory"; }) -
            columns.begin());
    }();
    for (FactRow& row : batch.rows) {
        if ((row.present >> kTrajectory & 1) == 0 || erasure_behind(row, batch, Entity::Activity) == 0) continue;
        std::size_t at = row.cells_at;
        const auto moved = static_cast<std::uint32_t>(batch.cells.size());
        for (std::size_t i = 0; i < fact_columns(Entity::Activity).size(); ++i) {
            if ((row.present >> i & 1) == 0) continue;
            if (i != kTrajectory) batch.cells.push_back(batch.cells[at]);
            ++at;
        }
        row.cells_at = moved;
        row.present &= ~(1U << kTrajectory);
        ++warnings_["ERA-012"];
    }
}

// A row of a remote source stays known, but not what it made of an erased person.
void Intake::Impl::forget_rows_of_erased() {
    if (erased_persons_.empty() && erased_made_.empty()) return;
    std::vector<MadeRecord> made;
    for (RowBatch::Row& row : rows_.rows) {
        const auto first = rows_.made.begin() + row.made_at;
        row.made_at = static_cast<std::uint32_t>(made.size());
        std::copy_if(first, first + row.made_count, std::back_inserter(made), [&](const MadeRecord& record) {
            const bool erased = record.entity == Entity::Person ? erased_persons_.contains(record.id) : erased_made_.contains(record);
            return !erased;
        });
        row.made_count = static_cast<std::uint32_t>(made.size()) - row.made_at;
    }
    rows_.made = std::move(made);
}

// What came before it was known that the person is erased: her record under another name, facts that a file brought first.
void Intake::Impl::settle_erased() {
    assert(!in_file_);
    if (!unsettled_persons_.empty()) {
        store_.erase_persons(unsettled_persons_);
        vault_.remove(unsettled_persons_);
    }
    store_.erase_hanging(unsettled_trajectories_);
    unsettled_persons_.clear();
    unsettled_trajectories_.clear();
}

// From the next run on she is known by these keys, and her trajectories too. What is written before a crash says nothing new.
void Intake::Impl::remember_erased() {
    std::map<std::int64_t, std::vector<std::int64_t>> trajectories;
    for (const auto& [id, erasure] : erased_trajectories_)
        if (settings_.tombstones->erasure_of_trajectory(id) == 0) trajectories[erasure].push_back(id);
    for (const auto& [erasure, identities] : new_names_of_erased_) settings_.tombstones->add_to(erasure, identities, {});
    for (const auto& [erasure, ids] : trajectories) settings_.tombstones->add_to(erasure, {}, ids);
}

FileCounts Intake::end_file() {
    assert(impl_->in_file_ && !impl_->in_row_);
    impl_->flush_persons();
    for (std::size_t e = 0; e < kEntities; ++e) impl_->flush_facts(static_cast<Entity>(e));
    impl_->flush_rows();
    FileCounts counts;
    std::uint64_t erased = 0;
    for (const std::uint32_t row : impl_->erased_rows_)
        if (impl_->states_[row] == RowState::None) ++erased;
    for (const RowState state : impl_->states_) {
        switch (state) {
            case RowState::New:
                ++counts.fresh;
                break;
            case RowState::Changed:
                ++counts.changed;
                break;
            case RowState::Unchanged:
                ++counts.unchanged;
                break;
            case RowState::None:
            case RowState::Duplicate:
                ++counts.duplicate;
                break;
        }
    }
    counts.duplicate -= erased;  // a row of which nothing but an erased person could be read was passed over
    counts.rejected = impl_->rejected_;
    counts.skipped = impl_->skipped_ + erased;
    counts.read = impl_->states_.size() - erased + counts.rejected + counts.skipped;
    if (impl_->ticket_.seen && counts.read == 0) counts.read = counts.unchanged = impl_->ticket_.seen_rows;
    impl_->store_.set_counts(impl_->ticket_.file, counts);
    for (const char* code : {"IDN-003", "IDN-004"})  // no code, no public name
        if (const auto found = impl_->warnings_.find(code); found != impl_->warnings_.end()) dropped("", "not_a_code", found->second);
    for (const auto& [what, count] : impl_->report_.dropped) impl_->store_.add_dropped(impl_->ticket_.file, what.first, what.second, count);
    impl_->finish_report();
    const std::map<std::string, std::uint64_t> sorted(impl_->warnings_.begin(), impl_->warnings_.end());
    for (const auto& [code, count] : sorted) impl_->store_.add_warning(impl_->ticket_.file, code, count);
    impl_->in_file_ = false;
    return counts;
}

void Intake::Impl::finish_report() {
    const auto fields = entity_def(Entity::Person).fields;
    if (report_.statistics.entities.contains("person"))
        for (std::size_t i = 1; i < fields.size(); ++i)
            report_.statistics.filled["person." + std::string(fields[i].name)] = filled_persons_[i];
    for (auto& [entity, changes] : store_.take_changes()) report_.changes[entity] = std::move(changes);
    if (compared_) store_.add_statistics(ticket_.file, report_.statistics);
    if (!complete_) return;
    auto& there = there_[source_];
    for (std::size_t e = 0; e < kEntities; ++e)
        for (const std::int64_t id : seen_[e].sorted()) there[e].insert(id);
}

const FileReport& Intake::report() const { return impl_->report_; }

std::map<std::string, std::uint64_t> Intake::erased() const {
    std::map<std::string, std::uint64_t> told;
    for (const auto& warning : impl_->warnings_)
        if (warning.first.starts_with("ERA-")) told.insert(warning);
    return told;
}

void Intake::warn_of(std::int64_t file, std::string_view code, std::uint64_t count) { impl_->store_.add_warning(file, code, count); }

Vanishing Intake::vanishing(const std::string& source) {
    Vanishing gone;
    const auto there = impl_->there_.find(source);
    if (there == impl_->there_.end()) return gone;
    impl_->store_.met_source(source);
    for (std::size_t e = 0; e < kEntities; ++e) {
        if (there->second[e].empty()) continue;
        const auto entity = static_cast<Entity>(e);
        const std::string name(entity_def(entity).name);
        for (const std::int64_t id : impl_->store_.ids_of(source, entity)) {
            ++gone.records[name];
            if (there->second[e].contains(id)) continue;
            ++gone.vanished[name];
            gone.ids[name].push_back(id);
        }
    }
    return gone;
}

void Intake::remove(const Vanishing& gone) {
    for (const auto& [name, ids] : gone.ids) impl_->take_out(entity_by_name(name).value(), ids);
}

void Intake::Impl::take_out(Entity entity, const std::vector<std::int64_t>& ids) {
    if (entity == Entity::Person) {
        store_.remove_persons(ids);
        vault_.withdraw(ids);
        return;
    }
    store_.remove_records(entity, ids);
    if (entity != Entity::Worker) return;
    for (const std::int64_t id : ids) {
        if (vault_.name(NameKind::Worker, id).value_or("").empty()) continue;
        vault_.put_name(NameKind::Worker, id, "");  // undoing this run shows the older name again
        store_.note_vault_images();
    }
}

const std::map<std::int64_t, std::map<std::string, std::uint64_t>>& Intake::withdrawn() {
    impl_->take_out_withdrawn();
    return impl_->withdrawn_;
}

void Intake::Impl::take_out_withdrawn() {
    settle_erased();
    if (dropped_.empty()) return;
    std::sort(dropped_.begin(), dropped_.end());  // a record that two files dropped counts for the first
    std::vector<MadeRecord> candidates;
    for (const Dropped& dropped : dropped_)
        if (candidates.empty() || candidates.back() != dropped.record) candidates.push_back(dropped.record);
    std::map<Entity, std::vector<std::int64_t>> gone;
    std::set<std::int64_t> files;
    auto at = dropped_.begin();
    for (const MadeRecord& record : store_.without_row(candidates)) {
        while (at->record != record) ++at;
        gone[record.entity].push_back(record.id);
        ++withdrawn_[at->file][std::string(entity_def(record.entity).name)];
        files.insert(at->file);
    }
    // Which facts hang on a person, any run of the source may have said.
    if (gone.contains(Entity::Person))
        for (const std::string& source : dropped_persons_of_) store_.met_source(source);
    for (const auto& [entity, ids] : gone) take_out(entity, ids);
    for (const std::int64_t file : files) {
        std::uint64_t count = 0;
        for (const auto& [entity, records] : withdrawn_[file]) count += records;
        store_.set_vanished(file, count);
    }
    dropped_.clear();
    dropped_persons_of_.clear();
}

void Intake::bookmark(std::string_view source, std::string_view name, std::string_view value) {
    impl_->store_.set_bookmark(source, name, value);
}

void Intake::Impl::compute_ages() {
    if (linked_ || (touched_trajectories_.empty() && births_.empty())) return;
    static const std::size_t kBirth = person_field("birth_date");
    const std::unordered_set<std::int64_t> touched(touched_trajectories_.begin(), touched_trajectories_.end());
    for (const Store::Start& start : store_.starts()) {
        auto birth = births_.find(start.person);
        if (birth == births_.end()) {
            if (!touched.contains(start.id)) continue;
            const auto identity = vault_.person(start.person);
            birth = births_.emplace(start.person, identity ? read_birth(identity->values[kBirth]) : Birth{}).first;
        }
        set_age(store_, start, birth->second);
    }
}

LinkSummary Intake::link(LinkReport* report, bool whole) {
    Impl& m = *impl_;
    m.take_out_withdrawn();
    LinkingSettings settings;
    settings.gender = m.settings_.gender;
    settings.area = m.settings_.area;
    settings.areas = m.settings_.areas;
    settings.evidence_sources = m.settings_.evidence_sources;
    settings.scopes = m.settings_.link_scopes;
    const LinkSummary summary =
        link_people(m.store_, m.vault_, m.link_, m.convert_, settings, m.started_at_, whole, report, m.leave_vault_);
    m.linked_ = true;
    return summary;
}

void Intake::decide(const Decision& decision) {
    add_decision(impl_->vault_, decision);
    impl_->store_.note_decisions();
}

std::uint64_t Intake::waiting() {
    impl_->take_out_withdrawn();
    return impl_->store_.waiting();
}

void Intake::commit() {
    assert(!impl_->in_file_ && impl_->open_);
    constexpr std::int64_t kDay = 86400;
    impl_->take_out_withdrawn();
    impl_->compute_ages();
    for (const std::int64_t run : impl_->vault_.met()) impl_->store_.met_run(run);
    const IntakeSettings& settings = impl_->settings_;
    impl_->store_.expire_images(impl_->started_at_ - settings.keep_undo_days * kDay,
                                impl_->started_at_ - std::min(settings.keep_undo_days, settings.keep_removed_days) * kDay);
    impl_->remember_erased();
    impl_->vault_.commit();
    try {
        impl_->store_.commit();
    } catch (...) {
        impl_->open_ = false;
        impl_->store_.rollback();
        Store& store = impl_->store_;
        impl_->vault_.reconcile([&store](std::int64_t run, std::int64_t tag) { return store.has_batch(run, tag); });
        throw;
    }
    impl_->open_ = false;
    if (!impl_->leave_vault_.empty()) impl_->vault_.remove(impl_->leave_vault_);
    impl_->vault_.settle(impl_->run_);
    drop_expired_images(impl_->store_, impl_->vault_);
}

void drop_expired_images(Store& store, Vault& vault) {
    vault.keep_images([&store](std::int64_t run) {
        const auto state = store.run_state(run);
        return state && state->kept;
    });
}

void Intake::rollback() {
    impl_->open_ = false;
    impl_->vault_.rollback();
    impl_->store_.rollback();
}

std::vector<PersonKey> person_keys(const StoreReader& store, Vault& vault) {
    std::unordered_map<std::int64_t, std::string> person_ids;
    PersonRow row;
    for (auto persons = store.persons(); persons.next(row);) person_ids.emplace(row.id, row.person_id);
    std::vector<PersonKey> keys;
    vault.each([&](const Identity& identity) {
        const auto at = person_ids.find(identity.id);
        if (at != person_ids.end()) keys.push_back({identity.id, at->second, identity.source + ":" + identity.values[0]});
    });
    std::sort(keys.begin(), keys.end(), [](const PersonKey& a, const PersonKey& b) { return a.source_key < b.source_key; });
    return keys;
}

}  // namespace brugwacht
