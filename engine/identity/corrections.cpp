#include "engine/identity/corrections.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/json_tree.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kCorrect = "correct", kWithdraw = "withdraw", kSeen = "seen";

std::string note_text(std::string_view what, const FieldCorrection& correction, std::int64_t at) {
    JsonWriter json;
    json.begin_object()
        .member("what", what)
        .member("field", entity_def(Entity::Person).fields[correction.field].name)
        .member("value", correction.value)
        .member("source_value", correction.source_value)
        .member("at", at)
        .member("request", correction.request)
        .end_object();
    return json.take();
}

[[noreturn]] void tampered() { throw Error(Exit::Data, "VLT-003", {{"file", std::string("vault.db")}}, "vault.db"); }

void apply(const JsonView& note, std::int64_t record, std::vector<FieldCorrection>& known) {
    const auto field = field_index(Entity::Person, note.find("field").text());
    const std::string moment(note.find("at").text());
    if (!field || moment.empty()) tampered();
    const std::int64_t at = std::stoll(moment);
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const FieldCorrection& correction) { return correction.field >= *field; });
    const bool found = same != known.end() && same->field == *field;
    const std::string_view what = note.find("what").text();
    if (what == kWithdraw) {
        if (found) known.erase(same);
        return;
    }
    if (what == kSeen) {
        if (!found) return;
        same->source_value = note.find("source_value").text();
        same->source_at = at;
        return;
    }
    FieldCorrection correction;
    correction.record = record;
    correction.field = *field;
    correction.value = note.find("value").text();
    correction.source_value = note.find("source_value").text();
    correction.at = correction.source_at = at;
    correction.request = note.find("request").text();
    if (found) {
        *same = std::move(correction);
    } else {
        known.insert(same, std::move(correction));
    }
}

}  // namespace

Corrections read_corrections(Vault& vault) {
    Corrections all;
    for (const Note& note : vault.notes(NoteKind::Correction)) apply(JsonTree::parse(note.text, "vault.db").root(), note.a, all[note.a]);
    std::erase_if(all, [](const auto& of_record) { return of_record.second.empty(); });
    return all;
}

void note_correction(Vault& vault, const FieldCorrection& correction) {
    vault.add_note(NoteKind::Correction, correction.record, 0, note_text(kCorrect, correction, correction.at));
}

void note_withdrawal(Vault& vault, const FieldCorrection& correction, std::int64_t at) {
    vault.add_note(NoteKind::Correction, correction.record, 0, note_text(kWithdraw, correction, at));
}

void note_source_value(Vault& vault, const FieldCorrection& correction) {
    vault.add_note(NoteKind::Correction, correction.record, 0, note_text(kSeen, correction, correction.source_at));
}

void show_corrected(const std::vector<FieldCorrection>& corrections, Identity& identity) {
    for (const FieldCorrection& correction : corrections) identity.values[correction.field] = correction.value;
}

void show_source(const std::vector<FieldCorrection>& corrections, Identity& identity) {
    for (const FieldCorrection& correction : corrections) identity.values[correction.field] = correction.source_value;
}

}  // namespace brugwacht
