#include "engine/identity/erasure.hpp"

#include <algorithm>
#include <charconv>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

constexpr char kSeparator = '|';

std::string text_of(const Recognised& found) { return std::to_string(found.erasure) + kSeparator + std::string(name(found.reason)); }

Recognised read_text(std::string_view text) {
    Recognised found{Return::Possible, ReturnReason::None, 0};
    const std::size_t separator = std::min(text.find(kSeparator), text.size());
    std::from_chars(text.data(), text.data() + separator, found.erasure);
    const std::string_view reason = text.substr(std::min(separator + 1, text.size()));
    for (const ReturnReason one :
         {ReturnReason::Key, ReturnReason::TwoKeys, ReturnReason::Name, ReturnReason::Spelling, ReturnReason::Contact})
        if (reason == name(one)) found.reason = one;
    return found;
}

std::vector<std::int64_t> erased_among(const std::vector<std::int64_t>& ids, const Tombstones& tombstones) {
    std::vector<std::int64_t> erased;
    for (const std::int64_t id : ids)
        if (tombstones.erasure_of_record(id) != 0) erased.push_back(id);
    return erased;
}

void clean_vault(Vault& vault, const Tombstones& tombstones, ErasedRecords& done) {
    const std::vector<std::int64_t> erased = erased_among(vault.ids(), tombstones);
    if (!erased.empty()) vault.remove(erased);
    vault.set_erasures_applied(tombstones.last());
    done.persons = erased.size();
}

void clean_store(Store& store, const Tombstones& tombstones, ErasedRecords& done) {
    const std::vector<std::int64_t> persons = erased_among(store.mentioned_persons(), tombstones);
    done.in_store = persons.size();
    done.trajectories = store.trajectories_of(persons).size();
    store.erase_persons(persons);
    std::vector<std::int64_t> trajectories;
    for (const std::int64_t id : store.absent_trajectories())
        if (tombstones.erasure_of_trajectory(id) != 0) trajectories.push_back(id);
    store.erase_hanging(trajectories);
}

}  // namespace

bool erasures_due(Store& store, Vault& vault, const Tombstones& tombstones) {
    const std::int64_t seen = std::max(store.erasures_applied(), vault.erasures_applied());
    if (seen > tombstones.last()) throw Error(Exit::Config, "ERA-004", {{"seen", seen}, {"known", tombstones.last()}});
    return std::min(store.erasures_applied(), vault.erasures_applied()) < tombstones.last() || !tombstones.unfinished().empty();
}

ErasedRecords apply_erasures(Store& store, Vault& vault, const Tombstones& tombstones) {
    ErasedRecords done;
    store.begin_erasures();
    try {
        vault.reconcile([&store](std::int64_t run, std::int64_t batch) { return store.has_batch(run, batch); });
        clean_vault(vault, tombstones, done);
        clean_store(store, tombstones, done);
        store.end_erasures(tombstones.last());
    } catch (...) {
        store.rollback();
        throw;
    }
    return done;
}

SubjectErased erase_records(Store& store, Vault& vault, Tombstones& tombstones, const std::vector<std::int64_t>& records, Date today,
                            const TombstoneTerm& term, std::int64_t same_as) {
    std::vector<Identity> identities;
    for (const std::int64_t record : records)
        if (auto identity = vault.person(record)) identities.push_back(std::move(*identity));
    SubjectErased done;
    done.erasure = tombstones.add(identities, store.trajectories_of(records), today, term, same_as);
    done.records = apply_erasures(store, vault, tombstones);
    std::vector<std::pair<std::int64_t, Recognised>> alike;
    vault.each([&](const Identity& identity) {
        const Recognised found = tombstones.recognise(identity);
        if (found.verdict != Return::No && found.erasure == done.erasure) alike.emplace_back(identity.id, found);
    });
    for (const auto& [record, found] : alike)
        if (note_return(vault, record, found)) ++done.look_alikes;
    return done;
}

bool note_return(Vault& vault, std::int64_t record, const Recognised& found) {
    for (const Note& note : vault.notes_about(record))
        if (note.kind == NoteKind::Return && read_text(note.text).erasure == found.erasure) return false;
    vault.add_note(NoteKind::Return, record, 0, text_of(found));
    return true;
}

std::vector<PossibleReturn> possible_returns(Vault& vault) {
    std::vector<PossibleReturn> all;
    for (const Note& note : vault.notes(NoteKind::Return)) {
        const auto identity = vault.person(note.a);
        if (!identity) continue;
        const Recognised found = read_text(note.text);
        all.push_back({note.a, identity->source, identity->values[0], found.reason, found.erasure, note.sequence});
    }
    return all;
}

void keep_return(Vault& vault, Tombstones& tombstones, const PossibleReturn& chosen) {
    tombstones.keep(chosen.source, chosen.key, chosen.erasure);
    vault.remove_note(chosen.note);
}

}  // namespace brugwacht
