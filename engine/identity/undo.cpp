#include "engine/identity/undo.hpp"

#include "engine/core/error.hpp"
#include "engine/identity/convert.hpp"
#include "engine/identity/intake.hpp"

namespace brugwacht {
namespace {

std::string listed(const std::vector<std::int64_t>& numbers) {
    std::string text;
    for (auto at = numbers.rbegin(); at != numbers.rend(); ++at) text += (text.empty() ? "" : ", ") + std::to_string(*at);
    return text;
}

RunState undoable(Store& store, std::int64_t run, std::int64_t own) {
    const auto state = store.run_state(run);
    const TextArg number = run;
    if (!state || run == own) throw Error(Exit::NoInput, "UND-001", {{"run", number}});
    if (state->kind == "undo") throw Error(Exit::Data, "UND-002", {{"run", number}});
    if (state->undone_by) throw Error(Exit::Data, "UND-003", {{"run", number}, {"by", *state->undone_by}});
    const std::vector<std::int64_t> later = store.blockers(run);
    if (!later.empty()) throw Error(Exit::Data, "UND-004", {{"run", number}, {"later", listed(later)}});
    if (!state->kept) throw Error(Exit::Data, "UND-005", {{"run", number}});
    return *state;
}

}  // namespace

UndoSummary undo_run(Store& store, Vault& vault, const Keys& keys, std::int64_t run, std::int64_t started_at, bool dry_run,
                     const std::function<bool(std::int64_t person)>& is_erased) {
    UndoSummary summary;
    const std::int64_t tag = random_tag();
    summary.run = store.begin_run("undo", started_at, tag, keys.fingerprint);
    try {
        vault.reconcile([&store](std::int64_t other, std::int64_t batch) { return store.has_batch(other, batch); });
        const RunState state = undoable(store, run, summary.run);
        summary.undone = run;
        summary.kind = state.kind;
        summary.started_at = state.started_at;
        std::vector<std::int64_t> erased;
        for (const std::int64_t person : store.persons_before(run))
            if (!vault.can_return(person, run) || (is_erased && is_erased(person))) erased.push_back(person);
        store.erase_persons(erased);
        summary.erased = erased.size();
        summary.records = store.take_back(run);
        summary.waiting = store.waiting();
        if (dry_run) {
            store.rollback();
            return summary;
        }
        vault.begin(summary.run, tag, run);
        vault.commit();
        store.commit();
    } catch (...) {
        vault.rollback();
        store.rollback();
        vault.reconcile([&store](std::int64_t other, std::int64_t batch) { return store.has_batch(other, batch); });
        throw;
    }
    vault.settle(summary.run);
    return summary;
}

}  // namespace brugwacht
