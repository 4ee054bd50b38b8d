#include "engine/run/subject_request.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/core/text.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/json_tree.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/vault_access.hpp"

namespace brugwacht {
namespace {

/// "subject.access" for "access".
std::string action_of(std::string_view right) {
    std::string action("subject.");
    return action.append(right);
}

constexpr std::array<std::string_view, 5> kRequesters{"child", "parent", "guardian", "counsel", "other"};
constexpr int kMonthsToAnswer = 1;  // art. 12(3)
constexpr std::int64_t kDay = 86400;

// A note of kind Request is a JSON object: a new request has "id", the end of one "closes". A note of kind LookUp has "at" and "reason".

std::string note_of(const RequestEntry& entry) {
    JsonWriter json;
    json.begin_object()
        .member("id", entry.id)
        .member("right", entry.right)
        .member("received", entry.received.iso())
        .member("due", entry.due.iso())
        .member("at", entry.noted_at)
        .member("reason", entry.reason)
        .member("requested_by", entry.requested_by)
        .member("identity_checked", entry.identity_checked)
        .member("second", entry.second)
        .end_object();
    return json.take();
}

std::int64_t number(const JsonView& view) {
    const std::string text(view.text());
    return text.empty() ? 0 : std::stoll(text);
}

/// A text that this program did not write is as good as tampered with.
Date day(const JsonView& view) {
    const auto date = Date::parse_iso(view.text());
    if (!date) throw Error(Exit::Data, "VLT-003", {{"file", std::string("vault.db")}}, "vault.db");
    return *date;
}

RequestEntry entry_of(const JsonView& note, std::int64_t record) {
    RequestEntry entry;
    entry.id = note.find("id").text();
    entry.right = note.find("right").text();
    entry.received = day(note.find("received"));
    entry.due = day(note.find("due"));
    entry.noted_at = number(note.find("at"));
    entry.record = record;
    entry.reason = note.find("reason").text();
    entry.requested_by = note.find("requested_by").text();
    entry.identity_checked = note.find("identity_checked").text();
    entry.second = note.find("second").text();
    return entry;
}

std::vector<RequestEntry> entries_of(const std::vector<Note>& notes) {
    std::vector<RequestEntry> entries;
    for (const Note& note : notes) {
        if (note.kind != NoteKind::Request) continue;
        const JsonTree tree = JsonTree::parse(note.text, "vault.db");
        const std::string_view closes = tree.root().find("closes").text();
        if (closes.empty()) {
            entries.push_back(entry_of(tree.root(), note.a));
            continue;
        }
        for (RequestEntry& entry : entries)
            if (entry.id == closes) entry.closed = day(tree.root().find("on"));
    }
    return entries;
}

/// Persons of whom a note says that somebody looked at them since that moment.
LookUpRate rate_since(const Project& project, Vault& vault, std::int64_t since) {
    std::set<std::int64_t> records;
    for (const NoteKind kind : {NoteKind::LookUp, NoteKind::Request}) {
        for (const Note& note : vault.notes(kind)) {
            const JsonTree tree = JsonTree::parse(note.text, "vault.db");
            if (tree.root().find("closes").text().empty() && number(tree.root().find("at")) > since) records.insert(note.a);
        }
    }
    return {records.size(), static_cast<std::uint64_t>(project.settings().look_ups_a_day)};
}

}  // namespace

void check_request(const SubjectRequest& request, Date today) {
    if (trim(request.reason).empty()) throw Error(Exit::Usage, "SUB-003");
    const std::string& by = request.requested_by;
    if (!by.empty() && std::find(kRequesters.begin(), kRequesters.end(), by) == kRequesters.end()) throw Error(Exit::Usage, "SUB-004");
    if (request.received && *request.received > today) throw Error(Exit::Usage, "SUB-009", {{"date", request.received->iso()}});
}

Vault open_subject_vault(const Project& project, const Secrets& secrets) {
    std::error_code ignored;
    if (!std::filesystem::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());
    std::optional<Vault> vault = open_vault(project, secrets);
    if (!vault) throw Error(Exit::NoPermission, "SUB-005");
    return std::move(*vault);
}

OpenedRequest open_request(const Project& project, Vault& vault, std::string_view right, const Subject& subject,
                           const SubjectRequest& request, Ports& ports) {
    OpenedRequest opened;
    RequestEntry& entry = opened.entry;
    entry.id = new_request();
    entry.right = right;
    entry.received = request.received.value_or(ports.clock.today());
    entry.due = add_months(entry.received, kMonthsToAnswer);
    entry.noted_at = ports.clock.now();
    entry.record = subject.records.front();
    entry.reason = trim(request.reason);
    entry.requested_by = request.requested_by;
    entry.identity_checked = trim(request.identity_checked);
    entry.second = trim(request.second);
    vault.add_note(NoteKind::Request, entry.record, 0, note_of(entry));
    record_event(project,
                 {.action = action_of(entry.right),
                  .object = "person",
                  .request = entry.id,
                  .counts = {{"records", static_cast<std::int64_t>(subject.records.size())}}},
                 ports);
    opened.rate = rate_since(project, vault, entry.noted_at - kDay);
    return opened;
}

LookUpRate note_look_up(const Project& project, Vault& vault, std::string_view action, std::string_view object, std::string_view config,
                        std::int64_t record, std::string_view reason, Ports& ports) {
    JsonWriter json;
    json.begin_object().member("at", ports.clock.now()).member("action", action).member("reason", trim(reason)).end_object();
    vault.add_note(NoteKind::LookUp, record, 0, json.take());
    record_event(project, {.action = std::string(action), .object = std::string(object), .config = std::string(config)}, ports);
    return rate_since(project, vault, ports.clock.now() - kDay);
}

Date look_up_day(const Note& note) {
    const std::int64_t at = number(JsonTree::parse(note.text, "vault.db").root().find("at"));
    return Date::from_days(static_cast<std::int32_t>(at / kDay));
}

std::vector<RequestEntry> read_requests(Vault& vault) { return entries_of(vault.notes(NoteKind::Request)); }

std::vector<RequestEntry> read_requests(Vault& vault, const std::vector<std::int64_t>& records) {
    std::vector<Note> notes;
    for (const std::int64_t record : records)
        for (Note& note : vault.notes_about(record)) notes.push_back(std::move(note));
    std::sort(notes.begin(), notes.end(), [](const Note& a, const Note& b) { return a.sequence < b.sequence; });
    return entries_of(notes);
}

OpenRequests count_open_requests(const Project& project, const Secrets& secrets, Date today) {
    OpenRequests counts;
    std::optional<Vault> vault = open_vault(project, secrets);
    if (!vault) return counts;
    for (const RequestEntry& entry : read_requests(*vault)) {
        if (!entry.closed) ++counts.open;
        if (entry.is_overdue(today)) ++counts.overdue;
    }
    return counts;
}

RequestEntry find_request(Vault& vault, std::string_view id) {
    for (RequestEntry& entry : read_requests(vault))
        if (entry.id == id) return std::move(entry);
    throw Error(Exit::NoInput, "SUB-007");
}

RequestEntry close_request(const Project& project, Vault& vault, std::string_view id, Ports& ports, bool dry_run) {
    RequestEntry entry = find_request(vault, id);
    if (entry.closed) throw Error(Exit::Usage, "SUB-008", {{"date", entry.closed->iso()}});
    entry.closed = ports.clock.today();
    if (dry_run) return entry;
    JsonWriter json;
    json.begin_object().member("closes", entry.id).member("on", entry.closed->iso()).end_object();
    vault.add_note(NoteKind::Request, entry.record, 0, json.take());
    record_event(project, {.action = std::string(audit_action::kSubjectClose), .object = "person", .request = entry.id}, ports);
    return entry;
}

}  // namespace brugwacht
